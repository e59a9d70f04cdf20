/* Why a customer is at risk, against whom, and what is typical.
 *
 * A log-odds scale is the one on which what was learnt adds up: contributions are sums there and nowhere else. Reasons are told by theme,
 * because days since the last order, the ratio to the usual gap and the model of orders say nearly the same: the regression may take
 * one up and another down, and only their sum means something.
 *
 * Against whom? In most shops the average customer came once and is gone: against him everybody worth a call looks safe. What helps is
 * what sets a customer apart from those who bring the money that is to come; so in means and medians each counts by that money.
 *
 * The model of orders knows three things of a customer: how many orders, how long ago the last, how long ago the first. It does not add
 * up, so its log odds are shared out by Shapley's rule, against a typical customer who has the median of each. */
#include "answers/risk_reasons.h"

#include <math.h>
#include <string.h>

#include "core/keys.h"
#include "core/sort.h"
#include "core/stage.h"
#include "math/chains.h"

enum { ROWS_AT_ONCE = 1024 };

/* What raises the odds by less than a hundredth is no reason. */
static const double LEAST_EFFECT = 0.01;

/* --- what is typical --------------------------------------------------------------------------------------------------------------- */

/* How much each customer counts in what is typical. */
void retain__weigh_risk(const retain__risk_date *today, retain__risk_said *out)
{
    double *const room = out->at_risk; /* not made yet */
    double money = 0.0, most;

    for (size_t i = 0; i < today->count; i++)
        room[i] = out->weight[i] = fmax(out->residual[i], 0.0);
    most = retain__quantile(room, today->count, 1.0 - RETAIN__RISK_CUT);
    for (size_t i = 0; i < today->count; i++) {
        out->weight[i] = fmin(out->weight[i], most);
        money += out->weight[i];
    }
    for (size_t i = 0; i < today->count && !(money > 0.0); i++)
        out->weight[i] = fmax(1.0 - out->risk[i], 1e-9);
}

/* Pairs of key and weight while a median is looked for. */
typedef struct weighted {
    uint64_t *rows, *spare;
} weighted;

static int take_weighted(retain__scratch *scratch, size_t count, weighted *room)
{
    room->rows = retain__take(scratch, count, 2 * sizeof *room->rows);
    room->spare = retain__take(scratch, count, 2 * sizeof *room->spare);
    return room->rows && room->spare;
}

static void give_weighted_back(retain__scratch *scratch, const weighted *room)
{
    retain__give_back(scratch, room->rows);
    retain__give_back(scratch, room->spare);
}

/* The first number at which half of the weight is reached, those that are NaN left out. */
static double median_of(const double *x, const retain__risk_said *out, size_t count, const weighted *room)
{
    static const retain__row_shape shape = {2, 1, 0};
    double total = 0.0, sum = 0.0;
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (isnan(x[i]) || !(out->weight[i] > 0.0))
            continue;
        room->rows[2 * n] = retain__key_of(x[i]);
        memcpy(room->rows + 2 * n++ + 1, out->weight + i, sizeof *out->weight);
        total += out->weight[i];
    }
    retain__sort_rows(&shape, room->rows, room->spare, n);
    for (size_t place = 0; place < n; place++) {
        double weight;

        memcpy(&weight, room->rows + 2 * place + 1, sizeof weight);
        sum += weight;
        if (sum >= 0.5 * total || place + 1 == n)
            return retain__number_of(room->rows[2 * place]);
    }
    return NAN;
}

/* What the model of orders knows of a typical customer: the medians. */
static retain_status find_told(retain__scratch *scratch, const retain__risk_date *today, const retain__risk_said *out,
                               double typical[3])
{
    double *absent = retain__take(scratch, today->count, sizeof *absent);
    weighted room;

    if (!absent || !take_weighted(scratch, today->count, &room))
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < today->count; i++)
        absent[i] = today->T[i] - today->t_x[i];
    typical[0] = median_of(today->frequency, out, today->count, &room);
    typical[1] = median_of(absent, out, today->count, &room);
    typical[2] = median_of(today->T, out, today->count, &room);
    retain__give_back(scratch, absent);
    give_weighted_back(scratch, &room);
    return RETAIN_OK;
}

/* The median of each column; that of the model of orders, as a probability, is the last. */
retain_status retain__find_typical_risk(retain__scratch *scratch, const retain__risk_job *job, const retain__risk_date *today,
                                        const retain__risk_said *out, double *typical)
{
    weighted room;

    if (!take_weighted(scratch, today->count, &room))
        return RETAIN_ERROR_MEMORY;
    for (size_t c = 0; c < job->columns; c++)
        typical[c] = median_of(today->feature + c * today->count, out, today->count, &room);
    typical[job->columns] = 1.0 / (1.0 + exp(-median_of(today->rhythm, out, today->count, &room)));
    give_weighted_back(scratch, &room);
    return RETAIN_OK;
}

/* --- reasons ----------------------------------------------------------------------------------------------------------------------- */

static size_t theme_of(const retain__risk_job *job, size_t column)
{
    return column == job->columns ? RETAIN_RISK_ABSENCE : (size_t)retain_risk_theme_of(&job->column[column]);
}

/* The themes that raise the risk of row `i` most, and in each the column that raises it most. `by_column` is NULL where there is but the
 * model of orders. */
static void find_reasons(const retain__risk_job *job, const double *by_column, size_t count, size_t i, retain__risk_said *out)
{
    for (size_t j = 0; j < RETAIN_RISK_REASONS; j++) {
        const size_t place = j * count + i;
        double most = 0.0, most_column = -INFINITY;

        out->reason[place] = RETAIN__RISK_NO_COLUMN;
        out->reason_column[place] = RETAIN__RISK_NO_COLUMN;
        out->reason_effect[place] = NAN;
        for (size_t t = 0; t < job->themes; t++) {
            const double here = out->contribution[t * count + i];
            int told = 0;

            for (size_t before = 0; before < j; before++)
                told |= out->reason[before * count + i] == (int64_t)t;
            if (!told && here >= LEAST_EFFECT && here > most) {
                most = here;
                out->reason[place] = (int64_t)t;
            }
        }
        if (out->reason[place] == RETAIN__RISK_NO_COLUMN)
            continue;
        out->reason_effect[place] = most;
        for (size_t c = 0; by_column && c <= job->columns; c++) {
            if (theme_of(job, c) == (size_t)out->reason[place] && by_column[c] > most_column) {
                most_column = by_column[c];
                out->reason_column[place] = c == job->columns ? RETAIN__RISK_NO_COLUMN : (int64_t)c;
            }
        }
    }
}

/* Contributions of all columns, block after block of customers, and what is made of each block. */
typedef struct explaining {
    retain_context *ctx;
    const retain__risk_job *job;
    const retain__risk_learning *learning;
    const retain__risk_date *today;
    double *block, average[RETAIN__RISK_COLUMNS + 1], weight;
    retain__risk_said *out;
} explaining;

typedef void use_block(explaining *of, size_t first, size_t rows);

static void add_to_average(explaining *of, size_t first, size_t rows)
{
    const size_t width = of->job->columns + 1;

    for (size_t r = 0; r < rows; r++) {
        const double weight = of->out->weight[first + r];

        for (size_t c = 0; c < width; c++)
            of->average[c] += weight * of->block[r * width + c];
        of->weight += weight;
    }
}

static void compare_to_average(explaining *of, size_t first, size_t rows)
{
    const size_t width = of->job->columns + 1;

    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < width; c++) {
            of->block[r * width + c] -= of->average[c];
            of->out->contribution[theme_of(of->job, c) * of->today->count + first + r] += of->block[r * width + c];
        }
        find_reasons(of->job, of->block + r * width, of->today->count, first + r, of->out);
    }
}

static retain_status explain_all(explaining *of, use_block *use)
{
    retain_status status = RETAIN_OK;

    for (size_t first = 0; status == RETAIN_OK && first < of->today->count; first += ROWS_AT_ONCE) {
        const size_t rows = of->today->count - first < ROWS_AT_ONCE ? of->today->count - first : ROWS_AT_ONCE;

        status = retain__explain_risk(of->ctx, of->learning, of->today, first, rows, of->block);
        if (status == RETAIN_OK)
            use(of, first, rows);
    }
    return status;
}

/* Against the average of today: the regression knows the average of all dates, and since then everybody has grown older. */
retain_status retain__reason_as_learnt(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                                       const retain__risk_learning *learning, const retain__risk_date *today, double *base,
                                       retain__risk_said *out)
{
    explaining of = {ctx, job, learning, today, NULL, {0.0}, 0.0, out};
    retain_status status;

    of.block = retain__take(scratch, ROWS_AT_ONCE, (job->columns + 1) * sizeof *of.block);
    if (!of.block)
        return RETAIN_ERROR_MEMORY;
    status = explain_all(&of, add_to_average);
    for (size_t c = 0; c <= job->columns; c++)
        of.average[c] /= of.weight;
    if (status == RETAIN_OK)
        status = explain_all(&of, compare_to_average);
    *base = retain__base_of_risk(learning);
    for (size_t c = 0; c <= job->columns; c++)
        *base += of.average[c];
    retain__give_back(scratch, of.block);
    return status;
}

/* The three things that the model of orders knows of a customer, and the columns that say them. */
enum { TOLD_FREQUENCY, TOLD_ABSENCE, TOLD_TENURE, TOLD };
static const retain_risk_theme told_theme[TOLD] = {RETAIN_RISK_FREQUENCY, RETAIN_RISK_ABSENCE, RETAIN_RISK_TENURE};
static const retain_features_id told_by[TOLD] = {RETAIN_FEATURES_OCCASIONS, RETAIN_FEATURES_DAYS_SINCE_LAST,
                                                 RETAIN_FEATURES_DAYS_SINCE_FIRST};

/* Log odds of customers of whom only what is in `known` is their own, and the rest that of a typical customer. */
static retain_status ask_of_mixtures(retain_context *ctx, const retain__risk_job *job, const retain__risk_date *today,
                                     const double typical[TOLD], unsigned known, double *const room[TOLD], double *odds)
{
    const retain_customers mixtures = {.count = today->count,
                                       .frequency = room[TOLD_FREQUENCY],
                                       .t_x = room[TOLD_ABSENCE],
                                       .T = room[TOLD_TENURE],
                                       .unit_days = today->model.unit_days};
    retain__stage stage;
    retain_status status;

    for (size_t i = 0; i < today->count; i++) {
        const double x = known >> TOLD_FREQUENCY & 1 ? today->frequency[i] : typical[TOLD_FREQUENCY];
        const double T = known >> TOLD_TENURE & 1 ? today->T[i] : typical[TOLD_TENURE];
        const double absent = known >> TOLD_ABSENCE & 1 ? today->T[i] - today->t_x[i] : typical[TOLD_ABSENCE];

        room[TOLD_FREQUENCY][i] = x;
        room[TOLD_ABSENCE][i] = x > 0.0 ? fmax(T - absent, 0.0) : 0.0; /* nobody is absent for longer than known */
        room[TOLD_TENURE][i] = T;
    }
    status = retain__end_stage(&stage, retain_btyd_silence(retain__begin_stage(&stage, ctx, 0.9, 0.9), &today->model, &mixtures,
                                                           (double)job->options.horizon_days / today->model.unit_days, odds));
    for (size_t i = 0; status == RETAIN_OK && i < today->count; i++)
        odds[i] = retain__log_odds_of_silence(odds[i]);
    return status;
}

/* What customer `i` has of its own is worth, on average over all orders in which the three may become known (L. S. Shapley 1953). */
static void share_out(double *const odds[1 << TOLD], size_t i, double worth[TOLD])
{
    static const double weight[TOLD] = {1.0 / 3.0, 1.0 / 6.0, 1.0 / 3.0}; /* by how many of the others are known */

    for (unsigned k = 0; k < TOLD; k++) {
        worth[k] = 0.0;
        for (unsigned others = 0; others < 1u << TOLD; others++) {
            if (others >> k & 1)
                continue;
            worth[k] +=
                weight[(others & 1) + (others >> 1 & 1) + (others >> 2 & 1)] * (odds[others | 1u << k][i] - odds[others][i]);
        }
    }
}

static int64_t find_column(const retain__risk_job *job, retain_features_id id)
{
    for (size_t c = 0; c < job->columns; c++) {
        if (job->column[c].id == id)
            return (int64_t)c;
    }
    return RETAIN__RISK_NO_COLUMN;
}

retain_status retain__reason_by_rhythm(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                                       const retain__risk_date *today, double *base, retain__risk_said *out)
{
    double *odds[1 << TOLD] = {NULL}, *room[TOLD] = {NULL}, typical[TOLD] = {NAN, NAN, NAN};
    retain_status status = find_told(scratch, today, out, typical);

    for (size_t k = 0; k < TOLD; k++) {
        room[k] = retain__take(scratch, today->count, sizeof **room);
        status = room[k] ? status : RETAIN_ERROR_MEMORY;
    }
    for (unsigned known = 0; status == RETAIN_OK && known < 1u << TOLD; known++) {
        odds[known] = retain__take(scratch, today->count, sizeof **odds);
        status = odds[known] ? ask_of_mixtures(ctx, job, today, typical, known, room, odds[known]) : RETAIN_ERROR_MEMORY;
    }
    for (size_t i = 0; status == RETAIN_OK && i < today->count; i++) {
        double worth[TOLD];

        *base = odds[0][i];
        out->log_odds[i] = odds[(1 << TOLD) - 1][i];
        share_out(odds, i, worth);
        for (size_t k = 0; k < TOLD; k++)
            out->contribution[(size_t)told_theme[k] * today->count + i] = worth[k];
        find_reasons(job, NULL, today->count, i, out);
        for (size_t j = 0; j < RETAIN_RISK_REASONS; j++) {
            for (size_t k = 0; k < TOLD; k++) {
                if (out->reason[j * today->count + i] == (int64_t)told_theme[k])
                    out->reason_column[j * today->count + i] = find_column(job, told_by[k]);
            }
        }
    }
    for (unsigned known = 0; known < 1u << TOLD; known++)
        retain__give_back(scratch, odds[known]);
    for (size_t k = 0; k < TOLD; k++)
        retain__give_back(scratch, room[k]);
    return status;
}

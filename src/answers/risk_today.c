/* What is said of the customers of today: risk, reasons, money, rank.
 *
 * A log-odds scale is the one on which what was learnt adds up: contributions are sums there and nowhere else. Reasons are told by theme,
 * because days since the last order, the ratio to the usual gap and the model of orders say nearly the same: the regression may take
 * one up and another down, and only their sum means something.
 *
 * The model of orders knows three things of a customer: how many orders, how long ago the last, how long ago the first. It does not add
 * up, so its log odds are shared out by Shapley's rule, against a typical customer who has the median of each. */
#include "answers/risk_today.h"

#include <math.h>
#include <string.h>

#include "answers/risk_card.h"
#include "core/keys.h"
#include "core/sort.h"
#include "core/stage.h"
#include "retain/btyd_interval.h"
#include "retain/clv.h"
#include "retain/spend.h"

enum { ROWS_AT_ONCE = 1024, NO_COLUMN = -1 };

/* The columns before they are the caller's. */
typedef struct said {
    double *risk, *low, *high, *log_odds, *residual, *at_risk, *gain;
    double *contribution; /* [themes * count], theme by theme */
    int64_t *rank, *reason, *reason_column;
    double *reason_effect; /* reasons: [RETAIN_RISK_REASONS * count] */
    uint8_t *band;
} said;

static retain_status take_said(retain__scratch *scratch, size_t count, size_t themes, said *out)
{
    double **const columns[] = {&out->risk, &out->low, &out->high, &out->log_odds, &out->residual, &out->at_risk, &out->gain};

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        if (!(*columns[c] = retain__take(scratch, count, sizeof(double))))
            return RETAIN_ERROR_MEMORY;
    }
    out->contribution = retain__take_zeroed(scratch, count, themes * sizeof *out->contribution);
    out->rank = retain__take(scratch, count, sizeof *out->rank);
    out->reason = retain__take(scratch, count, RETAIN_RISK_REASONS * sizeof *out->reason);
    out->reason_column = retain__take(scratch, count, RETAIN_RISK_REASONS * sizeof *out->reason_column);
    out->reason_effect = retain__take(scratch, count, RETAIN_RISK_REASONS * sizeof *out->reason_effect);
    out->band = retain__take(scratch, count, sizeof *out->band);
    return out->contribution && out->rank && out->reason && out->reason_column && out->reason_effect && out->band
               ? RETAIN_OK
               : RETAIN_ERROR_MEMORY;
}

/* --- what is typical --------------------------------------------------------------------------------------------------------------- */

/* The median of numbers, those that are NaN left out. */
static double median_of(const double *x, size_t count, uint64_t *keys, uint64_t *spare)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        if (!isnan(x[i]))
            keys[n++] = retain__key_of(x[i]);
    }
    if (n == 0)
        return NAN;
    retain__sort_keys(keys, spare, n);
    return 0.5 * retain__number_of(keys[(n - 1) / 2]) + 0.5 * retain__number_of(keys[n / 2]);
}

/* What the model of orders knows of a typical customer: the medians, the number of orders a whole one. */
static retain_status find_told(retain__scratch *scratch, const retain__risk_date *today, double typical[3])
{
    double *absent = retain__take(scratch, today->count, sizeof *absent);
    uint64_t *keys = retain__take(scratch, today->count, sizeof *keys), *spare = retain__take(scratch, today->count, sizeof *spare);

    if (!absent || !keys || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < today->count; i++)
        absent[i] = today->T[i] - today->t_x[i];
    typical[0] = floor(median_of(today->frequency, today->count, keys, spare));
    typical[1] = median_of(absent, today->count, keys, spare);
    typical[2] = median_of(today->T, today->count, keys, spare);
    retain__give_back(scratch, absent);
    retain__give_back(scratch, keys);
    retain__give_back(scratch, spare);
    return RETAIN_OK;
}

/* The median of each column; that of the model of orders, as a probability, is the last. */
static retain_status find_typical(retain__scratch *scratch, const retain__risk_job *job, const retain__risk_date *today,
                                  double *typical)
{
    uint64_t *keys = retain__take(scratch, today->count, sizeof *keys), *spare = retain__take(scratch, today->count, sizeof *spare);

    if (!keys || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t c = 0; c < job->columns; c++)
        typical[c] = median_of(today->feature + c * today->count, today->count, keys, spare);
    typical[job->columns] = 1.0 / (1.0 + exp(-median_of(today->rhythm, today->count, keys, spare)));
    retain__give_back(scratch, keys);
    retain__give_back(scratch, spare);
    return RETAIN_OK;
}

/* --- reasons ----------------------------------------------------------------------------------------------------------------------- */

static size_t theme_of(const retain__risk_job *job, size_t column)
{
    return column == job->columns ? RETAIN_RISK_ABSENCE : (size_t)retain_risk_theme_of(&job->column[column]);
}

/* The themes that raise the risk of row `i` most, and in each the column that raises it most. `by_column` is NULL where there is but the
 * model of orders. */
static void find_reasons(const retain__risk_job *job, const double *by_column, size_t count, size_t i, said *out)
{
    for (size_t j = 0; j < RETAIN_RISK_REASONS; j++) {
        const size_t place = j * count + i;
        double most = 0.0, most_column = -INFINITY;

        out->reason[place] = NO_COLUMN;
        out->reason_column[place] = NO_COLUMN;
        out->reason_effect[place] = NAN;
        for (size_t t = 0; t < job->themes; t++) {
            int told = 0;

            for (size_t before = 0; before < j; before++)
                told |= out->reason[before * count + i] == (int64_t)t;
            if (!told && out->contribution[t * count + i] > most) {
                most = out->contribution[t * count + i];
                out->reason[place] = (int64_t)t;
            }
        }
        if (out->reason[place] == NO_COLUMN)
            continue;
        out->reason_effect[place] = most;
        for (size_t c = 0; by_column && c <= job->columns; c++) {
            if (theme_of(job, c) == (size_t)out->reason[place] && by_column[c] > most_column) {
                most_column = by_column[c];
                out->reason_column[place] = c == job->columns ? NO_COLUMN : (int64_t)c;
            }
        }
    }
}

static retain_status explain_learnt(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                                    const retain__risk_learning *learning, const retain__risk_date *today, said *out)
{
    const size_t width = job->columns + 1;
    double *block = retain__take(scratch, ROWS_AT_ONCE, width * sizeof *block);
    retain_status status = block ? RETAIN_OK : RETAIN_ERROR_MEMORY;

    for (size_t first = 0; status == RETAIN_OK && first < today->count; first += ROWS_AT_ONCE) {
        const size_t rows = today->count - first < ROWS_AT_ONCE ? today->count - first : ROWS_AT_ONCE;

        status = retain__explain_risk(ctx, learning, today, first, rows, block);
        for (size_t r = 0; status == RETAIN_OK && r < rows; r++) {
            for (size_t c = 0; c < width; c++)
                out->contribution[theme_of(job, c) * today->count + first + r] += block[r * width + c];
            find_reasons(job, block + r * width, today->count, first + r, out);
        }
    }
    retain__give_back(scratch, block);
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
    return NO_COLUMN;
}

static retain_status explain_rhythm(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                                    const retain__risk_date *today, const double typical[TOLD], retain_risk_card *card, said *out)
{
    double *odds[1 << TOLD] = {NULL}, *room[TOLD] = {NULL};
    retain_status status = RETAIN_OK;

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

        card->base = odds[0][i];
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

/* --- risk -------------------------------------------------------------------------------------------------------------------------- */

static retain_status tell_rhythm(retain_context *ctx, const retain__risk_job *job, const retain__risk_date *today, said *out)
{
    const retain_customers customers = {.count = today->count,
                                        .frequency = today->frequency,
                                        .t_x = today->t_x,
                                        .T = today->T,
                                        .unit_days = today->model.unit_days};
    const retain_btyd_question question = {.struct_size = sizeof question,
                                           .quantity = RETAIN_BTYD_SILENCE,
                                           .to = (double)job->options.horizon_days / today->model.unit_days};
    retain__stage stage;

    return retain__end_stage(&stage, retain_btyd_interval(retain__begin_stage(&stage, ctx, 0.9, 0.92), &today->model,
                                                          today->report.covariance, &customers, &question, job->options.level,
                                                          out->risk, out->low, out->high));
}

/* --- money ------------------------------------------------------------------------------------------------------------------------- */

/* Money to come; NaN where spending or ordering has no model. */
static retain_status value_customers(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                                     const retain__risk_date *today, double *residual)
{
    const retain_customers customers = {.count = today->count,
                                        .frequency = today->frequency,
                                        .t_x = today->t_x,
                                        .T = today->T,
                                        .spend = today->spend,
                                        .unit_days = today->model.unit_days};
    const retain_clv_options options = {sizeof options, job->options.value_days, job->options.annual_rate, job->options.margin};
    retain_fit_report report = {.struct_size = sizeof report};
    retain_spend spend;
    retain__stage stage;
    double *value = retain__take(scratch, today->count, sizeof *value);
    retain_status status;

    for (size_t i = 0; i < today->count; i++)
        residual[i] = NAN;
    if (!value)
        return RETAIN_ERROR_MEMORY;
    if (isnan(today->rhythm[0]))
        return RETAIN_OK;
    status = retain_spend_fit(retain__begin_stage(&stage, ctx, 0.92, 0.94), &customers, NULL, &spend, &report, NULL);
    if (status == RETAIN_ERROR_DATA || (status == RETAIN_ERROR_CONVERGENCE && isnan(retain_spend_mean(&spend))))
        return RETAIN_OK; /* no model of spending: orders of nothing that count, or too few that came back */
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
        return retain__end_stage(&stage, status);
    status = retain_spend_expected(retain__begin_stage(&stage, ctx, 0.94, 0.95), &spend, &customers, value);
    if (status == RETAIN_OK)
        status = retain_clv_residual(retain__begin_stage(&stage, ctx, 0.95, 0.97), &today->model, &customers, value, NULL, &options,
                                     residual);
    retain__give_back(scratch, value);
    return retain__end_stage(&stage, status);
}

/* --- whom first -------------------------------------------------------------------------------------------------------------------- */

/* Most value at risk first; who has none comes last, the largest risk first. Sorting is stable, and customers ascend. */
static retain_status rank_customers(retain__scratch *scratch, const retain__risk_job *job, size_t count, said *out)
{
    const retain__row_shape shape = {3, 2, 0};
    uint64_t *rows = retain__take(scratch, count, 3 * sizeof *rows), *spare = retain__take(scratch, count, 3 * sizeof *spare);
    const size_t most = job->options.most ? job->options.most : SIZE_MAX;

    if (!rows || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const int known = !isnan(out->at_risk[i]);

        rows[3 * i] = known ? retain__key_of(-out->at_risk[i]) : UINT64_MAX;
        rows[3 * i + 1] = known ? 0 : retain__key_of(-out->risk[i]);
        rows[3 * i + 2] = i;
    }
    retain__sort_rows(&shape, rows, spare, count);
    for (size_t place = 0; place < count; place++) {
        const size_t i = (size_t)rows[3 * place + 2];

        out->rank[i] = (int64_t)place + 1;
        out->band[i] = !(out->gain[i] > 0.0) ? RETAIN_RISK_LEAVE_ALONE : place < most ? RETAIN_RISK_ACT : RETAIN_RISK_WORTH;
    }
    retain__give_back(scratch, rows);
    retain__give_back(scratch, spare);
    return RETAIN_OK;
}

/* --- writing ----------------------------------------------------------------------------------------------------------------------- */

/* What a column holds of a customer, the model of orders being none of the panel's. */
static double told_value(const retain__risk_date *today, int64_t column, size_t i)
{
    return column == NO_COLUMN ? 1.0 / (1.0 + exp(-today->rhythm[i])) : today->feature[(size_t)column * today->count + i];
}

static void write_reasons(const retain__risk_job *job, const retain__risk_date *today, const said *in, const double *typical,
                          const retain_risk_columns *columns, size_t capacity)
{
    const size_t n = today->count;

    for (size_t j = 0; j < RETAIN_RISK_REASONS; j++) {
        for (size_t i = 0; i < n; i++) {
            const size_t from = j * n + i, to = j * capacity + i;
            const int64_t column = in->reason_column[from];
            const int is_told = in->reason[from] != NO_COLUMN;

            if (columns->reason)
                columns->reason[to] = in->reason[from];
            if (columns->reason_effect)
                columns->reason_effect[to] = in->reason_effect[from];
            if (columns->reason_column)
                columns->reason_column[to] = column;
            if (columns->reason_value)
                columns->reason_value[to] = is_told ? told_value(today, column, i) : (double)NAN;
            if (columns->reason_typical)
                columns->reason_typical[to] = is_told ? typical[column == NO_COLUMN ? job->columns : (size_t)column] : (double)NAN;
        }
    }
}

static void copy_column(double *to, const double *from, size_t count)
{
    if (to)
        memcpy(to, from, count * sizeof *to);
}

static void write_columns(const retain__risk_job *job, const retain__risk_date *today, const said *in, const double *typical,
                          const retain_risk_columns *columns, size_t capacity)
{
    const size_t n = today->count;

    copy_column(columns->risk, in->risk, n);
    copy_column(columns->risk_low, in->low, n);
    copy_column(columns->risk_high, in->high, n);
    copy_column(columns->log_odds, in->log_odds, n);
    copy_column(columns->residual, in->residual, n);
    copy_column(columns->value_at_risk, in->at_risk, n);
    copy_column(columns->gain, in->gain, n);
    for (size_t t = 0; columns->contribution && t < job->themes; t++)
        copy_column(columns->contribution + t * capacity, in->contribution + t * n, n);
    if (columns->customer)
        memcpy(columns->customer, today->customer, n * sizeof *columns->customer);
    if (columns->rank)
        memcpy(columns->rank, in->rank, n * sizeof *columns->rank);
    if (columns->band)
        memcpy(columns->band, in->band, n * sizeof *columns->band);
    write_reasons(job, today, in, typical, columns, capacity);
}

retain_status retain__say_risk(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job,
                               const retain__risk_learning *learning, retain__risk_date *today, const retain_risk_columns *columns,
                               size_t capacity, retain_risk_card *card)
{
    double typical[RETAIN__RISK_COLUMNS + 1], told[TOLD];
    said out;
    retain_status status = take_said(scratch, today->count, job->themes, &out);

    if (status == RETAIN_OK && card->method == RETAIN_RISK_LEARNT) {
        card->base = retain__base_of_risk(learning);
        retain__cut_risk_date(learning, today);
        status = retain__tell_risk(ctx, job, learning, today, out.risk, out.low, out.high, out.log_odds);
        if (status == RETAIN_OK)
            status = explain_learnt(ctx, scratch, job, learning, today, &out);
    } else if (status == RETAIN_OK) {
        status = tell_rhythm(ctx, job, today, &out);
        if (status == RETAIN_OK)
            status = find_told(scratch, today, told);
        if (status == RETAIN_OK)
            status = explain_rhythm(ctx, scratch, job, today, told, card, &out);
    }
    if (status == RETAIN_OK)
        status = value_customers(ctx, scratch, job, today, out.residual);
    if (status != RETAIN_OK)
        return status;
    card->silent_expected = 0.0;
    for (size_t i = 0; i < today->count; i++) {
        out.at_risk[i] = out.risk[i] * out.residual[i];
        out.gain[i] = job->options.effect * out.at_risk[i] - job->options.cost;
        card->silent_expected += out.risk[i];
        if (!isnan(out.at_risk[i]))
            card->at_risk = (isnan(card->at_risk) ? 0.0 : card->at_risk) + out.at_risk[i];
    }
    if (today->count && isnan(card->at_risk))
        retain__say_unvalued(card);
    status = rank_customers(scratch, job, today->count, &out);
    if (status == RETAIN_OK)
        status = find_typical(scratch, job, today, typical);
    if (status == RETAIN_OK)
        write_columns(job, today, &out, typical, columns, capacity);
    return status;
}

/* What draws of contract models tell about customers and totals.
 *
 * Every draw answers the question, and the answers are draws of the answer, of which mean, deviation and quantiles are read off. An
 * answer depends on the renewals behind and the decisions ahead, of which few pairs occur: each is asked about once. A total is summed
 * within a draw, since all customers share its parameters; what will happen is a mixture of the draws (math/mixture.c), customers being
 * independent given the parameters. Of payments to come some are certain, those of who has just paid: chance is about the rest.
 *
 * Refits that ended on a boundary hold parameters as far away as a search goes. They are models like others, but a sum to come with a c
 * of 1e16 is no work for arithmetic, and differs from one of 1000 by nothing: so what is farther counts as the limit. */
#include <math.h>
#include <string.h>

#include "data/collapse.h"
#include "math/draws.h"
#include "math/mixture.h"
#include "math/sums.h"
#include "models/contract_family.h"
#include "retain/contract_draws.h"

enum { PARAMETERS = RETAIN__CONTRACT_PARAMETERS, TERMS = RETAIN__CONTRACT_TERMS, CELLS = 1 << 22 };

static const double farthest = 36.841361487904734, farthest_c = 6.907755278982137; /* log 1e16, log 1e3 */

/* --- questions ---------------------------------------------------------------------------------------------------------------- */

typedef struct asking {
    const retain__contract_family *family;
    retain_contract_quantity quantity;
    retain__contract_terms_of_value terms;
    retain__contract_checked *model; /* [draws] of the whole rows */
    size_t draws, rows;              /* different pairs */
    double *n, *t;                   /* [rows] renewals behind, decisions ahead */
    int64_t *row_of;                 /* [count] the pair of a customer */
    size_t first, part;              /* of what is asked about now, and how many */
    double *cells;                   /* [part * draws] answers, pair by pair */
    double *chance;                  /* [part * draws] variance of payments, or NULL */
} asking;

static double answer(const asking *of, const retain__contract_checked *model, double n, double t)
{
    double terms[TERMS];

    switch (of->quantity) {
    case RETAIN_CONTRACT_SURVIVAL:
        model->family->log_survival(model->family, model->p, n, t, log(n + t), 0, terms);
        return exp(terms[0]);
    case RETAIN_CONTRACT_PMF:
        retain__contract_log_pmf(model->family, model->p, n, t, 0, terms);
        return exp(terms[0]);
    case RETAIN_CONTRACT_RETENTION:
        model->family->log_survival(model->family, model->p, t - 1.0, 1.0, log(t), 0, terms);
        return exp(terms[0]);
    default:
        return (double)NAN;
    }
}

/* Values and their variances, model by model: what they have in common over n is computed once. */
static void value_rows(void *state, size_t block, size_t first, size_t last)
{
    asking *of = state;

    (void)block;
    for (size_t k = first; k < last; k++)
        retain__contract_worths(&of->model[k], &of->terms, of->n + of->first, of->part, of->draws, of->cells + k,
                                of->chance ? of->chance + k : NULL);
}

static void answer_rows(void *state, size_t block, size_t first, size_t last)
{
    asking *of = state;

    (void)block;
    for (size_t i = first; i < last; i++) {
        double n = of->n[of->first + i], t = of->t[of->first + i];

        for (size_t k = 0; k < of->draws; k++)
            of->cells[i * of->draws + k] = answer(of, &of->model[k], n, t);
    }
}

static int is_value(retain_contract_quantity quantity)
{
    return quantity == RETAIN_CONTRACT_DISCOUNTED || quantity == RETAIN_CONTRACT_ELASTICITY;
}

static retain_status check_question(retain_context *ctx, const retain_contract_question *given, asking *of)
{
    retain_contract_question question = {.struct_size = sizeof question};
    retain_status status;

    if (!given)
        return retain__fail_null(ctx, "question");
    status = retain__take_options(ctx, "question", given, sizeof question, sizeof question, &question);
    if (status != RETAIN_OK)
        return status;
    if (question.quantity < RETAIN_CONTRACT_SURVIVAL || question.quantity > RETAIN_CONTRACT_ELASTICITY)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "question.quantity is %d; it must be a retain_contract_quantity", (int)question.quantity);
    of->quantity = question.quantity;
    of->terms = (retain__contract_terms_of_value){question.moment, question.periods == 0.0 ? (double)INFINITY : question.periods,
                                                  log1p(question.d), question.quantity == RETAIN_CONTRACT_ELASTICITY};
    return is_value(question.quantity)
               ? retain__contract_check_terms(ctx, "question.periods", question.moment, of->terms.t, question.d)
               : RETAIN_OK;
}

static retain_status check_columns(retain_context *ctx, const asking *of, const double *survived, const double *t, size_t count)
{
    retain_status status = retain__contract_check_whole(ctx, "survived", survived, count, 0.0);

    if (status != RETAIN_OK || is_value(of->quantity))
        return status;
    if (count && !t)
        return retain__fail_null(ctx, "t");
    return retain__contract_check_whole(ctx, "t", t, count, of->quantity == RETAIN_CONTRACT_SURVIVAL ? 0.0 : 1.0);
}

/* --- draws and pairs ---------------------------------------------------------------------------------------------------------- */

static retain_status take_models(retain__scratch *scratch, const double *values, size_t draws, asking *of)
{
    size_t count = of->family->count;
    int fits = 1;
    retain_status status;

    retain__multiply(draws, count * sizeof *values, &fits);
    if (!fits)
        return retain__fail(scratch->ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "draws is %zu: beyond all memory", draws);
    status = retain__draws_check_rows(scratch->ctx, values, draws, count, count);
    if (status != RETAIN_OK)
        return status;
    of->model = retain__take(scratch, retain__draws_count_whole(values, draws, count), sizeof *of->model);
    if (!of->model)
        return RETAIN_ERROR_MEMORY;
    for (size_t draw = 0; draw < draws; draw++) {
        const double *row = values + draw * count;

        if (!retain__draws_is_whole(row, count))
            continue;
        of->model[of->draws].family = of->family;
        for (size_t k = 0; k < count; k++) {
            double most = k == 2 ? farthest_c : farthest;

            of->model[of->draws].p[k] = exp(fmin(fmax(row[k], -most), most));
        }
        of->draws++;
    }
    return RETAIN_OK;
}

static retain_status take_pairs(retain__scratch *scratch, const double *survived, const double *t, size_t count, asking *of)
{
    double *zeros = retain__take_zeroed(scratch, count, sizeof *zeros);
    const double *columns[] = {survived && of->quantity != RETAIN_CONTRACT_RETENTION ? survived : zeros,
                               is_value(of->quantity) ? zeros : t};
    retain__collapsed pairs;
    retain_status status;

    of->row_of = retain__take(scratch, count, sizeof *of->row_of);
    if (!zeros || !of->row_of)
        return RETAIN_ERROR_MEMORY;
    status = retain__collapse(scratch, columns, 2, NULL, count, of->row_of, &pairs);
    if (status != RETAIN_OK)
        return status;
    of->rows = pairs.count;
    of->t = pairs.column[0];
    of->n = retain__take(scratch, pairs.count, sizeof *of->n);
    if (!of->n)
        return RETAIN_ERROR_MEMORY;
    for (size_t run = 0; run < pairs.runs; run++) {
        for (size_t i = pairs.first[run]; i < pairs.first[run + 1]; i++)
            of->n[i] = pairs.value[run];
    }
    return RETAIN_OK;
}

/* Asks about all pairs, a part after the other; `read` reads off a part of `rows`. */
static retain_status ask_all(retain__scratch *scratch, asking *of, int with_chance, void *reader,
                             void (*read)(void *reader, const asking *of, size_t rows))
{
    size_t each = of->draws ? of->draws : 1, most = CELLS / each + 1, part = most < of->rows ? most : of->rows;
    retain_status status = RETAIN_OK;

    of->cells = retain__take(scratch, part, each * sizeof *of->cells);
    of->chance = with_chance ? retain__take(scratch, part, each * sizeof *of->chance) : NULL;
    if (!of->cells || (with_chance && !of->chance))
        return RETAIN_ERROR_MEMORY;
    for (of->first = 0; status == RETAIN_OK && of->first < of->rows; of->first += part) {
        size_t rows = of->rows - of->first < part ? of->rows - of->first : part;
        double all = (double)of->rows, done = (double)of->first;

        of->part = rows;
        status = is_value(of->quantity)
                     ? retain__parallel(scratch->ctx, of->draws, 16, done / all, (done + (double)rows) / all, value_rows, of)
                     : retain__parallel(scratch->ctx, rows, 1, done / all, (done + (double)rows) / all, answer_rows, of);
        if (status == RETAIN_OK)
            read(reader, of, rows);
    }
    return status;
}

/* --- one by one --------------------------------------------------------------------------------------------------------------- */

typedef struct readings {
    double level;
    double *out; /* [4 * rows of `of`]: mean, deviation, low, high */
} readings;

static void read_rows(void *reader, const asking *of, size_t rows)
{
    readings *into = reader;

    for (size_t i = 0; i < rows; i++) {
        double *out = into->out + 4 * (of->first + i);

        retain__draws_read_off(of->cells + i * of->draws, of->draws, into->level, &out[0], &out[1], &out[2], &out[3]);
    }
}

static retain_status begin(retain__scratch *scratch, retain_contract_family family, const double *values, size_t draws,
                           const retain_contract_question *question, const double *survived, const double *t, size_t count,
                           double level, asking *of)
{
    retain_context *ctx = scratch->ctx;
    retain_status status = retain__begin(ctx);

    of->family = retain__contract_find(family);
    if (status == RETAIN_OK && !of->family)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "family is %d; it must be a retain_contract_family",
                              (int)family);
    if (status == RETAIN_OK)
        status = check_question(ctx, question, of);
    if (status == RETAIN_OK)
        status = retain__draws_check_level(ctx, level);
    if (status == RETAIN_OK)
        status = check_columns(ctx, of, survived, t, count);
    if (status == RETAIN_OK)
        status = take_models(scratch, values, draws, of);
    return status == RETAIN_OK ? take_pairs(scratch, survived, t, count, of) : status;
}

retain_status retain_contract_draws_interval(retain_context *ctx, retain_contract_family family, const double *values, size_t draws,
                                             const retain_contract_question *question, const double *survived, const double *t,
                                             size_t count, double level, double *mean, double *deviation, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    double *const wanted[] = {mean, deviation, low, high};
    asking of = {.draws = 0};
    readings into = {.level = level};
    retain_status status = begin(&scratch, family, values, draws, question, survived, t, count, level, &of);

    if (status == RETAIN_OK && !(into.out = retain__take(&scratch, of.rows, 4 * sizeof *into.out)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = ask_all(&scratch, &of, 0, &into, read_rows);
    for (size_t k = 0; status == RETAIN_OK && k < 4; k++) {
        for (size_t i = 0; wanted[k] && i < count; i++)
            wanted[k][i] = into.out[4 * (size_t)of.row_of[i] + k];
    }
    retain__release(&scratch);
    return status;
}

/* --- all together ------------------------------------------------------------------------------------------------------------- */

typedef struct totals {
    double *worth, *square;    /* [rows of `of`] sums over the customers of a pair */
    retain__sum *sum, *chance; /* [draws] */
    double certain;            /* of the answer of each, what no draw and no chance can change */
} totals;

/* Sums do not forget what is infinite. */
static void add(retain__sum *sum, double x)
{
    if (!(sum->high < (double)INFINITY))
        return;
    if (x < (double)INFINITY)
        retain__sum_add(sum, x);
    else
        *sum = (retain__sum){(double)INFINITY, 0.0};
}

static void add_rows(void *reader, const asking *of, size_t rows)
{
    totals *into = reader;

    for (size_t i = 0; i < rows; i++) {
        double worth = into->worth[of->first + i], square = into->square[of->first + i];

        for (size_t k = 0; worth > 0.0 && k < of->draws; k++) {
            double value = of->cells[i * of->draws + k];
            double variance = of->chance ? of->chance[i * of->draws + k] : value * (1.0 - value);

            add(&into->sum[k], worth * (value - into->certain));
            add(&into->chance[k], square * variance);
        }
    }
}

static retain_status check_total(retain_context *ctx, const retain_contract_question *question, size_t count, const double *worth,
                                 const retain_contract_sum *sum)
{
    if (question->quantity == RETAIN_CONTRACT_RETENTION || question->quantity == RETAIN_CONTRACT_ELASTICITY)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "question.quantity is %d; what can be summed are SURVIVAL, PMF and DISCOUNTED",
                            (int)question->quantity);
    for (size_t i = 0; worth && i < count; i++) {
        if (!(worth[i] >= 0.0 && retain__is_finite(worth[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "worth[%zu] is %g; it must be finite and at least 0", i, worth[i]);
    }
    if (!sum)
        return retain__fail_null(ctx, "sum");
    return retain__check_struct(ctx, "sum", sum, sizeof *sum, sizeof *sum);
}

/* Worths of the customers of each pair; returns that of all. */
static double gather_worth(const asking *of, const double *worth, size_t count, retain__sum *sums, totals *into)
{
    retain__sum all = {0.0, 0.0};

    for (size_t i = 0; i < count; i++) {
        double one = worth ? worth[i] : 1.0;

        retain__sum_add(&sums[2 * of->row_of[i]], one);
        retain__sum_add(&sums[2 * of->row_of[i] + 1], one * one);
        retain__sum_add(&all, one);
    }
    for (size_t i = 0; i < of->rows; i++) {
        into->worth[i] = retain__sum_value(sums[2 * i]);
        into->square[i] = retain__sum_value(sums[2 * i + 1]);
    }
    return retain__sum_value(all);
}

static retain_status add_all(retain__scratch *scratch, asking *of, const double *worth, size_t count, double level,
                             retain_contract_sum *sum)
{
    int is_money = of->quantity == RETAIN_CONTRACT_DISCOUNTED;
    retain__mixture mixed = {.count = of->draws, .is_number = !is_money};
    totals into = {.certain = is_money && of->terms.moment == RETAIN_CONTRACT_DEL ? 1.0 : 0.0};
    retain__sum *sums = retain__take_zeroed(scratch, of->rows, 2 * sizeof *sums);
    retain_status status;
    retain__mixed told;
    double certain;

    into.worth = retain__take(scratch, of->rows, sizeof *into.worth);
    into.square = retain__take(scratch, of->rows, sizeof *into.square);
    into.sum = retain__take_zeroed(scratch, of->draws, sizeof *into.sum);
    into.chance = retain__take_zeroed(scratch, of->draws, sizeof *into.chance);
    mixed.total = retain__take(scratch, of->draws, 3 * sizeof *mixed.total);
    if (!sums || !into.worth || !into.square || !into.sum || !into.chance || !mixed.total)
        return RETAIN_ERROR_MEMORY;
    mixed.variance = mixed.total + of->draws;
    mixed.spare = mixed.variance + of->draws;
    mixed.whole = gather_worth(of, worth, count, sums, &into);
    certain = into.certain * mixed.whole;
    status = ask_all(scratch, of, is_money, &into, add_rows);
    if (status != RETAIN_OK)
        return status;
    for (size_t k = 0; k < of->draws; k++) {
        mixed.total[k] = retain__sum_value(into.sum[k]);
        mixed.variance[k] = retain__sum_value(into.chance[k]);
    }
    told = retain__mixture_tell(&mixed, level);
    *sum = (retain_contract_sum){.struct_size = sum->struct_size,
                                 .value = certain + told.value,
                                 .standard_error = told.standard_error,
                                 .low = certain + told.low,
                                 .high = certain + told.high,
                                 .variance = told.variance,
                                 .least = certain + told.least,
                                 .most = certain + told.most};
    return RETAIN_OK;
}

retain_status retain_contract_draws_total(retain_context *ctx, retain_contract_family family, const double *values, size_t draws,
                                          const retain_contract_question *question, const double *survived, const double *t,
                                          size_t count, const double *worth, double level, retain_contract_sum *sum)
{
    retain__scratch scratch = {ctx, NULL};
    asking of = {.draws = 0};
    retain_status status = begin(&scratch, family, values, draws, question, survived, t, count, level, &of);

    if (status == RETAIN_OK)
        status = check_total(ctx, question, count, worth, sum);
    if (status == RETAIN_OK)
        status = add_all(&scratch, &of, worth, count, level, sum);
    retain__release(&scratch);
    return status;
}

/* Distributions of counts, one customer's history, and the tracking curve of a cohort: forecasts that are not one number for every
 * customer. */
#include <string.h>

#include "core/sort.h"
#include "math/kernels.h"
#include "math/sums.h"
#include "models/btyd_forecast.h"

enum { BLOCK = 4096, ALL_COUNTS = 1000 /* that are always written, however small */ };

static const double negligible = 1e-18; /* the bulk being behind */

/* --- distribution of counts ----------------------------------------------------------------------------------------------- */

typedef struct table {
    const double *column; /* [rows] */
    size_t columns, at;
    double *cells;
    double *mass; /* [rows] of the counts so far */
} table;

static void copy_block(void *state, size_t block, size_t first, size_t last)
{
    const table *of = state;

    (void)block;
    for (size_t i = first; i < last; i++) {
        of->cells[i * of->columns + of->at] = of->column[i];
        of->mass[i] += of->column[i];
    }
}

/* Is nothing left of anybody's counts? */
static int is_all(const table *of, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        if (of->mass[i] < 0.5 || of->column[i] > negligible)
            return 0;
    }
    return 1;
}

static retain_status fill_table(retain_context *ctx, retain__scratch *scratch, const retain__btyd_checked *model,
                                const retain_customers *customers, retain_btyd_question *question, table *into)
{
    retain__btyd_forecast forecast = {.on_scale = 0};
    retain_status status = retain__btyd_prepare(scratch, model, customers, question, &forecast);
    double *column = retain__take(scratch, customers->count, sizeof *column);

    into->mass = retain__take_zeroed(scratch, customers->count, sizeof *into->mass);
    if (!column || !into->mass)
        return RETAIN_ERROR_MEMORY;
    into->column = column;
    if (status == RETAIN_OK)
        status = retain__btyd_check_steps(ctx, model, &forecast.patterns, question, into->columns);
    for (into->at = 0; status == RETAIN_OK && into->at < into->columns; into->at++) {
        double share = 1.0 / (double)into->columns, from = share * (double)into->at;

        question->n = (double)into->at;
        status = retain__btyd_answer(ctx, model, &forecast, from, from + share, column);
        if (status == RETAIN_OK)
            status = retain__parallel(NULL, customers->count, BLOCK, 0.0, 1.0, copy_block, into);
        if (into->at >= ALL_COUNTS && is_all(into, customers->count))
            break;
    }
    return status;
}

retain_status retain_btyd_distribution(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                       double from, double to, size_t counts, double *probabilities)
{
    const retain_btyd_question asked = {.struct_size = sizeof asked, .quantity = RETAIN_BTYD_COUNT, .from = from, .to = to};
    retain_btyd_question question;
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    table into = {.columns = counts};
    retain_status status = retain__begin(ctx);
    int fits = 1;

    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK && !(counts >= 1 && counts <= 1000001))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "counts is %zu; it must lie in [1, 10^6 + 1]", counts);
    if (status == RETAIN_OK)
        status = retain__btyd_take_question(ctx, &asked, checked.family, &question);
    if (status == RETAIN_OK && customers->count && !probabilities)
        status = retain__fail_null(ctx, "probabilities");
    if (status == RETAIN_OK) {
        into.cells =
            retain__take_zeroed(&scratch, retain__multiply(customers->count, counts, &fits), fits ? sizeof(double) : SIZE_MAX);
        status = into.cells ? fill_table(ctx, &scratch, &checked, customers, &question, &into) : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK && customers->count)
        memcpy(probabilities, into.cells, customers->count * counts * sizeof *probabilities);
    retain__release(&scratch);
    return status;
}

/* --- one customer's history ----------------------------------------------------------------------------------------------- */

/* Number of orders at ages up to `age`. */
static size_t count_until(const double *ages, size_t orders, double age)
{
    size_t low = 0, high = orders;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (ages[middle] <= age)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static retain_status check_history(retain_context *ctx, const double *ages, size_t orders, const double *instants, size_t count)
{
    for (size_t i = 0; i < orders; i++) {
        if (!(ages[i] > 0.0 && retain__is_finite(ages[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "ages[%zu] is %g; it must be finite and above 0", i, ages[i]);
        if (i > 0 && ages[i] < ages[i - 1])
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "ages[%zu] is %g; it must be at least ages[%zu], %g", i, ages[i], i - 1,
                                ages[i - 1]);
    }
    for (size_t i = 0; i < count; i++) {
        if (!(instants[i] >= 0.0 && retain__is_finite(instants[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "instants[%zu] is %g; it must be finite and at least 0", i, instants[i]);
    }
    return RETAIN_OK;
}

retain_status retain_btyd_history(retain_context *ctx, const retain_btyd *model, const double *ages, size_t orders,
                                  const double *instants, size_t count, double *alive)
{
    retain__btyd_checked checked;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check_model(ctx, model, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_check_bare(ctx, model);
    if (status == RETAIN_OK && ((orders && !ages) || (count && (!instants || !alive))))
        status = retain__fail_null(ctx, orders && !ages ? "ages" : !instants ? "instants" : "alive");
    if (status == RETAIN_OK)
        status = check_history(ctx, ages, orders, instants, count);
    for (size_t i = 0; status == RETAIN_OK && i < orders; i++)
        status = retain__btyd_check_span(ctx, checked.family, "ages", i, ages[i]);
    for (size_t i = 0; status == RETAIN_OK && i < count; i++)
        status = retain__btyd_check_span(ctx, checked.family, "instants", i, instants[i]);
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        size_t known = count_until(ages, orders, instants[i]);
        double x = (double)known, t_x = known ? ages[known - 1] : 0.0, log_odds;

        checked.family->log_odds_dead(checked.family, checked.p, &x, &t_x, &instants[i], 1, &log_odds);
        retain__btyd_alive(&log_odds, 1, &alive[i]);
    }
    return status;
}

/* --- tracking ------------------------------------------------------------------------------------------------------------- */

/* Births in ascending order, each once, with the number of customers born then. */
typedef struct cohort {
    const retain__btyd_checked *model;
    size_t count;
    double *birth, *weight;
    double alive; /* P(a new customer is still there right after the first purchase) */
    const double *times;
    double *expected;
} cohort;

/* Bits that ascend as the number does. */
static uint64_t rank_of(double value)
{
    uint64_t bits = retain__bits(value + 0.0);

    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static double value_of(uint64_t rank)
{
    return retain__of_bits(rank >> 63 ? rank & ~((uint64_t)1 << 63) : ~rank);
}

static retain_status sort_births(retain__scratch *scratch, const double *births, const double *weight, size_t customers, cohort *of)
{
    const retain__row_shape by_birth = {2, 1, 0};
    uint64_t *rows = retain__take(scratch, customers, 2 * sizeof *rows),
             *spare = retain__take(scratch, customers, 2 * sizeof *spare);

    of->birth = retain__take(scratch, customers, sizeof *of->birth);
    of->weight = retain__take(scratch, customers, sizeof *of->weight);
    if (!rows || !spare || !of->birth || !of->weight)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < customers; i++) {
        rows[2 * i] = rank_of(births[i]);
        rows[2 * i + 1] = retain__bits(weight ? weight[i] : 1.0);
    }
    retain__sort_rows(&by_birth, rows, spare, customers);
    for (size_t i = 0; i < customers; of->count++) {
        const uint64_t rank = rows[2 * i];
        retain__sum sum = {0.0, 0.0};

        for (; i < customers && rows[2 * i] == rank; i++)
            retain__sum_add(&sum, retain__of_bits(rows[2 * i + 1]));
        of->birth[of->count] = value_of(rank);
        of->weight[of->count] = retain__sum_value(sum);
    }
    retain__give_back(scratch, spare);
    retain__give_back(scratch, rows);
    return RETAIN_OK;
}

static void track_block(void *state, size_t block, size_t first, size_t last)
{
    const cohort *of = state;
    const retain__btyd_family *family = of->model->family;
    const double zero = 0.0;

    (void)block;
    for (size_t k = first; k < last; k++) {
        retain__sum sum = {0.0, 0.0};

        for (size_t i = 0; i < of->count && of->birth[i] < of->times[k]; i++) {
            double orders;

            family->expected(family, of->model->p, 0.0, family->is_regular ? &zero : NULL, &zero, 1, of->times[k] - of->birth[i],
                             &orders);
            retain__sum_add(&sum, of->weight[i] * orders);
        }
        of->expected[k] = of->alive * retain__sum_value(sum);
    }
}

static retain_status check_tracking(retain_context *ctx, const double *births, const double *weight, size_t customers,
                                    const double *times, size_t count)
{
    for (size_t i = 0; i < customers; i++) {
        if (!retain__is_finite(births[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "births[%zu] is %g; it must be finite", i, births[i]);
        if (weight && !(weight[i] >= 0.0 && retain__is_finite(weight[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "weight[%zu] is %g; it must be finite and at least 0", i, weight[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (!retain__is_finite(times[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "times[%zu] is %g; it must be finite", i, times[i]);
    }
    return RETAIN_OK;
}

retain_status retain_btyd_tracking(retain_context *ctx, const retain_btyd *model, const double *births, const double *weight,
                                   size_t customers, const double *times, size_t count, double *expected)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    cohort of = {.model = &checked, .times = times};
    const double zero = 0.0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check_model(ctx, model, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_check_bare(ctx, model);
    if (status == RETAIN_OK && ((customers && !births) || (count && (!times || !expected))))
        status = retain__fail_null(ctx, customers && !births ? "births" : !times ? "times" : "expected");
    if (status == RETAIN_OK)
        status = check_tracking(ctx, births, weight, customers, times, count);
    if (status == RETAIN_OK)
        status = sort_births(&scratch, births, weight, customers, &of);
    if (status == RETAIN_OK && !(of.expected = retain__take(&scratch, count, sizeof *of.expected)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        double log_odds;

        checked.family->log_odds_dead(checked.family, checked.p, &zero, &zero, &zero, 1, &log_odds);
        retain__btyd_alive(&log_odds, 1, &of.alive);
        status = retain__parallel(ctx, count, 1, 0.0, 1.0, track_block, &of);
    }
    if (status == RETAIN_OK && count)
        memcpy(expected, of.expected, count * sizeof *expected);
    retain__release(&scratch);
    return status;
}

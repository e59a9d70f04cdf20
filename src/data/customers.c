/* Rules of customer tables, and their distinct rows.
 *
 * Equal rows are brought together by data/collapse.h, in ascending order of frequency. The distinct rows of one frequency, fewer as
 * a rule, are then sorted by their other numbers. Numbers are compared as unsigned words: doubles that are not negative are in the
 * order of their bits, and for the others the bits are turned round. */
#include "data/customers.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/rooms.h"
#include "core/sort.h"
#include "data/collapse.h"
#include "math/kernels.h"
#include "math/sums.h"

#define MOST_FREQUENCY 9007199254740992.0 /* 2^53 */

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

static retain_status check_row(retain_context *ctx, const retain_customers *customers, int with_spend, size_t i)
{
    double x = customers->frequency[i], t_x = customers->t_x[i], T = customers->T[i];

    if (!(x >= 0.0 && x <= MOST_FREQUENCY && x == floor(x)))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.frequency[%zu] is %g; it must be a whole number in [0, 2^53]", i,
                            x);
    if (!(T >= 0.0 && retain__is_finite(T)))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.T[%zu] is %g; it must be finite and at least 0", i, T);
    if (!(t_x >= 0.0 && t_x <= T))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.t_x[%zu] is %g; it must lie in [0, T = %g]", i, t_x, T);
    if (x == 0.0 && t_x != 0.0)
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.t_x[%zu] is %g; it must be 0 where frequency is 0", i, t_x);
    if (with_spend && x > 0.0 && !retain__is_finite(customers->spend[i]))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.spend[%zu] is %g; it must be finite where frequency is positive",
                            i, customers->spend[i]);
    if (customers->weight && !(customers->weight[i] >= 0.0 && retain__is_finite(customers->weight[i])))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.weight[%zu] is %g; it must be finite and at least 0", i,
                            customers->weight[i]);
    return RETAIN_OK;
}

/* Whether rows break a rule that does not concern the spend: the rules of check_row once more, without branches, for the millions
 * of rows that break none. */
static RETAIN__INLINE void look_through_body(const double *frequency, const double *t_x, const double *T, size_t count,
                                             uint64_t *wrong)
{
    static const double two52 = 4503599627370496.0; /* adding it to a smaller number rounds that to a whole one */
    uint64_t found = 0;

    for (size_t i = 0; i < count; i++) {
        double x = frequency[i];
        uint64_t whole = (x + two52 - two52 == x) | (x >= two52);
        uint64_t right = whole & (x >= 0.0) & (x <= MOST_FREQUENCY) & (T[i] <= DBL_MAX) & (t_x[i] >= 0.0) & (t_x[i] <= T[i]) &
                         ((x > 0.0) | (t_x[i] <= 0.0));

        found |= right ^ 1;
    }
    *wrong = found;
}

RETAIN__VECTORISED(static, look_through,
                   (const double *frequency, const double *t_x, const double *T, size_t count, uint64_t *wrong),
                   (frequency, t_x, T, count, wrong));

static int is_clean(const retain_customers *customers, int with_spend)
{
    uint64_t wrong = 0;

    if (with_spend)
        return 0;
    look_through(customers->frequency, customers->t_x, customers->T, customers->count, &wrong);
    for (size_t i = 0; customers->weight && i < customers->count; i++)
        wrong |= !((customers->weight[i] >= 0.0) & (customers->weight[i] <= DBL_MAX));
    return wrong == 0;
}

retain_status retain__check_customers(retain_context *ctx, const retain_customers *customers, int with_spend)
{
    retain_status status = RETAIN_OK;

    if (!customers)
        return retain__fail_null(ctx, "customers");
    if (customers->count && !customers->frequency)
        return retain__fail_null(ctx, "customers.frequency");
    if (customers->count && !customers->t_x)
        return retain__fail_null(ctx, "customers.t_x");
    if (customers->count && !customers->T)
        return retain__fail_null(ctx, "customers.T");
    if (customers->count && with_spend && !customers->spend)
        return retain__fail_null(ctx, "customers.spend");
    if (!(customers->unit_days > 0.0 && retain__is_finite(customers->unit_days)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "customers.unit_days is %g; it must be positive: 7 when times are in weeks", customers->unit_days);
    if (is_clean(customers, with_spend))
        return RETAIN_OK;
    for (size_t i = 0; status == RETAIN_OK && i < customers->count; i++)
        status = check_row(ctx, customers, with_spend, i);
    return status;
}

/* By the inequality of the means, gaps that add up to t_x have logarithms that add up to x log(t_x / x) at most. */
retain_status retain__check_log_gaps(retain_context *ctx, const retain_customers *customers)
{
    if (customers->count && !customers->log_gaps)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "customers.log_gaps is NULL; a regular family with k > 1 needs it: the summary of orders makes it");
    for (size_t i = 0; i < customers->count; i++) {
        double x = customers->frequency[i], given = customers->log_gaps[i], most;

        if (!retain__is_finite(given))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.log_gaps[%zu] is %g; it must be finite", i, given);
        if (x == 0.0 && given != 0.0)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.log_gaps[%zu] is %g; it must be 0 where frequency is 0", i,
                                given);
        most = x > 0.0 ? x * log(customers->t_x[i] / x) : 0.0;
        if (!(given <= most + 1e-9 * (x + fabs(most))))
            return retain__fail(
                ctx, RETAIN_ERROR_DATA, i,
                "customers.log_gaps[%zu] is %g; it must be at most x log(t_x / x) = %g: are its gaps in units of t_x?", i, given,
                most);
    }
    return RETAIN_OK;
}

/* --- distinct rows ------------------------------------------------------------------------------------------------------------ */

/* The distinct rows as data/collapse.h gives them: in runs of one frequency. What is left to do is to sort each run. */
typedef struct distinct_rows {
    retain__collapsed found;
    int64_t *row_of;  /* [customers] which of the found rows a customer is; NULL unless somebody asks */
    double *log_gaps; /* [found.count] their mean; NULL unless somebody asks */
    size_t numbers;   /* columns besides the frequency: t_x, T and perhaps the spend */
    uint64_t *rows;   /* [count * (numbers + 1)] the numbers, and the place among the found ones */
    size_t longest;   /* run */
    retain__rooms rooms;
} distinct_rows;

/* In the order of the numbers, as doubles are by their bits when they are not negative. */
static uint64_t word_of(double x)
{
    uint64_t bits = retain__bits(x + 0.0); /* -0 becomes 0 */

    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static void sort_run(void *state, size_t block, size_t run, size_t last)
{
    distinct_rows *distinct = state;
    const retain__collapsed *found = &distinct->found;
    size_t numbers = distinct->numbers, width = numbers + 1, first = found->first[run], end = found->first[run + 1];
    const retain__row_shape shape = {width, numbers, 0};
    uint64_t *rows = distinct->rows + first * width, *spare = retain__enter_room(&distinct->rooms);

    (void)block;
    (void)last;
    for (size_t i = first; i < end; i++) {
        uint64_t *row = distinct->rows + i * width;

        for (size_t k = 0; k < numbers; k++)
            row[k] = word_of(found->column[k][i]);
        row[numbers] = i;
    }
    retain__sort_rows(&shape, rows, spare, end - first);
    retain__leave_room(&distinct->rooms, spare);
}

static retain_status sort_runs(retain_context *ctx, retain__scratch *scratch, distinct_rows *distinct)
{
    const retain__collapsed *found = &distinct->found;
    size_t width = distinct->numbers + 1;
    retain_status status;

    for (size_t run = 0; run < found->runs; run++) {
        size_t length = found->first[run + 1] - found->first[run];

        distinct->longest = length > distinct->longest ? length : distinct->longest;
    }
    distinct->rows = retain__take(scratch, found->count, width * sizeof *distinct->rows);
    if (!distinct->rows)
        return RETAIN_ERROR_MEMORY;
    status = retain__open_rooms(ctx, scratch, found->runs, distinct->longest, width * sizeof *distinct->rows, &distinct->rooms);
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, found->runs, 1, 0.5, 1.0, sort_run, distinct);
    retain__close_rooms(scratch, &distinct->rooms);
    return status;
}

/* Collapses the rows; the spend of a customer without a repeat occasion is not read, and 0 stands for it. */
static retain_status collapse_rows(retain__scratch *scratch, const retain_customers *customers, int64_t *row_of,
                                   retain__collapsed *found)
{
    const double *column[RETAIN__MOST_COLUMNS] = {customers->frequency, customers->t_x, customers->T, NULL};
    double *spend = NULL;
    retain_status status;

    if (customers->spend) {
        column[3] = spend = retain__take(scratch, customers->count, sizeof *spend);
        if (!spend)
            return RETAIN_ERROR_MEMORY;
        for (size_t i = 0; i < customers->count; i++)
            spend[i] = customers->frequency[i] > 0.0 ? customers->spend[i] : 0.0;
    }
    status = retain__collapse(scratch, column, spend ? 4 : 3, NULL, customers->count, row_of, found);
    retain__give_back(scratch, spend);
    return status;
}

/* Where weights are given, they are added up anew: a row of weight 0 is a row. */
static retain_status add_weights(retain__scratch *scratch, const retain_customers *customers, const int64_t *row_of,
                                 retain__collapsed *found)
{
    retain__sum *sums;

    if (!customers->weight)
        return RETAIN_OK;
    sums = retain__take_zeroed(scratch, found->count, sizeof *sums);
    if (!sums)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < customers->count; i++)
        retain__sum_add(&sums[row_of[i]], customers->weight[i]);
    for (size_t d = 0; d < found->count; d++)
        found->weight[d] = retain__sum_value(sums[d]);
    retain__give_back(scratch, sums);
    return RETAIN_OK;
}

/* Means by weight; of rows whose weights add up to 0, plain ones. */
static retain_status find_log_gaps(retain__scratch *scratch, const retain_customers *customers, const int64_t *row_of, size_t rows,
                                   const double *weight, double **log_gaps)
{
    retain__sum *sums = retain__take_zeroed(scratch, rows, sizeof *sums);
    double *means = retain__take_zeroed(scratch, rows, sizeof *means);

    if (!sums || !means)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < customers->count; i++) {
        size_t d = (size_t)row_of[i];
        double own = customers->weight && weight[d] > 0.0 ? customers->weight[i] : 1.0;

        retain__sum_add(&sums[d], own * customers->log_gaps[i]);
        means[d] += own;
    }
    for (size_t d = 0; d < rows; d++)
        means[d] = retain__sum_value(sums[d]) / means[d];
    retain__give_back(scratch, sums);
    *log_gaps = means;
    return RETAIN_OK;
}

static retain_status find_distinct(retain_context *ctx, retain__scratch *scratch, const retain_customers *customers,
                                   int with_log_gaps, int with_row_of, distinct_rows *distinct)
{
    retain_status status;

    distinct->numbers = customers->spend ? 3 : 2;
    distinct->row_of = with_row_of ? retain__take(scratch, customers->count, sizeof *distinct->row_of) : NULL;
    if (with_row_of && !distinct->row_of)
        return RETAIN_ERROR_MEMORY;
    status = collapse_rows(scratch, customers, distinct->row_of, &distinct->found);
    if (status == RETAIN_OK)
        status = add_weights(scratch, customers, distinct->row_of, &distinct->found);
    if (status == RETAIN_OK)
        status = sort_runs(ctx, scratch, distinct);
    if (status == RETAIN_OK && with_log_gaps)
        status =
            find_log_gaps(scratch, customers, distinct->row_of, distinct->found.count, distinct->found.weight, &distinct->log_gaps);
    return status;
}

/* Writes the rows in their order. The place of a row among the found ones is the last word of its row; the words before it are no
 * longer needed, and the first ones of all rows come to hold where each of the found rows went. */
static void write_distinct(const distinct_rows *distinct, double *frequency, double *t_x, double *T, double *spend, double *weight,
                           double *log_gaps)
{
    const retain__collapsed *found = &distinct->found;
    size_t width = distinct->numbers + 1;

    for (size_t run = 0; run < found->runs; run++) {
        for (size_t d = found->first[run]; d < found->first[run + 1]; d++) {
            size_t at = (size_t)distinct->rows[d * width + distinct->numbers];

            frequency[d] = found->value[run];
            t_x[d] = found->column[0][at];
            T[d] = found->column[1][at];
            if (spend)
                spend[d] = found->value[run] > 0.0 ? found->column[2][at] : (double)NAN;
            weight[d] = found->weight[at];
            if (log_gaps)
                log_gaps[d] = distinct->log_gaps[at];
            distinct->rows[at * width] = d;
        }
    }
}

retain_status retain_customers_distinct(retain_context *ctx, const retain_customers *customers, size_t capacity, size_t *count,
                                        double *frequency, double *t_x, double *T, double *spend, double *weight, double *log_gaps,
                                        int64_t *row_of)
{
    retain__scratch scratch = {ctx, NULL};
    distinct_rows distinct = {0};
    retain_status status = retain__begin(ctx);
    int with_spend = customers && customers->spend;

    if (status == RETAIN_OK)
        status = retain__check_customers(ctx, customers, with_spend);
    if (status == RETAIN_OK && (!count || !frequency || !t_x || !T || !weight))
        status = retain__fail_null(ctx, !count ? "count" : !frequency ? "frequency" : !t_x ? "t_x" : !T ? "T" : "weight");
    if (status == RETAIN_OK && with_spend != (spend != NULL))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "spend is %s; customers.spend is %s: give both or none",
                              spend ? "given" : "NULL", with_spend ? "given" : "NULL");
    if (status == RETAIN_OK && log_gaps)
        status = retain__check_log_gaps(ctx, customers);
    if (status != RETAIN_OK)
        return status;
    status = find_distinct(ctx, &scratch, customers, log_gaps != NULL, row_of || log_gaps || customers->weight, &distinct);
    if (status == RETAIN_OK)
        *count = distinct.found.count;
    if (status == RETAIN_OK && distinct.found.count > capacity)
        status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu distinct rows", capacity,
                              distinct.found.count);
    if (status == RETAIN_OK) {
        write_distinct(&distinct, frequency, t_x, T, spend, weight, log_gaps);
        for (size_t i = 0; row_of && i < customers->count; i++)
            row_of[i] = (int64_t)distinct.rows[(size_t)distinct.row_of[i] * (distinct.numbers + 1)];
    }
    retain__release(&scratch);
    return status;
}

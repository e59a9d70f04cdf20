/* Going back in time: the log as it was known at each origin, and what came after it.
 *
 * Nothing of the future may leak into the past. The summary of an origin is that of a log which ends there: later refunds of
 * earlier orders are unknown in it. What came is counted by retain_orders_holdout, which knows refunds up to the end of the
 * horizon. The H days before the origin are counted by the same function, from an earlier end. */
#include "decisions/evaluation_origins.h"

#include "core/sort.h"
#include "core/stage.h"

/* --- reading
 * -------------------------------------------------------------------------------------------------------------------- */

/* How many customers there are at an origin. */
static retain_status count_customers(retain_context *ctx, const retain__backtest *test, int64_t day, size_t *count)
{
    const retain_summary nothing = {0};
    retain__stage stage;
    retain_status status = retain_orders_summary(retain__begin_stage(&stage, ctx, 0.0, 0.0), test->orders, day,
                                                 test->orders_options, &nothing, SIZE_MAX, count, NULL);

    return retain__end_stage(&stage, status);
}

static retain_status take_columns(retain__scratch *scratch, retain__backtest *test, int64_t **customer)
{
    double **const columns[] = {&test->frequency, &test->t_x,       &test->T,         &test->spend,
                                &test->recent[0], &test->recent[1], &test->actual[0], &test->actual[1]};

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        if (!(*columns[c] = retain__take(scratch, test->count, sizeof(double))))
            return RETAIN_ERROR_MEMORY;
    }
    *customer = retain__take(scratch, test->count, sizeof **customer);
    test->unit = retain__take(scratch, test->count, sizeof *test->unit);
    return *customer && test->unit ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* What the customers of an origin did in the H days up to `end`. */
static retain_status read_period(retain_context *ctx, const retain__backtest *test, const retain__origin *at,
                                 const int64_t *customer, int64_t end, double from, double to, double *const columns[])
{
    retain__stage stage;

    return retain__end_stage(&stage, retain_orders_holdout(retain__begin_stage(&stage, ctx, from, to), test->orders,
                                                           end - test->horizon_days, end, test->orders_options,
                                                           customer + at->first, at->count, columns[RETAIN__ORDERS] + at->first,
                                                           columns[RETAIN__MONEY] + at->first));
}

static retain_status read_origin(retain_context *ctx, const retain__backtest *test, const retain__origin *at, double from,
                                 double to, int64_t *customer)
{
    const size_t first = at->first;
    const double third = (to - from) / 3.0;
    const retain_summary summary = {.customer = customer + first,
                                    .frequency = test->frequency + first,
                                    .t_x = test->t_x + first,
                                    .T = test->T + first,
                                    .spend = test->spend + first};
    retain__stage stage;
    size_t count;
    retain_status status = retain_orders_summary(retain__begin_stage(&stage, ctx, from, from + third), test->orders, at->day,
                                                 test->orders_options, &summary, at->count, &count, NULL);

    status = retain__end_stage(&stage, status);
    if (status == RETAIN_OK)
        status = read_period(ctx, test, at, customer, at->day, from + third, from + 2.0 * third, test->recent);
    if (status == RETAIN_OK)
        status = read_period(ctx, test, at, customer, at->day + test->horizon_days, from + 2.0 * third, to, test->actual);
    return status;
}

/* Numbers the customers of all origins. */
static retain_status number_customers(retain__scratch *scratch, const int64_t *customer, retain__backtest *test)
{
    const retain__row_shape shape = {2, 1, 0};
    uint64_t *rows = retain__take(scratch, test->count, 2 * sizeof *rows);
    uint64_t *spare = retain__take(scratch, test->count, 2 * sizeof *spare);

    if (!rows || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < test->count; i++) {
        rows[2 * i] = (uint64_t)customer[i];
        rows[2 * i + 1] = i;
    }
    retain__sort_rows(&shape, rows, spare, test->count);
    test->units = 0;
    for (size_t i = 0; i < test->count; i++) {
        test->units += i == 0 || rows[2 * i] != rows[2 * (i - 1)];
        test->unit[rows[2 * i + 1]] = test->units - 1;
    }
    retain__give_back(scratch, rows);
    retain__give_back(scratch, spare);
    return RETAIN_OK;
}

retain_status retain__read_origins(retain_context *ctx, retain__scratch *scratch, const int64_t *origins, double from, double to,
                                   retain__backtest *test)
{
    const double share = (to - from) / (double)test->origins;
    int64_t *customer = NULL;
    retain_status status = RETAIN_OK;

    test->origin = retain__take_zeroed(scratch, test->origins, sizeof *test->origin);
    if (!test->origin)
        return RETAIN_ERROR_MEMORY;
    for (size_t o = 0; status == RETAIN_OK && o < test->origins; o++) {
        retain__origin *at = &test->origin[o];

        at->day = origins[o];
        at->first = test->count;
        status = count_customers(ctx, test, at->day, &at->count);
        test->count += at->count;
        if (status == RETAIN_OK && at->count == 0)
            status = retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "origins[%zu] is %lld; no customer had come by then", o,
                                  (long long)at->day);
    }
    if (status == RETAIN_OK)
        status = take_columns(scratch, test, &customer);
    for (size_t o = 0; status == RETAIN_OK && o < test->origins; o++)
        status = read_origin(ctx, test, &test->origin[o], from + share * (double)o, from + share * (double)(o + 1), customer);
    if (status == RETAIN_OK)
        status = number_customers(scratch, customer, test);
    retain__give_back(scratch, customer);
    return status;
}

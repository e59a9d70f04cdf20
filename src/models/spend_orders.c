/* Order values of each customer, summed up: from an order log to the columns that models of single orders read.
 *
 * Deviations are from the customer's own means, in a second pass over its occasions, and sums are pairs: orders that all have the same
 * value then have no squared deviations at all, and not some rounding errors of them. */
#include "retain/spend_orders.h"

#include <math.h>

#include "data/customer_rows.h"

typedef struct job {
    const retain__order_log *log;
    const retain_spend_columns *columns;
    int64_t observation_end;
    size_t skipped; /* first occasions that do not count */
} job;

/* Sums over the occasions of a customer. */
typedef struct moments {
    double n, mean, mean_log, log_squares, time, time_squares, time_logs;
} moments;

static double time_of(const job *of, const retain__occasion *occasion)
{
    return (double)(retain__occasion_start(of->log, occasion->day) - of->observation_end) / of->log->options.unit_days;
}

static moments sum_up(const job *of, const retain__customer *customer)
{
    retain__sum values = {0.0, 0.0}, logs = {0.0, 0.0}, times = {0.0, 0.0}, squares = {0.0, 0.0}, spans = {0.0, 0.0},
                products = {0.0, 0.0};
    moments sums = {.n = 0.0};

    for (size_t k = of->skipped; k < customer->count; k++) {
        const retain__occasion *occasion = &customer->occasion[k];

        if (!(retain__sum_value(occasion->value) > 0.0))
            continue;
        sums.n += 1.0;
        retain__sum_gather(&values, occasion->value);
        retain__sum_add(&logs, log(retain__sum_value(occasion->value)));
        retain__sum_add(&times, time_of(of, occasion));
    }
    retain__sum_settle(&values);
    sums.mean = retain__sum_value(values) / sums.n;
    sums.mean_log = retain__sum_value(logs) / sums.n;
    sums.time = retain__sum_value(times) / sums.n;
    for (size_t k = of->skipped; k < customer->count; k++) {
        const retain__occasion *occasion = &customer->occasion[k];
        double log_value, span;

        if (!(retain__sum_value(occasion->value) > 0.0))
            continue;
        log_value = log(retain__sum_value(occasion->value)) - sums.mean_log;
        span = time_of(of, occasion) - sums.time;
        retain__sum_add(&squares, log_value * log_value);
        retain__sum_add(&spans, span * span);
        retain__sum_add(&products, span * log_value);
    }
    sums.log_squares = retain__sum_value(squares);
    sums.time_squares = retain__sum_value(spans);
    sums.time_logs = retain__sum_value(products);
    return sums;
}

static void set(double *column, size_t at, double value)
{
    if (column)
        column[at] = value;
}

static void write_customer(void *state, size_t block, const retain__customer *customer)
{
    const job *of = state;
    const retain_spend_columns *columns = of->columns;
    moments sums = sum_up(of, customer);
    size_t at = customer->position;
    int none = sums.n == 0.0;

    (void)block;
    if (columns->customer)
        columns->customer[at] = customer->key;
    set(columns->frequency, at, (double)(customer->count - 1));
    set(columns->orders, at, sums.n);
    set(columns->mean, at, sums.mean); /* 0 / 0 where there are none */
    set(columns->mean_log, at, sums.mean_log);
    set(columns->log_squares, at, none ? (double)NAN : sums.log_squares);
    set(columns->time, at, sums.time);
    set(columns->time_squares, at, none ? (double)NAN : sums.time_squares);
    set(columns->time_logs, at, none ? (double)NAN : sums.time_logs);
}

retain_status retain_spend_orders(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                  const retain_orders_options *options, int with_first, const retain_spend_columns *columns,
                                  size_t capacity, size_t *count)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    job state = {&log, columns, observation_end, with_first ? 0 : 1};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK && !count)
        status = retain__fail_null(ctx, "count");
    if (status != RETAIN_OK)
        return status;
    status = retain__read_orders(ctx, &scratch, orders, "options", options, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        *count = log.customers;
    if (status == RETAIN_OK && log.customers > capacity)
        status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu customers", capacity,
                              log.customers);
    if (status == RETAIN_OK)
        retain__visit_customers(ctx, &log, write_customer, &state, NULL);
    retain__release(&scratch);
    return status;
}

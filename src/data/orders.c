/* One row per customer from an order log, and what the customers did after a calibration period: arithmetic on the occasions that
 * data/customer_rows.h lists. Days are differences of exact integers; money is added as pairs and rounded once. */
#include "retain/orders.h"

#include <math.h>
#include <string.h>

#include "data/customer_list.h"
#include "math/kernels.h"

typedef struct summary_state {
    const retain__order_log *log;
    const retain_summary *out;
    int64_t observation_end;
} summary_state;

/* Refunds, and what the orders were worth before them. */
static void write_gross(const retain_summary *out, const retain__customer *customer, retain__sum gross)
{
    retain__sum refunds = {0.0, 0.0};

    for (size_t k = 0; k < customer->count; k++)
        retain__sum_gather(&refunds, customer->occasion[k].refunds);
    retain__sum_settle(&refunds);
    retain__sum_merge(&gross, (retain__sum){-refunds.high, -refunds.low});
    if (out->gross)
        out->gross[customer->position] = retain__sum_value(gross);
    if (out->refunds)
        out->refunds[customer->position] = retain__sum_value(refunds);
}

/* How even the gaps are. Days are whole, so no gap is 0. */
static double add_log_gaps(const retain__order_log *log, const retain__customer *customer)
{
    int64_t before = retain__occasion_start(log, customer->occasion[0].day);
    double sum = 0.0;

    for (size_t k = 1; k < customer->count; k++) {
        int64_t start = retain__occasion_start(log, customer->occasion[k].day);

        sum += retain__fast_log((double)(start - before) / log->options.unit_days);
        before = start;
    }
    return sum;
}

static void write_customer(void *state, size_t block, const retain__customer *customer)
{
    const summary_state *job = state;
    const retain_summary *out = job->out;
    const retain__occasion *first = customer->occasion, *last = first + customer->count - 1;
    int64_t start = retain__occasion_start(job->log, first->day);
    double unit = job->log->options.unit_days, orders = first->orders, repeats = (double)(customer->count - 1);
    retain__sum spent = {0.0, 0.0};
    size_t at = customer->position;

    (void)block;
    for (const retain__occasion *occasion = first + 1; occasion <= last; occasion++) {
        orders += occasion->orders;
        retain__sum_gather(&spent, occasion->value);
    }
    retain__sum_settle(&spent);
    if (out->customer)
        out->customer[at] = customer->key;
    if (out->first_day)
        out->first_day[at] = first->day;
    if (out->last_day)
        out->last_day[at] = last->last_day;
    if (out->orders)
        out->orders[at] = orders;
    if (out->occasions)
        out->occasions[at] = (double)customer->count;
    if (out->frequency)
        out->frequency[at] = repeats;
    if (out->t_x)
        out->t_x[at] = (double)(retain__occasion_start(job->log, last->day) - start) / unit;
    if (out->T)
        out->T[at] = (double)(job->observation_end - start) / unit;
    if (out->spend)
        out->spend[at] = repeats > 0.0 ? retain__sum_value(spent) / repeats : (double)NAN;
    retain__sum_merge(&spent, first->value);
    if (out->spend_all)
        out->spend_all[at] = retain__sum_value(spent) / (double)customer->count;
    if (out->revenue)
        out->revenue[at] = retain__sum_value(spent);
    if (out->gross || out->refunds)
        write_gross(out, customer, spent);
    if (out->log_gaps)
        out->log_gaps[at] = add_log_gaps(job->log, customer);
}

retain_status retain_orders_summary(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                    const retain_orders_options *options, const retain_summary *summary, size_t capacity,
                                    size_t *count, retain_orders_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    summary_state state = {&log, summary, observation_end};
    retain_orders_report full;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !summary)
        status = retain__fail_null(ctx, "summary");
    if (status == RETAIN_OK && !count)
        status = retain__fail_null(ctx, "count");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "report", report, offsetof(retain_orders_report, kept_gross), sizeof *report);
    if (status != RETAIN_OK)
        return status;
    status = retain__read_orders(ctx, &scratch, orders, "options", options, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        *count = log.customers;
    if (status == RETAIN_OK && log.customers > capacity)
        status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu customers", capacity,
                              log.customers);
    if (status == RETAIN_OK) {
        retain__visit_customers(ctx, &log, write_customer, &state, report ? &full : NULL);
        if (report) {
            full.struct_size = report->struct_size;
            memcpy(report, &full, full.struct_size < sizeof full ? full.struct_size : sizeof full);
        }
    }
    retain__release(&scratch);
    return status;
}

/* --- holdout ------------------------------------------------------------------------------------------------------------------ */

typedef struct holdout_state {
    int64_t occasion_days, calibration_end;
    retain__customer_list list;
    double *occasions, *value;
} holdout_state;

static void count_holdout(void *state, size_t block, const retain__customer *customer)
{
    holdout_state *job = state;
    size_t at = retain__find_in_list(&job->list, block, customer->key);
    retain__sum value = {0.0, 0.0};
    double occasions = 0.0;
    int64_t start = INT64_MIN;

    if (at == job->list.count)
        return;
    for (size_t k = 0; k < customer->count; k++) {
        const retain__occasion *day = &customer->occasion[k];
        int64_t its_start = retain__start_of_days(day->day, job->occasion_days);

        if (day->day > job->calibration_end) {
            occasions += its_start > start;
            retain__sum_merge(&value, day->value);
        }
        start = its_start;
    }
    job->occasions[at] = occasions;
    if (job->value)
        job->value[at] = retain__sum_value(value);
}

static retain_status check_holdout(retain_context *ctx, int64_t calibration_end, int64_t observation_end, const int64_t *customer,
                                   size_t customers, const double *holdout_occasions)
{
    if (customers && !customer)
        return retain__fail_null(ctx, "customer");
    if (customers && !holdout_occasions)
        return retain__fail_null(ctx, "holdout_occasions");
    if (calibration_end >= observation_end)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "calibration_end is %lld; it must lie before observation_end = %lld", (long long)calibration_end,
                            (long long)observation_end);
    return retain__check_ascending(ctx, "", "customer", customer, customers);
}

retain_status retain_orders_holdout(retain_context *ctx, const retain_orders *orders, int64_t calibration_end,
                                    int64_t observation_end, const retain_orders_options *options, const int64_t *customer,
                                    size_t customers, double *holdout_occasions, double *holdout_value)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain_orders_options by_day;
    holdout_state state = {.calibration_end = calibration_end, .occasions = holdout_occasions, .value = holdout_value};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_holdout(ctx, calibration_end, observation_end, customer, customers, holdout_occasions);
    if (status == RETAIN_OK)
        status = retain__take_orders_options(ctx, "options", options, &by_day);
    if (status != RETAIN_OK)
        return status;
    state.occasion_days = by_day.occasion_days;
    by_day.struct_size = sizeof by_day;
    by_day.occasion_days = 1; /* a block of days may have orders on both sides of the calibration's end */
    status = retain__read_orders(ctx, &scratch, orders, "options", &by_day, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK) {
        for (size_t i = 0; i < customers; i++) {
            holdout_occasions[i] = 0.0;
            if (holdout_value)
                holdout_value[i] = 0.0;
        }
        retain__open_list(&state.list, customer, customers);
        retain__visit_customers(ctx, &log, count_holdout, &state, NULL);
    }
    retain__release(&scratch);
    return status;
}

/* --- last day ----------------------------------------------------------------------------------------------------------------- */

static void find_last_day(void *state, size_t block, const retain__customer *customer)
{
    int64_t *last = (int64_t *)state + block, day = customer->occasion[customer->count - 1].last_day;

    *last = day > *last ? day : *last;
}

retain_status retain_orders_last_day(retain_context *ctx, const retain_orders *orders, const retain_orders_options *options,
                                     int64_t *day)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    int64_t last[RETAIN__LOG_BLOCKS], latest = INT64_MIN;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !day)
        status = retain__fail_null(ctx, "day");
    if (status != RETAIN_OK)
        return status;
    status = retain__read_orders(ctx, &scratch, orders, "options", options, RETAIN__LAST_DAY, 0.0, 1.0, &log);
    if (status == RETAIN_OK && log.customers == 0)
        status = retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "no order makes an occasion, so there is no last day");
    if (status == RETAIN_OK) {
        for (size_t b = 0; b < RETAIN__LOG_BLOCKS; b++)
            last[b] = INT64_MIN;
        retain__visit_customers(ctx, &log, find_last_day, last, NULL);
        for (size_t b = 0; b < RETAIN__LOG_BLOCKS; b++)
            latest = last[b] > latest ? last[b] : latest;
        *day = latest;
    }
    retain__release(&scratch);
    return status;
}

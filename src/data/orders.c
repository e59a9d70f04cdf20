/* One row per customer from an order log, and what the customers did after a calibration period: arithmetic on the occasions that
 * data/customer_rows.h lists. Days are differences of exact integers; money is added as pairs and rounded once. */
#include "retain/orders.h"

#include <math.h>

#include "data/customer_rows.h"

typedef struct summary_state {
    const retain__order_log *log;
    const retain_summary *out;
    int64_t observation_end;
} summary_state;

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
        retain__sum_merge(&spent, occasion->value);
    }
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
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
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
            *report = full;
        }
    }
    retain__release(&scratch);
    return status;
}

/* Shims of retain/orders.h, and the views of logs and customers that the other modules use too. */
#ifndef RETAIN_SHIMS_ORDERS_H
#define RETAIN_SHIMS_ORDERS_H

#include "shims/support.h"

static int view_log(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                    in_counts multiple, in_doubles value_low, retain_orders *log)
{
    if (!REQUIRE(ctx, customer) || !REQUIRE(ctx, day) || !REQUIRE(ctx, value) || !MATCH(ctx, day, customer) ||
        !MATCH(ctx, value, customer) || !MATCH(ctx, order, customer) || !MATCH(ctx, cancelled, customer) ||
        !MATCH(ctx, multiple, customer) || !MATCH(ctx, value_low, customer))
        return 0;
    log->count = customer.count;
    log->customer = customer.data;
    log->day = day.data;
    log->value = value.data;
    log->order = order.data;
    log->cancelled = cancelled.data;
    log->multiple = multiple.data;
    log->value_low = value_low.data;
    return 1;
}

/* What makes an occasion is an argument of the call; how much memory may be used to count is the caller's context. */
static retain_orders_options view_counting_under(retain_context *ctx, double unit_days, int64_t occasion_days,
                                                 int count_zero_orders)
{
    retain_orders_options options = {.struct_size = sizeof options};
    options.unit_days = unit_days;
    options.occasion_days = occasion_days;
    options.count_zero_orders = count_zero_orders;
    options.low_memory = retain_is_low_on_memory(ctx);
    return options;
}
#define view_counting(...) view_counting_under(ctx, __VA_ARGS__)

/* An attribute of each customer. */
static int view_groups(retain_context *ctx, in_keys group_customer, in_keys group, int64_t group_count, retain_groups *groups)
{
    if (!REQUIRE(ctx, group_customer) || !REQUIRE(ctx, group) || !MATCH(ctx, group, group_customer))
        return 0;
    if (group_count < 0)
        return refuse(ctx, "group_count is %lld; it must not be negative", (long long)group_count);
    *groups = (retain_groups){group_customer.count, group_customer.data, group.data, (size_t)group_count};
    return 1;
}

static int view_customers(retain_context *ctx, in_counts frequency, in_counts t_x, in_counts T, in_doubles spend, in_doubles weight,
                          double unit_days, retain_customers *customers)
{
    if (!REQUIRE(ctx, frequency) || !REQUIRE(ctx, t_x) || !REQUIRE(ctx, T) || !MATCH(ctx, t_x, frequency) ||
        !MATCH(ctx, T, frequency) || !MATCH(ctx, spend, frequency) || !MATCH(ctx, weight, frequency))
        return 0;
    customers->count = frequency.count;
    customers->frequency = frequency.data;
    customers->t_x = t_x.data;
    customers->T = T.data;
    customers->spend = spend.data;
    customers->weight = weight.data;
    customers->unit_days = unit_days;
    customers->covariate_count = 0;
    customers->covariates = NULL;
    customers->log_gaps = NULL;
    return 1;
}

static void record_orders(record *into, const retain_orders_report *report)
{
    record_whole(into, "rows", (int64_t)report->rows);
    record_whole(into, "late_rows", (int64_t)report->late_rows);
    record_whole(into, "customers", (int64_t)report->customers);
    record_whole(into, "lost_customers", (int64_t)report->lost_customers);
    record_number(into, "kept_orders", report->kept_orders);
    record_number(into, "zero_orders", report->zero_orders);
    record_number(into, "refunded_orders", report->refunded_orders);
    record_number(into, "unmatched_orders", report->unmatched_orders);
    record_number(into, "cancelled_orders", report->cancelled_orders);
    record_number(into, "occasions", report->occasions);
    record_number(into, "kept_value", report->kept_value);
    record_number(into, "refunded_value", report->refunded_value);
    record_number(into, "unmatched_value", report->unmatched_value);
    record_number(into, "cancelled_value", report->cancelled_value);
    record_number(into, "kept_gross", report->kept_gross);
    record_number(into, "kept_refunds", report->kept_refunds);
}

/* At most one row per row of the log: the record's `count` says how many. */
static void orders_summary(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, int64_t observation_end, double unit_days,
                           int64_t occasion_days, int count_zero_orders, out_ints *customers, out_ints *first_day,
                           out_ints *last_day, out_doubles *orders, out_doubles *occasions, out_doubles *frequency,
                           out_doubles *t_x, out_doubles *T, out_doubles *spend, out_doubles *spend_all, out_doubles *revenue,
                           out_doubles *gross, out_doubles *refunds, out_doubles *log_gaps, record *result)
{
    retain_orders_options options = view_counting(unit_days, occasion_days, count_zero_orders);
    retain_orders_report report = {.struct_size = sizeof report};
    retain_summary summary;
    retain_orders log;
    size_t n = customer.count, capacity = n, count = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) ||
        !PROVIDE_UP_TO(ctx, customers, n, &capacity) || !PROVIDE_UP_TO(ctx, first_day, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, last_day, n, &capacity) || !PROVIDE_UP_TO(ctx, orders, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, occasions, n, &capacity) || !PROVIDE_UP_TO(ctx, frequency, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, t_x, n, &capacity) || !PROVIDE_UP_TO(ctx, T, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, spend, n, &capacity) || !PROVIDE_UP_TO(ctx, spend_all, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, revenue, n, &capacity) || !PROVIDE_UP_TO(ctx, gross, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, refunds, n, &capacity) || !PROVIDE_UP_TO(ctx, log_gaps, n, &capacity))
        return;
    summary = (retain_summary){customers->data, first_day->data, last_day->data, orders->data, occasions->data,
                               frequency->data, t_x->data,       T->data,        spend->data,  spend_all->data,
                               revenue->data,   gross->data,     refunds->data,  log_gaps->data};
    RUN(ctx, retain_orders_summary(ctx, &log, observation_end, &options, &summary, capacity, &count, &report));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(customers, count);
    TRIM(first_day, count);
    TRIM(last_day, count);
    TRIM(orders, count);
    TRIM(occasions, count);
    TRIM(frequency, count);
    TRIM(t_x, count);
    TRIM(T, count);
    TRIM(spend, count);
    TRIM(spend_all, count);
    TRIM(revenue, count);
    TRIM(gross, count);
    TRIM(refunds, count);
    TRIM(log_gaps, count);
    record_whole(result, "count", (int64_t)count);
    record_orders(result, &report);
}

static void orders_holdout(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, int64_t calibration_end, int64_t observation_end,
                           double unit_days, int64_t occasion_days, int count_zero_orders, in_keys customers,
                           out_doubles *holdout_occasions, out_doubles *holdout_value)
{
    retain_orders_options options = view_counting(unit_days, occasion_days, count_zero_orders);
    retain_orders log;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, customers) ||
        !PROVIDE(ctx, holdout_occasions, customers.count) || !PROVIDE(ctx, holdout_value, customers.count))
        return;
    RUN(ctx, retain_orders_holdout(ctx, &log, calibration_end, observation_end, &options, customers.data, customers.count,
                                   holdout_occasions->data, holdout_value->data));
}

/* At most one row per row of the log: the record's `count` says how many. */
static void orders_compact(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, out_ints *out_customer, out_ints *out_day,
                           out_doubles *out_value, out_doubles *out_value_low, out_ints *out_order, out_bytes *out_cancelled,
                           out_doubles *out_multiple, record *result)
{
    retain_orders log;
    size_t n = customer.count, capacity = n, count = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) ||
        !PROVIDE_UP_TO(ctx, out_customer, n, &capacity) || !PROVIDE_UP_TO(ctx, out_day, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, out_value, n, &capacity) || !PROVIDE_UP_TO(ctx, out_value_low, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, out_order, n, &capacity) || !PROVIDE_UP_TO(ctx, out_cancelled, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, out_multiple, n, &capacity))
        return;
    RUN(ctx, retain_orders_compact(ctx, &log, capacity, &count, out_customer->data, out_day->data, out_value->data,
                                   out_value_low->data, out_order->data, out_cancelled->data, out_multiple->data));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(out_customer, count);
    TRIM(out_day, count);
    TRIM(out_value, count);
    TRIM(out_value_low, count);
    TRIM(out_order, count);
    TRIM(out_cancelled, count);
    TRIM(out_multiple, count);
    record_whole(result, "count", (int64_t)count);
}

static void orders_last_day(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                            in_counts multiple, in_doubles value_low, int count_zero_orders, record *result)
{
    retain_orders_options options = view_counting(0.0, 0, count_zero_orders);
    retain_orders log;
    int64_t last = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log))
        return;
    RUN(ctx, retain_orders_last_day(ctx, &log, &options, &last));
    record_whole(result, "day", last);
}

/* At most one row per row of the log: the record's `count` says how many. */
static void orders_first(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                         in_counts multiple, in_doubles value_low, in_ints attribute, int64_t observation_end,
                         int count_zero_orders, out_ints *customers, out_ints *first, record *result)
{
    retain_orders_options options = view_counting(0.0, 0, count_zero_orders);
    retain_orders log;
    size_t n = customer.count, capacity = n, count = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, attribute) ||
        !MATCH(ctx, attribute, customer) || !PROVIDE_UP_TO(ctx, customers, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, first, n, &capacity))
        return;
    RUN(ctx,
        retain_orders_first(ctx, &log, attribute.data, observation_end, &options, capacity, &count, customers->data, first->data));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(customers, count);
    TRIM(first, count);
    record_whole(result, "count", (int64_t)count);
}

/* At most one row per customer: the record's `count` says how many. */
static void customers_distinct(retain_context *ctx, in_counts frequency, in_counts t_x, in_counts T, in_doubles spend,
                               in_doubles weight, in_doubles log_gaps, double unit_days, out_doubles *out_frequency, out_doubles *out_t_x,
                               out_doubles *out_T, out_doubles *out_spend, out_doubles *out_weight, out_doubles *out_log_gaps, out_ints *row_of,
                               record *result)
{
    retain_customers customers;
    size_t n = frequency.count, capacity = n, count = 0;
    if (!view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) || !MATCH(ctx, log_gaps, frequency) ||
        !PROVIDE_UP_TO(ctx, out_frequency, n, &capacity) || !PROVIDE_UP_TO(ctx, out_t_x, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, out_T, n, &capacity) || !PROVIDE_UP_TO(ctx, out_spend, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, out_weight, n, &capacity) || !PROVIDE_UP_TO(ctx, out_log_gaps, n, &capacity) ||
        !PROVIDE(ctx, row_of, n))
        return;
    customers.log_gaps = log_gaps.data;
    RUN(ctx, retain_customers_distinct(ctx, &customers, capacity, &count, out_frequency->data, out_t_x->data, out_T->data,
                                       out_spend->data, out_weight->data, out_log_gaps->data, row_of->data));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(out_frequency, count);
    TRIM(out_t_x, count);
    TRIM(out_T, count);
    TRIM(out_spend, count);
    TRIM(out_weight, count);
    TRIM(out_log_gaps, count);
    record_whole(result, "count", (int64_t)count);
}

#endif

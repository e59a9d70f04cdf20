/* Shims of retain/repeat.h and retain/repeat_time.h. */
#ifndef RETAIN_SHIMS_REPEAT_H
#define RETAIN_SHIMS_REPEAT_H

#include "shims/orders.h"

/* A figure crosses as five numbers: numerator, denominator, value, low, high. */
static void record_figure(record *into, const char *name, retain_repeat_figure figure)
{
    const double numbers[] = {figure.numerator, figure.denominator, figure.value, figure.low, figure.high};
    record_numbers(into, name, numbers, 5);
}

static void repeat_summary(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, int64_t observation_end, int64_t occasion_days,
                           int count_zero_orders, double level, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_repeat_options options = {sizeof options, level, 0};
    retain_repeat_report report;
    retain_orders log;
    memset(&report, 0, sizeof report);
    report.struct_size = sizeof report;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log))
        return;
    RUN(ctx, retain_repeat_summary(ctx, &log, observation_end, &counting, &options, &report));
    record_figure(result, "repeat", report.repeat);
    record_figure(result, "one_time", report.one_time);
    record_figure(result, "orders_per_customer", report.orders_per_customer);
    record_figure(result, "occasions_per_customer", report.occasions_per_customer);
    record_figure(result, "revenue_per_customer", report.revenue_per_customer);
    record_figure(result, "order_value", report.order_value);
    record_figure(result, "occasion_value", report.occasion_value);
    record_figure(result, "first_value", report.first_value);
    record_figure(result, "later_value", report.later_value);
    record_figure(result, "repeat_first_value", report.repeat_first_value);
    record_figure(result, "one_time_revenue", report.one_time_revenue);
    record_figure(result, "repeat_revenue", report.repeat_revenue);
    record_figure(result, "later_share", report.later_share);
    record_figure(result, "later_to_first", report.later_to_first);
    record_figure(result, "later_to_own_first", report.later_to_own_first);
    record_figure(result, "repeat_to_one_time", report.repeat_to_one_time);
}

/* Edges and ages make one band less than there are of them; fewer than two make none, and the library says so. */
static size_t count_bands(in_ints edges)
{
    return edges.count > 1 ? edges.count - 1 : 0;
}

static void repeat_periods(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, int64_t observation_end, in_keys edges, int64_t occasion_days,
                           int count_zero_orders, double level, out_doubles *customers, out_doubles *first_time,
                           out_doubles *returning, out_doubles *repeaters, out_doubles *returning_share,
                           out_doubles *returning_share_low, out_doubles *returning_share_high, out_doubles *repeat_within,
                           out_doubles *repeat_within_low, out_doubles *repeat_within_high, out_doubles *orders,
                           out_doubles *occasions, out_doubles *revenue, out_doubles *returning_orders,
                           out_doubles *returning_revenue)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_repeat_options options = {sizeof options, level, 0};
    retain_repeat_columns columns;
    retain_orders log;
    size_t n = count_bands(edges);
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, edges) ||
        !PROVIDE(ctx, customers, n) || !PROVIDE(ctx, first_time, n) || !PROVIDE(ctx, returning, n) || !PROVIDE(ctx, repeaters, n) ||
        !PROVIDE(ctx, returning_share, n) || !PROVIDE(ctx, returning_share_low, n) || !PROVIDE(ctx, returning_share_high, n) ||
        !PROVIDE(ctx, repeat_within, n) || !PROVIDE(ctx, repeat_within_low, n) || !PROVIDE(ctx, repeat_within_high, n) ||
        !PROVIDE(ctx, orders, n) || !PROVIDE(ctx, occasions, n) || !PROVIDE(ctx, revenue, n) ||
        !PROVIDE(ctx, returning_orders, n) || !PROVIDE(ctx, returning_revenue, n))
        return;
    columns = (retain_repeat_columns){customers->data,
                                      first_time->data,
                                      returning->data,
                                      repeaters->data,
                                      returning_share->data,
                                      returning_share_low->data,
                                      returning_share_high->data,
                                      repeat_within->data,
                                      repeat_within_low->data,
                                      repeat_within_high->data,
                                      orders->data,
                                      occasions->data,
                                      revenue->data,
                                      returning_orders->data,
                                      returning_revenue->data};
    RUN(ctx, retain_repeat_periods(ctx, &log, observation_end, edges.data, edges.count, &counting, &options, &columns));
}

static void repeat_funnel(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                          in_counts multiple, in_doubles value_low, int64_t observation_end, int64_t steps, int64_t occasion_days,
                          int count_zero_orders, double level, int64_t horizon_days, out_doubles *customers, out_doubles *continued,
                          out_doubles *conversion, out_doubles *conversion_low, out_doubles *conversion_high, out_doubles *within,
                          out_doubles *within_low, out_doubles *within_high, out_doubles *median_days, out_doubles *median_low,
                          out_doubles *median_high, out_doubles *mean_value, out_doubles *mean_value_low,
                          out_doubles *mean_value_high)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_repeat_options options = {sizeof options, level, horizon_days};
    retain_repeat_steps columns;
    retain_orders log;
    size_t n = steps < 1 || steps > 65536 ? 0 : (size_t)steps; /* the library refuses 0 */
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log))
        return;
    if (n == 0) {
        refuse(ctx, "steps is %lld; it must lie in [1, 65536]", (long long)steps);
        return;
    }
    if (!PROVIDE(ctx, customers, n) || !PROVIDE(ctx, continued, n) || !PROVIDE(ctx, conversion, n) ||
        !PROVIDE(ctx, conversion_low, n) || !PROVIDE(ctx, conversion_high, n) || !PROVIDE(ctx, within, n) ||
        !PROVIDE(ctx, within_low, n) || !PROVIDE(ctx, within_high, n) || !PROVIDE(ctx, median_days, n) ||
        !PROVIDE(ctx, median_low, n) || !PROVIDE(ctx, median_high, n) || !PROVIDE(ctx, mean_value, n) ||
        !PROVIDE(ctx, mean_value_low, n) || !PROVIDE(ctx, mean_value_high, n))
        return;
    columns = (retain_repeat_steps){customers->data,       conversion->data,  conversion_low->data, conversion_high->data,
                                    within->data,          within_low->data,  within_high->data,    median_days->data,
                                    median_low->data,      median_high->data, mean_value->data,     mean_value_low->data,
                                    mean_value_high->data, continued->data};
    RUN(ctx, retain_repeat_funnel(ctx, &log, observation_end, n, &counting, &options, &columns));
}

static void repeat_tenure(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                          in_counts multiple, in_doubles value_low, int64_t observation_end, in_keys ages, int64_t occasion_days,
                          int count_zero_orders, double level, out_doubles *occasions, out_doubles *customers, out_doubles *revenue,
                          out_doubles *mean_value, out_doubles *mean_value_low, out_doubles *mean_value_high)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_repeat_options options = {sizeof options, level, 0};
    retain_repeat_bands columns;
    retain_orders log;
    size_t n = count_bands(ages);
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, ages) ||
        !PROVIDE(ctx, occasions, n) || !PROVIDE(ctx, customers, n) || !PROVIDE(ctx, revenue, n) || !PROVIDE(ctx, mean_value, n) ||
        !PROVIDE(ctx, mean_value_low, n) || !PROVIDE(ctx, mean_value_high, n))
        return;
    columns = (retain_repeat_bands){occasions->data,  customers->data,      revenue->data,
                                    mean_value->data, mean_value_low->data, mean_value_high->data};
    RUN(ctx, retain_repeat_tenure(ctx, &log, observation_end, ages.data, ages.count, &counting, &options, &columns));
}

static void repeat_profile(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, in_ints second_of_day, int64_t observation_end,
                           int count_zero_orders, out_doubles *orders_placed, out_doubles *revenue)
{
    retain_orders_options counting = view_counting(0.0, 0, count_zero_orders);
    retain_orders log;
    size_t n = second_of_day.data ? 7 * 24 : 7;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !MATCH(ctx, second_of_day, customer) ||
        !PROVIDE(ctx, orders_placed, n) || !PROVIDE(ctx, revenue, n))
        return;
    RUN(ctx, retain_repeat_profile(ctx, &log, second_of_day.data, observation_end, &counting, orders_placed->data, revenue->data));
}

static retain_repeat_time_options view_clock(int kind, int64_t occasion, double level, int interval, int64_t horizon_days)
{
    retain_repeat_time_options options = {sizeof options, (retain_repeat_time_kind)kind,         occasion,
                                          level,          (retain_repeat_time_interval)interval, horizon_days};
    return options;
}

/* At most one point per row of the log, and one per day that it spans. */
static size_t view_points(in_keys day)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t i = 0; i < day.count; i++) {
        first = day.data[i] < first ? day.data[i] : first;
        last = day.data[i] > last ? day.data[i] : last;
    }
    return day.count && (uint64_t)last - (uint64_t)first < day.count ? (size_t)((uint64_t)last - (uint64_t)first) + 1 : day.count;
}

/* The record's `count` says how many points there are. */
static void repeat_time_curve(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order,
                              in_flags cancelled, in_counts multiple, in_doubles value_low, int64_t observation_end,
                              int64_t occasion_days, int count_zero_orders, int kind, int64_t occasion, double level, int interval,
                              out_doubles *days, out_doubles *at_risk, out_doubles *events, out_doubles *share, out_doubles *low,
                              out_doubles *high, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_repeat_time_options options = view_clock(kind, occasion, level, interval, 0);
    retain_repeat_time_columns columns;
    retain_orders log;
    size_t n = 0, capacity, count = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log))
        return;
    n = capacity = view_points(day);
    if (!PROVIDE_UP_TO(ctx, days, n, &capacity) || !PROVIDE_UP_TO(ctx, at_risk, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, events, n, &capacity) || !PROVIDE_UP_TO(ctx, share, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, low, n, &capacity) || !PROVIDE_UP_TO(ctx, high, n, &capacity))
        return;
    columns = (retain_repeat_time_columns){days->data, at_risk->data, events->data, share->data, low->data, high->data};
    RUN(ctx, retain_repeat_time_curve(ctx, &log, observation_end, &counting, &options, &columns, capacity, &count));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(days, count);
    TRIM(at_risk, count);
    TRIM(events, count);
    TRIM(share, count);
    TRIM(low, count);
    TRIM(high, count);
    record_whole(result, "count", (int64_t)count);
}

static void repeat_time_within(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order,
                               in_flags cancelled, in_counts multiple, in_doubles value_low, int64_t observation_end,
                               int64_t occasion_days, int count_zero_orders, int kind, int64_t occasion, double level, int interval,
                               in_doubles days, out_doubles *share, out_doubles *low, out_doubles *high, out_doubles *at_risk)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_repeat_time_options options = view_clock(kind, occasion, level, interval, 0);
    retain_orders log;
    size_t n = days.count;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, days) ||
        !PROVIDE(ctx, share, n) || !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n) || !PROVIDE(ctx, at_risk, n))
        return;
    RUN(ctx, retain_repeat_time_within(ctx, &log, observation_end, &counting, &options, days.data, n, share->data, low->data,
                                       high->data, at_risk->data));
}

static void repeat_time_quantiles(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order,
                                  in_flags cancelled, in_counts multiple, in_doubles value_low, int64_t observation_end,
                                  int64_t occasion_days, int count_zero_orders, int kind, int64_t occasion, double level,
                                  int interval, in_doubles shares, out_doubles *days, out_doubles *low, out_doubles *high)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_repeat_time_options options = view_clock(kind, occasion, level, interval, 0);
    retain_orders log;
    size_t n = shares.count;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, shares) ||
        !PROVIDE(ctx, days, n) || !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_repeat_time_quantiles(ctx, &log, observation_end, &counting, &options, shares.data, n, days->data, low->data,
                                          high->data));
}

static void repeat_time_gaps(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order,
                             in_flags cancelled, in_counts multiple, in_doubles value_low, int64_t observation_end,
                             int64_t occasion_days, int count_zero_orders, out_ints *customers, out_doubles *gaps,
                             out_doubles *mean, out_doubles *median, out_doubles *sd, out_doubles *longest,
                             out_doubles *days_since_last, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_repeat_time_gap_columns columns;
    retain_orders log;
    size_t n = customer.count, capacity = n, count = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) ||
        !PROVIDE_UP_TO(ctx, customers, n, &capacity) || !PROVIDE_UP_TO(ctx, gaps, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, mean, n, &capacity) || !PROVIDE_UP_TO(ctx, median, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, sd, n, &capacity) || !PROVIDE_UP_TO(ctx, longest, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, days_since_last, n, &capacity))
        return;
    columns = (retain_repeat_time_gap_columns){customers->data, gaps->data,    mean->data,           median->data,
                                               sd->data,        longest->data, days_since_last->data};
    RUN(ctx, retain_repeat_time_gaps(ctx, &log, observation_end, &counting, &columns, capacity, &count));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(customers, count);
    TRIM(gaps, count);
    TRIM(mean, count);
    TRIM(median, count);
    TRIM(sd, count);
    TRIM(longest, count);
    TRIM(days_since_last, count);
    record_whole(result, "count", (int64_t)count);
}

static void repeat_time_regularity(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order,
                                   in_flags cancelled, in_counts multiple, in_doubles value_low, int64_t observation_end,
                                   int64_t occasion_days, int count_zero_orders, double level, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_repeat_time_rhythm rhythm = {.struct_size = sizeof rhythm};
    retain_orders log;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log))
        return;
    RUN(ctx, retain_repeat_time_regularity(ctx, &log, observation_end, &counting, level, &rhythm));
    if (ctx->status != RETAIN_OK)
        return;
    record_number(result, "customers", rhythm.customers);
    record_number(result, "pairs", rhythm.pairs);
    record_number(result, "variance", rhythm.variance);
    record_number(result, "k", rhythm.k);
    record_number(result, "standard_error", rhythm.standard_error);
    record_number(result, "low", rhythm.low);
    record_number(result, "high", rhythm.high);
}

static void repeat_time_compare(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order,
                                in_flags cancelled, in_counts multiple, in_doubles value_low, in_keys group_customer, in_keys group,
                                int64_t group_count, int64_t observation_end, int64_t occasion_days, int count_zero_orders,
                                int kind, int64_t occasion, double level, int interval, int64_t horizon_days,
                                out_doubles *customers, out_doubles *events, out_doubles *expected, out_doubles *share,
                                out_doubles *share_low, out_doubles *share_high, out_doubles *median_days, out_doubles *median_low,
                                out_doubles *median_high, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_repeat_time_options options = view_clock(kind, occasion, level, interval, horizon_days);
    retain_repeat_time_group_columns columns;
    retain_groups groups;
    retain_orders log;
    double chi_squared = 0.0, degrees = 0.0, p_value = 0.0;
    size_t n;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) ||
        !view_groups(ctx, group_customer, group, group_count, &groups))
        return;
    n = groups.groups;
    if (!PROVIDE(ctx, customers, n) || !PROVIDE(ctx, events, n) || !PROVIDE(ctx, expected, n) || !PROVIDE(ctx, share, n) ||
        !PROVIDE(ctx, share_low, n) || !PROVIDE(ctx, share_high, n) || !PROVIDE(ctx, median_days, n) ||
        !PROVIDE(ctx, median_low, n) || !PROVIDE(ctx, median_high, n))
        return;
    columns =
        (retain_repeat_time_group_columns){customers->data,  events->data,      expected->data,   share->data,      share_low->data,
                                           share_high->data, median_days->data, median_low->data, median_high->data};
    RUN(ctx, retain_repeat_time_compare(ctx, &log, &groups, observation_end, &counting, &options, &columns, &chi_squared, &degrees,
                                        &p_value));
    record_number(result, "chi_squared", chi_squared);
    record_number(result, "degrees", degrees);
    record_number(result, "p_value", p_value);
}

#endif

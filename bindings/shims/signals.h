/* Shims of retain/signals.h. */
#ifndef RETAIN_SHIMS_SIGNALS_H
#define RETAIN_SHIMS_SIGNALS_H

#include "shims/orders.h"

static int view_events(retain_context *ctx, in_keys event_customer, in_keys event_day, in_keys kind, in_doubles event_value,
                       retain_events *events)
{
    if (!REQUIRE(ctx, event_customer) || !REQUIRE(ctx, event_day) || !MATCH(ctx, event_day, event_customer) ||
        !MATCH(ctx, kind, event_customer) || !MATCH(ctx, event_value, event_customer))
        return 0;
    *events = (retain_events){event_customer.count, event_customer.data, event_day.data, kind.data, event_value.data};
    return 1;
}

static void signals_per_customer(retain_context *ctx, in_keys event_customer, in_keys event_day, in_keys kind,
                                 in_doubles event_value, in_keys customers, in_keys known_since, int64_t observation_end,
                                 int64_t window_days, int64_t kinds, out_doubles *exposure_days, out_doubles *count,
                                 out_doubles *per_year, out_doubles *days_since_last, out_doubles *earlier, out_doubles *recent,
                                 out_doubles *trend, out_doubles *trend_p_value, out_doubles *sum, out_doubles *mean,
                                 record *result)
{
    retain_signals_options options = {sizeof options, window_days, (size_t)kinds};
    retain_signals_report report = {sizeof report, 0, 0, 0, 0, 0};
    retain_signals_columns columns;
    retain_events events;
    size_t n = customers.count, cells = 0;
    if (!view_events(ctx, event_customer, event_day, kind, event_value, &events) || !REQUIRE(ctx, customers) ||
        !MATCH(ctx, known_since, customers))
        return;
    if (kinds < 1 || kinds > INT32_MAX) {
        refuse(ctx, "kinds is %lld; it must lie in [1, 2^31)", (long long)kinds);
        return;
    }
    if (!multiply_rows(ctx, n, (size_t)kinds, &cells) || !PROVIDE(ctx, exposure_days, n) || !PROVIDE(ctx, count, cells) ||
        !PROVIDE(ctx, per_year, cells) || !PROVIDE(ctx, days_since_last, cells) || !PROVIDE(ctx, earlier, cells) ||
        !PROVIDE(ctx, recent, cells) || !PROVIDE(ctx, trend, cells) || !PROVIDE(ctx, trend_p_value, cells) ||
        !PROVIDE(ctx, sum, cells) || !PROVIDE(ctx, mean, cells))
        return;
    columns = (retain_signals_columns){exposure_days->data, count->data,  per_year->data, days_since_last->data,
                                       earlier->data,       recent->data, trend->data,    trend_p_value->data,
                                       sum->data,           mean->data};
    RUN(ctx, retain_signals_per_customer(ctx, &events, customers.data, known_since.data, n, observation_end, &options, &columns,
                                         &report));
    record_whole(result, "events", (int64_t)report.events);
    record_whole(result, "used_events", (int64_t)report.used_events);
    record_whole(result, "late_events", (int64_t)report.late_events);
    record_whole(result, "stranger_events", (int64_t)report.stranger_events);
    record_whole(result, "early_events", (int64_t)report.early_events);
}

/* Periods and groups may be left out, each of them as a whole. */
static void signals_effect(retain_context *ctx, in_keys event_customer, in_keys event_day, in_keys customer, in_keys day,
                           in_doubles value, in_keys order, in_flags cancelled, in_counts multiple, in_doubles value_low,
                           int64_t observation_end, int64_t occasion_days, int count_zero_orders, in_keys edges,
                           in_keys group_customer, in_keys group, int64_t group_count, int64_t exposure_days, int64_t horizon_days,
                           int64_t order_numbers, int64_t value_classes, double level, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_signals_effect_options options = {sizeof options,        0,    exposure_days, horizon_days, (size_t)order_numbers,
                                             (size_t)value_classes, level};
    retain_signals_comparison found = {sizeof found, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    const in_keys no_kind = {NULL, 0, "kind"};
    const in_doubles no_value = {NULL, 0, "event_value"};
    const int is_grouped = group_customer.data != NULL || group.data != NULL;
    retain_events events;
    retain_groups groups;
    retain_orders log;
    if (!view_events(ctx, event_customer, event_day, no_kind, no_value, &events) ||
        !view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) ||
        (is_grouped && !view_groups(ctx, group_customer, group, group_count, &groups)))
        return;
    RUN(ctx, retain_signals_effect(ctx, &events, &log, observation_end, &counting, edges.data, edges.count,
                                   is_grouped ? &groups : NULL, &options, &found));
    record_number(result, "occasions", found.occasions);
    record_number(result, "open", found.open);
    record_number(result, "outside", found.outside);
    record_number(result, "returned_early", found.returned_early);
    record_number(result, "exposed", found.exposed);
    record_number(result, "exposed_returned", found.exposed_returned);
    record_number(result, "unexposed", found.unexposed);
    record_number(result, "unexposed_returned", found.unexposed_returned);
    record_number(result, "crude", found.crude);
    record_number(result, "crude_low", found.crude_low);
    record_number(result, "crude_high", found.crude_high);
    record_number(result, "strata", found.strata);
    record_number(result, "matched", found.matched);
    record_number(result, "unmatched", found.unmatched);
    record_number(result, "controls", found.controls);
    record_number(result, "matched_rate", found.matched_rate);
    record_number(result, "control_rate", found.control_rate);
    record_number(result, "effect", found.effect);
    record_number(result, "standard_error", found.standard_error);
    record_number(result, "effect_low", found.effect_low);
    record_number(result, "effect_high", found.effect_high);
}

#endif

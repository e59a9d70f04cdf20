/* Shims of retain/features.h. */
#ifndef RETAIN_SHIMS_FEATURES_H
#define RETAIN_SHIMS_FEATURES_H

#include "shims/signals.h"

/* Both are "" for what is no feature. */
static const char *features_name(int id)
{
    const char *name = retain_features_name((retain_features_id)id);
    return name ? name : "";
}

static const char *features_unit(int id)
{
    const char *unit = retain_features_unit((retain_features_id)id);
    return unit ? unit : "";
}

static int view_feature_options(retain_context *ctx, in_keys windows, int64_t trend_days, int64_t event_days, int64_t active_days,
                                int64_t horizon_days, retain_features_options *options)
{
    if (windows.data && windows.count > RETAIN_FEATURES_WINDOWS)
        return refuse(ctx, "windows has %zu entries; it may have at most %d", windows.count, RETAIN_FEATURES_WINDOWS);
    if (windows.data && windows.count && windows.data[0] == 0)
        return refuse(ctx, "windows[0] is 0; it must be positive");
    *options = (retain_features_options){.struct_size = sizeof *options,
                                         .trend_days = trend_days,
                                         .event_days = event_days,
                                         .active_days = active_days,
                                         .horizon_days = horizon_days};
    for (size_t w = 0; windows.data && w < windows.count; w++)
        options->windows[w] = windows.data[w];
    return 1;
}

/* How many kinds of events there are; 0 means that there are no events. */
static int view_kinds(retain_context *ctx, int64_t kinds)
{
    if (kinds >= 0 && kinds <= RETAIN_FEATURES_KINDS)
        return 1;
    return refuse(ctx, "kinds is %lld; it must lie in [0, %d]", (long long)kinds, RETAIN_FEATURES_KINDS);
}

static void features_columns(retain_context *ctx, int discount, int category, int64_t kinds, in_keys windows, int64_t trend_days,
                             int64_t event_days, out_ints *id, out_ints *days, out_ints *kind, record *result)
{
    const retain_orders no_orders = {0};
    const retain_events no_events = {0};
    const double no_discount = 0.0;
    const int64_t no_category = 0;
    const retain_features_source source = {&no_orders, discount ? &no_discount : NULL, category ? &no_category : NULL, 1,
                                           kinds ? &no_events : NULL, (size_t)kinds};
    retain_features_column columns[RETAIN_FEATURES_MOST + 4 * RETAIN_FEATURES_KINDS];
    retain_features_options options;
    size_t count = 0, capacity = sizeof columns / sizeof *columns;
    if (!view_feature_options(ctx, windows, trend_days, event_days, 0, 0, &options) || !view_kinds(ctx, kinds))
        return;
    if (!PROVIDE_UP_TO(ctx, id, capacity, &capacity) || !PROVIDE_UP_TO(ctx, days, capacity, &capacity) ||
        !PROVIDE_UP_TO(ctx, kind, capacity, &capacity))
        return;
    RUN(ctx, retain_features_columns(ctx, &source, &options, capacity, &count, columns));
    for (size_t c = 0; ctx->status == RETAIN_OK && c < count; c++) {
        if (id->data)
            id->data[c] = columns[c].id;
        if (days->data)
            days->data[c] = columns[c].days;
        if (kind->data)
            kind->data[c] = columns[c].kind;
    }
    if (ctx->status != RETAIN_OK)
        return;
    record_whole(result, "count", (int64_t)count);
    TRIM(id, count);
    TRIM(days, count);
    TRIM(kind, count);
}

/* When no column is wanted, rows are only counted. */
static void features_panel(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, in_doubles discount, in_keys category, int64_t categories,
                           in_keys event_customer, in_keys event_day, in_keys event_kind, in_doubles event_value, int64_t kinds,
                           int64_t observation_end, int64_t occasion_days, int count_zero_orders, in_keys dates, in_keys windows,
                           int64_t trend_days, int64_t event_days, int64_t active_days, int64_t horizon_days, int64_t columns,
                           int64_t capacity, out_ints *customers, out_ints *at, out_doubles *label, out_doubles *feature,
                           record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    const int is_wanted = customers->wanted || at->wanted || label->wanted || feature->wanted;
    retain_features_report report = {.struct_size = sizeof report};
    retain_features_options options;
    retain_features_source source;
    retain_features_rows rows;
    retain_events events;
    retain_orders log;
    size_t count = 0, known = 0, cells = 0, n = (size_t)capacity;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !MATCH(ctx, discount, customer) ||
        !MATCH(ctx, category, customer) || !REQUIRE(ctx, dates) || !view_kinds(ctx, kinds) ||
        !view_feature_options(ctx, windows, trend_days, event_days, active_days, horizon_days, &options) ||
        (kinds && !view_events(ctx, event_customer, event_day, event_kind, event_value, &events)))
        return;
    if (capacity < 0 || columns < 0 || categories < 0) {
        refuse(ctx, "capacity, columns and categories must not be negative");
        return;
    }
    source = (retain_features_source){&log, discount.data, category.data, (size_t)categories, kinds ? &events : NULL, (size_t)kinds};
    RUN(ctx, retain_features_columns(ctx, &source, &options, 0, &known, NULL));
    if (ctx->status != RETAIN_ERROR_CAPACITY)
        return;
    ctx->status = RETAIN_OK;
    if (feature->wanted && (size_t)columns != known) {
        refuse(ctx, "columns is %lld; the panel has %zu", (long long)columns, known);
        return;
    }
    if (!multiply_rows(ctx, n, known, &cells) || !PROVIDE(ctx, customers, n) || !PROVIDE(ctx, at, n) || !PROVIDE(ctx, label, n) ||
        !PROVIDE(ctx, feature, cells))
        return;
    rows = (retain_features_rows){customers->data, at->data, label->data, feature->data};
    RUN(ctx, retain_features_panel(ctx, &source, observation_end, dates.data, dates.count, &counting, &options, &rows,
                                   is_wanted ? n : SIZE_MAX, &count, is_wanted ? &report : NULL));
    record_whole(result, "rows", (int64_t)count);
    if (!is_wanted)
        return;
    record_whole(result, "inactive_rows", (int64_t)report.inactive_rows);
    record_whole(result, "open_rows", (int64_t)report.open_rows);
    record_whole(result, "silent_rows", (int64_t)report.silent_rows);
}

static void features_split(retain_context *ctx, in_keys dates, int64_t horizon_days, int64_t embargo_days, int64_t first_test,
                           int64_t observation_end, out_bytes *part)
{
    if (!REQUIRE(ctx, dates) || !PROVIDE(ctx, part, dates.count))
        return;
    RUN(ctx, retain_features_split(ctx, dates.data, dates.count, horizon_days, embargo_days, first_test, observation_end, part->data));
}

static int view_feature_table(retain_context *ctx, in_keys customer, in_doubles feature, size_t columns,
                              retain_features_table *table)
{
    size_t cells = 0;
    if (!REQUIRE(ctx, customer) || !REQUIRE(ctx, feature) || !multiply_rows(ctx, customer.count, columns, &cells))
        return 0;
    if (feature.count != cells)
        return refuse(ctx, "%s has %zu numbers; %zu customers of %zu columns have %zu", feature.name, feature.count,
                      customer.count, columns, cells);
    *table = (retain_features_table){customer.count, customer.data, feature.data};
    return 1;
}

static void features_leaks(retain_context *ctx, in_keys whole_customer, in_doubles whole_feature, in_keys cut_customer,
                           in_doubles cut_feature, int64_t columns, double tolerance, out_ints *leaks, out_ints *example,
                           record *result)
{
    retain_features_table whole, cut;
    size_t strangers = 0, n = (size_t)columns;
    if (columns < 0) {
        refuse(ctx, "columns is %lld; it must not be negative", (long long)columns);
        return;
    }
    if (!view_feature_table(ctx, whole_customer, whole_feature, n, &whole) ||
        !view_feature_table(ctx, cut_customer, cut_feature, n, &cut) || !PROVIDE(ctx, leaks, n) || !PROVIDE(ctx, example, n))
        return;
    RUN(ctx, retain_features_leaks(ctx, &whole, &cut, n, tolerance, leaks->data, example->data, &strangers));
    record_whole(result, "strangers", (int64_t)strangers);
}

static void features_durations(retain_context *ctx, in_keys life, in_doubles began, in_doubles ended, int64_t observation_end,
                               in_keys dates, in_keys customer, in_keys at, out_ints *row, out_doubles *entry, out_doubles *exit,
                               out_bytes *event, record *result)
{
    retain_features_lives lives;
    retain_features_spans spans;
    size_t capacity = customer.count, count = 0, n = customer.count;
    if (!REQUIRE(ctx, life) || !REQUIRE(ctx, began) || !REQUIRE(ctx, ended) || !MATCH(ctx, began, life) ||
        !MATCH(ctx, ended, life) || !REQUIRE(ctx, dates) || !REQUIRE(ctx, customer) || !REQUIRE(ctx, at) ||
        !MATCH(ctx, at, customer) || !PROVIDE_UP_TO(ctx, row, n, &capacity) || !PROVIDE_UP_TO(ctx, entry, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, exit, n, &capacity) || !PROVIDE_UP_TO(ctx, event, n, &capacity))
        return;
    lives = (retain_features_lives){life.count, life.data, began.data, ended.data};
    spans = (retain_features_spans){row->data, entry->data, exit->data, event->data};
    RUN(ctx, retain_features_durations(ctx, &lives, observation_end, dates.data, dates.count, customer.count, customer.data,
                                       at.data, &spans, capacity, &count));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(row, count);
    TRIM(entry, count);
    TRIM(exit, count);
    TRIM(event, count);
    record_whole(result, "rows", (int64_t)count);
}

/* When no column is wanted, durations are only counted. */
static void features_returns(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                             in_counts multiple, in_doubles value_low, int64_t observation_end, int64_t occasion_days,
                             int count_zero_orders, in_keys dates, in_keys who, in_keys at, int64_t capacity, out_ints *row,
                             out_doubles *entry, out_doubles *exit, out_bytes *event, record *result)
{
    const retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    const int is_wanted = row->wanted || entry->wanted || exit->wanted || event->wanted;
    const size_t n = (size_t)capacity;
    retain_features_spans spans;
    retain_orders log;
    size_t count = 0, most = n;
    if (capacity < 0) {
        refuse(ctx, "capacity is %lld; it must not be negative", (long long)capacity);
        return;
    }
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, dates) ||
        !REQUIRE(ctx, who) || !REQUIRE(ctx, at) || !MATCH(ctx, at, who) || !PROVIDE_UP_TO(ctx, row, n, &most) ||
        !PROVIDE_UP_TO(ctx, entry, n, &most) || !PROVIDE_UP_TO(ctx, exit, n, &most) || !PROVIDE_UP_TO(ctx, event, n, &most))
        return;
    spans = (retain_features_spans){row->data, entry->data, exit->data, event->data};
    RUN(ctx, retain_features_returns(ctx, &log, observation_end, &counting, dates.data, dates.count, who.count, who.data, at.data,
                                     &spans, is_wanted ? most : SIZE_MAX, &count));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(row, count);
    TRIM(entry, count);
    TRIM(exit, count);
    TRIM(event, count);
    record_whole(result, "rows", (int64_t)count);
}

#endif

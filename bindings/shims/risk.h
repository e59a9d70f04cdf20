/* Shims of retain/risk.h. Tables have room for `capacity` customers, and the record's `count` says how many there are; reasons and
 * contributions are blocks of columns of `count` numbers, one after the other. Where there is too little data, `count` is 0. */
#ifndef RETAIN_SHIMS_RISK_H
#define RETAIN_SHIMS_RISK_H

#include "shims/features.h"

static const char *risk_method_name(int method)
{
    return retain_risk_method_name((retain_risk_method)method);
}

static const char *risk_theme_name(int theme)
{
    return retain_risk_theme_name((retain_risk_theme)theme);
}

/* The windows of the features that risks are made of. */
static void risk_features(retain_context *ctx, int64_t horizon_days, out_ints *windows, record *result)
{
    const retain_risk_options options = {.struct_size = sizeof options, .horizon_days = horizon_days};
    retain_features_options features = {.struct_size = sizeof features};
    size_t capacity = RETAIN_FEATURES_WINDOWS, count = 0;
    if (!PROVIDE_UP_TO(ctx, windows, RETAIN_FEATURES_WINDOWS, &capacity))
        return;
    RUN(ctx, retain_risk_features(ctx, &options, &features));
    if (ctx->status != RETAIN_OK)
        return;
    for (; count < capacity && features.windows[count]; count++) {
        if (windows->data)
            windows->data[count] = features.windows[count];
    }
    TRIM(windows, count);
    record_whole(result, "count", (int64_t)count);
    record_whole(result, "trend_days", features.trend_days);
    record_whole(result, "event_days", features.event_days);
    record_whole(result, "horizon_days", features.horizon_days);
}

/* What risks are made of, and how: whoever has one gives it to retain_risk_*. */
typedef struct view_risk_request {
    retain_orders log;
    retain_events events;
    retain_features_source source;
    retain_orders_options counting;
    retain_risk_options options;
} view_risk_request;

static int view_risk_source(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                            in_counts multiple, in_doubles value_low, in_doubles discount, in_keys category, int64_t categories,
                            in_keys event_customer, in_keys event_day, in_keys event_kind, in_doubles event_value, int64_t kinds,
                            int64_t capacity, view_risk_request *into)
{
    memset(into, 0, sizeof *into);
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &into->log) || !MATCH(ctx, discount, customer) ||
        !MATCH(ctx, category, customer) || !view_kinds(ctx, kinds) ||
        (kinds && !view_events(ctx, event_customer, event_day, event_kind, event_value, &into->events)))
        return 0;
    if (capacity < 0 || categories < 0)
        return refuse(ctx, "capacity and categories must not be negative");
    into->source = (retain_features_source){&into->log,         discount.data, category.data, (size_t)categories,
                                            kinds ? &into->events : NULL, (size_t)kinds};
    return 1;
}

static int view_risk_options(retain_context *ctx, int64_t horizon_days, int64_t active_days, int64_t dates, int way, int family,
                             double value_days, double annual_rate, double margin, double cost, double effect, int64_t most,
                             int64_t fewest, double level, double l2, view_risk_request *into)
{
    if (dates < 0 || most < 0 || fewest < 0)
        return refuse(ctx, "dates, most and fewest must not be negative");
    into->options = (retain_risk_options){.struct_size = sizeof into->options,
                                          .horizon_days = horizon_days,
                                          .active_days = active_days,
                                          .dates = (size_t)dates,
                                          .way = way,
                                          .family = (retain_btyd_family)family,
                                          .value_days = value_days,
                                          .annual_rate = annual_rate,
                                          .margin = margin,
                                          .cost = cost,
                                          .effect = effect,
                                          .most = (size_t)most,
                                          .fewest = (size_t)fewest,
                                          .level = level,
                                          .l2 = l2};
    return 1;
}

/* Columns of `room` numbers, of which `count` were written, one right after the other. */
static void close_ranks(void *block, size_t width, size_t columns, size_t room, size_t count)
{
    char *numbers = block;
    for (size_t c = 1; numbers && c < columns; c++)
        memmove(numbers + c * count * width, numbers + c * room * width, count * width);
}

static void record_card(retain_context *ctx, record *into, const retain_risk_card *card, size_t count)
{
    record_whole(into, "status", (int64_t)ctx->status);
    record_whole(into, "count", (int64_t)count);
    record_whole(into, "verdict", (int64_t)card->verdict);
    record_whole(into, "method", (int64_t)card->method);
    record_whole(into, "observation_end", card->observation_end);
    record_whole(into, "horizon_days", card->horizon_days);
    record_whole(into, "test_date", card->test_date);
    record_whole(into, "dates", (int64_t)card->dates);
    record_whole(into, "choice_dates", (int64_t)card->choice_dates);
    record_whole(into, "training_rows", (int64_t)card->training_rows);
    record_whole(into, "training_silent", (int64_t)card->training_silent);
    record_whole(into, "test_customers", (int64_t)card->test_customers);
    record_whole(into, "test_silent", (int64_t)card->test_silent);
    record_whole(into, "themes", (int64_t)card->themes);
    record_number(into, "base", card->base);
    record_number(into, "silent_expected", card->silent_expected);
    record_number(into, "at_risk", card->at_risk);
    record_numbers(into, "figures", &card->figures[0].auc, sizeof card->figures / sizeof(double));
    record_text(into, "explanation", card->explanation);
    ctx->status = RETAIN_OK;
}

static void risk_customers(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, in_doubles discount, in_keys category, int64_t categories,
                           in_keys event_customer, in_keys event_day, in_keys event_kind, in_doubles event_value, int64_t kinds,
                           int64_t observation_end, int64_t occasion_days, int count_zero_orders, int64_t horizon_days,
                           int64_t active_days, int64_t dates, int way, int family, double value_days, double annual_rate,
                           double margin, double cost, double effect, int64_t most, int64_t fewest, double level, double l2,
                           int64_t capacity, out_ints *customers, out_doubles *risk, out_doubles *risk_low, out_doubles *risk_high,
                           out_doubles *log_odds, out_doubles *contribution, out_ints *reason, out_doubles *reason_effect,
                           out_ints *reason_column, out_doubles *reason_value, out_doubles *reason_typical, out_doubles *residual,
                           out_doubles *value_at_risk, out_doubles *gain, out_ints *rank, out_bytes *band, record *result)
{
    const retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    const size_t n = capacity > 0 ? (size_t)capacity : 0, themes = RETAIN_RISK_EVENTS + (kinds > 0 ? (size_t)kinds : 0);
    retain_risk_card card = {.struct_size = sizeof card};
    retain_risk_columns columns;
    view_risk_request asked;
    size_t reasons = 0, parts = 0, count = 0;
    if (!view_risk_source(ctx, customer, day, value, order, cancelled, multiple, value_low, discount, category, categories,
                          event_customer, event_day, event_kind, event_value, kinds, capacity, &asked) ||
        !view_risk_options(ctx, horizon_days, active_days, dates, way, family, value_days, annual_rate, margin, cost, effect, most,
                           fewest, level, l2, &asked) ||
        !multiply_rows(ctx, n, RETAIN_RISK_REASONS, &reasons) || !multiply_rows(ctx, n, themes, &parts) ||
        !PROVIDE(ctx, customers, n) || !PROVIDE(ctx, risk, n) || !PROVIDE(ctx, risk_low, n) || !PROVIDE(ctx, risk_high, n) ||
        !PROVIDE(ctx, log_odds, n) || !PROVIDE(ctx, contribution, parts) || !PROVIDE(ctx, reason, reasons) ||
        !PROVIDE(ctx, reason_effect, reasons) || !PROVIDE(ctx, reason_column, reasons) || !PROVIDE(ctx, reason_value, reasons) ||
        !PROVIDE(ctx, reason_typical, reasons) || !PROVIDE(ctx, residual, n) || !PROVIDE(ctx, value_at_risk, n) ||
        !PROVIDE(ctx, gain, n) || !PROVIDE(ctx, rank, n) || !PROVIDE(ctx, band, n))
        return;
    columns = (retain_risk_columns){.customer = customers->data,
                                    .risk = risk->data,
                                    .risk_low = risk_low->data,
                                    .risk_high = risk_high->data,
                                    .log_odds = log_odds->data,
                                    .contribution = contribution->data,
                                    .reason = reason->data,
                                    .reason_effect = reason_effect->data,
                                    .reason_column = reason_column->data,
                                    .reason_value = reason_value->data,
                                    .reason_typical = reason_typical->data,
                                    .residual = residual->data,
                                    .value_at_risk = value_at_risk->data,
                                    .gain = gain->data,
                                    .rank = rank->data,
                                    .band = band->data};
    RUN(ctx, retain_risk_customers(ctx, &asked.source, observation_end, &counting, &asked.options, &columns, n, &count, &card));
    if (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CONVERGENCE)
        return;
    count = ctx->status == RETAIN_OK ? count : 0;
    close_ranks(contribution->data, sizeof(double), themes, n, count);
    close_ranks(reason->data, sizeof(int64_t), RETAIN_RISK_REASONS, n, count);
    close_ranks(reason_effect->data, sizeof(double), RETAIN_RISK_REASONS, n, count);
    close_ranks(reason_column->data, sizeof(int64_t), RETAIN_RISK_REASONS, n, count);
    close_ranks(reason_value->data, sizeof(double), RETAIN_RISK_REASONS, n, count);
    close_ranks(reason_typical->data, sizeof(double), RETAIN_RISK_REASONS, n, count);
    TRIM(customers, count);
    TRIM(risk, count);
    TRIM(risk_low, count);
    TRIM(risk_high, count);
    TRIM(log_odds, count);
    TRIM(contribution, themes * count);
    TRIM(reason, RETAIN_RISK_REASONS * count);
    TRIM(reason_effect, RETAIN_RISK_REASONS * count);
    TRIM(reason_column, RETAIN_RISK_REASONS * count);
    TRIM(reason_value, RETAIN_RISK_REASONS * count);
    TRIM(reason_typical, RETAIN_RISK_REASONS * count);
    TRIM(residual, count);
    TRIM(value_at_risk, count);
    TRIM(gain, count);
    TRIM(rank, count);
    TRIM(band, count);
    record_card(ctx, result, &card, count);
}

static void risk_tested(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                        in_counts multiple, in_doubles value_low, in_doubles discount, in_keys category, int64_t categories,
                        in_keys event_customer, in_keys event_day, in_keys event_kind, in_doubles event_value, int64_t kinds,
                        int64_t observation_end, int64_t occasion_days, int count_zero_orders, int64_t horizon_days,
                        int64_t active_days, int64_t dates, int way, int family, double value_days, double annual_rate,
                        double margin, double cost, double effect, int64_t most, int64_t fewest, double level, double l2,
                        int64_t capacity, out_ints *customers, out_doubles *risk, out_doubles *absent, out_bytes *silent,
                        record *result)
{
    const retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    const size_t n = capacity > 0 ? (size_t)capacity : 0;
    retain_risk_card card = {.struct_size = sizeof card};
    retain_risk_test test;
    view_risk_request asked;
    size_t count = 0;
    if (!view_risk_source(ctx, customer, day, value, order, cancelled, multiple, value_low, discount, category, categories,
                          event_customer, event_day, event_kind, event_value, kinds, capacity, &asked) ||
        !view_risk_options(ctx, horizon_days, active_days, dates, way, family, value_days, annual_rate, margin, cost, effect, most,
                           fewest, level, l2, &asked) ||
        !PROVIDE(ctx, customers, n) || !PROVIDE(ctx, risk, n) || !PROVIDE(ctx, absent, n) || !PROVIDE(ctx, silent, n))
        return;
    test = (retain_risk_test){customers->data, risk->data, absent->data, silent->data};
    RUN(ctx, retain_risk_tested(ctx, &asked.source, observation_end, &counting, &asked.options, &test, n, &count, &card));
    if (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CONVERGENCE)
        return;
    count = ctx->status == RETAIN_OK ? count : 0;
    TRIM(customers, count);
    TRIM(risk, count);
    TRIM(absent, count);
    TRIM(silent, count);
    record_card(ctx, result, &card, count);
}

#endif

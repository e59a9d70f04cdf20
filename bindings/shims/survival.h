/* Shims of retain/survival.h. */
#ifndef RETAIN_SHIMS_SURVIVAL_H
#define RETAIN_SHIMS_SURVIVAL_H

#include "shims/support.h"

static int view_durations(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                          retain_durations *into)
{
    if (!REQUIRE(ctx, exit) || !MATCH(ctx, event, exit) || !MATCH(ctx, entry, exit) || !MATCH(ctx, weight, exit))
        return 0;
    *into = (retain_durations){exit.count, exit.data, event.data, entry.data, weight.data};
    return 1;
}

static retain_survival_options view_survival_options(double level, int interval, double start, double horizon, double rho)
{
    const retain_survival_options options = {sizeof options, level, (retain_survival_interval)interval, start, horizon, rho};

    return options;
}

static void survival_curve(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight, double level,
                           int interval, double start, out_doubles *time, out_doubles *at_risk, out_doubles *events,
                           out_doubles *censored, out_doubles *survival, out_doubles *standard_error, out_doubles *low,
                           out_doubles *high, out_doubles *hazard, out_doubles *hazard_error, out_doubles *hazard_low,
                           out_doubles *hazard_high, record *result)
{
    const retain_survival_options options = view_survival_options(level, interval, start, 0.0, 0.0);
    retain_durations durations;
    retain_survival_columns columns;
    size_t capacity = exit.count, count = 0;
    const size_t rows = exit.count;
    if (!view_durations(ctx, exit, event, entry, weight, &durations) || !PROVIDE_UP_TO(ctx, time, rows, &capacity) ||
        !PROVIDE_UP_TO(ctx, at_risk, rows, &capacity) || !PROVIDE_UP_TO(ctx, events, rows, &capacity) ||
        !PROVIDE_UP_TO(ctx, censored, rows, &capacity) || !PROVIDE_UP_TO(ctx, survival, rows, &capacity) ||
        !PROVIDE_UP_TO(ctx, standard_error, rows, &capacity) || !PROVIDE_UP_TO(ctx, low, rows, &capacity) ||
        !PROVIDE_UP_TO(ctx, high, rows, &capacity) || !PROVIDE_UP_TO(ctx, hazard, rows, &capacity) ||
        !PROVIDE_UP_TO(ctx, hazard_error, rows, &capacity) || !PROVIDE_UP_TO(ctx, hazard_low, rows, &capacity) ||
        !PROVIDE_UP_TO(ctx, hazard_high, rows, &capacity))
        return;
    columns = (retain_survival_columns){time->data,     at_risk->data,        events->data,     censored->data,
                                        survival->data, standard_error->data, low->data,        high->data,
                                        hazard->data,   hazard_error->data,   hazard_low->data, hazard_high->data};
    RUN(ctx, retain_survival_curve(ctx, &durations, &options, &columns, capacity, &count));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(time, count);
    TRIM(at_risk, count);
    TRIM(events, count);
    TRIM(censored, count);
    TRIM(survival, count);
    TRIM(standard_error, count);
    TRIM(low, count);
    TRIM(high, count);
    TRIM(hazard, count);
    TRIM(hazard_error, count);
    TRIM(hazard_low, count);
    TRIM(hazard_high, count);
    record_whole(result, "count", (int64_t)count);
}

static void survival_at(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight, double level,
                        int interval, double start, in_doubles times, out_doubles *survival, out_doubles *standard_error,
                        out_doubles *low, out_doubles *high, out_doubles *at_risk)
{
    const retain_survival_options options = view_survival_options(level, interval, start, 0.0, 0.0);
    retain_durations durations;
    const size_t n = times.count;
    if (!view_durations(ctx, exit, event, entry, weight, &durations) || !REQUIRE(ctx, times) || !PROVIDE(ctx, survival, n) ||
        !PROVIDE(ctx, standard_error, n) || !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n) || !PROVIDE(ctx, at_risk, n))
        return;
    RUN(ctx, retain_survival_at(ctx, &durations, &options, times.data, n, survival->data, standard_error->data, low->data,
                                high->data, at_risk->data));
}

static void survival_quantiles(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                               double level, int interval, double start, in_doubles shares, out_doubles *time, out_doubles *low,
                               out_doubles *high)
{
    const retain_survival_options options = view_survival_options(level, interval, start, 0.0, 0.0);
    retain_durations durations;
    const size_t n = shares.count;
    if (!view_durations(ctx, exit, event, entry, weight, &durations) || !REQUIRE(ctx, shares) || !PROVIDE(ctx, time, n) ||
        !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_survival_quantiles(ctx, &durations, &options, shares.data, n, time->data, low->data, high->data));
}

static void survival_mean(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight, double level,
                          double start, double horizon, record *result)
{
    const retain_survival_options options = view_survival_options(level, 0, start, horizon, 0.0);
    retain_durations durations;
    double mean = 0.0, standard_error = 0.0, low = 0.0, high = 0.0;
    if (!view_durations(ctx, exit, event, entry, weight, &durations))
        return;
    RUN(ctx, retain_survival_mean(ctx, &durations, &options, &mean, &standard_error, &low, &high));
    if (ctx->status != RETAIN_OK)
        return;
    record_number(result, "mean", mean);
    record_number(result, "standard_error", standard_error);
    record_number(result, "low", low);
    record_number(result, "high", high);
}

static void survival_compare(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                             in_ints group, int64_t groups, double level, int interval, double start, double horizon, double rho,
                             out_doubles *rows, out_doubles *events, out_doubles *expected, out_doubles *survival,
                             out_doubles *survival_low, out_doubles *survival_high, out_doubles *median, out_doubles *median_low,
                             out_doubles *median_high, out_doubles *mean, out_doubles *mean_low, out_doubles *mean_high,
                             out_doubles *difference, out_doubles *difference_low, out_doubles *difference_high, record *result)
{
    const retain_survival_options options = view_survival_options(level, interval, start, horizon, rho);
    retain_durations durations;
    retain_survival_groups columns;
    double chi_squared = 0.0, degrees = 0.0, p_value = 0.0;
    size_t n;
    if (groups < 1 || groups > INT32_MAX) {
        refuse(ctx, "groups is %lld; it must be 1 to 1024", (long long)groups);
        return;
    }
    n = (size_t)groups;
    if (!view_durations(ctx, exit, event, entry, weight, &durations) || !REQUIRE(ctx, group) || !MATCH(ctx, group, exit) ||
        !PROVIDE(ctx, rows, n) || !PROVIDE(ctx, events, n) || !PROVIDE(ctx, expected, n) || !PROVIDE(ctx, survival, n) ||
        !PROVIDE(ctx, survival_low, n) || !PROVIDE(ctx, survival_high, n) || !PROVIDE(ctx, median, n) ||
        !PROVIDE(ctx, median_low, n) || !PROVIDE(ctx, median_high, n) || !PROVIDE(ctx, mean, n) || !PROVIDE(ctx, mean_low, n) ||
        !PROVIDE(ctx, mean_high, n) || !PROVIDE(ctx, difference, n) || !PROVIDE(ctx, difference_low, n) ||
        !PROVIDE(ctx, difference_high, n))
        return;
    columns = (retain_survival_groups){rows->data,         events->data,         expected->data,       survival->data,
                                       survival_low->data, survival_high->data,  median->data,         median_low->data,
                                       median_high->data,  mean->data,           mean_low->data,       mean_high->data,
                                       difference->data,   difference_low->data, difference_high->data};
    RUN(ctx, retain_survival_compare(ctx, &durations, group.data, n, &options, &columns, &chi_squared, &degrees, &p_value));
    if (ctx->status != RETAIN_OK)
        return;
    record_number(result, "chi_squared", chi_squared);
    record_number(result, "degrees", degrees);
    record_number(result, "p_value", p_value);
}

/* The library says `from` where callers of the languages say `lasted`. */
static void say_lasted(retain_context *ctx)
{
    if (strncmp(ctx->error, "from[", 5) != 0)
        return;
    memmove(ctx->error + 6, ctx->error + 4, sizeof ctx->error - 7);
    memcpy(ctx->error, "lasted", 6);
    ctx->error[sizeof ctx->error - 1] = '\0';
}

#endif

/* Shims of retain/hazard.h and retain/hazard_forecast.h. A model crosses as numbers: link, groups, columns, the last period of each group, the baselines,
 * then three for all columns each: coefficients, what is missing adds, references. */
#ifndef RETAIN_SHIMS_HAZARD_H
#define RETAIN_SHIMS_HAZARD_H

#include <math.h>
#include <string.h>

#include "shims/predictors.h"
#include "shims/survival.h"

enum { HAZARD_HEAD = 3 };

static int view_hazard(retain_context *ctx, in_doubles model, retain_hazard *into)
{
    const double *at = model.data;
    size_t groups, columns;
    if (!REQUIRE(ctx, model))
        return 0;
    if (model.count < HAZARD_HEAD || !(at[0] == 0.0 || at[0] == 1.0) || !(at[1] >= 1.0 && at[1] <= RETAIN_HAZARD_GROUPS) ||
        !(at[2] >= 0.0 && at[2] <= RETAIN_PREDICTORS_MOST) || at[1] != floor(at[1]) || at[2] != floor(at[2]) ||
        model.count != HAZARD_HEAD + 2 * (size_t)at[1] + 3 * (size_t)at[2])
        return refuse(ctx, "model has %zu numbers; it needs link, groups and columns, two for each group and three for each column",
                      model.count);
    groups = (size_t)at[1];
    columns = (size_t)at[2];
    memset(into, 0, sizeof *into);
    into->link = (retain_hazard_link)(int)at[0];
    into->groups = groups;
    into->columns = columns;
    at += HAZARD_HEAD;
    memcpy(into->until, at, groups * sizeof(double));
    memcpy(into->baseline, at + groups, groups * sizeof(double));
    at += 2 * groups;
    memcpy(into->coefficient, at, columns * sizeof(double));
    memcpy(into->missing, at + columns, columns * sizeof(double));
    memcpy(into->reference, at + 2 * columns, columns * sizeof(double));
    return 1;
}

static void record_hazard(retain_context *ctx, const retain_hazard *fitted, const retain_hazard_report *report, out_doubles *model,
                          record *result)
{
    double *at = model->data;
    const size_t groups = fitted->groups, columns = fitted->columns;
    if (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CONVERGENCE)
        return;
    if (at) {
        at[0] = (double)fitted->link;
        at[1] = (double)groups;
        at[2] = (double)columns;
        at += HAZARD_HEAD;
        memcpy(at, fitted->until, groups * sizeof(double));
        memcpy(at + groups, fitted->baseline, groups * sizeof(double));
        at += 2 * groups;
        memcpy(at, fitted->coefficient, columns * sizeof(double));
        memcpy(at + columns, fitted->missing, columns * sizeof(double));
        memcpy(at + 2 * columns, fitted->reference, columns * sizeof(double));
    }
    record_whole(result, "status", (int64_t)ctx->status);
    record_text(result, "verdict", retain_hazard_verdict_name(report->verdict));
    record_text(result, "explanation", report->explanation);
    record_whole(result, "rows", (int64_t)report->rows);
    record_number(result, "customers", report->customers);
    record_number(result, "periods", report->periods);
    record_number(result, "events", report->events);
    record_whole(result, "missing", (int64_t)report->missing);
    record_whole(result, "iterations", report->iterations);
    record_whole(result, "evaluations", report->evaluations);
    record_number(result, "log_likelihood", report->log_likelihood);
    record_number(result, "null_log_likelihood", report->null_log_likelihood);
    record_number(result, "objective", report->objective);
    record_number(result, "gradient_norm", report->gradient_norm);
    record_number(result, "degrees", report->degrees);
    ctx->status = RETAIN_OK;
}

/* The life table, of which as many entries are meant as `groups` says. */
static void hazard_periods(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                           double smoothing, double least_events, in_doubles until, out_doubles *last, out_doubles *at_risk,
                           out_doubles *events, record *result)
{
    const retain_hazard_options options = {.struct_size = sizeof options,
                                           .smoothing = smoothing,
                                           .least_events = least_events,
                                           .until = until.data,
                                           .groups = until.count};
    retain_durations durations;
    size_t groups = 0;
    if (!view_durations(ctx, exit, event, entry, weight, &durations) || !PROVIDE(ctx, last, RETAIN_HAZARD_GROUPS) ||
        !PROVIDE(ctx, at_risk, RETAIN_HAZARD_GROUPS) || !PROVIDE(ctx, events, RETAIN_HAZARD_GROUPS))
        return;
    RUN(ctx, retain_hazard_periods(ctx, &durations, &options, &groups, last->data, at_risk->data, events->data));
    TRIM(last, groups);
    TRIM(at_risk, groups);
    TRIM(events, groups);
    if (ctx->status == RETAIN_OK)
        record_whole(result, "groups", (int64_t)groups);
}

/* `groups` is the number that hazard_periods found for the same rows and options. */
static void hazard_fit(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                       in_doubles predictors, int by_row, in_ints customer, int link, double l2, double l1, double smoothing,
                       double least_events, in_doubles until, int64_t groups, double level, int iterations, out_doubles *model,
                       out_bytes *kind, out_doubles *standard_error, out_doubles *low, out_doubles *high, out_doubles *p_value,
                       out_doubles *scale, out_doubles *ratio, out_doubles *covariance, record *result)
{
    retain_hazard_report report = RETAIN_HAZARD_REPORT_INIT;
    const retain_hazard_options options = {.struct_size = sizeof options,
                                           .link = (retain_hazard_link)link,
                                           .l2 = l2,
                                           .l1 = l1,
                                           .smoothing = smoothing,
                                           .least_events = least_events,
                                           .until = until.data,
                                           .groups = until.count,
                                           .level = level,
                                           .iterations = iterations};
    retain_hazard_effects effects;
    retain_durations durations;
    predictor_columns columns;
    retain_predictors table;
    retain_hazard fitted;
    size_t n, found = 0;
    if (!view_durations(ctx, exit, event, entry, weight, &durations) ||
        !view_predictors(ctx, predictors, by_row, exit.count, exit.name, &columns, &table) || !MATCH(ctx, customer, exit))
        return;
    RUN(ctx, retain_hazard_periods(ctx, &durations, &options, &found, NULL, NULL, NULL));
    if (ctx->status != RETAIN_OK)
        return;
    if (groups < 0 || (uint64_t)groups != found) {
        refuse(ctx, "groups is %lld; the rows have %zu groups of periods", (long long)groups, found);
        return;
    }
    n = found + 2 * table.columns;
    if (!PROVIDE(ctx, model, HAZARD_HEAD + 2 * found + 3 * table.columns) || !PROVIDE(ctx, kind, n) ||
        !PROVIDE(ctx, standard_error, n) || !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n) || !PROVIDE(ctx, p_value, n) ||
        !PROVIDE(ctx, scale, n) || !PROVIDE(ctx, ratio, n) || !PROVIDE(ctx, covariance, n * n))
        return;
    effects = (retain_hazard_effects){.kind = kind->data,
                                      .standard_error = standard_error->data,
                                      .low = low->data,
                                      .high = high->data,
                                      .p_value = p_value->data,
                                      .scale = scale->data,
                                      .ratio = ratio->data};
    RUN(ctx, retain_hazard_fit(ctx, &durations, &table, customer.data, &options, &fitted, &report, &effects, covariance->data));
    record_hazard(ctx, &fitted, &report, model, result);
}

static int view_hazard_question(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles predictors, int by_row,
                                in_doubles lasted, retain_hazard *m, predictor_columns *columns, retain_predictors *table)
{
    size_t n;
    if (!view_hazard(ctx, model, m) || !REQUIRE(ctx, lasted))
        return 0;
    n = m->groups + 2 * m->columns;
    if (covariance.data && covariance.count != n * n)
        return refuse(ctx, "covariance has %zu numbers; it needs %zu, those of the fit", covariance.count, n * n);
    return view_rows_asked_about(ctx, predictors, by_row, m->columns, lasted, columns, table);
}

static void hazard_probability(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles predictors, int by_row,
                               in_doubles lasted, double level, in_doubles period, out_doubles *probability, out_doubles *low,
                               out_doubles *high)
{
    predictor_columns columns;
    retain_predictors table;
    retain_hazard m;
    size_t cells = 0;
    if (!view_hazard_question(ctx, model, covariance, predictors, by_row, lasted, &m, &columns, &table) || !REQUIRE(ctx, period) ||
        !multiply_rows(ctx, table.count, period.count, &cells) || !PROVIDE(ctx, probability, cells) || !PROVIDE(ctx, low, cells) ||
        !PROVIDE(ctx, high, cells))
        return;
    RUN(ctx, retain_hazard_probability(ctx, &m, covariance.data, &table, level, period.data, period.count, probability->data,
                                       low->data, high->data));
}

static void hazard_survival(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles predictors, int by_row,
                            in_doubles lasted, double level, in_doubles ahead, out_doubles *survival, out_doubles *low,
                            out_doubles *high)
{
    predictor_columns columns;
    retain_predictors table;
    retain_hazard m;
    size_t cells = 0;
    if (!view_hazard_question(ctx, model, covariance, predictors, by_row, lasted, &m, &columns, &table) || !REQUIRE(ctx, ahead) ||
        !multiply_rows(ctx, table.count, ahead.count, &cells) || !PROVIDE(ctx, survival, cells) || !PROVIDE(ctx, low, cells) ||
        !PROVIDE(ctx, high, cells))
        return;
    RUN(ctx, retain_hazard_survival(ctx, &m, covariance.data, &table, lasted.data, level, ahead.data, ahead.count, survival->data,
                                    low->data, high->data));
}

static void hazard_remaining(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles predictors, int by_row,
                             in_doubles lasted, double level, double horizon, out_doubles *mean, out_doubles *low,
                             out_doubles *high)
{
    predictor_columns columns;
    retain_predictors table;
    retain_hazard m;
    if (!view_hazard_question(ctx, model, covariance, predictors, by_row, lasted, &m, &columns, &table) ||
        !PROVIDE(ctx, mean, table.count) || !PROVIDE(ctx, low, table.count) || !PROVIDE(ctx, high, table.count))
        return;
    RUN(ctx,
        retain_hazard_remaining(ctx, &m, covariance.data, &table, lasted.data, level, horizon, mean->data, low->data, high->data));
}

static void hazard_reasons(retain_context *ctx, in_doubles model, in_doubles predictors, int by_row, int64_t most, int direction,
                           out_doubles *contribution, out_ints *reason, out_doubles *share, out_doubles *value)
{
    predictor_columns columns;
    retain_predictors table;
    retain_hazard m;
    size_t cells = 0, reasons = 0;
    if (!view_hazard(ctx, model, &m) || !view_predictors_of(ctx, predictors, by_row, m.columns, &columns, &table))
        return;
    if (most < 0 || (uint64_t)most > m.columns) {
        refuse(ctx, "most is %lld; it must lie in [0, columns = %zu]", (long long)most, m.columns);
        return;
    }
    if (!multiply_rows(ctx, table.count, m.columns, &cells) || !multiply_rows(ctx, table.count, (size_t)most, &reasons) ||
        !PROVIDE(ctx, contribution, cells) || !PROVIDE(ctx, reason, reasons) || !PROVIDE(ctx, share, reasons) ||
        !PROVIDE(ctx, value, reasons))
        return;
    RUN(ctx, retain_hazard_reasons(ctx, &m, &table, (size_t)most, (retain_direction)direction, contribution->data, reason->data,
                                   share->data, value->data));
}

#endif

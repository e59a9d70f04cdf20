/* Shims of retain/logistic.h. A model crosses as numbers: the intercept, the coefficients, what is missing adds, the references. */
#ifndef RETAIN_SHIMS_LOGISTIC_H
#define RETAIN_SHIMS_LOGISTIC_H

#include <math.h>
#include <string.h>

#include "shims/predictors.h"
#include "shims/support.h"

static int view_logistic(retain_context *ctx, in_doubles model, retain_logistic *into)
{
    size_t columns;
    if (!REQUIRE(ctx, model))
        return 0;
    columns = model.count / 3;
    if (model.count % 3 != 1 || columns < 1 || columns > RETAIN_PREDICTORS_MOST)
        return refuse(ctx, "model has %zu numbers; it needs an intercept and three for each of 1 to %d columns", model.count,
                      RETAIN_PREDICTORS_MOST);
    memset(into, 0, sizeof *into);
    into->columns = columns;
    into->intercept = model.data[0];
    memcpy(into->coefficient, model.data + 1, columns * sizeof(double));
    memcpy(into->missing, model.data + 1 + columns, columns * sizeof(double));
    memcpy(into->reference, model.data + 1 + 2 * columns, columns * sizeof(double));
    return 1;
}

static int view_logistic_covariance(retain_context *ctx, in_doubles covariance, size_t columns)
{
    const size_t entries = 1 + 2 * columns;
    if (!covariance.data || covariance.count == entries * entries)
        return 1;
    return refuse(ctx, "covariance has %zu numbers; it needs %zu, those of the fit", covariance.count, entries * entries);
}

static void record_logistic(retain_context *ctx, const retain_logistic *fitted, const retain_logistic_report *report,
                            out_doubles *model, record *result)
{
    const size_t columns = fitted->columns;
    if (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CONVERGENCE)
        return;
    if (model->data) {
        model->data[0] = fitted->intercept;
        memcpy(model->data + 1, fitted->coefficient, columns * sizeof(double));
        memcpy(model->data + 1 + columns, fitted->missing, columns * sizeof(double));
        memcpy(model->data + 1 + 2 * columns, fitted->reference, columns * sizeof(double));
    }
    record_whole(result, "status", (int64_t)ctx->status);
    record_text(result, "verdict", retain_logistic_verdict_name(report->verdict));
    record_text(result, "explanation", report->explanation);
    record_whole(result, "rows", (int64_t)report->rows);
    record_number(result, "customers", report->customers);
    record_number(result, "events", report->events);
    record_whole(result, "missing", (int64_t)report->missing);
    record_whole(result, "iterations", report->iterations);
    record_whole(result, "evaluations", report->evaluations);
    record_number(result, "log_likelihood", report->log_likelihood);
    record_number(result, "null_log_likelihood", report->null_log_likelihood);
    record_number(result, "deviance_explained", report->deviance_explained);
    record_number(result, "objective", report->objective);
    record_number(result, "gradient_norm", report->gradient_norm);
    record_number(result, "degrees", report->degrees);
    ctx->status = RETAIN_OK;
}

static void logistic_fit(retain_context *ctx, in_doubles predictors, int by_row, in_flags outcome, in_doubles weight, double l2,
                         double l1, int unscaled, int balanced, double weight_of_0, double weight_of_1, int missing, double level,
                         int iterations, out_doubles *model, out_bytes *kind, out_doubles *standard_error, out_doubles *low,
                         out_doubles *high, out_doubles *p_value, out_doubles *scale, out_doubles *odds_ratio,
                         out_doubles *odds_ratio_scale, out_doubles *marginal, out_doubles *marginal_error,
                         out_doubles *marginal_low, out_doubles *marginal_high, out_doubles *covariance, record *result)
{
    const retain_logistic_options options = {
        sizeof options, l2,        l1, unscaled, balanced, {weight_of_0, weight_of_1}, (retain_logistic_missing)missing,
        level,          iterations};
    retain_logistic_report report = RETAIN_LOGISTIC_REPORT_INIT;
    retain_logistic_effects effects;
    retain_logistic fitted;
    predictor_columns columns;
    retain_predictors table;
    size_t n;
    if (!REQUIRE(ctx, outcome) || !MATCH(ctx, weight, outcome) ||
        !view_predictors(ctx, predictors, by_row, outcome.count, "outcome", &columns, &table))
        return;
    n = 1 + 2 * table.columns;
    if (!PROVIDE(ctx, model, 1 + 3 * table.columns) || !PROVIDE(ctx, kind, n) || !PROVIDE(ctx, standard_error, n) ||
        !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n) || !PROVIDE(ctx, p_value, n) || !PROVIDE(ctx, scale, n) ||
        !PROVIDE(ctx, odds_ratio, n) || !PROVIDE(ctx, odds_ratio_scale, n) || !PROVIDE(ctx, marginal, n) ||
        !PROVIDE(ctx, marginal_error, n) || !PROVIDE(ctx, marginal_low, n) || !PROVIDE(ctx, marginal_high, n) ||
        !PROVIDE(ctx, covariance, n * n))
        return;
    effects = (retain_logistic_effects){.kind = kind->data,
                                        .standard_error = standard_error->data,
                                        .low = low->data,
                                        .high = high->data,
                                        .p_value = p_value->data,
                                        .scale = scale->data,
                                        .odds_ratio = odds_ratio->data,
                                        .odds_ratio_scale = odds_ratio_scale->data,
                                        .marginal = marginal->data,
                                        .marginal_error = marginal_error->data,
                                        .marginal_low = marginal_low->data,
                                        .marginal_high = marginal_high->data};
    RUN(ctx, retain_logistic_fit(ctx, &table, outcome.data, weight.data, &options, &fitted, &report, &effects, covariance->data));
    record_logistic(ctx, &fitted, &report, model, result);
}

static void logistic_probability(retain_context *ctx, in_doubles model, in_doubles predictors, int by_row, in_doubles covariance,
                                 double level, out_doubles *probability, out_doubles *log_odds, out_doubles *low, out_doubles *high)
{
    predictor_columns columns;
    retain_predictors table;
    retain_logistic m;
    if (!view_logistic(ctx, model, &m) || !view_logistic_covariance(ctx, covariance, m.columns) ||
        !view_predictors_of(ctx, predictors, by_row, m.columns, &columns, &table) || !PROVIDE(ctx, probability, table.count) ||
        !PROVIDE(ctx, log_odds, table.count) || !PROVIDE(ctx, low, table.count) || !PROVIDE(ctx, high, table.count))
        return;
    RUN(ctx, retain_logistic_probability(ctx, &m, &table, covariance.data, level, probability->data, log_odds->data, low->data,
                                         high->data));
}

static void logistic_reasons(retain_context *ctx, in_doubles model, in_doubles predictors, int by_row, int64_t most, int direction,
                             out_doubles *contribution, out_ints *reason, out_doubles *share, out_doubles *value, record *result)
{
    predictor_columns columns;
    retain_predictors table;
    retain_logistic m;
    double base = 0.0;
    size_t cells = 0, reasons = 0;
    if (!view_logistic(ctx, model, &m) || !view_predictors_of(ctx, predictors, by_row, m.columns, &columns, &table))
        return;
    if (most < 0 || (uint64_t)most > m.columns) {
        refuse(ctx, "most is %lld; it must lie in [0, columns = %zu]", (long long)most, m.columns);
        return;
    }
    if (!multiply_rows(ctx, table.count, m.columns, &cells) || !multiply_rows(ctx, table.count, (size_t)most, &reasons) ||
        !PROVIDE(ctx, contribution, cells) || !PROVIDE(ctx, reason, reasons) || !PROVIDE(ctx, share, reasons) ||
        !PROVIDE(ctx, value, reasons))
        return;
    RUN(ctx, retain_logistic_reasons(ctx, &m, &table, (size_t)most, (retain_direction)direction, &base, contribution->data,
                                     reason->data, share->data, value->data));
    if (ctx->status == RETAIN_OK)
        record_number(result, "base", base);
}

#endif

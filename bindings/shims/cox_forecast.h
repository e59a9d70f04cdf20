/* Shims of retain/cox_forecast.h and retain/cox_check.h. A baseline crosses as its columns. */
#ifndef RETAIN_SHIMS_COX_FORECAST_H
#define RETAIN_SHIMS_COX_FORECAST_H

#include "shims/cox.h"

static int view_cox_baseline(retain_context *ctx, in_ints stratum, in_doubles time, in_doubles hazard, in_doubles variance,
                             in_doubles drift, size_t predictors, retain_cox_baseline *into)
{
    if (!REQUIRE(ctx, time) || !REQUIRE(ctx, hazard) || !MATCH(ctx, stratum, time) || !MATCH(ctx, hazard, time) ||
        !MATCH(ctx, variance, time))
        return 0;
    if (drift.data && (drift.count % predictors != 0 || drift.count / predictors != time.count))
        return refuse(ctx, "drift has %zu numbers; it needs %zu in each of %zu rows", drift.count, predictors, time.count);
    *into = (retain_cox_baseline){time.count, stratum.data, time.data, hazard.data, variance.data, drift.data};
    return 1;
}

static void cox_steps(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                      in_doubles predictors, int by_row, in_ints stratum, int64_t strata, in_doubles model, out_ints *step_stratum,
                      out_doubles *time, out_doubles *at_risk, out_doubles *events, out_doubles *hazard, out_doubles *variance,
                      out_doubles *drift, record *result)
{
    const in_ints customer = {NULL, 0, "customer"};
    retain_cox_steps_columns into;
    predictor_columns columns;
    retain_cox_rows rows;
    size_t capacity = exit.count, cells = 0, count = 0, of_drift;
    const size_t n = exit.count;
    retain_cox m;
    if (!view_cox(ctx, model, &m) ||
        !view_cox_rows(ctx, exit, event, entry, weight, predictors, by_row, stratum, strata, customer, &columns, &rows) ||
        !multiply_rows(ctx, n, m.predictors, &cells))
        return;
    of_drift = cells;
    if (!PROVIDE_UP_TO(ctx, step_stratum, n, &capacity) || !PROVIDE_UP_TO(ctx, time, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, at_risk, n, &capacity) || !PROVIDE_UP_TO(ctx, events, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, hazard, n, &capacity) || !PROVIDE_UP_TO(ctx, variance, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, drift, cells, &of_drift))
        return;
    capacity = of_drift / m.predictors < capacity ? of_drift / m.predictors : capacity;
    into = (retain_cox_steps_columns){step_stratum->data, time->data,     at_risk->data, events->data,
                                      hazard->data,       variance->data, drift->data};
    RUN(ctx, retain_cox_steps(ctx, &rows, &m, &into, capacity, &count));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(step_stratum, count);
    TRIM(time, count);
    TRIM(at_risk, count);
    TRIM(events, count);
    TRIM(hazard, count);
    TRIM(variance, count);
    TRIM(drift, count * m.predictors);
    record_whole(result, "count", (int64_t)count);
}

static int view_cox_question(retain_context *ctx, in_doubles model, in_ints step_stratum, in_doubles time, in_doubles hazard,
                             in_doubles variance, in_doubles drift, in_doubles predictors, int by_row, in_ints stratum,
                             in_doubles lasted, retain_cox *m, retain_cox_baseline *baseline, predictor_columns *columns,
                             retain_predictors *table)
{
    if (!view_cox(ctx, model, m) || !view_cox_baseline(ctx, step_stratum, time, hazard, variance, drift, m->predictors, baseline) ||
        !view_predictors_of(ctx, predictors, by_row, m->predictors, columns, table))
        return 0;
    return match_length(ctx, stratum.data, stratum.count, stratum.name, table->count, predictors.name) &&
           match_length(ctx, lasted.data, lasted.count, lasted.name, table->count, predictors.name);
}

static void cox_survival(retain_context *ctx, in_doubles model, in_ints step_stratum, in_doubles time, in_doubles hazard,
                         in_doubles variance, in_doubles drift, in_doubles covariance, in_doubles predictors, int by_row,
                         in_ints stratum, in_doubles lasted, double level, int interval, in_doubles ahead, out_doubles *survival,
                         out_doubles *standard_error, out_doubles *low, out_doubles *high)
{
    retain_cox_baseline baseline;
    predictor_columns columns;
    retain_predictors table;
    size_t cells = 0;
    retain_cox m;
    if (!view_cox_question(ctx, model, step_stratum, time, hazard, variance, drift, predictors, by_row, stratum, lasted, &m,
                           &baseline, &columns, &table) ||
        !view_cox_covariance(ctx, covariance, m.predictors) || !REQUIRE(ctx, ahead) ||
        !multiply_rows(ctx, table.count, ahead.count, &cells) || !PROVIDE(ctx, survival, cells) ||
        !PROVIDE(ctx, standard_error, cells) || !PROVIDE(ctx, low, cells) || !PROVIDE(ctx, high, cells))
        return;
    RUN(ctx, retain_cox_survival(ctx, &m, &baseline, covariance.data, &table, stratum.data, lasted.data, level,
                                 (retain_cox_interval)interval, ahead.data, ahead.count, survival->data, standard_error->data,
                                 low->data, high->data));
    say_lasted(ctx);
}

static void cox_remaining(retain_context *ctx, in_doubles model, in_ints step_stratum, in_doubles time, in_doubles hazard,
                          in_doubles variance, in_doubles drift, in_doubles covariance, in_doubles predictors, int by_row,
                          in_ints stratum, in_doubles lasted, double level, double horizon, out_doubles *mean,
                          out_doubles *standard_error, out_doubles *low, out_doubles *high)
{
    retain_cox_baseline baseline;
    predictor_columns columns;
    retain_predictors table;
    retain_cox m;
    if (!view_cox_question(ctx, model, step_stratum, time, hazard, variance, drift, predictors, by_row, stratum, lasted, &m,
                           &baseline, &columns, &table) ||
        !view_cox_covariance(ctx, covariance, m.predictors) || !PROVIDE(ctx, mean, table.count) ||
        !PROVIDE(ctx, standard_error, table.count) || !PROVIDE(ctx, low, table.count) || !PROVIDE(ctx, high, table.count))
        return;
    RUN(ctx, retain_cox_remaining(ctx, &m, &baseline, covariance.data, &table, stratum.data, lasted.data, level, horizon,
                                  mean->data, standard_error->data, low->data, high->data));
    say_lasted(ctx);
}

static void cox_quantile(retain_context *ctx, in_doubles model, in_ints step_stratum, in_doubles time, in_doubles hazard,
                         in_doubles predictors, int by_row, in_ints stratum, in_doubles lasted, double share, out_doubles *quantile)
{
    const in_doubles none = {NULL, 0, "variance"};
    retain_cox_baseline baseline;
    predictor_columns columns;
    retain_predictors table;
    retain_cox m;
    if (!view_cox_question(ctx, model, step_stratum, time, hazard, none, none, predictors, by_row, stratum, lasted, &m, &baseline,
                           &columns, &table) ||
        !PROVIDE(ctx, quantile, table.count))
        return;
    RUN(ctx, retain_cox_quantile(ctx, &m, &baseline, &table, stratum.data, lasted.data, share, quantile->data));
    say_lasted(ctx);
}

static void cox_proportional(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                             in_doubles predictors, int by_row, in_ints stratum, int64_t strata, in_doubles model, int transform,
                             out_doubles *chi_squared, out_doubles *p_value)
{
    const in_ints customer = {NULL, 0, "customer"};
    predictor_columns columns;
    retain_cox_rows rows;
    retain_cox m;
    if (!view_cox(ctx, model, &m) ||
        !view_cox_rows(ctx, exit, event, entry, weight, predictors, by_row, stratum, strata, customer, &columns, &rows) ||
        !PROVIDE(ctx, chi_squared, m.predictors + 1) || !PROVIDE(ctx, p_value, m.predictors + 1))
        return;
    RUN(ctx, retain_cox_proportional(ctx, &rows, &m, (retain_cox_transform)transform, chi_squared->data, p_value->data));
}

static void cox_schoenfeld(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                           in_doubles predictors, int by_row, in_ints stratum, int64_t strata, in_doubles model, out_ints *row,
                           out_doubles *time, out_doubles *residual, out_doubles *scaled, record *result)
{
    const in_ints customer = {NULL, 0, "customer"};
    retain_cox_events_columns into;
    predictor_columns columns;
    retain_cox_rows rows;
    size_t capacity = exit.count, cells = 0, of_cells, count = 0;
    retain_cox m;
    if (!view_cox(ctx, model, &m) ||
        !view_cox_rows(ctx, exit, event, entry, weight, predictors, by_row, stratum, strata, customer, &columns, &rows) ||
        !multiply_rows(ctx, exit.count, m.predictors, &cells))
        return;
    of_cells = cells;
    if (!PROVIDE_UP_TO(ctx, row, exit.count, &capacity) || !PROVIDE_UP_TO(ctx, time, exit.count, &capacity) ||
        !PROVIDE_UP_TO(ctx, residual, cells, &of_cells) || !PROVIDE_UP_TO(ctx, scaled, cells, &of_cells))
        return;
    capacity = of_cells / m.predictors < capacity ? of_cells / m.predictors : capacity;
    into = (retain_cox_events_columns){row->data, time->data, residual->data, scaled->data};
    RUN(ctx, retain_cox_schoenfeld(ctx, &rows, &m, &into, capacity, &count));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(row, count);
    TRIM(time, count);
    TRIM(residual, count * m.predictors);
    TRIM(scaled, count * m.predictors);
    record_whole(result, "count", (int64_t)count);
}

static void cox_residuals(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                          in_doubles predictors, int by_row, in_ints stratum, int64_t strata, in_doubles model,
                          out_doubles *martingale, out_doubles *deviance, out_doubles *score, out_doubles *influence)
{
    const in_ints customer = {NULL, 0, "customer"};
    predictor_columns columns;
    retain_cox_rows rows;
    size_t cells = 0;
    retain_cox m;
    if (!view_cox(ctx, model, &m) ||
        !view_cox_rows(ctx, exit, event, entry, weight, predictors, by_row, stratum, strata, customer, &columns, &rows) ||
        !multiply_rows(ctx, exit.count, m.predictors, &cells) || !PROVIDE(ctx, martingale, exit.count) ||
        !PROVIDE(ctx, deviance, exit.count) || !PROVIDE(ctx, score, cells) || !PROVIDE(ctx, influence, cells))
        return;
    RUN(ctx, retain_cox_residuals(ctx, &rows, &m, martingale->data, deviance->data, score->data, influence->data));
}

#endif

/* Shims of retain/accelerated.h. A model crosses as numbers: family, scale, shape, the coefficients, and as many predictors of the reference
 * customer. */
#ifndef RETAIN_SHIMS_ACCELERATED_H
#define RETAIN_SHIMS_ACCELERATED_H

#include <math.h>
#include <string.h>

#include "shims/predictors.h"
#include "shims/survival.h"

enum { ACCELERATED_HEAD = 3 };

static int view_accelerated(retain_context *ctx, in_doubles model, retain_accelerated *into)
{
    size_t n;
    if (!REQUIRE(ctx, model))
        return 0;
    if (model.count < ACCELERATED_HEAD || model.count % 2 == 0 ||
        (model.count - ACCELERATED_HEAD) / 2 > RETAIN_ACCELERATED_PREDICTORS)
        return refuse(ctx, "model has %zu numbers; it needs family, scale, shape, the coefficients and as many reference values",
                      model.count);
    if (!(model.data[0] >= 0.0 && model.data[0] <= 1e6 && model.data[0] == floor(model.data[0])))
        return refuse(ctx, "model[0] is %g; it must be the number of a family", model.data[0]);
    n = (model.count - ACCELERATED_HEAD) / 2;
    memset(into, 0, sizeof *into);
    into->family = (retain_accelerated_family)(int)model.data[0];
    into->predictors = n;
    into->scale = model.data[1];
    into->shape = model.data[2];
    memcpy(into->coefficient, model.data + ACCELERATED_HEAD, n * sizeof(double));
    memcpy(into->reference, model.data + ACCELERATED_HEAD + n, n * sizeof(double));
    return 1;
}

static void accelerated_fit(retain_context *ctx, int family, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                            in_doubles predictors, int by_row, int iterations, double level, double coefficient_sd,
                            out_doubles *model, record *result)
{
    const retain_fit_options options = {
        .struct_size = sizeof options, .iterations = iterations, .level = level, .coefficient_sd = coefficient_sd};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_durations durations;
    predictor_columns columns;
    retain_predictors table;
    retain_accelerated fitted;
    size_t n;
    if (!view_durations(ctx, exit, event, entry, weight, &durations) ||
        !view_predictors(ctx, predictors, by_row, exit.count, exit.name, &columns, &table))
        return;
    n = table.columns;
    if (!PROVIDE(ctx, model, ACCELERATED_HEAD + 2 * n))
        return;
    RUN(ctx, retain_accelerated_fit(ctx, (retain_accelerated_family)family, &durations, &table, &options, &fitted, &report));
    if (model->data && (ctx->status == RETAIN_OK || ctx->status == RETAIN_ERROR_CONVERGENCE)) {
        model->data[0] = (double)fitted.family;
        model->data[1] = fitted.scale;
        model->data[2] = fitted.shape;
        memcpy(model->data + ACCELERATED_HEAD, fitted.coefficient, n * sizeof(double));
        memcpy(model->data + ACCELERATED_HEAD + n, fitted.reference, n * sizeof(double));
    }
    record_fit(ctx, result, &report);
}

static int view_accelerated_question(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles predictors,
                                     int by_row, in_doubles lasted, retain_accelerated *m, predictor_columns *columns,
                                     retain_predictors *table)
{
    if (!view_accelerated(ctx, model, m) || !REQUIRE(ctx, lasted))
        return 0;
    if (covariance.data && covariance.count != (2 + m->predictors) * (2 + m->predictors))
        return refuse(ctx, "covariance has %zu numbers; it needs %zu, those of the fit's report", covariance.count,
                      (2 + m->predictors) * (2 + m->predictors));
    return view_rows_asked_about(ctx, predictors, by_row, m->predictors, lasted, columns, table);
}

static void accelerated_survival(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles predictors, int by_row,
                                 in_doubles lasted, double level, in_doubles ahead, out_doubles *survival, out_doubles *low,
                                 out_doubles *high)
{
    predictor_columns columns;
    retain_predictors table;
    retain_accelerated m;
    size_t cells = 0;
    if (!view_accelerated_question(ctx, model, covariance, predictors, by_row, lasted, &m, &columns, &table) ||
        !REQUIRE(ctx, ahead) || !multiply_rows(ctx, table.count, ahead.count, &cells) || !PROVIDE(ctx, survival, cells) ||
        !PROVIDE(ctx, low, cells) || !PROVIDE(ctx, high, cells))
        return;
    RUN(ctx, retain_accelerated_survival(ctx, &m, covariance.data, &table, lasted.data, level, ahead.data, ahead.count,
                                         survival->data, low->data, high->data));
    say_lasted(ctx);
}

static void accelerated_quantile(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles predictors, int by_row,
                                 in_doubles lasted, double level, double share, out_doubles *quantile, out_doubles *low,
                                 out_doubles *high)
{
    predictor_columns columns;
    retain_predictors table;
    retain_accelerated m;
    if (!view_accelerated_question(ctx, model, covariance, predictors, by_row, lasted, &m, &columns, &table) ||
        !PROVIDE(ctx, quantile, table.count) || !PROVIDE(ctx, low, table.count) || !PROVIDE(ctx, high, table.count))
        return;
    RUN(ctx, retain_accelerated_quantile(ctx, &m, covariance.data, &table, lasted.data, level, share, quantile->data, low->data,
                                         high->data));
    say_lasted(ctx);
}

static void accelerated_remaining(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles predictors, int by_row,
                                  in_doubles lasted, double level, double horizon, out_doubles *mean, out_doubles *low,
                                  out_doubles *high)
{
    predictor_columns columns;
    retain_predictors table;
    retain_accelerated m;
    if (!view_accelerated_question(ctx, model, covariance, predictors, by_row, lasted, &m, &columns, &table) ||
        !PROVIDE(ctx, mean, table.count) || !PROVIDE(ctx, low, table.count) || !PROVIDE(ctx, high, table.count))
        return;
    RUN(ctx, retain_accelerated_remaining(ctx, &m, covariance.data, &table, lasted.data, level, horizon, mean->data, low->data,
                                          high->data));
    say_lasted(ctx);
}

#endif

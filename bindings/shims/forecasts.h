/* Shims of retain/btyd_future.h and retain/btyd_interval.h. A question crosses as six numbers: quantity, start and end of its window, delta,
 * n and share. */
#ifndef RETAIN_SHIMS_FORECASTS_H
#define RETAIN_SHIMS_FORECASTS_H

#include "shims/models.h"

static retain_btyd_question view_question(int quantity, double start, double end, double delta, double n, double share)
{
    retain_btyd_question question = {sizeof question, (retain_btyd_quantity)quantity, start, end, delta, n, share};
    return question;
}

/* The covariance of a model's parameters. */
static int view_covariance(retain_context *ctx, in_doubles covariance, const retain_btyd *model)
{
    size_t count = retain_btyd_parameters(model->family) + 2 * model->covariates;
    if (!covariance.data || covariance.count == count * count)
        return 1;
    return refuse(ctx, "covariance has %zu numbers; it needs %zu, for %zu parameters and coefficients of the model", covariance.count, count * count, count);
}

static void btyd_forecast(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days, in_doubles covariates,
                          int quantity, double start, double end, double delta, double n, double share, out_doubles *values)
{
    retain_btyd_question question = view_question(quantity, start, end, delta, n, share);
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !PROVIDE(ctx, values, customers.count))
        return;
    RUN(ctx, retain_btyd_forecast(ctx, &m, &customers, &question, values->data));
}

static void btyd_interval(retain_context *ctx, in_doubles model, in_doubles covariance, in_counts frequency, in_counts t_x, in_counts T,
                          double unit_days, in_doubles covariates, int quantity, double start, double end, double delta, double n, double share, double level,
                          out_doubles *values, out_doubles *low, out_doubles *high)
{
    retain_btyd_question question = view_question(quantity, start, end, delta, n, share);
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !REQUIRE(ctx, covariance) ||
        !view_covariance(ctx, covariance, &m) || !PROVIDE(ctx, values, customers.count) || !PROVIDE(ctx, low, customers.count) ||
        !PROVIDE(ctx, high, customers.count))
        return;
    RUN(ctx, retain_btyd_interval(ctx, &m, covariance.data, &customers, &question, level, values->data, low->data, high->data));
}

static void record_sum(record *result, const retain_btyd_sum *sum)
{
    record_number(result, "value", sum->value);
    record_number(result, "standard_error", sum->standard_error);
    record_number(result, "low", sum->low);
    record_number(result, "high", sum->high);
    record_number(result, "variance", sum->variance);
    record_number(result, "least", sum->least);
    record_number(result, "most", sum->most);
}

static void btyd_total(retain_context *ctx, in_doubles model, in_doubles covariance, in_counts frequency, in_counts t_x, in_counts T,
                       in_doubles weight, double unit_days, in_doubles covariates, int quantity, double start, double end, double delta, double n,
                       double share, in_doubles worth, double level, record *result)
{
    retain_btyd_question question = view_question(quantity, start, end, delta, n, share);
    retain_btyd_sum sum = {sizeof sum, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    in_doubles spend = {NULL, 0, "spend"};
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) || !view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) ||
        !MATCH(ctx, worth, frequency) || !view_covariance(ctx, covariance, &m))
        return;
    RUN(ctx, retain_btyd_total(ctx, &m, covariance.data, &customers, &question, worth.data, level, &sum));
    record_sum(result, &sum);
}

static void btyd_distribution(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T,
                              double unit_days, in_doubles covariates, double start, double end, int64_t counts, out_doubles *probabilities)
{
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    size_t cells = 0;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers))
        return;
    if (counts < 1 || counts > 1000001) {
        refuse(ctx, "counts is %lld; it must lie in [1, 10^6 + 1]", (long long)counts);
        return;
    }
    if (!multiply_rows(ctx, customers.count, (size_t)counts, &cells) || !PROVIDE(ctx, probabilities, cells))
        return;
    RUN(ctx, retain_btyd_distribution(ctx, &m, &customers, start, end, (size_t)counts, probabilities->data));
}

static void btyd_history(retain_context *ctx, in_doubles model, in_counts ages, in_counts instants, out_doubles *alive)
{
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) || !REQUIRE(ctx, ages) || !REQUIRE(ctx, instants) || !PROVIDE(ctx, alive, instants.count))
        return;
    RUN(ctx, retain_btyd_history(ctx, &m, ages.data, ages.count, instants.data, instants.count, alive->data));
}

static void btyd_tracking(retain_context *ctx, in_doubles model, in_counts births, in_doubles weight, in_counts times,
                          out_doubles *expected)
{
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) || !REQUIRE(ctx, births) || !MATCH(ctx, weight, births) || !REQUIRE(ctx, times) ||
        !PROVIDE(ctx, expected, times.count))
        return;
    RUN(ctx, retain_btyd_tracking(ctx, &m, births.data, weight.data, births.count, times.data, times.count, expected->data));
}

#endif

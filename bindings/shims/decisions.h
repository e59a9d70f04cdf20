/* Shims of retain/clv.h and retain/churn.h, and the two texts of the core. */
#ifndef RETAIN_SHIMS_DECISIONS_H
#define RETAIN_SHIMS_DECISIONS_H

#include "shims/models.h"

static double clv_delta(double annual_rate, double unit_days)
{
    return retain_clv_delta(annual_rate, unit_days);
}

static void clv_historic(retain_context *ctx, in_doubles revenue, in_doubles margins, double margin, out_doubles *historic)
{
    retain_clv_options options = {sizeof options, 0.0, 0.0, margin};
    if (!REQUIRE(ctx, revenue) || !MATCH(ctx, margins, revenue) || !PROVIDE(ctx, historic, revenue.count))
        return;
    RUN(ctx, retain_clv_historic(ctx, revenue.data, margins.data, revenue.count, &options, historic->data));
}

static void clv_residual(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days, in_doubles covariates,
                         in_doubles value, in_doubles margins, double horizon_days, double annual_rate, double margin,
                         out_doubles *residual)
{
    retain_clv_options options = {sizeof options, horizon_days, annual_rate, margin};
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !REQUIRE(ctx, value) ||
        !MATCH(ctx, value, frequency) || !MATCH(ctx, margins, frequency) || !PROVIDE(ctx, residual, customers.count))
        return;
    RUN(ctx, retain_clv_residual(ctx, &m, &customers, value.data, margins.data, &options, residual->data));
}

static void clv_total(retain_context *ctx, in_doubles historic, in_doubles residual, out_doubles *total)
{
    if (!REQUIRE(ctx, historic) || !REQUIRE(ctx, residual) || !MATCH(ctx, residual, historic) ||
        !PROVIDE(ctx, total, historic.count))
        return;
    RUN(ctx, retain_clv_total(ctx, historic.data, residual.data, historic.count, total->data));
}

static void clv_at_risk(retain_context *ctx, in_doubles risk, in_doubles residual, out_doubles *value_at_risk, record *result)
{
    double sum = 0.0;
    if (!REQUIRE(ctx, risk) || !REQUIRE(ctx, residual) || !MATCH(ctx, residual, risk) || !PROVIDE(ctx, value_at_risk, risk.count))
        return;
    RUN(ctx, retain_clv_at_risk(ctx, risk.data, residual.data, risk.count, value_at_risk->data, &sum));
    record_number(result, "sum", sum);
}

static void churn_risk(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days, in_doubles covariates,
                       double horizon_days, int kind, out_doubles *risk)
{
    retain_churn_options options = {sizeof options, horizon_days, (retain_churn_kind)kind};
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !PROVIDE(ctx, risk, customers.count))
        return;
    RUN(ctx, retain_churn_risk(ctx, &m, &customers, &options, risk->data));
}

static void churn_bands(retain_context *ctx, in_doubles risk, in_doubles cuts, out_bytes *band)
{
    if (!REQUIRE(ctx, risk) || !PROVIDE(ctx, band, risk.count))
        return;
    RUN(ctx, retain_churn_bands(ctx, risk.data, risk.count, cuts.data, cuts.count, band->data));
}

static void churn_expected_loss(retain_context *ctx, in_doubles risk, in_doubles residual, double cost, double effect,
                                out_doubles *loss, out_doubles *gain)
{
    if (!REQUIRE(ctx, risk) || !REQUIRE(ctx, residual) || !MATCH(ctx, residual, risk) || !PROVIDE(ctx, loss, risk.count) ||
        !PROVIDE(ctx, gain, risk.count))
        return;
    RUN(ctx, retain_churn_expected_loss(ctx, risk.data, residual.data, risk.count, cost, effect, loss->data, gain->data));
}

static const char *version(void)
{
    return retain_version();
}

static const char *status_name(int status)
{
    return retain_status_name((retain_status)status);
}

#endif

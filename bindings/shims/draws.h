/* Shims of retain/draws.h and retain/btyd_draws.h. Draws cross as one array, row by row; a model only for its family, unit of time and covariates. */
#ifndef RETAIN_SHIMS_DRAWS_H
#define RETAIN_SHIMS_DRAWS_H

#include "shims/forecasts.h"

/* As record_fit: draws that cannot be trusted are handed back, and the layer above raises with them in hand. */
static void record_draws(retain_context *ctx, record *result, const retain_draws_report *report)
{
    if (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CONVERGENCE)
        return;
    record_whole(result, "status", (int64_t)ctx->status);
    record_whole(result, "verdict", (int64_t)report->verdict);
    record_whole(result, "draws", (int64_t)report->draws);
    record_whole(result, "divergences", (int64_t)report->divergences);
    record_whole(result, "failed", (int64_t)report->failed);
    record_whole(result, "open", (int64_t)report->open);
    record_whole(result, "evaluations", (int64_t)report->evaluations);
    record_number(result, "acceptance", report->acceptance);
    record_number(result, "r_hat", report->r_hat);
    record_number(result, "ess_bulk", report->ess_bulk);
    record_number(result, "ess_tail", report->ess_tail);
    record_number(result, "prior_sd", report->prior_sd);
    record_number(result, "coefficient_sd", report->coefficient_sd);
    record_text(result, "explanation", report->explanation);
    ctx->status = RETAIN_OK;
}

/* Options and customers of a fit, as btyd_fit takes them. */
static int view_fit(retain_context *ctx, int family, in_counts frequency, in_counts t_x, in_counts T, in_doubles weight, in_doubles log_gaps,
                    double unit_days, in_doubles covariates, int covariate_count, in_bytes purchase, in_bytes lifetime, in_bytes equal, in_doubles fixed,
                    double prior_sd, double coefficient_sd, in_doubles prior_centre, int iterations, int k, const double **columns,
                    retain_customers *customers, retain_fit_options *options, size_t *entries)
{
    in_doubles none = {NULL, 0, "spend"};
    const size_t n = retain_btyd_parameters((retain_btyd_family)family);
    const size_t m = covariate_count > 0 && covariate_count <= RETAIN_BTYD_COVARIATES ? (size_t)covariate_count : 0;
    const retain_fit_options given = {.struct_size = sizeof given,
                                      .iterations = iterations,
                                      .k = k,
                                      .prior_sd = prior_sd,
                                      .coefficient_sd = coefficient_sd,
                                      .prior_centre = prior_centre.data,
                                      .fixed = fixed.data,
                                      .purchase = purchase.data,
                                      .lifetime = lifetime.data,
                                      .equal = equal.data};
    *options = given;
    *entries = n + 2 * m;
    if (covariate_count < 0 || covariate_count > RETAIN_BTYD_COVARIATES)
        return refuse(ctx, "covariate_count is %d; it must lie in [0, %d]", covariate_count, RETAIN_BTYD_COVARIATES);
    if (!view_customers(ctx, frequency, t_x, T, none, weight, unit_days, customers) || !MATCH(ctx, log_gaps, frequency))
        return 0;
    customers->log_gaps = log_gaps.data;
    return view_covariates(ctx, covariates, m, columns, customers) &&
           (!n || view_length(ctx, "prior_centre", prior_centre.data, prior_centre.count, n)) &&
           (!n || view_length(ctx, "fixed", fixed.data, fixed.count, n + 2 * m)) &&
           view_length(ctx, "purchase", purchase.data, purchase.count, m) &&
           view_length(ctx, "lifetime", lifetime.data, lifetime.count, m) && view_length(ctx, "equal", equal.data, equal.count, m);
}

/* A number of draws, and the cells that they have. */
static int view_draws(retain_context *ctx, int64_t chains, int64_t draws, size_t entries, size_t *cells)
{
    size_t rows = 0;
    if (chains < 0 || chains > 1000000000)
        return refuse(ctx, "chains is %lld; it must lie in [1, 64]", (long long)chains);
    if (draws < 0 || draws > 1000000000)
        return refuse(ctx, "draws is %lld; it must be at most 10^7", (long long)draws);
    return multiply_rows(ctx, (size_t)chains, (size_t)draws, &rows) && multiply_rows(ctx, rows, entries, cells);
}

static void btyd_posterior(retain_context *ctx, int family, in_counts frequency, in_counts t_x, in_counts T, in_doubles weight,
                           in_doubles log_gaps, double unit_days, in_doubles covariates, int covariate_count, in_bytes purchase, in_bytes lifetime,
                           in_bytes equal, in_doubles fixed, double prior_sd, double coefficient_sd, in_doubles prior_centre,
                           int iterations, int k, uint64_t seed, int64_t chains, int64_t draws, out_doubles *model, out_doubles *values,
                           record *result)
{
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_fit_options options;
    retain_customers customers;
    retain_btyd mode;
    covariate_columns columns;
    size_t entries = 0, cells = 0;
    if (chains < 1 || chains > 64) {
        refuse(ctx, "chains is %lld; it must lie in [1, 64]", (long long)chains);
        return;
    }
    if (draws < 4 || draws > 1000000) {
        refuse(ctx, "draws is %lld; it must lie in [4, 10^6]", (long long)draws);
        return;
    }
    if (!view_fit(ctx, family, frequency, t_x, T, weight, log_gaps, unit_days, covariates, covariate_count, purchase, lifetime, equal, fixed, prior_sd,
                  coefficient_sd, prior_centre, iterations, k, columns, &customers, &options, &entries) ||
        !view_draws(ctx, chains, draws, entries, &cells) || !PROVIDE(ctx, model, 2 + entries + (size_t)retain_btyd_is_regular((retain_btyd_family)family)) || !PROVIDE(ctx, values, cells))
        return;
    RUN(ctx, retain_btyd_posterior(ctx, (retain_btyd_family)family, &customers, &options, seed, (size_t)chains, (size_t)draws, &mode,
                                   values->data, &report));
    if (model->data && (ctx->status == RETAIN_OK || ctx->status == RETAIN_ERROR_CONVERGENCE))
        record_btyd(&mode, model);
    record_draws(ctx, result, &report);
}

static void btyd_bootstrap(retain_context *ctx, int family, in_counts frequency, in_counts t_x, in_counts T, in_doubles weight,
                           in_doubles log_gaps, double unit_days, in_doubles covariates, int covariate_count, in_bytes purchase, in_bytes lifetime,
                           in_bytes equal, in_doubles fixed, double prior_sd, double coefficient_sd, in_doubles prior_centre,
                           int iterations, int k, uint64_t seed, int64_t draws, out_doubles *model, out_doubles *values, record *result)
{
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_fit_options options;
    retain_customers customers;
    retain_btyd whole;
    covariate_columns columns;
    size_t entries = 0, cells = 0;
    if (draws < 1 || draws > 1000000) {
        refuse(ctx, "draws is %lld; it must lie in [1, 10^6]", (long long)draws);
        return;
    }
    if (!view_fit(ctx, family, frequency, t_x, T, weight, log_gaps, unit_days, covariates, covariate_count, purchase, lifetime, equal, fixed, prior_sd,
                  coefficient_sd, prior_centre, iterations, k, columns, &customers, &options, &entries) ||
        !view_draws(ctx, 1, draws, entries, &cells) || !PROVIDE(ctx, model, 2 + entries + (size_t)retain_btyd_is_regular((retain_btyd_family)family)) || !PROVIDE(ctx, values, cells))
        return;
    RUN(ctx, retain_btyd_bootstrap(ctx, (retain_btyd_family)family, &customers, &options, seed, (size_t)draws, &whole, values->data, &report));
    if (model->data && (ctx->status == RETAIN_OK || ctx->status == RETAIN_ERROR_CONVERGENCE))
        record_btyd(&whole, model);
    record_draws(ctx, result, &report);
}

static void btyd_normal(retain_context *ctx, in_doubles model, in_doubles covariance, uint64_t seed, int64_t draws, out_doubles *values)
{
    retain_btyd m;
    size_t cells = 0;
    if (!view_btyd(ctx, model, &m) || !REQUIRE(ctx, covariance) || !view_covariance(ctx, covariance, &m) ||
        !view_draws(ctx, 1, draws, retain_btyd_parameters(m.family) + 2 * m.covariates, &cells) || !PROVIDE(ctx, values, cells))
        return;
    RUN(ctx, retain_btyd_normal(ctx, &m, covariance.data, seed, (size_t)draws, values->data));
}

/* Rows of draws of a model. */
static int view_values(retain_context *ctx, in_doubles values, int64_t draws, const retain_btyd *model)
{
    size_t entries = retain_btyd_parameters(model->family) + 2 * model->covariates, cells = 0;
    return REQUIRE(ctx, values) && view_draws(ctx, 1, draws, entries, &cells) &&
           (values.count == cells || refuse(ctx, "values has %zu numbers; %lld draws need %zu", values.count, (long long)draws, cells));
}

/* summary[9 * entries]: mean, deviation, median, low, high, error, r_hat, ess_bulk and ess_tail, entry by entry. */
static void record_summary(retain_context *ctx, in_doubles values, size_t parameters, size_t entries, int64_t draws, int64_t chains,
                            double level, out_doubles *summary)
{
    retain_drawn drawn[RETAIN_FIT_PARAMETERS];
    if (chains < 0 || (chains > 0 && draws % chains != 0)) {
        refuse(ctx, "chains is %lld; it must divide the %lld draws, or be 0", (long long)chains, (long long)draws);
        return;
    }
    if (!PROVIDE(ctx, summary, 9 * entries))
        return;
    RUN(ctx, retain_draws_summary(ctx, values.data, parameters, entries, (size_t)chains, (size_t)(chains ? draws / chains : draws), level, drawn));
    for (size_t i = 0; summary->data && ctx->status == RETAIN_OK && i < entries; i++) {
        const double row[] = {drawn[i].mean,  drawn[i].deviation, drawn[i].median,   drawn[i].low,     drawn[i].high,
                              drawn[i].error, drawn[i].r_hat,     drawn[i].ess_bulk, drawn[i].ess_tail};
        memcpy(summary->data + 9 * i, row, sizeof row);
    }
}

static void btyd_draws_summary(retain_context *ctx, in_doubles model, in_doubles values, int64_t draws, int64_t chains, double level, out_doubles *summary)
{
    retain_btyd m;
    if (view_btyd(ctx, model, &m) && view_values(ctx, values, draws, &m))
        record_summary(ctx, values, retain_btyd_parameters(m.family), retain_btyd_parameters(m.family) + 2 * m.covariates, draws, chains, level, summary);
}

static void btyd_draws_interval(retain_context *ctx, in_doubles model, in_doubles values, int64_t draws, in_counts frequency, in_counts t_x, in_counts T,
                                double unit_days, in_doubles covariates, int quantity, double start, double end, double delta, double n,
                                double share, double level, out_doubles *mean, out_doubles *deviation, out_doubles *low, out_doubles *high)
{
    retain_btyd_question question = view_question(quantity, start, end, delta, n, share);
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !view_values(ctx, values, draws, &m) ||
        !PROVIDE(ctx, mean, customers.count) || !PROVIDE(ctx, deviation, customers.count) || !PROVIDE(ctx, low, customers.count) ||
        !PROVIDE(ctx, high, customers.count))
        return;
    RUN(ctx, retain_btyd_draws_interval(ctx, &m, values.data, (size_t)draws, &customers, &question, level, mean->data, deviation->data, low->data,
                                        high->data));
}

static void btyd_draws_total(retain_context *ctx, in_doubles model, in_doubles values, int64_t draws, in_counts frequency, in_counts t_x, in_counts T,
                             in_doubles weight, double unit_days, in_doubles covariates, int quantity, double start, double end, double delta,
                             double n, double share, in_doubles worth, double level, record *result)
{
    retain_btyd_question question = view_question(quantity, start, end, delta, n, share);
    retain_btyd_sum sum = {sizeof sum, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    in_doubles spend = {NULL, 0, "spend"};
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) || !view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !MATCH(ctx, worth, frequency) ||
        !view_values(ctx, values, draws, &m))
        return;
    RUN(ctx, retain_btyd_draws_total(ctx, &m, values.data, (size_t)draws, &customers, &question, worth.data, level, &sum));
    record_sum(result, &sum);
}

#endif

/* Shims of retain/cox.h. A model crosses as numbers: ties, the coefficients, and as many predictors of the reference customer. */
#ifndef RETAIN_SHIMS_COX_H
#define RETAIN_SHIMS_COX_H

#include <math.h>
#include <string.h>

#include "shims/predictors.h"
#include "shims/survival.h"

static int view_cox(retain_context *ctx, in_doubles model, retain_cox *into)
{
    const size_t n = model.count / 2;
    if (!REQUIRE(ctx, model))
        return 0;
    if (model.count % 2 == 0 || n < 1 || n > RETAIN_COX_PREDICTORS)
        return refuse(ctx, "model has %zu numbers; it needs ties, the coefficients and as many reference values", model.count);
    if (!(model.data[0] == 0.0 || model.data[0] == 1.0))
        return refuse(ctx, "model[0] is %g; it must be 0 (Efron) or 1 (Breslow)", model.data[0]);
    memset(into, 0, sizeof *into);
    into->predictors = n;
    into->ties = (retain_cox_ties)(int)model.data[0];
    memcpy(into->coefficient, model.data + 1, n * sizeof(double));
    memcpy(into->reference, model.data + 1 + n, n * sizeof(double));
    return 1;
}

static int view_cox_rows(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                         in_doubles predictors, int by_row, in_ints stratum, int64_t strata, in_ints customer,
                         predictor_columns *columns, retain_cox_rows *into)
{
    memset(into, 0, sizeof *into);
    if (!view_durations(ctx, exit, event, entry, weight, &into->durations) || !MATCH(ctx, stratum, exit) ||
        !MATCH(ctx, customer, exit) || !view_predictors(ctx, predictors, by_row, exit.count, exit.name, columns, &into->predictors))
        return 0;
    if (strata < 0 || strata > INT32_MAX)
        return refuse(ctx, "strata is %lld; it must be 1 to 1024", (long long)strata);
    into->stratum = stratum.data;
    into->strata = (size_t)strata;
    into->customer = customer.data;
    return 1;
}

static int view_cox_covariance(retain_context *ctx, in_doubles covariance, size_t predictors)
{
    if (covariance.data && covariance.count != predictors * predictors)
        return refuse(ctx, "covariance has %zu numbers; it needs %zu, those of the fit's report", covariance.count,
                      predictors * predictors);
    return 1;
}

/* Model, and summary: 13 numbers, then 7 of each predictor. */
enum { COX_SUMMARY = 13, COX_SUMMARY_OF_EACH = 7 };

static void record_cox(const retain_cox *fitted, const retain_cox_summary *found, out_doubles *model, out_doubles *summary)
{
    const size_t n = fitted->predictors;
    const double *const each[] = {
        found->hazard_ratio, found->hazard_ratio_low, found->hazard_ratio_high, found->z, found->p_value, found->plain_error,
        found->spread};
    const double whole[] = {found->events,
                            found->log_likelihood_null,
                            found->log_likelihood,
                            found->degrees,
                            found->score,
                            found->score_p,
                            found->wald,
                            found->wald_p,
                            found->likelihood_ratio,
                            found->likelihood_ratio_p,
                            found->concordance,
                            found->pairs,
                            (double)n};
    if (model->data) {
        model->data[0] = (double)fitted->ties;
        memcpy(model->data + 1, fitted->coefficient, n * sizeof(double));
        memcpy(model->data + 1 + n, fitted->reference, n * sizeof(double));
    }
    if (!summary->data)
        return;
    memcpy(summary->data, whole, sizeof whole);
    for (size_t k = 0; k < COX_SUMMARY_OF_EACH; k++)
        memcpy(summary->data + COX_SUMMARY + k * n, each[k], n * sizeof(double));
}

static void cox_fit(retain_context *ctx, in_doubles exit, in_bytes event, in_doubles entry, in_doubles weight,
                    in_doubles predictors, int by_row, in_ints stratum, int64_t strata, in_ints customer, int ties, int robust,
                    int iterations, double level, double coefficient_sd, in_doubles fixed, out_doubles *model, out_doubles *summary,
                    record *result)
{
    retain_cox_options options = {.struct_size = sizeof options,
                                  .ties = (retain_cox_ties)ties,
                                  .robust = robust,
                                  .iterations = iterations,
                                  .level = level,
                                  .coefficient_sd = coefficient_sd,
                                  .fixed = fixed.data};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_cox_summary found = {.struct_size = sizeof found};
    predictor_columns columns;
    retain_cox_rows rows;
    retain_cox fitted;
    size_t n;
    if (!view_cox_rows(ctx, exit, event, entry, weight, predictors, by_row, stratum, strata, customer, &columns, &rows))
        return;
    n = rows.predictors.columns;
    if (fixed.data && fixed.count != n) {
        refuse(ctx, "fixed has %zu numbers; it needs one for each of %zu predictors", fixed.count, n);
        return;
    }
    if (!PROVIDE(ctx, model, 1 + 2 * n) || !PROVIDE(ctx, summary, COX_SUMMARY + COX_SUMMARY_OF_EACH * n))
        return;
    RUN(ctx, retain_cox_fit(ctx, &rows, &options, &fitted, &report, &found));
    if (ctx->status == RETAIN_OK || ctx->status == RETAIN_ERROR_CONVERGENCE)
        record_cox(&fitted, &found, model, summary);
    record_fit(ctx, result, &report);
}

static void cox_risk(retain_context *ctx, in_doubles model, in_doubles predictors, int by_row, in_doubles covariance, double level,
                     out_doubles *logarithm, out_doubles *ratio, out_doubles *low, out_doubles *high)
{
    predictor_columns columns;
    retain_predictors table;
    retain_cox m;
    if (!view_cox(ctx, model, &m) || !view_predictors_of(ctx, predictors, by_row, m.predictors, &columns, &table) ||
        !view_cox_covariance(ctx, covariance, m.predictors) || !PROVIDE(ctx, logarithm, table.count) ||
        !PROVIDE(ctx, ratio, table.count) || !PROVIDE(ctx, low, table.count) || !PROVIDE(ctx, high, table.count))
        return;
    RUN(ctx, retain_cox_risk(ctx, &m, &table, covariance.data, level, logarithm->data, ratio->data, low->data, high->data));
}

#endif

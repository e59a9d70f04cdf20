/* Shims of retain/btyd_pool.h. Models of groups cross as one array, group by group, each as in shims/models.h. */
#ifndef RETAIN_SHIMS_POOL_H
#define RETAIN_SHIMS_POOL_H

#include <stdlib.h>

#include "shims/forecasts.h"

/* As record_fit: what is no success is handed back, and the layer above raises with it in hand. */
static void record_pool(retain_context *ctx, record *result, const retain_btyd_pool_report *report)
{
    const size_t n = report->parameters;
    if (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CONVERGENCE)
        return;
    record_whole(result, "status", (int64_t)ctx->status);
    record_whole(result, "verdict", (int64_t)report->verdict);
    record_whole(result, "groups", (int64_t)report->groups);
    record_number(result, "customers", report->customers);
    record_whole(result, "iterations", (int64_t)report->iterations);
    record_numbers(result, "estimate", report->estimate, n);
    record_numbers(result, "standard_error", report->standard_error, n);
    record_numbers(result, "low", report->low, n);
    record_numbers(result, "high", report->high, n);
    record_numbers(result, "sd", report->sd, n);
    record_numbers(result, "sd_standard_error", report->sd_standard_error, n);
    record_numbers(result, "sd_low", report->sd_low, n);
    record_numbers(result, "sd_high", report->sd_high, n);
    record_numbers(result, "sd_statistic", report->sd_statistic, n);
    record_numbers(result, "sd_p_value", report->sd_p_value, n);
    record_numbers(result, "covariance", report->covariance, n * n);
    record_numbers(result, "new_covariance", report->new_covariance, n * n);
    record_number(result, "log_likelihood", report->log_likelihood);
    record_number(result, "complete_log_likelihood", report->complete_log_likelihood);
    record_number(result, "own_log_likelihood", report->own_log_likelihood);
    record_number(result, "group_log_likelihood", report->group_log_likelihood);
    record_number(result, "effective", report->effective);
    record_whole(result, "estimated", (int64_t)report->estimated);
    record_whole(result, "own_estimated", (int64_t)report->own_estimated);
    record_number(result, "statistic", report->statistic);
    record_number(result, "p_value", report->p_value);
    record_whole(result, "k", (int64_t)report->k);
    record_text(result, "explanation", report->explanation);
    ctx->status = RETAIN_OK;
}

static int view_codes(retain_context *ctx, in_keys group, int64_t groups, in_counts frequency)
{
    if (groups < 1 || groups > 1000000)
        return refuse(ctx, "groups is %lld; it must lie in [1, 10^6]", (long long)groups);
    return REQUIRE(ctx, group) && MATCH(ctx, group, frequency);
}

static void btyd_pool_fit(retain_context *ctx, int family, in_counts frequency, in_counts t_x, in_counts T, in_doubles weight,
                          in_doubles log_gaps, double unit_days, in_keys group, int64_t groups, in_bytes varies, in_doubles fixed, double prior_sd,
                          in_doubles prior_centre, int iterations, double level, int k, out_doubles *models, out_doubles *group_customers,
                          out_doubles *standard_error, out_doubles *low, out_doubles *high, out_doubles *shrinkage, out_doubles *distance,
                          out_doubles *covariance, out_doubles *common, out_doubles *own, out_bytes *source, record *result)
{
    const retain_fit_options options = {.struct_size = sizeof options,
                                        .iterations = iterations,
                                        .level = level,
                                        .k = k,
                                        .prior_sd = prior_sd,
                                        .prior_centre = prior_centre.data,
                                        .fixed = fixed.data};
    const size_t n = retain_btyd_parameters((retain_btyd_family)family), numbers = view_btyd_numbers((retain_btyd_family)family),
                 g = (size_t)groups;
    retain_btyd_pool_report report = RETAIN_BTYD_POOL_REPORT_INIT;
    retain_btyd_pool_columns columns;
    retain_customers customers;
    retain_btyd *found;
    in_doubles none = {NULL, 0, "spend"};
    if (!view_customers(ctx, frequency, t_x, T, none, weight, unit_days, &customers) || !MATCH(ctx, log_gaps, frequency) ||
        !view_codes(ctx, group, groups, frequency) || (n && !view_length(ctx, "prior_centre", prior_centre.data, prior_centre.count, n)) ||
        (n && !view_length(ctx, "fixed", fixed.data, fixed.count, n)) || (n && !view_length(ctx, "varies", varies.data, varies.count, n)) ||
        !PROVIDE(ctx, models, g * numbers) || !PROVIDE(ctx, group_customers, g) || !PROVIDE(ctx, standard_error, g * n) ||
        !PROVIDE(ctx, low, g * n) || !PROVIDE(ctx, high, g * n) || !PROVIDE(ctx, shrinkage, g * n) || !PROVIDE(ctx, distance, g * n) ||
        !PROVIDE(ctx, covariance, g * n * n) || !PROVIDE(ctx, common, 2 * g * n * n) || !PROVIDE(ctx, own, g * n) || !PROVIDE(ctx, source, g))
        return;
    if (!(found = malloc(g * sizeof *found))) {
        ctx->status = RETAIN_ERROR_MEMORY;
        return;
    }
    columns = (retain_btyd_pool_columns){.model = found,
                                         .customers = group_customers->data,
                                         .standard_error = standard_error->data,
                                         .low = low->data,
                                         .high = high->data,
                                         .shrinkage = shrinkage->data,
                                         .distance = distance->data,
                                         .covariance = covariance->data,
                                         .common = common->data,
                                         .own = own->data,
                                         .source = source->data};
    customers.log_gaps = log_gaps.data;
    RUN(ctx, retain_btyd_pool_fit(ctx, (retain_btyd_family)family, &customers, group.data, g, varies.data, &options, &report, &columns));
    for (size_t i = 0; models->data && (ctx->status == RETAIN_OK || ctx->status == RETAIN_ERROR_CONVERGENCE) && i < g; i++) {
        out_doubles one = {models->data + i * numbers, numbers, 1, "models", NULL};
        record_btyd(&found[i], &one);
    }
    free(found);
    record_pool(ctx, result, &report);
}

/* Models of groups; to be freed. NULL when there is something wrong with them. */
static retain_btyd *view_models(retain_context *ctx, in_doubles models, int64_t groups)
{
    const size_t g = (size_t)groups, numbers = models.count / g;
    retain_btyd *found;
    if (!REQUIRE(ctx, models))
        return NULL;
    if (models.count == 0 || models.count % g != 0) {
        refuse(ctx, "models has %zu numbers; it needs family, unit_days and parameters for each of %zu groups", models.count, g);
        return NULL;
    }
    if (!(found = malloc(g * sizeof *found))) {
        ctx->status = RETAIN_ERROR_MEMORY;
        return NULL;
    }
    for (size_t i = 0; i < g; i++) {
        in_doubles one = {models.data + i * numbers, numbers, "models"};
        if (!view_btyd(ctx, one, &found[i]) || (found[i].covariates && !refuse(ctx, "models have covariates; those of groups have none"))) {
            free(found);
            return NULL;
        }
    }
    return found;
}

static int view_group_covariance(retain_context *ctx, in_doubles covariance, const retain_btyd *models, int64_t groups, size_t times)
{
    const size_t n = retain_btyd_parameters(models->family);
    return view_length(ctx, covariance.name, covariance.data, covariance.count, times * (size_t)groups * n * n);
}

static void btyd_pool_forecast(retain_context *ctx, in_doubles models, in_keys group, int64_t groups, in_counts frequency, in_counts t_x, in_counts T,
                               double unit_days, int quantity, double start, double end, double delta, double n, double share, out_doubles *values)
{
    const retain_btyd_question question = view_question(quantity, start, end, delta, n, share);
    in_doubles spend = {NULL, 0, "spend"}, weight = {NULL, 0, "weight"};
    retain_customers customers;
    retain_btyd *found;
    if (!view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) || !view_codes(ctx, group, groups, frequency) ||
        !PROVIDE(ctx, values, customers.count) || !(found = view_models(ctx, models, groups)))
        return;
    RUN(ctx, retain_btyd_pool_forecast(ctx, found, (size_t)groups, &customers, group.data, &question, values->data));
    free(found);
}

static void btyd_pool_interval(retain_context *ctx, in_doubles models, in_doubles covariance, in_keys group, int64_t groups, in_counts frequency,
                               in_counts t_x, in_counts T, double unit_days, int quantity, double start, double end, double delta, double n,
                               double share, double level, out_doubles *values, out_doubles *low, out_doubles *high)
{
    const retain_btyd_question question = view_question(quantity, start, end, delta, n, share);
    in_doubles spend = {NULL, 0, "spend"}, weight = {NULL, 0, "weight"};
    retain_customers customers;
    retain_btyd *found;
    if (!view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) || !view_codes(ctx, group, groups, frequency) ||
        !REQUIRE(ctx, covariance) || !PROVIDE(ctx, values, customers.count) || !PROVIDE(ctx, low, customers.count) ||
        !PROVIDE(ctx, high, customers.count) || !(found = view_models(ctx, models, groups)))
        return;
    if (view_group_covariance(ctx, covariance, found, groups, 1))
        RUN(ctx, retain_btyd_pool_interval(ctx, found, covariance.data, (size_t)groups, &customers, group.data, &question, level, values->data,
                                           low->data, high->data));
    free(found);
}

static void btyd_pool_total(retain_context *ctx, in_doubles models, in_doubles covariance, in_doubles common, in_keys group, int64_t groups,
                            in_counts frequency, in_counts t_x, in_counts T, in_doubles weight, double unit_days, int quantity, double start,
                            double end, double delta, double n, double share, in_doubles worth, double level, record *result)
{
    const retain_btyd_question question = view_question(quantity, start, end, delta, n, share);
    retain_btyd_sum sum = {sizeof sum, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0};
    in_doubles spend = {NULL, 0, "spend"};
    retain_customers customers;
    retain_btyd *found;
    if (!view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) || !view_codes(ctx, group, groups, frequency) ||
        !MATCH(ctx, worth, frequency) || !(found = view_models(ctx, models, groups)))
        return;
    if (view_group_covariance(ctx, covariance, found, groups, 1) && view_group_covariance(ctx, common, found, groups, 2))
        RUN(ctx, retain_btyd_pool_total(ctx, found, covariance.data, common.data, (size_t)groups, &customers, group.data, &question, worth.data,
                                        level, &sum));
    free(found);
    record_sum(result, &sum);
}

static const char *btyd_pool_source_name(int source)
{
    return retain_btyd_pool_source_name((retain_btyd_pool_source)source);
}

#endif

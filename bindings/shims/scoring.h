/* Shims of retain/scoring.h. */
#ifndef RETAIN_SHIMS_SCORING_H
#define RETAIN_SHIMS_SCORING_H

#include "shims/support.h"

static int view_outcomes(retain_context *ctx, in_doubles score, in_bytes outcome, in_doubles weight)
{
    return REQUIRE(ctx, score) && REQUIRE(ctx, outcome) && MATCH(ctx, outcome, score) && MATCH(ctx, weight, score);
}

static void record_scoring(record *into, const retain_scoring_report *report)
{
    record_number(into, "customers", report->customers);
    record_number(into, "positives", report->positives);
    record_number(into, "prevalence", report->prevalence);
    record_number(into, "prevalence_low", report->prevalence_low);
    record_number(into, "prevalence_high", report->prevalence_high);
    record_number(into, "auc", report->auc);
    record_number(into, "auc_error", report->auc_error);
    record_number(into, "auc_low", report->auc_low);
    record_number(into, "auc_high", report->auc_high);
    record_number(into, "average_precision", report->average_precision);
    record_number(into, "mean_score", report->mean_score);
    record_number(into, "brier", report->brier);
    record_number(into, "brier_low", report->brier_low);
    record_number(into, "brier_high", report->brier_high);
    record_number(into, "uncertainty", report->uncertainty);
    record_number(into, "discrimination", report->discrimination);
    record_number(into, "miscalibration", report->miscalibration);
    record_number(into, "log_loss", report->log_loss);
    record_number(into, "log_loss_low", report->log_loss_low);
    record_number(into, "log_loss_high", report->log_loss_high);
    record_number(into, "calibration_error", report->calibration_error);
    record_number(into, "intercept", report->intercept);
    record_number(into, "intercept_error", report->intercept_error);
    record_number(into, "slope", report->slope);
    record_number(into, "slope_error", report->slope_error);
    record_number(into, "gini", report->gini);
    record_number(into, "ks", report->ks);
    record_number(into, "ks_score", report->ks_score);
}

static void scoring_measures(retain_context *ctx, in_doubles score, in_bytes outcome, in_doubles weight, double level,
                             int64_t groups, record *result)
{
    retain_scoring_options options = {sizeof options, level, 0};
    retain_scoring_report report = {.struct_size = sizeof report};
    if (groups < 0 || groups > INT32_MAX) {
        refuse(ctx, "groups is %lld; it must be 1 to 1000", (long long)groups);
        return;
    }
    options.groups = (size_t)groups;
    if (!view_outcomes(ctx, score, outcome, weight))
        return;
    RUN(ctx, retain_scoring_measures(ctx, score.data, outcome.data, weight.data, score.count, &options, &report));
    if (ctx->status == RETAIN_OK)
        record_scoring(result, &report);
}

static void scoring_auc(retain_context *ctx, in_doubles score, in_bytes outcome, in_doubles weight, record *result)
{
    double auc = 0.0;
    if (!view_outcomes(ctx, score, outcome, weight))
        return;
    RUN(ctx, retain_scoring_auc(ctx, score.data, outcome.data, weight.data, score.count, &auc));
    if (ctx->status == RETAIN_OK)
        record_number(result, "auc", auc);
}

static void scoring_points(retain_context *ctx, in_doubles score, in_bytes outcome, in_doubles weight, out_doubles *scores,
                           out_doubles *selected, out_doubles *positives, out_doubles *precision, out_doubles *recall,
                           out_doubles *fallout, out_doubles *expected, record *result)
{
    retain_scoring_points_columns columns;
    size_t capacity = score.count, points = 0;
    const size_t rows = score.count;
    if (!view_outcomes(ctx, score, outcome, weight) || !PROVIDE_UP_TO(ctx, scores, rows, &capacity) ||
        !PROVIDE_UP_TO(ctx, selected, rows, &capacity) || !PROVIDE_UP_TO(ctx, positives, rows, &capacity) ||
        !PROVIDE_UP_TO(ctx, precision, rows, &capacity) || !PROVIDE_UP_TO(ctx, recall, rows, &capacity) ||
        !PROVIDE_UP_TO(ctx, fallout, rows, &capacity) || !PROVIDE_UP_TO(ctx, expected, rows, &capacity))
        return;
    columns = (retain_scoring_points_columns){scores->data, selected->data, positives->data, precision->data,
                                              recall->data, fallout->data,  expected->data};
    RUN(ctx, retain_scoring_points(ctx, score.data, outcome.data, weight.data, score.count, &columns, capacity, &points));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(scores, points);
    TRIM(selected, points);
    TRIM(positives, points);
    TRIM(precision, points);
    TRIM(recall, points);
    TRIM(fallout, points);
    TRIM(expected, points);
    record_whole(result, "count", (int64_t)points);
}

static void scoring_compare(retain_context *ctx, in_doubles first, in_doubles second, in_bytes outcome, in_doubles weight,
                            double level, record *result)
{
    retain_scoring_comparison found = {.struct_size = sizeof found};
    if (!view_outcomes(ctx, first, outcome, weight) || !REQUIRE(ctx, second) || !MATCH(ctx, second, first))
        return;
    RUN(ctx, retain_scoring_compare(ctx, first.data, second.data, outcome.data, weight.data, first.count, level, &found));
    if (ctx->status != RETAIN_OK)
        return;
    record_number(result, "first_auc", found.first_auc);
    record_number(result, "second_auc", found.second_auc);
    record_number(result, "auc_gain", found.auc_gain);
    record_number(result, "auc_error", found.auc_error);
    record_number(result, "auc_low", found.auc_low);
    record_number(result, "auc_high", found.auc_high);
    record_number(result, "auc_p_value", found.auc_p_value);
    record_number(result, "brier_gain", found.brier_gain);
    record_number(result, "brier_low", found.brier_low);
    record_number(result, "brier_high", found.brier_high);
}

static void scoring_drift(retain_context *ctx, in_doubles before, in_doubles after, int64_t bins, out_doubles *edge,
                          out_doubles *before_share, out_doubles *after_share, record *result)
{
    size_t n, used = 0;
    double psi = 0.0, p_value = 0.0;
    if (bins < 0 || bins > INT32_MAX) {
        refuse(ctx, "bins is %lld; it must be 2 to 1000", (long long)bins);
        return;
    }
    n = bins == 0 ? 10 : (size_t)bins;
    if (!REQUIRE(ctx, before) || !REQUIRE(ctx, after) || !PROVIDE(ctx, edge, n) || !PROVIDE(ctx, before_share, n) ||
        !PROVIDE(ctx, after_share, n))
        return;
    RUN(ctx, retain_scoring_drift(ctx, before.data, before.count, after.data, after.count, n, edge->data, before_share->data,
                                  after_share->data, &used, &psi, &p_value));
    if (ctx->status != RETAIN_OK)
        return;
    record_whole(result, "count", (int64_t)used);
    record_number(result, "psi", psi);
    record_number(result, "p_value", p_value);
}

#endif

/* Shims of retain/calibration.h. A calibration crosses as [kind, a, b, c]. */
#ifndef RETAIN_SHIMS_CALIBRATION_H
#define RETAIN_SHIMS_CALIBRATION_H

#include "shims/scoring.h"

static int view_calibration(retain_context *ctx, in_doubles calibration, retain_calibration *into)
{
    if (!REQUIRE(ctx, calibration))
        return 0;
    if (calibration.count != 4)
        return refuse(ctx, "calibration has %zu numbers; it must have 4: its kind, a, b and c", calibration.count);
    into->kind = calibration.data[0] == 0.0   ? RETAIN_CALIBRATION_PLATT
                 : calibration.data[0] == 1.0 ? RETAIN_CALIBRATION_BETA
                                              : (retain_calibration_kind)-1;
    into->a = calibration.data[1];
    into->b = calibration.data[2];
    into->c = calibration.data[3];
    return 1;
}

/* As record_fit: what was found is handed back even where it is not to be trusted. */
static void record_calibration(retain_context *ctx, record *into, const retain_calibration *found,
                               const retain_calibration_report *report)
{
    const double numbers[4] = {(double)found->kind, found->a, found->b, found->c};
    if (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CONVERGENCE)
        return;
    record_whole(into, "status", (int64_t)ctx->status);
    record_text(into, "sentence", ctx->error);
    record_whole(into, "verdict", (int64_t)report->verdict);
    record_text(into, "explanation", report->explanation);
    record_number(into, "customers", report->customers);
    record_number(into, "positives", report->positives);
    record_whole(into, "iterations", report->iterations);
    record_number(into, "log_likelihood", report->log_likelihood);
    record_numbers(into, "calibration", numbers, 4);
    record_numbers(into, "standard_error", report->standard_error, 3);
    record_numbers(into, "low", report->low, 3);
    record_numbers(into, "high", report->high, 3);
    record_numbers(into, "covariance", report->covariance, 9);
    ctx->status = RETAIN_OK;
}

static void calibration_fit(retain_context *ctx, int kind, in_doubles score, in_bytes outcome, in_doubles weight, double level,
                            int plain, record *result)
{
    const retain_calibration_options options = {sizeof options, level, plain};
    retain_calibration_report report = {.struct_size = sizeof report};
    retain_calibration found = {(retain_calibration_kind)kind, 0.0, 0.0, 0.0};
    if (!view_outcomes(ctx, score, outcome, weight))
        return;
    RUN(ctx, retain_calibration_fit(ctx, (retain_calibration_kind)kind, score.data, outcome.data, weight.data, score.count, &options,
                                    &found, &report));
    record_calibration(ctx, result, &found, &report);
}

static void calibration_probabilities(retain_context *ctx, in_doubles calibration, in_doubles score, in_doubles covariance,
                                      double level, out_doubles *probability, out_doubles *low, out_doubles *high)
{
    retain_calibration view;
    const size_t n = score.count;
    if (!view_calibration(ctx, calibration, &view) || !REQUIRE(ctx, score))
        return;
    if (covariance.data && covariance.count != 9) {
        refuse(ctx, "covariance has %zu numbers; it must have 9", covariance.count);
        return;
    }
    if (!PROVIDE(ctx, probability, n) || !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_calibration_probabilities(ctx, &view, score.data, n, covariance.data, level, probability->data, low->data,
                                              high->data));
}

static void calibration_isotonic(retain_context *ctx, in_doubles score, in_bytes outcome, in_doubles weight,
                                 out_doubles *knot_score, out_doubles *knot_probability, record *result)
{
    size_t capacity = score.count, knots = 0;
    if (!view_outcomes(ctx, score, outcome, weight) || !PROVIDE_UP_TO(ctx, knot_score, score.count, &capacity) ||
        !PROVIDE_UP_TO(ctx, knot_probability, score.count, &capacity))
        return;
    RUN(ctx, retain_calibration_isotonic(ctx, score.data, outcome.data, weight.data, score.count, knot_score->data,
                                         knot_probability->data, capacity, &knots));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(knot_score, knots);
    TRIM(knot_probability, knots);
    record_whole(result, "count", (int64_t)knots);
}

static void calibration_interpolated(retain_context *ctx, in_doubles knot_score, in_doubles knot_probability, in_doubles score,
                                     out_doubles *probability)
{
    if (!REQUIRE(ctx, knot_score) || !REQUIRE(ctx, knot_probability) || !MATCH(ctx, knot_probability, knot_score) ||
        !REQUIRE(ctx, score) || !PROVIDE(ctx, probability, score.count))
        return;
    if (!probability->data) { /* not wanted: there is nothing to do */
        refuse(ctx, "probability is missing; it is required");
        return;
    }
    RUN(ctx, retain_calibration_interpolated(ctx, knot_score.data, knot_probability.data, knot_score.count, score.data, score.count,
                                             probability->data));
}

static void calibration_reliability(retain_context *ctx, in_doubles score, in_bytes outcome, in_doubles weight, double level,
                                    int64_t draws, uint64_t seed, in_doubles at, out_doubles *expected, out_doubles *low,
                                    out_doubles *high)
{
    retain_calibration_band band = {sizeof band, level, 0, seed};
    if (draws < 0 || draws > INT32_MAX) {
        refuse(ctx, "draws is %lld; it must be 1 to 100000", (long long)draws);
        return;
    }
    band.draws = (size_t)draws;
    if (!view_outcomes(ctx, score, outcome, weight) || !REQUIRE(ctx, at) || !PROVIDE(ctx, expected, at.count) ||
        !PROVIDE(ctx, low, at.count) || !PROVIDE(ctx, high, at.count))
        return;
    RUN(ctx, retain_calibration_reliability(ctx, score.data, outcome.data, weight.data, score.count, &band, at.data, at.count,
                                            expected->data, low->data, high->data));
}

static void calibration_bins(retain_context *ctx, in_doubles score, in_bytes outcome, in_doubles weight, int64_t bins, double level,
                             out_doubles *customers, out_doubles *positives, out_doubles *mean_score, out_doubles *share,
                             out_doubles *low, out_doubles *high)
{
    retain_calibration_columns columns;
    size_t n;
    if (bins < 0 || bins > 1000) {
        refuse(ctx, "bins is %lld; it must be 1 to 1000", (long long)bins);
        return;
    }
    n = bins == 0 ? 10 : (size_t)bins;
    if (!view_outcomes(ctx, score, outcome, weight) || !PROVIDE(ctx, customers, n) || !PROVIDE(ctx, positives, n) ||
        !PROVIDE(ctx, mean_score, n) || !PROVIDE(ctx, share, n) || !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    columns = (retain_calibration_columns){customers->data, positives->data, mean_score->data, share->data, low->data, high->data};
    RUN(ctx, retain_calibration_bins(ctx, score.data, outcome.data, weight.data, score.count, n, level, &columns));
}

#endif

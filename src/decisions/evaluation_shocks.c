/* Shocks common to all customers: random effects of periods, measured on forecasts of the past.
 *
 * The question: totals were forecast before each of m periods, each with the variance that chance has when customers act on their
 * own. What came differs by more. How large is what they have in common?
 *
 * The idea: y = actual / expected has the variance v + tau^2, v = variance / expected^2 being known. With weights w = 1 / (v + tau^2)
 * the sum Q of w (y - mean)^2 is chi-squared with m - 1 degrees of freedom, whatever tau is. Q falls with tau^2, so each value of Q
 * belongs to one tau: its expectation to the estimate (Paule & Mandel), its quantiles to the limits (Viechtbauer).
 *
 * What is delicate: Q is convex in tau^2, so Newton's steps from the left never overshoot, and from 0 they reach every root, however
 * far: each at least halves what is too much of Q. At the estimate Q / (m - 1) is 1, or less where tau is 0, so the factor of Knapp &
 * Hartung, never taken below 1, is 1. */
#include "retain/evaluation_shocks.h"

#include <float.h>
#include <math.h>

#include "decisions/columns.h"
#include "math/interval.h"
#include "math/special.h"
#include "math/sums.h"
#include "metrics/rates.h"

static const double least_size = 1e-25, most_size = 1e25;

/* Periods, and what is said of them given tau^2. */
typedef struct periods {
    const double *expected, *actual, *variance;
    size_t count;
    int unbiased;
    double mean, weight, q, slope; /* weighted mean of y; sum of weights; Q; -dQ / d tau^2 */
} periods;

static void weigh(periods *of, double tau_squared)
{
    retain__sum weight = {0.0, 0.0}, product = {0.0, 0.0}, q = {0.0, 0.0}, slope = {0.0, 0.0};

    for (size_t k = 0; k < of->count; k++) {
        const double w = 1.0 / (of->variance[k] / of->expected[k] / of->expected[k] + tau_squared);

        retain__sum_add(&weight, w);
        retain__sum_add(&product, w * (of->actual[k] / of->expected[k]));
    }
    of->weight = retain__sum_value(weight);
    of->mean = of->unbiased ? 1.0 : retain__sum_value(product) / of->weight;
    for (size_t k = 0; k < of->count; k++) {
        const double w = 1.0 / (of->variance[k] / of->expected[k] / of->expected[k] + tau_squared);
        const double part = w * (of->actual[k] / of->expected[k] - of->mean);

        retain__sum_add(&q, part * (of->actual[k] / of->expected[k] - of->mean));
        retain__sum_add(&slope, part * part);
    }
    of->q = retain__sum_value(q);
    of->slope = retain__sum_value(slope);
}

/* The tau^2 at which Q is `goal`; 0 where it is less already. `of` is left weighed with it. */
static double solve(periods *of, double goal)
{
    double tau_squared = 0.0;

    if (!(goal > 0.0))
        return (double)INFINITY;
    for (int i = 0; i < 4000; i++) {
        double step;

        weigh(of, tau_squared);
        step = (of->q - goal) / of->slope;
        if (!(step > DBL_EPSILON * tau_squared) || of->slope == 0.0)
            break;
        tau_squared += step;
    }
    return tau_squared;
}

/* x with P(chi-squared > x) = tail. */
static double find_chi_squared(double tail, size_t degrees)
{
    double low = 0.0, high = (double)degrees;

    while (retain__chi_squared_tail(high, degrees) > tail && high < 1e9 * (double)degrees)
        high *= 2.0;
    for (int i = 0; i < 200 && high - low > DBL_EPSILON * high; i++) {
        double middle = 0.5 * (low + high);

        if (retain__chi_squared_tail(middle, degrees) > tail)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

static retain_status check_range(retain_context *ctx, const char *name, const double *column, size_t count, double least,
                                 int may_be_nan)
{
    if (count && !column)
        return retain__fail_null(ctx, name);
    for (size_t k = 0; k < count; k++) {
        if (!(column[k] >= least && column[k] <= most_size) && !(may_be_nan && column[k] != column[k]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, k, "%s[%zu] is %g; it must lie in [%g, 1e25]", name, k, column[k], least);
    }
    return RETAIN_OK;
}

static void measure(periods *of, double level, retain_evaluation_shock_report *report)
{
    const size_t degrees = of->unbiased ? of->count : of->count ? of->count - 1 : 0;
    const double nan = (double)NAN, outside = 0.5 * (1.0 - level);
    double reach;

    report->periods = (double)of->count;
    report->degrees = (double)degrees;
    report->tau = report->tau_low = report->tau_high = report->q = report->p_value = nan;
    report->bias = report->bias_error = report->bias_low = report->bias_high = nan;
    if (degrees == 0)
        return;
    weigh(of, 0.0);
    report->q = of->q;
    report->p_value = retain__chi_squared_tail(of->q, degrees);
    report->tau_low = sqrt(solve(of, find_chi_squared(outside, degrees)));
    report->tau_high = sqrt(solve(of, find_chi_squared(1.0 - outside, degrees)));
    report->tau = sqrt(solve(of, (double)degrees));
    report->bias = of->mean;
    report->bias_error = of->unbiased ? 0.0 : 1.0 / sqrt(of->weight);
    reach = of->unbiased ? 0.0 : retain__student_quantile(level, (double)degrees) * report->bias_error;
    report->bias_low = fmax(report->bias - reach, 0.0);
    report->bias_high = report->bias + reach;
}

retain_status retain_evaluation_shocks(retain_context *ctx, const double *expected, const double *actual, const double *variance,
                                       size_t count, const retain_evaluation_shock_options *given,
                                       retain_evaluation_shock_report *report)
{
    retain_evaluation_shock_options options = {.struct_size = sizeof options};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && given)
        status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, &options);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "options.level", &options.level);
    if (status == RETAIN_OK && options.unbiased != 0 && options.unbiased != 1)
        status =
            retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.unbiased is %d; it must be 0 or 1", options.unbiased);
    if (status == RETAIN_OK)
        status =
            report ? retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report) : retain__fail_null(ctx, "report");
    if (status == RETAIN_OK)
        status = check_range(ctx, "expected", expected, count, least_size, 0);
    if (status == RETAIN_OK)
        status = check_range(ctx, "actual", actual, count, 0.0, 0);
    if (status == RETAIN_OK)
        status = check_range(ctx, "variance", variance, count, least_size, 0);
    if (status == RETAIN_OK) {
        periods of = {.expected = expected, .actual = actual, .variance = variance, .count = count, .unbiased = options.unbiased};

        measure(&of, options.level, report);
    }
    return status;
}

/* --- bands ---------------------------------------------------------------------------------------------------------------- */

/* NaN is what too few periods leave. */
static int may_be_figure(double x)
{
    return !(x < 0.0) && x != (double)INFINITY;
}

static retain_status check_measured(retain_context *ctx, const retain_evaluation_shock_report *report)
{
    if (!report)
        return retain__fail_null(ctx, "report");
    if (may_be_figure(report->tau) && may_be_figure(report->bias) && may_be_figure(report->bias_error) && report->degrees >= 0.0 &&
        report->degrees < (double)INFINITY)
        return retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                        "report has degrees %g, tau %g, bias %g, bias_error %g; none of them may be negative or infinite",
                        report->degrees, report->tau, report->bias, report->bias_error);
}

retain_status retain_evaluation_shock_band(retain_context *ctx, const retain_evaluation_shock_report *report,
                                           const double *expected, const double *variance, size_t count, double level,
                                           double *value, double *low, double *high)
{
    retain_status status = retain__begin(ctx);
    double quantile;

    if (status == RETAIN_OK)
        status = check_measured(ctx, report);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK)
        status = check_range(ctx, "expected", expected, count, 0.0, 0);
    if (status == RETAIN_OK)
        status = check_range(ctx, "variance", variance, count, 0.0, 1);
    if (status == RETAIN_OK && count && (!low || !high))
        status = retain__fail_null(ctx, low ? "high" : "low");
    if (status != RETAIN_OK)
        return status;
    quantile = report->degrees > 0.0 ? retain__student_quantile(level, report->degrees) : (double)NAN;
    for (size_t k = 0; k < count; k++) {
        const double of_shock = report->tau * report->tau + report->bias_error * report->bias_error;
        const double center = report->bias * expected[k], error = sqrt(variance[k] + of_shock * expected[k] * expected[k]);
        const double ratio = error / center, spread = sqrt(log1p(ratio * ratio));

        if (value)
            value[k] = center;
        low[k] = error == 0.0 ? center : center * exp(-(0.5 * spread + quantile) * spread);
        high[k] = error == 0.0 ? center : center * exp(-(0.5 * spread - quantile) * spread);
        /* around 0 there is no log-normal distribution: its limits would be 0, as if nothing were surer */
        if (low[k] != low[k] || high[k] != high[k] || (center == 0.0 && error > 0.0))
            low[k] = high[k] = (double)NAN;
    }
    return RETAIN_OK;
}

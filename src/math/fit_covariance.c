/* Is this the covariance of a fit?
 *
 * The question: a model comes back from a file or a database; can the covariance that came with it be one?
 *
 * The idea: a matrix is the covariance of something when it is symmetric and no combination of the entries has a variance below 0.
 * Divided by the standard errors it is a matrix of correlations, whatever the units, and its smallest eigenvalue tells. Rows that a
 * fit left open are NaN and say nothing about the others.
 *
 * What is numerically delicate: an honest covariance may be singular (an entry that equals another), so that rounding puts its
 * smallest eigenvalue below 0, by some 1e-16 of the correlations, which are 1; and one that went through a matrix is symmetric to
 * rounding only. 1e-9 lies far from either and from anything that would move a limit. */
#include <math.h>

#include "core/core.h"
#include "math/linear.h"
#include "retain/fit.h"

enum { MOST = RETAIN_FIT_PARAMETERS };

static const double tolerance = 1e-9;

static retain_status check_variances(retain_context *ctx, size_t entries, const double *covariance)
{
    for (size_t i = 0; i < entries * entries; i++) {
        int on_diagonal = i % (entries + 1) == 0;

        if (isinf(covariance[i]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "covariance[%zu] is %g; it must be finite, or NaN where the data leave it open", i, covariance[i]);
        if (on_diagonal && covariance[i] < 0.0)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "covariance[%zu] is %g; a variance is at least 0", i,
                                covariance[i]);
    }
    return RETAIN_OK;
}

static retain_status check_pair(retain_context *ctx, size_t entries, const double *covariance, size_t i, size_t j)
{
    size_t above = i * entries + j, below = j * entries + i;
    double first = covariance[above], second = covariance[below];
    double most = sqrt(covariance[i * entries + i]) * sqrt(covariance[j * entries + j]);

    if (isnan(first) != isnan(second) || fabs(first - second) > tolerance * (isnan(most) ? fabs(first) : most))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "covariance[%zu] is %.17g and covariance[%zu] is %.17g; a covariance is symmetric", above, first, below,
                            second);
    if (isnan(first) && !isnan(most))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "covariance[%zu] is NaN; it must be known, as both variances are", above);
    if (fabs(first) > (1.0 + tolerance) * most)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "covariance[%zu] is %g; with the variances given it can be no larger than %g", above, first, most);
    return RETAIN_OK;
}

/* The correlations of what is known and not held, row by row. */
static size_t find_correlations(size_t entries, const double *covariance, double *correlations)
{
    size_t known[MOST], count = 0;

    for (size_t i = 0; i < entries; i++) {
        if (covariance[i * entries + i] > 0.0)
            known[count++] = i;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            size_t a = known[i], b = known[j];

            correlations[i * count + j] =
                covariance[a * entries + b] / sqrt(covariance[a * entries + a]) / sqrt(covariance[b * entries + b]);
        }
    }
    return count;
}

retain_status retain_fit_covariance(retain_context *ctx, size_t entries, const double *covariance)
{
    retain_status status = retain__begin(ctx);
    double correlations[MOST * MOST], values[MOST];
    size_t count;

    if (status == RETAIN_OK && !covariance)
        status = retain__fail_null(ctx, "covariance");
    if (status == RETAIN_OK && (entries < 1 || entries > MOST))
        status =
            retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "entries is %zu; it must lie in [1, %d]", entries, (int)MOST);
    if (status == RETAIN_OK)
        status = check_variances(ctx, entries, covariance);
    for (size_t i = 0; i < entries && status == RETAIN_OK; i++) {
        for (size_t j = i + 1; j < entries && status == RETAIN_OK; j++)
            status = check_pair(ctx, entries, covariance, i, j);
    }
    if (status != RETAIN_OK)
        return status;
    count = find_correlations(entries, covariance, correlations);
    retain__eigen(count, correlations, values, NULL);
    if (count > 0 && !(values[0] >= -tolerance))
        return retain__fail(
            ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
            "covariance is not positive semidefinite: some combination of the entries would have a variance below 0");
    return RETAIN_OK;
}

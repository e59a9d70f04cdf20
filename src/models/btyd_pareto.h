/* What the source files of the Pareto/NBD share. */
#ifndef RETAIN_BTYD_PARETO_H
#define RETAIN_BTYD_PARETO_H

#include "math/kernels.h"
#include "models/btyd_pareto_integral.h"

/* Where the parameters are in `p`. */
enum { R, ALPHA, S, BETA, PARAMETERS, SUMS = 15 };

/* Prepares `count` spans of customers who share the parameters `p`; n, alpha, beta and span of each are to be filled in. */
static inline void retain__pareto_spans_of(const double *p, retain__pareto_spans *spans, size_t count)
{
    spans->alpha_is_smaller = p[ALPHA] <= p[BETA];
    spans->s = p[S];
    spans->count = count;
}

/* log(1 + u / scale); only beyond all use, where u / scale would overflow, it stops to grow. */
static RETAIN__INLINE double retain__pareto_log(double u, double scale)
{
    double ratio = u / scale;

    return retain__fast_log1p(ratio < 1e300 ? ratio : 1e300);
}

/* The integral of e^(-(s - 1) y) over y from 0 to `length`: with y = log(1 + u/beta) it is the expected lifetime within a horizon,
 * in units of beta. */
static RETAIN__INLINE double retain__pareto_lifetime(double s, double length)
{
    double slope = s - 1.0, steep = slope < 0.0 ? -slope : slope, fall = steep * length, area;

    if (slope == 0.0)
        return length;
    area = (0.0 - retain__fast_expm1(-fall)) / steep;
    return slope < 0.0 ? area * retain__fast_exp(fall < 709.0 ? fall : 709.0) : area;
}

/* The integral of e^((1 - s) y) (e^y - 1) over y from 0 to `length`, without cancellation where that is short: with y as above, the
 * expectation of half the square of the lifetime within a horizon, in units of beta^2. In btyd_pareto_future.c. */
double retain__pareto_growth(double s, double length);

/* The integral of e^(-delta u) (1 + u/beta)^-s over u from 0 to t, which may be infinite, in units of beta; delta > 0. In
 * btyd_pareto_future.c. */
double retain__pareto_discounted_lifetime(double s, double beta, double t, double delta);

/* The future, in btyd_pareto_future.c: see the table in btyd_family.h. */
void retain__pareto_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double *orders);
void retain__pareto_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double *silence);
void retain__pareto_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                               size_t count, double t, double delta, double *orders);
void retain__pareto_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                              size_t count, double t, double *surviving);
void retain__pareto_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double from, double to, double n, double *log_pmf);
void retain__pareto_second(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double from, double to, double *second);
double retain__pareto_log_pmf(const retain__btyd_family *family, const double *p, double t, double n);

#endif

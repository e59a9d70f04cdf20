/* The one integral of the Gamma-Gompertz/NBD; private to the family's source files. */
#ifndef RETAIN_BTYD_GOMPERTZ_INTEGRAL_H
#define RETAIN_BTYD_GOMPERTZ_INTEGRAL_H

#include <stddef.h>

#include "math/kernels.h"
#include "models/btyd_family.h"

/* Where the parameters are in `p`. */
enum { RETAIN__GOMPERTZ_R, RETAIN__GOMPERTZ_ALPHA, RETAIN__GOMPERTZ_B, RETAIN__GOMPERTZ_S, RETAIN__GOMPERTZ_BETA };

/* The law of lifetimes, S(u) = (1 + (e^(b u) - 1)/beta)^-s, with what all ages have in common. */
typedef struct retain__gompertz_law {
    double b, s, beta;
    double
        center; /* log|beta - 1| / b: the age at which the law changes its character, if beta > 1; where it would be infinite, if < 1 */
    double radius; /* pi / b: how far from that age, in the complex plane, its singularities are; 0 if beta <= 1 */
    double cap;    /* of b u: beyond it e^(b u) + beta - 1 is e^(b u) */
} retain__gompertz_law;

/* What is integrated over u from 0 to `end`, for a customer who is of an age and has survived it:
 *     (1 + u/alpha)^-n (u/(alpha + u))^count S(u) e^(-delta u), and, if `dies`, also -S'(u)/S(u) instead of 1,
 * S being the survivor function from that age on: the same law with another beta. */
typedef struct retain__gompertz_shape {
    const retain__gompertz_law *law;
    double n, alpha, count, delta, end; /* end may be infinite when count is 0 */
    int dies;
    double beta, above, center; /* beta, beta - 1 and center of the remaining lifetime */
} retain__gompertz_shape;

/* Means over u of products of up to two of
 *     A = log(1 + u/alpha),  P = u/(alpha + u),  D = -log S(u) / s,  Q = 1 - e^-D,
 *     K = d log(-S')/d log b, minus its value at u = 0,
 * and of W = -d log S/d log b / s, V = (1 - Q) W and R = d^2 log(-S')/d log b^2; K, W and R in terms of the law from birth on. */
enum {
    RETAIN__GOMPERTZ_MASS, /* of 1: P(dies without another order) */
    RETAIN__GOMPERTZ_A,
    RETAIN__GOMPERTZ_P,
    RETAIN__GOMPERTZ_D,
    RETAIN__GOMPERTZ_Q,
    RETAIN__GOMPERTZ_K,
    RETAIN__GOMPERTZ_AA,
    RETAIN__GOMPERTZ_AP,
    RETAIN__GOMPERTZ_AD,
    RETAIN__GOMPERTZ_AQ,
    RETAIN__GOMPERTZ_AK,
    RETAIN__GOMPERTZ_PP,
    RETAIN__GOMPERTZ_PD,
    RETAIN__GOMPERTZ_PQ,
    RETAIN__GOMPERTZ_PK,
    RETAIN__GOMPERTZ_DD,
    RETAIN__GOMPERTZ_DQ,
    RETAIN__GOMPERTZ_DK,
    RETAIN__GOMPERTZ_QQ,
    RETAIN__GOMPERTZ_QK,
    RETAIN__GOMPERTZ_KK,
    RETAIN__GOMPERTZ_W,
    RETAIN__GOMPERTZ_V,
    RETAIN__GOMPERTZ_R_MEAN,
    RETAIN__GOMPERTZ_MOMENTS
};

/* Customers who are alive at `age`, with a purchase rate ~ Gamma(n, alpha) then, and place no order during `span`. */
typedef struct retain__gompertz_spans {
    const retain__gompertz_law *law;
    size_t count; /* at most RETAIN__BTYD_RUN */
    double n[RETAIN__BTYD_RUN], alpha[RETAIN__BTYD_RUN], age[RETAIN__BTYD_RUN], span[RETAIN__BTYD_RUN];

    /* receive, of each */
    double beta[RETAIN__BTYD_RUN], above[RETAIN__BTYD_RUN]; /* beta and beta - 1 at that age */
    double log_alpha[RETAIN__BTYD_RUN];                     /* A at the end of the span */
    double log_beta[RETAIN__BTYD_RUN];                      /* D at the end of the span */
} retain__gompertz_spans;

/* log(1 + u / scale); only beyond all use, where u / scale would overflow, it stops to grow. */
static RETAIN__INLINE double retain__gompertz_log_ratio(double u, double scale)
{
    double ratio = u / scale;

    return retain__fast_log1p(ratio < 1e300 ? ratio : 1e300);
}

retain__gompertz_law retain__gompertz_law_of(const double *p);

/* The shape of the remaining lifetime at an age, with n, count and delta 0. */
retain__gompertz_shape retain__gompertz_shape_at(const retain__gompertz_law *law, double age, double end, int dies);

/* log((1 + (e^(b u) - 1)/beta), -log S(u) / s, of a remaining lifetime. */
double retain__gompertz_log(const retain__gompertz_shape *shape, double u);

/* The logarithm of the integral of a shape; -infinity for an empty one. */
double retain__gompertz_log_integral(const retain__gompertz_shape *shape);

/* The mass of each span, and all moments: moments[k][i] of span i, not divided by the mass. */
void retain__gompertz_mass(retain__gompertz_spans *spans, double *mass);
void retain__gompertz_moments(retain__gompertz_spans *spans, double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN]);

#endif

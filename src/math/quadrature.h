/* Gauss-Legendre rules, and the integral of one peak: how the models integrate over what they cannot see.
 *
 * The integrands of the models are products of powers. In the logarithm of the variable they are e^-g with g convex and analytic
 * within a distance of pi from the real line, which is all that Gauss-Legendre asks for: with a rule chosen for the length and the
 * fall of the integrand the result is right to rounding, and as every term is positive nothing cancels. */
#ifndef RETAIN_QUADRATURE_H
#define RETAIN_QUADRATURE_H

#include <stddef.h>

/* One node in (0, 1) and its weight; the weights of a rule add up to 1. */
typedef struct retain__node {
    double at, weight;
} retain__node;

typedef struct retain__rule {
    size_t count;
    const retain__node *nodes;
} retain__rule;

/* Rules of 6, 8, ... 24, 28 and 32 nodes. */
enum { RETAIN__RULES = 12, RETAIN__MOST_NODES = 32 };
extern const retain__rule retain__rules[RETAIN__RULES];

/* Integral of e^-fall(d) over d from -left to right, for left, right >= 0 (infinite is fine) and a convex `fall` with fall(0) = 0
 * >= its slope on the left, <= on the right: the peak is at 0. What lies more than 36 below the peak is left out. `fall` must be
 * analytic within pi of the real line. */
double retain__integrate_peak(double (*fall)(const void *state, double d), const void *state, double left, double right);

/* Integral of f from `from` to `to`, 0 <= from < to, for an f that is analytic off the negative real axis, such as a product of
 * powers of time plus constants of any size. Where it falls from a peak, that is at `from`. */
double retain__integrate_growth(double (*f)(const void *state, double t), const void *state, double from, double to);

#endif

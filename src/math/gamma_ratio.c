/* Differences f(x + d) - f(x) of the gamma family: what the likelihoods are made of, for a customer with d repeat purchases.
 *
 * With y = x + d, both above 10, Stirling's series is differenced term by term, every term in a form that has the factor d:
 *     lgamma    (x - 1/2) log(1 + d/x) + d (log y - 1) - d/(12 x y) + ...
 *     digamma   log(1 + d/x) + d/(2 x y) + ...
 *     trigamma  -(d/(x y)) (1 + (1/x + 1/y)/2 + ...)
 * and the tails, polynomials in 1/x^2, by divided differences. In the first two terms of lgamma d cancels against -d; pairs
 * carry that. Smaller x is shifted up: the recurrence's terms are the product of (1 + d/(x + i)) and sums of d/((x + i)(y + i)),
 * all of one sign. When d > x that is not needed: the difference of the two values loses less than pairs have to give. Products
 * of numbers beyond 1e140 would overflow; there the first term is all. */
#include <float.h>
#include <math.h>

#include "math/gamma.h"
#include "math/special.h"

/* 1 / (x y), the reciprocals of x and y, and the squares of those, for x < y = x + d. */
typedef struct interval {
    retain__pair inverse_product;
    double u, v, q_of_x, q_of_y;
} interval;

static interval measure(retain__pair x, double d)
{
    retain__pair y = retain__pair_plus(x, d);
    interval at;

    at.inverse_product = retain__pair_divide(retain__pair_of(1.0), retain__pair_multiply(x, y));
    at.u = 1.0 / x.high;
    at.v = 1.0 / y.high;
    at.q_of_x = at.u * at.u;
    at.q_of_y = at.v * at.v;
    return at;
}

/* A polynomial p at q_of_y, and its divided difference (p(q_of_y) - p(q_of_x)) / (q_of_y - q_of_x). */
static double divide_differences(const double *coefficients, const interval *at, double *value)
{
    double slope = 0.0, sum = coefficients[RETAIN__STIRLING_TERMS - 1];

    for (int k = RETAIN__STIRLING_TERMS - 2; k >= 0; k--) {
        slope = slope * at->q_of_x + sum;
        sum = coefficients[k] + at->q_of_y * sum;
    }
    *value = sum;
    return slope;
}

/* Small whole d: the logarithm of x (x + 1) ... (x + d - 1). */
static retain__pair multiply_up(retain__pair x, double d)
{
    retain__pair product = x;

    for (double i = 1.0; i < d; i++)
        product = retain__pair_multiply(product, retain__pair_plus(x, i));
    return retain__log_pair(product);
}

/* log of the product of (y + i)/(x + i) over the shift up to x >= 10, which is done to x: with N the product of x + i, and M
 * that of y + i less N, every step is a sum of positive terms, N' = N (x + i), M' = M (y + i) + N d. */
static retain__pair shift_up(retain__pair *x, double d)
{
    retain__pair below = {1.0, 0.0}, excess = {0.0, 0.0};

    while (x->high < RETAIN__STIRLING_FROM) {
        excess = retain__pair_add(retain__pair_multiply(excess, retain__pair_plus(*x, d)), retain__pair_times(below, d));
        below = retain__pair_multiply(below, *x);
        *x = retain__pair_plus(*x, 1.0);
    }
    return retain__log1p_pair(retain__pair_divide(excess, below));
}

retain__pair retain__stirling_difference(retain__pair x, double d)
{
    interval at = measure(x, d);
    double tail, slope = divide_differences(retain__lgamma_tail, &at, &tail);
    retain__pair first = retain__pair_divide(at.inverse_product, retain__pair_of(12.0));

    tail = (at.q_of_x + at.u * at.v + at.q_of_y) * tail + at.q_of_x * at.u * (at.u + at.v) * slope;
    return retain__pair_times(retain__pair_plus(first, at.inverse_product.high * tail), -d);
}

retain__pair retain__lgamma_ratio_pair(retain__pair x, double d)
{
    retain__pair shift = {0.0, 0.0}, growth, sum, slope;

    if (d == 0.0)
        return retain__pair_of(0.0);
    if (d <= 8.0 && d == floor(d) && x.high < 1e30)
        return multiply_up(x, d);
    if (x.high < RETAIN__STIRLING_FROM && d > x.high)
        return retain__pair_add(retain__lgamma_pair(retain__pair_plus(x, d)), retain__pair_minus(retain__lgamma_pair(x)));
    if (x.high + d > 1e140) /* pairs would overflow, and no digit is lost */
        return retain__pair_of(x.high * log1p(d / x.high) + d * (log(x.high + d) - 1.0));
    if (x.high < RETAIN__STIRLING_FROM)
        shift = shift_up(&x, d);
    growth = retain__log1p_pair(retain__pair_divide(retain__pair_of(d), x));
    slope = retain__pair_plus(retain__pair_add(retain__log_pair(x), growth), -1.0);
    sum = retain__pair_multiply(retain__pair_plus(x, -0.5), growth);
    sum = retain__pair_add(sum, retain__pair_times(slope, d));
    sum = retain__pair_add(sum, retain__stirling_difference(x, d));
    return retain__pair_add(sum, retain__pair_minus(shift));
}

retain__pair retain__digamma_ratio_pair(retain__pair x, double d)
{
    retain__pair sum = {0.0, 0.0}, y = retain__pair_plus(x, d);
    interval at;
    double tail, tail_slope;

    if (d > x.high && (x.high < RETAIN__STIRLING_FROM || d > 1e140))
        return retain__pair_add(retain__digamma_pair(y), retain__pair_minus(retain__digamma_pair(x)));
    if (x.high + d > 1e140)
        return retain__pair_of(log1p(d / x.high));
    while (x.high < RETAIN__STIRLING_FROM) {
        y = retain__pair_plus(x, d);
        sum = retain__pair_add(sum, retain__pair_divide(retain__pair_of(d), retain__pair_multiply(x, y)));
        x = retain__pair_plus(x, 1.0);
    }
    at = measure(x, d);
    sum = retain__pair_add(sum, retain__log1p_pair(retain__pair_divide(retain__pair_of(d), x)));
    sum = retain__pair_add(sum, retain__pair_times(at.inverse_product, 0.5 * d));
    tail_slope = divide_differences(retain__digamma_tail, &at, &tail);
    tail = 1.0 / 12 + (at.q_of_x + at.q_of_y) * tail + at.q_of_x * at.q_of_x * tail_slope;
    return retain__pair_plus(sum, d * at.inverse_product.high * (at.u + at.v) * tail);
}

/* Of 1/x^2 the difference is -d (x + y)/(x y)^2. */
static retain__pair difference_trigamma(retain__pair x, double d)
{
    retain__pair sum = {0.0, 0.0}, y = retain__pair_plus(x, d), inverse, ends;
    interval at;
    double tail, tail_slope;

    if (d > x.high && (x.high < RETAIN__STIRLING_FROM || d > 1e140))
        return retain__pair_add(retain__trigamma_pair(y), retain__pair_minus(retain__trigamma_pair(x)));
    if (x.high + d > 1e140)
        return retain__pair_of(-(d / x.high) / (x.high + d));
    while (x.high < RETAIN__STIRLING_FROM) {
        y = retain__pair_plus(x, d);
        inverse = retain__pair_divide(retain__pair_of(1.0), retain__pair_multiply(x, y));
        ends = retain__pair_multiply(retain__pair_add(x, y), inverse);
        sum = retain__pair_add(sum, retain__pair_times(retain__pair_multiply(ends, inverse), -d));
        x = retain__pair_plus(x, 1.0);
    }
    at = measure(x, d);
    tail_slope = divide_differences(retain__trigamma_tail, &at, &tail);
    /* y^-5 T(1/y^2): the difference of the fifth powers, and the first power with the difference of T */
    tail = (at.q_of_x * at.q_of_x + at.u * at.v * (at.q_of_x + at.u * at.v + at.q_of_y) + at.q_of_y * at.q_of_y) * tail +
           at.q_of_x * at.q_of_x * at.u * (at.u + at.v) * tail_slope;
    tail += (at.q_of_x + at.u * at.v + at.q_of_y) / 6.0 + 0.5 * (at.u + at.v);
    inverse = retain__pair_times(at.inverse_product, -d);
    sum = retain__pair_add(sum, inverse);
    return retain__pair_plus(sum, inverse.high * tail);
}

/* A negative d walks from the smaller end: f(x + d) - f(x) = -(f(y - d) - f(y)) with y = x + d, exact as a pair. */
static double difference(retain__pair (*of)(retain__pair x, double d), double x, double d, double infinite)
{
    retain__pair start = d < 0.0 ? retain__two_sum(x, d) : retain__pair_of(x);

    if (!(x >= 0.0 && x <= DBL_MAX && start.high >= 0.0 && d <= DBL_MAX))
        return (double)NAN;
    if (d == 0.0 && x > 0.0)
        return 0.0;
    if (start.high == 0.0)
        return d < 0.0 ? infinite : d > 0.0 ? -infinite : (double)NAN;
    return d < 0.0 ? -retain__pair_value(of(start, -d)) : retain__pair_value(of(start, d));
}

double retain__lgamma_ratio(double x, double d)
{
    return difference(retain__lgamma_ratio_pair, x, d, (double)INFINITY);
}

double retain__digamma_ratio(double x, double d)
{
    return difference(retain__digamma_ratio_pair, x, d, -(double)INFINITY);
}

double retain__trigamma_ratio(double x, double d)
{
    return difference(difference_trigamma, x, d, (double)INFINITY);
}

/* The beta function: the logarithm, and how it changes when successes are counted.
 *
 * log B(a, b) = lgamma(a) - [lgamma(b + a) - lgamma(b)] with a <= b: the bracket is the difference without cancellation, and the
 * subtraction is done in pairs.
 *
 * log B(a, b + n) - log B(a, b) is a second difference of lgamma, of size a n / b, and loses everything when a is small beside b
 * and both steps are taken one by one. So it is differenced twice on paper, like the first differences in gamma_ratio.c. With
 * D = log B(a, b) - log B(a, b + n), c = b + n:
 *     D = (c - 1/2) log(1 + a/c) - (b - 1/2) log(1 + a/b) + a log(1 + n/(b + a)) + tails,
 * where for small a the first two terms are nearly a each (pairs), and below 10 the recurrence gives the product of
 * 1 + a n/((b + i)(b + a + n + i)). */
#include <float.h>
#include <math.h>

#include "math/gamma.h"
#include "math/special.h"

double retain__lbeta(double a, double b)
{
    double small = a < b ? a : b, large = a < b ? b : a;
    retain__pair step;

    if (!(small >= 0.0 && large <= DBL_MAX))
        return (double)NAN;
    if (small == 0.0)
        return (double)INFINITY;
    step = retain__lgamma_ratio_pair(retain__pair_of(large), small);
    return retain__pair_value(retain__pair_add(retain__lgamma_pair(retain__pair_of(small)), retain__pair_minus(step)));
}

/* log B(a, b) - log B(a, b + n) for 0 < n < b/256, where the form below would cancel: the integral of digamma(y + a) -
 * digamma(y) over y from b to b + n, by Gauss's rule of three nodes, whose error is there below 1e-16. */
static retain__pair lose_little(double a, retain__pair b, double n)
{
    retain__pair sum = retain__pair_times(retain__digamma_ratio_pair(retain__pair_plus(b, 0.5 * n), a), 8.0);

    sum = retain__pair_add(
        sum, retain__pair_times(retain__digamma_ratio_pair(retain__pair_plus(b, 0.11270166537925831148 * n), a), 5.0));
    sum = retain__pair_add(
        sum, retain__pair_times(retain__digamma_ratio_pair(retain__pair_plus(b, 0.88729833462074168852 * n), a), 5.0));
    return retain__pair_divide(retain__pair_times(sum, n), retain__pair_of(18.0));
}

/* log B(a, b) - log B(a, b + n) for n > 0. */
static retain__pair lose_beta(double a, retain__pair b, double n)
{
    retain__pair c = retain__pair_plus(b, n), shift = {0.0, 0.0}, sum, term;

    if (n < b.high / 256)
        return lose_little(a, b, n);
    if ((b.high < RETAIN__STIRLING_FROM && n > b.high) ||
        b.high + a + n > 1e140) { /* two steps that differ much: the smaller ones */
        if (a > n)
            return retain__pair_add(retain__lgamma_ratio_pair(retain__pair_plus(b, a), n),
                                    retain__pair_minus(retain__lgamma_ratio_pair(b, n)));
        return retain__pair_add(retain__lgamma_ratio_pair(c, a), retain__pair_minus(retain__lgamma_ratio_pair(b, a)));
    }
    while (b.high < RETAIN__STIRLING_FROM) {
        term = retain__pair_multiply(b, retain__pair_plus(c, a));
        term = retain__pair_divide(retain__two_product(a, n), term);
        shift = retain__pair_add(retain__pair_add(shift, term), retain__pair_multiply(shift, term));
        b = retain__pair_plus(b, 1.0);
        c = retain__pair_plus(c, 1.0);
    }
    sum = retain__log1p_pair(retain__pair_divide(retain__pair_of(n), retain__pair_plus(b, a)));
    sum = retain__pair_add(retain__pair_times(sum, a), retain__log1p_pair(shift));
    term = retain__log1p_pair(retain__pair_divide(retain__pair_of(a), c));
    sum = retain__pair_add(sum, retain__pair_multiply(retain__pair_plus(c, -0.5), term));
    term = retain__log1p_pair(retain__pair_divide(retain__pair_of(a), b));
    sum = retain__pair_add(sum, retain__pair_minus(retain__pair_multiply(retain__pair_plus(b, -0.5), term)));
    term = retain__pair_add(retain__stirling_difference(c, a), retain__pair_minus(retain__stirling_difference(b, a)));
    return retain__pair_add(sum, term);
}

double retain__lbeta_ratio(double a, double b, double n)
{
    retain__pair start = n < 0.0 ? retain__two_sum(b, n) : retain__pair_of(b);

    if (!(a > 0.0 && a <= DBL_MAX && b > 0.0 && b <= DBL_MAX && start.high >= 0.0 && n <= DBL_MAX))
        return (double)NAN;
    if (start.high == 0.0)
        return (double)INFINITY;
    return n < 0.0 ? retain__pair_value(lose_beta(a, start, -n)) : -retain__pair_value(lose_beta(a, start, n));
}

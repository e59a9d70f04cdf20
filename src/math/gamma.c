/* log-gamma and its first two derivatives.
 *
 * Arguments below 10 are shifted up, f(x) = f(x + n) - (what the recurrence says), and Stirling's series does the rest. Both
 * steps cancel: lgamma(3) = 0.69 is the difference of 13 and 12. Carried in pairs (math/pair.h) the cancellation costs digits
 * that are not shown, and one routine serves all arguments. Only at the zeros (1 and 2 of lgamma, 1.46163... of digamma), where
 * the relative accuracy of any such difference ends, a Taylor series in the exact distance from the zero takes over. */
#include <math.h>

#include "math/gamma.h"
#include "math/special.h"

const double retain__lgamma_tail[RETAIN__STIRLING_TERMS] = {-1.0 / 360,       1.0 / 1260,       -1.0 / 1680,
                                                            5.0 / 5940,       -691.0 / 360360,  7.0 / 1092,
                                                            -3617.0 / 122400, 43867.0 / 244188, -174611.0 / 125400};
const double retain__digamma_tail[RETAIN__STIRLING_TERMS] = {
    -1.0 / 120, 1.0 / 252, -1.0 / 240, 5.0 / 660, -691.0 / 32760, 7.0 / 84, -3617.0 / 8160, 43867.0 / 14364, -174611.0 / 6600};
const double retain__trigamma_tail[RETAIN__STIRLING_TERMS] = {
    -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510, 43867.0 / 798, -174611.0 / 330};

/* log(2 pi) / 2. */
static const retain__pair half_log_2pi = {0.9189385332046728, -3.8782941580672414e-17};

/* How near a zero the Taylor series are used, and their coefficients behind the first. */
static const double near = 1.0 / 64;
enum { TAYLOR_TERMS = 9 };

/* lgamma(1 + e) = -gamma e + sum (-1)^k zeta(k) / k e^k, lgamma(2 + e) = (1 - gamma) e + sum (-1)^k (zeta(k) - 1) / k e^k, k = 2
 * ... 10; Abramowitz and Stegun 6.1.33. */
static const retain__pair slope_at_1 = {-0.5772156649015329, 4.942915152430645e-18};
static const double taylor_at_1[TAYLOR_TERMS] = {0.8224670334241132,   -0.40068563438653143, 0.27058080842778454,
                                                 -0.20738555102867398, 0.1695571769974082,   -0.1440498967688461,
                                                 0.12550966952474304,  -0.11133426586956469, 0.1000994575127818};
static const retain__pair slope_at_2 = {0.42278433509846713, 4.942915152430645e-18};
static const double taylor_at_2[TAYLOR_TERMS] = {0.3224670334241132,    -0.0673523010531981,     0.020580808427784546,
                                                 -0.007385551028673986, 0.0028905103307415234,   -0.001192753911703261,
                                                 0.0005096695247430425, -0.00022315475845357939, 9.945751278180853e-05};

/* The zero of digamma and the Taylor coefficients of digamma there. */
static const retain__pair zero_of_digamma = {1.4616321449683622, 9.549995429965697e-17};
static const retain__pair slope_at_zero = {0.9676722454476212, -3.387874303038943e-17};
static const double taylor_at_zero[TAYLOR_TERMS] = {-0.4427631689835921,  0.258499760955651,    -0.16394270544240652,
                                                    0.10782405069126237,  -0.07219956125645471, 0.04880428816414311,
                                                    -0.03316112647484736, 0.022597648232218104, -0.01542476590494896};

static double sum_powers(const double *coefficients, int count, double x)
{
    double sum = coefficients[count - 1];

    for (int k = count - 2; k >= 0; k--)
        sum = coefficients[k] + x * sum;
    return sum;
}

/* slope e + e^2 (coefficients in powers of e). */
static retain__pair sum_taylor(retain__pair slope, const double *coefficients, retain__pair e)
{
    double rest = e.high * e.high * sum_powers(coefficients, TAYLOR_TERMS, e.high);

    return retain__pair_plus(retain__pair_multiply(slope, e), rest);
}

retain__pair retain__lgamma_pair(retain__pair x)
{
    retain__pair product = {1.0, 0.0}, sum, inverse;
    double tail;

    if (fabs(x.high - 1.0) < near)
        return sum_taylor(slope_at_1, taylor_at_1, retain__pair_plus(x, -1.0));
    if (fabs(x.high - 2.0) < near)
        return sum_taylor(slope_at_2, taylor_at_2, retain__pair_plus(x, -2.0));
    if (x.high > 1e290) /* pairs would overflow, and the rest of the series is far below the last digit */
        return retain__pair_of(x.high * (log(x.high) - 1.0));
    while (x.high < RETAIN__STIRLING_FROM) {
        product = retain__pair_multiply(product, x);
        x = retain__pair_plus(x, 1.0);
    }
    inverse = retain__pair_divide(retain__pair_of(1.0), x);
    tail = inverse.high * inverse.high;
    tail *= inverse.high * sum_powers(retain__lgamma_tail, RETAIN__STIRLING_TERMS, tail);
    sum = retain__pair_multiply(retain__pair_plus(x, -0.5), retain__log_pair(x));
    sum = retain__pair_add(sum, retain__pair_minus(x));
    sum = retain__pair_add(sum, retain__pair_minus(retain__log_pair(product)));
    sum = retain__pair_add(sum, half_log_2pi);
    sum = retain__pair_add(sum, retain__pair_divide(inverse, retain__pair_of(12.0)));
    return retain__pair_plus(sum, tail);
}

double retain__lgamma(double x)
{
    if (!(x > 0.0))
        return x == 0.0 ? (double)INFINITY : (double)NAN;
    return retain__pair_value(retain__lgamma_pair(retain__pair_of(x)));
}

retain__pair retain__digamma_pair(retain__pair x)
{
    retain__pair shift = {0.0, 0.0}, inverse, sum;
    double q;

    if (fabs(x.high - zero_of_digamma.high) < near)
        return sum_taylor(slope_at_zero, taylor_at_zero, retain__pair_add(x, retain__pair_minus(zero_of_digamma)));
    if (x.high < 1e-40)
        return retain__pair_of(-1.0 / x.high);
    if (x.high > 1e40)
        return retain__pair_of(log(x.high));
    while (x.high < RETAIN__STIRLING_FROM) {
        shift = retain__pair_add(shift, retain__pair_divide(retain__pair_of(1.0), x));
        x = retain__pair_plus(x, 1.0);
    }
    inverse = retain__pair_divide(retain__pair_of(1.0), x);
    q = inverse.high * inverse.high;
    sum = retain__pair_add(retain__log_pair(x), retain__pair_times(inverse, -0.5));
    sum = retain__pair_plus(sum, -q * (1.0 / 12 + q * sum_powers(retain__digamma_tail, RETAIN__STIRLING_TERMS, q)));
    return retain__pair_add(sum, retain__pair_minus(shift));
}

double retain__digamma(double x)
{
    if (!(x > 0.0))
        return x == 0.0 ? -(double)INFINITY : (double)NAN;
    return retain__pair_value(retain__digamma_pair(retain__pair_of(x)));
}

retain__pair retain__trigamma_pair(retain__pair x)
{
    retain__pair shift = {0.0, 0.0}, inverse;
    double q;

    if (x.high < 1e-40)
        return retain__pair_of(1.0 / x.high / x.high);
    if (x.high > 1e40)
        return retain__pair_of(1.0 / x.high);
    while (x.high < RETAIN__STIRLING_FROM) {
        inverse = retain__pair_divide(retain__pair_of(1.0), x);
        shift = retain__pair_add(shift, retain__pair_multiply(inverse, inverse));
        x = retain__pair_plus(x, 1.0);
    }
    inverse = retain__pair_divide(retain__pair_of(1.0), x);
    q = inverse.high * inverse.high;
    shift = retain__pair_add(shift, retain__pair_times(retain__pair_multiply(inverse, inverse), 0.5));
    q = inverse.high * q * (1.0 / 6 + q * sum_powers(retain__trigamma_tail, RETAIN__STIRLING_TERMS, q));
    return retain__pair_plus(retain__pair_add(shift, inverse), q);
}

double retain__trigamma(double x)
{
    if (!(x > 0.0))
        return x == 0.0 ? (double)INFINITY : (double)NAN;
    return retain__pair_value(retain__trigamma_pair(retain__pair_of(x)));
}

/* The normal distribution in logarithms, its quantile, and log(1 - e^-x).
 *
 * Delicate: the lower tail. The distribution function underflows at -38 while its logarithm is a plain -726; below -12 the
 * logarithm is therefore taken of the asymptotic series (Abramowitz and Stegun 26.2.12), whose first neglected term is there
 * below 1e-17. The quantile is algorithm AS 241 (M. J. Wichura, Applied Statistics 37 (1988), 477-484, PPND16), rational in the
 * central part and in sqrt(-log p) outside. */
#include <math.h>

#include "math/pair.h"
#include "math/special.h"

static const double half_log_2pi = 0.91893853320467274178;

double retain__log1mexp(double x)
{
    return x < 0.69314718055994530942 ? log(-expm1(-x)) : log1p(-exp(-x));
}

/* Half of erfc(x / sqrt 2), the upper tail. The quotient is a pair: its rounding alone would cost x^2 units of the last digit. */
static double find_upper_tail(double x)
{
    retain__pair t = retain__pair_times((retain__pair){0.7071067811865476, -4.833646656726457e-17}, x);

    return 0.5 * (erfc(t.high) - 1.1283791670955125739 * exp(-t.high * t.high) * t.low);
}

double retain__log_ndtr(double x)
{
    double q, term = 1.0, sum = 0.0;

    if (x > 40.0)
        return 0.0;
    if (x > 0.0)
        return log1p(-find_upper_tail(x));
    if (!(x < -12.0))
        return log(find_upper_tail(-x));
    q = 1.0 / (x * x);
    for (int k = 1; k <= 14; k++) {
        term *= -(2 * k - 1) * q;
        sum += term;
    }
    return -0.5 * x * x - half_log_2pi - log(-x) + log1p(sum);
}

/* Ratio of two polynomials of degree 7; `below` starts with the coefficient of x, before it stands 1. */
static double divide_polynomials(const double above[8], const double below[7], double x)
{
    double top = above[7], bottom = below[6];

    for (int k = 6; k >= 0; k--) {
        top = top * x + above[k];
        bottom = bottom * x + (k ? below[k - 1] : 1.0);
    }
    return top / bottom;
}

double retain__ndtri(double p)
{
    static const double centre_above[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                           1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                           3.3430575583588128105e+4, 2.5090809287301226727e+3};
    static const double centre_below[7] = {4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
                                           2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
                                           5.2264952788528545610e+3};
    static const double near_above[8] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                         3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                         2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double near_below[7] = {2.05319162663775882187e0,  1.67638483018380384940e0,  6.89767334985100004550e-1,
                                         1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
                                         1.05075007164441684324e-9};
    static const double far_above[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                        2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                        2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double far_below[7] = {5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
                                        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
                                        2.04426310338993978564e-15};
    double q = p - 0.5, r, size;

    if (fabs(q) <= 0.425)
        return q * divide_polynomials(centre_above, centre_below, 0.180625 - q * q);
    r = q < 0.0 ? p : 1.0 - p;
    if (!(r >= 0.0))
        return (double)NAN;
    if (r == 0.0)
        return q < 0.0 ? -(double)INFINITY : (double)INFINITY;
    r = sqrt(-log(r));
    size = r <= 5.0 ? divide_polynomials(near_above, near_below, r - 1.6) : divide_polynomials(far_above, far_below, r - 5.0);
    return q < 0.0 ? -size : size;
}

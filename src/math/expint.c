/* The generalised exponential integral, scaled: G_s = e^z E_s(z), for the discounted residual transactions of Pareto/NBD.
 *
 * For z >= 1, or s > 30, the continued fraction (Abramowitz and Stegun 5.1.22, even part) converges quickly. For small z it does
 * not; there s is brought into (0, 1.5] by G_{s+1} = (1 - z G_s)/s, which is stable in this direction for z < 1, and with
 * e = 1 - s
 *     E_s(z) = (Gamma(1 + e) z^(-e) - 1)/e - sum over k >= 1 of (-z)^k/(k! (k + e)).
 * Delicate: e = 0, the ordinary exponential integral, where the first term becomes -gamma - log z; expm1 and a log-gamma that is
 * accurate near its zero carry it through. */
#include <float.h>
#include <math.h>

#include "math/special.h"

static double expand_fraction(double s, double z)
{
    double b = z + s, c = 1e300, d = 1.0 / b, fraction = d, step = 0.0;

    for (double k = 1.0; fabs(step - 1.0) > DBL_EPSILON; k++) {
        double a = -k * (s - 1.0 + k);

        b += 2.0;
        d = 1.0 / (a * d + b);
        c = b + a / c;
        step = c * d;
        fraction *= step;
    }
    return fraction;
}

/* G_s(z) for 0 < s <= 1.5, z < 1. */
static double sum_series(double s, double z)
{
    double e = 1.0 - s, power = 1.0, sum;

    sum = e == 0.0 ? -0.57721566490153286061 - log(z) : expm1(retain__lgamma_ratio(1.0, e) - e * log(z)) / e;
    for (double k = 1.0; k < 20.0; k++) {
        power *= -z / k;
        sum -= power / (k + e);
    }
    return exp(z) * sum;
}

double retain__log_expint_scaled(double s, double z)
{
    double steps, value;

    if (!(s > 0.0 && z >= 0.0))
        return (double)NAN;
    if (z == 0.0)
        return s > 1.0 ? -log(s - 1.0) : (double)INFINITY;
    if (z >= 1.0 || s > 30.0)
        return log(expand_fraction(s, z));
    steps = s > 1.5 ? ceil(s - 1.5) : 0.0;
    value = sum_series(s - steps, z);
    for (double k = steps; k > 0.0; k--)
        value = (1.0 - z * value) / (s - k);
    return log(value);
}

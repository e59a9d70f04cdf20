/* Wilson's interval: the p for which k of n is just not surprising.
 *
 * The limits are the roots of (n + z^2) p^2 - (2 k + z^2) p + k^2/n = 0. The upper one is a sum of positive numbers over
 * another; the lower one as a difference would lose its digits when k is small, so it is taken from the product of the roots,
 * k^2/(n (n + z^2)). Rounding must not carry them past k/n. */
#include <float.h>
#include <math.h>

#include "math/special.h"
#include "retain/rate.h"

/* Whether there is such a rate; then k + z^2/2 + z sqrt(z^2/4 + k (n - k)/n), which both limits are made of, and z. */
static int solve(double k, double n, double level, double *root, double *z)
{
    if (!(n > 0.0 && n <= DBL_MAX && k >= 0.0 && k <= n && level > 0.0 && level < 1.0))
        return 0;
    *z = -retain__ndtri(0.5 * (1.0 - level));
    *root = k + 0.5 * *z * *z + *z * sqrt(0.25 * *z * *z + k * ((n - k) / n));
    return 1;
}

double retain_rate_low(double successes, double trials, double level)
{
    double root, z;

    if (!solve(successes, trials, level, &root, &z))
        return (double)NAN;
    return successes > 0.0 ? fmin(successes / trials, successes * (successes / trials) / root) : 0.0;
}

double retain_rate_high(double successes, double trials, double level)
{
    double root, z;

    if (!solve(successes, trials, level, &root, &z))
        return (double)NAN;
    return successes < trials ? fmin(1.0, fmax(successes / trials, root / (trials + z * z))) : 1.0;
}

/* Wilson's interval: the p for which k of n is just not surprising.
 *
 * The limits are the roots of (n + z^2) p^2 - (2 k + z^2) p + k^2/n = 0. The upper one is a sum of positive numbers over
 * another; the lower one as a difference would lose its digits when k is small, so it is taken from the product of the roots,
 * k^2/(n (n + z^2)). Rounding must not carry them past k/n.
 *
 * The difference of two rates. Its limits need how far a Wilson limit lies from its rate; taken as a difference that loses its
 * digits when n is large, so the distance is solved for by itself: with p = k/n, q = 1 - p and r = sqrt(z^2/4 + k (n - k)/n),
 *
 *     u - p = z (z (1/2 - p) + r) / (n + z^2) = z p q / (z (p - 1/2) + r),
 *
 * where the first form adds for p < 1/2 and the second for p > 1/2; p - l is the same with p and q exchanged. The difference itself
 * keeps the remainders of both divisions: the z of rates that agree in their first digits is made of the others. */
#include <float.h>
#include <math.h>

#include "math/interval.h"
#include "math/pair.h"
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

/* --- the difference of two ------------------------------------------------------------------------------------------------------ */

typedef struct share {
    double successes, trials;
} share;

static int is_share(share rate)
{
    return rate.trials > 0.0 && rate.trials <= DBL_MAX && rate.successes >= 0.0 && rate.successes <= rate.trials;
}

/* k / n and what rounding took from it. */
static retain__pair divide(share rate)
{
    const double quotient = rate.successes / rate.trials;

    return (retain__pair){quotient, fma(-quotient, rate.trials, rate.successes) / rate.trials};
}

static double subtract(share first, share second)
{
    return retain__pair_value(retain__pair_add(divide(first), retain__pair_minus(divide(second))));
}

static share turn_over(share rate)
{
    return (share){rate.trials - rate.successes, rate.trials};
}

/* From k/n up to its upper limit, for the quantile z. */
static double reach_up(share rate, double z)
{
    const double k = rate.successes, n = rate.trials, p = k / n, q = (n - k) / n, r = sqrt(0.25 * z * z + k * q);

    return p <= 0.5 ? z * (z * (0.5 - p) + r) / (n + z * z) : z * p * q / (z * (p - 0.5) + r);
}

static double reach_down(share rate, double z)
{
    return reach_up(turn_over(rate), z);
}

static int are_comparable(share first, share second, double level)
{
    return is_share(first) && is_share(second) && level > 0.0 && level < 1.0;
}

double retain_rate_difference(double successes_1, double trials_1, double successes_2, double trials_2)
{
    const share first = {successes_1, trials_1}, second = {successes_2, trials_2};

    return is_share(first) && is_share(second) ? subtract(first, second) : (double)NAN;
}

double retain_rate_difference_low(double successes_1, double trials_1, double successes_2, double trials_2, double level)
{
    const share first = {successes_1, trials_1}, second = {successes_2, trials_2};
    double z;

    if (!are_comparable(first, second, level))
        return (double)NAN;
    z = -retain__ndtri(0.5 * (1.0 - level));
    return fmax(-1.0, retain__difference_low(subtract(first, second), reach_down(first, z), reach_up(second, z)));
}

double retain_rate_difference_high(double successes_1, double trials_1, double successes_2, double trials_2, double level)
{
    const double mirrored = retain_rate_difference_low(successes_2, trials_2, successes_1, trials_1, level);

    return 0.0 - mirrored; /* not -0 */
}

double retain_rate_difference_z(double successes_1, double trials_1, double successes_2, double trials_2)
{
    const share first = {successes_1, trials_1}, second = {successes_2, trials_2};
    double all, pooled, spread;

    if (!is_share(first) || !is_share(second))
        return (double)NAN;
    all = 0.5 * trials_1 + 0.5 * trials_2; /* halves: two large numbers must not add up to infinity */
    pooled = (0.5 * successes_1 + 0.5 * successes_2) / all;
    spread = sqrt(pooled * ((0.5 * (trials_1 - successes_1) + 0.5 * (trials_2 - successes_2)) / all)) *
             hypot(1.0 / sqrt(trials_1), 1.0 / sqrt(trials_2));
    return spread > 0.0 ? subtract(first, second) / spread : (double)NAN;
}

double retain_rate_difference_p_value(double successes_1, double trials_1, double successes_2, double trials_2)
{
    return erfc(fabs(retain_rate_difference_z(successes_1, trials_1, successes_2, trials_2)) * 0.70710678118654752440);
}

/* Intervals that keep their promise in small samples.
 *
 * Student's quantile is found from above the normal one by Newton's method on log P(|T| > t) as a function of log t: a heavy
 * tail is a straight line there, a light one is close to it, so a handful of steps do. The tail is an incomplete beta function
 * of whichever of t^2 and the degrees is the smaller share, so that neither end loses digits.
 *
 * Tango's interval holds those differences d of two shares for which the score statistic
 *
 *     (plus - minus - n d) / sqrt(n (2 q + d (1 - d)))
 *
 * stays within -z and z, q being the likeliest share of `minus` when the difference is d: the positive root of 2 n q^2 + B q +
 * C = 0 with B = (2 n - plus + minus) d - plus - minus and C = -minus d (1 - d). The statistic falls in d, so the upper limit
 * is found by halving; the lower one is the upper one with the signs exchanged. Unlike the textbook interval it neither
 * shrinks to nothing when all answers are alike nor leaves [-1, 1]. */
#include "math/interval.h"

#include <float.h>
#include <math.h>

#include "math/special.h"

/* --- means -------------------------------------------------------------------------------------------------------------------- */

/* P(|T| > t) for t > 0. */
static double find_tails(double t, double degrees)
{
    const double square = t * t, whole = degrees + square;

    return square > degrees ? retain__betainc(0.5 * degrees, 0.5, degrees / whole)
                            : retain__betainc_complement(0.5, 0.5 * degrees, square / whole);
}

/* Log of the density at t, without the constant. */
static double find_log_density(double t, double degrees)
{
    return -0.5 * (degrees + 1.0) * log1p(t * t / degrees);
}

double retain__student_quantile(double level, double degrees)
{
    enum { MOST_STEPS = 60 };
    static const double NEARLY_NORMAL = 1e10, ENOUGH = 1e-15;
    double t, constant;

    if (!(level > 0.0 && level < 1.0 && degrees > 0.0))
        return (double)NAN;
    t = -retain__ndtri(0.5 * (1.0 - level));
    if (degrees >= NEARLY_NORMAL)
        return t;
    constant = -0.5 * log(degrees) - retain__lbeta(0.5, 0.5 * degrees);
    for (int i = 0; i < MOST_STEPS; i++) { /* from below: the quantile is never less than the normal one */
        const double tails = find_tails(t, degrees);
        const double slope = 2.0 * t * exp(constant + find_log_density(t, degrees)) / tails;
        const double step = log(tails / (1.0 - level)) / slope;

        t *= exp(step);
        if (!(fabs(step) > ENOUGH))
            break;
    }
    return t;
}

static int are_moments(double squared_deviations, double n, double level)
{
    return n > 1.0 && squared_deviations > 0.0 && level > 0.0 && level < 1.0;
}

static retain__limits reach_out(double mean, double squared_deviations, double n, double quantile)
{
    const double margin = quantile * sqrt(squared_deviations / (n - 1.0) / n);

    return (retain__limits){mean - margin, mean + margin};
}

retain__limits retain__mean_limits(double mean, double squared_deviations, double n, double level)
{
    if (!are_moments(squared_deviations, n, level))
        return (retain__limits){(double)NAN, (double)NAN};
    return reach_out(mean, squared_deviations, n, retain__student_quantile(level, n - 1.0));
}

retain__limits retain__group_mean_limits(double mean, double squared_deviations, double n, double level, retain__students *known)
{
    const size_t most = sizeof known->quantile / sizeof *known->quantile;
    double *place;

    if (!(n < (double)most && n == floor(n)) || !are_moments(squared_deviations, n, level))
        return retain__mean_limits(mean, squared_deviations, n, level);
    place = &known->quantile[(size_t)n];
    if (*place == 0.0)
        *place = retain__student_quantile(level, n - 1.0);
    return reach_out(mean, squared_deviations, n, *place);
}

/* --- shares ------------------------------------------------------------------------------------------------------------------- */

/* Is the difference d, above (plus - minus) / n, too large to be believed at z? */
static int is_surprising(double d, double plus, double minus, double n, double z)
{
    const double b = (2.0 * n - plus + minus) * d - plus - minus, c = -minus * d * (1.0 - d);
    const double root = sqrt(fmax(0.0, b * b - 8.0 * n * c));
    const double q = b > 0.0 ? -2.0 * c / (root + b) : (root - b) / (4.0 * n);
    const double distance = plus - minus - n * d;

    return distance * distance > z * z * n * (2.0 * fmax(0.0, q) + d * (1.0 - d));
}

static double find_upper_limit(double plus, double minus, double n, double z)
{
    double inside = (plus - minus) / n, outside = 1.0;

    if (plus == n)
        return 1.0;
    for (;;) {
        const double middle = inside + 0.5 * (outside - inside);

        if (!(middle > inside && middle < outside))
            return inside;
        if (is_surprising(middle, plus, minus, n, z))
            outside = middle;
        else
            inside = middle;
    }
}

retain__limits retain__paired_limits(double plus, double minus, double n, double level)
{
    double z;

    if (!(n > 0.0 && n <= DBL_MAX && plus >= 0.0 && minus >= 0.0 && plus + minus <= n && level > 0.0 && level < 1.0))
        return (retain__limits){(double)NAN, (double)NAN};
    z = -retain__ndtri(0.5 * (1.0 - level));
    return (retain__limits){-find_upper_limit(minus, plus, n, z), find_upper_limit(plus, minus, n, z)};
}

double retain__difference_low(double difference, double down_of_a, double up_of_b)
{
    return difference - hypot(down_of_a, up_of_b);
}

retain__limits retain__logit_limits(double share, double standard_error, double level)
{
    const double z = -retain__ndtri(0.5 * (1.0 - level)), odds = share / (1.0 - share),
                 reach = exp(z * standard_error / (share * (1.0 - share)));
    const retain__limits none = {(double)NAN, (double)NAN},
                         limits = {odds / reach / (1.0 + odds / reach), 1.0 / (1.0 + 1.0 / (odds * reach))};

    return standard_error > 0.0 && share > 0.0 && share < 1.0 ? limits : none;
}

retain__limits retain__difference_limits(double a, retain__limits of_a, double b, retain__limits of_b)
{
    return (retain__limits){retain__difference_low(a - b, a - of_a.low, of_b.high - b),
                            0.0 - retain__difference_low(b - a, b - of_b.low, of_a.high - a)}; /* not -0 */
}

/* P(X <= k) of n trials, by adding up: for few trials. */
static double add_lower_tail(double k, double n, double share)
{
    const double odds = share / (1.0 - share);
    double term = pow(1.0 - share, n), sum = term;

    for (double i = 0.0; i < k; i++) {
        term *= (n - i) / (i + 1.0) * odds;
        sum += term;
    }
    return sum;
}

double retain__binomial_test(double successes, double trials, double share)
{
    static const double FEW = 24.0;
    double at_most, at_least;

    if (!(trials > 0.0 && successes >= 0.0 && successes <= trials && share > 0.0 && share < 1.0))
        return (double)NAN;
    if (trials <= FEW && share >= 1e-6 && share <= 1.0 - 1e-6) {
        at_most = add_lower_tail(successes, trials, share);
        at_least = add_lower_tail(trials - successes, trials, 1.0 - share);
        return fmin(1.0, 2.0 * fmin(at_most, at_least));
    }
    at_least = successes > 0.0 ? retain__betainc(successes, trials - successes + 1.0, share) : 1.0;
    at_most = successes < trials ? retain__betainc_complement(successes + 1.0, trials - successes, share) : 1.0;
    return fmin(1.0, 2.0 * fmin(at_most, at_least));
}

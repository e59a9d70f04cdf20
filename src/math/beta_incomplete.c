/* The regularised incomplete beta function: tails of negative binomial counts.
 *
 * I_z(a, b) is its power in front, z^a (1-z)^b/(a B(a, b)), times a continued fraction that converges in about sqrt(max(a, b))
 * steps on the side of the mean where the value is the smaller one (A. R. DiDonato, A. H. Morris, ACM TOMS 18 (1992), 360-373,
 * eq. 9; by Lentz's method); the other side is one minus that. The front factor is the difference of numbers of the size of a
 * and b: it is added up in pairs (pair.h), and stays a logarithm until the end, so that values like 1e-667 have logarithms. */
#include <math.h>

#include "math/gamma.h"
#include "math/special.h"

/* log I_z(a, b), best when z is below the mean; y = 1 - z, and the logarithms of z and y as pairs. */
static double expand(double a, double b, double z, double y, retain__pair log_z, retain__pair log_y)
{
    enum { MOST_STEPS = 300000 };
    double fraction = (a * y - b * z + 1.0) / (a + 1.0), c = fraction, d = 0.0, step;
    retain__pair front = retain__pair_add(retain__pair_times(log_z, a), retain__pair_times(log_y, b));

    front = retain__pair_add(front, retain__lgamma_ratio_pair(retain__pair_of(b), a));
    front = retain__pair_add(front, retain__pair_minus(retain__lgamma_pair(retain__two_sum(1.0, a))));
    for (double m = 1.0; m < MOST_STEPS; m++) {
        double at = a + 2.0 * m, above = (a + m - 1.0) / (at - 1.0) * ((a + b + m - 1.0) / (at - 1.0)) * m * (b - m) * z * z;
        double below = m + m * (b - m) * z / (at - 1.0) + (a + m) * (a * y - b * z + 1.0 + m * (1.0 + y)) / (at + 1.0);

        if (m == 1.0) /* the factor a, which may be tiny, stands in front of all */
            above = (a + b) / (a + 1.0) * ((b - 1.0) / (a + 1.0)) * z * z;
        d = 1.0 / (below + above * d);
        c = below + above / c;
        step = c * d;
        fraction *= step;
        if (fabs(step - 1.0) < 1e-16)
            break;
    }
    return fmin(0.0, retain__pair_value(front) - log(fraction));
}

/* Logarithm of the smaller tail, and whether that is the upper one. When a parameter is small the smaller tail can lie on the
 * slower side of the mean; it is worth its steps unless z is at the very end. */
static double find_tail(double a, double b, double z, int *upper)
{
    double y = 1.0 - z, tail;
    retain__pair log_z = retain__log_pair(retain__pair_of(z)), log_y = retain__log1p_pair(retain__pair_of(-z));

    *upper = z > (a + 1.0) / (a + b + 2.0);
    tail = *upper ? expand(b, a, y, z, log_y, log_z) : expand(a, b, z, y, log_z, log_y);
    if (tail < -0.7 || !(z > 1e-4 && y > 1e-4))
        return tail;
    *upper = !*upper;
    return *upper ? expand(b, a, y, z, log_y, log_z) : expand(a, b, z, y, log_z, log_y);
}

/* The ends of the domain: 0 or 1, the distribution function itself, NaN outside, and -1 inside. */
static double check(double a, double b, double z)
{
    if (!(a > 0.0 && b > 0.0 && z >= 0.0 && z <= 1.0))
        return (double)NAN;
    return z == 0.0 || z == 1.0 ? z : -1.0;
}

double retain__betainc(double a, double b, double z)
{
    double at_end = check(a, b, z), tail;
    int upper;

    if (at_end != -1.0)
        return at_end;
    tail = find_tail(a, b, z, &upper);
    return upper ? -expm1(tail) : exp(tail);
}

double retain__betainc_complement(double a, double b, double z)
{
    double at_end = check(a, b, z), tail;
    int upper;

    if (at_end != -1.0)
        return 1.0 - at_end;
    tail = find_tail(a, b, z, &upper);
    return upper ? exp(tail) : -expm1(tail);
}

double retain__log_betainc(double a, double b, double z)
{
    double at_end = check(a, b, z), tail;
    int upper;

    if (at_end != -1.0)
        return log(at_end);
    tail = find_tail(a, b, z, &upper);
    return upper ? retain__log1mexp(-tail) : tail;
}

double retain__log_betainc_complement(double a, double b, double z)
{
    double at_end = check(a, b, z), tail;
    int upper;

    if (at_end != -1.0)
        return log(1.0 - at_end);
    tail = find_tail(a, b, z, &upper);
    return upper ? tail : retain__log1mexp(-tail);
}

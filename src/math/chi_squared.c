/* The tail of the chi-squared distribution. For a whole number n of degrees of freedom it is a finite sum of positive terms,
 *
 *     P(X > x) = sum over j = n/2 - 1, n/2 - 2, ... > -1 of e^(-h) h^j / Gamma(j + 1), h = x / 2,
 *
 * and erfc(sqrt h) more when n is odd (M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions (1964), 26.4.4 and
 * 26.4.5). */
#include <math.h>

#include "math/special.h"

double retain__chi_squared_tail(double x, size_t degrees)
{
    const double half = 0.5 * x, least = degrees % 2 ? 0.5 : 0.0;
    double sum;

    if (!(x >= 0.0 && degrees > 0))
        return (double)NAN;
    if (x == 0.0)
        return 1.0;
    sum = degrees % 2 ? erfc(sqrt(half)) : 0.0;
    for (size_t i = 0; i < degrees / 2; i++) {
        const double power = (double)i + least;

        sum += exp(power * log(half) - half - retain__lgamma(power + 1.0));
    }
    return fmin(1.0, sum);
}

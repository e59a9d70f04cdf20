/* The gamma family before rounding: pairs for those members of the math layer that add and subtract several of them. */
#ifndef RETAIN_GAMMA_H
#define RETAIN_GAMMA_H

#include "math/pair.h"

/* From here on Stirling's series is used, with ten terms; smaller arguments are shifted up. */
#define RETAIN__STIRLING_FROM 10.0

/* Coefficients of the series' tails in q = 1 / y^2, all for k = 2 ... 10 in front of q^(k - 2):
 *     lgamma(y)   = (y - 1/2) log y - y + log(2 pi)/2 + 1/(12 y) + y^-3 sum B_2k/(2k (2k - 1)) q^(k - 2)
 *     digamma(y)  = log y - 1/(2 y) - q/12 - q^2 sum B_2k/(2k) q^(k - 2)
 *     trigamma(y) = 1/y + q/2 + q/(6 y) + q^2/y sum B_2k q^(k - 2)
 * (Abramowitz and Stegun 6.1.40, 6.3.18, 6.4.12) */
enum { RETAIN__STIRLING_TERMS = 9 };
extern const double retain__lgamma_tail[RETAIN__STIRLING_TERMS];
extern const double retain__digamma_tail[RETAIN__STIRLING_TERMS];
extern const double retain__trigamma_tail[RETAIN__STIRLING_TERMS];

/* x > 0. The error is about 1e-20 of the larger of 1 and the value; at the zeros (1, 2; 1.46163...) 1e-16 of the value. */
retain__pair retain__lgamma_pair(retain__pair x);
retain__pair retain__digamma_pair(retain__pair x);
retain__pair retain__trigamma_pair(retain__pair x);

/* f(x + d) - f(x) for x > 0, d >= 0. */
retain__pair retain__lgamma_ratio_pair(retain__pair x, double d);
retain__pair retain__digamma_ratio_pair(retain__pair x, double d);

/* Of that difference, what comes after the logarithms in Stirling's series; x >= 10. */
retain__pair retain__stirling_difference(retain__pair x, double d);

#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_RATE_H
#define RETAIN_RATE_H

#include "retain/status.h"

/** @defgroup rate Rates
 *  @brief How sure is a share that was counted: k of n customers?
 *
 *  Every rate of the library is a fraction (0.25, not 25) and comes with its numerator, its denominator and an interval. The
 *  interval is Wilson's score interval: unlike the textbook p +- 1.96 sqrt(p (1 - p) / n) it stays inside [0, 1] and
 *  keeps its promise for small n and for rates near 0 and 1.
 *
 *      double rate = 30.0 / 40.0;
 *      double low  = retain_rate_low(30, 40, 0.95);     // 0.598
 *      double high = retain_rate_high(30, 40, 0.95);    // 0.858
 *
 *  Formulas: pure functions, NaN where undefined (n <= 0, k outside [0, n], level outside (0, 1), any NaN). Source: E. B. Wilson,
 *  "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212; no continuity
 *  correction, two-sided level.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** The level that is used wherever an option `level` is 0. */
#define RETAIN_DEFAULT_LEVEL 0.95

/** Lower Wilson limit of `successes` of `trials` at a two-sided `level` such as 0.95; exactly 0 when successes is 0. */
RETAIN_API double retain_rate_low(double successes, double trials, double level);

/** Upper Wilson limit; exactly 1 when successes equals trials. */
RETAIN_API double retain_rate_high(double successes, double trials, double level);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

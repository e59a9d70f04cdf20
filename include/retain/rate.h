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
 *  Two rates of **different** customers (two groups, two shops, before and after) are compared by their difference, which has an
 *  interval and a test of its own; that two intervals overlap says little:
 *
 *      double difference = retain_rate_difference(56, 70, 48, 80);             // 0.8 - 0.6 = 0.2
 *      double at_least = retain_rate_difference_low(56, 70, 48, 80, 0.95);     // 0.052
 *      double at_most = retain_rate_difference_high(56, 70, 48, 80, 0.95);     // 0.334
 *      double p_value = retain_rate_difference_p_value(56, 70, 48, 80);        // 0.008
 *
 *  Formulas: pure functions, NaN where undefined (n <= 0, k outside [0, n], level outside (0, 1), any NaN). Source: E. B. Wilson,
 *  "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212; no continuity
 *  correction, two-sided level. A level of 0 is NaN too: it stands for 0.95 in operations and options only.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** The level that is used wherever the `level` of an operation or option is 0. Formulas take it as it is. */
#define RETAIN_DEFAULT_LEVEL 0.95

/** Lower Wilson limit of `successes` of `trials` at a two-sided `level` such as 0.95; exactly 0 when successes is 0. */
RETAIN_API double retain_rate_low(double successes, double trials, double level);

/** Upper Wilson limit; exactly 1 when successes equals trials. */
RETAIN_API double retain_rate_high(double successes, double trials, double level);

/** Difference of two rates, first less second: successes_1 / trials_1 - successes_2 / trials_2, rounded once. NaN unless both are
 *  rates: trials positive and finite, successes in [0, trials]. The same goes for all that follow. */
RETAIN_API double retain_rate_difference(double successes_1, double trials_1, double successes_2, double trials_2);

/** Lower limit of the difference of two independent rates: Newcombe's hybrid score interval without continuity correction, made of
 *  the Wilson limits l and u of both rates, low = d - sqrt((p_1 - l_1)^2 + (u_2 - p_2)^2). It exists with empty cells too, and
 *  never leaves [-1, 1]. Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions:
 *  comparison of eleven methods", Statistics in Medicine 17 (1998), 873-890, method 10.
 *  @param level  two-sided, in (0, 1) */
RETAIN_API double retain_rate_difference_low(double successes_1, double trials_1, double successes_2, double trials_2,
                                             double level);

/** Upper limit of the difference: d + sqrt((u_1 - p_1)^2 + (p_2 - l_2)^2). */
RETAIN_API double retain_rate_difference_high(double successes_1, double trials_1, double successes_2, double trials_2,
                                              double level);

/** The score statistic of "both rates are the same": z = d / sqrt(P (1 - P) (1/trials_1 + 1/trials_2)), P = all successes / all
 *  trials; z^2 is Pearson's chi-square of the 2 x 2 table, without correction. One or two empty cells do no harm, but when nobody
 *  or everybody succeeded in both groups the variance is 0 and z does not exist: NaN, while the interval still says how large a
 *  difference could be. Below some five expected successes or failures in a group the normal distribution is a rough guide: trust
 *  the interval. Source: K. Pearson, Philosophical Magazine 50 (1900); A. Agresti, Categorical Data Analysis (2013), 3.2. */
RETAIN_API double retain_rate_difference_z(double successes_1, double trials_1, double successes_2, double trials_2);

/** Two-sided P of that statistic: the probability of |z| or more when the two rates are the same. NaN where z is. */
RETAIN_API double retain_rate_difference_p_value(double successes_1, double trials_1, double successes_2, double trials_2);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_SURVIVAL_H
#define RETAIN_SURVIVAL_H

#include <stdint.h>

#include "retain/context.h"
#include "retain/durations.h"

/** @defgroup survival Survival curves
 *  @brief What share is still there after so much time, how long does it last on average, and do groups differ?
 *
 *  Durations of which some have not ended yet (retain/durations.h) are what most questions of staying come down to: months until a
 *  subscriber cancels, days until a member stops coming. Nothing is assumed about how the risk runs.
 *
 *      double months[] = {1, 3, 3, 8, 12, 12}, at[] = {6}, share[1], low[1], high[1];
 *      uint8_t left[] = {1, 1, 0, 1, 0, 0};
 *      retain_durations durations = {.count = 6, .exit = months, .event = left};
 *      retain_survival_at(NULL, &durations, NULL, at, 1, share, NULL, low, high, NULL);       // 2/3 are there after 6 months
 *
 *  At each time t with d_t events among the n_t rows at risk (entry < t <= exit; weights count; events precede censorings):
 *
 *  - **Kaplan-Meier**: S(t) = product over u <= t of (1 - d_u / n_u), the share that lasts longer than t. Variance of log S by
 *    Greenwood: sum of d_u / (n_u (n_u - d_u)). E. L. Kaplan, P. Meier, JASA 53 (1958), 457-481
 *  - **Nelson-Aalen**: H(t) = sum of d_u / n_u, the cumulative hazard: how many events one row would have met had it always been
 *    replaced. Variance: sum of d_u / n_u^2. O. Aalen, Annals of Statistics 6 (1978), 701-726
 *  - **restricted mean**: the area under S up to a horizon, the mean of min(duration, horizon): a mean that can be had although some
 *    have not ended. Variance: sum over u of (area under S from u to the horizon)^2 d_u / (n_u (n_u - d_u)). J. P. Klein, M. L.
 *    Moeschberger, Survival Analysis (2003), 4.5; P. Royston, M. K. B. Parmar, BMC Medical Research Methodology 13 (2013), 152
 *
 *  Limits of S are symmetric on the scale of log(-log S), which holds in small samples, unless options ask for another; those of H on
 *  the scale of log H, those of means on their own.
 *
 *  **Late entry and the first few.** Where all enter late, few are at risk at first, and one event among two of them would halve S
 *  for good. `start` asks for the curve of those who have lasted so long already, from a time on at which enough are watched.
 *
 *  Weights count rows: a row of weight 3 is three rows. Weights that make one sample stand for another (survey weights, inverse
 *  probabilities) give the right S, but standard errors that are too small or too large.
 *
 *  Common errors: RETAIN_ERROR_DATA for a row that breaks the rules of retain_durations (the row is named); RETAIN_ERROR_ARGUMENT for
 *  a bad option; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED. Cost of all functions: O(count) to sort times, and 48 bytes of scratch a row (96 with
 *  entries), and 32 a distinct time;
 *  O(count log count) for times of unusual variety.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** The scale on which limits of S are symmetric. */
typedef enum retain_survival_interval {
    RETAIN_SURVIVAL_LOG_LOG = 0, /**< log(-log S) */
    RETAIN_SURVIVAL_LOG = 1,     /**< log S, cut to [0, 1]: the default of R's survfit */
    RETAIN_SURVIVAL_PLAIN = 2    /**< S itself, cut to [0, 1] */
} retain_survival_interval;

/** What to change. NULL or zeros after struct_size mean 95 % log-log limits of the curve from its beginning. */
typedef struct retain_survival_options {
    size_t struct_size;                /**< sizeof(retain_survival_options) */
    double level;                      /**< two-sided level of the limits, in (0, 1); 0 means 0.95 */
    retain_survival_interval interval; /**< scale of the limits of S */
    double start;                      /**< finite, >= 0: rows that end or are last seen by then are left out, S is 1 there */
    double horizon;                    /**< of restricted means, and of shares in comparisons: > start; 0: see there */
    double rho;                        /**< of comparisons: 0 (all times alike) to 10, see retain_survival_compare */
} retain_survival_options;

/** The curve: the caller's arrays to be filled. Columns that are NULL are not written. */
typedef struct retain_survival_columns {
    double *time;           /**< times at which a row ended or was last seen, ascending, each once */
    double *at_risk;        /**< rows at risk there, n */
    double *events;         /**< rows that ended there, d */
    double *censored;       /**< rows that were last seen there */
    double *survival;       /**< S */
    double *standard_error; /**< of S; NaN where S is 0 */
    double *low;            /**< lower limit of S; NaN where S is 0 or 1 */
    double *high;           /**< upper limit of S; NaN where S is 0 or 1 */
    double *hazard;         /**< H */
    double *hazard_error;   /**< standard error of H */
    double *hazard_low;     /**< lower limit of H; NaN where H is 0 */
    double *hazard_high;    /**< upper limit of H; NaN where H is 0 */
} retain_survival_columns;

/** The share that lasts, time by time.
 *
 *  @param durations  rows; those of weight 0 are not there
 *  @param options    NULL for the defaults
 *  @param columns    columns to fill
 *  @param capacity   length of every column that is not NULL; durations->count always suffices
 *  @param count      receives the number of distinct times
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*count` set and nothing else written; see above */
RETAIN_API retain_status retain_survival_curve(retain_context *ctx, const retain_durations *durations,
                                               const retain_survival_options *options, const retain_survival_columns *columns,
                                               size_t capacity, size_t *count);

/** The share that lasts longer than given times.
 *
 *  @param time            [count] finite, >= options->start, in any order
 *  @param survival        [count] receives S; NaN where no row was watched so long (unless S is 0 by then)
 *  @param standard_error  [count] receives its standard error; NaN where S is 0
 *  @param low, high       [count] receive its limits; NaN where S is 0 or 1
 *  @param at_risk         [count] receives the rows at risk there: how much S rests on. Each output may be NULL */
RETAIN_API retain_status retain_survival_at(retain_context *ctx, const retain_durations *durations,
                                            const retain_survival_options *options, const double *time, size_t count,
                                            double *survival, double *standard_error, double *low, double *high, double *at_risk);

/** Times by which given shares have ended: 0.5 for the median.
 *
 *  @param shares     [count] in (0, 1)
 *  @param time       [count] receives the least time at which S <= 1 - share; NaN when S stays above
 *  @param low, high  [count] receive the least times at which the lower and the upper limit of S are so low (R. Brookmeyer, J.
 *                    Crowley, Biometrics 38 (1982), 29-41); NaN where they never are. Each output may be NULL */
RETAIN_API retain_status retain_survival_quantiles(retain_context *ctx, const retain_durations *durations,
                                                   const retain_survival_options *options, const double *shares, size_t count,
                                                   double *time, double *low, double *high);

/** The restricted mean: how long it lasts on average up to options->horizon (counted from 0, or of what is left from `start` on).
 *
 *  A horizon of 0 means the largest time in the data. Where nobody was watched up to the horizon all outputs are NaN.
 *  @param mean            receives the area under S
 *  @param standard_error  receives its standard error; 0 where nothing ended, or all at one time
 *  @param low, high       receive its limits, between 0 and the horizon; NaN where the error is 0. Each output may be NULL */
RETAIN_API retain_status retain_survival_mean(retain_context *ctx, const retain_durations *durations,
                                              const retain_survival_options *options, double *mean, double *standard_error,
                                              double *low, double *high);

/** One entry per group: the caller's arrays to be filled. Columns that are NULL are not written. */
typedef struct retain_survival_groups {
    double *rows;            /**< rows of the group, weights counting */
    double *events;          /**< those that ended */
    double *expected;        /**< so many would have, were all groups alike */
    double *survival;        /**< S at the horizon */
    double *survival_low;    /**< its lower limit */
    double *survival_high;   /**< its upper limit */
    double *median;          /**< time by which half of the group has ended; NaN if never */
    double *median_low;      /**< its lower limit; NaN where not reached */
    double *median_high;     /**< its upper limit; NaN where not reached */
    double *mean;            /**< mean restricted to the horizon */
    double *mean_low;        /**< its lower limit; NaN where its standard error is 0: nothing ended, or all at one time */
    double *mean_high;       /**< its upper limit */
    double *difference;      /**< mean less that of group 0: so much longer it lasts; NaN for group 0 */
    double *difference_low;  /**< its lower limit; NaN where that of either mean is */
    double *difference_high; /**< its upper limit */
} retain_survival_groups;

/** Do groups last equally long? The log-rank test, and the figures of each group.
 *
 *  With rho = 0 all times weigh alike, which is best where one group's risk is a multiple of the other's throughout; with rho = 1
 *  differences early on weigh more, by the S of all groups together just before (D. P. Harrington, T. R. Fleming, Biometrika 69
 *  (1982), 553-566). Curves that cross may give no difference: compare restricted means, which need no such assumption.
 *
 *  @param group        [durations->count] codes in [0, groups): what was settled at the beginning, such as the channel. What came
 *                      later, such as "has bought twice", compares nothing: who stays longer has had more time for it
 *  @param groups       1 to 1024
 *  @param options      horizon 0 means the largest time up to which every group that has rows was watched
 *  @param columns      [groups] each; all NaN but rows, events and expected for a group without rows
 *  @param chi_squared  receives the statistic; NaN when fewer than two groups could have ended, or when there was no chance in who
 *                      did (all at one time). May be NULL, as may the next two
 *  @param degrees      receives its degrees of freedom: groups with an expectation, less one
 *  @param p_value      receives the chance of a statistic at least as large, were all groups alike; NaN without a statistic
 *  Sources: N. Mantel, Cancer Chemotherapy Reports 50 (1966), 163-170; R. Peto, J. Peto, JRSS A 135 (1972), 185-207. Cost: as above, plus
 *  O(groups) a time, and O(groups^2) where something ended. */
RETAIN_API retain_status retain_survival_compare(retain_context *ctx, const retain_durations *durations, const int64_t *group,
                                                 size_t groups, const retain_survival_options *options,
                                                 const retain_survival_groups *columns, double *chi_squared, double *degrees,
                                                 double *p_value);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

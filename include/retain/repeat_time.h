/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_REPEAT_TIME_H
#define RETAIN_REPEAT_TIME_H

#include "retain/context.h"
#include "retain/orders.h"

/** @defgroup repeat_time Time to the next purchase
 *  @brief When do customers come back?
 *
 *  A customer who has not come back yet may still do so. Taking the mean of the gaps that have closed leaves these customers out,
 *  and with them the long gaps: in young or growing shops by far too short. Here every gap that is open at the observation end is a
 *  censored observation ("at least so many days") of the Kaplan-Meier estimate.
 *
 *      double days[] = {30, 90, 365}, share[3], low[3], high[3];
 *      retain_repeat_time_within(NULL, &log, 400, NULL, NULL, days, 3, share, low, high, NULL);
 *      // share[1]: of the customers, how many have a second occasion within 90 days of the first
 *
 *  At equal lengths coming back precedes censoring. Variance by Greenwood's formula; limits on the scale of log(-log S), where S
 *  is the share not yet back, unless options ask for another. Sources: E. L. Kaplan, P. Meier, JASA 53 (1958), 457-481; R.
 *  Brookmeyer, J. Crowley, Biometrics 38 (1982), 29-41; J. D. Kalbfleisch, R. L. Prentice, The Statistical Analysis of Failure
 *  Time Data (1980), 1.3.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Which durations. */
typedef enum retain_repeat_time_kind {
    RETAIN_REPEAT_TIME_FROM_FIRST = 0, /**< from a customer's first occasion to the k-th: one duration a customer */
    /** from the (k - 1)-th occasion to the k-th: one duration a customer who has reached the (k - 1)-th */
    RETAIN_REPEAT_TIME_FROM_PREVIOUS = 1,
    RETAIN_REPEAT_TIME_ALL_GAPS = 2 /**< from every occasion to the next: as many as there are occasions; k is not used */
} retain_repeat_time_kind;

/** The scale on which intervals are symmetric. */
typedef enum retain_repeat_time_interval {
    RETAIN_REPEAT_TIME_LOG_LOG = 0, /**< log(-log S): holds in small samples */
    RETAIN_REPEAT_TIME_LOG = 1,     /**< log S, cut to [0, 1]: the default of R's survfit */
    RETAIN_REPEAT_TIME_PLAIN = 2    /**< S itself, cut to [0, 1] */
} retain_repeat_time_interval;

/** What to measure. NULL or zeros after struct_size mean: from the first occasion to the second, 95 % log-log intervals. */
typedef struct retain_repeat_time_options {
    size_t struct_size;                   /**< sizeof(retain_repeat_time_options) */
    retain_repeat_time_kind kind;         /**< which durations */
    int64_t occasion;                     /**< k, at least 2; 0 means 2 */
    double level;                         /**< two-sided level of the intervals, in (0, 1); 0 means 0.95 */
    retain_repeat_time_interval interval; /**< scale of the intervals */
    int64_t horizon_days;                 /**< H of retain_repeat_time_compare: the share that is back within H days; 0 means 90 */
} retain_repeat_time_options;

/** The curve: the caller's arrays to be filled. Columns that are NULL are not written. */
typedef struct retain_repeat_time_columns {
    double *days;    /**< duration in days, ascending: those at which somebody came back */
    double *at_risk; /**< durations of at least so many days */
    double *events;  /**< those that ended on that day */
    double *share;   /**< share back by then (that day included), 1 - S */
    double *low;     /**< its lower limit; NaN where share is 1 */
    double *high;    /**< its upper limit; NaN where share is 1 */
} retain_repeat_time_columns;

/** The share of customers who are back, day by day.
 *
 *  @param observation_end  last day observed, itself included
 *  @param counting         which orders make an occasion; NULL for the defaults. An occasion lies on the day of its earliest order
 *  @param options          NULL for the defaults
 *  @param columns          columns to fill
 *  @param capacity         length of every column that is not NULL
 *  @param count            receives the number of days on which somebody came back: 0 when nobody ever did
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*count` set and nothing else written; RETAIN_ERROR_ARGUMENT for a bad option;
 *          RETAIN_ERROR_DATA for a bad row; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED
 *  Cost: as retain_orders_summary, plus O(occasions + days); plus O(occasions log occasions) for a log of far more days than
 *  rows. */
RETAIN_API retain_status retain_repeat_time_curve(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                                  const retain_orders_options *counting, const retain_repeat_time_options *options,
                                                  const retain_repeat_time_columns *columns, size_t capacity, size_t *count);

/** Share of customers who are back within so many days: read off the curve.
 *
 *  @param days       [count] numbers of days, at least 0, in any order: 30, 60, 90, 180, 365 are usual
 *  @param share      [count] receives the share back by then; NaN when no duration that long was observed (and not all have
 *                    come back before)
 *  @param low, high  [count] receive its limits, NaN also while share is 0 or 1; each may be NULL
 *  @param at_risk    [count] receives the durations of at least so many days: how much the share rests on; may be NULL
 *  @return as retain_repeat_time_curve; RETAIN_ERROR_DATA for days that are negative or NaN. Cost: as retain_repeat_time_curve,
 *          plus O(count * days). */
RETAIN_API retain_status retain_repeat_time_within(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                                   const retain_orders_options *counting, const retain_repeat_time_options *options,
                                                   const double *days, size_t count, double *share, double *low, double *high,
                                                   double *at_risk);

/** Days until such a share of customers is back: quantiles of the curve, 0.5 for the median.
 *
 *  @param shares     [count] in (0, 1)
 *  @param days       [count] receives the least number of days by which the share is back; NaN when it was never reached
 *  @param low, high  [count] receive the least days by which the upper and the lower limit of the curve reach it (Brookmeyer and
 *                    Crowley); NaN where not reached; each may be NULL
 *  @return as retain_repeat_time_curve; RETAIN_ERROR_DATA for a share outside (0, 1). Cost: as retain_repeat_time_within. */
RETAIN_API retain_status retain_repeat_time_quantiles(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                                      const retain_orders_options *counting,
                                                      const retain_repeat_time_options *options, const double *shares, size_t count,
                                                      double *days, double *low, double *high);

/** Gaps customer by customer: the caller's arrays to be filled, in ascending order of customer. Columns that are NULL are not
 *  written. A gap is the number of days from one occasion to the next. */
typedef struct retain_repeat_time_gap_columns {
    int64_t *customer;       /**< who */
    double *gaps;            /**< gaps that have closed: occasions - 1 */
    double *mean;            /**< their mean; NaN when there is none */
    double *median;          /**< their median, the middle of the two middle ones for an even number; NaN when there is none */
    double *sd;              /**< their standard deviation (divided by gaps - 1); NaN for fewer than two */
    double *longest;         /**< the longest of them; NaN when there is none */
    double *days_since_last; /**< the gap that is still open: observation end - day of the last occasion */
} retain_repeat_time_gap_columns;

/** The rhythm of every customer.
 *
 *  Means of closed gaps alone are short (see above): take them for what a customer's rhythm was like so far, compare
 *  `days_since_last` with them, and take the distribution over customers from retain_repeat_time_curve with all gaps.
 *
 *  @param columns   columns to fill
 *  @param capacity  length of every column that is not NULL
 *  @param count     receives the number of customers
 *  @return as retain_repeat_time_curve. Cost: as retain_orders_summary, plus O(occasions); 16 bytes of scratch for each occasion of
 *          the customer who has most, for each thread. */
RETAIN_API retain_status retain_repeat_time_gaps(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                                 const retain_orders_options *counting,
                                                 const retain_repeat_time_gap_columns *columns, size_t capacity, size_t *count);

/** How regular customers are, all together. */
typedef struct retain_repeat_time_rhythm {
    size_t struct_size;    /**< sizeof(retain_repeat_time_rhythm) */
    double customers;      /**< customers with at least two closed gaps */
    double pairs;          /**< their pairs of successive gaps: a gap is in one pair at most */
    double variance;       /**< mean of (M - 1/2)^2, M being the share of the first gap in both; NaN without pairs */
    double k;              /**< regularity: shape of the gaps, (1 - 4 variance) / (8 variance); NaN without pairs */
    double standard_error; /**< of k, customers being the units; NaN for fewer than two of them */
    double low;            /**< lower limit of k, symmetric in log k; NaN likewise */
    double high;           /**< its upper limit */
} retain_repeat_time_rhythm;

/** Do customers buy at random, or regularly? The estimate of R. D. Wheat and D. G. Morrison, "Estimating purchase regularity with two
 *  interpurchase times", Journal of Marketing Research 27 (1990).
 *
 *  1 is buying at random, as most models assume (retain/btyd.h); 2 and more, gaps that are even; below 1, bursts. Every customer may
 *  have a pace of his own: it cancels. BG/CNBD-k and MBG/CNBD-k take the k for granted that the likelihood is largest for, which uses
 *  all gaps, and the model: the two should be near each other. Days are whole, so gaps of a day or two look more even than they are.
 *
 *  @param level   two-sided level of the limits, in (0, 1); 0 means 0.95
 *  @param rhythm  receives the figures; struct_size is to be set
 *  @return as retain_repeat_time_curve. Cost: as retain_orders_summary, plus O(occasions). */
RETAIN_API retain_status retain_repeat_time_regularity(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                                       const retain_orders_options *counting, double level,
                                                       retain_repeat_time_rhythm *rhythm);

/** Result per group of customers: the caller's arrays to be filled. Columns that are NULL are not written. */
typedef struct retain_repeat_time_group_columns {
    double *customers;   /**< customers of the group with a duration */
    double *events;      /**< those who came back */
    double *expected;    /**< so many would have, were all groups alike */
    double *share;       /**< share back within the horizon; NaN when nobody was observed that long */
    double *share_low;   /**< its lower limit */
    double *share_high;  /**< its upper limit */
    double *median_days; /**< days until half of the group is back; NaN if never */
    double *median_low;  /**< its lower limit; NaN where not reached */
    double *median_high; /**< its upper limit; NaN where not reached */
} retain_repeat_time_group_columns;

/** Do groups of customers come back equally fast? The log-rank test, and the figures of each group.
 *
 *  The test weighs all days alike and is at its best where one group's rate of return is a multiple of the other's throughout.
 *  Curves that cross may give no difference. N. Mantel, Cancer Chemotherapy Reports 50 (1966), 163-170; R. Peto, J. Peto, JRSS
 *  A 135 (1972), 185-207.
 *
 *  @param groups       the group of each customer with an occasion, at most 1024 groups. An attribute that is settled at the
 *                      first occasion (channel, first product, country): one that depends on what came later, such as "has
 *                      bought twice", compares nothing
 *  @param options      NULL for the defaults. With all gaps (RETAIN_REPEAT_TIME_ALL_GAPS) there is no test, since several gaps of
 *                      one customer are not independent: refused
 *  @param columns      [groups->groups] each
 *  @param chi_squared  receives the statistic; NaN when fewer than two groups could have come back, or when there was no chance
 *                      in who did (all on one day). May be NULL, as may the next two
 *  @param degrees      receives its degrees of freedom: groups with an expectation, less one
 *  @param p_value      receives the probability of a statistic at least as large, were all groups alike; NaN without a statistic
 *  @return as retain_repeat_time_curve; RETAIN_ERROR_DATA for a customer without a group. Cost: as retain_repeat_time_curve, plus
 *          O(groups * days + groups^2 * days with events), and 8 bytes of scratch a customer. */
RETAIN_API retain_status retain_repeat_time_compare(retain_context *ctx, const retain_orders *orders, const retain_groups *groups,
                                                    int64_t observation_end, const retain_orders_options *counting,
                                                    const retain_repeat_time_options *options,
                                                    const retain_repeat_time_group_columns *columns, double *chi_squared,
                                                    double *degrees, double *p_value);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

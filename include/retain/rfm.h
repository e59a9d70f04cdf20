/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_RFM_H
#define RETAIN_RFM_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"

/** @defgroup rfm RFM
 *  @brief Who are my best customers, who is slipping, and how concentrated is my revenue?
 *
 *  Three **scores** a customer: recency R from the days since the last occasion (fewer is better), frequency F from occasions,
 *  monetary value M from revenue. 5 is best on all three. Scores are quantiles of the customers that were fitted: of n customers,
 *  one with `less` below him and `equal` like him (himself included) has the mid-rank p = (less + equal / 2) / n and the score
 *  1 + floor(bins p). Equal values always get equal scores, and a group in the middle of which a boundary lies gets the better one.
 *
 *      double days_since_last[] = {3, 40, 10, 200}, occasions[] = {9, 2, 4, 1}, revenue[] = {310, 45, 120, 20};
 *      retain_rfm cuts; uint8_t r[4], f[4], m[4], segment[4]; double gini;
 *      retain_rfm_fit(NULL, days_since_last, occasions, revenue, 4, NULL, &cuts);
 *      retain_rfm_scores(NULL, &cuts, days_since_last, occasions, revenue, 4, r, f, m);
 *      retain_rfm_segments(NULL, r, f, m, 4, NULL, segment);      // retain_rfm_segment_name(segment[0]): "champions"
 *      retain_rfm_gini(NULL, revenue, 4, 0, &gini, NULL, NULL);
 *
 *  The 125 codes (R, F, M) make 11 named **segments**. Each code stands in one place of this table, so that none is without a name
 *  and none has two:
 *
 *      F and M              | R = 5                | R = 4                | R = 3           | R = 2            | R = 1
 *      F 4-5 and M 4-5      | champions            | champions            | loyal customers | cannot lose them | cannot lose them
 *      F 4-5 and M 1-3      | loyal customers      | loyal customers      | loyal customers | at risk          | at risk
 *      F 3, or F 1-2, M 4-5 | potential loyalists  | potential loyalists  | need attention  | at risk          | at risk
 *      F 1-2 and M 1-3      | new customers        | promising            | about to sleep  | hibernating      | lost
 *
 *  In most shops the many who bought once share a mid-rank, so their F is 2 (1 while they are under 40 %, 3 from 80 % on: then give
 *  cuts of your own, such as frequency {2, 3, 4, 5}); the table treats 1 and 2 alike for that reason. A fitted frequency[1] of 1
 *  is the sign: 80 % or more bought once, and "potential loyalists" and "at risk" are then full of customers who never came back.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Most scores that there can be: 1 to 9. */
#define RETAIN_RFM_BINS 9
/** Codes of five scores: (r, f, m) has the index 25 (r - 1) + 5 (f - 1) + (m - 1). */
#define RETAIN_RFM_CODES 125
/** Segments of the default map. */
#define RETAIN_RFM_SEGMENTS 11

/** Where scores change: a plain value, to be stored, printed, typed in, and applied to new customers or at a later date. The first
 *  bins - 1 entries of each array ascend; equal ones skip a score; an infinite one is never passed (nobody scored higher). */
typedef struct retain_rfm {
    int bins;                              /**< scores go from 1 to bins: 2 to 9 */
    double recency[RETAIN_RFM_BINS - 1];   /**< score = bins - number of cuts that are < days since last */
    double frequency[RETAIN_RFM_BINS - 1]; /**< score = 1 + number of cuts that are <= occasions */
    double monetary[RETAIN_RFM_BINS - 1];  /**< score = 1 + number of cuts that are <= revenue */
} retain_rfm;

/** How to fit. NULL or zeros after struct_size mean five scores. */
typedef struct retain_rfm_options {
    size_t struct_size; /**< sizeof(retain_rfm_options) */
    int bins;           /**< number of scores, 2 to 9; 0 means 5. Segments need 5 */
} retain_rfm_options;

/** The segments of the default map. */
typedef enum retain_rfm_segment {
    RETAIN_RFM_CHAMPIONS = 0,           /**< buy often and much, and lately */
    RETAIN_RFM_LOYAL = 1,               /**< "loyal customers": buy often, and not long ago */
    RETAIN_RFM_POTENTIAL_LOYALISTS = 2, /**< bought lately, and more than once or much */
    RETAIN_RFM_NEW = 3,                 /**< "new customers": bought just now, little so far */
    RETAIN_RFM_PROMISING = 4,           /**< bought lately, little so far */
    RETAIN_RFM_NEED_ATTENTION = 5,      /**< middling, and neither here nor gone */
    RETAIN_RFM_ABOUT_TO_SLEEP = 6,      /**< few orders, and they begin to be long ago */
    RETAIN_RFM_AT_RISK = 7,             /**< bought often or much, but long ago */
    RETAIN_RFM_CANNOT_LOSE = 8,         /**< "cannot lose them": bought most, but long ago */
    RETAIN_RFM_HIBERNATING = 9,         /**< few orders, long ago */
    RETAIN_RFM_LOST = 10                /**< few orders, longest ago */
} retain_rfm_segment;

/** Days from the last occasion to the observation end: from the summary's last_day to what is scored.
 *  @param last_day         [count] day numbers within +-2^40
 *  @param days_since_last  [count] receives observation_end - last_day
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a day after the observation end; RETAIN_ERROR_ARGUMENT. Cost: O(count). */
RETAIN_API retain_status retain_rfm_days_since_last(retain_context *ctx, const int64_t *last_day, size_t count,
                                                    int64_t observation_end, double *days_since_last);

/** Finds the cuts that give these customers their quantile scores: applied to them, retain_rfm_scores returns exactly those.
 *
 *  @param days_since_last, occasions, revenue  [count] finite, the first two not negative; NaN is refused: everyone who has bought
 *                                              has all three. (Margins will do as revenue, orders as occasions)
 *  @param options  NULL for the defaults
 *  @param rfm      receives the cuts: each the value nearest to the boundary on its better side
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a bad value, or no customers; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY
 *  Cost: O(count) for ordinary values, O(count log count) for any; 24 bytes of scratch a row. */
RETAIN_API retain_status retain_rfm_fit(retain_context *ctx, const double *days_since_last, const double *occasions,
                                        const double *revenue, size_t count, const retain_rfm_options *options, retain_rfm *rfm);

/** Scores of any customers, at any date, by cuts that were fitted or typed in.
 *  @param r, f, m  [count] receive scores from 1 to bins, 5 is best; each may be NULL, and so may then its input
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for bad cuts; RETAIN_ERROR_DATA as retain_rfm_fit. Cost: O(count). */
RETAIN_API retain_status retain_rfm_scores(retain_context *ctx, const retain_rfm *rfm, const double *days_since_last,
                                           const double *occasions, const double *revenue, size_t count, uint8_t *r, uint8_t *f,
                                           uint8_t *m);

/** Segment of a code in the default map: a retain_rfm_segment, or -1 when a score is not 1 to 5. */
RETAIN_API int retain_rfm_default_segment(int r, int f, int m);

/** Name of a segment of the default map, such as "cannot lose them"; "unknown" for what is none. Static text: never free it. */
RETAIN_API const char *retain_rfm_segment_name(retain_rfm_segment segment);

/** Do segments mean anything for scores by these cuts? They do for 5 bins.
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT when rfm is NULL or its bins are not 5 */
RETAIN_API retain_status retain_rfm_check_segments(retain_context *ctx, const retain_rfm *rfm);

/** Segments of customers.
 *  @param r, f, m  [count] scores from 1 to 5, of cuts with 5 bins. Scores of fewer bins lie in that range too but mean something
 *                  else (the best of 3 bins would need attention): who has the cuts asks retain_rfm_check_segments first
 *  @param map      [RETAIN_RFM_CODES] segment of each code, any numbers from 0 to 254; NULL means the default map. A map of 0, 1, 2
 *                  ... 124 gives the codes themselves
 *  @param segment  [count] receives the segments
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a score outside 1 to 5; RETAIN_ERROR_ARGUMENT for a map that holds 255;
 *          RETAIN_ERROR_MEMORY. Cost: O(count); 1 byte of scratch a row. */
RETAIN_API retain_status retain_rfm_segments(retain_context *ctx, const uint8_t *r, const uint8_t *f, const uint8_t *m,
                                             size_t count, const uint8_t *map, uint8_t *segment);

/** Result per segment: the caller's arrays, segments + 1 entries each, the last of which speaks of all customers. Columns that are
 *  NULL are not written. Limits of means are Student's t intervals, NaN below two customers and when all are alike;
 *  means of nobody are NaN. */
typedef struct retain_rfm_columns {
    double *customers;            /**< customers; they add up to the last entry */
    double *share;                /**< customers / all customers; NaN when there are none */
    double *share_low;            /**< lower Wilson limit of share */
    double *share_high;           /**< upper limit */
    double *revenue;              /**< sum of revenue, rounded once */
    double *revenue_share;        /**< revenue / revenue of all; NaN unless that is positive */
    double *revenue_share_low;    /**< lower limit: linearised variance of a ratio of sums, normal, cut to [0, 1] unless some */
    double *revenue_share_high;   /**< revenue is negative; upper limit */
    double *days_since_last;      /**< mean days since the last occasion */
    double *days_since_last_low;  /**< lower limit */
    double *days_since_last_high; /**< upper limit */
    double *occasions;            /**< mean occasions */
    double *occasions_low;        /**< lower limit */
    double *occasions_high;       /**< upper limit */
    double *mean_revenue;         /**< revenue / customers */
    double *mean_revenue_low;     /**< lower limit */
    double *mean_revenue_high;    /**< upper limit */
} retain_rfm_columns;

/** The segment table: who they are, and what they bring. Serves tiers (retain_rfm_tiers) and any other numbering as well.
 *
 *  @param segment   [count] from 0 to segments - 1
 *  @param days_since_last, occasions, revenue  [count] finite; each may be NULL: its columns are NaN then
 *  @param segments  1 to 255
 *  @param level     two-sided level of all intervals; 0 means 0.95
 *  @param columns   [segments + 1] each
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a segment or value out of range; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY
 *  Cost: O(count). No figure depends on the order of the customers. */
RETAIN_API retain_status retain_rfm_table(retain_context *ctx, const uint8_t *segment, const double *days_since_last,
                                          const double *occasions, const double *revenue, size_t count, size_t segments,
                                          double level, const retain_rfm_columns *columns);

/** Who moved where between two dates. With n segments the matrices are (n + 1) x (n + 1), from row to column; row n holds those who
 *  were not yet customers, column n those who are no longer in the second list. Cell (n, n) is 0.
 *
 *  @param before, after                  [before_count], [after_count] customers, strictly ascending as in a summary
 *  @param before_segment, after_segment  their segments, from 0 to segments - 1: by the same cuts, or by cuts fitted anew
 *  @param segments   1 to 255
 *  @param level      two-sided level of the Wilson intervals; 0 means 0.95
 *  @param customers  [(segments + 1)^2] receives counts: rows add up to the segments before, columns to those after
 *  @param share      [(segments + 1)^2] receives counts / row sum, NaN for an empty row; may be NULL, as may low and high
 *  @param low, high  [(segments + 1)^2] receive the limits of share
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a segment out of range or customers that do not ascend; RETAIN_ERROR_ARGUMENT;
 *          RETAIN_ERROR_MEMORY. Cost: O(before_count + after_count + segments^2). */
RETAIN_API retain_status retain_rfm_migration(retain_context *ctx, const int64_t *before, const uint8_t *before_segment,
                                              size_t before_count, const int64_t *after, const uint8_t *after_segment,
                                              size_t after_count, size_t segments, double level, double *customers, double *share,
                                              double *low, double *high);

/** By what customers are put into tiers. */
typedef enum retain_rfm_tier_kind {
    RETAIN_RFM_TIERS_BY_VALUE = 0,    /**< share of the value that better customers bring: ABC analysis. Default cuts 0.8, 0.95 */
    RETAIN_RFM_TIERS_BY_CUSTOMERS = 1 /**< share of the customers who are better: VIP tiers. Default cuts 0.01, 0.05, 0.2 */
} retain_rfm_tier_kind;

/** Tiers, best first: the number of cuts that are <= the share of what stands above the customer. So tier 0 (A) is made of the
 *  customers who bring the first 80 %, the one who crosses that line included, and equal values share a tier. By value, customers
 *  of value 0 are always in the last tier.
 *  @param value      [count] revenue or any other value, finite, not negative
 *  @param cuts       [cut_count] strictly ascending in (0, 1); NULL means the default of the kind
 *  @param cut_count  at most 254; ignored when cuts is NULL
 *  @param tier       [count] receives 0 to cut_count
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a bad value; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY
 *  Cost: that of sorting; 16 bytes of scratch a row. */
RETAIN_API retain_status retain_rfm_tiers(retain_context *ctx, const double *value, size_t count, retain_rfm_tier_kind kind,
                                          const double *cuts, size_t cut_count, uint8_t *tier);

/** Lorenz curve: the share of all value that the poorest share p of the customers bring, linear between customers.
 *
 *  The interval is L +- z sqrt(sum of d^2) / n, cut to [0, 1], where d is the influence of a customer of value y on L: with mean mu
 *  and quantile q of p, mu d = min(y - q, 0) + p q - L y. Source: C. M. Beach, R. Davidson, "Distribution-free
 *  statistical inference with Lorenz curves and income shares", Review of Economic Studies 50 (1983), 723-735. It needs some dozens
 *  of customers on either side of p; NaN below two, and where the figure's standard error is 0 (all alike, or L = 0) but for p = 0
 *  and 1, which are exact.
 *  @param value      [count] finite, not negative: shares of a sum with negative parts mean nothing. Zeros are customers too
 *  @param p          [points] shares of customers, in [0, 1]
 *  @param level      two-sided level; 0 means 0.95
 *  @param lorenz     [points] receives shares of value; NaN when all value is 0
 *  @param low, high  [points] receive the limits; each may be NULL
 *  @return as retain_rfm_tiers. Cost: sorting, 17 bytes a row; O(1) a point. */
RETAIN_API retain_status retain_rfm_lorenz(retain_context *ctx, const double *value, size_t count, const double *p, size_t points,
                                           double level, double *lorenz, double *low, double *high);

/** "The top 20 % of customers make 80 % of the revenue": 1 - L(1 - p), with its interval. A fraction of a customer counts with the
 *  same fraction of his value. Parameters, results and cost as retain_rfm_lorenz. */
RETAIN_API retain_status retain_rfm_top_share(retain_context *ctx, const double *value, size_t count, const double *p,
                                              size_t points, double level, double *share, double *low, double *high);

/** Gini coefficient: 0 when all customers are worth the same, (n - 1) / n when one brings everything.
 *
 *  G = sum of (2 i - n - 1) y_i / (n sum of y) over ascending y: the mean difference of two customers over twice the mean, and
 *  twice the area between Lorenz curve and diagonal. Not multiplied by n / (n - 1). The interval is G +- z s, cut to [0, 1], with
 *  s^2 = sum of (Z_i - mean Z)^2 / (n mu)^2 and Z_i = (2 i - 2) y_i / n - (G + 1) y_i - (2 / n) (y_1 + ... + y_(i-1)): R. Davidson,
 *  "Reliable inference for the Gini index", Journal of Econometrics 150 (2009), 30-40, with half of y_i in his last sum, which
 *  makes it the infinitesimal jackknife. Too narrow for few customers of very unequal values.
 *  @param value      [count] as for retain_rfm_lorenz
 *  @param level      two-sided level; 0 means 0.95
 *  @param gini       receives G; NaN when all value is 0
 *  @param low, high  receive the limits, NaN below two customers and when all are alike; each may be NULL
 *  @return as retain_rfm_tiers. Cost: sorting, 16 bytes a row. */
RETAIN_API retain_status retain_rfm_gini(retain_context *ctx, const double *value, size_t count, double level, double *gini,
                                         double *low, double *high);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

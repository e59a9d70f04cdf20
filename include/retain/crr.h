/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CRR_H
#define RETAIN_CRR_H

#include "retain/context.h"
#include "retain/orders.h"

/** @defgroup crr Customer retention rate
 *  @brief Of the customers a shop had when the period began, how many did it keep?
 *
 *  The formula every shop article gives is CRR = (E - N) / S: customers at the end, less those won in the period, over
 *  customers at the start (times 100, where percent are wanted: the library's rates are fractions). In a shop nobody resigns,
 *  so "customer" needs a definition: whoever had at least one occasion in the last W days. From the order log it is then
 *  known exactly who stayed:
 *
 *      start = retained + lost          end = retained + gained + reactivated
 *      crr        = (end - gained) / start = (retained + reactivated) / start      may exceed 1
 *      crr_strict = retained / start                                               never does
 *      churn      = lost / start           = 1 - crr_strict
 *
 *  From counts alone:
 *
 *      double rate = retain_crr(200, 220, 40);      // 0.9
 *
 *  and from the log, with a window of 60 days (other ways to be active: retain_crr_activity):
 *
 *      int64_t edges[] = {0, 31, 59, 90};           // three months
 *      double start[3], lost[3], crr[3];
 *      retain_crr_options options = {sizeof options, 60};
 *      retain_crr_columns columns = {0}; columns.start = start; columns.lost = lost; columns.crr = crr;
 *      retain_crr_periods(NULL, &log, 89, edges, 4, NULL, &options, &columns, NULL);
 *
 *  Every rate comes with its Wilson interval (retain/rate.h). Trust that of crr_strict and churn, which are shares of the start.
 *  The interval of crr takes those who came back for customers of the start, who they are not: it does not hold the truth as often
 *  as it says, and it is NaN where crr exceeds 1 and so is no share.
 *
 *  Know the **floor** of a window: when nobody ever buys twice and customers arrive evenly, those of the last W - P days before a
 *  period of P days begins are still active at its end, so crr is 1 - P / W (0.78 for months and W = 135) with no loyalty at all.
 *  Only what lies above that says that customers come back. And in the first W days of the log nobody can be lost: crr is 1 there.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** CRR from counts: (end - gained) / start, a fraction. NaN unless start is positive, the others are not negative, and all
 *  are finite. Negative when gained > end: then `gained` holds customers who have left again, and they do not belong to N.
 *  @param start   S, customers at the beginning of the period
 *  @param end     E, customers at its end
 *  @param gained  N, customers at its end who were won during it */
RETAIN_API double retain_crr(double start, double end, double gained);

/** Churn from counts: (start - (end - gained)) / start = 1 - CRR, without cancellation. NaN as retain_crr. Counts alone
 *  cannot tell lost customers from those who came back: the two are netted, and the result is negative when CRR exceeds 1. */
RETAIN_API double retain_crr_churn(double start, double end, double gained);

/** A retention rate over another period length: rate^k, where the other period is k times as long (12 for month to year, 1/12
 *  back): 95 % a month are retain_crr_over(0.95, 12) = 54 % a year. NaN unless rate lies in [0, 1] and k is positive and finite. */
RETAIN_API double retain_crr_over(double rate, double k);

/** A churn rate over another period length: 1 - (1 - churn)^k, exact for tiny rates. Not k * churn: churn is not linear.
 *  NaN unless churn lies in [0, 1] and k is positive and finite. */
RETAIN_API double retain_crr_churn_over(double churn, double k);

/** Grade of a rate: the number of cuts that are <= rate, so 0 is the lowest grade and `count` the highest; -1 when the rate
 *  is NaN, or the cuts are none.
 *  @param cuts   [count] ascending, not NaN; NULL means the default bands {0.15, 0.30, 0.50, 0.75}: "bad" under 15 %, then weak,
 *                fair, good, excellent. What is good differs by trade: replace them with your own
 *  @param count  number of cuts; ignored when cuts is NULL */
RETAIN_API int retain_crr_grade(double rate, const double *cuts, size_t count);

/** Who is active at an instant t. */
typedef enum retain_crr_activity {
    RETAIN_CRR_WINDOW = 0, /**< whoever had an occasion in [t - W, t) */
    /** Whoever had an occasion in the period that ends at t: active at edges[k] means an occasion in [edges[k - span], edges[k]).
     *  "Of those who bought in January, how many bought in February?", as growth accounting has it. Nobody can say who was active
     *  before the first period, so what speaks of that is NaN */
    RETAIN_CRR_PERIOD = 1
} retain_crr_activity;

/** How to count. NULL or zeros after struct_size mean: window derived from the data, 95 % intervals, one period after the other. */
typedef struct retain_crr_options {
    size_t struct_size;     /**< sizeof(retain_crr_options) */
    int64_t window_days;    /**< W, for RETAIN_CRR_WINDOW; INT64_MAX: active for ever. 0 means derived as by retain_crr_window */
    double window_quantile; /**< share of returning customers who are back within the derived window, in (0, 1); 0 means 0.8 */
    double level;           /**< two-sided level of the intervals, in (0, 1); 0 means 0.95 */
    retain_crr_activity activity; /**< who is active */
    /** A period covers so many steps from edge to edge: result k speaks of [edges[k], edges[k + span]), and results overlap when
     *  it is more than 1, a **rolling** series. 13 with the edges of weeks: the retention of a quarter, every week; 90 with the
     *  edges of days: 90-day retention, every day. 0 means 1 */
    size_t span;
} retain_crr_options;

/** Result per period: the caller's arrays to be filled, one entry per period. Columns that are NULL are not written. A period
 *  that was not over at the observation end has NaN everywhere but in `start`, and there too when it could not begin yet:
 *  edges[k] > observation_end + 1. Where nobody knows who was active at the beginning (RETAIN_CRR_PERIOD, the first `span`
 *  results) all is NaN but `acquired`, `gained` and `end`. */
typedef struct retain_crr_columns {
    double *start;    /**< S: active at the beginning of the period */
    double *acquired; /**< customers whose first occasion lies in the period: what cohort sizes add up to */
    /** N: those of `acquired` who are active at its end. Equal to acquired when W is not shorter than the period, and for
     *  RETAIN_CRR_PERIOD */
    double *gained;
    double *retained;        /**< active at the beginning and at the end */
    double *reactivated;     /**< active at the end, known before the period, but not active at its beginning */
    double *lost;            /**< active at the beginning, not at the end */
    double *end;             /**< E: active at the end */
    double *crr;             /**< (E - N) / S; NaN when S is 0 */
    double *crr_low;         /**< lower Wilson limit of crr, see above: trust crr_strict's; both are NaN when crr > 1 */
    double *crr_high;        /**< upper limit of crr */
    double *crr_strict;      /**< retained / S */
    double *crr_strict_low;  /**< lower Wilson limit of crr_strict */
    double *crr_strict_high; /**< upper limit of crr_strict */
    double *churn;           /**< lost / S */
    double *churn_low;       /**< lower Wilson limit of churn */
    double *churn_high;      /**< upper limit of churn */
} retain_crr_columns;

/** The customers' coming and going, period by period, from the order log.
 *
 *  @param observation_end  last day observed, itself included: period k is over when edges[k + span] <= observation_end + 1
 *  @param edges            [edge_count] strictly ascending day numbers (retain_calendar_edges), more than options->span of
 *                          them; period k is [edges[k], edges[k + span]). Occasions before edges[0] count for activity and make a
 *                          customer known: the log should begin W days before, or the first periods start with too few customers
 *  @param counting         which orders make an occasion; NULL for the defaults. An occasion lies on the day of its earliest order
 *  @param options          NULL for the defaults
 *  @param columns          [edge_count - span] each
 *  @param window_days      receives the W that was used, 0 for RETAIN_CRR_PERIOD; may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for bad edges or options; RETAIN_ERROR_DATA for a bad row, or when a window is to
 *          be derived and no customer has come back (give window_days then); RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED
 *  Cost: as retain_orders_summary, plus O(occasions + periods) time whatever the span; 32 bytes of scratch an edge and 16 for each
 *  interruption of the customer who has most, and at most 8 bytes a row more to let threads work side by side. */
RETAIN_API retain_status retain_crr_periods(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                            const int64_t *edges, size_t edge_count, const retain_orders_options *counting,
                                            const retain_crr_options *options, const retain_crr_columns *columns,
                                            int64_t *window_days);

/** The same coming and going from flags: whoever knows at each instant which customers have a subscription, a contract or an open
 *  account brings that as a matrix, and no occasion is asked for. Columns and identities are those of retain_crr_periods.
 *
 *  @param active     [customers * instants] 0 or 1: active[i * instants + k] says whether customer i is active at instant k
 *  @param customers  rows; those who are never active count nowhere
 *  @param instants   columns, more than options->span: instant k is where period k begins and period k - span ends. All are over.
 *                    A customer is acquired between the last instant before the first 1 and that one; whoever is active at instant
 *                    0 is known from the start
 *  @param options    only `level` and `span` are read, and the others must be 0; NULL for the defaults
 *  @param columns    [instants - span] each
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a flag that is neither 0 nor 1, with the customer as row; RETAIN_ERROR_ARGUMENT;
 *          RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED. Cost: O(customers * instants). */
RETAIN_API retain_status retain_crr_flags(retain_context *ctx, const uint8_t *active, size_t customers, size_t instants,
                                          const retain_crr_options *options, const retain_crr_columns *columns);

/** How a rate moved: period k against period k - lag, with interval and test (retain_rate_difference_low and its kin).
 *
 *  The two are compared as independent shares, which is an approximation where the same customers are counted in both.
 *
 *  @param part   [periods] numerators such as retained or lost, in [0, whole] or NaN
 *  @param whole  [periods] denominators such as start, finite and not negative, or NaN
 *  @param lag    1 for the period before; 12, with months, for the same month of the year before. At least 1; more than 1 must be
 *                less than the number of periods. With rolling periods at least their span, or the two share days
 *  @param level  two-sided, in (0, 1); 0 means 0.95
 *  @param change     [periods] receives part[k] / whole[k] - part[k - lag] / whole[k - lag]; NaN where one of them does not exist
 *  @param low, high  [periods] receive the limits; each may be NULL
 *  @param p_value    [periods] receives the two-sided P of "nothing changed"; may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a part outside its whole; RETAIN_ERROR_ARGUMENT. Cost: O(periods). */
RETAIN_API retain_status retain_crr_change(retain_context *ctx, const double *part, const double *whole, size_t periods, size_t lag,
                                           double level, double *change, double *low, double *high, double *p_value);

/** An activity window from the data: of the customers who come back, a share `quantile` does so within that many days.
 *
 *  A gap is the number of days from one occasion to the next. Its distribution is the Kaplan-Meier estimate over all gaps of
 *  all customers, in which the gap that is still open at the observation end counts as censored: leaving open gaps out, as is
 *  common, makes the window too short. In most shops many gaps never close, so the quantile is taken among those that do.
 *  Source: E. L. Kaplan, P. Meier, JASA 53 (1958); at equal lengths closing precedes censoring.
 *
 *  @param quantile     in (0, 1)
 *  @param window_days  receives the smallest gap g (days) with P(gap <= g) >= quantile * P(gap <= longest gap); NaN when no
 *          gap has closed
 *  @param reached      receives P(gap <= longest gap), the share of gaps that close within the time observed; NaN without
 *          customers; may be NULL
 *  @return as retain_crr_periods; a window that does not exist is NaN here, no error. Cost: as retain_orders_summary, plus
 *          O(occasions + days); plus O(occasions log occasions) for a log of far more days than rows. */
RETAIN_API retain_status retain_crr_window(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                           const retain_orders_options *counting, double quantile, double *window_days,
                                           double *reached);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

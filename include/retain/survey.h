/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_SURVEY_H
#define RETAIN_SURVEY_H

#include "retain/context.h"
#include "retain/orders.h"

/** @defgroup survey Surveys
 *  @brief Are customers content, and does it show in what they do?
 *
 *  Answers are scores, one entry per response, each with the code of its group (period, cohort, segment), a whole number in [0,
 *  groups). One call gives all groups and the total: every result has groups + 1 entries, and the last one is the total. Who
 *  wants the total only gives no codes and groups = 0.
 *
 *      NPS   share of 9 and 10 less share of 0 to 6, on the scale 0 to 10: between -1 and 1 (tools show it times 100)
 *      CSAT  share of the top two scores of the scale
 *      CES   mean score
 *
 *      double score[] = {10, 9, 7, 3}, nps[1], low[1], high[1];
 *      retain_survey_nps_columns columns = {0}; columns.nps = nps; columns.low = low; columns.high = high;
 *      retain_survey_nps_groups(NULL, score, NULL, 4, 0, 0, &columns);
 *      // 2 promoters, 1 detractor: NPS 0.25, between -0.50 and 0.78
 *
 *  Every figure has its number of responses and its interval: Wilson's for shares; Student's t for means; for the NPS, which is
 *  the difference of two shares of the same responses, the score interval of T. Tango, Statistics in Medicine 17 (1998),
 *  891-908. That one keeps its promise for a handful of responses (on average over all shares, a 95 % interval holds the truth
 *  in 94 to 97 % of samples from n = 5 on), has a width even when all answers are alike, and stays within [-1, 1]. Intervals
 *  speak of the customers who answer: who does not answer may think otherwise, so look at the response rate too.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** NPS from counts: (promoters - detractors) / responses. NaN unless the counts are finite and not negative, promoters +
 *  detractors <= responses and responses > 0. */
RETAIN_API double retain_survey_nps(double promoters, double detractors, double responses);

/** Lower limit of the NPS at a two-sided `level` in (0, 1), such as 0.95 (Tango 1998). NaN where the NPS is, and for any other
 *  level: in a formula 0 does not stand for 0.95, as it does in operations and options. */
RETAIN_API double retain_survey_nps_low(double promoters, double detractors, double responses, double level);

/** Upper limit of the NPS; exactly 1 when all are promoters. */
RETAIN_API double retain_survey_nps_high(double promoters, double detractors, double responses, double level);

/** Result of retain_survey_nps_groups: the caller's arrays, [groups + 1] each, the total last. Columns that are NULL are not
 *  written. */
typedef struct retain_survey_nps_columns {
    double *responses;  /**< n = promoters + passives + detractors */
    double *promoters;  /**< scores 9 and 10 */
    double *passives;   /**< scores 7 and 8 */
    double *detractors; /**< scores 0 to 6 */
    double *nps;        /**< (promoters - detractors) / responses; NaN without responses, as are its limits */
    double *low;        /**< lower limit */
    double *high;       /**< upper limit */
} retain_survey_nps_columns;

/** NPS of every group and of all.
 *
 *  @param score    [count] whole numbers from 0 to 10: anything else is an error that names the row
 *  @param group    [count] codes in [0, groups); NULL when groups is 0: then there is only the total
 *  @param level    two-sided level of the intervals, in (0, 1); 0 means 0.95
 *  @param columns  [groups + 1] each
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a score or code outside its range; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY
 *  Cost: O(count + groups) time; 32 bytes of scratch a group. */
RETAIN_API retain_status retain_survey_nps_groups(retain_context *ctx, const double *score, const int64_t *group, size_t count,
                                                  size_t groups, double level, const retain_survey_nps_columns *columns);

/** Difference of NPS, row by row: of two groups, of a period and the one before, of a test and its control.
 *
 *  Limits by square-and-add of the limits of each (G. Y. Zou, A. Donner, Statistics in Medicine 27 (2008), 1693-1702); the two
 *  must not share responses. Where the interval leaves out 0, the two differ by more than chance.
 *
 *  @param promoters, detractors, responses        [count] counts of the one
 *  @param of_promoters, of_detractors, of_responses [count] counts of the other, which is subtracted
 *  @param level       two-sided level of the intervals, in (0, 1); 0 means 0.95
 *  @param difference  [count] receives NPS less the other NPS; NaN where one has no responses
 *  @param low, high   [count] receive the limits; each may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for counts that are negative or not finite, or parts above their whole;
 *          RETAIN_ERROR_ARGUMENT. Cost: O(count). */
RETAIN_API retain_status retain_survey_nps_difference(retain_context *ctx, const double *promoters, const double *detractors,
                                                      const double *responses, const double *of_promoters,
                                                      const double *of_detractors, const double *of_responses, size_t count,
                                                      double level, double *difference, double *low, double *high);

/** The scale of CSAT and CES. NULL or zeros after struct_size mean: 1 to 5 for CSAT and 1 to 7 for CES, the two top scores,
 *  95 % intervals. */
typedef struct retain_survey_scale {
    size_t struct_size; /**< sizeof(retain_survey_scale) */
    double lowest;      /**< lowest score; lowest = highest = 0 means the default scale */
    double highest;     /**< highest score */
    double top;         /**< so many of the highest scores count as satisfied, for CSAT only; 0 means 2 */
    double level;       /**< two-sided level of the intervals, in (0, 1); 0 means 0.95 */
} retain_survey_scale;

/** CSAT of every group and of all: satisfied / responses, with its Wilson interval. Satisfied is who gave one of the top
 *  scores: 4 or 5 of 5.
 *
 *  @param score      [count] whole numbers of the scale: anything else is an error that names the row
 *  @param group      [count] as for retain_survey_nps_groups
 *  @param scale      NULL for the defaults; lowest and highest whole numbers, top at least 1 and less than the number
 *          of scores
 *  @param responses  [groups + 1] receives n; may be NULL, as may all that follow
 *  @param satisfied  [groups + 1] receives the satisfied among them
 *  @param csat       [groups + 1] receives the share, NaN without responses
 *  @param low, high  [groups + 1] receive its limits
 *  @return as retain_survey_nps_groups. Cost: O(count + groups) time; 16 bytes of scratch a group. */
RETAIN_API retain_status retain_survey_csat(retain_context *ctx, const double *score, const int64_t *group, size_t count,
                                            size_t groups, const retain_survey_scale *scale, double *responses, double *satisfied,
                                            double *csat, double *low, double *high);

/** CES (or any other score) of every group and of all: the mean, with its t interval.
 *
 *  The interval is NaN for fewer than two responses, and when all of them are alike: one of no width would say nothing.
 *
 *  @param score      [count] numbers in [lowest, highest], whole or not: anything else is an error that names the row
 *  @param ces        [groups + 1] receives the mean, NaN without responses
 *  @return as retain_survey_nps_groups. Cost: O(count + groups) time; 40 bytes of scratch a group. */
RETAIN_API retain_status retain_survey_ces(retain_context *ctx, const double *score, const int64_t *group, size_t count,
                                           size_t groups, const retain_survey_scale *scale, double *responses, double *ces,
                                           double *low, double *high);

/** Response rate of every group and of all: responses / invited, with its Wilson interval.
 *
 *  @param responses  [groups] who answered: whole, from 0 to invited
 *  @param invited    [groups] who was asked: whole
 *  @param level      two-sided level of the intervals, in (0, 1); 0 means 0.95
 *  @param rate       [groups + 1] receives the shares, the total last; NaN where nobody was asked
 *  @param low, high  [groups + 1] receive the limits; each may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for counts that are no counts, or more responses than invitations;
 *          RETAIN_ERROR_ARGUMENT. */
RETAIN_API retain_status retain_survey_response(retain_context *ctx, const double *responses, const double *invited, size_t groups,
                                                double level, double *rate, double *low, double *high);

/* --- what they did next ------------------------------------------------------------------------------------------------------- */

/** Which responses of a customer count. */
typedef enum retain_survey_choice {
    /** The earliest by day, of those whose horizon is over; of several on one day the first in the data. Customers are then
     *  independent, and nobody counts twice because he came back and was asked again */
    RETAIN_SURVEY_FIRST = 0,
    /** The last one whose horizon is over: the customer's latest opinion. That there is no later one may be because he left: read
     *  it with care */
    RETAIN_SURVEY_LAST = 1,
    /** Every one. Those of one customer are not independent, and the intervals are too narrow then */
    RETAIN_SURVEY_EACH = 2
} retain_survey_choice;

/** Responses with their customers and days: a view of the caller's arrays. */
typedef struct retain_survey_responses {
    size_t count;            /**< number of responses */
    const int64_t *customer; /**< [count] who: keys as in the order log */
    const int64_t *day;      /**< [count] day number of the answer, within +-2^40 */
    const double *score;     /**< [count] finite; 0 to 10 and whole when `cuts` is NULL */
} retain_survey_responses;

/** How to judge. NULL or zeros after struct_size mean: 90 days, NPS classes, first responses, 95 % intervals. */
typedef struct retain_survey_retention_options {
    size_t struct_size;          /**< sizeof(retain_survey_retention_options) */
    int64_t horizon_days;        /**< H, from 1 to 2^40; 0 means 90 */
    const double *cuts;          /**< [cut_count] strictly ascending: the class of a score is the number of cuts that are <= it.
                                  *   NULL means {7, 9}: detractors, passives, promoters */
    size_t cut_count;            /**< at least 1; ignored when cuts is NULL */
    retain_survey_choice choice; /**< which responses of a customer count */
    double level;                /**< two-sided level of the intervals, in (0, 1); 0 means 0.95 */
} retain_survey_retention_options;

/** What became of the responses. The fields after `responses` add up to it. */
typedef struct retain_survey_retention_report {
    size_t struct_size;      /**< sizeof(retain_survey_retention_report) */
    size_t responses;        /**< rows read */
    size_t counted;          /**< responses that count */
    size_t open_responses;   /**< left out: their H days were not over at the observation end, or they are later than it */
    size_t repeat_responses; /**< left out: another response of the customer counts */
    double difference;       /**< rate of the highest class less that of the lowest; NaN when one of them is empty */
    double difference_low;   /**< its limits: hybrid score interval of R. G. Newcombe, Statistics in Medicine 17 (1998), 873-890 */
    double difference_high;  /**< upper limit */
} retain_survey_retention_report;

/** Do promoters come back more often than detractors? For each response (customer, day, score): did the customer have an
 *  occasion in (day, day + H]?
 *
 *  Only responses whose H days are over count: day + H <= observation_end. An occasion on the day of the response itself does
 *  not (who is asked on delivery may have bought that day), and a customer without orders in the log has not come back. A
 *  difference between classes is no effect of the score: the discontent may differ in other ways too.
 *
 *  @param observation_end  last day observed, itself included
 *  @param counting         which orders make an occasion; NULL for the defaults. An occasion lies on the day of its
 *          earliest order
 *  @param counted    [classes] receives responses that count, classes = cut_count + 1 (3 by default), in ascending
 *          order of score; may be NULL, as may all that follow
 *  @param returned   [classes] receives those of them that were followed by an occasion
 *  @param rate       [classes] receives returned / counted, NaN for an empty class
 *  @param low, high  [classes] receive Wilson limits
 *  @param report     what was left out, and the difference
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a bad row of responses or orders; RETAIN_ERROR_ARGUMENT;
 *          RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED
 *  Cost: as retain_orders_summary for the orders; O(responses) time and about 50 bytes of scratch a response. */
RETAIN_API retain_status retain_survey_retention(retain_context *ctx, const retain_survey_responses *responses,
                                                 const retain_orders *orders, int64_t observation_end,
                                                 const retain_orders_options *counting,
                                                 const retain_survey_retention_options *options, double *counted, double *returned,
                                                 double *rate, double *low, double *high, retain_survey_retention_report *report);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

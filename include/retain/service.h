/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_SERVICE_H
#define RETAIN_SERVICE_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"

/** @defgroup service Service
 *  @brief How fast are customers answered, how often is it late, how much comes back?
 *
 *  Figures of tickets, deliveries and returns, by group and in total: rows carry a code in [0, groups), and every result has
 *  groups + 1 entries, the last one being the total. Whoever wants the total only gives no codes and groups = 0; whoever wants
 *  figures per customer gives the rank of the customer as the code.
 *
 *  Times are whole numbers of any one clock, Unix seconds for instance, within +-2^61. What has not happened is
 *  RETAIN_SERVICE_NOT_YET. Nothing looks ahead: what lies after the observation end has not happened, and a ticket opened after
 *  it does not exist.
 *
 *  A ticket that is still open has waited at least so long. Leaving it out, as averages over closed tickets do, keeps the short
 *  waits and drops the long ones; here it is a censored observation of the Kaplan-Meier estimate.
 *
 *      int64_t opened[] = {0, 3600, 7200}, answered[] = {1800, 10800, RETAIN_SERVICE_NOT_YET};
 *      double median[1];
 *      retain_service_times_options options = {sizeof options, 3600, 0, 0, 0, 0};    // results in hours
 *      retain_service_times_columns columns = {0}; columns.quantile = median;
 *      retain_service_times(NULL, opened, answered, NULL, NULL, 3, 0, 36000, &options, &columns);
 *      // answered after half an hour and after two; one has been waiting for eight: median 2
 *
 *  Shares have Wilson intervals, means t intervals.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** A time at which nothing happened: not answered, not resolved, not delivered, not returned. */
#define RETAIN_SERVICE_NOT_YET INT64_MIN

/* --- how long ----------------------------------------------------------------------------------------------------------------- */

/** NULL or zeros after struct_size mean: results in ticks of the clock, the median, no target, 95 % intervals. */
typedef struct retain_service_times_options {
    size_t struct_size;      /**< sizeof(retain_service_times_options) */
    double unit;             /**< ticks of the clock in the unit of the results: 3600 for hours of Unix seconds; 0 means 1 */
    const double *quantiles; /**< [quantile_count] shares in (0, 1) of which the times are wanted; NULL means {0.5} */
    size_t quantile_count;   /**< ignored when quantiles is NULL */
    int64_t target;          /**< ticks within which it ought to happen; 0 means none */
    double level;            /**< two-sided level of the intervals, in (0, 1); 0 means 0.95 */
} retain_service_times_options;

/** Result of retain_service_times: the caller's arrays to be filled, [groups + 1] each, the total last; those of quantiles are
 *  [(groups + 1) * quantile_count], quantile q of group g at [g * quantile_count + q]. Columns that are NULL are not written. */
typedef struct retain_service_times_columns {
    double *tickets;  /**< opened by the observation end */
    double *ended;    /**< those to which it has happened */
    double *quantile; /**< least time by which that share has happened, by Kaplan-Meier; NaN while that is not known */
    /** its limits (R. Brookmeyer, J. Crowley, Biometrics 38 (1982), on the log-log scale); NaN when not reached */
    double *quantile_low;
    double *quantile_high; /**< upper limit */
    double *mean;          /**< mean time; NaN unless it has happened to all tickets, and without tickets */
    double *mean_low;      /**< lower limit; NaN for fewer than two, and when all are alike */
    double *mean_high;     /**< upper limit */
    double *due;           /**< tickets of which it is known whether the target was met: opened + target <= observation end */
    double *in_time;       /**< those of them to which it happened within the target */
    double *share;         /**< in_time / due; NaN without a target */
    double *share_low;     /**< its limits */
    double *share_high;    /**< upper limit */
} retain_service_times_columns;

/** How long until something happens to a ticket: the first response, the solution, the delivery of a parcel.
 *
 *  @param opened  [count] when the clock starts
 *  @param ended   [count] when it happened, not before `opened`, or RETAIN_SERVICE_NOT_YET
 *  @param closed  [count] when the ticket was closed without it, not before `opened`, or RETAIN_SERVICE_NOT_YET: it is
 *          not waiting any longer, and censored there. For first responses give the time of resolution. What has ended counts
 *          as ended, before or after it was closed: agents answer closed tickets too. NULL: none was
 *  @param group   [count] codes in [0, groups); NULL when groups is 0
 *  @param observation_end  last tick observed
 *  @param options NULL for the defaults
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a bad row; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY
 *  Cost: O(count) time for ordinary clocks; 60 bytes of scratch a ticket. */
RETAIN_API retain_status retain_service_times(retain_context *ctx, const int64_t *opened, const int64_t *ended,
                                              const int64_t *closed, const int64_t *group, size_t count, size_t groups,
                                              int64_t observation_end, const retain_service_times_options *options,
                                              const retain_service_times_columns *columns);

/* --- how often again ---------------------------------------------------------------------------------------------------------- */

/** Tickets with their customers: a view of the caller's arrays. */
typedef struct retain_service_tickets {
    size_t count;            /**< number of tickets */
    const int64_t *customer; /**< [count] who: any 64-bit key */
    const int64_t *opened;   /**< [count] when the ticket was opened */
    const int64_t *resolved; /**< [count] when it was resolved, not before `opened`, or RETAIN_SERVICE_NOT_YET */
    /** optional [count] how often the customer wrote or called in this ticket, whole, at least 1; NULL means 1 */
    const double *contacts;
    const int64_t *group; /**< [count] codes in [0, groups); NULL when groups is 0 */
} retain_service_tickets;

/** Result of retain_service_contacts: the caller's arrays to be filled, [groups + 1] each, the total last. Columns that are
 *  NULL are not written. */
typedef struct retain_service_contacts_columns {
    double *resolved; /**< tickets resolved long enough ago: resolved + within <= observation end */
    /** those of them with one contact, and no other ticket of the customer opened in (opened, resolved + within] */
    double *first_contact;
    double *first_contact_rate;      /**< first_contact / resolved; NaN without */
    double *first_contact_rate_low;  /**< its limits */
    double *first_contact_rate_high; /**< upper limit */
    double *tickets;                 /**< tickets opened long enough ago: opened + within <= observation end */
    double *repeated;                /**< those of them with another ticket of the customer opened in (opened, opened + within] */
    double *repeat_rate;             /**< repeated / tickets; NaN without */
    double *repeat_rate_low;         /**< its limits */
    double *repeat_rate_high;        /**< upper limit */
} retain_service_contacts_columns;

/** First contact resolution and repeat contacts.
 *
 *  Tickets of one customer that were opened at the same tick are not repeats of each other. Contacts are counted as the column
 *  has them, whenever they were made.
 *
 *  @param within  R: ticks within which a further ticket counts as a repeat, from 1 to 2^61
 *  @param level   two-sided level of the intervals, in (0, 1); 0 means 0.95
 *  @return as retain_service_times, RETAIN_ERROR_CANCELLED too. Cost: O(tickets) time; about 50 bytes of scratch a
 *          ticket. */
RETAIN_API retain_status retain_service_contacts(retain_context *ctx, const retain_service_tickets *tickets, size_t groups,
                                                 int64_t observation_end, int64_t within, double level,
                                                 const retain_service_contacts_columns *columns);

/* --- how often late, how often back ------------------------------------------------------------------------------------------- */

/** Share of deliveries that are late: after the promised time, or not delivered although that is over.
 *
 *  Only deliveries whose promised time is over count, promised <= observation end. One that is promised for later is unknown;
 *  counting it when it happens to be early already would count only good news.
 *
 *  @param promised   [count] last tick that is in time
 *  @param delivered  [count] when it was, or RETAIN_SERVICE_NOT_YET
 *  @param group      [count] codes in [0, groups); NULL when groups is 0
 *  @param observation_end  last tick observed, itself included
 *  @param level      two-sided level of the intervals, in (0, 1); 0 means 0.95
 *  @param due        [groups + 1] receives deliveries that were due; may be NULL, as may all that follow
 *  @param late       [groups + 1] receives the late ones
 *  @param rate       [groups + 1] receives late / due, NaN without any
 *  @param low, high  [groups + 1] receive its limits
 *  @return as retain_service_times. Cost: O(count + groups). */
RETAIN_API retain_status retain_service_late(retain_context *ctx, const int64_t *promised, const int64_t *delivered,
                                             const int64_t *group, size_t count, size_t groups, int64_t observation_end,
                                             double level, double *due, double *late, double *rate, double *low, double *high);

/** Return rate: share of orders that came back.
 *
 *  @param ordered   [count] when it was ordered (or delivered)
 *  @param returned  [count] when it was returned, not before `ordered`, or RETAIN_SERVICE_NOT_YET
 *  @param group     [count] codes in [0, groups); NULL when groups is 0
 *  @param observation_end  last tick observed, itself included
 *  @param within    R, at most 2^61: only orders with ordered + R <= observation end count, and only returns within R.
 *          0: all orders up to the observation end, returned by then; the latest of them have not had their time, and the rate
 *          is too low
 *  @param level     two-sided level of the intervals, in (0, 1); 0 means 0.95
 *  @param orders    [groups + 1] receives the orders that count; may be NULL, as may all that follow
 *  @param returns   [groups + 1] receives those that were returned
 *  @param rate      [groups + 1] receives returns / orders, NaN without any
 *  @param low, high [groups + 1] receive its limits
 *  @return as retain_service_times. Cost: O(count + groups). */
RETAIN_API retain_status retain_service_returns(retain_context *ctx, const int64_t *ordered, const int64_t *returned,
                                                const int64_t *group, size_t count, size_t groups, int64_t observation_end,
                                                int64_t within, double level, double *orders, double *returns, double *rate,
                                                double *low, double *high);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

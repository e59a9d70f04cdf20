/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_SIGNALS_H
#define RETAIN_SIGNALS_H

#include "retain/context.h"
#include "retain/events.h"
#include "retain/orders.h"

/** @defgroup signals Signals
 *  @brief What happened to a customer besides orders, and did it drive him away?
 *
 *  An **event** is a ticket, a return, a late delivery, a bad review, a visit: who, when, of which kind, and with which value
 *  if it has one. Two things are made of them: figures per customer, which models of churn take as they are, and the effect of
 *  a kind of event on coming back.
 *
 *  Nothing looks ahead: events after the observation end do not exist. Times are day numbers (retain/calendar.h), as those of
 *  orders.
 *
 *      int64_t who[] = {7, 7, 9}, day[] = {10, 95, 40}, customer[] = {5, 7, 9};
 *      double count[3], since[3];
 *      retain_events events = {3, who, day, NULL, NULL};
 *      retain_signals_options options = {sizeof options, 90, 1};          // the last 90 days, one kind of event
 *      retain_signals_columns columns = {0}; columns.count = count; columns.days_since_last = since;
 *      retain_signals_per_customer(NULL, &events, customer, NULL, 3, 100, &options, &columns, NULL);
 *      // count 0 1 1, since NaN 5 60
 *
 *  Tickets, deliveries and returns as such (how fast, how often late) are in retain/service.h.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/* --- per customer ------------------------------------------------------------------------------------------------------------- */

/** NULL or zeros after struct_size mean: a window of 365 days, one kind. */
typedef struct retain_signals_options {
    size_t struct_size;  /**< sizeof(retain_signals_options) */
    int64_t window_days; /**< W, from 1 to 2^40: the days in (observation end - W, observation end]; 0 means 365 */
    size_t kinds;        /**< kinds of events; 0 means 1 */
} retain_signals_options;

/** Result: the caller's arrays to be filled. All but `exposure_days` are [customers * kinds]: kind k of the customer in row c
 *  at [c * kinds + k]. Columns that are NULL are not written. A customer who is not known by the observation end has NaN
 *  everywhere. */
typedef struct retain_signals_columns {
    double *exposure_days; /**< [customers] days of the window on which the customer was known, at most W */
    double *count;         /**< events in the window */
    double *per_year;      /**< count / exposure_days * 365.25 */
    /** observation end - day of the last event since the customer is known, in the window or not; NaN without */
    double *days_since_last;
    double *earlier; /**< events in the window's earlier half: its first W - W / 2 days (the odd day is here) */
    double *recent;  /**< events in the last W / 2 days */
    /** (b - a) / (b + a), a and b being events per day known in the earlier and in the recent half: -1 when all events are early, 1
     *  when all are recent. NaN without events, or when the customer was known in one half only */
    double *trend;
    /** chance of halves at least as uneven if nothing changed: exact two-sided binomial test of `recent` among `count`, given the
     *  days known in each half (twice the smaller tail, at most 1). NaN where `trend` is */
    double *trend_p_value;
    double *sum;  /**< sum of the values in the window; 0 without any */
    double *mean; /**< their mean; NaN without any */
} retain_signals_columns;

/** What became of the events. The fields after `events` add up to it. */
typedef struct retain_signals_report {
    size_t struct_size;     /**< sizeof(retain_signals_report) */
    size_t events;          /**< rows read */
    size_t used_events;     /**< of the customers asked for, up to the observation end, in the window or before it */
    size_t late_events;     /**< after the observation end: not used */
    size_t stranger_events; /**< of customers who were not asked for: not used */
    size_t early_events;    /**< before the customer was known: not used */
} retain_signals_report;

/** Figures per customer at an observation end.
 *
 *  @param customer         [customers] whom to describe: strictly ascending, as in a summary
 *  @param known_since      [customers] day number, within +-2^40, since which each customer is known (first order, registration):
 *          exposure and events count from that day on, itself included. NULL: known all through the window
 *  @param observation_end  last day observed, itself included
 *  @param options          NULL for the defaults
 *  @param report           may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a bad row of events or of known_since, or customers that do not strictly ascend;
 *          RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED
 *  Cost: O(events + customers * kinds) time; about 50 bytes of scratch an event. */
RETAIN_API retain_status retain_signals_per_customer(retain_context *ctx, const retain_events *events, const int64_t *customer,
                                                     const int64_t *known_since, size_t customers, int64_t observation_end,
                                                     const retain_signals_options *options, const retain_signals_columns *columns,
                                                     retain_signals_report *report);

/* --- effect of an event on coming back ---------------------------------------------------------------------------------------- */

/** NULL or zeros after struct_size mean: kind 0, exposed within 30 days, 90 days to come back, strata of order numbers 1, 2, 3, 4+
 *  and value quintiles. */
typedef struct retain_signals_effect_options {
    size_t struct_size;    /**< sizeof(retain_signals_effect_options) */
    int64_t kind;          /**< which events expose; ignored when events have no kind */
    int64_t exposure_days; /**< E, from 1 to 2^40; 0 means 30 */
    int64_t horizon_days;  /**< H, from 1 to 2^40; 0 means 90 */
    /** strata by number of the occasion: 1, 2, ... and the last one for all further; 0 means 4, 1 none; at most 1000 */
    size_t order_numbers;
    size_t value_classes; /**< strata by value of the occasion; 0 means 5, 1 none; at most 1000 */
    double level;         /**< two-sided level of the intervals, in (0, 1); 0 means 0.95 */
} retain_signals_effect_options;

/** Result of retain_signals_effect. `occasions` = returned_early + open + outside + exposed + unexposed. */
typedef struct retain_signals_comparison {
    size_t struct_size;        /**< sizeof(retain_signals_comparison) */
    double occasions;          /**< all up to the observation end */
    double open;               /**< left out: landmark + H is after the observation end */
    double outside;            /**< left out: before the first edge, or not before the last */
    double returned_early;     /**< left out: the customer was back before or on the landmark */
    double exposed;            /**< judged, with an event in (o, o + E] */
    double exposed_returned;   /**< back within H days after the landmark */
    double unexposed;          /**< judged, without one */
    double unexposed_returned; /**< back within H days after the landmark */
    double crude;        /**< rate of the exposed less rate of the unexposed: biased when bad things happen to other customers */
    double crude_low;    /**< hybrid score interval (retain_rate_difference_low) */
    double crude_high;   /**< upper limit */
    double strata;       /**< strata that hold both exposed and unexposed: those that are compared */
    double matched;      /**< exposed in them */
    double unmatched;    /**< exposed without anybody to compare with: not in the effect. exposed = matched + unmatched */
    double controls;     /**< unexposed in these strata */
    double matched_rate; /**< share of the matched who came back */
    /** share of the controls who did, each stratum weighted by its matched: what to expect without the event */
    double control_rate;
    double effect;         /**< matched_rate - control_rate, the effect on the exposed (ATT); NaN when nobody is matched */
    double standard_error; /**< of effect */
    double effect_low;     /**< effect - z standard errors, cut to [-1, 1]; NaN when the standard error is 0 or NaN */
    double effect_high;    /**< upper limit */
} retain_signals_comparison;

/** Do customers come back less often after an event, compared with customers to whom it did not happen?
 *
 *  The unit is an occasion, on day o. It is exposed when an event of the kind lies in (o, o + E], and everybody is judged from
 *  the same **landmark** o + E on: did an occasion follow in (landmark, landmark + H]? Only units without a further occasion in
 *  (o, o + E] are judged, exposed or not, and only those with landmark + H <= observation_end. Without a landmark, the time
 *  until the event, which the exposed have by definition survived, would count in favour of the event (immortal time bias).
 *
 *  The exposed are compared with the unexposed of the same **stratum**: number of the occasion, period of the occasion, class
 *  of its value, group of the customer. Value classes have equally many units, equal values being in one class: the class is
 *  the number of cuts below the value, cut j of k classes being the ceil(j n / k)-th of the n values of all judged units. Rates
 *  are weighted by the exposed of each stratum, which gives the effect on those to whom it happened. What the strata do not
 *  tell apart stays confounded. Sources: landmark, J. R. Anderson et al., J. Clin. Oncology 1 (1983), 710-719;
 *  subclassification, W. G. Cochran, Biometrics 24 (1968), 295-313.
 *
 *  The variance is the sum over strata of (share of the matched)^2 (s1^2 / n1 + s0^2 / n0), s^2 = p (1 - p) n / (n - 1) in each
 *  arm; an arm of one unit takes s^2 from its stratum. It takes units as independent: a customer with several occasions counts
 *  several times, and intervals are somewhat too narrow where few customers make many of the units.
 *
 *  Orders that were refunded make no occasion: give a log without refunds when the event brings them about (returns,
 *  complaints).
 *
 *  @param edges       [edge_count] strictly ascending day numbers of calendar periods; NULL with 0: one period
 *  @param groups      group of every customer with an occasion; NULL: all in one
 *  @param comparison  receives the result
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a bad row; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY;
 *          RETAIN_ERROR_CANCELLED
 *  Cost: as retain_orders_summary for the orders, and O(events + occasions) time; about 50 bytes of scratch an event and 100 a
 *  row. */
RETAIN_API retain_status retain_signals_effect(retain_context *ctx, const retain_events *events, const retain_orders *orders,
                                               int64_t observation_end, const retain_orders_options *counting, const int64_t *edges,
                                               size_t edge_count, const retain_groups *groups,
                                               const retain_signals_effect_options *options, retain_signals_comparison *comparison);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_REPEAT_H
#define RETAIN_REPEAT_H

#include "retain/context.h"
#include "retain/orders.h"

/** @defgroup repeat Repeat purchases
 *  @brief Who comes back, and what do they spend then? (When they come back is in repeat_time.h.)
 *
 *  Shop tools call three different shares "repeat rate". Here each has a name of its own:
 *
 *  - `repeat`: of all customers, those with two or more occasions ever (retain_repeat_report)
 *  - `repeat_within`: of the customers of a period, those with two or more occasions in it (retain_repeat_columns)
 *  - `returning`: of the customers of a period, those whose first occasion lies before it (retain_repeat_columns)
 *
 *  The first grows with the length of the log, since late customers had less time to come back: retain_repeat_funnel gives the
 *  share that comes back within so many days, in which those still waiting count as censored.
 *
 *      retain_repeat_report report = {.struct_size = sizeof report};
 *      retain_repeat_summary(NULL, &log, 89, NULL, NULL, &report);
 *      // report.repeat.value: share of repeat customers, report.repeat.numerator of report.repeat.denominator
 *
 *  **Intervals.** Shares have Wilson's (retain/rate.h). Means and ratios of sums (money per order) take the customer for the
 *  unit that was drawn: several orders of one customer are no independent evidence. Standard errors by linearisation (W. G.
 *  Cochran, Sampling Techniques, 3rd ed. (1977), ch. 6), Student's t on n - 1 degrees of freedom, n customers with a part in
 *  the denominator; for a plain mean over customers it is the textbook interval. NaN for n < 2, and where all are alike. An
 *  interval of money may reach below 0 where a few customers make up most of it: then the data do not say more.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** A share, a mean or a ratio, and what it is made of. */
typedef struct retain_repeat_figure {
    double numerator;   /**< what was counted or summed */
    double denominator; /**< among or over how many */
    double value;       /**< numerator / denominator; NaN when the denominator is 0 */
    double low;         /**< lower limit of its interval; NaN where there is none */
    double high;        /**< upper limit */
} retain_repeat_figure;

/** How sure. NULL or zeros after struct_size mean: 95 % intervals. */
typedef struct retain_repeat_options {
    size_t struct_size; /**< sizeof(retain_repeat_options) */
    double level;       /**< two-sided level of the intervals, in (0, 1); 0 means 0.95 */
    /** H of the funnel: the share that reached the next occasion within H days, at least 0; 0 means 90 */
    int64_t horizon_days;
} retain_repeat_options;

/** The figures of a whole log. A repeat customer has two or more occasions, a one-time customer one. "Later" occasions are all
 *  but a customer's first. */
typedef struct retain_repeat_report {
    size_t struct_size;                          /**< sizeof(retain_repeat_report) */
    retain_repeat_figure repeat;                 /**< repeat customers / customers */
    retain_repeat_figure one_time;               /**< one-time customers / customers: 1 - repeat */
    retain_repeat_figure orders_per_customer;    /**< orders that made an occasion / customers */
    retain_repeat_figure occasions_per_customer; /**< occasions / customers */
    retain_repeat_figure revenue_per_customer;   /**< revenue / customers */
    retain_repeat_figure order_value;            /**< revenue / orders: average order value */
    retain_repeat_figure occasion_value;         /**< revenue / occasions */
    retain_repeat_figure first_value;            /**< money of first occasions / customers */
    retain_repeat_figure later_value;            /**< money of later occasions / later occasions */
    retain_repeat_figure repeat_first_value;     /**< money of the repeat customers' first occasions / repeat customers */
    retain_repeat_figure one_time_revenue;       /**< revenue of one-time customers / one-time customers */
    retain_repeat_figure repeat_revenue;         /**< revenue of repeat customers / repeat customers */
    retain_repeat_figure later_share;            /**< money of later occasions / revenue */
    /** later_value / first_value: a returning occasion against a first one. Numerator and denominator are the two means; the
     *  interval is symmetric for the logarithm, as are the next two */
    retain_repeat_figure later_to_first;
    /** later_value / repeat_first_value: the same among the repeat customers alone, so that what they were like from the
     *  beginning is not taken for an effect of coming back */
    retain_repeat_figure later_to_own_first;
    retain_repeat_figure
        repeat_to_one_time; /**< repeat_revenue / one_time_revenue: what a repeat customer brings against a one-time one */
} retain_repeat_report;

/** Shares, orders and money of all customers of a log.
 *
 *  @param observation_end  last day observed, itself included
 *  @param counting         which orders make an occasion; NULL for the defaults
 *  @param options          NULL for the defaults
 *  @param report           receives the figures; NaN where nobody counts
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for a bad option; RETAIN_ERROR_DATA for a bad row; RETAIN_ERROR_MEMORY;
 *          RETAIN_ERROR_CANCELLED
 *  Cost: as retain_orders_summary, plus O(occasions). */
RETAIN_API retain_status retain_repeat_summary(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                               const retain_orders_options *counting, const retain_repeat_options *options,
                                               retain_repeat_report *report);

/** Result per period: the caller's arrays to be filled, one entry per period. Columns that are NULL are not written. A period that
 *  was not over at the observation end is NaN. */
typedef struct retain_repeat_columns {
    double *customers;            /**< customers with an occasion in the period = first_time + returning */
    double *first_time;           /**< those whose first occasion lies in it */
    double *returning;            /**< those whose first occasion lies before it */
    double *repeaters;            /**< customers with two or more occasions in it */
    double *returning_share;      /**< returning / customers */
    double *returning_share_low;  /**< its lower Wilson limit */
    double *returning_share_high; /**< its upper limit */
    double *repeat_within;        /**< repeaters / customers */
    double *repeat_within_low;    /**< its lower Wilson limit */
    double *repeat_within_high;   /**< its upper limit */
    double *orders;               /**< orders of the period that made an occasion */
    double *occasions;            /**< occasions of the period */
    double *revenue;              /**< their money */
    double *returning_orders;     /**< orders of the returning customers */
    double *returning_revenue;    /**< their money */
} retain_repeat_columns;

/** Who bought in a period: for the first time, coming back, more than once.
 *
 *  @param observation_end  last day observed, itself included: period k is over when edges[k + 1] <= observation_end + 1
 *  @param edges       [edge_count] strictly ascending day numbers (retain_calendar_edges); period k is [edges[k], edges[k +
 *                     1]). One window is two edges. Occasions outside are known of (they make a customer a returning one) and
 *                     not counted: the log should begin with the shop, or old customers look new. An occasion lies on the day
 *                     of its earliest order
 *  @param counting    which orders make an occasion; NULL for the defaults
 *  @param options     NULL for the defaults
 *  @param columns     [edge_count - 1] each
 *  @return as retain_repeat_summary; RETAIN_ERROR_ARGUMENT for bad edges too. Cost: as retain_orders_summary, plus O(occasions +
 *          periods). */
RETAIN_API retain_status retain_repeat_periods(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                               const int64_t *edges, size_t edge_count, const retain_orders_options *counting,
                                               const retain_repeat_options *options, const retain_repeat_columns *columns);

/** Result per order number: the caller's arrays to be filled. Columns that are NULL are not written. Entry k - 1 speaks of the
 *  customers with at least k occasions. */
typedef struct retain_repeat_steps {
    double *customers;       /**< customers who reached the k-th occasion */
    double *conversion;      /**< those who reached the (k + 1)-th so far / customers */
    double *conversion_low;  /**< its lower Wilson limit */
    double *conversion_high; /**< its upper limit */
    double *within;          /**< share that reaches the (k + 1)-th within the horizon: Kaplan-Meier, open gaps censored */
    double *within_low;      /**< its lower limit, log-log (see repeat_time.h) */
    double *within_high;     /**< its upper limit */
    double *median_days;     /**< days until half of the customers have reached the (k + 1)-th, by the same curve; NaN if never */
    double *median_low;      /**< its lower limit (Brookmeyer and Crowley); NaN where not reached */
    double *median_high;     /**< its upper limit; NaN where not reached */
    double *value;           /**< mean value of the k-th occasion */
    double *value_low;       /**< its lower limit */
    double *value_high;      /**< its upper limit */
    double *continued;       /**< those of `customers` who reached the (k + 1)-th so far: the numerator of conversion */
} retain_repeat_steps;

/** The order-number funnel: first, second, third, ... occasion, how many get there, how soon, and what they spend.
 *
 *  `conversion` is what was counted so far, and too low for customers who have only just come; `within` is not.
 *
 *  @param observation_end  last day observed, itself included
 *  @param steps    order numbers 1 to this, at most 65536
 *  @param counting which orders make an occasion; NULL for the defaults
 *  @param options  NULL for the defaults
 *  @param columns  [steps] each
 *  @return as retain_repeat_summary. Cost: as retain_orders_summary, plus O(occasions + steps * days of the log). */
RETAIN_API retain_status retain_repeat_funnel(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                              size_t steps, const retain_orders_options *counting,
                                              const retain_repeat_options *options, const retain_repeat_steps *columns);

/** Result per band of tenure: the caller's arrays to be filled. Columns that are NULL are not written. */
typedef struct retain_repeat_bands {
    double *occasions;  /**< occasions at such an age of the customer */
    double *customers;  /**< customers who had one */
    double *revenue;    /**< money of the occasions */
    double *value;      /**< mean value of an occasion: revenue / occasions */
    double *value_low;  /**< its lower limit */
    double *value_high; /**< its upper limit */
} retain_repeat_bands;

/** Value of occasions by tenure: do customers spend more, the longer they have been with the shop?
 *
 *  @param observation_end  last day observed, itself included
 *  @param ages       [age_count] strictly ascending days since the first occasion, the first at least 0: band k is [ages[k],
 *                    ages[k + 1]); {0, 1, 90, 365} makes three, the first of which holds the first occasions. Older occasions
 *                    are not counted
 *  @param counting   which orders make an occasion; NULL for the defaults
 *  @param options    NULL for the defaults
 *  @param columns    [age_count - 1] each
 *  @return as retain_repeat_summary; RETAIN_ERROR_ARGUMENT for bad ages. Cost: as retain_repeat_summary. */
RETAIN_API retain_status retain_repeat_tenure(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                              const int64_t *ages, size_t age_count, const retain_orders_options *counting,
                                              const retain_repeat_options *options, const retain_repeat_bands *columns);

/** When do customers order: orders and money by day of the week, and by hour.
 *
 *  @param second_of_day  [orders->count] the clock in the shop at each row, 0 to 86399 (retain_calendar_local); NULL for days of
 *                        the week alone. An order belongs to the hour of its earliest row
 *  @param counting       which orders count; NULL for the defaults. occasion_days does not matter: orders are counted
 *  @param orders_placed  receives orders: [7 * 24] by day of the week and hour with `second_of_day`, else [7] by day of the
 *                        week, Monday (RETAIN_MONDAY) first; may be NULL
 *  @param revenue        receives their money, as many; may be NULL
 *  @return as retain_repeat_summary; RETAIN_ERROR_DATA for a second outside the day, and for a day beyond 2^35 with
 *          `second_of_day`. Cost: as retain_orders_summary, and 8 bytes of scratch a row more with `second_of_day`. */
RETAIN_API retain_status retain_repeat_profile(retain_context *ctx, const retain_orders *orders, const int64_t *second_of_day,
                                               int64_t observation_end, const retain_orders_options *counting,
                                               double *orders_placed, double *revenue);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

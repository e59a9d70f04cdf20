/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_REVENUE_H
#define RETAIN_REVENUE_H

#include "retain/context.h"
#include "retain/orders.h"

/** @defgroup revenue Revenue retention
 *  @brief Of last period's revenue, how much is left, what was added, and does keeping pay?
 *
 *  The **revenue bridge** leads from one period's revenue to the next, customer by customer:
 *
 *      start = lost + contraction + what stayed
 *      end   = start + acquired + reactivated + expansion - contraction - lost
 *      grr   = sum of min(before, now) / start      gross revenue retention: never exceeds 1
 *      nrr   = sum of now / start                   net revenue retention: over the customers of the start alone
 *
 *      int64_t edges[] = {0, 31, 59, 90};           // three months
 *      double start[3], lost[3], end[3], grr[3];
 *      retain_revenue_columns columns = {0};
 *      columns.start = start; columns.lost = lost; columns.end = end; columns.grr = grr;
 *      retain_revenue_bridge(NULL, &log, 89, edges, 4, NULL, NULL, &columns);
 *
 *  Customers who came back are `reactivated` and in neither rate. In a shop, where nobody buys every month, `lost` is what did not
 *  come back *in that period*; a subscription's monthly amounts go into retain_revenue_amounts.
 *
 *  Money is added up as retain/orders.h says, and rounded once: the identity holds to the last bit wherever the sums are exact.
 *
 *  The **intervals** take the customers of the start as a sample of all who might have been there. With x a customer's revenue
 *  before and y what counts of it now, R = sum y / sum x of n customers is a ratio estimator, and by linearisation
 *
 *      var R = n / (n - 1) * sum (y - R x)^2 / (sum x)^2,      R +- t sqrt(var R)
 *
 *  t being Student's with n - 1 degrees of freedom; limits are cut at 0, and at 1 for grr. W. G. Cochran, Sampling Techniques, 3rd
 *  ed. (1977), sections 2.11 and 6.4, without the correction for a finite population. Few large customers make it a rough guide.
 *  NaN with fewer than 2 customers, and when all did the same, such as nobody coming back: an interval of no width would say that
 *  there is no doubt. NaN too beyond amounts of 1e140.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What to compare. NULL or zeros after struct_size mean: with the period before, 95 % intervals. */
typedef struct retain_revenue_options {
    size_t struct_size; /**< sizeof(retain_revenue_options) */
    /** Period k is compared with period k - lag: 12, with months, gives the year-over-year NRR that subscription businesses
     *  report. 0 means 1; more than 1 must be less than the number of periods */
    size_t lag;
    double level; /**< two-sided level of the intervals, in (0, 1); 0 means 0.95 */
} retain_revenue_options;

/** Result per period: the caller's arrays to be filled, one entry per period; NULL columns are not written. "Before" is period
 *  k - lag, "now" is period k. The first `lag` entries have nothing before them: NaN but for `end`. A period that was not over at
 *  the observation end has NaN everywhere but in `start`, and there too when the one before it was not over either. */
typedef struct retain_revenue_columns {
    double *start;                 /**< revenue before: the `end` of k - lag */
    double *acquired;              /**< revenue now of customers whose first occasion lies after the period before */
    double *reactivated;           /**< revenue now of older customers who had none before */
    double *expansion;             /**< what customers with revenue in both spent more */
    double *contraction;           /**< what they spent less, as a positive number */
    double *lost;                  /**< revenue before of customers who have none now */
    double *end;                   /**< revenue now */
    double *start_customers;       /**< with revenue before: retained + lost */
    double *acquired_customers;    /**< customers of `acquired` */
    double *reactivated_customers; /**< customers of `reactivated` */
    double *retained_customers;    /**< with revenue in both: expanded, contracted, and those who spent the same */
    /** customers of `expansion`, but for differences below 2^-40 of what they spent before: 0.1 + 0.2 is not quite 0.3 */
    double *expanded_customers;
    double *contracted_customers; /**< customers of `contraction`, likewise */
    double *lost_customers;       /**< customers of `lost` */
    double *end_customers;        /**< with revenue now: retained + acquired + reactivated */
    double *grr;                  /**< (start - contraction - lost) / start; NaN when start is 0 */
    double *grr_low;              /**< lower limit of grr */
    double *grr_high;             /**< upper limit of grr */
    double *nrr;                  /**< (start + expansion - contraction - lost) / start; NaN when start is 0 */
    double *nrr_low;              /**< lower limit of nrr */
    double *nrr_high;             /**< upper limit of nrr */
} retain_revenue_columns;

/** The revenue bridge from the order log. Revenue is that of retain_cohort_active: `end` is the sum of its cells of period k.
 *
 *  @param observation_end  last day observed, itself included: period k is over when edges[k + 1] <= observation_end + 1
 *  @param edges            [edge_count] strictly ascending day numbers (retain_calendar_edges), more than options->lag + 1 for any
 *                          comparison. Occasions before edges[0] make a customer an older one, and are no revenue of any period
 *  @param counting         which orders make an occasion; NULL for the defaults. An occasion lies on the day of its earliest order
 *  @param options          NULL for the defaults
 *  @param columns          [edge_count - 1] each
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for bad edges or options; RETAIN_ERROR_DATA for a bad row; RETAIN_ERROR_MEMORY;
 *          RETAIN_ERROR_CANCELLED
 *  Cost: as retain_orders_summary, plus O(occasions + periods) time; 224 bytes of scratch a period, 40 for each occasion of the
 *  customer who has most, and at most 8 bytes a row more to let threads work side by side. */
RETAIN_API retain_status retain_revenue_bridge(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                               const int64_t *edges, size_t edge_count, const retain_orders_options *counting,
                                               const retain_revenue_options *options, const retain_revenue_columns *columns);

/** The same bridge from amounts per customer and period: monthly recurring revenue, contract values, points.
 *
 *  @param amounts    [customers * periods] amounts[i * periods + k] is what customer i pays in period k, 0 for nothing; at most
 *                    1e280, as in an order log, and not negative. A customer is acquired in the first period with an amount. All
 *                    periods are over
 *  @param customers  rows
 *  @param periods    columns, at least 1
 *  @param options    NULL for the defaults
 *  @param columns    [periods] each
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for an amount that is negative or above 1e280, with the customer as row;
 *          RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED. Cost: O(customers * periods). */
RETAIN_API retain_status retain_revenue_amounts(retain_context *ctx, const double *amounts, size_t customers, size_t periods,
                                                const retain_revenue_options *options, const retain_revenue_columns *columns);

/** Cost per customer: spend / customers. With what was spent on winning customers and how many were won, the acquisition cost
 *  (CAC); with what was spent on keeping them (service, loyalty programme, mail) and how many were kept, the retention cost. NaN
 *  unless spend is not negative, customers positive, and both finite. */
RETAIN_API double retain_revenue_cost_per_customer(double spend, double customers);

/** So many times what keeping a customer costs, winning one does: (acquisition_spend / acquired) / (retention_spend / retained).
 *  The "5 to 25 times" of the articles, from the shop's own books. Both customers and spend of the same period. NaN as
 *  retain_revenue_cost_per_customer, and when keeping costs nothing. */
RETAIN_API double retain_revenue_cost_ratio(double acquisition_spend, double acquired, double retention_spend, double retained);

/** Lifetime value at constant retention: margin * retention / (1 + i - retention), the margins of all periods to come, each earned
 *  by those who are still there, i being the discount rate of a period, (1 + annual_rate)^(1/periods_per_year) - 1. Infinite when
 *  nobody leaves and nothing is discounted. A margin that is earned right now is not in it: add it for a customer about to pay.
 *  Source: S. Gupta, D. R. Lehmann, "Customers as assets", Journal of Interactive Marketing 17(1) (2003), 9-24. For customers who
 *  differ, and whose retention is estimated from data, see retain/clv.h.
 *  @param margin            profit of a customer in a period, finite
 *  @param retention         share of customers who stay from one period to the next, in [0, 1]
 *  @param annual_rate       effective annual discount rate, >= 0: 0.10 for 10 %
 *  @param periods_per_year  12 for months; positive
 *  @return NaN outside these domains */
RETAIN_API double retain_revenue_lifetime_value(double margin, double retention, double annual_rate, double periods_per_year);

/** What a business of one kind of customer is made of, per period. Nothing is guessed: zeros mean zero but where said. */
typedef struct retain_revenue_plan {
    size_t struct_size;      /**< sizeof(retain_revenue_plan) */
    double customers;        /**< at the beginning, >= 0 */
    double acquired;         /**< won in each period, there from the next one on, >= 0 */
    double margin;           /**< profit of a customer in a period, before what it costs to keep one; finite */
    double retention_cost;   /**< of keeping, for each customer and period, >= 0 */
    double acquisition_cost; /**< of winning, for each customer won, >= 0 */
    double annual_rate;      /**< effective annual discount rate, >= 0: 0.10 for 10 % */
    double periods_per_year; /**< > 0; 0 means 12, months */
    double
        base_retention; /**< the share who stay from one period to the next today, in [0, 1]: what changes are measured against */
    size_t periods;     /**< so many are looked ahead, 1 to 1000000 */
} retain_revenue_plan;

/** What if more stayed? Profit as a function of the retention rate, by rolling customers forward:
 *
 *      customers(t + 1) = retention * customers(t) + acquired,   customers(0) = plan->customers
 *      profit = sum over t = 0 ... periods - 1 of ((margin - retention_cost) * customers(t) - acquisition_cost * acquired) * v^t
 *
 *  with v = (1 + annual_rate)^(-1/periods_per_year). Whether "5 % more retention" are "25 to 95 % more profit" (F. F. Reichheld,
 *  The Loyalty Effect, 1996) depends on where a shop stands: here it can see. What it takes to get there is not in it unless
 *  retention_cost says so.
 *
 *  @param retention  [count] rates to try, each in [0, 1] or NaN
 *  @param profit     [count] receives the discounted profit; NaN where retention is
 *  @param customers  [count] receives the customers at the end, customers(periods); may be NULL
 *  @param change     [count] receives profit / profit at base_retention - 1; NaN unless that is positive; may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for a bad plan; RETAIN_ERROR_DATA for a rate.
 *  Cost: O(count * log periods). */
RETAIN_API retain_status retain_revenue_profit(retain_context *ctx, const retain_revenue_plan *plan, const double *retention,
                                               size_t count, double *profit, double *customers, double *change);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CLV_PLAN_H
#define RETAIN_CLV_PLAN_H

#include "retain/clv_interval.h"
#include "retain/cohort_cells.h"

/** @defgroup clv_plan What lifetime values are for
 *  @brief When is a customer paid back, how few of them carry the business, and what do the well-known formulas get wrong?
 *
 *  **Payback**: the first day on which the expected margin so far covers what winning the customers has cost. **Concentration**:
 *  the share of all lifetime value that the best customers hold. **Naive formulas**: what shops compute without a model, by name
 *  and with what each takes for granted,
 *
 *      lifespan        margin x order value x orders per period x 1 / (1 - r)     no discount, and one rate for all
 *      retention       m r / (1 + d - r)                    m per period, from one period after the first on
 *      retention_first m (1 + d) / (1 + d - r)              the same, the first period's margin counted: a new customer
 *
 *  and beside them the value of a new customer by a model of the same customers. They differ because customers do: those who leave
 *  early are soon gone, so the retention rate of a cohort rises with its age, and one rate for ever, taken when most are young,
 *  ends the tail too soon; while a rate taken from customers of all ages flatters the new ones.
 *
 *      retain_clv_forecast forecast = {.model = &model, .spend = &spend_model};
 *      retain_clv_payback_report payback = {.struct_size = sizeof payback};
 *      retain_clv_payback_new(&context, &forecast, 25.0, 30.0, &terms, 0.95, &payback);       // payback.days, payback.ratio
 *
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** When a cost is earned back. */
typedef struct retain_clv_payback_report {
    size_t struct_size; /**< sizeof(retain_clv_payback_report) */
    retain_payback
        outcome;       /**< RETAIN_PAYBACK_REACHED; RETAIN_PAYBACK_MISSED: never within the horizon; RETAIN_PAYBACK_NONE: the cost
                                 is not known (NaN), or there is no value */
    double days;       /**< from the observation end (for new customers: from the first order) on; 0: already; NaN unless reached */
    double days_low;   /**< when the upper limit of the margin so far reaches the cost; NaN without limits, infinite: never */
    double days_high;  /**< when its lower limit does; infinite: it may be never */
    double value;      /**< margin so far and to come within the horizon */
    double value_low;  /**< its limits, from the parameters */
    double value_high; /**< upper limit */
    double ratio;      /**< value / cost, the CLV:CAC ratio; NaN for a cost of 0 or NaN */
    double ratio_low;  /**< lower limit */
    double ratio_high; /**< upper limit */
} retain_clv_payback_report;

/** When the customers of a cohort will have paid back together what winning them has cost.
 *
 *  @param customers  the cohort; weights count. Customers without a value (NaN) are left out
 *  @param historic   [customers->count] margin so far, finite; NULL: none
 *  @param cost       of winning all of them, >= 0 or NaN
 *  @param terms      margins and costs to come, discount rate, and the horizon beyond which nobody waits; NULL for the defaults.
 *                    For ever means 10^5 days for `days`, and for ever for `value`
 *  @param level      of the limits, in (0, 1)
 *  @param report     receives the answer
 *  @return as retain_clv_sums. Days are right to 10^-9 of themselves, whole opportunities for BG/BB. Cost: some 50 times
 *  a forecast, and some 100 times a gradient where a covariance is given. */
RETAIN_API retain_status retain_clv_payback(retain_context *ctx, const retain_clv_forecast *forecast,
                                            const retain_customers *customers, const double *historic, double cost,
                                            const retain_clv_terms *terms, double level, retain_clv_payback_report *report);

/** When a new customer, about whom nothing is known yet, will have paid back what winning one costs (CAC).
 *
 *  @param forecast     its model has no covariates (retain_btyd_given); without a spend model `value` is [1]
 *  @param first_value  value of the first order, which is certain and brings margin and order cost on day 0; NaN: the expected
 *                      value of an order; 0: it is free
 *  @param cost         of winning one customer, >= 0 or NaN
 *  @param terms        as above; columns are refused, for there are no rows */
RETAIN_API retain_status retain_clv_payback_new(retain_context *ctx, const retain_clv_forecast *forecast, double first_value,
                                                double cost, const retain_clv_terms *terms, double level,
                                                retain_clv_payback_report *report);

/** How concentrated lifetime value is. */
typedef struct retain_clv_concentrated {
    size_t struct_size; /**< sizeof(retain_clv_concentrated) */
    size_t customers;   /**< who have a value */
    double gini;        /**< Gini coefficient; NaN when all value is 0 */
    double gini_low;    /**< lower limit */
    double gini_high;   /**< upper limit */
    double top[4];      /**< share of the value that the best 1, 5, 10 and 20 % of the customers hold */
    double top_low[4];  /**< lower limits */
    double top_high[4]; /**< upper limits */
} retain_clv_concentrated;

/** Concentration of residual or total value: retain_rfm_gini and retain_rfm_top_share of the customers who have one (of the
 *  Lorenz curve: retain_rfm_lorenz). Limits speak of customers as a sample, not of the doubt about the models.
 *
 *  Expected values are less concentrated than what will come: chance makes large ones larger.
 *  @param value         [count] not negative, or NaN: left out. Values after costs may be negative: a share of a sum has no
 *                  meaning then
 *  @param level         of the limits, in (0, 1)
 *  @param concentrated  receives the figures
 *  @return as retain_rfm_gini. Cost: sorting. */
RETAIN_API retain_status retain_clv_concentration(retain_context *ctx, const double *value, size_t count, double level,
                                                  retain_clv_concentrated *concentrated);

/** Average value x frequency x lifetime: margin x order_value x orders_per_period x lifetime, in periods. NaN unless all but
 *  margin are >= 0. Takes for granted: no discount, no end but at `lifetime`, customers who are all alike. */
RETAIN_API double retain_clv_lifespan(double order_value, double orders_per_period, double lifetime, double margin);

/** margin x r / (1 + d - r): margin of every period from the next one on, each earned if the customer is retained once more. NaN
 *  unless 0 <= retention <= 1, rate >= 0; infinite for retention 1 without discount. As retain_revenue_lifetime_value, both rates
 *  per period. */
RETAIN_API double retain_clv_retention(double margin, double retention, double rate);

/** margin x (1 + d) / (1 + d - r): the same and the margin of the first period: the value of a new customer. */
RETAIN_API double retain_clv_retention_first(double margin, double retention, double rate);

/** What the naive formulas say of some customers, and what a model does. */
typedef struct retain_clv_naive_report {
    size_t struct_size;           /**< sizeof(retain_clv_naive_report) */
    double order_value;           /**< revenue / occasions */
    double orders_per_period;     /**< occasions, first ones too, per customer and period of observation */
    double start;                 /**< customers who were there a period before the observation end */
    double retained;              /**< of these, who have bought in that last period */
    double retention;             /**< retained / start; NaN without any */
    double lifetime;              /**< 1 / (1 - retention), in periods */
    double lifespan;              /**< lifetime value by retain_clv_lifespan */
    double retention_value;       /**< by retain_clv_retention */
    double retention_first;       /**< by retain_clv_retention_first */
    double model;                 /**< of a new customer by the model, first order included; NaN without a model */
    double model_low;             /**< its limits, from the parameters */
    double model_high;            /**< upper limit */
    double lifespan_ratio;        /**< lifespan / model: above 1, the naive formula promises too much */
    double retention_ratio;       /**< retention_value / model */
    double retention_first_ratio; /**< retention_first / model */
} retain_clv_naive_report;

/** Naive lifetime values straight from a customer table, and the model's beside them.
 *
 *  @param customers    frequency, t_x, T; weights count
 *  @param revenue      [customers->count] money of all occasions (retain_summary.revenue), finite
 *  @param period_days  the period of retention, margin and discount, positive
 *  @param forecast     as retain_clv_payback_new; NULL: no model
 *  @param terms        margin, order cost, annual_rate and, for the model, horizon; columns are refused. NULL for the defaults
 *  @param report       receives the figures
 *  @return RETAIN_OK, RETAIN_ERROR_DATA, RETAIN_ERROR_ARGUMENT, RETAIN_ERROR_MEMORY. Cost: O(count). */
RETAIN_API retain_status retain_clv_naive(retain_context *ctx, const retain_customers *customers, const double *revenue,
                                          double period_days, const retain_clv_forecast *forecast, const retain_clv_terms *terms,
                                          double level, retain_clv_naive_report *report);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

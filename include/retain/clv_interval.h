/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CLV_INTERVAL_H
#define RETAIN_CLV_INTERVAL_H

#include <stdint.h>

#include "retain/btyd_dynamic_forecast.h"
#include "retain/clv.h"
#include "retain/spend.h"
#include "retain/spend_orders.h"

/** @defgroup clv_interval How sure lifetime values are, and after all costs
 *  @brief What is a customer, a cohort or the whole base worth after costs, and between what limits?
 *
 *      residual = (margin x E[value of an order] - order cost) x discounted expected orders
 *                 - service cost a year x discounted expected years alive
 *      total    = margin x revenue so far + residual
 *
 *  margin, both costs and the discount rate may be one number for all, or one for each customer, and margins may be negative.
 *  Money has no currency here: all of it is in the same one. **Service cost** is what keeping a customer costs for as long as
 *  there is one to keep: it ends with the customer, whom nobody sees leave, and so takes P(alive) at every later instant
 *  (RETAIN_BTYD_LIFETIME). Costs of the past are not known here: take them off `historic` beforehand.
 *
 *  Two kinds of limits, which answer two questions (retain/btyd_interval.h). `low` to `high`: what is the **expectation**, were
 *  there enough customers for chance to cancel out? Its doubt is that of the parameters, of the purchase model and of the spend
 *  model, which are fitted apart and so independent: g'Vg, with g the gradient of the formula above and V the two covariances as
 *  blocks. `least` to `most`: what will **happen**? That has chance in it too: how many orders come, and of what value.
 *
 *      retain_clv_forecast forecast = {.model = &model, .covariance = report.covariance, .spend = &spend_model,
 *                                      .spend_covariance = spend_report.covariance};
 *      retain_clv_terms terms = {.struct_size = sizeof terms, .horizon_days = 365.0, .annual_rate = 0.10, .margin = 0.3};
 *      double value[1], least[1], most[1];
 *      retain_clv_columns columns = {.residual = value, .residual_least = least, .residual_most = most};
 *      retain_clv_sums(&context, &forecast, &customers, NULL, NULL, 0, &terms, 0.95, &columns);
 *
 *  **Seasons.** With `forecast.histories` orders are those under the covariates of the days to come. These must be known until the
 *  horizon: either `horizon_days` ends with them, and the value is that until then, or `known_until` is infinite, by which the caller
 *  says that the last piece lasts for ever. RETAIN_ERROR_DATA with the row where it is neither.
 *
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What lifetime values are forecast from. */
typedef struct retain_clv_forecast {
    const retain_btyd *model;       /**< of the orders; any family */
    const double *covariance;       /**< of its parameters (retain_fit_report.covariance); NULL takes them for known */
    const retain_spend *spend;      /**< of their values, by customers.spend; NULL where `value` is given */
    const double *spend_covariance; /**< [9] of p, q, gamma; with order_spend [25], of its entries; NULL takes them for known */
    const double *value; /**< [count] expected value of an order, finite or NaN, taken for known; read where there is no model */
    const retain_spend_model
        *order_spend;                /**< or a model of single orders, of either family, in the place of `spend`: log-normal, or
                                                with theta, where spend goes with frequency. Values are those of orders at time 0:
                                                a trend (delta) is not prolonged */
    const retain_spenders *spenders; /**< the order values of the same customers, row by row; weight is not read. Not needed of new
                                          customers, whose frequency counts as 0 */
    const retain_btyd_histories
        *histories; /**< or NULL: the same customers with their seasons (retain/btyd_dynamic_forecast.h), row by
                                               row, about whom the model is asked in the place of `customers`, of which t_x and T are
                                               then not read, frequency and spend only by the spend model. One annual_rate for all */
} retain_clv_forecast;

/** What orders and customers bring and cost. NULL or zeros after struct_size mean: for ever, no discount, margin 1, no costs. */
typedef struct retain_clv_terms {
    size_t struct_size;          /**< sizeof(retain_clv_terms) */
    double horizon_days;         /**< days after the observation end; 0 or infinite mean for ever */
    double annual_rate;          /**< effective annual discount rate, finite and >= 0 */
    double margin;               /**< share of an order's value that is profit, finite; 0 means 1 */
    double order_cost;           /**< money an order costs beside it (picking, shipping, a gift), finite */
    double service_cost;         /**< money a year while the customer is alive, finite */
    const double *annual_rates;  /**< [count] of each customer; NULL: annual_rate for all. The other number is then not read */
    const double *margins;       /**< [count] the same for margin; 0 means 0 here */
    const double *order_costs;   /**< [count] the same for order_cost */
    const double *service_costs; /**< [count] the same for service_cost */
} retain_clv_terms;

/** Results: the caller's arrays, [count] for customers and [groups + 1] for sums, where the last entry speaks of all. Columns that
 *  are NULL are not written. */
typedef struct retain_clv_columns {
    double *residual;           /**< money at the observation end; NaN where the value of an order is */
    double *standard_error;     /**< of residual and total, from the parameters; NaN where the fit does not identify them */
    double *residual_low;       /**< lower limit of the expectation */
    double *residual_high;      /**< upper limit */
    double *total;              /**< historic + residual; NaN where no historic value was given */
    double *total_low;          /**< lower limit of its expectation */
    double *total_high;         /**< upper limit */
    double *variance;           /**< of what will happen about the expectation: chance. NaN where it cannot be derived: with service
                                   costs, without a spend model or with one whose values have none (p x + q <= 2), for ever without
                                   discount, for families that do not buy at random in continuous time (BG/BB, regular ones) */
    double *customers;          /**< sums only: weight of the rows that have a residual value, and so are in the sums */
    double *historic;           /**< sums only: of these rows */
    double *residual_least;     /**< sums only: lower limit of what will happen */
    double *residual_most;      /**< sums only: upper limit */
    double *total_least;        /**< sums only: the same for the total */
    double *total_most;         /**< sums only */
    double *mean_residual;      /**< sums only: residual / customers; NaN without any, as the means and limits that follow */
    double *mean_residual_low;  /**< sums only: its lower limit */
    double *mean_residual_high; /**< sums only: upper limit */
    double *mean_total;         /**< sums only: total / customers */
    double *mean_total_low;     /**< sums only: its lower limit */
    double *mean_total_high;    /**< sums only: upper limit */
} retain_clv_columns;

/** Residual and total value of each customer, with limits.
 *
 *  Limits are normal on the logarithmic scale where a residual value is a plain product, and on the scale of money where costs make
 *  it a difference. A row's own future is no matter of limits: most customers bring nothing, some much (`variance`).
 *
 *  @param customers  as for the model; `spend` where there is a spend model
 *  @param historic   [customers->count] value so far (retain_clv_historic), finite; NULL: no total is wanted
 *  @param terms      NULL for the defaults
 *  @param level      two-sided, in (0, 1)
 *  @param columns    [customers->count] each; those of sums only are not written
 *  @return as retain_btyd_forecast. Cost: 4 k + 1 forecasts of k parameters and coefficients, twice where there are service costs,
 *  those for each distinct annual rate of its customers; scratch of some 8 (2 k + 20) bytes a customer. */
RETAIN_API retain_status retain_clv_interval(retain_context *ctx, const retain_clv_forecast *forecast,
                                             const retain_customers *customers, const double *historic,
                                             const retain_clv_terms *terms, double level, const retain_clv_columns *columns);

/** The same summed over groups (cohorts, segments, channels) and over all; weights count.
 *
 *  Parameters are the same for all customers: doubt about them does not average out, so a sum has the variance of the gradient of
 *  the sum. Chance does average out: customers act on their own. Prediction limits are those of a log-normal sum with both
 *  variances where all values are plain products, of a normal one otherwise; groups of few customers are neither.
 *
 *  @param group    [customers->count] codes in [0, groups); NULL when groups is 0
 *  @param groups   number of groups; 0: the sum over all only
 *  @param columns  [groups + 1] each
 *  @return as retain_clv_interval; RETAIN_ERROR_DATA for a code out of range. Cost: the same, and 8 k bytes a group. */
RETAIN_API retain_status retain_clv_sums(retain_context *ctx, const retain_clv_forecast *forecast,
                                         const retain_customers *customers, const double *historic, const int64_t *group,
                                         size_t groups, const retain_clv_terms *terms, double level,
                                         const retain_clv_columns *columns);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

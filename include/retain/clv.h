/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CLV_H
#define RETAIN_CLV_H

#include "retain/btyd.h"
#include "retain/context.h"

/** @defgroup clv Customer lifetime value
 *  @brief What has each customer brought, and what is each still going to bring?
 *
 *  Three numbers that are often confused have three names:
 *
 *      historic = margin x revenue so far
 *      residual = margin x expected value of an order x discounted expected orders over a horizon (or for ever)
 *      total    = historic + residual
 *
 *  `margin` is the share of an order's value that is profit: 1 gives revenue. Discounting takes an annual effective rate
 *  (0.10: money in a year is worth 1 / 1.10 of money today) and works continuously inside: delta = ln(1 + rate) x unit_days /
 *  365.25 per unit of the model's time.
 *
 *      retain_clv_options options = {sizeof options, 365.0, 0.10, 0.3};
 *      retain_clv_residual(&context, &model, &customers, expected_spend, NULL, &options, residual);
 *
 *  Source: P. Fader, B. Hardie, K. L. Lee, "RFM and CLV: using iso-value curves for customer base analysis", JMR 42(4)
 *  (2005), 415-430.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** How to value. NULL or zeros after struct_size mean: for ever, no discount, margin 1. A margin that is 0 in earnest is said by a
 *  column `margins` of zeros, which gives exact zeros (NaN where the value is NaN or the sum infinite). */
typedef struct retain_clv_options {
    size_t struct_size;  /**< sizeof(retain_clv_options) */
    double horizon_days; /**< days after the observation end; 0 or infinite mean for ever */
    double annual_rate;  /**< effective annual discount rate, >= 0: 0.10 for 10 % */
    double margin; /**< share of value that is profit, for all customers, finite; 0 means 1. Not read where margins are given */
} retain_clv_options;

/** Continuous discount rate per unit of time: ln(1 + annual_rate) unit_days / 365.25. NaN unless annual_rate > -1 and
 *  unit_days > 0. */
RETAIN_API double retain_clv_delta(double annual_rate, double unit_days);

/** Value so far: margin x revenue.
 *  @param revenue   [count] money so far (retain_summary.revenue), finite
 *  @param margins   [count] margin of each customer, finite; NULL means options->margin for all
 *  @param options   only `margin` is read; NULL for 1
 *  @param historic  [count] receives money; may be the array `revenue` itself
 *  @return RETAIN_OK, RETAIN_ERROR_DATA, RETAIN_ERROR_ARGUMENT. Cost: O(count). */
RETAIN_API retain_status retain_clv_historic(retain_context *ctx, const double *revenue, const double *margins, size_t count,
                                             const retain_clv_options *options, double *historic);

/** Value still to come, from a model of orders and a forecast of their value.
 *
 *  @param model      any family of retain_btyd
 *  @param customers  as for the model
 *  @param value      [customers->count] expected value of an order of each customer (retain_spend_expected), finite or NaN
 *  @param margins    [customers->count] margin of each customer, finite; NULL means options->margin for all
 *  @param options    horizon and discount rate; NULL for the defaults
 *  @param residual   [customers->count] receives money at the observation end; NaN where value is NaN; infinite where an
 *          undiscounted sum for ever diverges
 *  @return as retain_btyd_discounted. Cost: the same. */
RETAIN_API retain_status retain_clv_residual(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                             const double *value, const double *margins, const retain_clv_options *options,
                                             double *residual);

/** Historic and residual value together.
 *  @param historic, residual  [count] as computed above
 *  @param total               [count] receives their sum, NaN where either is; may be one of the inputs
 *  @return RETAIN_OK, RETAIN_ERROR_ARGUMENT. Cost: O(count). */
RETAIN_API retain_status retain_clv_total(retain_context *ctx, const double *historic, const double *residual, size_t count,
                                          double *total);

/** Value at risk of each customer: risk x residual, the part of the residual value that is lost with the customers who do not
 *  come back. The order in which to call them.
 *  @param risk           [count] in [0, 1] or NaN (retain_churn_risk)
 *  @param residual       [count] money
 *  @param value_at_risk  [count] receives money, NaN where either input is; may be one of the inputs
 *  @param sum            receives the sum over rows that are not NaN; may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a risk outside [0, 1]; RETAIN_ERROR_ARGUMENT. Cost: O(count). */
RETAIN_API retain_status retain_clv_at_risk(retain_context *ctx, const double *risk, const double *residual, size_t count,
                                            double *value_at_risk, double *sum);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_SPEND_H
#define RETAIN_SPEND_H

#include "retain/context.h"
#include "retain/fit.h"
#include "retain/orders.h"

/** @defgroup spend Spend
 *  @brief How much will a customer spend on an order, given how few orders we have seen?
 *
 *  Someone who spent 200 once will probably spend less next time, someone who spent 200 on each of twenty orders will not.
 *  The Gamma-Gamma model weighs a customer's own mean z against the population's: order values of a customer are Gamma(p,
 *  nu), nu ~ Gamma(q, gamma). It is fitted to customers with repeat occasions, and assumes that spend does not depend on how
 *  often a customer buys: check `correlation`.
 *
 *      retain_customers customers = {.count = count, .frequency = frequency, .t_x = t_x, .T = T, .spend = spend, .unit_days = 7.0};
 *      retain_spend model;
 *      retain_spend_fit(&context, &customers, NULL, &model, NULL, &correlation);
 *      retain_spend_expected(&context, &model, &customers, expected);
 *
 *  Source: P. Fader, B. Hardie, "The Gamma-Gamma model of monetary value" (2013, note 025). The population mean p gamma / (q
 *  - 1) is finite only for q > 1.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** A Gamma-Gamma model: a plain value. */
typedef struct retain_spend {
    double p;     /**< shape of the order values of one customer */
    double q;     /**< shape of the customers' rates */
    double gamma; /**< rate of the customers' rates, in money (some texts write v) */
} retain_spend;

/** Fits the model by maximum likelihood to the customers with frequency > 0.
 *
 *  @param customers    `spend` is required: the mean value of the repeat occasions, positive and finite wherever frequency >
 *          0. t_x and T are not read
 *  @param options      NULL for the defaults
 *  @param model        receives the model
 *  @param report       parameters in the order p, q, gamma; `rows` and `customers` count those with frequency > 0; the
 *                      explanation says so when q <= 1; may be NULL
 *  @param correlation  receives Pearson's correlation of frequency and spend among them, which the model assumes to be near
 *                      0; NaN for fewer than two rows or no variety; may be NULL
 *  @return RETAIN_OK for an interior maximum only; RETAIN_ERROR_CONVERGENCE otherwise, with model and report written;
 *          RETAIN_ERROR_DATA for a spend that is not positive; RETAIN_ERROR_ARGUMENT, RETAIN_ERROR_MEMORY
 *  Cost: about 10 evaluations, O(distinct rows) each. */
RETAIN_API retain_status retain_spend_fit(retain_context *ctx, const retain_customers *customers, const retain_fit_options *options,
                                          retain_spend *model, retain_fit_report *report, double *correlation);

/** Log-likelihood of each customer's mean spend.
 *  @param log_likelihood  [customers->count] receives log f(z | x, model); NaN where frequency is 0
 *  @param gradient        [customers->count * 3] receives its derivatives by log p, log q, log gamma; may be NULL. Cost:
 *          O(count). */
RETAIN_API retain_status retain_spend_likelihood(retain_context *ctx, const retain_spend *model, const retain_customers *customers,
                                                 double *log_likelihood, double *gradient);

/** Expected value of a customer's next order.
 *
 *  p (gamma + x z) / (p x + q - 1), the population mean where frequency is 0. NaN where it does not exist: p x + q <= 1.
 *  @param expected  [customers->count] receives money. Cost: O(count). */
RETAIN_API retain_status retain_spend_expected(retain_context *ctx, const retain_spend *model, const retain_customers *customers,
                                               double *expected);

/** Mean order value of the population: p gamma / (q - 1); NaN when q <= 1 (it is infinite then). */
RETAIN_API double retain_spend_mean(const retain_spend *model);

/** Expected value of a customer's next order, with limits from the uncertainty of the parameters: by the delta method, normal on the
 *  log scale. What the next order will be worth lies between its quantiles, which are farther apart.
 *
 *  @param covariance  [9] of p, q and gamma, as retain_fit_report.covariance; NaN where not identified
 *  @param level       two-sided, in (0, 1)
 *  @param expected    [customers->count] receives money, as retain_spend_expected; may be NULL
 *  @param low, high   [customers->count] receive the limits; NaN where there is no expected value, or the covariance is NaN
 *  @return RETAIN_ERROR_ARGUMENT also for a covariance with a negative diagonal. Cost: O(count). */
RETAIN_API retain_status retain_spend_interval(retain_context *ctx, const retain_spend *model, const double *covariance,
                                               const retain_customers *customers, double level, double *expected, double *low,
                                               double *high);

/** The limits of the population's mean order value.
 *  @param covariance, level  as above
 *  @param low, high          receive the limits; NaN when q <= 1 */
RETAIN_API retain_status retain_spend_mean_interval(retain_context *ctx, const retain_spend *model, const double *covariance,
                                                    double level, double *low, double *high);

/** Quantile of the value of a customer's next order: between those of 0.025 and 0.975 it lies 95 times of 100, the parameters being
 *  right. It is (gamma + x z) B / (1 - B) with B ~ Beta(p, p x + q).
 *
 *  @param probability  in (0, 1)
 *  @param quantile     [customers->count] receives money. Cost: O(count), and a search for each different frequency. */
RETAIN_API retain_status retain_spend_quantile(retain_context *ctx, const retain_spend *model, const retain_customers *customers,
                                               double probability, double *quantile);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_BTYD_INTERVAL_H
#define RETAIN_BTYD_INTERVAL_H

#include "retain/btyd_future.h"

/** @defgroup btyd_interval How sure forecasts are
 *  @brief Between what limits does the answer lie, for one customer and for all together?
 *
 *  A forecast is uncertain for two reasons. The **parameters** were estimated, and could be others: this is the interval of an
 *  expectation or a probability, `low` to `high`. And what happens is **chance**, even were the parameters known: a shop that
 *  expects 1,000 orders will not have just 1,000. The prediction interval, `least` to `most`, has both in it and is the one to
 *  hold against what happened.
 *
 *      retain_fit_report report = RETAIN_FIT_REPORT_INIT;
 *      retain_btyd_fit(&context, RETAIN_BTYD_PARETO_NBD, &customers, NULL, &model, &report);
 *      retain_btyd_question quarter = {.struct_size = sizeof quarter, .quantity = RETAIN_BTYD_ORDERS, .to = 13.0};
 *      retain_btyd_sum sum = {.struct_size = sizeof sum};
 *      retain_btyd_total(&context, &model, report.covariance, &customers, &quarter, NULL, 0.95, &sum);
 *      // sum.value orders expected, in 95 of 100 such forecasts between sum.least and sum.most
 *
 *  Method: the delta method. The gradient of a forecast by the logarithms of the parameters is a central difference of fourth
 *  order (accurate to about 1e-10), and its variance g'Vg, V being the covariance of these logarithms. Limits are normal on a scale
 *  that keeps them possible: the logarithm for counts, money, times and rates; the logit for probabilities. The parameters are the
 *  same for all customers, so their error does not average out over customers: a total has the variance of the gradient of the sum.
 *
 *  **Where the fit does not identify the parameters** (NaN in the covariance: a boundary or a ridge), limits are NaN, save for
 *  forecasts that do not depend on such a parameter: one e times as large changes them by less than 1e-7 of themselves. So a
 *  Pareto/NBD that ended where nobody leaves has the limits of the NBD, its limiting model, which takes that for certain. NaN is no
 *  lack of a forecast, only of this way to say how sure it is.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** A total over customers. */
typedef struct retain_btyd_sum {
    size_t struct_size;    /**< sizeof(retain_btyd_sum) */
    double value;          /**< sum over customers of weight x worth x forecast; infinite where one of them is */
    double standard_error; /**< of it, from the parameters */
    double low;            /**< lower limit of the expectation, from the parameters */
    double high;           /**< upper limit */
    double variance;       /**< of what will happen about the expectation: chance; NaN where the question is no count, or
                                the family cannot tell */
    double least;          /**< lower limit of what will happen, from parameters and chance; NaN where the question is no count */
    double most;           /**< upper limit */
} retain_btyd_sum;

/** The answer to a question about every customer, with limits from the uncertainty of the parameters.
 *
 *  @param covariance  [k * k] of the model's parameters and, where it has covariates, their coefficients: k entries, (i, j) at
 *                     [i * k + j], symmetric, as retain_fit_report.covariance; NaN where not identified
 *  @param customers, question  as for retain_btyd_forecast; RETAIN_BTYD_COUNT_QUANTILE, which jumps, is refused (of BG/BB
 *                              NEXT_QUANTILE, too)
 *  @param level       two-sided, in (0, 1)
 *  @param values      [customers->count] receives the answers; may be NULL
 *  @param low, high   [customers->count] receive the limits. Equal to the value where it does not depend on the parameters (0
 *                     orders in an empty window); NaN where the value is infinite
 *  @return as retain_btyd_forecast; RETAIN_ERROR_ARGUMENT also for a covariance with a negative diagonal.
 *  Cost: 4 k + 1 forecasts; scratch of 8 (k + 2) bytes a customer beside that of a forecast. */
RETAIN_API retain_status retain_btyd_interval(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                              const retain_customers *customers, const retain_btyd_question *question, double level,
                                              double *values, double *low, double *high);

/** The answer summed over customers, with an interval and a prediction interval.
 *
 *  Of RETAIN_BTYD_ORDERS, RETAIN_BTYD_DISCOUNTED and RETAIN_BTYD_VARIANCE the sum; of the probabilities the expected number of
 *  customers who are alive, silent, who return, or have n orders. Other quantities have no total and are refused. The prediction
 *  interval takes customers as independent, and the total as log-normal (a number of customers as normal on the logit scale) with
 *  the variance that parameters and chance make together.
 *
 *  @param covariance  as above; NULL takes the parameters for known: standard_error is then 0
 *  @param worth       [customers->count] finite, >= 0: what one order, or one customer, counts, such as the expected spend; NULL
 *                  means 1
 *  @param level       two-sided, in (0, 1)
 *  @param sum         receives the total
 *  Cost: 4 k + 1 forecasts, and one of RETAIN_BTYD_VARIANCE for orders. */
RETAIN_API retain_status retain_btyd_total(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                           const retain_customers *customers, const retain_btyd_question *question,
                                           const double *worth, double level, retain_btyd_sum *sum);

/** Derivatives of the answers, for the uncertainty of what is computed from them: of a figure with the gradient g by the parameters
 *  the variance is g'Vg, V being the covariance of the fit's report.
 *
 *  @param customers, question  as for retain_btyd_forecast; RETAIN_BTYD_COUNT_QUANTILE, which jumps, is refused (of BG/BB
 *                              NEXT_QUANTILE, too)
 *  @param values    [customers->count] receives the answers; may be NULL
 *  @param gradient  [customers->count * k] receives their derivatives by the parameters (themselves, not their logarithms) and,
 *                   where the model has covariates, by the coefficients, customer by customer; 0 where the answer is infinite
 *  @return as retain_btyd_forecast. Cost: 4 k + 1 forecasts; scratch of 16 bytes a customer beside that of a forecast. */
RETAIN_API retain_status retain_btyd_gradient(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                              const retain_btyd_question *question, double *values, double *gradient);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

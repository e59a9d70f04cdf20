/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_BTYD_DYNAMIC_FORECAST_H
#define RETAIN_BTYD_DYNAMIC_FORECAST_H

#include "retain/btyd_dynamic.h"
#include "retain/btyd_interval.h"

/** @defgroup btyd_dynamic_forecast Forecasts under seasons, and how sure they are
 *  @brief How many orders will Christmas bring, and between what limits?
 *
 *  The questions of retain/btyd_future.h, of customers whose covariates change with time (retain/btyd_dynamic.h), with the intervals
 *  of retain/btyd_interval.h: the same method, the same scales, and for covariates that never change the same numbers.
 *
 *      retain_btyd_question christmas = {.struct_size = sizeof christmas, .quantity = RETAIN_BTYD_ORDERS, .from = 9.0, .to = 13.0};
 *      retain_btyd_sum sum = {.struct_size = sizeof sum};
 *      retain_btyd_dynamic_fit(&context, &histories, NULL, &model, &report);
 *      retain_btyd_dynamic_total(&context, &model, report.covariance, &histories, &christmas, NULL, 0.95, &sum);
 *
 *  Answered are all questions but RETAIN_BTYD_RATE and _LEAVING, which are of no day in particular. Covariates must be known until the
 *  end of the window; `to` of _DISCOUNTED, _LIFETIME and _DISCOUNTED_VARIANCE may be infinite where they are known for ever
 *  (`known_until` infinite): the last piece then lasts. _NEXT_QUANTILE, which has no window, looks as far as they are known: it is NaN where
 *  the time lies beyond `known_until`, and infinite, as ever, where the order never comes with that probability. The doubt is that of
 *  parameters and coefficients: what covariates will be is taken for known, and that the next season is like those before it.
 *
 *  Common errors: those of retain/btyd_dynamic.h; RETAIN_ERROR_ARGUMENT for a question whose fields break their rules, or of another
 *  quantity.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Answers a question about every customer, under the covariates of the days in the window.
 *
 *  @param question  as for retain_btyd_forecast: windows (T + from, T + to] may begin later
 *  @param values    [histories->count] receives the answers
 *  @return as above. Cost: as retain_btyd_dynamic_orders; about that of P(alive) once more for probabilities of an order;
 *  some hundred times that for counts (one integral a piece, also for _AT_MOST and large n), the quantiles and _NEXT_MEAN. */
RETAIN_API retain_status retain_btyd_dynamic_forecast(retain_context *ctx, const retain_btyd *model,
                                                      const retain_btyd_histories *histories, const retain_btyd_question *question,
                                                      double *values);

/** The distribution of each customer's occasions in (T + from, T + to], under the covariates of those days: as
 *  retain_btyd_distribution.
 *
 *  @param from, to       0 <= from <= to, finite
 *  @param counts         number of counts, in [1, 10^6 + 1]: n = 0 ... counts - 1
 *  @param probabilities  [histories->count * counts] receives P(Y = n), customer by customer; what is missing to 1 is P(Y >= counts).
 *                        From the 1001st count on those are 0 that have P below 1e-18 and come after the bulk.
 *  @return as above. Cost: O(histories->count * counts * pieces in the window). */
RETAIN_API retain_status retain_btyd_dynamic_distribution(retain_context *ctx, const retain_btyd *model,
                                                          const retain_btyd_histories *histories, double from, double to,
                                                          size_t counts, double *probabilities);

/** The answers with limits from the uncertainty of parameters and coefficients: as retain_btyd_interval.
 *
 *  @param covariance  [k * k], k = 4 + 2 model->covariates: of the parameters, then the coefficients of the purchase process, then
 *                     those of the lifetime process, as retain_fit_report.covariance of retain_btyd_dynamic_fit; NaN where not
 *                     identified, 0 where held
 *  @param question    as above; RETAIN_BTYD_COUNT_QUANTILE, which jumps, is refused
 *  @param level       two-sided, in (0, 1)
 *  @param values      [histories->count] receives the answers; may be NULL
 *  @param low, high   [histories->count] receive the limits
 *  @return as above; RETAIN_ERROR_ARGUMENT also for a covariance with a negative diagonal.
 *  Cost: 4 forecasts for each entry that is not held, and one; scratch of 8 (k + 2) bytes a customer beside that of a forecast. */
RETAIN_API retain_status retain_btyd_dynamic_interval(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                                      const retain_btyd_histories *histories, const retain_btyd_question *question,
                                                      double level, double *values, double *low, double *high);

/** The answers summed over customers, with an interval and a prediction interval: as retain_btyd_total.
 *
 *  @param covariance  as above; NULL takes the parameters for known: standard_error is then 0
 *  @param worth       [histories->count] finite, >= 0: what one order, or one customer, counts; NULL means 1
 *  @param level       two-sided, in (0, 1)
 *  @param sum         receives the total; histories->weight is applied
 *  @return as above, and for quantities that have no total (retain_btyd_total), RETAIN_ERROR_ARGUMENT.
 *  Cost: 4 forecasts for each entry that is not held, one, and one of RETAIN_BTYD_VARIANCE for orders. */
RETAIN_API retain_status retain_btyd_dynamic_total(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                                   const retain_btyd_histories *histories, const retain_btyd_question *question,
                                                   const double *worth, double level, retain_btyd_sum *sum);

/** Derivatives of the answers, for the uncertainty of what is computed from them: as retain_btyd_gradient.
 *
 *  @param question  as above; RETAIN_BTYD_COUNT_QUANTILE, which jumps, is refused
 *  @param values    [histories->count] receives the answers; may be NULL
 *  @param gradient  [histories->count * k] receives their derivatives by the parameters (themselves, not their logarithms), then by the
 *                   coefficients, customer by customer; 0 where the answer is infinite, or a covariate 0 for everybody;
 *                   NaN where it is NaN
 *  @return as above. Cost: 4 k + 1 forecasts; scratch of 8 (k + 2) bytes a customer beside that of a forecast. */
RETAIN_API retain_status retain_btyd_dynamic_gradient(retain_context *ctx, const retain_btyd *model,
                                                      const retain_btyd_histories *histories, const retain_btyd_question *question,
                                                      double *values, double *gradient);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

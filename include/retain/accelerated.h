/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_ACCELERATED_H
#define RETAIN_ACCELERATED_H

#include "retain/durations.h"
#include "retain/fit.h"
#include "retain/predictors.h"

/** @defgroup accelerated Accelerated failure time
 *  @brief How long will it last, beyond what was watched, and what makes it shorter?
 *
 *  Cox regression (retain/cox.h) leaves the course of the risk open, and so ends with the longest that anybody was watched. Here a curve is
 *  supposed, of which each predictor stretches or shortens the time:
 *
 *      log T = log scale + b'(x - reference) + W / shape
 *
 *  exp(b) is a **time ratio**: 0.8 means that with one unit more of the predictor everything takes 0.8 times as long. W says the family; with
 *  z = shape (log t - log scale - b'(x - reference)):
 *
 *  | family | S(t) | hazard |
 *  | --- | --- | --- |
 *  | Weibull | exp(-e^z) | rises with age for shape > 1, falls below 1: customers who stay get more loyal |
 *  | exponential | the same with shape 1 | the same at any age |
 *  | log-logistic | 1 / (1 + e^z) | rises and falls for shape > 1 |
 *  | log-normal | Phi(-z) | rises and falls |
 *
 *      double months[] = {1, 3, 3, 8, 12, 12};
 *      uint8_t left[] = {1, 1, 0, 1, 0, 0};
 *      retain_durations durations = {6, months, left, NULL, NULL};
 *      retain_predictors none = {6, 0, NULL, 0};
 *      retain_accelerated model;
 *      retain_accelerated_fit(NULL, RETAIN_ACCELERATED_WEIBULL, &durations, &none, NULL, &model, NULL);
 *
 *  Maximum likelihood with right censoring, late entry (a row says nothing of what was before its `entry`) and weights, through retain/fit.h:
 *  entries of the report are scale, shape, then the coefficients. Families compare by `aic`, for the same rows.
 *
 *  J. D. Kalbfleisch, R. L. Prentice, The Statistical Analysis of Failure Time Data (2002), chapter 3.
 *
 *  Common errors: RETAIN_ERROR_DATA for a row that breaks the rules of durations or predictors (none may be missing), or ended at 0;
 *  RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED. Results do not depend on the number of threads.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Most predictors that a regression takes. */
#define RETAIN_ACCELERATED_PREDICTORS 38

/** The course of the risk. */
typedef enum retain_accelerated_family {
    RETAIN_ACCELERATED_WEIBULL = 0,
    RETAIN_ACCELERATED_EXPONENTIAL = 1,
    RETAIN_ACCELERATED_LOG_LOGISTIC = 2,
    RETAIN_ACCELERATED_LOG_NORMAL = 3
} retain_accelerated_family;

/** A fitted model. */
typedef struct retain_accelerated {
    retain_accelerated_family family;                  /**< the course of the risk */
    size_t predictors;                                 /**< of them, 0 to RETAIN_ACCELERATED_PREDICTORS */
    double scale;                                      /**< time, > 0, of the reference customer: where z is 0 */
    double shape;                                      /**< > 0; 1 for exponential */
    double coefficient[RETAIN_ACCELERATED_PREDICTORS]; /**< b: logarithms of time ratios */
    double reference[RETAIN_ACCELERATED_PREDICTORS];   /**< predictors of the reference customer: the weighted means of the rows */
} retain_accelerated;

/** Fits a family.
 *
 *  @param durations   rows; an event at 0 is an error
 *  @param predictors  of the same rows; 0 to RETAIN_ACCELERATED_PREDICTORS columns
 *  @param options     iterations, level and coefficient_sd are read; NULL for the defaults
 *  @param model       receives the model, whatever the verdict
 *  @param report      optional
 *  @return RETAIN_OK; RETAIN_ERROR_CONVERGENCE unless the verdict is "converged", with the outputs written; see above
 *  Cost: O(rows * predictors^2) an iteration, of which there are about 8; 8 (predictors + 2) bytes of scratch a row. */
RETAIN_API retain_status retain_accelerated_fit(retain_context *ctx, retain_accelerated_family family,
                                                const retain_durations *durations, const retain_predictors *predictors,
                                                const retain_fit_options *options, retain_accelerated *model,
                                                retain_fit_report *report);

/** The share that lasts `ahead` more of those who have lasted `from`, for each row and each time.
 *
 *  @param covariance  [(2 + predictors)^2] as in the report; NULL without limits
 *  @param predictors  as many columns as the model has
 *  @param from        [predictors->count] how long each row has lasted already, >= 0; NULL: 0
 *  @param level       two-sided level of the limits, in (0, 1); 0 means 0.95
 *  @param ahead       [times] finite, >= 0
 *  @param survival    [predictors->count * times] receives S(from + ahead) / S(from), row after row; NaN where a predictor is missing
 *  @param low, high   likewise its limits, by the delta method on the scale of log(-log S); NaN where S is 0 or 1. Each output may be NULL */
RETAIN_API retain_status retain_accelerated_survival(retain_context *ctx, const retain_accelerated *model, const double *covariance,
                                                     const retain_predictors *predictors, const double *from, double level,
                                                     const double *ahead, size_t times, double *survival, double *low,
                                                     double *high);

/** By when a share of such customers has left, counted from `from` on: 0.5 for the median time left.
 *
 *  @param share       in (0, 1)
 *  @param ahead       [predictors->count] receives the time; NaN where a predictor is missing
 *  @param low, high   [predictors->count] receive its limits, by the delta method on the logarithm of from + ahead, at least 0 */
RETAIN_API retain_status retain_accelerated_quantile(retain_context *ctx, const retain_accelerated *model, const double *covariance,
                                                     const retain_predictors *predictors, const double *from, double level,
                                                     double share, double *ahead, double *low, double *high);

/** How long each row lasts on average within the next `horizon`: the mean of min(time left, horizon), the area under S.
 *
 *  @param horizon     finite, > 0; it may go beyond what was watched, for what the supposed curve is worth there
 *  @param mean        [predictors->count] receives it; NaN where a predictor is missing
 *  @param low, high   [predictors->count] receive its limits, by the delta method, within 0 and the horizon */
RETAIN_API retain_status retain_accelerated_remaining(retain_context *ctx, const retain_accelerated *model,
                                                      const double *covariance, const retain_predictors *predictors,
                                                      const double *from, double level, double horizon, double *mean, double *low,
                                                      double *high);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

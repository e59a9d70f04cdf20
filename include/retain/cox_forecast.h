/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_COX_FORECAST_H
#define RETAIN_COX_FORECAST_H

#include "retain/cox.h"

/** @defgroup cox_forecast Forecasts of Cox regression
 *  @brief Who will still be there, and for how long?
 *
 *  Coefficients say who leaves sooner, not how soon: for that the hazard of the reference customer is needed. Its cumulative hazard H0 is estimated
 *  as steps at the times at which customers left, d / sum of risks each (N. Breslow, JRSS B 34 (1972), 216-217; with Efron's
 *  method each of d tied events sees a risk set without part of the others, as in R's survfit). Then
 *
 *      S(t | x, from) = exp(-exp(b'(x - reference)) (H0(from + t) - H0(from)))
 *
 *  is the share that lasts t more of those who have lasted `from` already. Nothing is said beyond the longest that anybody of a stratum was
 *  watched: NaN.
 *
 *  Limits know both how uncertain the steps are and how uncertain the coefficients (A. A. Tsiatis, Annals of Statistics 9 (1981),
 *  93-108): the variance of the cumulative hazard H of a customer is
 *
 *      exp(2 b'(x - reference)) (sum of d / (sum of risks)^2 + q' V q),     q = sum of (x - mean of x at risk) dH0.
 *
 *  For the sum a baseline carries, for each step, the sum over steps so far of (mean of x at risk - reference) dH0: its `drift`.
 *
 *      double months[] = {2, 3, 5, 6, 8, 9, 11, 12}, tickets[] = {3, 1, 2, 0, 1, 2, 0, 0};
 *      uint8_t left[] = {1, 1, 1, 0, 1, 1, 0, 0};
 *      const double *column[] = {tickets};
 *      retain_cox_rows rows = {.durations = {8, months, left, NULL, NULL}, .predictors = {8, 1, column, 0}};
 *      retain_cox model;
 *      retain_cox_fit(NULL, &rows, NULL, &model, NULL, NULL);
 *      double time[8], hazard[8], ahead[] = {3, 6}, share[16];
 *      size_t count;
 *      retain_cox_steps_columns steps = {.time = time, .hazard = hazard};
 *      retain_cox_steps(NULL, &rows, &model, &steps, 8, &count);
 *      retain_cox_baseline baseline = {count, NULL, time, hazard, NULL, NULL};             // with variance and drift for limits
 *      retain_cox_survival(NULL, &model, &baseline, NULL, &rows.predictors, NULL, NULL, 0, 0, ahead, 2, share, NULL, NULL, NULL);
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** The scale on which limits of S are symmetric: as in retain/survival.h. */
typedef enum retain_cox_interval {
    RETAIN_COX_LIMITS_LOG_LOG = 0, /**< log(-log S), that is log H */
    RETAIN_COX_LIMITS_LOG = 1,     /**< log S, cut to [0, 1]: the default of R's survfit */
    RETAIN_COX_LIMITS_PLAIN = 2    /**< S itself, cut to [0, 1] */
} retain_cox_interval;

/** Steps of the cumulative hazard of the reference customer: the caller's arrays to be filled. Columns that are NULL are not written. */
typedef struct retain_cox_steps_columns {
    int64_t *stratum; /**< ascending */
    double *time;     /**< ascending within a stratum: when customers left, and last of all the longest that anybody was watched */
    double *at_risk;  /**< rows at risk there, weights counting */
    double *events;   /**< rows that ended there */
    double *hazard;   /**< H0: cumulative, this step included */
    double *variance; /**< of H0 for known coefficients, cumulative */
    double *drift;    /**< [capacity * predictors] row after row: sums of (mean of x at risk - reference) dH0 */
} retain_cox_steps_columns;

/** Steps of the cumulative hazard, to forecast with. */
typedef struct retain_cox_baseline {
    size_t count;           /**< steps */
    const int64_t *stratum; /**< [count] ascending; NULL: one stratum, 0 */
    const double *time;     /**< [count] ascending within a stratum, >= 0 */
    const double *hazard;   /**< [count] not falling within a stratum, >= 0 */
    const double *variance; /**< [count] likewise; NULL without limits */
    const double *drift;    /**< [count * predictors]; NULL without limits */
} retain_cox_baseline;

/** The steps of the cumulative hazard.
 *
 *  @param rows      as for the fit, as a rule the same
 *  @param model     whose coefficients, reference and method for ties are used
 *  @param columns   columns to fill
 *  @param capacity  length of every column that is not NULL; the number of rows always suffices
 *  @param count     receives the number of steps
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*count` set and nothing else written; RETAIN_ERROR_DATA for rows whose risks are beyond
 *          arithmetic; see retain/cox.h */
RETAIN_API retain_status retain_cox_steps(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model,
                                          const retain_cox_steps_columns *columns, size_t capacity, size_t *count);

/** The share that lasts `ahead` more, for each row and each time.
 *
 *  @param covariance      [predictors * predictors] of the coefficients, as in the report; NULL without limits
 *  @param stratum         [predictors->count] of each row, one of the baseline's; NULL: 0
 *  @param from            [predictors->count] how long each row has lasted already, >= 0; NULL: 0
 *  @param level           two-sided level of the limits, in (0, 1); 0 means 0.95
 *  @param interval        scale of the limits
 *  @param ahead           [times] finite, >= 0
 *  @param survival        [predictors->count * times] receives S, row after row; NaN beyond what was watched, or where a predictor is missing
 *  @param standard_error  likewise its standard error
 *  @param low, high       likewise its limits; NaN where S is 0 or 1. Each output may be NULL
 *  Cost: O(log steps + predictors) a number, O(predictors^2) with limits. */
RETAIN_API retain_status retain_cox_survival(retain_context *ctx, const retain_cox *model, const retain_cox_baseline *baseline,
                                             const double *covariance, const retain_predictors *predictors, const int64_t *stratum,
                                             const double *from, double level, retain_cox_interval interval, const double *ahead,
                                             size_t times, double *survival, double *standard_error, double *low, double *high);

/** How long each row lasts on average within the next `horizon`: the mean of min(time left, horizon).
 *
 *  @param horizon         finite, > 0
 *  @param mean            [predictors->count] receives the area under S; NaN where nobody was watched so long
 *  @param standard_error  [predictors->count] receives its standard error
 *  @param low, high       [predictors->count] receive its limits, within 0 and the horizon; NaN where the error is 0. Each output may be NULL
 *  Cost: O(steps within the horizon) a row, times predictors with limits. */
RETAIN_API retain_status retain_cox_remaining(retain_context *ctx, const retain_cox *model, const retain_cox_baseline *baseline,
                                              const double *covariance, const retain_predictors *predictors, const int64_t *stratum,
                                              const double *from, double level, double horizon, double *mean,
                                              double *standard_error, double *low, double *high);

/** By when a share of such customers has left, counted from `from` on: 0.5 for the median time left.
 *
 *  @param share  in (0, 1)
 *  @param ahead  [predictors->count] receives the least time at which S <= 1 - share; NaN where S stays above as long as was watched */
RETAIN_API retain_status retain_cox_quantile(retain_context *ctx, const retain_cox *model, const retain_cox_baseline *baseline,
                                             const retain_predictors *predictors, const int64_t *stratum, const double *from,
                                             double share, double *ahead);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_COX_CHECK_H
#define RETAIN_COX_CHECK_H

#include "retain/cox.h"

/** @defgroup cox_check Checks of Cox regression
 *  @brief Do the hazards keep their proportions, and which rows does it rest on?
 *
 *  A hazard ratio is one number for all ages. Where a predictor matters early and not later (a discount of the first months, say) it is an
 *  average over ages that nobody is at. `retain_cox_proportional` asks whether a coefficient changes with time; the scaled
 *  Schoenfeld residuals show how: smoothed over time, they are the coefficient at that time.
 *
 *      double months[] = {2, 3, 5, 6, 8, 9, 11, 12}, tickets[] = {3, 1, 2, 0, 1, 2, 0, 0};
 *      uint8_t left[] = {1, 1, 1, 0, 1, 1, 0, 0};
 *      const double *column[] = {tickets};
 *      retain_cox_rows rows = {.durations = {8, months, left, NULL, NULL}, .predictors = {8, 1, column, 0}};
 *      retain_cox model;
 *      retain_cox_fit(NULL, &rows, NULL, &model, NULL, NULL);
 *      double chi_squared[2], p_value[2];                                              // of tickets, and of all predictors together
 *      retain_cox_proportional(NULL, &rows, &model, RETAIN_COX_KAPLAN_MEIER, chi_squared, p_value);
 *
 *  Where it does: make strata of the predictor, cut rows in time and give it a coefficient before and one after, or report it for what it is, an
 *  average. With many rows the test finds what does not matter: look at the residuals.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What a coefficient is supposed to change with. */
typedef enum retain_cox_transform {
    RETAIN_COX_KAPLAN_MEIER = 0, /**< the share of all rows that have ended just before: outliers in time do no harm */
    RETAIN_COX_IDENTITY = 1,     /**< time */
    RETAIN_COX_LOG = 2,          /**< its logarithm; no event may be at 0 */
    RETAIN_COX_RANK = 3          /**< its rank among all exits, equal ones sharing theirs */
} retain_cox_transform;

/** Do hazards keep their proportions? The score test for x g(t) beside x: P. M. Grambsch, T. M. Therneau, Biometrika 81 (1994), 515-526, in
 *  the exact form of cox.zph in R's survival since version 3. Weights count customers in shares and ranks of time too, where R leaves them out.
 *
 *  @param rows         as for the fit, with which the model should be at its maximum
 *  @param chi_squared  [predictors + 1] receives the statistic of each predictor, of 1 degree of freedom, and in the end of all
 *                      together, of as many; NaN where the rows do not determine it
 *  @param p_value      [predictors + 1] receives the chance of a statistic at least as large, were the proportions kept; each may be NULL
 *  @return RETAIN_OK; see retain/cox.h. Cost: three times that of an iteration of the fit */
RETAIN_API retain_status retain_cox_proportional(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model,
                                                 retain_cox_transform transform, double *chi_squared, double *p_value);

/** Schoenfeld residuals, one row for each event: the caller's arrays to be filled. Columns that are NULL are not written. */
typedef struct retain_cox_events_columns {
    int64_t *row;     /**< which row ended */
    double *time;     /**< when */
    double *residual; /**< [capacity * predictors] its predictors less their mean among those at risk: D. Schoenfeld, Biometrika 69
                           (1982), 239-241 */
    double *
        scaled; /**< [capacity * predictors] coefficient + events V residual: about the coefficient at that time; NaN where the rows
                           do not determine V */
} retain_cox_events_columns;

/** Schoenfeld residuals, ascending by stratum and time.
 *
 *  @param columns   columns to fill
 *  @param capacity  length of every column that is not NULL; the number of rows always suffices
 *  @param count     receives the number of events
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*count` set and nothing else written; see retain/cox.h */
RETAIN_API retain_status retain_cox_schoenfeld(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model,
                                               const retain_cox_events_columns *columns, size_t capacity, size_t *count);

/** Residuals of each row; NaN for rows of weight 0.
 *
 *  @param martingale  [count] receives event less the events expected of it: 1 at most. Of a customer with several rows: their sum
 *  @param deviance    [count] receives the same made symmetric about 0: the size of a surprise
 *  @param score       [count * predictors] receives what it adds to the slope of the likelihood, weight aside
 *  @param influence   [count * predictors] receives about how much each coefficient would change without it, times -1 (dfbeta): score
 *                     times the inverse curvature of these rows, times weight. Each output may be NULL */
RETAIN_API retain_status retain_cox_residuals(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model,
                                              double *martingale, double *deviance, double *score, double *influence);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

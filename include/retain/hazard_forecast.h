/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_HAZARD_FORECAST_H
#define RETAIN_HAZARD_FORECAST_H

#include "retain/hazard.h"

/** @defgroup hazard_forecast Forecasts of the discrete-time hazard
 *  @brief Who leaves in the next periods, who is still there after them, and why?
 *
 *  Questions are about customers who have completed `lasted` periods and are still there: with hazards h of the periods to come,
 *
 *      S(ahead | lasted) = product of (1 - h_j) over j = lasted + 1 .. lasted + ahead
 *
 *  is the share that is still there after `ahead` more, and 1 - S the share that has left by then. Predictors stand for all of these
 *  periods. Nothing is said of periods beyond the last group: NaN; nor where a value is missing of which the model knows nothing.
 *
 *      double months[] = {2, 3, 5, 6, 2, 3, 6, 6}, tickets[] = {3, 1, 2, 0, 1, 2, 0, 0}, lasted[] = {3}, ahead[] = {1, 2}, share[2];
 *      uint8_t left[] = {1, 1, 1, 0, 0, 1, 1, 0};
 *      const double *column[] = {tickets};
 *      retain_durations durations = {8, months, left, NULL, NULL};
 *      retain_predictors predictors = {8, 1, column, 0}, first = {1, 1, column, 0};
 *      retain_hazard_options options = {.struct_size = sizeof options, .l2 = 1.0};
 *      retain_hazard model;
 *      retain_hazard_fit(NULL, &durations, &predictors, NULL, &options, &model, NULL, NULL, NULL);
 *      retain_hazard_survival(NULL, &model, NULL, &first, lasted, 0.0, ahead, 2, share, NULL, NULL);
 *
 *  Limits are by the delta method, from the covariance of the fit: how well it is known how many of such customers leave.
 *
 *  In all: `covariance` [(groups + 2 columns)^2] as the fit gave it, NULL without limits; `predictors` with as many columns as the model has;
 *  `lasted` [predictors->count] whole periods, >= 0, NULL: 0; `level` of the limits, in (0, 1), 0 means 0.95; each output may be NULL.
 *  Cost of limits: O((groups + columns)^2) each.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** The hazard of each row in each of some periods, given that it is there when they begin.
 *
 *  @param period       [times] whole numbers from 1
 *  @param probability  [predictors->count * times] receives the hazard, row after row
 *  @param low, high    likewise its limits, symmetric on the scale of the link */
RETAIN_API retain_status retain_hazard_probability(retain_context *ctx, const retain_hazard *model, const double *covariance,
                                                   const retain_predictors *predictors, double level, const double *period,
                                                   size_t times, double *probability, double *low, double *high);

/** The share of each row that is still there after `ahead` more periods.
 *
 *  @param ahead      [times] whole numbers from 0
 *  @param survival   [predictors->count * times] receives S(ahead | lasted), row after row
 *  @param low, high  likewise its limits, symmetric on the scale of log(-log S); NaN where S is 0 or 1 */
RETAIN_API retain_status retain_hazard_survival(retain_context *ctx, const retain_hazard *model, const double *covariance,
                                                const retain_predictors *predictors, const double *lasted, double level,
                                                const double *ahead, size_t times, double *survival, double *low, double *high);

/** How many of the next `horizon` periods each row completes on average: the sum of S(1 | lasted) to S(horizon | lasted).
 *
 *  @param horizon    whole number from 1
 *  @param mean       [predictors->count] receives it
 *  @param low, high  likewise its limits, symmetric on the scale of log(mean / (horizon - mean)) */
RETAIN_API retain_status retain_hazard_remaining(retain_context *ctx, const retain_hazard *model, const double *covariance,
                                                 const retain_predictors *predictors, const double *lasted, double level,
                                                 double horizon, double *mean, double *low, double *high);

/** Why each row has more or less risk than the reference customer of its age: on the scale of the link its hazard is the baseline
 *  plus the sum of contributions, coefficient (value - reference), or `missing` where the value is missing, in any period.
 *
 *  @param most          reasons wanted for each row, 0 to columns
 *  @param direction     which ones
 *  @param contribution  [count * columns] receives them, row after row
 *  @param reason        [count * most] receives columns, the largest contribution first; -1 where there are no more
 *  @param share         [count * most] receives their contributions; NaN where there are no more
 *  @param value         [count * most] receives their values, to be compared with model->reference */
RETAIN_API retain_status retain_hazard_reasons(retain_context *ctx, const retain_hazard *model, const retain_predictors *predictors,
                                               size_t most, retain_direction direction, double *contribution, int64_t *reason,
                                               double *share, double *value);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

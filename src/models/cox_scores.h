/* What is computed of a fit beside the fit. */
#ifndef RETAIN_COX_SCORES_H
#define RETAIN_COX_SCORES_H

#include "models/cox_likelihood.h"

/* Harrell's C of the linear predictors at the last point: among pairs of rows of a stratum, at risk together, of which one ended first, the share in
 * which that one had the larger; the same counts half. `*pairs` receives their number, weights counting; NaN without any. */
retain_status retain__cox_concordance(retain__scratch *scratch, const retain__cox_likelihood *likelihood, double *concordance,
                                      double *pairs);

/* What each row adds to the gradient at the last point, weights aside [count * columns], by scaled predictors. Their weighted sum is the
 * gradient. */
retain_status retain__cox_find_scores(retain__scratch *scratch, const retain__cox_likelihood *likelihood, double *score);

/* What those who end at each time are compared with: the mean of scaled predictors among those at risk [times * columns], at the last
 * point. */
void retain__cox_find_means(const retain__cox_likelihood *likelihood, double *mean);

#endif

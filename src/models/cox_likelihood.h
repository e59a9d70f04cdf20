/* The partial likelihood and its derivatives by the coefficients of scaled predictors. */
#ifndef RETAIN_COX_LIKELIHOOD_H
#define RETAIN_COX_LIKELIHOOD_H

#include "models/cox_blocks.h"
#include "models/cox_walk.h"

/* Sums of share.one within a stratum up to a time: the cumulative hazard beside exp(-shift). */
typedef struct retain__cox_hazard {
    double before, through;
} retain__cox_hazard;

typedef struct retain__cox_likelihood {
    retain_context *ctx;
    retain__cox_data *data;
    retain_cox_ties ties;
    double point[RETAIN__COX_MOST]; /* the last one */
    retain__cox_blocks blocks;      /* where nobody enters late */
    int is_walked;                  /* is all that follows there, and of that point? */
    double *eta, *risk;             /* [count] */
    double shift;
    retain__cox_share *share;   /* [times] */
    retain__cox_hazard *hazard; /* [times] */
    double *sums;               /* [blocks of rows * (triangle + columns)] */
    double *ended;              /* [blocks of rows] their sums of weight (eta - shift) of those that end */
} retain__cox_likelihood;

/* Takes scratch; returns 0 when there is none. */
int retain__cox_take_likelihood(retain__scratch *scratch, retain__cox_data *data, retain_cox_ties ties,
                                retain__cox_likelihood *likelihood);

/* log L, its gradient [columns] and Hessian [columns * columns] at coefficients [columns]; a value that is not finite means that it is
 * beyond arithmetic. Gradient and Hessian are the sums over all times, each of which counts `emphasis` [times] times (NULL: once; an emphasis wants a look
 * back before it). Fails only when cancelled. */
retain_status retain__cox_evaluate(retain__cox_likelihood *likelihood, const double *b, const double *emphasis, double *value,
                                   double *gradient, double *hessian);

/* Finds risks, shares and hazards at the last point, for all that reads them. Takes scratch; fails only for memory and when cancelled. */
retain_status retain__cox_look_back(retain__scratch *scratch, retain__cox_likelihood *likelihood);

/* The hazard that a row met while it was at risk, once they are there. */
double retain__cox_met_hazard(const retain__cox_likelihood *likelihood, size_t row);

#endif

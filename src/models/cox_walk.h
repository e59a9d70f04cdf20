/* Risk sets, one after the other, back in time. */
#ifndef RETAIN_COX_WALK_H
#define RETAIN_COX_WALK_H

#include "math/sums.h"
#include "models/cox_rows.h"

enum { RETAIN__COX_WIDTH = RETAIN_COX_PREDICTORS };

/* Who is at risk at a time, and who of them ends there: sums of risks, and of risks times predictors. */
typedef struct retain__cox_walk {
    const retain__cox_data *data;
    const double *risk; /* [count] weight exp(linear predictor) */
    size_t left;        /* times to go; the walk stands at this one */
    size_t entered;     /* latecomers that were taken out */
    size_t stratum;
    double at_risk, moment[RETAIN__COX_WIDTH];
    double ended, ended_moment[RETAIN__COX_WIDTH]; /* 0 where but one ends: nothing is taken off for it */
    retain__sum sum[1 + RETAIN__COX_WIDTH];        /* the same as the first two, where rows enter late */
} retain__cox_walk;

/* What the rows that end at a time contribute, the l-th of d of them seeing a risk set without f = l / d of all of them (Efron), or f = 0
 * (Breslow): sums over l of weight f^k / (sum of risks)^m, each with the mean weight of these rows. */
typedef struct retain__cox_share {
    double one, one_f;                  /* m = 1: k = 0, 1 */
    double square, square_f, square_ff; /* m = 2: k = 0, 1, 2 */
} retain__cox_share;

retain__cox_walk retain__cox_begin_walk(const retain__cox_data *data, const double *risk);

/* Goes one time back; 0 before the first. */
int retain__cox_step_back(retain__cox_walk *walk);

/* Of the time where the walk stands. */
retain__cox_share retain__cox_find_share(const retain__cox_walk *walk, retain_cox_ties ties);

/* Risks of all rows at coefficients of scaled predictors [width]: weight times exp(x'b - *shift), the shift being the largest x'b. `eta` [count]
 * receives x'b. Fails only when cancelled. */
retain_status retain__cox_find_risks(retain_context *ctx, const retain__cox_data *data, const double *b, double *eta, double *risk,
                                     double *shift);

#endif

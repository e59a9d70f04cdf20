/* The search for the coefficients of a logistic regression, in coordinates (models/logistic_rows.h). */
#ifndef RETAIN_LOGISTIC_SEARCH_H
#define RETAIN_LOGISTIC_SEARCH_H

#include "models/logistic_pass.h"

/* Minimises sum of ridge point^2 / 2 + lasso |point| - log L. */
typedef struct retain__logistic_search {
    retain__logistic_passes passes;
    size_t width;          /* 8 panels */
    double *ridge, *lasso; /* [width] */
    int has_ridge, has_lasso;
    int most_steps;
    double null_point; /* intercept of the model without predictors */
    double null_value; /* its log L */

    /* what was found */
    retain_logistic_verdict verdict;
    double *point; /* [width] */
    retain__logistic_sums at;
    double objective;
    uint8_t *kind;     /* [width] retain_logistic_kind of each coordinate; those left out are 0 */
    uint8_t *involved; /* [width] collinear: the columns of which the first one left out is a combination */
    size_t combined;   /* that first one; 0 when there is none */
    int iterations;

    /* room */
    double *trial, *step, *matrix, *factor, *vector;
    size_t *active;
    retain__logistic_sums there;
} retain__logistic_search;

retain_status retain__logistic_open_search(retain_context *ctx, retain__scratch *scratch, const retain__logistic_rows *rows,
                                           retain__logistic_search *search);

/* Searches. RETAIN_OK, whatever the verdict. */
retain_status retain__logistic_find(retain__logistic_search *search);

/* Inverse of the second derivatives over the coordinates that were estimated, into `inverse` [width^2], 0 elsewhere; returns 0 when
 * there is none. */
int retain__logistic_invert(retain__logistic_search *search, double *inverse);

/* Largest derivative of the objective that could still be followed down. */
double retain__logistic_violation(const retain__logistic_search *search);

#endif

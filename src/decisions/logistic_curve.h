/* Logistic regression of outcomes on a feature or two of their scores. */
#ifndef RETAIN_LOGISTIC_CURVE_H
#define RETAIN_LOGISTIC_CURVE_H

#include "decisions/scoring_table.h"

enum { RETAIN__LOGISTIC_MOST = 3 };

/* What is fitted, and what is found. */
typedef struct retain__logistic {
    const retain__scores *scores; /* with both outcomes */
    const double *feature[2];     /* [scores->count] each; about 0 to 1 in size */
    size_t features;              /* 1 or 2: coefficients are theirs, then the intercept */
    int is_bounded;               /* 1: coefficients of features are not negative */
    double target[2];             /* what the outcomes 0 and 1 count as */

    double coefficient[RETAIN__LOGISTIC_MOST];                        /* in: the start; out: the highest point */
    double covariance[RETAIN__LOGISTIC_MOST * RETAIN__LOGISTIC_MOST]; /* from the information; 0 for what is held at 0 */
    double log_likelihood;                                            /* of the targets */
    int steps;
} retain__logistic;

/* Fits. Returns 1; 0 where nothing can be said: features are too alike, or beyond arithmetic. */
int retain__fit_logistic(retain__logistic *of);

/* log likelihood of the targets at any coefficients. */
double retain__logistic_likelihood(const retain__logistic *of, const double *coefficient);

/* Is there a highest point without bounds? Where outcomes can be parted by a score, or all scores are equal, there is none. */
int retain__outcomes_overlap(const retain__scores *scores);

#endif

/* Predictors as a regression searches their coefficients: centred and scaled. */
#ifndef RETAIN_DATA_SCALING_H
#define RETAIN_DATA_SCALING_H

#include "core/core.h"
#include "retain/predictors.h"

enum { RETAIN__SCALED_MOST = 40, RETAIN__SCALING_REASON = 200 };

typedef struct retain__scaling {
    size_t columns;
    double mean[RETAIN__SCALED_MOST];
    double deviation[RETAIN__SCALED_MOST]; /* standard deviation; 0 for a constant */
    double scale[RETAIN__SCALED_MOST];     /* of the search: the size of deviations where they count; 1 for a constant */
    double spread[RETAIN__SCALED_MOST]; /* of a prior: the difference of two values, or two standard deviations; 0 for a constant */
    char name[RETAIN__SCALED_MOST][4];  /* x0, x1 ... */
    const char *names[RETAIN__SCALED_MOST];
    char reason[RETAIN__SCALING_REASON];
} retain__scaling;

/* Measures checked predictors without missing numbers, of which there are 1 to RETAIN__SCALED_MOST columns; rows of weight 0 are not
 * there, without weights all weigh 1. The names are those in the struct: it may not be copied. */
retain_status retain__measure_predictors(retain_context *ctx, const retain_predictors *predictors, const double *weight,
                                         retain__scaling *scaling);

/* Why predictors with a mark are left open, as a sentence that begins with a blank, or "": one is constant, or they depend on each
 * other. The text is in the struct. */
const char *retain__explain_open_predictors(retain__scaling *scaling, const retain_predictors *predictors, const double *weight,
                                            const int *loose);

#endif

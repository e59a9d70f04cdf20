/* Covariates as a fit searches their coefficients: centred and scaled. */
#ifndef RETAIN_BTYD_SCALING_H
#define RETAIN_BTYD_SCALING_H

#include "models/btyd_entries.h"

typedef struct retain__btyd_scaling {
    size_t parameters, covariates;
    double mean[RETAIN_BTYD_COVARIATES], centre[RETAIN_BTYD_COVARIATES];
    double scale[RETAIN_BTYD_COVARIATES];  /* of the search */
    double spread[RETAIN_BTYD_COVARIATES]; /* of the prior; 0 for a constant */
    double correlation[RETAIN_BTYD_COVARIATES * RETAIN_BTYD_COVARIATES];
    double reported[RETAIN_FIT_PARAMETERS * RETAIN_FIT_PARAMETERS]; /* what is reported, from what is searched */
    const char *constant;                                           /* what is said of a covariate that is "the same ..." */
    char reason[160];
} retain__btyd_scaling;

/* Measures covariates first ... first + columns - 1: z has `rows` rows of them. Measured in several calls, they are taken for
 * uncorrelated between these. */
void retain__btyd_measure_covariates(retain__btyd_scaling *into, size_t first, size_t columns, const double *z, size_t rows,
                                     const double *weight);

/* Centres and finds the matrix from what is searched to what is reported, once all are measured. */
void retain__btyd_centre(retain__btyd_scaling *of, const retain__btyd_family *family, const retain__btyd_entries *entries);

/* The prior on what is searched: scaled otherwise than what the caller thinks of. */
void retain__btyd_scale_prior(const retain__btyd_scaling *of, const retain__btyd_entries *entries, double *mean, double *precision);

/* As `reason` of retain__fit_problem, the state being the scaling. */
const char *retain__btyd_find_reason(void *scaling, const int *loose);

#endif

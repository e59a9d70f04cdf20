/* What a fit of a buy-till-you-die model is asked to estimate: parameters, then the coefficients of both processes. */
#ifndef RETAIN_BTYD_ENTRIES_H
#define RETAIN_BTYD_ENTRIES_H

#include "math/fit.h"
#include "models/btyd_family.h"

typedef struct retain__btyd_entries {
    size_t parameters, covariates, count; /* count = parameters + 2 covariates */
    int tie[RETAIN_FIT_PARAMETERS];       /* as in retain__fit_problem */
    double held[RETAIN_FIT_PARAMETERS];   /* values of what is held, as the caller has them */
    int is_tied, has_prior;
    double mean[RETAIN_FIT_PARAMETERS], precision[RETAIN_FIT_PARAMETERS]; /* the prior on the logarithms of parameters */
    double coefficient_precision;                                         /* on scaled coefficients, 0 for none */
    const char *names[RETAIN_FIT_PARAMETERS];
    char name[2 * RETAIN_BTYD_COVARIATES][16];
} retain__btyd_entries;

/* Checks what options say about entries. */
retain_status retain__btyd_enter(retain_context *ctx, const retain__btyd_family *family, const retain_fit_options *options,
                                 size_t covariates, retain__btyd_entries *entries);

/* Centres the prior, once the mean age of the customers is known. */
void retain__btyd_centre_prior(const retain__btyd_family *family, const retain_fit_options *options, double mean_T,
                               retain__btyd_entries *entries);

/* Puts what is held where it is held. */
void retain__btyd_hold(const retain__btyd_entries *entries, size_t count, double *values);

/* Values that are held come out as they went in; `report` may be NULL. */
void retain__btyd_restore(const retain__btyd_entries *entries, double *values, retain_fit_report *report);

#endif

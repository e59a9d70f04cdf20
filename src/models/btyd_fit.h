/* A fit in its parts: what is searched, the search, and copies of it, for who goes on from there (draws, pools). */
#ifndef RETAIN_BTYD_FIT_H
#define RETAIN_BTYD_FIT_H

#include "math/random.h"
#include "models/btyd_likelihood.h"
#include "models/btyd_regression.h"

/* With covariates. */
typedef struct retain__btyd_covariate_fit {
    retain__btyd_regression regression; /* first: it is the state of its own functions */
    const retain__btyd_likelihood *plain;
    double begin[RETAIN_FIT_PARAMETERS]; /* where the fit without them ended; NaN where it did not begin */
    double mean[RETAIN_FIT_PARAMETERS], precision[RETAIN_FIT_PARAMETERS];
} retain__btyd_covariate_fit;

/* What is searched: a likelihood with its prior. It may not be moved. */
typedef struct retain__btyd_search {
    retain__btyd_likelihood likelihood, sample;
    retain__btyd_entries entries;
    retain__btyd_covariate_fit covariates;
    retain__fit_problem plain, problem; /* without covariates, and as asked for: the same where there are none */
    double log_gaps;                    /* sum of the logarithms of all gaps, of a regular family */
    const char *lack;                   /* why the search cannot begin, as a sentence; NULL when it can */
} retain__btyd_search;

/* Poses the search for checked options, of customers who are checked here; all is scratch. Without a prior there is a lack of data
 * where there are no repeat occasions, or too few distinct rows. */
retain_status retain__btyd_pose(retain__scratch *scratch, retain_btyd_family family, const retain_customers *customers,
                                const retain_fit_options *options, retain__btyd_search *search);

/* Fits: values and report as of retain__fit, what is held included. */
retain_status retain__btyd_search_all(retain_context *ctx, retain__btyd_search *search, const retain_fit_options *options,
                                      double *values, retain_fit_report *report);

/* The same search for a thread of its own: without context, with sums of its own and, if `weights`, with weights of its own. */
retain_status retain__btyd_copy_search(retain__scratch *scratch, const retain__btyd_search *from, int weights,
                                       retain__btyd_search *copy);

/* New weights for a copy that has its own: every customer of the original occurs a Poisson number of times, with mean 1. */
void retain__btyd_resample(const retain__btyd_search *from, retain__random *random, retain__btyd_search *copy);

/* Fits a copy whose weights have changed, beginning at values as they are searched (retain__fit_raise). */
retain_status retain__btyd_search_again(retain__btyd_search *search, const double *searched, const retain_fit_options *options,
                                        double *values, retain_fit_report *report);

/* A model from what a fit of a family reports; k is that of a regular family. */
void retain__btyd_fill_all(const retain__btyd_family *family, int k, const double *values, size_t covariates, double unit_days,
                           retain_btyd *model);

#endif

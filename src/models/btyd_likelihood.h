/* The likelihood of customers without covariates, and where a search of it starts. */
#ifndef RETAIN_BTYD_LIKELIHOOD_H
#define RETAIN_BTYD_LIKELIHOOD_H

#include "data/collapse.h"
#include "models/btyd_entries.h"

typedef struct retain__btyd_likelihood {
    retain_context *ctx;
    const retain__btyd_family *family;
    retain__collapsed rows;
    retain__btyd_moments moments;
    double *run_weight; /* [runs] customers with this x */
    size_t row_blocks, count_blocks;
    double *sums; /* [(row_blocks + count_blocks) * RETAIN__BTYD_SUMS] */
    double p[RETAIN__BTYD_NUMBERS];
    double k, constant;                     /* of a regular family; of log L, that no parameter changes */
    struct retain__btyd_likelihood *sample; /* every 16th row, where there are many; else NULL */
    double narrow[RETAIN__BTYD_PARAMETERS]; /* optimum of the family that this one contains */
    int has_narrow;                         /* 1: it is known */
    int earlier;                            /* evaluations that it took to find it */
    const retain__btyd_entries *entries;
    const double *again; /* where to start before all other starts, as it is searched; NULL as a rule */
    double until;        /* share of all progress that this likelihood is */
} retain__btyd_likelihood;

/* Gathers checked customers; all is scratch. `of->sample` is a likelihood to be filled, and NULL afterwards where rows are few. */
retain_status retain__btyd_collect(retain__scratch *scratch, const retain_customers *customers, retain__btyd_likelihood *of);

/* As `evaluate` and `evaluate_sample` of retain__fit_problem, the state being the likelihood. */
retain_status retain__btyd_sum(void *likelihood, int evaluation, const double *parameters, double *value, double *gradient,
                               double *hessian);
retain_status retain__btyd_sum_sample(void *likelihood, const double *parameters, double *value, double *gradient, double *hessian);

/* Weights per x and the moments, from the weights of the rows. */
void retain__btyd_measure(retain__btyd_likelihood *of);

/* The same likelihood for a thread of its own: without context and sample, with sums of its own and, if `weights`, with weights of
 * its own, yet to be written. */
retain_status retain__btyd_copy_likelihood(retain__scratch *scratch, const retain__btyd_likelihood *from, int weights,
                                           retain__btyd_likelihood *copy);

#endif

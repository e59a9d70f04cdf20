/* The likelihood of customers with covariates, by the parameters of the average customer and by scaled coefficients. */
#ifndef RETAIN_BTYD_REGRESSION_H
#define RETAIN_BTYD_REGRESSION_H

#include "data/collapse.h"
#include "models/btyd_scaling.h"

typedef struct retain__btyd_regression {
    retain__btyd_scaling scaling; /* first: it is the state of its own functions */
    retain_context *ctx;
    const retain__btyd_family *family;
    const retain__btyd_entries *entries;
    size_t patterns;
    double *z;              /* [patterns * covariates] centred and scaled */
    retain__collapsed rows; /* in runs of one pattern and one x */
    size_t *pattern;        /* [runs] */
    double *x, *weight;     /* [runs] */
    size_t blocks, sums_of_block;
    double *sums;         /* [blocks * sums_of_block] */
    const double *values; /* of the entries, while they are evaluated */
    double k, constant;   /* of a regular family; of log L, that no entry changes */
} retain__btyd_regression;

/* Gathers checked customers; all is scratch. */
retain_status retain__btyd_gather(retain__scratch *scratch, const retain_customers *customers, retain__btyd_regression *of);

/* As `evaluate` of retain__fit_problem, the state being the regression. */
retain_status retain__btyd_evaluate(void *regression, int evaluation, const double *values, double *value, double *gradient,
                                    double *hessian);

#endif

/* Customers with covariates, for the tests of models that have them. */
#ifndef RETAIN_TEST_COVARIATES_H
#define RETAIN_TEST_COVARIATES_H

#include "models.h"

enum {
    FOUR_PARAMETERS = 3,    /* families that have so many, the first ones */
    IN_CONTINUOUS_TIME = 4, /* and families of whom nothing need be a whole number */
    COVARIATES = 3,
    ENTRIES = 4 + 2 * COVARIATES
};

/* Customers with a dummy, a covariate of three levels and a continuous one. */
typedef struct covariate_world {
    size_t count;
    double *frequency, *t_x, *T, *z[COVARIATES], *weight;
    const double **columns; /* [COVARIATES] on the heap, because worlds are copied */
    retain_customers view;
    retain_btyd truth;
} covariate_world;

/* A model with coefficients of its own for so many covariates. */
retain_btyd with_covariates(retain_btyd model, size_t covariates);

/* Customers drawn from a model; the last covariate is continuous, or a rare dummy. */
covariate_world make_covariate_world(retain_btyd truth, size_t count, int continuous, uint64_t seed);

/* The same from the usual model of a family. */
covariate_world usual_world(size_t family, size_t count, int continuous, uint64_t seed);
void free_covariate_world(covariate_world *of);

/* The log-likelihood of all customers, with their weights. */
double total_likelihood(const retain_btyd *model, const retain_customers *customers);

/* Parameter or coefficient number `entry`, in the order of reports, and where it is. */
double entry_of(const retain_btyd *model, size_t entry);
void move_entry(retain_btyd *model, size_t entry, double by); /* parameters by a logarithm */

/* Zeros. */
double *take_numbers(size_t count);

#endif

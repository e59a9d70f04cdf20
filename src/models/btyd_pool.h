/* Partial pooling in its parts: rows by group, the integral of one group, and what is told of a search that is over. */
#ifndef RETAIN_BTYD_POOL_PARTS_H
#define RETAIN_BTYD_POOL_PARTS_H

#include "models/btyd_fit.h"
#include "retain/btyd_pool.h"

enum { RETAIN__POOL_MOST = RETAIN__BTYD_PARAMETERS, RETAIN__POOL_VARIABLES = 2 * RETAIN__POOL_MOST };

_Static_assert((int)RETAIN_BTYD_POOL_PARAMETERS == (int)RETAIN__BTYD_PARAMETERS, "the report holds every family");

/* --- rows by group (btyd_pool_rows.c) --------------------------------------------------------------------------------------- */

/* Customers in the order of their groups, and within a group in the caller's. */
typedef struct retain__pool_rows {
    size_t groups;
    size_t *first; /* [groups + 1] */
    size_t *row;   /* [customers] the caller's row */
    retain_customers customers;
    const double *column[RETAIN_BTYD_COVARIATES];
} retain__pool_rows;

/* The customers of one group: a view. */
typedef struct retain__pool_part {
    retain_customers customers;
    const double *column[RETAIN_BTYD_COVARIATES];
} retain__pool_part;

/* Checks the number of groups and their codes, and puts checked customers in order, with `covariates` columns of covariates; all is
 * scratch. */
retain_status retain__pool_arrange(retain__scratch *scratch, const retain_customers *customers, size_t covariates,
                                   const int64_t *group, size_t groups, retain__pool_rows *rows);

void retain__pool_part_of(const retain__pool_rows *rows, size_t group, retain__pool_part *part);

/* --- one group (btyd_pool_laplace.c) ---------------------------------------------------------------------------------------- */

/* A population: centre and standard deviation of each logarithm, 0 for those that are the same in all groups. The sign of a standard
 * deviation says nothing. */
typedef struct retain__pool_population {
    double mu[RETAIN__POOL_MOST], sd[RETAIN__POOL_MOST];
} retain__pool_population;

/* log L of a group about a point, to the third order. */
typedef struct retain__pool_expansion {
    double at[RETAIN__POOL_MOST], value, gradient[RETAIN__POOL_MOST], hessian[RETAIN__POOL_MOST * RETAIN__POOL_MOST];
    double third[RETAIN__POOL_MOST * RETAIN__POOL_MOST * RETAIN__POOL_MOST];
} retain__pool_expansion;

/* The integral over a group's parameters, and the group's estimate. */
typedef struct retain__pool_integral {
    double value;                                             /* its logarithm */
    double u[RETAIN__POOL_MOST];                              /* (theta - mu) / sd */
    double theta[RETAIN__POOL_MOST];                          /* where the integrand is highest */
    double gradient[RETAIN__POOL_VARIABLES];                  /* by mu, and by sd */
    double covariance[RETAIN__POOL_MOST * RETAIN__POOL_MOST]; /* of theta, the population being known */
    double left[RETAIN__POOL_MOST];                           /* its diagonal by sd^2; 1 where sd is 0 */
    double moved[RETAIN__POOL_MOST * RETAIN__POOL_VARIABLES]; /* d theta / d (mu, sd) */
} retain__pool_integral;

typedef struct retain__pool_group {
    retain__btyd_likelihood likelihood, sample;
    int is_empty, is_known; /* no customers; the expansion is that about the last estimate */
    retain__pool_expansion expansion;
    double value, gradient[RETAIN__POOL_VARIABLES], hessian[RETAIN__POOL_VARIABLES * RETAIN__POOL_VARIABLES]; /* of the integral */
    double own[RETAIN__POOL_MOST], own_value; /* its fit without the population */
} retain__pool_group;

/* The integral of the expansion. Returns 0 when there is none: its integrand has no maximum. */
int retain__pool_integrate(const retain__pool_expansion *expansion, size_t count, const retain__pool_population *population,
                           retain__pool_integral *integral);

/* Finds the group's estimate and expands there; value, gradient and Hessian of the integral by the `variables` (numbers below `count` are
 * those of mu, the others less `count` of sd). The value is NaN when there is none. */
void retain__pool_visit(retain__pool_group *group, size_t count, const retain__pool_population *population, const uint8_t *varies,
                        const size_t *variable, size_t variables);

/* The group's own fit, beginning at its estimate, parameters that are held staying where they are. */
void retain__pool_fit_alone(retain__pool_group *group, size_t count, const int *tie);

/* --- all groups (btyd_pool_fit.c), and what is told of them (btyd_pool_report.c) ---------------------------------------------- */

typedef struct retain__pool {
    retain_context *ctx;
    const retain__btyd_search *whole; /* all customers as one group */
    size_t count, groups;             /* parameters, groups */
    retain__pool_group *group;        /* [groups] */
    uint8_t varies[RETAIN__POOL_MOST];
    size_t variable[RETAIN__POOL_VARIABLES], variables;
    retain__pool_population population;
    retain_fit_report complete;                                             /* of one model for all */
    double value, hessian[RETAIN__POOL_VARIABLES * RETAIN__POOL_VARIABLES]; /* at the end of the search, with the prior */
    double statistic[RETAIN__POOL_MOST];                                    /* of each standard deviation against 0 */
    int steps, evaluations;
    retain_fit_verdict verdict;
    double level;
    int with_own;
} retain__pool;

/* What was found, in the report and the columns; all that can fail is done before. */
void retain__pool_tell(retain__pool *pool, double unit_days, retain_btyd_pool_report *report,
                       const retain_btyd_pool_columns *columns);

/* Half the sum of squares that the prior on mu takes off. */
double retain__pool_penalty(const retain__pool *pool, const double *mu);

#endif

/* The customers of a Gamma-Gamma fit, in the shape in which its likelihood is quick: distinct rows in a canonical order, cut into runs of equal x. */
#ifndef RETAIN_SPEND_ROWS_H
#define RETAIN_SPEND_ROWS_H

#include "core/core.h"
#include "retain/orders.h"

/* log L, its gradient by log p, log q, log gamma, the upper triangle of its Hessian (6); then the derivatives by theta: once, with
 * log p, log q and log gamma, and twice. */
enum { RETAIN__SPEND_PARAMETERS = 3, RETAIN__SPEND_SUMS = 15 };

/* Rows that share x and effect, at most so many that their sums stay in the cache. */
typedef struct retain__spend_run {
    double x, effect;
    size_t first, count;
    double weight;  /* sum of the weights */
    double log_sum; /* sum of weight log(x z) */
} retain__spend_run;

typedef struct retain__spend_rows {
    size_t count, run_count;
    double *y, *weight; /* y = x z: what the customer spent on the repeat occasions */
    retain__spend_run *runs;
    double *sums;       /* three a run, filled by each evaluation */
    double customers;   /* sum of the weights */
    double log_z;       /* sum of weight log z */
    double correlation; /* of x and z */
    double mean;        /* of z */
    size_t used;        /* rows with x > 0 */
} retain__spend_rows;

/* Takes the rows with frequency > 0 out of checked customers. `effect` is a column of numbers >= 0, or NULL for 0. Memory comes from
 * `scratch`. */
retain_status retain__spend_gather(retain__scratch *scratch, const retain_customers *customers, const double *effect,
                                   retain__spend_rows *rows);

/* log L and its derivatives, summed over all rows: sums[RETAIN__SPEND_SUMS]. */
retain_status retain__spend_evaluate(retain_context *ctx, const retain__spend_rows *rows, const double *parameters, double theta,
                                     double *sums);

#endif

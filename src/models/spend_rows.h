/* The customers of a Gamma-Gamma fit, in the shape in which its likelihood is quick: distinct rows in a canonical order, cut into runs of equal x. */
#ifndef RETAIN_SPEND_ROWS_H
#define RETAIN_SPEND_ROWS_H

#include "core/core.h"
#include "retain/orders.h"

enum { RETAIN__SPEND_PARAMETERS = 3, RETAIN__SPEND_SUMS = 10 }; /* log L, its gradient (3), the upper triangle of its Hessian (6) */

/* Rows that share x, at most so many that their sums stay in the cache. */
typedef struct retain__spend_run {
    double x;
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

/* Takes the rows with frequency > 0 out of checked customers. Memory comes from `scratch`. */
retain_status retain__spend_gather(retain__scratch *scratch, const retain_customers *customers, retain__spend_rows *rows);

/* log L and its derivatives by log p, log q, log gamma, summed over all rows: sums[RETAIN__SPEND_SUMS]. */
retain_status retain__spend_evaluate(retain_context *ctx, const retain__spend_rows *rows, const double *parameters, double *sums);

#endif

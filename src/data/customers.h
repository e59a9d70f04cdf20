/* Tables with one row per customer: their rules, and their distinct rows. */
#ifndef RETAIN_CUSTOMERS_H
#define RETAIN_CUSTOMERS_H

#include "core/core.h"
#include "retain/orders.h"

/* Checks a table of customers against the rules of retain_customers and names the first bad row. `with_spend`: the column is required, and finite wherever frequency > 0. */
retain_status retain__check_customers(retain_context *ctx, const retain_customers *customers, int with_spend);

/* The distinct rows of a table, sorted by frequency, then t_x, T and spend; everything is scratch. */
typedef struct retain__distinct {
    size_t count;
    double *frequency, *t_x, *T, *weight; /* [count]; weight is the sum over equal rows */
    double *spend;                        /* [count], NaN where frequency is 0; NULL when spend was left out */
    int64_t *row_of;                      /* [customers->count] which distinct row a customer is */
} retain__distinct;

/* Finds the distinct rows of a checked table; equal means equal frequency, t_x and T, and spend when `with_spend`. -0 is 0. */
retain_status retain__find_distinct(retain_context *ctx, retain__scratch *scratch, const retain_customers *customers,
                                    int with_spend, double from, double to, retain__distinct *distinct);

#endif

/* Customers told apart by their covariates: the distinct rows of any number of columns. */
#ifndef RETAIN_PATTERNS_H
#define RETAIN_PATTERNS_H

#include "core/core.h"

/* The distinct rows, in an order that depends on nothing but the numbers in them. */
typedef struct retain__patterns {
    size_t count;
    size_t *of;      /* [rows] the pattern of each row */
    size_t *example; /* [count] a row of each */
} retain__patterns;

/* Finds the distinct rows of `columns` columns of finite numbers; -0 is 0. The results are scratch; 24 bytes a row are used besides,
 * and given back. O(rows * columns). */
retain_status retain__find_patterns(retain__scratch *scratch, const double *const *column, size_t columns, size_t rows,
                                    retain__patterns *found);

/* Rows in the order of their patterns, those of one pattern in their own order: row[rows], first[count + 1], scratch both. */
retain_status retain__order_by_pattern(retain__scratch *scratch, const retain__patterns *patterns, size_t rows, size_t **row,
                                       size_t **first);

#endif

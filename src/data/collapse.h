/* Equal rows of a table, each once with its weight: what a likelihood is computed from.
 *
 * A sum over customers must not depend on their order, not even in the last bit, and a row of weight w must be w rows. Both are
 * had by one canonical table: the distinct rows, ascending in the first column and within it in an order that depends on
 * nothing but the numbers. (Not always in ascending order of them: where columns have many values, sorting by a hash is several
 * times faster, and who adds up does not care.) */
#ifndef RETAIN_COLLAPSE_H
#define RETAIN_COLLAPSE_H

#include "core/core.h"

enum { RETAIN__MOST_COLUMNS = 4 };

/* The distinct rows. Rows [first[k], first[k + 1]) have value[k] in the first column. */
typedef struct retain__collapsed {
    size_t count;
    double *column[RETAIN__MOST_COLUMNS]; /* [count] the second column and so on, NULL beyond the last */
    double *weight;                       /* [count] sums of weights, > 0 */
    size_t runs;
    double *value; /* [runs] ascending */
    size_t *first; /* [runs + 1] */
} retain__collapsed;

/* Collapses `rows` rows of `columns` columns (2 to 4), all finite, the first whole numbers >= 0; -0 is 0. `weight` NULL means
 * 1; rows of weight 0 are left out. `row_of` [rows], unless it is NULL, receives for each row that is not left out the distinct
 * row that it is. Everything in the result is scratch; 16 to 32 bytes a row are used besides and given back. O(rows). */
retain_status retain__collapse(retain__scratch *scratch, const double *const *column, size_t columns, const double *weight,
                               size_t rows, int64_t *row_of, retain__collapsed *collapsed);

/* The same for tables whose columns have few values each; when one has many, `*few` is 0 and nothing is done. */
retain_status retain__collapse_ranks(retain__scratch *scratch, const double *const *column, size_t columns, const double *weight,
                                     size_t rows, int64_t *row_of, retain__collapsed *collapsed, int *few);

#endif

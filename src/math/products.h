/* Sums of products of rows that lie one after the other: X' W X of math/gram.h. */
#ifndef RETAIN_PRODUCTS_H
#define RETAIN_PRODUCTS_H

#include <stddef.h>

#include "math/gram.h"

enum { RETAIN__PRODUCTS_MOST = 48 };

/* Numbers from one row to the next, for so many columns: rows are filled up with zeros. */
static inline size_t retain__products_width(size_t columns)
{
    return (columns + RETAIN__GRAM_WIDTH - 1) / RETAIN__GRAM_WIDTH * RETAIN__GRAM_WIDTH;
}

/* Adds to sums [width * width] weight_i x_i x_i', and to means [width], unless it is NULL, slope_i x_i, over `rows` rows of `width` numbers, a
 * multiple of RETAIN__GRAM_WIDTH and at most RETAIN__PRODUCTS_MOST. Of the sums only the lower triangle is of use. `sums` is aligned to 64 bytes. */
void retain__add_products(size_t width, const double *x, const double *weight, const double *slope, size_t rows, double *sums,
                          double *means);

/* result_i = x_i' b for rows of `width` numbers. */
void retain__multiply_rows(size_t width, const double *x, const double *b, size_t rows, double *result);

#endif

/* Sums of products of predictors, the budget of every regression: X' W X. */
#ifndef RETAIN_PRODUCTS_H
#define RETAIN_PRODUCTS_H

#include <stddef.h>

enum { RETAIN__PRODUCTS_TILE = 4 };

/* Numbers from one row to the next, for so many columns: rows are filled up with zeros. */
static inline size_t retain__products_width(size_t columns)
{
    return (columns + RETAIN__PRODUCTS_TILE - 1) / RETAIN__PRODUCTS_TILE * RETAIN__PRODUCTS_TILE;
}

/* Adds to sums [width * width] weight_i x_i x_i' over `rows` rows of `width` numbers, a multiple of RETAIN__PRODUCTS_TILE. Only tiles that touch the
 * lower triangle are added to. */
void retain__add_products(size_t width, const double *x, const double *weight, size_t rows, double *sums);

/* Adds to sums [width] weight_i x_i. */
void retain__add_multiples(size_t width, const double *x, const double *weight, size_t rows, double *sums);

/* result_i = x_i' b for rows of `width` numbers. */
void retain__multiply_rows(size_t width, const double *x, const double *b, size_t rows, double *result);

#endif

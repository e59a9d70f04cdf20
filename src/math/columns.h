/* Columns that lie one after the other: weighed, combined, multiplied with each other, over a block of rows.
 *
 * Column k begins at x + k * stride. Where a table has few columns this is the form in which all work is of whole vectors, whatever their number. Every sum is kept
 * in four lanes, row i in lane i % 4, which are added up in one fixed order: the same bits whatever the width of the processor's registers. */
#ifndef RETAIN_COLUMNS_H
#define RETAIN_COLUMNS_H

#include <stddef.h>

/* Numbers of a lower triangle, row after row. */
static inline size_t retain__count_triangle(size_t columns)
{
    return columns * (columns + 1) / 2;
}

/* result_i = sum over columns of x_k[i] b_k. */
void retain__columns_combine(size_t columns, const double *x, size_t stride, const double *b, size_t rows, double *result);

/* weighted_k[i] = weight_i x_k[i]; its columns begin `room` numbers apart. */
void retain__columns_weigh(size_t columns, const double *x, size_t stride, const double *weight, size_t rows, double *weighted,
                           size_t room);

/* Adds the sum over rows of weight_i x_k[i] to sums[k]. */
void retain__columns_sum(size_t columns, const double *x, size_t stride, const double *weight, size_t rows, double *sums);

/* Adds the sum over rows of weight_i x_a[i] x_b[i], for b <= a, to products[a (a + 1) / 2 + b]: the lower triangle of x' w x. */
void retain__columns_multiply(size_t columns, const double *x, size_t stride, const double *weight, size_t rows, double *products);

/* The same of columns and weighted ones of them: left_a[i] x_b[i]. */
void retain__columns_multiply_weighted(size_t columns, const double *left, size_t room, const double *x, size_t stride, size_t rows,
                                       double *products);

/* Adds the running sums of the columns, from the last row back to the first, to `sum` [columns], and writes them down: the sum up to row i at
 * to_k[at] (columns begin `room` apart), where `at` begins as `from` and goes one back after each row that is marked. So what is left at each place
 * is the sum up to the marked row that it is of. */
void retain__columns_run(size_t columns, const double *x, size_t stride, const unsigned char *mark, size_t rows, double *sum,
                         double *to, size_t room, size_t from);

#endif

/* Work on whole columns.
 *
 * One column is multiplied by up to eight others at a time, so that each number is loaded once for so many products and their sums stay in registers. The
 * number of columns is a constant of each of the loops, which are written once and compiled for each. A running sum has to wait for
 * itself; those of up to eight columns wait together. */
#include "math/columns.h"

#include <string.h>

#include "math/kernels.h"

enum { MANY = 8, LANES = 4, FEW_ROWS = 8, MOST_FEW = 64 };

#if defined(__GNUC__)
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));

static RETAIN__INLINE void load(four *to, const double *x)
{
    *to = *(const four *)x;
}

static RETAIN__INLINE void multiply(four *by, const double *x)
{
    *by *= *(const four *)x;
}

static RETAIN__INLINE void add_product(four *sum, const four *a, const double *x)
{
    *sum += *a * *(const four *)x;
}
#else
typedef struct four {
    double lane[LANES];
} four;

static RETAIN__INLINE void load(four *to, const double *x)
{
    memcpy(to, x, sizeof *to);
}

static RETAIN__INLINE void multiply(four *by, const double *x)
{
    for (size_t l = 0; l < LANES; l++)
        by->lane[l] *= x[l];
}

static RETAIN__INLINE void add_product(four *sum, const four *a, const double *x)
{
    for (size_t l = 0; l < LANES; l++)
        sum->lane[l] += a->lane[l] * x[l];
}
#endif

/* Calls `function(many, ...)` with `many`, 1 to MANY, as a constant. */
#define FOR_MANY(many, function, ...)            \
    do {                                         \
        switch (many) {                          \
        case 1:                                  \
            function(1, __VA_ARGS__);            \
            break;                               \
        case 2:                                  \
            function(2, __VA_ARGS__);            \
            break;                               \
        case 3:                                  \
            function(3, __VA_ARGS__);            \
            break;                               \
        case 4:                                  \
            function(4, __VA_ARGS__);            \
            break;                               \
        case 5:                                  \
            function(5, __VA_ARGS__);            \
            break;                               \
        case 6:                                  \
            function(6, __VA_ARGS__);            \
            break;                               \
        case 7:                                  \
            function(7, __VA_ARGS__);            \
            break;                               \
        default:                                 \
            function((size_t)MANY, __VA_ARGS__); \
            break;                               \
        }                                        \
    } while (0)

static RETAIN__INLINE size_t at_most_many(size_t columns)
{
    return columns < MANY ? columns : (size_t)MANY;
}

/* --- products --------------------------------------------------------------------------------------------------------------------- */

/* The sum in lanes, and what is left of the rows behind `whole`. */
static RETAIN__INLINE double finish(const four *sum, const double *left, const double *weight, const double *right, size_t whole,
                                    size_t rows)
{
    double lane[LANES];

    memcpy(lane, sum, sizeof lane);
    for (size_t i = whole; i < rows; i++)
        lane[i - whole] += (weight ? left[i] * weight[i] : left[i]) * right[i];
    return (lane[0] + lane[2]) + (lane[1] + lane[3]);
}

/* Adds left_i right_k[i], or left_i weight_i right_k[i]. */
static RETAIN__INLINE void add_products(size_t many, const double *left, const double *weight, const double *right, size_t stride,
                                        size_t rows, double *products)
{
    const size_t whole = rows / LANES * LANES;
    four sum[MANY];

    memset(sum, 0, many * sizeof *sum);
    for (size_t i = 0; i < whole; i += LANES) {
        four at;

        load(&at, left + i);
        if (weight)
            multiply(&at, weight + i);
        for (size_t k = 0; k < many; k++)
            add_product(&sum[k], &at, right + k * stride + i);
    }
    for (size_t k = 0; k < many; k++)
        products[k] += finish(&sum[k], left, weight, right + k * stride, whole, rows);
}

/* The same of two lefts, `apart` from each other, and four rights: half the reading. */
static RETAIN__INLINE void add_tile(const double *left, size_t apart, const double *weight, const double *right, size_t stride,
                                    size_t rows, double *first, double *second)
{
    const size_t whole = rows / LANES * LANES;
    four sum[2][LANES];

    memset(sum, 0, sizeof sum);
    for (size_t i = 0; i < whole; i += LANES) {
        four at, next;

        load(&at, left + i);
        load(&next, left + apart + i);
        if (weight) {
            multiply(&at, weight + i);
            multiply(&next, weight + i);
        }
        for (size_t k = 0; k < LANES; k++) {
            add_product(&sum[0][k], &at, right + k * stride + i);
            add_product(&sum[1][k], &next, right + k * stride + i);
        }
    }
    for (size_t k = 0; k < LANES; k++) {
        first[k] += finish(&sum[0][k], left, weight, right + k * stride, whole, rows);
        second[k] += finish(&sum[1][k], left + apart, weight, right + k * stride, whole, rows);
    }
}

/* The lower triangle of few rows, one after the other. */
static RETAIN__INLINE void add_rows(size_t columns, const double *left, size_t apart, const double *weight, const double *right,
                                    size_t stride, size_t rows, double *products)
{
    double row[MOST_FEW];

    for (size_t i = 0; i < rows; i++) {
        for (size_t k = 0; k < columns; k++)
            row[k] = right[k * stride + i];
        for (size_t a = 0; a < columns; a++) {
            const double at = weight ? left[a * apart + i] * weight[i] : left[a * apart + i];
            double *to = products + retain__count_triangle(a);

            for (size_t b = 0; b <= a; b++)
                to[b] += at * row[b];
        }
    }
}

/* The lower triangle, two rows at a time as far as whole tiles go. */
static RETAIN__INLINE void add_triangle(size_t columns, const double *left, size_t apart, const double *weight, const double *right,
                                        size_t stride, size_t rows, double *products)
{
    if (rows <= FEW_ROWS && columns <= MOST_FEW) {
        add_rows(columns, left, apart, weight, right, stride, rows, products);
        return;
    }
    for (size_t a = 0; a < columns; a++) {
        size_t b = 0;

        if (a % 2 == 0 && a + 1 < columns) {
            for (; b + LANES <= a + 1; b += LANES)
                add_tile(left + a * apart, apart, weight, right + b * stride, stride, rows,
                         products + retain__count_triangle(a) + b, products + retain__count_triangle(a + 1) + b);
        } else if (a % 2 == 1) {
            b = a / LANES * LANES; /* with the row before */
        }
        for (; b <= a; b += MANY)
            FOR_MANY(at_most_many(a + 1 - b), add_products, left + a * apart, weight, right + b * stride, stride, rows,
                     products + retain__count_triangle(a) + b);
    }
}

static RETAIN__INLINE void retain__columns_sum_body(size_t columns, const double *x, size_t stride, const double *weight,
                                                    size_t rows, double *sums)
{
    for (size_t k = 0; k < columns; k += MANY)
        FOR_MANY(at_most_many(columns - k), add_products, weight, NULL, x + k * stride, stride, rows, sums + k);
}

RETAIN__VECTORISED(, retain__columns_sum,
                   (size_t columns, const double *x, size_t stride, const double *weight, size_t rows, double *sums),
                   (columns, x, stride, weight, rows, sums));

static RETAIN__INLINE void retain__columns_multiply_body(size_t columns, const double *x, size_t stride, const double *weight,
                                                         size_t rows, double *products)
{
    add_triangle(columns, x, stride, weight, x, stride, rows, products);
}

RETAIN__VECTORISED(, retain__columns_multiply,
                   (size_t columns, const double *x, size_t stride, const double *weight, size_t rows, double *products),
                   (columns, x, stride, weight, rows, products));

static RETAIN__INLINE void retain__columns_multiply_weighted_body(size_t columns, const double *left, size_t room, const double *x,
                                                                  size_t stride, size_t rows, double *products)
{
    add_triangle(columns, left, room, NULL, x, stride, rows, products);
}

RETAIN__VECTORISED(, retain__columns_multiply_weighted,
                   (size_t columns, const double *left, size_t room, const double *x, size_t stride, size_t rows, double *products),
                   (columns, left, room, x, stride, rows, products));

/* --- rows ------------------------------------------------------------------------------------------------------------------------- */

static RETAIN__INLINE void combine(size_t many, const double *x, size_t stride, const double *b, size_t rows, int goes_on,
                                   double *result)
{
    for (size_t i = 0; i < rows; i++) {
        double sum = goes_on ? result[i] : 0.0;

        for (size_t k = 0; k < many; k++)
            sum += x[k * stride + i] * b[k];
        result[i] = sum;
    }
}

static RETAIN__INLINE void retain__columns_combine_body(size_t columns, const double *x, size_t stride, const double *b,
                                                        size_t rows, double *result)
{
    FOR_MANY(at_most_many(columns), combine, x, stride, b, rows, 0, result);
    for (size_t k = MANY; k < columns; k += MANY)
        FOR_MANY(at_most_many(columns - k), combine, x + k * stride, stride, b + k, rows, 1, result);
}

RETAIN__VECTORISED(, retain__columns_combine,
                   (size_t columns, const double *x, size_t stride, const double *b, size_t rows, double *result),
                   (columns, x, stride, b, rows, result));

static RETAIN__INLINE void retain__columns_weigh_body(size_t columns, const double *x, size_t stride, const double *weight,
                                                      size_t rows, double *weighted, size_t room)
{
    for (size_t k = 0; k < columns; k++) {
        for (size_t i = 0; i < rows; i++)
            weighted[k * room + i] = weight[i] * x[k * stride + i];
    }
}

RETAIN__VECTORISED(, retain__columns_weigh,
                   (size_t columns, const double *x, size_t stride, const double *weight, size_t rows, double *weighted,
                    size_t room),
                   (columns, x, stride, weight, rows, weighted, room));

/* --- running sums ----------------------------------------------------------------------------------------------------------------- */

static RETAIN__INLINE void run(size_t many, const double *x, size_t stride, const unsigned char *mark, size_t rows, double *sum,
                               double *to, size_t room, size_t from)
{
    double so_far[MANY];
    size_t at = from;

    memcpy(so_far, sum, many * sizeof *sum);
    for (size_t i = rows; i-- > 0;) {
        for (size_t k = 0; k < many; k++) {
            so_far[k] += x[k * stride + i];
            to[k * room + at] = so_far[k];
        }
        at -= mark[i];
    }
    memcpy(sum, so_far, many * sizeof *sum);
}

void retain__columns_run(size_t columns, const double *x, size_t stride, const unsigned char *mark, size_t rows, double *sum,
                         double *to, size_t room, size_t from)
{
    for (size_t k = 0; k < columns; k += MANY)
        FOR_MANY(at_most_many(columns - k), run, x + k * stride, stride, mark, rows, sum + k, to + k * room, room, from);
}

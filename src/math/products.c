/* Products of rows, in tiles of four by four.
 *
 * A row is a few numbers, and what costs is not the multiplications but getting at the sums: each row adds to all of them. Four columns by four columns
 * fit into registers as four vectors, so a tile walks through a piece of the rows that stays in the cache, and adds to its own sums
 * there. Every sum is added up row after row, whatever the compiler makes of it: the bits are the same everywhere. */
#include "math/products.h"

#include "math/kernels.h"

enum { TILE = RETAIN__PRODUCTS_TILE, PIECE = 256 };

static RETAIN__INLINE void add_tile(size_t width, const double *x, const double *weight, size_t rows, size_t down, size_t across,
                                    double *sums)
{
    double tile[TILE][TILE];

    for (size_t a = 0; a < TILE; a++) {
        for (size_t b = 0; b < TILE; b++)
            tile[a][b] = sums[(down + a) * width + across + b];
    }
    for (size_t i = 0; i < rows; i++) {
        const double *row = x + i * width;

        for (size_t a = 0; a < TILE; a++) {
            const double weighed = weight[i] * row[down + a];

            for (size_t b = 0; b < TILE; b++)
                tile[a][b] += weighed * row[across + b];
        }
    }
    for (size_t a = 0; a < TILE; a++) {
        for (size_t b = 0; b < TILE; b++)
            sums[(down + a) * width + across + b] = tile[a][b];
    }
}

static RETAIN__INLINE void retain__add_products_body(size_t width, const double *x, const double *weight, size_t rows, double *sums)
{
    for (size_t first = 0; first < rows; first += PIECE) {
        const size_t count = rows - first < PIECE ? rows - first : PIECE;

        for (size_t down = 0; down < width; down += TILE) {
            for (size_t across = 0; across <= down; across += TILE)
                add_tile(width, x + first * width, weight + first, count, down, across, sums);
        }
    }
}

static RETAIN__INLINE void retain__add_multiples_body(size_t width, const double *x, const double *weight, size_t rows,
                                                      double *sums)
{
    for (size_t at = 0; at < width; at += TILE) {
        double tile[TILE];

        for (size_t a = 0; a < TILE; a++)
            tile[a] = sums[at + a];
        for (size_t i = 0; i < rows; i++) {
            for (size_t a = 0; a < TILE; a++)
                tile[a] += weight[i] * x[i * width + at + a];
        }
        for (size_t a = 0; a < TILE; a++)
            sums[at + a] = tile[a];
    }
}

static RETAIN__INLINE void retain__multiply_rows_body(size_t width, const double *x, const double *b, size_t rows, double *result)
{
    for (size_t i = 0; i < rows; i++) {
        double lanes[TILE] = {0.0};

        for (size_t at = 0; at < width; at += TILE) {
            for (size_t a = 0; a < TILE; a++)
                lanes[a] += x[i * width + at + a] * b[at + a];
        }
        result[i] = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
    }
}

RETAIN__VECTORISED(, retain__add_products, (size_t width, const double *x, const double *weight, size_t rows, double *sums),
                   (width, x, weight, rows, sums));
RETAIN__VECTORISED(, retain__add_multiples, (size_t width, const double *x, const double *weight, size_t rows, double *sums),
                   (width, x, weight, rows, sums));
RETAIN__VECTORISED(, retain__multiply_rows, (size_t width, const double *x, const double *b, size_t rows, double *result),
                   (width, x, b, rows, result));

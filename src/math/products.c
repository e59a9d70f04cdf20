/* Rows to the blocks of math/gram.h, and rows times a vector.
 *
 * Rows of eight numbers lie as a block wants them; longer ones are cut into panels, which costs little beside their products. */
#include "math/products.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "math/kernels.h"

enum { ROWS = RETAIN__GRAM_ROWS, WIDTH = RETAIN__GRAM_WIDTH, MOST = RETAIN__PRODUCTS_MOST };

typedef struct block {
    alignas(64) double x[ROWS * MOST];
    alignas(64) double weighted[ROWS * MOST];
    alignas(64) double weight[ROWS];
} block;

/* Rows as panels, and their weights; what is missing in the last block is zeros. */
static void fill(block *to, size_t width, const double *x, size_t rows)
{
    for (size_t panel = 0; panel < width / WIDTH; panel++) {
        double *into = to->x + panel * ROWS * WIDTH;

        for (size_t r = 0; r < rows; r++)
            memcpy(into + r * WIDTH, x + r * width + panel * WIDTH, WIDTH * sizeof *x);
        memset(into + rows * WIDTH, 0, (ROWS - rows) * WIDTH * sizeof *x);
    }
}

static const double *fill_weights(block *to, const double *weight, size_t rows)
{
    memcpy(to->weight, weight, rows * sizeof *weight);
    memset(to->weight + rows, 0, (ROWS - rows) * sizeof *weight);
    return to->weight;
}

void retain__add_products(size_t width, const double *x, const double *weight, const double *slope, size_t rows, double *sums,
                          double *means)
{
    block room;

    for (size_t first = 0; first < rows; first += ROWS) {
        const size_t count = rows - first < ROWS ? rows - first : ROWS;
        const double *at = x + first * width;

        if (width > WIDTH || count < ROWS || (uintptr_t)at % 64 != 0) {
            fill(&room, width, at, count);
            at = room.x;
        }
        retain__gram_add(width / WIDTH, at, fill_weights(&room, weight + first, count), room.weighted, sums);
        if (means)
            retain__gram_sums(width / WIDTH, at, fill_weights(&room, slope + first, count), means);
    }
}

static RETAIN__INLINE void retain__multiply_rows_body(size_t width, const double *x, const double *b, size_t rows, double *result)
{
    for (size_t i = 0; i < rows; i++) {
        double lanes[WIDTH] = {0.0};

        for (size_t at = 0; at < width; at += WIDTH) {
            for (size_t k = 0; k < WIDTH; k++)
                lanes[k] += x[i * width + at + k] * b[at + k];
        }
        result[i] = retain__merge_lanes(lanes);
    }
}

RETAIN__VECTORISED(, retain__multiply_rows, (size_t width, const double *x, const double *b, size_t rows, double *result),
                   (width, x, b, rows, result));

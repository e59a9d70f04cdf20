/* Z' W Z and Z' w, block by block: the bulk of what every regression by Newton's method computes.
 *
 * A block is RETAIN__GRAM_ROWS rows of `panels` times RETAIN__GRAM_WIDTH columns. A panel holds its eight columns side by side, row after
 * row: column c of row r is at block[(c / 8) * 256 * 8 + r * 8 + c % 8]. Rows and columns that fill up a block are zeros. All arrays are
 * aligned to 64 bytes. Every element of the result is one running sum over rows in their order, so it has the same bits whatever the
 * width of the processor's registers. */
#ifndef RETAIN_GRAM_H
#define RETAIN_GRAM_H

#include <stddef.h>

enum { RETAIN__GRAM_ROWS = 256, RETAIN__GRAM_WIDTH = 8, RETAIN__GRAM_PANEL = RETAIN__GRAM_ROWS * RETAIN__GRAM_WIDTH };

/* Turns every number x of a block into (x - centre) * over of its column, and multiplies each row by `point`. Columns that fill up are 0 when
 * their `over` is; centre, over and point have [8 panels] numbers. */
void retain__gram_centre(size_t panels, double *block, const double *centre, const double *over, const double *point,
                         double *product);

/* Adds Z' W Z to `gram` [8 panels * 8 panels], row after row; of panels of columns those up to the row's own: the lower triangle and
 * what shares a panel with the diagonal. `weighted` has room for a block. */
void retain__gram_add(size_t panels, const double *block, const double *weight, double *weighted, double *gram);

/* Adds Z' w to `sums` [8 panels]. */
void retain__gram_sums(size_t panels, const double *block, const double *weight, double *sums);

#endif

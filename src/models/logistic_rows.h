/* Rows as a logistic fit sees them: coordinates, and blocks of them. */
#ifndef RETAIN_LOGISTIC_ROWS_H
#define RETAIN_LOGISTIC_ROWS_H

#include "core/core.h"
#include "core/rooms.h"
#include "data/predictors.h"
#include "math/gram.h"
#include "retain/predictors.h"

/* Coordinate 0 is 1 for every row. Then comes one for each column, and one for each column that has missing values, which is 1 where
 * the value is missing; each less its mean and divided by its standard deviation, so that all are alike in size, and 0 where a value is
 * missing. A column or indicator that is constant is 0 throughout. */
typedef struct retain__logistic_rows {
    const retain_predictors *predictors;
    const uint8_t *outcome;
    const double *weight;    /* may be NULL */
    double factor[2];        /* what a row of either outcome counts for: class weights, scaled so that rows count 1 on average */
    double scale;            /* weights, times this, are as the fit counts them */
    size_t used;             /* rows of weight > 0 */
    double class_rows[2];    /* their weights */
    size_t coordinates;      /* 1 + columns + missing */
    size_t missing;          /* columns with missing values */
    size_t panels;           /* of RETAIN__GRAM_WIDTH coordinates */
    size_t chunk, chunks;    /* rows are cut into so many chunks, of so many rows */
    double *over;            /* [8 panels] 1 / spread; 0 where constant, and beyond */
    uint8_t *has_holes;      /* [columns] some value is missing, whatever its weight */
    double *centre, *spread; /* [coordinates] mean and standard deviation; a spread of 0: constant */
    size_t *indicator;       /* [columns] coordinate of the indicator; 0 where nothing is missing */
} retain__logistic_rows;

/* A block of rows, in the caller's memory of RETAIN__LOGISTIC_BLOCK(panels) doubles, aligned to 64 bytes. */
typedef struct retain__logistic_block {
    double *z;        /* panels */
    double *weighted; /* room for as many */
    double *outcome;  /* [256] 0 or 1 */
    double *weight;   /* [256] as the fit counts it; 0 beyond the rows there are */
    double *eta;      /* [256] the product with a point */
    double *left;     /* [256] room */
    double *right;    /* [256] room */
    double *column;   /* [256] room */
} retain__logistic_block;

#define RETAIN__LOGISTIC_BLOCK(panels) (2 * (panels)*RETAIN__GRAM_PANEL + 6 * (size_t)RETAIN__GRAM_ROWS)

retain__logistic_block retain__logistic_view_block(size_t panels, double *memory);

/* Checks predictors, outcome and weight, counts the rows of either outcome, and finds means and spreads. What is in `rows` is the scratch's. */
retain_status retain__logistic_read_rows(retain_context *ctx, retain__scratch *scratch, const retain_predictors *predictors,
                                         const uint8_t *outcome, const double *weight, int may_miss, retain__logistic_rows *rows);

/* Sets what rows count for. */
void retain__logistic_count_classes(retain__logistic_rows *rows, const double class_weight[2]);

/* Fills a block with at most 256 rows from `first` on, and its eta at `point` [8 panels]. */
void retain__logistic_fill(const retain__logistic_rows *rows, const double *point, size_t first, size_t last,
                           const retain__logistic_block *block);

#endif

/* Boosted trees inside: models read and checked, columns in bins, and the growing of trees. */
#ifndef RETAIN_MODELS_BOOSTING_TREE_H
#define RETAIN_MODELS_BOOSTING_TREE_H

#include "core/core.h"
#include "data/predictors.h"
#include "retain/boosting.h"

/* --- trees that were checked ------------------------------------------------------------------------------------------------------- */

/* A node that can be walked: a split's left branch follows at once, its right branch is at `right`, which is 0 for a leaf. */
typedef struct retain__branch {
    double threshold, value, cover;
    uint32_t right;
    uint16_t column;
    uint8_t missing_left;
} retain__branch;

typedef struct retain__trees {
    size_t columns, trees, nodes;
    double base;
    retain__branch *node; /* [nodes] scratch */
    uint32_t *root;       /* [trees] where each tree begins */
} retain__trees;

/* The rules of retain_boosting; a private copy that nobody else can change while it is walked. */
retain_status retain__read_trees(retain__scratch *scratch, const retain_boosting *model, retain__trees *trees);

/* Does this number go to the left? */
static inline int retain__goes_left(const retain__branch *split, double x)
{
    return x <= split->threshold || (x != x && split->missing_left);
}

/* Rows have as many columns as the model reads, and their numbers are in bounds. */
retain_status retain__check_reads(retain_context *ctx, const retain_boosting *model, const retain_predictors *predictors);
/* Weights of rows; NULL is fine. */
retain_status retain__check_weights(retain_context *ctx, const double *weight, size_t rows);

/* A level of limits; 0 becomes 0.95. */
retain_status retain__take_level(retain_context *ctx, double *level);

enum { RETAIN__ROWS_PER_BLOCK = 256 };

/* --- columns in bins --------------------------------------------------------------------------------------------------------------- */

enum { RETAIN__MOST_BINS = 255 };

typedef struct retain__bins {
    size_t rows, columns;
    uint8_t *bin;      /* [columns * rows] column by column; `used` of a column stands for missing */
    double *threshold; /* [columns * RETAIN__MOST_BINS] the largest number that belongs to each bin; 1e100 for the last */
    size_t *used;      /* [columns] bins of numbers, 0 for columns that are missing throughout */
    size_t *first;     /* [columns + 1] cells of earlier columns, used + 1 for each */
} retain__bins;

/* Cuts columns into at most `most` bins that hold about as many customers each; a value is never parted, and has a bin of its own where
 * there are so few. Rows count by `weight`. */
retain_status retain__cut_into_bins(retain__scratch *scratch, const retain_predictors *predictors, const uint32_t *weight,
                                    size_t most, retain__bins *bins);

/* --- growing ------------------------------------------------------------------------------------------------------------------------ */

/* First derivative, and in one word second derivative and weight, of a row or of many. */
typedef struct retain__cell {
    int64_t g;
    uint64_t hw;
} retain__cell;

/* All that growing one tree after the other needs. Rows of weight 0 go along, and so are forecast. */
typedef struct retain__grower {
    retain__scratch *scratch;
    const retain__bins *bins;
    const retain_boosting_options *options;
    const uint8_t *outcome;
    const uint32_t *weight;     /* [rows] whole units */
    double unit;                /* units of a customer of weight 1 */
    int is_whole;               /* weights are numbers of rows */
    double *score;              /* [rows] log odds so far */
    double *p;                  /* [rows] their probability */
    retain__cell *row_cell;     /* [rows] */
    retain__cell *ordered;      /* [rows] the same of the rows of a branch, side by side */
    uint32_t *row, *spare;      /* [rows] rows, those of a branch side by side */
    retain__cell *cells;        /* [depth][cells of all columns] */
    struct retain__split *best; /* [2 * columns] */
    int64_t *partial;           /* [blocks] */
    unsigned weight_bits;
    double g_scale, h_scale; /* a unit of the whole numbers */
    double from, to;         /* what to tell the progress callback */
} retain__grower;

retain_status retain__prepare_grower(retain__scratch *scratch, const retain__bins *bins, const retain_boosting_options *options,
                                     const uint8_t *outcome, double unit, int is_whole, retain__grower *grower);

/* Every row gets the log odds of the whole. */
void retain__start_growing(retain__grower *grower, const uint32_t *weight, double base);

/* Grows one tree, adds it to the scores, and its nodes to those that there are. */
retain_status retain__grow_tree(retain__grower *grower, retain_boosting_node *node, size_t *nodes);

#endif

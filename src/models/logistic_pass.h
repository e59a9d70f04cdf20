/* One walk over all rows: the likelihood and its derivatives at a point, or what else a fit asks of the rows. */
#ifndef RETAIN_LOGISTIC_PASS_H
#define RETAIN_LOGISTIC_PASS_H

#include "models/logistic_rows.h"

enum { RETAIN__LOGISTIC_SAMPLE = 16, RETAIN__LOGISTIC_MANY = 1 << 16 }; /* one block in so many is a sample of so many rows */

/* Sums over rows, rows counting as retain__logistic_rows.factor says. */
typedef struct retain__logistic_sums {
    double value;     /* log L */
    double *gradient; /* [8 panels] of log L */
    double *hessian;  /* [(8 panels)^2] of -log L; both triangles */
} retain__logistic_sums;

/* What a direction tells about outcomes. A row's margin is positive where the direction points to its outcome. */
typedef struct retain__logistic_margins {
    double low, high;   /* least and largest margin of all rows that count */
    double *least[2];   /* [8 panels] least of each coordinate among rows of either outcome */
    double *largest[2]; /* [8 panels] */
} retain__logistic_margins;

typedef struct retain__logistic_passes {
    retain_context *ctx;
    const retain__logistic_rows *rows;
    retain__rooms rooms;
    double *partial; /* [chunks * partial_size] */
    size_t partial_size;
    double done;     /* for the progress callback */
    int evaluations; /* walks over all rows */
} retain__logistic_passes;

/* Memory for walks, the scratch's. */
retain_status retain__logistic_open_passes(retain_context *ctx, retain__scratch *scratch, const retain__logistic_rows *rows,
                                           retain__logistic_passes *passes);

/* Memory for results. */
retain_status retain__logistic_take_sums(retain__scratch *scratch, size_t width, retain__logistic_sums *sums);

/* log L and its derivatives at a point [8 panels], of one block of rows in `every`. */
retain_status retain__logistic_evaluate(retain__logistic_passes *passes, const double *point, size_t every,
                                        retain__logistic_sums *sums);

/* Sums that average marginal effects are made of, weights without class weights: of p (1 - p), and of p (1 - p) (1 - 2 p) times each
 * coordinate [8 panels], divided by the sum of weights. */
retain_status retain__logistic_slopes(retain__logistic_passes *passes, const double *point, double *slope, double *bend);

retain_status retain__logistic_find_margins(retain__logistic_passes *passes, const double *direction,
                                            retain__logistic_margins *margins);

/* Margins from the records of chunks: each has the least and the largest margin, then for either outcome the least and the largest of
 * each of `width` coordinates. */
void retain__logistic_merge_margins(const double *partial, size_t chunks, size_t partial_size, size_t width,
                                    retain__logistic_margins *margins);

#endif

/* Which of the contributions to a row's log odds to tell. */
#ifndef RETAIN_MODELS_REASONS_H
#define RETAIN_MODELS_REASONS_H

#include "core/core.h"
#include "retain/predictors.h"

/* What is told, and where to: [rows * most] each, NULL where it is not wanted. */
typedef struct retain__reasons {
    const retain_predictors *predictors;
    size_t columns, most;
    retain_direction direction;
    int64_t *reason;
    double *share, *value;
} retain__reasons;

/* Writes the largest contributions of a row by size, the largest first, the first column of equal ones; -1 and NaN where there are no
 * more. That of column j is at contribution[j * stride]; NaN is no reason. */
void retain__tell_reasons(const retain__reasons *of, size_t row, const double *contribution, size_t stride);

/* What a model adds up for a row, column by column: coefficient (value - reference), or `missing` where the value is missing. */
typedef struct retain__linear {
    size_t columns;
    const double *coefficient, *reference, *missing; /* [columns] */
} retain__linear;

/* Contributions of column j to `count` rows from `first` on. */
void retain__find_contributions(const retain__linear *linear, const retain_predictors *predictors, size_t j, size_t first,
                                size_t count, double *to);

retain_status retain__check_reasons(retain_context *ctx, const retain__linear *linear, size_t most, retain_direction direction);

/* Contributions of all rows to `contribution` [count * columns], NULL where they are not wanted, and the reasons among them. */
retain_status retain__write_contributions(retain_context *ctx, const retain__linear *linear, retain__reasons *reasons,
                                          double *contribution);

/* A context without progress. Rows are answered where the answers go, and all of them within a moment: a run that is cancelled half-way
 * would leave half of them. */
retain_context *retain__make_quiet(const retain_context *ctx, retain_context *quiet);

#endif

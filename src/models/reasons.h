/* Which of the contributions to a row's log odds to tell. */
#ifndef RETAIN_MODELS_REASONS_H
#define RETAIN_MODELS_REASONS_H

#include <stddef.h>
#include <stdint.h>

#include "retain/predictors.h"

/* What counts as a reason: any contribution but 0, one above 0, one below. The numbers are those of the public enums. */
enum retain__reason_direction { RETAIN__EITHER = 0, RETAIN__RAISING = 1, RETAIN__LOWERING = 2 };

/* What is told, and where to: [rows * most] each, NULL where it is not wanted. */
typedef struct retain__reasons {
    const retain_predictors *predictors;
    size_t columns, most;
    int direction;
    int64_t *reason;
    double *share, *value;
} retain__reasons;

/* Writes the largest contributions of a row by size, the largest first, the first column of equal ones; -1 and NaN where there are no
 * more. That of column j is at contribution[j * stride]; NaN is no reason. */
void retain__tell_reasons(const retain__reasons *of, size_t row, const double *contribution, size_t stride);

#endif

/* Which of the contributions to a row's log odds to tell. */
#ifndef RETAIN_MODELS_REASONS_H
#define RETAIN_MODELS_REASONS_H

#include <stddef.h>
#include <stdint.h>

/* What counts as a reason: any contribution but 0, one above 0, one below. */
enum retain__reason_direction { RETAIN__EITHER = 0, RETAIN__RAISING = 1, RETAIN__LOWERING = 2 };

/* The `most` largest contributions by size, the largest first, the first column of equal ones; -1 and NaN where there are no more. NaN is no
 * reason. */
void retain__choose_reasons(const double *contribution, size_t columns, size_t most, int direction, int64_t *reason, double *share);

#endif

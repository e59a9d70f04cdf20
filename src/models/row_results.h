/* Results of rows, several numbers a row, that reach the caller's arrays only when all of them are there. */
#ifndef RETAIN_ROW_RESULTS_H
#define RETAIN_ROW_RESULTS_H

#include "core/core.h"

/* Runs `work` over `rows` rows in blocks of `block` rows, and hands over what it made: `each` numbers a row for each of `count` outputs. While it runs,
 * made[k], a member of `state`, points to scratch; it is NULL where outputs[k] is. A call that fails or is cancelled has written nothing. */
retain_status retain__compute_rows(retain_context *ctx, size_t rows, size_t each, size_t block, retain__work work, void *state,
                                   double **made, double *const *outputs, size_t count);

#endif

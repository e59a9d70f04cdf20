/* Checks of the columns that RFM reads. */
#ifndef RETAIN_RFM_VALUES_H
#define RETAIN_RFM_VALUES_H

#include "core/core.h"

/* What a column may hold beyond being finite. */
typedef enum retain__value_rule {
    RETAIN__ANY_FINITE,
    RETAIN__NOT_NEGATIVE,
    RETAIN__MODEST,             /* at most 1e140 in size, so that squares can be summed */
    RETAIN__MODEST_NOT_NEGATIVE /* both */
} retain__value_rule;

/* RETAIN_OK when every entry obeys; else the error that names the first that does not. A NULL column is an error unless count
 * is 0. */
retain_status retain__check_values(retain_context *ctx, const char *name, const double *column, size_t count,
                                   retain__value_rule rule);

#endif

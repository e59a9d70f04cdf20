/* What the modules that decide share: checks of one column of numbers, and the one formula that two of them use. */
#ifndef RETAIN_DECISIONS_COLUMNS_H
#define RETAIN_DECISIONS_COLUMNS_H

#include <stddef.h>

#include "core/core.h"
#include "math/sums.h"

/* What a column may hold. */
typedef enum retain__column_rule {
    RETAIN__FINITE,              /* any finite number */
    RETAIN__FINITE_OR_NAN,       /* the same, or a number that does not exist */
    RETAIN__SHARE,               /* a number in [0, 1] */
    RETAIN__SHARE_OR_NAN,        /* the same, or a number that does not exist */
    RETAIN__MODEST,              /* at most 1e60 in size, so that fourth powers can be summed */
    RETAIN__MODEST_NOT_NEGATIVE, /* the same, not negative */
    RETAIN__WEIGHT               /* a number of customers, in [0, 2^53] */
} retain__column_rule;

/* RETAIN_OK when every entry obeys; else the error that names the first that does not. A NULL column is an error unless count is 0. */
retain_status retain__check_column(retain_context *ctx, const char *name, const double *column, size_t count,
                                   retain__column_rule rule);

/* Value at risk, also called expected loss: risk x residual. A certain "no risk" risks nothing, even of an infinite value. */
double retain__loss(double risk, double residual);

#endif

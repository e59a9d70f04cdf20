/* Models and rows that an operation was handed, checked; and groups of rows. Shared by the source files of btyd. */
#ifndef RETAIN_BTYD_MODEL_H
#define RETAIN_BTYD_MODEL_H

#include "core/core.h"
#include "models/btyd_family.h"

/* A model with its family's table, its parameters in the table's order, and after them k where the family is regular. */
typedef struct retain__btyd_checked {
    const retain__btyd_family *family;
    double p[RETAIN__BTYD_NUMBERS];
} retain__btyd_checked;

/* Checks a model alone, and a model with the customers whom it is applied to. */
retain_status retain__btyd_check_model(retain_context *ctx, const retain_btyd *model, retain__btyd_checked *checked);
retain_status retain__btyd_check(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                 retain__btyd_checked *checked);

/* A model of a family from its parameters; what the family does not have is NaN. */
void retain__btyd_fill(const retain__btyd_family *family, const double *p, double unit_days, retain_btyd *model);

/* P(alive) from the log-odds of being dead; `alive` may be `log_odds`. */
void retain__btyd_alive(const double *log_odds, size_t count, double *alive);

/* The context without its progress callback, for work that writes the caller's arrays: it cannot be cancelled half-way. */
retain_context *retain__btyd_quiet(retain_context *ctx, retain_context *copy);

#endif

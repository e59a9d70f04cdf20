/* Rates with their intervals, as every metric writes them. */
#ifndef RETAIN_RATES_H
#define RETAIN_RATES_H

#include <math.h>

#include "core/core.h"
#include "retain/rate.h"

/* Checks a two-sided level, called `name` in the sentence, and puts the default in place of 0. */
static inline retain_status retain__take_level(retain_context *ctx, const char *name, double *level)
{
    if (!(*level >= 0.0 && *level < 1.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %g; it must lie in (0, 1) (0 means 0.95)", name,
                            *level);
    if (*level == 0.0)
        *level = RETAIN_DEFAULT_LEVEL;
    return RETAIN_OK;
}

/* Writes a number at entry i of a column that may be NULL. */
static inline void retain__put(double *column, size_t i, double value)
{
    if (column)
        column[i] = value;
}

/* Writes part / whole and its Wilson limits at entry i of columns any of which may be NULL; NaN when the whole is not positive or the part is NaN. */
static inline void retain__put_rate(double part, double whole, double level, double *rate, double *low, double *high, size_t i)
{
    if (rate)
        rate[i] = whole > 0.0 ? part / whole : (double)NAN;
    if (low)
        low[i] = retain_rate_low(part, whole, level);
    if (high)
        high[i] = retain_rate_high(part, whole, level);
}

#endif

/* Checks of columns: see rfm_values.h. Columns are looked at in blocks without a branch per row; only a block that has a bad row is
 * looked at again, for its number. */
#include "metrics/rfm_values.h"

#include <float.h>

enum { BLOCK = 1024 };

typedef struct range {
    double least, most;
    const char *words;
} range;

static range range_of(retain__value_rule rule)
{
    static const range ranges[] = {
        {-DBL_MAX, DBL_MAX, "be finite"},
        {0.0, DBL_MAX, "be finite and not negative"},
        {-1e140, 1e140, "lie in [-1e140, 1e140]"},
        {0.0, 1e140, "lie in [0, 1e140]"},
    };

    return ranges[rule];
}

retain_status retain__check_values(retain_context *ctx, const char *name, const double *column, size_t count,
                                   retain__value_rule rule)
{
    const range allowed = range_of(rule);

    if (count && !column)
        return retain__fail_null(ctx, name);
    for (size_t at = 0; at < count; at += BLOCK) {
        const size_t end = count - at < BLOCK ? count : at + BLOCK;
        size_t good = 0;

        for (size_t i = at; i < end; i++)
            good += column[i] >= allowed.least && column[i] <= allowed.most;
        for (size_t i = at; good != end - at && i < end; i++) {
            const double x = column[i];

            if (!(x >= allowed.least && x <= allowed.most))
                return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %g; it must %s", name, i, x, allowed.words);
        }
    }
    return RETAIN_OK;
}

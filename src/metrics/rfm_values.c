/* Checks of columns: see rfm_values.h. Columns are looked at in blocks without a branch per row, counting in doubles and in
 * lanes, which compilers do with vectors; only a block that has a bad row is looked at again, for its number. */
#include "metrics/rfm_values.h"

#include <float.h>

enum { BLOCK = 1024, LANES = 8 };

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

/* Does every entry lie in the range? A count that is no multiple of the lanes is answered by no. */
static int all_lie_in(const double *column, size_t count, double least, double most)
{
    double good[LANES] = {0.0}, sum = 0.0;

    for (size_t i = 0; i + LANES <= count; i += LANES) {
        for (size_t l = 0; l < LANES; l++)
            good[l] += ((column[i + l] >= least) & (column[i + l] <= most)) ? 1.0 : 0.0;
    }
    for (size_t l = 0; l < LANES; l++)
        sum += good[l];
    return sum == (double)count;
}

retain_status retain__check_values(retain_context *ctx, const char *name, const double *column, size_t count,
                                   retain__value_rule rule)
{
    const range allowed = range_of(rule);

    if (count && !column)
        return retain__fail_null(ctx, name);
    for (size_t at = 0; at < count; at += BLOCK) {
        const size_t end = count - at < BLOCK ? count : at + BLOCK;

        if (all_lie_in(column + at, end - at, allowed.least, allowed.most))
            continue;
        for (size_t i = at; i < end; i++) {
            const double x = column[i];

            if (!(x >= allowed.least && x <= allowed.most))
                return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %g; it must %s", name, i, x, allowed.words);
        }
    }
    return RETAIN_OK;
}

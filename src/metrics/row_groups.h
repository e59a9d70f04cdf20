/* Rows that carry the code of their group: one result per group, and one more, the last, for all rows.
 *
 * The codes are the caller's memory, which may be written to in the meantime: a code is read once, by retain__take_row_group,
 * and used as it was checked. */
#ifndef RETAIN_ROW_GROUPS_H
#define RETAIN_ROW_GROUPS_H

#include "core/core.h"

/* Codes of `count` rows in [0, groups); without groups there are no codes, and all rows are one group. */
typedef struct retain__row_groups {
    const int64_t *code; /* NULL without groups */
    size_t groups;
    size_t cells; /* accumulators to fill: one a group, or a single one */
} retain__row_groups;

/* `name` is the column's in sentences. */
static inline retain_status retain__read_row_groups(retain_context *ctx, const char *name, const int64_t *code, size_t count,
                                                    size_t groups, retain__row_groups *into)
{
    *into = (retain__row_groups){groups ? code : NULL, groups, groups ? groups : 1};
    if (groups > SIZE_MAX / 256)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "groups is %zu; so many results do not fit in memory",
                            groups);
    if (groups && count && !code)
        return retain__fail_null(ctx, name);
    if (!groups && code && count)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is given and groups is 0; say how many groups there are",
                            name);
    return RETAIN_OK;
}

/* Reads the accumulator of row i into `*cell`. */
static inline retain_status retain__take_row_group(retain_context *ctx, const char *name, const retain__row_groups *groups,
                                                   size_t i, size_t *cell)
{
    const int64_t code = groups->code ? groups->code[i] : 0;

    *cell = (size_t)code;
    if (code < 0 || (uint64_t)code >= groups->cells)
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %lld; it must lie in [0, groups = %zu)", name, i,
                            (long long)code, groups->groups);
    *cell = (size_t)code;
    return RETAIN_OK;
}

#endif

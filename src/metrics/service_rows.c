/* Instants of one clock, and things that have not happened yet. */
#include "metrics/service_rows.h"

#include "metrics/rates.h"

static int is_instant(int64_t tick)
{
    return tick >= -RETAIN__LAST_TICK && tick <= RETAIN__LAST_TICK;
}

retain_status retain__check_instants(retain_context *ctx, const char *name, const int64_t *column, size_t count)
{
    if (count && !column)
        return retain__fail_null(ctx, name);
    for (size_t i = 0; i < count; i++) {
        if (!is_instant(column[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %lld; it must lie within +-2^61", name, i,
                                (long long)column[i]);
    }
    return RETAIN_OK;
}

retain_status retain__check_outcomes(retain_context *ctx, const char *name, const int64_t *column, const char *from_name,
                                     const int64_t *from, size_t count)
{
    for (size_t i = 0; column && i < count; i++) {
        if (column[i] == RETAIN_SERVICE_NOT_YET)
            continue;
        if (!is_instant(column[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "%s[%zu] is %lld; it must be RETAIN_SERVICE_NOT_YET or lie within +-2^61", name, i,
                                (long long)column[i]);
        if (from && column[i] < from[i])
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %lld; it must not lie before %s[%zu] = %lld", name, i,
                                (long long)column[i], from_name, i, (long long)from[i]);
    }
    return RETAIN_OK;
}

retain_status retain__check_last_tick(retain_context *ctx, int64_t observation_end)
{
    if (is_instant(observation_end))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "observation_end is %lld; it must lie within +-2^61",
                        (long long)observation_end);
}

void retain__put_group_shares(const retain__group_share *cell, const retain__row_groups *groups, double level, double *whole,
                              double *part, double *rate, double *low, double *high)
{
    retain__group_share total = {0, 0};

    for (size_t g = 0; g < groups->cells; g++) {
        total.part += cell[g].part;
        total.whole += cell[g].whole;
    }
    for (size_t g = 0; g <= groups->groups; g++) {
        const retain__group_share of = g < groups->groups ? cell[g] : total;

        if (whole)
            whole[g] = (double)of.whole;
        if (part)
            part[g] = (double)of.part;
        retain__put_rate((double)of.part, (double)of.whole, level, rate, low, high, g);
    }
}

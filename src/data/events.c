/* The rules of event tables. */
#include "data/events.h"

#include <math.h>

static const double LARGEST_VALUE = 1e280;

retain_status retain__check_events(retain_context *ctx, const retain_events *events, size_t kinds)
{
    retain_status status;

    if (!events)
        return retain__fail_null(ctx, "events");
    status = retain__check_dated(ctx, "events", events->customer, events->day, events->count);
    for (size_t i = 0; status == RETAIN_OK && events->kind && kinds && i < events->count; i++) {
        if (events->kind[i] < 0 || (uint64_t)events->kind[i] >= kinds)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "events.kind[%zu] is %lld; it must lie in [0, options.kinds = %zu)", i,
                                (long long)events->kind[i], kinds);
    }
    for (size_t i = 0; status == RETAIN_OK && events->value && i < events->count; i++) {
        if (fabs(events->value[i]) > LARGEST_VALUE)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "events.value[%zu] is %g; it must be NaN or at most 1e280 in size", i,
                                events->value[i]);
    }
    return status;
}

retain_status retain__take_days(retain_context *ctx, const char *name, int64_t by_default, int64_t *days)
{
    if (*days < 0 || *days > RETAIN__LAST_DATE)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %lld; it must lie in [1, 2^40] (0 means %lld)", name,
                            (long long)*days, (long long)by_default);
    if (*days == 0)
        *days = by_default;
    return RETAIN_OK;
}

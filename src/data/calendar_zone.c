/* Which day was it in the shop, and when did that day begin?
 *
 * A zone with n changes cuts time into n + 1 spans, each with one offset: span k holds the moments from change k - 1
 * (the beginning of time for k = 0) to just before change k. A moment is one search and one addition. Moments that come
 * in a row mostly lie in the span of the one before, so that one is tried first; and all moments of a call lie between
 * the spans of the least and the greatest, usually a handful, so only these are searched.
 *
 * The way back is not a function: a clock that is set back over midnight shows the same day twice, and one that is set
 * ahead over a whole day (Apia, 2011-12-30) leaves a day out. The first moment of a day is asked for, so spans are
 * tried from the earliest that can know the day. Offsets keep within 26 hours, so the moments of a day lie within 26
 * hours of where they would be in Greenwich, and a span that has lasted for twice that need not care for the spans
 * before it.
 *
 * Moments are 64-bit and may lie at the very ends; sums are checked before the first write. */
#include <stddef.h>
#include <stdint.h>

#include "core/core.h"
#include "retain/calendar.h"

#define DAY INT64_C(86400)
#define MOST_OFFSET INT64_C(93600)           /* 26 hours */
#define MOST_DAY (INT64_MAX / DAY - 4)       /* leaves room for offsets and skipped days on either side */
#define SURELY_LOW (INT64_MIN + MOST_OFFSET) /* moments in [SURELY_LOW, SURELY_HIGH] never overflow */
#define SURELY_HIGH (INT64_MAX - MOST_OFFSET)

static const retain_zone UTC = {0, NULL, NULL, 0};

/* Moments from `first` to `last`, both included, have this offset. */
typedef struct span {
    int64_t first, last, offset;
} span;

static retain_status check_zone(retain_context *ctx, const retain_zone *zone)
{
    if (zone->initial_offset < -MOST_OFFSET || zone->initial_offset > MOST_OFFSET)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "zone.initial_offset is %lld; it must lie in [-93600, 93600] seconds", (long long)zone->initial_offset);
    if (zone->count == 0)
        return RETAIN_OK;
    if (!zone->instant)
        return retain__fail_null(ctx, "zone.instant");
    if (!zone->offset)
        return retain__fail_null(ctx, "zone.offset");
    for (size_t i = 0; i < zone->count; i++) {
        if (i > 0 && zone->instant[i] <= zone->instant[i - 1])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, i,
                                "zone.instant[%zu] is %lld; it must be greater than zone.instant[%zu] = %lld", i,
                                (long long)zone->instant[i], i - 1, (long long)zone->instant[i - 1]);
        if (zone->offset[i] < -MOST_OFFSET || zone->offset[i] > MOST_OFFSET)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, i, "zone.offset[%zu] is %lld; it must lie in [-93600, 93600] seconds",
                                i, (long long)zone->offset[i]);
    }
    return RETAIN_OK;
}

/* The number of changes up to and including a moment, which is the number of the span it lies in; searched between two
 * such numbers. */
static size_t find_span(const retain_zone *zone, size_t low, size_t high, int64_t moment)
{
    for (size_t rest = high - low; rest > 0;) {
        size_t half = (rest + 1) / 2;

        low += zone->instant[low + half - 1] <= moment ? half : 0;
        rest -= half;
    }
    return low;
}

static span get_span(const retain_zone *zone, size_t at)
{
    span found = {INT64_MIN, INT64_MAX, zone->initial_offset};

    if (at > 0) {
        found.first = zone->instant[at - 1];
        found.offset = zone->offset[at - 1];
    }
    if (at < zone->count)
        found.last = zone->instant[at] - 1;
    return found;
}

static int64_t floor_day(int64_t local)
{
    return local / DAY - (local % DAY < 0);
}

/* Finds the least and the greatest moment, and refuses moments whose local time leaves 64 bits. */
static retain_status check_moments(retain_context *ctx, const retain_zone *zone, const int64_t *seconds, size_t count,
                                   int64_t *least, int64_t *greatest)
{
    int64_t low = seconds[0], high = seconds[0];

    for (size_t i = 1; i < count; i++) {
        low = seconds[i] < low ? seconds[i] : low;
        high = seconds[i] > high ? seconds[i] : high;
    }
    *least = low;
    *greatest = high;
    if (low >= SURELY_LOW && high <= SURELY_HIGH)
        return RETAIN_OK;
    for (size_t i = 0; i < count; i++) {
        int64_t offset = get_span(zone, find_span(zone, 0, zone->count, seconds[i])).offset;

        if (offset < 0 ? seconds[i] < INT64_MIN - offset : seconds[i] > INT64_MAX - offset)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "seconds[%zu] is %lld; with the zone's offset of %lld it leaves the 64-bit range", i,
                                (long long)seconds[i], (long long)offset);
    }
    return RETAIN_OK;
}

/* Finds the spans of the least and of the greatest moment, having checked everything; `count` > 0. */
static retain_status find_spans(retain_context *ctx, const retain_zone *zone, const int64_t *seconds, size_t count, size_t *low,
                                size_t *high)
{
    int64_t least, greatest;
    retain_status status = check_moments(ctx, zone, seconds, count, &least, &greatest);

    if (status != RETAIN_OK)
        return status;
    *low = find_span(zone, 0, zone->count, least);
    *high = find_span(zone, *low, zone->count, greatest);
    return RETAIN_OK;
}

retain_status retain_calendar_days(retain_context *ctx, const retain_zone *zone, const int64_t *seconds, size_t count,
                                   int64_t *days)
{
    retain_status status = retain__begin(ctx);
    size_t low, high;
    span at;

    if (status != RETAIN_OK)
        return status;
    zone = zone ? zone : &UTC;
    status = check_zone(ctx, zone);
    if (status != RETAIN_OK || count == 0)
        return status;
    if (!seconds)
        return retain__fail_null(ctx, "seconds");
    if (!days)
        return retain__fail_null(ctx, "days");
    status = find_spans(ctx, zone, seconds, count, &low, &high);
    if (status != RETAIN_OK)
        return status;
    at = get_span(zone, low);
    for (size_t i = 0; i < count; i++) {
        int64_t moment = seconds[i];

        if (moment < at.first || moment > at.last)
            at = get_span(zone, find_span(zone, low, high, moment));
        days[i] = floor_day(moment + at.offset);
    }
    return RETAIN_OK;
}

retain_status retain_calendar_local(retain_context *ctx, const retain_zone *zone, const int64_t *seconds, size_t count,
                                    int64_t *days, int64_t *second_of_day)
{
    retain_status status = retain__begin(ctx);
    size_t low, high;
    span at;

    if (status != RETAIN_OK)
        return status;
    zone = zone ? zone : &UTC;
    status = check_zone(ctx, zone);
    if (status != RETAIN_OK || count == 0)
        return status;
    if (!seconds)
        return retain__fail_null(ctx, "seconds");
    status = find_spans(ctx, zone, seconds, count, &low, &high);
    if (status != RETAIN_OK)
        return status;
    at = get_span(zone, low);
    for (size_t i = 0; i < count; i++) {
        int64_t moment = seconds[i], local, second;

        if (moment < at.first || moment > at.last)
            at = get_span(zone, find_span(zone, low, high, moment));
        local = moment + at.offset;
        second = local % DAY;
        second += second < 0 ? DAY : 0;
        if (days)
            days[i] = floor_day(local);
        if (second_of_day)
            second_of_day[i] = second;
    }
    return RETAIN_OK;
}

/* The first moment of a day, by trying the spans that can know it; 0 when the day never was. Nothing here can overflow
 * while the day keeps within MOST_DAY + 3. */
static int find_first_moment(const retain_zone *zone, int64_t day, int64_t *moment)
{
    for (size_t k = find_span(zone, 0, zone->count, day * DAY - MOST_OFFSET); k <= zone->count; k++) {
        span at = get_span(zone, k);
        int64_t begin = day * DAY - at.offset, end = begin + DAY;

        if (at.first >= (day + 1) * DAY + MOST_OFFSET)
            break;
        begin = begin > at.first ? begin : at.first;
        if (begin < end && begin <= at.last) {
            *moment = begin;
            return 1;
        }
    }
    return 0;
}

retain_status retain_calendar_instants(retain_context *ctx, const retain_zone *zone, const int64_t *days, size_t count,
                                       int64_t *seconds)
{
    retain_status status = retain__begin(ctx);
    span at;

    if (status != RETAIN_OK)
        return status;
    zone = zone ? zone : &UTC;
    status = check_zone(ctx, zone);
    if (status != RETAIN_OK || count == 0)
        return status;
    if (!days)
        return retain__fail_null(ctx, "days");
    if (!seconds)
        return retain__fail_null(ctx, "seconds");
    for (size_t i = 0; i < count; i++) {
        if (days[i] < -MOST_DAY || days[i] > MOST_DAY)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "days[%zu] is %lld; it must lie within %lld days of 1970", i,
                                (long long)days[i], (long long)MOST_DAY);
    }
    at = get_span(zone, find_span(zone, 0, zone->count, days[0] * DAY));
    for (size_t i = 0; i < count; i++) {
        int64_t day = days[i], moment = day * DAY - at.offset;

        /* In the span of the day before, and so long after its beginning that no earlier span can have known the day. */
        if (moment < at.first || moment > at.last || (at.first != INT64_MIN && moment - 2 * MOST_OFFSET < at.first)) {
            at = get_span(zone, find_span(zone, 0, zone->count, moment));
            while (!find_first_moment(zone, day, &moment))
                day++; /* left out when the clock was set ahead: the next day that was */
        }
        seconds[i] = moment;
    }
    return RETAIN_OK;
}

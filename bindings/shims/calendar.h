/* Shims of retain/calendar.h. A zone is two columns and an offset; without columns it never changes. */
#ifndef RETAIN_SHIMS_CALENDAR_H
#define RETAIN_SHIMS_CALENDAR_H

#include "shims/support.h"

static int view_zone(retain_context *ctx, in_ints instants, in_ints offsets, int64_t initial_offset, retain_zone *zone)
{
    if (instants.data && !REQUIRE(ctx, offsets))
        return 0;
    if (!instants.data && offsets.data && !REQUIRE(ctx, instants))
        return 0;
    if (!MATCH(ctx, offsets, instants))
        return 0;
    zone->count = instants.count;
    zone->instant = instants.data;
    zone->offset = offsets.data;
    zone->initial_offset = initial_offset;
    return 1;
}

static void calendar_days(retain_context *ctx, in_ints instants, in_ints offsets, int64_t initial_offset, in_ints seconds,
                          out_ints *days)
{
    retain_zone zone;
    if (!view_zone(ctx, instants, offsets, initial_offset, &zone) || !REQUIRE(ctx, seconds) || !PROVIDE(ctx, days, seconds.count))
        return;
    RUN(ctx, retain_calendar_days(ctx, &zone, seconds.data, seconds.count, days->data));
}

static void calendar_local(retain_context *ctx, in_ints instants, in_ints offsets, int64_t initial_offset, in_ints seconds,
                           out_ints *days, out_ints *second_of_day)
{
    retain_zone zone;
    if (!view_zone(ctx, instants, offsets, initial_offset, &zone) || !REQUIRE(ctx, seconds) || !PROVIDE(ctx, days, seconds.count) ||
        !PROVIDE(ctx, second_of_day, seconds.count))
        return;
    RUN(ctx, retain_calendar_local(ctx, &zone, seconds.data, seconds.count, days->data, second_of_day->data));
}

static void calendar_instants(retain_context *ctx, in_ints instants, in_ints offsets, int64_t initial_offset, in_ints days,
                              out_ints *seconds)
{
    retain_zone zone;
    if (!view_zone(ctx, instants, offsets, initial_offset, &zone) || !REQUIRE(ctx, days) || !PROVIDE(ctx, seconds, days.count))
        return;
    RUN(ctx, retain_calendar_instants(ctx, &zone, days.data, days.count, seconds->data));
}

/* Counts first (that is cheap), so the column has its exact length; not wanting the column gives the count alone. */
static void calendar_edges(retain_context *ctx, int64_t first_day, int64_t last_day, int calendar, int period, int step,
                           int first_weekday, out_ints *edges, record *result)
{
    retain_calendar_options options = {sizeof options, (retain_calendar)calendar, (retain_period)period, step, first_weekday};
    size_t count = 0;
    RUN(ctx, retain_calendar_edges(ctx, first_day, last_day, &options, NULL, 0, &count));
    if (ctx->status == RETAIN_ERROR_CAPACITY) {
        ctx->status = RETAIN_OK;
        ctx->error[0] = '\0';
        if (!PROVIDE(ctx, edges, count))
            return;
        if (edges->data)
            RUN(ctx, retain_calendar_edges(ctx, first_day, last_day, &options, edges->data, count, &count));
    }
    record_whole(result, "count", (int64_t)count);
}

static void calendar_dates(retain_context *ctx, int calendar, in_ints days, out_ints *year, out_ints *month, out_ints *day)
{
    if (!REQUIRE(ctx, days) || !PROVIDE(ctx, year, days.count) || !PROVIDE(ctx, month, days.count) ||
        !PROVIDE(ctx, day, days.count))
        return;
    RUN(ctx, retain_calendar_dates(ctx, (retain_calendar)calendar, days.data, days.count, year->data, month->data, day->data));
}

static void calendar_numbers(retain_context *ctx, int calendar, in_ints year, in_ints month, in_ints day, out_ints *days)
{
    if (!REQUIRE(ctx, year) || !REQUIRE(ctx, month) || !REQUIRE(ctx, day) || !MATCH(ctx, month, year) || !MATCH(ctx, day, year) ||
        !PROVIDE(ctx, days, year.count))
        return;
    RUN(ctx, retain_calendar_numbers(ctx, (retain_calendar)calendar, year.data, month.data, day.data, year.count, days->data));
}

static int calendar_weekday(int64_t day)
{
    return retain_calendar_weekday(day);
}

static int calendar_is_leap(int calendar, int64_t year)
{
    return retain_calendar_is_leap((retain_calendar)calendar, year);
}

#endif

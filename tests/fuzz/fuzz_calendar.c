/* Any zone, any moments, any periods: days and dates go there and back, edges tile, failures leave no trace. */
#include "fuzz.h"
#include "retain/calendar.h"

enum { MOST_ROWS = 40, MOST_CHANGES = 12, MOST_EDGES = 200 };

/* Days, moments, offsets and steps between changes of every size that matters here. */
static int64_t read_moment(fuzz_input *in)
{
    static const int64_t scale[] = {1, 60, 3600, 86400};

    if (fuzz_bits(in, 1) >= 200)
        return fuzz_integer(in);
    return (int16_t)fuzz_bits(in, 2) * scale[fuzz_below(in, 4)];
}

static const retain_zone *read_zone(fuzz_input *in)
{
    retain_zone *zone = fuzz_array(in, 1, sizeof *zone);
    int64_t *instant, *offset, at = read_moment(in);

    zone->count = fuzz_below(in, MOST_CHANGES);
    zone->initial_offset = read_moment(in);
    zone->instant = instant = fuzz_array(in, zone->count, sizeof *instant);
    zone->offset = offset = fuzz_array(in, zone->count, sizeof *offset);
    for (size_t i = 0; i < zone->count; i++) {
        int64_t step = (int64_t)fuzz_bits(in, 1) * (int64_t)(fuzz_bits(in, 2) + 1);

        instant[i] = at;
        at = at <= INT64_MAX - step ? at + step : INT64_MIN;
        offset[i] = read_moment(in);
    }
    zone->instant = fuzz_maybe(in, instant);
    zone->offset = fuzz_maybe(in, offset);
    return fuzz_maybe(in, zone);
}

static int64_t *read_moments(fuzz_input *in, size_t count)
{
    int64_t *moments = fuzz_array(in, count, sizeof *moments);

    for (size_t i = 0; i < count; i++)
        moments[i] = read_moment(in);
    return moments;
}

static void try_days(fuzz_input *in)
{
    const retain_zone *zone = read_zone(in);
    retain_context *ctx = fuzz_context(in);
    size_t count = fuzz_below(in, MOST_ROWS);
    int64_t *seconds = read_moments(in, count);
    int64_t *days = fuzz_output(in, count, sizeof *days), *firsts, *again;

    if (!fuzz_outcome(in, retain_calendar_days(ctx, zone, fuzz_maybe(in, seconds), count, fuzz_maybe(in, days))))
        return;
    firsts = fuzz_output(in, count, sizeof *firsts);
    if (!fuzz_outcome(in, retain_calendar_instants(ctx, zone, days, count, firsts)))
        return;
    again = fuzz_output(in, count, sizeof *again);
    fuzz_check(fuzz_outcome(in, retain_calendar_days(fuzz_calm_context(in), zone, firsts, count, again)));
    for (size_t i = 0; i < count; i++) {
        fuzz_check(firsts[i] <= seconds[i]);
        fuzz_check(again[i] == days[i]);
    }
}

static void try_local(fuzz_input *in)
{
    const retain_zone *zone = read_zone(in);
    retain_context *ctx = fuzz_context(in);
    size_t count = fuzz_below(in, MOST_ROWS);
    int64_t *seconds = read_moments(in, count);
    int64_t *days = fuzz_output(in, count, sizeof *days), *second_of_day = fuzz_output(in, count, sizeof *second_of_day), *again;

    if (!fuzz_outcome(in, retain_calendar_local(ctx, zone, fuzz_maybe(in, seconds), count, days, second_of_day)))
        return;
    again = fuzz_output(in, count, sizeof *again);
    fuzz_check(fuzz_outcome(in, retain_calendar_days(fuzz_calm_context(in), zone, seconds, count, again)));
    for (size_t i = 0; i < count; i++)
        fuzz_check(again[i] == days[i] && second_of_day[i] >= 0 && second_of_day[i] < 86400);
}

static void try_instants(fuzz_input *in)
{
    const retain_zone *zone = read_zone(in);
    retain_context *ctx = fuzz_context(in);
    size_t count = fuzz_below(in, MOST_ROWS);
    int64_t *days = fuzz_integers(in, count);
    int64_t *seconds = fuzz_output(in, count, sizeof *seconds), *again;

    if (!fuzz_outcome(in, retain_calendar_instants(ctx, zone, fuzz_maybe(in, days), count, fuzz_maybe(in, seconds))))
        return;
    again = fuzz_output(in, count, sizeof *again);
    fuzz_check(fuzz_outcome(in, retain_calendar_days(fuzz_calm_context(in), zone, seconds, count, again)));
    for (size_t i = 0; i < count; i++)
        fuzz_check(again[i] >= days[i] && again[i] <= days[i] + 2);
}

static void try_dates(fuzz_input *in)
{
    retain_calendar calendar = (retain_calendar)fuzz_below(in, 3);
    retain_context *ctx = fuzz_context(in);
    size_t count = fuzz_below(in, MOST_ROWS);
    int64_t *days = fuzz_integers(in, count), *again;
    int64_t *year = fuzz_output(in, count, sizeof *year), *month = fuzz_output(in, count, sizeof *month);
    int64_t *day = fuzz_output(in, count, sizeof *day);

    if (!fuzz_outcome(in, retain_calendar_dates(ctx, calendar, fuzz_maybe(in, days), count, year, month, day)))
        return;
    again = fuzz_output(in, count, sizeof *again);
    fuzz_check(fuzz_outcome(in, retain_calendar_numbers(fuzz_calm_context(in), calendar, year, month, day, count, again)));
    for (size_t i = 0; i < count; i++) {
        fuzz_check(again[i] == days[i]);
        fuzz_check(month[i] >= 1 && month[i] <= 12 && day[i] >= 1 && day[i] <= 31);
    }
    fuzz_check(fuzz_outcome(
        in, retain_calendar_dates(ctx, calendar, days, count, fuzz_maybe(in, year), fuzz_maybe(in, month), fuzz_maybe(in, day))));
}

static void try_numbers(fuzz_input *in)
{
    retain_calendar calendar = (retain_calendar)fuzz_below(in, 3);
    retain_context *ctx = fuzz_context(in);
    size_t count = fuzz_below(in, MOST_ROWS);
    int64_t *year = fuzz_integers(in, count), *month = fuzz_integers(in, count), *day = fuzz_integers(in, count);
    int64_t *days = fuzz_output(in, count, sizeof *days), *again[3];
    int tame = fuzz_bits(in, 1) < 200;

    for (size_t i = 0; i < count && tame; i++) {
        month[i] = (month[i] & 15) % 13;
        day[i] &= 31;
    }
    if (!fuzz_outcome(in, retain_calendar_numbers(ctx, calendar, fuzz_maybe(in, year), fuzz_maybe(in, month), fuzz_maybe(in, day),
                                                  count, fuzz_maybe(in, days))))
        return;
    for (int part = 0; part < 3; part++)
        again[part] = fuzz_output(in, count, sizeof *again[part]);
    fuzz_check(fuzz_outcome(in, retain_calendar_dates(fuzz_calm_context(in), calendar, days, count, again[0], again[1], again[2])));
    for (size_t i = 0; i < count; i++)
        fuzz_check(again[0][i] == year[i] && again[1][i] == month[i] && again[2][i] == day[i]);
}

static void try_edges(fuzz_input *in)
{
    retain_calendar_options *options = fuzz_array(in, 1, sizeof *options);
    retain_context *ctx = fuzz_context(in);
    size_t capacity = fuzz_below(in, MOST_EDGES), count = 0;
    int64_t *edges = fuzz_output(in, capacity, sizeof *edges), first, last;
    retain_status status;

    options->struct_size = fuzz_bits(in, 1) < 240 ? sizeof *options : fuzz_below(in, sizeof *options);
    options->calendar = (retain_calendar)fuzz_below(in, 3);
    options->period = (retain_period)fuzz_below(in, 6);
    options->step = (int)fuzz_integer(in);
    options->first_weekday = (int)fuzz_below(in, 9);
    first = fuzz_integer(in);
    last = fuzz_bits(in, 1) < 240 && first < INT64_MAX - 65536 ? first + (int64_t)fuzz_bits(in, 2) : fuzz_integer(in);
    status = retain_calendar_edges(ctx, first, last, fuzz_maybe(in, options), fuzz_maybe(in, edges), capacity, &count);
    if (status == RETAIN_ERROR_CAPACITY)
        fuzz_check(count > capacity);
    if (!fuzz_outcome(in, status))
        return;
    fuzz_check(count >= 2 && count <= capacity);
    fuzz_check(edges[0] <= first && first < edges[1]);
    fuzz_check(edges[count - 2] <= last && last < edges[count - 1]);
    for (size_t k = 1; k < count; k++)
        fuzz_check(edges[k - 1] < edges[k]);
}

static void try_formulas(fuzz_input *in)
{
    int64_t day = fuzz_integer(in), year = fuzz_integer(in);
    int weekday = retain_calendar_weekday(day), leap = retain_calendar_is_leap((retain_calendar)fuzz_below(in, 3), year);

    fuzz_check(weekday >= 1 && weekday <= 7);
    fuzz_check(day == INT64_MAX || retain_calendar_weekday(day + 1) == weekday % 7 + 1);
    fuzz_check(leap == 0 || leap == 1);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_days,  try_instants, try_dates, try_numbers,
                                                     try_edges, try_formulas, try_local};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

/* Dates, day numbers and the edges of periods, for any calendar.
 *
 * A calendar is a table of a few functions (calendar_rules.h). Days and weeks need no calendar: their edges are steps
 * of 1 or 7 days. Months, quarters and years are all runs of months: with months numbered 12 year + month - 1, a period
 * is a run of some number of them, begins at a multiple of 1, 3 or 12, and its edge is the first day of that month.
 * Only here does a calendar come in. */
#include "retain/calendar.h"
#include "core/core.h"
#include "data/calendar_rules.h"

/* Periods of a plan: `count` of them, the first one beginning at day or month `begin`, each `length` days or months long. */
typedef struct plan {
    const retain__calendar_rules *rules;
    int in_months;
    int64_t begin, length, count;
} plan;

static const retain__calendar_rules *get_rules(retain_calendar calendar)
{
    switch (calendar) {
    case RETAIN_CALENDAR_GREGORIAN:
        return &retain__gregorian;
    case RETAIN_CALENDAR_JALALI:
        return &retain__jalali;
    }
    return NULL;
}

static retain_status fail_calendar(retain_context *ctx, const char *name, retain_calendar calendar)
{
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %d; it must be 0 (Gregorian) or 1 (Jalali)", name,
                        (int)calendar);
}

/* --- dates and numbers -------------------------------------------------------------------------------------------------------- */

retain_status retain_calendar_dates(retain_context *ctx, retain_calendar calendar, const int64_t *days, size_t count, int64_t *year,
                                    int64_t *month, int64_t *day)
{
    retain_status status = retain__begin(ctx);
    const retain__calendar_rules *rules = get_rules(calendar);

    if (status != RETAIN_OK)
        return status;
    if (!rules)
        return fail_calendar(ctx, "calendar", calendar);
    if (count == 0)
        return RETAIN_OK;
    if (!days)
        return retain__fail_null(ctx, "days");
    for (size_t i = 0; i < count; i++) {
        if (days[i] < rules->first_day || days[i] >= rules->end_day)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "days[%zu] is %lld; the calendar knows days in [%lld, %lld)", i,
                                (long long)days[i], (long long)rules->first_day, (long long)rules->end_day);
    }
    for (size_t i = 0; i < count; i++) {
        retain__date date = rules->date(days[i]);

        if (year)
            year[i] = date.year;
        if (month)
            month[i] = date.month;
        if (day)
            day[i] = date.day;
    }
    return RETAIN_OK;
}

static retain_status check_date(retain_context *ctx, const retain__calendar_rules *rules, size_t row, int64_t year, int64_t month,
                                int64_t day)
{
    int length;

    if (year < rules->first_year || year > rules->last_year)
        return retain__fail(ctx, RETAIN_ERROR_DATA, row, "year[%zu] is %lld; it must lie in [%lld, %lld]", row, (long long)year,
                            (long long)rules->first_year, (long long)rules->last_year);
    if (month < 1 || month > 12)
        return retain__fail(ctx, RETAIN_ERROR_DATA, row, "month[%zu] is %lld; it must lie in [1, 12]", row, (long long)month);
    length = day >= 1 && day <= 28 ? 28 : rules->month_length(year, (int)month);
    if (day < 1 || day > length)
        return retain__fail(ctx, RETAIN_ERROR_DATA, row, "day[%zu] is %lld; month %lld of year %lld has %d days", row,
                            (long long)day, (long long)month, (long long)year, length);
    return RETAIN_OK;
}

retain_status retain_calendar_numbers(retain_context *ctx, retain_calendar calendar, const int64_t *year, const int64_t *month,
                                      const int64_t *day, size_t count, int64_t *days)
{
    retain_status status = retain__begin(ctx);
    const retain__calendar_rules *rules = get_rules(calendar);

    if (status != RETAIN_OK)
        return status;
    if (!rules)
        return fail_calendar(ctx, "calendar", calendar);
    if (count == 0)
        return RETAIN_OK;
    if (!year)
        return retain__fail_null(ctx, "year");
    if (!month)
        return retain__fail_null(ctx, "month");
    if (!day)
        return retain__fail_null(ctx, "day");
    if (!days)
        return retain__fail_null(ctx, "days");
    for (size_t i = 0; i < count; i++) {
        status = check_date(ctx, rules, i, year[i], month[i], day[i]);
        if (status != RETAIN_OK)
            return status;
    }
    for (size_t i = 0; i < count; i++)
        days[i] = rules->number(year[i], (int)month[i], (int)day[i]);
    return RETAIN_OK;
}

int retain_calendar_weekday(int64_t day)
{
    return (int)((day % 7 + 10) % 7) + 1; /* day 0 was a Thursday */
}

int retain_calendar_is_leap(retain_calendar calendar, int64_t year)
{
    const retain__calendar_rules *rules = get_rules(calendar);

    if (!rules || year < rules->first_year || year > rules->last_year)
        return 0;
    return rules->number(year + 1, 1, 1) - rules->number(year, 1, 1) == 366;
}

/* --- edges of periods --------------------------------------------------------------------------------------------------------- */

static retain_status check_edge_options(retain_context *ctx, const retain_calendar_options *options)
{
    if (!get_rules(options->calendar))
        return fail_calendar(ctx, "options.calendar", options->calendar);
    if ((int)options->period < RETAIN_PERIOD_MONTH || (int)options->period > RETAIN_PERIOD_YEAR)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.period is %d; it must be 0 (month), 1 (day), 2 (week), 3 (quarter) or 4 (year)",
                            (int)options->period);
    if (options->step < 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.step is %d; it must be positive, or 0 for one period at a time", options->step);
    if (options->first_weekday < 0 || options->first_weekday > RETAIN_SUNDAY)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.first_weekday is %d; it must lie in [1, 7] for Monday to Sunday, or be 0 for Monday",
                            options->first_weekday);
    return RETAIN_OK;
}

static retain_status check_days(retain_context *ctx, const retain__calendar_rules *rules, int64_t first_day, int64_t last_day)
{
    if (first_day > last_day)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "first_day is %lld; it must not be after last_day = %lld",
                            (long long)first_day, (long long)last_day);
    if (first_day < rules->first_day || first_day >= rules->end_day)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "first_day is %lld; the calendar knows days in [%lld, %lld)",
                            (long long)first_day, (long long)rules->first_day, (long long)rules->end_day);
    if (last_day >= rules->end_day)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "last_day is %lld; the calendar knows days in [%lld, %lld)",
                            (long long)last_day, (long long)rules->first_day, (long long)rules->end_day);
    return RETAIN_OK;
}

static int64_t get_month_index(const retain__calendar_rules *rules, int64_t day)
{
    retain__date date = rules->date(day);

    return 12 * date.year + date.month - 1;
}

static int64_t round_down(int64_t value, int64_t unit)
{
    int64_t rest = value % unit;

    return value - rest - (rest < 0 ? unit : 0);
}

static plan make_plan(const retain_calendar_options *options, int64_t first_day, int64_t last_day)
{
    plan made = {.rules = get_rules(options->calendar)};
    int64_t end = last_day;
    int first_weekday = options->first_weekday ? options->first_weekday : RETAIN_MONDAY;

    if (options->period == RETAIN_PERIOD_DAY) {
        made.length = 1;
        made.begin = first_day;
    } else if (options->period == RETAIN_PERIOD_WEEK) {
        made.length = 7;
        made.begin = first_day - (retain_calendar_weekday(first_day) + 7 - first_weekday) % 7;
    } else {
        made.in_months = 1;
        made.length = options->period == RETAIN_PERIOD_MONTH ? 1 : options->period == RETAIN_PERIOD_QUARTER ? 3 : 12;
        made.begin = round_down(get_month_index(made.rules, first_day), made.length);
        end = get_month_index(made.rules, last_day);
    }
    made.length *= options->step ? options->step : 1;
    made.count = (end - made.begin) / made.length + 1;
    return made;
}

static int64_t get_edge(const plan *of, int64_t k)
{
    int64_t at = of->begin + k * of->length, first_of_year;

    if (!of->in_months)
        return at;
    first_of_year = round_down(at, 12);
    return of->rules->number(first_of_year / 12, (int)(at - first_of_year) + 1, 1);
}

retain_status retain_calendar_edges(retain_context *ctx, int64_t first_day, int64_t last_day,
                                    const retain_calendar_options *options, int64_t *edges, size_t capacity, size_t *count)
{
    retain_status status = retain__begin(ctx);
    retain_calendar_options chosen = {.struct_size = sizeof chosen};
    plan periods;
    size_t needed;

    if (status != RETAIN_OK)
        return status;
    status = retain__take_options(ctx, "options", options, sizeof chosen, sizeof chosen, &chosen);
    if (status == RETAIN_OK)
        status = check_edge_options(ctx, &chosen);
    if (status == RETAIN_OK)
        status = check_days(ctx, get_rules(chosen.calendar), first_day, last_day);
    if (status != RETAIN_OK)
        return status;
    if (!edges && capacity > 0)
        return retain__fail_null(ctx, "edges");
    if (!count)
        return retain__fail_null(ctx, "count");
    periods = make_plan(&chosen, first_day, last_day);
    if (periods.in_months && periods.begin + periods.count * periods.length > 12 * (periods.rules->last_year + 1))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "the last period would end after year %lld, the last of the calendar; take a smaller options.step",
                            (long long)periods.rules->last_year);
    needed = (size_t)periods.count + 1;
    if (needed > capacity) {
        *count = needed;
        return retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "edges has room for %zu; %zu are needed", capacity, needed);
    }
    for (size_t k = 0; k < needed; k++)
        edges[k] = get_edge(&periods, (int64_t)k);
    *count = needed;
    return RETAIN_OK;
}

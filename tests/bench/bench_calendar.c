/* On which day of a London shop was each of millions of moments? Sorted, as a log has them, and in no order. */
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/calendar.h"

enum { FIRST_YEAR = 2015, YEARS = 12, CHANGES = 2 * YEARS };

static const int64_t FIRST_MOMENT = 1451606400, LAST_MOMENT = 1735689600; /* 2016-01-01 to 2025-01-01 */

typedef struct calendar_state {
    retain_zone zone;
    int64_t instant[CHANGES], offset[CHANGES];
    int64_t *seconds, *days;
    size_t count;
} calendar_state;

static retain_status find_days(retain_context *ctx, void *state)
{
    calendar_state *calendar = state;

    return retain_calendar_days(ctx, &calendar->zone, calendar->seconds, calendar->count, calendar->days);
}

static void check_days(void *state, bench_check *checks)
{
    const calendar_state *calendar = state;
    double sum = 0.0;

    for (size_t i = 0; i < calendar->count; i++)
        sum += (double)calendar->days[i];
    checks[0] = (bench_check){"days", sum};
}

/* Clocks change on the last Sundays of March and October, at one o'clock in Greenwich. */
static int64_t change_of(int64_t year, int64_t month)
{
    const int64_t last = 31;
    retain_context ctx = RETAIN_CONTEXT_INIT;
    int64_t day;

    bench_expect(&ctx, retain_calendar_numbers(&ctx, RETAIN_CALENDAR_GREGORIAN, &year, &month, &last, 1, &day));
    while (retain_calendar_weekday(day) != RETAIN_SUNDAY)
        day--;
    return day * 86400 + 3600;
}

static void fill(calendar_state *calendar)
{
    for (int k = 0; k < CHANGES; k++) {
        calendar->instant[k] = change_of(FIRST_YEAR + k / 2, k % 2 ? 10 : 3);
        calendar->offset[k] = k % 2 ? 0 : 3600;
    }
    calendar->zone = (retain_zone){CHANGES, calendar->instant, calendar->offset, 0};
    for (size_t i = 0; i < calendar->count; i++)
        calendar->seconds[i] =
            FIRST_MOMENT + (int64_t)((double)(LAST_MOMENT - FIRST_MOMENT) * ((double)i / (double)calendar->count));
}

static void shuffle(calendar_state *calendar)
{
    retain__random random = retain__random_start(6, 0);

    for (size_t i = calendar->count; i-- > 1;) {
        const size_t j = (size_t)(retain__random_bits(&random) % (i + 1));
        const int64_t moment = calendar->seconds[i];

        calendar->seconds[i] = calendar->seconds[j];
        calendar->seconds[j] = moment;
    }
}

static void run_days(const bench_plan *plan, calendar_state *calendar, const char *name)
{
    bench_check checks[2] = {{NULL, 0.0}};
    const bench_task task = {name, calendar->count, find_days, calendar, checks, check_days};

    bench_run(plan, &task);
    bench_write(plan, name, "seconds.i64", calendar->seconds, calendar->count);
    bench_write(plan, name, "result_days.i64", calendar->days, calendar->count);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    calendar_state calendar = {.seconds = bench_take(plan.rows), .days = bench_take(plan.rows), .count = plan.rows};

    fill(&calendar);
    run_days(&plan, &calendar, "calendar_days");
    shuffle(&calendar);
    run_days(&plan, &calendar, "calendar_days_shuffled");
    free(calendar.seconds);
    free(calendar.days);
    return 0;
}

/* Who stayed, came back and left, month by month, with a window of 90 days; the same over 90 days, for every day; and the window itself, from all
 * gaps between orders. */
#include <stdlib.h>

#include "bench.h"
#include "retain/calendar.h"
#include "retain/crr.h"
#include "shop.h"

enum { MOST_PERIODS = 60, WINDOW_DAYS = 90 };

typedef struct crr_state {
    const retain_orders *log;
    int64_t edges[MOST_PERIODS + 1];
    size_t periods;
    double start[MOST_PERIODS], acquired[MOST_PERIODS], retained[MOST_PERIODS], reactivated[MOST_PERIODS], lost[MOST_PERIODS];
    int64_t days[SHOP_DAYS + 1];
    double rolling[SHOP_DAYS];
    double window;
} crr_state;

static retain_status follow_months(retain_context *ctx, void *state)
{
    crr_state *crr = state;
    const retain_crr_options options = {.struct_size = sizeof options, .window_days = WINDOW_DAYS};
    const retain_crr_columns columns = {.start = crr->start,
                                        .acquired = crr->acquired,
                                        .retained = crr->retained,
                                        .reactivated = crr->reactivated,
                                        .lost = crr->lost};

    return retain_crr_periods(ctx, crr->log, SHOP_LAST_DAY, crr->edges, crr->periods + 1, NULL, &options, &columns, NULL);
}

static retain_status follow_days(retain_context *ctx, void *state)
{
    crr_state *crr = state;
    const retain_crr_options options = {.struct_size = sizeof options, .window_days = WINDOW_DAYS, .span = WINDOW_DAYS};
    const retain_crr_columns columns = {.retained = crr->rolling};

    return retain_crr_periods(ctx, crr->log, SHOP_LAST_DAY, crr->days, SHOP_DAYS + 1, NULL, &options, &columns, NULL);
}

static retain_status derive_window(retain_context *ctx, void *state)
{
    crr_state *crr = state;

    return retain_crr_window(ctx, crr->log, SHOP_LAST_DAY, NULL, 0.8, &crr->window, NULL);
}

static void check_months(void *state, bench_check *checks)
{
    const crr_state *crr = state;

    checks[0] = (bench_check){"acquired", bench_sum(crr->acquired, crr->periods)};
    checks[1] = (bench_check){"retained", bench_sum(crr->retained, crr->periods)};
    checks[2] = (bench_check){"lost", bench_sum(crr->lost, crr->periods)};
}

static void check_days(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"retained", bench_sum(((const crr_state *)state)->rolling, SHOP_DAYS - WINDOW_DAYS + 1)};
}

static void check_window(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"window_days", ((const crr_state *)state)->window};
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    shop_log shop = shop_open(plan.rows);
    crr_state crr = {.log = &shop.log};
    bench_check month_checks[4] = {{NULL, 0.0}}, day_checks[2] = {{NULL, 0.0}}, window_checks[2] = {{NULL, 0.0}};
    const bench_task months = {"crr_months", shop.log.count, follow_months, &crr, month_checks, check_months};
    const bench_task days = {"crr_rolling_days", shop.log.count, follow_days, &crr, day_checks, check_days};
    const bench_task window = {"crr_window", shop.log.count, derive_window, &crr, window_checks, check_window};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    size_t count;

    bench_expect(&ctx, retain_calendar_edges(&ctx, SHOP_FIRST_DAY, SHOP_LAST_DAY, NULL, crr.edges, MOST_PERIODS + 1, &count));
    crr.periods = count - 1;
    bench_run(&plan, &months);
    shop_write(&shop, &plan, months.name);
    bench_write(&plan, months.name, "edges.i64", crr.edges, count);
    bench_write(&plan, months.name, "result_start.f64", crr.start, crr.periods);
    bench_write(&plan, months.name, "result_acquired.f64", crr.acquired, crr.periods);
    bench_write(&plan, months.name, "result_retained.f64", crr.retained, crr.periods);
    bench_write(&plan, months.name, "result_reactivated.f64", crr.reactivated, crr.periods);
    bench_write(&plan, months.name, "result_lost.f64", crr.lost, crr.periods);
    for (int64_t k = 0; k <= SHOP_DAYS; k++)
        crr.days[k] = SHOP_FIRST_DAY + k;
    bench_run(&plan, &days);
    bench_run(&plan, &window);
    shop_close(&shop);
    return 0;
}

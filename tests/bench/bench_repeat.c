/* Repeat shares and means of a whole log; who bought month by month; the order-number funnel; and the Kaplan-Meier curve of the
 * time to the next order. */
#include <stdlib.h>

#include "bench.h"
#include "retain/calendar.h"
#include "retain/repeat.h"
#include "retain/repeat_time.h"
#include "shop.h"

enum { MOST_PERIODS = 60, STEPS = 12, HORIZON = 90 };

typedef struct repeat_state {
    const retain_orders *log;
    retain_repeat_report report;
    int64_t edges[MOST_PERIODS + 1];
    size_t periods;
    double customers[MOST_PERIODS], returning[MOST_PERIODS], repeaters[MOST_PERIODS];
    double reached[STEPS], within[STEPS], value[STEPS];
    double days[SHOP_DAYS], share[SHOP_DAYS], low[SHOP_DAYS], high[SHOP_DAYS];
    size_t points;
} repeat_state;

static retain_status summarise(retain_context *ctx, void *state)
{
    repeat_state *repeat = state;

    repeat->report.struct_size = sizeof repeat->report;
    return retain_repeat_summary(ctx, repeat->log, SHOP_LAST_DAY, NULL, NULL, &repeat->report);
}

static retain_status follow_months(retain_context *ctx, void *state)
{
    repeat_state *repeat = state;
    const retain_repeat_columns columns = {
        .customers = repeat->customers, .returning = repeat->returning, .repeaters = repeat->repeaters};

    return retain_repeat_periods(ctx, repeat->log, SHOP_LAST_DAY, repeat->edges, repeat->periods + 1, NULL, NULL, &columns);
}

static retain_status climb(retain_context *ctx, void *state)
{
    repeat_state *repeat = state;
    const retain_repeat_options options = {.struct_size = sizeof options, .horizon_days = HORIZON};
    const retain_repeat_steps columns = {.customers = repeat->reached, .within = repeat->within, .value = repeat->value};

    return retain_repeat_funnel(ctx, repeat->log, SHOP_LAST_DAY, STEPS, NULL, &options, &columns);
}

static retain_status draw(retain_context *ctx, void *state)
{
    repeat_state *repeat = state;
    const retain_repeat_time_options options = {.struct_size = sizeof options, .kind = RETAIN_REPEAT_TIME_ALL_GAPS};
    const retain_repeat_time_columns columns = {
        .days = repeat->days, .share = repeat->share, .low = repeat->low, .high = repeat->high};

    return retain_repeat_time_curve(ctx, repeat->log, SHOP_LAST_DAY, NULL, &options, &columns, SHOP_DAYS, &repeat->points);
}

static void check_summary(void *state, bench_check *checks)
{
    const repeat_state *repeat = state;

    checks[0] = (bench_check){"repeat", repeat->report.repeat.value};
    checks[1] = (bench_check){"order_value", repeat->report.order_value.value};
    checks[2] = (bench_check){"order_value_low", repeat->report.order_value.low};
}

static void check_months(void *state, bench_check *checks)
{
    const repeat_state *repeat = state;

    checks[0] = (bench_check){"customers", bench_sum(repeat->customers, repeat->periods)};
    checks[1] = (bench_check){"returning", bench_sum(repeat->returning, repeat->periods)};
}

static void check_funnel(void *state, bench_check *checks)
{
    const repeat_state *repeat = state;

    checks[0] = (bench_check){"second", repeat->reached[1]};
    checks[1] = (bench_check){"within", repeat->within[0]};
}

static void check_curve(void *state, bench_check *checks)
{
    const repeat_state *repeat = state;

    checks[0] = (bench_check){"points", (double)repeat->points};
    checks[1] = (bench_check){"share", repeat->share[repeat->points - 1]};
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    shop_log shop = shop_open(plan.rows);
    repeat_state *repeat = calloc(1, sizeof *repeat);
    bench_check checks[4][4] = {{{NULL, 0.0}}};
    const bench_task summary = {"repeat_summary", shop.log.count, summarise, repeat, checks[0], check_summary};
    const bench_task months = {"repeat_months", shop.log.count, follow_months, repeat, checks[1], check_months};
    const bench_task funnel = {"repeat_funnel", shop.log.count, climb, repeat, checks[2], check_funnel};
    const bench_task curve = {"repeat_curve", shop.log.count, draw, repeat, checks[3], check_curve};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    size_t count;

    if (!repeat)
        return 1;
    repeat->log = &shop.log;
    bench_expect(&ctx, retain_calendar_edges(&ctx, SHOP_FIRST_DAY, SHOP_LAST_DAY, NULL, repeat->edges, MOST_PERIODS + 1, &count));
    repeat->periods = count - 1;
    bench_run(&plan, &summary);
    shop_write(&shop, &plan, summary.name);
    bench_write(&plan, summary.name, "result_repeat.f64", &repeat->report.repeat.value, 1);
    bench_write(&plan, summary.name, "result_order_value.f64", &repeat->report.order_value.value, 1);
    bench_run(&plan, &months);
    shop_write(&shop, &plan, months.name);
    bench_write(&plan, months.name, "edges.i64", repeat->edges, count);
    bench_write(&plan, months.name, "result_customers.f64", repeat->customers, repeat->periods);
    bench_write(&plan, months.name, "result_returning.f64", repeat->returning, repeat->periods);
    bench_write(&plan, months.name, "result_repeaters.f64", repeat->repeaters, repeat->periods);
    bench_run(&plan, &funnel);
    shop_write(&shop, &plan, funnel.name);
    bench_write(&plan, funnel.name, "result_reached.f64", repeat->reached, STEPS);
    bench_write(&plan, funnel.name, "result_value.f64", repeat->value, STEPS);
    bench_run(&plan, &curve);
    shop_write(&shop, &plan, curve.name);
    bench_write(&plan, curve.name, "result_days.f64", repeat->days, repeat->points);
    bench_write(&plan, curve.name, "result_share.f64", repeat->share, repeat->points);
    bench_write(&plan, curve.name, "result_low.f64", repeat->low, repeat->points);
    bench_write(&plan, curve.name, "result_high.f64", repeat->high, repeat->points);
    free(repeat);
    shop_close(&shop);
    return 0;
}

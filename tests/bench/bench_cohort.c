/* Cohort table by month with orders and money, and by day. */
#include <stdlib.h>

#include "bench.h"
#include "retain/calendar.h"
#include "retain/cohort.h"
#include "shop.h"

typedef struct cohort_state {
    const retain_orders *log;
    int64_t edges[SHOP_DAYS + 1];
    size_t periods;
    double *size, *active, *placed, *revenue;
} cohort_state;

static retain_status tabulate(retain_context *ctx, void *state)
{
    cohort_state *cohort = state;
    const retain_cohort_options options = {.struct_size = sizeof options, .count_running = 1};

    return retain_cohort_active(ctx, cohort->log, SHOP_LAST_DAY, cohort->edges, cohort->periods + 1, NULL, &options, cohort->size,
                                cohort->active, cohort->placed, cohort->revenue, NULL);
}

static void check_table(void *state, bench_check *checks)
{
    const cohort_state *cohort = state;
    const size_t cells = cohort->periods * cohort->periods;

    checks[0] = (bench_check){"customers", bench_sum(cohort->size, cohort->periods)};
    checks[1] = (bench_check){"active", bench_sum(cohort->active, cells)};
    checks[2] = (bench_check){"revenue", bench_sum(cohort->revenue, cells)};
}

static cohort_state open_state(const shop_log *shop, retain_period period)
{
    const retain_calendar_options options = {.struct_size = sizeof options, .period = period};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    cohort_state cohort = {.log = &shop->log};
    size_t count, cells;

    bench_expect(&ctx, retain_calendar_edges(&ctx, SHOP_FIRST_DAY, SHOP_LAST_DAY, &options, cohort.edges, SHOP_DAYS + 1, &count));
    cohort.periods = count - 1;
    cells = cohort.periods * cohort.periods;
    cohort.size = bench_take(cohort.periods);
    cohort.active = bench_take(cells);
    cohort.placed = bench_take(cells);
    cohort.revenue = bench_take(cells);
    return cohort;
}

static void run_table(const bench_plan *plan, const shop_log *shop, const char *name, retain_period period)
{
    cohort_state cohort = open_state(shop, period);
    bench_check checks[4] = {{NULL, 0.0}};
    const bench_task task = {name, shop->log.count, tabulate, &cohort, checks, check_table};
    const size_t cells = cohort.periods * cohort.periods;

    bench_run(plan, &task);
    shop_write(shop, plan, name);
    bench_write(plan, name, "edges.i64", cohort.edges, cohort.periods + 1);
    bench_write(plan, name, "result_active.f64", cohort.active, cells);
    bench_write(plan, name, "result_orders.f64", cohort.placed, cells);
    bench_write(plan, name, "result_revenue.f64", cohort.revenue, cells);
    free(cohort.size);
    free(cohort.active);
    free(cohort.placed);
    free(cohort.revenue);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    const bench_plan quiet = {plan.rows, {plan.threads[0]}, 1, plan.repeats, NULL};
    shop_log shop = shop_open(plan.rows);

    run_table(&plan, &shop, "cohort_months", RETAIN_PERIOD_MONTH);
    run_table(&quiet, &shop, "cohort_days", RETAIN_PERIOD_DAY);
    shop_shuffle(&shop);
    run_table(&plan, &shop, "cohort_months_shuffled", RETAIN_PERIOD_MONTH);
    shop_close(&shop);
    return 0;
}

/* Events per customer over the last year, and the effect of an event on coming back. Every fifth order is followed by an event
 * within three weeks. */
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/signals.h"
#include "shop.h"

enum { FIGURES = 9, ORDERS_PER_EVENT = 5, EXPOSURE = 30, HORIZON = 90, MOST_EDGES = 32 };

typedef struct signals_state {
    const retain_orders *log;
    retain_events events;
    int64_t *who, *day, *customer;
    double *value, *column[FIGURES];
    size_t customers;
    int64_t edges[MOST_EDGES];
    size_t edge_count;
    retain_signals_comparison found;
} signals_state;

static retain_status describe_customers(retain_context *ctx, void *state)
{
    signals_state *signals = state;
    double *const *c = signals->column;
    const retain_signals_columns columns = {.count = c[0],
                                            .per_year = c[1],
                                            .days_since_last = c[2],
                                            .earlier = c[3],
                                            .recent = c[4],
                                            .trend = c[5],
                                            .sum = c[6],
                                            .mean = c[7],
                                            .trend_p_value = c[8]};

    return retain_signals_per_customer(ctx, &signals->events, signals->customer, NULL, signals->customers, SHOP_LAST_DAY, NULL,
                                       &columns, NULL);
}

static retain_status compare_exposed(retain_context *ctx, void *state)
{
    signals_state *signals = state;

    return retain_signals_effect(ctx, &signals->events, signals->log, SHOP_LAST_DAY, NULL, signals->edges, signals->edge_count,
                                 NULL, NULL, &signals->found);
}

static void check_customers(void *state, bench_check *checks)
{
    const signals_state *signals = state;

    checks[0] = (bench_check){"count", bench_sum(signals->column[0], signals->customers)};
    checks[1] = (bench_check){"recent", bench_sum(signals->column[4], signals->customers)};
}

static void check_exposed(void *state, bench_check *checks)
{
    const signals_state *signals = state;

    checks[0] = (bench_check){"exposed", signals->found.exposed};
    checks[1] = (bench_check){"effect", signals->found.effect};
}

static int compare_keys(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The customers of the log, ascending. */
static void list_customers(signals_state *signals, const shop_log *shop)
{
    size_t count = 0;

    signals->customer = bench_take(shop->log.count);
    for (size_t i = 0; i < shop->log.count; i++)
        signals->customer[i] = shop->customer[i];
    qsort(signals->customer, shop->log.count, sizeof *signals->customer, compare_keys);
    for (size_t i = 0; i < shop->log.count; i++) {
        if (i == 0 || signals->customer[i] != signals->customer[i - 1])
            signals->customer[count++] = signals->customer[i];
    }
    signals->customers = count;
}

static void make_events(signals_state *signals, const shop_log *shop)
{
    const size_t count = shop->log.count / ORDERS_PER_EVENT;

    signals->who = bench_take(count);
    signals->day = bench_take(count);
    signals->value = bench_take(count);
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(12, i);
        const size_t order = i * ORDERS_PER_EVENT;

        signals->who[i] = shop->customer[order];
        signals->day[i] = shop->day[order] + 1 + (int64_t)(21.0 * retain__random_uniform(&random));
        signals->value[i] = (double)(int)(20.0 * retain__random_uniform(&random));
    }
    signals->events = (retain_events){count, signals->who, signals->day, NULL, signals->value};
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    shop_log shop = shop_open(plan.rows);
    signals_state signals = {.log = &shop.log, .found.struct_size = sizeof signals.found};
    bench_check customer_checks[3] = {{NULL, 0.0}}, exposed_checks[3] = {{NULL, 0.0}};

    list_customers(&signals, &shop);
    make_events(&signals, &shop);
    for (int f = 0; f < FIGURES; f++)
        signals.column[f] = bench_take(signals.customers);
    for (int64_t day = SHOP_FIRST_DAY; signals.edge_count == 0 || signals.edges[signals.edge_count - 1] <= SHOP_LAST_DAY; day += 31)
        signals.edges[signals.edge_count++] = day;
    bench_run(&plan, &(bench_task){"signals_customers", signals.events.count, describe_customers, &signals, customer_checks,
                                   check_customers});
    bench_run(&plan, &(bench_task){"signals_effect", shop.log.count, compare_exposed, &signals, exposed_checks, check_exposed});
    shop_write(&shop, &plan, "signals");
    bench_write(&plan, "signals", "who.i64", signals.who, signals.events.count);
    bench_write(&plan, "signals", "when.i64", signals.day, signals.events.count);
    bench_write(&plan, "signals", "money.f64", signals.value, signals.events.count);
    bench_write(&plan, "signals", "known.i64", signals.customer, signals.customers);
    bench_write(&plan, "signals", "edges.i64", signals.edges, signals.edge_count);
    bench_write(&plan, "signals", "result_count.f64", signals.column[0], signals.customers);
    bench_write(&plan, "signals", "result_since.f64", signals.column[2], signals.customers);
    bench_write(&plan, "signals", "result_recent.f64", signals.column[4], signals.customers);
    bench_write(&plan, "signals", "result_sum.f64", signals.column[6], signals.customers);
    bench_write(&plan, "signals", "result_effect.f64",
                (double[]){signals.found.exposed, signals.found.matched, signals.found.effect}, 3);
    for (int f = 0; f < FIGURES; f++)
        free(signals.column[f]);
    free(signals.who);
    free(signals.day);
    free(signals.value);
    free(signals.customer);
    shop_close(&shop);
    return 0;
}

/* How long from an order log to one row per customer, and to the distinct rows among those? */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "shop.h"

typedef struct orders_state {
    const retain_orders *log;
    retain_summary summary;
    size_t capacity, customers;
    double *distinct[4]; /* frequency, t_x, T, weight */
    size_t distinct_rows;
} orders_state;

static retain_status summarise(retain_context *ctx, void *state)
{
    orders_state *orders = state;

    return retain_orders_summary(ctx, orders->log, SHOP_LAST_DAY, NULL, &orders->summary, orders->capacity, &orders->customers,
                                 NULL);
}

static retain_status summarise_with_little_memory(retain_context *ctx, void *state)
{
    const retain_orders_options options = {.struct_size = sizeof options, .low_memory = 1};
    orders_state *orders = state;

    return retain_orders_summary(ctx, orders->log, SHOP_LAST_DAY, &options, &orders->summary, orders->capacity, &orders->customers,
                                 NULL);
}

static retain_status find_distinct(retain_context *ctx, void *state)
{
    orders_state *orders = state;
    const retain_customers customers = {.count = orders->customers,
                                        .frequency = orders->summary.frequency,
                                        .t_x = orders->summary.t_x,
                                        .T = orders->summary.T,
                                        .unit_days = 1.0};
    double **out = orders->distinct;

    return retain_customers_distinct(ctx, &customers, orders->customers, &orders->distinct_rows, out[0], out[1], out[2], NULL,
                                     out[3], NULL, NULL);
}

static void check_summary(void *state, bench_check *checks)
{
    const orders_state *orders = state;

    checks[0] = (bench_check){"customers", (double)orders->customers};
    checks[1] = (bench_check){"repeat_occasions", bench_sum(orders->summary.frequency, orders->customers)};
    checks[2] = (bench_check){"spend", bench_sum(orders->summary.spend, orders->customers)};
}

static void check_distinct(void *state, bench_check *checks)
{
    const orders_state *orders = state;

    checks[0] = (bench_check){"distinct_rows", (double)orders->distinct_rows};
    checks[1] = (bench_check){"weight", bench_sum(orders->distinct[3], orders->distinct_rows)};
}

static orders_state open_state(const shop_log *shop)
{
    orders_state orders = {.log = &shop->log};
    retain_summary none = {0};

    if (retain_orders_summary(NULL, &shop->log, SHOP_LAST_DAY, NULL, &none, 0, &orders.capacity, NULL) != RETAIN_ERROR_CAPACITY)
        exit(1);
    orders.summary.customer = bench_take(orders.capacity);
    orders.summary.frequency = bench_take(orders.capacity);
    orders.summary.t_x = bench_take(orders.capacity);
    orders.summary.T = bench_take(orders.capacity);
    orders.summary.spend = bench_take(orders.capacity);
    for (size_t i = 0; i < 4; i++)
        orders.distinct[i] = bench_take(orders.capacity);
    return orders;
}

static void close_state(orders_state *orders)
{
    free(orders->summary.customer);
    free(orders->summary.frequency);
    free(orders->summary.t_x);
    free(orders->summary.T);
    free(orders->summary.spend);
    for (size_t i = 0; i < 4; i++)
        free(orders->distinct[i]);
}

static void run_summary(const bench_plan *plan, const shop_log *shop, orders_state *orders, const char *name)
{
    bench_check checks[4] = {{NULL, 0.0}};
    const bench_task task = {name, shop->log.count, summarise, orders, checks, check_summary};

    bench_run(plan, &task);
    shop_write(shop, plan, name);
    bench_write(plan, name, "result_customer.i64", orders->summary.customer, orders->customers);
    bench_write(plan, name, "result_frequency.f64", orders->summary.frequency, orders->customers);
    bench_write(plan, name, "result_t_x.f64", orders->summary.t_x, orders->customers);
    bench_write(plan, name, "result_T.f64", orders->summary.T, orders->customers);
    bench_write(plan, name, "result_spend.f64", orders->summary.spend, orders->customers);
}

/* The same results, which no peer need look at again. */
static void run_low_memory(const bench_plan *plan, const shop_log *shop, orders_state *orders, const char *name)
{
    bench_check checks[4] = {{NULL, 0.0}};
    const bench_task task = {name, shop->log.count, summarise_with_little_memory, orders, checks, check_summary};

    bench_run(plan, &task);
}

static void run_distinct(const bench_plan *plan, orders_state *orders)
{
    static const char *const columns[] = {"result_frequency.f64", "result_t_x.f64", "result_T.f64", "result_weight.f64"};
    bench_check checks[3] = {{NULL, 0.0}};
    const bench_task task = {"customers_distinct", orders->customers, find_distinct, orders, checks, check_distinct};

    bench_run(plan, &task);
    bench_write(plan, task.name, "frequency.f64", orders->summary.frequency, orders->customers);
    bench_write(plan, task.name, "t_x.f64", orders->summary.t_x, orders->customers);
    bench_write(plan, task.name, "T.f64", orders->summary.T, orders->customers);
    for (size_t i = 0; i < 4; i++)
        bench_write(plan, task.name, columns[i], orders->distinct[i], orders->distinct_rows);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    shop_log shop = shop_open(plan.rows);
    orders_state orders = open_state(&shop);

    run_summary(&plan, &shop, &orders, "orders_summary");
    run_low_memory(&plan, &shop, &orders, "orders_summary_low_memory");
    run_distinct(&plan, &orders);
    shop_shuffle(&shop);
    run_summary(&plan, &shop, &orders, "orders_summary_shuffled");
    run_low_memory(&plan, &shop, &orders, "orders_summary_low_memory_shuffled");
    close_state(&orders);
    shop_close(&shop);
    return 0;
}

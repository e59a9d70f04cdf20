/* Cohort table by group and month of acquisition, in days from each customer's own first order, with exposed customers, money and errors; the same with a
 * bootstrap of 200 replicates; and the comparison of two months. */
#include <stdlib.h>

#include "bench.h"
#include "retain/calendar.h"
#include "retain/cohort_cells.h"
#include "retain/cohort_compare.h"
#include "shop.h"

enum { GROUPS = 8, AGE_EDGES = 7, MOST_EDGES = 60, REPLICATES = 200 };

static const int64_t AGES[AGE_EDGES] = {0, 1, 31, 61, 91, 181, 366};

typedef struct cells_state {
    const retain_orders *log;
    int64_t edges[MOST_EDGES], *customer, *group;
    retain_groups groups;
    retain_cohort_layout layout;
    int replicates;
    size_t cells;
    double *exposed, *active, *net, *value, *error, *low, *high;
    retain_cohort_comparison found;
} cells_state;

static retain_status tabulate(retain_context *ctx, void *state)
{
    cells_state *of = state;
    const retain_cohort_cells_options options = {.struct_size = sizeof options, .replicates = of->replicates, .seed = 1};
    const retain_cohort_columns columns = {.exposed = of->exposed,
                                           .active = of->active,
                                           .net = of->net,
                                           .value = of->value,
                                           .value_error = of->error,
                                           .value_low = of->replicates ? of->low : NULL,
                                           .value_high = of->replicates ? of->high : NULL};

    return retain_cohort_cells(ctx, of->log, SHOP_LAST_DAY, &of->layout, NULL, &options, &columns);
}

static retain_status compare(retain_context *ctx, void *state)
{
    cells_state *of = state;
    const retain_cohort_compare_options options = {.struct_size = sizeof options, .replicates = REPLICATES, .seed = 1};
    retain_cohort_layout by_period = of->layout;

    by_period.rows = RETAIN_COHORT_BY_PERIOD;
    of->found.struct_size = sizeof of->found;
    return retain_cohort_compare(ctx, of->log, SHOP_LAST_DAY, &by_period, 2, 3, 3, NULL, &options, &of->found);
}

static void check_cells(void *state, bench_check *checks)
{
    const cells_state *of = state;

    checks[0] = (bench_check){"exposed", bench_sum(of->exposed, of->cells)};
    checks[1] = (bench_check){"active", bench_sum(of->active, of->cells)};
    checks[2] = (bench_check){"net", bench_sum(of->net, of->cells)};
}

static void check_comparison(void *state, bench_check *checks)
{
    const cells_state *of = state;

    checks[0] = (bench_check){"difference", of->found.difference};
    checks[1] = (bench_check){"money_p_value", of->found.money_p_value};
    checks[2] = (bench_check){"return_p_value", of->found.return_p_value};
}

static int compare_keys(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The group of a customer is in the digits of his number: the peers can compute it. */
static void make_groups(cells_state *of)
{
    size_t count = 0;

    of->customer = malloc(of->log->count * sizeof *of->customer);
    of->group = malloc(of->log->count * sizeof *of->group);
    if (!of->customer || !of->group)
        abort();
    for (size_t i = 0; i < of->log->count; i++)
        of->customer[i] = of->log->customer[i];
    qsort(of->customer, of->log->count, sizeof *of->customer, compare_keys);
    for (size_t i = 0; i < of->log->count; i++) {
        if (i == 0 || of->customer[i] != of->customer[count - 1])
            of->customer[count++] = of->customer[i];
    }
    for (size_t i = 0; i < count; i++)
        of->group[i] = of->customer[i] % GROUPS;
    of->groups = (retain_groups){count, of->customer, of->group, GROUPS};
}

static void open_state(cells_state *of, const shop_log *shop)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;

    of->log = &shop->log;
    make_groups(of);
    of->layout = (retain_cohort_layout){.struct_size = sizeof of->layout,
                                        .rows = RETAIN_COHORT_BY_BOTH,
                                        .axis = RETAIN_COHORT_ROLLING,
                                        .edges = of->edges,
                                        .age_edges = AGES,
                                        .age_edge_count = AGE_EDGES,
                                        .groups = &of->groups};
    bench_expect(&ctx,
                 retain_calendar_edges(&ctx, SHOP_FIRST_DAY, SHOP_LAST_DAY, NULL, of->edges, MOST_EDGES, &of->layout.edge_count));
    of->cells = GROUPS * (of->layout.edge_count - 1) * (AGE_EDGES - 1);
    of->exposed = bench_take(of->cells);
    of->active = bench_take(of->cells);
    of->net = bench_take(of->cells);
    of->value = bench_take(of->cells);
    of->error = bench_take(of->cells);
    of->low = bench_take(of->cells);
    of->high = bench_take(of->cells);
}

static void close_state(cells_state *of)
{
    free(of->customer);
    free(of->group);
    free(of->exposed);
    free(of->active);
    free(of->net);
    free(of->value);
    free(of->error);
    free(of->low);
    free(of->high);
    free(of);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    shop_log shop = shop_open(plan.rows);
    cells_state *of = calloc(1, sizeof *of);
    bench_check checks[3][4] = {{{NULL, 0.0}}};
    const bench_task rolling = {"cohort_rolling", shop.log.count, tabulate, of, checks[0], check_cells};
    const bench_task intervals = {"cohort_intervals", shop.log.count, tabulate, of, checks[1], check_cells};
    const bench_task two = {"cohort_compare", shop.log.count, compare, of, checks[2], check_comparison};

    if (!of)
        return 1;
    open_state(of, &shop);
    bench_run(&plan, &rolling);
    shop_write(&shop, &plan, rolling.name);
    bench_write(&plan, rolling.name, "edges.i64", of->edges, of->layout.edge_count);
    bench_write(&plan, rolling.name, "result_exposed.f64", of->exposed, of->cells);
    bench_write(&plan, rolling.name, "result_active.f64", of->active, of->cells);
    bench_write(&plan, rolling.name, "result_net.f64", of->net, of->cells);
    bench_write(&plan, rolling.name, "result_error.f64", of->error, of->cells);
    of->replicates = REPLICATES;
    bench_run(&plan, &intervals);
    bench_run(&plan, &two);
    close_state(of);
    shop_close(&shop);
    return 0;
}

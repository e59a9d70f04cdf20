/* Partial pooling: fits of --rows customers in groups of 1,000, all parameters free to vary, for three families; and the orders of all by the
 * models of their groups. The rows are all distinct. A general mixed-model program that knows these likelihoods is not to be had: the peer
 * (peers_btyd_pool.py) is what a user would do instead, a fit of lifetimes for each group on its own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "retain/btyd_pool.h"

enum { GROUP = 1000 };

typedef struct pool_state {
    retain_customers customers;
    retain_btyd truth, *models;
    retain_btyd_pool_report report;
    double *x, *t_x, *T, *orders;
    int64_t *group;
    size_t groups;
} pool_state;

static void open_groups(pool_state *of, const retain_btyd *truth, size_t count)
{
    of->truth = *truth;
    of->groups = (count + GROUP - 1) / GROUP;
    of->x = bench_take(count);
    of->t_x = bench_take(count);
    of->T = bench_take(count);
    of->orders = bench_take(count);
    of->group = bench_take(count);
    of->models = bench_take(of->groups * (sizeof *of->models / 8 + 1));
    for (size_t g = 0; g < of->groups; g++) {
        size_t first = g * GROUP, rows = count - first < GROUP ? count - first : GROUP;
        retain_btyd model = *truth;

        model.r *= exp(0.3 * sin(12.9898 * (double)g));
        model.alpha *= exp(0.5 * sin(78.233 * (double)g));
        for (size_t i = first; i < first + rows; i++) {
            of->T[i] = 20.0 + (double)(i * 7919 % 6000) / 100.0;
            of->group[i] = (int64_t)g;
        }
        bench_expect(NULL, retain_btyd_simulate(NULL, &model, of->T + first, NULL, rows, 0.0, g, of->x + first, of->t_x + first,
                                                NULL, NULL, NULL));
    }
    of->customers =
        (retain_customers){.count = count, .frequency = of->x, .t_x = of->t_x, .T = of->T, .unit_days = truth->unit_days};
}

static void close_groups(pool_state *of)
{
    void *const blocks[] = {of->x, of->t_x, of->T, of->orders, of->group, of->models};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
}

static retain_status fit(retain_context *ctx, void *state)
{
    pool_state *of = state;
    const retain_btyd_pool_columns columns = {.model = of->models};

    of->report.struct_size = sizeof of->report;
    return retain_btyd_pool_fit(ctx, of->truth.family, &of->customers, of->group, of->groups, NULL, NULL, &of->report, &columns);
}

static retain_status find_orders(retain_context *ctx, void *state)
{
    pool_state *of = state;
    const retain_btyd_question half_year = {.struct_size = sizeof half_year, .quantity = RETAIN_BTYD_ORDERS, .to = 26.0};

    return retain_btyd_pool_forecast(ctx, of->models, of->groups, &of->customers, of->group, &half_year, of->orders);
}

static void check_fit(void *state, bench_check *checks)
{
    const pool_state *of = state;

    checks[0] = (bench_check){"log_likelihood", of->report.log_likelihood};
    checks[1] = (bench_check){"steps", (double)of->report.iterations};
    checks[2] = (bench_check){"sd_alpha", of->report.sd[1]};
}

/* Hands the peer the customers, and what the best fits of each group alone reach together. */
static void write_groups(const bench_plan *plan, const char *task, pool_state *of)
{
    double *own = bench_take(of->groups * RETAIN_BTYD_POOL_PARAMETERS);
    const retain_btyd_pool_columns columns = {.own = own};

    of->report.struct_size = sizeof of->report;
    bench_expect(NULL, retain_btyd_pool_fit(NULL, of->truth.family, &of->customers, of->group, of->groups, NULL, NULL, &of->report,
                                            &columns));
    bench_write(plan, task, "frequency.f64", of->x, of->customers.count);
    bench_write(plan, task, "t_x.f64", of->t_x, of->customers.count);
    bench_write(plan, task, "T.f64", of->T, of->customers.count);
    bench_write(plan, task, "group.i64", of->group, of->customers.count);
    bench_write(plan, task, "result_own.f64", own, of->groups * of->report.parameters);
    bench_write(plan, task, "result_own_log_likelihood.f64", &of->report.own_log_likelihood, 1);
    free(own);
}

static void check_orders(void *state, bench_check *checks)
{
    const pool_state *of = state;

    checks[0] = (bench_check){"sum", bench_sum(of->orders, of->customers.count)};
}

int main(int argc, char **argv)
{
    static const retain_btyd truths[] = {
        {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.6, .alpha = 8.0},
        {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 0.6, .alpha = 8.0, .a = 0.8, .b = 2.5},
        {.family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.6, .alpha = 8.0, .s = 0.6, .beta = 12.0}};
    static const char *const names[][2] = {{"pool_nbd_fit", "pool_nbd_orders"},
                                           {"pool_bg_nbd_fit", "pool_bg_nbd_orders"},
                                           {"pool_pareto_nbd_fit", "pool_pareto_nbd_orders"}};
    const bench_plan plan = bench_begin(argc, argv, 100000);

    for (size_t f = 0; f < sizeof truths / sizeof *truths; f++) {
        static pool_state of;
        bench_check checks[4] = {{NULL, 0.0}}, order_checks[2] = {{NULL, 0.0}};
        const bench_task fits = {names[f][0], plan.rows, fit, &of, checks, check_fit};
        const bench_task orders = {names[f][1], plan.rows, find_orders, &of, order_checks, check_orders};

        open_groups(&of, &truths[f], plan.rows);
        bench_run(&plan, &fits);
        bench_run(&plan, &orders);
        if (truths[f].family == RETAIN_BTYD_BG_NBD && plan.folder)
            write_groups(&plan, names[f][0], &of);
        close_groups(&of);
    }
    return 0;
}

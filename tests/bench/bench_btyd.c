/* Buy till you die: fits of each family to --rows customers, to a tenth and to a hundredth of them; P(alive) and expected orders of all. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "customers.h"

static const double WEEKS_AHEAD = 13.0;

typedef struct btyd_state {
    retain_btyd truth; /* the customers are drawn from it, and predictions are made with it */
    retain_btyd fitted;
    retain_fit_report report;
    sample customers;
    double *alive, *orders;
} btyd_state;

static retain_status fit(retain_context *ctx, void *state)
{
    btyd_state *btyd = state;

    btyd->report.struct_size = sizeof btyd->report;
    return retain_btyd_fit(ctx, btyd->truth.family, &btyd->customers.view, NULL, &btyd->fitted, &btyd->report);
}

static retain_status predict_alive(retain_context *ctx, void *state)
{
    btyd_state *btyd = state;

    return retain_btyd_alive(ctx, &btyd->truth, &btyd->customers.view, btyd->alive, NULL);
}

static retain_status predict_orders(retain_context *ctx, void *state)
{
    btyd_state *btyd = state;

    return retain_btyd_orders(ctx, &btyd->truth, &btyd->customers.view, WEEKS_AHEAD, btyd->orders);
}

static void check_fit(void *state, bench_check *checks)
{
    const btyd_state *btyd = state;

    checks[0] = (bench_check){"log_likelihood", btyd->report.log_likelihood};
    checks[1] = (bench_check){"evaluations", (double)btyd->report.evaluations};
    for (size_t k = 0; k < btyd->report.parameters; k++)
        checks[2 + k] = (bench_check){retain_btyd_parameter(btyd->truth.family, k), btyd->report.estimate[k]};
}

static void check_alive(void *state, bench_check *checks)
{
    const btyd_state *btyd = state;

    checks[0] = (bench_check){"alive", bench_sum(btyd->alive, btyd->customers.view.count)};
}

static void check_orders(void *state, bench_check *checks)
{
    const btyd_state *btyd = state;

    checks[0] = (bench_check){"orders", bench_sum(btyd->orders, btyd->customers.view.count)};
}

/* Task names and folders: the family's short name and what is done. */
typedef struct family_names {
    retain_btyd_family family;
    const char *fit, *alive, *orders;
} family_names;

static void write_fit(const bench_plan *plan, const char *folder, const btyd_state *btyd)
{
    sample_write(&btyd->customers, plan, folder);
    bench_write(plan, folder, "result_parameters.f64", btyd->report.estimate, btyd->report.parameters);
    bench_write(plan, folder, "result_log_likelihood.f64", &btyd->report.log_likelihood, 1);
}

static void run_fit(const bench_plan *plan, const family_names *names, size_t count)
{
    btyd_state btyd = {.truth = cdnow_model(names->family)};
    bench_check checks[8] = {{NULL, 0.0}};
    const bench_task task = {names->fit, count, fit, &btyd, checks, check_fit};
    char folder[64];

    btyd.customers = sample_open(&btyd.truth, count);
    bench_run(plan, &task);
    snprintf(folder, sizeof folder, "%s_%zu", names->fit, count);
    write_fit(plan, folder, &btyd);
    sample_close(&btyd.customers);
}

static void run_predictions(const bench_plan *plan, const family_names *names)
{
    btyd_state btyd = {.truth = cdnow_model(names->family)};
    bench_check alive_checks[2] = {{NULL, 0.0}}, order_checks[2] = {{NULL, 0.0}};
    const bench_task alive = {names->alive, plan->rows, predict_alive, &btyd, alive_checks, check_alive};
    const bench_task orders = {names->orders, plan->rows, predict_orders, &btyd, order_checks, check_orders};

    btyd.customers = sample_open(&btyd.truth, plan->rows);
    btyd.alive = bench_take(plan->rows);
    btyd.orders = bench_take(plan->rows);
    bench_run(plan, &alive);
    sample_write(&btyd.customers, plan, names->alive);
    bench_write(plan, names->alive, "result_alive.f64", btyd.alive, plan->rows);
    bench_run(plan, &orders);
    sample_write(&btyd.customers, plan, names->orders);
    bench_write(plan, names->orders, "result_orders.f64", btyd.orders, plan->rows);
    free(btyd.alive);
    free(btyd.orders);
    sample_close(&btyd.customers);
}

int main(int argc, char **argv)
{
    static const family_names families[] = {{RETAIN_BTYD_BG_NBD, "bg_nbd_fit", "bg_nbd_alive", "bg_nbd_orders"},
                                            {RETAIN_BTYD_MBG_NBD, "mbg_nbd_fit", "mbg_nbd_alive", "mbg_nbd_orders"},
                                            {RETAIN_BTYD_PARETO_NBD, "pareto_nbd_fit", "pareto_nbd_alive", "pareto_nbd_orders"},
                                            {RETAIN_BTYD_GG_NBD, "gg_nbd_fit", "gg_nbd_alive", "gg_nbd_orders"},
                                            {RETAIN_BTYD_NBD, "nbd_fit", "nbd_alive", "nbd_orders"},
                                            {RETAIN_BTYD_BG_BB, "bg_bb_fit", "bg_bb_alive", "bg_bb_orders"},
                                            {RETAIN_BTYD_MBG_CNBD, "mbg_cnbd_fit", "mbg_cnbd_alive", "mbg_cnbd_orders"}};
    const bench_plan plan = bench_begin(argc, argv, 1000000);

    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        for (size_t part = 100; part; part /= 10)
            run_fit(&plan, &families[f], plan.rows / part);
        run_predictions(&plan, &families[f]);
    }
    return 0;
}

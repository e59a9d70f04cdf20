/* What lifetime values are for, of --rows customers: when they have paid back what they have cost (with limits: a hundredth
 * of them), how concentrated their value is, and the naive formulas. Peers: peers_clv_plan.py. */
#include <stdlib.h>

#include "bench.h"
#include "customers.h"
#include "retain/clv_plan.h"

typedef struct plan_state {
    sample customers;
    retain_btyd model;
    retain_fit_report report;
    retain_clv_forecast forecast;
    retain_clv_payback_report payback;
    retain_clv_concentrated concentrated;
    retain_clv_naive_report naive;
    double *order_value, *value, *revenue, cost;
} plan_state;

static retain_status find_payback(retain_context *ctx, void *state)
{
    plan_state *of = state;

    of->payback.struct_size = sizeof of->payback;
    return retain_clv_payback(ctx, &of->forecast, &of->customers.view, NULL, of->cost, NULL, 0.95, &of->payback);
}

static retain_status find_concentration(retain_context *ctx, void *state)
{
    plan_state *of = state;

    of->concentrated.struct_size = sizeof of->concentrated;
    return retain_clv_concentration(ctx, of->value, of->customers.view.count, 0.95, &of->concentrated);
}

static retain_status find_naive(retain_context *ctx, void *state)
{
    plan_state *of = state;

    of->naive.struct_size = sizeof of->naive;
    return retain_clv_naive(ctx, &of->customers.view, of->revenue, 28.0, NULL, NULL, 0.95, &of->naive);
}

static void check_payback(void *state, bench_check *checks)
{
    const plan_state *of = state;

    checks[0] = (bench_check){"days", of->payback.days};
    checks[1] = (bench_check){"days_high", of->payback.days_high};
}

static void check_concentration(void *state, bench_check *checks)
{
    const plan_state *of = state;

    checks[0] = (bench_check){"gini", of->concentrated.gini};
}

static void check_naive(void *state, bench_check *checks)
{
    const plan_state *of = state;

    checks[0] = (bench_check){"lifespan", of->naive.lifespan};
}

/* A cost that is earned back within half a year or so; the value of an order is given, as where a shop knows it. */
static void open_state(const bench_plan *plan, plan_state *of)
{
    const retain_btyd truth = cdnow_model(RETAIN_BTYD_BG_NBD);
    const size_t count = plan->rows;
    retain_btyd fitted;

    of->model = truth;
    of->customers = sample_open(&truth, count);
    of->order_value = bench_take(count);
    of->value = bench_take(count);
    of->revenue = bench_take(count);
    for (size_t i = 0; i < count; i++) {
        const double x = of->customers.frequency[i], spend = cdnow_spend_of(i, x);

        of->order_value[i] = x > 0.0 ? spend : 35.0;
        of->revenue[i] = of->order_value[i] * (x + 1.0);
    }
    of->report.struct_size = sizeof of->report;
    bench_expect(NULL, retain_btyd_fit(NULL, truth.family, &of->customers.view, NULL, &fitted, &of->report));
    bench_expect(NULL, retain_btyd_orders(NULL, &truth, &of->customers.view, 26.0, of->value));
    for (size_t i = 0; i < count; i++) {
        of->value[i] *= of->order_value[i];
        of->cost += of->value[i];
    }
    of->forecast = (retain_clv_forecast){.model = &of->model, .value = of->order_value};
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    static plan_state of;
    bench_check checks[4][3] = {{{NULL, 0.0}}};
    const bench_task payback = {"clv_payback", plan.rows, find_payback, &of, checks[0], check_payback};
    const bench_task limits = {"clv_payback_limits", plan.rows / 100, find_payback, &of, checks[1], check_payback};
    const bench_task concentration = {"clv_concentration", plan.rows, find_concentration, &of, checks[2], check_concentration};
    const bench_task naive = {"clv_naive", plan.rows, find_naive, &of, checks[3], check_naive};

    open_state(&plan, &of);
    bench_run(&plan, &payback);
    sample_write(&of.customers, &plan, payback.name);
    bench_write(&plan, payback.name, "order_value.f64", of.order_value, plan.rows);
    bench_write(&plan, payback.name, "cost.f64", &of.cost, 1);
    bench_write(&plan, payback.name, "result_days.f64", &of.payback.days, 1);
    of.forecast.covariance = of.report.covariance;
    of.customers.view.count = plan.rows / 100;
    of.cost /= 100.0;
    bench_run(&plan, &limits);
    of.customers.view.count = plan.rows;
    bench_run(&plan, &concentration);
    bench_write(&plan, concentration.name, "value.f64", of.value, plan.rows);
    bench_write(&plan, concentration.name, "result_gini.f64", &of.concentrated.gini, 1);
    bench_run(&plan, &naive);
    sample_close(&of.customers);
    free(of.order_value);
    free(of.value);
    free(of.revenue);
    return 0;
}

/* Spend: the fits to the repeat customers among --rows customers, of means and of single orders, and what each is expected to spend. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "customers.h"
#include "math/random.h"
#include "retain/spend.h"
#include "retain/spend_orders.h"

typedef struct spend_state {
    retain_spend truth, fitted;
    retain_fit_report report;
    sample customers;
    double *spend, *expected;
} spend_state;

static retain_status fit(retain_context *ctx, void *state)
{
    spend_state *spend = state;

    spend->report.struct_size = sizeof spend->report;
    return retain_spend_fit(ctx, &spend->customers.view, NULL, &spend->fitted, &spend->report, NULL);
}

static retain_status predict(retain_context *ctx, void *state)
{
    spend_state *spend = state;

    return retain_spend_expected(ctx, &spend->truth, &spend->customers.view, spend->expected);
}

static void check_fit(void *state, bench_check *checks)
{
    const spend_state *spend = state;

    checks[0] = (bench_check){"log_likelihood", spend->report.log_likelihood};
    checks[1] = (bench_check){"evaluations", (double)spend->report.evaluations};
    checks[2] = (bench_check){"p", spend->fitted.p};
    checks[3] = (bench_check){"q", spend->fitted.q};
    checks[4] = (bench_check){"gamma", spend->fitted.gamma};
}

static void check_expected(void *state, bench_check *checks)
{
    const spend_state *spend = state;

    checks[0] = (bench_check){"expected", bench_sum(spend->expected, spend->customers.view.count)};
}

/* Single orders: the customers' repeat orders one by one, summed up. */
typedef struct orders_state {
    retain_spend_family family;
    retain_spend_model fitted;
    retain_fit_report report;
    retain_spenders view;
    double *mean, *mean_log, *squares, *values;
} orders_state;

static retain_status fit_orders(retain_context *ctx, void *state)
{
    orders_state *orders = state;

    orders->report.struct_size = sizeof orders->report;
    return retain_spend_orders_fit(ctx, orders->family, &orders->view, NULL, &orders->fitted, &orders->report);
}

static retain_status predict_orders(retain_context *ctx, void *state)
{
    orders_state *orders = state;

    return retain_spend_orders_quantile(ctx, &orders->fitted, &orders->view, 0.0, 0.95, orders->values);
}

static void check_orders(void *state, bench_check *checks)
{
    const orders_state *orders = state;

    checks[0] = (bench_check){"log_likelihood", orders->report.log_likelihood};
    checks[1] = (bench_check){"evaluations", (double)orders->report.evaluations};
}

static void check_quantiles(void *state, bench_check *checks)
{
    const orders_state *orders = state;

    checks[0] = (bench_check){"quantile", bench_sum(orders->values, orders->view.count)};
}

static orders_state open_orders(const spend_state *spend)
{
    const size_t count = spend->customers.view.count;
    orders_state orders = {
        .mean = bench_take(count), .mean_log = bench_take(count), .squares = bench_take(count), .values = bench_take(count)};

    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(6, i);
        const double rate = retain__random_gamma(&random, spend->truth.q, spend->truth.gamma), n = spend->customers.frequency[i];
        double sum = 0.0, logs = 0.0, squares = 0.0;

        for (double k = 1.0; k <= n; k += 1.0) { /* West 1979 */
            const double value = ceil(100.0 * retain__random_gamma(&random, spend->truth.p, rate)) / 100.0, off = log(value) - logs;

            sum += value;
            logs += off / k;
            squares += off * (log(value) - logs);
        }
        orders.mean[i] = sum / n;
        orders.mean_log[i] = logs;
        orders.squares[i] = n > 1.0 ? squares : 0.0;
    }
    orders.view = (retain_spenders){.count = count,
                                    .orders = spend->customers.frequency,
                                    .mean = orders.mean,
                                    .mean_log = orders.mean_log,
                                    .log_squares = orders.squares};
    return orders;
}

static void run_orders(const bench_plan *plan, const spend_state *spend)
{
    static const char *const fits[] = {"spend_orders_gamma_gamma_fit", "spend_orders_log_normal_fit"};
    static const char *const quantiles[] = {"spend_orders_gamma_gamma_quantile", "spend_orders_log_normal_quantile"};
    orders_state orders = open_orders(spend);

    for (int family = 0; family < 2; family++) {
        bench_check fit_checks[3] = {{NULL, 0.0}}, checks[2] = {{NULL, 0.0}};
        const bench_task fitting = {fits[family], orders.view.count, fit_orders, &orders, fit_checks, check_orders};
        const bench_task predicting = {quantiles[family], orders.view.count, predict_orders, &orders, checks, check_quantiles};

        orders.family = (retain_spend_family)family;
        bench_run(plan, &fitting);
        bench_run(plan, &predicting);
    }
    free(orders.mean);
    free(orders.mean_log);
    free(orders.squares);
    free(orders.values);
}

/* Customers with a repeat purchase only, and in whole cents what they spent on average. */
static spend_state open_state(size_t count)
{
    const retain_btyd model = cdnow_model(RETAIN_BTYD_BG_NBD);
    spend_state spend = {
        .truth = cdnow_spend(), .customers = sample_open(&model, count), .spend = bench_take(count), .expected = bench_take(count)};
    sample *all = &spend.customers;
    size_t repeats = 0;

    for (size_t i = 0; i < count; i++) {
        const double x = all->frequency[i];

        if (x == 0.0)
            continue;
        spend.spend[repeats] = cdnow_spend_of(i, x);
        all->frequency[repeats] = x;
        all->t_x[repeats] = all->t_x[i];
        all->T[repeats++] = all->T[i];
    }
    all->view.count = repeats;
    all->view.spend = spend.spend;
    return spend;
}

static void run_task(const bench_plan *plan, const spend_state *spend, const bench_task *task)
{
    bench_run(plan, task);
    sample_write(&spend->customers, plan, task->name);
    bench_write(plan, task->name, "spend.f64", spend->spend, spend->customers.view.count);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    spend_state spend = open_state(plan.rows);
    const size_t count = spend.customers.view.count;
    bench_check fit_checks[6] = {{NULL, 0.0}}, checks[2] = {{NULL, 0.0}};
    const bench_task fitting = {"gamma_gamma_fit", count, fit, &spend, fit_checks, check_fit};
    const bench_task predicting = {"gamma_gamma_expected", count, predict, &spend, checks, check_expected};
    double parameters[3];

    run_task(&plan, &spend, &fitting);
    parameters[0] = spend.fitted.p;
    parameters[1] = spend.fitted.q;
    parameters[2] = spend.fitted.gamma;
    bench_write(&plan, fitting.name, "result_parameters.f64", parameters, 3);
    bench_write(&plan, fitting.name, "result_log_likelihood.f64", &spend.report.log_likelihood, 1);
    run_task(&plan, &spend, &predicting);
    bench_write(&plan, predicting.name, "result_expected.f64", spend.expected, count);
    run_orders(&plan, &spend);
    free(spend.spend);
    free(spend.expected);
    sample_close(&spend.customers);
    return 0;
}

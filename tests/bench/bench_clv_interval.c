/* Lifetime values of --rows customers for a year, undiscounted, with limits from both models: customer by customer, and summed over 24
 * cohorts. The peer (peers_clv_interval.py) is lifetimes, which has the values without limits. */
#include <stdlib.h>

#include "bench.h"
#include "customers.h"
#include "retain/clv_interval.h"

enum { COHORTS = 24 };

/* Twelve of the months, 4.345 weeks, that lifetimes counts in. */
static const double YEAR_DAYS = 12.0 * 4.345 * 7.0;

typedef struct clv_state {
    sample customers;
    retain_btyd model;
    retain_spend spend_model;
    retain_fit_report orders, values;
    retain_clv_forecast forecast;
    retain_clv_terms terms;
    double *spend, *residual, *low, *high, sum[COHORTS + 1], least[COHORTS + 1], most[COHORTS + 1];
    int64_t *cohort;
} clv_state;

static retain_status value_customers(retain_context *ctx, void *state)
{
    clv_state *of = state;
    const retain_clv_columns columns = {.residual = of->residual, .residual_low = of->low, .residual_high = of->high};

    return retain_clv_interval(ctx, &of->forecast, &of->customers.view, NULL, &of->terms, 0.95, &columns);
}

static retain_status value_cohorts(retain_context *ctx, void *state)
{
    clv_state *of = state;
    const retain_clv_columns columns = {.residual = of->sum, .residual_least = of->least, .residual_most = of->most};

    return retain_clv_sums(ctx, &of->forecast, &of->customers.view, NULL, of->cohort, COHORTS, &of->terms, 0.95, &columns);
}

static void check_customers(void *state, bench_check *checks)
{
    const clv_state *of = state;
    const size_t count = of->customers.view.count;

    checks[0] = (bench_check){"low", bench_sum(of->low, count)};
    checks[1] = (bench_check){"residual", bench_sum(of->residual, count)};
    checks[2] = (bench_check){"high", bench_sum(of->high, count)};
}

static void check_cohorts(void *state, bench_check *checks)
{
    const clv_state *of = state;

    checks[0] = (bench_check){"least", of->least[COHORTS]};
    checks[1] = (bench_check){"residual", of->sum[COHORTS]};
    checks[2] = (bench_check){"most", of->most[COHORTS]};
}

/* The models are those that made the customers, with the covariances of fits to them. */
static void open_state(const bench_plan *plan, clv_state *of)
{
    const retain_btyd truth = cdnow_model(RETAIN_BTYD_BG_NBD);
    retain_btyd fitted;
    retain_spend spend_fitted;

    of->model = truth;
    of->spend_model = cdnow_spend();
    of->customers = sample_open(&truth, plan->rows);
    of->spend = bench_take(plan->rows);
    of->residual = bench_take(plan->rows);
    of->low = bench_take(plan->rows);
    of->high = bench_take(plan->rows);
    of->cohort = bench_take(plan->rows);
    for (size_t i = 0; i < plan->rows; i++) {
        of->spend[i] = cdnow_spend_of(i, of->customers.frequency[i]);
        of->cohort[i] = (int64_t)of->customers.T[i] % COHORTS;
    }
    of->customers.view.spend = of->spend;
    of->orders.struct_size = sizeof of->orders;
    of->values.struct_size = sizeof of->values;
    bench_expect(NULL, retain_btyd_fit(NULL, truth.family, &of->customers.view, NULL, &fitted, &of->orders));
    bench_expect(NULL, retain_spend_fit(NULL, &of->customers.view, NULL, &spend_fitted, &of->values, NULL));
    of->forecast = (retain_clv_forecast){.model = &of->model,
                                         .covariance = of->orders.covariance,
                                         .spend = &of->spend_model,
                                         .spend_covariance = of->values.covariance};
    of->terms = (retain_clv_terms){.struct_size = sizeof of->terms, .horizon_days = YEAR_DAYS};
}

static void close_state(clv_state *of)
{
    void *const blocks[] = {of->spend, of->residual, of->low, of->high, of->cohort};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
    sample_close(&of->customers);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    static clv_state of;
    bench_check row_checks[4] = {{NULL, 0.0}}, checks[4] = {{NULL, 0.0}};
    const bench_task rows = {"clv_interval", plan.rows, value_customers, &of, row_checks, check_customers};
    const bench_task sums = {"clv_sums", plan.rows, value_cohorts, &of, checks, check_cohorts};

    open_state(&plan, &of);
    bench_run(&plan, &rows);
    bench_run(&plan, &sums);
    sample_write(&of.customers, &plan, rows.name);
    bench_write(&plan, rows.name, "spend.f64", of.spend, plan.rows);
    bench_write(&plan, rows.name, "cohort.i64", of.cohort, plan.rows);
    bench_write(&plan, rows.name, "result_residual.f64", of.residual, plan.rows);
    bench_write(&plan, rows.name, "result_sum.f64", of.sum, COHORTS + 1);
    close_state(&of);
    return 0;
}

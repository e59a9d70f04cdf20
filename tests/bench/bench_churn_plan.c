/* A million customers: how unusual their silences are, whom to contact, and the profit curve of a ranking. */
#include <stdlib.h>

#include "bench.h"
#include "customers.h"
#include "math/random.h"
#include "retain/churn_plan.h"

enum { MOST = 20000 };

typedef struct plan_state {
    retain_btyd model;
    sample customers;
    size_t count, points;
    double *p_value, *risk, *left, *value, *gain, *curve, *high;
    uint8_t *chosen;
    retain_churn_selection found;
    retain_churn_best best;
} plan_state;

static const retain_churn_offer OFFER = {2.0, 1.0, 0.1};

static retain_status find_overdue(retain_context *ctx, void *state)
{
    plan_state *of = state;

    return retain_churn_overdue(ctx, &of->model, &of->customers.view, of->p_value);
}

static retain_status choose(retain_context *ctx, void *state)
{
    plan_state *of = state;

    return retain_churn_select(ctx, of->risk, of->value, of->count, &OFFER, MOST, 0.0, of->chosen, of->gain, &of->found);
}

static retain_status draw_curve(retain_context *ctx, void *state)
{
    plan_state *of = state;
    const retain_churn_profit_columns columns = {.profit = of->curve, .high = of->high};

    return retain_churn_profit(ctx, of->risk, of->left, of->value, of->count, &OFFER, 0.0, &columns, of->count, &of->points,
                               &of->best);
}

static void check_overdue(void *state, bench_check *checks)
{
    const plan_state *of = state;

    checks[0] = (bench_check){"sum", bench_sum(of->p_value, of->count)};
}

static void check_choice(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"gain", ((const plan_state *)state)->found.gain};
}

static void check_curve(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"profit", ((const plan_state *)state)->best.profit};
}

static void make_people(plan_state *of)
{
    double **columns[] = {&of->p_value, &of->risk, &of->left, &of->value, &of->gain, &of->curve, &of->high};

    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        *columns[c] = bench_take(of->count);
    of->chosen = bench_take(of->count);
    for (size_t i = 0; i < of->count; i++) {
        retain__random random = retain__random_start(14, i);

        of->risk[i] = retain__random_uniform(&random);
        of->left[i] = retain__random_uniform(&random) < of->risk[i];
        of->value[i] = 200.0 * retain__random_uniform(&random);
    }
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    plan_state of = {.model = cdnow_model(RETAIN_BTYD_PARETO_NBD), .found.struct_size = sizeof of.found};
    bench_check overdue_checks[2] = {{NULL, 0.0}}, choice_checks[2] = {{NULL, 0.0}}, curve_checks[2] = {{NULL, 0.0}};
    const double parameters[] = {of.model.r, of.model.alpha};

    of.best.struct_size = sizeof of.best;
    of.customers = sample_open(&of.model, plan.rows);
    of.count = of.customers.view.count;
    make_people(&of);
    bench_run(&plan, &(bench_task){"churn_overdue", of.count, find_overdue, &of, overdue_checks, check_overdue});
    bench_run(&plan, &(bench_task){"churn_select", of.count, choose, &of, choice_checks, check_choice});
    bench_run(&plan, &(bench_task){"churn_profit", of.count, draw_curve, &of, curve_checks, check_curve});
    sample_write(&of.customers, &plan, "churn_plan");
    bench_write(&plan, "churn_plan", "parameters.f64", parameters, 2);
    bench_write(&plan, "churn_plan", "risk.f64", of.risk, of.count);
    bench_write(&plan, "churn_plan", "left.f64", of.left, of.count);
    bench_write(&plan, "churn_plan", "value.f64", of.value, of.count);
    bench_write(&plan, "churn_plan", "result_overdue.f64", of.p_value, of.count);
    bench_write(&plan, "churn_plan", "result_profit.f64", of.curve, of.points);
    sample_close(&of.customers);
    free(of.p_value);
    free(of.risk);
    free(of.left);
    free(of.value);
    free(of.gain);
    free(of.curve);
    free(of.high);
    free(of.chosen);
    return 0;
}

/* A million customers, twenty predictors: the fit of a logistic regression, risks, and the three largest reasons of each customer. The table lies
 * row after row, as NumPy's do. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/logistic.h"

enum { COLUMNS = 20, REASONS = 3 };

typedef struct logistic_state {
    retain_predictors predictors;
    const double *column[COLUMNS];
    double *table, *number, *risk, *share;
    uint8_t *outcome;
    int64_t *reason;
    retain_logistic model;
    retain_logistic_report report;
} logistic_state;

static retain_status fit(retain_context *ctx, void *state)
{
    logistic_state *of = state;
    const retain_logistic_options options = {.struct_size = sizeof options, .l2 = 1.0, .unscaled = 1};

    return retain_logistic_fit(ctx, &of->predictors, of->outcome, NULL, &options, &of->model, &of->report, NULL, NULL);
}

static retain_status ask(retain_context *ctx, void *state)
{
    logistic_state *of = state;

    return retain_logistic_probability(ctx, &of->model, &of->predictors, NULL, 0.0, of->risk, NULL, NULL, NULL);
}

static retain_status give_reasons(retain_context *ctx, void *state)
{
    logistic_state *of = state;

    return retain_logistic_reasons(ctx, &of->model, &of->predictors, REASONS, RETAIN_REASONS_RAISING, NULL, NULL, of->reason,
                                   of->share, NULL);
}

static void check_fit(void *state, bench_check *checks)
{
    const logistic_state *of = state;

    checks[0] = (bench_check){"objective", of->report.objective};
    checks[1] = (bench_check){"passes", (double)of->report.evaluations};
}

static void check_risk(void *state, bench_check *checks)
{
    const logistic_state *of = state;

    checks[0] = (bench_check){"risk", bench_sum(of->risk, of->predictors.count)};
}

static void check_reasons(void *state, bench_check *checks)
{
    const logistic_state *of = state;
    double first = 0.0;

    for (size_t i = 0; i < of->predictors.count; i++)
        first += of->share[i * REASONS] > 0.0 ? of->share[i * REASONS] : 0.0;
    checks[0] = (bench_check){"first", first};
}

static void make_rows(logistic_state *of, size_t count)
{
    of->table = bench_take(count * COLUMNS);
    of->number = bench_take(count);
    of->risk = bench_take(count);
    of->share = bench_take(count * REASONS);
    of->outcome = bench_take(count);
    of->reason = bench_take(count * REASONS);
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(1958, i);
        double log_odds = -1.5;

        for (int j = 0; j < COLUMNS; j++) {
            const double x = retain__random_normal(&random);

            of->table[i * COLUMNS + (size_t)j] = j % 4 == 3 ? x > 0.5 : x;
            log_odds += 0.2 * (double)(j % 5 - 2) * of->table[i * COLUMNS + (size_t)j];
        }
        of->outcome[i] = retain__random_uniform(&random) < 1.0 / (1.0 + exp(-log_odds));
        of->number[i] = of->outcome[i];
    }
    for (size_t j = 0; j < COLUMNS; j++)
        of->column[j] = of->table + j;
    of->predictors = (retain_predictors){count, COLUMNS, of->column, COLUMNS};
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    static logistic_state of = {.report = RETAIN_LOGISTIC_REPORT_INIT};
    bench_check fit_checks[3] = {{NULL, 0.0}}, risk_checks[2] = {{NULL, 0.0}}, reason_checks[2] = {{NULL, 0.0}};
    double coefficient[1 + COLUMNS];

    make_rows(&of, plan.rows);
    bench_run(&plan, &(bench_task){"logistic_fit", plan.rows, fit, &of, fit_checks, check_fit});
    bench_run(&plan, &(bench_task){"logistic_probability", plan.rows, ask, &of, risk_checks, check_risk});
    bench_run(&plan, &(bench_task){"logistic_reasons", plan.rows, give_reasons, &of, reason_checks, check_reasons});
    coefficient[0] = of.model.intercept;
    for (size_t j = 0; j < COLUMNS; j++)
        coefficient[1 + j] = of.model.coefficient[j];
    bench_write(&plan, "logistic", "table.f64", of.table, plan.rows * COLUMNS);
    bench_write(&plan, "logistic", "outcome.f64", of.number, plan.rows);
    bench_write(&plan, "logistic", "result_coefficient.f64", coefficient, 1 + COLUMNS);
    bench_write(&plan, "logistic", "result_risk.f64", of.risk, plan.rows);
    free(of.table);
    free(of.number);
    free(of.risk);
    free(of.share);
    free(of.outcome);
    free(of.reason);
    return 0;
}

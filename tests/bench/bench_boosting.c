/* Boosted trees of twenty columns: a hundred rounds of depth 3, forecasts, and reasons. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/boosting.h"

enum { COLUMNS = 20, NODES = 1500, EXPLAINED = 10000 };

typedef struct boosting_state {
    retain_predictors predictors, few;
    const double *column[COLUMNS];
    double *block, *outcome_number, *probability, *contribution;
    uint8_t *outcome;
    retain_boosting_node node[NODES];
    retain_boosting model;
    retain_boosting_report report;
} boosting_state;

static retain_status fit(retain_context *ctx, void *state)
{
    boosting_state *of = state;

    return retain_boosting_fit(ctx, &of->predictors, of->outcome, NULL, NULL, of->node, NODES, &of->model, &of->report);
}

static retain_status forecast(retain_context *ctx, void *state)
{
    boosting_state *of = state;

    return retain_boosting_probability(ctx, &of->model, &of->predictors, of->probability);
}

static retain_status explain(retain_context *ctx, void *state)
{
    boosting_state *of = state;

    return retain_boosting_reasons(ctx, &of->model, &of->few, 0, RETAIN_REASONS_EITHER, NULL, of->contribution, NULL, NULL, NULL);
}

static void check_fit(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"log_loss", ((const boosting_state *)state)->report.log_loss};
}

static void check_forecast(void *state, bench_check *checks)
{
    const boosting_state *of = state;

    checks[0] = (bench_check){"sum", bench_sum(of->probability, of->predictors.count)};
}

static void check_reasons(void *state, bench_check *checks)
{
    const boosting_state *of = state;

    checks[0] = (bench_check){"sum", bench_sum(of->contribution, of->few.count * COLUMNS)};
}

/* Half of the columns say something, some of it bent or together with others; a few values are missing; some columns have few values. */
static void make_shop(boosting_state *of, size_t count)
{
    of->block = bench_take(count * COLUMNS);
    of->outcome_number = bench_take(count);
    of->probability = bench_take(count);
    of->outcome = bench_take(count);
    for (size_t j = 0; j < COLUMNS; j++)
        of->column[j] = of->block + j * count;
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(2001, i);
        double x[COLUMNS], odds;

        for (size_t j = 0; j < COLUMNS; j++) {
            x[j] = retain__random_normal(&random);
            if (j % 5 == 4)
                x[j] = floor(2.0 * x[j]);
        }
        odds = -1.0 + sin(2.0 * x[0]) + x[1] * x[2] + fabs(x[3]) - 0.3 * x[4] + 0.5 * x[5] - 0.2 * x[9];
        of->outcome[i] = retain__random_uniform(&random) < 1.0 / (1.0 + exp(-odds));
        of->outcome_number[i] = of->outcome[i];
        for (size_t j = 0; j < COLUMNS; j++)
            of->block[j * count + i] = j % 4 == 0 && retain__random_uniform(&random) < 0.05 ? (double)NAN : x[j];
    }
    of->predictors = (retain_predictors){count, COLUMNS, of->column, 1};
    of->few = of->predictors;
    of->few.count = count < EXPLAINED ? count : EXPLAINED;
    of->contribution = bench_take(of->few.count * COLUMNS);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    static boosting_state of;
    bench_check fit_checks[2] = {{NULL, 0.0}}, forecast_checks[2] = {{NULL, 0.0}}, reason_checks[2] = {{NULL, 0.0}};

    of.report.struct_size = sizeof of.report;
    make_shop(&of, plan.rows);
    bench_run(&plan, &(bench_task){"boosting_fit", plan.rows, fit, &of, fit_checks, check_fit});
    bench_run(&plan, &(bench_task){"boosting_probability", plan.rows, forecast, &of, forecast_checks, check_forecast});
    bench_run(&plan, &(bench_task){"boosting_reasons", of.few.count, explain, &of, reason_checks, check_reasons});
    bench_write(&plan, "boosting", "block.f64", of.block, plan.rows * COLUMNS);
    bench_write(&plan, "boosting", "outcome.f64", of.outcome_number, plan.rows);
    bench_write(&plan, "boosting", "result_log_loss.f64", &of.report.log_loss, 1);
    bench_write(&plan, "boosting", "result_probability.f64", of.probability, plan.rows);
    free(of.block);
    free(of.outcome_number);
    free(of.probability);
    free(of.contribution);
    free(of.outcome);
    return 0;
}

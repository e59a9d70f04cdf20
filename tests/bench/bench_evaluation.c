/* Forecasts of --rows customers beside what came: errors, ranking, gains and calibration, all with limits.
 *
 * The customers are those of a shop in which most do nothing: forecasts have few ties, what came has many. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/evaluation.h"

enum { POINTS = 20, GROUPS = 10 };

typedef struct evaluation_state {
    size_t count;
    double *expected, *actual;
    retain_evaluation_error_report errors;
    retain_evaluation_ranking_report ranking;
    double share[POINTS], capture[POINTS], low[POINTS], high[POINTS], perfect[POINTS];
    double customers[GROUPS], mean[GROUPS], group_low[GROUPS], group_high[GROUPS];
} evaluation_state;

static evaluation_state open_state(size_t count)
{
    evaluation_state state = {.count = count, .expected = bench_take(count), .actual = bench_take(count)};

    state.errors.struct_size = sizeof state.errors;
    state.ranking.struct_size = sizeof state.ranking;
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(12, i);
        const double rate = retain__random_gamma(&random, 0.4, 0.5);

        state.expected[i] = 0.7 * rate + 0.2 * retain__random_uniform(&random);
        state.actual[i] = retain__random_poisson(&random, rate);
    }
    for (size_t k = 0; k < POINTS; k++)
        state.share[k] = (double)(k + 1) / POINTS;
    return state;
}

/* --- tasks ------------------------------------------------------------------------------------------------------------------------ */

static retain_status find_errors(retain_context *ctx, void *given)
{
    evaluation_state *state = given;

    return retain_evaluation_errors(ctx, state->expected, state->actual, NULL, state->count, 0.0, &state->errors);
}

static void check_errors(void *given, bench_check *checks)
{
    const evaluation_state *state = given;

    checks[0] = (bench_check){"rmse", state->errors.rmse};
    checks[1] = (bench_check){"mae", state->errors.mae};
}

static retain_status rank(retain_context *ctx, void *given)
{
    evaluation_state *state = given;

    return retain_evaluation_ranking(ctx, state->expected, state->actual, NULL, state->count, 0.0, &state->ranking);
}

static void check_ranking(void *given, bench_check *checks)
{
    const evaluation_state *state = given;

    checks[0] = (bench_check){"gini", state->ranking.gini};
    checks[1] = (bench_check){"spearman", state->ranking.spearman};
}

static retain_status gain(retain_context *ctx, void *given)
{
    evaluation_state *state = given;

    return retain_evaluation_gains(ctx, state->expected, state->actual, NULL, state->count, state->share, POINTS, 0.0,
                                   state->capture, state->low, state->high, state->perfect);
}

static void check_gains(void *given, bench_check *checks)
{
    const evaluation_state *state = given;

    checks[0] = (bench_check){"capture", state->capture[1]};
}

static retain_status calibrate(retain_context *ctx, void *given)
{
    evaluation_state *state = given;
    const retain_evaluation_columns columns = {
        .customers = state->customers, .actual = state->mean, .actual_low = state->group_low, .actual_high = state->group_high};

    return retain_evaluation_calibration(ctx, state->expected, state->actual, NULL, state->count, GROUPS, 0.0, &columns);
}

static void check_calibration(void *given, bench_check *checks)
{
    const evaluation_state *state = given;

    checks[0] = (bench_check){"best_tenth", state->mean[GROUPS - 1]};
}

static void run_task(const bench_plan *plan, const evaluation_state *state, const bench_task *task)
{
    bench_run(plan, task);
    bench_write(plan, task->name, "expected.f64", state->expected, state->count);
    bench_write(plan, task->name, "actual.f64", state->actual, state->count);
    if (task->work == find_errors) {
        const double figures[] = {state->errors.bias, state->errors.mae, state->errors.rmse, state->errors.aggregate};

        bench_write(plan, task->name, "result.f64", figures, 4);
    }
    if (task->work == rank) {
        const double figures[] = {state->ranking.gini, state->ranking.perfect, state->ranking.spearman};

        bench_write(plan, task->name, "result.f64", figures, 3);
    }
    if (task->work == gain)
        bench_write(plan, task->name, "result.f64", state->capture, POINTS);
    if (task->work == calibrate)
        bench_write(plan, task->name, "result.f64", state->mean, GROUPS);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    evaluation_state state = open_state(plan.rows);
    bench_check errors[3] = {{NULL, 0.0}}, ranking[3] = {{NULL, 0.0}}, gains[2] = {{NULL, 0.0}}, groups[2] = {{NULL, 0.0}};
    const bench_task tasks[] = {{"evaluation_errors", state.count, find_errors, &state, errors, check_errors},
                                {"evaluation_ranking", state.count, rank, &state, ranking, check_ranking},
                                {"evaluation_gains", state.count, gain, &state, gains, check_gains},
                                {"evaluation_calibration", state.count, calibrate, &state, groups, check_calibration}};

    for (size_t t = 0; t < sizeof tasks / sizeof *tasks; t++)
        run_task(&plan, &state, &tasks[t]);
    free(state.expected);
    free(state.actual);
    return 0;
}

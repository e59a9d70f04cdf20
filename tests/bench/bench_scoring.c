/* A million scores: all measures of one, what a second gains, the points of its curves. */
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/scoring.h"

typedef struct scoring_state {
    size_t count, points;
    double *score, *other, *number, *recall, *precision;
    double auc;
    uint8_t *outcome;
    retain_scoring_report report;
    retain_scoring_comparison comparison;
} scoring_state;

static retain_status measure(retain_context *ctx, void *state)
{
    scoring_state *of = state;

    return retain_scoring_measures(ctx, of->score, of->outcome, NULL, of->count, NULL, &of->report);
}

static retain_status find_auc(retain_context *ctx, void *state)
{
    scoring_state *of = state;

    return retain_scoring_auc(ctx, of->score, of->outcome, NULL, of->count, &of->auc);
}

static retain_status compare(retain_context *ctx, void *state)
{
    scoring_state *of = state;

    return retain_scoring_compare(ctx, of->other, of->score, of->outcome, NULL, of->count, 0.0, &of->comparison);
}

static retain_status list_points(retain_context *ctx, void *state)
{
    scoring_state *of = state;
    const retain_scoring_points_columns columns = {.recall = of->recall, .precision = of->precision};

    return retain_scoring_points(ctx, of->score, of->outcome, NULL, of->count, &columns, of->count, &of->points);
}

static void check_measures(void *state, bench_check *checks)
{
    const scoring_state *of = state;

    checks[0] = (bench_check){"auc", of->report.auc};
    checks[1] = (bench_check){"slope", of->report.slope};
}

static void check_auc(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"auc", ((const scoring_state *)state)->auc};
}

static void check_comparison(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"gain", ((const scoring_state *)state)->comparison.auc_gain};
}

static void check_points(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"points", (double)((const scoring_state *)state)->points};
}

static void make_scores(scoring_state *of, size_t count)
{
    of->count = count;
    of->score = bench_take(count);
    of->other = bench_take(count);
    of->number = bench_take(count);
    of->recall = bench_take(count);
    of->precision = bench_take(count);
    of->outcome = bench_take(count);
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(1950, i);
        const double risk = retain__random_uniform(&random);

        of->score[i] = risk;
        of->other[i] = 0.7 * risk + 0.3 * retain__random_uniform(&random);
        of->outcome[i] = retain__random_uniform(&random) < risk;
        of->number[i] = of->outcome[i];
    }
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    scoring_state of = {
        .count = 0, .report = {.struct_size = sizeof of.report}, .comparison = {.struct_size = sizeof of.comparison}};
    bench_check auc_checks[2] = {{NULL, 0.0}}, measure_checks[3] = {{NULL, 0.0}}, compare_checks[2] = {{NULL, 0.0}},
                point_checks[2] = {{NULL, 0.0}};

    make_scores(&of, plan.rows);
    bench_run(&plan, &(bench_task){"scoring_auc", of.count, find_auc, &of, auc_checks, check_auc});
    bench_run(&plan, &(bench_task){"scoring_measures", of.count, measure, &of, measure_checks, check_measures});
    bench_run(&plan, &(bench_task){"scoring_compare", of.count, compare, &of, compare_checks, check_comparison});
    bench_run(&plan, &(bench_task){"scoring_points", of.count, list_points, &of, point_checks, check_points});
    bench_write(&plan, "scoring", "score.f64", of.score, of.count);
    bench_write(&plan, "scoring", "outcome.f64", of.number, of.count);
    bench_write(&plan, "scoring", "result_auc.f64", &of.report.auc, 1);
    bench_write(&plan, "scoring", "result_average_precision.f64", &of.report.average_precision, 1);
    bench_write(&plan, "scoring", "result_brier.f64", &of.report.brier, 1);
    bench_write(&plan, "scoring", "result_log_loss.f64", &of.report.log_loss, 1);
    bench_write(&plan, "scoring", "result_recall.f64", of.recall, of.points);
    bench_write(&plan, "scoring", "result_precision.f64", of.precision, of.points);
    free(of.score);
    free(of.other);
    free(of.number);
    free(of.recall);
    free(of.precision);
    free(of.outcome);
    return 0;
}

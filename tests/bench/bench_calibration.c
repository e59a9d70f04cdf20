/* A million scores: Platt scaling, beta calibration, isotonic calibration, and the probabilities that they give. */
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/calibration.h"

typedef struct calibration_state {
    size_t count, knots;
    double *score, *number, *platt_probability, *isotonic_probability, *knot_score, *knot_probability;
    uint8_t *outcome;
    retain_calibration platt, beta;
} calibration_state;

static retain_status fit_platt(retain_context *ctx, void *state)
{
    calibration_state *of = state;
    const retain_status status =
        retain_calibration_fit(ctx, RETAIN_CALIBRATION_PLATT, of->score, of->outcome, NULL, of->count, NULL, &of->platt, NULL);

    return status == RETAIN_OK ? retain_calibration_probabilities(ctx, &of->platt, of->score, of->count, NULL, 0.0,
                                                                  of->platt_probability, NULL, NULL)
                               : status;
}

static retain_status fit_beta(retain_context *ctx, void *state)
{
    calibration_state *of = state;

    return retain_calibration_fit(ctx, RETAIN_CALIBRATION_BETA, of->score, of->outcome, NULL, of->count, NULL, &of->beta, NULL);
}

static retain_status fit_isotonic(retain_context *ctx, void *state)
{
    calibration_state *of = state;
    const retain_status status = retain_calibration_isotonic(ctx, of->score, of->outcome, NULL, of->count, of->knot_score,
                                                             of->knot_probability, of->count, &of->knots);

    return status == RETAIN_OK ? retain_calibration_interpolated(ctx, of->knot_score, of->knot_probability, of->knots, of->score,
                                                                 of->count, of->isotonic_probability)
                               : status;
}

static void check_platt(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"a", ((const calibration_state *)state)->platt.a};
}

static void check_beta(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"a", ((const calibration_state *)state)->beta.a};
}

static void check_isotonic(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"knots", (double)((const calibration_state *)state)->knots};
}

static void make_scores(calibration_state *of, size_t count)
{
    double **columns[] = {&of->score,      &of->number,          &of->platt_probability, &of->isotonic_probability,
                          &of->knot_score, &of->knot_probability};

    of->count = count;
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
        *columns[c] = bench_take(count);
    of->outcome = bench_take(count);
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(1999, i);
        const double risk = retain__random_uniform(&random), odds = risk / (1.0 - risk);

        of->score[i] = odds * odds / (1.0 + odds * odds);
        of->outcome[i] = retain__random_uniform(&random) < risk;
        of->number[i] = of->outcome[i];
    }
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    calibration_state of = {.count = 0};
    bench_check platt[2] = {{NULL, 0.0}}, beta[2] = {{NULL, 0.0}}, isotonic[2] = {{NULL, 0.0}};

    make_scores(&of, plan.rows);
    bench_run(&plan, &(bench_task){"calibration_platt", of.count, fit_platt, &of, platt, check_platt});
    bench_run(&plan, &(bench_task){"calibration_beta", of.count, fit_beta, &of, beta, check_beta});
    bench_run(&plan, &(bench_task){"calibration_isotonic", of.count, fit_isotonic, &of, isotonic, check_isotonic});
    bench_write(&plan, "calibration", "score.f64", of.score, of.count);
    bench_write(&plan, "calibration", "outcome.f64", of.number, of.count);
    bench_write(&plan, "calibration", "result_platt.f64", of.platt_probability, of.count);
    bench_write(&plan, "calibration", "result_isotonic.f64", of.isotonic_probability, of.count);
    free(of.score);
    free(of.number);
    free(of.platt_probability);
    free(of.isotonic_probability);
    free(of.knot_score);
    free(of.knot_probability);
    free(of.outcome);
    return 0;
}

/* The discrete-time hazard: a million customers of five predictors, watched for up to 24 months, with either link. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/hazard_forecast.h"

enum { COLUMNS = 5, PERIODS = 24 };

typedef struct hazard_state {
    size_t count;
    double *exit, *x; /* x: one column after the other */
    const double *column[COLUMNS];
    uint8_t *event;
    double *event_number, *share; /* the former for the peers */
    retain_hazard_link link;
    retain_hazard model;
    double log_likelihood;
} hazard_state;

static retain_status fit(retain_context *ctx, void *state)
{
    hazard_state *of = state;
    const retain_durations durations = {of->count, of->exit, of->event, NULL, NULL};
    const retain_predictors predictors = {of->count, COLUMNS, of->column, 0};
    const retain_hazard_options options = {.struct_size = sizeof options, .link = of->link};
    retain_hazard_report report = RETAIN_HAZARD_REPORT_INIT;
    const retain_status status = retain_hazard_fit(ctx, &durations, &predictors, NULL, &options, &of->model, &report, NULL, NULL);

    of->log_likelihood = report.log_likelihood;
    return status;
}

static retain_status survive(retain_context *ctx, void *state)
{
    hazard_state *of = state;
    const retain_predictors predictors = {of->count, COLUMNS, of->column, 0};
    const double ahead = 12.0;

    return retain_hazard_survival(ctx, &of->model, NULL, &predictors, NULL, 0.0, &ahead, 1, of->share, NULL, NULL);
}

static void check_fit(void *state, bench_check *checks)
{
    const hazard_state *of = state;

    checks[0] = (bench_check){"log-likelihood", of->log_likelihood};
    checks[1] = (bench_check){"coefficient", of->model.coefficient[0]};
}

static void check_share(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"share of the first", ((const hazard_state *)state)->share[0]};
}

static void make_rows(hazard_state *of, size_t count)
{
    static const double effect[COLUMNS] = {0.5, -0.3, 0.2, 0.0, 0.1};

    of->count = count;
    of->exit = bench_take(count);
    of->x = bench_take(count * COLUMNS);
    of->event_number = bench_take(count);
    of->share = bench_take(count);
    of->event = bench_take(count);
    for (size_t j = 0; j < COLUMNS; j++)
        of->column[j] = of->x + j * count;
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(1982, i);
        const double last = 1.0 + floor(PERIODS * retain__random_uniform(&random));
        double eta = -2.8, j = 0.0;

        for (size_t k = 0; k < COLUMNS; k++) {
            double *x = of->x + k * count + i;

            *x = k == 0 ? (double)(retain__random_bits(&random) % 2) : retain__random_normal(&random);
            eta += effect[k] * *x;
        }
        of->event[i] = 0;
        while (j < last && !of->event[i])
            of->event[i] = retain__random_uniform(&random) < 1.0 / (1.0 + exp(0.02 * ++j - eta));
        of->exit[i] = j;
        of->event_number[i] = of->event[i];
    }
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    hazard_state of = {.count = 0};
    bench_check fit_checks[3] = {{NULL, 0.0}}, log_log_checks[3] = {{NULL, 0.0}}, share_checks[2] = {{NULL, 0.0}};

    make_rows(&of, plan.rows);
    of.link = RETAIN_HAZARD_COMPLEMENTARY_LOG_LOG;
    bench_run(&plan, &(bench_task){"hazard_log_log", of.count, fit, &of, log_log_checks, check_fit});
    of.link = RETAIN_HAZARD_LOGIT;
    bench_run(&plan, &(bench_task){"hazard_fit", of.count, fit, &of, fit_checks, check_fit});
    bench_run(&plan, &(bench_task){"hazard_survival", of.count, survive, &of, share_checks, check_share});
    bench_write(&plan, "hazard", "result_coefficient.f64", of.model.coefficient, COLUMNS);
    bench_write(&plan, "hazard", "result_baseline.f64", of.model.baseline, of.model.groups);
    bench_write(&plan, "hazard", "exit.f64", of.exit, of.count);
    bench_write(&plan, "hazard", "event.f64", of.event_number, of.count);
    bench_write(&plan, "hazard", "x.f64", of.x, of.count * COLUMNS);
    free(of.exit);
    free(of.x);
    free(of.event_number);
    free(of.share);
    free(of.event);
    return 0;
}

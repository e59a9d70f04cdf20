/* Cox regression with Efron's method: a million rows of five predictors, durations by the second and by the day. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/cox.h"

enum { COLUMNS = 5 };

typedef struct cox_state {
    size_t count;
    double *exit, *days, *x; /* x: one column after the other */
    const double *column[COLUMNS];
    uint8_t *event;
    double *event_number; /* for the peers */
    retain_cox model;
    double log_likelihood, error[COLUMNS];
    retain_cox_summary summary;
} cox_state;

static retain_status fit(retain_context *ctx, cox_state *of, const double *exit, int with_summary)
{
    const retain_cox_rows rows = {.durations = {of->count, exit, of->event, NULL, NULL},
                                  .predictors = {of->count, COLUMNS, of->column, 0}};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_status status;

    of->summary = (retain_cox_summary){.struct_size = sizeof of->summary};
    status = retain_cox_fit(ctx, &rows, NULL, &of->model, &report, with_summary ? &of->summary : NULL);
    of->log_likelihood = report.log_likelihood;
    for (size_t j = 0; j < COLUMNS; j++)
        of->error[j] = report.standard_error[j];
    return status;
}

static retain_status fit_seconds(retain_context *ctx, void *state)
{
    return fit(ctx, state, ((cox_state *)state)->exit, 0);
}

static retain_status fit_days(retain_context *ctx, void *state)
{
    return fit(ctx, state, ((cox_state *)state)->days, 0);
}

/* With hazard ratios, tests and concordance. */
static retain_status fit_summary(retain_context *ctx, void *state)
{
    return fit(ctx, state, ((cox_state *)state)->exit, 1);
}

static void check_fit(void *state, bench_check *checks)
{
    const cox_state *of = state;

    checks[0] = (bench_check){"log-likelihood", of->log_likelihood};
    checks[1] = (bench_check){"coefficient", of->model.coefficient[0]};
}

static void check_summary(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"concordance", ((const cox_state *)state)->summary.concordance};
}

static void make_rows(cox_state *of, size_t count)
{
    static const double effect[COLUMNS] = {0.5, -0.3, 0.2, 0.0, 0.1};

    of->count = count;
    of->exit = bench_take(count);
    of->days = bench_take(count);
    of->x = bench_take(count * COLUMNS);
    of->event_number = bench_take(count);
    of->event = bench_take(count);
    for (size_t j = 0; j < COLUMNS; j++)
        of->column[j] = of->x + j * count;
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(1972, i);
        const double last = 100.0 + 1000.0 * retain__random_uniform(&random);
        double eta = 0.0, time;

        for (size_t j = 0; j < COLUMNS; j++) {
            double *x = of->x + j * count + i;

            *x = j == 0 ? (double)(retain__random_bits(&random) % 2) : retain__random_normal(&random);
            eta += effect[j] * *x;
        }
        time = retain__random_exponential(&random, exp(eta) / 600.0);
        of->event[i] = time <= last;
        of->exit[i] = fmin(time, last);
        of->days[i] = ceil(of->exit[i]);
        of->event_number[i] = of->event[i];
    }
}

static void write_fit(const bench_plan *plan, const cox_state *of, const char *coefficients, const char *errors, const char *value)
{
    bench_write(plan, "cox", coefficients, of->model.coefficient, COLUMNS);
    bench_write(plan, "cox", errors, of->error, COLUMNS);
    bench_write(plan, "cox", value, &of->log_likelihood, 1);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    cox_state of = {.count = 0};
    bench_check second_checks[3] = {{NULL, 0.0}}, day_checks[3] = {{NULL, 0.0}}, summary_checks[2] = {{NULL, 0.0}};

    make_rows(&of, plan.rows);
    bench_run(&plan, &(bench_task){"cox_fit", of.count, fit_seconds, &of, second_checks, check_fit});
    write_fit(&plan, &of, "result_seconds.f64", "result_seconds_error.f64", "result_seconds_value.f64");
    bench_run(&plan, &(bench_task){"cox_fit_days", of.count, fit_days, &of, day_checks, check_fit});
    write_fit(&plan, &of, "result_days.f64", "result_days_error.f64", "result_days_value.f64");
    bench_run(&plan, &(bench_task){"cox_summary", of.count, fit_summary, &of, summary_checks, check_summary});
    bench_write(&plan, "cox", "exit.f64", of.exit, of.count);
    bench_write(&plan, "cox", "days.f64", of.days, of.count);
    bench_write(&plan, "cox", "event.f64", of.event_number, of.count);
    bench_write(&plan, "cox", "x.f64", of.x, of.count * COLUMNS);
    free(of.exit);
    free(of.days);
    free(of.x);
    free(of.event_number);
    free(of.event);
    return 0;
}

/* Accelerated failure time: a million rows of five predictors, two in three of which ended, with each family. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/accelerated.h"

enum { COLUMNS = 5, FAMILIES = 3, ENTRIES = 2 + COLUMNS };

typedef struct accelerated_state {
    size_t count;
    double *exit, *x; /* x: one column after the other */
    const double *column[COLUMNS];
    uint8_t *event;
    double *event_number; /* for the peers */
    retain_accelerated_family family;
    retain_accelerated model;
    retain_fit_report report;
    double *median;
} accelerated_state;

static retain_status fit(retain_context *ctx, void *state)
{
    accelerated_state *of = state;
    const retain_durations durations = {of->count, of->exit, of->event, NULL, NULL};
    const retain_predictors predictors = {of->count, COLUMNS, of->column, 0};

    of->report = (retain_fit_report)RETAIN_FIT_REPORT_INIT;
    return retain_accelerated_fit(ctx, of->family, &durations, &predictors, NULL, &of->model, &of->report);
}

/* The median of the time that is left to each row. */
static retain_status find_medians(retain_context *ctx, void *state)
{
    accelerated_state *of = state;
    const retain_predictors predictors = {of->count, COLUMNS, of->column, 0};

    return retain_accelerated_quantile(ctx, &of->model, NULL, &predictors, of->exit, 0.0, 0.5, of->median, NULL, NULL);
}

static void check_fit(void *state, bench_check *checks)
{
    const accelerated_state *of = state;

    checks[0] = (bench_check){"log-likelihood", of->report.log_likelihood};
    checks[1] = (bench_check){"coefficient", of->model.coefficient[0]};
}

static void check_medians(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"median of the first", ((const accelerated_state *)state)->median[0]};
}

static void make_rows(accelerated_state *of, size_t count)
{
    static const double effect[COLUMNS] = {-0.5, 0.3, -0.2, 0.0, 0.1};

    of->count = count;
    of->exit = bench_take(count);
    of->x = bench_take(count * COLUMNS);
    of->event_number = bench_take(count);
    of->event = bench_take(count);
    of->median = bench_take(count);
    for (size_t j = 0; j < COLUMNS; j++)
        of->column[j] = of->x + j * count;
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(1980, i);
        const double last = 100.0 + 1000.0 * retain__random_uniform(&random);
        double eta = 0.0, time;

        for (size_t j = 0; j < COLUMNS; j++) {
            double *x = of->x + j * count + i;

            *x = j == 0 ? (double)(retain__random_bits(&random) % 2) : retain__random_normal(&random);
            eta += effect[j] * *x;
        }
        time = 400.0 * exp(eta) * pow(retain__random_exponential(&random, 1.0), 1.0 / 1.3);
        of->event[i] = time <= last;
        of->exit[i] = fmin(time, last);
        of->event_number[i] = of->event[i];
    }
}

/* As the peer has them: log scale where all predictors are 0, log shape, coefficients; errors of all but the first. */
static void write_fit(const bench_plan *plan, const accelerated_state *of, const char *family)
{
    const retain_fit_report *report = &of->report;
    double estimates[ENTRIES], errors[ENTRIES - 1];
    char name[80];

    estimates[0] = log(of->model.scale);
    estimates[1] = log(of->model.shape);
    errors[0] = report->standard_error[1] / of->model.shape;
    for (size_t j = 0; j < COLUMNS; j++) {
        estimates[0] -= of->model.coefficient[j] * of->model.reference[j];
        estimates[2 + j] = of->model.coefficient[j];
        errors[1 + j] = report->standard_error[2 + j];
    }
    snprintf(name, sizeof name, "result_%s.f64", family);
    bench_write(plan, "accelerated", name, estimates, ENTRIES);
    snprintf(name, sizeof name, "result_%s_error.f64", family);
    bench_write(plan, "accelerated", name, errors, ENTRIES - 1);
    snprintf(name, sizeof name, "result_%s_value.f64", family);
    bench_write(plan, "accelerated", name, &report->log_likelihood, 1);
}

int main(int argc, char **argv)
{
    static const struct {
        retain_accelerated_family family;
        const char *name, *task;
    } families[FAMILIES] = {{RETAIN_ACCELERATED_LOG_NORMAL, "log_normal", "accelerated_log_normal"},
                            {RETAIN_ACCELERATED_LOG_LOGISTIC, "log_logistic", "accelerated_log_logistic"},
                            {RETAIN_ACCELERATED_WEIBULL, "weibull", "accelerated_weibull"}};
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    accelerated_state of = {.count = 0};
    bench_check fit_checks[3] = {{NULL, 0.0}}, median_checks[2] = {{NULL, 0.0}};

    make_rows(&of, plan.rows);
    for (size_t k = 0; k < FAMILIES; k++) {
        of.family = families[k].family;
        bench_run(&plan, &(bench_task){families[k].task, of.count, fit, &of, fit_checks, check_fit});
        write_fit(&plan, &of, families[k].name);
    }
    bench_run(&plan, &(bench_task){"accelerated_median", of.count, find_medians, &of, median_checks, check_medians});
    bench_write(&plan, "accelerated", "result_median.f64", of.median, of.count);
    bench_write(&plan, "accelerated", "exit.f64", of.exit, of.count);
    bench_write(&plan, "accelerated", "event.f64", of.event_number, of.count);
    bench_write(&plan, "accelerated", "x.f64", of.x, of.count * COLUMNS);
    free(of.exit);
    free(of.x);
    free(of.event_number);
    free(of.event);
    free(of.median);
    return 0;
}

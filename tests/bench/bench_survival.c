/* Kaplan-Meier curves of a million durations, by the second and by the day; the log-rank test of five groups. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/survival.h"

enum { GROUPS = 5 };

typedef struct survival_state {
    size_t count, stops;
    double *exit, *days, *survival, *error, *low, *high;
    uint8_t *event;
    int64_t *group;
    double *event_number; /* for the peers */
    double expected[GROUPS], chi_squared;
} survival_state;

static retain_status draw(retain_context *ctx, survival_state *of, const double *exit)
{
    const retain_durations durations = {.count = of->count, .exit = exit, .event = of->event};
    const retain_survival_columns columns = {
        .survival = of->survival, .standard_error = of->error, .low = of->low, .high = of->high};

    return retain_survival_curve(ctx, &durations, NULL, &columns, of->count, &of->stops);
}

static retain_status draw_seconds(retain_context *ctx, void *state)
{
    return draw(ctx, state, ((survival_state *)state)->exit);
}

static retain_status draw_days(retain_context *ctx, void *state)
{
    return draw(ctx, state, ((survival_state *)state)->days);
}

static retain_status compare(retain_context *ctx, void *state)
{
    survival_state *of = state;
    const retain_durations durations = {.count = of->count, .exit = of->days, .event = of->event};
    const retain_survival_groups columns = {.expected = of->expected};

    return retain_survival_compare(ctx, &durations, of->group, GROUPS, NULL, &columns, &of->chi_squared, NULL, NULL);
}

static void check_curve(void *state, bench_check *checks)
{
    const survival_state *of = state;

    checks[0] = (bench_check){"times", (double)of->stops};
    checks[1] = (bench_check){"half way", of->survival[of->stops / 2]};
}

static void check_comparison(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"chi-squared", ((const survival_state *)state)->chi_squared};
}

static void make_durations(survival_state *of, size_t count)
{
    of->count = count;
    of->exit = bench_take(count);
    of->days = bench_take(count);
    of->survival = bench_take(count);
    of->error = bench_take(count);
    of->low = bench_take(count);
    of->high = bench_take(count);
    of->event_number = bench_take(count);
    of->group = bench_take(count);
    of->event = bench_take(count);
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(1958, i);
        const double last = 100.0 + 1000.0 * retain__random_uniform(&random);
        double time;

        of->group[i] = (int64_t)(retain__random_bits(&random) % GROUPS);
        time = retain__random_exponential(&random, (1.0 + 0.01 * (double)of->group[i]) / 400.0);
        of->event[i] = time <= last;
        of->exit[i] = fmin(time, last);
        of->days[i] = ceil(of->exit[i]);
        of->event_number[i] = of->event[i];
    }
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    survival_state of = {.count = 0};
    bench_check curve_checks[3] = {{NULL, 0.0}}, day_checks[3] = {{NULL, 0.0}}, comparison_checks[2] = {{NULL, 0.0}};

    make_durations(&of, plan.rows);
    bench_run(&plan, &(bench_task){"survival_days", of.count, draw_days, &of, day_checks, check_curve});
    bench_write(&plan, "survival", "result_days.f64", of.survival, of.stops);
    bench_write(&plan, "survival", "result_days_low.f64", of.low, of.stops);
    bench_run(&plan, &(bench_task){"survival_curve", of.count, draw_seconds, &of, curve_checks, check_curve});
    bench_run(&plan, &(bench_task){"survival_compare", of.count, compare, &of, comparison_checks, check_comparison});
    bench_write(&plan, "survival", "exit.f64", of.exit, of.count);
    bench_write(&plan, "survival", "days.f64", of.days, of.count);
    bench_write(&plan, "survival", "event.f64", of.event_number, of.count);
    bench_write(&plan, "survival", "group.i64", of.group, of.count);
    bench_write(&plan, "survival", "result_curve.f64", of.survival, of.stops);
    bench_write(&plan, "survival", "result_curve_low.f64", of.low, of.stops);
    bench_write(&plan, "survival", "result_chi_squared.f64", &of.chi_squared, 1);
    free(of.exit);
    free(of.days);
    free(of.survival);
    free(of.error);
    free(of.low);
    free(of.high);
    free(of.event_number);
    free(of.group);
    free(of.event);
    return 0;
}

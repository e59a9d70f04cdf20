/* A million durations: Harrell's and Uno's C with their errors, AUC at four times. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "math/random.h"
#include "retain/concordance.h"

typedef struct concordance_state {
    retain_durations durations;
    double *exit, *score, *number, auc[4];
    uint8_t *event;
    retain_concordance_report harrell, uno;
} concordance_state;

static const double TIMES[4] = {0.1, 0.2, 0.4, 0.8};

static retain_status count_harrell(retain_context *ctx, void *state)
{
    concordance_state *of = state;

    return retain_concordance_harrell(ctx, &of->durations, of->score, NULL, &of->harrell);
}

static retain_status count_uno(retain_context *ctx, void *state)
{
    concordance_state *of = state;
    const retain_concordance_options options = {.struct_size = sizeof options, .horizon = 0.8};

    return retain_concordance_uno(ctx, &of->durations, of->score, &options, &of->uno);
}

static retain_status find_areas(retain_context *ctx, void *state)
{
    concordance_state *of = state;
    const retain_concordance_columns columns = {.value = of->auc};

    return retain_concordance_auc(ctx, &of->durations, of->score, TIMES, 4, 0.0, &columns);
}

static void check_harrell(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"concordance", ((const concordance_state *)state)->harrell.concordance};
}

static void check_uno(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"concordance", ((const concordance_state *)state)->uno.concordance};
}

static void check_areas(void *state, bench_check *checks)
{
    checks[0] = (bench_check){"last", ((const concordance_state *)state)->auc[3]};
}

static void make_durations(concordance_state *of, size_t count)
{
    of->exit = bench_take(count);
    of->score = bench_take(count);
    of->number = bench_take(count);
    of->event = bench_take(count);
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(1982, i);
        const double score = retain__random_normal(&random), left = retain__random_exponential(&random, exp(score)),
                     lost = retain__random_uniform(&random);

        of->score[i] = score;
        of->exit[i] = fmin(left, lost);
        of->event[i] = left <= lost;
        of->number[i] = of->event[i];
    }
    of->durations = (retain_durations){.count = count, .exit = of->exit, .event = of->event};
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    concordance_state of = {.harrell = {.struct_size = sizeof of.harrell}, .uno = {.struct_size = sizeof of.uno}};
    bench_check harrell[2] = {{NULL, 0.0}}, uno[2] = {{NULL, 0.0}}, areas[2] = {{NULL, 0.0}};

    make_durations(&of, plan.rows);
    bench_run(&plan, &(bench_task){"concordance_harrell", of.durations.count, count_harrell, &of, harrell, check_harrell});
    bench_run(&plan, &(bench_task){"concordance_uno", of.durations.count, count_uno, &of, uno, check_uno});
    bench_run(&plan, &(bench_task){"concordance_auc", of.durations.count, find_areas, &of, areas, check_areas});
    bench_write(&plan, "concordance", "exit.f64", of.exit, of.durations.count);
    bench_write(&plan, "concordance", "event.f64", of.number, of.durations.count);
    bench_write(&plan, "concordance", "score.f64", of.score, of.durations.count);
    bench_write(&plan, "concordance", "result_harrell.f64", &of.harrell.concordance, 1);
    free(of.exit);
    free(of.score);
    free(of.number);
    free(of.event);
    return 0;
}

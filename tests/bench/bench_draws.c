/* Draws of the parameters: of --rows customers a posterior (4 chains) and a bootstrap for BG/NBD, a posterior of a 200th of them for the costliest
 * family, and
 * both for subscribers. The peer (peers_draws.py) is a random walk in NumPy, as an analyst would write it down. */
#include <stdlib.h>

#include "bench.h"
#include "customers.h"
#include "retain/btyd_draws.h"
#include "retain/contract_draws.h"

enum { CHAINS = 4, MOST_DRAWS = 1000, MOST_ENTRIES = 5, REFITS = 200 };

typedef struct draws_state {
    retain_btyd_family family;
    retain_contract_family contract;
    const retain_customers *customers;
    retain_contract_customers subscribers;
    size_t draws, entries;
    retain_draws_report report;
    double *values;
} draws_state;

/* Chains that disagree a little are a matter of the data: the effective size that is printed tells. */
static retain_status let_disagree(retain_status status)
{
    return status == RETAIN_ERROR_CONVERGENCE ? RETAIN_OK : status;
}

static retain_status draw_posterior(retain_context *ctx, void *state)
{
    draws_state *of = state;

    of->report.struct_size = sizeof of->report;
    if (of->contract)
        return retain_contract_posterior(ctx, of->contract, &of->subscribers, NULL, 1, CHAINS, of->draws, NULL, of->values,
                                         &of->report);
    return let_disagree(
        retain_btyd_posterior(ctx, of->family, of->customers, NULL, 1, CHAINS, of->draws, NULL, of->values, &of->report));
}

static retain_status draw_refits(retain_context *ctx, void *state)
{
    draws_state *of = state;

    of->report.struct_size = sizeof of->report;
    if (of->contract)
        return retain_contract_bootstrap(ctx, of->contract, &of->subscribers, NULL, 1, REFITS, NULL, of->values, &of->report);
    return retain_btyd_bootstrap(ctx, of->family, of->customers, NULL, 1, REFITS, NULL, of->values, &of->report);
}

static void check(void *state, bench_check *checks)
{
    const draws_state *of = state;
    double mean = 0.0;

    for (size_t i = 0; i < of->report.draws; i++)
        mean += of->values[i * of->entries] / (double)of->report.draws;
    checks[0] = (bench_check){"mean_of_first_log", mean};
    checks[1] = (bench_check){"evaluations", (double)of->report.evaluations};
    checks[2] = (bench_check){"ess_bulk", of->report.ess_bulk};
}

/* Runs one source and hands its draws to the peers. */
static void run(const bench_plan *plan, const char *name, bench_work work, draws_state *of, size_t rows)
{
    bench_check checks[4] = {{NULL, 0.0}};
    const bench_task task = {name, rows, work, of, checks, check};

    bench_run(plan, &task);
    bench_write(plan, name, "result_draws.f64", of->values, of->report.draws * of->entries);
}

static void run_families(const bench_plan *plan, draws_state *of)
{
    static const struct {
        const char *posterior, *bootstrap;
        retain_btyd_family family;
        size_t draws, part; /* a part of the rows where an evaluation costs much */
    } families[] = {{"draws_bg_nbd_posterior", "draws_bg_nbd_bootstrap", RETAIN_BTYD_BG_NBD, 1000, 1},
                    {"draws_gg_nbd_posterior", NULL, RETAIN_BTYD_GG_NBD, 250, 200}};

    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        const retain_btyd truth = cdnow_model(families[f].family);
        const size_t rows = plan->rows / families[f].part;
        sample customers = sample_open(&truth, rows);

        of->contract = 0;
        of->family = families[f].family;
        of->customers = &customers.view;
        of->draws = families[f].draws;
        of->entries = retain_btyd_parameters(of->family);
        sample_write(&customers, plan, families[f].posterior);
        run(plan, families[f].posterior, draw_posterior, of, rows);
        if (families[f].bootstrap)
            run(plan, families[f].bootstrap, draw_refits, of, rows);
        sample_close(&customers);
    }
}

static void run_subscribers(const bench_plan *plan, draws_state *of)
{
    const retain_contract truth = {RETAIN_CONTRACT_SBG, 30.4375, 0.668, 3.806, 0.0}; /* Fader & Hardie 2007, High End */
    double *decisions = bench_take(plan->rows), *periods = bench_take(plan->rows), *left_as_double = bench_take(plan->rows);
    uint8_t *left = bench_take(plan->rows / 8 + 1);

    for (size_t i = 0; i < plan->rows; i++)
        decisions[i] = (double)(i * 7919 % 36);
    bench_expect(NULL, retain_contract_simulate(NULL, &truth, decisions, plan->rows, 1, periods, left, NULL));
    for (size_t i = 0; i < plan->rows; i++)
        left_as_double[i] = left[i];
    of->contract = RETAIN_CONTRACT_SBG;
    of->subscribers =
        (retain_contract_customers){.count = plan->rows, .periods = periods, .left = left, .period_days = truth.period_days};
    of->draws = 1000;
    of->entries = 2;
    bench_write(plan, "draws_sbg_posterior", "periods.f64", periods, plan->rows);
    bench_write(plan, "draws_sbg_posterior", "left.f64", left_as_double, plan->rows);
    run(plan, "draws_sbg_posterior", draw_posterior, of, plan->rows);
    run(plan, "draws_sbg_bootstrap", draw_refits, of, plan->rows);
    free(decisions);
    free(periods);
    free(left_as_double);
    free(left);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 100000);
    draws_state of = {.values = bench_take((size_t)CHAINS * MOST_DRAWS * MOST_ENTRIES)};

    run_families(&plan, &of);
    run_subscribers(&plan, &of);
    free(of.values);
    return 0;
}

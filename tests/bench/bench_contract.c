/* Contract models: fits to --rows subscribers, and what each is worth. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "retain/contract.h"

static const retain_contract TRUTH = {RETAIN_CONTRACT_SBG, 30.4375, 0.668, 3.806, 0.0}; /* Fader & Hardie 2007, High End */

typedef struct contract_state {
    retain_contract_customers customers;
    retain_contract fitted;
    retain_fit_report report;
    retain_contract_family family;
    double *periods, *lifetime, *decisions, *left_as_double, *value;
    uint8_t *left;
} contract_state;

static retain_status fit(retain_context *ctx, void *state)
{
    contract_state *contract = state;

    contract->report.struct_size = sizeof contract->report;
    return retain_contract_fit(ctx, contract->family, &contract->customers, NULL, &contract->fitted, &contract->report);
}

static retain_status value(retain_context *ctx, void *state)
{
    contract_state *contract = state;

    return retain_contract_discounted(ctx, &TRUTH, contract->periods, contract->customers.count, RETAIN_CONTRACT_DERL_BEFORE,
                                      (double)INFINITY, 0.01, NULL, 0.0, contract->value, NULL, NULL);
}

static void check_fit(void *state, bench_check *checks)
{
    const contract_state *contract = state;

    checks[0] = (bench_check){"log_likelihood", contract->report.log_likelihood};
    checks[1] = (bench_check){"evaluations", (double)contract->report.evaluations};
    checks[2] = (bench_check){"alpha", contract->fitted.alpha};
    checks[3] = (bench_check){"beta", contract->fitted.beta};
}

static void check_value(void *state, bench_check *checks)
{
    const contract_state *contract = state;

    checks[0] = (bench_check){"value", bench_sum(contract->value, contract->customers.count)};
}

/* Subscribers who came in any of the last 36 months. */
static contract_state open_state(size_t count)
{
    contract_state contract = {.periods = bench_take(count),
                               .lifetime = bench_take(count),
                               .decisions = bench_take(count),
                               .left_as_double = bench_take(count),
                               .value = bench_take(count),
                               .left = bench_take(count / 8 + 1)};

    for (size_t i = 0; i < count; i++)
        contract.decisions[i] = 1.0 + (double)(i % 36);
    bench_expect(NULL, retain_contract_simulate(NULL, &TRUTH, contract.decisions, count, 7, contract.periods, contract.left,
                                                contract.lifetime));
    for (size_t i = 0; i < count; i++)
        contract.left_as_double[i] = contract.left[i];
    contract.customers = (retain_contract_customers){count, contract.periods, contract.left, NULL, TRUTH.period_days};
    return contract;
}

static void run_task(const bench_plan *plan, const contract_state *contract, const bench_task *task)
{
    bench_run(plan, task);
    bench_write(plan, task->name, "periods.f64", contract->periods, contract->customers.count);
    bench_write(plan, task->name, "left.f64", contract->left_as_double, contract->customers.count);
}

static void run_fit(const bench_plan *plan, contract_state *contract, retain_contract_family family, const char *name)
{
    bench_check checks[5] = {{NULL, 0.0}};
    const bench_task fitting = {name, contract->customers.count, fit, contract, checks, check_fit};
    double parameters[3];

    contract->family = family;
    run_task(plan, contract, &fitting);
    parameters[0] = contract->fitted.alpha;
    parameters[1] = contract->fitted.beta;
    parameters[2] = contract->fitted.c;
    bench_write(plan, name, "result_parameters.f64", parameters, retain_contract_parameters(family));
    bench_write(plan, name, "result_log_likelihood.f64", &contract->report.log_likelihood, 1);
}

int main(int argc, char **argv)
{
    const bench_plan plan = bench_begin(argc, argv, 1000000);
    contract_state contract = open_state(plan.rows);
    bench_check checks[2] = {{NULL, 0.0}};
    const bench_task valuing = {"contract_value", plan.rows, value, &contract, checks, check_value};

    run_fit(&plan, &contract, RETAIN_CONTRACT_SBG, "contract_sbg_fit");
    run_fit(&plan, &contract, RETAIN_CONTRACT_BDW, "contract_bdw_fit");
    run_task(&plan, &contract, &valuing);
    bench_write(&plan, valuing.name, "result_value.f64", contract.value, plan.rows);
    free(contract.periods);
    free(contract.lifetime);
    free(contract.decisions);
    free(contract.left_as_double);
    free(contract.value);
    free(contract.left);
    return 0;
}

/* Draws of contract models, and what they tell: limits have an order, and probabilities are probabilities. */
#include <math.h>

#include "fuzz.h"
#include "retain/contract_draws.h"

enum { MOST_DRAWS = 6, MOST_ENTRIES = 3 };

static const double *read_survivors(fuzz_input *in, size_t columns)
{
    double *survivors = fuzz_array(in, columns, sizeof *survivors), there = (double)(fuzz_bits(in, 1));

    for (size_t t = 0; t < columns; t++) {
        survivors[t] = fuzz_below(in, 64) ? there : fuzz_double(in);
        there = floor(there * fuzz_within(in, 0.0, 1.0));
    }
    return fuzz_maybe(in, survivors);
}

static const retain_contract_customers *read_customers(fuzz_input *in)
{
    retain_contract_customers *customers = fuzz_array(in, 1, sizeof *customers);
    size_t count = fuzz_below(in, 6);
    double *periods = fuzz_array(in, count, sizeof *periods);
    uint8_t *left = fuzz_array(in, count, 1);

    for (size_t i = 0; i < count; i++) {
        periods[i] = fuzz_below(in, 64) ? (double)fuzz_below(in, 9) : fuzz_double(in);
        left[i] = (uint8_t)(periods[i] > 0.0 && fuzz_below(in, 2));
    }
    *customers = (retain_contract_customers){count, periods, left, NULL, 30.0};
    return fuzz_maybe(in, customers);
}

/* Draws may be handed over with RETAIN_ERROR_CONVERGENCE, so they are no painted outputs. */
static void try_sources(fuzz_input *in)
{
    retain_contract_family family = (retain_contract_family)fuzz_below(in, 4);
    retain_fit_options options = {.struct_size = sizeof options, .prior_sd = fuzz_within(in, 0.0, 3.0), .iterations = 50};
    size_t chains = fuzz_below(in, 4), draws = fuzz_below(in, MOST_DRAWS + 1), columns = fuzz_below(in, 5);
    retain_contract_cohorts cohorts = {1, columns, read_survivors(in, columns), 30.0};
    const retain_contract_customers *customers = read_customers(in);
    double *values = fuzz_array(in, MOST_ENTRIES * 3 * MOST_DRAWS, sizeof *values);
    const retain_fit_options *given = fuzz_maybe(in, &options);
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_context *ctx = fuzz_context(in);
    uint64_t seed = fuzz_bits(in, 2);
    size_t which = fuzz_below(in, 4);
    retain_status status =
        which == 0   ? retain_contract_posterior(ctx, family, customers, given, seed, chains, draws, NULL, values, &report)
        : which == 1 ? retain_contract_posterior_cohorts(ctx, family, &cohorts, given, seed, chains, draws, NULL, values, &report)
        : which == 2 ? retain_contract_bootstrap(ctx, family, customers, given, seed, draws, NULL, values, &report)
                     : retain_contract_bootstrap_cohorts(ctx, family, &cohorts, given, seed, draws, NULL, values, &report);

    fuzz_outcome(in, status);
    fuzz_check((status == RETAIN_OK) == (report.verdict == RETAIN_DRAWS_CONVERGED));
    fuzz_check(status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE || report.verdict == RETAIN_DRAWS_NONE);
}

static void try_answers(fuzz_input *in)
{
    retain_contract_family family = (retain_contract_family)fuzz_below(in, 4);
    size_t draws = fuzz_below(in, MOST_DRAWS), entries = retain_contract_parameters(family), count = fuzz_below(in, 4);
    retain_contract_question question = {.struct_size = sizeof question,
                                         .quantity = (retain_contract_quantity)fuzz_below(in, 8),
                                         .moment = (retain_contract_moment)fuzz_below(in, 4),
                                         .periods = fuzz_below(in, 16) ? (double)fuzz_below(in, 40) : fuzz_double(in),
                                         .d = fuzz_below(in, 16) ? fuzz_within(in, 0.0, 0.3) : fuzz_double(in)};
    double *values = fuzz_array(in, draws * entries, sizeof *values), *survived = fuzz_array(in, count, sizeof *survived);
    double *t = fuzz_array(in, count, sizeof *t), *worth = fuzz_array(in, count, sizeof *worth);
    double *mean = fuzz_output(in, count, sizeof *mean), *low = fuzz_output(in, count, sizeof *low),
           *high = fuzz_output(in, count, sizeof *high), level = fuzz_below(in, 16) ? 0.9 : fuzz_double(in);
    retain_contract_sum *sum = fuzz_array(in, 1, sizeof *sum);
    int is_probability = question.quantity <= RETAIN_CONTRACT_RETENTION;
    retain_context *ctx;

    for (size_t i = 0; i < draws * entries; i++)
        values[i] = fuzz_below(in, 32) ? fuzz_within(in, -3.0, 3.0) : fuzz_double(in);
    for (size_t i = 0; i < count; i++) {
        survived[i] = fuzz_below(in, 64) ? (double)fuzz_below(in, 30) : fuzz_double(in);
        t[i] = fuzz_below(in, 64) ? 1.0 + (double)fuzz_below(in, 30) : fuzz_double(in);
        worth[i] = fuzz_below(in, 64) ? fuzz_within(in, 0.0, 9.0) : fuzz_double(in);
    }
    ctx = fuzz_context(in);
    if (fuzz_below(in, 2)) {
        if (!fuzz_outcome(in, retain_contract_draws_interval(ctx, family, values, draws, &question, fuzz_maybe(in, survived),
                                                             fuzz_maybe(in, t), count, level, mean, NULL, low, high)))
            return;
        for (size_t i = 0; i < count; i++) {
            fuzz_check(!(low[i] > high[i]));
            fuzz_check(!is_probability || !(low[i] < 0.0 || high[i] > 1.0));
        }
        return;
    }
    sum->struct_size = sizeof *sum;
    if (fuzz_outcome(in, retain_contract_draws_total(ctx, family, values, draws, &question, survived, fuzz_maybe(in, t), count,
                                                     fuzz_maybe(in, worth), level, sum)))
        fuzz_check(!(sum->low > sum->high) && !(sum->least > sum->most) && !(sum->value < 0.0) && !(sum->variance < 0.0));
}

void fuzz_target(fuzz_input *in)
{
    if (fuzz_below(in, 3))
        try_answers(in);
    else
        try_sources(in);
}

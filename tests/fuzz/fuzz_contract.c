/* Any subscribers, any model: survival falls, probabilities are probabilities, values have their order, and a fit either is one
 * or says why not. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "retain/contract.h"

static int is_probability(double x)
{
    return x >= 0.0 && x <= 1.0;
}

static retain_contract_family read_family(fuzz_input *in)
{
    return (retain_contract_family)(fuzz_bits(in, 1) % 16 == 15 ? (int)fuzz_bits(in, 1) : 1 + (int)fuzz_below(in, 2));
}

static double read_parameter(fuzz_input *in)
{
    return fuzz_below(in, 16) == 15 ? fuzz_double(in) : exp(fuzz_within(in, -9.2, 9.2));
}

static const retain_contract *read_model(fuzz_input *in)
{
    retain_contract *model = fuzz_array(in, 1, sizeof *model);

    model->family = read_family(in);
    model->period_days = fuzz_below(in, 32) == 31 ? fuzz_double(in) : 30.0;
    model->alpha = read_parameter(in);
    model->beta = read_parameter(in);
    model->c = fuzz_below(in, 16) == 15 ? fuzz_double(in) : exp(fuzz_within(in, -2.0, 2.0));
    return fuzz_maybe(in, model);
}

/* Whole numbers, mostly small. */
static double *read_counts(fuzz_input *in, size_t count, double least)
{
    double *counts = fuzz_array(in, count, sizeof *counts);

    for (size_t i = 0; i < count; i++) {
        size_t kind = fuzz_below(in, 64);

        counts[i] = kind == 63 ? fuzz_double(in) : least + (double)(kind > 55 ? fuzz_bits(in, 4) : fuzz_bits(in, 1) % 30);
    }
    return counts;
}

static const retain_contract_customers *read_customers(fuzz_input *in)
{
    retain_contract_customers *customers = fuzz_array(in, 1, sizeof *customers);
    size_t count = fuzz_below(in, 30);
    int weighted = (int)fuzz_below(in, 2), odd = fuzz_below(in, 16) == 15;
    double *periods = read_counts(in, count, 0.0), *weight = fuzz_array(in, count, sizeof *weight);
    uint8_t *left = fuzz_array(in, count, 1);

    for (size_t i = 0; i < count; i++) {
        left[i] = (uint8_t)(odd ? fuzz_bits(in, 1) : periods[i] > 0.0 && fuzz_below(in, 2));
        weight[i] = odd ? fuzz_double(in) : (double)fuzz_below(in, 50);
    }
    *customers = (retain_contract_customers){count, fuzz_maybe(in, periods), left, weighted ? weight : NULL,
                                             fuzz_below(in, 32) == 31 ? fuzz_double(in) : 30.0};
    return fuzz_maybe(in, customers);
}

static const retain_contract_cohorts *read_cohorts(fuzz_input *in)
{
    retain_contract_cohorts *cohorts = fuzz_array(in, 1, sizeof *cohorts);
    size_t count = fuzz_below(in, 5), columns = fuzz_below(in, 9);
    double *survivors = fuzz_array(in, count * columns, sizeof *survivors);
    int odd = fuzz_below(in, 16) == 15;

    for (size_t i = 0; i < count; i++) {
        double left = (double)(fuzz_bits(in, 2) % 2000);
        size_t seen = 1 + fuzz_below(in, columns + 1);

        for (size_t t = 0; t < columns; t++) {
            survivors[i * columns + t] = odd ? fuzz_double(in) : t < seen ? left : (double)NAN;
            left = floor(left * fuzz_within(in, 0.0, 1.0));
        }
    }
    *cohorts = (retain_contract_cohorts){count, columns, fuzz_maybe(in, survivors), 30.0};
    return fuzz_maybe(in, cohorts);
}

/* Fits of bad data are not failures that leave outputs alone, so model and report are no painted outputs here. */
static void check_fit(fuzz_input *in, retain_status status, const retain_contract *model, const retain_fit_report *report,
                      retain_contract_family family)
{
    double t = 3.0, survival, low, high;

    fuzz_outcome(in, status);
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE) {
        fuzz_check(report->verdict == RETAIN_FIT_NONE);
        return;
    }
    fuzz_check((status == RETAIN_OK) == (report->verdict == RETAIN_FIT_CONVERGED));
    fuzz_check(model->family == family && report->parameters == retain_contract_parameters(family) && report->explanation[0]);
    fuzz_check(memchr(report->explanation, 0, sizeof report->explanation) != NULL);
    fuzz_check(report->verdict == RETAIN_FIT_TOO_LITTLE_DATA || (model->alpha > 0.0 && model->beta > 0.0));
    if (status != RETAIN_OK)
        return;
    status = retain_contract_survival(NULL, model, NULL, &t, 1, report, 0.9, &survival, NULL, &low, &high);
    fuzz_check(status == RETAIN_OK && low <= survival && survival <= high && is_probability(low) && is_probability(high));
}

static void try_fit(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_contract_family family = read_family(in);
    retain_fit_options options = {
        .struct_size = sizeof options, .iterations = (int)fuzz_below(in, 60), .level = fuzz_within(in, 0.0, 0.99)};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_contract model;
    int by_cohorts = (int)fuzz_below(in, 2);
    const retain_contract_customers *customers = by_cohorts ? NULL : read_customers(in);
    const retain_contract_cohorts *cohorts = by_cohorts ? read_cohorts(in) : NULL;
    retain_status status = by_cohorts ? retain_contract_fit_cohorts(ctx, family, cohorts, fuzz_maybe(in, &options), &model, &report)
                                      : retain_contract_fit(ctx, family, customers, fuzz_maybe(in, &options), &model, &report);

    check_fit(in, status, &model, &report, family);
}

static void try_likelihood(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_contract *model = read_model(in);
    size_t parameters = model ? retain_contract_parameters(model->family) : 1;
    const retain_contract_customers *customers = read_customers(in);
    const retain_contract_cohorts *cohorts = read_cohorts(in);
    size_t count = customers ? customers->count : 1, rows = cohorts ? cohorts->count : 1;
    double *value = fuzz_output(in, count, sizeof *value), *gradient = fuzz_output(in, parameters * count, sizeof *gradient);

    if (fuzz_outcome(in, retain_contract_likelihood(ctx, model, customers, fuzz_maybe(in, value), fuzz_maybe(in, gradient)))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(value[i] <= 0.0);
    }
    value = fuzz_output(in, rows, sizeof *value);
    gradient = fuzz_output(in, parameters * rows, sizeof *gradient);
    if (fuzz_outcome(in, retain_contract_likelihood_cohorts(fuzz_calm_context(in), model, cohorts, value, gradient))) {
        for (size_t i = 0; i < rows; i++)
            fuzz_check(value[i] <= 0.0);
    }
}

static void try_curves(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_contract *model = read_model(in);
    size_t count = fuzz_below(in, 12);
    double *survived = read_counts(in, count, 0.0), *t = read_counts(in, count, 1.0);
    double *survival = fuzz_output(in, count, sizeof *survival), *log_survival = fuzz_output(in, count, sizeof *log_survival);
    double *pmf, *log_pmf, *retention, *hazard;

    if (!fuzz_outcome(in, retain_contract_survival(ctx, model, survived, fuzz_maybe(in, t), count, NULL, 0.0, survival,
                                                   log_survival, NULL, NULL)))
        return;
    pmf = fuzz_output(in, count, sizeof *pmf);
    log_pmf = fuzz_output(in, count, sizeof *log_pmf);
    if (!fuzz_outcome(in, retain_contract_pmf(fuzz_calm_context(in), model, survived, t, count, pmf, fuzz_maybe(in, log_pmf))))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(is_probability(survival[i]) && log_survival[i] <= 0.0 && is_probability(pmf[i]) &&
                   pmf[i] + survival[i] <= 1.0 + 1e-12);
    retention = fuzz_output(in, count, sizeof *retention);
    hazard = fuzz_output(in, count, sizeof *hazard);
    fuzz_check(fuzz_outcome(
        in, retain_contract_retention(fuzz_calm_context(in), model, t, count, NULL, 0.0, retention, hazard, NULL, NULL)));
    for (size_t i = 0; i < count; i++)
        fuzz_check(fabs(retention[i] + hazard[i] - 1.0) < 1e-12);
}

static void try_value(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_contract *model = read_model(in);
    size_t count = fuzz_below(in, 4);
    double *survived = read_counts(in, count, 0.0);
    double t = fuzz_below(in, 2) ? (double)INFINITY : fuzz_below(in, 8) ? (double)fuzz_bits(in, 2) : fuzz_double(in);
    double d = fuzz_below(in, 4) ? fuzz_within(in, 0.0, 0.5) : fuzz_below(in, 2) ? 0.0 : fuzz_double(in);
    retain_contract_moment moment = (retain_contract_moment)(int)fuzz_below(in, 4);
    double *del = fuzz_output(in, count, sizeof *del), *value, *elasticity;

    if (!fuzz_outcome(in, retain_contract_discounted(ctx, model, fuzz_maybe(in, survived), count, RETAIN_CONTRACT_DEL, t, d, NULL,
                                                     0.0, del, NULL, NULL)))
        return;
    value = fuzz_output(in, count, sizeof *value);
    if (!fuzz_outcome(in, retain_contract_discounted(fuzz_calm_context(in), model, survived, count, moment, t, d, NULL, 0.0, value,
                                                     NULL, NULL)))
        return;
    elasticity = fuzz_output(in, count, sizeof *elasticity);
    fuzz_check(
        fuzz_outcome(in, retain_contract_elasticity(fuzz_calm_context(in), model, survived, count, moment, t, d, elasticity)));
    for (size_t i = 0; i < count; i++) {
        fuzz_check(del[i] >= 1.0 && value[i] >= 0.0);
        fuzz_check(elasticity[i] >= 0.0 || (elasticity[i] != elasticity[i] && moment != RETAIN_CONTRACT_DEL));
    }
}

static void try_simulate(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_contract *model = read_model(in);
    uint64_t seed = fuzz_bits(in, 8);
    size_t count = fuzz_below(in, 12);
    double *decisions = read_counts(in, count, 0.0), *periods = fuzz_output(in, count, sizeof *periods);
    uint8_t *left = fuzz_output(in, count, 1);
    double *lifetime = fuzz_output(in, count, sizeof *lifetime);

    if (!fuzz_outcome(in, retain_contract_simulate(ctx, model, decisions, count, seed, fuzz_maybe(in, periods), left, lifetime)))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(lifetime[i] >= 1.0 && periods[i] <= decisions[i] && left[i] == (lifetime[i] <= decisions[i]));
}

static void try_names(fuzz_input *in)
{
    retain_contract_family family = (retain_contract_family)(int)(fuzz_integer(in) % 1000000);
    double rate = retain_contract_discount(fuzz_double(in), fuzz_double(in));

    fuzz_check(retain_contract_name(family)[0] != 0);
    fuzz_check(strlen(retain_contract_parameter(family, fuzz_below(in, 100))) < 10);
    fuzz_check(retain_contract_parameters(family) <= RETAIN_FIT_PARAMETERS);
    fuzz_check(rate >= 0.0 || rate != rate);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_fit, try_likelihood, try_curves, try_value, try_simulate, try_names};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

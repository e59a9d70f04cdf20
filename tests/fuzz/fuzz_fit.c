/* Any covariates, any options: probabilities are probabilities, what is held is held, and tests of one fit against another are
 * probabilities too. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "retain/btyd.h"

enum { MOST = 4 };

typedef struct table {
    double *x, *t_x, *T;
    const double **covariates;
    retain_customers customers;
} table;

static table read_table(fuzz_input *in, size_t covariates)
{
    table read = {.covariates = fuzz_array(in, covariates, sizeof *read.covariates)};
    size_t count = fuzz_below(in, 24);
    int odd = fuzz_below(in, 16) == 15;

    read.x = fuzz_array(in, count, sizeof *read.x);
    read.t_x = fuzz_array(in, count, sizeof *read.t_x);
    read.T = fuzz_array(in, count, sizeof *read.T);
    for (size_t i = 0; i < count; i++) {
        read.x[i] = (double)(fuzz_bits(in, 1) % 6);
        read.T[i] = fuzz_within(in, 0.0, 100.0);
        read.t_x[i] = read.x[i] > 0.0 ? fuzz_within(in, 0.0, 1.0) * read.T[i] : 0.0;
    }
    for (size_t c = 0; c < covariates; c++) {
        double *column = fuzz_array(in, count, sizeof *column);
        int kind = (int)fuzz_below(in, 3); /* dummies, levels, anything between -1 and 1 */

        for (size_t i = 0; i < count; i++)
            column[i] = odd ? fuzz_double(in) : kind ? (double)fuzz_below(in, kind == 1 ? 2 : 5) : fuzz_within(in, -1.0, 1.0);
        read.covariates[c] = column;
    }
    read.customers = (retain_customers){.count = count,
                                        .frequency = read.x,
                                        .t_x = read.t_x,
                                        .T = read.T,
                                        .unit_days = 7.0,
                                        .covariate_count = covariates,
                                        .covariates = read.covariates};
    return read;
}

static retain_btyd read_model(fuzz_input *in, size_t covariates)
{
    retain_btyd model = {.family = (retain_btyd_family)(1 + (int)fuzz_below(in, 3)), .unit_days = 7.0, .covariates = covariates};

    model.r = exp(fuzz_within(in, -3.0, 1.0));
    model.alpha = exp(fuzz_within(in, 1.0, 6.0));
    model.s = model.a = exp(fuzz_within(in, -3.0, 3.0));
    model.beta = model.b = exp(fuzz_within(in, -3.0, 6.0));
    for (size_t c = 0; c < covariates && c < MOST; c++) {
        model.purchase[c] = fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_within(in, -1.0, 1.0);
        model.lifetime[c] = fuzz_below(in, 4) ? fuzz_within(in, -1.0, 1.0) : 0.0;
    }
    return model;
}

static void try_predictions(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    size_t covariates = fuzz_below(in, MOST + 1);
    retain_btyd model = read_model(in, fuzz_below(in, 16) == 15 ? fuzz_below(in, MOST + 1) : covariates);
    table read = read_table(in, covariates);
    size_t count = read.customers.count;
    double *likelihood = fuzz_output(in, count, sizeof *likelihood);
    double *gradient = fuzz_output(in, (4 + 2 * model.covariates) * count, sizeof *gradient);
    double *alive, *orders, *silence;

    if (!fuzz_outcome(in, retain_btyd_likelihood(ctx, &model, &read.customers, likelihood, fuzz_maybe(in, gradient))))
        return;
    alive = fuzz_output(in, count, sizeof *alive);
    fuzz_check(fuzz_outcome(in, retain_btyd_alive(fuzz_calm_context(in), &model, &read.customers, alive, NULL)));
    orders = fuzz_output(in, count, sizeof *orders);
    fuzz_check(fuzz_outcome(in, retain_btyd_orders(fuzz_calm_context(in), &model, &read.customers, 20.0, orders)));
    silence = fuzz_output(in, count, sizeof *silence);
    fuzz_check(fuzz_outcome(in, retain_btyd_silence(fuzz_calm_context(in), &model, &read.customers, 20.0, silence)));
    for (size_t i = 0; i < count; i++) {
        fuzz_check(alive[i] >= 0.0 && alive[i] <= 1.0);
        fuzz_check(orders[i] >= 0.0 && silence[i] >= 0.0 && silence[i] <= 1.0 + 1e-15);
    }
}

static uint8_t *read_flags(fuzz_input *in, size_t count)
{
    uint8_t *flags = fuzz_array(in, count, sizeof *flags);

    for (size_t c = 0; c < count; c++)
        flags[c] = (uint8_t)(fuzz_below(in, 32) == 31 ? fuzz_below(in, 256) : fuzz_below(in, 2));
    return fuzz_below(in, 2) ? flags : NULL;
}

static double *read_fixed(fuzz_input *in, size_t count)
{
    double *fixed = fuzz_array(in, count, sizeof *fixed);

    for (size_t i = 0; i < count; i++)
        fixed[i] = fuzz_below(in, 4) ? (double)NAN : fuzz_below(in, 8) == 7 ? fuzz_double(in) : fuzz_within(in, 0.1, 3.0);
    return fuzz_below(in, 2) ? fixed : NULL;
}

static void check_report(const retain_fit_report *report, retain_status status, size_t entries)
{
    fuzz_check((status == RETAIN_OK) == (report->verdict == RETAIN_FIT_CONVERGED));
    fuzz_check(report->parameters == entries && report->explanation[0]);
    fuzz_check(memchr(report->explanation, 0, sizeof report->explanation) != NULL);
    fuzz_check(report->estimated >= 1 && report->estimated <= entries);
    for (size_t i = 0; i < entries && report->verdict == RETAIN_FIT_CONVERGED; i++)
        fuzz_check(report->low[i] <= report->estimate[i] && report->estimate[i] <= report->high[i] &&
                   (report->kind[i] == RETAIN_FIT_HELD) == (report->standard_error[i] == 0.0));
}

static void try_fit(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    size_t covariates = fuzz_below(in, MOST + 1), entries = 4 + 2 * covariates, degrees = 1;
    table read = read_table(in, covariates);
    retain_fit_options options = {.struct_size = sizeof options, .iterations = (int)fuzz_below(in, 40)};
    retain_fit_report full = RETAIN_FIT_REPORT_INIT, report = RETAIN_FIT_REPORT_INIT;
    retain_btyd_family family = (retain_btyd_family)(1 + (int)fuzz_below(in, 3));
    retain_btyd model;
    retain_status status;
    double statistic = 0.0, p = 0.5;

    options.prior_sd = fuzz_below(in, 2) ? fuzz_within(in, 0.0, 3.0) : 0.0;
    options.coefficient_sd = fuzz_below(in, 2) ? fuzz_within(in, 0.0, 3.0) : 0.0;
    options.purchase = read_flags(in, covariates);
    options.lifetime = read_flags(in, covariates);
    options.equal = read_flags(in, covariates);
    options.fixed = read_fixed(in, entries);
    status = retain_btyd_fit(ctx, family, &read.customers, &options, &model, &report);
    fuzz_outcome(in, status);
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
        return;
    check_report(&report, status, entries);
    fuzz_check(retain_fit_covariance(NULL, entries, report.covariance) == RETAIN_OK);
    status = retain_btyd_fit(fuzz_calm_context(in), family, &read.customers, NULL, &model, &full);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        check_report(&full, status, entries);
    fuzz_check(strcmp(retain_fit_verdict_name(report.verdict), "unknown") != 0);
    status = retain_fit_likelihood_ratio(fuzz_calm_context(in), &report, &full, &statistic, &degrees, &p);
    fuzz_outcome(in, status);
    fuzz_check(statistic >= 0.0 && degrees >= 1 && p >= 0.0 && p <= 1.0);
}

static void try_covariance(fuzz_input *in)
{
    size_t entries = fuzz_below(in, MOST + 1), cells = entries * entries;
    double *covariance = fuzz_array(in, cells, sizeof *covariance);

    for (size_t i = 0; i < cells; i++)
        covariance[i] = fuzz_below(in, 8) ? fuzz_within(in, -2.0, 2.0) : fuzz_double(in);
    fuzz_outcome(in, retain_fit_covariance(fuzz_context(in), entries, covariance));
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_fit, try_predictions, try_covariance};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

/* Any customers, any model: probabilities are probabilities, forecasts are not negative, and a fit either is one or says why
 * not. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "retain/btyd.h"

static int is_probability(double x)
{
    return x >= 0.0 && x <= 1.0;
}

/* A family, rarely one that there is not. */
static retain_btyd_family read_family(fuzz_input *in)
{
    static const retain_btyd_family families[] = {RETAIN_BTYD_PARETO_NBD, RETAIN_BTYD_BG_NBD,  RETAIN_BTYD_MBG_NBD,
                                                  RETAIN_BTYD_NBD,        RETAIN_BTYD_GG_NBD,  RETAIN_BTYD_BG_BB,
                                                  RETAIN_BTYD_BG_CNBD,    RETAIN_BTYD_MBG_CNBD};

    return fuzz_bits(in, 1) % 16 == 15 ? (retain_btyd_family)(int)fuzz_bits(in, 1)
                                       : families[fuzz_below(in, sizeof families / sizeof *families)];
}

/* Parameters of a size for which results are promised to be accurate, or of any size. */
static double read_parameter(fuzz_input *in)
{
    return fuzz_below(in, 16) == 15 ? fuzz_double(in) : exp(fuzz_within(in, -9.2, 9.2));
}

static const retain_btyd *read_model(fuzz_input *in)
{
    retain_btyd *model = fuzz_array(in, 1, sizeof *model);

    model->family = read_family(in);
    model->unit_days = fuzz_below(in, 32) == 31 ? fuzz_double(in) : 7.0;
    model->r = read_parameter(in);
    model->alpha = read_parameter(in);
    model->s = read_parameter(in);
    model->beta = read_parameter(in);
    model->a = read_parameter(in);
    model->b = read_parameter(in);
    model->gamma = read_parameter(in);
    model->delta = read_parameter(in);
    model->covariates = 0;
    if (retain_btyd_is_regular(model->family)) { /* ticks are counted: not millions of them in every call */
        model->r = exp(fuzz_within(in, -9.2, 3.0));
        model->alpha = exp(fuzz_within(in, 0.0, 9.2));
    }
    model->k = fuzz_below(in, 16) == 15 ? (int)fuzz_integer(in) % 1000 : 1 + (int)fuzz_below(in, 5);
    return fuzz_maybe(in, model);
}

static double read_time(fuzz_input *in)
{
    if (fuzz_below(in, 4) == 3)
        return (double)fuzz_below(in, 300); /* opportunities */
    return fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_within(in, 0.0, 300.0);
}

/* Customers: mostly as the rules want them, some of them in opportunities, now and then a row of anything. */
static const retain_customers *read_customers(fuzz_input *in)
{
    retain_customers *customers = fuzz_array(in, 1, sizeof *customers);
    size_t count = fuzz_below(in, 24);
    double *x = fuzz_array(in, count, sizeof *x), *t_x = fuzz_array(in, count, sizeof *t_x), *T = fuzz_array(in, count, sizeof *T);
    double *weight = fuzz_array(in, count, sizeof *weight), *log_gaps = fuzz_array(in, count, sizeof *log_gaps);
    int weighted = (int)fuzz_below(in, 2), odd = fuzz_below(in, 16) == 15, whole = fuzz_below(in, 4) == 3;

    for (size_t i = 0; i < count; i++) {
        x[i] = odd ? fuzz_double(in) : (double)(fuzz_bits(in, 1) % 8 < 7 ? fuzz_bits(in, 1) % 6 : fuzz_bits(in, 2));
        T[i] = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 100.0);
        t_x[i] = odd ? fuzz_double(in) : x[i] > 0.0 ? fuzz_within(in, 0.0, 1.0) * T[i] : 0.0;
        log_gaps[i] = odd ? fuzz_double(in) : x[i] > 0.0 ? x[i] * (log(t_x[i] / x[i]) - fuzz_within(in, 0.0, 1.0)) : 0.0;
        weight[i] = odd ? fuzz_double(in) : (double)(fuzz_bits(in, 1) % 5);
        if (whole) {
            t_x[i] = x[i] > 0.0 ? x[i] + floor(t_x[i]) : 0.0;
            T[i] = t_x[i] + floor(T[i]);
        }
    }
    *customers = (retain_customers){.count = count,
                                    .frequency = x,
                                    .t_x = t_x,
                                    .T = T,
                                    .weight = weighted ? weight : NULL,
                                    .unit_days = fuzz_below(in, 32) == 31 ? fuzz_double(in) : 7.0,
                                    .log_gaps = fuzz_maybe(in, log_gaps)};
    return fuzz_maybe(in, customers);
}

/* Fits of bad data are not failures that leave outputs alone, so model and report are no painted outputs here. */
static void try_fit(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_btyd_family family = read_family(in);
    int k = retain_btyd_is_regular(family) ? (int)fuzz_below(in, 5) : 0;
    retain_fit_options options = {
        .struct_size = sizeof options, .iterations = (int)fuzz_below(in, 60), .level = fuzz_within(in, 0.0, 0.99), .k = k};
    const retain_customers *customers = read_customers(in);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;
    retain_status status = retain_btyd_fit(ctx, family, customers, fuzz_maybe(in, &options), &model, &report);

    fuzz_outcome(in, status);
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE) {
        fuzz_check(report.verdict == RETAIN_FIT_NONE);
        return;
    }
    fuzz_check((status == RETAIN_OK) == (report.verdict == RETAIN_FIT_CONVERGED));
    fuzz_check(retain_btyd_is_regular(family) ? model.k <= RETAIN_BTYD_MOST_K : model.k == 0);
    fuzz_check(model.family == family && report.parameters == retain_btyd_parameters(family) && report.explanation[0]);
    fuzz_check(memchr(report.explanation, 0, sizeof report.explanation) != NULL);
    fuzz_check(strcmp(retain_fit_verdict_name(report.verdict), "unknown") != 0);
    for (size_t i = 0; i < report.parameters; i++) {
        fuzz_check(report.verdict == RETAIN_FIT_TOO_LITTLE_DATA || report.estimate[i] > 0.0);
        fuzz_check(report.verdict != RETAIN_FIT_CONVERGED ||
                   (report.standard_error[i] > 0.0 && report.low[i] <= report.estimate[i] && report.estimate[i] <= report.high[i]));
    }
}

static void try_past(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd *model = read_model(in);
    const retain_customers *customers = read_customers(in);
    size_t count = customers ? customers->count : 1;
    size_t parameters = model ? retain_btyd_parameters(model->family) : 1;
    double *likelihood = fuzz_output(in, count, sizeof *likelihood);
    double *gradient = fuzz_output(in, parameters * count, sizeof *gradient);
    double *alive, *log_odds;

    if (!fuzz_outcome(in, retain_btyd_likelihood(ctx, model, customers, fuzz_maybe(in, likelihood), gradient)))
        return;
    alive = fuzz_output(in, count, sizeof *alive);
    log_odds = fuzz_output(in, count, sizeof *log_odds);
    if (!fuzz_outcome(in, retain_btyd_alive(fuzz_calm_context(in), model, customers, alive, log_odds)))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(is_probability(alive[i]) && log_odds[i] == log_odds[i]);
        fuzz_check((alive[i] > 0.5) == (log_odds[i] < 0.0) || fabs(log_odds[i]) < 1e-10);
    }
}

/* A regular family counts tick by tick: tens of thousands of occasions ahead take seconds. */
static int takes_long(const retain_btyd *model, const retain_customers *customers, double t)
{
    if (!model || !customers || !retain_btyd_is_regular(model->family))
        return 0;
    for (size_t i = 0; i < customers->count; i++) {
        if (!(customers->frequency[i] <= 300.0 && t <= 300.0))
            return 1;
    }
    return 0;
}

static void try_future(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd *model = read_model(in);
    double t = read_time(in), delta = fuzz_below(in, 4) ? fuzz_within(in, 0.0, 0.1) : read_time(in);
    const retain_customers *customers = read_customers(in);
    size_t count = customers ? customers->count : 1;
    double *orders = fuzz_output(in, count, sizeof *orders), *silence, *discounted;

    if (takes_long(model, customers, t))
        return;
    if (!fuzz_outcome(in, retain_btyd_orders(ctx, model, customers, t, fuzz_maybe(in, orders))))
        return;
    silence = fuzz_output(in, count, sizeof *silence);
    fuzz_check(fuzz_outcome(in, retain_btyd_silence(fuzz_calm_context(in), model, customers, t, silence)));
    discounted = fuzz_output(in, count, sizeof *discounted);
    if (!fuzz_outcome(in, retain_btyd_discounted(fuzz_calm_context(in), model, customers, fuzz_below(in, 2) ? t : (double)INFINITY,
                                                 delta, discounted)))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(orders[i] >= 0.0 && discounted[i] >= 0.0);
        fuzz_check(silence[i] >= 0.0 && silence[i] <= 1.0 + 1e-15);
        fuzz_check(1.0 - silence[i] <= orders[i] * (1.0 + 1e-9) + 1e-9); /* P(any) <= E */
    }
}

static void try_new(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd *model = read_model(in);
    double t = read_time(in);
    size_t count = fuzz_below(in, 12);
    double *n = fuzz_array(in, count, sizeof *n), *ages = fuzz_array(in, count, sizeof *ages);
    double *expected = fuzz_output(in, count, sizeof *expected), *pmf, *log_pmf;

    for (size_t i = 0; i < count; i++) {
        n[i] = (double)(fuzz_bits(in, 1) % 8 < 7 ? fuzz_bits(in, 1) : fuzz_bits(in, 3));
        ages[i] = read_time(in);
    }
    if (!fuzz_outcome(in, retain_btyd_expected(ctx, model, ages, count, fuzz_maybe(in, expected))))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(expected[i] >= 0.0);
    pmf = fuzz_output(in, count, sizeof *pmf);
    log_pmf = fuzz_output(in, count, sizeof *log_pmf);
    if (!fuzz_outcome(in, retain_btyd_pmf(fuzz_calm_context(in), model, t, n, count, pmf, fuzz_maybe(in, log_pmf))))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(pmf[i] >= 0.0 && pmf[i] <= 1.0 + 1e-9);
}

static void try_simulate(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_btyd model = {.family = read_family(in), .unit_days = 7.0};
    int whole = model.family == RETAIN_BTYD_BG_BB && fuzz_below(in, 8);
    double t = whole ? (double)fuzz_below(in, 50) : fuzz_within(in, 0.0, 50.0);
    uint64_t seed = fuzz_bits(in, 8);
    size_t count = fuzz_below(in, 12);
    double *T = fuzz_array(in, count, sizeof *T);
    double *x = fuzz_output(in, count, sizeof *x), *t_x = fuzz_output(in, count, sizeof *t_x);
    double *alive = fuzz_output(in, count, sizeof *alive), *future = fuzz_output(in, count, sizeof *future);
    double *log_gaps = fuzz_output(in, count, sizeof *log_gaps);
    int odd = fuzz_below(in, 16) == 15;

    model.r = odd ? fuzz_double(in) : exp(fuzz_within(in, -9.2, 3.0)); /* rates at which nobody buys for hours */
    model.alpha = exp(fuzz_within(in, 0.0, 9.2));
    model.s = model.a = odd ? fuzz_double(in) : read_parameter(in);
    model.beta = model.b = read_parameter(in);
    model.k = 1 + (int)fuzz_below(in, 4);
    model.gamma = model.s;
    model.delta = model.b;
    for (size_t i = 0; i < count; i++)
        T[i] = whole ? (double)fuzz_below(in, 50) : fuzz_within(in, 0.0, 50.0);
    if (!fuzz_outcome(in,
                      retain_btyd_simulate(ctx, &model, T, NULL, count, t, seed, fuzz_maybe(in, x), t_x, alive, future, log_gaps)))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(x[i] >= 0.0 && t_x[i] >= 0.0 && t_x[i] <= T[i] && (x[i] > 0.0 || t_x[i] == 0.0));
        fuzz_check(x[i] > 0.0 ? log_gaps[i] - log_gaps[i] == 0.0 : log_gaps[i] == 0.0);
        fuzz_check((alive[i] == 0.0 && future[i] == 0.0) || alive[i] == 1.0);
    }
}

static void try_given(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_btyd model = {.family = read_family(in), .unit_days = 7.0}, given;
    size_t covariates = fuzz_below(in, RETAIN_BTYD_COVARIATES + 1);
    double *z = fuzz_array(in, covariates, sizeof *z);
    retain_status status;

    model.r = model.alpha = model.s = model.beta = model.a = model.b = read_parameter(in);
    model.covariates = covariates;
    for (size_t c = 0; c < covariates; c++) {
        model.purchase[c] = fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_within(in, -1.0, 1.0);
        model.lifetime[c] = fuzz_within(in, -1.0, 1.0);
        z[c] = fuzz_below(in, 8) == 7 ? fuzz_double(in) : fuzz_within(in, -3.0, 3.0);
    }
    given = model;
    status = retain_btyd_given(ctx, &model, fuzz_maybe(in, z), &given);
    fuzz_outcome(in, status);
    if (status == RETAIN_OK)
        fuzz_check(given.covariates == 0 && given.r == model.r && given.alpha > 0.0);
    else
        fuzz_check(given.covariates == covariates);
}

static void try_names(fuzz_input *in)
{
    retain_btyd_family family = (retain_btyd_family)(int)(fuzz_integer(in) % 1000000);

    fuzz_check(retain_btyd_name(family)[0] != 0);
    fuzz_check(strlen(retain_btyd_parameter(family, fuzz_below(in, 100))) < 10);
    fuzz_check(retain_btyd_parameters(family) <= RETAIN_FIT_PARAMETERS);
    fuzz_check(!retain_btyd_is_regular(family) || retain_btyd_parameters(family) == 4);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_fit, try_past, try_future, try_new, try_simulate, try_given, try_names};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

/* Shims of retain/btyd.h and retain/spend.h. A buy-till-you-die model crosses as numbers: family, unit_days, the parameters in the
 * order of retain_btyd_parameter, the coefficients, those of the purchase process first, and k where the family is regular; a spend
 * model as three: p, q, gamma. Covariates of customers cross as their columns, one after the other in one array. */
#ifndef RETAIN_SHIMS_MODELS_H
#define RETAIN_SHIMS_MODELS_H

#include <math.h>
#include <string.h>

#include "shims/orders.h"

enum { BTYD_NUMBERS = 3 + RETAIN_FIT_PARAMETERS };

/* So many numbers a model of this family crosses as. */
static size_t view_btyd_numbers(retain_btyd_family family)
{
    return 2 + retain_btyd_parameters(family) + (size_t)retain_btyd_is_regular(family);
}

typedef const double *covariate_columns[RETAIN_BTYD_COVARIATES];

/* The parameter of this name; NULL when a model has none. */
static double *view_btyd_field(retain_btyd *model, const char *name)
{
    struct {
        const char *name;
        double *field;
    } fields[] = {{"r", &model->r},       {"alpha", &model->alpha}, {"s", &model->s},
                  {"beta", &model->beta}, {"a", &model->a},         {"b", &model->b},
                  {"gamma", &model->gamma}, {"delta", &model->delta}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return fields[i].field;
    }
    return NULL;
}

static int view_btyd(retain_context *ctx, in_doubles model, retain_btyd *into)
{
    const double *m = model.data;
    size_t n, k;
    if (!REQUIRE(ctx, model))
        return 0;
    if (model.count < 2 || model.count > BTYD_NUMBERS)
        return refuse(ctx, "model has %zu numbers; it needs family, unit_days and the parameters", model.count);
    if (!(m[0] >= 0.0 && m[0] <= 1e6 && m[0] == floor(m[0])))
        return refuse(ctx, "model[0] is %g; it must be the number of a family", m[0]);
    memset(into, 0, sizeof *into);
    into->family = (retain_btyd_family)(int)m[0];
    into->unit_days = m[1];
    n = retain_btyd_parameters(into->family);
    k = (size_t)retain_btyd_is_regular(into->family);
    if (n != 0 && (model.count < 2 + n + k || (model.count - 2 - n - k) % 2 != 0 || (model.count - 2 - n - k) / 2 > RETAIN_BTYD_COVARIATES))
        return refuse(ctx, "model has %zu numbers; it needs %zu: family, unit_days and the parameters%s (and two coefficients a covariate)",
                      model.count, 2 + n + k, k ? ", and k" : "");
    for (size_t i = 0; i < n; i++)
        *view_btyd_field(into, retain_btyd_parameter(into->family, i)) = m[2 + i];
    into->covariates = n ? (model.count - 2 - n - k) / 2 : 0;
    for (size_t c = 0; c < into->covariates; c++) {
        into->purchase[c] = m[2 + n + c];
        into->lifetime[c] = m[2 + n + into->covariates + c];
    }
    if (k) {
        double stages = m[model.count - 1];
        if (!(stages >= 1.0 && stages <= RETAIN_BTYD_MOST_K && stages == floor(stages)))
            return refuse(ctx, "k is %g; it must be a whole number in [1, %d]", stages, RETAIN_BTYD_MOST_K);
        into->k = (int)stages;
    }
    return 1;
}

/* A model that was fitted; numbers it does not need are left alone. */
static void record_btyd(retain_btyd *from, out_doubles *model)
{
    const size_t n = retain_btyd_parameters(from->family);
    model->data[0] = (double)from->family;
    model->data[1] = from->unit_days;
    for (size_t i = 0; i < n; i++)
        model->data[2 + i] = *view_btyd_field(from, retain_btyd_parameter(from->family, i));
    for (size_t c = 0; c < from->covariates; c++) {
        model->data[2 + n + c] = from->purchase[c];
        model->data[2 + n + from->covariates + c] = from->lifetime[c];
    }
    if (retain_btyd_is_regular(from->family))
        model->data[2 + n + 2 * from->covariates] = (double)from->k;
}

/* `count` columns of covariates; where there is none the array is not read. */
static int view_covariates(retain_context *ctx, in_doubles covariates, size_t count, const double **columns, retain_customers *customers)
{
    size_t cells = 0;
    if (count == 0)
        return 1;
    if (!REQUIRE(ctx, covariates) || !multiply_rows(ctx, count, customers->count, &cells))
        return 0;
    if (count > RETAIN_BTYD_COVARIATES)
        return refuse(ctx, "there are %zu covariates; there may be at most %d", count, RETAIN_BTYD_COVARIATES);
    if (covariates.count != cells)
        return refuse(ctx, "covariates has %zu numbers; the model has %zu covariates, and there are %zu customers", covariates.count, count,
                      customers->count);
    for (size_t c = 0; c < count; c++)
        columns[c] = covariates.data + c * customers->count;
    customers->covariate_count = count;
    customers->covariates = columns;
    return 1;
}

/* Options whose length is that of something else. */
static int view_length(retain_context *ctx, const char *name, const void *data, size_t count, size_t wanted)
{
    return !data || count == wanted || refuse(ctx, "%s has %zu numbers; it needs %zu", name, count, wanted);
}

static void btyd_fit(retain_context *ctx, int family, in_counts frequency, in_counts t_x, in_counts T, in_doubles weight,
                     in_doubles log_gaps, double unit_days, in_doubles covariates, int covariate_count, in_bytes purchase, in_bytes lifetime,
                     in_bytes equal, in_doubles fixed, double prior_sd, double coefficient_sd, in_doubles prior_centre,
                     int iterations, double level, int k, out_doubles *model, record *result)
{
    retain_fit_options options = {.struct_size = sizeof options,
                                  .iterations = iterations,
                                  .level = level,
                                  .k = k,
                                  .prior_sd = prior_sd,
                                  .coefficient_sd = coefficient_sd,
                                  .prior_centre = prior_centre.data,
                                  .fixed = fixed.data,
                                  .purchase = purchase.data,
                                  .lifetime = lifetime.data,
                                  .equal = equal.data};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_customers customers;
    retain_btyd fitted;
    covariate_columns columns;
    in_doubles none = {NULL, 0, "spend"};
    const size_t n = retain_btyd_parameters((retain_btyd_family)family);
    const size_t m = covariate_count > 0 && covariate_count <= RETAIN_BTYD_COVARIATES ? (size_t)covariate_count : 0;
    if (covariate_count < 0 || covariate_count > RETAIN_BTYD_COVARIATES) {
        refuse(ctx, "covariate_count is %d; it must lie in [0, %d]", covariate_count, RETAIN_BTYD_COVARIATES);
        return;
    }
    if (!view_customers(ctx, frequency, t_x, T, none, weight, unit_days, &customers) ||
        !view_covariates(ctx, covariates, m, columns, &customers) || !MATCH(ctx, log_gaps, frequency) ||
        (n && !view_length(ctx, "prior_centre", prior_centre.data, prior_centre.count, n)) ||
        (n && !view_length(ctx, "fixed", fixed.data, fixed.count, n + 2 * m)) ||
        !view_length(ctx, "purchase", purchase.data, purchase.count, m) || !view_length(ctx, "lifetime", lifetime.data, lifetime.count, m) ||
        !view_length(ctx, "equal", equal.data, equal.count, m) || !PROVIDE(ctx, model, view_btyd_numbers((retain_btyd_family)family) + 2 * m))
        return;
    customers.log_gaps = log_gaps.data;
    RUN(ctx, retain_btyd_fit(ctx, (retain_btyd_family)family, &customers, &options, &fitted, &report));
    if (model->data && (ctx->status == RETAIN_OK || ctx->status == RETAIN_ERROR_CONVERGENCE))
        record_btyd(&fitted, model);
    record_fit(ctx, result, &report);
}

/* What the likelihood-ratio test reads of a report: the numbers that the two layers above pack, in this order. */
static int view_report(retain_context *ctx, in_doubles numbers, retain_fit_report *report)
{
    const double *from = numbers.data;
    if (!REQUIRE(ctx, numbers))
        return 0;
    if (numbers.count < 6 || (numbers.count - 6) % 2 != 0 || (numbers.count - 6) / 2 > RETAIN_FIT_PARAMETERS)
        return refuse(ctx, "%s has %zu numbers; it needs 6 and two for each entry", numbers.name, numbers.count);
    for (size_t i = 0; i < numbers.count; i++) {
        if (i != 5 && i < 6 && !(from[i] >= 0.0 && from[i] <= 9007199254740992.0))
            return refuse(ctx, "%s[%zu] is %g; it must be a whole number", numbers.name, i, from[i]);
    }
    report->parameters = (numbers.count - 6) / 2;
    report->verdict = from[0] <= 5.0 ? (retain_fit_verdict)(int)from[0] : RETAIN_FIT_NONE;
    report->coefficients = (size_t)from[1];
    report->estimated = (size_t)from[2];
    report->has_prior = from[3] != 0.0;
    report->data = (uint64_t)from[4];
    report->log_likelihood = from[5];
    for (size_t i = 0; i < report->parameters; i++) {
        report->estimate[i] = from[6 + i];
        report->kind[i] = from[6 + report->parameters + i] >= 2.0 ? RETAIN_FIT_EQUAL : from[6 + report->parameters + i] >= 1.0 ? RETAIN_FIT_HELD : RETAIN_FIT_ESTIMATED;
    }
    return 1;
}

static void fit_likelihood_ratio(retain_context *ctx, in_doubles restricted, in_doubles full, record *result)
{
    retain_fit_report first = RETAIN_FIT_REPORT_INIT, second = RETAIN_FIT_REPORT_INIT;
    double statistic = (double)NAN, p_value = (double)NAN;
    size_t degrees = 0;
    if (!view_report(ctx, restricted, &first) || !view_report(ctx, full, &second))
        return;
    RUN(ctx, retain_fit_likelihood_ratio(ctx, &first, &second, &statistic, &degrees, &p_value));
    record_number(result, "statistic", statistic);
    record_whole(result, "degrees", (int64_t)degrees);
    record_number(result, "p_value", p_value);
}

static void fit_covariance(retain_context *ctx, in_doubles covariance, int entries)
{
    if (entries < 1 || entries > RETAIN_FIT_PARAMETERS) {
        refuse(ctx, "entries is %d; it must lie in [1, %d]", entries, RETAIN_FIT_PARAMETERS);
        return;
    }
    if (!REQUIRE(ctx, covariance) ||
        !view_length(ctx, "covariance", covariance.data, covariance.count, (size_t)entries * (size_t)entries))
        return;
    RUN(ctx, retain_fit_covariance(ctx, (size_t)entries, covariance.data));
}

/* The model of customers with given covariates. */
static void btyd_given(retain_context *ctx, in_doubles model, in_doubles covariates, out_doubles *given)
{
    retain_btyd m, own;
    if (!view_btyd(ctx, model, &m) || !PROVIDE(ctx, given, view_btyd_numbers(m.family)))
        return;
    if (m.covariates && !REQUIRE(ctx, covariates))
        return;
    if (!view_length(ctx, "covariates", covariates.data, covariates.count, m.covariates))
        return;
    RUN(ctx, retain_btyd_given(ctx, &m, covariates.data, &own));
    if (given->data && ctx->status == RETAIN_OK)
        record_btyd(&own, given);
}

/* Every forecast reads a model and three columns of customers. */
static int view_forecast(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days,
                         retain_btyd *into, retain_customers *customers)
{
    in_doubles spend = {NULL, 0, "spend"}, weight = {NULL, 0, "weight"};
    return view_btyd(ctx, model, into) && view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, customers);
}

static void btyd_likelihood(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T,
                            in_doubles log_gaps, double unit_days, in_doubles covariates, out_doubles *log_likelihood,
                            out_doubles *gradient)
{
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    size_t cells = 0;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !MATCH(ctx, log_gaps, frequency) ||
        !multiply_rows(ctx, customers.count, retain_btyd_parameters(m.family) + 2 * m.covariates, &cells) || !PROVIDE(ctx, log_likelihood, customers.count) ||
        !PROVIDE(ctx, gradient, cells))
        return;
    customers.log_gaps = log_gaps.data;
    RUN(ctx, retain_btyd_likelihood(ctx, &m, &customers, log_likelihood->data, gradient->data));
}

static void btyd_alive(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days, in_doubles covariates,
                       out_doubles *alive, out_doubles *log_odds_dead)
{
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !PROVIDE(ctx, alive, customers.count) ||
        !PROVIDE(ctx, log_odds_dead, customers.count))
        return;
    RUN(ctx, retain_btyd_alive(ctx, &m, &customers, alive->data, log_odds_dead->data));
}

static void btyd_orders(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days, in_doubles covariates,
                        double t, out_doubles *orders)
{
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !PROVIDE(ctx, orders, customers.count))
        return;
    RUN(ctx, retain_btyd_orders(ctx, &m, &customers, t, orders->data));
}

static void btyd_silence(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days, in_doubles covariates,
                         double t, out_doubles *silence)
{
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !PROVIDE(ctx, silence, customers.count))
        return;
    RUN(ctx, retain_btyd_silence(ctx, &m, &customers, t, silence->data));
}

static void btyd_discounted(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T,
                            double unit_days, in_doubles covariates, double t, double delta, out_doubles *discounted)
{
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !PROVIDE(ctx, discounted, customers.count))
        return;
    RUN(ctx, retain_btyd_discounted(ctx, &m, &customers, t, delta, discounted->data));
}

static void btyd_expected(retain_context *ctx, in_doubles model, in_counts t, out_doubles *expected)
{
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) || !REQUIRE(ctx, t) || !PROVIDE(ctx, expected, t.count))
        return;
    RUN(ctx, retain_btyd_expected(ctx, &m, t.data, t.count, expected->data));
}

static void btyd_pmf(retain_context *ctx, in_doubles model, double t, in_counts n, out_doubles *pmf, out_doubles *log_pmf)
{
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) || !REQUIRE(ctx, n) || !PROVIDE(ctx, pmf, n.count) || !PROVIDE(ctx, log_pmf, n.count))
        return;
    RUN(ctx, retain_btyd_pmf(ctx, &m, t, n.data, n.count, pmf->data, log_pmf->data));
}

static void btyd_simulate(retain_context *ctx, in_doubles model, in_counts T, in_doubles covariates, double t, uint64_t seed, out_doubles *frequency,
                          out_doubles *t_x, out_doubles *alive, out_doubles *future, out_doubles *log_gaps)
{
    covariate_columns columns;
    retain_customers customers = {.count = T.count};
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) || !REQUIRE(ctx, T) || !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !PROVIDE(ctx, frequency, T.count) || !PROVIDE(ctx, t_x, T.count) ||
        !PROVIDE(ctx, alive, T.count) || !PROVIDE(ctx, future, T.count) || !PROVIDE(ctx, log_gaps, T.count))
        return;
    RUN(ctx, retain_btyd_simulate(ctx, &m, T.data, customers.covariates, T.count, t, seed, frequency->data, t_x->data, alive->data, future->data,
                                  log_gaps->data));
}

static const char *btyd_name(int family)
{
    return retain_btyd_name((retain_btyd_family)family);
}

static const char *btyd_parameter(int family, int index)
{
    return retain_btyd_parameter((retain_btyd_family)family, index < 0 ? SIZE_MAX : (size_t)index);
}

static int view_spend(retain_context *ctx, in_doubles model, retain_spend *into)
{
    if (!REQUIRE(ctx, model))
        return 0;
    if (model.count != 3)
        return refuse(ctx, "model has %zu numbers; it needs 3: p, q, gamma", model.count);
    into->p = model.data[0];
    into->q = model.data[1];
    into->gamma = model.data[2];
    return 1;
}

/* The spend model does not look at times. */
static int view_spenders(retain_context *ctx, in_counts frequency, in_counts spend, in_doubles weight, retain_customers *customers)
{
    if (!REQUIRE(ctx, frequency) || !REQUIRE(ctx, spend) || !MATCH(ctx, spend, frequency) || !MATCH(ctx, weight, frequency))
        return 0;
    customers->count = frequency.count;
    customers->frequency = frequency.data;
    customers->t_x = NULL;
    customers->T = NULL;
    customers->spend = spend.data;
    customers->weight = weight.data;
    customers->unit_days = 1.0;
    customers->covariate_count = 0;
    customers->covariates = NULL;
    customers->log_gaps = NULL;
    return 1;
}

static void spend_fit(retain_context *ctx, in_counts frequency, in_counts spend, in_doubles weight, int iterations, double level,
                      out_doubles *model, record *result)
{
    retain_fit_options options = {.struct_size = sizeof options, .iterations = iterations, .level = level};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_customers customers;
    retain_spend fitted;
    double correlation = (double)NAN;
    if (!view_spenders(ctx, frequency, spend, weight, &customers) || !PROVIDE(ctx, model, 3))
        return;
    RUN(ctx, retain_spend_fit(ctx, &customers, &options, &fitted, &report, &correlation));
    if (model->data && (ctx->status == RETAIN_OK || ctx->status == RETAIN_ERROR_CONVERGENCE)) {
        model->data[0] = fitted.p;
        model->data[1] = fitted.q;
        model->data[2] = fitted.gamma;
    }
    record_fit(ctx, result, &report);
    record_number(result, "correlation", correlation);
}

static void spend_likelihood(retain_context *ctx, in_doubles model, in_counts frequency, in_counts spend,
                             out_doubles *log_likelihood, out_doubles *gradient)
{
    in_doubles weight = {NULL, 0, "weight"};
    retain_customers customers;
    retain_spend m;
    size_t cells = 0;
    if (!view_spend(ctx, model, &m) || !view_spenders(ctx, frequency, spend, weight, &customers) ||
        !multiply_rows(ctx, customers.count, 3, &cells) || !PROVIDE(ctx, log_likelihood, customers.count) ||
        !PROVIDE(ctx, gradient, cells))
        return;
    RUN(ctx, retain_spend_likelihood(ctx, &m, &customers, log_likelihood->data, gradient->data));
}

static void spend_expected(retain_context *ctx, in_doubles model, in_counts frequency, in_counts spend, out_doubles *expected)
{
    in_doubles weight = {NULL, 0, "weight"};
    retain_customers customers;
    retain_spend m;
    if (!view_spend(ctx, model, &m) || !view_spenders(ctx, frequency, spend, weight, &customers) ||
        !PROVIDE(ctx, expected, customers.count))
        return;
    RUN(ctx, retain_spend_expected(ctx, &m, &customers, expected->data));
}

static int view_spend_limits(retain_context *ctx, in_doubles covariance)
{
    return REQUIRE(ctx, covariance) &&
           (covariance.count == 9 || refuse(ctx, "covariance has %zu numbers; it needs 9", covariance.count));
}

static void spend_interval(retain_context *ctx, in_doubles model, in_doubles covariance, in_counts frequency, in_counts spend,
                           double level, out_doubles *expected, out_doubles *low, out_doubles *high)
{
    in_doubles weight = {NULL, 0, "weight"};
    retain_customers customers;
    retain_spend m;
    if (!view_spend(ctx, model, &m) || !view_spend_limits(ctx, covariance) ||
        !view_spenders(ctx, frequency, spend, weight, &customers) || !PROVIDE(ctx, expected, customers.count) ||
        !PROVIDE(ctx, low, customers.count) || !PROVIDE(ctx, high, customers.count))
        return;
    RUN(ctx, retain_spend_interval(ctx, &m, covariance.data, &customers, level, expected->data, low->data, high->data));
}

static void spend_mean_interval(retain_context *ctx, in_doubles model, in_doubles covariance, double level, record *result)
{
    double low = (double)NAN, high = (double)NAN;
    retain_spend m;
    if (!view_spend(ctx, model, &m) || !view_spend_limits(ctx, covariance))
        return;
    RUN(ctx, retain_spend_mean_interval(ctx, &m, covariance.data, level, &low, &high));
    record_number(result, "low", low);
    record_number(result, "high", high);
}

static void spend_quantile(retain_context *ctx, in_doubles model, in_counts frequency, in_counts spend, double probability,
                           out_doubles *quantile)
{
    in_doubles weight = {NULL, 0, "weight"};
    retain_customers customers;
    retain_spend m;
    if (!view_spend(ctx, model, &m) || !view_spenders(ctx, frequency, spend, weight, &customers) ||
        !PROVIDE(ctx, quantile, customers.count))
        return;
    RUN(ctx, retain_spend_quantile(ctx, &m, &customers, probability, quantile->data));
}

static double spend_mean(double p, double q, double gamma)
{
    retain_spend model = {p, q, gamma};
    return retain_spend_mean(&model);
}

static const char *fit_verdict_name(int verdict)
{
    return retain_fit_verdict_name((retain_fit_verdict)verdict);
}

#endif

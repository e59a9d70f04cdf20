/* Shims of retain/contract.h. A model crosses as numbers: family, period_days and the parameters in the order of
 * retain_contract_parameter. Of a fit's report limits need the covariance only. */
#ifndef RETAIN_SHIMS_CONTRACT_H
#define RETAIN_SHIMS_CONTRACT_H

#include <math.h>
#include <string.h>

#include "shims/support.h"

static int view_contract(retain_context *ctx, in_doubles model, retain_contract *into)
{
    const double *m = model.data;
    double *const fields[] = {&into->alpha, &into->beta, &into->c};
    size_t parameters;
    if (!REQUIRE(ctx, model))
        return 0;
    if (model.count < 2)
        return refuse(ctx, "model has %zu numbers; it needs family, period_days and the parameters", model.count);
    if (!(m[0] >= 0.0 && m[0] <= 1e6 && m[0] == floor(m[0])))
        return refuse(ctx, "model[0] is %g; it must be the number of a family", m[0]);
    into->family = (retain_contract_family)(int)m[0];
    into->period_days = m[1];
    into->alpha = into->beta = into->c = (double)NAN;
    parameters = retain_contract_parameters(into->family);
    if (parameters != 0 && model.count != 2 + parameters)
        return refuse(ctx, "model has %zu numbers; it needs %zu: family, period_days and the parameters", model.count, 2 + parameters);
    for (size_t i = 0; i < parameters; i++)
        *fields[i] = m[2 + i];
    return 1;
}

/* As much of a report as limits need; NULL in `*report` when none are wanted. */
static int view_contract_doubt(retain_context *ctx, const retain_contract *model, in_doubles covariance, int wanted,
                               retain_fit_report *into, const retain_fit_report **report)
{
    const size_t k = retain_contract_parameters(model->family);
    *report = NULL;
    if (!wanted)
        return 1;
    if (!REQUIRE(ctx, covariance))
        return 0;
    if (k != 0 && covariance.count != k * k)
        return refuse(ctx, "covariance has %zu numbers; it needs %zu, those of the fit's report", covariance.count, k * k);
    memset(into, 0, sizeof *into);
    into->struct_size = sizeof *into;
    into->parameters = k;
    into->estimate[0] = model->alpha;
    into->estimate[1] = model->beta;
    into->estimate[2] = model->c;
    memcpy(into->covariance, covariance.data, k * k * sizeof(double));
    *report = into;
    return 1;
}

static int view_contract_customers(retain_context *ctx, in_counts periods, in_flags left, in_doubles weight, double period_days,
                                   retain_contract_customers *into)
{
    if (!REQUIRE(ctx, periods) || !REQUIRE(ctx, left) || !MATCH(ctx, left, periods) || !MATCH(ctx, weight, periods))
        return 0;
    into->count = periods.count;
    into->periods = periods.data;
    into->left = left.data;
    into->weight = weight.data;
    into->period_days = period_days;
    return 1;
}

static int view_contract_cohorts(retain_context *ctx, in_counts survivors, int64_t cohorts, double period_days,
                                 retain_contract_cohorts *into)
{
    if (!REQUIRE(ctx, survivors))
        return 0;
    if (cohorts < 0 || (uint64_t)cohorts > SIZE_MAX)
        return refuse(ctx, "cohorts is %lld; it must be at least 0", (long long)cohorts);
    if (cohorts == 0 ? survivors.count != 0 : survivors.count % (size_t)cohorts != 0)
        return refuse(ctx, "survivors has %zu cells; it must have as many in each of %lld rows", survivors.count, (long long)cohorts);
    into->count = (size_t)cohorts;
    into->columns = cohorts ? survivors.count / (size_t)cohorts : 0;
    into->survivors = survivors.data;
    into->period_days = period_days;
    return 1;
}

/* Written where there is a model, be it one to rely on or not. */
static void record_contract_model(retain_context *ctx, const retain_contract *fitted, out_doubles *model)
{
    const double fields[] = {fitted->alpha, fitted->beta, fitted->c};
    if (!model->data || (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CONVERGENCE))
        return;
    model->data[0] = (double)fitted->family;
    model->data[1] = fitted->period_days;
    for (size_t i = 0; i < retain_contract_parameters(fitted->family); i++)
        model->data[2 + i] = fields[i];
}

static void record_contract(retain_context *ctx, const retain_contract *fitted, const retain_fit_report *report, out_doubles *model,
                            record *result)
{
    record_contract_model(ctx, fitted, model);
    record_fit(ctx, result, report);
}

static void contract_fit(retain_context *ctx, int family, in_counts periods, in_flags left, in_doubles weight, double period_days,
                         int iterations, double level, out_doubles *model, record *result)
{
    retain_fit_options options = {.struct_size = sizeof options, .iterations = iterations, .level = level};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_contract_customers customers;
    retain_contract fitted;
    if (!view_contract_customers(ctx, periods, left, weight, period_days, &customers) ||
        !PROVIDE(ctx, model, 2 + retain_contract_parameters((retain_contract_family)family)))
        return;
    RUN(ctx, retain_contract_fit(ctx, (retain_contract_family)family, &customers, &options, &fitted, &report));
    record_contract(ctx, &fitted, &report, model, result);
}

static void contract_fit_cohorts(retain_context *ctx, int family, in_counts survivors, int64_t cohorts, double period_days,
                                 int iterations, double level, out_doubles *model, record *result)
{
    retain_fit_options options = {.struct_size = sizeof options, .iterations = iterations, .level = level};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_contract_cohorts table;
    retain_contract fitted;
    if (!view_contract_cohorts(ctx, survivors, cohorts, period_days, &table) ||
        !PROVIDE(ctx, model, 2 + retain_contract_parameters((retain_contract_family)family)))
        return;
    RUN(ctx, retain_contract_fit_cohorts(ctx, (retain_contract_family)family, &table, &options, &fitted, &report));
    record_contract(ctx, &fitted, &report, model, result);
}

static void contract_likelihood(retain_context *ctx, in_doubles model, in_counts periods, in_flags left, double period_days,
                                out_doubles *log_likelihood, out_doubles *gradient)
{
    in_doubles weight = {NULL, 0, "weight"};
    retain_contract_customers customers;
    retain_contract m;
    size_t cells = 0;
    if (!view_contract(ctx, model, &m) || !view_contract_customers(ctx, periods, left, weight, period_days, &customers) ||
        !multiply_rows(ctx, customers.count, retain_contract_parameters(m.family), &cells) ||
        !PROVIDE(ctx, log_likelihood, customers.count) || !PROVIDE(ctx, gradient, cells))
        return;
    RUN(ctx, retain_contract_likelihood(ctx, &m, &customers, log_likelihood->data, gradient->data));
}

static void contract_likelihood_cohorts(retain_context *ctx, in_doubles model, in_counts survivors, int64_t cohorts,
                                        double period_days, out_doubles *log_likelihood, out_doubles *gradient)
{
    retain_contract_cohorts table;
    retain_contract m;
    size_t cells = 0;
    if (!view_contract(ctx, model, &m) || !view_contract_cohorts(ctx, survivors, cohorts, period_days, &table) ||
        !multiply_rows(ctx, table.count, retain_contract_parameters(m.family), &cells) ||
        !PROVIDE(ctx, log_likelihood, table.count) || !PROVIDE(ctx, gradient, cells))
        return;
    RUN(ctx, retain_contract_likelihood_cohorts(ctx, &m, &table, log_likelihood->data, gradient->data));
}

static void contract_survival(retain_context *ctx, in_doubles model, in_counts survived, in_counts t, in_doubles covariance,
                              double level, out_doubles *survival, out_doubles *log_survival, out_doubles *low, out_doubles *high)
{
    const retain_fit_report *report;
    retain_fit_report doubt;
    retain_contract m;
    if (!view_contract(ctx, model, &m) || !REQUIRE(ctx, survived) || !REQUIRE(ctx, t) || !MATCH(ctx, t, survived) ||
        !view_contract_doubt(ctx, &m, covariance, low->wanted || high->wanted, &doubt, &report) ||
        !PROVIDE(ctx, survival, survived.count) || !PROVIDE(ctx, log_survival, survived.count) ||
        !PROVIDE(ctx, low, survived.count) || !PROVIDE(ctx, high, survived.count))
        return;
    RUN(ctx, retain_contract_survival(ctx, &m, survived.data, t.data, survived.count, report, level, survival->data,
                                      log_survival->data, low->data, high->data));
}

static void contract_pmf(retain_context *ctx, in_doubles model, in_counts survived, in_counts t, out_doubles *pmf,
                         out_doubles *log_pmf)
{
    retain_contract m;
    if (!view_contract(ctx, model, &m) || !REQUIRE(ctx, survived) || !REQUIRE(ctx, t) || !MATCH(ctx, t, survived) ||
        !PROVIDE(ctx, pmf, survived.count) || !PROVIDE(ctx, log_pmf, survived.count))
        return;
    RUN(ctx, retain_contract_pmf(ctx, &m, survived.data, t.data, survived.count, pmf->data, log_pmf->data));
}

static void contract_retention(retain_context *ctx, in_doubles model, in_counts t, in_doubles covariance, double level,
                               out_doubles *retention, out_doubles *hazard, out_doubles *low, out_doubles *high)
{
    const retain_fit_report *report;
    retain_fit_report doubt;
    retain_contract m;
    if (!view_contract(ctx, model, &m) || !REQUIRE(ctx, t) ||
        !view_contract_doubt(ctx, &m, covariance, low->wanted || high->wanted, &doubt, &report) ||
        !PROVIDE(ctx, retention, t.count) || !PROVIDE(ctx, hazard, t.count) || !PROVIDE(ctx, low, t.count) ||
        !PROVIDE(ctx, high, t.count))
        return;
    RUN(ctx, retain_contract_retention(ctx, &m, t.data, t.count, report, level, retention->data, hazard->data, low->data, high->data));
}

static void contract_discounted(retain_context *ctx, in_doubles model, in_counts survived, int moment, double t, double d,
                                in_doubles covariance, double level, out_doubles *discounted, out_doubles *low, out_doubles *high)
{
    const retain_fit_report *report;
    retain_fit_report doubt;
    retain_contract m;
    if (!view_contract(ctx, model, &m) || !REQUIRE(ctx, survived) ||
        !view_contract_doubt(ctx, &m, covariance, low->wanted || high->wanted, &doubt, &report) ||
        !PROVIDE(ctx, discounted, survived.count) || !PROVIDE(ctx, low, survived.count) || !PROVIDE(ctx, high, survived.count))
        return;
    RUN(ctx, retain_contract_discounted(ctx, &m, survived.data, survived.count, (retain_contract_moment)moment, t, d, report, level,
                                        discounted->data, low->data, high->data));
}

static void contract_elasticity(retain_context *ctx, in_doubles model, in_counts survived, int moment, double t, double d,
                                out_doubles *elasticity)
{
    retain_contract m;
    if (!view_contract(ctx, model, &m) || !REQUIRE(ctx, survived) || !PROVIDE(ctx, elasticity, survived.count))
        return;
    RUN(ctx, retain_contract_elasticity(ctx, &m, survived.data, survived.count, (retain_contract_moment)moment, t, d,
                                        elasticity->data));
}

static double contract_discount(double annual_rate, double period_days)
{
    return retain_contract_discount(annual_rate, period_days);
}

static void contract_simulate(retain_context *ctx, in_doubles model, in_counts decisions, uint64_t seed, out_doubles *periods,
                              out_bytes *left, out_doubles *lifetime)
{
    retain_contract m;
    if (!view_contract(ctx, model, &m) || !REQUIRE(ctx, decisions) || !PROVIDE(ctx, periods, decisions.count) ||
        !PROVIDE(ctx, left, decisions.count) || !PROVIDE(ctx, lifetime, decisions.count))
        return;
    RUN(ctx, retain_contract_simulate(ctx, &m, decisions.data, decisions.count, seed, periods->data, left->data, lifetime->data));
}

static const char *contract_name(int family)
{
    return retain_contract_name((retain_contract_family)family);
}

static const char *contract_parameter(int family, int index)
{
    return retain_contract_parameter((retain_contract_family)family, index < 0 ? SIZE_MAX : (size_t)index);
}

#endif

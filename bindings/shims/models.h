/* Shims of retain/btyd.h and retain/spend.h. A buy-till-you-die model crosses as numbers: family, unit_days and the parameters in the
 * order of retain_btyd_parameter; a spend model as three: p, q, gamma. */
#ifndef RETAIN_SHIMS_MODELS_H
#define RETAIN_SHIMS_MODELS_H

#include <math.h>
#include <string.h>

#include "shims/orders.h"

enum { BTYD_NUMBERS = 2 + RETAIN_FIT_PARAMETERS };

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
    if (!REQUIRE(ctx, model))
        return 0;
    if (model.count < 2 || model.count > BTYD_NUMBERS)
        return refuse(ctx, "model has %zu numbers; it needs family, unit_days and the parameters", model.count);
    if (!(m[0] >= 0.0 && m[0] <= 1e6 && m[0] == floor(m[0])))
        return refuse(ctx, "model[0] is %g; it must be the number of a family", m[0]);
    memset(into, 0, sizeof *into);
    into->family = (retain_btyd_family)(int)m[0];
    into->unit_days = m[1];
    if (retain_btyd_parameters(into->family) != model.count - 2 && retain_btyd_parameters(into->family) != 0)
        return refuse(ctx, "model has %zu numbers; it needs %zu: family, unit_days and the parameters", model.count,
                      2 + retain_btyd_parameters(into->family));
    for (size_t i = 0; i < retain_btyd_parameters(into->family); i++)
        *view_btyd_field(into, retain_btyd_parameter(into->family, i)) = m[2 + i];
    return 1;
}

/* A model that was fitted; numbers it does not need are left alone. */
static void record_btyd(retain_btyd *from, out_doubles *model)
{
    model->data[0] = (double)from->family;
    model->data[1] = from->unit_days;
    for (size_t i = 0; i < retain_btyd_parameters(from->family); i++)
        model->data[2 + i] = *view_btyd_field(from, retain_btyd_parameter(from->family, i));
}

static void btyd_fit(retain_context *ctx, int family, in_counts frequency, in_counts t_x, in_counts T, in_doubles weight,
                     double unit_days, int iterations, double level, out_doubles *model, record *result)
{
    retain_fit_options options = {.struct_size = sizeof options, .iterations = iterations, .level = level};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_customers customers;
    retain_btyd fitted;
    in_doubles none = {NULL, 0, "spend"};
    const size_t numbers = 2 + retain_btyd_parameters((retain_btyd_family)family);
    if (!view_customers(ctx, frequency, t_x, T, none, weight, unit_days, &customers) || !PROVIDE(ctx, model, numbers))
        return;
    RUN(ctx, retain_btyd_fit(ctx, (retain_btyd_family)family, &customers, &options, &fitted, &report));
    if (model->data && (ctx->status == RETAIN_OK || ctx->status == RETAIN_ERROR_CONVERGENCE))
        record_btyd(&fitted, model);
    record_fit(ctx, result, &report);
}

/* Every forecast reads a model and three columns of customers. */
static int view_forecast(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days,
                         retain_btyd *into, retain_customers *customers)
{
    in_doubles spend = {NULL, 0, "spend"}, weight = {NULL, 0, "weight"};
    return view_btyd(ctx, model, into) && view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, customers);
}

static void btyd_likelihood(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T,
                            double unit_days, out_doubles *log_likelihood, out_doubles *gradient)
{
    retain_customers customers;
    retain_btyd m;
    size_t cells = 0;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !multiply_rows(ctx, customers.count, retain_btyd_parameters(m.family), &cells) || !PROVIDE(ctx, log_likelihood, customers.count) ||
        !PROVIDE(ctx, gradient, cells))
        return;
    RUN(ctx, retain_btyd_likelihood(ctx, &m, &customers, log_likelihood->data, gradient->data));
}

static void btyd_alive(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days,
                       out_doubles *alive, out_doubles *log_odds_dead)
{
    retain_customers customers;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) || !PROVIDE(ctx, alive, customers.count) ||
        !PROVIDE(ctx, log_odds_dead, customers.count))
        return;
    RUN(ctx, retain_btyd_alive(ctx, &m, &customers, alive->data, log_odds_dead->data));
}

static void btyd_orders(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days,
                        double t, out_doubles *orders)
{
    retain_customers customers;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) || !PROVIDE(ctx, orders, customers.count))
        return;
    RUN(ctx, retain_btyd_orders(ctx, &m, &customers, t, orders->data));
}

static void btyd_silence(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days,
                         double t, out_doubles *silence)
{
    retain_customers customers;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) || !PROVIDE(ctx, silence, customers.count))
        return;
    RUN(ctx, retain_btyd_silence(ctx, &m, &customers, t, silence->data));
}

static void btyd_discounted(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T,
                            double unit_days, double t, double delta, out_doubles *discounted)
{
    retain_customers customers;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) || !PROVIDE(ctx, discounted, customers.count))
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

static void btyd_simulate(retain_context *ctx, in_doubles model, in_counts T, double t, uint64_t seed, out_doubles *frequency,
                          out_doubles *t_x, out_doubles *alive, out_doubles *future)
{
    retain_btyd m;
    if (!view_btyd(ctx, model, &m) || !REQUIRE(ctx, T) || !PROVIDE(ctx, frequency, T.count) || !PROVIDE(ctx, t_x, T.count) ||
        !PROVIDE(ctx, alive, T.count) || !PROVIDE(ctx, future, T.count))
        return;
    RUN(ctx, retain_btyd_simulate(ctx, &m, T.data, NULL, T.count, t, seed, frequency->data, t_x->data, alive->data, future->data));
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

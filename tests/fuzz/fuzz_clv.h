/* Models of orders and of their values, terms and customers for the fuzz targets of lifetime values. */
#ifndef RETAIN_FUZZ_CLV_H
#define RETAIN_FUZZ_CLV_H

#include "fuzz_forecasts.h"
#include "fuzz_histories.h"
#include "retain/clv_interval.h"

/* Customers with the mean value of their orders. */
static const retain_customers *fuzz_spending_customers(fuzz_input *in)
{
    const retain_customers *given = fuzz_forecast_customers(in);
    retain_customers *customers = fuzz_array(in, 1, sizeof *customers);
    double *spend;

    if (!given)
        return NULL;
    *customers = *given;
    spend = fuzz_array(in, given->count, sizeof *spend);
    for (size_t i = 0; i < given->count; i++)
        spend[i] = fuzz_below(in, 64) == 63 ? fuzz_double(in) : exp(fuzz_within(in, -2.0, 6.0));
    customers->spend = fuzz_below(in, 32) == 31 ? NULL : spend;
    return customers;
}

/* A diagonal, with now and then something odd. */
static const double *fuzz_diagonal(fuzz_input *in, size_t entries)
{
    double *covariance = fuzz_array(in, entries * entries, sizeof *covariance);

    for (size_t i = 0; i < entries; i++)
        covariance[i * entries + i] = fuzz_below(in, 64) == 63   ? fuzz_double(in)
                                      : fuzz_below(in, 16) == 15 ? (double)NAN
                                                                 : fuzz_within(in, 0.0, 0.2);
    return fuzz_below(in, 3) ? covariance : NULL;
}

static const retain_spenders *fuzz_spenders(fuzz_input *in, const retain_customers *customers)
{
    const size_t count = customers ? customers->count : 1;
    retain_spenders *spenders = fuzz_array(in, 1, sizeof *spenders);
    double *orders = fuzz_array(in, count, sizeof *orders), *mean = fuzz_array(in, count, sizeof *mean);
    double *logs = fuzz_array(in, count, sizeof *logs), *squares = fuzz_array(in, count, sizeof *squares);

    for (size_t i = 0; i < count; i++) {
        orders[i] = (double)fuzz_below(in, 8);
        logs[i] = fuzz_within(in, -2.0, 6.0);
        mean[i] = exp(logs[i] + 0.1);
        squares[i] = orders[i] > 1.0 ? fuzz_within(in, 0.0, 3.0) : 0.0;
    }
    *spenders = (retain_spenders){.count = count - (count && fuzz_below(in, 64) == 63),
                                  .orders = orders,
                                  .mean = mean,
                                  .mean_log = logs,
                                  .log_squares = squares,
                                  .frequency = fuzz_below(in, 8) ? orders : NULL};
    return fuzz_maybe(in, spenders);
}

/* The same customers with their seasons, mostly, and a model of such. */
static void fuzz_seasons(fuzz_input *in, const retain_customers *customers, retain_clv_forecast *forecast)
{
    const size_t count = customers ? customers->count : 1;

    forecast->histories = fuzz_histories(in, count + (fuzz_below(in, 64) == 63));
    forecast->model = fuzz_dynamic_model(in, forecast->histories);
    forecast->covariance = forecast->model ? fuzz_diagonal(in, 4 + 2 * forecast->model->covariates) : NULL;
}

/* A forecast by either kind of spend model, or by given values, with seasons in one case of four; `quick`: by families that are asked in no time. */
static const retain_clv_forecast *fuzz_clv_forecast(fuzz_input *in, const retain_customers *customers, int quick)
{
    static const retain_btyd_family families[] = {RETAIN_BTYD_PARETO_NBD, RETAIN_BTYD_NBD};
    const size_t count = customers && customers->count ? customers->count : 1;
    retain_clv_forecast *forecast = fuzz_array(in, 1, sizeof *forecast);
    retain_spend *spend = fuzz_array(in, 1, sizeof *spend);
    retain_spend_model *single = fuzz_array(in, 1, sizeof *single);
    retain_btyd *model = fuzz_array(in, 1, sizeof *model);
    double *value = fuzz_array(in, count, sizeof *value);
    const size_t kind = fuzz_below(in, 3);

    *model = (retain_btyd){.family = RETAIN_BTYD_PARETO_NBD};
    *forecast = (retain_clv_forecast){.model = fuzz_model_of(in, fuzz_below(in, 32) ? 5 : 6)};
    if (quick && forecast->model) {
        *model = *forecast->model;
        if (fuzz_below(in, 32))
            model->family = families[fuzz_below(in, sizeof families / sizeof *families)];
        forecast->model = model;
    }
    if (forecast->model)
        forecast->covariance = fuzz_diagonal(in, retain_btyd_parameters(forecast->model->family));
    *spend = (retain_spend){fuzz_size(in), fuzz_size(in), fuzz_size(in)};
    *single = (retain_spend_model){.family = fuzz_below(in, 2) ? RETAIN_SPEND_LOG_NORMAL : RETAIN_SPEND_GAMMA_GAMMA,
                                   .p = spend->p,
                                   .q = spend->q,
                                   .gamma = spend->gamma,
                                   .median = fuzz_size(in),
                                   .tau = fuzz_within(in, 0.01, 2.0),
                                   .sigma = fuzz_within(in, 0.01, 2.0),
                                   .theta = fuzz_below(in, 2) ? fuzz_within(in, -1.0, 1.0) : 0.0};
    for (size_t i = 0; i < count; i++)
        value[i] = fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_within(in, 0.0, 90.0);
    forecast->value = fuzz_maybe(in, value);
    if (kind == 1)
        forecast->spend = spend;
    if (kind == 2) {
        forecast->order_spend = single;
        forecast->spenders = fuzz_spenders(in, customers);
    }
    forecast->spend_covariance = kind ? fuzz_diagonal(in, kind == 1 ? 3 : RETAIN_SPEND_ENTRIES) : NULL;
    if (fuzz_below(in, 4) == 3)
        fuzz_seasons(in, customers, forecast);
    return fuzz_maybe(in, forecast);
}

static const retain_clv_terms *fuzz_terms(fuzz_input *in, int quick)
{
    retain_clv_terms *terms = fuzz_array(in, 1, sizeof *terms);
    const int odd = fuzz_below(in, 16) == 15;

    *terms = (retain_clv_terms){.struct_size = odd ? fuzz_below(in, sizeof *terms + 1) : sizeof *terms};
    terms->horizon_days = fuzz_below(in, 4) ? fuzz_within(in, 0.0, 900.0) : 0.0;
    terms->annual_rate = odd ? fuzz_double(in) : fuzz_below(in, 3) ? fuzz_within(in, 0.0, 0.3) : 0.0;
    terms->margin = odd ? fuzz_double(in) : fuzz_within(in, -0.5, 1.0);
    terms->order_cost = fuzz_below(in, 2) ? fuzz_within(in, -1.0, 5.0) : 0.0;
    terms->service_cost = fuzz_below(in, quick ? 256 : 4) == 3 ? fuzz_within(in, 0.0, 5.0) : 0.0;
    return fuzz_below(in, 8) ? terms : NULL;
}

#endif

/* Shims of retain/clv_interval.h and retain/clv_plan.h. A forecast crosses as the model of orders, its covariance, and either a spend model (p, q, gamma) with
 * its covariance or the expected value of an order; terms as three numbers and four columns. Figures come back in one array, figure by
 * figure in the order of the columns of the C library: of all customers each, or of all groups and the total. */
#ifndef RETAIN_SHIMS_CLV_H
#define RETAIN_SHIMS_CLV_H

#include "shims/forecasts.h"
#include "shims/service.h"

enum { CLV_ROW_FIGURES = 8, CLV_SUM_FIGURES = 20 };

static int view_clv_spend(retain_context *ctx, in_doubles spend_model, in_doubles spend_covariance, retain_spend *spend)
{
    if (spend_model.data && spend_model.count != 3)
        return refuse(ctx, "spend_model has %zu numbers; it needs 3: p, q, gamma", spend_model.count);
    if (spend_covariance.data && spend_covariance.count != 9)
        return refuse(ctx, "spend_covariance has %zu numbers; it needs 9, for p, q and gamma", spend_covariance.count);
    if (spend_model.data) {
        spend->p = spend_model.data[0];
        spend->q = spend_model.data[1];
        spend->gamma = spend_model.data[2];
    }
    return 1;
}

/* The columns of the library over `rows` results each. */
static retain_clv_columns view_clv_columns(double *figures, size_t rows, size_t count)
{
    retain_clv_columns columns = {0};
    double **const all[CLV_SUM_FIGURES] = {&columns.residual,
                                           &columns.standard_error,
                                           &columns.residual_low,
                                           &columns.residual_high,
                                           &columns.total,
                                           &columns.total_low,
                                           &columns.total_high,
                                           &columns.variance,
                                           &columns.customers,
                                           &columns.historic,
                                           &columns.residual_least,
                                           &columns.residual_most,
                                           &columns.total_least,
                                           &columns.total_most,
                                           &columns.mean_residual,
                                           &columns.mean_residual_low,
                                           &columns.mean_residual_high,
                                           &columns.mean_total,
                                           &columns.mean_total_low,
                                           &columns.mean_total_high};
    for (size_t i = 0; figures && i < count; i++)
        *all[i] = figures + i * rows;
    return columns;
}

static void btyd_gradient(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days,
                          in_doubles covariates, int quantity, double start, double end, double delta, double n, double share,
                          out_doubles *values, out_doubles *gradient)
{
    retain_btyd_question question = view_question(quantity, start, end, delta, n, share);
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    size_t cells = 0;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) ||
        !multiply_rows(ctx, customers.count, retain_btyd_parameters(m.family) + 2 * m.covariates, &cells) ||
        !PROVIDE(ctx, values, customers.count) || !PROVIDE(ctx, gradient, cells))
        return;
    RUN(ctx, retain_btyd_gradient(ctx, &m, &customers, &question, values->data, gradient->data));
}

static void clv_interval(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles spend_model,
                         in_doubles spend_covariance, in_counts frequency, in_counts t_x, in_counts T, in_doubles spend,
                         double unit_days, in_doubles covariates, in_doubles value, in_doubles historic, double horizon_days,
                         double annual_rate, double margin, double order_cost, double service_cost, in_doubles annual_rates,
                         in_doubles margins, in_doubles order_costs, in_doubles service_costs, double level, out_doubles *figures)
{
    retain_clv_terms terms = {sizeof terms,   horizon_days,      annual_rate,  margin,           order_cost,
                              service_cost,   annual_rates.data, margins.data, order_costs.data, service_costs.data};
    in_doubles weight = {NULL, 0, "weight"};
    retain_clv_forecast forecast = {0};
    retain_clv_columns out;
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    retain_spend s;
    size_t cells = 0;
    if (!view_btyd(ctx, model, &m) || !view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !view_covariance(ctx, covariance, &m) ||
        !view_clv_spend(ctx, spend_model, spend_covariance, &s) || !MATCH(ctx, value, frequency) || !MATCH(ctx, historic, frequency) ||
        !MATCH(ctx, annual_rates, frequency) || !MATCH(ctx, margins, frequency) || !MATCH(ctx, order_costs, frequency) ||
        !MATCH(ctx, service_costs, frequency) || !multiply_rows(ctx, CLV_ROW_FIGURES, customers.count, &cells) ||
        !PROVIDE(ctx, figures, cells))
        return;
    forecast.model = &m;
    forecast.covariance = covariance.data;
    forecast.spend = spend_model.data ? &s : NULL;
    forecast.spend_covariance = spend_covariance.data;
    forecast.value = value.data;
    out = view_clv_columns(figures->data, customers.count, CLV_ROW_FIGURES);
    RUN(ctx, retain_clv_interval(ctx, &forecast, &customers, historic.data, &terms, level, &out));
}

static void clv_sums(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles spend_model,
                     in_doubles spend_covariance, in_counts frequency, in_counts t_x, in_counts T, in_doubles spend,
                     in_doubles weight, double unit_days, in_doubles covariates, in_doubles value, in_doubles historic, in_ints group,
                     int64_t groups, double horizon_days, double annual_rate, double margin, double order_cost, double service_cost,
                     in_doubles annual_rates, in_doubles margins, in_doubles order_costs, in_doubles service_costs, double level,
                     out_doubles *figures)
{
    retain_clv_terms terms = {sizeof terms,   horizon_days,      annual_rate,  margin,           order_cost,
                              service_cost,   annual_rates.data, margins.data, order_costs.data, service_costs.data};
    retain_clv_forecast forecast = {0};
    retain_clv_columns out;
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    retain_spend s;
    size_t results, cells = 0;
    if (!view_btyd(ctx, model, &m) || !view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !view_covariance(ctx, covariance, &m) ||
        !view_clv_spend(ctx, spend_model, spend_covariance, &s) || !MATCH(ctx, value, frequency) || !MATCH(ctx, historic, frequency) ||
        !MATCH(ctx, group, frequency) || !view_results(ctx, group, groups, &results) || !MATCH(ctx, annual_rates, frequency) ||
        !MATCH(ctx, margins, frequency) || !MATCH(ctx, order_costs, frequency) || !MATCH(ctx, service_costs, frequency) ||
        !multiply_rows(ctx, CLV_SUM_FIGURES, results, &cells) || !PROVIDE(ctx, figures, cells))
        return;
    forecast.model = &m;
    forecast.covariance = covariance.data;
    forecast.spend = spend_model.data ? &s : NULL;
    forecast.spend_covariance = spend_covariance.data;
    forecast.value = value.data;
    out = view_clv_columns(figures->data, results, CLV_SUM_FIGURES);
    RUN(ctx, retain_clv_sums(ctx, &forecast, &customers, historic.data, group.data, (size_t)groups, &terms, level, &out));
}

static void record_payback(record *result, const retain_clv_payback_report *payback)
{
    record_whole(result, "outcome", payback->outcome);
    record_number(result, "days", payback->days);
    record_number(result, "days_low", payback->days_low);
    record_number(result, "days_high", payback->days_high);
    record_number(result, "value", payback->value);
    record_number(result, "value_low", payback->value_low);
    record_number(result, "value_high", payback->value_high);
    record_number(result, "ratio", payback->ratio);
    record_number(result, "ratio_low", payback->ratio_low);
    record_number(result, "ratio_high", payback->ratio_high);
}

static void clv_payback(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles spend_model,
                        in_doubles spend_covariance, in_counts frequency, in_counts t_x, in_counts T, in_doubles spend,
                        in_doubles weight, double unit_days, in_doubles covariates, in_doubles value, in_doubles historic,
                        double cost, double horizon_days, double annual_rate, double margin, double order_cost, double service_cost,
                        in_doubles annual_rates, in_doubles margins, in_doubles order_costs, in_doubles service_costs, double level,
                        record *result)
{
    retain_clv_terms terms = {sizeof terms,   horizon_days,      annual_rate,  margin,           order_cost,
                              service_cost,   annual_rates.data, margins.data, order_costs.data, service_costs.data};
    retain_clv_payback_report payback = {sizeof payback};
    retain_clv_forecast forecast = {0};
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    retain_spend s;
    if (!view_btyd(ctx, model, &m) || !view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !view_covariance(ctx, covariance, &m) ||
        !view_clv_spend(ctx, spend_model, spend_covariance, &s) || !MATCH(ctx, value, frequency) || !MATCH(ctx, historic, frequency) ||
        !MATCH(ctx, annual_rates, frequency) || !MATCH(ctx, margins, frequency) || !MATCH(ctx, order_costs, frequency) ||
        !MATCH(ctx, service_costs, frequency))
        return;
    forecast.model = &m;
    forecast.covariance = covariance.data;
    forecast.spend = spend_model.data ? &s : NULL;
    forecast.spend_covariance = spend_covariance.data;
    forecast.value = value.data;
    RUN(ctx, retain_clv_payback(ctx, &forecast, &customers, historic.data, cost, &terms, level, &payback));
    record_payback(result, &payback);
}

/* Of a new customer: `value` is a number, read without a spend model. */
static void clv_payback_new(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles spend_model,
                            in_doubles spend_covariance, double value, double first_value, double cost, double horizon_days,
                            double annual_rate, double margin, double order_cost, double service_cost, double level, record *result)
{
    retain_clv_terms terms = {sizeof terms, horizon_days, annual_rate, margin, order_cost, service_cost, NULL, NULL, NULL, NULL};
    retain_clv_payback_report payback = {sizeof payback};
    retain_clv_forecast forecast = {0};
    retain_btyd m;
    retain_spend s;
    if (!view_btyd(ctx, model, &m) || !view_covariance(ctx, covariance, &m) ||
        !view_clv_spend(ctx, spend_model, spend_covariance, &s))
        return;
    forecast.model = &m;
    forecast.covariance = covariance.data;
    forecast.spend = spend_model.data ? &s : NULL;
    forecast.spend_covariance = spend_covariance.data;
    forecast.value = &value;
    RUN(ctx, retain_clv_payback_new(ctx, &forecast, first_value, cost, &terms, level, &payback));
    record_payback(result, &payback);
}

static void clv_concentration(retain_context *ctx, in_doubles value, double level, record *result)
{
    retain_clv_concentrated found = {sizeof found};
    if (!REQUIRE(ctx, value))
        return;
    RUN(ctx, retain_clv_concentration(ctx, value.data, value.count, level, &found));
    record_whole(result, "customers", (int64_t)found.customers);
    record_number(result, "gini", found.gini);
    record_number(result, "gini_low", found.gini_low);
    record_number(result, "gini_high", found.gini_high);
    record_numbers(result, "top", found.top, 4);
    record_numbers(result, "top_low", found.top_low, 4);
    record_numbers(result, "top_high", found.top_high, 4);
}

static double clv_lifespan(double order_value, double orders_per_period, double lifetime, double margin)
{
    return retain_clv_lifespan(order_value, orders_per_period, lifetime, margin);
}

static double clv_retention(double margin, double retention, double rate)
{
    return retain_clv_retention(margin, retention, rate);
}

static double clv_retention_first(double margin, double retention, double rate)
{
    return retain_clv_retention_first(margin, retention, rate);
}

/* `model` is optional. */
static void clv_naive(retain_context *ctx, in_counts frequency, in_counts t_x, in_counts T, in_doubles weight, double unit_days,
                      in_doubles revenue, double period_days, in_doubles model, in_doubles covariance, in_doubles spend_model,
                      in_doubles spend_covariance, double value, double horizon_days, double annual_rate, double margin,
                      double order_cost, double level, record *result)
{
    retain_clv_terms terms = {sizeof terms, horizon_days, annual_rate, margin, order_cost, 0.0, NULL, NULL, NULL, NULL};
    retain_clv_naive_report found = {sizeof found};
    retain_clv_forecast forecast = {0};
    in_doubles spend = {NULL, 0, "spend"};
    retain_customers customers;
    retain_btyd m;
    retain_spend s;
    if (!view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) || !REQUIRE(ctx, revenue) ||
        !MATCH(ctx, revenue, frequency))
        return;
    if (model.data && (!view_btyd(ctx, model, &m) || !view_covariance(ctx, covariance, &m) ||
                       !view_clv_spend(ctx, spend_model, spend_covariance, &s)))
        return;
    forecast.model = &m;
    forecast.covariance = covariance.data;
    forecast.spend = spend_model.data ? &s : NULL;
    forecast.spend_covariance = spend_covariance.data;
    forecast.value = &value;
    RUN(ctx, retain_clv_naive(ctx, &customers, revenue.data, period_days, model.data ? &forecast : NULL, &terms, level, &found));
    record_number(result, "order_value", found.order_value);
    record_number(result, "orders_per_period", found.orders_per_period);
    record_number(result, "start", found.start);
    record_number(result, "retained", found.retained);
    record_number(result, "retention", found.retention);
    record_number(result, "lifetime", found.lifetime);
    record_number(result, "lifespan", found.lifespan);
    record_number(result, "retention_value", found.retention_value);
    record_number(result, "retention_first", found.retention_first);
    record_number(result, "model", found.model);
    record_number(result, "model_low", found.model_low);
    record_number(result, "model_high", found.model_high);
    record_number(result, "lifespan_ratio", found.lifespan_ratio);
    record_number(result, "retention_ratio", found.retention_ratio);
    record_number(result, "retention_first_ratio", found.retention_first_ratio);
}

#endif

/* Shims of retain/clv_interval.h and retain/clv_plan.h. A forecast crosses as the model of orders, its covariance, and a spend model (p, q, gamma), or a model of single orders as
 * shims/spend_orders.h has it, with its covariance, or the expected value of an order; terms as three numbers and four columns. Figures come back in one array, figure by
 * figure in the order of the columns of the C library: of all customers each, or of all groups and the total. */
#ifndef RETAIN_SHIMS_CLV_H
#define RETAIN_SHIMS_CLV_H

#include "shims/forecasts.h"
#include "shims/service.h"
#include "shims/spend_orders.h"

enum { CLV_ROW_FIGURES = 8, CLV_SUM_FIGURES = 20 };

/* A forecast and what it points to. */
typedef struct view_of_clv {
    retain_clv_forecast forecast;
    retain_btyd model;
    retain_spend spend;
    retain_spend_model order_spend;
    retain_spenders spenders;
} view_of_clv;

static int view_clv_forecast(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles spend_model,
                             in_doubles spend_covariance, view_of_clv *into)
{
    const int of_orders = spend_model.count == SPEND_NUMBERS;
    const size_t entries = of_orders ? RETAIN_SPEND_ENTRIES : 3;
    retain_clv_forecast *of = &into->forecast;
    memset(into, 0, sizeof *into);
    if (!view_btyd(ctx, model, &into->model) || !view_covariance(ctx, covariance, &into->model))
        return 0;
    if (spend_model.data && !of_orders && spend_model.count != 3)
        return refuse(ctx, "spend_model has %zu numbers; it needs 3: p, q, gamma; or %d: family, three parameters, theta and delta",
                      spend_model.count, (int)SPEND_NUMBERS);
    if (spend_covariance.data && spend_covariance.count != entries * entries)
        return refuse(ctx, "spend_covariance has %zu numbers; it needs %zu: spend_model has %zu, and so %zu entries", spend_covariance.count,
                      entries * entries, spend_model.count, entries);
    if (spend_model.data && of_orders && !view_spend_model(ctx, spend_model, &into->order_spend))
        return 0;
    if (spend_model.data && !of_orders)
        into->spend = (retain_spend){spend_model.data[0], spend_model.data[1], spend_model.data[2]};
    of->model = &into->model;
    of->covariance = covariance.data;
    of->spend = spend_model.data && !of_orders ? &into->spend : NULL;
    of->order_spend = spend_model.data && of_orders ? &into->order_spend : NULL;
    of->spend_covariance = spend_covariance.data;
    return 1;
}

/* The values of orders, of each customer: expected ones, or what there was so far. */
static int view_clv_values(retain_context *ctx, in_counts frequency, in_doubles value, in_counts orders, in_counts mean, in_counts mean_log,
                           in_counts log_squares, in_counts buying, in_counts time, in_counts time_squares, in_counts time_logs,
                           view_of_clv *into)
{
    if (!MATCH(ctx, value, frequency) || !MATCH(ctx, orders, frequency) || !MATCH(ctx, mean, frequency) || !MATCH(ctx, mean_log, frequency) ||
        !MATCH(ctx, log_squares, frequency) || !MATCH(ctx, buying, frequency) || !MATCH(ctx, time, frequency) || !MATCH(ctx, time_squares, frequency) ||
        !MATCH(ctx, time_logs, frequency))
        return 0;
    into->forecast.value = value.data;
    into->forecast.spenders = &into->spenders;
    into->spenders.count = frequency.count;
    into->spenders.orders = orders.data;
    into->spenders.mean = mean.data;
    into->spenders.mean_log = mean_log.data;
    into->spenders.log_squares = log_squares.data;
    into->spenders.frequency = buying.data;
    into->spenders.time = time.data;
    into->spenders.time_squares = time_squares.data;
    into->spenders.time_logs = time_logs.data;
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
                         double unit_days, in_doubles covariates, in_doubles value, in_counts order_count, in_counts order_mean,
                         in_counts order_mean_log, in_counts order_log_squares, in_counts order_frequency, in_counts order_time, in_counts order_time_squares,
                         in_counts order_time_logs, in_doubles historic, double horizon_days,
                         double annual_rate, double margin, double order_cost, double service_cost, in_doubles annual_rates,
                         in_doubles margins, in_doubles order_costs, in_doubles service_costs, double level, out_doubles *figures)
{
    retain_clv_terms terms = {sizeof terms,   horizon_days,      annual_rate,  margin,           order_cost,
                              service_cost,   annual_rates.data, margins.data, order_costs.data, service_costs.data};
    in_doubles weight = {NULL, 0, "weight"};
    retain_clv_columns out;
    retain_customers customers;
    covariate_columns columns;
    view_of_clv view;
    size_t cells = 0;
    if (!view_clv_forecast(ctx, model, covariance, spend_model, spend_covariance, &view) || !view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) ||
        !view_covariates(ctx, covariates, view.model.covariates, columns, &customers) ||
        !view_clv_values(ctx, frequency, value, order_count, order_mean, order_mean_log, order_log_squares, order_frequency, order_time, order_time_squares,
                         order_time_logs, &view) || !MATCH(ctx, historic, frequency) ||
        !MATCH(ctx, annual_rates, frequency) || !MATCH(ctx, margins, frequency) || !MATCH(ctx, order_costs, frequency) ||
        !MATCH(ctx, service_costs, frequency) || !multiply_rows(ctx, CLV_ROW_FIGURES, customers.count, &cells) ||
        !PROVIDE(ctx, figures, cells))
        return;
    out = view_clv_columns(figures->data, customers.count, CLV_ROW_FIGURES);
    RUN(ctx, retain_clv_interval(ctx, &view.forecast, &customers, historic.data, &terms, level, &out));
}

static void clv_sums(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles spend_model,
                     in_doubles spend_covariance, in_counts frequency, in_counts t_x, in_counts T, in_doubles spend,
                     in_doubles weight, double unit_days, in_doubles covariates, in_doubles value, in_counts order_count, in_counts order_mean,
                         in_counts order_mean_log, in_counts order_log_squares, in_counts order_frequency, in_counts order_time, in_counts order_time_squares,
                         in_counts order_time_logs, in_doubles historic, in_ints group,
                     int64_t groups, double horizon_days, double annual_rate, double margin, double order_cost, double service_cost,
                     in_doubles annual_rates, in_doubles margins, in_doubles order_costs, in_doubles service_costs, double level,
                     out_doubles *figures)
{
    retain_clv_terms terms = {sizeof terms,   horizon_days,      annual_rate,  margin,           order_cost,
                              service_cost,   annual_rates.data, margins.data, order_costs.data, service_costs.data};
    retain_clv_columns out;
    retain_customers customers;
    covariate_columns columns;
    view_of_clv view;
    size_t results, cells = 0;
    if (!view_clv_forecast(ctx, model, covariance, spend_model, spend_covariance, &view) || !view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) ||
        !view_covariates(ctx, covariates, view.model.covariates, columns, &customers) ||
        !view_clv_values(ctx, frequency, value, order_count, order_mean, order_mean_log, order_log_squares, order_frequency, order_time, order_time_squares,
                         order_time_logs, &view) || !MATCH(ctx, historic, frequency) ||
        !MATCH(ctx, group, frequency) || !view_results(ctx, group, groups, &results) || !MATCH(ctx, annual_rates, frequency) ||
        !MATCH(ctx, margins, frequency) || !MATCH(ctx, order_costs, frequency) || !MATCH(ctx, service_costs, frequency) ||
        !multiply_rows(ctx, CLV_SUM_FIGURES, results, &cells) || !PROVIDE(ctx, figures, cells))
        return;
    out = view_clv_columns(figures->data, results, CLV_SUM_FIGURES);
    RUN(ctx, retain_clv_sums(ctx, &view.forecast, &customers, historic.data, group.data, (size_t)groups, &terms, level, &out));
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
                        in_doubles weight, double unit_days, in_doubles covariates, in_doubles value, in_counts order_count, in_counts order_mean,
                         in_counts order_mean_log, in_counts order_log_squares, in_counts order_frequency, in_counts order_time, in_counts order_time_squares,
                         in_counts order_time_logs, in_doubles historic,
                        double cost, double horizon_days, double annual_rate, double margin, double order_cost, double service_cost,
                        in_doubles annual_rates, in_doubles margins, in_doubles order_costs, in_doubles service_costs, double level,
                        record *result)
{
    retain_clv_terms terms = {sizeof terms,   horizon_days,      annual_rate,  margin,           order_cost,
                              service_cost,   annual_rates.data, margins.data, order_costs.data, service_costs.data};
    retain_clv_payback_report payback = {sizeof payback};
    retain_customers customers;
    covariate_columns columns;
    view_of_clv view;
    if (!view_clv_forecast(ctx, model, covariance, spend_model, spend_covariance, &view) || !view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) ||
        !view_covariates(ctx, covariates, view.model.covariates, columns, &customers) ||
        !view_clv_values(ctx, frequency, value, order_count, order_mean, order_mean_log, order_log_squares, order_frequency, order_time, order_time_squares,
                         order_time_logs, &view) || !MATCH(ctx, historic, frequency) ||
        !MATCH(ctx, annual_rates, frequency) || !MATCH(ctx, margins, frequency) || !MATCH(ctx, order_costs, frequency) ||
        !MATCH(ctx, service_costs, frequency))
        return;
    RUN(ctx, retain_clv_payback(ctx, &view.forecast, &customers, historic.data, cost, &terms, level, &payback));
    record_payback(result, &payback);
}

/* Of a new customer: `value` is a number, read without a spend model. */
static void clv_payback_new(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles spend_model,
                            in_doubles spend_covariance, double value, double first_value, double cost, double horizon_days,
                            double annual_rate, double margin, double order_cost, double service_cost, double level, record *result)
{
    retain_clv_terms terms = {sizeof terms, horizon_days, annual_rate, margin, order_cost, service_cost, NULL, NULL, NULL, NULL};
    retain_clv_payback_report payback = {sizeof payback};
    view_of_clv view;
    if (!view_clv_forecast(ctx, model, covariance, spend_model, spend_covariance, &view))
        return;
    view.forecast.value = &value;
    RUN(ctx, retain_clv_payback_new(ctx, &view.forecast, first_value, cost, &terms, level, &payback));
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
    in_doubles spend = {NULL, 0, "spend"};
    retain_customers customers;
    view_of_clv view;
    if (!view_customers(ctx, frequency, t_x, T, spend, weight, unit_days, &customers) || !REQUIRE(ctx, revenue) ||
        !MATCH(ctx, revenue, frequency))
        return;
    if (model.data && !view_clv_forecast(ctx, model, covariance, spend_model, spend_covariance, &view))
        return;
    view.forecast.value = &value;
    RUN(ctx, retain_clv_naive(ctx, &customers, revenue.data, period_days, model.data ? &view.forecast : NULL, &terms, level, &found));
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

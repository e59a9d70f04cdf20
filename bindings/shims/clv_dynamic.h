/* Shims of retain/clv_interval.h and of payback for customers with seasons: a forecast as in shims/clv.h, and histories as in shims/dynamic.h, row by row. */
#ifndef RETAIN_SHIMS_CLV_DYNAMIC_H
#define RETAIN_SHIMS_CLV_DYNAMIC_H

#include "shims/clv.h"
#include "shims/dynamic.h"

/* What is known of the customers beside their histories. */
static int view_clv_rows(retain_context *ctx, in_counts frequency, in_doubles spend, in_doubles weight, const view_of_histories *histories,
                         view_of_clv *view, retain_customers *customers)
{
    if (!REQUIRE(ctx, frequency) || !MATCH(ctx, spend, frequency) || !MATCH(ctx, weight, frequency))
        return 0;
    *customers = (retain_customers){.count = frequency.count,
                                    .frequency = frequency.data,
                                    .spend = spend.data,
                                    .weight = weight.data,
                                    .unit_days = histories->histories.unit_days};
    view->forecast.histories = &histories->histories;
    return 1;
}

static void clv_dynamic_interval(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles spend_model, in_doubles spend_covariance,
                                 in_counts start, in_counts end, in_keys first, in_counts occasion, double unit_days, in_counts calendar_start,
                                 in_counts calendar, in_keys piece, in_counts piece_start, in_counts own, double known_until,
                                 in_counts frequency, in_doubles spend, in_doubles value, in_counts order_count, in_counts order_mean,
                                 in_counts order_mean_log, in_counts order_log_squares, in_counts order_frequency, in_counts order_time,
                                 in_counts order_time_squares, in_counts order_time_logs, in_doubles historic, double horizon_days,
                                 double annual_rate, double margin, double order_cost, double service_cost, in_doubles margins,
                                 in_doubles order_costs, in_doubles service_costs, double level, out_doubles *figures)
{
    retain_clv_terms terms = {sizeof terms, horizon_days, annual_rate,  margin,           order_cost,
                              service_cost, NULL,         margins.data, order_costs.data, service_costs.data};
    in_doubles weight = {NULL, 0, "weight"};
    retain_clv_columns out;
    retain_customers customers;
    view_of_histories histories;
    view_of_clv view;
    size_t cells = 0;
    if (!view_clv_forecast(ctx, model, covariance, spend_model, spend_covariance, &view) ||
        !view_histories(ctx, start, end, first, occasion, weight, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &histories) ||
        !view_clv_rows(ctx, frequency, spend, weight, &histories, &view, &customers) ||
        !view_clv_values(ctx, frequency, value, order_count, order_mean, order_mean_log, order_log_squares, order_frequency, order_time,
                         order_time_squares, order_time_logs, &view) ||
        !MATCH(ctx, historic, frequency) || !MATCH(ctx, margins, frequency) || !MATCH(ctx, order_costs, frequency) ||
        !MATCH(ctx, service_costs, frequency) || !multiply_rows(ctx, CLV_ROW_FIGURES, customers.count, &cells) || !PROVIDE(ctx, figures, cells))
        return;
    out = view_clv_columns(figures->data, customers.count, CLV_ROW_FIGURES);
    RUN(ctx, retain_clv_interval(ctx, &view.forecast, &customers, historic.data, &terms, level, &out));
}

static void clv_dynamic_sums(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles spend_model, in_doubles spend_covariance,
                             in_counts start, in_counts end, in_keys first, in_counts occasion, double unit_days, in_counts calendar_start,
                             in_counts calendar, in_keys piece, in_counts piece_start, in_counts own, double known_until, in_counts frequency,
                             in_doubles spend, in_doubles weight, in_doubles value, in_counts order_count, in_counts order_mean,
                             in_counts order_mean_log, in_counts order_log_squares, in_counts order_frequency, in_counts order_time,
                             in_counts order_time_squares, in_counts order_time_logs, in_doubles historic, in_ints group, int64_t groups,
                             double horizon_days, double annual_rate, double margin, double order_cost, double service_cost, in_doubles margins,
                             in_doubles order_costs, in_doubles service_costs, double level, out_doubles *figures)
{
    retain_clv_terms terms = {sizeof terms, horizon_days, annual_rate,  margin,           order_cost,
                              service_cost, NULL,         margins.data, order_costs.data, service_costs.data};
    in_doubles unweighted = {NULL, 0, "weight"};
    retain_clv_columns out;
    retain_customers customers;
    view_of_histories histories;
    view_of_clv view;
    size_t results, cells = 0;
    if (!view_clv_forecast(ctx, model, covariance, spend_model, spend_covariance, &view) ||
        !view_histories(ctx, start, end, first, occasion, unweighted, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &histories) ||
        !view_clv_rows(ctx, frequency, spend, weight, &histories, &view, &customers) ||
        !view_clv_values(ctx, frequency, value, order_count, order_mean, order_mean_log, order_log_squares, order_frequency, order_time,
                         order_time_squares, order_time_logs, &view) ||
        !MATCH(ctx, historic, frequency) || !MATCH(ctx, group, frequency) || !view_results(ctx, group, groups, &results) ||
        !MATCH(ctx, margins, frequency) || !MATCH(ctx, order_costs, frequency) || !MATCH(ctx, service_costs, frequency) ||
        !multiply_rows(ctx, CLV_SUM_FIGURES, results, &cells) || !PROVIDE(ctx, figures, cells))
        return;
    out = view_clv_columns(figures->data, results, CLV_SUM_FIGURES);
    RUN(ctx, retain_clv_sums(ctx, &view.forecast, &customers, historic.data, group.data, (size_t)groups, &terms, level, &out));
}

static void clv_dynamic_payback(retain_context *ctx, in_doubles model, in_doubles covariance, in_doubles spend_model, in_doubles spend_covariance,
                                in_counts start, in_counts end, in_keys first, in_counts occasion, double unit_days, in_counts calendar_start,
                                in_counts calendar, in_keys piece, in_counts piece_start, in_counts own, double known_until, in_counts frequency,
                                in_doubles spend, in_doubles weight, in_doubles value, in_counts order_count, in_counts order_mean,
                                in_counts order_mean_log, in_counts order_log_squares, in_counts order_frequency, in_counts order_time,
                                in_counts order_time_squares, in_counts order_time_logs, in_doubles historic, double cost, double horizon_days,
                                double annual_rate, double margin, double order_cost, double service_cost, in_doubles margins,
                                in_doubles order_costs, in_doubles service_costs, double level, record *result)
{
    retain_clv_terms terms = {sizeof terms, horizon_days, annual_rate,  margin,           order_cost,
                              service_cost, NULL,         margins.data, order_costs.data, service_costs.data};
    retain_clv_payback_report payback = {sizeof payback};
    in_doubles unweighted = {NULL, 0, "weight"};
    retain_customers customers;
    view_of_histories histories;
    view_of_clv view;
    if (!view_clv_forecast(ctx, model, covariance, spend_model, spend_covariance, &view) ||
        !view_histories(ctx, start, end, first, occasion, unweighted, unit_days, calendar_start, calendar, piece, piece_start, own, known_until, 1,
                        &histories) ||
        !view_clv_rows(ctx, frequency, spend, weight, &histories, &view, &customers) ||
        !view_clv_values(ctx, frequency, value, order_count, order_mean, order_mean_log, order_log_squares, order_frequency, order_time,
                         order_time_squares, order_time_logs, &view) ||
        !MATCH(ctx, historic, frequency) || !MATCH(ctx, margins, frequency) || !MATCH(ctx, order_costs, frequency) ||
        !MATCH(ctx, service_costs, frequency))
        return;
    RUN(ctx, retain_clv_payback(ctx, &view.forecast, &customers, historic.data, cost, &terms, level, &payback));
    record_payback(result, &payback);
}

#endif

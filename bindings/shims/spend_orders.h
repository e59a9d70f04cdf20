/* Shims of retain/spend_orders.h. A model crosses as its family, three parameters, theta and delta; what is known of customers as one
 * column each. */
#ifndef RETAIN_SHIMS_SPEND_ORDERS_H
#define RETAIN_SHIMS_SPEND_ORDERS_H

#include "shims/models.h"

enum { SPEND_NUMBERS = 1 + RETAIN_SPEND_ENTRIES };

static int view_spend_model(retain_context *ctx, in_doubles model, retain_spend_model *into)
{
    const double *m = model.data;
    retain_spend_model gamma, normal;
    if (!REQUIRE(ctx, model))
        return 0;
    if (model.count != SPEND_NUMBERS)
        return refuse(ctx, "%s has %zu numbers; it needs %d: family, three parameters, theta and delta", model.name, model.count,
                      (int)SPEND_NUMBERS);
    if (!(m[0] >= 0.0 && m[0] <= 1e6 && m[0] == floor(m[0])))
        return refuse(ctx, "%s[0] is %g; it must be the number of a family", model.name, m[0]);
    memset(&gamma, 0, sizeof gamma);
    gamma.family = (retain_spend_family)(int)m[0];
    gamma.theta = m[4];
    gamma.delta = m[5];
    normal = gamma;
    gamma.p = m[1];
    gamma.q = m[2];
    gamma.gamma = m[3];
    normal.median = m[1];
    normal.tau = m[2];
    normal.sigma = m[3];
    *into = gamma.family == RETAIN_SPEND_GAMMA_GAMMA ? gamma : normal;
    return 1;
}

static int view_order_values(retain_context *ctx, in_counts orders, in_counts mean, in_counts mean_log, in_counts log_squares,
                             in_counts frequency, in_counts time, in_counts time_squares, in_counts time_logs, in_counts weight,
                             retain_spenders *into)
{
    if (!REQUIRE(ctx, orders) || !REQUIRE(ctx, mean) || !REQUIRE(ctx, mean_log) || !REQUIRE(ctx, log_squares) ||
        !MATCH(ctx, mean, orders) || !MATCH(ctx, mean_log, orders) || !MATCH(ctx, log_squares, orders) ||
        !MATCH(ctx, frequency, orders) || !MATCH(ctx, time, orders) || !MATCH(ctx, time_squares, orders) ||
        !MATCH(ctx, time_logs, orders) || !MATCH(ctx, weight, orders))
        return 0;
    into->count = orders.count;
    into->orders = orders.data;
    into->mean = mean.data;
    into->mean_log = mean_log.data;
    into->log_squares = log_squares.data;
    into->frequency = frequency.data;
    into->time = time.data;
    into->time_squares = time_squares.data;
    into->time_logs = time_logs.data;
    into->weight = weight.data;
    return 1;
}

static int view_spend_covariance(retain_context *ctx, in_doubles covariance)
{
    const size_t wanted = (size_t)RETAIN_SPEND_ENTRIES * RETAIN_SPEND_ENTRIES;
    return !covariance.data || covariance.count == wanted ||
           refuse(ctx, "covariance has %zu numbers; it needs %zu", covariance.count, wanted);
}

/* At most one row per row of the log: the record's `count` says how many. */
static void spend_orders(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                         in_counts multiple, in_doubles value_low, int64_t observation_end, double unit_days, int64_t occasion_days,
                         int count_zero_orders, int with_first, out_ints *out_customer, out_doubles *frequency, out_doubles *orders,
                         out_doubles *mean, out_doubles *mean_log, out_doubles *log_squares, out_doubles *time,
                         out_doubles *time_squares, out_doubles *time_logs, record *result)
{
    retain_orders_options options = view_counting_under(ctx, unit_days, occasion_days, count_zero_orders);
    retain_orders log;
    retain_spend_columns columns;
    out_doubles *const outs[] = {frequency, orders, mean, mean_log, log_squares, time, time_squares, time_logs};
    size_t n = customer.count, capacity = n, count = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) ||
        !PROVIDE_UP_TO(ctx, out_customer, n, &capacity))
        return;
    for (size_t i = 0; i < sizeof outs / sizeof *outs; i++) {
        if (!PROVIDE_UP_TO(ctx, outs[i], n, &capacity))
            return;
    }
    columns.customer = out_customer->data;
    columns.frequency = frequency->data;
    columns.orders = orders->data;
    columns.mean = mean->data;
    columns.mean_log = mean_log->data;
    columns.log_squares = log_squares->data;
    columns.time = time->data;
    columns.time_squares = time_squares->data;
    columns.time_logs = time_logs->data;
    RUN(ctx, retain_spend_orders(ctx, &log, observation_end, &options, with_first, &columns, capacity, &count));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(out_customer, count);
    for (size_t i = 0; i < sizeof outs / sizeof *outs; i++)
        TRIM(outs[i], count);
    record_whole(result, "count", (int64_t)count);
}

static void spend_orders_fit(retain_context *ctx, int family, in_counts orders, in_counts mean, in_counts mean_log,
                             in_counts log_squares, in_counts frequency, in_counts time, in_counts time_squares, in_counts time_logs,
                             in_counts weight, int iterations, double level, out_doubles *model, record *result)
{
    retain_fit_options options = {.struct_size = sizeof options, .iterations = iterations, .level = level};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_spenders spenders;
    retain_spend_model fitted;
    if (!view_order_values(ctx, orders, mean, mean_log, log_squares, frequency, time, time_squares, time_logs, weight, &spenders) ||
        !PROVIDE(ctx, model, SPEND_NUMBERS))
        return;
    RUN(ctx, retain_spend_orders_fit(ctx, (retain_spend_family)family, &spenders, &options, &fitted, &report));
    if (model->data && (ctx->status == RETAIN_OK || ctx->status == RETAIN_ERROR_CONVERGENCE)) {
        const int is_gamma = fitted.family == RETAIN_SPEND_GAMMA_GAMMA;
        model->data[0] = (double)fitted.family;
        model->data[1] = is_gamma ? fitted.p : fitted.median;
        model->data[2] = is_gamma ? fitted.q : fitted.tau;
        model->data[3] = is_gamma ? fitted.gamma : fitted.sigma;
        model->data[4] = fitted.theta;
        model->data[5] = fitted.delta;
    }
    record_fit(ctx, result, &report);
}

static void spend_orders_likelihood(retain_context *ctx, in_doubles model, in_counts orders, in_counts mean, in_counts mean_log,
                                    in_counts log_squares, in_counts frequency, in_counts time, in_counts time_squares,
                                    in_counts time_logs, out_doubles *log_likelihood, out_doubles *gradient)
{
    in_doubles weight = {NULL, 0, "weight"};
    retain_spenders spenders;
    retain_spend_model m;
    size_t cells = 0;
    if (!view_spend_model(ctx, model, &m) ||
        !view_order_values(ctx, orders, mean, mean_log, log_squares, frequency, time, time_squares, time_logs, weight, &spenders) ||
        !multiply_rows(ctx, spenders.count, RETAIN_SPEND_ENTRIES, &cells) || !PROVIDE(ctx, log_likelihood, spenders.count) ||
        !PROVIDE(ctx, gradient, cells))
        return;
    RUN(ctx, retain_spend_orders_likelihood(ctx, &m, &spenders, log_likelihood->data, gradient->data));
}

static void spend_orders_expected(retain_context *ctx, in_doubles model, in_doubles covariance, in_counts orders, in_counts mean,
                                  in_counts mean_log, in_counts log_squares, in_counts frequency, in_counts time,
                                  in_counts time_squares, in_counts time_logs, double ahead, double level, out_doubles *expected,
                                  out_doubles *low, out_doubles *high)
{
    in_doubles weight = {NULL, 0, "weight"};
    retain_spenders spenders;
    retain_spend_model m;
    if (!view_spend_model(ctx, model, &m) || !view_spend_covariance(ctx, covariance) ||
        !view_order_values(ctx, orders, mean, mean_log, log_squares, frequency, time, time_squares, time_logs, weight, &spenders) ||
        !PROVIDE(ctx, expected, spenders.count) || !PROVIDE(ctx, low, spenders.count) || !PROVIDE(ctx, high, spenders.count))
        return;
    RUN(ctx, retain_spend_orders_expected(ctx, &m, covariance.data, &spenders, ahead, level, expected->data, low->data, high->data));
}

static void spend_orders_quantile(retain_context *ctx, in_doubles model, in_counts orders, in_counts mean, in_counts mean_log,
                                  in_counts log_squares, in_counts frequency, in_counts time, in_counts time_squares,
                                  in_counts time_logs, double ahead, double probability, out_doubles *quantile)
{
    in_doubles weight = {NULL, 0, "weight"};
    retain_spenders spenders;
    retain_spend_model m;
    if (!view_spend_model(ctx, model, &m) ||
        !view_order_values(ctx, orders, mean, mean_log, log_squares, frequency, time, time_squares, time_logs, weight, &spenders) ||
        !PROVIDE(ctx, quantile, spenders.count))
        return;
    RUN(ctx, retain_spend_orders_quantile(ctx, &m, &spenders, ahead, probability, quantile->data));
}

static void spend_orders_mean(retain_context *ctx, in_doubles model, in_doubles covariance, double x, double ahead, double level,
                              record *result)
{
    retain_spend_model m;
    double mean = (double)NAN, low = (double)NAN, high = (double)NAN;
    if (!view_spend_model(ctx, model, &m) || !view_spend_covariance(ctx, covariance))
        return;
    RUN(ctx, retain_spend_orders_mean(ctx, &m, covariance.data, x, ahead, level, &mean, &low, &high));
    record_number(result, "mean", mean);
    record_number(result, "low", low);
    record_number(result, "high", high);
}

static void spend_orders_compare(retain_context *ctx, in_doubles first, in_doubles second, in_counts orders, in_counts mean,
                                 in_counts mean_log, in_counts log_squares, in_counts frequency, in_counts time,
                                 in_counts time_squares, in_counts time_logs, in_counts weight, record *result)
{
    retain_spenders spenders;
    retain_spend_model a, b;
    double difference = (double)NAN, statistic = (double)NAN, p_value = (double)NAN;
    if (!view_spend_model(ctx, first, &a) || !view_spend_model(ctx, second, &b) ||
        !view_order_values(ctx, orders, mean, mean_log, log_squares, frequency, time, time_squares, time_logs, weight, &spenders))
        return;
    RUN(ctx, retain_spend_orders_compare(ctx, &a, &b, &spenders, &difference, &statistic, &p_value));
    record_number(result, "difference", difference);
    record_number(result, "statistic", statistic);
    record_number(result, "p_value", p_value);
}

/* value, low, high and p_value of each measure. */
static void record_measure(record *into, const char *name, const retain_spend_measure *measure)
{
    const double numbers[] = {measure->value, measure->low, measure->high, measure->p_value};
    record_numbers(into, name, numbers, 4);
}

static void spend_orders_dependence(retain_context *ctx, in_counts orders, in_counts mean, in_counts mean_log, in_counts log_squares,
                                    in_counts frequency, in_counts weight, double level, record *result)
{
    in_counts none = {NULL, 0, "time"};
    retain_spend_dependence found = {.struct_size = sizeof found};
    retain_spenders spenders;
    if (!REQUIRE(ctx, frequency) ||
        !view_order_values(ctx, orders, mean, mean_log, log_squares, frequency, none, none, none, weight, &spenders))
        return;
    RUN(ctx, retain_spend_orders_dependence(ctx, &spenders, level, &found));
    record_number(result, "customers", found.customers);
    record_measure(result, "pearson", &found.pearson);
    record_measure(result, "spearman", &found.spearman);
    record_measure(result, "slope", &found.slope);
}

#endif

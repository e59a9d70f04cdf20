/* Shims of retain/revenue.h. */
#ifndef RETAIN_SHIMS_REVENUE_H
#define RETAIN_SHIMS_REVENUE_H

#include "shims/metrics.h"

/* The columns that both functions take, in the order of the struct. */
#define REVENUE_COLUMNS                                                                                                           \
    start, acquired, reactivated, expansion, contraction, lost, end, start_customers, acquired_customers, reactivated_customers,  \
        retained_customers, expanded_customers, contracted_customers, lost_customers, end_customers, grr, grr_low, grr_high, nrr, \
        nrr_low, nrr_high

/* Provides all columns, of `rows` rows, given in the order of the struct. */
static int view_revenue_columns(retain_context *ctx, out_doubles *const *out, size_t rows, retain_revenue_columns *columns)
{
    for (size_t i = 0; i < 21; i++) {
        if (!PROVIDE(ctx, out[i], rows))
            return 0;
    }
    *columns = (retain_revenue_columns){out[0]->data,  out[1]->data,  out[2]->data,  out[3]->data,  out[4]->data,  out[5]->data,
                                        out[6]->data,  out[7]->data,  out[8]->data,  out[9]->data,  out[10]->data, out[11]->data,
                                        out[12]->data, out[13]->data, out[14]->data, out[15]->data, out[16]->data, out[17]->data,
                                        out[18]->data, out[19]->data, out[20]->data};
    return 1;
}

static void revenue_bridge(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, int64_t observation_end, in_keys edges, int64_t occasion_days,
                           int count_zero_orders, int64_t lag, double level, out_doubles *start, out_doubles *acquired,
                           out_doubles *reactivated, out_doubles *expansion, out_doubles *contraction, out_doubles *lost,
                           out_doubles *end, out_doubles *start_customers, out_doubles *acquired_customers,
                           out_doubles *reactivated_customers, out_doubles *retained_customers, out_doubles *expanded_customers,
                           out_doubles *contracted_customers, out_doubles *lost_customers, out_doubles *end_customers,
                           out_doubles *grr, out_doubles *grr_low, out_doubles *grr_high, out_doubles *nrr, out_doubles *nrr_low,
                           out_doubles *nrr_high)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_revenue_options options = {sizeof options, 0, level};
    out_doubles *const out[] = {REVENUE_COLUMNS};
    retain_revenue_columns columns;
    retain_orders log;
    size_t n = count_periods(edges);
    if (!view_number(ctx, lag, "lag", &options.lag) ||
        !view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, edges) ||
        !view_revenue_columns(ctx, out, n, &columns))
        return;
    RUN(ctx, retain_revenue_bridge(ctx, &log, observation_end, edges.data, edges.count, &counting, &options, &columns));
}

/* `amounts` holds a row of `periods` amounts for each customer. */
static void revenue_amounts(retain_context *ctx, in_doubles amounts, int64_t periods, int64_t lag, double level, out_doubles *start,
                            out_doubles *acquired, out_doubles *reactivated, out_doubles *expansion, out_doubles *contraction,
                            out_doubles *lost, out_doubles *end, out_doubles *start_customers, out_doubles *acquired_customers,
                            out_doubles *reactivated_customers, out_doubles *retained_customers, out_doubles *expanded_customers,
                            out_doubles *contracted_customers, out_doubles *lost_customers, out_doubles *end_customers,
                            out_doubles *grr, out_doubles *grr_low, out_doubles *grr_high, out_doubles *nrr, out_doubles *nrr_low,
                            out_doubles *nrr_high)
{
    retain_revenue_options options = {sizeof options, 0, level};
    out_doubles *const out[] = {REVENUE_COLUMNS};
    retain_revenue_columns columns;
    size_t n = 0;
    if (!view_number(ctx, lag, "lag", &options.lag) || !view_number(ctx, periods, "periods", &n) || !REQUIRE(ctx, amounts))
        return;
    if (n && amounts.count % n != 0) {
        refuse(ctx, "amounts has %zu values; it must have %zu for each customer, as many as there are periods", amounts.count, n);
        return;
    }
    if (!view_revenue_columns(ctx, out, n, &columns))
        return;
    RUN(ctx, retain_revenue_amounts(ctx, amounts.data, n ? amounts.count / n : 0, n, &options, &columns));
}

static double revenue_cost_per_customer(double spend, double customers)
{
    return retain_revenue_cost_per_customer(spend, customers);
}

static double revenue_cost_ratio(double acquisition_spend, double acquired, double retention_spend, double retained)
{
    return retain_revenue_cost_ratio(acquisition_spend, acquired, retention_spend, retained);
}

static double revenue_lifetime_value(double margin, double retention, double annual_rate, double periods_per_year)
{
    return retain_revenue_lifetime_value(margin, retention, annual_rate, periods_per_year);
}

static void revenue_profit(retain_context *ctx, double plan_customers, double acquired, double margin, double retention_cost,
                           double acquisition_cost, double annual_rate, double periods_per_year, double base_retention,
                           int64_t periods, in_doubles retention, out_doubles *profit, out_doubles *customers, out_doubles *change)
{
    retain_revenue_plan plan = {sizeof plan,      plan_customers, acquired,         margin,         retention_cost,
                                acquisition_cost, annual_rate,    periods_per_year, base_retention, 0};
    size_t n = retention.count;
    if (!view_number(ctx, periods, "periods", &plan.periods) || !REQUIRE(ctx, retention) || !PROVIDE(ctx, profit, n) ||
        !PROVIDE(ctx, customers, n) || !PROVIDE(ctx, change, n))
        return;
    RUN(ctx, retain_revenue_profit(ctx, &plan, retention.data, n, profit->data, customers->data, change->data));
}

#endif

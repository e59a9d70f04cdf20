/* Shims of retain/churn_plan.h. An offer crosses as its cost, incentive and effect. */
#ifndef RETAIN_SHIMS_CHURN_PLAN_H
#define RETAIN_SHIMS_CHURN_PLAN_H

#include "shims/models.h"

static void churn_overdue(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T, double unit_days,
                          in_doubles covariates, out_doubles *p_value)
{
    retain_customers customers;
    covariate_columns columns;
    retain_btyd m;
    if (!view_forecast(ctx, model, frequency, t_x, T, unit_days, &m, &customers) ||
        !view_covariates(ctx, covariates, m.covariates, columns, &customers) || !PROVIDE(ctx, p_value, customers.count))
        return;
    RUN(ctx, retain_churn_overdue(ctx, &m, &customers, p_value->data));
}

static void churn_gaps(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                       in_counts multiple, in_doubles value_low, int64_t observation_end, int64_t occasion_days,
                       int count_zero_orders, double prior_gaps, out_ints *customers, out_doubles *silence, out_doubles *gaps,
                       out_doubles *own_share, out_doubles *shop_share, out_doubles *p_value, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_churn_gap_columns columns;
    retain_orders log;
    size_t n = customer.count, capacity = n, count = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) ||
        !PROVIDE_UP_TO(ctx, customers, n, &capacity) || !PROVIDE_UP_TO(ctx, silence, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, gaps, n, &capacity) || !PROVIDE_UP_TO(ctx, own_share, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, shop_share, n, &capacity) || !PROVIDE_UP_TO(ctx, p_value, n, &capacity))
        return;
    columns = (retain_churn_gap_columns){customers->data, silence->data,    gaps->data,
                                         own_share->data, shop_share->data, p_value->data};
    RUN(ctx, retain_churn_gaps(ctx, &log, observation_end, &counting, prior_gaps, &columns, capacity, &count));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(customers, count);
    TRIM(silence, count);
    TRIM(gaps, count);
    TRIM(own_share, count);
    TRIM(shop_share, count);
    TRIM(p_value, count);
    record_whole(result, "count", (int64_t)count);
}

static void churn_thresholds(retain_context *ctx, in_doubles value, double cost, double incentive, double effect,
                             out_doubles *threshold)
{
    const retain_churn_offer offer = {cost, incentive, effect};
    if (!REQUIRE(ctx, value) || !PROVIDE(ctx, threshold, value.count))
        return;
    RUN(ctx, retain_churn_thresholds(ctx, value.data, value.count, &offer, threshold->data));
}

/* A negative `most` means that all who pay can be contacted. */
static void churn_select(retain_context *ctx, in_doubles risk, in_doubles value, double cost, double incentive, double effect,
                         int64_t most, double level, out_bytes *chosen, out_doubles *gain, record *result)
{
    const retain_churn_offer offer = {cost, incentive, effect};
    retain_churn_selection found = {.struct_size = sizeof found};
    if (!REQUIRE(ctx, risk) || !REQUIRE(ctx, value) || !MATCH(ctx, value, risk) || !PROVIDE(ctx, chosen, risk.count) ||
        !PROVIDE(ctx, gain, risk.count))
        return;
    RUN(ctx, retain_churn_select(ctx, risk.data, value.data, risk.count, &offer, most < 0 ? SIZE_MAX : (size_t)most, level,
                                 chosen->data, gain->data, &found));
    record_whole(result, "paying", (int64_t)found.paying);
    record_whole(result, "count", (int64_t)found.chosen);
    record_number(result, "total", found.gain);
    record_number(result, "marginal_gain", found.marginal_gain);
    record_number(result, "next_gain", found.next_gain);
    record_whole(result, "tied", (int64_t)found.tied);
    record_whole(result, "tied_chosen", (int64_t)found.tied_chosen);
    record_number(result, "lost", found.lost);
    record_number(result, "lost_low", found.lost_low);
    record_number(result, "lost_high", found.lost_high);
    record_number(result, "kept", found.kept);
}

static void churn_lost(retain_context *ctx, in_doubles risk, in_doubles value, double level, record *result)
{
    retain_churn_loss loss = {.struct_size = sizeof loss};
    if (!REQUIRE(ctx, risk) || !MATCH(ctx, value, risk))
        return;
    RUN(ctx, retain_churn_lost(ctx, risk.data, value.data, risk.count, level, &loss));
    record_number(result, "customers", loss.customers);
    record_number(result, "low", loss.low);
    record_number(result, "high", loss.high);
    record_number(result, "money", loss.money);
    record_number(result, "money_low", loss.money_low);
    record_number(result, "money_high", loss.money_high);
}

static void churn_profit(retain_context *ctx, in_doubles score, in_doubles left, in_doubles value, double cost, double incentive,
                         double effect, double level, out_doubles *at, out_doubles *customers, out_doubles *spent,
                         out_doubles *profit, out_doubles *low, out_doubles *high, record *result)
{
    const retain_churn_offer offer = {cost, incentive, effect};
    retain_churn_best best = {.struct_size = sizeof best};
    retain_churn_profit_columns columns;
    size_t n = score.count, capacity = n, points = 0;
    if (!REQUIRE(ctx, score) || !REQUIRE(ctx, left) || !REQUIRE(ctx, value) || !MATCH(ctx, left, score) ||
        !MATCH(ctx, value, score) || !PROVIDE_UP_TO(ctx, at, n, &capacity) || !PROVIDE_UP_TO(ctx, customers, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, spent, n, &capacity) || !PROVIDE_UP_TO(ctx, profit, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, low, n, &capacity) || !PROVIDE_UP_TO(ctx, high, n, &capacity))
        return;
    columns = (retain_churn_profit_columns){at->data, customers->data, spent->data, profit->data, low->data, high->data};
    RUN(ctx, retain_churn_profit(ctx, score.data, left.data, value.data, n, &offer, level, &columns, capacity, &points, &best));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(at, points);
    TRIM(customers, points);
    TRIM(spent, points);
    TRIM(profit, points);
    TRIM(low, points);
    TRIM(high, points);
    record_whole(result, "points", (int64_t)points);
    record_number(result, "score", best.score);
    record_number(result, "customers", best.customers);
    record_number(result, "share", best.share);
    record_number(result, "profit", best.profit);
    record_number(result, "low", best.low);
    record_number(result, "high", best.high);
    record_number(result, "per_customer", best.per_customer);
    record_number(result, "profit_of_all", best.profit_of_all);
}

#endif

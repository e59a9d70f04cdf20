/* Shims of retain/cohort_cells.h and retain/cohort_compare.h. */
#ifndef RETAIN_SHIMS_COHORT_H
#define RETAIN_SHIMS_COHORT_H

#include "shims/orders.h"

/* A layout, and the size of its table. Groups are absent where their columns are. */
static int view_layout(retain_context *ctx, int rows, int axis, in_keys edges, in_keys age_edges, in_keys group_customer,
                       in_keys group, int64_t group_count, retain_groups *groups, retain_cohort_layout *layout, size_t *row_count,
                       size_t *column_count)
{
    retain_cohort_layout made = {sizeof made, (retain_cohort_rows)rows, (retain_cohort_axis)axis, edges.data,
                                 edges.count, age_edges.data,           age_edges.count,          NULL};
    if ((rows == RETAIN_COHORT_BY_PERIOD || rows == RETAIN_COHORT_BY_BOTH || axis != RETAIN_COHORT_ROLLING) && !REQUIRE(ctx, edges))
        return 0;
    if (group_customer.data || group.data) {
        if (!view_groups(ctx, group_customer, group, group_count, groups))
            return 0;
        made.groups = groups;
    }
    *layout = made;
    return retain_cohort_shape(ctx, layout, row_count, column_count) == RETAIN_OK;
}

static void cohort_shape(retain_context *ctx, int rows, int axis, in_keys edges, in_keys age_edges, in_keys group_customer,
                         in_keys group, int64_t group_count, record *result)
{
    retain_cohort_layout layout;
    retain_groups groups;
    size_t row_count = 0, column_count = 0;
    if (!view_layout(ctx, rows, axis, edges, age_edges, group_customer, group, group_count, &groups, &layout, &row_count,
                     &column_count))
        return;
    record_whole(result, "rows", (int64_t)row_count);
    record_whole(result, "columns", (int64_t)column_count);
}

static void cohort_cells(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                         in_counts multiple, in_doubles value_low, int64_t observation_end, int rows, int axis, in_keys edges,
                         in_keys age_edges, in_keys group_customer, in_keys group, int64_t group_count, int64_t occasion_days,
                         int count_zero_orders, int kind, int count_running, double margin, in_keys margin_customer,
                         in_doubles margins, int replicates, int64_t seed, double level, out_doubles *customers,
                         out_doubles *exposed, out_doubles *active, out_doubles *repeat, out_doubles *orders,
                         out_doubles *occasions, out_doubles *gross, out_doubles *refunds, out_doubles *net,
                         out_doubles *cell_margin, out_doubles *cell_value, out_doubles *value_error, out_doubles *interval_low,
                         out_doubles *interval_high, out_doubles *cumulative, out_doubles *cumulative_low,
                         out_doubles *cumulative_high, out_bytes *complete, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_cohort_cells_options options = {
        sizeof options, (retain_cohort_kind)kind, count_running, margin, margins.data, margin_customer.data, margins.count,
        replicates,     (uint64_t)seed,           level};
    retain_cohort_columns columns;
    retain_cohort_layout layout;
    retain_groups groups;
    retain_orders log;
    size_t r = 0, c = 0, n = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) ||
        !MATCH(ctx, margins, margin_customer) || !MATCH(ctx, margin_customer, margins) ||
        !view_layout(ctx, rows, axis, edges, age_edges, group_customer, group, group_count, &groups, &layout, &r, &c) ||
        !multiply_rows(ctx, r, c, &n) || !PROVIDE(ctx, customers, r) || !PROVIDE(ctx, exposed, n) || !PROVIDE(ctx, active, n) ||
        !PROVIDE(ctx, repeat, n) || !PROVIDE(ctx, orders, n) || !PROVIDE(ctx, occasions, n) || !PROVIDE(ctx, gross, n) ||
        !PROVIDE(ctx, refunds, n) || !PROVIDE(ctx, net, n) || !PROVIDE(ctx, cell_margin, n) || !PROVIDE(ctx, cell_value, n) ||
        !PROVIDE(ctx, value_error, n) || !PROVIDE(ctx, interval_low, n) || !PROVIDE(ctx, interval_high, n) ||
        !PROVIDE(ctx, cumulative, n) || !PROVIDE(ctx, cumulative_low, n) || !PROVIDE(ctx, cumulative_high, n) ||
        !PROVIDE(ctx, complete, n))
        return;
    columns = (retain_cohort_columns){
        customers->data,    exposed->data,       active->data,     repeat->data,         orders->data,          occasions->data,
        gross->data,        refunds->data,       net->data,        cell_margin->data,    cell_value->data,      value_error->data,
        interval_low->data, interval_high->data, cumulative->data, cumulative_low->data, cumulative_high->data, complete->data};
    RUN(ctx, retain_cohort_cells(ctx, &log, observation_end, &layout, &counting, &options, &columns));
    record_whole(result, "rows", (int64_t)r);
    record_whole(result, "columns", (int64_t)c);
}

static void cohort_share(retain_context *ctx, in_doubles exposed, in_doubles active, double level, out_doubles *share,
                         out_doubles *low, out_doubles *high)
{
    size_t n = exposed.count;
    if (!REQUIRE(ctx, exposed) || !REQUIRE(ctx, active) || !MATCH(ctx, active, exposed) || !PROVIDE(ctx, share, n) ||
        !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_cohort_share(ctx, exposed.data, active.data, n, level, share->data, low->data, high->data));
}

/* The number of columns of a table of cells; the number of rows follows. */
static int divide_cells(retain_context *ctx, const char *name, size_t cells, int64_t columns, size_t *rows)
{
    if (columns <= 0)
        return refuse(ctx, "columns is %lld; it must be positive", (long long)columns);
    if (cells % (uint64_t)columns != 0)
        return refuse(ctx, "%s has %zu cells; it must be whole rows of columns = %lld", name, cells, (long long)columns);
    *rows = (size_t)(cells / (uint64_t)columns);
    return 1;
}

static void cohort_overall(retain_context *ctx, in_doubles exposed, in_doubles active, int64_t columns, double level,
                           out_doubles *overall, out_doubles *customers, out_doubles *low, out_doubles *high)
{
    size_t rows = 0;
    if (!REQUIRE(ctx, exposed) || !REQUIRE(ctx, active) || !MATCH(ctx, active, exposed) ||
        !divide_cells(ctx, "exposed", exposed.count, columns, &rows) || !PROVIDE(ctx, overall, (size_t)columns) ||
        !PROVIDE(ctx, customers, (size_t)columns) || !PROVIDE(ctx, low, (size_t)columns) || !PROVIDE(ctx, high, (size_t)columns))
        return;
    RUN(ctx, retain_cohort_overall(ctx, exposed.data, active.data, rows, (size_t)columns, level, overall->data, customers->data,
                                   low->data, high->data));
}

static void cohort_payback(retain_context *ctx, in_doubles cumulative, in_keys age_edges, in_doubles cost, out_doubles *payback,
                           out_bytes *outcome)
{
    size_t rows = cost.count, columns = 0;
    if (!REQUIRE(ctx, cumulative) || !REQUIRE(ctx, cost))
        return;
    columns = rows ? cumulative.count / rows : 0;
    if (columns * rows != cumulative.count)
        return (void)refuse(ctx, "cumulative has %zu cells; it must be whole rows, as many as cost has, %zu", cumulative.count,
                            rows);
    if (age_edges.data && age_edges.count != columns + 1)
        return (void)refuse(ctx, "age_edges has %zu rows; cumulative and cost make %zu columns, so it must have %zu",
                            age_edges.count, columns, columns + 1);
    if (!PROVIDE(ctx, payback, rows) || !PROVIDE(ctx, outcome, rows))
        return;
    RUN(ctx, retain_cohort_payback(ctx, cumulative.data, rows, columns, age_edges.data, cost.data, payback->data, outcome->data));
}

/* Column -1 is the last one to which customers of both rows are exposed. */
static void cohort_compare(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                           in_counts multiple, in_doubles value_low, int64_t observation_end, int rows, int axis, in_keys edges,
                           in_keys age_edges, in_keys group_customer, in_keys group, int64_t group_count, int64_t row,
                           int64_t other, int64_t column, int64_t occasion_days, int count_zero_orders, double margin,
                           in_keys margin_customer, in_doubles margins, int replicates, int64_t seed, double level, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_cohort_compare_options options = {sizeof options, margin,     margins.data,   margin_customer.data,
                                             margins.count,  replicates, (uint64_t)seed, level};
    retain_cohort_comparison found = {.struct_size = sizeof found};
    retain_cohort_layout layout;
    retain_groups groups;
    retain_orders log;
    size_t r = 0, c = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) ||
        !MATCH(ctx, margins, margin_customer) || !MATCH(ctx, margin_customer, margins) ||
        !view_layout(ctx, rows, axis, edges, age_edges, group_customer, group, group_count, &groups, &layout, &r, &c))
        return;
    if (row < 0 || other < 0 || column < -1)
        return (void)refuse(ctx, "row, other and column are %lld, %lld and %lld; they must not be negative", (long long)row,
                            (long long)other, (long long)column);
    RUN(ctx, retain_cohort_compare(ctx, &log, observation_end, &layout, (size_t)row, (size_t)other,
                                   column < 0 ? RETAIN_COHORT_LAST_COLUMN : (size_t)column, &counting, &options, &found));
    if (ctx->status != RETAIN_OK)
        return;
    record_numbers(result, "exposed", found.exposed, 2);
    record_numbers(result, "value", found.value, 2);
    record_number(result, "difference", found.difference);
    record_number(result, "low", found.low);
    record_number(result, "high", found.high);
    record_number(result, "money_p_value", found.money_p_value);
    record_numbers(result, "customers", found.customers, 2);
    record_numbers(result, "returned", found.returned, 2);
    record_numbers(result, "expected", found.expected, 2);
    record_number(result, "chi_squared", found.chi_squared);
    record_number(result, "return_p_value", found.return_p_value);
    record_whole(result, "column", (int64_t)found.column);
}

#endif

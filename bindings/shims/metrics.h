/* Shims of retain/rate.h, retain/crr.h and retain/cohort.h. */
#ifndef RETAIN_SHIMS_METRICS_H
#define RETAIN_SHIMS_METRICS_H

#include "shims/orders.h"

static double rate_low(double successes, double trials, double level)
{
    return retain_rate_low(successes, trials, level);
}

static double rate_high(double successes, double trials, double level)
{
    return retain_rate_high(successes, trials, level);
}

static double rate_difference(double successes_1, double trials_1, double successes_2, double trials_2)
{
    return retain_rate_difference(successes_1, trials_1, successes_2, trials_2);
}

static double rate_difference_low(double successes_1, double trials_1, double successes_2, double trials_2, double level)
{
    return retain_rate_difference_low(successes_1, trials_1, successes_2, trials_2, level);
}

static double rate_difference_high(double successes_1, double trials_1, double successes_2, double trials_2, double level)
{
    return retain_rate_difference_high(successes_1, trials_1, successes_2, trials_2, level);
}

static double rate_difference_z(double successes_1, double trials_1, double successes_2, double trials_2)
{
    return retain_rate_difference_z(successes_1, trials_1, successes_2, trials_2);
}

static double rate_difference_p_value(double successes_1, double trials_1, double successes_2, double trials_2)
{
    return retain_rate_difference_p_value(successes_1, trials_1, successes_2, trials_2);
}

static double crr_rate(double start, double end, double gained)
{
    return retain_crr(start, end, gained);
}

static double crr_churn(double start, double end, double gained)
{
    return retain_crr_churn(start, end, gained);
}

static double crr_over(double rate, double k)
{
    return retain_crr_over(rate, k);
}

static double crr_churn_over(double churn, double k)
{
    return retain_crr_churn_over(churn, k);
}

static int crr_grade(double rate, in_doubles cuts)
{
    return retain_crr_grade(rate, cuts.data, cuts.count);
}

/* Edges make one period less than there are of them; fewer than two make none, and the library says so. */
static size_t count_periods(in_ints edges)
{
    return edges.count > 1 ? edges.count - 1 : 0;
}

/* A number of periods that must not be negative; the library says what else it must be. */
static int view_number(retain_context *ctx, int64_t given, const char *name, size_t *number)
{
    if (given < 0 || (uint64_t)given > SIZE_MAX)
        return refuse(ctx, "%s is %lld; it must be a number of periods", name, (long long)given);
    *number = (size_t)given;
    return 1;
}

/* So many results have `edges` edges that lie `span` apart; too few make none, and the library says so. */
static size_t count_results(size_t edges, size_t span)
{
    span = span ? span : 1;
    return edges > span ? edges - span : 0;
}

/* Provides all columns, of `rows` rows, given in the order of the struct. */
static int view_crr_columns(retain_context *ctx, out_doubles *const *out, size_t rows, retain_crr_columns *columns)
{
    for (size_t i = 0; i < 16; i++) {
        if (!PROVIDE(ctx, out[i], rows))
            return 0;
    }
    *columns = (retain_crr_columns){out[0]->data,  out[1]->data,  out[2]->data,  out[3]->data, out[4]->data,  out[5]->data,
                                    out[6]->data,  out[7]->data,  out[8]->data,  out[9]->data, out[10]->data, out[11]->data,
                                    out[12]->data, out[13]->data, out[14]->data, out[15]->data};
    return 1;
}

static void crr_periods(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                        in_counts multiple, in_doubles value_low, int64_t observation_end, in_keys edges, int64_t occasion_days,
                        int count_zero_orders, int64_t window_days, double window_quantile, double level, int activity,
                        int64_t span, out_doubles *start, out_doubles *acquired, out_doubles *gained, out_doubles *retained,
                        out_doubles *reactivated, out_doubles *lost, out_doubles *end, out_doubles *crr, out_doubles *crr_low,
                        out_doubles *crr_high, out_doubles *crr_strict, out_doubles *crr_strict_low, out_doubles *crr_strict_high,
                        out_doubles *churn, out_doubles *churn_low, out_doubles *churn_high, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_crr_options options = {sizeof options, window_days, window_quantile, level, (retain_crr_activity)activity, 0};
    out_doubles *const out[] = {start,   acquired, gained,     retained,       reactivated,     lost,  end,       crr,
                                crr_low, crr_high, crr_strict, crr_strict_low, crr_strict_high, churn, churn_low, churn_high};
    retain_crr_columns columns;
    retain_orders log;
    size_t n;
    int64_t used = 0;
    if (!view_number(ctx, span, "span", &options.span))
        return;
    n = count_results(edges.count, options.span);
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, edges) ||
        !view_crr_columns(ctx, out, n, &columns))
        return;
    RUN(ctx, retain_crr_periods(ctx, &log, observation_end, edges.data, edges.count, &counting, &options, &columns, &used));
    record_whole(result, "window_days", used);
}

/* `active` holds a row of `instants` flags for each customer. */
static void crr_flags(retain_context *ctx, in_bytes active, int64_t instants, int64_t span, double level, out_doubles *start,
                      out_doubles *acquired, out_doubles *gained, out_doubles *retained, out_doubles *reactivated,
                      out_doubles *lost, out_doubles *end, out_doubles *crr, out_doubles *crr_low, out_doubles *crr_high,
                      out_doubles *crr_strict, out_doubles *crr_strict_low, out_doubles *crr_strict_high, out_doubles *churn,
                      out_doubles *churn_low, out_doubles *churn_high)
{
    retain_crr_options options = {sizeof options, 0, 0, level, RETAIN_CRR_WINDOW, 0};
    out_doubles *const out[] = {start,   acquired, gained,     retained,       reactivated,     lost,  end,       crr,
                                crr_low, crr_high, crr_strict, crr_strict_low, crr_strict_high, churn, churn_low, churn_high};
    retain_crr_columns columns;
    size_t row = 0, n;
    if (!view_number(ctx, instants, "instants", &row) || !view_number(ctx, span, "span", &options.span) || !REQUIRE(ctx, active))
        return;
    if (row && active.count % row != 0) {
        refuse(ctx, "active has %zu flags; it must have %zu for each customer, as many as there are instants", active.count, row);
        return;
    }
    n = count_results(row, options.span);
    if (!view_crr_columns(ctx, out, n, &columns))
        return;
    RUN(ctx, retain_crr_flags(ctx, active.data, row ? active.count / row : 0, row, &options, &columns));
}

static void crr_change(retain_context *ctx, in_doubles part, in_doubles whole, int64_t lag, double level, out_doubles *change,
                       out_doubles *low, out_doubles *high, out_doubles *p_value)
{
    size_t n = part.count, distance = 0;
    if (!view_number(ctx, lag, "lag", &distance) || !REQUIRE(ctx, part) || !REQUIRE(ctx, whole) || !MATCH(ctx, whole, part) ||
        !PROVIDE(ctx, change, n) || !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n) || !PROVIDE(ctx, p_value, n))
        return;
    RUN(ctx, retain_crr_change(ctx, part.data, whole.data, n, distance, level, change->data, low->data, high->data, p_value->data));
}

static void crr_window(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                       in_counts multiple, in_doubles value_low, int64_t observation_end, int64_t occasion_days,
                       int count_zero_orders, double quantile, record *result)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_orders log;
    double window_days = 0.0, reached = 0.0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log))
        return;
    RUN(ctx, retain_crr_window(ctx, &log, observation_end, &counting, quantile, &window_days, &reached));
    record_number(result, "window_days", window_days);
    record_number(result, "reached", reached);
}

static void cohort_active(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                          in_counts multiple, in_doubles value_low, int64_t observation_end, in_keys edges, int64_t occasion_days,
                          int count_zero_orders, int kind, int count_running, out_doubles *size, out_doubles *active,
                          out_doubles *orders_placed, out_doubles *revenue, out_bytes *complete)
{
    retain_orders_options counting = view_counting(0.0, occasion_days, count_zero_orders);
    retain_cohort_options options = {sizeof options, (retain_cohort_kind)kind, count_running};
    retain_orders log;
    size_t n = count_periods(edges), cells = 0;
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log) || !REQUIRE(ctx, edges) ||
        !multiply_rows(ctx, n, n, &cells) || !PROVIDE(ctx, size, n) || !PROVIDE(ctx, active, cells) ||
        !PROVIDE(ctx, orders_placed, cells) || !PROVIDE(ctx, revenue, cells) || !PROVIDE(ctx, complete, cells))
        return;
    RUN(ctx, retain_cohort_active(ctx, &log, observation_end, edges.data, edges.count, &counting, &options, size->data,
                                  active->data, orders_placed->data, revenue->data, complete->data));
}

/* `active` must have the square of the number of cohorts. */
static int view_cells(retain_context *ctx, in_doubles size, in_doubles active, size_t *cells)
{
    if (!REQUIRE(ctx, size) || !REQUIRE(ctx, active) || !multiply_rows(ctx, size.count, size.count, cells))
        return 0;
    if (active.count != *cells)
        return refuse(ctx, "active has %zu cells, size has %zu cohorts; it needs %zu", active.count, size.count, *cells);
    return 1;
}

static void cohort_retention(retain_context *ctx, in_doubles size, in_doubles active, double level, out_doubles *retention,
                             out_doubles *low, out_doubles *high)
{
    size_t cells = 0;
    if (!view_cells(ctx, size, active, &cells) || !PROVIDE(ctx, retention, cells) || !PROVIDE(ctx, low, cells) ||
        !PROVIDE(ctx, high, cells))
        return;
    RUN(ctx, retain_cohort_retention(ctx, size.data, active.data, size.count, level, retention->data, low->data, high->data));
}

static void cohort_average(retain_context *ctx, in_doubles size, in_doubles active, double level, out_doubles *average,
                           out_doubles *customers, out_doubles *low, out_doubles *high)
{
    size_t n = size.count, cells = 0;
    if (!view_cells(ctx, size, active, &cells) || !PROVIDE(ctx, average, n) || !PROVIDE(ctx, customers, n) ||
        !PROVIDE(ctx, low, n) || !PROVIDE(ctx, high, n))
        return;
    RUN(ctx, retain_cohort_average(ctx, size.data, active.data, n, level, average->data, customers->data, low->data, high->data));
}

#endif

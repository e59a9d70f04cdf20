/* Shims of retain/evaluation.h and retain/evaluation_backtest.h. The figures of a backtest cross as one matrix, column after column in the
 * order of retain_evaluation_backtest_columns; models that are given, one after the other as in shims/models.h. */
#ifndef RETAIN_SHIMS_EVALUATION_H
#define RETAIN_SHIMS_EVALUATION_H

#include "shims/models.h"

/* What was forecast, what came, and how often each row counts. */
static int view_forecasts(retain_context *ctx, in_doubles expected, in_doubles actual, in_doubles weight)
{
    return REQUIRE(ctx, expected) && REQUIRE(ctx, actual) && MATCH(ctx, actual, expected) && MATCH(ctx, weight, expected);
}

static void evaluation_errors(retain_context *ctx, in_doubles expected, in_doubles actual, in_doubles weight, double level,
                              record *result)
{
    retain_evaluation_error_report report = {.struct_size = sizeof report};
    if (!view_forecasts(ctx, expected, actual, weight))
        return;
    RUN(ctx, retain_evaluation_errors(ctx, expected.data, actual.data, weight.data, expected.count, level, &report));
    record_number(result, "customers", report.customers);
    record_number(result, "expected", report.expected);
    record_number(result, "actual", report.actual);
    record_number(result, "bias", report.bias);
    record_number(result, "bias_low", report.bias_low);
    record_number(result, "bias_high", report.bias_high);
    record_number(result, "mae", report.mae);
    record_number(result, "mae_low", report.mae_low);
    record_number(result, "mae_high", report.mae_high);
    record_number(result, "rmse", report.rmse);
    record_number(result, "rmse_low", report.rmse_low);
    record_number(result, "rmse_high", report.rmse_high);
    record_number(result, "aggregate", report.aggregate);
    record_number(result, "aggregate_low", report.aggregate_low);
    record_number(result, "aggregate_high", report.aggregate_high);
}

static void evaluation_coverage(retain_context *ctx, in_doubles low, in_doubles high, in_doubles actual, in_doubles weight,
                                double level, record *result)
{
    retain_evaluation_coverage_report report = {.struct_size = sizeof report};
    if (!REQUIRE(ctx, low) || !REQUIRE(ctx, high) || !REQUIRE(ctx, actual) || !MATCH(ctx, high, low) || !MATCH(ctx, actual, low) ||
        !MATCH(ctx, weight, low))
        return;
    RUN(ctx, retain_evaluation_coverage(ctx, low.data, high.data, actual.data, weight.data, low.count, level, &report));
    record_number(result, "customers", report.customers);
    record_number(result, "covered", report.covered);
    record_number(result, "below", report.below);
    record_number(result, "above", report.above);
    record_number(result, "coverage", report.coverage);
    record_number(result, "low", report.low);
    record_number(result, "high", report.high);
    record_number(result, "width", report.width);
}

static void evaluation_shocks(retain_context *ctx, in_doubles expected, in_doubles actual, in_doubles variance, double level, int unbiased,
                              record *result)
{
    const retain_evaluation_shock_options options = {sizeof options, level, unbiased};
    retain_evaluation_shock_report report = {.struct_size = sizeof report};
    if (!REQUIRE(ctx, expected) || !REQUIRE(ctx, actual) || !REQUIRE(ctx, variance) || !MATCH(ctx, actual, expected) ||
        !MATCH(ctx, variance, expected))
        return;
    RUN(ctx, retain_evaluation_shocks(ctx, expected.data, actual.data, variance.data, expected.count, &options, &report));
    record_number(result, "periods", report.periods);
    record_number(result, "degrees", report.degrees);
    record_number(result, "tau", report.tau);
    record_number(result, "tau_low", report.tau_low);
    record_number(result, "tau_high", report.tau_high);
    record_number(result, "q", report.q);
    record_number(result, "p_value", report.p_value);
    record_number(result, "bias", report.bias);
    record_number(result, "bias_error", report.bias_error);
    record_number(result, "bias_low", report.bias_low);
    record_number(result, "bias_high", report.bias_high);
}

/* Of a report the figures that are read. */
static void evaluation_shock_band(retain_context *ctx, double degrees, double tau, double bias, double bias_error, in_doubles expected,
                                  in_doubles variance, double level, out_doubles *value, out_doubles *low, out_doubles *high)
{
    const retain_evaluation_shock_report report = {
        .struct_size = sizeof report, .degrees = degrees, .tau = tau, .bias = bias, .bias_error = bias_error};
    if (!REQUIRE(ctx, expected) || !REQUIRE(ctx, variance) || !MATCH(ctx, variance, expected) || !PROVIDE(ctx, value, expected.count) ||
        !PROVIDE(ctx, low, expected.count) || !PROVIDE(ctx, high, expected.count))
        return;
    RUN(ctx, retain_evaluation_shock_band(ctx, &report, expected.data, variance.data, expected.count, level, value->data, low->data,
                                          high->data));
}

static void evaluation_ranking(retain_context *ctx, in_doubles expected, in_doubles actual, in_doubles weight, double level,
                               record *result)
{
    retain_evaluation_ranking_report report = {.struct_size = sizeof report};
    if (!view_forecasts(ctx, expected, actual, weight))
        return;
    RUN(ctx, retain_evaluation_ranking(ctx, expected.data, actual.data, weight.data, expected.count, level, &report));
    record_number(result, "customers", report.customers);
    record_number(result, "gini", report.gini);
    record_number(result, "perfect", report.perfect);
    record_number(result, "normalised", report.normalised);
    record_number(result, "normalised_low", report.normalised_low);
    record_number(result, "normalised_high", report.normalised_high);
    record_number(result, "spearman", report.spearman);
    record_number(result, "spearman_low", report.spearman_low);
    record_number(result, "spearman_high", report.spearman_high);
}

static void evaluation_gains(retain_context *ctx, in_doubles expected, in_doubles actual, in_doubles weight, in_doubles share,
                             double level, out_doubles *capture, out_doubles *low, out_doubles *high, out_doubles *perfect)
{
    if (!view_forecasts(ctx, expected, actual, weight) || !REQUIRE(ctx, share) || !PROVIDE(ctx, capture, share.count) ||
        !PROVIDE(ctx, low, share.count) || !PROVIDE(ctx, high, share.count) || !PROVIDE(ctx, perfect, share.count))
        return;
    RUN(ctx, retain_evaluation_gains(ctx, expected.data, actual.data, weight.data, expected.count, share.data, share.count, level,
                                     capture->data, low->data, high->data, perfect->data));
}

/* A number of rows of a table, of which there are at most a thousand; the library says what else it must be. */
static int view_classes(retain_context *ctx, int64_t given, const char *name, size_t *classes)
{
    if (given < 0 || given > 1000)
        return refuse(ctx, "%s is %lld; it must lie in [1, 1000]", name, (long long)given);
    *classes = (size_t)given;
    return 1;
}

/* Seven columns of `rows` rows in one matrix. */
static int view_groups_table(retain_context *ctx, out_doubles *figures, size_t rows, retain_evaluation_columns *columns)
{
    double **column[] = {&columns->customers,   &columns->expected, &columns->actual, &columns->actual_low,
                         &columns->actual_high, &columns->least,    &columns->most};
    const size_t count = sizeof column / sizeof *column;
    if (!PROVIDE(ctx, figures, count * rows))
        return 0;
    for (size_t k = 0; k < count; k++)
        *column[k] = figures->data ? figures->data + k * rows : NULL;
    return 1;
}

static void evaluation_calibration(retain_context *ctx, in_doubles expected, in_doubles actual, in_doubles weight, int64_t groups,
                                   double level, out_doubles *figures)
{
    retain_evaluation_columns columns;
    size_t n = 0;
    if (!view_forecasts(ctx, expected, actual, weight) || !view_classes(ctx, groups, "groups", &n) ||
        !view_groups_table(ctx, figures, n, &columns))
        return;
    RUN(ctx, retain_evaluation_calibration(ctx, expected.data, actual.data, weight.data, expected.count, n, level, &columns));
}

static void evaluation_by_frequency(retain_context *ctx, in_counts frequency, in_doubles expected, in_doubles actual,
                                    in_doubles weight, int64_t classes, double level, out_doubles *figures)
{
    retain_evaluation_columns columns;
    size_t n = 0;
    if (!view_forecasts(ctx, expected, actual, weight) || !REQUIRE(ctx, frequency) || !MATCH(ctx, frequency, expected) ||
        !view_classes(ctx, classes, "classes", &n) || !view_groups_table(ctx, figures, n, &columns))
        return;
    RUN(ctx, retain_evaluation_by_frequency(ctx, frequency.data, expected.data, actual.data, weight.data, expected.count, n, level,
                                            &columns));
}

static void evaluation_frequency(retain_context *ctx, in_doubles model, in_counts frequency, in_counts t_x, in_counts T,
                                 in_doubles weight, double unit_days, int64_t classes, out_doubles *actual, out_doubles *expected,
                                 record *result)
{
    retain_customers customers;
    retain_btyd m;
    double distance = 0.0;
    size_t n = 0;
    in_doubles none = {NULL, 0, "spend"};
    if (!view_btyd(ctx, model, &m) || !view_customers(ctx, frequency, t_x, T, none, weight, unit_days, &customers) ||
        !view_classes(ctx, classes, "classes", &n) || !PROVIDE(ctx, actual, n) || !PROVIDE(ctx, expected, n))
        return;
    RUN(ctx, retain_evaluation_frequency(ctx, &m, &customers, n, actual->data, expected->data, &distance));
    record_number(result, "chi_squared", distance);
}

/* More steps than there can be from the first row of a log on; beyond a million days the library refuses. */
static size_t view_steps(in_keys day, int64_t observation_end, int64_t occasion_days, int64_t step_days)
{
    const int64_t most = 1000002, step = step_days > 0 ? step_days : 1;
    int64_t first = observation_end;
    for (size_t i = 0; i < day.count; i++)
        first = day.data && day.data[i] < first ? day.data[i] : first;
    if (occasion_days > most || (uint64_t)observation_end - (uint64_t)first > (uint64_t)most)
        return (size_t)(most / step + 2);
    return (size_t)((observation_end - first + (occasion_days > 0 ? occasion_days : 1)) / step + 2);
}

static void evaluation_tracking(retain_context *ctx, in_doubles model, in_keys customer, in_keys day, in_doubles value, in_keys order,
                                in_flags cancelled, in_counts multiple, in_doubles value_low, int64_t calibration_end,
                                int64_t observation_end, int64_t occasion_days, int count_zero_orders, int64_t step_days,
                                out_ints *last_day, out_doubles *actual, out_doubles *expected, out_doubles *actual_total,
                                out_doubles *expected_total, record *result)
{
    retain_orders_options options = view_counting(1.0, occasion_days, count_zero_orders);
    retain_orders log;
    retain_btyd m;
    size_t n, capacity, count = 0;
    if (!view_btyd(ctx, model, &m) || !view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &log))
        return;
    n = capacity = view_steps(day, observation_end, occasion_days, step_days);
    if (!PROVIDE_UP_TO(ctx, last_day, n, &capacity) || !PROVIDE_UP_TO(ctx, actual, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, expected, n, &capacity) || !PROVIDE_UP_TO(ctx, actual_total, n, &capacity) ||
        !PROVIDE_UP_TO(ctx, expected_total, n, &capacity))
        return;
    RUN(ctx, retain_evaluation_tracking(ctx, &m, &log, calibration_end, observation_end, &options, step_days, capacity, &count,
                                        last_day->data, actual->data, expected->data, actual_total->data, expected_total->data));
    if (ctx->status != RETAIN_OK)
        return;
    TRIM(last_day, count);
    TRIM(actual, count);
    TRIM(expected, count);
    TRIM(actual_total, count);
    TRIM(expected_total, count);
    record_whole(result, "count", (int64_t)count);
}

/* --- backtests ---------------------------------------------------------------------------------------------------------------- */

enum { MOST_TESTED = 16, BACKTEST_FIGURES = sizeof(retain_evaluation_backtest_columns) / sizeof(double *) };

/* What a backtest is told. */
struct view_backtest_call {
    retain_orders log;
    retain_orders_options counting;
    retain_btyd_family family[MOST_TESTED];
    retain_btyd model[MOST_TESTED];
    size_t families;
    retain_evaluation_options options;
    retain_evaluation_backtest_columns columns;
    retain_evaluation_fits fits;
};

static int view_tested(retain_context *ctx, in_keys families, in_doubles models, struct view_backtest_call *call)
{
    size_t at = 0;
    if (!REQUIRE(ctx, families))
        return 0;
    if (families.count < 1 || families.count > MOST_TESTED)
        return refuse(ctx, "families has %zu rows; it must have 1 to %d", families.count, MOST_TESTED);
    call->families = families.count;
    for (size_t f = 0; f < families.count; f++) {
        in_doubles one = {models.data ? models.data + at : NULL, 0, "models"};
        if (families.data[f] < 0 || families.data[f] > 1000000)
            return refuse(ctx, "families[%zu] is %lld; it must be the number of a family", f, (long long)families.data[f]);
        call->family[f] = (retain_btyd_family)(int)families.data[f];
        if (!models.data)
            continue;
        one.count = 2 + retain_btyd_parameters(call->family[f]);
        if (models.count - at < one.count)
            return refuse(ctx, "models has %zu numbers; it needs family, unit_days and parameters for each of families", models.count);
        if (!view_btyd(ctx, one, &call->model[f]))
            return 0;
        at += one.count;
    }
    if (models.data && at != models.count)
        return refuse(ctx, "models has %zu numbers; it needs %zu: family, unit_days and parameters for each of families", models.count,
                      at);
    return 1;
}

/* Provides the outputs that both calls have. */
static int view_backtest(retain_context *ctx, in_keys origins, struct view_backtest_call *call, out_doubles *figures, out_bytes *verdict,
                         out_doubles *likelihood, out_doubles *estimate, out_doubles *spend, out_bytes *spend_verdict)
{
    const size_t fits = origins.count * call->families;
    double *column[BACKTEST_FIGURES];
    size_t entries;
    if (!REQUIRE(ctx, origins))
        return 0;
    if (origins.count > 1000)
        return refuse(ctx, "origins has %zu rows; it must have 1 to 1000", origins.count);
    entries = (origins.count + 1) * (call->options.money ? 2 : 1) * (call->families + RETAIN_EVALUATION_BASELINES);
    if (!PROVIDE(ctx, figures, BACKTEST_FIGURES * entries) || !PROVIDE(ctx, verdict, fits) || !PROVIDE(ctx, likelihood, 3 * fits) ||
        !PROVIDE(ctx, estimate, RETAIN_EVALUATION_ESTIMATES * fits) || !PROVIDE(ctx, spend, 3 * origins.count) ||
        !PROVIDE(ctx, spend_verdict, origins.count))
        return 0;
    for (size_t k = 0; k < BACKTEST_FIGURES; k++)
        column[k] = figures->data ? figures->data + k * entries : NULL;
    memcpy(&call->columns, column, sizeof call->columns);
    memset(&call->fits, 0, sizeof call->fits);
    call->fits.verdict = verdict->data;
    call->fits.log_likelihood = likelihood->data;
    call->fits.aic = likelihood->data ? likelihood->data + fits : NULL;
    call->fits.bic = likelihood->data ? likelihood->data + 2 * fits : NULL;
    call->fits.estimate = estimate->data;
    call->fits.spend = (retain_spend *)(void *)spend->data; /* three numbers each */
    call->fits.spend_verdict = spend_verdict->data;
    return 1;
}

static void evaluation_backtest(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order,
                                in_flags cancelled, in_counts multiple, in_doubles value_low, int64_t observation_end,
                                double unit_days, int64_t occasion_days, int count_zero_orders, in_keys origins,
                                int64_t horizon_days, in_keys families, in_doubles models, int money, double top_share, double level,
                                out_doubles *figures, out_bytes *verdict, out_doubles *likelihood, out_doubles *estimate,
                                out_doubles *spend, out_bytes *spend_verdict)
{
    struct view_backtest_call call = {.counting = view_counting(unit_days, occasion_days, count_zero_orders),
                                 .options = {sizeof call.options, money, top_share, level, 0}};
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &call.log) ||
        !view_tested(ctx, families, models, &call) ||
        !view_backtest(ctx, origins, &call, figures, verdict, likelihood, estimate, spend, spend_verdict))
        return;
    RUN(ctx, retain_evaluation_backtest(ctx, &call.log, observation_end, &call.counting, origins.data, origins.count, horizon_days,
                                        call.family, call.families, models.data ? call.model : NULL, &call.options, &call.columns,
                                        &call.fits));
}

/* A choice that was refused is no exception of the raw layer: what was found is handed back, and the layer above raises. */
static void evaluation_choose(retain_context *ctx, in_keys customer, in_keys day, in_doubles value, in_keys order, in_flags cancelled,
                              in_counts multiple, in_doubles value_low, int64_t observation_end, double unit_days,
                              int64_t occasion_days, int count_zero_orders, in_keys origins, int64_t horizon_days, in_keys families,
                              in_doubles models, int money, double top_share, double level, int fewest, out_doubles *figures,
                              out_bytes *verdict, out_doubles *likelihood, out_doubles *estimate, out_doubles *spend,
                              out_bytes *spend_verdict, out_bytes *rank, out_bytes *reason, out_doubles *figure, record *result)
{
    struct view_backtest_call call = {.counting = view_counting(unit_days, occasion_days, count_zero_orders),
                                 .options = {sizeof call.options, money, top_share, level, fewest}};
    if (!view_log(ctx, customer, day, value, order, cancelled, multiple, value_low, &call.log) ||
        !view_tested(ctx, families, models, &call) ||
        !view_backtest(ctx, origins, &call, figures, verdict, likelihood, estimate, spend, spend_verdict) ||
        !PROVIDE(ctx, rank, families.count) || !PROVIDE(ctx, reason, families.count) || !PROVIDE(ctx, figure, families.count))
        return;
    RUN(ctx, retain_evaluation_choose(ctx, &call.log, observation_end, &call.counting, origins.data, origins.count, horizon_days,
                                      call.family, call.families, models.data ? call.model : NULL, &call.options, &call.columns,
                                      &call.fits, rank->data, reason->data, figure->data));
    if (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CONVERGENCE)
        return;
    record_whole(result, "status", (int64_t)ctx->status);
    record_text(result, "sentence", ctx->error);
    ctx->status = RETAIN_OK;
}

static const char *evaluation_baseline_name(int baseline)
{
    return retain_evaluation_baseline_name((retain_evaluation_baseline)baseline);
}

static const char *evaluation_reason_name(int reason)
{
    return retain_evaluation_reason_name((retain_evaluation_reason)reason);
}

#endif

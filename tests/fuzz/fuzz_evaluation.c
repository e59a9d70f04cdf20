/* Any forecasts: shares are shares, limits enclose their figures, groups add up. Any log: a backtest either counts its customers or says
 * why not, and a choice ranks everybody once or nobody. */
#include <math.h>
#include <string.h>

#include "fuzz_orders_log.h"
#include "retain/evaluation.h"
#include "retain/evaluation_backtest.h"
#include "retain/evaluation_shocks.h"

enum { MOST_FAMILIES = 3, MOST_ORIGINS = 3, FIGURES = sizeof(retain_evaluation_backtest_columns) / sizeof(double *) };

static int encloses(double low, double x, double high)
{
    return low != low || (low <= x && x <= high);
}

static int is_within(double x, double least, double most)
{
    return x != x || (x >= least - 1e-9 && x <= most + 1e-9);
}

/* Few values, so that there are ties; now and then anything. */
static double *read_column(fuzz_input *in, size_t count)
{
    const int odd = fuzz_below(in, 8) == 7;
    const size_t kinds = 1 + fuzz_below(in, 10);
    double *column = fuzz_array(in, count, sizeof *column);

    for (size_t i = 0; i < count; i++)
        column[i] = odd ? fuzz_double(in) : (double)fuzz_below(in, kinds) * 0.5;
    return column;
}

static double read_level(fuzz_input *in)
{
    return fuzz_below(in, 4) == 3 ? fuzz_double(in) : fuzz_within(in, 0.0, 0.999);
}

/* --- forecasts ------------------------------------------------------------------------------------------------------------------ */

static void try_errors(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 40);
    const double level = read_level(in), *expected = read_column(in, count), *actual = read_column(in, count);
    const double *weight = fuzz_below(in, 2) ? read_column(in, count) : NULL;
    retain_evaluation_error_report report = {.struct_size = fuzz_below(in, 16) ? sizeof report : fuzz_below(in, sizeof report)};

    if (!fuzz_outcome(in, retain_evaluation_errors(ctx, expected, actual, weight, count, level, &report)))
        return;
    fuzz_check(encloses(report.bias_low, report.bias, report.bias_high) && encloses(report.mae_low, report.mae, report.mae_high));
    fuzz_check(encloses(report.rmse_low, report.rmse, report.rmse_high));
    fuzz_check(encloses(report.aggregate_low, report.aggregate, report.aggregate_high));
    fuzz_check(report.rmse != report.rmse || report.rmse >= report.mae * (1.0 - 1e-9));
}

static void try_coverage(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 40);
    const double level = read_level(in), *low = read_column(in, count), *actual = read_column(in, count);
    double *high = read_column(in, count);
    retain_evaluation_coverage_report report = {.struct_size = sizeof report};

    for (size_t i = 0; i < count; i++)
        high[i] = fuzz_below(in, 64) == 63 ? high[i] : high[i] + low[i];
    if (!fuzz_outcome(in, retain_evaluation_coverage(ctx, low, high, actual, NULL, count, level, &report)))
        return;
    fuzz_check(report.covered + report.below + report.above == (double)count && encloses(report.low, report.coverage, report.high));
}

static void try_shocks(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 12);
    const double *expected = read_column(in, count), *actual = read_column(in, count), *variance = read_column(in, count);
    double *value = fuzz_output(in, count, sizeof *value), *low = fuzz_output(in, count, sizeof *low);
    double *high = fuzz_output(in, count, sizeof *high), level = read_level(in);
    const retain_evaluation_shock_options options = {
        .struct_size = sizeof options, .level = read_level(in), .unbiased = (int)fuzz_below(in, 2)};
    retain_evaluation_shock_report report = {.struct_size = sizeof report};

    if (!fuzz_outcome(in, retain_evaluation_shocks(ctx, expected, actual, variance, count, fuzz_below(in, 2) ? &options : NULL,
                                                   fuzz_maybe(in, &report))))
        return;
    fuzz_check(!(report.tau < 0.0) && !(report.tau_low > report.tau_high) && is_within(report.p_value, 0.0, 1.0));
    fuzz_check(encloses(report.bias_low, report.bias, report.bias_high));
    if (!fuzz_outcome(in, retain_evaluation_shock_band(ctx, &report, expected, variance, count, level, value, low, high)))
        return;
    for (size_t k = 0; k < count; k++)
        fuzz_check(!(low[k] > high[k]));
}

static void try_groups(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const int by_frequency = fuzz_below(in, 2) == 1;
    const size_t count = fuzz_below(in, 40), groups = fuzz_below(in, 16) == 15 ? fuzz_below(in, 2000) : 1 + fuzz_below(in, 10);
    const double level = read_level(in), *expected = read_column(in, count), *actual = read_column(in, count);
    double *frequency = read_column(in, count), *customers = fuzz_output(in, groups, sizeof *customers);
    double *came = fuzz_output(in, groups, sizeof *came), *low = fuzz_output(in, groups, sizeof *low), sum = 0.0;
    double *high = fuzz_output(in, groups, sizeof *high), *least = fuzz_output(in, groups, sizeof *least);
    const retain_evaluation_columns columns = {
        .customers = customers, .actual = came, .actual_low = low, .actual_high = high, .least = least};
    retain_status status;

    for (size_t i = 0; i < count; i++)
        frequency[i] *= 2.0;
    if (by_frequency)
        status = retain_evaluation_by_frequency(ctx, frequency, expected, actual, NULL, count, groups, level, &columns);
    else
        status = retain_evaluation_calibration(ctx, expected, actual, NULL, count, groups, level, &columns);
    if (!fuzz_outcome(in, status))
        return;
    for (size_t g = 0; g < groups; g++) {
        sum += customers[g];
        fuzz_check(encloses(low[g], came[g], high[g]));
        fuzz_check(by_frequency || g == 0 || !(least[g] < least[g - 1]));
    }
    fuzz_check(sum == (double)count);
}

static void try_ranking(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 40);
    const double level = read_level(in), *expected = read_column(in, count), *actual = read_column(in, count);
    const double *weight = fuzz_below(in, 2) ? read_column(in, count) : NULL;
    retain_evaluation_ranking_report report = {.struct_size = sizeof report};

    if (!fuzz_outcome(in, retain_evaluation_ranking(ctx, expected, actual, weight, count, level, &report)))
        return;
    fuzz_check(is_within(report.gini, -1.0, 1.0) && is_within(report.perfect, 0.0, 1.0));
    fuzz_check(is_within(report.normalised, -1.0, 1.0) && is_within(report.spearman, -1.0, 1.0));
    fuzz_check(is_within(report.normalised_low, -1.0, report.normalised) &&
               is_within(report.normalised_high, report.normalised, 1.0));
}

static void try_gains(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 40), points = fuzz_below(in, 8);
    const double level = read_level(in), *expected = read_column(in, count), *actual = read_column(in, count);
    double *share = fuzz_array(in, points, sizeof *share), *capture = fuzz_output(in, points, sizeof *capture);
    double *low = fuzz_output(in, points, sizeof *low), *high = fuzz_output(in, points, sizeof *high);
    double *perfect = fuzz_output(in, points, sizeof *perfect);

    for (size_t k = 0; k < points; k++)
        share[k] = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0);
    if (!fuzz_outcome(in, retain_evaluation_gains(ctx, expected, actual, NULL, count, share, points, level, fuzz_maybe(in, capture),
                                                  low, high, perfect)))
        return;
    for (size_t k = 0; k < points; k++) {
        fuzz_check(is_within(capture[k], 0.0, perfect[k]) && is_within(perfect[k], share[k], 1.0));
        fuzz_check(is_within(low[k], 0.0, capture[k]) && is_within(high[k], capture[k], 1.0));
    }
}

/* --- models --------------------------------------------------------------------------------------------------------------------- */

static retain_btyd read_model(fuzz_input *in)
{
    const int odd = fuzz_below(in, 16) == 15;

    return (retain_btyd){.family = (retain_btyd_family)(odd ? (int)fuzz_bits(in, 1) : 1 + (int)fuzz_below(in, 3)),
                         .unit_days = 1.0,
                         .r = odd ? fuzz_double(in) : fuzz_within(in, 0.1, 5.0),
                         .alpha = fuzz_within(in, 0.1, 50.0),
                         .s = fuzz_within(in, 0.1, 5.0),
                         .beta = fuzz_within(in, 0.1, 50.0),
                         .a = fuzz_within(in, 0.1, 5.0),
                         .b = fuzz_within(in, 0.1, 5.0)};
}

static void try_frequency(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd model = read_model(in);
    const size_t count = fuzz_below(in, 20), classes = fuzz_below(in, 16) == 15 ? fuzz_below(in, 2) : 2 + fuzz_below(in, 8);
    double *x = read_column(in, count), *T = read_column(in, count), *t_x = fuzz_array(in, count, sizeof *t_x);
    double *actual = fuzz_output(in, classes, sizeof *actual), *expected = fuzz_output(in, classes, sizeof *expected);
    retain_customers customers = {.count = count, .frequency = x, .t_x = t_x, .T = T, .unit_days = 1.0};
    double made = 0.0, said = 0.0;

    for (size_t i = 0; i < count; i++) {
        x[i] = T[i] > 0.0 ? 2.0 * x[i] : 0.0;
        t_x[i] = x[i] > 0.0 ? T[i] : 0.0;
    }
    if (!fuzz_outcome(in, retain_evaluation_frequency(ctx, fuzz_maybe(in, (void *)(uintptr_t)&model), &customers, classes, actual,
                                                      expected, NULL)))
        return;
    for (size_t k = 0; k < classes; k++) {
        made += actual[k];
        said += expected[k];
    }
    fuzz_check(made == (double)count && fabs(said - made) <= 1e-9 * (1.0 + made));
}

static void try_tracking(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd model = read_model(in);
    const int64_t step = fuzz_below(in, 16) == 15 ? fuzz_integer(in) : 1 + (int64_t)fuzz_below(in, 20);
    const retain_orders_options *options = fuzz_log_options(in);
    const retain_orders *log = fuzz_log(in);
    const int64_t calibration = fuzz_log_day(in), end = fuzz_below(in, 8) == 7 ? fuzz_integer(in) : 300;
    const size_t capacity = fuzz_below(in, 400);
    double *actual = fuzz_output(in, capacity, sizeof *actual), *expected = fuzz_output(in, capacity, sizeof *expected);
    double *total = fuzz_output(in, capacity, sizeof *total), *expected_total = fuzz_output(in, capacity, sizeof *expected_total);
    double sum = 0.0;
    size_t count;

    if (!fuzz_outcome(in, retain_evaluation_tracking(ctx, &model, log, calibration, end, options, step, capacity, &count, NULL,
                                                     actual, expected, total, expected_total)))
        return;
    for (size_t k = 0; k < count; k++) {
        sum += actual[k];
        fuzz_check(total[k] == sum && expected[k] >= -1e-6 * expected_total[k]);
    }
}

/* --- backtests -------------------------------------------------------------------------------------------------------------------- */

typedef struct backtest {
    size_t origins, families, entries;
    int64_t *origin;
    int64_t horizon;
    retain_btyd_family family[MOST_FAMILIES];
    retain_btyd model[MOST_FAMILIES];
    retain_evaluation_options options;
    double *column[FIGURES];
    retain_evaluation_backtest_columns columns;
} backtest;

static void read_backtest(fuzz_input *in, backtest *to)
{
    int64_t at = (int64_t)fuzz_below(in, 60) - 10;

    to->origins = 1 + fuzz_below(in, MOST_ORIGINS);
    to->families = 1 + fuzz_below(in, MOST_FAMILIES);
    to->horizon = fuzz_below(in, 16) == 15 ? fuzz_integer(in) : 1 + (int64_t)fuzz_below(in, 60);
    to->origin = fuzz_array(in, to->origins, sizeof *to->origin);
    for (size_t o = 0; o < to->origins; o++) {
        to->origin[o] = fuzz_below(in, 64) == 63 ? fuzz_integer(in) : at;
        at += 1 + (int64_t)fuzz_below(in, 40);
    }
    for (size_t f = 0; f < to->families; f++) {
        to->model[f] = read_model(in);
        to->family[f] = to->model[f].family;
    }
    to->options = (retain_evaluation_options){.struct_size = sizeof to->options,
                                              .money = (int)fuzz_below(in, 2),
                                              .top_share = fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0),
                                              .level = read_level(in),
                                              .fewest = (int)fuzz_below(in, 4)};
    to->entries = (to->origins + 1) * (to->options.money ? 2u : 1u) * (to->families + RETAIN_EVALUATION_BASELINES);
    for (size_t k = 0; k < FIGURES; k++)
        to->column[k] = fuzz_output(in, to->entries, sizeof(double));
    memcpy(&to->columns, to->column, sizeof to->columns);
}

static void check_backtest(const backtest *test)
{
    const retain_evaluation_backtest_columns *c = &test->columns;

    for (size_t i = 0; i < test->entries; i++) {
        fuzz_check(c->customers[i] >= 1.0);
        fuzz_check(is_within(c->capture[i], 0.0, 1.0) && is_within(c->normalised[i], -1.0, 1.0));
        fuzz_check(encloses(c->rmse_low[i], c->rmse[i], c->rmse_high[i]) && encloses(c->mae_low[i], c->mae[i], c->mae_high[i]));
        fuzz_check(is_within(c->rmse_gain[i], -1e300, 1.0));
    }
}

static void try_backtest(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const int given = fuzz_below(in, 2) == 1;
    const retain_orders_options *options = fuzz_log_options(in);
    const retain_orders *log = fuzz_log(in);
    backtest test;
    uint8_t *verdict;
    retain_evaluation_fits fits = {0};

    read_backtest(in, &test);
    verdict = fuzz_output(in, test.origins * test.families, 1);
    fits.verdict = verdict;
    if (fuzz_outcome(in, retain_evaluation_backtest(ctx, log, 300, options, test.origin, test.origins, test.horizon, test.family,
                                                    test.families, given ? test.model : NULL, &test.options, &test.columns, &fits)))
        check_backtest(&test);
}

/* A choice that refuses writes what it found: that is no painted output. */
static void try_choose(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders_options *options = fuzz_log_options(in);
    const retain_orders *log = fuzz_log(in);
    uint8_t rank[MOST_FAMILIES], reason[MOST_FAMILIES], seen[MOST_FAMILIES + 1] = {0};
    double figure[MOST_FAMILIES];
    backtest test;

    read_backtest(in, &test);
    if (!fuzz_outcome(in, retain_evaluation_choose(ctx, log, 300, options, test.origin, test.origins, test.horizon, test.family,
                                                   test.families, test.model, &test.options, NULL, NULL, rank, reason, figure)))
        return;
    for (size_t f = 0; f < test.families; f++) {
        fuzz_check(rank[f] <= test.families && (rank[f] == 0 || !seen[rank[f]]));
        seen[rank[f]] = 1;
        fuzz_check(strcmp(retain_evaluation_reason_name((retain_evaluation_reason)reason[f]), "unknown") != 0);
    }
    fuzz_check(seen[1]);
}

static void try_names(fuzz_input *in)
{
    const int any = (int)fuzz_integer(in);

    fuzz_check(retain_evaluation_baseline_name((retain_evaluation_baseline)any)[0] != 0);
    fuzz_check(retain_evaluation_reason_name((retain_evaluation_reason)any)[0] != 0);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input *) = {try_errors,    try_shocks,   try_coverage, try_groups, try_ranking, try_gains,
                                                  try_frequency, try_tracking, try_backtest, try_choose, try_names};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

/* Shocks common to all customers: golden values, a published meta-analysis, recovery and coverage in simulation. */
#include <string.h>

#include "math/random.h"
#include "retain/evaluation_shocks.h"
#include "support.h"

enum { PERIODS = 8 };

static retain_evaluation_shock_report measure(const double *expected, const double *actual, const double *variance, size_t count,
                                              double level, int unbiased)
{
    const retain_evaluation_shock_options options = {.struct_size = sizeof options, .level = level, .unbiased = unbiased};
    retain_evaluation_shock_report report = {.struct_size = sizeof report};

    assert_int_equal(retain_evaluation_shocks(NULL, expected, actual, variance, count, &options, &report), RETAIN_OK);
    return report;
}

static void check_figure(const golden *table, size_t row, const char *name, double got)
{
    double want = golden_number(table, row, name);

    assert_near(got, want, 1e-11 * fabs(want));
}

static void figures_are_those_of_another_computation(void **state)
{
    golden table = golden_read("evaluation/shocks.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double columns[3][PERIODS], value, low, high, level = golden_number(&table, row, "level");
        const double expected = golden_number(&table, row, "new_expected"), variance = golden_number(&table, row, "new_variance");
        retain_evaluation_shock_report report;

        for (size_t k = 0; k < PERIODS; k++) {
            for (size_t c = 0; c < 3; c++) {
                const char name[] = {"eav"[c], (char)('0' + k), '\0'};

                columns[c][k] = golden_number(&table, row, name);
            }
        }
        report = measure(columns[0], columns[1], columns[2], (size_t)golden_number(&table, row, "count"), level,
                         (int)golden_number(&table, row, "unbiased"));
        check_figure(&table, row, "degrees", report.degrees);
        check_figure(&table, row, "tau", report.tau);
        check_figure(&table, row, "tau_low", report.tau_low);
        check_figure(&table, row, "tau_high", report.tau_high);
        check_figure(&table, row, "q", report.q);
        check_figure(&table, row, "p_value", report.p_value);
        check_figure(&table, row, "bias", report.bias);
        check_figure(&table, row, "bias_error", report.bias_error);
        check_figure(&table, row, "bias_low", report.bias_low);
        check_figure(&table, row, "bias_high", report.bias_high);
        assert_int_equal(retain_evaluation_shock_band(NULL, &report, &expected, &variance, 1, level, &value, &low, &high),
                         RETAIN_OK);
        check_figure(&table, row, "value", value);
        check_figure(&table, row, "low", low);
        check_figure(&table, row, "high", high);
    }
    golden_free(&table);
}

/* Thirteen trials of the BCG vaccine, logarithms of relative risks (Colditz et al. 1994, JAMA 271): what the R package metafor prints
 * for method "PM", confint (Q-profile) and the test of heterogeneity. Figures do not change when a constant is added to all y. */
static void a_published_meta_analysis_comes_out(void **state)
{
    static const double trials[][4] = {
        {4, 119, 11, 128},        {6, 300, 29, 274},  {3, 228, 11, 209},        {62, 13536, 248, 12619}, {33, 5036, 47, 5761},
        {180, 1361, 372, 1079},   {8, 2537, 10, 619}, {505, 87886, 499, 87892}, {29, 7470, 45, 7232},    {17, 1699, 65, 1600},
        {186, 50448, 141, 27197}, {5, 2493, 3, 2338}, {27, 16886, 29, 17825}};
    enum { TRIALS = sizeof trials / sizeof *trials };
    double expected[TRIALS], actual[TRIALS], variance[TRIALS];
    retain_evaluation_shock_report report;

    (void)state;
    for (size_t k = 0; k < TRIALS; k++) {
        const double *n = trials[k], treated = n[0] + n[1], control = n[2] + n[3];

        expected[k] = 1.0;
        actual[k] = 3.0 + log(n[0] / treated) - log(n[2] / control);
        variance[k] = 1.0 / n[0] - 1.0 / treated + 1.0 / n[2] - 1.0 / control;
    }
    report = measure(expected, actual, variance, TRIALS, 0.95, 0);
    assert_near(report.tau * report.tau, 0.3181, 5e-5);
    assert_near(report.tau_low * report.tau_low, 0.1197, 5e-5);
    assert_near(report.tau_high * report.tau_high, 1.1115, 5e-5);
    assert_near(report.q, 152.2330, 5e-5);
    assert_true(report.p_value < 1e-4);
}

/* --- what is known in advance --------------------------------------------------------------------------------------------- */

static void without_shocks_of_a_long_past_the_band_is_that_of_chance(void **state)
{
    enum { MANY = 4000 };
    static double expected[MANY], actual[MANY], variance[MANY];
    const double next = 500.0, chance = 900.0, z95 = 1.959963984540054, spread = sqrt(log1p(900.0 / 250000.0));
    retain_evaluation_shock_report report;
    double low, high;

    (void)state;
    for (size_t k = 0; k < MANY; k++) {
        expected[k] = 100.0;
        actual[k] = k % 2 ? 101.0 : 99.0;
        variance[k] = 400.0;
    }
    report = measure(expected, actual, variance, MANY, 0.95, 1);
    assert_true(report.tau == 0.0 && report.tau_low == 0.0 && report.tau_high == 0.0 && report.bias == 1.0);
    assert_int_equal(retain_evaluation_shock_band(NULL, &report, &next, &chance, 1, 0.95, NULL, &low, &high), RETAIN_OK);
    assert_near(low, 500.0 * exp(-0.5 * spread * spread - z95 * spread), 0.1);
    assert_near(high, 500.0 * exp(-0.5 * spread * spread + z95 * spread), 0.1);
}

static void too_few_periods_say_nothing(void **state)
{
    const double expected[] = {100.0, 200.0}, actual[] = {120.0, 210.0}, variance[] = {100.0, 200.0};
    retain_evaluation_shock_report report = measure(expected, actual, variance, 1, 0.0, 0);
    double low = -7.0, high = -7.0;

    (void)state;
    assert_true(report.periods == 1.0 && report.degrees == 0.0);
    assert_nan(report.tau);
    assert_nan(report.bias_low);
    assert_int_equal(retain_evaluation_shock_band(NULL, &report, expected, variance, 1, 0.9, NULL, &low, &high), RETAIN_OK);
    assert_nan(low);
    assert_nan(high);
    assert_nan(measure(NULL, NULL, NULL, 0, 0.0, 1).tau);
    assert_true(measure(expected, actual, variance, 1, 0.0, 1).tau > 0.0);
    assert_true(measure(expected, actual, variance, 2, 0.0, 0).tau >= 0.0);
}

/* --- chance --------------------------------------------------------------------------------------------------------------- */

typedef struct truth {
    double tau, bias;
    size_t count;
    int unbiased;
} truth;

typedef struct counts {
    size_t tau, bias, band, all;
} counts;

/* A world of `count` periods and one more: does each interval of 90 % hold what it should? */
static void try_once(const truth *of, uint64_t seed, counts *into)
{
    double expected[32], actual[32], variance[32], low, high;
    retain__random random = retain__random_start(seed, 0);
    retain_evaluation_shock_report report;

    for (size_t k = 0; k <= of->count; k++) {
        expected[k] = 500.0 + 1500.0 * retain__random_uniform(&random);
        variance[k] = 1.5 * expected[k];
        actual[k] = fmax(expected[k] * (of->bias + of->tau * retain__random_normal(&random)) +
                             sqrt(variance[k]) * retain__random_normal(&random),
                         0.0);
    }
    report = measure(expected, actual, variance, of->count, 0.9, of->unbiased);
    assert_int_equal(
        retain_evaluation_shock_band(NULL, &report, expected + of->count, variance + of->count, 1, 0.9, NULL, &low, &high),
        RETAIN_OK);
    into->all++;
    into->tau += report.tau_low <= of->tau && of->tau <= report.tau_high;
    into->bias += report.bias_low <= of->bias && of->bias <= report.bias_high;
    into->band += low <= actual[of->count] && actual[of->count] <= high;
}

static void intervals_hold_as_often_as_they_say(void **state)
{
    static const truth worlds[] = {{0.03, 1.0, 6, 1}, {0.1, 1.0, 3, 1},   {0.15, 1.0, 9, 1},
                                   {0.1, 1.2, 4, 0},  {0.05, 0.9, 12, 0}, {0.2, 1.0, 20, 0}};
#if defined(RETAIN_LONG)
    enum { TIMES = 20000 };
#else
    enum { TIMES = 1000 };
#endif

    (void)state;
    for (size_t w = 0; w < sizeof worlds / sizeof *worlds; w++) {
        const double wide = 3.5 * sqrt(0.09 / TIMES);
        counts found = {0};

        for (uint64_t seed = 0; seed < TIMES; seed++)
            try_once(&worlds[w], 1000 * w + seed, &found);
        print_message("tau %g, bias %g, %zu periods: tau %.3f, bias %.3f, band %.3f of 0.9\n", worlds[w].tau, worlds[w].bias,
                      worlds[w].count, (double)found.tau / TIMES, (double)found.bias / TIMES, (double)found.band / TIMES);
        assert_near((double)found.tau / TIMES, 0.9, wide); /* exact: Q is chi-squared */
        assert_true((double)found.bias / TIMES > 0.9 - wide);
        assert_true((double)found.band / TIMES > 0.87 - wide && (double)found.band / TIMES < 0.95 + wide);
    }
}

static void many_periods_find_the_shock_again(void **state)
{
    enum { MANY = 20000 };
    static double expected[MANY], actual[MANY], variance[MANY];
    retain__random random = retain__random_start(5, 0);
    retain_evaluation_shock_report report;

    (void)state;
    for (size_t k = 0; k < MANY; k++) {
        expected[k] = 100.0 + 900.0 * retain__random_uniform(&random);
        variance[k] = 2.0 * expected[k];
        actual[k] = fmax(
            expected[k] * (1.1 + 0.2 * retain__random_normal(&random)) + sqrt(variance[k]) * retain__random_normal(&random), 0.0);
    }
    report = measure(expected, actual, variance, MANY, 0.999, 0);
    assert_near(report.tau, 0.2, 0.004);
    assert_true(report.tau_low < 0.2 && 0.2 < report.tau_high && report.bias_low < 1.1 && 1.1 < report.bias_high);
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static void bad_rows_are_named(void **state)
{
    const double good[] = {100.0, 200.0}, zero[] = {100.0, 0.0}, odd[] = {100.0, (double)NAN};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_evaluation_shock_options options = {.struct_size = sizeof options, .level = 1.5};
    retain_evaluation_shock_report report = {.struct_size = sizeof report};
    double low[2] = {-7.0, -7.0}, high[2];

    (void)state;
    assert_int_equal(retain_evaluation_shocks(&ctx, zero, good, good, 2, NULL, &report), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "expected[1] is 0; it must lie in [1e-25, 1e25]");
    assert_int_equal(retain_evaluation_shocks(&ctx, good, odd, good, 2, NULL, &report), RETAIN_ERROR_DATA);
    assert_int_equal(retain_evaluation_shocks(&ctx, good, good, zero, 2, NULL, &report), RETAIN_ERROR_DATA);
    assert_int_equal(retain_evaluation_shocks(&ctx, good, good, NULL, 2, NULL, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_shocks(&ctx, good, good, good, 2, &options, &report), RETAIN_ERROR_ARGUMENT);
    options = (retain_evaluation_shock_options){.struct_size = sizeof options, .unbiased = 2};
    assert_int_equal(retain_evaluation_shocks(&ctx, good, good, good, 2, &options, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_shocks(&ctx, good, good, good, 2, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_shocks(&ctx, good, good, good, 2, NULL, &report), RETAIN_OK);
    assert_int_equal(retain_evaluation_shock_band(&ctx, &report, odd, good, 2, 0.9, NULL, low, high), RETAIN_ERROR_DATA);
    assert_int_equal(retain_evaluation_shock_band(&ctx, &report, good, good, 2, 1.0, NULL, low, high), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_shock_band(&ctx, &report, good, good, 2, 0.9, NULL, low, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_shock_band(&ctx, NULL, good, good, 2, 0.9, NULL, low, high), RETAIN_ERROR_ARGUMENT);
    report.tau = -1.0;
    assert_int_equal(retain_evaluation_shock_band(&ctx, &report, good, good, 2, 0.9, NULL, low, high), RETAIN_ERROR_ARGUMENT);
    assert_near(low[0], -7.0, 0.0);
    report.tau = (double)INFINITY;
    assert_int_equal(retain_evaluation_shock_band(&ctx, &report, good, good, 2, 0.9, NULL, low, high), RETAIN_ERROR_ARGUMENT);
    report.tau = 0.1;
    assert_int_equal(retain_evaluation_shock_band(&ctx, &report, good, odd, 2, 0.9, NULL, low, high), RETAIN_OK);
    assert_true(low[0] < high[0]);
    assert_nan(low[1]);
}

static void where_nothing_ever_came_there_is_no_band(void **state)
{
    const double expected[] = {500.0, 500.0, 500.0}, actual[] = {0.0, 0.0, 0.0}, none = 0.0;
    const retain_evaluation_shock_report report = measure(expected, actual, expected, 3, 0.0, 0);
    double value[2], low[2], high[2];

    (void)state;
    assert_true(report.bias == 0.0 && report.bias_error > 0.0);
    assert_int_equal(retain_evaluation_shock_band(NULL, &report, expected, expected, 1, 0.9, value, low, high), RETAIN_OK);
    assert_true(value[0] == 0.0);
    assert_nan(low[0]);
    assert_nan(high[0]);
    assert_int_equal(retain_evaluation_shock_band(NULL, &report, &none, &none, 1, 0.9, value, low, high), RETAIN_OK);
    assert_true(value[0] == 0.0 && low[0] == 0.0 && high[0] == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_are_those_of_another_computation),
        cmocka_unit_test(a_published_meta_analysis_comes_out),
        cmocka_unit_test(without_shocks_of_a_long_past_the_band_is_that_of_chance),
        cmocka_unit_test(too_few_periods_say_nothing),
        cmocka_unit_test(intervals_hold_as_often_as_they_say),
        cmocka_unit_test(many_periods_find_the_shock_again),
        cmocka_unit_test(where_nothing_ever_came_there_is_no_band),
        cmocka_unit_test(bad_rows_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

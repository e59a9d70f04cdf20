/* Forecasts beside what came: against brute force over pairs of customers, and against laws. */
#include <string.h>

#include "retain/evaluation.h"
#include "support.h"

enum { ROWS = 60 };

static const double LEVEL = 0.9;

/* Few values, many ties. */
static void draw(uint64_t seed, double *expected, double *actual, double *weight)
{
    uint64_t stream = seed;

    for (size_t i = 0; i < ROWS; i++) {
        expected[i] = (double)(random_bits(&stream) % 7) / 4.0;
        actual[i] = (double)(random_bits(&stream) % 5) * (double)(random_bits(&stream) % 2);
        weight[i] = (double)(random_bits(&stream) % 4);
    }
}

/* A row of weight w as w rows. */
static size_t repeat_rows(const double *column, const double *weight, double *into)
{
    size_t count = 0;

    for (size_t i = 0; i < ROWS; i++) {
        for (double w = 0.0; w < weight[i]; w += 1.0)
            into[count++] = column[i];
    }
    return count;
}

static retain_evaluation_error_report errors_of(const double *expected, const double *actual, const double *weight, size_t count)
{
    retain_evaluation_error_report report = {.struct_size = sizeof report};

    assert_int_equal(retain_evaluation_errors(NULL, expected, actual, weight, count, LEVEL, &report), RETAIN_OK);
    return report;
}

static retain_evaluation_ranking_report ranking_of(const double *expected, const double *actual, const double *weight, size_t count)
{
    retain_evaluation_ranking_report report = {.struct_size = sizeof report};

    assert_int_equal(retain_evaluation_ranking(NULL, expected, actual, weight, count, LEVEL, &report), RETAIN_OK);
    return report;
}

/* Doubles of a report after struct_size. */
static void assert_same_figures(const void *a, const void *b, size_t bytes, double tolerance)
{
    const double *left = (const double *)(const void *)((const char *)a + sizeof(size_t));
    const double *right = (const double *)(const void *)((const char *)b + sizeof(size_t));

    for (size_t i = 0; i < (bytes - sizeof(size_t)) / sizeof(double); i++)
        assert_near(left[i], right[i], tolerance * (1.0 + fabs(right[i])));
}

/* 1 above, 1/2 alike, 0 below. */
static double beats(double a, double b)
{
    return a > b ? 1.0 : a == b ? 0.5 : 0.0;
}

/* Mean of z over all pairs in which the first stands above the second. */
static double mean_over_pairs(const double *z, const double *by, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++)
            sum += z[i] * beats(by[i], by[j]);
    }
    return sum / (double)(count * count);
}

static double mean_of(const double *z, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++)
        sum += z[i];
    return sum / (double)count;
}

static void errors_are_those_of_the_definitions(void **state)
{
    const double expected[] = {1.0, 2.0, 0.5, 4.0}, actual[] = {0.0, 3.0, 0.0, 2.0};
    const retain_evaluation_error_report r = errors_of(expected, actual, NULL, 4);

    (void)state;
    assert_near(r.customers, 4.0, 0.0);
    assert_near(r.expected, 7.5, 0.0);
    assert_near(r.actual, 5.0, 0.0);
    assert_near(r.bias, 2.5 / 4.0, 1e-15);
    assert_near(r.mae, 4.5 / 4.0, 1e-15);
    assert_near(r.rmse, sqrt(6.25 / 4.0), 1e-15);
    assert_near(r.aggregate, 0.5, 1e-15);
    assert_true(r.bias_low < r.bias && r.bias < r.bias_high);
    assert_near(r.bias - r.bias_low, 2.353363434801823 * sqrt((6.25 - 4 * 0.625 * 0.625) / 3.0 / 4.0), 1e-12); /* t(0.95; 3) */
    assert_near(r.mae_low, 0.0, 0.8);
    assert_near(r.rmse_low, 0.0, 0.0); /* the interval of the mean square reaches below 0 */
}

static void a_weight_stands_for_so_many_identical_customers(void **state)
{
    double expected[ROWS], actual[ROWS], weight[ROWS], many[3][4 * ROWS];

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        size_t count;
        double gains[2][3][5];
        const double share[] = {0.0, 0.1, 0.33, 0.8, 1.0};
        retain_evaluation_error_report e[2];
        retain_evaluation_ranking_report r[2];

        draw(seed, expected, actual, weight);
        count = repeat_rows(expected, weight, many[0]);
        repeat_rows(actual, weight, many[1]);
        e[0] = errors_of(expected, actual, weight, ROWS);
        e[1] = errors_of(many[0], many[1], NULL, count);
        assert_same_figures(&e[0], &e[1], sizeof *e, 1e-12);
        r[0] = ranking_of(expected, actual, weight, ROWS);
        r[1] = ranking_of(many[0], many[1], NULL, count);
        assert_same_figures(&r[0], &r[1], sizeof *r, 1e-12);
        assert_int_equal(retain_evaluation_gains(NULL, expected, actual, weight, ROWS, share, 5, LEVEL, gains[0][0], gains[0][1],
                                                 gains[0][2], NULL),
                         RETAIN_OK);
        assert_int_equal(retain_evaluation_gains(NULL, many[0], many[1], NULL, count, share, 5, LEVEL, gains[1][0], gains[1][1],
                                                 gains[1][2], NULL),
                         RETAIN_OK);
        for (size_t k = 0; k < 15; k++)
            assert_near(gains[0][k / 5][k % 5], gains[1][k / 5][k % 5], 1e-12);
    }
}

static void gini_coefficients_are_means_over_pairs_of_customers(void **state)
{
    double expected[ROWS], actual[ROWS], weight[ROWS];

    (void)state;
    for (uint64_t seed = 100; seed < 120; seed++) {
        retain_evaluation_ranking_report r;
        double gini, perfect;

        draw(seed, expected, actual, weight);
        r = ranking_of(expected, actual, NULL, ROWS);
        gini = 2.0 * mean_over_pairs(actual, expected, ROWS) / mean_of(actual, ROWS) - 1.0;
        perfect = 2.0 * mean_over_pairs(actual, actual, ROWS) / mean_of(actual, ROWS) - 1.0;
        assert_near(r.gini, gini, 1e-13);
        assert_near(r.perfect, perfect, 1e-13);
        assert_near(r.normalised, gini / perfect, 1e-13);
        assert_true(r.normalised_low < r.normalised && r.normalised < r.normalised_high);
        assert_true(r.spearman_low < r.spearman && r.spearman < r.spearman_high);
    }
}

/* The standard error against the derivative by the weight of each customer, taken numerically. */
static void limits_of_rankings_follow_from_what_one_customer_more_changes(void **state)
{
    static const double STEP = 1e-4, T = 1.671093032103886; /* Student's 0.95 quantile of 59 degrees */
    double expected[ROWS], actual[ROWS], weight[ROWS];

    (void)state;
    for (uint64_t seed = 200; seed < 205; seed++) {
        double squares[2] = {0.0, 0.0};
        retain_evaluation_ranking_report r;

        draw(seed, expected, actual, weight);
        r = ranking_of(expected, actual, NULL, ROWS);
        for (size_t i = 0; i < ROWS; i++) {
            retain_evaluation_ranking_report more, less;
            double influence[2];

            for (size_t j = 0; j < ROWS; j++)
                weight[j] = i == j ? 1.0 + STEP : 1.0;
            more = ranking_of(expected, actual, weight, ROWS);
            weight[i] = 1.0 - STEP;
            less = ranking_of(expected, actual, weight, ROWS);
            influence[0] = (more.normalised - less.normalised) / (2.0 * STEP) * ROWS;
            influence[1] = (more.spearman - less.spearman) / (2.0 * STEP) * ROWS;
            squares[0] += influence[0] * influence[0];
            squares[1] += influence[1] * influence[1];
        }
        assert_near(r.normalised_high - r.normalised, T * sqrt(squares[0] / ROWS / (ROWS - 1)), 1e-6);
        assert_near(r.spearman_high - r.spearman, T * sqrt(squares[1] / ROWS / (ROWS - 1)), 1e-6);
    }
}

static void a_perfect_ranking_is_one_and_the_reverse_its_opposite(void **state)
{
    const double actual[] = {0.0, 1.0, 5.0, 0.0, 2.0}, backwards[] = {0.0, -1.0, -5.0, 0.0, -2.0}, same[] = {3, 3, 3, 3, 3};
    retain_evaluation_ranking_report r = ranking_of(actual, actual, NULL, 5);

    (void)state;
    assert_near(r.normalised, 1.0, 1e-15);
    assert_near(r.spearman, 1.0, 1e-15);
    assert_nan(r.normalised_low);
    assert_nan(r.spearman_low);
    r = ranking_of(backwards, actual, NULL, 5);
    assert_near(r.normalised, -1.0, 1e-15);
    assert_near(r.spearman, -1.0, 1e-15);
    r = ranking_of(same, actual, NULL, 5);
    assert_near(r.normalised, 0.0, 1e-15);
    assert_nan(r.spearman);
}

static void gains_spread_what_tied_customers_bring_evenly(void **state)
{
    const double expected[] = {5.0, 1.0, 1.0, 1.0, 0.0}, actual[] = {4.0, 6.0, 0.0, 0.0, 0.0};
    const double share[] = {0.2, 0.4, 0.6, 0.8, 0.1, 1.0, 0.0};
    double capture[7], perfect[7], low[7], high[7];

    (void)state;
    assert_int_equal(retain_evaluation_gains(NULL, expected, actual, NULL, 5, share, 7, 0, capture, low, high, perfect), RETAIN_OK);
    assert_near(capture[0], 0.4, 1e-15);
    assert_near(capture[1], 0.6, 1e-15);
    assert_near(capture[2], 0.8, 1e-15);
    assert_near(capture[3], 1.0, 1e-15);
    assert_near(capture[4], 0.2, 1e-15);
    assert_near(capture[5], 1.0, 0.0);
    assert_near(capture[6], 0.0, 0.0);
    assert_near(perfect[0], 0.6, 1e-15);
    assert_near(perfect[1], 1.0, 1e-15);
    assert_near(low[5], 1.0, 0.0);
    assert_near(high[6], 0.0, 0.0);
    for (size_t k = 0; k < 5; k++)
        assert_true(low[k] >= 0.0 && low[k] <= capture[k] && capture[k] <= high[k] && high[k] <= 1.0);
}

static void coverage_counts_who_is_inside_below_and_above(void **state)
{
    const double low[] = {0, 0, 0, 2}, high[] = {1, 1, 1, 3}, actual[] = {0, 1, 2, 1}, weight[] = {1, 2, 3, 4};
    retain_evaluation_coverage_report r = {.struct_size = sizeof r};

    (void)state;
    assert_int_equal(retain_evaluation_coverage(NULL, low, high, actual, weight, 4, 0, &r), RETAIN_OK);
    assert_near(r.customers, 10.0, 0.0);
    assert_near(r.covered, 3.0, 0.0);
    assert_near(r.below, 4.0, 0.0);
    assert_near(r.above, 3.0, 0.0);
    assert_near(r.coverage, 0.3, 1e-15);
    assert_near(r.low, 0.10779126740630099, 1e-12);
    assert_near(r.high, 0.6032218525388546, 1e-12);
    assert_near(r.width, 1.0, 1e-15);
}

static void equal_forecasts_are_in_the_same_group(void **state)
{
    const double expected[] = {0.1, 0.1, 0.1, 0.7, 0.9}, actual[] = {0, 1, 2, 5, 9};
    double customers[5], mean[5], came[5], low[5], least[5], most[5];
    const retain_evaluation_columns columns = {customers, mean, came, low, NULL, least, most};

    (void)state;
    assert_int_equal(retain_evaluation_calibration(NULL, expected, actual, NULL, 5, 5, 0, &columns), RETAIN_OK);
    assert_near(customers[0] + customers[2] + customers[4] + customers[3] + customers[1], 5.0, 0.0);
    assert_near(customers[1], 3.0, 0.0); /* mid-rank 0.3 */
    assert_near(came[1], 1.0, 1e-15);
    assert_near(low[1], 1.0 - 4.302652729749464 / sqrt(3.0), 1e-12);
    assert_near(came[3], 5.0, 0.0);
    assert_near(least[4], 0.9, 0.0);
    assert_near(most[1], 0.1, 0.0);
    assert_nan(came[0]);
    assert_nan(least[0]);
    assert_nan(low[4]);
}

static void the_last_class_takes_all_who_bought_as_often_or_more(void **state)
{
    const double frequency[] = {0, 1, 2, 7}, expected[] = {1, 2, 3, 4}, actual[] = {0, 2, 4, 8}, weight[] = {1, 1, 3, 1};
    double customers[3], mean[3], came[3];
    const retain_evaluation_columns columns = {.customers = customers, .expected = mean, .actual = came};

    (void)state;
    assert_int_equal(retain_evaluation_by_frequency(NULL, frequency, expected, actual, weight, 4, 3, 0, &columns), RETAIN_OK);
    assert_near(customers[2], 4.0, 0.0);
    assert_near(mean[2], 13.0 / 4.0, 1e-15);
    assert_near(came[2], 5.0, 1e-15);
    assert_near(came[1], 2.0, 0.0);
}

static void figures_of_nobody_do_not_exist(void **state)
{
    retain_evaluation_error_report e = errors_of(NULL, NULL, NULL, 0);
    retain_evaluation_ranking_report r = ranking_of(NULL, NULL, NULL, 0);
    retain_evaluation_coverage_report c = {.struct_size = sizeof c};
    const double zero[2] = {0.0, 0.0}, share[] = {0.5};
    double capture;

    (void)state;
    assert_near(e.customers, 0.0, 0.0);
    assert_nan(e.bias);
    assert_nan(e.rmse);
    assert_nan(e.aggregate);
    assert_nan(r.gini);
    assert_nan(r.spearman);
    assert_int_equal(retain_evaluation_coverage(NULL, NULL, NULL, NULL, NULL, 0, 0, &c), RETAIN_OK);
    assert_nan(c.coverage);
    assert_nan(c.low);
    e = errors_of(zero, zero, NULL, 2);
    assert_near(e.bias, 0.0, 0.0);
    assert_nan(e.bias_low);
    assert_nan(e.aggregate);
    r = ranking_of(zero, zero, zero, 2);
    assert_nan(r.normalised);
    assert_int_equal(retain_evaluation_gains(NULL, zero, zero, NULL, 2, share, 1, 0, &capture, NULL, NULL, NULL), RETAIN_OK);
    assert_nan(capture);
    assert_int_equal(retain_evaluation_gains(NULL, NULL, NULL, NULL, 0, share, 1, 0, &capture, NULL, NULL, NULL), RETAIN_OK);
    assert_nan(capture);
}

static void refuses_bad_input_by_name_and_writes_nothing(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double good[] = {1.0, 2.0}, bad[] = {1.0, (double)NAN}, negative[] = {1.0, -2.0}, out[2] = {-7.0, -7.0};
    retain_evaluation_error_report e = {.struct_size = sizeof e, .bias = -7.0};
    retain_evaluation_ranking_report r = {.struct_size = sizeof r};
    retain_evaluation_coverage_report c = {.struct_size = sizeof c};
    const retain_evaluation_columns columns = {.actual = out};

    (void)state;
    assert_int_equal(retain_evaluation_errors(&ctx, bad, good, NULL, 2, 0, &e), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "expected[1] is NaN; it must lie in [-1e60, 1e60]");
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_evaluation_errors(&ctx, good, bad, NULL, 2, 0, &e), RETAIN_ERROR_DATA);
    assert_int_equal(retain_evaluation_errors(&ctx, good, good, negative, 2, 0, &e), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "weight[1] is -2; it must lie in [0, 2^53]");
    assert_int_equal(retain_evaluation_errors(&ctx, good, NULL, NULL, 2, 0, &e), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_errors(&ctx, good, good, NULL, 2, 1.0, &e), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_errors(&ctx, good, good, NULL, 2, 0, NULL), RETAIN_ERROR_ARGUMENT);
    e.struct_size = 8;
    assert_int_equal(retain_evaluation_errors(&ctx, good, good, NULL, 2, 0, &e), RETAIN_ERROR_ARGUMENT);
    assert_near(e.bias, -7.0, 0.0);
    assert_int_equal(retain_evaluation_ranking(&ctx, good, negative, NULL, 2, 0, &r), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "actual[1] is -2; it must lie in [0, 1e60]");
    assert_int_equal(retain_evaluation_ranking(&ctx, good, good, NULL, 2, 0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_gains(&ctx, good, good, NULL, 2, negative, 2, 0, out, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_evaluation_gains(&ctx, good, good, NULL, 2, good, 1, 0, NULL, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_coverage(&ctx, good, negative, good, NULL, 2, 0, &c), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "high[1] is -2; it must not be below low[1] = 2");
    assert_int_equal(retain_evaluation_calibration(&ctx, good, good, NULL, 2, 0, 0, &columns), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "groups is 0; it must lie in [1, 1000]");
    assert_int_equal(retain_evaluation_calibration(&ctx, good, good, NULL, 2, 2, 0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_by_frequency(&ctx, negative, good, good, NULL, 2, 2, 0, &columns), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "frequency[1] is -2; it must be a whole number in [0, 2^53]");
    assert_int_equal(retain_evaluation_by_frequency(&ctx, NULL, good, good, NULL, 2, 2, 0, &columns), RETAIN_ERROR_ARGUMENT);
    assert_near(out[0], -7.0, 0.0);
}

/* --- golden vectors ----------------------------------------------------------------------------------------------------------- */

/* A data set of tests/golden/evaluation; returns its number of rows. */
static size_t read_dataset(const golden *rows, const char *name, double *expected, double *actual, double *weight)
{
    size_t count = 0;

    for (size_t i = 0; i < rows->rows; i++) {
        if (strcmp(golden_text(rows, i, "dataset"), name) != 0)
            continue;
        expected[count] = golden_number(rows, i, "expected");
        actual[count] = golden_number(rows, i, "actual");
        weight[count++] = golden_number(rows, i, "weight");
    }
    return count;
}

/* A figure of either report, by its name. */
static double figure_of(const char *name, const retain_evaluation_error_report *e, const retain_evaluation_ranking_report *r)
{
    const struct {
        const char *name;
        double value;
    } known[] = {{"customers", e->customers},
                 {"expected", e->expected},
                 {"actual", e->actual},
                 {"bias", e->bias},
                 {"bias_low", e->bias_low},
                 {"bias_high", e->bias_high},
                 {"mae", e->mae},
                 {"mae_low", e->mae_low},
                 {"mae_high", e->mae_high},
                 {"rmse", e->rmse},
                 {"rmse_low", e->rmse_low},
                 {"rmse_high", e->rmse_high},
                 {"aggregate", e->aggregate},
                 {"aggregate_low", e->aggregate_low},
                 {"aggregate_high", e->aggregate_high},
                 {"gini", r->gini},
                 {"perfect", r->perfect},
                 {"normalised", r->normalised},
                 {"normalised_low", r->normalised_low},
                 {"normalised_high", r->normalised_high},
                 {"spearman", r->spearman},
                 {"spearman_low", r->spearman_low},
                 {"spearman_high", r->spearman_high}};

    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        if (strcmp(known[k].name, name) == 0)
            return known[k].value;
    }
    fail_msg("%s is no figure", name);
    return 0.0;
}

static void assert_golden(const golden *table, size_t row, const char *column, double got)
{
    const double want = golden_number(table, row, column);

    assert_near(got, want, 1e-12 * (1.0 + fabs(want)));
}

static void figures_agree_with_exact_fractions(void **state)
{
    golden rows = golden_read("evaluation/rows.csv"), figures = golden_read("evaluation/figures.csv");
    golden gains = golden_read("evaluation/gains.csv"), groups = golden_read("evaluation/groups.csv");
    double expected[ROWS], actual[ROWS], weight[ROWS];

    (void)state;
    for (size_t i = 0; i < figures.rows; i++) {
        const size_t count = read_dataset(&rows, golden_text(&figures, i, "dataset"), expected, actual, weight);
        const retain_evaluation_error_report e = errors_of(expected, actual, weight, count);
        const retain_evaluation_ranking_report r = ranking_of(expected, actual, weight, count);

        assert_golden(&figures, i, "value", figure_of(golden_text(&figures, i, "figure"), &e, &r));
    }
    for (size_t i = 0; i < gains.rows; i++) {
        const size_t count = read_dataset(&rows, golden_text(&gains, i, "dataset"), expected, actual, weight);
        const double share = golden_number(&gains, i, "share");
        double capture, perfect;

        assert_int_equal(
            retain_evaluation_gains(NULL, expected, actual, weight, count, &share, 1, 0, &capture, NULL, NULL, &perfect),
            RETAIN_OK);
        assert_golden(&gains, i, "capture", capture);
        assert_golden(&gains, i, "perfect", perfect);
    }
    for (size_t i = 0; i < groups.rows; i++) {
        const size_t count = read_dataset(&rows, golden_text(&groups, i, "dataset"), expected, actual, weight);
        const size_t g = (size_t)golden_number(&groups, i, "group");
        double cell[7][4];
        const char *const names[] = {"customers", "expected", "actual", "actual_low", "actual_high", "least", "most"};
        const retain_evaluation_columns columns = {cell[0], cell[1], cell[2], cell[3], cell[4], cell[5], cell[6]};

        assert_int_equal(retain_evaluation_calibration(NULL, expected, actual, weight, count, 4, LEVEL, &columns), RETAIN_OK);
        for (size_t k = 0; k < 7; k++)
            assert_golden(&groups, i, names[k], cell[k][g]);
    }
    golden_free(&rows);
    golden_free(&figures);
    golden_free(&gains);
    golden_free(&groups);
}

static const double some_expected[] = {1.0, 2.0, 2.0, 0.0}, some_actual[] = {0.0, 3.0, 1.0, 0.0}, some_share[] = {0.3};
static double figure[4];

static retain_status rank(retain_context *ctx, void *state)
{
    return retain_evaluation_ranking(ctx, some_expected, some_actual, NULL, 4, 0, state);
}

static retain_status gain(retain_context *ctx, void *state)
{
    (void)state;
    return retain_evaluation_gains(ctx, some_expected, some_actual, NULL, 4, some_share, 1, 0, figure, NULL, figure + 1,
                                   figure + 2);
}

static retain_status calibrate(retain_context *ctx, void *state)
{
    const retain_evaluation_columns columns = {.actual = figure};

    (void)state;
    return retain_evaluation_calibration(ctx, some_expected, some_actual, NULL, 4, 2, 0, &columns);
}

static retain_status group(retain_context *ctx, void *state)
{
    const retain_evaluation_columns columns = {.actual = figure};

    (void)state;
    return retain_evaluation_by_frequency(ctx, some_expected, some_expected, some_actual, NULL, 4, 2, 0, &columns);
}

static void memory_may_run_out(void **state)
{
    retain_evaluation_ranking_report report = {.struct_size = sizeof report};

    (void)state;
    survives_memory_exhaustion(rank, NULL, &report);
    survives_memory_exhaustion(gain, NULL, NULL);
    survives_memory_exhaustion(calibrate, NULL, NULL);
    survives_memory_exhaustion(group, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_those_of_the_definitions),
        cmocka_unit_test(a_weight_stands_for_so_many_identical_customers),
        cmocka_unit_test(gini_coefficients_are_means_over_pairs_of_customers),
        cmocka_unit_test(limits_of_rankings_follow_from_what_one_customer_more_changes),
        cmocka_unit_test(a_perfect_ranking_is_one_and_the_reverse_its_opposite),
        cmocka_unit_test(gains_spread_what_tied_customers_bring_evenly),
        cmocka_unit_test(coverage_counts_who_is_inside_below_and_above),
        cmocka_unit_test(equal_forecasts_are_in_the_same_group),
        cmocka_unit_test(the_last_class_takes_all_who_bought_as_often_or_more),
        cmocka_unit_test(figures_of_nobody_do_not_exist),
        cmocka_unit_test(refuses_bad_input_by_name_and_writes_nothing),
        cmocka_unit_test(figures_agree_with_exact_fractions),
        cmocka_unit_test(memory_may_run_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

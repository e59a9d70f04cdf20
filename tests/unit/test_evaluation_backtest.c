/* Backtests: the published CDNOW holdout, naive rules by hand, a second computation from the pieces, frequency fit, tracking, choice. */
#include <string.h>

#include "models.h"
#include "retain/evaluation_backtest.h"

enum {
    CALIBRATION_END = 10134,
    OBSERVATION_END = 10407,
    HALF_YEAR = 273,
    MOST_ENTRIES = 200,
    BASELINES = RETAIN_EVALUATION_BASELINES
};

static const retain_orders_options weeks = {.struct_size = sizeof weeks, .unit_days = 7.0, .count_zero_orders = 1};
static const int64_t published_origin[] = {CALIBRATION_END};
static const retain_btyd_family three_families[] = {RETAIN_BTYD_PARETO_NBD, RETAIN_BTYD_BG_NBD, RETAIN_BTYD_MBG_NBD};

/* All figures, as a matrix of columns. */
typedef struct figures {
    double cell[sizeof(retain_evaluation_backtest_columns) / sizeof(double *)][MOST_ENTRIES];
    retain_evaluation_backtest_columns columns;
} figures;

static void open_figures(figures *to)
{
    double *column[sizeof(retain_evaluation_backtest_columns) / sizeof(double *)];

    for (size_t k = 0; k < sizeof column / sizeof *column; k++) {
        column[k] = to->cell[k];
        for (size_t i = 0; i < MOST_ENTRIES; i++)
            to->cell[k][i] = -7.0;
    }
    memcpy(&to->columns, column, sizeof column);
}

static void the_published_holdout_of_cdnow_is_reproduced(void **state)
{
    random_log log = read_cdnow();
    figures found;
    retain_btyd model[3];
    uint8_t verdict[3];
    double bic[3];
    const retain_evaluation_fits fits = {.model = model, .verdict = verdict, .bic = bic};

    (void)state;
    open_figures(&found);
    assert_int_equal(retain_evaluation_backtest(NULL, &log.view, OBSERVATION_END, &weeks, published_origin, 1, HALF_YEAR,
                                                three_families, 3, NULL, NULL, &found.columns, &fits),
                     RETAIN_OK);
    assert_near(found.columns.customers[0], 2357.0, 0.0);
    assert_near(found.columns.actual[0], 1882.0, 0.0);
    assert_near(found.columns.expected[0], 1665.51, 0.01); /* 1665.69 at the published parameters: see below */
    assert_near(found.columns.expected[1], 1653.41, 0.01);
    assert_near(found.columns.aggregate[1], 1653.41 / 1882.0 - 1.0, 1e-5);
    assert_near(model[1].a, 0.7929199, 1e-4);
    assert_near(bic[0], 19221.013, 1e-3);
    for (size_t m = 0; m < 3; m++) {
        assert_int_equal(verdict[m], RETAIN_FIT_CONVERGED);
        assert_true(found.columns.rmse_gain[m] > 0.2);
        for (size_t k = 0; k < sizeof found.cell / sizeof *found.cell; k++) /* one origin is all origins */
            assert_near(found.cell[k][7 + m], found.cell[k][m], 1e-9 * fabs(found.cell[k][m]));
    }
    random_log_free(&log);
}

static void given_models_are_used_as_they_are(void **state)
{
    random_log log = read_cdnow();
    const retain_btyd models[] = {
        {.family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.553, .alpha = 10.578, .s = 0.606, .beta = 11.669},
        {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 0.2425945, .alpha = 4.4136019, .a = 0.7929199, .b = 2.4258881}};
    double expected[2 * 6], bic[2];
    uint8_t verdict[2];
    const retain_evaluation_backtest_columns columns = {.expected = expected};
    const retain_evaluation_fits fits = {.verdict = verdict, .bic = bic};

    (void)state;
    assert_int_equal(retain_evaluation_backtest(NULL, &log.view, OBSERVATION_END, &weeks, published_origin, 1, HALF_YEAR,
                                                three_families, 2, models, NULL, &columns, &fits),
                     RETAIN_OK);
    assert_near(expected[0], 1665.69, 0.01);
    assert_near(expected[1], 1653.41, 0.01);
    assert_int_equal(verdict[0], RETAIN_FIT_NONE);
    assert_nan(bic[1]);
    random_log_free(&log);
}

/* Four customers in days; origin 20, H = 10. */
static const int64_t few_customer[] = {1, 1, 1, 2, 2, 3, 4, 4, 1, 3, 9}, few_day[] = {0, 10, 15, 0, 5, 20, 12, 18, 25, 30, 26};
static const double few_value[] = {5, 10, 20, 4, 8, 1, 2, 3, 30, 7, 100};
static const retain_orders few = {.count = 11, .customer = few_customer, .day = few_day, .value = few_value};

static void naive_rules_do_what_they_say(void **state)
{
    static const int64_t origin[] = {20};
    const retain_btyd_family family = RETAIN_BTYD_MBG_NBD;
    const retain_evaluation_options options = {.struct_size = sizeof options, .money = 1, .top_share = 0.25};
    const size_t money = 5;
    figures f;
    uint8_t verdict;
    const retain_evaluation_fits fits = {.verdict = &verdict};

    (void)state;
    open_figures(&f);
    assert_int_equal(retain_evaluation_backtest(NULL, &few, 30, NULL, origin, 1, 10, &family, 1, NULL, &options, &f.columns, &fits),
                     RETAIN_OK);
    assert_near(f.columns.customers[1], 4.0, 0.0);
    assert_near(f.columns.actual[1], 2.0, 0.0);
    assert_near(f.columns.actual[money + 1], 37.0, 0.0);
    assert_near(f.columns.expected[1], 1.0 + 0.0 + 1.0 + 2.0, 1e-15); /* day 10 is not in (10, 20] */
    assert_near(f.columns.expected[money + 1], 20.0 + 0.0 + 1.0 + 5.0, 1e-15);
    assert_near(f.columns.expected[2], 10.0 * (2.0 / 20 + 1.0 / 20 + 0.0 + 1.0 / 8), 1e-14);
    assert_near(f.columns.expected[money + 2], 10.0 * (30.0 / 20 + 8.0 / 20 + 0.0 + 3.0 / 8), 1e-13);
    assert_near(f.columns.expected[3], 4 * 10.0 * 4.0 / 48, 1e-14);
    assert_near(f.columns.expected[money + 3], 4 * 10.0 * 41.0 / 48, 1e-13);
    assert_near(f.columns.normalised[3], 0.0, 1e-15);
    assert_nan(f.columns.expected[4]); /* a ranking only: 3 (0 days), 4 (2), 1 (5), 2 (15); those who came are 1 and 3 */
    assert_nan(f.columns.rmse[4]);
    assert_near(f.columns.capture[4], 0.5, 1e-15);
    assert_near(f.columns.normalised[4], (2.0 * (0.5 * (0.875 + 0.375)) - 1.0) / (2.0 * 0.75 - 1.0), 1e-14);
    assert_near(f.columns.capture[money + 4], 7.0 / 37.0, 1e-15);
    assert_int_not_equal(verdict, RETAIN_FIT_CONVERGED); /* four customers: said, not hidden */
}

static void what_is_forecast_from_too_little_is_nothing(void **state)
{
    static const int64_t origin[] = {4}, customer[] = {1, 2, 1}, day[] = {0, 4, 9};
    static const double value[] = {1, 1, 1};
    const retain_orders log = {.count = 3, .customer = customer, .day = day, .value = value};
    const retain_evaluation_options options = {.struct_size = sizeof options, .money = 1};
    figures f;
    uint8_t verdict[3], spend_verdict, rank[3], reason[3];
    double number[3];
    const retain_evaluation_fits fits = {.verdict = verdict, .spend_verdict = &spend_verdict};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    open_figures(&f);
    assert_int_equal(
        retain_evaluation_backtest(&ctx, &log, 14, NULL, origin, 1, 10, three_families, 3, NULL, &options, &f.columns, &fits),
        RETAIN_OK);
    assert_string_equal(ctx.error, "");
    for (size_t m = 0; m < 3; m++) {
        assert_int_equal(verdict[m], RETAIN_FIT_TOO_LITTLE_DATA);
        assert_near(f.columns.customers[m], 2.0, 0.0);
        assert_near(f.columns.actual[m], 1.0, 0.0);
        assert_nan(f.columns.expected[m]);
        assert_nan(f.columns.normalised[m]);
        assert_nan(f.columns.rmse_gain[7 + m]);
    }
    assert_int_equal(spend_verdict, RETAIN_FIT_TOO_LITTLE_DATA);
    assert_int_equal(retain_evaluation_choose(&ctx, &log, 14, NULL, origin, 1, 10, three_families, 3, NULL, &options, &f.columns,
                                              &fits, rank, reason, number),
                     RETAIN_ERROR_CONVERGENCE);
    assert_string_equal(ctx.error, "origins[0] has 0 repeat buyers or orders to come; a choice needs 30 of both");
    assert_int_equal(rank[0], 0);
    assert_int_equal(reason[2], RETAIN_EVALUATION_TOO_THIN);
    assert_near(number[1], 0.0, 0.0);
}

/* Random logs, several origins: every figure of an origin from the pieces, and limits over all origins by customers. */
static void a_backtest_is_what_its_pieces_give(void **state)
{
    static const int64_t origins[] = {300, 400, 500};
    const retain_btyd_family families[] = {RETAIN_BTYD_BG_NBD};
    uint64_t seed = 5;
    random_log log = random_log_make(&seed, (random_log_shape){1500, 200, 0, 600, 1, 0});
    const retain_evaluation_options options = {.struct_size = sizeof options, .money = 1, .level = 0.9};
    figures f;
    retain_btyd model[3];
    retain_spend spend[3];
    const retain_evaluation_fits fits = {.model = model, .spend = spend};
    double all_expected = 0.0, all_actual = 0.0;

    (void)state;
    open_figures(&f);
    assert_int_equal(
        retain_evaluation_backtest(NULL, &log.view, 600, NULL, origins, 3, 100, families, 1, NULL, &options, &f.columns, &fits),
        RETAIN_OK);
    for (size_t o = 0; o < 3; o++) {
        int64_t customer[200];
        double x[200], t_x[200], T[200], z[200], came[200], money[200], expected[200], value[200];
        const retain_summary summary = {.customer = customer, .frequency = x, .t_x = t_x, .T = T, .spend = z};
        size_t count, entry = o * 2 * 5;
        retain_customers customers = {.frequency = x, .t_x = t_x, .T = T, .spend = z, .unit_days = 1.0};
        retain_evaluation_error_report e = {.struct_size = sizeof e};
        retain_evaluation_ranking_report r = {.struct_size = sizeof r};

        assert_int_equal(retain_orders_summary(NULL, &log.view, origins[o], NULL, &summary, 200, &count, NULL), RETAIN_OK);
        assert_int_equal(retain_orders_holdout(NULL, &log.view, origins[o], origins[o] + 100, NULL, customer, count, came, money),
                         RETAIN_OK);
        customers.count = count;
        assert_int_equal(retain_btyd_orders(NULL, &model[o], &customers, 100.0, expected), RETAIN_OK);
        assert_int_equal(retain_spend_expected(NULL, &spend[o], &customers, value), RETAIN_OK);
        assert_int_equal(retain_evaluation_errors(NULL, expected, came, NULL, count, 0.9, &e), RETAIN_OK);
        assert_near(f.columns.rmse[entry], e.rmse, 0.0);
        assert_near(f.columns.bias_low[entry], e.bias_low, 0.0);
        all_expected += e.expected;
        all_actual += e.actual;
        for (size_t i = 0; i < count; i++)
            expected[i] *= value[i];
        assert_int_equal(retain_evaluation_ranking(NULL, expected, money, NULL, count, 0.9, &r), RETAIN_OK);
        assert_near(f.columns.normalised[entry + 5], r.normalised, 0.0);
        assert_near(f.columns.spearman_high[entry + 5], r.spearman_high, 0.0);
    }
    assert_near(f.columns.aggregate[30], all_expected / all_actual - 1.0, 1e-12);
    assert_near(f.columns.normalised[30] * f.columns.customers[30],
                f.columns.normalised[0] * f.columns.customers[0] + f.columns.normalised[10] * f.columns.customers[10] +
                    f.columns.normalised[20] * f.columns.customers[20],
                1e-9);
    assert_true(f.columns.rmse_low[30] < f.columns.rmse[30] && f.columns.rmse[30] < f.columns.rmse_high[30]);
    assert_true(f.columns.capture_low[30] < f.columns.capture[30]);
    random_log_free(&log);
}

static void rows_threads_and_cut_change_nothing(void **state)
{
    static const int64_t origins[] = {300, 450};
    uint64_t seed = 11;
    random_log log = random_log_make(&seed, (random_log_shape){2000, 150, 0, 600, 0, 0});
    retain_context threads = RETAIN_CONTEXT_INIT;
    static figures a, b;
    uint8_t rank[2][3];

    (void)state;
    threads.threads = 3;
    open_figures(&a);
    open_figures(&b);
    assert_int_equal(retain_evaluation_choose(NULL, &log.view, 600, NULL, origins, 2, 100, three_families, 3, NULL, NULL,
                                              &a.columns, NULL, rank[0], NULL, NULL),
                     RETAIN_OK);
    random_log_shuffle(&log, &seed);
    assert_int_equal(retain_evaluation_choose(&threads, &log.view, 600, NULL, origins, 2, 100, three_families, 3, NULL, NULL,
                                              &b.columns, NULL, rank[1], NULL, NULL),
                     RETAIN_OK);
    assert_memory_equal(a.cell, b.cell, sizeof a.cell);
    assert_memory_equal(rank[0], rank[1], sizeof *rank);
    random_log_free(&log);
}

static void frequencies_add_up_to_the_customers(void **state)
{
    static cdnow sample;
    const retain_btyd model = {
        .family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 0.2426, .alpha = 4.4136, .a = 0.7929, .b = 2.4259};
    double actual[8], expected[8], distance, made = 0.0, said = 0.0, zero = 0.0;

    (void)state;
    cdnow_customers(&sample);
    assert_int_equal(retain_evaluation_frequency(NULL, &model, &sample.view, 8, actual, expected, &distance), RETAIN_OK);
    assert_near(actual[0], 1411.0, 0.0); /* Fader, Hardie & Lee 2005, figure 1 */
    assert_near(actual[1], 439.0, 0.0);
    for (size_t i = 0; i < CDNOW_SAMPLE_CUSTOMERS; i++)
        zero += exp(log_pmf_of(model, sample.T[i], 0.0));
    assert_near(expected[0], zero, 1e-9);
    for (size_t k = 0; k < 8; k++) {
        made += actual[k];
        said += expected[k];
        distance -= (actual[k] - expected[k]) * (actual[k] - expected[k]) / expected[k];
    }
    assert_near(made, 2357.0, 0.0);
    assert_near(said, 2357.0, 1e-9);
    assert_near(distance, 0.0, 1e-10);
}

static void the_tracking_curve_counts_repeat_orders_and_sums_expectations(void **state)
{
    random_log log = read_cdnow();
    static cdnow sample;
    const retain_btyd model = {
        .family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.553, .alpha = 10.578, .s = 0.606, .beta = 11.669};
    int64_t day[100];
    double actual[100], expected[100], actual_total[100], expected_total[100], sum = 0.0, repeats = 0.0;
    size_t count, at;

    (void)state;
    cdnow_customers(&sample);
    assert_int_equal(retain_evaluation_tracking(NULL, &model, &log.view, CALIBRATION_END, OBSERVATION_END, &weeks, 7, 100, &count,
                                                day, actual, expected, actual_total, expected_total),
                     RETAIN_OK);
    assert_int_equal(count, 78);
    assert_int_equal(day[77], OBSERVATION_END);
    for (at = 0; day[at] != CALIBRATION_END; at++)
        assert_int_equal(day[at + 1] - day[at], 7);
    for (size_t i = 0; i < CDNOW_SAMPLE_CUSTOMERS; i++) {
        sum += expected_of(model, sample.T[i]);
        repeats += sample.frequency[i];
    }
    assert_near(actual_total[at], repeats, 0.0);
    assert_near(actual_total[77], repeats + 1882.0, 0.0);
    assert_near(expected_total[at], sum, 1e-9 * sum);
    assert_near(expected_total[77] - expected_total[76], expected[77], 1e-9);
    assert_near(actual_total[77] - actual_total[76], actual[77], 0.0);
    assert_int_equal(retain_evaluation_tracking(NULL, &model, &log.view, CALIBRATION_END, OBSERVATION_END, &weeks, 7, 77, &count,
                                                day, actual, expected, actual_total, expected_total),
                     RETAIN_ERROR_CAPACITY);
    random_log_free(&log);
}

/* Shops drawn from a model: which family is chosen, and the reasons. */
static void a_choice_says_why(void **state)
{
    random_log log = read_cdnow();
    static const int64_t origins[] = {CALIBRATION_END - 91, CALIBRATION_END};
    uint8_t rank[3], reason[3];
    double figure[3];
    const retain_btyd_family twice[] = {RETAIN_BTYD_BG_NBD, RETAIN_BTYD_BG_NBD};
    const retain_btyd_family once[] = {RETAIN_BTYD_BG_NBD};
    int ranks = 0;

    (void)state;
    assert_int_equal(retain_evaluation_choose(NULL, &log.view, OBSERVATION_END, &weeks, origins, 2, 182, three_families, 3, NULL,
                                              NULL, NULL, NULL, rank, reason, figure),
                     RETAIN_OK);
    for (size_t f = 0; f < 3; f++)
        ranks |= 1 << rank[f];
    assert_int_equal(ranks, 1 << 1 | 1 << 2 | 1 << 3);
    assert_int_equal(retain_evaluation_choose(NULL, &log.view, OBSERVATION_END, &weeks, origins, 2, 182, twice, 2, NULL, NULL, NULL,
                                              NULL, rank, reason, figure),
                     RETAIN_OK);
    assert_int_equal(rank[0], 1);
    assert_int_equal(rank[1], 2);
    assert_int_equal(reason[0], RETAIN_EVALUATION_TIE);
    assert_int_equal(retain_evaluation_choose(NULL, &log.view, OBSERVATION_END, &weeks, origins, 2, 182, once, 1, NULL, NULL, NULL,
                                              NULL, rank, reason, figure),
                     RETAIN_OK);
    assert_int_equal(reason[0], RETAIN_EVALUATION_ONLY);
    random_log_free(&log);
}

static void a_bad_model_loses_by_its_error(void **state)
{
    random_log log = read_cdnow();
    const retain_btyd_family families[] = {RETAIN_BTYD_BG_NBD, RETAIN_BTYD_BG_NBD};
    retain_btyd models[] = {{.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 5.0, .alpha = 5.0, .a = 0.1, .b = 9.0},
                            {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426}};
    uint8_t rank[2], reason[2];
    double figure[2], rmse[2 * 6];
    const retain_evaluation_backtest_columns columns = {.rmse = rmse};

    (void)state;
    assert_int_equal(retain_evaluation_choose(NULL, &log.view, OBSERVATION_END, &weeks, published_origin, 1, HALF_YEAR, families, 2,
                                              models, NULL, &columns, NULL, rank, reason, figure),
                     RETAIN_OK);
    assert_int_equal(rank[0], 2);
    assert_int_equal(rank[1], 1);
    assert_int_equal(reason[0], RETAIN_EVALUATION_ERROR);
    assert_near(figure[0], rmse[6] / rmse[7] - 1.0, 1e-12);
    assert_near(figure[1], rmse[7] / rmse[6] - 1.0, 1e-12);
    random_log_free(&log);
}

static retain_status run_on(retain_context *ctx, const int64_t *origins, size_t count, int64_t horizon, const retain_btyd *models,
                            const retain_evaluation_options *options)
{
    const retain_btyd_family family = RETAIN_BTYD_BG_NBD;

    return retain_evaluation_backtest(ctx, &few, 30, NULL, origins, count, horizon, &family, 1, models, options, NULL, NULL);
}

static void refuses_bad_calls_by_name(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    const int64_t good[] = {20}, falling[] = {20, 20}, late[] = {25}, early[] = {-5};
    retain_evaluation_options options = {.struct_size = sizeof options, .top_share = 2.0};
    retain_btyd model = {.family = RETAIN_BTYD_MBG_NBD, .unit_days = 7.0, .r = 1, .alpha = 1, .a = 1, .b = 1};
    const retain_btyd_family none = (retain_btyd_family)77;
    size_t count;
    double number;

    (void)state;
    assert_int_equal(run_on(&ctx, late, 1, 10, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "origins[0] is 25; 10 days after it must not lie after observation_end = 30");
    assert_int_equal(run_on(&ctx, falling, 2, 10, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(run_on(&ctx, good, 0, 10, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(run_on(&ctx, NULL, 1, 10, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(run_on(&ctx, good, 1, 0, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(run_on(&ctx, early, 1, 10, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "origins[0] is -5; no customer had come by then");
    assert_int_equal(run_on(&ctx, good, 1, 10, NULL, &options), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.top_share is 2; it must lie in (0, 1] (0 means 0.1)");
    options = (retain_evaluation_options){.struct_size = sizeof options, .money = 2};
    assert_int_equal(run_on(&ctx, good, 1, 10, NULL, &options), RETAIN_ERROR_ARGUMENT);
    options = (retain_evaluation_options){.struct_size = sizeof options, .fewest = -1};
    assert_int_equal(run_on(&ctx, good, 1, 10, NULL, &options), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(run_on(&ctx, good, 1, 10, &model, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "models[0].family is 3; it must be families[0] = 2");
    model.family = RETAIN_BTYD_BG_NBD;
    assert_int_equal(run_on(&ctx, good, 1, 10, &model, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "models[0].unit_days is 7; it must be that of the orders' options, 1");
    model.covariates = 1;
    assert_int_equal(run_on(&ctx, good, 1, 10, &model, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "models[0].covariates is 1; it must be 0: a log has no covariates");
    model.covariates = 0;
    model.r = -1.0;
    assert_int_equal(run_on(&ctx, good, 1, 10, &model, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "model.r is -1; it must lie in [1e-100, 1e100]");
    assert_int_equal(retain_evaluation_backtest(&ctx, &few, 30, NULL, good, 1, 10, &none, 1, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_backtest(&ctx, &few, 30, NULL, good, 1, 10, NULL, 1, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_backtest(&ctx, NULL, 30, NULL, good, 1, 10, three_families, 3, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_backtest(&ctx, &few, 30, NULL, good, 1, 10, three_families, 17, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(
        retain_evaluation_choose(&ctx, &few, 30, NULL, good, 1, 10, three_families, 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "rank is NULL; it is required");
    model.r = 1.0;
    assert_int_equal(retain_evaluation_tracking(&ctx, &model, &few, 31, 30, NULL, 7, 0, &count, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_tracking(&ctx, &model, &few, -1, 30, NULL, 7, 0, &count, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_int_equal(retain_evaluation_tracking(&ctx, &model, &few, 20, 30, NULL, 0, 0, &count, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_tracking(&ctx, &model, &few, 0, 3000000, NULL, 1, 0, &count, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_int_equal(retain_evaluation_tracking(&ctx, NULL, &few, 20, 30, NULL, 7, 0, &count, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_frequency(&ctx, &model, NULL, 5, &number, &number, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_frequency(&ctx, NULL, NULL, 5, &number, &number, NULL), RETAIN_ERROR_ARGUMENT);
}

static void frequency_fit_refuses_other_units_and_bad_models(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd model = {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 1, .alpha = 1, .a = 1, .b = 1};
    const retain_customers nobody = {.count = 0, .unit_days = 7.0}, in_days = {.count = 0, .unit_days = 1.0};
    double actual[2] = {-7.0, -7.0}, expected[2], distance;

    (void)state;
    assert_int_equal(retain_evaluation_frequency(&ctx, &model, &in_days, 2, actual, expected, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_frequency(&ctx, &model, &nobody, 1, actual, expected, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_evaluation_frequency(&ctx, &model, &nobody, 2, actual, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    model.a = (double)NAN;
    assert_int_equal(retain_evaluation_frequency(&ctx, &model, &nobody, 2, actual, expected, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(actual[0], -7.0, 0.0);
    model.a = 1.0;
    assert_int_equal(retain_evaluation_frequency(&ctx, &model, &nobody, 2, actual, expected, &distance), RETAIN_OK);
    assert_near(actual[0] + expected[1] + distance, 0.0, 0.0);
}

static void names_are_plain_words(void **state)
{
    (void)state;
    assert_string_equal(retain_evaluation_baseline_name(RETAIN_EVALUATION_OWN_RATE), "own rate");
    assert_string_equal(retain_evaluation_baseline_name(RETAIN_EVALUATION_BASELINES), "unknown");
    assert_string_equal(retain_evaluation_reason_name(RETAIN_EVALUATION_TOO_THIN), "too thin");
    assert_string_equal(retain_evaluation_reason_name((retain_evaluation_reason)99), "unknown");
}

static const int64_t two_origins[] = {16, 20};

static retain_status test_back(retain_context *ctx, void *state)
{
    const retain_evaluation_options options = {.struct_size = sizeof options, .money = 1};
    figures *f = state;

    open_figures(f);
    return retain_evaluation_backtest(ctx, &few, 30, NULL, two_origins, 2, 10, three_families, 2, NULL, &options, &f->columns,
                                      NULL);
}

static retain_status choose(retain_context *ctx, void *state)
{
    const retain_btyd models[] = {
        {.family = RETAIN_BTYD_PARETO_NBD, .unit_days = 1.0, .r = 1.0, .alpha = 8.0, .s = 0.6, .beta = 11.0},
        {.family = RETAIN_BTYD_BG_NBD, .unit_days = 1.0, .r = 1.0, .alpha = 9.0, .a = 0.8, .b = 2.0}};
    const retain_evaluation_options options = {.struct_size = sizeof options, .fewest = 1};
    figures *f = state;
    uint8_t rank[2];

    open_figures(f);
    return retain_evaluation_choose(ctx, &few, 30, NULL, two_origins, 2, 10, three_families, 2, models, &options, &f->columns, NULL,
                                    rank, NULL, NULL);
}

static retain_status track(retain_context *ctx, void *state)
{
    const retain_btyd model = {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 1, .alpha = 1, .a = 1, .b = 1};
    double actual[30];
    size_t count;

    (void)state;
    return retain_evaluation_tracking(ctx, &model, &few, 20, 30, NULL, 7, 30, &count, NULL, actual, NULL, NULL, NULL);
}

static retain_status fit_frequency(retain_context *ctx, void *state)
{
    static const double x[] = {0, 2, 1}, t_x[] = {0, 3, 2}, T[] = {5, 4, 5};
    const retain_customers customers = {.count = 3, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    const retain_btyd model = {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 1, .alpha = 1, .a = 1, .b = 1};
    double actual[3], expected[3];

    (void)state;
    return retain_evaluation_frequency(ctx, &model, &customers, 3, actual, expected, NULL);
}

static void nothing_was_written(void *state)
{
    const figures *f = state;

    assert_near(f->cell[0][0], -7.0, 0.0);
}

static void memory_may_run_out(void **state)
{
    static figures f;

    (void)state;
    survives_memory_exhaustion(test_back, nothing_was_written, &f);
    survives_memory_exhaustion(choose, nothing_was_written, &f);
    survives_memory_exhaustion(track, NULL, NULL);
    survives_memory_exhaustion(fit_frequency, NULL, NULL);
}

/* Remembers what it was told; cancels when told so often. */
typedef struct listener {
    double last;
    int calls, cancel_at, backwards;
} listener;

static int listen(void *user, double fraction)
{
    listener *to = user;

    to->backwards += fraction < to->last;
    to->last = fraction;
    return ++to->calls == to->cancel_at;
}

static void progress_rises_and_can_be_cancelled(void **state)
{
    random_log log = read_cdnow();
    listener heard = {0.0, 0, 0, 0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    int calls;

    (void)state;
    ctx.progress = listen;
    ctx.progress_user = &heard;
    assert_int_equal(retain_evaluation_backtest(&ctx, &log.view, OBSERVATION_END, &weeks, published_origin, 1, HALF_YEAR,
                                                three_families, 3, NULL, NULL, NULL, NULL),
                     RETAIN_OK);
    assert_int_equal(heard.backwards, 0);
    assert_true(heard.calls > 3 && heard.last <= 1.0);
    calls = heard.calls;
    heard = (listener){0.0, 0, calls / 2, 0};
    assert_int_equal(retain_evaluation_backtest(&ctx, &log.view, OBSERVATION_END, &weeks, published_origin, 1, HALF_YEAR,
                                                three_families, 3, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_CANCELLED);
    random_log_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_holdout_of_cdnow_is_reproduced),
        cmocka_unit_test(given_models_are_used_as_they_are),
        cmocka_unit_test(naive_rules_do_what_they_say),
        cmocka_unit_test(what_is_forecast_from_too_little_is_nothing),
        cmocka_unit_test(a_backtest_is_what_its_pieces_give),
        cmocka_unit_test(rows_threads_and_cut_change_nothing),
        cmocka_unit_test(frequencies_add_up_to_the_customers),
        cmocka_unit_test(the_tracking_curve_counts_repeat_orders_and_sums_expectations),
        cmocka_unit_test(a_choice_says_why),
        cmocka_unit_test(a_bad_model_loses_by_its_error),
        cmocka_unit_test(refuses_bad_calls_by_name),
        cmocka_unit_test(frequency_fit_refuses_other_units_and_bad_models),
        cmocka_unit_test(names_are_plain_words),
        cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(progress_rises_and_can_be_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

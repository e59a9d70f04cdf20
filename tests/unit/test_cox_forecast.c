/* Forecasts and checks of Cox regression against figures made from the definitions (tests/golden/generate/generate_cox.py). */
#include "retain/cox_check.h"
#include "retain/cox_forecast.h"

#include "support.h"

enum { N = 48, P = 2 };

typedef struct shop {
    double entry[N], exit[N], weight[N], tickets[N], plan[N];
    uint8_t event[N];
    int64_t stratum[N];
    const double *column[P];
    retain_cox_rows rows;
    retain_cox model;
    retain_fit_report report;
    int64_t step_stratum[N];
    double time[N], hazard[N], variance[N], drift[N * P], at_risk[N], events[N];
    size_t steps;
    retain_cox_baseline baseline;
} shop;

static void read_shop(shop *of)
{
    golden data = golden_read("cox/shop_rows.csv");

    assert_int_equal(data.rows, N);
    for (size_t i = 0; i < N; i++) {
        of->entry[i] = golden_number(&data, i, "entry");
        of->exit[i] = golden_number(&data, i, "exit");
        of->event[i] = golden_number(&data, i, "event") > 0.0;
        of->weight[i] = golden_number(&data, i, "weight");
        of->stratum[i] = (int64_t)golden_number(&data, i, "stratum");
        of->tickets[i] = golden_number(&data, i, "tickets");
        of->plan[i] = golden_number(&data, i, "plan");
    }
    golden_free(&data);
    of->column[0] = of->tickets;
    of->column[1] = of->plan;
}

/* Fits a case, and takes the steps of its baseline. */
static void make_case(shop *of, const char *name)
{
    golden cases = golden_read("cox/shop_cases.csv");
    retain_cox_options options = {.struct_size = sizeof options};
    size_t row = 0;

    while (strcmp(golden_text(&cases, row, "case"), name) != 0)
        row++;
    options.ties = strcmp(golden_text(&cases, row, "ties"), "efron") == 0 ? RETAIN_COX_EFRON : RETAIN_COX_BRESLOW;
    of->rows = (retain_cox_rows){.durations = {N, of->exit, of->event, golden_number(&cases, row, "late") > 0.0 ? of->entry : NULL,
                                               golden_number(&cases, row, "weights") > 0.0 ? of->weight : NULL},
                                 .predictors = {N, P, of->column, 0},
                                 .stratum = golden_number(&cases, row, "strata") > 0.0 ? of->stratum : NULL,
                                 .strata = 2};
    golden_free(&cases);
    of->report = (retain_fit_report)RETAIN_FIT_REPORT_INIT;
    assert_int_equal(retain_cox_fit(NULL, &of->rows, &options, &of->model, &of->report, NULL), RETAIN_OK);
    const retain_cox_steps_columns columns = {of->step_stratum, of->time,     of->at_risk, of->events,
                                              of->hazard,       of->variance, of->drift};

    assert_int_equal(retain_cox_steps(NULL, &of->rows, &of->model, &columns, N, &of->steps), RETAIN_OK);
    of->baseline = (retain_cox_baseline){of->steps, of->step_stratum, of->time, of->hazard, of->variance, of->drift};
}

/* Calls `check` for each row of a golden table, with the case of the row made. */
static void walk(const char *path, void (*check)(shop *of, const golden *want, size_t row))
{
    golden want = golden_read(path);
    static shop of;

    read_shop(&of);
    for (size_t row = 0; row < want.rows; row++) {
        const char *name = golden_text(&want, row, "case");

        if (row == 0 || strcmp(name, golden_text(&want, row - 1, "case")) != 0)
            make_case(&of, name);
        check(&of, &want, row);
    }
    golden_free(&want);
}

static void assert_relative(double got, double want)
{
    assert_near(got, want, 1e-11 * (fabs(want) + 1e-3));
}

static void check_coefficient(shop *of, const golden *want, size_t row)
{
    const size_t k = (size_t)golden_number(want, row, "predictor");

    assert_relative(of->model.coefficient[k], golden_number(want, row, "coefficient"));
    assert_relative(of->model.reference[k], golden_number(want, row, "reference"));
    assert_relative(of->report.covariance[k * P], golden_number(want, row, "cov0"));
    assert_relative(of->report.covariance[k * P + 1], golden_number(want, row, "cov1"));
}

static void coefficients_of_weighted_late_rows_are_those_of_the_definition(void **state)
{
    (void)state;
    walk("cox/shop_coefficients.csv", check_coefficient);
}

static void check_step(shop *of, const golden *want, size_t row)
{
    size_t at = 0;

    while (of->step_stratum[at] != (int64_t)golden_number(want, row, "stratum") || of->time[at] != golden_number(want, row, "time"))
        assert_true(++at < of->steps);
    assert_relative(of->hazard[at], golden_number(want, row, "hazard"));
    assert_relative(of->variance[at], golden_number(want, row, "variance"));
}

static void the_baseline_is_that_of_the_definition(void **state)
{
    (void)state;
    walk("cox/shop_steps.csv", check_step);
}

static void check_survival(shop *of, const golden *want, size_t row)
{
    const double tickets = golden_number(want, row, "tickets"), plan = golden_number(want, row, "plan"),
                 from = golden_number(want, row, "from"), ahead = golden_number(want, row, "ahead");
    const double *const column[] = {&tickets, &plan};
    const retain_predictors one = {1, P, column, 0};
    const int64_t stratum = (int64_t)golden_number(want, row, "stratum");
    double got[4];

    assert_int_equal(retain_cox_survival(NULL, &of->model, &of->baseline, of->report.covariance, &one, &stratum, &from, 0.0,
                                         RETAIN_COX_LIMITS_LOG_LOG, &ahead, 1, got, got + 1, got + 2, got + 3),
                     RETAIN_OK);
    assert_relative(got[0], golden_number(want, row, "survival"));
    assert_relative(got[1], golden_number(want, row, "standard_error"));
    assert_relative(got[2], golden_number(want, row, "low"));
    assert_relative(got[3], golden_number(want, row, "high"));
}

static void survival_and_its_limits_follow_from_how_they_move(void **state)
{
    (void)state;
    walk("cox/shop_survival.csv", check_survival);
}

static void check_remaining(shop *of, const golden *want, size_t row)
{
    const double tickets = golden_number(want, row, "tickets"), plan = golden_number(want, row, "plan"),
                 from = golden_number(want, row, "from"), horizon = golden_number(want, row, "horizon");
    const double *const column[] = {&tickets, &plan};
    const retain_predictors one = {1, P, column, 0};
    const int64_t stratum = (int64_t)golden_number(want, row, "stratum");
    double mean, error, low, high;

    assert_int_equal(retain_cox_remaining(NULL, &of->model, &of->baseline, of->report.covariance, &one, &stratum, &from, 0.0,
                                          horizon, &mean, &error, &low, &high),
                     RETAIN_OK);
    assert_relative(mean, golden_number(want, row, "mean"));
    assert_relative(error, golden_number(want, row, "standard_error"));
    assert_true(!(low > mean) && !(high < mean));
}

static void the_mean_left_and_its_error_follow_from_how_they_move(void **state)
{
    (void)state;
    walk("cox/shop_remaining.csv", check_remaining);
}

static void check_proportional(shop *of, const golden *want, size_t row)
{
    static const char *const transforms[] = {"km", "identity", "log", "rank"};
    double chi_squared[P + 1], p_value[P + 1];
    const size_t k = (size_t)golden_number(want, row, "predictor");
    int transform = 0;

    while (strcmp(golden_text(want, row, "transform"), transforms[transform]) != 0)
        transform++;
    assert_int_equal(retain_cox_proportional(NULL, &of->rows, &of->model, (retain_cox_transform)transform, chi_squared, p_value),
                     RETAIN_OK);
    assert_relative(chi_squared[k], golden_number(want, row, "chi_squared"));
    assert_true(p_value[k] > 0.0 && p_value[k] < 1.0);
}

static void the_test_of_proportions_is_a_score_test(void **state)
{
    (void)state;
    walk("cox/shop_proportional.csv", check_proportional);
}

/* Not even where exits change meanwhile: here each step that is written takes the place of one. */
static void no_more_steps_are_written_than_counted(void **state)
{
    double exit[] = {1.0, 2.0, 3.0, 4.0}, x[] = {0.0, 1.0, 0.0}, time[] = {0.0, 0.0, 0.0, 4.0};
    const double *column[] = {x};
    const retain_cox_rows rows = {.durations = {3, exit, NULL, NULL, NULL}, .predictors = {3, 1, column, 0}};
    const retain_cox model = {.predictors = 1};
    const retain_cox_steps_columns columns = {.time = time, .at_risk = exit};
    size_t count;

    (void)state;
    assert_int_equal(retain_cox_steps(NULL, &rows, &model, &columns, 3, &count), RETAIN_OK);
    assert_int_equal(count, 3);
    assert_true(exit[3] == 4.0 && time[3] == 4.0);
}

/* One event long after all others, when nobody else was there: x times time says what x says. Its logarithm says more. */
static void nothing_is_tested_where_time_tells_nothing(void **state)
{
    enum { ROWS = 40 };
    double exit[ROWS], x[ROWS], chi_squared[2], p_value[2];
    const double *column[] = {x};
    const retain_cox_rows rows = {.durations = {ROWS, exit, NULL, NULL, NULL}, .predictors = {ROWS, 1, column, 0}};
    static const double last[] = {1e100, 1e30, 41.0, 1.0};
    static const int is_tested[] = {0, 0, 1, 0};
    retain_cox model;

    (void)state;
    for (size_t trial = 0; trial < 4; trial++) {
        for (size_t i = 0; i < ROWS; i++) {
            exit[i] = trial == 3 ? 0.1 : (double)(1 + (7 * i) % ROWS); /* or all at once */
            x[i] = (double)((11 * i) % 17);
        }
        exit[ROWS - 1] = trial == 3 ? 0.1 : last[trial];
        assert_int_equal(retain_cox_fit(NULL, &rows, NULL, &model, NULL, NULL), RETAIN_OK);
        for (int transform = RETAIN_COX_KAPLAN_MEIER; transform <= RETAIN_COX_RANK; transform++) {
            const int tested = trial != 3 && (is_tested[trial] || transform != RETAIN_COX_IDENTITY);

            assert_int_equal(retain_cox_proportional(NULL, &rows, &model, (retain_cox_transform)transform, chi_squared, p_value),
                             RETAIN_OK);
            for (size_t k = 0; k < 2; k++) {
                assert_int_equal(!isnan(chi_squared[k]), tested);
                assert_int_equal(!isnan(p_value[k]), tested);
            }
        }
    }
}

static void check_residuals(shop *of, const golden *want, size_t row)
{
    static double martingale[N], deviance[N], score[N * P], influence[N * P];
    const size_t i = (size_t)golden_number(want, row, "row");

    assert_int_equal(retain_cox_residuals(NULL, &of->rows, &of->model, martingale, deviance, score, influence), RETAIN_OK);
    assert_relative(martingale[i], golden_number(want, row, "martingale"));
    assert_relative(deviance[i], golden_number(want, row, "deviance"));
    assert_relative(score[i * P], golden_number(want, row, "score0"));
    assert_relative(score[i * P + 1], golden_number(want, row, "score1"));
    assert_relative(influence[i * P], golden_number(want, row, "influence0"));
    assert_relative(influence[i * P + 1], golden_number(want, row, "influence1"));
}

static void check_schoenfeld(shop *of, const golden *want, size_t row)
{
    static double time[N], residual[N * P], scaled[N * P];
    static int64_t ended[N];
    const retain_cox_events_columns columns = {ended, time, residual, scaled};
    const int64_t i = (int64_t)golden_number(want, row, "row");
    size_t count, at = 0;

    assert_int_equal(retain_cox_schoenfeld(NULL, &of->rows, &of->model, &columns, N, &count), RETAIN_OK);
    while (at < count && ended[at] != i)
        at++;
    assert_true(at < count);
    assert_relative(time[at], golden_number(want, row, "time"));
    assert_relative(residual[at * P], golden_number(want, row, "residual0"));
    assert_relative(residual[at * P + 1], golden_number(want, row, "residual1"));
    assert_relative(scaled[at * P], golden_number(want, row, "scaled0"));
    assert_relative(scaled[at * P + 1], golden_number(want, row, "scaled1"));
}

static void schoenfeld_residuals_are_those_of_the_definition(void **state)
{
    (void)state;
    walk("cox/shop_schoenfeld.csv", check_schoenfeld);
}

static void residuals_are_those_of_the_definition(void **state)
{
    (void)state;
    walk("cox/shop_residuals.csv", check_residuals);
}

/* --- laws -------------------------------------------------------------------------------------------------------------------------- */

static void residuals_add_up(void **state)
{
    static double martingale[N], score[N * P];
    static shop of;
    double sum = 0.0, slope[P] = {0.0};

    (void)state;
    read_shop(&of);
    make_case(&of, "efron");
    assert_int_equal(retain_cox_residuals(NULL, &of.rows, &of.model, martingale, NULL, score, NULL), RETAIN_OK);
    for (size_t i = 0; i < N; i++) {
        sum += of.weight[i] * martingale[i];
        for (size_t k = 0; k < P; k++)
            slope[k] += of.weight[i] * score[i * P + k];
    }
    assert_near(sum, 0.0, 1e-12);
    assert_near(slope[0], 0.0, 1e-11);
    assert_near(slope[1], 0.0, 1e-11);
}

static void schoenfeld_residuals_add_up_to_the_slope(void **state)
{
    static double time[N], residual[N * P], scaled[N * P];
    static int64_t row[N];
    static shop of;
    const retain_cox_events_columns columns = {row, time, residual, scaled};
    double slope[P] = {0.0}, mean[P] = {0.0};
    size_t count;

    (void)state;
    read_shop(&of);
    make_case(&of, "plain");
    assert_int_equal(retain_cox_schoenfeld(NULL, &of.rows, &of.model, &columns, N, &count), RETAIN_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(of.event[row[i]], 1);
        assert_near(time[i], of.exit[row[i]], 0.0);
        for (size_t k = 0; k < P; k++) {
            slope[k] += residual[i * P + k];
            mean[k] += scaled[i * P + k] / (double)count;
        }
    }
    for (size_t k = 0; k < P; k++) {
        assert_near(slope[k], 0.0, 1e-11);
        assert_near(mean[k], of.model.coefficient[k], 1e-11);
    }
    assert_int_equal(retain_cox_schoenfeld(NULL, &of.rows, &of.model, &columns, 3, &count), RETAIN_ERROR_CAPACITY);
}

static void quantiles_are_where_survival_falls(void **state)
{
    static shop of;
    static double quantile[N], before[N], after[N];
    double ahead;

    (void)state;
    read_shop(&of);
    make_case(&of, "plain");
    assert_int_equal(retain_cox_quantile(NULL, &of.model, &of.baseline, &of.rows.predictors, NULL, NULL, 0.4, quantile), RETAIN_OK);
    for (size_t i = 0; i < N; i++) {
        if (isnan(quantile[i]))
            continue;
        ahead = quantile[i];
        assert_int_equal(retain_cox_survival(NULL, &of.model, &of.baseline, NULL, &of.rows.predictors, NULL, NULL, 0.0,
                                             RETAIN_COX_LIMITS_LOG_LOG, &ahead, 1, after, NULL, NULL, NULL),
                         RETAIN_OK);
        ahead = quantile[i] - 1e-9;
        assert_int_equal(retain_cox_survival(NULL, &of.model, &of.baseline, NULL, &of.rows.predictors, NULL, NULL, 0.0,
                                             RETAIN_COX_LIMITS_LOG_LOG, &ahead, 1, before, NULL, NULL, NULL),
                         RETAIN_OK);
        assert_true(after[i] <= 0.6 && before[i] > 0.6);
    }
}

static void nothing_is_said_beyond_what_was_watched(void **state)
{
    static shop of;
    static const double ahead[] = {0.0, 8.0, 40.0};
    double share[3 * N], mean[N], from[N];

    (void)state;
    read_shop(&of);
    make_case(&of, "plain");
    for (size_t i = 0; i < N; i++)
        from[i] = (double)i;
    assert_int_equal(retain_cox_survival(NULL, &of.model, &of.baseline, NULL, &of.rows.predictors, NULL, from, 0.0,
                                         RETAIN_COX_LIMITS_LOG_LOG, ahead, 3, share, NULL, NULL, NULL),
                     RETAIN_OK);
    assert_near(share[0], 1.0, 0.0);
    assert_true(share[1] < 1.0);
    assert_nan(share[2]);
    assert_nan(share[3 * 20]);
    assert_int_equal(retain_cox_remaining(NULL, &of.model, &of.baseline, NULL, &of.rows.predictors, NULL, from, 0.0, 4.0, mean,
                                          NULL, NULL, NULL),
                     RETAIN_OK);
    assert_true(mean[0] > 0.0 && mean[0] < 4.0);
    assert_nan(mean[20]);
}

static void baselines_and_rows_are_refused_by_name(void **state)
{
    static shop of;
    retain_context context = RETAIN_CONTEXT_INIT;
    const double ahead = 1.0, backwards[] = {2.0, 1.0}, hazard[] = {0.1, 0.2}, wrong[] = {0.2, 0.1}, times[] = {1.0, 2.0};
    const int64_t elsewhere[N] = {7};
    double got[N];
    retain_cox_baseline baseline = {2, NULL, backwards, hazard, NULL, NULL};

    (void)state;
    read_shop(&of);
    make_case(&of, "plain");
#define ASK(stratum, covariance)                                                                             \
    retain_cox_survival(&context, &of.model, &baseline, covariance, &of.rows.predictors, stratum, NULL, 0.0, \
                        RETAIN_COX_LIMITS_LOG_LOG, &ahead, 1, got, NULL, NULL, NULL)
    assert_int_equal(ASK(NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(context.error, "baseline.time[1] is 1; it must ascend within a stratum, from 0 on");
    baseline.time = times;
    baseline.hazard = wrong;
    assert_int_equal(ASK(NULL, NULL), RETAIN_ERROR_DATA);
    baseline.hazard = hazard;
    assert_int_equal(ASK(NULL, of.report.covariance), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(context.error, "baseline.variance is NULL; limits need it");
    assert_int_equal(ASK(elsewhere, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(context.error, "stratum[0] is 7, of which the baseline has no steps");
    assert_int_equal(ASK(NULL, NULL), RETAIN_OK);
#undef ASK
    assert_int_equal(retain_cox_proportional(NULL, &of.rows, &of.model, (retain_cox_transform)9, got, NULL), RETAIN_ERROR_ARGUMENT);
    of.model.predictors = 1;
    assert_int_equal(retain_cox_residuals(NULL, &of.rows, &of.model, got, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
}

static retain_status do_everything(retain_context *ctx, void *state)
{
    shop *of = state;
    static double a[N * P], b[N * P], c[N * P];
    static const double ahead[] = {1.0, 2.0};
    const retain_cox_steps_columns columns = {.time = a, .drift = b};
    const retain_cox_events_columns events = {.time = a, .residual = b};
    size_t count;
    retain_status status = retain_cox_steps(ctx, &of->rows, &of->model, &columns, N, &count);

    if (status == RETAIN_OK)
        status = retain_cox_schoenfeld(ctx, &of->rows, &of->model, &events, N, &count);
    if (status == RETAIN_OK)
        status = retain_cox_residuals(ctx, &of->rows, &of->model, a, b, NULL, c);
    if (status == RETAIN_OK)
        status = retain_cox_proportional(ctx, &of->rows, &of->model, RETAIN_COX_RANK, a, b);
    if (status == RETAIN_OK)
        status = retain_cox_survival(ctx, &of->model, &of->baseline, of->report.covariance, &of->rows.predictors, of->stratum, NULL,
                                     0.9, RETAIN_COX_LIMITS_LOG, ahead, 2, a, b, c, NULL);
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    static shop of;

    (void)state;
    read_shop(&of);
    make_case(&of, "efron");
    survives_memory_exhaustion(do_everything, NULL, &of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_of_weighted_late_rows_are_those_of_the_definition),
        cmocka_unit_test(the_baseline_is_that_of_the_definition),
        cmocka_unit_test(survival_and_its_limits_follow_from_how_they_move),
        cmocka_unit_test(the_mean_left_and_its_error_follow_from_how_they_move),
        cmocka_unit_test(the_test_of_proportions_is_a_score_test),
        cmocka_unit_test(no_more_steps_are_written_than_counted),
        cmocka_unit_test(nothing_is_tested_where_time_tells_nothing),
        cmocka_unit_test(residuals_are_those_of_the_definition),
        cmocka_unit_test(schoenfeld_residuals_are_those_of_the_definition),
        cmocka_unit_test(residuals_add_up),
        cmocka_unit_test(schoenfeld_residuals_add_up_to_the_slope),
        cmocka_unit_test(quantiles_are_where_survival_falls),
        cmocka_unit_test(nothing_is_said_beyond_what_was_watched),
        cmocka_unit_test(baselines_and_rows_are_refused_by_name),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

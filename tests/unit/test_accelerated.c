/* Accelerated failure time against figures made from densities at 30 digits (tests/golden/generate/generate_accelerated.py). */
#include "retain/accelerated.h"

#include "support.h"

enum { N = 48, P = 2, ENTRIES = 4 };

typedef struct shop {
    double entry[N], exit[N], weight[N], x[P][N];
    uint8_t event[N];
    const double *column[P];
    retain_durations durations;
    retain_predictors predictors;
    retain_accelerated model;
    retain_fit_report report;
} shop;

static void read_shop(shop *of)
{
    golden data = golden_read("cox/shop_rows.csv");

    for (size_t i = 0; i < N; i++) {
        of->entry[i] = golden_number(&data, i, "entry");
        of->exit[i] = golden_number(&data, i, "exit");
        of->event[i] = golden_number(&data, i, "event") > 0.0;
        of->weight[i] = golden_number(&data, i, "weight");
        of->x[0][i] = golden_number(&data, i, "tickets");
        of->x[1][i] = golden_number(&data, i, "plan");
    }
    golden_free(&data);
    of->column[0] = of->x[0];
    of->column[1] = of->x[1];
}

static void make_case(shop *of, const golden *cases, size_t row)
{
    const int late = golden_number(cases, row, "late") > 0.0;

    of->durations = (retain_durations){N, of->exit, of->event, late ? of->entry : NULL, late ? of->weight : NULL};
    of->predictors = (retain_predictors){N, (size_t)golden_number(cases, row, "columns"), of->column, 0};
    of->report = (retain_fit_report)RETAIN_FIT_REPORT_INIT;
    assert_int_equal(retain_accelerated_fit(NULL, (retain_accelerated_family)golden_number(cases, row, "family"), &of->durations,
                                            &of->predictors, NULL, &of->model, &of->report),
                     RETAIN_OK);
}

static void assert_relative(double got, double want, double tolerance)
{
    assert_near(got, want, tolerance * (fabs(want) + 1e-3));
}

static void fits_meet_the_golden_ones(void **state)
{
    golden cases = golden_read("accelerated/cases.csv"), entries = golden_read("accelerated/entries.csv");
    static shop of;

    (void)state;
    read_shop(&of);
    for (size_t c = 0; c < cases.rows; c++) {
        make_case(&of, &cases, c);
        assert_relative(of.report.log_likelihood, golden_number(&cases, c, "log_likelihood"), 1e-12);
        for (size_t row = 0; row < entries.rows; row++) {
            const size_t k = (size_t)golden_number(&entries, row, "entry");

            if (strcmp(golden_text(&entries, row, "case"), golden_text(&cases, c, "case")) != 0)
                continue;
            assert_relative(of.report.estimate[k], golden_number(&entries, row, "estimate"), 1e-8);
            assert_relative(of.report.standard_error[k], golden_number(&entries, row, "standard_error"), 1e-7);
        }
    }
    golden_free(&cases);
    golden_free(&entries);
}

static void check_forecast(const shop *of, const golden *want, size_t row)
{
    const double x[P] = {golden_number(want, row, "tickets"), golden_number(want, row, "plan")};
    const double *const column[P] = {x, x + 1};
    const retain_predictors one = {1, of->model.predictors, column, 0};
    const double from = golden_number(want, row, "from"), ahead = golden_number(want, row, "ahead"), *v = of->report.covariance;
    double got[3];

    assert_int_equal(retain_accelerated_survival(NULL, &of->model, v, &one, &from, 0.0, &ahead, 1, got, got + 1, got + 2),
                     RETAIN_OK);
    assert_relative(got[0], golden_number(want, row, "survival"), 1e-7);
    assert_relative(got[1], golden_number(want, row, "low"), 1e-6);
    assert_relative(got[2], golden_number(want, row, "high"), 1e-6);
    assert_int_equal(retain_accelerated_quantile(NULL, &of->model, v, &one, &from, 0.0, 0.5, got, got + 1, got + 2), RETAIN_OK);
    assert_relative(got[0], golden_number(want, row, "median"), 1e-7);
    assert_relative(got[1], golden_number(want, row, "median_low"), 1e-6);
    assert_relative(got[2], golden_number(want, row, "median_high"), 1e-6);
    assert_int_equal(retain_accelerated_remaining(NULL, &of->model, v, &one, &from, 0.0, ahead, got, got + 1, got + 2), RETAIN_OK);
    assert_relative(got[0], golden_number(want, row, "mean"), 1e-7);
    assert_relative(got[1], golden_number(want, row, "mean_low"), 1e-6);
    assert_relative(got[2], golden_number(want, row, "mean_high"), 1e-6);
}

static void forecasts_and_limits_meet_the_golden_ones(void **state)
{
    golden cases = golden_read("accelerated/cases.csv"), forecasts = golden_read("accelerated/forecasts.csv");
    static shop of;

    (void)state;
    read_shop(&of);
    for (size_t c = 0; c < cases.rows; c++) {
        make_case(&of, &cases, c);
        for (size_t row = 0; row < forecasts.rows; row++) {
            if (strcmp(golden_text(&forecasts, row, "case"), golden_text(&cases, c, "case")) == 0)
                check_forecast(&of, &forecasts, row);
        }
    }
    golden_free(&cases);
    golden_free(&forecasts);
}

/* --- laws ------------------------------------------------------------------------------------------------------------------------- */

static void the_exponential_scale_is_time_by_events(void **state)
{
    static shop of;
    const retain_predictors none = {N, 0, NULL, 0};
    double time = 0.0, events = 0.0;

    (void)state;
    read_shop(&of);
    for (size_t i = 0; i < N; i++) {
        time += of.exit[i] - of.entry[i];
        events += of.event[i];
    }
    of.durations = (retain_durations){N, of.exit, of.event, of.entry, NULL};
    assert_int_equal(retain_accelerated_fit(NULL, RETAIN_ACCELERATED_EXPONENTIAL, &of.durations, &none, NULL, &of.model, NULL),
                     RETAIN_OK);
    assert_relative(of.model.scale, time / events, 1e-9);
    assert_near(of.model.shape, 1.0, 0.0);
}

static void another_unit_of_time_changes_the_scale_alone(void **state)
{
    static shop of;
    retain_accelerated weeks;

    (void)state;
    read_shop(&of);
    of.durations = (retain_durations){N, of.exit, of.event, of.entry, NULL};
    of.predictors = (retain_predictors){N, P, of.column, 0};
    for (int family = 0; family < 4; family++) {
        assert_int_equal(
            retain_accelerated_fit(NULL, (retain_accelerated_family)family, &of.durations, &of.predictors, NULL, &of.model, NULL),
            RETAIN_OK);
        for (size_t i = 0; i < N; i++) {
            of.exit[i] *= 4096.0;
            of.entry[i] *= 4096.0;
        }
        assert_int_equal(
            retain_accelerated_fit(NULL, (retain_accelerated_family)family, &of.durations, &of.predictors, NULL, &weeks, NULL),
            RETAIN_OK);
        for (size_t i = 0; i < N; i++) {
            of.exit[i] /= 4096.0;
            of.entry[i] /= 4096.0;
        }
        assert_relative(weeks.scale, 4096.0 * of.model.scale, 1e-7);
        assert_relative(weeks.shape, of.model.shape, 1e-7);
        assert_relative(weeks.coefficient[0], of.model.coefficient[0], 1e-6);
    }
}

static void quantiles_are_where_survival_says(void **state)
{
    static const double x[P] = {2.0, 0.5}, from = 1.5;
    const double *const column[P] = {x, x + 1};
    const retain_predictors one = {1, P, column, 0};
    retain_accelerated model = {.predictors = P, .scale = 5.0, .shape = 0.7, .coefficient = {-0.2, 0.4}, .reference = {1.0, 1.0}};

    (void)state;
    for (int family = 0; family < 4; family++) {
        model.family = (retain_accelerated_family)family;
        for (double share = 0.05; share < 1.0; share += 0.15) {
            double ahead, survival;

            assert_int_equal(retain_accelerated_quantile(NULL, &model, NULL, &one, &from, 0.0, share, &ahead, NULL, NULL),
                             RETAIN_OK);
            assert_int_equal(retain_accelerated_survival(NULL, &model, NULL, &one, &from, 0.0, &ahead, 1, &survival, NULL, NULL),
                             RETAIN_OK);
            assert_near(survival, 1.0 - share, 1e-13);
        }
    }
}

/* --- refusals and verdicts -------------------------------------------------------------------------------------------------------- */

static void rows_and_models_are_refused_by_name(void **state)
{
    static shop of;
    retain_context context = RETAIN_CONTEXT_INIT;
    double got;

    (void)state;
    read_shop(&of);
    of.durations = (retain_durations){N, of.exit, of.event, NULL, NULL};
    of.predictors = (retain_predictors){N, P, of.column, 0};
#define FIT(family) \
    retain_accelerated_fit(&context, (retain_accelerated_family)(family), &of.durations, &of.predictors, NULL, &of.model, NULL)
    assert_int_equal(FIT(7), RETAIN_ERROR_ARGUMENT);
    of.exit[1] = 0.0;
    assert_int_equal(of.event[1], 1);
    assert_int_equal(FIT(0), RETAIN_ERROR_DATA);
    assert_string_equal(context.error, "durations.exit[1] is 0; nothing may end at 0");
    read_shop(&of);
    memset(of.event, 0, sizeof of.event);
    assert_int_equal(FIT(0), RETAIN_ERROR_CONVERGENCE);
    assert_non_null(strstr(context.error, "nobody left."));
    memset(of.event, 1, sizeof of.event);
    for (size_t i = 0; i < N; i++)
        of.exit[i] = 3.0;
    of.predictors.columns = 0;
    assert_int_equal(FIT(0), RETAIN_ERROR_CONVERGENCE);
    assert_non_null(strstr(context.error, "did so at the same time"));
#undef FIT
    of.model = (retain_accelerated){.scale = 0.0, .shape = 1.0};
    assert_int_equal(retain_accelerated_quantile(&context, &of.model, NULL, &of.predictors, NULL, 0.0, 0.5, &got, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    of.model.scale = 1.0;
    assert_int_equal(retain_accelerated_remaining(&context, &of.model, NULL, &of.predictors, NULL, 0.0, -1.0, &got, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
}

static retain_status do_everything(retain_context *ctx, void *state)
{
    static const double ahead[] = {1.0, 2.0};
    static double made[2 * N], low[2 * N];
    shop *of = state;
    retain_status status =
        retain_accelerated_fit(ctx, RETAIN_ACCELERATED_WEIBULL, &of->durations, &of->predictors, NULL, &of->model, &of->report);

    if (status == RETAIN_OK)
        status = retain_accelerated_survival(ctx, &of->model, of->report.covariance, &of->predictors, of->entry, 0.9, ahead, 2,
                                             made, low, NULL);
    if (status == RETAIN_OK)
        status = retain_accelerated_remaining(ctx, &of->model, NULL, &of->predictors, NULL, 0.9, 2.0, made, NULL, NULL);
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    static shop of;

    (void)state;
    read_shop(&of);
    of.durations = (retain_durations){N, of.exit, of.event, of.entry, of.weight};
    of.predictors = (retain_predictors){N, P, of.column, 0};
    of.report = (retain_fit_report)RETAIN_FIT_REPORT_INIT;
    survives_memory_exhaustion(do_everything, NULL, &of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_meet_the_golden_ones),
        cmocka_unit_test(forecasts_and_limits_meet_the_golden_ones),
        cmocka_unit_test(the_exponential_scale_is_time_by_events),
        cmocka_unit_test(another_unit_of_time_changes_the_scale_alone),
        cmocka_unit_test(quantiles_are_where_survival_says),
        cmocka_unit_test(rows_and_models_are_refused_by_name),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

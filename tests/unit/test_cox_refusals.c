/* Cox regression: what is refused, what the verdicts say, and what hostile rows do not break. */
#include "retain/cox.h"

#include "support.h"

enum { N = 8 };

static const double months[N] = {2, 3, 5, 6, 8, 9, 11, 12}, tickets[N] = {3, 1, 2, 0, 1, 2, 0, 0},
                    age[N] = {1, 5, 2, 4, 1, 6, 3, 2};
static const uint8_t left[N] = {1, 1, 1, 0, 1, 1, 0, 0};
static const double *const both[] = {tickets, age};

static retain_cox_rows make_rows(size_t columns)
{
    return (retain_cox_rows){.durations = {N, months, left, NULL, NULL}, .predictors = {N, columns, both, 0}};
}

static retain_context refuse(const retain_cox_rows *rows, const retain_cox_options *options, retain_status status)
{
    retain_context context = RETAIN_CONTEXT_INIT;
    retain_cox model = {.predictors = 77};

    assert_int_equal(retain_cox_fit(&context, rows, options, &model, NULL, NULL), status);
    assert_int_equal(model.predictors, 77);
    return context;
}

static void rows_and_options_are_refused_by_name(void **state)
{
    static const double overlapping[N] = {0, 2, 0, 0, 0, 0, 0, 0};
    static const int64_t customer[N] = {7, 7, 1, 2, 3, 4, 5, 6}, stratum[N] = {0, 0, 9, 0, 0, 0, 0, 0};
    double missing[N] = {0, 1, (double)NAN, 3, 4, 5, 6, 7};
    const double *const column[] = {missing};
    retain_cox_options options = {.struct_size = sizeof options, .robust = 2};
    retain_cox_rows rows = make_rows(2);
    retain_context context;

    (void)state;
    context = refuse(NULL, NULL, RETAIN_ERROR_ARGUMENT);
    assert_string_equal(context.error, "rows is NULL; it is required");
    context = refuse(&rows, &options, RETAIN_ERROR_ARGUMENT);
    assert_string_equal(context.error, "options.robust is 2; it must be 0 or 1");
    rows.predictors.columns = 0;
    refuse(&rows, NULL, RETAIN_ERROR_ARGUMENT);
    rows.predictors.columns = 41;
    refuse(&rows, NULL, RETAIN_ERROR_ARGUMENT);
    rows = make_rows(2);
    rows.predictors.count = 7;
    refuse(&rows, NULL, RETAIN_ERROR_ARGUMENT);
    rows = make_rows(1);
    rows.predictors.column = column;
    context = refuse(&rows, NULL, RETAIN_ERROR_DATA);
    assert_int_equal(context.row, 2);
    rows = make_rows(1);
    rows.stratum = stratum;
    rows.strata = 2;
    context = refuse(&rows, NULL, RETAIN_ERROR_DATA);
    assert_non_null(strstr(context.error, "it must lie in [0, rows.strata = 2)"));
    rows.strata = 1025;
    context = refuse(&rows, NULL, RETAIN_ERROR_ARGUMENT);
    assert_string_equal(context.error, "rows.strata is 1025; it must be 1 to 1024");
    rows = make_rows(1);
    rows.durations.entry = overlapping;
    rows.customer = customer;
    rows.durations.exit = (const double[]){3, 4, 5, 6, 8, 9, 11, 12};
    context = refuse(&rows, NULL, RETAIN_ERROR_DATA);
    assert_string_equal(context.error,
                        "rows[0] and rows[1] are both of customer 7, from 0 to 3 and from 2 to 4; they must not overlap");
}

static retain_fit_report end(const retain_cox_rows *rows, retain_fit_verdict verdict, const char *words)
{
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_context context = RETAIN_CONTEXT_INIT;
    retain_cox model;

    assert_int_equal(retain_cox_fit(&context, rows, NULL, &model, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, verdict);
    assert_non_null(strstr(report.explanation, words));
    assert_string_equal(report.explanation, context.error);
    return report;
}

static void verdicts_say_which_predictor_it_is(void **state)
{
    static const double runs[N] = {1, 1, 1, 0, 1, 1, 0, 0}, twice[N] = {6, 2, 4, 0, 2, 4, 0, 0}, same[N] = {1, 1, 1, 1, 1, 1, 1, 1};
    static const uint8_t nobody[N] = {0};
    const double *const away[] = {runs, age}, *const copies[] = {age, tickets, twice}, *const constant[] = {tickets, same};
    retain_cox_rows rows = make_rows(2);
    retain_fit_report report;

    (void)state;
    rows.predictors.column = away;
    report = end(&rows, RETAIN_FIT_BOUNDARY, "still rises as x0 grows without limit");
    assert_nan(report.standard_error[0]);
    assert_true(report.standard_error[1] > 0.0);
    rows.predictors.column = copies;
    rows.predictors.columns = 3;
    report = end(&rows, RETAIN_FIT_RIDGE, "One of x1, x2 follows from the others.");
    assert_true(report.standard_error[0] > 0.0);
    rows = make_rows(2);
    rows.predictors.column = constant;
    report = end(&rows, RETAIN_FIT_RIDGE, "x1 is the same in every row.");
    assert_near(report.estimate[1], 0.0, 0.0);
    rows = make_rows(2);
    rows.durations.event = nobody;
    end(&rows, RETAIN_FIT_TOO_LITTLE_DATA, "nobody left.");
    rows.durations.count = rows.predictors.count = 0;
    end(&rows, RETAIN_FIT_TOO_LITTLE_DATA, "there are no rows.");
    rows = make_rows(2);
    rows.durations.count = rows.predictors.count = 1;
    end(&rows, RETAIN_FIT_RIDGE, "the same in every row");
}

static void a_prior_determines_what_the_data_leave_open(void **state)
{
    static const double runs[N] = {1, 1, 1, 0, 1, 1, 0, 0}, same[N] = {1, 1, 1, 1, 1, 1, 1, 1};
    const double *const open[] = {runs, same};
    const retain_cox_options options = {.struct_size = sizeof options, .coefficient_sd = 1.0};
    retain_cox_rows rows = make_rows(2);
    retain_cox model;

    (void)state;
    rows.predictors.column = open;
    assert_int_equal(retain_cox_fit(NULL, &rows, &options, &model, NULL, NULL), RETAIN_OK);
    assert_true(model.coefficient[0] > 0.5 && model.coefficient[0] < 3.0);
    assert_near(model.coefficient[1], 0.0, 0.0);
}

/* Everything at one time, and numbers at the ends of what is allowed. */
static void hostile_rows_end_with_a_verdict(void **state)
{
    static const double at_once[N] = {5, 5, 5, 5, 5, 5, 5, 5}, huge[N] = {1e100, -1e100, 3e99, 0, 1e99, -4e99, 1, 2},
                        tiny[N] = {1e-100, 1e100, 1e-100, 1e100, 1, 1, 1e-50, 1e50}, zeros[N] = {0};
    const double *const column[] = {huge};
    retain_cox_rows rows = make_rows(2);
    retain_cox model;
    retain_status status;

    (void)state;
    rows.durations.exit = at_once;
    status = retain_cox_fit(NULL, &rows, NULL, &model, NULL, NULL);
    assert_true(status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE);
    rows.durations.exit = zeros;
    status = retain_cox_fit(NULL, &rows, NULL, &model, NULL, NULL);
    assert_true(status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE);
    rows = make_rows(1);
    rows.predictors.column = column;
    status = retain_cox_fit(NULL, &rows, NULL, &model, NULL, NULL);
    assert_true(status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE);
    rows.durations.weight = tiny;
    status = retain_cox_fit(NULL, &rows, NULL, &model, NULL, NULL);
    assert_true(status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE);
    rows.durations.weight = zeros;
    assert_int_equal(retain_cox_fit(NULL, &rows, NULL, &model, NULL, NULL), RETAIN_ERROR_CONVERGENCE);
}

static void risks_are_refused_and_missing_by_name(void **state)
{
    static const double covariance[] = {0.04, 0.01, 0.01, 0.09}, odd[N] = {1, (double)NAN, 2, 3, 4, 5, 6, 7};
    const double *const column[] = {tickets, odd};
    const retain_predictors predictors = {N, 2, column, 0};
    retain_cox model = {.predictors = 2, .coefficient = {0.5, -0.25}, .reference = {1.0, 2.0}};
    double logarithm[N], ratio[N], low[N], high[N];

    (void)state;
    assert_int_equal(retain_cox_risk(NULL, &model, &predictors, covariance, 0.0, logarithm, ratio, low, high), RETAIN_OK);
    assert_near(logarithm[0], 0.5 * 2.0 + 0.25, 1e-15);
    assert_near(ratio[0], exp(1.25), 1e-14);
    assert_near(high[0], exp(1.25 + 1.959963984540054 * sqrt(4.0 * 0.04 - 2.0 * 2.0 * 0.01 + 0.09)), 1e-12);
    assert_nan(ratio[1]);
    model.predictors = 3;
    assert_int_equal(retain_cox_risk(NULL, &model, &predictors, NULL, 0.0, logarithm, ratio, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    model.predictors = 2;
    model.coefficient[0] = (double)INFINITY;
    assert_int_equal(retain_cox_risk(NULL, &model, &predictors, NULL, 0.0, logarithm, ratio, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cox_risk(NULL, NULL, &predictors, NULL, 0.0, logarithm, ratio, NULL, NULL), RETAIN_ERROR_ARGUMENT);
}

static retain_status fit_everything(retain_context *ctx, void *state)
{
    static const int64_t stratum[N] = {0, 1, 0, 1, 0, 1, 0, 0}, customer[N] = {1, 2, 3, 4, 5, 6, 7, 8};
    static const double entry[N] = {0, 1, 0, 2, 0, 0, 3, 0};
    const retain_cox_options options = {.struct_size = sizeof options, .robust = 1, .coefficient_sd = 2.0};
    retain_cox_rows rows = make_rows(2);

    ((retain_cox *)state)->predictors = 99;
    rows.durations.entry = entry;
    rows.stratum = stratum;
    rows.strata = 2;
    rows.customer = customer;
    return retain_cox_fit(ctx, &rows, &options, state, NULL, NULL);
}

static void assert_untouched(void *state)
{
    assert_int_equal(((const retain_cox *)state)->predictors, 99);
}

static void memory_may_run_out_anywhere(void **state)
{
    retain_cox model = {.predictors = 99};

    (void)state;
    survives_memory_exhaustion(fit_everything, assert_untouched, &model);
    assert_int_equal(model.predictors, 2);
}

/* Robust covariances are symmetric and positive, whatever the units; errors go with them. */
static void robust_covariances_do_not_depend_on_units(void **state)
{
    static const double units[] = {1.0, 1e-150, 1e80}, heavy[N] = {1e8, 2e8, 1e8, 3e8, 1e8, 1e8, 2e8, 1e8};
    double want[2] = {0.0, 0.0};

    (void)state;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        double first[N], second[N];
        const double *const column[] = {first, second};
        const retain_cox_options options = {.struct_size = sizeof options, .robust = 1};
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_cox_rows rows = make_rows(2);
        retain_cox model;

        for (size_t i = 0; i < N; i++) {
            first[i] = tickets[i] * units[u];
            second[i] = age[i] * units[u];
        }
        rows.predictors.column = column;
        rows.durations.weight = heavy;
        assert_int_equal(retain_cox_fit(NULL, &rows, &options, &model, &report, NULL), RETAIN_OK);
        assert_int_equal(report.verdict, RETAIN_FIT_CONVERGED);
        assert_true(report.covariance[1] == report.covariance[2]);
        for (size_t j = 0; j < 2; j++) {
            const double error = report.standard_error[j] * units[u];

            assert_true(error > 0.0);
            assert_near(report.covariance[3 * j], report.standard_error[j] * report.standard_error[j],
                        1e-14 * report.covariance[3 * j]);
            if (u > 0)
                assert_near(error, want[j], 1e-9 * want[j]);
            else
                want[j] = error;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_options_are_refused_by_name),        cmocka_unit_test(verdicts_say_which_predictor_it_is),
        cmocka_unit_test(a_prior_determines_what_the_data_leave_open), cmocka_unit_test(hostile_rows_end_with_a_verdict),
        cmocka_unit_test(risks_are_refused_and_missing_by_name),       cmocka_unit_test(memory_may_run_out_anywhere),
        cmocka_unit_test(robust_covariances_do_not_depend_on_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

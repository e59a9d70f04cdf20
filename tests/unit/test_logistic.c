/* Logistic regression: the golden values, and what makes a fit independent of how its rows are given. */
#include "data/predictors.h"
#include "logistic_rows.h"
#include "support.h"

/* --- golden values --------------------------------------------------------------------------------------------------------------- */

static void coefficients_errors_and_objectives_meet_the_golden_ones(void **state)
{
    golden table = golden_read("logistic/coefficients.csv");

    (void)state;
    for (size_t row = 0; row < table.rows;) {
        const retain_logistic_options options = {
            .struct_size = sizeof options, .l2 = golden_number(&table, row, "lambda"), .unscaled = 1};
        const logistic_data data = read_logistic_data(golden_text(&table, row, "dataset"));
        double coefficient[1 + 2 * LOGISTIC_COLUMNS], error[1 + 2 * LOGISTIC_COLUMNS];
        const retain_logistic_effects effects = {.coefficient = coefficient, .standard_error = error};
        retain_logistic_report report = RETAIN_LOGISTIC_REPORT_INIT;
        retain_logistic model;

        assert_int_equal(
            retain_logistic_fit(NULL, &data.predictors, data.outcome, data.weight, &options, &model, &report, &effects, NULL),
            RETAIN_OK);
        for (size_t e = 0; e <= data.predictors.columns; e++, row++) {
            const double want = golden_number(&table, row, "coef"), se = golden_number(&table, row, "se_penalised_hessian");

            assert_near(coefficient[e], want, 1e-12 * fabs(want));
            assert_near(error[e], se, 1e-12 * se);
            assert_near(report.objective, golden_number(&table, row, "objective"), 1e-12 * report.objective);
        }
        assert_near(model.intercept, coefficient[0], 0.0);
        assert_true(report.gradient_norm < 1e-14);
    }
    golden_free(&table);
}

static void a_single_class_is_refused_in_words(void **state)
{
    const retain_logistic_options options = {.struct_size = sizeof options, .l2 = 1.0};
    const logistic_data data = read_logistic_data("one_class");
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_logistic_report report = RETAIN_LOGISTIC_REPORT_INIT;
    retain_logistic model;

    (void)state;
    assert_int_equal(retain_logistic_fit(&ctx, &data.predictors, data.outcome, data.weight, &options, &model, &report, NULL, NULL),
                     RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_LOGISTIC_ONE_CLASS);
    assert_string_equal(ctx.error, report.explanation);
    assert_non_null(strstr(report.explanation, "The outcome is "));
    assert_nan(model.intercept);
    assert_nan(report.log_likelihood);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_errors_and_objectives_meet_the_golden_ones),
        cmocka_unit_test(a_single_class_is_refused_in_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

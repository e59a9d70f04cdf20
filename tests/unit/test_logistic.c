/* Logistic regression: the golden values, and what makes a fit independent of how its rows are given. */
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

/* --- the same rows, given in other ways ------------------------------------------------------------------------------------------- */

enum { MADE = 9000, WIDE = 4 };

/* Rows of which the first column misses some values. */
typedef struct made {
    double table[WIDE][MADE], by_row[MADE * WIDE], weight[MADE];
    const double *column[WIDE], *first[WIDE];
    uint8_t outcome[MADE];
    retain_predictors predictors;
} made;

static void make_rows(made *to, size_t count, uint64_t seed)
{
    for (size_t i = 0; i < count; i++) {
        double log_odds = -0.5;

        for (size_t j = 0; j < WIDE; j++) {
            const double x = (double)(random_bits(&seed) >> 40) / (double)(1 << 24) + (double)j;

            to->table[j][i] = x;
            log_odds += (j % 2 ? 1.5 : -1.0) * (x - (double)j - 0.5);
        }
        to->outcome[i] = (double)(random_bits(&seed) >> 11) / 9007199254740992.0 < 1.0 / (1.0 + exp(-log_odds));
        to->weight[i] = (double)(random_bits(&seed) % 4);
        if (random_bits(&seed) % 8 == 0)
            to->table[0][i] = (double)NAN;
        for (size_t j = 0; j < WIDE; j++)
            to->by_row[i * WIDE + j] = to->table[j][i];
    }
    for (size_t j = 0; j < WIDE; j++) {
        to->column[j] = to->table[j];
        to->first[j] = to->by_row + j;
    }
    to->predictors = (retain_predictors){count, WIDE, to->column, 0};
}

static retain_logistic fit_rows(const made *rows, const double *weight, int threads, retain_logistic_report *report)
{
    const retain_logistic_options options = {.struct_size = sizeof options, .l2 = 0.5};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_logistic model;

    ctx.threads = threads;
    memset(&model, 0, sizeof model);
    *report = (retain_logistic_report)RETAIN_LOGISTIC_REPORT_INIT;
    assert_int_equal(retain_logistic_fit(&ctx, &rows->predictors, rows->outcome, weight, &options, &model, report, NULL, NULL),
                     RETAIN_OK);
    return model;
}

static void threads_and_the_way_a_table_lies_change_no_bit(void **state)
{
    static made rows;
    retain_logistic_report report, again;
    retain_logistic one, two;

    (void)state;
    make_rows(&rows, MADE, 7);
    one = fit_rows(&rows, rows.weight, 1, &report);
    two = fit_rows(&rows, rows.weight, 5, &again);
    assert_memory_equal(&one, &two, sizeof one);
    assert_memory_equal(&report, &again, sizeof report);
    rows.predictors = (retain_predictors){MADE, WIDE, rows.first, WIDE};
    two = fit_rows(&rows, rows.weight, 3, &again);
    assert_memory_equal(&one, &two, sizeof one);
    assert_true(report.missing == 1 && report.iterations < 8);
}

static void a_weight_is_so_many_identical_rows(void **state)
{
    static made rows, copies;
    retain_logistic_report report, again;
    retain_logistic one, two;
    size_t count = 0;

    (void)state;
    make_rows(&rows, 2000, 8);
    make_rows(&copies, 1, 8);
    for (size_t i = 0; i < 2000; i++) {
        for (double w = 0.0; w < rows.weight[i]; w += 1.0, count++) {
            for (size_t j = 0; j < WIDE; j++)
                copies.table[j][count] = rows.table[j][i];
            copies.outcome[count] = rows.outcome[i];
        }
    }
    copies.predictors.count = count;
    one = fit_rows(&rows, rows.weight, 1, &report);
    two = fit_rows(&copies, NULL, 1, &again);
    assert_near(report.customers, again.customers, 0.0);
    assert_near(report.log_likelihood, again.log_likelihood, 1e-12 * fabs(report.log_likelihood));
    assert_near(one.intercept, two.intercept, 1e-11);
    for (size_t j = 0; j < WIDE; j++)
        assert_near(one.coefficient[j], two.coefficient[j], 1e-11);
}

/* A column in grams instead of tons, and counted from another beginning. */
static void units_change_nothing_but_the_unit(void **state)
{
    static made rows;
    retain_logistic_report report, again;
    retain_logistic one, two;

    (void)state;
    make_rows(&rows, 3000, 9);
    one = fit_rows(&rows, NULL, 1, &report);
    for (size_t i = 0; i < 3000; i++) {
        rows.table[2][i] = rows.table[2][i] * 1e6 + 1e9;
        rows.table[3][i] *= 1e-90;
    }
    two = fit_rows(&rows, NULL, 1, &again);
    assert_near(report.log_likelihood, again.log_likelihood, 1e-10 * fabs(report.log_likelihood));
    assert_near(one.coefficient[2], two.coefficient[2] * 1e6, 1e-8);
    assert_near(one.coefficient[3], two.coefficient[3] * 1e-90, 1e-9);
}

/* --- memory --------------------------------------------------------------------------------------------------------------------------- */

typedef struct memory_world {
    made rows;
    retain_logistic model;
    double marginal[1 + 2 * WIDE], base;
    int64_t reason[MADE];
} memory_world;

static retain_status fit_in_memory(retain_context *ctx, void *state)
{
    memory_world *world = state;
    const retain_logistic_options options = {.struct_size = sizeof options, .l2 = 0.5};
    const retain_logistic_effects effects = {.marginal = world->marginal};

    world->model.intercept = world->marginal[1] = 77.0;
    return retain_logistic_fit(ctx, &world->rows.predictors, world->rows.outcome, NULL, &options, &world->model, NULL, &effects,
                               NULL);
}

static void model_is_untouched(void *state)
{
    const memory_world *world = state;

    assert_near(world->model.intercept, 77.0, 0.0);
    assert_near(world->marginal[1], 77.0, 0.0);
}

static retain_status reason_in_memory(retain_context *ctx, void *state)
{
    memory_world *world = state;

    return retain_logistic_reasons(ctx, &world->model, &world->rows.predictors, 1, RETAIN_REASONS_EITHER, &world->base, NULL,
                                   world->reason, NULL, NULL);
}

static void fits_and_reasons_survive_memory_exhaustion(void **state)
{
    static memory_world world;

    (void)state;
    make_rows(&world.rows, 600, 3);
    survives_memory_exhaustion(fit_in_memory, model_is_untouched, &world);
    survives_memory_exhaustion(reason_in_memory, NULL, &world);
}

/* --- what data do not tell ---------------------------------------------------------------------------------------------------------------- */

static retain_logistic_report refuse_fit(const made *rows, retain_logistic *model)
{
    retain_logistic_report report = RETAIN_LOGISTIC_REPORT_INIT;

    assert_int_equal(retain_logistic_fit(NULL, &rows->predictors, rows->outcome, NULL, NULL, model, &report, NULL, NULL),
                     RETAIN_ERROR_CONVERGENCE);
    return report;
}

static void separation_by_one_column_by_several_and_of_some_rows_is_told(void **state)
{
    static made rows;
    retain_logistic_report report;
    retain_logistic model;

    (void)state;
    make_rows(&rows, 500, 4);
    for (size_t i = 0; i < 500; i++)
        rows.table[1][i] = rows.outcome[i] ? 3.0 + rows.table[1][i] : -3.0;
    report = refuse_fit(&rows, &model);
    assert_int_equal(report.verdict, RETAIN_LOGISTIC_SEPARATED);
    assert_non_null(strstr(report.explanation, "by column 1, so"));
    make_rows(&rows, 500, 4);
    for (size_t i = 0; i < 500; i++) /* neither of the two tells it alone */
        rows.table[2][i] = (rows.outcome[i] ? 0.1 : -0.1) - rows.table[1][i];
    report = refuse_fit(&rows, &model);
    assert_int_equal(report.verdict, RETAIN_LOGISTIC_SEPARATED);
    assert_non_null(strstr(report.explanation, "column 1 and column 2 together"));
    make_rows(&rows, 500, 4);
    for (size_t i = 0; i < 500; i++)
        rows.table[3][i] = rows.outcome[i] && i % 4 == 0;
    report = refuse_fit(&rows, &model);
    assert_int_equal(report.verdict, RETAIN_LOGISTIC_QUASI_SEPARATED);
    assert_non_null(strstr(report.explanation, "column 3"));
}

/* A likelihood that is nearly separable has a maximum all the same. */
static void one_row_on_the_wrong_side_is_no_separation(void **state)
{
    static made rows;
    retain_logistic_report report = RETAIN_LOGISTIC_REPORT_INIT;
    retain_logistic model;

    (void)state;
    make_rows(&rows, 500, 4);
    for (size_t i = 0; i < 500; i++)
        rows.table[1][i] = rows.outcome[i] ? 3.0 + rows.table[1][i] : -3.0;
    rows.table[1][17] = rows.outcome[17] ? -3.5 : 6.0;
    rows.table[1][18] = rows.outcome[18] ? -3.1 : 5.0;
    rows.predictors.columns = 2;
    assert_int_equal(retain_logistic_fit(NULL, &rows.predictors, rows.outcome, NULL, NULL, &model, &report, NULL, NULL), RETAIN_OK);
    assert_true(report.gradient_norm < 1e-12);
}

static void columns_that_are_missing_together_are_no_failure(void **state)
{
    static made rows;
    retain_logistic_report report = RETAIN_LOGISTIC_REPORT_INIT;
    retain_logistic model;
    uint8_t kind[1 + 2 * WIDE];
    const retain_logistic_effects effects = {.kind = kind};

    (void)state;
    make_rows(&rows, 800, 5);
    for (size_t i = 0; i < 800; i++)
        rows.table[1][i] = isnan(rows.table[0][i]) ? (double)NAN : rows.table[1][i];
    assert_int_equal(retain_logistic_fit(NULL, &rows.predictors, rows.outcome, NULL, NULL, &model, &report, &effects, NULL),
                     RETAIN_OK);
    assert_int_equal(kind[1 + WIDE], RETAIN_LOGISTIC_ESTIMATED);
    assert_int_equal(kind[2 + WIDE], RETAIN_LOGISTIC_COMBINED);
    assert_near(model.missing[1], 0.0, 0.0);
    assert_nan(model.missing[2]);
}

static void bad_rows_and_options_are_refused_by_name(void **state)
{
    static made rows;
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_logistic_options options = {.struct_size = sizeof options};
    retain_logistic model;

    (void)state;
    make_rows(&rows, 300, 6);
    rows.table[2][40] = INFINITY;
    assert_int_equal(retain_logistic_fit(&ctx, &rows.predictors, rows.outcome, NULL, NULL, &model, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "predictors.column[2][40] is infinity; it must be at most 1e100 in size, or NaN");
    assert_int_equal(ctx.row, 40);
    rows.table[2][40] = 1.0;
    for (size_t i = 0; i < 300; i++)
        rows.table[3][i] = 1e-170 * (double)(1 + i % 7);
    assert_int_equal(retain_logistic_fit(&ctx, &rows.predictors, rows.outcome, NULL, NULL, &model, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "predictors.column[3][1] is 2e-170"));
    for (size_t i = 0; i < 300; i++)
        rows.table[3][i] = (double)(i % 7);
    options.missing = RETAIN_LOGISTIC_MISSING_REFUSED;
    assert_int_equal(retain_logistic_fit(&ctx, &rows.predictors, rows.outcome, NULL, &options, &model, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    rows.outcome[3] = 2;
    assert_int_equal(retain_logistic_fit(&ctx, &rows.predictors, rows.outcome, NULL, NULL, &model, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "outcome[3] is 2; it must be 0 or 1");
    options = (retain_logistic_options){.struct_size = sizeof options, .balanced = 1, .class_weight = {0.0, 2.0}};
    assert_int_equal(retain_logistic_fit(&ctx, &rows.predictors, rows.outcome, NULL, &options, &model, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.balanced is 1 and options.class_weight[1] is 2; give one of them");
    rows.predictors.columns = 0;
    assert_int_equal(retain_logistic_fit(&ctx, &rows.predictors, rows.outcome, NULL, NULL, &model, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
}

static void a_model_that_was_typed_in_has_reasons(void **state)
{
    const double orders[] = {2.0, 10.0, 4.0}, tickets[] = {1.0, 0.0, (double)NAN}, *column[] = {orders, tickets};
    const retain_predictors two = {3, 2, column, 0};
    const retain_logistic model = {
        .columns = 2, .intercept = -1.0, .coefficient = {-0.5, 0.7}, .missing = {0.0, 0.25}, .reference = {4.0, 0.0}};
    double probability[3], log_odds[3], base, contribution[6], share[6], value[6];
    int64_t reason[6];

    (void)state;
    assert_int_equal(retain_logistic_probability(NULL, &model, &two, NULL, 0.0, probability, log_odds, NULL, NULL), RETAIN_OK);
    assert_int_equal(
        retain_logistic_reasons(NULL, &model, &two, 2, RETAIN_REASONS_EITHER, &base, contribution, reason, share, value),
        RETAIN_OK);
    assert_near(base, -3.0, 0.0);
    assert_near(log_odds[0], -3.0 + 1.0 + 0.7, 0.0);
    assert_near(probability[0], 0.21416501695744139, 1e-15);
    assert_near(contribution[5], 0.25, 0.0);
    assert_int_equal(reason[0], 0);
    assert_int_equal(reason[1], 1);
    assert_int_equal(reason[3], -1); /* 0 tickets contribute nothing */
    assert_int_equal(reason[4], 1);
    assert_nan(value[4]);
    assert_nan(share[5]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_errors_and_objectives_meet_the_golden_ones),
        cmocka_unit_test(a_single_class_is_refused_in_words),
        cmocka_unit_test(threads_and_the_way_a_table_lies_change_no_bit),
        cmocka_unit_test(a_weight_is_so_many_identical_rows),
        cmocka_unit_test(units_change_nothing_but_the_unit),
        cmocka_unit_test(fits_and_reasons_survive_memory_exhaustion),
        cmocka_unit_test(separation_by_one_column_by_several_and_of_some_rows_is_told),
        cmocka_unit_test(one_row_on_the_wrong_side_is_no_separation),
        cmocka_unit_test(columns_that_are_missing_together_are_no_failure),
        cmocka_unit_test(bad_rows_and_options_are_refused_by_name),
        cmocka_unit_test(a_model_that_was_typed_in_has_reasons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

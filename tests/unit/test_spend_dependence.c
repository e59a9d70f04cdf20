/* Does spend go with frequency? SciPy, textbooks, and how often chance is called a dependence. */
#include "spenders.h"
#include "support.h"

static size_t read_dependents(const golden *table, const char *name, base *into)
{
    size_t count = 0;

    for (size_t row = 0; row < table->rows; row++) {
        if (strcmp(golden_text(table, row, "case"), name) != 0)
            continue;
        into->orders[count] = golden_number(table, row, "orders");
        into->mean[count] = golden_number(table, row, "mean");
        into->mean_log[count] = golden_number(table, row, "mean_log");
        into->squares[count] = golden_number(table, row, "log_squares");
        into->frequency[count] = golden_number(table, row, "frequency");
        into->weight[count++] = golden_number(table, row, "weight");
    }
    return count;
}

static void assert_measure(const golden *table, size_t row, const char *name, const retain_spend_measure *got)
{
    static const char *const parts[] = {"", "_low", "_high", "_p_value"};
    const double numbers[] = {got->value, got->low, got->high, got->p_value};

    for (size_t i = 0; i < 4; i++) {
        char column[40];

        snprintf(column, sizeof column, "%s%s", name, parts[i]);
        assert_near(numbers[i], golden_number(table, row, column), 1e-11 * (1.0 + fabs(numbers[i])));
    }
}

static void measures_dependence_as_scipy_and_textbooks_do(void **state)
{
    golden table = golden_read("spend/dependence.csv"), customers = golden_read("spend/dependence_customers.csv");
    base *read = new_base();

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        retain_spend_dependence found = {.struct_size = sizeof found};
        retain_spenders spenders = view_base(read, read_dependents(&customers, golden_text(&table, row, "case"), read));

        spenders.weight = read->weight;
        spenders.time = spenders.time_squares = spenders.time_logs = NULL;
        assert_int_equal(retain_spend_orders_dependence(NULL, &spenders, golden_number(&table, row, "level"), &found), RETAIN_OK);
        assert_near(found.customers, golden_number(&table, row, "customers"), 0.0);
        assert_measure(&table, row, "pearson", &found.pearson);
        assert_measure(&table, row, "spearman", &found.spearman);
        assert_measure(&table, row, "slope", &found.slope);
    }
    golden_free(&table);
    golden_free(&customers);
    free(read);
}

/* How often chance alone, with spend independent of frequency and customers of 1 to 40 orders, is called a dependence at 5 %. */
static void calls_chance_a_dependence_as_often_as_it_says(void **state)
{
    enum { TRIALS = 400, CUSTOMERS = 300 };
    base *drawn = new_base();
    int by_rank = 0, by_slope = 0;

    (void)state;
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        retain_spend_model truth = normal_truth;
        retain_spend_dependence found = {.struct_size = sizeof found};
        retain_spenders spenders;

        truth.theta = truth.delta = 0.0;
        spenders = draw_base(drawn, &truth, 1000 + trial, CUSTOMERS);
        assert_int_equal(retain_spend_orders_dependence(NULL, &spenders, 0.95, &found), RETAIN_OK);
        by_rank += found.spearman.p_value < 0.05;
        by_slope += found.slope.p_value < 0.05;
        assert_true((found.slope.p_value < 0.05) == (found.slope.low > 0.0 || found.slope.high < 0.0));
    }
    assert_true(by_rank > 5 && by_rank < 40); /* 20 expected, standard deviation 4.4 */
    assert_true(by_slope > 5 && by_slope < 40);
    free(drawn);
}

static void measures_nothing_where_there_is_too_little(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double one[] = {1.0, 1.0, 1.0, 1.0}, mean[] = {1.0, 2.0, 3.0, 4.0}, x[] = {1.0, 2.0, 3.0, 4.0}, none[4] = {0.0},
           logs[] = {0.0, log(2.0), log(3.0), log(4.0)},
           line[] = {log1p(1.0) - 1.0, log1p(2.0) - 1.0, log1p(3.0) - 1.0, log1p(4.0) - 1.0};
    retain_spenders spenders = {.count = 4, .orders = one, .mean = mean, .mean_log = logs, .log_squares = none, .frequency = one};
    retain_spend_dependence found = {.struct_size = sizeof found};

    (void)state;
    assert_int_equal(retain_spend_orders_dependence(&ctx, &spenders, 0.95, &found), RETAIN_OK);
    assert_true(isnan(found.pearson.value) && isnan(found.spearman.p_value) && isnan(found.slope.value)); /* all buy as often */
    spenders.frequency = x;
    spenders.mean_log = line;
    assert_int_equal(retain_spend_orders_dependence(&ctx, &spenders, 0.95, &found), RETAIN_OK);
    assert_near(found.spearman.value, 1.0, 0.0);
    assert_near(found.spearman.p_value, 0.0, 0.0);
    assert_true(isnan(found.spearman.low) && isnan(found.pearson.high));
    assert_near(found.slope.value, 1.0, 1e-14);
    spenders.count = 2;
    assert_int_equal(retain_spend_orders_dependence(&ctx, &spenders, 0.95, &found), RETAIN_OK);
    assert_near(found.customers, 2.0, 0.0);
    assert_true(isnan(found.pearson.value) && isnan(found.slope.value));
    spenders.count = 0;
    assert_int_equal(retain_spend_orders_dependence(&ctx, &spenders, 0.95, &found), RETAIN_OK);
    assert_near(found.customers, 0.0, 0.0);
    assert_nan(found.spearman.value);
    spenders.count = 2;
    spenders.frequency = NULL;
    assert_int_equal(retain_spend_orders_dependence(&ctx, &spenders, 0.95, &found), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "spenders.frequency is NULL; it is required");
    spenders.frequency = x;
    assert_int_equal(retain_spend_orders_dependence(&ctx, &spenders, 0.0, &found), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_orders_dependence(&ctx, &spenders, 0.95, NULL), RETAIN_ERROR_ARGUMENT);
    found.struct_size = 0;
    assert_int_equal(retain_spend_orders_dependence(&ctx, &spenders, 0.95, &found), RETAIN_ERROR_ARGUMENT);
}

static retain_status measure_base(retain_context *ctx, void *state)
{
    retain_spend_dependence found = {.struct_size = sizeof found};

    return retain_spend_orders_dependence(ctx, state, 0.95, &found);
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    base *drawn = new_base();
    retain_spenders spenders = draw_base(drawn, &normal_truth, 61, 500);

    (void)state;
    survives_memory_exhaustion(measure_base, NULL, &spenders);
    free(drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_dependence_as_scipy_and_textbooks_do),
        cmocka_unit_test(calls_chance_a_dependence_as_often_as_it_says),
        cmocka_unit_test(measures_nothing_where_there_is_too_little),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

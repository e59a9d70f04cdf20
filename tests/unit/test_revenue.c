/* What customers cost and what keeping more of them brings: formulas against exact values. */
#include "retain/revenue.h"
#include "support.h"

/* --- costs and the what-if ---------------------------------------------------------------------------------------------------------- */

static void costs_are_spend_over_customers(void **state)
{
    static const double bad[][2] = {
        {-1, 5}, {5, 0}, {5, -1}, {(double)NAN, 5}, {5, (double)NAN}, {(double)INFINITY, 5}, {5, (double)INFINITY}};

    (void)state;
    assert_near(retain_revenue_cost_per_customer(1200, 40), 30, 0.0);
    assert_near(retain_revenue_cost_per_customer(0, 40), 0, 0.0);
    assert_near(retain_revenue_cost_ratio(1200, 40, 900, 150), 5, 0.0);
    assert_nan(retain_revenue_cost_ratio(1200, 40, 0, 150));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_nan(retain_revenue_cost_per_customer(bad[i][0], bad[i][1]));
        assert_nan(retain_revenue_cost_ratio(bad[i][0], bad[i][1], 5, 5));
        assert_nan(retain_revenue_cost_ratio(5, 5, bad[i][0], bad[i][1]));
    }
}

static void lifetime_values_meet_the_golden_values(void **state)
{
    golden table = golden_read("revenue/lifetime.csv");
    static const double bad[][4] = {{(double)INFINITY, .5, .1, 12},
                                    {(double)NAN, .5, .1, 12},
                                    {1, -.1, .1, 12},
                                    {1, 1.1, .1, 12},
                                    {1, (double)NAN, .1, 12},
                                    {1, .5, -.1, 12},
                                    {1, .5, (double)NAN, 12},
                                    {1, .5, (double)INFINITY, 12},
                                    {1, .5, .1, 0},
                                    {1, .5, .1, -1},
                                    {1, .5, .1, (double)NAN},
                                    {1, .5, .1, (double)INFINITY}};

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const double want = golden_number(&table, row, "lifetime_value");

        assert_near(retain_revenue_lifetime_value(golden_number(&table, row, "margin"), golden_number(&table, row, "retention"),
                                                  golden_number(&table, row, "annual_rate"),
                                                  golden_number(&table, row, "periods_per_year")),
                    want, 2e-15 * fabs(want));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_nan(retain_revenue_lifetime_value(bad[i][0], bad[i][1], bad[i][2], bad[i][3]));
    assert_near(retain_revenue_lifetime_value(0, 1, 0, 12), 0, 0.0);
    golden_free(&table);
}

static void profits_are_the_geometric_sums(void **state)
{
    golden table = golden_read("revenue/profit.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const retain_revenue_plan plan = {sizeof plan,
                                          golden_number(&table, row, "customers"),
                                          golden_number(&table, row, "acquired"),
                                          golden_number(&table, row, "margin"),
                                          golden_number(&table, row, "retention_cost"),
                                          golden_number(&table, row, "acquisition_cost"),
                                          golden_number(&table, row, "annual_rate"),
                                          golden_number(&table, row, "periods_per_year"),
                                          golden_number(&table, row, "base_retention"),
                                          (size_t)golden_number(&table, row, "periods")};
        const double retention = golden_number(&table, row, "retention");
        const double want = golden_number(&table, row, "profit"), at_end = golden_number(&table, row, "customers_at_end");
        const double moved = golden_number(&table, row, "change");
        /* what has to be added up, whatever is left of it in the end */
        const double scale = (fabs(plan.margin) + plan.retention_cost) * (plan.customers + plan.acquired * (double)plan.periods) *
                                 (double)plan.periods +
                             plan.acquisition_cost * plan.acquired * (double)plan.periods;
        double profit, customers, change;

        assert_int_equal(retain_revenue_profit(NULL, &plan, &retention, 1, &profit, &customers, &change), RETAIN_OK);
        assert_near(profit, want, 1e-14 * scale);
        assert_near(customers, at_end, 1e-13 * at_end);
        assert_near(change, moved, 1e-11 * (1.0 + fabs(moved)));
    }
    golden_free(&table);
}

/* The definition, period by period, in long doubles where there are any. */
static void profits_are_those_of_the_periods_one_by_one(void **state)
{
    static const double rates[] = {0, 1e-9, 0.3, 0.5, 0.9, 0.99, 0.999999, 1 - 0x1p-40, 1}, discounts[] = {0, 1e-12, 1e-5, 0.1, 3};
    static const size_t periods[] = {1, 2, 3, 7, 64, 100, 4097, 50000};

    (void)state;
    for (size_t i = 0; i < 9 * 5 * 8; i++) {
        const double retention = i % 10 == 9 ? pow(1.0 + discounts[i / 9 % 5], -1.0 / 12.0) : rates[i % 9]; /* or just 1 / v */
        const retain_revenue_plan plan = {sizeof plan, 1000, 30, 7, 2, 11, discounts[i / 9 % 5], 12, 0.5, periods[i / 45]};
        const double delta = log1p(plan.annual_rate) / 12.0;
        long double customers = plan.customers, earned = 0, spent = 0;
        double profit, at_end;

        for (size_t t = 0; t < plan.periods; t++) {
            const double v = exp(-delta * (double)t);

            earned += customers * 5 * v;
            spent += 330 * v;
            customers = retention * customers + plan.acquired;
        }
        assert_int_equal(retain_revenue_profit(NULL, &plan, &retention, 1, &profit, &at_end, NULL), RETAIN_OK);
        assert_near(profit, (double)(earned - spent), 5e-15 * (double)(earned + spent));
        assert_near(at_end, (double)customers, 5e-15 * (double)customers);
    }
}

static void more_retention_is_more_profit_while_customers_earn_more_than_they_cost(void **state)
{
    const retain_revenue_plan plan = {.struct_size = sizeof plan,
                                      .customers = 100,
                                      .acquired = 10,
                                      .margin = 5,
                                      .retention_cost = 1,
                                      .acquisition_cost = 9,
                                      .annual_rate = .1,
                                      .base_retention = 0.5,
                                      .periods = 36};
    double retention[102], profit[102], customers[102], change[102];

    (void)state;
    for (int i = 0; i <= 100; i++)
        retention[i] = i / 100.0;
    retention[101] = (double)NAN;
    assert_int_equal(retain_revenue_profit(NULL, &plan, retention, 102, profit, customers, change), RETAIN_OK);
    for (int i = 1; i <= 100; i++) {
        assert_true(profit[i] > profit[i - 1] && customers[i] > customers[i - 1] && change[i] > change[i - 1]);
        assert_near(change[i], profit[i] / profit[50] - 1.0, 1e-13 * (1.0 + fabs(profit[i] / profit[50])));
    }
    assert_near(change[50], 0.0, 0.0);
    assert_near(customers[100], 100 + 36 * 10, 1e-9);
    assert_nan(profit[101]);
    assert_nan(customers[101]);
    assert_nan(change[101]);
    assert_int_equal(retain_revenue_profit(NULL, &plan, retention, 102, profit, NULL, NULL), RETAIN_OK);
}

static void bad_plans_are_named(void **state)
{
    const retain_revenue_plan good = {.struct_size = sizeof good, .customers = 1, .margin = 1, .base_retention = 0.5, .periods = 1};
    static const struct {
        size_t offset;
        double value;
        const char *text;
    } cases[] = {{offsetof(retain_revenue_plan, customers), -1, "plan.customers is -1"},
                 {offsetof(retain_revenue_plan, acquired), (double)INFINITY, "plan.acquired is inf"},
                 {offsetof(retain_revenue_plan, margin), (double)NAN, "plan.margin is NaN"},
                 {offsetof(retain_revenue_plan, retention_cost), -2, "plan.retention_cost is -2"},
                 {offsetof(retain_revenue_plan, acquisition_cost), -3, "plan.acquisition_cost is -3"},
                 {offsetof(retain_revenue_plan, annual_rate), -0.5, "plan.annual_rate is -0.5"},
                 {offsetof(retain_revenue_plan, periods_per_year), -12, "plan.periods_per_year is -12"},
                 {offsetof(retain_revenue_plan, base_retention), 1.5, "plan.base_retention is 1.5; it must lie in [0, 1]"}};
    const double retention[] = {0.5, 1.5};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_revenue_plan plan;
    double profit[2] = {7, 7};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plan = good;
        memcpy((char *)&plan + cases[i].offset, &cases[i].value, sizeof(double));
        assert_int_equal(retain_revenue_profit(&ctx, &plan, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
        if (!strstr(ctx.error, cases[i].text))
            fail_msg("\"%s\" does not say \"%s\"", ctx.error, cases[i].text);
    }
    plan = good;
    plan.periods = 0;
    assert_int_equal(retain_revenue_profit(&ctx, &plan, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    plan.periods = 1000001;
    assert_int_equal(retain_revenue_profit(&ctx, &plan, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "plan.periods is 1000001; it must lie in [1, 1000000]"));
    plan = good;
    plan.struct_size = 0;
    assert_int_equal(retain_revenue_profit(&ctx, &plan, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_profit(&ctx, NULL, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_profit(&ctx, &good, NULL, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_profit(&ctx, &good, retention, 1, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_profit(&ctx, &good, retention, 2, profit, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_revenue_profit(&ctx, &good, NULL, 0, NULL, NULL, NULL), RETAIN_OK);
    ctx.struct_size = 1;
    assert_int_equal(retain_revenue_profit(&ctx, &good, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(profit[0], 7, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(costs_are_spend_over_customers),
        cmocka_unit_test(lifetime_values_meet_the_golden_values),
        cmocka_unit_test(profits_are_the_geometric_sums),
        cmocka_unit_test(profits_are_those_of_the_periods_one_by_one),
        cmocka_unit_test(more_retention_is_more_profit_while_customers_earn_more_than_they_cost),
        cmocka_unit_test(bad_plans_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

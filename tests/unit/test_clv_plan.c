/* Payback, concentration and naive formulas: golden values, laws, CDNOW, refusals. */
#include "models.h"
#include "retain/clv_plan.h"
#include "retain/rfm.h"
#include "support.h"

static const retain_btyd pareto = {
    .family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.553, .alpha = 10.578, .s = 0.606, .beta = 11.669};
static const retain_btyd bg = {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426};
static const retain_btyd donors = {
    .family = RETAIN_BTYD_BG_BB, .unit_days = 365.25, .alpha = 1.204, .beta = 0.75, .gamma = 0.657, .delta = 2.783};
static const retain_spend gamma_gamma = {6.25, 3.74, 15.44};
static const retain_clv_terms tenth = {.struct_size = sizeof tenth, .annual_rate = 0.1, .margin = 0.3};

static void near_share(double got, double want, double share)
{
    assert_near(got, want, share * fabs(want));
}

static retain_clv_payback_report new_payback(const retain_clv_forecast *forecast, double first, double cost,
                                             const retain_clv_terms *terms)
{
    retain_clv_payback_report report = {.struct_size = sizeof report};

    assert_int_equal(retain_clv_payback_new(NULL, forecast, first, cost, terms, 0.95, &report), RETAIN_OK);
    return report;
}

/* 0.01 theta_i theta_j 0.5^|i - j|. */
static void make_covariance(const double *theta, size_t count, double *covariance)
{
    for (size_t i = 0; i < count * count; i++)
        covariance[i] = 0.01 * theta[i / count] * theta[i % count] * pow(0.5, fabs((double)(i / count) - (double)(i % count)));
}

/* --- payback -------------------------------------------------------------------------------------------------------------- */

static void payback_of_new_customers_agrees_with_quadrature(void **state)
{
    golden table = golden_read("clv/payback.csv");
    double orders[16], values[9];

    (void)state;
    make_covariance((const double[]){pareto.r, pareto.alpha, pareto.s, pareto.beta}, 4, orders);
    make_covariance((const double[]){gamma_gamma.p, gamma_gamma.q, gamma_gamma.gamma}, 3, values);
    for (size_t i = 0; i < table.rows; i++) {
        const retain_clv_forecast forecast = {
            .model = &pareto, .covariance = orders, .spend = &gamma_gamma, .spend_covariance = values};
        const retain_clv_terms terms = {.struct_size = sizeof terms,
                                        .horizon_days = golden_number(&table, i, "horizon_days"),
                                        .annual_rate = golden_number(&table, i, "annual_rate"),
                                        .margin = golden_number(&table, i, "margin"),
                                        .order_cost = golden_number(&table, i, "order_cost"),
                                        .service_cost = golden_number(&table, i, "service_cost")};
        const double cost = golden_number(&table, i, "cost"), days = golden_number(&table, i, "days");
        const retain_clv_payback_report got = new_payback(&forecast, (double)NAN, cost, &terms);

        assert_int_equal(got.outcome, isinf(days) ? RETAIN_PAYBACK_MISSED : RETAIN_PAYBACK_REACHED);
        assert_near(got.days, isinf(days) ? (double)NAN : days, 1e-6 * fabs(days));
        assert_near(got.days_low, golden_number(&table, i, "days_low"), 1e-6 * fabs(got.days_low));
        assert_near(got.days_high, golden_number(&table, i, "days_high"), 1e-6 * fabs(got.days_high));
        assert_near(got.value, golden_number(&table, i, "value"), 1e-8 * fabs(got.value));
        assert_near(got.value_low, golden_number(&table, i, "value_low"), 1e-8 * fabs(got.value_low));
        assert_near(got.value_high, golden_number(&table, i, "value_high"), 1e-8 * fabs(got.value_high));
        assert_near(got.ratio, got.value / cost, 1e-14 * fabs(got.ratio));
    }
    golden_free(&table);
}

static void the_value_at_payback_is_the_cost(void **state)
{
    const retain_btyd *const models[] = {&pareto, &bg};
    const double value = 30.0;

    (void)state;
    for (size_t m = 0; m < 2; m++) {
        const retain_clv_forecast forecast = {.model = models[m], .value = &value};
        const retain_clv_payback_report got = new_payback(&forecast, 20.0, 12.0, &tenth);
        retain_clv_terms until = tenth;

        assert_int_equal(got.outcome, RETAIN_PAYBACK_REACHED);
        assert_near(got.days_low, got.days, 0.0); /* all is known */
        until.horizon_days = got.days;
        near_share(new_payback(&forecast, 20.0, 12.0, &until).value, 12.0, 1e-9);
        assert_int_equal(new_payback(&forecast, 20.0, 5.0, &tenth).outcome, RETAIN_PAYBACK_REACHED);
        assert_near(new_payback(&forecast, 20.0, 5.0, &tenth).days, 0.0, 0.0); /* the first order pays */
        assert_int_equal(new_payback(&forecast, 20.0, 1e6, &tenth).outcome, RETAIN_PAYBACK_MISSED);
        assert_nan(new_payback(&forecast, 20.0, 1e6, &tenth).days);
        assert_int_equal(new_payback(&forecast, 20.0, (double)NAN, &tenth).outcome, RETAIN_PAYBACK_NONE);
        assert_nan(new_payback(&forecast, 20.0, (double)NAN, &tenth).ratio);
    }
}

static void customers_who_cost_more_than_they_bring_may_pay_back_before_they_do(void **state)
{
    /* under BG/NBD those who are left order less and less often: value rises, and falls with service costs */
    const double value = 30.0;
    const retain_clv_forecast forecast = {.model = &bg, .value = &value};
    retain_clv_terms terms = tenth;
    retain_clv_payback_report got;

    (void)state;
    terms.service_cost = 7.0;
    got = new_payback(&forecast, 20.0, 8.0, &terms);
    assert_int_equal(got.outcome, RETAIN_PAYBACK_REACHED);
    assert_true(got.value < 8.0 && got.days > 0.0); /* paid back once, and lost again */
}

static void opportunities_are_paid_back_in_whole_ones(void **state)
{
    const double value = 20.0;
    const retain_clv_forecast forecast = {.model = &donors, .value = &value};
    const retain_clv_payback_report got = new_payback(&forecast, 20.0, 15.0, &tenth);

    (void)state;
    assert_int_equal(got.outcome, RETAIN_PAYBACK_REACHED);
    near_share(got.days / 365.25, round(got.days / 365.25), 1e-12);
}

static void a_cohort_of_new_customers_is_a_new_customer_many_times(void **state)
{
    const double zero = 0.0, nothing = (double)NAN, weight = 50.0, first = 9.0;
    const retain_customers cohort = {
        .count = 1, .frequency = &zero, .t_x = &zero, .T = &zero, .spend = &nothing, .weight = &weight, .unit_days = 7.0};
    const retain_clv_forecast forecast = {.model = &pareto, .spend = &gamma_gamma};
    retain_clv_payback_report all = {.struct_size = sizeof all}, one = new_payback(&forecast, 30.0, 14.0, &tenth);

    (void)state;
    assert_int_equal(retain_clv_payback(NULL, &forecast, &cohort, &first, 50.0 * 14.0, &tenth, 0.95, &all), RETAIN_OK);
    near_share(all.days, one.days, 1e-9);
    near_share(all.value, 50.0 * one.value, 1e-12);
    near_share(all.ratio, one.ratio, 1e-12);
}

/* --- concentration -------------------------------------------------------------------------------------------------------- */

static void concentration_is_that_of_those_who_have_a_value(void **state)
{
    const double value[] = {5.0, (double)NAN, 1.0, 0.0, 20.0, (double)NAN, 2.0}, there[] = {5.0, 1.0, 0.0, 20.0, 2.0};
    retain_clv_concentrated got = {.struct_size = sizeof got};
    double gini, low, high, share, top = 0.2;

    (void)state;
    assert_int_equal(retain_clv_concentration(NULL, value, 7, 0.9, &got), RETAIN_OK);
    assert_int_equal(retain_rfm_gini(NULL, there, 5, 0.9, &gini, &low, &high), RETAIN_OK);
    assert_int_equal(retain_rfm_top_share(NULL, there, 5, &top, 1, 0.9, &share, NULL, NULL), RETAIN_OK);
    assert_int_equal(got.customers, 5);
    assert_near(got.gini, gini, 0.0);
    assert_near(got.gini_low, low, 0.0);
    assert_near(got.top[3], share, 0.0);
    assert_near(got.top[3], 20.0 / 28.0, 1e-15);
}

/* --- naive formulas ------------------------------------------------------------------------------------------------------- */

static void the_formulas_are_what_they_are_known_as(void **state)
{
    double sum = 0.0, factor = 1.0;

    (void)state;
    near_share(retain_clv_lifespan(40.0, 3.0, 5.0, 0.2), 120.0, 1e-15);
    for (int n = 0; n < 2000; n++, factor *= 0.8 / 1.1)
        sum += 100.0 * factor;
    near_share(retain_clv_retention_first(100.0, 0.8, 0.1), sum, 1e-13);
    near_share(retain_clv_retention(100.0, 0.8, 0.1), sum - 100.0, 1e-13);
    assert_true(isinf(retain_clv_retention(100.0, 1.0, 0.0)));
    assert_nan(retain_clv_retention(100.0, 1.2, 0.1));
    assert_nan(retain_clv_retention_first(100.0, 0.5, -0.1));
    assert_nan(retain_clv_lifespan(-1.0, 3.0, 5.0, 0.2));
}

/* Counts from the rows themselves, formulas from their text. */
static void naive_values_come_straight_from_the_customers(void **state)
{
    const double x[] = {0.0, 3.0, 1.0}, t_x[] = {0.0, 30.0, 5.0}, T[] = {38.0, 39.0, 10.0}, weight[] = {2.0, 1.0, 1.0},
                 revenue[] = {10.0, 120.0, 50.0};
    const retain_customers few = {.count = 3, .frequency = x, .t_x = t_x, .T = T, .weight = weight, .unit_days = 7.0};
    retain_clv_naive_report got = {.struct_size = sizeof got};
    const double d = pow(1.1, 91.0 / 365.25) - 1.0;
    double margin;

    (void)state;
    assert_int_equal(retain_clv_naive(NULL, &few, revenue, 91.0, NULL, &tenth, 0.95, &got), RETAIN_OK);
    near_share(got.order_value, 190.0 / 8.0, 1e-15);
    near_share(got.orders_per_period, 8.0 / (125.0 / 13.0), 1e-15);
    assert_near(got.start, 3.0, 0.0);
    assert_near(got.retained, 1.0, 0.0);
    near_share(got.retention, 1.0 / 3.0, 1e-15);
    near_share(got.lifetime, 1.5, 1e-15);
    margin = 0.3 * got.order_value * got.orders_per_period;
    near_share(got.lifespan, 1.5 * margin, 1e-14);
    near_share(got.retention_value, margin * (1.0 / 3.0) / (1.0 + d - 1.0 / 3.0), 1e-13);
    near_share(got.retention_first, margin * (1.0 + d) / (1.0 + d - 1.0 / 3.0), 1e-13);
    assert_nan(got.model);
    assert_nan(got.lifespan_ratio);
}

static void cdnow_shows_what_the_formulas_miss(void **state)
{
    static cdnow customers;
    static double revenue[CDNOW_SAMPLE_CUSTOMERS];
    retain_fit_report report = RETAIN_FIT_REPORT_INIT, spend_report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;
    retain_spend spend;
    retain_clv_naive_report got = {.struct_size = sizeof got};
    const retain_clv_terms terms = {.struct_size = sizeof terms, .annual_rate = 0.1};
    const retain_clv_forecast forecast = {
        .model = &model, .covariance = report.covariance, .spend = &spend, .spend_covariance = spend_report.covariance};

    (void)state;
    cdnow_customers(&customers);
    for (size_t i = 0; i < CDNOW_SAMPLE_CUSTOMERS; i++) /* first orders at the mean of the others, where there are any */
        revenue[i] = customers.frequency[i] > 0.0 ? (customers.frequency[i] + 1.0) * customers.spend[i] : 35.0;
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &customers.view, NULL, &model, &report), RETAIN_OK);
    assert_int_equal(retain_spend_fit(NULL, &customers.view, NULL, &spend, &spend_report, NULL), RETAIN_OK);
    assert_int_equal(retain_clv_naive(NULL, &customers.view, revenue, 91.0, &forecast, &terms, 0.95, &got), RETAIN_OK);
    print_message("retention %.3f, lifetime %.2f; lifespan %.1f, retention %.1f, first %.1f; model %.1f (%.1f to %.1f)\n",
                  got.retention, got.lifetime, got.lifespan, got.retention_value, got.retention_first, got.model, got.model_low,
                  got.model_high);
    assert_true(got.start > 2300.0);
    assert_true(got.model_low < got.model && got.model < got.model_high);
    assert_true(got.lifespan < got.model_low); /* one rate of leaving, and the tail is gone */
    near_share(got.lifespan_ratio, got.lifespan / got.model, 1e-15);
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static void refuses_bad_input_by_name_and_writes_nothing(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    const double zero = 0.0, bad[] = {1.0, -2.0}, rate = 0.1, five = 5.0;
    const retain_customers one = {.count = 1, .frequency = &zero, .t_x = &zero, .T = &five, .unit_days = 7.0};
    const retain_clv_forecast forecast = {.model = &pareto, .spend = &gamma_gamma};
    retain_clv_payback_report payback = {.struct_size = sizeof payback, .days = -7.0}, unsized = {.days = -7.0};
    retain_clv_concentrated shares = {.struct_size = sizeof shares, .gini = -7.0};
    retain_clv_naive_report naive = {.struct_size = sizeof naive, .model = -7.0};
    retain_clv_terms terms = tenth;
    retain_btyd covaried = pareto;
    retain_clv_forecast of_covaried = forecast;

    (void)state;
    covaried.covariates = 1;
    of_covaried.model = &covaried;
    assert_int_equal(retain_clv_payback_new(&ctx, &forecast, 1.0, -1.0, NULL, 0.9, &payback), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "cost is -1; it must be at least 0, or NaN");
    assert_int_equal(retain_clv_payback_new(&ctx, NULL, 1.0, 1.0, NULL, 0.9, &payback), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_payback_new(&ctx, &of_covaried, 1.0, 1.0, NULL, 0.9, &payback), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_payback_new(&ctx, &forecast, (double)INFINITY, 1.0, NULL, 0.9, &payback), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_payback_new(&ctx, &forecast, 1.0, 1.0, NULL, 0.9, &unsized), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_payback_new(&ctx, &forecast, 1.0, 1.0, NULL, 2.0, &payback), RETAIN_ERROR_ARGUMENT);
    terms.margins = &rate;
    assert_int_equal(retain_clv_payback_new(&ctx, &forecast, 1.0, 1.0, &terms, 0.9, &payback), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "terms.margins is given; a new customer has no row, so that terms must be numbers");
    assert_int_equal(retain_clv_payback(&ctx, &forecast, NULL, NULL, 1.0, NULL, 0.9, &payback), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_concentration(&ctx, bad, 2, 0.9, &shares), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "value[1] is -2; it must be finite and at least 0, or NaN");
    assert_int_equal(retain_clv_concentration(&ctx, NULL, 2, 0.9, &shares), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_naive(&ctx, &one, NULL, 91.0, NULL, NULL, 0.9, &naive), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_naive(&ctx, &one, bad, 0.0, NULL, NULL, 0.9, &naive), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "period_days is 0; it must be positive and finite");
    terms = tenth;
    terms.service_cost = 1.0;
    assert_int_equal(retain_clv_naive(&ctx, &one, bad, 91.0, NULL, &terms, 0.9, &naive), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_naive(&ctx, &one, bad, 91.0, NULL, NULL, 0.9, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(payback.days, -7.0, 0.0);
    assert_near(shares.gini, -7.0, 0.0);
    assert_near(naive.model, -7.0, 0.0);
}

static retain_status plan_all(retain_context *ctx, void *state)
{
    const double zero = 0.0, five = 5.0, value[] = {1.0, 2.0, 5.0};
    const retain_customers one = {.count = 1, .frequency = &zero, .t_x = &zero, .T = &five, .unit_days = 7.0};
    const retain_clv_forecast forecast = {.model = &pareto, .spend = &gamma_gamma};
    retain_clv_payback_report payback = {.struct_size = sizeof payback};
    retain_clv_concentrated shares = {.struct_size = sizeof shares};
    retain_clv_naive_report naive = {.struct_size = sizeof naive};
    retain_status status = retain_clv_concentration(ctx, value, 3, 0.9, &shares);

    (void)state;
    if (status == RETAIN_OK)
        status = retain_clv_payback_new(ctx, &forecast, (double)NAN, 3.0, &tenth, 0.9, &payback);
    return status == RETAIN_OK ? retain_clv_naive(ctx, &one, value, 7.0, &forecast, &tenth, 0.9, &naive) : status;
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    survives_memory_exhaustion(plan_all, NULL, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payback_of_new_customers_agrees_with_quadrature),
        cmocka_unit_test(the_value_at_payback_is_the_cost),
        cmocka_unit_test(customers_who_cost_more_than_they_bring_may_pay_back_before_they_do),
        cmocka_unit_test(opportunities_are_paid_back_in_whole_ones),
        cmocka_unit_test(a_cohort_of_new_customers_is_a_new_customer_many_times),
        cmocka_unit_test(concentration_is_that_of_those_who_have_a_value),
        cmocka_unit_test(the_formulas_are_what_they_are_known_as),
        cmocka_unit_test(naive_values_come_straight_from_the_customers),
        cmocka_unit_test(cdnow_shows_what_the_formulas_miss),
        cmocka_unit_test(refuses_bad_input_by_name_and_writes_nothing),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

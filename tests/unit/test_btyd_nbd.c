/* NBD: every golden row, the limits of other families, and the laws that it must obey. */
#include "models.h"
#include "models/btyd_family.h"
#include "retain/btyd_future.h"

static const retain_btyd slow = {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.385, .alpha = 12.07};

static void golden_rows_are_met(void **state)
{
    (void)state;
    check_golden_likelihood("nbd", RETAIN_BTYD_NBD);
    check_golden_alive("nbd", RETAIN_BTYD_NBD);
    check_golden_expected("nbd", RETAIN_BTYD_NBD);
    check_golden_conditional("nbd", RETAIN_BTYD_NBD);
    check_golden_pmf("nbd", RETAIN_BTYD_NBD);
}

static void derivatives_are_those_of_the_likelihood(void **state)
{
    static const double points[] = {0.385, 12.07, 3.0, 40.0, 1e-3, 0.01, 300.0, 1e4};

    (void)state;
    check_derivatives(RETAIN_BTYD_NBD, points, 4);
}

/* Customers who hardly ever leave, in two models whose code has nothing in common with this one. */
static void it_is_the_limit_of_families_in_which_nobody_leaves(void **state)
{
    static const double records[][3] = {{0.0, 0.0, 38.86}, {2.0, 30.43, 38.86}, {7.0, 3.0, 20.0}};
    retain_btyd pareto = slow, bg = slow;

    (void)state;
    pareto.family = RETAIN_BTYD_PARETO_NBD;
    pareto.s = 1.0;
    pareto.beta = 1e14;
    bg.family = RETAIN_BTYD_BG_NBD;
    bg.a = 1e-14;
    bg.b = 1.0;
    for (size_t i = 0; i < 3; i++) {
        const double *h = records[i];
        double value = likelihood_of(slow, h[0], h[1], h[2]), orders = orders_of(slow, h[0], h[1], h[2], 39.0),
               silence = silence_of(slow, h[0], h[1], h[2], 39.0), worth = discounted_of(slow, h[0], h[1], h[2], 200.0, 0.002),
               dert = discounted_of(slow, h[0], h[1], h[2], (double)INFINITY, 0.002);

        assert_near(likelihood_of(pareto, h[0], h[1], h[2]), value, 1e-10);
        assert_near(likelihood_of(bg, h[0], h[1], h[2]), value, 1e-10);
        assert_near(orders_of(pareto, h[0], h[1], h[2], 39.0), orders, 1e-10 * orders);
        assert_near(orders_of(bg, h[0], h[1], h[2], 39.0), orders, 1e-10 * orders);
        assert_near(silence_of(pareto, h[0], h[1], h[2], 39.0), silence, 1e-10);
        assert_near(silence_of(bg, h[0], h[1], h[2], 39.0), silence, 1e-10);
        assert_near(discounted_of(pareto, h[0], h[1], h[2], 200.0, 0.002), worth, 1e-9 * worth);
        assert_near(discounted_of(bg, h[0], h[1], h[2], 200.0, 0.002), worth, 1e-9 * worth);
        assert_near(discounted_of(pareto, h[0], h[1], h[2], (double)INFINITY, 0.002), dert, 1e-9 * dert);
    }
    for (double n = 0.0; n < 40.0; n += 13.0)
        assert_near(log_pmf_of(pareto, 39.0, n), log_pmf_of(slow, 39.0, n), 1e-10);
}

static void nobody_leaves(void **state)
{
    (void)state;
    assert_near(alive_of(slow, 0.0, 0.0, 1e5), 1.0, 0.0);
    assert_near(odds_of(slow, 2.0, 3.0, 100.0), -(double)INFINITY, 0.0);
    assert_near(discounted_of(slow, 2.0, 3.0, 100.0, (double)INFINITY, 0.0), (double)INFINITY, 0.0);
    assert_near(discounted_of(slow, 2.0, 3.0, 100.0, 7.0, 0.0), orders_of(slow, 2.0, 3.0, 100.0, 7.0), 0.0);
    assert_near(discounted_of(slow, 2.0, 3.0, 100.0, 7.0, 1e-13), orders_of(slow, 2.0, 3.0, 100.0, 7.0), 1e-12);
    assert_near(discounted_of(slow, 2.0, 3.0, 100.0, 0.0, 0.5), 0.0, 0.0);
    assert_near(expected_of(slow, 52.0), 0.385 / 12.07 * 52.0, 1e-14);
}

static void probabilities_add_up_to_one_and_counts_to_the_expectation(void **state)
{
    double all = 0.0, mean = 0.0;

    (void)state;
    for (double n = 0.0; n < 1000.0; n += 1.0) {
        double probability = exp(log_pmf_of(slow, 39.0, n));

        all += probability;
        mean += n * probability;
    }
    assert_near(all, 1.0, 1e-13);
    assert_near(mean, expected_of(slow, 39.0), 1e-12);
}

static void counts_and_spread_are_those_of_the_negative_binomial(void **state)
{
    double x = 2.0, t_x = 3.0, T = 20.0, variance, counts[3], mean = (0.385 + 2.0) / (12.07 + 20.0) * 13.0;
    const retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    retain_btyd_question question = {.struct_size = sizeof question, .quantity = RETAIN_BTYD_VARIANCE, .from = 13.0, .to = 26.0};
    retain_btyd then = slow;

    (void)state;
    assert_int_equal(retain_btyd_forecast(NULL, &slow, &one, &question, &variance), RETAIN_OK);
    assert_near(variance, mean * (1.0 + 13.0 / (12.07 + 20.0)), 1e-12);
    assert_int_equal(retain_btyd_distribution(NULL, &slow, &one, 13.0, 26.0, 3, counts), RETAIN_OK);
    then.r += x;
    then.alpha += T;
    for (size_t n = 0; n < 3; n++)
        assert_near(counts[n], exp(log_pmf_of(then, 13.0, (double)n)), 1e-14);
}

/* --- fits ----------------------------------------------------------------------------------------------------------------- */

static void a_fit_recovers_the_parameters_that_customers_were_made_with(void **state)
{
    enum { MANY = 40000 };
    static double T[MANY], x[MANY], t_x[MANY], alive[MANY], future[MANY], orders[MANY];
    retain_customers drawn = {.count = MANY, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double off = 0.0, squares = 0.0;
    retain_btyd model;

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        T[i] = 39.0 - (double)(i % 84) / 7.0;
    assert_int_equal(retain_btyd_simulate(NULL, &slow, T, NULL, MANY, 26.0, 8, x, t_x, alive, future, NULL), RETAIN_OK);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_NBD, &drawn, NULL, &model, &report), RETAIN_OK);
    assert_int_equal(report.parameters, 2);
    assert_near(model.r, slow.r, 3.5 * report.standard_error[0]);
    assert_near(model.alpha, slow.alpha, 3.5 * report.standard_error[1]);
    assert_true(report.gradient_norm < 1e-9);
    assert_int_equal(retain_btyd_orders(NULL, &slow, &drawn, 26.0, orders), RETAIN_OK);
    for (size_t i = 0; i < MANY; i++) {
        assert_near(alive[i], 1.0, 0.0);
        off += orders[i] - future[i];
        squares += (orders[i] - future[i]) * (orders[i] - future[i]);
    }
    assert_near(off, 0.0, 4.0 * sqrt(squares));
}

/* The sample's customers do leave, and this model does not know: it fits worse, and expects too much. */
static void it_is_a_baseline_for_cdnow(void **state)
{
    static cdnow data;
    static double orders[CDNOW_SAMPLE_CUSTOMERS];
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double sum = 0.0;
    retain_btyd model;

    (void)state;
    cdnow_customers(&data);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_NBD, &data.view, NULL, &model, &report), RETAIN_OK);
    assert_near(report.log_likelihood, -9763.657615, 1e-5); /* Pareto/NBD: -9595.0 */
    assert_near(model.r, 0.384766, 1e-5 * 0.385);
    assert_near(model.alpha, 12.07202, 1e-5 * 12.07);
    assert_int_equal(retain_btyd_orders(NULL, &model, &data.view, 39.0, orders), RETAIN_OK);
    for (size_t i = 0; i < CDNOW_SAMPLE_CUSTOMERS; i++)
        sum += orders[i];
    assert_near(sum, 2929.8, 0.1); /* of which 1,882 came, and Pareto/NBD expects 1,666 */
}

static void a_fit_that_cannot_be_trusted_says_why(void **state)
{
    double T[] = {9.0, 10.0, 11.0, 12.0, 13.0}, even[] = {9.0, 10.0, 11.0, 12.0, 13.0}, nobody[5] = {0.0};
    retain_customers same = {.count = 5, .frequency = even, .t_x = T, .T = T, .unit_days = 7.0};
    retain_customers none = {.count = 5, .frequency = nobody, .t_x = nobody, .T = T, .unit_days = 7.0};
    retain_customers one = {.count = 1, .frequency = even, .t_x = T, .T = T, .unit_days = 7.0};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;

    (void)state;
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_NBD, &same, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_BOUNDARY);
    assert_non_null(strstr(report.explanation, "all customers buy at the same rate"));
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_NBD, &none, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_NBD, &one, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_non_null(strstr(report.explanation, "fewer distinct customers than parameters"));
}

static void boundaries_and_starts_are_told(void **state)
{
    const retain__btyd_moments moments = {100.0, 40.0, 1.0, 30.0, 1.0};
    const int even[] = {1, 1}, few[] = {-1, 0}, odd[] = {0, 1};
    double p[2];
    int count = 0;

    (void)state;
    assert_string_equal(retain__nbd.meaning(&retain__nbd, even), "all customers buy at the same rate");
    assert_string_equal(retain__nbd.meaning(&retain__nbd, few), "a few customers buy and all others never do");
    assert_string_equal(retain__nbd.meaning(&retain__nbd, odd), "");
    assert_int_equal(retain__nbd.start(&retain__nbd, &moments, -1, p), 0);
    while (retain__nbd.start(&retain__nbd, &moments, count, p))
        count++;
    assert_int_equal(count, 3);
}

static void no_covariate_has_an_effect_on_leaving(void **state)
{
    static const double x[] = {2.0, 0.0, 3.0}, t_x[] = {30.0, 0.0, 20.0}, T[] = {38.0, 38.0, 39.0}, z[] = {0.0, 1.0, 1.0};
    static const uint8_t one[] = {1}, none[] = {0};
    const double *const columns[] = {z};
    const retain_customers customers = {
        .count = 3, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0, .covariates = columns, .covariate_count = 1};
    retain_fit_options options = {.struct_size = sizeof options, .lifetime = one};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd model = slow, fitted;
    double alive[3];

    (void)state;
    model.covariates = 1;
    model.purchase[0] = 0.3;
    assert_int_equal(retain_btyd_alive(&ctx, &model, &customers, alive, NULL), RETAIN_OK);
    model.lifetime[0] = 0.2;
    assert_int_equal(retain_btyd_alive(&ctx, &model, &customers, alive, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "model.lifetime[0] is 0.2; it must be 0: NBD has no lifetime process");
    assert_int_equal(retain_btyd_fit(&ctx, RETAIN_BTYD_NBD, &customers, &options, &fitted, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.lifetime[0] is 1; it must be 0: NBD has no lifetime process");
    options.lifetime = none;
    assert_int_not_equal(retain_btyd_fit(&ctx, RETAIN_BTYD_NBD, &customers, &options, &fitted, NULL), RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_rows_are_met),
        cmocka_unit_test(derivatives_are_those_of_the_likelihood),
        cmocka_unit_test(it_is_the_limit_of_families_in_which_nobody_leaves),
        cmocka_unit_test(nobody_leaves),
        cmocka_unit_test(probabilities_add_up_to_one_and_counts_to_the_expectation),
        cmocka_unit_test(counts_and_spread_are_those_of_the_negative_binomial),
        cmocka_unit_test(a_fit_recovers_the_parameters_that_customers_were_made_with),
        cmocka_unit_test(it_is_a_baseline_for_cdnow),
        cmocka_unit_test(a_fit_that_cannot_be_trusted_says_why),
        cmocka_unit_test(boundaries_and_starts_are_told),
        cmocka_unit_test(no_covariate_has_an_effect_on_leaving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Gamma-Gompertz/NBD: every golden row, the fits of real data, and the laws that it must obey. */
#include <string.h>

#include "models.h"

static void every_golden_likelihood_is_met(void **state)
{
    (void)state;
    check_golden_likelihood("ggnbd", RETAIN_BTYD_GG_NBD);
}

static void every_golden_probability_of_being_alive_is_met(void **state)
{
    (void)state;
    check_golden_alive("ggnbd", RETAIN_BTYD_GG_NBD);
}

static void every_golden_expectation_is_met(void **state)
{
    (void)state;
    check_golden_expected("ggnbd", RETAIN_BTYD_GG_NBD);
}

static void every_golden_forecast_is_met(void **state)
{
    (void)state;
    check_golden_conditional("ggnbd", RETAIN_BTYD_GG_NBD);
}

static void every_golden_distribution_is_met(void **state)
{
    (void)state;
    check_golden_pmf("ggnbd", RETAIN_BTYD_GG_NBD);
}

static void the_derivatives_are_those_of_the_likelihood(void **state)
{
    static const double points[][5] = {
        {0.55, 10.6, 0.05, 0.6, 4.0},  {0.55, 10.6, 2e-4, 0.6, 2.6e-3}, {1.5, 6.0, 0.3, 0.2, 500.0},
        {0.2, 3.0, 0.02, 5.0, 0.5},    {8.0, 20.0, 1.5, 3.0, 1.0},      {0.01, 100.0, 0.5, 0.02, 0.9999999},
        {40.0, 0.5, 1e-9, 0.01, 1e-8}, {2.0, 5.0, 0.1, 300.0, 4000.0},  {3.0, 1000.0, 5.0, 1.0, 1e-3}};

    (void)state;
    check_derivatives(RETAIN_BTYD_GG_NBD, points[0], sizeof points / sizeof *points);
}

/* --- fits ------------------------------------------------------------------------------------------------------------------ */

/* CDNOW's customers do not age. */
static void the_fit_of_cdnow_goes_to_pareto_nbd_and_says_so(void **state)
{
    static cdnow data;
    static double orders[CDNOW_SAMPLE_CUSTOMERS], alive[CDNOW_SAMPLE_CUSTOMERS];
    retain_fit_report report = RETAIN_FIT_REPORT_INIT, narrow = RETAIN_FIT_REPORT_INIT;
    double sum = 0.0, living = 0.0;
    retain_btyd model, pareto;

    (void)state;
    cdnow_customers(&data);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &data.view, NULL, &pareto, &narrow), RETAIN_OK);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_GG_NBD, &data.view, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_BOUNDARY);
    assert_non_null(
        strstr(report.explanation, "b and beta fall together to 0: customers do not age, and the model goes to Pareto/NBD"));
    assert_near(report.log_likelihood, narrow.log_likelihood, 1e-6);
    assert_near(model.r, pareto.r, 1e-4 * pareto.r);
    assert_near(model.alpha, pareto.alpha, 1e-4 * pareto.alpha);
    assert_near(model.s, pareto.s, 1e-3 * pareto.s);
    assert_near(model.beta / model.b, pareto.beta, 1e-3 * pareto.beta);
    assert_true(isnan(report.standard_error[2]) && isnan(report.standard_error[4]));
    assert_near(report.standard_error[0], narrow.standard_error[0], 1e-3 * narrow.standard_error[0]);
    assert_int_equal(retain_btyd_orders(NULL, &model, &data.view, 39.0, orders), RETAIN_OK);
    assert_int_equal(retain_btyd_alive(NULL, &model, &data.view, alive, NULL), RETAIN_OK);
    for (size_t i = 0; i < data.view.count; i++) {
        sum += orders[i];
        living += alive[i];
    }
    assert_near(sum, 1665.51, 0.01); /* that of Pareto/NBD at its maximum; others, who stop on the way there, report 1665.55 */
    assert_near(living, 1051.87, 0.05);
}

/* Customers of all kinds, few and many: the model contains Pareto/NBD and must not fit worse. */
static void no_fit_ends_below_that_of_pareto_nbd(void **state)
{
    static const double truths[][5] = {{0.55, 10.6, 1e-9, 0.6, 1.17e-8}, {0.9, 5.0, 0.15, 0.8, 20.0}, {2.0, 4.0, 0.02, 3.0, 0.5}};
    enum { MOST = 3000 };
    static double T[MOST], x[MOST], t_x[MOST];

    (void)state;
    for (size_t k = 0; k < 6; k++) {
        const double *p = truths[k / 2];
        const retain_btyd truth = {
            .family = RETAIN_BTYD_GG_NBD, .unit_days = 7.0, .r = p[0], .alpha = p[1], .b = p[2], .s = p[3], .beta = p[4]};
        const size_t count = k % 2 ? MOST : 150;
        const retain_customers customers = {.count = count, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
        retain_fit_report wide = RETAIN_FIT_REPORT_INIT, narrow = RETAIN_FIT_REPORT_INIT;
        retain_btyd model;

        for (size_t i = 0; i < count; i++)
            T[i] = 20.0 + (double)(i % 37);
        assert_int_equal(retain_btyd_simulate(NULL, &truth, T, NULL, count, 0.0, 77 + k, x, t_x, NULL, NULL, NULL), RETAIN_OK);
        retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &customers, NULL, &model, &narrow);
        retain_btyd_fit(NULL, RETAIN_BTYD_GG_NBD, &customers, NULL, &model, &wide);
        print_message("%s\n%s\n", narrow.explanation, wide.explanation);
        assert_true(wide.log_likelihood >= narrow.log_likelihood - 1e-5);
        assert_true(wide.verdict != RETAIN_FIT_STOPPED && wide.verdict != RETAIN_FIT_TOO_LITTLE_DATA);
    }
}

/* --- laws ------------------------------------------------------------------------------------------------------------------ */

/* As b and beta go to 0 the model goes to Pareto/NBD. */
static void without_ageing_it_is_pareto_nbd(void **state)
{
    static const double ages[][3] = {{0.0, 0.0, 38.86},    {2.0, 30.43, 38.86}, {26.0, 30.86, 31.0},
                                     {1000.0, 30.0, 40.0}, {0.0, 0.0, 4000.0},  {5.0, 1e-3, 1e4}};

    (void)state;
    for (double b = 1e-6; b > 1e-15; b *= 1e-3) {
        const retain_btyd pareto = {
            .family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.55, .alpha = 10.6, .s = 0.61, .beta = 11.7};
        const retain_btyd model = {
            .family = RETAIN_BTYD_GG_NBD, .unit_days = 7.0, .r = 0.55, .alpha = 10.6, .s = 0.61, .b = b, .beta = 11.7 * b};

        for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
            const double x = ages[i][0], t_x = ages[i][1], T = ages[i][2], away = 2.0 * b * (T + 100.0) + 1e-12;
            const double likelihood = likelihood_of(pareto, x, t_x, T), orders = orders_of(pareto, x, t_x, T, 52.0);

            assert_near(likelihood_of(model, x, t_x, T), likelihood, away * (1.0 + fabs(likelihood)));
            assert_near(odds_of(model, x, t_x, T), odds_of(pareto, x, t_x, T), away * (1.0 + fabs(odds_of(pareto, x, t_x, T))));
            assert_near(orders_of(model, x, t_x, T, 52.0), orders, away * orders);
            assert_near(silence_of(model, x, t_x, T, 52.0), silence_of(pareto, x, t_x, T, 52.0), away);
            assert_near(discounted_of(model, x, t_x, T, (double)INFINITY, 0.01),
                        discounted_of(pareto, x, t_x, T, (double)INFINITY, 0.01), 300.0 * away);
            assert_near(log_pmf_of(model, T, x), log_pmf_of(pareto, T, x), away * (1.0 + fabs(log_pmf_of(pareto, T, x))));
        }
    }
}

/* Models of all kinds: a risk that falls, one that grows as an exponential all the time, one that levels off, two modes. */
static const double kinds[][5] = {{0.55, 10.6, 0.05, 0.6, 4.0}, {0.55, 10.6, 2e-4, 0.6, 2.6e-3}, {1.5, 6.0, 0.3, 0.2, 500.0},
                                  {0.2, 3.0, 0.02, 5.0, 0.5},   {6.0, 2.0, 0.8, 1.5, 1e4},       {1.0, 8.0, 0.1, 0.8, 1.0},
                                  {12.0, 10.0, 0.4, 60.0, 1e3}};

static retain_btyd kind_of(size_t k)
{
    return (retain_btyd){.family = RETAIN_BTYD_GG_NBD,
                         .unit_days = 7.0,
                         .r = kinds[k][0],
                         .alpha = kinds[k][1],
                         .b = kinds[k][2],
                         .s = kinds[k][3],
                         .beta = kinds[k][4]};
}

enum { KINDS = sizeof kinds / sizeof *kinds };

static void counts_have_probabilities_that_add_up(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        const retain_btyd model = kind_of(k);
        double sum = 0.0, mean = 0.0;

        for (double n = 0.0; n < 600.0; n += 1.0) {
            const double p = exp(log_pmf_of(model, 30.0, n));

            sum += p;
            mean += n * p;
        }
        assert_near(sum, 1.0, 1e-12);
        assert_near(mean, expected_of(model, 30.0), 1e-10 * mean);
    }
}

/* S(u) of a customer who is alive at T, plainly. */
static double survival(const retain_btyd *model, double T, double u)
{
    return pow((model->beta - 1.0 + exp(model->b * T)) / (model->beta - 1.0 + exp(model->b * (T + u))), model->s);
}

/* The future of a living customer, by Simpson's rule over the moment of death or of the order. */
static void the_future_agrees_with_brute_force(void **state)
{
    const int steps = 20000;
    const double x = 3.0, t_x = 20.0, T = 26.0, t = 40.0, delta = 0.02, end = 400.0;

    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        const retain_btyd model = kind_of(k);
        const double alive = alive_of(model, x, t_x, T), n = model.r + x, alpha = model.alpha + T;
        double lifetime = 0.0, finite = 0.0, ever = 0.0, ordering = 0.0;

        for (int i = 0; i <= steps; i++) {
            const double weight = (i == 0 || i == steps ? 1.0 : i % 2 ? 4.0 : 2.0) / 3.0 / steps, u = t * i / steps;
            const double v = end * i / steps;

            lifetime += t * weight * survival(&model, T, u);
            finite += t * weight * survival(&model, T, u) * exp(-delta * u);
            ever += end * weight * survival(&model, T, v) * exp(-delta * v);
            ordering += t * weight * survival(&model, T, u) * n / alpha * pow(alpha / (alpha + u), n + 1.0); /* first order */
        }
        assert_near(orders_of(model, x, t_x, T, t), alive * n / alpha * lifetime, 1e-9 * n / alpha * t);
        assert_near(discounted_of(model, x, t_x, T, t, delta), alive * n / alpha * finite, 1e-9 * n / alpha * t);
        assert_near(discounted_of(model, x, t_x, T, (double)INFINITY, delta), alive * n / alpha * ever,
                    3e-4 * alive * n / alpha * ever);
        assert_near(silence_of(model, x, t_x, T, t), 1.0 - alive * ordering, 1e-9);
    }
}

/* With no discount at all the lifetime is finite: the risk does not fall for ever. */
static void orders_for_ever_are_finite(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        const double ever = discounted_of(kind_of(k), 2.0, 10.0, 12.0, (double)INFINITY, 0.0);

        assert_true(ever < 1e12);
        assert_near(ever, orders_of(kind_of(k), 2.0, 10.0, 12.0, 1e8), 1e-10 * ever);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_golden_likelihood_is_met),
        cmocka_unit_test(every_golden_probability_of_being_alive_is_met),
        cmocka_unit_test(every_golden_expectation_is_met),
        cmocka_unit_test(every_golden_forecast_is_met),
        cmocka_unit_test(every_golden_distribution_is_met),
        cmocka_unit_test(the_derivatives_are_those_of_the_likelihood),
        cmocka_unit_test(the_fit_of_cdnow_goes_to_pareto_nbd_and_says_so),
        cmocka_unit_test(no_fit_ends_below_that_of_pareto_nbd),
        cmocka_unit_test(without_ageing_it_is_pareto_nbd),
        cmocka_unit_test(counts_have_probabilities_that_add_up),
        cmocka_unit_test(the_future_agrees_with_brute_force),
        cmocka_unit_test(orders_for_ever_are_finite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

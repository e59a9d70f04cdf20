/* Pareto/NBD: the laws that it must obey. */
#include "models.h"

/* Estimates for CDNOW in circulation. */
static const retain_btyd cdnow_pareto = {.family = RETAIN_BTYD_PARETO_NBD,
                                         .unit_days = 7.0,
                                         .r = 0.5534,
                                         .alpha = 10.5802,
                                         .s = 0.6061,
                                         .beta = 11.6562,
                                         .a = (double)NAN,
                                         .b = (double)NAN};

static retain_btyd pareto(double r, double alpha, double s, double beta)
{
    retain_btyd model = {.family = RETAIN_BTYD_PARETO_NBD,
                         .unit_days = 7.0,
                         .r = r,
                         .alpha = alpha,
                         .s = s,
                         .beta = beta,
                         .a = (double)NAN,
                         .b = (double)NAN};

    return model;
}

static const double points[][4] = {{0.5534, 10.5802, 0.6061, 11.6562},
                                   {2.0, 30.0, 1.0, 1e-3},
                                   {1e-3, 0.01, 0.5, 0.5},
                                   {50.0, 400.0, 30.0, 80.0},
                                   {0.7, 5.0, 1e-3, 2.0},
                                   {300.0, 1e4, 5.0, 1.0},
                                   {0.5, 7.0, 0.8, 7.0},
                                   {1.0, 0.05, 2.0, 900.0}};

static void derivatives_are_those_of_the_likelihood(void **state)
{
    (void)state;
    check_derivatives(RETAIN_BTYD_PARETO_NBD, points[0], sizeof points / sizeof *points);
}

static void probabilities_add_up_to_one_and_counts_to_the_expectation(void **state)
{
    static const double few_tails[][4] = {
        {0.5534, 10.5802, 0.6061, 11.6562}, {20.0, 20.0, 2.0, 5.0}, {0.7, 5.0, 1e-3, 2.0}, {3.0, 4.0, 1.0, 4.0}};
    static double n[3000], pmf[3000];

    (void)state;
    for (size_t i = 0; i < 3000; i++)
        n[i] = (double)i;
    for (size_t k = 0; k < 4; k++) {
        retain_btyd model = pareto(few_tails[k][0], few_tails[k][1], few_tails[k][2], few_tails[k][3]);
        double sum = 0.0, mean = 0.0, expected = expected_of(model, 40.0);

        assert_int_equal(retain_btyd_pmf(NULL, &model, 40.0, n, 3000, pmf, NULL), RETAIN_OK);
        for (size_t i = 3000; i-- > 0;) {
            sum += pmf[i];
            mean += n[i] * pmf[i];
        }
        assert_near(sum, 1.0, 1e-12);
        assert_near(mean, expected, 1e-11 * expected);
    }
}

/* The likelihood of a record without orders is the probability of that record. */
static void silence_of_a_new_customer_is_the_first_probability(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof points / sizeof *points; k++) {
        retain_btyd model = pareto(points[k][0], points[k][1], points[k][2], points[k][3]);

        for (double t = 1e-5; t < 1e5; t *= 7.0) {
            double first = log_pmf_of(model, t, 0.0);

            assert_near(likelihood_of(model, 0.0, 0.0, t), first, 1e-13);
            assert_near(silence_of(model, 0.0, 0.0, 0.0, t), exp(first), 1e-13);
        }
        assert_near(log_pmf_of(model, 0.0, 0.0), 0.0, 0.0);
        assert_near(log_pmf_of(model, 0.0, 3.0), -(double)INFINITY, 0.0);
    }
}

static void the_unit_of_time_does_not_matter(void **state)
{
    static const double records[][3] = {{0.0, 0.0, 38.86}, {2.0, 30.43, 38.86}, {40.0, 12.0, 60.0}, {1000.0, 30.0, 40.0}};

    (void)state;
    for (size_t k = 0; k < sizeof points / sizeof *points; k++) {
        for (size_t i = 0; i < 4; i++) {
            const double *w = records[i];
            retain_btyd weeks = pareto(points[k][0], points[k][1], points[k][2], points[k][3]), days = weeks;
            double scale;

            days.unit_days = 1.0;
            days.alpha *= 7.0;
            days.beta *= 7.0;
            scale = 1.0 + fabs(odds_of(weeks, w[0], w[1], w[2]));
            assert_near(odds_of(days, w[0], 7.0 * w[1], 7.0 * w[2]), odds_of(weeks, w[0], w[1], w[2]), 1e-11 * scale);
            assert_near(orders_of(days, w[0], 7.0 * w[1], 7.0 * w[2], 91.0), orders_of(weeks, w[0], w[1], w[2], 13.0),
                        1e-11 * scale * orders_of(weeks, w[0], w[1], w[2], 13.0));
            assert_near(silence_of(days, w[0], 7.0 * w[1], 7.0 * w[2], 91.0), silence_of(weeks, w[0], w[1], w[2], 13.0),
                        1e-12 * scale);
            /* the density of x moments has the dimension time^-x */
            assert_near(likelihood_of(days, w[0], 7.0 * w[1], 7.0 * w[2]) + w[0] * log(7.0), likelihood_of(weeks, w[0], w[1], w[2]),
                        1e-12 * (1.0 + 20.0 * w[0]));
        }
    }
}

/* All that is reported about one customer and one model, as logarithms or plain values. */
static void describe(retain_btyd model, double x, double t_x, double T, double *values)
{
    values[0] = likelihood_of(model, x, t_x, T);
    values[1] = alive_of(model, x, t_x, T);
    values[2] = orders_of(model, x, t_x, T, 26.0);
    values[3] = silence_of(model, x, t_x, T, 26.0);
    values[4] = discounted_of(model, x, t_x, T, (double)INFINITY, 0.01);
    values[5] = discounted_of(model, x, t_x, T, 26.0, 0.01);
    values[6] = expected_of(model, 26.0);
    values[7] = log_pmf_of(model, 26.0, x);
}

static void assert_close(retain_btyd a, const double *record_a, retain_btyd b, const double *record_b, double tolerance)
{
    double of_a[8], of_b[8];

    describe(a, record_a[0], record_a[1], record_a[2], of_a);
    describe(b, record_b[0], record_b[1], record_b[2], of_b);
    for (size_t i = 0; i < 8; i++)
        assert_near(of_b[i], of_a[i], tolerance * (1.0 + fabs(of_a[i])));
}

static void everything_is_continuous_where_formulas_change(void **state)
{
    const double record[] = {5.0, 20.0, 30.0}, early[] = {5.0, 30.0 - 1e-9, 30.0}, late[] = {5.0, 30.0, 30.0};
    const double new_now[] = {0.0, 0.0, 0.0}, new_soon[] = {0.0, 0.0, 1e-9};

    (void)state;
    for (double off = -1e-9; off < 2e-9; off += 2e-9) {
        assert_close(pareto(0.6, 10.0, 1.0, 12.0), record, pareto(0.6, 10.0, 1.0 + off, 12.0), record, 1e-7); /* s = 1 */
        assert_close(pareto(0.6, 10.0, 0.8, 10.0), record, pareto(0.6, 10.0, 0.8, 10.0 + off), record, 1e-7); /* alpha = beta */
        assert_close(pareto(1.0, 10.0, 0.8, 12.0), record, pareto(1.0 + off, 10.0, 0.8, 12.0), record, 1e-7); /* r = 1 */
    }
    assert_close(pareto(0.6, 10.0, 0.8, 12.0), early, pareto(0.6, 10.0, 0.8, 12.0), late, 1e-7);       /* t_x = T */
    assert_close(pareto(0.6, 10.0, 0.8, 12.0), new_soon, pareto(0.6, 10.0, 0.8, 12.0), new_now, 1e-7); /* T = 0 */
    assert_near(odds_of(cdnow_pareto, 5.0, 30.0, 30.0), -(double)INFINITY, 0.0);
    assert_near(orders_of(cdnow_pareto, 5.0, 20.0, 30.0, 0.0), 0.0, 0.0);
    assert_near(silence_of(cdnow_pareto, 5.0, 20.0, 30.0, 0.0), 1.0, 0.0);
}

static void discounting_has_its_limits(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof points / sizeof *points; k++) {
        retain_btyd model = pareto(points[k][0], points[k][1], points[k][2], points[k][3]);

        for (double x = 0.0; x < 40.0; x += 13.0) {
            double t_x = x > 0.0 ? 27.0 : 0.0, T = 30.0, alive = alive_of(model, x, t_x, T);
            double rate = alive * (model.r + x) / (model.alpha + T), orders = orders_of(model, x, t_x, T, 80.0), before = 0.0;

            assert_near(discounted_of(model, x, t_x, T, 80.0, 0.0), orders, 0.0);
            assert_near(discounted_of(model, x, t_x, T, 80.0, 1e-14), orders, 1e-11 * orders);
            assert_near(discounted_of(model, x, t_x, T, 0.0, 0.1), 0.0, 0.0);
            /* a rate so high that only this moment counts */
            assert_near(discounted_of(model, x, t_x, T, (double)INFINITY, 1e9), rate / 1e9, 1e-6 * rate / 1e9);
            for (double t = 1.0; t < 1e5; t *= 4.0) { /* rises with the horizon, towards DERT */
                double now = discounted_of(model, x, t_x, T, t, 1e-3);

                assert_true(now >= before);
                before = now;
            }
            assert_near(discounted_of(model, x, t_x, T, 5e4, 1e-3), discounted_of(model, x, t_x, T, (double)INFINITY, 1e-3), 1e-12);
            /* without discounting an eternity is finite only when customers leave fast enough */
            if (model.s > 1.0)
                assert_near(discounted_of(model, x, t_x, T, (double)INFINITY, 0.0), rate * (model.beta + T) / (model.s - 1.0),
                            1e-12 * rate * (model.beta + T) / (model.s - 1.0));
            else
                assert_near(discounted_of(model, x, t_x, T, (double)INFINITY, 0.0), (double)INFINITY, 0.0);
        }
    }
}

/* Integral of e^(-delta u) dE(u) by parts and Simpson's rule. */
static void discounted_orders_are_the_integral(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof points / sizeof *points; k++) {
        retain_btyd model = pareto(points[k][0], points[k][1], points[k][2], points[k][3]);
        double x = 3.0, t_x = 10.0, T = 12.0, delta = 0.05, t = 20.0, sum = 0.0, last = 0.0;

        for (int i = 0; i <= 2000; i++) {
            last = orders_of(model, x, t_x, T, t * i / 2000.0);
            sum += (i == 0 || i == 2000 ? 1.0 : i % 2 ? 4.0 : 2.0) * exp(-delta * t * i / 2000.0) * last;
        }
        sum = exp(-delta * t) * last + delta * sum * t / 6000.0;
        assert_near(discounted_of(model, x, t_x, T, t, delta), sum, 1e-11 * sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_are_those_of_the_likelihood),
        cmocka_unit_test(probabilities_add_up_to_one_and_counts_to_the_expectation),
        cmocka_unit_test(silence_of_a_new_customer_is_the_first_probability),
        cmocka_unit_test(the_unit_of_time_does_not_matter),
        cmocka_unit_test(everything_is_continuous_where_formulas_change),
        cmocka_unit_test(discounting_has_its_limits),
        cmocka_unit_test(discounted_orders_are_the_integral),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

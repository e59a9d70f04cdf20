/* Pareto/NBD: every golden row, every published value, and the laws that it must obey. */
#include "math/random.h"
#include "models.h"
#include "models/btyd_family.h"
#include "models/btyd_pareto_integral.h"

/* Estimates for CDNOW in circulation: rounded to four digits, and to seven as a reference package has them. */
static const retain_btyd cdnow_pareto = {RETAIN_BTYD_PARETO_NBD, 7.0, 0.5534, 10.5802, 0.6061, 11.6562, (double)NAN, (double)NAN};
static const retain_btyd cdnow_package = {
    RETAIN_BTYD_PARETO_NBD, 7.0, 0.5533971, 10.5801985, 0.6060625, 11.6562237, (double)NAN, (double)NAN};

static retain_btyd pareto(double r, double alpha, double s, double beta)
{
    retain_btyd model = {RETAIN_BTYD_PARETO_NBD, 7.0, r, alpha, s, beta, (double)NAN, (double)NAN};

    return model;
}

/* --- one customer ---------------------------------------------------------------------------------------------------------- */

static double likelihood_of(retain_btyd model, double x, double t_x, double T)
{
    retain_customers one = {1, &x, &t_x, &T, NULL, NULL, model.unit_days};
    double value;

    assert_int_equal(retain_btyd_likelihood(NULL, &model, &one, &value, NULL), RETAIN_OK);
    return value;
}

static double odds_of(retain_btyd model, double x, double t_x, double T)
{
    retain_customers one = {1, &x, &t_x, &T, NULL, NULL, model.unit_days};
    double alive, log_odds;

    assert_int_equal(retain_btyd_alive(NULL, &model, &one, &alive, &log_odds), RETAIN_OK);
    return log_odds;
}

static double alive_of(retain_btyd model, double x, double t_x, double T)
{
    return 1.0 / (1.0 + exp(odds_of(model, x, t_x, T)));
}

static double orders_of(retain_btyd model, double x, double t_x, double T, double t)
{
    retain_customers one = {1, &x, &t_x, &T, NULL, NULL, model.unit_days};
    double orders;

    assert_int_equal(retain_btyd_orders(NULL, &model, &one, t, &orders), RETAIN_OK);
    return orders;
}

static double silence_of(retain_btyd model, double x, double t_x, double T, double t)
{
    retain_customers one = {1, &x, &t_x, &T, NULL, NULL, model.unit_days};
    double silence;

    assert_int_equal(retain_btyd_silence(NULL, &model, &one, t, &silence), RETAIN_OK);
    return silence;
}

static double discounted_of(retain_btyd model, double x, double t_x, double T, double t, double delta)
{
    retain_customers one = {1, &x, &t_x, &T, NULL, NULL, model.unit_days};
    double orders;

    assert_int_equal(retain_btyd_discounted(NULL, &model, &one, t, delta, &orders), RETAIN_OK);
    return orders;
}

static double expected_of(retain_btyd model, double t)
{
    double expected;

    assert_int_equal(retain_btyd_expected(NULL, &model, &t, 1, &expected), RETAIN_OK);
    return expected;
}

static double log_pmf_of(retain_btyd model, double t, double n)
{
    double pmf, log_pmf;

    assert_int_equal(retain_btyd_pmf(NULL, &model, t, &n, 1, &pmf, &log_pmf), RETAIN_OK);
    return log_pmf;
}

/* --- golden vectors -------------------------------------------------------------------------------------------------------- */

static void golden_likelihoods_and_gradients_are_met(void **state)
{
    (void)state;
    check_golden_likelihood("pnbd", RETAIN_BTYD_PARETO_NBD);
}

static void golden_probabilities_of_being_alive_are_met(void **state)
{
    (void)state;
    check_golden_alive("pnbd", RETAIN_BTYD_PARETO_NBD);
}

static void golden_expectations_of_new_customers_are_met(void **state)
{
    (void)state;
    check_golden_expected("pnbd", RETAIN_BTYD_PARETO_NBD);
}

static void golden_futures_of_known_customers_are_met(void **state)
{
    (void)state;
    check_golden_conditional("pnbd", RETAIN_BTYD_PARETO_NBD);
}

static void golden_distributions_are_met(void **state)
{
    (void)state;
    check_golden_pmf("pnbd", RETAIN_BTYD_PARETO_NBD);
}

static void golden_discounted_orders_are_met(void **state)
{
    golden table = golden_read("btyd/pnbd_dert.csv");
    double worst = 0.0;

    (void)state;
    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = golden_model(&table, i, RETAIN_BTYD_PARETO_NBD);
        double want = golden_number(&table, i, "dert"), tolerance = golden_tolerance(&table, i, want);
        double got = discounted_of(model, golden_number(&table, i, "x"), golden_number(&table, i, "t_x"),
                                   golden_number(&table, i, "T"), (double)INFINITY, golden_number(&table, i, "delta"));

        if (got != want && !(fabs(got - want) <= tolerance))
            fail_msg("dert of %s is %.17g, not %.17g", golden_text(&table, i, "id"), got, want);
        if (got != want && fabs(got - want) > worst * tolerance)
            worst = fabs(got - want) / tolerance;
    }
    print_message("pnbd_dert: %zu rows, at most %.2g of the tolerance\n", table.rows, worst);
    golden_free(&table);
}

/* --- published values ------------------------------------------------------------------------------------------------------ */

static void published_predictions_are_met(void **state)
{
    static const double x[] = {10.0, 15.0, 20.0, 25.0}, orders[] = {0.705967342, 0.144187797, 0.0224992824, 0.00309178961};
    static const double pmf[] = {0.593575937, 0.16558438, 0.0824979482, 0.0490461616};

    (void)state;
    assert_near(expected_of(cdnow_package, 52.0), 1.47311269, 2e-7); /* as far as seven digits of the parameters carry */
    assert_near(orders_of(cdnow_package, 26.0, 30.86, 31.0, 52.0), 25.4553181, 1e-7);
    assert_near(alive_of(cdnow_package, 26.0, 30.86, 31.0), 0.997917896, 1e-7);
    for (size_t i = 0; i < 4; i++) {
        assert_near(orders_of(cdnow_package, x[i], 20.0, 39.0, 52.0), orders[i], 1e-8);
        assert_near(exp(log_pmf_of(cdnow_pareto, 39.0, (double)i)), pmf[i], 1e-8);
    }
    assert_near(discounted_of(cdnow_pareto, 26.0, 30.86, 31.0, (double)INFINITY, 0.0027), 86.0303756, 1e-7);
    assert_near(discounted_of(cdnow_pareto, 2.0, 30.43, 38.86, (double)INFINITY, 0.0027), 6.48256236, 1e-7);
    assert_near(discounted_of(cdnow_pareto, 0.0, 0.0, 38.86, (double)INFINITY, 0.0027), 0.476823058, 1e-7);
}

static void what_breaks_other_programs_is_ordinary_here(void **state)
{
    const retain_btyd busy = pareto(0.5143, 2.8845, 0.2856, 14.1087), smooth = pareto(0.55, 10.58, 0.61, 11.67);
    double before = orders_of(smooth, 100.0, 200.0, 200.0, 10.0), last_step = 0.0;

    (void)state;
    assert_near(alive_of(busy, 221.0, 103.42857, 103.57143), 0.999596052, 1e-8);
    assert_near(alive_of(busy, 254.0, 103.42857, 103.57143), 0.999586519, 1e-8);
    assert_near(likelihood_of(cdnow_pareto, 1000.0, 30.0, 40.0), 2196.33701, 1e-7 * 2196.33701);
    assert_near(likelihood_of(cdnow_pareto, 5000.0, 900.0, 1000.0), 3502.32864, 1e-7 * 3502.32864);
    assert_near(likelihood_of(cdnow_pareto, 0.0, 0.0, 4000.0), -0.672832078, 1e-7);
    assert_near(orders_of(smooth, 132.0, 200.0, 200.0, 10.0), 6.2060518, 1e-6);
    assert_near(orders_of(smooth, 133.0, 200.0, 200.0, 10.0), 6.2528722, 1e-6);
    for (double x = 101.0; x < 400.0; x++) { /* no jump anywhere */
        double now = orders_of(smooth, x, 200.0, 200.0, 10.0), step = now - before;

        assert_true(step > 0.0);
        if (last_step > 0.0)
            assert_near(step, last_step, 1e-8 * now);
        last_step = step;
        before = now;
    }
}

static double total(const double *column)
{
    double sum = 0.0;

    for (size_t i = 0; i < CDNOW_SAMPLE_CUSTOMERS; i++)
        sum += column[i];
    return sum;
}

static void published_fit_and_forecast_of_cdnow_are_met(void **state)
{
    static const double estimate[] = {0.553270, 10.57780, 0.606020, 11.66391},
                        error[] = {0.0476264, 0.8427222, 0.1872594, 6.2105448};
    static cdnow data;
    static double column[CDNOW_SAMPLE_CUSTOMERS];
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    const retain_btyd published = pareto(estimate[0], estimate[1], estimate[2], estimate[3]);
    retain_btyd model;

    (void)state;
    cdnow_customers(&data);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &data.view, NULL, &model, &report), RETAIN_OK);
    assert_int_equal(report.verdict, RETAIN_FIT_CONVERGED);
    assert_near(report.log_likelihood, -9594.976181, 1e-4);
    assert_near(report.aic, 19197.952, 1e-3);
    assert_near(report.bic, 19221.013, 1e-3);
    assert_true(report.evaluations <= 12);
    for (size_t k = 0; k < 4; k++) {
        assert_near(report.estimate[k], estimate[k], 1e-3 * estimate[k]);
        assert_near(report.standard_error[k], error[k], 1e-3 * error[k]);
    }
    assert_true(report.log_likelihood >= -9594.976181);
    /* The published totals belong to the published estimates; at the maximum itself, where s and beta are weakly determined, they
     * are 0.2 and 0.1 less. */
    assert_int_equal(retain_btyd_orders(NULL, &published, &data.view, 39.0, column), RETAIN_OK);
    assert_near(total(column), 1665.69, 0.01);
    assert_int_equal(retain_btyd_alive(NULL, &published, &data.view, column, NULL), RETAIN_OK);
    assert_near(total(column), 1051.97, 0.01);
    assert_int_equal(retain_btyd_orders(NULL, &model, &data.view, 39.0, column), RETAIN_OK);
    assert_near(total(column), 1665.51, 0.01);
}

/* --- the integral ---------------------------------------------------------------------------------------------------------- */

static double draw_between(retain__random *random, double low, double high)
{
    return low * exp(log(high / low) * retain__random_uniform(random));
}

/* The mass of a span by brute force: Simpson's rule with so many steps. */
static double integrate_by_steps(double n, double alpha, double s, double beta, double span)
{
    const int steps = 20000;
    double small = alpha < beta ? alpha : beta, length = log1p(span / small), sum = 0.0;

    for (int i = 0; i <= steps; i++) {
        double y = length * i / steps, u = small * expm1(y);
        double f = exp(-n * log1p(u / alpha) - (s + 1.0) * log1p(u / beta) + y) * s / beta * small;

        sum += (i == 0 || i == steps ? 1.0 : i % 2 ? 4.0 : 2.0) * f;
    }
    return sum * length / steps / 3.0;
}

static void the_integral_agrees_with_a_thousand_times_as_many_nodes(void **state)
{
    retain__random random = retain__random_start(4, 0);
    static retain__pareto_spans spans;

    (void)state;
    for (int k = 0; k < 200; k++) {
        double n = draw_between(&random, 0.01, 50.0), alpha = draw_between(&random, 0.1, 100.0),
               s = draw_between(&random, 0.01, 10.0);
        double beta = draw_between(&random, 0.1, 100.0), span = draw_between(&random, 0.01, 100.0), mass, want;

        spans.count = 1;
        spans.s = s;
        spans.alpha_is_smaller = alpha <= beta;
        spans.n[0] = n;
        spans.alpha[0] = alpha;
        spans.beta[0] = beta;
        spans.span[0] = span;
        retain__pareto_mass(&spans, &mass);
        want = integrate_by_steps(n, alpha, s, beta, span);
        assert_near(mass, want, 1e-9 * want);
    }
}

/* A span cut in two: dying in the second half presupposes surviving the first in silence. Random shapes up to the ends of the
 * domain, so that every rule, the cutting short and the panels are met. */
static void the_integral_of_a_span_is_the_sum_over_its_halves(void **state)
{
    retain__random random = retain__random_start(5, 0);
    static retain__pareto_spans spans;

    (void)state;
    for (int k = 0; k < 20000; k++) {
        double n = draw_between(&random, 1e-4, 1e4), s = draw_between(&random, 1e-4, 1e4), mass[3], silent, scale;
        double alpha = draw_between(&random, 1e-4, 1e4), beta = draw_between(&random, 1e-4, 1e4);
        double span = draw_between(&random, 1e-6, 1e5), cut = span * retain__random_uniform(&random);

        spans.count = 3;
        spans.s = s;
        spans.alpha_is_smaller = alpha <= beta;
        for (int i = 0; i < 3; i++) {
            spans.n[i] = n;
            spans.alpha[i] = alpha + (i == 2 ? cut : 0.0);
            spans.beta[i] = beta + (i == 2 ? cut : 0.0);
        }
        spans.span[0] = span;
        spans.span[1] = cut;
        spans.span[2] = span - cut;
        retain__pareto_mass(&spans, mass);
        silent = n * log1p(cut / alpha) + s * log1p(cut / beta);
        scale = 1.0 + silent + 0.02 * (n + s); /* exponents and ages are rounded */
        assert_near(mass[0], mass[1] + exp(-silent) * mass[2], 2e-14 * mass[0] * scale);
        assert_true(mass[0] >= 0.0 && mass[0] <= 1.0 + 1e-14);
    }
}

static void a_span_does_not_depend_on_its_neighbours(void **state)
{
    static retain__pareto_spans many, one;
    static double mass[RETAIN__BTYD_RUN], moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN];
    static double alone[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN];
    retain__random random = retain__random_start(6, 0);

    (void)state;
    for (int order = 0; order < 2; order++) {
        many.count = RETAIN__BTYD_RUN;
        many.s = one.s = 0.7;
        many.alpha_is_smaller = one.alpha_is_smaller = order;
        for (size_t i = 0; i < many.count; i++) {
            double shift = draw_between(&random, 1e-3, 100.0);

            many.n[i] = draw_between(&random, 0.1, 300.0);
            many.alpha[i] = (order ? 1e-3 : 2e-3) + shift;
            many.beta[i] = (order ? 2e-3 : 1e-3) + shift;
            many.span[i] = i % 7 ? draw_between(&random, 1e-3, 1e5) : 0.0;
        }
        retain__pareto_mass(&many, mass);
        retain__pareto_moments(&many, moments);
        for (size_t i = 0; i < many.count; i++) {
            double single;

            one.count = 1;
            one.n[0] = many.n[i];
            one.alpha[0] = many.alpha[i];
            one.beta[0] = many.beta[i];
            one.span[0] = many.span[i];
            retain__pareto_mass(&one, &single);
            retain__pareto_moments(&one, alone);
            assert_memory_equal(&single, &mass[i], sizeof single);
            for (size_t k = 0; k < RETAIN__PARETO_MOMENTS; k++)
                assert_memory_equal(&alone[k][0], &moments[k][i], sizeof single);
            assert_memory_equal(&alone[0][0], &single, sizeof single);
        }
    }
}

/* --- laws ------------------------------------------------------------------------------------------------------------------ */

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
    check_derivatives(RETAIN_BTYD_PARETO_NBD, points, sizeof points / sizeof *points);
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
    assert_near(silence_of(cdnow_pareto, 5.0, 20.0, 30.0, 0.0), 1.0, 1e-15);
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

static void draw_parameters(retain__random *random, int k, double *p)
{
    double ends = k % 4 ? 1e4 : 1e15; /* a fit that runs to a boundary goes far */

    for (int i = 0; i < 4; i++)
        p[i] = draw_between(random, 1.0 / ends, ends);
    if (k % 5 == 0)
        p[3] = p[1];
    if (k % 7 == 0)
        p[2] = 1.0;
}

static void assert_all_finite(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_true(isfinite(values[i]));
}

/* 100,000 records of up to 10,000 orders and 100,000 units of time, under 5,000 models. */
static void nothing_is_ever_not_a_number(void **state)
{
    enum { MODELS = 5000, ROWS = 20 };
    const retain__btyd_family *family = &retain__pareto_nbd;
    retain__random random = retain__random_start(7, 0);

    (void)state;
    for (int k = 0; k < MODELS; k++) {
        double p[4], x[ROWS], t_x[ROWS], T[ROWS], weight[ROWS], odds[ROWS], orders[ROWS], silent[ROWS], discounted[ROWS];
        double sums[RETAIN__BTYD_SUMS] = {0.0}, gradient[4], value, count = k % 6 ? floor(draw_between(&random, 1.0, 1e4)) : 0.0;
        double t = k % 40 ? draw_between(&random, 1e-6, 1e5) : 0.0, delta = draw_between(&random, 1e-9, 100.0);
        retain__btyd_run run = {count, ROWS, t_x, T, weight};

        draw_parameters(&random, k, p);
        for (int i = 0; i < ROWS; i++) {
            x[i] = count;
            T[i] = i ? draw_between(&random, 1e-6, 1e5) : 0.0;
            t_x[i] = T[i] * (i % 3 == 0   ? retain__random_uniform(&random)
                             : i % 3 == 1 ? 1.0
                                          : 1.0 - draw_between(&random, 1e-16, 1.0));
            if (count == 0.0)
                t_x[i] = 0.0;
            weight[i] = 1.0;
        }
        family->add_rows(family, p, &run, sums);
        family->add_counts(family, p, count, ROWS, sums);
        assert_all_finite(sums, RETAIN__BTYD_SUMS);
        value = family->log_likelihood(family, p, count, t_x[k % ROWS], T[k % ROWS], gradient);
        assert_all_finite(&value, 1);
        assert_all_finite(gradient, 4);
        family->log_odds_dead(family, p, x, t_x, T, ROWS, odds);
        family->expected(family, p, count, T, ROWS, t, orders);
        family->silent(family, p, count, T, ROWS, t, silent);
        family->discounted(family, p, count, T, ROWS, t, delta, discounted);
        assert_all_finite(orders, ROWS);
        assert_all_finite(discounted, ROWS);
        for (int i = 0; i < ROWS; i++) {
            assert_true(odds[i] < (double)INFINITY && (odds[i] > -(double)INFINITY || t_x[i] == T[i]));
            assert_true(orders[i] >= 0.0 && silent[i] >= 0.0 && silent[i] <= 1.0);
            assert_true(discounted[i] >= 0.0 && discounted[i] <= orders[i] * (1.0 + 1e-9));
        }
        family->discounted(family, p, count, T, 2, (double)INFINITY, delta, orders);
        assert_true(isfinite(orders[1]) && orders[1] >= discounted[1] * (1.0 - 1e-9));
        value = family->log_pmf(family, p, t, count);
        assert_true(value <= 0.0 && (value > -(double)INFINITY || t == 0.0));
    }
}

/* --- fits ------------------------------------------------------------------------------------------------------------------ */

enum { DRAWN = 20000, FEW = 3000 };
static double drawn_T[DRAWN], drawn_x[DRAWN], drawn_t_x[DRAWN], drawn_alive[DRAWN], drawn_future[DRAWN], column[DRAWN];

static retain_customers draw_customers(retain_btyd model, size_t count, double T, double t, uint64_t seed)
{
    retain_customers customers = {count, drawn_x, drawn_t_x, drawn_T, NULL, NULL, model.unit_days};

    for (size_t i = 0; i < count; i++)
        drawn_T[i] = T * (0.6 + 0.4 * (double)i / (double)count);
    assert_int_equal(retain_btyd_simulate(NULL, &model, drawn_T, count, t, seed, drawn_x, drawn_t_x, drawn_alive, drawn_future),
                     RETAIN_OK);
    return customers;
}

static double sum_of(const double *values)
{
    double sum = 0.0;

    for (size_t i = 0; i < DRAWN; i++)
        sum += values[i];
    return sum;
}

static void a_fit_finds_the_model_that_made_the_data(void **state)
{
    static const double truth[][5] = {{0.5534, 10.5802, 0.6061, 11.6562, 39.0},
                                      {2.0, 5.0, 1.5, 20.0, 52.0},
                                      {0.25, 4.4, 0.8, 40.0, 39.0},
                                      {1.2, 200.0, 0.7, 300.0, 700.0}};

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        retain_btyd model = pareto(truth[k][0], truth[k][1], truth[k][2], truth[k][3]), found;
        retain_customers customers = draw_customers(model, DRAWN, truth[k][4], truth[k][4], 11 + k);
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        double deviation;

        assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &customers, NULL, &found, &report), RETAIN_OK);
        assert_true(report.evaluations <= 15);
        for (size_t i = 0; i < 4; i++) /* within four standard errors */
            assert_near(report.estimate[i], truth[k][i], 4.0 * report.standard_error[i]);
        /* and what the model says about these customers comes true: the sums, within four of their own standard deviations */
        assert_int_equal(retain_btyd_alive(NULL, &model, &customers, column, NULL), RETAIN_OK);
        assert_near(sum_of(column), sum_of(drawn_alive), 4.0 * sqrt(0.25 * DRAWN));
        assert_int_equal(retain_btyd_orders(NULL, &model, &customers, truth[k][4], column), RETAIN_OK);
        deviation = 0.0;
        for (size_t i = 0; i < DRAWN; i++)
            deviation += (drawn_future[i] - column[i]) * (drawn_future[i] - column[i]);
        assert_near(sum_of(column), sum_of(drawn_future), 4.0 * sqrt(deviation));
        assert_int_equal(retain_btyd_silence(NULL, &model, &customers, truth[k][4], column), RETAIN_OK);
        for (size_t i = 0; i < DRAWN; i++)
            drawn_future[i] = drawn_future[i] == 0.0;
        assert_near(sum_of(column), sum_of(drawn_future), 4.0 * sqrt(0.25 * DRAWN));
    }
}

static void customers_who_never_leave_are_a_boundary_told_in_words(void **state)
{
    retain_btyd model = pareto(1.5, 8.0, 1.0, 1e9), found;
    retain_customers customers = draw_customers(model, FEW, 60.0, 0.0, 3);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;

    (void)state;
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &customers, NULL, &found, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_BOUNDARY);
    assert_non_null(strstr(report.explanation, "no customer seems ever to leave"));
    assert_nan(report.standard_error[2]);
    assert_nan(report.standard_error[3]);
    /* what the data do say is right all the same */
    assert_near(found.r, 1.5, 0.1);
    assert_near(found.alpha, 8.0, 0.5);
    assert_true(alive_of(found, 5.0, 50.0, 60.0) > 0.99);
}

/* Everybody buys at intervals of five, as no Poisson process does, and lifetimes are spread exactly as an exponential
 * distribution. */
static void customers_more_alike_than_chance_allows_are_a_boundary_too(void **state)
{
    retain_customers customers = {FEW, drawn_x, drawn_t_x, drawn_T, NULL, NULL, 7.0};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd found;

    (void)state;
    for (size_t i = 0; i < FEW; i++) {
        double lifetime = -30.0 * log1p(-((double)i + 0.5) / FEW);

        drawn_T[i] = 60.0;
        drawn_x[i] = floor((lifetime < 60.0 ? lifetime : 60.0) / 5.0);
        drawn_t_x[i] = 5.0 * drawn_x[i];
    }
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &customers, NULL, &found, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_BOUNDARY);
    assert_non_null(strstr(report.explanation, "r and alpha grow together"));
    assert_nan(report.standard_error[0]);
    assert_near(found.r / found.alpha, 0.2, 0.05); /* a spell that is cut off counts for less than its length */
    assert_near(found.s / found.beta, 1.0 / 30.0, 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_likelihoods_and_gradients_are_met),
        cmocka_unit_test(golden_probabilities_of_being_alive_are_met),
        cmocka_unit_test(golden_expectations_of_new_customers_are_met),
        cmocka_unit_test(golden_futures_of_known_customers_are_met),
        cmocka_unit_test(golden_distributions_are_met),
        cmocka_unit_test(golden_discounted_orders_are_met),
        cmocka_unit_test(published_predictions_are_met),
        cmocka_unit_test(what_breaks_other_programs_is_ordinary_here),
        cmocka_unit_test(published_fit_and_forecast_of_cdnow_are_met),
        cmocka_unit_test(the_integral_agrees_with_a_thousand_times_as_many_nodes),
        cmocka_unit_test(the_integral_of_a_span_is_the_sum_over_its_halves),
        cmocka_unit_test(a_span_does_not_depend_on_its_neighbours),
        cmocka_unit_test(derivatives_are_those_of_the_likelihood),
        cmocka_unit_test(probabilities_add_up_to_one_and_counts_to_the_expectation),
        cmocka_unit_test(silence_of_a_new_customer_is_the_first_probability),
        cmocka_unit_test(the_unit_of_time_does_not_matter),
        cmocka_unit_test(everything_is_continuous_where_formulas_change),
        cmocka_unit_test(discounting_has_its_limits),
        cmocka_unit_test(discounted_orders_are_the_integral),
        cmocka_unit_test(nothing_is_ever_not_a_number),
        cmocka_unit_test(a_fit_finds_the_model_that_made_the_data),
        cmocka_unit_test(customers_who_never_leave_are_a_boundary_told_in_words),
        cmocka_unit_test(customers_more_alike_than_chance_allows_are_a_boundary_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

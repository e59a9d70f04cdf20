/* Pareto/NBD: every golden row, every published value, and fits, those to boundaries among them. */
#include "models.h"
#include "models/btyd_family.h"

/* Estimates for CDNOW in circulation: rounded to four digits, and to seven as a reference package has them. */
static const retain_btyd cdnow_pareto = {.family = RETAIN_BTYD_PARETO_NBD,
                                         .unit_days = 7.0,
                                         .r = 0.5534,
                                         .alpha = 10.5802,
                                         .s = 0.6061,
                                         .beta = 11.6562,
                                         .a = (double)NAN,
                                         .b = (double)NAN};
static const retain_btyd cdnow_package = {.family = RETAIN_BTYD_PARETO_NBD,
                                          .unit_days = 7.0,
                                          .r = 0.5533971,
                                          .alpha = 10.5801985,
                                          .s = 0.6060625,
                                          .beta = 11.6562237,
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

/* --- fits ------------------------------------------------------------------------------------------------------------------ */

enum { DRAWN = 20000, FEW = 3000 };
static double drawn_T[DRAWN], drawn_x[DRAWN], drawn_t_x[DRAWN], drawn_alive[DRAWN], drawn_future[DRAWN], column[DRAWN];

static retain_customers draw_customers(retain_btyd model, size_t count, double T, double t, uint64_t seed)
{
    retain_customers customers = {
        .count = count, .frequency = drawn_x, .t_x = drawn_t_x, .T = drawn_T, .unit_days = model.unit_days};

    for (size_t i = 0; i < count; i++)
        drawn_T[i] = T * (0.6 + 0.4 * (double)i / (double)count);
    assert_int_equal(
        retain_btyd_simulate(NULL, &model, drawn_T, NULL, count, t, seed, drawn_x, drawn_t_x, drawn_alive, drawn_future, NULL),
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
    retain_customers customers = {.count = FEW, .frequency = drawn_x, .t_x = drawn_t_x, .T = drawn_T, .unit_days = 7.0};
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

static void every_way_out_of_the_model_has_a_meaning(void **state)
{
    static const struct {
        int way[4]; /* of r, alpha, s, beta */
        const char *meaning;
    } ways[] = {{{0, 0, -1, 0}, "no customer seems ever to leave"},
                {{0, 0, -1, 1}, "no customer seems ever to leave"},
                {{0, 0, 0, 1}, "no customer seems ever to leave"},
                {{0, 0, 1, 1}, "all customers leave at the same rate"},
                {{0, 0, 1, 0}, "all customers leave at once"},
                {{0, 0, 0, -1}, "all customers leave at once"},
                {{0, 0, -1, -1}, "some customers leave at once and the others never"},
                {{1, 1, 0, 0}, "all customers buy at the same rate"},
                {{-1, 0, 0, 0}, "a few customers buy and all others never do"},
                {{1, 0, 0, 0}, ""},
                {{0, 1, 0, 0}, ""}};

    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        assert_string_equal(retain__pareto_nbd.meaning(&retain__pareto_nbd, ways[i].way), ways[i].meaning);
}

static void a_fit_can_start_whatever_the_data_are(void **state)
{
    static const retain__btyd_moments moments[] = {{100.0, 40.0, 1.0, 30.0, 1.0},
                                                   {100.0, 100.0, 20.0, 30.0, 1.0},
                                                   {100.0, 0.0, 0.0, 30.0, 1.0},
                                                   {100.0, 0.0, 0.0, 0.0, 1.0},
                                                   {1.0, 1.0, 1e15, 1e-9, 1.0}};

    (void)state;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        double p[4];
        int attempts = 0;

        while (retain__pareto_nbd.start(&retain__pareto_nbd, &moments[i], attempts, p)) {
            for (size_t k = 0; k < 4; k++)
                assert_true(p[k] > 0.0 && isfinite(p[k]));
            attempts++;
        }
        assert_int_equal(attempts, 5);
    }
}

/* With s = 1e-4 death rates are below 1e-308 for nearly everybody: the few who do leave do so within the first moments. */
static void customers_can_be_drawn_whose_death_rates_underflow(void **state)
{
    retain_btyd model = pareto(1.0, 10.0, 1e-4, 1.0);

    (void)state;
    draw_customers(model, FEW, 50.0, 10.0, 8);
    for (size_t i = FEW; i < DRAWN; i++)
        drawn_alive[i] = 0.0;
    assert_near(sum_of(drawn_alive), FEW * pow(51.0, -1e-4), 5.0);
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
        cmocka_unit_test(a_fit_finds_the_model_that_made_the_data),
        cmocka_unit_test(customers_who_never_leave_are_a_boundary_told_in_words),
        cmocka_unit_test(customers_more_alike_than_chance_allows_are_a_boundary_too),
        cmocka_unit_test(every_way_out_of_the_model_has_a_meaning),
        cmocka_unit_test(a_fit_can_start_whatever_the_data_are),
        cmocka_unit_test(customers_can_be_drawn_whose_death_rates_underflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* BG/BB: every golden row, every published value, sums over all that may happen, and the laws that it must obey. */
#include "models.h"
#include "models/btyd_family.h"
#include "retain/btyd_future.h"

/* Published: 11,104 donors of 1995 and their next six years (Fader, Hardie & Shang 2010, table 2). */
static const retain_btyd donations = {
    .family = RETAIN_BTYD_BG_BB, .unit_days = 365.25, .alpha = 1.203523, .beta = 0.749717, .gamma = 0.656717, .delta = 2.783433};

static retain_btyd model_of(const golden *table, size_t row)
{
    return (retain_btyd){.family = RETAIN_BTYD_BG_BB,
                         .unit_days = 365.25,
                         .alpha = golden_number(table, row, "alpha"),
                         .beta = golden_number(table, row, "beta"),
                         .gamma = golden_number(table, row, "gamma"),
                         .delta = golden_number(table, row, "delta")};
}

/* --- golden vectors ------------------------------------------------------------------------------------------------------- */

static void meets(const golden *table, size_t row, const char *column, double got, double tolerance, double *worst)
{
    double want = golden_number(table, row, column), off = fabs(got - want);

    if (got == want)
        return;
    if (!(off <= tolerance))
        fail_msg("%s of %s is %.17g, not %.17g (off by %.3g, allowed %.3g)", column, golden_text(table, row, "id"), got, want, off,
                 tolerance);
    *worst = off > *worst * tolerance ? off / tolerance : *worst;
}

static void meets_relative(const golden *table, size_t row, const char *column, double got, double *worst)
{
    meets(table, row, column, got, golden_tolerance(table, row, golden_number(table, row, column)), worst);
}

static void golden_customers_are_met(void **state)
{
    golden table = golden_read("btyd/bgbb_customer.csv");
    double worst = 0.0;

    (void)state;
    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = model_of(&table, i);
        double x = golden_number(&table, i, "x"), t_x = golden_number(&table, i, "t_x"), n = golden_number(&table, i, "n"),
               m = golden_number(&table, i, "m"), value, gradient[4], alive;
        retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &n, .unit_days = 365.25};

        assert_int_equal(retain_btyd_likelihood(NULL, &model, &one, &value, gradient), RETAIN_OK);
        meets_relative(&table, i, "loglik", value, &worst);
        for (size_t k = 0; k < 4; k++) {
            char column[20];

            snprintf(column, sizeof column, "d_log_%s", retain_btyd_parameter(RETAIN_BTYD_BG_BB, k));
            meets_relative(&table, i, column, gradient[k], &worst);
        }
        alive = alive_of(model, x, t_x, n);
        /* alive at n, and then not leaving before n + 1; and so on until n + m */
        meets_relative(&table, i, "p_alive_n", alive * ((model.gamma + model.delta + n) / (model.delta + n)), &worst);
        if (m >= 1.0) {
            const retain_btyd_question later = {.struct_size = sizeof later, .quantity = RETAIN_BTYD_ALIVE, .to = m - 1.0};

            assert_int_equal(retain_btyd_forecast(NULL, &model, &one, &later, &alive), RETAIN_OK);
            meets_relative(&table, i, "p_alive_n_plus_m", alive, &worst);
        }
        meets_relative(&table, i, "expected_m", orders_of(model, x, t_x, n, m), &worst);
        meets_relative(&table, i, "p_zero_m", silence_of(model, x, t_x, n, m), &worst);
        meets_relative(&table, i, "dert", discounted_of(model, x, t_x, n, (double)INFINITY, log1p(golden_number(&table, i, "d"))),
                       &worst);
    }
    print_message("bgbb_customer: %zu rows, at most %.2g of the tolerance\n", table.rows, worst);
    golden_free(&table);
}

static void golden_populations_are_met(void **state)
{
    golden table = golden_read("btyd/bgbb_population.csv");
    double worst = 0.0;

    (void)state;
    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = model_of(&table, i);
        double n = golden_number(&table, i, "n"), x = golden_number(&table, i, "x"), pmf, log_pmf;

        meets_relative(&table, i, "expected", expected_of(model, n), &worst);
        assert_int_equal(retain_btyd_pmf(NULL, &model, n, &x, 1, &pmf, &log_pmf), RETAIN_OK);
        meets_relative(&table, i, "log_pmf", log_pmf, &worst);
        meets(&table, i, "pmf", pmf, golden_tolerance(&table, i, 1.0 + fabs(log_pmf)) * golden_number(&table, i, "pmf"), &worst);
    }
    print_message("bgbb_population: %zu rows, at most %.2g of the tolerance\n", table.rows, worst);
    golden_free(&table);
}

/* --- published values ----------------------------------------------------------------------------------------------------- */

enum { PATTERNS = 22, PERIODS = 6 };

/* The donors, as counts of equal ones. */
typedef struct donors {
    double frequency[PATTERNS], t_x[PATTERNS], T[PATTERNS], weight[PATTERNS];
    retain_customers view;
} donors;

static void read_donors(donors *to)
{
    golden table = golden_read("../../examples/data/donations.csv");

    assert_int_equal(table.rows, PATTERNS);
    for (size_t i = 0; i < PATTERNS; i++) {
        to->frequency[i] = golden_number(&table, i, "frequency");
        to->t_x[i] = golden_number(&table, i, "t_x");
        to->T[i] = golden_number(&table, i, "T");
        to->weight[i] = golden_number(&table, i, "weight");
    }
    golden_free(&table);
    to->view = (retain_customers){
        .count = PATTERNS, .frequency = to->frequency, .t_x = to->t_x, .T = to->T, .weight = to->weight, .unit_days = 365.25};
}

static void the_published_fit_of_the_donors_is_met(void **state)
{
    static const double published[] = {1.203523, 0.749717, 0.656717, 2.783433}, error[] = {0.069391, 0.029448, 0.051010, 0.320817},
                        exact[] = {1.203522351601914, 0.7497163581729389, 0.6567182084418325, 2.783442232577381};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;
    donors all;

    (void)state;
    read_donors(&all);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_BG_BB, &all.view, NULL, &model, &report), RETAIN_OK);
    assert_int_equal(report.verdict, RETAIN_FIT_CONVERGED);
    assert_near(report.customers, 11104.0, 0.0);
    assert_near(report.log_likelihood, -33225.5812743470068, 1e-9);
    assert_true(report.evaluations <= 100); /* from all starts */
    for (size_t k = 0; k < 4; k++) {
        assert_near(report.estimate[k], published[k], 1e-5 * published[k]);
        assert_near(report.estimate[k], exact[k], 1e-8 * exact[k]);
        assert_near(report.standard_error[k], error[k], 2e-4 * error[k]);
    }
    assert_near(model.gamma, report.estimate[2], 0.0);
    assert_true(isnan(model.r) && isnan(model.s) && isnan(model.a) && isnan(model.b));
}

static void published_predictions_for_the_donors_are_met(void **state)
{
    double orders[PATTERNS], sum = 0.0;
    donors all;

    (void)state;
    read_donors(&all);
    assert_near(expected_of(donations, 10.0), 3.17982, 1e-4);
    assert_near(orders_of(donations, 0.0, 0.0, 6.0, 10.0), 0.130217, 1e-4);
    assert_near(orders_of(donations, 4.0, 5.0, 6.0, 10.0), 3.627867, 1e-4 * 3.6);
    assert_near(alive_of(donations, 0.0, 0.0, 6.0), 0.1081, 1e-4);
    assert_near(alive_of(donations, 2.0, 4.0, 6.0), 0.5896, 1e-4);
    assert_near(alive_of(donations, 6.0, 6.0, 6.0), 0.9304, 1e-4);
    assert_int_equal(retain_btyd_orders(NULL, &donations, &all.view, 5.0, orders), RETAIN_OK);
    for (size_t i = 0; i < PATTERNS; i++)
        sum += all.weight[i] * orders[i];
    assert_near(sum, 12884.0, 0.5);
}

/* --- laws ----------------------------------------------------------------------------------------------------------------- */

static const double points[][4] = {{1.2, 0.75, 0.66, 2.78}, {0.3, 4.0, 1.0, 9.0},    {50.0, 20.0, 3.0, 40.0},
                                   {2.0, 1e-3, 0.4, 0.1},   {1e-3, 0.02, 5.0, 60.0}, {3.0, 300.0, 0.01, 1.0}};
enum { POINTS = sizeof points / sizeof *points };

static retain_btyd point(size_t k)
{
    return (retain_btyd){.family = RETAIN_BTYD_BG_BB,
                         .unit_days = 7.0,
                         .alpha = points[k][0],
                         .beta = points[k][1],
                         .gamma = points[k][2],
                         .delta = points[k][3]};
}

static void derivatives_are_those_of_the_likelihood(void **state)
{
    (void)state;
    check_derivatives(RETAIN_BTYD_BG_BB, points[0], POINTS);
}

/* Ways to place x uses when the last one is the t_x-th opportunity. */
static double ways(double x, double t_x)
{
    double count = 1.0;

    for (double i = 1.0; i < x; i += 1.0)
        count *= (t_x - i) / i;
    return count;
}

static void all_that_may_happen_adds_up(void **state)
{
    const double n = 12.0;

    (void)state;
    for (size_t k = 0; k < POINTS; k++) {
        retain_btyd model = point(k);
        double all = 0.0, mean = 0.0;

        for (double x = 0.0; x <= n; x += 1.0) {
            double probability = 0.0;

            for (double t_x = x; t_x <= (x > 0.0 ? n : 0.0); t_x += 1.0)
                probability += ways(x, t_x) * exp(likelihood_of(model, x, t_x, n));
            assert_near(exp(log_pmf_of(model, n, x)), probability, 1e-13 * probability);
            all += probability;
            mean += x * probability;
        }
        assert_near(all, 1.0, 1e-13);
        assert_near(expected_of(model, n), mean, 1e-13 * mean);
        assert_near(log_pmf_of(model, n, n + 1.0), -(double)INFINITY, 0.0);
    }
}

/* What may come after a history is a longer history: its likelihood, over that of the one so far. */
static void the_future_is_a_longer_past(void **state)
{
    static const double histories[][3] = {{0.0, 0.0, 0.0}, {0.0, 0.0, 7.0}, {2.0, 3.0, 9.0}, {4.0, 11.0, 11.0}, {1.0, 40.0, 52.0}};

    (void)state;
    for (size_t i = 0; i < POINTS * 5; i++) {
        retain_btyd model = point(i % POINTS);
        const double *h = histories[i / POINTS];
        double x = h[0], t_x = h[1], n = h[2], past = likelihood_of(model, x, t_x, n), once, use;

        for (double m = 1.0; m < 300.0; m *= 3.0) {
            double silence = exp(likelihood_of(model, x, t_x, n + m) - past);

            assert_near(silence_of(model, x, t_x, n, m), silence, 1e-12 * silence);
        }
        once = exp(likelihood_of(model, x + 1.0, n + 1.0, n + 1.0) - past);
        use = (model.alpha + x) / (model.alpha + model.beta + n);
        assert_near(orders_of(model, x, t_x, n, 1.0), once, 1e-12 * once);
        assert_near(alive_of(model, x, t_x, n), once / use, 1e-12 * once / use);
        /* a use in the second of two, whatever became of the first */
        assert_near(orders_of(model, x, t_x, n, 2.0),
                    once + exp(likelihood_of(model, x + 1.0, n + 2.0, n + 2.0) - past) +
                        exp(likelihood_of(model, x + 2.0, n + 2.0, n + 2.0) - past),
                    2e-12 * once);
    }
}

static void discounted_orders_are_the_sum_over_opportunities(void **state)
{
    static const double rates[] = {1e-9, 1e-4, 0.01, 0.0953, 1.0, 20.0}, horizons[] = {1.0, 2.0, 13.0, 400.0, 3000.0};

    (void)state;
    for (size_t i = 0; i < POINTS * 6 * 5; i++) {
        retain_btyd model = point(i % POINTS);
        double rate = rates[i / POINTS % 6], m = horizons[i / POINTS / 6], before = 0.0, sum = 0.0;

        for (double j = 1.0; j <= m; j += 1.0) {
            double now = orders_of(model, 2.0, 5.0, 9.0, j);

            sum += exp(-rate * j) * (now - before);
            before = now;
        }
        assert_near(discounted_of(model, 2.0, 5.0, 9.0, m, rate), sum, 1e-10 * sum); /* the differences of a sum lose digits */
        if (rate * m > 45.0)
            assert_near(discounted_of(model, 2.0, 5.0, 9.0, (double)INFINITY, rate), sum, 1e-10 * sum);
    }
}

static void discounting_has_its_limits(void **state)
{
    retain_btyd model = point(2);

    (void)state;
    assert_near(discounted_of(model, 2.0, 5.0, 9.0, 7.0, 0.0), orders_of(model, 2.0, 5.0, 9.0, 7.0), 0.0);
    assert_near(discounted_of(model, 2.0, 5.0, 9.0, 7.0, 1e-13), orders_of(model, 2.0, 5.0, 9.0, 7.0), 1e-11);
    assert_near(discounted_of(model, 2.0, 5.0, 9.0, 0.0, 0.1), 0.0, 0.0);
    assert_near(discounted_of(model, 2.0, 5.0, 9.0, 9.0, 1e4), 0.0, 0.0);
    /* leaving fast enough, customers have an end */
    assert_near(discounted_of(model, 2.0, 5.0, 9.0, (double)INFINITY, 0.0), orders_of(model, 2.0, 5.0, 9.0, 1e6), 1e-7);
    assert_near(discounted_of(model, 2.0, 5.0, 9.0, (double)INFINITY, 1e-17),
                discounted_of(model, 2.0, 5.0, 9.0, (double)INFINITY, 0.0), 1e-12);
    model.gamma = 1.0;
    assert_near(discounted_of(model, 2.0, 5.0, 9.0, (double)INFINITY, 0.0), (double)INFINITY, 0.0);
    assert_true(discounted_of(model, 2.0, 5.0, 9.0, (double)INFINITY, 1e-300) > 0.0);
}

static void there_is_no_jump_at_gamma_one(void **state)
{
    (void)state;
    for (double m = 1.0; m <= 1e6; m *= 10.0) {
        retain_btyd model = point(1);
        double at = orders_of(model, 2.0, 5.0, 9.0, m);

        for (double off = 1e-15; off < 1e-6; off *= 10.0) {
            model.gamma = 1.0 + off;
            assert_near(orders_of(model, 2.0, 5.0, 9.0, m), at, (1e-13 + 20.0 * off) * at);
            model.gamma = 1.0 - off;
            assert_near(orders_of(model, 2.0, 5.0, 9.0, m), at, (1e-13 + 20.0 * off) * at);
        }
    }
}

static void long_histories_are_finite(void **state)
{
    static const double sizes[] = {1e-4, 1.0, 1e4}, histories[][3] = {{0.0, 0.0, 1e5}, {1.0, 1.0, 1e5}, {1e4, 1e5, 1e5},
                                                                      {1e4, 1e4, 1e5}, {1e4, 5e4, 1e5}, {1e5, 1e5, 1e5}};

    (void)state;
    for (size_t i = 0; i < 81 * 6; i++) {
        retain_btyd model = point(0);
        const double *h = histories[i / 81];
        double value;

        model.alpha = sizes[i % 3];
        model.beta = sizes[i / 3 % 3];
        model.gamma = sizes[i / 9 % 3];
        model.delta = sizes[i / 27 % 3];
        value = likelihood_of(model, h[0], h[1], h[2]);
        assert_true(value <= 0.0 && value > -1e7);
        assert_true(fabs(odds_of(model, h[0], h[1], h[2])) < 1e7);
        value = silence_of(model, h[0], h[1], h[2], 1e4);
        assert_true(value >= 0.0 && value <= 1.0);
        value = orders_of(model, h[0], h[1], h[2], 1e4);
        assert_true(value >= 0.0 && value <= 1e4);
        value = log_pmf_of(model, h[2], h[0]);
        assert_true(value <= 1e-9 && value > -1e7);
    }
}

/* --- simulation ----------------------------------------------------------------------------------------------------------- */

enum { MANY = 60000 };

/* Customers of 4 to 12 opportunities. */
typedef struct crowd {
    double frequency[MANY], t_x[MANY], T[MANY], alive[MANY], future[MANY];
    retain_customers view;
} crowd;

static void draw_crowd(const retain_btyd *model, uint64_t seed, crowd *to)
{
    for (size_t i = 0; i < MANY; i++)
        to->T[i] = 4.0 + (double)(i % 9);
    assert_int_equal(
        retain_btyd_simulate(NULL, model, to->T, NULL, MANY, 5.0, seed, to->frequency, to->t_x, to->alive, to->future, NULL),
        RETAIN_OK);
    to->view =
        (retain_customers){.count = MANY, .frequency = to->frequency, .t_x = to->t_x, .T = to->T, .unit_days = model->unit_days};
}

static void a_fit_recovers_the_parameters_that_customers_were_made_with(void **state)
{
    static crowd made;

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_btyd truth = point(k), model;

        truth.gamma = k == 1 ? 0.8 : truth.gamma;
        truth.delta = k == 1 ? 4.0 : truth.delta;
        if (k == 2)
            truth =
                (retain_btyd){.family = RETAIN_BTYD_BG_BB, .unit_days = 7.0, .alpha = 2.0, .beta = 3.0, .gamma = 2.0, .delta = 9.0};
        draw_crowd(&truth, 31 + k, &made);
        assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_BG_BB, &made.view, NULL, &model, &report), RETAIN_OK);
        assert_true(report.gradient_norm < 1e-9);
        assert_near(model.alpha, truth.alpha, 3.5 * report.standard_error[0]);
        assert_near(model.beta, truth.beta, 3.5 * report.standard_error[1]);
        assert_near(model.gamma, truth.gamma, 3.5 * report.standard_error[2]);
        assert_near(model.delta, truth.delta, 3.5 * report.standard_error[3]);
    }
}

/* Half of them are of a kind that buys more and leaves sooner. */
static void covariates_move_the_odds(void **state)
{
    static crowd made;
    static double kind[MANY];
    const double *columns[] = {kind};
    retain_btyd truth = point(0), own, model;
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double x = 2.0, t_x = 4.0, n = 6.0, one = 1.0, value;
    const double *yes[] = {&one};
    retain_customers customer = {
        .count = 1, .frequency = &x, .t_x = &t_x, .T = &n, .unit_days = 7.0, .covariates = yes, .covariate_count = 1};

    (void)state;
    truth.covariates = 1;
    truth.purchase[0] = 0.5;
    truth.lifetime[0] = 0.8;
    own = point(0);
    own.alpha *= exp(0.25);
    own.beta *= exp(-0.25);
    own.gamma *= exp(0.4);
    own.delta *= exp(-0.4);
    assert_int_equal(retain_btyd_likelihood(NULL, &truth, &customer, &value, NULL), RETAIN_OK);
    assert_near(value, likelihood_of(own, x, t_x, n), 1e-13);
    for (size_t i = 0; i < MANY; i++) {
        made.T[i] = 4.0 + (double)(i % 9);
        kind[i] = (double)(i % 2);
    }
    assert_int_equal(retain_btyd_simulate(NULL, &truth, made.T, columns, MANY, 0.0, 5, made.frequency, made.t_x, NULL, NULL, NULL),
                     RETAIN_OK);
    made.view = (retain_customers){.count = MANY,
                                   .frequency = made.frequency,
                                   .t_x = made.t_x,
                                   .T = made.T,
                                   .unit_days = 7.0,
                                   .covariates = columns,
                                   .covariate_count = 1};
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_BG_BB, &made.view, NULL, &model, &report), RETAIN_OK);
    assert_near(model.purchase[0], 0.5, 0.1);
    assert_near(model.lifetime[0], 0.8, 0.2);
    assert_near(model.gamma, truth.gamma, 0.15);
}

/* What is claimed of the crowd, and what became of it. */
static void forecasts_come_true_for_simulated_customers(void **state)
{
    static crowd made;
    static double claimed[3][MANY];
    const retain_btyd truth = point(0);

    (void)state;
    draw_crowd(&truth, 77, &made);
    assert_int_equal(retain_btyd_orders(NULL, &truth, &made.view, 5.0, claimed[0]), RETAIN_OK);
    assert_int_equal(retain_btyd_silence(NULL, &truth, &made.view, 5.0, claimed[1]), RETAIN_OK);
    assert_int_equal(retain_btyd_alive(NULL, &truth, &made.view, claimed[2], NULL), RETAIN_OK);
    for (size_t k = 0; k < 3; k++) {
        double off = 0.0, squares = 0.0;

        for (size_t i = 0; i < MANY; i++) {
            double truths[] = {made.future[i], made.future[i] == 0.0, made.alive[i]}, error = claimed[k][i] - truths[k];

            assert_true(made.frequency[i] <= made.t_x[i] && made.t_x[i] <= made.T[i] && made.t_x[i] == floor(made.t_x[i]));
            off += error;
            squares += error * error;
        }
        assert_near(off, 0.0, 4.0 * sqrt(squares));
    }
}

/* --- verdicts ------------------------------------------------------------------------------------------------------------- */

static void expect_verdict(const retain_customers *customers, retain_fit_verdict verdict, const char *words)
{
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd model;

    retain_status status = retain_btyd_fit(&ctx, RETAIN_BTYD_BG_BB, customers, NULL, &model, &report);

    if (status != RETAIN_ERROR_CONVERGENCE || report.verdict != verdict || !strstr(report.explanation, words))
        fail_msg("%s: %s", retain_fit_verdict_name(report.verdict), report.explanation);
}

static void a_fit_that_cannot_be_trusted_says_why(void **state)
{
    donors all;
    double once[] = {1.0, 1.0, 1.0, 1.0}, age[] = {1.0, 1.0, 1.0, 1.0};
    double nobody[] = {0.0, 0.0, 0.0, 0.0}, years[] = {5.0, 6.0, 7.0, 8.0};
    double used[5] = {2.0, 3.0, 4.0, 4.0, 5.0}, counts[5] = {10.0, 20.0, 20.0, 15.0, 7.0}, end[5] = {6.0, 6.0, 6.0, 6.0, 6.0};
    retain_customers none = {.count = 4, .frequency = nobody, .t_x = nobody, .T = years, .unit_days = 1.0};
    retain_customers few = {.count = 4, .frequency = once, .t_x = age, .T = age, .unit_days = 1.0};
    retain_customers loyal = {.count = 5, .frequency = used, .t_x = end, .T = end, .weight = counts, .unit_days = 1.0};

    (void)state;
    expect_verdict(&none, RETAIN_FIT_TOO_LITTLE_DATA, "no customer has a repeat occasion");
    expect_verdict(&few, RETAIN_FIT_TOO_LITTLE_DATA, "fewer distinct customers than parameters");
    /* all of them used the last opportunity */
    expect_verdict(&loyal, RETAIN_FIT_BOUNDARY, "no customer seems ever to leave");
    /* one in four hundred of the donors */
    read_donors(&all);
    for (size_t i = 0; i < PATTERNS; i++)
        all.weight[i] = floor(all.weight[i] / 400.0);
    expect_verdict(&all.view, RETAIN_FIT_RIDGE, "These data do not determine");
}

static void every_boundary_has_its_meaning(void **state)
{
    static const struct {
        int way[4];
        const char *meaning;
    } cases[] = {{{0, 0, -1, -1}, "some customers leave at once and all others never"},
                 {{0, 0, -1, 0}, "no customer seems ever to leave"},
                 {{0, 0, -1, 1}, "no customer seems ever to leave"},
                 {{0, 0, 0, 1}, "no customer seems ever to leave"},
                 {{0, 0, 1, 1}, "all customers leave with the same probability"},
                 {{0, 0, 1, 0}, "all customers leave at once"},
                 {{0, 0, 0, -1}, "all customers leave at once"},
                 {{1, 1, 0, 0}, "all customers buy with the same probability"},
                 {{-1, -1, 0, 0}, "some customers buy at every opportunity and all others never"},
                 {{0, -1, 0, 0}, "customers buy at every opportunity until they leave"},
                 {{1, 0, 0, 0}, "customers buy at every opportunity until they leave"},
                 {{0, 1, 0, 0}, ""}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(retain__bg_bb.meaning(&retain__bg_bb, cases[i].way), cases[i].meaning);
}

static void there_are_some_starts(void **state)
{
    const retain__btyd_moments moments = {100.0, 40.0, 1.0, 6.0, 1.0};
    double p[4];
    int count = 0;

    (void)state;
    assert_int_equal(retain__bg_bb.start(&retain__bg_bb, &moments, -1, p), 0);
    for (; retain__bg_bb.start(&retain__bg_bb, &moments, count, p); count++) {
        for (size_t k = 0; k < 4; k++)
            assert_true(p[k] > 0.0 && p[k] < 1e3);
    }
    assert_int_equal(count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_customers_are_met),
        cmocka_unit_test(golden_populations_are_met),
        cmocka_unit_test(the_published_fit_of_the_donors_is_met),
        cmocka_unit_test(published_predictions_for_the_donors_are_met),
        cmocka_unit_test(derivatives_are_those_of_the_likelihood),
        cmocka_unit_test(all_that_may_happen_adds_up),
        cmocka_unit_test(the_future_is_a_longer_past),
        cmocka_unit_test(discounted_orders_are_the_sum_over_opportunities),
        cmocka_unit_test(discounting_has_its_limits),
        cmocka_unit_test(there_is_no_jump_at_gamma_one),
        cmocka_unit_test(long_histories_are_finite),
        cmocka_unit_test(a_fit_recovers_the_parameters_that_customers_were_made_with),
        cmocka_unit_test(covariates_move_the_odds),
        cmocka_unit_test(forecasts_come_true_for_simulated_customers),
        cmocka_unit_test(a_fit_that_cannot_be_trusted_says_why),
        cmocka_unit_test(every_boundary_has_its_meaning),
        cmocka_unit_test(there_are_some_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* BG/CNBD-k and MBG/CNBD-k: every golden row, and the laws that they must obey. */
#include <math.h>
#include <string.h>

#include "models.h"
#include "models/btyd_cnbd.h"

enum { CUSTOMERS = 20000 };

static const retain_btyd grocer = {
    .family = RETAIN_BTYD_MBG_CNBD, .unit_days = 7.0, .r = 0.85, .alpha = 2.9, .a = 0.6, .b = 3.1, .k = 3};

/* --- golden rows ---------------------------------------------------------------------------------------------------------- */

static void golden_likelihoods_are_met(void **state)
{
    (void)state;
    check_golden_likelihood("bgcnbd", RETAIN_BTYD_BG_CNBD);
    check_golden_likelihood("mbgcnbd", RETAIN_BTYD_MBG_CNBD);
}

static void golden_probabilities_of_being_alive_are_met(void **state)
{
    (void)state;
    check_golden_alive("bgcnbd", RETAIN_BTYD_BG_CNBD);
    check_golden_alive("mbgcnbd", RETAIN_BTYD_MBG_CNBD);
}

static void golden_expectations_of_new_customers_are_met(void **state)
{
    (void)state;
    check_golden_expected("bgcnbd", RETAIN_BTYD_BG_CNBD);
    check_golden_expected("mbgcnbd", RETAIN_BTYD_MBG_CNBD);
}

static void golden_conditional_expectations_and_silences_are_met(void **state)
{
    (void)state;
    check_golden_conditional("bgcnbd", RETAIN_BTYD_BG_CNBD);
    check_golden_conditional("mbgcnbd", RETAIN_BTYD_MBG_CNBD);
}

static void golden_counts_of_new_customers_are_met(void **state)
{
    (void)state;
    check_golden_pmf("bgcnbd", RETAIN_BTYD_BG_CNBD);
    check_golden_pmf("mbgcnbd", RETAIN_BTYD_MBG_CNBD);
}

static void check_discounted(const char *path, retain_btyd_family family)
{
    golden table = golden_read(path);
    double worst = 0.0;

    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = golden_model(&table, i, family);
        double horizons[2] = {golden_number(&table, i, "t"), (double)INFINITY};

        for (size_t k = 0; k < 2; k++) {
            const char *column = k ? "for_ever" : "until";
            double want = golden_number(&table, i, column), tolerance = golden_tolerance(&table, i, want);
            double got = discounted_of(model, golden_number(&table, i, "x"), golden_number(&table, i, "t_x"),
                                       golden_number(&table, i, "T"), horizons[k], golden_number(&table, i, "delta"));

            if (!(fabs(got - want) <= tolerance))
                fail_msg("%s of %s is %.17g, not %.17g (off by %.3g of it)", column, golden_text(&table, i, "id"), got, want,
                         fabs(got - want) / want);
            if (fabs(got - want) > worst * tolerance)
                worst = fabs(got - want) / tolerance;
        }
    }
    print_message("%s: %zu rows, at most %.2g of the tolerance\n", path, table.rows, worst);
    golden_free(&table);
}

static void golden_discounted_orders_are_met(void **state)
{
    (void)state;
    check_discounted("btyd/bgcnbd_discounted.csv", RETAIN_BTYD_BG_CNBD);
    check_discounted("btyd/mbgcnbd_discounted.csv", RETAIN_BTYD_MBG_CNBD);
}

/* --- laws ----------------------------------------------------------------------------------------------------------------- */

static void derivatives_are_those_of_the_likelihood(void **state)
{
    static const double points[][5] = {{0.85, 2.9, 0.6, 3.1, 2.0}, {0.1, 30.0, 1.0, 1.0, 5.0}, {12.0, 0.3, 5.0, 0.2, 12.0},
                                       {0.3, 4.0, 0.01, 8.0, 1.0}, {1e4, 1e4, 1e-3, 1e3, 3.0}, {1e-3, 1e2, 1e2, 1e3, 64.0}};

    (void)state;
    check_derivatives(RETAIN_BTYD_BG_CNBD, points[0], sizeof points / sizeof *points);
    check_derivatives(RETAIN_BTYD_MBG_CNBD, points[0], sizeof points / sizeof *points);
}

static void with_one_stage_they_are_the_models_without_memory(void **state)
{
    static const double x[] = {0.0, 0.0, 1.0, 3.0, 26.0}, t_x[] = {0.0, 0.0, 3.0, 20.0, 30.86}, T[] = {0.0, 38.0, 38.0, 29.0, 31.0};
    const retain_customers some = {.count = 5, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};

    (void)state;
    for (int modified = 0; modified < 2; modified++) {
        retain_btyd one = grocer, other = grocer;
        double got[25], want[25];

        one.family = modified ? RETAIN_BTYD_MBG_CNBD : RETAIN_BTYD_BG_CNBD;
        one.k = 1;
        other.family = modified ? RETAIN_BTYD_MBG_NBD : RETAIN_BTYD_BG_NBD;
#define SAME(call, model, outputs)                                         \
    memset(got, 0, sizeof got), memset(want, 0, sizeof want);              \
    assert_int_equal(call(NULL, &one, &some, outputs(got)), RETAIN_OK);    \
    assert_int_equal(call(NULL, &other, &some, outputs(want)), RETAIN_OK); \
    assert_memory_equal(got, want, sizeof got)
#define PAIR(to) to, to + 5
#define AHEAD(to) 13.0, to
#define FOR_EVER(to) (double)INFINITY, 0.002, to
        SAME(retain_btyd_likelihood, one, PAIR);
        SAME(retain_btyd_alive, one, PAIR);
        SAME(retain_btyd_orders, one, AHEAD);
        SAME(retain_btyd_silence, one, AHEAD);
        SAME(retain_btyd_discounted, one, FOR_EVER);
        assert_near(expected_of(one, 52.0), expected_of(other, 52.0), 0.0);
        assert_near(log_pmf_of(one, 52.0, 3.0), log_pmf_of(other, 52.0, 3.0), 0.0);
    }
}

static void probabilities_add_up_to_one_and_counts_to_the_expectation(void **state)
{
    enum { MOST = 2000 };
    static double n[MOST], pmf[MOST];

    (void)state;
    for (size_t i = 0; i < MOST; i++)
        n[i] = (double)i;
    for (int modified = 0; modified < 2; modified++) {
        retain_btyd model = grocer;
        double mass = 0.0, mean = 0.0;

        model.family = modified ? RETAIN_BTYD_MBG_CNBD : RETAIN_BTYD_BG_CNBD;
        assert_int_equal(retain_btyd_pmf(NULL, &model, 52.0, n, MOST, pmf, NULL), RETAIN_OK);
        for (size_t i = 0; i < MOST; i++) {
            mass += pmf[i];
            mean += n[i] * pmf[i];
        }
        assert_near(mass, 1.0, 1e-12);
        assert_near(mean, expected_of(model, 52.0), 1e-11 * mean);
    }
}

/* Who is overdue, but still there, is likely to buy soon: that is what a memory is. */
static void silence_brings_the_next_purchase_nearer_if_alive(void **state)
{
    double soon = (1.0 - silence_of(grocer, 10.0, 30.0, 30.5, 1.0)) / alive_of(grocer, 10.0, 30.0, 30.5);
    double sooner = (1.0 - silence_of(grocer, 10.0, 30.0, 33.0, 1.0)) / alive_of(grocer, 10.0, 30.0, 33.0);

    (void)state;
    assert_true(sooner > 1.5 * soon);
}

static void discounting_at_no_rate_is_none_and_horizons_meet_for_ever(void **state)
{
    double orders = orders_of(grocer, 4.0, 9.0, 14.0, 20.0);

    (void)state;
    assert_near(discounted_of(grocer, 4.0, 9.0, 14.0, 20.0, 0.0), orders, 0.0);
    assert_near(discounted_of(grocer, 4.0, 9.0, 14.0, 20.0, 1e-13), orders, 1e-11 * orders);
    for (double x = 0.0; x < 40.0; x += 13.0) {
        double t_x = x > 0.0 ? 50.0 : 0.0, ever = discounted_of(grocer, x, t_x, 52.0, (double)INFINITY, 0.3);

        assert_near(discounted_of(grocer, x, t_x, 52.0, 149.9, 0.3), ever, 2e-12 * ever);
    }
}

/* All purchases for ever are 1/p of whoever is alive, less what comes beyond the horizon. */
static void expectations_grow_to_their_limit(void **state)
{
    retain_btyd model = grocer;
    double limit, before = 0.0;

    (void)state;
    model.a = 2.5;
    limit = (1.0 + (model.b + 5.0) / (model.a - 1.0)) * alive_of(model, 4.0, 9.0, 14.0);
    for (double t = 1.0; t < 1e9; t *= 7.0) {
        double orders = orders_of(model, 4.0, 9.0, 14.0, t);

        assert_true(orders > before && orders <= limit * (1.0 + 1e-12));
        before = orders;
    }
    assert_near(before, limit, 1e-4 * limit);
    assert_near(discounted_of(model, 4.0, 9.0, 14.0, (double)INFINITY, 0.0), limit, 1e-13 * limit);
}

/* --- simulation ----------------------------------------------------------------------------------------------------------- */

static struct {
    double T[CUSTOMERS], x[CUSTOMERS], t_x[CUSTOMERS], alive[CUSTOMERS], future[CUSTOMERS], log_gaps[CUSTOMERS], out[CUSTOMERS];
} drawn;

static retain_customers draw_customers(const retain_btyd *model, size_t count, double t)
{
    for (size_t i = 0; i < count; i++)
        drawn.T[i] = 10.0 + 0.1 * (double)(i % 420);
    assert_int_equal(retain_btyd_simulate(NULL, model, drawn.T, NULL, count, t, 11, drawn.x, drawn.t_x, drawn.alive, drawn.future,
                                          drawn.log_gaps),
                     RETAIN_OK);
    return (retain_customers){.count = count,
                              .frequency = drawn.x,
                              .t_x = drawn.t_x,
                              .T = drawn.T,
                              .unit_days = model->unit_days,
                              .log_gaps = drawn.log_gaps};
}

/* Calibration: of every group that can be told from (x, t_x, T), as many stay, and buy as much, as forecast. */
static void simulated_customers_do_as_forecast(void **state)
{
    static const double t = 8.0;

    (void)state;
    for (int modified = 0; modified < 2; modified++) {
        retain_btyd model = grocer;
        retain_customers customers;
        double sums[3][8] = {{0.0}}, squares[3][8] = {{0.0}}, count[8] = {0.0};

        model.family = modified ? RETAIN_BTYD_MBG_CNBD : RETAIN_BTYD_BG_CNBD;
        customers = draw_customers(&model, CUSTOMERS, t);
        for (int what = 0; what < 3; what++) {
            assert_int_equal(what == 0   ? retain_btyd_alive(NULL, &model, &customers, drawn.out, NULL)
                             : what == 1 ? retain_btyd_orders(NULL, &model, &customers, t, drawn.out)
                                         : retain_btyd_silence(NULL, &model, &customers, t, drawn.out),
                             RETAIN_OK);
            for (size_t i = 0; i < CUSTOMERS; i++) {
                /* by frequency, and by how long the last purchase is ago in units of the mean gap */
                int often = drawn.x[i] > 5.0 ? 2 : drawn.x[i] > 0.0, group = often ? 2 * often : 0;
                double got = what == 0 ? drawn.alive[i] : what == 1 ? drawn.future[i] : (double)(drawn.future[i] == 0.0);

                group += often && drawn.T[i] - drawn.t_x[i] > 0.8 * drawn.t_x[i] / drawn.x[i];
                sums[what][group] += got - drawn.out[i];
                squares[what][group] += (got - drawn.out[i]) * (got - drawn.out[i]);
                count[group] += what == 0;
            }
            for (int group = 0; group < 8; group++) {
                if (count[group] > 0.0)
                    assert_true(fabs(sums[what][group]) <= 4.0 * sqrt(squares[what][group] + 1.0));
            }
        }
    }
}

static void fits_recover_parameters_and_k(void **state)
{
    (void)state;
    for (int modified = 0; modified < 2; modified++) {
        retain_btyd model = grocer, fitted;
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_customers customers;

        model.family = modified ? RETAIN_BTYD_MBG_CNBD : RETAIN_BTYD_BG_CNBD;
        customers = draw_customers(&model, 6000, 0.0);
        assert_int_equal(retain_btyd_fit(NULL, model.family, &customers, NULL, &fitted, &report), RETAIN_OK);
        assert_int_equal(fitted.k, 3);
        assert_non_null(strstr(report.explanation, "Of k = 1 to 12, 3 is the most likely."));
        for (size_t i = 0; i < 4; i++) {
            const double truth[] = {model.r, model.alpha, model.a, model.b};

            assert_true(fabs(report.estimate[i] - truth[i]) < 4.0 * report.standard_error[i]);
        }
    }
}

/* --- verdicts ------------------------------------------------------------------------------------------------------------- */

static retain_status fit_to(const retain_btyd *truth, size_t count, double T, int k, retain_btyd *fitted, retain_fit_report *report)
{
    retain_fit_options options = {.struct_size = sizeof options, .k = k};
    retain_customers customers;

    for (size_t i = 0; i < count; i++)
        drawn.T[i] = T;
    assert_int_equal(
        retain_btyd_simulate(NULL, truth, drawn.T, NULL, count, 0.0, 11, drawn.x, drawn.t_x, NULL, NULL, drawn.log_gaps),
        RETAIN_OK);
    customers = (retain_customers){.count = count,
                                   .frequency = drawn.x,
                                   .t_x = drawn.t_x,
                                   .T = drawn.T,
                                   .unit_days = truth->unit_days,
                                   .log_gaps = drawn.log_gaps};
    *report = (retain_fit_report)RETAIN_FIT_REPORT_INIT;
    return retain_btyd_fit(NULL, truth->family, &customers, &options, fitted, report);
}

static void too_little_data_is_told_and_k_is_that_which_was_given(void **state)
{
    retain_btyd slow = grocer, fitted;
    retain_fit_report report;

    (void)state;
    slow.alpha = 1e6;
    for (int k = 0; k <= 4; k += 4) {
        assert_int_equal(fit_to(&slow, 100, 20.0, k, &fitted, &report), RETAIN_ERROR_CONVERGENCE);
        assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
        assert_non_null(strstr(report.explanation, "no customer has a repeat occasion"));
        assert_int_equal(fitted.k, k);
        assert_nan(fitted.r);
    }
}

static void it_is_told_that_nobody_leaves(void **state)
{
    (void)state;
    for (int modified = 0; modified < 2; modified++) {
        retain_btyd loyal = grocer, fitted;
        retain_fit_report report;

        loyal.family = modified ? RETAIN_BTYD_MBG_CNBD : RETAIN_BTYD_BG_CNBD;
        loyal.a = 1e-6;
        loyal.b = 1e3;
        assert_int_equal(fit_to(&loyal, 2000, 30.0, 0, &fitted, &report), RETAIN_ERROR_CONVERGENCE);
        assert_int_equal(report.verdict, RETAIN_FIT_BOUNDARY);
        assert_non_null(strstr(report.explanation, "no customer seems ever to leave"));
        assert_non_null(strstr(report.explanation, "Of k = 1 to 12, 3 is the most likely."));
        assert_int_equal(fitted.k, 3);
    }
}

static void few_customers_are_a_ridge(void **state)
{
    retain_btyd fitted;
    retain_fit_report report;

    (void)state;
    assert_int_equal(fit_to(&grocer, 80, 15.0, 3, &fitted, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
    assert_non_null(strstr(report.explanation, "These data do not determine a and b"));
    assert_int_equal(fitted.k, 3);
}

/* --- many ticks ----------------------------------------------------------------------------------------------------------- */

static const retain__btyd_family *family_at(int modified)
{
    return modified ? &retain__mbg_cnbd : &retain__bg_cnbd;
}

/* So many that they are not gone through one by one: against going through them. */
static void many_ticks_are_skipped_and_not_missed(void **state)
{
    static const double points[][5] = {
        {0.85, 0.01, 0.6, 3.1, 2.0}, {12.0, 0.02, 2.0, 3.1, 5.0}, {0.3, 0.001, 0.01, 8.0, 12.0}, {40.0, 0.03, 0.9, 20.0, 64.0}};
    static const double t_x = 0.0, T = 0.0;

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        const retain__btyd_family *family = family_at((int)i % 2);
        const retain__cnbd_customer who = retain__cnbd_customer_of(family, points[i], 0.0, t_x, T);
        double t = points[i][1], want, got;

        while (retain__cnbd_are_few(&who, t))
            t *= 1.25;
        family->surviving(family, points[i], 0.0, &t_x, &T, 1, t, &got);
        want = retain__cnbd_sweep(&who, t, 0.0, RETAIN__CNBD_STAYS);
        assert_near(got, want, 1e-11 * want);
        family->expected(family, points[i], 0.0, &t_x, &T, 1, t, &got);
        want = retain__cnbd_sweep(&who, t, 0.0, RETAIN__CNBD_ORDERS);
        assert_near(got, want, 1e-11 * want);
    }
}

/* Purchases of a later window, whatever number of ticks comes before it: they are that many in all, and on average what is expected. */
static void later_windows_have_all_counts(void **state)
{
    static const double points[][5] = {{0.85, 0.01, 0.6, 3.1, 2.0}, {0.85, 2.9, 0.6, 3.1, 3.0}, {4.0, 0.02, 0.9, 20.0, 24.0}};
    static const double froms[] = {3.0, 35.0, 40.0}, lengths[] = {0.01, 3.0, 0.01};
    static const double t_x = 0.0, T = 0.0;

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        const retain__btyd_family *family = family_at((int)i % 2);

        for (double from = froms[i]; from <= 10.0 * froms[i]; from *= 10.0) {
            double to = from + lengths[i], mass = 0.0, mean = 0.0, before, after, log_p;

            for (double n = 0.0; n < 40.0 && mass < 1.0 - 1e-13; n += 1.0) {
                family->counts(family, points[i], 0.0, &t_x, &T, 1, from, to, n, &log_p);
                mass += exp(log_p);
                mean += n * exp(log_p);
            }
            family->expected(family, points[i], 0.0, &t_x, &T, 1, from, &before);
            family->expected(family, points[i], 0.0, &t_x, &T, 1, to, &after);
            print_message("%zu from %g: mass %.3g mean %.10g\n", i, from, mass - 1.0, mean / (after - before) - 1.0);
            assert_near(mass, 1.0, 1e-11);
            assert_near(mean, after - before, 1e-10 * mean + 1e-13 * after);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_likelihoods_are_met),
        cmocka_unit_test(golden_probabilities_of_being_alive_are_met),
        cmocka_unit_test(golden_expectations_of_new_customers_are_met),
        cmocka_unit_test(golden_conditional_expectations_and_silences_are_met),
        cmocka_unit_test(golden_counts_of_new_customers_are_met),
        cmocka_unit_test(golden_discounted_orders_are_met),
        cmocka_unit_test(derivatives_are_those_of_the_likelihood),
        cmocka_unit_test(with_one_stage_they_are_the_models_without_memory),
        cmocka_unit_test(probabilities_add_up_to_one_and_counts_to_the_expectation),
        cmocka_unit_test(silence_brings_the_next_purchase_nearer_if_alive),
        cmocka_unit_test(discounting_at_no_rate_is_none_and_horizons_meet_for_ever),
        cmocka_unit_test(expectations_grow_to_their_limit),
        cmocka_unit_test(simulated_customers_do_as_forecast),
        cmocka_unit_test(fits_recover_parameters_and_k),
        cmocka_unit_test(too_little_data_is_told_and_k_is_that_which_was_given),
        cmocka_unit_test(it_is_told_that_nobody_leaves),
        cmocka_unit_test(few_customers_are_a_ridge),
        cmocka_unit_test(many_ticks_are_skipped_and_not_missed),
        cmocka_unit_test(later_windows_have_all_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

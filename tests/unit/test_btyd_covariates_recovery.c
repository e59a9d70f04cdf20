/* Fits with covariates over simulated shops: coefficients are recovered, intervals hold and tests reject as often as they say. */
#include "covariates.h"

static void fits_recover_the_coefficients_that_customers_were_made_with(void **state)
{
    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        for (int continuous = 0; continuous < 2; continuous++) {
            covariate_world made = usual_world(f, continuous ? 5000 : 20000, continuous, 40 + f);
            retain_fit_report report = RETAIN_FIT_REPORT_INIT, plain = RETAIN_FIT_REPORT_INIT;
            retain_customers bare = made.view;
            retain_btyd model;
            double furthest = 0.0;

            bare.covariate_count = 0;
            assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &bare, NULL, &model, &plain), RETAIN_OK);
            assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, NULL, &model, &report), RETAIN_OK);
            assert_int_equal(report.parameters, ENTRIES);
            assert_int_equal(report.coefficients, 2 * COVARIATES);
            assert_int_equal(report.estimated, ENTRIES);
            assert_true(report.log_likelihood > plain.log_likelihood);
            assert_true(report.gradient_norm < 1e-9);
            assert_near(report.log_likelihood, total_likelihood(&model, &made.view), 1e-9 * fabs(report.log_likelihood));
            for (size_t e = 0; e < ENTRIES; e++) {
                double off = fabs(report.estimate[e] - entry_of(&made.truth, e)) / report.standard_error[e];

                assert_near(report.estimate[e], entry_of(&model, e), 0.0);
                furthest = off > furthest ? off : furthest;
            }
            assert_true(furthest < 3.7); /* standard errors */
            free_covariate_world(&made);
        }
    }
}

/* The other families: over shops, each coefficient is missed by as much as its standard error says, and by nothing on average. */
static void coefficients_of_other_families_are_recovered_over_shops(void **state)
{
    enum { TIMES = 10, MANY = 3000 };
    static const retain_btyd others[] = {
        {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.8, .alpha = 8.0},
        {.family = RETAIN_BTYD_BG_BB, .unit_days = 7.0, .alpha = 1.2, .beta = 0.8, .gamma = 0.7, .delta = 2.8},
        {.family = RETAIN_BTYD_GG_NBD, .unit_days = 7.0, .r = 0.9, .alpha = 5.0, .b = 0.1, .s = 0.8, .beta = 6.0}};

    (void)state;
    for (size_t f = 0; f < 3; f++) {
        const size_t n = retain_btyd_parameters(others[f].family), coefficients = f == 0 ? COVARIATES : 2 * COVARIATES;
        const size_t times = f == 2 ? 2 : TIMES;
        double mean[2 * COVARIATES] = {0.0}, square = 0.0;

        for (uint64_t time = 0; time < times; time++) {
            retain_btyd truth = with_covariates(others[f], COVARIATES), model;
            covariate_world made = make_covariate_world(truth, MANY, 0, 300 + time);
            retain_fit_report report = RETAIN_FIT_REPORT_INIT;

            (void)retain_btyd_fit(NULL, truth.family, &made.view, NULL, &model, &report); /* GG/NBD may end on a ridge */
            for (size_t c = 0; c < coefficients; c++) {
                double want = c < COVARIATES ? truth.purchase[c] : truth.lifetime[c - COVARIATES];
                double off = (report.estimate[n + c] - want) / report.standard_error[n + c];

                assert_true(fabs(off) < 4.0);
                mean[c] += off / (double)times;
                square += off * off / (double)(times * coefficients);
            }
            free_covariate_world(&made);
        }
        print_message("%s: off by %.2f standard errors\n", retain_btyd_name(others[f].family), sqrt(square));
        assert_true(square > 0.5 && square < 1.7);
        for (size_t c = 0; c < coefficients; c++)
            assert_true(fabs(mean[c]) < 3.3 / sqrt((double)times));
    }
}

static void intervals_hold_the_truth_as_often_as_they_say(void **state)
{
    enum { TIMES = 24 };

    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        int held[ENTRIES] = {0}, all = 0;

        for (uint64_t time = 0; time < TIMES; time++) {
            covariate_world made = usual_world(f, 800, time % 8 == 0, 1000 + time);
            retain_fit_report report = RETAIN_FIT_REPORT_INIT;
            retain_btyd model;

            (void)retain_btyd_fit(NULL, made.truth.family, &made.view, NULL, &model, &report);
            for (size_t e = 0; e < ENTRIES; e++)
                held[e] += report.low[e] <= entry_of(&made.truth, e) && entry_of(&made.truth, e) <= report.high[e];
            free_covariate_world(&made);
        }
        for (size_t e = 0; e < ENTRIES; e++) {
            assert_true(held[e] >= TIMES * 8 / 10);
            all += e < 4 ? 0 : held[e];
        }
        print_message("%s: %.1f %% of 95 %% intervals of coefficients hold the truth\n", retain_btyd_name(family_models[f].family),
                      100.0 * all / (TIMES * 2 * COVARIATES));
        assert_true(all > 0.89 * TIMES * 2 * COVARIATES && all <= 0.99 * TIMES * 2 * COVARIATES);
    }
}

/* Where there is no effect, p-values are uniform. */
static void the_test_rejects_as_often_as_it_says(void **state)
{
    enum { TIMES = 60 };
    static const uint8_t first_two[] = {1, 1, 0};
    int below_half = 0, below_tenth = 0;

    (void)state;
    for (uint64_t time = 0; time < TIMES; time++) {
        retain_btyd truth = with_covariates(family_models[1], COVARIATES);
        retain_fit_options options = {.struct_size = sizeof options, .purchase = first_two};
        retain_fit_report full = RETAIN_FIT_REPORT_INIT, restricted = RETAIN_FIT_REPORT_INIT;
        retain_btyd model;
        covariate_world made;
        double p;

        truth.purchase[2] = 0.0;
        made = make_covariate_world(truth, 1000, 0, 5000 + time);
        assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_BG_NBD, &made.view, NULL, &model, &full), RETAIN_OK);
        assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_BG_NBD, &made.view, &options, &model, &restricted), RETAIN_OK);
        assert_int_equal(retain_fit_likelihood_ratio(NULL, &restricted, &full, NULL, NULL, &p), RETAIN_OK);
        below_half += p < 0.5;
        below_tenth += p < 0.1;
        free_covariate_world(&made);
    }
    assert_true(below_half > 18 && below_half < 42);  /* 30 expected, 3.9 the standard deviation */
    assert_true(below_tenth > 0 && below_tenth < 15); /* 6 and 2.3 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_recover_the_coefficients_that_customers_were_made_with),
        cmocka_unit_test(coefficients_of_other_families_are_recovered_over_shops),
        cmocka_unit_test(intervals_hold_the_truth_as_often_as_they_say),
        cmocka_unit_test(the_test_rejects_as_often_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

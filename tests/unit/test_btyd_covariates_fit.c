/* Fits with covariates: constraints, tests of one model against another, what the data leave open, and priors. */
#include "covariates.h"

/* --- fits ----------------------------------------------------------------------------------------------------------------- */

/* Minus the Hessian by differences of the gradient at the maximum, times the covariance of logarithms and coefficients, is 1. */
static void covariances_are_the_inverse_of_the_curvature(void **state)
{
    enum { COUNT = 1000 };
    static const double step = 1e-3, places[] = {-2.0, -1.0, 1.0, 2.0}, weights[] = {1.0, -8.0, 8.0, -1.0};

    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        covariate_world made = usual_world(f, COUNT, 1, 60 + f);
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_btyd model;
        double *value = take_numbers(COUNT), *gradient = take_numbers(COUNT * ENTRIES), curvature[ENTRIES][ENTRIES] = {{0.0}};

        for (size_t i = 0; i < COUNT; i++)
            made.z[2][i] = 100.0 + 7.0 * made.z[2][i]; /* far from 0, of another size */
        assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, NULL, &model, &report), RETAIN_OK);
        for (size_t e = 0; e < ENTRIES; e++) {
            for (size_t k = 0; k < 4; k++) {
                retain_btyd moved = model;
                double own = e < 4 ? step : step * report.standard_error[e];

                move_entry(&moved, e, places[k] * own);
                assert_int_equal(retain_btyd_likelihood(NULL, &moved, &made.view, value, gradient), RETAIN_OK);
                for (size_t i = 0; i < COUNT; i++) {
                    for (size_t j = 0; j < ENTRIES; j++)
                        curvature[e][j] -= weights[k] * gradient[i * ENTRIES + j] / (12.0 * own);
                }
            }
        }
        for (size_t e = 0; e < ENTRIES; e++) {
            for (size_t j = 0; j < ENTRIES; j++) {
                double sum = 0.0;

                for (size_t k = 0; k < ENTRIES; k++) {
                    double covariance = report.covariance[k * ENTRIES + j];

                    sum += curvature[e][k] * (k < 4 ? covariance / report.estimate[k] : covariance);
                }
                sum = j < 4 ? sum / report.estimate[j] : sum;
                /* both scaled so that the entries are of the size of 1 */
                sum *= (e < 4 ? report.standard_error[e] / report.estimate[e] : report.standard_error[e]) /
                       (j < 4 ? report.standard_error[j] / report.estimate[j] : report.standard_error[j]);
                assert_near(sum, e == j, 2e-4);
            }
        }
        free(value);
        free(gradient);
        free_covariate_world(&made);
    }
}

/* Another origin or unit of a covariate is another way to say the same. */
static void origin_and_unit_of_a_covariate_do_not_matter(void **state)
{
    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        covariate_world made = usual_world(f, 1000, 1, 8);
        retain_fit_report first = RETAIN_FIT_REPORT_INIT, second = RETAIN_FIT_REPORT_INIT;
        retain_btyd model, moved;

        assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, NULL, &model, &first), RETAIN_OK);
        for (size_t i = 0; i < made.count; i++)
            made.z[2][i] = 1000.0 * made.z[2][i] + 5000.0;
        assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, NULL, &moved, &second), RETAIN_OK);
        assert_near(first.log_likelihood, second.log_likelihood, 1e-9 * fabs(first.log_likelihood));
        assert_near(moved.purchase[2], model.purchase[2] / 1000.0, 1e-9);
        assert_near(moved.lifetime[2], model.lifetime[2] / 1000.0, 1e-9);
        assert_near(moved.alpha, model.alpha * exp(5.0 * model.purchase[2]), 1e-5 * moved.alpha);
        assert_near(second.standard_error[4 + 2], first.standard_error[4 + 2] / 1000.0, 1e-6 * second.standard_error[4 + 2]);
        free_covariate_world(&made);
    }
}

static void order_threads_and_weights_change_no_bit(void **state)
{
    enum { COUNT = 5000 };

    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        for (int continuous = 0; continuous < 2; continuous++) {
            covariate_world made = usual_world(f, COUNT, continuous, 9);
            retain_context ctx = RETAIN_CONTEXT_INIT;
            retain_fit_report first = RETAIN_FIT_REPORT_INIT, again = RETAIN_FIT_REPORT_INIT;
            retain_btyd model, other;

            assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, NULL, &model, &first), RETAIN_OK);
            for (size_t i = 0; i < COUNT / 2; i++) {
                double *columns[] = {made.frequency, made.t_x, made.T, made.z[0], made.z[1], made.z[2]};

                for (size_t c = 0; c < 6; c++) {
                    double kept = columns[c][i];

                    columns[c][i] = columns[c][COUNT - 1 - i];
                    columns[c][COUNT - 1 - i] = kept;
                }
            }
            ctx.threads = 3;
            made.view.weight = made.weight;
            assert_int_equal(retain_btyd_fit(&ctx, made.truth.family, &made.view, NULL, &other, &again), RETAIN_OK);
            assert_memory_equal(first.estimate, again.estimate, sizeof first.estimate);
            assert_memory_equal(first.covariance, again.covariance, sizeof first.covariance);
            assert_true(first.log_likelihood == again.log_likelihood);
            assert_true(first.data == again.data);
            free_covariate_world(&made);
        }
    }
}

/* --- constraints and tests ------------------------------------------------------------------------------------------------ */

static void left_out_held_and_equal_coefficients_are_what_they_should_be(void **state)
{
    static const uint8_t not_first[] = {0, 1, 1}, not_last[] = {1, 1, 0}, equal[] = {0, 1, 0};

    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        covariate_world made = usual_world(f, 2000, 0, 10);
        double fixed[ENTRIES], statistic, p;
        retain_fit_options options = {
            .struct_size = sizeof options, .purchase = not_first, .lifetime = not_last, .equal = equal, .fixed = fixed};
        retain_fit_report full = RETAIN_FIT_REPORT_INIT, report = RETAIN_FIT_REPORT_INIT, plain = RETAIN_FIT_REPORT_INIT;
        retain_customers bare = made.view;
        retain_btyd model;
        size_t degrees;

        bare.covariate_count = 0;
        for (size_t e = 0; e < ENTRIES; e++)
            fixed[e] = (double)NAN;
        fixed[0] = 0.5;
        fixed[4 + 2] = 0.25;
        assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &bare, NULL, &model, &plain), RETAIN_OK);
        assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, NULL, &model, &full), RETAIN_OK);
        assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, &options, &model, &report), RETAIN_OK);
        assert_true(model.r == 0.5 && model.purchase[0] == 0.0 && model.purchase[2] == 0.25 && model.lifetime[2] == 0.0);
        assert_true(model.purchase[1] == model.lifetime[1]);
        assert_true(report.standard_error[0] == 0.0 && report.low[0] == 0.5 && report.high[0] == 0.5);
        assert_true(report.standard_error[4] == 0.0 && report.standard_error[5] == report.standard_error[8]);
        assert_true(report.standard_error[5] > 0.0);
        assert_int_equal(report.estimated, ENTRIES - 5);
        assert_int_equal(report.kind[4], RETAIN_FIT_HELD);
        assert_int_equal(report.kind[4 + COVARIATES + 1], RETAIN_FIT_EQUAL);
        assert_near(report.log_likelihood, total_likelihood(&model, &made.view), 1e-9 * fabs(report.log_likelihood));
        assert_int_equal(retain_fit_likelihood_ratio(NULL, &report, &full, &statistic, &degrees, &p), RETAIN_OK);
        assert_int_equal(degrees, 5);
        assert_near(statistic, 2.0 * (full.log_likelihood - report.log_likelihood), 1e-9);
        assert_true(p < 1e-4); /* the effects are real */
        assert_int_equal(retain_fit_likelihood_ratio(NULL, &plain, &full, &statistic, &degrees, &p), RETAIN_OK);
        assert_int_equal(degrees, 2 * COVARIATES);
        assert_int_equal(retain_fit_likelihood_ratio(NULL, &full, &report, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_fit_likelihood_ratio(NULL, &full, &full, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_fit_likelihood_ratio(NULL, &plain, &report, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
        /* parameters can be held without covariates too */
        options = (retain_fit_options){.struct_size = sizeof options, .fixed = fixed};
        assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &bare, &options, &model, &report), RETAIN_OK);
        assert_true(model.r == 0.5 && report.log_likelihood < plain.log_likelihood);
        assert_int_equal(retain_fit_likelihood_ratio(NULL, &report, &plain, &statistic, &degrees, NULL), RETAIN_OK);
        assert_int_equal(degrees, 1);
        free_covariate_world(&made);
    }
}

static void reports_that_cannot_be_compared_are_refused(void **state)
{
    covariate_world made = usual_world(1, 1500, 0, 11), other = usual_world(1, 1501, 0, 11);
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_fit_options options = {.struct_size = sizeof options, .coefficient_sd = 1.0};
    retain_fit_report full = RETAIN_FIT_REPORT_INIT, bare = RETAIN_FIT_REPORT_INIT, forgotten = {0};
    retain_btyd model;

    (void)state;
    assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, NULL, &model, &full), RETAIN_OK);
    other.view.covariate_count = made.view.covariate_count = 0;
    assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &other.view, NULL, &model, &bare), RETAIN_OK);
    assert_int_equal(retain_fit_likelihood_ratio(&ctx, &bare, &full, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "different customers or families"));
    (void)retain_btyd_fit(NULL, RETAIN_BTYD_MBG_NBD, &made.view, NULL, &model, &bare);
    assert_int_equal(retain_fit_likelihood_ratio(&ctx, &bare, &full, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_fit_likelihood_ratio(&ctx, &forgotten, &full, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_fit_likelihood_ratio(&ctx, NULL, &full, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    made.view.covariate_count = 2;
    assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, NULL, &model, &bare), RETAIN_OK);
    assert_int_equal(retain_fit_likelihood_ratio(&ctx, &bare, &full, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "restricted has 4 coefficients and full has 6"));
    made.view.covariate_count = 3;
    assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, &options, &model, &bare), RETAIN_OK);
    assert_int_equal(retain_fit_likelihood_ratio(&ctx, &full, &bare, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "full had a prior"));
    free_covariate_world(&made);
    free_covariate_world(&other);
}

/* --- what the data leave open --------------------------------------------------------------------------------------------- */

static void check_words(const covariate_world *made, retain_fit_verdict verdict, const char *words)
{
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;

    assert_int_equal(retain_btyd_fit(NULL, made->truth.family, &made->view, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    if (report.verdict != verdict || !strstr(report.explanation, words))
        fail_msg("%s: %s", retain_fit_verdict_name(report.verdict), report.explanation);
    assert_true(report.standard_error[0] > 0.0);
}

static void covariates_that_tell_nothing_are_named(void **state)
{
    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        covariate_world made = usual_world(f, 600, 1, 12);

        for (size_t i = 0; i < made.count; i++)
            made.z[1][i] = 7.1;
        check_words(&made, RETAIN_FIT_RIDGE, "purchase[1] and lifetime[1]");
        check_words(&made, RETAIN_FIT_RIDGE, "covariates[1] is the same for all customers");
        for (size_t i = 0; i < made.count; i++)
            made.z[1][i] = 0.3 + 2.0 * made.z[0][i] - made.z[2][i];
        check_words(&made, RETAIN_FIT_RIDGE, "One of covariates[0], [1], [2] follows from the others");
        free_covariate_world(&made);
    }
}

static void groups_without_repeat_purchases_are_named(void **state)
{
    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        covariate_world made = usual_world(f, 600, 0, 13);

        for (size_t i = 0; i < made.count; i++) {
            made.z[1][i] = i % 10 == 0;
            if (i % 10 == 0)
                made.frequency[i] = made.t_x[i] = 0.0;
        }
        check_words(&made, RETAIN_FIT_BOUNDARY, "[1]");
        free_covariate_world(&made);
    }
}

/* --- priors --------------------------------------------------------------------------------------------------------------- */

static void fifty_customers_get_a_sane_answer_with_a_prior(void **state)
{
    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        for (uint64_t seed = 0; seed < 10; seed++) {
            covariate_world made = usual_world(f, 50, 1, 100 + seed);
            retain_fit_options options = {.struct_size = sizeof options, .prior_sd = 1.5, .coefficient_sd = 1.0};
            retain_fit_report report = RETAIN_FIT_REPORT_INIT;
            retain_btyd model;
            double orders[50], sum = 0.0;

            if (retain_btyd_fit(NULL, made.truth.family, &made.view, &options, &model, &report) != RETAIN_OK)
                fail_msg("%s", report.explanation);
            assert_true(report.has_prior && isnan(report.aic) && isnan(report.bic));
            assert_true(report.objective < report.log_likelihood);
            assert_non_null(strstr(report.explanation, "the prior"));
            for (size_t e = 4; e < ENTRIES; e++)
                assert_true(fabs(report.estimate[e]) < 4.0);
            assert_int_equal(retain_btyd_orders(NULL, &model, &made.view, 39.0, orders), RETAIN_OK);
            for (size_t i = 0; i < 50; i++)
                sum += orders[i];
            assert_true(sum > 0.5 && sum < 500.0);
            free_covariate_world(&made);
        }
    }
}

static void a_narrow_prior_holds_and_a_wide_one_hardly_matters(void **state)
{
    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        covariate_world made = usual_world(f, 2000, 0, 14);
        const double centre[] = {0.7, 8.0, 0.9, 5.0};
        retain_fit_options narrow = {
            .struct_size = sizeof narrow, .prior_sd = 1e-4, .coefficient_sd = 1e-4, .prior_centre = centre};
        retain_fit_options wide = {.struct_size = sizeof wide, .prior_sd = 10.0, .coefficient_sd = 10.0};
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_btyd free_of_it, held, model;

        assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, NULL, &free_of_it, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, &narrow, &held, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_fit(NULL, made.truth.family, &made.view, &wide, &model, &report), RETAIN_OK);
        for (size_t c = 0; c < COVARIATES; c++) {
            assert_near(held.purchase[c], 0.0, 1e-3);
            assert_near(held.lifetime[c], 0.0, 1e-3);
            assert_near(model.purchase[c], free_of_it.purchase[c], 0.02);
        }
        assert_near(held.r, 0.7, 1e-3);
        assert_near(held.alpha, 8.0, 1e-2);
        assert_near(report.log_likelihood, total_likelihood(&model, &made.view), 1e-9 * fabs(report.log_likelihood));
        free_covariate_world(&made);
    }
}

/* Customers of whom nobody leaves tell no s and no beta of the Pareto/NBD; held where nobody leaves it is the NBD, and so is its test. */
static void where_nobody_leaves_the_limiting_model_can_be_tested(void **state)
{
    enum { SHOP = 800 };
    static double x[SHOP], t_x[SHOP], T[SHOP], half[SHOP];
    const double *columns[] = {half};
    const uint8_t none[] = {0};
    retain_btyd truth = {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.9, .alpha = 8.0, .covariates = 1, .purchase = {0.25}},
                model;
    retain_customers shop = {
        .count = SHOP, .frequency = x, .t_x = t_x, .T = T, .covariate_count = 1, .covariates = columns, .unit_days = 7.0};
    retain_fit_options with = {.struct_size = sizeof with, .lifetime = none},
                       without = {.struct_size = sizeof without, .lifetime = none, .purchase = none};
    retain_fit_report full = RETAIN_FIT_REPORT_INIT, less = RETAIN_FIT_REPORT_INIT, nbd_full = RETAIN_FIT_REPORT_INIT,
                      nbd_less = RETAIN_FIT_REPORT_INIT;
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double fixed[6], statistic, of_nbd;
    size_t degrees;

    (void)state;
    for (size_t i = 0; i < SHOP; i++) {
        T[i] = 30.0;
        half[i] = (double)(i % 2);
    }
    assert_int_equal(retain_btyd_simulate(NULL, &truth, T, columns, SHOP, 0.0, 5, x, t_x, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &shop, &with, &model, &full), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &shop, &without, &model, &less), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(retain_fit_likelihood_ratio(&ctx, &less, &full, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "in both (fixed)"));
    for (size_t e = 0; e < 6; e++)
        fixed[e] = (double)NAN;
    fixed[2] = 1e-10;
    fixed[3] = 1.0;
    with.fixed = without.fixed = fixed;
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &shop, &with, &model, &full), RETAIN_OK);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &shop, &without, &model, &less), RETAIN_OK);
    assert_int_equal(retain_fit_likelihood_ratio(NULL, &less, &full, &statistic, &degrees, NULL), RETAIN_OK);
    assert_int_equal(degrees, 1);
    with.fixed = without.fixed = NULL;
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_NBD, &shop, &with, &model, &nbd_full), RETAIN_OK);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_NBD, &shop, &without, &model, &nbd_less), RETAIN_OK);
    assert_int_equal(retain_fit_likelihood_ratio(NULL, &nbd_less, &nbd_full, &of_nbd, NULL, NULL), RETAIN_OK);
    assert_near(statistic, of_nbd, 1e-5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_nobody_leaves_the_limiting_model_can_be_tested),
        cmocka_unit_test(covariances_are_the_inverse_of_the_curvature),
        cmocka_unit_test(origin_and_unit_of_a_covariate_do_not_matter),
        cmocka_unit_test(order_threads_and_weights_change_no_bit),
        cmocka_unit_test(left_out_held_and_equal_coefficients_are_what_they_should_be),
        cmocka_unit_test(reports_that_cannot_be_compared_are_refused),
        cmocka_unit_test(covariates_that_tell_nothing_are_named),
        cmocka_unit_test(groups_without_repeat_purchases_are_named),
        cmocka_unit_test(fifty_customers_get_a_sane_answer_with_a_prior),
        cmocka_unit_test(a_narrow_prior_holds_and_a_wide_one_hardly_matters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

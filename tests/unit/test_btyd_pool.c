/* Partial pooling: against an independent Laplace approximation and the exact integral; limits of no and of complete pooling; new groups;
 * the same for any number of threads and order of rows; what cannot be told. */
#include "stores.h"

static shop stores, others;
static told first_told, second_told;

/* --- what is right -------------------------------------------------------------------------------------------------------- */

static void read_nbd(shop *of, const char *path)
{
    golden rows = golden_read(path);

    for (size_t i = 0; i < rows.rows; i++) {
        of->group[i] = (int64_t)golden_number(&rows, i, "group");
        of->x[i] = golden_number(&rows, i, "x");
        of->T[i] = golden_number(&rows, i, "T");
        of->t_x[i] = of->x[i] > 0.0 ? 0.5 * of->T[i] : 0.0; /* NBD does not look at it */
        of->groups = (size_t)of->group[i] + 1;
    }
    of->view = (retain_customers){.count = rows.rows, .frequency = of->x, .t_x = of->t_x, .T = of->T, .unit_days = 7.0};
    golden_free(&rows);
}

static void check_population(const golden *wanted, size_t row, int is_exact, int both)
{
    const retain_btyd_pool_report *got = &first_told.report;
    double of_centre = is_exact ? 5e-4 : 1e-7, of_spread = is_exact ? 5e-3 : 1e-7, of_errors = is_exact ? 2e-2 : 1e-2;
    double r = golden_number(wanted, row, "r"), alpha = golden_number(wanted, row, "alpha"),
           sd_r = golden_number(wanted, row, "sd_r"), sd_alpha = golden_number(wanted, row, "sd_alpha");

    assert_near(got->estimate[0], r, of_centre * r);
    assert_near(got->estimate[1], alpha, of_centre * alpha);
    assert_near(got->sd[0], sd_r, of_spread * sd_r);
    assert_near(got->sd[1], sd_alpha, of_spread * sd_alpha);
    assert_near(got->log_likelihood, golden_number(wanted, row, "log_likelihood"), is_exact ? 0.15 : 1e-7);
    assert_near(got->standard_error[0], golden_number(wanted, row, "error_r"), of_errors * golden_number(wanted, row, "error_r"));
    assert_near(got->standard_error[1], golden_number(wanted, row, "error_alpha"),
                of_errors * golden_number(wanted, row, "error_alpha"));
    assert_near(got->sd_standard_error[0], golden_number(wanted, row, "error_sd_r"),
                of_errors * golden_number(wanted, row, "error_sd_r"));
    if (both)
        assert_near(got->sd_standard_error[1], golden_number(wanted, row, "error_sd_alpha"),
                    of_errors * golden_number(wanted, row, "error_sd_alpha"));
}

/* Population and groups, to 1e-7 of an independent Laplace approximation; the exact integral moves mu by less than 0.0005 and sd by less
 * than 0.005 of itself. Standard errors, which lack the fourth derivatives, are right to 0.01. */
static void populations_are_those_of_independent_integrals(void **state)
{
    golden wanted = golden_read("pool/nbd_population.csv"), groups = golden_read("pool/nbd_groups.csv");
    const uint8_t r_alone[] = {1, 0};

    (void)state;
    read_nbd(&stores, "pool/nbd_rows.csv");
    for (int both = 1; both >= 0; both--) {
        size_t row = both ? 0 : 2;

        prepare(&first_told, 0);
        assert_int_equal(pool(NULL, RETAIN_BTYD_NBD, &stores, both ? NULL : r_alone, NULL, &first_told), RETAIN_OK);
        assert_string_equal(golden_text(&wanted, row, "method"), "laplace");
        check_population(&wanted, row, 0, both);
        check_population(&wanted, row + 1, 1, both);
        for (size_t g = 0; g < stores.groups; g++) {
            size_t at = both ? g : stores.groups + g;
            double r = golden_number(&groups, at, "r"), variance = golden_number(&groups, at, "variance_r");

            assert_near(first_told.model[g].r, r, 1e-7 * r);
            assert_near(first_told.model[g].alpha, golden_number(&groups, at, "alpha"), 1e-7 * golden_number(&groups, at, "alpha"));
            assert_near(first_told.shrinkage[2 * g], variance / (first_told.report.sd[0] * first_told.report.sd[0]), 1e-6);
            assert_true(first_told.covariance[4 * g] >= r * r * variance * (1.0 - 1e-9)); /* and what is not known about mu */
        }
    }
    golden_free(&wanted);
    golden_free(&groups);
}

/* What is simulated comes out: each mu and sd within its limits (this seed), and every family at all. */
static void shops_that_are_simulated_are_found(void **state)
{
    static const retain_btyd centres[] = {
        {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 0.6, .alpha = 6.0, .a = 0.8, .b = 2.5},
        {.family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.6, .alpha = 8.0, .s = 0.6, .beta = 12.0},
        {.family = RETAIN_BTYD_MBG_NBD, .unit_days = 7.0, .r = 0.6, .alpha = 6.0, .a = 0.8, .b = 2.5},
        {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.6, .alpha = 6.0},
        {.family = RETAIN_BTYD_MBG_CNBD, .unit_days = 7.0, .r = 0.9, .alpha = 2.0, .a = 0.8, .b = 2.5, .k = 2},
        {.family = RETAIN_BTYD_BG_CNBD, .unit_days = 7.0, .r = 0.9, .alpha = 2.0, .a = 0.8, .b = 2.5, .k = 2},
        {.family = RETAIN_BTYD_BG_BB, .unit_days = 7.0, .alpha = 1.2, .beta = 0.8, .gamma = 0.7, .delta = 2.8}};

    (void)state;
    for (size_t f = 0; f < sizeof centres / sizeof *centres; f++) {
        retain_btyd centre = centres[f];
        const retain_btyd_pool_report *report = &first_told.report;
        retain_fit_options options = {.struct_size = sizeof options, .k = centre.k, .level = 0.99};

        open_stores(&stores, &centre, typical_differences, 30, 110, 60 + f);
        prepare(&first_told, 0);
        assert_int_equal(pool(NULL, centre.family, &stores, NULL, &options, &first_told), RETAIN_OK);
        assert_int_equal(report->groups, 30);
        assert_int_equal(report->k, centre.k);
        for (size_t k = 0; k < report->parameters; k++) {
            double truth = *parameter_in(&centre, k);

            assert_true(report->low[k] < truth && truth < report->high[k]);
            assert_true(report->sd_low[k] <= typical_differences[k] + 0.05 && typical_differences[k] <= 1.2 * report->sd_high[k]);
        }
        assert_true(report->p_value < 1e-4 && report->statistic > 30.0);
        assert_non_null(strstr(report->explanation, "30 groups differ in "));
        assert_true(report->log_likelihood > report->complete_log_likelihood);
    }
}

/* Gamma-Gompertz/NBD costs more, so a small shop is enough. */
static void groups_may_age(void **state)
{
    const retain_btyd centre = {
        .family = RETAIN_BTYD_GG_NBD, .unit_days = 7.0, .r = 0.9, .alpha = 4.0, .b = 0.1, .s = 0.8, .beta = 20.0};
    const uint8_t varies[] = {1, 1, 0, 0, 0};

    (void)state;
    open_stores(&stores, &centre, typical_differences, 8, 120, 5);
    prepare(&first_told, 0);
    assert_int_not_equal(pool(NULL, RETAIN_BTYD_GG_NBD, &stores, varies, NULL, &first_told), RETAIN_ERROR_ARGUMENT);
    assert_true(first_told.report.verdict == RETAIN_FIT_CONVERGED || first_told.report.verdict == RETAIN_FIT_RIDGE);
    assert_true(first_told.report.log_likelihood >= first_told.report.complete_log_likelihood - 1e-6);
}

/* --- the two ends --------------------------------------------------------------------------------------------------------- */

static void groups_that_do_not_differ_have_one_model(void **state)
{
    const double alike[NUMBERS] = {0.0, 0.0, 0.0, 0.0, 0.0};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd all;

    (void)state;
    for (uint64_t seed = 11; seed < 30; seed++) { /* in about one shop of ten they do not even seem to */
        open_stores(&stores, &typical_store, alike, 12, 150, seed);
        prepare(&first_told, 0);
        assert_int_equal(pool(NULL, typical_store.family, &stores, NULL, NULL, &first_told), RETAIN_OK);
        assert_true(first_told.report.p_value > 0.01);
        if (first_told.report.statistic == 0.0)
            break;
    }
    assert_int_equal(retain_btyd_fit(NULL, typical_store.family, &stores.view, NULL, &all, &report), RETAIN_OK);
    assert_near(first_told.report.complete_log_likelihood, report.log_likelihood, 1e-9);
    assert_non_null(strstr(first_told.report.explanation, "12 groups do not differ measurably in r, alpha, a, b"));
    assert_near(first_told.report.p_value, 1.0, 0.0);
    for (size_t k = 0; k < 4; k++) {
        assert_near(first_told.report.estimate[k], report.estimate[k], 1e-6 * report.estimate[k]);
        assert_near(first_told.report.standard_error[k], report.standard_error[k], 1e-4 * report.standard_error[k]);
        assert_near(first_told.report.sd[k], 0.0, 0.0);
        assert_true(first_told.report.sd_high[k] > 0.0 && first_told.report.sd_high[k] < 1.0);
        assert_nan(first_told.report.sd_standard_error[k]);
        assert_near(first_told.shrinkage[4 * 3 + k], 1.0, 0.0);
        assert_near(first_told.error[4 * 3 + k], report.standard_error[k], 1e-4 * report.standard_error[k]);
    }
    assert_near(first_told.report.effective, 4.0, 1e-3);
    assert_int_equal(first_told.source[3], RETAIN_BTYD_POOL_POPULATION);
}

/* Where the spread is 0 there is one model for all, and no gain that rounding could make out. */
static void without_a_spread_there_is_no_gain(void **state)
{
    const double alike[NUMBERS] = {0.0, 0.0, 0.0, 0.0, 0.0};
    const uint8_t alpha_alone[] = {0, 1};
    int without = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        open_stores(&stores, &typical_store, alike, 12, 60, seed);
        prepare(&first_told, 0);
        assert_int_equal(pool(NULL, RETAIN_BTYD_NBD, &stores, alpha_alone, NULL, &first_told), RETAIN_OK);
        assert_int_equal(first_told.report.sd[1] > 0.0, first_told.report.statistic > 0.0);
        assert_int_equal(first_told.report.sd[1] > 0.0, first_told.report.p_value < 1.0);
        without += !(first_told.report.sd[1] > 0.0);
    }
    assert_in_range(without, 5, 18);
}

/* The larger a group, the nearer to its own fit; the smaller, the nearer to the population. */
static void small_groups_are_drawn_to_the_population(void **state)
{
    const double far_apart[NUMBERS] = {0.5, 0.7, 0.0, 0.0, 0.0};
    double by_size[4] = {0.0}; /* mean shrinkage of the stores with 50, 100, 150 and 200 customers */

    (void)state;
    open_stores(&stores, &typical_store, far_apart, 20, 100, 3);
    stores.groups = 21; /* the last one is new */
    prepare(&first_told, 1);
    assert_int_equal(pool(NULL, typical_store.family, &stores, NULL, NULL, &first_told), RETAIN_OK);
    for (size_t g = 0; g < 21; g++) {
        double own = first_told.own[4 * g + 1], drawn = first_told.shrinkage[4 * g + 1];

        if (first_told.customers[g] == 0.0) {
            assert_int_equal(first_told.source[g], RETAIN_BTYD_POOL_NEW);
            assert_near(first_told.model[g].alpha, first_told.report.estimate[1], 1e-12);
            assert_near(drawn, 1.0, 0.0);
            assert_near(first_told.distance[4 * g + 1], 0.0, 0.0);
            assert_nan(own);
            for (size_t i = 0; i < 16; i++)
                assert_near(first_told.covariance[16 * g + i], first_told.report.new_covariance[i], 1e-12);
            continue;
        }
        assert_true(drawn > 0.0 && drawn < 1.0);
        by_size[g % 4] += drawn / 5.0;
        assert_near(first_told.distance[4 * g + 1],
                    log(first_told.model[g].alpha / first_told.report.estimate[1]) / first_told.report.sd[1], 1e-9);
        if (!isnan(own)) /* between its own fit and the population, or nearly so: parameters move together */
            assert_true(fabs(log(first_told.model[g].alpha / own)) < fabs(log(first_told.report.estimate[1] / own)) + 0.1);
    }
    assert_true(by_size[0] > by_size[1] && by_size[1] > by_size[2] && by_size[2] > by_size[3] && by_size[0] > 0.2);
    assert_int_equal(first_told.source[0], RETAIN_BTYD_POOL_BOTH);
    assert_true(first_told.report.own_log_likelihood > first_told.report.group_log_likelihood);
    assert_true(first_told.report.group_log_likelihood > first_told.report.complete_log_likelihood);
    assert_true(first_told.report.effective > 4.0 && first_told.report.effective < (double)first_told.report.own_estimated);
    assert_string_equal(retain_btyd_pool_source_name(RETAIN_BTYD_POOL_BOTH), "its own and the population's");
    assert_string_equal(retain_btyd_pool_source_name((retain_btyd_pool_source)9), "unknown");
}

/* The statistic of one parameter against the fit in which that one is shared. */
static void each_spread_is_tested_against_none(void **state)
{
    const double a_little[NUMBERS] = {0.0, 0.35, 0.15, 0.0, 0.0};
    const retain_btyd_pool_report *report = &first_told.report;

    (void)state;
    open_stores(&stores, &typical_store, a_little, 12, 150, 4);
    prepare(&first_told, 0);
    assert_int_equal(pool(NULL, typical_store.family, &stores, NULL, NULL, &first_told), RETAIN_OK);
    for (size_t k = 0; k < 4; k++) {
        uint8_t varies[] = {1, 1, 1, 1};
        double wanted;

        varies[k] = 0;
        prepare(&second_told, 0);
        assert_int_equal(pool(NULL, typical_store.family, &stores, varies, NULL, &second_told), RETAIN_OK);
        wanted = 2.0 * (report->log_likelihood - second_told.report.log_likelihood);
        assert_near(report->sd_statistic[k], wanted, 0.05 * wanted + 0.5);
        assert_true((report->sd_low[k] > 0.0) == (report->sd_statistic[k] > 3.8414588));
        assert_nan(second_told.report.sd_statistic[k]);
    }
    assert_true(report->sd_low[1] > 0.0 && report->sd_p_value[1] < 0.01);
}

static void parameters_may_be_shared_or_held(void **state)
{
    const uint8_t varies[] = {0, 1, 1, 1};
    const double fixed[] = {(double)NAN, (double)NAN, (double)NAN, 2.5};
    const retain_fit_options options = {.struct_size = sizeof options, .fixed = fixed};

    (void)state;
    open_stores(&stores, &typical_store, typical_differences, 15, 100, 8);
    prepare(&first_told, 1);
    assert_int_equal(pool(NULL, typical_store.family, &stores, varies, &options, &first_told), RETAIN_OK);
    assert_near(first_told.report.sd[0], 0.0, 0.0);
    assert_near(first_told.report.sd_high[0], 0.0, 0.0);
    assert_int_equal(first_told.report.varies[3], 0); /* what is held does not vary */
    assert_near(first_told.report.standard_error[3], 0.0, 0.0);
    assert_int_equal(first_told.report.estimated, 3 + 2);
    for (size_t g = 0; g < 15; g++) {
        assert_near(first_told.model[g].r, first_told.model[0].r, 1e-12);
        assert_near(first_told.model[g].b, 2.5, 0.0);
        assert_near(first_told.covariance[16 * g + 15], 0.0, 0.0);
    }
    assert_true(first_told.model[1].alpha != first_told.model[0].alpha);
}

static void where_nothing_may_vary_there_is_one_model(void **state)
{
    const uint8_t varies[] = {0, 0, 0, 0};
    const retain_btyd_pool_report *report = &first_told.report;

    (void)state;
    open_stores(&stores, &typical_store, typical_differences, 15, 100, 8);
    prepare(&first_told, 0);
    assert_int_equal(pool(NULL, typical_store.family, &stores, varies, NULL, &first_told), RETAIN_OK);
    assert_string_equal(report->explanation, "One model for all 15 groups: no parameter may vary between them.");
    assert_near(report->log_likelihood, report->complete_log_likelihood, 1e-9 * fabs(report->complete_log_likelihood));
    assert_near(report->group_log_likelihood, report->complete_log_likelihood, 1e-9 * fabs(report->complete_log_likelihood));
    assert_near(report->effective, 4.0, 1e-9);
    assert_int_equal(report->estimated, 4);
    assert_near(report->p_value, 1.0, 0.0);
    for (size_t k = 0; k < 4; k++) {
        assert_near(report->sd[k], 0.0, 0.0);
        assert_near(first_told.shrinkage[k], 1.0, 1e-12);
    }
    assert_near(first_told.model[14].alpha, first_told.model[0].alpha, 0.0);
}

/* A prior on the median group pulls it, and leaves the groups to the median. */
static void a_prior_is_one_on_the_median_group(void **state)
{
    const double centre[] = {2.0, 2.0, 2.0, 2.0};
    const retain_fit_options options = {.struct_size = sizeof options, .prior_sd = 0.05, .prior_centre = centre};

    (void)state;
    open_stores(&stores, &typical_store, typical_differences, 10, 60, 21);
    prepare(&first_told, 0);
    prepare(&second_told, 0);
    assert_int_equal(pool(NULL, typical_store.family, &stores, NULL, &options, &first_told), RETAIN_OK);
    assert_int_equal(pool(NULL, typical_store.family, &stores, NULL, NULL, &second_told), RETAIN_OK);
    assert_true(first_told.report.estimate[0] > second_told.report.estimate[0]);
    assert_true(first_told.report.standard_error[0] < 0.06 * first_told.report.estimate[0]);
    assert_nan(first_told.report.p_value);
    assert_true(first_told.report.log_likelihood < second_told.report.log_likelihood);
}

/* --- how it runs ---------------------------------------------------------------------------------------------------------- */

static void neither_threads_nor_the_order_of_customers_change_a_bit(void **state)
{
    retain_context context = RETAIN_CONTEXT_INIT;

    (void)state;
    context.threads = 3;
    open_stores(&stores, &typical_store, typical_differences, 12, 60, 31);
    others = stores;
    others.view = stores.view;
    others.view.frequency = others.x;
    others.view.t_x = others.t_x;
    others.view.T = others.T;
    others.view.log_gaps = others.gaps;
    for (size_t i = 0, n = stores.view.count; i < n; i++) {
        others.x[i] = stores.x[n - 1 - i];
        others.t_x[i] = stores.t_x[n - 1 - i];
        others.T[i] = stores.T[n - 1 - i];
        others.group[i] = stores.group[n - 1 - i];
    }
    prepare(&first_told, 1);
    prepare(&second_told, 1);
    assert_int_equal(pool(NULL, typical_store.family, &stores, NULL, NULL, &first_told), RETAIN_OK);
    assert_int_equal(pool(&context, typical_store.family, &others, NULL, NULL, &second_told), RETAIN_OK);
    assert_memory_equal(first_told.covariance, second_told.covariance, sizeof first_told.covariance);
    assert_memory_equal(first_told.own, second_told.own, sizeof first_told.own);
    assert_memory_equal(first_told.low, second_told.low, sizeof first_told.low);
    assert_memory_equal(&first_told.report, &second_told.report, sizeof first_told.report);
}

static int stop_late(void *user, double fraction)
{
    *(double *)user = fraction;
    return fraction > 0.4;
}

static void a_fit_can_be_cancelled_and_leaves_everything_as_it_was(void **state)
{
    retain_context context = RETAIN_CONTEXT_INIT;
    double seen = 0.0;

    (void)state;
    context.progress = stop_late;
    context.progress_user = &seen;
    open_stores(&stores, &typical_store, typical_differences, 6, 40, 31);
    prepare(&first_told, 0);
    first_told.model[2].r = 123.0;
    assert_int_equal(pool(&context, typical_store.family, &stores, NULL, NULL, &first_told), RETAIN_ERROR_CANCELLED);
    assert_true(seen > 0.4 && seen <= 1.0);
    assert_near(first_told.model[2].r, 123.0, 0.0);
    assert_int_equal(first_told.report.verdict, RETAIN_FIT_NONE);
}

/* --- what cannot be told -------------------------------------------------------------------------------------------------- */

static void two_groups_do_not_tell_how_groups_differ(void **state)
{
    retain_context context = RETAIN_CONTEXT_INIT;

    (void)state;
    open_stores(&stores, &typical_store, typical_differences, 2, 100, 31);
    prepare(&first_told, 0);
    assert_int_equal(pool(&context, typical_store.family, &stores, NULL, NULL, &first_told), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(first_told.report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
    assert_non_null(strstr(context.error, "2 groups have customers; at least 3 are needed"));
    assert_nan(first_told.model[0].r);
    assert_nan(first_told.low[0]);
    assert_nan(first_told.report.estimate[0]);
    assert_nan(first_told.covariance[0]);
    assert_nan(first_told.report.log_likelihood);
}

/* Where nobody leaves, one model for all ends on a boundary: groups get that. */
static void a_boundary_is_told_and_handed_on(void **state)
{
    const retain_btyd stay = {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 2.0, .alpha = 4.0};
    retain_context context = RETAIN_CONTEXT_INIT;

    (void)state;
    open_stores(&stores, &stay, typical_differences, 6, 100, 13);
    prepare(&first_told, 0);
    assert_int_equal(pool(&context, RETAIN_BTYD_PARETO_NBD, &stores, NULL, NULL, &first_told), RETAIN_ERROR_CONVERGENCE);
    assert_true(first_told.report.verdict == RETAIN_FIT_BOUNDARY || first_told.report.verdict == RETAIN_FIT_RIDGE);
    assert_true(strlen(context.error) > 40);
    for (size_t g = 0; g < 6; g++)
        assert_true(first_told.model[g].r > 0.5 && first_told.model[g].r < 8.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(populations_are_those_of_independent_integrals),
        cmocka_unit_test(shops_that_are_simulated_are_found),
        cmocka_unit_test(groups_may_age),
        cmocka_unit_test(groups_that_do_not_differ_have_one_model),
        cmocka_unit_test(without_a_spread_there_is_no_gain),
        cmocka_unit_test(small_groups_are_drawn_to_the_population),
        cmocka_unit_test(each_spread_is_tested_against_none),
        cmocka_unit_test(parameters_may_be_shared_or_held),
        cmocka_unit_test(where_nothing_may_vary_there_is_one_model),
        cmocka_unit_test(a_prior_is_one_on_the_median_group),
        cmocka_unit_test(neither_threads_nor_the_order_of_customers_change_a_bit),
        cmocka_unit_test(a_fit_can_be_cancelled_and_leaves_everything_as_it_was),
        cmocka_unit_test(two_groups_do_not_tell_how_groups_differ),
        cmocka_unit_test(a_boundary_is_told_and_handed_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

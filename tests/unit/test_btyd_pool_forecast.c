/* Partial pooling: forecasts of customers of many groups, one by one and in total; memory; refused with words. */
#include "stores.h"

static shop stores;
static told first_told, second_told;

/* --- forecasts ------------------------------------------------------------------------------------------------------------ */

static const retain_btyd_question quarter = {.struct_size = sizeof quarter, .quantity = RETAIN_BTYD_ORDERS, .to = 13.0};

static void fit_shop(size_t groups, uint64_t seed)
{
    open_stores(&stores, &typical_store, typical_differences, groups, 60, seed);
    for (size_t i = 0; i < stores.view.count; i++) /* groups are mixed */
        stores.group[i] = (stores.group[i] * 7 + 3) % (int64_t)groups;
    prepare(&first_told, 0);
    assert_int_equal(pool(NULL, typical_store.family, &stores, NULL, NULL, &first_told), RETAIN_OK);
}

static void forecasts_are_those_of_the_group(void **state)
{
    static double values[MOST], low[MOST], high[MOST];

    (void)state;
    fit_shop(12, 77);
    assert_int_equal(retain_btyd_pool_forecast(NULL, first_told.model, 12, &stores.view, stores.group, &quarter, values),
                     RETAIN_OK);
    for (size_t i = 0; i < stores.view.count; i += 37) {
        const retain_btyd *model = &first_told.model[stores.group[i]];

        assert_near(values[i], orders_of(*model, stores.x[i], stores.t_x[i], stores.T[i], 13.0), 1e-13 * values[i]);
    }
    assert_int_equal(retain_btyd_pool_interval(NULL, first_told.model, first_told.covariance, 12, &stores.view, stores.group,
                                               &quarter, 0.9, NULL, low, high),
                     RETAIN_OK);
    for (size_t i = 0; i < stores.view.count; i += 37) {
        const size_t g = (size_t)stores.group[i];
        const retain_customers one = {
            .count = 1, .frequency = &stores.x[i], .t_x = &stores.t_x[i], .T = &stores.T[i], .unit_days = 7.0};
        double value, lowest, highest;

        assert_int_equal(retain_btyd_interval(NULL, &first_told.model[g], first_told.covariance + 16 * g, &one, &quarter, 0.9,
                                              &value, &lowest, &highest),
                         RETAIN_OK);
        assert_near(low[i], lowest, 1e-9 * lowest);
        assert_near(high[i], highest, 1e-9 * highest);
        assert_true(low[i] < values[i] && values[i] < high[i]);
    }
}

/* The variance of a total, from the covariance of all parameters of all groups. */
static double whole_variance(const double *gradient, size_t groups)
{
    double sum = 0.0;

    for (size_t a = 0; a < 4 * groups; a++) {
        for (size_t b = 0; b < 4 * groups; b++) {
            double covariance = 0.0;

            for (size_t c = 0; a / 4 != b / 4 && c < 8; c++)
                covariance += first_told.common[8 * a + c] * first_told.common[8 * b + c];
            if (a / 4 == b / 4)
                covariance = first_told.covariance[4 * a + b % 4];
            sum += gradient[a] * covariance * gradient[b];
        }
    }
    return sum;
}

static void totals_know_what_groups_have_in_common(void **state)
{
    static double each[MOST * 4], worth[MOST];
    double gradient[5 * 4] = {0.0}, sums = 0.0;
    retain_btyd_sum all = {.struct_size = sizeof all}, apart = all, known = all;

    (void)state;
    fit_shop(5, 78);
    for (size_t i = 0; i < stores.view.count; i++)
        worth[i] = 1.0 + (double)(i % 5);
    for (size_t g = 0; g < 5; g++) {
        for (size_t i = 0; i < stores.view.count; i++) {
            const retain_customers one = {
                .count = 1, .frequency = &stores.x[i], .t_x = &stores.t_x[i], .T = &stores.T[i], .unit_days = 7.0};
            double value;

            if ((size_t)stores.group[i] != g)
                continue;
            assert_int_equal(retain_btyd_gradient(NULL, &first_told.model[g], &one, &quarter, &value, each), RETAIN_OK);
            sums += worth[i] * value;
            for (size_t k = 0; k < 4; k++)
                gradient[4 * g + k] += worth[i] * each[k];
        }
    }
    assert_int_equal(retain_btyd_pool_total(NULL, first_told.model, first_told.covariance, first_told.common, 5, &stores.view,
                                            stores.group, &quarter, worth, 0.95, &all),
                     RETAIN_OK);
    assert_near(all.value, sums, 1e-10 * sums);
    assert_near(all.standard_error, sqrt(whole_variance(gradient, 5)), 1e-7 * all.standard_error);
    assert_int_equal(retain_btyd_pool_total(NULL, first_told.model, first_told.covariance, NULL, 5, &stores.view, stores.group,
                                            &quarter, worth, 0.95, &apart),
                     RETAIN_OK);
    assert_true(apart.standard_error != all.standard_error);
    assert_int_equal(
        retain_btyd_pool_total(NULL, first_told.model, NULL, NULL, 5, &stores.view, stores.group, &quarter, worth, 0.95, &known),
        RETAIN_OK);
    assert_near(known.standard_error, 0.0, 0.0);
    assert_true(known.variance > 0.0 && known.least < known.value && known.value < known.most);
    assert_true(all.least < known.least && known.most < all.most && all.low < all.value && all.value < all.high);
}

/* --- how it runs ---------------------------------------------------------------------------------------------------------- */

static retain_status fit_again(retain_context *ctx, void *state)
{
    (void)state;
    return pool(ctx, RETAIN_BTYD_NBD, &stores, NULL, NULL, &second_told);
}

static retain_status foretell_again(retain_context *ctx, void *state)
{
    static double values[MOST], low[MOST], high[MOST];
    retain_btyd_sum sum = {.struct_size = sizeof sum};
    retain_status status = retain_btyd_pool_forecast(ctx, first_told.model, 3, &stores.view, stores.group, &quarter, values);

    (void)state;
    if (status == RETAIN_OK)
        status = retain_btyd_pool_interval(ctx, first_told.model, first_told.covariance, 3, &stores.view, stores.group, &quarter,
                                           0.9, values, low, high);
    if (status == RETAIN_OK)
        status = retain_btyd_pool_total(ctx, first_told.model, first_told.covariance, first_told.common, 3, &stores.view,
                                        stores.group, &quarter, values, 0.9, &sum);
    return status;
}

static void survives_without_memory(void **state)
{
    (void)state;
    open_stores(&stores, &typical_store, typical_differences, 3, 20, 31);
    prepare(&first_told, 0);
    prepare(&second_told, 0);
    assert_int_equal(pool(NULL, RETAIN_BTYD_NBD, &stores, NULL, NULL, &first_told), RETAIN_OK);
    survives_memory_exhaustion(fit_again, NULL, NULL);
    survives_memory_exhaustion(foretell_again, NULL, NULL);
}

static void bad_arguments_are_refused_with_words(void **state)
{
    retain_context context = RETAIN_CONTEXT_INIT;
    retain_btyd_pool_report short_report = {.struct_size = 3};
    const retain_fit_options with_coefficients = {.struct_size = sizeof with_coefficients, .coefficient_sd = 1.0};
    const uint8_t wrong[] = {0, 2, 0, 0};
    const double *columns[] = {stores.x};
    double values[MOST] = {0.0};
    retain_btyd models[MOST_GROUPS];
    retain_btyd_sum sum = {.struct_size = sizeof sum};
    retain_customers none = {.unit_days = 7.0};

    (void)state;
    fit_shop(6, 5);
    memcpy(models, first_told.model, sizeof models);
#define REFUSED(call, wanted, words)         \
    do {                                     \
        assert_int_equal((call), (wanted));  \
        if (!strstr(context.error, (words))) \
            fail_msg("%s", context.error);   \
    } while (0)
    REFUSED(pool(&context, (retain_btyd_family)99, &stores, NULL, NULL, &first_told), RETAIN_ERROR_ARGUMENT, "family is 99");
    REFUSED(pool(&context, typical_store.family, &stores, wrong, NULL, &first_told), RETAIN_ERROR_ARGUMENT, "varies[1] is 2");
    REFUSED(pool(&context, typical_store.family, &stores, NULL, &with_coefficients, &first_told), RETAIN_ERROR_ARGUMENT,
            "not pooled");
    REFUSED(retain_btyd_pool_fit(&context, typical_store.family, NULL, stores.group, 6, NULL, NULL, NULL, &first_told.columns),
            RETAIN_ERROR_ARGUMENT, "customers");
    REFUSED(retain_btyd_pool_fit(&context, typical_store.family, &stores.view, NULL, 6, NULL, NULL, NULL, &first_told.columns),
            RETAIN_ERROR_ARGUMENT, "group is NULL");
    REFUSED(
        retain_btyd_pool_fit(&context, typical_store.family, &stores.view, stores.group, 0, NULL, NULL, NULL, &first_told.columns),
        RETAIN_ERROR_ARGUMENT, "groups is 0");
    REFUSED(retain_btyd_pool_fit(&context, typical_store.family, &stores.view, stores.group, 6, NULL, NULL, NULL, NULL),
            RETAIN_ERROR_ARGUMENT, "columns is NULL");
    REFUSED(retain_btyd_pool_fit(&context, typical_store.family, &stores.view, stores.group, 6, NULL, NULL, &short_report,
                                 &first_told.columns),
            RETAIN_ERROR_ARGUMENT, "report.struct_size");
    first_told.covariance[0] = -1.0;
    REFUSED(retain_btyd_pool_total(&context, models, first_told.covariance, NULL, 6, &stores.view, stores.group, &quarter, NULL,
                                   0.9, &sum),
            RETAIN_ERROR_ARGUMENT, "group 0: covariance[0] is -1; the variance of r must be");
    stores.group[4] = 6;
    REFUSED(pool(&context, typical_store.family, &stores, NULL, NULL, &first_told), RETAIN_ERROR_DATA,
            "group[4] is 6; it must lie in [0, groups = 6)");
    assert_int_equal(context.row, 4);
    REFUSED(retain_btyd_pool_forecast(&context, models, 6, &stores.view, stores.group, &quarter, values), RETAIN_ERROR_DATA,
            "group[4] is 6");
    stores.group[4] = 0;
    stores.view.covariate_count = 1;
    stores.view.covariates = columns;
    REFUSED(pool(&context, typical_store.family, &stores, NULL, NULL, &first_told), RETAIN_ERROR_ARGUMENT, "covariate_count is 1");
    stores.view.covariate_count = 0;
    REFUSED(retain_btyd_pool_forecast(&context, NULL, 6, &stores.view, stores.group, &quarter, values), RETAIN_ERROR_ARGUMENT,
            "models");
    REFUSED(retain_btyd_pool_forecast(&context, models, 6, &stores.view, stores.group, NULL, values), RETAIN_ERROR_ARGUMENT,
            "question");
    REFUSED(retain_btyd_pool_forecast(&context, models, 6, &none, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT, "question");
    REFUSED(retain_btyd_pool_forecast(&context, models, 6, &stores.view, stores.group, &quarter, NULL), RETAIN_ERROR_ARGUMENT,
            "values");
    REFUSED(retain_btyd_pool_interval(&context, models, NULL, 6, &stores.view, stores.group, &quarter, 0.9, values, values, values),
            RETAIN_ERROR_ARGUMENT, "covariance");
    REFUSED(retain_btyd_pool_interval(&context, models, first_told.covariance, 6, &stores.view, stores.group, &quarter, 1.5, values,
                                      values, values),
            RETAIN_ERROR_ARGUMENT, "level");
    REFUSED(retain_btyd_pool_total(&context, models, NULL, NULL, 6, &stores.view, stores.group, &quarter, NULL, 0.9, NULL),
            RETAIN_ERROR_ARGUMENT, "sum");
    models[3].unit_days = 1.0;
    REFUSED(retain_btyd_pool_forecast(&context, models, 6, &stores.view, stores.group, &quarter, values), RETAIN_ERROR_ARGUMENT,
            "models[3] is not of the family");
    models[3] = models[0];
    models[3].alpha = -1.0;
    REFUSED(retain_btyd_pool_total(&context, models, NULL, NULL, 6, &stores.view, stores.group, &quarter, NULL, 0.9, &sum),
            RETAIN_ERROR_ARGUMENT, "group 3: model.alpha is -1");
    assert_int_equal(retain_btyd_pool_forecast(NULL, models, 6, &none, NULL, &quarter, NULL), RETAIN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecasts_are_those_of_the_group),
        cmocka_unit_test(totals_know_what_groups_have_in_common),
        cmocka_unit_test(survives_without_memory),
        cmocka_unit_test(bad_arguments_are_refused_with_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What buy-till-you-die models of any family refuse, by name; and their own names. */
#include "models.h"

static void bad_models_are_named(void **state)
{
    double x = 1.0, t_x = 3.0, T = 5.0, out = -1.0;
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        for (int wrong = 0; wrong < 7; wrong++) {
            static const char *const sentences[] = {"model.r is 0; it must lie in [1e-100, 1e100]",
                                                    "model.alpha is NaN",
                                                    "model.family is 99; it must be a retain_btyd_family",
                                                    "model.unit_days is -7",
                                                    "customers.unit_days is 7; it must be that of the model, 1",
                                                    "infinity",
                                                    "model.unit_days is infinity"};
            retain_btyd model = family_models[f];

            if (wrong == 0)
                model.r = 0.0;
            else if (wrong == 1)
                model.alpha = (double)NAN;
            else if (wrong == 2)
                model.family = (retain_btyd_family)99;
            else if (wrong == 3)
                model.unit_days = -7.0;
            else if (wrong == 4)
                model.unit_days = 1.0;
            else if (wrong == 6)
                model.unit_days = (double)INFINITY;
            else
                model.beta = model.b = (double)INFINITY;
            assert_int_equal(retain_btyd_alive(&ctx, &model, &one, &out, NULL), RETAIN_ERROR_ARGUMENT);
            assert_non_null(strstr(ctx.error, sentences[wrong]));
            assert_int_equal(retain_btyd_orders(&ctx, &model, &one, 1.0, &out), RETAIN_ERROR_ARGUMENT);
            assert_int_equal(retain_btyd_likelihood(&ctx, &model, &one, &out, NULL), RETAIN_ERROR_ARGUMENT);
            if (wrong != 4) {
                assert_int_equal(retain_btyd_expected(&ctx, &model, &T, 1, &out), RETAIN_ERROR_ARGUMENT);
                assert_int_equal(retain_btyd_pmf(&ctx, &model, 1.0, &x, 1, &out, NULL), RETAIN_ERROR_ARGUMENT);
                assert_int_equal(retain_btyd_simulate(&ctx, &model, &T, NULL, 1, 1.0, 1, &out, &out, NULL, NULL, NULL),
                                 RETAIN_ERROR_ARGUMENT);
            }
        }
    }
    assert_near(out, -1.0, 0.0);
}

static void bad_rows_are_named(void **state)
{
    static const struct {
        double x, t_x, T, weight;
        const char *sentence;
    } cases[] = {{1.5, 1.0, 2.0, 1.0, "customers.frequency[1] is 1.5"},
                 {-1.0, 1.0, 2.0, 1.0, "customers.frequency[1] is -1"},
                 {(double)NAN, 1.0, 2.0, 1.0, "customers.frequency[1] is NaN"},
                 {1e16, 1.0, 2.0, 1.0, "customers.frequency[1] is 1e16"},
                 {1.0, 40.0, 38.86, 1.0, "customers.t_x[1] is 40; it must lie in [0, T = 38.86]"},
                 {1.0, -1.0, 2.0, 1.0, "customers.t_x[1] is -1"},
                 {0.0, 1.0, 2.0, 1.0, "customers.t_x[1] is 1; it must be 0 where frequency is 0"},
                 {1.0, 1.0, (double)INFINITY, 1.0, "customers.T[1] is infinity"},
                 {1.0, (double)NAN, 2.0, 1.0, "customers.t_x[1] is NaN"},
                 {1.0, 1.0, 2.0, -1.0, "customers.weight[1] is -1"}};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double x[] = {1.0, cases[i].x}, t_x[] = {1.0, cases[i].t_x}, T[] = {2.0, cases[i].T}, weight[] = {1.0, cases[i].weight};
        double out[8] = {-1.0, -1.0};
        retain_customers two = {.count = 2, .frequency = x, .t_x = t_x, .T = T, .weight = weight, .unit_days = 7.0};
        retain_btyd model = family_models[1];

        assert_int_equal(retain_btyd_fit(&ctx, RETAIN_BTYD_BG_NBD, &two, NULL, &model, NULL), RETAIN_ERROR_DATA);
        assert_non_null(strstr(ctx.error, cases[i].sentence));
        assert_int_equal(ctx.row, 1);
        assert_memory_equal(&model, &family_models[1], sizeof model);
        assert_int_equal(retain_btyd_alive(&ctx, &model, &two, out, NULL), RETAIN_ERROR_DATA);
        assert_int_equal(retain_btyd_silence(&ctx, &model, &two, 1.0, out), RETAIN_ERROR_DATA);
        assert_int_equal(retain_btyd_discounted(&ctx, &model, &two, 1.0, 0.1, out), RETAIN_ERROR_DATA);
        assert_int_equal(retain_btyd_likelihood(&ctx, &model, &two, out, NULL), RETAIN_ERROR_DATA);
        assert_near(out[0], -1.0, 0.0);
    }
}

static void bad_arguments_are_named(void **state)
{
    double x = 1.0, t_x = 3.0, T = 5.0, out = -1.0, bad[] = {1.0, -1.0}, half[] = {1.0, 0.5}, endless = (double)INFINITY;
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    const retain_btyd *model = &family_models[1];
    retain_btyd fitted;
    retain_fit_options forgotten = {0};
    retain_fit_report empty = {0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
#define REFUSES(call, sentence)                                  \
    do {                                                         \
        assert_int_not_equal((call), RETAIN_OK);                 \
        if (!strstr(ctx.error, (sentence)))                      \
            fail_msg("%s does not say %s", ctx.error, sentence); \
    } while (0)
    REFUSES(retain_btyd_fit(&ctx, (retain_btyd_family)0, &one, NULL, &fitted, NULL),
            "family is 0; it must be a retain_btyd_family");
    REFUSES(retain_btyd_fit(&ctx, RETAIN_BTYD_BG_NBD, NULL, NULL, &fitted, NULL), "customers is NULL");
    REFUSES(retain_btyd_fit(&ctx, RETAIN_BTYD_BG_NBD, &one, NULL, NULL, NULL), "model is NULL");
    REFUSES(retain_btyd_fit(&ctx, RETAIN_BTYD_BG_NBD, &one, &forgotten, &fitted, NULL), "options.struct_size is 0");
    REFUSES(retain_btyd_fit(&ctx, RETAIN_BTYD_BG_NBD, &one, NULL, &fitted, &empty), "report.struct_size is 0");
    REFUSES(retain_btyd_alive(&ctx, NULL, &one, &out, NULL), "model is NULL");
    REFUSES(retain_btyd_alive(&ctx, model, NULL, &out, NULL), "customers is NULL");
    REFUSES(retain_btyd_alive(&ctx, model, &one, NULL, NULL), "alive is NULL");
    REFUSES(retain_btyd_likelihood(&ctx, model, &one, NULL, NULL), "log_likelihood is NULL");
    REFUSES(retain_btyd_orders(&ctx, model, &one, 1.0, NULL), "orders is NULL");
    REFUSES(retain_btyd_orders(&ctx, model, &one, -1.0, &out), "t is -1; it must be finite and at least 0");
    REFUSES(retain_btyd_orders(&ctx, model, &one, (double)INFINITY, &out), "t is infinity");
    REFUSES(retain_btyd_discounted(&ctx, model, &one, 1.0, (double)INFINITY, &out), "delta is infinity");
    REFUSES(retain_btyd_pmf(&ctx, model, (double)INFINITY, &x, 1, &out, NULL), "t is infinity");
    REFUSES(retain_btyd_expected(&ctx, model, &endless, 1, &out), "t[0] is infinity");
    REFUSES(retain_btyd_pmf(&ctx, model, 1.0, bad + 1, 1, &out, NULL), "n[0] is -1");
    REFUSES(retain_btyd_pmf(&ctx, model, 1.0, &endless, 1, &out, NULL), "n[0] is infinity");
    REFUSES(retain_btyd_simulate(&ctx, model, &endless, NULL, 1, 1.0, 1, &out, &out, NULL, NULL, NULL), "T[0] is infinity");
    REFUSES(retain_btyd_simulate(&ctx, model, &T, NULL, 1, (double)INFINITY, 1, &out, &out, NULL, NULL, NULL), "t is infinity");
    REFUSES(retain_btyd_silence(&ctx, model, &one, (double)NAN, &out), "t is NaN");
    REFUSES(retain_btyd_silence(&ctx, model, &one, 1.0, NULL), "silence is NULL");
    REFUSES(retain_btyd_discounted(&ctx, model, &one, -1.0, 0.1, &out), "t is -1; it must be at least 0, and may be infinite");
    REFUSES(retain_btyd_discounted(&ctx, model, &one, 1.0, -0.1, &out), "delta is -0.1; it must be finite and at least 0");
    REFUSES(retain_btyd_discounted(&ctx, model, &one, 1.0, 0.1, NULL), "discounted is NULL");
    REFUSES(retain_btyd_expected(&ctx, model, bad, 2, &out), "t[1] is -1; it must be finite and at least 0");
    REFUSES(retain_btyd_expected(&ctx, model, NULL, 1, &out), "t is NULL");
    REFUSES(retain_btyd_expected(&ctx, model, bad, 1, NULL), "expected is NULL");
    REFUSES(retain_btyd_pmf(&ctx, model, 1.0, half, 2, &out, NULL), "n[1] is 0.5; it must be a whole number in [0, 2^53]");
    REFUSES(retain_btyd_pmf(&ctx, model, -1.0, &x, 1, &out, NULL), "t is -1");
    REFUSES(retain_btyd_pmf(&ctx, model, 1.0, NULL, 1, &out, NULL), "n is NULL");
    REFUSES(retain_btyd_pmf(&ctx, model, 1.0, &x, 1, NULL, NULL), "pmf is NULL");
    REFUSES(retain_btyd_simulate(&ctx, model, bad, NULL, 2, 1.0, 1, &out, &out, NULL, NULL, NULL),
            "T[1] is -1; it must be finite and at least 0");
    REFUSES(retain_btyd_simulate(&ctx, model, &T, NULL, 1, (double)NAN, 1, &out, &out, NULL, NULL, NULL), "t is NaN");
    REFUSES(retain_btyd_simulate(&ctx, model, NULL, NULL, 1, 1.0, 1, &out, &out, NULL, NULL, NULL), "T is NULL");
    REFUSES(retain_btyd_simulate(&ctx, model, &T, NULL, 1, 1.0, 1, NULL, &out, NULL, NULL, NULL), "frequency is NULL");
    REFUSES(retain_btyd_simulate(&ctx, model, &T, NULL, 1, 1.0, 1, &out, NULL, NULL, NULL, NULL), "t_x is NULL");
#undef REFUSES
    assert_near(out, -1.0, 0.0);
}

static void a_bad_context_is_refused_by_every_operation(void **state)
{
    double x = 1.0, t_x = 3.0, T = 5.0, out = -1.0;
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd model = family_models[1];

    (void)state;
    ctx.threads = -1;
    assert_int_equal(retain_btyd_fit(&ctx, RETAIN_BTYD_BG_NBD, &one, NULL, &model, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_likelihood(&ctx, &model, &one, &out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_alive(&ctx, &model, &one, &out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_orders(&ctx, &model, &one, 1.0, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_silence(&ctx, &model, &one, 1.0, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_discounted(&ctx, &model, &one, 1.0, 0.1, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_expected(&ctx, &model, &T, 1, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_pmf(&ctx, &model, 1.0, &x, 1, &out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_simulate(&ctx, &model, &T, NULL, 1, 1.0, 1, &out, &out, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(out, -1.0, 0.0);
    assert_memory_equal(&model, &family_models[1], sizeof model);
}

/* A count that cannot be one drowns all others in rounding. */
static void a_row_beyond_all_use_is_pointed_at(void **state)
{
    double x[] = {9007199254740992.0, 1.0, 2.0, 0.0, 5.0, 4.0}, t_x[] = {9.0, 5.0, 20.0, 0.0, 24.0, 11.0};
    double T[] = {10.0, 20.0, 30.0, 15.0, 25.0, 12.0};
    retain_customers customers = {.count = 6, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    retain_btyd model;

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;

        if (!(family_models[f].a > 0.0)) /* others than BG/NBD and MBG/NBD find a boundary */
            continue;
        assert_int_equal(retain_btyd_fit(NULL, family_models[f].family, &customers, NULL, &model, &report),
                         RETAIN_ERROR_CONVERGENCE);
        assert_int_equal(report.verdict, RETAIN_FIT_STOPPED);
        assert_non_null(strstr(report.explanation, "More iterations change nothing. Look at the largest frequency, 9.01e15"));
    }
}

/* Far outside of what is promised to be accurate, results are still numbers, and probabilities probabilities. */
static void shapes_and_times_beyond_all_use_give_numbers(void **state)
{
    static const double sizes[] = {1e-100, 1e-3, 1.0, 1e12, 1e100}, times[] = {0.0, 1e-300, 1.0, 1e300},
                        counts[] = {0.0, 1.0, 1e15};

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        for (size_t k = 0; k < 5 * 5 * 5 * 5; k += 29) {
            retain_btyd model = family_models[f];
            double x = counts[k % 3], T = times[k % 4], t_x = x > 0.0 && k % 2 ? T : 0.0, t = times[k / 4 % 4], out[5];
            retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};

            model.r = sizes[k % 5];
            model.alpha = sizes[k / 5 % 5];
            model.a = model.s = sizes[k / 25 % 5];
            model.b = model.beta = sizes[k / 125];
            assert_int_equal(retain_btyd_alive(NULL, &model, &one, &out[0], NULL), RETAIN_OK);
            assert_int_equal(retain_btyd_silence(NULL, &model, &one, t, &out[1]), RETAIN_OK);
            assert_true(out[0] >= 0.0 && out[0] <= 1.0 && out[1] >= 0.0 && out[1] <= 1.0 + 1e-15);
            assert_int_equal(retain_btyd_orders(NULL, &model, &one, t, &out[2]), RETAIN_OK);
            assert_int_equal(retain_btyd_discounted(NULL, &model, &one, t, 0.1, &out[3]), RETAIN_OK);
            assert_int_equal(retain_btyd_expected(NULL, &model, &t, 1, &out[4]), RETAIN_OK);
            assert_true(out[2] >= 0.0 && out[3] >= 0.0 && out[4] >= 0.0);
        }
    }
}

static void nothing_is_asked_about_nobody(void **state)
{
    retain_customers nobody = {.unit_days = 7.0};

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        assert_int_equal(retain_btyd_alive(NULL, &family_models[f], &nobody, NULL, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_likelihood(NULL, &family_models[f], &nobody, NULL, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_orders(NULL, &family_models[f], &nobody, 1.0, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_silence(NULL, &family_models[f], &nobody, 1.0, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_discounted(NULL, &family_models[f], &nobody, 1.0, 0.1, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_expected(NULL, &family_models[f], NULL, 0, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_pmf(NULL, &family_models[f], 1.0, NULL, 0, NULL, NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_simulate(NULL, &family_models[f], NULL, NULL, 0, 1.0, 1, NULL, NULL, NULL, NULL, NULL),
                         RETAIN_OK);
    }
}

static void a_customer_who_would_never_stop_buying_is_refused(void **state)
{
    static const retain_btyd furious = {.family = RETAIN_BTYD_BG_NBD,
                                        .unit_days = 7.0,
                                        .r = 1e4,
                                        .alpha = 1e-4,
                                        .s = (double)NAN,
                                        .beta = (double)NAN,
                                        .a = 1e-4,
                                        .b = 1e4};
    double T[] = {0.0, 1e4}, x[2] = {-1.0, -1.0}, t_x[2] = {-1.0, -1.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_btyd_simulate(&ctx, &furious, T, NULL, 2, 0.0, 1, x, t_x, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "customer 1 makes more than 1e7 occasions in T + t = 10000");
    assert_int_equal(ctx.row, 1);
    assert_near(x[0], -1.0, 0.0);
}

static void families_and_parameters_have_names(void **state)
{
    (void)state;
    assert_string_equal(retain_btyd_name(RETAIN_BTYD_PARETO_NBD), "Pareto/NBD");
    assert_string_equal(retain_btyd_name(RETAIN_BTYD_BG_NBD), "BG/NBD");
    assert_string_equal(retain_btyd_name(RETAIN_BTYD_MBG_NBD), "MBG/NBD");
    assert_string_equal(retain_btyd_name((retain_btyd_family)0), "unknown");
    assert_string_equal(retain_btyd_parameter(RETAIN_BTYD_PARETO_NBD, 2), "s");
    assert_string_equal(retain_btyd_parameter(RETAIN_BTYD_BG_NBD, 3), "b");
    assert_string_equal(retain_btyd_parameter(RETAIN_BTYD_BG_NBD, 4), "");
    assert_string_equal(retain_btyd_parameter((retain_btyd_family)99, 0), "");
    assert_int_equal(retain_btyd_parameters(RETAIN_BTYD_BG_NBD), 4);
    assert_int_equal(retain_btyd_parameters((retain_btyd_family)99), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_models_are_named),
        cmocka_unit_test(bad_rows_are_named),
        cmocka_unit_test(bad_arguments_are_named),
        cmocka_unit_test(a_bad_context_is_refused_by_every_operation),
        cmocka_unit_test(a_row_beyond_all_use_is_pointed_at),
        cmocka_unit_test(shapes_and_times_beyond_all_use_give_numbers),
        cmocka_unit_test(nothing_is_asked_about_nobody),
        cmocka_unit_test(a_customer_who_would_never_stop_buying_is_refused),
        cmocka_unit_test(families_and_parameters_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

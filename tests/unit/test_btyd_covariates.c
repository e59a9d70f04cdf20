/* Covariates of buy-till-you-die models: laws, refusals, and what happens without memory. */
#include "covariates.h"

/* --- laws ----------------------------------------------------------------------------------------------------------------- */

enum { QUESTIONS = 6 };

static void ask(const retain_btyd *model, const retain_customers *customers, double *const *answers)
{
    assert_int_equal(retain_btyd_alive(NULL, model, customers, answers[0], answers[1]), RETAIN_OK);
    assert_int_equal(retain_btyd_orders(NULL, model, customers, 26.0, answers[2]), RETAIN_OK);
    assert_int_equal(retain_btyd_silence(NULL, model, customers, 26.0, answers[3]), RETAIN_OK);
    assert_int_equal(retain_btyd_discounted(NULL, model, customers, (double)INFINITY, 0.01, answers[4]), RETAIN_OK);
    assert_int_equal(retain_btyd_likelihood(NULL, model, customers, answers[5], NULL), RETAIN_OK);
}

static void coefficients_of_zero_change_no_bit(void **state)
{
    enum { COUNT = 1000 };

    (void)state;
    for (size_t f = 0; f < IN_CONTINUOUS_TIME; f++) {
        covariate_world made = usual_world(f, COUNT, 1, 5);
        retain_btyd nothing = family_models[f];
        double *with[QUESTIONS], *without[QUESTIONS];

        nothing.covariates = COVARIATES;
        for (size_t c = 0; c < COVARIATES; c++)
            nothing.purchase[c] = nothing.lifetime[c] = 0.0;
        for (size_t q = 0; q < QUESTIONS; q++) {
            with[q] = take_numbers(COUNT);
            without[q] = take_numbers(COUNT);
        }
        ask(&nothing, &made.view, with);
        nothing.covariates = 0;
        ask(&nothing, &made.view, without);
        for (size_t q = 0; q < QUESTIONS; q++) {
            assert_memory_equal(with[q], without[q], COUNT * sizeof(double));
            free(with[q]);
            free(without[q]);
        }
        free_covariate_world(&made);
    }
}

static void every_customer_is_one_of_the_model_given_his_covariates(void **state)
{
    enum { COUNT = 400 };

    (void)state;
    for (size_t f = 0; f < IN_CONTINUOUS_TIME; f++) {
        for (int continuous = 0; continuous < 2; continuous++) {
            covariate_world made = usual_world(f, COUNT, continuous, 6);
            double *together[QUESTIONS], alone_values[QUESTIONS], *alone[QUESTIONS];

            for (size_t q = 0; q < QUESTIONS; q++) {
                together[q] = take_numbers(COUNT);
                alone[q] = &alone_values[q];
            }
            ask(&made.truth, &made.view, together);
            for (size_t i = 0; i < COUNT; i++) {
                double z[COVARIATES] = {made.z[0][i], made.z[1][i], made.z[2][i]};
                retain_customers one = {
                    .count = 1, .frequency = &made.frequency[i], .t_x = &made.t_x[i], .T = &made.T[i], .unit_days = 7.0};
                retain_btyd own;

                assert_int_equal(retain_btyd_given(NULL, &made.truth, z, &own), RETAIN_OK);
                assert_int_equal(own.covariates, 0);
                ask(&own, &one, alone);
                for (size_t q = 0; q < QUESTIONS; q++)
                    assert_true(together[q][i] == alone_values[q] || (isnan(together[q][i]) && isnan(alone_values[q])));
            }
            for (size_t q = 0; q < QUESTIONS; q++)
                free(together[q]);
            free_covariate_world(&made);
        }
    }
}

static void signs_are_those_of_the_definitions(void **state)
{
    const double one = 1.0, ages[] = {52.0};

    (void)state;
    for (size_t f = 0; f < IN_CONTINUOUS_TIME; f++) {
        retain_btyd model = family_models[f], more, faster;
        double base, expected;

        model.covariates = 1;
        model.purchase[0] = log(2.0);
        model.lifetime[0] = 0.0;
        assert_int_equal(retain_btyd_given(NULL, &model, &one, &more), RETAIN_OK);
        assert_near(more.alpha, 0.5 * model.alpha, 1e-14 * model.alpha);
        model.purchase[0] = 0.0;
        model.lifetime[0] = log(2.0);
        assert_int_equal(retain_btyd_given(NULL, &model, &one, &faster), RETAIN_OK);
        if (model.s > 0.0) {
            assert_near(faster.beta, 0.5 * model.beta, 1e-14 * model.beta);
        } else { /* twice the odds */
            assert_near(faster.a / faster.b, 2.0 * model.a / model.b, 1e-13);
            assert_near(faster.a * faster.b, model.a * model.b, 1e-13);
        }
        model.covariates = 0;
        assert_int_equal(retain_btyd_expected(NULL, &model, ages, 1, &base), RETAIN_OK);
        assert_int_equal(retain_btyd_expected(NULL, &more, ages, 1, &expected), RETAIN_OK);
        assert_true(expected > base);
        assert_int_equal(retain_btyd_expected(NULL, &faster, ages, 1, &expected), RETAIN_OK);
        assert_true(expected < base);
    }
}

/* The gradient of each customer against differences of fourth order. */
static void gradients_are_those_of_the_likelihood(void **state)
{
    enum { COUNT = 200 };
    static const double step = 2e-3, places[] = {-2.0, -1.0, 1.0, 2.0}, weights[] = {1.0, -8.0, 8.0, -1.0};

    (void)state;
    for (size_t f = 0; f < FOUR_PARAMETERS; f++) {
        covariate_world made = usual_world(f, COUNT, 1, 7);
        double value[COUNT], gradient[COUNT * ENTRIES];

        assert_int_equal(retain_btyd_likelihood(NULL, &made.truth, &made.view, value, gradient), RETAIN_OK);
        for (size_t e = 0; e < ENTRIES; e++) {
            double sum[COUNT] = {0.0};

            for (size_t k = 0; k < 4; k++) {
                retain_btyd moved = made.truth;

                move_entry(&moved, e, places[k] * step);
                assert_int_equal(retain_btyd_likelihood(NULL, &moved, &made.view, value, NULL), RETAIN_OK);
                for (size_t i = 0; i < COUNT; i++)
                    sum[i] += weights[k] * value[i] / (12.0 * step);
            }
            for (size_t i = 0; i < COUNT; i++)
                assert_near(gradient[i * ENTRIES + e], sum[i], 1e-7 * (1.0 + fabs(value[i])));
        }
        free_covariate_world(&made);
    }
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static void expect_refusal(retain_status status, const retain_context *ctx, const char *words)
{
    assert_int_not_equal(status, RETAIN_OK);
    if (!strstr(ctx->error, words))
        fail_msg("%s does not say %s", ctx->error, words);
}

static void wrong_covariates_and_options_are_named(void **state)
{
    covariate_world made = usual_world(0, 500, 1, 15);
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd model = made.truth, out;
    retain_customers customers = made.view;
    double result[500], one[COVARIATES] = {0.0}, fixed[ENTRIES], centre[4] = {1.0, 0.0, 1.0, 1.0};
    uint8_t flags[] = {0, 2, 1, 0};
    retain_fit_options options = {.struct_size = sizeof options};

    (void)state;
    customers.covariate_count = 2;
    expect_refusal(retain_btyd_alive(&ctx, &model, &customers, result, NULL), &ctx, "customers.covariate_count is 2; it must be");
    customers.covariate_count = 17;
    expect_refusal(retain_btyd_fit(&ctx, model.family, &customers, NULL, &out, NULL), &ctx, "customers.covariate_count is 17");
    customers = made.view;
    customers.covariates = NULL;
    expect_refusal(retain_btyd_fit(&ctx, model.family, &customers, NULL, &out, NULL), &ctx, "customers.covariates is NULL");
    made.columns[1] = NULL;
    expect_refusal(retain_btyd_orders(&ctx, &model, &made.view, 1.0, result), &ctx, "customers.covariates[1] is NULL");
    made.columns[1] = made.z[1];
    for (size_t k = 0; k < 3; k++) {
        static const char *const words[] = {"customers.covariates[0] lies between 2020 and 2021, too far from 0",
                                            "neither tiny nor huge", "neither tiny nor huge"};
        static const double scale[] = {1.0, 1e-120, 1e120}, origin[] = {2020.0, 0.0, 0.0};
        double moved[500];

        for (size_t i = 0; i < 500; i++)
            moved[i] = origin[k] + scale[k] * (double)(i % 2);
        made.columns[0] = moved;
        expect_refusal(retain_btyd_fit(&ctx, model.family, &made.view, NULL, &out, NULL), &ctx, words[k]);
    }
    made.columns[0] = made.z[0];
    made.z[1][7] = (double)NAN;
    expect_refusal(retain_btyd_likelihood(&ctx, &model, &made.view, result, NULL), &ctx, "customers.covariates[1][7] is NaN");
    assert_int_equal(ctx.row, 7);
    made.z[1][7] = 1e4;
    expect_refusal(retain_btyd_silence(&ctx, &model, &made.view, 1.0, result), &ctx, "the covariates of row 7 make alpha");
    made.z[1][7] = 1.0;
    model.lifetime[2] = (double)INFINITY;
    expect_refusal(retain_btyd_alive(&ctx, &model, &made.view, result, NULL), &ctx, "model.lifetime[2] is infinity");
    model.covariates = 17;
    expect_refusal(retain_btyd_alive(&ctx, &model, &made.view, result, NULL), &ctx, "model.covariates is 17");
    model = made.truth;
    expect_refusal(retain_btyd_expected(&ctx, &model, made.T, 1, result), &ctx, "model has 3 covariates");
    expect_refusal(retain_btyd_pmf(&ctx, &model, 1.0, made.frequency, 1, result, NULL), &ctx, "retain_btyd_given");
    expect_refusal(retain_btyd_simulate(&ctx, &model, made.T, NULL, 1, 0.0, 1, result, result, NULL, NULL, NULL), &ctx,
                   "covariates is NULL");
    expect_refusal(retain_btyd_given(&ctx, &model, NULL, &out), &ctx, "covariates is NULL");
    one[2] = (double)NAN;
    expect_refusal(retain_btyd_given(&ctx, &model, one, &out), &ctx, "covariates[2] is NaN");
    one[2] = 1e5;
    expect_refusal(retain_btyd_given(&ctx, &model, one, &out), &ctx, "these covariates make alpha");
    options.purchase = flags;
    expect_refusal(retain_btyd_fit(&ctx, model.family, &made.view, &options, &out, NULL), &ctx, "options.purchase[1] is 2");
    flags[1] = 1;
    options.equal = flags + 1;
    expect_refusal(retain_btyd_fit(&ctx, model.family, &made.view, &options, &out, NULL), &ctx,
                   "options.equal[0] is 1; covariate 0");
    for (size_t e = 0; e < ENTRIES; e++)
        fixed[e] = 1.0;
    options = (retain_fit_options){.struct_size = sizeof options, .fixed = fixed};
    expect_refusal(retain_btyd_fit(&ctx, model.family, &made.view, &options, &out, NULL), &ctx, "options.fixed holds all");
    fixed[2] = -1.0;
    expect_refusal(retain_btyd_fit(&ctx, model.family, &made.view, &options, &out, NULL), &ctx, "options.fixed[2] is -1; s must");
    fixed[2] = 1.0;
    fixed[5] = (double)INFINITY;
    expect_refusal(retain_btyd_fit(&ctx, model.family, &made.view, &options, &out, NULL), &ctx, "options.fixed[5] is infinity");
    fixed[5] = 1.0;
    options.purchase = flags;
    expect_refusal(retain_btyd_fit(&ctx, model.family, &made.view, &options, &out, NULL), &ctx,
                   "options.fixed[4] is 1; covariate 0 does not enter the purchase process");
    options = (retain_fit_options){.struct_size = sizeof options, .prior_sd = -1.0};
    expect_refusal(retain_btyd_fit(&ctx, model.family, &made.view, &options, &out, NULL), &ctx, "options.prior_sd is -1");
    options = (retain_fit_options){.struct_size = sizeof options, .coefficient_sd = (double)NAN};
    expect_refusal(retain_btyd_fit(&ctx, model.family, &made.view, &options, &out, NULL), &ctx, "options.coefficient_sd is NaN");
    options = (retain_fit_options){.struct_size = sizeof options, .prior_sd = 1.0, .prior_centre = centre};
    expect_refusal(retain_btyd_fit(&ctx, model.family, &made.view, &options, &out, NULL), &ctx, "options.prior_centre[1] is 0");
    free_covariate_world(&made);
}

typedef struct attempt {
    covariate_world made;
    retain_btyd model;
    double out[3000], second[3000];
    int what;
} attempt;

static retain_status run(retain_context *ctx, void *state)
{
    attempt *of = state;
    const retain_customers *customers = &of->made.view;
    const retain_fit_options options = {.struct_size = sizeof options, .iterations = 1};
    retain_status status;

    for (size_t i = 0; i < 3000; i++)
        of->out[i] = of->second[i] = -1.0;
    of->model.r = -1.0;
    switch (of->what) {
    case 0:
        status = retain_btyd_fit(ctx, of->made.truth.family, customers, &options, &of->model, NULL);
        return status == RETAIN_ERROR_CONVERGENCE ? RETAIN_OK : status;
    case 1:
        return retain_btyd_likelihood(ctx, &of->made.truth, customers, of->out, NULL);
    case 2:
        return retain_btyd_alive(ctx, &of->made.truth, customers, of->out, of->second);
    case 3:
        return retain_btyd_orders(ctx, &of->made.truth, customers, 10.0, of->out);
    default:
        return retain_btyd_simulate(ctx, &of->made.truth, customers->T, customers->covariates, customers->count, 1.0, 3, of->out,
                                    of->second, NULL, NULL, NULL);
    }
}

static void untouched(void *state)
{
    attempt *of = state;

    for (size_t i = 0; i < 3000; i++)
        assert_true(of->out[i] == -1.0 && of->second[i] == -1.0);
    assert_true(of->model.r == -1.0);
}

static void survives_without_memory(void **state)
{
    static attempt of;

    (void)state;
    of.made = usual_world(1, 3000, 1, 16); /* so many patterns that their table has to grow */
    for (of.what = 0; of.what < 5; of.what++)
        survives_memory_exhaustion(run, untouched, &of);
    free_covariate_world(&of.made);
}

static int stop_soon(void *user, double fraction)
{
    double *last = user;

    if (!(fraction >= last[0] && fraction <= 1.0))
        last[1] = fraction; /* went back */
    last[0] = fraction;
    return --last[2] <= 0.0;
}

static void progress_never_goes_back_and_a_cancelled_fit_leaves_the_model_alone(void **state)
{
    static attempt of;

    (void)state;
    of.made = usual_world(1, 3000, 1, 17);
    of.what = 0;
    for (double left = 2.0; left < 60.0; left += 9.0) {
        double told[3] = {0.0, -1.0, left};
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.progress = stop_soon;
        ctx.progress_user = told;
        if (run(&ctx, &of) == RETAIN_ERROR_CANCELLED)
            untouched(&of);
        assert_near(told[1], -1.0, 0.0);
    }
    free_covariate_world(&of.made);
}

/* --- golden rows ---------------------------------------------------------------------------------------------------------- */

static retain_btyd_family family_of(const char *name)
{
    int family = 1;

    while (strcmp(retain_btyd_name((retain_btyd_family)family), name) != 0)
        family++;
    return (retain_btyd_family)family;
}

/* Made by brute force from the definitions of a customer's own parameters. */
static void customers_with_covariates_meet_the_golden_rows_of_every_family(void **state)
{
    golden table = golden_read("btyd/covariates.csv");

    (void)state;
    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = golden_model(&table, i, family_of(golden_text(&table, i, "family")));
        const double z[] = {golden_number(&table, i, "z_0"), golden_number(&table, i, "z_1")};
        const double *const columns[] = {&z[0], &z[1]};
        double t = golden_number(&table, i, "t"), rate = golden_number(&table, i, "rate"), got[4];
        static const char *const names[] = {"log_likelihood", "alive", "orders", "dert"};
        one_customer who;

        golden_customer(&table, i, &who);
        who.view.covariate_count = model.covariates = 2;
        who.view.covariates = columns;
        model.purchase[0] = golden_number(&table, i, "purchase_0");
        model.purchase[1] = golden_number(&table, i, "purchase_1");
        model.lifetime[0] = golden_number(&table, i, "lifetime_0");
        model.lifetime[1] = golden_number(&table, i, "lifetime_1");
        assert_int_equal(retain_btyd_likelihood(NULL, &model, &who.view, &got[0], NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_alive(NULL, &model, &who.view, &got[1], NULL), RETAIN_OK);
        assert_int_equal(retain_btyd_orders(NULL, &model, &who.view, t, &got[2]), RETAIN_OK);
        assert_int_equal(retain_btyd_discounted(NULL, &model, &who.view, (double)INFINITY, rate, &got[3]), RETAIN_OK);
        for (size_t q = 0; q < 4; q++) {
            double want = golden_number(&table, i, names[q]);

            if (!(fabs(got[q] - want) <= 1e-12 * (q ? want : fabs(want) + 1.0)))
                print_error("row %zu, %s\n", i + 2, names[q]);
            assert_near(got[q], want, 1e-12 * (q ? want : fabs(want) + 1.0));
        }
    }
    golden_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_of_zero_change_no_bit),
        cmocka_unit_test(every_customer_is_one_of_the_model_given_his_covariates),
        cmocka_unit_test(signs_are_those_of_the_definitions),
        cmocka_unit_test(gradients_are_those_of_the_likelihood),
        cmocka_unit_test(wrong_covariates_and_options_are_named),
        cmocka_unit_test(customers_with_covariates_meet_the_golden_rows_of_every_family),
        cmocka_unit_test(survives_without_memory),
        cmocka_unit_test(progress_never_goes_back_and_a_cancelled_fit_leaves_the_model_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

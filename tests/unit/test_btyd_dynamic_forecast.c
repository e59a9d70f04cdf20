/* Forecasts under covariates that change with time: golden values by brute force, the static model as a special case, windows that
 * begin later, and how often intervals hold what happens. */
#include "histories.h"
#include "models.h"
#include "retain/btyd_dynamic_forecast.h"

enum { ENTRIES = 4 + 2 * 3 };

static retain_btyd_question ask(retain_btyd_quantity quantity, double from, double to)
{
    return (retain_btyd_question){
        .struct_size = sizeof(retain_btyd_question), .quantity = quantity, .from = from, .to = to, .delta = 0.0025};
}

/* --- what others computed ------------------------------------------------------------------------------------------------- */

static void check_value(const golden *table, size_t row, const char *name, double got, double precision)
{
    double want = golden_number(table, row, name);

    if (want == want)
        assert_near(got, want, precision * fabs(want));
}

/* Standard deviations of the logarithms and of coefficients, all correlated alike: those of generate_dynamic_forecasts.py. */
static void fill_covariance(const retain_btyd *model, double *covariance)
{
    static const double spread[] = {0.1, 0.2, 0.15, 0.25, 0.3, 0.2, 0.25, 0.1};
    const double p[] = {model->r, model->alpha, model->s, model->beta, 1.0, 1.0, 1.0, 1.0};

    for (size_t i = 0; i < 8; i++) {
        for (size_t j = 0; j < 8; j++)
            covariance[8 * i + j] = (i == j ? 1.0 : 0.25) * spread[i] * spread[j] * p[i] * p[j];
    }
}

static void forecasts_and_limits_are_those_of_brute_force(void **state)
{
    static const struct {
        retain_btyd_quantity quantity;
        const char *name;
    } asked[] = {{RETAIN_BTYD_ORDERS, "orders"}, {RETAIN_BTYD_VARIANCE, "variance"},     {RETAIN_BTYD_SILENCE, "silence"},
                 {RETAIN_BTYD_ALIVE, "alive"},   {RETAIN_BTYD_DISCOUNTED, "discounted"}, {RETAIN_BTYD_LIFETIME, "lifetime"}};
    golden table = golden_read("btyd/dynamic_forecasts.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const double from = golden_number(&table, row, "begin"), to = golden_number(&table, row, "stop");
        double covariance[64], value, low, high;
        retain_btyd_question question;
        one_history of;

        read_history(&table, row, &of);
        for (size_t k = 0; k < sizeof asked / sizeof *asked; k++) {
            question = ask(asked[k].quantity, from, to);
            assert_int_equal(retain_btyd_dynamic_forecast(NULL, &of.model, &of.view, &question, &value), RETAIN_OK);
            check_value(&table, row, asked[k].name, value, 1e-11);
        }
        question = ask(RETAIN_BTYD_RETURN, from, to);
        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &of.model, &of.view, &question, &value), RETAIN_OK);
        assert_near(value, 1.0 - golden_number(&table, row, "silence"), 1e-13);
        fill_covariance(&of.model, covariance);
        question = ask(RETAIN_BTYD_ORDERS, from, to);
        assert_int_equal(retain_btyd_dynamic_interval(NULL, &of.model, covariance, &of.view, &question, 0.9, &value, &low, &high),
                         RETAIN_OK);
        check_value(&table, row, "orders", value, 1e-11);
        check_value(&table, row, "orders_low", low, 1e-8);
        check_value(&table, row, "orders_high", high, 1e-8);
        question.quantity = RETAIN_BTYD_SILENCE;
        assert_int_equal(retain_btyd_dynamic_interval(NULL, &of.model, covariance, &of.view, &question, 0.9, NULL, &low, &high),
                         RETAIN_OK);
        check_value(&table, row, "silence_low", low, 1e-8);
        check_value(&table, row, "silence_high", high, 1e-8);
    }
    golden_free(&table);
}

/* --- special cases -------------------------------------------------------------------------------------------------------- */

static void assert_like(double got, double want)
{
    assert_near(got, want, got == want ? 0.0 : 1e-9 * fabs(want) + 1e-13);
}

static void covariates_that_never_change_give_the_static_intervals(void **state)
{
    enum { COUNT = 200, SOME = 4 + 2 };
    static const retain_btyd_quantity asked[] = {RETAIN_BTYD_ORDERS,  RETAIN_BTYD_DISCOUNTED, RETAIN_BTYD_SILENCE,
                                                 RETAIN_BTYD_RETURN,  RETAIN_BTYD_ALIVE,      RETAIN_BTYD_VARIANCE,
                                                 RETAIN_BTYD_LIFETIME};
    double got[3][COUNT], want[3][COUNT], covariance[SOME * SOME] = {0.0}, worth[COUNT], *z = calloc(COUNT, sizeof(double));
    retain_btyd model = usual;
    const double *column[] = {z};
    static_columns as;
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 0, 1, 31);
    as = summarise_shop(&of);
    model.covariates = 1;
    model.purchase[0] = 0.4;
    model.lifetime[0] = -0.6;
    for (size_t i = 0; i < COUNT; i++) {
        z[i] = (double)(i % 7) / 3.0;
        worth[i] = (double)(1 + i % 5);
        for (int64_t k = of.piece[i]; k < of.piece[i + 1]; k++)
            of.own[k] = z[i];
    }
    for (size_t i = 0; i < SOME; i++) {
        for (size_t j = 0; j < SOME; j++)
            covariance[i * SOME + j] = (i == j ? 0.02 : 0.004) * parameter_of(model, i % 4) * parameter_of(model, j % 4);
    }
    as.view.covariate_count = 1;
    as.view.covariates = column;
    as.view.weight = of.view.weight = of.weight;
    for (size_t k = 0; k < 2 * sizeof asked / sizeof *asked; k++) {
        const retain_btyd_question question = ask(asked[k / 2], k % 2 ? 9.0 : 0.0, 26.0);
        retain_btyd_sum a = {.struct_size = sizeof a}, b = a;

        assert_int_equal(retain_btyd_interval(NULL, &model, covariance, &as.view, &question, 0.9, want[0], want[1], want[2]),
                         RETAIN_OK);
        assert_int_equal(retain_btyd_dynamic_interval(NULL, &model, covariance, &of.view, &question, 0.9, got[0], got[1], got[2]),
                         RETAIN_OK);
        for (size_t i = 0; i < 3 * COUNT; i++)
            assert_like(got[i / COUNT][i % COUNT], want[i / COUNT][i % COUNT]);
        if (asked[k / 2] == RETAIN_BTYD_LIFETIME)
            continue;
        assert_int_equal(retain_btyd_total(NULL, &model, covariance, &as.view, &question, worth, 0.9, &b), RETAIN_OK);
        assert_int_equal(retain_btyd_dynamic_total(NULL, &model, covariance, &of.view, &question, worth, 0.9, &a), RETAIN_OK);
        assert_like(a.value, b.value);
        assert_like(a.standard_error, b.standard_error);
        assert_like(a.low, b.low);
        assert_like(a.high, b.high);
        assert_like(a.variance, b.variance);
        assert_like(a.least, b.least);
        assert_like(a.most, b.most);
    }
    forget(&as);
    free(z);
    close_shop(&of);
}

static void for_ever_is_that_of_the_last_piece(void **state)
{
    enum { COUNT = 50 };
    double got[COUNT], want[COUNT], *z = calloc(COUNT, sizeof(double));
    const double *column[] = {z};
    retain_btyd model = usual;
    retain_btyd_question question = ask(RETAIN_BTYD_DISCOUNTED, 4.0, (double)INFINITY);
    retain_context ctx = RETAIN_CONTEXT_INIT;
    static_columns as;
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 0, 1, 32);
    as = summarise_shop(&of);
    model.covariates = 1;
    for (size_t i = 0; i < COUNT; i++) {
        z[i] = (double)(i % 3);
        for (int64_t k = of.piece[i]; k < of.piece[i + 1]; k++)
            of.own[k] = z[i];
    }
    as.view.covariate_count = 1;
    as.view.covariates = column;
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &model, &of.view, &question, got), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "are needed until day inf"));
    of.view.known_until = (double)INFINITY;
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &model, &of.view, &question, got), RETAIN_OK);
    assert_int_equal(retain_btyd_forecast(NULL, &model, &as.view, &question, want), RETAIN_OK);
    for (size_t i = 0; i < COUNT; i++)
        assert_like(got[i], want[i]);
    question.delta = 0.0;
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &model, &of.view, &question, got), RETAIN_OK);
    assert_true(got[0] == (double)INFINITY); /* s is below 1 */
    model.r = 1e6, model.alpha = 1e-4;       /* who has not come back at once is gone: P(alive) rounds to 0 for some */
    for (int lifetime = 0; lifetime < 2; lifetime++) {
        question.quantity = lifetime ? RETAIN_BTYD_LIFETIME : RETAIN_BTYD_DISCOUNTED;
        assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &model, &of.view, &question, got), RETAIN_OK);
        assert_int_equal(retain_btyd_forecast(NULL, &model, &as.view, &question, want), RETAIN_OK);
        for (size_t i = 0; i < COUNT; i++)
            assert_true(got[i] == (double)INFINITY && want[i] == (double)INFINITY);
    }
    forget(&as);
    free(z);
    close_shop(&of);
}

static void windows_add_up(void **state)
{
    enum { COUNT = 100 };
    static const retain_btyd_quantity asked[] = {RETAIN_BTYD_ORDERS, RETAIN_BTYD_DISCOUNTED, RETAIN_BTYD_LIFETIME};
    double first[COUNT], second[COUNT], both[COUNT];
    retain_btyd model = usual;
    shop of;

    (void)state;
    model.lifetime[0] = 0.3;
    open_shop(&of, model, COUNT, 2, 1, 33);
    for (size_t k = 0; k < 3; k++) {
        const retain_btyd_question one = ask(asked[k], 0.0, 5.5), two = ask(asked[k], 5.5, 40.0), all = ask(asked[k], 0.0, 40.0);

        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &of.truth, &of.view, &one, first), RETAIN_OK);
        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &of.truth, &of.view, &two, second), RETAIN_OK);
        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &of.truth, &of.view, &all, both), RETAIN_OK);
        for (size_t i = 0; i < COUNT; i++)
            assert_near(first[i] + second[i], both[i], 1e-12 * both[i]);
    }
    close_shop(&of);
}

static void an_empty_window_is_silent_for_certain(void **state)
{
    double covariance[ENTRIES * ENTRIES] = {0.0}, value[3], low[3], high[3];
    retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 5.0, 5.0);
    retain_btyd_sum sum = {.struct_size = sizeof sum};
    shop of;

    (void)state;
    open_shop(&of, usual, 3, 2, 1, 34);
    for (size_t i = 0; i < ENTRIES; i++)
        covariance[i * ENTRIES + i] = 0.01;
    assert_int_equal(retain_btyd_dynamic_interval(NULL, &of.truth, covariance, &of.view, &question, 0.9, value, low, high),
                     RETAIN_OK);
    assert_true(value[1] == 0.0 && low[1] == 0.0 && high[1] == 0.0);
    assert_int_equal(retain_btyd_dynamic_total(NULL, &of.truth, covariance, &of.view, &question, NULL, 0.9, &sum), RETAIN_OK);
    assert_true(sum.value == 0.0 && sum.most == 0.0);
    question.quantity = RETAIN_BTYD_SILENCE;
    assert_int_equal(retain_btyd_dynamic_interval(NULL, &of.truth, covariance, &of.view, &question, 0.9, value, low, high),
                     RETAIN_OK);
    assert_true(value[1] == 1.0 && low[1] == 1.0 && high[1] == 1.0);
    close_shop(&of);
}

/* --- chance --------------------------------------------------------------------------------------------------------------- */

/* Cuts a shop's occasions off at `end`, and counts those that came after it. */
static double cut_off(shop *of, double end)
{
    int64_t kept = 0, from = 0;
    double later = 0.0;

    for (size_t i = 0; i < of->count; i++) {
        const int64_t to = of->first[i + 1];

        for (int64_t k = from; k < to; k++) {
            if (of->occasion[k] <= end)
                of->occasion[kept++] = of->occasion[k];
            else
                later += 1.0;
        }
        from = to;
        of->first[i + 1] = kept;
        of->end[i] = end;
    }
    return later;
}

static void prediction_intervals_cover_what_happens(void **state)
{
#if defined(RETAIN_LONG)
    enum { SHOPS = 300 };
#else
    enum { SHOPS = 10 };
#endif
    enum { MANY = 600, WEEKS = 24 };
    static const uint8_t none[1] = {0};
    const retain_fit_options options = {.struct_size = sizeof options, .lifetime = none};
    const retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 0.0, WEEKS);
    retain_btyd truth = usual;
    size_t fitted = 0, covered = 0, held = 0;

    (void)state;
    truth.covariates = 1;
    for (uint64_t seed = 100; seed < 100 + SHOPS; seed++) {
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_btyd_sum sum = {.struct_size = sizeof sum}, known = sum;
        retain_btyd model;
        double happened;
        shop of;

        open_shop(&of, truth, MANY, 1, 0, seed);
        happened = cut_off(&of, 14700.0 - 7.0 * WEEKS);
        if (retain_btyd_dynamic_fit(NULL, &of.view, &options, &model, &report) == RETAIN_OK) {
            assert_int_equal(retain_btyd_dynamic_total(NULL, &model, report.covariance, &of.view, &question, NULL, 0.9, &sum),
                             RETAIN_OK);
            assert_int_equal(retain_btyd_dynamic_total(NULL, &of.truth, NULL, &of.view, &question, NULL, 0.9, &known), RETAIN_OK);
            fitted++;
            covered += sum.least <= happened && happened <= sum.most;
            held += sum.low <= known.value && known.value <= sum.high;
            assert_near(known.standard_error, 0.0, 0.0);
        }
        close_shop(&of);
    }
    print_message("of %zu shops that could be fitted the prediction interval held %zu, the interval %zu\n", fitted, covered, held);
    assert_true(fitted > SHOPS / 2);
    assert_true(fabs((double)covered / (double)fitted - 0.9) < 3.5 * sqrt(0.09 / (double)fitted));
    assert_true(fabs((double)held / (double)fitted - 0.9) < 3.5 * sqrt(0.09 / (double)fitted));
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static void bad_questions_are_named(void **state)
{
    double covariance[ENTRIES * ENTRIES] = {0.0}, value[8] = {-7.0}, low[8], high[8], worth[8] = {-1.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd_sum sum = {.struct_size = sizeof sum};
    retain_btyd_question question = ask(RETAIN_BTYD_RATE, 0.0, 5.0);
    shop of;

    (void)state;
    open_shop(&of, usual, 8, 2, 1, 35);
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &usual, &of.view, &question, value), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "under covariates that change with time there is no such forecast"));
    question = ask(RETAIN_BTYD_ORDERS, 6.0, 5.0);
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &usual, &of.view, &question, value), RETAIN_ERROR_ARGUMENT);
    question = ask(RETAIN_BTYD_ORDERS, 40.0, 60.0);
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &usual, &of.view, &question, value), RETAIN_ERROR_DATA);
    assert_non_null(
        strstr(ctx.error, "are needed until day 15120 (through 2011-05-25); histories.known_until is 15065 (through 2011-03-31)"));
    question = ask(RETAIN_BTYD_ORDERS, 0.0, 5.0);
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &usual, &of.view, NULL, value), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &usual, &of.view, &question, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_interval(&ctx, &usual, NULL, &of.view, &question, 0.9, NULL, low, high),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_interval(&ctx, &usual, covariance, &of.view, &question, 1.0, NULL, low, high),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_interval(&ctx, &usual, covariance, &of.view, &question, 0.9, NULL, low, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_total(&ctx, &usual, covariance, &of.view, &question, worth, 0.9, &sum), RETAIN_ERROR_DATA);
    assert_int_equal(retain_btyd_dynamic_total(&ctx, &usual, covariance, &of.view, &question, NULL, 0.9, NULL),
                     RETAIN_ERROR_ARGUMENT);
    covariance[0] = -1.0;
    assert_int_equal(retain_btyd_dynamic_total(&ctx, &usual, covariance, &of.view, &question, NULL, 0.9, &sum),
                     RETAIN_ERROR_ARGUMENT);
    question = ask(RETAIN_BTYD_LIFETIME, 0.0, 5.0);
    assert_int_equal(retain_btyd_dynamic_total(&ctx, &usual, NULL, &of.view, &question, NULL, 0.9, &sum), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "it has no total"));
    assert_near(value[0], -7.0, 0.0);
    close_shop(&of);
}

static retain_status limit_it(retain_context *ctx, void *state)
{
    const retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 2.0, 9.0);
    double covariance[ENTRIES * ENTRIES] = {0.01}, low[40], high[40];
    shop *of = state;

    return retain_btyd_dynamic_interval(ctx, &usual, covariance, &of->view, &question, 0.9, NULL, low, high);
}

static retain_status total_it(retain_context *ctx, void *state)
{
    const retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 2.0, 9.0);
    double covariance[ENTRIES * ENTRIES] = {0.01};
    retain_btyd_sum sum = {.struct_size = sizeof sum};
    shop *of = state;

    return retain_btyd_dynamic_total(ctx, &usual, covariance, &of->view, &question, NULL, 0.9, &sum);
}

static void survives_running_out_of_memory(void **state)
{
    shop of;

    (void)state;
    open_shop(&of, usual, 40, 2, 1, 36);
    survives_memory_exhaustion(limit_it, NULL, &of);
    survives_memory_exhaustion(total_it, NULL, &of);
    close_shop(&of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecasts_and_limits_are_those_of_brute_force),
        cmocka_unit_test(covariates_that_never_change_give_the_static_intervals),
        cmocka_unit_test(for_ever_is_that_of_the_last_piece),
        cmocka_unit_test(windows_add_up),
        cmocka_unit_test(an_empty_window_is_silent_for_certain),
        cmocka_unit_test(prediction_intervals_cover_what_happens),
        cmocka_unit_test(bad_questions_are_named),
        cmocka_unit_test(survives_running_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

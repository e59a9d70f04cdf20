/* Discrete families refuse what is no whole number of opportunities, by name. */
#include "models.h"
#include "retain/btyd_future.h"

static const retain_btyd donations = {
    .family = RETAIN_BTYD_BG_BB, .unit_days = 365.25, .alpha = 1.203523, .beta = 0.749717, .gamma = 0.656717, .delta = 2.783433};

static void rows_that_are_no_opportunities_are_named(void **state)
{
    static const struct {
        double x, t_x, T;
        const char *sentence;
    } cases[] = {
        {1.0, 2.0, 5.5, "customers.T[1] is 5.5; under BG/BB it must be a whole number of opportunities in [0, 1e6]"},
        {1.0, 2.0, 2e6, "customers.T[1] is 2000000; under BG/BB it must be a whole number of opportunities in [0, 1e6]"},
        {1.0, 2.5, 5.0, "customers.t_x[1] is 2.5; under BG/BB it must be a whole number of opportunities"},
        {3.0, 2.0, 5.0, "customers.frequency[1] is 3; under BG/BB it must lie in [0, t_x = 2]: one occasion an opportunity"},
        {1.0, 0.0, 5.0, "customers.frequency[1] is 1; under BG/BB it must lie in [0, t_x = 0]"},
        {0.0, 1.0, 5.0, "customers.t_x[1] is 1; it must be 0 where frequency is 0"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double x[] = {1.0, cases[i].x}, t_x[] = {1.0, cases[i].t_x}, T[] = {2.0, cases[i].T}, out[8] = {-1.0, -1.0};
        retain_customers two = {.count = 2, .frequency = x, .t_x = t_x, .T = T, .unit_days = 365.25};
        retain_context ctx = RETAIN_CONTEXT_INIT;
        retain_btyd model = {.family = (retain_btyd_family)77};

        assert_int_equal(retain_btyd_alive(&ctx, &donations, &two, out, NULL), RETAIN_ERROR_DATA);
        assert_non_null(strstr(ctx.error, cases[i].sentence));
        assert_int_equal(ctx.row, 1);
        assert_int_equal(retain_btyd_likelihood(&ctx, &donations, &two, out, out + 4), RETAIN_ERROR_DATA);
        assert_int_equal(retain_btyd_orders(&ctx, &donations, &two, 1.0, out), RETAIN_ERROR_DATA);
        assert_int_equal(retain_btyd_fit(&ctx, RETAIN_BTYD_BG_BB, &two, NULL, &model, NULL), RETAIN_ERROR_DATA);
        assert_non_null(strstr(ctx.error, cases[i].sentence));
        assert_int_equal(model.family, 77);
        assert_near(out[0], -1.0, 0.0);
    }
}

static void spans_that_are_no_opportunities_are_named(void **state)
{
    double x = 1.0, t_x = 1.0, T = 2.0, out = -1.0, t[] = {1.0, 2.5}, many[] = {1.0, 1e7}, outs[2], n = 1.0;
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 365.25};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    const char *want = "t is 2.5; under BG/BB it must be a whole number of opportunities in [0, 1e6]";

    (void)state;
    assert_int_equal(retain_btyd_orders(&ctx, &donations, &one, 2.5, &out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, want);
    assert_int_equal(retain_btyd_silence(&ctx, &donations, &one, 2.5, &out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, want);
    assert_int_equal(retain_btyd_discounted(&ctx, &donations, &one, 2.5, 0.1, &out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, want);
    assert_int_equal(retain_btyd_pmf(&ctx, &donations, 2.5, &n, 1, &out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, want);
    assert_int_equal(retain_btyd_simulate(&ctx, &donations, t, NULL, 1, 2.5, 1, &out, &out, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, want);
    assert_int_equal(retain_btyd_simulate(&ctx, &donations, t, NULL, 2, 1.0, 1, outs, outs, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "T[1] is 2.5; under BG/BB it must be a whole number of opportunities in [0, 1e6]");
    assert_int_equal(retain_btyd_expected(&ctx, &donations, t, 2, outs), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "t[1] is 2.5; under BG/BB it must be a whole number of opportunities in [0, 1e6]");
    assert_int_equal(retain_btyd_expected(&ctx, &donations, many, 2, outs), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    assert_near(out, -1.0, 0.0);
}

static void horizons_may_miss_a_whole_number_by_rounding(void **state)
{
    double third = 0.1 * 3.0; /* 0.30000000000000004 */

    (void)state;
    assert_near(orders_of(donations, 1.0, 2.0, 6.0, third / 0.1), orders_of(donations, 1.0, 2.0, 6.0, 3.0), 0.0);
    assert_near(silence_of(donations, 1.0, 2.0, 6.0, third / 0.1), silence_of(donations, 1.0, 2.0, 6.0, 3.0), 0.0);
    assert_near(log_pmf_of(donations, third / 0.1, 3.0), log_pmf_of(donations, 3.0, 3.0), 0.0);
}

static void histories_are_of_whole_opportunities(void **state)
{
    const double ages[] = {1.0, 3.5}, whole[] = {1.0, 3.0}, instants[] = {4.0, 4.5};
    double alive[2] = {-1.0, -1.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_not_equal(retain_btyd_history(&ctx, &donations, ages, 2, instants, 1, alive), RETAIN_OK);
    assert_non_null(strstr(ctx.error, "ages[1] is 3.5"));
    assert_int_not_equal(retain_btyd_history(&ctx, &donations, whole, 2, instants, 2, alive), RETAIN_OK);
    assert_non_null(strstr(ctx.error, "instants[1] is 4.5"));
    assert_true(alive[0] == -1.0);
    assert_int_equal(retain_btyd_history(&ctx, &donations, whole, 2, instants, 1, alive), RETAIN_OK);
    assert_true(alive[0] > 0.0 && alive[0] < 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_that_are_no_opportunities_are_named),
        cmocka_unit_test(spans_that_are_no_opportunities_are_named),
        cmocka_unit_test(histories_are_of_whole_opportunities),
        cmocka_unit_test(horizons_may_miss_a_whole_number_by_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

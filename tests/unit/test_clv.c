/* Lifetime value: against the definition written out by hand, the published DERT values, and the identities between its three names. */
#include "retain/clv.h"
#include "support.h"

/* The Pareto/NBD of CDNOW, in weeks, and three customers of published discounted expectations. */
static const retain_btyd cdnow = {.family = RETAIN_BTYD_PARETO_NBD,
                                  .unit_days = 7.0,
                                  .r = 0.5534,
                                  .alpha = 10.5802,
                                  .s = 0.6061,
                                  .beta = 11.6562,
                                  .a = (double)NAN,
                                  .b = (double)NAN};
static const double x[] = {26.0, 2.0, 0.0}, t_x[] = {30.86, 30.43, 0.0}, T[] = {31.0, 38.86, 38.86};
static const retain_customers three = {.count = 3, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};

static void annual_rates_become_rates_per_unit_of_time(void **state)
{
    (void)state;
    assert_near(retain_clv_delta(0.10, 7.0), log(1.1) * 7.0 / 365.25, 1e-17);
    assert_near(retain_clv_delta(0.0, 1.0), 0.0, 0.0);
    assert_nan(retain_clv_delta(-1.0, 7.0));
    assert_nan(retain_clv_delta(0.1, 0.0));
    assert_nan(retain_clv_delta((double)NAN, 7.0));
}

static void for_ever_at_the_published_rate_gives_the_published_values(void **state)
{
    static const double published[] = {86.0303756, 6.48256236, 0.476823058};
    double rate = expm1(0.0027 * 365.25 / 7.0); /* the literature's 0.0027 per week */
    double value[] = {1.0, 1.0, 1.0}, residual[3];
    retain_clv_options options = {sizeof options, 0.0, rate, 0.0};

    (void)state;
    assert_int_equal(retain_clv_residual(NULL, &cdnow, &three, value, NULL, &options, residual), RETAIN_OK);
    for (size_t i = 0; i < 3; i++)
        assert_near(residual[i], published[i], 1e-7 * published[i]);
}

static void a_column_of_zeros_is_a_margin_of_zero(void **state)
{
    double revenue[] = {100.0, 1e300, 0.1}, zeros[3] = {0.0, 0.0, 0.0}, historic[3];

    (void)state;
    assert_int_equal(retain_clv_historic(NULL, revenue, zeros, 3, NULL, historic), RETAIN_OK);
    for (int i = 0; i < 3; i++)
        assert_true(historic[i] == 0.0);
}

static void an_undiscounted_horizon_is_expected_orders_times_value_times_margin(void **state)
{
    double value[] = {30.0, 20.0, 10.0}, margins[] = {0.1, 0.5, -0.2}, orders[3], residual[3];
    retain_clv_options options = {sizeof options, 91.0, 0.0, 0.4};

    (void)state;
    assert_int_equal(retain_btyd_orders(NULL, &cdnow, &three, 13.0, orders), RETAIN_OK);
    assert_int_equal(retain_clv_residual(NULL, &cdnow, &three, value, NULL, &options, residual), RETAIN_OK);
    for (size_t i = 0; i < 3; i++)
        assert_near(residual[i], 0.4 * value[i] * orders[i], 1e-10 * residual[i]);
    assert_int_equal(retain_clv_residual(NULL, &cdnow, &three, value, margins, &options, residual), RETAIN_OK);
    for (size_t i = 0; i < 3; i++)
        assert_near(residual[i], margins[i] * value[i] * orders[i], 1e-10 * fabs(residual[i]));
}

static void a_discounted_horizon_agrees_with_the_sum_of_its_days(void **state)
{
    double value[] = {30.0, 20.0, 10.0}, residual[3], by_days[3] = {0.0}, before[3] = {0.0}, after[3];
    retain_clv_options options = {sizeof options, 365.0, 0.10, 0.0};

    (void)state;
    assert_int_equal(retain_clv_residual(NULL, &cdnow, &three, value, NULL, &options, residual), RETAIN_OK);
    for (int day = 1; day <= 365; day++) { /* each day's orders, discounted from noon: right to the square of a day */
        assert_int_equal(retain_btyd_orders(NULL, &cdnow, &three, day / 7.0, after), RETAIN_OK);
        for (size_t i = 0; i < 3; i++) {
            by_days[i] += value[i] * (after[i] - before[i]) * pow(1.1, -(day - 0.5) / 365.25);
            before[i] = after[i];
        }
    }
    for (size_t i = 0; i < 3; i++)
        assert_near(residual[i], by_days[i], 1e-7 * by_days[i]);
}

static void a_longer_horizon_and_a_lower_rate_are_never_worth_less(void **state)
{
    double value[] = {1.0, 1.0, 1.0}, last[3] = {0.0}, residual[3];

    (void)state;
    for (double days = 30.0; days < 3e4; days *= 2.0) {
        retain_clv_options options = {sizeof options, days, 0.10, 0.0};

        assert_int_equal(retain_clv_residual(NULL, &cdnow, &three, value, NULL, &options, residual), RETAIN_OK);
        for (size_t i = 0; i < 3; i++) {
            assert_true(residual[i] >= last[i]);
            last[i] = residual[i];
        }
    }
    assert_int_equal(retain_clv_residual(NULL, &cdnow, &three, value, NULL,
                                         &(retain_clv_options){sizeof(retain_clv_options), 0.0, 0.10, 0.0}, residual),
                     RETAIN_OK);
    for (size_t i = 0; i < 3; i++)
        assert_true(residual[i] >= last[i]);
}

static void a_unit_of_time_changes_nothing_but_the_unit(void **state)
{
    retain_btyd in_days = cdnow;
    double t_x_days[3], T_days[3], value[] = {30.0, 20.0, 10.0}, weeks[3], days[3];
    retain_customers customers = three;
    retain_clv_options options = {sizeof options, 365.0, 0.10, 1.0};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        t_x_days[i] = 7.0 * t_x[i];
        T_days[i] = 7.0 * T[i];
    }
    customers.t_x = t_x_days;
    customers.T = T_days;
    customers.unit_days = 1.0;
    in_days.unit_days = 1.0;
    in_days.alpha *= 7.0;
    in_days.beta *= 7.0;
    assert_int_equal(retain_clv_residual(NULL, &cdnow, &three, value, NULL, &options, weeks), RETAIN_OK);
    assert_int_equal(retain_clv_residual(NULL, &in_days, &customers, value, NULL, &options, days), RETAIN_OK);
    for (size_t i = 0; i < 3; i++)
        assert_near(days[i], weeks[i], 1e-11 * weeks[i]);
}

static void total_is_historic_plus_residual(void **state)
{
    double revenue[] = {100.0, 50.0, 0.0}, historic[3], residual[] = {10.0, (double)NAN, 2.5}, total[3];

    (void)state;
    assert_int_equal(retain_clv_historic(NULL, revenue, NULL, 3, NULL, historic), RETAIN_OK);
    assert_memory_equal(historic, revenue, sizeof revenue);
    assert_int_equal(
        retain_clv_historic(NULL, revenue, NULL, 3, &(retain_clv_options){sizeof(retain_clv_options), 0.0, 0.0, 0.25}, historic),
        RETAIN_OK);
    assert_near(historic[1], 12.5, 0.0);
    assert_int_equal(retain_clv_historic(NULL, revenue, (double[]){0.1, -0.5, 1.0}, 3, NULL, historic), RETAIN_OK);
    assert_near(historic[1], -25.0, 0.0);
    assert_int_equal(retain_clv_total(NULL, historic, residual, 3, total), RETAIN_OK);
    assert_near(total[0], 20.0, 1e-15);
    assert_nan(total[1]);
    assert_near(total[2], 2.5, 0.0);
}

static void value_at_risk_is_risk_times_value_and_adds_up(void **state)
{
    double risk[] = {0.5, 1.0, 0.0, (double)NAN, 0.25}, residual[] = {100.0, 40.0, (double)INFINITY, 3.0, (double)NAN}, at_risk[5],
           sum;

    (void)state;
    assert_int_equal(retain_clv_at_risk(NULL, risk, residual, 5, at_risk, &sum), RETAIN_OK);
    assert_near(at_risk[0], 50.0, 0.0);
    assert_near(at_risk[1], 40.0, 0.0);
    assert_near(at_risk[2], 0.0, 0.0);
    assert_nan(at_risk[3]);
    assert_nan(at_risk[4]);
    assert_near(sum, 90.0, 0.0);
}

static void refuses_bad_input_by_name_and_writes_nothing(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double value[] = {1.0, (double)INFINITY, 1.0}, out[3] = {-7.0, -7.0, -7.0}, sum = -7.0;
    retain_clv_options forgotten = {0, 365.0, 0.1, 1.0}, options = {sizeof options, 365.0, 0.1, 1.0};
    retain_customers days = three;

    (void)state;
    assert_int_equal(retain_clv_residual(&ctx, &cdnow, &three, value, NULL, &options, out), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "value[1] is infinity; it must be finite or NaN");
    value[1] = 1.0;
    assert_int_equal(retain_clv_residual(&ctx, &cdnow, &three, value, NULL, &forgotten, out), RETAIN_ERROR_ARGUMENT);
    options.annual_rate = -0.1;
    assert_int_equal(retain_clv_residual(&ctx, &cdnow, &three, value, NULL, &options, out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.annual_rate is -0.1; it must be finite and at least 0");
    options.annual_rate = 0.1;
    options.horizon_days = (double)NAN;
    assert_int_equal(retain_clv_residual(&ctx, &cdnow, &three, value, NULL, &options, out), RETAIN_ERROR_ARGUMENT);
    options.horizon_days = 365.0;
    options.margin = (double)INFINITY;
    assert_int_equal(retain_clv_residual(&ctx, &cdnow, &three, value, NULL, &options, out), RETAIN_ERROR_ARGUMENT);
    options.margin = 1.0;
    days.unit_days = 1.0; /* the model counts weeks */
    assert_int_not_equal(retain_clv_residual(&ctx, &cdnow, &days, value, NULL, &options, out), RETAIN_OK);
    assert_non_null(strstr(ctx.error, "unit_days"));
    assert_int_equal(retain_clv_residual(&ctx, NULL, &three, value, NULL, &options, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_residual(&ctx, &cdnow, NULL, value, NULL, &options, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_residual(&ctx, &cdnow, &three, NULL, NULL, &options, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_residual(&ctx, &cdnow, &three, value, (double[]){1.0, 1.0, (double)NAN}, &options, out),
                     RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 2);
    assert_int_equal(retain_clv_historic(&ctx, NULL, NULL, 3, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_historic(&ctx, (double[]){1.0, (double)NAN}, NULL, 2, NULL, out), RETAIN_ERROR_DATA);
    assert_int_equal(retain_clv_total(&ctx, value, NULL, 3, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_at_risk(&ctx, (double[]){1.5}, value, 1, out, &sum), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "risk[0] is 1.5; it must lie in [0, 1] or be NaN");
    assert_int_equal(retain_clv_historic(&ctx, (double[]){1.0}, NULL, 1, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "historic is NULL; it is required");
    assert_int_equal(retain_clv_residual(&ctx, &cdnow, &three, value, NULL, &options, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "residual is NULL; it is required");
    assert_int_equal(retain_clv_at_risk(&ctx, (double[]){0.5}, NULL, 1, out, &sum), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "residual is NULL; it is required");
    assert_int_equal(retain_clv_at_risk(&ctx, (double[]){0.5}, value, 1, NULL, &sum), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "value_at_risk is NULL; it is required");
    for (size_t i = 0; i < 3; i++)
        assert_near(out[i], -7.0, 0.0);
    assert_near(sum, -7.0, 0.0);
}

static retain_status value_three(retain_context *ctx, void *state)
{
    double value[] = {1.0, 1.0, 1.0}, residual[3];
    retain_clv_options options = {sizeof options, 365.0, 0.1, 1.0};

    (void)state;
    return retain_clv_residual(ctx, &cdnow, &three, value, NULL, &options, residual);
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    survives_memory_exhaustion(value_three, NULL, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(annual_rates_become_rates_per_unit_of_time),
        cmocka_unit_test(for_ever_at_the_published_rate_gives_the_published_values),
        cmocka_unit_test(a_column_of_zeros_is_a_margin_of_zero),
        cmocka_unit_test(an_undiscounted_horizon_is_expected_orders_times_value_times_margin),
        cmocka_unit_test(a_discounted_horizon_agrees_with_the_sum_of_its_days),
        cmocka_unit_test(a_longer_horizon_and_a_lower_rate_are_never_worth_less),
        cmocka_unit_test(a_unit_of_time_changes_nothing_but_the_unit),
        cmocka_unit_test(total_is_historic_plus_residual),
        cmocka_unit_test(value_at_risk_is_risk_times_value_and_adds_up),
        cmocka_unit_test(refuses_bad_input_by_name_and_writes_nothing),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

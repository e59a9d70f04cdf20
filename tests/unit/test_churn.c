/* Churn risk: what it equals, what it refuses, how bands and losses follow from it. */
#include <string.h>

#include "retain/churn.h"
#include "support.h"

static const retain_btyd pareto = {.family = RETAIN_BTYD_PARETO_NBD,
                                   .unit_days = 7.0,
                                   .r = 0.5534,
                                   .alpha = 10.5802,
                                   .s = 0.6061,
                                   .beta = 11.6562,
                                   .a = (double)NAN,
                                   .b = (double)NAN};
static const retain_btyd bg = {.family = RETAIN_BTYD_BG_NBD,
                               .unit_days = 7.0,
                               .r = 0.243,
                               .alpha = 4.414,
                               .s = (double)NAN,
                               .beta = (double)NAN,
                               .a = 0.793,
                               .b = 2.426};
static const retain_btyd mbg = {.family = RETAIN_BTYD_MBG_NBD,
                                .unit_days = 7.0,
                                .r = 0.525,
                                .alpha = 6.183,
                                .s = (double)NAN,
                                .beta = (double)NAN,
                                .a = 0.891,
                                .b = 1.614};
static const double x[] = {26.0, 2.0, 0.0}, t_x[] = {30.86, 30.43, 0.0}, T[] = {31.0, 38.86, 38.86};
static const retain_customers three = {.count = 3, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};

static void risk_is_the_probability_of_silence_over_ninety_days(void **state)
{
    const retain_btyd *models[] = {&pareto, &bg, &mbg};
    double risk[3], silence[3];

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        assert_int_equal(retain_churn_risk(NULL, models[m], &three, NULL, risk), RETAIN_OK);
        assert_int_equal(retain_btyd_silence(NULL, models[m], &three, 90.0 / 7.0, silence), RETAIN_OK);
        assert_memory_equal(risk, silence, sizeof risk);
        assert_true(risk[0] < risk[1] && risk[1] < risk[2]); /* busy, occasional, once */
    }
}

static void risk_falls_with_a_longer_horizon_but_never_below_the_dead(void **state)
{
    double last[3] = {1.0, 1.0, 1.0}, risk[3], dead[3];
    retain_churn_options options = {.struct_size = sizeof options, .kind = RETAIN_CHURN_DEAD};

    (void)state;
    assert_int_equal(retain_churn_risk(NULL, &pareto, &three, &options, dead), RETAIN_OK);
    options.kind = RETAIN_CHURN_SILENCE;
    for (options.horizon_days = 1.0; options.horizon_days < 1e4; options.horizon_days *= 3.0) {
        assert_int_equal(retain_churn_risk(NULL, &pareto, &three, &options, risk), RETAIN_OK);
        for (size_t i = 0; i < 3; i++) {
            assert_true(risk[i] <= last[i] && risk[i] >= dead[i]);
            last[i] = risk[i];
        }
    }
}

static void dead_means_nothing_where_nobody_leaves(void **state)
{
    const retain_btyd never = {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.385, .alpha = 12.07};
    retain_churn_options options = {.struct_size = sizeof options, .kind = RETAIN_CHURN_DEAD};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double risk[3];

    (void)state;
    assert_int_equal(retain_churn_risk(&ctx, &never, &three, &options, risk), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "under NBD nobody ever leaves"));
    assert_int_equal(retain_churn_risk(&ctx, &never, &three, NULL, risk), RETAIN_OK);
    assert_true(risk[0] < risk[1] && risk[1] < risk[2]);
}

/* Horizons in days, of customers who are counted in opportunities. */
static void opportunities_are_counted_in_days(void **state)
{
    const retain_btyd donors = {.family = RETAIN_BTYD_BG_BB,
                                .unit_days = 365.25,
                                .alpha = 1.203523,
                                .beta = 0.749717,
                                .gamma = 0.656717,
                                .delta = 2.783433};
    static const double used[] = {4.0, 0.0}, last[] = {5.0, 0.0}, years[] = {6.0, 6.0};
    const retain_customers two = {.count = 2, .frequency = used, .t_x = last, .T = years, .unit_days = 365.25};
    retain_churn_options options = {.struct_size = sizeof options, .horizon_days = 730.5};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double risk[2], silence[2], alive[2];

    (void)state;
    assert_int_equal(retain_churn_risk(&ctx, &donors, &two, &options, risk), RETAIN_OK);
    assert_int_equal(retain_btyd_silence(&ctx, &donors, &two, 2.0, silence), RETAIN_OK);
    assert_memory_equal(risk, silence, sizeof risk);
    options.kind = RETAIN_CHURN_DEAD;
    assert_int_equal(retain_churn_risk(&ctx, &donors, &two, &options, risk), RETAIN_OK);
    assert_int_equal(retain_btyd_alive(&ctx, &donors, &two, alive, NULL), RETAIN_OK);
    assert_near(risk[1], 1.0 - alive[1], 1e-15);
    assert_int_equal(retain_churn_risk(&ctx, &donors, &two, NULL, risk), RETAIN_ERROR_ARGUMENT); /* 90 days of a year */
    assert_non_null(strstr(ctx.error, "under BG/BB it must be a whole number of opportunities"));
}

static void dead_is_the_complement_of_alive(void **state)
{
    double dead[3], alive[3];
    retain_churn_options options = {.struct_size = sizeof options, .kind = RETAIN_CHURN_DEAD};

    (void)state;
    assert_int_equal(retain_churn_risk(NULL, &mbg, &three, &options, dead), RETAIN_OK);
    assert_int_equal(retain_btyd_alive(NULL, &mbg, &three, alive, NULL), RETAIN_OK);
    for (size_t i = 0; i < 3; i++)
        assert_near(dead[i] + alive[i], 1.0, 1e-15);
}

static void refuses_to_call_the_complement_of_alive_a_risk_under_bg_nbd(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_churn_options options = {.struct_size = sizeof options, .kind = RETAIN_CHURN_DEAD};
    double risk[3] = {-7.0, -7.0, -7.0};

    (void)state;
    assert_int_equal(retain_churn_risk(&ctx, &bg, &three, &options, risk), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "one-time buyer"));
    assert_near(risk[0], -7.0, 0.0);
}

static void bands_count_the_cuts_that_a_risk_has_reached(void **state)
{
    double risk[] = {0.0, 0.49999, 0.5, 0.7999, 0.8, 1.0}, cuts[] = {0.1, 0.2, 0.9};
    uint8_t band[6];

    (void)state;
    assert_int_equal(retain_churn_bands(NULL, risk, 6, NULL, 0, band), RETAIN_OK);
    assert_memory_equal(band, ((uint8_t[]){0, 0, 1, 1, 2, 2}), 6);
    assert_int_equal(retain_churn_bands(NULL, risk, 6, cuts, 3, band), RETAIN_OK);
    assert_memory_equal(band, ((uint8_t[]){0, 2, 2, 2, 2, 3}), 6);
    assert_int_equal(retain_churn_bands(NULL, risk, 6, cuts, 0, band), RETAIN_OK);
    assert_memory_equal(band, ((uint8_t[]){0, 0, 0, 0, 0, 0}), 6);
}

static void an_offer_pays_when_what_it_saves_exceeds_its_cost(void **state)
{
    double risk[] = {0.9, 0.9, 0.1}, residual[] = {100.0, (double)NAN, 100.0}, loss[3], gain[3];

    (void)state;
    assert_int_equal(retain_churn_expected_loss(NULL, risk, residual, 3, 5.0, 0.2, loss, gain), RETAIN_OK);
    assert_near(loss[0], 90.0, 1e-12);
    assert_near(gain[0], 13.0, 1e-12);
    assert_nan(loss[1]);
    assert_nan(gain[1]);
    assert_near(gain[2], -3.0, 1e-12);
    assert_int_equal(retain_churn_expected_loss(NULL, risk, residual, 3, 0.0, 0.0, loss, NULL), RETAIN_OK);
}

static void refuses_bad_input_by_name_and_writes_nothing(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_churn_options options = {.struct_size = sizeof options, .horizon_days = -1.0};
    double risk[] = {0.5, 1.5}, out[2] = {-7.0, -7.0}, value[] = {1.0, 2.0}, same[] = {0.5, 0.5}, outside[] = {0.0};
    uint8_t band[2] = {77, 77};

    (void)state;
    assert_int_equal(retain_churn_risk(&ctx, &pareto, &three, &options, out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.horizon_days is -1; it must be positive and finite (0 means 90)");
    options.horizon_days = 0.0;
    options.kind = (retain_churn_kind)9;
    assert_int_equal(retain_churn_risk(&ctx, &pareto, &three, &options, out), RETAIN_ERROR_ARGUMENT);
    options.struct_size = 0;
    assert_int_equal(retain_churn_risk(&ctx, &pareto, &three, &options, out), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "options.struct_size"));
    assert_int_equal(retain_churn_risk(&ctx, NULL, &three, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_churn_risk(&ctx, &pareto, &three, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_churn_bands(&ctx, risk, 2, NULL, 0, band), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "risk[1] is 1.5; it must lie in [0, 1]");
    assert_int_equal(ctx.row, 1);
    risk[1] = (double)NAN;
    assert_int_equal(retain_churn_bands(&ctx, risk, 2, NULL, 0, band), RETAIN_ERROR_DATA);
    risk[1] = 0.5;
    assert_int_equal(retain_churn_bands(&ctx, risk, 2, same, 2, band), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_churn_bands(&ctx, risk, 2, outside, 1, band), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_churn_bands(&ctx, risk, 2, same, 255, band), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_churn_bands(&ctx, risk, 2, NULL, 0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "band is NULL; it is required");
    assert_int_equal(band[0], 77);
    assert_int_equal(retain_churn_expected_loss(&ctx, risk, value, 2, 1.0, 0.5, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "loss is NULL; it is required");
    assert_int_equal(retain_churn_expected_loss(&ctx, risk, value, 2, -1.0, 0.5, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_churn_expected_loss(&ctx, risk, value, 2, 1.0, 1.5, out, NULL), RETAIN_ERROR_ARGUMENT);
    value[1] = (double)INFINITY;
    assert_int_equal(retain_churn_expected_loss(&ctx, risk, value, 2, 1.0, 0.5, out, NULL), RETAIN_ERROR_DATA);
    assert_near(out[0], -7.0, 0.0);
}

static retain_status score_three(retain_context *ctx, void *state)
{
    retain_churn_options options = {.struct_size = sizeof options, .kind = RETAIN_CHURN_DEAD};
    double risk[3];

    (void)state;
    return retain_churn_risk(ctx, &pareto, &three, &options, risk);
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    survives_memory_exhaustion(score_three, NULL, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(risk_is_the_probability_of_silence_over_ninety_days),
        cmocka_unit_test(risk_falls_with_a_longer_horizon_but_never_below_the_dead),
        cmocka_unit_test(dead_means_nothing_where_nobody_leaves),
        cmocka_unit_test(opportunities_are_counted_in_days),
        cmocka_unit_test(dead_is_the_complement_of_alive),
        cmocka_unit_test(refuses_to_call_the_complement_of_alive_a_risk_under_bg_nbd),
        cmocka_unit_test(bands_count_the_cuts_that_a_risk_has_reached),
        cmocka_unit_test(an_offer_pays_when_what_it_saves_exceeds_its_cost),
        cmocka_unit_test(refuses_bad_input_by_name_and_writes_nothing),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

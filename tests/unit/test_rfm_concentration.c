/* Tiers, Lorenz curve and Gini coefficient, against exact fractions that look at all pairs of customers. */
#include "logs.h"
#include "retain/rfm.h"
#include "support.h"

enum { MOST = 300 };
static const double Z = 1.959963984540054; /* normal quantile of 0.975 */

/* Numbers separated by blanks. */
static size_t read_list(const char *text, double *values)
{
    size_t count = 0;
    char *end;

    for (double x = strtod(text, &end); end != text; x = strtod(text, &end)) {
        values[count++] = x;
        text = end;
    }
    return count;
}

static double cut_to_share(double x)
{
    return x < 0.0 ? 0.0 : x > 1.0 ? 1.0 : x;
}

/* value +- Z times the error; an unknown error says nothing about the limits. The error may be off by 1e-12 of it, and by what
 * rounding leaves of a zero. */
static void assert_interval(double got_low, double got_high, double value, double error, int exact)
{
    if (isnan(error))
        return;
    if (error == 0.0 && !exact) {
        assert_true(isnan(got_low) && isnan(got_high)); /* no width would say that there is no doubt */
        return;
    }
    assert_near(got_low, cut_to_share(value - Z * error), 2e-12);
    assert_near(got_high, cut_to_share(value + Z * error), 2e-12);
}

static void coefficient_and_curve_agree_with_exact_fractions(void **state)
{
    golden table = golden_read("rfm/concentration.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double values[MOST];
        const size_t count = read_list(golden_text(&table, row, "values"), values);
        const double want = golden_number(&table, row, "value"), error = golden_number(&table, row, "standard_error");
        double p = golden_number(&table, row, "p"), got, low, high, top;

        if (!strcmp(golden_text(&table, row, "figure"), "gini")) {
            assert_int_equal(retain_rfm_gini(NULL, values, count, 0.0, &got, &low, &high), RETAIN_OK);
            assert_near(got, want, 1e-15);
            assert_interval(low, high, want, error, 0);
            assert_true(count > 1 || isnan(low));
            continue;
        }
        assert_int_equal(retain_rfm_lorenz(NULL, values, count, &p, 1, 0.0, &got, &low, &high), RETAIN_OK);
        assert_near(got, want, 1e-15);
        assert_interval(low, high, want, error, p == 0.0 || p == 1.0);
        assert_true(count > 1 || isnan(low));
        p = 1.0 - p;
        assert_int_equal(retain_rfm_top_share(NULL, values, count, &p, 1, 0.0, &top, &low, &high), RETAIN_OK);
        assert_near(top, 1.0 - want, 1e-15);
        assert_interval(low, high, 1.0 - want, error, p == 0.0 || p == 1.0);
    }
    golden_free(&table);
}

/* The limits from the influences one by one, of values that differ much, little and hardly at all. */
static void limits_are_those_of_the_influences_one_by_one(void **state)
{
    enum { COUNT = 500, POINTS = 37 };
    double values[COUNT], p[POINTS], share[POINTS], low[POINTS], high[POINTS];

    (void)state;
    for (size_t j = 0; j < POINTS; j++)
        p[j] = (double)j / (POINTS - 1);
    for (int kind = 0; kind < 5; kind++) {
        double total = 0.0;

        for (size_t i = 0; i < COUNT; i++) {
            const double x = (double)i;
            const double kinds[] = {x, exp(x / 10.0), i < 250 ? 1e-9 + x * 1e-12 : 1e9 + x, 1.0 + x * 1e-10,
                                    1e-200 * (1.0 + x * x)};

            values[i] = kinds[kind];
            total += values[i];
        }
        assert_int_equal(retain_rfm_lorenz(NULL, values, COUNT, p, POINTS, 0.0, share, low, high), RETAIN_OK);
        for (size_t j = 0; j < POINTS; j++) {
            const size_t at = (size_t)(p[j] * COUNT);
            const double q = values[at < COUNT ? at : COUNT - 1];
            double squares = 0.0, half;

            for (size_t i = 0; i < COUNT; i++) {
                const double d = (fmin(values[i] - q, 0.0) + p[j] * q - share[j] * values[i]) / (total / COUNT);

                squares += d * d;
            }
            half = Z * sqrt(squares) / COUNT;
            assert_near(low[j], cut_to_share(share[j] - half), 1e-15 + 1e-9 * half);
            assert_near(high[j], cut_to_share(share[j] + half), 1e-15 + 1e-9 * half);
        }
    }
}

static void alike_customers_are_equal_and_say_nothing_of_the_others(void **state)
{
    double values[100], p[] = {0.0, 0.1, 0.25, 0.333, 0.5, 1.0}, share[6], low[6], high[6], gini;

    (void)state;
    for (size_t i = 0; i < 100; i++)
        values[i] = 19.99;
    assert_int_equal(retain_rfm_gini(NULL, values, 100, 0.0, &gini, low, high), RETAIN_OK);
    assert_near(gini, 0.0, 0.0);
    assert_true(isnan(low[0]) && isnan(high[0]));
    assert_int_equal(retain_rfm_lorenz(NULL, values, 100, p, 6, 0.0, share, low, high), RETAIN_OK);
    for (size_t i = 0; i < 6; i++) {
        assert_near(share[i], p[i], 1e-15);
        if (p[i] == 0.0 || p[i] == 1.0)
            assert_true(low[i] == p[i] && high[i] == p[i]); /* of any customers */
        else
            assert_true(isnan(low[i]) && isnan(high[i]));
    }
}

static void the_curve_is_convex_and_twice_its_area_from_the_diagonal_is_the_coefficient(void **state)
{
    enum { POINTS = 1001 };
    uint64_t seed = 8;
    double values[MOST], p[POINTS], curve[POINTS], gini, area = 0.0;

    (void)state;
    for (size_t i = 0; i < 200; i++) /* a divisor of 1000, so that corners lie at points */
        values[i] = (double)random_between(&seed, 0, 40) * (double)random_between(&seed, 0, 9);
    for (size_t i = 0; i < POINTS; i++)
        p[i] = (double)i / (POINTS - 1);
    assert_int_equal(retain_rfm_lorenz(NULL, values, 200, p, POINTS, 0.0, curve, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_rfm_gini(NULL, values, 200, 0.0, &gini, NULL, NULL), RETAIN_OK);
    assert_near(curve[0], 0.0, 0.0);
    assert_near(curve[POINTS - 1], 1.0, 0.0);
    for (size_t i = 1; i < POINTS; i++) {
        area += (p[i] - p[i - 1]) * (p[i] + p[i - 1] - curve[i] - curve[i - 1]);
        assert_true(curve[i] >= curve[i - 1] && curve[i] <= p[i] + 1e-15);
        assert_true(i == 1 || curve[i] - 2.0 * curve[i - 1] + curve[i - 2] >= -1e-14);
    }
    assert_near(area, gini, 1e-14);
}

static void figures_do_not_depend_on_order_or_currency(void **state)
{
    uint64_t seed = 77;
    double values[MOST], other[MOST], gini[2][3], share[2][3];
    const double p = 0.2;

    (void)state;
    for (size_t i = 0; i < MOST; i++)
        values[i] = (double)random_between(&seed, 1, 100000) / 100.0;
    for (size_t i = 0; i < MOST; i++)
        other[i] = 1024.0 * values[MOST - 1 - i];
    assert_int_equal(retain_rfm_gini(NULL, values, MOST, 0.0, &gini[0][0], &gini[0][1], &gini[0][2]), RETAIN_OK);
    assert_int_equal(retain_rfm_gini(NULL, other, MOST, 0.0, &gini[1][0], &gini[1][1], &gini[1][2]), RETAIN_OK);
    assert_memory_equal(gini[0], gini[1], sizeof gini[0]);
    assert_int_equal(retain_rfm_top_share(NULL, values, MOST, &p, 1, 0.0, &share[0][0], &share[0][1], &share[0][2]), RETAIN_OK);
    assert_int_equal(retain_rfm_top_share(NULL, other, MOST, &p, 1, 0.0, &share[1][0], &share[1][1], &share[1][2]), RETAIN_OK);
    assert_memory_equal(share[0], share[1], sizeof share[0]);
    assert_true(gini[0][1] < gini[0][0] && gini[0][0] < gini[0][2]);
}

static void nobody_and_nothing_have_no_concentration(void **state)
{
    const double zeros[] = {0.0, -0.0, 0.0}, p[] = {0.0, 0.5};
    double share[2], low[2], high[2];
    uint8_t tier[3];

    (void)state;
    assert_int_equal(retain_rfm_gini(NULL, zeros, 3, 0.0, share, low, high), RETAIN_OK);
    assert_true(isnan(share[0]) && isnan(low[0]) && isnan(high[0]));
    assert_int_equal(retain_rfm_gini(NULL, NULL, 0, 0.0, share, NULL, NULL), RETAIN_OK);
    assert_nan(share[0]);
    assert_int_equal(retain_rfm_lorenz(NULL, zeros, 3, p, 2, 0.0, share, low, high), RETAIN_OK);
    assert_true(isnan(share[0]) && isnan(share[1]) && isnan(low[1]));
    assert_int_equal(retain_rfm_top_share(NULL, NULL, 0, p, 2, 0.0, share, low, high), RETAIN_OK);
    assert_true(isnan(share[0]) && isnan(share[1]) && isnan(high[1]));
    assert_int_equal(retain_rfm_tiers(NULL, zeros, 3, RETAIN_RFM_TIERS_BY_VALUE, NULL, 0, tier), RETAIN_OK);
    assert_memory_equal(tier, ((uint8_t[]){2, 2, 2}), 3);
    assert_int_equal(retain_rfm_tiers(NULL, NULL, 0, RETAIN_RFM_TIERS_BY_VALUE, NULL, 0, NULL), RETAIN_OK);
}

/* --- tiers -------------------------------------------------------------------------------------------------------------------------- */

static void tier_a_makes_the_first_eighty_per_cent(void **state)
{
    const double even[] = {4, 1, 4, 1}, alone[] = {1, 97, 1, 1}, ties[] = {10, 10, 10, 10, 10, 0};
    uint8_t tier[6];

    (void)state;
    assert_int_equal(retain_rfm_tiers(NULL, even, 4, RETAIN_RFM_TIERS_BY_VALUE, NULL, 0, tier), RETAIN_OK);
    assert_memory_equal(tier, ((uint8_t[]){0, 1, 0, 1}), 4); /* those with 1 begin at 80 % */
    assert_int_equal(retain_rfm_tiers(NULL, alone, 4, RETAIN_RFM_TIERS_BY_VALUE, NULL, 0, tier), RETAIN_OK);
    assert_memory_equal(tier, ((uint8_t[]){2, 0, 2, 2}), 4); /* who crosses the line belongs to A */
    assert_int_equal(retain_rfm_tiers(NULL, ties, 6, RETAIN_RFM_TIERS_BY_VALUE, NULL, 0, tier), RETAIN_OK);
    assert_memory_equal(tier, ((uint8_t[]){0, 0, 0, 0, 0, 2}), 6);
}

static void tiers_by_customers_are_the_best_so_many_per_cent(void **state)
{
    const double cuts[] = {0.2, 0.5};
    double values[10];
    uint8_t tier[10];

    (void)state;
    for (size_t i = 0; i < 10; i++)
        values[i] = (double)i;
    assert_int_equal(retain_rfm_tiers(NULL, values, 10, RETAIN_RFM_TIERS_BY_CUSTOMERS, cuts, 2, tier), RETAIN_OK);
    assert_memory_equal(tier, ((uint8_t[]){2, 2, 2, 2, 2, 1, 1, 1, 0, 0}), 10);
    assert_int_equal(retain_rfm_tiers(NULL, values, 10, RETAIN_RFM_TIERS_BY_CUSTOMERS, NULL, 0, tier), RETAIN_OK);
    assert_memory_equal(tier, ((uint8_t[]){3, 3, 3, 3, 3, 3, 3, 3, 2, 0}), 10);
    assert_int_equal(retain_rfm_tiers(NULL, values, 10, RETAIN_RFM_TIERS_BY_CUSTOMERS, cuts, 0, tier), RETAIN_OK);
    assert_memory_equal(tier, ((uint8_t[10]){0}), 10);
}

/* From the definition: cuts that are not more than the share of what is strictly better. */
static void tiers_count_the_cuts_that_better_customers_fill(void **state)
{
    uint64_t seed = 31;

    (void)state;
    for (int round = 0; round < 300; round++) {
        const size_t n = (size_t)random_between(&seed, 1, 60), cut_count = (size_t)random_between(&seed, 0, 254);
        const retain_rfm_tier_kind kind = round % 2 ? RETAIN_RFM_TIERS_BY_VALUE : RETAIN_RFM_TIERS_BY_CUSTOMERS;
        double values[MOST], cuts[254], total = 0.0;
        uint8_t tier[MOST];

        for (size_t i = 0; i < n; i++)
            total += values[i] = (double)random_between(&seed, 0, round % 7 ? 50 : 3);
        for (size_t k = 0; k < cut_count; k++)
            cuts[k] = ((double)k + 1.0) / 256.0;
        assert_int_equal(retain_rfm_tiers(NULL, values, n, kind, cuts, cut_count, tier), RETAIN_OK);
        for (size_t i = 0; i < n && total > 0.0; i++) {
            double better = 0.0;
            size_t want = 0;

            for (size_t j = 0; j < n; j++)
                better += values[j] > values[i] ? (kind == RETAIN_RFM_TIERS_BY_VALUE ? values[j] : 1.0) : 0.0;
            while (want < cut_count && cuts[want] <= better / (kind == RETAIN_RFM_TIERS_BY_VALUE ? total : (double)n))
                want++;
            assert_int_equal(tier[i], want);
        }
    }
}

/* --- refusals ----------------------------------------------------------------------------------------------------------------------- */

static void refuses_bad_input_by_name_and_writes_nothing(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    const double good[] = {1, 2}, negative[] = {1, -2}, nan[] = {1, (double)NAN}, outside[] = {0.5, 1.5}, same[] = {0.5, 0.5},
                 one = 1.0, none = 0.0;
    double out[2] = {-7.0, -7.0};
    uint8_t tier[2] = {77, 77};

    (void)state;
    assert_int_equal(retain_rfm_gini(&ctx, negative, 2, 0.0, out, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "value[1] is -2; it must lie in [0, 1e140]");
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_rfm_gini(&ctx, nan, 2, 0.0, out, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_rfm_gini(&ctx, NULL, 2, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_gini(&ctx, good, 2, 0.0, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_gini(&ctx, good, 2, 1.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_lorenz(&ctx, good, 2, outside, 2, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "p[1] is 1.5; it must lie in [0, 1]");
    assert_int_equal(retain_rfm_lorenz(&ctx, good, 2, nan, 2, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_lorenz(&ctx, good, 2, NULL, 2, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_lorenz(&ctx, good, 2, same, 2, 0.0, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "lorenz is NULL; it is required");
    assert_int_equal(retain_rfm_top_share(&ctx, good, 2, same, 2, -1.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_top_share(&ctx, negative, 2, same, 2, 0.0, out, NULL, NULL), RETAIN_ERROR_DATA);
    assert_near(out[0], -7.0, 0.0);
    assert_int_equal(retain_rfm_tiers(&ctx, good, 2, (retain_rfm_tier_kind)2, NULL, 0, tier), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "kind is 2; it must be a retain_rfm_tier_kind");
    assert_int_equal(retain_rfm_tiers(&ctx, good, 2, RETAIN_RFM_TIERS_BY_VALUE, same, 2, tier), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "cuts[1] is 0.5; it must be greater than the cut before it, 0.5");
    assert_int_equal(retain_rfm_tiers(&ctx, good, 2, RETAIN_RFM_TIERS_BY_VALUE, &one, 1, tier), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_tiers(&ctx, good, 2, RETAIN_RFM_TIERS_BY_VALUE, same, 255, tier), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_tiers(&ctx, good, 2, RETAIN_RFM_TIERS_BY_VALUE, NULL, 0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_tiers(&ctx, negative, 2, RETAIN_RFM_TIERS_BY_VALUE, NULL, 0, tier), RETAIN_ERROR_DATA);
    assert_int_equal(retain_rfm_tiers(&ctx, good, 2, RETAIN_RFM_TIERS_BY_VALUE, &none, 1, tier), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(tier[0], 77);
}

static void refuses_contexts_of_another_size(void **state)
{
    retain_context ctx = {.struct_size = 3};
    const double value = 1.0;
    double out = -7.0;
    uint8_t tier = 77;

    (void)state;
    assert_int_equal(retain_rfm_tiers(&ctx, &value, 1, RETAIN_RFM_TIERS_BY_VALUE, NULL, 0, &tier), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_lorenz(&ctx, &value, 1, &value, 1, 0.0, &out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_gini(&ctx, &value, 1, 0.0, &out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_true(out == -7.0 && tier == 77);
}

static void limits_can_be_had_alone_and_results_written_over_the_points(void **state)
{
    const double values[] = {1.0, 2.0, 5.0, 9.0};
    double p[] = {0.3, 0.6}, share[2], low[2], high[2], alone[2], gini, edge;

    (void)state;
    assert_int_equal(retain_rfm_lorenz(NULL, values, 4, p, 2, 0.9, share, low, high), RETAIN_OK);
    assert_int_equal(retain_rfm_lorenz(NULL, values, 4, p, 2, 0.9, share, NULL, alone), RETAIN_OK);
    assert_memory_equal(alone, high, sizeof high);
    assert_int_equal(retain_rfm_lorenz(NULL, values, 4, p, 2, 0.9, p, alone, NULL), RETAIN_OK);
    assert_memory_equal(alone, low, sizeof low);
    assert_memory_equal(p, share, sizeof share);
    assert_int_equal(retain_rfm_lorenz(NULL, values, 4, NULL, 0, 0.9, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_rfm_gini(NULL, values, 4, 0.9, &gini, &low[0], &high[0]), RETAIN_OK);
    assert_int_equal(retain_rfm_gini(NULL, values, 4, 0.9, &gini, NULL, &edge), RETAIN_OK);
    assert_near(edge, high[0], 0.0);
    assert_int_equal(retain_rfm_gini(NULL, values, 4, 0.9, &gini, &edge, NULL), RETAIN_OK);
    assert_near(edge, low[0], 0.0);
}

static retain_status do_all(retain_context *ctx, void *state)
{
    const double values[] = {1, 2, 3}, p = 0.5;
    double out;
    uint8_t tier[3];
    retain_status status = retain_rfm_tiers(ctx, values, 3, RETAIN_RFM_TIERS_BY_VALUE, NULL, 0, tier);

    (void)state;
    if (status == RETAIN_OK)
        status = retain_rfm_lorenz(ctx, values, 3, &p, 1, 0.0, &out, NULL, NULL);
    if (status == RETAIN_OK)
        status = retain_rfm_gini(ctx, values, 3, 0.0, &out, NULL, NULL);
    return status;
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    survives_memory_exhaustion(do_all, NULL, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficient_and_curve_agree_with_exact_fractions),
        cmocka_unit_test(limits_are_those_of_the_influences_one_by_one),
        cmocka_unit_test(alike_customers_are_equal_and_say_nothing_of_the_others),
        cmocka_unit_test(the_curve_is_convex_and_twice_its_area_from_the_diagonal_is_the_coefficient),
        cmocka_unit_test(figures_do_not_depend_on_order_or_currency),
        cmocka_unit_test(nobody_and_nothing_have_no_concentration),
        cmocka_unit_test(tier_a_makes_the_first_eighty_per_cent),
        cmocka_unit_test(tiers_by_customers_are_the_best_so_many_per_cent),
        cmocka_unit_test(tiers_count_the_cuts_that_better_customers_fill),
        cmocka_unit_test(refuses_bad_input_by_name_and_writes_nothing),
        cmocka_unit_test(refuses_contexts_of_another_size),
        cmocka_unit_test(limits_can_be_had_alone_and_results_written_over_the_points),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

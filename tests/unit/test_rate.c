/* Wilson's interval and the difference of two rates: golden values, their ends, and that they keep their promises. */
#include "retain/rate.h"
#include "support.h"

static void limits_meet_the_golden_values(void **state)
{
    golden table = golden_read("rate/wilson.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double k = golden_number(&table, row, "k"), n = golden_number(&table, row, "n");
        double level = golden_number(&table, row, "conf"), low = golden_number(&table, row, "low");
        double high = golden_number(&table, row, "high");

        assert_near(retain_rate_low(k, n, level), low, 1e-12 * low);
        assert_near(retain_rate_high(k, n, level), high, 1e-12 * high);
    }
    golden_free(&table);
}

static void the_example_of_the_header_is_true(void **state)
{
    (void)state;
    assert_near(retain_rate_low(30, 40, 0.95), 0.598, 5e-4);
    assert_near(retain_rate_high(30, 40, 0.95), 0.858, 5e-4);
}

static void ends_are_exact(void **state)
{
    (void)state;
    for (double n = 1.0; n < 1e15; n *= 7.0) {
        assert_near(retain_rate_low(0.0, n, 0.95), 0.0, 0.0);
        assert_near(retain_rate_high(n, n, 0.95), 1.0, 0.0);
        assert_true(retain_rate_high(0.0, n, 0.95) > 0.0);
        assert_true(retain_rate_low(n, n, 0.95) < 1.0);
    }
}

static void what_is_undefined_is_nan(void **state)
{
    static const double cases[][3] = {{1, 0, 0.95},           {1, -2, 0.95},       {-1, 2, 0.95},
                                      {3, 2, 0.95},           {1, 2, 0},           {1, 2, 1},
                                      {1, 2, -0.5},           {1, 2, 1.5},         {(double)NAN, 2, 0.95},
                                      {1, (double)NAN, 0.95}, {1, 2, (double)NAN}, {1, (double)INFINITY, 0.95}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_nan(retain_rate_low(cases[i][0], cases[i][1], cases[i][2]));
        assert_nan(retain_rate_high(cases[i][0], cases[i][1], cases[i][2]));
    }
}

/* The rate lies between the limits; more trials and lower levels narrow them; swapping success and failure mirrors them. */
static void limits_are_ordered_and_symmetric(void **state)
{
    (void)state;
    for (double n = 1.0; n <= 2000.0; n = floor(n * 1.7) + 1.0)
        for (double k = 0.0; k <= n; k += floor(n / 50.0) + 1.0) {
            double low = retain_rate_low(k, n, 0.9), high = retain_rate_high(k, n, 0.9);

            assert_true(0.0 <= low && low <= k / n && k / n <= high && high <= 1.0);
            assert_true(retain_rate_low(k, n, 0.99) <= low && high <= retain_rate_high(k, n, 0.99));
            assert_true(retain_rate_high(10 * k, 10 * n, 0.9) - retain_rate_low(10 * k, 10 * n, 0.9) < high - low);
            assert_near(retain_rate_low(n - k, n, 0.9), 1.0 - high, 4e-16);
        }
}

/* --- the difference of two ------------------------------------------------------------------------------------------------------ */

static void differences_meet_the_golden_values(void **state)
{
    golden table = golden_read("rate/difference.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double k1 = golden_number(&table, row, "successes_1"), n1 = golden_number(&table, row, "trials_1");
        double k2 = golden_number(&table, row, "successes_2"), n2 = golden_number(&table, row, "trials_2");
        double level = golden_number(&table, row, "level"), d = golden_number(&table, row, "difference");
        double low = golden_number(&table, row, "low"), high = golden_number(&table, row, "high");
        double z = golden_number(&table, row, "z"), p = golden_number(&table, row, "p_value");

        assert_near(retain_rate_difference(k1, n1, k2, n2), d, 2e-16 * fabs(d));
        assert_near(retain_rate_difference_low(k1, n1, k2, n2, level), low, 2e-15 * (fabs(d) + fabs(d - low)));
        assert_near(retain_rate_difference_high(k1, n1, k2, n2, level), high, 2e-15 * (fabs(d) + fabs(high - d)));
        assert_near(retain_rate_difference_z(k1, n1, k2, n2), z, 1e-14 * fabs(z));
        assert_near(retain_rate_difference_p_value(k1, n1, k2, n2), p, 1e-14 * (1.0 + z * z) * p);
    }
    golden_free(&table);
}

/* Table II of Newcombe (1998), method 10. */
static void differences_are_those_that_newcombe_published(void **state)
{
    static const double cases[][6] = {{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090},
                                      {6, 7, 2, 7, 0.0582, 0.8062},     {5, 56, 0, 29, -0.0381, 0.1926},
                                      {0, 10, 0, 20, -0.1611, 0.2775},  {0, 10, 0, 10, -0.2775, 0.2775},
                                      {10, 10, 0, 20, 0.6791, 1.0},     {10, 10, 0, 10, 0.6075, 1.0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double *c = cases[i];

        assert_near(retain_rate_difference_low(c[0], c[1], c[2], c[3], 0.95), c[4], 5e-5);
        assert_near(retain_rate_difference_high(c[0], c[1], c[2], c[3], 0.95), c[5], 5e-5);
    }
}

static void what_cannot_be_compared_is_nan(void **state)
{
    static const double bad[][2] = {{1, 0},
                                    {1, -2},
                                    {-1, 2},
                                    {3, 2},
                                    {(double)NAN, 2},
                                    {1, (double)NAN},
                                    {1, (double)INFINITY},
                                    {(double)INFINITY, (double)INFINITY}};
    static const double levels[] = {0.0, 1.0, -1.0, 2.0, (double)NAN};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (int second = 0; second < 2; second++) {
            double k1 = second ? 1 : bad[i][0], n1 = second ? 2 : bad[i][1], k2 = second ? bad[i][0] : 1,
                   n2 = second ? bad[i][1] : 2;

            assert_nan(retain_rate_difference(k1, n1, k2, n2));
            assert_nan(retain_rate_difference_low(k1, n1, k2, n2, 0.95));
            assert_nan(retain_rate_difference_high(k1, n1, k2, n2, 0.95));
            assert_nan(retain_rate_difference_z(k1, n1, k2, n2));
            assert_nan(retain_rate_difference_p_value(k1, n1, k2, n2));
        }
    }
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        assert_nan(retain_rate_difference_low(1, 2, 1, 2, levels[i]));
        assert_nan(retain_rate_difference_high(1, 2, 1, 2, levels[i]));
    }
}

static void without_any_success_or_failure_there_is_an_interval_but_no_test(void **state)
{
    (void)state;
    for (double k = 0.0; k <= 1.0; k++) {
        assert_near(retain_rate_difference(10 * k, 10, 20 * k, 20), 0.0, 0.0);
        assert_true(retain_rate_difference_low(10 * k, 10, 20 * k, 20, 0.95) < 0.0);
        assert_true(retain_rate_difference_high(10 * k, 10, 20 * k, 20, 0.95) > 0.0);
        assert_nan(retain_rate_difference_z(10 * k, 10, 20 * k, 20));
        assert_nan(retain_rate_difference_p_value(10 * k, 10, 20 * k, 20));
    }
    assert_true(retain_rate_difference_z(0, 10, 3, 10) < 0.0); /* one empty cell does no harm */
}

/* Exchanging the groups, or success and failure, mirrors everything; the limits lie around the difference, in [-1, 1]. */
static void differences_are_ordered_and_symmetric(void **state)
{
    uint64_t stream = 3;

    (void)state;
    for (int i = 0; i < 100000; i++) {
        double n1 = 1.0 + (double)(random_bits(&stream) >> (11 + random_bits(&stream) % 52)),
               n2 = 1.0 + (double)(random_bits(&stream) >> 58);
        double k1 = floor(n1 * ((double)(random_bits(&stream) >> 11) * 0x1p-53)),
               k2 = (double)(random_bits(&stream) % ((uint64_t)n2 + 1));
        double d = retain_rate_difference(k1, n1, k2, n2);
        double low = retain_rate_difference_low(k1, n1, k2, n2, 0.95), high = retain_rate_difference_high(k1, n1, k2, n2, 0.95);
        double z = retain_rate_difference_z(k1, n1, k2, n2), p = retain_rate_difference_p_value(k1, n1, k2, n2);

        assert_true(-1.0 <= low && low <= d && d <= high && high <= 1.0);
        assert_near(retain_rate_difference(k2, n2, k1, n1), -d, 0.0);
        assert_near(retain_rate_difference_low(k2, n2, k1, n1, 0.95), -high, 0.0);
        assert_near(retain_rate_difference_low(n1 - k1, n1, n2 - k2, n2, 0.95), -high, 1e-15);
        assert_near(retain_rate_difference_z(k2, n2, k1, n1), -z, 1e-15 * fabs(z));
        assert_near(retain_rate_difference_p_value(n1 - k1, n1, n2 - k2, n2), p, 1e-14 * (1.0 + z * z));
        assert_true(isnan(p) || (p >= 0.0 && p <= 1.0));
    }
}

static void the_example_of_the_header_about_two_rates_is_true(void **state)
{
    (void)state;
    assert_near(retain_rate_difference(56, 70, 48, 80), 0.2, 1e-16);
    assert_near(retain_rate_difference_low(56, 70, 48, 80, 0.95), 0.052, 5e-4);
    assert_near(retain_rate_difference_high(56, 70, 48, 80, 0.95), 0.334, 5e-4);
    assert_near(retain_rate_difference_p_value(56, 70, 48, 80), 0.008, 5e-4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_meet_the_golden_values),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(ends_are_exact),
        cmocka_unit_test(what_is_undefined_is_nan),
        cmocka_unit_test(limits_are_ordered_and_symmetric),
        cmocka_unit_test(differences_meet_the_golden_values),
        cmocka_unit_test(differences_are_those_that_newcombe_published),
        cmocka_unit_test(what_cannot_be_compared_is_nan),
        cmocka_unit_test(without_any_success_or_failure_there_is_an_interval_but_no_test),
        cmocka_unit_test(differences_are_ordered_and_symmetric),
        cmocka_unit_test(the_example_of_the_header_about_two_rates_is_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Wilson's interval: golden values, its ends, and that it keeps its promise. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_meet_the_golden_values),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(ends_are_exact),
        cmocka_unit_test(what_is_undefined_is_nan),
        cmocka_unit_test(limits_are_ordered_and_symmetric),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

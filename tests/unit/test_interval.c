/* Intervals and tests against exact values, and how often the intervals of shares hold what they should. */
#include "math/interval.h"
#include "retain/rate.h"
#include "support.h"

static double evaluate(const golden *table, size_t row)
{
    const char *function = golden_text(table, row, "function");
    const double a = golden_number(table, row, "arg1"), b = golden_number(table, row, "arg2"),
                 c = golden_number(table, row, "arg3");
    const double d = golden_number(table, row, "arg4");

    if (strcmp(function, "student") == 0)
        return retain__student_quantile(a, b);
    if (strcmp(function, "binomial") == 0)
        return retain__binomial_test(a, b, c);
    return strcmp(function, "paired_low") == 0 ? retain__paired_limits(a, b, c, d).low : retain__paired_limits(a, b, c, d).high;
}

static void values_meet_the_golden_ones(void **state)
{
    golden table = golden_read("math/intervals.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const double want = golden_number(&table, row, "value");
        const int limit = golden_text(&table, row, "function")[0] == 'p';

        assert_near(evaluate(&table, row), want,
                    limit ? 1e-13 : 1e-12 * fabs(want)); /* a difference near 0 has no relative error */
    }
    golden_free(&table);
}

static void students_quantile_is_the_normal_one_in_the_end_and_cauchys_at_first(void **state)
{
    (void)state;
    assert_near(retain__student_quantile(0.95, 1e12), 1.9599639845400545, 1e-14);
    assert_near(retain__student_quantile(0.95, 9.9e9), 1.9599639845400545, 1e-9);
    for (double level = 0.001; level < 0.9995; level += 0.01)
        assert_near(retain__student_quantile(level, 1.0), tan(1.5707963267948966 * level), 1e-12 * tan(1.5707963267948966 * level));
    assert_true(retain__student_quantile(1.0 - 1e-12, 1.0) > 6e11);
}

static void means_are_as_sure_as_students_quantile_says_whether_known_or_not(void **state)
{
    retain__students known = {{0.0}};

    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        for (double n = 2.0; n < 90.0; n += 0.5) {
            const double margin = retain__student_quantile(0.9, n - 1.0) * sqrt(7.0 / (n - 1.0) / n);

            assert_near(retain__mean_limits(3.0, 7.0, n, 0.9).high, 3.0 + margin, 0.0);
            assert_near(retain__group_mean_limits(3.0, 7.0, n, 0.9, &known).high, 3.0 + margin, 0.0);
            assert_near(retain__group_mean_limits(3.0, 7.0, n, 0.9, &known).low, 3.0 - margin, 0.0);
        }
    }
}

static void what_is_undefined_is_nan(void **state)
{
    static const double bad[][4] = {{1, 1, 1, 0.95},  {-1, 0, 3, 0.95}, {0, -1, 3, 0.95},          {0, 0, 0, 0.95},
                                    {0, 0, 3, 0.0},   {0, 0, 3, 1.0},   {(double)NAN, 0, 3, 0.95}, {0, (double)NAN, 3, 0.95},
                                    {0, 0, 3, -0.95}, {2, 2, 3, 0.95},  {0, 0, (double)NAN, 0.95}, {0, 0, (double)INFINITY, 0.95}};

    retain__students known = {{0.0}};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_nan(retain__paired_limits(bad[i][0], bad[i][1], bad[i][2], bad[i][3]).low);
        assert_nan(retain__paired_limits(bad[i][0], bad[i][1], bad[i][2], bad[i][3]).high);
    }
    assert_nan(retain__student_quantile(0.0, 3.0));
    assert_nan(retain__student_quantile(1.0, 3.0));
    assert_nan(retain__student_quantile(0.9, 0.0));
    assert_nan(retain__group_mean_limits(3.0, 0.0, 1.0, 0.95, &known).low);
    assert_nan(retain__group_mean_limits(3.0, -1.0, 4.0, 0.95, &known).high);
    assert_nan(retain__group_mean_limits(3.0, 1.0, 4.0, 0.0, &known).high);
    assert_nan(retain__group_mean_limits(3.0, 1.0, 4.0, 1.0, &known).high);
    assert_nan(retain__binomial_test(-1.0, 1.0, 0.5));
    assert_nan(retain__binomial_test(0.0, 0.0, 0.5));
    assert_nan(retain__binomial_test(2.0, 1.0, 0.5));
    assert_nan(retain__binomial_test(1.0, 1.0, 0.0));
    assert_nan(retain__binomial_test(1.0, 1.0, 1.0));
}

static void binomial_tails_fit_together_where_the_way_of_adding_changes(void **state)
{
    (void)state;
    for (double n = 23.0; n < 27.0; n++) {
        for (double share = 0.125; share < 1.0; share += 0.125) {
            assert_near(retain__binomial_test(0.0, n, share), fmin(1.0, 2.0 * pow(1.0 - share, n)), 1e-13);
            assert_near(retain__binomial_test(n, n, share), fmin(1.0, 2.0 * pow(share, n)), 1e-13);
            for (double k = 0.0; k <= n; k++)
                assert_near(retain__binomial_test(k, n, share), retain__binomial_test(n - k, n, 1.0 - share), 1e-13);
        }
    }
    assert_near(retain__binomial_test(1.0, 1.0, 1e-7), 2e-7, 1e-19);
    assert_near(retain__binomial_test(0.0, 1.0, 1.0 - 1e-7), 2e-7, 1e-15);
}

static void limits_lie_around_the_difference_and_mirror(void **state)
{
    (void)state;
    for (double n = 1.0; n < 3000.0; n = floor(n * 2.3) + 1.0) {
        for (double plus = 0.0; plus <= n; plus += floor(n / 7.0) + 1.0) {
            for (double minus = 0.0; plus + minus <= n; minus += floor(n / 9.0) + 1.0) {
                const retain__limits wide = retain__paired_limits(plus, minus, n, 0.99),
                                     narrow = retain__paired_limits(plus, minus, n, 0.9);
                const retain__limits mirrored = retain__paired_limits(minus, plus, n, 0.9);

                assert_true(-1.0 <= wide.low && wide.low <= narrow.low && narrow.low <= (plus - minus) / n);
                assert_true((plus - minus) / n <= narrow.high && narrow.high <= wide.high && wide.high <= 1.0);
                assert_near(mirrored.low, -narrow.high, 0.0);
                assert_true(plus < n || wide.high == 1.0);
                assert_true(plus == n || narrow.high > (plus - minus) / n);
            }
        }
    }
}

/* Chance of plus, minus and the rest among n. */
static double find_chance(double plus, double minus, double n, double p, double q)
{
    return exp(lgamma(n + 1) - lgamma(plus + 1) - lgamma(minus + 1) - lgamma(n - plus - minus + 1) + plus * log(p) +
               minus * log(q) + (n - plus - minus) * log(1.0 - p - q));
}

/* How often does the interval hold p - q? Added up over everything that can happen. */
static double find_coverage(double n, double p, double q, double level)
{
    double covered = 0.0;

    for (double plus = 0.0; plus <= n; plus++) {
        for (double minus = 0.0; plus + minus <= n; minus++) {
            const retain__limits limits = retain__paired_limits(plus, minus, n, level);

            covered += limits.low <= p - q && p - q <= limits.high ? find_chance(plus, minus, n, p, q) : 0.0;
        }
    }
    return covered;
}

static void the_interval_of_a_difference_holds_it_as_often_as_it_says(void **state)
{
    static const double sizes[] = {5, 10, 20, 40};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double sum = 0.0, worst = 1.0;
        int count = 0;

        for (double p = 0.05; p < 0.96; p += 0.075) {
            for (double q = 0.05; p + q < 0.96; q += 0.075) {
                const double coverage = find_coverage(sizes[i], p, q, 0.95);

                sum += coverage;
                worst = fmin(worst, coverage);
                count++;
            }
        }
        print_message("n = %g: 95 %% intervals hold the difference in %.2f %% on average, in %.2f %% at worst\n", sizes[i],
                      100.0 * sum / count, 100.0 * worst);
        assert_in_range(1e4 * sum / count, 9400, 9750);
        assert_true(worst > 0.90);
    }
}

/* How often does the interval of the difference of two such differences hold it, for samples of n and m? */
static double find_coverage_of_two(double n, double p, double q, double m, double r, double s, double level)
{
    double covered = 0.0;

    for (double a = 0.0; a <= n; a++) {
        for (double b = 0.0; a + b <= n; b++) {
            const retain__limits one = retain__paired_limits(a, b, n, level);
            const double chance = find_chance(a, b, n, p, q);

            for (double c = 0.0; c <= m; c++) {
                for (double d = 0.0; c + d <= m; d++) {
                    const retain__limits got =
                        retain__difference_limits((a - b) / n, one, (c - d) / m, retain__paired_limits(c, d, m, level));
                    const double truth = p - q - r + s;

                    covered += got.low <= truth && truth <= got.high ? chance * find_chance(c, d, m, r, s) : 0.0;
                }
            }
        }
    }
    return covered;
}

static void the_interval_of_two_differences_holds_theirs_as_often_as_it_says(void **state)
{
    static const double shares[][2] = {{0.1, 0.1}, {0.3, 0.2}, {0.5, 0.1}, {0.7, 0.2}, {0.1, 0.6}};
    double sum = 0.0, worst = 1.0;
    int count = 0;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = 0; k < 5; k++) {
            const double coverage = find_coverage_of_two(8, shares[i][0], shares[i][1], 12, shares[k][0], shares[k][1], 0.95);

            sum += coverage;
            worst = fmin(worst, coverage);
            count++;
        }
    }
    print_message("n = 8 and 12: 95 %% intervals hold the difference of two in %.2f %% on average, in %.2f %% at worst\n",
                  100.0 * sum / count, 100.0 * worst);
    assert_in_range(1e4 * sum / count, 9400, 9800);
    assert_true(worst > 0.92);
}

static void limits_of_a_difference_are_those_of_newcombe(void **state)
{
    /* R. G. Newcombe 1998, table II: 56/70 - 48/80 has 0.0524 to 0.3339; 9/10 - 3/10 has 0.1705 to 0.8090; 6/7 - 2/7 has
     * 0.0582 to 0.8062; 10/10 - 0/10 has 0.6075 to 1. */
    static const double cases[][6] = {{56, 70, 48, 80, 0.0524, 0.3339},
                                      {9, 10, 3, 10, 0.1705, 0.8090},
                                      {6, 7, 2, 7, 0.0582, 0.8062},
                                      {10, 10, 0, 10, 0.6075, 1.0000}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double *c = cases[i];
        const retain__limits a = {retain_rate_low(c[0], c[1], 0.95), retain_rate_high(c[0], c[1], 0.95)};
        const retain__limits b = {retain_rate_low(c[2], c[3], 0.95), retain_rate_high(c[2], c[3], 0.95)};
        const retain__limits got = retain__difference_limits(c[0] / c[1], a, c[2] / c[3], b);

        assert_near(got.low, c[4], 5e-5);
        assert_near(got.high, c[5], 5e-5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_meet_the_golden_ones),
        cmocka_unit_test(students_quantile_is_the_normal_one_in_the_end_and_cauchys_at_first),
        cmocka_unit_test(means_are_as_sure_as_students_quantile_says_whether_known_or_not),
        cmocka_unit_test(what_is_undefined_is_nan),
        cmocka_unit_test(binomial_tails_fit_together_where_the_way_of_adding_changes),
        cmocka_unit_test(limits_lie_around_the_difference_and_mirror),
        cmocka_unit_test(the_interval_of_a_difference_holds_it_as_often_as_it_says),
        cmocka_unit_test(the_interval_of_two_differences_holds_theirs_as_often_as_it_says),
        cmocka_unit_test(limits_of_a_difference_are_those_of_newcombe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

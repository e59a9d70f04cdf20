/* The Kaplan-Meier estimate against exact arithmetic, the log-rank test against R, the tail of chi-squared against its recurrence.
 */
#include "math/curve.h"
#include "math/log_rank.h"
#include "math/special.h"
#include "support.h"

enum { MOST = 400 };

/* The durations of one data set, counted by length. */
static size_t count_lengths(const golden *data, const char *column, const char *wanted, const char *event, retain__duration *into)
{
    size_t count = 0;

    for (size_t row = 0; row < data->rows; row++) {
        const double length = golden_number(data, row, "time");
        size_t at = 0;

        if (strcmp(golden_text(data, row, column), wanted) != 0)
            continue;
        while (at < count && into[at].length < length)
            at++;
        if (at == count || into[at].length > length) {
            memmove(into + at + 1, into + at, (count - at) * sizeof *into);
            into[at] = (retain__duration){length, 0.0, 0.0, 0.0};
            count++;
        }
        if (golden_number(data, row, event) > 0.0)
            into[at].ended += 1.0;
        else
            into[at].open += 1.0;
    }
    assert_true(count > 0 && count < MOST);
    return count;
}

static void check_limits(const golden *table, size_t row, const char *low, const char *high, const retain__curve *curve,
                         retain__curve_scale scale)
{
    const retain__curve_interval interval = {-retain__ndtri(0.025), scale};
    double below, above;

    retain__curve_limits(curve, &interval, &below, &above);
    assert_near(below, 1.0 - golden_number(table, row, high), 1e-12);
    assert_near(above, 1.0 - golden_number(table, row, low), 1e-12);
}

static void the_curve_is_that_of_exact_arithmetic(void **state)
{
    golden table = golden_read("survival/kaplan_meier.csv"), data = golden_read("survival/survival_data.csv");
    retain__duration duration[MOST];
    retain__curve curve = {0};
    size_t count;

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const char *name = golden_text(&table, row, "dataset");
        double error;

        if (row == 0 || strcmp(name, golden_text(&table, row - 1, "dataset")) != 0) {
            count = count_lengths(&data, "dataset", name, "event", duration);
            curve = retain__curve_begin(duration, count);
        }
        if (golden_number(&table, row, "n_event") == 0.0)
            continue;
        assert_int_equal(retain__curve_step(&curve), 1);
        assert_near(curve.length, golden_number(&table, row, "time"), 0.0);
        assert_near(curve.at_risk, golden_number(&table, row, "n_risk"), 0.0);
        assert_near(curve.ended, golden_number(&table, row, "n_event"), 0.0);
        assert_near(curve.rest, golden_number(&table, row, "km"), 1e-13 * curve.rest);
        assert_near(curve.share, 1.0 - golden_number(&table, row, "km"), 1e-15);
        if (curve.rest > 0.0) {
            error = curve.rest * sqrt(curve.variance);
            assert_near(error, golden_number(&table, row, "greenwood_se"), 1e-13);
            check_limits(&table, row, "loglog_low", "loglog_high", &curve, RETAIN__LOG_LOG);
            check_limits(&table, row, "plain_low", "plain_high", &curve, RETAIN__PLAIN);
        }
    }
    golden_free(&table);
    golden_free(&data);
}

static void medians_are_those_of_exact_arithmetic(void **state)
{
    static const retain__curve_interval interval = {1.96, RETAIN__LOG_LOG};
    golden table = golden_read("survival/km_summary.csv"), data = golden_read("survival/survival_data.csv");
    retain__duration duration[MOST];

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const size_t count = count_lengths(&data, "dataset", golden_text(&table, row, "dataset"), "event", duration);
        const retain__curve_reading median = retain__curve_quantile(duration, count, 0.5, &interval);

        assert_near(median.value, golden_number(&table, row, "median_first_time_S_le_half"), 0.0);
        assert_true(!(median.low > median.value) && !(median.high < median.value));
    }
    golden_free(&table);
    golden_free(&data);
}

static size_t read_lung(const char *sex, retain__duration *duration)
{
    golden data = golden_read("survival/lung.csv");
    const size_t count = count_lengths(&data, "sex", sex, "event", duration);

    golden_free(&data);
    return count;
}

/* Adds up two lists of durations. */
static size_t add_durations(const retain__duration *a, size_t a_count, const retain__duration *b, size_t b_count,
                            retain__duration *sum)
{
    size_t count = 0;

    while (a_count || b_count) {
        const int from_a = a_count && (!b_count || a->length <= b->length);
        const retain__duration next = from_a ? *a : *b;

        if (count && sum[count - 1].length == next.length) {
            sum[count - 1].ended += next.ended;
            sum[count - 1].open += next.open;
        } else {
            sum[count++] = next;
        }
        a += from_a;
        a_count -= (size_t)from_a;
        b += !from_a;
        b_count -= (size_t)!from_a;
    }
    return count;
}

/* Values of R's survival 3.5. */
static void the_lung_curve_is_that_of_r(void **state)
{
    static const double days[] = {30, 180, 365, 730};
    static const double rest[] = {.956140351, .721670653, .409241624, .115693098};
    static const double error[] = {.0135620698, .0298124195, .0358236382, .0282981973};
    const retain__curve_interval logarithm = {-retain__ndtri(0.025), RETAIN__LOG}, plain = {1.0, RETAIN__PLAIN};
    retain__duration men[MOST], women[MOST], all[MOST];
    const size_t count = add_durations(men, read_lung("1", men), women, read_lung("2", women), all);
    const retain__curve_reading median = retain__curve_quantile(all, count, 0.5, &logarithm);

    (void)state;
    assert_near(median.value, 310, 0.0);
    assert_near(median.low, 285, 0.0);
    assert_near(median.high, 363, 0.0);
    for (size_t i = 0; i < 4; i++) {
        const retain__curve_reading read = retain__curve_share(all, count, days[i], &plain);

        assert_near(1.0 - read.value, rest[i], 1e-9);
        assert_near(read.high - read.value, error[i], 1e-9);
    }
}

static void the_lung_groups_differ_as_r_says(void **state)
{
    retain__duration men[MOST], women[MOST];
    retain__group_durations group[4] = {{men, men + read_lung("1", men), {0.0, 0.0}}, {NULL, NULL, {0.0, 0.0}}};
    double observed[4], expected[4], room[24];
    size_t freedom;

    (void)state;
    group[2] = (retain__group_durations){women, women + read_lung("2", women), {0.0, 0.0}}; /* groups 1 and 3 have nobody */
    group[3] = group[1];
    assert_near(retain__log_rank(group, 4, 0.0, observed, expected, room, &freedom), 10.326742, 1e-6);
    assert_int_equal(freedom, 1);
    assert_near(observed[0], 112, 0.0);
    assert_near(observed[2], 53, 0.0);
    assert_near(expected[0] + expected[2], 165, 1e-12);
    assert_near(expected[1] + expected[3] + observed[1] + observed[3], 0.0, 0.0);
    assert_near(retain__chi_squared_tail(10.326742, 1), 0.001311165, 1e-9);
}

/* Three groups, one of them the sum of nothing: the statistic does not depend on which group comes last, and equal groups do not
 * differ. */
static void the_order_of_groups_does_not_matter(void **state)
{
    static const retain__duration a[] = {{1, 2, 0, 0}, {3, 1, 1, 0}, {7, 2, 0, 0}}, b[] = {{2, 1, 0, 0}, {3, 3, 0, 0}},
                                  c[] = {{4, 1, 2, 0}, {9, 2, 1, 0}};
    const retain__duration *data[] = {a, b, c};
    static const size_t counts[] = {3, 2, 2}, orders[][3] = {{0, 1, 2}, {2, 0, 1}, {1, 2, 0}, {0, 2, 1}};
    double first = 0.0, observed[3], expected[3], room[15];
    size_t freedom;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        retain__group_durations group[3];
        double chi_squared;

        for (size_t g = 0; g < 3; g++)
            group[g] = (retain__group_durations){data[orders[i][g]], data[orders[i][g]] + counts[orders[i][g]], {0.0, 0.0}};
        chi_squared = retain__log_rank(group, 3, 0.0, observed, expected, room, &freedom);
        assert_int_equal(freedom, 2);
        first = i ? first : chi_squared;
        assert_near(chi_squared, first, 1e-13 * first);
    }
    for (size_t equal = 1; equal <= 3; equal++) {
        retain__group_durations group[3];
        double chi_squared;

        for (size_t g = 0; g < equal; g++)
            group[g] = (retain__group_durations){a, a + 3, {0.0, 0.0}};
        chi_squared = retain__log_rank(group, equal, 0.0, observed, expected, room, &freedom);
        assert_int_equal(freedom, equal - 1);
        assert_near(chi_squared, equal > 1 ? 0.0 : (double)NAN, 1e-30);
    }
}

/* Everybody came back on one day: there was no chance in who did. */
static void without_chance_there_is_no_test(void **state)
{
    static const retain__duration all[] = {{5, 2, 0, 0}};
    retain__group_durations group[2] = {{all, all + 1, {0.0, 0.0}}, {all, all + 1, {0.0, 0.0}}};
    double observed[2], expected[2], room[8];
    size_t freedom;

    (void)state;
    assert_nan(retain__log_rank(group, 2, 0.0, observed, expected, room, &freedom));
    assert_near(expected[0], 2.0, 0.0);
}

static void without_durations_there_is_no_curve(void **state)
{
    static const retain__curve_interval interval = {1.96, RETAIN__LOG};
    static const retain__duration open[] = {{5, 0, 3, 0}}, ended[] = {{5, 2, 0, 0}};
    retain__curve_reading read = retain__curve_share(NULL, 0, 3.0, &interval);

    (void)state;
    assert_nan(read.value);
    assert_nan(retain__curve_quantile(NULL, 0, 0.5, &interval).value);
    read = retain__curve_share(open, 1, 5.0, &interval);
    assert_near(read.value, 0.0, 0.0);
    assert_near(read.at_risk, 3.0, 0.0);
    assert_nan(read.low);
    assert_nan(retain__curve_share(open, 1, 5.5, &interval).value);
    read = retain__curve_share(ended, 1, 50.0, &interval);
    assert_near(read.value, 1.0, 0.0);
    assert_near(retain__curve_quantile(ended, 1, 0.5, &interval).low, 5.0, 0.0);
    assert_nan(retain__curve_quantile(ended, 1, 0.5, &interval).high);
}

/* Q(n + 2) = Q(n) + h^(n/2) e^(-h) / Gamma(n/2 + 1), h = x/2; the first two in closed form. */
static void the_tail_of_chi_squared_keeps_its_recurrence(void **state)
{
    (void)state;
    for (double x = 0.001; x < 1000.0; x *= 1.7) {
        const double half = 0.5 * x;
        double tail[2] = {erfc(sqrt(half)), exp(-half)};

        for (size_t n = 1; n < 60; n++) {
            double *want = &tail[(n + 1) % 2];

            assert_near(retain__chi_squared_tail(x, n), *want, 1e-12 * *want + 1e-300);
            *want = fmin(1.0, *want + exp(0.5 * (double)n * log(half) - half - lgamma(0.5 * (double)n + 1.0)));
        }
    }
    assert_near(retain__chi_squared_tail(3.8414588206941236, 1), 0.05, 1e-15);
    assert_near(retain__chi_squared_tail(124.34211340400407, 100), 0.05, 1e-14);
    assert_near(retain__chi_squared_tail(0.0, 3), 1.0, 0.0);
    assert_nan(retain__chi_squared_tail(-1.0, 3));
    assert_nan(retain__chi_squared_tail((double)NAN, 3));
    assert_nan(retain__chi_squared_tail(1.0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_curve_is_that_of_exact_arithmetic), cmocka_unit_test(medians_are_those_of_exact_arithmetic),
        cmocka_unit_test(the_lung_curve_is_that_of_r),           cmocka_unit_test(the_lung_groups_differ_as_r_says),
        cmocka_unit_test(the_order_of_groups_does_not_matter),   cmocka_unit_test(without_chance_there_is_no_test),
        cmocka_unit_test(without_durations_there_is_no_curve),   cmocka_unit_test(the_tail_of_chi_squared_keeps_its_recurrence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

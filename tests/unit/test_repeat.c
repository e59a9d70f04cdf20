/* Repeat purchases: figures, periods, funnel, tenure and profile against pandas on real customers and against plain scanning on
 * random logs. */
#include "logs.h"
#include "repeat_tables.h"
#include "retain/calendar.h"
#include "retain/rate.h"

enum { END = 10407, PERIODS = 18, STEPS = 12, BANDS = 6 };

/* --- real customers ----------------------------------------------------------------------------------------------------------- */

static void cdnow_has_the_figures_of_pandas(void **state)
{
    golden table = golden_read("repeat/cdnow_summary.csv");
    random_log log = read_cdnow();
    retain_repeat_report report = {.struct_size = sizeof report};
    named_figure named[FIGURES];

    (void)state;
    assert_int_equal(retain_repeat_summary(NULL, &log.view, END, NULL, NULL, &report), RETAIN_OK);
    name_figures(&report, named);
    assert_int_equal(table.rows, FIGURES);
    for (size_t row = 0; row < table.rows; row++) {
        const retain_repeat_figure *figure = NULL;

        for (size_t i = 0; i < FIGURES; i++) {
            if (strcmp(golden_text(&table, row, "figure"), named[i].name) == 0)
                figure = named[i].figure;
        }
        assert_non_null(figure);
        assert_near(figure->numerator, golden_number(&table, row, "numerator"), 1e-13 * figure->numerator);
        assert_near(figure->denominator, golden_number(&table, row, "denominator"), 1e-13 * figure->denominator);
        assert_near(figure->value, golden_number(&table, row, "value"), 1e-13 * figure->value);
        assert_near(figure->low, golden_number(&table, row, "low"), 1e-11 * figure->value);
        assert_near(figure->high, golden_number(&table, row, "high"), 1e-11 * figure->value);
    }
    random_log_free(&log);
    golden_free(&table);
}

static void check_columns(const golden *table, const named_column *named, size_t columns)
{
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < columns; i++) {
            const double want = golden_number(table, row, named[i].name);

            assert_near_at(named[i].cell[row], want, 1e-11 * fabs(want), named[i].name, __FILE__, __LINE__);
        }
    }
}

static void cdnow_months_are_those_of_pandas(void **state)
{
    golden table = golden_read("repeat/cdnow_periods.csv");
    random_log log = read_cdnow();
    named_column *named = calloc(COLUMNS, sizeof *named);
    const retain_repeat_columns columns = name_periods(named);
    int64_t edges[PERIODS + 1];

    (void)state;
    assert_int_equal(table.rows, PERIODS);
    for (size_t row = 0; row < PERIODS; row++) {
        edges[row] = (int64_t)golden_number(&table, row, "begin");
        edges[row + 1] = (int64_t)golden_number(&table, row, "end");
    }
    assert_int_equal(retain_repeat_periods(NULL, &log.view, END, edges, PERIODS + 1, NULL, NULL, &columns), RETAIN_OK);
    check_columns(&table, named, COLUMNS);
    free(named);
    random_log_free(&log);
    golden_free(&table);
}

static void cdnow_has_the_funnel_of_lifelines(void **state)
{
    golden table = golden_read("repeat/cdnow_funnel.csv");
    random_log log = read_cdnow();
    named_column *named = calloc(STEP_COLUMNS, sizeof *named);
    const retain_repeat_steps columns = name_steps(named);

    (void)state;
    assert_int_equal(retain_repeat_funnel(NULL, &log.view, END, STEPS, NULL, NULL, &columns), RETAIN_OK);
    check_columns(&table, named, STEP_COLUMNS);
    free(named);
    random_log_free(&log);
    golden_free(&table);
}

static void cdnow_spends_by_tenure_as_pandas_says(void **state)
{
    static const int64_t ages[] = {0, 1, 30, 90, 180, 365, 545};
    golden table = golden_read("repeat/cdnow_tenure.csv");
    random_log log = read_cdnow();
    named_column *named = calloc(6, sizeof *named);
    const retain_repeat_bands columns = name_bands(named);

    (void)state;
    assert_int_equal(retain_repeat_tenure(NULL, &log.view, END, ages, BANDS + 1, NULL, NULL, &columns), RETAIN_OK);
    check_columns(&table, named, 6);
    free(named);
    random_log_free(&log);
    golden_free(&table);
}

static void cdnow_orders_on_the_weekdays_that_pandas_finds(void **state)
{
    golden table = golden_read("repeat/cdnow_profile.csv");
    random_log log = read_cdnow();
    double orders[7], revenue[7];

    (void)state;
    assert_int_equal(retain_repeat_profile(NULL, &log.view, NULL, END, NULL, orders, revenue), RETAIN_OK);
    for (size_t row = 0; row < table.rows; row++) {
        const size_t day = (size_t)golden_number(&table, row, "weekday") - 1;

        assert_near(orders[day], golden_number(&table, row, "orders"), 0.0);
        assert_near(revenue[day], golden_number(&table, row, "revenue"), 1e-9);
    }
    random_log_free(&log);
    golden_free(&table);
}

/* --- random logs ---------------------------------------------------------------------------------------------------------------
 */

/* The occasions of one customer, in ascending day. */
static size_t list_days(const found_occasions *found, int64_t customer, found_occasion *list)
{
    size_t count = 0;

    for (size_t i = 0; i < found->count; i++) {
        size_t at = count;

        if (found->at[i].customer != customer)
            continue;
        for (; at > 0 && list[at - 1].day > found->at[i].day; at--)
            list[at] = list[at - 1];
        list[at] = found->at[i];
        count++;
    }
    return count;
}

typedef struct mean_by_hand {
    double y[64], x[64];
    size_t customers;
} mean_by_hand;

static double sum_of(const double *numbers, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}

/* Mean over customers of y per x; t of n - 1 degrees of freedom from a table, for 2 to 9 customers and 95 %. */
static void check_mean(const mean_by_hand *hand, double value, double low, double high)
{
    static const double T[] = {12.706204736174705, 4.3026527297494639, 3.1824463052837096, 2.7764451051977944,
                               2.5705818356363155, 2.44691185114497,   2.3646242515927853, 2.3060041352041667};
    const size_t n = hand->customers;
    const double y = sum_of(hand->y, n), x = sum_of(hand->x, n), mean = y / x;
    double squares = 0.0, margin;

    if (n == 0) {
        assert_nan(value);
        return;
    }
    assert_near(value, mean, 1e-13 * mean);
    if (n == 1) {
        assert_nan(low);
        assert_nan(high);
        return;
    }
    for (size_t i = 0; i < n; i++)
        squares += (hand->y[i] - mean * hand->x[i]) * (hand->y[i] - mean * hand->x[i]);
    if (squares * (double)n <= 1e-28 * y * y) { /* all are alike */
        assert_nan(low);
        assert_nan(high);
        return;
    }
    margin = T[n - 2] * sqrt((double)n / ((double)n - 1.0) * squares) / x;
    assert_near(low, mean - margin, 1e-12 * (mean + margin));
    assert_near(high, mean + margin, 1e-12 * (mean + margin));
}

static void check_summary(const found_occasions *found, int64_t customers, const retain_repeat_report *report)
{
    mean_by_hand orders = {.customers = 0}, revenue = {.customers = 0}, later = {.customers = 0}, once = {.customers = 0};
    double all = 0.0, repeats = 0.0;
    found_occasion list[64];

    for (int64_t customer = 1; customer <= customers; customer++) {
        const size_t count = list_days(found, customer, list);
        mean_by_hand *into = count > 1 ? &later : &once;

        if (count == 0)
            continue;
        all += 1.0;
        repeats += count > 1;
        for (mean_by_hand *each = &orders;; each = &revenue) {
            each->y[each->customers] = 0.0;
            each->x[each->customers] = 1.0;
            for (size_t i = 0; i < count; i++)
                each->y[each->customers] += each == &orders ? list[i].orders : list[i].value;
            each->customers++;
            if (each == &revenue)
                break;
        }
        into->y[into->customers] = count > 1 ? 0.0 : list[0].value;
        into->x[into->customers] = count > 1 ? (double)(count - 1) : 1.0;
        for (size_t i = 1; i < count; i++)
            into->y[into->customers] += list[i].value;
        into->customers++;
    }
    assert_near(report->repeat.numerator, repeats, 0.0);
    assert_near(report->repeat.denominator, all, 0.0);
    assert_near(report->one_time.numerator, all - repeats, 0.0);
    assert_near(report->repeat.low, retain_rate_low(repeats, all, 0.95), 0.0);
    check_mean(&orders, report->orders_per_customer.value, report->orders_per_customer.low, report->orders_per_customer.high);
    check_mean(&revenue, report->revenue_per_customer.value, report->revenue_per_customer.low, report->revenue_per_customer.high);
    check_mean(&later, report->later_value.value, report->later_value.low, report->later_value.high);
    check_mean(&once, report->one_time_revenue.value, report->one_time_revenue.low, report->one_time_revenue.high);
    assert_near(report->later_to_first.value, report->later_value.value / report->first_value.value, 0.0);
    if (report->later_to_first.low == report->later_to_first.low) {
        const double value = report->later_to_first.value;

        assert_near(value / report->later_to_first.low, report->later_to_first.high / value, 1e-12 * report->later_to_first.high);
    }
}

static void check_period(const found_occasions *found, int64_t customers, const int64_t *edges, size_t k, int over,
                         const named_column *named)
{
    double want[COLUMNS] = {0.0};
    found_occasion list[64];

    for (int64_t customer = 1; customer <= customers; customer++) {
        const size_t count = list_days(found, customer, list);
        size_t here = 0;
        int returning;

        for (size_t i = 0; i < count; i++)
            here += list[i].day >= edges[k] && list[i].day < edges[k + 1];
        if (here == 0)
            continue;
        returning = list[0].day < edges[k];
        want[0] += 1.0;
        want[returning ? 2 : 1] += 1.0;
        want[3] += here > 1;
        for (size_t i = 0; i < count; i++) {
            if (list[i].day < edges[k] || list[i].day >= edges[k + 1])
                continue;
            want[10] += list[i].orders;
            want[11] += 1.0;
            want[12] += list[i].value;
            want[13] += returning * list[i].orders;
            want[14] += returning * list[i].value;
        }
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        if (i < 4 || i > 9)
            assert_near_at(named[i].cell[k], over ? want[i] : (double)NAN, 0.0, named[i].name, __FILE__, __LINE__);
    }
    assert_near(named[4].cell[k], over && want[0] > 0.0 ? want[2] / want[0] : (double)NAN, 0.0);
    assert_near(named[7].cell[k], over && want[0] > 0.0 ? want[3] / want[0] : (double)NAN, 0.0);
    assert_near(named[6].cell[k], over ? retain_rate_high(want[2], want[0], 0.95) : (double)NAN, 0.0);
}

static void check_bands(const found_occasions *found, int64_t customers, const int64_t *ages, size_t bands, size_t steps,
                        const named_column *by_age, const named_column *by_number)
{
    found_occasion list[64];

    for (size_t band = 0; band < bands + steps; band++) {
        const size_t k = band < bands ? band : band - bands;
        mean_by_hand hand = {.customers = 0};
        double occasions = 0.0;

        for (int64_t customer = 1; customer <= customers; customer++) {
            const size_t count = list_days(found, customer, list);
            double y = 0.0, x = 0.0;

            for (size_t i = 0; i < count; i++) {
                const int64_t age = list[i].day - list[0].day;

                if (band < bands ? age >= ages[k] && age < ages[k + 1] : i == k) {
                    y += list[i].value;
                    x += 1.0;
                }
            }
            occasions += x;
            if (x > 0.0) {
                hand.y[hand.customers] = y;
                hand.x[hand.customers++] = x;
            }
        }
        if (band < bands) {
            assert_near(by_age[0].cell[k], occasions, 0.0);
            assert_near(by_age[1].cell[k], (double)hand.customers, 0.0);
            check_mean(&hand, by_age[3].cell[k], by_age[4].cell[k], by_age[5].cell[k]);
        } else {
            assert_near(by_number[0].cell[k], (double)hand.customers, 0.0);
            check_mean(&hand, by_number[10].cell[k], by_number[11].cell[k], by_number[12].cell[k]);
        }
    }
}

static void counts_as_scanning_does(void **state)
{
    static const int64_t ages[] = {0, 1, 15, 40, 200};
    uint64_t seed = 20250505;
    named_column *named = calloc(COLUMNS + STEP_COLUMNS + BAND_COLUMNS, sizeof *named);
    named_column *steps = named + COLUMNS, *bands = steps + STEP_COLUMNS;

    (void)state;
    for (int trial = 0; trial < 1500; trial++) {
        random_log_shape shape = {
            (size_t)random_between(&seed, 0, 50), random_between(&seed, 1, 9), -40, 130, trial % 2, trial % 3 == 0};
        random_log log = random_log_make(&seed, shape);
        retain_orders_options counting = {.struct_size = sizeof counting};
        const retain_repeat_columns columns = name_periods(named);
        const retain_repeat_steps step_columns = name_steps(steps);
        const retain_repeat_bands band_columns = name_bands(bands);
        retain_repeat_report report = {.struct_size = sizeof report};
        int64_t edges[13], observation_end = random_between(&seed, 0, 150);
        found_occasions found;

        counting.occasion_days = random_between(&seed, 0, 3) ? 0 : random_between(&seed, 1, 10);
        edges[0] = random_between(&seed, -60, 60);
        for (size_t k = 1; k < 13; k++)
            edges[k] = edges[k - 1] + random_between(&seed, 1, 30);
        found = find_occasions(&log.view, observation_end, &counting);
        assert_int_equal(retain_repeat_summary(NULL, &log.view, observation_end, &counting, NULL, &report), RETAIN_OK);
        assert_int_equal(retain_repeat_periods(NULL, &log.view, observation_end, edges, 13, &counting, NULL, &columns), RETAIN_OK);
        assert_int_equal(retain_repeat_tenure(NULL, &log.view, observation_end, ages, 5, &counting, NULL, &band_columns),
                         RETAIN_OK);
        assert_int_equal(retain_repeat_funnel(NULL, &log.view, observation_end, 5, &counting, NULL, &step_columns), RETAIN_OK);
        check_summary(&found, shape.customers, &report);
        for (size_t k = 0; k < 12; k++)
            check_period(&found, shape.customers, edges, k, edges[k + 1] <= observation_end + 1, named);
        check_bands(&found, shape.customers, ages, 4, 5, bands, steps);
        free(found.at);
        random_log_free(&log);
    }
    free(named);
}

/* --- the profile ----------------------------------------------------------------------------------------------------------------
 */

static void orders_lie_in_the_hour_of_their_earliest_row(void **state)
{
    static const int64_t customer[] = {1, 1, 1, 2, 2, 3}, order[] = {5, 5, 6, 1, 2, 1};
    static const int64_t day[] = {4, 4, 4, 4, 5, 11}; /* a Monday (1970-01-05), Tuesday, and the next Monday */
    static const int64_t second[] = {36000, 35999, 36000, 0, 86399, 3600};
    static const double value[] = {10.0, 5.0, 7.0, 1.0, 2.0, 4.0};
    const retain_orders log = {6, customer, day, value, order, NULL, NULL, NULL};
    double orders[7 * 24], revenue[7 * 24], days[7];

    (void)state;
    assert_int_equal(retain_repeat_profile(NULL, &log, second, 11, NULL, orders, revenue), RETAIN_OK);
    assert_near(orders[9], 1.0, 0.0); /* Monday, 9 to 10: the order of two rows */
    assert_near(revenue[9], 15.0, 0.0);
    assert_near(orders[10], 1.0, 0.0);
    assert_near(revenue[0], 1.0, 0.0);
    assert_near(revenue[24 + 23], 2.0, 0.0);
    assert_near(orders[1], 1.0, 0.0);
    assert_int_equal(retain_repeat_profile(NULL, &log, second, 10, NULL, orders, NULL), RETAIN_OK);
    assert_near(orders[1], 0.0, 0.0); /* after the observation end */
    assert_int_equal(retain_repeat_profile(NULL, &log, NULL, 11, NULL, days, NULL), RETAIN_OK);
    assert_near(days[0], 4.0, 0.0);
    assert_near(days[1], 1.0, 0.0);
}

static void hours_add_up_to_days(void **state)
{
    uint64_t seed = 4;

    (void)state;
    for (int trial = 0; trial < 300; trial++) {
        random_log log = random_log_make(&seed, (random_log_shape){60, 6, -40, 130, trial % 2, trial % 3 == 0});
        double orders[7 * 24], revenue[7 * 24], days[7], money[7];
        int64_t second[60];

        for (size_t i = 0; i < 60; i++)
            second[i] = random_between(&seed, 0, 86399);
        assert_int_equal(retain_repeat_profile(NULL, &log.view, second, 100, NULL, orders, revenue), RETAIN_OK);
        assert_int_equal(retain_repeat_profile(NULL, &log.view, NULL, 100, NULL, days, money), RETAIN_OK);
        for (size_t d = 0; d < 7; d++) {
            assert_near(sum_of(orders + 24 * d, 24), days[d], 0.0);
            assert_near(sum_of(revenue + 24 * d, 24), money[d], 0.0);
        }
        random_log_free(&log);
    }
}

static void the_profile_refuses_what_is_no_time_of_day(void **state)
{
    static const int64_t customer[] = {1}, day[] = {4}, bad[] = {86400}, worse[] = {-1}, far[] = {((int64_t)1 << 35) + 1};
    static const double value[] = {1.0};
    const retain_orders log = {1, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_orders away = {1, customer, far, value, NULL, NULL, NULL, NULL},
                        half = {1, customer, NULL, value, NULL, NULL, NULL, NULL};
    static const int64_t long_ago[] = {-((int64_t)1 << 35) - 1};
    const retain_orders before = {1, customer, long_ago, value, NULL, NULL, NULL, NULL}, unsized = {0};
    const retain_orders_options bad_counting = {0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double orders[7 * 24] = {0};

    (void)state;
    assert_int_equal(retain_repeat_profile(&ctx, &log, bad, 9, NULL, orders, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "second_of_day[0] is 86400; it must lie in [0, 86399]");
    assert_int_equal(retain_repeat_profile(&ctx, &log, worse, 9, NULL, orders, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_repeat_profile(&ctx, &away, day, 9, NULL, orders, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_repeat_profile(&ctx, &half, day, 9, NULL, orders, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_profile(&ctx, NULL, day, 9, NULL, orders, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_profile(&ctx, NULL, NULL, 9, NULL, orders, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_profile(&ctx, &log, day, far[0], NULL, orders, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_profile(&ctx, &log, day, -far[0], NULL, orders, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_profile(&ctx, &before, day, 9, NULL, orders, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_repeat_profile(&ctx, &unsized, day, 9, NULL, orders, NULL), RETAIN_OK);
    assert_int_equal(retain_repeat_profile(&ctx, &log, day, 9, &bad_counting, orders, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(orders[0], 0.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cdnow_has_the_figures_of_pandas),
        cmocka_unit_test(cdnow_months_are_those_of_pandas),
        cmocka_unit_test(cdnow_has_the_funnel_of_lifelines),
        cmocka_unit_test(cdnow_spends_by_tenure_as_pandas_says),
        cmocka_unit_test(cdnow_orders_on_the_weekdays_that_pandas_finds),
        cmocka_unit_test(counts_as_scanning_does),
        cmocka_unit_test(orders_lie_in_the_hour_of_their_earliest_row),
        cmocka_unit_test(hours_add_up_to_days),
        cmocka_unit_test(the_profile_refuses_what_is_no_time_of_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* From order logs to customers, against a second implementation that looks at all pairs of rows, and against the published figures
 * of the CDNOW sample. */
#include "logs.h"
#include "order_logs.h"

static void agrees_with_the_example_of_the_header(void **state)
{
    int64_t customer[] = {7, 7, 9, 7}, day[] = {0, 14, 3, 14};
    double value[] = {10.0, 20.0, 5.0, 4.0};
    retain_orders log = {4, customer, day, value, NULL, NULL, NULL, NULL};
    int64_t id[2];
    double frequency[2], t_x[2], T[2], spend[2];
    size_t count;
    retain_summary out = {0};

    (void)state;
    out.customer = id;
    out.frequency = frequency;
    out.t_x = t_x;
    out.T = T;
    out.spend = spend;
    assert_int_equal(retain_orders_summary(NULL, &log, 28, NULL, &out, 2, &count, NULL), RETAIN_OK);
    assert_int_equal(count, 2);
    assert_int_equal(id[0], 7);
    assert_same_numbers("frequency", frequency, (double[]){1.0, 0.0}, 2);
    assert_same_numbers("t_x", t_x, (double[]){14.0, 0.0}, 2);
    assert_same_numbers("T", T, (double[]){28.0, 25.0}, 2);
    assert_same_numbers("spend", spend, (double[]){24.0, (double)NAN}, 2);
}

static void summary_is_what_a_look_at_all_pairs_of_rows_gives(void **state)
{
    (void)state;
    for (int i = 0; i < 6000; i++) {
        log_rows log = draw_log();
        retain_orders_options options = draw_options();
        int64_t end = (int64_t)draw(90) - 25;
        table got, want;

        if (draw(8) == 0)
            end = (int64_t)1 << 40;
        summarise(&log, end, &options, (int)draw(4), &got);
        summarise_slowly(&log, end, &options, &want);
        assert_same_table(&got, &want);
        assert_int_equal(got.report.rows, want.report.rows);
        assert_int_equal(got.report.late_rows, want.report.late_rows);
    }
}

static void report_accounts_for_every_order_and_all_money(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        log_rows log = draw_log();
        retain_orders_options options = draw_options();
        int64_t end = (int64_t)draw(90) - 25;
        double money = 0.0, revenue = 0.0, orders = 0.0, occasions = 0.0;
        table out;
        const retain_orders_report *report = &out.report;

        log.has_order = log.has_low = 0;
        summarise(&log, end, &options, 1, &out);
        for (size_t k = 0; k < log.count; k++) {
            money += log.day[k] <= end ? log.value[k] : 0.0;
            orders += log.day[k] <= end ? (log.has_multiple ? log.multiple[k] : 1.0) : 0.0;
        }
        for (size_t k = 0; k < out.count; k++) {
            revenue += out.revenue[k];
            occasions += out.occasions[k];
        }
        assert_near(report->kept_value, revenue, 0.0);
        assert_near(report->occasions, occasions, 0.0);
        assert_near(report->kept_value + report->refunded_value + report->unmatched_value + report->cancelled_value, money, 0.0);
        assert_near(report->kept_orders + report->zero_orders + report->refunded_orders + report->unmatched_orders +
                        report->cancelled_orders,
                    orders, 0.0);
    }
}

static void holdout_is_what_happened_after_the_calibration(void **state)
{
    (void)state;
    for (int i = 0; i < 3000; i++) {
        log_rows log = draw_log();
        retain_orders_options options = draw_options();
        retain_orders orders = view(&log);
        int64_t calibration = (int64_t)draw(60) - 20, end = calibration + 1 + (int64_t)draw(40), day[MOST_ROWS];
        int64_t width = options.occasion_days ? options.occasion_days : 1;
        double occasions[MOST_ROWS], money[MOST_ROWS], multiple[MOST_ROWS];
        exact value[MOST_ROWS];
        table before;

        summarise(&log, calibration, &options, 1, &before);
        if (before.count && draw(5) == 0) /* any ascending list will do */
            before.customer[before.count - 1] = INT64_MAX;
        assert_int_equal(retain_orders_holdout(NULL, &orders, calibration, end, &options, before.customer, before.count, occasions,
                                               draw(4) ? money : NULL),
                         RETAIN_OK);
        assert_int_equal(
            retain_orders_holdout(NULL, &orders, calibration, end, &options, before.customer, before.count, occasions, money),
            RETAIN_OK);
        for (size_t c = 0; c < before.count; c++) {
            size_t count = list_orders(&log, before.customer[c], end, options.count_zero_orders, day, value, multiple);
            double wanted = 0.0;
            exact sum = 0;

            for (size_t k = 0; k < count; k++) {
                if (day[k] <= calibration)
                    continue;
                wanted += k == 0 || start_of(day[k], width) != start_of(day[k - 1], width);
                sum += value[k];
            }
            assert_near(occasions[c], wanted, 0.0);
            assert_near(money[c], rounded(sum), 0.0);
        }
    }
}

static void last_day_is_that_of_the_last_order_that_counts(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        log_rows log = draw_log();
        retain_orders_options options = draw_options();
        retain_orders orders = view(&log);
        int64_t got = 77, want = INT64_MIN, day;
        exact value;
        retain_status status = retain_orders_last_day(NULL, &orders, &options, &got);

        for (size_t k = 0; k < log.count; k++) {
            if (judge(&log, k, INT64_MAX, options.count_zero_orders, &value, &day) == 'k' && day > want)
                want = day;
        }
        assert_int_equal(status, want == INT64_MIN ? RETAIN_ERROR_DATA : RETAIN_OK);
        assert_int_equal(got, want == INT64_MIN ? 77 : want);
    }
}

static void order_of_rows_changes_no_bit(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        log_rows log = draw_log();
        retain_orders_options options = draw_options();
        table before, after;

        draw_prices(&log);
        summarise(&log, 40, &options, 1, &before);
        shuffle(&log);
        summarise(&log, 40, &options, 2, &after);
        assert_same_table(&after, &before);
    }
}

/* --- CDNOW -------------------------------------------------------------------------------------------------------------------- */

enum { CALIBRATION_END = 9862 + 272, OBSERVATION_END = CALIBRATION_END + 273 }; /* 1997-09-30, 1998-06-30 */

static void cdnow_sample_has_the_published_sums(void **state)
{
    random_log log = read_cdnow();
    retain_orders_options options = {.struct_size = sizeof options, .unit_days = 7.0, .count_zero_orders = 1};
    double x[CDNOW_SAMPLE_CUSTOMERS], t_x[CDNOW_SAMPLE_CUSTOMERS], T[CDNOW_SAMPLE_CUSTOMERS], occasions[CDNOW_SAMPLE_CUSTOMERS],
        value[CDNOW_SAMPLE_CUSTOMERS], sum_x = 0.0, sum_t_x = 0.0, sum_T = 0.0, next = 0.0;
    int64_t id[CDNOW_SAMPLE_CUSTOMERS], last = 0;
    retain_summary out = {.customer = id, .frequency = x, .t_x = t_x, .T = T};
    retain_orders_report report = {.struct_size = sizeof report};
    size_t count = 0;

    (void)state;
    assert_int_equal(
        retain_orders_summary(NULL, &log.view, CALIBRATION_END, &options, &out, CDNOW_SAMPLE_CUSTOMERS, &count, &report),
        RETAIN_OK);
    assert_int_equal(count, CDNOW_SAMPLE_CUSTOMERS);
    for (size_t i = 0; i < count; i++) {
        sum_x += x[i];
        sum_t_x += t_x[i];
        sum_T += T[i];
    }
    assert_near(sum_x, 2457.0, 0.0);
    assert_near(sum_t_x, 16135.571429, 1e-6);
    assert_near(sum_T, 77111.285714, 1e-6);
    assert_int_equal(
        retain_orders_holdout(NULL, &log.view, CALIBRATION_END, OBSERVATION_END, &options, id, count, occasions, value), RETAIN_OK);
    for (size_t i = 0; i < count; i++)
        next += occasions[i];
    assert_near(next, 1882.0, 0.0); /* the actual number that every paper's forecast is held against */
    assert_int_equal(retain_orders_last_day(NULL, &log.view, NULL, &last), RETAIN_OK);
    assert_int_equal(last, OBSERVATION_END);
    options.count_zero_orders = 0;
    assert_int_equal(
        retain_orders_summary(NULL, &log.view, CALIBRATION_END, &options, &out, CDNOW_SAMPLE_CUSTOMERS, &count, &report),
        RETAIN_OK);
    assert_int_equal(count, 2349);
    assert_int_equal(report.lost_customers, 8);
    assert_near(report.zero_orders, 8.0, 0.0);
    sum_T = 0.0;
    for (size_t i = 0; i < count; i++)
        sum_T += T[i];
    assert_near(sum_T, 76834.285714, 1e-6);
    random_log_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_example_of_the_header),
        cmocka_unit_test(summary_is_what_a_look_at_all_pairs_of_rows_gives),
        cmocka_unit_test(report_accounts_for_every_order_and_all_money),
        cmocka_unit_test(holdout_is_what_happened_after_the_calibration),
        cmocka_unit_test(last_day_is_that_of_the_last_order_that_counts),
        cmocka_unit_test(order_of_rows_changes_no_bit),
        cmocka_unit_test(cdnow_sample_has_the_published_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The activity window that is derived from the data, against a second way to the same curve. */
#include "logs.h"
#include "retain/crr.h"

/* --- the derived window --------------------------------------------------------------------------------------------------------- */

typedef struct gap {
    int64_t days;
    int open;
} gap;

static int compare_gaps(const void *a, const void *b)
{
    const gap *x = a, *y = b;

    return x->days != y->days ? (x->days > y->days) - (x->days < y->days) : x->open - y->open;
}

/* All gaps of the customers, sorted; closed before open. */

static size_t find_gaps(const found_occasions *found, int64_t observation_end, gap *gaps)
{
    for (size_t i = 0; i < found->count; i++) {
        int64_t next = INT64_MAX;

        for (size_t j = 0; j < found->count; j++) {
            if (found->at[j].customer == found->at[i].customer && found->at[j].day > found->at[i].day && found->at[j].day < next)
                next = found->at[j].day;
        }
        gaps[i].open = next == INT64_MAX;
        gaps[i].days = (gaps[i].open ? observation_end : next) - found->at[i].day;
    }
    qsort(gaps, found->count, sizeof *gaps, compare_gaps);
    return found->count;
}

/* The Kaplan-Meier estimate as B. Efron explains it (1967): every gap starts with the weight 1/n, and an open one hands its weight to all that
 * are longer, in equal parts. Returns the first gap at which the weight of the closed ones gets to the quantile. */
static double redistribute_to_the_right(const gap *gaps, size_t count, long double share, double *reached)
{
    long double weight = 1.0L / (long double)count, sum = 0.0L;
    double window = (double)NAN;

    for (size_t i = 0, next; i < count; i = next) {
        for (next = i; next < count && gaps[next].days == gaps[i].days && gaps[next].open == gaps[i].open; next++)
            ;
        if (gaps[i].open) {
            weight += next < count ? weight * (long double)(next - i) / (long double)(count - next) : 0.0L;
            continue;
        }
        sum += weight * (long double)(next - i);
        if (isnan(window) && sum >= share - 1e-13L)
            window = (double)gaps[i].days;
    }
    *reached = count ? (double)sum : (double)NAN;
    return window;
}

static void derives_the_window_from_closed_and_open_gaps(void **state)
{
    uint64_t seed = 7;
    size_t existing = 0;

    (void)state;
    for (int trial = 0; trial < 5000; trial++) {
        static const double quantiles[] = {0.1, 0.2, 0.25, 0.3, 1.0 / 3.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.999};
        const double quantile = quantiles[trial % 12];
        random_log_shape shape = {(size_t)random_between(&seed, 0, 50), random_between(&seed, 1, 8), -40, 130, trial % 2, 0};
        random_log log = random_log_make(&seed, shape);
        const int64_t observation_end = random_between(&seed, 0, 150), far = trial % 4 ? 1 : (int64_t)1 << 30;
        found_occasions found;
        gap gaps[64];
        double window = -1.0, reached = -1.0, want_reached, want;
        size_t count;

        for (size_t i = 0; i < log.view.count; i++)
            log.day[i] *= far; /* more days than can be counted in a table */
        found = find_occasions(&log.view, observation_end * far, NULL);
        count = find_gaps(&found, observation_end * far, gaps);
        redistribute_to_the_right(gaps, count, 2.0L, &want_reached);
        want = want_reached > 0.0
                   ? redistribute_to_the_right(gaps, count, (long double)quantile * (long double)want_reached, &want_reached)
                   : (double)NAN;
        assert_int_equal(retain_crr_window(NULL, &log.view, observation_end * far, NULL, quantile, &window, &reached), RETAIN_OK);
        assert_near(window, want, 0.0);
        assert_near(reached, want_reached, 1e-14);
        assert_int_equal(retain_crr_window(NULL, &log.view, observation_end * far, NULL, quantile, &window, NULL), RETAIN_OK);
        existing += isnan(window) ? 0 : 1;
        free(found.at);
        random_log_free(&log);
    }
    assert_in_range(existing, 3500, 4900);
}

/* Ten customers bought twice, i days apart, and nobody's gap is open longer: of 10 + 10 gaps the open ones are censored at once. */
static void a_quantile_that_is_met_exactly_is_met(void **state)
{
    int64_t customer[20], day[20];
    double value[20], window, reached;
    const retain_orders log = {20, customer, day, value, NULL, NULL, NULL, NULL};

    (void)state;
    for (int i = 0; i < 10; i++) {
        customer[2 * i] = customer[2 * i + 1] = i;
        day[2 * i] = 99 - i;
        day[2 * i + 1] = 100;
        value[2 * i] = value[2 * i + 1] = 1.0;
    }
    for (int tenths = 1; tenths < 10; tenths++) {
        assert_int_equal(retain_crr_window(NULL, &log, 100, NULL, tenths / 10.0, &window, &reached), RETAIN_OK);
        assert_near(window, tenths, 0.0);
        assert_near(reached, 1.0, 0.0);
    }
}

static void a_window_that_does_not_exist_is_nan_alone_and_an_error_in_the_periods(void **state)
{
    static const int64_t customer[] = {1, 2, 3, 3}, day[] = {0, 10, 20, 25}, edges[] = {0, 31, 59};
    static const double value[] = {1.0, 1.0, 1.0, 1.0};
    const retain_orders log = {4, customer, day, value, NULL, NULL, NULL, NULL},
                        once = {3, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_orders none = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double window, reached, start[2] = {7, 7};
    retain_crr_columns columns = {.start = start};

    (void)state;
    assert_int_equal(retain_crr_window(&ctx, &log, 60, NULL, 0.8, &window, &reached), RETAIN_OK);
    assert_near(window, 5, 0.0); /* a quarter of the gaps closes, all of those on the fifth day */
    assert_near(reached, 0.25, 1e-15);
    assert_int_equal(retain_crr_window(&ctx, &once, 60, NULL, 0.2, &window, &reached), RETAIN_OK);
    assert_nan(window);
    assert_near(reached, 0.0, 0.0);
    assert_int_equal(retain_crr_window(&ctx, &none, 60, NULL, 0.2, &window, &reached), RETAIN_OK);
    assert_nan(window);
    assert_nan(reached);
    assert_int_equal(retain_crr_periods(&ctx, &once, 60, edges, 3, NULL, NULL, &columns, NULL), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "3 customers of whom none has come back"));
    assert_non_null(strstr(ctx.error, "give options.window_days"));
    assert_int_equal(retain_crr_periods(&ctx, &none, 60, edges, 3, NULL, NULL, &columns, NULL), RETAIN_ERROR_DATA);
    assert_near(start[0], 7, 0.0);
}

/* --- real data ------------------------------------------------------------------------------------------------------------------- */

static void cdnow_gaps_have_the_quantiles_that_scipy_finds(void **state)
{
    golden table = golden_read("crr/cdnow_window.csv");
    random_log log = read_cdnow();

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double window, reached;

        assert_int_equal(retain_crr_window(NULL, &log.view, 10407, NULL, golden_number(&table, row, "quantile"), &window, &reached),
                         RETAIN_OK);
        assert_near(window, golden_number(&table, row, "window"), 0.0);
        assert_near(reached, golden_number(&table, row, "reached"), 1e-12);
    }
    random_log_free(&log);
    golden_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derives_the_window_from_closed_and_open_gaps),
        cmocka_unit_test(a_quantile_that_is_met_exactly_is_met),
        cmocka_unit_test(a_window_that_does_not_exist_is_nan_alone_and_an_error_in_the_periods),
        cmocka_unit_test(cdnow_gaps_have_the_quantiles_that_scipy_finds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Time to the next purchase: curves, readings and gaps against lifelines and pandas on real customers, against the estimate as B.
 * Efron explains it on random logs. */
#include "logs.h"
#include "repeat_tables.h"

enum { END = 10407 };

static retain_repeat_time_kind kind_of(const char *name)
{
    return strcmp(name, "first") == 0      ? RETAIN_REPEAT_TIME_FROM_FIRST
           : strcmp(name, "previous") == 0 ? RETAIN_REPEAT_TIME_FROM_PREVIOUS
                                           : RETAIN_REPEAT_TIME_ALL_GAPS;
}

static retain_repeat_time_options options_of(const golden *table, size_t row)
{
    return (retain_repeat_time_options){.struct_size = sizeof(retain_repeat_time_options),
                                        .kind = kind_of(golden_text(table, row, "kind")),
                                        .occasion = (int64_t)golden_number(table, row, "occasion")};
}

static void cdnow_curves_are_those_of_lifelines(void **state)
{
    golden table = golden_read("repeat/cdnow_curve.csv");
    random_log log = read_cdnow();
    curve_table *got = malloc(sizeof *got);
    const retain_repeat_time_columns columns = name_points(got);
    size_t point = 0, count = 0;

    (void)state;
    for (size_t row = 0; row < table.rows; row++, point++) {
        if (point == count) {
            const retain_repeat_time_options options = options_of(&table, row);

            assert_int_equal(retain_repeat_time_curve(NULL, &log.view, END, NULL, &options, &columns, MOST_POINTS, &count),
                             RETAIN_OK);
            point = 0;
        }
        assert_near(got->days[point], golden_number(&table, row, "days"), 0.0);
        assert_near(got->at_risk[point], golden_number(&table, row, "at_risk"), 0.0);
        assert_near(got->events[point], golden_number(&table, row, "events"), 0.0);
        assert_near(got->share[point], golden_number(&table, row, "share"), 1e-13);
        assert_near(got->low[point], golden_number(&table, row, "low"), 1e-12);
        assert_near(got->high[point], golden_number(&table, row, "high"), 1e-12);
    }
    assert_int_equal(point, count);
    free(got);
    random_log_free(&log);
    golden_free(&table);
}

static void cdnow_is_back_within_days_as_lifelines_says(void **state)
{
    golden table = golden_read("repeat/cdnow_within.csv");
    random_log log = read_cdnow();

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const retain_repeat_time_options options = options_of(&table, row);
        const double days = golden_number(&table, row, "days");
        double share, low, high, at_risk;

        assert_int_equal(retain_repeat_time_within(NULL, &log.view, END, NULL, &options, &days, 1, &share, &low, &high, &at_risk),
                         RETAIN_OK);
        assert_near(share, golden_number(&table, row, "share"), 1e-13);
        assert_near(low, golden_number(&table, row, "low"), 1e-12);
        assert_near(high, golden_number(&table, row, "high"), 1e-12);
        assert_near(at_risk, golden_number(&table, row, "at_risk"), 0.0);
    }
    random_log_free(&log);
    golden_free(&table);
}

static void cdnow_has_the_quantiles_of_lifelines(void **state)
{
    golden table = golden_read("repeat/cdnow_quantiles.csv");
    random_log log = read_cdnow();

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const retain_repeat_time_options options = options_of(&table, row);
        const double share = golden_number(&table, row, "share");
        double days, low, high;

        assert_int_equal(retain_repeat_time_quantiles(NULL, &log.view, END, NULL, &options, &share, 1, &days, &low, &high),
                         RETAIN_OK);
        assert_near(days, golden_number(&table, row, "days"), 0.0);
        assert_near(low, golden_number(&table, row, "low"), 0.0);
        assert_near(high, golden_number(&table, row, "high"), 0.0);
    }
    random_log_free(&log);
    golden_free(&table);
}

static void cdnow_gaps_are_those_of_pandas(void **state)
{
    enum { CUSTOMERS = 2349 };
    static int64_t customer[CUSTOMERS];
    static double cell[6][CUSTOMERS];
    static const char *names[] = {"gaps", "mean", "median", "sd", "longest", "days_since_last"};
    const retain_repeat_time_gap_columns columns = {customer, cell[0], cell[1], cell[2], cell[3], cell[4], cell[5]};
    golden table = golden_read("repeat/cdnow_gaps.csv");
    random_log log = read_cdnow();
    size_t count;

    (void)state;
    assert_int_equal(retain_repeat_time_gaps(NULL, &log.view, END, NULL, &columns, CUSTOMERS, &count), RETAIN_OK);
    assert_int_equal(count, CUSTOMERS);
    for (size_t row = 0; row < table.rows; row++) {
        const size_t at = (size_t)golden_number(&table, row, "row");

        assert_true(at == 0 || customer[at] > customer[at - 1]);
        for (size_t i = 0; i < 6; i++)
            assert_near(cell[i][at], golden_number(&table, row, names[i]), 1e-12 * fabs(cell[i][at]));
    }
    random_log_free(&log);
    golden_free(&table);
}

/* --- regularity ----------------------------------------------------------------------------------------------------------- */

static void cdnow_is_as_regular_as_fractions_say(void **state)
{
    golden table = golden_read("repeat/regularity.csv");
    random_log log = read_cdnow();

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        retain_repeat_time_rhythm got = {.struct_size = sizeof got};
        const double *figures[] = {&got.customers, &got.pairs, &got.variance, &got.k, &got.standard_error, &got.low, &got.high};
        static const char *const names[] = {"customers", "pairs", "variance", "k", "standard_error", "low", "high"};

        assert_int_equal(
            retain_repeat_time_regularity(NULL, &log.view, (int64_t)golden_number(&table, row, "end"), NULL, 0.0, &got), RETAIN_OK);
        for (size_t i = 0; i < 7; i++)
            assert_near(*figures[i], golden_number(&table, row, names[i]), 2e-14 * *figures[i]);
    }
    random_log_free(&log);
    golden_free(&table);
}

/* Gaps that add up ticks of a clock: k of them. */
static void simulated_customers_are_as_regular_as_they_were_made(void **state)
{
    enum { CUSTOMERS = 3000, ORDERS = 8 };
    static int64_t customer[CUSTOMERS * ORDERS], day[CUSTOMERS * ORDERS];
    static double value[CUSTOMERS * ORDERS];
    uint64_t seed = 9;
    const retain_orders log = {.count = CUSTOMERS * ORDERS, .customer = customer, .day = day, .value = value};

    (void)state;
    for (int k = 1; k <= 6; k += 1 + k / 2) {
        retain_repeat_time_rhythm got = {.struct_size = sizeof got};

        for (size_t i = 0; i < CUSTOMERS * ORDERS; i++) {
            double gap = 0.0, pace = 50.0 + 20.0 * (double)(i / ORDERS % 40);

            for (int tick = 0; tick < k; tick++)
                gap -= pace * log1p(-ldexp((double)random_below(&seed, (uint64_t)1 << 30), -30));
            customer[i] = (int64_t)(i / ORDERS);
            day[i] = i % ORDERS ? day[i - 1] + 1 + (int64_t)gap : 0;
            value[i] = 1.0;
        }
        assert_int_equal(retain_repeat_time_regularity(NULL, &log, 1 << 20, NULL, 0.0, &got), RETAIN_OK);
        assert_near(got.customers, CUSTOMERS, 0.0);
        assert_near(got.pairs, 3 * CUSTOMERS, 0.0);
        assert_near(got.k, k, 4.0 * got.standard_error + 0.02 * k);
        assert_true(got.low < got.k && got.k < got.high && got.standard_error < 0.05 * k);
    }
}

static void clockwork_is_infinitely_regular_and_single_gaps_say_nothing(void **state)
{
    int64_t customer[] = {1, 1, 1, 2, 2, 2, 3, 3}, day[] = {0, 7, 14, 1, 11, 21, 0, 9};
    double value[] = {1, 1, 1, 1, 1, 1, 1, 1};
    retain_orders log = {.count = 8, .customer = customer, .day = day, .value = value};
    retain_repeat_time_rhythm got = {.struct_size = sizeof got};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_repeat_time_regularity(NULL, &log, 30, NULL, 0.9, &got), RETAIN_OK);
    assert_near(got.customers, 2.0, 0.0);
    assert_near(got.variance, 0.0, 0.0);
    assert_true(isinf(got.k));
    assert_nan(got.standard_error);
    assert_nan(got.low);
    log.count = 2;
    assert_int_equal(retain_repeat_time_regularity(NULL, &log, 30, NULL, 0.9, &got), RETAIN_OK);
    assert_near(got.pairs, 0.0, 0.0);
    assert_nan(got.k);
    assert_nan(got.variance);
    assert_int_equal(retain_repeat_time_regularity(&ctx, &log, 30, NULL, 1.0, &got), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "level is 1; it must lie in (0, 1) (0 means 0.95)");
    assert_int_equal(retain_repeat_time_regularity(&ctx, &log, 30, NULL, 0.9, NULL), RETAIN_ERROR_ARGUMENT);
    got.struct_size = 8;
    assert_int_equal(retain_repeat_time_regularity(&ctx, &log, 30, NULL, 0.9, &got), RETAIN_ERROR_ARGUMENT);
    got.struct_size = sizeof got;
    day[1] = INT64_MAX;
    assert_int_equal(retain_repeat_time_regularity(&ctx, &log, 30, NULL, 0.9, &got), RETAIN_ERROR_DATA);
}

/* --- the estimate another way ---------------------------------------------------------------------------------------------------
 */

typedef struct wait {
    int64_t days;
    int open;
} wait;

static int compare_waits(const void *a, const void *b)
{
    const wait *x = a, *y = b;

    return x->days != y->days ? (x->days > y->days) - (x->days < y->days) : x->open - y->open;
}

/* Days of a customer's occasions, ascending. */
static size_t list_days(const found_occasions *found, int64_t customer, int64_t *day)
{
    size_t count = 0;

    for (size_t i = 0; i < found->count; i++) {
        size_t at = count;

        if (found->at[i].customer != customer)
            continue;
        for (; at > 0 && day[at - 1] > found->at[i].day; at--)
            day[at] = day[at - 1];
        day[at] = found->at[i].day;
        count++;
    }
    return count;
}

static size_t find_waits(const found_occasions *found, int64_t customers, int64_t group, int64_t groups, int64_t end,
                         const retain_repeat_time_options *options, wait *waits)
{
    const size_t k = options->occasion ? (size_t)options->occasion : 2;
    size_t count = 0;

    for (int64_t customer = 1; customer <= customers; customer++) {
        int64_t day[80];
        const size_t occasions = list_days(found, customer, day);

        if (occasions == 0 || customer % groups != group)
            continue;
        day[occasions] = end;
        if (options->kind == RETAIN_REPEAT_TIME_ALL_GAPS) {
            for (size_t i = 0; i < occasions; i++)
                waits[count++] = (wait){day[i + 1] - day[i], i + 1 == occasions};
        } else {
            const size_t from = options->kind == RETAIN_REPEAT_TIME_FROM_FIRST ? 0 : k - 2;

            if (from < occasions)
                waits[count++] = (wait){(occasions >= k ? day[k - 1] : end) - day[from], occasions < k};
        }
    }
    qsort(waits, count, sizeof *waits, compare_waits);
    return count;
}

/* Every wait starts with the weight 1/n, and an open one hands its weight on to all that follow it (B. Efron, 1967): the share back
 * within so many days is the weight of those that ended. */
static double share_by_efron(const wait *waits, size_t count, double days)
{
    double weight = 1.0 / (double)count, share = 0.0;

    for (size_t i = 0; i < count && (double)waits[i].days <= days; i++) {
        if (waits[i].open && i + 1 < count)
            weight += weight / (double)(count - i - 1);
        else if (!waits[i].open)
            share += weight;
    }
    return share;
}

static void check_readings(const random_log *log, const found_occasions *found, int64_t customers, int64_t end,
                           const retain_orders_options *counting, const retain_repeat_time_options *options)
{
    static const double shares[] = {0.1, 0.5, 0.9};
    curve_table *got = malloc(sizeof *got);
    const retain_repeat_time_columns columns = name_points(got);
    wait waits[400];
    const size_t n = find_waits(found, customers, 0, 1, end, options, waits);
    double days[40], share[40], low[40], high[40], at_risk[40], quantile[3];
    size_t count;

    for (size_t i = 0; i < 40; i++)
        days[i] = 5.0 * (double)i;
    assert_int_equal(retain_repeat_time_curve(NULL, &log->view, end, counting, options, &columns, MOST_POINTS, &count), RETAIN_OK);
    assert_int_equal(retain_repeat_time_within(NULL, &log->view, end, counting, options, days, 40, share, low, high, at_risk),
                     RETAIN_OK);
    assert_int_equal(retain_repeat_time_quantiles(NULL, &log->view, end, counting, options, shares, 3, quantile, NULL, NULL),
                     RETAIN_OK);
    for (size_t i = 0; i < count; i++) {
        assert_near(got->share[i], share_by_efron(waits, n, got->days[i]), 1e-13);
        assert_true(!(got->low[i] > got->share[i]) && !(got->high[i] < got->share[i]));
        for (size_t q = 0; q < 3; q++) {
            if (quantile[q] == got->days[i])
                assert_true(got->share[i] > shares[q] - 1e-9 && (i == 0 || got->share[i - 1] < shares[q]));
        }
    }
    for (size_t i = 0; i < 40; i++) {
        const double by_hand = share_by_efron(waits, n, days[i]);
        size_t longer = 0;

        for (size_t w = 0; w < n; w++)
            longer += (double)waits[w].days >= days[i];
        assert_near(at_risk[i], (double)longer, 0.0);
        assert_near(share[i], n && (longer || by_hand > 1.0 - 1e-9) ? by_hand : (double)NAN, 1e-13);
    }
    free(got);
}

static void shares_are_those_of_efron(void **state)
{
    uint64_t seed = 20240606;

    (void)state;
    for (int trial = 0; trial < 1500; trial++) {
        random_log_shape shape = {
            (size_t)random_between(&seed, 0, 50), random_between(&seed, 1, 20), -40, 130, trial % 2, trial % 3 == 0};
        random_log log = random_log_make(&seed, shape);
        retain_orders_options counting = {.struct_size = sizeof counting};
        retain_repeat_time_options options = {.struct_size = sizeof options};
        const int64_t observation_end = random_between(&seed, 0, 150);
        found_occasions found;

        counting.occasion_days = random_between(&seed, 0, 3) ? 0 : random_between(&seed, 1, 10);
        options.kind = (retain_repeat_time_kind)random_between(&seed, 0, 2);
        options.occasion = random_between(&seed, 0, 5);
        options.occasion = options.occasion == 1 ? INT64_MAX : options.occasion;
        options.interval = (retain_repeat_time_interval)random_between(&seed, 0, 2);
        found = find_occasions(&log.view, observation_end, &counting);
        check_readings(&log, &found, shape.customers, observation_end, &counting, &options);
        free(found.at);
        random_log_free(&log);
    }
}

/* Instants far apart are listed instead of tabulated: the same curve as with small days. */
static void long_times_give_the_same_curve(void **state)
{
    enum { FACTOR = 1000000 };
    uint64_t seed = 5;
    curve_table *a = malloc(2 * sizeof *a), *b = a + 1;
    const retain_repeat_time_columns columns_a = name_points(a), columns_b = name_points(b);

    (void)state;
    for (int trial = 0; trial < 100; trial++) {
        random_log log = random_log_make(&seed, (random_log_shape){50, 12, 0, 130, 0, 0});
        retain_repeat_time_options options = {.struct_size = sizeof options, .kind = (retain_repeat_time_kind)(trial % 3)};
        int64_t customer[12], group[12];
        double chi_squared[2], degrees[2], p[2];
        const retain_groups groups = {12, customer, group, 3};
        const retain_repeat_time_group_columns none = {0};
        size_t count[2];

        for (int64_t c = 0; c < 12; c++) {
            customer[c] = c + 1;
            group[c] = c % 3;
        }
        assert_int_equal(retain_repeat_time_curve(NULL, &log.view, 140, NULL, &options, &columns_a, MOST_POINTS, &count[0]),
                         RETAIN_OK);
        options.kind = RETAIN_REPEAT_TIME_FROM_FIRST;
        assert_int_equal(
            retain_repeat_time_compare(NULL, &log.view, &groups, 140, NULL, &options, &none, &chi_squared[0], &degrees[0], &p[0]),
            RETAIN_OK);
        for (size_t i = 0; i < log.view.count; i++)
            log.day[i] *= FACTOR;
        assert_int_equal(retain_repeat_time_compare(NULL, &log.view, &groups, 140 * (int64_t)FACTOR, NULL, &options, &none,
                                                    &chi_squared[1], &degrees[1], &p[1]),
                         RETAIN_OK);
        options.kind = (retain_repeat_time_kind)(trial % 3);
        assert_int_equal(
            retain_repeat_time_curve(NULL, &log.view, 140 * (int64_t)FACTOR, NULL, &options, &columns_b, MOST_POINTS, &count[1]),
            RETAIN_OK);
        assert_int_equal(count[0], count[1]);
        for (size_t i = 0; i < count[0]; i++) {
            assert_near(b->days[i], a->days[i] * FACTOR, 0.0);
            assert_near(b->share[i], a->share[i], 0.0);
            assert_near(b->low[i], a->low[i], 0.0);
        }
        assert_near(chi_squared[1], chi_squared[0], 0.0);
        assert_near(degrees[1], degrees[0], 0.0);
        assert_near(p[1], p[0], 0.0);
        random_log_free(&log);
    }
    free(a);
}

/* --- groups ----------------------------------------------------------------------------------------------------------------------
 */

/* Two groups: the square of the sum of (observed - expected) over its variance, by scanning. */
static double log_rank_by_hand(const wait *a, size_t n_a, const wait *b, size_t n_b, double *expected)
{
    double difference = 0.0, variance = 0.0;

    *expected = 0.0;
    for (int64_t day = 0; day < 400; day++) {
        double risk_a = 0.0, risk_b = 0.0, ended_a = 0.0, ended_b = 0.0, n, d;

        for (size_t i = 0; i < n_a; i++) {
            risk_a += a[i].days >= day;
            ended_a += a[i].days == day && !a[i].open;
        }
        for (size_t i = 0; i < n_b; i++) {
            risk_b += b[i].days >= day;
            ended_b += b[i].days == day && !b[i].open;
        }
        n = risk_a + risk_b;
        d = ended_a + ended_b;
        if (d == 0.0)
            continue;
        *expected += d * risk_a / n;
        difference += ended_a - d * risk_a / n;
        variance += n > 1.0 ? d * (n - d) / (n - 1.0) * risk_a * risk_b / n / n : 0.0;
    }
    return difference * difference / variance;
}

static void groups_differ_as_scanning_says(void **state)
{
    uint64_t seed = 77;

    (void)state;
    for (int trial = 0; trial < 500; trial++) {
        random_log_shape shape = {60, 16, -40, 130, trial % 2, 0};
        random_log log = random_log_make(&seed, shape);
        const retain_repeat_time_options options = {.struct_size = sizeof options,
                                                    .kind = (retain_repeat_time_kind)(trial % 2),
                                                    .occasion = trial % 3 + 1 == 1 ? 0 : trial % 3 + 1};
        const retain_orders_options counting = {.struct_size = sizeof counting};
        found_occasions found = find_occasions(&log.view, 140, &counting);
        int64_t customer[16], group[16];
        const retain_groups groups = {16, customer, group, 2};
        double customers[2], events[2], expected[2], chi_squared, degrees, p, want, want_expected;
        const retain_repeat_time_group_columns columns = {.customers = customers, .events = events, .expected = expected};
        wait waits[2][100];
        size_t n[2];

        for (int64_t c = 0; c < 16; c++) {
            customer[c] = c + 1;
            group[c] = (c + 1) % 2;
        }
        for (int g = 0; g < 2; g++)
            n[g] = find_waits(&found, 16, g, 2, 140, &options, waits[g]);
        assert_int_equal(
            retain_repeat_time_compare(NULL, &log.view, &groups, 140, NULL, &options, &columns, &chi_squared, &degrees, &p),
            RETAIN_OK);
        want = log_rank_by_hand(waits[0], n[0], waits[1], n[1], &want_expected);
        assert_near(customers[0], (double)n[0], 0.0);
        assert_near(customers[1], (double)n[1], 0.0);
        assert_near(expected[0], want_expected, 1e-12);
        assert_near(expected[0] + expected[1], events[0] + events[1], 1e-12);
        if (degrees == 1.0 && chi_squared == chi_squared) {
            assert_near(chi_squared, want, 1e-11 * want + 1e-15);
            assert_near(p, erfc(sqrt(0.5 * want)), 1e-11);
        }
        free(found.at);
        random_log_free(&log);
    }
}

static void a_customer_without_a_group_is_named(void **state)
{
    static const int64_t customer[] = {4, 9, 4}, day[] = {0, 3, 5}, known[] = {4}, code[] = {0}, far[] = {1};
    static const double value[] = {1, 1, 1};
    const retain_orders log = {3, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_groups groups = {1, known, code, 1}, bad = {1, known, far, 1}, many = {0, NULL, NULL, 1025};
    const retain_repeat_time_options gaps = {.struct_size = sizeof gaps, .kind = RETAIN_REPEAT_TIME_ALL_GAPS};
    const retain_repeat_time_group_columns none = {0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_repeat_time_compare(&ctx, &log, &groups, 9, NULL, NULL, &none, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error,
                        "orders.customer[1] is 9, who is not in groups.customer; every customer with an occasion needs a group");
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_repeat_time_compare(&ctx, &log, &bad, 9, NULL, NULL, &none, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_repeat_time_compare(&ctx, &log, &many, 9, NULL, NULL, &none, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_compare(&ctx, &log, NULL, 9, NULL, NULL, &none, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_compare(&ctx, &log, &groups, 9, NULL, &gaps, &none, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_compare(&ctx, &log, &groups, 9, NULL, NULL, NULL, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_compare(&ctx, &log, &groups, 2, NULL, NULL, &none, NULL, NULL, NULL), RETAIN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cdnow_curves_are_those_of_lifelines),
        cmocka_unit_test(cdnow_is_back_within_days_as_lifelines_says),
        cmocka_unit_test(cdnow_has_the_quantiles_of_lifelines),
        cmocka_unit_test(cdnow_gaps_are_those_of_pandas),
        cmocka_unit_test(cdnow_is_as_regular_as_fractions_say),
        cmocka_unit_test(simulated_customers_are_as_regular_as_they_were_made),
        cmocka_unit_test(clockwork_is_infinitely_regular_and_single_gaps_say_nothing),
        cmocka_unit_test(shares_are_those_of_efron),
        cmocka_unit_test(long_times_give_the_same_curve),
        cmocka_unit_test(groups_differ_as_scanning_says),
        cmocka_unit_test(a_customer_without_a_group_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

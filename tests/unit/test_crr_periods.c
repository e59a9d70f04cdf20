/* The coming and going of customers, against sets that are scanned. */
#include <limits.h>

#include "logs.h"
#include "retain/calendar.h"
#include "retain/crr.h"
#include "retain/rate.h"

enum { MOST_PERIODS = 400, COLUMNS = 16 };

/* --- the second opinion --------------------------------------------------------------------------------------------------------- */

/* All columns in one array, in the order of the struct. */
typedef struct crr_table {
    double cell[COLUMNS][MOST_PERIODS];
} crr_table;

enum column {
    START,
    ACQUIRED,
    GAINED,
    RETAINED,
    REACTIVATED,
    LOST,
    END,
    CRR,
    CRR_LOW,
    CRR_HIGH,
    STRICT,
    STRICT_LOW,
    STRICT_HIGH,
    CHURN,
    CHURN_LOW,
    CHURN_HIGH
};

static retain_crr_columns columns_of(crr_table *table)
{
    double(*cell)[MOST_PERIODS] = table->cell;

    return (retain_crr_columns){cell[START],       cell[ACQUIRED], cell[GAINED],    cell[RETAINED],
                                cell[REACTIVATED], cell[LOST],     cell[END],       cell[CRR],
                                cell[CRR_LOW],     cell[CRR_HIGH], cell[STRICT],    cell[STRICT_LOW],
                                cell[STRICT_HIGH], cell[CHURN],    cell[CHURN_LOW], cell[CHURN_HIGH]};
}

static int is_active(const found_occasions *found, int64_t customer, int64_t instant, int64_t window)
{
    for (size_t i = 0; i < found->count; i++) {
        if (found->at[i].customer == customer && found->at[i].day < instant && instant - found->at[i].day <= window)
            return 1;
    }
    return 0;
}

/* 1 when the customer has an occasion before `day`. */
static int is_known(const found_occasions *found, int64_t customer, int64_t day)
{
    return is_active(found, customer, day, INT64_MAX);
}

/* Who is active at edge k: 1 or 0, or -1 when the edges do not say. */
static int is_active_at(const found_occasions *found, int64_t customer, const retain_crr_options *options, const int64_t *edges,
                        size_t k)
{
    if (options->activity == RETAIN_CRR_WINDOW)
        return is_active(found, customer, edges[k], options->window_days);
    return k < options->span ? -1 : is_active(found, customer, edges[k], edges[k] - edges[k - options->span]);
}

static void count_by_scanning(const found_occasions *found, int64_t customers, const retain_crr_options *options,
                              const int64_t *edges, size_t k, double *count)
{
    for (int i = START; i <= END; i++)
        count[i] = 0.0;
    for (int64_t customer = 1; customer <= customers; customer++) {
        int before = is_active_at(found, customer, options, edges, k);
        int after = is_active_at(found, customer, options, edges, k + options->span);
        int known = is_known(found, customer, edges[k]), won = !known && is_known(found, customer, edges[k + options->span]);

        count[START] += before < 0 ? (double)NAN : before;
        count[ACQUIRED] += won;
        count[GAINED] += won && after;
        count[RETAINED] += before < 0 ? (double)NAN : before && after;
        count[REACTIVATED] += before < 0 ? (double)NAN : known && !before && after;
        count[LOST] += before < 0 ? (double)NAN : before && !after;
        count[END] += after;
    }
    if (options->activity == RETAIN_CRR_PERIOD && k < options->span)
        count[START] = count[RETAINED] = count[REACTIVATED] = count[LOST] = (double)NAN;
}

/* Rates and intervals of a result that is over, and its identities. */
static void check_rates(const crr_table *table, size_t k, const double *want, double level)
{
    const double(*cell)[MOST_PERIODS] = table->cell;
    const double stayed = want[END] - want[GAINED], start = want[START];

    if (!isnan(start)) {
        assert_near(start, cell[RETAINED][k] + cell[LOST][k], 0.0);
        assert_near(cell[END][k], cell[RETAINED][k] + cell[GAINED][k] + cell[REACTIVATED][k], 0.0);
    }
    assert_near(cell[CRR][k], retain_crr(start, want[END], want[GAINED]), 0.0);
    assert_near(cell[STRICT][k], start > 0 ? want[RETAINED] / start : (double)NAN, 0.0);
    assert_near(cell[CHURN][k], start > 0 ? want[LOST] / start : (double)NAN, 0.0);
    assert_near(cell[CRR_LOW][k], retain_rate_low(stayed, start, level), 0.0);
    assert_near(cell[CRR_HIGH][k], retain_rate_high(stayed, start, level), 0.0);
    assert_near(cell[STRICT_LOW][k], retain_rate_low(want[RETAINED], start, level), 0.0);
    assert_near(cell[STRICT_HIGH][k], retain_rate_high(want[RETAINED], start, level), 0.0);
    assert_near(cell[CHURN_LOW][k], retain_rate_low(want[LOST], start, level), 0.0);
    assert_near(cell[CHURN_HIGH][k], retain_rate_high(want[LOST], start, level), 0.0);
}

static void check_against_scanning(const crr_table *table, const found_occasions *found, int64_t customers,
                                   const retain_crr_options *given, int64_t observation_end, const int64_t *edges,
                                   size_t edge_count)
{
    const double(*cell)[MOST_PERIODS] = table->cell;
    retain_crr_options options = *given;

    options.span = options.span ? options.span : 1;
    for (size_t k = 0; k + options.span < edge_count; k++) {
        const int64_t end = edges[k + options.span];
        double want[END + 1];

        count_by_scanning(found, customers, &options, edges, k, want);
        assert_near(cell[START][k], edges[k] <= observation_end + 1 ? want[START] : (double)NAN, 0.0);
        for (int i = ACQUIRED; i <= END; i++)
            assert_near(cell[i][k], end <= observation_end + 1 ? want[i] : (double)NAN, 0.0);
        if (end > observation_end + 1) {
            for (int i = CRR; i <= CHURN_HIGH; i++)
                assert_nan(cell[i][k]);
            continue;
        }
        check_rates(table, k, want, 0.95);
        if (k + 2 * options.span < edge_count)
            assert_near(cell[END][k], cell[START][k + options.span], 0.0);
        if (options.activity == RETAIN_CRR_PERIOD || (uint64_t)options.window_days >= (uint64_t)end - (uint64_t)edges[k])
            assert_near(cell[GAINED][k], cell[ACQUIRED][k], 0.0);
    }
}

static size_t draw_edges(uint64_t *seed, int64_t *edges, size_t most_periods)
{
    size_t periods = (size_t)random_between(seed, 1, (int64_t)most_periods);
    int64_t longest = random_between(seed, 0, 3) ? 40 : 1;

    edges[0] = random_between(seed, -30, 60);
    for (size_t k = 1; k <= periods; k++)
        edges[k] = edges[k - 1] + random_between(seed, 1, longest);
    return periods;
}

static void counts_customers_as_scanning_the_sets_does(void **state)
{
    uint64_t seed = 20240101;
    crr_table table;

    (void)state;
    for (int trial = 0; trial < 5000; trial++) {
        random_log_shape shape = {
            (size_t)random_between(&seed, 0, 50), random_between(&seed, 1, 8), -40, 130, trial % 2, trial % 3 == 0};
        random_log log = random_log_make(&seed, shape);
        retain_orders_options counting = {.struct_size = sizeof counting};
        retain_crr_options options = {.struct_size = sizeof options};
        retain_crr_columns columns = columns_of(&table);
        int64_t edges[MOST_PERIODS + 1], observation_end = random_between(&seed, 0, 150), used = 0;
        size_t periods = draw_edges(&seed, edges, trial % 50 ? 12 : MOST_PERIODS);
        found_occasions found;

        counting.count_zero_orders = trial % 5 == 0;
        counting.occasion_days = random_between(&seed, 0, 3) ? 0 : random_between(&seed, 1, 10);
        options.activity = trial % 3 == 1 ? RETAIN_CRR_PERIOD : RETAIN_CRR_WINDOW;
        if (options.activity == RETAIN_CRR_WINDOW)
            options.window_days = random_between(&seed, 0, 9) ? random_between(&seed, 1, 90) : INT64_MAX;
        options.span = (size_t)random_between(&seed, 0, (int64_t)periods);
        found = find_occasions(&log.view, observation_end, &counting);
        assert_int_equal(
            retain_crr_periods(NULL, &log.view, observation_end, edges, periods + 1, &counting, &options, &columns, &used),
            RETAIN_OK);
        assert_true(used == options.window_days);
        check_against_scanning(&table, &found, shape.customers, &options, observation_end, edges, periods + 1);
        free(found.at);
        random_log_free(&log);
    }
}

static void edges_may_be_as_far_apart_as_numbers_go(void **state)
{
    static const int64_t customer[] = {1, 2, 1}, day[] = {5, 8, 20};
    static const double value[] = {1.0, 1.0, 1.0};
    static const int64_t edges[] = {INT64_MIN, -3, 0, 10, 11, 12, 13, 30, INT64_MAX};
    const retain_orders log = {3, customer, day, value, NULL, NULL, NULL, NULL};
    const found_occasions found = {(found_occasion[]){{1, 5, 1, 1, 0}, {2, 8, 1, 1, 0}, {1, 20, 1, 1, 0}}, 3};
    retain_crr_options options = {.struct_size = sizeof options, .window_days = 4};
    crr_table table;
    retain_crr_columns columns = columns_of(&table);

    (void)state;
    assert_int_equal(retain_crr_periods(NULL, &log, 29, edges, 9, NULL, &options, &columns, NULL), RETAIN_OK);
    check_against_scanning(&table, &found, 2, &options, 29, edges, 9);
    options.span = 3;
    assert_int_equal(retain_crr_periods(NULL, &log, 29, edges, 9, NULL, &options, &columns, NULL), RETAIN_OK);
    check_against_scanning(&table, &found, 2, &options, 29, edges, 9);
}

/* A rolling series is what one call for each of its periods gives. */
static void rolling_periods_are_the_periods_one_by_one(void **state)
{
    uint64_t seed = 31;
    random_log log = random_log_make(&seed, (random_log_shape){900, 60, 0, 300, 0, 0});
    int64_t edges[44];
    crr_table rolling, single;
    const retain_crr_columns many = columns_of(&rolling), one = columns_of(&single);
    retain_crr_options options = {.struct_size = sizeof options, .window_days = 45, .span = 13};

    (void)state;
    for (int64_t k = 0; k < 44; k++)
        edges[k] = 7 * k;
    assert_int_equal(retain_crr_periods(NULL, &log.view, 280, edges, 44, NULL, &options, &many, NULL), RETAIN_OK);
    options.span = 0;
    for (size_t k = 0; k + 13 < 44; k++) {
        const int64_t period[] = {edges[k], edges[k + 13]};

        assert_int_equal(retain_crr_periods(NULL, &log.view, 280, period, 2, NULL, &options, &one, NULL), RETAIN_OK);
        for (int i = 0; i < COLUMNS; i++)
            assert_near(rolling.cell[i][k], single.cell[i][0], 0.0);
    }
    random_log_free(&log);
}

/* --- flags --------------------------------------------------------------------------------------------------------------------- */

static void count_flags_by_scanning(const uint8_t *active, size_t customers, size_t instants, size_t k, size_t span, double *count)
{
    for (int i = START; i <= END; i++)
        count[i] = 0.0;
    for (size_t i = 0; i < customers; i++) {
        const uint8_t *row = active + i * instants;
        int known = 0, won = 0;

        for (size_t j = 0; j <= k + span; j++) {
            known |= row[j] && j <= k;
            won |= row[j];
        }
        won = won && !known;
        count[START] += row[k];
        count[ACQUIRED] += won;
        count[GAINED] += won && row[k + span];
        count[RETAINED] += row[k] && row[k + span];
        count[REACTIVATED] += known && !row[k] && row[k + span];
        count[LOST] += row[k] && !row[k + span];
        count[END] += row[k + span];
    }
}

static uint8_t *draw_flags(uint64_t *seed, size_t customers, size_t instants)
{
    uint8_t *active = malloc(customers * instants + 1);

    assert_non_null(active);
    for (size_t i = 0; i < customers; i++) {
        const int64_t changes = random_between(seed, 1, 10);
        uint8_t now = random_bits(seed) & 1;

        for (size_t k = 0; k < instants; k++) {
            now ^= random_between(seed, 1, 10) <= changes;
            active[i * instants + k] = now;
        }
    }
    return active;
}

static void counts_flags_as_scanning_them_does(void **state)
{
    uint64_t seed = 5;
    crr_table table;
    const retain_crr_columns columns = columns_of(&table);

    (void)state;
    for (int trial = 0; trial < 2000; trial++) {
        const size_t customers = (size_t)random_between(&seed, 0, 12), instants = (size_t)random_between(&seed, 2, 14);
        const retain_crr_options options = {.struct_size = sizeof options,
                                            .span = (size_t)random_between(&seed, 0, (int64_t)instants - 1)};
        const size_t span = options.span ? options.span : 1;
        uint8_t *active = draw_flags(&seed, customers, instants);

        assert_int_equal(retain_crr_flags(NULL, active, customers, instants, &options, &columns), RETAIN_OK);
        for (size_t k = 0; k + span < instants; k++) {
            double want[END + 1];

            count_flags_by_scanning(active, customers, instants, k, span, want);
            for (int i = START; i <= END; i++)
                assert_near(table.cell[i][k], want[i], 0.0);
            check_rates(&table, k, want, 0.95);
        }
        free(active);
    }
}

static void flags_of_many_customers_do_not_depend_on_threads(void **state)
{
    enum { CUSTOMERS = 200000, INSTANTS = 25 };
    uint64_t seed = 6;
    uint8_t *active = draw_flags(&seed, CUSTOMERS, INSTANTS);
    crr_table first, again;
    const retain_crr_columns columns = columns_of(&first), more = columns_of(&again);

    (void)state;
    memset(&first, 0, sizeof first);
    memset(&again, 0, sizeof again);
    assert_int_equal(retain_crr_flags(NULL, active, CUSTOMERS, INSTANTS, NULL, &columns), RETAIN_OK);
    for (size_t k = 0; k < INSTANTS - 1; k += 5) {
        double want[END + 1];

        count_flags_by_scanning(active, CUSTOMERS, INSTANTS, k, 1, want);
        for (int i = START; i <= END; i++)
            assert_near(first.cell[i][k], want[i], 0.0);
    }
    for (int threads = 2; threads <= 64; threads *= 4) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        assert_int_equal(retain_crr_flags(&ctx, active, CUSTOMERS, INSTANTS, NULL, &more), RETAIN_OK);
        assert_memory_equal(&first, &again, sizeof first);
    }
    free(active);
}

static void uses_the_window_that_it_derives(void **state)
{
    uint64_t seed = 99;
    random_log log = random_log_make(&seed, (random_log_shape){400, 20, 0, 300, 0, 0});
    int64_t edges[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273}, used = 0;
    crr_table derived, given;
    retain_crr_columns columns = columns_of(&derived), again = columns_of(&given);
    retain_crr_options options = {.struct_size = sizeof options, .window_quantile = 0.8};
    double window;

    (void)state;
    assert_int_equal(retain_crr_periods(NULL, &log.view, 300, edges, 10, NULL, NULL, &columns, &used), RETAIN_OK);
    assert_int_equal(retain_crr_window(NULL, &log.view, 300, NULL, 0.8, &window, NULL), RETAIN_OK);
    assert_near((double)used, window, 0.0);
    options.window_days = used;
    assert_int_equal(retain_crr_periods(NULL, &log.view, 300, edges, 10, NULL, &options, &again, NULL), RETAIN_OK);
    for (int i = 0; i < COLUMNS; i++)
        assert_memory_equal(derived.cell[i], given.cell[i], 9 * sizeof(double));
    options.window_days = 0;
    options.window_quantile = 0.5;
    assert_int_equal(retain_crr_periods(NULL, &log.view, 300, edges, 10, NULL, &options, &again, &used), RETAIN_OK);
    assert_int_equal(retain_crr_window(NULL, &log.view, 300, NULL, 0.5, &window, NULL), RETAIN_OK);
    assert_near((double)used, window, 0.0);
    random_log_free(&log);
}

/* --- promises -------------------------------------------------------------------------------------------------------------------- */

static void a_level_of_its_own_widens_and_narrows_the_intervals(void **state)
{
    uint64_t seed = 5;
    random_log log = random_log_make(&seed, (random_log_shape){400, 50, 0, 100, 0, 0});
    int64_t edges[] = {50, 90};
    crr_table table;
    retain_crr_columns columns = columns_of(&table);
    retain_crr_options options = {.struct_size = sizeof options, .window_days = 20, .level = 0.5};

    (void)state;
    assert_int_equal(retain_crr_periods(NULL, &log.view, 100, edges, 2, NULL, &options, &columns, NULL), RETAIN_OK);
    assert_near(table.cell[CHURN_LOW][0], retain_rate_low(table.cell[LOST][0], table.cell[START][0], 0.5), 0.0);
    random_log_free(&log);
}

static void writes_only_the_columns_that_are_asked_for(void **state)
{
    static const int64_t customer[] = {1, 2}, day[] = {0, 10}, edges[] = {0, 31};
    static const double value[] = {1.0, 1.0};
    const retain_orders log = {2, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_crr_options options = {.struct_size = sizeof options, .window_days = 40};
    double end[1];
    const retain_crr_columns none = {0}, one = {.end = end};

    (void)state;
    assert_int_equal(retain_crr_periods(NULL, &log, 30, edges, 2, NULL, &options, &none, NULL), RETAIN_OK);
    assert_int_equal(retain_crr_periods(NULL, &log, 30, edges, 2, NULL, &options, &one, NULL), RETAIN_OK);
    assert_near(end[0], 2, 0.0);
}

static random_log make_large_log(uint64_t *seed)
{
    return random_log_make(seed, (random_log_shape){250000, 30000, 0, 700, 0, 0});
}

static void count_large(retain_context *ctx, const retain_orders *orders, const int64_t *edges, crr_table *table, double *window)
{
    const retain_crr_options options = {.struct_size = sizeof options, .window_days = 45};
    const retain_crr_columns columns = columns_of(table);

    memset(table, 0, sizeof *table);
    assert_int_equal(retain_crr_periods(ctx, orders, 699, edges, MOST_PERIODS + 1, NULL, &options, &columns, NULL), RETAIN_OK);
    assert_int_equal(retain_crr_window(ctx, orders, 699, NULL, 0.8, &window[0], &window[1]), RETAIN_OK);
}

static void neither_threads_nor_the_order_of_rows_show(void **state)
{
    uint64_t seed = 11;
    random_log log = make_large_log(&seed);
    int64_t edges[MOST_PERIODS + 1];
    crr_table *first = malloc(2 * sizeof *first);
    double window[2], again[2];

    (void)state;
    assert_non_null(first);
    for (int64_t k = 0; k <= MOST_PERIODS; k++)
        edges[k] = 2 * k;
    count_large(NULL, &log.view, edges, first, window);
    for (int threads = 1; threads <= 64; threads = threads == 3 ? 8 : threads == 8 ? 64 : threads + 1) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        random_log_shuffle(&log, &seed);
        count_large(&ctx, &log.view, edges, first + 1, again);
        assert_memory_equal(first, first + 1, sizeof *first);
        assert_memory_equal(window, again, sizeof window);
    }
    free(first);
    random_log_free(&log);
}

static void counts_of_disjoint_groups_of_customers_add_up(void **state)
{
    uint64_t seed = 12;
    random_log log = make_large_log(&seed);
    int64_t edges[MOST_PERIODS + 1];
    crr_table *all = malloc(3 * sizeof *all);
    double window[2];

    (void)state;
    assert_non_null(all);
    for (int64_t k = 0; k <= MOST_PERIODS; k++)
        edges[k] = 2 * k;
    count_large(NULL, &log.view, edges, all, window);
    for (int half = 0; half <= 1; half++) {
        random_log part = random_log_make(&seed, (random_log_shape){250000, 1, 0, 0, 0, 0});
        size_t rows = 0;

        for (size_t i = 0; i < log.view.count; i++) {
            if (log.customer[i] % 2 == half) {
                part.customer[rows] = log.customer[i];
                part.day[rows++] = log.day[i];
            }
        }
        part.view.count = rows;
        count_large(NULL, &part.view, edges, half ? all + 2 : all + 1, window);
        random_log_free(&part);
    }
    for (int i = START; i <= END; i++) {
        for (int k = 0; k < MOST_PERIODS; k++)
            assert_near(all[1].cell[i][k] + all[2].cell[i][k], all[0].cell[i][k], 0.0);
    }
    free(all);
    random_log_free(&log);
}

/* What comes out does not matter; a sanitizer watches where it is written. */

static void a_log_that_changes_while_it_is_read_does_no_harm(void **state)
{
    static const int64_t edges[] = {0, 31, 59, 90};
    crr_table table;
    const retain_crr_columns columns = columns_of(&table);
    double window, reached;

    (void)state;
    for (size_t at = 1; at < 24; at++) {
        uint64_t seed = at;
        random_log log = random_log_make(&seed, (random_log_shape){200, 20, 0, 90, at % 2, 0});
        log_meddler meddler = {&log, at, 0};
        retain_context ctx = meddling_context(&meddler);

        retain_crr_periods(&ctx, &log.view, 95, edges, 4, NULL, NULL, &columns, NULL);
        meddler.requests = 0;
        retain_crr_window(&ctx, &log.view, 95, NULL, 0.8, &window, &reached);
        random_log_free(&log);
    }
}

/* --- real data ------------------------------------------------------------------------------------------------------------------- */

static void cdnow_comes_and_goes_as_pandas_counts_it(void **state)
{
    static const char *names[] = {"start", "acquired", "gained", "retained", "reactivated", "lost", "end"};
    golden table = golden_read("crr/cdnow_months.csv");
    random_log log = read_cdnow();

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const int64_t edges[] = {(int64_t)golden_number(&table, row, "begin"), (int64_t)golden_number(&table, row, "end_day")};
        const retain_crr_options options = {.struct_size = sizeof options,
                                            .window_days = (int64_t)golden_number(&table, row, "window")};
        crr_table got;
        const retain_crr_columns columns = columns_of(&got);

        assert_int_equal(retain_crr_periods(NULL, &log.view, 10407, edges, 2, NULL, &options, &columns, NULL), RETAIN_OK);
        for (int i = START; i <= END; i++)
            assert_near(got.cell[i][0], golden_number(&table, row, names[i]), 0.0);
    }
    random_log_free(&log);
    golden_free(&table);
}

static void cdnow_rolls_and_goes_by_period_as_pandas_counts_it(void **state)
{
    static const char *names[] = {"start", "acquired", "gained", "retained", "reactivated", "lost", "end"};
    golden table = golden_read("crr/cdnow_rolling.csv");
    random_log log = read_cdnow();
    int64_t edges[20];
    size_t count;

    (void)state;
    assert_int_equal(retain_calendar_edges(NULL, 9862, 10407, NULL, edges, 20, &count), RETAIN_OK);
    assert_int_equal(count, 19);
    for (size_t row = 0; row < table.rows; row++) {
        const int64_t window = (int64_t)golden_number(&table, row, "window");
        const retain_crr_options options = {.struct_size = sizeof options,
                                            .window_days = window,
                                            .activity = window ? RETAIN_CRR_WINDOW : RETAIN_CRR_PERIOD,
                                            .span = (size_t)golden_number(&table, row, "span")};
        crr_table got;
        const retain_crr_columns columns = columns_of(&got);

        assert_int_equal(retain_crr_periods(NULL, &log.view, 10407, edges, count, NULL, &options, &columns, NULL), RETAIN_OK);
        for (int i = START; i <= END; i++)
            assert_near(got.cell[i][(size_t)golden_number(&table, row, "month")], golden_number(&table, row, names[i]), 0.0);
    }
    random_log_free(&log);
    golden_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_customers_as_scanning_the_sets_does),
        cmocka_unit_test(edges_may_be_as_far_apart_as_numbers_go),
        cmocka_unit_test(rolling_periods_are_the_periods_one_by_one),
        cmocka_unit_test(counts_flags_as_scanning_them_does),
        cmocka_unit_test(flags_of_many_customers_do_not_depend_on_threads),
        cmocka_unit_test(uses_the_window_that_it_derives),
        cmocka_unit_test(a_level_of_its_own_widens_and_narrows_the_intervals),
        cmocka_unit_test(writes_only_the_columns_that_are_asked_for),
        cmocka_unit_test(neither_threads_nor_the_order_of_rows_show),
        cmocka_unit_test(counts_of_disjoint_groups_of_customers_add_up),
        cmocka_unit_test(a_log_that_changes_while_it_is_read_does_no_harm),
        cmocka_unit_test(cdnow_comes_and_goes_as_pandas_counts_it),
        cmocka_unit_test(cdnow_rolls_and_goes_by_period_as_pandas_counts_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

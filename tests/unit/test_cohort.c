/* Cohort tables against scanning, against pandas on real orders, and against the other modules that count the same customers. */
#include "logs.h"
#include "retain/cohort.h"
#include "retain/crr.h"
#include "retain/rate.h"

/* --- tables --------------------------------------------------------------------------------------------------------------------- */

typedef struct cohort_table {
    size_t periods;
    double *size, *active, *orders, *revenue;
    uint8_t *complete;
} cohort_table;

static cohort_table table_make(size_t periods)
{
    cohort_table table = {periods, NULL, NULL, NULL, NULL, NULL};
    const size_t cells = periods * periods;

    table.size = malloc((periods + 3 * cells) * sizeof(double));
    table.complete = malloc(cells);
    assert_non_null(table.size);
    assert_non_null(table.complete);
    table.active = table.size + periods;
    table.orders = table.active + cells;
    table.revenue = table.orders + cells;
    for (size_t i = 0; i < periods + 3 * cells; i++)
        table.size[i] = -5.0;
    memset(table.complete, 77, cells);
    return table;
}

static void table_free(cohort_table *table)
{
    free(table->size);
    free(table->complete);
}

static retain_status fill(retain_context *ctx, const retain_orders *orders, int64_t end, const int64_t *edges,
                          const retain_orders_options *counting, const retain_cohort_options *options, const cohort_table *table)
{
    return retain_cohort_active(ctx, orders, end, edges, table->periods + 1, counting, options, table->size, table->active,
                                table->orders, table->revenue, table->complete);
}

static double sum_of(const double *numbers, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++)
        sum += isnan(numbers[i]) ? 0.0 : numbers[i];
    return sum;
}

/* --- the second opinion --------------------------------------------------------------------------------------------------------- */

static int64_t first_day_of(const found_occasions *found, int64_t customer)
{
    int64_t first = INT64_MAX;

    for (size_t i = 0; i < found->count; i++) {
        if (found->at[i].customer == customer && found->at[i].day < first)
            first = found->at[i].day;
    }
    return first;
}

static int lies_in(int64_t day, const int64_t *edges, size_t period)
{
    return day >= edges[period] && day < edges[period + 1];
}

/* Counts one cell of customers whose first occasion lies in period c, by looking at everything. */
static void scan_cell(const found_occasions *found, int64_t customers, const int64_t *edges, size_t c, size_t age,
                      retain_cohort_kind kind, double *want)
{
    want[0] = want[1] = want[2] = want[3] = 0.0;
    for (int64_t customer = 1; customer <= customers; customer++) {
        int there = 0, later = 0;

        if (!lies_in(first_day_of(found, customer), edges, c))
            continue;
        for (size_t i = 0; i < found->count; i++) {
            if (found->at[i].customer != customer)
                continue;
            later |= found->at[i].day >= edges[c + age];
            if (lies_in(found->at[i].day, edges, c + age)) {
                there = 1;
                want[2] += found->at[i].orders;
                want[3] += found->at[i].value;
            }
        }
        want[0] += 1.0;
        want[1] += kind == RETAIN_COHORT_UNBOUNDED ? later : there;
    }
}

static void check_against_scanning(const cohort_table *got, const found_occasions *found, int64_t customers, int64_t end,
                                   const int64_t *edges, const retain_cohort_options *options)
{
    for (size_t c = 0; c < got->periods; c++) {
        for (size_t age = 0; age < got->periods; age++) {
            const size_t i = c * got->periods + age;
            const int over = c + age < got->periods && edges[c + age + 1] <= end + 1;
            const int shown = over || (options->count_running && c + age < got->periods && edges[c + age] <= end);
            double want[4];

            if (c + age < got->periods)
                scan_cell(found, customers, edges, c, age, options->kind, want);
            if (age == 0)
                assert_near(got->size[c], edges[c] <= end ? want[0] : (double)NAN, 0.0);
            assert_near(got->active[i], shown ? want[1] : (double)NAN, 0.0);
            assert_near(got->orders[i], shown ? want[2] : (double)NAN, 0.0);
            assert_near(got->revenue[i], shown ? want[3] : (double)NAN, 0.0);
            assert_int_equal(got->complete[i], over);
        }
    }
}

/* The numbers of other modules that these must agree with. */
static void check_reconciles(const cohort_table *got, const retain_orders *orders, int64_t end, const int64_t *edges,
                             const retain_orders_options *counting, const retain_cohort_options *options)
{
    const size_t cells = got->periods * got->periods;
    const retain_summary nothing = {0};
    retain_orders_report report = {.struct_size = sizeof report};
    retain_crr_options window = {.struct_size = sizeof window, .window_days = 30};
    double acquired[64];
    const retain_crr_columns columns = {.acquired = acquired};
    size_t count;

    assert_int_equal(retain_orders_summary(NULL, orders, end, counting, &nothing, 1000, &count, &report), RETAIN_OK);
    assert_near(sum_of(got->size, got->periods), (double)report.customers, 0.0);
    if (options->count_running) {
        assert_near(sum_of(got->orders, cells), report.kept_orders, 0.0);
        assert_near(sum_of(got->revenue, cells), report.kept_value, 0.0);
    }
    assert_int_equal(retain_crr_periods(NULL, orders, end, edges, got->periods + 1, counting, &window, &columns, NULL), RETAIN_OK);
    for (size_t k = 0; k < got->periods; k++) {
        if (!isnan(acquired[k]))
            assert_near(acquired[k], got->size[k], 0.0);
    }
}

static void counts_each_cell_as_scanning_does(void **state)
{
    uint64_t seed = 1997;
    size_t refused = 0;

    (void)state;
    for (int trial = 0; trial < 4000; trial++) {
        random_log_shape shape = {
            (size_t)random_between(&seed, 0, 50), random_between(&seed, 1, 8), -40, 130, trial % 2, trial % 3 == 0};
        random_log log = random_log_make(&seed, shape);
        retain_orders_options counting = {.struct_size = sizeof counting};
        retain_cohort_options options = {sizeof options, trial % 3 ? RETAIN_COHORT_PERIOD : RETAIN_COHORT_UNBOUNDED, trial % 5 < 3};
        int64_t edges[64], end = random_between(&seed, 0, 150), longest = random_between(&seed, 5, 60);
        cohort_table table = table_make((size_t)random_between(&seed, 1, trial % 20 ? 14 : 60));
        found_occasions found;
        int inside = 1;

        edges[0] = random_between(&seed, -50, trial % 2 ? -39 : -40);
        for (size_t k = 1; k <= table.periods; k++)
            edges[k] = edges[k - 1] + random_between(&seed, 1, longest);
        counting.count_zero_orders = trial % 5 == 0;
        counting.occasion_days = random_between(&seed, 0, 3) ? 0 : random_between(&seed, 1, 10);
        found = find_occasions(&log.view, end, &counting);
        for (size_t i = 0; i < found.count; i++)
            inside &= found.at[i].day >= edges[0] && found.at[i].day < edges[table.periods];
        refused += inside ? 0 : 1;
        if (inside) {
            assert_int_equal(fill(NULL, &log.view, end, edges, &counting, &options, &table), RETAIN_OK);
            check_against_scanning(&table, &found, shape.customers, end, edges, &options);
            check_reconciles(&table, &log.view, end, edges, &counting, &options);
        } else {
            assert_int_equal(fill(NULL, &log.view, end, edges, &counting, &options, &table), RETAIN_ERROR_DATA);
            assert_near(sum_of(table.size, table.periods), -5.0 * (double)table.periods, 0.0);
        }
        free(found.at);
        random_log_free(&log);
        table_free(&table);
    }
    assert_in_range(refused, 400, 3000);
}

static void an_occasion_outside_the_edges_is_refused_by_row(void **state)
{
    static const int64_t customer[] = {5, 4, 4, 5, 9}, day[] = {12, 3, 30, 40, 8}, edges[] = {5, 10, 20, 40};
    static const double value[] = {1, 0, 1, 1, 1};
    const retain_orders log = {5, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_orders_options zeros = {.struct_size = sizeof zeros, .count_zero_orders = 1};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double size[3];

    (void)state;
    assert_int_equal(retain_cohort_active(&ctx, &log, 39, edges, 4, NULL, NULL, size, NULL, NULL, NULL, NULL), RETAIN_OK);
    assert_near(size[0], 1, 0.0);
    assert_int_equal(retain_cohort_active(&ctx, &log, 40, edges, 4, NULL, NULL, size, NULL, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 3);
    assert_string_equal(ctx.error,
                        "orders.day[3] is 40; up to the observation end it must lie before the last edge, edges[3] = 40");
    assert_int_equal(retain_cohort_active(&ctx, &log, 39, edges, 4, &zeros, NULL, size, NULL, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    assert_string_equal(ctx.error,
                        "orders.day[1] is 3; it must not lie before edges[0] = 5, or the customer's cohort is not known");
}

static void the_example_of_the_header_is_true(void **state)
{
    static const int64_t customer[] = {1, 2, 3, 1, 2, 4, 4}, day[] = {2, 10, 20, 45, 31, 50, 80};
    static const double value[] = {1, 1, 1, 1, 1, 1, 1};
    const retain_orders log = {7, customer, day, value, NULL, NULL, NULL, NULL};
    int64_t edges[] = {0, 31, 59, 90};
    double size[3], active[9], retention[9];

    (void)state;
    assert_int_equal(retain_cohort_active(NULL, &log, 89, edges, 4, NULL, NULL, size, active, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_cohort_retention(NULL, size, active, 3, 0, retention, NULL, NULL), RETAIN_OK);
    assert_near(retention[0 * 3 + 1], 2.0 / 3.0, 1e-16);
    assert_near(retention[0 * 3 + 2], 0.0, 0.0);
    assert_near(retention[1 * 3 + 1], 1.0, 0.0);
    assert_nan(retention[1 * 3 + 2]);
    assert_nan(retention[2 * 3 + 0]); /* nobody came in the third month */
}

static void an_empty_log_has_empty_cohorts(void **state)
{
    static const int64_t edges[] = {0, 31, 59, 90};
    const retain_orders log = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    cohort_table table = table_make(3);

    (void)state;
    assert_int_equal(fill(NULL, &log, 70, edges, NULL, NULL, &table), RETAIN_OK);
    assert_near(table.size[0], 0, 0.0);
    assert_near(table.size[2], 0, 0.0);
    assert_near(table.active[1], 0, 0.0);
    assert_nan(table.active[2]);
    assert_int_equal(fill(NULL, &log, -1, edges, NULL, NULL, &table), RETAIN_OK);
    assert_nan(table.size[0]);
    assert_nan(table.active[0]);
    table_free(&table);
}

/* --- promises ------------------------------------------------------------------------------------------------------------------- */

enum { DAYS = 300, LARGE = 250000 };

static void make_daily_edges(int64_t *edges)
{
    for (int64_t k = 0; k <= DAYS; k++)
        edges[k] = k;
}

static void make_monthly_edges(int64_t *edges)
{
    for (int64_t k = 0; k <= 10; k++)
        edges[k] = 30 * k;
}

static void assert_same(const cohort_table *a, const cohort_table *b)
{
    assert_memory_equal(a->size, b->size, (a->periods + 3 * a->periods * a->periods) * sizeof(double));
    assert_memory_equal(a->complete, b->complete, a->periods * a->periods);
}

/* Both ways of accumulating: a table a block (months), and one table for all (days). */
static void neither_threads_nor_the_order_of_rows_show(void **state)
{
    uint64_t seed = 8;
    random_log log = random_log_make(&seed, (random_log_shape){LARGE, 40000, 0, DAYS - 1, 0, 0});
    cohort_table first[2] = {table_make(DAYS), table_make(10)};
    int64_t edges[2][DAYS + 1];

    (void)state;
    make_daily_edges(edges[0]);
    make_monthly_edges(edges[1]);
    for (size_t i = 0; i < LARGE; i++)
        log.value[i] = log.value[i] * 4.0 / 100.0; /* cents */
    for (int way = 0; way < 2; way++)
        assert_int_equal(fill(NULL, &log.view, DAYS - 1, edges[way], NULL, NULL, &first[way]), RETAIN_OK);
    for (int threads = 1; threads <= 64; threads = threads == 3 ? 8 : threads == 8 ? 64 : threads + 1) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        random_log_shuffle(&log, &seed);
        for (int way = 0; way < 2; way++) {
            cohort_table again = table_make(first[way].periods);

            assert_int_equal(fill(&ctx, &log.view, DAYS - 1, edges[way], NULL, NULL, &again), RETAIN_OK);
            assert_same(&again, &first[way]);
            table_free(&again);
        }
    }
    for (int way = 0; way < 2; way++)
        table_free(&first[way]);
    random_log_free(&log);
}

/* Amounts so unlike each other that their sum is rounded on the way: threads must not show even then. */
static void threads_do_not_show_in_sums_that_are_not_exact(void **state)
{
    uint64_t seed = 9;
    random_log log = random_log_make(&seed, (random_log_shape){LARGE, 40000, 0, DAYS - 1, 0, 0});
    cohort_table first = table_make(10), again = table_make(10);
    int64_t edges[DAYS + 1];

    (void)state;
    make_monthly_edges(edges);
    for (size_t i = 0; i < LARGE; i++)
        log.value[i] = ldexp(1.0 / log.value[i], (int)random_between(&seed, -200, 200));
    assert_int_equal(fill(NULL, &log.view, DAYS - 1, edges, NULL, NULL, &first), RETAIN_OK);
    for (int threads = 2; threads <= 64; threads *= 2) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        assert_int_equal(fill(&ctx, &log.view, DAYS - 1, edges, NULL, NULL, &again), RETAIN_OK);
        assert_same(&again, &first);
    }
    table_free(&first);
    table_free(&again);
    random_log_free(&log);
}

/* A column of flags, none of them set, is enough for customers to be visited one by one instead. */
static void the_short_cut_from_rows_to_cells_does_not_show(void **state)
{
    static const size_t rows_of[] = {1, 2, 5000, LARGE};
    uint64_t seed = 11;

    (void)state;
    for (int trial = 0; trial < 64; trial++) {
        random_log log = random_log_make(&seed, (random_log_shape){rows_of[trial % 4], 400 << trial % 8, 0, DAYS - 1, 0, 0});
        const retain_cohort_options options = {sizeof options, trial & 8 ? RETAIN_COHORT_PERIOD : RETAIN_COHORT_UNBOUNDED,
                                               trial / 16 % 2};
        uint8_t *no_flags = calloc(log.view.count, 1);
        cohort_table direct = table_make(10), visited = table_make(10);
        int64_t edges[DAYS + 1], end = random_between(&seed, 0, DAYS - 1);
        retain_context ctx = RETAIN_CONTEXT_INIT;

        make_monthly_edges(edges);
        for (size_t i = 0; i < log.view.count; i++)
            log.value[i] = (log.value[i] * 4.0 + 1.0) / 100.0;
        ctx.threads = 1 + trial / 32;
        assert_non_null(no_flags);
        assert_int_equal(fill(&ctx, &log.view, end, edges, NULL, &options, &direct), RETAIN_OK);
        log.view.cancelled = no_flags;
        assert_int_equal(fill(NULL, &log.view, end, edges, NULL, &options, &visited), RETAIN_OK);
        assert_same(&direct, &visited);
        free(no_flags);
        log.view.cancelled = NULL;
        table_free(&direct);
        table_free(&visited);
        random_log_free(&log);
    }
}

static void groups_of_customers_add_up_to_all(void **state)
{
    uint64_t seed = 10;
    random_log log = random_log_make(&seed, (random_log_shape){LARGE, 40000, 0, DAYS - 1, 0, 0});
    cohort_table all = table_make(10), parts[3] = {table_make(10), table_make(10), table_make(10)};
    const size_t numbers = 10 + 3 * 100;
    int64_t edges[DAYS + 1];

    (void)state;
    make_monthly_edges(edges);
    assert_int_equal(fill(NULL, &log.view, DAYS - 10, edges, NULL, NULL, &all), RETAIN_OK);
    for (int part = 0; part < 3; part++) {
        random_log some = random_log_make(&seed, (random_log_shape){LARGE, 1, 0, 0, 0, 0});

        some.view.count = 0;
        for (size_t i = 0; i < LARGE; i++) {
            if (log.customer[i] % 3 == part) {
                some.customer[some.view.count] = log.customer[i];
                some.value[some.view.count] = log.value[i];
                some.day[some.view.count++] = log.day[i];
            }
        }
        assert_int_equal(fill(NULL, &some.view, DAYS - 10, edges, NULL, NULL, &parts[part]), RETAIN_OK);
        random_log_free(&some);
    }
    for (size_t i = 0; i < numbers; i++)
        assert_near(parts[0].size[i] + parts[1].size[i] + parts[2].size[i], all.size[i], 0.0);
    for (int part = 0; part < 3; part++)
        table_free(&parts[part]);
    table_free(&all);
    random_log_free(&log);
}

static void a_compacted_log_gives_the_same_table(void **state)
{
    uint64_t seed = 13;
    random_log log = random_log_make(&seed, (random_log_shape){5000, 100, 0, DAYS - 1, 1, 0});
    random_log compact = random_log_make(&seed, (random_log_shape){5000, 1, 0, 0, 1, 0});
    double *low = calloc(5000, sizeof *low);
    cohort_table first = table_make(10), again = table_make(10);
    int64_t edges[DAYS + 1];

    (void)state;
    assert_non_null(low);
    make_monthly_edges(edges);
    assert_int_equal(fill(NULL, &log.view, DAYS - 1, edges, NULL, NULL, &first), RETAIN_OK);
    assert_int_equal(retain_orders_compact(NULL, &log.view, 5000, &compact.view.count, compact.customer, compact.day, compact.value,
                                           low, compact.order, compact.cancelled, NULL),
                     RETAIN_OK);
    assert_true(compact.view.count < log.view.count);
    compact.view.value_low = low;
    assert_int_equal(fill(NULL, &compact.view, DAYS - 1, edges, NULL, NULL, &again), RETAIN_OK);
    assert_same(&again, &first);
    free(low);
    table_free(&first);
    table_free(&again);
    random_log_free(&log);
    random_log_free(&compact);
}

static void unbounded_retention_never_rises_and_is_never_below_the_period(void **state)
{
    uint64_t seed = 14;
    random_log log = random_log_make(&seed, (random_log_shape){5000, 700, 0, DAYS - 1, 0, 0});
    const retain_cohort_options options = {sizeof options, RETAIN_COHORT_UNBOUNDED, 0};
    cohort_table period = table_make(10), unbounded = table_make(10);
    int64_t edges[DAYS + 1];

    (void)state;
    make_monthly_edges(edges);
    assert_int_equal(fill(NULL, &log.view, DAYS - 1, edges, NULL, NULL, &period), RETAIN_OK);
    assert_int_equal(fill(NULL, &log.view, DAYS - 1, edges, NULL, &options, &unbounded), RETAIN_OK);
    for (size_t c = 0; c < 10; c++) {
        assert_near(unbounded.active[c * 10], unbounded.size[c], 0.0);
        for (size_t age = 1; c + age < 10; age++) {
            assert_true(unbounded.active[c * 10 + age] <= unbounded.active[c * 10 + age - 1]);
            assert_true(unbounded.active[c * 10 + age] >= period.active[c * 10 + age]);
        }
    }
    table_free(&period);
    table_free(&unbounded);
    random_log_free(&log);
}

static void scratch_does_not_grow_with_threads_times_cells(void **state)
{
    uint64_t seed = 15;
    random_log log = random_log_make(&seed, (random_log_shape){LARGE, 40000, 0, DAYS - 1, 0, 0});
    cohort_table table = table_make(DAYS);
    int64_t edges[DAYS + 1];
    size_t peak[2];

    (void)state;
    make_daily_edges(edges);
    for (int many = 0; many < 2; many++) {
        counting_allocator counter = {0};
        retain_context ctx = counting_context(&counter);

        ctx.threads = many ? 64 : 1;
        assert_int_equal(fill(&ctx, &log.view, DAYS - 1, edges, NULL, NULL, &table), RETAIN_OK);
        peak[many] = counter.peak_bytes;
    }
    assert_true(peak[0] < LARGE * (size_t)32 + DAYS * (size_t)DAYS * 16);
    assert_true(peak[1] < peak[0] + LARGE * (size_t)16 + DAYS * (size_t)DAYS * 16);
    table_free(&table);
    random_log_free(&log);
}

typedef struct small_world {
    random_log log;
    cohort_table table;
} small_world;

static retain_status run_active(retain_context *ctx, void *state)
{
    static const int64_t edges[] = {0, 31, 59, 90};
    small_world *world = state;

    world->table.size[0] = -5.0;
    world->table.complete[0] = 77;
    return fill(ctx, &world->log.view, 80, edges, NULL, NULL, &world->table);
}

static void is_untouched(void *state)
{
    const small_world *world = state;

    assert_near(world->table.size[0], -5.0, 0.0);
    assert_int_equal(world->table.complete[0], 77);
}

static void memory_exhaustion_is_an_error_and_no_more(void **state)
{
    uint64_t seed = 3;
    small_world world = {random_log_make(&seed, (random_log_shape){60, 5, 0, 85, 1, 0}), table_make(3)};

    (void)state;
    survives_memory_exhaustion(run_active, is_untouched, &world);
    random_log_free(&world.log);
    table_free(&world.table);
}

/* What comes out does not matter, as long as it is a refusal or a table; a sanitizer watches where it is written. */

static void a_log_that_changes_while_it_is_read_does_no_harm(void **state)
{
    static const int64_t edges[] = {0, 31, 59, 90}, narrow[] = {10, 31, 59, 90};
    cohort_table table = table_make(3);
    size_t noticed = 0;

    (void)state;
    for (size_t at = 1; at < 48; at++) {
        uint64_t seed = at;
        random_log log = random_log_make(&seed, (random_log_shape){200, 20, 0, 89, at % 2, 0});
        log_meddler meddler = {&log, at / 2, 0};
        retain_context ctx = meddling_context(&meddler);
        const retain_status status = fill(&ctx, &log.view, 95, at % 4 < 2 ? edges : narrow, NULL, NULL, &table);

        assert_true(status == RETAIN_OK || status == RETAIN_ERROR_DATA);
        noticed += strstr(ctx.error, "orders changed while they were read") != NULL;
        random_log_free(&log);
    }
    assert_true(noticed > 0);
    table_free(&table);
}

/* --- real data ------------------------------------------------------------------------------------------------------------------ */

static void check_cdnow(const random_log *log, const char *path, const int64_t *edges, size_t periods)
{
    const retain_cohort_options later = {sizeof later, RETAIN_COHORT_UNBOUNDED, 1}, then = {sizeof then, RETAIN_COHORT_PERIOD, 1};
    golden want = golden_read(path);
    cohort_table got = table_make(periods), unbounded = table_make(periods);
    double money = 0.0;

    assert_int_equal(fill(NULL, &log->view, 10407, edges, NULL, &then, &got), RETAIN_OK);
    assert_int_equal(fill(NULL, &log->view, 10407, edges, NULL, &later, &unbounded), RETAIN_OK);
    for (size_t row = 0; row < want.rows; row++) {
        const size_t c = (size_t)golden_number(&want, row, "cohort"), i = c * periods + (size_t)golden_number(&want, row, "age");

        assert_near(got.size[c], golden_number(&want, row, "size"), 0.0);
        assert_near(got.active[i], golden_number(&want, row, "active"), 0.0);
        assert_near(unbounded.active[i], golden_number(&want, row, "unbounded"), 0.0);
        assert_near(got.orders[i], golden_number(&want, row, "orders"), 0.0);
        assert_near(got.revenue[i], golden_number(&want, row, "cents") / 100.0, 1e-12 * got.revenue[i]);
        money += golden_number(&want, row, "cents") / 100.0;
    }
    assert_near(sum_of(got.size, periods), 2349, 0.0); /* 2,357 without the 8 who only ever took a free one */
    assert_near(sum_of(got.revenue, periods * periods), money, 1e-9 * money);
    golden_free(&want);
    table_free(&got);
    table_free(&unbounded);
}

static void cdnow_cohorts_are_those_of_pandas(void **state)
{
    static const int64_t months[] = {9862,  9893,  9921,  9952,  9982,  10013, 10043, 10074, 10105, 10135,
                                     10166, 10196, 10227, 10258, 10286, 10317, 10347, 10378, 10408};
    int64_t weeks[79];
    random_log log = read_cdnow();

    (void)state;
    for (int64_t k = 0; k < 79; k++)
        weeks[k] = 9862 + 7 * k;
    check_cdnow(&log, "cohort/cdnow_months.csv", months, 18);
    check_cdnow(&log, "cohort/cdnow_weeks.csv", weeks, 78);
    random_log_free(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_each_cell_as_scanning_does),
        cmocka_unit_test(an_occasion_outside_the_edges_is_refused_by_row),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(an_empty_log_has_empty_cohorts),
        cmocka_unit_test(neither_threads_nor_the_order_of_rows_show),
        cmocka_unit_test(threads_do_not_show_in_sums_that_are_not_exact),
        cmocka_unit_test(the_short_cut_from_rows_to_cells_does_not_show),
        cmocka_unit_test(groups_of_customers_add_up_to_all),
        cmocka_unit_test(a_compacted_log_gives_the_same_table),
        cmocka_unit_test(unbounded_retention_never_rises_and_is_never_below_the_period),
        cmocka_unit_test(scratch_does_not_grow_with_threads_times_cells),
        cmocka_unit_test(memory_exhaustion_is_an_error_and_no_more),
        cmocka_unit_test(a_log_that_changes_while_it_is_read_does_no_harm),
        cmocka_unit_test(cdnow_cohorts_are_those_of_pandas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

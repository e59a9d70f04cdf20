/* Cohort tables of any layout against scanning, against the report of the log, and under bad luck. */
#include "cohort_tables.h"
#include "retain/calendar.h"

/* --- the second opinion --------------------------------------------------------------------------------------------------------- */

enum { NEVER = 1 << 30 };

typedef struct scan {
    const found_occasions *found;
    const retain_cohort_layout *layout;
    const retain_cohort_cells_options *options;
    int64_t end;
    size_t rows, columns;
} scan;

static int64_t first_day_of(const found_occasions *found, int64_t customer)
{
    int64_t first = NEVER;

    for (size_t i = 0; i < found->count; i++) {
        if (found->at[i].customer == customer && found->at[i].day < first)
            first = found->at[i].day;
    }
    return first;
}

static size_t period_of(const retain_cohort_layout *layout, int64_t day)
{
    size_t period = 0;

    while (period + 1 < layout->edge_count - 1 && layout->edges[period + 1] <= day)
        period++;
    return period;
}

/* Days of the window of column j for a customer; NEVER for an edge beyond the last one. Returns 0 when he has no such window. */
static int window_of(const scan *by, int64_t first, size_t j, int64_t *begin, int64_t *end)
{
    const retain_cohort_layout *layout = by->layout;
    const size_t periods = layout->edge_count - 1;

    if (layout->axis == RETAIN_COHORT_ROLLING) {
        *begin = first + layout->age_edges[j];
        *end = first + layout->age_edges[j + 1];
    } else if (layout->axis == RETAIN_COHORT_CALENDAR) {
        *begin = layout->edges[j];
        *end = layout->edges[j + 1];
        return period_of(layout, first) <= j;
    } else {
        const size_t c = period_of(layout, first), from = layout->age_edges ? (size_t)layout->age_edges[j] : j,
                     to = layout->age_edges ? (size_t)layout->age_edges[j + 1] : j + 1;

        *begin = c + from < periods ? layout->edges[c + from] : NEVER;
        *end = c + to <= periods ? layout->edges[c + to] : NEVER;
    }
    return 1;
}

static size_t row_of(const scan *by, int64_t customer, int64_t first)
{
    const retain_cohort_layout *layout = by->layout;
    size_t group = 0;

    if (layout->rows == RETAIN_COHORT_TOGETHER)
        return 0;
    if (layout->rows != RETAIN_COHORT_BY_PERIOD) {
        for (size_t i = 0; i < layout->groups->count; i++) {
            if (layout->groups->customer[i] == customer)
                group = (size_t)layout->groups->group[i];
        }
    }
    if (layout->rows == RETAIN_COHORT_BY_GROUP)
        return group;
    return group * (layout->edge_count - 1) + period_of(layout, first);
}

static double margin_of(const scan *by, int64_t customer)
{
    for (size_t i = 0; by->options->margins && i < by->options->margin_count; i++) {
        if (by->options->margin_customer[i] == customer)
            return by->options->margins[i];
    }
    return by->options->margin != 0.0 ? by->options->margin : 1.0;
}

/* Counts of one cell, by looking at everything. */
typedef struct wanted {
    double customers, exposed, active, repeat, orders, occasions, refunds, net, margin, squares;
    int all_over;
} wanted;

static void scan_customer(const scan *by, int64_t customer, int64_t first, size_t j, wanted *want)
{
    double margin = 0.0, here = 0.0;
    int later = 0;
    int64_t begin, end;

    want->customers += 1.0;
    if (!window_of(by, first, j, &begin, &end))
        return;
    want->all_over &= end <= by->end + 1;
    if (by->options->count_running ? begin > by->end : end > by->end + 1)
        return;
    want->exposed += 1.0;
    for (size_t i = 0; i < by->found->count; i++) {
        const found_occasion *at = &by->found->at[i];

        if (at->customer != customer)
            continue;
        later |= at->day >= begin;
        if (at->day < begin || at->day >= end)
            continue;
        here += 1.0;
        want->orders += at->orders;
        want->refunds += at->refunds;
        want->net += at->value;
        margin += at->value * margin_of(by, customer);
    }
    want->occasions += here;
    want->active += by->options->kind == RETAIN_COHORT_UNBOUNDED ? later : here > 0.0;
    want->repeat += here > 1.0;
    want->margin += margin;
    want->squares += margin * margin;
}

static wanted scan_cell(const scan *by, size_t row, size_t j)
{
    wanted want = {0};

    want.all_over = 1;
    for (int64_t customer = 1; customer <= MOST_CUSTOMERS; customer++) {
        const int64_t first = first_day_of(by->found, customer);

        if (first != NEVER && row_of(by, customer, first) == row)
            scan_customer(by, customer, first, j, &want);
    }
    return want;
}

static void check_cell(const cell_table *got, size_t i, const wanted *want)
{
    const double n = want->exposed, none = n > 0.0 ? 0.0 : (double)NAN; /* added to numbers that need somebody */
    const double spread = want->squares - want->margin * want->margin / n;

    assert_near(got->of.exposed[i], n, 0.0);
    assert_near(got->of.active[i], want->active + none, 0.0);
    assert_near(got->of.repeat[i], want->repeat + none, 0.0);
    assert_near(got->of.orders[i], want->orders + none, 0.0);
    assert_near(got->of.occasions[i], want->occasions + none, 0.0);
    assert_near(got->of.gross[i], want->net - want->refunds + none, 0.0);
    assert_near(got->of.refunds[i], want->refunds + none, 0.0);
    assert_near(got->of.net[i], want->net + none, 0.0);
    assert_near(got->of.margin[i], want->margin + none, 1e-11);
    assert_near(got->of.value[i], want->margin / n + none, 1e-11);
    assert_near(got->of.value_error[i], n >= 2.0 ? sqrt(fmax(spread, 0.0) / (n - 1.0) / n) : (double)NAN, 1e-5);
    assert_int_equal(got->of.complete[i], n > 0.0 && want->all_over);
}

static void check_against_scanning(const cell_table *got, const scan *by)
{
    for (size_t r = 0; r < got->rows; r++) {
        const size_t periods = by->layout->edge_count ? by->layout->edge_count - 1 : 1;
        const int by_period = by->layout->rows == RETAIN_COHORT_BY_PERIOD || by->layout->rows == RETAIN_COHORT_BY_BOTH;
        double so_far = 0.0;
        int begun = 0;

        for (size_t j = 0; j < got->columns; j++) {
            const wanted want = scan_cell(by, r, j);

            check_cell(got, r * got->columns + j, &want);
            if (j == 0 && by_period && by->layout->edges[r % periods] > by->end)
                assert_nan(got->of.customers[r]);
            else if (j == 0)
                assert_near(got->of.customers[r], want.customers, 0.0);
            begun |= want.exposed > 0.0;
            so_far += begun ? want.margin / want.exposed : 0.0;
            assert_near(got->of.cumulative[r * got->columns + j], begun ? so_far : (double)NAN, 1e-10);
        }
    }
}

/* --- against scanning ----------------------------------------------------------------------------------------------------------- */

static void counts_each_cell_as_scanning_does(void **state)
{
    uint64_t seed = 1998;

    (void)state;
    for (int trial = 0; trial < 2000; trial++) {
        world it;
        cell_table table;
        found_occasions found;
        scan by;

        world_make(&it, &seed, trial);
        table = table_of(NULL, &it.log.view, it.end, &it.layout, &it.counting, &it.options);
        found = find_occasions(&it.log.view, it.end, &it.counting);
        by = (scan){&found, &it.layout, &it.options, it.end, table.rows, table.columns};
        check_against_scanning(&table, &by);
        free(found.at);
        table_free(&table);
        random_log_free(&it.log);
    }
}

/* --- the report ------------------------------------------------------------------------------------------------------------------ */

static void customers_add_up_to_the_report_and_money_to_its_kept_value(void **state)
{
    uint64_t seed = 77;

    (void)state;
    for (int trial = 0; trial < 300; trial++) {
        const retain_summary nothing = {0};
        retain_orders_report report = {.struct_size = sizeof report};
        world it;
        cell_table table;
        size_t count;

        world_make(&it, &seed, trial);
        it.layout.age_edges = NULL;
        it.layout.age_edge_count = 0;
        if (it.layout.axis == RETAIN_COHORT_ROLLING)
            it.layout.axis = RETAIN_COHORT_AGE;
        it.options.count_running = 1;
        table = table_of(NULL, &it.log.view, it.end, &it.layout, &it.counting, &it.options);
        assert_int_equal(retain_orders_summary(NULL, &it.log.view, it.end, &it.counting, &nothing, 1000, &count, &report),
                         RETAIN_OK);
        assert_near(sum_of(table.of.customers, table.rows), (double)report.customers, 0.0);
        assert_near(sum_of(table.of.orders, table.cells), report.kept_orders, 0.0);
        assert_near(sum_of(table.of.occasions, table.cells), report.occasions, 0.0);
        assert_near(sum_of(table.of.net, table.cells), report.kept_value, 0.0);
        assert_near(sum_of(table.of.gross, table.cells), report.kept_gross, 0.0);
        assert_near(sum_of(table.of.refunds, table.cells), report.kept_refunds, 0.0);
        table_free(&table);
        random_log_free(&it.log);
    }
}

/* --- bad luck -------------------------------------------------------------------------------------------------------------------- */

typedef struct small_world {
    world it;
    cell_table table;
} small_world;

static retain_status run_cells(retain_context *ctx, void *state)
{
    small_world *small = state;

    small->table.room[0] = small->table.room[small->table.rows] = -5.0;
    return retain_cohort_cells(ctx, &small->it.log.view, small->it.end, &small->it.layout, &small->it.counting, &small->it.options,
                               &small->table.of);
}

static void is_untouched(void *state)
{
    const small_world *small = state;

    assert_near(small->table.room[0], -5.0, 0.0);
    assert_near(small->table.room[small->table.rows], -5.0, 0.0);
}

static void memory_exhaustion_is_an_error_and_no_more(void **state)
{
    uint64_t seed = 3;

    (void)state;
    for (int trial = 0; trial < 12; trial++) {
        small_world small;
        size_t rows, columns;

        world_make(&small.it, &seed, trial);
        small.it.options.replicates = trial % 2 ? 40 : 0;
        assert_int_equal(retain_cohort_shape(NULL, &small.it.layout, &rows, &columns), RETAIN_OK);
        small.table = table_make(rows, columns);
        survives_memory_exhaustion(run_cells, is_untouched, &small);
        table_free(&small.table);
        random_log_free(&small.it.log);
    }
}

/* A sanitizer watches where it is written. */
static void a_log_that_changes_while_it_is_read_does_no_harm(void **state)
{
    (void)state;
    for (size_t at = 1; at < 60; at++) {
        uint64_t seed = at;
        log_meddler meddler;
        retain_context ctx;
        world it;
        cell_table table;
        size_t rows, columns;
        retain_status status;

        world_make(&it, &seed, (int)at);
        it.options.replicates = at % 2 ? 16 : 0;
        meddler = (log_meddler){&it.log, at / 2, 0};
        ctx = meddling_context(&meddler);
        assert_int_equal(retain_cohort_shape(NULL, &it.layout, &rows, &columns), RETAIN_OK);
        table = table_make(rows, columns);
        status = retain_cohort_cells(&ctx, &it.log.view, it.end, &it.layout, &it.counting, &it.options, &table.of);
        assert_true(status == RETAIN_OK || status == RETAIN_ERROR_DATA);
        table_free(&table);
        random_log_free(&it.log);
    }
}

/* --- real customers ------------------------------------------------------------------------------------------------------------- */

/* Table of CDNOW by month and group (the customer's number modulo 3), in one of the layouts of the golden file. */
static cell_table cdnow_table(const random_log *log, const char *layout_name, retain_cohort_kind kind)
{
    static const int64_t ranges[] = {0, 1, 4, 12}, days[] = {0, 1, 31, 91, 366, 500};
    static int64_t customer[23571], group[23571];
    const int rolling = strcmp(layout_name, "rolling") == 0, in_ranges = strcmp(layout_name, "range") == 0;
    const retain_groups groups = {23571, customer, group, 3};
    const retain_cohort_cells_options options = {.struct_size = sizeof options, .kind = kind};
    int64_t edges[19];
    retain_cohort_layout layout = {.struct_size = sizeof layout, .rows = RETAIN_COHORT_BY_BOTH, .edges = edges, .groups = &groups};

    assert_int_equal(retain_calendar_edges(NULL, 9862, 10407, NULL, edges, 19, &layout.edge_count), RETAIN_OK);
    for (int64_t i = 0; i < 23571; i++) {
        customer[i] = i;
        group[i] = i % 3;
    }
    if (rolling || in_ranges) {
        layout.age_edges = rolling ? days : ranges;
        layout.age_edge_count = rolling ? 6 : 4;
    }
    layout.axis = rolling                                ? RETAIN_COHORT_ROLLING
                  : strcmp(layout_name, "calendar") == 0 ? RETAIN_COHORT_CALENDAR
                                                         : RETAIN_COHORT_AGE;
    return table_of(NULL, &log->view, 10392, &layout, NULL, &options); /* 1998-06-15 */
}

static void check_golden_row(const golden *want, size_t row, const cell_table *got, const cell_table *unbounded)
{
    const size_t r = (size_t)(golden_number(want, row, "group") * 18 + golden_number(want, row, "cohort"));
    const size_t i = r * got->columns + (size_t)golden_number(want, row, "column");
    const double n = golden_number(want, row, "exposed"), cents = golden_number(want, row, "cents");
    const double spread = golden_number(want, row, "squares") - cents * cents / n;

    assert_near(got->of.exposed[i], n, 0.0);
    assert_near(got->of.active[i], golden_number(want, row, "active"), 0.0);
    assert_near(unbounded->of.active[i], golden_number(want, row, "unbounded"), 0.0);
    assert_near(got->of.repeat[i], golden_number(want, row, "repeat"), 0.0);
    assert_near(got->of.orders[i], golden_number(want, row, "orders"), 0.0);
    assert_near(got->of.occasions[i], golden_number(want, row, "occasions"), 0.0);
    assert_near(got->of.net[i], cents / 100.0, 1e-14 * cents);
    assert_near(got->of.value[i], cents / 100.0 / n, 1e-14 * cents);
    assert_near(got->of.value_error[i], n > 1.0 ? sqrt(spread / (n - 1.0) / n) / 100.0 : (double)NAN, 1e-11 * cents);
}

static void cdnow_tables_are_those_of_plain_python(void **state)
{
    static const char *const layouts[] = {"age", "range", "calendar", "rolling"};
    golden want = golden_read("cohort/cdnow_cells.csv");
    random_log log = read_cdnow();

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        cell_table got = cdnow_table(&log, layouts[k], RETAIN_COHORT_PERIOD),
                   unbounded = cdnow_table(&log, layouts[k], RETAIN_COHORT_UNBOUNDED);
        size_t seen = 0, there = 0;

        for (size_t row = 0; row < want.rows; row++) {
            if (strcmp(golden_text(&want, row, "layout"), layouts[k]) == 0) {
                check_golden_row(&want, row, &got, &unbounded);
                seen++;
            }
        }
        for (size_t i = 0; i < got.cells; i++)
            there += got.of.exposed[i] > 0.0;
        assert_int_equal(there, seen);
        table_free(&got);
        table_free(&unbounded);
    }
    random_log_free(&log);
    golden_free(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_each_cell_as_scanning_does),
        cmocka_unit_test(customers_add_up_to_the_report_and_money_to_its_kept_value),
        cmocka_unit_test(memory_exhaustion_is_an_error_and_no_more),
        cmocka_unit_test(a_log_that_changes_while_it_is_read_does_no_harm),
        cmocka_unit_test(cdnow_tables_are_those_of_plain_python),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Rows of cohort tables add up; neither threads nor the order of rows nor compaction show; scratch stays small. */
#include "cohort_tables.h"

/* --- what adds up --------------------------------------------------------------------------------------------------------------- */

/* Adds rows up: row r of `rows` is added to sum[into(r)], NaN as 0. */
static void add_rows(const cell_table *from, const double *numbers, size_t stride, size_t modulus, double *sum)
{
    for (size_t r = 0; r < from->rows; r++) {
        for (size_t j = 0; j < from->columns; j++) {
            const double x = numbers[r * from->columns + j];

            sum[(r / stride % modulus) * from->columns + j] += isnan(x) ? 0.0 : x;
        }
    }
}

/* Do the rows of `fine`, added up, make those of `coarse` in every count and amount? Amounts are quarters: sums are exact. */
static void check_adds_up(const cell_table *fine, const cell_table *coarse, size_t stride, size_t modulus)
{
    const double *const numbers[][2] = {{fine->of.exposed, coarse->of.exposed},     {fine->of.active, coarse->of.active},
                                        {fine->of.repeat, coarse->of.repeat},       {fine->of.orders, coarse->of.orders},
                                        {fine->of.occasions, coarse->of.occasions}, {fine->of.gross, coarse->of.gross},
                                        {fine->of.refunds, coarse->of.refunds},     {fine->of.net, coarse->of.net},
                                        {fine->of.margin, coarse->of.margin}};
    double *sum = malloc(coarse->cells * sizeof *sum);

    assert_non_null(sum);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        for (size_t i = 0; i < coarse->cells; i++)
            sum[i] = 0.0;
        add_rows(fine, numbers[k][0], stride, modulus, sum);
        for (size_t i = 0; i < coarse->cells; i++)
            assert_near(sum[i], isnan(numbers[k][1][i]) ? 0.0 : numbers[k][1][i], 0.0);
    }
    free(sum);
}

static void rows_by_both_add_up_to_periods_to_groups_and_to_all(void **state)
{
    large_world it = large_make();

    (void)state;
    for (int axis = 0; axis < 3; axis++) {
        for (int running = 0; running < 2; running++) {
            retain_cohort_layout layout = {.struct_size = sizeof layout,
                                           .rows = RETAIN_COHORT_BY_BOTH,
                                           .axis = (retain_cohort_axis)axis,
                                           .edges = it.months,
                                           .edge_count = DAYS / 30 + 1,
                                           .groups = &it.groups};
            const retain_cohort_cells_options options = {.struct_size = sizeof options, .count_running = running, .margin = 0.25};
            cell_table both, period, group, together;

            if (axis == RETAIN_COHORT_ROLLING) {
                layout.age_edges = it.ages;
                layout.age_edge_count = 6;
            }
            both = table_of(NULL, &it.log.view, DAYS - 20, &layout, NULL, &options);
            layout.rows = RETAIN_COHORT_BY_PERIOD;
            period = table_of(NULL, &it.log.view, DAYS - 20, &layout, NULL, &options);
            layout.rows = RETAIN_COHORT_BY_GROUP;
            group = table_of(NULL, &it.log.view, DAYS - 20, &layout, NULL, &options);
            layout.rows = RETAIN_COHORT_TOGETHER;
            together = table_of(NULL, &it.log.view, DAYS - 20, &layout, NULL, &options);
            check_adds_up(&both, &period, 1, DAYS / 30);
            check_adds_up(&both, &group, DAYS / 30, GROUPS);
            check_adds_up(&period, &together, DAYS / 30, 1);
            check_adds_up(&group, &together, GROUPS, 1);
            assert_near(sum_of(period.of.customers, period.rows), together.of.customers[0], 0.0);
            table_free(&both);
            table_free(&period);
            table_free(&group);
            table_free(&together);
        }
    }
    large_free(&it);
}

/* The days' table has more cells than the log pays for, the months' has not: two ways to the same sums. */
static void days_add_up_to_months(void **state)
{
    large_world it = large_make();
    const retain_cohort_cells_options options = {.struct_size = sizeof options, .count_running = 1};
    retain_cohort_layout layout = {.struct_size = sizeof layout, .axis = RETAIN_COHORT_CALENDAR};
    cell_table days, months;

    (void)state;
    layout.edges = it.days;
    layout.edge_count = DAYS + 1;
    days = table_of(NULL, &it.log.view, DAYS - 1, &layout, NULL, &options);
    layout.edges = it.months;
    layout.edge_count = DAYS / 30 + 1;
    months = table_of(NULL, &it.log.view, DAYS - 1, &layout, NULL, &options);
    for (size_t i = 0; i < months.cells; i++) {
        const size_t row = i / months.columns, column = i % months.columns;
        double orders = 0.0, net = 0.0;

        for (size_t d = 0; d < 900; d++) {
            const size_t cell = (30 * row + d / 30) * DAYS + 30 * column + d % 30;

            orders += isnan(days.of.orders[cell]) ? 0.0 : days.of.orders[cell];
            net += isnan(days.of.net[cell]) ? 0.0 : days.of.net[cell];
        }
        assert_near(orders, isnan(months.of.orders[i]) ? 0.0 : months.of.orders[i], 0.0);
        assert_near(net, isnan(months.of.net[i]) ? 0.0 : months.of.net[i], 0.0);
    }
    table_free(&days);
    table_free(&months);
    large_free(&it);
}

/* --- promises ------------------------------------------------------------------------------------------------------------------- */

static void neither_threads_nor_the_order_of_rows_nor_compaction_show(void **state)
{
    large_world it = large_make();
    uint64_t seed = 5;
    const retain_cohort_cells_options options = {.struct_size = sizeof options, .replicates = 20, .seed = 9};
    retain_cohort_layout layout = {.struct_size = sizeof layout,
                                   .rows = RETAIN_COHORT_BY_BOTH,
                                   .edges = it.months,
                                   .edge_count = DAYS / 30 + 1,
                                   .groups = &it.groups};
    random_log compact = random_log_make(&seed, (random_log_shape){LARGE, 1, 0, 0, 0, 1});
    double *low = calloc(LARGE, sizeof *low);
    cell_table first, again;

    (void)state;
    assert_non_null(low);
    for (size_t i = 0; i < LARGE; i++)
        it.log.value[i] = it.log.value[i] * 4.0 / 100.0; /* cents */
    for (int axis = 0; axis < 3; axis++) {
        layout.axis = (retain_cohort_axis)axis;
        layout.age_edges = axis == RETAIN_COHORT_ROLLING ? it.ages : NULL;
        layout.age_edge_count = axis == RETAIN_COHORT_ROLLING ? 6 : 0;
        first = table_of(NULL, &it.log.view, DAYS - 20, &layout, NULL, &options);
        for (int threads = 1; threads <= 8; threads = threads == 1 ? 3 : threads == 3 ? 8 : 9) {
            retain_context ctx = RETAIN_CONTEXT_INIT;

            ctx.threads = threads;
            random_log_shuffle(&it.log, &seed);
            again = table_of(&ctx, &it.log.view, DAYS - 20, &layout, NULL, &options);
            assert_same_cells(&again, &first);
            table_free(&again);
        }
        assert_int_equal(retain_orders_compact(NULL, &it.log.view, LARGE, &compact.view.count, compact.customer, compact.day,
                                               compact.value, low, NULL, NULL, compact.multiple),
                         RETAIN_OK);
        compact.view.value_low = low;
        again = table_of(NULL, &compact.view, DAYS - 20, &layout, NULL, &options);
        assert_same_cells(&again, &first);
        table_free(&again);
        table_free(&first);
    }
    free(low);
    random_log_free(&compact);
    large_free(&it);
}

static void disjoint_customers_add_up(void **state)
{
    large_world it = large_make();
    uint64_t seed = 6;
    const retain_cohort_layout layout = {.struct_size = sizeof layout,
                                         .rows = RETAIN_COHORT_BY_PERIOD,
                                         .axis = RETAIN_COHORT_ROLLING,
                                         .edges = it.months,
                                         .edge_count = DAYS / 30 + 1,
                                         .age_edges = it.ages,
                                         .age_edge_count = 6};
    cell_table all = table_of(NULL, &it.log.view, DAYS - 10, &layout, NULL, NULL), parts[3];

    (void)state;
    for (int part = 0; part < 3; part++) {
        random_log some = random_log_make(&seed, (random_log_shape){LARGE, 1, 0, 0, 0, 0});

        some.view.count = 0;
        for (size_t i = 0; i < LARGE; i++) {
            if (it.log.customer[i] % 3 == part) {
                some.customer[some.view.count] = it.log.customer[i];
                some.value[some.view.count] = it.log.value[i];
                some.day[some.view.count++] = it.log.day[i];
            }
        }
        parts[part] = table_of(NULL, &some.view, DAYS - 10, &layout, NULL, NULL);
        random_log_free(&some);
    }
    for (size_t i = 0; i < all.cells; i++) {
        double exposed = 0.0, active = 0.0, net = 0.0;

        for (int part = 0; part < 3; part++) {
            exposed += parts[part].of.exposed[i];
            active += isnan(parts[part].of.active[i]) ? 0.0 : parts[part].of.active[i];
            net += isnan(parts[part].of.net[i]) ? 0.0 : parts[part].of.net[i];
        }
        assert_near(exposed, all.of.exposed[i], 0.0);
        assert_near(active, isnan(all.of.active[i]) ? 0.0 : all.of.active[i], 0.0);
        assert_near(net, isnan(all.of.net[i]) ? 0.0 : all.of.net[i], 0.0); /* quarters: exact */
    }
    for (int part = 0; part < 3; part++)
        table_free(&parts[part]);
    table_free(&all);
    large_free(&it);
}

/* Ten times the days make a hundred times the cells, and hardly any more scratch. */
static void scratch_does_not_grow_with_the_cells(void **state)
{
    enum { MANY = 3000 };
    uint64_t seed = 4;
    random_log log = random_log_make(&seed, (random_log_shape){5000, 900, 0, MANY - 1, 0, 0});
    static int64_t edges[2][MANY + 1];
    size_t peak[2];

    (void)state;
    for (int64_t k = 0; k <= MANY; k++) {
        edges[0][k] = k;
        edges[1][k / 10] = k - k % 10;
    }
    for (int fine = 0; fine < 2; fine++) {
        counting_allocator counter = {0};
        retain_context ctx = counting_context(&counter);
        const retain_cohort_layout layout = {
            .struct_size = sizeof layout, .edges = edges[fine ? 0 : 1], .edge_count = fine ? MANY + 1 : MANY / 10 + 1};
        cell_table table = table_of(&ctx, &log.view, MANY - 1, &layout, NULL, NULL);

        peak[fine] = counter.peak_bytes;
        table_free(&table);
    }
    assert_true(peak[1] < peak[0] + MANY * MANY / 4 * 3); /* a tenth of the 8 bytes of one output's cell */
    random_log_free(&log);
}

/* The same customers in groups of which most are empty: more cells than the log pays for, and so another way to keep them. */
static void empty_groups_change_no_cell(void **state)
{
    enum { APART = 4000 };
    uint64_t seed = 8;

    (void)state;
    for (int trial = 0; trial < 60; trial++) {
        world it;
        cell_table few, many;

        world_make(&it, &seed, trial);
        it.layout.rows = RETAIN_COHORT_BY_GROUP;
        it.options.replicates = trial % 5 ? 0 : 16;
        few = table_of(NULL, &it.log.view, it.end, &it.layout, &it.counting, &it.options);
        for (size_t i = 0; i < it.groups.count; i++)
            it.groups_of[i] *= APART;
        it.groups.groups = 2 * APART + 1;
        many = table_of(NULL, &it.log.view, it.end, &it.layout, &it.counting, &it.options);
        for (size_t r = 0; r < 3; r++) {
            assert_near(many.of.customers[r * APART], few.of.customers[r], 0.0);
            for (size_t k = 0; k + 1 < MEASURES; k++) /* the columns follow each other */
                assert_memory_equal(many.room + many.rows + k * many.cells + r * APART * many.columns,
                                    few.room + few.rows + k * few.cells + r * few.columns, few.columns * sizeof(double));
            assert_memory_equal(many.of.complete + r * APART * many.columns, few.of.complete + r * few.columns, few.columns);
        }
        assert_near(sum_of(many.of.exposed, many.cells), sum_of(few.of.exposed, few.cells), 0.0);
        table_free(&few);
        table_free(&many);
        random_log_free(&it.log);
    }
}

static void little_memory_gives_the_same_table(void **state)
{
    large_world it = large_make();
    const retain_orders_options sparing = {.struct_size = sizeof sparing, .low_memory = 1};
    const retain_cohort_cells_options options = {.struct_size = sizeof options, .replicates = 16};
    const retain_cohort_layout layout = {.struct_size = sizeof layout,
                                         .rows = RETAIN_COHORT_BY_BOTH,
                                         .axis = RETAIN_COHORT_ROLLING,
                                         .edges = it.months,
                                         .edge_count = DAYS / 30 + 1,
                                         .age_edges = it.ages,
                                         .age_edge_count = 6,
                                         .groups = &it.groups};
    cell_table plain = table_of(NULL, &it.log.view, DAYS - 20, &layout, NULL, &options);
    cell_table spared = table_of(NULL, &it.log.view, DAYS - 20, &layout, &sparing, &options);

    (void)state;
    assert_same_cells(&spared, &plain);
    table_free(&plain);
    table_free(&spared);
    large_free(&it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_by_both_add_up_to_periods_to_groups_and_to_all),
        cmocka_unit_test(days_add_up_to_months),
        cmocka_unit_test(neither_threads_nor_the_order_of_rows_nor_compaction_show),
        cmocka_unit_test(disjoint_customers_add_up),
        cmocka_unit_test(scratch_does_not_grow_with_the_cells),
        cmocka_unit_test(empty_groups_change_no_cell),
        cmocka_unit_test(little_memory_gives_the_same_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

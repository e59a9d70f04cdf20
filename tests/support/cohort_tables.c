#include "cohort_tables.h"

cell_table table_make(size_t rows, size_t columns)
{
    cell_table table = {rows, columns, rows * columns, NULL, {0}};
    double *at;

    table.room = malloc((rows + MEASURES * table.cells + 1) * sizeof(double));
    assert_non_null(table.room);
    for (size_t i = 0; i < rows + MEASURES * table.cells; i++)
        table.room[i] = -5.0;
    table.of.customers = at = table.room;
    at += rows;
    table.of.exposed = at;
    table.of.active = at += table.cells;
    table.of.repeat = at += table.cells;
    table.of.orders = at += table.cells;
    table.of.occasions = at += table.cells;
    table.of.gross = at += table.cells;
    table.of.refunds = at += table.cells;
    table.of.net = at += table.cells;
    table.of.margin = at += table.cells;
    table.of.value = at += table.cells;
    table.of.value_error = at += table.cells;
    table.of.value_low = at += table.cells;
    table.of.value_high = at += table.cells;
    table.of.cumulative = at += table.cells;
    table.of.cumulative_low = at += table.cells;
    table.of.cumulative_high = at + table.cells;
    table.of.complete = calloc(table.cells + 1, 1);
    assert_non_null(table.of.complete);
    return table;
}

void table_free(cell_table *table)
{
    free(table->room);
    free(table->of.complete);
}

/* The table of a layout, filled. */
cell_table table_of(retain_context *ctx, const retain_orders *orders, int64_t end, const retain_cohort_layout *layout,
                    const retain_orders_options *counting, const retain_cohort_cells_options *options)
{
    size_t rows, columns;
    cell_table table;

    assert_int_equal(retain_cohort_shape(NULL, layout, &rows, &columns), RETAIN_OK);
    table = table_make(rows, columns);
    assert_int_equal(retain_cohort_cells(ctx, orders, end, layout, counting, options, &table.of), RETAIN_OK);
    return table;
}

void assert_same_cells(const cell_table *a, const cell_table *b)
{
    assert_int_equal(a->cells, b->cells);
    assert_memory_equal(a->room, b->room, (a->rows + (MEASURES - 1) * a->cells) * sizeof(double));
    assert_memory_equal(a->of.complete, b->of.complete, a->cells);
}

double sum_of(const double *numbers, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++)
        sum += isnan(numbers[i]) ? 0.0 : numbers[i];
    return sum;
}

void world_make(world *made, uint64_t *seed, int trial)
{
    random_log_shape shape = {
        (size_t)random_between(seed, 0, 60), random_between(seed, 1, MOST_CUSTOMERS), -40, 130, trial % 2, trial % 3 == 0};
    size_t ages = (size_t)random_between(seed, 1, 6);

    memset(made, 0, sizeof *made);
    made->log = random_log_make(seed, shape);
    made->end = random_between(seed, -30, 150);
    made->edges[0] = random_between(seed, -45, -40);
    made->layout = (retain_cohort_layout){.struct_size = sizeof made->layout,
                                          .rows = (retain_cohort_rows)random_between(seed, 0, 3),
                                          .axis = (retain_cohort_axis)random_between(seed, 0, 2),
                                          .edges = made->edges,
                                          .edge_count = 2,
                                          .groups = &made->groups};
    for (; made->edges[made->layout.edge_count - 2] < 150; made->layout.edge_count++)
        made->edges[made->layout.edge_count - 1] = made->edges[made->layout.edge_count - 2] + random_between(seed, 5, 40);
    made->layout.edge_count--;
    made->ages[0] = random_between(seed, 0, 3) ? 0 : random_between(seed, 1, 3);
    for (size_t k = 1; k <= ages; k++)
        made->ages[k] = made->ages[k - 1] + random_between(seed, 1, made->layout.axis == RETAIN_COHORT_ROLLING ? 30 : 3);
    if (made->layout.axis == RETAIN_COHORT_ROLLING || (made->layout.axis == RETAIN_COHORT_AGE && trial % 5 < 2)) {
        made->layout.age_edges = made->ages;
        made->layout.age_edge_count = ages + 1;
    }
    for (int64_t i = 0; i < MOST_CUSTOMERS; i++) {
        made->customers[i] = i + 1;
        made->groups_of[i] = random_between(seed, 0, 2);
        made->margins[i] = (double)random_between(seed, -2, 8) * 0.125;
    }
    made->groups = (retain_groups){MOST_CUSTOMERS, made->customers, made->groups_of, 3};
    made->options = (retain_cohort_cells_options){.struct_size = sizeof made->options,
                                                  .kind = trial % 3 ? RETAIN_COHORT_PERIOD : RETAIN_COHORT_UNBOUNDED,
                                                  .count_running = trial % 7 < 3,
                                                  .margin = trial % 4 ? 0.0 : 0.375};
    if (trial % 11 < 4) {
        made->options.margins = made->margins;
        made->options.margin_customer = made->customers;
        made->options.margin_count = MOST_CUSTOMERS;
    }
    made->counting = (retain_orders_options){.struct_size = sizeof made->counting, .count_zero_orders = trial % 5 == 0};
    made->counting.occasion_days = random_between(seed, 0, 3) ? 0 : random_between(seed, 1, 10);
}

large_world large_make(void)
{
    uint64_t seed = 21;
    large_world made = {.log = random_log_make(&seed, (random_log_shape){LARGE, PEOPLE, 0, DAYS - 1, 0, 0}),
                        .ages = {0, 1, 8, 31, 91, 181}};

    for (int64_t k = 0; k <= DAYS; k++)
        made.days[k] = k;
    for (int64_t k = 0; k <= DAYS / 30; k++)
        made.months[k] = 30 * k;
    made.customers = malloc(2 * PEOPLE * sizeof *made.customers);
    assert_non_null(made.customers);
    made.groups_of = made.customers + PEOPLE;
    for (int64_t i = 0; i < PEOPLE; i++) {
        made.customers[i] = i + 1;
        made.groups_of[i] = random_between(&seed, 0, GROUPS - 1);
    }
    made.groups = (retain_groups){PEOPLE, made.customers, made.groups_of, GROUPS};
    return made;
}

void large_free(large_world *made)
{
    random_log_free(&made->log);
    free(made->customers);
}

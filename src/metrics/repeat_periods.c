/* Who bought in a period: for the first time, coming back, more than once.
 *
 * Occasions of a customer ascend, so those of one period stand together; a customer is a returning one in every period in which he
 * bought but that of his first occasion. */
#include "data/customer_rows.h"
#include "metrics/periods.h"
#include "metrics/repeat_figures.h"

typedef struct cell {
    uint64_t first_time, returning, repeaters, occasions;
    double orders, returning_orders;
    retain__sum revenue, returning_revenue;
} cell;

typedef struct period_table {
    const retain__periods *periods;
    size_t tables;
    cell *cells;
} period_table;

static void add_customer(void *state, size_t block, const retain__customer *customer)
{
    const period_table *table = state;
    const retain__periods *periods = table->periods;
    cell *cells = table->cells + (table->tables > 1 ? block * periods->count : 0);
    const retain__occasion *at = customer->occasion, *end = at + customer->count;
    const size_t first = retain__edges_passed(periods, at->day);
    size_t before = SIZE_MAX, passed;
    uint64_t times = 0;

    for (; at < end; at++) {
        cell *into;

        passed = retain__edges_passed(periods, at->day);
        if (passed == 0 || passed > periods->count)
            continue;
        into = &cells[passed - 1];
        times = passed == before ? times + 1 : 1;
        before = passed;
        into->first_time += times == 1 && passed == first;
        into->returning += times == 1 && passed != first;
        into->repeaters += times == 2;
        into->occasions++;
        into->orders += at->orders;
        retain__sum_merge(&into->revenue, at->value);
        if (passed != first) {
            into->returning_orders += at->orders;
            retain__sum_merge(&into->returning_revenue, at->value);
        }
    }
}

/* Adds the tables up in the first one. */
static void add_up(const period_table *table)
{
    const size_t count = table->periods->count;

    for (size_t i = count; i < table->tables * count; i++) {
        const cell *from = &table->cells[i];
        cell *sum = &table->cells[i % count];

        sum->first_time += from->first_time;
        sum->returning += from->returning;
        sum->repeaters += from->repeaters;
        sum->occasions += from->occasions;
        sum->orders += from->orders;
        sum->returning_orders += from->returning_orders;
        retain__sum_merge(&sum->revenue, from->revenue);
        retain__sum_merge(&sum->returning_revenue, from->returning_revenue);
    }
}

static void put(double *column, size_t k, double value, int over)
{
    if (column)
        column[k] = over ? value : (double)NAN;
}

static void write_period(const retain_repeat_columns *columns, size_t k, const cell *seen, int over, double level)
{
    const double first_time = (double)seen->first_time, returning = (double)seen->returning;
    const double repeaters = (double)seen->repeaters, customers = over ? first_time + returning : (double)NAN;

    put(columns->customers, k, customers, over);
    put(columns->first_time, k, first_time, over);
    put(columns->returning, k, returning, over);
    put(columns->repeaters, k, repeaters, over);
    retain__put_rate(returning, customers, level, columns->returning_share, columns->returning_share_low,
                     columns->returning_share_high, k);
    retain__put_rate(repeaters, customers, level, columns->repeat_within, columns->repeat_within_low, columns->repeat_within_high,
                     k);
    put(columns->orders, k, seen->orders, over);
    put(columns->occasions, k, (double)seen->occasions, over);
    put(columns->revenue, k, retain__sum_value(seen->revenue), over);
    put(columns->returning_orders, k, seen->returning_orders, over);
    put(columns->returning_revenue, k, retain__sum_value(seen->returning_revenue), over);
}

retain_status retain_repeat_periods(retain_context *ctx, const retain_orders *orders, int64_t observation_end, const int64_t *edges,
                                    size_t edge_count, const retain_orders_options *counting, const retain_repeat_options *given,
                                    const retain_repeat_columns *columns)
{
    retain_repeat_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__periods periods;
    period_table table = {.periods = &periods};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_repeat_options(ctx, given, &options);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__read_periods(ctx, &scratch, edges, edge_count, observation_end, &periods);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK) {
        table.tables = retain__accumulators(log.blocks, log.rows.count, periods.count);
        table.cells = retain__take_zeroed(&scratch, table.tables * periods.count, sizeof *table.cells);
        status = table.cells ? RETAIN_OK : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        retain__visit_customers(table.tables > 1 ? ctx : NULL, &log, add_customer, &table, NULL);
        add_up(&table);
        for (size_t k = 0; k < periods.count; k++)
            write_period(columns, k, &table.cells[k], k < periods.over, options.level);
    }
    retain__release(&scratch);
    return status;
}

/* Customers by the period in which they came and the time since: the cohort table.
 *
 * Each customer adds to the cells of one row only, at the ages at which he had an occasion, so the whole table is one visit of the customers and a
 * handful of additions an occasion. Cells that can exist form a triangle: cohort c and calendar period p, c <= p, p begun. The triangle is what
 * is accumulated; the square that the caller sees is written from it at the end, when nothing can fail any more.
 *
 * Customers and orders are whole numbers. Money is carried as the pairs of math/sums.h, per cell, so that neither the order of the rows nor the cut into
 * blocks shows in the result. "In that period or a later one" needs no second look at the customers: each is counted once, at his last period, and
 * the row is summed from its end. */
#include <math.h>

#include "data/customer_rows.h"
#include "metrics/periods.h"
#include "metrics/rates.h"
#include "retain/cohort.h"

/* --- the triangle --------------------------------------------------------------------------------------------------------------- */

typedef struct cell {
    retain__sum money;
    double orders;
    uint64_t customers;
} cell;

/* A customer whose occasions leave the edges. */
typedef struct stray {
    int found;
    int64_t key, day;
} stray;

typedef struct triangle {
    const retain__periods *periods;
    retain_cohort_kind kind;
    size_t tables, length; /* `length` cells a table */
    cell *cells;
    stray strays[RETAIN__LOG_BLOCKS]; /* the first of each block */
} triangle;

/* Index of the cell of cohort c at age 0; its older ages follow. */
static size_t find_row(const triangle *table, size_t c)
{
    return c * table->periods->begun - c * (c - 1) / 2;
}

static void note_stray(stray *seen, int64_t key, int64_t day)
{
    if (!seen->found)
        *seen = (stray){1, key, day};
}

static void add_customer(void *state, size_t block, const retain__customer *customer)
{
    triangle *table = state;
    const retain__periods *periods = table->periods;
    const retain__occasion *at = customer->occasion, *last = at + (customer->count - 1);
    const size_t first_passed = retain__edges_passed(periods, at->day);
    const size_t last_passed = retain__edges_passed(periods, last->day);
    const int each_period = table->kind == RETAIN_COHORT_PERIOD;
    size_t before = SIZE_MAX;
    cell *row;

    if (first_passed == 0 || last_passed > periods->begun) { /* days lie before the observation end: in no later period */
        note_stray(&table->strays[block], customer->key, first_passed ? last->day : at->day);
        return;
    }
    row = table->cells + (table->tables > 1 ? block * table->length : 0) + find_row(table, first_passed - 1);
    for (; at <= last; at++) {
        const size_t age = retain__edges_passed(periods, at->day) - first_passed;

        row[age].orders += at->orders;
        retain__sum_merge(&row[age].money, at->value);
        row[age].customers += each_period && age != before;
        before = age;
    }
    if (!each_period)
        row[before].customers++;
}

/* Adds the tables up in the first one, and later periods to earlier ones where `active` means "then or later". */
static void add_up(const triangle *table)
{
    for (size_t i = table->length; i < table->tables * table->length; i++) {
        cell *sum = &table->cells[i % table->length];

        sum->orders += table->cells[i].orders;
        sum->customers += table->cells[i].customers;
        retain__sum_merge(&sum->money, table->cells[i].money);
    }
    for (size_t c = 0; table->kind == RETAIN_COHORT_UNBOUNDED && c < table->periods->begun; c++) {
        cell *row = table->cells + find_row(table, c);

        for (size_t age = table->periods->begun - 1 - c; age > 0; age--)
            row[age - 1].customers += row[age].customers;
    }
}

/* Names the row of the first customer, by key, who has an occasion outside the edges. */
static retain_status refuse_stray(retain_context *ctx, const retain_orders *orders, const retain__periods *periods,
                                  const stray *seen)
{
    const int64_t first = periods->edges[0], end = periods->edges[periods->count];
    size_t i = 0;

    while (i < orders->count && (orders->customer[i] != seen->key || orders->day[i] != seen->day))
        i++; /* an occasion has the day of one of its rows */
    if (i == orders->count)
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "orders changed while they were read");
    if (seen->day < first)
        return retain__fail(
            ctx, RETAIN_ERROR_DATA, i,
            "orders.day[%zu] is %lld; it must not lie before edges[0] = %lld, or the customer's cohort is not known", i,
            (long long)seen->day, (long long)first);
    return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                        "orders.day[%zu] is %lld; up to the observation end it must lie before the last edge, edges[%zu] = %lld", i,
                        (long long)seen->day, periods->count, (long long)end);
}

static retain_status fill_triangle(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                   retain__order_log *log, triangle *table)
{
    const size_t begun = table->periods->begun;
    int fits = 1;

    table->length = retain__multiply(begun, begun + 1, &fits) / 2;
    table->tables = retain__accumulators(log->blocks, log->rows.count, table->length);
    table->cells = retain__take_zeroed(scratch, fits ? table->tables * table->length : SIZE_MAX, sizeof *table->cells);
    if (!table->cells)
        return RETAIN_ERROR_MEMORY;
    retain__visit_customers(table->tables > 1 ? ctx : NULL, log, add_customer, table, NULL);
    for (size_t b = 0; b < log->blocks; b++) {
        if (table->strays[b].found)
            return refuse_stray(ctx, orders, table->periods, &table->strays[b]);
    }
    add_up(table);
    return RETAIN_OK;
}

/* --- the square ------------------------------------------------------------------------------------------------------------------- */

typedef struct square {
    double *size, *active, *orders, *money;
    uint8_t *complete;
} square;

/* Writes cell i; `seen` is NULL where it does not exist. */
static void write_cell(const square *out, size_t i, const cell *seen)
{
    if (out->active)
        out->active[i] = seen ? (double)seen->customers : (double)NAN;
    if (out->orders)
        out->orders[i] = seen ? seen->orders : (double)NAN;
    if (out->money)
        out->money[i] = seen ? retain__sum_value(seen->money) : (double)NAN;
}

static void write_square(const square *out, const triangle *table, int count_running)
{
    const retain__periods *periods = table->periods;
    const size_t shown = count_running ? periods->begun : periods->over;

    for (size_t c = 0; c < periods->count; c++) {
        const cell *row = c < periods->begun ? table->cells + find_row(table, c) : NULL;

        out->size[c] = row ? (double)row[0].customers : (double)NAN;
        for (size_t age = 0; age < periods->count; age++) {
            const size_t i = c * periods->count + age;

            write_cell(out, i, age < shown && c < shown - age ? &row[age] : NULL);
            if (out->complete)
                out->complete[i] = age < periods->over && c < periods->over - age;
        }
    }
}

static retain_status take_options(retain_context *ctx, const retain_cohort_options *given, retain_cohort_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (options->kind != RETAIN_COHORT_PERIOD && options->kind != RETAIN_COHORT_UNBOUNDED)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.kind is %d; it must be a retain_cohort_kind",
                            (int)options->kind);
    if (options->count_running != 0 && options->count_running != 1)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.count_running is %d; it must be 0 or 1",
                            options->count_running);
    return RETAIN_OK;
}

retain_status retain_cohort_active(retain_context *ctx, const retain_orders *orders, int64_t observation_end, const int64_t *edges,
                                   size_t edge_count, const retain_orders_options *counting, const retain_cohort_options *given,
                                   double *size, double *active, double *orders_placed, double *revenue, uint8_t *complete)
{
    const square out = {size, active, orders_placed, revenue, complete};
    retain_cohort_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__periods periods;
    triangle table = {.periods = &periods};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK && !size)
        status = retain__fail_null(ctx, "size");
    if (status == RETAIN_OK)
        status = retain__read_periods(ctx, &scratch, edges, edge_count, observation_end, &periods);
    table.kind = options.kind;
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        status = fill_triangle(ctx, &scratch, orders, &log, &table);
    if (status == RETAIN_OK)
        write_square(&out, &table, options.count_running);
    retain__release(&scratch);
    return status;
}

/* --- rates ------------------------------------------------------------------------------------------------------------------------ */

/* Checks counts by cohort and by cell; `written` is the output that must not be NULL. */
static retain_status check_counts(retain_context *ctx, const double *size, const double *active, size_t periods,
                                  const char *written_name, const double *written)
{
    if (periods == 0)
        return RETAIN_OK;
    if (!size)
        return retain__fail_null(ctx, "size");
    if (!active)
        return retain__fail_null(ctx, "active");
    if (!written)
        return retain__fail_null(ctx, written_name);
    for (size_t c = 0; c < periods; c++) {
        if (!isnan(size[c]) && !(size[c] >= 0.0 && retain__is_finite(size[c])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, c, "size[%zu] is %g; it must be a count, finite and not negative", c,
                                size[c]);
        for (size_t i = c * periods; i < (c + 1) * periods; i++) {
            if (!isnan(active[i]) && !(active[i] >= 0.0 && active[i] <= size[c]))
                return retain__fail(ctx, RETAIN_ERROR_DATA, c, "active[%zu] is %g; it must lie in [0, size[%zu] = %g] or be NaN", i,
                                    active[i], c, size[c]);
        }
    }
    return RETAIN_OK;
}

retain_status retain_cohort_retention(retain_context *ctx, const double *size, const double *active, size_t periods, double level,
                                      double *retention, double *low, double *high)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK)
        status = check_counts(ctx, size, active, periods, "retention", retention);
    if (status != RETAIN_OK)
        return status;
    for (size_t c = 0; c < periods; c++) {
        for (size_t i = c * periods; i < (c + 1) * periods; i++)
            retain__put_rate(active[i], size[c], level, retention, low, high, i);
    }
    return RETAIN_OK;
}

retain_status retain_cohort_average(retain_context *ctx, const double *size, const double *active, size_t periods, double level,
                                    double *average, double *customers, double *low, double *high)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK)
        status = check_counts(ctx, size, active, periods, "average", average);
    if (status != RETAIN_OK)
        return status;
    for (size_t age = 0; age < periods; age++) {
        double came = 0.0, stayed = 0.0;

        for (size_t c = 0; c < periods; c++) {
            if (!isnan(active[c * periods + age])) {
                came += size[c];
                stayed += active[c * periods + age];
            }
        }
        if (customers)
            customers[age] = came;
        retain__put_rate(stayed, came, level, average, low, high, age);
    }
    return RETAIN_OK;
}

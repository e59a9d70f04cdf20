/* Money by period: one visit of the orders, a few additions an order.
 *
 * An order lies in the period of its earliest row, and its gross with it. Its refunds are entered twice, once there and once row by
 * row on their own days: that is all the difference between the two ledgers, and their totals are equal because they are sums of the
 * same rows. Money is carried as the pairs of math/sums.h, per cell, and rounded at the end; totals are sums of cells before that.
 *
 * That every row lies within the edges is seen from the first and the last day of the log, without a look at the rows. */
#include "retain/ledger.h"

#include <math.h>
#include <string.h>

#include "data/order_visits.h"
#include "metrics/periods.h"

enum money { GROSS, BY_ORDER, BY_DAY, UNMATCHED, CANCELLED, MONEYS };

typedef struct cell {
    double orders, refunded_orders;
    retain__sum money[MONEYS];
} cell;

typedef struct book {
    const retain__periods *periods;
    size_t tables;
    cell *cells; /* [tables * periods.begun] */
} book;

/* The cell of a day. It lies within the edges, unless the caller's columns have changed since that was checked. */
static cell *find_cell(const book *ledger, cell *table, int64_t day)
{
    const size_t passed = retain__edges_passed(ledger->periods, day);

    return &table[passed == 0 ? 0 : passed > ledger->periods->begun ? ledger->periods->begun - 1 : passed - 1];
}

static void add_to(cell *to, enum money kind, retain__sum money)
{
    retain__sum_merge(&to->money[kind], money);
}

/* Enters the negative rows of an order, each on its own day. */
static void add_refunds(const book *ledger, cell *table, enum money kind, const retain__order_rows *rows,
                        const retain__order *order)
{
    for (const uint64_t *row = order->row; row < order->end; row += rows->width) {
        const retain__sum value = retain__value_of(rows, row);

        if (value.high < 0.0)
            add_to(find_cell(ledger, table, retain__day_of(rows, row)), kind, value);
    }
}

static void add_order(void *state, size_t block, const retain__order_rows *rows, const retain__order *order)
{
    const book *ledger = state;
    cell *table = ledger->cells + (ledger->tables > 1 ? block * ledger->periods->begun : 0);
    cell *at = find_cell(ledger, table, order->day);
    retain__sum gross = order->money.value;

    switch (order->fate) {
    case RETAIN__UNMATCHED:
        add_refunds(ledger, table, UNMATCHED, rows, order);
        return;
    case RETAIN__CANCELLED:
        add_to(at, CANCELLED, order->money.value);
        return;
    case RETAIN__KEPT:
        at->orders += order->orders;
        break;
    case RETAIN__REFUNDED:
        at->refunded_orders += order->orders;
        break;
    default: /* an order of zero rows */
        return;
    }
    if (order->money.refunds.high < 0.0) {
        retain__sum_merge(&gross, (retain__sum){-order->money.refunds.high, -order->money.refunds.low});
        add_to(at, BY_ORDER, order->money.refunds);
        add_refunds(ledger, table, BY_DAY, rows, order);
    }
    add_to(at, GROSS, gross);
}

static void add_cell(cell *sum, const cell *other)
{
    sum->orders += other->orders;
    sum->refunded_orders += other->refunded_orders;
    for (int kind = GROSS; kind < MONEYS; kind++)
        add_to(sum, (enum money)kind, other->money[kind]);
}

static double value_of(const cell *of, enum money kind)
{
    return retain__sum_value(of->money[kind]);
}

static double add_both(const cell *of, enum money one, enum money other)
{
    retain__sum sum = of->money[one];

    retain__sum_merge(&sum, of->money[other]);
    return retain__sum_value(sum);
}

static void put(double *column, size_t k, double value)
{
    if (column)
        column[k] = value;
}

static void write_period(const retain_ledger_columns *out, size_t k, const cell *of)
{
    put(out->orders, k, of ? of->orders : (double)NAN);
    put(out->refunded_orders, k, of ? of->refunded_orders : (double)NAN);
    put(out->gross, k, of ? value_of(of, GROSS) : (double)NAN);
    put(out->refunds_by_order, k, of ? value_of(of, BY_ORDER) : (double)NAN);
    put(out->refunds_by_day, k, of ? value_of(of, BY_DAY) : (double)NAN);
    put(out->net_by_order, k, of ? add_both(of, GROSS, BY_ORDER) : (double)NAN);
    put(out->net_by_day, k, of ? add_both(of, GROSS, BY_DAY) : (double)NAN);
    put(out->unmatched, k, of ? value_of(of, UNMATCHED) : (double)NAN);
    put(out->cancelled, k, of ? value_of(of, CANCELLED) : (double)NAN);
}

static void write_totals(const book *ledger, retain_ledger_totals *totals)
{
    cell all = {0.0, 0.0, {{0.0, 0.0}}};
    retain__sum money;

    for (size_t k = 0; k < ledger->periods->begun; k++)
        add_cell(&all, &ledger->cells[k]);
    money = all.money[GROSS];
    retain__sum_merge(&money, all.money[BY_DAY]);
    retain__sum_merge(&money, all.money[UNMATCHED]);
    retain__sum_merge(&money, all.money[CANCELLED]);
    *totals = (retain_ledger_totals){totals->struct_size,       all.orders,
                                     all.refunded_orders,       value_of(&all, GROSS),
                                     value_of(&all, BY_DAY),    add_both(&all, GROSS, BY_DAY),
                                     value_of(&all, UNMATCHED), value_of(&all, CANCELLED),
                                     retain__sum_value(money)};
}

/* Names the first row outside the edges. */
static retain_status check_days(retain_context *ctx, const retain_orders *orders, const retain__order_log *log,
                                const retain__periods *periods, int64_t observation_end)
{
    const int64_t first = periods->edges[0], end = periods->edges[periods->count];

    if (log->rows.count == 0 || (log->rows.first_day >= first && log->rows.last_day < end))
        return RETAIN_OK;
    for (size_t i = 0; i < orders->count; i++) {
        if (orders->day[i] < first)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "orders.day[%zu] is %lld; it must not lie before edges[0] = %lld", i,
                                (long long)orders->day[i], (long long)first);
        if (orders->day[i] >= end && orders->day[i] <= observation_end)
            return retain__fail(
                ctx, RETAIN_ERROR_DATA, i,
                "orders.day[%zu] is %lld; up to the observation end it must lie before the last edge, edges[%zu] = %lld", i,
                (long long)orders->day[i], periods->count, (long long)end);
    }
    return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "orders changed while they were read");
}

static retain_status fill_book(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, book *ledger)
{
    const size_t begun = ledger->periods->begun;

    ledger->tables = retain__accumulators(log->blocks, log->rows.count, begun * (sizeof(cell) / sizeof(retain__sum)));
    ledger->cells = retain__take_zeroed(scratch, ledger->tables * begun, sizeof *ledger->cells);
    if (!ledger->cells)
        return RETAIN_ERROR_MEMORY;
    if (begun) /* otherwise no row is early enough */
        retain__visit_orders(ledger->tables > 1 ? ctx : NULL, log, add_order, ledger);
    for (size_t k = begun; k < ledger->tables * begun; k++)
        add_cell(&ledger->cells[k % begun], &ledger->cells[k]);
    return RETAIN_OK;
}

retain_status retain_ledger_periods(retain_context *ctx, const retain_orders *orders, int64_t observation_end, const int64_t *edges,
                                    size_t edge_count, const retain_orders_options *counting, const retain_ledger_columns *columns,
                                    retain_ledger_totals *totals)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__periods periods;
    book ledger = {.periods = &periods};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "totals", totals, sizeof *totals, sizeof *totals);
    if (status == RETAIN_OK)
        status = retain__read_periods(ctx, &scratch, edges, edge_count, observation_end, &periods);
    if (status == RETAIN_OK)
        status = retain__read_order_log(ctx, &scratch, orders, NULL, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        status = check_days(ctx, orders, &log, &periods, observation_end);
    if (status == RETAIN_OK)
        status = fill_book(ctx, &scratch, &log, &ledger);
    if (status == RETAIN_OK) {
        for (size_t k = 0; k < periods.count; k++) {
            write_period(columns, k, k < periods.begun ? &ledger.cells[k] : NULL);
            if (columns->complete)
                columns->complete[k] = k < periods.over;
        }
        if (totals)
            write_totals(&ledger, totals);
    }
    retain__release(&scratch);
    return status;
}

/* Where did last period's revenue go? One visit of the customers, a few additions a customer and period.
 *
 * Each customer becomes a short list of the periods in which he spent something, ascending, with the money of each. An entry is looked at once, beside the
 * entry `lag` periods before it, if there is one: both fingers only move forward. With one it is expansion or contraction, without one it is acquired or
 * reactivated, depending on when the customer was first seen. Nobody needs to be looked for among the lost: what was there before less what of it met an
 * entry is what did not,
 *
 *     lost(k) = end(k - lag) - before(k),
 *
 * before(k) being the earlier revenue of those who have some now. Money is carried in the pairs of math/sums.h until the end, so this difference, and the identity of
 * the bridge, are exact while the sums are.
 *
 * Delicate are the intervals. Their sum of (y - R x)^2 is known only when R is, after the visit, and so comes as sum y^2 - 2 R sum xy + R^2 sum x^2, which cancels when
 * customers pay the same as ever. With exact products, sums in pairs, and R in a pair some 30 digits go into the cancellation; a remainder of less than a 10^-28th is
 * rounding, and none. */
#include <math.h>

#include "data/customer_rows.h"
#include "math/interval.h"
#include "metrics/periods.h"
#include "metrics/rates.h"
#include "retain/revenue.h"

enum { AMOUNT_BLOCK_CELLS = 1 << 16, MOST_AMOUNT_BLOCKS = 64 };

static const double MOST_AMOUNT = 1e280; /* as in an order log: sums cannot overflow */
static const double SQUARE_ROUNDING = 1e-28;
static const double SAME_AMOUNT = 0x1p-40; /* as a share: what 0.1 + 0.2 differs from 0.3 by is not expansion */

/* --- counting ----------------------------------------------------------------------------------------------------------------- */

/* What is known of one period. "Before" is the money, `lag` periods earlier, of customers who have some in this one. */
typedef struct cell {
    retain__sum end, acquired, reactivated, expansion, contraction, before;
    retain__sum end_squares; /* of all customers with revenue */
    retain__sum products, squares, kept_products,
        kept_squares; /* of those with both: before * now, now^2, and with min(before, now) for now */
    uint64_t end_customers, acquired_customers, reactivated_customers, retained_customers, expanded_customers, contracted_customers;
} cell;

/* A customer's money in one period. */
typedef struct entry {
    size_t period;
    retain__sum money;
    retain__sum square;
} entry;

typedef struct bridge {
    const retain__periods *periods; /* of a log */
    const double *amounts;          /* of a matrix */
    size_t count, lag;              /* periods */
    size_t tables, most_entries;
    int with_intervals;
    cell *cells;
    entry *entries;
} bridge;

static retain_status open_bridge(retain__scratch *scratch, size_t blocks, size_t rows, size_t most_entries, bridge *table)
{
    enum { SPARE_CELL = 32 }; /* bytes that retain__accumulators counts as one cell */
    size_t words;

    table->most_entries = most_entries < table->count ? most_entries : table->count;
    words = table->count * (sizeof *table->cells / SPARE_CELL) + table->most_entries * (sizeof *table->entries / SPARE_CELL + 1);
    table->tables = retain__accumulators(blocks, rows, words);
    table->cells = retain__take_zeroed(scratch, table->tables * table->count, sizeof *table->cells);
    table->entries = retain__take(scratch, table->tables * table->most_entries, sizeof *table->entries);
    return table->cells && table->entries ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

static size_t pick_table(const bridge *table, size_t block)
{
    return table->tables > 1 ? block : 0;
}

static void square_entry(const bridge *table, entry *now)
{
    if (table->with_intervals)
        now->square = retain__two_product(now->money.high, now->money.high);
}

static void count_retained(const bridge *table, cell *at, const entry *before, const entry *now)
{
    const double same = before->money.high * SAME_AMOUNT;
    retain__sum more = now->money;

    retain__sum_merge(&more, (retain__sum){-before->money.high, -before->money.low});
    retain__sum_merge(&at->before, before->money);
    at->retained_customers++;
    if (more.high > 0.0)
        retain__sum_merge(&at->expansion, more);
    else
        retain__sum_merge(&at->contraction, (retain__sum){-more.high, -more.low});
    at->expanded_customers += more.high > same;
    at->contracted_customers += more.high < -same;
    if (table->with_intervals) {
        const retain__sum product = retain__two_product(before->money.high, now->money.high);

        retain__sum_merge(&at->products, product);
        retain__sum_merge(&at->squares, now->square);
        retain__sum_merge(&at->kept_products, more.high < 0.0 ? product : before->square);
        retain__sum_merge(&at->kept_squares, more.high < 0.0 ? now->square : before->square);
    }
}

/* Counts a customer with these entries, who was not known before period known - 1 (0: before the first). */
static void count_entries(const bridge *table, size_t block, size_t known, const entry *entries, size_t count)
{
    cell *cells = table->cells + pick_table(table, block) * table->count;
    const entry *before = entries;

    for (const entry *now = entries; now < entries + count; now++) {
        cell *at = &cells[now->period];

        retain__sum_merge(&at->end, now->money);
        at->end_customers++;
        if (table->with_intervals)
            retain__sum_merge(&at->end_squares, now->square);
        if (now->period < table->lag)
            continue; /* nothing to compare it with */
        while (before->period < now->period - table->lag)
            before++;
        if (before->period == now->period - table->lag) {
            count_retained(table, at, before, now);
        } else if (known > now->period - table->lag + 1) {
            retain__sum_merge(&at->acquired, now->money);
            at->acquired_customers++;
        } else {
            retain__sum_merge(&at->reactivated, now->money);
            at->reactivated_customers++;
        }
    }
}

static void count_customer(void *state, size_t block, const retain__customer *customer)
{
    const bridge *table = state;
    entry *entries = table->entries + pick_table(table, block) * table->most_entries;
    const size_t known = retain__edges_passed(table->periods, customer->occasion[0].day);
    size_t count = 0;

    for (size_t i = 0; i < customer->count; i++) {
        const retain__occasion *at = &customer->occasion[i];
        const size_t passed = retain__edges_passed(table->periods, at->day);

        if (passed == 0 || passed > table->count || !(at->value.high > 0.0))
            continue; /* in no period, or an order of value zero */
        if (count && entries[count - 1].period == passed - 1)
            retain__sum_merge(&entries[count - 1].money, at->value);
        else
            entries[count++] = (entry){passed - 1, at->value, {0.0, 0.0}};
    }
    for (size_t i = 0; i < count; i++)
        square_entry(table, &entries[i]);
    count_entries(table, block, known, entries, count);
}

static void count_amounts(void *state, size_t block, size_t first, size_t last)
{
    const bridge *table = state;
    entry *entries = table->entries + pick_table(table, block) * table->most_entries;

    for (size_t i = first; i < last; i++) {
        const double *amounts = table->amounts + i * table->count;
        size_t count = 0;

        for (size_t k = 0; k < table->count; k++) {
            const double amount = amounts[k];

            if (amount > 0.0) {
                entries[count] = (entry){k, {amount, 0.0}, {0.0, 0.0}};
                square_entry(table, &entries[count++]);
            }
        }
        if (count)
            count_entries(table, block, entries[0].period + 1, entries, count);
    }
}

/* Adds the tables up in the first one. */
static void add_up(const bridge *table)
{
    for (size_t i = table->count; i < table->tables * table->count; i++) {
        cell *sum = &table->cells[i % table->count], *part = &table->cells[i];

        retain__sum_merge(&sum->end, part->end);
        retain__sum_merge(&sum->acquired, part->acquired);
        retain__sum_merge(&sum->reactivated, part->reactivated);
        retain__sum_merge(&sum->expansion, part->expansion);
        retain__sum_merge(&sum->contraction, part->contraction);
        retain__sum_merge(&sum->before, part->before);
        retain__sum_merge(&sum->end_squares, part->end_squares);
        retain__sum_merge(&sum->products, part->products);
        retain__sum_merge(&sum->squares, part->squares);
        retain__sum_merge(&sum->kept_products, part->kept_products);
        retain__sum_merge(&sum->kept_squares, part->kept_squares);
        sum->end_customers += part->end_customers;
        sum->acquired_customers += part->acquired_customers;
        sum->reactivated_customers += part->reactivated_customers;
        sum->retained_customers += part->retained_customers;
        sum->expanded_customers += part->expanded_customers;
        sum->contracted_customers += part->contracted_customers;
    }
}

/* --- writing ------------------------------------------------------------------------------------------------------------------ */

static void put(double *column, size_t k, double value)
{
    if (column)
        column[k] = value;
}

static retain__sum subtract(retain__sum a, retain__sum b)
{
    retain__sum_merge(&a, (retain__sum){-b.high, -b.low});
    return a;
}

/* A ratio of sums over customers: of y over x, with what its interval is made of. */
typedef struct ratio {
    retain__sum y, x, yy, xy, xx;
    double customers;
} ratio;

/* How far the interval reaches from the ratio R: t sqrt(n / (n - 1) sum (y - R x)^2) / sum x; NaN when all did the same. */
static double find_reach(const ratio *of, double t)
{
    const retain__pair r = retain__pair_divide(of->y, of->x);
    const retain__pair inner =
        retain__pair_add(retain__pair_times(of->xy, 2.0), retain__pair_minus(retain__pair_multiply(r, of->xx)));
    const double squares = retain__pair_value(retain__pair_add(of->yy, retain__pair_minus(retain__pair_multiply(r, inner))));
    const double rounding = SQUARE_ROUNDING * (of->yy.high + r.high * r.high * of->xx.high);

    if (!retain__is_finite(squares) || !(squares > rounding))
        return (double)NAN;
    return t * sqrt(of->customers / (of->customers - 1.0) * squares) / of->x.high;
}

/* Columns of a rate and its limits; limits are kept within [0, most]. */
typedef struct rate_columns {
    double *rate, *low, *high;
    double most;
} rate_columns;

/* t is the quantile of the interval, NaN when there is none. */
static void write_ratio(const rate_columns *to, size_t k, const ratio *of, double t)
{
    const double rate = of->x.high > 0.0 ? of->y.high / of->x.high : (double)NAN;
    const double reach = isnan(t) ? t : find_reach(of, t), low = rate - reach, high = rate + reach;

    put(to->rate, k, rate);
    put(to->low, k, low < 0.0 ? 0.0 : low); /* NaN stays */
    put(to->high, k, high > to->most ? to->most : high);
}

static void write_missing_comparison(const retain_revenue_columns *columns, size_t k)
{
    double *const all[] = {columns->acquired,
                           columns->reactivated,
                           columns->expansion,
                           columns->contraction,
                           columns->lost,
                           columns->acquired_customers,
                           columns->reactivated_customers,
                           columns->retained_customers,
                           columns->expanded_customers,
                           columns->contracted_customers,
                           columns->lost_customers,
                           columns->grr,
                           columns->grr_low,
                           columns->grr_high,
                           columns->nrr,
                           columns->nrr_low,
                           columns->nrr_high};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        put(all[i], k, (double)NAN);
}

static void write_comparison(const retain_revenue_columns *columns, size_t k, const cell *start, const cell *now,
                             int with_intervals, double level)
{
    const double n = (double)start->end_customers;
    const retain__sum kept = subtract(now->before, now->contraction);
    retain__sum stayed = kept;
    const rate_columns grr = {columns->grr, columns->grr_low, columns->grr_high, 1.0};
    const rate_columns nrr = {columns->nrr, columns->nrr_low, columns->nrr_high, (double)INFINITY};
    const double t = with_intervals && n > 1.0 ? retain__student_quantile(level, n - 1.0) : (double)NAN;

    retain__sum_merge(&stayed, now->expansion);
    put(columns->acquired, k, retain__sum_value(now->acquired));
    put(columns->reactivated, k, retain__sum_value(now->reactivated));
    put(columns->expansion, k, retain__sum_value(now->expansion));
    put(columns->contraction, k, retain__sum_value(now->contraction));
    put(columns->lost, k, retain__sum_value(subtract(start->end, now->before)));
    put(columns->acquired_customers, k, (double)now->acquired_customers);
    put(columns->reactivated_customers, k, (double)now->reactivated_customers);
    put(columns->retained_customers, k, (double)now->retained_customers);
    put(columns->expanded_customers, k, (double)now->expanded_customers);
    put(columns->contracted_customers, k, (double)now->contracted_customers);
    put(columns->lost_customers, k, n - (double)now->retained_customers);
    write_ratio(&grr, k, &(ratio){kept, start->end, now->kept_squares, now->kept_products, start->end_squares, n}, t);
    write_ratio(&nrr, k, &(ratio){stayed, start->end, now->squares, now->products, start->end_squares, n}, t);
}

static void write_bridge(const retain_revenue_columns *columns, const bridge *table, size_t over, double level)
{
    for (size_t k = 0; k < table->count; k++) {
        const cell *now = &table->cells[k], *start = k >= table->lag && k - table->lag < over ? now - table->lag : NULL;

        put(columns->start, k, start ? retain__sum_value(start->end) : (double)NAN);
        put(columns->start_customers, k, start ? (double)start->end_customers : (double)NAN);
        put(columns->end, k, k < over ? retain__sum_value(now->end) : (double)NAN);
        put(columns->end_customers, k, k < over ? (double)now->end_customers : (double)NAN);
        if (start && k < over)
            write_comparison(columns, k, start, now, table->with_intervals, level);
        else
            write_missing_comparison(columns, k);
    }
}

/* --- the operations ------------------------------------------------------------------------------------------------------------- */

/* Takes options and columns into a bridge without periods. */
static retain_status take_arguments(retain_context *ctx, const retain_revenue_options *given, const retain_revenue_columns *columns,
                                    retain_revenue_options *options, bridge *table)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (!columns)
        return retain__fail_null(ctx, "columns");
    table->lag = options->lag ? options->lag : 1;
    table->with_intervals = columns->grr_low || columns->grr_high || columns->nrr_low || columns->nrr_high;
    return retain__take_level(ctx, "options.level", &options->level);
}

/* A lag of 1 is fine with a single period: it has an end. A longer one was meant to compare something. */
static retain_status check_lag(retain_context *ctx, size_t lag, size_t periods)
{
    if (lag > 1 && lag >= periods)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.lag is %zu; it must be less than the number of periods, %zu", lag, periods);
    return RETAIN_OK;
}

retain_status retain_revenue_bridge(retain_context *ctx, const retain_orders *orders, int64_t observation_end, const int64_t *edges,
                                    size_t edge_count, const retain_orders_options *counting, const retain_revenue_options *given,
                                    const retain_revenue_columns *columns)
{
    retain_revenue_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__periods periods;
    bridge table = {.periods = &periods};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_arguments(ctx, given, columns, &options, &table);
    if (status == RETAIN_OK)
        status = retain__read_periods(ctx, &scratch, edges, edge_count, observation_end, &periods);
    if (status == RETAIN_OK)
        status = check_lag(ctx, table.lag, periods.count);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK) {
        table.count = periods.count;
        status = open_bridge(&scratch, log.blocks, log.rows.count, log.most_occasions, &table);
    }
    if (status == RETAIN_OK) {
        retain__visit_customers(table.tables > 1 ? ctx : NULL, &log, count_customer, &table, NULL);
        add_up(&table);
        write_bridge(columns, &table, periods.over, options.level);
    }
    retain__release(&scratch);
    return status;
}

static retain_status check_amounts(retain_context *ctx, const double *amounts, size_t customers, size_t periods)
{
    int fits = 1;
    const size_t cells = retain__multiply(customers, periods, &fits);

    if (periods == 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "periods is 0; it must be at least 1");
    if (periods > SIZE_MAX / sizeof *amounts)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "periods is %zu, more than an array can hold", periods);
    if (!fits || cells > SIZE_MAX / sizeof *amounts)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "%zu customers x %zu periods are more than an array can hold", customers, periods);
    if (cells && !amounts)
        return retain__fail_null(ctx, "amounts");
    for (size_t i = 0; i < cells; i++) {
        if (!(amounts[i] >= 0.0 && amounts[i] <= MOST_AMOUNT))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i / periods, "amounts[%zu] is %g; it must lie in [0, 1e280]", i,
                                amounts[i]);
    }
    return RETAIN_OK;
}

retain_status retain_revenue_amounts(retain_context *ctx, const double *amounts, size_t customers, size_t periods,
                                     const retain_revenue_options *given, const retain_revenue_columns *columns)
{
    retain_revenue_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    bridge table = {.amounts = amounts, .count = periods};
    size_t block_size;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_arguments(ctx, given, columns, &options, &table);
    if (status == RETAIN_OK)
        status = check_amounts(ctx, amounts, customers, periods);
    if (status == RETAIN_OK)
        status = check_lag(ctx, table.lag, periods);
    if (status != RETAIN_OK)
        return status;
    block_size = customers / MOST_AMOUNT_BLOCKS + AMOUNT_BLOCK_CELLS / periods + 1;
    status = open_bridge(&scratch, retain__blocks(customers, block_size), customers, periods, &table);
    if (status == RETAIN_OK)
        status = retain__parallel(table.tables > 1 ? ctx : NULL, customers, block_size, 0.0, 1.0, count_amounts, &table);
    if (status == RETAIN_OK) {
        add_up(&table);
        write_bridge(columns, &table, periods, options.level);
    }
    retain__release(&scratch);
    return status;
}

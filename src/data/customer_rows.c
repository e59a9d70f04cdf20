/* From rows to customers and their occasions.
 *
 * Every row that counts is copied into a few 64-bit words: customer, order id when there is one, day and cancelled flag, value, and the optional columns.
 * Sorted by the words in front, the rows of a customer stand together, and within them those of an order, earliest first. Netting is then
 * one pass: an order is classified by its positive and its negative money, kept orders are pushed as (day, value), put in order of day, and those that fall into one
 * block of days become an occasion. */
#include "data/customer_rows.h"

#include <stdatomic.h>
#include <string.h>

#include "core/group.h"

/* Largest money amount: sums of any number of rows stay finite. */
#define MOST_VALUE 1e280
#define MOST_MULTIPLE 9007199254740992.0 /* 2^53 */

enum { ROWS_OF_BLOCK = 1 << 16, MOST_WIDTH = 5, NOWHERE = 0 };

typedef struct retain__log_rows {
    size_t width;                            /* words of a row */
    size_t order, day, value;                /* which word; `order` is NOWHERE when each row is an order */
    size_t low, multiple;                    /* which word; NOWHERE when absent */
    uint64_t *rows;                          /* sorted */
    size_t first[RETAIN__LOG_BLOCKS + 1];    /* first row of each block */
    size_t position[RETAIN__LOG_BLOCKS + 1]; /* position of its first customer */
    size_t late_rows;
    size_t workers;
    retain__occasion *bench[RETAIN__LOG_BLOCKS]; /* per block in work: room for the occasions of one customer, twice */
    size_t room;
    atomic_int taken[RETAIN__LOG_BLOCKS];
} log_rows;

/* What became of the orders: exact sums until the end. */
typedef struct order_tally {
    size_t kept_customers, lost_customers;
    double kept, zero, refunded, unmatched, cancelled, occasions;
    retain__sum kept_value, refunded_value, unmatched_value, cancelled_value;
} order_tally;

/* --- reading ---------------------------------------------------------------------------------------------------------------- */

static retain_status check_options(retain_context *ctx, const char *name, const retain_orders_options *given,
                                   retain_orders_options *options)
{
    retain_status status;

    memset(options, 0, sizeof *options);
    status = retain__take_options(ctx, name, given, sizeof *given, sizeof *options, options);
    if (status != RETAIN_OK)
        return status;
    if (options->unit_days == 0.0)
        options->unit_days = 1.0;
    if (options->occasion_days == 0)
        options->occasion_days = 1;
    if (!(options->unit_days >= 1e-9 && options->unit_days <= 1e9))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s.unit_days is %g; it must lie in [1e-9, 1e9]", name,
                            options->unit_days);
    if (options->occasion_days < 1 || options->occasion_days > RETAIN__LAST_DAY)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s.occasion_days is %lld; it must lie in [1, 2^40]", name,
                            (long long)options->occasion_days);
    return RETAIN_OK;
}

static retain_status check_columns(retain_context *ctx, const retain_orders *orders, int64_t observation_end)
{
    if (!orders)
        return retain__fail_null(ctx, "orders");
    if (orders->count && !orders->customer)
        return retain__fail_null(ctx, "orders.customer");
    if (orders->count && !orders->day)
        return retain__fail_null(ctx, "orders.day");
    if (orders->count && !orders->value)
        return retain__fail_null(ctx, "orders.value");
    if (orders->order && orders->multiple)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "orders.order and orders.multiple are both given; rows with an order id are one order each");
    if (observation_end < -RETAIN__LAST_DAY || observation_end > RETAIN__LAST_DAY)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "observation_end is %lld; it must lie in [-2^40, 2^40]",
                            (long long)observation_end);
    return RETAIN_OK;
}

static retain_status check_row(retain_context *ctx, const retain_orders *orders, size_t i)
{
    if (orders->day[i] < -RETAIN__LAST_DAY || orders->day[i] > RETAIN__LAST_DAY)
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "orders.day[%zu] is %lld; it must lie in [-2^40, 2^40]", i,
                            (long long)orders->day[i]);
    if (!(orders->value[i] >= -MOST_VALUE && orders->value[i] <= MOST_VALUE))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "orders.value[%zu] is %g; it must be finite, at most 1e280 in size", i,
                            orders->value[i]);
    if (orders->cancelled && orders->cancelled[i] > 1)
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "orders.cancelled[%zu] is %d; it must be 0 or 1", i, orders->cancelled[i]);
    if (orders->value_low &&
        !(orders->value[i] + orders->value_low[i] == orders->value[i] && (orders->value[i] != 0.0 || orders->value_low[i] == 0.0)))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                            "orders.value_low[%zu] is %g; it must lie below the last digit of value = %.17g", i,
                            orders->value_low[i], orders->value[i]);
    if (orders->multiple && !(orders->multiple[i] >= 1.0 && orders->multiple[i] <= MOST_MULTIPLE &&
                              orders->multiple[i] == (double)(int64_t)orders->multiple[i]))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "orders.multiple[%zu] is %g; it must be a whole number in [1, 2^53]", i,
                            orders->multiple[i]);
    return RETAIN_OK;
}

static double double_of(uint64_t word)
{
    double x;

    memcpy(&x, &word, sizeof x);
    return x;
}

static uint64_t word_of_double(double x)
{
    uint64_t word;

    memcpy(&word, &x, sizeof word);
    return word;
}

static void lay_out(log_rows *inside, const retain_orders *orders)
{
    inside->width = 1;
    inside->order = orders->order ? inside->width++ : NOWHERE;
    inside->day = inside->width++;
    inside->value = inside->width++;
    inside->low = orders->value_low ? inside->width++ : NOWHERE;
    inside->multiple = orders->multiple ? inside->width++ : NOWHERE;
}

static void copy_row(const log_rows *inside, const retain_orders *orders, size_t i, uint64_t *row)
{
    row[0] = retain__word_of(orders->customer[i]);
    if (inside->order)
        row[inside->order] = retain__word_of(orders->order[i]);
    row[inside->day] = (uint64_t)(orders->day[i] + RETAIN__LAST_DAY) << 1 | (orders->cancelled && orders->cancelled[i]);
    row[inside->value] = word_of_double(orders->value[i]);
    if (inside->low)
        row[inside->low] = word_of_double(orders->value_low[i]);
    if (inside->multiple)
        row[inside->multiple] = word_of_double(orders->multiple[i]);
}

static size_t count_same(const log_rows *inside, const uint64_t *row, const uint64_t *end)
{
    const uint64_t *at = row;

    while (at < end && at[0] == row[0])
        at += inside->width;
    return (size_t)(at - row) / inside->width;
}

/* --- netting ------------------------------------------------------------------------------------------------------------------ */

/* Classifies one order (rows [row, end), earliest first) and pushes it to `out` when it is kept; returns how many were pushed. */
static size_t net_order(const retain__order_log *log, const uint64_t *row, const uint64_t *end, order_tally *tally,
                        retain__occasion *out)
{
    const log_rows *inside = log->inside;
    retain__sum gains = {0.0, 0.0}, returns = {0.0, 0.0}, value;
    int has_gains = 0, has_returns = 0, cancelled = 0;
    double orders = inside->multiple ? double_of(row[inside->multiple]) : 1.0;
    int64_t day = (int64_t)(row[inside->day] >> 1) - RETAIN__LAST_DAY;

    for (; row < end; row += inside->width) {
        retain__sum one = {double_of(row[inside->value]), inside->low ? double_of(row[inside->low]) : 0.0};

        retain__sum_merge(one.high < 0.0 ? &returns : &gains, one);
        has_gains |= one.high > 0.0;
        has_returns |= one.high < 0.0;
        cancelled |= (int)(row[inside->day] & 1);
    }
    value = gains;
    retain__sum_merge(&value, returns);
    if (cancelled) {
        tally->cancelled += orders;
        retain__sum_merge(&tally->cancelled_value, value);
    } else if (has_gains && !(has_returns && value.high <= gains.high * 0x1p-40)) {
        *out = (retain__occasion){day, day, orders, value};
        return 1;
    } else if (has_returns && has_gains) {
        tally->refunded += orders;
        retain__sum_merge(&tally->refunded_value, value);
    } else if (has_returns) {
        tally->unmatched += orders;
        retain__sum_merge(&tally->unmatched_value, value);
    } else if (log->options.count_zero_orders) {
        *out = (retain__occasion){day, day, orders, value};
        return 1;
    } else {
        tally->zero += orders;
    }
    return 0;
}

/* Stable sort of kept orders by day; `spare` is as long. */
static void sort_by_day(retain__occasion *kept, retain__occasion *spare, size_t count)
{
    size_t half = count / 2, a = 0, b = half;

    if (count < 2)
        return;
    sort_by_day(kept, spare, half);
    sort_by_day(kept + half, spare, count - half);
    memcpy(spare, kept, half * sizeof *spare);
    for (size_t to = 0; a < half; to++)
        kept[to] = b < count && kept[b].day < spare[a].day ? kept[b++] : spare[a++];
}

/* Nets the rows of one customer into occasions; returns their number. */
static size_t net_customer(const retain__order_log *log, const uint64_t *row, size_t count, retain__occasion *room,
                           order_tally *tally)
{
    const log_rows *inside = log->inside;
    const uint64_t *end = row + count * inside->width;
    size_t kept = 0, occasions = 0;

    while (row < end) {
        const uint64_t *next = row + inside->width;

        if (inside->order) {
            while (next < end && next[inside->order] == row[inside->order])
                next += inside->width;
        }
        kept += net_order(log, row, next, tally, room + kept);
        row = next;
    }
    sort_by_day(room, room + inside->room, kept);
    for (size_t i = 0; i < kept; i++) {
        tally->kept += room[i].orders;
        retain__sum_merge(&tally->kept_value, room[i].value);
        if (occasions && retain__occasion_start(log, room[occasions - 1].day) == retain__occasion_start(log, room[i].day)) {
            room[occasions - 1].last_day = room[i].day;
            room[occasions - 1].orders += room[i].orders;
            retain__sum_merge(&room[occasions - 1].value, room[i].value);
        } else {
            room[occasions++] = room[i];
        }
    }
    tally->occasions += (double)occasions;
    if (occasions)
        tally->kept_customers++;
    else
        tally->lost_customers++;
    return occasions;
}

/* --- visiting ----------------------------------------------------------------------------------------------------------------- */

typedef struct log_tour {
    const retain__order_log *log;
    retain__visit visit; /* NULL to count only */
    void *state;
    order_tally of_block[RETAIN__LOG_BLOCKS];
} log_tour;

static size_t take_bench(log_rows *inside)
{
    for (size_t w = 0;; w = (w + 1) % inside->workers) {
        int free = 0;

        if (atomic_compare_exchange_strong(&inside->taken[w], &free, 1))
            return w;
    }
}

static void visit_block(void *state, size_t block, size_t begin, size_t end_block)
{
    log_tour *tour = state;
    log_rows *inside = tour->log->inside;
    const uint64_t *row = inside->rows + inside->first[block] * inside->width;
    const uint64_t *end = inside->rows + inside->first[block + 1] * inside->width;
    size_t bench = take_bench(inside), position = inside->position[block];

    (void)begin;
    (void)end_block;
    while (row < end) {
        size_t count = count_same(inside, row, end);
        size_t occasions = net_customer(tour->log, row, count, inside->bench[bench], &tour->of_block[block]);

        if (occasions) {
            retain__customer customer = {retain__key_of(row[0]), position++, occasions, inside->bench[bench]};

            if (tour->visit)
                tour->visit(tour->state, block, &customer);
        }
        row += count * inside->width;
    }
    atomic_store(&inside->taken[bench], 0);
}

static void go_round(retain_context *ctx, log_tour *tour)
{
    retain_context quiet = RETAIN_CONTEXT_INIT;

    if (ctx)
        quiet.threads = ctx->threads;
    retain__parallel(&quiet, tour->log->blocks, 1, 0.0, 1.0, visit_block, tour);
}

void retain__visit_customers(retain_context *ctx, const retain__order_log *log, retain__visit visit, void *state,
                             retain_orders_report *report)
{
    log_tour tour = {.log = log, .visit = visit, .state = state};
    order_tally *sum = &tour.of_block[0];

    go_round(ctx, &tour);
    if (!report)
        return;
    for (size_t b = 1; b < log->blocks; b++) {
        const order_tally *more = &tour.of_block[b];

        sum->kept += more->kept;
        sum->zero += more->zero;
        sum->refunded += more->refunded;
        sum->unmatched += more->unmatched;
        sum->cancelled += more->cancelled;
        sum->occasions += more->occasions;
        retain__sum_merge(&sum->kept_value, more->kept_value);
        retain__sum_merge(&sum->refunded_value, more->refunded_value);
        retain__sum_merge(&sum->unmatched_value, more->unmatched_value);
        retain__sum_merge(&sum->cancelled_value, more->cancelled_value);
    }
    report->rows = log->rows + log->inside->late_rows;
    report->late_rows = log->inside->late_rows;
    report->customers = log->customers;
    report->lost_customers = log->lost_customers;
    report->kept_orders = sum->kept;
    report->zero_orders = sum->zero;
    report->refunded_orders = sum->refunded;
    report->unmatched_orders = sum->unmatched;
    report->cancelled_orders = sum->cancelled;
    report->occasions = sum->occasions;
    report->kept_value = retain__sum_value(sum->kept_value);
    report->refunded_value = retain__sum_value(sum->refunded_value);
    report->unmatched_value = retain__sum_value(sum->unmatched_value);
    report->cancelled_value = retain__sum_value(sum->cancelled_value);
}

/* Cuts the sorted rows into blocks between customers; returns the longest customer. */
static size_t cut_blocks(retain__order_log *log)
{
    log_rows *inside = log->inside;
    size_t longest = 0, block_rows = log->rows / RETAIN__LOG_BLOCKS;

    log->blocks = 0;
    if (block_rows < ROWS_OF_BLOCK)
        block_rows = ROWS_OF_BLOCK;
    for (size_t at = 0; at < log->rows;) {
        size_t same = count_same(inside, inside->rows + at * inside->width, inside->rows + log->rows * inside->width);

        if (at == 0 || (at - inside->first[log->blocks - 1] >= block_rows && log->blocks < RETAIN__LOG_BLOCKS))
            inside->first[log->blocks++] = at;
        longest = same > longest ? same : longest;
        at += same;
    }
    inside->first[log->blocks] = log->rows;
    return longest;
}

retain_status retain__read_orders(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                  const char *options_name, const retain_orders_options *options, int64_t observation_end,
                                  double from, double to, retain__order_log *log)
{
    log_rows *inside;
    uint64_t *spare;
    retain_status status;
    log_tour tour = {.log = log};

    (void)from;
    (void)to;
    memset(log, 0, sizeof *log);
    status = check_options(ctx, options_name, options, &log->options);
    if (status == RETAIN_OK)
        status = check_columns(ctx, orders, observation_end);
    for (size_t i = 0; status == RETAIN_OK && i < orders->count; i++)
        status = check_row(ctx, orders, i);
    if (status != RETAIN_OK)
        return status;
    inside = log->inside = retain__take_zeroed(scratch, 1, sizeof *inside);
    if (!inside)
        return RETAIN_ERROR_MEMORY;
    lay_out(inside, orders);
    inside->rows = retain__take(scratch, orders->count, inside->width * sizeof *inside->rows);
    spare = retain__take(scratch, orders->count, inside->width * sizeof *spare);
    if (!inside->rows || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < orders->count; i++) {
        if (orders->day[i] <= observation_end)
            copy_row(inside, orders, i, inside->rows + log->rows++ * inside->width);
        else
            inside->late_rows++;
    }
    retain__sort_rows(inside->rows, spare, log->rows, inside->width, inside->order ? 3 : 2);
    retain__give_back(scratch, spare);
    inside->room = cut_blocks(log);
    inside->workers = ctx && ctx->threads > 1 ? (size_t)ctx->threads : 1;
    if (inside->workers > RETAIN__LOG_BLOCKS)
        inside->workers = RETAIN__LOG_BLOCKS;
    for (size_t w = 0; w < inside->workers; w++) {
        inside->bench[w] = retain__take(scratch, inside->room, 2 * sizeof *inside->bench[w]);
        if (!inside->bench[w])
            return RETAIN_ERROR_MEMORY;
    }
    go_round(ctx, &tour);
    for (size_t b = 0; b < log->blocks; b++) {
        inside->position[b] = log->customers;
        log->customers += tour.of_block[b].kept_customers;
        log->lost_customers += tour.of_block[b].lost_customers;
    }
    return RETAIN_OK;
}

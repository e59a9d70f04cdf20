/* From the rows of customers to their occasions.
 *
 * The rows of a customer stand together, and within them those of an order, earliest first (data/order_rows.h). An order is judged
 * by the sums of its positive and of its negative rows. Money in doubles does not cancel to the last bit (0.1 + 0.2 - 0.3 is not
 * 0), so an order with refunds counts as fully refunded when what is left is below 2^-40 of what was paid. Kept orders come in
 * order of day, by themselves when there are no order ids, and by a sort of (day, value) when there are; those that fall into one
 * block of days make an occasion.
 *
 * Customers are counted before they are visited, by the same rules and without adding up money more than needed, so that a visit
 * knows the position of each. */
#include "data/customer_rows.h"

#include "core/sort.h"

/* A kept order is left with more than this share of what was paid. */
#define REFUND_TOLERANCE 0x1p-40

enum { BLOCK_ROWS = 1 << 12, KEPT_WORDS = 5, OCCASION_WORDS = sizeof(retain__occasion) / sizeof(uint64_t) };

/* What becomes of an order. */
typedef enum order_fate { KEPT, ZERO, REFUNDED, UNMATCHED, CANCELLED, FATES } order_fate;

/* Orders by fate: exact sums until the end. */
typedef struct tally {
    size_t customers, lost_customers;
    double occasions;
    double orders[FATES];
    retain__sum value[FATES];
    retain__sum refunds; /* within kept orders */
} tally;

/* --- orders ------------------------------------------------------------------------------------------------------------------- */

static order_fate judge(double gains, double returns, double value, int cancelled, int count_zero_orders)
{
    if (cancelled)
        return CANCELLED;
    if (gains > 0.0)
        return returns < 0.0 && value <= gains * REFUND_TOLERANCE ? REFUNDED : KEPT;
    if (returns < 0.0)
        return UNMATCHED;
    return count_zero_orders ? KEPT : ZERO;
}

/* Money of an order, and the part of it that is refunds. */
typedef struct worth {
    retain__sum value, refunds;
} worth;

/* Judges an order of rows [row, end); its day is that of the first. */
static order_fate judge_order(const retain__order_log *log, const uint64_t *row, const uint64_t *end, worth *money)
{
    retain__sum gains = {0.0, 0.0}, returns = {0.0, 0.0}, value;
    int cancelled = 0;

    for (; row < end; row += log->rows.width) {
        retain__sum one = retain__value_of(&log->rows, row);

        retain__sum_gather(one.high < 0.0 ? &returns : &gains, one);
        cancelled |= retain__is_cancelled(&log->rows, row);
    }
    retain__sum_settle(&gains);
    value = gains;
    if (returns.high < 0.0) {
        retain__sum_settle(&returns);
        retain__sum_merge(&value, returns);
    }
    *money = (worth){value, returns};
    return judge(gains.high, returns.high, value.high, cancelled, log->options.count_zero_orders);
}

static const uint64_t *end_of_order(const retain__order_log *log, const uint64_t *row, const uint64_t *end)
{
    const uint64_t *at = row + log->rows.width;

    while (at < end && retain__order_bits(&log->rows, at) == retain__order_bits(&log->rows, row))
        at += log->rows.width;
    return at;
}

/* --- occasions ---------------------------------------------------------------------------------------------------------------- */

/* What is known about a customer while orders come in ascending day. */
typedef struct gathering {
    const retain__order_log *log;
    retain__occasion *occasion;
    size_t count;
    int64_t next_start; /* first day after the current occasion */
} gathering;

static void add_order(gathering *to, int64_t day, double orders, worth money)
{
    retain__occasion *current;

    if (day >= to->next_start) {
        to->occasion[to->count++] = (retain__occasion){day, day, orders, money.value, money.refunds};
        to->next_start = retain__occasion_start(to->log, day) + to->log->options.occasion_days;
        return;
    }
    current = &to->occasion[to->count - 1];
    current->last_day = day;
    current->orders += orders;
    retain__sum_merge(&current->value, money.value);
    if (money.refunds.high < 0.0)
        retain__sum_merge(&current->refunds, money.refunds);
}

/* Orders that are single rows come in order of day. `plain`: there is nothing but customer, day and value. */
static RETAIN__INLINE void gather_rows_of(gathering *to, const uint64_t *row, const uint64_t *end, tally *counts, int plain)
{
    const retain__order_rows *rows = &to->log->rows;
    const retain__field field = rows->day;
    int count_zero_orders = to->log->options.count_zero_orders;
    size_t width = rows->width, word = rows->value;

    for (; row < end; row += width) {
        retain__sum value = {0.0, 0.0};
        double orders = 1.0;
        order_fate fate;

        if (plain) {
            value.high = retain__double_at(row, word);
            fate = judge(value.high, value.high, value.high, 0, count_zero_orders);
        } else {
            value = retain__value_of(rows, row);
            orders = retain__multiple_of(rows, row);
            fate = judge(value.high, value.high, value.high, retain__is_cancelled(rows, row), count_zero_orders);
        }
        if (fate == KEPT) {
            add_order(to, retain__key_of(retain__field_of(row, &field)), orders, (worth){value, {0.0, 0.0}});
        } else {
            counts->orders[fate] += orders;
            retain__sum_merge(&counts->value[fate], value);
        }
    }
}

static void gather_plain_rows(gathering *to, const uint64_t *row, const uint64_t *end, tally *counts)
{
    gather_rows_of(to, row, end, counts, 1);
}

static void gather_rows(gathering *to, const uint64_t *row, const uint64_t *end, tally *counts)
{
    gather_rows_of(to, row, end, counts, 0);
}

/* Every row is an order that counts: until the customer changes. Returns the first row of the next one. */
static const uint64_t *gather_kept_rows(gathering *to, const uint64_t *row, const uint64_t *end)
{
    const retain__order_rows *rows = &to->log->rows;
    const retain__field field = rows->day;
    uint64_t most = row[0] | rows->below_customer;
    size_t width = rows->width, word = rows->value;

    do {
        add_order(to, retain__key_of(retain__field_of(row, &field)), 1.0, (worth){{retain__double_at(row, word), 0.0}, {0.0, 0.0}});
        row += width;
    } while (row < end && row[0] <= most);
    return row;
}

/* Orders of several rows come in order of id: the kept ones are put in order of day first. */
static void gather_orders(gathering *to, const uint64_t *row, const uint64_t *end, tally *counts, uint64_t *kept)
{
    const retain__order_log *log = to->log;
    const retain__row_shape shape = {KEPT_WORDS, 1, 0};
    size_t count = 0;

    while (row < end) {
        const uint64_t *next = end_of_order(log, row, end);
        worth money;
        order_fate fate = judge_order(log, row, next, &money);

        if (fate == KEPT) {
            kept[count * KEPT_WORDS] = retain__word_of(retain__day_of(&log->rows, row));
            memcpy(kept + count * KEPT_WORDS + 1, &money, sizeof money);
            count++;
        } else {
            counts->orders[fate] += 1.0;
            retain__sum_merge(&counts->value[fate], money.value);
        }
        row = next;
    }
    retain__sort_rows(&shape, kept, kept + log->most_rows * KEPT_WORDS, count);
    for (size_t k = 0; k < count; k++) {
        worth money;

        memcpy(&money, kept + k * KEPT_WORDS + 1, sizeof money);
        add_order(to, retain__key_of(kept[k * KEPT_WORDS]), 1.0, money);
    }
}

/* --- visiting ----------------------------------------------------------------------------------------------------------------- */

typedef struct tour {
    retain__order_log *log;
    retain__visit visit;
    void *state;
    int counts_kept; /* for a report */
    tally of_block[RETAIN__LOG_BLOCKS];
} tour;

static void visit_block(void *state, size_t block, size_t item, size_t items)
{
    tour *trip = state;
    retain__order_log *log = trip->log;
    tally *counts = &trip->of_block[block];
    size_t width = log->rows.width;
    const uint64_t *row = log->rows.rows + log->first[block] * width, *end = log->rows.rows + log->first[block + 1] * width;
    retain__occasion *room = retain__enter_room(&log->rooms);
    retain__customer customer = {0, log->position[block], 0, room};

    (void)item;
    (void)items;
    while (row < end) {
        const uint64_t *next = log->rows.all_kept ? row : retain__end_of_customer(&log->rows, row, end);
        gathering gathered = {log, room, 0, INT64_MIN};

        if (log->rows.all_kept)
            next = gather_kept_rows(&gathered, row, end);
        else if (log->rows.has_order)
            gather_orders(&gathered, row, next, counts, (uint64_t *)(room + log->most_occasions));
        else if (log->rows.is_plain)
            gather_plain_rows(&gathered, row, next, counts);
        else
            gather_rows(&gathered, row, next, counts);
        if (gathered.count) {
            customer.key = retain__customer_of(&log->rows, row);
            customer.count = gathered.count;
            trip->visit(trip->state, block, &customer);
            customer.position++;
        }
        for (size_t k = 0; trip->counts_kept && k < gathered.count; k++) {
            counts->orders[KEPT] += room[k].orders;
            retain__sum_merge(&counts->value[KEPT], room[k].value);
            if (log->rows.has_order)
                retain__sum_merge(&counts->refunds, room[k].refunds);
        }
        counts->occasions += (double)gathered.count;
        row = next;
    }
    retain__leave_room(&log->rooms, room);
}

static void write_report(const retain__order_log *log, const tally *sum, retain_orders_report *report)
{
    retain__sum gross = sum->value[KEPT];

    retain__sum_merge(&gross, (retain__sum){-sum->refunds.high, -sum->refunds.low});
    report->rows = log->rows.count + log->rows.late_rows;
    report->late_rows = log->rows.late_rows;
    report->customers = log->customers;
    report->lost_customers = log->lost_customers;
    report->kept_orders = sum->orders[KEPT];
    report->zero_orders = sum->orders[ZERO];
    report->refunded_orders = sum->orders[REFUNDED];
    report->unmatched_orders = sum->orders[UNMATCHED];
    report->cancelled_orders = sum->orders[CANCELLED];
    report->occasions = sum->occasions;
    report->kept_value = retain__sum_value(sum->value[KEPT]);
    report->refunded_value = retain__sum_value(sum->value[REFUNDED]);
    report->unmatched_value = retain__sum_value(sum->value[UNMATCHED]);
    report->cancelled_value = retain__sum_value(sum->value[CANCELLED]);
    report->kept_gross = retain__sum_value(gross);
    report->kept_refunds = retain__sum_value(sum->refunds);
}

void retain__visit_customers(retain_context *ctx, retain__order_log *log, retain__visit visit, void *state,
                             retain_orders_report *report)
{
    tour trip = {.log = log, .visit = visit, .state = state, .counts_kept = report != NULL};
    tally *sum = &trip.of_block[0];
    retain_context quiet = RETAIN_CONTEXT_INIT;

    if (ctx)
        quiet.threads = ctx->threads;
    retain__parallel(&quiet, log->blocks, 1, 0.0, 1.0, visit_block, &trip);
    if (!report)
        return;
    for (size_t b = 1; b < log->blocks; b++) {
        sum->occasions += trip.of_block[b].occasions;
        retain__sum_merge(&sum->refunds, trip.of_block[b].refunds);
        for (int fate = KEPT; fate < FATES; fate++) {
            sum->orders[fate] += trip.of_block[b].orders[fate];
            retain__sum_merge(&sum->value[fate], trip.of_block[b].value[fate]);
        }
    }
    write_report(log, sum, report);
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

/* First row after `row` (an index) that belongs to another customer; rows are sorted. */
static size_t next_customer(const retain__order_log *log, size_t row)
{
    size_t width = log->rows.width, low = row, high = log->rows.count;
    uint64_t most = log->rows.rows[row * width] | log->rows.below_customer;

    while (high - low > 1) { /* row `low` is of the customer, row `high` is not */
        size_t middle = low + (high - low) / 2;

        if (log->rows.rows[middle * width] <= most)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void cut_blocks(retain__order_log *log)
{
    size_t block_rows = log->rows.count / RETAIN__LOG_BLOCKS + 1, at = 0;

    if (block_rows < BLOCK_ROWS)
        block_rows = BLOCK_ROWS;
    for (log->blocks = 0; at < log->rows.count; log->blocks++) {
        log->first[log->blocks] = at;
        at = log->rows.count - at <= block_rows ? log->rows.count : next_customer(log, at + block_rows - 1);
    }
    log->first[log->blocks] = log->rows.count;
}

typedef struct census {
    const retain__order_log *log;
    size_t customers[RETAIN__LOG_BLOCKS], lost[RETAIN__LOG_BLOCKS], most_rows[RETAIN__LOG_BLOCKS];
} census;

/* Every row is an order that counts. No branch depends on where customers end, which nobody can foresee. */
static void count_kept_rows(const retain__order_rows *rows, const uint64_t *row, const uint64_t *end, size_t *customers,
                            size_t *most_rows)
{
    size_t width = rows->width, found = 0, longest = 0, run = 0;
    uint64_t most = 0;

    for (int is_first = 1; row < end; row += width, is_first = 0) {
        size_t is_new = (size_t)(is_first | (row[0] > most));

        found += is_new;
        run = is_new ? 1 : run + 1;
        longest = run > longest ? run : longest;
        most = row[0] | rows->below_customer;
    }
    *customers = found;
    *most_rows = longest;
}

/* Is any order of the customer kept? */
static int has_kept(const retain__order_log *log, const uint64_t *row, const uint64_t *end)
{
    if (log->rows.is_plain && retain__double_at(row, log->rows.value) > 0.0)
        return 1; /* mostly */
    while (row < end) {
        const uint64_t *next = log->rows.has_order ? end_of_order(log, row, end) : row + log->rows.width;
        worth money;

        if (judge_order(log, row, next, &money) == KEPT)
            return 1;
        row = next;
    }
    return 0;
}

static void count_block(void *state, size_t block, size_t item, size_t items)
{
    census *counts = state;
    const retain__order_log *log = counts->log;
    size_t width = log->rows.width;
    const uint64_t *row = log->rows.rows + log->first[block] * width, *end = log->rows.rows + log->first[block + 1] * width;

    (void)item;
    (void)items;
    if (log->rows.all_kept) {
        count_kept_rows(&log->rows, row, end, &counts->customers[block], &counts->most_rows[block]);
        return;
    }
    while (row < end) {
        const uint64_t *next = retain__end_of_customer(&log->rows, row, end);
        size_t rows = (size_t)(next - row) / width;

        if (has_kept(log, row, next))
            counts->customers[block]++;
        else
            counts->lost[block]++;
        if (rows > counts->most_rows[block])
            counts->most_rows[block] = rows;
        row = next;
    }
}

static retain_status count_customers(retain_context *ctx, retain__order_log *log, double from, double to)
{
    census counts = {.log = log};
    retain_status status;
    uint64_t most;

    status = retain__parallel(ctx, log->blocks, 1, from, to, count_block, &counts);
    if (status != RETAIN_OK || log->blocks == 0)
        return status;
    for (size_t b = 0; b < log->blocks; b++) {
        log->position[b] = log->customers;
        log->customers += counts.customers[b];
        log->lost_customers += counts.lost[b];
        if (counts.most_rows[b] > log->most_rows)
            log->most_rows = counts.most_rows[b];
    }
    most = (uint64_t)(log->rows.last_day - log->rows.first_day) / (uint64_t)log->options.occasion_days + 2;
    log->most_occasions = log->most_rows < most ? log->most_rows : (size_t)most;
    return RETAIN_OK;
}

retain_status retain__read_orders(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                  const char *options_name, const retain_orders_options *options, int64_t observation_end,
                                  double from, double to, retain__order_log *log)
{
    double most = from + 0.9 * (to - from);
    retain_status status;

    memset(log, 0, sizeof *log);
    status = retain__take_orders_options(ctx, options_name, options, &log->options);
    if (status == RETAIN_OK)
        status = retain__group_orders(ctx, scratch, orders, observation_end, RETAIN__BY_ORDER_AND_DAY, from, most, &log->rows);
    if (status != RETAIN_OK)
        return status;
    cut_blocks(log);
    status = count_customers(ctx, log, most, to);
    if (status != RETAIN_OK)
        return status;
    return retain__open_rooms(ctx, scratch, log->blocks,
                              log->most_occasions * OCCASION_WORDS + (log->rows.has_order ? 2 * log->most_rows * KEPT_WORDS : 0),
                              sizeof(uint64_t), &log->rooms);
}

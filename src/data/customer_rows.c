/* From the rows of customers to their occasions.
 *
 * The rows of a customer stand together, and within them those of an order, earliest first (data/order_rows.h). Kept orders
 * (data/order_fate.h) come in order of day, by themselves when there are no order ids, and by a sort of (day, money) when there are;
 * those that fall into one block of days make an occasion. */
#include "data/customer_rows.h"

#include "data/order_fate.h"

enum { KEPT_WORDS = 5, OCCASION_WORDS = sizeof(retain__occasion) / sizeof(uint64_t) };

/* Orders by fate: exact sums until the end. */
typedef struct tally {
    size_t customers, lost_customers;
    double occasions;
    double orders[RETAIN__FATES];
    retain__sum value[RETAIN__FATES];
    retain__sum refunds; /* within kept orders */
} tally;

/* --- occasions ---------------------------------------------------------------------------------------------------------------- */

/* What is known about a customer while orders come in ascending day. */
typedef struct gathering {
    const retain__order_log *log;
    retain__occasion *occasion;
    size_t count;
    int64_t next_start; /* first day after the current occasion */
} gathering;

static void add_order(gathering *to, int64_t day, double orders, retain__worth money)
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
        retain__fate fate;

        if (plain) {
            value.high = retain__double_at(row, word);
            fate = retain__judge(value.high, value.high, value.high, 0, count_zero_orders);
        } else {
            value = retain__value_of(rows, row);
            orders = retain__multiple_of(rows, row);
            fate = retain__judge(value.high, value.high, value.high, retain__is_cancelled(rows, row), count_zero_orders);
        }
        if (fate == RETAIN__KEPT) {
            add_order(to, retain__key_of(retain__field_of(row, &field)), orders, (retain__worth){value, {0.0, 0.0}});
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
        add_order(to, retain__key_of(retain__field_of(row, &field)), 1.0,
                  (retain__worth){{retain__double_at(row, word), 0.0}, {0.0, 0.0}});
        row += width;
    } while (row < end && row[0] <= most);
    return row;
}

/* The end of the rows up to a day of [row, end), which ascend by day. */
static const uint64_t *cut_rows(const retain__order_rows *rows, const uint64_t *row, const uint64_t *end, int64_t last_day)
{
    while (end > row && retain__day_of(rows, end - rows->width) > last_day)
        end -= rows->width;
    return end;
}

/* Orders of several rows come in order of id: the kept ones are put in order of day first. Rows after `last_day` are not seen. */
static void gather_orders(gathering *to, const uint64_t *row, const uint64_t *end, int64_t last_day, tally *counts, uint64_t *kept)
{
    const retain__order_log *log = to->log;
    const retain__row_shape shape = {KEPT_WORDS, 1, 0};
    size_t count = 0;

    while (row < end) {
        const uint64_t *next = retain__end_of_order(&log->rows, row, end);
        const uint64_t *known = last_day < INT64_MAX ? cut_rows(&log->rows, row, next, last_day) : next;
        retain__worth money;
        retain__fate fate;

        if (known == row) {
            row = next;
            continue;
        }
        fate = retain__judge_order(&log->rows, row, known, log->options.count_zero_orders, &money);
        if (fate == RETAIN__KEPT) {
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
        retain__worth money;

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

static void visit_block(void *state, size_t block, const uint64_t *row, const uint64_t *end)
{
    tour *trip = state;
    retain__order_log *log = trip->log;
    tally *counts = &trip->of_block[block];
    retain__occasion *room = retain__enter_room(&log->rooms);
    retain__customer customer = {.position = log->position[block], .occasion = room};

    while (row < end) {
        const uint64_t *next = log->rows.all_kept ? row : retain__end_of_customer(&log->rows, row, end);
        gathering gathered = {log, room, 0, INT64_MIN};

        if (log->rows.all_kept)
            next = gather_kept_rows(&gathered, row, end);
        else if (log->rows.has_order)
            gather_orders(&gathered, row, next, INT64_MAX, counts, (uint64_t *)(room + log->most_occasions));
        else if (log->rows.is_plain)
            gather_plain_rows(&gathered, row, next, counts);
        else
            gather_rows(&gathered, row, next, counts);
        if (gathered.count) {
            customer.key = retain__customer_of(&log->rows, row);
            customer.count = gathered.count;
            customer.row = row;
            customer.end = next;
            trip->visit(trip->state, block, &customer);
            customer.position++;
        }
        for (size_t k = 0; trip->counts_kept && k < gathered.count; k++) {
            counts->orders[RETAIN__KEPT] += room[k].orders;
            retain__sum_merge(&counts->value[RETAIN__KEPT], room[k].value);
            if (log->rows.has_order)
                retain__sum_merge(&counts->refunds, room[k].refunds);
        }
        counts->occasions += (double)gathered.count;
        row = next;
    }
    retain__leave_room(&log->rooms, room);
}

/* What was known on some days. */
typedef struct rounds {
    retain__order_log *log;
    const int64_t *day;
    size_t days;
    retain__visit visit;
    void *state;
} rounds;

static void visit_block_on(void *state, size_t block, const uint64_t *row, const uint64_t *end)
{
    const rounds *trip = state;
    retain__order_log *log = trip->log;
    retain__occasion *room = retain__enter_room(&log->rooms);
    retain__customer customer = {.occasion = room};
    tally counts = {0};

    for (; row < end; row = customer.end) {
        customer.row = row;
        customer.end = retain__end_of_customer(&log->rows, row, end);
        customer.key = retain__customer_of(&log->rows, row);
        for (customer.visit = 0; customer.visit < trip->days; customer.visit++) {
            const int64_t day = trip->day[customer.visit];
            gathering gathered = {log, room, 0, INT64_MIN};

            if (log->rows.has_order)
                gather_orders(&gathered, row, customer.end, day, &counts, (uint64_t *)(room + log->most_occasions));
            else if (log->rows.is_plain)
                gather_plain_rows(&gathered, row, cut_rows(&log->rows, row, customer.end, day), &counts);
            else
                gather_rows(&gathered, row, cut_rows(&log->rows, row, customer.end, day), &counts);
            customer.count = gathered.count;
            if (gathered.count)
                trip->visit(trip->state, block, &customer);
        }
    }
    retain__leave_room(&log->rooms, room);
}

void retain__visit_customers_on(retain_context *ctx, retain__order_log *log, const int64_t *day, size_t days, retain__visit visit,
                                void *state)
{
    rounds trip = {log, day, days, visit, state};

    retain__tour_blocks(ctx, log, visit_block_on, &trip);
}

static void write_report(const retain__order_log *log, const tally *sum, retain_orders_report *report)
{
    retain__sum gross = sum->value[RETAIN__KEPT];

    retain__sum_merge(&gross, (retain__sum){-sum->refunds.high, -sum->refunds.low});
    report->rows = log->rows.count + log->rows.late_rows;
    report->late_rows = log->rows.late_rows;
    report->customers = log->customers;
    report->lost_customers = log->lost_customers;
    report->kept_orders = sum->orders[RETAIN__KEPT];
    report->zero_orders = sum->orders[RETAIN__ZERO];
    report->refunded_orders = sum->orders[RETAIN__REFUNDED];
    report->unmatched_orders = sum->orders[RETAIN__UNMATCHED];
    report->cancelled_orders = sum->orders[RETAIN__CANCELLED];
    report->occasions = sum->occasions;
    report->kept_value = retain__sum_value(sum->value[RETAIN__KEPT]);
    report->refunded_value = retain__sum_value(sum->value[RETAIN__REFUNDED]);
    report->unmatched_value = retain__sum_value(sum->value[RETAIN__UNMATCHED]);
    report->cancelled_value = retain__sum_value(sum->value[RETAIN__CANCELLED]);
    report->kept_gross = retain__sum_value(gross);
    report->kept_refunds = retain__sum_value(sum->refunds);
}

void retain__visit_customers(retain_context *ctx, retain__order_log *log, retain__visit visit, void *state,
                             retain_orders_report *report)
{
    tour trip = {.log = log, .visit = visit, .state = state, .counts_kept = report != NULL};
    tally *sum = &trip.of_block[0];

    retain__tour_blocks(ctx, log, visit_block, &trip);
    if (!report)
        return;
    for (size_t b = 1; b < log->blocks; b++) {
        sum->occasions += trip.of_block[b].occasions;
        retain__sum_merge(&sum->refunds, trip.of_block[b].refunds);
        for (int fate = RETAIN__KEPT; fate < RETAIN__FATES; fate++) {
            sum->orders[fate] += trip.of_block[b].orders[fate];
            retain__sum_merge(&sum->value[fate], trip.of_block[b].value[fate]);
        }
    }
    write_report(log, sum, report);
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

retain_status retain__read_orders_with(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                       const int64_t *attribute, const char *options_name, const retain_orders_options *options,
                                       int64_t observation_end, double from, double to, retain__order_log *log)
{
    retain_status status =
        retain__read_order_log(ctx, scratch, orders, attribute, options_name, options, observation_end, from, to, log);

    if (status != RETAIN_OK)
        return status;
    return retain__open_rooms(ctx, scratch, log->blocks,
                              log->most_occasions * OCCASION_WORDS + (log->rows.has_order ? 2 * log->most_rows * KEPT_WORDS : 0),
                              sizeof(uint64_t), &log->rooms);
}

retain_status retain__read_orders(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                  const char *options_name, const retain_orders_options *options, int64_t observation_end,
                                  double from, double to, retain__order_log *log)
{
    return retain__read_orders_with(ctx, scratch, orders, NULL, options_name, options, observation_end, from, to, log);
}

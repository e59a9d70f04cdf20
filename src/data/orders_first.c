/* An attribute of each customer's first order.
 *
 * The attribute travels with the rows. An order is kept or not only when all its rows have been seen, so the orders of a customer
 * are judged one after the other, and of those on the earliest day so far the smallest code is remembered: neither the order of the
 * rows nor that of the ids shows. */
#include "data/order_fate.h"
#include "data/order_log.h"
#include "retain/orders.h"

typedef struct first_state {
    const retain__order_log *log;
    int64_t *customer, *first;
} first_state;

/* What is known about a customer. */
typedef struct beginning {
    int64_t day, code;
    int is_positive; /* the code is that of a row of positive value */
} beginning;

/* Takes the codes of the rows of one of the orders of the first day. */
static void take_codes(const retain__order_rows *rows, const uint64_t *row, const uint64_t *end, beginning *known)
{
    for (; row < end; row += rows->width) {
        const int is_positive = retain__double_at(row, rows->value) > 0.0;
        const int64_t code = retain__attribute_of(rows, row);

        if (is_positive > known->is_positive || (is_positive == known->is_positive && code < known->code))
            *known = (beginning){known->day, code, is_positive};
    }
}

static void find_in_block(void *state, size_t block, const uint64_t *row, const uint64_t *end)
{
    const first_state *job = state;
    const retain__order_rows *rows = &job->log->rows;
    size_t at = job->log->position[block];

    while (row < end) {
        const uint64_t *next = retain__end_of_customer(rows, row, end);
        const int64_t customer = retain__customer_of(rows, row);
        beginning known = {INT64_MAX, INT64_MAX, 0};

        while (row < next) {
            const uint64_t *order_end = retain__end_of_order(rows, row, next);
            const int64_t day = retain__day_of(rows, row);
            retain__worth money;

            if (day <= known.day &&
                retain__judge_order(rows, row, order_end, job->log->options.count_zero_orders, &money) == RETAIN__KEPT) {
                if (day < known.day)
                    known = (beginning){day, INT64_MAX, 0};
                take_codes(rows, row, order_end, &known);
            }
            row = order_end;
        }
        if (known.day == INT64_MAX)
            continue;
        if (job->customer)
            job->customer[at] = customer;
        if (job->first)
            job->first[at] = known.code;
        at++;
    }
}

retain_status retain_orders_first(retain_context *ctx, const retain_orders *orders, const int64_t *attribute,
                                  int64_t observation_end, const retain_orders_options *options, size_t capacity, size_t *count,
                                  int64_t *customer, int64_t *first)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    first_state state = {&log, customer, first};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && orders && orders->count && !attribute)
        status = retain__fail_null(ctx, "attribute");
    if (status == RETAIN_OK && !count)
        status = retain__fail_null(ctx, "count");
    if (status != RETAIN_OK)
        return status;
    status = retain__read_order_log(ctx, &scratch, orders, attribute, "options", options, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        *count = log.customers;
    if (status == RETAIN_OK && log.customers > capacity)
        status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu customers", capacity,
                              log.customers);
    if (status == RETAIN_OK)
        retain__tour_blocks(ctx, &log, find_in_block, &state);
    retain__release(&scratch);
    return status;
}

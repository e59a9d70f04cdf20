/* From the rows of a log to its orders. */
#include "data/order_visits.h"

typedef struct tour {
    const retain__order_log *log;
    retain__visit_order visit;
    void *state;
} tour;

static void visit_block(void *state, size_t block, const uint64_t *row, const uint64_t *end)
{
    const tour *trip = state;
    const retain__order_rows *rows = &trip->log->rows;

    while (row < end) {
        const uint64_t *customer_end = retain__end_of_customer(rows, row, end);

        while (row < customer_end) {
            retain__order order = {.row = row, .end = retain__end_of_order(rows, row, customer_end)};

            order.day = retain__day_of(rows, row);
            order.orders = retain__multiple_of(rows, row);
            order.fate = retain__judge_order(rows, row, order.end, trip->log->options.count_zero_orders, &order.money);
            trip->visit(trip->state, block, rows, &order);
            row = order.end;
        }
    }
}

void retain__visit_orders(retain_context *ctx, retain__order_log *log, retain__visit_order visit, void *state)
{
    tour trip = {log, visit, state};

    retain__tour_blocks(ctx, log, visit_block, &trip);
}

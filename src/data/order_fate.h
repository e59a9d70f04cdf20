/* What becomes of an order: the rules of retain/orders.h, for whoever looks at orders one by one.
 *
 * An order is judged by the sums of its positive and of its negative rows. Money in doubles does not cancel to the last bit (0.1 +
 * 0.2 - 0.3 is not 0), so an order with refunds counts as fully refunded when what is left is below 2^-40 of what was paid. */
#ifndef RETAIN_ORDER_FATE_H
#define RETAIN_ORDER_FATE_H

#include "data/order_rows.h"

/* A kept order is left with more than this share of what was paid. */
#define RETAIN__REFUND_TOLERANCE 0x1p-40

typedef enum retain__fate {
    RETAIN__KEPT,
    RETAIN__ZERO,
    RETAIN__REFUNDED,
    RETAIN__UNMATCHED,
    RETAIN__CANCELLED,
    RETAIN__FATES
} retain__fate;

/* Money of an order, and the part of it that is refunds. */
typedef struct retain__worth {
    retain__sum value, refunds;
} retain__worth;

static inline retain__fate retain__judge(double gains, double returns, double value, int cancelled, int count_zero_orders)
{
    if (cancelled)
        return RETAIN__CANCELLED;
    if (gains > 0.0)
        return returns < 0.0 && value <= gains * RETAIN__REFUND_TOLERANCE ? RETAIN__REFUNDED : RETAIN__KEPT;
    if (returns < 0.0)
        return RETAIN__UNMATCHED;
    return count_zero_orders ? RETAIN__KEPT : RETAIN__ZERO;
}

/* Judges an order of rows [row, end); its day is that of the first. */
static inline retain__fate retain__judge_order(const retain__order_rows *rows, const uint64_t *row, const uint64_t *end,
                                               int count_zero_orders, retain__worth *money)
{
    retain__sum gains = {0.0, 0.0}, returns = {0.0, 0.0}, value;
    int cancelled = 0;

    if (row + rows->width == end) { /* mostly: the same without sums */
        value = retain__value_of(rows, row);
        value.high += 0.0; /* -0 becomes 0 */
        *money = (retain__worth){value, value.high < 0.0 ? value : returns};
        return retain__judge(value.high, value.high, value.high, retain__is_cancelled(rows, row), count_zero_orders);
    }
    for (; row < end; row += rows->width) {
        retain__sum one = retain__value_of(rows, row);

        retain__sum_gather(one.high < 0.0 ? &returns : &gains, one);
        cancelled |= retain__is_cancelled(rows, row);
    }
    retain__sum_settle(&gains);
    value = gains;
    if (returns.high < 0.0) {
        retain__sum_settle(&returns);
        retain__sum_merge(&value, returns);
    }
    *money = (retain__worth){value, returns};
    return retain__judge(gains.high, returns.high, value.high, cancelled, count_zero_orders);
}

/* The end of the rows of the order whose first row is `row`; `end` is the end of the customer's rows. */
static inline const uint64_t *retain__end_of_order(const retain__order_rows *rows, const uint64_t *row, const uint64_t *end)
{
    const uint64_t *at = row + rows->width;

    while (rows->has_order && at < end && retain__order_bits(rows, at) == retain__order_bits(rows, row))
        at += rows->width;
    return at;
}

#endif

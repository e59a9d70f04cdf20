/* A log, visited order by order: for figures about orders, those included that make no occasion. */
#ifndef RETAIN_ORDER_VISITS_H
#define RETAIN_ORDER_VISITS_H

#include "data/order_fate.h"
#include "data/order_log.h"

/* One order. */
typedef struct retain__order {
    int64_t day; /* of its earliest row */
    retain__fate fate;
    double orders;             /* so many orders, when they are one row of a compacted log */
    retain__worth money;       /* positive and negative rows together, and the negative ones */
    const uint64_t *row, *end; /* its rows, earliest first */
} retain__order;

/* Called once per order, on any thread; the orders of a customer come one after the other, customers ascending within a block. Must
 * not allocate, must not touch the context. */
typedef void (*retain__visit_order)(void *state, size_t block, const retain__order_rows *rows, const retain__order *order);

/* Calls `visit` for every order of the log, on at most ctx->threads threads. Cannot fail and is not cancelled. */
void retain__visit_orders(retain_context *ctx, retain__order_log *log, retain__visit_order visit, void *state);

#endif

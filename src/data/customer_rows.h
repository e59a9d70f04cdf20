/* An order log, read once and visited customer by customer: what every figure about customers starts from.
 *
 * retain__read_orders checks all rows, drops the late ones, and groups the rest by customer. retain__visit_customers then nets
 * orders (order ids, refunds, cancelled and zero orders: retain/orders.h) and calls a function once per customer with the
 * customer's occasions in ascending day. Customers come in ascending order of key, whatever the order of the rows; those without an
 * occasion are only counted.
 *
 *     retain__order_log log;
 *     status = retain__read_orders(ctx, &scratch, orders, "options", options, observation_end, 0.0, 1.0, &log);
 *     ... check capacities against log.customers, take accumulators for log.blocks blocks ...
 *     retain__visit_customers(ctx, &log, add_customer, &state, NULL);
 *
 * Customers are cut into log.blocks blocks (at most RETAIN__LOG_BLOCKS) of ascending keys, and one block is visited by one thread:
 * results that are kept per block and merged in block order, or written at the customer's position, are the same for any number of
 * threads. What is known about each customer from elsewhere is found by data/groups.h during the visit. */
#ifndef RETAIN_CUSTOMER_ROWS_H
#define RETAIN_CUSTOMER_ROWS_H

#include "core/rooms.h"
#include "data/order_log.h"
#include "math/sums.h"

/* One occasion of a customer. */
typedef struct retain__occasion {
    int64_t day; /* day of its earliest order; with occasion_days > 1 the occasion starts at retain__occasion_start(log, day) */
    int64_t last_day;  /* day of its latest order */
    double orders;     /* orders in it, at least 1 */
    retain__sum value; /* their money, refunds included */
    /* refunds within its orders, zero or less: before refunds they were worth value - refunds. Orders that are single rows, those of
     * logs without order ids, have none */
    retain__sum refunds;
} retain__occasion;

/* One customer with at least one occasion. */
typedef struct retain__customer {
    int64_t key;
    size_t position;                  /* rank of the key among all customers with an occasion: 0 to log.customers - 1 */
    size_t count;                     /* occasions, at least 1 */
    const retain__occasion *occasion; /* [count] strictly ascending starts; valid during the visit only */
    const uint64_t *row, *end;        /* the customer's rows, whatever became of them: of visits on days, the later ones too */
    size_t visit;                     /* of visits on days: which of the days; else 0 */
} retain__customer;

/* Called once per customer, on any thread, ascending within a block. Must not allocate, must not touch the context. */
typedef void (*retain__visit)(void *state, size_t block, const retain__customer *customer);

/* Reads a log so that its customers can be visited: retain__read_order_log, and the rooms that visits need. */
retain_status retain__read_orders(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                  const char *options_name, const retain_orders_options *options, int64_t observation_end,
                                  double from, double to, retain__order_log *log);

/* The same, and `attribute`, a column as long as the log or NULL, travels with the rows. */
retain_status retain__read_orders_with(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                       const int64_t *attribute, const char *options_name, const retain_orders_options *options,
                                       int64_t observation_end, double from, double to, retain__order_log *log);

/* Calls `visit` for every customer with an occasion. Cannot fail and is not cancelled, so it may write the caller's outputs. Can be
 * repeated. `report` may be NULL; otherwise all its fields but struct_size are set. */
void retain__visit_customers(retain_context *ctx, retain__order_log *log, retain__visit visit, void *state,
                             retain_orders_report *report);

/* The same for what was known on each of some days: calls `visit` for every customer and every day on which he had an occasion as
 * the rows up to that day tell it, a customer's days one after the other as they are listed. A later refund does not take an order
 * back that was known. `position` is not set: how many customers were known depends on the day. The days lie up to the observation end of the
 * log. O(rows) a day at most. */
void retain__visit_customers_on(retain_context *ctx, retain__order_log *log, const int64_t *day, size_t days, retain__visit visit,
                                void *state);

/* First day of the block of `width` days, counted from day 0, that holds `day`. */
static inline int64_t retain__start_of_days(int64_t day, int64_t width)
{
    int64_t rest;

    if (width == 1)
        return day;
    rest = day % width;
    return day - (rest < 0 ? rest + width : rest);
}

/* Day on which the occasion that holds `day` starts: `day` itself when occasions are single days. */
static inline int64_t retain__occasion_start(const retain__order_log *log, int64_t day)
{
    return retain__start_of_days(day, log->options.occasion_days);
}

#endif

/* An order log, read: its rows checked, grouped by customer, and cut into blocks of customers that threads can work on.
 *
 * Most logs are grouped once and stay in scratch. With options.low_memory a large log is not: its customers are dealt into passes
 * of ascending keys, few enough rows a pass that the scratch of one holds them, and every tour of the log groups one pass after the
 * other, reading the caller's columns again. What a block is, and what is done with it, is the same either way. */
#ifndef RETAIN_ORDER_LOG_H
#define RETAIN_ORDER_LOG_H

#include "core/core.h"
#include "core/rooms.h"
#include "data/order_rows.h"
#include "retain/orders.h"

enum { RETAIN__LOG_BLOCKS = 64, RETAIN__MOST_PASSES = 16 };

/* Customers whose rows are in scratch at the same time. */
typedef struct retain__pass {
    uint64_t least, most; /* keys, counted from the least customer of the log */
    size_t rows;
    size_t first_block, blocks;
} retain__pass;

/* A log that was read. Borrows the scratch it was read into, and the caller's columns. */
typedef struct retain__order_log {
    size_t customers;              /* customers with at least one occasion */
    size_t lost_customers;         /* customers with rows up to the observation end, but without an occasion */
    size_t blocks;                 /* blocks of customers that a tour will make, at most RETAIN__LOG_BLOCKS; 0 for an empty log */
    retain_orders_options options; /* with the defaults filled in: unit_days > 0, occasion_days > 0 */
    size_t position[RETAIN__LOG_BLOCKS]; /* rank of the first customer of each block among all customers with an occasion */
    size_t most_rows, most_occasions;    /* of one customer, at most */

    retain__order_rows rows;
    retain__rooms rooms; /* for visits of customers */

    /* for data/order_log.c only */
    size_t first[RETAIN__LOG_BLOCKS], end[RETAIN__LOG_BLOCKS]; /* rows of each block of the pass at hand */
    size_t kept[RETAIN__LOG_BLOCKS];                           /* customers of each block with an occasion */
    size_t passes, loaded;                                     /* the pass whose rows are in scratch */
    retain__pass pass[RETAIN__MOST_PASSES];
    unsigned char *spare; /* [spare_size] what grouping a pass takes beside its rows */
    size_t spare_size;
} retain__order_log;

/* Checks orders and options (called `options_name` in sentences) and groups the rows with day <= observation_end. `attribute`, a
 * column as long as the log or NULL, travels along. Progress is told from `from` to `to`. Fails as retain_orders_summary does; on
 * failure the caller releases the scratch as always. */
retain_status retain__read_order_log(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                     const int64_t *attribute, const char *options_name, const retain_orders_options *options,
                                     int64_t observation_end, double from, double to, retain__order_log *log);

/* One block: rows [row, end), sorted by customer, order id and day. Must not allocate, must not touch the context. */
typedef void (*retain__block_work)(void *state, size_t block, const uint64_t *row, const uint64_t *end);

/* Does the work for every block, on at most ctx->threads threads. Cannot fail and is not cancelled. */
void retain__tour_blocks(retain_context *ctx, retain__order_log *log, retain__block_work work, void *state);

#endif

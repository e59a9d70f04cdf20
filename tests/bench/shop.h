/* A made-up shop of any size: the order log that the benchmarks of orders, cohorts and retention rates read.
 *
 * Customers arrive evenly over two years and are numbered as they come, as a shop's database does it. Each buys at a personal pace, from every ten days to twice a
 * year, and leaves for good with a probability of 15 % after each order; every twentieth order is followed by another on the same day. That makes
 * about 4.4 orders a customer: many buy once, a few buy every other week. The log is sorted by day, as logs are. Shuffled, it is the worst case: rows in
 * no order at all, and keys that use all 64 bits. */
#ifndef RETAIN_BENCH_SHOP_H
#define RETAIN_BENCH_SHOP_H

#include "bench.h"
#include "retain/orders.h"

enum { SHOP_FIRST_DAY = 19358, SHOP_DAYS = 730, SHOP_LAST_DAY = SHOP_FIRST_DAY + SHOP_DAYS - 1 }; /* 2023-01-01 to 2024-12-30 */

typedef struct shop_log {
    retain_orders log; /* a view of the columns below */
    int64_t *customer, *day;
    double *value;
} shop_log;

/* About `rows` orders (within 2 %), the same for the same number. */
shop_log shop_open(size_t rows);

/* The same orders in random order, customers under other keys. */
void shop_shuffle(shop_log *shop);

/* Writes the log as the data of a task. */
void shop_write(const shop_log *shop, const bench_plan *plan, const char *task);

void shop_close(shop_log *shop);

#endif

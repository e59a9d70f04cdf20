/* Small order logs at random, the library's summary of them, and a second implementation of it that looks at all pairs of rows. */
#ifndef RETAIN_TEST_ORDER_LOGS_H
#define RETAIN_TEST_ORDER_LOGS_H

#include "logs.h"
#include "support.h"

/* A random whole number in [0, below), the same sequence in every run. */
uint64_t draw(uint64_t below);

enum { MOST_ROWS = 200 };

/* A log whose columns a test may change. */
typedef struct log_rows {
    size_t count;
    int has_order, has_cancelled, has_multiple, has_low;
    int64_t customer[MOST_ROWS], day[MOST_ROWS], order[MOST_ROWS];
    double value[MOST_ROWS], multiple[MOST_ROWS], low[MOST_ROWS];
    uint8_t cancelled[MOST_ROWS];
} log_rows;

retain_orders view(const log_rows *log);

/* A log with up to MOST_ROWS rows, with or without each of the optional columns; days in [-20, 60) with now and then one at the end
 * of the range, customers and order ids also at the ends of theirs. */
log_rows draw_log(void);

/* Gives the rows prices with two decimals: no multiple of a power of two within reason, and no exact sum in one double. */
void draw_prices(log_rows *log);

void copy_row(log_rows *to, size_t at, const log_rows *from, size_t i);
void shuffle(log_rows *log);

/* Options of any kind, occasions of up to 2^40 days included. */
retain_orders_options draw_options(void);

typedef struct table {
    size_t count;
    int64_t customer[MOST_ROWS], first_day[MOST_ROWS], last_day[MOST_ROWS];
    double orders[MOST_ROWS], occasions[MOST_ROWS], frequency[MOST_ROWS], t_x[MOST_ROWS], T[MOST_ROWS];
    double spend[MOST_ROWS], spend_all[MOST_ROWS], revenue[MOST_ROWS], gross[MOST_ROWS], refunds[MOST_ROWS];
    double log_gaps[MOST_ROWS]; /* compared up to rounding: logarithms are not exact */
    retain_orders_report report;
} table;

/* All columns and the report; `summarise` fails the test when the call fails. */
retain_status summarise_with(retain_context *ctx, const retain_orders *orders, int64_t end, const retain_orders_options *options,
                             table *out);
void summarise(const log_rows *log, int64_t end, const retain_orders_options *options, int threads, table *out);

/* Money of the second implementation: integers, in 2^-52. */
typedef int64_t exact;
double rounded(exact sum);
/* The value of row `i`. */
exact exact_of(const log_rows *log, size_t i);

/* The order whose first row of the log is `i`: 'k'ept, 'z'ero, 'r'efunded, 'u'nmatched, 'c'ancelled, 0 for no order of its own. */
char judge(const log_rows *log, size_t i, int64_t end, int zero_counts, exact *value, int64_t *day);

/* Kept orders of a customer in ascending day, orders of one day in the order of the log; returns their number. */
size_t list_orders(const log_rows *log, int64_t customer, int64_t end, int zero_counts, int64_t *day, exact *value,
                   double *multiple);

void summarise_slowly(const log_rows *log, int64_t end, const retain_orders_options *options, table *out);

/* Equal to the last bit; NaN equals NaN. */
void assert_same_numbers(const char *name, const double *got, const double *want, size_t count);
void assert_same_keys(const char *name, const int64_t *got, const int64_t *want, size_t count);
/* Everything but the numbers of rows. */
void assert_same_report(const retain_orders_report *got, const retain_orders_report *want);
void assert_same_table(const table *got, const table *want);

#endif

/* What happened to customers besides orders, sorted by customer and day: responses, events, contacts.
 *
 * A visit of the customers of an order log (data/customer_rows.h) comes by in ascending order of key, and finds the rows of
 * each customer where the last one's ended. Rows keep their place in the caller's columns, so that whatever else belongs to
 * them can be looked up there. */
#ifndef RETAIN_DATED_ROWS_H
#define RETAIN_DATED_ROWS_H

#include "core/core.h"

/* Days of rows lie in [-RETAIN__LAST_DATE, RETAIN__LAST_DATE], as those of orders do. */
#define RETAIN__LAST_DATE ((int64_t)1 << 40)

typedef struct retain__dated_row {
    int64_t customer, day;
    size_t row; /* in the caller's columns */
} retain__dated_row;

typedef struct retain__dated_rows {
    size_t count;
    const retain__dated_row *at; /* [count] ascending by customer, day and row */
} retain__dated_rows;

/* Fails for days beyond RETAIN__LAST_DATE; `name` is what sentences call the table. Missing columns are refused too, unless
 * count is 0. */
retain_status retain__check_dated(retain_context *ctx, const char *name, const int64_t *customer, const int64_t *day, size_t count);

/* Is this an observation end within the range of days? */
retain_status retain__check_observation_end(retain_context *ctx, int64_t observation_end);

/* Sorts the rows up to `last_day`, a day or any other count of time; `chosen`, unless it is NULL, is asked for each row
 * whether to keep it. Progress is told from `from` to `to`. O(count) for ordinary keys; 24 bytes of scratch a row that is
 * kept, and 16 to 24 more for a time. */
retain_status retain__sort_dated(retain_context *ctx, retain__scratch *scratch, const int64_t *customer, const int64_t *day,
                                 size_t count, int64_t last_day, int (*chosen)(const void *state, size_t row), const void *state,
                                 double from, double to, retain__dated_rows *rows);

/* The first row of the customer, or of the next one who has any; `*cursor` is SIZE_MAX at first, and an earlier answer for a
 * lesser key later. */
size_t retain__find_dated(const retain__dated_rows *rows, int64_t customer, size_t *cursor);

#endif

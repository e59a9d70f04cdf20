/* The rows of an order log, checked, packed and in groups.
 *
 * A row is a few words: first the fields by which it is sorted, each as its distance from the least value in the log and in no more
 * bits than that takes, then the value and the optional columns. Customer, day and order id of an ordinary log fit one word. */
#ifndef RETAIN_ORDER_ROWS_H
#define RETAIN_ORDER_ROWS_H

#include <string.h>

#include "core/core.h"
#include "core/sort.h"
#include "math/sums.h"
#include "retain/orders.h"

/* Days of an order log, and observation ends, lie in [-RETAIN__LAST_DAY, RETAIN__LAST_DAY]: differences of them are exact
 * doubles. */
#define RETAIN__LAST_DAY ((int64_t)1 << 40)

/* A number in some bits of a word. */
typedef struct retain__field {
    size_t word;
    unsigned shift, bits;
    uint64_t mask;
    uint64_t least; /* in the order of retain__word_of */
} retain__field;

/* By what rows are sorted after the customer. */
typedef enum retain__row_order {
    RETAIN__BY_ORDER_AND_DAY, /* orders together, each with its earliest row first; rows without order id by day */
    RETAIN__BY_DAY_AND_ORDER
} retain__row_order;

typedef struct retain__order_rows {
    size_t count, late_rows; /* rows up to the observation end, and after it */
    size_t loaded;           /* rows in scratch: all, or those of some customers */
    size_t width;            /* words of a row */
    uint64_t *rows;          /* [loaded * width] */
    retain__field customer, order, day, cancelled;
    uint64_t below_customer; /* bits of the first word that differ within a customer */
    int has_order;
    int is_plain;                           /* customer, day and value, and nothing else */
    int all_kept;                           /* the same, and every value is above 0: every row is an order that counts */
    size_t value, low, multiple, attribute; /* words; 0 for a column that is not there */
    int64_t first_day, last_day;            /* of the rows up to the observation end */

    const retain_orders *orders; /* while rows are made */
    const int64_t *attributes;
    int64_t observation_end;
    retain__row_shape shape;
    unsigned first_bits;                    /* of the first word that are used */
    uint64_t least_customer, most_customer; /* rows are made of these only: keys, counted from the least one of the log */
    uint64_t *room;                         /* [room_rows * width] memory to be used, when it is given */
    size_t room_rows;
} retain__order_rows;

/* Options with the defaults filled in: unit_days > 0, occasion_days > 0. `name` is for sentences. */
retain_status retain__take_orders_options(retain_context *ctx, const char *name, const retain_orders_options *given,
                                          retain_orders_options *options);

/* Checks the whole log and decides what its rows look like. `attributes`, a column as long as the log or NULL, is to travel along. */
retain_status retain__survey_orders(retain_context *ctx, const retain_orders *orders, const int64_t *attributes,
                                    int64_t observation_end, retain__row_order row_order, double from, double to,
                                    retain__order_rows *rows);

/* Makes and groups the rows of the customers [least_customer, most_customer] with day <= observation_end: all, unless somebody
 * narrowed that. */
retain_status retain__load_orders(retain_context *ctx, retain__scratch *scratch, retain__order_rows *rows, double from, double to);

/* Adds the rows of customers [least, least + 2^bits), counted from the least one of the log, to count[(key - least) >> down]. */
void retain__count_customers(const retain__order_rows *rows, uint64_t least, unsigned bits, unsigned down, size_t *count);

/* Signed integers as unsigned ones in the same order, and back. */
static inline uint64_t retain__word_of(int64_t key)
{
    return (uint64_t)key ^ (uint64_t)1 << 63;
}

static inline int64_t retain__key_of(uint64_t word)
{
    return word >> 63 ? (int64_t)(word ^ (uint64_t)1 << 63) : -(int64_t)(~word & INT64_MAX) - 1;
}

static inline uint64_t retain__field_of(const uint64_t *row, const retain__field *field)
{
    return ((row[field->word] >> field->shift) & field->mask) + field->least;
}

static inline int64_t retain__customer_of(const retain__order_rows *rows, const uint64_t *row)
{
    return retain__key_of(retain__field_of(row, &rows->customer));
}

static inline int64_t retain__order_of(const retain__order_rows *rows, const uint64_t *row)
{
    return retain__key_of(retain__field_of(row, &rows->order));
}

static inline int64_t retain__day_of(const retain__order_rows *rows, const uint64_t *row)
{
    return retain__key_of(retain__field_of(row, &rows->day));
}

static inline int retain__is_cancelled(const retain__order_rows *rows, const uint64_t *row)
{
    return (row[rows->cancelled.word] >> rows->cancelled.shift & rows->cancelled.mask) != 0;
}

static inline double retain__double_at(const uint64_t *row, size_t word)
{
    double x;

    memcpy(&x, row + word, sizeof x);
    return x;
}

static inline retain__sum retain__value_of(const retain__order_rows *rows, const uint64_t *row)
{
    return (retain__sum){retain__double_at(row, rows->value), rows->low ? retain__double_at(row, rows->low) : 0.0};
}

static inline int64_t retain__attribute_of(const retain__order_rows *rows, const uint64_t *row)
{
    return retain__key_of(row[rows->attribute]);
}

/* So many orders are in the row. */
static inline double retain__multiple_of(const retain__order_rows *rows, const uint64_t *row)
{
    return rows->multiple ? retain__double_at(row, rows->multiple) : 1.0;
}

/* The end of the rows of the customer whose first row is `row`; `end` is the end of all rows. */
static inline const uint64_t *retain__end_of_customer(const retain__order_rows *rows, const uint64_t *row, const uint64_t *end)
{
    uint64_t most = row[0] | rows->below_customer;
    size_t width = rows->width;

    do
        row += width;
    while (row < end && row[0] <= most);
    return row;
}

/* Rows of a customer are of one order when they agree here. */
static inline uint64_t retain__order_bits(const retain__order_rows *rows, const uint64_t *row)
{
    return row[rows->order.word] >> rows->order.shift & rows->order.mask;
}

#endif

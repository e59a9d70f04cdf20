/* Packing the rows of a log.
 *
 * One maker copes with everything, column by column. Logs whose rows have only a customer, a day and a value, or an order id and a
 * flag too that fit the first word, are nearly all there are: for them rows are made in one go. Where some are to be left out (late
 * ones, customers of another pass) each row is written, and the next one over it when it is not wanted: no branch has to foresee
 * which. */
#include "data/order_source.h"

#include "core/sort.h"

/* Bits of a number in its place. A column can change between the survey and now: the mask keeps every field in its own bits. */
static inline uint64_t place(const retain__field *field, int64_t x)
{
    return ((retain__word_of(x) - field->least) & field->mask) << field->shift;
}

static void put_field(uint64_t *out, size_t words, const retain__field *field, const int64_t *column, const unsigned *picked,
                      size_t count)
{
    if (field->word >= words || field->bits == 0)
        return;
    for (size_t r = 0; r < count; r++)
        out[r * words + field->word] |= place(field, column[picked ? picked[r] : r]);
}

static void put_column(uint64_t *out, size_t words, size_t word, const double *column, const unsigned *picked, size_t count)
{
    if (!column || word >= words)
        return;
    for (size_t r = 0; r < count; r++)
        memcpy(out + r * words + word, column + (picked ? picked[r] : r), sizeof *out);
}

static inline uint64_t key_of_customer(const retain__order_rows *rows, int64_t customer)
{
    return retain__word_of(customer) - rows->customer.least;
}

/* Is there a row of every row of the log? */
static int takes_all(const retain__order_rows *rows)
{
    return rows->late_rows == 0 && rows->least_customer == 0 && rows->most_customer == UINT64_MAX;
}

/* A retain__row_source. The columns of a log of which all rows are taken are read as they stand. */
static size_t make_rows(const void *state, size_t first, size_t last, size_t words, uint64_t *out)
{
    const retain__order_rows *rows = state;
    const retain_orders *orders = rows->orders;
    unsigned some[RETAIN__BATCH], *picked = NULL;
    size_t count = last - first;

    if (!takes_all(rows)) {
        const uint64_t customers = rows->most_customer - rows->least_customer;

        picked = some;
        count = 0;
        for (size_t i = first; i < last; i++) {
            some[count] = (unsigned)(i - first);
            count += (orders->day[i] <= rows->observation_end) &
                     (key_of_customer(rows, orders->customer[i]) - rows->least_customer <= customers);
        }
    }
    memset(out, 0, count * words * sizeof *out);
    put_field(out, words, &rows->customer, orders->customer + first, picked, count);
    put_field(out, words, &rows->day, orders->day + first, picked, count);
    if (rows->has_order)
        put_field(out, words, &rows->order, orders->order + first, picked, count);
    for (size_t r = 0; rows->cancelled.bits && rows->cancelled.word < words && r < count; r++)
        out[r * words + rows->cancelled.word] |= (uint64_t)(orders->cancelled[first + (picked ? picked[r] : r)] & 1)
                                                 << rows->cancelled.shift;
    put_column(out, words, rows->value, orders->value + first, picked, count);
    put_column(out, words, rows->low, orders->value_low ? orders->value_low + first : NULL, picked, count);
    put_column(out, words, rows->multiple, orders->multiple ? orders->multiple + first : NULL, picked, count);
    for (size_t r = 0; rows->attribute && rows->attribute < words && r < count; r++)
        out[r * words + rows->attribute] = retain__word_of(rows->attributes[first + (picked ? picked[r] : r)]);
    return count;
}

/* Rows of a customer, a day and a value; `is_numbered`: with an order id, and perhaps a flag, in the first word; `day_apart`: the day
 * has the second word for itself; `picks`: not all rows are wanted. */
static RETAIN__INLINE size_t make_simple_rows(const retain__order_rows *rows, size_t first, size_t last, size_t words,
                                              uint64_t *out, int is_numbered, int day_apart, int picks)
{
    const int64_t *customers = rows->orders->customer, *ids = rows->orders->order, *days = rows->orders->day;
    const double *values = rows->orders->value;
    const uint8_t *flags = is_numbered ? rows->orders->cancelled : NULL;
    const retain__field customer = rows->customer, order = rows->order, day = rows->day;
    const uint64_t least = rows->least_customer, span = rows->most_customer - least;
    const int64_t end = rows->observation_end;
    const unsigned flag = rows->cancelled.shift;
    const uint64_t *begin = out;

    for (size_t i = first; i < last; i++) {
        out[0] =
            place(&customer, customers[i]) | (day_apart ? 0 : place(&day, days[i])) | (is_numbered ? place(&order, ids[i]) : 0);
        if (flags)
            out[0] |= (uint64_t)(flags[i] & 1) << flag;
        if (words > 1) {
            if (day_apart)
                out[1] = place(&day, days[i]);
            memcpy(out + (day_apart ? 2 : 1), values + i, sizeof *out);
        }
        out += words * (size_t)((picks == 0) | ((days[i] <= end) & (key_of_customer(rows, customers[i]) - least <= span)));
    }
    return (size_t)(out - begin) / words;
}

/* The same with the number of words known beforehand. */
static RETAIN__INLINE size_t make_rows_of(const void *state, size_t first, size_t last, size_t words, uint64_t *out,
                                          int is_numbered, int day_apart, int picks)
{
    if (words == 1)
        return make_simple_rows(state, first, last, 1, out, is_numbered, day_apart, picks);
    return make_simple_rows(state, first, last, day_apart ? 3 : 2, out, is_numbered, day_apart, picks);
}

static size_t make_plain_rows(const void *state, size_t first, size_t last, size_t words, uint64_t *out)
{
    return make_rows_of(state, first, last, words, out, 0, 0, 0);
}

static size_t make_some_plain_rows(const void *state, size_t first, size_t last, size_t words, uint64_t *out)
{
    return make_rows_of(state, first, last, words, out, 0, 0, 1);
}

static size_t make_wide_rows(const void *state, size_t first, size_t last, size_t words, uint64_t *out)
{
    return make_rows_of(state, first, last, words, out, 0, 1, 0);
}

static size_t make_some_wide_rows(const void *state, size_t first, size_t last, size_t words, uint64_t *out)
{
    return make_rows_of(state, first, last, words, out, 0, 1, 1);
}

static size_t make_numbered_rows(const void *state, size_t first, size_t last, size_t words, uint64_t *out)
{
    return make_rows_of(state, first, last, words, out, 1, 0, 0);
}

static size_t make_some_numbered_rows(const void *state, size_t first, size_t last, size_t words, uint64_t *out)
{
    return make_rows_of(state, first, last, words, out, 1, 0, 1);
}

retain__row_source retain__choose_source(const retain__order_rows *rows)
{
    const int all = takes_all(rows);

    if (rows->is_plain && rows->width == 2)
        return all ? make_plain_rows : make_some_plain_rows;
    if (rows->is_plain && rows->width == 3)
        return all ? make_wide_rows : make_some_wide_rows;
    if (rows->has_order && rows->width == 2)
        return all ? make_numbered_rows : make_some_numbered_rows;
    return make_rows;
}

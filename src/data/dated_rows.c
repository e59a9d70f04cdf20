/* Sorting rows of customers by customer and day.
 *
 * Customer and day are packed into one word where their ranges allow it, which is nearly always; the place in the caller's
 * columns rides along. Sorting is stable, so rows of one day keep the order they came in.
 *
 * The columns may belong to somebody who writes to them in the meantime: bits are masked, so that the worst outcome is
 * nonsense in order. */
#include "data/dated_rows.h"

#include "core/group.h"

/* Signed integers as unsigned ones in the same order, and back. */
static uint64_t word_of(int64_t x)
{
    return (uint64_t)x ^ (uint64_t)1 << 63;
}

static int64_t number_of(uint64_t word)
{
    return word >> 63 ? (int64_t)(word ^ (uint64_t)1 << 63) : -(int64_t)(~word & INT64_MAX) - 1;
}

typedef struct packing {
    const int64_t *customer, *day;
    int64_t last_day;
    int (*chosen)(const void *state, size_t row);
    const void *state;
    uint64_t least_customer, least_day, customer_mask, day_mask;
    unsigned day_bits; /* below the customer, in the first word; 64: the day has a word of its own */
    size_t kept;
} packing;

static int is_kept(const packing *pack, size_t i)
{
    return pack->day[i] <= pack->last_day && (!pack->chosen || pack->chosen(pack->state, i));
}

/* Lays out a row; returns the bits of its first word. */
static unsigned lay_out(size_t count, packing *pack)
{
    uint64_t most_customer = 0, most_day = 0;
    unsigned customer_bits, day_bits;

    pack->least_customer = pack->least_day = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        const uint64_t customer = word_of(pack->customer[i]), day = word_of(pack->day[i]);

        if (!is_kept(pack, i))
            continue;
        pack->kept++;
        pack->least_customer = customer < pack->least_customer ? customer : pack->least_customer;
        most_customer = customer > most_customer ? customer : most_customer;
        pack->least_day = day < pack->least_day ? day : pack->least_day;
        most_day = day > most_day ? day : most_day;
    }
    customer_bits = pack->kept ? retain__bits_of(most_customer - pack->least_customer) : 0;
    day_bits = pack->kept ? retain__bits_of(most_day - pack->least_day) : 0;
    pack->customer_mask = customer_bits ? UINT64_MAX >> (64 - customer_bits) : 0;
    pack->day_mask = day_bits ? UINT64_MAX >> (64 - day_bits) : 0;
    pack->day_bits = customer_bits + day_bits <= 64 ? day_bits : 64; /* days take less than 64 bits */
    return pack->day_bits < 64 ? customer_bits + day_bits : customer_bits;
}

/* A retain__row_source. */
static size_t make_rows(const void *state, size_t first, size_t last, size_t words, uint64_t *out)
{
    const packing *pack = state;
    size_t count = 0;

    for (size_t i = first; i < last; i++) {
        const uint64_t customer = (word_of(pack->customer[i]) - pack->least_customer) & pack->customer_mask;
        const uint64_t day = (word_of(pack->day[i]) - pack->least_day) & pack->day_mask;
        const uint64_t row[3] = {pack->day_bits < 64 ? customer << pack->day_bits | day : customer, pack->day_bits < 64 ? i : day,
                                 i};

        if (!is_kept(pack, i))
            continue;
        for (size_t w = 0; w < words; w++)
            out[count * words + w] = row[w];
        count++;
    }
    return count;
}

static retain__dated_row unpack_row(const packing *pack, const uint64_t *row)
{
    const int is_narrow = pack->day_bits < 64;
    const uint64_t customer = is_narrow ? row[0] >> pack->day_bits : row[0], day = is_narrow ? row[0] & pack->day_mask : row[1];

    return (retain__dated_row){number_of(customer + pack->least_customer), number_of(day + pack->least_day),
                               (size_t)(is_narrow ? row[1] : row[2])};
}

retain_status retain__check_dated(retain_context *ctx, const char *name, const int64_t *customer, const int64_t *day, size_t count)
{
    if (count && (!customer || !day))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s.%s is NULL; it is required", name,
                            customer ? "day" : "customer");
    for (size_t i = 0; i < count; i++) {
        if (day[i] < -RETAIN__LAST_DATE || day[i] > RETAIN__LAST_DATE)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s.day[%zu] is %lld; it must be a day number within +-2^40", name, i,
                                (long long)day[i]);
    }
    return RETAIN_OK;
}

retain_status retain__check_observation_end(retain_context *ctx, int64_t observation_end)
{
    if (observation_end < -RETAIN__LAST_DATE || observation_end > RETAIN__LAST_DATE)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "observation_end is %lld; it must be a day number within +-2^40", (long long)observation_end);
    return RETAIN_OK;
}

retain_status retain__sort_dated(retain_context *ctx, retain__scratch *scratch, const int64_t *customer, const int64_t *day,
                                 size_t count, int64_t last_day, int (*chosen)(const void *state, size_t row), const void *state,
                                 double from, double to, retain__dated_rows *rows)
{
    packing pack = {.customer = customer, .day = day, .last_day = last_day, .chosen = chosen, .state = state};
    const unsigned bits = lay_out(count, &pack);
    const retain__row_shape shape = pack.day_bits < 64 ? (retain__row_shape){2, 1, 0} : (retain__row_shape){3, 2, 0};
    retain__dated_row *at;
    uint64_t *packed;
    retain_status status;

    *rows = (retain__dated_rows){0, NULL};
    status = retain__group_rows(ctx, scratch, count, make_rows, &pack, &shape, bits ? bits : 1, from, to, &packed, &rows->count);
    if (status != RETAIN_OK)
        return status;
    rows->at = at = retain__take(scratch, rows->count, sizeof *at);
    if (!at)
        return RETAIN_ERROR_MEMORY;
    for (size_t r = 0; r < rows->count; r++)
        at[r] = unpack_row(&pack, packed + r * shape.width);
    retain__give_back(scratch, packed);
    return RETAIN_OK;
}

size_t retain__find_dated(const retain__dated_rows *rows, int64_t customer, size_t *cursor)
{
    size_t low = 0, high = rows->count;

    if (*cursor != SIZE_MAX) { /* not far, mostly */
        size_t step = 1;

        low = *cursor;
        for (; low + step < rows->count && rows->at[low + step].customer < customer; step *= 2)
            low += step;
        high = low + step < rows->count ? low + step : rows->count;
    }
    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (rows->at[middle].customer < customer)
            low = middle + 1;
        else
            high = middle;
    }
    *cursor = low;
    return low;
}

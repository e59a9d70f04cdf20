/* Collapsing tables.
 *
 * Where all columns have few values it is done with their ranks, in collapse_ranks.c. Here is how it is done with any others. A row
 * becomes one word: the first column in its top 12 bits (all from 4095 on in one), a hash of the other columns, the row's
 * number in the lowest bits. Sorting these words brings equal rows together, and their order is canonical except among rows
 * that have the same leading bits: equal rows, which are merged, and now and then unequal ones, which are then sorted by the
 * whole hash and their numbers. So are the rows from 4095 on, which are rare. */
#include "data/collapse.h"

#include <string.h>

#include "core/sort.h"
#include "math/sums.h"

enum { VALUE_BITS = 12, LARGEST = (1 << VALUE_BITS) - 1, SPARE_BITS = 3, WORDS = RETAIN__MOST_COLUMNS + 2 };

typedef struct table {
    retain__scratch *scratch;
    const double *const *column;
    size_t columns;
    const double *weight;
    uint64_t index_mask;
    retain__collapsed *to; /* whose columns receive the rows in the order of the keys, and are then closed up */
    uint64_t *words;       /* a group that has to be sorted by its numbers, and as many words to spare */
    size_t room;           /* rows for which there are words */
} table;

/* Doubles that are finite and at least 0 are in the order of their bits; the others only have to be told apart. */
static uint64_t bits_of(double x)
{
    uint64_t bits;

    x += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static uint64_t hash_of(const table *from, size_t row)
{
    uint64_t hash = 0x243F6A8885A308D3u; /* digits of pi */

    for (size_t c = 1; c < from->columns; c++) {
        hash = (hash ^ bits_of(from->column[c][row])) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    return hash * 0xD6E8FEB86659FD93u;
}

static size_t make_keys(const table *from, size_t rows, unsigned index_bits, uint64_t *keys)
{
    size_t count = 0;

    for (size_t i = 0; i < rows; i++) {
        double value = from->column[0][i];
        uint64_t top = value < LARGEST ? (uint64_t)value : LARGEST;

        if (from->weight && from->weight[i] == 0.0)
            continue;
        keys[count++] = top << (64 - VALUE_BITS) | hash_of(from, i) >> (VALUE_BITS + index_bits) << index_bits | i;
    }
    return count;
}

static size_t row_of_key(const table *from, uint64_t key)
{
    return (size_t)(key & from->index_mask);
}

/* The first column of the row of a key, from the key alone when it can be had there. */
static double value_of(const table *from, uint64_t key)
{
    uint64_t top = key >> (64 - VALUE_BITS);

    return top < LARGEST ? (double)top : from->column[0][row_of_key(from, key)];
}

/* Fetches the rows of keys [first, last). A tight loop for each column: rows lie all over memory, and many of them must be
 * under way at once. */
static void fetch(const table *from, const uint64_t *keys, size_t first, size_t last)
{
    for (size_t c = 1; c < from->columns; c++) {
        const double *column = from->column[c];
        double *to = from->to->column[c - 1];

        for (size_t i = first; i < last; i++)
            to[i] = column[row_of_key(from, keys[i])] + 0.0;
    }
    for (size_t i = first; i < last; i++)
        from->to->weight[i] = from->weight ? from->weight[row_of_key(from, keys[i])] : 1.0;
}

/* Are rows i and j of the fetched ones equal? */
static int is_equal(const table *from, const uint64_t *keys, size_t i, size_t j)
{
    if (value_of(from, keys[i]) != value_of(from, keys[j]))
        return 0;
    for (size_t c = 1; c < from->columns; c++) {
        if (from->to->column[c - 1][i] != from->to->column[c - 1][j])
            return 0;
    }
    return 1;
}

/* Sorts the fetched rows [first, last) by the first column, the whole hash, and the other columns: the order that the keys only
 * begin to put them in, and that does not depend on how many bits of the hash a key has room for. */
static retain_status sort_group(table *from, uint64_t *keys, size_t first, size_t last)
{
    retain__row_shape shape = {from->columns + 2, from->columns + 1, 0};
    size_t count = last - first;

    if (count > from->room) {
        retain__give_back(from->scratch, from->words);
        from->room = 0;
        from->words = retain__take(from->scratch, count, 2 * WORDS * sizeof *from->words);
        if (!from->words)
            return RETAIN_ERROR_MEMORY;
        from->room = count;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t *row = from->words + i * shape.width;

        row[0] = bits_of(value_of(from, keys[first + i]));
        row[1] = hash_of(from, row_of_key(from, keys[first + i]));
        for (size_t c = 1; c < from->columns; c++)
            row[c + 1] = bits_of(from->to->column[c - 1][first + i]);
        row[from->columns + 1] = keys[first + i];
    }
    retain__sort_rows(&shape, from->words, from->words + count * shape.width, count);
    for (size_t i = 0; i < count; i++)
        keys[first + i] = from->words[i * shape.width + from->columns + 1];
    fetch(from, keys, first, last);
    return RETAIN_OK;
}

/* Puts groups of keys whose leading bits agree in canonical order: nothing to do when all rows of a group are equal. */
static retain_status settle(table *from, uint64_t *keys, size_t count, unsigned settled)
{
    const uint64_t large = (uint64_t)LARGEST << (64 - VALUE_BITS);
    retain_status status = RETAIN_OK;

    for (size_t first = 0, last; status == RETAIN_OK && first < count; first = last) {
        int equal = 1;

        for (last = first + 1; last < count && (keys[first] >= large || (keys[last] ^ keys[first]) >> settled == 0); last++)
            equal = equal && is_equal(from, keys, first, last);
        if (!equal)
            status = sort_group(from, keys, first, last);
    }
    return status;
}

/* Closes up the fetched rows, each once with its weight. The runs go to the front of `keys` and `spare`, which are read no more
 * there. */
static void close_up(const table *from, uint64_t *keys, size_t count, uint64_t *spare, int64_t *row_of)
{
    retain__collapsed *to = from->to;

    for (size_t i = 0, end; i < count; i = end) {
        uint64_t value = bits_of(value_of(from, keys[i]));
        retain__sum weight = {to->weight[i], 0.0};

        for (end = i + 1; end < count && is_equal(from, keys, i, end); end++)
            retain__sum_add(&weight, to->weight[end]);
        for (size_t j = i; row_of && j < end; j++)
            row_of[row_of_key(from, keys[j])] = (int64_t)to->count;
        for (size_t c = 1; c < from->columns; c++)
            to->column[c - 1][to->count] = to->column[c - 1][i];
        to->weight[to->count] = retain__sum_value(weight);
        if (to->runs == 0 || value != keys[to->runs - 1]) {
            keys[to->runs] = value;
            spare[to->runs++] = to->count;
        }
        to->count++;
    }
}

static retain_status take_runs(retain__scratch *scratch, const uint64_t *values, const uint64_t *firsts, retain__collapsed *to)
{
    to->value = retain__take(scratch, to->runs, sizeof *to->value);
    to->first = retain__take(scratch, to->runs + 1, sizeof *to->first);
    if (!to->value || !to->first)
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < to->runs; k++) {
        memcpy(&to->value[k], &values[k], sizeof to->value[k]);
        to->first[k] = (size_t)firsts[k];
    }
    to->first[to->runs] = to->count;
    return RETAIN_OK;
}

static retain_status collapse_hashed(retain__scratch *scratch, const double *const *column, size_t columns, const double *weight,
                                     size_t rows, int64_t *row_of, retain__collapsed *collapsed)
{
    unsigned index_bits = retain__bits_of(rows), hash_bits = 64 - VALUE_BITS - index_bits, enough = index_bits + SPARE_BITS;
    unsigned settled = index_bits + (hash_bits > enough) * (hash_bits - enough);
    table from = {scratch, column, columns, weight, ((uint64_t)1 << index_bits) - 1, collapsed, NULL, 0};
    uint64_t *keys = retain__take(scratch, rows, sizeof *keys), *spare = retain__take(scratch, rows, sizeof *spare);
    retain__row_shape shape = {1, 1, settled};
    size_t count;
    retain_status status;

    for (size_t c = 1; c < columns; c++)
        collapsed->column[c - 1] = retain__take(scratch, rows, sizeof(double));
    collapsed->weight = retain__take(scratch, rows, sizeof(double));
    for (size_t c = 1; c < columns; c++) {
        if (!collapsed->column[c - 1])
            return RETAIN_ERROR_MEMORY;
    }
    if (!keys || !spare || !collapsed->weight)
        return RETAIN_ERROR_MEMORY;
    count = make_keys(&from, rows, index_bits, keys);
    retain__sort_rows(&shape, keys, spare, count);
    fetch(&from, keys, 0, count);
    status = settle(&from, keys, count, settled);
    retain__give_back(scratch, from.words);
    if (status != RETAIN_OK)
        return status;
    close_up(&from, keys, count, spare, row_of);
    status = take_runs(scratch, keys, spare, collapsed);
    retain__give_back(scratch, keys);
    retain__give_back(scratch, spare);
    return status;
}

retain_status retain__collapse(retain__scratch *scratch, const double *const *column, size_t columns, const double *weight,
                               size_t rows, int64_t *row_of, retain__collapsed *collapsed)
{
    int few;
    retain_status status;

    memset(collapsed, 0, sizeof *collapsed);
    status = retain__collapse_ranks(scratch, column, columns, weight, rows, row_of, collapsed, &few);
    if (status != RETAIN_OK || few)
        return status;
    return collapse_hashed(scratch, column, columns, weight, rows, row_of, collapsed);
}

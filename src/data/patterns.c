/* Distinct rows of many columns.
 *
 * Rows are told apart with a hash table that holds one example of each; a million rows of a few dummies stay in the cache. The
 * patterns are then put in the order of their hashes, and the few that have the same hash in the order of their numbers, so that
 * sums over patterns do not depend on the order of customers. */
#include "data/patterns.h"

#include "core/sort.h"
#include "math/kernels.h"

enum { FIRST_SLOTS = 1 << 12 };

typedef struct table {
    retain__scratch *scratch;
    const double *const *column;
    size_t columns;
    size_t count, slots; /* slots: a power of 2, more than twice the count */
    unsigned shift;      /* of a hash, to a slot */
    size_t *slot;        /* number of a pattern + 1, or 0 */
    size_t *example;
    uint64_t *hash; /* of each pattern */
} table;

static uint64_t bits_at(const table *of, size_t column, size_t row)
{
    return retain__bits(of->column[column][row] + 0.0); /* -0 becomes 0 */
}

static uint64_t hash_row(const table *of, size_t row)
{
    uint64_t hash = 0x243F6A8885A308D3u; /* digits of pi */

    for (size_t c = 0; c < of->columns; c++) {
        hash = (hash ^ bits_at(of, c, row)) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    return hash * 0xD6E8FEB86659FD93u;
}

/* Below 0, 0 or above 0, as row a is before row b, equal or after it. */
static int compare_rows(const table *of, size_t a, size_t b)
{
    for (size_t c = 0; c < of->columns; c++) {
        uint64_t of_a = bits_at(of, c, a), of_b = bits_at(of, c, b);

        if (of_a != of_b)
            return of_a < of_b ? -1 : 1;
    }
    return 0;
}

static size_t find_slot(const table *of, uint64_t hash, size_t row)
{
    size_t at;

    for (at = (size_t)(hash >> of->shift); of->slot[at]; at = (at + 1) & (of->slots - 1)) {
        size_t pattern = of->slot[at] - 1;

        if (of->hash[pattern] == hash && compare_rows(of, of->example[pattern], row) == 0)
            break;
    }
    return at;
}

static retain_status grow(table *of, size_t slots)
{
    retain__give_back(of->scratch, of->slot);
    of->slot = retain__take_zeroed(of->scratch, slots, sizeof *of->slot);
    if (!of->slot)
        return RETAIN_ERROR_MEMORY;
    of->slots = slots;
    of->shift = 64 - (retain__bits_of(slots) - 1);
    for (size_t k = 0; k < of->count; k++)
        of->slot[find_slot(of, of->hash[k], of->example[k])] = k + 1;
    return RETAIN_OK;
}

static retain_status tell_apart(table *of, size_t rows, size_t *pattern_of)
{
    retain_status status = grow(of, FIRST_SLOTS);

    for (size_t i = 0; status == RETAIN_OK && i < rows; i++) {
        uint64_t hash = hash_row(of, i);
        size_t at = find_slot(of, hash, i);

        if (of->slot[at]) {
            pattern_of[i] = of->slot[at] - 1;
            continue;
        }
        pattern_of[i] = of->count;
        of->hash[of->count] = hash;
        of->example[of->count] = i;
        of->slot[at] = ++of->count;
        if (2 * of->count >= of->slots)
            status = grow(of, 4 * of->slots);
    }
    return status;
}

/* Patterns with the same hash, if there are any, by their numbers. */
static void settle_ties(const table *of, uint64_t *sorted)
{
    for (size_t k = 1; k < of->count; k++) {
        for (size_t j = k; j > 0 && sorted[2 * j] == sorted[2 * (j - 1)] &&
                           compare_rows(of, of->example[sorted[2 * j + 1]], of->example[sorted[2 * (j - 1) + 1]]) < 0;
             j--) {
            uint64_t kept = sorted[2 * j + 1];

            sorted[2 * j + 1] = sorted[2 * (j - 1) + 1];
            sorted[2 * (j - 1) + 1] = kept;
        }
    }
}

/* Renumbers the patterns in the order of their hashes. */
static retain_status put_in_order(table *of, size_t rows, retain__patterns *found)
{
    const retain__row_shape by_hash = {2, 1, 0};
    uint64_t *sorted = retain__take(of->scratch, of->count, 2 * sizeof *sorted);
    uint64_t *spare = retain__take(of->scratch, of->count, 2 * sizeof *spare);
    size_t *rank = of->slot; /* there are more slots than patterns, and nothing is looked up any more */

    found->example = retain__take(of->scratch, of->count, sizeof *found->example);
    if (!sorted || !spare || !found->example)
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < of->count; k++) {
        sorted[2 * k] = of->hash[k];
        sorted[2 * k + 1] = k;
    }
    retain__sort_rows(&by_hash, sorted, spare, of->count);
    settle_ties(of, sorted);
    for (size_t k = 0; k < of->count; k++) {
        rank[sorted[2 * k + 1]] = k;
        found->example[k] = of->example[sorted[2 * k + 1]];
    }
    for (size_t i = 0; i < rows; i++)
        found->of[i] = rank[found->of[i]];
    retain__give_back(of->scratch, sorted);
    retain__give_back(of->scratch, spare);
    return RETAIN_OK;
}

retain_status retain__find_patterns(retain__scratch *scratch, const double *const *column, size_t columns, size_t rows,
                                    retain__patterns *found)
{
    table of = {.scratch = scratch, .column = column, .columns = columns};
    retain_status status;

    found->of = retain__take(scratch, rows, sizeof *found->of);
    of.example = retain__take(scratch, rows, sizeof *of.example);
    of.hash = retain__take(scratch, rows, sizeof *of.hash);
    if (!found->of || !of.example || !of.hash)
        return RETAIN_ERROR_MEMORY;
    status = tell_apart(&of, rows, found->of);
    found->count = of.count;
    if (status == RETAIN_OK)
        status = put_in_order(&of, rows, found);
    retain__give_back(scratch, of.slot);
    retain__give_back(scratch, of.example);
    retain__give_back(scratch, of.hash);
    return status;
}

retain_status retain__order_by_pattern(retain__scratch *scratch, const retain__patterns *patterns, size_t rows, size_t **row,
                                       size_t **first)
{
    size_t *start = retain__take_zeroed(scratch, patterns->count + 1, sizeof *start), *sorted;

    *first = start;
    *row = sorted = retain__take(scratch, rows, sizeof *sorted);
    if (!start || !sorted)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < rows; i++)
        start[patterns->of[i] + 1]++;
    for (size_t k = 0; k < patterns->count; k++)
        start[k + 1] += start[k];
    for (size_t i = 0; i < rows; i++)
        sorted[start[patterns->of[i]]++] = i;
    for (size_t k = patterns->count; k > 0; k--)
        start[k] = start[k - 1];
    start[0] = 0;
    return RETAIN_OK;
}

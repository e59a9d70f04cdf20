/* Grouping the rows of a log: a stable sort of rows that are made on the way, for any number of threads.
 *
 * The caller packs what tells groups apart (customer, order, day) into the key words of a row, as few as they need, and whatever
 * else is wanted into the other words; see core/sort.h. Equal keys then stand together, in the order in which they came, and groups
 * come in ascending order of key. */
#ifndef RETAIN_GROUP_H
#define RETAIN_GROUP_H

#include "core/core.h"
#include "core/sort.h"

enum { RETAIN__BATCH = 256 };

/* Where rows come from: writes the first `words` words of the rows that items [first, last) make, and returns how many rows these
 * are: at most one per item, and the same however often and in whatever pieces it is asked. Never asked for more than RETAIN__BATCH
 * items at once. */
typedef size_t (*retain__row_source)(const void *state, size_t first, size_t last, size_t words, uint64_t *rows);

/* Groups the rows of items [0, items), whose first words are less than 2^bits (1 to 64): `*rows` is scratch with `*count` rows in
 * order. Fails only for memory and when cancelled. O(items) for ordinary keys, O(items log items) for any. Scratch: the rows, and
 * for the time of the call a few of them once more: all of them when most rows have the same first word. */
retain_status retain__group_rows(retain_context *ctx, retain__scratch *scratch, size_t items, retain__row_source source,
                                 const void *state, const retain__row_shape *shape, unsigned bits, double from, double to,
                                 uint64_t **rows, size_t *count);

/* The same in memory of the caller's: `rows` has room for `most` rows. More of them are an error: they were counted before, and the
 * source has changed since. */
retain_status retain__group_rows_in(retain_context *ctx, retain__scratch *scratch, size_t items, retain__row_source source,
                                    const void *state, const retain__row_shape *shape, unsigned bits, double from, double to,
                                    uint64_t *rows, size_t most, size_t *count);

#endif

/* Rows of 64-bit words, sorted by their first words: how logs of orders (or of anything that happens to somebody) are grouped. */
#ifndef RETAIN_GROUP_H
#define RETAIN_GROUP_H

#include <stddef.h>
#include <stdint.h>

/* Stable sort of `count` rows of `width` words each by their first `keys` words, first word first, unsigned. `spare` has the same size as
 * `rows`. O(count log count), whatever the keys. */
void retain__sort_rows(uint64_t *rows, uint64_t *spare, size_t count, size_t width, size_t keys);

/* Signed integers as words in the same order, and back. */
static inline uint64_t retain__word_of(int64_t key)
{
    return (uint64_t)key ^ (uint64_t)1 << 63;
}

static inline int64_t retain__key_of(uint64_t word)
{
    word ^= (uint64_t)1 << 63;
    return word >> 63 ? -(int64_t)(~word) - 1 : (int64_t)word;
}

#endif

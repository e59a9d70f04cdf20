/* Sorting numbers.
 *
 * The 64 bits of a double are many more than it takes to tell a million prices apart. So the keys are sorted by the leading 33 bits of
 * their range only, which are three passes of core/sort.h, and then put right by insertion: a key that is out of place is so by a
 * few places. Should that turn out to be work (numbers that agree in their leading digits), all bits are sorted after all. Whole numbers and the
 * like have no bits below those, and need neither so many passes nor to be put right.
 */
#include "core/keys.h"

#include "core/sort.h"

enum { LEADING_BITS = 33, MOVES_PER_KEY = 2 };

/* The bits of keys that are looked at: the first of them, and how many from there on. */
typedef struct key_range {
    unsigned low, bits;
} key_range;

/* Where the lowest bit is in which any two keys differ, from `low` on, and how many bits their distances have from there. */
static key_range find_range(const uint64_t *keys, size_t count, unsigned low)
{
    uint64_t least = count ? keys[0] : 0, most = least, varying = 0;

    for (size_t i = 1; i < count; i++) {
        least = keys[i] < least ? keys[i] : least;
        most = keys[i] > most ? keys[i] : most;
        varying |= keys[i] ^ keys[0];
    }
    varying = varying >> low << low;
    if (varying)
        low = retain__bits_of(varying & (~varying + 1)) - 1;
    return (key_range){low, retain__bits_of((most >> low) - (least >> low))};
}

/* 0 when it would take too many moves; the keys are all there, and in some order. */
static int insert_keys(uint64_t *keys, size_t count, unsigned low)
{
    size_t left = MOVES_PER_KEY * count;

    for (size_t i = 1; i < count; i++) {
        const uint64_t key = keys[i];
        size_t j = i;

        for (; j > 0 && keys[j - 1] >> low > key >> low && left > 0; j--, left--)
            keys[j] = keys[j - 1];
        keys[j] = key;
        if (left == 0)
            return 0;
    }
    return 1;
}

void retain__sort_keys(uint64_t *keys, uint64_t *spare, size_t count, unsigned low)
{
    const key_range range = find_range(keys, count, low);
    const retain__row_shape whole = {1, 1, range.low};
    const unsigned below = range.bits > LEADING_BITS ? range.bits - LEADING_BITS : 0;
    const retain__row_shape leading = {1, 1, range.low + below};

    retain__sort_rows(&leading, keys, spare, count);
    if (below && !insert_keys(keys, count, range.low))
        retain__sort_rows(&whole, keys, spare, count);
}

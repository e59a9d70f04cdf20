/* Sorting numbers.
 *
 * The 64 bits of a double are many more than it takes to tell a million prices apart. So the keys are sorted by the leading 35 bits of
 * their range only, which are three passes of core/sort.h, and then put right by insertion: a key that is out of place is so by a
 * few places. Should that turn out to be work (numbers that agree in their leading digits), all bits are sorted after all. */
#include "core/keys.h"

#include "core/sort.h"

enum { LEADING_BITS = 35, MOVES_PER_KEY = 2 };

static unsigned find_range_bits(const uint64_t *keys, size_t count)
{
    uint64_t low = count ? keys[0] : 0, high = low;

    for (size_t i = 1; i < count; i++) {
        low = keys[i] < low ? keys[i] : low;
        high = keys[i] > high ? keys[i] : high;
    }
    return retain__bits_of(high - low);
}

/* 0 when it would take too many moves; the keys are all there, and in some order. */
static int insert_keys(uint64_t *keys, size_t count)
{
    size_t left = MOVES_PER_KEY * count;

    for (size_t i = 1; i < count; i++) {
        const uint64_t key = keys[i];
        size_t j = i;

        for (; j > 0 && keys[j - 1] > key && left > 0; j--, left--)
            keys[j] = keys[j - 1];
        keys[j] = key;
        if (left == 0)
            return 0;
    }
    return 1;
}

void retain__sort_keys(uint64_t *keys, uint64_t *spare, size_t count)
{
    static const retain__row_shape whole = {1, 1, 0};
    const unsigned bits = find_range_bits(keys, count);
    const retain__row_shape leading = {1, 1, bits > LEADING_BITS ? bits - LEADING_BITS : 0};

    retain__sort_rows(&leading, keys, spare, count);
    if (leading.settled && !insert_keys(keys, count))
        retain__sort_rows(&whole, keys, spare, count);
}

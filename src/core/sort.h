/* Rows of 64-bit words, sorted by their first words.
 *
 * The first `keys` words of a row say where it belongs, the others travel along. Keys are unsigned and compared word by word, first
 * word first. The sort is stable: rows with equal keys stay in the order in which they came. */
#ifndef RETAIN_SORT_H
#define RETAIN_SORT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { RETAIN__MOST_WORDS = 6 };

/* What a row looks like. */
typedef struct retain__row_shape {
    size_t width; /* words of a row, 1 to RETAIN__MOST_WORDS */
    size_t keys;  /* how many of them, from the first on, are keys: 1 to width */
    unsigned
        settled; /* the low bits of the last key word, 0 to 63, that need not be looked at: they ascend already, or do not matter */
} retain__row_shape;

/* Sorts in place; `spare` is as large as `rows`. O(count) for ordinary keys, O(count log count) for any. */
void retain__sort_rows(const retain__row_shape *shape, uint64_t *rows, uint64_t *spare, size_t count);

/* Number of bits of x: 0 for 0, 64 for 2^63 and more. */
static inline unsigned retain__bits_of(uint64_t x)
{
#if defined(__GNUC__)
    return x ? 64 - (unsigned)__builtin_clzll(x) : 0;
#else
    unsigned bits = 0;

    for (; x; x >>= 1)
        bits++;
    return bits;
#endif
}

#if defined(__GNUC__)
#define RETAIN__INLINE inline __attribute__((always_inline))
#else
#define RETAIN__INLINE inline
#endif

/* Calls `function(..., width)` with the width as a constant, so that copying a row becomes one or two moves. */
#define RETAIN__FOR_WIDTH(width, function, ...) \
    do {                                        \
        switch (width) {                        \
        case 1:                                 \
            function(__VA_ARGS__, 1);           \
            break;                              \
        case 2:                                 \
            function(__VA_ARGS__, 2);           \
            break;                              \
        case 3:                                 \
            function(__VA_ARGS__, 3);           \
            break;                              \
        case 4:                                 \
            function(__VA_ARGS__, 4);           \
            break;                              \
        case 5:                                 \
            function(__VA_ARGS__, 5);           \
            break;                              \
        default:                                \
            function(__VA_ARGS__, 6);           \
            break;                              \
        }                                       \
    } while (0)

static RETAIN__INLINE void retain__move_row(uint64_t *to, const uint64_t *from, size_t width)
{
    memcpy(to, from, width * sizeof *to);
}

#endif

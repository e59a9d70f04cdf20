/* Sorting rows of words in the cache.
 *
 * A stable radix sort that looks at the keys before it decides. If the values that occur span few bits (the usual case: customers
 * and days of one partition of a log), some passes from the lowest digit up put the rows in order. If they span many bits
 * (customers known by 64-bit hashes), one pass by the highest digit cuts the rows into small buckets, each of which looks again.
 * Small sets are merged. After MOST_CUTS cuts one inside the other what is left is merged too, whatever the keys are: that bounds
 * the time by O(n log n), and the stack by some kilobytes. So are 2^32 rows and more, which the counters could not count.
 *
 * Rows go back and forth between two arrays; `home` is the one of them where they have to be in the end. */
#include "core/sort.h"

enum {
    DIGIT_BITS = 12, /* one pass tells 4096 values apart: their counters, of 32 bits, stay in the first-level cache */
    DIGITS = 1 << DIGIT_BITS,
    FEW = 16,        /* rows that are sorted by insertion */
    SMALL = 160,     /* rows for which counters cost more than merging */
    MOST_PASSES = 4, /* passes from the low end, beyond which a cut by the high end is cheaper */
    MOST_CUTS = 3
};

/* What varies in one key word: (word >> shift) - least is less than 2^bits. */
typedef struct span {
    uint64_t least;
    unsigned shift, bits;
} span;

/* A digit of the word number `word` less `base`: the bits of `mask` from bit `down` on. */
typedef struct digit {
    size_t word;
    uint64_t base, mask;
    unsigned down;
} digit;

static RETAIN__INLINE size_t digit_of(const digit *by, uint64_t word)
{
    return (size_t)((word - by->base) >> by->down & by->mask);
}

/* Is row `a` after row `b`? */
static RETAIN__INLINE int is_after(const retain__row_shape *shape, const uint64_t *a, const uint64_t *b)
{
    size_t last = shape->keys - 1;

    for (size_t k = 0; k < last; k++) {
        if (a[k] != b[k])
            return a[k] > b[k];
    }
    return a[last] >> shape->settled > b[last] >> shape->settled;
}

static RETAIN__INLINE void insert_of(const retain__row_shape *shape, uint64_t *rows, size_t count, size_t width)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t row[RETAIN__MOST_WORDS];
        size_t j = i;

        if (!is_after(shape, rows + (i - 1) * width, rows + i * width))
            continue;
        retain__move_row(row, rows + i * width, width);
        do {
            retain__move_row(rows + j * width, rows + (j - 1) * width, width);
            j--;
        } while (j > 0 && is_after(shape, rows + (j - 1) * width, row));
        retain__move_row(rows + j * width, row, width);
    }
}

static void insert_rows(const retain__row_shape *shape, uint64_t *rows, size_t count)
{
    RETAIN__FOR_WIDTH(shape->width, insert_of, shape, rows, count);
}

/* Merges the runs [a, b) and [b, end). */
static RETAIN__INLINE void merge_of(const retain__row_shape *shape, const uint64_t *a, const uint64_t *b, const uint64_t *end,
                                    uint64_t *out, size_t width)
{
    const uint64_t *a_end = b;

    while (a < a_end && b < end) {
        int second = is_after(shape, a, b);

        retain__move_row(out, second ? b : a, width);
        a += second ? 0 : width;
        b += second ? width : 0;
        out += width;
    }
    memcpy(out, a, (size_t)(a_end - a) * sizeof *out);
    memcpy(out + (a_end - a), b, (size_t)(end - b) * sizeof *out);
}

/* Merges from the bottom up, starting with runs sorted by insertion. */
static void merge_sort(const retain__row_shape *shape, uint64_t *rows, uint64_t *other, uint64_t *home, size_t count)
{
    size_t width = shape->width;

    for (size_t at = 0; at < count; at += FEW)
        insert_rows(shape, rows + at * width, count - at < FEW ? count - at : FEW);
    for (size_t run = FEW; run < count; run *= 2) {
        uint64_t *merged = other;

        for (size_t at = 0; at < count; at += 2 * run) {
            size_t middle = count - at < run ? count : at + run, end = count - middle < run ? count : middle + run;

            RETAIN__FOR_WIDTH(width, merge_of, shape, rows + at * width, rows + middle * width, rows + end * width,
                              merged + at * width);
        }
        other = rows;
        rows = merged;
    }
    if (rows != home)
        memcpy(home, rows, count * width * sizeof *home);
}

static int is_sorted(const retain__row_shape *shape, const uint64_t *rows, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (is_after(shape, rows + (i - 1) * shape->width, rows + i * shape->width))
            return 0;
    }
    return 1;
}

static span find_span(const retain__row_shape *shape, const uint64_t *rows, size_t count, size_t word)
{
    unsigned shift = word + 1 == shape->keys ? shape->settled : 0;
    uint64_t least = UINT64_MAX, most = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t value = rows[i * shape->width + word];

        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    least >>= shift;
    return (span){least, shift, retain__bits_of((most >> shift) - least)};
}

static RETAIN__INLINE void scatter_of(const uint64_t *rows, size_t count, const digit *by, uint32_t *place, uint64_t *to,
                                      size_t width)
{
    const digit own = *by; /* a copy that no store can change: it stays in registers */

    for (size_t i = 0; i < count; i++) {
        size_t d = digit_of(&own, rows[i * width + own.word]);

        retain__move_row(to + place[d]++ * width, rows + i * width, width);
    }
}

/* Moves the rows to their places by one digit; leaves in `place` where the rows of each digit end. */
static void pass(const retain__row_shape *shape, const uint64_t *rows, size_t count, const digit *by, uint32_t *place, uint64_t *to)
{
    const digit own = *by;
    size_t width = shape->width;
    uint32_t sum = 0;

    memset(place, 0, (size_t)(by->mask + 1) * sizeof *place);
    for (size_t i = 0; i < count; i++)
        place[digit_of(&own, rows[i * width + own.word])]++;
    for (size_t d = 0; d <= by->mask; d++) {
        uint32_t here = place[d];

        place[d] = sum;
        sum += here;
    }
    RETAIN__FOR_WIDTH(width, scatter_of, rows, count, &own, place, to);
}

static unsigned count_passes(unsigned bits)
{
    return (bits + DIGIT_BITS - 1) / DIGIT_BITS;
}

/* All passes from the lowest digit of the last word to the highest digit of the first. */
static void sort_from_low_end(const retain__row_shape *shape, uint64_t *rows, uint64_t *other, uint64_t *home, size_t count,
                              const span *spans)
{
    uint32_t place[DIGITS];

    for (size_t word = shape->keys; word-- > 0;) {
        unsigned passes = count_passes(spans[word].bits), bits = passes ? (spans[word].bits + passes - 1) / passes : 0;

        for (unsigned p = 0; p < passes; p++) {
            digit by = {word, spans[word].least << spans[word].shift, ((uint64_t)1 << bits) - 1, spans[word].shift + p * bits};
            uint64_t *sorted = other;

            pass(shape, rows, count, &by, place, sorted);
            other = rows;
            rows = sorted;
        }
    }
    if (rows != home)
        memcpy(home, rows, count * shape->width * sizeof *home);
}

static void sort_at(const retain__row_shape *shape, uint64_t *rows, uint64_t *other, uint64_t *home, size_t count, int cuts);

/* One pass by the highest digit of the first word that varies, then every bucket for itself. */
static void sort_from_high_end(const retain__row_shape *shape, uint64_t *rows, uint64_t *other, uint64_t *home, size_t count,
                               int cuts, size_t word, const span *range)
{
    uint32_t place[DIGITS];
    size_t begin = 0, width = shape->width;
    unsigned most = retain__bits_of(count) - 1, bits = most < DIGIT_BITS ? most : DIGIT_BITS;
    digit by = {word, range->least << range->shift, 0, range->shift};

    if (bits > range->bits)
        bits = range->bits;
    by.mask = ((uint64_t)1 << bits) - 1;
    by.down += range->bits - bits;
    pass(shape, rows, count, &by, place, other);
    for (size_t d = 0; d <= by.mask; d++) {
        if (place[d] > begin)
            sort_at(shape, other + begin * width, rows + begin * width, home + begin * width, place[d] - begin, cuts + 1);
        begin = place[d];
    }
}

/* When the last key word spans few bits, as days do, passes by it come first: rows then stay in that order while the words before
 * are sorted. */
static void sort_last_word_first(const retain__row_shape *shape, uint64_t *rows, uint64_t *other, uint64_t *home, size_t count,
                                 int cuts, span *spans)
{
    retain__row_shape rest = {shape->width, shape->keys - 1, 0};
    unsigned passes = count_passes(spans[rest.keys].bits);

    for (size_t k = 0; k < rest.keys; k++)
        spans[k].bits = 0;
    sort_from_low_end(shape, rows, other, passes % 2 ? other : rows, count, spans);
    if (passes % 2)
        sort_at(&rest, other, rows, home, count, cuts);
    else
        sort_at(&rest, rows, other, home, count, cuts);
}

static void sort_at(const retain__row_shape *shape, uint64_t *rows, uint64_t *other, uint64_t *home, size_t count, int cuts)
{
    span spans[RETAIN__MOST_WORDS] = {{0, 0, 0}};
    unsigned passes = 0;
    size_t word = 0;

    if (count <= FEW || is_sorted(shape, rows, count)) {
        if (rows != home)
            memcpy(home, rows, count * shape->width * sizeof *home);
        if (count <= FEW)
            insert_rows(shape, home, count);
        return;
    }
    if (count <= SMALL || cuts > MOST_CUTS || (uint64_t)count >> 32) {
        merge_sort(shape, rows, other, home, count);
        return;
    }
    for (size_t k = 0; k < shape->keys; k++) {
        spans[k] = find_span(shape, rows, count, k);
        passes += count_passes(spans[k].bits);
    }
    while (spans[word].bits == 0)
        word++;
    if (passes <= MOST_PASSES)
        sort_from_low_end(shape, rows, other, home, count, spans);
    else if (word + 1 < shape->keys && spans[shape->keys - 1].bits <= DIGIT_BITS)
        sort_last_word_first(shape, rows, other, home, count, cuts, spans);
    else
        sort_from_high_end(shape, rows, other, home, count, cuts, word, &spans[word]);
}

void retain__sort_rows(const retain__row_shape *shape, uint64_t *rows, uint64_t *spare, size_t count)
{
    sort_at(shape, rows, spare, rows, count, 0);
}

/* Durations by length, where every row counts as one and nobody asks for groups.
 *
 * What is to be known of a row then fits into one word: the bits of its time, which ascend as times do since none is negative, and in
 * the lowest bit, which the sign has left, whether it was still open. Sorted by time, the rows of a length stand together. */
#include "core/keys.h"
#include "data/durations.h"

typedef struct plain_rows {
    uint64_t *words, *spare;
    size_t count;
} plain_rows;

static uint64_t word_of(double time, int is_open)
{
    uint64_t bits;

    time += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &time, sizeof bits);
    return bits << 1 | (uint64_t)is_open;
}

static double time_of(uint64_t word)
{
    const uint64_t bits = word >> 1;
    double time;

    memcpy(&time, &bits, sizeof time);
    return time;
}

static uint64_t is_open(uint64_t word)
{
    return word & 1;
}

static int is_same_time(uint64_t a, uint64_t b)
{
    return (a ^ b) <= 1;
}

static int does_count(double exit, double from)
{
    return from == 0.0 || exit > from;
}

/* What does not count is written over by the next row. */
static void list_exits(plain_rows *exits, const retain_durations *durations, double from)
{
    const uint8_t *event = durations->event;

    for (size_t i = 0; i < durations->count; i++) {
        exits->words[exits->count] = word_of(durations->exit[i], event && !event[i]);
        exits->count += (size_t)does_count(durations->exit[i], from);
    }
}

static void list_entries(plain_rows *entries, const retain_durations *durations, double from)
{
    for (size_t i = 0; i < durations->count; i++) {
        entries->words[entries->count] = word_of(durations->entry[i], 0);
        entries->count += (size_t)(durations->entry[i] > from && does_count(durations->exit[i], from));
    }
}

static int take_rows(retain__scratch *scratch, plain_rows *rows, size_t most)
{
    rows->words = retain__take(scratch, most, sizeof *rows->words);
    rows->spare = retain__take(scratch, most, sizeof *rows->spare);
    return rows->words && rows->spare;
}

static void sort_rows(retain__scratch *scratch, plain_rows *rows)
{
    retain__sort_keys(rows->words, rows->spare, rows->count, 1);
    retain__give_back(scratch, rows->spare);
}

static size_t count_times(const plain_rows *rows)
{
    size_t count = rows->count > 0;

    for (size_t i = 1; i < rows->count; i++)
        count += !is_same_time(rows->words[i], rows->words[i - 1]);
    return count;
}

/* Is there a row `at`, and is its time this one? */
static int is_row_of(const plain_rows *rows, size_t at, uint64_t word)
{
    return at < rows->count && is_same_time(rows->words[at], word);
}

/* The earlier of the next words of two sorted lists, which are not both at their end. */
static uint64_t find_next(const plain_rows *a, size_t i, const plain_rows *b, size_t j)
{
    if (i == a->count || j == b->count)
        return i < a->count ? a->words[i] : b->words[j];
    return a->words[i] < b->words[j] ? a->words[i] : b->words[j];
}

static size_t merge_lengths(const plain_rows *exits, const plain_rows *entries, retain__duration *duration)
{
    size_t i = 0, j = 0, made = 0;

    while (i < exits->count || j < entries->count) {
        const uint64_t word = find_next(exits, i, entries, j);
        const size_t first = i, entered = j;
        uint64_t open = 0;

        for (; is_row_of(exits, i, word); i++)
            open += is_open(exits->words[i]);
        while (is_row_of(entries, j, word))
            j++;
        duration[made++] =
            (retain__duration){time_of(word), (double)(i - first - open), (double)open, (double)(j - entered)};
    }
    return made;
}

retain_status retain__count_plain_lengths(retain__scratch *scratch, const retain_durations *durations, double from,
                                          retain__lengths *lengths)
{
    plain_rows exits = {NULL, NULL, 0}, entries = {NULL, NULL, 0};

    if (!take_rows(scratch, &exits, durations->count))
        return RETAIN_ERROR_MEMORY;
    list_exits(&exits, durations, from);
    sort_rows(scratch, &exits);
    if (durations->entry) {
        if (!take_rows(scratch, &entries, durations->count))
            return RETAIN_ERROR_MEMORY;
        list_entries(&entries, durations, from);
        sort_rows(scratch, &entries);
    }
    lengths->stops = count_times(&exits);
    lengths->duration = retain__take(scratch, lengths->stops + count_times(&entries), sizeof *lengths->duration);
    if (!lengths->duration)
        return RETAIN_ERROR_MEMORY;
    lengths->first[0] = 0;
    lengths->first[1] = merge_lengths(&exits, &entries, lengths->duration);
    retain__give_back(scratch, exits.words);
    if (durations->entry)
        retain__give_back(scratch, entries.words);
    return RETAIN_OK;
}

/* Sorting rows of words. */
#include "core/group.h"

#include <string.h>

/* Is row `a` after row `b`? */
static int is_after(const uint64_t *a, const uint64_t *b, size_t keys)
{
    for (size_t k = 0; k < keys; k++) {
        if (a[k] != b[k])
            return a[k] > b[k];
    }
    return 0;
}

static void merge(const uint64_t *a, const uint64_t *a_end, const uint64_t *b, const uint64_t *b_end, uint64_t *out, size_t width,
                  size_t keys)
{
    while (a < a_end && b < b_end) {
        const uint64_t **next = is_after(a, b, keys) ? &b : &a;

        memcpy(out, *next, width * sizeof *out);
        *next += width;
        out += width;
    }
    memcpy(out, a, (size_t)(a_end - a) * sizeof *out);
    out += a_end - a;
    memcpy(out, b, (size_t)(b_end - b) * sizeof *out);
}

void retain__sort_rows(uint64_t *rows, uint64_t *spare, size_t count, size_t width, size_t keys)
{
    uint64_t *from = rows, *to = spare;

    for (size_t run = 1; run < count; run *= 2) {
        for (size_t at = 0; at < count; at += 2 * run) {
            size_t middle = count - at < run ? count : at + run, end = count - middle < run ? count : middle + run;

            merge(from + at * width, from + middle * width, from + middle * width, from + end * width, to + at * width, width,
                  keys);
        }
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != rows)
        memcpy(rows, from, count * width * sizeof *rows);
}

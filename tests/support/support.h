/* What the unit tests share: cmocka with its includes, doubles that know NaN, golden CSV files, a counting allocator. */
#ifndef RETAIN_TEST_SUPPORT_H
#define RETAIN_TEST_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "retain/context.h"

/* --- doubles ---------------------------------------------------------------------------------------------------------------- */

/* |got - want| <= tolerance; NaN equals only NaN, infinity only itself. Names the place and both values when it fails. */
#define assert_near(got, want, tolerance) assert_near_at((got), (want), (tolerance), #got, __FILE__, __LINE__)
#define assert_nan(got) assert_near((got), (double)NAN, 0.0)
void assert_near_at(double got, double want, double tolerance, const char *text, const char *file, int line);

/* --- golden vectors: CSV files with a header row ------------------------------------------------------------------------------ */

typedef struct golden {
    char *text;
    char **cells; /* rows * columns */
    char **names; /* columns */
    size_t rows, columns;
} golden;

/* Reads RETAIN_GOLDEN/path; fails the test when it cannot, or when there are no rows. */
golden golden_read(const char *path);
void golden_free(golden *table);

/* Cell by column name (fails the test for an unknown one); "" when blank. */
const char *golden_text(const golden *table, size_t row, const char *column);
/* The same as a double: nearest to the decimal text, NaN when blank, inf and -inf understood. */
double golden_number(const golden *table, size_t row, const char *column);
/* Is the cell blank? */
int golden_blank(const golden *table, size_t row, const char *column);

/* --- chance ------------------------------------------------------------------------------------------------------------------- */

/* The next 64 bits of a stream that is the same in every run: splitmix64 (S. Vigna). Start from any number. */
uint64_t random_bits(uint64_t *stream);

/* --- memory ------------------------------------------------------------------------------------------------------------------- */

/* An allocator that counts, and fails when told to: the `fail_at`-th request for memory (1 is the first, 0 never), or from there on when
 * `sticky`. `live` must be 0 in the end. */
typedef struct counting_allocator {
    size_t requests, live, live_bytes, peak_bytes;
    size_t fail_at;
    int sticky;
} counting_allocator;

void *counting_allocate(void *user, void *old, size_t old_size, size_t new_size);
/* A context that uses it. */
retain_context counting_context(counting_allocator *allocator);

/* Runs `operation(ctx, state)` with every allocation failing in turn, once and sticky, until it succeeds without any failing; each failed run must
 * return RETAIN_ERROR_MEMORY, leave no memory behind, and (checked by `untouched`, may be NULL) leave the outputs as they were. */
void survives_memory_exhaustion(retain_status (*operation)(retain_context *ctx, void *state), void (*untouched)(void *state),
                                void *state);

#endif

/* Fuzz targets: hostile input must not crash, leak, hang, touch outputs of a failed call, or break a law.
 *
 * One target a module, tests/fuzz/fuzz_MODULE.c, found by CMake. It defines fuzz_target(), which reads whatever it needs
 * from the input, calls public functions of the module (every one of them, chosen by a byte of the input) and checks what
 * must hold whatever was passed:
 *
 *     void fuzz_target(fuzz_input *in)
 *     {
 *         size_t count = fuzz_below(in, 20);
 *         double *x = fuzz_doubles(in, count);                // from the input, in memory of exactly that size
 *         double *sum = fuzz_output(in, 1, sizeof *sum);      // painted; a failed call must leave the paint
 *         retain_status status = retain_example_sum(fuzz_context(in), fuzz_maybe(in, x), count, fuzz_maybe(in, sum));
 *
 *         if (fuzz_outcome(in, status) && count > 0)          // checks the context, the paint and the memory
 *             fuzz_check(*sum >= 0.0);                        // a law
 *     }
 *
 * Read choices first and arrays last: then small changes of an input make small changes of the call. Prefer ordinary values
 * with now and then an odd one (fuzz_double, fuzz_integer do so) to raw bits, which hardly ever get past the first check.
 * Keep sizes small: below 100 rows finds what there is to find.
 *
 * Each target is built twice. As a plain program that ctest runs (label `fuzz`) over the committed inputs in
 * tests/fuzz/corpus/MODULE/ and a few thousand made up from a fixed seed, with any compiler. And with -DRETAIN_FUZZ=ON and
 * clang (cmake --preset fuzz) as a libFuzzer program with address and undefined-behaviour sanitizers:
 *
 *     build/fuzz/tests/fuzz/libfuzzer_MODULE -max_total_time=300 -max_len=512 /tmp/found tests/fuzz/corpus/MODULE
 *     build/fuzz/tests/fuzz/libfuzzer_MODULE -set_cover_merge=1 -use_counters=0 tests/fuzz/corpus/MODULE /tmp/found
 *
 * (the second line adds to the corpus the few inputs that reach code which the corpus does not).
 *
 * An input that found a bug goes into the corpus under a name that says what it was, and into a unit test. When the plain
 * program dies, the input it was at is in fuzz_MODULE.input beside it; `fuzz_MODULE FILE` runs that one alone. */
#ifndef RETAIN_FUZZ_H
#define RETAIN_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"

/* What is left of an input, and all that was borrowed while it runs. */
typedef struct fuzz_input fuzz_input;

/* Written by each target. */
void fuzz_target(fuzz_input *in);

/* --- reading: past the end of the input everything is 0 ---------------------------------------------------------------------- */

/* So many bytes (1 to 8) as a number. */
uint64_t fuzz_bits(fuzz_input *in, int bytes);
/* A number in [0, limit); limit at most 65536. */
size_t fuzz_below(fuzz_input *in, size_t limit);
/* An integer: mostly small, now and then large, at an end of 64 bits, or anything. */
int64_t fuzz_integer(fuzz_input *in);
/* A double: mostly of ordinary size and positive, now and then NaN, infinite, zero, denormal, enormous, or any bits. */
double fuzz_double(fuzz_input *in);
/* An ordinary double in [low, high], the ends included. */
double fuzz_within(fuzz_input *in, double low, double high);

/* --- arguments: everything is given back when the target returns ------------------------------------------------------------- */

/* Arrays of exactly `count` elements: a sanitizer sees one element too far. */
int64_t *fuzz_integers(fuzz_input *in, size_t count);
double *fuzz_doubles(fuzz_input *in, size_t count);
/* `count` elements of zeros to be filled by the target. */
void *fuzz_array(fuzz_input *in, size_t count, size_t size);
/* An output of `count` elements, painted so that fuzz_outcome() sees whether it was touched. */
void *fuzz_output(fuzz_input *in, size_t count, size_t size);
/* The pointer, or now and then NULL. */
void *fuzz_maybe(fuzz_input *in, void *pointer);
/* A context with any small number of threads; now and then with an allocator that soon fails or a callback that cancels, or
 * none at all. One is in use at a time. */
retain_context *fuzz_context(fuzz_input *in);
/* A context without such surprises, for calls that must succeed. */
retain_context *fuzz_calm_context(fuzz_input *in);

/* --- checking ----------------------------------------------------------------------------------------------------------------- */

/* What every call owes, given the status it returned: the context agrees with it and has a sentence exactly when it failed;
 * no scratch memory is left; a failed call left all painted outputs alone. 1 when the call succeeded. Outputs that a failing
 * call may write by contract (a count, a report) must not come from fuzz_output(). Call it right after the call: it also
 * forgets the outputs so far. */
int fuzz_outcome(fuzz_input *in, retain_status status);

/* Dies with a message when the condition is false. */
#define fuzz_check(condition) ((condition) ? (void)0 : fuzz_die(#condition, __FILE__, __LINE__))
void fuzz_die(const char *condition, const char *file, int line);

/* The entry point of libFuzzer, which the replay calls as well. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

/* What every operation needs before and around its own work: check the context, refuse bad arguments with a sentence, borrow scratch
 * memory, run blocks of work on threads. Includes nothing of the layers above. */
#ifndef RETAIN_CORE_H
#define RETAIN_CORE_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"

#if defined(__GNUC__)
#define RETAIN__PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define RETAIN__PRINTF(text, first)
#endif

/* --- status and error text ------------------------------------------------------------------------------------------------- */

/* First line of every operation: checks ctx->struct_size, clears the last error. Anything but RETAIN_OK must be returned at once. */
retain_status retain__begin(retain_context *ctx);

/* Records an error and returns `status`: `return retain__fail(ctx, RETAIN_ERROR_DATA, row, "customers.t_x[%zu] is %g; ...", row, v)`.
 * `row` is RETAIN_NO_ROW when no row is to blame. A NULL ctx is fine. The text is cut to fit, never overrun. Only %s %zu %d %lld %g
 * (with an optional precision, as %.17g) and %% may be used: the text is made without stdio and without the locale. */
retain_status retain__fail(retain_context *ctx, retain_status status, size_t row, const char *format, ...) RETAIN__PRINTF(4, 5);

/* Shorthand for "NAME is NULL; it must point to ..." kinds of argument errors. */
retain_status retain__fail_null(retain_context *ctx, const char *name);

/* Checks the struct_size of caller's options or reports `given` against what this library knows. Smaller structs (of an older header)
 * must have at least `first` bytes; of larger ones (of a newer header) the unknown tail must be zero. `name` is for the sentence. */
retain_status retain__check_struct(retain_context *ctx, const char *name, const void *given, size_t first, size_t known);

/* Copies options of any accepted size over the defaults in `into` (known bytes); NULL `given` leaves the defaults. */
retain_status retain__take_options(retain_context *ctx, const char *name, const void *given, size_t first, size_t known,
                                   void *into);

/* --- scratch memory --------------------------------------------------------------------------------------------------------- */

/* Scratch of one operation: blocks from the context's allocator, all given back by one call. Put one on the stack, zeroed. */
typedef struct retain__scratch {
    retain_context *ctx;
    void *blocks; /* newest first */
} retain__scratch;

/* The context's allocator, or malloc's: as retain_allocate of retain/context.h. For allocators that pass on what they are asked for. */
void *retain__call_allocator(retain_context *ctx, void *old, size_t old_size, size_t new_size);

/* `count` elements of `size` bytes, aligned to 64 bytes, not cleared; NULL (with the memory error recorded in the context) when the product
 * overflows or the allocator has nothing. A count of 0 gives a valid pointer to nothing. */
void *retain__take(retain__scratch *scratch, size_t count, size_t size);

/* The same, cleared. */
void *retain__take_zeroed(retain__scratch *scratch, size_t count, size_t size);

/* Gives back one block early (NULL is fine); the order does not matter. */
void retain__give_back(retain__scratch *scratch, void *block);

/* Gives back everything. */
void retain__release(retain__scratch *scratch);

/* --- work on threads -------------------------------------------------------------------------------------------------------- */

enum { RETAIN__MOST_THREADS = 256 };

/* One block of work: items [first, last) of block number `block`. Must not allocate, must not touch the context. */
typedef void (*retain__work)(void *state, size_t block, size_t first, size_t last);

/* Cuts `count` items into blocks of `block_size` (the cut depends on nothing else), runs each block once on at most ctx->threads threads,
 * and returns when all are done. Results that are stored per block and then added up in block order are the same for any number of threads. When
 * no thread can be started the calling thread does the work. Between blocks, on the calling thread, ctx->progress is told the share done (scaled
 * into [from, to]); returns RETAIN_ERROR_CANCELLED when it says so. */
retain_status retain__parallel(retain_context *ctx, size_t count, size_t block_size, double from, double to, retain__work work,
                               void *state);

/* Number of blocks that retain__parallel will make. */
size_t retain__blocks(size_t count, size_t block_size);

/* --- small checks ------------------------------------------------------------------------------------------------------------ */

/* a * b, or 0 in `*ok` when it does not fit. */
size_t retain__multiply(size_t a, size_t b, int *ok);

/* Is every bit pattern that is not a number or infinite kept out? */
static inline int retain__is_finite(double x)
{
    return x - x == 0.0;
}

#endif

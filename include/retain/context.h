/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CONTEXT_H
#define RETAIN_CONTEXT_H

#include <stddef.h>

#include "retain/status.h"

/** @defgroup context Context
 *  @brief How an operation runs: threads, memory, progress, and the sentence that explains an error.
 *
 *  A context is a plain struct on the caller's stack. It is the first parameter of every operation and may be
 *  NULL: then one thread, malloc, no progress, and no error text.
 *
 *      retain_context context = RETAIN_CONTEXT_INIT;
 *      context.threads = 2;
 *      if (retain_calendar_days(&context, NULL, seconds, rows, days) != RETAIN_OK)
 *          fprintf(stderr, "%s\n", context.error);
 *
 *  Use one context per thread: operations write `error`, `row` and `status`. Nothing in it needs to be freed, and the
 *  library keeps no other state between two calls.
 *
 *  Options and reports are plain structs too. Their first member is struct_size, which must be set to the size of the struct, here
 *  and in all of them: a struct of nothing but zeros is refused, NULL is not.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Value of retain_context.row when an error does not concern one row. */
#define RETAIN_NO_ROW ((size_t)-1)

/** Length of the error text, its final zero included. */
#define RETAIN_ERROR_LENGTH 256

/** Memory source, in the manner of realloc. `old == NULL` asks for `new_size` fresh bytes; `new_size == 0` frees
 *  `old` and returns NULL; otherwise the block is resized. Blocks must be aligned as those of malloc are. The library
 *  calls it only from the thread that called the operation, and has freed everything when the operation returns. */
typedef void *(*retain_allocate)(void *user, void *old, size_t old_size, size_t new_size);

/** Told now and then how far a long operation is, from 0 to 1, on the thread that called the operation. Any
 *  non-zero answer ends the operation with RETAIN_ERROR_CANCELLED. */
typedef int (*retain_progress)(void *user, double fraction);

/** How to run. Start from RETAIN_CONTEXT_INIT and change what matters. */
typedef struct retain_context {
    size_t struct_size;              /**< sizeof(retain_context): lets later versions append fields */
    int threads;                     /**< worker threads, 0 to 256; 0 and 1 mean the calling thread only. Results never
                                        depend on it */
    retain_allocate allocate;        /**< source of scratch memory; NULL means malloc */
    void *allocate_user;             /**< passed to allocate */
    retain_progress progress;        /**< NULL means none */
    void *progress_user;             /**< passed to progress */
    retain_status status;            /**< set by every operation: its outcome */
    size_t row;                      /**< set by every operation: the offending row (0-based), or RETAIN_NO_ROW */
    char error[RETAIN_ERROR_LENGTH]; /**< set by every operation: names field, row, value and rule; "" when it went well */
} retain_context;

/** Initial value of a context. */
#define RETAIN_CONTEXT_INIT                                                          \
    {                                                                                \
        sizeof(retain_context), 1, NULL, NULL, NULL, NULL, RETAIN_OK, RETAIN_NO_ROW, \
        {                                                                            \
            0                                                                        \
        }                                                                            \
    }

/** Version of the library that was loaded, such as "0.1.0". */
RETAIN_API const char *retain_version(void);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

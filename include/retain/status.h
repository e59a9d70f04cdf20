/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_STATUS_H
#define RETAIN_STATUS_H

/** @defgroup status Status
 *  @brief How every operation says whether it worked.
 *
 *  Every operation of the library returns one `retain_status`. The values are pinned: they never change meaning,
 *  so they can be stored and passed between languages. Which argument, row and rule were involved is in the
 *  context (retain/context.h).
 *
 *  What does not exist is not an error: the rate of an empty cohort is NaN, with status RETAIN_OK.
 *  @{
 */

#if defined(RETAIN_STATIC)
#define RETAIN_API
#elif defined(_WIN32)
#if defined(RETAIN_BUILD)
#define RETAIN_API __declspec(dllexport)
#else
#define RETAIN_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define RETAIN_API __attribute__((visibility("default")))
#else
#define RETAIN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Outcome of an operation. */
typedef enum retain_status {
    RETAIN_OK = 0,                /**< all outputs are written */
    RETAIN_ERROR_ARGUMENT = 1,    /**< the call itself is wrong: a NULL, a length, an option out of its range */
    RETAIN_ERROR_DATA = 2,        /**< a row of the caller's data breaks a rule; the context names it */
    RETAIN_ERROR_CAPACITY = 3,    /**< an output array is too short; `*count` is the length that is needed */
    RETAIN_ERROR_MEMORY = 4,      /**< the allocator returned NULL */
    RETAIN_ERROR_CONVERGENCE = 5, /**< a model has no trustworthy optimum on these data; the report says why */
    RETAIN_ERROR_CANCELLED = 6    /**< the progress callback asked to stop */
} retain_status;

/** Name of a status in plain English, such as "argument"; "unknown" for a value that is none of the above.
 *  The text is static: never free it. */
RETAIN_API const char *retain_status_name(retain_status status);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

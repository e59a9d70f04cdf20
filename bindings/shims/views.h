/* What crosses the border between a language and the library: columns, records, and the context. Only these types have typemaps, one set
 * a language (python/arrays.i, php/arrays.i); everything else in this folder is plain C that both languages share.
 *
 * A language's arrays.i supplies, before the shims are read:
 *
 *     void  retain_unlock(retain_context *ctx)      before the library runs (Python gives up its lock), and
 *     void  retain_lock(retain_context *ctx)        after it
 *     int   retain_is_low_on_memory(ctx)            whether logs are to be read with little scratch
 *     void *retain_provide(...)                     memory for one output column, see below
 *     void  retain_trim(...)                        the true length of a column whose length depended on the data
 */
#ifndef RETAIN_SHIMS_VIEWS_H
#define RETAIN_SHIMS_VIEWS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "retain/retain.h"

/* Columns that are read. `data` is NULL when the caller gave none, and never NULL for an empty column. `name` is the parameter's name. */
typedef struct in_ints {
    const int64_t *data;
    size_t count;
    const char *name;
} in_ints;
typedef struct in_doubles {
    const double *data;
    size_t count;
    const char *name;
} in_doubles;
typedef struct in_bytes {
    const uint8_t *data;
    size_t count;
    const char *name;
} in_bytes;

/* Columns that decide where the library reads or writes (keys that are hashed into tables, counts that bound loops). They must not change during
 * the call: a language whose other threads can write to the caller's memory meanwhile copies them first. */
typedef in_ints in_keys;
typedef in_doubles in_counts;
typedef in_bytes in_flags;

/* Columns that are written. `wanted` is 0 when the caller does not want the column; `owner` is the language's. */
typedef struct out_ints {
    int64_t *data;
    size_t count;
    int wanted;
    const char *name;
    void *owner;
} out_ints;
typedef struct out_doubles {
    double *data;
    size_t count;
    int wanted;
    const char *name;
    void *owner;
} out_doubles;
typedef struct out_bytes {
    uint8_t *data;
    size_t count;
    int wanted;
    const char *name;
    void *owner;
} out_bytes;

/* Scalars and reports are handed back as one record: names and values, a dict in Python, an array with string keys in PHP. */
enum record_kind { RECORD_WHOLE, RECORD_NUMBER, RECORD_NUMBERS, RECORD_TEXT };
typedef struct record {
    size_t count;
    struct {
        const char *name;
        enum record_kind kind;
        int64_t whole;        /* RECORD_WHOLE */
        double number;        /* RECORD_NUMBER */
        size_t first, length; /* RECORD_NUMBERS: numbers[first] ... */
        const char *text;     /* RECORD_TEXT: static, or in `texts` */
    } field[32];
    size_t numbers_used, texts_used;
    double numbers[RETAIN_FIT_PARAMETERS * (RETAIN_FIT_PARAMETERS + 5)];
    char texts[RETAIN_FIT_EXPLANATION + RETAIN_ERROR_LENGTH];
} record;

#if defined(__GNUC__)
#define SHIM_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define SHIM_PRINTF(text, first)
#endif

/* Records an argument error; returns 0, so that `return refuse(ctx, ...)` and `if (!...) return` read well. */
static int refuse(retain_context *ctx, const char *format, ...) SHIM_PRINTF(2, 3);
static int refuse(retain_context *ctx, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    (void)vsnprintf(ctx->error, sizeof ctx->error, format, values);
    va_end(values);
    ctx->status = RETAIN_ERROR_ARGUMENT;
    ctx->row = RETAIN_NO_ROW;
    return 0;
}

#endif

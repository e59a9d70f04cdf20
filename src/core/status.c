/* How operations report their outcome. The sentence is put together by hand: printf would read the locale (decimal commas) and is I/O
 * machinery that the library promises not to touch. */
#include <stdarg.h>
#include <string.h>

#include "core/core.h"
#include "core/text.h"

const char *retain_status_name(retain_status status)
{
    switch (status) {
    case RETAIN_OK:
        return "ok";
    case RETAIN_ERROR_ARGUMENT:
        return "argument";
    case RETAIN_ERROR_DATA:
        return "data";
    case RETAIN_ERROR_CAPACITY:
        return "capacity";
    case RETAIN_ERROR_MEMORY:
        return "memory";
    case RETAIN_ERROR_CONVERGENCE:
        return "convergence";
    case RETAIN_ERROR_CANCELLED:
        return "cancelled";
    }
    return "unknown";
}

const char *retain_version(void)
{
    return RETAIN_VERSION;
}

retain_status retain__begin(retain_context *ctx)
{
    if (!ctx)
        return RETAIN_OK;
    if (ctx->struct_size < sizeof(retain_context))
        return RETAIN_ERROR_ARGUMENT; /* nowhere safe to write the reason */
    ctx->status = RETAIN_OK;
    ctx->row = RETAIN_NO_ROW;
    ctx->error[0] = 0;
    if (ctx->threads < 0 || ctx->threads > RETAIN__MOST_THREADS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "context.threads is %d; it must lie in [0, %d]",
                            ctx->threads, RETAIN__MOST_THREADS);
    return RETAIN_OK;
}

retain_status retain__fail(retain_context *ctx, retain_status status, size_t row, const char *format, ...)
{
    va_list arguments;

    if (!ctx)
        return status;
    ctx->status = status;
    ctx->row = row;
    va_start(arguments, format);
    retain__format(ctx->error, sizeof ctx->error, format, arguments);
    va_end(arguments);
    return status;
}

retain_status retain__fail_null(retain_context *ctx, const char *name)
{
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is NULL; it is required", name);
}

retain_status retain__check_struct(retain_context *ctx, const char *name, const void *given, size_t first, size_t known)
{
    size_t size;
    const unsigned char *bytes = given;

    if (!given)
        return RETAIN_OK;
    memcpy(&size, given, sizeof size);
    if (size < first)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s.struct_size is %zu; set it to sizeof(*%s), at least %zu",
                            name, size, name, first);
    for (size_t i = known; i < size; i++) {
        if (bytes[i])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "%s has a field that this version of the library does not know: it must be 0", name);
    }
    return RETAIN_OK;
}

retain_status retain__take_options(retain_context *ctx, const char *name, const void *given, size_t first, size_t known, void *into)
{
    size_t size;
    retain_status status = retain__check_struct(ctx, name, given, first, known);

    if (status != RETAIN_OK || !given)
        return status;
    memcpy(&size, given, sizeof size);
    memcpy(into, given, size < known ? size : known);
    return RETAIN_OK;
}

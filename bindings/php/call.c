/* One call: how it runs, how it can be stopped, and where its columns go.
 *
 * While the library works PHP must not jump away through it, for its threads may be reading this stack: what happens in a
 * progress callback is caught, the library is asked to stop, and only when it has returned the jump goes on. */
#include "extension.h"

#include <stdlib.h>

#include <zend_exceptions.h>

enum { MOST_THREADS = 256 };

/* --- progress and cancelling -------------------------------------------------------------------------------------------------------- */

/* Calls the PHP function; 1 when the work is to stop: when the answer is true, after an exception, at the end of the script. */
static int ask(php_call *call, double fraction)
{
    zval answer, share;
    volatile int stop = 0;

    ZVAL_UNDEF(&answer);
    ZVAL_DOUBLE(&share, fraction);
    zend_try
    {
        if (call_user_function(NULL, NULL, &call->progress, &answer, 1, &share) == FAILURE || EG(exception))
            stop = 1;
        else
            stop = Z_TYPE(answer) == IS_TRUE;
        zval_ptr_dtor(&answer);
    }
    zend_catch
    {
        call->bailed = 1;
        stop = 1;
    }
    zend_end_try();
    return stop;
}

/* Called by the library between blocks of work. PHP kills a process that does not notice in time that max_execution_time is over. */
static int on_progress(void *user, double fraction)
{
    php_call *call = user;

    if (call->bailed || EG(exception) || zend_atomic_bool_load_ex(&EG(timed_out)))
        return 1;
    return Z_TYPE(call->progress) == IS_UNDEF ? 0 : ask(call, fraction);
}

/* --- how to run ------------------------------------------------------------------------------------------------------------------------- */

static int read_how(php_call *call, zval *how)
{
    zend_long threads = 1;
    zend_string *key;
    zval *value;

    ZVAL_DEREF(how);
    if (Z_TYPE_P(how) == IS_NULL)
        return 1;
    if (Z_TYPE_P(how) != IS_ARRAY)
        return retain_php_throw_value(how, "context", RETAIN_NO_ROW, "null or an array with `threads`, `progress` and `low_memory`");
    ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL_P(how), key, value)
    {
        ZVAL_DEREF(value);
        if (key && zend_string_equals_literal(key, "threads")) {
            if (!retain_php_whole(value, "threads", 0, MOST_THREADS, &threads))
                return 0;
        } else if (key && zend_string_equals_literal(key, "progress")) {
            if (Z_TYPE_P(value) == IS_NULL)
                continue;
            if (!zend_is_callable(value, 0, NULL))
                return retain_php_throw_value(value, "progress", RETAIN_NO_ROW, "a callable or null");
            zval_ptr_dtor(&call->progress);
            ZVAL_COPY(&call->progress, value);
        } else if (key && zend_string_equals_literal(key, "low_memory")) {
            if (!retain_php_wish(value, "low_memory", &call->low_memory))
                return 0;
        } else
            return retain_php_throw(RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                    "context has the unknown key %s; it knows threads, progress and low_memory",
                                    key ? ZSTR_VAL(key) : "of a number");
    }
    ZEND_HASH_FOREACH_END();
    call->context.threads = (int)threads;
    return 1;
}

/* Columns go out in the most compact kind that came in: a model of six numbers is a list, whatever the customers are. */
static php_kind find_kind(zval *arguments, size_t count)
{
    php_kind kind = KIND_LIST;

    for (size_t i = 1; i < count; i++) {
        zval *value = &arguments[i];

        ZVAL_DEREF(value);
        if (retain_php_column(value))
            return KIND_COLUMN;
        if (Z_TYPE_P(value) == IS_STRING)
            kind = KIND_PACKED;
    }
    return kind;
}

retain_context *retain_php_begin(php_call *call, zval *how, zval *arguments, size_t count)
{
    static const retain_context initial = RETAIN_CONTEXT_INIT;

    call->context = initial;
    call->context.allocate = retain_php_allocate;
    call->context.allocate_user = &call->scratch;
    call->context.progress = on_progress;
    call->context.progress_user = call;
    call->scratch = 0;
    call->outputs = NULL;
    call->bailed = call->masked = call->low_memory = 0;
    ZVAL_UNDEF(&call->progress);
    if (!read_how(call, how))
        return NULL;
    call->kind = find_kind(arguments, count);
    return &call->context;
}

void retain_php_unlock(retain_context *ctx)
{
    php_call *call = (php_call *)ctx;
    sigset_t all;

    if (ctx->threads < 2)
        return;
    sigfillset(&all);
    call->masked = pthread_sigmask(SIG_SETMASK, &all, &call->mask) == 0;
}

void retain_php_lock(retain_context *ctx)
{
    php_call *call = (php_call *)ctx;

    if (call->masked)
        pthread_sigmask(SIG_SETMASK, &call->mask, NULL);
    call->masked = 0;
}

int retain_php_check(php_call *call)
{
    retain_context *ctx = &call->context;

    if (call->bailed) { /* PHP forgets its own memory, and jumps over the clean-up of this call */
        for (php_output *output = call->outputs; output; output = output->next)
            free(output->memory);
        zend_bailout();
    }
    if (EG(exception))
        return 0;
    if (ctx->status == RETAIN_OK)
        return 1;
    return retain_php_throw(ctx->status, ctx->row, "%s", ctx->error[0] ? ctx->error : retain_status_name(ctx->status));
}

void retain_php_end(php_call *call)
{
    zval_ptr_dtor(&call->progress);
    ZVAL_UNDEF(&call->progress);
}

/* --- columns that are written --------------------------------------------------------------------------------------------------------------- */

static void *no_memory(retain_context *ctx, const char *name, size_t rows)
{
    snprintf(ctx->error, sizeof ctx->error, "the memory limit leaves no room for the %zu rows of %s", rows, name);
    ctx->status = RETAIN_ERROR_MEMORY;
    ctx->row = RETAIN_NO_ROW;
    return NULL;
}

/* A column whose true length is not known yet is put up with malloc: pages that are never written cost nothing, and the value is made
 * when its length is known. So is a list, whose values are converted anyway. */
void *retain_php_provide(retain_context *ctx, size_t *count, int wanted, const char *name, php_output *output, size_t rows,
                         int at_most)
{
    size_t width = retain_php_width(output->element);

    *count = rows;
    if (!wanted)
        return NULL;
    if (rows > (SIZE_MAX >> 8) / width || (!at_most && !retain_php_room(rows * width)))
        return no_memory(ctx, name, rows);
    output->kind = ((php_call *)ctx)->kind;
    if (at_most || output->kind == KIND_LIST) {
        output->memory = malloc(rows ? rows * width : 1);
        output->next = ((php_call *)ctx)->outputs;
        ((php_call *)ctx)->outputs = output;
        return output->memory ? output->memory : no_memory(ctx, name, rows);
    }
    if (output->kind == KIND_PACKED) {
        output->string = zend_string_alloc(rows * width, 0);
        ZSTR_VAL(output->string)[rows * width] = '\0';
        return ZSTR_VAL(output->string);
    }
    output->column = retain_php_new_column(output->element, rows);
    return output->column ? retain_php_column_data(output->column) : no_memory(ctx, name, rows);
}

/* The value of a column that was put up with malloc, now that its length is known. */
static int settle(zval *value, php_output *output, const char *name, const void *data, size_t count)
{
    size_t bytes = count * retain_php_width(output->element);
    zend_object *column;

    if (output->kind == KIND_LIST)
        return retain_php_list(value, output->element, data, count);
    if (output->kind == KIND_PACKED && retain_php_room(bytes)) {
        ZVAL_STRINGL(value, data, bytes);
        return 1;
    }
    column = output->kind == KIND_COLUMN ? retain_php_new_column(output->element, count) : NULL;
    if (!column)
        return retain_php_throw(RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "the memory limit leaves no room for the %zu rows of %s", count,
                                name);
    memcpy(retain_php_column_data(column), data, bytes);
    ZVAL_OBJ(value, column);
    return 1;
}

int retain_php_give(zval *result, const char *name, php_output *output, const void *data, size_t count)
{
    zval value;

    if (!data)
        return 1;
    if (output->string)
        ZVAL_STR(&value, output->string);
    else if (output->column)
        ZVAL_OBJ(&value, output->column);
    else if (!settle(&value, output, name, data, count))
        return 0;
    output->string = NULL;
    output->column = NULL;
    add_assoc_zval(result, name, &value);
    return 1;
}

void retain_php_drop(php_output *output)
{
    free(output->memory);
    if (output->string)
        zend_string_release(output->string);
    if (output->column)
        OBJ_RELEASE(output->column);
    output->memory = NULL;
    output->string = NULL;
    output->column = NULL;
}

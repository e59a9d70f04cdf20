/* What the PHP extension adds to the shims: PHP values to columns and back, errors to exceptions, the context of a call, and the class
 * Retain\Column. Only this folder knows PHP.
 *
 * Columns come in as lists (converted), as packed strings of machine numbers (pack('q*', ...), pack('d*', ...), pack('C*', ...))
 * or as Retain\Column (both read where they are), and go out as what came in: as Retain\Column if any argument is one, else as
 * packed strings if any is one, else as lists. Whatever is wrong about an argument ends as an exception with a sentence, never
 * as a fatal error: memory is asked for only when the limit of the process leaves room for it. */
#ifndef RETAIN_PHP_EXTENSION_H
#define RETAIN_PHP_EXTENSION_H

#include <php.h>

#include <signal.h>

#include "retain/retain.h"

#if defined(__GNUC__)
#define RETAIN_PHP_HIDDEN __attribute__((visibility("hidden")))
#else
#define RETAIN_PHP_HIDDEN
#endif

/* --- kinds ------------------------------------------------------------------------------------------------------------------- */

typedef enum php_element { ELEMENT_INT64, ELEMENT_FLOAT64, ELEMENT_UINT8 } php_element;
typedef enum php_kind { KIND_LIST, KIND_PACKED, KIND_COLUMN } php_kind;

RETAIN_PHP_HIDDEN size_t retain_php_width(php_element element);
RETAIN_PHP_HIDDEN const char *retain_php_element_name(php_element element);

/* --- exceptions (errors.c) ----------------------------------------------------------------------------------------------------- */

/* Registers Retain\Exception\*. */
RETAIN_PHP_HIDDEN void retain_php_register_exceptions(void);

/* Throws the exception of a status, unless one is on its way already. `row` may be RETAIN_NO_ROW. Returns 0. */
RETAIN_PHP_HIDDEN int retain_php_throw(retain_status status, size_t row, const char *format, ...)
    ZEND_ATTRIBUTE_FORMAT(printf, 3, 4);

/* Throws "name is VALUE; it must be WANTED", for an argument (RETAIN_NO_ROW) or for one row of a column. Returns 0. */
RETAIN_PHP_HIDDEN int retain_php_throw_value(const zval *value, const char *name, size_t row, const char *wanted);

/* --- memory (memory.c) --------------------------------------------------------------------------------------------------------- */

/* Does the memory limit of the process leave room for so many bytes? */
RETAIN_PHP_HIDDEN int retain_php_room(size_t bytes);

/* The allocator of every context: malloc within the memory limit, so that a limit becomes an exception, not a fatal error. `user` is
 * a size_t that counts the bytes in use. */
RETAIN_PHP_HIDDEN void *retain_php_allocate(void *user, void *old, size_t old_size, size_t new_size);

/* --- the class Retain\Column (column.c) ---------------------------------------------------------------------------------------- */

typedef struct php_column {
    void *data;
    size_t count, capacity;
    uint32_t borrowed; /* calls that are reading `data`: it must stay where it is */
    php_element element;
    zend_object std;
} php_column;

RETAIN_PHP_HIDDEN void retain_php_register_column(void);

/* The column in a PHP value, or NULL when it is none. */
RETAIN_PHP_HIDDEN php_column *retain_php_column(const zval *value);

/* A new column of `count` elements that are still to be written; NULL without room. */
RETAIN_PHP_HIDDEN zend_object *retain_php_new_column(php_element element, size_t count);
RETAIN_PHP_HIDDEN void *retain_php_column_data(zend_object *column);

/* --- values (values.c) ----------------------------------------------------------------------------------------------------------- */

/* One number as an element; 0 when it is none. Numeric strings are numbers (database drivers return them), "12abc" and "" are not. */
RETAIN_PHP_HIDDEN int retain_php_number(const zval *value, php_element element, void *into);

/* What `retain_php_number` wants, in words. */
RETAIN_PHP_HIDDEN const char *retain_php_wanted(php_element element);

/* What a column that is read holds on to until the call is over. */
typedef struct php_input {
    void *memory;
    php_column *column;
} php_input;

/* A PHP value as a column; *data is NULL for null. Returns 0 with an exception thrown; what `hold` holds has to be let go either way. */
RETAIN_PHP_HIDDEN int retain_php_read(zval *value, php_element element, const char *name, const void **data, size_t *count,
                                      php_input *hold);
RETAIN_PHP_HIDDEN void retain_php_let_go(php_input *hold);

/* A list of numbers; 0, with an exception thrown, without room for it. */
RETAIN_PHP_HIDDEN int retain_php_list(zval *into, php_element element, const void *data, size_t count);

/* Scalars. They return 0 with an exception thrown. */
RETAIN_PHP_HIDDEN int retain_php_float(zval *value, const char *name, double *into);
RETAIN_PHP_HIDDEN int retain_php_whole(zval *value, const char *name, zend_long low, zend_long high, zend_long *into);
RETAIN_PHP_HIDDEN int retain_php_wish(zval *value, const char *name, int *into);

/* --- one call (call.c) ------------------------------------------------------------------------------------------------------------- */

/* How one call runs, and in what kind it answers: the most compact one among its arguments. */
typedef struct php_call {
    retain_context context; /* first, so that the context leads to the call */
    php_kind kind;
    zval progress;
    size_t scratch;
    struct php_output *outputs; /* what has memory of malloc's: newest first */
    int bailed, masked;
    int low_memory; /* logs are to be read with little scratch */
    sigset_t mask;
} php_call;

/* Reads "how to run": null, or an array with `threads`, `progress` and `low_memory`. NULL with an exception thrown. */
RETAIN_PHP_HIDDEN retain_context *retain_php_begin(php_call *call, zval *how, zval *arguments, size_t count);

/* Around the library's work: its threads must not receive PHP's signals. */
RETAIN_PHP_HIDDEN void retain_php_unlock(retain_context *ctx);
RETAIN_PHP_HIDDEN void retain_php_lock(retain_context *ctx);

/* Raises what the context says; 1 when all is well. */
RETAIN_PHP_HIDDEN int retain_php_check(php_call *call);
RETAIN_PHP_HIDDEN void retain_php_end(php_call *call);

/* A column that is written: memory first, the value handed back afterwards. */
typedef struct php_output {
    php_element element;
    php_kind kind;
    void *memory;        /* of a list, or of a column whose length is not known yet */
    zend_string *string; /* of a packed string */
    zend_object *column; /* of a Retain\Column */
    struct php_output *next;
} php_output;

RETAIN_PHP_HIDDEN void *retain_php_provide(retain_context *ctx, size_t *count, int wanted, const char *name, php_output *output,
                                           size_t rows, int at_most);

/* Adds the column to the array that the call hands back. */
RETAIN_PHP_HIDDEN int retain_php_give(zval *result, const char *name, php_output *output, const void *data, size_t count);
RETAIN_PHP_HIDDEN void retain_php_drop(php_output *output);

#endif

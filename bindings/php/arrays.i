/* The typemaps of PHP: how the types of shims/views.h, and the scalars, cross the border. The work is done by the functions of extension.h.
 *
 * In:   context  null, or an array with `threads`, `progress` and `low_memory`
 *       columns  a list, a packed string, a Retain\Column, or null
 *       outputs  a bool: is the column wanted?
 * Back: one array: the columns that were wanted by name, and under `record` the fields of the record. */
%include <stdint.i>

%rename("retain_%s", %$isfunction) "";

/* SWIG calls the extension what it calls the module, and makes a class of that name, which is not to stand in the way of a shop's own "Retain". So the
 * module is retain_raw, and the extension presents itself as retain. */
%begin %{
#define get_module retain_php_raw_module
%}

%{
#include "php/extension.h"

#define retain_unlock(ctx) retain_php_unlock(ctx)
#define retain_lock(ctx) retain_php_lock(ctx)
#define retain_is_low_on_memory(ctx) (((const php_call *)(ctx))->low_memory)

static void *retain_provide(retain_context *ctx, void *data, size_t *count, int wanted, size_t width, const char *name, void **owner,
                            size_t rows, int at_most)
{
    (void)data;
    (void)width;
    return retain_php_provide(ctx, count, wanted, name, *owner, rows, at_most);
}

static void retain_trim(void *data, size_t *count, size_t width, void **owner, size_t rows)
{
    (void)data;
    (void)width;
    (void)owner;
    *count = rows;
}

static void give_record(zval *result, const record *from)
{
    zval fields;

    array_init(&fields);
    add_assoc_zval(result, "record", &fields);
    for (size_t i = 0; i < from->count; i++) {
        const char *name = from->field[i].name;
        zval value;

        switch (from->field[i].kind) {
        case RECORD_WHOLE:
            ZVAL_LONG(&value, from->field[i].whole);
            break;
        case RECORD_NUMBER:
            ZVAL_DOUBLE(&value, from->field[i].number);
            break;
        case RECORD_TEXT:
            ZVAL_STRING(&value, from->field[i].text);
            break;
        default:
            if (!retain_php_list(&value, ELEMENT_FLOAT64, from->numbers + from->field[i].first, from->field[i].length))
                return;
        }
        add_assoc_zval(&fields, name, &value);
    }
}
%}

%minit %{
    retain_php_register_exceptions();
    retain_php_register_column();
%}

/* --- context and what is handed back ------------------------------------------------------------------------------------------------- */

%typemap(arginit) retain_context *ctx { ZVAL_UNDEF(&call$argnum.progress); }
%typemap(in, phptype="?array") retain_context *ctx (php_call call) {
    $1 = retain_php_begin(&call, &$input, args, ZEND_NUM_ARGS());
    if (!$1)
        SWIG_fail;
}
%typemap(argout) retain_context *ctx {
    if (!retain_php_check(&call$argnum))
        SWIG_fail;
    array_init(return_value);
}
%typemap(freearg) retain_context *ctx { retain_php_end(&call$argnum); }
%typemap(out, phptype="array") void ""

%typemap(in, numinputs=0) record * (record given) {
    given.count = given.numbers_used = given.texts_used = 0;
    $1 = &given;
}
%typemap(argout) record * { give_record(return_value, $1); }

/* --- columns ---------------------------------------------------------------------------------------------------------------------------- */

%define RETAIN_PHP_INPUT(TYPE, ELEMENT)
%typemap(arginit) TYPE { hold$argnum.memory = NULL; hold$argnum.column = NULL; }
%typemap(in, phptype="array|string|Retain\\Column|null") TYPE (php_input hold) {
    const void *data;
    if (!retain_php_read(&$input, ELEMENT, "$1_name", &data, &$1.count, &hold))
        SWIG_fail;
    $1.data = data;
    $1.name = "$1_name";
}
%typemap(freearg) TYPE { retain_php_let_go(&hold$argnum); }
%enddef
RETAIN_PHP_INPUT(in_ints, ELEMENT_INT64)
RETAIN_PHP_INPUT(in_doubles, ELEMENT_FLOAT64)
RETAIN_PHP_INPUT(in_bytes, ELEMENT_UINT8)
%apply in_ints { in_keys };
%apply in_doubles { in_counts };
%apply in_bytes { in_flags };

%define RETAIN_PHP_OUTPUT(TYPE, ELEMENT)
%typemap(arginit) TYPE * { memset(&written$argnum, 0, sizeof written$argnum); }
%typemap(in, phptype="bool") TYPE * (TYPE column, php_output written) {
    memset(&column, 0, sizeof column);
    written.element = ELEMENT;
    column.name = "$1_name";
    column.owner = &written;
    $1 = &column;
    if (!retain_php_wish(&$input, "$1_name", &column.wanted))
        SWIG_fail;
}
%typemap(argout) TYPE * {
    if (!retain_php_give(return_value, $1->name, &written$argnum, $1->data, $1->count))
        SWIG_fail;
}
%typemap(freearg) TYPE * { retain_php_drop(&written$argnum); }
%enddef
RETAIN_PHP_OUTPUT(out_ints, ELEMENT_INT64)
RETAIN_PHP_OUTPUT(out_doubles, ELEMENT_FLOAT64)
RETAIN_PHP_OUTPUT(out_bytes, ELEMENT_UINT8)

/* --- scalars: SWIG's own conversions make 0 of "abc", without a word ------------------------------------------------------------------- */

%typemap(in, phptype="float") double {
    if (!retain_php_float(&$input, "$1_name", &$1))
        SWIG_fail;
}
%typemap(in, phptype="int") int {
    zend_long whole;
    if (!retain_php_whole(&$input, "$1_name", INT_MIN, INT_MAX, &whole))
        SWIG_fail;
    $1 = (int)whole;
}
%typemap(in, phptype="int") int64_t, uint64_t {
    zend_long whole;
    if (!retain_php_whole(&$input, "$1_name", ZEND_LONG_MIN, ZEND_LONG_MAX, &whole))
        SWIG_fail;
    $1 = ($1_ltype)whole;
}

/* Texts of the library are never NULL. */
%typemap(out, phptype="string") const char * { RETVAL_STRING($1); }

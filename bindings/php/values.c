/* PHP values as numbers and columns, and back. A wrong value ends as an exception that names it; nothing is ever guessed: PHP's own
 * conversions, which make 0.0 of "abc", are not used. */
#include "extension.h"

#include <zend_operators.h>

/* --- numbers ---------------------------------------------------------------------------------------------------------------------- */

const char *retain_php_wanted(php_element element)
{
    return element == ELEMENT_FLOAT64 ? "a number" : element == ELEMENT_INT64 ? "an int" : "an int from 0 to 255, or a bool";
}

/* The number in a value as PHP would compute with it: IS_LONG, IS_DOUBLE, or 0 for none. */
static int number_in(const zval *value, zend_long *whole, double *real)
{
    switch (Z_TYPE_P(value)) {
    case IS_LONG:
        *whole = Z_LVAL_P(value);
        return IS_LONG;
    case IS_DOUBLE:
        *real = Z_DVAL_P(value);
        return IS_DOUBLE;
    case IS_STRING:
        return is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), whole, real, false);
    default:
        return 0;
    }
}

int retain_php_number(const zval *value, php_element element, void *into)
{
    zend_long whole = 0;
    double real = 0.0;
    int type;

    ZVAL_DEREF(value);
    type = number_in(value, &whole, &real);
    if (element == ELEMENT_FLOAT64) {
        if (type == 0)
            return 0;
        *(double *)into = type == IS_LONG ? (double)whole : real;
    } else if (element == ELEMENT_INT64) {
        if (type != IS_LONG)
            return 0;
        *(int64_t *)into = whole;
    } else if (Z_TYPE_P(value) == IS_TRUE || Z_TYPE_P(value) == IS_FALSE) {
        *(uint8_t *)into = Z_TYPE_P(value) == IS_TRUE;
    } else {
        if (type != IS_LONG || whole < 0 || whole > UINT8_MAX)
            return 0;
        *(uint8_t *)into = (uint8_t)whole;
    }
    return 1;
}

/* --- columns in --------------------------------------------------------------------------------------------------------------------- */

static const double nothing = 0.0; /* where empty columns point */

static int read_list(zval *value, php_element element, const char *name, const void **data, size_t *count, php_input *hold)
{
    size_t width = retain_php_width(element), rows = zend_hash_num_elements(Z_ARRVAL_P(value)), row = 0;
    char *at;
    zval *item;

    if (!zend_array_is_list(Z_ARRVAL_P(value)))
        return retain_php_throw(RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "%s has other keys than 0, 1, 2 ...; give a list (array_values() makes one)", name);
    if (!retain_php_room(rows * width))
        return retain_php_throw(RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "the memory limit leaves no room to read the %zu rows of %s",
                                rows, name);
    hold->memory = at = safe_emalloc(rows ? rows : 1, width, 0);
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), item)
    {
        if (!retain_php_number(item, element, at)) {
            ZVAL_DEREF(item);
            return retain_php_throw_value(item, name, row, retain_php_wanted(element));
        }
        at += width;
        row++;
    }
    ZEND_HASH_FOREACH_END();
    *data = hold->memory;
    *count = rows;
    return 1;
}

static int read_packed(zval *value, php_element element, const char *name, const void **data, size_t *count)
{
    size_t width = retain_php_width(element), bytes = Z_STRLEN_P(value);

    if (bytes % width != 0)
        return retain_php_throw(RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "%s is a string of %zu bytes; a packed string of %s has %zu a row", name, bytes,
                                retain_php_element_name(element), width);
    *data = bytes ? (const void *)Z_STRVAL_P(value) : &nothing; /* 8-aligned: 24 bytes into a block of PHP's allocator */
    *count = bytes / width;
    return 1;
}

/* Whole numbers serve where measured ones are asked for, as in lists. */
static int widen(const php_column *column, const char *name, const void **data, php_input *hold)
{
    double *copy;

    if (!retain_php_room(column->count * sizeof *copy))
        return retain_php_throw(RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "the memory limit leaves no room to read the %zu rows of %s",
                                column->count, name);
    hold->memory = copy = safe_emalloc(column->count ? column->count : 1, sizeof *copy, 0);
    for (size_t row = 0; row < column->count; row++)
        copy[row] = (double)((const int64_t *)column->data)[row];
    *data = copy;
    return 1;
}

static int read_column(php_column *column, php_element element, const char *name, const void **data, size_t *count, php_input *hold)
{
    *count = column->count;
    if (column->element == ELEMENT_INT64 && element == ELEMENT_FLOAT64)
        return widen(column, name, data, hold);
    if (column->element != element)
        return retain_php_throw(RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is a Retain\\Column of %s; it must be one of %s", name,
                                retain_php_element_name(column->element), retain_php_element_name(element));
    GC_ADDREF(&column->std);
    column->borrowed++;
    hold->column = column;
    *data = column->data ? column->data : &nothing;
    return 1;
}

int retain_php_read(zval *value, php_element element, const char *name, const void **data, size_t *count, php_input *hold)
{
    php_column *column;

    hold->memory = NULL;
    hold->column = NULL;
    *data = NULL;
    *count = 0;
    ZVAL_DEREF(value);
    switch (Z_TYPE_P(value)) {
    case IS_NULL:
        return 1;
    case IS_ARRAY:
        return read_list(value, element, name, data, count, hold);
    case IS_STRING:
        return read_packed(value, element, name, data, count);
    default:
        column = retain_php_column(value);
        if (column)
            return read_column(column, element, name, data, count, hold);
        return retain_php_throw_value(value, name, RETAIN_NO_ROW, "a list, a packed string or a Retain\\Column");
    }
}

void retain_php_let_go(php_input *hold)
{
    if (hold->memory)
        efree(hold->memory);
    if (hold->column) {
        hold->column->borrowed--;
        OBJ_RELEASE(&hold->column->std);
    }
    hold->memory = NULL;
    hold->column = NULL;
}

/* --- columns out -------------------------------------------------------------------------------------------------------------------- */

int retain_php_list(zval *into, php_element element, const void *data, size_t count)
{
    if (count > HT_MAX_SIZE || !retain_php_room(count * sizeof(zval)))
        return retain_php_throw(RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "the memory limit leaves no room for a list of %zu rows",
                                count);
    array_init_size(into, (uint32_t)count);
    zend_hash_real_init_packed(Z_ARRVAL_P(into));
    ZEND_HASH_FILL_PACKED(Z_ARRVAL_P(into))
    {
        for (size_t row = 0; row < count; row++) {
            if (element == ELEMENT_FLOAT64)
                ZEND_HASH_FILL_SET_DOUBLE(((const double *)data)[row]);
            else if (element == ELEMENT_INT64)
                ZEND_HASH_FILL_SET_LONG(((const int64_t *)data)[row]);
            else
                ZEND_HASH_FILL_SET_LONG(((const uint8_t *)data)[row]);
            ZEND_HASH_FILL_NEXT();
        }
    }
    ZEND_HASH_FILL_END();
    return 1;
}

/* --- scalars ------------------------------------------------------------------------------------------------------------------------- */

int retain_php_float(zval *value, const char *name, double *into)
{
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) == IS_DOUBLE)
        *into = Z_DVAL_P(value);
    else if (Z_TYPE_P(value) == IS_LONG)
        *into = (double)Z_LVAL_P(value);
    else
        return retain_php_throw_value(value, name, RETAIN_NO_ROW, "a float");
    return 1;
}

int retain_php_whole(zval *value, const char *name, zend_long low, zend_long high, zend_long *into)
{
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) != IS_LONG)
        return retain_php_throw_value(value, name, RETAIN_NO_ROW, "an int");
    if (Z_LVAL_P(value) < low || Z_LVAL_P(value) > high)
        return retain_php_throw(RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "%s is " ZEND_LONG_FMT "; it must lie in [" ZEND_LONG_FMT ", " ZEND_LONG_FMT "]", name,
                                Z_LVAL_P(value), low, high);
    *into = Z_LVAL_P(value);
    return 1;
}

int retain_php_wish(zval *value, const char *name, int *into)
{
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) != IS_TRUE && Z_TYPE_P(value) != IS_FALSE)
        return retain_php_throw_value(value, name, RETAIN_NO_ROW, "a bool: is this column wanted?");
    *into = Z_TYPE_P(value) == IS_TRUE;
    return 1;
}

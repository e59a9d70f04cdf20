/* Retain\Column: numbers in one block of C memory, 8 bytes each (1 for uint8), where a PHP list takes 16. It is filled row by row while a
 * database cursor is read, is read by the library without copying, and is what the library answers with when it is given columns.
 *
 * A column that a running call reads must not move: a progress callback could push to it. Hence `borrowed`. */
#include "extension.h"

#include <ext/json/php_json.h>
#include <ext/spl/spl_exceptions.h>
#include <ext/spl/spl_iterators.h>
#include <zend_exceptions.h>
#include <zend_interfaces.h>

enum { FIRST_CAPACITY = 256 };

static zend_class_entry *column_class;
static zend_object_handlers column_handlers;

size_t retain_php_width(php_element element)
{
    return element == ELEMENT_UINT8 ? 1 : 8;
}

const char *retain_php_element_name(php_element element)
{
    return element == ELEMENT_UINT8 ? "uint8" : element == ELEMENT_INT64 ? "int64" : "float64";
}

static php_column *of_object(zend_object *object)
{
    return (php_column *)((char *)object - XtOffsetOf(php_column, std));
}

php_column *retain_php_column(const zval *value)
{
    return Z_TYPE_P(value) == IS_OBJECT && Z_OBJCE_P(value) == column_class ? of_object(Z_OBJ_P(value)) : NULL;
}

void *retain_php_column_data(zend_object *column)
{
    return of_object(column)->data;
}

static zend_object *create(zend_class_entry *class)
{
    php_column *column = zend_object_alloc(sizeof *column, class);

    zend_object_std_init(&column->std, class);
    object_properties_init(&column->std, class);
    column->std.handlers = &column_handlers;
    return &column->std;
}

static void destroy(zend_object *object)
{
    php_column *column = of_object(object);

    if (column->data)
        efree(column->data);
    zend_object_std_dtor(object);
}

/* Room for `capacity` elements; 0, with nothing changed, when there is none. */
static int reserve(php_column *column, size_t capacity)
{
    size_t width = retain_php_width(column->element);

    if (capacity <= column->capacity)
        return 1;
    if (capacity > SIZE_MAX / 2 / width || !retain_php_room(capacity * width))
        return 0;
    column->data = safe_erealloc(column->data, capacity, width, 0);
    column->capacity = capacity;
    return 1;
}

zend_object *retain_php_new_column(php_element element, size_t count)
{
    zend_object *object = create(column_class);
    php_column *column = of_object(object);

    column->element = element;
    if (!reserve(column, count ? count : 1)) {
        OBJ_RELEASE(object);
        return NULL;
    }
    column->count = count;
    return object;
}

static void get(const php_column *column, size_t row, zval *into)
{
    if (column->element == ELEMENT_FLOAT64)
        ZVAL_DOUBLE(into, ((const double *)column->data)[row]);
    else if (column->element == ELEMENT_INT64)
        ZVAL_LONG(into, ((const int64_t *)column->data)[row]);
    else
        ZVAL_LONG(into, ((const uint8_t *)column->data)[row]);
}

/* --- methods ------------------------------------------------------------------------------------------------------------------ */

#define SELF() of_object(Z_OBJ_P(ZEND_THIS))

static void make(INTERNAL_FUNCTION_PARAMETERS, php_element element)
{
    zval *values = NULL;
    php_input hold = {NULL, NULL};
    const void *data = NULL;
    size_t count = 0;
    zend_object *object;

    ZEND_PARSE_PARAMETERS_START(0, 1)
    Z_PARAM_OPTIONAL
    Z_PARAM_ZVAL(values)
    ZEND_PARSE_PARAMETERS_END();
    if (values && !retain_php_read(values, element, "values", &data, &count, &hold)) {
        retain_php_let_go(&hold);
        return;
    }
    object = retain_php_new_column(element, count);
    if (!object)
        retain_php_throw(RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "the memory limit leaves no room for a column of %zu rows", count);
    else {
        if (count)
            memcpy(of_object(object)->data, data, count * retain_php_width(element));
        RETVAL_OBJ(object);
    }
    retain_php_let_go(&hold);
}

static ZEND_METHOD(Retain_Column, __construct)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

static ZEND_METHOD(Retain_Column, int64)
{
    make(INTERNAL_FUNCTION_PARAM_PASSTHRU, ELEMENT_INT64);
}

static ZEND_METHOD(Retain_Column, float64)
{
    make(INTERNAL_FUNCTION_PARAM_PASSTHRU, ELEMENT_FLOAT64);
}

static ZEND_METHOD(Retain_Column, uint8)
{
    make(INTERNAL_FUNCTION_PARAM_PASSTHRU, ELEMENT_UINT8);
}

static ZEND_METHOD(Retain_Column, push)
{
    php_column *column = SELF();
    size_t width = retain_php_width(column->element);
    zval *value;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_ZVAL(value)
    ZEND_PARSE_PARAMETERS_END();
    if (column->borrowed) {
        retain_php_throw(RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "a column cannot grow while a call is reading it");
        return;
    }
    if (column->count == column->capacity && !reserve(column, column->capacity ? column->capacity * 2 : FIRST_CAPACITY)) {
        retain_php_throw(RETAIN_ERROR_MEMORY, column->count, "the memory limit leaves no room for a column of more than %zu rows",
                         column->count);
        return;
    }
    if (!retain_php_number(value, column->element, (char *)column->data + column->count * width)) {
        retain_php_throw_value(value, "value", column->count, retain_php_wanted(column->element));
        return;
    }
    column->count++;
}

static ZEND_METHOD(Retain_Column, count)
{
    ZEND_PARSE_PARAMETERS_NONE();
    RETURN_LONG((zend_long)SELF()->count);
}

static ZEND_METHOD(Retain_Column, kind)
{
    ZEND_PARSE_PARAMETERS_NONE();
    RETURN_STRING(retain_php_element_name(SELF()->element));
}

static ZEND_METHOD(Retain_Column, toArray)
{
    ZEND_PARSE_PARAMETERS_NONE();
    retain_php_list(return_value, SELF()->element, SELF()->data, SELF()->count);
}

/* What JSON does not know, NaN and the infinities, is null. */
static ZEND_METHOD(Retain_Column, jsonSerialize)
{
    zval *value;

    ZEND_PARSE_PARAMETERS_NONE();
    if (!retain_php_list(return_value, SELF()->element, SELF()->data, SELF()->count) || SELF()->element != ELEMENT_FLOAT64)
        return;
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(return_value), value)
    {
        if (!zend_finite(Z_DVAL_P(value)))
            ZVAL_NULL(value);
    }
    ZEND_HASH_FOREACH_END();
}

static ZEND_METHOD(Retain_Column, pack)
{
    php_column *column = SELF();
    size_t bytes = column->count * retain_php_width(column->element);

    ZEND_PARSE_PARAMETERS_NONE();
    if (!retain_php_room(bytes)) {
        retain_php_throw(RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "the memory limit leaves no room for a string of %zu bytes", bytes);
        return;
    }
    RETURN_STRINGL(bytes ? column->data : "", bytes);
}

static int in_column(const php_column *column, const zval *row)
{
    return Z_TYPE_P(row) == IS_LONG && Z_LVAL_P(row) >= 0 && (size_t)Z_LVAL_P(row) < column->count;
}

static ZEND_METHOD(Retain_Column, offsetExists)
{
    zval *row;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_ZVAL(row)
    ZEND_PARSE_PARAMETERS_END();
    RETURN_BOOL(in_column(SELF(), row));
}

static ZEND_METHOD(Retain_Column, offsetGet)
{
    php_column *column = SELF();
    char wanted[64];
    zval *row;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_ZVAL(row)
    ZEND_PARSE_PARAMETERS_END();
    if (in_column(column, row))
        get(column, (size_t)Z_LVAL_P(row), return_value);
    else {
        snprintf(wanted, sizeof wanted, "a row of this column, 0 to %zu", column->count - 1);
        retain_php_throw_value(row, "row", RETAIN_NO_ROW, column->count ? wanted : "absent: the column is empty");
    }
}

static ZEND_METHOD(Retain_Column, offsetSet)
{
    zval *row, *value;

    ZEND_PARSE_PARAMETERS_START(2, 2)
    Z_PARAM_ZVAL(row)
    Z_PARAM_ZVAL(value)
    ZEND_PARSE_PARAMETERS_END();
    retain_php_throw(RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "rows of a column cannot be changed; push() adds one");
}

static ZEND_METHOD(Retain_Column, offsetUnset)
{
    zval *row;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_ZVAL(row)
    ZEND_PARSE_PARAMETERS_END();
    retain_php_throw(RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "rows of a column cannot be removed");
}

static ZEND_METHOD(Retain_Column, getIterator)
{
    ZEND_PARSE_PARAMETERS_NONE();
    zend_create_internal_iterator_zval(return_value, ZEND_THIS);
}

/* --- foreach ------------------------------------------------------------------------------------------------------------------- */

typedef struct walk {
    zend_object_iterator iterator;
    size_t row;
    zval current;
} walk;

static void end_walk(zend_object_iterator *iterator)
{
    zval_ptr_dtor(&iterator->data);
}

static zend_result walk_valid(zend_object_iterator *iterator)
{
    return ((walk *)iterator)->row < of_object(Z_OBJ(iterator->data))->count ? SUCCESS : FAILURE;
}

static zval *walk_value(zend_object_iterator *iterator)
{
    walk *self = (walk *)iterator;

    if (walk_valid(iterator) == FAILURE)
        return NULL;
    get(of_object(Z_OBJ(iterator->data)), self->row, &self->current);
    return &self->current;
}

static void walk_key(zend_object_iterator *iterator, zval *key)
{
    ZVAL_LONG(key, (zend_long)((walk *)iterator)->row);
}

static void walk_forward(zend_object_iterator *iterator)
{
    ((walk *)iterator)->row++;
}

static void walk_rewind(zend_object_iterator *iterator)
{
    ((walk *)iterator)->row = 0;
}

static const zend_object_iterator_funcs walk_functions = {end_walk,     walk_valid,  walk_value, walk_key,
                                                          walk_forward, walk_rewind, NULL,       NULL};

static zend_object_iterator *begin_walk(zend_class_entry *class, zval *object, int by_reference)
{
    walk *self;

    (void)class;
    if (by_reference) {
        zend_throw_error(NULL, "A Retain\\Column cannot be walked by reference");
        return NULL;
    }
    self = emalloc(sizeof *self);
    zend_iterator_init(&self->iterator);
    ZVAL_OBJ_COPY(&self->iterator.data, Z_OBJ_P(object));
    self->iterator.funcs = &walk_functions;
    self->row = 0;
    ZVAL_UNDEF(&self->current);
    return &self->iterator;
}

/* --- var_dump ------------------------------------------------------------------------------------------------------------------ */

enum { ROWS_SHOWN = 10 };

static HashTable *show(zend_object *object, int *is_temporary)
{
    const php_column *column = of_object(object);
    HashTable *shown = zend_new_array(3);
    zval value;

    *is_temporary = 1;
    ZVAL_STRING(&value, retain_php_element_name(column->element));
    zend_hash_str_add_new(shown, ZEND_STRL("kind"), &value);
    ZVAL_LONG(&value, (zend_long)column->count);
    zend_hash_str_add_new(shown, ZEND_STRL("count"), &value);
    if (retain_php_list(&value, column->element, column->data, column->count < ROWS_SHOWN ? column->count : ROWS_SHOWN))
        zend_hash_str_add_new(shown, ZEND_STRL("first"), &value);
    return shown;
}

/* --- registration ----------------------------------------------------------------------------------------------------------------- */

ZEND_BEGIN_ARG_INFO_EX(about_construct, 0, 0, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(about_make, 0, 0, Retain\\Column, 0)
ZEND_ARG_OBJ_TYPE_MASK(0, values, Retain\\Column, MAY_BE_ARRAY | MAY_BE_STRING | MAY_BE_NULL, "null")
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(about_push, 0, 1, IS_VOID, 0)
ZEND_ARG_TYPE_MASK(0, value, MAY_BE_LONG | MAY_BE_DOUBLE | MAY_BE_STRING | MAY_BE_BOOL, NULL)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(about_count, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(about_text, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(about_list, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(about_exists, 0, 1, _IS_BOOL, 0)
ZEND_ARG_TYPE_INFO(0, row, IS_MIXED, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(about_get, 0, 1, MAY_BE_LONG | MAY_BE_DOUBLE)
ZEND_ARG_TYPE_INFO(0, row, IS_MIXED, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(about_set, 0, 2, IS_VOID, 0)
ZEND_ARG_TYPE_INFO(0, row, IS_MIXED, 0)
ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(about_unset, 0, 1, IS_VOID, 0)
ZEND_ARG_TYPE_INFO(0, row, IS_MIXED, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(about_iterator, 0, 0, Iterator, 0)
ZEND_END_ARG_INFO()

/* Every list of arguments begins with one entry that speaks of the whole. */
enum { HEAD = 1 };
#define METHOD(name, about, flags)                                                               \
    {                                                                                            \
#name, ZEND_MN(Retain_Column_##name), about, sizeof(about) / sizeof *(about)-HEAD, flags \
    }

static const zend_function_entry column_methods[] = {
    METHOD(__construct, about_construct, ZEND_ACC_PRIVATE),
    METHOD(int64, about_make, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC),
    METHOD(float64, about_make, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC),
    METHOD(uint8, about_make, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC),
    METHOD(push, about_push, ZEND_ACC_PUBLIC),
    METHOD(count, about_count, ZEND_ACC_PUBLIC),
    METHOD(kind, about_text, ZEND_ACC_PUBLIC),
    METHOD(toArray, about_list, ZEND_ACC_PUBLIC),
    METHOD(jsonSerialize, about_list, ZEND_ACC_PUBLIC),
    METHOD(pack, about_text, ZEND_ACC_PUBLIC),
    METHOD(offsetExists, about_exists, ZEND_ACC_PUBLIC),
    METHOD(offsetGet, about_get, ZEND_ACC_PUBLIC),
    METHOD(offsetSet, about_set, ZEND_ACC_PUBLIC),
    METHOD(offsetUnset, about_unset, ZEND_ACC_PUBLIC),
    METHOD(getIterator, about_iterator, ZEND_ACC_PUBLIC),
    {NULL, NULL, NULL, 0, 0},
};

void retain_php_register_column(void)
{
    zend_class_entry entry;

    INIT_CLASS_ENTRY(entry, "Retain\\Column", column_methods);
    column_class = zend_register_internal_class(&entry);
    column_class->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
    column_class->create_object = create;
    zend_class_implements(column_class, 4, zend_ce_countable, zend_ce_aggregate, zend_ce_arrayaccess, php_json_serializable_ce);
    column_class->get_iterator = begin_walk;
    memcpy(&column_handlers, &std_object_handlers, sizeof column_handlers);
    column_handlers.offset = XtOffsetOf(php_column, std);
    column_handlers.free_obj = destroy;
    column_handlers.clone_obj = NULL;
    column_handlers.get_debug_info = show;
}

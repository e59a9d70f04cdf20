/* Errors become exceptions: one class a status, all below Retain\Exception\RetainException, with the status as code, the row that is to blame and the
 * library's sentence as message. */
#include "extension.h"

#include <stdarg.h>

#include <ext/spl/spl_exceptions.h>
#include <zend_exceptions.h>

enum { STATUSES = RETAIN_ERROR_CANCELLED + 1 };

static zend_class_entry *classes[STATUSES]; /* by status; [RETAIN_OK] is the base class */

static zend_class_entry *register_class(const char *name, zend_class_entry *parent)
{
    zend_class_entry entry;

    INIT_CLASS_ENTRY_EX(entry, name, strlen(name), NULL);
    return zend_register_internal_class_ex(&entry, parent);
}

static void declare_nullable(zend_class_entry *class, const char *name, uint32_t type)
{
    zend_string *property = zend_string_init(name, strlen(name), 1);
    zval null;

    ZVAL_NULL(&null);
    zend_declare_typed_property(class, property, &null, ZEND_ACC_PUBLIC, NULL, (zend_type)ZEND_TYPE_INIT_MASK(type | MAY_BE_NULL));
    zend_string_release(property);
}

void retain_php_register_exceptions(void)
{
    static const char *const names[STATUSES] = {
        [RETAIN_ERROR_ARGUMENT] = "Retain\\Exception\\ArgumentException",
        [RETAIN_ERROR_DATA] = "Retain\\Exception\\DataException",
        [RETAIN_ERROR_CAPACITY] = "Retain\\Exception\\CapacityException",
        [RETAIN_ERROR_MEMORY] = "Retain\\Exception\\MemoryException",
        [RETAIN_ERROR_CONVERGENCE] = "Retain\\Exception\\ConvergenceException",
        [RETAIN_ERROR_CANCELLED] = "Retain\\Exception\\CancelledException",
    };

    classes[RETAIN_OK] = register_class("Retain\\Exception\\RetainException", spl_ce_RuntimeException);
    declare_nullable(classes[RETAIN_OK], "row", MAY_BE_LONG);
    for (int status = RETAIN_ERROR_ARGUMENT; status < STATUSES; status++)
        classes[status] = register_class(names[status], classes[RETAIN_OK]);
    declare_nullable(classes[RETAIN_ERROR_CONVERGENCE], "model", MAY_BE_OBJECT);
    declare_nullable(classes[RETAIN_ERROR_CONVERGENCE], "report", MAY_BE_OBJECT);
}

int retain_php_throw(retain_status status, size_t row, const char *format, ...)
{
    zend_class_entry *class = classes[(int)status > 0 && (int)status < STATUSES ? status : RETAIN_OK];
    zend_object *exception;
    char *sentence;
    va_list values;

    if (EG(exception))
        return 0;
    va_start(values, format);
    zend_vspprintf(&sentence, 0, format, values);
    va_end(values);
    exception = zend_throw_exception(class, sentence, (zend_long)status);
    efree(sentence);
    if (exception && row != RETAIN_NO_ROW)
        zend_update_property_long(class, exception, "row", sizeof "row" - 1, (zend_long)row);
    return 0;
}

/* A value as a sentence can show it: strings only when they are short and plain. */
static void describe(const zval *value, char *text, size_t size)
{
    size_t length;

    switch (Z_TYPE_P(value)) {
    case IS_LONG:
        snprintf(text, size, ZEND_LONG_FMT, Z_LVAL_P(value));
        return;
    case IS_DOUBLE:
        snprintf(text, size, "%.17G", Z_DVAL_P(value));
        return;
    case IS_STRING:
        length = Z_STRLEN_P(value);
        for (size_t i = 0; i < length && i < 40; i++)
            if ((unsigned char)Z_STRVAL_P(value)[i] < ' ' || (unsigned char)Z_STRVAL_P(value)[i] > '~')
                length = SIZE_MAX;
        if (length <= 40)
            snprintf(text, size, "\"%s\"", Z_STRVAL_P(value));
        else
            snprintf(text, size, "a string of %zu bytes", Z_STRLEN_P(value));
        return;
    case IS_OBJECT:
        snprintf(text, size, "an object of class %.100s", ZSTR_VAL(Z_OBJCE_P(value)->name));
        return;
    case IS_ARRAY:
        snprintf(text, size, "an array");
        return;
    case IS_RESOURCE:
        snprintf(text, size, "a resource");
        return;
    default:
        snprintf(text, size, "%s", Z_TYPE_P(value) == IS_TRUE ? "true" : Z_TYPE_P(value) == IS_FALSE ? "false" : "null");
    }
}

int retain_php_throw_value(const zval *value, const char *name, size_t row, const char *wanted)
{
    char text[128];

    describe(value, text, sizeof text);
    if (row == RETAIN_NO_ROW)
        return retain_php_throw(RETAIN_ERROR_ARGUMENT, row, "%s is %s; it must be %s", name, text, wanted);
    return retain_php_throw(RETAIN_ERROR_DATA, row, "%s[%zu] is %s; it must be %s", name, row, text, wanted);
}

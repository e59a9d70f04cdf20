/* Errors become exceptions: one class a status, all below Retain\Exception\RetainException, with the status as code, the row that is to blame and the
 * library's sentence as message. */
#include "extension.h"

#include <ctype.h>
#include <stdarg.h>

#include <ext/spl/spl_exceptions.h>
#include <Zend/zend_smart_str.h>
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
    declare_nullable(classes[RETAIN_ERROR_CONVERGENCE], "draws", MAY_BE_OBJECT);
}

/* --- the library's sentences in PHP's words ---------------------------------------------------------------------------------------------------- */

/* The library names arguments as C has them. Most names are PHP's in another spelling, options.window_days being windowDays; these are not. */
static const struct {
    const char *there, *here;
} words[] = {
    {"age_edges", "ages"},
    {"event_customer", "customer"},
    {"event_day", "day"},
    {"event_value", "value"},
    {"forecast.value", "spend"},
    {"groups.customer", "by"},
    {"groups.group", "by"},
    {"groups.groups", "the number of labels in by"},
    {"margin_customer", "margin"},
    {"question.delta", "delta"},
    {"question.from", "since"},
    {"question.n", "n"},
    {"question.share", "share"},
    {"question.to", "since + t"},
    {"responses_customer", "customer"},
    {"rows.strata", "the number of labels in stratum"},
    {"rows.stratum", "stratum"},
    {"responses_day", "day"},
    {"terms.annual_rates", "terms.annualRate"},
    {"terms.margins", "terms.margin"},
    {"terms.order_costs", "terms.orderCost"},
    {"terms.service_costs", "terms.serviceCost"},
};

static int is_part(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* Length of the name that begins here; a full stop at its end is none of it. */
static size_t measure_name(const char *text)
{
    size_t length = 0;

    while (is_part(text[length]))
        length++;
    while (length > 0 && text[length - 1] == '.')
        length--;
    return length;
}

static int is_name(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(text, name, length) == 0;
}

/* Does the underscore at `at` become the hump of a camel? Not in t_x, which is what the papers write. */
static int is_hump(const char *text, size_t length, size_t at)
{
    return text[at] == '_' && at > 0 && at + 1 < length && islower((unsigned char)text[at - 1]) &&
           isalnum((unsigned char)text[at + 1]) && !(text[at - 1] == 't' && text[at + 1] == 'x');
}

static void append_name(smart_str *to, const char *text, size_t length)
{
    static const char *const prefixes[] = {"options.", "counting.", "scale.", "layout.", "rfm.", "durations."};

    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        const size_t prefix = strlen(prefixes[i]);

        if (length > prefix && memcmp(text, prefixes[i], prefix) == 0) {
            text += prefix;
            length -= prefix;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_name(text, length, words[i].there)) {
            smart_str_appends(to, words[i].here);
            return;
        }
    }
    if (!to->s && is_name(text, length, "group")) { /* a column of groups; in the middle of a sentence it is a word */
        smart_str_appends(to, "by");
        return;
    }
    if ((length > 7 && memcmp(text, "retain_", 7) == 0) || text[length] == '(') { /* a type of C; a function of PHP */
        smart_str_appendl(to, text, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        const int hump = is_hump(text, length, i);

        i += (size_t)hump;
        smart_str_appendc(to, hump ? (char)toupper((unsigned char)text[i]) : text[i]);
    }
}

/* What stands in quotes is the caller's own, and stays. */
static zend_string *say_in_php(const char *sentence)
{
    smart_str said = {0};
    char quote = 0;

    while (*sentence) {
        const size_t length = quote ? 0 : measure_name(sentence);

        if (length) {
            append_name(&said, sentence, length);
            sentence += length;
        } else if (!quote && strncmp(sentence, " is NULL;", 9) == 0) {
            smart_str_appends(&said, " is missing;");
            sentence += 9;
        } else {
            if (*sentence == '"')
                quote = quote ? 0 : '"';
            smart_str_appendc(&said, *sentence++);
        }
    }
    smart_str_0(&said);
    return said.s ? said.s : ZSTR_EMPTY_ALLOC();
}

int retain_php_throw(retain_status status, size_t row, const char *format, ...)
{
    zend_class_entry *class = classes[(int)status > 0 && (int)status < STATUSES ? status : RETAIN_OK];
    zend_object *exception;
    char *sentence;
    zend_string *said;
    va_list values;

    if (EG(exception))
        return 0;
    va_start(values, format);
    zend_vspprintf(&sentence, 0, format, values);
    va_end(values);
    said = say_in_php(sentence);
    exception = zend_throw_exception(class, ZSTR_VAL(said), (zend_long)status);
    zend_string_release(said);
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

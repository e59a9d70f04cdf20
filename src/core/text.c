/* Error sentences without stdio. Numbers are printed with up to 17 significant digits and then read well enough for a person: the
 * digits come from scaling by powers of ten in long double, good to about 18 digits, which is all that a sentence needs. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/text.h"

typedef struct sink {
    char *out;
    size_t size, length;
} sink;

static void put(sink *to, char c)
{
    if (to->length + 1 < to->size)
        to->out[to->length++] = c;
}

static void put_text(sink *to, const char *text)
{
    for (text = text ? text : "(null)"; *text; text++)
        put(to, *text);
}

static void put_unsigned(sink *to, uint64_t value)
{
    char digits[20];
    int count = 0;

    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (count)
        put(to, digits[--count]);
}

static void put_signed(sink *to, int64_t value)
{
    if (value < 0)
        put(to, '-');
    put_unsigned(to, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* Decimal digits of a positive finite value, `precision` of them, and the exponent of the first. */
static int split_decimal(double value, int precision, char *digits)
{
    int exponent = (int)floor(log10(value));
    long double scaled = (long double)value;
    uint64_t whole, limit = 1;

    for (int i = 0; i < precision; i++)
        limit *= 10;
    for (int power = precision - 1 - exponent; power > 0; power--)
        scaled *= 10.0L;
    for (int power = exponent - precision + 1; power > 0; power--)
        scaled /= 10.0L;
    whole = (uint64_t)(scaled + 0.5L);
    if (whole >= limit) { /* log10 was one short, or rounding carried */
        whole = (whole + 5) / 10;
        exponent++;
    } else if (whole < limit / 10) { /* log10 was one long */
        whole = (uint64_t)(scaled * 10.0L + 0.5L);
        exponent--;
    }
    for (int i = precision - 1; i >= 0; i--) {
        digits[i] = (char)('0' + whole % 10);
        whole /= 10;
    }
    return exponent;
}

static void put_double(sink *to, double value, int precision)
{
    char digits[18];
    int exponent, last;

    if (value != value) {
        put_text(to, "NaN");
        return;
    }
    if (signbit(value)) {
        put(to, '-');
        value = -value;
    }
    if (isinf(value)) {
        put_text(to, "infinity");
        return;
    }
    if (value == 0.0) {
        put(to, '0');
        return;
    }
    exponent = split_decimal(value, precision, digits);
    for (last = precision - 1; last > 0 && digits[last] == '0'; last--)
        ;
    if (exponent < -5 || exponent >= (precision > 6 ? precision : 6)) {
        put(to, digits[0]);
        if (last > 0)
            put(to, '.');
        for (int i = 1; i <= last; i++)
            put(to, digits[i]);
        put(to, 'e');
        put_signed(to, exponent);
        return;
    }
    if (exponent < 0) {
        put_text(to, "0.");
        for (int i = exponent + 1; i < 0; i++)
            put(to, '0');
        for (int i = 0; i <= last; i++)
            put(to, digits[i]);
        return;
    }
    for (int i = 0; i <= last || i <= exponent; i++) {
        put(to, i <= last ? digits[i] : '0');
        if (i == exponent && i < last)
            put(to, '.');
    }
}

size_t retain__format(char *out, size_t size, const char *format, va_list arguments)
{
    sink to = {out, size, 0};

    if (size == 0)
        return 0;
    for (const char *at = format; *at; at++) {
        int precision = 6;

        if (*at != '%') {
            put(&to, *at);
            continue;
        }
        if (at[1] == '.') {
            precision = 0;
            for (at++; at[1] >= '0' && at[1] <= '9'; at++)
                precision = precision * 10 + (at[1] - '0');
            precision = precision < 1 ? 1 : precision > 17 ? 17 : precision;
        }
        at++;
        if (*at == 's') {
            put_text(&to, va_arg(arguments, const char *));
        } else if (*at == 'd') {
            put_signed(&to, va_arg(arguments, int));
        } else if (*at == 'g') {
            put_double(&to, va_arg(arguments, double), precision);
        } else if (at[0] == 'z' && at[1] == 'u') {
            put_unsigned(&to, va_arg(arguments, size_t));
            at++;
        } else if (at[0] == 'l' && at[1] == 'l' && at[2] == 'd') {
            put_signed(&to, va_arg(arguments, long long));
            at += 2;
        } else {
            put(&to, *at ? *at : '%');
            if (!*at)
                break;
        }
    }
    out[to.length] = 0;
    return to.length;
}

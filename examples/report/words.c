/* Phrases, numbers and dates in three languages.
 *
 * A language is a column of phrases.def and a row of `languages`: its digits and separators, its direction, and which form of a plural a number
 * takes (the rules of Unicode's CLDR). Numbers are made with ASCII digits first and then turned into the language's own. In text that runs from
 * right to left a percent sign is read after its number, so a mark keeps it on that side; marks keep a minus sign on the left. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

#define LEFT_MARK "\xe2\x80\x8e"  /* U+200E */
#define RIGHT_MARK "\xe2\x80\x8f" /* U+200F */

const char *const language_codes[LANGUAGES] = {"en", "fa", "ar"};

static const char *const phrases[LANGUAGES][PHRASES] = {
#define PHRASE(name, english, persian, arabic) [SAY_##name] = english,
    {
#include "phrases.def"
    },
#undef PHRASE
#define PHRASE(name, english, persian, arabic) [SAY_##name] = persian,
    {
#include "phrases.def"
    },
#undef PHRASE
#define PHRASE(name, english, persian, arabic) [SAY_##name] = arabic,
    {
#include "phrases.def"
    }
#undef PHRASE
};

/* --- languages ---------------------------------------------------------------------------------------------------------------- */

static size_t english_form(double count)
{
    return count == 1.0 ? 0 : 1;
}

static size_t persian_form(double count)
{
    (void)count;
    return 0;
}

static size_t arabic_form(double count)
{
    double last = fmod(count, 100.0);

    if (count < 3.0)
        return (size_t)count;
    return last >= 3.0 && last <= 10.0 ? 3 : last >= 11.0 ? 4 : 5;
}

static const struct {
    const char *zero; /* the digit, of UTF-8; the others follow it */
    const char *decimal, *thousands, *percent, *minus;
    int right_to_left;
    size_t (*form)(double count);
} languages[LANGUAGES] = {
    {"0", ".", ",", " %", "-", 0, english_form},
    {"\xdb\xb0", "\xd9\xab", "\xd9\xac", RIGHT_MARK "\xd9\xaa", LEFT_MARK "\xe2\x88\x92" LEFT_MARK, 1, persian_form},
    {"\xd9\xa0", "\xd9\xab", "\xd9\xac", RIGHT_MARK "\xd9\xaa", LEFT_MARK "\xe2\x88\x92" LEFT_MARK, 1, arabic_form}};

static enum language spoken = ENGLISH;

void speak(enum language language)
{
    spoken = language;
}

const char *language_code(void)
{
    return language_codes[spoken];
}

int right_to_left(void)
{
    return languages[spoken].right_to_left;
}

/* --- phrases ------------------------------------------------------------------------------------------------------------------- */

static size_t append(char text[TEXT], size_t length, const char *more, size_t count)
{
    if (length + count >= TEXT)
        stop("the text \"%.60s...\" is too long", text);
    memcpy(text + length, more, count);
    text[length + count] = 0;
    return length + count;
}

const char *phrase(enum phrase which)
{
    return phrases[spoken][which];
}

/* What stands for the word in braces at `name`; its length is `length`. */
static const char *find_value(const char *name, size_t length, va_list pairs)
{
    const char *given, *value = NULL;
    va_list at;

    va_copy(at, pairs);
    while (!value && (given = va_arg(at, const char *))) {
        const char *text = va_arg(at, const char *);

        if (strlen(given) == length && strncmp(given, name, length) == 0)
            value = text;
    }
    va_end(at);
    if (!value)
        stop("nobody said what {%.*s} stands for", (int)length, name);
    return value;
}

const char *say(char text[TEXT], enum phrase which, ...)
{
    const char *from = phrase(which), *value;
    size_t length = 0;
    va_list pairs;

    text[0] = 0;
    va_start(pairs, which);
    while (*from) {
        size_t plain = strcspn(from, "{"), name;

        length = append(text, length, from, plain);
        from += plain;
        if (!*from)
            break;
        name = strcspn(from + 1, "}");
        value = find_value(from + 1, name, pairs);
        if (right_to_left()) /* digits after a Latin word would join its direction */
            length = append(text, length, RIGHT_MARK, strlen(RIGHT_MARK));
        length = append(text, length, value, strlen(value));
        from += name + 2;
    }
    va_end(pairs);
    return text;
}

/* Copies what stands between the bars k and k + 1; a text without bars is its only item. */
static void take_item(char text[TEXT], const char *items, size_t k)
{
    for (; k > 0 && strchr(items, '|'); k--)
        items = strchr(items, '|') + 1;
    text[0] = 0;
    append(text, 0, items, strcspn(items, "|"));
}

const char *say_item(char text[TEXT], enum phrase which, size_t k)
{
    take_item(text, phrase(which), k);
    return text;
}

const char *say_count(char text[TEXT], enum phrase which, double count)
{
    char form[TEXT], number[TEXT];
    const char *at;
    size_t length;

    take_item(form, phrase(which), languages[spoken].form(fabs(count)));
    write_count(count, number);
    at = strstr(form, "{n}");
    text[0] = 0;
    length = append(text, 0, form, at ? (size_t)(at - form) : strlen(form));
    if (at) {
        length = append(text, length, number, strlen(number));
        append(text, length, at + 3, strlen(at + 3));
    }
    return text;
}

/* --- numbers ------------------------------------------------------------------------------------------------------------------- */

/* Turns the digits, separators, minus and percent signs of a number into the language's own. */
static const char *localise(const char *number, char text[TEXT])
{
    size_t length = 0, width = strlen(languages[spoken].zero);

    text[0] = 0;
    for (; *number; number++) {
        char digit[3] = "";
        const char *more = digit;

        if (*number >= '0' && *number <= '9') {
            memcpy(digit, languages[spoken].zero, width);
            digit[width - 1] = (char)(digit[width - 1] + (*number - '0'));
        } else if (*number == '.') {
            more = languages[spoken].decimal;
        } else if (*number == ',') {
            more = languages[spoken].thousands;
        } else if (*number == '-') {
            more = languages[spoken].minus;
        } else if (*number == '%') {
            more = languages[spoken].percent;
        } else {
            digit[0] = *number;
        }
        length = append(text, length, more, strlen(more));
    }
    return text;
}

const char *write_number(double number, int digits, char text[TEXT])
{
    char plain[64];

    snprintf(plain, sizeof plain, "%.*g", digits, number);
    if (strchr(plain, 'e') && fabs(number) > 1.0 && fabs(number) < 1e15)
        return write_count(strtod(plain, NULL), text); /* 260, not 2.6e+02 */
    return localise(plain, text);
}

const char *write_percent(double rate, char text[TEXT])
{
    char plain[512];

    if (isnan(rate))
        return strcpy(text, "-");
    snprintf(plain, sizeof plain, fabs(rate) >= 0.0995 || rate == 0.0 ? "%.0f%%" : "%.1f%%", 100.0 * rate);
    return localise(plain, text);
}

const char *write_count(double count, char text[TEXT])
{
    char digits[512], plain[1024];
    size_t length, at = 0;

    if (!isfinite(count))
        return strcpy(text, "-");
    snprintf(digits, sizeof digits, "%.0f", fabs(count));
    length = strlen(digits);
    if (count <= -0.5)
        plain[at++] = '-';
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            plain[at++] = ',';
        plain[at++] = digits[i];
    }
    plain[at] = 0;
    return localise(plain, text);
}

const char *write_brief(double money, char text[TEXT])
{
    char amount[TEXT], form[TEXT];
    double unit = 1e6;
    size_t k = 0;

    if (!(fabs(money) >= 1e8))
        return write_money(money, text);
    for (; k < 2 && fabs(money) >= 1000.0 * unit; k++)
        unit *= 1000.0;
    write_number(money / unit, 3, amount);
    say(text, SAY_millions, "amount", amount, NULL);
    take_item(form, text, k);
    return strcpy(text, form);
}

const char *write_money(double money, char text[TEXT])
{
    char plain[64];

    if (!(fabs(money) < 100.0))
        return write_count(money, text);
    snprintf(plain, sizeof plain, "%.2f", money);
    return localise(plain, text);
}

/* --- dates -------------------------------------------------------------------------------------------------------------------------- */

const char *write_iso(int64_t day, char text[TEXT])
{
    int64_t year, month, date;

    retain_calendar_dates(NULL, RETAIN_CALENDAR_GREGORIAN, &day, 1, &year, &month, &date);
    snprintf(text, TEXT, "%04lld-%02lld-%02lld", (long long)year, (long long)month, (long long)date);
    return text;
}

static const char *write_year(int64_t year, char text[TEXT])
{
    char plain[32];

    snprintf(plain, sizeof plain, "%lld", (long long)year);
    return localise(plain, text);
}

const char *write_date(retain_calendar calendar, int64_t day, char text[TEXT])
{
    enum phrase months = calendar == RETAIN_CALENDAR_JALALI ? SAY_jalali_months : SAY_gregorian_months;
    char year_text[TEXT], month_text[TEXT], day_text[TEXT];
    int64_t year, month, date;

    retain_calendar_dates(NULL, calendar, &day, 1, &year, &month, &date);
    return say(text, SAY_date, "day", write_year(date, day_text), "month", say_item(month_text, months, (size_t)month - 1), "year",
               write_year(year, year_text), NULL);
}

const char *write_period(retain_calendar calendar, retain_period period, int64_t first_day, char text[TEXT])
{
    int jalali = calendar == RETAIN_CALENDAR_JALALI;
    enum phrase parts = jalali ? SAY_jalali_months : SAY_gregorian_months;
    char part_text[TEXT], year_text[TEXT];
    int64_t year, month, date;

    retain_calendar_dates(NULL, calendar, &first_day, 1, &year, &month, &date);
    if (period == RETAIN_PERIOD_YEAR)
        return write_year(year, text);
    if (period != RETAIN_PERIOD_QUARTER && period != RETAIN_PERIOD_MONTH)
        return write_date(calendar, first_day, text);
    if (period == RETAIN_PERIOD_QUARTER) {
        parts = jalali ? SAY_jalali_quarters : SAY_gregorian_quarters;
        month = (month + 2) / 3;
    }
    return say(text, SAY_part_of_year, "part", say_item(part_text, parts, (size_t)month - 1), "year", write_year(year, year_text),
               NULL);
}

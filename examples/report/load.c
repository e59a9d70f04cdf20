/* From a database table to the columns that libretain wants.
 *
 * Time may be stored as a date or timestamp in ISO's form (the shop's own clock; Gregorian, or Solar Hijri with --dates jalali), as such
 * a timestamp with a zone ("Z", "+03:30"), or as Unix seconds. The latter two are instants: the shop's time zone (--zone) turns them into
 * the shop's days. */
#define _DEFAULT_SOURCE
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <sqlite3.h>

#include "report.h"

enum { DAY = 86400, MOST_CHANGES = 4096 };

void stop(const char *format, ...)
{
    va_list arguments;

    fputs("retention_report: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

void *must_have(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);

    if (!memory)
        stop("no memory for %zu x %zu bytes", count, size);
    return memory;
}

/* --- time zones: libc knows them all; its changes are listed by looking at every day and halving where the offset differs ------ */

struct changes {
    int64_t instant[MOST_CHANGES], offset[MOST_CHANGES];
    retain_zone zone;
};

static int64_t offset_at(int64_t instant)
{
    time_t seconds = (time_t)instant;
    struct tm local;

    if (!localtime_r(&seconds, &local))
        stop("the time %lld is out of range", (long long)instant);
    return local.tm_gmtoff;
}

static void list_changes(const char *name, int64_t first, int64_t last, struct changes *changes)
{
    char path[512];
    struct stat file;
    size_t count = 0;
    int64_t at, before;

    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    if (strstr(name, "..") || stat(path, &file) != 0 || !S_ISREG(file.st_mode))
        stop("--zone %s: this system has no such time zone (Debian: apt-get install tzdata)", name);
    setenv("TZ", name, 1);
    tzset();
    at = first - 2 * DAY;
    before = offset_at(at);
    changes->zone.initial_offset = before;
    for (; at < last + 2 * DAY; at += DAY / 4) {
        int64_t low = at, high = at + DAY / 4;

        if (offset_at(high) == before)
            continue;
        while (high - low > 1) {
            int64_t middle = low + (high - low) / 2;

            if (offset_at(middle) == before)
                low = middle;
            else
                high = middle;
        }
        if (count == MOST_CHANGES)
            stop("--zone %s: more than %d changes of the clock", name, MOST_CHANGES);
        before = offset_at(high);
        changes->instant[count] = high;
        changes->offset[count++] = before;
    }
    changes->zone.count = count;
    changes->zone.instant = changes->instant;
    changes->zone.offset = changes->offset;
}

/* --- reading ----------------------------------------------------------------------------------------------------------------- */

struct reader {
    struct shop *shop;
    retain_calendar dates;
    size_t capacity;
    char **customer_text, **order_text;
    uint8_t *is_instant;
};

static void grow(void **column, size_t capacity, size_t size)
{
    void *larger = realloc(*column, capacity * size);

    if (!larger)
        stop("no memory for %zu orders", capacity);
    *column = larger;
}

static void make_room(struct reader *reader)
{
    struct shop *shop = reader->shop;

    if (shop->rows < reader->capacity)
        return;
    reader->capacity = reader->capacity ? reader->capacity * 2 : 65536;
    grow((void **)&shop->day, reader->capacity, sizeof *shop->day);
    grow((void **)&shop->value, reader->capacity, sizeof *shop->value);
    grow((void **)&reader->customer_text, reader->capacity, sizeof(char *));
    grow((void **)&reader->order_text, reader->capacity, sizeof(char *));
    grow((void **)&reader->is_instant, reader->capacity, sizeof *reader->is_instant);
}

/* Exactly `digits` digits at *text, or -1. */
static int64_t take_digits(const char **text, int digits)
{
    int64_t value = 0;

    for (int i = 0; i < digits; i++, (*text)++) {
        if (!isdigit((unsigned char)**text))
            return -1;
        value = value * 10 + (**text - '0');
    }
    return value;
}

/* Unix seconds as text. Nine to eleven digits (from 1973 on): fewer would take a date such as 20240131 for a moment of 1970. */
static int parse_seconds(const char *text, int64_t *time)
{
    size_t length = strspn(text, "0123456789");

    if (length < 9 || length > 11 || text[length])
        return 0;
    *time = take_digits(&text, (int)length);
    return 1;
}

/* What to do about a text that is no date: the end of a sentence. */
static void advise(const char *text, char advice[TEXT])
{
    long a, b, c;
    char first, second;

    snprintf(advice, TEXT, "it must be an ISO date, an ISO timestamp or Unix seconds");
    if (sscanf(text, "%ld%c%ld%c%ld", &a, &first, &b, &second, &c) != 5 || first != second || !strchr("./- ", first))
        return;
    if (a > 999 && (b < 1 || b > 12 || c < 1 || c > 31 || (first == '-' && text[4] == '-' && text[7] == '-')))
        snprintf(advice, TEXT, "there is no such date");
    else if (a > 999)
        snprintf(advice, TEXT, "write it as an ISO date, year-month-day with two digits each: %04ld-%02ld-%02ld", a, b, c);
    else if (c > 999 && a > 12 && b <= 12)
        snprintf(advice, TEXT, "write it as an ISO date, year-month-day: %04ld-%02ld-%02ld", c, b, a);
    else if (c > 999 && a <= 12 && b > 12)
        snprintf(advice, TEXT, "write it as an ISO date, year-month-day: %04ld-%02ld-%02ld", c, a, b);
    else if (c > 999)
        snprintf(advice, TEXT,
                 "write it as an ISO date, year-month-day: %04ld-%02ld-%02ld or %04ld-%02ld-%02ld, whichever is meant", c, b, a, c,
                 a, b);
}

/* Parses an ISO date or timestamp, or Unix seconds: a day number of the shop's clock, or Unix seconds when the text names its zone. Dates are
 * of `calendar`. 0 for bad text. */
static int parse_time(const char *text, retain_calendar calendar, int64_t *time, uint8_t *is_instant)
{
    const char *at = text;
    int64_t year, month, day, number, seconds = 0;

    *is_instant = 1;
    if (parse_seconds(text, time))
        return 1;
    year = take_digits(&at, 4);
    if (year < 0 || *at++ != '-' || (month = take_digits(&at, 2)) < 0 || *at++ != '-' || (day = take_digits(&at, 2)) < 0)
        return 0;
    if (retain_calendar_numbers(NULL, calendar, &year, &month, &day, 1, &number) != RETAIN_OK)
        return 0;
    if (calendar == RETAIN_CALENDAR_GREGORIAN && year >= 1300 && year < 1500)
        stop("the date \"%s\" is of the Middle Ages, or of the Solar Hijri calendar: if the latter, say --dates jalali", text);
    *is_instant = 0;
    *time = number;
    if (*at == 0)
        return 1;
    if (*at == ' ' || *at == 'T') {
        int64_t hour, minute, second = 0;

        at++;
        if ((hour = take_digits(&at, 2)) < 0 || *at++ != ':' || (minute = take_digits(&at, 2)) < 0)
            return 0;
        if (*at == ':' && (at++, second = take_digits(&at, 2)) < 0)
            return 0;
        if (hour > 24 || minute > 59 || second > 60)
            return 0;
        if (*at == '.')
            for (at++; isdigit((unsigned char)*at); at++)
                ;
        seconds = hour * 3600 + minute * 60 + second;
    }
    if (*at == 'Z' || *at == '+' || *at == '-') {
        int64_t sign = *at == '-' ? -1 : 1, hours = 0, minutes = 0;

        if (*at++ != 'Z') {
            if ((hours = take_digits(&at, 2)) < 0)
                return 0;
            if (*at == ':')
                at++;
            if (*at && (minutes = take_digits(&at, 2)) < 0)
                return 0;
        }
        *is_instant = 1;
        *time = number * DAY + seconds - sign * (hours * 3600 + minutes * 60);
    }
    return *at == 0;
}

static char *copy_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    char *copy = text ? strdup((const char *)text) : NULL;

    if (text && !copy)
        stop("no memory for the names of customers");
    return copy;
}

static void read_row(struct reader *reader, sqlite3_stmt *statement, int columns)
{
    struct shop *shop = reader->shop;
    size_t row = shop->rows;

    make_room(reader);
    reader->customer_text[row] = copy_text(statement, 0);
    if (!reader->customer_text[row] || !*reader->customer_text[row])
        stop("row %zu has no customer; leave such rows out with --query", row + 1);
    if (sqlite3_column_type(statement, 1) == SQLITE_INTEGER) {
        shop->day[row] = sqlite3_column_int64(statement, 1);
        reader->is_instant[row] = 1;
    } else {
        const char *text = (const char *)sqlite3_column_text(statement, 1);
        char advice[TEXT];

        if (!text || !parse_time(text, reader->dates, &shop->day[row], &reader->is_instant[row])) {
            advise(text ? text : "", advice);
            stop("row %zu has the time \"%s\"; %s", row + 1, text ? text : "", advice);
        }
    }
    if (sqlite3_column_type(statement, 2) == SQLITE_TEXT) {
        const char *text = (const char *)sqlite3_column_text(statement, 2);
        char *end;

        shop->value[row] = strtod(text, &end);
        if (end == text || *end)
            stop("row %zu has the value \"%s\"; it must be a number", row + 1, text);
    } else if (sqlite3_column_type(statement, 2) == SQLITE_NULL) {
        stop("row %zu has no value; it must be a number", row + 1);
    } else {
        shop->value[row] = sqlite3_column_double(statement, 2);
    }
    reader->order_text[row] = columns > 3 ? copy_text(statement, 3) : NULL;
    if (columns > 3 && !reader->order_text[row])
        stop("row %zu has no order id; leave such rows out with --query, or do not select order ids", row + 1);
    shop->rows++;
}

/* Turns the rows that are instants into the shop's days. */
static void settle_days(const struct settings *settings, struct reader *reader)
{
    struct shop *shop = reader->shop;
    retain_context ctx = RETAIN_CONTEXT_INIT;
    struct changes *changes = NULL;
    int64_t first = INT64_MAX, last = INT64_MIN;

    for (size_t i = 0; i < shop->rows; i++) {
        if (reader->is_instant[i]) {
            first = shop->day[i] < first ? shop->day[i] : first;
            last = shop->day[i] > last ? shop->day[i] : last;
        }
    }
    if (first > last)
        return;
    if (first < -62135596800 || last > 253402300799)
        stop("a time lies outside the years 1 to 9999; are these Unix seconds?");
    if (settings->zone) {
        changes = must_have(1, sizeof *changes);
        list_changes(settings->zone, first, last, changes);
    }
    for (size_t i = 0; i < shop->rows; i++) {
        if (reader->is_instant[i] &&
            retain_calendar_days(&ctx, changes ? &changes->zone : NULL, &shop->day[i], 1, &shop->day[i]) != RETAIN_OK)
            stop("row %zu: %s", i + 1, ctx.error);
    }
    free(changes);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(**(char **const *)a, **(char **const *)b);
}

/* Numbers texts in their sorted order; returns how many are distinct and keeps one of each in *distinct (when wanted). */
static size_t number_texts(char **text, size_t count, int64_t *number, char ***distinct)
{
    char ***sorted = must_have(count, sizeof *sorted);
    size_t names = 0;

    if (distinct)
        *distinct = must_have(count, sizeof **distinct);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &text[i];
    qsort(sorted, count, sizeof *sorted, compare_texts);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(*sorted[i - 1], *sorted[i]) != 0) {
            if (distinct)
                (*distinct)[names] = *sorted[i];
            names++;
        }
        number[sorted[i] - text] = (int64_t)names - 1;
    }
    free(sorted);
    return names;
}

void load_shop(const struct settings *settings, struct shop *shop)
{
    struct reader reader = {.shop = shop, .dates = settings->dates};
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    int step, columns;

    if (sqlite3_open_v2(settings->database, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        stop("cannot open the database %s: %s", settings->database, sqlite3_errmsg(database));
    if (sqlite3_prepare_v2(database, settings->query, -1, &statement, NULL) != SQLITE_OK)
        stop("the database %s does not understand \"%s\": %s", settings->database, settings->query, sqlite3_errmsg(database));
    columns = sqlite3_column_count(statement);
    if (columns < 3 || columns > 4)
        stop("the query must select customer, time, value and, if you like, an order id; \"%s\" selects %d columns",
             settings->query, columns);
    while ((step = sqlite3_step(statement)) == SQLITE_ROW)
        read_row(&reader, statement, columns);
    if (step != SQLITE_DONE)
        stop("reading the database %s failed: %s", settings->database, sqlite3_errmsg(database));
    sqlite3_finalize(statement);
    sqlite3_close(database);
    if (shop->rows == 0)
        stop("the database %s has no orders: \"%s\" gives no rows", settings->database, settings->query);
    settle_days(settings, &reader);
    shop->customer = must_have(shop->rows, sizeof *shop->customer);
    shop->names = number_texts(reader.customer_text, shop->rows, shop->customer, &shop->name);
    if (columns > 3) {
        shop->order = must_have(shop->rows, sizeof *shop->order);
        number_texts(reader.order_text, shop->rows, shop->order, NULL);
    }
    free(reader.is_instant);
}

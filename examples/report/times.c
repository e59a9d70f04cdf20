/* Times as shops store them.
 *
 * A date or timestamp in ISO's form is the shop's own clock (Gregorian, or Solar Hijri with --dates jalali). Such a timestamp with a zone
 * ("Z", "+03:30"), and Unix seconds, are instants: the shop's time zone (--zone) turns them into the shop's days. */
#define _DEFAULT_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "times.h"

enum { MOST_CHANGES = 4096 };

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

/* --- texts ------------------------------------------------------------------------------------------------------------------ */

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

void advise_time(const char *text, char advice[TEXT])
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

int parse_time(const char *text, retain_calendar calendar, int64_t *time, int64_t *second_of_day, uint8_t *is_instant)
{
    const char *at = text;
    int64_t year, month, day, number, seconds = 0;

    *is_instant = 1;
    *second_of_day = -1;
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
        *second_of_day = seconds < DAY ? seconds : DAY - 1;
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

/* --- days ------------------------------------------------------------------------------------------------------------------- */

/* Turns instants into the shop's days, or into seconds of the shop's clock. */
static void settle(const struct settings *settings, int64_t *time, const uint8_t *is_instant, size_t count, int64_t day_length)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    struct changes *changes = NULL;
    int64_t first = INT64_MAX, last = INT64_MIN;

    for (size_t i = 0; i < count; i++) {
        if (is_instant[i]) {
            first = time[i] < first ? time[i] : first;
            last = time[i] > last ? time[i] : last;
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
    for (size_t i = 0; i < count; i++) {
        int64_t day, second;

        if (!is_instant[i])
            continue;
        if (retain_calendar_local(&ctx, changes ? &changes->zone : NULL, &time[i], 1, &day, &second) != RETAIN_OK)
            stop("row %zu: %s", i + 1, ctx.error);
        time[i] = day * day_length + (day_length > 1 ? second : 0);
    }
    free(changes);
}

void settle_days(const struct settings *settings, int64_t *time, const uint8_t *is_instant, size_t count)
{
    settle(settings, time, is_instant, count, 1);
}

void settle_clock(const struct settings *settings, int64_t *time, const uint8_t *is_instant, size_t count)
{
    settle(settings, time, is_instant, count, DAY);
}

/* A calendar as calendar.c sees it: bounds, and the way between day numbers and dates. A new calendar is one file with
 * one such table. */
#ifndef RETAIN_CALENDAR_RULES_H
#define RETAIN_CALENDAR_RULES_H

#include <stdint.h>

typedef struct retain__date {
    int64_t year;
    int month, day; /* from 1 */
} retain__date;

typedef struct retain__calendar_rules {
    int64_t first_year, last_year;
    int64_t first_day, end_day;                          /* day numbers; the calendar ends before end_day */
    retain__date (*date)(int64_t day);                   /* of a day in [first_day, end_day) */
    int64_t (*number)(int64_t year, int month, int day); /* of a date that exists, or the first of the year after the last one */
    int (*month_length)(int64_t year, int month);        /* of a month that exists */
} retain__calendar_rules;

extern const retain__calendar_rules retain__gregorian;
extern const retain__calendar_rules retain__jalali;

#endif

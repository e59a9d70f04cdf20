/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CALENDAR_H
#define RETAIN_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"

/** @defgroup calendar Calendar
 *  @brief Which day was it in the shop, and when do its weeks, months and years begin?
 *
 *  Everything in the library that needs days or periods takes them from here as plain numbers. A **day number** counts days from
 *  1970-01-01 in the shop's own time zone (negative before it). A **period edge** is the day number on which a period
 *  begins; n periods have n + 1 edges, and period k holds the days in [edges[k], edges[k + 1]).
 *
 *  A time zone is a list of moments at which the clock was changed. The caller supplies it (Python's zoneinfo and PHP's
 *  DateTimeZone::getTransitions list it), so the library carries no time zone data and days of 23 and 25 hours come out right.
 *
 *      int64_t instants[] = {1679792400, 1698541200};          // London 2023: summer time begins and ends
 *      int64_t offsets[]  = {3600, 0};                         // seconds east of Greenwich from then on
 *      retain_zone london = {2, instants, offsets, 0};         // 0: the offset before the first change
 *      int64_t seconds[]  = {1687994999}, day[1];              // 2023-06-28 23:29:59 UTC
 *      retain_calendar_days(NULL, &london, seconds, 1, day);   // 19537: 2023-06-29 in the shop
 *
 *  Two calendars: the proleptic Gregorian one and the Solar Hijri (Jalali) one of Iran and Afghanistan. The Jalali year begins at
 *  the March equinox; its leap years are taken from the table of breaks in K. M. Borkowski, "The Persian calendar for 3000
 *  years", Earth, Moon and Planets 74 (1996), 223-230. They are those of the list for 1206 to 1498 published by the Calendar Center
 *  of the University of Tehran, and of the plain 33-year cycle from 1178 to 1634 (AD 1799 to 2255).
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** A calendar. */
typedef enum retain_calendar {
    RETAIN_CALENDAR_GREGORIAN = 0, /**< proleptic Gregorian, years -1000000 to 1000000; year 0 is 1 BC */
    RETAIN_CALENDAR_JALALI = 1     /**< Solar Hijri, years 1 to 3177 (AD 622 to 3799) */
} retain_calendar;

/** What a period is. */
typedef enum retain_period {
    RETAIN_PERIOD_MONTH = 0,   /**< calendar months */
    RETAIN_PERIOD_DAY = 1,     /**< single days */
    RETAIN_PERIOD_WEEK = 2,    /**< seven days from the first weekday */
    RETAIN_PERIOD_QUARTER = 3, /**< months 1-3, 4-6, 7-9, 10-12 of the calendar */
    RETAIN_PERIOD_YEAR = 4     /**< calendar years */
} retain_period;

/** Days of the week as the library counts them (ISO 8601: Monday is 1). 0 stands for the default, Monday. */
typedef enum retain_weekday {
    RETAIN_MONDAY = 1,
    RETAIN_TUESDAY = 2,
    RETAIN_WEDNESDAY = 3,
    RETAIN_THURSDAY = 4,
    RETAIN_FRIDAY = 5,
    RETAIN_SATURDAY = 6,
    RETAIN_SUNDAY = 7
} retain_weekday;

/** A time zone: a view of the caller's arrays, sorted by instant. Changes of its name alone, which
 *  leave the offset as it was, do no harm. */
typedef struct retain_zone {
    size_t count;           /**< number of changes; 0 for a zone that never changes */
    const int64_t *instant; /**< [count] Unix seconds at which a change takes effect, strictly ascending */
    const int64_t *offset;  /**< [count] seconds east of Greenwich from that instant on, within +-26 hours */
    int64_t initial_offset; /**< seconds east of Greenwich before the first change */
} retain_zone;

/** Which periods to make. Zero everywhere means: Gregorian months, one at a time. */
typedef struct retain_calendar_options {
    size_t struct_size;       /**< sizeof(retain_calendar_options) */
    retain_calendar calendar; /**< whose months, quarters and years */
    retain_period period;     /**< kind of period */
    /** so many of them make one period (2 with WEEK: fortnights); 0 means 1. Periods are counted from the one that holds the
     *  first day */
    int step;
    int first_weekday; /**< first day of a week, a retain_weekday; 0 means Monday. Iran's shops use RETAIN_SATURDAY */
} retain_calendar_options;

/** Day number in the shop of each moment.
 *
 *  @param zone     the shop's time zone; NULL means UTC
 *  @param seconds  [count] Unix seconds, may be negative, in any order
 *  @param days     [count] receives floor((seconds + offset) / 86400); may be the array `seconds` itself
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for a bad zone (unsorted, offset beyond 26 hours); RETAIN_ERROR_DATA when a sum
 *          would leave the 64-bit range
 *  Cost: O(zone->count + count log k), k the changes between the earliest and the latest moment; close to O(count) when moments
 *  that follow each other are near each other; no scratch memory. */
RETAIN_API retain_status retain_calendar_days(retain_context *ctx, const retain_zone *zone, const int64_t *seconds, size_t count,
                                              int64_t *days);

/** Day number in the shop and what its clock showed at each moment: retain_calendar_days with the time of day.
 *
 *  On the days on which the clock is changed, some times of day come twice or never: the clock is what a customer sees.
 *
 *  @param zone           the shop's time zone; NULL means UTC
 *  @param seconds        [count] Unix seconds, may be negative, in any order
 *  @param days           [count] receives day numbers; may be NULL; may be the array `seconds` itself
 *  @param second_of_day  [count] receives 0 to 86399: hour * 3600 + minute * 60 + second; may be NULL; may be the array
 *                        `seconds` itself
 *  @return as retain_calendar_days. Cost: as retain_calendar_days. */
RETAIN_API retain_status retain_calendar_local(retain_context *ctx, const retain_zone *zone, const int64_t *seconds, size_t count,
                                               int64_t *days, int64_t *second_of_day);

/** First moment of each shop-local day: the inverse of retain_calendar_days.
 *
 *  The result is the smallest instant whose day number is `days[i]`. A day that never existed (Apia skipped 2011-12-30) has no
 *  first moment: it gets the first instant of the next day that existed.
 *
 *  @param zone     the shop's time zone; NULL means UTC
 *  @param days     [count] day numbers
 *  @param seconds  [count] receives Unix seconds; may be the array `days` itself
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for a bad zone; RETAIN_ERROR_DATA for days more than 106751991167296 days (292 thousand
 *          million years) from 1970, whose moments would leave the 64-bit range
 *  Cost: O(zone->count + count log zone->count), close to O(count) away from the changes; no scratch memory. */
RETAIN_API retain_status retain_calendar_instants(retain_context *ctx, const retain_zone *zone, const int64_t *days, size_t count,
                                                  int64_t *seconds);

/** Edges of the periods that cover the days from `first_day` to `last_day`, both included.
 *
 *  The first edge is the beginning of the period that holds `first_day`, the last one the beginning of the period after the one
 *  that holds `last_day`. The final period is usually not over on `last_day`; later functions tell complete periods by their edges.
 *
 *  @param options   NULL means Gregorian months
 *  @param edges     [capacity] receives strictly ascending day numbers; may be NULL when capacity is 0, to ask for `*count`
 *  @param capacity  length of `edges`
 *  @param count     receives the number of edges, one more than there are periods
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*count` set when there are more edges than `capacity` (nothing else is
 *          written); RETAIN_ERROR_ARGUMENT when first_day > last_day, for an option out of range, for days outside the
 *          calendar, or when the last month, quarter or year would end outside it. Cost: O(*count); no scratch memory. */
RETAIN_API retain_status retain_calendar_edges(retain_context *ctx, int64_t first_day, int64_t last_day,
                                               const retain_calendar_options *options, int64_t *edges, size_t capacity,
                                               size_t *count);

/** Year, month and day of month of day numbers.
 *
 *  @param days   [count] day numbers
 *  @param year   [count] receives the year; may be NULL, as may the next two
 *  @param month  [count] receives 1 to 12
 *  @param day    [count] receives 1 to 31
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a day outside the calendar. Cost: O(count); no scratch memory. */
RETAIN_API retain_status retain_calendar_dates(retain_context *ctx, retain_calendar calendar, const int64_t *days, size_t count,
                                               int64_t *year, int64_t *month, int64_t *day);

/** Day numbers of dates: the inverse of retain_calendar_dates.
 *
 *  @param year, month, day  [count] a date that exists in that calendar
 *  @param days              [count] receives day numbers
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a date that does not exist, such as 30 February. Cost: O(count); no scratch memory. */
RETAIN_API retain_status retain_calendar_numbers(retain_context *ctx, retain_calendar calendar, const int64_t *year,
                                                 const int64_t *month, const int64_t *day, size_t count, int64_t *days);

/** Day of the week of any day number: a retain_weekday, 1 for Monday to 7 for Sunday. 1970-01-01 was a Thursday. */
RETAIN_API int retain_calendar_weekday(int64_t day);

/** 1 when `year` is a leap year of the calendar (366 days), 0 when not or when the year is outside the calendar. */
RETAIN_API int retain_calendar_is_leap(retain_calendar calendar, int64_t year);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

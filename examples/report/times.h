/* Times as shops store them, and the days of the shop that they fall on. */
#ifndef TIMES_H
#define TIMES_H

#include "report.h"

enum { DAY = 86400 }; /* seconds */

/* Reads an ISO date or timestamp of `calendar`, or Unix seconds: a day number of the shop's clock with its second of the day (-1 when
 * the text says none), or Unix seconds and *is_instant when the text is a moment. 0 for any other text. */
int parse_time(const char *text, retain_calendar calendar, int64_t *time, int64_t *second_of_day, uint8_t *is_instant);
/* What to do about a text that is no time: the end of a sentence. */
void advise_time(const char *text, char advice[TEXT]);
/* Turns the times that are instants into the shop's days, in place. */
void settle_days(const struct settings *settings, int64_t *time, const uint8_t *is_instant, size_t count);
/* Turns them into seconds of the shop's clock. */
void settle_clock(const struct settings *settings, int64_t *time, const uint8_t *is_instant, size_t count);

#endif

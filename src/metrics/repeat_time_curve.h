/* What the sources of repeat_time share: options, and the durations that they ask for. */
#ifndef RETAIN_REPEAT_TIME_CURVE_H
#define RETAIN_REPEAT_TIME_CURVE_H

#include "metrics/gap_durations.h"
#include "retain/repeat_time.h"

/* Checks options, copies them over `options` (zeros but for its size), and fills in the defaults; `z` is half the width of intervals in standard errors. */
retain_status retain__take_repeat_time_options(retain_context *ctx, const retain_repeat_time_options *given,
                                               retain_repeat_time_options *options, retain__curve_interval *interval);

/* Which durations to note; the class of each customer is class_of[position], or 0 where that is NULL. */
typedef struct retain__repeat_clock {
    retain_repeat_time_kind kind;
    size_t occasion; /* k, at least 2 */
    int64_t observation_end;
    const size_t *class_of; /* [customers] or NULL */
} retain__repeat_clock;

/* The clock of these options, for a single class. */
retain__repeat_clock retain__set_clock(const retain_repeat_time_options *options, int64_t observation_end);

/* A retain__note_durations with such a clock as its state. */
void retain__note_clock(const void *state, retain__duration_notes *notes, const retain__customer *customer);

#endif

/* Durations, checked, and counted by length. */
#ifndef RETAIN_DATA_DURATIONS_H
#define RETAIN_DATA_DURATIONS_H

#include "core/core.h"
#include "math/curve.h"
#include "retain/durations.h"

/* The rules of retain_durations. */
retain_status retain__check_durations(retain_context *ctx, const retain_durations *durations);

/* Codes [count] in [0, groups), of which there are 1 to 1024; nothing is checked without a group. The names are of the column and of
 * their number, such as "group" and "groups". */
retain_status retain__check_codes(retain_context *ctx, const char *const names[2], const int64_t *group, size_t count,
                                  size_t groups);

/* What was counted: lengths of group g are duration[first[g]] to duration[first[g + 1] - 1], ascending. */
typedef struct retain__lengths {
    retain__duration *duration;
    size_t *first; /* [groups + 1] */
    size_t stops;  /* at how many of all of them rows end or are last seen */
} retain__lengths;

/* Counts checked durations, in one group where `group` is NULL. Rows whose exit is not above `from` count nothing;
 * who entered before `from` is at risk from the first. A length may have nothing but zeros. */
retain_status retain__count_lengths(retain__scratch *scratch, const retain_durations *durations, const int64_t *group,
                                    size_t groups, double from, retain__lengths *lengths);

/* The same for rows of one group, each of which counts as one, without negative exits; `first` has room for two. */
retain_status retain__count_plain_lengths(retain__scratch *scratch, const retain_durations *durations, double from,
                                          retain__lengths *lengths);

#endif

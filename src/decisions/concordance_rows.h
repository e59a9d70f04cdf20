/* Durations in the order of time, with the chance of still being watched. */
#ifndef RETAIN_CONCORDANCE_ROWS_H
#define RETAIN_CONCORDANCE_ROWS_H

#include "core/core.h"
#include "math/interval.h"
#include "retain/durations.h"

/* One row, of weight above 0. */
typedef struct retain__watched {
    double weight, score;
    size_t row;  /* of the caller */
    size_t time; /* number of its exit among the distinct ones */
    size_t rank; /* number of its score among the distinct ones */
    int event;
} retain__watched;

/* All rows of one exit. */
typedef struct retain__moment {
    double time;
    size_t end;            /* rows up to here have this exit or an earlier one */
    double events, leaves; /* weight of who left, and of who was last seen then */
    double later;          /* weight of all later ones */
    double watched;        /* weight of who could be lost from sight then: they, and `leaves` */
    double before, after;  /* G, the chance not to be lost before this time, and at it */
} retain__moment;

/* Rows by exit, and their distinct exits, ascending. */
typedef struct retain__watch {
    retain__watched *row;
    size_t count;
    retain__moment *moment;
    size_t moments, ranks;
    double weight; /* of all */
} retain__watch;

/* Checks durations and scores (NULL: there are none), and sorts them. Late entry is refused unless it is `entries`. */
retain_status retain__watch_rows(retain_context *ctx, retain__scratch *scratch, const retain_durations *durations,
                                 const double *score, int entries, retain__watch *watch);

/* Numbers of rows by score, ascending. */
retain_status retain__order_by_score(retain__scratch *scratch, const retain__watch *watch, size_t *order);

/* What an estimated G adds to the influence of rows on a figure that is a sum of parts 1 / G^power. `part` [moments + 1] are the sums of parts, by the
 * moment before which G is taken: parts of part[m] have G of moment m - 1 and earlier factors; part[moments], all. Adds to `influence` [count], and
 * leaves running sums in `part`. */
void retain__add_censoring(const retain__watch *watch, double power, double *part, double *influence);

/* Number of moments not after a time. */
size_t retain__moments_until(const retain__watch *watch, double time);

#endif

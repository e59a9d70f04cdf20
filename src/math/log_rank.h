/* Do groups come back equally fast? The log-rank test (N. Mantel, Cancer Chemotherapy Reports 50 (1966); R. Peto, J. Peto, JRSS A
 * 135 (1972)). */
#ifndef RETAIN_LOG_RANK_H
#define RETAIN_LOG_RANK_H

#include "math/curve.h"

/* The durations of one group, ascending, and how far they have been read. */
typedef struct retain__group_durations {
    const retain__duration *next, *end;
    retain__sum left; /* durations that have entered and have not been passed */
} retain__group_durations;

/* Compares `groups` groups, differences at a length weighing S^rho, S being the share of all groups together that is left just before: 0
 * for the log-rank test, 1 for the one of Peto and Peto, which looks at early differences (D. P. Harrington, T. R. Fleming, Biometrika
 * 69 (1982)). `observed` and `expected` [groups] receive how many ended, and how many would have if all groups were
 * alike. Moves the groups to their end. `room` is of groups * (groups + 2) doubles. `freedom` receives the number of groups in
 * which any could have ended, less one. Returns chi-squared; NaN without freedom. O(lengths * groups + lengths at which any ended *
 * groups^2). */
double retain__log_rank(retain__group_durations *group, size_t groups, double rho, double *observed, double *expected, double *room,
                        size_t *freedom);

#endif

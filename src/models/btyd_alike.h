/* Customers who are alike, found among those beside them. */
#ifndef RETAIN_BTYD_ALIKE_H
#define RETAIN_BTYD_ALIKE_H

#include <stddef.h>
#include <stdint.h>

/* Computes log_odds[i] for each row i of the `count` rows, at most RETAIN__BTYD_RUN, that `chosen` names. */
typedef void (*retain__btyd_odds)(const double *p, const double *x, const double *t_x, const double *T, const uint16_t *chosen,
                                  size_t count, double *log_odds);

/* The log-odds of all rows, computed for the first of equal ones that are near each other, where one takes long to compute. */
void retain__btyd_odds_of_alike(retain__btyd_odds find, const double *p, const double *x, const double *t_x, const double *T,
                                size_t count, double *log_odds);

#endif

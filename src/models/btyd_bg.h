/* What BG/NBD and MBG/NBD have in common, and what their two source files share. */
#ifndef RETAIN_BTYD_BG_H
#define RETAIN_BTYD_BG_H

#include "models/btyd_family.h"

/* Number of times that a customer with x repeat occasions could have left and did not, if alive. BG/NBD: after each repeat
 * occasion but not after the first purchase (variant 0); MBG/NBD: after each purchase (variant 1). All the difference there is
 * between the two. */
static inline double retain__bg_chances(const retain__btyd_family *family, double x)
{
    return x + (double)family->variant;
}

/* The future of customers who are alive: btyd_bg_future.c. See retain__btyd_family. */
void retain__bg_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double t, double *orders);
void retain__bg_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                       size_t count, double t, double *silence);
void retain__bg_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double delta, double *orders);

void retain__bg_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                          size_t count, double t, double *surviving);
void retain__bg_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                       size_t count, double from, double to, double n, double *log_pmf);
void retain__bg_at_most(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                        size_t count, double from, double to, double n, double *probability);

/* Means of (1 + p v)^-(n+1) under p ~ Beta(a, b), for `count` values of v up to `most`. */
void retain__bg_decay(double a, double b, double n, double most, const double *v, size_t count, double *mean);

#endif

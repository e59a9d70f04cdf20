/* What the two source files of BG/BB share: customers without a purchase, opportunity by opportunity. */
#ifndef RETAIN_BTYD_BGBB_H
#define RETAIN_BTYD_BGBB_H

#include "models/btyd_family.h"

/* What may become, over some opportunities, of a customer who was there at the last one, buys with p ~ Beta(a, b) and leaves
 * before an opportunity with theta ~ Beta(gamma, delta): the three probabilities add up to 1. */
typedef struct retain__bgbb_spell {
    double left;   /* left before having bought */
    double bought; /* bought at least once */
    double silent; /* is there still, and has not bought */
} retain__bgbb_spell;

retain__bgbb_spell retain__bgbb_follow(double a, double b, double gamma, double delta, double steps);

/* log P(no purchase), from whichever side it is known to all digits. */
double retain__bgbb_log_quiet(const retain__bgbb_spell *spell);

/* The future of customers who are there for the next opportunity: btyd_bgbb_future.c. See retain__btyd_family. */
void retain__bgbb_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double *orders);
void retain__bgbb_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double t, double *silence);
void retain__bgbb_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double delta, double *orders);
void retain__bgbb_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                            size_t count, double t, double *surviving);
void retain__bgbb_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double from, double to, double n, double *log_pmf);
double retain__bgbb_next(const retain__btyd_family *family, const double *p, double x, double n, double share);
double retain__bgbb_next_mean(const retain__btyd_family *family, const double *p, double x, double n, double to);
double retain__bgbb_log_pmf(const retain__btyd_family *family, const double *p, double t, double n);

#endif

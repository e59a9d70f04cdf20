/* What the source files of BG/CNBD-k and MBG/CNBD-k share. */
#ifndef RETAIN_BTYD_CNBD_H
#define RETAIN_BTYD_CNBD_H

#include "math/kernels.h"
#include "models/btyd_bg.h"

/* Places of the parameters, and of k. */
enum { RETAIN__CNBD_R, RETAIN__CNBD_ALPHA, RETAIN__CNBD_A, RETAIN__CNBD_B, RETAIN__CNBD_K };

/* BG/NBD or MBG/NBD, which the family is when k = 1. */
static inline const retain__btyd_family *retain__cnbd_memoryless(const retain__btyd_family *family)
{
    return family->variant ? &retain__mbg_nbd : &retain__bg_nbd;
}

/* log of the sum over j < k of (n)_j / j! z^j. Since (1 - z)^n times the sum is P(fewer than k stages), it is that probability in
 * units of P(none). All terms are positive; each is added as its share of the sum so far, and nothing overflows. */
static RETAIN__INLINE double retain__cnbd_log_stages(double n, double z, double k)
{
    double sum = 0.0, share = 1.0;

    for (double j = 1.0; j < k; j += 1.0) {
        double more = share * ((n + (j - 1.0)) / j * z);

        sum += retain__fast_log1p(more);
        share = more / (1.0 + more);
    }
    return sum;
}

/* log P(first <= ticks < first + count) for ticks in t at a rate ~ Gamma(shape, age). */
double retain__cnbd_log_ticks(double shape, double age, double t, double first, double count);

/* A customer who is alive. */
typedef struct retain__cnbd_customer {
    size_t k;
    double n, a, b; /* r + k x, and the Beta distribution after all chances so far */
    double start;   /* alpha + t_x */
    double since;   /* T - t_x */
    double age;     /* alpha + T */
} retain__cnbd_customer;

retain__cnbd_customer retain__cnbd_customer_of(const retain__btyd_family *family, const double *p, double x, double t_x, double T);

/* P(stage j), j < k: ticks since the last purchase. */
void retain__cnbd_find_stages(const retain__cnbd_customer *of, double *stage);

/* Ticks until t that may matter, and whether they are few enough to go through them one by one. */
double retain__cnbd_ticks(const retain__cnbd_customer *of, double t);
int retain__cnbd_are_few(const retain__cnbd_customer *of, double t);

/* The sum over m = 1, 2 ... of a function that is smooth for large m, as the purchases until t are many; `*end`, if not NULL, is how
 * far it went. */
double retain__cnbd_sum(const retain__cnbd_customer *of, double t, double (*term)(const void *state, double m), const void *state,
                        double *end);

/* The future of customers who are alive: btyd_cnbd_future.c, btyd_cnbd_counts.c. See retain__btyd_family. */
void retain__cnbd_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double *orders);
void retain__cnbd_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double t, double *silence);
void retain__cnbd_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double delta, double *orders);
void retain__cnbd_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                            size_t count, double t, double *surviving);
void retain__cnbd_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double from, double to, double n, double *log_pmf);

/* P(alive after t) where ticks are few. */
double retain__cnbd_stay(const retain__cnbd_customer *of, double t);

#endif

/* What the two source files of BG/CNBD-k and MBG/CNBD-k share. */
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

/* The future of customers who are alive: btyd_cnbd_future.c. See retain__btyd_family. */
void retain__cnbd_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double *orders);
void retain__cnbd_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double t, double *silence);
void retain__cnbd_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double delta, double *orders);

#endif

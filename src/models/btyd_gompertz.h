/* What the source files of the Gamma-Gompertz/NBD share. */
#ifndef RETAIN_BTYD_GOMPERTZ_H
#define RETAIN_BTYD_GOMPERTZ_H

#include "math/kernels.h"
#include "models/btyd_gompertz_integral.h"

/* Where the parameters are in `p`. */
enum {
    R = RETAIN__GOMPERTZ_R,
    ALPHA = RETAIN__GOMPERTZ_ALPHA,
    B = RETAIN__GOMPERTZ_B,
    S = RETAIN__GOMPERTZ_S,
    BETA = RETAIN__GOMPERTZ_BETA,
    PARAMETERS = 5,
    SUMS = 21
};

/* The future, in btyd_gompertz_future.c: see the table in btyd_family.h. */
void retain__gompertz_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                               size_t count, double t, double *orders);
void retain__gompertz_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double *silence);
void retain__gompertz_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                                 size_t count, double t, double delta, double *orders);
void retain__gompertz_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                                size_t count, double t, double *surviving);
void retain__gompertz_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double from, double to, double n, double *log_pmf);
double retain__gompertz_log_pmf(const retain__btyd_family *family, const double *p, double t, double n);

#endif

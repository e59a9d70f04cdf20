/* Where the integrand of the Gamma-Gompertz/NBD is, and in which variables it is smooth; private to btyd_gompertz_integral.c. */
#ifndef RETAIN_BTYD_GOMPERTZ_PLAN_H
#define RETAIN_BTYD_GOMPERTZ_PLAN_H

#include "models/btyd_gompertz_integral.h"

enum { RETAIN__GOMPERTZ_PIECES = 24 };

/* A part of the range of integration. From its start the variable y runs from 0 to `length`,
 *     u = start + e (scale + growth e) / (1 + e),  e = e^y - 1. */
typedef struct retain__gompertz_piece {
    double start, scale, growth, length;
    double fall; /* how much the logarithm of the integrand varies, about */
} retain__gompertz_piece;

typedef struct retain__gompertz_plan {
    retain__gompertz_piece pieces[RETAIN__GOMPERTZ_PIECES];
    size_t count;
    int all_moments; /* or the integral alone */
    double low;      /* of minus the logarithm of the integrand, about */
} retain__gompertz_plan;

/* Cuts the range of a shape into pieces. A and D are log(1 + u/alpha) and -log S(u) / s at its end. */
void retain__gompertz_make_plan(const retain__gompertz_shape *shape, double A, double D, int all_moments,
                                retain__gompertz_plan *to);

#endif

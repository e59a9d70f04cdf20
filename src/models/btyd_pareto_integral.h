/* The one integral of the Pareto/NBD, for many customers at once; private to the family's two source files. */
#ifndef RETAIN_BTYD_PARETO_INTEGRAL_H
#define RETAIN_BTYD_PARETO_INTEGRAL_H

#include <stddef.h>

#include "models/btyd_family.h"

/* Spans of time in which customers place no order. A customer who is alive at the start of a span and buys no more has a purchase
 * rate ~ Gamma(n, alpha) and a death rate ~ Gamma(s, beta), with the sharper parameters of that moment. */
typedef struct retain__pareto_spans {
    int alpha_is_smaller; /* alpha <= beta: the same for all */
    double s;
    size_t count; /* at most RETAIN__BTYD_RUN */
    double n[RETAIN__BTYD_RUN], alpha[RETAIN__BTYD_RUN], beta[RETAIN__BTYD_RUN], span[RETAIN__BTYD_RUN];

    double log_alpha[RETAIN__BTYD_RUN]; /* receives log((alpha + span) / alpha) */
    double log_beta[RETAIN__BTYD_RUN];  /* receives log((beta + span) / beta) */
} retain__pareto_spans;

/* What is integrated over the moment of death u in (0, span): the density s/(beta + u) (beta/(beta + u))^s (alpha/(alpha + u))^n of
 * "dies at u and did not buy until then", times products of up to two of
 *     A = log((alpha + u) / alpha),   P = u / (alpha + u),   B = log((beta + u) / beta),   Q = u / (beta + u). */
enum {
    RETAIN__PARETO_MASS, /* of 1: P(dies in the span without another order) */
    RETAIN__PARETO_A,
    RETAIN__PARETO_P,
    RETAIN__PARETO_B,
    RETAIN__PARETO_Q,
    RETAIN__PARETO_AA,
    RETAIN__PARETO_AP,
    RETAIN__PARETO_AB,
    RETAIN__PARETO_AQ,
    RETAIN__PARETO_PP,
    RETAIN__PARETO_PB,
    RETAIN__PARETO_PQ,
    RETAIN__PARETO_BB,
    RETAIN__PARETO_BQ,
    RETAIN__PARETO_QQ,
    RETAIN__PARETO_MOMENTS
};

/* The mass alone. */
void retain__pareto_mass(retain__pareto_spans *spans, double *mass);

/* All moments: moments[k][i] of span i. */
void retain__pareto_moments(retain__pareto_spans *spans, double moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN]);

#endif

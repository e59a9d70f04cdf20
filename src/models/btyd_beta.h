/* Means over a Beta distribution, for the families whose customers leave with a personal probability: equal steps over its logit.
 * How many, and why so few are enough, is told in btyd_beta.c. */
#ifndef RETAIN_BTYD_BETA_H
#define RETAIN_BTYD_BETA_H

#include <stddef.h>

enum { RETAIN__BETA_CHUNK = 128 }; /* points that are filled at once */

/* Equal steps over the logit of p, around the mean of the distribution. */
typedef struct retain__beta_grid {
    double a, b, total; /* Beta(a, b), a + b */
    double mean;        /* a / (a + b) */
    double side;        /* 1 when that is below 1/2, else -1 */
    double minor;       /* the smaller of the mean and its complement */
    double rate;        /* a or b, whichever belongs to it */
    double step;
    double first, last; /* numbers of the outermost steps; whole, first <= 0 <= last */
} retain__beta_grid;

/* A grid for the mean of f(p) under Beta(a, b), where f(p) is constant for p far below 1 / steep, and for p near 1, f falls
 * from there by at most `drop` on a log scale until it reaches the mean, and n is the exponent in it. When f is so smooth that
 * the peak stays where it is, the curvature is that of the density. */
retain__beta_grid retain__beta_make_grid(double a, double b, double n, int is_smooth, double steep, double drop);

/* Points and weights of the steps number `from` to `from` + count - 1. The weights are relative to the density at the mean. */
void retain__beta_fill(const retain__beta_grid *g, double from, size_t count, double *p, double *weight);

/* Weights of what lies beyond the outermost steps: of p = 0 and p = 1. */
void retain__beta_tails(const retain__beta_grid *g, double *left, double *right);

#endif

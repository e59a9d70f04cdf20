/* Special functions of the models: pure functions of doubles, no context, no global state, the same bits on every thread.
 *
 * The C library has lgamma, but it writes a global (signgam), and a model never wants one value of it: it wants differences, in
 * which plain lgamma loses up to all of its digits. So the differences are functions of their own here. Accuracy and worst
 * arguments per function are in docs/numerics.md. Outside the domain the result is NaN; at its ends it is the limit, infinite
 * where it must be. */
#ifndef RETAIN_SPECIAL_H
#define RETAIN_SPECIAL_H

#include <stddef.h>

/* --- gamma family: x, a, b > 0; x + d > 0; d may be negative, tiny or huge ---------------------------------------------------- */

double retain__lgamma(double x);
double retain__digamma(double x);
double retain__trigamma(double x);

/* f(x + d) - f(x), with x + d meant exactly, not rounded, and without cancellation. */
double retain__lgamma_ratio(double x, double d);
double retain__digamma_ratio(double x, double d);
double retain__trigamma_ratio(double x, double d);

/* --- beta family -------------------------------------------------------------------------------------------------------------- */

/* log B(a, b). */
double retain__lbeta(double a, double b);

/* log B(a, b + n) - log B(a, b) for b + n > 0. */
double retain__lbeta_ratio(double a, double b, double n);

/* I_z(a, b), the regularised incomplete beta function, its complement 1 - I_z(a, b) without cancellation, and the logarithms of
 * both, which stay finite where the values underflow. 0 <= z <= 1. Right to about 1e-13 of the value, beyond what rounding the
 * arguments costs; a logarithm near 0 to 1e-16. */
double retain__betainc(double a, double b, double z);
double retain__betainc_complement(double a, double b, double z);
double retain__log_betainc(double a, double b, double z);
double retain__log_betainc_complement(double a, double b, double z);

/* --- normal distribution and small helpers ------------------------------------------------------------------------------------ */

/* log(1 - e^(-x)) for x > 0. */
double retain__log1mexp(double x);

/* log of the normal distribution function, and the normal quantile of p in (0, 1). */
double retain__log_ndtr(double x);
double retain__ndtri(double p);

/* P(X > x) of the chi-squared distribution with `degrees` >= 1 degrees of freedom, x >= 0. */
double retain__chi_squared_tail(double x, size_t degrees);

#endif

/* Integrals over (0, 1) of x^(a-1) (1-x)^(b-1) times something smooth, by the trapezoidal rule on the line y = log(x / (1 - x)).
 *
 * On that line such integrands are analytic in a strip and fall off exponentially at both ends, where the trapezoidal rule
 * converges exponentially: a step of 1/5 gives all digits. The ends can be slow (a of 1e-4 needs a range of 1e5), but soon are
 * pure exponentials, whose sum over the rest of the lattice is a geometric series in closed form. So a sum takes tens to a few
 * hundred nodes whatever the parameters. Sharp peaks (large parameters) need a finer step and a shorter range. Source: L. N.
 * Trefethen, J. A. C. Weideman, "The exponentially convergent trapezoidal rule", SIAM Review 56 (2014), 385-458; the geometric
 * ends are ours. */
#ifndef RETAIN_LATTICE_H
#define RETAIN_LATTICE_H

#include <math.h>

typedef struct retain__lattice {
    double start;          /* first node, near the bulk of the integrands */
    double step;           /* from retain__lattice_step */
    double left_end;       /* below, the two integrands are multiples of e^(left_slope y) to double precision */
    double right_end;      /* above, both are of e^(-right_slope y) */
    double left_slopes[2]; /* > 0 */
    double right_slope;    /* > 0 */
} retain__lattice;

/* Two integrands at once, >= 0 and with one peak each, at y = start + step. */
typedef void (*retain__lattice_node)(const void *state, double step, double values[2]);

/* A step that is fine enough where the logarithm of the integrand bends downwards by `curvature` at its peak. */
double retain__lattice_step(double curvature);

/* The integrals of both over the whole line. */
void retain__lattice_sum(const retain__lattice *lattice, retain__lattice_node node, const void *state, double sums[2]);

/* How log(1 + e^y) bends: its change over a step from y, less the step itself when y > 0, so that it vanishes on the side where
 * y lies. Large multiples of it stay accurate where multiples of log(1 + e^y) itself would not. */
typedef struct retain__bend {
    double minor;     /* the smaller of e^y/(1 + e^y) and 1/(1 + e^y) */
    double direction; /* 1, or -1 when y > 0 */
} retain__bend;

/* At y = log(v); `line` receives what the bend lacks: bend + line * step is the whole change. */
static inline retain__bend retain__bend_at(double v, double *line)
{
    *line = v > 1.0 ? 1.0 : 0.0;
    return v > 1.0 ? (retain__bend){1.0 / (1.0 + v), -1.0} : (retain__bend){v / (1.0 + v), 1.0};
}

static inline double retain__bend_by(const retain__bend *bend, double step)
{
    return log1p(bend->minor * expm1(bend->direction * step));
}

#endif

/* Integrals over (0, 1) of x^(a-1) (1-x)^(b-1) times something smooth, by the trapezoidal rule on the line y = log(x / (1 - x)).
 *
 * On that line such integrands are analytic in a strip and fall off exponentially at both ends, where the trapezoidal rule converges exponentially: a
 * step of 1/5 gives all digits. The ends can be slow (a of 1e-4 needs a range of 1e5), but soon are pure exponentials, whose sum over the rest of the
 * lattice is a geometric series in closed form. So a sum takes tens to a few hundred nodes whatever the parameters. Sharp peaks (large parameters)
 * need a finer step and a shorter range. Source: L. N. Trefethen, J. A. C. Weideman, "The exponentially convergent trapezoidal rule", SIAM Review 56
 * (2014), 385-458; the geometric ends are ours. */
#ifndef RETAIN_LATTICE_H
#define RETAIN_LATTICE_H

typedef struct retain__lattice {
    double start;       /* first node, near the bulk of the integrand */
    double step;        /* from retain__lattice_step */
    double left_end;    /* below, both integrands are multiples of e^(left_slope y) to double precision */
    double right_end;   /* above, of e^(-right_slope y) */
    double left_slope;  /* > 0 */
    double right_slope; /* > 0 */
} retain__lattice;

/* Two integrands at once, >= 0 and with one peak each, that share the nodes. */
typedef void (*retain__lattice_node)(const void *state, double y, double values[2]);

/* A step that is fine enough where the logarithm of the integrand bends downwards by `curvature` at its peak. */
double retain__lattice_step(double curvature);

/* The integrals of both over the whole line. */
void retain__lattice_sum(const retain__lattice *lattice, retain__lattice_node node, const void *state, double sums[2]);

/* log(1 + e^y) without overflow. */
double retain__softplus(double y);

#endif

/* The Gauss hypergeometric function as the models need it: positive parameters, positive value, as a logarithm.
 *
 * The power series has positive terms for 0 <= z < 1 and is summed whenever it is short; when c < a + b, Euler's transformation
 *     F(a, b; c; z) = (1 - z)^(c-a-b) F(c - a, c - b; c; z)
 * with its smaller parameters is shorter. Near z = 1, and for large parameters, where the series takes thousands of terms, Euler's integral
 *     F(a, b; c; z) = 1/B(b, c-b) * integral of u^(b-1) (1-u)^(c-b-1) (1 - z u)^(-a) over (0, 1)
 * is done on a lattice (lattice.h). It needs c > b; c > b - 1 is brought there by
 *     F(a, b; c; z) = F(a, b; c+1; z) + z a b/(c (c+1)) F(a+1, b+1; c+2; z),
 * which adds positive numbers. Negative z goes to z/(z - 1) by Pfaff's transformation. Abramowitz and Stegun 15.3.1, 15.3.3, 15.3.4.
 *
 * Delicate: 1 - z, which is passed along rather than recomputed; and F near 1, whose logarithm must keep its relative accuracy: series and integral then
 * give F - 1. */
#include <math.h>

#include "math/lattice.h"
#include "math/special.h"

/* Parameters of a function with 0 < z < 1; `rest` is 1 - z. */
typedef struct gauss {
    double a, b, c, z, rest, log_rest;
} gauss;

/* How many terms are tried; about where the integral becomes cheaper. */
enum { LOOK_AT = 64, MOST_TERMS = 1500 };

/* Series; 0 when it is too long. Terms may have either sign when z < 0, then they must fall from the start. */
static int sum_series(const gauss *f, double *log_value)
{
    const double large = 1e200;
    double term = 1.0, sum = 0.0, one = 1.0, scale = 0.0, ratio, slowest;

    for (int k = 0; k < MOST_TERMS; k++) {
        ratio = (f->a + k) * (f->b + k) / ((f->c + k) * (k + 1)) * f->z;
        term *= ratio;
        sum += term;
        slowest = fmax(fabs(ratio), fabs(f->z));
        if (slowest < 1.0 && fabs(term) <= 1e-17 * (1.0 - slowest) * fabs(sum)) {
            *log_value = one == 1.0 ? log1p(sum) : scale + log(one + sum);
            return 1;
        }
        if (k == LOOK_AT && !(slowest < 1.0 && log(term / sum) + 39.0 < (MOST_TERMS - LOOK_AT) * (1.0 - slowest)))
            return 0;
        if (sum > large) {
            term /= large;
            sum /= large;
            one /= large;
            scale += log(large);
        }
    }
    return 0;
}

/* What the nodes of Euler's integral need, d = c - b. */
typedef struct euler {
    double a, b, d, z, log_rest;
    double log_peak;          /* logarithm of the integrand at its peak */
    double log_u, log_u_rest; /* log u and log(1 - u) at the peak of the weight */
} euler;

/* Logarithm of the whole integrand. */
static double measure(const euler *e, double y)
{
    return e->b * y - (e->b + e->d - e->a) * retain__softplus(y) - e->a * retain__softplus(y + e->log_rest);
}

static void take_whole(const void *state, double y, double values[2])
{
    const euler *e = state;

    values[0] = exp(measure(e, y) - e->log_peak);
    values[1] = 0.0;
}

/* The beta weight, and the weight times (1 - z u)^(-a) - 1. */
static void take_excess(const void *state, double y, double values[2])
{
    const euler *e = state;
    double log_u_rest = -retain__softplus(y), log_u = y + log_u_rest;
    double log_weight = e->b * (log_u - e->log_u) + e->d * (log_u_rest - e->log_u_rest);
    double growth = y < 0.0 ? -e->a * log1p(-e->z * exp(log_u)) : -e->a * (retain__softplus(y + e->log_rest) + log_u_rest);

    values[0] = exp(log_weight);
    values[1] = growth < 1.0 ? values[0] * expm1(growth) : exp(log_weight + growth) - values[0];
}

/* Where the whole integrand peaks, v = u / (1 - u): b + (b (1 + w) - c + a z) v - (c - b) w v^2 = 0 with w = 1 - z. */
static double find_peak(const gauss *f)
{
    double square = (f->c - f->b) * f->rest, linear = f->b * (1.0 + f->rest) - f->c + f->a * f->z;
    double root = sqrt(linear * linear + 4.0 * square * f->b);

    return linear > 0.0 ? (linear + root) / (2.0 * square) : 2.0 * f->b / (root - linear);
}

/* Euler's integral for c > b. */
static double integrate(const gauss *f)
{
    double v = find_peak(f), v_rest = v * f->rest, sums[2], value, reach = 38.0 + log(1.0 + f->a + f->c);
    euler e = {.a = f->a, .b = f->b, .d = f->c - f->b, .z = f->z, .log_rest = f->log_rest};
    retain__lattice lattice = {.left_slope = e.b, .right_slope = e.d, .left_end = -reach, .right_end = reach - e.log_rest};

    lattice.start = log(v);
    lattice.step = retain__lattice_step(
        fmax(0.0, (f->c - f->a) * (v / (1.0 + v)) / (1.0 + v) + f->a * (v_rest / (1.0 + v_rest)) / (1.0 + v_rest)));
    e.log_peak = measure(&e, lattice.start);
    retain__lattice_sum(&lattice, take_whole, &e, sums);
    value = log(sums[0]) + e.log_peak - retain__lbeta(e.b, e.d);
    if (value > 1.0)
        return value;
    lattice.start = log(e.b / e.d);
    lattice.step = retain__lattice_step(e.b * (e.d / f->c) + 1.0);
    e.log_u_rest = -retain__softplus(lattice.start);
    e.log_u = lattice.start + e.log_u_rest;
    retain__lattice_sum(&lattice, take_excess, &e, sums);
    return log1p(sums[1] / sums[0]);
}

/* 0 < z < 1. */
static double find_positive(gauss f)
{
    double value, swap, factor = 0.0;

    if (f.a < f.c && f.b < f.c && f.c < f.a + f.b) {
        factor = (f.c - f.a - f.b) * f.log_rest;
        f.a = f.c - f.a;
        f.b = f.c - f.b;
    }
    if (sum_series(&f, &value))
        return factor + value;
    if (f.b > f.a) {
        swap = f.a;
        f.a = f.b;
        f.b = swap;
    }
    if (f.b < f.c)
        return factor + integrate(&f);
    if (f.b < f.c + 1.0) {
        gauss first = {f.a, f.b, f.c + 1.0, f.z, f.rest, f.log_rest},
              second = {f.a + 1.0, f.b + 1.0, f.c + 2.0, f.z, f.rest, f.log_rest};
        double of_first = integrate(&first), of_second = integrate(&second) + log(f.z * f.a * f.b / (f.c * (f.c + 1.0)));

        return fmax(of_first, of_second) + retain__softplus(-fabs(of_first - of_second));
    }
    return (double)NAN;
}

double retain__log_hyp2f1(double a, double b, double c, double z)
{
    gauss f = {a, b, c, z, 1.0 - z, log1p(-z)};
    double value, swap;

    if (!(a > 0.0 && b > 0.0 && c > 0.0 && z <= 1.0))
        return (double)NAN;
    if (z == 0.0)
        return 0.0;
    if (z == 1.0)
        return c > a + b ? retain__lgamma_ratio(c - b, b) - retain__lgamma_ratio(c - a - b, b) : (double)INFINITY;
    if (z > 0.0)
        return find_positive(f);
    if (-z < 0.5 && -z * a * b < 0.5 * c && sum_series(&f, &value))
        return value;
    if (b < a) {
        swap = f.a;
        f.a = f.b;
        f.b = swap;
    }
    if (f.b < c)
        f = (gauss){f.a, c - f.b, c, z / (z - 1.0), 1.0 / (1.0 - z), -log1p(-z)};
    else
        f = (gauss){f.b, c - f.a, c, z / (z - 1.0), 1.0 / (1.0 - z), -log1p(-z)};
    return f.b > 0.0 ? f.a * f.log_rest + find_positive(f) : (double)NAN;
}

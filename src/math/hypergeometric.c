/* The Gauss hypergeometric function as the models need it: positive parameters, positive value, as a logarithm.
 *
 * The power series has positive terms for 0 <= z < 1 and is summed whenever it is short; when c < a + b, Euler's transformation
 *     F(a, b; c; z) = (1 - z)^(c-a-b) F(c - a, c - b; c; z)
 * with its smaller parameters is shorter. Near z = 1, and for large parameters, where the series takes thousands of terms,
 * Euler's integral
 *     F(a, b; c; z) = 1/B(b, c-b) * integral of u^(b-1) (1-u)^(c-b-1) (1 - z u)^(-a) over (0, 1)
 * is done on a lattice (lattice.h). It needs c > b; c > b - 1 is brought there by
 *     F(a, b; c; z) = F(a, b; c+1; z) + z a b/(c (c+1)) F(a+1, b+1; c+2; z),
 * which adds positive numbers. Abramowitz and Stegun 15.3.1, 15.3.3.
 *
 * Delicate: 1 - z, which is passed along rather than recomputed; and F near 1, whose logarithm must keep its relative accuracy:
 * series and integral then give F - 1. */
#include <math.h>

#include "math/gamma.h"
#include "math/lattice.h"
#include "math/special.h"

/* Parameters of a function; `rest` is 1 - z. */
typedef struct gauss {
    double a, b, c, z;
    retain__pair rest;
    double log_rest;
} gauss;

/* How many terms are tried; about where the integral becomes cheaper. */
enum { LOOK_AT = 64, MOST_TERMS = 1500 };

/* Series; 0 when it is too long. Terms may have either sign when z < 0, then they must fall from the start. */
static int sum_series(const gauss *f, double *log_value)
{
    double term = 1.0, sum = 0.0, ratio, slowest;

    for (int k = 0; k < MOST_TERMS; k++) {
        ratio = (f->a + k) * (f->b + k) / ((f->c + k) * (k + 1)) * f->z;
        term *= ratio;
        sum += term;
        slowest = fmax(fabs(ratio), fabs(f->z));
        if (slowest < 1.0 && fabs(term) <= 1e-17 * (1.0 - slowest) * fabs(sum)) {
            *log_value = log1p(sum);
            return 1;
        }
        if (k == LOOK_AT && !(slowest < 1.0 && log(term / sum) + 39.0 < (MOST_TERMS - LOOK_AT) * (1.0 - slowest)))
            return 0;
    }
    return 0;
}

/* A point of Euler's integral, v = u/(1 - u), from which the nodes step away. With w = 1 - z the integrand is v^b (1 + v)^(a-c)
 * (1 + w v)^(-a), or, in terms of the ratio R = (1 + v)/(1 + w v), v^b (1 + v)^(-c) R^a. */
typedef struct start {
    double a, b, c, z, w, v;
    double u;
    double log_ratio;           /* log R */
    retain__bend of_v, of_tilt; /* of log(1 + v) and of log(1 + w v) */
    double slope, weight_slope; /* of the logarithms of integrand and beta weight, without the bends */
    int by_ratio;               /* which of the two forms cancels less */
} start;

static start begin_at(const gauss *f, double v)
{
    double tilt = f->rest.high * v, excess = f->z * v / (1.0 + tilt), line, tilt_line, u_of_tilt = tilt / (1.0 + tilt);
    start s = {.a = f->a, .b = f->b, .c = f->c, .z = f->z, .w = f->rest.high, .v = v};

    s.u = v / (1.0 + v);
    s.log_ratio = excess > -0.5 ? log1p(excess) : log1p(v) - log1p(tilt);
    s.of_v = retain__bend_at(v, &line);
    s.of_tilt = retain__bend_at(tilt, &tilt_line);
    s.weight_slope = line > 0.0 ? f->b - f->c : f->b;
    s.slope = s.weight_slope + f->a * (line - tilt_line);
    s.by_ratio = fabs(f->c - f->a) * s.u + f->a * u_of_tilt > f->c * s.u + f->a * fabs(s.u - u_of_tilt);
    return s;
}

/* log R less its value at the start: R/R_0 = 1 + z (v - v_0)/((1 + v_0)(1 + w v)). */
static double grow_ratio(const start *s, double step)
{
    double v = s->v * exp(step), change = s->z * s->u * expm1(step) / (1.0 + s->w * v);

    return change > -0.5 ? log1p(change) : log((1.0 + v) / (1.0 + s->w * v)) - s->log_ratio;
}

/* The integrand over its value at the start. */
static void take_whole(const void *state, double step, double values[2])
{
    const start *s = state;
    double bend = retain__bend_by(&s->of_v, step);

    values[1] = 0.0;
    if (s->by_ratio)
        values[0] = exp(s->weight_slope * step - s->c * bend + s->a * grow_ratio(s, step));
    else
        values[0] = exp(s->slope * step - (s->c - s->a) * bend - s->a * retain__bend_by(&s->of_tilt, step));
}

/* The beta weight over its value at the start, and that times |(1 - z u)^(-a) - 1|. */
static void take_excess(const void *state, double step, double values[2])
{
    const start *s = state;
    double bend = retain__bend_by(&s->of_v, step), log_weight = s->weight_slope * step - s->c * bend;
    double u = s->u * exp(s->of_v.direction > 0.0 ? step - bend : -bend), growth;

    growth = s->a * (fabs(s->z) * u < 0.5 ? -log1p(-s->z * u) : s->log_ratio + grow_ratio(s, step));
    values[0] = exp(log_weight);
    values[1] = growth < 1.0 ? values[0] * fabs(expm1(growth)) : exp(log_weight + growth) - values[0];
}

/* Where the whole integrand peaks: b + (b (1 + w) - c + a z) v - (c - b) w v^2 = 0. */
static double find_peak(const gauss *f)
{
    double square = (f->c - f->b) * f->rest.high, linear = f->b * (1.0 + f->rest.high) - f->c + f->a * f->z;
    double root = sqrt(linear * linear + 4.0 * square * f->b);

    return linear > 0.0 ? (linear + root) / (2.0 * square) : 2.0 * f->b / (root - linear);
}

/* log of u^b (1-u)^(c-b) (1 - z u)^(-a)/B(b, c-b), in pairs since the terms are large beside their sum. */
static double measure(const gauss *f, double v)
{
    double d = f->c - f->b, small = fmin(f->b, d), large = fmax(f->b, d);
    retain__pair sum = retain__pair_times(retain__log_pair(retain__pair_of(v)), f->b);
    retain__pair term = retain__pair_times(retain__log1p_pair(retain__pair_of(v)), f->a - f->c);

    sum = retain__pair_add(sum, term);
    term = retain__pair_times(retain__log1p_pair(retain__pair_times(f->rest, v)), -f->a);
    sum = retain__pair_add(sum, term);
    sum = retain__pair_add(sum, retain__lgamma_ratio_pair(retain__pair_of(large), small));
    return retain__pair_value(retain__pair_add(sum, retain__pair_minus(retain__lgamma_pair(retain__pair_of(small)))));
}

/* Euler's integral for c > b and z < 1, as the mean of (1 - z u)^(-a) - 1 over the Beta(b, c - b) density: for F near 1. */
static double integrate_excess(const gauss *f)
{
    double d = f->c - f->b, v = f->b / d, sums[2], reach = 38.0 + log(1.0 + f->a + f->c);
    start s = begin_at(f, v);
    retain__lattice lattice = {.start = log(v), .left_slopes = {f->b, f->b + 1.0}, .right_slope = d};

    lattice.step = retain__lattice_step(f->b * (d / f->c) + 1.0);
    lattice.left_end = -reach - fmax(0.0, f->log_rest);
    lattice.right_end = reach - fmin(0.0, f->log_rest);
    retain__lattice_sum(&lattice, take_excess, &s, sums);
    return log1p(copysign(sums[1] / sums[0], f->z));
}

/* Euler's integral for c > b and z < 1, in logarithms, for F that may be large or tiny. */
static double integrate_whole(const gauss *f)
{
    double v = find_peak(f), tilt = f->rest.high * v, sums[2], curvature, reach = 38.0 + log(1.0 + f->a + f->c);
    start s = begin_at(f, v);
    retain__lattice lattice = {.start = log(v), .left_slopes = {f->b, f->b}, .right_slope = f->c - f->b};

    curvature = (f->c - f->a) * s.u / (1.0 + v) + f->a * (tilt / (1.0 + tilt)) / (1.0 + tilt);
    lattice.step = retain__lattice_step(fmax(0.0, curvature));
    lattice.left_end = -reach - fmax(0.0, f->log_rest);
    lattice.right_end = reach - fmin(0.0, f->log_rest);
    retain__lattice_sum(&lattice, take_whole, &s, sums);
    return log(sums[0]) + measure(f, v);
}

/* The one that is accurate; 1 <= F <= (1 - z)^(-a), or the other way round for z < 0. */
static double integrate(const gauss *f)
{
    double bound = -f->a * f->log_rest, value;

    if (bound > -1.0 && bound < 30.0)
        return integrate_excess(f);
    value = integrate_whole(f);
    return fabs(value) > 1.0 ? value : integrate_excess(f);
}

/* Euler's integral for z < 1 and b <= a, c > b - 1; over the power of the larger parameter where it can be, since then (1 - z
 * u)^(-a) bends little. */
static double integrate_any(gauss f)
{
    double first, second;

    if (f.a < f.c)
        return integrate(&(gauss){f.b, f.a, f.c, f.z, f.rest, f.log_rest});
    if (f.b < f.c)
        return integrate(&f);
    first = integrate(&(gauss){f.a, f.b, f.c + 1.0, f.z, f.rest, f.log_rest});
    second =
        integrate(&(gauss){f.a + 1.0, f.b + 1.0, f.c + 2.0, f.z, f.rest, f.log_rest}) + log(f.z * f.a * f.b / (f.c * (f.c + 1.0)));
    return fmax(first, second) + log1p(exp(-fabs(first - second)));
}

/* 0 < z < 1, b <= a. */
static double find_positive(gauss f)
{
    double value, factor = 0.0;

    if (f.a < f.c && f.c < f.a + f.b) {
        factor = (f.c - f.a - f.b) * f.log_rest;
        f = (gauss){f.c - f.b, f.c - f.a, f.c, f.z, f.rest, f.log_rest};
    }
    if (sum_series(&f, &value))
        return factor + value;
    return f.b < f.c + 1.0 ? factor + integrate_any(f) : (double)NAN;
}

/* z < 0, b <= a: the terms of a series that is used alternate and fall to less than a half each time. */
static double find_negative(gauss f)
{
    double value = 0.0;

    if (!(f.b < f.c))
        return (double)NAN;
    if (-f.z * fmax(f.a * f.b / f.c, fmax(1.0, (f.a + 1.0) / (f.c + 1.0)) * fmax(1.0, f.b)) >= 0.5)
        return integrate_any(f);
    sum_series(&f, &value);
    return value;
}

double retain__log_hyp2f1(double a, double b, double c, double z)
{
    double small = a < b ? a : b, large = a < b ? b : a;
    gauss f = {large, small, c, z, retain__two_sum(1.0, -z), log1p(-z)};

    if (!(small > 0.0 && large > 0.0 && c > 0.0 && z <= 1.0 && z > -1e200))
        return (double)NAN;
    if (z == 0.0)
        return 0.0;
    if (z == 1.0)
        return c > a + b ? retain__lgamma_ratio(c - b, b) - retain__lgamma_ratio(c - a - b, b) : (double)INFINITY;
    return z > 0.0 ? find_positive(f) : find_negative(f);
}

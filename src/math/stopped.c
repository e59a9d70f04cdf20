/* How many events of a negative binomial stream happen before it is stopped: the expectation of BG/NBD and MBG/NBD.
 *
 * A count N with shape r and mean r x, z = x/(1 + x), is cut at the first success of trials with probability p, p from Beta(a, b). Given N = k the mean is
 * q_k = sum over j < k of (b)_j/(a+b)_j, so the answer is the sum of P(N = k) q_k: positive terms, nothing to cancel, nothing singular, and short
 * unless N is large. Then the same number is taken as the mean of
 *     g(p) = (1 - (1 + p x)^(-r))/p
 * over the Beta(a, b) density, a ratio of two sums over one lattice (lattice.h), in which the errors of the weights cancel. The published formula,
 * a difference of hypergeometric terms over a - 1 (Fader, Hardie, Lee 2005, eq. 9), follows by integrating by parts. */
#include <math.h>

#include "math/lattice.h"
#include "math/pair.h"
#include "math/special.h"

typedef struct stream {
    double r, x, a, b;
    double start; /* p at the first node */
    double slope; /* of the logarithm of the weight, without its bend */
    retain__bend bend;
} stream;

static double sum_counts(const stream *s)
{
    double z = s->x / (1.0 + s->x), sum = 0.0, reached = 1.0, survival = 1.0, term, ratio;
    retain__pair none =
        retain__pair_times(retain__log1p_pair(retain__pair_of(s->x)), -s->r); /* log P(N = 0): its rounding would scale all */

    term = exp(none.high) * (1.0 + none.low) * s->r * z;
    for (double k = 1.0;; k++) {
        sum += term * reached;
        ratio = (s->r + k) * z / (k + 1.0);
        if (ratio < 1.0 && term * reached <= 1e-17 * (1.0 - fmax(ratio, z)) * sum)
            return sum;
        term *= ratio;
        survival *= (s->b + (k - 1.0)) / (s->a + s->b + (k - 1.0));
        reached += survival;
    }
}

/* The weight over its value at the first node, and that times g(p). */
static void take_stream(const void *state, double step, double values[2])
{
    const stream *s = state;
    double bend = retain__bend_by(&s->bend, step), p = s->start * exp(s->bend.direction > 0.0 ? step - bend : -bend);

    values[0] = exp(s->slope * step - (s->a + s->b) * bend);
    values[1] = values[0] * (-expm1(-s->r * log1p(p * s->x)) / p);
}

static double average(stream s)
{
    double reach = 38.0 + log(1.0 + s.a + s.b), line, sums[2];
    retain__lattice lattice = {.left_slopes = {s.a, s.a}, .right_slope = s.b, .right_end = reach};

    s.start = s.a / (s.a + s.b);
    s.bend = retain__bend_at(s.a / s.b, &line);
    s.slope = line > 0.0 ? -s.b : s.a;
    lattice.start = log(s.a / s.b);
    lattice.step = retain__lattice_step(s.start * s.b + 1.0);
    lattice.left_end = -reach - log1p(s.x) - log1p(s.r);
    retain__lattice_sum(&lattice, take_stream, &s, sums);
    return sums[1] / sums[0];
}

double retain__stopped_mean(double r, double x, double a, double b)
{
    stream s = {.r = r, .x = x, .a = a, .b = b};
    double mean = r * x, most;

    if (!(r > 0.0 && x >= 0.0 && a > 0.0 && b > 0.0))
        return (double)NAN;
    if (x == 0.0)
        return 0.0;
    most = mean + 9.0 * sqrt(mean * (1.0 + x)) + 37.0 / log1p(1.0 / x);
    if (most < 1200.0 && r * log1p(x) < 690.0)
        return sum_counts(&s);
    return average(s);
}

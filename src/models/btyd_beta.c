/* Means over a Beta distribution.
 *
 * The question: a customer leaves with a personal probability p ~ Beta(a, b), and something f(p) is known of a customer whose p is
 * known; what is its mean? The papers answer with hypergeometric functions, which cancel or overflow.
 *
 * The idea: the distribution is replaced by some hundred points, and the mean is a sum of positive terms, in which nothing cancels.
 *
 * The points: in y = logit p the density p^a (1-p)^b is analytic and falls off exponentially on both sides, so equal steps
 * converge like a geometric series (trapezoidal rule on the real line; L. N. Trefethen & J. A. C. Weideman, SIAM Review 56
 * (2014)). The step follows from the distance d of the singularities, between pi/2 and pi, and from the curvature k of the
 * peak:
 *
 *     step^-2 = (36 / (2 pi d))^2 + k / 0.74^2,    d = pi/2 + 1.3 / sqrt(1 + (a + b + n + 1) / 4),
 *     k = a b / (a + b) where f leaves the peak where it is, min(a, b + 1.25 (n + 1)) where it may be elsewhere,
 *
 * gives 2e-14 for all of 4,000 random shapes with a, b, n in 1e-4 ... 1e4 and f(p) = (1 - (1 + p v)^-n) / p, v in 1e-6 ...
 * 1e9. Far out, where the terms are a geometric series to the last bit, they are summed in closed form, so that a = 1e-4, with
 * its tail of a hundred thousand units of y, costs no more than a = 1. */
#include "models/btyd_beta.h"

#include <math.h>

#include "math/kernels.h"

static const double deep = 35.0;           /* e^-35 = 6e-16: what is that small beside the rest is left out */
static const double most_points = 10000.0; /* of a grid: shapes beyond all use get a coarser one instead of taking for ever, */
static const double few_points = 500.0;    /* and a still coarser one after times that are beyond all use, too, */
static const double beyond_use = 1e18;     /* in units of 1 / ((n+1) lambda) */
static const double sharpest = 1e12;       /* a peak more curved is as good as a point */

/* log of the density of the logit at distance d from the mean, over that at the mean: seen from the side of the smaller one of p
 * and 1 - p nothing cancels, however lopsided the distribution is. */
static RETAIN__INLINE double log_density(const retain__beta_grid *g, double d)
{
    return g->rate * (g->side * d) - g->total * retain__fast_log1p(g->minor * (retain__fast_exp(g->side * d) - 1.0));
}

static RETAIN__INLINE double probability_at(const retain__beta_grid *g, double d)
{
    double e = retain__fast_exp(g->side * d);

    return (g->side > 0.0 ? g->mean * e : g->mean) / (1.0 + g->minor * (e - 1.0));
}

/* Distance from the mean to one side (1 or -1) at which the density has fallen by `fall`, but at most `farthest`. The fall is
 * convex in the distance, so Newton's method from outside stays outside; it is stopped early. */
static double find_end(const retain__beta_grid *g, double side, double fall, double farthest)
{
    double distance = farthest;

    for (int i = 0; i < 60; i++) {
        double excess = -log_density(g, side * distance) - fall;
        double slope = side * (g->total * probability_at(g, side * distance) - g->a);

        if (!(excess > 0.01 * fall && slope > 0.0))
            break;
        distance -= excess / slope;
    }
    return distance;
}

/* Distances so far from the mean that p or 1 - p underflows are beyond all use. */
static double within_doubles(double distance)
{
    return distance > 1.0 ? distance < 600.0 ? distance : 600.0 : 1.0;
}

retain__beta_grid retain__beta_make_grid(double a, double b, double n, int is_smooth, double steep, double drop)
{
    static const double pi = 3.14159265358979323846;
    double narrow = a / (1.0 + a / b) / sharpest, most = steep < beyond_use ? most_points : few_points;
    double curvature, distance, limit, center, left, right;
    retain__beta_grid g;

    if (narrow > 1.0) {
        a /= narrow;
        b /= narrow;
    }
    g = (retain__beta_grid){.a = a, .b = b, .total = a + b, .mean = a / (a + b), .side = 1.0, .minor = a / (a + b), .rate = a};
    if (a > b) {
        g.side = -1.0;
        g.minor = b / (a + b);
        g.rate = b;
    }
    curvature = is_smooth ? a / (1.0 + a / b) : a < b + 1.25 * (n + 1.0) ? a : b + 1.25 * (n + 1.0);
    distance = 0.5 * pi + 1.3 / sqrt(1.0 + 0.25 * (g.total + n + 1.0));
    limit = 36.0 / (2.0 * pi * distance);
    center = retain__fast_log(a / b);
    left = deep + retain__fast_log1p(g.total + steep) + center;
    right = deep + retain__fast_log1p(g.total + n) - center;
    left = find_end(&g, -1.0, deep + drop, within_doubles(left));
    right = find_end(&g, 1.0, deep, within_doubles(right));
    g.step = 1.0 / sqrt(limit * limit + curvature / (0.74 * 0.74));
    if (left + right > most * g.step)
        g.step = (left + right) / most;
    g.first = -ceil(left / g.step);
    g.last = ceil(right / g.step);
    return g;
}

static RETAIN__INLINE void retain__beta_fill_body(const retain__beta_grid *g, double from, size_t count, double *p, double *weight)
{
    retain__beta_grid own = *g; /* a copy that no store can change */

    for (size_t i = 0; i < count; i++) {
        double d = (from + (double)i) * own.step;

        p[i] = probability_at(&own, d);
        weight[i] = retain__fast_exp(log_density(&own, d));
    }
}

RETAIN__VECTORISED(, retain__beta_fill, (const retain__beta_grid *g, double from, size_t count, double *p, double *weight),
                   (g, from, count, p, weight));

void retain__beta_tails(const retain__beta_grid *g, double *left, double *right)
{
    double p;

    /* beyond the outermost steps the terms are geometric series */
    retain__beta_fill(g, g->first, 1, &p, left);
    *left /= expm1(g->a * g->step);
    retain__beta_fill(g, g->last, 1, &p, right);
    *right /= expm1(g->b * g->step);
}

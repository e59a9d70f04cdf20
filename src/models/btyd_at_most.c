/* At most so many occasions, where customers buy at random until they leave at a time of their own.
 *
 * The question: P(Y <= n) in a window, for an n so large that its n + 1 probabilities are not to be added up one by one.
 *
 * The idea: more than n occasions means that the (n + 1)-th comes within the window, at W from its beginning, and that the customer is
 * still there then. With lambda ~ Gamma(R, A), R = r + x, A = alpha + T, W / (A + W) ~ Beta(n + 1, R), whatever the lifetime. So
 *
 *     P(Y <= n) = P(W > length) + the mean of 1 - S(from + W) over W <= length,    S(u) = P(alive at T + u | alive at T).
 *
 * With w = log(W / A) the density is e^((n+1) w) / (1 + e^w)^(n+1+R): one peak, whose width is known, and panels as long as that or as S
 * allows, a quarter, from the top to both sides until nothing is left. The mean is one over the part of the density that lies in the
 * window, which is an incomplete beta function, so that no constant in front of it is needed. */
#include "models/btyd_at_most.h"

#include <math.h>

#include "math/kernels.h"
#include "math/quadrature.h"
#include "math/special.h"

enum { NODES = 16 };

static const double deep = 45.0, longest = 0.25, widest = 1e250;

typedef struct wait {
    const retain__btyd_family *family;
    const double *p;
    double x, T;
    double from;
    double age, shape, ordered; /* A, R, n + 1 */
    double top;                 /* log density where it is highest */
} wait;

static double log_density(const wait *of, double w)
{
    /* log(1 + e^w) */
    double above = w > 0.0 ? w + retain__fast_log1p(exp(-w)) : retain__fast_log1p(exp(w));

    return of->ordered * w - (of->ordered + of->shape) * above;
}

static double has_left(const wait *of, double w)
{
    double u = of->from + of->age * exp(w), alive = 1.0;

    if (u > 0.0)
        of->family->surviving(of->family, of->p, of->x, NULL, &of->T, 1, u, &alive);
    return 1.0 - alive;
}

/* Panels from `start` towards `end` until the density is gone. */
static void add_panels(const wait *of, double start, double end, double length, double *mass, double *sum)
{
    size_t rule = 0;
    double side = end > start ? 1.0 : -1.0;

    while (retain__rules[rule].count < NODES)
        rule++;
    while (side * (end - start) > 0.0 && log_density(of, start) - of->top > -deep) {
        double step = side * (end - start) < length ? end - start : side * length;

        for (size_t i = 0; i < NODES; i++) {
            double w = start + retain__rules[rule].nodes[i].at * step;
            double part = fabs(step) * retain__rules[rule].nodes[i].weight * exp(log_density(of, w) - of->top);

            *mass += part;
            *sum += part * has_left(of, w);
        }
        start += step;
    }
}

static double find_at_most(wait *of, double length)
{
    double end = log(length / of->age), peak = log(of->ordered / of->shape), high, slope, curvature, panel, mass = 0.0, sum = 0.0;
    double beyond = retain__betainc(of->shape, of->ordered, of->age / (of->age + length));

    if (beyond >= 1.0)
        return 1.0;
    high = peak < end ? peak : end;
    of->top = log_density(of, high);
    slope = of->ordered - (of->ordered + of->shape) / (1.0 + exp(-high)); /* where the window ends before the peak */
    curvature = of->ordered * of->shape / (of->ordered + of->shape);
    panel = 2.0 / sqrt(curvature);
    panel = slope * panel > 8.0 ? 8.0 / slope : panel;
    panel = panel < longest ? panel : longest;
    add_panels(of, high, high - 1e4, panel, &mass, &sum);
    add_panels(of, high, end, panel, &mass, &sum);
    return beyond + (1.0 - beyond) * (sum / mass);
}

void retain__btyd_at_most(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                          size_t count, double from, double to, double n, double *probability)
{
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        wait of = {
            .family = family, .p = p, .x = x, .T = T[i], .from = from, .age = p[1] + T[i], .shape = p[0] + x, .ordered = n + 1.0};
        double length = to - from;

        probability[i] = find_at_most(&of, length < widest * of.age ? length : widest * of.age);
    }
}

/* BG/NBD and MBG/NBD: the future of customers who are alive.
 *
 * The question: how many occasions will there be in the next t units of time, discounted or not?
 *
 * The idea: a customer who is alive at T after x repeat occasions and c chances to leave is a new BG/NBD customer with
 * n = r + x, alpha + T, a and b + c. Were the personal rate lambda and probability p known, the customer would still be there
 * after u with probability e^(-lambda p u), and buy at the rate lambda meanwhile. The mean over lambda ~ Gamma(n, alpha + T) is
 *
 *     E[Y(t) | p] = (1 - (1 + p v)^-n) / p,    dE/dv = n (1 + p v)^-(n+1),    v = t / (alpha + T),
 *
 * and what remains is the mean over p ~ Beta(a, b + c). The papers write that mean as a Gauss hypergeometric function,
 * (a+b+c-1)/(a-1) [1 - ... 2F1], which cancels for small t, near a = 1 and near a + b + c = 1. Here the Beta distribution is
 * replaced by some hundred points (btyd_beta.h), once for all customers with the same x, and the mean is a sum of positive terms:
 * nothing cancels, and nothing is special about a = 1.
 *
 * Discounting: D = n * integral of e^(-z u) F(u) du over u from 0 to v, z = delta (alpha + T), with F(u) the mean of
 * (1 + p u)^-(n+1). F depends on x only. It is tabulated on panels in w = log(1 + (n+1) u), 16 Gauss-Legendre nodes each, that
 * are the same for all customers; where a panel is cut by the horizon, or e^(-z u) falls steeply in it, F between the nodes is
 * interpolated. */
#include <math.h>

#include "math/kernels.h"
#include "math/quadrature.h"
#include "models/btyd_beta.h"
#include "models/btyd_bg.h"

enum { CHUNK = RETAIN__BETA_CHUNK, NODES = 16 };

static const double longest = 1e250; /* n v beyond which nothing happens any more */

/* What is averaged over p: E[Y | p] at v, or the decay (1 + p v)^-(n+1). */
typedef enum integrand { ORDERS, DECAY } integrand;

static RETAIN__INLINE double evaluate(integrand what, double n, double p, double v)
{
    double l = retain__fast_log1p(p * v);

    return what == ORDERS ? -retain__fast_expm1(-n * l) / p : retain__fast_exp(-(n + 1.0) * l);
}

/* Sum of weight times integrand. */
static RETAIN__INLINE void add_chunk_body(integrand what, double n, double v, const double *p, const double *weight, size_t count,
                                          double *sum)
{
    double lanes[RETAIN__LANES] = {0.0};
    size_t whole = count - count % RETAIN__LANES;

    if (what == ORDERS) {
        for (size_t i = 0; i < whole; i += RETAIN__LANES) {
            for (size_t lane = 0; lane < RETAIN__LANES; lane++)
                lanes[lane] += weight[i + lane] * evaluate(ORDERS, n, p[i + lane], v);
        }
    } else {
        for (size_t i = 0; i < whole; i += RETAIN__LANES) {
            for (size_t lane = 0; lane < RETAIN__LANES; lane++)
                lanes[lane] += weight[i + lane] * evaluate(DECAY, n, p[i + lane], v);
        }
    }
    for (size_t i = whole; i < count; i++)
        lanes[i - whole] += weight[i] * evaluate(what, n, p[i], v);
    *sum += retain__merge_lanes(lanes);
}

RETAIN__VECTORISED(static, add_chunk,
                   (integrand what, double n, double v, const double *p, const double *weight, size_t count, double *sum),
                   (what, n, v, p, weight, count, sum));

/* Means of the integrand over the distribution, for `count` values of v. The geometric tails stand for p = 0 and p = 1. */
static void average(const retain__beta_grid *g, integrand what, double n, const double *v, size_t count, double *mean)
{
    double p[CHUNK], weight[CHUNK], mass, one = 1.0, left, right;

    retain__beta_tails(g, &left, &right);
    mass = left + right;
    for (size_t k = 0; k < count; k++) {
        double at_zero = what == ORDERS ? n * v[k] : 1.0;

        mean[k] = left * at_zero + right * evaluate(what, n, one, v[k]);
    }
    for (double from = g->first; from <= g->last; from += CHUNK) {
        size_t points = g->last - from < CHUNK - 1 ? (size_t)(g->last - from) + 1 : CHUNK;

        retain__beta_fill(g, from, points, p, weight);
        for (size_t i = 0; i < points; i++)
            mass += weight[i];
        for (size_t k = 0; k < count; k++)
            add_chunk(what, n, v[k], p, weight, points, &mean[k]);
    }
    for (size_t k = 0; k < count; k++)
        mean[k] /= mass;
}

void retain__bg_decay(double a, double b, double n, double most, const double *v, size_t count, double *mean)
{
    retain__beta_grid g = retain__beta_make_grid(a, b, n, 0, (n + 1.0) * most, (n + 1.0) * retain__fast_log1p(a / (a + b) * most));

    average(&g, DECAY, n, v, count, mean);
}

/* v = t / age, within bounds. */
static double share_of(double t, double age, double n)
{
    double v = t / age, most = longest / (n + 1.0);

    return v < most ? v : most;
}

void retain__bg_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double t, double *orders)
{
    double n = p[0] + x, alpha = p[1], a = p[2], b = p[3] + retain__bg_chances(family, x), farthest = share_of(t, alpha, n);
    retain__beta_grid g = retain__beta_make_grid(a, b, n, 1, (n + 1.0) * farthest,
                                                 retain__fast_log1p(n) + retain__fast_log1p(a / (a + b) * farthest));
    double v[RETAIN__BTYD_RUN];

    (void)t_x;
    for (size_t i = 0; i < count; i++)
        v[i] = share_of(t, alpha + T[i], n);
    average(&g, ORDERS, n, v, count, orders);
}

void retain__bg_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                       size_t count, double t, double *silence)
{
    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++)
        silence[i] = retain__fast_exp(-(p[0] + x) * retain__fast_log1p(share_of(t, p[1] + T[i], p[0] + x)));
}

/* P(alive after t): the mean of (1 + p v)^-n. */
void retain__bg_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                          size_t count, double t, double *surviving)
{
    double n = p[0] + x, alpha = p[1], a = p[2], b = p[3] + retain__bg_chances(family, x), farthest = share_of(t, alpha, n);
    retain__beta_grid g = retain__beta_make_grid(a, b, n - 1.0, 0, n * farthest, n * retain__fast_log1p(a / (a + b) * farthest));
    double v[RETAIN__BTYD_RUN];

    (void)t_x;
    for (size_t i = 0; i < count; i++)
        v[i] = share_of(t, alpha + T[i], n);
    average(&g, DECAY, n - 1.0, v, count, surviving);
}

/* --- discounted ----------------------------------------------------------------------------------------------------------- */

/* F on one panel w = panel ... panel + 1. */
typedef struct panel {
    double start;         /* w at its left end */
    double scale;         /* n + 1 */
    double u[NODES];      /* where the nodes are */
    double decay[NODES];  /* F there */
    double factor[NODES]; /* weight in the integral: Gauss-Legendre weight, du/dw, n F */
    double turn[NODES];   /* barycentric weights of the nodes */
} panel;

/* The rule of NODES nodes. */
static const retain__node *find_nodes(void)
{
    size_t rule = 0;

    while (retain__rules[rule].count < NODES)
        rule++;
    return retain__rules[rule].nodes;
}

static void make_panel(double start, double n, double a, double b, panel *one)
{
    const retain__node *nodes = find_nodes();
    double end = expm1(start + 1.0) / (n + 1.0);

    one->start = start;
    one->scale = n + 1.0;
    for (size_t k = 0; k < NODES; k++)
        one->u[k] = expm1(start + nodes[k].at) / (n + 1.0);
    retain__bg_decay(a, b, n, end, one->u, NODES, one->decay);
    for (size_t k = 0; k < NODES; k++) {
        one->factor[k] = nodes[k].weight * (n / (n + 1.0) + n * one->u[k]) * one->decay[k]; /* du/dw = (1 + (n+1) u) / (n+1) */
        one->turn[k] = (k % 2 ? -1.0 : 1.0) * sqrt(nodes[k].at * (1.0 - nodes[k].at) * nodes[k].weight);
    }
}

/* n e^(-z u) F(u) integrated over the whole panel. */
static double integrate_panel(const panel *one, double z)
{
    double sum = 0.0;

    for (size_t k = 0; k < NODES; k++)
        sum += one->factor[k] * retain__fast_exp(-z * one->u[k]);
    return sum;
}

/* The same over the part w = start + from ... start + from + length. */
static double integrate_part(const panel *one, double z, double from, double length)
{
    const retain__node *nodes = find_nodes();
    double sum = 0.0;

    for (size_t j = 0; j < NODES; j++) {
        double at = from + nodes[j].at * length, u = expm1(one->start + at) / one->scale, above = 0.0, below = 0.0;

        for (size_t k = 0; k < NODES; k++) {
            double apart = at - nodes[k].at + 1e-300 /* at a node: as good as at it */, share = one->turn[k] / apart;

            above += share * one->decay[k];
            below += share;
        }
        sum +=
            nodes[j].weight * length * retain__fast_exp(-z * u) * ((one->scale - 1.0) * (1.0 / one->scale + u)) * (above / below);
    }
    return sum;
}

/* And over the first `length` of the panel. 16 nodes are enough for e^(-z u) while z u changes by no more than 16. */
static double integrate_to(const panel *one, double z, double length)
{
    double change = z * (expm1(one->start + length) - expm1(one->start)) / one->scale, pieces = ceil(change / 16.0), sum = 0.0;

    if (length == 1.0 && pieces <= 1.0)
        return integrate_panel(one, z);
    pieces = pieces > 1.0 ? pieces < 8.0 ? pieces : 8.0 : 1.0; /* more than 45 never matters */
    for (double k = 0.0; k < pieces; k += 1.0)
        sum += integrate_part(one, z, k / pieces * length, length / pieces);
    return sum;
}

void retain__bg_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double delta, double *orders)
{
    double n = p[0] + x, alpha = p[1], a = p[2], b = p[3] + retain__bg_chances(family, x);
    double end[RETAIN__BTYD_RUN], farthest = 0.0; /* w up to which each customer's integral goes */
    panel one;

    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        double until = 45.0 / (delta * (alpha + T[i])),
               horizon = t / (alpha + T[i]); /* e^-45 of the integral lies beyond `until` */

        if (delta <= 0.0) {
            orders[i] = a > 1.0 ? 1.0 + b / (a - 1.0) : (double)INFINITY; /* the mean of 1 / p */
            end[i] = 0.0;
            continue;
        }
        end[i] = retain__fast_log1p((n + 1.0) * (horizon < until ? horizon : until));
        farthest = end[i] > farthest ? end[i] : farthest;
        orders[i] = 0.0;
    }
    for (double start = 0.0; start < farthest; start += 1.0) {
        make_panel(start, n, a, b, &one);
        for (size_t i = 0; i < count; i++) {
            if (end[i] > start)
                orders[i] += integrate_to(&one, delta * (alpha + T[i]), end[i] - start < 1.0 ? end[i] - start : 1.0);
        }
    }
}

/* The one integral of the Pareto/NBD.
 *
 * The question: with what probability does a customer, alive now, die within the next `span` without having ordered again? Dying
 * at u has the density s/(beta + u) (beta/(beta + u))^s, silence until then the probability (alpha/(alpha + u))^n. Schmittlein,
 * Morrison & Colombo (1987) and all programs after them write the integral over u as a difference of two hypergeometric functions:
 * the difference cancels, the functions overflow, and their derivatives are worse. Here it is simply integrated.
 *
 * The idea: let m be the smaller of alpha and beta, M the other, and y = log((m + u) / m). Then M + u = M (1 + c (e^y - 1)) with c
 * = m / M <= 1, and the integrand is e^-g(y),
 *     g(y) = inner y + outer log(1 + c (e^y - 1)),     (inner, outer) = (n - 1, s + 1) when m = alpha, (s, n) when m = beta.
 * g is convex; its singularities are at a distance of pi or more from the real line. Gauss-Legendre nodes then converge like a
 * geometric series, every term is positive, nothing cancels and nothing overflows: u = 0, alpha = beta and all limits are ordinary
 * points. Taking the smaller of the two is what keeps the singularities away.
 *
 * How many nodes: two things make an integrand hard, its fall D = max g - min g and its length Y in y. The number of nodes that
 * gives 14 digits for the integral and its moments was determined with 33-digit arithmetic for 32,000 random shapes (inner -1 ...
 * 1e4, outer 1e-4 ... 1e4, c 1e-9 ... 1), and
 *     nodes(D, Y) = 3.5 + sqrt(8 D + 11 Y^2 + 2 Y)
 * is never too small for Y <= 8 and D <= 36. A typical shop needs 6 to 12. Where g has risen by `deep` the rest is left out (it is
 * e^-34 = 2e-15 of the integral), and a longer span than `longest` is cut into panels.
 *
 * How fast: spans are sorted by rule, so that RETAIN__LANES of them go through the same nodes side by side in vector instructions.
 * What a span gets depends on the span alone, never on its neighbours. */
#include "models/btyd_pareto_integral.h"

#include <math.h>

#include "math/kernels.h"
#include "math/quadrature.h"

static const double deep = 34.0, longest = 6.0;

enum {
    MOST_PANELS = 4,                           /* spans of more panels are so rare that each goes alone */
    BUCKETS = MOST_PANELS * RETAIN__RULES + 1, /* by panels and rule; the last for those alone */
    LANES = RETAIN__LANES
};

/* The shapes of the integrands of a run, and the order in which they are integrated. */
typedef struct schedule {
    double inner[RETAIN__BTYD_RUN], outer[RETAIN__BTYD_RUN], ratio[RETAIN__BTYD_RUN], length[RETAIN__BTYD_RUN],
        fall[RETAIN__BTYD_RUN];
    double panels[RETAIN__BTYD_RUN], half_nodes[RETAIN__BTYD_RUN];
    unsigned short order[RETAIN__BTYD_RUN];
    size_t first[BUCKETS + 1]; /* of each bucket, in `order` */
} schedule;

/* Shapes, before anything is cut. */
static RETAIN__INLINE void describe_shapes(const retain__pareto_spans *spans, schedule *plan, const double *small,
                                           const double *large, double *log_small, double *log_large)
{
    const double most = 1e300, s = spans->s;
    const int alpha_is_smaller = spans->alpha_is_smaller;

    for (size_t i = 0; i < spans->count; i++) {
        double near = spans->span[i] / small[i], far = spans->span[i] / large[i], n = spans->n[i];
        double inner = alpha_is_smaller ? n - 1.0 : s, outer = alpha_is_smaller ? s + 1.0 : n;

        near = retain__fast_log1p(near < most ? near : most);
        far = retain__fast_log1p(far < most ? far : most);
        log_small[i] = near;
        log_large[i] = far;
        plan->inner[i] = inner;
        plan->outer[i] = outer;
        plan->ratio[i] = small[i] / large[i];
        plan->length[i] = near;
        plan->fall[i] = inner * near + outer * far;
    }
}

/* Shortens span i to where its integrand has fallen by `deep`. g is convex and 0 at 0: two bounds to begin with, then Newton from
 * the right, which never passes the root. */
static void cut_short(schedule *plan, size_t i)
{
    const double inner = plan->inner[i], outer = plan->outer[i], ratio = plan->ratio[i], slope = inner + outer * ratio;
    double y = plan->length[i], budget = (deep + (inner < 0.0 ? -inner * y : 0.0)) / outer;

    if (slope > 0.0 && y > deep / slope)
        y = deep / slope;
    if (budget < 600.0) {
        double bound = retain__expm1_normal(budget) / ratio;

        bound = bound < 1e300 ? retain__fast_log1p(bound) : y;
        y = y < bound ? y : bound;
    }
    for (;;) {
        double h = ratio * retain__expm1_normal(y), g = inner * y + outer * retain__fast_log1p(h);

        plan->fall[i] = g;
        if (!(g > deep + 1.0))
            break;
        y -= (g - deep) / (inner + outer * (ratio + h) / (1.0 + h));
    }
    plan->length[i] = y;
}

/* Panels and half the number of nodes of each span. */
static RETAIN__INLINE void count_nodes(const retain__pareto_spans *spans, schedule *plan)
{
    const double magic = 6755399441055744.0; /* 1.5 * 2^52: adding it rounds to a whole number */

    for (size_t i = 0; i < spans->count; i++) {
        double length = plan->length[i], panels = (length / longest + 0.5 + magic) - magic, fall = plan->fall[i];
        double rise = plan->inner[i], nodes;

        panels = panels < 1.0 ? 1.0 : panels;
        length = length / panels;
        rise = rise < 0.0 ? -rise * length : 0.0;
        fall = (fall > 0.0 ? fall : 0.0) + rise;
        nodes = 3.5 + sqrt(8.0 * fall + (11.0 * length + 2.0) * length);
        plan->panels[i] = panels;
        plan->half_nodes[i] = (0.5 * nodes + 0.5 + magic) - magic;
    }
}

/* Sorts the spans of a run into buckets. */
static void fill_buckets(const retain__pareto_spans *spans, schedule *plan)
{
    static const unsigned char rule_of_half[RETAIN__MOST_NODES / 2 + 1] = {0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 11};
    unsigned char bucket[RETAIN__BTYD_RUN];
    size_t at[BUCKETS], sum = 0;

    for (size_t b = 0; b < BUCKETS; b++)
        at[b] = 0;
    for (size_t i = 0; i < spans->count; i++) {
        double half = plan->half_nodes[i], panels = plan->panels[i];

        if (panels > MOST_PANELS)
            bucket[i] = BUCKETS - 1;
        else
            bucket[i] = (unsigned char)(((size_t)panels - 1) * RETAIN__RULES +
                                        rule_of_half[half < RETAIN__MOST_NODES / 2 ? (size_t)half : RETAIN__MOST_NODES / 2]);
        at[bucket[i]]++;
    }
    for (size_t b = 0; b < BUCKETS; b++) {
        size_t members = at[b];

        plan->first[b] = at[b] = sum;
        sum += members;
    }
    plan->first[BUCKETS] = sum;
    for (size_t i = 0; i < spans->count; i++)
        plan->order[at[bucket[i]]++] = (unsigned short)i;
}

/* Where a moment goes. The loop over the nodes knows only the smaller and the larger of alpha and beta; when beta is the smaller,
 * A and B, P and Q change places. */
static const unsigned char place_of[2][RETAIN__PARETO_MOMENTS] = {
    {RETAIN__PARETO_MASS, RETAIN__PARETO_B, RETAIN__PARETO_Q, RETAIN__PARETO_A, RETAIN__PARETO_P, RETAIN__PARETO_BB,
     RETAIN__PARETO_BQ, RETAIN__PARETO_AB, RETAIN__PARETO_PB, RETAIN__PARETO_QQ, RETAIN__PARETO_AQ, RETAIN__PARETO_PQ,
     RETAIN__PARETO_AA, RETAIN__PARETO_AP, RETAIN__PARETO_PP},
    {RETAIN__PARETO_MASS, RETAIN__PARETO_A, RETAIN__PARETO_P, RETAIN__PARETO_B, RETAIN__PARETO_Q, RETAIN__PARETO_AA,
     RETAIN__PARETO_AP, RETAIN__PARETO_AB, RETAIN__PARETO_AQ, RETAIN__PARETO_PP, RETAIN__PARETO_PB, RETAIN__PARETO_PQ,
     RETAIN__PARETO_BB, RETAIN__PARETO_BQ, RETAIN__PARETO_QQ}};

/* LANES spans at the nodes of one panel: y, e^y - 1 = u / m, u / M, log((M + u) / M), and the integrand times its weight. None of
 * them is a difference of larger numbers, so that parameters may be as large as a fit likes that runs to a boundary. */
typedef struct panel {
    double y[RETAIN__MOST_NODES][LANES], g[RETAIN__MOST_NODES][LANES], h[RETAIN__MOST_NODES][LANES], z[RETAIN__MOST_NODES][LANES];
    double f[RETAIN__MOST_NODES][LANES];
} panel;

/* One kernel after the other over all nodes: each loop is short enough for a processor to have many of its turns in flight at
 * once. */
static RETAIN__INLINE void evaluate_panel(const schedule *plan, const unsigned short *members, const retain__rule *rule, double at,
                                          double width, panel *nodes)
{
    double inner[LANES], outer[LANES], ratio[LANES], length[LANES];

    for (size_t l = 0; l < LANES; l++) {
        inner[l] = plan->inner[members[l]];
        outer[l] = plan->outer[members[l]];
        ratio[l] = plan->ratio[members[l]];
        length[l] = plan->length[members[l]];
    }
    for (size_t j = 0; j < rule->count; j++)
        for (size_t l = 0; l < LANES; l++) {
            nodes->y[j][l] = length[l] * (at + width * rule->nodes[j].at);
            nodes->g[j][l] = retain__expm1_normal(nodes->y[j][l]);
        }
    for (size_t j = 0; j < rule->count; j++)
        for (size_t l = 0; l < LANES; l++) {
            nodes->h[j][l] = ratio[l] * nodes->g[j][l];
            nodes->z[j][l] = retain__fast_log1p(nodes->h[j][l]);
        }
    for (size_t j = 0; j < rule->count; j++)
        for (size_t l = 0; l < LANES; l++)
            nodes->f[j][l] =
                width * rule->nodes[j].weight * retain__exp_normal(-(inner[l] * nodes->y[j][l] + outer[l] * nodes->z[j][l]));
}

static RETAIN__INLINE void add_mass(const panel *nodes, size_t count, double sums[RETAIN__PARETO_MOMENTS][LANES])
{
    for (size_t j = 0; j < count; j++)
        for (size_t l = 0; l < LANES; l++)
            sums[0][l] += nodes->f[j][l];
}

static RETAIN__INLINE void add_moments(const panel *nodes, size_t count, double sums[RETAIN__PARETO_MOMENTS][LANES])
{
    for (size_t j = 0; j < count; j++) {
        for (size_t l = 0; l < LANES; l++) {
            const double f = nodes->f[j][l], y = nodes->y[j][l], z = nodes->z[j][l], g = nodes->g[j][l], h = nodes->h[j][l];
            const double both = 1.0 / ((1.0 + g) * (1.0 + h));
            const double small = both * (1.0 + h) * g, large = both * (1.0 + g) * h; /* u / (m + u) and u / (M + u) */
            const double fy = f * y, fs = f * small, fz = f * z, fl = f * large;

            sums[0][l] += f;
            sums[1][l] += fy;
            sums[2][l] += fs;
            sums[3][l] += fz;
            sums[4][l] += fl;
            sums[5][l] += fy * y;
            sums[6][l] += fy * small;
            sums[7][l] += fy * z;
            sums[8][l] += fy * large;
            sums[9][l] += fs * small;
            sums[10][l] += fs * z;
            sums[11][l] += fs * large;
            sums[12][l] += fz * z;
            sums[13][l] += fz * large;
            sums[14][l] += fl * large;
        }
    }
}

/* Integrates the members first ... last - 1 of the plan's order, all with one rule. */
static RETAIN__INLINE void integrate_members(const retain__pareto_spans *spans, const schedule *plan, size_t first, size_t last,
                                             const retain__rule *rule, size_t panels, int all_moments,
                                             double moments[][RETAIN__BTYD_RUN])
{
    const unsigned char *place = place_of[spans->alpha_is_smaller];
    const int moment_count = all_moments ? RETAIN__PARETO_MOMENTS : 1;
    const double width = 1.0 / (double)panels;

    for (; first < last; first += LANES) {
        double sums[RETAIN__PARETO_MOMENTS][LANES] = {{0.0}};
        unsigned short members[LANES];
        size_t filled = last - first < LANES ? last - first : LANES;

        for (size_t l = 0; l < LANES; l++)
            members[l] = plan->order[first + (l < filled ? l : 0)];
        for (size_t k = 0; k < panels; k++) {
            panel nodes;

            evaluate_panel(plan, members, rule, (double)k * width, width, &nodes);
            if (all_moments)
                add_moments(&nodes, rule->count, sums);
            else
                add_mass(&nodes, rule->count, sums);
        }
        for (size_t l = 0; l < filled; l++) {
            size_t i = members[l];
            double scale = plan->length[i] * spans->s * (spans->alpha_is_smaller ? plan->ratio[i] : 1.0);

            for (int k = 0; k < moment_count; k++)
                moments[place[k]][i] = scale * sums[k][l];
        }
    }
}

static RETAIN__INLINE void integrate(retain__pareto_spans *spans, int all_moments, double moments[][RETAIN__BTYD_RUN])
{
    schedule plan;

    if (spans->alpha_is_smaller)
        describe_shapes(spans, &plan, spans->alpha, spans->beta, spans->log_alpha, spans->log_beta);
    else
        describe_shapes(spans, &plan, spans->beta, spans->alpha, spans->log_beta, spans->log_alpha);
    for (size_t i = 0; i < spans->count; i++)
        if (plan.fall[i] > deep + 1.0)
            cut_short(&plan, i);
    count_nodes(spans, &plan);
    fill_buckets(spans, &plan);
    for (size_t b = 0; b + 1 < BUCKETS; b++)
        integrate_members(spans, &plan, plan.first[b], plan.first[b + 1], &retain__rules[b % RETAIN__RULES], 1 + b / RETAIN__RULES,
                          all_moments, moments);
    for (size_t at = plan.first[BUCKETS - 1]; at < spans->count; at++)
        integrate_members(spans, &plan, at, at + 1, &retain__rules[RETAIN__RULES - 1], (size_t)plan.panels[plan.order[at]],
                          all_moments, moments);
}

static RETAIN__INLINE void find_mass_body(retain__pareto_spans *spans, double *mass)
{
    integrate(spans, 0, (double(*)[RETAIN__BTYD_RUN])mass);
}

static RETAIN__INLINE void find_moments_body(retain__pareto_spans *spans, double (*moments)[RETAIN__BTYD_RUN])
{
    integrate(spans, 1, moments);
}

RETAIN__VECTORISED(static, find_mass, (retain__pareto_spans * spans, double *mass), (spans, mass));
RETAIN__VECTORISED(static, find_moments, (retain__pareto_spans * spans, double (*moments)[RETAIN__BTYD_RUN]), (spans, moments));

void retain__pareto_mass(retain__pareto_spans *spans, double *mass)
{
    find_mass(spans, mass);
}

void retain__pareto_moments(retain__pareto_spans *spans, double moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN])
{
    find_moments(spans, moments);
}

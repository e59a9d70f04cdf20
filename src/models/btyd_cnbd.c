/* BG/CNBD-k and MBG/CNBD-k: the past of customers who buy regularly.
 *
 * The question: how likely is a customer's record, and is the customer still there, when gaps between purchases are more even than
 * those of a lottery?
 *
 * The idea (Platzer & Reutterer 2016, Marketing Science 35(5)): a purchase happens at every k-th event of a hidden clock that ticks
 * at the personal rate lambda ~ Gamma(r, alpha). Gaps are then Erlang-k, "condensed" Poisson; k = 1 is BG/NBD, or MBG/NBD, and these
 * do the work then. Leaving is as there: c chances, each taken with probability p ~ Beta(a, b). Up to a customer's last purchase
 * the clock has ticked k x times; if alive, it has ticked j more times since, j < k. With n = r + k x and z = (T-t_x)/(alpha+T),
 *
 *     L = e^((k-1) G) / (k-1)!^x  G(n)/G(r) alpha^r (alpha+T)^-n B(a,b+c)/B(a,b) Q (1 + odds),
 *     Q = sum over j < k of (n)_j/j! z^j,      odds = [c > 0] a/(b+c-1) ((alpha+T)/(alpha+t_x))^n / Q,
 *
 * where G is the sum of the logarithms of the gaps, the only thing that (x, t_x, T) do not tell. It stands beside the parameters,
 * not among them: for one k it is a constant, and only the choice of k needs it. The caller of this file adds (k-1) G.
 *
 * What is delicate: Q. Its terms are positive, and the weights w_j of its stages are the distribution of j given that the customer is
 * alive; derivatives of log Q are moments of that distribution. With h_j = 1/n + ... + 1/(n+j-1), s_j the same of squares,
 * A = alpha/(alpha+T) and F = T/(alpha+T), and E, Var, Cov under the weights,
 *
 *     d log Q/dn = E h,  d2 log Q/dn2 = Var h - E s,  dz/dlog alpha = -A z,  dA/dlog alpha = A F:
 *     d log Q/dlog alpha = -A E j,  d2 = A^2 Var j - A F E j,  mixed = -A Cov(h, j).
 *
 * The moments are updated stage by stage as running means and (co)variances are, without subtracting squares. The rest is that of
 * btyd_bg.c, with n = r + k x in the place of r + x, and log Q in two places. */
#include "models/btyd_cnbd.h"

#include <math.h>

#include "math/random.h"
#include "math/special.h"

enum { R = RETAIN__CNBD_R, ALPHA = RETAIN__CNBD_ALPHA, A = RETAIN__CNBD_A, B = RETAIN__CNBD_B, K = RETAIN__CNBD_K, FEW = 64 };

/* Places in the sums of a fit. */
enum { VALUE, G_R, G_ALPHA, G_A, G_B, H_RR, H_R_ALPHA, H_RA, H_RB, H_ALPHA_ALPHA, H_ALPHA_A, H_ALPHA_B, H_AA, H_AB, H_BB };

/* A quotient of times, which may not overflow. */
static RETAIN__INLINE double ratio_of(double t, double age)
{
    double ratio = t / age;

    return ratio < 1e300 ? ratio : 1e300;
}

/* b + c - 1 for c chances, of which there is at least one. */
static RETAIN__INLINE double beta_before(double b, double chances)
{
    return b + (chances > 1.0 ? chances - 1.0 : 0.0);
}

/* --- stages --------------------------------------------------------------------------------------------------------------- */

/* Some rows: what goes in, and what is known about the stage j that each is in, if alive. */
typedef struct stages {
    size_t count;
    double n[FEW], z[FEW];
    double log_q[FEW], share[FEW], h[FEW], s[FEW];
    double mean_h[FEW], mean_s[FEW], mean_j[FEW], var_h[FEW], var_j[FEW], cov[FEW];
} stages;

static RETAIN__INLINE void find_stages_body(double k, stages *of)
{
    for (size_t i = 0; i < of->count; i++) {
        of->share[i] = 1.0;
        of->log_q[i] = of->h[i] = of->s[i] = of->mean_h[i] = of->mean_s[i] = of->mean_j[i] = 0.0;
        of->var_h[i] = of->var_j[i] = of->cov[i] = 0.0;
    }
    for (double j = 1.0; j < k; j += 1.0) {
        for (size_t i = 0; i < of->count; i++) {
            double before = of->n[i] + (j - 1.0), more = of->share[i] * (before / j * of->z[i]), keep = 1.0 / (1.0 + more);
            double share = more * keep, one = 1.0 / before, h = of->h[i] + one, s = of->s[i] + one * one;
            double apart_h = h - of->mean_h[i], apart_j = j - of->mean_j[i];

            of->log_q[i] += retain__fast_log1p(more);
            of->var_h[i] = keep * (of->var_h[i] + share * (apart_h * apart_h));
            of->var_j[i] = keep * (of->var_j[i] + share * (apart_j * apart_j));
            of->cov[i] = keep * (of->cov[i] + share * (apart_h * apart_j));
            of->mean_h[i] += share * apart_h;
            of->mean_j[i] += share * apart_j;
            of->mean_s[i] += share * (s - of->mean_s[i]);
            of->share[i] = share;
            of->h[i] = h;
            of->s[i] = s;
        }
    }
}

RETAIN__VECTORISED(static, find_stages, (double k, stages *of), (k, of));

/* --- one customer --------------------------------------------------------------------------------------------------------- */

/* What a row adds to log L and its derivatives, but for the terms in x alone. */
typedef struct row_terms {
    double value, dead;                 /* log L, P(dead) */
    double rates[2], rates_2[3];        /* derivatives of log Q - n l by log r, log alpha; 00, 01, 11 */
    double odds[2], odds_2[3], leaving; /* those of the log-odds, and minus that by log b */
} row_terms;

static RETAIN__INLINE row_terms find_row_terms(const double *p, double chances, double t_x, double T, const stages *at, size_t i)
{
    double r = p[R], alpha = p[ALPHA], n = at->n[i], share = alpha / (alpha + T), rest = T / (alpha + T);
    double l = retain__fast_log1p(ratio_of(T, alpha)), gap = ratio_of(T - t_x, alpha + t_x), D = retain__fast_log1p(gap);
    double E = -gap * share, bend = rest - alpha / (alpha + t_x), before = beta_before(p[B], chances), u, e;
    double q[2] = {r * at->mean_h[i], -share * at->mean_j[i]};
    double q_2[3] = {q[0] + r * r * (at->var_h[i] - at->mean_s[i]), -r * share * at->cov[i],
                     share * (share * at->var_j[i] - rest * at->mean_j[i])};
    row_terms to = {.value = at->log_q[i] - n * l,
                    .rates = {q[0] - r * l, q[1] + n * rest},
                    .rates_2 = {q_2[0] - r * l, q_2[1] + r * rest, q_2[2] - n * (share * rest)}};

    if (chances <= 0.0)
        return to;
    u = retain__fast_log(p[A] / before) + (n * D - at->log_q[i]);
    e = retain__fast_exp(u > 0.0 ? -u : u);
    to.dead = (u > 0.0 ? 1.0 : e) / (1.0 + e);
    to.value += (u > 0.0 ? u : 0.0) + retain__fast_log1p(e);
    to.odds[0] = r * D - q[0];
    to.odds[1] = n * E - q[1];
    to.odds_2[0] = r * D - q_2[0];
    to.odds_2[1] = r * E - q_2[1];
    to.odds_2[2] = n * (E * bend) - q_2[2];
    to.leaving = p[B] / before;
    return to;
}

/* Takes some rows into `at`; x is the same for all when `step` is 0. */
static void take_rows(const double *p, const double *x, size_t step, const double *t_x, const double *T, size_t count, stages *at)
{
    at->count = count;
    for (size_t i = 0; i < count; i++) {
        at->n[i] = p[R] + p[K] * x[i * step];
        at->z[i] = (T[i] - t_x[i]) / (p[ALPHA] + T[i]);
    }
    find_stages(p[K], at);
}

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void find_log_likelihood(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                                const double *T, size_t count, double *values, double *gradient)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);
    stages at;

    if (p[K] <= 1.0) {
        memoryless->log_likelihood(memoryless, p, x, t_x, T, count, values, gradient);
        return;
    }
    for (size_t first = 0; first < count; first += FEW) {
        take_rows(p, x + first, 1, t_x + first, T + first, least_of(FEW, count - first), &at);
        for (size_t i = 0; i < at.count; i++) {
            size_t row = first + i;
            row_terms of = find_row_terms(p, retain__bg_chances(family, x[row]), t_x[row], T[row], &at, i);

            values[row] = of.value;
            if (!gradient)
                continue;
            gradient[4 * row] = of.rates[0] + of.dead * of.odds[0];
            gradient[4 * row + 1] = of.rates[1] - p[K] * x[row] + of.dead * of.odds[1];
            gradient[4 * row + 2] = of.dead;
            gradient[4 * row + 3] = -of.leaving * of.dead;
        }
    }
}

static void find_count_terms(const retain__btyd_family *family, const double *p, double x, double *terms)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);
    double chances = retain__bg_chances(family, x), ticks = p[K] * x, lost;

    if (p[K] <= 1.0) {
        memoryless->count_terms(memoryless, p, x, terms);
        return;
    }
    lost = retain__digamma_ratio(p[A] + p[B], chances);
    terms[0] = retain__lgamma_ratio(p[R], ticks) - ticks * retain__fast_log(p[ALPHA]) + retain__lbeta_ratio(p[A], p[B], chances) -
               x * retain__lgamma(p[K]);
    terms[1] = p[R] * retain__digamma_ratio(p[R], ticks);
    terms[2] = 0.0; /* taken together with those in T */
    terms[3] = -p[A] * lost;
    terms[4] = p[B] * (retain__digamma_ratio(p[B], chances) - lost);
}

static void find_log_odds_dead(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                               const double *T, size_t count, double *log_odds)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    if (p[K] <= 1.0) {
        memoryless->log_odds_dead(memoryless, p, x, t_x, T, count, log_odds);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        double chances = retain__bg_chances(family, x[i]), n = p[R] + p[K] * x[i], gap = T[i] - t_x[i];
        double u =
            n * retain__fast_log1p(ratio_of(gap, p[ALPHA] + t_x[i])) - retain__cnbd_log_stages(n, gap / (p[ALPHA] + T[i]), p[K]);

        log_odds[i] = chances > 0.0 ? retain__fast_log(p[A] / beta_before(p[B], chances)) + u : -(double)INFINITY;
    }
}

static void find_alive(const retain__btyd_family *family, const double *p, const double *x, const double *t_x, const double *T,
                       size_t count, double *alive)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    if (p[K] <= 1.0) {
        memoryless->alive(memoryless, p, x, t_x, T, count, alive);
        return;
    }
    find_log_odds_dead(family, p, x, t_x, T, count, alive);
    retain__btyd_alive(alive, count, alive);
}

/* --- the sums of a fit ---------------------------------------------------------------------------------------------------- */

static void add_counts(const retain__btyd_family *family, const double *p, double x, double weight, double *sums)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);
    double r = p[R], a = p[A], b = p[B], chances = retain__bg_chances(family, x), ticks = p[K] * x, all, all_2, terms[5];

    if (p[K] <= 1.0) {
        memoryless->add_counts(memoryless, p, x, weight, sums);
        return;
    }
    find_count_terms(family, p, x, terms);
    all = retain__digamma_ratio(a + b, chances);
    all_2 = retain__trigamma_ratio(a + b, chances);
    sums[VALUE] += weight * terms[0];
    sums[G_R] += weight * terms[1];
    sums[G_ALPHA] -= weight * ticks;
    sums[G_A] += weight * terms[3];
    sums[G_B] += weight * terms[4];
    sums[H_RR] += weight * (terms[1] + r * r * retain__trigamma_ratio(r, ticks));
    sums[H_AA] -= weight * (a * all + a * a * all_2);
    sums[H_AB] -= weight * (a * b * all_2);
    sums[H_BB] += weight * (terms[4] + b * b * (retain__trigamma_ratio(b, chances) - all_2));
}

static void add_row(const row_terms *of, double weight, double *sums)
{
    double dead = weight * of->dead, spread = dead * (1.0 - of->dead), r = of->odds[0], alpha = of->odds[1], b = of->leaving;

    sums[VALUE] += weight * of->value;
    sums[G_R] += weight * of->rates[0] + dead * r;
    sums[G_ALPHA] += weight * of->rates[1] + dead * alpha;
    sums[G_A] += dead;
    sums[G_B] -= dead * b;
    sums[H_RR] += weight * of->rates_2[0] + dead * of->odds_2[0] + spread * (r * r);
    sums[H_R_ALPHA] += weight * of->rates_2[1] + dead * of->odds_2[1] + spread * (r * alpha);
    sums[H_RA] += spread * r;
    sums[H_RB] -= spread * (r * b);
    sums[H_ALPHA_ALPHA] += weight * of->rates_2[2] + dead * of->odds_2[2] + spread * (alpha * alpha);
    sums[H_ALPHA_A] += spread * alpha;
    sums[H_ALPHA_B] -= spread * (alpha * b);
    sums[H_AA] += spread;
    sums[H_AB] -= spread * b;
    sums[H_BB] += spread * (b * b) - dead * (b * (1.0 - b));
}

static void add_rows(const retain__btyd_family *family, const double *p, const retain__btyd_run *run, double *sums)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);
    double chances = retain__bg_chances(family, run->x);
    stages at;

    if (p[K] <= 1.0) {
        memoryless->add_rows(memoryless, p, run, sums);
        return;
    }
    for (size_t first = 0; first < run->count; first += FEW) {
        take_rows(p, &run->x, 0, run->t_x + first, run->T + first, least_of(FEW, run->count - first), &at);
        for (size_t i = 0; i < at.count; i++) {
            row_terms of = find_row_terms(p, chances, run->t_x[first + i], run->T[first + i], &at, i);

            add_row(&of, run->weight[first + i], sums);
        }
    }
}

static int choose_start(const retain__btyd_family *family, const retain__btyd_moments *moments, int attempt, double *p)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    if (!memoryless->start(memoryless, moments, attempt, p))
        return 0;
    p[ALPHA] /= moments->k; /* the clock ticks k times as often as the customer buys */
    return 1;
}

/* --- a new customer ------------------------------------------------------------------------------------------------------- */

double retain__cnbd_log_ticks(double shape, double age, double t, double first, double count)
{
    double log_z = -retain__fast_log1p(ratio_of(age, t)), z = t / (age + t), sum = 0.0, share = 1.0;
    double log_first = -shape * retain__fast_log1p(ratio_of(t, age));

    if (first > 0.0)
        log_first += retain__lgamma_ratio(shape, first) - retain__lgamma(first + 1.0) + first * log_z;
    for (double j = 1.0; j < count; j += 1.0) {
        double more = share * ((shape + first + (j - 1.0)) / (first + j) * z);

        sum += retain__fast_log1p(more);
        share = more / (1.0 + more);
    }
    return log_first + sum;
}

/* Either n purchases and none of the chances taken, or at least n purchases of which the n-th was the last. */
static double find_log_pmf(const retain__btyd_family *family, const double *p, double t, double n)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);
    double chances = retain__bg_chances(family, n), alive, dead, high;

    if (p[K] <= 1.0)
        return memoryless->log_pmf(memoryless, p, t, n);
    if (t <= 0.0 && n > 0.0)
        return -(double)INFINITY;
    alive = retain__lbeta_ratio(p[A], p[B], chances) + retain__cnbd_log_ticks(p[R], p[ALPHA], t, p[K] * n, p[K]);
    if (chances <= 0.0)
        return alive;
    dead = retain__lbeta_ratio(p[A], p[B], chances - 1.0) + retain__fast_log(p[A] / (p[A] + p[B] + (chances - 1.0)));
    if (n > 0.0)
        dead += retain__log_betainc(p[K] * n, p[R], t / (p[ALPHA] + t));
    high = alive > dead ? alive : dead;
    return high + retain__fast_log1p(retain__fast_exp(-fabs(alive - dead)));
}

static retain__btyd_fate draw_fate(const retain__btyd_family *family, const double *p, retain__random *random)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    return memoryless->draw(memoryless, p, random);
}

static const char *find_meaning(const retain__btyd_family *family, const int *way)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    return memoryless->meaning(memoryless, way);
}

/* What the two families have in common. */
#define REGULAR                                                                                                                 \
    .count = 4, .parameters = {"r", "alpha", "a", "b"}, .log_likelihood = find_log_likelihood, .count_terms = find_count_terms, \
    .log_odds_dead = find_log_odds_dead, .alive = find_alive, .add_counts = add_counts, .add_rows = add_rows,                   \
    .start = choose_start, .expected = retain__cnbd_expected, .silent = retain__cnbd_silent,                                    \
    .discounted = retain__cnbd_discounted, .surviving = retain__cnbd_surviving, .counts = retain__cnbd_counts,                  \
    .at_most = retain__cnbd_at_most, .second = retain__cnbd_second, .time_alive = retain__cnbd_time_alive,                      \
    .steps = retain__cnbd_steps, .log_pmf = find_log_pmf, .draw = draw_fate, .meaning = find_meaning, .is_regular = 1,          \
    .purchase = {0.0, -1.0}, .lifetime = {0.0, 0.0, 0.5, -0.5}, /* the odds of leaving, a / b, times exp(v) */                  \
        .time = {0, 1}

const retain__btyd_family retain__bg_cnbd = {.family = RETAIN_BTYD_BG_CNBD, .name = "BG/CNBD-k", .variant = 0, REGULAR};
const retain__btyd_family retain__mbg_cnbd = {.family = RETAIN_BTYD_MBG_CNBD, .name = "MBG/CNBD-k", .variant = 1, REGULAR};

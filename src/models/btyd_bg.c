/* BG/NBD and MBG/NBD: the past.
 *
 * The question: how likely is a customer's record (x, t_x, T), and is the customer still there?
 *
 * The idea: while alive a customer buys at a rate lambda ~ Gamma(r, alpha); at certain occasions the customer leaves with a
 * personal probability p ~ Beta(a, b): in the BG/NBD of Fader, Hardie & Lee (2005, eq. 6) after every repeat purchase, in the
 * MBG/NBD of Batislam, Denizel & Filiztekin (2007, eq. 5) after every purchase, the first included. With c the number of
 * chances to leave (x or x + 1) both are
 *
 *     L = G(r+x)/G(r) alpha^r (alpha+T)^-(r+x) B(a,b+c)/B(a,b) (1 + odds),
 *     odds = [c > 0] a/(b+c-1) ((alpha+T)/(alpha+t_x))^(r+x),
 *
 * where odds = P(dead) / P(alive). So one source file serves both families.
 *
 * What is delicate: everything is a logarithm. With l = log(1 + T/alpha) and D = log(1 + (T-t_x)/(alpha+t_x)),
 *
 *     log L = [log G(r+x)/G(r) - x log alpha + log B(a,b+c)/B(a,b)] - (r+x) l + log(1 + e^u),    u = log a/(b+c-1) + (r+x) D,
 *
 * in which no large number is taken from another even when r and alpha, or a and b, run off together along a ridge. The bracket
 * depends on x alone and is computed once per distinct x. Derivatives by log alpha use A = alpha/(alpha+T), F = T/(alpha+T) and
 * B = alpha/(alpha+t_x):
 *
 *     dl = -F,   dF = -A F,   dD = A - B =: E = -(T-t_x)/(alpha+t_x) A,   dE = E (F - B),
 *
 * all of them products, no differences. With s = P(dead) = 1/(1+e^-u), the last term has gradient s u_i and Hessian
 * s(1-s) u_i u_j + s u_ij; the u_i are r D, (r+x) E, 1 and -b/(b+c-1). */
#include "models/btyd_bg.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "math/kernels.h"
#include "math/random.h"
#include "math/special.h"

enum {
    STEP = 128 /* rows that go through a computation step by step: see run_columns */
};

#define MOST_POWER 400.0 /* e^-400 times the smallest b is a normal number still */

/* Places in the sums of a fit. */
enum { VALUE, G_R, G_ALPHA, G_A, G_B, H_RR, H_R_ALPHA, H_RA, H_RB, H_ALPHA_ALPHA, H_ALPHA_A, H_ALPHA_B, H_AA, H_AB, H_BB };

/* log(1 + x) where 1 / (1 + x) is at hand already, which saves a division. */
static RETAIN__INLINE double log1p_given(double x, double reciprocal)
{
    double sum = 1.0 + x, back = sum - 1.0, lost = x < 1.0 ? x - back : 1.0 - (sum - x), exponent, fraction;

    retain__split(sum, &exponent, &fraction);
    return retain__join_log(exponent, fraction, lost * reciprocal);
}

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

/* --- one customer --------------------------------------------------------------------------------------------------------- */

static RETAIN__INLINE double log_odds_of(double r, double alpha, double a, double b, double x, double chances, double t_x, double T)
{
    double u = retain__fast_log(a / beta_before(b, chances)) + (r + x) * retain__fast_log1p(ratio_of(T - t_x, alpha + t_x));

    return chances > 0.0 ? u : -(double)INFINITY;
}

/* In steps, as the rows of a fit go below; `values` and `dead` hold what is left to be done. */
static RETAIN__INLINE void find_log_likelihood_body(const retain__btyd_family *family, const double *p, const double *x,
                                                    const double *t_x, const double *T, size_t count, double *values, double *dead)
{
    double r = p[0], alpha = p[1], a = p[2], b = p[3], e[RETAIN__BTYD_RUN];

    for (size_t i = 0; i < count; i++)
        values[i] = log_odds_of(r, alpha, a, b, x[i], retain__bg_chances(family, x[i]), t_x[i], T[i]);
    for (size_t i = 0; i < count; i++) {
        double u = values[i];

        e[i] = retain__fast_exp(u > 0.0 ? -u : u);
        dead[i] = (u > 0.0 ? 1.0 : e[i]) / (1.0 + e[i]);
        values[i] = u > 0.0 ? u : 0.0;
    }
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] + retain__fast_log1p(e[i]) - (r + x[i]) * retain__fast_log1p(ratio_of(T[i], alpha));
}

RETAIN__VECTORISED(static, find_log_likelihood,
                   (const retain__btyd_family *family, const double *p, const double *x, const double *t_x, const double *T,
                    size_t count, double *values, double *dead),
                   (family, p, x, t_x, T, count, values, dead));

static RETAIN__INLINE void find_gradient_body(const retain__btyd_family *family, const double *p, const double *x,
                                              const double *t_x, const double *T, const double *dead, size_t count,
                                              double *gradient)
{
    double r = p[0], alpha = p[1], b = p[3];

    for (size_t i = 0; i < count; i++) {
        double A = alpha / (alpha + T[i]), gap = ratio_of(T[i] - t_x[i], alpha + t_x[i]), *of_row = gradient + 4 * i;

        of_row[0] = r * (dead[i] * retain__fast_log1p(gap) - retain__fast_log1p(ratio_of(T[i], alpha)));
        of_row[1] = r * (T[i] / (alpha + T[i])) - x[i] * A - dead[i] * ((r + x[i]) * (gap * A));
        of_row[2] = dead[i];
        of_row[3] = -b / beta_before(b, retain__bg_chances(family, x[i])) * dead[i];
    }
}

RETAIN__VECTORISED(static, find_gradient,
                   (const retain__btyd_family *family, const double *p, const double *x, const double *t_x, const double *T,
                    const double *dead, size_t count, double *gradient),
                   (family, p, x, t_x, T, dead, count, gradient));

static void log_likelihood(const retain__btyd_family *family, const double *p, const double *x, const double *t_x, const double *T,
                           size_t count, double *values, double *gradient)
{
    double dead[RETAIN__BTYD_RUN];

    find_log_likelihood(family, p, x, t_x, T, count, values, dead);
    if (gradient)
        find_gradient(family, p, x, t_x, T, dead, count, gradient);
}

static void count_terms(const retain__btyd_family *family, const double *p, double x, double *terms)
{
    double r = p[0], a = p[2], b = p[3], chances = retain__bg_chances(family, x), lost = retain__digamma_ratio(a + b, chances);

    terms[0] = retain__lgamma_ratio(r, x) - x * retain__fast_log(p[1]) + retain__lbeta_ratio(a, b, chances);
    terms[1] = r * retain__digamma_ratio(r, x);
    terms[2] = 0.0; /* taken together with those in T */
    terms[3] = -a * lost;
    terms[4] = b * (retain__digamma_ratio(b, chances) - lost);
}

static RETAIN__INLINE void log_odds_dead_body(const retain__btyd_family *family, const double *p, const double *x,
                                              const double *t_x, const double *T, size_t count, double *log_odds)
{
    double r = p[0], alpha = p[1], a = p[2], b = p[3], gap[STEP], share[STEP], more = (double)family->variant;

    for (size_t first = 0; first < count; first += STEP) {
        size_t part = count - first < STEP ? count - first : STEP;

        for (size_t i = 0; i < part; i++) {
            gap[i] = ratio_of(T[first + i] - t_x[first + i], alpha + t_x[first + i]);
            share[i] = a / beta_before(b, x[first + i] + more);
        }
        for (size_t i = 0; i < part; i++)
            gap[i] = retain__fast_log1p(gap[i]);
        for (size_t i = 0; i < part; i++) {
            double u = retain__fast_log(share[i]) + (r + x[first + i]) * gap[i];

            log_odds[first + i] = x[first + i] + more > 0.0 ? u : -(double)INFINITY;
        }
    }
}

RETAIN__VECTORISED(static, log_odds_dead,
                   (const retain__btyd_family *family, const double *p, const double *x, const double *t_x, const double *T,
                    size_t count, double *log_odds),
                   (family, p, x, t_x, T, count, log_odds));

/* 1 / (1 + share (1 + gap)^(r + x)), share = a / (b + chances - 1), without its logarithm and with few divisions; by log-odds where
 * the power leaves the doubles. */
static RETAIN__INLINE void find_alive_body(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                                           const double *T, size_t count, double *alive)
{
    double r = p[0], alpha = p[1], a = p[2], b = p[3], power[STEP], more = (double)family->variant;

    for (size_t first = 0; first < count; first += STEP) {
        size_t part = count - first < STEP ? count - first : STEP;
        uint64_t beyond = 0;

        for (size_t i = 0; i < part; i++)
            power[i] = ratio_of(T[first + i] - t_x[first + i], alpha + t_x[first + i]);
        for (size_t i = 0; i < part; i++)
            power[i] = retain__fast_log1p(power[i]);
        for (size_t i = 0; i < part; i++) {
            power[i] *= r + x[first + i];
            beyond |= power[i] > MOST_POWER;
        }
        for (size_t i = 0; i < part; i++) {
            double chances = x[first + i] + more, alive_part = retain__exp_normal(-power[i]) * beta_before(b, chances);

            alive[first + i] = chances > 0.0 ? alive_part / (alive_part + a) : 1.0;
        }
        if (beyond) {
            log_odds_dead_body(family, p, x + first, t_x + first, T + first, part, alive + first);
            retain__btyd_alive(alive + first, part, alive + first);
        }
    }
}

RETAIN__VECTORISED(static, find_alive,
                   (const retain__btyd_family *family, const double *p, const double *x, const double *t_x, const double *T,
                    size_t count, double *alive),
                   (family, p, x, t_x, T, count, alive));

/* --- the sums of a fit ---------------------------------------------------------------------------------------------------- */

static void add_counts(const retain__btyd_family *family, const double *p, double x, double weight, double *sums)
{
    double r = p[0], alpha = p[1], a = p[2], b = p[3], chances = retain__bg_chances(family, x);
    double bought = r * retain__digamma_ratio(r, x), all = retain__digamma_ratio(a + b, chances);
    double all2 = retain__trigamma_ratio(a + b, chances), stayed = b * (retain__digamma_ratio(b, chances) - all);

    sums[VALUE] += weight * (retain__lgamma_ratio(r, x) - x * retain__fast_log(alpha) + retain__lbeta_ratio(a, b, chances));
    sums[G_R] += weight * bought;
    sums[G_ALPHA] -= weight * x;
    sums[G_A] -= weight * (a * all);
    sums[G_B] += weight * stayed;
    sums[H_RR] += weight * (bought + r * r * retain__trigamma_ratio(r, x));
    sums[H_AA] -= weight * (a * all + a * a * all2);
    sums[H_AB] -= weight * (a * b * all2);
    sums[H_BB] += weight * (stayed + b * b * (retain__trigamma_ratio(b, chances) - all2));
}

/* The rows of a run on their way into the sums. It goes step by step over all of them, and not row by row over all steps: each
 * number waits for the one before it, and a processor has something else to do meanwhile only if the next rows are near. */
typedef struct run_columns {
    size_t count; /* a multiple of RETAIN__LANES: the rows beyond the last have no weight */
    double t_x[RETAIN__BTYD_RUN], T[RETAIN__BTYD_RUN], weight[RETAIN__BTYD_RUN];
    double D[RETAIN__BTYD_RUN], E[RETAIN__BTYD_RUN], bend[RETAIN__BTYD_RUN]; /* dE = E bend */
    double u[RETAIN__BTYD_RUN], e[RETAIN__BTYD_RUN];                         /* e^-|u| */
} run_columns;

/* Sums over the rows of a run, each kept in lanes: the terms of the rate, and those of leaving. */
enum { S_L, S_F, S_AF, RATE_SUMS };
enum { S_VALUE, S_DEAD, S_DEAD_D, S_DEAD_E, S_BEND, S_SPREAD, S_D, S_E, S_DD, S_DE, S_EE, SUMS };

static void take_rows(const retain__btyd_run *run, run_columns *rows)
{
    rows->count = (run->count + RETAIN__LANES - 1) / RETAIN__LANES * RETAIN__LANES;
    memcpy(rows->t_x, run->t_x, run->count * sizeof *rows->t_x);
    memcpy(rows->T, run->T, run->count * sizeof *rows->T);
    memcpy(rows->weight, run->weight, run->count * sizeof *rows->weight);
    for (size_t i = run->count; i < rows->count; i++) {
        rows->t_x[i] = run->t_x[0];
        rows->T[i] = run->T[0];
        rows->weight[i] = 0.0;
    }
}

static RETAIN__INLINE void add_rates_body(double alpha, const run_columns *rows, double (*lanes)[RETAIN__LANES])
{
    double inverse_alpha = 1.0 / alpha;

    for (size_t first = 0; first < rows->count; first += RETAIN__LANES) {
        for (size_t lane = 0; lane < RETAIN__LANES; lane++) {
            double T = rows->T[first + lane], weight = rows->weight[first + lane], inverse = 1.0 / (alpha + T);
            double A = alpha * inverse, F = T * inverse;

            lanes[S_L][lane] += weight * log1p_given(T * inverse_alpha, A);
            lanes[S_F][lane] += weight * F;
            lanes[S_AF][lane] += weight * (A * F);
        }
    }
}

RETAIN__VECTORISED(static, add_rates, (double alpha, const run_columns *rows, double (*lanes)[RETAIN__LANES]),
                   (alpha, rows, lanes));

static RETAIN__INLINE void find_odds_body(double r_plus_x, double alpha, double log_a, run_columns *rows)
{
    size_t count = rows->count;

    for (size_t i = 0; i < count; i++) {
        double later = alpha + rows->T[i], earlier = alpha + rows->t_x[i];
        double inverse_later = 1.0 / later, inverse_earlier = 1.0 / earlier, gap = (rows->T[i] - rows->t_x[i]) * inverse_earlier;

        rows->D[i] = log1p_given(gap, earlier * inverse_later);
        rows->E[i] = -gap * (alpha * inverse_later);
        rows->bend[i] = rows->T[i] * inverse_later - alpha * inverse_earlier;
    }
    for (size_t i = 0; i < count; i++) {
        double u = log_a + r_plus_x * rows->D[i];

        rows->u[i] = u;
        rows->e[i] = retain__fast_exp(u > 0.0 ? -u : u);
    }
}

RETAIN__VECTORISED(static, find_odds, (double r_plus_x, double alpha, double log_a, run_columns *rows),
                   (r_plus_x, alpha, log_a, rows));

static RETAIN__INLINE void add_leaving_body(const run_columns *rows, double (*lanes)[RETAIN__LANES])
{
    for (size_t first = 0; first < rows->count; first += RETAIN__LANES) {
        for (size_t lane = 0; lane < RETAIN__LANES; lane++) {
            size_t i = first + lane;
            double u = rows->u[i], e = rows->e[i], weight = rows->weight[i], D = rows->D[i], E = rows->E[i];
            double q = 1.0 / (1.0 + e), less = e * q; /* P(alive) and P(dead), or the other way round */
            double dead = weight * (u > 0.0 ? q : less), spread = weight * (q * less), dead_E = dead * E, D_1 = spread * D,
                   E_1 = spread * E;

            lanes[S_VALUE][lane] += weight * ((u > 0.0 ? u : 0.0) + retain__fast_log(1.0 + e));
            lanes[S_DEAD][lane] += dead;
            lanes[S_DEAD_D][lane] += dead * D;
            lanes[S_DEAD_E][lane] += dead_E;
            lanes[S_BEND][lane] += dead_E * rows->bend[i];
            lanes[S_SPREAD][lane] += spread;
            lanes[S_D][lane] += D_1;
            lanes[S_E][lane] += E_1;
            lanes[S_DD][lane] += D_1 * D;
            lanes[S_DE][lane] += D_1 * E;
            lanes[S_EE][lane] += E_1 * E;
        }
    }
}

RETAIN__VECTORISED(static, add_leaving, (const run_columns *rows, double (*lanes)[RETAIN__LANES]), (rows, lanes));

static void sum_rates(const double *p, double n, const run_columns *rows, double *sums)
{
    double lanes[RATE_SUMS][RETAIN__LANES] = {{0.0}}, r = p[0], l, F, AF;

    add_rates(p[1], rows, lanes);
    l = retain__merge_lanes(lanes[S_L]);
    F = retain__merge_lanes(lanes[S_F]);
    AF = retain__merge_lanes(lanes[S_AF]);
    sums[VALUE] -= n * l;
    sums[G_R] -= r * l;
    sums[G_ALPHA] += n * F;
    sums[H_RR] -= r * l;
    sums[H_R_ALPHA] += r * F;
    sums[H_ALPHA_ALPHA] -= n * AF;
}

static void sum_leaving(const double *p, double n, double before, run_columns *rows, double *sums)
{
    double lanes[SUMS][RETAIN__LANES] = {{0.0}}, s[SUMS], r = p[0], b_share = p[3] / before; /* -du/dlog b */

    find_odds(n, p[1], retain__fast_log(p[2] / before), rows);
    add_leaving(rows, lanes);
    for (size_t k = 0; k < SUMS; k++)
        s[k] = retain__merge_lanes(lanes[k]);
    sums[VALUE] += s[S_VALUE];
    sums[G_R] += r * s[S_DEAD_D];
    sums[G_ALPHA] += n * s[S_DEAD_E];
    sums[G_A] += s[S_DEAD];
    sums[G_B] -= b_share * s[S_DEAD];
    sums[H_RR] += r * (s[S_DEAD_D] + r * s[S_DD]);
    sums[H_R_ALPHA] += r * (s[S_DEAD_E] + n * s[S_DE]);
    sums[H_RA] += r * s[S_D];
    sums[H_RB] -= r * b_share * s[S_D];
    sums[H_ALPHA_ALPHA] += n * (s[S_BEND] + n * s[S_EE]);
    sums[H_ALPHA_A] += n * s[S_E];
    sums[H_ALPHA_B] -= n * b_share * s[S_E];
    sums[H_AA] += s[S_SPREAD];
    sums[H_AB] -= b_share * s[S_SPREAD];
    sums[H_BB] += b_share * (b_share * s[S_SPREAD] + (b_share - 1.0) * s[S_DEAD]);
}

static void add_rows(const retain__btyd_family *family, const double *p, const retain__btyd_run *run, double *sums)
{
    double chances = retain__bg_chances(family, run->x), n = p[0] + run->x;
    run_columns rows;

    take_rows(run, &rows);
    sum_rates(p, n, &rows, sums);
    if (chances > 0.0)
        sum_leaving(p, n, beta_before(p[3], chances), &rows, sums);
}

static int start(const retain__btyd_family *family, const retain__btyd_moments *moments, int attempt, double *p)
{
    static const double guesses[][3] = {{0.5, 0.8, 2.4},   {2.0, 0.3, 3.0},  {0.1, 1.0, 1.0}, {1.0, 3.0, 30.0},
                                        {0.5, 4.0, 900.0}, {1.0, 0.02, 0.1}, {0.02, 0.3, 1.0}}; /* r, a, b */
    double rate = moments->mean_x / moments->mean_T; /* of those who left as well: somewhat too small */

    (void)family;
    if (attempt < 0 || attempt >= (int)(sizeof guesses / sizeof *guesses))
        return 0;
    p[0] = guesses[attempt][0];
    p[1] = 0.5 * p[0] / rate;
    p[2] = guesses[attempt][1];
    p[3] = guesses[attempt][2];
    return 1;
}

/* --- a new customer ------------------------------------------------------------------------------------------------------- */

/* BG/NBD eq. 8: either n purchases and none of the chances taken, or at least n purchases of which the n-th was the last. */
static double log_pmf(const retain__btyd_family *family, const double *p, double t, double n)
{
    double r = p[0], alpha = p[1], a = p[2], b = p[3], chances = retain__bg_chances(family, n),
           l = retain__fast_log1p(ratio_of(t, alpha));
    double alive, dead, high;

    if (t <= 0.0 && n > 0.0)
        return -(double)INFINITY;
    alive = retain__lbeta_ratio(a, b, chances) - r * l;
    if (n > 0.0) /* G(r+n) / (G(r) n!) = 1 / (n B(r, n)) */
        alive += retain__lgamma_ratio(r, n) - retain__lgamma(n + 1.0) - n * retain__fast_log1p(ratio_of(alpha, t));
    if (chances <= 0.0)
        return alive;
    dead = retain__lbeta_ratio(a, b, chances - 1.0) + retain__fast_log(a / (a + b + (chances - 1.0)));
    if (n > 0.0)
        dead += retain__log_betainc(n, r, t / (alpha + t));
    high = alive > dead ? alive : dead;
    return high + retain__fast_log1p(retain__fast_exp(-fabs(alive - dead)));
}

static retain__btyd_fate draw(const retain__btyd_family *family, const double *p, retain__random *random)
{
    retain__btyd_fate fate = {0.0, (double)INFINITY, 0.0};
    double leaves;

    fate.rate = retain__random_gamma(random, p[0], p[1]);
    leaves = retain__random_beta(random, p[2], p[3]);
    /* purchases survived before the one after which the customer leaves; the first chance comes with repeat purchase 1 or with
     * the first purchase */
    fate.occasions = floor(log(retain__random_uniform(random)) / log1p(-leaves)) + (family->variant ? 0.0 : 1.0);
    return fate;
}

static const char *meaning(const retain__btyd_family *family, const int *way)
{
    (void)family;
    if (way[2] < 0 || (way[2] == 0 && way[3] > 0))
        return "no customer seems ever to leave";
    if (way[2] > 0 && way[3] > 0)
        return "all customers leave with the same probability";
    if (way[2] > 0 || way[3] < 0)
        return "all customers leave at the first chance";
    if (way[0] > 0 && way[1] > 0)
        return "all customers buy at the same rate";
    if (way[0] < 0)
        return "a few customers buy and all others never do";
    return "";
}

/* What the two families have in common; the odds of leaving are a / b, times exp(v). */
#define BUYING_AT_RANDOM                                                                                                 \
    .count = 4, .parameters = {"r", "alpha", "a", "b"}, .log_likelihood = log_likelihood, .count_terms = count_terms,    \
    .log_odds_dead = log_odds_dead, .alive = find_alive, .add_counts = add_counts, .add_rows = add_rows, .start = start, \
    .expected = retain__bg_expected, .silent = retain__bg_silent, .discounted = retain__bg_discounted,                   \
    .surviving = retain__bg_surviving, .counts = retain__bg_counts, .at_most = retain__bg_at_most, .is_poisson = 1,      \
    .log_pmf = log_pmf, .draw = draw, .meaning = meaning, .purchase = {0.0, -1.0}, .lifetime = {0.0, 0.0, 0.5, -0.5},    \
    .time = {0, 1}

const retain__btyd_family retain__bg_nbd = {.family = RETAIN_BTYD_BG_NBD, .name = "BG/NBD", .variant = 0, BUYING_AT_RANDOM};
const retain__btyd_family retain__mbg_nbd = {.family = RETAIN_BTYD_MBG_NBD, .name = "MBG/NBD", .variant = 1, BUYING_AT_RANDOM};

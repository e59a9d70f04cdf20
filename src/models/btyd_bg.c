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

#include "math/kernels.h"
#include "math/random.h"
#include "math/special.h"

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

static double log_likelihood_of(const retain__btyd_family *family, const double *p, double x, double t_x, double T,
                                double *gradient)
{
    double r = p[0], alpha = p[1], a = p[2], b = p[3], chances = retain__bg_chances(family, x);
    double l = retain__fast_log1p(ratio_of(T, alpha)), u = log_odds_of(r, alpha, a, b, x, chances, t_x, T);
    double e = retain__fast_exp(-fabs(u)), dead = (u > 0.0 ? 1.0 : e) / (1.0 + e);

    if (gradient) {
        double A = alpha / (alpha + T), E = -ratio_of(T - t_x, alpha + t_x) * A,
               D = retain__fast_log1p(ratio_of(T - t_x, alpha + t_x));
        double lost = retain__digamma_ratio(a + b, chances);

        gradient[0] = r * (retain__digamma_ratio(r, x) - l + dead * D);
        gradient[1] = r * (T / (alpha + T)) - x * A + dead * ((r + x) * E);
        gradient[2] = dead - a * lost;
        gradient[3] = b * (retain__digamma_ratio(b, chances) - lost - dead / beta_before(b, chances));
    }
    return retain__lgamma_ratio(r, x) - x * retain__fast_log(alpha) + retain__lbeta_ratio(a, b, chances) - (r + x) * l +
           ((u > 0.0 ? u : 0.0) + retain__fast_log1p(e));
}

static void log_likelihood(const retain__btyd_family *family, const double *p, const double *x, const double *t_x, const double *T,
                           size_t count, double *values, double *gradient)
{
    for (size_t i = 0; i < count; i++)
        values[i] = log_likelihood_of(family, p, x[i], t_x[i], T[i], gradient ? gradient + i * RETAIN__BTYD_PARAMETERS : NULL);
}

static RETAIN__INLINE void log_odds_dead_body(const retain__btyd_family *family, const double *p, const double *x,
                                              const double *t_x, const double *T, size_t count, double *log_odds)
{
    for (size_t i = 0; i < count; i++)
        log_odds[i] = log_odds_of(p[0], p[1], p[2], p[3], x[i], retain__bg_chances(family, x[i]), t_x[i], T[i]);
}

RETAIN__VECTORISED(static, log_odds_dead,
                   (const retain__btyd_family *family, const double *p, const double *x, const double *t_x, const double *T,
                    size_t count, double *log_odds),
                   (family, p, x, t_x, T, count, log_odds));

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

/* Sums over the rows of a run, each kept in lanes. */
enum { S_VALUE, S_R, S_ALPHA, S_ALPHA2, S_DEAD, S_SPREAD, S_D, S_E, S_DD, S_DE, S_EE, SUMS };

/* One row: what it adds to each of the sums. Without a chance to leave only the terms of the rate remain. */
static RETAIN__INLINE void add_row(double r_plus_x, double alpha, double inverse_alpha, double log_a, double t_x, double T,
                                   double weight, double (*lanes)[RETAIN__LANES], size_t lane)
{
    double later = alpha + T, earlier = alpha + t_x, inverse_later = 1.0 / later, inverse_earlier = 1.0 / earlier;
    double A = alpha * inverse_later, F = T * inverse_later, B = alpha * inverse_earlier, gap = (T - t_x) * inverse_earlier;
    double l = log1p_given(T * inverse_alpha, A), D = log1p_given(gap, earlier * inverse_later), E = -gap * A;
    double u = log_a + r_plus_x * D, e = retain__fast_exp(u > 0.0 ? -u : u), q = 1.0 / (1.0 + e);
    double dead = u > 0.0 ? q : e * q, spread = weight * (dead * (u > 0.0 ? e * q : q));

    lanes[S_VALUE][lane] += weight * ((u > 0.0 ? u : 0.0) + retain__fast_log(1.0 + e) - r_plus_x * l);
    lanes[S_R][lane] += weight * (dead * D - l);
    lanes[S_ALPHA][lane] += weight * (F + dead * E);
    lanes[S_ALPHA2][lane] += weight * (dead * E * (F - B) - A * F);
    lanes[S_DEAD][lane] += weight * dead;
    lanes[S_SPREAD][lane] += spread;
    lanes[S_D][lane] += spread * D;
    lanes[S_E][lane] += spread * E;
    lanes[S_DD][lane] += spread * D * D;
    lanes[S_DE][lane] += spread * D * E;
    lanes[S_EE][lane] += spread * E * E;
}

static RETAIN__INLINE void add_row_without_chance(double r_plus_x, double alpha, double inverse_alpha, double T, double weight,
                                                  double (*lanes)[RETAIN__LANES], size_t lane)
{
    double inverse_later = 1.0 / (alpha + T), A = alpha * inverse_later, F = T * inverse_later;
    double l = log1p_given(T * inverse_alpha, A);

    lanes[S_VALUE][lane] -= weight * (r_plus_x * l);
    lanes[S_R][lane] -= weight * l;
    lanes[S_ALPHA][lane] += weight * F;
    lanes[S_ALPHA2][lane] -= weight * (A * F);
}

static RETAIN__INLINE void add_lanes_body(const double *p, double chances, const retain__btyd_run *run,
                                          double (*lanes)[RETAIN__LANES])
{
    const double *t_x = run->t_x, *T = run->T, *weight = run->weight;
    double r_plus_x = p[0] + run->x, alpha = p[1], inverse_alpha = 1.0 / p[1];
    double log_a = retain__fast_log(p[2] / beta_before(p[3], chances));
    size_t whole = run->count - run->count % RETAIN__LANES;

    if (chances > 0.0) {
        for (size_t i = 0; i < whole; i += RETAIN__LANES) {
            for (size_t lane = 0; lane < RETAIN__LANES; lane++)
                add_row(r_plus_x, alpha, inverse_alpha, log_a, t_x[i + lane], T[i + lane], weight[i + lane], lanes, lane);
        }
        for (size_t i = whole; i < run->count; i++)
            add_row(r_plus_x, alpha, inverse_alpha, log_a, t_x[i], T[i], weight[i], lanes, i - whole);
    } else {
        for (size_t i = 0; i < whole; i += RETAIN__LANES) {
            for (size_t lane = 0; lane < RETAIN__LANES; lane++)
                add_row_without_chance(r_plus_x, alpha, inverse_alpha, T[i + lane], weight[i + lane], lanes, lane);
        }
        for (size_t i = whole; i < run->count; i++)
            add_row_without_chance(r_plus_x, alpha, inverse_alpha, T[i], weight[i], lanes, i - whole);
    }
}

RETAIN__VECTORISED(static, add_lanes,
                   (const double *p, double chances, const retain__btyd_run *run, double (*lanes)[RETAIN__LANES]),
                   (p, chances, run, lanes));

static void add_rows(const retain__btyd_family *family, const double *p, const retain__btyd_run *run, double *sums)
{
    double lanes[SUMS][RETAIN__LANES] = {{0.0}}, s[SUMS];
    double r = p[0], x = run->x, chances = retain__bg_chances(family, x), n = r + x;
    double b_share = p[3] / beta_before(p[3], chances); /* -du/dlog b */

    add_lanes(p, chances, run, lanes);
    for (size_t k = 0; k < SUMS; k++)
        s[k] = retain__merge_lanes(lanes[k]);
    sums[VALUE] += s[S_VALUE];
    sums[G_R] += r * s[S_R];
    sums[G_ALPHA] += n * s[S_ALPHA];
    sums[G_A] += s[S_DEAD];
    sums[G_B] -= b_share * s[S_DEAD];
    sums[H_RR] += r * (s[S_R] + r * s[S_DD]);
    sums[H_R_ALPHA] += r * (s[S_ALPHA] + n * s[S_DE]);
    sums[H_RA] += r * s[S_D];
    sums[H_RB] -= r * b_share * s[S_D];
    sums[H_ALPHA_ALPHA] += n * (s[S_ALPHA2] + n * s[S_EE]);
    sums[H_ALPHA_A] += n * s[S_E];
    sums[H_ALPHA_B] -= n * b_share * s[S_E];
    sums[H_AA] += s[S_SPREAD];
    sums[H_AB] -= b_share * s[S_SPREAD];
    sums[H_BB] += b_share * (b_share * s[S_SPREAD] + (b_share - 1.0) * s[S_DEAD]);
}

static int start(const retain__btyd_family *family, const retain__btyd_moments *moments, int attempt, double *p)
{
    static const double guesses[][3] = {{0.5, 0.8, 2.4}, {2.0, 0.3, 3.0}, {0.1, 1.0, 1.0}, {1.0, 3.0, 30.0}}; /* r, a, b */
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

const retain__btyd_family retain__bg_nbd = {RETAIN_BTYD_BG_NBD,
                                            "BG/NBD",
                                            {"r", "alpha", "a", "b"},
                                            0,
                                            log_likelihood,
                                            log_odds_dead,
                                            add_counts,
                                            add_rows,
                                            start,
                                            retain__bg_expected,
                                            retain__bg_silent,
                                            retain__bg_discounted,
                                            log_pmf,
                                            draw,
                                            meaning};

const retain__btyd_family retain__mbg_nbd = {RETAIN_BTYD_MBG_NBD,
                                             "MBG/NBD",
                                             {"r", "alpha", "a", "b"},
                                             1,
                                             log_likelihood,
                                             log_odds_dead,
                                             add_counts,
                                             add_rows,
                                             start,
                                             retain__bg_expected,
                                             retain__bg_silent,
                                             retain__bg_discounted,
                                             log_pmf,
                                             draw,
                                             meaning};

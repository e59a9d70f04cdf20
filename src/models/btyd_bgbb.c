/* BG/BB: the past.
 *
 * The question: x of n opportunities were used, the last of them the t_x-th; how likely is that, and is the customer still there?
 *
 * The idea: Fader, Hardie & Shang (2010, Marketing Science 29(6)). Before every opportunity a customer leaves with a personal
 * probability theta ~ Beta(gamma, delta), and else uses it with a personal probability p ~ Beta(alpha, beta). The customer was
 * there at the t_x-th for certain, and left before any of the later ones or not at all (eq. 5):
 *
 *     L = sum over j from t_x to n - 1 of R(j) gamma / (gamma + delta + j), plus R(n),
 *     R(j) = B(alpha+x, beta+j-x) / B(alpha, beta) * B(gamma, delta+j) / B(gamma, delta),
 *
 * where R(j), to be there at the j-th with these x uses, becomes R(j + 1) by two factors below 1. So the terms are added from the
 * largest on, relative to R(t_x), without a special function; what is not finished after a last term that counts is left out.
 *
 * P(alive) is that of the paper's eq. 11: to be there when opportunity n + 1 comes. A customer who used the n-th was there then,
 * and may have left since, so that P(alive) is below 1 for everybody.
 *
 * What is delicate: (1) log L near 0, when purchases are rare: there P(a purchase) is added up instead, term by term, and log1p
 * taken. (2) Derivatives by gamma and delta: the terms of customers who left and of those who did not cancel. In
 * 1 - P(a purchase), which is the same number, all terms of a derivative have one sign; the derivatives by alpha and beta have
 * theirs in the sum above. So each comes from where nothing cancels. (3) digamma(c + n) - digamma(c) for two c that are nearly the
 * same: the difference is integrated where it would cancel. The Hessian need not be so exact: it is that of the sum above, the mean
 * of the terms' Hessians and the covariance of their gradients. */
#include "models/btyd_bgbb.h"
#include "models/btyd_alike.h"

#include <math.h>
#include <string.h>

#include "math/kernels.h"
#include "math/random.h"
#include "math/special.h"

enum { PARAMETERS = 4, ALPHA = 0, BETA, GAMMA, DELTA, HESSIAN = 10, KEPT = 64 };
enum { VALUE = 0, GRADIENT = 1, CURVATURE = 1 + PARAMETERS };

static const double negligible = 1e-18;

/* --- spells --------------------------------------------------------------------------------------------------------------- */

retain__bgbb_spell retain__bgbb_follow(double a, double b, double gamma, double delta, double steps)
{
    retain__bgbb_spell spell = {0.0, 0.0, 1.0};

    for (double i = 0.0; i < steps; i += 1.0) {
        double leaving = 1.0 / (gamma + delta + i), buying = 1.0 / (a + b + i), there = spell.silent * ((delta + i) * leaving);

        spell.left += spell.silent * (gamma * leaving);
        spell.bought += there * (a * buying);
        spell.silent = there * ((b + i) * buying);
        if (spell.silent < negligible * spell.left && spell.silent < negligible * spell.bought)
            return spell;
    }
    return spell;
}

double retain__bgbb_log_quiet(const retain__bgbb_spell *spell)
{
    return spell->bought < 0.5 ? retain__fast_log1p(-spell->bought) : retain__fast_log(spell->left + spell->silent);
}

/* The spell from the last purchase on. */
static retain__bgbb_spell follow_customer(const double *p, double x, double t_x, double n)
{
    return retain__bgbb_follow(p[ALPHA] + x, p[BETA] + (t_x - x), p[GAMMA], p[DELTA] + t_x, n - t_x);
}

/* --- derivatives ---------------------------------------------------------------------------------------------------------- */

/* [digamma(c + n) - digamma(c)] less the same for c + g, without cancellation: where g is small, the integral of
 * trigamma(y) - trigamma(y + n) over y from c to c + g, by Gauss's rule of three nodes. */
static double digamma_loss(double c, double g, double n)
{
    if (n <= 0.0)
        return 0.0;
    if (g > c / 256.0)
        return retain__digamma_ratio(c, n) - retain__digamma_ratio(c + g, n);
    return -g / 18.0 *
           (8.0 * retain__trigamma_ratio(c + 0.5 * g, n) + 5.0 * retain__trigamma_ratio(c + 0.11270166537925831148 * g, n) +
            5.0 * retain__trigamma_ratio(c + 0.88729833462074168852 * g, n));
}

/* A function of the parameters: value, gradient, and Hessian as the sums of a fit have it (00 01 02 03 11 12 13 22 23 33). */
typedef struct jet {
    double value, gradient[PARAMETERS], hessian[HESSIAN];
} jet;

enum { AA = 0, AB = 1, BB = 4, GG = 7, GD = 8, DD = 9 }; /* the others are 0 where alpha and beta keep to themselves */

/* log of B(a, b + n) / B(a, b) and its derivatives by log a and log b, where both have a share of what is differentiated: with
 * a = share_a + something that stays. */
static void add_beta(double share_a, double a, double b, double n, int first, jet *to)
{
    int corner = first == ALPHA ? AA : GG, side = first == ALPHA ? AB : GD, other = first == ALPHA ? BB : DD;
    double all = retain__digamma_ratio(a + b, n), all2 = retain__trigamma_ratio(a + b, n);
    double by_a = -share_a * all, by_b = b * digamma_loss(b, a, n);

    to->value += retain__lbeta_ratio(a, b, n);
    to->gradient[first] += by_a;
    to->gradient[first + 1] += by_b;
    to->hessian[corner] += by_a - share_a * share_a * all2;
    to->hessian[side] -= share_a * b * all2;
    to->hessian[other] += by_b + b * b * (retain__trigamma_ratio(b, n) - all2);
}

/* The sums over the terms of a spell. */
typedef struct spell_sums {
    double weight;                     /* of the terms so far */
    double gradient[PARAMETERS];       /* weighted, of their logarithms */
    double hessian[HESSIAN];           /* weighted, and with the products of the gradients */
    double bought, by_gamma, by_delta; /* P(a purchase) and its derivatives */
} spell_sums;

static void add_term(double weight, const double *gradient, const double *hessian, spell_sums *to)
{
    to->weight += weight;
    for (size_t i = 0, k = 0; i < PARAMETERS; i++) {
        to->gradient[i] += weight * gradient[i];
        for (size_t j = i; j < PARAMETERS; j++, k++)
            to->hessian[k] += weight * (hessian[k] + gradient[i] * gradient[j]);
    }
}

/* The term of a customer who leaves at this step: that of one who is there, times gamma / (gamma + delta + j). */
static void add_leaver(const double *p, double there, double s, const double *gradient, const double *hessian, spell_sums *to)
{
    double own[PARAMETERS], own2[HESSIAN];

    memcpy(own, gradient, sizeof own);
    memcpy(own2, hessian, sizeof own2);
    own[GAMMA] += 1.0 - p[GAMMA] * s;
    own[DELTA] -= p[DELTA] * s;
    own2[GG] += p[GAMMA] * s * (p[GAMMA] * s - 1.0);
    own2[GD] += p[GAMMA] * s * (p[DELTA] * s);
    own2[DD] += p[DELTA] * s * (p[DELTA] * s - 1.0);
    add_term(there * (p[GAMMA] * s), own, own2, to);
}

/* Follows a customer from the last purchase on, with derivatives by the logarithms of the parameters. */
static void sum_spell(const double *p, double x, double t_x, double n, spell_sums *to)
{
    double there = 1.0, gradient[PARAMETERS] = {0.0}, hessian[HESSIAN] = {0.0}, a = p[ALPHA], b = p[BETA], g = p[GAMMA],
           d = p[DELTA];

    memset(to, 0, sizeof *to);
    for (double j = t_x; j < n; j += 1.0) {
        double s = 1.0 / (a + b + j), u = 1.0 / (b + (j - x)), v = 1.0 / (g + d + j), w = 1.0 / (d + j), stays, buys;

        add_leaver(p, there, v, gradient, hessian, to);
        gradient[GAMMA] -= g * v;
        gradient[DELTA] += d * (g * v) * w;
        stays = there * ((d + j) * v);
        buys = stays * ((a + x) * s);
        to->bought += buys;
        to->by_gamma += buys * gradient[GAMMA];
        to->by_delta += buys * gradient[DELTA];
        gradient[ALPHA] -= a * s;
        gradient[BETA] += b * ((a + x) * s) * u;
        hessian[AA] += a * s * (a * s - 1.0);
        hessian[AB] += a * s * (b * s);
        hessian[BB] += b * ((a + x) * s) * u + b * s * (b * s) - b * u * (b * u);
        hessian[GG] += g * v * (g * v - 1.0);
        hessian[GD] += g * v * (d * v);
        hessian[DD] += d * (g * v) * w + d * v * (d * v) - d * w * (d * w);
        there = stays * ((b + (j - x)) * s);
        if (there < negligible * to->weight && there < negligible * to->bought)
            return;
    }
    add_term(there, gradient, hessian, to);
}

/* log R(t_x) without the terms in x alone: to be there at the last purchase. */
static void differentiate_use(const double *p, double x, double t_x, jet *use)
{
    memset(use, 0, sizeof *use);
    add_beta(p[ALPHA], p[ALPHA] + x, p[BETA], t_x - x, ALPHA, use);
    add_beta(p[GAMMA], p[GAMMA], p[DELTA], t_x, GAMMA, use);
}

/* Adds what happened since to that: log L of one customer without the terms in x alone. */
static void differentiate_rest(const double *p, double x, double t_x, double n, jet *row)
{
    retain__bgbb_spell spell;
    spell_sums sums;

    sum_spell(p, x, t_x, n, &sums);
    spell = (retain__bgbb_spell){.left = sums.weight, .bought = sums.bought};
    row->value += retain__bgbb_log_quiet(&spell);
    for (size_t i = 0, k = 0; i < PARAMETERS; i++) {
        for (size_t j = i; j < PARAMETERS; j++, k++)
            row->hessian[k] += sums.hessian[k] / sums.weight - sums.gradient[i] / sums.weight * (sums.gradient[j] / sums.weight);
    }
    row->gradient[ALPHA] += sums.gradient[ALPHA] / sums.weight;
    row->gradient[BETA] += sums.gradient[BETA] / sums.weight;
    row->gradient[GAMMA] -= sums.by_gamma / sums.weight;
    row->gradient[DELTA] -= sums.by_delta / sums.weight;
}

/* log of B(alpha + x, beta) / B(alpha, beta), the terms in x alone. */
static void differentiate_count(const double *p, double x, jet *terms)
{
    double a = p[ALPHA], b = p[BETA], all = retain__digamma_ratio(a + b, x), all2 = retain__trigamma_ratio(a + b, x);

    memset(terms, 0, sizeof *terms);
    terms->value = retain__lbeta_ratio(b, a, x);
    terms->gradient[ALPHA] = a * digamma_loss(a, b, x);
    terms->gradient[BETA] = -b * all;
    terms->hessian[AA] = terms->gradient[ALPHA] + a * a * (retain__trigamma_ratio(a, x) - all2);
    terms->hessian[AB] = -a * b * all2;
    terms->hessian[BB] = terms->gradient[BETA] - b * b * all2;
}

/* --- one customer --------------------------------------------------------------------------------------------------------- */

static void find_log_likelihood(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                                const double *T, size_t count, double *values, double *gradient)
{
    (void)family;
    for (size_t i = 0; i < count; i++) {
        retain__bgbb_spell spell;
        jet row;

        if (gradient) {
            differentiate_use(p, x[i], t_x[i], &row);
            differentiate_rest(p, x[i], t_x[i], T[i], &row);
            memcpy(gradient + PARAMETERS * i, row.gradient, sizeof row.gradient);
            values[i] = row.value;
            continue;
        }
        spell = follow_customer(p, x[i], t_x[i], T[i]);
        values[i] = retain__lbeta_ratio(p[ALPHA] + x[i], p[BETA], t_x[i] - x[i]) + retain__lbeta_ratio(p[GAMMA], p[DELTA], t_x[i]) +
                    retain__bgbb_log_quiet(&spell);
    }
}

static void find_count_terms(const retain__btyd_family *family, const double *p, double x, double *terms)
{
    jet all;

    (void)family;
    differentiate_count(p, x, &all);
    terms[0] = all.value;
    memcpy(terms + 1, all.gradient, sizeof all.gradient);
}

/* Left before opportunity n + 1, over there for it: one step more than the likelihood goes. */
static double find_log_odds(const double *p, double x, double t_x, double n)
{
    retain__bgbb_spell spell = follow_customer(p, x, t_x, n);
    double left = spell.left + spell.silent * (p[GAMMA] / (p[GAMMA] + p[DELTA] + n));
    double silent =
        retain__lbeta_ratio(p[ALPHA] + x, p[BETA] + (t_x - x), n - t_x) + retain__lbeta_ratio(p[GAMMA], p[DELTA] + t_x, n - t_x);

    return (retain__fast_log(left) + retain__fast_log1p(p[GAMMA] / (p[DELTA] + n))) - silent;
}

static void find_odds_of_run(const double *p, const double *x, const double *t_x, const double *T, const uint16_t *chosen,
                             size_t count, double *log_odds)
{
    for (size_t i = 0; i < count; i++)
        log_odds[chosen[i]] = find_log_odds(p, x[chosen[i]], t_x[chosen[i]], T[chosen[i]]);
}

/* Of few opportunities there are few histories. */
static void find_log_odds_dead(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                               const double *T, size_t count, double *log_odds)
{
    (void)family;
    retain__btyd_odds_of_alike(find_odds_of_run, p, x, t_x, T, count, log_odds);
}

/* --- the sums of a fit ---------------------------------------------------------------------------------------------------- */

static void add_jet(double weight, const jet *from, double *sums)
{
    sums[VALUE] += weight * from->value;
    for (size_t k = 0; k < PARAMETERS; k++)
        sums[GRADIENT + k] += weight * from->gradient[k];
    for (size_t k = 0; k < HESSIAN; k++)
        sums[CURVATURE + k] += weight * from->hessian[k];
}

static void add_counts(const retain__btyd_family *family, const double *p, double x, double weight, double *sums)
{
    jet terms;

    (void)family;
    differentiate_count(p, x, &terms);
    add_jet(weight, &terms, sums);
}

/* What depends on t_x alone is costly, and few t_x make a run: the last ones are kept. */
static void add_rows(const retain__btyd_family *family, const double *p, const retain__btyd_run *run, double *sums)
{
    double known[KEPT];
    jet use[KEPT];

    (void)family;
    for (size_t k = 0; k < KEPT; k++)
        known[k] = -1.0;
    for (size_t i = 0; i < run->count; i++) {
        double t_x = run->t_x[i];
        size_t k = (size_t)t_x % KEPT;
        jet row;

        if (known[k] != t_x) {
            differentiate_use(p, run->x, t_x, &use[k]);
            known[k] = t_x;
        }
        row = use[k];
        differentiate_rest(p, run->x, t_x, run->T[i], &row);
        add_jet(run->weight[i], &row, sums);
    }
}

static int choose_start(const retain__btyd_family *family, const retain__btyd_moments *moments, int attempt, double *p)
{
    /* alpha + beta, and gamma and delta over the opportunities */
    static const double guesses[][3] = {{2.0, 0.7, 0.4}, {1.0, 1.0, 2.0}, {10.0, 0.01, 0.3}, {4.0, 5.0, 10.0}};
    double share = moments->mean_x / moments->mean_T; /* of the opportunities used, by those who left as well: too small */

    (void)family;
    if (attempt < 0 || attempt >= (int)(sizeof guesses / sizeof *guesses))
        return 0;
    share = 0.5 * share + 0.5 * sqrt(share);
    p[ALPHA] = guesses[attempt][0] * share;
    p[BETA] = guesses[attempt][0] * (1.01 - share);
    p[GAMMA] = guesses[attempt][1];
    p[DELTA] = guesses[attempt][2] * moments->mean_T;
    return 1;
}

/* --- simulation and words ------------------------------------------------------------------------------------------------- */

static retain__btyd_fate draw_fate(const retain__btyd_family *family, const double *p, retain__random *random)
{
    retain__btyd_fate fate = {retain__random_beta(random, p[ALPHA], p[BETA]), 0.0, (double)INFINITY};
    double leaves = retain__random_beta(random, p[GAMMA], p[DELTA]);

    (void)family;
    fate.lifetime = floor(log(retain__random_uniform(random)) / log1p(-leaves)); /* opportunities that the customer is there for */
    return fate;
}

static const char *find_meaning(const retain__btyd_family *family, const int *way)
{
    (void)family;
    if (way[GAMMA] < 0 && way[DELTA] < 0)
        return "some customers leave at once and all others never";
    if (way[GAMMA] < 0 || (way[GAMMA] == 0 && way[DELTA] > 0))
        return "no customer seems ever to leave";
    if (way[GAMMA] > 0 && way[DELTA] > 0)
        return "all customers leave with the same probability";
    if (way[GAMMA] > 0 || way[DELTA] < 0)
        return "all customers leave at once";
    if (way[ALPHA] > 0 && way[BETA] > 0)
        return "all customers buy with the same probability";
    if (way[ALPHA] < 0 && way[BETA] < 0)
        return "some customers buy at every opportunity and all others never";
    if (way[ALPHA] > 0 || way[BETA] < 0)
        return "customers buy at every opportunity until they leave";
    return "";
}

const retain__btyd_family retain__bg_bb = {
    .family = RETAIN_BTYD_BG_BB,
    .name = "BG/BB",
    .count = PARAMETERS,
    .parameters = {"alpha", "beta", "gamma", "delta"},
    .log_likelihood = find_log_likelihood,
    .count_terms = find_count_terms,
    .log_odds_dead = find_log_odds_dead,
    .add_counts = add_counts,
    .add_rows = add_rows,
    .start = choose_start,
    .expected = retain__bgbb_expected,
    .silent = retain__bgbb_silent,
    .discounted = retain__bgbb_discounted,
    .surviving = retain__bgbb_surviving,
    .counts = retain__bgbb_counts,
    .next = retain__bgbb_next,
    .next_mean = retain__bgbb_next_mean,
    .log_pmf = retain__bgbb_log_pmf,
    .draw = draw_fate,
    .meaning = find_meaning,
    .purchase = {0.5, -0.5},           /* the odds of buying, alpha / beta, times exp(u), */
    .lifetime = {0.0, 0.0, 0.5, -0.5}, /* and those of leaving, gamma / delta, times exp(v) */
    .is_discrete = 1,
};

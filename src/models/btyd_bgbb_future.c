/* BG/BB: the future of customers who are there for the next opportunity, and of new ones.
 *
 * The question: how many of the next m opportunities will be used, discounted or not?
 *
 * The idea: a customer with x of n who is there for opportunity n + 1 has p ~ Beta(alpha + x, beta + n - x) and
 * theta ~ Beta(gamma, d), d = delta + n + 1, independently. So the expectation is E[p] times the opportunities that the customer
 * will be there for,
 *
 *     sum over j from 0 to m - 1 of S(j),    S(j) = B(gamma, d + j) / B(gamma, d),
 *
 * and since (gamma + d + j - 1) S(j) falls by (gamma - 1) S(j) when j rises by one, the sum is (Fader, Hardie & Shang 2010, eq. 13)
 *
 *     (gamma + d - 1) (1 - G) / (gamma - 1),    G = S(m) (gamma + d + m - 1) / (gamma + d - 1).
 *
 * log G is a ratio of beta functions in gamma - 1 or, below 1, in 1 - gamma, computed without cancellation, so 1 - G is expm1 of
 * it and nothing is lost near gamma = 1, where the sum tends to one of 1 / (d + j).
 *
 * Discounted, each with z^(j+1), z = e^-rate, it is the mean over theta of (1 - (z (1 - theta))^m) / (e^rate - 1 + theta): some
 * hundred points (btyd_beta.h) for any horizon, eq. 14 being the case of m infinite. Silence is a spell as in the past. */
#include <math.h>

#include "math/kernels.h"
#include "math/special.h"
#include "models/btyd_beta.h"
#include "models/btyd_bgbb.h"

static const double negligible = 1e-18;
static const double farthest = 1e6; /* opportunities: who has not come back by then never will */
static const double large = 1e200;
static const double steepest = 700.0;  /* discount rates beyond which nothing is left */
static const double flattest = 1e-250; /* and below which arithmetic ends */

/* Horizons may miss a whole number by what a division of days by days loses. */
static double nearest(double t)
{
    return floor(t + 0.5);
}

/* --- occasions to come ---------------------------------------------------------------------------------------------------- */

/* Opportunities among the next `m` that a customer is there for who is there for the next one, after surviving with
 * theta ~ Beta(gamma, survived) until now; m may be infinite. */
static double find_presence(double gamma, double survived, double m)
{
    double d = survived + 1.0, last = gamma + survived;

    if (m == (double)INFINITY)
        return gamma > 1.0 ? last / (gamma - 1.0) : m;
    if (gamma > 1.0)
        return last * (-expm1(retain__lbeta_ratio(gamma - 1.0, d, m)) / (gamma - 1.0));
    if (gamma < 1.0)
        return last * (expm1(-retain__lbeta_ratio(1.0 - gamma, last, m)) / (1.0 - gamma));
    return last * retain__digamma_ratio(d, m);
}

/* E[p]: the share of opportunities used while there. */
static double find_use(const double *p, double x, double n)
{
    return (p[0] + x) / (p[0] + p[1] + n);
}

void retain__bgbb_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double *orders)
{
    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++)
        orders[i] = find_use(p, x, T[i]) * find_presence(p[2], p[3] + T[i], nearest(t));
}

void retain__bgbb_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double t, double *silence)
{
    double m = nearest(t);

    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        double a = p[0] + x, b = p[1] + (T[i] - x);
        retain__bgbb_spell spell = retain__bgbb_follow(a, b + 1.0, p[2], p[3] + T[i] + 1.0, m - 1.0);

        /* at the first of them the customer is there */
        silence[i] = m > 0.0 ? b / (a + b) * retain__fast_exp(retain__bgbb_log_quiet(&spell)) : 1.0;
    }
}

/* (1 - (z (1 - theta))^m) / (e^rate - 1 + theta) */
static double evaluate(double theta, double rate, double m)
{
    double worth = 1.0 / (expm1(rate) + theta);

    return m == (double)INFINITY ? worth : -expm1(m * (log1p(-theta) - rate)) * worth;
}

/* The same, each discounted, with theta ~ Beta(gamma, d) now; rate > 0. */
static double discount_presence(double gamma, double d, double m, double rate)
{
    double all = 1.0 / expm1(rate), beyond = m < all ? m : all, theta[RETAIN__BETA_CHUNK], weight[RETAIN__BETA_CHUNK];
    retain__beta_grid grid = retain__beta_make_grid(gamma, d, m < (double)INFINITY ? m : 0.0, 1, 1.0 + beyond,
                                                    1.0 + retain__fast_log1p(gamma / (gamma + d) * beyond));
    double left, right, mass, sum;

    retain__beta_tails(&grid, &left, &right);
    mass = left + right;
    sum = left * evaluate(0.0, rate, m) + right * evaluate(1.0, rate, m);
    for (double from = grid.first; from <= grid.last; from += RETAIN__BETA_CHUNK) {
        size_t points = grid.last - from < RETAIN__BETA_CHUNK - 1 ? (size_t)(grid.last - from) + 1 : RETAIN__BETA_CHUNK;

        retain__beta_fill(&grid, from, points, theta, weight);
        for (size_t i = 0; i < points; i++) {
            mass += weight[i];
            sum += weight[i] * evaluate(theta[i], rate, m);
        }
    }
    return sum / mass;
}

void retain__bgbb_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double delta, double *orders)
{
    double m = nearest(t), rate = delta > flattest ? delta : flattest;

    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        double survived = p[3] + T[i], presence = 0.0;

        if (delta <= 0.0)
            presence = find_presence(p[2], survived, m);
        else if (m > 0.0 && delta < steepest)
            presence = discount_presence(p[2], survived + 1.0, m, rate);
        orders[i] = find_use(p, x, T[i]) * presence;
    }
}

/* There for opportunity n + 1, and t opportunities later, too. */
void retain__bgbb_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                            size_t count, double t, double *surviving)
{
    (void)family;
    (void)x;
    (void)t_x;
    for (size_t i = 0; i < count; i++)
        surviving[i] = retain__fast_exp(retain__lbeta_ratio(p[2], p[3] + T[i] + 1.0, nearest(t)));
}

/* --- how many, and when next ---------------------------------------------------------------------------------------------- */

/* At the first opportunity of a window that begins `from` opportunities from now a customer is there with probability S(from). From
 * then on it is all as with a new customer of the parameters alpha + x, beta + n - x, gamma, delta + n + from, who is known to be
 * there for the first opportunity. */
void retain__bgbb_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double from, double to, double n, double *log_pmf)
{
    double start = nearest(from), m = nearest(to) - start;

    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        const double now[] = {p[0] + x, p[1] + (T[i] - x), p[2], p[3] + T[i] + start};
        double log_there = retain__lbeta_ratio(p[2], p[3] + T[i] + 1.0, start);

        if (n > 0.0) {
            log_pmf[i] = log_there + retain__bgbb_log_pmf(family, now, m, n) + log1p(now[2] / now[3]);
        } else {
            retain__bgbb_spell spell = retain__bgbb_follow(now[0], now[1] + 1.0, now[2], now[3] + 1.0, m - 1.0);
            double quiet = now[1] / (now[0] + now[1]) * retain__fast_exp(retain__bgbb_log_quiet(&spell));

            log_pmf[i] = log(exp(log_there) * quiet - expm1(log_there));
        }
    }
}

/* A customer who is alive, opportunity by opportunity until the first purchase. */
typedef struct wait {
    double a, b, gamma, survived;
    double opportunity; /* the last one */
    double silent;      /* P(there at it and nothing bought) */
    double bought;      /* P(first purchase at it) */
} wait;

static wait begin_wait(const double *p, double x, double n)
{
    double a = p[0] + x, b = p[1] + (n - x);

    return (wait){a, b, p[2], p[3] + n + 1.0, 1.0, b / (a + b), a / (a + b)};
}

static void wait_on(wait *of)
{
    double step = of->opportunity, there = of->silent * ((of->survived + step - 1.0) / (of->gamma + of->survived + step - 1.0));

    of->bought = there * (of->a / (of->a + of->b + step));
    of->silent = there * ((of->b + step) / (of->a + of->b + step));
    of->opportunity += 1.0;
}

double retain__bgbb_next(const retain__btyd_family *family, const double *p, double x, double n, double share)
{
    wait of = begin_wait(p, x, n);
    double sum = of.bought;

    (void)family;
    while (sum < share * (1.0 - 1e-15)) {
        if (of.silent < negligible * sum || of.opportunity >= farthest)
            return (double)INFINITY;
        wait_on(&of);
        sum += of.bought;
    }
    return of.opportunity;
}

double retain__bgbb_next_mean(const retain__btyd_family *family, const double *p, double x, double n, double to)
{
    wait of = begin_wait(p, x, n);
    double sum = of.bought, weighted = of.bought;

    (void)family;
    while (of.opportunity < to && of.silent * to > negligible * weighted) {
        wait_on(&of);
        sum += of.bought;
        weighted += of.opportunity * of.bought;
    }
    return weighted / sum;
}

/* --- a new customer ------------------------------------------------------------------------------------------------------- */

/* Eq. 6: there for i opportunities, of which n used, and then gone or at the end. The terms, relative to the first, rise by powers
 * of ten before they fall: where they grow beyond reason all of them are scaled down. */
double retain__bgbb_log_pmf(const retain__btyd_family *family, const double *p, double t, double n)
{
    double alpha = p[0], beta = p[1], gamma = p[2], delta = p[3], m = nearest(t), there = 1.0, sum = 0.0;
    double level = retain__lbeta_ratio(beta, alpha, n) + retain__lbeta_ratio(gamma, delta, n);

    (void)family;
    if (n > m)
        return -(double)INFINITY;
    if (n <= 0.0) {
        retain__bgbb_spell spell = retain__bgbb_follow(alpha, beta, gamma, delta, m);

        return retain__bgbb_log_quiet(&spell);
    }
    for (double i = n; i < m; i += 1.0) {
        double leaving = 1.0 / (gamma + delta + i), next;

        sum += there * (gamma * leaving);
        next = there * ((delta + i) * leaving) * ((i + 1.0) / (i + 1.0 - n)) * ((beta + (i - n)) / (alpha + beta + i));
        if (next < there && next * (m - i) < negligible * sum)
            return level + retain__fast_log(sum);
        there = next;
        if (there > large) {
            level += retain__fast_log(large);
            there /= large;
            sum /= large;
        }
    }
    return level + retain__fast_log(sum + there);
}

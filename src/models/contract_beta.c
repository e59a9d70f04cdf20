/* The shifted beta-geometric and the beta-discrete-Weibull: customers whose probability of leaving is a draw from a Beta.
 *
 * Given theta, a customer is still there after t decisions with probability (1 - theta)^(t^c); with theta ~ Beta(alpha, beta) that
 * is S(t) = B(alpha, beta + z) / B(alpha, beta), z = t^c. The sBG is c = 1 (Fader & Hardie 2007, eqs. 5 to 7; Fader et al. 2018,
 * eqs. 5 and 6), so all of both is one function: the step of log B(alpha, b) from b = beta + z(n) to beta + z(n + t), with its
 * derivatives.
 *
 * What is delicate: (1) the step is a second difference of lgamma, and its derivatives are second differences of digamma and
 * trigamma: all are taken in forms that do not cancel (math/special.h), and z(n + t) - z(n) is n^c ((1 + t/n)^c - 1) by expm1 and
 * log1p. (2) t^c overflows. Beyond z = 1e130 the beta function is a power of z to all digits, and the step goes on as -alpha times
 * the logarithm of what is left; so a fit may look at any c. */
#include <math.h>

#include "math/gamma.h"
#include "math/random.h"
#include "math/special.h"
#include "models/contract_family.h"

static const double most_z = 1e130, log_most_z = 299.33606208922594;

/* z at both ends of a stretch of time, and how it changes with log c. */
typedef struct stretch {
    double start, width;           /* z(n), and z(n + t) - z(n) cut at most_z */
    double rest;                   /* log z(n + t) - log most_z where it was cut, else 0 */
    double lag;                    /* log z(n + t) - log z(n) where already z(n) is beyond most_z, else 0 */
    double c_log_n, c_log_x;       /* log z */
    double start_slope, end_slope; /* dz / dlog c */
    double start_bend, end_bend;   /* its derivative */
} stretch;

/* z = e^(c log x): dz / dlog c = z c log x, and once more z (c log x + (c log x)^2). */
static void bend_time(double z, double c_log, double *slope, double *bend)
{
    *slope = z > 0.0 ? z * c_log : 0.0;
    *bend = *slope * (1.0 + c_log);
    if (!(z > 0.0))
        *bend = 0.0;
}

static stretch measure(double c, double n, double t, double log_x)
{
    stretch of = {.c_log_n = n > 0.0 ? c * log(n) : 0.0, .c_log_x = c * log_x};
    double x = n + t;

    if (t == 0.0)
        of.c_log_x = of.c_log_n;
    if (of.c_log_n > log_most_z) {
        of.lag = t < (double)INFINITY ? c * log1p(t / n) : of.c_log_x - of.c_log_n;
        return of;
    }
    of.start = n > 0.0 ? c == 1.0 ? n : pow(n, c) : 0.0;
    if (t == 0.0)
        of.width = 0.0;
    else if (of.c_log_x > log_most_z) {
        of.width = most_z - of.start;
        of.rest = of.c_log_x - log_most_z;
    } else if (!(x < (double)INFINITY))
        of.width = exp(of.c_log_x) - of.start;
    else if (c == 1.0)
        of.width = t;
    else
        of.width = n > 0.0 ? of.start * expm1(c * log1p(t / n)) : pow(t, c);
    bend_time(of.start, of.c_log_n, &of.start_slope, &of.start_bend);
    bend_time(of.start + of.width, of.c_log_x, &of.end_slope, &of.end_bend);
    return of;
}

/* Derivatives by log c of one end of the step, -(lgamma(alpha + b) - lgamma(b)) with b = beta + z: by c, by alpha and c, by beta
 * and c, by c twice. */
static void differentiate_end(double alpha, double beta, double z, double slope, double bend, int order, double *by)
{
    double b = beta + z, growth = retain__digamma_ratio(b, alpha), change = order > 1 ? retain__trigamma_ratio(b, alpha) : 0.0;

    by[0] = -slope * growth;
    by[1] = order > 1 ? -alpha * slope * retain__trigamma(alpha + b) : 0.0;
    by[2] = -beta * slope * change;
    by[3] = -bend * growth - slope * slope * change;
}

/* The same where z is beyond most_z: -(alpha log z). */
static void differentiate_far_end(double alpha, double c_log, double *by)
{
    by[0] = by[1] = by[3] = -alpha * c_log;
    by[2] = 0.0;
}

/* Places of a gradient and a Hessian in `terms`, for two and for three parameters. */
enum { VALUE, ALPHA, BETA };
static const int second_of[2][3] = {{3, 4, 5}, {4, 5, 7}}; /* alpha alpha, alpha beta, beta beta */
enum { C = 3, ALPHA_C = 6, BETA_C = 8, C_C = 9 };

/* What c adds. */
static void differentiate_by_c(double alpha, double beta, const stretch *of, int order, double *terms)
{
    double start[4] = {0.0}, end[4] = {0.0};

    if (of->lag > 0.0) {
        differentiate_far_end(alpha, of->lag, end);
    } else {
        if (of->start > 0.0)
            differentiate_end(alpha, beta, of->start, of->start_slope, of->start_bend, order, start);
        if (of->rest > 0.0)
            differentiate_far_end(alpha, of->c_log_x, end);
        else if (of->width > 0.0)
            differentiate_end(alpha, beta, of->start + of->width, of->end_slope, of->end_bend, order, end);
        else
            return;
    }
    terms[C] = end[0] - start[0];
    if (order > 1) {
        terms[ALPHA_C] = end[1] - start[1];
        terms[BETA_C] = end[2] - start[2];
        terms[C_C] = end[3] - start[3];
    }
}

/* log B(alpha, beta + z(n + t)) - log B(alpha, beta + z(n)). */
static void step(size_t count, const double *p, const stretch *of, int order, double *terms)
{
    const int *second = second_of[count - 2];
    double alpha = p[0], beta = p[1], b = beta + of->start, power = -alpha * (of->rest + of->lag);
    retain__pair of_b, of_sum;

    for (size_t k = 1; k < RETAIN__CONTRACT_TERMS; k++)
        terms[k] = 0.0;
    terms[VALUE] = (of->width > 0.0 ? retain__lbeta_ratio(alpha, b, of->width) : 0.0) + power;
    if (order < 1)
        return;
    terms[ALPHA] = power;
    if (of->width > 0.0) {
        of_b = retain__digamma_ratio_pair(retain__pair_of(b), of->width);
        of_sum = retain__digamma_ratio_pair(retain__two_sum(b, alpha), of->width);
        terms[ALPHA] -= alpha * retain__pair_value(of_sum);
        terms[BETA] = beta * retain__pair_value(retain__pair_add(of_b, retain__pair_minus(of_sum)));
    }
    if (count > 2)
        differentiate_by_c(alpha, beta, of, order, terms);
    if (order < 2)
        return;
    terms[second[0]] = terms[ALPHA];
    terms[second[2]] = terms[BETA];
    if (of->width > 0.0) {
        double of_alpha = retain__trigamma_ratio(alpha + b, of->width);

        terms[second[0]] -= alpha * alpha * of_alpha;
        terms[second[1]] = -alpha * beta * of_alpha;
        terms[second[2]] += beta * beta * (retain__trigamma_ratio(b, of->width) - of_alpha);
    }
}

/* --- sBG ------------------------------------------------------------------------------------------------------------------------ */

static void sbg_log_survival(const retain__contract_family *family, const double *p, double n, double t, double log_x, int order,
                             double *terms)
{
    stretch of = measure(1.0, n, t, log_x);

    step(family->count, p, &of, order, terms);
}

/* alpha / (alpha + beta + t - 1). */
static void sbg_log_hazard(const retain__contract_family *family, const double *p, double t, int order, double *terms)
{
    double rest = p[1] + (t - 1.0), sum = p[0] + rest, hazard = p[0] / sum, share = p[1] / sum;

    (void)family;
    terms[VALUE] = rest < p[0] ? -log1p(rest / p[0]) : log(p[0]) - log(sum);
    if (order > 0) {
        terms[ALPHA] = rest / sum;
        terms[BETA] = -share;
    }
    if (order > 1) {
        terms[3] = -hazard * (rest / sum);
        terms[4] = hazard * share;
        terms[5] = -share * ((p[0] + (t - 1.0)) / sum);
    }
}

static double sbg_tail(const double *p)
{
    return p[0];
}

static double sbg_settled(const double *p)
{
    return log(1e10 * (1.0 + p[0] + p[1]));
}

static double sbg_bend(const double *p)
{
    (void)p;
    return 1.0;
}

/* The churn of the first decision is alpha / (alpha + beta); how customers differ is guessed. */
static int sbg_start(const retain__contract_moments *moments, int attempt, double *p)
{
    static const double alphas[] = {1.0, 0.2, 10.0};
    double churn = moments->first_churn > 0.0 && moments->first_churn < 1.0 ? moments->first_churn : moments->churn;

    if (attempt >= (int)(sizeof alphas / sizeof *alphas))
        return 0;
    p[0] = alphas[attempt];
    p[1] = alphas[attempt] * (1.0 - churn) / churn;
    return 1;
}

static const char *sbg_meaning(const int *way)
{
    if (way[0] > 0 && way[1] > 0)
        return "all customers leave with the same probability, at every decision";
    if (way[0] < 0 && way[1] < 0)
        return "some customers leave at the first decision, and all others never";
    if (way[0] < 0 || way[1] > 0)
        return "no customer seems ever to leave";
    return "everybody seems to leave at the first decision";
}

/* theta ~ Beta(alpha, beta) by two Gammas; -log(1 - theta) = log(1 + a/b), which stays right where theta rounds to 0 or 1. A
 * customer with that risk is there after t decisions when an exponential draw exceeds t^c times it. */
static double draw_lifetime(double alpha, double beta, double c, retain__random *random)
{
    double odds = retain__random_log_gamma(random, alpha) - retain__random_log_gamma(random, beta);
    double log_risk = odds < -37.0 ? odds : odds > 37.0 ? log(odds) : log(log1p(exp(odds)));
    double log_t = (log(retain__random_exponential(random, 1.0)) - log_risk) / c, most = 9007199254740992.0;

    if (!(log_t < 36.7368005696771))
        return most;
    return log_t > 0.0 ? ceil(exp(log_t)) : 1.0;
}

static double sbg_draw(const double *p, retain__random *random)
{
    return draw_lifetime(p[0], p[1], 1.0, random);
}

const retain__contract_family retain__contract_sbg = {.family = RETAIN_CONTRACT_SBG,
                                                      .name = "sBG",
                                                      .count = 2,
                                                      .parameters = {"alpha", "beta"},
                                                      .log_survival = sbg_log_survival,
                                                      .log_hazard = sbg_log_hazard,
                                                      .tail = sbg_tail,
                                                      .settled = sbg_settled,
                                                      .bend = sbg_bend,
                                                      .start = sbg_start,
                                                      .meaning = sbg_meaning,
                                                      .draw = sbg_draw};

/* --- BdW ------------------------------------------------------------------------------------------------------------------------ */

static void bdw_log_survival(const retain__contract_family *family, const double *p, double n, double t, double log_x, int order,
                             double *terms)
{
    stretch of = measure(p[2], n, t, log_x);

    step(family->count, p, &of, order, terms);
}

/* log(1 - e^q), q = log r being the step from t - 1 to t. With w = r / (1 - r): d = -w dq, dd = -w ddq - w (1 + w) dq dq. */
static void bdw_log_hazard(const retain__contract_family *family, const double *p, double t, int order, double *terms)
{
    double q[RETAIN__CONTRACT_TERMS], w;
    size_t entry = 1 + family->count;

    bdw_log_survival(family, p, t - 1.0, 1.0, log(t), order, q);
    terms[0] = q[0] < 0.0 ? retain__log1mexp(-q[0]) : -(double)INFINITY;
    w = q[0] < 0.0 ? 1.0 / expm1(-q[0]) : 0.0;
    for (size_t i = 0; order > 0 && i < family->count; i++)
        terms[1 + i] = -w * q[1 + i];
    for (size_t i = 0; order > 1 && i < family->count; i++) {
        for (size_t j = i; j < family->count; j++, entry++)
            terms[entry] = -w * q[entry] - (w * q[1 + i]) * (q[1 + j] + w * q[1 + j]);
    }
}

static double bdw_tail(const double *p)
{
    return p[0] * p[2];
}

static double bdw_settled(const double *p)
{
    return sbg_settled(p) / p[2];
}

static double bdw_bend(const double *p)
{
    return p[2] > 1.0 ? p[2] : 1.0;
}

/* After the optimum of the sBG, which is attempt 0 and not from here. */
static int bdw_start(const retain__contract_moments *moments, int attempt, double *p)
{
    static const double powers[] = {1.5, 0.7};

    if (attempt >= (int)(sizeof powers / sizeof *powers) || !sbg_start(moments, 0, p))
        return 0;
    p[2] = powers[attempt];
    return 1;
}

static const char *bdw_meaning(const int *way)
{
    if (way[0] > 0 && way[1] > 0)
        return "customers do not differ, and only tenure changes the risk";
    if (way[2] == 0)
        return sbg_meaning(way);
    if (way[2] < 0 && way[0] == 0 && way[1] == 0)
        return "whoever renews once never leaves";
    if (way[2] > 0 && way[0] == 0 && way[1] == 0)
        return "nobody seems to renew twice";
    return "";
}

static double bdw_draw(const double *p, retain__random *random)
{
    return draw_lifetime(p[0], p[1], p[2], random);
}

static void bdw_enlarge(double *p)
{
    p[2] = 1.0;
}

const retain__contract_family retain__contract_bdw = {.family = RETAIN_CONTRACT_BDW,
                                                      .name = "BdW",
                                                      .count = 3,
                                                      .parameters = {"alpha", "beta", "c"},
                                                      .log_survival = bdw_log_survival,
                                                      .log_hazard = bdw_log_hazard,
                                                      .tail = bdw_tail,
                                                      .settled = bdw_settled,
                                                      .bend = bdw_bend,
                                                      .start = bdw_start,
                                                      .meaning = bdw_meaning,
                                                      .draw = bdw_draw,
                                                      .smaller = &retain__contract_sbg,
                                                      .enlarge = bdw_enlarge};

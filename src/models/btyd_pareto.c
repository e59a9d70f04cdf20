/* The Pareto/NBD of Schmittlein, Morrison & Colombo 1987.
 *
 * The question: three numbers of a customer are known, x repeat occasions, the last at age t_x, observed until age T. Has the
 * customer left, and what is still to come?
 *
 * The idea: while alive a customer buys at a personal rate lambda ~ Gamma(r, alpha), and dies at a personal rate mu ~ Gamma(s,
 * beta). With
 *     A(u) = log(1 + u/alpha), B(u) = log(1 + u/beta), n = r + x
 * the likelihood (Fader & Hardie 2005, "A note on deriving the Pareto/NBD model", eqs. 18-20) is
 *     L = Gamma(n) / (Gamma(r) alpha^x) { e^(-n A(T) - s B(T)) + integral from t_x to T of e^(-n A(u) - s B(u)) s/(beta + u) du }:
 * alive at T, or dead at some u before T. The integral is that of btyd_pareto_integral.c, counted from t_x on, so both terms carry
 * the factor e^(-n A(t_x) - s B(t_x)), which is taken out as a logarithm; what stays in the braces is between 0 and 1 whatever the
 * data are. The odds of being dead are the second term over the first, and its logarithm is a sum of logarithms, so P(alive) is
 * known however close to 0 or 1 it is.
 *
 * Derivatives: the terms in the braces are exponentials of functions that are simple in the logarithms of the parameters; with
 * P = u/(alpha + u) and Q = u/(beta + u),
 *     dead at u:   d/dlog r = -r A, d/dlog alpha = n P, d/dlog s = 1 - s B, d/dlog beta = s Q - (1 - Q)
 *     alive at T:  the same at u = T without the 1 and the (1 - Q),
 * so the gradient of log L is the mean of these over "dead at u" and "alive", and the Hessian the mean of their derivatives plus
 * their covariance. Means and covariances within "dead" come from the moments of the integral; the mixture of the two, with shares
 * w and v, adds w v (difference)^2. P and Q are small where alpha and beta are large, which is where a fit runs to when all
 * customers are alike: 1 - P would lose there what the fit needs to see that it runs. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "math/kernels.h"
#include "math/random.h"
#include "math/special.h"
#include "models/btyd_alike.h"
#include "models/btyd_at_most.h"
#include "models/btyd_pareto.h"

/* --- the past ------------------------------------------------------------------------------------------------------------- */

/* A run on its way into the sums; rows beyond the last are copies of the first without weight, so that all lanes are full. */
typedef struct run_columns {
    double t_x[RETAIN__BTYD_RUN], weight[RETAIN__BTYD_RUN];
    double alive[RETAIN__BTYD_RUN];                      /* P(alive at T, and silent since t_x), given alive at t_x */
    double A_0[RETAIN__BTYD_RUN], B_0[RETAIN__BTYD_RUN]; /* A and B at t_x */
    double log_total[RETAIN__BTYD_RUN];                  /* log P(silent since t_x) */
} run_columns;

static RETAIN__INLINE void take_logarithms(const double *p, const retain__pareto_spans *spans, const double *dead, run_columns *run)
{
    for (size_t i = 0; i < spans->count; i++)
        run->alive[i] = retain__fast_exp(-(spans->n[i] * spans->log_alpha[i] + spans->s * spans->log_beta[i]));
    for (size_t i = 0; i < spans->count; i++)
        run->log_total[i] = retain__fast_log(run->alive[i] + dead[i]);
    for (size_t i = 0; i < spans->count; i++)
        run->A_0[i] = retain__pareto_log(run->t_x[i], p[ALPHA]);
    for (size_t i = 0; i < spans->count; i++)
        run->B_0[i] = retain__pareto_log(run->t_x[i], p[BETA]);
}

/* Turns the moments of RETAIN__LANES rows from `first` on into what the fit adds up, in the order of SUMS: the
 * logarithm of all of L that depends on t_x and T, with its derivatives. */
static RETAIN__INLINE void differentiate(const double *p, const retain__pareto_spans *spans, const run_columns *run,
                                         double moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN], size_t first,
                                         double value[SUMS][RETAIN__LANES])
{
    const double r = p[R], s = p[S], s1 = s + 1.0;

    for (size_t l = 0; l < RETAIN__LANES; l++) {
        const size_t i = first + l;
        /* the two ways to be silent */
        const double n = spans->n[i], dead = moments[RETAIN__PARETO_MASS][i], all = 1.0 / (dead + run->alive[i]);
        const double w = dead * all, v = run->alive[i] * all, both = w * v, each = dead >= DBL_MIN ? 1.0 / dead : 0.0;
        /* at t_x: what is left of P and Q */
        const double A_0 = run->A_0[i], P_0 = p[ALPHA] / spans->alpha[i], B_0 = run->B_0[i], Q_0 = p[BETA] / spans->beta[i];
        /* means given dead, from t_x on: A and B as such, P and Q as shares of what was left */
        const double A = moments[RETAIN__PARETO_A][i] * each, P = moments[RETAIN__PARETO_P][i] * each;
        const double B = moments[RETAIN__PARETO_B][i] * each, Q = moments[RETAIN__PARETO_Q][i] * each;
        const double AA = moments[RETAIN__PARETO_AA][i] * each, AP = moments[RETAIN__PARETO_AP][i] * each;
        const double AB = moments[RETAIN__PARETO_AB][i] * each, AQ = moments[RETAIN__PARETO_AQ][i] * each;
        const double PP = moments[RETAIN__PARETO_PP][i] * each, PB = moments[RETAIN__PARETO_PB][i] * each;
        const double PQ = moments[RETAIN__PARETO_PQ][i] * each, BB = moments[RETAIN__PARETO_BB][i] * each;
        const double BQ = moments[RETAIN__PARETO_BQ][i] * each, QQ = moments[RETAIN__PARETO_QQ][i] * each;
        /* the same at T */
        const double span = spans->span[i], A_T = spans->log_alpha[i], P_T = span / (spans->alpha[i] + span);
        const double B_T = spans->log_beta[i], Q_T = span / (spans->beta[i] + span);
        /* P (1 - P) and Q (1 - Q), in full, given dead and at T */
        const double P_early = run->t_x[i] / spans->alpha[i], Q_early = run->t_x[i] / spans->beta[i];
        const double P_spread = P_0 * (P_early * (1.0 - P) + P_0 * (P - PP)),
                     Q_spread = Q_0 * (Q_early * (1.0 - Q) + Q_0 * (Q - QQ));
        const double P_spread_T = P_0 * (1.0 - P_T) * (P_early + P_0 * P_T), Q_spread_T = Q_0 * (1.0 - Q_T) * (Q_early + Q_0 * Q_T);
        /* means over dead and alive, in full */
        const double mean_A = A_0 + w * A + v * A_T, mean_P = P_early + P_0 * (w * P + v * P_T);
        const double mean_B = B_0 + w * B + v * B_T, mean_Q = Q_early + Q_0 * (w * Q + v * Q_T);
        /* derivatives given dead minus those given alive, and their factors */
        const double n_P = n * P_0, s_Q = s1 * Q_0, d_r = -r * (A - A_T), d_alpha = n_P * (P - P_T), d_s = 1.0 - s * (B - B_T);
        const double d_beta = s * Q_0 * (Q - Q_T) - Q_0 * (1.0 - Q);

        value[0][l] = run->log_total[i] - n * A_0 - s * B_0;
        value[1][l] = -r * mean_A;
        value[2][l] = n * mean_P;
        value[3][l] = w - s * mean_B;
        value[4][l] = s * mean_Q - w * Q_0 * (1.0 - Q);
        value[5][l] = -r * mean_A + w * r * r * (AA - A * A) + both * d_r * d_r;
        value[6][l] = r * mean_P - w * r * n_P * (AP - A * P) + both * d_r * d_alpha;
        value[7][l] = w * r * s * (AB - A * B) + both * d_r * d_s;
        value[8][l] = -w * r * s_Q * (AQ - A * Q) + both * d_r * d_beta;
        value[9][l] = w * (n_P * n_P * (PP - P * P) - n * P_spread) - v * n * P_spread_T + both * d_alpha * d_alpha;
        value[10][l] = -w * n_P * s * (PB - P * B) + both * d_alpha * d_s;
        value[11][l] = w * n_P * s_Q * (PQ - P * Q) + both * d_alpha * d_beta;
        value[12][l] = -s * mean_B + w * s * s * (BB - B * B) + both * d_s * d_s;
        value[13][l] = s * mean_Q - w * s_Q * s * (BQ - B * Q) + both * d_s * d_beta;
        value[14][l] = w * (s_Q * s_Q * (QQ - Q * Q) - s1 * Q_spread) - v * s * Q_spread_T + both * d_beta * d_beta;
    }
}

static RETAIN__INLINE void sum_rows_body(const double *p, const retain__pareto_spans *spans, run_columns *run,
                                         double moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN], double *sums)
{
    double lanes[SUMS][RETAIN__LANES] = {{0.0}};

    take_logarithms(p, spans, moments[RETAIN__PARETO_MASS], run);
    for (size_t first = 0; first < spans->count; first += RETAIN__LANES) {
        double value[SUMS][RETAIN__LANES];

        differentiate(p, spans, run, moments, first, value);
        for (int k = 0; k < SUMS; k++)
            for (size_t l = 0; l < RETAIN__LANES; l++)
                lanes[k][l] += run->weight[first + l] * value[k][l];
    }
    for (int k = 0; k < SUMS; k++)
        sums[k] += retain__merge_lanes(lanes[k]);
}

RETAIN__VECTORISED(static, sum_rows,
                   (const double *p, const retain__pareto_spans *spans, run_columns *run,
                    double moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN], double *sums),
                   (p, spans, run, moments, sums));

/* Takes the rows of a run, each with its x or, with a step of 0, all with the same, and integrates. */
static void prepare_run(const double *p, const double *x, size_t x_step, const double *t_x, const double *T, const double *weight,
                        size_t count, retain__pareto_spans *spans, run_columns *run,
                        double moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN])
{
    retain__pareto_spans_of(p, spans, (count + RETAIN__LANES - 1) / RETAIN__LANES * RETAIN__LANES);
    for (size_t i = 0; i < spans->count; i++) {
        size_t row = i < count ? i : 0;

        run->t_x[i] = t_x[row];
        run->weight[i] = i < count && weight ? weight[row] : 0.0;
        spans->n[i] = p[R] + x[row * x_step];
        spans->alpha[i] = p[ALPHA] + t_x[row];
        spans->beta[i] = p[BETA] + t_x[row];
        spans->span[i] = T[row] - t_x[row];
    }
    retain__pareto_moments(spans, moments);
}

static void add_rows(const retain__btyd_family *family, const double *p, const retain__btyd_run *run, double *sums)
{
    retain__pareto_spans spans;
    run_columns columns;
    double moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN];

    (void)family;
    prepare_run(p, &run->x, 0, run->t_x, run->T, run->weight, run->count, &spans, &columns, moments);
    sum_rows(p, &spans, &columns, moments, sums);
}

static void add_counts(const retain__btyd_family *family, const double *p, double x, double weight, double *sums)
{
    const double r = p[R], slope = r * retain__digamma_ratio(r, x);

    (void)family;
    sums[0] += weight * (retain__lgamma_ratio(r, x) - x * retain__fast_log(p[ALPHA]));
    sums[1] += weight * slope;
    sums[2] -= weight * x;
    sums[5] += weight * (slope + r * r * retain__trigamma_ratio(r, x));
}

/* Value and gradient of each row, without the terms in x alone. */
static RETAIN__INLINE void spread_rows_body(const double *p, const retain__pareto_spans *spans, run_columns *run,
                                            double moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN],
                                            double values[1 + PARAMETERS][RETAIN__BTYD_RUN])
{
    take_logarithms(p, spans, moments[RETAIN__PARETO_MASS], run);
    for (size_t first = 0; first < spans->count; first += RETAIN__LANES) {
        double value[SUMS][RETAIN__LANES];

        differentiate(p, spans, run, moments, first, value);
        for (int k = 0; k < 1 + PARAMETERS; k++)
            for (size_t l = 0; l < RETAIN__LANES; l++)
                values[k][first + l] = value[k][l];
    }
}

RETAIN__VECTORISED(static, spread_rows,
                   (const double *p, const retain__pareto_spans *spans, run_columns *run,
                    double moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN], double values[1 + PARAMETERS][RETAIN__BTYD_RUN]),
                   (p, spans, run, moments, values));

static void find_count_terms(const retain__btyd_family *family, const double *p, double x, double *terms)
{
    (void)family;
    terms[0] = retain__lgamma_ratio(p[R], x) - x * retain__fast_log(p[ALPHA]);
    terms[1 + R] = p[R] * retain__digamma_ratio(p[R], x);
    terms[1 + ALPHA] = -x;
    terms[1 + S] = terms[1 + BETA] = 0.0;
}

static void find_log_likelihood(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                                const double *T, size_t count, double *values, double *gradient)
{
    retain__pareto_spans spans;
    run_columns columns;
    double moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN], found[1 + PARAMETERS][RETAIN__BTYD_RUN];

    (void)family;
    prepare_run(p, x, 1, t_x, T, NULL, count, &spans, &columns, moments);
    spread_rows(p, &spans, &columns, moments, found);
    memcpy(values, found[0], count * sizeof *values);
    for (size_t i = 0; gradient && i < count; i++) {
        for (size_t k = 0; k < PARAMETERS; k++)
            gradient[i * PARAMETERS + k] = found[1 + k][i];
    }
}

static RETAIN__INLINE void join_odds_body(const retain__pareto_spans *spans, const double *mass, double *log_odds)
{
    for (size_t i = 0; i < spans->count; i++)
        log_odds[i] = spans->n[i] * spans->log_alpha[i] + spans->s * spans->log_beta[i] + retain__fast_log(mass[i]);
}

RETAIN__VECTORISED(static, join_odds, (const retain__pareto_spans *spans, const double *mass, double *log_odds),
                   (spans, mass, log_odds));

/* The rows that `chosen` names, at most RETAIN__BTYD_RUN. */
static void find_odds_of_run(const double *p, const double *x, const double *t_x, const double *T, const uint16_t *chosen,
                             size_t count, double *log_odds)
{
    retain__pareto_spans spans;
    double mass[RETAIN__BTYD_RUN], found[RETAIN__BTYD_RUN];

    retain__pareto_spans_of(p, &spans, count);
    for (size_t i = 0; i < count; i++) {
        size_t row = chosen[i];

        spans.n[i] = p[R] + x[row];
        spans.alpha[i] = p[ALPHA] + t_x[row];
        spans.beta[i] = p[BETA] + t_x[row];
        spans.span[i] = T[row] - t_x[row];
    }
    retain__pareto_mass(&spans, mass);
    join_odds(&spans, mass, found);
    for (size_t i = 0; i < count; i++) {
        if (!(mass[i] >= DBL_MIN)) /* seen at the very moment of the last order: no kernel for the logarithm of 0 */
            found[i] = spans.n[i] * spans.log_alpha[i] + spans.s * spans.log_beta[i] + log(mass[i]);
        log_odds[chosen[i]] = found[i];
    }
}

static void find_log_odds_dead(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                               const double *T, size_t count, double *log_odds)
{
    (void)family;
    retain__btyd_odds_of_alike(find_odds_of_run, p, x, t_x, T, count, log_odds);
}

/* The shape r of the NBD without deaths that has this mean and this share of zeros: r log(1 + mean / r) = -log(share). The left
 * side rises with r. */
static double solve_shape(double mean, double share)
{
    const double wanted = share > 0.0 ? -retain__fast_log(share) : DBL_MAX;
    double low = 1e-3, high = 20.0;

    for (int step = 0; step < 30; step++) {
        double r = sqrt(low * high);

        if (r * retain__fast_log1p(mean / r) < wanted)
            low = r;
        else
            high = r;
    }
    return low;
}

static int choose_start(const retain__btyd_family *family, const retain__btyd_moments *moments, int attempt, double *p)
{
    const double mean = moments->mean_x, T = moments->mean_T > 0.0 ? moments->mean_T : 1.0;

    (void)family;
    p[R] = p[S] = 1.0;
    p[ALPHA] = p[BETA] = 0.1 * T;
    if (attempt == 0 && mean > 0.0) {
        /* Deaths make some of the zeros: r is larger than what explains all of them, and death takes half the time. */
        double r = solve_shape(mean, 1.0 - moments->repeaters / moments->customers);

        p[R] = 1.4 * r;
        p[ALPHA] = 0.9 * r * T / mean;
        p[S] = 0.8;
        p[BETA] = 0.5 * T;
    } else if (attempt == 2) { /* hardly anybody leaves */
        p[BETA] = 10.0 * T;
    } else if (attempt == 3) { /* nearly everybody leaves at once */
        p[ALPHA] = p[BETA] = 0.01 * T;
    } else if (attempt == 4) { /* some leave at once, the others stay */
        p[S] = 0.1;
        p[BETA] = 1e-4 * T;
    }
    return attempt < 5;
}

/* --- the rest of the table ------------------------------------------------------------------------------------------------ */

static retain__btyd_fate draw_fate(const retain__btyd_family *family, const double *p, struct retain__random *random)
{
    retain__btyd_fate fate;
    double log_slowness; /* the death rate itself underflows when s is small */

    (void)family;
    fate.rate = retain__random_gamma(random, p[R], p[ALPHA]);
    log_slowness = -retain__random_log_gamma(random, p[S]);
    fate.lifetime = p[BETA] * retain__random_exponential(random, 1.0);
    fate.lifetime = log_slowness < 709.0 ? fate.lifetime * retain__fast_exp(log_slowness) : (double)INFINITY;
    fate.occasions = (double)INFINITY;
    return fate;
}

/* What it means when parameters run away. */
static const char *find_meaning(const retain__btyd_family *family, const int *way)
{
    (void)family;
    if (way[S] < 0 && way[BETA] < 0)
        return "some customers leave at once and the others never";
    if (way[S] < 0 || (way[S] == 0 && way[BETA] > 0))
        return "no customer seems ever to leave";
    if (way[S] > 0 && way[BETA] > 0)
        return "all customers leave at the same rate";
    if (way[S] > 0 || way[BETA] < 0)
        return "all customers leave at once";
    if (way[R] > 0 && way[ALPHA] > 0)
        return "all customers buy at the same rate";
    if (way[R] < 0)
        return "a few customers buy and all others never do";
    return "";
}

const retain__btyd_family retain__pareto_nbd = {
    .family = RETAIN_BTYD_PARETO_NBD,
    .name = "Pareto/NBD",
    .count = PARAMETERS,
    .parameters = {"r", "alpha", "s", "beta"},
    .log_likelihood = find_log_likelihood,
    .count_terms = find_count_terms,
    .log_odds_dead = find_log_odds_dead,
    .add_counts = add_counts,
    .add_rows = add_rows,
    .start = choose_start,
    .expected = retain__pareto_expected,
    .silent = retain__pareto_silent,
    .discounted = retain__pareto_discounted,
    .surviving = retain__pareto_surviving,
    .counts = retain__pareto_counts,
    .second = retain__pareto_second,
    .at_most = retain__btyd_at_most,
    .is_poisson = 1,
    .log_pmf = retain__pareto_log_pmf,
    .draw = draw_fate,
    .meaning = find_meaning,
    .purchase = {[ALPHA] = -1.0},
    .lifetime = {[BETA] = -1.0},
    .time = {[ALPHA] = 1, [BETA] = 1},
};

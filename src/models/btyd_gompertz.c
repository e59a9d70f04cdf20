/* The Gamma-Gompertz/NBD of Bemmaor & Glady 2012.
 *
 * The question: that of the Pareto/NBD, for shops whose customers age: who has been with the shop for long is ever more likely to
 * leave.
 *
 * The idea: while alive a customer buys at a personal rate lambda ~ Gamma(r, alpha); the risk of dying at age u is b eta e^(b u)
 * (Gompertz), with a personal eta ~ Gamma(s, beta), so that S(u) = (1 + (e^(b u) - 1)/beta)^-s. With D(u) = -log S(u)/s, A(u) =
 * log(1 + u/alpha) and n = r + x the likelihood is
 *     L = Gamma(n) / (Gamma(r) alpha^x) { e^(-n A(T) - s D(T)) + integral from t_x to T of e^(-n A(u)) (-S'(u)) du }:
 * alive at T, or dead at some u before T. As in btyd_pareto.c both terms are taken relative to what they are at t_x, from where on
 * the customer is a new one with n, alpha + t_x and beta' = 1 + (beta - 1) e^(-b t_x); the integral is that of
 * btyd_gompertz_integral.c. As b and beta go to 0 together D(u) goes to log(1 + u b/beta), and the model to the Pareto/NBD with
 * beta/b for beta. No formula here cancels on the way there.
 *
 * Derivatives: with P = u/(alpha + u), Q = 1 - e^-D and W = b u e^(b u)/(beta - 1 + e^(b u)), by the logarithms of r, alpha, b, s,
 * beta,
 *     dead at u:   -r A,  n P,  1 + b u - (s + 1) W,  1 - s D,  s Q - (1 - Q)
 *     alive at T:  -r A,  n P,              - s W,      - s D,  s Q,
 * the gradient of log L is the mean of these over "dead at u" and "alive", the Hessian the mean of their derivatives plus their
 * covariance; dW/dlog b = W (1 + b u - W), dW/dlog beta = -(1 - Q) W, dQ/dlog beta = -Q (1 - Q). With e^(b u)/(beta - 1 + e^(b u))
 * near 1 differences from 1 are (beta - 1)/(beta - 1 + e^(b u)), computed as such. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "math/kernels.h"
#include "math/random.h"
#include "math/special.h"
#include "models/btyd_alike.h"
#include "models/btyd_at_most.h"
#include "models/btyd_gompertz.h"

/* --- the past ------------------------------------------------------------------------------------------------------------- */

/* A run on its way into the sums; rows beyond the last are copies of the first without weight, so that all lanes are full. */
typedef struct run_columns {
    double t_x[RETAIN__BTYD_RUN], weight[RETAIN__BTYD_RUN];
    double alive[RETAIN__BTYD_RUN];                      /* P(alive at T, and silent since t_x), given alive at t_x */
    double A_0[RETAIN__BTYD_RUN], D_0[RETAIN__BTYD_RUN]; /* A and D at t_x */
    double log_total[RETAIN__BTYD_RUN];                  /* log P(silent since t_x) */
    double old_T[RETAIN__BTYD_RUN];                      /* 1 / (beta + e^(b span) - 1), with the beta of t_x */
    double grown_T[RETAIN__BTYD_RUN];                    /* e^(b span) - 1 */
    double left_0[RETAIN__BTYD_RUN];                     /* e^-D at t_x */
} run_columns;

static RETAIN__INLINE void take_logarithms(const double *p, const retain__gompertz_spans *spans, const double *dead,
                                           run_columns *run)
{
    const retain__gompertz_law *law = spans->law;

    for (size_t i = 0; i < spans->count; i++)
        run->alive[i] = retain__fast_exp(-(spans->n[i] * spans->log_alpha[i] + law->s * spans->log_beta[i]));
    for (size_t i = 0; i < spans->count; i++)
        run->log_total[i] = retain__fast_log(run->alive[i] + dead[i]);
    for (size_t i = 0; i < spans->count; i++)
        run->A_0[i] = retain__gompertz_log_ratio(run->t_x[i], p[ALPHA]);
    for (size_t i = 0; i < spans->count; i++) {
        double bu = law->b * run->t_x[i], inside = bu < law->cap ? bu : law->cap, grown = retain__expm1_normal(inside);

        run->D_0[i] = retain__fast_log1p(grown / law->beta) + (bu - inside);
        run->left_0[i] = law->beta / (law->beta + grown);
    }
    for (size_t i = 0; i < spans->count; i++) {
        double bu = law->b * spans->span[i], grown = retain__expm1_normal(bu < law->cap ? bu : law->cap);

        run->grown_T[i] = grown;
        run->old_T[i] = 1.0 / (spans->beta[i] + grown);
    }
}

/* Turns the moments of RETAIN__LANES rows from `first` on into what the fit adds up, in the order of SUMS: the logarithm of all of L
 * that depends on t_x and T, with its derivatives. */
static RETAIN__INLINE void differentiate(const double *p, const retain__gompertz_spans *spans, const run_columns *run,
                                         double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN], size_t first,
                                         double value[SUMS][RETAIN__LANES])
{
    const double r = p[R], s = p[S], s1 = s + 1.0, b = p[B];

    for (size_t l = 0; l < RETAIN__LANES; l++) {
        const size_t i = first + l;
        /* the two ways to be silent */
        const double n = spans->n[i], dead = moments[RETAIN__GOMPERTZ_MASS][i], all = 1.0 / (dead + run->alive[i]);
        const double w = dead * all, v = run->alive[i] * all, both = w * v, each = dead >= DBL_MIN ? 1.0 / dead : 0.0;
        /* at t_x */
        const double A_0 = run->A_0[i], P_0 = p[ALPHA] / spans->alpha[i], P_early = run->t_x[i] / spans->alpha[i];
        const double D_0 = run->D_0[i], Q_0 = run->left_0[i], Q_early = 1.0 - Q_0;
        const double born = b * run->t_x[i], start = 1.0 / spans->beta[i];
        const double K_0 = born * (spans->above[i] * start) - s * (born * start);
        /* means given dead: A and D from t_x on, P and Q as shares of what was left, K from t_x on, W and R in full */
        const double A = moments[RETAIN__GOMPERTZ_A][i] * each, P = moments[RETAIN__GOMPERTZ_P][i] * each;
        const double D = moments[RETAIN__GOMPERTZ_D][i] * each, Q = moments[RETAIN__GOMPERTZ_Q][i] * each;
        const double K = moments[RETAIN__GOMPERTZ_K][i] * each, W = moments[RETAIN__GOMPERTZ_W][i] * each;
        const double V = moments[RETAIN__GOMPERTZ_V][i] * each, curve = moments[RETAIN__GOMPERTZ_R_MEAN][i] * each;
        const double AA = moments[RETAIN__GOMPERTZ_AA][i] * each - A * A, AP = moments[RETAIN__GOMPERTZ_AP][i] * each - A * P;
        const double AD = moments[RETAIN__GOMPERTZ_AD][i] * each - A * D, AQ = moments[RETAIN__GOMPERTZ_AQ][i] * each - A * Q;
        const double AK = moments[RETAIN__GOMPERTZ_AK][i] * each - A * K, mean_PP = moments[RETAIN__GOMPERTZ_PP][i] * each;
        const double PD = moments[RETAIN__GOMPERTZ_PD][i] * each - P * D, PQ = moments[RETAIN__GOMPERTZ_PQ][i] * each - P * Q;
        const double PK = moments[RETAIN__GOMPERTZ_PK][i] * each - P * K, DD = moments[RETAIN__GOMPERTZ_DD][i] * each - D * D;
        const double DQ = moments[RETAIN__GOMPERTZ_DQ][i] * each - D * Q, DK = moments[RETAIN__GOMPERTZ_DK][i] * each - D * K;
        const double mean_QQ = moments[RETAIN__GOMPERTZ_QQ][i] * each, QK = moments[RETAIN__GOMPERTZ_QK][i] * each - Q * K;
        const double KK = moments[RETAIN__GOMPERTZ_KK][i] * each - K * K;
        /* the same at T */
        const double span = spans->span[i], A_T = spans->log_alpha[i], P_T = span / (spans->alpha[i] + span);
        const double grown = run->grown_T[i], total = run->old_T[i], D_T = spans->log_beta[i], Q_T = grown * total;
        const double age = born + b * span, W_T = age * ((1.0 + grown) * total), left_T = spans->beta[i] * total;
        const double curve_T = W_T * (1.0 + age * (spans->above[i] * total));
        /* P (1 - P) and Q (1 - Q), in full, given dead and at T */
        const double P_spread = P_0 * (P_early * (1.0 - P) + P_0 * (P - mean_PP));
        const double Q_spread = Q_0 * (Q_early * (1.0 - Q) + Q_0 * (Q - mean_QQ));
        const double P_spread_T = P_0 * (1.0 - P_T) * (P_early + P_0 * P_T), Q_spread_T = Q_0 * left_T * (Q_early + Q_0 * Q_T);
        /* means over dead and alive, in full */
        const double mean_A = A_0 + w * A + v * A_T, mean_P = P_early + P_0 * (w * P + v * P_T);
        const double mean_D = D_0 + w * D + v * D_T, mean_Q = Q_early + Q_0 * (w * Q + v * Q_T), mean_W = w * W + v * W_T;
        /* derivatives given dead minus those given alive, and their factors */
        const double n_P = n * P_0, s_Q = s1 * Q_0, d_r = -r * (A - A_T), d_alpha = n_P * (P - P_T);
        const double d_b = 1.0 + K_0 + K + s * W_T, d_s = 1.0 - s * (D - D_T), d_beta = s * Q_0 * (Q - Q_T) - Q_0 * (1.0 - Q);

        value[0][l] = run->log_total[i] - n * A_0 - s * D_0;
        value[1][l] = -r * mean_A;
        value[2][l] = n * mean_P;
        value[3][l] = w * (1.0 + K_0 + K) - v * s * W_T;
        value[4][l] = w - s * mean_D;
        value[5][l] = s * mean_Q - w * Q_0 * (1.0 - Q);
        value[6][l] = -r * mean_A + w * r * r * AA + both * d_r * d_r;
        value[7][l] = r * mean_P - w * r * n_P * AP + both * d_r * d_alpha;
        value[8][l] = -w * r * AK + both * d_r * d_b;
        value[9][l] = w * r * s * AD + both * d_r * d_s;
        value[10][l] = -w * r * s_Q * AQ + both * d_r * d_beta;
        value[11][l] = w * (n_P * n_P * (mean_PP - P * P) - n * P_spread) - v * n * P_spread_T + both * d_alpha * d_alpha;
        value[12][l] = w * n_P * PK + both * d_alpha * d_b;
        value[13][l] = -w * n_P * s * PD + both * d_alpha * d_s;
        value[14][l] = w * n_P * s_Q * PQ + both * d_alpha * d_beta;
        value[15][l] = w * (curve + KK) - v * s * curve_T + both * d_b * d_b;
        value[16][l] = -s * mean_W - w * s * DK + both * d_b * d_s;
        value[17][l] = w * (s1 * Q_0 * V + s_Q * QK) + v * s * Q_0 * left_T * W_T + both * d_b * d_beta;
        value[18][l] = -s * mean_D + w * s * s * DD + both * d_s * d_s;
        value[19][l] = s * mean_Q - w * s_Q * s * DQ + both * d_s * d_beta;
        value[20][l] = w * (s_Q * s_Q * (mean_QQ - Q * Q) - s1 * Q_spread) - v * s * Q_spread_T + both * d_beta * d_beta;
    }
}

static RETAIN__INLINE void sum_rows_body(const double *p, const retain__gompertz_spans *spans, run_columns *run,
                                         double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN], double *sums)
{
    double lanes[SUMS][RETAIN__LANES] = {{0.0}};

    take_logarithms(p, spans, moments[RETAIN__GOMPERTZ_MASS], run);
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
                   (const double *p, const retain__gompertz_spans *spans, run_columns *run,
                    double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN], double *sums),
                   (p, spans, run, moments, sums));

/* Takes the rows of a run, each with its x or, with a step of 0, all with the same, and integrates. */
static void prepare_run(const double *p, const retain__gompertz_law *law, const double *x, size_t x_step, const double *t_x,
                        const double *T, const double *weight, size_t count, retain__gompertz_spans *spans, run_columns *run,
                        double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN])
{
    size_t filled = (count + RETAIN__LANES - 1) / RETAIN__LANES * RETAIN__LANES;

    spans->law = law;
    spans->count = count;
    for (size_t i = 0; i < filled; i++) {
        size_t row = i < count ? i : 0;

        run->t_x[i] = t_x[row];
        run->weight[i] = i < count && weight ? weight[row] : 0.0;
        spans->n[i] = p[R] + x[row * x_step];
        spans->alpha[i] = p[ALPHA] + t_x[row];
        spans->age[i] = t_x[row];
        spans->span[i] = T[row] - t_x[row];
    }
    retain__gompertz_moments(spans, moments);
    for (size_t i = count; i < filled; i++) {
        spans->beta[i] = spans->beta[0];
        spans->above[i] = spans->above[0];
        spans->log_alpha[i] = spans->log_alpha[0];
        spans->log_beta[i] = spans->log_beta[0];
        for (size_t k = 0; k < RETAIN__GOMPERTZ_MOMENTS; k++)
            moments[k][i] = moments[k][0];
    }
    spans->count = filled;
}

static void add_rows(const retain__btyd_family *family, const double *p, const retain__btyd_run *run, double *sums)
{
    const retain__gompertz_law law = retain__gompertz_law_of(p);
    retain__gompertz_spans spans;
    run_columns columns;
    double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN];

    (void)family;
    prepare_run(p, &law, &run->x, 0, run->t_x, run->T, run->weight, run->count, &spans, &columns, moments);
    sum_rows(p, &spans, &columns, moments, sums);
}

/* The terms in x alone are those of every family whose customers buy at rates ~ Gamma(r, alpha). */
static void find_count_terms(const retain__btyd_family *family, const double *p, double x, double *terms)
{
    (void)family;
    terms[0] = retain__lgamma_ratio(p[R], x) - x * retain__fast_log(p[ALPHA]);
    terms[1 + R] = p[R] * retain__digamma_ratio(p[R], x);
    terms[1 + ALPHA] = -x;
    terms[1 + B] = terms[1 + S] = terms[1 + BETA] = 0.0;
}

static void add_counts(const retain__btyd_family *family, const double *p, double x, double weight, double *sums)
{
    double terms[1 + PARAMETERS];

    find_count_terms(family, p, x, terms);
    for (int k = 0; k < 1 + PARAMETERS; k++)
        sums[k] += weight * terms[k];
    sums[1 + PARAMETERS] += weight * (terms[1 + R] + p[R] * p[R] * retain__trigamma_ratio(p[R], x));
}

/* Value and gradient of each row, without the terms in x alone. */
static RETAIN__INLINE void spread_rows_body(const double *p, const retain__gompertz_spans *spans, run_columns *run,
                                            double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN],
                                            double values[1 + PARAMETERS][RETAIN__BTYD_RUN])
{
    take_logarithms(p, spans, moments[RETAIN__GOMPERTZ_MASS], run);
    for (size_t first = 0; first < spans->count; first += RETAIN__LANES) {
        double value[SUMS][RETAIN__LANES];

        differentiate(p, spans, run, moments, first, value);
        for (int k = 0; k < 1 + PARAMETERS; k++)
            for (size_t l = 0; l < RETAIN__LANES; l++)
                values[k][first + l] = value[k][l];
    }
}

RETAIN__VECTORISED(static, spread_rows,
                   (const double *p, const retain__gompertz_spans *spans, run_columns *run,
                    double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN], double values[1 + PARAMETERS][RETAIN__BTYD_RUN]),
                   (p, spans, run, moments, values));

static void find_log_likelihood(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                                const double *T, size_t count, double *values, double *gradient)
{
    const retain__gompertz_law law = retain__gompertz_law_of(p);
    retain__gompertz_spans spans;
    run_columns columns;
    double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN], found[1 + PARAMETERS][RETAIN__BTYD_RUN];

    (void)family;
    prepare_run(p, &law, x, 1, t_x, T, NULL, count, &spans, &columns, moments);
    spread_rows(p, &spans, &columns, moments, found);
    memcpy(values, found[0], count * sizeof *values);
    for (size_t i = 0; gradient && i < count; i++) {
        for (size_t k = 0; k < PARAMETERS; k++)
            gradient[i * PARAMETERS + k] = found[1 + k][i];
    }
}

/* The rows that `chosen` names, at most RETAIN__BTYD_RUN. */
static void find_odds_of_run(const double *p, const double *x, const double *t_x, const double *T, const uint16_t *chosen,
                             size_t count, double *log_odds)
{
    const retain__gompertz_law law = retain__gompertz_law_of(p);
    retain__gompertz_spans spans;
    double mass[RETAIN__BTYD_RUN];

    spans.law = &law;
    spans.count = count;
    for (size_t i = 0; i < count; i++) {
        size_t row = chosen[i];

        spans.n[i] = p[R] + x[row];
        spans.alpha[i] = p[ALPHA] + t_x[row];
        spans.age[i] = t_x[row];
        spans.span[i] = T[row] - t_x[row];
    }
    retain__gompertz_mass(&spans, mass);
    for (size_t i = 0; i < count; i++)
        log_odds[chosen[i]] = spans.n[i] * spans.log_alpha[i] + law.s * spans.log_beta[i] +
                              (mass[i] >= DBL_MIN ? retain__fast_log(mass[i]) : log(mass[i]));
}

static void find_log_odds_dead(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                               const double *T, size_t count, double *log_odds)
{
    (void)family;
    retain__btyd_odds_of_alike(find_odds_of_run, p, x, t_x, T, count, log_odds);
}

/* --- the rest of the table ------------------------------------------------------------------------------------------------ */

/* Where a fit may start besides the optimum of the Pareto/NBD: at a shop where customers leave late. */
static int choose_start(const retain__btyd_family *family, const retain__btyd_moments *moments, int attempt, double *p)
{
    const double T = moments->mean_T > 0.0 ? moments->mean_T : 1.0;

    (void)family;
    (void)attempt;
    p[R] = 1.0;
    p[ALPHA] = T / moments->mean_x;
    p[B] = 4.0 / T;
    p[S] = 1.0;
    p[BETA] = 10.0;
    return attempt < 1;
}

/* Where b goes to 0 and beta with it, beta / b is the beta of the Pareto/NBD. A fit starts so near to it that hardly any customer
 * has aged, but near enough to the other models that it can be seen whether ageing would be an improvement. */
static void start_without_ageing(const retain__btyd_family *family, const retain__btyd_moments *moments, const double *narrow,
                                 double *p)
{
    const double s = narrow[2] < 10.0 ? narrow[2] : 10.0; /* where it ran off, the ratio to beta is what it has found */

    (void)family;
    p[R] = narrow[0];
    p[ALPHA] = narrow[1];
    p[B] = 0.05 / moments->mean_T;
    p[S] = s;
    p[BETA] = p[B] * narrow[3] * (s / narrow[2]);
}

static retain__btyd_fate draw_fate(const retain__btyd_family *family, const double *p, struct retain__random *random)
{
    retain__btyd_fate fate;
    double log_ratio; /* of an exponential and the frailty, which itself underflows when s is small */

    (void)family;
    fate.rate = retain__random_gamma(random, p[R], p[ALPHA]);
    log_ratio = retain__fast_log(p[BETA]) - retain__random_log_gamma(random, p[S]);
    log_ratio += log(retain__random_exponential(random, 1.0));
    fate.lifetime = (log_ratio < 700.0 ? log1p(exp(log_ratio)) : log_ratio) / p[B];
    fate.occasions = (double)INFINITY;
    return fate;
}

/* What it means when parameters run away. */
static const char *find_meaning(const retain__btyd_family *family, const int *way)
{
    (void)family;
    if (way[B] < 0 && way[BETA] < 0)
        return "customers do not age, and the model goes to Pareto/NBD";
    if ((way[B] < 0 && way[S] > 0) || (way[B] > 0 && way[S] < 0))
        return "all customers leave at the same rate, whatever their age";
    if (way[S] > 0 && way[BETA] > 0)
        return "all customers are alike in how they age";
    if (way[B] > 0 && way[BETA] > 0)
        return "all customers leave at the same age";
    if (way[S] < 0 && way[BETA] < 0)
        return "some customers leave at once and the others never";
    if (way[S] < 0 || way[B] < 0 || way[BETA] > 0)
        return "no customer seems ever to leave";
    if (way[S] > 0 || way[B] > 0 || way[BETA] < 0)
        return "all customers leave at once";
    if (way[R] > 0 && way[ALPHA] > 0)
        return "all customers buy at the same rate";
    if (way[R] < 0)
        return "a few customers buy and all others never do";
    return "";
}

const retain__btyd_family retain__gg_nbd = {
    .family = RETAIN_BTYD_GG_NBD,
    .name = "Gamma-Gompertz/NBD",
    .count = PARAMETERS,
    .parameters = {"r", "alpha", "b", "s", "beta"},
    .log_likelihood = find_log_likelihood,
    .count_terms = find_count_terms,
    .log_odds_dead = find_log_odds_dead,
    .add_counts = add_counts,
    .add_rows = add_rows,
    .start = choose_start,
    .contains = &retain__pareto_nbd,
    .widen = start_without_ageing,
    .expected = retain__gompertz_expected,
    .silent = retain__gompertz_silent,
    .discounted = retain__gompertz_discounted,
    .surviving = retain__gompertz_surviving,
    .counts = retain__gompertz_counts,
    .at_most = retain__btyd_at_most,
    .is_poisson = 1,
    .log_pmf = retain__gompertz_log_pmf,
    .draw = draw_fate,
    .meaning = find_meaning,
    .purchase = {[ALPHA] = -1.0},
    .lifetime = {[BETA] = -1.0},
    .time = {[ALPHA] = 1, [RETAIN__GOMPERTZ_B] = -1},
};

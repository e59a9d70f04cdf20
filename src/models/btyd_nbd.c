/* NBD: customers who buy at random and never leave.
 *
 * The question: what would these customers do if none of them ever left?
 *
 * The idea: Ehrenberg (1959, Applied Statistics 8(1)). A customer buys at a personal rate lambda, and rates are spread over the
 * customers like Gamma(r, alpha). After x occasions in T units of time what is known about lambda is Gamma(r + x, alpha + T), so
 * everything has a closed form, and the moment of the last occasion does not matter. On shops' data the model is wrong, for it
 * takes those who left for slow ones and expects too much of them; that is its use: what another family gains over it is what
 * there is to be known about leaving.
 *
 * Delicate is only T small beside alpha or the other way round: logarithms of ratios are taken as log1p, and lgamma in
 * differences. */
#include <math.h>

#include "math/kernels.h"
#include "math/random.h"
#include "math/special.h"
#include "models/btyd_family.h"

enum { PARAMETERS = 2 };
enum { VALUE, G_R, G_ALPHA, H_RR, H_R_ALPHA, H_ALPHA_ALPHA };

/* t / age, which may not overflow. */
static double share_of(double t, double age)
{
    double share = t / age;

    return share < 1e300 ? share : 1e300;
}

/* --- the past ------------------------------------------------------------------------------------------------------------- */

static void find_log_likelihood(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                                const double *T, size_t count, double *values, double *gradient)
{
    double r = p[0], alpha = p[1];

    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        double l = retain__fast_log1p(share_of(T[i], alpha));

        values[i] = -(r + x[i]) * l;
        if (gradient) {
            gradient[PARAMETERS * i] = -r * l;
            /* with the -x of the terms in x alone, in which it would cancel where T is large */
            gradient[PARAMETERS * i + 1] = r * (T[i] / (alpha + T[i])) - x[i] * (alpha / (alpha + T[i]));
        }
    }
}

static void find_count_terms(const retain__btyd_family *family, const double *p, double x, double *terms)
{
    (void)family;
    terms[0] = retain__lgamma_ratio(p[0], x) - x * retain__fast_log(p[1]);
    terms[1] = p[0] * retain__digamma_ratio(p[0], x);
    terms[2] = 0.0; /* taken together with those in T */
}

static void find_log_odds_dead(const retain__btyd_family *family, const double *p, const double *x, const double *t_x,
                               const double *T, size_t count, double *log_odds)
{
    (void)family;
    (void)p;
    (void)x;
    (void)t_x;
    (void)T;
    for (size_t i = 0; i < count; i++)
        log_odds[i] = -(double)INFINITY;
}

static void add_counts(const retain__btyd_family *family, const double *p, double x, double weight, double *sums)
{
    double r = p[0], bought = r * retain__digamma_ratio(r, x);

    (void)family;
    sums[VALUE] += weight * (retain__lgamma_ratio(r, x) - x * retain__fast_log(p[1]));
    sums[G_R] += weight * bought;
    sums[G_ALPHA] -= weight * x;
    sums[H_RR] += weight * (bought + r * r * retain__trigamma_ratio(r, x));
}

static void add_rows(const retain__btyd_family *family, const double *p, const retain__btyd_run *run, double *sums)
{
    double r = p[0], alpha = p[1], n = r + run->x, l = 0.0, late = 0.0, both = 0.0;

    (void)family;
    for (size_t i = 0; i < run->count; i++) {
        double T = run->T[i], weight = run->weight[i], share = T / (alpha + T);

        l += weight * retain__fast_log1p(share_of(T, alpha));
        late += weight * share;
        both += weight * (share * (alpha / (alpha + T)));
    }
    sums[VALUE] -= n * l;
    sums[G_R] -= r * l;
    sums[G_ALPHA] += n * late;
    sums[H_RR] -= r * l;
    sums[H_R_ALPHA] += r * late;
    sums[H_ALPHA_ALPHA] -= n * both;
}

static int choose_start(const retain__btyd_family *family, const retain__btyd_moments *moments, int attempt, double *p)
{
    static const double shapes[] = {0.5, 2.0, 0.1};

    (void)family;
    if (attempt < 0 || attempt >= (int)(sizeof shapes / sizeof *shapes))
        return 0;
    p[0] = shapes[attempt];
    p[1] = p[0] * moments->mean_T / moments->mean_x;
    return 1;
}

/* --- the future ----------------------------------------------------------------------------------------------------------- */

static void find_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                          size_t count, double t, double *orders)
{
    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++)
        orders[i] = (p[0] + x) * share_of(t, p[1] + T[i]);
}

static void find_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                        size_t count, double t, double *silence)
{
    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++)
        silence[i] = retain__fast_exp(-(p[0] + x) * retain__fast_log1p(share_of(t, p[1] + T[i])));
}

/* Occasions come at an even rate for ever: the integral of e^(-delta u) over u from 0 to t, times that rate. */
static void find_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                            size_t count, double t, double delta, double *orders)
{
    double worth = delta > 0.0 ? -expm1(-delta * t) / delta : (double)INFINITY;

    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++)
        orders[i] = (p[0] + x) / (p[1] + T[i]) * worth;
}

static void find_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double *surviving)
{
    (void)family;
    (void)p;
    (void)x;
    (void)t_x;
    (void)T;
    (void)t;
    for (size_t i = 0; i < count; i++)
        surviving[i] = 1.0;
}

/* --- a new customer ------------------------------------------------------------------------------------------------------- */

static double find_log_pmf(const retain__btyd_family *family, const double *p, double t, double n)
{
    double none = -p[0] * retain__fast_log1p(share_of(t, p[1]));

    (void)family;
    if (n <= 0.0)
        return none;
    if (t <= 0.0)
        return -(double)INFINITY;
    return none + (retain__lgamma_ratio(p[0], n) - retain__lgamma(n + 1.0)) - n * retain__fast_log1p(share_of(p[1], t));
}

/* A window that begins later is as good as one that begins now. */
static void find_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                        size_t count, double from, double to, double n, double *log_pmf)
{
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        const double then[] = {p[0] + x, p[1] + T[i]};

        log_pmf[i] = find_log_pmf(family, then, to - from, n);
    }
}

static void find_at_most(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double from, double to, double n, double *probability)
{
    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        double age = p[1] + T[i];

        probability[i] = retain__betainc(p[0] + x, n + 1.0, 1.0 / (1.0 + share_of(to - from, age)));
    }
}

static retain__btyd_fate draw_fate(const retain__btyd_family *family, const double *p, retain__random *random)
{
    retain__btyd_fate fate = {retain__random_gamma(random, p[0], p[1]), (double)INFINITY, (double)INFINITY};

    (void)family;
    return fate;
}

static const char *find_meaning(const retain__btyd_family *family, const int *way)
{
    (void)family;
    if (way[0] > 0 && way[1] > 0)
        return "all customers buy at the same rate";
    if (way[0] < 0)
        return "a few customers buy and all others never do";
    return "";
}

const retain__btyd_family retain__nbd = {
    .family = RETAIN_BTYD_NBD,
    .name = "NBD",
    .count = PARAMETERS,
    .parameters = {"r", "alpha"},
    .log_likelihood = find_log_likelihood,
    .count_terms = find_count_terms,
    .log_odds_dead = find_log_odds_dead,
    .add_counts = add_counts,
    .add_rows = add_rows,
    .start = choose_start,
    .expected = find_expected,
    .silent = find_silent,
    .discounted = find_discounted,
    .surviving = find_surviving,
    .counts = find_counts,
    .at_most = find_at_most,
    .is_poisson = 1,
    .log_pmf = find_log_pmf,
    .draw = draw_fate,
    .meaning = find_meaning,
    .purchase = {0.0, -1.0},
    .time = {0, 1},
};

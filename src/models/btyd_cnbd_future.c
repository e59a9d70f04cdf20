/* BG/CNBD-k and MBG/CNBD-k: the future of customers who are alive.
 *
 * The question: how many occasions will there be in the next t units of time, when every k-th tick of a clock of rate lambda is one?
 *
 * The idea: a customer who is alive at T has heard j < k ticks since the last purchase at t_x, and nobody knows how many; the longer
 * the silence, the sooner the next purchase. That is why the future depends on t_x. Let M be the ticks in (t_x, T + t]. For one lambda
 * they fall on the two spans independently, and the mean over lambda ~ Gamma(n, alpha + t_x), n = r + k x, is a negative binomial,
 * whose i ticks are cut at T binomially, only those histories counting that have fewer than k before T:
 *
 *     f_j(i) = P(M = i, j of them before T)  ~  (n)_i/i! s^j t^(i-j) i!/(j! (i-j)!) / (alpha + T + t)^i,   s = T - t_x, j < k.
 *
 * The m-th purchase happens when M >= m k and the customer has not left after one of the m - 1 before it, which has probability
 * theta_m = (b+c)_(m-1) / (a+b+c)_(m-1). So
 *
 *     E[Y(t)] = sum_i f(i) (theta_1 + ... + theta_floor(i/k)) / sum_i f(i),
 *     P(Y(t) = 0) = sum_(i<k) f(i) / sum_i f(i) = P(fewer than k ticks in s + t) / P(fewer than k ticks in s).
 *
 * Platzer & Reutterer approximate the conditional expectation; this is exact, and a sum of positive terms. f(i) comes from f(i+1) by
 * a recurrence (btyd_cnbd_ticks.c). Beyond some hundred thousand ticks nobody needs each of them: there E[Y] is written as the sum over m of
 * theta_m P(M >= m k), a smooth function of m, and is summed from m = 64 on by Gauss-Legendre panels with Gregory's end correction. */
#include <math.h>

#include "math/quadrature.h"
#include "math/special.h"
#include "models/btyd_cnbd.h"

enum { R = RETAIN__CNBD_R, ALPHA = RETAIN__CNBD_ALPHA, A = RETAIN__CNBD_A, B = RETAIN__CNBD_B, K = RETAIN__CNBD_K };
enum { MOST_K = RETAIN_BTYD_MOST_K, DIRECT = 64, DIFFERENCES = 9 };

static const double most_ticks = 3e5; /* that are gone through one by one */
static const double negligible = 1e-17;
static const double sharpest = 1e7; /* shape of a rate that is as good as known: beyond all use, and would take for ever */

typedef retain__cnbd_customer customer;

customer retain__cnbd_customer_of(const retain__btyd_family *family, const double *p, double x, double t_x, double T)
{
    customer of = {.k = (size_t)p[K],
                   .n = p[R] + p[K] * x,
                   .a = p[A],
                   .b = p[B] + retain__bg_chances(family, x),
                   .start = p[ALPHA] + t_x,
                   .since = T - t_x,
                   .age = p[ALPHA] + T};

    if (of.n > sharpest) {
        of.start *= sharpest / of.n;
        of.age = of.start + of.since;
        of.n = sharpest;
    }
    return of;
}

/* --- many ticks ----------------------------------------------------------------------------------------------------------- */

/* w_j = (n)_j/j! (s/age)^j over their sum. */
void retain__cnbd_find_stages(const customer *of, double *stage)
{
    double total = 1.0;

    stage[0] = 1.0;
    for (size_t j = 1; j < of->k; j++) {
        stage[j] = stage[j - 1] * ((of->n + (double)(j - 1)) / (double)j * (of->since / of->age));
        total += stage[j];
        if (total > 1e200) {
            for (size_t i = 0; i <= j; i++)
                stage[i] *= 1e-200;
            total *= 1e-200;
        }
    }
    for (size_t j = 0; j < of->k; j++)
        stage[j] /= total;
}

typedef double (*term_of)(const void *state, double m);

/* The sum over m = DIRECT, DIRECT + 1 ... less the integral from DIRECT on: Gregory's formula. */
static double correct_end(term_of term, const void *state)
{
    static const double factors[DIFFERENCES] = {1.0 / 2.0,       -1.0 / 12.0,          1.0 / 24.0,
                                                -19.0 / 720.0,   3.0 / 160.0,          -863.0 / 60480.0,
                                                275.0 / 24192.0, -33953.0 / 3628800.0, 8183.0 / 1036800.0};
    double value[DIFFERENCES], sum = 0.0;

    for (size_t i = 0; i < DIFFERENCES; i++)
        value[i] = term(state, (double)(DIRECT + i));
    for (size_t order = 0; order < DIFFERENCES; order++) {
        sum += factors[order] * value[0];
        for (size_t i = 0; i + 1 < DIFFERENCES - order; i++)
            value[i] = value[i + 1] - value[i];
    }
    return sum;
}

const retain__node *retain__cnbd_nodes(void)
{
    size_t rule = 0;

    while (retain__rules[rule].count < RETAIN__CNBD_NODES)
        rule++;
    return retain__rules[rule].nodes;
}

/* Panels grow with m; where the purchases come to an end, at n t / (age k), they are as long as that takes. */
static double integrate_purchases(const customer *of, double t, term_of term, const void *state, double *reached)
{
    const retain__node *nodes = retain__cnbd_nodes();
    double unit = t / of->age / (double)of->k, deviation = sqrt(of->n) * unit, slope = deviation > unit ? deviation : unit,
           sum = 0.0, low, high;
    double change = of->n * unit - 12.0 * deviation, end = (of->n + (double)of->k + 45.0) * unit + 12.0 * deviation + DIRECT;

    for (low = DIRECT; low < end; low = high) {
        double part = 0.0;

        high = 2.7 * low;
        if (low < change && high > change)
            high = change > 1.01 * low ? change : low + 2.5 * slope;
        else if (low >= change && high > low + 2.5 * slope)
            high = low + 2.5 * slope;
        for (size_t i = 0; i < RETAIN__CNBD_NODES; i++)
            part += nodes[i].weight * term(state, low + nodes[i].at * (high - low));
        sum += (high - low) * part;
        if (low > of->n * unit && (high - low) * part < negligible * sum)
            end = high;
    }
    if (reached)
        *reached = low;
    return sum;
}

double retain__cnbd_sum(const customer *of, double t, term_of term, const void *state, double *reached)
{
    double sum = 0.0;

    for (size_t m = 1; m < DIRECT; m++)
        sum += term(state, (double)m);
    return sum + correct_end(term, state) + integrate_purchases(of, t, term, state, reached);
}

typedef struct purchases {
    const customer *of;
    double stage[MOST_K];
    double share; /* age / (age + t) */
} purchases;

/* theta_m P(M >= m k) for any real m >= 1. */
static double purchase_at(const void *state, double m)
{
    const purchases *all = state;
    const customer *of = all->of;
    double tail = 0.0;

    for (size_t j = 0; j < of->k; j++)
        tail += all->stage[j] * retain__betainc_complement(of->n + (double)j, m * (double)of->k - (double)j, all->share);
    return tail * exp(retain__lbeta_ratio(of->a, of->b, m - 1.0));
}

/* 2 (m - 1) theta_m P(M >= m k), whose sum is E[Y (Y - 1)]. */
static double second_at(const void *state, double m)
{
    return 2.0 * (m - 1.0) * purchase_at(state, m);
}

int retain__cnbd_are_few(const customer *of, double t)
{
    return retain__cnbd_last_tick(of, t) < most_ticks;
}

static double add_purchases(const customer *of, double t, retain__cnbd_mean mean)
{
    purchases all = {.of = of};

    if (t <= 0.0)
        return 0.0;
    t = retain__cnbd_within(of, t);
    all.share = of->age / (of->age + t);
    if (retain__cnbd_are_few(of, t))
        return retain__cnbd_sweep(of, t, 0.0, mean);
    retain__cnbd_find_stages(of, all.stage);
    return retain__cnbd_sum(of, t, mean == RETAIN__CNBD_ORDERS ? purchase_at : second_at, &all, NULL);
}

double retain__cnbd_orders(const customer *of, double t)
{
    return add_purchases(of, t, RETAIN__CNBD_ORDERS);
}

double retain__cnbd_second_now(const customer *of, double t)
{
    return add_purchases(of, t, RETAIN__CNBD_SECOND);
}

void retain__cnbd_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double *orders)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    if (p[K] <= 1.0) {
        memoryless->expected(memoryless, p, x, NULL, T, count, t, orders);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        customer one = retain__cnbd_customer_of(family, p, x, t_x[i], T[i]);

        orders[i] = retain__cnbd_orders(&one, t);
    }
}

void retain__cnbd_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double t, double *silence)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    if (p[K] <= 1.0) {
        memoryless->silent(memoryless, p, x, NULL, T, count, t, silence);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        customer one = retain__cnbd_customer_of(family, p, x, t_x[i], T[i]);
        double ratio = t / one.age < 1e300 ? t / one.age : 1e300;
        double before = retain__cnbd_log_stages(one.n, one.since / one.age, p[K]);
        double after = retain__cnbd_log_stages(one.n, (one.since + t) / (one.age + t), p[K]);
        double log_silent = after - before - one.n * retain__fast_log1p(ratio);

        silence[i] = log_silent < 0.0 ? retain__fast_exp(log_silent) : 1.0;
    }
}

/* The future under the Pareto/NBD.
 *
 * The question: how many orders are still to come from a customer who is alive at T, and with what probability none? And how are
 * the orders of new customers distributed?
 *
 * The idea: a customer alive at T is a new Pareto/NBD customer with sharper parameters (n, alpha + T, s, beta + T), n = r + x. The
 * expectation is the mean rate n/(alpha + T) times the integral of the survivor function (1 + u/(beta + T))^-s, each moment
 * discounted by e^(-delta u) where that is asked for. In y = log(1 + u/(beta + T)) the survivor function is e^(-s y): without
 * discounting the integral is elementary and s = 1 an ordinary point; with it the integrand is e^(-(s - 1) y - z (e^y - 1)), one
 * smooth peak. Silence is one more span of btyd_pareto_integral.c.
 *
 * What is delicate: P(X(t) = n) is a sum over the moment of death of Poisson-Gamma counts. In log u its integrand is one peak too,
 * as narrow as 1/sqrt(n), whose place is the root of a quadratic equation; the finite sums of hypergeometric functions in the
 * literature overflow. Near n = 0 and P = 1 the logarithm wants 1 - P, which is a span as well. */
#include <float.h>
#include <math.h>

#include "math/kernels.h"
#include "math/pair.h"
#include "math/quadrature.h"
#include "math/special.h"
#include "models/btyd_pareto.h"

enum { RULE_OF_EIGHT = 1 };

/* --- customers who are alive at T ----------------------------------------------------------------------------------------- */

static RETAIN__INLINE void find_expected_column_body(const double *p, double x, const double *T, size_t count, double t,
                                                     double *orders)
{
    for (size_t i = 0; i < count; i++) {
        double alpha = p[ALPHA] + T[i], beta = p[BETA] + T[i];

        orders[i] = (p[R] + x) / alpha * beta * retain__pareto_lifetime(p[S], retain__pareto_log(t, beta));
    }
}

RETAIN__VECTORISED(static, find_expected_column,
                   (const double *p, double x, const double *T, size_t count, double t, double *orders),
                   (p, x, T, count, t, orders));

void retain__pareto_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double *orders)
{
    (void)family;
    (void)t_x;
    find_expected_column(p, x, T, count, t, orders);
}

double retain__pareto_growth(double s, double length)
{
    const retain__rule rule = retain__rules[RULE_OF_EIGHT];
    const double fall = s - 1.0;
    double sum = 0.0;

    if (length * (1.0 + fabs(fall)) > 1.0 && fall > 2.0)
        return (1.0 - exp(-fall * length) * (1.0 + fall * expm1(length))) / fall / (fall - 1.0);
    if (length * (1.0 + fabs(fall)) > 1.0)
        return retain__pareto_lifetime(s - 1.0, length) - retain__pareto_lifetime(s, length);
    for (size_t i = 0; i < rule.count; i++) {
        const double y = length * rule.nodes[i].at;

        sum += rule.nodes[i].weight * expm1(y) * exp(-fall * y);
    }
    return length * sum;
}

/* Orders at u and v, u < v, of who is alive at v: twice the square of the rate times the integral of (v - from) P(alive at v). */
void retain__pareto_second(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double from, double to, double *second)
{
    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        const double alpha = p[ALPHA] + T[i], beta = p[BETA] + T[i] + from, rate = (p[R] + x) / alpha;
        const double still = exp(-p[S] * retain__pareto_log(from, p[BETA] + T[i]));

        second[i] = 2.0 * (rate + 1.0 / alpha) * rate * still * beta * beta *
                    retain__pareto_growth(p[S], retain__pareto_log(to - from, beta));
    }
}

void retain__pareto_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double t, double *silence)
{
    retain__pareto_spans spans;
    double mass[RETAIN__BTYD_RUN];

    (void)family;
    (void)t_x;
    retain__pareto_spans_of(p, &spans, count);
    for (size_t i = 0; i < count; i++) {
        spans.n[i] = p[R] + x;
        spans.alpha[i] = p[ALPHA] + T[i];
        spans.beta[i] = p[BETA] + T[i];
        spans.span[i] = t;
    }
    retain__pareto_mass(&spans, mass);
    for (size_t i = 0; i < count; i++) {
        double silent = mass[i] + retain__fast_exp(-(spans.n[i] * spans.log_alpha[i] + spans.s * spans.log_beta[i]));

        silence[i] = silent < 1.0 ? silent : 1.0;
    }
}

/* The discounted lifetime: e^(-(s - 1) y - z (e^y - 1)), z = delta beta, relative to its peak. */
typedef struct discounting {
    double slope, rate; /* s - 1, and z e^peak */
} discounting;

static double fall_of_discounting(const void *state, double d)
{
    const discounting *of = state;
    double grown = d < 0.0 ? retain__fast_expm1(d) : d < 709.0 ? -retain__fast_expm1(-d) * retain__fast_exp(d) : DBL_MAX;

    return of->slope * d + of->rate * grown;
}

/* Its exponent is concave in y = log(1 + u/beta). For infinite t it is e^z E_s(z), z = delta beta, the exponential integral of
 * Fader, Hardie & Lee 2005 (JMR 42(4)). */
double retain__pareto_discounted_lifetime(double s, double beta, double t, double delta)
{
    const double z = delta * beta, end = retain__pareto_log(t, beta);
    double peak = 0.0;
    discounting of;

    if (1.0 - s > z)
        peak = retain__fast_log((1.0 - s) / z);
    if (peak > end)
        peak = end;
    of.slope = s - 1.0;
    of.rate = z * retain__fast_exp(peak);
    return retain__fast_exp(-of.slope * peak - (of.rate - z)) * retain__integrate_peak(fall_of_discounting, &of, peak, end - peak);
}

void retain__pareto_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                               size_t count, double t, double delta, double *orders)
{
    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        double alpha = p[ALPHA] + T[i], beta = p[BETA] + T[i], lifetime;

        if (delta > 0.0)
            lifetime = retain__pareto_discounted_lifetime(p[S], beta, t, delta);
        else
            lifetime = p[S] > 1.0 ? 1.0 / (p[S] - 1.0) : (double)INFINITY;
        orders[i] = (p[R] + x) / alpha * beta * lifetime;
    }
}

void retain__pareto_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                              size_t count, double t, double *surviving)
{
    (void)family;
    (void)x;
    (void)t_x;
    for (size_t i = 0; i < count; i++)
        surviving[i] = retain__fast_exp(-p[S] * retain__pareto_log(t, p[BETA] + T[i]));
}

/* --- a new customer ------------------------------------------------------------------------------------------------------- */

/* The integrand of P(X(t) = n, dead by t) in v = log u, relative to its peak: e^((n + 1) v) / ((alpha + u)^(r + n) (beta + u)^(s +
 * 1)). */
typedef struct counting {
    double n1, rn, s1;          /* n + 1, r + n, s + 1 */
    double old_alpha, old_beta; /* u / (alpha + u) and u / (beta + u) at the peak */
    double new_alpha, new_beta; /* one minus these */
} counting;

static double fall_of_counting(const void *state, double d)
{
    const counting *of = state;
    double grown = retain__fast_exp(d);

    return of->rn * retain__fast_log(of->new_alpha + of->old_alpha * grown) +
           of->s1 * retain__fast_log(of->new_beta + of->old_beta * grown) - of->n1 * d;
}

/* Where that integrand is largest on (0, t): the positive root of (n + 1)(alpha + u)(beta + u) = (r + n) u (beta + u) + (s + 1) u
 * (alpha + u). */
static double find_peak(const double *p, double t, double n)
{
    const double square = p[R] + p[S], linear = p[BETA] * (p[R] - 1.0) + p[ALPHA] * (p[S] - n);
    const double constant = (n + 1.0) * p[ALPHA] * p[BETA], root = sqrt(linear * linear + 4.0 * square * constant);
    double u = linear > 0.0 ? 2.0 * constant / (linear + root) : (root - linear) / (2.0 * square);

    return u < t ? u : t;
}

/* log P(X(t) = 0) where it is close to 0: 1 - P(X(t) = 0) is the integral of r/(alpha + u) e^(-r A(u) - s B(u)), the density of
 * the first order; a span in which alpha and beta, r and s have changed places. */
static double find_log_silent(const double *p, double t)
{
    retain__pareto_spans spans;
    double first, mass;

    retain__pareto_spans_of(p, &spans, 1);
    spans.s = p[R];
    spans.n[0] = p[S];
    spans.alpha[0] = p[BETA];
    spans.beta[0] = p[ALPHA];
    spans.alpha_is_smaller = p[BETA] <= p[ALPHA];
    spans.span[0] = t;
    retain__pareto_mass(&spans, &first);
    if (first < 0.5)
        return retain__log1p_pair(retain__pair_of(-first)).high;
    retain__pareto_spans_of(p, &spans, 1);
    spans.n[0] = p[R];
    spans.alpha[0] = p[ALPHA];
    spans.beta[0] = p[BETA];
    retain__pareto_mass(&spans, &mass);
    return retain__fast_log(mass + retain__fast_exp(-(p[R] * spans.log_alpha[0] + p[S] * spans.log_beta[0])));
}

double retain__pareto_log_pmf(const retain__btyd_family *family, const double *p, double t, double n)
{
    double peak, alive, dead, high;
    counting of;

    (void)family;
    if (t == 0.0)
        return n == 0.0 ? 0.0 : -(double)INFINITY;
    if (n == 0.0)
        return find_log_silent(p, t);
    peak = find_peak(p, t, n);
    of.n1 = n + 1.0;
    of.rn = p[R] + n;
    of.s1 = p[S] + 1.0;
    of.old_alpha = peak / (p[ALPHA] + peak);
    of.new_alpha = p[ALPHA] / (p[ALPHA] + peak);
    of.old_beta = peak / (p[BETA] + peak);
    of.new_beta = p[BETA] / (p[BETA] + peak);
    dead = retain__integrate_peak(fall_of_counting, &of, (double)INFINITY, retain__pareto_log(t - peak, peak));
    dead = retain__fast_log(dead * p[S] * of.old_beta) - p[R] * retain__pareto_log(peak, p[ALPHA]) -
           n * retain__pareto_log(p[ALPHA], peak) - p[S] * retain__pareto_log(peak, p[BETA]);
    alive = -p[R] * retain__pareto_log(t, p[ALPHA]) - n * retain__pareto_log(p[ALPHA], t) - p[S] * retain__pareto_log(t, p[BETA]);
    high = dead > alive ? dead : alive;
    /* and Gamma(r + n) / (Gamma(r) n!) = 1 / (n B(r, n)) */
    high += retain__fast_log(retain__fast_exp(dead - high) + retain__fast_exp(alive - high)) - retain__lbeta(p[R], n) -
            retain__fast_log(n);
    return high < 0.0 ? high : 0.0;
}

/* Rate and lifetime are independent, so a customer who is still there at T + from is a new one with what was known of the rate at T,
 * and of the lifetime at T + from. */
void retain__pareto_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                           size_t count, double from, double to, double n, double *log_pmf)
{
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        double then[PARAMETERS] = {p[R] + x, p[ALPHA] + T[i], p[S], p[BETA] + T[i] + from};
        double log_alive = -p[S] * retain__pareto_log(from, p[BETA] + T[i]);

        log_pmf[i] = retain__pareto_log_pmf(family, then, to - from, n);
        if (n > 0.0)
            log_pmf[i] += log_alive;
        else if (from > 0.0) /* or dead by then */
            log_pmf[i] = log1p(retain__fast_exp(log_alive) * retain__fast_expm1(log_pmf[i]));
    }
}

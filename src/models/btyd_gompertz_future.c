/* The future under the Gamma-Gompertz/NBD.
 *
 * The question: how many orders are still to come from a customer who is alive at T, and with what probability none? And how are
 * the orders of new customers distributed?
 *
 * The idea: a customer alive at T is a new one with r + x, alpha + T and beta' = 1 + (beta - 1) e^(-b T). Orders to come are the
 * mean rate times the expected lifetime within the horizon, the integral of S(u) e^(-delta u), which converges for any horizon:
 * S falls as e^(-s b u) in the end. (Bemmaor & Glady give a conditional expectation that is wrong; Adler 2022 corrects it, and the
 * survivor function alone gives the same.) Silence is one more span of btyd_gompertz_integral.c.
 *
 * What is delicate: P(X(t) = n) is a sum over the moment of death of Poisson-Gamma counts, a peak as narrow as 1/sqrt(n) in log u,
 * beside which the Gompertz risk may make another one. Near n = 0 and P = 1 the logarithm wants 1 - P, which is an integral too. */
#include <float.h>
#include <math.h>

#include "math/pair.h"
#include "math/special.h"
#include "models/btyd_gompertz.h"

/* --- customers who are alive at T ----------------------------------------------------------------------------------------- */

void retain__gompertz_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                                 size_t count, double t, double delta, double *orders)
{
    const retain__gompertz_law law = retain__gompertz_law_of(p);

    (void)family;
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        retain__gompertz_shape life = retain__gompertz_shape_at(&law, T[i], t, 0);

        life.delta = delta;
        orders[i] = (p[R] + x) / (p[ALPHA] + T[i]) * retain__fast_exp(retain__gompertz_log_integral(&life));
    }
}

void retain__gompertz_expected(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                               size_t count, double t, double *orders)
{
    retain__gompertz_discounted(family, p, x, t_x, T, count, t, 0.0, orders);
}

void retain__gompertz_silent(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double *silence)
{
    const retain__gompertz_law law = retain__gompertz_law_of(p);
    retain__gompertz_spans spans;
    double mass[RETAIN__BTYD_RUN];

    (void)family;
    (void)t_x;
    spans.law = &law;
    spans.count = count;
    for (size_t i = 0; i < count; i++) {
        spans.n[i] = p[R] + x;
        spans.alpha[i] = p[ALPHA] + T[i];
        spans.age[i] = T[i];
        spans.span[i] = t;
    }
    retain__gompertz_mass(&spans, mass);
    for (size_t i = 0; i < count; i++) {
        double silent = mass[i] + retain__fast_exp(-(spans.n[i] * spans.log_alpha[i] + law.s * spans.log_beta[i]));

        silence[i] = silent < 1.0 ? silent : 1.0;
    }
}

void retain__gompertz_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                                size_t count, double t, double *surviving)
{
    const retain__gompertz_law law = retain__gompertz_law_of(p);

    (void)family;
    (void)x;
    (void)t_x;
    for (size_t i = 0; i < count; i++) {
        const retain__gompertz_shape life = retain__gompertz_shape_at(&law, T[i], t, 0);

        surviving[i] = retain__fast_exp(-law.s * retain__gompertz_log(&life, t));
    }
}

/* --- a new customer ------------------------------------------------------------------------------------------------------- */

/* log(e^a + e^b). */
static double add_logarithms(double a, double b)
{
    const double high = a > b ? a : b, low = a > b ? b : a;

    return high > -(double)INFINITY ? high + retain__fast_log1p(retain__fast_exp(low - high)) : high;
}

/* log P(X(t) = 0). Near 0 it is known by its distance from 0: 1 - P(X(t) = 0) is the integral of r/(alpha + u) (1 + u/alpha)^-r
 * S(u), the density of the first order. */
static double find_log_silent(const double *p, const retain__gompertz_law *law, double t)
{
    retain__gompertz_shape shape = retain__gompertz_shape_at(law, 0.0, t, 0);
    double first, alive;

    shape.n = p[R] + 1.0;
    shape.alpha = p[ALPHA];
    first = p[R] / p[ALPHA] * retain__fast_exp(retain__gompertz_log_integral(&shape));
    if (first < 0.5)
        return retain__log1p_pair(retain__pair_of(-first)).high;
    shape.n = p[R];
    shape.dies = 1;
    alive = -p[R] * retain__gompertz_log_ratio(t, p[ALPHA]) - law->s * retain__gompertz_log(&shape, t);
    alive = add_logarithms(alive, retain__gompertz_log_integral(&shape));
    return alive < 0.0 ? alive : 0.0;
}

double retain__gompertz_log_pmf(const retain__btyd_family *family, const double *p, double t, double n)
{
    const retain__gompertz_law law = retain__gompertz_law_of(p);
    retain__gompertz_shape shape = retain__gompertz_shape_at(&law, 0.0, t, 1);
    double alive, all;

    (void)family;
    if (t == 0.0)
        return n == 0.0 ? 0.0 : -(double)INFINITY;
    if (n == 0.0)
        return find_log_silent(p, &law, t);
    shape.n = p[R];
    shape.alpha = p[ALPHA];
    shape.count = n;
    alive = -p[R] * retain__gompertz_log_ratio(t, p[ALPHA]) - n * retain__gompertz_log_ratio(p[ALPHA], t) -
            law.s * retain__gompertz_log(&shape, t);
    /* and Gamma(r + n) / (Gamma(r) n!) = 1 / (n B(r, n)) */
    all = add_logarithms(alive, retain__gompertz_log_integral(&shape)) - retain__lbeta(p[R], n) - retain__fast_log(n);
    return all < 0.0 ? all : 0.0;
}

/* Rate and lifetime are independent, so a customer who is still there at T + from is a new one with what was known of the rate at T,
 * and of the lifetime at T + from: beta' is written as a sum of positive terms. */
void retain__gompertz_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double from, double to, double n, double *log_pmf)
{
    for (size_t i = 0; i < count; i++) {
        const double old = retain__fast_exp(-p[B] * (T[i] + from)), grown = -retain__fast_expm1(-p[B] * (T[i] + from));
        const double then[PARAMETERS] = {p[R] + x, p[ALPHA] + T[i], p[B], p[S], p[BETA] * old + grown};
        double alive = 1.0;

        if (from > 0.0)
            retain__gompertz_surviving(family, p, x, t_x, &T[i], 1, from, &alive);
        log_pmf[i] = retain__gompertz_log_pmf(family, then, to - from, n);
        if (n > 0.0)
            log_pmf[i] += alive > 0.0 ? retain__fast_log(alive) : -(double)INFINITY;
        else if (from > 0.0) /* or dead by then */
            log_pmf[i] = log1p(alive * retain__fast_expm1(log_pmf[i]));
    }
}

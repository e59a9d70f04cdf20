/* BG/CNBD-k and MBG/CNBD-k: who is still there after t, and counts in a window that begins now or later.
 *
 * The idea, with the letters of btyd_cnbd_future.c: purchases are counted by ticks. S_m = (b+c)_m / (a+b+c)_m is the probability to
 * stay after m more purchases, D_m = S_(m-1) - S_m that of leaving at the m-th. So, M being the ticks in (t_x, T + t],
 *
 *     P(alive after t) = sum over m of S_m P(m k <= M < (m + 1) k) = sum over m > 0 of D_m P(M < m k),
 *     P(Y(t) = m) = S_m P(m k <= M < (m + 1) k) + [m > 0] D_m P(M >= m k).
 *
 * M alone is negative binomial, and that fewer than k of its ticks fell before T is a binomial tail; together they give P(M = i) of a
 * customer who is alive at T, also for an i in between two whole numbers. A tail of M is a sum over the stage at T of incomplete beta
 * functions. All terms are positive.
 *
 * A window that begins later: M ticks until it begins tell all that is needed. The rate is then Gamma(n + M, alpha + T + from), the
 * stage is M mod k, exactly, and floor(M / k) purchases have been made, so that what happens in the window is in closed form. What
 * remains is the sum over M, for none at all in the window with the dead among them. Where ticks are too many to go through them one
 * by one, the sum over M of each stage is one over a smooth function, as in btyd_cnbd_future.c. */
#include <math.h>

#include "math/special.h"
#include "models/btyd_cnbd.h"

enum { MOST_K = RETAIN_BTYD_MOST_K };

static const double most_ticks =
    3e4; /* before a window, that are gone through one by one: each costs more than when orders are counted */

typedef retain__cnbd_customer customer;

static double ratio_of(double t, double age)
{
    return t / age < 1e300 ? t / age : 1e300;
}

/* log(e^a + e^b) */
static double add_logs(double a, double b)
{
    double high = a > b ? a : b;

    return high > -(double)INFINITY ? high + retain__fast_log1p(exp(-fabs(a - b))) : high;
}

/* log S_m, and the log of D_m for m > 0. */
static double log_stays(const customer *of, double m)
{
    return retain__lbeta_ratio(of->a, of->b, m);
}

static double log_leaves(const customer *of, double m)
{
    return log_stays(of, m - 1.0) + log(of->a / (of->a + of->b + (m - 1.0)));
}

/* --- ticks of a customer who is alive at T -------------------------------------------------------------------------------- */

typedef struct tick_law {
    const customer *of;
    double t;
    double log_alive; /* log P(fewer than k ticks in T - t_x), over (start/age)^n */
    double stage[MOST_K];
} tick_law;

static void begin_ticks(const customer *of, double t, tick_law *to)
{
    to->of = of;
    to->t = t;
    to->log_alive = retain__cnbd_log_stages(of->n, of->since / of->age, (double)of->k);
    retain__cnbd_find_stages(of, to->stage);
}

/* log P(M = i), for any real i >= k, and whole ones below. */
static double log_ticks_are(const tick_law *ticks, double i)
{
    const customer *of = ticks->of;
    double span = of->since + ticks->t, log_p = -of->n * retain__fast_log1p(ratio_of(ticks->t, of->age)) - ticks->log_alive;

    if (i > 0.0)
        log_p += retain__lgamma_ratio(of->n, i) - retain__lgamma(i + 1.0) - i * retain__fast_log1p(ratio_of(of->start, span));
    if (i >= (double)of->k)
        log_p += retain__log_betainc(i - (double)of->k + 1.0, (double)of->k, ticks->t / span);
    return log_p;
}

/* log P(M >= i), i >= k. */
static double log_ticks_reach(const tick_law *ticks, double i)
{
    const customer *of = ticks->of;
    double sum = -(double)INFINITY;

    for (size_t j = 0; j < of->k; j++) {
        if (ticks->stage[j] > 0.0)
            sum = add_logs(sum, log(ticks->stage[j]) +
                                    retain__log_betainc(i - (double)j, of->n + (double)j, ticks->t / (of->age + ticks->t)));
    }
    return sum;
}

/* --- surviving ------------------------------------------------------------------------------------------------------------ */

/* D_m P(M < m k) for any real m >= 1. */
static double leave_later(const void *state, double m)
{
    const tick_law *ticks = state;
    const customer *of = ticks->of;
    double tail = 0.0;

    for (size_t j = 0; j < of->k; j++)
        tail += ticks->stage[j] * retain__betainc(of->n + (double)j, m * (double)of->k - (double)j, of->age / (of->age + ticks->t));
    return tail * exp(log_leaves(of, m));
}

double retain__cnbd_survive(const customer *of, double t)
{
    double end, sum;
    tick_law ticks;

    t = retain__cnbd_within(of, t);
    if (retain__cnbd_are_few(of, t))
        return t > 0.0 ? retain__cnbd_sweep(of, t, 0.0, RETAIN__CNBD_STAYS) : 1.0;
    begin_ticks(of, t, &ticks);
    sum = retain__cnbd_sum(of, t, leave_later, &ticks, &end);
    /* beyond, P(M < m k) is 1, and the integral of D is that of S over one unit: three points are enough so far out */
    return sum + (exp(log_stays(of, end - 1.0)) + 4.0 * exp(log_stays(of, end - 0.5)) + exp(log_stays(of, end))) / 6.0;
}

void retain__cnbd_surviving(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                            size_t count, double t, double *surviving)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    if (p[RETAIN__CNBD_K] <= 1.0) {
        memoryless->surviving(memoryless, p, x, NULL, T, count, t, surviving);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        customer one = retain__cnbd_customer_of(family, p, x, t_x[i], T[i]);
        double alive = retain__cnbd_survive(&one, t);

        surviving[i] = alive < 1.0 ? alive : 1.0;
    }
}

/* --- counts from now on --------------------------------------------------------------------------------------------------- */

static double log_count(const customer *of, double t, double n)
{
    double stays = -(double)INFINITY, first = n * (double)of->k;
    tick_law ticks;

    begin_ticks(of, t, &ticks);
    for (size_t c = 0; c < of->k; c++)
        stays = add_logs(stays, log_ticks_are(&ticks, first + (double)c));
    stays += log_stays(of, n);
    return n > 0.0 ? add_logs(stays, log_leaves(of, n) + log_ticks_reach(&ticks, first)) : stays;
}

/* --- counts in a later window --------------------------------------------------------------------------------------------- */

typedef struct later {
    tick_law before; /* until the window begins */
    double length, n;
    double stage; /* c, of the sum over smooth functions */
} later;

/* log P(n purchases in the window | i ticks before it), i = m k + c. */
static double log_count_after(const later *of, double m, double c)
{
    const customer *who = of->before.of;
    double k = (double)who->k, shape = who->n + m * k + c, age = who->age + of->before.t, first = of->n * k - c, stays;

    if (of->n > 0.0)
        return add_logs(log_stays(who, m + of->n) + retain__cnbd_log_ticks(shape, age, of->length, first, k),
                        log_leaves(who, m + of->n) + retain__log_betainc(first, shape, of->length / (age + of->length)));
    stays = log_stays(who, m);
    return log(exp(stays + retain__cnbd_log_ticks(shape, age, of->length, 0.0, k - c)) - expm1(stays));
}

/* P(Y <= n in the window | i ticks before it): gone before a purchase beyond n, or not gone and not so far. */
static double reach_after(const later *of, double m, double c)
{
    const customer *who = of->before.of;
    double k = (double)who->k, stays = log_stays(who, m + of->n), shape = who->n + m * k + c, age = who->age + of->before.t;

    return exp(stays) * retain__betainc(shape, (of->n + 1.0) * k - c, age / (age + of->length)) - expm1(stays);
}

static double count_after_few(const void *state, double m, double c)
{
    return exp(log_count_after(state, m, c));
}

static double reach_after_few(const void *state, double m, double c)
{
    return reach_after(state, m, c);
}

static double count_after_many(const void *state, double m)
{
    const later *of = state;

    return exp(log_ticks_are(&of->before, m * (double)of->before.of->k + of->stage) + log_count_after(of, m, of->stage));
}

static double reach_after_many(const void *state, double m)
{
    const later *of = state;

    return exp(log_ticks_are(&of->before, m * (double)of->before.of->k + of->stage)) * reach_after(of, m, of->stage);
}

/* The mean over the ticks before a window, of either of the two. */
static double average_later(const customer *of, double from, double to, double n, double (*few)(const void *, double, double),
                            double (*many)(const void *, double))
{
    later window = {.length = to - from, .n = n};
    double sum = 0.0;

    from = retain__cnbd_within(of, from);
    begin_ticks(of, from, &window.before);
    if (retain__cnbd_last_tick(of, from) < most_ticks)
        return retain__cnbd_average(of, from, few, &window);
    for (size_t c = 0; c < of->k; c++) {
        window.stage = (double)c;
        sum += many(&window, 0.0) + retain__cnbd_sum(of, from, many, &window, NULL);
    }
    return sum;
}

void retain__cnbd_counts(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double from, double to, double n, double *log_pmf)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    if (p[RETAIN__CNBD_K] <= 1.0) {
        memoryless->counts(memoryless, p, x, NULL, T, count, from, to, n, log_pmf);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        customer one = retain__cnbd_customer_of(family, p, x, t_x[i], T[i]);
        double log_p =
            from > 0.0 ? log(average_later(&one, from, to, n, count_after_few, count_after_many)) : log_count(&one, to, n);

        log_pmf[i] = log_p < 0.0 ? log_p : 0.0;
    }
}

/* --- at most so many ------------------------------------------------------------------------------------------------------ */

/* Whoever stays after n purchases makes one more when the ticks suffice: P(Y > n) = S_n P(M >= (n + 1) k). */
static double reach_now(const customer *of, double t, double n)
{
    double stays = log_stays(of, n), below = 0.0, stage[MOST_K];

    retain__cnbd_find_stages(of, stage);
    for (size_t j = 0; j < of->k; j++)
        below += stage[j] * retain__betainc(of->n + (double)j, (n + 1.0) * (double)of->k - (double)j, of->age / (of->age + t));
    return exp(stays) * below - expm1(stays);
}

void retain__cnbd_at_most(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                          size_t count, double from, double to, double n, double *probability)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    if (p[RETAIN__CNBD_K] <= 1.0) {
        memoryless->at_most(memoryless, p, x, NULL, T, count, from, to, n, probability);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        customer one = retain__cnbd_customer_of(family, p, x, t_x[i], T[i]);

        probability[i] = from > 0.0 ? average_later(&one, from, to, n, reach_after_few, reach_after_many) : reach_now(&one, to, n);
    }
}

/* --- E[Y (Y - 1)] --------------------------------------------------------------------------------------------------------- */

typedef struct from_there {
    const customer *of;
    double from, length;
} from_there;

/* For a customer in stage c who made m purchases and i ticks before the window. */
static double second_after(const void *state, double m, double c)
{
    const from_there *window = state;
    customer then = *window->of;

    then.n += m * (double)then.k + c;
    then.b += m;
    then.age += window->from;
    then.start = then.age;
    then.since = 0.0;
    return exp(log_stays(window->of, m)) * retain__cnbd_sweep(&then, window->length, c, RETAIN__CNBD_SECOND);
}

void retain__cnbd_second(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                         size_t count, double from, double to, double *second)
{
    for (size_t i = 0; i < count; i++) {
        const customer one = retain__cnbd_customer_of(family, p, x, t_x[i], T[i]);
        const from_there window = {&one, from, to - from};

        second[i] = from > 0.0 ? retain__cnbd_average(&one, from, second_after, &window) : retain__cnbd_second_now(&one, to);
    }
}

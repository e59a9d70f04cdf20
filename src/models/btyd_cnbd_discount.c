/* BG/CNBD-k and MBG/CNBD-k: discounted orders, and discounted time alive.
 *
 * The question: what are a customer's orders in the next t units of time worth, and how long will the customer be there, when what
 * comes after u counts e^(-delta u)?
 *
 * The idea, with the letters of btyd_cnbd_future.c. Up to a horizon, by parts, D = e^(-delta t) E[Y(t)] + delta * integral of e^(-delta u) E[Y(u)] du, on panels that
 * are short beside the ripple of regular gaps. For ever, the mean over lambda is taken last: for one lambda a tick is worth
 * lambda/(lambda+delta) of the one before, and purchases are a geometric series in rho = (lambda/(lambda+delta))^k whose mean over
 * p is that of (1 + p v)^-1, v = rho/(1-rho), over 1 - rho (btyd_bg_future.c). The weight of lambda, alive and silent
 * since t_x, is lambda^n e^(-(alpha+T) lambda) sum_(j<k) (lambda s)^j/j!, analytic in log lambda: equal steps. Time alive goes the same
 * two ways. */
#include <math.h>

#include "math/quadrature.h"
#include "math/special.h"
#include "models/btyd_cnbd.h"

enum { K = RETAIN__CNBD_K, BATCH = 64 };

static const double farthest = 45.0;     /* of delta t: e^-45 is beyond what doubles add */
static const double steps_of_many = 1e5; /* of many ticks, for each stage */
static const double steps_of_betainc = 50.0;

typedef retain__cnbd_customer customer;

/* --- discounted ----------------------------------------------------------------------------------------------------------- */

/* How long a panel of E[Y(u)] may be at u. Regular gaps make it ripple; a component of the ripple that turns by an angle c a tick falls
 * by c^2/2 a tick, so that after so many ticks only slow ones are left, and 5 of their square root are short enough for 16 nodes. The
 * slowest has c = 2 sin(pi/k), and when it is gone, too, E[Y(u)] is smooth. */
static double find_length(const customer *of, double u)
{
    static const double pi = 3.14159265358979323846;
    double tick = (of->age + u) / (of->n + (double)of->k), ticks = u / tick, slowest = 2.0 * sin(pi / (double)of->k);
    double length = ticks * slowest * slowest > 72.0 ? 3.0 * ticks : 5.0 * sqrt(ticks);

    length = tick * (length > 10.0 ? length : 10.0);
    return length < 3.0 * (of->age + u) ? length : 3.0 * (of->age + u);
}

/* The end of the panel that begins at `from`. */
static double end_panel(const customer *of, double from, double t, double delta)
{
    double length = find_length(of, from), longest = 10.0 / delta;

    length = length < longest ? length : longest;
    return from + length < t ? from + length : t;
}

/* The integral of e^(-delta u) times a function of u. */
static double integrate_until(const customer *of, double t, double delta, double (*value)(const customer *of, double u))
{
    const retain__node *nodes = retain__cnbd_nodes();
    double sum = 0.0;

    for (double from = 0.0, to; from < t; from = to) {
        double part = 0.0;

        to = end_panel(of, from, t, delta);
        for (size_t i = 0; i < RETAIN__CNBD_NODES; i++) {
            double u = from + nodes[i].at * (to - from);

            part += nodes[i].weight * retain__fast_exp(-delta * u) * value(of, u);
        }
        sum += (to - from) * part;
    }
    return sum;
}

static double discount_until(const customer *of, double t, double delta)
{
    return retain__fast_exp(-delta * t) * retain__cnbd_orders(of, t) + delta * integrate_until(of, t, delta, retain__cnbd_orders);
}

/* Equal steps in log lambda. */
typedef struct rates {
    double first, last, step;
    double peak; /* a lambda near that of the largest weight */
} rates;

static rates choose_rates(const customer *of, double delta)
{
    static const double pi = 3.14159265358979323846;
    double n = of->n, k = (double)of->k, limit = 36.0 / (pi * pi);
    double slow = log(1.0 / of->age < delta ? 1.0 / of->age : delta) - 40.0 / (n + 1.0) - 3.0;
    double low = log(n / of->age) - (sqrt(90.0 / n) + 45.0 / n);
    rates to = {.peak = (n + 0.5 * k * (of->since / of->age)) / of->age};

    to.first = slow > low ? slow : low;
    to.last = log((n + k + 45.0 + 10.0 * sqrt(n + k)) / of->age);
    to.step = 1.0 / sqrt(limit * limit + (n + k) / (0.74 * 0.74));
    return to;
}

/* At one rate: its weight on a log scale; what a purchase cycle from the unknown stage on is worth beside one from a purchase
 * on, which is the mean over j of (lambda/(lambda+delta))^(k-j); and what it loses, 1 less that. */
typedef struct cycle {
    double log_weight, worth, loss;
} cycle;

static cycle weigh_rate(const customer *of, double lambda, double delta)
{
    double tick = lambda / (lambda + delta), lost = delta / (lambda + delta), term = 1.0, sum = 1.0, log_scale = 0.0;
    cycle one = {0.0, tick, lost};

    for (size_t j = 1; j < of->k; j++) {
        term *= lambda * of->since / (double)j;
        sum += term;
        one.worth = tick * (one.worth + term);
        one.loss = tick * one.loss + lost * sum;
        if (sum > 1e200) {
            term *= 1e-200;
            sum *= 1e-200;
            one.worth *= 1e-200;
            one.loss *= 1e-200;
            log_scale += 200.0 * 2.302585092994045684;
        }
    }
    one.worth /= sum;
    one.loss /= sum;
    one.log_weight = log_scale + log(sum);
    return one;
}

/* 1 - rho over rho is 1 / v. */
static double odds_of_cycle(const customer *of, double lambda, double delta, double *rest)
{
    *rest = -expm1(-(double)of->k * log1p(delta / lambda));
    return (1.0 - *rest) / *rest;
}

/* Orders, or units of time, from now on. */
typedef enum eternal { PURCHASES, TIME } eternal;

/* What remains to be averaged over p ~ Beta(a, b): (1 + p v)^-1, times 1 / (1 - rho) and what the first cycle is worth, for purchases.
 * Time alive is 1 less what the end is discounted by, (lambda/(lambda+delta))^(k-j) p / (1 - (1-p) rho), over delta:
 * [1 - p + p loss / (1 - rho)] / (1 + p v). */
static void average_cycles(const customer *of, eternal what, double most, const double *v, size_t count, double *mean, double *last)
{
    double total = of->a + of->b;

    if (what == PURCHASES) {
        retain__bg_decay(of->a, of->b, 0.0, most, v, count, mean);
        return;
    }
    retain__bg_decay(of->a, of->b + 1.0, 0.0, most, v, count, mean);
    retain__bg_decay(of->a + 1.0, of->b, 0.0, most, v, count, last);
    for (size_t i = 0; i < count; i++) {
        mean[i] *= of->b / total;
        last[i] *= of->a / total;
    }
}

static double discount_for_ever(const customer *of, double delta, eternal what)
{
    rates over = choose_rates(of, delta);
    double ignored, at_peak = weigh_rate(of, over.peak, delta).log_weight, most, sum = 0.0, mass = 0.0;
    size_t steps = 1 + (size_t)ceil((over.last - over.first) / over.step);

    most = odds_of_cycle(of, exp(over.last), delta, &ignored) * (1.0 + 1e-9) + 1e-300;
    for (size_t from = 0; from < steps; from += BATCH) {
        size_t count = steps - from < BATCH ? steps - from : BATCH;
        double v[BATCH], first[BATCH], end[BATCH], mean[BATCH], last[BATCH] = {0.0};

        for (size_t i = 0; i < count; i++) {
            double lambda = exp(over.last - (double)(from + i) * over.step), apart = lambda / over.peak, rest, weight;
            cycle one = weigh_rate(of, lambda, delta);

            weight = exp(of->n * (log(apart) - (lambda - over.peak) * of->age / of->n) + one.log_weight - at_peak);
            v[i] = odds_of_cycle(of, lambda, delta, &rest);
            first[i] = what == PURCHASES ? weight * one.worth / rest : weight / delta;
            end[i] = weight * one.loss / rest / delta;
            mass += weight;
            if (from + i + 1 == steps) { /* from here on down the weights are a geometric series; nobody leaves in time */
                mass += weight / expm1(of->n * over.step);
                sum += what == TIME ? weight / delta / expm1(of->n * over.step) : 0.0;
            }
        }
        average_cycles(of, what, most, v, count, mean, last);
        for (size_t i = 0; i < count; i++)
            sum += first[i] * mean[i] + (what == TIME ? end[i] * last[i] : 0.0);
    }
    return sum / mass;
}

void retain__cnbd_discounted(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double delta, double *orders)
{
    const retain__btyd_family *memoryless = retain__cnbd_memoryless(family);

    if (p[K] <= 1.0) {
        memoryless->discounted(memoryless, p, x, NULL, T, count, t, delta, orders);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        customer one = retain__cnbd_customer_of(family, p, x, t_x[i], T[i]);

        if (delta <= 0.0)
            orders[i] = one.a > 1.0 ? 1.0 + one.b / (one.a - 1.0) : (double)INFINITY; /* the mean of 1 / p */
        else
            orders[i] = delta * t < farthest ? discount_until(&one, t, delta) : discount_for_ever(&one, delta, PURCHASES);
    }
}

/* Without discount and end: from an unknown stage to the end of the cycle after which the customer leaves, at E[1 / lambda] a tick. */
static double expect_lifetime(const customer *of)
{
    double stage[RETAIN_BTYD_MOST_K], cycles = 1.0 + of->b / (of->a - 1.0), sum = 0.0;

    if (!(of->a > 1.0 && of->n > 1.0))
        return (double)INFINITY;
    retain__cnbd_find_stages(of, stage);
    for (size_t j = 0; j < of->k; j++)
        sum += stage[j] * (cycles * (double)of->k - (double)j) / (of->n + (double)j - 1.0);
    return sum * of->age;
}

void retain__cnbd_time_alive(const retain__btyd_family *family, const double *p, double x, const double *t_x, const double *T,
                             size_t count, double t, double delta, double *time)
{
    for (size_t i = 0; i < count; i++) {
        customer one = retain__cnbd_customer_of(family, p, x, t_x[i], T[i]);

        if (delta * t >= farthest)
            time[i] = discount_for_ever(&one, delta, TIME);
        else
            time[i] = t < (double)INFINITY ? integrate_until(&one, t, delta, retain__cnbd_survive) : expect_lifetime(&one);
    }
}

/* --- how long that takes -------------------------------------------------------------------------------------------------- */

static double count_steps(const customer *of, double t)
{
    return retain__cnbd_are_few(of, t) ? retain__cnbd_last_tick(of, t) : steps_of_many * (double)of->k;
}

static double count_steps_until(const customer *of, double t, double delta)
{
    double sum = 0.0;

    if (!(t < (double)INFINITY) || delta * t >= farthest)
        return 0.0;
    for (double from = 0.0; from < t;) {
        from = end_panel(of, from, t, delta);
        sum += (double)RETAIN__CNBD_NODES * count_steps(of, from);
    }
    return sum;
}

double retain__cnbd_steps(const retain__btyd_family *family, const double *p, double x, double t_x, double T,
                          const retain_btyd_question *question)
{
    const customer one = retain__cnbd_customer_of(family, p, x, t_x, T);
    const double from = question->from, to = question->to, delta = question->delta;
    customer then = one;

    if (question->quantity == RETAIN_BTYD_LIFETIME || (question->quantity == RETAIN_BTYD_DISCOUNTED && delta > 0.0))
        return count_steps_until(&one, to, delta) + count_steps_until(&one, from, delta);
    if (question->quantity == RETAIN_BTYD_COUNT)
        return from == 0.0                        ? steps_of_betainc * (double)one.k
               : retain__cnbd_are_few(&one, from) ? steps_of_betainc * retain__cnbd_last_tick(&one, from)
                                                  : 2.0 * steps_of_many * (double)one.k;
    if (question->quantity != RETAIN_BTYD_VARIANCE || from == 0.0)
        return 0.0;
    then.n += retain__cnbd_last_tick(&one, from);
    then.age += from;
    return retain__cnbd_last_tick(&one, from) * retain__cnbd_last_tick(&then, to - from);
}

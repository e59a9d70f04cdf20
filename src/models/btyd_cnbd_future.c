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
 * Platzer & Reutterer approximate the conditional expectation; this is exact, and a sum of positive terms. f(i+1) comes from f(i) by
 * a recurrence in which the k stages are carried along; its scale cancels in the quotient, so it can be started anywhere and
 * rescaled on the way. Beyond some hundred thousand ticks nobody needs each of them: there E[Y] is written as the sum over m of
 * theta_m P(M >= m k), a smooth function of m, and is summed from m = 64 on by Gauss-Legendre panels with Gregory's end correction.
 *
 * Discounting: up to a horizon, by parts, D = e^(-delta t) E[Y(t)] + delta * integral of e^(-delta u) E[Y(u)] du, on panels that
 * are short beside the ripple of regular gaps. For ever, the mean over lambda is taken last: for one lambda a tick is worth
 * lambda/(lambda+delta) of the one before, and purchases are a geometric series in rho = (lambda/(lambda+delta))^k whose mean over
 * p is that of (1 + p v)^-1, v = rho/(1-rho), over 1 - rho (btyd_bg_future.c). The weight of lambda, alive and silent
 * since t_x, is lambda^n e^(-(alpha+T) lambda) sum_(j<k) (lambda s)^j/j!, analytic in log lambda: equal steps. */
#include <math.h>

#include "math/quadrature.h"
#include "math/special.h"
#include "models/btyd_cnbd.h"

enum { R = RETAIN__CNBD_R, ALPHA = RETAIN__CNBD_ALPHA, A = RETAIN__CNBD_A, B = RETAIN__CNBD_B, K = RETAIN__CNBD_K };
enum { MOST_K = RETAIN_BTYD_MOST_K, NODES = 16, DIRECT = 64, DIFFERENCES = 9, BATCH = 64 };

static const double most_ticks = 3e5; /* that are gone through one by one */
static const double negligible = 1e-17;

typedef retain__cnbd_customer customer;

customer retain__cnbd_customer_of(const retain__btyd_family *family, const double *p, double x, double t_x, double T)
{
    return (customer){.k = (size_t)p[K],
                      .n = p[R] + p[K] * x,
                      .a = p[A],
                      .b = p[B] + retain__bg_chances(family, x),
                      .start = p[ALPHA] + t_x,
                      .since = T - t_x,
                      .age = p[ALPHA] + T};
}

/* --- tick by tick --------------------------------------------------------------------------------------------------------- */

/* A factor in [0, 1], so that x times it is exact where it is near 1, too: x * whole + x * part. */
typedef struct factor {
    double whole, part;
} factor;

static factor factor_of(double part, double rest)
{
    double total = part + rest;

    return part < rest ? (factor){0.0, part / total} : (factor){1.0, -rest / total};
}

/* What the purchases so far add up to, as ticks go by. */
typedef struct tally {
    double theta, total; /* theta of the next purchase, and the sum of those before it */
    double purchases;
} tally;

static void add_purchase(const customer *of, tally *to)
{
    to->total += to->theta;
    to->purchases += 1.0;
    to->theta *= (of->b + (to->purchases - 1.0)) / (of->a + of->b + (to->purchases - 1.0));
}

/* The mean over the ticks until t of what purchases add up to: E[Y(t)]; or of the probability to have stayed. */
static double go_through_ticks(const customer *of, double t, int stays)
{
    size_t k = of->k, stages = of->since > 0.0 ? k : 1, rest = 0;
    double h[MOST_K] = {1.0}, mass = 1.0, sum = stays ? 1.0 : 0.0;
    factor later = factor_of(t, of->age), earlier = factor_of(of->since, of->start + t);
    tally to = {1.0, 0.0, 0.0};

    for (double i = 0.0;; i += 1.0) {
        double grow = (of->n + i) / (i + 1.0), f, ratio, most;

        for (size_t j = stages; j-- > 0;) {
            double before = j ? h[j - 1] : 0.0;

            h[j] = grow * ((h[j] * later.whole + h[j] * later.part) + (before * earlier.whole + before * earlier.part));
        }
        f = 0.0;
        for (size_t j = 0; j < stages; j++)
            f += h[j];
        if (++rest == k) {
            rest = 0;
            add_purchase(of, &to);
        }
        mass += f;
        sum += f * (stays ? to.theta : to.total);
        if (mass > 1e200) {
            for (size_t j = 0; j < stages; j++)
                h[j] *= 1e-200;
            mass *= 1e-200;
            sum *= 1e-200;
        }
        if (rest != 0)
            continue;
        /* no stage grows faster than the last one from here on, and the more it grows the slower */
        ratio = (of->n + i + 1.0) / (i + 2.0 - (double)(stages - 1));
        ratio = (ratio > 1.0 ? ratio : 1.0) * (t / (of->age + t));
        most = stays ? to.theta : to.total + to.theta / (1.0 - ratio);
        if (ratio < 1.0 && f * ratio / (1.0 - ratio) * most <= negligible * sum && f * ratio <= negligible * (1.0 - ratio) * mass)
            return sum / mass;
    }
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

static const retain__node *find_nodes(void)
{
    size_t rule = 0;

    while (retain__rules[rule].count < NODES)
        rule++;
    return retain__rules[rule].nodes;
}

/* Panels grow with m; where the purchases come to an end, at n t / (age k), they are as long as that takes. */
static double integrate_purchases(const customer *of, double t, term_of term, const void *state, double *reached)
{
    const retain__node *nodes = find_nodes();
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
        for (size_t i = 0; i < NODES; i++)
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

double retain__cnbd_ticks(const customer *of, double t)
{
    return (of->n + 45.0 + 10.0 * sqrt(of->n)) * (1.0 + t / of->age);
}

int retain__cnbd_are_few(const customer *of, double t)
{
    return retain__cnbd_ticks(of, t) < most_ticks;
}

static double count_orders(const customer *of, double t)
{
    purchases all = {.of = of, .share = of->age / (of->age + t)};

    if (t <= 0.0)
        return 0.0;
    if (retain__cnbd_are_few(of, t))
        return go_through_ticks(of, t, 0);
    retain__cnbd_find_stages(of, all.stage);
    return retain__cnbd_sum(of, t, purchase_at, &all, NULL);
}

double retain__cnbd_stay(const customer *of, double t)
{
    return go_through_ticks(of, t, 1);
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

        orders[i] = count_orders(&one, t);
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

static double discount_until(const customer *of, double t, double delta)
{
    const retain__node *nodes = find_nodes();
    double sum = 0.0, longest = 10.0 / delta;

    for (double from = 0.0, length; from < t; from += length) {
        double part = 0.0;

        length = find_length(of, from);
        length = length < longest ? length : longest;
        length = from + length < t ? length : t - from;
        for (size_t i = 0; i < NODES; i++) {
            double u = from + nodes[i].at * length;

            part += nodes[i].weight * retain__fast_exp(-delta * u) * count_orders(of, u);
        }
        sum += length * part;
    }
    return retain__fast_exp(-delta * t) * count_orders(of, t) + delta * sum;
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

/* At one rate: its weight on a log scale, and what a purchase cycle from the unknown stage on is worth beside one from a purchase
 * on: the mean over j of (lambda/(lambda+delta))^(k-j). */
static double weigh_rate(const customer *of, double lambda, double delta, double *worth)
{
    double tick = lambda / (lambda + delta), term = 1.0, sum = 1.0, log_scale = 0.0;

    *worth = tick;
    for (size_t j = 1; j < of->k; j++) {
        term *= lambda * of->since / (double)j;
        sum += term;
        *worth = tick * (*worth + term);
        if (sum > 1e200) {
            term *= 1e-200;
            sum *= 1e-200;
            *worth *= 1e-200;
            log_scale += 200.0 * 2.302585092994045684;
        }
    }
    *worth /= sum;
    return log_scale + log(sum);
}

/* 1 - rho over rho is 1 / v. */
static double odds_of_cycle(const customer *of, double lambda, double delta, double *rest)
{
    *rest = -expm1(-(double)of->k * log1p(delta / lambda));
    return (1.0 - *rest) / *rest;
}

static double discount_for_ever(const customer *of, double delta)
{
    rates over = choose_rates(of, delta);
    double ignored, at_peak = weigh_rate(of, over.peak, delta, &ignored), most, sum = 0.0, mass = 0.0;
    size_t steps = 1 + (size_t)ceil((over.last - over.first) / over.step);

    most = odds_of_cycle(of, exp(over.last), delta, &ignored) * (1.0 + 1e-9) + 1e-300;
    for (size_t from = 0; from < steps; from += BATCH) {
        size_t count = steps - from < BATCH ? steps - from : BATCH;
        double v[BATCH], value[BATCH], mean[BATCH];

        for (size_t i = 0; i < count; i++) {
            double lambda = exp(over.last - (double)(from + i) * over.step), apart = lambda / over.peak, worth, rest, weight;

            weight = exp(of->n * (log(apart) - (lambda - over.peak) * of->age / of->n) + weigh_rate(of, lambda, delta, &worth) -
                         at_peak);
            v[i] = odds_of_cycle(of, lambda, delta, &rest);
            value[i] = weight * worth / rest;
            mass += weight;
            if (from + i + 1 == steps) /* from here on down the weights are a geometric series */
                mass += weight / expm1(of->n * over.step);
        }
        retain__bg_decay(of->a, of->b, 0.0, most, v, count, mean);
        for (size_t i = 0; i < count; i++)
            sum += value[i] * mean[i];
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
            orders[i] = delta * t < 45.0 ? discount_until(&one, t, delta) : discount_for_ever(&one, delta);
    }
}

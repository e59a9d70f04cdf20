/* BG/CNBD-k and MBG/CNBD-k: sums over the ticks of the clock, one by one.
 *
 * The question: with M the ticks in (t_x, T + t] of a customer who is alive at T (btyd_cnbd_future.c), what is the mean of something
 * that changes with every k-th tick?
 *
 * The idea: f(i) = P(M = i) is negative binomial, times the probability B(i) that of i ticks, spread at random over T - t_x and t,
 * fewer than k fall before T. Downwards both come from recurrences without a subtraction: with q = (T - t_x) / (T - t_x + t),
 *
 *     B(i) = B(i + 1) + q b(i),    b(i) = P(k - 1 of i fall before T) = b(i + 1) (i + 2 - k) / ((i + 1) (1 - q)),
 *
 * so that a tick costs the same for every k. Downwards, too, the tail P(M >= m k) is a sum of what has been seen, and so is every
 * mean: with theta_m the probability to stay for the m-th purchase,
 *
 *     E[Y] = tail_1 + theta_2/theta_1 (tail_2 + theta_3/theta_2 (tail_3 + ...)),
 *
 * Horner's rule from the last tick that matters to the first, which needs no theta that is too small for a double. The scale of f
 * cancels in the quotient by its sum. Once f has fallen below what adds, on its far side, only purchases are left to be gone through. */
#include <math.h>

#include "models/btyd_cnbd.h"

static const double large = 1e100, shrink = 1e-200, steepest = 1e90, negligible = 1e-19;

double retain__cnbd_last_tick(const retain__cnbd_customer *of, double t)
{
    double n = of->n + (double)of->k, rate = n + 45.0 + 10.0 * sqrt(n), mean = rate * (t / of->age);

    return floor((double)of->k + mean + 45.0 + 10.0 * sqrt(mean));
}

/* What is left of f on the way down. */
typedef struct descent {
    double f, edge; /* f(i), and the same with b(i) in the place of B(i) */
    double mass;    /* of all f so far */
    double tail;    /* since the last purchase, or of all */
    double sum;     /* Horner's */
} descent;

static void rescale(descent *at)
{
    at->f *= shrink;
    at->edge *= shrink;
    at->mass *= shrink;
    at->tail *= shrink;
    at->sum *= shrink;
}

/* 1 / (the sum of P(j before T) over j < k, in units of the last): b(i) / B(i). */
static double share_of_edge(const retain__cnbd_customer *of, double t, double i)
{
    double sum = 1.0, term = 1.0;

    for (double j = (double)of->k - 1.0; j > 0.0 && sum < 1e250; j -= 1.0) {
        term *= j * t / ((i - j + 1.0) * of->since);
        sum += term;
    }
    return 1.0 / sum;
}

/* Takes the m-th purchase, or the spell after it, into the sum. */
static void add_purchase(const retain__cnbd_customer *of, retain__cnbd_mean mean, double m, descent *at)
{
    double total = of->a + of->b + m;

    if (mean == RETAIN__CNBD_STAYS) {
        at->sum = at->tail + at->sum * ((of->b + m) / total);
        at->tail = 0.0;
    } else {
        at->sum = (mean == RETAIN__CNBD_ORDERS ? 1.0 : 2.0 * (m - 1.0)) * at->tail + at->sum * ((of->b + m - 1.0) / (total - 1.0));
    }
}

/* The factors by which f changes from a tick to the one before. */
typedef struct slope {
    double n, k, q, fall, split;
} slope;

static slope begin_descent(const retain__cnbd_customer *of, double t, double last, descent *at)
{
    double span = of->since + t, fall = of->start / span, split = of->since / t;

    *at = (descent){.f = 1.0 / large};
    at->edge = of->since > 0.0 ? at->f * share_of_edge(of, t, last) : 0.0;
    return (slope){of->n, (double)of->k, of->since / span, fall < steepest ? fall : steepest, split < steepest ? split : steepest};
}

static void step_down(const slope *by, double i, descent *at)
{
    double rise = i / (by->n + (i - 1.0));

    at->f *= rise;
    if (i >= by->k) {
        at->edge *= (i + 1.0 - by->k) / i * rise;
        at->edge += at->edge * by->split;
        at->f += by->q * at->edge;
    }
    at->f += at->f * by->fall;
    at->edge += at->edge * by->fall;
}

double retain__cnbd_sweep(const retain__cnbd_customer *of, double t, double stage, retain__cnbd_mean mean)
{
    double k = (double)of->k, last = retain__cnbd_last_tick(of, t), m = floor((last + stage) / k), purchase = m * k - stage;
    double first = mean == RETAIN__CNBD_STAYS ? 0.0 : 1.0;
    descent at;
    const slope by = begin_descent(of, t, last, &at);

    for (double i = last;; i -= 1.0) {
        at.mass += at.f;
        at.tail += at.f;
        if (i == purchase) {
            if (m >= first)
                add_purchase(of, mean, m, &at);
            m -= 1.0;
            purchase -= k;
        }
        if (at.mass > large)
            rescale(&at);
        if (i <= 0.0 || (at.f * i < negligible * at.mass && of->n >= 1.0 && mean != RETAIN__CNBD_STAYS))
            break;
        step_down(&by, i, &at);
    }
    for (; m >= first; m -= 1.0)
        add_purchase(of, mean, m, &at);
    return at.sum / at.mass;
}

double retain__cnbd_average(const retain__cnbd_customer *of, double t, double (*value)(const void *state, double m, double c),
                            const void *state)
{
    double k = (double)of->k, last = retain__cnbd_last_tick(of, t), m = floor(last / k), c = last - m * k;
    descent at;
    const slope by = begin_descent(of, t, last, &at);

    for (double i = last;; i -= 1.0) {
        at.mass += at.f;
        if (at.f * (i + 1.0) * (i + 1.0) > negligible * at.mass)
            at.sum += at.f * value(state, m, c);
        if (at.mass > large)
            rescale(&at);
        if (i <= 0.0)
            return at.sum / at.mass;
        c -= 1.0;
        if (c < 0.0) {
            c = k - 1.0;
            m -= 1.0;
        }
        step_down(&by, i, &at);
    }
}

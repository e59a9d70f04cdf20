/* Counts and the next order under covariates that change with time.
 *
 * The question: of a customer who is alive at T, how many orders come in a window, and when does the first one?
 *
 * The idea: let a be the integral of the purchase rate since the window began, n = r + x, and D, E, S as in btyd_dynamic_forecast.c. Given
 * that the customer buys until a, the number of orders is negative binomial, and the order after k orders comes at a with a density that is
 * a beta distribution's of the second kind, whatever the lifetime:
 *
 *     NB(k; a) = (D / (D + a))^n (a / (D + a))^k / (k B(n, k)),       f_k(a) = (D / (D + a))^n (a / (D + a))^k / ((D + a) B(k + 1, n)).
 *
 *     P(k orders), k > 0    S(to) NB(k; a(to)) + the integral of NB(k; a) d(-S)
 *     P(more than k)        the integral of S f_k dA
 *     P(at most k)          P(a beta variable beyond a(to)) + the integral of (1 - S) f_k dA
 *     the first order's     mean time is the integral of u S f_0 dA over P(an order)
 *
 * More than k means that the order after k comes in time and the customer is still there; so P(at most k) takes one integral, not k + 1.
 * The last two of the three add up to 1, and the smaller one is computed.
 *
 * On a piece of constant covariates a, D + a and E are linear in time, and every integrand is a product of powers of the three and of
 * something smooth. In y, the logarithm of the time since the nearest of the three was 0 (all of them were, before the piece), the others have
 * their singularities at a distance of pi from the real line. Where y was at the turns of the integrand is a quadratic equation; between
 * turns it rises or falls all the way, so what is e^-40 of the highest value and less is cut off, no peak is too narrow to be seen, and
 * halves with Gauss-Legendre nodes do the rest. A piece takes at most some thousand evaluations, whatever the numbers in it. */
#include <math.h>

#include "math/kernels.h"
#include "math/quadrature.h"
#include "math/special.h"
#include "models/btyd_dynamic_future.h"
#include "models/btyd_pareto.h"
#include "models/btyd_search.h"

enum { FEW = 1, MANY = 5, MOST_HALVINGS = 9 }; /* rules of 8 and of 16 nodes */

static const double deep = 40.0; /* e^-40 is beyond what doubles add */
static const double flat = 2.0;  /* fall of an integrand for which few nodes do */
static const double close_enough = 2e-13;
static const double farthest = 1e15;     /* units of time: who has not come back by then never will */
static const double close_share = 1e-14; /* of probabilities that are compared */

typedef enum measure { OF_ORDER, OF_DEATH } measure;
typedef enum factor { NOTHING, TIME, GONE /* 1 - S */ } factor;

/* An integrand over a stretch. Without `still` the customer's being there is no part of it. */
typedef struct integrand {
    double n, D, s, k;
    double scale; /* log of what stands in front */
    measure over;
    int still;
    factor times;
    const retain__dynamic_stretch *at;
    double zero; /* units of time between the nearest zero and the beginning of the stretch; may be 0 */
} integrand;

/* --- one piece ------------------------------------------------------------------------------------------------------------ */

static double time_at(const integrand *of, double y)
{
    return of->zero > 0.0 ? of->zero * expm1(y) : exp(y);
}

/* log of the integrand with respect to y, its factor apart. */
static double find_log(const integrand *of, double y)
{
    const retain__dynamic_stretch *at = of->at;
    const double u = time_at(of, y), a = at->area + at->rate[RETAIN__PURCHASE] * u, E = at->E + at->rate[RETAIN__LIFETIME] * u;
    double value = of->scale - of->n * retain__pareto_log(a, of->D);

    if (of->k > 0.0)
        value -= of->k * retain__pareto_log(of->D, a);
    if (of->still)
        value -= of->s * (at->log_E + retain__pareto_log(at->rate[RETAIN__LIFETIME] * u, at->E));
    if (of->over == OF_ORDER)
        return value + log(at->rate[RETAIN__PURCHASE] * (u + of->zero) / (of->D + a));
    return value + log(of->s * (at->rate[RETAIN__LIFETIME] * (u + of->zero) / E));
}

static double find_factor(const integrand *of, double y)
{
    const retain__dynamic_stretch *at = of->at;

    switch (of->times) {
    case TIME:
        return at->ahead + time_at(of, y);
    case GONE:
        return -expm1(-of->s * (at->log_E + retain__pareto_log(at->rate[RETAIN__LIFETIME] * time_at(of, y), at->E)));
    default:
        return 1.0;
    }
}

static double add_nodes(const integrand *of, size_t nodes, double low, double high)
{
    const retain__rule *rule = &retain__rules[nodes];
    double sum = 0.0;

    for (size_t j = 0; j < rule->count; j++) {
        double y = low + (high - low) * rule->nodes[j].at;

        sum += rule->nodes[j].weight * exp(find_log(of, y)) * find_factor(of, y);
    }
    return (high - low) * sum;
}

/* Halves, until halving changes nothing; `whole` is what one rule says, `all` about how much there is. */
static double refine(const integrand *of, size_t nodes, double low, double high, double whole, double all, int halvings)
{
    const double middle = 0.5 * (low + high), left = add_nodes(of, nodes, low, middle), right = add_nodes(of, nodes, middle, high);

    all = all > left + right ? all : left + right;
    if (halvings == 0 || !(fabs(left + right - whole) > close_enough * (left + right) + 1e-3 * close_enough * all))
        return left + right;
    return refine(of, nodes, low, middle, left, all, halvings - 1) + refine(of, nodes, middle, high, right, all, halvings - 1);
}

/* The integral between two turns. `best` is the highest logarithm anywhere. */
static double integrate_slope(const integrand *of, double low, double high, double best)
{
    double at_low = find_log(of, low), at_high = find_log(of, high), bottom = at_low < at_high ? low : high,
           top = low + high - bottom;
    double least = best - deep, fall = fabs(at_high - at_low);
    size_t nodes;

    if (!((at_low > at_high ? at_low : at_high) > least) || !(high > low))
        return 0.0;
    if ((at_low < at_high ? at_low : at_high) < least) {
        for (int i = 0; i < 30; i++) {
            double middle = 0.5 * (bottom + top);

            if (find_log(of, middle) < least)
                bottom = middle;
            else if (i < 12)
                top = middle;
            else
                break;
        }
        top = at_low > at_high ? low : high;
        low = bottom < top ? bottom : top;
        high = bottom < top ? top : bottom;
        fall = deep;
    }
    nodes = fall < flat && high - low < 1.0 ? FEW : MANY;
    return refine(of, nodes, low, high, add_nodes(of, nodes, low, high), 0.0, MOST_HALVINGS);
}

/* Where the integrand turns: at most two times since the zero, ascending. With the exponents e of time since each zero, and their
 * distances g from the nearest one, of exponent e_0, it is where e_0 + the sum of e t / (t + g) is 0. */
static size_t find_turns(const integrand *of, double *turns)
{
    const retain__dynamic_stretch *at = of->at;
    const double rate = at->rate[RETAIN__PURCHASE], far = of->zero + at->width;
    const double zero[] = {of->k > 0.0 ? at->area / rate : of->zero, (of->D + at->area) / rate, at->E / at->rate[RETAIN__LIFETIME]};
    const double exponent[] = {of->k, -of->n - of->k - (of->over == OF_ORDER), -(of->still ? of->s : 0.0) - (of->over == OF_DEATH)};
    double e[2], g[2], e_0 = 1.0, square, linear, constant, root, found[2];
    size_t others = 0, count = 0, nearest = 0;

    for (size_t i = 1; i < 3; i++)
        nearest = zero[i] < zero[nearest] || (nearest == 0 && of->k == 0.0 && zero[i] == zero[0]) ? i : nearest;
    for (size_t i = 0; i < 3; i++) {
        if (i == nearest) {
            e_0 += exponent[i];
        } else {
            e[others] = exponent[i];
            g[others++] = fmin((zero[i] - of->zero) / far, 1e100);
        }
    }
    square = e_0 + e[0] + e[1];
    linear = e_0 * (g[0] + g[1]) + e[0] * g[1] + e[1] * g[0];
    constant = e_0 * g[0] * g[1];
    root = linear * linear - 4.0 * square * constant;
    if (!(root >= 0.0))
        return 0;
    root = -0.5 * (linear + (linear < 0.0 ? -sqrt(root) : sqrt(root)));
    found[0] = root / square;
    found[1] = constant / root;
    for (size_t i = 0; i < 2; i++) {
        if (found[i] * far > of->zero && found[i] < 1.0)
            turns[count++] = of->zero > 0.0 ? log(found[i] * far / of->zero) : log(found[i] * far);
    }
    if (count == 2 && turns[1] < turns[0]) {
        root = turns[0];
        turns[0] = turns[1];
        turns[1] = root;
    }
    return count;
}

static double integrate_stretch(integrand *of)
{
    const retain__dynamic_stretch *at = of->at;
    const double bought = (at->area + (of->k > 0.0 ? 0.0 : of->D)) / at->rate[RETAIN__PURCHASE];
    double cuts[4], best = -(double)INFINITY, sum = 0.0;
    size_t count;

    of->zero = fmin(bought, at->E / at->rate[RETAIN__LIFETIME]);
    count = find_turns(of, cuts + 1) + 2;
    cuts[count - 1] = of->zero > 0.0 ? retain__pareto_log(at->width, of->zero) : log(at->width);
    cuts[0] = 0.0;
    if (!(of->zero > 0.0)) { /* from where nothing is yet to be seen */
        double start = find_log(of, cuts[1]);

        cuts[0] = cuts[1] - 1.0;
        for (double step = 1.0; find_log(of, cuts[0]) > start - deep && step < 1e6; step *= 2.0)
            cuts[0] -= step;
    }
    for (size_t i = 0; i < count; i++)
        best = fmax(best, find_log(of, cuts[i]));
    for (size_t i = 0; i + 1 < count; i++)
        sum += integrate_slope(of, cuts[i], cuts[i + 1], best);
    return sum;
}

/* --- the window ----------------------------------------------------------------------------------------------------------- */

/* The integral over the window; `end` receives its end. */
static double integrate(const retain__dynamic_future *of, integrand *what, retain__dynamic_stretch *end)
{
    const retain__dynamic *dynamic = of->asked->of;
    const double T = of->asked->rows->end[of->customer];
    retain__dynamic_walk walk = retain__dynamic_set_out(dynamic, of->customer, of->from, of->to);
    retain__dynamic_stretch at = retain__dynamic_start(of);
    double sum = 0.0;

    what->n = of->n;
    what->D = of->D;
    what->s = dynamic->s;
    what->at = &at;
    for (; retain__dynamic_begin(&walk, dynamic->from->unit_days, &at, T); retain__dynamic_end(&at))
        sum += integrate_stretch(what);
    *end = at;
    return sum;
}

static double within(double probability)
{
    return probability < 1.0 ? probability : 1.0;
}

double retain__dynamic_count(const retain__dynamic_future *of, double n)
{
    integrand leaving = {.k = n, .over = OF_DEATH, .still = 1, .scale = -retain__lbeta(of->n, n) - log(n)};
    retain__dynamic_stretch end;
    double dead = integrate(of, &leaving, &end);

    if (end.area == 0.0)
        return 0.0;
    return within(dead + exp(leaving.scale - of->n * retain__pareto_log(end.area, of->D) - n * retain__pareto_log(of->D, end.area) -
                             of->asked->of->s * end.log_E));
}

double retain__dynamic_more(const retain__dynamic_future *of, double n, double *at_most)
{
    integrand one_more = {.k = n, .over = OF_ORDER, .still = 1, .scale = -retain__lbeta(n + 1.0, of->n)}, gone = one_more;
    retain__dynamic_stretch end;
    double more = integrate(of, &one_more, &end);

    if (more <= 0.5) {
        *at_most = 1.0 - more;
        return more;
    }
    gone.still = 0;
    gone.times = GONE;
    *at_most = within(integrate(of, &gone, &end) + retain__betainc(of->n, n + 1.0, of->D / (of->D + end.area)));
    return 1.0 - *at_most;
}

double retain__dynamic_next_mean(const retain__dynamic_future *of)
{
    integrand first = {.over = OF_ORDER, .still = 1, .scale = log(of->n), .times = TIME};
    retain__dynamic_stretch end;
    double time = integrate(of, &first, &end), mass;

    first.times = NOTHING;
    mass = integrate(of, &first, &end);
    return mass > 0.0 ? time / mass : (double)NAN;
}

/* --- quantiles ------------------------------------------------------------------------------------------------------------ */

typedef struct counting {
    const retain__dynamic_future *of;
    double alive, dead, enough;
} counting;

static int is_enough(const void *state, double n)
{
    const counting *of = state;
    double at_most;

    retain__dynamic_more(of->of, n, &at_most);
    return of->dead + of->alive * at_most >= of->enough;
}

double retain__dynamic_count_quantile(const retain__dynamic_future *of, double alive, double dead, double share)
{
    const counting all = {of, alive, dead, share - close_share};

    return of->to > of->from ? retain__btyd_search_count(is_enough, &all, -1.0) : 0.0;
}

/* -log P(no order within t | alive). */
static double find_hazard(const void *state, double t)
{
    const retain__dynamic_future *of = state;
    retain__dynamic_future until = *of;
    double silence, some;

    until.to = of->from + t * of->asked->of->from->unit_days;
    some = retain__dynamic_return(&until, &silence);
    return some < 0.5 ? -log1p(-some) : -log(silence);
}

double retain__dynamic_next_quantile(const retain__dynamic_future *of, double alive, double share)
{
    const retain_btyd_histories *from = of->asked->of->from;
    const int has_end = from->calendar_columns + from->own_columns > 0 && from->known_until < (double)INFINITY;
    const double known = has_end ? (from->known_until - of->from) / from->unit_days : (double)INFINITY;
    retain__dynamic_walk walk = retain__dynamic_set_out(of->asked->of, of->customer, of->from, (double)INFINITY);
    size_t piece, own;
    double found;

    if (alive <= share)
        return (double)INFINITY;
    if (!(known > 0.0))
        return (double)NAN;
    retain__dynamic_step(&walk, &piece, &own);
    found = retain__btyd_search_time(find_hazard, of, share / alive, of->n * walk.rate[RETAIN__PURCHASE] / of->D,
                                     fmin(known, farthest));
    return found == (double)INFINITY && known < farthest ? (double)NAN : found;
}

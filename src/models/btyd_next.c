/* When the next order comes, how often customers come, and how much chance there is in it.
 *
 * The question: the distribution of the time to the next order, quantiles of that time and of counts, and the variance of counts.
 *
 * The idea: with P(silent for t | alive) in hand, the time to the next order has the distribution P(alive) (1 - silent(t)). A
 * quantile is a root of it, sought on the scale of log t against log(-log silent), where a Poisson process is a straight line and
 * a few secants are enough. The expected time, given that it is at most H, is the mean of a distribution on (0, H): H less the
 * area under it, whatever P(alive) is.
 *
 * The variance of a count needs E[Y (Y - 1)]: twice the density of orders at u and v, integrated over u < v. Customers who buy at
 * random are forgetful: an order at u moves nothing but the belief in rate and p, and for what comes at v it is all the same
 * whether it was at u or right at T. So the density of both is that of an order at T, times the chance to survive it, times the
 * density of orders at v of a customer with x + 1 orders who is alive, and does not depend on u at all:
 *
 *     E[Y (Y - 1)] = 2 c times the integral of (v - from) dE(v | x + 1, T) over the window
 *                  = 2 c [(to - from) E(to) - the integral of E over the window],
 *
 * c the rate of orders at T times P(alive | x + 1, t_x = T, T). The integrals are over smooth functions whose singularities lie on
 * the negative axis, somewhere near the sizes of alpha and beta: the interval is halved towards 0 until halving changes nothing. */
#include <math.h>

#include "math/kernels.h"
#include "math/quadrature.h"
#include "models/btyd_forecast.h"
#include "models/btyd_search.h"

static const double farthest = 1e15;  /* units of time: who has not come back by then never will */
static const double most_count = 1e6; /* where the search for a count ends */
static const double instant = 1e-18;  /* of a window: so short that nothing bends in it */

/* --- one customer who is alive -------------------------------------------------------------------------------------------- */

typedef struct survivor {
    const retain__btyd_checked *model;
    double x, T;
    const double *t_x; /* NULL unless the family is regular */
} survivor;

static double silence_of(const void *state, double t)
{
    const survivor *of = state;
    const retain__btyd_family *family = of->model->family;
    double silent;

    family->silent(family, of->model->p, of->x, of->t_x, &of->T, 1, t, &silent);
    return silent;
}

static double orders_of(const void *state, double t)
{
    const survivor *of = state;
    const retain__btyd_family *family = of->model->family;
    double orders;

    family->expected(family, of->model->p, of->x, of->t_x, &of->T, 1, t, &orders);
    return orders;
}

/* --- variance and mean time ----------------------------------------------------------------------------------------------- */

/* The factor c above. */
static double density_at_once(const survivor *of, double window)
{
    const retain__btyd_family *family = of->model->family;
    const double one_more = of->x + 1.0;
    double log_odds, alive;

    family->log_odds_dead(family, of->model->p, &one_more, &of->T, &of->T, 1, &log_odds);
    retain__btyd_alive(&log_odds, 1, &alive);
    return alive * orders_of(of, instant * window) / (instant * window);
}

/* Where time goes by in opportunities: from the distribution itself. */
static double sum_second(const survivor *of, const retain_btyd_question *question)
{
    const retain__btyd_family *family = of->model->family;
    double sum = 0.0, mass = 0.0, log_p;

    for (double n = 0.0; n <= question->to - question->from + 0.5 && mass < 1.0 - 1e-15; n += 1.0) {
        double p, term;

        family->counts(family, of->model->p, of->x, of->t_x, &of->T, 1, question->from, question->to, n, &log_p);
        p = retain__fast_exp(log_p);
        term = p * n * (n - 1.0);
        mass += p;
        sum += term;
        if (mass > 0.5 && term < 1e-17 * sum)
            break;
    }
    return sum;
}

void retain__btyd_ask_second(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                             double *value)
{
    const retain__btyd_family *family = of->model->family;
    const double from = of->question->from, to = of->question->to;

    for (size_t i = 0; i < count; i++) {
        survivor now = {of->model, x, T[i], NULL}, after = {of->model, x + 1.0, T[i], NULL};
        double area;

        if (to == from || family->second || !family->is_poisson) {
            value[i] = 0.0;
            if (to > from && family->second)
                family->second(family, of->model->p, x, t_x ? &t_x[i] : NULL, &T[i], 1, from, to, &value[i]);
            else if (to > from)
                value[i] = sum_second(&now, of->question);
            continue;
        }
        area = retain__integrate_growth(orders_of, &after, from, to);
        value[i] = 2.0 * density_at_once(&now, to) * ((to - from) * orders_of(&after, to) - area);
    }
}

/* How much more likely silence until t is than silence to the end of the window. */
typedef struct lapse {
    survivor who;
    double floor;
} lapse;

static double above_floor(const void *state, double t)
{
    const lapse *of = state;
    double above = silence_of(&of->who, t) - of->floor;

    return above > 0.0 ? above : 0.0;
}

void retain__btyd_ask_next_mean(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                                double *value)
{
    const retain__btyd_family *family = of->model->family;
    const double to = of->question->to;

    for (size_t i = 0; family->is_discrete && i < count; i++)
        value[i] = family->next_mean(family, of->model->p, x, T[i], to);
    for (size_t i = 0; !family->is_discrete && i < count; i++) {
        lapse one = {{of->model, x, T[i], t_x ? &t_x[i] : NULL}, 0.0};

        /* the area under the curve and above its end, over its height */
        one.floor = silence_of(&one.who, to);
        value[i] = one.floor < 1.0 ? retain__integrate_growth(above_floor, &one, 0.0, to) / (1.0 - one.floor) : 0.5 * to;
    }
}

/* --- quantiles ------------------------------------------------------------------------------------------------------------ */

/* -log P(no order within t | alive). */
static double hazard_of(const void *state, double t)
{
    return -log(silence_of(state, t));
}

/* The time at which P(silent | alive) has fallen by `share`; infinite when it does not. Of so small a share that 1 less it has lost
 * half its digits, the density at once is all that matters. */
static double find_time(const survivor *of, double share)
{
    const double rate = orders_of(of, instant) / instant;

    if (share < 1e-8)
        return share / rate <= farthest ? share / rate : (double)INFINITY;
    return retain__btyd_search_time(hazard_of, of, share, rate, farthest);
}

typedef struct counting {
    const survivor *of;
    const retain_btyd_question *question;
    double alive, dead;
    double enough;
} counting;

static int is_enough(const void *state, double n)
{
    const counting *of = state;
    const survivor *who = of->of;
    const retain__btyd_family *family = who->model->family;
    double at_most;

    family->at_most(family, who->model->p, who->x, who->t_x, &who->T, 1, of->question->from, of->question->to, n, &at_most);
    return of->dead + of->alive * at_most >= of->enough;
}

/* The least count that is reached with probability `share`. */
static double find_count(const survivor *of, double alive, double dead, const retain_btyd_question *question)
{
    const retain__btyd_family *family = of->model->family;
    const counting all = {of, question, alive, dead, question->share - 1e-14};
    double sum = dead, log_p, few = family->is_regular ? -1.0 : family->at_most ? RETAIN__BTYD_FEW_COUNTS : most_count;

    if (question->to == question->from)
        return 0.0;
    for (double n = 0.0; n <= few; n += 1.0) {
        family->counts(family, of->model->p, of->x, of->t_x, &of->T, 1, question->from, question->to, n, &log_p);
        sum += alive * retain__fast_exp(log_p);
        if (sum >= all.enough)
            return n;
    }
    return family->at_most ? retain__btyd_search_count(is_enough, &all, few) : (double)INFINITY;
}

void retain__btyd_quantiles(const retain__btyd_checked *model, const retain_customers *customers,
                            const retain_btyd_question *question, size_t first, size_t last, double *answers)
{
    for (size_t i = first; i < last; i++) {
        const double *t_x = &customers->t_x[i];
        survivor one = {model, customers->frequency[i], customers->T[i], model->family->is_regular ? t_x : NULL};
        double log_odds, alive, dead;

        model->family->log_odds_dead(model->family, model->p, &one.x, t_x, &one.T, 1, &log_odds);
        retain__btyd_alive(&log_odds, 1, &alive);
        log_odds = -log_odds;
        retain__btyd_alive(&log_odds, 1, &dead);
        if (question->quantity == RETAIN_BTYD_COUNT_QUANTILE)
            answers[i - first] = find_count(&one, alive, dead, question);
        else if (alive <= question->share)
            answers[i - first] = (double)INFINITY;
        else if (model->family->is_discrete)
            answers[i - first] = model->family->next(model->family, model->p, one.x, one.T, question->share / alive);
        else
            answers[i - first] = find_time(&one, question->share / alive);
    }
}

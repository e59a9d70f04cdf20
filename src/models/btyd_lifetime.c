/* What discounting does to chance, and how long a customer will still be there.
 *
 * **Time alive**, discounted: the integral of e^(-delta u) P(alive at T + u | alive at T). P(alive) falls smoothly, like a power of
 * time in most families, with all singularities on the negative axis, so pieces that halve towards 0 do for a window. Without an
 * end but with a discount, nothing is left after delta u = 40. Without either, pieces double until the rest, as the integral of the
 * power of time that the last piece shows, is beyond doubt; where that power is not below -1 the time is infinite. Where time goes by
 * in opportunities, being there and buying are independent, and time alive is expected uses over the chance to use one.
 *
 * **Discounted variance.** Write N for the sum of e^(-delta t) over the occasions of a window, t from T on. N^2 is the sum over pairs: each
 * occasion with itself, which is a sum discounted twice as much, and twice the pairs u < v. Their density, as btyd_next.c has it,
 * does not depend on u: c e(v), with e the density of occasions of a customer with x + 1. So the inner integral is
 * (e^(-delta from) - e^(-delta v)) / delta, and
 *
 *     E[N^2] = D(2 delta | x) + 2 c [e^(-delta from) D(delta | x + 1) - D(2 delta | x + 1)] / delta.
 *
 * Where delta times the window is tiny the bracket is a difference of equals; there N is a plain count but for that tiny part. */
#include <math.h>

#include "math/quadrature.h"
#include "models/btyd_forecast.h"

static const double deep = 40.0;     /* e^-40 is beyond what doubles add */
static const double tiny = 1e-6;     /* of delta times the window */
static const double instant = 1e-18; /* so short that nothing bends in it */
static const double farthest = 1e15; /* units of time: where the rest is taken for a power of time */

typedef struct remaining {
    const retain__btyd_checked *model;
    double x, T;
    const double *t_x; /* NULL unless the family is regular */
    double delta;
} remaining;

static double alive_at(const void *state, double u)
{
    const remaining *of = state;
    double alive = 1.0;

    if (u > 0.0)
        of->model->family->surviving(of->model->family, of->model->p, of->x, of->t_x, &of->T, 1, u, &alive);
    return alive * exp(-of->delta * u);
}

static double integrate_for_ever(const remaining *of)
{
    double end = of->T + 1.0, sum = retain__integrate_growth(alive_at, of, 0.0, end);

    while (end < farthest) {
        double here = alive_at(of, end), there = alive_at(of, 2.0 * end), power;

        if (here == 0.0)
            return sum;
        power = log2(here / there);
        if (power > 1.0 && end * here / (power - 1.0) < 1e-16 * sum)
            return sum;
        sum += retain__integrate_growth(alive_at, of, end, 2.0 * end);
        end *= 2.0;
        if (end >= farthest)
            return power > 1.0 + 1e-9 ? sum + end * there / (power - 1.0) : (double)INFINITY;
    }
    return sum;
}

static double time_until(const remaining *of, double end)
{
    const retain__btyd_family *family = of->model->family;
    double time;

    if (family->time_alive && end > 0.0) {
        family->time_alive(family, of->model->p, of->x, of->t_x, &of->T, 1, end, of->delta, &time);
        return time;
    }
    if (of->delta > 0.0 && end * of->delta > deep)
        end = deep / of->delta;
    if (end == 0.0)
        return 0.0;
    return end < (double)INFINITY ? retain__integrate_growth(alive_at, of, 0.0, end) : integrate_for_ever(of);
}

static double less(double all, double before)
{
    return all > before ? all - before : 0.0;
}

void retain__btyd_ask_lifetime(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                               double *value)
{
    const retain__btyd_family *family = of->model->family;
    const retain_btyd_question *question = of->question;

    if (family->is_discrete) {
        double use[RETAIN__BTYD_RUN];

        retain__btyd_ask_discounted(of, x, t_x, T, count, value);
        family->expected(family, of->model->p, x, t_x, T, count, 1.0, use);
        for (size_t i = 0; i < count; i++)
            value[i] /= use[i];
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const remaining one = {of->model, x, T[i], t_x ? &t_x[i] : NULL, question->delta};

        value[i] = time_until(&one, question->to);
        if (question->from > 0.0 && value[i] < (double)INFINITY)
            value[i] = less(value[i], time_until(&one, question->from));
    }
}

void retain__btyd_ask_discounted_square(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                                        double *value)
{
    const retain__btyd_family *family = of->model->family;
    const double one_more = x + 1.0, delta = of->question->delta, from = of->question->from, to = of->question->to;
    retain_btyd_question twice = *of->question;
    const retain__btyd_asked asked_twice = {of->model, &twice};
    double once[RETAIN__BTYD_RUN], both[RETAIN__BTYD_RUN], log_odds, alive, at_once;

    twice.delta = 2.0 * delta;
    if (delta * (to - from) < tiny && to < (double)INFINITY) {
        retain__btyd_ask_second(of, x, t_x, T, count, value);
        retain__btyd_ask_discounted(&asked_twice, x, t_x, T, count, both);
        for (size_t i = 0; i < count; i++)
            value[i] = value[i] * exp(-delta * (from + to)) + both[i];
        return;
    }
    retain__btyd_ask_discounted(of, one_more, t_x, T, count, once);
    retain__btyd_ask_discounted(&asked_twice, one_more, t_x, T, count, both);
    retain__btyd_ask_discounted(&asked_twice, x, t_x, T, count, value);
    for (size_t i = 0; i < count; i++) {
        family->log_odds_dead(family, of->model->p, &one_more, &T[i], &T[i], 1, &log_odds);
        retain__btyd_alive(&log_odds, 1, &alive);
        family->expected(family, of->model->p, x, NULL, &T[i], 1, instant, &at_once);
        if (delta == 0.0)
            value[i] = (double)NAN;
        else
            value[i] += 2.0 * alive * (at_once / instant) * less(exp(-delta * from) * once[i], both[i]) / delta;
    }
}

/* The future under covariates that change with time: any question about known customers, and how sure the answers are.
 *
 * The idea: a customer alive at T has rates Gamma(n, alpha + A(T)) and Gamma(s, beta + C(T)), n = r + x, independent of each other.
 * With D and E for these sums, divided by alpha and beta, the customer is still there at T + u with probability S(u) = (E_T / E)^s, and
 * buys until then at the rate n / D_T dA. So, given that the customer is alive at T, and with integrals over the window,
 *
 *     expected occasions   n / D_T times the integral of S dA; discounted ones that of e^(-delta u) S dA
 *     of their pairs       n (n + 1) / D_T^2 times twice the integral of (A - A_from) S dA
 *     at least one         n / D_T times the integral of (D_T / (D_T + A - A_from))^(n + 1) S dA, the density of the first one
 *     none                 1 - S(from) + the integral of (D_T / (D_T + A - A_from))^n d(-S) + S(to) (D_T / (D_T + A(to) - A(from)))^n
 *
 * The rate of a window that begins later is known as well as at T, only that the customer is still there is not. On a piece rates are
 * constant: the first integral is elementary, in y = log E; the last two are the one integral of btyd_pareto_integral.c, for the first
 * order with the processes changed for each other. The last two add up to 1, so whichever is the smaller is computed: neither P(no
 * order) nor P(an order) loses digits, and so it is with P(alive), of which log-odds are known.
 *
 * Limits are those of btyd_delta.c, which asks the same of models nearby. */
#include <math.h>

#include "math/quadrature.h"
#include "math/special.h"
#include "models/btyd_delta.h"
#include "models/btyd_dynamic.h"
#include "models/btyd_model.h"
#include "models/btyd_pareto.h"
#include "retain/btyd_dynamic_forecast.h"

enum { BLOCK = 1024, RULE_OF_EIGHT = 1 };

/* A question about every customer, and where its answers go. */
typedef struct answers {
    const retain__dynamic *of;
    const retain__dynamic_rows *rows;
    const retain_btyd_question *question;
    int on_scale;
    double *into; /* [rows] log-odds of being dead at T, and then the answer */
} answers;

/* A customer at T, with the window that is asked about, in days. */
typedef struct future {
    const answers *asked;
    size_t customer;
    double n, D, E, from, to;
    double later, log_later; /* E at `from`, and its logarithm over E */
} future;

/* --- pieces --------------------------------------------------------------------------------------------------------------- */

/* A step through the window, at its beginning. */
typedef struct stretch {
    double width, rate[2];
    double ahead;    /* units of time since T */
    double area;     /* integral of the purchase rate since `from` */
    double E, log_E; /* log of E over what it was at T */
} stretch;

/* The integral of e^(-delta u) S over a stretch. */
static double find_time(const retain__dynamic *of, double delta, const stretch *at)
{
    const double unit = at->E / at->rate[RETAIN__LIFETIME];
    double lifetime;

    if (delta > 0.0)
        lifetime = retain__pareto_discounted_lifetime(of->s, unit, at->width, delta);
    else if (retain__is_finite(at->width))
        lifetime = retain__pareto_lifetime(of->s, retain__pareto_log(at->width, unit));
    else
        lifetime = of->s > 1.0 ? 1.0 / (of->s - 1.0) : (double)INFINITY;
    return unit * exp(-of->s * at->log_E - delta * at->ahead) * lifetime;
}

/* The integral of e^((1 - s) y) (e^y - 1) over y from 0 to `length`; without cancellation where it is short. */
static double integrate_growth(double s, double length)
{
    const retain__rule rule = retain__rules[RULE_OF_EIGHT];
    double sum = 0.0;

    if (length * (1.0 + fabs(s - 1.0)) > 1.0)
        return retain__pareto_lifetime(s - 1.0, length) - retain__pareto_lifetime(s, length);
    for (size_t i = 0; i < rule.count; i++) {
        double y = length * rule.nodes[i].at;

        sum += rule.nodes[i].weight * expm1(y) * exp((1.0 - s) * y);
    }
    return length * sum;
}

/* The integral of (A - A_from) S dA over a stretch. */
static double find_pairs(const retain__dynamic *of, const stretch *at)
{
    const double unit = at->E / at->rate[RETAIN__LIFETIME], still = exp(-of->s * at->log_E);
    const double area = at->rate[RETAIN__PURCHASE] * unit, length = retain__pareto_log(at->width, unit);

    return still * area * (at->area * retain__pareto_lifetime(of->s, length) + area * integrate_growth(of->s, length));
}

static int begin_stretch(retain__dynamic_walk *walk, double unit_days, stretch *at, double T)
{
    size_t piece, own;

    at->ahead = (walk->at - T) / unit_days;
    if (!retain__dynamic_step(walk, &piece, &own))
        return 0;
    at->width = walk->width;
    at->rate[0] = walk->rate[0];
    at->rate[1] = walk->rate[1];
    return 1;
}

static void end_stretch(stretch *at)
{
    const double more = at->rate[RETAIN__LIFETIME] * at->width;

    at->area += at->rate[RETAIN__PURCHASE] * at->width;
    at->log_E += retain__pareto_log(more, at->E);
    at->E += more;
}

double retain__dynamic_expect(const retain__dynamic *of, size_t customer, double from, double to, double *E, double *log_E)
{
    retain__dynamic_walk walk = retain__dynamic_set_out(of, customer, from, to);
    stretch at = {.E = *E, .log_E = *log_E};
    double sum = 0.0;

    for (; begin_stretch(&walk, of->from->unit_days, &at, from); end_stretch(&at))
        sum += at.rate[RETAIN__PURCHASE] * find_time(of, 0.0, &at);
    *E = at.E;
    *log_E = at.log_E;
    return sum;
}

/* --- the window ----------------------------------------------------------------------------------------------------------- */

static stretch start_window(const future *of)
{
    return (stretch){.E = of->later, .log_E = of->log_later};
}

/* Sum over the window of what a stretch has of time alive, times the purchase rate where occasions are wanted. */
static double sum_times(const future *of, double delta, int of_occasions)
{
    const retain__dynamic *dynamic = of->asked->of;
    const double T = of->asked->rows->end[of->customer];
    retain__dynamic_walk walk = retain__dynamic_set_out(dynamic, of->customer, of->from, of->to);
    stretch at = start_window(of);
    double sum = 0.0;

    for (; begin_stretch(&walk, dynamic->from->unit_days, &at, T); end_stretch(&at))
        sum += (of_occasions ? at.rate[RETAIN__PURCHASE] : 1.0) * find_time(dynamic, delta, &at);
    return sum;
}

static double sum_pairs(const future *of)
{
    const retain__dynamic *dynamic = of->asked->of;
    retain__dynamic_walk walk = retain__dynamic_set_out(dynamic, of->customer, of->from, of->to);
    stretch at = start_window(of);
    double sum = 0.0;

    for (; begin_stretch(&walk, dynamic->from->unit_days, &at, of->from); end_stretch(&at))
        sum += find_pairs(dynamic, &at);
    return sum;
}

/* Stretches with the weights that their integrals have. */
typedef struct side {
    retain__pareto_spans spans;
    double weight[RETAIN__BTYD_RUN];
} side;

static double empty(side *of)
{
    double mass[RETAIN__BTYD_RUN], sum = 0.0;

    if (of->spans.count)
        retain__pareto_mass(&of->spans, mass);
    for (size_t i = 0; i < of->spans.count; i++)
        sum += of->weight[i] * mass[i];
    of->spans.count = 0;
    return sum;
}

/* The integral of the density of the first order, or of death before one; `last` receives P(alive and silent at the end). */
static double sum_firsts(const future *of, int of_death, double *last)
{
    const retain__dynamic *dynamic = of->asked->of;
    const double s = dynamic->s;
    retain__dynamic_walk walk = retain__dynamic_set_out(dynamic, of->customer, of->from, of->to);
    stretch at = start_window(of);
    double sum = 0.0;
    side sides[2];

    for (int k = 0; k < 2; k++) {
        sides[k].spans.alpha_is_smaller = k;
        sides[k].spans.s = of_death ? s : of->n;
        sides[k].spans.count = 0;
    }
    for (; begin_stretch(&walk, dynamic->from->unit_days, &at, of->from); end_stretch(&at)) {
        const double buying = (of->D + at.area) / at.rate[RETAIN__PURCHASE], leaving = at.E / at.rate[RETAIN__LIFETIME];
        const double alpha = of_death ? buying : leaving, beta = of_death ? leaving : buying;
        side *into = &sides[alpha <= beta];
        const size_t i = into->spans.count++;

        into->spans.n[i] = of_death ? of->n : s;
        into->spans.alpha[i] = alpha;
        into->spans.beta[i] = beta;
        into->spans.span[i] = at.width;
        into->weight[i] = exp(-of->n * retain__pareto_log(at.area, of->D) - s * at.log_E);
        if (into->spans.count == RETAIN__BTYD_RUN)
            sum += empty(into);
    }
    *last = exp(-of->n * retain__pareto_log(at.area, of->D) - s * at.log_E);
    return sum + empty(&sides[0]) + empty(&sides[1]);
}

/* P(an order in the window | alive at T), and 1 less that: whichever is the smaller is no difference. */
static double find_return(const future *of, double *silence)
{
    const double gone = -expm1(-of->asked->of->s * of->log_later);
    double last, some = sum_firsts(of, 0, &last);

    if (some <= 0.5) {
        *silence = 1.0 - some;
        return some;
    }
    *silence = gone + sum_firsts(of, 1, &last);
    *silence += last;
    return 1.0 - *silence;
}

/* --- answers -------------------------------------------------------------------------------------------------------------- */

static future look_ahead(const answers *asked, size_t i)
{
    const retain__dynamic *of = asked->of;
    const double end = asked->rows->end[i], unit = of->from->unit_days;
    double D = 1.0, E = 1.0, area = 0.0, risk = 0.0, *const past[] = {&D, &E}, *const until[] = {&area, &risk};
    future ahead = {.asked = asked, .customer = i, .n = of->r + asked->rows->x[i]};

    ahead.from = end + asked->question->from * unit;
    ahead.to = end + asked->question->to * unit;
    if (asked->question->quantity == RETAIN_BTYD_ALIVE)
        ahead.from = ahead.to;
    retain__dynamic_integrate(of, 0, i, asked->rows->start[i], end, past);
    retain__dynamic_integrate(of, 0, i, end, ahead.from, until);
    ahead.D = D;
    ahead.E = E;
    ahead.later = E + risk;
    ahead.log_later = retain__pareto_log(risk, E);
    return ahead;
}

/* A probability P(alive) y, from y and 1 - y; or its complement. */
static double put_probability(const answers *of, double log_odds_dead, double yes, double no, int is_complement)
{
    double alive, dead = -log_odds_dead, log_odds;

    if (of->on_scale) {
        log_odds =
            log(yes) - (log_odds_dead > 0.0 ? log_odds_dead + log1p(no * exp(-log_odds_dead)) : log(exp(log_odds_dead) + no));
        return is_complement ? -log_odds : log_odds;
    }
    retain__btyd_alive(&log_odds_dead, 1, &alive);
    retain__btyd_alive(&dead, 1, &dead);
    return is_complement ? dead + alive * no : alive * yes;
}

static double put_count(const answers *of, double value)
{
    return of->on_scale ? log(value) : value;
}

static double answer_one(const answers *of, size_t i)
{
    const future ahead = look_ahead(of, i);
    const double log_odds_dead = of->into[i], each = ahead.n / ahead.D;
    double alive, no, yes, mean, second, E = ahead.later, log_E = ahead.log_later;

    retain__btyd_alive(&log_odds_dead, 1, &alive);
    switch (of->question->quantity) {
    case RETAIN_BTYD_SILENCE:
    case RETAIN_BTYD_RETURN:
        yes = find_return(&ahead, &no);
        return put_probability(of, log_odds_dead, yes, no, of->question->quantity == RETAIN_BTYD_SILENCE);
    case RETAIN_BTYD_ALIVE:
        yes = -of->of->s * ahead.log_later;
        return put_probability(of, log_odds_dead, exp(yes), -expm1(yes), 0);
    case RETAIN_BTYD_DISCOUNTED:
        return put_count(of, alive * each * sum_times(&ahead, of->question->delta, 1));
    case RETAIN_BTYD_LIFETIME:
        return put_count(of, alive * sum_times(&ahead, of->question->delta, 0));
    default:
        mean = each * retain__dynamic_expect(of->of, i, ahead.from, ahead.to, &E, &log_E);
        if (of->question->quantity == RETAIN_BTYD_ORDERS)
            return put_count(of, alive * mean);
        second = 2.0 * each * (each + 1.0 / ahead.D) * sum_pairs(&ahead);
        return put_count(of, fmax(alive * (second + mean * (1.0 - alive * mean)), 0.0));
    }
}

static void take_odds(void *state, const retain__dynamic_found *found)
{
    const answers *into = state;

    into->into[found->row] = found->log_dead - found->log_alive;
}

static void answer_block(void *state, size_t block, size_t first, size_t last)
{
    answers *of = state;

    (void)block;
    retain__dynamic_find(of->of, of->rows, first, last, take_odds, of);
    for (size_t i = first; i < last; i++)
        of->into[i] = answer_one(of, i);
}

/* Answers of checked histories by a model; `during` is told of progress in [from, to]. */
static retain_status answer_all(retain_context *ctx, retain_context *during, const retain_btyd *model,
                                const retain_btyd_histories *histories, const retain_btyd_question *question, int on_scale,
                                double from, double to, double *values)
{
    retain__scratch scratch = {ctx, NULL};
    retain__dynamic of;
    retain__dynamic_rows rows;
    answers into = {.of = &of, .rows = &rows, .question = question, .on_scale = on_scale, .into = values};
    retain_status status = retain__dynamic_open(ctx, &scratch, model, histories, 0, &of);

    if (status == RETAIN_OK)
        status = retain__dynamic_take_rows(&scratch, histories, &rows);
    if (status == RETAIN_OK)
        status = retain__parallel(during, histories->count, BLOCK, from, to, answer_block, &into);
    retain__release(&scratch);
    return status;
}

/* --- operations ----------------------------------------------------------------------------------------------------------- */

/* Checks histories, model and question. */
static retain_status take_question(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                   const retain_btyd_question *given, retain__btyd_checked *checked, retain_btyd_question *question)
{
    retain_status status = retain__dynamic_check(ctx, histories, 1, 1);

    if (status == RETAIN_OK)
        status = retain__dynamic_check_model(ctx, model, histories, checked);
    if (status == RETAIN_OK)
        status = retain__btyd_take_question(ctx, given, checked->family, question);
    if (status != RETAIN_OK)
        return status;
    switch (question->quantity) {
    case RETAIN_BTYD_ORDERS:
    case RETAIN_BTYD_DISCOUNTED:
    case RETAIN_BTYD_SILENCE:
    case RETAIN_BTYD_RETURN:
    case RETAIN_BTYD_ALIVE:
    case RETAIN_BTYD_VARIANCE:
    case RETAIN_BTYD_LIFETIME:
        return question->to > 0.0 ? retain__dynamic_check_horizon(ctx, histories, question->to) : RETAIN_OK;
    default:
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "question.quantity is %d; under covariates that change with time there is no such forecast",
                            (int)question->quantity);
    }
}

retain_status retain_btyd_dynamic_forecast(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                           const retain_btyd_question *given, double *values)
{
    retain_context quiet;
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_question(ctx, model, histories, given, &checked, &question);
    if (status == RETAIN_OK && histories->count && !values)
        status = retain__fail_null(ctx, "values");
    if (status == RETAIN_OK)
        status = answer_all(ctx, retain__btyd_quiet(ctx, &quiet), model, histories, &question, 0, 0.0, 1.0, values);
    return status;
}

/* What happens in the next t units of time. */
static retain_status ask_until(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                               retain_btyd_quantity quantity, double t, const char *name, double *values)
{
    const retain_btyd_question question = {.struct_size = sizeof question, .quantity = quantity, .to = t};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !(t >= 0.0 && retain__is_finite(t)))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "t is %g; it must be finite and at least 0", t);
    if (status == RETAIN_OK)
        status = retain__dynamic_check(ctx, histories, 1, 1);
    if (status == RETAIN_OK && histories->count && !values)
        status = retain__fail_null(ctx, name);
    return status == RETAIN_OK ? retain_btyd_dynamic_forecast(ctx, model, histories, &question, values) : status;
}

retain_status retain_btyd_dynamic_orders(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                         double t, double *orders)
{
    return ask_until(ctx, model, histories, RETAIN_BTYD_ORDERS, t, "orders", orders);
}

retain_status retain_btyd_dynamic_silence(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                          double t, double *silence)
{
    return ask_until(ctx, model, histories, RETAIN_BTYD_SILENCE, t, "silence", silence);
}

/* --- how sure ------------------------------------------------------------------------------------------------------------- */

static retain_status answer_nearby(const retain__delta *of, const retain__btyd_checked *checked,
                                   const retain_btyd_question *question, int on_scale, double from, double to)
{
    retain_btyd model = *checked->model;

    model.r = checked->p[R];
    model.alpha = checked->p[ALPHA];
    model.s = checked->p[S];
    model.beta = checked->p[BETA];
    return answer_all(of->ctx, of->ctx, &model, of->others, question, on_scale, from, to, of->answers);
}

retain_status retain_btyd_dynamic_interval(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                           const retain_btyd_histories *histories, const retain_btyd_question *given, double level,
                                           double *values, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain_customers rows = {0};
    double taken[RETAIN__DELTA_ENTRIES * RETAIN__DELTA_ENTRIES];
    retain__delta of = {.ctx = ctx,
                        .model = &checked,
                        .customers = &rows,
                        .others = histories,
                        .question = &question,
                        .covariance = taken,
                        .answer = answer_nearby};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_question(ctx, model, histories, given, &checked, &question);
    if (status == RETAIN_OK)
        status = retain__draws_check_level(ctx, level);
    if (status == RETAIN_OK && (!covariance || (histories->count && (!low || !high))))
        status = retain__fail_null(ctx, !covariance ? "covariance" : !low ? "low" : "high");
    if (status == RETAIN_OK)
        status = retain__delta_take_covariance(ctx, &checked, covariance, taken);
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, histories->count, sizeof *of.answers)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        rows.count = histories->count;
        status = retain__delta_intervals(&of, &scratch, retain__ndtri(0.5 + 0.5 * level), values, low, high);
    }
    retain__release(&scratch);
    return status;
}

retain_status retain_btyd_dynamic_total(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                        const retain_btyd_histories *histories, const retain_btyd_question *given,
                                        const double *worth, double level, retain_btyd_sum *sum)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain_customers rows = {0};
    retain_btyd_sum found = {.struct_size = sizeof found};
    double taken[RETAIN__DELTA_ENTRIES * RETAIN__DELTA_ENTRIES];
    retain__delta of = {.ctx = ctx,
                        .model = &checked,
                        .customers = &rows,
                        .others = histories,
                        .question = &question,
                        .covariance = covariance ? taken : NULL,
                        .answer = answer_nearby};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_question(ctx, model, histories, given, &checked, &question);
    if (status == RETAIN_OK)
        status = retain__btyd_check_total(ctx, question.quantity, level, sum);
    if (status == RETAIN_OK && covariance)
        status = retain__delta_take_covariance(ctx, &checked, covariance, taken);
    if (status == RETAIN_OK) {
        rows.count = histories->count;
        rows.weight = histories->weight;
        status = retain__btyd_check_worth(ctx, &rows, worth);
    }
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, histories->count, sizeof *of.answers)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = retain__delta_total(&of, worth, retain__ndtri(0.5 + 0.5 * level), &found);
    if (status == RETAIN_OK) {
        found.struct_size = sum->struct_size;
        *sum = found;
    }
    retain__release(&scratch);
    return status;
}

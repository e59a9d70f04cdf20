/* The future under covariates that change with time: any question about known customers.
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
 * order) nor P(an order) loses digits, and so it is with P(alive), of which log-odds are known. Counts and the next order are in
 * btyd_dynamic_counts.c, limits in btyd_dynamic_interval.c. */
#include <math.h>
#include <string.h>

#include "math/quadrature.h"
#include "math/special.h"
#include "models/btyd_dynamic_future.h"
#include "models/btyd_forecast.h"
#include "models/btyd_model.h"
#include "models/btyd_pareto.h"

enum { BLOCK = 1024, SLOW_BLOCK = 16, ALL_COUNTS = 1000 /* that are always written, however small */ };

static const double tiny = 1e-6;        /* of delta times the width of a piece */
static const double negligible = 1e-18; /* the bulk of counts being behind */

/* --- pieces --------------------------------------------------------------------------------------------------------------- */

/* The integral of e^(-delta u) S over a stretch. */
static double find_time(const retain__dynamic *of, double delta, const retain__dynamic_stretch *at)
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

/* The integral of (A - A_from) S dA over a stretch. */
static double find_pairs(const retain__dynamic *of, const retain__dynamic_stretch *at)
{
    const double unit = at->E / at->rate[RETAIN__LIFETIME], still = exp(-of->s * at->log_E);
    const double area = at->rate[RETAIN__PURCHASE] * unit, length = retain__pareto_log(at->width, unit);

    return still * area * (at->area * retain__pareto_lifetime(of->s, length) + area * retain__pareto_growth(of->s, length));
}

int retain__dynamic_begin(retain__dynamic_walk *walk, double unit_days, retain__dynamic_stretch *at, double T)
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

void retain__dynamic_end(retain__dynamic_stretch *at)
{
    const double more = at->rate[RETAIN__LIFETIME] * at->width;

    at->area += at->rate[RETAIN__PURCHASE] * at->width;
    at->log_E += retain__pareto_log(more, at->E);
    at->E += more;
}

double retain__dynamic_expect(const retain__dynamic *of, size_t customer, double from, double to, double *E, double *log_E)
{
    retain__dynamic_walk walk = retain__dynamic_set_out(of, customer, from, to);
    retain__dynamic_stretch at = {.E = *E, .log_E = *log_E};
    double sum = 0.0;

    for (; retain__dynamic_begin(&walk, of->from->unit_days, &at, from); retain__dynamic_end(&at))
        sum += at.rate[RETAIN__PURCHASE] * find_time(of, 0.0, &at);
    *E = at.E;
    *log_E = at.log_E;
    return sum;
}

/* --- the window ----------------------------------------------------------------------------------------------------------- */

retain__dynamic_stretch retain__dynamic_start(const retain__dynamic_future *of)
{
    return (retain__dynamic_stretch){.E = of->later, .log_E = of->log_later};
}

/* Sum over the window of what a stretch has of time alive, times the purchase rate where occasions are wanted. */
static double sum_times(const retain__dynamic_future *of, double delta, int of_occasions)
{
    const retain__dynamic *dynamic = of->asked->of;
    const double T = of->asked->rows->end[of->customer];
    retain__dynamic_walk walk = retain__dynamic_set_out(dynamic, of->customer, of->from, of->to);
    retain__dynamic_stretch at = retain__dynamic_start(of);
    double sum = 0.0;

    for (; retain__dynamic_begin(&walk, dynamic->from->unit_days, &at, T); retain__dynamic_end(&at))
        sum += (of_occasions ? at.rate[RETAIN__PURCHASE] : 1.0) * find_time(dynamic, delta, &at);
    return sum;
}

/* The integral over a stretch of e^(-delta u) B S dA, with B the integral of e^(-delta u) dA since `from`, `before` at its beginning. */
static double find_discounted_pairs(const retain__dynamic *of, double delta, double before, const retain__dynamic_stretch *at)
{
    const double rate = at->rate[RETAIN__PURCHASE], once = find_time(of, delta, at), fading = exp(-delta * at->ahead);
    retain__dynamic_stretch apart = *at;
    double within;

    if (delta * at->width > tiny) {
        within = rate * (fading * once - find_time(of, 2.0 * delta, at)) / delta;
        return rate * (before * once + fmax(within, 0.0));
    }
    apart.area = 0.0; /* about u + v = the width, for u < v within a stretch */
    return rate * before * once + find_pairs(of, &apart) * exp(-delta * (2.0 * at->ahead + at->width));
}

/* Integral of e^(-delta u) B S dA over the window. */
static double sum_pairs(const retain__dynamic_future *of, double delta)
{
    const retain__dynamic *dynamic = of->asked->of;
    const double T = of->asked->rows->end[of->customer];
    retain__dynamic_walk walk = retain__dynamic_set_out(dynamic, of->customer, of->from, of->to);
    retain__dynamic_stretch at = retain__dynamic_start(of);
    double sum = 0.0, before = 0.0;

    for (; retain__dynamic_begin(&walk, dynamic->from->unit_days, &at, T); retain__dynamic_end(&at)) {
        sum += find_discounted_pairs(dynamic, delta, before, &at);
        before += at.rate[RETAIN__PURCHASE] * exp(-delta * at.ahead) * (delta > 0.0 ? -expm1(-delta * at.width) / delta : at.width);
    }
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
static double sum_firsts(const retain__dynamic_future *of, int of_death, double *last)
{
    const retain__dynamic *dynamic = of->asked->of;
    const double s = dynamic->s;
    retain__dynamic_walk walk = retain__dynamic_set_out(dynamic, of->customer, of->from, of->to);
    retain__dynamic_stretch at = retain__dynamic_start(of);
    double sum = 0.0;
    side sides[2];

    for (int k = 0; k < 2; k++) {
        sides[k].spans.alpha_is_smaller = k;
        sides[k].spans.s = of_death ? s : of->n;
        sides[k].spans.count = 0;
    }
    for (; retain__dynamic_begin(&walk, dynamic->from->unit_days, &at, of->from); retain__dynamic_end(&at)) {
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
double retain__dynamic_return(const retain__dynamic_future *of, double *silence)
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

static retain__dynamic_future look_ahead(const retain__dynamic_answers *asked, size_t i)
{
    const retain__dynamic *of = asked->of;
    const double end = asked->rows->end[i], unit = of->from->unit_days;
    double D = 1.0, E = 1.0, area = 0.0, risk = 0.0, *const past[] = {&D, &E}, *const until[] = {&area, &risk};
    retain__dynamic_future ahead = {.asked = asked, .customer = i, .n = of->r + asked->rows->x[i]};

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
static double put_probability(const retain__dynamic_answers *of, double log_odds_dead, double yes, double no, int is_complement)
{
    double alive, dead = -log_odds_dead, log_odds;

    if (of->on_scale) {
        log_odds =
            log(yes) - (log_odds_dead > 0.0 ? log_odds_dead + log1p(no * exp(-log_odds_dead)) : log(exp(log_odds_dead) + no));
        return is_complement ? -log_odds : log_odds;
    }
    retain__btyd_alive(&log_odds_dead, 1, &alive);
    retain__btyd_alive(&dead, 1, &dead);
    return !is_complement ? alive * yes : no < 1.0 ? fmin(dead + alive * no, 1.0) : 1.0;
}

static double put_count(const retain__dynamic_answers *of, double value)
{
    return of->on_scale ? log(value) : value;
}

/* Counts and the next order. */
static double answer_count(const retain__dynamic_answers *of, const retain__dynamic_future *ahead, double log_odds_dead)
{
    const retain_btyd_question *question = of->question;
    double alive, dead = -log_odds_dead, no, yes;

    retain__btyd_alive(&log_odds_dead, 1, &alive);
    retain__btyd_alive(&dead, 1, &dead);
    switch (question->quantity) {
    case RETAIN_BTYD_COUNT:
        if (question->n > 0.0) {
            yes = retain__dynamic_count(ahead, question->n);
            return put_probability(of, log_odds_dead, yes, 1.0 - yes, 0);
        }
        yes = retain__dynamic_return(ahead, &no);
        return put_probability(of, log_odds_dead, yes, no, 1);
    case RETAIN_BTYD_AT_MOST:
        yes = question->n > 0.0 ? retain__dynamic_more(ahead, question->n, &no) : retain__dynamic_return(ahead, &no);
        return put_probability(of, log_odds_dead, yes, no, 1);
    case RETAIN_BTYD_COUNT_QUANTILE:
        return retain__dynamic_count_quantile(ahead, alive, dead, question->share);
    case RETAIN_BTYD_NEXT_MEAN:
        return put_count(of, retain__dynamic_next_mean(ahead));
    default:
        return put_count(of, retain__dynamic_next_quantile(ahead, alive, question->share));
    }
}

/* Sums over the window, discounted: of occasions, and of their pairs. */
static double answer_variance(const retain__dynamic_answers *of, const retain__dynamic_future *ahead, double alive, double each)
{
    const double delta = of->question->quantity == RETAIN_BTYD_VARIANCE ? 0.0 : of->question->delta;
    double mean, second;

    if (delta == 0.0 && !retain__is_finite(ahead->to))
        return (double)NAN;
    mean = each * sum_times(ahead, delta, 1);
    second = each * sum_times(ahead, 2.0 * delta, 1) + 2.0 * each * (each + 1.0 / ahead->D) * sum_pairs(ahead, delta);
    return put_count(of, fmax(alive * (second - alive * mean * mean), 0.0));
}

/* What a customer brings who is alive with this probability. What never ends is infinite however improbable: P(alive) may round to 0. */
static double put_expected(const retain__dynamic_answers *of, double alive, double brings)
{
    return put_count(of, brings < (double)INFINITY ? alive * brings : brings);
}

static double answer_one(const retain__dynamic_answers *of, size_t i)
{
    const retain__dynamic_future ahead = look_ahead(of, i);
    const double log_odds_dead = of->into[i], each = ahead.n / ahead.D;
    double alive, no, yes;

    retain__btyd_alive(&log_odds_dead, 1, &alive);
    switch (of->question->quantity) {
    case RETAIN_BTYD_SILENCE:
    case RETAIN_BTYD_RETURN:
        yes = retain__dynamic_return(&ahead, &no);
        return put_probability(of, log_odds_dead, yes, no, of->question->quantity == RETAIN_BTYD_SILENCE);
    case RETAIN_BTYD_ALIVE:
        yes = -of->of->s * ahead.log_later;
        return put_probability(of, log_odds_dead, exp(yes), -expm1(yes), 0);
    case RETAIN_BTYD_DISCOUNTED:
        return put_expected(of, alive, each * sum_times(&ahead, of->question->delta, 1));
    case RETAIN_BTYD_LIFETIME:
        return put_expected(of, alive, sum_times(&ahead, of->question->delta, 0));
    case RETAIN_BTYD_ORDERS:
        return put_expected(of, alive, each * sum_times(&ahead, 0.0, 1));
    case RETAIN_BTYD_VARIANCE:
    case RETAIN_BTYD_DISCOUNTED_VARIANCE:
        return answer_variance(of, &ahead, alive, each);
    default:
        return answer_count(of, &ahead, log_odds_dead);
    }
}

/* P(Y = 0), P(Y = 1) and so on; beyond the first thousand, and the bulk, until nothing more comes. */
static void distribute_one(const retain__dynamic_answers *of, size_t i)
{
    const retain__dynamic_future ahead = look_ahead(of, i);
    double *cells = of->cells + i * of->counts, alive, mass, no, yes = retain__dynamic_return(&ahead, &no);

    retain__btyd_alive(&of->into[i], 1, &alive);
    mass = cells[0] = put_probability(of, of->into[i], yes, no, 1);
    for (size_t n = 1; n < of->counts; n++) {
        cells[n] = alive * retain__dynamic_count(&ahead, (double)n);
        mass += cells[n];
        if (n >= ALL_COUNTS && mass >= 0.5 && cells[n] <= negligible)
            break;
    }
}

static void take_odds(void *state, const retain__dynamic_found *found)
{
    const retain__dynamic_answers *into = state;

    into->into[found->row] = found->log_dead - found->log_alive;
}

static void answer_block(void *state, size_t block, size_t first, size_t last)
{
    retain__dynamic_answers *of = state;

    (void)block;
    retain__dynamic_find(of->of, of->rows, first, last, take_odds, of);
    for (size_t i = first; i < last; i++) {
        if (of->counts)
            distribute_one(of, i);
        else
            of->into[i] = answer_one(of, i);
    }
}

/* Opens a model, and lets it answer. */
static retain_status answer(retain_context *ctx, retain_context *during, const retain_btyd *model,
                            const retain_btyd_histories *histories, size_t block, double from, double to,
                            retain__dynamic_answers *into)
{
    retain__scratch scratch = {ctx, NULL};
    retain__dynamic of;
    retain__dynamic_rows rows;
    retain_status status = retain__dynamic_open(ctx, &scratch, model, histories, 0, &of);

    into->of = &of;
    into->rows = &rows;
    if (status == RETAIN_OK)
        status = retain__dynamic_take_rows(&scratch, histories, &rows);
    if (status == RETAIN_OK)
        status = retain__parallel(during, histories->count, block, from, to, answer_block, into);
    retain__release(&scratch);
    return status;
}

/* Questions that take many evaluations for each customer: in blocks so small that the caller is asked often enough whether to go on. */
static int is_slow(retain_btyd_quantity quantity)
{
    return quantity == RETAIN_BTYD_COUNT || quantity == RETAIN_BTYD_AT_MOST || quantity == RETAIN_BTYD_COUNT_QUANTILE ||
           quantity == RETAIN_BTYD_NEXT_QUANTILE || quantity == RETAIN_BTYD_NEXT_MEAN;
}

retain_status retain__dynamic_answer(retain_context *ctx, retain_context *during, const retain_btyd *model,
                                     const retain_btyd_histories *histories, const retain_btyd_question *question, int on_scale,
                                     double from, double to, double *values)
{
    retain__dynamic_answers into = {.question = question, .on_scale = on_scale, .into = values};

    return answer(ctx, during, model, histories, is_slow(question->quantity) ? SLOW_BLOCK : BLOCK, from, to, &into);
}

/* --- operations ----------------------------------------------------------------------------------------------------------- */

retain_status retain__dynamic_take_question(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                            const retain_btyd_question *given, retain__btyd_checked *checked,
                                            retain_btyd_question *question)
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
    case RETAIN_BTYD_COUNT:
    case RETAIN_BTYD_AT_MOST:
    case RETAIN_BTYD_VARIANCE:
    case RETAIN_BTYD_COUNT_QUANTILE:
    case RETAIN_BTYD_NEXT_MEAN:
    case RETAIN_BTYD_LIFETIME:
    case RETAIN_BTYD_DISCOUNTED_VARIANCE:
        return question->to > 0.0 ? retain__dynamic_check_horizon(ctx, histories, question->to) : RETAIN_OK;
    case RETAIN_BTYD_NEXT_QUANTILE:
        question->from = question->to = 0.0;
        return RETAIN_OK;
    default:
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "question.quantity is %d; under covariates that change with time there is no such forecast",
                            (int)question->quantity);
    }
}

retain_status retain_btyd_dynamic_forecast(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                           const retain_btyd_question *given, double *values)
{
    retain__scratch scratch = {ctx, NULL};
    retain_context quiet;
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain_status status = retain__begin(ctx);
    double *found = NULL;

    if (status == RETAIN_OK)
        status = retain__dynamic_take_question(ctx, model, histories, given, &checked, &question);
    if (status == RETAIN_OK && histories->count && !values)
        status = retain__fail_null(ctx, "values");
    if (status != RETAIN_OK)
        return status;
    if (!is_slow(question.quantity))
        return retain__dynamic_answer(ctx, retain__btyd_quiet(ctx, &quiet), model, histories, &question, 0, 0.0, 1.0, values);
    if (!(found = retain__take(&scratch, histories->count, sizeof *found)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = retain__dynamic_answer(ctx, ctx, model, histories, &question, 0, 0.0, 1.0, found);
    if (status == RETAIN_OK && histories->count)
        memcpy(values, found, histories->count * sizeof *values);
    retain__release(&scratch);
    return status;
}

retain_status retain_btyd_dynamic_distribution(retain_context *ctx, const retain_btyd *model,
                                               const retain_btyd_histories *histories, double from, double to, size_t counts,
                                               double *probabilities)
{
    const retain_btyd_question asked = {.struct_size = sizeof asked, .quantity = RETAIN_BTYD_COUNT, .from = from, .to = to};
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain__dynamic_answers into = {.question = &question, .counts = counts};
    retain_status status = retain__begin(ctx);
    int fits = 1;

    if (status == RETAIN_OK && !(counts >= 1 && counts <= 1000001))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "counts is %zu; it must lie in [1, 10^6 + 1]", counts);
    if (status == RETAIN_OK)
        status = retain__dynamic_take_question(ctx, model, histories, &asked, &checked, &question);
    if (status == RETAIN_OK && histories->count && !probabilities)
        status = retain__fail_null(ctx, "probabilities");
    if (status == RETAIN_OK) {
        const size_t cells = retain__multiply(histories->count, counts, &fits);

        into.into = retain__take(&scratch, histories->count, sizeof *into.into);
        into.cells = into.into ? retain__take_zeroed(&scratch, cells, fits ? sizeof *into.cells : SIZE_MAX) : NULL;
        status = into.cells ? answer(ctx, ctx, model, histories, SLOW_BLOCK, 0.0, 1.0, &into) : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK && histories->count)
        memcpy(probabilities, into.cells, histories->count * counts * sizeof *probabilities);
    retain__release(&scratch);
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

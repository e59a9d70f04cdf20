/* Forecasts: any question about known customers, answered by any family.
 *
 * The question: what will a customer (x, t_x, T) do in a window after T?
 *
 * The idea: dead or alive, and then a new customer of the same kind. What a family says of those who are alive depends on (x, T)
 * only and is asked once per distinct pair (btyd_pairs.h); every customer's own P(alive) is put to it at the end: expectations
 * times P(alive), and P(no order) with the dead, who place none for certain. Quantiles and mean rates have no such form and are
 * searched customer by customer (btyd_next.c, btyd_rates.c).
 *
 * The gradient of a forecast by the parameters is made from differences (btyd_interval.c), by asking the same question of models
 * nearby; so pairs are told apart once, and answers can be had on the scale on which they are differenced. There P(alive) wants its
 * log-odds, which are exact where P(alive) itself rounds to 1. */
#include "models/btyd_forecast.h"
#include "models/btyd_cnbd.h"

#include <math.h>

#include "math/kernels.h"

enum { BLOCK = 4096, QUICK_BLOCK = 64, SLOW_BLOCK = 4 };

static const double most_count = 1e6;
static const double most_steps = 2e7;         /* for one customer: some tenths of a second */
static const double most_opportunities = 1e4; /* over which is counted: it takes the square of their number */

/* --- questions ------------------------------------------------------------------------------------------------------------ */

static int needs_window(retain_btyd_quantity quantity)
{
    return quantity <= RETAIN_BTYD_COUNT_QUANTILE || quantity == RETAIN_BTYD_NEXT_MEAN || quantity >= RETAIN_BTYD_LIFETIME;
}

/* Is there a discount, and may the window have no end? */
static int is_discounted(retain_btyd_quantity quantity)
{
    return quantity == RETAIN_BTYD_DISCOUNTED || quantity >= RETAIN_BTYD_LIFETIME;
}

static int needs_from(retain_btyd_quantity quantity)
{
    return needs_window(quantity) && quantity != RETAIN_BTYD_ALIVE && quantity != RETAIN_BTYD_NEXT_MEAN;
}

static int needs_counts(const retain_btyd_question *of, const retain__btyd_family *family)
{
    return of->quantity == RETAIN_BTYD_COUNT || of->quantity == RETAIN_BTYD_AT_MOST || of->quantity == RETAIN_BTYD_COUNT_QUANTILE ||
           (of->quantity == RETAIN_BTYD_VARIANCE && !family->is_poisson) ||
           ((of->quantity == RETAIN_BTYD_SILENCE || of->quantity == RETAIN_BTYD_RETURN) && of->from > 0.0);
}

static retain_status refuse(retain_context *ctx, const char *field, double value, const char *rule)
{
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "question.%s is %.10g; it must be %s", field, value, rule);
}

static retain_status check_window(retain_context *ctx, retain_btyd_question *of)
{
    if (!needs_from(of->quantity))
        of->from = 0.0;
    if (!(of->from >= 0.0 && retain__is_finite(of->from)))
        return refuse(ctx, "from", of->from, "finite and at least 0");
    if (!(of->to >= 0.0) || (!is_discounted(of->quantity) && !retain__is_finite(of->to)))
        return refuse(ctx, "to", of->to, is_discounted(of->quantity) ? "at least 0" : "finite and at least 0");
    if (of->to < of->from)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "question.to is %g; it must be at least question.from, %g",
                            of->to, of->from);
    if (of->quantity == RETAIN_BTYD_NEXT_MEAN && of->to == 0.0)
        return refuse(ctx, "to", of->to, "above 0 for a next order to come");
    return RETAIN_OK;
}

static retain_status check_numbers(retain_context *ctx, const retain_btyd_question *of)
{
    const retain_btyd_quantity asked = of->quantity;

    if (is_discounted(asked) && !(of->delta >= 0.0 && retain__is_finite(of->delta)))
        return refuse(ctx, "delta", of->delta, "finite and at least 0");
    if ((asked == RETAIN_BTYD_COUNT || asked == RETAIN_BTYD_AT_MOST) &&
        !(of->n >= 0.0 && of->n <= most_count && of->n == floor(of->n)))
        return refuse(ctx, "n", of->n, "a whole number in [0, 10^6]");
    if ((asked == RETAIN_BTYD_COUNT_QUANTILE || asked == RETAIN_BTYD_NEXT_QUANTILE) && !(of->share > 0.0 && of->share < 1.0))
        return refuse(ctx, "share", of->share, "a probability in (0, 1)");
    return RETAIN_OK;
}

/* Opportunities have no moments between them. */
static retain_status check_discrete(retain_context *ctx, const retain_btyd_question *of, const retain__btyd_family *family)
{
    retain_status status = RETAIN_OK;

    if (needs_from(of->quantity))
        status = retain__btyd_check_span(ctx, family, "question.from", RETAIN_NO_ROW, of->from);
    if (status == RETAIN_OK && needs_window(of->quantity))
        status = retain__btyd_check_span(ctx, family, "question.to", RETAIN_NO_ROW, of->to);
    if (status == RETAIN_OK && needs_counts(of, family) && of->to - of->from > most_opportunities)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "question.to is %g, %g opportunities after question.from; %s counts over at most 10^4", of->to,
                              of->to - of->from, family->name);
    return status;
}

retain_status retain__btyd_take_question(retain_context *ctx, const retain_btyd_question *given, const retain__btyd_family *family,
                                         retain_btyd_question *question)
{
    retain_status status;

    if (!given)
        return retain__fail_null(ctx, "question");
    *question = (retain_btyd_question){.struct_size = sizeof *question};
    status = retain__take_options(ctx, "question", given, sizeof *given, sizeof *given, question);
    if (status != RETAIN_OK)
        return status;
    if (!(question->quantity >= RETAIN_BTYD_ORDERS && question->quantity <= RETAIN_BTYD_DISCOUNTED_VARIANCE))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "question.quantity is %d; it must be a retain_btyd_quantity",
                            (int)question->quantity);
    if (needs_window(question->quantity))
        status = check_window(ctx, question);
    if (status == RETAIN_OK)
        status = check_numbers(ctx, question);
    if (status == RETAIN_OK && family->is_discrete)
        status = check_discrete(ctx, question, family);
    if (status == RETAIN_OK &&
        ((question->quantity == RETAIN_BTYD_ALIVE && question->to > 0.0 && !family->surviving) ||
         (question->quantity == RETAIN_BTYD_LIFETIME && !family->is_discrete && !family->surviving) ||
         (question->quantity == RETAIN_BTYD_DISCOUNTED_VARIANCE && !family->is_poisson) ||
         (question->quantity == RETAIN_BTYD_NEXT_MEAN && !family->is_poisson && !family->is_regular && !family->next_mean) ||
         (needs_counts(question, family) && !family->counts)))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "question.quantity is %d; %s has no such forecast",
                              (int)question->quantity, family->name);
    return status;
}

retain__btyd_scale retain__btyd_scale_of(retain_btyd_quantity quantity)
{
    switch (quantity) {
    case RETAIN_BTYD_SILENCE:
    case RETAIN_BTYD_RETURN:
    case RETAIN_BTYD_ALIVE:
    case RETAIN_BTYD_COUNT:
    case RETAIN_BTYD_AT_MOST:
        return RETAIN__BTYD_LOGIT;
    case RETAIN_BTYD_COUNT_QUANTILE:
        return RETAIN__BTYD_PLAIN;
    default:
        return RETAIN__BTYD_LOG;
    }
}

/* --- those who are alive -------------------------------------------------------------------------------------------------- */

static void ask_orders(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count, double *value)
{
    const retain__btyd_family *family = of->model->family;
    double before[RETAIN__BTYD_RUN];

    family->expected(family, of->model->p, x, t_x, T, count, of->question->to, value);
    if (of->question->from > 0.0) {
        family->expected(family, of->model->p, x, t_x, T, count, of->question->from, before);
        for (size_t i = 0; i < count; i++)
            value[i] = value[i] > before[i] ? value[i] - before[i] : 0.0;
    }
}

static void ask_discounted_until(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count, double t,
                                 double *value)
{
    const retain__btyd_family *family = of->model->family;

    if (of->question->delta == 0.0 && retain__is_finite(t))
        family->expected(family, of->model->p, x, t_x, T, count, t, value);
    else
        family->discounted(family, of->model->p, x, t_x, T, count, t, of->question->delta, value);
}

void retain__btyd_ask_discounted(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                                 double *value)
{
    double before[RETAIN__BTYD_RUN];

    ask_discounted_until(of, x, t_x, T, count, of->question->to, value);
    if (of->question->from > 0.0) {
        ask_discounted_until(of, x, t_x, T, count, of->question->from, before);
        for (size_t i = 0; i < count; i++)
            value[i] = value[i] > before[i] ? value[i] - before[i] : 0.0;
    }
}

static void ask_count_of(const retain__btyd_asked *of, double n, double x, const double *t_x, const double *T, size_t count,
                         double *value)
{
    const retain__btyd_family *family = of->model->family;

    if (of->question->to == of->question->from) {
        for (size_t i = 0; i < count; i++)
            value[i] = n == 0.0 ? 1.0 : 0.0;
        return;
    }
    family->counts(family, of->model->p, x, t_x, T, count, of->question->from, of->question->to, n, value);
    for (size_t i = 0; i < count; i++)
        value[i] = retain__fast_exp(value[i]);
}

static void ask_silence(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count, double *value)
{
    const retain__btyd_family *family = of->model->family;

    if (of->question->from > 0.0)
        ask_count_of(of, 0.0, x, t_x, T, count, value);
    else
        family->silent(family, of->model->p, x, t_x, T, count, of->question->to, value);
}

static void ask_surviving(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count, double *value)
{
    const retain__btyd_family *family = of->model->family;

    if (of->question->to > 0.0) {
        family->surviving(family, of->model->p, x, t_x, T, count, of->question->to, value);
        return;
    }
    for (size_t i = 0; i < count; i++)
        value[i] = 1.0;
}

static void ask_count(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count, double *value)
{

    ask_count_of(of, of->question->n, x, t_x, T, count, value);
}

static void ask_at_most(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count, double *value)
{
    const retain__btyd_family *family = of->model->family;
    const retain_btyd_question *question = of->question;
    double one[RETAIN__BTYD_RUN];
    int more = 1;

    if (family->at_most && question->to > question->from && (family->is_regular || question->n > RETAIN__BTYD_FEW_COUNTS)) {
        family->at_most(family, of->model->p, x, t_x, T, count, question->from, question->to, question->n, value);
        for (size_t i = 0; i < count; i++)
            value[i] = value[i] < 1.0 ? value[i] : 1.0;
        return;
    }
    ask_count_of(of, 0.0, x, t_x, T, count, value);
    for (double n = 1.0; more && n <= of->question->n; n += 1.0) {
        ask_count_of(of, n, x, t_x, T, count, one);
        more = 0;
        for (size_t i = 0; i < count; i++) {
            value[i] += one[i];
            more |= value[i] < 0.5 || one[i] > 1e-18; /* beyond the bulk, until nothing more comes */
        }
    }
    for (size_t i = 0; i < count; i++)
        value[i] = value[i] < 1.0 ? value[i] : 1.0;
}

/* What to ask about pairs; NULL where customers are looked at one by one. */
static retain__btyd_ask find_ask(retain_btyd_quantity quantity)
{
    switch (quantity) {
    case RETAIN_BTYD_ORDERS:
        return ask_orders;
    case RETAIN_BTYD_DISCOUNTED:
        return retain__btyd_ask_discounted;
    case RETAIN_BTYD_SILENCE:
    case RETAIN_BTYD_RETURN:
        return ask_silence;
    case RETAIN_BTYD_ALIVE:
        return ask_surviving;
    case RETAIN_BTYD_COUNT:
        return ask_count;
    case RETAIN_BTYD_AT_MOST:
        return ask_at_most;
    case RETAIN_BTYD_VARIANCE:
        return retain__btyd_ask_second;
    case RETAIN_BTYD_NEXT_MEAN:
        return retain__btyd_ask_next_mean;
    case RETAIN_BTYD_LIFETIME:
        return retain__btyd_ask_lifetime;
    case RETAIN_BTYD_DISCOUNTED_VARIANCE:
        return retain__btyd_ask_discounted_square;
    default:
        return NULL;
    }
}

/* Customers in a block: so few that none takes long, and the caller is asked often enough whether to go on. */
static size_t choose_block(const retain__btyd_family *family, retain_btyd_quantity quantity)
{
    if (family->is_regular)
        return 1;
    switch (quantity) {
    case RETAIN_BTYD_RATE:
    case RETAIN_BTYD_LEAVING:
        return QUICK_BLOCK;
    case RETAIN_BTYD_AT_MOST:
    case RETAIN_BTYD_VARIANCE:
    case RETAIN_BTYD_COUNT_QUANTILE:
    case RETAIN_BTYD_NEXT_QUANTILE:
    case RETAIN_BTYD_NEXT_MEAN:
    case RETAIN_BTYD_LIFETIME:
        return SLOW_BLOCK;
    default:
        return RETAIN__BTYD_RUN;
    }
}

/* --- customers ------------------------------------------------------------------------------------------------------------ */

typedef struct answering {
    const retain__btyd_checked *model;
    const retain__btyd_forecast *forecast;
    double *answers;
} answering;

/* P(alive) and P(dead), neither rounded from the other. */
static void find_alive(const double *log_odds, size_t count, double *alive, double *dead)
{
    for (size_t i = 0; i < count; i++)
        dead[i] = -log_odds[i];
    retain__btyd_alive(dead, count, dead);
    retain__btyd_alive(log_odds, count, alive);
}

/* Rounding may leave a probability just outside. */
static double within(double probability)
{
    return probability < 0.0 ? 0.0 : probability > 1.0 ? 1.0 : probability;
}

static double combine(const retain_btyd_question *question, double alive, double dead, double value, double mean)
{
    switch (question->quantity) {
    case RETAIN_BTYD_SILENCE:
    case RETAIN_BTYD_AT_MOST:
        return value == 1.0 ? 1.0 : within(dead + alive * value);
    case RETAIN_BTYD_COUNT:
        return within((question->n == 0.0 ? dead : 0.0) + alive * value);
    case RETAIN_BTYD_RETURN:
        return within(alive * (1.0 - value));
    case RETAIN_BTYD_VARIANCE:
        value = alive * (value + mean * (1.0 - alive * mean));
        return value > 0.0 ? value : 0.0;
    case RETAIN_BTYD_DISCOUNTED_VARIANCE:
        if (!(value < (double)INFINITY))
            return value;
        value = alive * (value - alive * mean * mean);
        return value > 0.0 ? value : 0.0;
    case RETAIN_BTYD_NEXT_MEAN:
        return value;
    default:
        return value < (double)INFINITY ? alive * value : value;
    }
}

static void put_on_scale(retain__btyd_scale scale, size_t count, double *answers)
{
    for (size_t i = 0; i < count; i++) {
        if (scale == RETAIN__BTYD_LOG)
            answers[i] = log(answers[i]);
        else if (scale == RETAIN__BTYD_LOGIT)
            answers[i] = log(answers[i]) - log1p(-answers[i]);
    }
}

static void answer_block(void *state, size_t block, size_t first, size_t last)
{
    const answering *of = state;
    const retain__btyd_forecast *forecast = of->forecast;
    const retain__btyd_patterns *patterns = &forecast->patterns;
    const retain_btyd_question *question = forecast->question;
    double log_odds[BLOCK], alive[BLOCK], dead[BLOCK], answers[BLOCK];
    size_t count = last - first;

    (void)block;
    retain__btyd_log_odds(of->model->family, patterns, first, last, log_odds);
    if (question->quantity == RETAIN_BTYD_ALIVE && question->to == 0.0 && forecast->on_scale) {
        for (size_t i = 0; i < count; i++)
            of->answers[retain__btyd_row(patterns, first + i)] = -log_odds[i];
        return;
    }
    find_alive(log_odds, count, alive, dead);
    for (size_t i = 0; i < count; i++) {
        size_t pair = forecast->pairs.pair_of[first + i];

        answers[i] = combine(question, alive[i], dead[i], forecast->value[pair], forecast->second ? forecast->second[pair] : 0.0);
    }
    if (forecast->on_scale)
        put_on_scale(retain__btyd_scale_of(question->quantity), count, answers);
    for (size_t i = 0; i < count; i++)
        of->answers[retain__btyd_row(patterns, first + i)] = answers[i];
}

/* What has no form in pairs. */
static void answer_each(void *state, size_t block, size_t first, size_t last)
{
    const answering *of = state;
    const retain__btyd_forecast *forecast = of->forecast;
    const retain__btyd_patterns *patterns = &forecast->patterns;
    const retain_btyd_question *question = forecast->question;
    double answers[QUICK_BLOCK];

    (void)block;
    for (size_t pattern = retain__btyd_pattern_at(patterns, first), end; first < last; first = end, pattern++) {
        const retain__btyd_checked own = retain__btyd_of_pattern(of->model, patterns, pattern);

        end = retain__btyd_pattern_end(patterns, pattern, last);
        if (question->quantity == RETAIN_BTYD_RATE || question->quantity == RETAIN_BTYD_LEAVING)
            retain__btyd_rates(&own, &patterns->customers, question->quantity, first, end, answers);
        else
            retain__btyd_quantiles(&own, &patterns->customers, question, first, end, answers);
        if (forecast->on_scale)
            put_on_scale(retain__btyd_scale_of(question->quantity), end - first, answers);
        for (size_t i = first; i < end; i++)
            of->answers[retain__btyd_row(patterns, i)] = answers[i - first];
    }
}

retain_status retain__btyd_check_steps(retain_context *ctx, const retain__btyd_checked *model,
                                       const retain__btyd_patterns *patterns, const retain_btyd_question *question, size_t times)
{
    const retain__btyd_family *family = model->family;
    const retain_customers *customers = &patterns->customers;

    for (size_t i = 0, pattern = 0; family->steps && i < customers->count; i++) {
        double steps;

        pattern += i == patterns->first[pattern + 1];
        steps = (double)times * family->steps(family, patterns->p + pattern * RETAIN__BTYD_NUMBERS, customers->frequency[i],
                                              customers->t_x[i], customers->T[i], question);
        if (steps > most_steps)
            return retain__fail(
                ctx, RETAIN_ERROR_DATA, retain__btyd_row(patterns, i),
                "customers row %zu: question.quantity %d would take %g steps by %s, above 2 * 10^7; a window that ends earlier, "
                "or begins now, takes less",
                retain__btyd_row(patterns, i), (int)question->quantity, steps, family->name);
    }
    return RETAIN_OK;
}

/* With k = 1 gaps have no memory: the model is one of the family without, whose customers need only have x in common, not their last
 * occasion too, to be answered together. */
static retain__btyd_checked simplify(const retain__btyd_checked *model)
{
    retain__btyd_checked simple = *model;

    if (model->family->is_regular && model->p[model->family->count] == 1.0)
        simple.family = retain__cnbd_memoryless(model->family);
    return simple;
}

retain_status retain__btyd_prepare(retain__scratch *scratch, const retain__btyd_checked *model, const retain_customers *customers,
                                   const retain_btyd_question *question, retain__btyd_forecast *forecast)
{
    const retain__btyd_checked simple = simplify(model);
    retain_status status = retain__btyd_find_patterns(scratch, model, customers, &forecast->patterns);

    forecast->question = question;
    forecast->value = forecast->second = NULL;
    if (status == RETAIN_OK)
        status = retain__btyd_check_steps(scratch->ctx, &simple, &forecast->patterns, question, 1);
    if (status != RETAIN_OK || !find_ask(question->quantity))
        return status;
    status = retain__btyd_find_pairs(scratch, simple.family, &forecast->patterns, &forecast->pairs);
    if (status == RETAIN_OK && !(forecast->value = retain__take(scratch, forecast->pairs.count, sizeof *forecast->value)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK &&
        (question->quantity == RETAIN_BTYD_VARIANCE || question->quantity == RETAIN_BTYD_DISCOUNTED_VARIANCE) &&
        !(forecast->second = retain__take(scratch, forecast->pairs.count, sizeof *forecast->second)))
        status = RETAIN_ERROR_MEMORY;
    return status;
}

retain_status retain__btyd_answer(retain_context *ctx, const retain__btyd_checked *model, retain__btyd_forecast *forecast,
                                  double from, double to, double *answers)
{
    const retain__btyd_checked simple = simplify(model);
    const retain__btyd_asked asked = {&simple, forecast->question};
    const retain__btyd_ask ask = find_ask(forecast->question->quantity);
    const size_t rows = forecast->patterns.customers.count;
    const size_t block = choose_block(simple.family, forecast->question->quantity);
    answering of = {&simple, forecast, answers};
    retain_context quiet;
    retain_status status;

    if (!ask)
        return retain__parallel(ctx, rows, block, from, to, answer_each, &of);
    status = retain__btyd_ask_pairs(ctx, &forecast->pairs, block, from, to, ask, &asked, forecast->value);
    if (status == RETAIN_OK && forecast->second)
        status =
            retain__btyd_ask_pairs(ctx, &forecast->pairs, block, to, to,
                                   forecast->question->quantity == RETAIN_BTYD_VARIANCE ? ask_orders : retain__btyd_ask_discounted,
                                   &asked, forecast->second);
    if (status == RETAIN_OK)
        status = retain__parallel(retain__btyd_quiet(ctx, &quiet), rows, BLOCK, 0.0, 1.0, answer_block, &of);
    return status;
}

/* Who is about to leave, in one call.
 *
 * Dates are taken one after the other, from the past to today, and no more is kept of each than what is learnt from it and what was
 * foretold of it. On each date the regression has learnt from earlier ones only, those whose labels were complete by then: dates are a
 * horizon apart, so the label of one ends where the next begins. What is foretold there is therefore what could have been foretold on
 * that day. The choice between methods is made by all dates but the last; the last one is the test. */
#include "retain/risk.h"

#include <math.h>
#include <string.h>

#include "answers/risk_card.h"
#include "answers/risk_learning.h"
#include "answers/risk_today.h"
#include "core/stage.h"

/* The choice is made by the last dates before the test: of all dates, what was learnt by then is most like what is learnt today. */
enum { MOST_DATES = 60, MOST_HORIZON = 3650, CHOICE_DATES = 2 };

/* --- names --------------------------------------------------------------------------------------------------------------------- */

const char *retain_risk_method_name(retain_risk_method method)
{
    static const char *const names[] = {"longest absent", "rhythm", "learnt"};

    return (unsigned)method < RETAIN_RISK_METHODS ? names[method] : "unknown";
}

const char *retain_risk_theme_name(retain_risk_theme theme)
{
    static const char *const names[] = {"absence", "frequency", "tenure", "value", "refunds", "discounts", "breadth"};

    return (int)theme < 0 ? "unknown" : (int)theme < RETAIN_RISK_EVENTS ? names[theme] : "events";
}

retain_risk_theme retain_risk_theme_of(const retain_features_column *column)
{
    switch (column->id) {
    case RETAIN_FEATURES_OCCASIONS:
    case RETAIN_FEATURES_OCCASIONS_IN:
    case RETAIN_FEATURES_OCCASIONS_TREND:
        return RETAIN_RISK_FREQUENCY;
    case RETAIN_FEATURES_DAYS_SINCE_FIRST:
        return RETAIN_RISK_TENURE;
    case RETAIN_FEATURES_VALUE:
    case RETAIN_FEATURES_VALUE_IN:
    case RETAIN_FEATURES_VALUE_MEAN:
    case RETAIN_FEATURES_VALUE_LAST:
    case RETAIN_FEATURES_VALUE_MOST:
    case RETAIN_FEATURES_VALUE_TREND:
        return RETAIN_RISK_VALUE;
    case RETAIN_FEATURES_REFUND_SHARE:
        return RETAIN_RISK_REFUNDS;
    case RETAIN_FEATURES_DISCOUNTED_SHARE:
    case RETAIN_FEATURES_DISCOUNT_RATE:
        return RETAIN_RISK_DISCOUNTS;
    case RETAIN_FEATURES_CATEGORIES:
    case RETAIN_FEATURES_TOP_CATEGORY:
        return RETAIN_RISK_BREADTH;
    case RETAIN_FEATURES_EVENTS:
    case RETAIN_FEATURES_EVENTS_SINCE_LAST:
    case RETAIN_FEATURES_EVENTS_TREND:
    case RETAIN_FEATURES_EVENTS_MEAN:
        return (retain_risk_theme)(RETAIN_RISK_EVENTS + column->kind);
    default:
        return RETAIN_RISK_ABSENCE;
    }
}

/* --- what is asked ------------------------------------------------------------------------------------------------------------- */

static retain_status refuse(retain_context *ctx, const char *name, double value, const char *rule)
{
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.%s is %g; it must be %s", name, value, rule);
}

static int lies_in(double x, double low, double high)
{
    return x >= low && x <= high;
}

static retain_status check_options(retain_context *ctx, const retain_risk_options *options)
{
    if (options->horizon_days < 0 || options->horizon_days > MOST_HORIZON)
        return refuse(ctx, "horizon_days", (double)options->horizon_days, "1 to 3650 (0 means 90)");
    if (options->active_days < 0 || options->active_days > (int64_t)1 << 40)
        return refuse(ctx, "active_days", (double)options->active_days, "1 to 2^40 (0 means all customers)");
    if (options->dates == 1 || options->dates > MOST_DATES)
        return refuse(ctx, "dates", (double)options->dates, "2 to 60 (0 means 8)");
    if (options->way < 0 || options->way > RETAIN_RISK_METHODS || options->way == 1 + RETAIN_RISK_LONGEST_ABSENT)
        return refuse(ctx, "way", options->way, "0, or 1 + a retain_risk_method that gives probabilities");
    if (options->family != 0 && (options->family == RETAIN_BTYD_BG_BB || retain_btyd_parameters(options->family) == 0 ||
                                 retain_btyd_is_regular(options->family)))
        return refuse(ctx, "family", (double)options->family, "a family of orders at any time, with gaps of any evenness");
    if (!lies_in(options->value_days, 0.0, 1e6))
        return refuse(ctx, "value_days", options->value_days, "0 to 1e6 (0 means 365)");
    if (!lies_in(options->annual_rate, 0.0, 1e6))
        return refuse(ctx, "annual_rate", options->annual_rate, "0 to 1e6");
    if (!lies_in(options->margin, 0.0, 1e6))
        return refuse(ctx, "margin", options->margin, "0 to 1e6 (0 means 1)");
    if (!lies_in(options->cost, 0.0, 1e280))
        return refuse(ctx, "cost", options->cost, "0 to 1e280");
    if (!lies_in(options->effect, 0.0, 1.0))
        return refuse(ctx, "effect", options->effect, "in (0, 1] (0 means 0.1)");
    if (options->level != 0.0 && !(options->level > 0.0 && options->level < 1.0))
        return refuse(ctx, "level", options->level, "in (0, 1) (0 means 0.95)");
    if (!lies_in(options->l2, 0.0, 1e12))
        return refuse(ctx, "l2", options->l2, "0 to 1e12 (0 means 1)");
    return RETAIN_OK;
}

static void fill_defaults(retain_risk_options *options)
{
    options->horizon_days = options->horizon_days ? options->horizon_days : 90;
    options->dates = options->dates ? options->dates : 8;
    options->family = options->family ? options->family : RETAIN_BTYD_PARETO_NBD;
    options->value_days = options->value_days == 0.0 ? 365.0 : options->value_days;
    options->margin = options->margin == 0.0 ? 1.0 : options->margin;
    options->effect = options->effect == 0.0 ? 0.1 : options->effect;
    options->fewest = options->fewest ? options->fewest : 50;
    options->level = options->level == 0.0 ? 0.95 : options->level;
    options->l2 = options->l2 == 0.0 ? 1.0 : options->l2;
}

/* Windows that speak of the horizon: the last third of one, one, and four. */
static void plan_features(const retain_risk_options *options, retain_features_options *features)
{
    const int64_t horizon = options->horizon_days;
    size_t w = 0;

    memset(features, 0, sizeof *features);
    features->struct_size = sizeof *features;
    if (horizon >= 3)
        features->windows[w++] = horizon / 3;
    features->windows[w++] = horizon;
    features->windows[w++] = 4 * horizon;
    features->trend_days = 2 * horizon;
    features->event_days = 2 * horizon;
    features->active_days = options->active_days;
    features->horizon_days = horizon;
}

static retain_status take_risk_options(retain_context *ctx, const retain_risk_options *given, retain_risk_options *options)
{
    retain_status status;

    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
    status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);
    if (status == RETAIN_OK)
        status = check_options(ctx, options);
    if (status == RETAIN_OK)
        fill_defaults(options);
    return status;
}

retain_status retain_risk_features(retain_context *ctx, const retain_risk_options *given, retain_features_options *features)
{
    retain_risk_options options;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !features)
        status = retain__fail_null(ctx, "features");
    if (status == RETAIN_OK)
        status = take_risk_options(ctx, given, &options);
    if (status == RETAIN_OK)
        plan_features(&options, features);
    return status;
}

static retain_status take_job(retain_context *ctx, const retain_features_source *source, int64_t observation_end,
                              const retain_orders_options *counting, const retain_risk_options *options, retain__risk_job *job)
{
    retain__stage stage;
    retain_status status;

    memset(job, 0, sizeof *job);
    job->source = source;
    job->counting = counting;
    job->observation_end = observation_end;
    status = take_risk_options(ctx, options, &job->options);
    if (status != RETAIN_OK)
        return status;
    if (!source || !source->orders)
        return retain__fail_null(ctx, source ? "source.orders" : "source");
    if (!lies_in((double)observation_end, -1099511627776.0, 1099511627776.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "observation_end is %lld; it must lie within +-2^40",
                            (long long)observation_end);
    plan_features(&job->options, &job->features);
    status = retain__end_stage(&stage, retain_features_columns(retain__begin_stage(&stage, ctx, 0.0, 0.0), source, &job->features,
                                                               RETAIN__RISK_COLUMNS, &job->columns, job->column));
    if (status == RETAIN_ERROR_CAPACITY)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "source.kinds is %zu; so many kinds of events make %zu columns, "
                            "there may be %d",
                            source->kinds, job->columns, (int)RETAIN__RISK_COLUMNS);
    job->themes = (size_t)RETAIN_RISK_EVENTS + (source->events ? (source->kinds ? source->kinds : 1) : 0);
    return status;
}

/* --- through the past ------------------------------------------------------------------------------------------------------------ */

typedef struct past {
    size_t dates;
    int64_t day[MOST_DATES];
    retain__risk_learning learning;
    retain__risk_choice choice;
    retain__risk_foretold test; /* of the last date; its customers beside it */
    int64_t *customer;
} past;

static retain_status count_customers(retain_context *ctx, const retain__risk_job *job, size_t *count)
{
    const retain_summary nothing = {0};
    retain__stage stage;

    return retain__end_stage(&stage, retain_orders_summary(retain__begin_stage(&stage, ctx, 0.0, 0.0), job->source->orders,
                                                           job->observation_end, job->counting, &nothing, SIZE_MAX, count, NULL));
}

static retain_status take_foretold(retain__scratch *scratch, size_t count, retain__risk_foretold *foretold)
{
    memset(foretold, 0, sizeof *foretold);
    foretold->count = count;
    foretold->silent = retain__take(scratch, count, sizeof *foretold->silent);
    foretold->absent = retain__take(scratch, count, sizeof *foretold->absent);
    foretold->risk[RETAIN_RISK_RHYTHM] = retain__take(scratch, count, sizeof(double));
    foretold->risk[RETAIN_RISK_LEARNT] = retain__take(scratch, count, sizeof(double));
    return foretold->silent && foretold->absent && foretold->risk[RETAIN_RISK_RHYTHM] && foretold->risk[RETAIN_RISK_LEARNT]
               ? RETAIN_OK
               : RETAIN_ERROR_MEMORY;
}

static void forget_foretold(retain__scratch *scratch, retain__risk_foretold *foretold)
{
    retain__give_back(scratch, foretold->silent);
    retain__give_back(scratch, foretold->absent);
    retain__give_back(scratch, foretold->risk[RETAIN_RISK_RHYTHM]);
    retain__give_back(scratch, foretold->risk[RETAIN_RISK_LEARNT]);
}

/* What could have been foretold on a date, by what was learnt before it. */
static retain_status foretell(retain_context *ctx, const retain__risk_job *job, const retain__risk_learning *learning,
                              retain__risk_date *date, retain__risk_foretold *foretold)
{
    double *const rhythm = foretold->risk[RETAIN_RISK_RHYTHM], *const learnt = foretold->risk[RETAIN_RISK_LEARNT];
    size_t told = 0;
    retain_status status = RETAIN_OK;

    memcpy(foretold->absent, date->absent, date->count * sizeof(double));
    for (size_t i = 0; i < date->count; i++) {
        foretold->silent[i] = date->label[i] > 0.5;
        rhythm[i] = 1.0 / (1.0 + exp(-date->rhythm[i]));
        learnt[i] = NAN;
        told += (size_t)!isnan(rhythm[i]);
    }
    foretold->could[RETAIN_RISK_RHYTHM] = told > 0 && told == date->count;
    foretold->could[RETAIN_RISK_LEARNT] = learning->usable && date->count > 0;
    if (foretold->could[RETAIN_RISK_LEARNT]) {
        retain__cut_risk_date(learning, date);
        status = retain__tell_risk(ctx, job, learning, date, learnt, NULL, NULL, NULL);
    }
    return status;
}

static retain_status pass_date(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job, size_t d, double from,
                               double to, past *all, retain_risk_card *card)
{
    const int is_test = d + 1 == all->dates, is_asked = d + 1 + CHOICE_DATES >= all->dates;
    retain__risk_date date;
    retain__risk_foretold foretold = {0};
    retain_status status = RETAIN_OK;

    if (is_asked && d > 0)
        status = retain__learn_risk(ctx, job, from, from, &all->learning);
    if (status == RETAIN_OK)
        status = retain__read_risk_date(ctx, scratch, job, all->day[d], from, to, &date);
    if (status != RETAIN_OK)
        return status;
    status = take_foretold(scratch, date.count, &foretold);
    if (status == RETAIN_OK)
        retain__remember_date(job, &date, &all->learning); /* as it was, before what is told of it cuts it */
    if (status == RETAIN_OK && is_asked)
        status = foretell(ctx, job, &all->learning, &date, &foretold);
    if (status == RETAIN_OK && is_test) {
        all->test = foretold;
        all->customer = retain__take(scratch, date.count, sizeof *all->customer);
        if (!all->customer)
            return RETAIN_ERROR_MEMORY;
        memcpy(all->customer, date.customer, date.count * sizeof *all->customer);
    } else if (status == RETAIN_OK) {
        if (foretold.could[RETAIN_RISK_LEARNT]) {
            retain__add_to_choice(&foretold, &all->choice);
            card->choice_dates++;
        }
        forget_foretold(scratch, &foretold);
    }
    retain__forget_risk_date(scratch, &date);
    return status;
}

/* Which method is behind the risks; RETAIN_RISK_LONGEST_ABSENT where none can be. */
static retain_risk_method choose(const retain__risk_job *job, past *all, const retain_risk_card *card)
{
    const int *could = all->test.could;
    retain_risk_method method;

    if (card->choice_dates == 0)
        retain__add_to_choice(&all->test, &all->choice);
    method = job->options.way ? (retain_risk_method)(job->options.way - 1) : retain__choose_risk(&all->choice);
    if (could[method])
        return method;
    if (job->options.way)
        return RETAIN_RISK_LONGEST_ABSENT;
    return could[RETAIN_RISK_RHYTHM]   ? RETAIN_RISK_RHYTHM
           : could[RETAIN_RISK_LEARNT] ? RETAIN_RISK_LEARNT
                                       : RETAIN_RISK_LONGEST_ABSENT;
}

static void fill_card(const retain__risk_job *job, const past *all, retain_risk_card *card)
{
    for (int method = 0; method < RETAIN_RISK_METHODS; method++)
        card->figures[method].choice_loss =
            all->choice.told[method] ? all->choice.own_loss[method] / (double)all->choice.told[method] : (double)NAN;
    card->test_customers = all->test.count;
    for (size_t i = 0; i < all->test.count; i++)
        card->test_silent += all->test.silent[i];
    card->training_rows = all->learning.count;
    card->training_silent = all->learning.silent;
    if (card->method == RETAIN_RISK_LONGEST_ABSENT || card->test_silent < job->options.fewest ||
        card->test_customers - card->test_silent < job->options.fewest)
        card->verdict = RETAIN_RISK_TOO_LITTLE_DATA;
}

static void start_card(const retain__risk_job *job, retain_risk_card *card)
{
    memset(card, 0, sizeof *card);
    card->struct_size = sizeof *card;
    card->observation_end = job->observation_end;
    card->horizon_days = job->options.horizon_days;
    card->themes = job->themes;
    card->base = card->silent_expected = card->at_risk = NAN;
    for (int method = 0; method < RETAIN_RISK_METHODS; method++)
        card->figures[method] = (retain_risk_figures){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
}

/* From the first date to the card; RETAIN_ERROR_CONVERGENCE where the card says that the data are too thin. */
static retain_status pass_dates(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job, past *all,
                                retain_risk_card *card)
{
    size_t customers;
    retain_status status = count_customers(ctx, job, &customers);

    start_card(job, card);
    memset(all, 0, sizeof *all);
    if (status == RETAIN_OK)
        status = retain__plan_risk_dates(ctx, job, all->day, &all->dates);
    if (status == RETAIN_OK)
        status = retain__start_learning(scratch, job, customers, all->dates, &all->learning);
    card->dates = all->dates;
    card->test_date = all->dates ? all->day[all->dates - 1] : job->observation_end;
    for (size_t d = 0; status == RETAIN_OK && d < all->dates; d++) {
        const double step = 0.8 / (double)all->dates;

        status = pass_date(ctx, scratch, job, d, step * (double)d, step * (double)(d + 1), all, card);
    }
    if (status != RETAIN_OK)
        return status;
    if (all->dates)
        card->method = choose(job, all, card);
    fill_card(job, all, card);
    if (all->dates && all->test.count)
        status = retain__measure_risk(ctx, scratch, &all->test, job->options.level, card);
    retain__judge_risk(job, card);
    return status == RETAIN_OK && card->verdict == RETAIN_RISK_TOO_LITTLE_DATA ? RETAIN_ERROR_CONVERGENCE : status;
}

/* --- public ---------------------------------------------------------------------------------------------------------------------- */

static retain_status begin(retain_context *ctx, const retain_features_source *source, int64_t observation_end,
                           const retain_orders_options *counting, const retain_risk_options *options, const size_t *count,
                           const retain_risk_card *card, retain__risk_job *job)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !count)
        status = retain__fail_null(ctx, "count");
    if (status == RETAIN_OK && !card)
        status = retain__fail_null(ctx, "card");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "card", card, sizeof *card, sizeof *card);
    return status == RETAIN_OK ? take_job(ctx, source, observation_end, counting, options, job) : status;
}

/* Hands over the card, also of a refusal. */
static retain_status finish(retain__scratch *scratch, retain_status status, const retain_risk_card *found, retain_risk_card *card)
{
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE) {
        const size_t size = card->struct_size < sizeof *found ? card->struct_size : sizeof *found;

        memcpy((char *)card + sizeof card->struct_size, (const char *)found + sizeof found->struct_size,
               size - sizeof card->struct_size);
    }
    retain__release(scratch);
    if (status == RETAIN_ERROR_CONVERGENCE)
        return retain__fail(scratch->ctx, status, RETAIN_NO_ROW, "%s", found->explanation);
    return status;
}

static retain_status say_today(retain_context *ctx, retain__scratch *scratch, const retain__risk_job *job, past *all,
                               const retain_risk_columns *columns, size_t capacity, size_t *count, retain_risk_card *card)
{
    retain__risk_date today;
    retain_status status = RETAIN_OK;

    if (card->method == RETAIN_RISK_LEARNT)
        status = retain__learn_risk(ctx, job, 0.8, 0.85, &all->learning);
    retain__forget_rows(scratch, &all->learning);
    if (status == RETAIN_OK)
        status = retain__read_risk_date(ctx, scratch, job, job->observation_end, 0.85, 0.9, &today);
    if (status != RETAIN_OK)
        return status;
    *count = today.count;
    if (today.count > capacity)
        return retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu customers", capacity,
                            today.count);
    return retain__say_risk(ctx, scratch, job, &all->learning, &today, columns, capacity, card);
}

retain_status retain_risk_customers(retain_context *ctx, const retain_features_source *source, int64_t observation_end,
                                    const retain_orders_options *counting, const retain_risk_options *options,
                                    const retain_risk_columns *columns, size_t capacity, size_t *count, retain_risk_card *card)
{
    retain__scratch scratch = {ctx, NULL};
    retain__risk_job job;
    retain_risk_card found;
    past all;
    retain_status status = begin(ctx, source, observation_end, counting, options, count, card, &job);

    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status != RETAIN_OK)
        return status;
    status = pass_dates(ctx, &scratch, &job, &all, &found);
    if (status == RETAIN_OK)
        status = say_today(ctx, &scratch, &job, &all, columns, capacity, count, &found);
    return finish(&scratch, status, &found, card);
}

static retain_status say_test(retain_context *ctx, const past *all, retain_risk_method method, const retain_risk_test *test,
                              size_t capacity, size_t *count)
{
    const size_t n = *count = all->test.count;

    if (n > capacity)
        return retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; the test has %zu customers", capacity, n);
    if (test->customer)
        memcpy(test->customer, all->customer, n * sizeof *test->customer);
    if (test->risk)
        memcpy(test->risk, all->test.risk[method], n * sizeof *test->risk);
    if (test->absent)
        memcpy(test->absent, all->test.absent, n * sizeof *test->absent);
    if (test->silent)
        memcpy(test->silent, all->test.silent, n * sizeof *test->silent);
    return RETAIN_OK;
}

retain_status retain_risk_tested(retain_context *ctx, const retain_features_source *source, int64_t observation_end,
                                 const retain_orders_options *counting, const retain_risk_options *options,
                                 const retain_risk_test *test, size_t capacity, size_t *count, retain_risk_card *card)
{
    retain__scratch scratch = {ctx, NULL};
    retain__risk_job job;
    retain_risk_card found;
    past all;
    retain_status status = begin(ctx, source, observation_end, counting, options, count, card, &job);

    if (status == RETAIN_OK && !test)
        status = retain__fail_null(ctx, "test");
    if (status != RETAIN_OK)
        return status;
    status = pass_dates(ctx, &scratch, &job, &all, &found);
    if (status == RETAIN_OK)
        status = say_test(ctx, &all, found.method, test, capacity, count);
    return finish(&scratch, status, &found, card);
}

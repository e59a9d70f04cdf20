/* Any log and any events: risks are probabilities, contributions add up, ranks are a permutation, money follows from risk, and a refusal
 * writes nothing but its card. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/risk.h"

enum { EVENTS = 30, CUSTOMERS = 80, MOST_THEMES = RETAIN_RISK_EVENTS + 3 };

static const retain_events *read_events(fuzz_input *in, size_t kinds)
{
    retain_events *events = fuzz_array(in, 1, sizeof *events);
    const size_t count = fuzz_below(in, EVENTS), odd = fuzz_below(in, 24);
    int64_t *customer = fuzz_array(in, count, sizeof *customer), *day = fuzz_array(in, count, sizeof *day);
    int64_t *kind = fuzz_array(in, count, sizeof *kind);

    for (size_t i = 0; i < count; i++) {
        customer[i] = (int64_t)fuzz_below(in, 8);
        day[i] = odd == 1 ? fuzz_integer(in) : (int64_t)fuzz_bits(in, 1) - 20;
        kind[i] = odd == 2 ? fuzz_integer(in) : (int64_t)fuzz_below(in, kinds);
    }
    *events = (retain_events){count, customer, day, kind, NULL};
    return events;
}

/* A log in which so much happens that there is something to learn: `people` customers who buy now and then. */
static const retain_orders *make_log(fuzz_input *in, int64_t *end)
{
    const size_t people = 10 + fuzz_below(in, 60), odd = fuzz_below(in, 8), most = 12 * people;
    int64_t *customer = fuzz_array(in, most, sizeof *customer), *day = fuzz_array(in, most, sizeof *day);
    double *value = fuzz_array(in, most, sizeof *value);
    retain_orders *log = fuzz_array(in, 1, sizeof *log);
    uint64_t stream = fuzz_bits(in, 8);
    size_t n = 0;

    *end = 200 + (int64_t)fuzz_below(in, 100);
    for (size_t c = 0; c < people; c++) {
        int64_t at = 0;

        stream = stream * 6364136223846793005u + 1442695040888963407u;
        at = (int64_t)(stream >> 57);
        for (size_t k = 0; k < 12 && at <= *end + 20; k++) {
            stream = stream * 6364136223846793005u + 1442695040888963407u;
            customer[n] = (int64_t)c;
            day[n] = at;
            value[n++] = odd == 1 ? fuzz_double(in) : odd == 2 ? 1.0 : (double)((stream >> 40) & 1023) * 0.25 - 8.0;
            if ((stream >> 60) < 2)
                break;
            at += 1 + (int64_t)((stream >> 33) & (c % 2 ? 63 : 15));
        }
    }
    *log = (retain_orders){.count = n, .customer = customer, .day = day, .value = value};
    return log;
}

static const retain_risk_options *read_options(fuzz_input *in)
{
    retain_risk_options *options = fuzz_array(in, 1, sizeof *options);
    const size_t odd = fuzz_below(in, 40);

    *options = (retain_risk_options){.struct_size = odd == 1 ? fuzz_below(in, sizeof *options) : sizeof *options,
                                     .horizon_days = odd == 2 ? fuzz_integer(in) : 10 + (int64_t)fuzz_below(in, 40),
                                     .active_days = odd == 3 ? fuzz_integer(in) : (int64_t)fuzz_below(in, 3) * 60,
                                     .dates = odd == 4 ? (size_t)fuzz_integer(in) : 2 + fuzz_below(in, 6),
                                     .way = odd == 5            ? (int)fuzz_integer(in)
                                            : fuzz_below(in, 3) ? 0
                                                                : 2 + (int)fuzz_below(in, 2),
                                     .family = odd == 6 ? (retain_btyd_family)fuzz_below(in, 12) : RETAIN_BTYD_NBD,
                                     .value_days = odd == 7 ? fuzz_double(in) : 0.0,
                                     .annual_rate = odd == 8 ? fuzz_double(in) : 0.1,
                                     .margin = odd == 9 ? fuzz_double(in) : 0.5,
                                     .cost = odd == 10 ? fuzz_double(in) : 1.0,
                                     .effect = odd == 11 ? fuzz_double(in) : 0.2,
                                     .most = odd == 12 ? (size_t)fuzz_integer(in) : fuzz_below(in, 20),
                                     .fewest = odd == 13 ? (size_t)fuzz_integer(in) : 1 + fuzz_below(in, 8),
                                     .level = odd == 14 ? fuzz_double(in) : 0.0,
                                     .l2 = odd == 15 ? fuzz_double(in) : 0.0};
    return options;
}

typedef struct answer {
    int64_t *customer, *reason, *reason_column, *rank;
    double *risk, *low, *high, *log_odds, *contribution, *effect, *value, *typical, *residual, *at_risk, *gain;
    uint8_t *band;
} answer;

static answer take_answer(fuzz_input *in)
{
    return (answer){
        fuzz_output(in, CUSTOMERS, 8),     fuzz_output(in, 3 * CUSTOMERS, 8), fuzz_output(in, 3 * CUSTOMERS, 8),
        fuzz_output(in, CUSTOMERS, 8),     fuzz_output(in, CUSTOMERS, 8),     fuzz_output(in, CUSTOMERS, 8),
        fuzz_output(in, CUSTOMERS, 8),     fuzz_output(in, CUSTOMERS, 8),     fuzz_output(in, MOST_THEMES * CUSTOMERS, 8),
        fuzz_output(in, 3 * CUSTOMERS, 8), fuzz_output(in, 3 * CUSTOMERS, 8), fuzz_output(in, 3 * CUSTOMERS, 8),
        fuzz_output(in, CUSTOMERS, 8),     fuzz_output(in, CUSTOMERS, 8),     fuzz_output(in, CUSTOMERS, 8),
        fuzz_output(in, CUSTOMERS, 1)};
}

static void check_answer(fuzz_input *in, const answer *a, size_t count, const retain_risk_card *card)
{
    uint8_t *seen = fuzz_array(in, count + 1, 1);

    fuzz_check(card->verdict == RETAIN_RISK_EARNED || card->verdict == RETAIN_RISK_NOT_BETTER);
    fuzz_check(card->themes <= MOST_THEMES && card->explanation[0]);
    for (size_t i = 0; i < count; i++) {
        double sum = card->base;

        for (size_t t = 0; t < card->themes; t++)
            sum += a->contribution[t * CUSTOMERS + i];
        fuzz_check(a->risk[i] >= 0.0 && a->risk[i] <= 1.0);
        fuzz_check(!(a->low[i] > a->risk[i] + 1e-12) && !(a->high[i] < a->risk[i] - 1e-12));
        fuzz_check(fabs(sum - a->log_odds[i]) <= 1e-6 * (1.0 + fabs(sum)));
        fuzz_check(isnan(a->at_risk[i]) || a->at_risk[i] == a->risk[i] * a->residual[i]);
        fuzz_check(a->rank[i] >= 1 && a->rank[i] <= (int64_t)count && !seen[a->rank[i]]);
        seen[a->rank[i]] = 1;
        fuzz_check(a->band[i] <= RETAIN_RISK_ACT && (a->band[i] == RETAIN_RISK_LEAVE_ALONE) == !(a->gain[i] > 0.0));
        fuzz_check(i == 0 || a->customer[i - 1] < a->customer[i]);
        for (size_t j = 0; j < 3; j++) {
            const size_t at = j * CUSTOMERS + i;

            fuzz_check(a->reason[at] < (int64_t)card->themes && (a->reason[at] < 0) == isnan(a->effect[at]));
            fuzz_check(a->reason[at] < 0 || a->effect[at] > 0.0);
        }
    }
}

static void try_customers(fuzz_input *in, const retain_features_source *source, int64_t end, const retain_orders_options *counting,
                          const retain_risk_options *options)
{
    retain_context *ctx = fuzz_context(in);
    retain_risk_card card = {.struct_size = sizeof card};
    const answer a = take_answer(in);
    const retain_risk_columns columns = {.customer = a.customer,
                                         .risk = a.risk,
                                         .risk_low = a.low,
                                         .risk_high = a.high,
                                         .log_odds = a.log_odds,
                                         .contribution = a.contribution,
                                         .reason = a.reason,
                                         .reason_effect = a.effect,
                                         .reason_column = a.reason_column,
                                         .reason_value = a.value,
                                         .reason_typical = a.typical,
                                         .residual = a.residual,
                                         .value_at_risk = a.at_risk,
                                         .gain = a.gain,
                                         .rank = a.rank,
                                         .band = a.band};
    size_t count = 0;

    if (fuzz_outcome(in, retain_risk_customers(ctx, source, end, counting, options, &columns, CUSTOMERS, &count, &card)))
        check_answer(in, &a, count, &card);
}

static void try_tested(fuzz_input *in, const retain_features_source *source, int64_t end, const retain_orders_options *counting,
                       const retain_risk_options *options)
{
    retain_context *ctx = fuzz_context(in);
    retain_risk_card card = {.struct_size = sizeof card};
    const retain_risk_test test = {fuzz_output(in, CUSTOMERS, 8), fuzz_output(in, CUSTOMERS, 8), fuzz_output(in, CUSTOMERS, 8),
                                   fuzz_output(in, CUSTOMERS, 1)};
    size_t count = 0, silent = 0;

    if (!fuzz_outcome(in, retain_risk_tested(ctx, source, end, counting, options, &test, CUSTOMERS, &count, &card)))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(test.risk[i] >= 0.0 && test.risk[i] <= 1.0 && test.absent[i] >= 0.0 && test.silent[i] <= 1);
        silent += test.silent[i];
    }
    fuzz_check(count == card.test_customers && silent == card.test_silent);
}

static void try_features(fuzz_input *in, const retain_risk_options *options)
{
    retain_features_options *features = fuzz_output(in, 1, sizeof *features);

    if (fuzz_outcome(in, retain_risk_features(fuzz_context(in), options, features)))
        fuzz_check(features->windows[0] >= 1 && features->horizon_days >= 1);
    fuzz_check(retain_risk_method_name((retain_risk_method)fuzz_integer(in)));
    fuzz_check(retain_risk_theme_of(&(retain_features_column){(retain_features_id)fuzz_below(in, 30), 0,
                                                              (int64_t)fuzz_below(in, 3)}) < RETAIN_RISK_EVENTS + 3);
    fuzz_check(retain_risk_theme_name((retain_risk_theme)fuzz_integer(in)));
}

void fuzz_target(fuzz_input *in)
{
    const size_t which = fuzz_below(in, 8), kinds = 1 + fuzz_below(in, 3);
    const retain_risk_options *options = read_options(in);
    retain_features_source *source = fuzz_array(in, 1, sizeof *source);
    const retain_orders_options *counting;
    int64_t end = 200;

    if (which == 0) {
        try_features(in, options);
        return;
    }
    source->orders = which == 7 ? fuzz_log(in) : make_log(in, &end);
    counting = fuzz_below(in, 4) ? NULL : fuzz_log_options(in);
    source->kinds = kinds;
    if (fuzz_below(in, 2))
        source->events = read_events(in, kinds);
    if (which < 3)
        try_tested(in, fuzz_maybe(in, source), end, counting, options);
    else
        try_customers(in, fuzz_maybe(in, source), end, counting, options);
}

/* The card: was it any good?
 *
 * A score is worth something when it beats what anybody would do without one, on customers it has not seen: the AUC is held against
 * that of "longest absent first" on the same customers (DeLong), so that what both owe to the shop cancels. Whether 30 % means 30 % is
 * a question of its own, which the calibration figures answer. */
#include "answers/risk_card.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/keys.h"
#include "core/sort.h"
#include "core/stage.h"
#include "core/text.h"
#include "retain/evaluation.h"
#include "retain/scoring.h"

/* --- choosing -------------------------------------------------------------------------------------------------------------------- */

/* -log of the probability given to what happened; at most that of one in 10^9, or a single row could decide. */
static double loss_of(double risk, int silent)
{
    const double p = silent ? risk : 1.0 - risk;

    return -log(fmax(p, 1e-9));
}

void retain__add_to_choice(const retain__risk_foretold *foretold, retain__risk_choice *choice)
{
    const double *const rhythm = foretold->risk[RETAIN_RISK_RHYTHM], *const learnt = foretold->risk[RETAIN_RISK_LEARNT];

    for (size_t i = 0; i < foretold->count; i++) {
        const double a = loss_of(rhythm[i], foretold->silent[i]), b = loss_of(learnt[i], foretold->silent[i]);

        if (!isnan(rhythm[i])) {
            choice->told[RETAIN_RISK_RHYTHM]++;
            choice->own_loss[RETAIN_RISK_RHYTHM] += a;
        }
        if (!isnan(learnt[i])) {
            choice->told[RETAIN_RISK_LEARNT]++;
            choice->own_loss[RETAIN_RISK_LEARNT] += b;
        }
        if (isnan(rhythm[i]) || isnan(learnt[i]))
            continue;
        choice->rows += 1.0;
        choice->gain += a - b;
        choice->gain_squared += (a - b) * (a - b);
    }
}

retain_risk_method retain__choose_risk(const retain__risk_choice *choice)
{
    const double n = choice->rows, mean = choice->gain / n;
    const double variance = (choice->gain_squared - n * mean * mean) / (n - 1.0);

    if (!choice->told[RETAIN_RISK_RHYTHM])
        return RETAIN_RISK_LEARNT;
    return n > 1.0 && mean >= -sqrt(fmax(variance, 0.0) / n) ? RETAIN_RISK_LEARNT : RETAIN_RISK_RHYTHM;
}

/* --- measuring ------------------------------------------------------------------------------------------------------------------- */

static const double TENTH = 0.1;

static void blank(retain_risk_figures *figures)
{
    *figures = (retain_risk_figures){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
}

/* Share of the silent among the tenth with the largest scores. */
static retain_status measure_capture(retain_context *ctx, retain__scratch *scratch, const retain__risk_foretold *foretold,
                                     const double *score, double *capture)
{
    double *silent = retain__take(scratch, foretold->count, sizeof *silent);
    retain__stage stage;
    retain_status status = silent ? RETAIN_OK : RETAIN_ERROR_MEMORY;

    for (size_t i = 0; silent && i < foretold->count; i++)
        silent[i] = foretold->silent[i];
    if (silent)
        status = retain__end_stage(&stage, retain_evaluation_gains(retain__begin_stage(&stage, ctx, 0.9, 0.9), score, silent, NULL,
                                                                   foretold->count, &TENTH, 1, 0.0, capture, NULL, NULL, NULL));
    retain__give_back(scratch, silent);
    return status;
}

static retain_status measure_gain(retain_context *ctx, const retain__risk_foretold *foretold, const double *score, double level,
                                  retain_risk_figures *figures)
{
    retain_scoring_comparison comparison = {.struct_size = sizeof comparison};
    retain__stage stage;
    const retain_status status =
        retain__end_stage(&stage, retain_scoring_compare(retain__begin_stage(&stage, ctx, 0.9, 0.9), foretold->absent, score,
                                                         foretold->silent, NULL, foretold->count, level, &comparison));

    if (status == RETAIN_OK) {
        figures->gain = comparison.auc_gain;
        figures->gain_low = comparison.auc_low;
        figures->gain_high = comparison.auc_high;
    }
    return status;
}

static retain_status measure_method(retain_context *ctx, retain__scratch *scratch, const retain__risk_foretold *foretold,
                                    const double *score, int is_probability, double level, retain_risk_figures *figures)
{
    const retain_scoring_options options = {.struct_size = sizeof options, .level = level};
    retain_scoring_report report = {.struct_size = sizeof report};
    retain__stage stage;
    retain_status status =
        retain__end_stage(&stage, retain_scoring_measures(retain__begin_stage(&stage, ctx, 0.9, 0.9), score, foretold->silent, NULL,
                                                          foretold->count, &options, &report));

    if (status == RETAIN_OK)
        status = measure_capture(ctx, scratch, foretold, score, &figures->capture);
    if (status != RETAIN_OK)
        return status;
    figures->auc = report.auc;
    figures->auc_low = report.auc_low;
    figures->auc_high = report.auc_high;
    if (!is_probability)
        return RETAIN_OK;
    figures->brier = report.brier;
    figures->brier_skill = 1.0 - report.brier / report.uncertainty;
    figures->log_loss = report.log_loss;
    figures->miscalibration = report.miscalibration;
    figures->slope = report.slope;
    figures->intercept = report.intercept;
    figures->expected = report.mean_score * report.customers;
    return measure_gain(ctx, foretold, score, level, figures);
}

retain_status retain__measure_risk(retain_context *ctx, retain__scratch *scratch, const retain__risk_foretold *foretold,
                                   double level, retain_risk_card *card)
{
    retain_status status = RETAIN_OK;

    for (int method = 0; status == RETAIN_OK && method < RETAIN_RISK_METHODS; method++) {
        const int naive = method == RETAIN_RISK_LONGEST_ABSENT;
        const double choice_loss = card->figures[method].choice_loss;

        blank(&card->figures[method]);
        card->figures[method].choice_loss = choice_loss;
        if (naive || foretold->could[method])
            status = measure_method(ctx, scratch, foretold, naive ? foretold->absent : foretold->risk[method], !naive, level,
                                    &card->figures[method]);
    }
    return status;
}

/* --- the verdict in words ---------------------------------------------------------------------------------------------------------- */

typedef struct sentence {
    char *text;
    size_t length;
} sentence;

static void say(sentence *to, const char *format, ...) RETAIN__PRINTF(2, 3);

static void say(sentence *to, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    to->length += retain__format(to->text + to->length, RETAIN_RISK_EXPLANATION - to->length, format, arguments);
    va_end(arguments);
}

static int is_thin(size_t silent, size_t all, size_t fewest)
{
    return silent < fewest || all - silent < fewest;
}

/* What helps where the test is thin. No horizon makes more customers, nor orders that the log does not have yet. */
static const char *advise(const retain_risk_card *card, size_t fewest)
{
    if (fewest > card->test_customers / 2)
        return " There are too few customers for a test.";
    if (card->test_silent == card->test_customers)
        return " None of them ordered: is the log complete up to the observation end?";
    return card->test_silent < fewest ? " A shorter horizon has more who are silent."
                                      : " A longer horizon has fewer who are silent.";
}

static void say_thin(sentence *to, const retain__risk_job *job, const retain_risk_card *card)
{
    const long long horizon = (long long)job->options.horizon_days;
    const size_t fewest = job->options.fewest;

    say(to, "There is too little to learn from: ");
    if (card->dates == 0)
        say(to,
            "it takes %lld days of history after the first order of positive value, and %lld days more to test on. Wait, or ask "
            "for "
            "a shorter horizon.",
            horizon, horizon);
    else if (is_thin(card->test_silent, card->test_customers, fewest))
        say(to, "of the %zu customers of the test %zu were silent for %lld days and %zu were not; the test needs %zu of each.",
            card->test_customers, card->test_silent, horizon, card->test_customers - card->test_silent, fewest);
    else
        say(to,
            "the model of orders finds no footing, and of %zu earlier rows %zu were silent; learning needs %zu of each outcome.",
            card->training_rows, card->training_silent, fewest);
    if (card->dates && is_thin(card->test_silent, card->test_customers, fewest))
        say(to, "%s", advise(card, fewest));
}

static void say_figures(sentence *to, const retain_risk_card *card)
{
    const retain_risk_figures *figures = &card->figures[card->method], *naive = &card->figures[RETAIN_RISK_LONGEST_ABSENT];

    say(to, "On %zu customers it had learnt nothing from, of whom %zu were silent: AUC %.3g", card->test_customers,
        card->test_silent, figures->auc);
    if (!isnan(figures->auc_low))
        say(to, " (%.3g to %.3g)", figures->auc_low, figures->auc_high);
    say(to, ", longest absent first %.3g", naive->auc);
    if (!isnan(figures->gain_low))
        say(to, ", a gain of %.2g (%.2g to %.2g)", figures->gain, figures->gain_low, figures->gain_high);
    say(to, "; %.4g silent were expected.", figures->expected);
}

void retain__say_unvalued(retain_risk_card *card)
{
    sentence words = {card->explanation, strlen(card->explanation)};

    say(&words, " Nobody could be valued: spending has no model where orders of nothing count, or where too few came back. "
                "Ranks go by risk alone.");
}

void retain__judge_risk(const retain__risk_job *job, retain_risk_card *card)
{
    sentence words = {card->explanation, 0};

    if (card->verdict == RETAIN_RISK_TOO_LITTLE_DATA) {
        say_thin(&words, job, card);
        return;
    }
    card->verdict = card->figures[card->method].gain_low > 0.0 ? RETAIN_RISK_EARNED : RETAIN_RISK_NOT_BETTER;
    if (card->method == RETAIN_RISK_LEARNT)
        say(&words, "Learnt from %zu rows of %zu dates. ", card->training_rows, card->dates);
    else
        say(&words, "By %s, a model of orders. ", retain_btyd_name(job->options.family));
    say_figures(&words, card);
    if (card->verdict == RETAIN_RISK_NOT_BETTER)
        say(&words, " That is no better than the naive rule, beyond chance: call those first who have been absent longest.");
    if (card->choice_dates == 0)
        say(&words, " The test also made the choice, so it flatters a little.");
}

/* What probability does a score stand for?
 *
 * Platt scaling and beta calibration are logistic regressions of the outcome on one or two features of the score; what is particular
 * about them is before and after. Before: features are centred, and Platt's also scaled, by the largest score first, so that days since the last
 * order and amounts of money serve as well as probabilities. After: coefficients and their covariance are turned back.
 *
 * Data can have nothing to say, and then parameters would be an answer that nobody gave. One outcome only, or too few different
 * scores, is told before the search. A score that parts the outcomes without error has no highest likelihood: targets a little inside
 * of 0 and 1 (Platt's) give parameters all the same, of which it is said that they are not the data's. */
#include "retain/calibration.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/text.h"
#include "decisions/logistic_curve.h"
#include "math/special.h"
#include "metrics/rates.h"

static const double MOST_PARAMETER = 1e300; /* so that terms of a logit can be added */
static const double LEAST_SHARE = 0x1p-52;  /* and 1 less it the largest whose logarithms are taken */

static void say(retain_calibration_report *report, const char *format, ...) RETAIN__PRINTF(2, 3);

static void say(retain_calibration_report *report, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)retain__format(report->explanation, sizeof report->explanation, format, arguments);
    va_end(arguments);
}

static retain_status check_shares(retain_context *ctx, const double *score, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!(score[i] >= 0.0 && score[i] <= 1.0))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "score[%zu] is %g; beta calibration is for scores in [0, 1]", i,
                                score[i]);
    }
    return RETAIN_OK;
}

/* log s and -log(1 - s). */
static void find_logarithms(double score, double *feature)
{
    const double within = fmin(fmax(score, LEAST_SHARE), 1.0 - LEAST_SHARE);

    feature[0] = log(within);
    feature[1] = -log1p(-within);
}

/* --- before -------------------------------------------------------------------------------------------------------------------- */

/* Features, centred and scaled: (feature - mean) / scale. */
typedef struct features {
    double *value[2], mean[2], scale[2];
    size_t count;
} features;

static void centre(const retain__scores *scores, features *of, size_t f)
{
    const double n = scores->positives + scores->negatives;
    double mean = 0.0;

    for (size_t i = 0; i < scores->count; i++)
        mean += (scores->row[i].positives / n + scores->row[i].negatives / n) * of->value[f][i];
    for (size_t i = 0; i < scores->count; i++)
        of->value[f][i] -= mean;
    of->mean[f] = mean;
}

/* Scores as parts of the largest, centred, by their standard deviation. The scale is kept in two parts: the product could underflow. */
static double scale_scores(const retain__scores *scores, features *of)
{
    const double n = scores->positives + scores->negatives;
    const double largest = fmax(fabs(scores->row[0].score), fabs(scores->row[scores->count - 1].score));
    double squares = 0.0;

    for (size_t i = 0; i < scores->count; i++)
        of->value[0][i] = scores->row[i].score / largest;
    centre(scores, of, 0);
    for (size_t i = 0; i < scores->count; i++)
        squares += (scores->row[i].positives / n + scores->row[i].negatives / n) * of->value[0][i] * of->value[0][i];
    of->scale[0] = sqrt(squares);
    for (size_t i = 0; i < scores->count; i++)
        of->value[0][i] /= of->scale[0];
    return largest;
}

static retain_status make_features(retain__scratch *scratch, retain_calibration_kind kind, const retain__scores *scores,
                                   features *of)
{
    *of = (features){{NULL, NULL}, {0.0, 0.0}, {1.0, 1.0}, kind == RETAIN_CALIBRATION_BETA ? 2 : 1};
    for (size_t f = 0; f < of->count; f++) {
        of->value[f] = retain__take(scratch, scores->count, sizeof *of->value[f]);
        if (!of->value[f])
            return RETAIN_ERROR_MEMORY;
    }
    if (kind == RETAIN_CALIBRATION_BETA) {
        for (size_t i = 0; i < scores->count; i++) {
            double both[2];

            find_logarithms(scores->row[i].score, both);
            of->value[0][i] = both[0];
            of->value[1][i] = both[1];
        }
        centre(scores, of, 0);
        centre(scores, of, 1);
        return RETAIN_OK;
    }
    {
        const double largest = scale_scores(scores, of);

        of->mean[0] *= largest;
        of->scale[0] *= largest;
    }
    return RETAIN_OK;
}

/* --- after --------------------------------------------------------------------------------------------------------------------- */

/* Parameters a, b, c and their covariance, from the coefficients of centred and scaled features: entries of a feature are divided by its
 * scale, and c gives up what centring took. */
static void turn_back(const features *of, const retain__logistic *line, double *parameter, double *covariance)
{
    const size_t k = of->count + 1;
    double turn[3][3] = {{0.0}};

    for (size_t f = 0; f < of->count; f++) {
        turn[f][f] = 1.0 / of->scale[f];
        turn[2][f] = -of->mean[f] / of->scale[f];
    }
    turn[2][of->count] = 1.0;
    for (size_t i = 0; i < 3; i++) {
        parameter[i] = 0.0;
        for (size_t j = 0; j < k; j++)
            parameter[i] += turn[i][j] * line->coefficient[j];
        for (size_t l = 0; l < 3; l++) {
            covariance[3 * i + l] = 0.0;
            for (size_t j = 0; j < k; j++) {
                for (size_t m = 0; m < k; m++)
                    covariance[3 * i + l] += turn[i][j] * line->covariance[j * k + m] * turn[l][m];
            }
        }
    }
}

static void write_errors(const double *parameter, const double *covariance, double level, retain_calibration_report *report)
{
    const double z = -retain__ndtri(0.5 * (1.0 - level));

    memcpy(report->covariance, covariance, sizeof report->covariance);
    for (size_t i = 0; i < 3; i++) {
        report->standard_error[i] = sqrt(fmax(0.0, covariance[4 * i]));
        report->low[i] = parameter[i] - z * report->standard_error[i];
        report->high[i] = parameter[i] + z * report->standard_error[i];
    }
}

static void clear(retain_calibration_report *report, retain_calibration *calibration, retain_calibration_kind kind)
{
    const double none = (double)NAN;

    *calibration = (retain_calibration){kind, none, kind == RETAIN_CALIBRATION_BETA ? none : 0.0, none};
    memset(report, 0, sizeof *report);
    report->struct_size = sizeof *report;
    report->log_likelihood = none;
    for (size_t i = 0; i < 9; i++)
        report->covariance[i] = none;
    for (size_t i = 0; i < 3; i++)
        report->standard_error[i] = report->low[i] = report->high[i] = none;
}

/* --- verdicts ------------------------------------------------------------------------------------------------------------------ */

static const char *name_of(retain_calibration_kind kind)
{
    return kind == RETAIN_CALIBRATION_BETA ? "beta calibration" : "Platt scaling";
}

/* Is there too little to begin with? Then it is said. */
static int lack_data(retain_calibration_kind kind, const retain__scores *scores, retain_calibration_report *report)
{
    const size_t needed = kind == RETAIN_CALIBRATION_BETA ? 3 : 2;

    report->verdict = RETAIN_FIT_TOO_LITTLE_DATA;
    if (scores->count == 0)
        say(report, "Too little data for %s: there are no customers.", name_of(kind));
    else if (!(scores->positives > 0.0))
        say(report, "Too little data for %s: it happened to none of %g customers, so nothing tells whom it happens to.",
            name_of(kind), report->customers);
    else if (!(scores->negatives > 0.0))
        say(report, "Too little data for %s: it happened to all of %g customers, so nothing tells whom it happens to.",
            name_of(kind), report->customers);
    else if (scores->count < needed)
        say(report, "Too little data for %s: it needs %zu different scores, and there is %s.", name_of(kind), needed,
            scores->count == 1 ? "one" : "but two");
    else
        report->verdict = RETAIN_FIT_NONE;
    return report->verdict != RETAIN_FIT_NONE;
}

static void say_converged(const retain_calibration *found, retain_calibration_report *report)
{
    report->verdict = RETAIN_FIT_CONVERGED;
    if (found->kind == RETAIN_CALIBRATION_PLATT && found->a < 0.0)
        say(report, "Converged; but the probability falls as the score rises: the score ranks customers the wrong way round.");
    else if (found->kind == RETAIN_CALIBRATION_BETA && found->a == 0.0 && found->b == 0.0)
        say(report, "Converged with a and b at 0, as they cannot be negative: the share of outcomes does not rise with the score.");
    else if (found->kind == RETAIN_CALIBRATION_BETA && (found->a == 0.0 || found->b == 0.0))
        say(report, "Converged with %s held at 0, as it cannot be negative: scores near %d are told apart too much.",
            found->a == 0.0 ? "a" : "b", found->a == 0.0 ? 0 : 1);
    else
        say(report, "Converged: the data identify the parameters.");
}

/* Does a score part the outcomes without error, the way that the calibration may go? */
static int is_parted(retain_calibration_kind kind, const retain__scores *scores)
{
    double largest_negative = -(double)INFINITY, least_positive = (double)INFINITY;

    if (kind == RETAIN_CALIBRATION_PLATT)
        return !retain__outcomes_overlap(scores);
    for (size_t i = 0; i < scores->count; i++) {
        if (scores->row[i].negatives > 0.0)
            largest_negative = scores->row[i].score;
        if (scores->row[i].positives > 0.0)
            least_positive = fmin(least_positive, scores->row[i].score);
    }
    return largest_negative <= least_positive;
}

/* --- the fit ------------------------------------------------------------------------------------------------------------------- */

static retain_status fit(retain__scratch *scratch, retain_calibration_kind kind, const retain__scores *scores,
                         const retain_calibration_options *options, retain_calibration *calibration,
                         retain_calibration_report *report)
{
    const int parted = is_parted(kind, scores), plain = !parted && (options->plain || kind == RETAIN_CALIBRATION_BETA);
    retain__logistic line = {.scores = scores, .is_bounded = kind == RETAIN_CALIBRATION_BETA, .target = {0.0, 1.0}};
    double parameter[3], covariance[9];
    features of;
    retain_status status = make_features(scratch, kind, scores, &of);

    if (status != RETAIN_OK)
        return status;
    if (!plain) {
        line.target[0] = 1.0 / (scores->negatives + 2.0);
        line.target[1] = (scores->positives + 1.0) / (scores->positives + 2.0);
    }
    line.features = of.count;
    for (size_t f = 0; f < of.count; f++) {
        line.feature[f] = of.value[f];
        line.coefficient[f] = kind == RETAIN_CALIBRATION_BETA ? 1.0 : 0.0;
    }
    line.coefficient[of.count] = log(scores->positives / scores->negatives);
    if (!retain__fit_logistic(&line)) {
        report->verdict = RETAIN_FIT_RIDGE;
        say(report, "Scores are too alike to tell the parameters of %s apart.", name_of(kind));
        return RETAIN_OK;
    }
    turn_back(&of, &line, parameter, covariance);
    *calibration = (retain_calibration){kind, parameter[0], parameter[1], parameter[2]};
    report->iterations = line.steps;
    line.target[0] = 0.0;
    line.target[1] = 1.0;
    report->log_likelihood = retain__logistic_likelihood(&line, line.coefficient);
    if (!(fabs(parameter[0]) <= MOST_PARAMETER) || !(fabs(parameter[2]) <= MOST_PARAMETER) || !retain__is_finite(covariance[0])) {
        report->verdict = RETAIN_FIT_STOPPED;
        say(report,
            "Stopped: the parameters of scores as small or as large as these are beyond arithmetic; give scores in other units.");
    } else if (parted) {
        report->verdict = RETAIN_FIT_BOUNDARY;
        say(report, "A score parts the outcomes without error, so the likelihood still rises as probabilities go to 0 and 1. The "
                    "parameters given are those of Platt's targets; more customers will tell.");
    } else {
        write_errors(parameter, covariance, options->level, report);
        say_converged(calibration, report);
    }
    return RETAIN_OK;
}

retain_status retain_calibration_fit(retain_context *ctx, retain_calibration_kind kind, const double *score, const uint8_t *outcome,
                                     const double *weight, size_t count, const retain_calibration_options *given,
                                     retain_calibration *calibration, retain_calibration_report *report)
{
    retain_calibration_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain_calibration_report written;
    retain_calibration found;
    retain__scores scores;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && kind != RETAIN_CALIBRATION_PLATT && kind != RETAIN_CALIBRATION_BETA)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "kind is %d; it must be one of retain_calibration_kind",
                              (int)kind);
    if (status == RETAIN_OK)
        status = retain__take_options(ctx, "options", given, sizeof options, sizeof options, &options);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "options.level", &options.level);
    if (status == RETAIN_OK && options.plain != 0 && options.plain != 1)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.plain is %d; it must be 0 or 1", options.plain);
    if (status == RETAIN_OK && !calibration)
        status = retain__fail_null(ctx, "calibration");
    if (status == RETAIN_OK && report)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK)
        status = retain__count_scores(ctx, &scratch, "score", score, outcome, weight, count, &scores);
    if (status == RETAIN_OK && kind == RETAIN_CALIBRATION_BETA)
        status = check_shares(ctx, score, count);
    if (status == RETAIN_OK) {
        clear(&written, &found, kind);
        written.customers = scores.positives + scores.negatives;
        written.positives = scores.positives;
        if (!lack_data(kind, &scores, &written))
            status = fit(&scratch, kind, &scores, &options, &found, &written);
    }
    retain__release(&scratch);
    if (status != RETAIN_OK)
        return status;
    *calibration = found;
    if (report)
        *report = written;
    return written.verdict == RETAIN_FIT_CONVERGED
               ? RETAIN_OK
               : retain__fail(ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW, "%s", written.explanation);
}

/* --- probabilities ------------------------------------------------------------------------------------------------------------- */

static retain_status check_calibration(retain_context *ctx, const retain_calibration *calibration)
{
    const double parameter[3] = {calibration->a, calibration->b, calibration->c};
    const int is_beta = calibration->kind == RETAIN_CALIBRATION_BETA;

    if (calibration->kind != RETAIN_CALIBRATION_PLATT && !is_beta)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "calibration.kind is %d; it must be one of retain_calibration_kind", (int)calibration->kind);
    for (int i = 0; i < 3; i++) {
        if (!(fabs(parameter[i]) <= MOST_PARAMETER) || (is_beta && i < 2 && parameter[i] < 0.0))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "calibration.%s is %g; it must lie within 1e300 of 0%s",
                                i == 0   ? "a"
                                : i == 1 ? "b"
                                         : "c",
                                parameter[i], is_beta && i < 2 ? ", and not below it" : "");
    }
    if (!is_beta && calibration->b != 0.0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "calibration.b is %g; it must be 0 for Platt scaling",
                            calibration->b);
    return RETAIN_OK;
}

static retain_status check_covariance(retain_context *ctx, const double *covariance)
{
    for (size_t i = 0; covariance && i < 9; i++) {
        if (isinf(covariance[i]) || (i % 4 == 0 && covariance[i] < 0.0))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "covariance[%zu] is %g; it must be finite%s", i,
                                covariance[i], i % 4 == 0 ? " and at least 0" : "");
    }
    return RETAIN_OK;
}

/* Standard error of the logit at a score. */
static double error_at(const double *x, const double *covariance)
{
    double variance = 0.0;

    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            variance += x[i] * covariance[3 * i + j] * x[j];
    }
    return variance < 0.0 ? 0.0 : sqrt(variance);
}

static double share_of(double logit)
{
    const double tail = exp(-fabs(logit));

    return (logit > 0.0 ? 1.0 : tail) / (1.0 + tail);
}

retain_status retain_calibration_probabilities(retain_context *ctx, const retain_calibration *calibration, const double *score,
                                               size_t count, const double *covariance, double level, double *probability,
                                               double *low, double *high)
{
    retain_status status = retain__begin(ctx);
    double z;

    if (status == RETAIN_OK && !calibration)
        status = retain__fail_null(ctx, "calibration");
    if (status == RETAIN_OK)
        status = check_calibration(ctx, calibration);
    if (status == RETAIN_OK)
        status = check_covariance(ctx, covariance);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && count && !score)
        status = retain__fail_null(ctx, "score");
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (!retain__is_finite(score[i]))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "score[%zu] is %g; it must be finite", i, score[i]);
    }
    if (status == RETAIN_OK && calibration->kind == RETAIN_CALIBRATION_BETA)
        status = check_shares(ctx, score, count);
    if (status != RETAIN_OK)
        return status;
    z = -retain__ndtri(0.5 * (1.0 - level));
    for (size_t i = 0; i < count; i++) {
        double x[3] = {score[i], 0.0, 1.0}, logit, share, reach = (double)NAN;

        if (calibration->kind == RETAIN_CALIBRATION_BETA)
            find_logarithms(score[i], x);
        logit = calibration->a * x[0] + calibration->b * x[1] + calibration->c;
        if (covariance)
            reach = z * error_at(x, covariance);
        share = share_of(logit);
        retain__put(probability, i, share); /* limits on the wrong side of it by the last bit would be no limits */
        retain__put(low, i, isinf(reach) ? 0.0 : isnan(reach) ? reach : fmin(share, share_of(logit - reach)));
        retain__put(high, i, isinf(reach) ? 1.0 : isnan(reach) ? reach : fmax(share, share_of(logit + reach)));
    }
    return RETAIN_OK;
}

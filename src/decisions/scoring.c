/* Does the score put those who leave above those who stay, and does 30 % mean 30 %?
 *
 * Everything is said by a short table: for each distinct score, the weight of those to whom it happened and of the others. It is made by
 * one radix sort (data/durations.h counts values whatever they are); all figures are then sums over the table.
 *
 * AUC and its variance (DeLong et al. 1988) need for each customer the share of the other outcome that lies on the right side: two
 * running sums, one from below and one from above. The recalibrated probability is the least-squares fit that never falls with the
 * score, by pooling adjacent violators; what it takes off the Brier score is the miscalibration, computed row by row as a difference of
 * squares, so that a well calibrated score has 0 and not the rounding of two large sums. */
#include <math.h>
#include <string.h>

#include "data/durations.h"
#include "decisions/logistic_curve.h"
#include "decisions/scoring_table.h"
#include "math/interval.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "retain/scoring.h"

static const double LEAST_WEIGHT = 1e-100, MOST_WEIGHT = 1e100;
enum { MOST_GROUPS = 1000, DEFAULT_GROUPS = 10 };

/* --- the table ----------------------------------------------------------------------------------------------------------------- */

retain_status retain__check_scores(retain_context *ctx, const char *name, const double *score, const uint8_t *outcome,
                                   const double *weight, size_t count)
{
    if (count && (!score || !outcome))
        return retain__fail_null(ctx, score ? "outcome" : name);
    for (size_t i = 0; i < count; i++) {
        if (!retain__is_finite(score[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %g; it must be finite", name, i, score[i]);
        if (outcome[i] > 1)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "outcome[%zu] is %d; it must be 0 or 1", i, outcome[i]);
        if (weight && weight[i] != 0.0 && !(weight[i] >= LEAST_WEIGHT && weight[i] <= MOST_WEIGHT))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "weight[%zu] is %g; it must be 0, or 1e-100 to 1e100", i, weight[i]);
    }
    return RETAIN_OK;
}

/* Shares of the other outcome on the right side, and AUC with its variance. */
static void rank_scores(retain__scores *scores)
{
    double below = 0.0, above = 0.0, sum = 0.0, of_positives = 0.0, of_negatives = 0.0;

    scores->auc = scores->auc_variance = (double)NAN;
    for (size_t i = 0; i < scores->count; i++) {
        retain__scored *row = scores->row + i;

        row->below = (below + 0.5 * row->negatives) / scores->negatives;
        below += row->negatives;
        sum += row->positives * row->below;
    }
    for (size_t i = scores->count; i-- > 0;) {
        retain__scored *row = scores->row + i;

        row->above = (above + 0.5 * row->positives) / scores->positives;
        above += row->positives;
    }
    if (!(scores->positives > 0.0 && scores->negatives > 0.0))
        return;
    scores->auc = fmin(1.0, sum / scores->positives);
    for (size_t i = 0; i < scores->count; i++) {
        const retain__scored *row = scores->row + i;

        of_positives += row->positives * (row->below - scores->auc) * (row->below - scores->auc);
        of_negatives += row->negatives * (row->above - scores->auc) * (row->above - scores->auc);
    }
    if (scores->positives > 1.0 && scores->negatives > 1.0)
        scores->auc_variance = of_positives / (scores->positives - 1.0) / scores->positives +
                               of_negatives / (scores->negatives - 1.0) / scores->negatives;
}

retain_status retain__count_scores(retain_context *ctx, retain__scratch *scratch, const char *name, const double *score,
                                   const uint8_t *outcome, const double *weight, size_t count, retain__scores *scores)
{
    const retain_durations values = {count, score, outcome, NULL, weight};
    retain__lengths table;
    retain__sum positives = {0.0, 0.0}, negatives = {0.0, 0.0};
    retain_status status = retain__check_scores(ctx, name, score, outcome, weight, count);

    *scores = (retain__scores){NULL, 0, 0.0, 0.0, (double)NAN, (double)NAN};
    if (status == RETAIN_OK)
        status = retain__count_lengths(scratch, &values, NULL, 1, 0.0, &table);
    if (status != RETAIN_OK)
        return status;
    scores->row = retain__take(scratch, table.first[1], sizeof *scores->row);
    if (!scores->row)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < table.first[1]; i++) {
        const retain__duration *at = table.duration + i;

        if (at->ended + at->open > 0.0) {
            scores->row[scores->count++] = (retain__scored){at->length, at->ended, at->open, 0.0, 0.0, (double)NAN};
            retain__sum_add(&positives, at->ended);
            retain__sum_add(&negatives, at->open);
        }
    }
    scores->positives = retain__sum_value(positives);
    scores->negatives = retain__sum_value(negatives);
    retain__give_back(scratch, table.duration);
    rank_scores(scores);
    return RETAIN_OK;
}

/* --- recalibration ------------------------------------------------------------------------------------------------------------- */

void retain__pool_scores(retain__pooled *blocks, retain__scores *scores)
{
    size_t count = 0, at = 0;

    for (size_t i = 0; i < scores->count; i++) {
        const retain__scored *row = scores->row + i;

        blocks[count++] = (retain__pooled){row->positives, row->positives + row->negatives, i + 1};
        for (; count > 1 && blocks[count - 2].positives * blocks[count - 1].customers >=
                                blocks[count - 1].positives * blocks[count - 2].customers;
             count--) {
            blocks[count - 2].positives += blocks[count - 1].positives;
            blocks[count - 2].customers += blocks[count - 1].customers;
            blocks[count - 2].end = blocks[count - 1].end;
        }
    }
    for (size_t b = 0; b < count; b++) {
        for (; at < blocks[b].end; at++)
            scores->row[at].expected = blocks[b].positives / blocks[b].customers;
    }
}

retain_status retain__recalibrate(retain__scratch *scratch, retain__scores *scores)
{
    retain__pooled *blocks = retain__take(scratch, scores->count, sizeof *blocks);

    if (!blocks)
        return RETAIN_ERROR_MEMORY;
    retain__pool_scores(blocks, scores);
    retain__give_back(scratch, blocks);
    return RETAIN_OK;
}

/* --- probabilities ------------------------------------------------------------------------------------------------------------- */

static double keep_within(double x, double low, double high)
{
    return isnan(x) ? x : fmin(high, fmax(low, x));
}

static void measure_brier(const retain__scores *scores, double level, retain_scoring_report *report)
{
    const double n = report->customers, p = report->prevalence;
    double loss = 0.0, squares = 0.0, discrimination = 0.0, miscalibration = 0.0, expected = 0.0;
    retain__limits limits;

    for (size_t i = 0; i < scores->count; i++) {
        const retain__scored *row = scores->row + i;
        const double customers = row->positives + row->negatives, s = row->score, c = row->expected;

        loss += row->positives * (1.0 - s) * (1.0 - s) + row->negatives * s * s;
        expected += customers * s;
        discrimination += customers * (c - p) * (c - p);
        miscalibration += (s - c) * (customers * (s + c) - 2.0 * row->positives);
    }
    report->brier = loss / n;
    report->mean_score = expected / n;
    report->uncertainty = p * (1.0 - p);
    report->discrimination = discrimination / n;
    report->miscalibration = fmax(0.0, miscalibration / n);
    for (size_t i = 0; i < scores->count; i++) {
        const retain__scored *row = scores->row + i;
        const double of_positives = (1.0 - row->score) * (1.0 - row->score) - report->brier;
        const double of_negatives = row->score * row->score - report->brier;

        squares += row->positives * of_positives * of_positives + row->negatives * of_negatives * of_negatives;
    }
    limits = retain__mean_limits(report->brier, squares, n, level);
    report->brier_low = keep_within(limits.low, 0.0, 1.0);
    report->brier_high = keep_within(limits.high, 0.0, 1.0);
}

/* x log y, nothing of which is nothing. */
static double times_log(double x, double log_of)
{
    return x > 0.0 ? x * log_of : 0.0;
}

static void measure_log_loss(const retain__scores *scores, double level, retain_scoring_report *report)
{
    const double n = report->customers;
    double loss = 0.0, squares = 0.0;
    retain__limits limits;

    for (size_t i = 0; i < scores->count; i++) {
        const retain__scored *row = scores->row + i;

        loss -= times_log(row->positives, log(row->score)) + times_log(row->negatives, log1p(-row->score));
    }
    report->log_loss = loss / n;
    if (!retain__is_finite(loss))
        return;
    for (size_t i = 0; i < scores->count; i++) {
        const retain__scored *row = scores->row + i;
        const double of_positives = row->positives > 0.0 ? -log(row->score) - report->log_loss : 0.0;
        const double of_negatives = row->negatives > 0.0 ? -log1p(-row->score) - report->log_loss : 0.0;

        squares += row->positives * of_positives * of_positives + row->negatives * of_negatives * of_negatives;
    }
    limits = retain__mean_limits(report->log_loss, squares, n, level);
    report->log_loss_low = keep_within(limits.low, 0.0, (double)INFINITY);
    report->log_loss_high = limits.high;
}

static double find_calibration_error(const retain__scores *scores, double customers, size_t groups)
{
    double below = 0.0, error = 0.0, gap = 0.0;
    size_t group = 0;

    for (size_t i = 0; i < scores->count; i++) {
        const retain__scored *row = scores->row + i;
        const double here = row->positives + row->negatives;
        const size_t mine = (size_t)((double)groups * ((below + 0.5 * here) / customers));

        if (mine != group) {
            error += fabs(gap);
            gap = 0.0;
            group = mine;
        }
        gap += here * row->score - row->positives;
        below += here;
    }
    return (error + fabs(gap)) / customers;
}

/* --- slope and intercept ------------------------------------------------------------------------------------------------------- */

static retain_status measure_slope(retain__scratch *scratch, const retain__scores *scores, retain_scoring_report *report)
{
    retain__logistic line = {.scores = scores, .features = 1, .target = {0.0, 1.0}, .coefficient = {1.0, 0.0}};
    double *logit;

    if (!(scores->row[0].score > 0.0 && scores->row[scores->count - 1].score < 1.0) || !retain__outcomes_overlap(scores))
        return RETAIN_OK;
    logit = retain__take(scratch, scores->count, sizeof *logit);
    if (!logit)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < scores->count; i++)
        logit[i] = log(scores->row[i].score) - log1p(-scores->row[i].score);
    line.feature[0] = logit;
    if (retain__fit_logistic(&line)) {
        report->slope = line.coefficient[0];
        report->intercept = line.coefficient[1];
        report->slope_error = sqrt(line.covariance[0]);
        report->intercept_error = sqrt(line.covariance[3]);
    }
    retain__give_back(scratch, logit);
    return RETAIN_OK;
}

/* --- all of it ----------------------------------------------------------------------------------------------------------------- */

static double find_average_precision(const retain__scores *scores)
{
    double selected = 0.0, positives = 0.0, sum = 0.0;

    for (size_t i = scores->count; i-- > 0;) {
        const retain__scored *row = scores->row + i;

        selected += row->positives + row->negatives;
        positives += row->positives;
        sum += row->positives * (positives / selected);
    }
    return sum / scores->positives;
}

/* The largest distance of the two rates, from the largest score down. */
static void find_distance(const retain__scores *scores, retain_scoring_report *report)
{
    double positives = 0.0, negatives = 0.0;

    report->gini = 2.0 * scores->auc - 1.0;
    report->ks = 0.0;
    for (size_t i = scores->count; i-- > 0;) {
        double distance;

        positives += scores->row[i].positives;
        negatives += scores->row[i].negatives;
        distance = fabs(positives / scores->positives - negatives / scores->negatives);
        if (distance > report->ks) {
            report->ks = distance;
            report->ks_score = scores->row[i].score;
        }
    }
}

/* All figures follow each other, and are numbers. */
static void clear(retain_scoring_report *report)
{
    const double none = (double)NAN;

    for (size_t at = offsetof(retain_scoring_report, customers); at < sizeof *report; at += sizeof none)
        memcpy((char *)report + at, &none, sizeof none);
}

static retain_status write_report(retain__scratch *scratch, const retain__scores *scores, const retain_scoring_options *options,
                                  retain_scoring_report *report)
{
    const double n = scores->positives + scores->negatives;
    retain__limits limits;

    clear(report);
    report->customers = n;
    report->positives = scores->positives;
    if (!(n > 0.0))
        return RETAIN_OK;
    report->prevalence = scores->positives / n;
    report->prevalence_low = retain_rate_low(scores->positives, n, options->level);
    report->prevalence_high = retain_rate_high(scores->positives, n, options->level);
    report->auc = scores->auc;
    report->auc_error = sqrt(scores->auc_variance);
    limits = retain__logit_limits(report->auc, report->auc_error, options->level);
    report->auc_low = limits.low;
    report->auc_high = limits.high;
    if (!isnan(scores->auc))
        find_distance(scores, report);
    if (scores->positives > 0.0)
        report->average_precision = find_average_precision(scores);
    if (!retain__are_probabilities(scores))
        return RETAIN_OK;
    measure_brier(scores, options->level, report);
    measure_log_loss(scores, options->level, report);
    report->calibration_error = find_calibration_error(scores, n, options->groups);
    return measure_slope(scratch, scores, report);
}

static retain_status take_options(retain_context *ctx, const retain_scoring_options *given, retain_scoring_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (options->groups > MOST_GROUPS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.groups is %zu; it must be 1 to 1000 (0 means 10)",
                            options->groups);
    if (options->groups == 0)
        options->groups = DEFAULT_GROUPS;
    return retain__take_level(ctx, "options.level", &options->level);
}

retain_status retain_scoring_measures(retain_context *ctx, const double *score, const uint8_t *outcome, const double *weight,
                                      size_t count, const retain_scoring_options *given, retain_scoring_report *report)
{
    retain_scoring_options options = {.struct_size = sizeof options};
    retain_scoring_report written = {.struct_size = sizeof written};
    retain__scratch scratch = {ctx, NULL};
    retain__scores scores;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK && !report)
        status = retain__fail_null(ctx, "report");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK)
        status = retain__count_scores(ctx, &scratch, "score", score, outcome, weight, count, &scores);
    if (status == RETAIN_OK)
        status = retain__recalibrate(&scratch, &scores);
    if (status == RETAIN_OK)
        status = write_report(&scratch, &scores, &options, &written);
    if (status == RETAIN_OK)
        *report = written;
    retain__release(&scratch);
    return status;
}

retain_status retain_scoring_points(retain_context *ctx, const double *score, const uint8_t *outcome, const double *weight,
                                    size_t count, const retain_scoring_points_columns *columns, size_t capacity, size_t *points)
{
    retain__scratch scratch = {ctx, NULL};
    retain__scores scores;
    retain_status status = retain__begin(ctx);
    double selected = 0.0, positives = 0.0;

    if (status == RETAIN_OK && (!columns || !points))
        status = retain__fail_null(ctx, columns ? "points" : "columns");
    if (status == RETAIN_OK)
        status = retain__count_scores(ctx, &scratch, "score", score, outcome, weight, count, &scores);
    if (status == RETAIN_OK)
        status = retain__recalibrate(&scratch, &scores);
    if (status == RETAIN_OK) {
        *points = scores.count;
        if (scores.count > capacity)
            status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu distinct scores",
                                  capacity, scores.count);
    }
    for (size_t i = 0; status == RETAIN_OK && i < scores.count; i++) {
        const retain__scored *row = scores.row + (scores.count - 1 - i);

        selected += row->positives + row->negatives;
        positives += row->positives;
        retain__put(columns->score, i, row->score);
        retain__put(columns->selected, i, selected);
        retain__put(columns->positives, i, positives);
        retain__put(columns->precision, i, positives / selected);
        retain__put(columns->recall, i, scores.positives > 0.0 ? positives / scores.positives : (double)NAN);
        retain__put(columns->fallout, i, scores.negatives > 0.0 ? (selected - positives) / scores.negatives : (double)NAN);
        retain__put(columns->expected, i, row->expected);
    }
    retain__release(&scratch);
    return status;
}

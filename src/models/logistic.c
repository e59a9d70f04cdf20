/* What a logistic regression says of rows: probabilities, their limits, and reasons.
 *
 * All of them are made of contributions, coefficient (value - reference), which are added to the base in the order of columns, so that
 * the log odds are the sum of what is given as reasons, to the last bit. Rows go through in blocks that stay in the cache, column by
 * column, whichever way the table lies.
 *
 * The variance of the log odds of a row x is x' C x. With the Cholesky factor of C it would be half the work, but C may be singular (columns
 * left out) or open, so the quadratic form is computed as it stands. */
#include <math.h>

#include "data/predictors.h"
#include "math/kernels.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "models/reasons.h"
#include "retain/logistic.h"

enum { ROWS = 256, CHUNK = 32 * ROWS };

/* --- checks ------------------------------------------------------------------------------------------------------------------------------ */

static retain_status check_model(retain_context *ctx, const retain_logistic *model)
{
    if (!model)
        return retain__fail_null(ctx, "model");
    if (model->columns < 1 || model->columns > RETAIN_PREDICTORS_MOST)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.columns is %zu; it must lie in [1, %d]",
                            model->columns, RETAIN_PREDICTORS_MOST);
    if (!retain__is_finite(model->intercept))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.intercept is %g; it must be finite",
                            model->intercept);
    for (size_t j = 0; j < model->columns; j++) {
        if (!retain__is_finite(model->coefficient[j]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.coefficient[%zu] is %g; it must be finite", j,
                                model->coefficient[j]);
        if (!retain__is_finite(model->reference[j]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.reference[%zu] is %g; it must be finite", j,
                                model->reference[j]);
        if (isinf(model->missing[j]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.missing[%zu] is %g; it must be finite, or NaN", j,
                                model->missing[j]);
    }
    return RETAIN_OK;
}

static retain_status check_question(retain_context *ctx, const retain_logistic *model, const retain_predictors *predictors)
{
    retain_status status = check_model(ctx, model);

    if (status == RETAIN_OK)
        status = retain__check_predictors(ctx, predictors, 1);
    if (status == RETAIN_OK && predictors->columns != model->columns)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is %zu; the model has %zu",
                            predictors->columns, model->columns);
    return status;
}

static retain_status check_covariance(retain_context *ctx, const double *covariance, size_t entries)
{
    for (size_t e = 0; e < entries; e++) {
        if (covariance[e * entries + e] < 0.0)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "covariance[%zu] is %g; a variance is at least 0",
                                e * entries + e, covariance[e * entries + e]);
    }
    return RETAIN_OK;
}

/* --- contributions ------------------------------------------------------------------------------------------------------------------------ */

static double base_of(const retain_logistic *model)
{
    double base = model->intercept;

    for (size_t j = 0; j < model->columns; j++)
        base += model->coefficient[j] * model->reference[j];
    return base;
}

static retain__linear make_linear(const retain_logistic *model)
{
    return (retain__linear){model->columns, model->coefficient, model->reference, model->missing};
}

/* --- probabilities ------------------------------------------------------------------------------------------------------------------------ */

typedef struct question {
    const retain_logistic *model;
    retain__linear linear;
    const retain_predictors *predictors;
    const double *covariance;
    double base, quantile;
    double *probability, *log_odds, *low, *high;
} question;

static RETAIN__INLINE void squash_body(const double *log_odds, size_t count, double *probability)
{
    for (size_t i = 0; i < count; i++) {
        const double t = log_odds[i], e = retain__fast_exp(-fabs(t)), over = 1.0 / (1.0 + e);

        probability[i] = t == t ? (t < 0.0 ? e * over : over) : t;
    }
}
RETAIN__VECTORISED(static, squash, (const double *log_odds, size_t count, double *probability), (log_odds, count, probability));

/* What the covariance multiplies: one entry for the intercept, the columns, and what is missing; NaN where log odds are. */
static double standard_error(const question *of, size_t row)
{
    const size_t columns = of->model->columns, entries = 1 + 2 * columns;
    double x[1 + 2 * RETAIN_PREDICTORS_MOST] = {1.0}, variance = 0.0;
    size_t there[1 + 2 * RETAIN_PREDICTORS_MOST], count = 0;

    for (size_t j = 0; j < columns; j++) {
        const double value = retain__predictor(of->predictors, row, j);

        x[1 + j] = value == value ? value : of->model->reference[j];
        x[1 + columns + j] = value == value ? 0.0 : 1.0;
    }
    for (size_t e = 0; e < entries; e++) {
        if (x[e] != 0.0)
            there[count++] = e;
    }
    for (size_t a = 0; a < count; a++) {
        const double *line = of->covariance + there[a] * entries;
        double sum = 0.5 * line[there[a]] * x[there[a]];

        for (size_t b = 0; b < a; b++)
            sum += line[there[b]] * x[there[b]];
        variance += 2.0 * x[there[a]] * sum;
    }
    return variance > 0.0 ? sqrt(variance) : variance == variance ? 0.0 : variance;
}

static void set_limits(const question *of, size_t first, size_t count, const double *log_odds)
{
    double low[ROWS], high[ROWS];

    for (size_t i = 0; i < count; i++) {
        const double reach = log_odds[i] == log_odds[i] ? of->quantile * standard_error(of, first + i) : log_odds[i];

        low[i] = log_odds[i] - reach;
        high[i] = log_odds[i] + reach;
    }
    if (of->low)
        squash(low, count, of->low + first);
    if (of->high)
        squash(high, count, of->high + first);
}

static void ask_chunk(void *state, size_t block, size_t first, size_t last)
{
    const question *of = state;
    double log_odds[ROWS], part[ROWS];

    (void)block;
    for (size_t at = first; at < last; at += ROWS) {
        const size_t count = last - at < ROWS ? last - at : ROWS;

        for (size_t i = 0; i < count; i++)
            log_odds[i] = of->base;
        for (size_t j = 0; j < of->model->columns; j++) {
            retain__find_contributions(&of->linear, of->predictors, j, at, count, part);
            for (size_t i = 0; i < count; i++)
                log_odds[i] += part[i];
        }
        for (size_t i = 0; of->log_odds && i < count; i++)
            of->log_odds[at + i] = log_odds[i];
        if (of->probability)
            squash(log_odds, count, of->probability + at);
        if (of->low || of->high)
            set_limits(of, at, count, log_odds);
    }
}

retain_status retain_logistic_probability(retain_context *ctx, const retain_logistic *model, const retain_predictors *predictors,
                                          const double *covariance, double level, double *probability, double *log_odds,
                                          double *low, double *high)
{
    retain_status status = retain__begin(ctx);
    retain_context quiet;
    question of = {.model = model,
                   .predictors = predictors,
                   .covariance = covariance,
                   .probability = probability,
                   .log_odds = log_odds,
                   .low = low,
                   .high = high};

    if (status == RETAIN_OK)
        status = check_question(ctx, model, predictors);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && (low || high))
        status = covariance ? check_covariance(ctx, covariance, 1 + 2 * model->columns) : retain__fail_null(ctx, "covariance");
    if (status != RETAIN_OK)
        return status;
    of.base = base_of(model);
    of.linear = make_linear(model);
    of.quantile = -retain__ndtri(0.5 * (1.0 - level));
    return retain__parallel(retain__make_quiet(ctx, &quiet), predictors->count, CHUNK, 0.0, 1.0, ask_chunk, &of);
}

/* --- reasons --------------------------------------------------------------------------------------------------------------------------------- */

retain_status retain_logistic_reasons(retain_context *ctx, const retain_logistic *model, const retain_predictors *predictors,
                                      size_t most, retain_direction direction, double *base, double *contribution, int64_t *reason,
                                      double *share, double *value)
{
    retain_status status = retain__begin(ctx);
    retain__reasons reasons = {.predictors = predictors,
                               .most = reason || share || value ? most : 0,
                               .direction = direction,
                               .reason = reason,
                               .share = share,
                               .value = value};

    if (status == RETAIN_OK)
        status = check_question(ctx, model, predictors);
    if (status == RETAIN_OK) {
        const retain__linear linear = make_linear(model);

        status = retain__check_reasons(ctx, &linear, most, direction);
        if (status == RETAIN_OK)
            status = retain__write_contributions(ctx, &linear, &reasons, contribution);
    }
    if (status == RETAIN_OK && base)
        *base = base_of(model);
    return status;
}

/* Forecasts of a discrete-time hazard.
 *
 * All of them are made of the cumulative hazard of a walk through periods, H = -log S = sum of c(v) over periods, v = baseline of the period's
 * group plus what the predictors add; c is log(1 + e^v) with the logit link and e^v with the other. Its derivative by v is the hazard h, or
 * e^v: summed over the periods of each group these are the derivatives of H by the baselines, and summed over all of them, times the row,
 * those by the coefficients. Limits follow by the delta method, on scales that have no ends. */
#include <math.h>
#include <string.h>

#include "data/predictors.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "models/reasons.h"
#include "models/row_results.h"
#include "retain/hazard_forecast.h"

enum { ROWS = 64, OUTPUTS = 3, MOST_ENTRIES = RETAIN_HAZARD_GROUPS + 2 * RETAIN_PREDICTORS_MOST };

static const double MOST = 1e100;

typedef struct forecasting {
    const retain_hazard *model;
    const retain_predictors *predictors;
    const double *covariance, *lasted, *times; /* periods, or periods ahead */
    size_t each;                               /* results a row */
    size_t entries;
    double quantile, horizon;
    double *made[OUTPUTS]; /* value, low, high */
} forecasting;

/* --- one row -------------------------------------------------------------------------------------------------------------------- */

/* What the covariance multiplies, entries that are not 0 only: those of the row, then, in front of them, baselines. */
typedef struct standing {
    double eta;    /* what the predictors add */
    double lasted; /* periods completed */
    size_t parts, entry[MOST_ENTRIES];
    double value[MOST_ENTRIES]; /* of the row: what its coefficients are multiplied by */
} standing;

static void stand(const forecasting *of, size_t row, standing *at)
{
    const retain_hazard *model = of->model;

    at->eta = 0.0;
    at->lasted = of->lasted ? of->lasted[row] : 0.0;
    at->parts = 0;
    for (size_t j = 0; j < model->columns; j++) {
        const double x = retain__predictor(of->predictors, row, j), away = x - model->reference[j];
        const int is_missing = x != x;

        at->eta += is_missing ? model->missing[j] : model->coefficient[j] * away;
        if (!is_missing && away == 0.0)
            continue;
        at->entry[at->parts] = model->groups + j + (is_missing ? model->columns : 0);
        at->value[at->parts++] = is_missing ? 1.0 : away;
    }
}

/* log(1 + e^v). */
static double soften(double v)
{
    return v > 0.0 ? v + log1p(exp(-v)) : log1p(exp(v));
}

static double squash(double v)
{
    return v >= 0.0 ? 1.0 / (1.0 + exp(-v)) : exp(v) / (1.0 + exp(v));
}

static double cumulative(const forecasting *of, double v)
{
    return of->model->link == RETAIN_HAZARD_LOGIT ? soften(v) : exp(v);
}

static double cumulative_slope(const forecasting *of, double v)
{
    return of->model->link == RETAIN_HAZARD_LOGIT ? squash(v) : exp(v);
}

static double hazard_of(const forecasting *of, double v)
{
    return of->model->link == RETAIN_HAZARD_LOGIT ? squash(v) : -expm1(-exp(v));
}

/* Group of a period from 1 on, which is not beyond the last. */
static size_t find_group(const retain_hazard *model, double period)
{
    size_t low = 0, high = model->groups - 1;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (model->until[middle] >= period)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Standard error of sum of slope[g] baseline_g + (sum of slope) times what the predictors add; NaN where the covariance is. */
static double find_error(const forecasting *of, const standing *at, const double *slope, size_t from, size_t to)
{
    const size_t n = of->entries;
    double all = 0.0, variance = 0.0, x[MOST_ENTRIES];
    size_t entry[MOST_ENTRIES], count = 0;

    for (size_t g = from; g <= to; g++) {
        entry[count] = g;
        x[count++] = slope[g];
        all += slope[g];
    }
    for (size_t p = 0; p < at->parts; p++) {
        entry[count] = at->entry[p];
        x[count++] = all * at->value[p];
    }
    for (size_t a = 0; a < count; a++) {
        const double *line = of->covariance + entry[a] * n;
        double sum = 0.5 * line[entry[a]] * x[a];

        for (size_t b = 0; b < a; b++)
            sum += line[entry[b]] * x[b];
        variance += 2.0 * x[a] * sum;
    }
    return variance > 0.0 ? sqrt(variance) : variance == variance ? 0.0 : variance;
}

static void put_result(const forecasting *of, size_t at, double value, double low, double high)
{
    retain__put(of->made[0], at, value);
    retain__put(of->made[1], at, low);
    retain__put(of->made[2], at, high);
}

/* --- hazards -------------------------------------------------------------------------------------------------------------------- */

static void hazard_block(void *state, size_t block, size_t first, size_t last)
{
    const forecasting *of = state;
    const double end = of->model->until[of->model->groups - 1];
    double slope[RETAIN_HAZARD_GROUPS];
    standing at;

    (void)block;
    for (size_t row = first; row < last; row++) {
        stand(of, row, &at);
        for (size_t t = 0; t < of->each; t++) {
            double v = (double)NAN, reach = (double)NAN;

            if (of->times[t] <= end) {
                const size_t g = find_group(of->model, of->times[t]);

                v = of->model->baseline[g] + at.eta;
                slope[g] = 1.0;
                if (of->covariance)
                    reach = of->quantile * find_error(of, &at, slope, g, g);
            }
            put_result(of, row * of->each + t, hazard_of(of, v), hazard_of(of, v - reach), hazard_of(of, v + reach));
        }
    }
}

/* --- survival ------------------------------------------------------------------------------------------------------------------- */

/* H over the `ahead` periods after those that have passed, and its derivatives by the baselines of the groups from *from to *to. */
static double walk(const forecasting *of, const standing *at, double ahead, double *slope, size_t *from, size_t *to)
{
    const retain_hazard *model = of->model;
    const double until = at->lasted + ahead;
    double sum = 0.0, since = at->lasted;

    *from = find_group(model, since + 1.0);
    *to = find_group(model, until);
    for (size_t g = *from; g <= *to; g++) {
        const double end = g == *to ? until : model->until[g], periods = end - since, v = model->baseline[g] + at->eta;

        sum += periods * cumulative(of, v);
        slope[g] = periods * cumulative_slope(of, v);
        since = end;
    }
    return sum;
}

static void survival_block(void *state, size_t block, size_t first, size_t last)
{
    const forecasting *of = state;
    const double end = of->model->until[of->model->groups - 1];
    double slope[RETAIN_HAZARD_GROUPS];
    standing at;

    (void)block;
    for (size_t row = first; row < last; row++) {
        stand(of, row, &at);
        for (size_t t = 0; t < of->each; t++) {
            double hazard = of->times[t] == 0.0 ? 0.0 * at.eta : (double)NAN, factor = (double)NAN;
            size_t from, to;

            if (of->times[t] > 0.0 && at.lasted + of->times[t] <= end) {
                hazard = walk(of, &at, of->times[t], slope, &from, &to);
                if (of->covariance && hazard > 0.0)
                    factor = exp(of->quantile * find_error(of, &at, slope, from, to) / hazard);
            }
            put_result(of, row * of->each + t, exp(-hazard), exp(-hazard * factor), exp(-hazard / factor));
        }
    }
}

/* --- periods to come ------------------------------------------------------------------------------------------------------------ */

/* The sum of S over the next periods, and its derivatives: each S falls with H, whose derivatives grow from period to period. */
static double add_shares(const forecasting *of, const standing *at, double *slope, size_t *from, size_t *to)
{
    const retain_hazard *model = of->model;
    double mean = 0.0, hazard = 0.0, behind = 0.0;
    size_t g;

    *from = find_group(model, at->lasted + 1.0);
    *to = find_group(model, at->lasted + of->horizon);
    for (g = *from; g <= *to; g++)
        slope[g] = 0.0;
    for (double j = 1.0; j <= of->horizon; j += 1.0) {
        g = find_group(model, at->lasted + j);
        hazard += cumulative(of, model->baseline[g] + at->eta);
        mean += exp(-hazard);
    }
    hazard = 0.0;
    for (double j = 1.0; j <= of->horizon; j += 1.0) { /* what comes after period j, itself included, falls with its hazard */
        const double v = model->baseline[g = find_group(model, at->lasted + j)] + at->eta;

        slope[g] -= (mean - behind) * cumulative_slope(of, v);
        hazard += cumulative(of, v);
        behind += exp(-hazard);
    }
    return mean;
}

static void remaining_block(void *state, size_t block, size_t first, size_t last)
{
    const forecasting *of = state;
    const double end = of->model->until[of->model->groups - 1], horizon = of->horizon;
    double slope[RETAIN_HAZARD_GROUPS];
    standing at;

    (void)block;
    for (size_t row = first; row < last; row++) {
        double mean = (double)NAN, low = (double)NAN, high = (double)NAN;
        size_t from, to;

        stand(of, row, &at);
        if (at.lasted + horizon <= end) {
            mean = add_shares(of, &at, slope, &from, &to);
            if (of->covariance && mean > 0.0 && mean < horizon) {
                const double odds = mean / (horizon - mean);
                const double error = find_error(of, &at, slope, from, to) * horizon / (mean * (horizon - mean));

                low = horizon / (1.0 + exp(of->quantile * error) / odds);
                high = horizon / (1.0 + exp(-of->quantile * error) / odds);
            }
        }
        put_result(of, row, mean, low, high);
    }
}

/* --- checks --------------------------------------------------------------------------------------------------------------------- */

static retain_status check_groups(retain_context *ctx, const retain_hazard *model)
{
    if (model->groups < 1 || model->groups > RETAIN_HAZARD_GROUPS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.groups is %zu; it must be 1 to %d", model->groups,
                            RETAIN_HAZARD_GROUPS);
    for (size_t g = 0; g < model->groups; g++) {
        const double until = model->until[g], least = g ? model->until[g - 1] + 1.0 : 1.0;

        if (!(until >= least && until <= RETAIN_HAZARD_PERIODS && until == floor(until)))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "model.until[%zu] is %g; it must be a whole number from %g to %d", g, until, least,
                                RETAIN_HAZARD_PERIODS);
        if (!(fabs(model->baseline[g]) <= MOST))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "model.baseline[%zu] is %g; it must be at most 1e100 in size", g, model->baseline[g]);
    }
    return RETAIN_OK;
}

static retain_status check_model(retain_context *ctx, const retain_hazard *model)
{
    if (!model)
        return retain__fail_null(ctx, "model");
    if (model->link != RETAIN_HAZARD_LOGIT && model->link != RETAIN_HAZARD_COMPLEMENTARY_LOG_LOG)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.link is %d; it must be a retain_hazard_link",
                            (int)model->link);
    if (model->columns > RETAIN_PREDICTORS_MOST)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.columns is %zu; it must be at most %d",
                            model->columns, RETAIN_PREDICTORS_MOST);
    for (size_t j = 0; j < model->columns; j++) {
        if (!retain__is_finite(model->coefficient[j]) || !(fabs(model->reference[j]) <= MOST) || isinf(model->missing[j]))
            return retain__fail(
                ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                "model.coefficient[%zu] is %g, model.reference[%zu] %g and model.missing[%zu] %g; they must be finite, "
                "the reference at most 1e100 in size; missing may be NaN",
                j, model->coefficient[j], j, model->reference[j], j, model->missing[j]);
    }
    return check_groups(ctx, model);
}

static retain_status check_table(retain_context *ctx, const retain_hazard *model, const retain_predictors *predictors)
{
    retain_status status = retain__check_predictors(ctx, predictors, 1);

    if (status == RETAIN_OK && predictors->columns != model->columns)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is %zu; the model reads %zu",
                              predictors->columns, model->columns);
    return status;
}

static retain_status check_whole(retain_context *ctx, const char *name, const double *x, size_t count, double least)
{
    for (size_t i = 0; i < count; i++) {
        if (!(x[i] >= least && x[i] <= RETAIN_HAZARD_PERIODS && x[i] == floor(x[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %g; it must be a whole number from %g to %d", name, i, x[i],
                                least, RETAIN_HAZARD_PERIODS);
    }
    return RETAIN_OK;
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

static retain__linear make_linear(const retain_hazard *model)
{
    return (retain__linear){model->columns, model->coefficient, model->reference, model->missing};
}

/* --- calls ---------------------------------------------------------------------------------------------------------------------- */

static retain_status prepare(retain_context *ctx, forecasting *of, double level)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_model(ctx, of->model);
    if (status == RETAIN_OK)
        status = check_table(ctx, of->model, of->predictors);
    if (status == RETAIN_OK && of->lasted)
        status = check_whole(ctx, "lasted", of->lasted, of->predictors->count, 0.0);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status != RETAIN_OK)
        return status;
    of->entries = of->model->groups + 2 * of->model->columns;
    of->quantile = retain__ndtri(0.5 + 0.5 * level);
    return of->covariance ? check_covariance(ctx, of->covariance, of->entries) : RETAIN_OK;
}

static retain_status check_times(retain_context *ctx, const char *name, const forecasting *of, double least)
{
    if (of->each && !of->times)
        return retain__fail_null(ctx, name);
    return check_whole(ctx, name, of->times, of->each, least);
}

static retain_status compute(retain_context *ctx, forecasting *of, retain__work work, double *value, double *low, double *high)
{
    double *const outputs[OUTPUTS] = {value, low, high};

    return retain__compute_rows(ctx, of->predictors->count, of->each, ROWS, work, of, of->made, outputs, OUTPUTS);
}

retain_status retain_hazard_probability(retain_context *ctx, const retain_hazard *model, const double *covariance,
                                        const retain_predictors *predictors, double level, const double *period, size_t times,
                                        double *probability, double *low, double *high)
{
    forecasting of = {.model = model, .predictors = predictors, .covariance = covariance, .times = period, .each = times};
    retain_status status = prepare(ctx, &of, level);

    if (status == RETAIN_OK)
        status = check_times(ctx, "period", &of, 1.0);
    return status == RETAIN_OK ? compute(ctx, &of, hazard_block, probability, low, high) : status;
}

retain_status retain_hazard_survival(retain_context *ctx, const retain_hazard *model, const double *covariance,
                                     const retain_predictors *predictors, const double *lasted, double level, const double *ahead,
                                     size_t times, double *survival, double *low, double *high)
{
    forecasting of = {
        .model = model, .predictors = predictors, .covariance = covariance, .lasted = lasted, .times = ahead, .each = times};
    retain_status status = prepare(ctx, &of, level);

    if (status == RETAIN_OK)
        status = check_times(ctx, "ahead", &of, 0.0);
    return status == RETAIN_OK ? compute(ctx, &of, survival_block, survival, low, high) : status;
}

retain_status retain_hazard_remaining(retain_context *ctx, const retain_hazard *model, const double *covariance,
                                      const retain_predictors *predictors, const double *lasted, double level, double horizon,
                                      double *mean, double *low, double *high)
{
    forecasting of = {
        .model = model, .predictors = predictors, .covariance = covariance, .lasted = lasted, .each = 1, .horizon = horizon};
    retain_status status = prepare(ctx, &of, level);

    if (status == RETAIN_OK && !(horizon >= 1.0 && horizon <= RETAIN_HAZARD_PERIODS && horizon == floor(horizon)))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "horizon is %g; it must be a whole number from 1 to %d",
                              horizon, RETAIN_HAZARD_PERIODS);
    return status == RETAIN_OK ? compute(ctx, &of, remaining_block, mean, low, high) : status;
}

retain_status retain_hazard_reasons(retain_context *ctx, const retain_hazard *model, const retain_predictors *predictors,
                                    size_t most, retain_direction direction, double *contribution, int64_t *reason, double *share,
                                    double *value)
{
    retain_status status = retain__begin(ctx);
    retain__reasons reasons = {.predictors = predictors,
                               .most = reason || share || value ? most : 0,
                               .direction = direction,
                               .reason = reason,
                               .share = share,
                               .value = value};

    if (status == RETAIN_OK)
        status = check_model(ctx, model);
    if (status == RETAIN_OK)
        status = check_table(ctx, model, predictors);
    if (status == RETAIN_OK) {
        const retain__linear linear = make_linear(model);

        status = retain__check_reasons(ctx, &linear, most, direction);
        if (status == RETAIN_OK)
            status = retain__write_contributions(ctx, &linear, &reasons, contribution);
    }
    return status;
}

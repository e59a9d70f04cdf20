/* Forecasts of accelerated failure time: closed forms in z, and one integral.
 *
 * With H(t) = -log S(t) the cumulative hazard of a row, all that is asked follows from H between `from` and from + ahead. It moves with the
 * parameters by -dlog S/dz dz, and z = shape (log t - log scale - eta) moves with log scale by -shape, with log shape by z, with a coefficient by -shape times the
 * predictor: so every limit is a delta method on these.
 *
 * The mean time left is the area under S. S may start with an infinite slope (shape below 1), so it is integrated by the tanh-sinh
 * rule (H. Takahasi, M. Mori, Publications RIMS 9 (1974), 721-741), which does not mind. */
#include <math.h>
#include <string.h>

#include "data/predictors.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "models/accelerated.h"
#include "models/row_results.h"

enum { MOST = RETAIN_ACCELERATED_PREDICTORS, POSITIVE = 2, ENTRIES = POSITIVE + MOST, ROWS = 64, OUTPUTS = 3 };

typedef struct forecasting {
    const retain_accelerated *model;
    const retain_predictors *predictors;
    const double *covariance, *from, *ahead;
    size_t times; /* results a row */
    double quantile, share, horizon;
    double *made[OUTPUTS];           /* value, low, high */
    double doubt[ENTRIES * ENTRIES]; /* covariance of log scale, log shape and the coefficients */
} forecasting;

/* A row: where its z is, and what moves it. */
typedef struct standing {
    double off[MOST], eta, from;
    double slope[ENTRIES]; /* of H at `from`, by log scale, log shape and the coefficients */
    double hazard;         /* H at `from` */
} standing;

/* --- one row ---------------------------------------------------------------------------------------------------------------------- */

static double find_z(const forecasting *of, const standing *at, double time)
{
    return of->model->shape * (log(time) - log(of->model->scale) - at->eta);
}

/* H at a time, and how it moves; 0 at 0. */
static double find_hazard(const forecasting *of, const standing *at, double time, double *slope)
{
    const size_t n = of->model->predictors;
    retain__curved g;
    double z;

    if (slope)
        memset(slope, 0, ENTRIES * sizeof *slope);
    if (time == 0.0)
        return isnan(at->eta) ? at->eta : 0.0;
    z = find_z(of, at, time);
    g = retain__accelerated_log_survival(of->model->family, z);
    if (slope && g.first != 0.0) {
        slope[0] = g.first * of->model->shape;
        slope[1] = -g.first * z;
        for (size_t j = 0; j < n; j++)
            slope[POSITIVE + j] = g.first * of->model->shape * at->off[j];
    }
    return -g.value;
}

static standing find_standing(const forecasting *of, size_t row)
{
    standing at = {.from = of->from ? of->from[row] : 0.0};

    for (size_t j = 0; j < of->model->predictors; j++) {
        at.off[j] = retain__predictor(of->predictors, row, j) - of->model->reference[j];
        at.eta += of->model->coefficient[j] * at.off[j];
    }
    at.hazard = find_hazard(of, &at, at.from, at.slope);
    return at;
}

/* The standard error of what moves like this. */
static double find_error(const forecasting *of, const double *slope)
{
    const size_t n = POSITIVE + of->model->predictors;
    double sum = 0.0;

    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++)
            sum += slope[a] == 0.0 || slope[b] == 0.0 ? 0.0 : slope[a] * of->doubt[a * n + b] * slope[b];
    }
    return sqrt(sum > 0.0 || isnan(sum) ? sum : 0.0);
}

/* H from `from` to a time, and how it moves. */
static double find_step(const forecasting *of, const standing *at, double time, double *slope)
{
    const double hazard = find_hazard(of, at, time, slope) - at->hazard;

    for (size_t k = 0; slope && k < POSITIVE + of->model->predictors; k++)
        slope[k] -= at->slope[k];
    return hazard > 0.0 || isnan(hazard) ? hazard : 0.0;
}

static void put_result(const forecasting *of, size_t at, double value, double low, double high)
{
    retain__put(of->made[0], at, value);
    retain__put(of->made[1], at, low);
    retain__put(of->made[2], at, high);
}

/* --- survival and quantiles ------------------------------------------------------------------------------------------------------- */

static void share_block(void *state, size_t block, size_t first, size_t last)
{
    const forecasting *of = state;

    (void)block;
    for (size_t row = first; row < last; row++) {
        const standing at = find_standing(of, row);

        for (size_t t = 0; t < of->times; t++) {
            double slope[ENTRIES], reach = (double)NAN;
            const double hazard = find_step(of, &at, at.from + of->ahead[t], of->covariance ? slope : NULL);

            if (of->covariance && hazard > 0.0 && exp(-hazard) > 0.0)
                reach = exp(of->quantile * find_error(of, slope) / hazard);
            put_result(of, row * of->times + t, exp(-hazard), exp(-hazard * reach), exp(-hazard / reach));
        }
    }
}

static void quantile_block(void *state, size_t block, size_t first, size_t last)
{
    const forecasting *of = state;
    const retain_accelerated *model = of->model;

    (void)block;
    for (size_t row = first; row < last; row++) {
        const standing at = find_standing(of, row);
        const double z = retain__accelerated_find_z(model->family, log1p(-of->share) - at.hazard);
        const double time = model->scale * exp(at.eta + z / model->shape), ahead = time - at.from;
        double low = (double)NAN, high = (double)NAN, slope[ENTRIES];

        if (of->covariance && isfinite(time)) {
            const double fall = -retain__accelerated_log_survival(model->family, z).first * model->shape; /* of H by log time */

            find_step(of, &at, time, slope);
            low = time * exp(-of->quantile * find_error(of, slope) / fall) - at.from;
            high = time * exp(of->quantile * find_error(of, slope) / fall) - at.from;
            low = low < 0.0 ? 0.0 : low;
        }
        put_result(of, row, ahead > 0.0 || isnan(ahead) ? ahead : 0.0, low, high);
    }
}

/* --- the mean time left ----------------------------------------------------------------------------------------------------------- */

enum { NODES = 80 }; /* to either side */

static void mean_block(void *state, size_t block, size_t first, size_t last)
{
    static const double step = 0.0475, half_pi = 1.57079632679489661923;
    const forecasting *of = state;
    const size_t n = POSITIVE + of->model->predictors;

    (void)block;
    for (size_t row = first; row < last; row++) {
        const standing at = find_standing(of, row);
        double mean = 0.0, slope[ENTRIES] = {0.0}, low = (double)NAN, high = (double)NAN;

        for (int k = -NODES; k <= NODES; k++) {
            const double u = half_pi * sinh(step * k), share = 1.0 / (1.0 + exp(-2.0 * u)); /* of the horizon */
            const double weight = step * half_pi * cosh(step * k) / (2.0 * cosh(u) * cosh(u)) * of->horizon;
            double moved[ENTRIES], survival;

            survival = exp(-find_step(of, &at, at.from + share * of->horizon, of->covariance ? moved : NULL));
            mean += weight * survival;
            for (size_t j = 0; of->covariance && j < n; j++)
                slope[j] -= weight * survival * moved[j];
        }
        if (of->covariance) {
            const double reach = of->quantile * find_error(of, slope);

            low = fmax(mean - reach, 0.0) + 0.0 * reach;
            high = fmin(mean + reach, of->horizon) + 0.0 * reach;
        }
        put_result(of, row, mean, low, high);
    }
}

/* --- calls ------------------------------------------------------------------------------------------------------------------------ */

static retain_status check_model(retain_context *ctx, const retain_accelerated *model)
{
    retain_status status =
        model ? retain__accelerated_check_family(ctx, "model.family", model->family) : retain__fail_null(ctx, "model");

    if (status != RETAIN_OK)
        return status;
    if (model->predictors > MOST)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.predictors is %zu; it must be at most %d",
                            model->predictors, MOST);
    if (!(model->scale > 0.0 && model->scale <= 1e100) || !(model->shape >= 1e-10 && model->shape <= 1e10))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "model.scale is %g and model.shape %g; they must be positive and finite", model->scale, model->shape);
    for (size_t j = 0; j < model->predictors; j++) {
        if (!retain__is_finite(model->coefficient[j]) || !(fabs(model->reference[j]) <= 1e100))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "model.coefficient[%zu] is %g and model.reference[%zu] %g; both must be finite", j,
                                model->coefficient[j], j, model->reference[j]);
    }
    return RETAIN_OK;
}

static retain_status check_rows(retain_context *ctx, const forecasting *of)
{
    retain_status status = retain__check_predictors(ctx, of->predictors, 1);

    if (status == RETAIN_OK && of->predictors->columns != of->model->predictors)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is %zu; the model reads %zu",
                            of->predictors->columns, of->model->predictors);
    for (size_t i = 0; status == RETAIN_OK && of->from && i < of->predictors->count; i++) {
        if (!(of->from[i] >= 0.0 && of->from[i] <= 1e100))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "from[%zu] is %g; it must be 0 to 1e100", i, of->from[i]);
    }
    return status;
}

/* The covariance of the report, which is of scale and shape themselves, as one of their logarithms. */
static void take_logarithms(forecasting *of)
{
    const size_t n = POSITIVE + of->model->predictors;

    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++)
            of->doubt[a * n + b] = of->covariance[a * n + b] /
                                   (a == 0   ? of->model->scale
                                    : a == 1 ? of->model->shape
                                             : 1.0) /
                                   (b == 0   ? of->model->scale
                                    : b == 1 ? of->model->shape
                                             : 1.0);
    }
}

static retain_status prepare(retain_context *ctx, forecasting *of, double level)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_model(ctx, of->model);
    if (status == RETAIN_OK && of->covariance)
        status = retain_fit_covariance(ctx, POSITIVE + of->model->predictors, of->covariance);
    if (status == RETAIN_OK)
        status = check_rows(ctx, of);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK) {
        of->quantile = retain__ndtri(0.5 + 0.5 * level);
        if (of->covariance)
            take_logarithms(of);
    }
    return status;
}

retain_status retain_accelerated_survival(retain_context *ctx, const retain_accelerated *model, const double *covariance,
                                          const retain_predictors *predictors, const double *from, double level,
                                          const double *ahead, size_t times, double *survival, double *low, double *high)
{
    forecasting of = {
        .model = model, .predictors = predictors, .covariance = covariance, .from = from, .ahead = ahead, .times = times};
    double *const outputs[OUTPUTS] = {survival, low, high};
    retain_status status = prepare(ctx, &of, level);

    if (status == RETAIN_OK && times && !ahead)
        status = retain__fail_null(ctx, "ahead");
    for (size_t t = 0; status == RETAIN_OK && t < times; t++) {
        if (!(ahead[t] >= 0.0 && ahead[t] <= 1e100))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, t, "ahead[%zu] is %g; it must be 0 to 1e100", t, ahead[t]);
    }
    return status == RETAIN_OK
               ? retain__compute_rows(ctx, predictors->count, of.times, ROWS, share_block, &of, of.made, outputs, OUTPUTS)
               : status;
}

retain_status retain_accelerated_quantile(retain_context *ctx, const retain_accelerated *model, const double *covariance,
                                          const retain_predictors *predictors, const double *from, double level, double share,
                                          double *ahead, double *low, double *high)
{
    forecasting of = {.model = model, .predictors = predictors, .covariance = covariance, .from = from, .times = 1, .share = share};
    double *const outputs[OUTPUTS] = {ahead, low, high};
    retain_status status = prepare(ctx, &of, level);

    if (status == RETAIN_OK && !(share > 0.0 && share < 1.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "share is %g; it must lie in (0, 1)", share);
    return status == RETAIN_OK
               ? retain__compute_rows(ctx, predictors->count, of.times, ROWS, quantile_block, &of, of.made, outputs, OUTPUTS)
               : status;
}

retain_status retain_accelerated_remaining(retain_context *ctx, const retain_accelerated *model, const double *covariance,
                                           const retain_predictors *predictors, const double *from, double level, double horizon,
                                           double *mean, double *low, double *high)
{
    forecasting of = {
        .model = model, .predictors = predictors, .covariance = covariance, .from = from, .times = 1, .horizon = horizon};
    double *const outputs[OUTPUTS] = {mean, low, high};
    retain_status status = prepare(ctx, &of, level);

    if (status == RETAIN_OK && !(horizon > 0.0 && horizon <= 1e100))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "horizon is %g; it must be above 0 and finite", horizon);
    return status == RETAIN_OK
               ? retain__compute_rows(ctx, predictors->count, of.times, ROWS, mean_block, &of, of.made, outputs, OUTPUTS)
               : status;
}

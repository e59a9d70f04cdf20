/* Forecasts: survival curves of rows, read from the steps of the reference customer.
 *
 * A row with linear predictor eta has the cumulative hazard exp(eta) (H0(from + t) - H0(from)), and everything that is said of it follows from the steps up to
 * two times. So are the limits: variance and drift are sums over the same steps, and their differences belong to what lies between. The mean time left is
 * the area under S, a sum over steps; each step moves all of S after it, which gives its variance in one pass back.
 *
 * Results go to scratch and are handed over when all is done. */
#include <math.h>

#include "data/predictors.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "models/cox_rows.h"
#include "models/row_results.h"
#include "retain/cox_forecast.h"

enum { MOST = RETAIN__COX_MOST, ROWS = 64, OUTPUTS = 4 };

typedef struct forecasting {
    const retain_cox *model;
    const retain_cox_baseline *baseline;
    const double *covariance;
    const retain_predictors *predictors;
    const int64_t *stratum;
    const double *from;
    double z; /* normal quantile of the limits */
    retain_cox_interval interval;
    const double *ahead;
    size_t times; /* results a row */
    double horizon, share;
    double *made[OUTPUTS]; /* value, error, low, high: [count * times], or NULL */
} forecasting;

/* --- checks ----------------------------------------------------------------------------------------------------------------------- */

static int64_t stratum_of_step(const retain_cox_baseline *baseline, size_t i)
{
    return baseline->stratum ? baseline->stratum[i] : 0;
}

static retain_status refuse_step(retain_context *ctx, const char *column, size_t i, double value, const char *rule)
{
    return retain__fail(ctx, RETAIN_ERROR_DATA, i, "baseline.%s[%zu] is %g; it must %s", column, i, value, rule);
}

static retain_status check_step(retain_context *ctx, const retain_cox_baseline *baseline, size_t i)
{
    const int first = i == 0 || stratum_of_step(baseline, i) != stratum_of_step(baseline, i - 1);
    const double floor = first ? 0.0 : baseline->hazard[i - 1];
    const double spread = first || !baseline->variance ? 0.0 : baseline->variance[i - 1];

    if (i > 0 && stratum_of_step(baseline, i) < stratum_of_step(baseline, i - 1))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "baseline.stratum[%zu] is %lld; strata must ascend", i,
                            (long long)stratum_of_step(baseline, i));
    if (!(baseline->time[i] >= 0.0 && retain__is_finite(baseline->time[i])) ||
        (!first && baseline->time[i] <= baseline->time[i - 1]))
        return refuse_step(ctx, "time", i, baseline->time[i], "ascend within a stratum, from 0 on");
    if (!(baseline->hazard[i] >= floor && retain__is_finite(baseline->hazard[i])))
        return refuse_step(ctx, "hazard", i, baseline->hazard[i], "be finite and not fall within a stratum, from 0 on");
    if (baseline->variance && !(baseline->variance[i] >= spread && retain__is_finite(baseline->variance[i])))
        return refuse_step(ctx, "variance", i, baseline->variance[i], "be finite and not fall within a stratum, from 0 on");
    return RETAIN_OK;
}

static retain_status check_baseline(retain_context *ctx, const forecasting *of)
{
    const retain_cox_baseline *baseline = of->baseline;

    if (!baseline)
        return retain__fail_null(ctx, "baseline");
    if (baseline->count && (!baseline->time || !baseline->hazard))
        return retain__fail_null(ctx, baseline->time ? "baseline.hazard" : "baseline.time");
    if (baseline->count && of->covariance && (!baseline->variance || !baseline->drift))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "baseline.%s is NULL; limits need it",
                            baseline->variance ? "drift" : "variance");
    for (size_t i = 0; i < baseline->count; i++) {
        const retain_status status = check_step(ctx, baseline, i);

        if (status != RETAIN_OK)
            return status;
    }
    for (size_t i = 0; of->covariance && i < baseline->count * of->model->predictors; i++) {
        if (!retain__is_finite(baseline->drift[i]))
            return refuse_step(ctx, "drift", i, baseline->drift[i], "be finite");
    }
    return RETAIN_OK;
}

static void find_stratum(const retain_cox_baseline *baseline, int64_t stratum, size_t *first, size_t *last)
{
    size_t low[2] = {0, 0};

    for (int side = 0; side < 2; side++) { /* the first step of it, and the first after it */
        size_t high = baseline->count;

        while (low[side] < high) {
            const size_t middle = low[side] + (high - low[side]) / 2;
            const int64_t there = stratum_of_step(baseline, middle);

            if (there < stratum || (side && there == stratum))
                low[side] = middle + 1;
            else
                high = middle;
        }
    }
    *first = low[0];
    *last = low[1];
}

static retain_status check_rows(retain_context *ctx, const forecasting *of)
{
    retain_status status = retain__check_predictors(ctx, of->predictors, 1);

    if (status == RETAIN_OK && of->predictors->columns != of->model->predictors)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is %zu; the model reads %zu",
                            of->predictors->columns, of->model->predictors);
    for (size_t i = 0; status == RETAIN_OK && i < of->predictors->count; i++) {
        size_t first = 0, last = 1;

        if (of->stratum)
            find_stratum(of->baseline, of->stratum[i], &first, &last);
        if (first == last)
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "stratum[%zu] is %lld, of which the baseline has no steps", i,
                                  (long long)of->stratum[i]);
        else if (of->from && !(of->from[i] >= 0.0 && retain__is_finite(of->from[i])))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "from[%zu] is %g; it must be finite and at least 0", i, of->from[i]);
    }
    return status;
}

static retain_status check_all(retain_context *ctx, const forecasting *of)
{
    retain_status status = retain__cox_check_model(ctx, of->model);

    if (status == RETAIN_OK && of->covariance)
        status = retain_fit_covariance(ctx, of->model->predictors, of->covariance);
    if (status == RETAIN_OK)
        status = check_baseline(ctx, of);
    return status == RETAIN_OK ? check_rows(ctx, of) : status;
}

/* --- one row ---------------------------------------------------------------------------------------------------------------------- */

/* A row: its risk, where it stands, and the steps of its stratum. */
typedef struct standing {
    double off[MOST]; /* from the reference */
    double risk;      /* exp(eta) */
    double from;
    size_t first, last; /* steps of the stratum */
    size_t passed;      /* the first step after `from` */
} standing;

/* The first step of the stratum after a time. */
static size_t find_step(const retain_cox_baseline *baseline, size_t first, size_t last, double time)
{
    while (first < last) {
        const size_t middle = first + (last - first) / 2;

        if (baseline->time[middle] <= time)
            first = middle + 1;
        else
            last = middle;
    }
    return first;
}

static standing find_standing(const forecasting *of, size_t row)
{
    standing at = {.from = of->from ? of->from[row] : 0.0};
    double eta = 0.0;

    for (size_t j = 0; j < of->model->predictors; j++) {
        at.off[j] = retain__predictor(of->predictors, row, j) - of->model->reference[j];
        eta += of->model->coefficient[j] * at.off[j];
    }
    at.risk = exp(eta);
    find_stratum(of->baseline, of->stratum ? of->stratum[row] : 0, &at.first, &at.last);
    at.passed = find_step(of->baseline, at.first, at.last, at.from);
    return at;
}

static int is_watched(const forecasting *of, const standing *at, double time)
{
    return at->last > at->first && time <= of->baseline->time[at->last - 1] && !isnan(at->risk);
}

/* A column of the baseline between `from` and just before step `to`. */
static double between(const standing *at, const double *column, size_t stride, size_t k, size_t to)
{
    const double end = to > at->first ? column[(to - 1) * stride + k] : 0.0;
    const double begin = at->passed > at->first ? column[(at->passed - 1) * stride + k] : 0.0;

    return end - begin;
}

static double hazard_to(const forecasting *of, const standing *at, size_t to)
{
    const double hazard = between(at, of->baseline->hazard, 1, 0, to);

    return hazard > 0.0 ? at->risk * hazard : 0.0;
}

/* exp(eta) q: how the cumulative hazard up to a step moves with the coefficients. */
static void find_slope(const forecasting *of, const standing *at, size_t to, double *slope)
{
    const size_t n = of->model->predictors;
    const double hazard = between(at, of->baseline->hazard, 1, 0, to);

    for (size_t k = 0; k < n; k++)
        slope[k] = at->risk * (at->off[k] * hazard - between(at, of->baseline->drift, n, k, to));
}

static double square(const forecasting *of, const double *slope)
{
    const size_t n = of->model->predictors;
    double sum = 0.0;

    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++)
            sum += slope[a] == 0.0 || slope[b] == 0.0 ? 0.0 : slope[a] * of->covariance[a * n + b] * slope[b];
    }
    return sum > 0.0 || isnan(sum) ? sum : 0.0;
}

static void put_result(const forecasting *of, size_t at, double value, double error, double low, double high)
{
    retain__put(of->made[0], at, value);
    retain__put(of->made[1], at, error);
    retain__put(of->made[2], at, low);
    retain__put(of->made[3], at, high);
}

/* --- survival --------------------------------------------------------------------------------------------------------------------- */

static void write_share(const forecasting *of, const standing *at, size_t result, double hazard, size_t to)
{
    const double nan = (double)NAN, share = exp(-hazard);
    double slope[MOST], error, reach, low = nan, high = nan;

    if (!of->covariance) {
        put_result(of, result, share, nan, nan, nan);
        return;
    }
    find_slope(of, at, to, slope);
    error = sqrt(at->risk * at->risk * between(at, of->baseline->variance, 1, 0, to) + square(of, slope));
    reach = of->z * error;
    if (hazard > 0.0 && share > 0.0) {
        switch (of->interval) {
        case RETAIN_COX_LIMITS_LOG_LOG:
            low = exp(-hazard * exp(reach / hazard));
            high = exp(-hazard * exp(-reach / hazard));
            break;
        case RETAIN_COX_LIMITS_LOG:
            low = share * exp(-reach);
            high = fmin(share * exp(reach), 1.0);
            break;
        case RETAIN_COX_LIMITS_PLAIN:
            low = fmax(share - share * reach, 0.0);
            high = fmin(share + share * reach, 1.0);
            break;
        }
    }
    put_result(of, result, share, share * error, low, high);
}

static void share_block(void *state, size_t block, size_t first, size_t last)
{
    const forecasting *of = state;
    const double nan = (double)NAN;

    (void)block;
    for (size_t row = first; row < last; row++) {
        const standing at = find_standing(of, row);

        for (size_t t = 0; t < of->times; t++) {
            const double time = at.from + of->ahead[t];
            const size_t to = find_step(of->baseline, at.passed, at.last, time);

            if (is_watched(of, &at, time))
                write_share(of, &at, row * of->times + t, hazard_to(of, &at, to), to);
            else
                put_result(of, row * of->times + t, nan, nan, nan, nan);
        }
    }
}

/* --- the mean time left ----------------------------------------------------------------------------------------------------------- */

/* What lies under S from a step to the next, or to the end. */
static double find_area(const forecasting *of, const standing *at, size_t step, double end)
{
    const retain_cox_baseline *baseline = of->baseline;
    const double next = step + 1 < at->last && baseline->time[step + 1] < end ? baseline->time[step + 1] : end;

    return exp(-hazard_to(of, at, step + 1)) * (next - baseline->time[step]);
}

/* Variance of the area under S: that of the steps, each of which moves all of the area behind it, and that of the coefficients. */
static double find_area_variance(const forecasting *of, const standing *at, size_t to, double end)
{
    double slope[MOST] = {0.0}, moved[MOST], behind = 0.0, variance = 0.0;

    for (size_t step = to; step-- > at->passed;) {
        const double area = find_area(of, at, step, end);
        const double part = between(at, of->baseline->variance, 1, 0, step + 1) - between(at, of->baseline->variance, 1, 0, step);

        behind += area;
        variance += at->risk * at->risk * part * behind * behind;
        find_slope(of, at, step + 1, moved);
        for (size_t j = 0; j < of->model->predictors; j++)
            slope[j] += area * moved[j];
    }
    return variance + square(of, slope);
}

static void mean_block(void *state, size_t block, size_t first, size_t last)
{
    const forecasting *of = state;
    const retain_cox_baseline *baseline = of->baseline;
    const double nan = (double)NAN;

    (void)block;
    for (size_t row = first; row < last; row++) {
        const standing at = find_standing(of, row);
        const double end = at.from + of->horizon;
        double mean, error = nan, low = nan, high = nan;
        size_t to = at.passed;

        if (!is_watched(of, &at, end)) {
            put_result(of, row, nan, nan, nan, nan);
            continue;
        }
        mean = (to < at.last && baseline->time[to] < end ? baseline->time[to] : end) - at.from;
        for (; to < at.last && baseline->time[to] < end; to++)
            mean += find_area(of, &at, to, end);
        if (of->covariance) {
            error = sqrt(find_area_variance(of, &at, to, end));
            low = error > 0.0 ? fmax(mean - of->z * error, 0.0) : nan;
            high = error > 0.0 ? fmin(mean + of->z * error, of->horizon) : nan;
        }
        put_result(of, row, mean, error, low, high);
    }
}

/* --- quantiles -------------------------------------------------------------------------------------------------------------------- */

static void quantile_block(void *state, size_t block, size_t first, size_t last)
{
    const forecasting *of = state;
    const double needed = -log(1.0 - of->share);

    (void)block;
    for (size_t row = first; row < last; row++) {
        const standing at = find_standing(of, row);
        size_t low = at.passed, high = at.last;

        while (low < high) {
            const size_t middle = low + (high - low) / 2;

            if (hazard_to(of, &at, middle + 1) >= needed)
                high = middle;
            else
                low = middle + 1;
        }
        put_result(of, row, low < at.last && !isnan(at.risk) ? of->baseline->time[low] - at.from : (double)NAN, 0.0, 0.0, 0.0);
    }
}

/* --- calls ------------------------------------------------------------------------------------------------------------------------ */

retain_status retain_cox_survival(retain_context *ctx, const retain_cox *model, const retain_cox_baseline *baseline,
                                  const double *covariance, const retain_predictors *predictors, const int64_t *stratum,
                                  const double *from, double level, retain_cox_interval interval, const double *ahead, size_t times,
                                  double *survival, double *standard_error, double *low, double *high)
{
    forecasting of = {.model = model,
                      .baseline = baseline,
                      .covariance = covariance,
                      .predictors = predictors,
                      .stratum = stratum,
                      .from = from,
                      .ahead = ahead,
                      .times = times};
    double *const outputs[OUTPUTS] = {survival, standard_error, low, high};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_all(ctx, &of);
    if (status == RETAIN_OK && !(interval >= RETAIN_COX_LIMITS_LOG_LOG && interval <= RETAIN_COX_LIMITS_PLAIN))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "interval is %d; it must be a retain_cox_interval",
                              (int)interval);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && times && !ahead)
        status = retain__fail_null(ctx, "ahead");
    for (size_t t = 0; status == RETAIN_OK && t < times; t++) {
        if (!(ahead[t] >= 0.0 && retain__is_finite(ahead[t])))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, t, "ahead[%zu] is %g; it must be finite and at least 0", t, ahead[t]);
    }
    of.interval = interval;
    of.z = status == RETAIN_OK ? retain__ndtri(0.5 + 0.5 * level) : 0.0;
    return status == RETAIN_OK
               ? retain__compute_rows(ctx, predictors->count, of.times, ROWS, share_block, &of, of.made, outputs, OUTPUTS)
               : status;
}

retain_status retain_cox_remaining(retain_context *ctx, const retain_cox *model, const retain_cox_baseline *baseline,
                                   const double *covariance, const retain_predictors *predictors, const int64_t *stratum,
                                   const double *from, double level, double horizon, double *mean, double *standard_error,
                                   double *low, double *high)
{
    forecasting of = {.model = model,
                      .baseline = baseline,
                      .covariance = covariance,
                      .predictors = predictors,
                      .stratum = stratum,
                      .from = from,
                      .times = 1,
                      .horizon = horizon};
    double *const outputs[OUTPUTS] = {mean, standard_error, low, high};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_all(ctx, &of);
    if (status == RETAIN_OK && !(horizon > 0.0 && retain__is_finite(horizon)))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "horizon is %g; it must be finite and above 0", horizon);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    of.z = status == RETAIN_OK ? retain__ndtri(0.5 + 0.5 * level) : 0.0;
    return status == RETAIN_OK
               ? retain__compute_rows(ctx, predictors->count, of.times, ROWS, mean_block, &of, of.made, outputs, OUTPUTS)
               : status;
}

retain_status retain_cox_quantile(retain_context *ctx, const retain_cox *model, const retain_cox_baseline *baseline,
                                  const retain_predictors *predictors, const int64_t *stratum, const double *from, double share,
                                  double *ahead)
{
    forecasting of = {.model = model,
                      .baseline = baseline,
                      .predictors = predictors,
                      .stratum = stratum,
                      .from = from,
                      .times = 1,
                      .share = share};
    double *const outputs[OUTPUTS] = {ahead, NULL, NULL, NULL};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_all(ctx, &of);
    if (status == RETAIN_OK && !(share > 0.0 && share < 1.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "share is %g; it must lie in (0, 1)", share);
    return status == RETAIN_OK
               ? retain__compute_rows(ctx, predictors->count, of.times, ROWS, quantile_block, &of, of.made, outputs, OUTPUTS)
               : status;
}

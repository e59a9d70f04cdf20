/* The delta method for forecasts: row by row, and for totals.
 *
 * The question: the parameters are known up to a covariance; between what limits does a forecast lie?
 *
 * The idea: near the estimate a forecast, on a scale where it is about linear in the logarithms of the parameters, has the variance
 * g'Vg. The gradient is a central difference of fourth order,
 *
 *     g = [8 (f(h) - f(-h)) - (f(2h) - f(-2h))] / 12 h,
 *
 * with h = 2^-9: the error of the formula, h^4 / 30 of the fifth derivative, and that of rounding, 1e-16 / h, are both about 1e-13
 * of forecasts that are smooth on the scale of the parameters' own size. Families need no derivative of any forecast for that.
 * Coefficients of covariates have no logarithm; they are moved by 2^-6 of their own standard error.
 *
 * For a total the parameters' errors are common to all customers, so the sum is differenced, not the parts; chance is independent
 * from customer to customer, so its variances are added. Money is worth times count, so its variance takes worth squared; a row of
 * weight w is w customers who act on their own, so it takes w once. */
#include "models/btyd_delta.h"

#include <math.h>
#include <string.h>

#include "math/sums.h"

#define NEGLIGIBLE 1e-7

enum { POINTS = 4 };

static const double step = 0x1p-9;
static const double offsets[POINTS] = {1.0, -1.0, 2.0, -2.0};
static const double shares[POINTS] = {8.0, -8.0, -1.0, 1.0};

/* --- checks --------------------------------------------------------------------------------------------------------------- */

size_t retain__delta_count(const retain__btyd_checked *model)
{
    return model->family->count + 2 * model->model->covariates;
}

retain_status retain__delta_check_smooth(retain_context *ctx, const retain__btyd_family *family,
                                         const retain_btyd_question *question)
{
    if (question->quantity != RETAIN_BTYD_COUNT_QUANTILE &&
        !(question->quantity == RETAIN_BTYD_NEXT_QUANTILE && family->is_discrete))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                        "question.quantity is %d, a quantile of a count; it jumps, and has no interval", (int)question->quantity);
}

retain_status retain__delta_take_covariance(retain_context *ctx, const retain__btyd_checked *model, const double *given,
                                            double *taken)
{
    size_t count = model->family->count, entries = retain__delta_count(model);

    for (size_t i = 0; i < entries; i++) {
        if (given[i * entries + i] < 0.0 || given[i * entries + i] == (double)INFINITY)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "covariance[%zu] is %g; the variance of %s must be finite and at least 0, or NaN", i * entries + i,
                                given[i * entries + i], i < count ? model->family->parameters[i] : "a coefficient");
        for (size_t j = 0; j < entries; j++)
            taken[i * entries + j] = given[i * entries + j] / (i < count ? model->p[i] : 1.0) / (j < count ? model->p[j] : 1.0);
    }
    return RETAIN_OK;
}

/* --- gradients ------------------------------------------------------------------------------------------------------------ */

/* g'Vg. A covariance that is not known does no harm where the gradient is 0, or so small that a parameter e times as large
 * would not change the value by its ten millionth: at a boundary, whose limiting model does not have the parameter at all. */
static double find_variance(size_t count, const double *gradient, const double *covariance, double value)
{
    double sum = 0.0, size = 0.0, used[RETAIN__DELTA_ENTRIES];

    for (size_t i = 0; i < count; i++) {
        double variance = covariance[i * count + i];

        used[i] = variance != variance && fabs(gradient[i]) <= NEGLIGIBLE * value ? 0.0 : gradient[i];
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (used[i] != 0.0 && used[j] != 0.0) {
                double part = used[i] * used[j] * covariance[i * count + j];

                sum += part;
                size += fabs(part);
            }
        }
    }
    if (sum < -1e-9 * size) /* no covariance: its variances are too small for its covariances */
        return (double)NAN;
    return sum > 0.0 || sum != sum ? sum : 0.0;
}

/* A difference of values that may be infinite, all of them alike: then nothing depends on the parameter. */
static double weigh(double value, double share, double center, double width)
{
    return value == center ? 0.0 : share * (value - center) / (12.0 * width);
}

/* How far an entry is moved; 0 where it is known, and so needs no gradient. */
static double find_width(const retain__delta *of, size_t entry)
{
    size_t entries = retain__delta_count(of->model);
    double variance = of->covariance[entry * entries + entry];

    if (variance == 0.0)
        return 0.0;
    return entry >= of->model->family->count && variance > 0.0 ? 0x1p-6 * sqrt(variance) : step;
}

static retain_status move(const retain__delta *of, int on_scale, size_t entry, size_t point, double width)
{
    const size_t count = of->model->family->count, covariates = of->model->model->covariates;
    const double all = (double)(POINTS * retain__delta_count(of->model) + 1), done = (double)(POINTS * entry + point + 1);
    const double by = offsets[point] * width;
    retain_btyd personal = *of->model->model;
    retain__btyd_checked moved = *of->model;

    moved.model = &personal;
    if (entry < count)
        moved.p[entry] *= exp(by);
    else if (entry < count + covariates)
        personal.purchase[entry - count] += by;
    else
        personal.lifetime[entry - count - covariates] += by;
    return of->answer(of, &moved, of->question, on_scale, done / all, (done + 1.0) / all);
}

/* --- one by one ----------------------------------------------------------------------------------------------------------- */

static double leave_scale(retain__btyd_scale scale, double on_scale)
{
    if (scale == RETAIN__BTYD_LOG)
        return exp(on_scale);
    return on_scale > 0.0 ? 1.0 / (1.0 + exp(-on_scale)) : exp(on_scale) / (1.0 + exp(on_scale));
}

/* Limits of a value given on its scale. */
static void find_limits(retain__btyd_scale scale, double on_scale, double reach, double *low, double *high)
{
    if (reach == 0.0 || (scale == RETAIN__BTYD_LOG && on_scale == -(double)INFINITY)) {
        *low = *high = leave_scale(scale, on_scale);
        return;
    }
    *low = leave_scale(scale, on_scale - reach);
    *high = leave_scale(scale, on_scale + reach);
}

retain_status retain__delta_intervals(retain__delta *of, retain__scratch *scratch, double quantile, double *values, double *low,
                                      double *high)
{
    size_t rows = of->customers->count, count = retain__delta_count(of->model);
    double *center = retain__take(scratch, rows, sizeof *center),
           *gradient = retain__take_zeroed(scratch, rows, count * sizeof *gradient);
    retain__btyd_scale scale = retain__btyd_scale_of(of->question->quantity);
    retain_status status;

    if (!center || !gradient)
        return RETAIN_ERROR_MEMORY;
    status = of->answer(of, of->model, of->question, 1, 0.0, 1.0 / (double)(POINTS * count + 1));
    if (status == RETAIN_OK && rows)
        memcpy(center, of->answers, rows * sizeof *center);
    for (size_t k = 0; k < POINTS * count && status == RETAIN_OK; k++) {
        double width = find_width(of, k / POINTS);

        if (width == 0.0)
            continue;
        status = move(of, 1, k / POINTS, k % POINTS, width);
        for (size_t i = 0; i < rows; i++)
            gradient[i * count + k / POINTS] += weigh(of->answers[i], shares[k % POINTS], center[i], width);
    }
    for (size_t i = 0; status == RETAIN_OK && i < rows; i++) {
        double reach = quantile * sqrt(find_variance(count, gradient + i * count, of->covariance, 1.0));

        if (values)
            values[i] = leave_scale(scale, center[i]);
        if (scale == RETAIN__BTYD_LOG && center[i] == (double)INFINITY)
            low[i] = high[i] = (double)NAN;
        else
            find_limits(scale, center[i], reach, &low[i], &high[i]);
    }
    return status;
}

/* A coefficient is moved so far that the customer whom it concerns most is moved as by a parameter; 0 where it concerns nobody. */
static double find_width_of(const retain__delta *of, size_t entry, const double *largest)
{
    const size_t count = of->model->family->count;
    const double most = entry < count ? 1.0 : largest[(entry - count) % of->model->model->covariates];

    return most > 0.0 ? step / most : 0.0;
}

retain_status retain__delta_gradients(retain__delta *of, retain__scratch *scratch, const double *largest, double *values,
                                      double *gradient)
{
    size_t rows = of->customers->count, count = retain__delta_count(of->model);
    double *center = retain__take(scratch, rows, sizeof *center),
           *found = retain__take_zeroed(scratch, rows, count * sizeof *found);
    retain_status status =
        center && found ? of->answer(of, of->model, of->question, 0, 0.0, 1.0 / (double)(POINTS * count + 1)) : RETAIN_ERROR_MEMORY;

    if (status == RETAIN_OK && rows)
        memcpy(center, of->answers, rows * sizeof *center);
    for (size_t k = 0; k < POINTS * count && status == RETAIN_OK; k++) {
        const size_t entry = k / POINTS;
        double width = find_width_of(of, entry, largest), by = entry < of->model->family->count ? of->model->p[entry] : 1.0;

        if (width == 0.0)
            continue;
        status = move(of, 0, entry, k % POINTS, width);
        for (size_t i = 0; status == RETAIN_OK && i < rows; i++)
            found[i * count + entry] += weigh(of->answers[i], shares[k % POINTS], center[i], width) / by;
    }
    if (status == RETAIN_OK && rows) {
        memcpy(gradient, found, rows * count * sizeof *found);
        if (values)
            memcpy(values, center, rows * sizeof *center);
    }
    return status;
}

/* --- all together --------------------------------------------------------------------------------------------------------- */

void retain__btyd_limit_total(retain__btyd_scale scale, double total, double whole, double error, double quantile, int matched,
                              double *low, double *high)
{
    double share = total / whole, ratio = error / total;

    if (error == 0.0) {
        *low = *high = total;
    } else if (scale == RETAIN__BTYD_LOGIT) {
        double center = log(share) - log1p(-share), reach = quantile * error / (whole * share * (1.0 - share));

        *low = whole * leave_scale(scale, center - reach);
        *high = whole * leave_scale(scale, center + reach);
    } else {
        double spread = matched ? sqrt(log1p(ratio * ratio)) : ratio, center = log(total) - (matched ? 0.5 * spread * spread : 0.0);

        *low = exp(center - quantile * spread);
        *high = exp(center + quantile * spread);
    }
    if (*low != *low || *high != *high) /* a total at the edge of what there is */
        *low = *high = (double)NAN;
}

static retain_status find_chance(retain__delta *of, const double *worth, retain_btyd_sum *sum)
{
    retain_btyd_question variance = *of->question;
    retain_status status;

    sum->variance = (double)NAN;
    if (variance.quantity != RETAIN_BTYD_ORDERS) {
        if (retain__btyd_scale_of(variance.quantity) == RETAIN__BTYD_LOGIT)
            sum->variance = retain__btyd_add_up_chance(of->customers, worth, of->answers, 0);
        return RETAIN_OK;
    }
    if (!of->model->family->is_poisson && !of->model->family->counts)
        return RETAIN_OK;
    variance.quantity = RETAIN_BTYD_VARIANCE;
    status = of->answer(of, of->model, &variance, 0, 0.0, 0.5);
    if (status == RETAIN_OK)
        sum->variance = retain__btyd_add_up_chance(of->customers, worth, of->answers, 1);
    return status;
}

retain_status retain__delta_total(retain__delta *of, const double *worth, double quantile, retain_btyd_sum *sum)
{
    size_t count = retain__delta_count(of->model);
    double gradient[RETAIN__DELTA_ENTRIES] = {0.0}, whole = retain__btyd_add_up_worth(of->customers, worth);
    retain__btyd_scale scale = retain__btyd_scale_of(of->question->quantity);
    retain_status status = of->answer(of, of->model, of->question, 0, 0.0, 0.0);

    if (status != RETAIN_OK)
        return status;
    sum->value = retain__btyd_add_up(of->customers, worth, of->answers);
    status = find_chance(of, worth, sum);
    for (size_t k = 0; of->covariance && k < POINTS * count && status == RETAIN_OK; k++) {
        double width = find_width(of, k / POINTS);

        if (width == 0.0)
            continue;
        status = move(of, 0, k / POINTS, k % POINTS, width);
        if (status == RETAIN_OK)
            gradient[k / POINTS] +=
                weigh(retain__btyd_add_up(of->customers, worth, of->answers), shares[k % POINTS], sum->value, width);
    }
    sum->standard_error = of->covariance ? sqrt(find_variance(count, gradient, of->covariance, fabs(sum->value))) : 0.0;
    if (sum->value == (double)INFINITY)
        sum->standard_error = (double)NAN;
    retain__btyd_limit_total(scale, sum->value, whole, sum->standard_error, quantile, 0, &sum->low, &sum->high);
    retain__btyd_limit_total(scale, sum->value, whole, sqrt(sum->standard_error * sum->standard_error + sum->variance), quantile, 1,
                             &sum->least, &sum->most);
    return status;
}

/* How sure forecasts are: the delta method, customer by customer and for totals.
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
#include "retain/btyd_interval.h"

#include <math.h>
#include <string.h>

#include "math/special.h"
#include "math/sums.h"
#include "models/btyd_totals.h"

enum { POINTS = 4, MOST = RETAIN_FIT_PARAMETERS };

#define NEGLIGIBLE 1e-7

static const double step = 0x1p-9;
static const double offsets[POINTS] = {1.0, -1.0, 2.0, -2.0}, shares[POINTS] = {8.0, -8.0, -1.0, 1.0};

/* --- checks --------------------------------------------------------------------------------------------------------------- */

retain_status retain__btyd_check_level(retain_context *ctx, double level)
{
    if (level > 0.0 && level < 1.0)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "level is %g; it must lie in (0, 1)", level);
}

static retain_status check_smooth(retain_context *ctx, const retain__btyd_family *family, const retain_btyd_question *question)
{
    if (question->quantity != RETAIN_BTYD_COUNT_QUANTILE &&
        !(question->quantity == RETAIN_BTYD_NEXT_QUANTILE && family->is_discrete))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                        "question.quantity is %d, a quantile of a count; it jumps, and has no interval", (int)question->quantity);
}

static size_t count_entries(const retain__btyd_checked *model)
{
    return model->family->count + 2 * model->model->covariates;
}

/* Covariance of the logarithms, and of the coefficients as they are. */
static retain_status take_covariance(retain_context *ctx, const retain__btyd_checked *model, const double *given, double *taken)
{
    size_t count = model->family->count, entries = count_entries(model);

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

retain_status retain__btyd_check_worth(retain_context *ctx, const retain_customers *customers, const double *worth)
{
    for (size_t i = 0; worth && i < customers->count; i++) {
        if (!(worth[i] >= 0.0 && retain__is_finite(worth[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "worth[%zu] is %g; it must be finite and at least 0", i, worth[i]);
    }
    return RETAIN_OK;
}

/* --- gradients ------------------------------------------------------------------------------------------------------------ */

/* g'Vg. A covariance that is not known does no harm where the gradient is 0, or so small that a parameter e times as large
 * would not change the value by its ten millionth: at a boundary, whose limiting model does not have the parameter at all. */
static double find_variance(size_t count, const double *gradient, const double *covariance, double value)
{
    double sum = 0.0, size = 0.0, used[MOST];

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

typedef struct work {
    retain_context *ctx;
    const retain__btyd_checked *model;
    const retain_customers *customers;
    const retain_btyd_question *question;
    const double *covariance; /* [entries * entries]; NULL when the parameters are known */
    int on_scale;
    double *answers; /* [customers] */
} work;

/* How far an entry is moved; 0 where it is known, and so needs no gradient. */
static double find_width(const work *of, size_t entry)
{
    size_t entries = count_entries(of->model);
    double variance = of->covariance[entry * entries + entry];

    if (variance == 0.0)
        return 0.0;
    return entry >= of->model->family->count && variance > 0.0 ? 0x1p-6 * sqrt(variance) : step;
}

static retain_status answer_as(const work *of, const retain__btyd_checked *model, double from, double to)
{
    retain__scratch scratch = {of->ctx, NULL};
    retain__btyd_forecast forecast = {.on_scale = of->on_scale};
    retain_status status = retain__btyd_prepare(&scratch, model, of->customers, of->question, &forecast);

    if (status == RETAIN_OK)
        status = retain__btyd_answer(of->ctx, model, &forecast, from, to, of->answers);
    retain__release(&scratch);
    return status;
}

/* The answers with one entry moved: a parameter by a factor of e^(offset width), a coefficient by offset x width. */
static retain_status answer_moved(const work *of, size_t entry, size_t point, double width)
{
    const size_t count = of->model->family->count, covariates = of->model->model->covariates;
    const double all = (double)(POINTS * count_entries(of->model) + 1), done = (double)(POINTS * entry + point + 1);
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
    return answer_as(of, &moved, done / all, (done + 1.0) / all);
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

static retain_status find_intervals(work *of, retain__scratch *scratch, double quantile, double *values, double *low, double *high)
{
    size_t rows = of->customers->count, count = count_entries(of->model);
    double *center = retain__take(scratch, rows, sizeof *center),
           *gradient = retain__take_zeroed(scratch, rows, count * sizeof *gradient);
    retain__btyd_scale scale = retain__btyd_scale_of(of->question->quantity);
    retain_status status;

    if (!center || !gradient)
        return RETAIN_ERROR_MEMORY;
    status = answer_as(of, of->model, 0.0, 1.0 / (double)(POINTS * count + 1));
    if (status == RETAIN_OK && rows)
        memcpy(center, of->answers, rows * sizeof *center);
    for (size_t k = 0; k < POINTS * count && status == RETAIN_OK; k++) {
        double width = find_width(of, k / POINTS);

        if (width == 0.0)
            continue;
        status = answer_moved(of, k / POINTS, k % POINTS, width);
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

retain_status retain_btyd_interval(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                   const retain_customers *customers, const retain_btyd_question *given, double level,
                                   double *values, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    double taken[MOST * MOST];
    work of = {.ctx = ctx, .model = &checked, .customers = customers, .question = &question, .covariance = taken, .on_scale = 1};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_take_question(ctx, given, checked.family, &question);
    if (status == RETAIN_OK)
        status = check_smooth(ctx, checked.family, &question);
    if (status == RETAIN_OK)
        status = retain__btyd_check_level(ctx, level);
    if (status == RETAIN_OK && (!covariance || (customers->count && (!low || !high))))
        status = retain__fail_null(ctx, !covariance ? "covariance" : !low ? "low" : "high");
    if (status == RETAIN_OK)
        status = take_covariance(ctx, &checked, covariance, taken);
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, customers->count, sizeof *of.answers)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = find_intervals(&of, &scratch, retain__ndtri(0.5 + 0.5 * level), values, low, high);
    retain__release(&scratch);
    return status;
}

/* A coefficient is moved so far that the customer whom it concerns most is moved as by a parameter; 0 where it concerns nobody. */
static double find_width_of(const work *of, size_t entry)
{
    const size_t count = of->model->family->count, covariates = of->model->model->covariates;
    double most = 0.0;

    if (entry < count)
        return step;
    for (size_t i = 0; i < of->customers->count; i++)
        most = fmax(most, fabs(of->customers->covariates[(entry - count) % covariates][i]));
    return most > 0.0 ? step / most : 0.0;
}

static retain_status find_gradient(work *of, retain__scratch *scratch, double *values, double *gradient)
{
    size_t rows = of->customers->count, count = count_entries(of->model);
    double *center = retain__take(scratch, rows, sizeof *center),
           *found = retain__take_zeroed(scratch, rows, count * sizeof *found);
    retain_status status =
        center && found ? answer_as(of, of->model, 0.0, 1.0 / (double)(POINTS * count + 1)) : RETAIN_ERROR_MEMORY;

    if (status == RETAIN_OK && rows)
        memcpy(center, of->answers, rows * sizeof *center);
    for (size_t k = 0; k < POINTS * count && status == RETAIN_OK; k++) {
        double width = find_width_of(of, k / POINTS), by = k / POINTS < of->model->family->count ? of->model->p[k / POINTS] : 1.0;

        if (width == 0.0)
            continue;
        status = answer_moved(of, k / POINTS, k % POINTS, width);
        for (size_t i = 0; status == RETAIN_OK && i < rows; i++)
            found[i * count + k / POINTS] += weigh(of->answers[i], shares[k % POINTS], center[i], width) / by;
    }
    if (status == RETAIN_OK && rows) {
        memcpy(gradient, found, rows * count * sizeof *found);
        if (values)
            memcpy(values, center, rows * sizeof *center);
    }
    return status;
}

retain_status retain_btyd_gradient(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                   const retain_btyd_question *given, double *values, double *gradient)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    work of = {.ctx = ctx, .model = &checked, .customers = customers, .question = &question};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_take_question(ctx, given, checked.family, &question);
    if (status == RETAIN_OK)
        status = check_smooth(ctx, checked.family, &question);
    if (status == RETAIN_OK && customers->count && !gradient)
        status = retain__fail_null(ctx, "gradient");
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, customers->count, sizeof *of.answers)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = find_gradient(&of, &scratch, values, gradient);
    retain__release(&scratch);
    return status;
}

/* --- all together --------------------------------------------------------------------------------------------------------- */

static double weight_of(const retain_customers *customers, size_t i)
{
    return customers->weight ? customers->weight[i] : 1.0;
}

double retain__btyd_add_up(const retain_customers *customers, const double *worth, const double *answers)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t i = 0; i < customers->count; i++) {
        double share = weight_of(customers, i) * (worth ? worth[i] : 1.0);

        if (share > 0.0)
            retain__sum_add(&sum, share * answers[i]);
    }
    return retain__sum_value(sum);
}

/* Variance of chance: the answers hold variances of counts, or else probabilities. */
double retain__btyd_add_up_chance(const retain_customers *customers, const double *worth, const double *answers, int are_variances)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t i = 0; i < customers->count; i++) {
        double each = worth ? worth[i] : 1.0, value = answers[i];

        retain__sum_add(&sum, weight_of(customers, i) * each * each * (are_variances ? value : value * (1.0 - value)));
    }
    return retain__sum_value(sum);
}

double retain__btyd_add_up_worth(const retain_customers *customers, const double *worth)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t i = 0; i < customers->count; i++)
        retain__sum_add(&sum, weight_of(customers, i) * (worth ? worth[i] : 1.0));
    return retain__sum_value(sum);
}

int retain__btyd_has_total(retain_btyd_quantity quantity)
{
    return retain__btyd_scale_of(quantity) == RETAIN__BTYD_LOGIT || quantity == RETAIN_BTYD_ORDERS ||
           quantity == RETAIN_BTYD_DISCOUNTED || quantity == RETAIN_BTYD_VARIANCE;
}

/* Limits of a total that has this standard error: of `whole` customers where it is a number of them. */
static void find_total_limits(retain__btyd_scale scale, double total, double whole, double error, double quantile, int matched,
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

static retain_status find_chance(work *of, const double *worth, retain_btyd_sum *sum)
{
    retain_btyd_question variance = *of->question;
    work chance = *of;
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
    chance.question = &variance;
    status = answer_as(&chance, of->model, 0.0, 0.5);
    if (status == RETAIN_OK)
        sum->variance = retain__btyd_add_up_chance(of->customers, worth, of->answers, 1);
    return status;
}

static retain_status find_total(work *of, const double *worth, double quantile, retain_btyd_sum *sum)
{
    size_t count = count_entries(of->model);
    double gradient[MOST] = {0.0}, whole = retain__btyd_add_up_worth(of->customers, worth);
    retain__btyd_scale scale = retain__btyd_scale_of(of->question->quantity);
    retain_status status = answer_as(of, of->model, 0.0, 0.0);

    if (status != RETAIN_OK)
        return status;
    sum->value = retain__btyd_add_up(of->customers, worth, of->answers);
    status = find_chance(of, worth, sum);
    for (size_t k = 0; of->covariance && k < POINTS * count && status == RETAIN_OK; k++) {
        double width = find_width(of, k / POINTS);

        if (width == 0.0)
            continue;
        status = answer_moved(of, k / POINTS, k % POINTS, width);
        if (status == RETAIN_OK)
            gradient[k / POINTS] +=
                weigh(retain__btyd_add_up(of->customers, worth, of->answers), shares[k % POINTS], sum->value, width);
    }
    sum->standard_error = of->covariance ? sqrt(find_variance(count, gradient, of->covariance, fabs(sum->value))) : 0.0;
    if (sum->value == (double)INFINITY)
        sum->standard_error = (double)NAN;
    find_total_limits(scale, sum->value, whole, sum->standard_error, quantile, 0, &sum->low, &sum->high);
    find_total_limits(scale, sum->value, whole, sqrt(sum->standard_error * sum->standard_error + sum->variance), quantile, 1,
                      &sum->least, &sum->most);
    return status;
}

retain_status retain_btyd_total(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                const retain_customers *customers, const retain_btyd_question *given, const double *worth,
                                double level, retain_btyd_sum *sum)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain_btyd_sum found = {.struct_size = sizeof found};
    double taken[MOST * MOST];
    work of = {.ctx = ctx, .model = &checked, .customers = customers, .question = &question};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_take_question(ctx, given, checked.family, &question);
    if (status == RETAIN_OK && !retain__btyd_has_total(question.quantity))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "question.quantity is %d; it has no total",
                              (int)question.quantity);
    if (status == RETAIN_OK)
        status = retain__btyd_check_level(ctx, level);
    if (status == RETAIN_OK && !sum)
        status = retain__fail_null(ctx, "sum");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "sum", sum, sizeof *sum, sizeof *sum);
    if (status == RETAIN_OK && covariance)
        status = take_covariance(ctx, &checked, covariance, taken);
    of.covariance = covariance ? taken : NULL;
    if (status == RETAIN_OK)
        status = retain__btyd_check_worth(ctx, customers, worth);
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, customers->count, sizeof *of.answers)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = find_total(&of, worth, retain__ndtri(0.5 + 0.5 * level), &found);
    if (status == RETAIN_OK) {
        found.struct_size = sum->struct_size;
        *sum = found;
    }
    retain__release(&scratch);
    return status;
}

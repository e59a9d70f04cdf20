/* How sure forecasts are, customer by customer and for totals: what retain/btyd_interval.h asks of the delta method (btyd_delta.c). */
#include "retain/btyd_interval.h"

#include <math.h>

#include "math/special.h"
#include "math/sums.h"
#include "models/btyd_delta.h"

/* --- checks --------------------------------------------------------------------------------------------------------------- */

retain_status retain__btyd_check_worth(retain_context *ctx, const retain_customers *customers, const double *worth)
{
    for (size_t i = 0; worth && i < customers->count; i++) {
        if (!(worth[i] >= 0.0 && retain__is_finite(worth[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "worth[%zu] is %g; it must be finite and at least 0", i, worth[i]);
    }
    return RETAIN_OK;
}

/* --- answers -------------------------------------------------------------------------------------------------------------- */

static retain_status answer(const retain__delta *of, const retain__btyd_checked *model, const retain_btyd_question *question,
                            int on_scale, double from, double to)
{
    retain__scratch scratch = {of->ctx, NULL};
    retain__btyd_forecast forecast = {.on_scale = on_scale};
    retain_status status = retain__btyd_prepare(&scratch, model, of->customers, question, &forecast);

    if (status == RETAIN_OK)
        status = retain__btyd_answer(of->ctx, model, &forecast, from, to, of->answers);
    retain__release(&scratch);
    return status;
}

/* --- one by one ----------------------------------------------------------------------------------------------------------- */

retain_status retain_btyd_interval(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                   const retain_customers *customers, const retain_btyd_question *given, double level,
                                   double *values, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    double taken[RETAIN__DELTA_ENTRIES * RETAIN__DELTA_ENTRIES];
    retain__delta of = {
        .ctx = ctx, .model = &checked, .customers = customers, .question = &question, .covariance = taken, .answer = answer};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_take_question(ctx, given, checked.family, &question);
    if (status == RETAIN_OK)
        status = retain__delta_check_smooth(ctx, checked.family, &question);
    if (status == RETAIN_OK)
        status = retain__draws_check_level(ctx, level);
    if (status == RETAIN_OK && (!covariance || (customers->count && (!low || !high))))
        status = retain__fail_null(ctx, !covariance ? "covariance" : !low ? "low" : "high");
    if (status == RETAIN_OK)
        status = retain__delta_take_covariance(ctx, &checked, covariance, taken);
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, customers->count, sizeof *of.answers)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = retain__delta_intervals(&of, &scratch, retain__ndtri(0.5 + 0.5 * level), values, low, high);
    retain__release(&scratch);
    return status;
}

/* The largest size of each covariate. */
static void measure_covariates(const retain_customers *customers, size_t covariates, double *largest)
{
    for (size_t c = 0; c < covariates; c++) {
        largest[c] = 0.0;
        for (size_t i = 0; i < customers->count; i++)
            largest[c] = fmax(largest[c], fabs(customers->covariates[c][i]));
    }
}

retain_status retain_btyd_gradient(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                   const retain_btyd_question *given, double *values, double *gradient)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain__delta of = {.ctx = ctx, .model = &checked, .customers = customers, .question = &question, .answer = answer};
    double largest[RETAIN_BTYD_COVARIATES];
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_take_question(ctx, given, checked.family, &question);
    if (status == RETAIN_OK)
        status = retain__delta_check_smooth(ctx, checked.family, &question);
    if (status == RETAIN_OK && customers->count && !gradient)
        status = retain__fail_null(ctx, "gradient");
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, customers->count, sizeof *of.answers)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        measure_covariates(customers, model->covariates, largest);
        status = retain__delta_gradients(&of, &scratch, largest, values, gradient);
    }
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

        if (share > 0.0 && answers[i] == (double)INFINITY)
            return answers[i]; /* a pair cannot carry it */
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

static int has_total(retain_btyd_quantity quantity)
{
    return retain__btyd_scale_of(quantity) == RETAIN__BTYD_LOGIT || quantity == RETAIN_BTYD_ORDERS ||
           quantity == RETAIN_BTYD_DISCOUNTED || quantity == RETAIN_BTYD_VARIANCE;
}

retain_status retain__btyd_check_total(retain_context *ctx, retain_btyd_quantity quantity, double level, const retain_btyd_sum *sum)
{
    retain_status status;

    if (!has_total(quantity))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "question.quantity is %d; it has no total", (int)quantity);
    status = retain__draws_check_level(ctx, level);
    if (status != RETAIN_OK)
        return status;
    return sum ? retain__check_struct(ctx, "sum", sum, sizeof *sum, sizeof *sum) : retain__fail_null(ctx, "sum");
}

retain_status retain_btyd_total(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                const retain_customers *customers, const retain_btyd_question *given, const double *worth,
                                double level, retain_btyd_sum *sum)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain_btyd_sum found = {.struct_size = sizeof found};
    double taken[RETAIN__DELTA_ENTRIES * RETAIN__DELTA_ENTRIES];
    retain__delta of = {.ctx = ctx, .model = &checked, .customers = customers, .question = &question, .answer = answer};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_take_question(ctx, given, checked.family, &question);
    if (status == RETAIN_OK)
        status = retain__btyd_check_total(ctx, question.quantity, level, sum);
    if (status == RETAIN_OK && covariance)
        status = retain__delta_take_covariance(ctx, &checked, covariance, taken);
    of.covariance = covariance ? taken : NULL;
    if (status == RETAIN_OK)
        status = retain__btyd_check_worth(ctx, customers, worth);
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, customers->count, sizeof *of.answers)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = retain__delta_total(&of, worth, retain__ndtri(0.5 + 0.5 * level), &found);
    if (status == RETAIN_OK) {
        found.struct_size = sum->struct_size;
        *sum = found;
    }
    retain__release(&scratch);
    return status;
}

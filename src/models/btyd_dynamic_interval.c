/* How sure forecasts under covariates that change with time are: what retain/btyd_dynamic_forecast.h asks of the delta method
 * (btyd_delta.c), which asks the same question of models nearby. */
#include <math.h>

#include "math/special.h"
#include "models/btyd_delta.h"
#include "models/btyd_dynamic_future.h"
#include "models/btyd_pareto.h"

static retain_status answer_nearby(const retain__delta *of, const retain__btyd_checked *checked,
                                   const retain_btyd_question *question, int on_scale, double from, double to)
{
    retain_btyd model = *checked->model;

    model.r = checked->p[R];
    model.alpha = checked->p[ALPHA];
    model.s = checked->p[S];
    model.beta = checked->p[BETA];
    return retain__dynamic_answer(of->ctx, of->ctx, &model, of->others, question, on_scale, from, to, of->answers);
}

retain_status retain_btyd_dynamic_interval(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                           const retain_btyd_histories *histories, const retain_btyd_question *given, double level,
                                           double *values, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain_customers rows = {0};
    double taken[RETAIN__DELTA_ENTRIES * RETAIN__DELTA_ENTRIES];
    retain__delta of = {.ctx = ctx,
                        .model = &checked,
                        .customers = &rows,
                        .others = histories,
                        .question = &question,
                        .covariance = taken,
                        .answer = answer_nearby};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__dynamic_take_question(ctx, model, histories, given, &checked, &question);
    if (status == RETAIN_OK)
        status = retain__delta_check_smooth(ctx, checked.family, &question);
    if (status == RETAIN_OK)
        status = retain__draws_check_level(ctx, level);
    if (status == RETAIN_OK && (!covariance || (histories->count && (!low || !high))))
        status = retain__fail_null(ctx, !covariance ? "covariance" : !low ? "low" : "high");
    if (status == RETAIN_OK)
        status = retain__delta_take_covariance(ctx, &checked, covariance, taken);
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, histories->count, sizeof *of.answers)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        rows.count = histories->count;
        status = retain__delta_intervals(&of, &scratch, retain__ndtri(0.5 + 0.5 * level), values, low, high);
    }
    retain__release(&scratch);
    return status;
}

static double measure(double most, const double *column, size_t count)
{
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(column[i]));
    return most;
}

retain_status retain_btyd_dynamic_gradient(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                           const retain_btyd_question *given, double *values, double *gradient)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain_customers rows = {0};
    double largest[RETAIN_BTYD_COVARIATES];
    retain__delta of = {
        .ctx = ctx, .model = &checked, .customers = &rows, .others = histories, .question = &question, .answer = answer_nearby};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__dynamic_take_question(ctx, model, histories, given, &checked, &question);
    if (status == RETAIN_OK)
        status = retain__delta_check_smooth(ctx, checked.family, &question);
    if (status == RETAIN_OK && histories->count && !gradient)
        status = retain__fail_null(ctx, "gradient");
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, histories->count, sizeof *of.answers)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        rows.count = histories->count;
        for (size_t c = 0; c < histories->calendar_columns; c++)
            largest[c] = measure(0.0, histories->calendar[c], histories->calendar_pieces);
        for (size_t c = 0; c < histories->own_columns; c++)
            largest[histories->calendar_columns + c] = measure(0.0, histories->own[c], (size_t)histories->piece[histories->count]);
        status = retain__delta_gradients(&of, &scratch, largest, values, gradient);
    }
    retain__release(&scratch);
    return status;
}

retain_status retain_btyd_dynamic_total(retain_context *ctx, const retain_btyd *model, const double *covariance,
                                        const retain_btyd_histories *histories, const retain_btyd_question *given,
                                        const double *worth, double level, retain_btyd_sum *sum)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_checked checked;
    retain_btyd_question question;
    retain_customers rows = {0};
    retain_btyd_sum found = {.struct_size = sizeof found};
    double taken[RETAIN__DELTA_ENTRIES * RETAIN__DELTA_ENTRIES];
    retain__delta of = {.ctx = ctx,
                        .model = &checked,
                        .customers = &rows,
                        .others = histories,
                        .question = &question,
                        .covariance = covariance ? taken : NULL,
                        .answer = answer_nearby};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__dynamic_take_question(ctx, model, histories, given, &checked, &question);
    if (status == RETAIN_OK)
        status = retain__btyd_check_total(ctx, question.quantity, level, sum);
    if (status == RETAIN_OK && covariance)
        status = retain__delta_take_covariance(ctx, &checked, covariance, taken);
    if (status == RETAIN_OK) {
        rows.count = histories->count;
        rows.weight = histories->weight;
        status = retain__btyd_check_worth(ctx, &rows, worth);
    }
    if (status == RETAIN_OK && !(of.answers = retain__take(&scratch, histories->count, sizeof *of.answers)))
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

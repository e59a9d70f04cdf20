/* The future of known customers: the public functions, each a question that btyd_forecast.c answers. */
#include "models/btyd_forecast.h"

#include <string.h>

#include "retain/btyd_future.h"

static retain_status predict(retain_context *ctx, const retain__btyd_checked *model, const retain_customers *customers,
                             const retain_btyd_question *question, const char *name, double *answers)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_forecast forecast = {.on_scale = 0};
    double *column = answers;
    retain_status status = RETAIN_OK;

    if (customers->count && !answers)
        status = retain__fail_null(ctx, name);
    if (status == RETAIN_OK)
        status = retain__btyd_prepare(&scratch, model, customers, question, &forecast);
    if (status == RETAIN_OK && !forecast.value && !(column = retain__take(&scratch, customers->count, sizeof *column)))
        status = RETAIN_ERROR_MEMORY; /* customer by customer, which can be cancelled */
    if (status == RETAIN_OK)
        status = retain__btyd_answer(ctx, model, &forecast, 0.0, 1.0, column);
    if (status == RETAIN_OK && column != answers && customers->count)
        memcpy(answers, column, customers->count * sizeof *answers);
    retain__release(&scratch);
    return status;
}

static retain_status check_horizon(retain_context *ctx, double t)
{
    if (t >= 0.0 && retain__is_finite(t))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "t is %g; it must be finite and at least 0", t);
}

retain_status retain_btyd_orders(retain_context *ctx, const retain_btyd *model, const retain_customers *customers, double t,
                                 double *orders)
{
    const retain_btyd_question question = {.quantity = RETAIN_BTYD_ORDERS, .to = t};
    retain__btyd_checked checked;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_horizon(ctx, t);
    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_check_span(ctx, checked.family, "t", RETAIN_NO_ROW, t);
    return status == RETAIN_OK ? predict(ctx, &checked, customers, &question, "orders", orders) : status;
}

retain_status retain_btyd_silence(retain_context *ctx, const retain_btyd *model, const retain_customers *customers, double t,
                                  double *silence)
{
    const retain_btyd_question question = {.quantity = RETAIN_BTYD_SILENCE, .to = t};
    retain__btyd_checked checked;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_horizon(ctx, t);
    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_check_span(ctx, checked.family, "t", RETAIN_NO_ROW, t);
    return status == RETAIN_OK ? predict(ctx, &checked, customers, &question, "silence", silence) : status;
}

retain_status retain_btyd_discounted(retain_context *ctx, const retain_btyd *model, const retain_customers *customers, double t,
                                     double delta, double *discounted)
{
    const retain_btyd_question question = {.quantity = RETAIN_BTYD_DISCOUNTED, .to = t, .delta = delta};
    retain__btyd_checked checked;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !(t >= 0.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "t is %g; it must be at least 0, and may be infinite", t);
    if (status == RETAIN_OK && !(delta >= 0.0 && retain__is_finite(delta)))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "delta is %g; it must be finite and at least 0", delta);
    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_check_span(ctx, checked.family, "t", RETAIN_NO_ROW, t);
    return status == RETAIN_OK ? predict(ctx, &checked, customers, &question, "discounted", discounted) : status;
}

retain_status retain_btyd_forecast(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                   const retain_btyd_question *given, double *values)
{
    retain_btyd_question question;
    retain__btyd_checked checked;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check(ctx, model, customers, &checked);
    if (status == RETAIN_OK)
        status = retain__btyd_take_question(ctx, given, checked.family, &question);
    return status == RETAIN_OK ? predict(ctx, &checked, customers, &question, "values", values) : status;
}

/* Customer lifetime value: arithmetic on top of a model of orders and a forecast of their value.
 *
 * All that is delicate happens below: the discounted expected orders come from the model (retain_btyd_discounted), the value of an order from the
 * spend model. What is added here is the turning of an annual rate into the model's unit of time, margins, and the rule that a number
 * which does not exist (NaN) stays so. */
#include <math.h>

#include "core/core.h"
#include "decisions/columns.h"
#include "retain/clv.h"

static const double YEAR_DAYS = 365.25;

double retain_clv_delta(double annual_rate, double unit_days)
{
    if (!(annual_rate > -1.0) || !(unit_days > 0.0))
        return (double)NAN;
    return log1p(annual_rate) * unit_days / YEAR_DAYS;
}

static retain_status take_options(retain_context *ctx, const retain_clv_options *given, retain_clv_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (!(options->horizon_days >= 0.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.horizon_days is %g; it must be at least 0",
                            options->horizon_days);
    if (!(options->annual_rate >= 0.0) || !retain__is_finite(options->annual_rate))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.annual_rate is %g; it must be finite and at least 0", options->annual_rate);
    if (!retain__is_finite(options->margin))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.margin is %g; it must be finite", options->margin);
    if (options->margin == 0.0)
        options->margin = 1.0;
    if (options->horizon_days == 0.0)
        options->horizon_days = (double)INFINITY;
    return RETAIN_OK;
}

retain_status retain_clv_historic(retain_context *ctx, const double *revenue, const double *margins, size_t count,
                                  const retain_clv_options *given, double *historic)
{
    retain_clv_options options = {sizeof options, 0.0, 0.0, 0.0};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "revenue", revenue, count, RETAIN__FINITE);
    if (status == RETAIN_OK && margins)
        status = retain__check_column(ctx, "margins", margins, count, RETAIN__FINITE);
    if (status == RETAIN_OK && count && !historic)
        status = retain__fail_null(ctx, "historic");
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        historic[i] = (margins ? margins[i] : options.margin) * revenue[i];
    return RETAIN_OK;
}

retain_status retain_clv_residual(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                  const double *value, const double *margins, const retain_clv_options *given, double *residual)
{
    retain_clv_options options = {sizeof options, 0.0, 0.0, 0.0};
    size_t count = customers ? customers->count : 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK && (!model || !customers))
        status = retain__fail_null(ctx, model ? "customers" : "model");
    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "value", value, count, RETAIN__FINITE_OR_NAN);
    if (status == RETAIN_OK && margins)
        status = retain__check_column(ctx, "margins", margins, count, RETAIN__FINITE);
    if (status == RETAIN_OK && count && !residual)
        status = retain__fail_null(ctx, "residual");
    if (status == RETAIN_OK)
        status = retain_btyd_discounted(ctx, model, customers, options.horizon_days / model->unit_days,
                                        retain_clv_delta(options.annual_rate, model->unit_days), residual);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        residual[i] = (margins ? margins[i] : options.margin) * value[i] * residual[i];
    return RETAIN_OK;
}

retain_status retain_clv_total(retain_context *ctx, const double *historic, const double *residual, size_t count, double *total)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && count && (!historic || !residual || !total))
        status = retain__fail_null(ctx, !historic ? "historic" : !residual ? "residual" : "total");
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        total[i] = historic[i] + residual[i];
    return RETAIN_OK;
}

retain_status retain_clv_at_risk(retain_context *ctx, const double *risk, const double *residual, size_t count,
                                 double *value_at_risk, double *sum)
{
    retain__sum total = {0.0, 0.0};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "risk", risk, count, RETAIN__SHARE_OR_NAN);
    if (status == RETAIN_OK && count && (!residual || !value_at_risk))
        status = retain__fail_null(ctx, residual ? "value_at_risk" : "residual");
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        value_at_risk[i] = retain__loss(risk[i], residual[i]);
        if (!isnan(value_at_risk[i]))
            retain__sum_add(&total, value_at_risk[i]);
    }
    if (sum)
        *sum = retain__sum_value(total);
    return RETAIN_OK;
}

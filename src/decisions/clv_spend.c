/* The values of orders, as lifetime values need them: expectation, derivatives and spread, by the Gamma-Gamma model of means (retain/spend.h)
 * or by a model of single orders (retain/spend_orders.h).
 *
 * Of the means, a customer's own rate of values is nu ~ Gamma(a, b) with a = p x + q and b = gamma + x z, so E[V] = p b / (a - 1), and with
 * m = p / nu the customer's own mean E[m^2] = E[V]^2 (a - 1) / (a - 2). The variance of one value about m is m^2 / p. */
#include <math.h>

#include "decisions/clv_rows.h"
#include "decisions/columns.h"

static void find_gamma_gamma(const retain_spend *spend, double x, double z, retain__clv_values *of)
{
    const double own = x > 0.0 ? x * z : 0.0, a = spend->p * x + spend->q, mean = of->mean;

    of->square = a > 2.0 ? mean * mean * (a - 1.0) / (a - 2.0) : (double)NAN;
    of->within = of->square / spend->p;
    of->by[0] = mean / spend->p - mean * x / (a - 1.0);
    of->by[1] = -mean / (a - 1.0);
    of->by[2] = mean / (spend->gamma + own);
}

static retain__clv_values find_orders(const retain__spend_entries *entries, const retain__spender *spender)
{
    const retain__spend_value expected = retain__spend_expected(entries, spender, 0.0);
    retain__clv_values of = {.mean = exp(expected.value)};

    retain__spend_spread(entries, spender, &of.square, &of.within);
    of.square *= of.mean * of.mean;
    of.within *= of.mean * of.mean;
    for (size_t j = 0; j < RETAIN__CLV_SPEND; j++)
        of.by[j] = of.mean * expected.gradient[j] / (j < RETAIN__SPEND_THETA ? entries->v[j] : 1.0);
    return of;
}

retain__clv_values retain__clv_values_of(const retain__clv_checked *checked, const retain_customers *customers, size_t i,
                                         double mean)
{
    const retain_clv_forecast *forecast = checked->forecast;
    retain__clv_values of = {.mean = mean};

    if (forecast->order_spend) {
        const retain__spender spender = retain__spender_of(forecast->spenders, i);

        return find_orders(&checked->entries, &spender);
    }
    if (forecast->spend)
        find_gamma_gamma(forecast->spend, customers->frequency[i], customers->spend[i], &of);
    else
        of.mean = forecast->value[i];
    return of;
}

retain__clv_values retain__clv_values_of_stranger(const retain__clv_checked *checked)
{
    const retain_clv_forecast *forecast = checked->forecast;
    const retain__spender nobody = {0};
    retain__clv_values of = {.mean = (double)NAN};

    if (forecast->order_spend)
        return find_orders(&checked->entries, &nobody);
    if (forecast->spend) {
        of.mean = retain_spend_mean(forecast->spend);
        find_gamma_gamma(forecast->spend, 0.0, 0.0, &of);
    } else {
        of.mean = forecast->value[0];
    }
    return of;
}

/* --- checks --------------------------------------------------------------------------------------------------------------- */

static retain_status check_order_spend(retain_context *ctx, const retain_clv_forecast *forecast, size_t count,
                                       retain__clv_checked *checked)
{
    retain_status status;

    if (forecast->spend)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "forecast.spend and forecast.order_spend are both given; there can be one model of order values");
    status = retain__spend_check(ctx, forecast->order_spend, forecast->spenders, &checked->entries);
    if (status == RETAIN_OK && forecast->spenders->count != count)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "forecast.spenders has %zu rows, customers has %zu; they must have as many",
                              forecast->spenders->count, count);
    return status;
}

retain_status retain__clv_check_spend(retain_context *ctx, const retain_clv_forecast *forecast, size_t count,
                                      retain__clv_checked *checked)
{
    double *scale = checked->scale + checked->orders;

    checked->parameters = checked->orders;
    if (forecast->order_spend) {
        retain_status status = check_order_spend(ctx, forecast, count, checked);

        checked->parameters += RETAIN__CLV_SPEND;
        for (size_t j = 0; j < RETAIN__CLV_SPEND; j++)
            scale[j] = j < RETAIN__SPEND_THETA ? checked->entries.v[j] : 1.0;
        return status;
    }
    if (!forecast->spend)
        return retain__check_column(ctx, "forecast.value", forecast->value, count, RETAIN__FINITE_OR_NAN);
    checked->parameters += 3;
    scale[0] = forecast->spend->p;
    scale[1] = forecast->spend->q;
    scale[2] = forecast->spend->gamma;
    return RETAIN_OK;
}

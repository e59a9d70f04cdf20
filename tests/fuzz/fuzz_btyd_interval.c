/* Any doubt about any forecast: limits enclose the value, or are NaN. */
#include "fuzz_forecasts.h"
#include "retain/btyd_interval.h"

enum { MOST = 5 };

static const double *read_covariance(fuzz_input *in, const retain_btyd *model)
{
    size_t count = model ? retain_btyd_parameters(model->family) : MOST;
    double *covariance = fuzz_array(in, MOST * MOST, sizeof *covariance);
    int odd = fuzz_below(in, 32) == 31;

    for (size_t i = 0; i < count; i++)
        covariance[i * count + i] = odd ? fuzz_double(in) : fuzz_below(in, 16) == 15 ? (double)NAN : fuzz_within(in, 0.0, 0.5);
    return fuzz_below(in, 32) == 31 ? NULL : covariance;
}

static void try_interval(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd *model = fuzz_quick_model(in);
    const retain_customers *customers = fuzz_forecast_customers(in);
    const retain_btyd_question *question = fuzz_question(in);
    const double *covariance = read_covariance(in, model);
    size_t count = customers ? customers->count : 1;
    double level = fuzz_within(in, 0.01, 0.999);
    double *values = fuzz_output(in, count, sizeof *values), *low = fuzz_output(in, count, sizeof *low),
           *high = fuzz_output(in, count, sizeof *high);

    if (!fuzz_outcome(in,
                      retain_btyd_interval(ctx, model, covariance, customers, question, level, values, fuzz_maybe(in, low), high)))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(fuzz_is_answer(model, question, values[i]));
        fuzz_check((low[i] != low[i]) == (high[i] != high[i]));
        fuzz_check(low[i] != low[i] || (low[i] <= values[i] && values[i] <= high[i]));
    }
}

static void try_gradient(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd *model = fuzz_quick_model(in);
    const retain_customers *customers = fuzz_forecast_customers(in);
    const retain_btyd_question *question = fuzz_question(in);
    size_t count = customers ? customers->count : 1;
    size_t entries = model ? retain_btyd_parameters(model->family) : 0;
    double *values = fuzz_output(in, count, sizeof *values), *gradient = fuzz_output(in, count * entries, sizeof *gradient);

    if (!fuzz_outcome(in, retain_btyd_gradient(ctx, model, customers, question, values, gradient)))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(values[i] >= 0.0 || values[i] != values[i]);
}

static void try_total(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_btyd *model = fuzz_quick_model(in);
    const retain_customers *customers = fuzz_forecast_customers(in);
    const retain_btyd_question *question = fuzz_question(in);
    const double *covariance = read_covariance(in, model);
    size_t count = customers ? customers->count : 1;
    double level = fuzz_within(in, 0.01, 0.999), *worth = fuzz_array(in, count, sizeof *worth);
    retain_btyd_sum *sum = fuzz_array(in, 1, sizeof *sum);

    for (size_t i = 0; i < count; i++)
        worth[i] = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, 0.0, 50.0);
    *sum = (retain_btyd_sum){.struct_size = sizeof *sum};
    if (!fuzz_outcome(in,
                      retain_btyd_total(ctx, model, covariance, customers, question, fuzz_below(in, 2) ? worth : NULL, level, sum)))
        return;
    fuzz_check(sum->value >= 0.0 || sum->value != sum->value);
    fuzz_check(sum->low != sum->low || sum->low <= sum->high);
    fuzz_check(sum->least != sum->least || sum->least <= sum->most);
}

void fuzz_target(fuzz_input *in)
{
    switch (fuzz_below(in, 3)) {
    case 0:
        try_interval(in);
        break;
    case 1:
        try_total(in);
        break;
    default:
        try_gradient(in);
    }
}

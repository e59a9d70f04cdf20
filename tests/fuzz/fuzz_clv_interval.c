/* Any customers, terms and models: limits enclose lifetime values, or are NaN, and sums add up. */
#include <string.h>

#include "fuzz_clv.h"

enum { FIGURES = sizeof(retain_clv_columns) / sizeof(double *) };

/* One array for all columns. */
static double *take_columns(fuzz_input *in, size_t rows, retain_clv_columns *columns)
{
    double *figures = fuzz_output(in, FIGURES * rows, sizeof *figures), *at[FIGURES];

    for (size_t k = 0; k < FIGURES; k++)
        at[k] = fuzz_below(in, 16) == 15 && k ? NULL : figures + k * rows;
    memcpy(columns, at, sizeof *columns);
    return figures;
}

static int encloses(const double *low, const double *value, const double *high, size_t i)
{
    return !low || !value || !high || low[i] != low[i] || (low[i] <= value[i] && value[i] <= high[i]);
}

static void try_interval(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_customers *customers = fuzz_spending_customers(in);
    const retain_clv_forecast *forecast = fuzz_clv_forecast(in, customers, 0);
    const retain_clv_terms *terms = fuzz_terms(in, 0);
    const size_t count = customers ? customers->count : 1;
    retain_clv_columns columns;

    take_columns(in, count, &columns);
    if (!fuzz_outcome(in, retain_clv_interval(ctx, forecast, customers, NULL, terms, fuzz_within(in, 0.01, 0.999), &columns)))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(encloses(columns.residual_low, columns.residual, columns.residual_high, i));
        fuzz_check(!columns.standard_error || !(columns.standard_error[i] < 0.0));
        fuzz_check(!columns.variance || !(columns.variance[i] < 0.0));
    }
}

static void try_sums(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_customers *customers = fuzz_spending_customers(in);
    const retain_clv_forecast *forecast = fuzz_clv_forecast(in, customers, 0);
    const retain_clv_terms *terms = fuzz_terms(in, 0);
    const size_t count = customers ? customers->count : 1, groups = fuzz_below(in, 3);
    int64_t *group = fuzz_array(in, count, sizeof *group);
    retain_clv_columns columns;

    for (size_t i = 0; groups && i < count; i++)
        group[i] = (int64_t)fuzz_below(in, groups + (fuzz_below(in, 32) == 31));
    take_columns(in, groups + 1, &columns);
    if (!fuzz_outcome(in, retain_clv_sums(ctx, forecast, customers, NULL, groups ? group : NULL, groups, terms,
                                          fuzz_within(in, 0.01, 0.999), &columns)))
        return;
    for (size_t g = 0; g <= groups; g++) {
        fuzz_check(encloses(columns.residual_low, columns.residual, columns.residual_high, g));
        fuzz_check(!columns.residual_least || !columns.residual_most || !(columns.residual_least[g] > columns.residual_most[g]));
    }
}

void fuzz_target(fuzz_input *in)
{
    if (fuzz_below(in, 2))
        try_interval(in);
    else
        try_sums(in);
}

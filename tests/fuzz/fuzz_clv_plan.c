/* Any cost of winning customers: it is earned back on a day, or there is none; shares are shares; naive formulas are numbers or NaN. */
#include "fuzz_clv.h"
#include "retain/clv_plan.h"

static void check_payback(const retain_clv_payback_report *found)
{
    fuzz_check((found->days >= 0.0) == (found->outcome == RETAIN_PAYBACK_REACHED));
    fuzz_check(found->value_low != found->value_low || (found->value_low <= found->value && found->value <= found->value_high));
    fuzz_check(!(found->days_low > found->days) && !(found->days_high < found->days));
}

static double read_cost(fuzz_input *in)
{
    return fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_within(in, 0.0, 200.0);
}

static void try_cohort(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_customers *customers = fuzz_spending_customers(in);
    const retain_clv_forecast *forecast = fuzz_clv_forecast(in, customers, 1);
    const retain_clv_terms *terms = fuzz_terms(in, 1);
    retain_clv_payback_report found = {.struct_size = sizeof found};

    if (fuzz_outcome(in, retain_clv_payback(ctx, forecast, customers, NULL, read_cost(in), terms, 0.9, fuzz_maybe(in, &found))))
        check_payback(&found);
}

static void try_newcomer(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_clv_forecast *forecast = fuzz_clv_forecast(in, NULL, 1);
    const retain_clv_terms *terms = fuzz_terms(in, 1);
    const double first = fuzz_below(in, 2) ? (double)NAN : fuzz_within(in, 0.0, 90.0);
    retain_clv_payback_report found = {.struct_size = sizeof found};

    if (fuzz_outcome(in, retain_clv_payback_new(ctx, forecast, first, read_cost(in), terms, 0.9, fuzz_maybe(in, &found))))
        check_payback(&found);
}

static void try_naive(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_customers *customers = fuzz_spending_customers(in);
    const retain_clv_forecast *forecast = fuzz_below(in, 2) ? fuzz_clv_forecast(in, NULL, 1) : NULL;
    const size_t count = customers ? customers->count : 1;
    double *revenue = fuzz_array(in, count, sizeof *revenue);
    retain_clv_naive_report found = {.struct_size = sizeof found};

    for (size_t i = 0; i < count; i++)
        revenue[i] = fuzz_below(in, 32) == 31 ? fuzz_double(in) : fuzz_within(in, 0.0, 900.0);
    if (!fuzz_outcome(in, retain_clv_naive(ctx, customers, revenue, fuzz_within(in, -1.0, 400.0), forecast, fuzz_terms(in, 1), 0.9,
                                           fuzz_maybe(in, &found))))
        return;
    fuzz_check(found.retention != found.retention || (found.retention >= 0.0 && found.retention <= 1.0));
    fuzz_check(!(found.model_low > found.model_high));
}

static void try_formulas(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t count = fuzz_below(in, 8);
    double *value = fuzz_array(in, count, sizeof *value), rate = fuzz_double(in), margin = fuzz_within(in, 0.0, 50.0);
    double retention = fuzz_within(in, -0.1, 1.1), first, later;
    retain_clv_concentrated found = {.struct_size = sizeof found};

    for (size_t i = 0; i < count; i++)
        value[i] = fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_within(in, 0.0, 90.0);
    if (fuzz_outcome(in, retain_clv_concentration(ctx, value, count, fuzz_within(in, 0.01, 0.999), fuzz_maybe(in, &found)))) {
        fuzz_check(found.customers <= count && !(found.gini < -1e-9) && !(found.gini > 1.0));
        fuzz_check(!(found.top[0] > found.top[3] + 1e-9));
    }
    first = retain_clv_retention_first(margin, retention, rate);
    later = retain_clv_retention(margin, retention, rate);
    fuzz_check((first != first) == (later != later) && !(later > first));
    fuzz_check(!(retain_clv_lifespan(margin, fuzz_double(in), fuzz_double(in), 1.0) < 0.0));
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input *) = {try_cohort, try_newcomer, try_naive, try_formulas};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

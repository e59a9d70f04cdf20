/* What winning and keeping customers costs, and what keeping more of them would bring.
 *
 * A business of one kind of customer, rolled forward period by period: transparent on purpose, so that whoever doubts the figure can redo it in a spreadsheet. Models
 * that know that customers differ are in retain/btyd.h and retain/clv.h.
 *
 * Delicate is the lifetime value of customers who hardly ever leave: 1 + i - retention is formed as i + (1 - retention), in which nothing cancels, and i by expm1. */
#include <math.h>
#include <stddef.h>

#include "core/core.h"
#include "math/sums.h"
#include "retain/revenue.h"

static const double MONTHS_PER_YEAR = 12.0;

enum { MOST_PERIODS = 1000000 }; /* each is a step of a loop */

static int is_amount(double x)
{
    return x >= 0.0 && retain__is_finite(x);
}

static int is_share(double x)
{
    return x >= 0.0 && x <= 1.0;
}

/* Continuous discount rate of a period. */
static double find_delta(double annual_rate, double periods_per_year)
{
    return log1p(annual_rate) / periods_per_year;
}

double retain_revenue_cost_per_customer(double spend, double customers)
{
    return is_amount(spend) && customers > 0.0 && retain__is_finite(customers) ? spend / customers : (double)NAN;
}

double retain_revenue_cost_ratio(double acquisition_spend, double acquired, double retention_spend, double retained)
{
    const double win = retain_revenue_cost_per_customer(acquisition_spend, acquired);
    const double keep = retain_revenue_cost_per_customer(retention_spend, retained);

    return keep > 0.0 ? win / keep : (double)NAN;
}

double retain_revenue_lifetime_value(double margin, double retention, double annual_rate, double periods_per_year)
{
    if (!(retain__is_finite(margin) && is_share(retention) && is_amount(annual_rate) && periods_per_year > 0.0 &&
          retain__is_finite(periods_per_year)))
        return (double)NAN;
    if (margin == 0.0)
        return 0.0;
    return margin * (retention / (expm1(find_delta(annual_rate, periods_per_year)) + (1.0 - retention)));
}

/* --- the what-if ------------------------------------------------------------------------------------------------------------------ */

static retain_status take_plan(retain_context *ctx, const retain_revenue_plan *given, retain_revenue_plan *plan)
{
    static const struct {
        const char *name;
        size_t offset;
    } amounts[] = {{"customers", offsetof(retain_revenue_plan, customers)},
                   {"acquired", offsetof(retain_revenue_plan, acquired)},
                   {"retention_cost", offsetof(retain_revenue_plan, retention_cost)},
                   {"acquisition_cost", offsetof(retain_revenue_plan, acquisition_cost)},
                   {"annual_rate", offsetof(retain_revenue_plan, annual_rate)},
                   {"periods_per_year", offsetof(retain_revenue_plan, periods_per_year)}};
    retain_status status;

    if (!given)
        return retain__fail_null(ctx, "plan");
    status = retain__take_options(ctx, "plan", given, sizeof *given, sizeof *given, plan);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        const double amount = *(const double *)((const char *)plan + amounts[i].offset);

        if (!is_amount(amount))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "plan.%s is %g; it must be finite and not negative",
                                amounts[i].name, amount);
    }
    if (!retain__is_finite(plan->margin))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "plan.margin is %g; it must be finite", plan->margin);
    if (!is_share(plan->base_retention))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "plan.base_retention is %g; it must lie in [0, 1]",
                            plan->base_retention);
    if (plan->periods == 0 || plan->periods > MOST_PERIODS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "plan.periods is %zu; it must lie in [1, %d]", plan->periods,
                            (int)MOST_PERIODS);
    if (plan->periods_per_year == 0.0)
        plan->periods_per_year = MONTHS_PER_YEAR;
    return RETAIN_OK;
}

/* Profit at one rate, and the customers at the end. */
static double roll_forward(const retain_revenue_plan *plan, double retention, double *customers)
{
    const double delta = find_delta(plan->annual_rate, plan->periods_per_year);
    const double margin = plan->margin - plan->retention_cost, winning = plan->acquisition_cost * plan->acquired;
    retain__sum profit = {0.0, 0.0};

    *customers = plan->customers;
    for (size_t t = 0; t < plan->periods; t++) {
        retain__sum_add(&profit, (margin * *customers - winning) * exp(-delta * (double)t));
        *customers = retention * *customers + plan->acquired;
    }
    return retain__sum_value(profit);
}

retain_status retain_revenue_profit(retain_context *ctx, const retain_revenue_plan *given, const double *retention, size_t count,
                                    double *profit, double *customers, double *change)
{
    retain_revenue_plan plan = {.struct_size = sizeof plan};
    double base, at_end;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_plan(ctx, given, &plan);
    if (status != RETAIN_OK || count == 0)
        return status;
    if (!retention)
        return retain__fail_null(ctx, "retention");
    if (!profit)
        return retain__fail_null(ctx, "profit");
    for (size_t i = 0; i < count; i++) {
        if (!isnan(retention[i]) && !is_share(retention[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "retention[%zu] is %g; it must lie in [0, 1] or be NaN", i,
                                retention[i]);
    }
    base = roll_forward(&plan, plan.base_retention, &at_end);
    for (size_t i = 0; i < count; i++) {
        const double found = roll_forward(&plan, retention[i], &at_end);
        const int exists = !isnan(retention[i]); /* also for one period, whose profit no rate can change */

        if (customers)
            customers[i] = at_end;
        if (change)
            change[i] = exists && base > 0.0 ? (found - base) / base : (double)NAN;
        profit[i] = exists ? found : (double)NAN;
    }
    return RETAIN_OK;
}

/* What winning and keeping customers costs, and what keeping more of them would bring.
 *
 * A business of one kind of customer, rolled forward period by period: transparent on purpose, so that whoever doubts the figure can redo it in a spreadsheet. Models
 * that know that customers differ are in retain/btyd.h and retain/clv.h.
 *
 * Delicate is the lifetime value of customers who hardly ever leave: 1 + i - retention is formed as i + (1 - retention), in which nothing cancels, and i by expm1.
 * The quotients of the geometric series would cancel likewise where retention, or retention times the discount factor, comes near 1. So the series are
 * added up, but by doubling: a run of periods and the next one of the same length make one of twice the length, and no term is ever taken away. */
#include <math.h>
#include <stddef.h>

#include "core/core.h"
#include "retain/revenue.h"

static const double MONTHS_PER_YEAR = 12.0;

enum { MOST_PERIODS = 1000000 };

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

/* Sums over a run of periods t = 0 ... length - 1, for one customer at its beginning and for one won in each period. No term is
 * negative. */
typedef struct run {
    size_t length;
    double stay;      /* retention^length: of the customer at the beginning, what is left after the run */
    double discount;  /* v^length */
    double won;       /* sum of retention^t: customers at the end when one is won in each period */
    double periods;   /* sum of v^t */
    double kept;      /* sum of (retention v)^t: discounted periods of the customer at the beginning */
    double won_later; /* discounted periods of those who are won */
} run;

/* The run of one period. */
static run begin_run(double retention, double delta)
{
    return (run){1, retention, exp(-delta), 1.0, 1.0, 1.0, 0.0};
}

/* One run after the other. Powers are formed afresh: by squaring, their errors would double with the length. */
static run join_runs(const run *first, const run *then, double retention, double delta)
{
    const size_t length = first->length + then->length;

    return (run){length,
                 pow(retention, (double)length),
                 exp(-delta * (double)length),
                 first->won + first->stay * then->won,
                 first->periods + first->discount * then->periods,
                 first->kept + first->stay * first->discount * then->kept,
                 first->won_later + first->discount * (first->won * then->kept + then->won_later)};
}

/* Profit at one rate, and the customers at the end. */
static double roll_forward(const retain_revenue_plan *plan, double retention, double *customers)
{
    const double delta = find_delta(plan->annual_rate, plan->periods_per_year);
    const double margin = plan->margin - plan->retention_cost, winning = plan->acquisition_cost * plan->acquired;
    const run one = begin_run(retention, delta);
    run all = one;
    size_t bit = 1;

    while (bit <= plan->periods / 2)
        bit *= 2;
    for (bit /= 2; bit > 0; bit /= 2) {
        all = join_runs(&all, &all, retention, delta);
        if (plan->periods & bit)
            all = join_runs(&all, &one, retention, delta);
    }
    *customers = all.stay * plan->customers + all.won * plan->acquired;
    return margin * (all.kept * plan->customers + all.won_later * plan->acquired) - winning * all.periods;
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

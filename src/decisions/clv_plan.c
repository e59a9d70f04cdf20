/* What lifetime values are for: payback, concentration, and the formulas that people know.
 *
 * Payback is the first time at which V(t) = history + residual value of horizon t reaches a cost. V rises for ever where orders bring
 * more than customers cost; with service costs it may rise and fall again, where those who are left order less and less. So it is
 * looked at on a ladder of times, each 2^(1/2) of the one before, and in the first step that ends above the cost by a search that keeps
 * the crossing between two times. The limits of the time are those times at which the limits of V(t) reach the cost: where a lower limit never does, payback may be never, which a
 * normal interval about the time could not say. */
#include "retain/clv_plan.h"

#include <math.h>
#include <string.h>

#include "data/customers.h"
#include "decisions/clv_rows.h"
#include "decisions/columns.h"
#include "math/special.h"
#include "models/btyd_model.h"
#include "retain/rfm.h"

static const double YEAR_DAYS = 365.25, farthest_days = 1e5, first_days = 1.0 / 64.0;

static retain_status check_level(retain_context *ctx, double level)
{
    if (level > 0.0 && level < 1.0)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "level is %g; it must lie in (0, 1)", level);
}

/* --- payback -------------------------------------------------------------------------------------------------------------- */

typedef enum curve { LOWER = -1, MIDDLE = 0, UPPER = 1 } curve;

typedef struct payback {
    retain_context *ctx;
    retain__clv_checked checked;
    const retain_customers *customers;
    const double *historic;
    double past;                       /* beside `historic`: the first order */
    double past_by[RETAIN__CLV_SPEND]; /* its derivatives by the spend model, where it is that model's */
    int past_is_forecast;
    double cost, quantile, unit_days;
    int is_discrete;
    double customers_seen; /* at the last look: weight of who has a value */
} payback;

/* Value within a horizon, and its limits where they are wanted. */
static retain_status look(payback *of, double days, int with_limits, double *value, double *low, double *high)
{
    retain__scratch scratch = {of->ctx, NULL};
    retain__sum residual = {0.0, 0.0}, past = {0.0, 0.0};
    retain__clv_rows rows;
    double gradient[RETAIN__CLV_MOST] = {0.0}, infinite = 0.0, sum, certain;
    int signs = 0;
    retain_status status;

    of->checked.terms.horizon_days = days;
    of->customers_seen = 0.0;
    status = retain__clv_make_rows(&scratch, &of->checked, of->customers, with_limits, 0, &rows);
    for (size_t i = 0; status == RETAIN_OK && i < of->customers->count; i++) {
        const double weight = of->customers->weight ? of->customers->weight[i] : 1.0, one = rows.residual[i];

        if (isnan(one) || weight == 0.0)
            continue;
        of->customers_seen += weight;
        signs |= (one > 0.0) | (one < 0.0) << 1 | !rows.product[i] << 2;
        if (isinf(one))
            infinite += one;
        else
            retain__sum_add(&residual, weight * one);
        if (of->historic)
            retain__sum_add(&past, weight * of->historic[i]);
        for (size_t j = 0; with_limits && j < rows.parameters; j++)
            gradient[j] += weight * rows.gradient[i * rows.parameters + j];
    }
    retain__release(&scratch);
    if (status != RETAIN_OK)
        return status;
    sum = (infinite == 0.0 ? retain__sum_value(residual) : infinite) + (of->past_is_forecast ? of->past : 0.0);
    certain = retain__sum_value(past) + (of->past_is_forecast ? 0.0 : of->past);
    *value = certain + sum;
    if (!with_limits)
        return RETAIN_OK;
    for (size_t j = 0; of->past_is_forecast && j < of->checked.parameters - of->checked.orders; j++)
        gradient[of->checked.orders + j] += of->past_by[j];
    signs |= of->past_is_forecast ? (of->past > 0.0) | (of->past < 0.0) << 1 : 0;
    retain__clv_limits(sum, retain__clv_error(&of->checked, gradient, sum), of->quantile, signs == 1 || signs == 2, 0, low, high);
    *low += certain;
    *high += certain;
    return RETAIN_OK;
}

static retain_status look_at(payback *of, curve which, double days, double *value)
{
    double middle, low = 0.0, high = 0.0;
    retain_status status = look(of, days, which != MIDDLE, &middle, &low, &high);

    *value = which == LOWER ? low : which == UPPER ? high : middle;
    return status;
}

/* The next time to look at: whole opportunities where time goes by in these. */
static double step_on(const payback *of, double days)
{
    double next = days > 0.0 ? days * 1.4142135623730951 : first_days;

    if (!of->is_discrete)
        return next;
    next = of->unit_days * ceil(next / of->unit_days);
    return next > days ? next : days + of->unit_days;
}

/* Where a curve first comes up to the cost: below it at `before`, no longer below at `after`. */
typedef struct crossing {
    double before, after, below, above; /* times, and values there */
    int is_found;                       /* or the curve does not exist */
} crossing;

static void note_value(const payback *of, crossing *at, double days, double value)
{
    if (at->is_found)
        return;
    at->is_found = !(value < of->cost);
    if (at->is_found) {
        at->after = days;
        at->above = value;
    } else {
        at->before = days;
        at->below = value;
    }
}

/* Up the ladder, all curves at once: what costs time is to look. */
static retain_status climb(payback *of, int with_limits, double end, crossing at[3])
{
    double days = 0.0, value[3] = {0.0, 0.0, 0.0};
    retain_status status = RETAIN_OK;

    for (;;) {
        status = look(of, days, with_limits, &value[MIDDLE + 1], &value[LOWER + 1], &value[UPPER + 1]);
        if (status != RETAIN_OK)
            return status;
        for (int which = with_limits ? LOWER : MIDDLE; which <= (with_limits ? UPPER : MIDDLE); which++)
            note_value(of, &at[which + 1], days, value[which + 1]);
        if (!(days < end) || (at[MIDDLE + 1].is_found && (!with_limits || (at[LOWER + 1].is_found && at[UPPER + 1].is_found))))
            return RETAIN_OK;
        days = step_on(of, days);
        days = days < end ? days : end;
    }
}

/* A time within the crossing: where a straight line would reach the cost, moved a little towards the middle so that both ends close in, and
 * never so far from it that halving would have been much quicker (I. Oliveira, R. Takahashi, ACM TOMS 47(1), 2020). */
static double choose_time(const payback *of, const crossing *at, double width, double first_width, int looks)
{
    const double middle = 0.5 * (at->before + at->after), length = at->after - at->before;
    const double line = at->before + length * ((of->cost - at->below) / (at->above - at->below));
    const double shift = 0.2 * length * (length / first_width), room = 2.0 * first_width * ldexp(1.0, -looks) - 0.5 * length;
    double time = fabs(middle - line) > shift ? line + copysign(shift, middle - line) : middle;

    if (!(fabs(time - middle) <= fmax(room, 0.0)))
        time = middle - copysign(fmax(room, 0.0), middle - line);
    if (!(time > at->before + 0.25 * width && time < at->after - 0.25 * width))
        time = middle;
    if (of->is_discrete)
        time = of->unit_days * floor(middle / of->unit_days);
    return time;
}

/* First time at which a curve is not below the cost; infinite when it never is before the end, NaN where the curve does not exist. */
static retain_status find_time(payback *of, curve which, const crossing *from, double *days)
{
    const double first_width = from->after - from->before;
    crossing at = *from;

    *days = !at.is_found ? (double)INFINITY : isnan(at.above) ? (double)NAN : at.after;
    if (!isfinite(*days))
        return RETAIN_OK;
    for (int looks = 1;; looks++) {
        const double width = of->is_discrete ? 1.5 * of->unit_days : 1e-10 * at.after;
        const double time = choose_time(of, &at, width, first_width, looks);
        double value;
        retain_status status;

        if (!(at.after - at.before > width && time > at.before && time < at.after))
            break;
        status = look_at(of, which, time, &value);
        if (status != RETAIN_OK)
            return status;
        at.is_found = 0;
        note_value(of, &at, time, isnan(value) ? -(double)INFINITY : value);
    }
    *days = at.after;
    return RETAIN_OK;
}

static retain_status find_payback(payback *of, retain_clv_payback_report *report)
{
    const double horizon = of->checked.terms.horizon_days;
    const int doubted =
        of->checked.forecast->covariance || (retain__clv_has_spend(of->checked.forecast) && of->checked.forecast->spend_covariance);
    double end = horizon < farthest_days ? horizon : farthest_days;
    crossing at[3] = {{0.0, 0.0, 0.0, 0.0, 0}, {0.0, 0.0, 0.0, 0.0, 0}, {0.0, 0.0, 0.0, 0.0, 0}};
    retain_status status = look(of, horizon, 1, &report->value, &report->value_low, &report->value_high);

    if (of->is_discrete)
        end = of->unit_days * floor(end / of->unit_days + 1e-9);
    report->outcome = RETAIN_PAYBACK_NONE;
    report->days = report->days_low = report->days_high = (double)NAN;
    report->ratio = of->cost > 0.0 ? report->value / of->cost : (double)NAN;
    report->ratio_low = of->cost > 0.0 ? report->value_low / of->cost : (double)NAN;
    report->ratio_high = of->cost > 0.0 ? report->value_high / of->cost : (double)NAN;
    if (status != RETAIN_OK || isnan(of->cost) || of->customers_seen == 0.0 || isnan(report->value))
        return status;
    status = climb(of, doubted, end, at);
    if (status == RETAIN_OK)
        status = find_time(of, MIDDLE, &at[MIDDLE + 1], &report->days);
    if (status != RETAIN_OK)
        return status;
    report->outcome = isinf(report->days) ? RETAIN_PAYBACK_MISSED : RETAIN_PAYBACK_REACHED;
    report->days_low = report->days_high = report->days;
    if (doubted && status == RETAIN_OK)
        status = find_time(of, UPPER, &at[UPPER + 1], &report->days_low);
    if (doubted && status == RETAIN_OK)
        status = find_time(of, LOWER, &at[LOWER + 1], &report->days_high);
    if (isinf(report->days))
        report->days = (double)NAN;
    return status;
}

static retain_status prepare(payback *of, double level, retain_clv_payback_report *report)
{
    retain__btyd_checked model;
    retain_status status = retain__btyd_check_model(of->ctx, of->checked.forecast->model, &model);

    if (status == RETAIN_OK)
        status = check_level(of->ctx, level);
    if (status == RETAIN_OK && !(of->cost >= 0.0 || isnan(of->cost)))
        status = retain__fail(of->ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "cost is %g; it must be at least 0, or NaN", of->cost);
    if (status == RETAIN_OK && !report)
        status = retain__fail_null(of->ctx, "report");
    if (status == RETAIN_OK)
        status = retain__check_struct(of->ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK) {
        of->quantile = retain__ndtri(0.5 + 0.5 * level);
        of->unit_days = model.model->unit_days;
        of->is_discrete = model.family->is_discrete;
    }
    return status;
}

static void hand_over(const retain_clv_payback_report *found, retain_clv_payback_report *report)
{
    const size_t size = report->struct_size;

    *report = *found;
    report->struct_size = size;
}

retain_status retain_clv_payback(retain_context *ctx, const retain_clv_forecast *forecast, const retain_customers *customers,
                                 const double *historic, double cost, const retain_clv_terms *terms, double level,
                                 retain_clv_payback_report *report)
{
    payback of = {.ctx = ctx, .customers = customers, .historic = historic, .cost = cost};
    retain_clv_payback_report found = {.struct_size = sizeof found};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__clv_check(ctx, forecast, customers, terms, &of.checked);
    if (status == RETAIN_OK && historic)
        status = retain__check_column(ctx, "historic", historic, customers->count, RETAIN__FINITE);
    if (status == RETAIN_OK)
        status = prepare(&of, level, report);
    if (status == RETAIN_OK)
        status = find_payback(&of, &found);
    if (status == RETAIN_OK)
        hand_over(&found, report);
    return status;
}

/* A new customer: the row of whom nothing is known. */
typedef struct newcomer {
    double zero, nothing;
    retain_customers row;
    retain_spenders spender;
    retain_clv_forecast forecast;
} newcomer;

static void make_newcomer(const retain_clv_forecast *forecast, newcomer *of)
{
    const retain_btyd *model = forecast ? forecast->model : NULL;

    of->zero = 0.0;
    of->nothing = (double)NAN;
    of->row = (retain_customers){.count = 1,
                                 .frequency = &of->zero,
                                 .t_x = &of->zero,
                                 .T = &of->zero,
                                 .spend = &of->nothing,
                                 .unit_days = model ? model->unit_days : 1.0};
    of->spender = (retain_spenders){.count = 1,
                                    .orders = &of->zero,
                                    .mean = &of->nothing,
                                    .mean_log = &of->nothing,
                                    .log_squares = &of->nothing,
                                    .frequency = &of->zero,
                                    .time = &of->nothing,
                                    .time_squares = &of->nothing,
                                    .time_logs = &of->nothing};
    if (!forecast)
        return;
    of->forecast = *forecast;
    of->forecast.spenders = &of->spender;
}

static retain_status check_scalars(retain_context *ctx, const retain_clv_terms *terms)
{
    const char *name = !terms                 ? NULL
                       : terms->annual_rates  ? "annual_rates"
                       : terms->margins       ? "margins"
                       : terms->order_costs   ? "order_costs"
                       : terms->service_costs ? "service_costs"
                                              : NULL;

    if (!name)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                        "terms.%s is given; a new customer has no row, so that terms must be numbers", name);
}

/* What the first order brings, and how that depends on the spend model. */
static void value_first(payback *of, double first_value)
{
    const retain__clv_values stranger = retain__clv_values_of_stranger(&of->checked);
    const double margin = of->checked.terms.margin;

    of->past_is_forecast = isnan(first_value) && retain__clv_has_spend(of->checked.forecast);
    of->past = margin * (isnan(first_value) ? stranger.mean : first_value) - of->checked.terms.order_cost;
    for (size_t j = 0; of->past_is_forecast && j < of->checked.parameters - of->checked.orders; j++)
        of->past_by[j] = margin * stranger.by[j];
}

static retain_status take_newcomer(payback *of, const retain_clv_forecast *forecast, double first_value,
                                   const retain_clv_terms *terms, newcomer *who)
{
    retain_status status = check_scalars(of->ctx, terms);

    make_newcomer(forecast, who);
    of->customers = &who->row;
    if (status == RETAIN_OK && forecast && forecast->histories)
        status = retain__fail(of->ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "forecast.histories is given; a new customer has no history yet");
    if (status == RETAIN_OK)
        status = retain__clv_check(of->ctx, forecast ? &who->forecast : NULL, &who->row, terms, &of->checked);
    if (status == RETAIN_OK)
        status = retain__btyd_check_bare(of->ctx, forecast->model);
    if (status == RETAIN_OK && isinf(first_value))
        status =
            retain__fail(of->ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "first_value is %g; it must be finite or NaN", first_value);
    if (status == RETAIN_OK)
        value_first(of, first_value);
    return status;
}

retain_status retain_clv_payback_new(retain_context *ctx, const retain_clv_forecast *forecast, double first_value, double cost,
                                     const retain_clv_terms *terms, double level, retain_clv_payback_report *report)
{
    payback of = {.ctx = ctx, .cost = cost};
    newcomer who;
    retain_clv_payback_report found = {.struct_size = sizeof found};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_newcomer(&of, forecast, first_value, terms, &who);
    if (status == RETAIN_OK)
        status = prepare(&of, level, report);
    if (status == RETAIN_OK)
        status = find_payback(&of, &found);
    if (status == RETAIN_OK)
        hand_over(&found, report);
    return status;
}

/* --- concentration -------------------------------------------------------------------------------------------------------- */

static retain_status concentrate(retain_context *ctx, const double *value, size_t count, double level,
                                 retain_clv_concentrated *found)
{
    const double shares[4] = {0.01, 0.05, 0.10, 0.20};
    retain_status status = retain_rfm_gini(ctx, value, count, level, &found->gini, &found->gini_low, &found->gini_high);

    if (status == RETAIN_OK)
        status = retain_rfm_top_share(ctx, value, count, shares, 4, level, found->top, found->top_low, found->top_high);
    return status;
}

retain_status retain_clv_concentration(retain_context *ctx, const double *value, size_t count, double level,
                                       retain_clv_concentrated *concentrated)
{
    retain__scratch scratch = {ctx, NULL};
    retain_clv_concentrated found = {.struct_size = sizeof found};
    double *there = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && count && !value)
        status = retain__fail_null(ctx, "value");
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (!isnan(value[i]) && !(value[i] >= 0.0 && retain__is_finite(value[i])))
            status =
                retain__fail(ctx, RETAIN_ERROR_DATA, i, "value[%zu] is %g; it must be finite and at least 0, or NaN", i, value[i]);
    }
    if (status == RETAIN_OK)
        status = check_level(ctx, level);
    if (status == RETAIN_OK && !concentrated)
        status = retain__fail_null(ctx, "concentrated");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "concentrated", concentrated, sizeof found, sizeof found);
    if (status == RETAIN_OK && !(there = retain__take(&scratch, count, sizeof *there)))
        status = RETAIN_ERROR_MEMORY;
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (!isnan(value[i]))
            there[found.customers++] = value[i];
    }
    if (status == RETAIN_OK)
        status = concentrate(ctx, there, found.customers, level, &found);
    if (status == RETAIN_OK) {
        found.struct_size = concentrated->struct_size;
        *concentrated = found;
    }
    retain__release(&scratch);
    return status;
}

/* --- naive formulas ------------------------------------------------------------------------------------------------------- */

double retain_clv_lifespan(double order_value, double orders_per_period, double lifetime, double margin)
{
    return order_value >= 0.0 && orders_per_period >= 0.0 && lifetime >= 0.0 ? margin * order_value * orders_per_period * lifetime
                                                                             : (double)NAN;
}

static int is_possible(double retention, double rate)
{
    return retention >= 0.0 && retention <= 1.0 && rate >= 0.0 && rate < (double)INFINITY;
}

double retain_clv_retention(double margin, double retention, double rate)
{
    return is_possible(retention, rate) ? margin * retention / (rate + (1.0 - retention)) : (double)NAN;
}

double retain_clv_retention_first(double margin, double retention, double rate)
{
    return is_possible(retention, rate) ? margin * (1.0 + rate) / (rate + (1.0 - retention)) : (double)NAN;
}

/* Counts of a customer table. */
typedef struct counted {
    retain__sum customers, occasions, revenue, periods, start, retained;
} counted;

static void count_customers(const retain_customers *customers, const double *revenue, double period, counted *of)
{
    for (size_t i = 0; i < customers->count; i++) {
        const double weight = customers->weight ? customers->weight[i] : 1.0, T = customers->T[i];

        retain__sum_add(&of->customers, weight);
        retain__sum_add(&of->occasions, weight * (customers->frequency[i] + 1.0));
        retain__sum_add(&of->revenue, weight * revenue[i]);
        retain__sum_add(&of->periods, weight * (T / period));
        if (T >= period) {
            retain__sum_add(&of->start, weight);
            retain__sum_add(&of->retained, customers->frequency[i] > 0.0 && customers->t_x[i] > T - period ? weight : 0.0);
        }
    }
}

static double over(double part, double whole)
{
    return whole > 0.0 ? part / whole : (double)NAN;
}

static void fill_naive(const counted *of, const retain_clv_terms *terms, double period_days, retain_clv_naive_report *report)
{
    const double margin = terms->margin, cost = terms->order_cost,
                 rate = expm1(log1p(terms->annual_rate) * period_days / YEAR_DAYS);
    double net;

    report->order_value = over(retain__sum_value(of->revenue), retain__sum_value(of->occasions));
    report->orders_per_period = over(retain__sum_value(of->occasions), retain__sum_value(of->periods));
    report->start = retain__sum_value(of->start);
    report->retained = retain__sum_value(of->retained);
    report->retention = over(report->retained, report->start);
    report->lifetime = 1.0 / (1.0 - report->retention);
    net = (margin * report->order_value - cost) * report->orders_per_period;
    report->lifespan = net * report->lifetime;
    report->retention_value = retain_clv_retention(net, report->retention, rate);
    report->retention_first = retain_clv_retention_first(net, report->retention, rate);
}

static retain_status value_newcomer(retain_context *ctx, const retain_clv_forecast *forecast, const retain_clv_terms *terms,
                                    double level, retain_clv_naive_report *report)
{
    payback of = {.ctx = ctx, .cost = 0.0};
    newcomer who;
    retain_status status = take_newcomer(&of, forecast, (double)NAN, terms, &who);

    of.quantile = retain__ndtri(0.5 + 0.5 * level);
    if (status == RETAIN_OK)
        status = look(&of, of.checked.terms.horizon_days, 1, &report->model, &report->model_low, &report->model_high);
    return status;
}

static retain_status check_naive(retain_context *ctx, const retain_customers *customers, const double *revenue, double period_days,
                                 const retain_clv_terms *given, double level, const retain_clv_naive_report *report,
                                 retain_clv_terms *terms)
{
    retain_status status = retain__check_customers(ctx, customers, 0);

    if (status == RETAIN_OK)
        status = retain__check_column(ctx, "revenue", revenue, customers->count, RETAIN__FINITE);
    if (status == RETAIN_OK && !(period_days > 0.0 && retain__is_finite(period_days)))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "period_days is %g; it must be positive and finite",
                              period_days);
    if (status == RETAIN_OK)
        status = check_level(ctx, level);
    if (status == RETAIN_OK)
        status = retain__clv_take_terms(ctx, given, 0, terms);
    if (status == RETAIN_OK)
        status = check_scalars(ctx, terms);
    if (status == RETAIN_OK && terms->service_cost != 0.0)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "terms.service_cost is %g; the naive formulas know none, so it must be 0", terms->service_cost);
    if (status == RETAIN_OK && !report)
        status = retain__fail_null(ctx, "report");
    return status == RETAIN_OK ? retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report) : status;
}

retain_status retain_clv_naive(retain_context *ctx, const retain_customers *customers, const double *revenue, double period_days,
                               const retain_clv_forecast *forecast, const retain_clv_terms *given, double level,
                               retain_clv_naive_report *report)
{
    retain_clv_naive_report found = {
        .struct_size = sizeof found, .model = (double)NAN, .model_low = (double)NAN, .model_high = (double)NAN};
    retain_clv_terms terms;
    counted of = {{0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_naive(ctx, customers, revenue, period_days, given, level, report, &terms);
    if (status == RETAIN_OK && forecast)
        status = value_newcomer(ctx, forecast, given, level, &found);
    if (status != RETAIN_OK)
        return status;
    count_customers(customers, revenue, period_days / customers->unit_days, &of);
    fill_naive(&of, &terms, period_days, &found);
    found.lifespan_ratio = over(found.lifespan, found.model);
    found.retention_ratio = over(found.retention_value, found.model);
    found.retention_first_ratio = over(found.retention_first, found.model);
    found.struct_size = report->struct_size;
    *report = found;
    return RETAIN_OK;
}

/* Every figure of the report, by calls to libretain: this file is the example; the others read and write.
 *
 * The order is that of the headers: orders -> customers; periods and cohorts say what happened; models say what to expect; clv and
 * churn turn that into money and a list of whom to call. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

static const retain_btyd_family families[MODELS] = {RETAIN_BTYD_PARETO_NBD, RETAIN_BTYD_BG_NBD, RETAIN_BTYD_MBG_NBD};

enum { UNIT_DAYS = 7 }; /* the models count time in weeks */

static void check(retain_status status, const retain_context *ctx, const char *doing)
{
    if (status != RETAIN_OK)
        stop("%s: %s", doing, ctx->error);
}

static double *column(size_t count)
{
    return must_have(count, sizeof(double));
}

/* The sum of all customers' rows, up to the last day that has an order. */
static void summarise(retain_context *ctx, const retain_orders *log, const struct shop *shop, struct figures *out)
{
    retain_orders_options options = {.struct_size = sizeof options, .unit_days = UNIT_DAYS};
    retain_summary *summary = &out->summary;

    if (retain_orders_last_day(ctx, log, &options, &out->observation_end) != RETAIN_OK)
        stop("no order in the log has a positive value, or all were refunded: there is nothing to report (%s)", ctx->error);
    summary->customer = must_have(shop->names, sizeof *summary->customer);
    summary->first_day = must_have(shop->names, sizeof *summary->first_day);
    summary->last_day = must_have(shop->names, sizeof *summary->last_day);
    summary->orders = column(shop->names);
    summary->occasions = column(shop->names);
    summary->frequency = column(shop->names);
    summary->t_x = column(shop->names);
    summary->T = column(shop->names);
    summary->spend = column(shop->names);
    summary->spend_all = column(shop->names);
    summary->revenue = column(shop->names);
    out->log.struct_size = sizeof out->log;
    check(retain_orders_summary(ctx, log, out->observation_end, &options, summary, shop->names, &out->customers, &out->log), ctx,
          "summing up customers");
}

static void cut_periods(retain_context *ctx, const struct settings *settings, struct figures *out)
{
    retain_calendar_options options = {.struct_size = sizeof options,
                                       .calendar = settings->calendar,
                                       .period = settings->period,
                                       .first_weekday = settings->first_weekday};
    int64_t first = out->summary.first_day[0];
    size_t edges;

    for (size_t i = 1; i < out->customers; i++)
        first = out->summary.first_day[i] < first ? out->summary.first_day[i] : first;
    out->first_day = first;
    if (retain_calendar_edges(ctx, first, out->observation_end, &options, NULL, 0, &edges) != RETAIN_ERROR_CAPACITY)
        stop("cutting the log into periods: %s", ctx->error);
    if (edges > 2001)
        stop("the log spans %zu periods; choose a longer --period (at most 2000 fit on a page)", edges - 1);
    out->edges = must_have(edges, sizeof *out->edges);
    check(retain_calendar_edges(ctx, first, out->observation_end, &options, out->edges, edges, &edges), ctx,
          "cutting the log into periods");
    out->periods = edges - 1;
}

static void follow_periods(retain_context *ctx, const struct settings *settings, const retain_orders *log, struct figures *out)
{
    retain_crr_options options = {.struct_size = sizeof options, .window_days = settings->window_days};
    size_t n = out->periods;

    out->crr = (retain_crr_columns){.start = column(n),
                                    .acquired = column(n),
                                    .gained = column(n),
                                    .retained = column(n),
                                    .reactivated = column(n),
                                    .lost = column(n),
                                    .end = column(n),
                                    .crr = column(n),
                                    .crr_low = column(n),
                                    .crr_high = column(n),
                                    .crr_strict = column(n),
                                    .crr_strict_low = column(n),
                                    .crr_strict_high = column(n),
                                    .churn = column(n)};
    check(retain_crr_periods(ctx, log, out->observation_end, out->edges, n + 1, NULL, &options, &out->crr, &out->window_days), ctx,
          "following customers from period to period");
}

static void follow_cohorts(retain_context *ctx, const retain_orders *log, struct figures *out)
{
    size_t n = out->periods, cells = n * n;

    out->size = column(n);
    out->active = column(cells);
    out->orders = column(cells);
    out->revenue = column(cells);
    out->complete = must_have(cells, sizeof *out->complete);
    out->retention = column(cells);
    out->retention_low = column(cells);
    out->retention_high = column(cells);
    out->average = column(n);
    out->average_low = column(n);
    out->average_high = column(n);
    check(retain_cohort_active(ctx, log, out->observation_end, out->edges, n + 1, NULL, NULL, out->size, out->active, out->orders,
                               out->revenue, out->complete),
          ctx, "following cohorts");
    check(retain_cohort_retention(ctx, out->size, out->active, n, 0.0, out->retention, out->retention_low, out->retention_high),
          ctx, "cohort retention");
    check(retain_cohort_average(ctx, out->size, out->active, n, 0.0, out->average, NULL, out->average_low, out->average_high), ctx,
          "average retention");
}

/* A model can be used when its optimum is in the interior or on a boundary or ridge: the forecasts of the latter two are those of the limiting
 * model. It cannot when there was too little to go by. */
static int usable(const struct fitted *fit)
{
    return fit->report.verdict == RETAIN_FIT_CONVERGED || fit->report.verdict == RETAIN_FIT_BOUNDARY ||
           fit->report.verdict == RETAIN_FIT_RIDGE;
}

static void fit_models(retain_context *ctx, const struct settings *settings, const retain_customers *customers, struct figures *out)
{
    retain_fit_report fresh = RETAIN_FIT_REPORT_INIT;

    for (int k = 0; k < MODELS; k++) {
        struct fitted *fit = &out->fits[k];

        fit->report = fresh;
        fit->status = retain_btyd_fit(ctx, families[k], customers, NULL, &fit->model, &fit->report);
        if (fit->status != RETAIN_OK && fit->status != RETAIN_ERROR_CONVERGENCE)
            stop("fitting %s: %s", retain_btyd_name(families[k]), ctx->error);
        if (families[k] == settings->model && usable(fit))
            out->chosen = fit;
    }
    out->spend_report = fresh;
    out->spend_status = retain_spend_fit(ctx, customers, NULL, &out->spend_model, &out->spend_report, &out->spend_correlation);
    if (out->spend_status != RETAIN_OK && out->spend_status != RETAIN_ERROR_CONVERGENCE)
        stop("fitting the spend model: %s", ctx->error);
}

/* Forecasts per customer; they stay NaN when the chosen model cannot be used. */
static void forecast(retain_context *ctx, const struct settings *settings, const retain_customers *customers, struct figures *out)
{
    retain_churn_options horizon = {.struct_size = sizeof horizon, .horizon_days = (double)settings->horizon_days};
    retain_clv_options valuation = {sizeof valuation, settings->clv_days, settings->annual_rate, settings->margin};
    const retain_btyd *model = out->chosen ? &out->chosen->model : NULL;
    size_t n = out->customers;

    out->alive = column(n);
    out->expected = column(n);
    out->risk = column(n);
    out->order_value = column(n);
    out->clv = column(n);
    out->at_risk = column(n);
    out->band = must_have(n, sizeof *out->band);
    for (size_t i = 0; i < n; i++)
        out->alive[i] = out->expected[i] = out->risk[i] = out->order_value[i] = out->clv[i] = out->at_risk[i] = (double)NAN;
    if (!model)
        return;
    check(retain_btyd_alive(ctx, model, customers, out->alive, NULL), ctx, "P(alive)");
    check(retain_btyd_orders(ctx, model, customers, (double)settings->horizon_days / UNIT_DAYS, out->expected), ctx,
          "expected orders");
    check(retain_churn_risk(ctx, model, customers, &horizon, out->risk), ctx, "churn risk");
    check(retain_churn_bands(ctx, out->risk, n, NULL, 0, out->band), ctx, "risk bands");
    if (out->spend_report.verdict == RETAIN_FIT_NONE || out->spend_report.verdict == RETAIN_FIT_TOO_LITTLE_DATA ||
        out->spend_report.verdict == RETAIN_FIT_STOPPED)
        return;
    check(retain_spend_expected(ctx, &out->spend_model, customers, out->order_value), ctx, "expected value of an order");
    check(retain_clv_residual(ctx, model, customers, out->order_value, NULL, &valuation, out->clv), ctx, "customer lifetime value");
    check(retain_clv_at_risk(ctx, out->risk, out->clv, n, out->at_risk, NULL), ctx, "value at risk");
}

/* Would the forecast have been right? The chosen family is fitted to the log without its last `horizon_days`, and what it expects of them is compared
 * with what came. NaN when there was too little to go by so early. */
static void look_back(retain_context *ctx, const struct settings *settings, const retain_orders *log, struct figures *out)
{
    retain_orders_options options = {.struct_size = sizeof options, .unit_days = UNIT_DAYS};
    int64_t then = out->observation_end - settings->horizon_days;
    size_t n = out->customers, known;
    double *frequency = column(n), *t_x = column(n), *T = column(n), *expected = column(n), *came = column(n);
    int64_t *customer = must_have(n, sizeof *customer);
    retain_summary summary = {.customer = customer, .frequency = frequency, .t_x = t_x, .T = T};
    struct fitted fit = {.report = RETAIN_FIT_REPORT_INIT};
    retain_customers customers;

    out->foreseen = out->happened = (double)NAN;
    check(retain_orders_summary(ctx, log, then, &options, &summary, n, &known, NULL), ctx,
          "summing up customers for the look back");
    customers = (retain_customers){.count = known, .frequency = frequency, .t_x = t_x, .T = T, .unit_days = UNIT_DAYS};
    fit.status = retain_btyd_fit(ctx, settings->model, &customers, NULL, &fit.model, &fit.report);
    if (usable(&fit)) {
        check(retain_btyd_orders(ctx, &fit.model, &customers, (double)settings->horizon_days / UNIT_DAYS, expected), ctx,
              "the look back");
        check(retain_orders_holdout(ctx, log, then, out->observation_end, &options, customer, known, came, NULL), ctx,
              "the look back");
        out->foreseen = out->happened = 0.0;
        for (size_t i = 0; i < known; i++) {
            out->foreseen += expected[i];
            out->happened += came[i];
        }
    }
    free(frequency);
    free(t_x);
    free(T);
    free(expected);
    free(came);
    free(customer);
}

static const double *sort_key;

static int most_first(const void *a, const void *b)
{
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    double x = sort_key[i], y = sort_key[j];

    if (isnan(x) || isnan(y))
        return isnan(x) != isnan(y) ? (isnan(x) ? 1 : -1) : (i > j) - (i < j);
    return x != y ? (x < y ? 1 : -1) : (i > j) - (i < j);
}

void compute_figures(const struct settings *settings, const struct shop *shop, struct figures *out)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_orders log = {
        .count = shop->rows, .customer = shop->customer, .day = shop->day, .value = shop->value, .order = shop->order};
    retain_customers customers;

    ctx.threads = settings->threads;
    summarise(&ctx, &log, shop, out);
    cut_periods(&ctx, settings, out);
    follow_periods(&ctx, settings, &log, out);
    follow_cohorts(&ctx, &log, out);
    customers = (retain_customers){.count = out->customers,
                                   .frequency = out->summary.frequency,
                                   .t_x = out->summary.t_x,
                                   .T = out->summary.T,
                                   .spend = out->summary.spend,
                                   .unit_days = UNIT_DAYS};
    fit_models(&ctx, settings, &customers, out);
    forecast(&ctx, settings, &customers, out);
    look_back(&ctx, settings, &log, out);
    out->by_value_at_risk = must_have(out->customers, sizeof *out->by_value_at_risk);
    for (size_t i = 0; i < out->customers; i++)
        out->by_value_at_risk[i] = i;
    sort_key = out->at_risk;
    qsort(out->by_value_at_risk, out->customers, sizeof *out->by_value_at_risk, most_first);
}

void add_up_bands(const struct figures *figures, struct band_total totals[BANDS])
{
    memset(totals, 0, BANDS * sizeof *totals);
    for (size_t i = 0; i < figures->customers; i++) {
        struct band_total *total = &totals[figures->band[i]];

        if (isnan(figures->risk[i]))
            continue;
        total->customers++;
        if (isnan(figures->at_risk[i]))
            continue;
        total->clv += figures->clv[i];
        total->at_risk += figures->at_risk[i];
    }
}

size_t last_complete(const struct figures *figures)
{
    for (size_t k = figures->periods; k > 0; k--) {
        if (figures->edges[k] <= figures->observation_end + 1)
            return k - 1;
    }
    return SIZE_MAX;
}

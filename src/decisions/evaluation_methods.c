/* The methods of a backtest: fitted models, and the naive rules beside them.
 *
 * A fit that ended on a ridge or a boundary still forecasts, and is used; its verdict is handed on. There is no forecast where
 * there are no parameters, or none that arithmetic can use, or where a forecast does not exist for somebody: a mean over the others
 * would not be comparable with what other methods say of all. */
#include <math.h>
#include <string.h>

#include "decisions/evaluation_origins.h"
#include "math/sums.h"

/* --- fits
 * ----------------------------------------------------------------------------------------------------------------------- */

static retain_customers customers_at(const retain__backtest *test, const retain__origin *at)
{
    return (retain_customers){.count = at->count,
                              .frequency = test->frequency + at->first,
                              .t_x = test->t_x + at->first,
                              .T = test->T + at->first,
                              .unit_days = test->unit_days};
}

static retain_status fit_family(retain_context *ctx, const retain__backtest *test, retain__origin *at, size_t f)
{
    const retain_customers customers = customers_at(test, at);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_status status = retain_btyd_fit(ctx, test->family[f], &customers, NULL, &at->model[f], &report);

    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
        return status;
    at->verdict[f] = (uint8_t)report.verdict;
    at->fit[f] = (retain__origin_fit){report.log_likelihood, report.aic, report.bic, {0.0}};
    memcpy(at->fit[f].estimate, report.estimate, sizeof at->fit[f].estimate);
    return RETAIN_OK;
}

/* Occasions that cost nothing say nothing about what an order is worth: customers with a mean of 0 are left to the population's. */
static retain_customers spenders_at(const retain__backtest *test, const retain__origin *at, double *frequency)
{
    retain_customers customers = customers_at(test, at);

    customers.spend = test->spend + at->first;
    for (size_t i = 0; i < at->count; i++)
        frequency[i] = customers.spend[i] > 0.0 ? customers.frequency[i] : 0.0;
    customers.frequency = frequency;
    return customers;
}

static retain_status fit_spend(retain_context *ctx, retain__scratch *scratch, const retain__backtest *test, retain__origin *at)
{
    double *frequency = retain__take(scratch, at->count, sizeof *frequency);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_customers customers;
    retain_status status;

    if (!frequency)
        return RETAIN_ERROR_MEMORY;
    customers = spenders_at(test, at, frequency);
    status = retain_spend_fit(ctx, &customers, NULL, &at->spend, &report, NULL);
    at->spend_verdict = (uint8_t)report.verdict;
    retain__give_back(scratch, frequency);
    return status == RETAIN_ERROR_CONVERGENCE ? RETAIN_OK : status;
}

static retain_status take_models(retain__scratch *scratch, retain__backtest *test, retain__origin *at)
{
    at->model = retain__take_zeroed(scratch, test->families, sizeof *at->model);
    at->verdict = retain__take_zeroed(scratch, test->families, sizeof *at->verdict);
    at->fit = retain__take(scratch, test->families, sizeof *at->fit);
    if (!at->model || !at->verdict || !at->fit)
        return RETAIN_ERROR_MEMORY;
    for (size_t f = 0; f < test->families; f++) {
        at->fit[f] = (retain__origin_fit){(double)NAN, (double)NAN, (double)NAN, {0.0}};
        for (size_t k = 0; k < RETAIN_EVALUATION_ESTIMATES; k++)
            at->fit[f].estimate[k] = (double)NAN;
    }
    at->spend = (retain_spend){(double)NAN, (double)NAN, (double)NAN};
    return RETAIN_OK;
}

static retain_status fit_origin(retain_context *ctx, retain__scratch *scratch, const retain_btyd *models, double from, double to,
                                retain__backtest *test, retain__origin *at)
{
    const double part = (to - from) / (double)(test->families + 1);
    retain__stage stage;
    retain_status status = take_models(scratch, test, at);

    for (size_t f = 0; status == RETAIN_OK && f < test->families; f++) {
        if (models) {
            at->model[f] = models[f];
            continue;
        }
        status = fit_family(retain__begin_stage(&stage, ctx, from + part * (double)f, from + part * (double)(f + 1)), test, at, f);
        status = retain__end_stage(&stage, status);
    }
    if (status == RETAIN_OK && test->measures > RETAIN__MONEY)
        status = retain__end_stage(&stage, fit_spend(retain__begin_stage(&stage, ctx, to - part, to), scratch, test, at));
    return status;
}

retain_status retain__fit_origins(retain_context *ctx, retain__scratch *scratch, const retain_btyd *models, double from, double to,
                                  retain__backtest *test)
{
    const double share = (to - from) / (double)test->origins;
    retain_status status = RETAIN_OK;

    for (size_t o = 0; status == RETAIN_OK && o < test->origins; o++)
        status = fit_origin(ctx, scratch, models, from + share * (double)o, from + share * (double)(o + 1), test, &test->origin[o]);
    return status;
}

/* --- naive rules
 * ---------------------------------------------------------------------------------------------------------------- */

/* What a customer's repeat occasions brought: their number, or their money. */
static double past_of(const retain__backtest *test, size_t row, size_t measure)
{
    const double x = test->frequency[row];

    return measure == RETAIN__ORDERS ? x : x > 0.0 ? x * test->spend[row] : 0.0;
}

static double mean_rate(const retain__backtest *test, const retain__origin *at, size_t measure)
{
    retain__sum past = {0.0, 0.0}, time = {0.0, 0.0};

    for (size_t i = at->first; i < at->first + at->count; i++) {
        retain__sum_add(&past, past_of(test, i, measure));
        retain__sum_add(&time, test->T[i]);
    }
    return retain__sum_value(past) / retain__sum_value(time);
}

static void forecast_naively(const retain__backtest *test, const retain__origin *at, size_t measure, size_t baseline,
                             double *expected)
{
    const double t = (double)test->horizon_days / test->unit_days;
    const double mean = baseline == RETAIN_EVALUATION_OVERALL_MEAN ? t * mean_rate(test, at, measure) : 0.0;

    for (size_t i = 0; i < at->count; i++) {
        const size_t row = at->first + i;

        if (baseline == RETAIN_EVALUATION_LAST_PERIOD)
            expected[i] = test->recent[measure][row];
        else if (baseline == RETAIN_EVALUATION_OWN_RATE)
            expected[i] = test->T[row] > 0.0 ? t * past_of(test, row, measure) / test->T[row] : 0.0;
        else if (baseline == RETAIN_EVALUATION_OVERALL_MEAN)
            expected[i] = mean;
        else
            expected[i] = test->t_x[row] - test->T[row];
    }
}

/* --- forecasts
 * ------------------------------------------------------------------------------------------------------------------ */

static retain_status forecast_money(retain_context *ctx, retain__scratch *scratch, const retain__backtest *test,
                                    const retain__origin *at, double *expected)
{
    double *room = retain__take(scratch, at->count, 2 * sizeof *room), *value = room + at->count;
    retain_customers customers;
    retain_status status;

    if (!room)
        return RETAIN_ERROR_MEMORY;
    customers = spenders_at(test, at, room);
    status = retain_spend_expected(ctx, &at->spend, &customers, value);
    for (size_t i = 0; status == RETAIN_OK && i < at->count; i++)
        expected[i] *= value[i];
    retain__give_back(scratch, room);
    return status;
}

/* A model that the library would refuse forecasts nothing. */
static int is_usable(const retain_btyd *model)
{
    const double zero = 0.0;
    double unused;

    return retain_btyd_expected(NULL, model, &zero, 1, &unused) != RETAIN_ERROR_ARGUMENT;
}

retain_status retain__forecast(retain_context *ctx, retain__scratch *scratch, const retain__backtest *test, size_t origin,
                               size_t measure, size_t method, double done, double *expected, int *exists)
{
    const retain__origin *at = &test->origin[origin];
    const retain_customers customers = customers_at(test, at);
    const int of_model = method < test->families;
    retain__stage stage;
    retain_status status = RETAIN_OK;

    *exists = !of_model || (is_usable(&at->model[method]) && (measure == RETAIN__ORDERS || at->spend.p > 0.0));
    if (!of_model)
        forecast_naively(test, at, measure, method - test->families, expected);
    if (of_model && *exists)
        status = retain__end_stage(&stage, retain_btyd_orders(retain__begin_stage(&stage, ctx, done, done), &at->model[method],
                                                              &customers, (double)test->horizon_days / test->unit_days, expected));
    if (of_model && *exists && status == RETAIN_OK && measure == RETAIN__MONEY) {
        status = forecast_money(retain__begin_stage(&stage, ctx, done, done), scratch, test, at, expected);
        *exists = status != RETAIN_ERROR_ARGUMENT; /* a spend model that the library would refuse */
        status = *exists ? retain__end_stage(&stage, status) : RETAIN_OK;
    }
    for (size_t i = 0; status == RETAIN_OK && *exists && i < at->count; i++)
        *exists = retain__is_finite(expected[i]);
    return status;
}

/* Backtests: every method at every origin, measured in the same way.
 *
 * Over all origins the errors are those of all rows, with contributions added per customer before they are squared. Rankings are
 * only compared within an origin, since one forecast for all at each origin is no ranking though it differs between origins: the
 * figure is the mean over origins, by customers, and what a customer does to it is the sum of what he does at each. */
#include <math.h>
#include <string.h>

#include "decisions/evaluation_origins.h"
#include "decisions/evaluation_rows.h"
#include "metrics/rates.h"

enum { MOST_ORIGINS = 1000, MOST_FAMILIES = 16, LONGEST_HORIZON = 1000000 };

/* --- one entry
 * ------------------------------------------------------------------------------------------------------------------ */

/* Room for all entries. */
typedef struct workshop {
    retain__backtest_run *run;
    retain__order *by_actual; /* [origins] */
    double *expected;         /* [rows] of one method, at all origins */
    double *influence[3];     /* [rows] on normalised, spearman, capture */
    double *of_unit;          /* [units] */
} workshop;

/* A report of errors is columns from customers to aggregate_high, one of rankings from normalised to spearman_high. */
static void put_errors(double *figures, const retain_evaluation_error_report *report)
{
    memcpy(figures, &report->customers, (RETAIN__FIGURE_OF(aggregate_high) + 1) * sizeof *figures);
}

static void put_ranking(double *figures, const retain_evaluation_ranking_report *report)
{
    memcpy(figures + RETAIN__FIGURE_OF(normalised), &report->normalised,
           (RETAIN__FIGURE_OF(spearman_high) + 1 - RETAIN__FIGURE_OF(normalised)) * sizeof *figures);
}

/* Where there is no forecast: only what came. */
static void put_nothing(double *figures, double customers, double actual)
{
    for (size_t k = 0; k < RETAIN__FIGURES; k++)
        figures[k] = (double)NAN;
    figures[RETAIN__FIGURE_OF(customers)] = customers;
    figures[RETAIN__FIGURE_OF(actual)] = actual;
}

static double sum_of(const double *column, size_t count)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t i = 0; i < count; i++)
        retain__sum_add(&sum, column[i]);
    return retain__sum_value(sum);
}

static int is_ranking_only(const retain__backtest_run *run, size_t method)
{
    return method == run->test.families + RETAIN_EVALUATION_LONGEST_ABSENT;
}

static retain_status measure_origin(retain_context *ctx, const workshop *shop, size_t o, size_t measure, size_t method,
                                    double *figures)
{
    const retain__backtest_run *run = shop->run;
    const retain__origin *at = &run->test.origin[o];
    const retain__forecasts rows = {at->count, shop->expected + at->first, run->test.actual[measure] + at->first, NULL, NULL, 0};
    retain_evaluation_error_report errors = {.struct_size = sizeof errors};
    retain_evaluation_ranking_report ranking = {.struct_size = sizeof ranking};
    retain__scratch own = {ctx, NULL};
    retain__order by_forecast;
    double *capture = figures + RETAIN__FIGURE_OF(capture);
    retain_status status = retain__order_rows_by(&own, rows.expected, NULL, rows.count, &by_forecast);

    put_nothing(figures, (double)at->count, sum_of(rows.actual, rows.count));
    memset(shop->influence[2] + at->first, 0, at->count * sizeof(double));
    if (status == RETAIN_OK)
        status =
            retain__measure_gains(&own, &rows, &by_forecast, &shop->by_actual[o], &run->options.top_share, 1, run->options.level,
                                  shop->influence[2] + at->first, &capture[0], &capture[1], &capture[2], &capture[3]);
    if (status == RETAIN_OK && !is_ranking_only(run, method)) {
        status = retain__measure_errors(&own, &rows, run->options.level, &errors);
        put_errors(figures, &errors);
    }
    if (status == RETAIN_OK) {
        retain__measure_ranking(&rows, &by_forecast, &shop->by_actual[o], run->options.level, shop->influence[0] + at->first,
                                shop->influence[1] + at->first, &ranking);
        put_ranking(figures, &ranking);
    }
    retain__release(&own);
    return status;
}

static size_t entry_of(const retain__backtest_run *run, size_t origin, size_t measure, size_t method)
{
    return (origin * run->test.measures + measure) * run->methods + method;
}

/* The mean of a ranking figure over the origins, by customers, with its limits in the two columns after it. */
static void average_figure(const workshop *shop, size_t measure, size_t method, size_t figure, const double *influence,
                           double least, double *to)
{
    const retain__backtest *test = &shop->run->test;
    retain__sum sum = {0.0, 0.0}, squares = {0.0, 0.0};
    retain__limits limits;

    for (size_t o = 0; o < test->origins; o++)
        retain__sum_add(&sum, (double)test->origin[o].count *
                                  *retain__figure(shop->run, entry_of(shop->run, o, measure, method), figure));
    to[figure] = retain__sum_value(sum) / (double)test->count;
    if (!influence)
        return;
    memset(shop->of_unit, 0, test->units * sizeof *shop->of_unit);
    for (size_t i = 0; i < test->count; i++)
        shop->of_unit[test->unit[i]] += influence[i];
    for (size_t u = 0; u < test->units; u++)
        retain__sum_add(&squares, shop->of_unit[u] * shop->of_unit[u]);
    limits = retain__limits_of_influence(to[figure], retain__sum_value(squares), (double)test->units, (double)test->count, 1.0,
                                         shop->run->options.level);
    limits = retain__cut_limits(limits, least, 1.0);
    to[figure + 1] = limits.low;
    to[figure + 2] = limits.high;
}

static retain_status measure_all_origins(retain__scratch *scratch, const workshop *shop, size_t measure, size_t method, int exists,
                                         double *figures)
{
    const retain__backtest *test = &shop->run->test;
    const retain__forecasts rows = {test->count, shop->expected, test->actual[measure], NULL, test->unit, test->units};
    retain_evaluation_error_report errors = {.struct_size = sizeof errors};
    retain_status status = RETAIN_OK;

    put_nothing(figures, (double)test->count, sum_of(rows.actual, rows.count));
    if (!exists)
        return RETAIN_OK;
    if (!is_ranking_only(shop->run, method)) {
        status = retain__measure_errors(scratch, &rows, shop->run->options.level, &errors);
        put_errors(figures, &errors);
    }
    average_figure(shop, measure, method, RETAIN__FIGURE_OF(normalised), shop->influence[0], -1.0, figures);
    average_figure(shop, measure, method, RETAIN__FIGURE_OF(spearman), shop->influence[1], -1.0, figures);
    average_figure(shop, measure, method, RETAIN__FIGURE_OF(capture), shop->influence[2], 0.0, figures);
    average_figure(shop, measure, method, RETAIN__FIGURE_OF(perfect_capture), NULL, 0.0, figures);
    return status;
}

static retain_status measure_method(retain_context *ctx, retain__scratch *scratch, const workshop *shop, size_t measure,
                                    size_t method, double done)
{
    const retain__backtest_run *run = shop->run;
    int everywhere = 1;
    retain_status status = RETAIN_OK;

    for (size_t o = 0; status == RETAIN_OK && o < run->test.origins; o++) {
        const retain__origin *at = &run->test.origin[o];
        double *figures = retain__figure(run, entry_of(run, o, measure, method), 0);
        int exists;

        status = retain__forecast(ctx, scratch, &run->test, o, measure, method, done, shop->expected + at->first, &exists);
        if (status == RETAIN_OK && exists)
            status = measure_origin(ctx, shop, o, measure, method, figures);
        else if (status == RETAIN_OK)
            put_nothing(figures, (double)at->count, sum_of(run->test.actual[measure] + at->first, at->count));
        everywhere &= exists;
    }
    if (status == RETAIN_OK)
        status = measure_all_origins(scratch, shop, measure, method, everywhere,
                                     retain__figure(run, entry_of(run, run->test.origins, measure, method), 0));
    return status;
}

/* --- gains over naive rules
 * ------------------------------------------------------------------------------------------------------ */

/* Best figure of the baselines of one block of entries: the smallest (sign 1) or the largest (-1). */
static double best_baseline(const retain__backtest_run *run, size_t first, size_t figure, double sign)
{
    double best = (double)NAN;

    for (size_t m = run->test.families; m < run->methods; m++) {
        const double there = *retain__figure(run, first + m, figure);

        if (!isnan(there) && !(sign * there >= sign * best))
            best = there;
    }
    return best;
}

static void compare_with_baselines(const retain__backtest_run *run, size_t first)
{
    const double mae = best_baseline(run, first, RETAIN__FIGURE_OF(mae), 1.0);
    const double rmse = best_baseline(run, first, RETAIN__FIGURE_OF(rmse), 1.0);
    const double normalised = best_baseline(run, first, RETAIN__FIGURE_OF(normalised), -1.0);
    const double capture = best_baseline(run, first, RETAIN__FIGURE_OF(capture), -1.0);

    for (size_t m = 0; m < run->methods; m++) {
        double *to = retain__figure(run, first + m, 0);

        to[RETAIN__FIGURE_OF(mae_gain)] = mae > 0.0 ? 1.0 - to[RETAIN__FIGURE_OF(mae)] / mae : (double)NAN;
        to[RETAIN__FIGURE_OF(rmse_gain)] = rmse > 0.0 ? 1.0 - to[RETAIN__FIGURE_OF(rmse)] / rmse : (double)NAN;
        to[RETAIN__FIGURE_OF(normalised_gain)] = to[RETAIN__FIGURE_OF(normalised)] - normalised;
        to[RETAIN__FIGURE_OF(capture_gain)] = to[RETAIN__FIGURE_OF(capture)] - capture;
    }
}

/* --- all together
 * ----------------------------------------------------------------------------------------------------------------- */

static retain_status open_workshop(retain__scratch *scratch, retain__backtest_run *run, workshop *shop)
{
    const retain__backtest *test = &run->test;
    int fits = 1;
    const size_t figures = retain__multiply(run->entries, RETAIN__FIGURES, &fits);

    *shop = (workshop){.run = run};
    run->figures = retain__take(scratch, fits ? figures : SIZE_MAX, sizeof *run->figures);
    shop->by_actual = retain__take(scratch, test->origins, sizeof *shop->by_actual);
    shop->expected = retain__take(scratch, test->count, sizeof *shop->expected);
    shop->of_unit = retain__take(scratch, test->units, sizeof *shop->of_unit);
    for (size_t k = 0; k < 3; k++) {
        if (!(shop->influence[k] = retain__take(scratch, test->count, sizeof(double))))
            return RETAIN_ERROR_MEMORY;
    }
    return run->figures && shop->by_actual && shop->expected && shop->of_unit ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

static retain_status measure_all(retain_context *ctx, retain__scratch *scratch, retain__backtest_run *run, double from, double to)
{
    const retain__backtest *test = &run->test;
    const double part = (to - from) / (double)(test->measures * run->methods);
    workshop shop;
    retain_status status = open_workshop(scratch, run, &shop);

    for (size_t k = 0; status == RETAIN_OK && k < test->measures; k++) {
        retain__scratch own = {ctx, NULL};

        for (size_t o = 0; status == RETAIN_OK && o < test->origins; o++)
            status = retain__order_rows_by(&own, test->actual[k] + test->origin[o].first, NULL, test->origin[o].count,
                                           &shop.by_actual[o]);
        for (size_t m = 0; status == RETAIN_OK && m < run->methods; m++)
            status = measure_method(ctx, &own, &shop, k, m, from + part * (double)(k * run->methods + m));
        retain__release(&own);
    }
    for (size_t first = 0; status == RETAIN_OK && first < run->entries; first += run->methods)
        compare_with_baselines(run, first);
    return status;
}

static retain_status take_options(retain_context *ctx, const retain_evaluation_options *given, retain_evaluation_options *options)
{
    static const double TOP_SHARE = 0.1;
    static const int FEWEST = 30;
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "options.level", &options->level);
    if (status == RETAIN_OK && !(options->top_share >= 0.0 && options->top_share <= 1.0))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "options.top_share is %g; it must lie in (0, 1] (0 means 0.1)", options->top_share);
    if (status == RETAIN_OK && options->money != 0 && options->money != 1)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.money is %d; it must be 0 or 1", options->money);
    if (status == RETAIN_OK && options->fewest < 0)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "options.fewest is %d; it must not be negative (0 means 30)", options->fewest);
    options->top_share = options->top_share == 0.0 ? TOP_SHARE : options->top_share;
    options->fewest = options->fewest == 0 ? FEWEST : options->fewest;
    return status;
}

static retain_status check_origins(retain_context *ctx, const int64_t *origins, size_t count, int64_t horizon_days,
                                   int64_t observation_end)
{
    static const int64_t FAR = (int64_t)1 << 40;

    if (!(count >= 1 && count <= MOST_ORIGINS))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "origin_count is %zu; it must lie in [1, %d]", count,
                            MOST_ORIGINS);
    if (!origins)
        return retain__fail_null(ctx, "origins");
    if (!(horizon_days >= 1 && horizon_days <= LONGEST_HORIZON))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "horizon_days is %lld; it must lie in [1, %d]",
                            (long long)horizon_days, LONGEST_HORIZON);
    if (!(observation_end >= -FAR && observation_end <= FAR))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "observation_end is %lld; it must lie within +-2^40",
                            (long long)observation_end);
    for (size_t o = 0; o < count; o++) {
        if (!(origins[o] >= -FAR && origins[o] <= observation_end - horizon_days))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "origins[%zu] is %lld; %lld days after it must not lie after observation_end = %lld", o,
                                (long long)origins[o], (long long)horizon_days, (long long)observation_end);
        if (o && origins[o] <= origins[o - 1])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "origins[%zu] is %lld; it must be after the one before it, %lld", o, (long long)origins[o],
                                (long long)origins[o - 1]);
    }
    return RETAIN_OK;
}

static retain_status check_families(retain_context *ctx, const retain_btyd_family *families, size_t count,
                                    const retain_btyd *models, double unit_days)
{
    if (!(count >= 1 && count <= MOST_FAMILIES))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "family_count is %zu; it must lie in [1, %d]", count,
                            MOST_FAMILIES);
    if (!families)
        return retain__fail_null(ctx, "families");
    for (size_t f = 0; f < count; f++) {
        const double zero = 0.0;
        double unused;
        retain__stage stage;
        retain_status status;

        if (retain_btyd_parameters(families[f]) == 0)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "families[%zu] is %d; it must be a retain_btyd_family",
                                f, (int)families[f]);
        if (!models)
            continue;
        if (models[f].covariates)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "models[%zu].covariates is %zu; it must be 0: a log has no covariates", f, models[f].covariates);
        if (models[f].family != families[f])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "models[%zu].family is %d; it must be families[%zu] = %d", f, (int)models[f].family, f,
                                (int)families[f]);
        status = retain_btyd_expected(retain__begin_stage(&stage, ctx, 0.0, 0.0), &models[f], &zero, 1, &unused);
        if (status != RETAIN_OK)
            return retain__end_stage(&stage, status);
        if (models[f].unit_days != unit_days)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "models[%zu].unit_days is %.17g; it must be that of the orders' options, %.17g", f,
                                models[f].unit_days, unit_days);
    }
    return RETAIN_OK;
}

retain_status retain__run_backtest(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                   int64_t observation_end, const retain_orders_options *orders_options, const int64_t *origins,
                                   size_t origin_count, int64_t horizon_days, const retain_btyd_family *families,
                                   size_t family_count, const retain_btyd *models, const retain_evaluation_options *given,
                                   retain__backtest_run *run)
{
    retain_orders_options by = {.struct_size = sizeof by};
    retain_status status;

    *run = (retain__backtest_run){.options = {.struct_size = sizeof run->options}};
    status = take_options(ctx, given, &run->options);
    if (status == RETAIN_OK)
        status = retain__take_options(ctx, "orders_options", orders_options, sizeof by, sizeof by, &by);
    by.unit_days = by.unit_days == 0.0 ? 1.0 : by.unit_days;
    if (status == RETAIN_OK)
        status = check_origins(ctx, origins, origin_count, horizon_days, observation_end);
    if (status == RETAIN_OK)
        status = check_families(ctx, families, family_count, models, by.unit_days);
    if (status != RETAIN_OK)
        return status;
    run->test = (retain__backtest){.orders = orders,
                                   .orders_options = orders_options,
                                   .unit_days = by.unit_days,
                                   .horizon_days = horizon_days,
                                   .families = family_count,
                                   .measures = run->options.money ? 2 : 1,
                                   .origins = origin_count,
                                   .family = families};
    run->methods = family_count + RETAIN_EVALUATION_BASELINES;
    run->entries = (origin_count + 1) * run->test.measures * run->methods;
    status = retain__read_origins(ctx, scratch, origins, 0.0, 0.3, &run->test);
    if (status == RETAIN_OK)
        status = retain__fit_origins(ctx, scratch, models, 0.3, 0.8, &run->test);
    return status == RETAIN_OK ? measure_all(ctx, scratch, run, 0.8, 1.0) : status;
}

/* --- writing
 * ---------------------------------------------------------------------------------------------------------------------- */

static void write_fits(const retain__backtest *test, const retain_evaluation_fits *fits)
{
    for (size_t o = 0; o < test->origins; o++) {
        const retain__origin *at = &test->origin[o];

        for (size_t f = 0; f < test->families; f++) {
            const size_t to = o * test->families + f;

            if (fits->model)
                fits->model[to] = at->model[f];
            if (fits->verdict)
                fits->verdict[to] = at->verdict[f];
            retain__put(fits->log_likelihood, to, at->fit[f].log_likelihood);
            retain__put(fits->aic, to, at->fit[f].aic);
            retain__put(fits->bic, to, at->fit[f].bic);
            if (fits->estimate)
                memcpy(fits->estimate + to * RETAIN_EVALUATION_ESTIMATES, at->fit[f].estimate, sizeof at->fit[f].estimate);
        }
        if (fits->spend)
            fits->spend[o] = at->spend;
        if (fits->spend_verdict)
            fits->spend_verdict[o] = at->spend_verdict;
    }
}

void retain__write_backtest(const retain__backtest_run *run, const retain_evaluation_backtest_columns *columns,
                            const retain_evaluation_fits *fits)
{
    double *to[RETAIN__FIGURES] = {NULL};

    if (columns)
        memcpy(to, columns, sizeof to);
    for (size_t k = 0; k < RETAIN__FIGURES; k++) {
        for (size_t i = 0; to[k] && i < run->entries; i++)
            to[k][i] = *retain__figure(run, i, k);
    }
    if (fits)
        write_fits(&run->test, fits);
}

retain_status retain_evaluation_backtest(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                         const retain_orders_options *orders_options, const int64_t *origins, size_t origin_count,
                                         int64_t horizon_days, const retain_btyd_family *families, size_t family_count,
                                         const retain_btyd *models, const retain_evaluation_options *options,
                                         const retain_evaluation_backtest_columns *columns, const retain_evaluation_fits *fits)
{
    retain__scratch scratch = {ctx, NULL};
    retain__backtest_run run;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__run_backtest(ctx, &scratch, orders, observation_end, orders_options, origins, origin_count, horizon_days,
                                      families, family_count, models, options, &run);
    if (status == RETAIN_OK)
        retain__write_backtest(&run, columns, fits);
    retain__release(&scratch);
    return status;
}

const char *retain_evaluation_baseline_name(retain_evaluation_baseline baseline)
{
    static const char *const names[] = {"last period", "own rate", "overall mean", "longest absent"};

    return (unsigned)baseline < RETAIN_EVALUATION_BASELINES ? names[baseline] : "unknown";
}

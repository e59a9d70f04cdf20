/* Any orders, any model of spend: quantiles rise, limits enclose, correlations are correlations, and a fit either is one or says why
 * not. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/spend.h"
#include "retain/spend_orders.h"

enum { ENTRIES = RETAIN_SPEND_ENTRIES };

static double read_parameter(fuzz_input *in)
{
    return fuzz_below(in, 16) == 15 ? fuzz_double(in) : exp(fuzz_within(in, -7.0, 7.0));
}

/* Numbers that products do not carry beyond doubles. */
static int is_ordinary(const retain_spend_model *model)
{
    const double numbers[] = {model->p, model->q, model->gamma};

    for (size_t k = 0; k < 3; k++) {
        if (!(numbers[k] >= 1e-12 && numbers[k] <= 1e12))
            return 0;
    }
    return fabs(model->theta) <= 1.0 && fabs(model->delta) <= 1.0;
}

static double read_effect(fuzz_input *in)
{
    size_t kind = fuzz_below(in, 32);

    return kind == 31 ? fuzz_double(in) : kind < 16 ? 0.0 : fuzz_within(in, -0.5, 0.5);
}

static const retain_spend_model *read_model(fuzz_input *in)
{
    retain_spend_model *model = fuzz_array(in, 1, sizeof *model);

    model->family = (retain_spend_family)(fuzz_below(in, 32) == 31 ? (int)fuzz_bits(in, 1) : (int)fuzz_below(in, 2));
    model->p = model->tau = read_parameter(in);
    model->q = model->sigma = read_parameter(in);
    model->gamma = model->median = read_parameter(in);
    model->theta = read_effect(in);
    model->delta = model->family == RETAIN_SPEND_LOG_NORMAL || fuzz_below(in, 32) == 31 ? read_effect(in) : 0.0;
    return fuzz_maybe(in, model);
}

/* Sums over made-up orders, now and then not what sums can be. */
static const retain_spenders *read_spenders(fuzz_input *in)
{
    retain_spenders *spenders = fuzz_array(in, 1, sizeof *spenders);
    size_t count = fuzz_below(in, 30);
    int effects = (int)fuzz_below(in, 4), weighted = (int)fuzz_below(in, 2), odd = fuzz_below(in, 16) == 15;
    double *columns[9];

    for (size_t c = 0; c < 9; c++)
        columns[c] = fuzz_array(in, count, sizeof **columns);
    for (size_t i = 0; i < count; i++) {
        size_t n = fuzz_below(in, 6);
        double one = exp(fuzz_within(in, -3.0, 6.0)), apart = n > 1 ? fuzz_within(in, 0.0, 2.0) : 0.0;

        columns[0][i] = (double)n;
        columns[1][i] = one;
        columns[2][i] = log(one) - 0.5 * apart / (double)(n ? n : 1);
        columns[3][i] = apart;
        columns[4][i] = (double)fuzz_below(in, 12);
        columns[5][i] = -(double)fuzz_below(in, 50);
        columns[6][i] = n > 1 ? fuzz_within(in, 0.0, 9.0) : 0.0;
        columns[7][i] = sqrt(columns[6][i] * apart) * fuzz_within(in, -1.0, 1.0);
        columns[8][i] = (double)fuzz_below(in, 5);
        if (odd)
            columns[fuzz_below(in, 9)][i] = fuzz_double(in);
    }
    *spenders = (retain_spenders){.count = count,
                                  .orders = fuzz_maybe(in, columns[0]),
                                  .mean = columns[1],
                                  .mean_log = columns[2],
                                  .log_squares = columns[3],
                                  .frequency = effects & 1 ? columns[4] : NULL,
                                  .time = effects & 2 ? columns[5] : NULL,
                                  .time_squares = effects & 2 ? columns[6] : NULL,
                                  .time_logs = effects & 2 ? columns[7] : NULL,
                                  .weight = weighted ? columns[8] : NULL};
    return fuzz_maybe(in, spenders);
}

static void check_report(fuzz_input *in, retain_status status, const retain_fit_report *report)
{
    fuzz_outcome(in, status);
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE) {
        fuzz_check(report->verdict == RETAIN_FIT_NONE);
        return;
    }
    fuzz_check((status == RETAIN_OK) == (report->verdict == RETAIN_FIT_CONVERGED));
    fuzz_check(report->explanation[0] && memchr(report->explanation, 0, sizeof report->explanation) != NULL);
}

static void try_fit(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_spend_family family = (retain_spend_family)(fuzz_below(in, 32) == 31 ? (int)fuzz_bits(in, 1) : (int)fuzz_below(in, 2));
    const retain_spenders *spenders = read_spenders(in);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_spend_model model;
    double expected[30], low[30], high[30];
    retain_status status = retain_spend_orders_fit(ctx, family, spenders, NULL, &model, &report);

    check_report(in, status, &report);
    if (status != RETAIN_OK)
        return;
    fuzz_check(model.family == family && report.parameters == ENTRIES);
    status =
        retain_spend_orders_expected(fuzz_calm_context(in), &model, report.covariance, spenders, 0.0, 0.9, expected, low, high);
    fuzz_check(status == RETAIN_OK);
    for (size_t i = 0; i < spenders->count; i++)
        fuzz_check(isnan(expected[i]) || isnan(low[i]) || (low[i] <= expected[i] && expected[i] <= high[i]));
}

static void try_forecasts(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_spend_model *model = read_model(in);
    const retain_spenders *spenders = read_spenders(in);
    size_t count = spenders ? spenders->count : 1;
    double time = fuzz_below(in, 16) == 15 ? fuzz_double(in) : fuzz_within(in, 0.0, 12.0);
    double first = fuzz_within(in, 0.0, 1.0), second = fuzz_within(in, first, 1.0);
    double *value = fuzz_output(in, count, sizeof *value), *gradient = fuzz_output(in, ENTRIES * count, sizeof *gradient);
    double *expected = fuzz_output(in, count, sizeof *expected), *below = fuzz_output(in, count, sizeof *below),
           *above = fuzz_output(in, count, sizeof *above), *mean = fuzz_output(in, 1, sizeof *mean);

    fuzz_outcome(in, retain_spend_orders_likelihood(ctx, model, spenders, fuzz_maybe(in, value), fuzz_maybe(in, gradient)));
    if (fuzz_outcome(in,
                     retain_spend_orders_expected(fuzz_calm_context(in), model, NULL, spenders, time, 0.0, expected, NULL, NULL))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(isnan(expected[i]) || expected[i] >= 0.0);
    }
    if (fuzz_outcome(in, retain_spend_orders_quantile(fuzz_calm_context(in), model, spenders, time, first, below)) &&
        fuzz_outcome(in, retain_spend_orders_quantile(fuzz_calm_context(in), model, spenders, time, second, above))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(!is_ordinary(model) || (below[i] >= 0.0 && below[i] * (1.0 - 1e-9) <= above[i]));
    }
    if (fuzz_outcome(in,
                     retain_spend_orders_mean(fuzz_calm_context(in), model, NULL, fuzz_double(in), time, 0.0, mean, NULL, NULL)))
        fuzz_check(isnan(*mean) || *mean >= 0.0);
}

static void try_comparison(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_spend_model *first = read_model(in), *second = read_model(in);
    const retain_spenders *spenders = read_spenders(in);
    double *found = fuzz_output(in, 3, sizeof *found), level = fuzz_within(in, 0.0, 1.0);
    retain_spend_dependence dependence = {.struct_size = sizeof dependence};

    if (fuzz_outcome(in, retain_spend_orders_compare(ctx, first, second, spenders, &found[0], &found[1], &found[2])))
        fuzz_check(isnan(found[2]) || (found[2] >= 0.0 && found[2] <= 1.0));
    if (fuzz_outcome(in, retain_spend_orders_dependence(fuzz_calm_context(in), spenders, level, &dependence))) {
        const retain_spend_measure *measures[] = {&dependence.pearson, &dependence.spearman, &dependence.slope};

        for (size_t k = 0; k < 3; k++) {
            fuzz_check(isnan(measures[k]->p_value) || (measures[k]->p_value >= 0.0 && measures[k]->p_value <= 1.0));
            fuzz_check(isnan(measures[k]->low) ||
                       (measures[k]->low <= measures[k]->value && measures[k]->value <= measures[k]->high));
            fuzz_check(k == 2 || isnan(measures[k]->value) || fabs(measures[k]->value) <= 1.0);
        }
    }
}

static void try_means(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_spend_model *numbers = read_model(in);
    const retain_spenders *spenders = read_spenders(in);
    size_t count = spenders ? spenders->count : 1;
    retain_spend model = {1.0, 2.0, 3.0}, fitted;
    const retain_customers customers = {.count = spenders ? spenders->count : 0,
                                        .frequency = spenders ? spenders->orders : NULL,
                                        .spend = spenders ? spenders->mean : NULL,
                                        .weight = spenders ? spenders->weight : NULL,
                                        .unit_days = 1.0};
    double covariance[9] = {0.01, 0.0, 0.0, 0.0, 0.01, 0.0, 0.0, 0.0, 0.01}, level = fuzz_within(in, 0.0, 1.0), correlation;
    double *value = fuzz_output(in, count, sizeof *value), *low = fuzz_output(in, count, sizeof *low),
           *high = fuzz_output(in, count, sizeof *high), *gradient = fuzz_output(in, 3 * count, sizeof *gradient),
           *limits = fuzz_output(in, 2, sizeof *limits), *quantile = fuzz_output(in, count, sizeof *quantile),
           *expected = fuzz_output(in, count, sizeof *expected);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;

    if (numbers)
        model = (retain_spend){numbers->p, numbers->q, numbers->gamma};
    covariance[fuzz_below(in, 9)] = fuzz_double(in);
    fuzz_check(!(retain_spend_mean(&model) < 0.0) || model.p < 0.0 || model.gamma < 0.0);
    if (fuzz_outcome(in, retain_spend_interval(ctx, &model, covariance, fuzz_maybe(in, (void *)(uintptr_t)&customers), level, value,
                                               low, high))) {
        for (size_t i = 0; i < customers.count; i++)
            fuzz_check(isnan(value[i]) || isnan(low[i]) || (low[i] <= value[i] && value[i] <= high[i]));
    }
    fuzz_outcome(in, retain_spend_mean_interval(fuzz_calm_context(in), &model, covariance, level, &limits[0], &limits[1]));
    fuzz_outcome(in, retain_spend_likelihood(fuzz_calm_context(in), &model, &customers, value, gradient));
    fuzz_outcome(in, retain_spend_expected(fuzz_calm_context(in), &model, &customers, expected));
    if (fuzz_outcome(in, retain_spend_quantile(fuzz_calm_context(in), &model, &customers, level, quantile))) {
        for (size_t i = 0; i < customers.count; i++)
            fuzz_check(quantile[i] >= 0.0 || numbers == NULL || !is_ordinary(numbers));
    }
    check_report(in, retain_spend_fit(fuzz_calm_context(in), &customers, NULL, &fitted, &report, &correlation), &report);
}

static void try_log(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_orders *orders = fuzz_log(in);
    const retain_orders_options *options = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const int with_first = (int)fuzz_below(in, 2);
    size_t capacity = fuzz_below(in, 16), count = 0;
    double *columns[8];
    int64_t *customer = fuzz_output(in, capacity, sizeof *customer);
    retain_spend_columns into;

    for (size_t c = 0; c < 8; c++)
        columns[c] = fuzz_output(in, capacity, sizeof **columns);
    into = (retain_spend_columns){customer,   columns[0], columns[1], columns[2], columns[3],
                                  columns[4], columns[5], columns[6], columns[7]};
    if (!fuzz_outcome(in, retain_spend_orders(ctx, orders, end, options, with_first, fuzz_maybe(in, &into), capacity, &count)))
        return;
    for (size_t i = 0; i < count; i++) {
        fuzz_check(columns[1][i] <= columns[0][i] + with_first); /* but for orders worth nothing */
        fuzz_check(columns[1][i] == 0.0 ? isnan(columns[2][i]) : columns[4][i] >= 0.0 && columns[6][i] >= 0.0);
        fuzz_check(columns[1][i] == 0.0 || columns[3][i] <= log(columns[2][i]) + 1e-9 * (1.0 + fabs(columns[3][i])));
    }
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input *) = {try_fit, try_forecasts, try_comparison, try_means, try_log};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

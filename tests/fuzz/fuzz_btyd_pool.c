/* Partial pooling, and forecasts of customers of many groups. */
#include "fuzz.h"
#include "fuzz_forecasts.h"
#include "retain/btyd_pool.h"

enum { MOST_GROUPS = 6, MOST_PARAMETERS = 5, MOST_CUSTOMERS = 40 };

/* Enough customers for groups to have some. */
static void fuzz_fit(fuzz_input *in, size_t groups)
{
    size_t count = fuzz_below(in, MOST_CUSTOMERS);
    double *x = fuzz_array(in, count, sizeof *x), *t_x = fuzz_array(in, count, sizeof *t_x), *T = fuzz_array(in, count, sizeof *T);
    int64_t *group = fuzz_array(in, count, sizeof *group);
    retain_customers customers = {.count = count, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    retain_fit_options options = {.struct_size = sizeof options, .prior_sd = fuzz_within(in, 0.0, 3.0), .iterations = 30};
    retain_btyd_pool_report report = RETAIN_BTYD_POOL_REPORT_INIT;
    retain_btyd_family family = fuzz_below(in, 4) ? RETAIN_BTYD_NBD : (retain_btyd_family)fuzz_below(in, 10);
    size_t n = retain_btyd_parameters(family);
    retain_btyd *models = fuzz_array(in, groups + 1, sizeof *models);
    double *shrinkage = fuzz_array(in, (groups + 1) * (n + 1), sizeof *shrinkage),
           *covariance = fuzz_array(in, (groups + 1) * (n * n + 1), sizeof *covariance);
    uint8_t *varies = fuzz_array(in, MOST_PARAMETERS, sizeof *varies);
    retain_btyd_pool_columns columns = {
        .model = fuzz_maybe(in, models), .shrinkage = shrinkage, .covariance = fuzz_maybe(in, covariance)};
    retain_status status;

    if (family == RETAIN_BTYD_GG_NBD) /* slow */
        return;
    for (size_t i = 0; i < count; i++) {
        x[i] = (double)(fuzz_bits(in, 1) % 8);
        T[i] = 8.0 + (double)fuzz_below(in, 60);
        t_x[i] = x[i] > 0.0 ? fmax(x[i], floor(fuzz_within(in, 0.0, 1.0) * T[i])) : 0.0;
        group[i] = (int64_t)fuzz_below(in, groups ? groups : 1);
    }
    for (size_t k = 0; k < MOST_PARAMETERS; k++)
        varies[k] = (uint8_t)(fuzz_below(in, 16) ? k & 1 : 2);
    status = retain_btyd_pool_fit(fuzz_context(in), family, &customers, fuzz_maybe(in, group), groups,
                                  fuzz_below(in, 2) ? varies : NULL, fuzz_below(in, 2) ? &options : NULL, &report, &columns);
    fuzz_outcome(in, status);
    fuzz_check((status == RETAIN_OK) == (report.verdict == RETAIN_FIT_CONVERGED));
    for (size_t i = 0; status == RETAIN_OK && i < groups * n; i++)
        fuzz_check(shrinkage[i] > 0.0 && shrinkage[i] <= 1.0);
}

void fuzz_target(fuzz_input *in)
{
    size_t which = fuzz_below(in, 4), groups = fuzz_below(in, MOST_GROUPS);
    const retain_btyd *model = fuzz_quick_model(in);
    const retain_btyd_question *question = fuzz_question(in);
    double level = fuzz_below(in, 16) ? 0.9 : fuzz_double(in);
    const retain_customers *customers = fuzz_forecast_customers(in);
    size_t rows = customers ? customers->count : 0, n = model ? retain_btyd_parameters(model->family) + 2 * model->covariates : 1;
    int64_t *group = fuzz_array(in, rows, sizeof *group);
    retain_btyd *models = fuzz_array(in, groups, sizeof *models);
    double *covariance = fuzz_array(in, groups * n * n, sizeof *covariance),
           *common = fuzz_array(in, groups * 2 * n * n, sizeof *common), *low = fuzz_output(in, rows, sizeof *low),
           *high = fuzz_output(in, rows, sizeof *high);
    retain_btyd_sum *sum = fuzz_array(in, 1, sizeof *sum);

    for (size_t i = 0; i < rows; i++)
        group[i] = fuzz_below(in, 64) ? (int64_t)fuzz_below(in, groups ? groups : 1) : (int64_t)fuzz_bits(in, 8);
    fuzz_check(*retain_btyd_pool_source_name((retain_btyd_pool_source)fuzz_below(in, 6)) != 0);
    if (which == 0) {
        fuzz_fit(in, groups);
        return;
    }
    for (size_t g = 0; g < groups && model; g++) {
        models[g] = *model;
        if (fuzz_below(in, 8))
            models[g].alpha *= fuzz_within(in, 0.5, 2.0);
    }
    for (size_t i = 0; i < groups * n * n; i++)
        covariance[i] = fuzz_below(in, 32) ? (i % (n + 1) ? 0.0 : 0.01) : fuzz_double(in);
    for (size_t i = 0; i < groups * 2 * n * n; i++)
        common[i] = fuzz_below(in, 32) ? fuzz_within(in, -0.1, 0.1) : fuzz_double(in);
    if (question->quantity == RETAIN_BTYD_AT_MOST || question->quantity > RETAIN_BTYD_ALIVE) {
        if (rows > 2)
            return;
    }
    if (which == 1) {
        fuzz_outcome(in,
                     retain_btyd_pool_forecast(fuzz_context(in), fuzz_maybe(in, models), groups, customers, group, question, low));
    } else if (which == 2) {
        fuzz_outcome(in, retain_btyd_pool_interval(fuzz_context(in), models, fuzz_maybe(in, covariance), groups, customers, group,
                                                   question, level, NULL, low, high));
    } else {
        sum->struct_size = sizeof *sum;
        fuzz_outcome(in, retain_btyd_pool_total(fuzz_context(in), models, covariance, fuzz_maybe(in, common), groups, customers,
                                                group, question, NULL, level, sum));
    }
}

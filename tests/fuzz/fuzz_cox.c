/* Any rows: a fit ends with a verdict, its tests are no less than 0, concordance is a share, hazard ratios lie within their limits. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "retain/cox_check.h"
#include "retain/cox_forecast.h"

enum { ROWS = 40, COLUMNS = 3, STRATA = 3 };

static retain_cox_rows read_rows(fuzz_input *in)
{
    const int odd = (int)fuzz_below(in, 16);
    const size_t count = fuzz_below(in, ROWS), columns = odd == 6 ? 0 : 1 + fuzz_below(in, COLUMNS);
    const size_t kinds = 1 + fuzz_below(in, 6);
    double *exit = fuzz_array(in, count, sizeof *exit), *entry = fuzz_array(in, count, sizeof *entry),
           *weight = fuzz_array(in, count, sizeof *weight);
    uint8_t *event = fuzz_array(in, count, sizeof *event);
    int64_t *stratum = fuzz_array(in, count, sizeof *stratum), *customer = fuzz_array(in, count, sizeof *customer);
    const double **column = fuzz_array(in, columns, sizeof *column);

    for (size_t j = 0; j < columns; j++) {
        double *x = fuzz_array(in, count, sizeof *x);

        column[j] = x;
        for (size_t i = 0; i < count; i++)
            x[i] = odd == 1 ? fuzz_double(in) : (double)fuzz_below(in, kinds);
    }
    for (size_t i = 0; i < count; i++) {
        entry[i] = odd == 2 ? fuzz_double(in) : (double)(fuzz_bits(in, 1) >> 5);
        exit[i] = odd == 3 ? fuzz_double(in) : entry[i] + 0.5 * (double)(1 + fuzz_below(in, 12));
        event[i] = (uint8_t)fuzz_below(in, 2);
        weight[i] = odd == 4 ? fuzz_double(in) : 0.5 * (double)fuzz_below(in, 4);
        stratum[i] = odd == 5 ? fuzz_integer(in) : (int64_t)fuzz_below(in, STRATA);
        customer[i] = (int64_t)(odd == 7 ? i / 2 : i);
    }
    return (retain_cox_rows){.durations = {count, exit, fuzz_below(in, 8) ? event : NULL, fuzz_below(in, 2) ? entry : NULL,
                                           fuzz_below(in, 2) ? weight : NULL},
                             .predictors = {count, columns, column, fuzz_below(in, 8) ? 0 : 1},
                             .stratum = fuzz_below(in, 2) ? stratum : NULL,
                             .strata = STRATA,
                             .customer = fuzz_below(in, 3) ? NULL : customer};
}

static int is_share(double x)
{
    return x != x || (x >= 0.0 && x <= 1.0);
}

static int fit(fuzz_input *in, const retain_cox_rows *rows, retain_cox *model, retain_fit_report *report)
{
    const int odd = fuzz_below(in, 16) == 15;
    const retain_cox_options options = {.struct_size = sizeof options,
                                        .ties = (retain_cox_ties)fuzz_below(in, odd ? 4 : 2),
                                        .robust = (int)fuzz_below(in, odd ? 4 : 2),
                                        .iterations = (int)fuzz_below(in, 60),
                                        .level = odd ? fuzz_double(in) : 0.9,
                                        .coefficient_sd = odd ? fuzz_double(in) : (double)fuzz_below(in, 2)};
    retain_cox_summary summary = {.struct_size = sizeof summary};
    const retain_status status =
        retain_cox_fit(fuzz_context(in), rows, fuzz_maybe(in, (void *)(size_t)&options), model, report, &summary);

    if (fuzz_outcome(in, status)) {
        fuzz_check(report->verdict == RETAIN_FIT_CONVERGED);
        fuzz_check(is_share(summary.concordance) && is_share(summary.score_p) && is_share(summary.wald_p));
        fuzz_check(!(summary.log_likelihood < summary.log_likelihood_null - 1e-6 * (1.0 + fabs(summary.log_likelihood))) ||
                   report->has_prior);
        for (size_t j = 0; j < model->predictors; j++) {
            fuzz_check(report->standard_error[j] >= 0.0);
            fuzz_check(!(summary.hazard_ratio_low[j] > summary.hazard_ratio[j]));
            fuzz_check(!(summary.hazard_ratio_high[j] < summary.hazard_ratio[j]));
            fuzz_check(is_share(summary.p_value[j]));
        }
    } else if (status == RETAIN_ERROR_CONVERGENCE) {
        fuzz_check(report->verdict != RETAIN_FIT_CONVERGED && report->explanation[0]);
    }
    return status == RETAIN_OK;
}

static void tell(fuzz_input *in, const retain_cox *model, const retain_cox_rows *rows, const retain_fit_report *report)
{
    const size_t count = rows->predictors.count;
    double *c[4];

    for (int f = 0; f < 4; f++)
        c[f] = fuzz_output(in, count, sizeof **c);
    if (!fuzz_outcome(in,
                      retain_cox_risk(fuzz_context(in), model, &rows->predictors, report->covariance, 0.0, c[0], c[1], c[2], c[3])))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(!(c[2][i] > c[1][i]) && !(c[3][i] < c[1][i]) && c[1][i] >= 0.0);
}

static void forecast(fuzz_input *in, const retain_cox *model, const retain_cox_rows *rows, const retain_fit_report *report)
{
    enum { TIMES = 3 };
    const size_t count = rows->predictors.count;
    double *column[4], *drift = fuzz_array(in, count * model->predictors, sizeof *drift), ahead[TIMES], *c[4];
    int64_t *stratum = fuzz_array(in, count, sizeof *stratum);
    retain_cox_steps_columns into = {.stratum = stratum, .drift = drift};
    size_t steps = 0;
    retain_cox_baseline baseline;

    for (int f = 0; f < 4; f++)
        column[f] = fuzz_array(in, count, sizeof **column);
    into.time = column[0];
    into.hazard = column[1];
    into.variance = column[2];
    into.at_risk = column[3];
    if (!fuzz_outcome(in, retain_cox_steps(fuzz_context(in), rows, model, &into, count, &steps)))
        return;
    baseline = (retain_cox_baseline){steps, stratum, column[0], column[1], column[2], drift};
    for (int t = 0; t < TIMES; t++)
        ahead[t] = fuzz_bits(in, 1) < 250 ? (double)fuzz_below(in, 9) : fuzz_double(in);
    for (int f = 0; f < 4; f++)
        c[f] = fuzz_output(in, count * TIMES, sizeof **c);
    if (fuzz_outcome(in, retain_cox_survival(fuzz_context(in), model, &baseline, report->covariance, &rows->predictors,
                                             rows->stratum, NULL, 0.0, (retain_cox_interval)fuzz_below(in, 4), ahead, TIMES, c[0],
                                             c[1], c[2], c[3]))) {
        for (size_t i = 0; i < count * TIMES; i++)
            fuzz_check(is_share(c[0][i]) && !(c[2][i] > c[0][i] * (1.0 + 1e-12)) && !(c[3][i] < c[0][i] * (1.0 - 1e-12)));
    }
    for (int f = 0; f < 4; f++)
        c[f] = fuzz_output(in, count, sizeof **c);
    if (fuzz_outcome(in, retain_cox_remaining(fuzz_context(in), model, &baseline, report->covariance, &rows->predictors,
                                              rows->stratum, NULL, 0.0, ahead[0], c[0], c[1], c[2], c[3]))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(c[0][i] != c[0][i] || (c[0][i] >= 0.0 && c[0][i] <= ahead[0] * (1.0 + 1e-12)));
    }
    c[0] = fuzz_output(in, count, sizeof **c);
    fuzz_outcome(in, retain_cox_quantile(fuzz_context(in), model, &baseline, &rows->predictors, rows->stratum, NULL,
                                         0.1 * (double)fuzz_below(in, 11), c[0]));
}

static void check(fuzz_input *in, const retain_cox *model, const retain_cox_rows *rows)
{
    const size_t count = rows->predictors.count, n = model->predictors;
    double *c[4];
    retain_cox_events_columns events = {NULL, NULL, NULL, NULL};
    size_t found = 0;

    c[0] = fuzz_output(in, n + 1, sizeof **c);
    c[1] = fuzz_output(in, n + 1, sizeof **c);
    if (fuzz_outcome(in,
                     retain_cox_proportional(fuzz_context(in), rows, model, (retain_cox_transform)fuzz_below(in, 5), c[0], c[1]))) {
        for (size_t k = 0; k <= n; k++)
            fuzz_check(is_share(c[1][k]));
    }
    c[0] = fuzz_output(in, count, sizeof **c);
    c[1] = fuzz_output(in, count, sizeof **c);
    c[2] = fuzz_output(in, count * n, sizeof **c);
    c[3] = fuzz_output(in, count * n, sizeof **c);
    if (fuzz_outcome(in, retain_cox_residuals(fuzz_context(in), rows, model, c[0], c[1], c[2], c[3]))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(!(c[0][i] > 1.0 + 1e-9));
    }
    events.scaled = fuzz_array(in, count * n, sizeof *events.scaled);
    fuzz_outcome(in, retain_cox_schoenfeld(fuzz_context(in), rows, model, &events, count, &found));
}

void fuzz_target(fuzz_input *in)
{
    const retain_cox_rows rows = read_rows(in);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_cox model;

    memset(&model, 0, sizeof model);
    if (fit(in, &rows, &model, &report)) {
        tell(in, &model, &rows, &report);
        forecast(in, &model, &rows, &report);
        check(in, &model, &rows);
    }
}

/* Any rows: a fit ends with a verdict, shares fall with time, quantiles are where they say, limits lie around what they bound. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "retain/accelerated.h"

enum { ROWS = 24, COLUMNS = 2, TIMES = 3 };

typedef struct rows {
    retain_durations durations;
    retain_predictors predictors;
} rows;

static rows read_rows(fuzz_input *in)
{
    const int odd = (int)fuzz_below(in, 16);
    const size_t count = fuzz_below(in, ROWS), columns = fuzz_below(in, COLUMNS + 1);
    double *exit = fuzz_array(in, count, sizeof *exit), *entry = fuzz_array(in, count, sizeof *entry),
           *weight = fuzz_array(in, count, sizeof *weight);
    uint8_t *event = fuzz_array(in, count, sizeof *event);
    const double **column = fuzz_array(in, columns, sizeof *column);

    for (size_t j = 0; j < columns; j++) {
        double *x = fuzz_array(in, count, sizeof *x);

        column[j] = x;
        for (size_t i = 0; i < count; i++)
            x[i] = odd == 1 ? fuzz_double(in) : (double)fuzz_below(in, 4);
    }
    for (size_t i = 0; i < count; i++) {
        entry[i] = odd == 2 ? fuzz_double(in) : (double)(fuzz_bits(in, 1) >> 6);
        exit[i] = odd == 3 ? fuzz_double(in) : entry[i] + 0.5 * (double)(1 + fuzz_below(in, 12));
        event[i] = (uint8_t)fuzz_below(in, 2);
        weight[i] = odd == 4 ? fuzz_double(in) : 0.5 * (double)fuzz_below(in, 4);
    }
    return (rows){
        {count, exit, fuzz_below(in, 4) ? event : NULL, fuzz_below(in, 2) ? entry : NULL, fuzz_below(in, 2) ? weight : NULL},
        {count, columns, column, 0}};
}

static int is_around(double low, double x, double high)
{
    const double slack = 1e-9 * (1.0 + fabs(x));

    return (low != low || low <= x + slack) && (high != high || x <= high + slack);
}

static void forecast(fuzz_input *in, const retain_accelerated *model, const rows *all, const double *covariance)
{
    const size_t count = all->predictors.count;
    double ahead[TIMES], *c[3];

    for (int t = 0; t < TIMES; t++)
        ahead[t] = fuzz_bits(in, 1) < 250 ? (double)fuzz_below(in, 9) : fuzz_double(in);
    for (int f = 0; f < 3; f++)
        c[f] = fuzz_output(in, count * TIMES, sizeof **c);
    if (fuzz_outcome(in, retain_accelerated_survival(fuzz_context(in), model, covariance, &all->predictors, NULL, 0.0, ahead, TIMES,
                                                     c[0], c[1], c[2]))) {
        for (size_t i = 0; i < count * TIMES; i++)
            fuzz_check(c[0][i] >= 0.0 && c[0][i] <= 1.0 && is_around(c[1][i], c[0][i], c[2][i]));
    }
    for (int f = 0; f < 3; f++)
        c[f] = fuzz_output(in, count, sizeof **c);
    if (fuzz_outcome(in, retain_accelerated_quantile(fuzz_context(in), model, covariance, &all->predictors, NULL, 0.0,
                                                     0.1 * (double)fuzz_below(in, 11), c[0], c[1], c[2]))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(!(c[0][i] < 0.0) && is_around(c[1][i], c[0][i], c[2][i]));
    }
    for (int f = 0; f < 3; f++)
        c[f] = fuzz_output(in, count, sizeof **c);
    if (fuzz_outcome(in, retain_accelerated_remaining(fuzz_context(in), model, covariance, &all->predictors, NULL, 0.0, ahead[0],
                                                      c[0], c[1], c[2]))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(c[0][i] >= 0.0 && c[0][i] <= ahead[0] * (1.0 + 1e-9) && is_around(c[1][i], c[0][i], c[2][i]));
    }
}

void fuzz_target(fuzz_input *in)
{
    const rows all = read_rows(in);
    const retain_fit_options options = {.struct_size = sizeof options, .coefficient_sd = (double)fuzz_below(in, 2)};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_accelerated model;
    retain_status status;

    memset(&model, 0, sizeof model);
    status = retain_accelerated_fit(fuzz_context(in), (retain_accelerated_family)fuzz_below(in, 5), &all.durations, &all.predictors,
                                    &options, &model, &report);
    if (fuzz_outcome(in, status))
        forecast(in, &model, &all, fuzz_below(in, 2) ? report.covariance : NULL);
    else if (status == RETAIN_ERROR_CONVERGENCE)
        fuzz_check(report.verdict != RETAIN_FIT_CONVERGED && report.explanation[0]);
}

/* Any rows: a fit ends with a verdict, shares fall with time, limits lie around what they bound. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "retain/hazard_forecast.h"

enum { ROWS = 24, COLUMNS = 2, TIMES = 3, GROUPS = 3 };

typedef struct rows {
    retain_durations durations;
    retain_predictors predictors;
    int64_t *customer;
    double until[GROUPS];
    retain_hazard_options options;
} rows;

static void read_options(fuzz_input *in, rows *of)
{
    static const double penalties[] = {0.0, 0.0, 1.0, 1e-3};
    double last = 0.0;

    of->options = (retain_hazard_options){.struct_size = sizeof of->options,
                                          .link = (retain_hazard_link)fuzz_below(in, 3),
                                          .l2 = penalties[fuzz_below(in, 4)],
                                          .l1 = penalties[fuzz_below(in, 4)],
                                          .smoothing = penalties[fuzz_below(in, 4)],
                                          .least_events = (double)fuzz_below(in, 3),
                                          .iterations = (int)fuzz_below(in, 30)};
    for (int g = 0; g < GROUPS; g++)
        of->until[g] = last += (double)(1 + fuzz_below(in, 6));
    of->options.groups = GROUPS;
    if (fuzz_below(in, 4) == 0)
        of->options.until = of->until;
}

static void read_rows(fuzz_input *in, rows *of)
{
    const int odd = (int)fuzz_below(in, 16);
    const size_t count = fuzz_below(in, ROWS), columns = fuzz_below(in, COLUMNS + 1);
    double *exit = fuzz_array(in, count, sizeof *exit), *entry = fuzz_array(in, count, sizeof *entry),
           *weight = fuzz_array(in, count, sizeof *weight);
    uint8_t *event = fuzz_array(in, count, sizeof *event);
    const double **column = fuzz_array(in, columns, sizeof *column);

    of->customer = fuzz_array(in, count, sizeof *of->customer);
    for (size_t j = 0; j < columns; j++) {
        double *x = fuzz_array(in, count, sizeof *x);

        column[j] = x;
        for (size_t i = 0; i < count; i++)
            x[i] = odd == 1 ? fuzz_double(in) : fuzz_below(in, 8) == 0 ? (double)NAN : (double)fuzz_below(in, 4);
    }
    for (size_t i = 0; i < count; i++) {
        entry[i] = odd == 2 ? fuzz_double(in) : (double)(fuzz_bits(in, 1) >> 6);
        exit[i] = odd == 3 ? fuzz_double(in) : entry[i] + (double)(1 + fuzz_below(in, 12));
        event[i] = (uint8_t)fuzz_below(in, 2);
        weight[i] = odd == 4 ? fuzz_double(in) : 0.5 * (double)fuzz_below(in, 4);
        of->customer[i] = (int64_t)(odd == 5 ? fuzz_below(in, 8) : i);
    }
    of->durations = (retain_durations){count, exit, fuzz_below(in, 4) ? event : NULL, fuzz_below(in, 2) ? entry : NULL,
                                       fuzz_below(in, 2) ? weight : NULL};
    of->predictors = (retain_predictors){count, columns, column, 0};
    read_options(in, of);
}

static int is_around(double low, double x, double high)
{
    const double slack = 1e-9 * (1.0 + fabs(x));

    return (low != low || low <= x + slack) && (high != high || x <= high + slack);
}

/* Reasons are contributions, the largest first. */
static void give_reasons(fuzz_input *in, const retain_hazard *model, const rows *all)
{
    const size_t count = all->predictors.count, columns = all->predictors.columns;
    double *contribution = fuzz_output(in, count * columns, sizeof *contribution), *share = fuzz_output(in, count, sizeof *share);
    int64_t *reason = fuzz_output(in, count, sizeof *reason);

    if (!fuzz_outcome(in, retain_hazard_reasons(fuzz_context(in), model, &all->predictors, 1, (retain_direction)fuzz_below(in, 4),
                                                contribution, reason, share, NULL)))
        return;
    for (size_t i = 0; i < count; i++)
        fuzz_check(reason[i] < 0 || share[i] == contribution[i * columns + (size_t)reason[i]]);
}

static void forecast(fuzz_input *in, const retain_hazard *model, const rows *all, const double *covariance)
{
    const size_t count = all->predictors.count;
    double *lasted = fuzz_array(in, count, sizeof *lasted), ahead[TIMES], *c[3];

    for (int t = 0; t < TIMES; t++)
        ahead[t] = fuzz_bits(in, 1) < 250 ? (double)fuzz_below(in, 9) : fuzz_double(in);
    for (size_t i = 0; i < count; i++)
        lasted[i] = (double)fuzz_below(in, 4);
    for (int f = 0; f < 3; f++)
        c[f] = fuzz_output(in, count * TIMES, sizeof **c);
    if (fuzz_outcome(in, retain_hazard_survival(fuzz_context(in), model, covariance, &all->predictors, lasted, 0.0, ahead, TIMES,
                                                c[0], c[1], c[2]))) {
        for (size_t i = 0; i < count * TIMES; i++)
            fuzz_check(!(c[0][i] < 0.0) && !(c[0][i] > 1.0) && is_around(c[1][i], c[0][i], c[2][i]));
    }
    for (int f = 0; f < 3; f++)
        c[f] = fuzz_output(in, count * TIMES, sizeof **c);
    if (fuzz_outcome(in, retain_hazard_probability(fuzz_context(in), model, covariance, &all->predictors, 0.0, ahead, TIMES, c[0],
                                                   c[1], c[2]))) {
        for (size_t i = 0; i < count * TIMES; i++)
            fuzz_check(!(c[0][i] < 0.0) && !(c[0][i] > 1.0) && is_around(c[1][i], c[0][i], c[2][i]));
    }
    for (int f = 0; f < 3; f++)
        c[f] = fuzz_output(in, count, sizeof **c);
    if (fuzz_outcome(in, retain_hazard_remaining(fuzz_context(in), model, covariance, &all->predictors, lasted, 0.0, ahead[0], c[0],
                                                 c[1], c[2]))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(!(c[0][i] < 0.0) && !(c[0][i] > ahead[0] * (1.0 + 1e-9)) && is_around(c[1][i], c[0][i], c[2][i]));
    }
}

/* Nobody leaves who is not at risk. */
static void look_at_periods(fuzz_input *in, const rows *all)
{
    double until[RETAIN_HAZARD_GROUPS], at_risk[RETAIN_HAZARD_GROUPS], events[RETAIN_HAZARD_GROUPS];
    size_t groups = 0;

    if (!fuzz_outcome(in, retain_hazard_periods(fuzz_context(in), &all->durations, &all->options, &groups, until, at_risk, events)))
        return;
    for (size_t g = 0; g < groups; g++)
        fuzz_check(events[g] <= at_risk[g] * (1.0 + 1e-9) && (g == 0 || until[g] > until[g - 1]));
}

void fuzz_target(fuzz_input *in)
{
    static double covariance[(RETAIN_HAZARD_GROUPS + 2 * COLUMNS) * (RETAIN_HAZARD_GROUPS + 2 * COLUMNS)];
    retain_hazard_report report = RETAIN_HAZARD_REPORT_INIT;
    retain_hazard model;
    retain_status status;
    rows all;

    memset(&model, 0, sizeof model);
    read_rows(in, &all);
    look_at_periods(in, &all);
    status = retain_hazard_fit(fuzz_context(in), &all.durations, &all.predictors, fuzz_below(in, 2) ? all.customer : NULL,
                               &all.options, &model, &report, NULL, covariance);
    if (fuzz_outcome(in, status)) {
        fuzz_check(report.verdict == RETAIN_HAZARD_CONVERGED);
        forecast(in, &model, &all, fuzz_below(in, 2) ? covariance : NULL);
        give_reasons(in, &model, &all);
    } else if (status == RETAIN_ERROR_CONVERGENCE) {
        fuzz_check(retain_hazard_verdict_name(report.verdict)[0]);
        fuzz_check(report.verdict != RETAIN_HAZARD_CONVERGED && report.explanation[0]);
    }
}

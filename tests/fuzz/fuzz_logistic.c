/* Any rows: a fit ends with a verdict in words; at an optimum nothing is left to follow down; probabilities are probabilities, limits lie
 * around them, and reasons add up to log odds, to the last bit. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "retain/logistic.h"

enum { ROWS = 40, COLUMNS = 4, ENTRIES = 1 + 2 * COLUMNS };

typedef struct rows {
    retain_predictors predictors;
    uint8_t *outcome;
    double *weight;
} rows;

static rows read_rows(fuzz_input *in)
{
    const int odd = (int)fuzz_below(in, 12), by_row = fuzz_below(in, 2) == 1, misses = fuzz_below(in, 3) == 0;
    const size_t count = fuzz_below(in, ROWS), columns = fuzz_below(in, 16) ? 1 + fuzz_below(in, COLUMNS) : fuzz_below(in, 2);
    double *table = fuzz_array(in, count * columns, sizeof *table), *weight = fuzz_array(in, count, sizeof *weight);
    const double **column = fuzz_array(in, columns, sizeof *column);
    rows all = {{count, columns, column, by_row ? columns : 0}, fuzz_array(in, count, 1), weight};

    for (size_t j = 0; j < columns; j++)
        column[j] = table + (by_row ? j : j * count);
    for (size_t k = 0; k < count * columns; k++) {
        const size_t byte = fuzz_below(in, 256);

        table[k] = odd == 1 ? fuzz_double(in) : misses && byte % 5 == 0 ? (double)NAN : ((double)byte - 128.0) * 0.125;
    }
    for (size_t i = 0; i < count; i++) {
        all.outcome[i] = (uint8_t)(odd == 2 ? fuzz_bits(in, 1) : fuzz_below(in, 2));
        weight[i] = odd == 3 ? fuzz_double(in) : 0.5 * (double)fuzz_below(in, 5);
    }
    if (fuzz_below(in, 2))
        all.weight = NULL;
    return all;
}

static retain_logistic_options *read_options(fuzz_input *in)
{
    retain_logistic_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;

    *options = (retain_logistic_options){.struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options,
                                         .l2 = odd ? fuzz_double(in) : 0.25 * (double)fuzz_below(in, 8),
                                         .l1 = odd                 ? fuzz_double(in)
                                               : fuzz_below(in, 4) ? 0.0
                                                                   : 0.5 * (double)fuzz_below(in, 8),
                                         .unscaled = (int)fuzz_below(in, odd ? 4 : 2),
                                         .balanced = (int)fuzz_below(in, odd ? 4 : 2),
                                         .missing = (retain_logistic_missing)fuzz_below(in, odd ? 4 : 2),
                                         .level = odd ? fuzz_double(in) : 0.0,
                                         .iterations = odd ? (int)fuzz_integer(in) % 1000 : 0};
    if (odd || !options->balanced)
        options->class_weight[1] = odd ? fuzz_double(in) : 0.5 * (double)fuzz_below(in, 6);
    return options;
}

static int is_around(double low, double x, double high)
{
    return low != low || (low <= x && x <= high);
}

static void check_answers(fuzz_input *in, const rows *all, const retain_logistic *model, const double *covariance)
{
    const size_t n = all->predictors.count, columns = all->predictors.columns, most = fuzz_below(in, columns + 1);
    double *p = fuzz_output(in, n, sizeof *p), *log_odds = fuzz_output(in, n, sizeof *p), *low = fuzz_output(in, n, sizeof *p),
           *high = fuzz_output(in, n, sizeof *p), *base = fuzz_output(in, 1, sizeof *p),
           *contribution = fuzz_output(in, n * columns, sizeof *p), *share = fuzz_output(in, n * most, sizeof *p),
           *value = fuzz_output(in, n * most, sizeof *p);
    int64_t *reason = fuzz_output(in, n * most, sizeof *reason);
    const retain_direction direction = (retain_direction)fuzz_below(in, 3);

    if (retain_logistic_probability(fuzz_calm_context(in), model, &all->predictors, covariance, 0.9, p, log_odds, low, high) !=
        RETAIN_OK)
        return; /* coefficients beyond arithmetic */
    fuzz_check(retain_logistic_reasons(fuzz_calm_context(in), model, &all->predictors, most, direction, base, contribution, reason,
                                       share, value) == RETAIN_OK);
    for (size_t i = 0; i < n; i++) {
        double sum = *base;

        for (size_t j = 0; j < columns; j++)
            sum += contribution[i * columns + j];
        fuzz_check(sum == log_odds[i] || (sum != sum && log_odds[i] != log_odds[i]));
        fuzz_check(p[i] != p[i] || (p[i] >= 0.0 && p[i] <= 1.0 && is_around(low[i], p[i], high[i])));
        for (size_t k = 0; k < most; k++) {
            const int64_t j = reason[i * most + k];

            fuzz_check(j >= -1 && j < (int64_t)columns && (j < 0) == (share[i * most + k] != share[i * most + k]));
            fuzz_check(j < 0 || share[i * most + k] == contribution[i * columns + (size_t)j]);
            fuzz_check(k == 0 || j < 0 || fabs(share[i * most + k - 1]) >= fabs(share[i * most + k]));
        }
    }
}

static void try_fit(fuzz_input *in)
{
    const retain_logistic_options *options = read_options(in);
    const rows all = read_rows(in);
    retain_context *ctx = fuzz_context(in);
    retain_logistic *model = fuzz_array(in, 1, sizeof *model);
    retain_logistic_report *report = fuzz_array(in, 1, sizeof *report);
    double *covariance = fuzz_array(in, (size_t)ENTRIES * ENTRIES, sizeof *covariance);
    double *column[4];
    retain_status status;

    for (int c = 0; c < 4; c++)
        column[c] = fuzz_array(in, ENTRIES, sizeof **column);
    const retain_logistic_effects effects = {
        .coefficient = column[0], .low = column[1], .high = column[2], .marginal_error = column[3]};

    report->struct_size = sizeof *report;
    status = retain_logistic_fit(ctx, fuzz_maybe(in, (void *)(uintptr_t)&all.predictors), all.outcome, all.weight,
                                 fuzz_maybe(in, (void *)(uintptr_t)options), model, report, &effects, covariance);
    if (!fuzz_outcome(in, status) && status != RETAIN_ERROR_CONVERGENCE)
        return;
    fuzz_check((status == RETAIN_OK) == (report->verdict == RETAIN_LOGISTIC_CONVERGED));
    fuzz_check(strcmp(retain_logistic_verdict_name(report->verdict), "unknown") != 0 && report->explanation[0] != '\0');
    if (status == RETAIN_OK)
        fuzz_check(report->objective <= -report->null_log_likelihood * (1.0 + 1e-9));
    for (size_t e = 0; e < 1 + 2 * all.predictors.columns; e++)
        fuzz_check(is_around(column[1][e], column[0][e], column[2][e]));
    if (report->log_likelihood == report->log_likelihood)
        check_answers(in, &all, model, covariance);
}

/* A model that was typed in, by somebody. */
static void try_model(fuzz_input *in)
{
    const rows all = read_rows(in);
    retain_logistic *model = fuzz_array(in, 1, sizeof *model);
    const size_t n = all.predictors.count, columns = 1 + fuzz_below(in, COLUMNS);
    double *p = fuzz_output(in, n, sizeof *p), *log_odds = fuzz_output(in, n, sizeof *p);
    int64_t *reason;

    model->columns = fuzz_below(in, 16) ? columns : fuzz_below(in, 600);
    model->intercept = fuzz_double(in);
    for (size_t j = 0; j < columns; j++) {
        model->coefficient[j] = fuzz_double(in);
        model->missing[j] = fuzz_below(in, 2) ? (double)NAN : fuzz_double(in);
        model->reference[j] = fuzz_double(in);
    }
    if (model->columns == columns && all.predictors.columns == columns)
        (void)fuzz_outcome(in, retain_logistic_probability(fuzz_context(in), fuzz_maybe(in, model), &all.predictors, NULL, 0.0, p,
                                                           log_odds, NULL, NULL));
    reason = fuzz_output(in, n * 2, sizeof *reason);
    (void)fuzz_outcome(in, retain_logistic_reasons(fuzz_context(in), fuzz_maybe(in, model), &all.predictors, 2,
                                                   (retain_direction)fuzz_below(in, 4), NULL, NULL, reason, NULL, NULL));
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_fit, try_fit, try_model};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

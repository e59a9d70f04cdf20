/* Any scores and outcomes: probabilities lie in [0, 1] and rise with the score, limits hold them, knots ascend, bins hold everybody. */
#include <math.h>

#include "fuzz.h"
#include "retain/calibration.h"

enum { ROWS = 40, BINS = 12 };

typedef struct rows {
    size_t count;
    double *score, *weight;
    uint8_t *outcome;
} rows;

static rows read_rows(fuzz_input *in)
{
    const int odd = (int)fuzz_below(in, 12), levels = 1 + (int)fuzz_below(in, 30);
    rows all = {fuzz_below(in, ROWS), NULL, NULL, NULL};

    all.score = fuzz_array(in, all.count, sizeof *all.score);
    all.weight = fuzz_array(in, all.count, sizeof *all.weight);
    all.outcome = fuzz_array(in, all.count, sizeof *all.outcome);
    for (size_t i = 0; i < all.count; i++) {
        all.score[i] = odd == 1 ? fuzz_double(in) : (double)fuzz_below(in, (size_t)levels + 1) / (double)levels;
        all.weight[i] = odd == 3 ? fuzz_double(in) : 0.5 * (double)fuzz_below(in, 6);
        all.outcome[i] = (uint8_t)(odd == 4 ? fuzz_bits(in, 1) : fuzz_below(in, 2));
    }
    if (fuzz_below(in, 2))
        all.weight = NULL;
    return all;
}

static int is_share(double x)
{
    return x >= 0.0 && x <= 1.0;
}

static void try_probabilities(fuzz_input *in, const retain_calibration *calibration, const double *covariance)
{
    const rows all = read_rows(in);
    double *p = fuzz_output(in, all.count, sizeof *p), *low = fuzz_output(in, all.count, sizeof *low),
           *high = fuzz_output(in, all.count, sizeof *high);

    if (!fuzz_outcome(in, retain_calibration_probabilities(fuzz_context(in), calibration, fuzz_maybe(in, all.score), all.count,
                                                           covariance, fuzz_below(in, 2) ? 0.0 : fuzz_double(in), p, low, high)))
        return;
    for (size_t i = 0; i < all.count; i++) {
        fuzz_check(is_share(p[i]));
        fuzz_check(low[i] != low[i] || (is_share(low[i]) && low[i] <= p[i] && p[i] <= high[i] && is_share(high[i])));
        for (size_t j = 0; j < all.count && calibration->a >= 0.0; j++)
            fuzz_check(!(all.score[i] < all.score[j]) || p[i] <= p[j] + 1e-12);
    }
}

static void try_fit(fuzz_input *in)
{
    const rows all = read_rows(in);
    const int odd = fuzz_below(in, 16) == 15;
    const retain_calibration_kind kind = (retain_calibration_kind)(odd ? fuzz_below(in, 9) : fuzz_below(in, 2));
    retain_calibration_options *options = fuzz_array(in, 1, sizeof *options);
    retain_calibration_report report = {.struct_size = sizeof report};
    retain_calibration found;
    retain_status status;

    *options = (retain_calibration_options){odd ? fuzz_below(in, sizeof *options) : sizeof *options,
                                            odd ? fuzz_double(in) : 0.01 * (double)fuzz_below(in, 100),
                                            odd ? (int)fuzz_below(in, 4) : (int)fuzz_below(in, 2)};
    status = retain_calibration_fit(fuzz_context(in), kind, fuzz_maybe(in, all.score), all.outcome, all.weight, all.count,
                                    fuzz_maybe(in, options), &found, &report);
    if (!fuzz_outcome(in, status))
        return;
    fuzz_check(report.verdict == RETAIN_FIT_CONVERGED && fabs(found.a) < (double)INFINITY && fabs(found.c) < (double)INFINITY);
    fuzz_check(kind == RETAIN_CALIBRATION_PLATT || (found.a >= 0.0 && found.b >= 0.0));
    fuzz_check(report.log_likelihood <= 1e-9 && report.standard_error[2] >= 0.0);
    try_probabilities(in, &found, report.covariance);
}

static void try_typed(fuzz_input *in)
{
    const retain_calibration typed = {(retain_calibration_kind)fuzz_below(in, 3), fuzz_double(in),
                                      fuzz_below(in, 2) ? 0.0 : fuzz_double(in), fuzz_double(in)};
    double *covariance = fuzz_array(in, 9, sizeof *covariance);

    for (int i = 0; i < 9; i++)
        covariance[i] = fuzz_double(in);
    try_probabilities(in, &typed, fuzz_maybe(in, covariance));
}

static void try_isotonic(fuzz_input *in)
{
    const rows all = read_rows(in), others = read_rows(in);
    double *x = fuzz_output(in, all.count, sizeof *x), *y = fuzz_output(in, all.count, sizeof *y),
           *p = fuzz_output(in, others.count, sizeof *p);
    size_t knots = 0;

    if (!fuzz_outcome(in, retain_calibration_isotonic(fuzz_context(in), all.score, fuzz_maybe(in, all.outcome), all.weight,
                                                      all.count, x, y, all.count, &knots)))
        return;
    for (size_t k = 0; k < knots; k++)
        fuzz_check(is_share(y[k]) && (k == 0 || (x[k] > x[k - 1] && y[k] >= y[k - 1])));
    if (!fuzz_outcome(in,
                      retain_calibration_interpolated(fuzz_context(in), x, y, fuzz_below(in, 9) ? knots : fuzz_below(in, knots + 1),
                                                      others.score, others.count, p)))
        return;
    for (size_t i = 0; i < others.count; i++) {
        fuzz_check(is_share(p[i]));
        for (size_t j = 0; j < others.count; j++)
            fuzz_check(!(others.score[i] < others.score[j]) || p[i] <= p[j]);
    }
}

static void try_reliability(fuzz_input *in)
{
    const rows all = read_rows(in), points = read_rows(in);
    const retain_calibration_band band = {sizeof band, fuzz_below(in, 9) ? 0.5 : fuzz_double(in), 1 + fuzz_below(in, 9),
                                          fuzz_bits(in, 8)};
    double *p = fuzz_output(in, points.count, sizeof *p), *low = fuzz_output(in, points.count, sizeof *low),
           *high = fuzz_output(in, points.count, sizeof *high);

    if (!fuzz_outcome(in, retain_calibration_reliability(fuzz_context(in), all.score, all.outcome, all.weight, all.count, &band,
                                                         fuzz_maybe(in, points.score), points.count, p, low, high)))
        return;
    for (size_t i = 0; i < points.count; i++)
        fuzz_check(p[i] != p[i] || (is_share(p[i]) && is_share(low[i]) && low[i] <= high[i] && is_share(high[i])));
}

static void try_bins(fuzz_input *in)
{
    const rows all = read_rows(in);
    const size_t bins = fuzz_bits(in, 1) < 240 ? 1 + fuzz_below(in, BINS) : (size_t)fuzz_integer(in) % (BINS + 1);
    double *c[6], customers = 0.0, weights = 0.0;

    for (int f = 0; f < 6; f++)
        c[f] = fuzz_output(in, BINS, sizeof **c);
    const retain_calibration_columns columns = {c[0], c[1], c[2], c[3], c[4], c[5]};

    if (!fuzz_outcome(
            in, retain_calibration_bins(fuzz_context(in), all.score, all.outcome, all.weight, all.count, bins, 0.0, &columns)))
        return;
    for (size_t b = 0; b < (bins ? bins : 10); b++) {
        customers += c[0][b];
        fuzz_check(c[1][b] <= c[0][b] && (c[3][b] != c[3][b] || (c[4][b] <= c[3][b] && c[3][b] <= c[5][b])));
    }
    for (size_t i = 0; i < all.count; i++)
        weights += all.weight ? all.weight[i] : 1.0;
    fuzz_check(fabs(customers - weights) <= 1e-9 * weights);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_fit, try_typed, try_isotonic, try_reliability, try_bins};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

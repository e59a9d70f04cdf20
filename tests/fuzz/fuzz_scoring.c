/* Any scores and outcomes: AUC lies in [0, 1] and turns with the score, the parts of the Brier score add up, recalibrated probabilities rise with
 * the score, shares of bins add up to 1. */
#include <math.h>

#include "fuzz.h"
#include "retain/scoring.h"

enum { ROWS = 40, BINS = 12 };

typedef struct rows {
    size_t count;
    double *score, *other, *turned, *weight;
    uint8_t *outcome;
} rows;

static rows read_rows(fuzz_input *in)
{
    const int odd = (int)fuzz_below(in, 12), levels = 1 + (int)fuzz_below(in, 30);
    rows all = {fuzz_below(in, ROWS), NULL, NULL, NULL, NULL, NULL};

    all.score = fuzz_array(in, all.count, sizeof *all.score);
    all.other = fuzz_array(in, all.count, sizeof *all.other);
    all.turned = fuzz_array(in, all.count, sizeof *all.turned);
    all.weight = fuzz_array(in, all.count, sizeof *all.weight);
    all.outcome = fuzz_array(in, all.count, sizeof *all.outcome);
    for (size_t i = 0; i < all.count; i++) {
        all.score[i] = odd == 1 ? fuzz_double(in) : (double)fuzz_below(in, (size_t)levels + 1) / (double)levels;
        all.other[i] = odd == 2 ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0);
        all.weight[i] = odd == 3 ? fuzz_double(in) : 0.5 * (double)fuzz_below(in, 6);
        all.outcome[i] = (uint8_t)(odd == 4 ? fuzz_bits(in, 1) : fuzz_below(in, 2));
        all.turned[i] = -all.score[i];
    }
    if (fuzz_below(in, 2))
        all.weight = NULL;
    return all;
}

static int is_around(double low, double x, double high)
{
    const double slack = 1e-9 * (1.0 + fabs(x));

    return (low != low || low <= x + slack) && (high != high || x <= high + slack);
}

static int is_near(double a, double b)
{
    return a != a || b != b || fabs(a - b) <= 1e-9;
}

static void try_measures(fuzz_input *in)
{
    const rows all = read_rows(in);
    const int odd = fuzz_below(in, 16) == 15;
    retain_scoring_options *options = fuzz_array(in, 1, sizeof *options);
    retain_scoring_report report = {.struct_size = sizeof report}, turned = report;

    *options = (retain_scoring_options){odd ? fuzz_below(in, sizeof *options) : sizeof *options,
                                        odd ? fuzz_double(in) : 0.01 * (double)fuzz_below(in, 100),
                                        odd ? (size_t)fuzz_integer(in) : fuzz_below(in, 30)};
    if (!fuzz_outcome(in, retain_scoring_measures(fuzz_context(in), fuzz_maybe(in, all.score), all.outcome, all.weight, all.count,
                                                  fuzz_maybe(in, options), &report)))
        return;
    fuzz_check(report.auc != report.auc || (report.auc >= 0.0 && report.auc <= 1.0));
    fuzz_check(is_around(report.auc_low, report.auc, report.auc_high) &&
               is_around(report.brier_low, report.brier, report.brier_high));
    fuzz_check(is_near(report.brier, report.uncertainty - report.discrimination + report.miscalibration));
    fuzz_check(!(report.average_precision < 0.0) && !(report.average_precision > 1.0 + 1e-12));
    fuzz_check(retain_scoring_measures(NULL, all.turned, all.outcome, all.weight, all.count, NULL, &turned) == RETAIN_OK);
    fuzz_check(is_near(turned.auc, 1.0 - report.auc));
}

static void try_auc(fuzz_input *in)
{
    const rows all = read_rows(in);
    double *auc = fuzz_output(in, 1, sizeof *auc);
    retain_scoring_report report = {.struct_size = sizeof report};

    if (!fuzz_outcome(in, retain_scoring_auc(fuzz_context(in), all.score, fuzz_maybe(in, all.outcome), all.weight, all.count, auc)))
        return;
    fuzz_check(retain_scoring_measures(NULL, all.score, all.outcome, all.weight, all.count, NULL, &report) == RETAIN_OK);
    fuzz_check(is_near(*auc, report.auc) && (*auc != *auc) == (report.auc != report.auc));
}

static void try_points(fuzz_input *in)
{
    const rows all = read_rows(in);
    double *c[7];
    size_t points = 0;

    for (int f = 0; f < 7; f++)
        c[f] = fuzz_output(in, all.count, sizeof **c);
    const retain_scoring_points_columns columns = {c[0], c[1], c[2], c[3], c[4], c[5], c[6]};

    if (!fuzz_outcome(in, retain_scoring_points(fuzz_context(in), all.score, fuzz_maybe(in, all.outcome), all.weight, all.count,
                                                &columns, all.count, &points)))
        return;
    for (size_t i = 0; i < points; i++) {
        fuzz_check(c[2][i] <= c[1][i] * (1.0 + 1e-12) && c[6][i] >= 0.0 && c[6][i] <= 1.0);
        fuzz_check(i == 0 || (c[0][i] < c[0][i - 1] && c[1][i] >= c[1][i - 1] && c[6][i] <= c[6][i - 1] + 1e-12));
    }
}

static void try_comparison(fuzz_input *in)
{
    const rows all = read_rows(in);
    retain_scoring_comparison found = {.struct_size = sizeof found};

    if (!fuzz_outcome(in, retain_scoring_compare(fuzz_context(in), all.score, fuzz_maybe(in, all.other), all.outcome, all.weight,
                                                 all.count, fuzz_below(in, 2) ? 0.0 : fuzz_double(in), &found)))
        return;
    fuzz_check(is_around(found.auc_low, found.auc_gain, found.auc_high));
    fuzz_check(is_around(found.brier_low, found.brier_gain, found.brier_high));
    fuzz_check(!(found.auc_p_value < 0.0) && !(found.auc_p_value > 1.0));
}

static void try_drift(fuzz_input *in)
{
    const rows all = read_rows(in);
    const size_t bins = fuzz_bits(in, 1) < 240 ? 2 + fuzz_below(in, BINS - 1) : (size_t)fuzz_integer(in) % (BINS + 1);
    const size_t after = fuzz_below(in, all.count + 1);
    double *edge = fuzz_output(in, BINS, sizeof *edge), *p = fuzz_output(in, BINS, sizeof *p),
           *q = fuzz_output(in, BINS, sizeof *q);
    double psi, p_value, sums[2] = {0.0, 0.0};
    size_t used;

    if (!fuzz_outcome(in, retain_scoring_drift(fuzz_context(in), all.score, all.count, fuzz_maybe(in, all.other), after, bins, edge,
                                               p, q, &used, &psi, &p_value)))
        return;
    fuzz_check(used <= (bins ? bins : 10) && !(psi < 0.0) && !(p_value < 0.0) && !(p_value > 1.0));
    for (size_t b = 0; b < used; b++) {
        sums[0] += p[b];
        sums[1] += q[b];
    }
    fuzz_check(used == 0 || (is_near(sums[0], 1.0) && is_near(sums[1], 1.0)));
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_measures, try_auc, try_points, try_comparison, try_drift};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

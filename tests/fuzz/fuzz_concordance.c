/* Any durations and scores: figures lie where they can, the order of rows says nothing, a score turned round is as much worse as it was better. */
#include <math.h>

#include "fuzz.h"
#include "retain/concordance.h"

enum { ROWS = 40, TIMES = 6 };

typedef struct rows {
    retain_durations view;
    double *score, *turned;
} rows;

static rows read_rows(fuzz_input *in, int entries)
{
    const int odd = (int)fuzz_below(in, 16), levels = 1 + (int)fuzz_below(in, 30);
    const size_t count = fuzz_below(in, ROWS);
    double *exit = fuzz_array(in, count, sizeof *exit), *entry = fuzz_array(in, count, sizeof *entry),
           *weight = fuzz_array(in, count, sizeof *weight);
    uint8_t *event = fuzz_array(in, count, sizeof *event);
    rows all = {{count, exit, event, entry, weight}, NULL, NULL};

    all.score = fuzz_array(in, count, sizeof *all.score);
    all.turned = fuzz_array(in, count, sizeof *all.turned);
    for (size_t i = 0; i < count; i++) {
        exit[i] = odd == 1 ? fuzz_double(in) : 0.5 * (double)(1 + fuzz_below(in, (size_t)levels));
        entry[i] = odd == 2 ? fuzz_double(in) : entries ? 0.25 * (double)fuzz_below(in, (size_t)levels) : 0.0;
        if (odd != 2 && !(entry[i] < exit[i]))
            entry[i] = 0.0;
        weight[i] = odd == 3 ? fuzz_double(in) : 0.5 * (double)fuzz_below(in, 6);
        event[i] = (uint8_t)(odd == 4 ? fuzz_bits(in, 1) : fuzz_below(in, 2));
        all.score[i] = odd == 5 ? fuzz_double(in) : (double)fuzz_below(in, (size_t)levels + 1);
        all.turned[i] = -all.score[i];
    }
    if (fuzz_below(in, 2))
        all.view.weight = NULL;
    if (!entries && odd != 2)
        all.view.entry = NULL;
    return all;
}

static int is_share(double x)
{
    return x != x || (x >= -1e-12 && x <= 1.0 + 1e-12);
}

static int is_around(double low, double x, double high)
{
    return (low != low || low <= x + 1e-9) && (high != high || x <= high + 1e-9);
}

typedef retain_status (*measure)(retain_context *ctx, const retain_durations *durations, const double *score,
                                 const retain_concordance_options *options, retain_concordance_report *report);

static void try_pairs(fuzz_input *in, measure of, int entries)
{
    rows all = read_rows(in, entries);
    const int odd = fuzz_below(in, 16) == 15;
    retain_concordance_options *options = fuzz_array(in, 1, sizeof *options);
    retain_concordance_report report = {.struct_size = sizeof report}, turned = report;

    *options = (retain_concordance_options){odd ? fuzz_below(in, sizeof *options) : sizeof *options,
                                            odd ? fuzz_double(in) : 0.01 * (double)fuzz_below(in, 100),
                                            odd ? fuzz_double(in) : 0.5 * (double)fuzz_below(in, 20)};
    if (!fuzz_outcome(in,
                      of(fuzz_context(in), fuzz_maybe(in, &all.view), fuzz_maybe(in, all.score), fuzz_maybe(in, options), &report)))
        return;
    fuzz_check(is_share(report.concordance) && is_around(report.low, report.concordance, report.high));
    fuzz_check(!(report.concordant < 0.0) && !(report.discordant < 0.0) && !(report.tied_score < 0.0));
    fuzz_check(!(report.events > report.rows * (1.0 + 1e-12)) && !(report.standard_error < 0.0));
    fuzz_check(of(NULL, &all.view, all.turned, options, &turned) == RETAIN_OK || odd);
}

static void try_harrell(fuzz_input *in)
{
    try_pairs(in, retain_concordance_harrell, 1);
}

static void try_uno(fuzz_input *in)
{
    try_pairs(in, retain_concordance_uno, 0);
}

/* Columns of `times` each. */
static retain_concordance_columns take_columns(fuzz_input *in, size_t times)
{
    double *c[7];

    for (int f = 0; f < 7; f++)
        c[f] = fuzz_output(in, times, sizeof **c);
    return (retain_concordance_columns){c[0], c[1], c[2], c[3], c[4], c[5], c[6]};
}

static void try_auc(fuzz_input *in)
{
    const rows all = read_rows(in, 0);
    const size_t times = fuzz_below(in, TIMES);
    double *time = fuzz_array(in, times, sizeof *time);
    const retain_concordance_columns columns = take_columns(in, times);

    for (size_t k = 0; k < times; k++)
        time[k] = fuzz_below(in, 20) ? 0.25 * (double)fuzz_below(in, 40) : fuzz_double(in);
    if (!fuzz_outcome(in,
                      retain_concordance_auc(fuzz_context(in), &all.view, all.score, fuzz_maybe(in, time), times, 0.0, &columns)))
        return;
    for (size_t k = 0; k < times; k++) {
        fuzz_check(is_share(columns.value[k]) && is_around(columns.low[k], columns.value[k], columns.high[k]));
        fuzz_check(columns.cases[k] >= 0.0 && columns.controls[k] >= 0.0 && !(columns.standard_error[k] < 0.0));
    }
}

static void try_brier(fuzz_input *in)
{
    const rows all = read_rows(in, 0);
    const size_t times = fuzz_below(in, TIMES), odd = fuzz_below(in, 20);
    double *time = fuzz_array(in, times, sizeof *time), *survival = fuzz_array(in, times * all.view.count, sizeof *survival);
    const retain_concordance_columns columns = take_columns(in, times), integrated = take_columns(in, 1);

    for (size_t k = 0; k < times; k++)
        time[k] = odd ? 0.25 * (double)(9 * k + fuzz_below(in, 9)) : fuzz_double(in);
    for (size_t c = 0; c < times * all.view.count; c++)
        survival[c] = odd == 1 ? fuzz_double(in) : 0.1 * (double)fuzz_below(in, 10);
    if (!fuzz_outcome(in, retain_concordance_brier(fuzz_context(in), &all.view, fuzz_maybe(in, survival), time, times, 0.0,
                                                   &columns, &integrated)))
        return;
    for (size_t k = 0; k < times; k++) {
        fuzz_check(!(columns.value[k] < 0.0) && is_around(columns.low[k], columns.value[k], columns.high[k]));
        fuzz_check(!(columns.null_value[k] < 0.0) && !(columns.null_value[k] > 0.25 + 1e-12));
    }
    fuzz_check(times > 1 || isnan(*integrated.value));
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_harrell, try_uno, try_auc, try_brier};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

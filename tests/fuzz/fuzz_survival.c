/* Any durations: S falls from 1 and stays within [0, 1], limits lie around it, who is at risk is what ends, is last seen or goes on; and
 * readings, quantiles and means agree with the curve. */
#include <math.h>

#include "fuzz.h"
#include "retain/survival.h"

enum { ROWS = 48, GROUPS = 4, READINGS = 6 };

typedef struct rows {
    retain_durations durations;
    int64_t *group;
} rows;

static rows read_rows(fuzz_input *in)
{
    const int odd = (int)fuzz_below(in, 12);
    const size_t count = fuzz_below(in, ROWS);
    double *exit = fuzz_array(in, count, sizeof *exit), *entry = fuzz_array(in, count, sizeof *entry),
           *weight = fuzz_array(in, count, sizeof *weight);
    uint8_t *event = fuzz_array(in, count, sizeof *event);
    rows all = {{count, exit, event, entry, weight}, fuzz_array(in, count, sizeof *all.group)};

    for (size_t i = 0; i < count; i++) {
        entry[i] = odd == 1 ? fuzz_double(in) : (double)(fuzz_bits(in, 1) >> 5);
        exit[i] = odd == 2 ? fuzz_double(in) : entry[i] + 0.5 * (double)(1 + fuzz_below(in, 30));
        event[i] = (uint8_t)(odd == 3 ? fuzz_bits(in, 1) : fuzz_below(in, 2));
        weight[i] = odd == 4 ? fuzz_double(in) : 0.25 * (double)fuzz_below(in, 9);
        all.group[i] = odd == 5 ? fuzz_integer(in) : (int64_t)fuzz_below(in, GROUPS);
    }
    if (fuzz_below(in, 2))
        all.durations.entry = NULL;
    if (fuzz_below(in, 2))
        all.durations.weight = NULL;
    if (fuzz_below(in, 8) == 0)
        all.durations.event = NULL;
    return all;
}

static retain_survival_options read_options(fuzz_input *in)
{
    const int odd = fuzz_below(in, 16) == 15;

    return (retain_survival_options){odd ? fuzz_below(in, sizeof(retain_survival_options)) : sizeof(retain_survival_options),
                                     odd ? fuzz_double(in) : 0.01 * (double)fuzz_below(in, 100),
                                     (retain_survival_interval)fuzz_below(in, odd ? 5 : 3),
                                     odd ? fuzz_double(in) : (double)fuzz_below(in, 4),
                                     odd                 ? fuzz_double(in)
                                     : fuzz_below(in, 2) ? 0.0
                                                         : 4.0 + (double)fuzz_below(in, 20),
                                     odd ? fuzz_double(in) : (double)fuzz_below(in, 3)};
}

static int is_around(double low, double x, double high)
{
    const double slack = 1e-12 * (1.0 + fabs(x));

    return (low != low || low <= x + slack) && (high != high || x <= high + slack);
}

static void check_curve(fuzz_input *in, const rows *all, const retain_survival_options *options)
{
    retain_context *ctx = fuzz_context(in);
    double *c[8], read, quantile;
    size_t count = 0;

    for (int f = 0; f < 8; f++)
        c[f] = fuzz_output(in, all->durations.count, sizeof **c);
    const retain_survival_columns columns = {.time = c[0],
                                             .at_risk = c[1],
                                             .events = c[2],
                                             .censored = c[3],
                                             .survival = c[4],
                                             .low = c[5],
                                             .high = c[6],
                                             .hazard = c[7]};

    if (!fuzz_outcome(in, retain_survival_curve(ctx, &all->durations, options, &columns, all->durations.count, &count)))
        return;
    fuzz_check(count <= all->durations.count);
    for (size_t i = 0; i < count; i++) {
        const double share = 1.0 - c[4][i];

        fuzz_check(i == 0 || (c[0][i] > c[0][i - 1] && c[4][i] <= c[4][i - 1] && c[7][i] >= c[7][i - 1]));
        fuzz_check(c[4][i] >= 0.0 && c[4][i] <= 1.0 && c[2][i] + c[3][i] > 0.0);
        fuzz_check(c[1][i] >= (c[2][i] + c[3][i]) * (1.0 - 1e-12));
        fuzz_check(is_around(c[5][i], c[4][i], c[6][i]));
        fuzz_check(retain_survival_at(NULL, &all->durations, options, c[0] + i, 1, &read, NULL, NULL, NULL, NULL) == RETAIN_OK);
        fuzz_check(read == c[4][i]);
        if (share > 0.0 && share < 1.0) {
            fuzz_check(retain_survival_quantiles(NULL, &all->durations, options, &share, 1, &quantile, NULL, NULL) == RETAIN_OK);
            fuzz_check(quantile <= c[0][i]);
        }
    }
}

static void check_readings(fuzz_input *in, const rows *all, const retain_survival_options *options)
{
    const size_t count = fuzz_below(in, READINGS + 1);
    double *asked = fuzz_array(in, count, sizeof *asked), *c[5];

    for (int f = 0; f < 5; f++)
        c[f] = fuzz_output(in, count, sizeof **c);
    for (size_t i = 0; i < count; i++)
        asked[i] = fuzz_bits(in, 1) < 240 ? (double)fuzz_below(in, 30) : fuzz_double(in);
    if (fuzz_outcome(in,
                     retain_survival_at(fuzz_context(in), &all->durations, options, asked, count, c[0], c[1], c[2], c[3], c[4]))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(c[0][i] != c[0][i] || (c[0][i] >= 0.0 && c[0][i] <= 1.0 && is_around(c[2][i], c[0][i], c[3][i])));
    }
    for (size_t i = 0; i < count; i++)
        asked[i] = fuzz_bits(in, 1) < 240 ? fuzz_within(in, 0.01, 0.99) : fuzz_double(in);
    if (fuzz_outcome(in, retain_survival_quantiles(fuzz_context(in), &all->durations, options, asked, count, c[0], c[1], c[2]))) {
        for (size_t i = 0; i < count; i++)
            fuzz_check(c[0][i] != c[0][i] || is_around(c[1][i], c[0][i], c[2][i]));
    }
}

static void check_means(fuzz_input *in, const rows *all, const retain_survival_options *options)
{
    double *c[7], mean, error, low, high, chi_squared, degrees, p_value;

    for (int f = 0; f < 7; f++)
        c[f] = fuzz_output(in, GROUPS, sizeof **c);
    const retain_survival_groups columns = {
        .rows = c[0], .events = c[1], .expected = c[2], .mean = c[3], .mean_low = c[4], .mean_high = c[5], .survival = c[6]};

    if (fuzz_outcome(in, retain_survival_mean(fuzz_context(in), &all->durations, options, &mean, &error, &low, &high))) {
        fuzz_check(mean != mean || (mean >= 0.0 && error >= 0.0 && is_around(low, mean, high)));
    }
    if (!fuzz_outcome(in, retain_survival_compare(fuzz_context(in), &all->durations, all->group, GROUPS, options, &columns,
                                                  &chi_squared, &degrees, &p_value)))
        return;
    fuzz_check(p_value != p_value || (p_value >= 0.0 && p_value <= 1.0));
    for (size_t g = 0; g < GROUPS; g++) {
        fuzz_check(c[1][g] <= c[0][g] * (1.0 + 1e-12) && c[2][g] >= 0.0);
        fuzz_check(c[3][g] != c[3][g] || is_around(c[4][g], c[3][g], c[5][g]));
    }
}

void fuzz_target(fuzz_input *in)
{
    const rows all = read_rows(in);
    const retain_survival_options options = read_options(in);

    check_curve(in, &all, &options);
    check_readings(in, &all, &options);
    check_means(in, &all, &options);
}

/* Any scores, any groups, any responses: parts add up, limits lie around what they limit, and nobody returns without an order. */
#include <math.h>

#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/survey.h"

enum { ROWS = 60, GROUPS = 6, CUTS = 5 };

static int lies_between(double low, double x, double high)
{
    return x != x ? low != low && high != high : low <= x + 1e-12 && x <= high + 1e-12;
}

static void try_formulas(fuzz_input *in)
{
    const double n = fuzz_bits(in, 1) < 200 ? (double)fuzz_bits(in, 2) : fuzz_double(in);
    const double promoters = fuzz_bits(in, 1) < 200 ? floor(n * fuzz_within(in, 0.0, 1.0)) : fuzz_double(in);
    const double detractors = fuzz_bits(in, 1) < 200 ? floor((n - promoters) * fuzz_within(in, 0.0, 1.0)) : fuzz_double(in);
    const double level = fuzz_bits(in, 1) < 200 ? fuzz_within(in, 0.01, 0.99) : fuzz_double(in);
    const double nps = retain_survey_nps(promoters, detractors, n);
    const double low = retain_survey_nps_low(promoters, detractors, n, level),
                 high = retain_survey_nps_high(promoters, detractors, n, level);

    if (low != low)
        return;
    fuzz_check(nps >= -1.0 && nps <= 1.0 && low >= -1.0 && high <= 1.0);
    fuzz_check(lies_between(low, nps, high));
}

typedef struct scores {
    size_t count, groups;
    const double *score;
    const int64_t *group;
} scores;

static scores read_scores(fuzz_input *in, int highest)
{
    const size_t odd = fuzz_below(in, 16);
    scores all = {fuzz_below(in, ROWS), fuzz_below(in, GROUPS), NULL, NULL};
    double *score = fuzz_array(in, all.count, sizeof *score);
    int64_t *group = fuzz_array(in, all.count, sizeof *group);

    for (size_t i = 0; i < all.count; i++) {
        score[i] = odd == 1 ? fuzz_double(in) : (double)fuzz_below(in, (size_t)highest + 1);
        group[i] = odd == 2 || !all.groups ? fuzz_integer(in) : (int64_t)fuzz_below(in, all.groups);
    }
    all.score = fuzz_maybe(in, score);
    all.group = all.groups || odd == 3 ? fuzz_maybe(in, group) : NULL;
    return all;
}

static void try_nps(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const double level = fuzz_bits(in, 1) < 240 ? fuzz_within(in, 0.0, 0.99) : fuzz_double(in);
    const scores all = read_scores(in, 10);
    const size_t n = all.groups + 1;
    double *column[7], sum = 0.0, *difference, *low;
    retain_survey_nps_columns columns;

    for (int c = 0; c < 7; c++)
        column[c] = fuzz_output(in, n, sizeof **column);
    columns = (retain_survey_nps_columns){column[0], column[1], column[2], column[3], column[4], column[5], column[6]};
    if (!fuzz_outcome(in, retain_survey_nps_groups(ctx, all.score, all.group, all.count, all.groups, level,
                                                   fuzz_bits(in, 1) < 250 ? &columns : NULL)))
        return;
    for (size_t g = 0; g < n; g++) {
        sum += g < all.groups ? column[0][g] : 0.0;
        fuzz_check(column[0][g] == column[1][g] + column[2][g] + column[3][g]);
        fuzz_check(lies_between(column[5][g], column[4][g], column[6][g]));
    }
    fuzz_check(all.groups == 0 || sum == column[0][all.groups]);
    fuzz_check(column[0][all.groups] == (double)all.count);
    difference = fuzz_output(in, n, sizeof *difference);
    low = fuzz_output(in, n, sizeof *low);
    fuzz_check(fuzz_outcome(in, retain_survey_nps_difference(fuzz_calm_context(in), column[1], column[3], column[0], column[1],
                                                             column[3], column[0], n, 0.0, difference, low, NULL)));
    for (size_t g = 0; g < n; g++)
        fuzz_check(column[0][g] > 0.0 ? difference[g] == 0.0 && low[g] <= 0.0 : difference[g] != difference[g]);
}

static const retain_survey_scale *read_scale(fuzz_input *in)
{
    retain_survey_scale *scale = fuzz_array(in, 1, sizeof *scale);
    const int odd = fuzz_below(in, 16) == 15;

    scale->struct_size = odd ? fuzz_below(in, sizeof *scale) : sizeof *scale;
    scale->lowest = odd ? fuzz_double(in) : 0.0;
    scale->highest = odd ? fuzz_double(in) : (double)fuzz_below(in, 12);
    scale->top = odd ? fuzz_double(in) : (double)fuzz_below(in, 4);
    scale->level = odd ? fuzz_double(in) : 0.0;
    return fuzz_bits(in, 1) < 60 ? NULL : scale;
}

static void try_scales(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_survey_scale *scale = read_scale(in);
    const int is_csat = (int)fuzz_below(in, 2);
    const scores all = read_scores(in, (int)fuzz_below(in, 12));
    const size_t n = all.groups + 1;
    double *responses = fuzz_output(in, n, sizeof *responses), *part = fuzz_output(in, n, sizeof *part),
           *value = fuzz_output(in, n, sizeof *value);
    double *low = fuzz_output(in, n, sizeof *low), *high = fuzz_output(in, n, sizeof *high);
    const retain_status status =
        is_csat ? retain_survey_csat(ctx, all.score, all.group, all.count, all.groups, scale, responses, part, value, low, high)
                : retain_survey_ces(ctx, all.score, all.group, all.count, all.groups, scale, responses, value, low, high);

    if (!fuzz_outcome(in, status))
        return;
    fuzz_check(responses[all.groups] == (double)all.count);
    for (size_t g = 0; g < n; g++) {
        fuzz_check((responses[g] > 0.0) == (value[g] == value[g]));
        fuzz_check(low[g] != low[g] || low[g] <= high[g]);
        fuzz_check(!is_csat || (part[g] <= responses[g] && lies_between(low[g], value[g], high[g])));
    }
}

static void try_response(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const size_t groups = fuzz_below(in, GROUPS);
    double *asked = fuzz_array(in, groups, sizeof *asked), *answered = fuzz_array(in, groups, sizeof *answered);
    double *rate = fuzz_output(in, groups + 1, sizeof *rate);

    for (size_t g = 0; g < groups; g++) {
        asked[g] = fuzz_bits(in, 1) < 250 ? (double)fuzz_bits(in, 1) : fuzz_double(in);
        answered[g] = fuzz_bits(in, 1) < 250 ? floor(asked[g] * fuzz_within(in, 0.0, 1.0)) : fuzz_double(in);
    }
    if (fuzz_outcome(in, retain_survey_response(ctx, fuzz_maybe(in, answered), fuzz_maybe(in, asked), groups, 0.0,
                                                fuzz_maybe(in, rate), NULL, NULL)))
        fuzz_check(rate[groups] != rate[groups] || (rate[groups] >= 0.0 && rate[groups] <= 1.0));
}

static const retain_survey_retention_options *read_options(fuzz_input *in, size_t *classes)
{
    retain_survey_retention_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;
    double *cuts;

    options->struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options;
    options->horizon_days = odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 40);
    options->choice = (retain_survey_choice)fuzz_below(in, odd ? 256 : 3);
    options->cut_count = fuzz_below(in, CUTS);
    cuts = fuzz_array(in, options->cut_count, sizeof *cuts);
    for (size_t k = 0; k < options->cut_count; k++)
        cuts[k] = odd ? fuzz_double(in) : (double)k * 2.0 + fuzz_within(in, 0.0, 1.0);
    options->cuts = fuzz_bits(in, 1) < 128 ? cuts : NULL;
    *classes = options->cuts ? options->cut_count + 1 : 3;
    if (fuzz_bits(in, 1) >= 60)
        return options;
    *classes = 3;
    return NULL;
}

static void try_retention(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_survey_responses *responses = fuzz_array(in, 1, sizeof *responses);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    size_t classes;
    const retain_survey_retention_options *options = read_options(in, &classes);
    const size_t count = fuzz_below(in, ROWS), odd = fuzz_below(in, 16);
    int64_t *customer = fuzz_array(in, count, sizeof *customer), *day = fuzz_array(in, count, sizeof *day);
    double *score = fuzz_array(in, count, sizeof *score), *column[5], counted = 0.0;
    retain_survey_retention_report *report = fuzz_array(in, 1, sizeof *report);
    const retain_orders *log;

    for (size_t i = 0; i < count; i++) {
        customer[i] = odd == 1 ? fuzz_integer(in) : (int64_t)fuzz_below(in, 8);
        day[i] = odd == 2 ? fuzz_integer(in) : (int64_t)fuzz_bits(in, 1) - 20;
        score[i] = odd == 3 ? fuzz_double(in) : (double)fuzz_below(in, 11);
    }
    log = fuzz_log(in);
    *responses = (retain_survey_responses){count, fuzz_maybe(in, customer), fuzz_maybe(in, day), fuzz_maybe(in, score)};
    report->struct_size = odd == 4 ? fuzz_below(in, sizeof *report) : sizeof *report;
    for (int c = 0; c < 5; c++)
        column[c] = fuzz_output(in, classes, sizeof **column);
    if (!fuzz_outcome(in, retain_survey_retention(ctx, fuzz_maybe(in, responses), log, end, counting, options, column[0], column[1],
                                                  column[2], column[3], column[4], report)))
        return;
    for (size_t c = 0; c < classes; c++) {
        counted += column[0][c];
        fuzz_check(column[1][c] >= 0.0 && column[1][c] <= column[0][c]);
        fuzz_check(lies_between(column[3][c], column[2][c], column[4][c]));
    }
    fuzz_check(counted == (double)report->counted && report->responses == count);
    fuzz_check(report->counted + report->open_responses + report->repeat_responses == count);
    fuzz_check(lies_between(report->difference_low, report->difference, report->difference_high));
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_formulas, try_nps, try_scales, try_response, try_retention, try_retention};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

/* Any events, any customers, any log: counts add up, shares are shares, and nobody is compared twice. */
#include <string.h>

#include "fuzz.h"
#include "fuzz_orders_log.h"
#include "retain/signals.h"

enum { ROWS = 60, CUSTOMERS = 12, KINDS = 4, FIGURES = 10 };

static const retain_events *read_events(fuzz_input *in, size_t kinds)
{
    retain_events *events = fuzz_array(in, 1, sizeof *events);
    const size_t count = fuzz_below(in, ROWS), odd = fuzz_below(in, 16), columns = fuzz_below(in, 4);
    int64_t *customer = fuzz_array(in, count, sizeof *customer), *day = fuzz_array(in, count, sizeof *day);
    int64_t *kind = fuzz_array(in, count, sizeof *kind);
    double *value = fuzz_array(in, count, sizeof *value);

    for (size_t i = 0; i < count; i++) {
        customer[i] = odd == 1 ? fuzz_integer(in) : (int64_t)fuzz_below(in, 8);
        day[i] = odd == 2 ? fuzz_integer(in) : (int64_t)fuzz_bits(in, 1) - 20;
        kind[i] = odd == 3 || !kinds ? fuzz_integer(in) : (int64_t)fuzz_below(in, kinds);
        value[i] = odd == 4 ? fuzz_double(in) : (double)(int8_t)fuzz_bits(in, 1) * 0.25;
    }
    *events = (retain_events){count, fuzz_maybe(in, customer), fuzz_maybe(in, day), columns & 1 ? kind : NULL,
                                      columns & 2 ? value : NULL};
    return fuzz_maybe(in, events);
}

static int is_within(double low, double x, double high)
{
    return x != x || (low <= x && x <= high);
}

static void check_figures(double *const *column, size_t customers, size_t kinds, double window)
{
    for (size_t i = 0; i < customers * kinds; i++) {
        const double exposure = column[0][i / kinds], count = column[1][i];

        fuzz_check((exposure == exposure) == (count == count));
        fuzz_check(is_within(1.0, exposure, window));
        fuzz_check(count != count || count == column[4][i] + column[5][i]);
        fuzz_check(is_within(-1.0, column[6][i], 1.0) && is_within(0.0, column[7][i], 1.0));
        fuzz_check((column[6][i] == column[6][i]) == (column[7][i] == column[7][i]));
        fuzz_check(is_within(0.0, column[3][i], 3e12));
        fuzz_check(!(count > 0.0) || column[3][i] < exposure);
    }
}

static void try_per_customer(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_signals_options *options = fuzz_array(in, 1, sizeof *options);
    retain_signals_report *report = fuzz_array(in, 1, sizeof *report);
    const int odd = fuzz_below(in, 16) == 15;
    const size_t kinds = 1 + fuzz_below(in, KINDS), customers = fuzz_below(in, CUSTOMERS);
    const int64_t end = fuzz_log_day(in);
    int64_t *customer = fuzz_array(in, customers, sizeof *customer), *since = fuzz_array(in, customers, sizeof *since);
    const retain_events *events;
    double *column[FIGURES];
    retain_signals_columns columns;

    *options = (retain_signals_options){odd ? fuzz_below(in, sizeof *options) : sizeof *options,
                                        odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 200), kinds};
    for (size_t c = 0; c < customers; c++) {
        customer[c] = odd ? fuzz_integer(in) : (int64_t)c * 2 - 3;
        since[c] = fuzz_log_day(in);
    }
    report->struct_size = sizeof *report;
    events = read_events(in, kinds);
    for (int f = 0; f < FIGURES; f++)
        column[f] = fuzz_output(in, f ? customers * kinds : customers, sizeof **column);
    columns = (retain_signals_columns){column[0], column[1], column[2], column[3], column[4],
                                       column[5], column[6], column[7], column[8], column[9]};
    if (!fuzz_outcome(in, retain_signals_per_customer(ctx, events, fuzz_maybe(in, customer), fuzz_maybe(in, since), customers, end,
                                                      options, &columns, report)))
        return;
    fuzz_check(report->events == report->used_events + report->late_events + report->stranger_events + report->early_events);
    check_figures(column, customers, kinds, options->window_days ? (double)options->window_days : 365.0);
}

static void check_comparison(const retain_signals_comparison *of)
{
    fuzz_check(of->occasions == of->open + of->outside + of->returned_early + of->exposed + of->unexposed);
    fuzz_check(of->exposed_returned <= of->exposed && of->unexposed_returned <= of->unexposed);
    fuzz_check(of->exposed == of->matched + of->unmatched && of->matched >= 0.0 && of->unmatched >= 0.0);
    fuzz_check(of->controls <= of->unexposed && of->strata <= of->matched);
    fuzz_check((of->matched > 0.0) == (of->effect == of->effect));
    fuzz_check(is_within(0.0, of->matched_rate, 1.0) && is_within(0.0, of->control_rate, 1.0 + 1e-12));
    fuzz_check(is_within(-1.0, of->effect_low, of->effect) && is_within(of->effect, of->effect_high, 1.0));
    fuzz_check(is_within(-1.0, of->crude_low, of->crude) && is_within(of->crude, of->crude_high, 1.0));
}

static const retain_groups *read_groups(fuzz_input *in)
{
    retain_groups *groups = fuzz_array(in, 1, sizeof *groups);
    const int odd = fuzz_below(in, 16) == 15;
    int64_t *customer = fuzz_array(in, 8, sizeof *customer), *group = fuzz_array(in, 8, sizeof *group);

    for (int64_t c = 0; c < 8; c++) {
        customer[c] = odd ? fuzz_integer(in) : c;
        group[c] = odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 3);
    }
    *groups = (retain_groups){8, customer, group, 3};
    return fuzz_bits(in, 1) < 128 ? groups : NULL;
}

static void try_effect(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    retain_signals_effect_options *options = fuzz_array(in, 1, sizeof *options);
    retain_signals_comparison *found = fuzz_array(in, 1, sizeof *found), untouched;
    const int odd = fuzz_below(in, 16) == 15;
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const retain_groups *groups;
    const retain_events *events;
    const retain_orders *log;
    size_t edge_count = 0;
    int64_t *edges = NULL;

    *options = (retain_signals_effect_options){odd ? fuzz_below(in, sizeof *options) : sizeof *options,
                                               (int64_t)fuzz_below(in, 4),
                                               odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 20),
                                               odd ? fuzz_integer(in) : (int64_t)fuzz_below(in, 60),
                                               odd ? (size_t)fuzz_integer(in) : fuzz_below(in, 6),
                                               odd ? (size_t)fuzz_integer(in) : fuzz_below(in, 6),
                                               odd ? fuzz_double(in) : 0.0};
    if (fuzz_bits(in, 1) < 128)
        edges = fuzz_log_edges(in, &edge_count);
    groups = read_groups(in);
    events = read_events(in, 0);
    log = fuzz_log(in);
    found->struct_size = odd ? fuzz_below(in, sizeof *found) : sizeof *found;
    untouched = *found;
    if (fuzz_outcome(
            in, retain_signals_effect(ctx, events, log, end, counting, edges, edge_count, groups, fuzz_maybe(in, options), found)))
        check_comparison(found);
    else
        fuzz_check(memcmp(found, &untouched, sizeof untouched) == 0);
}

void fuzz_target(fuzz_input *in)
{
    static void (*const tries[])(fuzz_input * in) = {try_per_customer, try_effect};

    tries[fuzz_below(in, sizeof tries / sizeof *tries)](in);
}

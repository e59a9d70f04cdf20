/* Do groups of customers come back equally fast? Durations are counted in one class a group, and handed to the log-rank test
 * (math/log_rank.h). Which group each customer belongs to is looked up beforehand, so that a customer without one is found before
 * anything is counted. */
#include <math.h>

#include "data/groups.h"
#include "math/log_rank.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "metrics/repeat_time_curve.h"

enum { MOST_GROUPS = 1024 };

typedef struct sorting {
    retain__group_search search;
    size_t *group_of;
} sorting;

static void sort_customer(void *state, size_t block, const retain__customer *customer)
{
    sorting *sort = state;

    sort->group_of[customer->position] = retain__group_of(&sort->search, block, customer->key);
}

/* The group of each customer of the log, by position. */
static retain_status find_groups(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                 const retain_groups *groups, retain__order_log *log, const size_t **group_of)
{
    sorting *sort = retain__take(scratch, 1, sizeof *sort);

    if (!sort)
        return RETAIN_ERROR_MEMORY;
    *group_of = sort->group_of = retain__take(scratch, log->customers, sizeof *sort->group_of);
    if (!sort->group_of)
        return RETAIN_ERROR_MEMORY;
    retain__open_groups(&sort->search, groups);
    retain__visit_customers(ctx, log, sort_customer, sort, NULL);
    return retain__check_strangers(ctx, "groups", &sort->search, orders);
}

/* What is known of all groups, in scratch. */
typedef struct comparison {
    size_t groups, freedom;
    retain__durations durations;
    double *observed, *expected;
    double chi_squared;
} comparison;

static retain_status compare(retain__scratch *scratch, comparison *found)
{
    const size_t n = found->groups;
    retain__group_durations *group = retain__take(scratch, n, sizeof *group);
    double *room = retain__take(scratch, n * (n + 2), sizeof *room);

    found->observed = retain__take(scratch, n, sizeof *found->observed);
    found->expected = retain__take(scratch, n, sizeof *found->expected);
    if (!group || !room || !found->observed || !found->expected)
        return RETAIN_ERROR_MEMORY;
    for (size_t g = 0; g < n; g++)
        group[g] = (retain__group_durations){found->durations.duration + found->durations.first[g],
                                             found->durations.duration + found->durations.first[g + 1],
                                             {0.0, 0.0}};
    found->chi_squared = retain__log_rank(group, n, 0.0, found->observed, found->expected, room, &found->freedom);
    return RETAIN_OK;
}

static void write_group(const retain_repeat_time_group_columns *columns, size_t g, const comparison *found,
                        const retain_repeat_time_options *options, const retain__curve_interval *interval)
{
    const retain__duration *duration = found->durations.duration + found->durations.first[g];
    const size_t count = found->durations.first[g + 1] - found->durations.first[g];
    const retain__curve_reading share = retain__curve_share(duration, count, (double)options->horizon_days, interval);
    const retain__curve_reading median = retain__curve_quantile(duration, count, 0.5, interval);

    retain__put(columns->customers, g, retain__sum_value(retain__curve_beginners(duration, count)));
    retain__put(columns->events, g, found->observed[g]);
    retain__put(columns->expected, g, found->expected[g]);
    retain__put(columns->share, g, share.value);
    retain__put(columns->share_low, g, share.low);
    retain__put(columns->share_high, g, share.high);
    retain__put(columns->median_days, g, median.value);
    retain__put(columns->median_low, g, median.low);
    retain__put(columns->median_high, g, median.high);
}

static retain_status check_groups(retain_context *ctx, const retain_groups *groups, const retain_repeat_time_options *options)
{
    retain_status status = retain__check_groups(ctx, "groups", groups);

    if (status != RETAIN_OK)
        return status;
    if (groups->groups > MOST_GROUPS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "groups.groups is %zu; it must be at most 1024",
                            groups->groups);
    if (options->kind == RETAIN_REPEAT_TIME_ALL_GAPS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.kind is 2, all gaps; groups are compared by one duration a customer, from the first or from "
                            "the previous occasion");
    return RETAIN_OK;
}

retain_status retain_repeat_time_compare(retain_context *ctx, const retain_orders *orders, const retain_groups *groups,
                                         int64_t observation_end, const retain_orders_options *counting,
                                         const retain_repeat_time_options *given, const retain_repeat_time_group_columns *columns,
                                         double *chi_squared, double *degrees, double *p_value)
{
    retain_repeat_time_options options = {.struct_size = sizeof options};
    retain__curve_interval interval;
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__repeat_clock clock;
    comparison found = {0};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_repeat_time_options(ctx, given, &options, &interval);
    if (status == RETAIN_OK)
        status = check_groups(ctx, groups, &options);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK) {
        found.groups = groups->groups;
        clock = retain__set_clock(&options, observation_end);
        status = find_groups(ctx, &scratch, orders, groups, &log, &clock.class_of);
    }
    if (status == RETAIN_OK)
        status = retain__count_durations(ctx, &scratch, &log, observation_end, found.groups, retain__note_clock, &clock,
                                         &found.durations);
    if (status == RETAIN_OK)
        status = compare(&scratch, &found);
    if (status == RETAIN_OK) {
        for (size_t g = 0; g < found.groups; g++)
            write_group(columns, g, &found, &options, &interval);
        retain__put(chi_squared, 0, found.chi_squared);
        retain__put(degrees, 0, (double)found.freedom);
        retain__put(p_value, 0, retain__chi_squared_tail(found.chi_squared, found.freedom));
    }
    retain__release(&scratch);
    return status;
}

/* How long does it last on average, and do groups differ?
 *
 * The restricted mean is the area under S up to the horizon. Each event at time u moves S from u on, in proportion: so its part in the
 * variance is Greenwood's, times the square of the area that is left beyond u. An event that leaves nobody has no area beyond it.
 *
 * Groups are independent, so the variance of a difference of two means is the sum of theirs. */
#include <math.h>

#include "math/interval.h"
#include "math/log_rank.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "models/survival_table.h"

/* --- restricted means ---------------------------------------------------------------------------------------------------------- */

/* A restricted mean and its standard error; both NaN where nobody was watched up to the horizon. */
typedef struct mean_area {
    double mean, standard_error;
} mean_area;

/* The last time at which rows ended or were last seen; NaN without any. */
static double find_last(const retain__duration *duration, size_t count)
{
    while (count > 0 && duration[count - 1].ended == 0.0 && duration[count - 1].open == 0.0)
        count--;
    return count > 0 ? duration[count - 1].length : (double)NAN;
}

/* The area under S from `start` to the horizon. Given the whole area, the variance of it besides. */
static double find_area(const retain__duration *duration, size_t count, double start, double horizon, double whole,
                        double *variance)
{
    retain__curve curve = retain__curve_begin(duration, count);
    double area = 0.0, since = start, rest = 1.0;

    *variance = 0.0;
    while (retain__curve_step(&curve) && curve.length < horizon) {
        const double beyond = fmax(0.0, whole - (area += rest * (curve.length - since)));

        since = curve.length;
        rest = curve.rest;
        if (rest > 0.0)
            *variance += beyond * beyond * (curve.ended / curve.at_risk / curve.after);
    }
    return area + rest * (horizon - since);
}

static int is_watched(const retain__duration *duration, size_t count, double horizon)
{
    retain__curve curve = retain__curve_begin(duration, count);

    if (count == 0 || find_last(duration, count) >= horizon)
        return count > 0;
    while (retain__curve_step(&curve))
        ;
    return curve.rest == 0.0;
}

static mean_area measure_area(const retain__duration *duration, size_t count, double start, double horizon)
{
    double variance, area;

    if (!is_watched(duration, count, horizon))
        return (mean_area){(double)NAN, (double)NAN};
    area = find_area(duration, count, start, horizon, 0.0, &variance);
    find_area(duration, count, start, horizon, area, &variance);
    return (mean_area){area, sqrt(variance)};
}

/* Limits of a mean, or of a difference of two, that lies between `least` and `most`; NaN without an error. */
static retain__limits find_limits(double value, double error, double least, double most, double z)
{
    if (!(error > 0.0) || isnan(value))
        return (retain__limits){(double)NAN, (double)NAN};
    return (retain__limits){fmax(least, value - z * error), fmin(most, value + z * error)};
}

retain_status retain_survival_mean(retain_context *ctx, const retain_durations *durations, const retain_survival_options *given,
                                   double *mean, double *standard_error, double *low, double *high)
{
    retain_survival_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__curve_interval interval;
    retain__lengths lengths;
    retain_status status = retain__begin_survival(ctx, &scratch, durations, NULL, 1, given, &options, &interval, &lengths);

    if (status == RETAIN_OK) {
        const size_t count = lengths.first[1];
        const double last = find_last(lengths.duration, count);
        const double horizon = options.horizon > 0.0 ? options.horizon : last;
        const mean_area area = measure_area(lengths.duration, count, options.start, horizon);
        const retain__limits limits = find_limits(area.mean, area.standard_error, 0.0, horizon - options.start, interval.z);

        retain__put(mean, 0, area.mean);
        retain__put(standard_error, 0, area.standard_error);
        retain__put(low, 0, limits.low);
        retain__put(high, 0, limits.high);
    }
    retain__release(&scratch);
    return status;
}

/* --- groups -------------------------------------------------------------------------------------------------------------------- */

/* What is known of all groups, in scratch. */
typedef struct comparison {
    const retain__lengths *lengths;
    size_t groups, freedom;
    double start, horizon, chi_squared;
    double *observed, *expected;
    retain__curve_interval interval;
} comparison;

static retain_status rank_groups(retain__scratch *scratch, double rho, comparison *found)
{
    const size_t n = found->groups;
    retain__group_durations *group = retain__take(scratch, n, sizeof *group);
    double *room = retain__take(scratch, n * (n + 2), sizeof *room);

    found->observed = retain__take(scratch, n, sizeof *found->observed);
    found->expected = retain__take(scratch, n, sizeof *found->expected);
    if (!group || !room || !found->observed || !found->expected)
        return RETAIN_ERROR_MEMORY;
    for (size_t g = 0; g < n; g++)
        group[g] = (retain__group_durations){found->lengths->duration + found->lengths->first[g],
                                             found->lengths->duration + found->lengths->first[g + 1],
                                             {0.0, 0.0}};
    found->chi_squared = retain__log_rank(group, n, rho, found->observed, found->expected, room, &found->freedom);
    return RETAIN_OK;
}

/* The largest time up to which every group that has rows was watched. */
static double find_common_horizon(const retain__lengths *lengths, size_t groups)
{
    double horizon = (double)NAN;

    for (size_t g = 0; g < groups; g++)
        horizon = fmin(horizon, find_last(lengths->duration + lengths->first[g],
                                          lengths->first[g + 1] - lengths->first[g])); /* fmin passes NaN over */
    return horizon;
}

static double sum_rows(const retain__duration *duration, size_t count)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t i = 0; i < count; i++) {
        retain__sum_add(&sum, duration[i].ended);
        retain__sum_add(&sum, duration[i].open);
    }
    return retain__sum_value(sum);
}

/* The restricted means of a group, and how they differ from those of group 0: with limits where both have an error. A mean of rows
 * of which none ended has none, and is not for that known without doubt. */
static void write_means(const retain_survival_groups *columns, size_t g, const comparison *found, mean_area area, mean_area first)
{
    const double most = found->horizon - found->start;
    const double error = area.standard_error > 0.0 && first.standard_error > 0.0
                             ? sqrt(area.standard_error * area.standard_error + first.standard_error * first.standard_error)
                             : (double)NAN;
    const double difference = g > 0 ? area.mean - first.mean : (double)NAN;
    const retain__limits of_mean = find_limits(area.mean, area.standard_error, 0.0, most, found->interval.z);
    const retain__limits of_difference = find_limits(difference, error, -most, most, found->interval.z);

    retain__put(columns->mean, g, area.mean);
    retain__put(columns->mean_low, g, of_mean.low);
    retain__put(columns->mean_high, g, of_mean.high);
    retain__put(columns->difference, g, difference);
    retain__put(columns->difference_low, g, of_difference.low);
    retain__put(columns->difference_high, g, of_difference.high);
}

static void write_group(const retain_survival_groups *columns, size_t g, const comparison *found, mean_area first)
{
    const retain__duration *duration = found->lengths->duration + found->lengths->first[g];
    const size_t count = found->lengths->first[g + 1] - found->lengths->first[g];
    const retain__curve_reading gone = retain__curve_share(duration, count, found->horizon, &found->interval);
    const retain__curve_reading median = retain__curve_quantile(duration, count, 0.5, &found->interval);

    retain__put(columns->rows, g, sum_rows(duration, count));
    retain__put(columns->events, g, found->observed[g]);
    retain__put(columns->expected, g, found->expected[g]);
    retain__put(columns->survival, g, 1.0 - gone.value);
    retain__put(columns->survival_low, g, 1.0 - gone.high);
    retain__put(columns->survival_high, g, 1.0 - gone.low);
    retain__put(columns->median, g, median.value);
    retain__put(columns->median_low, g, median.low);
    retain__put(columns->median_high, g, median.high);
    write_means(columns, g, found, measure_area(duration, count, found->start, found->horizon), first);
}

retain_status retain_survival_compare(retain_context *ctx, const retain_durations *durations, const int64_t *group, size_t groups,
                                      const retain_survival_options *given, const retain_survival_groups *columns,
                                      double *chi_squared, double *degrees, double *p_value)
{
    retain_survival_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__lengths lengths;
    comparison found = {.lengths = &lengths, .groups = groups};
    retain_status status =
        retain__begin_survival(ctx, &scratch, durations, group, groups, given, &options, &found.interval, &lengths);

    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK && !group && durations->count)
        status = retain__fail_null(ctx, "group");
    if (status == RETAIN_OK)
        status = rank_groups(&scratch, options.rho, &found);
    if (status == RETAIN_OK) {
        mean_area first;

        found.start = options.start;
        found.horizon = options.horizon > 0.0 ? options.horizon : find_common_horizon(&lengths, groups);
        first = measure_area(lengths.duration, lengths.first[1], found.start, found.horizon);
        for (size_t g = 0; g < groups; g++)
            write_group(columns, g, &found, first);
        retain__put(chi_squared, 0, found.chi_squared);
        retain__put(degrees, 0, (double)found.freedom);
        retain__put(p_value, 0, retain__chi_squared_tail(found.chi_squared, found.freedom));
    }
    retain__release(&scratch);
    return status;
}

/* When do customers come back? The Kaplan-Meier curve of the time to the next occasion, read off in three ways.
 *
 * The durations of the log are counted by length (metrics/gap_durations.h); the curve is that of math/curve.h. What is here decides
 * which durations of a customer are meant. A customer who did not get as far as the k-th occasion is still on the way, and his
 * duration open at the observation end. */
#include <math.h>

#include "math/special.h"
#include "metrics/rates.h"
#include "metrics/repeat_time_curve.h"

enum { DEFAULT_HORIZON = 90 };

/* --- which durations ---------------------------------------------------------------------------------------------------------- */

static void note_one(const retain__repeat_clock *clock, retain__duration_notes *notes, const retain__customer *customer,
                     size_t class_number)
{
    const size_t k = clock->occasion, from = clock->kind == RETAIN_REPEAT_TIME_FROM_PREVIOUS ? k - 2 : 0;
    const int ended = customer->count >= k;

    if (from < customer->count)
        retain__note_duration(notes, class_number, customer->occasion[from].day,
                              ended ? customer->occasion[k - 1].day : clock->observation_end, ended);
}

void retain__note_clock(const void *state, retain__duration_notes *notes, const retain__customer *customer)
{
    const retain__repeat_clock *clock = state;
    const size_t class_number = clock->class_of ? clock->class_of[customer->position] : 0;

    if (clock->kind == RETAIN_REPEAT_TIME_ALL_GAPS)
        retain__note_gaps(notes, class_number, customer, clock->observation_end);
    else
        note_one(clock, notes, customer, class_number);
}

retain__repeat_clock retain__set_clock(const retain_repeat_time_options *options, int64_t observation_end)
{
    const size_t occasion = (uint64_t)options->occasion < SIZE_MAX ? (size_t)options->occasion : SIZE_MAX;

    return (retain__repeat_clock){options->kind, occasion, observation_end, NULL};
}

retain_status retain__take_repeat_time_options(retain_context *ctx, const retain_repeat_time_options *given,
                                               retain_repeat_time_options *options, retain__curve_interval *interval)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (options->kind < RETAIN_REPEAT_TIME_FROM_FIRST || options->kind > RETAIN_REPEAT_TIME_ALL_GAPS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.kind is %d; it must be a retain_repeat_time_kind",
                            (int)options->kind);
    if (options->interval < RETAIN_REPEAT_TIME_LOG_LOG || options->interval > RETAIN_REPEAT_TIME_PLAIN)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.interval is %d; it must be a retain_repeat_time_interval", (int)options->interval);
    if (options->horizon_days < 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.horizon_days is %lld; it must be positive (0 means 90)", (long long)options->horizon_days);
    if (options->horizon_days == 0)
        options->horizon_days = DEFAULT_HORIZON;
    if (options->occasion == 0)
        options->occasion = 2;
    if (options->occasion < 2)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.occasion is %lld; it must be at least 2 (0 means 2, the second)",
                            (long long)options->occasion);
    status = retain__take_level(ctx, "options.level", &options->level);
    if (status == RETAIN_OK)
        *interval = (retain__curve_interval){-retain__ndtri(0.5 * (1.0 - options->level)), (retain__curve_scale)options->interval};
    return status;
}

/* --- the curve ---------------------------------------------------------------------------------------------------------------- */

/* Reads the log and counts its durations. `*count` receives how many lengths there are. */
static retain_status find_durations(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                    int64_t observation_end, const retain_orders_options *counting,
                                    const retain_repeat_time_options *options, const retain__duration **duration, size_t *count)
{
    const retain__repeat_clock clock = retain__set_clock(options, observation_end);
    retain__order_log log;
    retain__durations found;
    retain_status status = retain__read_orders(ctx, scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);

    if (status == RETAIN_OK)
        status = retain__count_durations(ctx, scratch, &log, observation_end, 1, retain__note_clock, &clock, &found);
    if (status != RETAIN_OK)
        return status;
    *duration = found.duration;
    *count = found.first[1];
    return RETAIN_OK;
}

static void write_curve(const retain_repeat_time_columns *columns, const retain__duration *duration, size_t count,
                        const retain__curve_interval *interval)
{
    retain__curve curve = retain__curve_begin(duration, count);

    for (size_t k = 0; retain__curve_step(&curve); k++) {
        double low, high;

        retain__curve_limits(&curve, interval, &low, &high);
        retain__put(columns->days, k, curve.length);
        retain__put(columns->at_risk, k, curve.at_risk);
        retain__put(columns->events, k, curve.ended);
        retain__put(columns->share, k, curve.share);
        retain__put(columns->low, k, low);
        retain__put(columns->high, k, high);
    }
}

retain_status retain_repeat_time_curve(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                       const retain_orders_options *counting, const retain_repeat_time_options *given,
                                       const retain_repeat_time_columns *columns, size_t capacity, size_t *count)
{
    retain_repeat_time_options options = {.struct_size = sizeof options};
    retain__curve_interval interval;
    retain__scratch scratch = {ctx, NULL};
    const retain__duration *duration = NULL;
    size_t lengths = 0, points = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_repeat_time_options(ctx, given, &options, &interval);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK && !count)
        status = retain__fail_null(ctx, "count");
    if (status == RETAIN_OK)
        status = find_durations(ctx, &scratch, orders, observation_end, counting, &options, &duration, &lengths);
    for (size_t i = 0; status == RETAIN_OK && i < lengths; i++)
        points += duration[i].ended > 0.0;
    if (status == RETAIN_OK) {
        *count = points;
        if (points > capacity)
            status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; the curve has %zu days", capacity,
                                  points);
        else
            write_curve(columns, duration, lengths, &interval);
    }
    retain__release(&scratch);
    return status;
}

/* --- readings ----------------------------------------------------------------------------------------------------------------- */

/* Checks that every one of the numbers that are asked for lies above `least`, or at it, and below `most`. */
static retain_status check_asked(retain_context *ctx, const char *name, const double *asked, size_t count, int is_share)
{
    if (count && !asked)
        return retain__fail_null(ctx, name);
    for (size_t i = 0; i < count; i++) {
        if (is_share && !(asked[i] > 0.0 && asked[i] < 1.0))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %g; it must lie in (0, 1)", name, i, asked[i]);
        if (!(asked[i] >= 0.0))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %g; it must not be negative", name, i, asked[i]);
    }
    return RETAIN_OK;
}

retain_status retain_repeat_time_within(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                        const retain_orders_options *counting, const retain_repeat_time_options *given,
                                        const double *days, size_t count, double *share, double *low, double *high, double *at_risk)
{
    retain_repeat_time_options options = {.struct_size = sizeof options};
    retain__curve_interval interval;
    retain__scratch scratch = {ctx, NULL};
    const retain__duration *duration = NULL;
    size_t lengths = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_repeat_time_options(ctx, given, &options, &interval);
    if (status == RETAIN_OK)
        status = check_asked(ctx, "days", days, count, 0);
    if (status == RETAIN_OK && count && !share)
        status = retain__fail_null(ctx, "share");
    if (status == RETAIN_OK)
        status = find_durations(ctx, &scratch, orders, observation_end, counting, &options, &duration, &lengths);
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        const retain__curve_reading read = retain__curve_share(duration, lengths, days[i], &interval);

        share[i] = read.value;
        retain__put(low, i, read.low);
        retain__put(high, i, read.high);
        retain__put(at_risk, i, read.at_risk);
    }
    retain__release(&scratch);
    return status;
}

retain_status retain_repeat_time_quantiles(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                           const retain_orders_options *counting, const retain_repeat_time_options *given,
                                           const double *shares, size_t count, double *days, double *low, double *high)
{
    retain_repeat_time_options options = {.struct_size = sizeof options};
    retain__curve_interval interval;
    retain__scratch scratch = {ctx, NULL};
    const retain__duration *duration = NULL;
    size_t lengths = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__take_repeat_time_options(ctx, given, &options, &interval);
    if (status == RETAIN_OK)
        status = check_asked(ctx, "shares", shares, count, 1);
    if (status == RETAIN_OK && count && !days)
        status = retain__fail_null(ctx, "days");
    if (status == RETAIN_OK)
        status = find_durations(ctx, &scratch, orders, observation_end, counting, &options, &duration, &lengths);
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        const retain__curve_reading read = retain__curve_quantile(duration, lengths, shares[i], &interval);

        days[i] = read.value;
        retain__put(low, i, read.low);
        retain__put(high, i, read.high);
    }
    retain__release(&scratch);
    return status;
}

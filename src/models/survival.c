/* What share is still there? Kaplan-Meier and Nelson-Aalen.
 *
 * Rows are counted by time (data/durations.h), and math/curve.h walks along the table: S as a product that telescopes wherever rows
 * only end, F = 1 - S beside it, so that neither loses digits at its end. Here the walk also stops where rows are last seen, and
 * carries the cumulative hazard.
 *
 * Whoever asks for S at given times gets it from a list of all stops, by bisection: S at t is that of the last stop at or before t, and who
 * is at risk at t are those at risk at the first stop at or after it, less those who enter in between. */
#include <math.h>

#include "math/special.h"
#include "metrics/rates.h"
#include "models/survival_table.h"

enum { BATCH = 256 };

static const double MOST_RHO = 10.0;

/* --- options ------------------------------------------------------------------------------------------------------------------- */

static retain_status take_options(retain_context *ctx, const retain_survival_options *given, retain_survival_options *options,
                                  retain__curve_interval *interval)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (options->interval < RETAIN_SURVIVAL_LOG_LOG || options->interval > RETAIN_SURVIVAL_PLAIN)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.interval is %d; it must be a retain_survival_interval", (int)options->interval);
    if (!(options->start >= 0.0 && retain__is_finite(options->start)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.start is %g; it must be finite and at least 0",
                            options->start);
    if (options->horizon != 0.0 && !(options->horizon > options->start && retain__is_finite(options->horizon)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.horizon is %g; it must be finite and above options.start, %g (0 means as long as was watched)",
                            options->horizon, options->start);
    if (!(options->rho >= 0.0 && options->rho <= MOST_RHO))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.rho is %g; it must lie in [0, 10]", options->rho);
    status = retain__take_level(ctx, "options.level", &options->level);
    if (status == RETAIN_OK)
        *interval = (retain__curve_interval){-retain__ndtri(0.5 * (1.0 - options->level)), (retain__curve_scale)options->interval};
    return status;
}

retain_status retain__begin_survival(retain_context *ctx, retain__scratch *scratch, const retain_durations *durations,
                                     const int64_t *group, size_t groups, const retain_survival_options *given,
                                     retain_survival_options *options, retain__curve_interval *interval, retain__lengths *lengths)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, options, interval);
    if (status == RETAIN_OK)
        status = retain__check_durations(ctx, durations);
    if (status == RETAIN_OK)
        status = retain__check_codes(ctx, (const char *const[]){"group", "groups"}, group, durations->count, groups);
    if (status == RETAIN_OK)
        status = retain__count_lengths(scratch, durations, group, groups, options->start, lengths);
    return status;
}

/* --- the walk ------------------------------------------------------------------------------------------------------------------ */

typedef struct hazard_walk {
    retain__curve curve;
    int has_hazard; /* does anybody want to know? */
    double hazard, variance;
} hazard_walk;

/* Goes on to the next time at which rows ended or were last seen; 0 when there is none. */
static int step(hazard_walk *walk)
{
    retain__curve *curve = &walk->curve;

    while (retain__curve_pass(curve)) {
        if (walk->has_hazard && curve->ended > 0.0) {
            walk->hazard += curve->ended / curve->at_risk;
            walk->variance += curve->ended / curve->at_risk / curve->at_risk;
        }
        if (curve->ended > 0.0 || curve->open > 0.0)
            return 1;
    }
    return 0;
}

static double find_error(const retain__curve *curve)
{
    return curve->rest > 0.0 ? curve->rest * sqrt(curve->variance) : (double)NAN;
}

/* --- curve --------------------------------------------------------------------------------------------------------------------- */

/* Stops whose errors and limits are found together. */
typedef struct stops {
    double rest[BATCH], share[BATCH], deviation[BATCH], low[BATCH], high[BATCH]; /* deviation: the variance, until all are there */
    size_t first, count;
} stops;

static void add_stop(stops *to, const retain__curve *curve)
{
    to->rest[to->count] = curve->rest;
    to->share[to->count] = curve->share;
    to->deviation[to->count++] = curve->variance;
}

static void write_limits(stops *of, const retain_survival_columns *columns, const retain__curve_interval *interval)
{
    for (size_t i = 0; i < of->count; i++)
        of->deviation[i] = sqrt(of->deviation[i]);
    if (columns->low || columns->high)
        retain__curve_limit_columns(of->count, of->rest, of->share, of->deviation, interval, 1, of->low, of->high);
    for (size_t i = 0; i < of->count; i++) {
        retain__put(columns->standard_error, of->first + i, of->rest[i] > 0.0 ? of->rest[i] * of->deviation[i] : (double)NAN);
        retain__put(columns->low, of->first + i, of->low[i]);
        retain__put(columns->high, of->first + i, of->high[i]);
    }
    of->first += of->count;
    of->count = 0;
}

static void write_stop(const retain_survival_columns *columns, size_t i, const hazard_walk *walk,
                       const retain__curve_interval *interval)
{
    const double error = walk->has_hazard ? sqrt(walk->variance) : 0.0;

    retain__put(columns->time, i, walk->curve.length);
    retain__put(columns->at_risk, i, walk->curve.at_risk);
    retain__put(columns->events, i, walk->curve.ended);
    retain__put(columns->censored, i, walk->curve.open);
    retain__put(columns->survival, i, walk->curve.rest);
    retain__put(columns->hazard, i, walk->hazard);
    retain__put(columns->hazard_error, i, error);
    if (columns->hazard_low || columns->hazard_high) {
        const double reach = walk->hazard > 0.0 ? exp(interval->z * error / walk->hazard) : (double)NAN;

        retain__put(columns->hazard_low, i, walk->hazard / reach);
        retain__put(columns->hazard_high, i, walk->hazard * reach);
    }
}

static void write_curve(const retain__lengths *lengths, const retain_survival_columns *columns,
                        const retain__curve_interval *interval)
{
    const int has_hazard = columns->hazard || columns->hazard_error || columns->hazard_low || columns->hazard_high;
    hazard_walk walk = {retain__curve_begin(lengths->duration, lengths->first[1]), has_hazard, 0.0, 0.0};
    stops together;

    together.first = together.count = 0;
    for (size_t i = 0; step(&walk); i++) {
        write_stop(columns, i, &walk, interval);
        add_stop(&together, &walk.curve);
        if (together.count == BATCH)
            write_limits(&together, columns, interval);
    }
    write_limits(&together, columns, interval);
}

retain_status retain_survival_curve(retain_context *ctx, const retain_durations *durations, const retain_survival_options *given,
                                    const retain_survival_columns *columns, size_t capacity, size_t *count)
{
    retain_survival_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__curve_interval interval;
    retain__lengths lengths;
    retain_status status = retain__begin_survival(ctx, &scratch, durations, NULL, 1, given, &options, &interval, &lengths);

    if (status == RETAIN_OK && (!columns || !count))
        status = retain__fail_null(ctx, columns ? "count" : "columns");
    if (status == RETAIN_OK) {
        *count = lengths.stops;
        if (*count > capacity)
            status = retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu distinct times",
                                  capacity, *count);
    }
    if (status == RETAIN_OK)
        write_curve(&lengths, columns, &interval);
    retain__release(&scratch);
    return status;
}

/* --- at given times ------------------------------------------------------------------------------------------------------------ */

/* A length of the table, and how the curve stands there. */
typedef struct standing {
    double length, at_risk; /* rows at risk there */
    double survival, error, low, high;
} standing;

static void list_standings(const retain__lengths *lengths, const retain__curve_interval *interval, standing *list)
{
    retain__curve curve = retain__curve_begin(lengths->duration, lengths->first[1]);
    standing now = {0.0, 0.0, 1.0, 0.0, (double)NAN, (double)NAN};
    double deviation;

    for (size_t i = 0; retain__curve_pass(&curve); i++) {
        if (curve.ended > 0.0) {
            now.survival = curve.rest;
            now.error = find_error(&curve);
            deviation = sqrt(curve.variance);
            retain__curve_limit_columns(1, &curve.rest, &curve.share, &deviation, interval, 1, &now.low, &now.high);
        }
        now.length = curve.length;
        now.at_risk = curve.at_risk;
        list[i] = now;
    }
}

/* Number of lengths that are at most t, or below it. */
static size_t count_up_to(const standing *list, size_t count, double t, int itself)
{
    size_t from = 0;

    while (count > 0) {
        const size_t half = count / 2;

        if (list[from + half].length < t || (itself && list[from + half].length == t)) {
            from += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return from;
}

static standing read_standing(const standing *list, size_t count, double t)
{
    const standing missing = {t, 0.0, (double)NAN, (double)NAN, (double)NAN, (double)NAN};
    const size_t passed = count_up_to(list, count, t, 1), below = count_up_to(list, count, t, 0);
    standing read = {t, 0.0, 1.0, 0.0, (double)NAN, (double)NAN};

    if (passed > 0)
        read = list[passed - 1];
    read.at_risk = below < count ? list[below].at_risk : 0.0;
    return count == 0 || (read.at_risk == 0.0 && read.survival > 0.0) ? missing : read;
}

static retain_status check_times(retain_context *ctx, const double *time, size_t count, double start)
{
    if (count && !time)
        return retain__fail_null(ctx, "time");
    for (size_t i = 0; i < count; i++) {
        if (!(time[i] >= start && retain__is_finite(time[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "time[%zu] is %g; it must be finite and at least options.start, %g", i,
                                time[i], start);
    }
    return RETAIN_OK;
}

retain_status retain_survival_at(retain_context *ctx, const retain_durations *durations, const retain_survival_options *given,
                                 const double *time, size_t count, double *survival, double *standard_error, double *low,
                                 double *high, double *at_risk)
{
    retain_survival_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__curve_interval interval;
    retain__lengths lengths;
    standing *list = NULL;
    retain_status status = retain__begin_survival(ctx, &scratch, durations, NULL, 1, given, &options, &interval, &lengths);

    if (status == RETAIN_OK)
        status = check_times(ctx, time, count, options.start);
    if (status == RETAIN_OK) {
        list = retain__take(&scratch, lengths.first[1], sizeof *list);
        status = list ? RETAIN_OK : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        list_standings(&lengths, &interval, list);
        for (size_t i = 0; i < count; i++) {
            const standing read = read_standing(list, lengths.first[1], time[i]);

            retain__put(survival, i, read.survival);
            retain__put(standard_error, i, read.error);
            retain__put(low, i, read.low);
            retain__put(high, i, read.high);
            retain__put(at_risk, i, read.at_risk);
        }
    }
    retain__release(&scratch);
    return status;
}

/* --- quantiles ----------------------------------------------------------------------------------------------------------------- */

retain_status retain_survival_quantiles(retain_context *ctx, const retain_durations *durations,
                                        const retain_survival_options *given, const double *shares, size_t count, double *time,
                                        double *low, double *high)
{
    retain_survival_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__curve_interval interval;
    retain__lengths lengths;
    retain_status status = retain__begin_survival(ctx, &scratch, durations, NULL, 1, given, &options, &interval, &lengths);

    if (status == RETAIN_OK && count && !shares)
        status = retain__fail_null(ctx, "shares");
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (!(shares[i] > 0.0 && shares[i] < 1.0))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "shares[%zu] is %g; it must lie in (0, 1)", i, shares[i]);
    }
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        const retain__curve_reading read = retain__curve_quantile(lengths.duration, lengths.first[1], shares[i], &interval);

        retain__put(time, i, read.value);
        retain__put(low, i, read.low);
        retain__put(high, i, read.high);
    }
    retain__release(&scratch);
    return status;
}

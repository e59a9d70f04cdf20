/* How long it takes, when some are still waiting.
 *
 * Every ticket becomes a duration: until it happened, or, not shorter than, until the observation end or until it was closed.
 * Durations are sorted by group and length, and equal ones counted together, which is the form in which math/curve.h walks
 * along the Kaplan-Meier estimate. For the total they are sorted once more, by length alone. Everything that is written comes
 * from counted lengths in ascending order, so the order of the tickets does not show. */
#include <math.h>

#include "core/sort.h"
#include "math/curve.h"
#include "math/interval.h"
#include "math/special.h"
#include "math/sums.h"
#include "metrics/rates.h"
#include "metrics/service_rows.h"

static const double MEDIAN[] = {0.5};

/* --- durations ---------------------------------------------------------------------------------------------------------------- */

enum { WORDS = 2 }; /* of a row: group; length, and in the lowest bit whether it is still open */

typedef struct waits {
    size_t count;
    uint64_t *rows;               /* [count * WORDS] */
    retain__duration *lengths;    /* [count] room for the lengths of one group */
    retain__group_share *in_time; /* by group: of the tickets whose target is over */
} waits;

typedef struct tickets {
    const int64_t *opened, *ended, *closed;
    int64_t observation_end, target;
} tickets;

/* Length of the wait of ticket i, in the form of a row. */
static uint64_t find_wait(const tickets *all, size_t i)
{
    const int has_ended = retain__has_happened(all->ended, i, all->observation_end);
    const int64_t until = has_ended                                                    ? all->ended[i]
                          : retain__has_happened(all->closed, i, all->observation_end) ? all->closed[i]
                                                                                       : all->observation_end;

    return ((uint64_t)until - (uint64_t)all->opened[i]) << 1 | (uint64_t)!has_ended;
}

static retain_status note_waits(retain_context *ctx, const tickets *all, const retain__row_groups *codes, size_t count, waits *of)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t *row = of->rows + WORDS * of->count;
        size_t at;

        if (retain__take_row_group(ctx, "group", codes, i, &at) != RETAIN_OK)
            return RETAIN_ERROR_DATA;
        if (all->opened[i] > all->observation_end)
            continue;
        row[0] = at;
        row[1] = find_wait(all, i);
        of->count++;
        if (all->target && retain__is_over(all->opened[i], all->target, all->observation_end)) {
            of->in_time[at].whole++;
            of->in_time[at].part += !(row[1] & 1) && row[1] >> 1 <= (uint64_t)all->target;
        }
    }
    return RETAIN_OK;
}

/* Counts equal lengths of rows [first, last) together; returns the number of lengths. */
static size_t count_lengths(const waits *of, size_t first, size_t last, double unit)
{
    size_t lengths = 0;

    for (size_t r = first; r < last; r++) {
        const uint64_t wait = of->rows[WORDS * r + 1];
        retain__duration *at;

        if (r == first || wait >> 1 != of->rows[WORDS * (r - 1) + 1] >> 1)
            of->lengths[lengths++] = (retain__duration){(double)(wait >> 1) / unit, 0.0, 0.0, 0.0};
        at = &of->lengths[lengths - 1];
        *(wait & 1 ? &at->open : &at->ended) += 1.0;
    }
    return lengths;
}

/* --- figures ------------------------------------------------------------------------------------------------------------------ */

typedef struct wishes {
    const retain_service_times_columns *out;
    const double *quantiles;
    size_t quantile_count;
    double unit, level;
    retain__curve_interval interval;
    retain__students *known;
} wishes;

static void put(double *column, size_t i, double value)
{
    if (column)
        column[i] = value;
}

static void put_quantiles(const wishes *want, size_t g, const retain__duration *lengths, size_t count)
{
    if (!want->out->quantile && !want->out->quantile_low && !want->out->quantile_high)
        return;
    for (size_t q = 0; q < want->quantile_count; q++) {
        const retain__curve_reading reading = retain__curve_quantile(lengths, count, want->quantiles[q], &want->interval);
        const size_t i = g * want->quantile_count + q;

        put(want->out->quantile, i, reading.value);
        put(want->out->quantile_low, i, reading.low);
        put(want->out->quantile_high, i, reading.high);
    }
}

static void put_mean(const wishes *want, size_t g, const retain__duration *lengths, size_t count, double ended, double open)
{
    retain__sum sum = {0.0, 0.0}, squares = {0.0, 0.0};
    retain__limits limits = {(double)NAN, (double)NAN};
    double mean = (double)NAN;

    if (ended > 0.0 && open == 0.0) {
        for (size_t k = 0; k < count; k++)
            retain__sum_add(&sum, lengths[k].length * lengths[k].ended);
        mean = retain__sum_value(sum) / ended;
        for (size_t k = 0; k < count; k++)
            retain__sum_add(&squares, (lengths[k].length - mean) * (lengths[k].length - mean) * lengths[k].ended);
        limits = retain__group_mean_limits(mean, retain__sum_value(squares), ended, want->level, want->known);
    }
    put(want->out->mean, g, mean);
    put(want->out->mean_low, g, limits.low);
    put(want->out->mean_high, g, limits.high);
}

/* Figures of rows [first, last) as result g. */
static void put_figures(const wishes *want, const waits *of, size_t g, size_t first, size_t last)
{
    const size_t count = count_lengths(of, first, last, want->unit);
    double ended = 0.0, open = 0.0;

    for (size_t k = 0; k < count; k++) {
        ended += of->lengths[k].ended;
        open += of->lengths[k].open;
    }
    put(want->out->tickets, g, ended + open);
    put(want->out->ended, g, ended);
    put_quantiles(want, g, of->lengths, count);
    put_mean(want, g, of->lengths, count, ended, open);
}

/* The groups one after the other, and the total. Needs `spare`, as large as the rows. */
static void put_all(const wishes *want, const waits *of, const retain__row_groups *codes, uint64_t *spare)
{
    size_t first = 0;

    retain__sort_rows(&(retain__row_shape){WORDS, WORDS, 0}, of->rows, spare, of->count);
    for (size_t g = 0; g < codes->groups; g++) {
        size_t last = first;

        while (last < of->count && of->rows[WORDS * last] == g)
            last++;
        put_figures(want, of, g, first, last);
        first = last;
    }
    if (codes->groups) {
        for (size_t r = 0; r < of->count; r++)
            of->rows[WORDS * r] = of->rows[WORDS * r + 1];
        retain__sort_rows(&(retain__row_shape){WORDS, 1, 0}, of->rows, spare, of->count);
    }
    put_figures(want, of, codes->groups, 0, of->count);
}

/* --- arguments ---------------------------------------------------------------------------------------------------------------- */

static retain_status check_quantiles(retain_context *ctx, const double *quantiles, size_t count)
{
    for (size_t q = 0; q < count; q++) {
        if (!(quantiles[q] > 0.0 && quantiles[q] < 1.0))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, q, "options.quantiles[%zu] is %g; it must lie in (0, 1)", q,
                                quantiles[q]);
    }
    return RETAIN_OK;
}

static retain_status take_options(retain_context *ctx, const retain_service_times_options *given,
                                  retain_service_times_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "options.level", &options->level);
    if (status != RETAIN_OK)
        return status;
    if (options->unit == 0.0)
        options->unit = 1.0;
    if (!(options->unit >= 1e-9 && options->unit <= 1e18))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.unit is %g; it must lie in [1e-9, 1e18] (0 means 1)", options->unit);
    if (options->target < 0 || options->target > RETAIN__LAST_TICK)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.target is %lld; it must lie in [1, 2^61] (0 means none)", (long long)options->target);
    if (options->quantiles)
        return check_quantiles(ctx, options->quantiles, options->quantile_count);
    options->quantiles = MEDIAN;
    options->quantile_count = 1;
    return RETAIN_OK;
}

static retain_status open_waits(retain__scratch *scratch, const retain__row_groups *codes, size_t count, waits *of,
                                uint64_t **spare)
{
    of->rows = retain__take(scratch, count, WORDS * sizeof *of->rows);
    *spare = retain__take(scratch, count, WORDS * sizeof **spare);
    of->lengths = retain__take(scratch, count, sizeof *of->lengths);
    of->in_time = retain__take_zeroed(scratch, codes->cells, sizeof *of->in_time);
    return of->rows && *spare && of->lengths && of->in_time ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

retain_status retain_service_times(retain_context *ctx, const int64_t *opened, const int64_t *ended, const int64_t *closed,
                                   const int64_t *group, size_t count, size_t groups, int64_t observation_end,
                                   const retain_service_times_options *given, const retain_service_times_columns *columns)
{
    retain_service_times_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain__row_groups codes = {NULL, 0, 0};
    waits of = {0, NULL, NULL, NULL};
    retain__students known = {{0.0}};
    uint64_t *spare = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__check_last_tick(ctx, observation_end);
    if (status == RETAIN_OK)
        status = retain__check_instants(ctx, "opened", opened, count);
    if (status == RETAIN_OK && count && !ended)
        status = retain__fail_null(ctx, "ended");
    if (status == RETAIN_OK)
        status = retain__check_outcomes(ctx, "ended", ended, "opened", opened, count);
    if (status == RETAIN_OK)
        status = retain__check_outcomes(ctx, "closed", closed, "opened", opened, count);
    if (status == RETAIN_OK)
        status = retain__read_row_groups(ctx, "group", group, count, groups, &codes);
    if (status == RETAIN_OK)
        status = open_waits(&scratch, &codes, count, &of, &spare);
    if (status == RETAIN_OK) {
        const tickets all = {opened, ended, closed, observation_end, options.target};

        status = note_waits(ctx, &all, &codes, count, &of);
    }
    if (status == RETAIN_OK) {
        const wishes want = {columns,      options.quantiles, options.quantile_count,
                             options.unit, options.level,     {-retain__ndtri(0.5 * (1.0 - options.level)), RETAIN__LOG_LOG},
                             &known};

        put_all(&want, &of, &codes, spare);
        retain__put_group_shares(of.in_time, &codes, options.level, columns->due, columns->in_time, columns->share,
                                 columns->share_low, columns->share_high);
    }
    retain__release(&scratch);
    return status;
}

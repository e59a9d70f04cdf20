/* Did the event drive them away? A comparison of like with like, from one landmark on.
 *
 * Every occasion is a unit. The visit of the log follows each customer's occasions and events side by side and notes, for
 * every occasion that can be judged, whether the event came in time, whether the customer was back in time, and what it is to
 * be compared by. Units are noted where the customer's rows are in the log, so threads do not get in each other's way, and
 * moved together afterwards.
 *
 * Then units are sorted by stratum. Within a stratum only four numbers matter, and the result is a sum over strata. All counts
 * are whole; strata are added up in ascending order, so the result has the same bits for any order of rows and any number of
 * threads.
 *
 * Delicate is the variance of thin strata. p (1 - p) / n is 0 for an arm of one unit, which would make the least certain
 * stratum the most certain one. With n - 1 below it is unbiased from two units on; an arm of one borrows the spread of its
 * whole stratum, which has at least two. */
#include <math.h>
#include <string.h>

#include "core/sort.h"
#include "data/events.h"
#include "data/groups.h"
#include "math/special.h"
#include "math/sums.h"
#include "metrics/periods.h"
#include "metrics/rates.h"
#include "retain/signals.h"

static const int64_t DEFAULT_EXPOSURE = 30, DEFAULT_HORIZON = 90;
enum { DEFAULT_NUMBERS = 4, DEFAULT_CLASSES = 5, MOST_STRATA = 1000, STRATUM_BITS = 10 };

/* --- units -------------------------------------------------------------------------------------------------------------------- */

/* An occasion that is judged. */
typedef struct unit {
    double value;
    size_t period, group;
    unsigned number; /* 0 for the first occasion */
    unsigned char exposed, returned;
} unit;

typedef struct block_count {
    size_t units;
    uint64_t occasions, open, outside, returned_early;
} block_count;

typedef struct comparison {
    const retain__order_log *log;
    const retain__dated_rows *events;
    const retain__periods *periods; /* NULL: one period */
    retain__group_search *groups;   /* NULL: one group */
    retain_signals_effect_options options;
    int64_t observation_end;
    unit *units; /* [rows of the log]: those of a block from its first row on */
    size_t cursor[RETAIN__LOG_BLOCKS];
    block_count of_block[RETAIN__LOG_BLOCKS];
} comparison;

/* Is the occasion at `at` judged? Counts why not. `next` is the day of the next one, if any. */
static int is_judged(const comparison *all, block_count *count, const retain__occasion *at, const retain__occasion *end,
                     size_t *period)
{
    const int64_t landmark = at->day + all->options.exposure_days;

    count->occasions++;
    *period = all->periods ? retain__edges_passed(all->periods, at->day) - 1 : 0; /* before the first edge: SIZE_MAX */
    if (landmark + all->options.horizon_days > all->observation_end)
        count->open++;
    else if (all->periods && *period >= all->periods->count)
        count->outside++;
    else if (at + 1 < end && at[1].day <= landmark)
        count->returned_early++;
    else
        return 1;
    return 0;
}

static void note_units(void *state, size_t block, const retain__customer *customer)
{
    comparison *all = state;
    block_count *count = &all->of_block[block];
    const retain__dated_rows *events = all->events;
    const retain__occasion *end = customer->occasion + customer->count;
    const size_t group = all->groups ? retain__group_of(all->groups, block, customer->key) : 0;
    const int64_t exposure = all->options.exposure_days, horizon = all->options.horizon_days;
    const size_t most = all->options.order_numbers - 1;
    size_t r = retain__find_dated(events, customer->key, &all->cursor[block]);
    unit *next = all->units + all->log->first[block];

    for (const retain__occasion *at = customer->occasion; at < end; at++) {
        const size_t number = (size_t)(at - customer->occasion);
        size_t period;

        if (!is_judged(all, count, at, end, &period))
            continue;
        while (r < events->count && events->at[r].customer == customer->key && events->at[r].day <= at->day)
            r++;
        next[count->units++] = (unit){
            .value = retain__sum_value(at->value),
            .period = period,
            .group = group,
            .number = (unsigned)(number < most ? number : most),
            .exposed = r < events->count && events->at[r].customer == customer->key && events->at[r].day - at->day <= exposure,
            .returned = at + 1 < end && at[1].day - at->day - exposure <= horizon,
        };
    }
}

/* Moves the units of all blocks together; returns their number. */
static size_t close_ranks(comparison *all)
{
    size_t count = 0;

    for (size_t b = 0; b < all->log->blocks; b++) {
        memmove(all->units + count, all->units + all->log->first[b], all->of_block[b].units * sizeof *all->units);
        count += all->of_block[b].units;
    }
    return count;
}

/* --- strata ------------------------------------------------------------------------------------------------------------------- */

/* Values of occasions, which are not negative, as words in the same order. */
static uint64_t order_of(double value)
{
    uint64_t word;

    memcpy(&word, &value, sizeof word);
    return word;
}

/* Values at which the classes end: a value belongs to the class of the number of cuts below it. */
static uint64_t *find_cuts(retain__scratch *scratch, const unit *units, size_t count, size_t classes)
{
    uint64_t *cuts = retain__take_zeroed(scratch, classes, sizeof *cuts), *words = retain__take(scratch, count, sizeof *words);
    uint64_t *spare = retain__take(scratch, count, sizeof *spare);

    if (!cuts || !words || !spare)
        return NULL;
    for (size_t i = 0; i < count; i++)
        words[i] = order_of(units[i].value);
    retain__sort_rows(&(retain__row_shape){1, 1, 0}, words, spare, count);
    for (size_t j = 1; count && j < classes; j++) { /* the ceil(j n / classes)-th value, without overflow */
        const size_t whole = count / classes, rest = count % classes;

        cuts[j - 1] = words[j * whole + (j * rest + classes - 1) / classes - 1];
    }
    retain__give_back(scratch, words);
    retain__give_back(scratch, spare);
    return cuts;
}

static size_t class_of(const uint64_t *cuts, size_t classes, double value)
{
    const uint64_t word = order_of(value);
    size_t c = 0;

    while (c + 1 < classes && cuts[c] < word)
        c++;
    return c;
}

/* Rows of three words: period, group, and the rest with the two outcomes in the lowest bits. */
static uint64_t *sort_units(retain__scratch *scratch, const unit *units, size_t count, const uint64_t *cuts, size_t classes)
{
    const retain__row_shape shape = {3, 3, 2};
    uint64_t *rows = retain__take(scratch, count, 3 * sizeof *rows), *spare = retain__take(scratch, count, 3 * sizeof *spare);

    if (!rows || !spare)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const uint64_t fine = (uint64_t)units[i].number << STRATUM_BITS | class_of(cuts, classes, units[i].value);

        rows[3 * i] = units[i].period;
        rows[3 * i + 1] = units[i].group;
        rows[3 * i + 2] = fine << 2 | (uint64_t)units[i].exposed << 1 | units[i].returned;
    }
    retain__sort_rows(&shape, rows, spare, count);
    retain__give_back(scratch, spare);
    return rows;
}

/* Units of a stratum by exposure, and how many of them returned. */
typedef struct stratum {
    double units[2], returned[2];
} stratum;

static double variance_of(double returned, double units)
{
    const double share = returned / units;

    return share * (1.0 - share) * (units / (units - 1.0));
}

typedef struct sums {
    double strata, matched, matched_returned, controls;
    retain__sum expected, variance; /* both times powers of `matched` */
} sums;

static void add_stratum(sums *all, const stratum *of)
{
    const double pooled = variance_of(of->returned[0] + of->returned[1], of->units[0] + of->units[1]);
    double variance = 0.0;

    if (of->units[0] == 0.0 || of->units[1] == 0.0)
        return;
    for (int arm = 0; arm < 2; arm++)
        variance += (of->units[arm] > 1.0 ? variance_of(of->returned[arm], of->units[arm]) : pooled) / of->units[arm];
    all->strata++;
    all->matched += of->units[1];
    all->matched_returned += of->returned[1];
    all->controls += of->units[0];
    retain__sum_add(&all->expected, of->units[1] * (of->returned[0] / of->units[0]));
    retain__sum_add(&all->variance, of->units[1] * of->units[1] * variance);
}

static sums add_strata(const uint64_t *rows, size_t count)
{
    sums all = {0.0, 0.0, 0.0, 0.0, {0.0, 0.0}, {0.0, 0.0}};

    for (size_t i = 0; i < count;) {
        const uint64_t *first = rows + 3 * i;
        stratum of = {{0.0, 0.0}, {0.0, 0.0}};

        for (; i < count; i++) {
            const uint64_t *row = rows + 3 * i;

            if (row[0] != first[0] || row[1] != first[1] || row[2] >> 2 != first[2] >> 2)
                break;
            of.units[row[2] >> 1 & 1]++;
            of.returned[row[2] >> 1 & 1] += (double)(row[2] & 1);
        }
        add_stratum(&all, &of);
    }
    return all;
}

/* --- result ------------------------------------------------------------------------------------------------------------------- */

static void count_units(const comparison *all, size_t count, retain_signals_comparison *out)
{
    for (size_t b = 0; b < all->log->blocks; b++) {
        out->occasions += (double)all->of_block[b].occasions;
        out->open += (double)all->of_block[b].open;
        out->outside += (double)all->of_block[b].outside;
        out->returned_early += (double)all->of_block[b].returned_early;
    }
    for (size_t i = 0; i < count; i++) {
        const unit *of = &all->units[i];

        *(of->exposed ? &out->exposed : &out->unexposed) += 1.0;
        *(of->exposed ? &out->exposed_returned : &out->unexposed_returned) += of->returned;
    }
}

static void put_crude(retain_signals_comparison *out, double level)
{
    out->crude = retain_rate_difference(out->exposed_returned, out->exposed, out->unexposed_returned, out->unexposed);
    out->crude_low =
        retain_rate_difference_low(out->exposed_returned, out->exposed, out->unexposed_returned, out->unexposed, level);
    out->crude_high =
        retain_rate_difference_high(out->exposed_returned, out->exposed, out->unexposed_returned, out->unexposed, level);
}

static void put_effect(retain_signals_comparison *out, const sums *all, double level)
{
    const double z = -retain__ndtri(0.5 * (1.0 - level));

    out->strata = all->strata;
    out->matched = all->matched;
    out->unmatched = out->exposed - all->matched;
    out->controls = all->controls;
    out->matched_rate = out->control_rate = out->effect = out->standard_error = out->effect_low = out->effect_high = (double)NAN;
    if (!(all->matched > 0.0))
        return;
    out->matched_rate = all->matched_returned / all->matched;
    out->control_rate = retain__sum_value(all->expected) / all->matched;
    out->effect = out->matched_rate - out->control_rate;
    out->standard_error = sqrt(retain__sum_value(all->variance)) / all->matched;
    if (out->standard_error > 0.0) {
        out->effect_low = fmax(-1.0, out->effect - z * out->standard_error);
        out->effect_high = fmin(1.0, out->effect + z * out->standard_error);
    }
}

static retain_status compare(retain__scratch *scratch, comparison *all, retain_signals_comparison *out)
{
    const size_t count = close_ranks(all), classes = all->options.value_classes;
    const uint64_t *cuts = find_cuts(scratch, all->units, count, classes), *rows;
    sums strata;

    rows = cuts ? sort_units(scratch, all->units, count, cuts, classes) : NULL;
    if (!rows)
        return RETAIN_ERROR_MEMORY;
    strata = add_strata(rows, count);
    *out = (retain_signals_comparison){.struct_size = out->struct_size};
    count_units(all, count, out);
    put_crude(out, all->options.level);
    put_effect(out, &strata, all->options.level);
    return RETAIN_OK;
}

/* --- arguments ---------------------------------------------------------------------------------------------------------------- */

static retain_status take_strata(retain_context *ctx, const char *name, size_t by_default, size_t *strata)
{
    if (*strata > MOST_STRATA)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %zu; it must be at most %d (0 means %zu)", name,
                            *strata, MOST_STRATA, by_default);
    if (*strata == 0)
        *strata = by_default;
    return RETAIN_OK;
}

static retain_status take_options(retain_context *ctx, const retain_signals_effect_options *given,
                                  retain_signals_effect_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "options.level", &options->level);
    if (status == RETAIN_OK)
        status = retain__take_days(ctx, "options.exposure_days", DEFAULT_EXPOSURE, &options->exposure_days);
    if (status == RETAIN_OK)
        status = retain__take_days(ctx, "options.horizon_days", DEFAULT_HORIZON, &options->horizon_days);
    if (status == RETAIN_OK)
        status = take_strata(ctx, "options.order_numbers", DEFAULT_NUMBERS, &options->order_numbers);
    return status == RETAIN_OK ? take_strata(ctx, "options.value_classes", DEFAULT_CLASSES, &options->value_classes) : status;
}

typedef struct choice {
    const int64_t *kind;
    int64_t wanted;
} choice;

static int is_chosen(const void *state, size_t row)
{
    const choice *of = state;

    return of->kind[row] == of->wanted;
}

/* Checks everything but the orders, and sorts the events. */
static retain_status read_exposures(retain_context *ctx, retain__scratch *scratch, const retain_events *events,
                                    int64_t observation_end, const retain_groups *groups, comparison *all, retain__dated_rows *rows)
{
    choice kind = {events ? events->kind : NULL, all->options.kind};
    retain_status status = retain__check_observation_end(ctx, observation_end);

    if (status == RETAIN_OK)
        status = retain__check_events(ctx, events, 0);
    if (status == RETAIN_OK && groups)
        status = retain__check_groups(ctx, "groups", groups);
    if (status == RETAIN_OK)
        status = retain__sort_dated(ctx, scratch, events->customer, events->day, events->count, observation_end,
                                    kind.kind ? is_chosen : NULL, &kind, 0.0, 0.2, rows);
    return status;
}

retain_status retain_signals_effect(retain_context *ctx, const retain_events *events, const retain_orders *orders,
                                    int64_t observation_end, const retain_orders_options *counting, const int64_t *edges,
                                    size_t edge_count, const retain_groups *groups, const retain_signals_effect_options *given,
                                    retain_signals_comparison *out)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    retain__dated_rows rows;
    retain__periods periods;
    retain__group_search search;
    comparison all = {.log = &log, .events = &rows, .observation_end = observation_end, .options.struct_size = sizeof all.options};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &all.options);
    if (status == RETAIN_OK && !out)
        status = retain__fail_null(ctx, "comparison");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "comparison", out, sizeof *out, sizeof *out);
    if (status == RETAIN_OK && (edges || edge_count)) {
        status = retain__read_periods(ctx, &scratch, edges, edge_count, observation_end, &periods);
        all.periods = &periods;
    }
    if (status == RETAIN_OK)
        status = read_exposures(ctx, &scratch, events, observation_end, groups, &all, &rows);
    if (status == RETAIN_OK)
        status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.2, 1.0, &log);
    if (status == RETAIN_OK && !(all.units = retain__take(&scratch, log.rows.count, sizeof *all.units)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        for (size_t b = 0; b < RETAIN__LOG_BLOCKS; b++)
            all.cursor[b] = SIZE_MAX;
        if (groups)
            retain__open_groups(&search, groups);
        all.groups = groups ? &search : NULL;
        retain__visit_customers(ctx, &log, note_units, &all, NULL);
        if (groups)
            status = retain__check_strangers(ctx, "groups", &search, orders);
    }
    if (status == RETAIN_OK)
        status = compare(&scratch, &all, out);
    retain__release(&scratch);
    return status;
}

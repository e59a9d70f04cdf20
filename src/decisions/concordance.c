/* Do those with the larger score leave sooner?
 *
 * Pairs are counted with a tree of sums over the ranks of scores (math/rank_tree.h). Going back in time the tree holds who is under watch, and who leaves asks it how many of them have a smaller score; going
 * forward it holds who has left, and everybody asks it how many of those who left before had a larger one. The first way gives what a row adds to the figure
 * as the one who left first, the second as the other one; both together are the change of the figure with the weight of the row. Late entry takes rows out of
 * the tree again, and takes from a row what had left before it came. */
#include <math.h>

#include "core/keys.h"
#include "core/sort.h"
#include "decisions/concordance_rows.h"
#include "math/interval.h"
#include "math/rank_tree.h"
#include "metrics/rates.h"
#include "retain/concordance.h"

/* --- pairs --------------------------------------------------------------------------------------------------------------------- */

/* Sums over the pairs of one row: those that are the right way round (ties half), and all. */
typedef struct pairs {
    double right, all;
} pairs;

typedef struct counting {
    retain__watch watch;
    const double *entry; /* of the caller's rows; NULL: none */
    size_t *entering;    /* rows with an entry above 0, by entry */
    size_t entrants;
    double horizon, power; /* of 1 / G in the weight of a pair */
    retain__rank_tree tree;
    double *room; /* of the tree */
    double total; /* weight in the tree */
    pairs *pairs; /* [count] */
    double *part; /* of Uno's: [moments + 1] ... */
    retain_concordance_report *report;
} counting;

static double entry_of(const counting *of, size_t k)
{
    return of->entry[of->watch.row[k].row];
}

/* What a pair weighs whose first left at this moment. */
static double weight_at(const counting *of, size_t m)
{
    const retain__moment *at = of->watch.moment + m;

    return of->power == 0.0 ? 1.0 : pow(at->before, -of->power);
}

static int counts_as_event(const counting *of, const retain__watched *row)
{
    return row->event && (of->horizon == 0.0 || of->watch.moment[row->time].time < of->horizon);
}

static void empty_tree(counting *of)
{
    of->tree = retain__rank_tree_begin(of->watch.ranks, of->room);
    of->total = 0.0;
}

static void put_in(counting *of, const retain__watched *row, double weight)
{
    retain__rank_tree_add(&of->tree, row->rank, weight);
    of->total += weight;
}

/* Who leaves, and who is there longer: back in time. */
static void count_first(counting *of)
{
    const retain__watch *watch = &of->watch;
    size_t next = of->entrants;

    empty_tree(of);
    for (size_t m = watch->moments; m-- > 0;) {
        const retain__moment *at = watch->moment + m;
        const size_t first = m ? at[-1].end : 0;
        const double factor = weight_at(of, m);

        for (; next > 0 && entry_of(of, of->entering[next - 1]) >= at->time; next--) { /* they come later */
            const retain__watched *row = watch->row + of->entering[next - 1];

            put_in(of, row, -row->weight);
        }
        for (size_t k = first; k < at->end; k++) {
            if (!watch->row[k].event)
                put_in(of, watch->row + k, watch->row[k].weight);
        }
        for (size_t k = first; k < at->end; k++) {
            const retain__watched *row = watch->row + k;

            if (counts_as_event(of, row)) {
                double same, smaller = retain__rank_tree_below(&of->tree, row->rank, &same), larger;

                smaller = fmax(0.0, smaller); /* what was put in and taken out leaves some rounding */
                same = fmax(0.0, same);
                larger = fmax(0.0, of->total - smaller - same);
                of->pairs[k].right += factor * (smaller + 0.5 * same);
                of->pairs[k].all += factor * (smaller + same + larger);
                of->report->concordant += row->weight * factor * smaller;
                of->report->tied_score += row->weight * factor * same;
                of->report->discordant += row->weight * factor * larger;
            }
        }
        for (size_t k = first; k < at->end; k++) {
            if (watch->row[k].event)
                put_in(of, watch->row + k, watch->row[k].weight);
        }
    }
}

/* Adds to a row, or takes from it, the pairs with those in the tree. */
static void ask(const counting *of, size_t k, double sign)
{
    const retain__watched *row = of->watch.row + k;
    double same;
    const double smaller = retain__rank_tree_below(&of->tree, row->rank, &same);

    of->pairs[k].right += sign * (of->total - smaller - 0.5 * same);
    of->pairs[k].all += sign * of->total;
}

/* Who is there longer, and who has left: forward in time. */
static void count_second(counting *of)
{
    const retain__watch *watch = &of->watch;
    size_t next = 0;

    empty_tree(of);
    for (size_t m = 0; m < watch->moments; m++) {
        const retain__moment *at = watch->moment + m;
        const size_t first = m ? at[-1].end : 0;
        const double factor = weight_at(of, m);

        for (; next < of->entrants && entry_of(of, of->entering[next]) < at->time; next++)
            ask(of, of->entering[next], -1.0);
        for (size_t k = first; k < at->end; k++) {
            if (watch->row[k].event)
                ask(of, k, 1.0);
        }
        for (size_t k = first; k < at->end; k++) {
            if (counts_as_event(of, watch->row + k))
                put_in(of, watch->row + k, watch->row[k].weight * factor);
        }
        for (size_t k = first; k < at->end; k++) {
            if (!watch->row[k].event)
                ask(of, k, 1.0);
        }
    }
}

/* Pairs who left at the same time: all of one time but each with itself. */
static void count_ties(counting *of)
{
    for (size_t m = 0; m < of->watch.moments; m++) {
        const retain__moment *at = of->watch.moment + m;

        if (of->horizon == 0.0 || at->time < of->horizon) {
            of->report->events += at->events;
            of->report->tied_time += fmax(0.0, 0.5 * at->events * (at->events - 1.0));
        }
    }
}

/* --- the figure ---------------------------------------------------------------------------------------------------------------- */

/* Rows' own pairs as first are needed alone for the parts that have a factor 1 / G: before the second count is added. */
static void collect_parts(counting *of)
{
    for (size_t m = 0; m <= of->watch.moments; m++)
        of->part[2 * m] = of->part[2 * m + 1] = 0.0;
    for (size_t k = 0; k < of->watch.count; k++) {
        const retain__watched *row = of->watch.row + k;

        of->part[2 * row->time] += row->weight * of->pairs[k].right;
        of->part[2 * row->time + 1] += row->weight * of->pairs[k].all;
    }
}

static retain_status write_figure(retain__scratch *scratch, counting *of, double level)
{
    retain_concordance_report *report = of->report;
    const double all = report->concordant + report->discordant + report->tied_score;
    double *influence = retain__take(scratch, of->watch.count, sizeof *influence),
           *part = retain__take(scratch, of->watch.moments + 1, sizeof *part), squares = 0.0;
    retain__limits limits;

    if (!influence || !part)
        return RETAIN_ERROR_MEMORY;
    report->rows = of->watch.weight;
    report->concordance = (report->concordant + 0.5 * report->tied_score) / all;
    for (size_t k = 0; k < of->watch.count; k++)
        influence[k] = of->pairs[k].right - report->concordance * of->pairs[k].all;
    if (of->power > 0.0) {
        for (size_t m = 0; m <= of->watch.moments; m++)
            part[m] = of->part[2 * m] - report->concordance * of->part[2 * m + 1];
        retain__add_censoring(&of->watch, of->power, part, influence);
    }
    for (size_t k = 0; k < of->watch.count; k++)
        squares += of->watch.row[k].weight * (influence[k] / all) * (influence[k] / all);
    report->standard_error = all > 0.0 ? sqrt(squares) : (double)NAN;
    limits = retain__logit_limits(report->concordance, report->standard_error, level);
    report->low = limits.low;
    report->high = limits.high;
    return RETAIN_OK;
}

/* Rows that enter late, by entry. */
static retain_status list_entrants(retain__scratch *scratch, counting *of)
{
    static const retain__row_shape shape = {2, 1, 0};
    uint64_t *rows, *spare;

    if (!of->entry)
        return RETAIN_OK;
    rows = retain__take(scratch, of->watch.count, 2 * sizeof *rows);
    spare = retain__take(scratch, of->watch.count, 2 * sizeof *spare);
    of->entering = retain__take(scratch, of->watch.count, sizeof *of->entering);
    if (!rows || !spare || !of->entering)
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < of->watch.count; k++) {
        if (entry_of(of, k) > 0.0) { /* 0 is the beginning */
            rows[2 * of->entrants] = retain__key_of(entry_of(of, k));
            rows[2 * of->entrants++ + 1] = k;
        }
    }
    retain__sort_rows(&shape, rows, spare, of->entrants);
    for (size_t e = 0; e < of->entrants; e++)
        of->entering[e] = (size_t)rows[2 * e + 1];
    retain__give_back(scratch, rows);
    retain__give_back(scratch, spare);
    return RETAIN_OK;
}

static retain_status take_options(retain_context *ctx, const retain_concordance_options *given, retain_concordance_options *options)
{
    retain_status status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);

    if (status != RETAIN_OK)
        return status;
    if (!(options->horizon >= 0.0 && retain__is_finite(options->horizon)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.horizon is %g; it must be positive and finite (0 means none)", options->horizon);
    return retain__take_level(ctx, "options.level", &options->level);
}

static retain_status count_pairs(retain_context *ctx, const retain_durations *durations, const double *score, double power,
                                 const retain_concordance_options *given, retain_concordance_report *report)
{
    retain_concordance_options options = {.struct_size = sizeof options};
    retain__scratch scratch = {ctx, NULL};
    retain_concordance_report written = {.struct_size = sizeof written};
    counting of = {.power = power, .report = &written};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_options(ctx, given, &options);
    if (status == RETAIN_OK && !report)
        status = retain__fail_null(ctx, "report");
    if (status == RETAIN_OK)
        status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
    if (status == RETAIN_OK && durations && durations->count && !score)
        status = retain__fail_null(ctx, "score");
    if (status == RETAIN_OK)
        status = retain__watch_rows(ctx, &scratch, durations, score, power == 0.0, &of.watch);
    if (status == RETAIN_OK) {
        of.horizon = options.horizon;
        of.entry = power == 0.0 ? durations->entry : NULL;
        of.room = retain__take(&scratch, retain__rank_tree_room(of.watch.ranks), sizeof *of.room);
        of.pairs = retain__take_zeroed(&scratch, of.watch.count, sizeof *of.pairs);
        of.part = retain__take(&scratch, of.watch.moments + 1, 2 * sizeof *of.part);
        status = of.room && of.pairs && of.part ? list_entrants(&scratch, &of) : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        count_ties(&of);
        count_first(&of);
        collect_parts(&of);
        count_second(&of);
        status = write_figure(&scratch, &of, options.level);
    }
    retain__release(&scratch);
    if (status == RETAIN_OK)
        *report = written;
    return status;
}

retain_status retain_concordance_harrell(retain_context *ctx, const retain_durations *durations, const double *score,
                                         const retain_concordance_options *options, retain_concordance_report *report)
{
    return count_pairs(ctx, durations, score, 0.0, options, report);
}

retain_status retain_concordance_uno(retain_context *ctx, const retain_durations *durations, const double *score,
                                     const retain_concordance_options *options, retain_concordance_report *report)
{
    return count_pairs(ctx, durations, score, 2.0, options, report);
}

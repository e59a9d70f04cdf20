/* Durations in the order of time.
 *
 * Weights 1 / G make those who were watched stand for those who were lost from sight. G is itself estimated, from the same rows, and a standard
 * error that takes it for known is wrong, mostly too large. Its share in the influence of a row is had in two passes over the distinct times. With n
 * watched and d lost at time v, log G loses -log(1 - d / n) there; a row that is watched at v and not lost changes log G by d / (n (n - d)) of its weight,
 * one that is lost by -1 / n, and one that is gone not at all. A figure in which a part E has the factor 1 / G(u-)^power therefore changes by
 *
 *     - power * sum over v < u of that change * E,
 *
 * which is a sum over v of that change times the parts that lie after v: sums from above, then sums from below. */
#include "decisions/concordance_rows.h"

#include <math.h>

#include "core/keys.h"
#include "core/sort.h"
#include "data/durations.h"

static double weight_of(const retain_durations *durations, size_t i)
{
    return durations->weight ? durations->weight[i] : 1.0;
}

static retain_status check(retain_context *ctx, const retain_durations *durations, const double *score, int entries)
{
    retain_status status = durations ? retain__check_durations(ctx, durations) : retain__fail_null(ctx, "durations");

    for (size_t i = 0; status == RETAIN_OK && score && i < durations->count; i++) {
        if (!retain__is_finite(score[i]))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "score[%zu] is %g; it must be finite", i, score[i]);
    }
    for (size_t i = 0; status == RETAIN_OK && !entries && durations->entry && i < durations->count; i++) {
        if (durations->entry[i] > 0.0)
            status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, i,
                                  "durations.entry[%zu] is %g; weighting by the chance of being watched is for rows watched from 0",
                                  i, durations->entry[i]);
    }
    return status;
}

/* Pairs of key and row, sorted by key. */
static uint64_t *sort_pairs(retain__scratch *scratch, uint64_t *pairs, size_t count)
{
    static const retain__row_shape shape = {2, 1, 0};
    uint64_t *spare = retain__take(scratch, count, 2 * sizeof *spare);

    if (!spare)
        return NULL;
    retain__sort_rows(&shape, pairs, spare, count);
    retain__give_back(scratch, spare);
    return pairs;
}

static void fill_moments(retain__watch *watch)
{
    double later = 0.0, still = 1.0;

    for (size_t m = watch->moments; m-- > 0;) {
        retain__moment *at = watch->moment + m;

        at->later = later;
        at->watched = later + at->leaves;
        later += at->leaves + at->events;
    }
    watch->weight = later;
    for (size_t m = 0; m < watch->moments; m++) {
        retain__moment *at = watch->moment + m;

        at->before = still;
        if (at->leaves > 0.0)
            still *= at->later / at->watched;
        at->after = still;
    }
}

retain_status retain__order_by_score(retain__scratch *scratch, const retain__watch *watch, size_t *order)
{
    uint64_t *pairs = retain__take(scratch, watch->count, 2 * sizeof *pairs);

    if (!pairs)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < watch->count; i++) {
        pairs[2 * i] = retain__key_of(watch->row[i].score);
        pairs[2 * i + 1] = i;
    }
    if (!sort_pairs(scratch, pairs, watch->count))
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < watch->count; i++)
        order[i] = (size_t)pairs[2 * i + 1];
    retain__give_back(scratch, pairs);
    return RETAIN_OK;
}

static retain_status rank_scores(retain__scratch *scratch, retain__watch *watch)
{
    size_t *order = retain__take(scratch, watch->count, sizeof *order);
    retain_status status = order ? retain__order_by_score(scratch, watch, order) : RETAIN_ERROR_MEMORY;

    for (size_t i = 0; status == RETAIN_OK && i < watch->count; i++) {
        if (i == 0 || watch->row[order[i]].score != watch->row[order[i - 1]].score)
            watch->ranks++;
        watch->row[order[i]].rank = watch->ranks - 1;
    }
    retain__give_back(scratch, order);
    return status;
}

retain_status retain__watch_rows(retain_context *ctx, retain__scratch *scratch, const retain_durations *durations,
                                 const double *score, int entries, retain__watch *watch)
{
    retain_status status = check(ctx, durations, score, entries);
    uint64_t *pairs;
    size_t count = 0;

    if (status != RETAIN_OK)
        return status;
    pairs = retain__take(scratch, durations->count, 2 * sizeof *pairs);
    if (!pairs)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < durations->count; i++) {
        if (weight_of(durations, i) > 0.0) {
            pairs[2 * count] = retain__key_of(durations->exit[i]);
            pairs[2 * count++ + 1] = i;
        }
    }
    *watch = (retain__watch){NULL, count, NULL, 0, 0, 0.0};
    watch->row = retain__take(scratch, count, sizeof *watch->row);
    watch->moment = retain__take(scratch, count, sizeof *watch->moment);
    if (!watch->row || !watch->moment || !sort_pairs(scratch, pairs, count))
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < count; k++) {
        const size_t i = (size_t)pairs[2 * k + 1];
        const int event = durations->event ? durations->event[i] : 1;
        retain__moment *at;

        if (k == 0 || pairs[2 * k] != pairs[2 * k - 2])
            watch->moment[watch->moments++] = (retain__moment){.time = durations->exit[i]};
        at = watch->moment + watch->moments - 1;
        at->end = k + 1;
        *(event ? &at->events : &at->leaves) += weight_of(durations, i);
        watch->row[k] = (retain__watched){weight_of(durations, i), score ? score[i] : 0.0, i, watch->moments - 1, 0, event};
    }
    retain__give_back(scratch, pairs);
    fill_moments(watch);
    return score ? rank_scores(scratch, watch) : RETAIN_OK;
}

size_t retain__moments_until(const retain__watch *watch, double time)
{
    size_t low = 0, high = watch->moments;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (watch->moment[middle].time <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void retain__add_censoring(const retain__watch *watch, double power, double *part, double *influence)
{
    double after = 0.0, passed = 0.0;
    size_t k = 0;

    for (size_t m = watch->moments + 1; m-- > 0;) { /* part[m]: all parts that have the factor of moment m - 1 */
        after += part[m];
        part[m] = after;
    }
    for (size_t m = 0; m < watch->moments; m++) {
        const retain__moment *at = watch->moment + m;
        const double parts = part[m + 1];

        for (; k < at->end; k++)
            influence[k] -= power * (passed - (watch->row[k].event || parts == 0.0 ? 0.0 : parts / at->watched));
        if (at->leaves > 0.0 && at->later > 0.0)
            passed += parts * (at->leaves / at->watched / at->later);
    }
}

/* The AUC and nothing else.
 *
 * All that it needs is for each positive how many negatives lie below. Scores of either outcome are sorted by themselves, as words that sort like them
 * (core/keys.h), so that the outcome need not travel along; then both are walked through side by side. Two threads can sort one outcome each.
 *
 * Pairs are counted in a sum of 106 bits: up to some 10^15 rows the count is exact, in whatever order rows come. */
#include <math.h>
#include <string.h>

#include "core/keys.h"
#include "core/sort.h"
#include "decisions/scoring_table.h"
#include "math/sums.h"
#include "retain/scoring.h"

/* Keys of one outcome, or keys and weights in turn. */
typedef struct side {
    uint64_t *words, *spare;
    size_t count;
} side;

typedef struct sides {
    side of[2];   /* by outcome */
    size_t width; /* words of a row: 2 with weights */
} sides;

static void sort_side(void *state, size_t block, size_t first, size_t last)
{
    static const retain__row_shape shape = {2, 1, 0};
    const sides *all = state;
    const side *of = all->of + block;

    (void)first, (void)last;
    if (all->width == 1)
        retain__sort_keys(of->words, of->spare, of->count, 0);
    else
        retain__sort_rows(&shape, of->words, of->spare, of->count);
}

/* Positives first, negatives behind them; no branch has to be guessed. */
static void part_keys(sides *all, const double *score, const uint8_t *outcome, size_t count)
{
    uint64_t *to = all->of[1].words;
    size_t positives = 0, negatives = all->of[1].count;

    for (size_t i = 0; i < count; i++) {
        const size_t y = outcome[i];

        to[negatives + (positives - negatives) * y] = retain__key_of(score[i]);
        positives += y;
        negatives += 1 - y;
    }
}

static void part_rows(sides *all, const double *score, const uint8_t *outcome, const double *weight, size_t count)
{
    uint64_t *to[2] = {all->of[0].words, all->of[1].words};

    for (size_t i = 0; i < count; i++) {
        if (weight[i] > 0.0) {
            to[outcome[i]][0] = retain__key_of(score[i]);
            memcpy(to[outcome[i]] + 1, weight + i, sizeof *weight);
            to[outcome[i]] += 2;
        }
    }
}

static retain_status part(retain__scratch *scratch, sides *all, const double *score, const uint8_t *outcome, const double *weight,
                          size_t count)
{
    uint64_t *words = retain__take(scratch, count, all->width * sizeof *words),
             *spare = retain__take(scratch, count, all->width * sizeof *spare);
    size_t rows[2] = {0, 0};

    if (!words || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        rows[1] += outcome[i] && (!weight || weight[i] > 0.0);
        rows[0] += !outcome[i] && (!weight || weight[i] > 0.0);
    }
    all->of[1] = (side){words, spare, rows[1]};
    all->of[0] = (side){words + all->width * rows[1], spare + all->width * rows[1], rows[0]};
    if (weight)
        part_rows(all, score, outcome, weight, count);
    else
        part_keys(all, score, outcome, count);
    return RETAIN_OK;
}

/* Weight of the rows from `*at` on that have this key; goes beyond them. */
static double pass_key(const side *of, size_t width, size_t *at, uint64_t key)
{
    const size_t from = *at;
    retain__sum sum = {0.0, 0.0};

    while (*at < of->count && of->words[*at * width] == key) {
        if (width == 2) {
            double weight;

            memcpy(&weight, of->words + *at * width + 1, sizeof weight);
            retain__sum_add(&sum, weight);
        }
        ++*at;
    }
    return width == 2 ? retain__sum_value(sum) : (double)(*at - from);
}

/* Pairs that are the right way round, equal scores half, over all pairs. */
static double compare(const sides *all)
{
    const side *positive = all->of + 1, *negative = all->of;
    retain__sum pairs = {0.0, 0.0}, below = {0.0, 0.0}, positives = {0.0, 0.0};
    size_t at = 0;

    for (size_t i = 0; i < positive->count;) {
        const uint64_t key = positive->words[i * all->width];
        const double here = pass_key(positive, all->width, &i, key);
        double same, under;

        if (all->width == 1) {
            while (at < negative->count && negative->words[at] < key)
                at++;
            below = (retain__sum){(double)at, 0.0};
        }
        while (at < negative->count && negative->words[at * all->width] < key)
            retain__sum_add(&below, pass_key(negative, all->width, &at, negative->words[at * all->width]));
        under = retain__sum_value(below);
        same = pass_key(negative, all->width, &at, key);
        retain__sum_merge(&pairs, retain__two_product(here, under + 0.5 * same));
        retain__sum_add(&positives, here);
        if (all->width == 2)
            retain__sum_add(&below, same);
    }
    if (all->width == 1)
        below = (retain__sum){(double)negative->count, 0.0};
    while (at < negative->count && all->width == 2)
        retain__sum_add(&below, pass_key(negative, all->width, &at, negative->words[at * all->width]));
    return fmin(1.0, retain__sum_value(pairs) / retain__sum_value(positives) / retain__sum_value(below));
}

retain_status retain_scoring_auc(retain_context *ctx, const double *score, const uint8_t *outcome, const double *weight,
                                 size_t count, double *auc)
{
    retain__scratch scratch = {ctx, NULL};
    sides all = {.width = weight ? 2 : 1};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !auc)
        status = retain__fail_null(ctx, "auc");
    if (status == RETAIN_OK)
        status = retain__check_scores(ctx, "score", score, outcome, weight, count);
    if (status == RETAIN_OK)
        status = part(&scratch, &all, score, outcome, weight, count);
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, 2, 1, 0.0, 1.0, sort_side, &all);
    if (status == RETAIN_OK)
        *auc = all.of[0].count && all.of[1].count ? compare(&all) : (double)NAN;
    retain__release(&scratch);
    return status;
}

/* Calibration without a shape: the isotonic curve, its band, and the bins that people know.
 *
 * The curve is made by pooling adjacent violators (scoring_table.h). It is constant over a block of scores and says nothing of scores between two
 * blocks; there it is a straight line from the end of the one to the beginning of the other, as is usual.
 *
 * The band answers whether what is seen may be chance: if the probabilities were true, then outcomes drawn from them would, recalibrated in
 * the same way, stray as far. No theory of large numbers is needed, and pooling, which is greedy, is judged with its greed. */
#include <math.h>

#include "core/keys.h"
#include "decisions/scoring_table.h"
#include "math/random.h"
#include "metrics/rates.h"
#include "retain/calibration.h"

enum { MOST_BINS = 1000, DEFAULT_BINS = 10, MOST_DRAWS = 100000, DEFAULT_DRAWS = 200, FEW = 16, MOST_LANES = 8 };

/* --- knots --------------------------------------------------------------------------------------------------------------------- */

/* Where the i-th score is the first or the last of its block. Blocks differ in their share: equal ones were pooled. */
static int is_knot(const retain__scores *scores, size_t i)
{
    return i == 0 || i + 1 == scores->count || scores->row[i - 1].expected != scores->row[i].expected ||
           scores->row[i + 1].expected != scores->row[i].expected;
}

/* The line from one knot to the next; it never passes them, whatever is rounded, and no score overflows. */
static double between(double x, double x0, double y0, double x1, double y1)
{
    const double along = (x / 2.0 - x0 / 2.0) / (x1 / 2.0 - x0 / 2.0);

    return fmin(y1, y0 + (y1 - y0) * fmin(1.0, fmax(0.0, along)));
}

/* The number of the first of ascending numbers that is not less than x; `count` when there is none. */
static size_t find_place(const double *ascending, size_t count, double x)
{
    size_t low = 0, high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (ascending[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

retain_status retain_calibration_isotonic(retain_context *ctx, const double *score, const uint8_t *outcome, const double *weight,
                                          size_t count, double *knot_score, double *knot_probability, size_t capacity,
                                          size_t *knots)
{
    retain__scratch scratch = {ctx, NULL};
    retain__scores scores;
    size_t needed = 0, at = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !knots)
        status = retain__fail_null(ctx, "knots");
    if (status == RETAIN_OK)
        status = retain__count_scores(ctx, &scratch, "score", score, outcome, weight, count, &scores);
    if (status == RETAIN_OK && !(scores.positives > 0.0 && scores.negatives > 0.0))
        status = retain__fail(
            ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW,
            scores.count == 0 ? "Too little data for isotonic calibration: there are no customers%s."
                              : "Too little data for isotonic calibration: it happened to %s, so nothing tells whom it happens to.",
            scores.count == 0        ? ""
            : scores.positives > 0.0 ? "all customers"
                                     : "no customer");
    if (status == RETAIN_OK)
        status = retain__recalibrate(&scratch, &scores);
    if (status == RETAIN_OK) {
        for (size_t i = 0; i < scores.count; i++)
            needed += (size_t)is_knot(&scores, i);
        *knots = needed;
        if (needed > capacity)
            status =
                retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu knots", capacity, needed);
    }
    for (size_t i = 0; status == RETAIN_OK && i < scores.count; i++) {
        if (is_knot(&scores, i)) {
            retain__put(knot_score, at, scores.row[i].score);
            retain__put(knot_probability, at++, scores.row[i].expected);
        }
    }
    retain__release(&scratch);
    return status;
}

static retain_status check_knots(retain_context *ctx, const double *x, const double *y, size_t knots)
{
    if (!x || !y)
        return retain__fail_null(ctx, x ? "knot_probability" : "knot_score");
    if (knots == 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "knots is 0; there must be at least one");
    for (size_t i = 0; i < knots; i++) {
        if (!retain__is_finite(x[i]) || (i && !(x[i] > x[i - 1])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "knot_score[%zu] is %g; knots must be finite, and ascend", i, x[i]);
        if (!(y[i] >= (i ? y[i - 1] : 0.0) && y[i] <= 1.0))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "knot_probability[%zu] is %g; it must lie in [0, 1], and never fall", i,
                                y[i]);
    }
    return RETAIN_OK;
}

retain_status retain_calibration_interpolated(retain_context *ctx, const double *knot_score, const double *knot_probability,
                                              size_t knots, const double *score, size_t count, double *probability)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_knots(ctx, knot_score, knot_probability, knots);
    if (status == RETAIN_OK && count && (!score || !probability))
        status = retain__fail_null(ctx, score ? "probability" : "score");
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        if (!retain__is_finite(score[i]))
            status = retain__fail(ctx, RETAIN_ERROR_DATA, i, "score[%zu] is %g; it must be finite", i, score[i]);
    }
    for (size_t i = 0; status == RETAIN_OK && i < count; i++) {
        const size_t k = find_place(knot_score, knots, score[i]);

        probability[i] = k == 0 ? knot_probability[0]
                         : k == knots
                             ? knot_probability[knots - 1]
                             : between(score[i], knot_score[k - 1], knot_probability[k - 1], knot_score[k], knot_probability[k]);
    }
    return status;
}

/* --- the band ------------------------------------------------------------------------------------------------------------------ */

/* How many of n customers, each with this chance; the rest of a number that is not whole is one smaller customer. A large number is halved by the
 * middle one of n uniform draws, which is beta distributed (Devroye 1986, Non-Uniform Random Variate Generation, X.4.4). */
static double draw_hits(retain__random *random, double n, double chance)
{
    double left = floor(n), hits = 0.0;

    if (!(chance > 0.0 && chance < 1.0))
        return chance > 0.0 ? n : 0.0;
    if (n > left && retain__random_uniform(random) < chance)
        hits = n - left;
    while (left > FEW) {
        const double below = floor(left / 2.0), middle = retain__random_beta(random, below + 1.0, left - below);

        if (middle <= chance) { /* it and all below it are hits */
            hits += below + 1.0;
            left -= below + 1.0;
            chance = (chance - middle) / (1.0 - middle);
        } else {
            left = below;
            chance /= middle;
        }
        if (!(chance < 1.0))
            return hits + left;
    }
    for (; left > 0.0; left -= 1.0)
        hits += retain__random_uniform(random) < chance;
    return hits;
}

/* The curve at one probability; NaN beyond the scores. */
static double read_curve(const retain__scores *scores, double at)
{
    size_t low = 0, high = scores->count;
    const retain__scored *row = scores->row;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (row[middle].score < at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == scores->count || (low == 0 && row[0].score != at))
        return (double)NAN;
    return row[low].score == at ? row[low].expected
                                : between(at, row[low - 1].score, row[low - 1].expected, row[low].score, row[low].expected);
}

/* Draws of a band: as many at a time as there are threads, each in a lane with a table of its own. */
typedef struct lanes {
    const retain__scores *scores;
    const retain_calibration_band *band;
    const double *at;
    size_t points, first, count; /* of the draws that are under way */
    retain__scores copy[MOST_LANES];
    retain__pooled *blocks[MOST_LANES];
    uint64_t *drawn; /* [p * draws + d] at the p-th point */
} lanes;

/* One curve of outcomes drawn as if the probabilities were true. */
static void draw_curve(void *state, size_t lane, size_t first, size_t last)
{
    lanes *of = state;
    retain__scores *copy = of->copy + lane;
    const size_t draw = of->first + lane;
    retain__random random = retain__random_start(of->band->seed, draw);

    (void)first, (void)last;
    for (size_t i = 0; i < copy->count; i++) {
        const retain__scored *row = of->scores->row + i;
        const double n = row->positives + row->negatives, hits = draw_hits(&random, n, row->score);

        copy->row[i].score = row->score;
        copy->row[i].positives = hits;
        copy->row[i].negatives = n - hits;
    }
    retain__pool_scores(of->blocks[lane], copy);
    for (size_t p = 0; p < of->points; p++)
        of->drawn[p * of->band->draws + draw] = retain__key_of(fmax(0.0, read_curve(copy, of->at[p])));
}

static retain_status draw_curves(retain_context *ctx, retain__scratch *scratch, lanes *of)
{
    const size_t wanted = ctx && ctx->threads > 1 ? (size_t)ctx->threads : 1,
                 lanes_used = wanted < MOST_LANES ? wanted : MOST_LANES;
    const double draws = (double)of->band->draws;
    retain_status status = RETAIN_OK;

    for (size_t lane = 0; lane < lanes_used; lane++) {
        of->copy[lane] = *of->scores;
        of->copy[lane].row = retain__take(scratch, of->scores->count, sizeof *of->scores->row);
        of->blocks[lane] = retain__take(scratch, of->scores->count, sizeof *of->blocks[lane]);
        if (!of->copy[lane].row || !of->blocks[lane])
            return RETAIN_ERROR_MEMORY;
    }
    for (of->first = 0; status == RETAIN_OK && of->first < of->band->draws; of->first += lanes_used) {
        const size_t left = of->band->draws - of->first;

        of->count = left < lanes_used ? left : lanes_used;
        status =
            retain__parallel(ctx, of->count, 1, (double)of->first / draws, (double)(of->first + of->count) / draws, draw_curve, of);
    }
    return status;
}

/* A quantile of sorted draws, linear between them. */
static double read_quantile(const uint64_t *sorted, size_t draws, double quantile)
{
    const double place = quantile * (double)(draws - 1), below = floor(place);
    const size_t i = (size_t)below, j = i + 1 < draws ? i + 1 : i;
    const double one = retain__number_of(sorted[i]), other = retain__number_of(sorted[j]);

    return one + (other - one) * (place - below);
}

static retain_status take_band(retain_context *ctx, const retain_calibration_band *given, retain_calibration_band *band)
{
    retain_status status = retain__take_options(ctx, "band", given, sizeof *band, sizeof *band, band);

    if (status != RETAIN_OK)
        return status;
    if (band->draws > MOST_DRAWS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "band.draws is %zu; it must be 1 to 100000 (0 means 200)",
                            band->draws);
    if (band->draws == 0)
        band->draws = DEFAULT_DRAWS;
    return retain__take_level(ctx, "band.level", &band->level);
}

static retain_status check_probabilities(retain_context *ctx, const char *name, const double *value, size_t count)
{
    if (count && !value)
        return retain__fail_null(ctx, name);
    for (size_t i = 0; i < count; i++) {
        if (!(value[i] >= 0.0 && value[i] <= 1.0))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %g; it must lie in [0, 1]", name, i, value[i]);
    }
    return RETAIN_OK;
}

retain_status retain_calibration_reliability(retain_context *ctx, const double *score, const uint8_t *outcome, const double *weight,
                                             size_t count, const retain_calibration_band *given, const double *at, size_t points,
                                             double *expected, double *low, double *high)
{
    retain__scratch scratch = {ctx, NULL};
    retain_calibration_band band = {.struct_size = sizeof band};
    retain__scores scores;
    uint64_t *drawn = NULL, *spare = NULL;
    lanes of;
    const int wants_band = low || high;
    int fits = 1;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = take_band(ctx, given, &band);
    if (status == RETAIN_OK)
        status = check_probabilities(ctx, "at", at, points);
    if (status == RETAIN_OK)
        status = check_probabilities(ctx, "score", score, count);
    if (status == RETAIN_OK)
        status = retain__count_scores(ctx, &scratch, "score", score, outcome, weight, count, &scores);
    if (status == RETAIN_OK)
        status = retain__recalibrate(&scratch, &scores);
    if (status == RETAIN_OK && wants_band && scores.count) {
        const size_t cells = retain__multiply(points, band.draws, &fits);

        drawn = retain__take(&scratch, fits ? cells : SIZE_MAX, sizeof *drawn);
        spare = retain__take(&scratch, band.draws, sizeof *spare);
        of = (lanes){.scores = &scores, .band = &band, .at = at, .points = points, .drawn = drawn};
        status = drawn && spare ? draw_curves(ctx, &scratch, &of) : RETAIN_ERROR_MEMORY;
    }
    for (size_t p = 0; status == RETAIN_OK && p < points; p++) {
        const double here = scores.count ? read_curve(&scores, at[p]) : (double)NAN;

        retain__put(expected, p, here);
        if (drawn)
            retain__sort_keys(drawn + p * band.draws, spare, band.draws, 0);
        retain__put(low, p, isnan(here) ? here : read_quantile(drawn + p * band.draws, band.draws, 0.5 * (1.0 - band.level)));
        retain__put(high, p, isnan(here) ? here : read_quantile(drawn + p * band.draws, band.draws, 0.5 * (1.0 + band.level)));
    }
    retain__release(&scratch);
    return status;
}

/* --- bins ---------------------------------------------------------------------------------------------------------------------- */

/* Sums of one bin, written out. */
static void put_bin(const retain_calibration_columns *columns, size_t b, double level, double customers, double positives,
                    double mean)
{
    retain__put(columns->customers, b, customers);
    retain__put(columns->positives, b, positives);
    retain__put(columns->mean_score, b, customers > 0.0 ? mean : (double)NAN);
    retain__put_rate(positives, customers, level, columns->share, columns->low, columns->high, b);
}

static void fill_bins(const retain__scores *scores, size_t bins, double level, const retain_calibration_columns *columns)
{
    const double n = scores->positives + scores->negatives;
    double below = 0.0;
    size_t i = 0;

    for (size_t b = 0; b < bins; b++) {
        double customers = 0.0, positives = 0.0, mean = 0.0;

        for (; i < scores->count; i++) {
            const retain__scored *row = scores->row + i;
            const double here = row->positives + row->negatives;

            if ((size_t)((double)bins * ((below + 0.5 * here) / n)) > b)
                break;
            below += here;
            customers += here;
            positives += row->positives;
            mean += (row->score - mean) * (here / customers); /* a running mean: sums of large scores could overflow */
        }
        put_bin(columns, b, level, customers, positives, mean);
    }
}

retain_status retain_calibration_bins(retain_context *ctx, const double *score, const uint8_t *outcome, const double *weight,
                                      size_t count, size_t bins, double level, const retain_calibration_columns *columns)
{
    retain__scratch scratch = {ctx, NULL};
    retain__scores scores;
    retain_status status = retain__begin(ctx);

    bins = bins == 0 ? DEFAULT_BINS : bins;
    if (status == RETAIN_OK && bins > MOST_BINS)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "bins is %zu; it must be 1 to 1000 (0 means 10)", bins);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK)
        status = retain__count_scores(ctx, &scratch, "score", score, outcome, weight, count, &scores);
    if (status == RETAIN_OK)
        fill_bins(&scores, bins, level, columns);
    retain__release(&scratch);
    return status;
}

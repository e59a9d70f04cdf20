/* Reading a table of predictors for a logistic fit.
 *
 * A fit walks over the table some six times. It copies 256 rows at a time into a block that stays in the cache, whichever way the table
 * lies, and does all its arithmetic there. On the way numbers become coordinates: less the mean of their column, divided by its
 * standard deviation. That costs two operations a number, and gives second derivatives that are well-conditioned whatever the units;
 * with year numbers or amounts in Rial they would not even be positive definite to working precision.
 *
 * Means and spreads are found in one walk: per block by two sweeps, which is exact enough for any column, and from block to block by
 * the update of T. Chan, G. Golub, R. LeVeque (The American Statistician 37(3), 1983). Whether a column is constant is told by its
 * extremes, not by a spread that rounding makes a little more than 0.
 *
 * Chunks of rows, not threads, have sums of their own, and are merged in their order: the same bits for any number of threads. */
#include "models/logistic_rows.h"

#include <math.h>
#include <string.h>

#include "math/kernels.h"

enum { ROWS = RETAIN__GRAM_ROWS, WIDTH = RETAIN__GRAM_WIDTH, MOST_CHUNKS = 64, MOST_SUMS = 1 << 20 };

static const double LEAST_WEIGHT = 1e-100, MOST = 1e100;

/* --- outcomes and weights --------------------------------------------------------------------------------------------------------- */

static retain_status check_outcomes(retain_context *ctx, size_t count, const uint8_t *outcome, const double *weight)
{
    for (size_t i = 0; i < count; i++) {
        if (outcome[i] > 1)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "outcome[%zu] is %d; it must be 0 or 1", i, outcome[i]);
        if (weight && weight[i] != 0.0 && !(weight[i] >= LEAST_WEIGHT && weight[i] <= MOST))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "weight[%zu] is %g; it must be 0, or 1e-100 to 1e100", i, weight[i]);
    }
    return RETAIN_OK;
}

static void count_outcomes(retain__logistic_rows *rows)
{
    size_t ones = 0, weightless = 0;

    if (!rows->weight) {
        for (size_t i = 0; i < rows->predictors->count; i++)
            ones += rows->outcome[i];
        rows->class_rows[0] = (double)(rows->predictors->count - ones);
        rows->class_rows[1] = (double)ones;
        rows->used = rows->predictors->count;
        return;
    }
    for (size_t i = 0; i < rows->predictors->count; i++) {
        rows->class_rows[rows->outcome[i]] += rows->weight[i];
        weightless += rows->weight[i] == 0.0;
    }
    rows->used = rows->predictors->count - weightless;
}

void retain__logistic_count_classes(retain__logistic_rows *rows, const double class_weight[2])
{
    const double all = class_weight[0] * rows->class_rows[0] + class_weight[1] * rows->class_rows[1];

    rows->scale = all > 0.0 ? (double)rows->used / all : 1.0;
    for (int c = 0; c < 2; c++)
        rows->factor[c] = class_weight[c] * rows->scale;
}

/* --- means and spreads ------------------------------------------------------------------------------------------------------------- */

/* What is known of the numbers of a column that are not missing, in part of the rows. */
typedef struct moments {
    double weight, mean, squares; /* of those of weight > 0 */
    double low, high;             /* the same */
    double missing;               /* weight of the missing ones */
    double largest;               /* size of any number, weight or not */
    double absent;                /* missing ones, weight or not */
} moments;

/* Lanes of one sweep; see kernels.h. Missing numbers are kept apart by choosing, never by branching. */
typedef struct lanes {
    double weight[RETAIN__LANES], sum[RETAIN__LANES], low[RETAIN__LANES], high[RETAIN__LANES];
    double missing[RETAIN__LANES], largest[RETAIN__LANES], absent[RETAIN__LANES];
} lanes;

static RETAIN__INLINE void sweep_body(const double *x, const double *weight, lanes *into)
{
    lanes own = *into, *const to = &own; /* which nothing else can point to */

    for (size_t i = 0; i < ROWS; i += RETAIN__LANES) {
        for (size_t l = 0; l < RETAIN__LANES; l++) {
            const double number = x[i + l], size = fabs(number), w = weight[i + l];
            const double known = number == number ? w : 0.0, value = number == number ? number : 0.0;

            to->weight[l] += known;
            to->sum[l] += known * value;
            to->missing[l] += w - known;
            to->absent[l] += number == number ? 0.0 : 1.0;
            to->largest[l] = size > to->largest[l] ? size : to->largest[l];
            to->low[l] = known > 0.0 && value < to->low[l] ? value : to->low[l];
            to->high[l] = known > 0.0 && value > to->high[l] ? value : to->high[l];
        }
    }
    *into = own;
}
RETAIN__VECTORISED(static, sweep, (const double *x, const double *weight, lanes *into), (x, weight, into));

static RETAIN__INLINE void square_body(const double *x, const double *weight, double mean, double *into)
{
    double to[RETAIN__LANES] = {0.0};

    for (size_t i = 0; i < ROWS; i += RETAIN__LANES) {
        for (size_t l = 0; l < RETAIN__LANES; l++) {
            const double away = x[i + l] == x[i + l] ? x[i + l] - mean : 0.0;

            to[l] += weight[i + l] * away * away;
        }
    }
    memcpy(into, to, sizeof to);
}
RETAIN__VECTORISED(static, square, (const double *x, const double *weight, double mean, double *into), (x, weight, mean, into));

static void merge_moments(moments *to, const moments *from)
{
    const double weight = to->weight + from->weight, away = from->mean - to->mean;

    if (from->weight > 0.0) {
        to->squares += from->squares + away * away * (to->weight * (from->weight / weight));
        to->mean += away * (from->weight / weight);
    }
    to->weight = weight;
    to->missing += from->missing;
    to->absent += from->absent;
    to->largest = fmax(to->largest, from->largest);
    to->low = fmin(to->low, from->low);
    to->high = fmax(to->high, from->high);
}

static void add_block(const double *x, const double *weight, moments *to)
{
    double squares[RETAIN__LANES];
    moments of = {.low = INFINITY, .high = -INFINITY};
    lanes sums;

    memset(&sums, 0, sizeof sums);
    for (size_t l = 0; l < RETAIN__LANES; l++) {
        sums.low[l] = INFINITY;
        sums.high[l] = -INFINITY;
    }
    sweep(x, weight, &sums);
    of.weight = retain__merge_lanes(sums.weight);
    of.missing = retain__merge_lanes(sums.missing);
    of.absent = retain__merge_lanes(sums.absent);
    for (size_t l = 0; l < RETAIN__LANES; l++) {
        of.largest = fmax(of.largest, sums.largest[l]);
        of.low = fmin(of.low, sums.low[l]);
        of.high = fmax(of.high, sums.high[l]);
    }
    if (of.weight > 0.0) {
        of.mean = retain__merge_lanes(sums.sum) / of.weight;
        square(x, weight, of.mean, squares);
        of.squares = retain__merge_lanes(squares);
    }
    merge_moments(to, &of);
}

/* Numbers `first` to `last` of a column in one piece of 256, the last ones repeated where there are fewer. */
static const double *view_column(const retain_predictors *from, size_t j, size_t first, size_t last, double *room)
{
    const size_t stride = from->stride ? from->stride : 1, count = last - first;
    const double *x = from->column[j] + first * stride;

    if (stride == 1 && count == ROWS)
        return x;
    for (size_t i = 0; i < count; i++)
        room[i] = x[i * stride];
    for (size_t i = count; i < ROWS; i++)
        room[i] = room[0];
    return room;
}

typedef struct moment_work {
    const retain__logistic_rows *rows;
    moments *of; /* [chunks * columns] */
} moment_work;

static void find_moments(void *state, size_t block, size_t first, size_t last)
{
    const moment_work *work = state;
    const retain__logistic_rows *rows = work->rows;
    const double over = 1.0 / (rows->class_rows[0] + rows->class_rows[1]); /* keeps sums of weights within the doubles */
    moments *of = work->of + block * rows->predictors->columns;
    double weight[ROWS], room[ROWS];

    for (size_t j = 0; j < rows->predictors->columns; j++)
        of[j] = (moments){.low = INFINITY, .high = -INFINITY};
    for (size_t at = first; at < last; at += ROWS) {
        const size_t end = last - at < ROWS ? last : at + ROWS;

        for (size_t i = 0; i < ROWS; i++)
            weight[i] = at + i >= end ? 0.0 : (rows->weight ? rows->weight[at + i] : 1.0) * over;
        for (size_t j = 0; j < rows->predictors->columns; j++)
            add_block(view_column(rows->predictors, j, at, end, room), weight, of + j);
    }
}

/* --- coordinates ------------------------------------------------------------------------------------------------------------------ */

/* Chunks of whole blocks, so few that their sums fit into a few megabytes. */
static void cut_chunks(retain__logistic_rows *rows)
{
    const size_t width = rows->panels * WIDTH, blocks = retain__blocks(rows->predictors->count, ROWS);
    size_t most = MOST_SUMS / (width * width);

    most = most < 1 ? 1 : most > MOST_CHUNKS ? MOST_CHUNKS : most;
    rows->chunk = (blocks / most + (blocks % most != 0)) * ROWS;
    if (rows->chunk < 4 * ROWS)
        rows->chunk = 4 * ROWS;
    rows->chunks = retain__blocks(rows->predictors->count, rows->chunk);
}

static void set_coordinates(retain__logistic_rows *rows, const moments *of)
{
    size_t next = 1 + rows->predictors->columns;

    for (size_t j = 0; j < rows->predictors->columns; j++) {
        const double all = of[j].weight + of[j].missing, share = of[j].missing / all;

        rows->centre[1 + j] = of[j].mean;
        rows->spread[1 + j] = of[j].weight > 0.0 && of[j].low < of[j].high ? sqrt(of[j].squares / of[j].weight) : 0.0;
        rows->indicator[j] = 0;
        if (of[j].missing > 0.0) {
            rows->centre[next] = share;
            rows->spread[next] = of[j].weight > 0.0 ? sqrt(share * (1.0 - share)) : 0.0;
            rows->indicator[j] = next++;
        }
    }
    rows->coordinates = next;
    rows->panels = retain__blocks(next, WIDTH);
    cut_chunks(rows);
}

static retain_status refuse_numbers(retain_context *ctx, const retain__logistic_rows *rows, const moments *of, int may_miss)
{
    int bad = 0;

    for (size_t j = 0; j < rows->predictors->columns; j++)
        bad |= !(of[j].largest <= MOST) || (!may_miss && of[j].absent > 0.0);
    return bad ? retain__check_predictors(ctx, rows->predictors, may_miss) : RETAIN_OK;
}

static retain_status measure_columns(retain_context *ctx, retain__scratch *scratch, int may_miss, retain__logistic_rows *rows)
{
    const size_t columns = rows->predictors->columns;
    moment_work work = {rows, NULL};
    retain_status status;

    rows->panels = retain__blocks(1 + 2 * columns, WIDTH);
    cut_chunks(rows);
    work.of = retain__take(scratch, rows->chunks ? rows->chunks * columns : columns, sizeof *work.of);
    rows->centre = retain__take_zeroed(scratch, 1 + 2 * columns, sizeof *rows->centre);
    rows->spread = retain__take_zeroed(scratch, 1 + 2 * columns, sizeof *rows->spread);
    rows->indicator = retain__take_zeroed(scratch, columns, sizeof *rows->indicator);
    if (!work.of || !rows->centre || !rows->spread || !rows->indicator)
        return RETAIN_ERROR_MEMORY;
    if (rows->predictors->count == 0)
        return RETAIN_OK;
    status = retain__parallel(ctx, rows->predictors->count, rows->chunk, 0.0, 0.1, find_moments, &work);
    if (status != RETAIN_OK)
        return status;
    for (size_t c = 1; c < rows->chunks; c++)
        for (size_t j = 0; j < columns; j++)
            merge_moments(&work.of[j], &work.of[c * columns + j]);
    status = refuse_numbers(ctx, rows, work.of, may_miss);
    if (status == RETAIN_OK && rows->used)
        set_coordinates(rows, work.of);
    retain__give_back(scratch, work.of);
    rows->missing = rows->coordinates ? rows->coordinates - 1 - columns : 0;
    return status;
}

retain_status retain__logistic_read_rows(retain_context *ctx, retain__scratch *scratch, const retain_predictors *predictors,
                                         const uint8_t *outcome, const double *weight, int may_miss, retain__logistic_rows *rows)
{
    retain_status status = retain__check_predictor_table(ctx, predictors);

    *rows = (retain__logistic_rows){.predictors = predictors, .outcome = outcome, .weight = weight};
    if (status == RETAIN_OK && predictors->columns == 0)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is 0; it must be at least 1");
    if (status == RETAIN_OK && !outcome)
        status = retain__fail_null(ctx, "outcome");
    if (status == RETAIN_OK)
        status = check_outcomes(ctx, predictors->count, outcome, weight);
    if (status != RETAIN_OK)
        return status;
    count_outcomes(rows);
    return measure_columns(ctx, scratch, may_miss, rows);
}

/* --- blocks ------------------------------------------------------------------------------------------------------------------------ */

retain__logistic_block retain__logistic_view_block(size_t panels, double *memory)
{
    double *rest = memory + 2 * panels * RETAIN__GRAM_PANEL;

    return (retain__logistic_block){.z = memory,
                                    .weighted = memory + panels * RETAIN__GRAM_PANEL,
                                    .outcome = rest,
                                    .weight = rest + ROWS,
                                    .eta = rest + 2 * ROWS,
                                    .left = rest + 3 * ROWS,
                                    .right = rest + 4 * ROWS,
                                    .column = rest + 5 * ROWS};
}

static RETAIN__INLINE void standardise_body(const double *x, double centre, double over, double slope, double *z, double *eta)
{
    for (size_t i = 0; i < ROWS; i++) {
        const double value = x[i] == x[i] ? (x[i] - centre) * over : 0.0;

        z[i] = value;
        eta[i] += slope * value;
    }
}
RETAIN__VECTORISED(static, standardise, (const double *x, double centre, double over, double slope, double *z, double *eta),
                   (x, centre, over, slope, z, eta));

static void put_column(const double *z, size_t coordinate, size_t count, const retain__logistic_block *block)
{
    double *to = block->z + coordinate / WIDTH * RETAIN__GRAM_PANEL + coordinate % WIDTH;

    for (size_t i = 0; i < count; i++)
        to[i * WIDTH] = z[i];
    for (size_t i = count; i < ROWS; i++)
        to[i * WIDTH] = 0.0;
}

static void fill_indicator(const retain__logistic_rows *rows, const double *x, size_t coordinate, double slope, size_t count,
                           const retain__logistic_block *block)
{
    const double over = rows->spread[coordinate] > 0.0 ? 1.0 / rows->spread[coordinate] : 0.0;
    double *z = block->left;

    for (size_t i = 0; i < count; i++) {
        z[i] = ((x[i] == x[i] ? 0.0 : 1.0) - rows->centre[coordinate]) * over;
        block->eta[i] += slope * z[i];
    }
    put_column(z, coordinate, count, block);
}

void retain__logistic_fill(const retain__logistic_rows *rows, const double *point, size_t first, size_t last,
                           const retain__logistic_block *block)
{
    const size_t count = last - first;

    for (size_t i = 0; i < ROWS; i++) {
        const size_t row = i < count ? first + i : first;
        const double weight = rows->weight ? rows->weight[row] : 1.0;

        block->outcome[i] = rows->outcome[row];
        block->weight[i] = i < count ? weight * rows->factor[rows->outcome[row]] : 0.0;
        block->eta[i] = point[0];
        block->column[i] = 1.0;
    }
    put_column(block->column, 0, count, block);
    for (size_t j = 0; j < rows->predictors->columns; j++) {
        const double *x = view_column(rows->predictors, j, first, last, block->right);
        const double over = rows->spread[1 + j] > 0.0 ? 1.0 / rows->spread[1 + j] : 0.0;

        standardise(x, rows->centre[1 + j], over, point[1 + j], block->column, block->eta);
        put_column(block->column, 1 + j, count, block);
        if (rows->indicator[j])
            fill_indicator(rows, x, rows->indicator[j], point[rows->indicator[j]], count, block);
    }
    for (size_t k = rows->coordinates; k < rows->panels * WIDTH; k++) {
        memset(block->column, 0, ROWS * sizeof *block->column);
        put_column(block->column, k, count, block);
    }
}

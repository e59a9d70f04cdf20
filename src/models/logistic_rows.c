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

static const double LEAST_WEIGHT = 1e-100, MOST = 1e100, LEAST = 1e-140;

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

/* What is known of the numbers of a column that are not missing, in part of the rows. Means are counted from the column's first number:
 * then those of a constant column are 0, and so are its squares, exactly. */
typedef struct moments {
    double weight, mean, squares; /* of those of weight > 0 */
    double all;                   /* sum of everything: NaN as soon as a number is missing, weight or not */
    double largest;               /* size of any number, weight or not */
} moments;

/* Lanes of one sweep; see kernels.h. Missing numbers are kept apart by choosing, never by branching. */
typedef struct lanes {
    double weight[RETAIN__LANES], sum[RETAIN__LANES], all[RETAIN__LANES], largest[RETAIN__LANES];
} lanes;

static RETAIN__INLINE void sweep_body(const double *x, const double *weight, double first, lanes *into)
{
    lanes own = *into, *const to = &own; /* which nothing else can point to */

    for (size_t i = 0; i < ROWS; i += RETAIN__LANES) {
        for (size_t l = 0; l < RETAIN__LANES; l++) {
            const double number = x[i + l], size = fabs(number), known = number == number ? weight[i + l] : 0.0;
            const double value = number == number ? number - first : 0.0;

            to->weight[l] += known;
            to->sum[l] += known * value;
            to->all[l] += number;
            to->largest[l] = size > to->largest[l] ? size : to->largest[l];
        }
    }
    *into = own;
}
RETAIN__VECTORISED(static, sweep, (const double *x, const double *weight, double first, lanes *into), (x, weight, first, into));

static RETAIN__INLINE void square_body(const double *x, const double *weight, double first, double mean, double *into)
{
    double to[RETAIN__LANES] = {0.0};

    for (size_t i = 0; i < ROWS; i += RETAIN__LANES) {
        for (size_t l = 0; l < RETAIN__LANES; l++) {
            const double away = x[i + l] == x[i + l] ? (x[i + l] - first) - mean : 0.0;

            to[l] += weight[i + l] * away * away;
        }
    }
    memcpy(into, to, sizeof to);
}
RETAIN__VECTORISED(static, square, (const double *x, const double *weight, double first, double mean, double *into),
                   (x, weight, first, mean, into));

static void merge_moments(moments *to, const moments *from)
{
    const double weight = to->weight + from->weight, away = from->mean - to->mean;

    if (from->weight > 0.0) {
        to->squares += from->squares + away * away * (to->weight * (from->weight / weight));
        to->mean += away * (from->weight / weight);
    }
    to->weight = weight;
    to->all += from->all;
    to->largest = fmax(to->largest, from->largest);
}

static void add_block(const double *x, const double *weight, double first, moments *to)
{
    double squares[RETAIN__LANES];
    moments of = {0.0, 0.0, 0.0, 0.0, 0.0};
    lanes sums;

    memset(&sums, 0, sizeof sums);
    sweep(x, weight, first, &sums);
    of.weight = retain__merge_lanes(sums.weight);
    of.all = retain__merge_lanes(sums.all);
    for (size_t l = 0; l < RETAIN__LANES; l++)
        of.largest = fmax(of.largest, sums.largest[l]);
    if (of.weight > 0.0) {
        of.mean = retain__merge_lanes(sums.sum) / of.weight;
        square(x, weight, first, of.mean, squares);
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
    const double *first; /* [columns] a number of each column */
    moments *of;         /* [chunks * columns] */
} moment_work;

/* A number of a column that is not missing, of a row that counts; 0 when there is none. */
static double find_number(const retain__logistic_rows *rows, size_t j)
{
    for (size_t i = 0; i < rows->predictors->count; i++) {
        const double x = retain__predictor(rows->predictors, i, j);

        if (fabs(x) <= MOST && (!rows->weight || rows->weight[i] > 0.0))
            return x;
    }
    return 0.0;
}

static void find_moments(void *state, size_t block, size_t first, size_t last)
{
    const moment_work *work = state;
    const retain__logistic_rows *rows = work->rows;
    const double over = 1.0 / (rows->class_rows[0] + rows->class_rows[1]); /* keeps sums of weights within the doubles */
    moments *of = work->of + block * rows->predictors->columns;
    double weight[ROWS], room[ROWS];

    memset(of, 0, rows->predictors->columns * sizeof *of);
    for (size_t at = first; at < last; at += ROWS) {
        const size_t end = last - at < ROWS ? last : at + ROWS;

        for (size_t i = 0; i < ROWS; i++)
            weight[i] = at + i >= end ? 0.0 : (rows->weight ? rows->weight[at + i] : 1.0) * over;
        for (size_t j = 0; j < rows->predictors->columns; j++)
            add_block(view_column(rows->predictors, j, at, end, room), weight, work->first[j], of + j);
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

/* Is a value missing in a row that counts? */
static int has_missing(const retain__logistic_rows *rows, size_t j)
{
    for (size_t i = 0; i < rows->predictors->count; i++) {
        if (isnan(retain__predictor(rows->predictors, i, j)) && (!rows->weight || rows->weight[i] > 0.0))
            return 1;
    }
    return 0;
}

static void set_coordinates(retain__logistic_rows *rows, const double *first, const moments *of)
{
    size_t next = 1 + rows->predictors->columns;

    for (size_t j = 0; j < rows->predictors->columns; j++) {
        const double share = of[j].all == of[j].all ? 0.0 : fmax(0.0, 1.0 - of[j].weight); /* weights add up to 1 */

        rows->centre[1 + j] = first[j] + of[j].mean;
        rows->spread[1 + j] = of[j].weight > 0.0 ? sqrt(of[j].squares / of[j].weight) : 0.0;
        rows->has_holes[j] = of[j].all != of[j].all;
        if (rows->has_holes[j] && has_missing(rows, j)) {
            rows->centre[next] = share;
            rows->spread[next] = of[j].weight > 0.0 ? sqrt(share * (1.0 - share)) : 0.0;
            rows->indicator[j] = next++;
        }
    }
    rows->coordinates = next;
    rows->panels = retain__blocks(next, WIDTH);
    for (size_t k = 1; k < next; k++)
        rows->over[k] = rows->spread[k] > 0.0 ? 1.0 / rows->spread[k] : 0.0;
    cut_chunks(rows);
}

static retain_status refuse_numbers(retain_context *ctx, const retain__logistic_rows *rows, const moments *of, int may_miss)
{
    int bad = 0;

    for (size_t j = 0; j < rows->predictors->columns; j++)
        bad |= !(of[j].largest <= MOST) || (!may_miss && of[j].all != of[j].all);
    return bad ? retain__check_predictors(ctx, rows->predictors, may_miss) : RETAIN_OK;
}

/* Squares of numbers this small are lost: where they differ, a column is refused that would look constant. */
static retain_status refuse_specks(retain_context *ctx, const retain__logistic_rows *rows, const moments *of, const double *first)
{
    for (size_t j = 0; j < rows->predictors->columns; j++) {
        for (size_t i = 0; of[j].largest > 0.0 && of[j].largest < LEAST && i < rows->predictors->count; i++) {
            const double x = retain__predictor(rows->predictors, i, j);

            if (x == x && x != first[j] && (!rows->weight || rows->weight[i] > 0.0))
                return retain__fail(
                    ctx, RETAIN_ERROR_DATA, i,
                    "predictors.column[%zu][%zu] is %g, and no number of the column is above %g; give it in a smaller "
                    "unit",
                    j, i, x, LEAST);
        }
    }
    return RETAIN_OK;
}

static retain_status measure_columns(retain_context *ctx, retain__scratch *scratch, int may_miss, retain__logistic_rows *rows)
{
    const size_t columns = rows->predictors->columns;
    moment_work work = {rows, NULL, NULL};
    double *first;
    retain_status status;

    rows->panels = retain__blocks(1 + 2 * columns, WIDTH);
    cut_chunks(rows);
    work.of = retain__take(scratch, rows->chunks ? rows->chunks * columns : columns, sizeof *work.of);
    rows->centre = retain__take_zeroed(scratch, rows->panels * WIDTH, sizeof *rows->centre);
    rows->spread = retain__take_zeroed(scratch, rows->panels * WIDTH, sizeof *rows->spread);
    rows->over = retain__take_zeroed(scratch, rows->panels * WIDTH, sizeof *rows->over);
    rows->indicator = retain__take_zeroed(scratch, columns, sizeof *rows->indicator);
    rows->has_holes = retain__take_zeroed(scratch, columns, 1);
    first = retain__take(scratch, columns, sizeof *first);
    if (!work.of || !rows->centre || !rows->spread || !rows->over || !rows->indicator || !rows->has_holes || !first)
        return RETAIN_ERROR_MEMORY;
    for (size_t j = 0; j < columns; j++)
        first[j] = find_number(rows, j);
    work.first = first;
    if (rows->predictors->count == 0)
        return RETAIN_OK;
    status = retain__parallel(ctx, rows->predictors->count, rows->chunk, 0.0, 0.1, find_moments, &work);
    if (status != RETAIN_OK)
        return status;
    for (size_t c = 1; c < rows->chunks; c++)
        for (size_t j = 0; j < columns; j++)
            merge_moments(&work.of[j], &work.of[c * columns + j]);
    status = refuse_numbers(ctx, rows, work.of, may_miss);
    if (status == RETAIN_OK)
        status = refuse_specks(ctx, rows, work.of, first);
    if (status == RETAIN_OK && rows->used)
        set_coordinates(rows, first, work.of);
    retain__give_back(scratch, work.of);
    rows->missing = rows->coordinates ? rows->coordinates - 1 - columns : 0;
    return status;
}

retain_status retain__logistic_read_rows(retain_context *ctx, retain__scratch *scratch, const retain_predictors *predictors,
                                         const uint8_t *outcome, const double *weight, int may_miss, retain__logistic_rows *rows)
{
    retain_status status = retain__check_predictor_table(ctx, predictors);

    *rows = (retain__logistic_rows){.predictors = predictors, .outcome = outcome, .weight = weight};
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

/* Rows that lie one after the other, their columns side by side, are copied eight numbers at a time; others column by column. */
static int lies_in_rows(const retain_predictors *from)
{
    int is_dense = from->stride >= from->columns;

    for (size_t j = 1; j < from->columns && is_dense; j++)
        is_dense = from->column[j] == from->column[0] + j;
    return is_dense && from->stride > 1;
}

static double *place(const retain__logistic_block *block, size_t coordinate)
{
    return block->z + coordinate / WIDTH * RETAIN__GRAM_PANEL + coordinate % WIDTH;
}

static RETAIN__INLINE void copy_run_of(const double *x, size_t stride, size_t count, size_t run, double *to)
{
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * WIDTH, x + i * stride, run * sizeof *to);
}

/* With a number of columns that the compiler knows a row is a few moves. */
static void copy_run(const double *x, size_t stride, size_t count, size_t run, double *to)
{
    switch (run) {
    case 1:
        copy_run_of(x, stride, count, 1, to);
        break;
    case 2:
        copy_run_of(x, stride, count, 2, to);
        break;
    case 3:
        copy_run_of(x, stride, count, 3, to);
        break;
    case 4:
        copy_run_of(x, stride, count, 4, to);
        break;
    case 5:
        copy_run_of(x, stride, count, 5, to);
        break;
    case 6:
        copy_run_of(x, stride, count, 6, to);
        break;
    case 7:
        copy_run_of(x, stride, count, 7, to);
        break;
    default:
        copy_run_of(x, stride, count, WIDTH, to);
        break;
    }
}

/* Columns as they are. Coordinate 0 is in front of the first one, so that the last column of a panel begins the next one. */
static void copy_columns(const retain_predictors *from, size_t first, size_t count, const retain__logistic_block *block)
{
    const size_t stride = from->stride ? from->stride : 1;

    if (lies_in_rows(from)) {
        for (size_t j = 0; j < from->columns;) {
            const size_t room = WIDTH - (1 + j) % WIDTH, left = from->columns - j, run = left < room ? left : room;
            const double *x = from->column[j] + first * stride;
            double *to = place(block, 1 + j);

            copy_run(x, stride, count, run, to);
            j += run;
        }
        return;
    }
    for (size_t j = 0; j < from->columns; j++) {
        const double *x = from->column[j] + first * stride;
        double *to = place(block, 1 + j);

        for (size_t i = 0; i < count; i++)
            to[i * WIDTH] = x[i * stride];
    }
}

/* Missing numbers become the mean, and 1 in the column of the indicator. */
static void fill_holes(const retain__logistic_rows *rows, size_t count, const retain__logistic_block *block)
{
    for (size_t j = 0; j < rows->predictors->columns; j++) {
        const size_t indicator = rows->indicator[j];
        double *x = place(block, 1 + j), *is_missing = indicator ? place(block, indicator) : NULL;

        for (size_t i = 0; rows->has_holes[j] && i < count; i++) {
            const int is_hole = isnan(x[i * WIDTH]);

            if (is_hole)
                x[i * WIDTH] = rows->centre[1 + j];
            if (is_missing)
                is_missing[i * WIDTH] = is_hole;
        }
    }
}

void retain__logistic_fill(const retain__logistic_rows *rows, const double *point, size_t first, size_t last,
                           const retain__logistic_block *block)
{
    const size_t count = last - first;

    for (size_t p = 0; p < rows->panels && count < ROWS; p++)
        memset(block->z + p * RETAIN__GRAM_PANEL, 0, RETAIN__GRAM_PANEL * sizeof *block->z);
    for (size_t i = 0; i < count; i++) {
        block->outcome[i] = rows->outcome[first + i];
        block->weight[i] = rows->outcome[first + i] ? rows->factor[1] : rows->factor[0];
    }
    for (size_t i = 0; rows->weight && i < count; i++)
        block->weight[i] *= rows->weight[first + i];
    for (size_t i = count; i < ROWS; i++)
        block->outcome[i] = block->weight[i] = 0.0;
    for (size_t k = rows->coordinates; k < rows->panels * WIDTH; k++) /* what is left over from other walks may be no number */
        for (size_t i = 0; i < count; i++)
            place(block, k)[i * WIDTH] = 0.0;
    copy_columns(rows->predictors, first, count, block);
    fill_holes(rows, count, block);
    for (size_t i = 0; i < ROWS; i++)
        block->z[i * WIDTH] = 0.0;
    retain__gram_centre(rows->panels, block->z, rows->centre, rows->over, point, block->eta);
    for (size_t i = 0; i < ROWS; i++) {
        block->z[i * WIDTH] = i < count ? 1.0 : 0.0;
        block->eta[i] += point[0];
    }
}

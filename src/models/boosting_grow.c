/* Growing one tree: histograms of derivatives, the best split, the two sides, and so on downwards.
 *
 * Sums over rows are of whole numbers, so that no order of rows, cut into blocks or number of threads can change them, and so that the
 * histogram of one side can be had exactly by taking that of the other from that of the whole: only the rows of the smaller side are ever
 * looked at. A row's first derivative g is a multiple of 2^-k with k as large as the sum of all allows. Its second derivative h and its
 * weight share a word, weight in the low bits: a cell of a histogram is two words, two additions per row and column, which is what
 * the time goes into. h is scaled anew for every tree, by the sum over all rows, since it shrinks as forecasts get better.
 *
 * A tree is grown in preorder. A branch brings its histogram along; the larger side takes over the memory of the whole, the smaller one
 * uses that of its depth, so that as many histograms suffice as a tree is deep. With monotone constraints a branch has bounds for the values below it:
 * half-way between the values of the two sides of a split on such a column (as in LightGBM and scikit-learn). */
#include <math.h>
#include <string.h>

#include "core/sort.h"
#include "math/kernels.h"
#include "models/boosting_tree.h"

enum { ROWS_OF_A_BLOCK = 1 << 12, ROWS_WORTH_A_THREAD = 1 << 14 };

static const double LEAST_GAIN = 1e-12; /* of the gains of both sides: below it is rounding */

/* The best split of a column, or of all. */
struct retain__split {
    double gain; /* 0: none */
    size_t column;
    uint8_t bin; /* the last bin of the left side */
    uint8_t missing_left;
    retain__cell left;
};
typedef struct retain__split split;

typedef struct branch {
    size_t first, last; /* rows of grower->row */
    size_t depth;
    retain__cell sum;
    retain__cell *cells; /* NULL for one that may not be split */
    double low, high;    /* of values */
    split best;
} branch;

/* --- derivatives ------------------------------------------------------------------------------------------------------------------- */

static const split NO_SPLIT = {0.0, 0, 0, 0, {0, 0}};

static double g_of(const retain__grower *grower, retain__cell cell)
{
    return (double)cell.g * grower->g_scale;
}

static double h_of(const retain__grower *grower, retain__cell cell)
{
    return (double)(cell.hw >> grower->weight_bits) * grower->h_scale;
}

static uint64_t weight_of(const retain__grower *grower, retain__cell cell)
{
    return cell.hw & (((uint64_t)1 << grower->weight_bits) - 1);
}

static RETAIN__INLINE void find_p_body(const double *score, size_t count, double *p)
{
    for (size_t i = 0; i < count; i++) {
        const double x = score[i] > 700.0 ? 700.0 : score[i] < -700.0 ? -700.0 : score[i];

        p[i] = 1.0 / (1.0 + retain__exp_normal(-x));
    }
}
RETAIN__VECTORISED(static, find_p, (const double *score, size_t count, double *p), (score, count, p));

/* Probabilities, and per block the sum of h in multiples of 2^-30. */
static void forecast_rows(void *state, size_t block, size_t first, size_t last)
{
    const retain__grower *grower = state;
    int64_t sum = 0;

    find_p(grower->score + first, last - first, grower->p + first);
    for (size_t i = first; i < last; i++)
        sum += (int64_t)(grower->p[i] * (1.0 - grower->p[i]) * 0x1p30 + 0.5) * grower->weight[i];
    grower->partial[block] = sum;
}

/* Rounded before it is multiplied by a whole weight, so that a row of weight 3 is three rows; after it by a weight in units, which are many. */
static int64_t weigh(double derivative, uint32_t weight, int is_whole)
{
    const double whole = is_whole ? derivative : derivative * weight;

    return (int64_t)(whole + copysign(0.5, whole)) * (is_whole ? (int64_t)weight : 1);
}

static void derive_rows(void *state, size_t block, size_t first, size_t last)
{
    const retain__grower *grower = state;
    const double g_units = 1.0 / (grower->g_scale * grower->unit), h_units = 1.0 / (grower->h_scale * grower->unit);

    (void)block;
    for (size_t i = first; i < last; i++) {
        const double p = grower->p[i];
        const uint32_t w = grower->weight[i];
        const uint64_t h = (uint64_t)weigh(p * (1.0 - p) * h_units, w, grower->is_whole);

        grower->row_cell[i].g = weigh((p - grower->outcome[i]) * g_units, w, grower->is_whole);
        grower->row_cell[i].hw = h << grower->weight_bits | w;
    }
}

/* How many bits a row's derivative may have after the point, for the sum of all to stay below 2^bits. */
static int bits_after_point(double sum, int bits)
{
    int exponent;

    (void)frexp(sum, &exponent); /* sum < 2^exponent */
    return bits - exponent > 50 ? 50 : bits - exponent;
}

static retain_status find_derivatives(retain__grower *grower, uint64_t weight)
{
    const size_t rows = grower->bins->rows;
    retain_status status =
        retain__parallel(grower->scratch->ctx, rows, ROWS_OF_A_BLOCK, grower->from, grower->from, forecast_rows, grower);
    double h = 0.0;

    if (status != RETAIN_OK)
        return status;
    for (size_t b = 0; b < retain__blocks(rows, ROWS_OF_A_BLOCK); b++)
        h += (double)grower->partial[b];
    h = (h + (double)weight) * 0x1p-30; /* what rounding took, at most half a unit each, is in the second term */
    grower->weight_bits = retain__bits_of(weight);
    grower->g_scale = ldexp(1.0, -bits_after_point((double)weight, 61)) / grower->unit;
    grower->h_scale = ldexp(1.0, -bits_after_point(1.01 * h, 63 - (int)grower->weight_bits)) / grower->unit;
    return retain__parallel(grower->scratch->ctx, rows, ROWS_OF_A_BLOCK, grower->from, grower->from, derive_rows, grower);
}

/* --- histograms -------------------------------------------------------------------------------------------------------------------- */

typedef struct table {
    retain__grower *grower;
    const branch *small; /* its rows are counted */
    const branch *large; /* its histogram is that of the whole, from which the small one's is taken; NULL at the root */
} table;

static void count_rows(retain__cell *cells, const uint8_t *bin, const uint32_t *row, const retain__cell *of_row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        retain__cell *cell = cells + bin[row[i]];

        cell->g += of_row[i].g;
        cell->hw += of_row[i].hw;
    }
}

/* The same for all rows, in their own order. */
static void count_all_rows(retain__cell *cells, const uint8_t *bin, const retain__cell *of_row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        cells[bin[i]].g += of_row[i].g;
        cells[bin[i]].hw += of_row[i].hw;
    }
}

/* --- splits ------------------------------------------------------------------------------------------------------------------------ */

static double value_of(const retain__grower *grower, const branch *of, double g, double h)
{
    return fmin(fmax(-g / (h + grower->options->l2), of->low), of->high);
}

/* What a value takes off the log loss. */
static double worth_of(const retain__grower *grower, double value, double g, double h)
{
    return -value * (g + 0.5 * (h + grower->options->l2) * value);
}

static void try_split(const retain__grower *grower, const branch *of, size_t column, size_t bin, int missing_left,
                      retain__cell left, double worth, split *best)
{
    const retain__cell right = {of->sum.g - left.g, of->sum.hw - left.hw};
    const int direction = grower->options->monotone ? grower->options->monotone[column] : 0;
    double g[2], h[2], value[2], gain, both;

    if ((double)weight_of(grower, left) < grower->options->leaf_customers * grower->unit ||
        (double)weight_of(grower, right) < grower->options->leaf_customers * grower->unit)
        return;
    h[0] = h_of(grower, left);
    h[1] = h_of(grower, right);
    if (h[0] < grower->options->leaf_hessian || h[1] < grower->options->leaf_hessian)
        return;
    g[0] = g_of(grower, left);
    g[1] = g_of(grower, right);
    for (int side = 0; side < 2; side++)
        value[side] = value_of(grower, of, g[side], h[side]);
    if (direction * value[0] > direction * value[1])
        return;
    both = worth_of(grower, value[0], g[0], h[0]) + worth_of(grower, value[1], g[1], h[1]);
    gain = both - worth;
    if (gain > best->gain && gain > LEAST_GAIN * both)
        *best = (split){gain, column, (uint8_t)bin, (uint8_t)missing_left, left};
}

/* Thresholds from below, missing values to the right and, where there are any, to the left as well. */
static void find_split_of_column(const retain__grower *grower, const branch *of, size_t column, split *best)
{
    const retain__cell *cells = of->cells + grower->bins->first[column];
    const size_t used = grower->bins->used[column];
    const retain__cell missing = cells[used], none = {0, 0};
    const int has_missing = weight_of(grower, missing) != 0;
    const double g = g_of(grower, of->sum), h = h_of(grower, of->sum);
    const double worth = worth_of(grower, value_of(grower, of, g, h), g, h);

    best->gain = 0.0;
    for (int to_left = 0; to_left <= has_missing; to_left++) {
        retain__cell left = to_left ? missing : none;

        for (size_t b = 0; b + 1 < used + (has_missing && !to_left); b++) {
            if (cells[b].hw == 0)
                continue;
            left.g += cells[b].g;
            left.hw += cells[b].hw;
            try_split(grower, of, column, b, to_left, left, worth, best);
        }
    }
    /* nobody was missing here: who will be goes where most went */
    if (best->gain > 0.0 && !has_missing)
        best->missing_left = 2 * weight_of(grower, best->left) > weight_of(grower, of->sum);
}

static void do_columns(void *state, size_t block, size_t first, size_t last)
{
    const table *of = state;
    const retain__grower *grower = of->grower;
    const retain__bins *bins = grower->bins;
    const size_t count = of->small->last - of->small->first;

    (void)block;
    for (size_t j = first; j < last; j++) {
        retain__cell *cells = of->small->cells + bins->first[j];
        const size_t many = bins->used[j] + 1;

        memset(cells, 0, many * sizeof *cells);
        if (count == bins->rows)
            count_all_rows(cells, bins->bin + j * bins->rows, grower->row_cell, count);
        else
            count_rows(cells, bins->bin + j * bins->rows, grower->row + of->small->first, grower->ordered, count);
        find_split_of_column(grower, of->small, j, grower->best + j);
        if (!of->large)
            continue;
        for (size_t b = 0; b < many; b++) {
            of->large->cells[bins->first[j] + b].g -= cells[b].g;
            of->large->cells[bins->first[j] + b].hw -= cells[b].hw;
        }
        find_split_of_column(grower, of->large, j, grower->best + bins->columns + j);
    }
}

static void take_best(const split *best, size_t columns, branch *of)
{
    of->best.gain = 0.0;
    for (size_t j = 0; j < columns; j++) {
        if (best[j].gain > of->best.gain)
            of->best = best[j];
    }
}

/* Histograms and best splits of two sides, or of the root alone. */
static retain_status find_splits(retain__grower *grower, branch *small, branch *large)
{
    const size_t columns = grower->bins->columns, count = small->last - small->first;
    table of = {grower, small, large};
    retain_status status;

    if (count < grower->bins->rows) {
        for (size_t i = 0; i < count; i++)
            grower->ordered[i] = grower->row_cell[grower->row[small->first + i]];
    }
    status = retain__parallel(grower->scratch->ctx, columns, count < ROWS_WORTH_A_THREAD ? columns : 1, grower->from, grower->from,
                              do_columns, &of);
    take_best(grower->best, columns, small);
    if (large)
        take_best(grower->best + columns, columns, large);
    return status;
}

/* --- the two sides ----------------------------------------------------------------------------------------------------------------- */

/* Rows that go to the left first, each side in its order; returns where the right side begins. */
static size_t part_rows(retain__grower *grower, const branch *of)
{
    const uint8_t *bin = grower->bins->bin + of->best.column * grower->bins->rows;
    uint8_t left[256];
    size_t at = of->first, aside = 0;

    for (size_t b = 0; b < 256; b++)
        left[b] = b == grower->bins->used[of->best.column] ? of->best.missing_left : b <= of->best.bin;
    for (size_t i = of->first; i < of->last; i++) {
        const uint32_t row = grower->row[i];
        const size_t goes_left = left[bin[row]];

        grower->row[at] = row;
        grower->spare[aside] = row;
        at += goes_left;
        aside += 1 - goes_left;
    }
    memcpy(grower->row + at, grower->spare, aside * sizeof *grower->row);
    return at;
}

static void bound_sides(const retain__grower *grower, const branch *of, branch *side)
{
    const int direction = grower->options->monotone ? grower->options->monotone[of->best.column] : 0;
    double value[2], middle;

    for (int s = 0; s < 2; s++)
        value[s] = value_of(grower, of, g_of(grower, side[s].sum), h_of(grower, side[s].sum));
    middle = 0.5 * (value[0] + value[1]);
    for (int s = 0; s < 2 && direction != 0; s++) {
        if ((direction > 0) == (s == 0))
            side[s].high = middle;
        else
            side[s].low = middle;
    }
}

static retain_status part(retain__grower *grower, const branch *of, branch *side)
{
    const size_t middle = part_rows(grower, of);
    int small;

    side[0] = side[1] = (branch){of->first, of->last, of->depth + 1, of->best.left, NULL, of->low, of->high, NO_SPLIT};
    side[0].last = side[1].first = middle;
    side[1].sum = (retain__cell){of->sum.g - of->best.left.g, of->sum.hw - of->best.left.hw};
    bound_sides(grower, of, side);
    if (of->depth + 1 == grower->options->depth)
        return RETAIN_OK;
    small = middle - of->first > of->last - middle;
    side[small].cells = grower->cells + (of->depth + 1) * grower->bins->first[grower->bins->columns];
    side[!small].cells = of->cells;
    return find_splits(grower, &side[small], &side[!small]);
}

/* --- the tree ---------------------------------------------------------------------------------------------------------------------- */

static void add_leaf(retain__grower *grower, const branch *of, retain_boosting_node *node)
{
    const double value = grower->options->learning_rate * value_of(grower, of, g_of(grower, of->sum), h_of(grower, of->sum));

    *node = (retain_boosting_node){0.0, value, (double)weight_of(grower, of->sum) / grower->unit, 0.0, RETAIN_BOOSTING_LEAF, 0};
    for (size_t i = of->first; i < of->last; i++)
        grower->score[grower->row[i]] += value;
}

/* Deeper by one split with each call, RETAIN_BOOSTING_DEPTH at most. */
static retain_status grow_branch(retain__grower *grower, const branch *of, retain_boosting_node *node, size_t *nodes)
{
    const split *best = &of->best;
    retain_status status;
    branch side[2];

    if (!(best->gain > 0.0)) {
        add_leaf(grower, of, node + (*nodes)++);
        return RETAIN_OK;
    }
    node[(*nodes)++] = (retain_boosting_node){grower->bins->threshold[best->column * RETAIN__MOST_BINS + best->bin],
                                              0.0,
                                              (double)weight_of(grower, of->sum) / grower->unit,
                                              best->gain,
                                              (int32_t)best->column,
                                              best->missing_left};
    status = part(grower, of, side);
    for (int s = 0; s < 2 && status == RETAIN_OK; s++)
        status = grow_branch(grower, &side[s], node, nodes);
    return status;
}

retain_status retain__grow_tree(retain__grower *grower, retain_boosting_node *node, size_t *nodes)
{
    const size_t rows = grower->bins->rows;
    branch root = {0, rows, 0, {0, 0}, grower->cells, -HUGE_VAL, HUGE_VAL, NO_SPLIT};
    uint64_t weight = 0;
    retain_status status;

    for (size_t i = 0; i < rows; i++) {
        grower->row[i] = (uint32_t)i;
        weight += grower->weight[i];
    }
    status = find_derivatives(grower, weight);
    for (size_t i = 0; i < rows && status == RETAIN_OK; i++) {
        root.sum.g += grower->row_cell[i].g;
        root.sum.hw += grower->row_cell[i].hw;
    }
    if (status == RETAIN_OK)
        status = find_splits(grower, &root, NULL);
    return status == RETAIN_OK ? grow_branch(grower, &root, node, nodes) : status;
}

/* --- before the first tree --------------------------------------------------------------------------------------------------------- */

retain_status retain__prepare_grower(retain__scratch *scratch, const retain__bins *bins, const retain_boosting_options *options,
                                     const uint8_t *outcome, double unit, int is_whole, retain__grower *grower)
{
    const size_t rows = bins->rows;

    *grower = (retain__grower){
        .scratch = scratch, .bins = bins, .options = options, .outcome = outcome, .unit = unit, .is_whole = is_whole};
    grower->score = retain__take(scratch, rows, sizeof *grower->score);
    grower->p = retain__take(scratch, rows, sizeof *grower->p);
    grower->row_cell = retain__take(scratch, rows, sizeof *grower->row_cell);
    grower->ordered = retain__take(scratch, rows, sizeof *grower->ordered);
    grower->row = retain__take(scratch, rows, sizeof *grower->row);
    grower->spare = retain__take(scratch, rows, sizeof *grower->spare);
    grower->cells = retain__take(scratch, options->depth * bins->first[bins->columns], sizeof *grower->cells);
    grower->best = retain__take(scratch, 2 * bins->columns, sizeof *grower->best);
    grower->partial = retain__take(scratch, retain__blocks(rows, ROWS_OF_A_BLOCK), sizeof *grower->partial);
    return grower->score && grower->p && grower->row_cell && grower->ordered && grower->row && grower->spare && grower->cells &&
                   grower->best && grower->partial
               ? RETAIN_OK
               : RETAIN_ERROR_MEMORY;
}

void retain__start_growing(retain__grower *grower, const uint32_t *weight, double base)
{
    grower->weight = weight;
    for (size_t i = 0; i < grower->bins->rows; i++)
        grower->score[i] = base;
}

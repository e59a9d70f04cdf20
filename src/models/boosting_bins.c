/* Columns in bins: trees look at thresholds, and 254 of them per column are enough.
 *
 * A column is sorted once, exactly, for which a radix sort is quick; a sample would be quicker still, but then thresholds would be a
 * matter of luck. Where a column has few distinct values each gets a bin of its own. Otherwise bins are filled one after the other up to an
 * equal share of what is left, so that a value that many customers have does not starve the others of bins. Thresholds lie half-way
 * between the neighbours, rounded downwards where no number lies between. */
#include <math.h>

#include "core/keys.h"
#include "core/sort.h"
#include "models/boosting_tree.h"

static const double LAST = 1e100;

/* A column sorted: words of key, or of key and weight. */
typedef struct sorted_column {
    uint64_t *words, *spare;
    size_t width, count;
} sorted_column;

static uint64_t weight_at(const sorted_column *column, size_t i)
{
    return column->width == 2 ? column->words[2 * i + 1] : 1;
}

static void sort_column(const retain_predictors *predictors, const uint32_t *weight, size_t j, sorted_column *column)
{
    const retain__row_shape shape = {column->width, 1, 0};

    column->count = 0;
    for (size_t i = 0; i < predictors->count; i++) {
        const double x = retain__predictor(predictors, i, j);
        uint64_t *word = column->words + column->count * column->width;

        if (isnan(x) || weight[i] == 0)
            continue;
        word[0] = retain__key_of(x);
        if (column->width == 2)
            word[1] = weight[i];
        column->count++;
    }
    retain__sort_rows(&shape, column->words, column->spare, column->count);
}

/* Equal keys become one, with the sum of their weights; returns the sum of all. Words are then pairs. */
static uint64_t merge_equal(sorted_column *column, uint64_t *pairs)
{
    uint64_t sum = 0;
    size_t count = 0;

    for (size_t i = 0; i < column->count; i++) {
        const uint64_t key = column->words[i * column->width], weight = weight_at(column, i);

        sum += weight;
        if (count && pairs[2 * count - 2] == key) {
            pairs[2 * count - 1] += weight;
        } else {
            pairs[2 * count] = key;
            pairs[2 * count++ + 1] = weight;
        }
    }
    column->count = count;
    return sum;
}

static double between(uint64_t low_key, uint64_t high_key)
{
    const double low = retain__number_of(low_key), high = retain__number_of(high_key), middle = 0.5 * low + 0.5 * high;

    return middle >= low && middle < high ? middle : low;
}

/* Thresholds of a column from its distinct values; returns the number of bins. */
static size_t choose_thresholds(const uint64_t *pairs, size_t distinct, uint64_t sum, size_t most, double *threshold)
{
    uint64_t filled = 0;
    size_t used = 0;

    for (size_t i = 0; i < distinct; i++) {
        const int is_last = i + 1 == distinct;

        filled += pairs[2 * i + 1];
        if (!is_last && distinct > most && (used + 1 == most || filled * (most - used) < sum))
            continue;
        threshold[used++] = is_last ? LAST : between(pairs[2 * i], pairs[2 * i + 2]);
        sum -= filled;
        filled = 0;
    }
    return used;
}

static retain_status choose_bins(retain__scratch *scratch, const retain_predictors *predictors, const uint32_t *weight, size_t most,
                                 retain__bins *bins)
{
    sorted_column column = {NULL, NULL, 1, 0};

    for (size_t i = 0; i < predictors->count; i++) {
        if (weight[i] > 1)
            column.width = 2;
    }
    column.words = retain__take(scratch, predictors->count, 2 * sizeof *column.words);
    column.spare = retain__take(scratch, predictors->count, 2 * sizeof *column.spare);
    if (!column.words || !column.spare)
        return RETAIN_ERROR_MEMORY;
    bins->first[0] = 0;
    for (size_t j = 0; j < predictors->columns; j++) {
        uint64_t sum;

        sort_column(predictors, weight, j, &column);
        sum = merge_equal(&column, column.spare);
        bins->used[j] = choose_thresholds(column.spare, column.count, sum, most, bins->threshold + j * RETAIN__MOST_BINS);
        bins->first[j + 1] = bins->first[j] + bins->used[j] + 1;
    }
    retain__give_back(scratch, column.words);
    retain__give_back(scratch, column.spare);
    return RETAIN_OK;
}

/* --- rows into bins ---------------------------------------------------------------------------------------------------------------- */

typedef struct filling {
    const retain_predictors *predictors;
    retain__bins *bins;
} filling;

/* The number of thresholds below x: a search without branches, which mispredict on every step otherwise. */
static uint8_t find_bin(const double *threshold, size_t used, size_t first_step, double x)
{
    size_t at = 0;

    if (isnan(x))
        return (uint8_t)used;
    for (size_t step = first_step; step; step /= 2)
        at += at + step < used && threshold[at + step - 1] < x ? step : 0;
    return (uint8_t)at;
}

static void fill_rows(void *state, size_t block, size_t first, size_t last)
{
    const filling *of = state;
    retain__bins *bins = of->bins;

    (void)block;
    for (size_t j = 0; j < bins->columns; j++) {
        const double *threshold = bins->threshold + j * RETAIN__MOST_BINS;
        const size_t used = bins->used[j];
        size_t step = 1;

        while (2 * step < used)
            step *= 2;
        for (size_t i = first; i < last; i++)
            bins->bin[j * bins->rows + i] = find_bin(threshold, used, step, retain__predictor(of->predictors, i, j));
    }
}

retain_status retain__cut_into_bins(retain__scratch *scratch, const retain_predictors *predictors, const uint32_t *weight,
                                    size_t most, retain__bins *bins)
{
    const size_t columns = predictors->columns;
    filling of = {predictors, bins};
    retain_status status;

    *bins = (retain__bins){.rows = predictors->count, .columns = columns};
    bins->threshold = retain__take(scratch, columns * RETAIN__MOST_BINS, sizeof *bins->threshold);
    bins->used = retain__take(scratch, columns, sizeof *bins->used);
    bins->first = retain__take(scratch, columns + 1, sizeof *bins->first);
    bins->bin = retain__take(scratch, predictors->count, columns);
    if (!bins->threshold || !bins->used || !bins->first || !bins->bin)
        return RETAIN_ERROR_MEMORY;
    status = choose_bins(scratch, predictors, weight, most, bins);
    return status == RETAIN_OK ? retain__parallel(scratch->ctx, predictors->count, (size_t)1 << 14, 0.0, 0.0, fill_rows, &of)
                               : status;
}

/* Collapsing tables whose columns have few values.
 *
 * Times are days and counts are small: however many customers a shop has, each column of their table has some hundreds of
 * different values. A value is then known by its rank among them, a row by its ranks side by side in one word, and such words
 * hold all there is to know about a row. They are sorted, equal ones are counted, and no row is looked at again.
 *
 * The values of a column are collected in a hash table while the rows go by, which stays in the first-level cache when they are
 * few. Tables with a column of more than MOST_VALUES values, times to the second perhaps, are given up early and go the other
 * way, in collapse.c. Which way a table goes depends on its values only, not on the order or the number of its rows, and so does
 * the order of the result, which here is that of the numbers. */
#include <string.h>

#include "core/sort.h"
#include "data/collapse.h"
#include "math/kernels.h"
#include "math/sums.h"

enum {
    MOST_VALUES = 1 << 14,
    CODE_BITS = 16,
    CODE_MASK = (1 << CODE_BITS) - 1,
    NO_CODE = CODE_MASK,
    FIRST_SLOTS = 1 << 11,
    SPARSE = 4, /* slots a value: a value is mostly found where it is looked for first */
    BLOCK = 256
};

/* The values of a column. */
typedef struct values {
    size_t count, slots; /* slots: a power of 2, at least SPARSE times the count */
    unsigned shift;      /* of a hash, to a slot */
    uint16_t *slot;      /* code of a value + 1, or 0 */
    uint64_t *bits; /* [slots / SPARSE] of the values in the order in which they were met, which is their code; later by rank */
    uint16_t *rank; /* [count] of each code */
    unsigned width; /* bits of a rank */
} values;

typedef struct ranks {
    retain__scratch *scratch;
    const double *const *column;
    size_t columns;
    const double *weight;
    size_t width;    /* words of a row: its codes or ranks, and then, if there is need, */
    int with_number; /* its number, or else its weight */
    values of[RETAIN__MOST_COLUMNS];
    uint64_t *rows;
    size_t count;
} ranks;

/* --- values to ranks ---------------------------------------------------------------------------------------------------------- */

static RETAIN__INLINE size_t find_slot(const values *of, uint64_t bits)
{
    size_t at = (size_t)(((bits ^ bits >> 32) * 0x9E3779B97F4A7C15u) >> of->shift);

    while (of->slot[at] && of->bits[of->slot[at] - 1] != bits)
        at = (at + 1) & (of->slots - 1);
    return at;
}

static retain_status grow(retain__scratch *scratch, values *of, size_t slots)
{
    uint16_t *old_slot = of->slot;
    uint64_t *old_bits = of->bits;

    of->slot = retain__take_zeroed(scratch, slots, sizeof *of->slot);
    of->bits = retain__take(scratch, slots / SPARSE, sizeof *of->bits);
    if (!of->slot || !of->bits)
        return RETAIN_ERROR_MEMORY;
    of->slots = slots;
    of->shift = 64 - (retain__bits_of(slots) - 1);
    if (old_bits)
        memcpy(of->bits, old_bits, of->count * sizeof *old_bits);
    for (size_t code = 0; code < of->count; code++)
        of->slot[find_slot(of, of->bits[code])] = (uint16_t)(code + 1);
    retain__give_back(scratch, old_slot);
    retain__give_back(scratch, old_bits);
    return RETAIN_OK;
}

/* Adds a value that is not there yet; its code is NO_CODE when there are too many. */
static retain_status add_value(retain__scratch *scratch, values *of, uint64_t bits, uint64_t *code)
{
    *code = NO_CODE;
    if (of->count == MOST_VALUES)
        return RETAIN_OK;
    if (SPARSE * of->count == of->slots) {
        retain_status status = grow(scratch, of, 4 * of->slots);

        if (status != RETAIN_OK)
            return status;
    }
    *code = of->count;
    of->bits[of->count++] = bits;
    of->slot[find_slot(of, bits)] = (uint16_t)of->count;
    return RETAIN_OK;
}

/* Puts the codes of some values beside those that are in `words` already; `*few` becomes 0 when there are too many values. */
static retain_status encode_values(retain__scratch *scratch, values *of, const double *value, size_t count, uint64_t *words,
                                   int *few)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = retain__bits(value[i] + 0.0), code; /* -0 becomes 0 */
        size_t at = find_slot(of, bits);

        code = of->slot[at] - (uint64_t)1;
        if (!of->slot[at] && add_value(scratch, of, bits, &code) != RETAIN_OK)
            return RETAIN_ERROR_MEMORY;
        if (code == NO_CODE) {
            *few = 0;
            break;
        }
        words[i] = words[i] << CODE_BITS | code;
    }
    return RETAIN_OK;
}

/* Makes words of the rows of a block; rows of weight 0 are left out. */
static retain_status encode_block(ranks *of, size_t first, size_t last, int *few)
{
    uint64_t words[BLOCK] = {0};
    size_t row[BLOCK], count = 0;
    retain_status status = RETAIN_OK;

    for (size_t i = first; i < last; i++) {
        row[count] = i;
        count += !of->weight || of->weight[i] != 0.0;
    }
    for (size_t c = 0; status == RETAIN_OK && *few && c < of->columns; c++) {
        double value[BLOCK];

        for (size_t i = 0; i < count; i++)
            value[i] = of->column[c][row[i]];
        status = encode_values(of->scratch, &of->of[c], value, count, words, few);
    }
    if (status != RETAIN_OK || !*few)
        return status;
    for (size_t i = 0; i < count; i++) {
        of->rows[of->count * of->width] = words[i];
        if (of->width > 1)
            of->rows[of->count * of->width + 1] = of->with_number ? row[i] : retain__bits(of->weight[row[i]]);
        of->count++;
    }
    return RETAIN_OK;
}

static retain_status encode(ranks *of, size_t rows, int *few)
{
    retain_status status = RETAIN_OK;

    for (size_t first = 0; status == RETAIN_OK && *few && first < rows; first += BLOCK)
        status = encode_block(of, first, rows - first < BLOCK ? rows : first + BLOCK, few);
    return status;
}

/* Puts the values of a column in ascending order and notes which rank each code has. */
static retain_status rank_values(retain__scratch *scratch, values *of)
{
    const retain__row_shape shape = {2, 1, 0};
    uint64_t *rows = retain__take(scratch, of->count, 4 * sizeof *rows);

    of->rank = retain__take(scratch, of->count, sizeof *of->rank);
    if (!rows || !of->rank)
        return RETAIN_ERROR_MEMORY;
    for (size_t code = 0; code < of->count; code++) {
        rows[2 * code] = of->bits[code];
        rows[2 * code + 1] = code;
    }
    retain__sort_rows(&shape, rows, rows + 2 * of->count, of->count);
    for (size_t rank = 0; rank < of->count; rank++) {
        of->bits[rank] = rows[2 * rank];
        of->rank[rows[2 * rank + 1]] = (uint16_t)rank;
    }
    of->width = retain__bits_of(of->count - 1);
    retain__give_back(scratch, rows);
    return RETAIN_OK;
}

/* Turns the codes in the rows into ranks, with no more bits than these need. */
static void rank_rows(ranks *of)
{
    for (size_t i = 0; i < of->count; i++) {
        uint64_t codes = of->rows[i * of->width], word = 0;

        for (size_t c = 0; c < of->columns; c++)
            word = word << of->of[c].width | of->of[c].rank[codes >> CODE_BITS * (of->columns - 1 - c) & CODE_MASK];
        of->rows[i * of->width] = word;
    }
}

/* --- the distinct rows -------------------------------------------------------------------------------------------------------- */

static int starts_row(const ranks *of, size_t i)
{
    return i == 0 || of->rows[i * of->width] != of->rows[(i - 1) * of->width];
}

static retain_status take_result(const ranks *of, retain__collapsed *to)
{
    int complete = 1;
    size_t count = 0;

    for (size_t i = 0; i < of->count; i++)
        count += (size_t)starts_row(of, i);
    to->runs = of->of[0].count;
    for (size_t c = 1; c < of->columns; c++)
        complete &= (to->column[c - 1] = retain__take(of->scratch, count, sizeof(double))) != NULL;
    to->weight = retain__take(of->scratch, count, sizeof *to->weight);
    to->value = retain__take(of->scratch, to->runs, sizeof *to->value);
    to->first = retain__take(of->scratch, to->runs + 1, sizeof *to->first);
    return complete && to->weight && to->value && to->first ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* Writes a distinct row; returns the rank of its first value. */
static size_t write_row(const ranks *of, uint64_t word, retain__collapsed *to)
{
    for (size_t c = of->columns - 1; c > 0; c--) {
        const values *column = &of->of[c];

        to->column[c - 1][to->count] = retain__of_bits(column->bits[word & (((uint64_t)1 << column->width) - 1)]);
        word >>= column->width;
    }
    return (size_t)word;
}

static double weight_of(const ranks *of, size_t i)
{
    uint64_t other = of->rows[i * of->width + 1];

    return of->with_number ? of->weight[other] : retain__of_bits(other);
}

static void write_result(const ranks *of, int64_t *row_of, retain__collapsed *to)
{
    size_t run = 0;

    for (size_t i = 0, end; i < of->count; i = end) {
        size_t rank = write_row(of, of->rows[i * of->width], to);
        retain__sum weight = {0.0, 0.0};

        end = i + 1;
        while (end < of->count && !starts_row(of, end))
            end++;
        for (size_t k = i; of->weight && k < end; k++)
            retain__sum_add(&weight, weight_of(of, k));
        for (size_t k = i; row_of && k < end; k++)
            row_of[of->rows[2 * k + 1]] = (int64_t)to->count;
        to->weight[to->count] = of->weight ? retain__sum_value(weight) : (double)(end - i);
        if (run == rank)
            to->first[run++] = to->count;
        to->count++;
    }
    for (run = 0; run < to->runs; run++)
        to->value[run] = retain__of_bits(of->of[0].bits[run]);
    to->first[to->runs] = to->count;
}

/* --- all of it ---------------------------------------------------------------------------------------------------------------- */

static retain_status sort_by_ranks(ranks *of)
{
    const retain__row_shape shape = {of->width, 1, 0};
    uint64_t *spare;

    for (size_t c = 0; of->count && c < of->columns; c++) {
        if (rank_values(of->scratch, &of->of[c]) != RETAIN_OK)
            return RETAIN_ERROR_MEMORY;
    }
    rank_rows(of);
    spare = retain__take(of->scratch, of->count, of->width * sizeof *spare);
    if (!spare)
        return RETAIN_ERROR_MEMORY;
    retain__sort_rows(&shape, of->rows, spare, of->count);
    retain__give_back(of->scratch, spare);
    return RETAIN_OK;
}

static void give_back(ranks *of)
{
    for (size_t c = 0; c < of->columns; c++) {
        retain__give_back(of->scratch, of->of[c].slot);
        retain__give_back(of->scratch, of->of[c].bits);
        retain__give_back(of->scratch, of->of[c].rank);
    }
    retain__give_back(of->scratch, of->rows);
}

retain_status retain__collapse_ranks(retain__scratch *scratch, const double *const *column, size_t columns, const double *weight,
                                     size_t rows, int64_t *row_of, retain__collapsed *collapsed, int *few)
{
    ranks of = {.scratch = scratch, .column = column, .columns = columns, .weight = weight, .with_number = row_of != NULL};
    retain_status status = RETAIN_OK;

    *few = 1;
    of.width = row_of || weight ? 2 : 1;
    of.rows = retain__take(scratch, rows, of.width * sizeof *of.rows);
    for (size_t c = 0; c < columns && status == RETAIN_OK; c++)
        status = grow(scratch, &of.of[c], FIRST_SLOTS);
    if (!of.rows || status != RETAIN_OK)
        return RETAIN_ERROR_MEMORY;
    status = encode(&of, rows, few);
    if (status == RETAIN_OK && *few)
        status = sort_by_ranks(&of);
    if (status == RETAIN_OK && *few)
        status = take_result(&of, collapsed);
    if (status == RETAIN_OK && *few)
        write_result(&of, row_of, collapsed);
    give_back(&of);
    return status;
}

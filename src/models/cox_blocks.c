/* The partial likelihood, block by block.
 *
 * Where nobody enters late, the risk set of a time is its first row and all behind it in the stratum, so S and S1 at a time are what running sums from the last
 * row back have come to at that row. Rows are cut into blocks, and a block needs to know of the others only the sums behind it: one pass
 * finds the sums of each block, these are added up, and a second pass runs within each block from there. Each pass reads every number once, in
 * whole columns, and all blocks of a pass are independent of each other.
 *
 * The sum over rows of r x x' times the hazard that each has met (cox_likelihood.c) is cut up too: a row meets the times of its own block up to its own, and
 * all times of the blocks before it. The first part is a sum within the block. The second is, for each block, the hazard of its times
 * multiplied by the sum of r x x' of all rows behind the block; that is kept for each block as the sum of r x x' of its own rows.
 *
 * Of many columns those products cost more than a look at the numbers again: then a third pass, from the first block on, tells each row all the hazard that
 * it has met.
 *
 * Risks are taken beside the largest one of their block first, since the largest of all is not yet known, and multiplied by what is missing later. Rows that end at
 * a time with others may lie in
 * blocks behind the one where the time begins: that one sees to all of them, or with a third pass each block to its own. */
#include "models/cox_blocks.h"

#include <math.h>
#include <string.h>

#include "math/columns.h"
#include "math/kernels.h"
#include "math/sums.h"

enum {
    MOST = RETAIN__COX_MOST,
    FEW = 8,             /* columns whose products cost less than reading them once more */
    BLOCKS_PER_PART = 8, /* that a thread takes at once */
    TRIANGLE = MOST * (MOST + 1) / 2
};

_Static_assert((int)RETAIN__COX_BLOCK_NUMBERS / (int)MOST % 4 == 0, "rows of a block are fours");

/* --- cutting ---------------------------------------------------------------------------------------------------------------------- */

static size_t rows_per_block(const retain__cox_data *data)
{
    const size_t rows = RETAIN__COX_BLOCK_NUMBERS / data->columns / 4 * 4;

    return rows < RETAIN__COX_BLOCK_ROWS ? rows : (size_t)RETAIN__COX_BLOCK_ROWS;
}

static size_t count_blocks(const retain__cox_data *data)
{
    size_t count = 0;

    for (size_t s = 0; s < data->strata; s++)
        count += retain__blocks(data->begin[s + 1] - data->begin[s], rows_per_block(data));
    return count;
}

static void cut(retain__cox_blocks *of)
{
    const retain__cox_data *data = of->data;
    const size_t rows = rows_per_block(data);
    size_t made = 0, time = 0;

    for (size_t s = 0; s < data->strata; s++) {
        for (size_t at = data->begin[s]; at < data->begin[s + 1]; at += rows) {
            retain__cox_block *block = of->block + made++;

            *block = (retain__cox_block){.first = at, .last = at + rows, .from = time, .stratum = s};
            if (block->last > data->begin[s + 1])
                block->last = data->begin[s + 1];
            for (; time < data->times && data->time[time].begin < block->last; time++) {
                block->is_tied |= of->ties == RETAIN_COX_EFRON && data->time[time].ended > 1;
                block->is_weighted |= data->time[time].weight != 1.0;
            }
            block->to = time;
        }
    }
}

/* Gives each block its part of the scratch. */
static void hand_out(retain__cox_blocks *of, double *room)
{
    const size_t n = of->data->columns;

    for (size_t b = 0; b < of->count; b++) {
        retain__cox_block *block = of->block + b;

        block->sum = room;
        block->behind = block->sum + 1 + n;
        block->slope = block->behind + 1 + n;
        block->square = block->slope + n;
        block->own = block->square + retain__count_triangle(n);
        room = block->own + retain__count_triangle(n);
    }
}

static void sum_ended(retain__cox_blocks *of)
{
    const retain__cox_data *data = of->data;
    retain__sum sum[MOST];

    memset(sum, 0, sizeof sum);
    for (size_t b = 0; b < of->count; b++) {
        const size_t first = of->block[b].first, rows = of->block[b].last - first;
        double weight[RETAIN__COX_BLOCK_ROWS], part[MOST] = {0.0};

        for (size_t i = 0; i < rows; i++)
            weight[i] = data->ends[first + i] * retain__cox_weight(data, first + i);
        retain__columns_sum(data->columns, data->x + first, data->count, weight, rows, part);
        for (size_t k = 0; k < data->columns; k++)
            retain__sum_add(&sum[k], part[k]);
    }
    for (size_t k = 0; k < data->columns; k++)
        of->ended[k] = retain__sum_value(sum[k]);
}

int retain__cox_take_blocks(retain__scratch *scratch, const retain__cox_data *data, retain_cox_ties ties, retain__cox_blocks *of)
{
    const size_t n = data->columns;
    double *room;

    *of = (retain__cox_blocks){.data = data, .ties = ties, .count = count_blocks(data)};
    of->block = retain__take(scratch, of->count, sizeof *of->block);
    of->risk = retain__take(scratch, data->count, sizeof *of->risk);
    room = retain__take(scratch, of->count, (2 + 3 * n + 2 * retain__count_triangle(n)) * sizeof *room);
    of->one = n > FEW ? retain__take(scratch, data->times, sizeof *of->one) : NULL;
    of->one_f = n > FEW ? retain__take(scratch, data->times, sizeof *of->one_f) : NULL;
    if (!of->block || !of->risk || !room || (n > FEW && (!of->one || !of->one_f)) ||
        retain__open_rooms(scratch->ctx, scratch, retain__blocks(of->count, BLOCKS_PER_PART), 1, sizeof(retain__cox_room),
                           &of->rooms) != RETAIN_OK)
        return 0;
    cut(of);
    hand_out(of, room);
    sum_ended(of);
    return 1;
}

/* --- the first pass --------------------------------------------------------------------------------------------------------------- */

/* Turns linear predictors into exponentials beside the largest of them. */
static RETAIN__INLINE void raise_body(double *risk, size_t rows, double *largest)
{
    double most[RETAIN__LANES];
    size_t i = 0;

    for (size_t l = 0; l < RETAIN__LANES; l++)
        most[l] = risk[0];
    for (; i + RETAIN__LANES <= rows; i += RETAIN__LANES) {
        for (size_t l = 0; l < RETAIN__LANES; l++)
            most[l] = risk[i + l] > most[l] ? risk[i + l] : most[l];
    }
    for (; i < rows; i++)
        most[0] = risk[i] > most[0] ? risk[i] : most[0];
    for (size_t l = 1; l < RETAIN__LANES; l++)
        most[0] = most[l] > most[0] ? most[l] : most[0];
    for (i = 0; i < rows; i++)
        risk[i] = retain__fast_exp(risk[i] - most[0]);
    *largest = most[0];
}

RETAIN__VECTORISED(static, raise, (double *risk, size_t rows, double *largest), (risk, rows, largest));

/* Times the weights (NULL: 1), and their sum. */
static RETAIN__INLINE void weigh_body(double *risk, const double *weight, size_t rows, double *sum)
{
    double lane[RETAIN__LANES] = {0.0};
    size_t i = 0;

    for (size_t r = 0; weight && r < rows; r++)
        risk[r] *= weight[r];
    for (; i + RETAIN__LANES <= rows; i += RETAIN__LANES) {
        for (size_t l = 0; l < RETAIN__LANES; l++)
            lane[l] += risk[i + l];
    }
    for (; i < rows; i++)
        lane[i % RETAIN__LANES] += risk[i];
    *sum = retain__merge_lanes(lane);
}

RETAIN__VECTORISED(static, weigh, (double *risk, const double *weight, size_t rows, double *sum), (risk, weight, rows, sum));

/* Risks of the rows of a block beside its largest, and their sums. Where the search begins, at 0, all are alike. */
static void find_risks(const retain__cox_blocks *of, retain__cox_block *block, retain__cox_room *room)
{
    const retain__cox_data *data = of->data;
    const size_t rows = block->last - block->first, n = data->columns;
    const double *x = data->x + block->first;
    double *risk = of->risk + block->first;

    (void)room;
    if (of->is_zero) {
        for (size_t i = 0; i < rows; i++)
            risk[i] = 1.0;
        block->largest = 0.0;
    } else {
        retain__columns_combine(n, x, data->count, of->b, rows, risk);
        raise(risk, rows, &block->largest);
    }
    weigh(risk, data->weight ? data->weight + block->first : NULL, rows, block->sum);
    memset(block->sum + 1, 0, n * sizeof *block->sum);
    retain__columns_sum(n, x, data->count, risk, rows, block->sum + 1);
}

static int is_last_of_stratum(const retain__cox_blocks *of, const retain__cox_block *block)
{
    return block + 1 == of->block + of->count || block[1].stratum != block->stratum;
}

/* What lies behind a block, from the next one. */
static void look_behind(const retain__cox_blocks *of, retain__cox_block *block)
{
    const retain__cox_block *next = block + 1;
    double less;

    block->shift = block->largest;
    memset(block->behind, 0, (1 + of->data->columns) * sizeof *block->behind);
    if (!is_last_of_stratum(of, block)) {
        if (next->shift > block->shift)
            block->shift = next->shift;
        less = exp(next->shift - block->shift);
        for (size_t k = 0; k < 1 + of->data->columns; k++)
            block->behind[k] = (next->behind[k] + next->factor * next->sum[k]) * less;
    }
    block->factor = exp(block->largest - block->shift);
}

/* --- all of it -------------------------------------------------------------------------------------------------------------------- */

/* Work on every block. */
typedef struct passing {
    retain__cox_blocks *of;
    void (*work)(const retain__cox_blocks *of, retain__cox_block *block, retain__cox_room *room);
    int goes_back; /* from the last block to the first? */
} passing;

static void pass_part(void *state, size_t part, size_t first, size_t last)
{
    const passing *with = state;
    retain__cox_blocks *of = with->of;
    retain__cox_room *room = retain__enter_room(&of->rooms);

    (void)part;
    for (size_t i = first; i < last; i++)
        with->work(of, of->block + (with->goes_back ? of->count - 1 - i : i), room);
    retain__leave_room(&of->rooms, room);
}

/* Both passes at once, where the blocks behind are done: the numbers of the block are still at hand. */
static void pass_twice(const retain__cox_blocks *of, retain__cox_block *block, retain__cox_room *room)
{
    find_risks(of, block, room);
    look_behind(of, block);
    retain__cox_pass_block(of, block, room);
}

/* What was met before each block, and what of it the rows did not that ended then. */
static void look_ahead(retain__cox_blocks *of)
{
    const retain__cox_block *began = of->block; /* where the last time began */

    for (size_t b = 0; b < of->count; b++) {
        retain__cox_block *block = of->block + b;

        block->met = block->spilt = 0.0;
        if (b > 0 && !is_last_of_stratum(of, block - 1)) {
            block->met = (block[-1].met + block[-1].hazard) * exp(block->shift - block[-1].shift);
            if (began->stratum == block->stratum && began->is_tied && began->to > began->from)
                block->spilt = of->one_f[block->from - 1] * exp(block->shift - began->shift);
        }
        if (block->to > block->from)
            began = block;
    }
}

static retain_status pass(retain_context *ctx, retain__cox_blocks *of)
{
    passing with = {of, pass_twice, 1};
    retain_status status;

    if (!ctx || ctx->threads <= 1) {
        status = retain__parallel(ctx, of->count, BLOCKS_PER_PART, 0.3, 0.7, pass_part, &with);
    } else { /* threads have to wait for each other between the passes */
        with = (passing){of, find_risks, 0};
        status = retain__parallel(ctx, of->count, BLOCKS_PER_PART, 0.3, 0.5, pass_part, &with);
        for (size_t b = of->count; status == RETAIN_OK && b-- > 0;)
            look_behind(of, of->block + b);
        with.work = retain__cox_pass_block;
        if (status == RETAIN_OK)
            status = retain__parallel(ctx, of->count, BLOCKS_PER_PART, 0.5, 0.7, pass_part, &with);
    }
    if (status != RETAIN_OK || !of->one)
        return status;
    look_ahead(of);
    with = (passing){of, retain__cox_pass_rows, 0};
    return retain__parallel(ctx, of->count, BLOCKS_PER_PART, 0.7, 0.9, pass_part, &with);
}

static void gather(const retain__cox_blocks *of, double *value, double *gradient, double *hessian)
{
    const size_t n = of->data->columns, triangle = retain__count_triangle(n);
    double behind[TRIANGLE] = {0.0}, all[TRIANGLE] = {0.0};
    retain__sum sum = {0.0, 0.0}, slope[MOST];

    for (size_t k = 0; k < n; k++)
        slope[k] = (retain__sum){of->ended[k], 0.0};
    for (size_t b = of->count; b-- > 0;) {
        const retain__cox_block *block = of->block + b;
        const double less = is_last_of_stratum(of, block) ? 0.0 : exp(block[1].shift - block->shift);

        for (size_t k = 0; k < triangle; k++)
            all[k] += block->own[k];
        for (size_t k = 0; !of->one && k < triangle; k++) {
            behind[k] = less > 0.0 ? behind[k] * less : 0.0;
            all[k] += block->hazard * behind[k];
            behind[k] += block->square[k];
        }
        for (size_t k = 0; k < n; k++)
            retain__sum_add(&slope[k], -block->slope[k]);
        retain__sum_add(&sum, -block->logs);
    }
    for (size_t a = 0; a < n; a++) {
        retain__sum_add(&sum, of->b[a] * of->ended[a]);
        gradient[a] = retain__sum_value(slope[a]);
        for (size_t b = 0; b <= a; b++)
            hessian[a * n + b] = hessian[b * n + a] = -all[a * (a + 1) / 2 + b];
    }
    *value = retain__sum_value(sum);
}

retain_status retain__cox_evaluate_blocks(retain_context *ctx, retain__cox_blocks *of, const double *b, double *value,
                                          double *gradient, double *hessian)
{
    retain_status status;

    memcpy(of->b, b, of->data->columns * sizeof *b);
    of->is_zero = 1;
    for (size_t k = 0; k < of->data->columns; k++)
        of->is_zero &= b[k] == 0.0;
    status = pass(ctx, of);
    if (status == RETAIN_OK)
        gather(of, value, gradient, hessian);
    return status;
}

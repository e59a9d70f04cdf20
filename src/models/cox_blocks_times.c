/* The second pass over a block: its times, and what its rows meet of their hazard.
 *
 * Running sums of risks and of risks times x, from the last row back, are what each time sees; those of times at which several end are corrected for them one by
 * one (Efron). What is delicate is at the edges: rows that end together may lie in several blocks, and the one where their time begins sees to all of them. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "math/columns.h"
#include "math/kernels.h"
#include "models/cox_blocks.h"
#include "models/cox_walk.h"

enum { MOST = RETAIN__COX_MOST };

/* What a block works with. */
typedef struct room {
    double risk[RETAIN__COX_BLOCK_ROWS + RETAIN__COX_BLOCK_NUMBERS]; /* one column after the other: risk, and risk x */
    double factor[RETAIN__COX_BLOCK_ROWS];
    double seen[MOST + 2 * (RETAIN__COX_BLOCK_ROWS + RETAIN__COX_BLOCK_NUMBERS) +
                1]; /* S, S1; by time, behind a place for rows before the first time */
    double one[RETAIN__COX_BLOCK_ROWS], one_f[RETAIN__COX_BLOCK_ROWS]; /* shares of each time */
    double off[2 * RETAIN__COX_BLOCK_ROWS];                            /* minus what its S1 S1' counts, and D1 D1' */
    double hazard[1 + RETAIN__COX_BLOCK_ROWS];                         /* up to each time, within the block */
    double taken[RETAIN__COX_BLOCK_ROWS], weight[RETAIN__COX_BLOCK_ROWS];
} room;

typedef struct working {
    const retain__cox_blocks *of;
    retain__cox_block *block;
    size_t rows, times;
    size_t places; /* from one column of what is seen to the next */
    room *in;
} working;

static double *seen_by(const working *with, size_t t, size_t k)
{
    return with->in->seen + k * with->places + 1 + t;
}

/* Work on rows that lie in one block, with their risks beside the shift. */
typedef void piece_work(const working *with, size_t first, size_t rows, const double *risk, void *state);

/* Rows [from, to), which may lie in the block or behind it. */
static void for_pieces(const working *with, size_t from, size_t to, piece_work *work, void *state)
{
    const retain__cox_blocks *of = with->of;
    double risk[RETAIN__COX_BLOCK_ROWS];

    for (const retain__cox_block *block = with->block; from < to; block++) {
        const size_t end = to < block->last ? to : block->last;
        const double factor = from < end ? exp(block->largest - with->block->shift) : 0.0;

        for (size_t i = from; i < end; i++)
            risk[i - from] = of->risk[i] * factor;
        if (from < end)
            work(with, from, end - from, risk, state);
        from = from < end ? end : from;
    }
}

/* D and D1. */
static void add_ended(const working *with, size_t first, size_t rows, const double *risk, void *state)
{
    const retain__cox_data *data = with->of->data;
    double *sum = state;

    for (size_t i = 0; i < rows; i++)
        sum[0] += risk[i];
    retain__columns_sum(data->columns, data->x + first, data->count, risk, rows, sum + 1);
}

/* Adds weight (NULL: 1) times the logarithms of what up to RETAIN__COX_BLOCK_ROWS have seen; NaN where one of them is beyond arithmetic. */
static RETAIN__INLINE void add_logarithms_body(const double *seen, const double *weight, size_t count, double *logs)
{
    double taken[RETAIN__COX_BLOCK_ROWS], lane[RETAIN__LANES] = {0.0};
    size_t t = 0;
    int wrong = 0;

    for (size_t i = 0; i < count; i++)
        wrong |= !(seen[i] >= DBL_MIN && seen[i] <= DBL_MAX);
    for (size_t i = 0; i < count; i++)
        taken[i] = retain__fast_log(seen[i]);
    for (size_t i = 0; weight && i < count; i++)
        taken[i] *= weight[i];
    for (; t + RETAIN__LANES <= count; t += RETAIN__LANES) {
        for (size_t l = 0; l < RETAIN__LANES; l++)
            lane[l] += taken[t + l];
    }
    for (; t < count; t++)
        lane[t % RETAIN__LANES] += taken[t];
    *logs += wrong ? (double)NAN : retain__merge_lanes(lane);
}

RETAIN__VECTORISED(static, add_logarithms, (const double *seen, const double *weight, size_t count, double *logs),
                   (seen, weight, count, logs));

/* Shares of those who end at a time with others (Efron), of a risk set of `all`, `ended` of which are theirs, and weighted logarithms of what
 * each sees. */
static retain__cox_share share_ended(room *in, double all, double ended, const retain__cox_time *time, double *logs)
{
    const double d = (double)time->ended, weight = time->weight / d;
    retain__cox_share share = {0.0, 0.0, 0.0, 0.0, 0.0};

    for (size_t from = 0; from < time->ended; from += RETAIN__COX_BLOCK_ROWS) {
        const size_t many = time->ended - from < RETAIN__COX_BLOCK_ROWS ? time->ended - from : RETAIN__COX_BLOCK_ROWS;

        for (size_t l = 0; l < many; l++) {
            const double f = (double)(from + l) / d, sum = all - f * ended, inverse = 1.0 / sum, one = weight * inverse,
                         square = one * inverse;

            in->taken[l] = sum;
            in->weight[l] = weight;
            share.one += one;
            share.one_f += f * one;
            share.square += square;
            share.square_f += f * square;
            share.square_ff += f * f * square;
        }
        add_logarithms(in->taken, in->weight, many, logs);
    }
    return share;
}

/* A time that sees several end: it has a second row of products, in the last place. */
static void share_tied(const working *with, size_t t, size_t place)
{
    const retain__cox_time *time = with->of->data->time + with->block->from + t;
    double ended[1 + MOST] = {0.0}, ratio, rest;
    retain__cox_share share;
    room *in = with->in;

    for_pieces(with, time->begin, time->begin + time->ended, add_ended, ended);
    share = share_ended(in, *seen_by(with, t, 0), ended[0], time, &with->block->logs);
    ratio = share.square_f / share.square;
    rest = share.square_ff - ratio * share.square_f;
    in->one[t] = share.one;
    in->one_f[t] = share.one_f;
    in->off[t] = -share.square;
    in->off[place] = rest > 0.0 ? -rest : 0.0;
    for (size_t k = 1; k <= with->of->data->columns; k++) {
        double *seen = seen_by(with, t, k);

        with->block->slope[k - 1] += share.one * *seen - share.one_f * ended[k];
        *seen -= ratio * ended[k];
        *seen_by(with, place, k) = ended[k];
    }
}

/* All times, where some see several end. Returns how many rows of products there are. */
static size_t share_all(const working *with)
{
    const retain__cox_time *time = with->of->data->time + with->block->from;
    double alone[RETAIN__COX_BLOCK_ROWS], weight[RETAIN__COX_BLOCK_ROWS];
    size_t place = with->times, many = 0;
    room *in = with->in;

    for (size_t t = 0; t < with->times; t++) {
        in->one_f[t] = 0.0;
        if (time[t].ended > 1) {
            share_tied(with, t, place++);
            continue;
        }
        alone[many] = *seen_by(with, t, 0);
        weight[many++] = time[t].weight;
        for (size_t k = 1; k <= with->of->data->columns; k++)
            with->block->slope[k - 1] += in->one[t] * *seen_by(with, t, k);
    }
    add_logarithms(alone, weight, many, &with->block->logs);
    return place;
}

/* 1 / S, and minus its square. */
static RETAIN__INLINE void invert_body(const double *seen, size_t count, double *one, double *off)
{
    for (size_t t = 0; t < count; t++) {
        one[t] = 1.0 / seen[t];
        off[t] = -one[t] * one[t];
    }
}

RETAIN__VECTORISED(static, invert, (const double *seen, size_t count, double *one, double *off), (seen, count, one, off));

/* Times the weight of those who end. */
static void weigh_times(const working *with, double *sum)
{
    const retain__cox_time *time = with->of->data->time + with->block->from;
    room *in = with->in;

    *sum = 0.0;
    for (size_t t = 0; t < with->times; t++) {
        in->weight[t] = time[t].weight;
        in->one[t] *= in->weight[t];
        in->off[t] *= in->weight[t];
        *sum += in->weight[t];
    }
}

/* What each time sees, its shares, and its part of gradient and Hessian. */
static void pass_times(const working *with)
{
    const retain__cox_data *data = with->of->data;
    const size_t n = data->columns;
    size_t products = with->times;
    room *in = with->in;
    double sum[1 + MOST], weight = (double)with->times;

    memcpy(sum, with->block->behind, (1 + n) * sizeof *sum);
    retain__columns_run(1 + n, in->risk, with->rows, data->opens + with->block->first, with->rows, sum, in->seen, with->places,
                        with->times);
    invert(in->seen + 1, with->times, in->one, in->off);
    if (with->block->is_weighted)
        weigh_times(with, &weight);
    if (with->block->is_tied) {
        products = share_all(with);
    } else {
        add_logarithms(in->seen + 1, with->block->is_weighted ? in->weight : NULL, with->times, &with->block->logs);
        retain__columns_sum(n, seen_by(with, 0, 1), with->places, in->one, with->times, with->block->slope);
    }
    with->block->logs += weight * with->block->shift;
    retain__columns_multiply(n, seen_by(with, 0, 1), with->places, in->off, products, with->block->own);
}

/* Rows behind the block that end at one of its times, with others: they meet less of its hazard. */
static void take_off_ended(const working *with, size_t first, size_t rows, const double *risk, void *state)
{
    const retain__cox_data *data = with->of->data;
    const double *one_f = state;
    double *off = with->in->taken;

    for (size_t i = 0; i < rows; i++)
        off[i] = -*one_f * risk[i];
    retain__columns_multiply(data->columns, data->x + first, data->count, off, rows, with->block->own);
}

static void lessen_ended(const working *with)
{
    const retain__cox_block *block = with->block;
    const retain__cox_time *time = with->of->data->time + block->from;
    room *in = with->in;

    for (size_t t = 0; t < with->times; t++) {
        const size_t end = time[t].begin + time[t].ended, here = end < block->last ? end : block->last;

        for (size_t i = time[t].begin; time[t].ended > 1 && i < here; i++)
            in->factor[i - block->first] -= in->risk[i - block->first] * in->one_f[t];
        if (end > block->last)
            for_pieces(with, block->last, end, take_off_ended, &in->one_f[t]);
    }
}

/* Rows, each with the hazard that it meets in the block. */
static void pass_rows(const working *with)
{
    const retain__cox_data *data = with->of->data;
    const unsigned char *opens = data->opens + with->block->first;
    size_t at = 0;
    room *in = with->in;

    in->hazard[0] = 0.0;
    for (size_t t = 0; t < with->times; t++)
        in->hazard[1 + t] = in->hazard[t] + in->one[t];
    with->block->hazard = in->hazard[with->times];
    for (size_t i = 0; i < with->rows; i++) {
        at += opens[i];
        in->factor[i] = in->risk[i] * in->hazard[at];
    }
    if (with->block->is_tied)
        lessen_ended(with);
    retain__columns_multiply(data->columns, data->x + with->block->first, data->count, in->factor, with->rows, with->block->own);
}

void retain__cox_pass_block(const retain__cox_blocks *of, retain__cox_block *block)
{
    const retain__cox_data *data = of->data;
    const size_t n = data->columns, rows = block->last - block->first, times = block->to - block->from;
    const double *x = data->x + block->first;
    room in;
    const working with = {of, block, rows, times, 1 + (block->is_tied ? 2 : 1) * times, &in};

    memset(block->slope, 0, n * sizeof *block->slope);
    memset(block->square, 0, retain__count_triangle(n) * sizeof *block->square);
    memset(block->own, 0, retain__count_triangle(n) * sizeof *block->own);
    block->logs = block->hazard = 0.0;
    for (size_t i = 0; i < rows; i++)
        in.risk[i] = of->risk[block->first + i] * block->factor;
    retain__columns_weigh(n, x, data->count, in.risk, rows, in.risk + rows, rows);
    retain__columns_multiply_weighted(n, in.risk + rows, rows, x, data->count, rows, block->square);
    if (times > 0) {
        pass_times(&with);
        pass_rows(&with);
    }
}

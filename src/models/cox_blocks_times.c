/* The second pass over a block, and the third: its times, and what its rows meet of their hazard.
 *
 * Running sums of risks and of risks times x, from the last row back, are what each time sees; those of times at which several end are corrected for them one by
 * one (Efron). What is delicate is at the edges: rows that end together may lie in several blocks. What the time sees of them is found where it begins. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "math/columns.h"
#include "math/kernels.h"
#include "models/cox_blocks.h"
#include "models/cox_walk.h"

enum { MOST = RETAIN__COX_MOST };

typedef struct working {
    const retain__cox_blocks *of;
    retain__cox_block *block;
    size_t rows, times;
    size_t places; /* from one column of what is seen to the next */
    retain__cox_room *in;
    double *one, *one_f; /* shares of each time */
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
static retain__cox_share share_ended(retain__cox_room *in, double all, double ended, const retain__cox_time *time, double *logs)
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
    retain__cox_room *in = with->in;

    for_pieces(with, time->begin, time->begin + time->ended, add_ended, ended);
    share = share_ended(in, *seen_by(with, t, 0), ended[0], time, &with->block->logs);
    ratio = share.square_f / share.square;
    rest = share.square_ff - ratio * share.square_f;
    with->one[t] = share.one;
    with->one_f[t] = share.one_f;
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

    for (size_t t = 0; t < with->times; t++) {
        with->one_f[t] = 0.0;
        if (time[t].ended > 1) {
            share_tied(with, t, place++);
            continue;
        }
        alone[many] = *seen_by(with, t, 0);
        weight[many++] = time[t].weight;
        for (size_t k = 1; k <= with->of->data->columns; k++)
            with->block->slope[k - 1] += with->one[t] * *seen_by(with, t, k);
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
    retain__cox_room *in = with->in;

    *sum = 0.0;
    for (size_t t = 0; t < with->times; t++) {
        in->weight[t] = time[t].weight;
        with->one[t] *= in->weight[t];
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
    retain__cox_room *in = with->in;
    double sum[1 + MOST], weight = (double)with->times;

    memcpy(sum, with->block->behind, (1 + n) * sizeof *sum);
    retain__columns_run(1 + n, in->risk, with->rows, data->opens + with->block->first, with->rows, sum, in->seen, with->places,
                        with->times);
    invert(in->seen + 1, with->times, with->one, in->off);
    if (with->block->is_weighted)
        weigh_times(with, &weight);
    if (with->block->is_tied) {
        products = share_all(with);
    } else {
        add_logarithms(in->seen + 1, with->block->is_weighted ? in->weight : NULL, with->times, &with->block->logs);
        retain__columns_sum(n, seen_by(with, 0, 1), with->places, with->one, with->times, with->block->slope);
    }
    for (size_t t = 0; t < with->times; t++)
        with->block->hazard += with->one[t];
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

static void lessen_rows(const working *with, size_t from, size_t to, double one_f)
{
    const size_t first = with->block->first;

    for (size_t i = from; i < to; i++)
        with->in->factor[i - first] -= with->in->risk[i - first] * one_f;
}

/* Rows that end at a time with others meet less of its hazard. With three passes each block sees to its own rows, also to those of a time that began before it;
 * with two it sees to those of its own times, also behind it. */
static void lessen_ended(const working *with)
{
    const retain__cox_block *block = with->block;
    const retain__cox_time *time = with->of->data->time + block->from;

    if (block->spilt > 0.0) {
        const size_t end = time[-1].begin + time[-1].ended;

        lessen_rows(with, block->first, end < block->last ? end : block->last, block->spilt);
    }
    for (size_t t = 0; block->is_tied && t < with->times; t++) {
        const size_t end = time[t].begin + time[t].ended;

        if (time[t].ended > 1)
            lessen_rows(with, time[t].begin, end < block->last ? end : block->last, with->one_f[t]);
        if (end > block->last && !with->of->one)
            for_pieces(with, block->last, end, take_off_ended, &with->one_f[t]);
    }
}

/* Rows, each with the hazard that it meets in the block and what it met before. */
static void pass_rows(const working *with, double before)
{
    const retain__cox_data *data = with->of->data;
    const unsigned char *opens = data->opens + with->block->first;
    size_t at = 0;
    retain__cox_room *in = with->in;

    in->hazard[0] = before;
    for (size_t t = 0; t < with->times; t++)
        in->hazard[1 + t] = in->hazard[t] + with->one[t];
    for (size_t i = 0; i < with->rows; i++) {
        at += opens[i];
        in->factor[i] = in->risk[i] * in->hazard[at];
    }
    lessen_ended(with);
    retain__columns_multiply(data->columns, data->x + with->block->first, data->count, in->factor, with->rows, with->block->own);
}

static working begin(const retain__cox_blocks *of, retain__cox_block *block, retain__cox_room *in)
{
    const size_t rows = block->last - block->first, times = block->to - block->from;

    for (size_t i = 0; i < rows; i++)
        in->risk[i] = of->risk[block->first + i] * block->factor;
    return (working){.of = of,
                     .block = block,
                     .rows = rows,
                     .times = times,
                     .places = 1 + (block->is_tied ? 2 : 1) * times,
                     .in = in,
                     .one = of->one ? of->one + block->from : in->one,
                     .one_f = of->one ? of->one_f + block->from : in->one_f};
}

void retain__cox_pass_block(const retain__cox_blocks *of, retain__cox_block *block, retain__cox_room *in)
{
    const retain__cox_data *data = of->data;
    const size_t n = data->columns;
    const double *x = data->x + block->first;
    const working with = begin(of, block, in);

    memset(block->slope, 0, n * sizeof *block->slope);
    memset(block->square, 0, retain__count_triangle(n) * sizeof *block->square);
    memset(block->own, 0, retain__count_triangle(n) * sizeof *block->own);
    block->logs = block->hazard = 0.0;
    retain__columns_weigh(n, x, data->count, in->risk, with.rows, in->risk + with.rows, with.rows);
    if (!of->one)
        retain__columns_multiply_weighted(n, in->risk + with.rows, with.rows, x, data->count, with.rows, block->square);
    if (with.times > 0)
        pass_times(&with);
    if (with.times > 0 && !of->one)
        pass_rows(&with, 0.0);
}

void retain__cox_pass_rows(const retain__cox_blocks *of, retain__cox_block *block, retain__cox_room *in)
{
    const working with = begin(of, block, in);

    pass_rows(&with, block->met);
}

/* The walk back in time.
 *
 * Going back, rows come in at their exits, in the order in which they lie, and latecomers go out at their entries. Sums only grow as long as nobody enters
 * late. Taking out what was put in is delicate: a row of enormous risk that has entered late leaves its rounding behind, larger
 * perhaps than all who are there; so where rows enter late the sums are carried in pairs of doubles (math/sums.h), exactly for
 * risks that differ by up to some 30 digits.
 *
 * Risks are taken beside the largest one: the partial likelihood does not notice, and nothing overflows. */
#include "models/cox_walk.h"

#include <math.h>

#include "math/columns.h"
#include "math/kernels.h"

/* --- risks ------------------------------------------------------------------------------------------------------------------------ */

typedef struct finding {
    const retain__cox_data *data;
    const double *b;
    double *eta, *risk, shift;
} finding;

static void find_etas(void *state, size_t block, size_t first, size_t last)
{
    const finding *of = state;

    (void)block;
    retain__columns_combine(of->data->columns, of->data->x + first, of->data->count, of->b, last - first, of->eta + first);
}

static void find_exponentials(void *state, size_t block, size_t first, size_t last)
{
    const finding *of = state;

    (void)block;
    for (size_t i = first; i < last; i++)
        of->risk[i] = of->eta[i] - of->shift;
    retain__exp_column(of->risk + first, last - first, of->risk + first);
    for (size_t i = first; of->data->weight && i < last; i++)
        of->risk[i] *= of->data->weight[i];
}

retain_status retain__cox_find_risks(retain_context *ctx, const retain__cox_data *data, const double *b, double *eta, double *risk,
                                     double *shift)
{
    finding of = {data, b, eta, risk, -(double)INFINITY};
    retain_status status = retain__parallel(ctx, data->count, RETAIN__COX_ROWS_PER_BLOCK, 0.3, 0.4, find_etas, &of);

    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < data->count; i++)
        of.shift = eta[i] > of.shift ? eta[i] : of.shift;
    *shift = of.shift = data->count ? of.shift : 0.0;
    return retain__parallel(ctx, data->count, RETAIN__COX_ROWS_PER_BLOCK, 0.4, 0.5, find_exponentials, &of);
}

/* --- walking ---------------------------------------------------------------------------------------------------------------------- */

retain__cox_walk retain__cox_begin_walk(const retain__cox_data *data, const double *risk)
{
    retain__cox_walk walk = {.data = data, .risk = risk, .left = data->times, .stratum = data->strata};

    return walk;
}

/* Adds the risks of rows, and their risks times x. */
static void add_rows(const retain__cox_walk *walk, size_t from, size_t to, double *sum, double *moment)
{
    const retain__cox_data *data = walk->data;

    for (size_t i = from; i < to; i++)
        *sum += walk->risk[i];
    retain__columns_sum(data->columns, data->x + from, data->count, walk->risk + from, to - from, moment);
}

static void add_exactly(retain__cox_walk *walk, size_t row, double sign)
{
    const retain__cox_data *data = walk->data;
    const double risk = sign * walk->risk[row];

    retain__sum_add(&walk->sum[0], risk);
    for (size_t k = 0; k < data->columns; k++)
        retain__sum_add(&walk->sum[1 + k], risk * data->x[k * data->count + row]);
}

/* Those who end at the time, if they are several. */
static void find_ended(retain__cox_walk *walk, const retain__cox_time *time)
{
    const retain__cox_data *data = walk->data;

    if (walk->ended != 0.0) /* of the time before */
        memset(walk->ended_moment, 0, data->columns * sizeof *walk->ended_moment);
    walk->ended = 0.0;
    if (time->ended > 1)
        add_rows(walk, time->begin, time->begin + time->ended, &walk->ended, walk->ended_moment);
}

static void pass_rows(retain__cox_walk *walk, const retain__cox_time *time)
{
    const retain__cox_data *data = walk->data;

    if (!data->since) {
        const size_t begin = time->ended > 1 ? time->begin + time->ended : time->begin;

        walk->at_risk += walk->ended;
        for (size_t k = 0; time->ended > 1 && k < data->columns; k++)
            walk->moment[k] += walk->ended_moment[k];
        add_rows(walk, begin, time->end, &walk->at_risk, walk->moment);
        return;
    }
    while (walk->entered < data->late && data->since[data->latecomer[walk->entered]] > walk->left)
        add_exactly(walk, data->latecomer[walk->entered++], -1.0);
    for (size_t i = time->begin; i < time->end; i++) {
        if (data->last[i] != RETAIN__COX_NEVER)
            add_exactly(walk, i, 1.0);
    }
    walk->at_risk = retain__sum_value(walk->sum[0]);
    for (size_t k = 0; k < data->columns; k++)
        walk->moment[k] = retain__sum_value(walk->sum[1 + k]);
}

static void begin_stratum(retain__cox_walk *walk)
{
    const retain__cox_data *data = walk->data;

    while (walk->left < data->first[walk->stratum])
        walk->stratum--;
    walk->at_risk = 0.0;
    memset(walk->moment, 0, sizeof walk->moment);
    memset(walk->sum, 0, sizeof walk->sum);
    while (walk->entered < data->late && data->since[data->latecomer[walk->entered]] > walk->left)
        walk->entered++; /* of the stratum that was left behind */
}

int retain__cox_step_back(retain__cox_walk *walk)
{
    const retain__cox_data *data = walk->data;
    const retain__cox_time *time;

    if (walk->left == 0)
        return 0;
    walk->left--;
    if (walk->left < data->first[walk->stratum])
        begin_stratum(walk);
    time = data->time + walk->left;
    find_ended(walk, time);
    pass_rows(walk, time);
    return 1;
}

retain__cox_share retain__cox_find_share(const retain__cox_walk *walk, retain_cox_ties ties)
{
    const retain__cox_time *time = walk->data->time + walk->left;
    const double ended = (double)time->ended;
    retain__cox_share share = {0.0, 0.0, 0.0, 0.0, 0.0};
    double weight;

    if (ties == RETAIN_COX_BRESLOW || time->ended == 1) {
        share.one = time->weight / walk->at_risk;
        share.square = share.one / walk->at_risk;
        return share;
    }
    weight = time->weight / ended;
    for (size_t l = 0; l < time->ended; l++) {
        const double f = (double)l / ended, sum = walk->at_risk - f * walk->ended;
        const double one = weight / sum, square = one / sum;

        share.one += one;
        share.one_f += f * one;
        share.square += square;
        share.square_f += f * square;
        share.square_ff += f * f * square;
    }
    return share;
}

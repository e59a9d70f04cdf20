/* The partial likelihood.
 *
 * With risks r = w exp(x'b), S = sum of r over the risk set at a time and D the same over those d that end there,
 *
 *     log L = sum over times of [ sum over ended of w x'b - w' sum over l < d of log(S - f D) ],     f = l / d (Efron) or 0 (Breslow),
 *
 * w' being the mean weight of those that end. The Hessian is a sum over times of weighted covariances of x in the risk sets, S2 / S -
 * (S1 / S)(S1 / S)'. Carrying S2 along the walk, a matrix for each row, would be most of the work, and no vector instructions can hurry
 * a running sum. But the sum over times of S2 / S is also the sum over **rows** of r x x' times the sum of 1 / S over the times at which the row is at
 * risk, which is a difference of two cumulative hazards: so one walk back finds S and S1 at each time, cumulating 1 / S forward gives each row its
 * factor, and then all rows are independent of each other: X' V X, in blocks, on any number of threads. What is left for the walk
 * is S1 S1' at each time. With Efron's method it is
 *
 *     sum over l of (S1 - f D1)(S1 - f D1)' / (S - f D)^2 = c0 S1 S1' - c1 (S1 D1' + D1 S1') + c2 D1 D1'
 *                                                        = c0 u u' + (c2 - c1^2 / c0) D1 D1',       u = S1 - (c1 / c0) D1,
 *
 * two weighted rows for any number of ties, which go through the same X' V X. */
#include "models/cox_likelihood.h"

#include <float.h>
#include <math.h>
#include <stdalign.h>
#include <string.h>

#include "math/gram.h"
#include "math/kernels.h"

enum { MOST = RETAIN__COX_MOST, BATCH = RETAIN__GRAM_ROWS };

int retain__cox_take_likelihood(retain__scratch *scratch, const retain__cox_data *data, retain_cox_ties ties,
                                retain__cox_likelihood *likelihood)
{
    const size_t blocks = retain__blocks(data->count, RETAIN__COX_ROWS_PER_BLOCK);

    *likelihood = (retain__cox_likelihood){.ctx = scratch->ctx, .data = data, .ties = ties};
    likelihood->eta = retain__take(scratch, data->count, sizeof(double));
    likelihood->risk = retain__take(scratch, data->count, sizeof(double));
    likelihood->factor = retain__take(scratch, data->count, sizeof(double));
    likelihood->share = retain__take(scratch, data->times, sizeof *likelihood->share);
    likelihood->hazard = retain__take(scratch, data->times, sizeof *likelihood->hazard);
    likelihood->sums = retain__take(scratch, blocks, data->width * (data->width + 1) * sizeof(double));
    likelihood->ended = retain__take(scratch, blocks, sizeof(double));
    return likelihood->eta && likelihood->risk && likelihood->factor && likelihood->share && likelihood->hazard &&
           likelihood->sums && likelihood->ended;
}

/* --- the walk --------------------------------------------------------------------------------------------------------------------- */

/* Rows whose products are taken off the Hessian, gathered until there are enough of them. */
typedef struct products {
    alignas(64) double x[BATCH * MOST];
    alignas(64) double sums[MOST * MOST];
    double weight[BATCH];
    size_t width, count;
} products;

static void flush(products *to)
{
    retain__add_products(to->width, to->x, to->weight, NULL, to->count, to->sums, NULL);
    to->count = 0;
}

/* One time's S1 S1' parts. */
static void add_time(products *to, const retain__cox_walk *walk, const retain__cox_share *share, double emphasis)
{
    double *row = to->x + to->count * to->width;

    for (size_t k = 0; k < to->width; k += RETAIN__GRAM_WIDTH) /* a known length becomes a few moves */
        memcpy(row + k, walk->moment + k, RETAIN__GRAM_WIDTH * sizeof *row);
    to->weight[to->count++] = emphasis * share->square;
    if (share->square_ff > 0.0) {
        const double ratio = share->square_f / share->square, rest = share->square_ff - ratio * share->square_f;

        for (size_t k = 0; k < to->width; k++)
            row[k] -= ratio * walk->ended_moment[k];
        memcpy(row + to->width, walk->ended_moment, to->width * sizeof *row);
        to->weight[to->count++] = emphasis * (rest > 0.0 ? rest : 0.0);
    }
    if (to->count + 2 > BATCH)
        flush(to);
}

/* Weighted logarithms of what those who end see at risk, a column at a time. */
typedef struct logarithms {
    double seen[BATCH], weight[BATCH];
    size_t count;
    retain__sum sum;
} logarithms;

static void flush_logarithms(logarithms *of)
{
    double sum = 0.0;
    int fit = 1;

    for (size_t i = 0; i < of->count; i++)
        fit &= of->seen[i] >= DBL_MIN && of->seen[i] <= DBL_MAX;
    retain__log_column(of->seen, of->count, of->seen);
    for (size_t i = 0; i < of->count; i++)
        sum += of->weight[i] * of->seen[i];
    retain__sum_add(&of->sum, fit ? sum : (double)NAN);
    of->count = 0;
}

static void add_logarithm(logarithms *to, double seen, double weight)
{
    if (to->count == BATCH)
        flush_logarithms(to);
    to->seen[to->count] = seen;
    to->weight[to->count++] = weight;
}

static void add_logarithms(logarithms *to, const retain__cox_walk *walk, retain_cox_ties ties)
{
    const retain__cox_time *time = walk->data->time + walk->left;
    const double ended = (double)time->ended;

    if (ties == RETAIN_COX_BRESLOW || time->ended == 1) {
        add_logarithm(to, walk->at_risk, time->weight);
        return;
    }
    for (size_t l = 0; l < time->ended; l++)
        add_logarithm(to, walk->at_risk - (double)l / ended * walk->ended, time->weight / ended);
}

/* Returns the sum of logarithms. */
static double walk_back(retain__cox_likelihood *of, const double *emphasis, products *to)
{
    retain__cox_walk walk = retain__cox_begin_walk(of->data, of->risk);
    logarithms taken;

    taken.count = 0;
    taken.sum = (retain__sum){0.0, 0.0};
    while (retain__cox_step_back(&walk)) {
        retain__cox_share *share = of->share + walk.left;

        *share = retain__cox_find_share(&walk, of->ties);
        add_logarithms(&taken, &walk, of->ties);
        add_time(to, &walk, share, emphasis ? emphasis[walk.left] : 1.0);
    }
    flush(to);
    flush_logarithms(&taken);
    return retain__sum_value(taken.sum);
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------- */

typedef struct rows_pass {
    retain__cox_likelihood *of;
    const double *emphasis;
} rows_pass;

/* Cumulates share.one, with an emphasis, along each stratum: up to each time, without and with it. */
static void cumulate(const retain__cox_likelihood *of, const double *emphasis)
{
    const retain__cox_data *data = of->data;

    for (size_t s = 0; s < data->strata; s++) {
        double sum = 0.0;

        for (size_t j = data->first[s]; j < data->first[s + 1]; j++) {
            of->hazard[j].before = sum;
            sum += of->share[j].one * (emphasis ? emphasis[j] : 1.0);
            of->hazard[j].through = sum;
        }
    }
}

double retain__cox_met_hazard(const retain__cox_likelihood *of, size_t row)
{
    const retain__cox_data *data = of->data;
    const size_t last = data->last[row];

    if (last == RETAIN__COX_NEVER)
        return 0.0;
    return data->since ? of->hazard[last].through - of->hazard[data->since[row]].before : of->hazard[last].through;
}

static void pass_block(void *state, size_t block, size_t first, size_t last)
{
    const rows_pass *pass = state;
    const retain__cox_likelihood *of = pass->of;
    const retain__cox_data *data = of->data;
    const size_t width = data->width;
    double *sums = of->sums + block * width * (width + 1), *gradient = sums + width * width;
    double slope[RETAIN__COX_ROWS_PER_BLOCK], ended = 0.0;

    for (size_t i = first; i < last; i++) {
        const size_t j = data->last[i];
        const double met = of->risk[i] * retain__cox_met_hazard(of, i);

        of->factor[i] = met;
        slope[i - first] = -met;
        if (j != RETAIN__COX_NEVER && i - data->time[j].begin < data->time[j].ended) {
            const double emphasis = pass->emphasis ? pass->emphasis[j] : 1.0;

            of->factor[i] -= of->risk[i] * of->share[j].one_f * emphasis;
            slope[i - first] = emphasis * data->weight[i] - of->factor[i];
            ended += data->weight[i] * (of->eta[i] - of->shift);
        }
    }
    of->ended[block] = ended;
    memset(sums, 0, width * (width + 1) * sizeof *sums);
    retain__add_products(width, data->x + first * width, of->factor + first, slope, last - first, sums, gradient);
}

/* Adds up the blocks, and takes off what the walk found: its products, and from the value its logarithms. */
static void gather(const retain__cox_likelihood *of, const products *walked, double *value, double *gradient, double *hessian)
{
    const retain__cox_data *data = of->data;
    const size_t n = data->columns, width = data->width, blocks = retain__blocks(data->count, RETAIN__COX_ROWS_PER_BLOCK);
    retain__sum all = {-*value, 0.0};

    for (size_t block = 0; block < blocks; block++)
        retain__sum_add(&all, of->ended[block]);
    *value = retain__sum_value(all);
    for (size_t a = 0; a < n; a++) {
        double slope = 0.0;

        for (size_t block = 0; block < blocks; block++)
            slope += of->sums[block * width * (width + 1) + width * width + a];
        gradient[a] = slope;
        for (size_t b = 0; b <= a; b++) {
            double sum = -walked->sums[a * width + b];

            for (size_t block = 0; block < blocks; block++)
                sum += of->sums[block * width * (width + 1) + a * width + b];
            hessian[a * n + b] = hessian[b * n + a] = -sum;
        }
    }
}

retain_status retain__cox_evaluate(retain__cox_likelihood *of, const double *b, const double *emphasis, double *value,
                                   double *gradient, double *hessian)
{
    const retain__cox_data *data = of->data;
    double padded[MOST] = {0.0};
    rows_pass pass = {of, emphasis};
    products walked;
    retain_status status;

    memcpy(padded, b, data->columns * sizeof *b);
    status = retain__cox_find_risks(of->ctx, data, padded, of->eta, of->risk, &of->shift);
    if (status != RETAIN_OK)
        return status;
    walked.width = data->width;
    walked.count = 0;
    memset(walked.sums, 0, data->width * data->width * sizeof *walked.sums);
    *value = walk_back(of, emphasis, &walked);
    cumulate(of, emphasis);
    status = retain__parallel(of->ctx, data->count, RETAIN__COX_ROWS_PER_BLOCK, 0.5, 0.9, pass_block, &pass);
    if (status == RETAIN_OK)
        gather(of, &walked, value, gradient, hessian);
    if (status == RETAIN_OK && emphasis) /* what is read afterwards is without */
        cumulate(of, NULL);
    return status;
}

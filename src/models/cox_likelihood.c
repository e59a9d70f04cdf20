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
 * two weighted rows for any number of ties, which go through the same X' V X.
 *
 * This is the way of rows that enter late, whom the walk has to take out again, of times that do not count alike, and of whatever reads risks and hazards
 * afterwards. A search among rows that nobody enters late goes block by block (cox_blocks.c). */
#include "models/cox_likelihood.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "math/columns.h"
#include "math/kernels.h"

enum { MOST = RETAIN__COX_MOST, BATCH = 256 };

static size_t count_sums(size_t n)
{
    return n * (n + 1) / 2 + n;
}

/* What the walk needs, once. */
static int take_walk(retain__scratch *scratch, retain__cox_likelihood *of)
{
    const retain__cox_data *data = of->data;
    const size_t blocks = retain__blocks(data->count, RETAIN__COX_ROWS_PER_BLOCK);

    if (of->ended)
        return 1;
    of->eta = retain__take(scratch, data->count, sizeof(double));
    of->risk = retain__take(scratch, data->count, sizeof(double));
    of->share = retain__take(scratch, data->times, sizeof *of->share);
    of->hazard = retain__take(scratch, data->times, sizeof *of->hazard);
    of->sums = retain__take(scratch, blocks, count_sums(data->columns) * sizeof(double));
    of->ended = retain__take(scratch, blocks, sizeof(double));
    return of->eta && of->risk && of->share && of->hazard && of->sums && of->ended;
}

int retain__cox_take_likelihood(retain__scratch *scratch, retain__cox_data *data, retain_cox_ties ties,
                                retain__cox_likelihood *likelihood)
{
    *likelihood = (retain__cox_likelihood){.ctx = scratch->ctx, .data = data, .ties = ties};
    return data->since ? take_walk(scratch, likelihood) : retain__cox_take_blocks(scratch, data, ties, &likelihood->blocks);
}

/* --- the walk --------------------------------------------------------------------------------------------------------------------- */

/* Rows whose products are taken off the Hessian, gathered until there are enough of them. */
typedef struct products {
    double x[MOST * BATCH], weight[BATCH], sums[MOST * (MOST + 1) / 2];
    size_t columns, count;
} products;

static void flush(products *to)
{
    retain__columns_multiply(to->columns, to->x, BATCH, to->weight, to->count, to->sums);
    to->count = 0;
}

/* One time's S1 S1' parts. */
static void add_time(products *to, const retain__cox_walk *walk, const retain__cox_share *share, double emphasis)
{
    const double ratio = share->square_ff > 0.0 ? share->square_f / share->square : 0.0;
    const double rest = share->square_ff - ratio * share->square_f;

    if (to->count + 2 > BATCH)
        flush(to);
    for (size_t k = 0; k < to->columns; k++)
        to->x[k * BATCH + to->count] = walk->moment[k] - ratio * walk->ended_moment[k];
    to->weight[to->count++] = emphasis * share->square;
    if (share->square_ff > 0.0) {
        for (size_t k = 0; k < to->columns; k++)
            to->x[k * BATCH + to->count] = walk->ended_moment[k];
        to->weight[to->count++] = emphasis * (rest > 0.0 ? rest : 0.0);
    }
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
static double walk_back(const retain__cox_likelihood *of, const double *emphasis, products *to)
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
    enum { NUMBERS = RETAIN__COX_ROWS_PER_BLOCK };
    const rows_pass *pass = state;
    const retain__cox_likelihood *of = pass->of;
    const retain__cox_data *data = of->data;
    const size_t n = data->columns, rows = NUMBERS / n;
    double *sums = of->sums + block * count_sums(n);
    double factor[NUMBERS], slope[NUMBERS], ended = 0.0;

    memset(sums, 0, count_sums(n) * sizeof *sums);
    for (size_t i = first; i < last; i++) {
        const size_t j = data->last[i];
        const double met = of->risk[i] * retain__cox_met_hazard(of, i);

        factor[i - first] = met;
        slope[i - first] = -met;
        if (j != RETAIN__COX_NEVER && i - data->time[j].begin < data->time[j].ended) {
            const double emphasis = pass->emphasis ? pass->emphasis[j] : 1.0;

            factor[i - first] -= of->risk[i] * of->share[j].one_f * emphasis;
            slope[i - first] = emphasis * retain__cox_weight(data, i) - factor[i - first];
            ended += retain__cox_weight(data, i) * (of->eta[i] - of->shift);
        }
    }
    of->ended[block] = ended;
    for (size_t i = first; i < last; i += rows) {
        const size_t many = last - i < rows ? last - i : rows;

        retain__columns_multiply(n, data->x + i, data->count, factor + i - first, many, sums);
        retain__columns_sum(n, data->x + i, data->count, slope + i - first, many, sums + n * (n + 1) / 2);
    }
}

/* Adds up the blocks, and takes off what the walk found: its products, and from the value its logarithms. */
static void gather(const retain__cox_likelihood *of, const products *walked, double *value, double *gradient, double *hessian)
{
    const retain__cox_data *data = of->data;
    const size_t n = data->columns, blocks = retain__blocks(data->count, RETAIN__COX_ROWS_PER_BLOCK);
    retain__sum all = {-*value, 0.0};

    for (size_t block = 0; block < blocks; block++)
        retain__sum_add(&all, of->ended[block]);
    *value = retain__sum_value(all);
    for (size_t a = 0; a < n; a++) {
        double slope = 0.0;

        for (size_t block = 0; block < blocks; block++)
            slope += of->sums[block * count_sums(n) + n * (n + 1) / 2 + a];
        gradient[a] = slope;
        for (size_t b = 0; b <= a; b++) {
            const size_t at = a * (a + 1) / 2 + b;
            double sum = -walked->sums[at];

            for (size_t block = 0; block < blocks; block++)
                sum += of->sums[block * count_sums(n) + at];
            hessian[a * n + b] = hessian[b * n + a] = -sum;
        }
    }
}

/* Risks, shares and hazards at the last point, and what of them the walk adds up. */
static retain_status walk(retain__cox_likelihood *of, const double *emphasis, products *walked, double *taken)
{
    retain_status status = retain__cox_find_risks(of->ctx, of->data, of->point, of->eta, of->risk, &of->shift);

    if (status != RETAIN_OK)
        return status;
    retain__cox_list_last(of->data);
    walked->columns = of->data->columns;
    walked->count = 0;
    memset(walked->sums, 0, sizeof walked->sums);
    *taken = walk_back(of, emphasis, walked);
    cumulate(of, emphasis);
    of->is_walked = 1;
    return RETAIN_OK;
}

retain_status retain__cox_look_back(retain__scratch *scratch, retain__cox_likelihood *of)
{
    products walked;
    double taken;

    if (of->is_walked)
        return RETAIN_OK;
    return take_walk(scratch, of) ? walk(of, NULL, &walked, &taken) : RETAIN_ERROR_MEMORY;
}

retain_status retain__cox_evaluate(retain__cox_likelihood *of, const double *b, const double *emphasis, double *value,
                                   double *gradient, double *hessian)
{
    rows_pass pass = {of, emphasis};
    products walked;
    retain_status status;

    memcpy(of->point, b, of->data->columns * sizeof *b);
    of->is_walked = 0;
    if (!of->data->since && !emphasis)
        return retain__cox_evaluate_blocks(of->ctx, &of->blocks, b, value, gradient, hessian);
    status = walk(of, emphasis, &walked, value);
    if (status == RETAIN_OK)
        status = retain__parallel(of->ctx, of->data->count, RETAIN__COX_ROWS_PER_BLOCK, 0.5, 0.9, pass_block, &pass);
    if (status == RETAIN_OK)
        gather(of, &walked, value, gradient, hessian);
    if (status == RETAIN_OK && emphasis) /* what is read afterwards is without */
        cumulate(of, NULL);
    return status;
}

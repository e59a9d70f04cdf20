/* What each row adds to the gradient: score residuals.
 *
 * With the averages m of x in the risk sets, a row that ends at t_j adds x - m_j, and each row takes off its risk times the sum of (x - m) over the
 * hazards that it met (T. M. Therneau, P. M. Grambsch, Modeling Survival Data (2000), 4.5). With Efron's method the l-th of d tied events sees averages
 * of a risk set without f = l / d of those that end; then m_j is the mean of these, and the rows that end meet but 1 - f of the
 * hazard of each. All of it are sums over times of S1 and D1 times the shares that the likelihood has kept, cumulated. */
#include "models/cox_scores.h"

enum { MOST = RETAIN__COX_MOST };

/* Of a time, [width] each. */
typedef struct averages {
    double *mean;    /* of those who end, their averages */
    double *ended;   /* sum of f x-average / sum, for those that end */
    double *before;  /* sums of x-average / sum, within the stratum: up to the time without it, */
    double *through; /* and with it */
} averages;

typedef struct scoring {
    const retain__cox_likelihood *of;
    averages at;
    double *score;
} scoring;

static int take_averages(retain__scratch *scratch, const retain__cox_data *data, averages *at)
{
    at->mean = retain__take(scratch, data->times, data->columns * sizeof(double));
    at->ended = retain__take(scratch, data->times, data->columns * sizeof(double));
    at->before = retain__take(scratch, data->times, data->columns * sizeof(double));
    at->through = retain__take(scratch, data->times, data->columns * sizeof(double));
    return at->mean && at->ended && at->before && at->through;
}

static void find_averages(const retain__cox_likelihood *of, averages *at)
{
    const retain__cox_data *data = of->data;
    const size_t width = data->columns;
    retain__cox_walk walk = retain__cox_begin_walk(data, of->risk);

    while (retain__cox_step_back(&walk)) {
        const retain__cox_share *share = of->share + walk.left;
        const size_t here = walk.left * width;

        for (size_t k = 0; k < width; k++) {
            const double all = walk.moment[k], ended = walk.ended_moment[k];

            at->mean[here + k] = (share->one * all - share->one_f * ended) / data->time[walk.left].weight;
            at->ended[here + k] = share->square_f * all - share->square_ff * ended;
            at->through[here + k] = share->square * all - share->square_f * ended;
        }
    }
    for (size_t s = 0; s < data->strata; s++) {
        double sum[MOST] = {0.0};

        for (size_t j = data->first[s]; j < data->first[s + 1]; j++) {
            for (size_t k = 0; k < width; k++) {
                at->before[j * width + k] = sum[k];
                sum[k] += at->through[j * width + k];
                at->through[j * width + k] = sum[k];
            }
        }
    }
}

static void score_row(const scoring *to, size_t i)
{
    const retain__cox_likelihood *of = to->of;
    const retain__cox_data *data = of->data;
    const size_t width = data->columns, j = data->last[i];
    const double risk = of->risk[i] / retain__cox_weight(data, i);
    double *score = to->score + i * data->columns, met = retain__cox_met_hazard(of, i);
    const int ended = j != RETAIN__COX_NEVER && i - data->time[j].begin < data->time[j].ended;

    for (size_t k = 0; k < data->columns; k++) {
        const double x = data->x[k * data->count + i];
        double met_averages = 0.0;

        if (j != RETAIN__COX_NEVER)
            met_averages = to->at.through[j * width + k] - (data->since ? to->at.before[data->since[i] * width + k] : 0.0);
        score[k] = -risk * (x * met - met_averages);
        if (ended)
            score[k] += x - to->at.mean[j * width + k] + risk * (x * of->share[j].one_f - to->at.ended[j * width + k]);
    }
}

static void score_block(void *state, size_t block, size_t first, size_t last)
{
    (void)block;
    for (size_t i = first; i < last; i++)
        score_row(state, i);
}

void retain__cox_find_means(const retain__cox_likelihood *likelihood, double *mean)
{
    const retain__cox_data *data = likelihood->data;
    retain__cox_walk walk = retain__cox_begin_walk(data, likelihood->risk);

    while (retain__cox_step_back(&walk)) {
        const retain__cox_share *share = likelihood->share + walk.left;

        for (size_t k = 0; k < data->columns; k++)
            mean[walk.left * data->columns + k] =
                (share->one * walk.moment[k] - share->one_f * walk.ended_moment[k]) / data->time[walk.left].weight;
    }
}

retain_status retain__cox_find_scores(retain__scratch *scratch, const retain__cox_likelihood *likelihood, double *score)
{
    scoring to = {.of = likelihood, .score = score};
    retain_status status;

    if (!take_averages(scratch, likelihood->data, &to.at))
        return RETAIN_ERROR_MEMORY;
    find_averages(likelihood, &to.at);
    status = retain__parallel(scratch->ctx, likelihood->data->count, RETAIN__COX_ROWS_PER_BLOCK, 0.9, 0.95, score_block, &to);
    retain__give_back(scratch, to.at.mean);
    retain__give_back(scratch, to.at.ended);
    retain__give_back(scratch, to.at.before);
    retain__give_back(scratch, to.at.through);
    return status;
}

/* Steps of the cumulative hazard of the reference customer.
 *
 * The walk back in time that the likelihood makes finds all there is: at each time the hazard is the sum of w' / (S - f D) over those that end, its variance
 * that of w' / (S - f D)^2, and the mean of x among those at risk, weighed by the hazards, that of w' (S1 - f D1) / (S - f D)^2. They are
 * cumulated forward. Risks are taken beside the largest one, and x beside the mean of these rows, so both are moved to the reference in the
 * end. The last step of a stratum is the longest that anybody was watched, so that nobody forecasts beyond it. */
#include <math.h>
#include <string.h>

#include "metrics/rates.h"
#include "models/cox_likelihood.h"
#include "retain/cox_forecast.h"

enum { MOST = RETAIN__COX_MOST };

typedef struct stepping {
    const retain_cox *model;
    const retain_cox_rows *rows;
    retain__cox_data data;
    double b[MOST];         /* scaled coefficients */
    double *eta, *risk;     /* [count] */
    double shift;           /* the logarithm of the largest risk, beside the reference customer */
    double *hazard;         /* [times] steps */
    double *variance;       /* [times] */
    double *at_risk;        /* [times] */
    double *drift;          /* [times * width] */
    double *longest, *seen; /* [strata] time, NaN without rows; weight of those who were watched so long */
} stepping;

static int take_columns(retain__scratch *scratch, stepping *of)
{
    const retain__cox_data *data = &of->data;

    of->eta = retain__take(scratch, data->count, sizeof(double));
    of->risk = retain__take(scratch, data->count, sizeof(double));
    of->hazard = retain__take(scratch, data->times, sizeof(double));
    of->variance = retain__take(scratch, data->times, sizeof(double));
    of->at_risk = retain__take(scratch, data->times, sizeof(double));
    of->drift = retain__take(scratch, data->times, data->columns * sizeof(double));
    of->longest = retain__take(scratch, data->strata, sizeof(double));
    of->seen = retain__take_zeroed(scratch, data->strata, sizeof(double));
    return of->eta && of->risk && of->hazard && of->variance && of->at_risk && of->drift && of->longest && of->seen;
}

static void find_longest(stepping *of)
{
    const retain__cox_data *data = &of->data;

    for (size_t s = 0; s < data->strata; s++)
        of->longest[s] = (double)NAN;
    for (size_t i = 0; i < data->count; i++) { /* rows ascend by stratum and exit */
        const size_t row = data->row[i];
        const uint64_t code = of->rows->stratum ? (uint64_t)of->rows->stratum[row] : 0;
        const size_t s = code < data->strata ? (size_t)code : 0;

        if (!(of->rows->durations.exit[row] == of->longest[s]))
            of->seen[s] = 0.0;
        of->longest[s] = of->rows->durations.exit[row];
        of->seen[s] += retain__cox_weight(data, i);
    }
}

/* Weights at risk at each time: of a walk whose risks are the weights, which take the place of the others. */
static void count_at_risk(stepping *of)
{
    retain__cox_walk walk;

    for (size_t i = 0; i < of->data.count; i++)
        of->risk[i] = retain__cox_weight(&of->data, i);
    walk = retain__cox_begin_walk(&of->data, of->risk);
    while (retain__cox_step_back(&walk))
        of->at_risk[walk.left] = walk.at_risk;
}

static retain_status find_steps(retain_context *ctx, stepping *of)
{
    const retain__cox_data *data = &of->data;
    retain__cox_walk walk;
    double largest;
    retain_status status = retain__cox_find_risks(ctx, data, of->b, of->eta, of->risk, &largest);

    if (status != RETAIN_OK)
        return status;
    of->shift += largest;
    for (walk = retain__cox_begin_walk(data, of->risk); retain__cox_step_back(&walk);) {
        const retain__cox_share share = retain__cox_find_share(&walk, of->model->ties);
        const double scale = exp(-of->shift);
        double *drift = of->drift + walk.left * data->columns;

        of->hazard[walk.left] = share.one * scale;
        of->variance[walk.left] = share.square * scale * scale;
        for (size_t k = 0; k < data->columns; k++)
            drift[k] = (share.square * walk.moment[k] - share.square_f * walk.ended_moment[k]) * scale * data->scaling.scale[k] +
                       (data->scaling.mean[k] - of->model->reference[k]) * of->hazard[walk.left];
        if (!retain__is_finite(of->hazard[walk.left]) || !retain__is_finite(of->variance[walk.left]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                                "the risks of rows[] are beyond arithmetic with these coefficients: is model of such predictors?");
    }
    count_at_risk(of);
    return RETAIN_OK;
}

/* Has a stratum a step of its own for the longest that anybody was watched? */
static int has_last_step(const stepping *of, size_t s)
{
    const size_t end = of->data.first[s + 1];

    return !isnan(of->longest[s]) && (end == of->data.first[s] || retain__cox_time_at(&of->data, end - 1) < of->longest[s]);
}

/* Leaves a longest time only where it is a step. That is decided once: exits are the caller's, who may write to them meanwhile, and as many
 * steps are written as were counted. */
static size_t count_steps(stepping *of)
{
    size_t count = of->data.times;

    for (size_t s = 0; s < of->data.strata; s++) {
        if (has_last_step(of, s))
            count++;
        else
            of->longest[s] = (double)NAN;
    }
    return count;
}

/* What is cumulated along a stratum. */
typedef struct sums {
    double hazard, variance, drift[MOST];
} sums;

static void write_step(const stepping *of, const retain_cox_steps_columns *columns, size_t at, size_t s, double time,
                       double at_risk, double events, const sums *so_far)
{
    if (columns->stratum)
        columns->stratum[at] = (int64_t)s;
    retain__put(columns->time, at, time);
    retain__put(columns->at_risk, at, at_risk);
    retain__put(columns->events, at, events);
    retain__put(columns->hazard, at, so_far->hazard);
    retain__put(columns->variance, at, so_far->variance);
    if (columns->drift)
        memcpy(columns->drift + at * of->data.columns, so_far->drift, of->data.columns * sizeof(double));
}

static void write_steps(const stepping *of, const retain_cox_steps_columns *columns)
{
    const retain__cox_data *data = &of->data;
    size_t at = 0;

    for (size_t s = 0; s < data->strata; s++) {
        sums so_far = {0.0, 0.0, {0.0}};

        for (size_t j = data->first[s]; j < data->first[s + 1]; j++) {
            so_far.hazard += of->hazard[j];
            so_far.variance += of->variance[j];
            for (size_t k = 0; k < data->columns; k++)
                so_far.drift[k] += of->drift[j * data->columns + k];
            write_step(of, columns, at++, s, retain__cox_time_at(data, j), of->at_risk[j], data->time[j].weight, &so_far);
        }
        if (!isnan(of->longest[s]))
            write_step(of, columns, at++, s, of->longest[s], of->seen[s], 0.0, &so_far);
    }
}

retain_status retain_cox_steps(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model,
                               const retain_cox_steps_columns *columns, size_t capacity, size_t *count)
{
    retain__scratch scratch = {ctx, NULL};
    stepping of = {.model = model, .rows = rows};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__cox_check_both(ctx, rows, model);
    if (status == RETAIN_OK && (!columns || !count))
        status = retain__fail_null(ctx, columns ? "count" : "columns");
    if (status == RETAIN_OK)
        status = retain__cox_sort(&scratch, rows, &of.data, NULL);
    if (status == RETAIN_OK && !take_columns(&scratch, &of))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        for (size_t k = 0; k < of.data.columns; k++) {
            of.b[k] = model->coefficient[k] * of.data.scaling.scale[k];
            of.shift += model->coefficient[k] * (of.data.scaling.mean[k] - model->reference[k]);
        }
        find_longest(&of);
        status = find_steps(ctx, &of);
    }
    if (status == RETAIN_OK) {
        *count = count_steps(&of);
        if (*count > capacity)
            status =
                retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu steps", capacity, *count);
    }
    if (status == RETAIN_OK)
        write_steps(&of, columns);
    retain__release(&scratch);
    return status;
}

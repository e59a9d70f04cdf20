/* Checks of a Cox regression: proportional hazards and residuals.
 *
 * Does a coefficient change with time? Then x g(t) beside x would have a coefficient of its own, and the score test tells without a fit: at its value 0 the slope is the
 * sum over times of g U, and the curvatures are those of the likelihood with each time counted once, g times and g^2 times, for which
 * the likelihood takes an emphasis. Moving g by a constant changes nothing, since x itself is there; it is centred all the same, so that
 * the matrices are well conditioned. Where x g(t) says what x says (one event long after all others, when nobody else was there) what is left
 * of it is rounding, and there is no test.
 *
 * Everything is computed at scaled predictors and handed over by the caller's. */
#include "retain/cox_check.h"

#include <math.h>
#include <string.h>

#include "data/durations.h"
#include "math/linear.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "models/cox_scores.h"

enum { MOST = RETAIN__COX_MOST };

static const double collinear = 1e-10; /* smallest share of its information that x g(t) has for itself */

typedef struct checking {
    retain_context *ctx;
    const retain_cox_rows *rows;
    const retain_cox *model;
    retain__scratch scratch;
    retain__cox_data data;
    retain__cox_likelihood likelihood;
    double b[MOST], gradient[MOST], hessian[MOST * MOST]; /* at the model, scaled */
} checking;

/* Checks, sorts, and evaluates at the model's coefficients. */
static retain_status begin(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model, checking *of)
{
    double value;
    retain_status status = retain__begin(ctx);

    of->ctx = of->scratch.ctx = ctx;
    of->scratch.blocks = NULL;
    of->rows = rows;
    of->model = model;
    if (status == RETAIN_OK)
        status = retain__cox_check_both(ctx, rows, model);
    if (status == RETAIN_OK)
        status = retain__cox_sort(&of->scratch, rows, &of->data, NULL);
    if (status == RETAIN_OK && !retain__cox_take_likelihood(&of->scratch, &of->data, model->ties, &of->likelihood))
        status = RETAIN_ERROR_MEMORY;
    if (status != RETAIN_OK)
        return status;
    for (size_t j = 0; j < of->data.columns; j++)
        of->b[j] = model->coefficient[j] * of->data.scaling.scale[j];
    status = retain__cox_evaluate(&of->likelihood, of->b, NULL, &value, of->gradient, of->hessian);
    if (status == RETAIN_OK)
        status = retain__cox_look_back(&of->scratch, &of->likelihood);
    if (status == RETAIN_OK && !retain__is_finite(value))
        status = retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                              "the risks of rows[] are beyond arithmetic with these coefficients: is model of such predictors?");
    return status;
}

/* --- proportional hazards --------------------------------------------------------------------------------------------------------- */

/* The share that has ended just before each of the lengths, or the rank of each. */
static double *list_transformed(retain__scratch *scratch, const retain__lengths *lengths, retain_cox_transform transform)
{
    const size_t count = lengths->first[1];
    double *list = retain__take(scratch, count, sizeof *list), before = 0.0;
    retain__curve curve = retain__curve_begin(lengths->duration, count);

    for (size_t i = 0; list && i < count; i++) {
        const double here = lengths->duration[i].ended + lengths->duration[i].open;
        const double gone = 1.0 - curve.rest;

        list[i] = transform == RETAIN_COX_RANK ? before + 0.5 * (here + 1.0) : gone;
        before += here;
        retain__curve_pass(&curve);
    }
    return list;
}

static size_t find_length(const retain__lengths *lengths, double time)
{
    size_t low = 0, high = lengths->first[1];

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (lengths->duration[middle].length < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* g at each time, centred at its mean over events. */
static retain_status transform_times(checking *of, retain_cox_transform transform, double *g)
{
    const retain__cox_data *data = &of->data;
    retain__lengths lengths;
    double first = 0.0, mean = 0.0, *list;
    retain_status status = retain__count_lengths(&of->scratch, &of->rows->durations, NULL, 1, 0.0, &lengths);

    if (status != RETAIN_OK)
        return status;
    list = list_transformed(&of->scratch, &lengths, transform);
    if (!list)
        return RETAIN_ERROR_MEMORY;
    for (size_t j = 0; j < data->times; j++) {
        const double time = retain__cox_time_at(data, j);
        const size_t at = find_length(&lengths, time);

        if (transform == RETAIN_COX_LOG && time == 0.0)
            return retain__fail(of->ctx, RETAIN_ERROR_DATA, data->row[data->time[j].begin],
                                "durations.exit[%zu] is 0; an event at 0 has no logarithm", data->row[data->time[j].begin]);
        g[j] = transform == RETAIN_COX_IDENTITY || at == lengths.first[1] ? time
               : transform == RETAIN_COX_LOG                              ? log(time)
                                                                          : list[at];
        first = j ? first : g[0];
        g[j] -= first; /* exact where they differ little: of equal times nothing is left, not even rounding */
        mean += g[j] * data->time[j].weight;
    }
    for (size_t j = 0; j < data->times; j++)
        g[j] -= mean / data->events;
    return RETAIN_OK;
}

/* Makes the largest g 1 in size: the test does not depend on its unit. */
static void normalise(double *g, size_t count)
{
    double largest = 0.0;

    for (size_t j = 0; j < count; j++)
        largest = fmax(largest, fabs(g[j]));
    for (size_t j = 0; largest > 0.0 && j < count; j++)
        g[j] /= largest;
}

/* u' M^-1 u, where u is 0 but for the last `extra` entries. */
static double find_score(size_t count, size_t extra, double *matrix, const double *u)
{
    double right[2 * MOST] = {0.0}, solved[2 * MOST], diagonal[2 * MOST], score = 0.0;

    memcpy(right + count - extra, u, extra * sizeof *u);
    for (size_t k = 0; k < count; k++)
        diagonal[k] = matrix[k * count + k];
    if (!retain__cholesky(count, matrix, matrix))
        return (double)NAN;
    for (size_t k = count - extra; k < count; k++) {
        if (!(matrix[k * count + k] * matrix[k * count + k] > collinear * diagonal[k]))
            return (double)NAN;
    }
    retain__cholesky_solve(count, matrix, right, solved);
    for (size_t k = count - extra; k < count; k++)
        score += right[k] * solved[k];
    return score;
}

/* The joint information of the coefficients and of those of x g(t), for the predictors from `first` on, `extra` of them. */
static void join(size_t n, const double *plain, const double *once, const double *twice, size_t first, size_t extra, double *matrix)
{
    const size_t all = n + extra;

    for (size_t a = 0; a < all; a++) {
        for (size_t b = 0; b < all; b++) {
            const double *from = a < n && b < n ? plain : a < n || b < n ? once : twice;
            const size_t row = a < n ? a : first + a - n, column = b < n ? b : first + b - n;

            matrix[a * all + b] = -from[row * n + column];
        }
    }
}

static retain_status test_proportions(checking *of, retain_cox_transform transform, double *statistic)
{
    const size_t n = of->data.columns;
    double *g = retain__take(&of->scratch, of->data.times, sizeof *g), value;
    double slope[MOST], unused[MOST], once[MOST * MOST], twice[MOST * MOST], matrix[4 * MOST * MOST];
    retain_status status = g ? transform_times(of, transform, g) : RETAIN_ERROR_MEMORY;

    if (status != RETAIN_OK)
        return status;
    normalise(g, of->data.times);
    status = retain__cox_evaluate(&of->likelihood, of->b, g, &value, slope, once);
    for (size_t j = 0; j < of->data.times; j++)
        g[j] *= g[j];
    if (status == RETAIN_OK)
        status = retain__cox_evaluate(&of->likelihood, of->b, g, &value, unused, twice);
    for (size_t k = 0; k < n && status == RETAIN_OK; k++) {
        join(n, of->hessian, once, twice, k, 1, matrix);
        statistic[k] = find_score(n + 1, 1, matrix, slope + k);
    }
    join(n, of->hessian, once, twice, 0, n, matrix);
    statistic[n] = find_score(2 * n, n, matrix, slope);
    return status;
}

retain_status retain_cox_proportional(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model,
                                      retain_cox_transform transform, double *chi_squared, double *p_value)
{
    checking of;
    double statistic[MOST + 1];
    retain_status status = begin(ctx, rows, model, &of);

    if (status == RETAIN_OK && !(transform >= RETAIN_COX_KAPLAN_MEIER && transform <= RETAIN_COX_RANK))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "transform is %d; it must be a retain_cox_transform",
                              (int)transform);
    if (status == RETAIN_OK)
        status = test_proportions(&of, transform, statistic);
    for (size_t k = 0; status == RETAIN_OK && k <= model->predictors; k++) {
        retain__put(chi_squared, k, statistic[k]);
        retain__put(p_value, k,
                    statistic[k] >= 0.0 ? retain__chi_squared_tail(statistic[k], k < model->predictors ? 1 : model->predictors)
                                        : (double)NAN);
    }
    retain__release(&of.scratch);
    return status;
}

/* --- residuals -------------------------------------------------------------------------------------------------------------------- */

/* The inverse curvature at the model, by the caller's predictors; NaN where there is none. */
static void invert(const checking *of, double *covariance)
{
    const size_t n = of->data.columns;
    double factor[MOST * MOST];

    for (size_t k = 0; k < n * n; k++) {
        factor[k] = -of->hessian[k];
        covariance[k] = (double)NAN;
    }
    if (!retain__cholesky(n, factor, factor))
        return;
    retain__cholesky_inverse(n, factor, covariance);
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++)
            covariance[a * n + b] /= of->data.scaling.scale[a] * of->data.scaling.scale[b];
    }
}

static int is_event(const retain__cox_data *data, size_t i)
{
    const size_t j = data->last[i];

    return j != RETAIN__COX_NEVER && i - data->time[j].begin < data->time[j].ended;
}

/* Ascending by stratum and time, as the rows lie. */
static void write_events(const checking *of, const double *mean, const retain_cox_events_columns *columns, size_t count)
{
    const retain__cox_data *data = &of->data;
    const size_t n = data->columns;
    double covariance[MOST * MOST], residual[MOST];
    size_t at = 0;

    invert(of, covariance);
    for (size_t i = 0; i < data->count; i++) {
        if (!is_event(data, i))
            continue;
        for (size_t k = 0; k < n; k++)
            residual[k] = (data->x[k * data->count + i] - mean[data->last[i] * n + k]) * data->scaling.scale[k];
        if (columns->row)
            columns->row[at] = (int64_t)data->row[i];
        retain__put(columns->time, at, retain__cox_time_at(data, data->last[i]));
        for (size_t k = 0; k < n; k++) {
            double scaled = of->model->coefficient[k];

            for (size_t m = 0; m < n; m++)
                scaled += (double)count * covariance[k * n + m] * residual[m];
            retain__put(columns->residual, at * n + k, residual[k]);
            retain__put(columns->scaled, at * n + k, scaled);
        }
        at++;
    }
}

retain_status retain_cox_schoenfeld(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model,
                                    const retain_cox_events_columns *columns, size_t capacity, size_t *count)
{
    checking of;
    double *mean = NULL;
    retain_status status = begin(ctx, rows, model, &of);

    if (status == RETAIN_OK && (!columns || !count))
        status = retain__fail_null(ctx, columns ? "count" : "columns");
    if (status == RETAIN_OK) {
        *count = 0;
        for (size_t i = 0; i < of.data.count; i++)
            *count += (size_t)is_event(&of.data, i);
        if (*count > capacity)
            status =
                retain__fail(ctx, RETAIN_ERROR_CAPACITY, RETAIN_NO_ROW, "capacity is %zu; there are %zu events", capacity, *count);
    }
    if (status == RETAIN_OK) {
        mean = retain__take(&of.scratch, of.data.times, of.data.columns * sizeof *mean);
        status = mean ? RETAIN_OK : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        retain__cox_find_means(&of.likelihood, mean);
        write_events(&of, mean, columns, *count);
    }
    retain__release(&of.scratch);
    return status;
}

static double find_martingale(const checking *of, size_t i)
{
    const retain__cox_data *data = &of->data;
    double met = retain__cox_met_hazard(&of->likelihood, i);
    const int event = is_event(data, i);

    if (event)
        met -= of->likelihood.share[data->last[i]].one_f;
    return (double)event - of->likelihood.risk[i] / retain__cox_weight(data, i) * met;
}

static double find_deviance(double martingale, int event)
{
    const double gap = event ? 1.0 - martingale : -martingale; /* what was expected */
    const double square = -2.0 * (martingale + (event && gap > 0.0 ? log(gap) : 0.0));

    return copysign(sqrt(square > 0.0 ? square : 0.0), martingale);
}

static void write_row(const checking *of, const double *scores, const double *covariance, size_t i, double *martingale,
                      double *deviance, double *score, double *influence)
{
    const retain__cox_data *data = &of->data;
    const size_t n = data->columns, row = data->row[i];
    const double left = find_martingale(of, i);

    retain__put(martingale, row, left);
    retain__put(deviance, row, find_deviance(left, is_event(data, i)));
    for (size_t k = 0; scores && k < n; k++) {
        double change = 0.0;

        for (size_t m = 0; m < n; m++)
            change += covariance[k * n + m] * scores[i * n + m] * data->scaling.scale[m];
        retain__put(score, row * n + k, scores[i * n + k] * data->scaling.scale[k]);
        retain__put(influence, row * n + k, retain__cox_weight(data, i) * change);
    }
}

static void clear(size_t count, size_t columns, double *martingale, double *deviance, double *score, double *influence)
{
    for (size_t i = 0; i < count; i++) {
        retain__put(martingale, i, (double)NAN);
        retain__put(deviance, i, (double)NAN);
        for (size_t k = 0; k < columns; k++) {
            retain__put(score, i * columns + k, (double)NAN);
            retain__put(influence, i * columns + k, (double)NAN);
        }
    }
}

retain_status retain_cox_residuals(retain_context *ctx, const retain_cox_rows *rows, const retain_cox *model, double *martingale,
                                   double *deviance, double *score, double *influence)
{
    checking of;
    double covariance[MOST * MOST], *scores = NULL;
    retain_status status = begin(ctx, rows, model, &of);

    if (status == RETAIN_OK && (score || influence)) {
        scores = retain__take(&of.scratch, of.data.count, of.data.columns * sizeof *scores);
        status = scores ? retain__cox_find_scores(&of.scratch, &of.likelihood, scores) : RETAIN_ERROR_MEMORY;
    }
    if (status == RETAIN_OK) {
        invert(&of, covariance);
        clear(rows->durations.count, of.data.columns, martingale, deviance, score, influence);
        for (size_t i = 0; i < of.data.count; i++)
            write_row(&of, scores, covariance, i, martingale, deviance, score, influence);
    }
    retain__release(&of.scratch);
    return status;
}

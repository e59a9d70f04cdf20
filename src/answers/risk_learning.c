/* What is learnt from the dates of the past.
 *
 * Rows of all dates stand one below the other. Two hundred thousand of them say all that a regression on some forty columns can learn, so
 * of larger shops a share is kept, drawn by customer and date, the same each time. A penalty of one on standardised slopes is worth so little
 * beside thousands of rows that it shows only where the data are silent: columns that say the same share what they say.
 *
 * A line that fits the many says nothing of the few far outside: the customer of one enormous order is not enormously loyal. So each
 * column is cut at two of its quantiles, in what is learnt from and in what is told of. Where to cut is found anew each time that more is
 * learnt. Few numbers are cut, so they are kept aside and put back, rather than all rows twice: rows are most of the memory of a risk. */
#include "answers/risk_learning.h"

#include <math.h>
#include <string.h>

#include "core/stage.h"
#include "math/chains.h"
#include "math/random.h"

static const double MOST_ROWS = 200000.0;

/* Of one column of so many rows: beyond a quantile lie at most its share of them, and one for rounding. */
static size_t count_most_cuts(size_t rows)
{
    return 2 * (size_t)(RETAIN__RISK_CUT * (double)rows + 2.0);
}

retain_status retain__start_learning(retain__scratch *scratch, const retain__risk_job *job, size_t customers, size_t dates,
                                     retain__risk_learning *learning)
{
    const double rows = (double)customers * (double)dates;
    const size_t entries = 1 + 2 * (job->columns + 1);

    memset(learning, 0, sizeof *learning);
    learning->columns = job->columns + 1;
    learning->share = rows > MOST_ROWS ? MOST_ROWS / rows : 1.0;
    learning->capacity = (size_t)fmin(rows, MOST_ROWS + 10.0 * sqrt(MOST_ROWS)); /* 10 standard deviations above what is expected */
    learning->predictor = retain__take(scratch, learning->capacity, learning->columns * sizeof *learning->predictor);
    learning->spare = retain__take(scratch, learning->capacity, sizeof *learning->spare);
    learning->uncut = retain__take(scratch, learning->columns * count_most_cuts(learning->capacity), sizeof *learning->uncut);
    learning->outcome = retain__take(scratch, learning->capacity, sizeof *learning->outcome);
    learning->covariance = retain__take(scratch, entries, entries * sizeof *learning->covariance);
    return learning->predictor && learning->spare && learning->uncut && learning->outcome && learning->covariance
               ? RETAIN_OK
               : RETAIN_ERROR_MEMORY;
}

void retain__forget_rows(retain__scratch *scratch, retain__risk_learning *learning)
{
    retain__give_back(scratch, learning->predictor);
    retain__give_back(scratch, learning->spare);
    retain__give_back(scratch, learning->uncut);
    retain__give_back(scratch, learning->outcome);
    learning->predictor = learning->spare = NULL;
    learning->uncut = NULL;
    learning->outcome = NULL;
    learning->capacity = learning->count = 0;
}

static void put_back(retain__risk_learning *learning)
{
    while (learning->cuts) {
        const retain__risk_uncut *was = &learning->uncut[--learning->cuts];

        learning->predictor[was->at] = was->value;
    }
}

static int is_kept(const retain__risk_learning *learning, const retain__risk_date *date, size_t i)
{
    retain__random random;

    if (isnan(date->label[i]) || learning->count == learning->capacity)
        return 0;
    if (learning->share >= 1.0)
        return 1;
    random = retain__random_start((uint64_t)date->day, (uint64_t)date->customer[i]);
    return retain__random_uniform(&random) < learning->share;
}

void retain__remember_date(const retain__risk_job *job, const retain__risk_date *date, retain__risk_learning *learning)
{
    (void)job;
    put_back(learning);
    for (size_t i = 0; i < date->count; i++) {
        if (!is_kept(learning, date, i))
            continue;
        for (size_t c = 0; c < learning->columns; c++)
            learning->predictor[c * learning->capacity + learning->count] = date->predictor[c * date->count + i];
        learning->outcome[learning->count++] = date->label[i] > 0.5;
        learning->silent += date->label[i] > 0.5;
    }
}

static double cut_value(const retain__risk_learning *learning, size_t column, double x)
{
    return x < learning->low[column] ? learning->low[column] : x > learning->high[column] ? learning->high[column] : x;
}

/* Where a column is cut; where nothing at all would differ any more, as of an event that few had, not at all. */
static void find_cut(retain__risk_learning *learning, size_t c)
{
    const double *const all = learning->predictor + c * learning->capacity;
    size_t count = 0;

    for (size_t i = 0; i < learning->count; i++) {
        if (!isnan(all[i]))
            learning->spare[count++] = all[i];
    }
    learning->low[c] = count ? retain__quantile(learning->spare, count, RETAIN__RISK_CUT) : -(double)INFINITY;
    learning->high[c] = count ? retain__quantile(learning->spare, count, 1.0 - RETAIN__RISK_CUT) : (double)INFINITY;
    if (!(learning->low[c] < learning->high[c])) {
        learning->low[c] = -(double)INFINITY;
        learning->high[c] = (double)INFINITY;
    }
}

static void cut_rows(retain__risk_learning *learning)
{
    for (size_t c = 0; c < learning->columns; c++) {
        find_cut(learning, c);
        for (size_t i = 0; i < learning->count; i++) {
            const size_t at = c * learning->capacity + i;
            const double was = learning->predictor[at], is = cut_value(learning, c, was);

            if (was < is || was > is) {
                learning->uncut[learning->cuts++] = (retain__risk_uncut){at, was};
                learning->predictor[at] = is;
            }
        }
    }
}

/* Views columns `stride` apart, from a row on. */
static retain_predictors view(const double *block, size_t columns, size_t apart, size_t first, size_t count,
                              const double *column[RETAIN_PREDICTORS_MOST])
{
    for (size_t c = 0; c < columns; c++)
        column[c] = block + c * apart + first;
    return (retain_predictors){count, columns, column, 1};
}

retain_status retain__learn_risk(retain_context *ctx, const retain__risk_job *job, double from, double to,
                                 retain__risk_learning *learning)
{
    const retain_logistic_options options = {.struct_size = sizeof options, .l2 = job->options.l2, .level = job->options.level};
    const double *column[RETAIN_PREDICTORS_MOST];
    const retain_predictors rows = view(learning->predictor, learning->columns, learning->capacity, 0, learning->count, column);
    retain__stage stage;
    retain_status status;

    learning->usable = 0;
    if (learning->silent < job->options.fewest || learning->count - learning->silent < job->options.fewest)
        return RETAIN_OK;
    put_back(learning);
    cut_rows(learning);
    memset(&learning->report, 0, sizeof learning->report);
    learning->report.struct_size = sizeof learning->report;
    status = retain_logistic_fit(retain__begin_stage(&stage, ctx, from, to), &rows, learning->outcome, NULL, &options,
                                 &learning->model, &learning->report, NULL, learning->covariance);
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
        return retain__end_stage(&stage, status);
    learning->usable = status == RETAIN_OK;
    for (size_t c = 0; c < learning->columns; c++) { /* what was never missing counts as average when it is */
        if (isnan(learning->model.missing[c]))
            learning->model.missing[c] = 0.0;
    }
    return RETAIN_OK;
}

void retain__cut_risk_date(const retain__risk_learning *learning, retain__risk_date *date)
{
    for (size_t c = 0; c < learning->columns; c++) {
        for (size_t i = 0; i < date->count; i++)
            date->predictor[c * date->count + i] = cut_value(learning, c, date->predictor[c * date->count + i]);
    }
}

retain_status retain__tell_risk(retain_context *ctx, const retain__risk_job *job, const retain__risk_learning *learning,
                                const retain__risk_date *date, double *risk, double *low, double *high, double *log_odds)
{
    const double *column[RETAIN_PREDICTORS_MOST];
    const retain_predictors rows = view(date->predictor, learning->columns, date->count, 0, date->count, column);
    retain__stage stage;

    return retain__end_stage(&stage, retain_logistic_probability(retain__begin_stage(&stage, ctx, 0.9, 0.9), &learning->model,
                                                                 &rows, low ? learning->covariance : NULL, job->options.level, risk,
                                                                 log_odds, low, high));
}

retain_status retain__explain_risk(retain_context *ctx, const retain__risk_learning *learning, const retain__risk_date *date,
                                   size_t first, size_t rows, double *contribution)
{
    const double *column[RETAIN_PREDICTORS_MOST];
    const retain_predictors some = view(date->predictor, learning->columns, date->count, first, rows, column);
    retain__stage stage;

    return retain__end_stage(&stage, retain_logistic_reasons(retain__begin_stage(&stage, ctx, 0.9, 0.9), &learning->model, &some, 0,
                                                             RETAIN_REASONS_EITHER, NULL, contribution, NULL, NULL, NULL));
}

double retain__base_of_risk(const retain__risk_learning *learning)
{
    double base = learning->model.intercept;

    for (size_t c = 0; c < learning->columns; c++)
        base += learning->model.coefficient[c] * learning->model.reference[c];
    return base;
}

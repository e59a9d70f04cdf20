/* The fit of a Cox regression, and what is said about it.
 *
 * The partial likelihood is concave in the coefficients, so a search has one end, and the machinery of all fits (math/fit.h) finds it and judges
 * it: a coefficient that runs away is a boundary, predictors that follow from others are a ridge. Searched are the coefficients of predictors that are
 * centred and scaled, where flat means the same for all, however badly the caller's units are chosen.
 *
 * The search begins at 0 or, of many rows, where one among every sixteenth of them ends, which is as near as its first step would have come.
 *
 * A search ends when there is next to nothing more to be gained, which leaves the coefficients a hundred-millionth of their standard errors
 * from the top. One more Newton step, from an evaluation that is wanted anyway, takes them there to the last digits. */
#include "retain/cox.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "math/fit.h"
#include "math/fit_report.h"
#include "math/linear.h"
#include "math/special.h"
#include "models/cox_scores.h"

enum { MOST = RETAIN__COX_MOST };

_Static_assert((int)MOST <= (int)RETAIN_FIT_PARAMETERS && (int)MOST <= (int)RETAIN__SCALED_MOST,
               "a report holds every coefficient");

typedef struct fitting {
    const retain_cox_rows *rows;
    retain_cox_options options;
    retain__cox_data data, sample;
    retain__cox_likelihood likelihood, sample_likelihood;
    int tie[MOST];
    double start[MOST], prior_mean[MOST], prior_precision[MOST], reported[MOST * MOST];
    double gradient[MOST], hessian[MOST * MOST]; /* of log L at the coefficients, scaled */
    double b[MOST];                              /* the coefficients, scaled */
    double point[MOST], value;                   /* where log L was evaluated last: gradient and hessian are those there */
    int evaluated;                               /* was it? */
    double null_value, null_gradient[MOST], null_hessian[MOST * MOST]; /* at 0, where the search begins */
    int evaluated_null;
    int is_described; /* does the caller want a summary? */
} fitting;

/* --- options ---------------------------------------------------------------------------------------------------------------------- */

static retain_status check_options(retain_context *ctx, const retain_cox_options *given, const retain_fit_report *report,
                                   const retain_cox_summary *summary, retain_cox_options *options, retain_fit_options *fit)
{
    retain_fit_options asked = {.struct_size = sizeof asked};
    retain_status status = retain__check_struct(ctx, "summary", summary, sizeof *summary, sizeof *summary);

    if (status == RETAIN_OK)
        status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);
    if (status != RETAIN_OK)
        return status;
    if (options->ties != RETAIN_COX_EFRON && options->ties != RETAIN_COX_BRESLOW)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.ties is %d; it must be a retain_cox_ties",
                            (int)options->ties);
    if (options->robust != 0 && options->robust != 1)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.robust is %d; it must be 0 or 1", options->robust);
    asked.iterations = options->iterations;
    asked.level = options->level;
    asked.coefficient_sd = options->coefficient_sd;
    return retain__fit_options(ctx, &asked, report, fit);
}

/* Held coefficients, and the prior, on the scale of the search. */
static retain_status prepare_entries(retain_context *ctx, fitting *of)
{
    const retain__scaling *scaling = &of->data.scaling;
    const double sd = of->options.coefficient_sd;
    const size_t n = of->data.columns;

    memset(of->reported, 0, sizeof of->reported);
    for (size_t j = 0; j < n; j++) {
        const double held = of->options.fixed ? of->options.fixed[j] : (double)NAN;
        const double share = scaling->spread[j] > 0.0 ? scaling->spread[j] / scaling->scale[j] : 1.0;

        if (fabs(held) > 1e100)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.fixed[%zu] is %g; it must be finite, or NaN", j,
                                held);
        of->tie[j] = isnan(held) ? (int)j : RETAIN__FIT_HELD;
        of->start[j] = isnan(held) ? 0.0 : held * scaling->scale[j];
        of->prior_mean[j] = 0.0;
        of->prior_precision[j] = sd > 0.0 && isnan(held) ? share * share / (sd * sd) : 0.0;
        of->reported[j * n + j] = 1.0 / scaling->scale[j];
    }
    return RETAIN_OK;
}

/* --- the problem ------------------------------------------------------------------------------------------------------------------ */

/* log L and its derivatives are kept: the same point is asked for by the search, and by what follows it. */
static retain_status look_at(fitting *of, const double *point)
{
    const size_t n = of->data.columns;
    retain_status status = RETAIN_OK;
    int at_zero = 1;

    if (!of->evaluated || memcmp(of->point, point, n * sizeof *point) != 0)
        status = retain__cox_evaluate(&of->likelihood, point, NULL, &of->value, of->gradient, of->hessian);
    of->evaluated = status == RETAIN_OK;
    memcpy(of->point, point, n * sizeof *point);
    for (size_t j = 0; j < n; j++)
        at_zero &= point[j] == 0.0;
    if (at_zero && status == RETAIN_OK) {
        of->null_value = of->value;
        memcpy(of->null_gradient, of->gradient, n * sizeof *point);
        memcpy(of->null_hessian, of->hessian, n * n * sizeof *point);
        of->evaluated_null = 1;
    }
    return status;
}

static retain_status evaluate(void *state, int evaluation, const double *parameters, double *value, double *gradient,
                              double *hessian)
{
    fitting *of = state;
    const size_t n = of->data.columns;
    const retain_status status = look_at(of, parameters);

    (void)evaluation;
    *value = of->value;
    memcpy(gradient, of->gradient, n * sizeof *gradient);
    memcpy(hessian, of->hessian, n * n * sizeof *hessian);
    return status;
}

static retain_status evaluate_sample(void *state, const double *parameters, double *value, double *gradient, double *hessian)
{
    fitting *of = state;

    return retain__cox_evaluate(&of->sample_likelihood, parameters, NULL, value, gradient, hessian);
}

/* Where rows are many, a search that begins with a sample needs one evaluation of all of them less: that at 0, unless the caller wants to know
 * what it is. */
static int wants_sample(const fitting *of)
{
    return !of->is_described && of->rows->durations.count / RETAIN__COX_SAMPLE >= 4096;
}

/* Does it know enough? */
static int has_sample(const fitting *of)
{
    return wants_sample(of) && of->sample.events >= 50.0 * (double)of->data.columns;
}

static int start(void *state, int attempt, double *parameters)
{
    const fitting *of = state;

    memcpy(parameters, of->start, of->data.columns * sizeof *parameters);
    return attempt == 0;
}

static const char *find_reason(void *state, const int *loose)
{
    fitting *of = state;

    return retain__explain_open_predictors(&of->data.scaling, &of->rows->predictors, of->rows->durations.weight, loose);
}

static const char *find_meaning(const void *state, const int *way)
{
    (void)state;
    (void)way;
    return "at every moment those who left, or none of them, had the most of it among those at risk";
}

/* --- after the search ------------------------------------------------------------------------------------------------------------- */

/* Coefficients that were estimated, in `index`; returns how many. */
static size_t list_free(const fitting *of, size_t *index)
{
    size_t count = 0;

    for (size_t j = 0; j < of->data.columns; j++) {
        if (of->tie[j] == (int)j)
            index[count++] = j;
    }
    return count;
}

/* Minus the Hessian of log L and prior of the free coefficients, factored; 0 when it is not positive definite. */
static int factor_information(const fitting *of, const double *hessian, const size_t *index, size_t count, double *factor)
{
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < count; b++)
            factor[a * count + b] =
                -hessian[index[a] * of->data.columns + index[b]] + (a == b ? of->prior_precision[index[a]] : 0.0);
    }
    return retain__cholesky(count, factor, factor);
}

/* Limits around an estimate, from its standard error. */
static void set_limits(retain_fit_report *report, size_t j, double quantile)
{
    report->standard_error[j] = sqrt(report->covariance[j * report->parameters + j]);
    report->low[j] = report->estimate[j] - quantile * report->standard_error[j];
    report->high[j] = report->estimate[j] + quantile * report->standard_error[j];
}

/* One more step of the search, from where the likelihood was evaluated, and the covariance there. Returns 1 when the step was so long that the
 * covariance is another one at its end. */
static int polish(fitting *of, double level, retain_fit_report *report, retain_cox *model)
{
    const double *scale = of->data.scaling.scale, quantile = retain__ndtri(0.5 + 0.5 * level);
    const size_t n = of->data.columns;
    size_t index[MOST];
    double factor[MOST * MOST], inverse[MOST * MOST], step[MOST];
    const size_t count = list_free(of, index);
    int far = 0;

    if (report->verdict != RETAIN_FIT_CONVERGED || !factor_information(of, of->hessian, index, count, factor))
        return 0;
    for (size_t a = 0; a < count; a++)
        step[a] = of->gradient[index[a]] - of->prior_precision[index[a]] * of->b[index[a]];
    retain__cholesky_solve(count, factor, step, step);
    retain__cholesky_inverse(count, factor, inverse);
    for (size_t a = 0; a < count; a++) {
        const size_t j = index[a];

        if (fabs(step[a]) < 1e-3 * sqrt(inverse[a * count + a])) {
            far |= fabs(step[a]) > 1e-12;
            of->b[j] += step[a];
            report->estimate[j] = model->coefficient[j] = of->b[j] / scale[j];
        }
        for (size_t b = 0; b < count; b++)
            report->covariance[j * n + index[b]] = inverse[a * count + b] / (scale[j] * scale[index[b]]);
        set_limits(report, j, quantile);
    }
    return far;
}

/* Everything at the coefficients, to their last digits. */
static retain_status settle(fitting *of, double level, retain_cox *model, retain_fit_report *report)
{
    enum { ROUNDS = 3 };
    int far = 1;

    for (size_t j = 0; j < of->data.columns; j++) {
        const double last = of->point[j];

        of->b[j] = model->coefficient[j] * of->data.scaling.scale[j];
        if (fabs(of->b[j] - last) <= 4.0 * DBL_EPSILON * fabs(last)) /* the same but for scaling there and back */
            of->b[j] = last;
    }
    for (int round = 0; far && round < ROUNDS; round++) {
        const retain_status status = look_at(of, of->b);

        if (status != RETAIN_OK)
            return status;
        far = polish(of, level, report, model);
    }
    return RETAIN_OK;
}

/* Scores of customers: those of their rows, weighed and added up, by scaled predictors. */
static retain_status sum_scores(retain__scratch *scratch, const fitting *of, double **sums, size_t *customers)
{
    const retain__cox_data *data = &of->data;
    const size_t n = data->columns;
    double *score = retain__take(scratch, data->count, n * sizeof *score);
    size_t *number;
    retain_status status = score ? RETAIN_OK : RETAIN_ERROR_MEMORY;

    if (status == RETAIN_OK)
        status = retain__cox_number_customers(scratch, of->rows, &number, customers);
    if (status == RETAIN_OK)
        status = retain__cox_find_scores(scratch, &of->likelihood, score);
    if (status != RETAIN_OK)
        return status;
    *sums = retain__take_zeroed(scratch, *customers, n * sizeof **sums);
    if (!*sums)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < data->count; i++) {
        for (size_t k = 0; k < n; k++)
            (*sums)[number[data->row[i]] * n + k] += retain__cox_weight(data, i) * score[i * n + k];
    }
    return RETAIN_OK;
}

/* The sum over customers of u u', where u = V times the customer's score is what the estimates would lose without him: the sandwich, positive as it
 * is made. By scaled predictors; entries that the data leave open count nothing. */
static void add_up_sandwich(const fitting *of, const double *sums, size_t customers, const retain_fit_report *report,
                            double *sandwich)
{
    const size_t n = of->data.columns;
    const double *scale = of->data.scaling.scale;
    double bread[MOST * MOST], lost[MOST];

    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++) {
            bread[a * n + b] = report->covariance[a * n + b] * scale[a] * scale[b];
            bread[a * n + b] = retain__is_finite(bread[a * n + b]) ? bread[a * n + b] : 0.0;
        }
    }
    memset(sandwich, 0, n * n * sizeof *sandwich);
    for (size_t c = 0; c < customers; c++) {
        for (size_t a = 0; a < n; a++) {
            lost[a] = 0.0;
            for (size_t k = 0; k < n; k++)
                lost[a] += bread[a * n + k] * sums[c * n + k];
            for (size_t b = 0; b <= a; b++)
                sandwich[a * n + b] += lost[a] * lost[b];
        }
    }
}

/* The sandwich in place of the covariance; entries that the data leave open stay so. */
static retain_status make_sandwich(retain__scratch *scratch, const fitting *of, double level, retain_fit_report *report)
{
    const size_t n = of->data.columns;
    const double *scale = of->data.scaling.scale, quantile = retain__ndtri(0.5 + 0.5 * level);
    double sandwich[MOST * MOST], *sums;
    size_t customers;
    const retain_status status = sum_scores(scratch, of, &sums, &customers);

    if (status != RETAIN_OK)
        return status;
    add_up_sandwich(of, sums, customers, report, sandwich);
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b <= a; b++) {
            if (!isnan(report->covariance[a * n + b]))
                report->covariance[a * n + b] = report->covariance[b * n + a] = sandwich[a * n + b] / scale[a] / scale[b];
        }
        if (!isnan(report->standard_error[a]))
            set_limits(report, a, quantile);
    }
    return RETAIN_OK;
}

/* --- the summary ------------------------------------------------------------------------------------------------------------------ */

static void clear_summary(size_t predictors, retain_cox_summary *summary)
{
    const double nan = (double)NAN;

    *summary =
        (retain_cox_summary){sizeof *summary, predictors, 0.0,   nan,   nan,   nan,   nan,  nan, nan, nan, nan, nan, nan, 0.0,
                             {0.0},           {0.0},      {0.0}, {0.0}, {0.0}, {0.0}, {0.0}};
    for (size_t j = 0; j < MOST; j++)
        summary->hazard_ratio[j] = summary->hazard_ratio_low[j] = summary->hazard_ratio_high[j] = summary->z[j] =
            summary->p_value[j] = summary->plain_error[j] = summary->spread[j] = nan;
}

static double find_p(double statistic, double degrees)
{
    return degrees > 0.0 && statistic >= 0.0 ? retain__chi_squared_tail(statistic, (size_t)degrees) : (double)NAN;
}

/* log L at 0, and the score test. */
static retain_status test_score(fitting *of, retain_cox_summary *summary)
{
    const double zero[MOST] = {0.0};
    size_t index[MOST];
    double factor[MOST * MOST], slope[MOST], step[MOST];
    const size_t count = list_free(of, index);
    retain_status status = of->evaluated_null ? RETAIN_OK : look_at(of, zero);

    summary->log_likelihood_null = of->null_value;
    summary->degrees = (double)count;
    if (status != RETAIN_OK || of->options.coefficient_sd > 0.0 || of->options.fixed ||
        !factor_information(of, of->null_hessian, index, count, factor))
        return status;
    for (size_t a = 0; a < count; a++)
        slope[a] = of->null_gradient[index[a]];
    retain__cholesky_solve(count, factor, slope, step);
    summary->score = 0.0;
    for (size_t a = 0; a < count; a++)
        summary->score += slope[a] * step[a];
    summary->score_p = find_p(summary->score, summary->degrees);
    return RETAIN_OK;
}

/* Tests at the maximum. */
static void test_maximum(const fitting *of, const retain_fit_report *report, retain_cox_summary *summary)
{
    const size_t n = of->data.columns;
    size_t index[MOST];
    double factor[MOST * MOST], free[MOST], step[MOST];
    const size_t count = list_free(of, index);

    if (report->verdict != RETAIN_FIT_CONVERGED)
        return;
    if (!report->has_prior && !of->options.fixed) {
        const double gain = 2.0 * (report->log_likelihood - summary->log_likelihood_null);

        summary->likelihood_ratio = gain > 0.0 ? gain : 0.0;
        summary->likelihood_ratio_p = find_p(summary->likelihood_ratio, summary->degrees);
    }
    for (size_t a = 0; a < count; a++) {
        free[a] = report->estimate[index[a]] / report->standard_error[index[a]];
        for (size_t b = 0; b < count; b++)
            factor[a * count + b] =
                report->covariance[index[a] * n + index[b]] / report->standard_error[index[a]] / report->standard_error[index[b]];
    }
    if (!retain__cholesky(count, factor, factor))
        return;
    retain__cholesky_solve(count, factor, free, step);
    summary->wald = 0.0;
    for (size_t a = 0; a < count; a++)
        summary->wald += free[a] * step[a];
    summary->wald_p = find_p(summary->wald, summary->degrees);
}

static void describe_coefficients(const fitting *of, const retain_fit_report *report, retain_cox_summary *summary)
{
    for (size_t j = 0; j < of->data.columns; j++) {
        summary->hazard_ratio[j] = exp(report->estimate[j]);
        summary->hazard_ratio_low[j] = exp(report->low[j]);
        summary->hazard_ratio_high[j] = exp(report->high[j]);
        summary->spread[j] = of->data.scaling.deviation[j];
        if (!(report->standard_error[j] > 0.0))
            continue;
        summary->z[j] = report->estimate[j] / report->standard_error[j];
        summary->p_value[j] = 2.0 * exp(retain__log_ndtr(-fabs(summary->z[j])));
    }
}

/* --- the fit ---------------------------------------------------------------------------------------------------------------------- */

static void write_model(const fitting *of, retain_cox *model)
{
    model->predictors = of->data.columns;
    model->ties = of->options.ties;
    for (size_t j = 0; j < MOST; j++) {
        model->coefficient[j] = 0.0;
        model->reference[j] = j < of->data.columns ? of->data.scaling.mean[j] : 0.0;
    }
}

/* What follows the search: everything at the coefficients that it found. */
static retain_status finish(retain__scratch *scratch, fitting *of, double level, retain_cox *model, retain_fit_report *report,
                            retain_cox_summary *summary)
{
    retain_status status = of->is_described ? test_score(of, summary) : RETAIN_OK;

    report->bic = report->bic + (double)report->estimated * (log(of->data.events) - log(report->customers));
    if (status == RETAIN_OK)
        status = settle(of, level, model, report);
    if (status != RETAIN_OK)
        return status;
    summary->log_likelihood = report->log_likelihood;
    memcpy(summary->plain_error, report->standard_error, of->data.columns * sizeof(double));
    if (of->is_described || of->options.robust)
        status = retain__cox_look_back(scratch, &of->likelihood);
    if (status == RETAIN_OK && of->is_described)
        status = retain__cox_concordance(scratch, &of->likelihood, &summary->concordance, &summary->pairs);
    if (status == RETAIN_OK && of->options.robust)
        status = make_sandwich(scratch, of, level, report);
    if (status == RETAIN_OK && of->is_described) {
        test_maximum(of, report, summary);
        describe_coefficients(of, report, summary);
    }
    return status;
}

static retain_status search(retain_context *ctx, retain__scratch *scratch, fitting *of, const retain_fit_options *options,
                            retain_cox *model, retain_fit_report *report, retain_cox_summary *summary)
{
    retain__fit_problem problem = {.model = "the Cox regression",
                                   .parameters = of->data.columns,
                                   .coefficients = of->data.columns,
                                   .names = of->data.scaling.names,
                                   .rows = of->data.count,
                                   .customers = of->data.rows,
                                   .state = of,
                                   .meaning = find_meaning,
                                   .evaluate = evaluate,
                                   .start = start,
                                   .tie = of->tie,
                                   .reported = of->reported,
                                   .reason = find_reason};
    retain_status fitted, status;

    if (has_sample(of))
        problem.evaluate_sample = evaluate_sample;
    if (of->options.coefficient_sd > 0.0) {
        problem.prior_mean = of->prior_mean;
        problem.prior_precision = of->prior_precision;
    }
    write_model(of, model);
    summary->events = of->data.events;
    if (of->data.times == 0)
        return retain__fit_too_little(ctx, &problem, of->data.count ? "nobody left." : "there are no rows.", model->coefficient,
                                      report);
    fitted = retain__fit(ctx, &problem, options, model->coefficient, report);
    if (fitted != RETAIN_OK && fitted != RETAIN_ERROR_CONVERGENCE)
        return fitted;
    status = finish(scratch, of, options->level, model, report, summary);
    return status == RETAIN_OK ? fitted : status;
}

static void hand_over(const retain_cox_summary *from, retain_cox_summary *summary)
{
    const size_t size = summary->struct_size;

    memcpy(summary, from, size < sizeof *from ? size : sizeof *from);
    summary->struct_size = size;
}

retain_status retain_cox_fit(retain_context *ctx, const retain_cox_rows *rows, const retain_cox_options *given, retain_cox *model,
                             retain_fit_report *report, retain_cox_summary *summary)
{
    retain__scratch scratch = {ctx, NULL};
    retain_fit_report written = RETAIN_FIT_REPORT_INIT;
    retain_cox_summary described;
    retain_cox fitted;
    fitting of = {.rows = rows, .options = {.struct_size = sizeof of.options}, .is_described = summary != NULL};
    retain_fit_options options;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check_options(ctx, given, report, summary, &of.options, &options);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status == RETAIN_OK)
        status = retain__cox_check_rows(ctx, rows);
    if (status == RETAIN_OK)
        status = retain__cox_sort(&scratch, rows, &of.data, wants_sample(&of) ? &of.sample : NULL);
    if (status == RETAIN_OK)
        status = prepare_entries(ctx, &of);
    if (status == RETAIN_OK && !retain__cox_take_likelihood(&scratch, &of.data, of.options.ties, &of.likelihood))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK && has_sample(&of) &&
        !retain__cox_take_likelihood(&scratch, &of.sample, of.options.ties, &of.sample_likelihood))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK) {
        clear_summary(of.data.columns, &described);
        status = search(ctx, &scratch, &of, &options, &fitted, &written, &described);
    }
    retain__release(&scratch);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE) {
        *model = fitted;
        retain__fit_hand_over(&written, report);
        if (summary)
            hand_over(&described, summary);
    }
    return status;
}

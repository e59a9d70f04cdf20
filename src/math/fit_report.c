/* The numbers of a report.
 *
 * Standard errors come from the inverse of minus the Hessian on the directions that are not flat, and are NaN for the
 * parameters that a flat direction moves: there is no number to give. On the parameters themselves they are those of the
 * logarithms times the parameter (delta method); intervals are taken on the log scale, so they stay positive. Those of
 * coefficients are symmetric.
 *
 * What is reported may be a linear function of what was searched (covariates are centred for the search): covariances and marks go
 * through the same matrix. */
#include "math/fit_report.h"

#include <math.h>
#include <string.h>

#include "math/special.h"

enum { MOST = RETAIN_FIT_PARAMETERS };

static const double ill_conditioned = 1e13;

int retain__fit_is_flat(const retain__newton *search, size_t count, size_t k)
{
    return search->curvature[k] < RETAIN__NEWTON_FLAT || search->curvature[k] * ill_conditioned < search->curvature[count - 1];
}

double retain__fit_covary(const retain__newton *search, size_t count, size_t i, size_t j)
{
    double sum = 0.0;

    for (size_t k = 0; k < count; k++) {
        if (!retain__fit_is_flat(search, count, k))
            sum += search->direction[k * count + i] * search->direction[k * count + j] / search->curvature[k];
    }
    return sum;
}

void retain__fit_clear(const retain__fit_problem *problem, retain_fit_report *report)
{
    memset(report, 0, sizeof *report);
    report->struct_size = sizeof *report;
    report->parameters = problem->parameters;
    report->rows = problem->rows;
    report->customers = problem->customers;
    report->coefficients = problem->coefficients;
    report->has_prior = problem->prior_precision != NULL;
    report->data = problem->data;
    report->log_likelihood = report->aic = report->bic = report->gradient_norm = report->condition = (double)NAN;
    report->objective = (double)NAN;
    for (size_t i = 0; i < problem->parameters; i++) {
        int tie = problem->tie ? problem->tie[i] : (int)i;

        report->kind[i] = tie == (int)i ? RETAIN_FIT_ESTIMATED : tie == RETAIN__FIT_HELD ? RETAIN_FIT_HELD : RETAIN_FIT_EQUAL;
        report->estimated += tie == (int)i;
    }
    for (size_t i = 0; i < MOST; i++)
        report->estimate[i] = report->standard_error[i] = report->low[i] = report->high[i] = (double)NAN;
    for (size_t i = 0; i < MOST * MOST; i++)
        report->covariance[i] = (double)NAN;
}

/* Covariance of what was searched, entry by entry. */
static double covary_entries(const retain__fit_variables *on, const retain__newton *search, size_t i, size_t j)
{
    int of_i = on->of[i], of_j = on->of[j];

    return of_i == RETAIN__FIT_HELD || of_j == RETAIN__FIT_HELD ? 0.0
                                                                : retain__fit_covary(search, on->count, (size_t)of_i, (size_t)of_j);
}

/* The same of what is reported: the matrix times it times the matrix. */
static void covary_reported(const retain__fit_variables *on, const retain__newton *search, double *covariance)
{
    const double *matrix = on->problem->reported;
    size_t entries = on->problem->parameters;
    double half[MOST * MOST];

    for (size_t i = 0; i < entries; i++) {
        for (size_t j = 0; j < entries; j++)
            covariance[i * entries + j] = covary_entries(on, search, i, j);
    }
    for (size_t i = 0; matrix && i < entries; i++) {
        for (size_t j = 0; j < entries; j++) {
            half[i * entries + j] = 0.0;
            for (size_t k = 0; k < entries; k++)
                half[i * entries + j] += matrix[i * entries + k] * covariance[k * entries + j];
        }
    }
    for (size_t i = 0; matrix && i < entries; i++) {
        for (size_t j = 0; j < entries; j++) {
            covariance[i * entries + j] = 0.0;
            for (size_t k = 0; k < entries; k++)
                covariance[i * entries + j] += half[i * entries + k] * matrix[j * entries + k];
        }
    }
}

/* Marks of variables to marks of entries; what is reported bears the marks of all that it is made of. */
static void spread_marks(const retain__fit_variables *on, int through_matrix, int *marks)
{
    const double *matrix = on->problem->reported;
    size_t entries = on->problem->parameters;
    int of_variables[MOST], of_entries[MOST];

    memcpy(of_variables, marks, sizeof of_variables);
    for (size_t i = 0; i < entries; i++)
        of_entries[i] = on->of[i] == RETAIN__FIT_HELD ? 0 : of_variables[on->of[i]];
    for (size_t i = 0; i < entries; i++) {
        marks[i] = of_entries[i];
        for (size_t k = 0; matrix && through_matrix && k < entries; k++)
            marks[i] |= of_entries[k] && matrix[i * entries + k] != 0.0;
    }
}

void retain__fit_report_entries(const retain__fit_variables *on, const double *point, double *entries)
{
    const double *matrix = on->problem->reported;
    size_t count = on->problem->parameters;
    double searched[MOST];

    retain__fit_spread(on, point, searched);
    for (size_t i = 0; i < count; i++) {
        entries[i] = matrix ? 0.0 : searched[i];
        for (size_t k = 0; matrix && k < count; k++)
            entries[i] += matrix[i * count + k] * searched[k];
    }
}

static void write_limits(const retain__fit_variables *on, size_t i, double error, double quantile, retain_fit_report *report)
{
    double estimate = report->estimate[i];

    if (i < retain__fit_logarithms(on->problem)) {
        report->standard_error[i] = estimate * error;
        report->low[i] = estimate * exp(-quantile * error);
        report->high[i] = estimate * exp(quantile * error);
    } else {
        report->standard_error[i] = error;
        report->low[i] = estimate - quantile * error;
        report->high[i] = estimate + quantile * error;
    }
}

/* `loose`: entries, as they are reported, of which nothing is known. */
static void write_errors(const retain__fit_variables *on, const retain__fit_attempt *of, const int *loose, double level,
                         retain_fit_report *report)
{
    size_t entries = on->problem->parameters, logarithms = retain__fit_logarithms(on->problem);
    double quantile = retain__ndtri(0.5 + 0.5 * level), covariance[MOST * MOST];
    int open[MOST];

    covary_reported(on, &of->search, covariance);
    for (size_t i = 0; i < entries; i++)
        open[i] = loose[i] || (of->verdict == RETAIN_FIT_STOPPED && on->of[i] != RETAIN__FIT_HELD);
    for (size_t i = 0; i < entries; i++) {
        if (open[i])
            continue;
        write_limits(on, i, on->of[i] == RETAIN__FIT_HELD ? 0.0 : sqrt(covariance[i * entries + i]), quantile, report);
        for (size_t j = 0; j < entries; j++) {
            if (!open[j])
                report->covariance[i * entries + j] = (i < logarithms ? report->estimate[i] : 1.0) *
                                                      (j < logarithms ? report->estimate[j] : 1.0) * covariance[i * entries + j];
        }
    }
}

static void write_numbers(const retain__fit_variables *on, const retain__fit_attempt *of, const double *parameters,
                          retain_fit_report *report)
{
    const retain__fit_problem *problem = on->problem;
    const retain__newton *search = &of->search;
    size_t count = on->count;
    double entries[MOST], penalty;

    retain__fit_spread(on, search->point, entries);
    penalty = retain__fit_prior(problem, entries, NULL, NULL);
    report->objective = search->value;
    report->log_likelihood = search->value + penalty;
    if (!problem->prior_precision) {
        report->aic = 2.0 * (double)count - 2.0 * search->value;
        report->bic = (double)count * log(problem->customers) - 2.0 * search->value;
    }
    report->gradient_norm = 0.0;
    if (count) /* else all entries are held, and nothing is curved */
        report->condition = search->curvature[0] * ill_conditioned > search->curvature[count - 1]
                                ? search->curvature[count - 1] / search->curvature[0]
                                : (double)INFINITY;
    for (size_t i = 0; i < count; i++) {
        double norm = fabs(search->gradient[i]) / problem->customers;

        report->gradient_norm = norm > report->gradient_norm ? norm : report->gradient_norm;
    }
    for (size_t i = 0; i < problem->parameters; i++)
        report->estimate[i] = parameters[i];
}

void retain__fit_hand_over(const retain_fit_report *from, retain_fit_report *report)
{
    if (report) {
        size_t size = report->struct_size;

        memcpy(report, from, size < sizeof *from ? size : sizeof *from);
        report->struct_size = size;
    }
}

void retain__fit_write(const retain__fit_variables *on, double level, retain__fit_attempt *of, double *parameters,
                       retain_fit_report *report)
{
    double entries[MOST];
    int loose[MOST];

    retain__fit_report_entries(on, of->search.point, entries);
    retain__fit_raise(on->problem, entries, parameters);
    report->verdict = of->verdict;
    report->evaluations = on->evaluations;
    memcpy(loose, of->loose, sizeof loose);
    spread_marks(on, 1, loose);
    spread_marks(on, 0, of->loose);
    spread_marks(on, 0, of->vague);
    spread_marks(on, 0, of->way);
    write_numbers(on, of, parameters, report);
    write_errors(on, of, loose, level, report);
    retain__fit_explain(on->problem, of, report);
}

retain_status retain__fit_too_little(retain_context *ctx, const retain__fit_problem *problem, const char *reason,
                                     double *parameters, retain_fit_report *report)
{
    retain_fit_report written;

    retain__fit_clear(problem, &written);
    written.verdict = RETAIN_FIT_TOO_LITTLE_DATA;
    retain__fit_explain_lack(problem, reason, &written);
    for (size_t i = 0; i < problem->parameters; i++)
        parameters[i] = (double)NAN;
    retain__fit_hand_over(&written, report);
    return retain__fail(ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW, "%s", written.explanation);
}

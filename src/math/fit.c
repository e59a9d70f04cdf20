/* Fits, and whether they can be trusted.
 *
 * The question: the search has ended; is what it found the maximum of the likelihood, and do the data determine it?
 *
 * The idea: three pictures tell an honest maximum from its imitations. (1) In the direction of every eigenvector of minus the
 * Hessian the likelihood is curved: an interior maximum. (2) A direction is flat, and however far one goes to one side, the
 * likelihood does not fall, while it does on the other: a boundary, with some parameters on their way to 0 or infinity. (3) A
 * direction is flat and it falls on neither side, or so slowly that it hardly matters: a ridge, of which the point found is one
 * of many. Parameters are compared on the log scale; flat means a standard error above 10 there (newton.h), falling means by
 * 0.01 and more: less is nothing that data of any size could tell.
 *
 * Standard errors come from the inverse of minus the Hessian on the directions that are not flat, and are NaN for the
 * parameters that a flat direction moves: there is no number to give. On the parameters themselves they are those of the
 * logarithms times the parameter (delta method); intervals are taken on the log scale, so they stay positive. */
#include "math/fit.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/text.h"
#include "math/newton.h"
#include "math/special.h"

_Static_assert((int)RETAIN__NEWTON_MOST == (int)RETAIN_FIT_PARAMETERS, "the search holds every model");

enum { MOST = RETAIN_FIT_PARAMETERS };

static const int default_iterations = 200;
static const double default_level = 0.95;
static const double reach = 28.0;     /* on the log scale: a factor of 1.4e12 */
static const double edge = 37.0;      /* the same for parameters themselves, 1e16: nobody looks beyond */
static const double tell = 0.01;      /* differences of log L that count */
static const double open_gain = 1e-6; /* a gain that a search may leave unmade */
static const double ill_conditioned = 1e13;

/* What the search works on: logarithms. */
typedef struct logarithms {
    const retain__fit_problem *problem;
    int evaluations; /* of all attempts */
} logarithms;

static retain_status evaluate_logarithms(void *state, const double *point, double *value, double *gradient, double *hessian)
{
    logarithms *on = state;
    double parameters[MOST];

    for (size_t i = 0; i < on->problem->parameters; i++)
        parameters[i] = exp(point[i]);
    return on->problem->evaluate(on->problem->state, on->evaluations++, parameters, value, gradient, hessian);
}

/* --- words ---------------------------------------------------------------------------------------------------------------- */

typedef struct sentence {
    char text[RETAIN_FIT_EXPLANATION];
    size_t length;
} sentence;

static void say(sentence *to, const char *format, ...) RETAIN__PRINTF(2, 3);

static void say(sentence *to, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    to->length += retain__format(to->text + to->length, sizeof to->text - to->length, format, arguments);
    va_end(arguments);
}

/* "a", "a and b", "r, a and b": the parameters with a mark of `wanted` (any but 0 when wanted is 0). */
static void say_parameters(sentence *to, const retain__fit_problem *problem, const int *marks, int wanted)
{
    size_t left = 0;

    for (size_t i = 0; i < problem->parameters; i++)
        left += wanted ? marks[i] == wanted : marks[i] != 0;
    for (size_t i = 0; i < problem->parameters; i++) {
        if (wanted ? marks[i] != wanted : marks[i] == 0)
            continue;
        left--;
        say(to, left > 1 ? "%s, " : left == 1 ? "%s and " : "%s", problem->names[i]);
    }
}

static size_t count_marks(const int *marks, size_t count, int wanted)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        found += marks[i] == wanted;
    return found;
}

const char *retain_fit_verdict_name(retain_fit_verdict verdict)
{
    switch (verdict) {
    case RETAIN_FIT_NONE:
        return "none";
    case RETAIN_FIT_CONVERGED:
        return "converged";
    case RETAIN_FIT_BOUNDARY:
        return "boundary";
    case RETAIN_FIT_RIDGE:
        return "ridge";
    case RETAIN_FIT_TOO_LITTLE_DATA:
        return "too little data";
    case RETAIN_FIT_STOPPED:
        return "stopped";
    }
    return "unknown";
}

/* --- verdict -------------------------------------------------------------------------------------------------------------- */

/* A finished attempt. */
typedef struct attempt {
    retain__newton search;
    retain_fit_verdict verdict;
    int way[MOST];   /* boundary: where parameters go */
    int loose[MOST]; /* 1 for parameters that a flat direction moves */
} attempt;

static const attempt no_attempt = {
    .search.end = RETAIN__NEWTON_NOWHERE, .search.value = (double)NAN, .verdict = RETAIN_FIT_STOPPED};

/* Does the likelihood fall by what counts, when one goes along a direction to one side? Looks farther and farther. */
static retain_status look_along(logarithms *on, const retain__newton *search, const double *direction, double side, int *falls)
{
    size_t count = on->problem->parameters;
    double gradient[MOST], hessian[MOST * MOST], point[MOST], value;

    *falls = 0;
    for (double far = 2.0; far < reach && !*falls; far *= 1.6) {
        retain_status status;

        for (size_t i = 0; i < count; i++) {
            point[i] = search->point[i] + side * far * direction[i];
            if (fabs(point[i]) > edge)
                return RETAIN_OK;
        }
        status = evaluate_logarithms(on, point, &value, gradient, hessian);
        if (status != RETAIN_OK)
            return status;
        *falls = !(value > search->value - tell);
    }
    return RETAIN_OK;
}

static int is_flat(const retain__newton *search, size_t count, size_t k)
{
    return search->curvature[k] < RETAIN__NEWTON_FLAT || search->curvature[k] * ill_conditioned < search->curvature[count - 1];
}

/* Gain that Newton's method still expects in the directions that are not flat. */
static double expected_gain(const retain__newton *search, size_t count)
{
    double gain = 0.0;

    for (size_t k = 0; k < count; k++) {
        double slope = 0.0;

        for (size_t i = 0; i < count; i++)
            slope += search->direction[k * count + i] * search->gradient[i];
        if (!is_flat(search, count, k))
            gain += 0.5 * slope * slope / search->curvature[k];
    }
    return gain;
}

/* Marks the parameters that a flat direction moves, or sends to a boundary on the side where the likelihood does not fall. */
static retain_status judge_direction(logarithms *on, attempt *of, const double *direction)
{
    size_t count = on->problem->parameters;
    int falls_up, falls_down;
    retain_status status = look_along(on, &of->search, direction, 1.0, &falls_up);

    if (status == RETAIN_OK)
        status = look_along(on, &of->search, direction, -1.0, &falls_down);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        if (fabs(direction[i]) > 0.01)
            of->loose[i] = 1;
        if (falls_up != falls_down && fabs(direction[i]) > 0.2)
            of->way[i] = (direction[i] > 0.0) == falls_down ? 1 : -1;
    }
    return RETAIN_OK;
}

static retain_status judge(logarithms *on, attempt *of)
{
    const retain__newton *search = &of->search;
    size_t count = on->problem->parameters;
    int flat = 0;

    memset(of->way, 0, sizeof of->way);
    memset(of->loose, 0, sizeof of->loose);
    of->verdict = RETAIN_FIT_STOPPED;
    if (search->end == RETAIN__NEWTON_NOWHERE || search->end == RETAIN__NEWTON_TIRED)
        return RETAIN_OK;
    for (size_t k = 0; k < count; k++) {
        if (is_flat(search, count, k)) {
            retain_status status = judge_direction(on, of, search->direction + k * count);

            flat = 1;
            if (status != RETAIN_OK)
                return status;
        }
    }
    if (count_marks(of->way, count, 0) < count)
        of->verdict = RETAIN_FIT_BOUNDARY;
    else if (flat)
        of->verdict = RETAIN_FIT_RIDGE;
    else if (search->end == RETAIN__NEWTON_SETTLED && expected_gain(search, count) < open_gain)
        of->verdict = RETAIN_FIT_CONVERGED;
    return RETAIN_OK;
}

/* --- report --------------------------------------------------------------------------------------------------------------- */

static void clear_report(const retain__fit_problem *problem, retain_fit_report *report)
{
    memset(report, 0, sizeof *report);
    report->struct_size = sizeof *report;
    report->parameters = problem->parameters;
    report->rows = problem->rows;
    report->customers = problem->customers;
    report->log_likelihood = report->aic = report->bic = report->gradient_norm = report->condition = (double)NAN;
    for (size_t i = 0; i < MOST; i++)
        report->estimate[i] = report->standard_error[i] = report->low[i] = report->high[i] = (double)NAN;
    for (size_t i = 0; i < MOST * MOST; i++)
        report->covariance[i] = (double)NAN;
}

/* Covariance of the logarithms of two parameters, over the directions that are not flat. */
static double covary(const retain__newton *search, size_t count, size_t i, size_t j)
{
    double sum = 0.0;

    for (size_t k = 0; k < count; k++) {
        if (!is_flat(search, count, k))
            sum += search->direction[k * count + i] * search->direction[k * count + j] / search->curvature[k];
    }
    return sum;
}

static void write_numbers(const retain__fit_problem *problem, const attempt *of, double level, const double *parameters,
                          retain_fit_report *report)
{
    const retain__newton *search = &of->search;
    size_t count = problem->parameters;
    double quantile = retain__ndtri(0.5 + 0.5 * level);

    report->log_likelihood = search->value;
    report->aic = 2.0 * (double)count - 2.0 * search->value;
    report->bic = (double)count * log(problem->customers) - 2.0 * search->value;
    report->gradient_norm = 0.0;
    report->condition = search->curvature[0] * ill_conditioned > search->curvature[count - 1]
                            ? search->curvature[count - 1] / search->curvature[0]
                            : (double)INFINITY;
    for (size_t i = 0; i < count; i++) {
        double error = sqrt(covary(search, count, i, i)), norm = fabs(search->gradient[i]) / problem->customers;

        report->gradient_norm = norm > report->gradient_norm ? norm : report->gradient_norm;
        report->estimate[i] = parameters[i];
        if (of->loose[i] || of->verdict == RETAIN_FIT_STOPPED)
            continue;
        report->standard_error[i] = parameters[i] * error;
        report->low[i] = parameters[i] * exp(-quantile * error);
        report->high[i] = parameters[i] * exp(quantile * error);
        for (size_t j = 0; j < count; j++) {
            if (!of->loose[j])
                report->covariance[i * count + j] = parameters[i] * parameters[j] * covary(search, count, i, j);
        }
    }
}

static void explain_boundary(const retain__fit_problem *problem, const attempt *of, const double *parameters, sentence *words)
{
    size_t to_zero = count_marks(of->way, problem->parameters, -1), to_infinity = count_marks(of->way, problem->parameters, 1);
    const char *meaning = problem->meaning ? problem->meaning(problem->state, of->way) : "";

    say(words, "The likelihood of %s still rises as ", problem->model);
    if (to_zero && to_infinity) {
        say_parameters(words, problem, of->way, 1);
        say(words, to_infinity > 1 ? " outgrow " : " outgrows ");
        say_parameters(words, problem, of->way, -1);
        say(words, " without limit");
    } else if (to_zero) {
        say_parameters(words, problem, of->way, -1);
        say(words, to_zero > 1 ? " fall together to 0" : " falls to 0");
    } else {
        say_parameters(words, problem, of->way, 1);
        say(words, to_infinity > 1 ? " grow together without limit" : " grows without limit");
    }
    say(words, "%s%s. Given is practically the limit (", *meaning ? ": " : "", meaning);
    for (size_t i = 0, said = 0; i < problem->parameters; i++) {
        if (of->way[i])
            say(words, said++ ? ", %s %.3g" : "%s %.3g", problem->names[i], parameters[i]);
    }
    say(words, "); parameters on their way have no standard error.");
}

static void explain(const retain__fit_problem *problem, const attempt *of, const double *parameters,
                    const retain_fit_report *report, sentence *words)
{
    size_t weakest = 0;

    switch (of->verdict) {
    case RETAIN_FIT_CONVERGED:
        for (size_t i = 1; i < problem->parameters; i++) {
            if (report->high[i] * report->low[weakest] > report->high[weakest] * report->low[i])
                weakest = i;
        }
        say(words, "An interior maximum, determined by the data. The least certain parameter is %s: %.3g, between %.3g and %.3g.",
            problem->names[weakest], parameters[weakest], report->low[weakest], report->high[weakest]);
        break;
    case RETAIN_FIT_BOUNDARY:
        explain_boundary(problem, of, parameters, words);
        break;
    case RETAIN_FIT_RIDGE:
        say(words, "These data do not determine ");
        say_parameters(words, problem, of->loose, 0);
        say(words,
            count_marks(of->loose, problem->parameters, 1) > 1
                ? ": they can change together, by factors of thousands, and the likelihood of %s stays the same. "
                : ": it can change by factors of thousands, and the likelihood of %s stays the same. ",
            problem->model);
        say(words, "The point given is one of many, and has no standard error in that direction.");
        break;
    default:
        say(words,
            "The search for the maximum of the likelihood of %s stopped after %d steps, before anything could be said; the largest "
            "slope per customer is %.2g. Allow more iterations.",
            problem->model, report->iterations, report->gradient_norm);
        break;
    }
}

/* The caller's report may be that of an older header, and shorter. */
static void hand_over(const retain_fit_report *from, retain_fit_report *report)
{
    if (report) {
        size_t size = report->struct_size;

        memcpy(report, from, size < sizeof *from ? size : sizeof *from);
        report->struct_size = size;
    }
}

/* --- the fit -------------------------------------------------------------------------------------------------------------- */

retain_status retain__fit_options(retain_context *ctx, const retain_fit_options *given, const retain_fit_report *report,
                                  retain_fit_options *options)
{
    retain_status status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);

    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
    if (status == RETAIN_OK)
        status = retain__take_options(ctx, "options", given, sizeof *given, sizeof *given, options);
    if (status != RETAIN_OK)
        return status;
    if (options->iterations < 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.iterations is %d; it must be at least 0 (0 means %d)", options->iterations,
                            default_iterations);
    if (!(options->level >= 0.0 && options->level < 1.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.level is %g; it must lie in (0, 1) (0 means %g)",
                            options->level, default_level);
    if (options->iterations == 0)
        options->iterations = default_iterations;
    if (options->level == 0.0)
        options->level = default_level;
    return RETAIN_OK;
}

/* Is attempt `a` the one to keep? A maximum that the data determine is worth more than a little likelihood. */
static int is_preferred(const attempt *a, const attempt *b)
{
    double bonus = (a->verdict == RETAIN_FIT_CONVERGED ? open_gain : 0.0) - (b->verdict == RETAIN_FIT_CONVERGED ? open_gain : 0.0);

    if (b->search.end == RETAIN__NEWTON_NOWHERE)
        return a->search.end != RETAIN__NEWTON_NOWHERE;
    return a->search.end != RETAIN__NEWTON_NOWHERE && a->search.value + bonus > b->search.value;
}

/* Searches from one start after the other until one leads to a maximum, or the steps or the starts are used up; keeps the best. */
static retain_status search_from_all(logarithms *on, const retain_fit_options *options, attempt *best, int *steps)
{
    const retain__fit_problem *problem = on->problem;
    const retain__function function = {problem->parameters, evaluate_logarithms, on, problem->customers};
    double parameters[MOST];

    *best = no_attempt;
    *steps = 0;
    for (int number = 0; *steps < options->iterations && problem->start(problem->state, number, parameters); number++) {
        attempt next = no_attempt;
        retain_status status;

        for (size_t i = 0; i < problem->parameters; i++)
            next.search.point[i] = log(parameters[i]);
        status = retain__newton_maximise(&function, options->iterations - *steps, reach, &next.search);
        if (status == RETAIN_OK)
            status = judge(on, &next);
        if (status != RETAIN_OK)
            return status;
        *steps += next.search.steps;
        if (is_preferred(&next, best))
            *best = next;
        if (best->verdict == RETAIN_FIT_CONVERGED)
            break;
    }
    return RETAIN_OK;
}

retain_status retain__fit(retain_context *ctx, const retain__fit_problem *problem, const retain_fit_options *options,
                          double *parameters, retain_fit_report *report)
{
    logarithms on = {problem, 0};
    retain_fit_report written;
    sentence words = {{0}, 0};
    attempt best;
    retain_status status;

    clear_report(problem, &written);
    status = search_from_all(&on, options, &best, &written.iterations);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < problem->parameters; i++)
        parameters[i] = exp(best.search.point[i]);
    written.verdict = best.verdict;
    written.evaluations = on.evaluations;
    write_numbers(problem, &best, options->level, parameters, &written);
    explain(problem, &best, parameters, &written, &words);
    memcpy(written.explanation, words.text, sizeof words.text);
    hand_over(&written, report);
    if (best.verdict == RETAIN_FIT_CONVERGED)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW, "%s", words.text);
}

retain_status retain__fit_too_little(retain_context *ctx, const retain__fit_problem *problem, const char *reason,
                                     double *parameters, retain_fit_report *report)
{
    retain_fit_report written;
    sentence words = {{0}, 0};

    clear_report(problem, &written);
    written.verdict = RETAIN_FIT_TOO_LITTLE_DATA;
    say(&words, "Too little data for %s: %s", problem->model, reason);
    memcpy(written.explanation, words.text, sizeof words.text);
    for (size_t i = 0; i < problem->parameters; i++)
        parameters[i] = (double)NAN;
    hand_over(&written, report);
    return retain__fail(ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW, "%s", words.text);
}

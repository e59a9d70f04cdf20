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
 * An interior maximum can still leave a parameter open. Where the 95 % interval of one spans more than a factor of 1000 the
 * likelihood is not known to fall before its edge, the quadratic picture that the interval is made from does not hold so far
 * out, and what the data say about that parameter is next to nothing: such a maximum is called a ridge too, with the difference
 * that its standard errors and limits are given, because they tell how little is known.
 *
 * The course of a fit: from each start a search, from the first one on a sample where rows are many; at a maximum it is over,
 * unless rows are few. Elsewhere all starts are tried, because there may be several boundaries, but searches that end as high as the best so far need no verdict of
 * their own. Towards a boundary a search stops early; once it is known to be one, the rest of the way is one leap. */
#include "math/fit.h"

#include <math.h>
#include <string.h>

#include "math/fit_report.h"
#include "math/linear.h"

_Static_assert((int)RETAIN__NEWTON_MOST == (int)RETAIN_FIT_PARAMETERS, "the search holds every model");

enum { MOST = RETAIN_FIT_PARAMETERS };

static const int default_iterations = 200;
static const double default_level = 0.95;
static const double reach = 28.0;               /* on the log scale: a factor of 1.4e12 */
static const double looks[] = {3.0, 9.0, 27.0}; /* where it is looked for what a flat direction leads to */
static const size_t few_rows = 2000;            /* among which a maximum may hide from the best start */
static const double edge = 37.0;                /* the same for parameters themselves, 1e16: nobody looks beyond */
static const double tell = 0.01;                /* differences of log L that count */
static const double open_gain = 1e-6;           /* a gain that a fit may leave unmade */
static const double tail_gain = 2e-3;           /* and what a search leaves in flat directions until it is known where they lead */
static const double vague = 1.762;              /* standard error of a logarithm whose 95 % interval spans a factor of 1000 */

/* --- verdict -------------------------------------------------------------------------------------------------------------- */

static const retain__fit_attempt no_attempt = {
    .search.end = RETAIN__NEWTON_NOWHERE, .search.value = (double)NAN, .verdict = RETAIN_FIT_STOPPED};

/* What there is to see from the end of a search, along a direction to one side. */
typedef struct prospect {
    int falls;   /* the likelihood falls by what counts */
    double rise; /* distance at which it has risen as far as it does, or 0 */
} prospect;

/* What one sees from a point: log L and its derivatives. */
typedef struct view {
    double value, gradient[MOST], hessian[MOST * MOST];
} view;

/* One Newton step across `direction`, along which nothing moves. */
static void step_across(size_t count, const double *direction, const view *at, double *point)
{
    double matrix[MOST * MOST], values[MOST], vectors[MOST * MOST], image[MOST], along = 0.0, length = 0.0;

    for (size_t i = 0; i < count; i++) {
        image[i] = 0.0;
        for (size_t j = 0; j < count; j++)
            image[i] -= at->hessian[i * count + j] * direction[j];
        length += fabs(at->hessian[i * count + i]);
    }
    for (size_t i = 0; i < count; i++)
        along += direction[i] * image[i];
    for (size_t i = 0; i < count; i++) { /* minus the Hessian without what is along the direction, which gets a large curvature */
        for (size_t j = 0; j < count; j++)
            matrix[i * count + j] = -at->hessian[i * count + j] - direction[i] * image[j] - image[i] * direction[j] +
                                    (along + 1.0 + length) * direction[i] * direction[j];
    }
    retain__eigen(count, matrix, values, vectors);
    for (size_t k = 0; k < count; k++) {
        const double *vector = vectors + k * count;
        double slope = 0.0, astray = 0.0;

        for (size_t i = 0; i < count; i++) {
            slope += vector[i] * at->gradient[i];
            astray += vector[i] * direction[i];
        }
        if (!(values[k] > RETAIN__NEWTON_FLAT) || fabs(astray) > 0.5)
            continue;
        for (size_t i = 0; i < count; i++)
            point[i] += slope / values[k] * vector[i];
    }
}

static retain_status see(retain__fit_variables *on, const double *point, view *seen)
{
    return retain__fit_evaluate(on, point, &seen->value, seen->gradient, seen->hessian);
}

/* Back to the top of what may be a ridge that bends, from a point where the likelihood is lower than at its start, `top`. */
static retain_status regain(retain__fit_variables *on, const double *direction, double top, double *point, view *at)
{
    for (int step = 0; step < 5 && !(at->value > top - tell); step++) {
        double next[MOST];
        view there;
        retain_status status;

        memcpy(next, point, on->count * sizeof *next);
        step_across(on->count, direction, at, next);
        for (size_t i = 0; i < on->count; i++) {
            if (!(fabs(next[i]) <= edge))
                return RETAIN_OK;
        }
        status = see(on, next, &there);
        if (status != RETAIN_OK)
            return status;
        if (!(there.value > at->value))
            return RETAIN_OK;
        memcpy(point, next, on->count * sizeof *next);
        *at = there;
    }
    return RETAIN_OK;
}

static retain_status look_along(retain__fit_variables *on, const retain__newton *search, const double *direction, double side,
                                prospect *seen)
{
    double point[MOST], highest = search->value + open_gain;
    view at;

    *seen = (prospect){0, 0.0};
    for (size_t k = 0; k < sizeof looks / sizeof *looks && !seen->falls; k++) {
        retain_status status;

        for (size_t i = 0; i < on->count; i++) {
            point[i] = search->point[i] + side * looks[k] * direction[i];
            if (fabs(point[i]) > edge)
                return RETAIN_OK;
        }
        status = see(on, point, &at);
        if (status == RETAIN_OK)
            status = regain(on, direction, search->value, point, &at);
        if (status != RETAIN_OK)
            return status;
        seen->falls = !(at.value > search->value - tell);
        if (at.value > highest) {
            highest = at.value + open_gain;
            seen->rise = looks[k];
        }
    }
    return RETAIN_OK;
}

/* Gain that Newton's method still expects where no direction is flat. */
static double expected_gain(const retain__newton *search, size_t count)
{
    double gain = 0.0;

    for (size_t k = 0; k < count; k++) {
        double slope = 0.0;

        for (size_t i = 0; i < count; i++)
            slope += search->direction[k * count + i] * search->gradient[i];
        gain += 0.5 * slope * slope / search->curvature[k];
    }
    return gain;
}

/* Marks the parameters that a flat direction moves. */
static void mark_loose(const retain__newton *search, size_t count, int *loose)
{
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; retain__fit_is_flat(search, count, k) && i < count; i++)
            loose[i] |= fabs(search->direction[k * count + i]) > 0.01;
    }
}

/* Marks the parameters that a flat direction sends to a boundary, on the side where the likelihood does not fall, and notes how far
 * it rises. */
static retain_status judge_direction(retain__fit_variables *on, retain__fit_attempt *of, const double *direction)
{
    prospect up, down;
    double side;
    retain_status status = look_along(on, &of->search, direction, 1.0, &up);

    if (status == RETAIN_OK)
        status = look_along(on, &of->search, direction, -1.0, &down);
    if (status != RETAIN_OK || up.falls == down.falls)
        return status;
    side = down.falls ? 1.0 : -1.0;
    for (size_t i = 0; i < on->count; i++) {
        if (fabs(direction[i]) > 0.2)
            of->way[i] = side * direction[i] > 0.0 ? 1 : -1;
        of->leap[i] += side * direction[i] * (down.falls ? up.rise : down.rise);
    }
    return RETAIN_OK;
}

/* An interior maximum: do the data determine every parameter? Coefficients are not asked: not to know one is no ridge. */
static void judge_maximum(const retain__fit_variables *on, retain__fit_attempt *of)
{
    of->is_interior = 1;
    of->verdict = RETAIN_FIT_CONVERGED;
    for (size_t i = 0; i < on->logarithms; i++) {
        of->vague[i] = sqrt(retain__fit_covary(&of->search, on->count, i, i)) > vague;
        if (of->vague[i])
            of->verdict = RETAIN_FIT_RIDGE;
    }
}

/* Does any parameter go to 0 or infinity? */
static int leads_away(const int *way, size_t count)
{
    int any = 0;

    for (size_t i = 0; i < count; i++)
        any |= way[i];
    return any;
}

static retain_status judge(retain__fit_variables *on, retain__fit_attempt *of)
{
    const retain__newton *search = &of->search;
    size_t count = on->count;
    int flat = 0;

    if (search->end == RETAIN__NEWTON_NOWHERE || search->end == RETAIN__NEWTON_TIRED)
        return RETAIN_OK;
    for (size_t k = 0; k < count; k++) {
        if (retain__fit_is_flat(search, count, k)) {
            retain_status status = judge_direction(on, of, search->direction + k * count);

            flat = 1;
            if (status != RETAIN_OK)
                return status;
        }
    }
    mark_loose(search, count, of->loose);
    if (leads_away(of->way, count))
        of->verdict = RETAIN_FIT_BOUNDARY;
    else if (flat)
        of->verdict = RETAIN_FIT_RIDGE;
    else if (search->end == RETAIN__NEWTON_SETTLED && expected_gain(search, count) < open_gain)
        judge_maximum(on, of);
    return RETAIN_OK;
}

/* --- the fit -------------------------------------------------------------------------------------------------------------- */

retain_status retain__fit_options(retain_context *ctx, const retain_fit_options *given, const retain_fit_report *report,
                                  retain_fit_options *options)
{
    retain_status status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);

    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
    if (status == RETAIN_OK)
        status = retain__take_options(ctx, "options", given, offsetof(retain_fit_options, k), sizeof *given, options);
    if (status != RETAIN_OK)
        return status;
    if (options->iterations < 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.iterations is %d; it must be at least 0 (0 means %d)", options->iterations,
                            default_iterations);
    if (!(options->level >= 0.0 && options->level < 1.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.level is %g; it must lie in (0, 1) (0 means %g)",
                            options->level, default_level);
    if (!(options->prior_sd >= 0.0 && options->prior_sd <= 10.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.prior_sd is %g; it must lie in [0, 10] (0: no prior)", options->prior_sd);
    if (!(options->coefficient_sd >= 0.0 && options->coefficient_sd <= 10.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.coefficient_sd is %g; it must lie in [0, 10] (0: no prior)", options->coefficient_sd);
    if (options->iterations == 0)
        options->iterations = default_iterations;
    if (options->level == 0.0)
        options->level = default_level;
    return RETAIN_OK;
}

retain_status retain__fit_no_extras(retain_context *ctx, const char *function, const retain_fit_options *options)
{
    if (options->prior_sd > 0.0 || options->coefficient_sd > 0.0 || options->prior_centre || options->fixed || options->purchase ||
        options->lifetime || options->equal)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options has a prior, a held value or covariates; %s takes none of them", function);
    return RETAIN_OK;
}

/* Is attempt `a` the one to keep? An interior maximum is worth more than a little likelihood. */
static int is_preferred(const retain__fit_attempt *a, const retain__fit_attempt *b)
{
    double bonus = (a->is_interior - b->is_interior) * open_gain;

    if (b->search.end == RETAIN__NEWTON_NOWHERE)
        return a->search.end != RETAIN__NEWTON_NOWHERE;
    return a->search.end != RETAIN__NEWTON_NOWHERE && a->search.value + bonus > b->search.value;
}

/* Moves a start to the maximum of the likelihood of a sample, if there is one: all rows need but few evaluations from there. */
static retain_status refine_start(retain__fit_variables *on, double *point)
{
    const retain__function function = {on->count, retain__fit_evaluate_sample, on, on->problem->customers, tail_gain};
    retain__newton search;
    retain_status status;

    if (!on->problem->evaluate_sample || on->count == 0)
        return RETAIN_OK;
    memcpy(search.point, point, sizeof search.point);
    status = retain__newton_maximise(&function, default_iterations, reach, &search);
    if (status == RETAIN_OK && search.end == RETAIN__NEWTON_SETTLED && search.curvature[0] >= RETAIN__NEWTON_FLAT)
        memcpy(point, search.point, sizeof search.point);
    return status;
}

/* Has a search come as high as the best so far, which is at no maximum? Then it need not be judged. */
static int is_agreed(const retain__fit_attempt *best, const retain__newton *next, size_t count)
{
    return (best->verdict == RETAIN_FIT_BOUNDARY || best->verdict == RETAIN_FIT_RIDGE) && next->end == RETAIN__NEWTON_SETTLED &&
           retain__fit_is_flat(next, count, 0) && fabs(next->value - best->search.value) < tell;
}

/* No verdict can make up for less likelihood than that of a maximum. */
static int is_beaten(const retain__fit_attempt *best, const retain__newton *next)
{
    return best->is_interior && next->value < best->search.value + tell;
}

/* Searches from one start after the other until one leads to a maximum, or the steps or the starts are used up; keeps the best. Of
 * few rows the likelihood may have several maxima, and costs little: then all starts are tried. */
static retain_status search_from_all(retain__fit_variables *on, const retain_fit_options *options, retain__fit_attempt *best,
                                     int *steps)
{
    const retain__fit_problem *problem = on->problem;
    const retain__function function = {on->count, retain__fit_evaluate, on, problem->customers, tail_gain};
    double parameters[MOST];

    *best = no_attempt;
    *steps = 0;
    for (int number = 0; *steps < options->iterations && problem->start(problem->state, number, parameters); number++) {
        retain__fit_attempt next = no_attempt;
        retain_status status;

        retain__fit_take(on, parameters, next.search.point);
        status = number == 0 ? refine_start(on, next.search.point) : RETAIN_OK; /* the others are to be different */
        if (status == RETAIN_OK)
            status = retain__newton_maximise(&function, options->iterations - *steps, reach, &next.search);
        *steps += next.search.steps;
        if (status == RETAIN_OK && (is_agreed(best, &next.search, on->count) || is_beaten(best, &next.search)))
            continue;
        if (status == RETAIN_OK)
            status = judge(on, &next);
        if (status != RETAIN_OK)
            return status;
        if (is_preferred(&next, best))
            *best = next;
        if (best->is_interior && problem->rows > few_rows)
            break;
    }
    return RETAIN_OK;
}

/* Goes on from where a search left off, at no maximum: out to where a boundary is as good as reached, and then to the top in all
 * directions that are not flat. */
static retain_status go_to_the_end(retain__fit_variables *on, const retain_fit_options *options, retain__fit_attempt *best,
                                   int *steps)
{
    const retain__fit_problem *problem = on->problem;
    const retain__function function = {on->count, retain__fit_evaluate, on, problem->customers, 0.0};
    retain__newton last = best->search;
    retain_status status;

    if (best->is_interior || (best->verdict != RETAIN_FIT_BOUNDARY && best->verdict != RETAIN_FIT_RIDGE))
        return RETAIN_OK;
    for (size_t i = 0; i < on->count; i++)
        last.point[i] += best->leap[i];
    status = retain__newton_maximise(&function, options->iterations - *steps, reach, &last);
    *steps += last.steps;
    if (status == RETAIN_OK && last.end != RETAIN__NEWTON_NOWHERE && last.value >= best->search.value) {
        best->search = last;
        if (retain__fit_is_flat(&last, on->count, 0)) {
            memset(best->loose, 0, sizeof best->loose);
            mark_loose(&last, on->count, best->loose);
        }
    }
    return status;
}

retain_status retain__fit(retain_context *ctx, const retain__fit_problem *problem, const retain_fit_options *options,
                          double *parameters, retain_fit_report *report)
{
    retain__fit_variables on = retain__fit_choose_variables(problem);
    retain_fit_report written;
    retain__fit_attempt best;
    retain_status status;

    retain__fit_clear(problem, &written);
    status = search_from_all(&on, options, &best, &written.iterations);
    if (status == RETAIN_OK)
        status = go_to_the_end(&on, options, &best, &written.iterations);
    if (status != RETAIN_OK)
        return status;
    retain__fit_write(&on, options->level, &best, parameters, &written);
    retain__fit_hand_over(&written, report);
    if (best.verdict == RETAIN_FIT_CONVERGED)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW, "%s", written.explanation);
}

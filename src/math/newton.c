/* Newton's method, safeguarded by a trust region.
 *
 * The question: where is a log-likelihood highest? It is smooth, its gradient and Hessian are exact, and it has a few
 * variables, so what costs is the evaluation, and everything between two evaluations may be done with care.
 *
 * The idea: in the basis of the eigenvectors of minus the Hessian the quadratic model falls apart into single variables. The
 * step is g_i / (c_i + m) in each, with the smallest shift m >= 0 that makes all c_i + m positive and the step no longer than
 * the trusted radius (J. Nocedal, S. Wright, Numerical Optimization, 2nd ed., section 4.3). The radius follows from how well
 * the model foretold the last gain. Near the top m is 0 and this is plain Newton, which doubles the number of right digits with
 * every step.
 *
 * What is delicate is the end. (1) A gain can be too small for the value to show it: then the gradient decides. (2) Directions
 * with hardly any curvature must not keep the search going for ever: on a ridge the gain to be had is rounding; towards a
 * boundary it shrinks by e with every step, which is 1 long in the logarithm of a parameter, so they are left when less than
 * 1e-6 is to be gained, or what the caller does not care for. (3) What is left in all other directions must be next to nothing. */
#include "math/newton.h"

#include <math.h>
#include <string.h>

#include "math/linear.h"

static const double first_radius = 2.0, largest_radius = 8.0, smallest_radius = 1e-13, longest_stretch = 8.0;
static const double settled = 1e-16, settled_flat = 1e-6; /* gains of a log-likelihood */

/* Gradient in the directions of the search; what is not more than rounding is 0. */
static void turn_gradient(const retain__function *function, const retain__newton *at, double *slope)
{
    double noise = 1e-15 * (function->rounding + fabs(at->value));

    for (size_t k = 0; k < function->count; k++) {
        slope[k] = 0.0;
        for (size_t i = 0; i < function->count; i++)
            slope[k] += at->direction[k * function->count + i] * at->gradient[i];
        if (fabs(slope[k]) <= noise)
            slope[k] = 0.0;
    }
}

static retain_status evaluate(const retain__function *function, retain__newton *at)
{
    double hessian[RETAIN__NEWTON_MOST * RETAIN__NEWTON_MOST];
    retain_status status = function->evaluate(function->state, at->point, &at->value, at->gradient, hessian);

    at->evaluations++;
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < function->count * function->count; i++)
        hessian[i] = -hessian[i];
    retain__eigen(function->count, hessian, at->curvature, at->direction);
    for (size_t i = 0; i < function->count; i++) {
        if (!(fabs(at->curvature[i]) < (double)INFINITY && fabs(at->gradient[i]) < (double)INFINITY))
            at->value = (double)NAN;
    }
    return RETAIN_OK;
}

/* What Newton's method expects to gain from here, split into flat and other directions; negative curvature counts as infinite. */
static void find_gains(const retain__function *function, const retain__newton *at, const double *slope, double *steep, double *flat)
{
    *steep = *flat = 0.0;
    for (size_t k = 0; k < function->count; k++) {
        double curvature = at->curvature[k], gain = 0.5 * slope[k] * slope[k];

        if (curvature >= RETAIN__NEWTON_FLAT)
            *steep += gain / curvature;
        else if (curvature > -settled_flat)
            *flat += gain > 0.0 ? gain / (curvature > settled_flat ? curvature : settled_flat) : 0.0;
        else
            *steep = (double)INFINITY;
    }
}

static double length_of(const double *vector, size_t count)
{
    double sum = 0.0;

    for (size_t i = 0; i < count; i++)
        sum += vector[i] * vector[i];
    return sqrt(sum);
}

/* The step with this shift, in the directions of the search. */
static void shifted_step(const retain__newton *at, const double *slope, size_t count, double shift, double *step)
{
    for (size_t k = 0; k < count; k++)
        step[k] = slope[k] == 0.0 ? 0.0 : slope[k] / (at->curvature[k] + shift);
}

/* The best step of at most `radius` in the quadratic model. */
static void choose_step(const retain__newton *at, const double *slope, size_t count, double radius, double *step)
{
    double lowest = at->curvature[0], floor = 1e-14 * fabs(at->curvature[count - 1]) + 1e-300;
    double low = lowest > floor ? 0.0 : floor - lowest, high = low + length_of(slope, count) / radius, length;

    shifted_step(at, slope, count, low, step);
    length = length_of(step, count);
    if (length > radius) {
        for (int i = 0; i < 100 && high - low > 1e-3 * high; i++) { /* the length need not be exact */
            double middle = 0.5 * (low + high);

            shifted_step(at, slope, count, middle, step);
            if (length_of(step, count) > radius)
                low = middle;
            else
                high = middle;
        }
        shifted_step(at, slope, count, high, step);
    } else if (lowest < -RETAIN__NEWTON_FLAT) { /* on a saddle the gradient does not show the way out */
        step[0] = copysign(sqrt(radius * radius - length * length + step[0] * step[0]), slope[0]);
    }
}

static double foretell(const retain__newton *at, const double *slope, const double *step, size_t count)
{
    double gain = 0.0;

    for (size_t k = 0; k < count; k++)
        gain += step[k] * (slope[k] - 0.5 * at->curvature[k] * step[k]);
    return gain;
}

/* Moves `to` by the step, as far as `reach` allows; the share that it allowed. */
static double move(const double *start, double reach, const retain__newton *from, const double *step, size_t count,
                   retain__newton *to)
{
    double share = 1.0, along[RETAIN__NEWTON_MOST] = {0.0};

    for (size_t i = 0; i < count; i++) {
        double room;

        for (size_t k = 0; k < count; k++)
            along[i] += step[k] * from->direction[k * count + i];
        room = along[i] > 0.0 ? start[i] + reach - from->point[i] : from->point[i] - (start[i] - reach);
        if (fabs(along[i]) * share > room)
            share = (room > 0.0 ? room : 0.0) / fabs(along[i]);
    }
    for (size_t i = 0; i < count; i++)
        to->point[i] = from->point[i] + share * along[i];
    return share;
}

/* Towards a boundary a likelihood is an exponential of the distance, and Newton's method makes steps of the same length for ever,
 * 1 in the logarithm of a parameter, each of which gains e - 1 halves, 1.26 times, of what was foretold. When one has, the next are
 * made longer, as long as it pays. */
static double next_stretch(double stretch, double gain, double expected)
{
    return gain > 1.2 * expected && (stretch > 1.0 || gain < 1.35 * expected)
               ? (stretch < longest_stretch ? 2.0 * stretch : stretch)
               : 1.0;
}

static void stretch_step(double stretch, size_t count, double *step)
{
    for (size_t k = 0; k < count; k++) {
        if (fabs(step[k]) > 0.3 && fabs(step[k]) < 1.1) /* 1 along one parameter, less across several */
            step[k] *= stretch;
    }
}

/* Differences of values below this mean nothing. */
static double rounding_of(const retain__newton *at)
{
    return 1e-14 * fabs(at->value);
}

/* Is the trial better? Where the value cannot show the gain any more, the gain that is still expected must have shrunk. */
static int is_better(const retain__function *function, const retain__newton *at, const retain__newton *trial, double expected)
{
    double noise = rounding_of(at), gain = trial->value - at->value, slope[RETAIN__NEWTON_MOST], steep, flat, before, after;

    if (!(fabs(trial->value) < (double)INFINITY))
        return 0;
    if (expected > noise)
        return gain > 1e-4 * expected;
    if (gain < -10.0 * noise)
        return 0;
    turn_gradient(function, at, slope);
    find_gains(function, at, slope, &steep, &flat);
    before = steep + flat;
    turn_gradient(function, trial, slope);
    find_gains(function, trial, slope, &steep, &flat);
    after = steep + flat;
    return after < 0.5 * before;
}

retain_status retain__newton_maximise(const retain__function *function, int most_steps, double reach, retain__newton *search)
{
    size_t count = function->count;
    double start[RETAIN__NEWTON_MOST], radius = first_radius, stretch = 1.0;
    retain_status status;

    memcpy(start, search->point, sizeof start);
    search->steps = search->evaluations = 0;
    search->end = RETAIN__NEWTON_NOWHERE;
    status = evaluate(function, search);
    if (status != RETAIN_OK || !(fabs(search->value) < (double)INFINITY))
        return status;
    search->end = RETAIN__NEWTON_TIRED;
    while (search->steps < most_steps) {
        double slope[RETAIN__NEWTON_MOST], step[RETAIN__NEWTON_MOST], steep, flat, expected, share, length, gain;
        retain__newton trial = *search;

        turn_gradient(function, search, slope);
        find_gains(function, search, slope, &steep, &flat);
        search->end = RETAIN__NEWTON_SETTLED;
        if ((steep <= settled && flat <= settled_flat) || radius < smallest_radius ||
            (search->curvature[0] < RETAIN__NEWTON_FLAT && flat <= function->open && steep <= 1e-3 * function->open))
            return RETAIN_OK;
        choose_step(search, slope, count, radius, step);
        expected = foretell(search, slope, step, count);
        stretch_step(stretch, count, step);
        share = move(start, reach, search, step, count, &trial);
        search->end = RETAIN__NEWTON_RAN_AWAY;
        if (share < 1e-3)
            return RETAIN_OK;
        for (size_t k = 0; k < count; k++)
            step[k] *= share;
        search->end = RETAIN__NEWTON_TIRED;
        length = length_of(step, count);
        if (stretch == 1.0)
            expected = foretell(search, slope, step, count);
        status = evaluate(function, &trial);
        search->steps++;
        search->evaluations = trial.evaluations;
        if (status != RETAIN_OK)
            return status;
        gain = trial.value - search->value;
        if (!is_better(function, search, &trial, expected)) {
            if (stretch > 1.0) {
                stretch = 1.0;
                continue;
            }
            radius = expected > rounding_of(search) ? 0.25 * length : 0.0;
            continue;
        }
        if (gain < 0.25 * expected && expected > rounding_of(search))
            radius = 0.5 * length;
        else if (gain > 0.75 * expected && length > 0.8 * radius)
            radius = radius < 0.5 * largest_radius ? 2.0 * radius : largest_radius;
        stretch = next_stretch(stretch, gain, expected);
        trial.steps = search->steps;
        *search = trial;
    }
    return RETAIN_OK;
}

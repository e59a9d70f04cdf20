/* From the entries of a fit to the variables of its search, and back.
 *
 * The search knows variables only, and no limits: logarithms of parameters, and coefficients. Entries that are held at a value are
 * no variables, and entries that are equal are one; their derivatives add up. Most fits have none of that, and then entries are
 * variables and nothing is moved. A prior is normal in the entries, so it takes a parabola off the likelihood. */
#include "math/fit_variables.h"

#include <math.h>
#include <string.h>

enum { MOST = RETAIN_FIT_PARAMETERS };

size_t retain__fit_logarithms(const retain__fit_problem *problem)
{
    return problem->parameters - problem->coefficients;
}

retain__fit_variables retain__fit_choose_variables(const retain__fit_problem *problem)
{
    retain__fit_variables on = {.problem = problem};

    for (size_t i = 0; i < problem->parameters; i++) {
        int tie = problem->tie ? problem->tie[i] : (int)i;

        on.of[i] = tie == (int)i ? (int)on.count++ : tie == RETAIN__FIT_HELD ? RETAIN__FIT_HELD : on.of[tie];
        if (i < retain__fit_logarithms(problem))
            on.logarithms = on.count;
    }
    on.is_plain = on.count == problem->parameters;
    return on;
}

void retain__fit_spread(const retain__fit_variables *on, const double *point, double *entries)
{
    for (size_t i = 0; i < on->problem->parameters; i++)
        entries[i] = on->of[i] == RETAIN__FIT_HELD ? on->held[i] : point[on->of[i]];
}

void retain__fit_take(retain__fit_variables *on, const double *parameters, double *point)
{
    for (size_t i = 0; i < on->problem->parameters; i++) {
        double entry = i < retain__fit_logarithms(on->problem) ? log(parameters[i]) : parameters[i];

        if (on->of[i] == RETAIN__FIT_HELD)
            on->held[i] = entry;
        else if (!on->problem->tie || on->problem->tie[i] == (int)i)
            point[on->of[i]] = entry;
    }
}

void retain__fit_raise(const retain__fit_problem *problem, const double *entries, double *parameters)
{
    size_t logarithms = retain__fit_logarithms(problem);

    for (size_t i = 0; i < problem->parameters; i++)
        parameters[i] = i < logarithms ? exp(entries[i]) : entries[i];
}

double retain__fit_prior(const retain__fit_problem *problem, const double *entries, double *gradient, double *hessian)
{
    double penalty = 0.0;

    for (size_t i = 0; problem->prior_precision && i < problem->parameters; i++) {
        double off = entries[i] - problem->prior_mean[i], pull = problem->prior_precision[i] * off;

        penalty += 0.5 * pull * off;
        if (gradient)
            gradient[i] -= pull;
        if (hessian)
            hessian[i * problem->parameters + i] -= problem->prior_precision[i];
    }
    return penalty;
}

/* Derivatives by the entries to derivatives by the variables. */
static void gather(const retain__fit_variables *on, const double *of_entries, const double *hessian_of_entries, double *gradient,
                   double *hessian)
{
    size_t entries = on->problem->parameters, count = on->count;

    memset(gradient, 0, count * sizeof *gradient);
    if (hessian)
        memset(hessian, 0, count * count * sizeof *hessian);
    for (size_t i = 0; i < entries; i++) {
        if (on->of[i] == RETAIN__FIT_HELD)
            continue;
        gradient[on->of[i]] += of_entries[i];
        for (size_t j = 0; hessian && j < entries; j++) {
            if (on->of[j] != RETAIN__FIT_HELD)
                hessian[(size_t)on->of[i] * count + (size_t)on->of[j]] += hessian_of_entries[i * entries + j];
        }
    }
}

/* The likelihood of all rows, or of a sample, with the prior, by the variables. */
static retain_status evaluate_either(retain__fit_variables *on, int of_sample, const double *point, double *value, double *gradient,
                                     double *hessian)
{
    const retain__fit_problem *problem = on->problem;
    double entries[MOST], parameters[MOST], of_entries[MOST], hessian_of_entries[MOST * MOST];
    double *g = on->is_plain ? gradient : of_entries, *h = !hessian || on->is_plain ? hessian : hessian_of_entries;
    retain_status status;

    retain__fit_spread(on, point, entries);
    retain__fit_raise(problem, entries, parameters);
    if (of_sample)
        status = problem->evaluate_sample(problem->state, parameters, value, g, h);
    else
        status = problem->evaluate(problem->state, on->evaluations++, parameters, value, g, h);
    if (status != RETAIN_OK)
        return status;
    if (problem->prior_precision)
        *value -= retain__fit_prior(problem, entries, g, h);
    if (!on->is_plain)
        gather(on, g, h, gradient, hessian);
    return RETAIN_OK;
}

retain_status retain__fit_evaluate(void *state, const double *point, double *value, double *gradient, double *hessian)
{
    return evaluate_either(state, 0, point, value, gradient, hessian);
}

retain_status retain__fit_evaluate_sample(void *state, const double *point, double *value, double *gradient, double *hessian)
{
    return evaluate_either(state, 1, point, value, gradient, hessian);
}

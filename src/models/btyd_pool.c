/* Partial pooling: the search for the population.
 *
 * The question: how much do groups differ, and about which centre?
 *
 * The idea: the likelihood of all customers, each group's parameters integrated out (btyd_pool_laplace.c), is a smooth function of mu
 * and sd, with a gradient that is exact and a Hessian that nearly is, so the Newton search of all fits (math/newton.c) finds its highest
 * point in some ten steps. It begins at one model for all.
 *
 * What is delicate is an sd of 0, which is a common answer and the edge of what is possible. The search does not know the edge: the
 * function is even in sd, so sd = 0 is a stationary point like any other, a maximum where the groups do not differ, and Newton's method
 * runs into it as fast as into any maximum. (In the logarithm of sd, or in sd^2, it would be infinitely far away, or a wall.) What ends
 * next to 0 is set to it; if that turns out to be no maximum, or if the whole is less likely than one model for all, the search begins
 * anew, elsewhere.
 *
 * Groups are summed up in their order, in doubled precision, and each is done by one thread: results do not depend on threads. */
#include "models/btyd_pool.h"

#include <math.h>
#include <string.h>

#include "data/customers.h"
#include "math/fit_report.h"
#include "math/linear.h"
#include "math/newton.h"
#include "math/sums.h"
#include "models/btyd_model.h"

enum { MOST = RETAIN__POOL_MOST, VARIABLES = RETAIN__POOL_VARIABLES, STARTS = 4 };

static const double starts[STARTS] = {0.3, 0.1, 1.0, 0.03}; /* standard deviations */
static const double nothing = 1e-4;                         /* a standard deviation that is none */
static const double reach = 15.0;                           /* of mu and sd from their start */
static const double steepness = 1e9;      /* slopes below 1e-15 of it are 0: the third derivatives are differences */
static const double lower = 1e-6;         /* a difference of log L that counts */
static const double clear = 20.0;         /* a statistic that needs no better number */
static const double share_of_whole = 0.3; /* of all progress: the fit of one model for all */

double retain__pool_penalty(const retain__pool *pool, const double *mu)
{
    const retain__btyd_entries *entries = &pool->whole->entries;
    double penalty = 0.0;

    for (size_t k = 0; entries->has_prior && k < pool->count; k++)
        penalty += 0.5 * entries->precision[k] * (mu[k] - entries->mean[k]) * (mu[k] - entries->mean[k]);
    return penalty;
}

/* --- the marginal likelihood ------------------------------------------------------------------------------------------------ */

static void visit_group(void *state, size_t block, size_t first, size_t last)
{
    retain__pool *of = state;

    (void)first;
    (void)last;
    if (!of->group[block].is_empty)
        retain__pool_visit(&of->group[block], of->count, &of->population, of->varies, of->variable, of->variables);
}

static double add_up(const retain__pool *of, size_t offset)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t g = 0; g < of->groups; g++) {
        if (!of->group[g].is_empty)
            retain__sum_add(&sum, *(const double *)(const void *)((const char *)&of->group[g] + offset));
    }
    return retain__sum_value(sum);
}

static double *entry_of(retain__pool *of, size_t v)
{
    size_t variable = of->variable[v];

    return variable < of->count ? &of->population.mu[variable] : &of->population.sd[variable - of->count];
}

static void subtract_prior(const retain__pool *of, double *value, double *gradient, double *hessian)
{
    const retain__btyd_entries *entries = &of->whole->entries;

    *value -= retain__pool_penalty(of, of->population.mu);
    for (size_t v = 0; entries->has_prior && v < of->variables; v++) {
        size_t k = of->variable[v];

        if (k >= of->count)
            continue;
        gradient[v] -= entries->precision[k] * (of->population.mu[k] - entries->mean[k]);
        hessian[v * of->variables + v] -= entries->precision[k];
    }
}

/* For retain__function. */
static retain_status evaluate(void *state, const double *point, double *value, double *gradient, double *hessian)
{
    retain__pool *of = state;
    double done = (double)of->evaluations++, n = (double)of->variables, left = 1.0 - share_of_whole;
    retain_status status;

    for (size_t v = 0; v < of->variables; v++)
        *entry_of(of, v) = point[v];
    status = retain__parallel(of->ctx, of->groups, 1, share_of_whole + left * done / (done + n),
                              share_of_whole + left * (done + 1.0) / (done + 1.0 + n), visit_group, of);
    if (status != RETAIN_OK)
        return status;
    *value = add_up(of, offsetof(retain__pool_group, value));
    for (size_t v = 0; v < of->variables; v++) {
        gradient[v] = add_up(of, offsetof(retain__pool_group, gradient) + v * sizeof(double));
        for (size_t w = 0; w < of->variables; w++)
            hessian[v * of->variables + w] =
                add_up(of, offsetof(retain__pool_group, hessian) + (v * of->variables + w) * sizeof(double));
    }
    for (size_t v = 0; v < of->variables; v++) { /* differences are symmetric but for rounding */
        for (size_t w = 0; w < v; w++)
            hessian[v * of->variables + w] = hessian[w * of->variables + v] =
                0.5 * (hessian[v * of->variables + w] + hessian[w * of->variables + v]);
    }
    subtract_prior(of, value, gradient, hessian);
    return RETAIN_OK;
}

/* --- the search ------------------------------------------------------------------------------------------------------------- */

static void choose_variables(retain__pool *of)
{
    const retain__btyd_entries *entries = &of->whole->entries;

    of->variables = 0;
    for (size_t k = 0; k < of->count; k++) {
        if (entries->tie[k] == RETAIN__FIT_HELD)
            of->varies[k] = 0;
        else
            of->variable[of->variables++] = k;
    }
    for (size_t k = 0; k < of->count; k++) {
        if (of->varies[k])
            of->variable[of->variables++] = of->count + k;
    }
}

/* Sets what is next to 0 to it. */
static void clean(retain__pool *of)
{
    for (size_t k = 0; k < of->count; k++) {
        of->population.sd[k] = fabs(of->population.sd[k]);
        if (of->population.sd[k] < nothing)
            of->population.sd[k] = 0.0;
    }
}

/* Is a standard deviation of 0 a maximum? */
static int is_top(const retain__pool *of)
{
    for (size_t v = 0; v < of->variables; v++) {
        size_t variable = of->variable[v];

        if (variable >= of->count && of->population.sd[variable - of->count] == 0.0 && of->hessian[v * of->variables + v] > 0.0)
            return 0;
    }
    return 1;
}

static retain_status search_from(retain__pool *of, double sd, int iterations, retain__newton_end *end)
{
    const retain__function function = {of->variables, evaluate, of, steepness, 0.0};
    double gradient[VARIABLES], point[VARIABLES];
    retain__newton search;
    retain_status status;

    for (size_t v = 0; v < of->variables; v++)
        search.point[v] = of->variable[v] < of->count ? log(of->complete.estimate[of->variable[v]]) : sd;
    status = retain__newton_maximise(&function, iterations, reach, &search);
    *end = search.end;
    of->steps += search.steps;
    if (status != RETAIN_OK)
        return status;
    for (size_t v = 0; v < of->variables; v++)
        *entry_of(of, v) = search.point[v];
    clean(of);
    for (size_t v = 0; v < of->variables; v++)
        point[v] = *entry_of(of, v);
    return evaluate(of, point, &of->value, gradient, of->hessian);
}

/* Numbers that the customers determine: the curvature about them is that of a maximum. */
static retain_fit_verdict judge(const retain__pool *of)
{
    double curvature[VARIABLES * VARIABLES], values[VARIABLES];
    size_t free = 0, at[VARIABLES];

    for (size_t v = 0; v < of->variables; v++) {
        if (of->variable[v] < of->count || of->population.sd[of->variable[v] - of->count] > 0.0)
            at[free++] = v;
    }
    if (free == 0)
        return RETAIN_FIT_CONVERGED;
    for (size_t i = 0; i < free; i++) {
        for (size_t j = 0; j < free; j++)
            curvature[i * free + j] = -of->hessian[at[i] * of->variables + at[j]];
    }
    retain__eigen(free, curvature, values, NULL);
    return values[0] >= 0.1 ? RETAIN_FIT_CONVERGED : RETAIN_FIT_RIDGE; /* a factor of 20 and more between limits, either way */
}

/* Newton's step from a point for all that is estimated but variable `without`; what it is expected to gain. */
static double find_step(const retain__pool *of, size_t without, const double *gradient, const double *hessian, double *step)
{
    double information[VARIABLES * VARIABLES], slope[VARIABLES], along[VARIABLES], gain = 0.0;
    size_t free = 0, at[VARIABLES];

    memset(step, 0, VARIABLES * sizeof *step);
    for (size_t v = 0; v < of->variables; v++) {
        if (v != without && (of->variable[v] < of->count || of->population.sd[of->variable[v] - of->count] != 0.0))
            at[free++] = v;
    }
    for (size_t i = 0; i < free; i++) {
        slope[i] = gradient[at[i]];
        for (size_t j = 0; j < free; j++)
            information[i * free + j] = -hessian[at[i] * of->variables + at[j]];
    }
    if (free == 0 || !retain__cholesky(free, information, information))
        return 0.0;
    retain__cholesky_solve(free, information, slope, along);
    for (size_t i = 0; i < free; i++) {
        step[at[i]] = along[i];
        gain += 0.5 * slope[i] * along[i];
    }
    return gain;
}

/* Log-likelihood where groups do not differ in the parameter of variable v, the others making the best of it: what two steps of Newton's
 * tell, or one where that leaves no doubt. */
static retain_status profile(retain__pool *of, size_t v, const double *best, double *highest)
{
    double point[VARIABLES], gradient[VARIABLES], hessian[VARIABLES * VARIABLES], step[VARIABLES], value, gain;
    retain_status status;

    memcpy(point, best, sizeof point);
    point[v] = 0.0;
    status = evaluate(of, point, &value, gradient, hessian);
    if (status != RETAIN_OK)
        return status;
    gain = find_step(of, v, gradient, hessian, step);
    *highest = value + gain;
    if (2.0 * (of->value - value - gain) > clear || gain < lower)
        return RETAIN_OK;
    for (size_t w = 0; w < of->variables; w++)
        point[w] += step[w];
    status = evaluate(of, point, &value, gradient, hessian);
    if (status == RETAIN_OK && value - value == 0.0)
        *highest = value + find_step(of, v, gradient, hessian, step);
    return status;
}

/* How much less likely everything is where groups do not differ in one parameter; and back to the optimum. */
static retain_status test_each(retain__pool *of)
{
    const retain__pool_population best = of->population;
    double point[VARIABLES] = {0.0}, gradient[VARIABLES];
    retain_status status = RETAIN_OK;

    for (size_t v = 0; v < of->variables; v++)
        point[v] = *entry_of(of, v);
    for (size_t v = 0; status == RETAIN_OK && v < of->variables; v++) {
        double highest = of->value;

        of->population = best; /* which says what is 0 */
        if (of->variable[v] < of->count || point[v] == 0.0)
            continue;
        status = profile(of, v, point, &highest);
        of->statistic[of->variable[v] - of->count] = fmax(0.0, 2.0 * (of->value - highest));
    }
    return status == RETAIN_OK ? evaluate(of, point, &of->value, gradient, of->hessian) : status;
}

static retain_status search_all(retain__pool *of, int iterations)
{
    retain_status status = RETAIN_OK;
    retain__newton_end end = RETAIN__NEWTON_NOWHERE;
    int is_good = 0;

    for (size_t start = 0; status == RETAIN_OK && !is_good && start < STARTS; start++) {
        status = search_from(of, starts[start], iterations, &end);
        is_good = end == RETAIN__NEWTON_SETTLED && is_top(of) && of->value > of->complete.objective - lower;
    }
    of->verdict = is_good ? judge(of) : RETAIN_FIT_STOPPED;
    return status == RETAIN_OK && is_good ? test_each(of) : status; /* which leaves the groups where the search ended */
}

static void fit_group_alone(void *state, size_t block, size_t first, size_t last)
{
    retain__pool *of = state;

    (void)first;
    (void)last;
    if (!of->group[block].is_empty)
        retain__pool_fit_alone(&of->group[block], of->count, of->whole->entries.tie);
}

/* --- groups ----------------------------------------------------------------------------------------------------------------- */

static retain_status collect(retain__scratch *scratch, retain__pool *of, const retain__pool_rows *rows)
{
    const retain__btyd_likelihood *whole = &of->whole->likelihood;
    retain_status status = RETAIN_OK;

    of->groups = rows->groups;
    of->group = retain__take_zeroed(scratch, rows->groups, sizeof *of->group);
    if (!of->group)
        return RETAIN_ERROR_MEMORY;
    for (size_t g = 0; status == RETAIN_OK && g < rows->groups; g++) {
        retain__btyd_likelihood *likelihood = &of->group[g].likelihood;
        retain__pool_part part;

        retain__pool_part_of(rows, g, &part);
        likelihood->family = of->group[g].sample.family = whole->family;
        likelihood->entries = of->group[g].sample.entries = whole->entries;
        likelihood->sample = &of->group[g].sample;
        of->group[g].is_empty = part.customers.count == 0;
        if (part.customers.count == 0)
            continue;
        status = retain__btyd_collect(scratch, &part.customers, likelihood);
        if (status != RETAIN_OK)
            return status;
        likelihood->sample = NULL;
        likelihood->k = likelihood->moments.k = whole->k;
        if (whole->k > 1.0)
            likelihood->constant = (whole->k - 1.0) * retain__btyd_add_log_gaps(&part.customers);
        of->group[g].is_empty = !(likelihood->moments.customers > 0.0);
    }
    return status;
}

static size_t count_filled(const retain__pool *of)
{
    size_t filled = 0;

    for (size_t g = 0; g < of->groups; g++)
        filled += !of->group[g].is_empty;
    return filled;
}

/* --- public ----------------------------------------------------------------------------------------------------------------- */

static retain_status check_flags(retain_context *ctx, const uint8_t *varies, size_t count, retain__pool *of)
{
    for (size_t k = 0; k < count; k++) {
        of->varies[k] = varies ? varies[k] : 1;
        if (of->varies[k] > 1)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "varies[%zu] is %d; it must be 0 or 1", k,
                                (int)of->varies[k]);
    }
    return RETAIN_OK;
}

static retain_status check(retain_context *ctx, const retain_customers *customers, const retain_fit_options *options,
                           const retain_btyd_pool_report *report, const retain_btyd_pool_columns *columns)
{
    retain_status status = retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);

    if (status == RETAIN_OK && !columns)
        status = retain__fail_null(ctx, "columns");
    if (status == RETAIN_OK && customers && customers->covariate_count)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "customers.covariate_count is %zu; it must be 0: coefficients of covariates are not pooled",
                              customers->covariate_count);
    if (status == RETAIN_OK && (options->coefficient_sd > 0.0 || options->purchase || options->lifetime || options->equal))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                              "options say something about covariates; coefficients of covariates are not pooled");
    return status;
}

/* One model for all, and from there on the population. */
static retain_status fit(retain__scratch *scratch, retain__btyd_search *whole, const retain__pool_rows *rows,
                         const retain_fit_options *options, retain__pool *of)
{
    double values[RETAIN_FIT_PARAMETERS];
    retain_status status = retain__btyd_search_all(scratch->ctx, whole, options, values, &of->complete);

    of->verdict = of->complete.verdict;
    if (status == RETAIN_ERROR_CONVERGENCE) /* what was said about that fit will be said otherwise */
        status = retain__begin(scratch->ctx);
    if (status == RETAIN_OK)
        status = collect(scratch, of, rows);
    for (size_t k = 0; status == RETAIN_OK && k < of->count; k++)
        of->population.mu[k] = log(of->complete.estimate[k]);
    if (status != RETAIN_OK)
        return status;
    choose_variables(of);
    if (count_filled(of) < RETAIN_BTYD_POOL_GROUPS)
        of->verdict = RETAIN_FIT_TOO_LITTLE_DATA;
    if (of->verdict != RETAIN_FIT_CONVERGED && of->verdict != RETAIN_FIT_RIDGE)
        return RETAIN_OK;
    status = search_all(of, options->iterations);
    if (status == RETAIN_OK && of->with_own)
        status = retain__parallel(of->ctx, of->groups, 1, 1.0, 1.0, fit_group_alone, of);
    return status;
}

retain_status retain_btyd_pool_fit(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                                   const int64_t *group, size_t groups, const uint8_t *varies, const retain_fit_options *given,
                                   retain_btyd_pool_report *report, const retain_btyd_pool_columns *columns)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_search *whole = NULL;
    retain__pool *of = NULL;
    retain__pool_rows rows;
    retain_fit_options options;
    retain_btyd_pool_report told = RETAIN_BTYD_POOL_REPORT_INIT;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, NULL, &options);
    if (status == RETAIN_OK)
        status = check(ctx, customers, &options, report, columns);
    if (status == RETAIN_OK &&
        (!(whole = retain__take(&scratch, 1, sizeof *whole)) || !(of = retain__take_zeroed(&scratch, 1, sizeof *of))))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = retain__btyd_pose(&scratch, family, customers, &options, whole);
    if (status == RETAIN_OK)
        status = check_flags(ctx, varies, whole->likelihood.family->count, of);
    if (status == RETAIN_OK)
        status = retain__pool_arrange(&scratch, customers, 0, group, groups, &rows);
    if (status == RETAIN_OK) {
        of->ctx = ctx;
        of->whole = whole;
        of->count = whole->likelihood.family->count;
        of->level = options.level;
        of->with_own = columns->own != NULL;
        of->complete.struct_size = sizeof of->complete;
        whole->likelihood.until = whole->sample.until = share_of_whole;
        status = fit(&scratch, whole, &rows, &options, of);
    }
    if (status == RETAIN_OK) {
        retain__pool_tell(of, customers->unit_days, &told, columns);
        if (report) {
            told.struct_size = report->struct_size;
            memcpy(report, &told, sizeof *report < told.struct_size ? sizeof *report : told.struct_size);
        }
        if (told.verdict != RETAIN_FIT_CONVERGED)
            status = retain__fail(ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW, "%s", told.explanation);
    }
    retain__release(&scratch);
    return status;
}

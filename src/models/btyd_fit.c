/* Fitting buy-till-you-die models.
 *
 * The likelihood of a table of customers is in btyd_likelihood.c. Where there are covariates, the fit without them comes first: it is
 * a special case, and a good start. The likelihood with them is in btyd_regression.c.
 *
 * The k of a regular family is a whole number, and not searched for as parameters are: one fit for each k, until two in a row are
 * less likely, and then the best of them once more, as if it had been given. What the gaps of customers add to log L is constant for
 * one k: their logarithms are added up once.
 *
 * All else is general: the search and the verdict are in math/newton.c and math/fit.c. What is particular is when not to begin.
 * Without repeat occasions the data say how rarely customers return, and nothing about anything else; with fewer distinct rows
 * than parameters they cannot say enough. */
#include "models/btyd_fit.h"

#include <math.h>
#include <string.h>

#include "core/core.h"
#include "data/customers.h"
#include "math/fit_variables.h"
#include "math/kernels.h"
#include "math/random.h"
#include "math/sums.h"
#include "models/btyd_model.h"

#define MOST_REACH 10.0 /* of a covariate's range, from 0 to its nearest value */

enum { CHOICES = 12, PARAMETERS = RETAIN__BTYD_PARAMETERS };

typedef retain__btyd_likelihood likelihood;

static int start(void *state, int attempt, double *parameters)
{
    const likelihood *of = state;
    int more = 1;

    if (of->again && attempt-- == 0) {
        memcpy(parameters, of->again, of->family->count * sizeof *parameters);
        return 1;
    }
    if (of->moments.repeaters == 0.0) { /* only a prior lets such a search begin */
        for (size_t k = 0; k < of->family->count; k++)
            parameters[k] = exp(of->entries->mean[k]);
        more = attempt == 0;
    } else if (of->has_narrow && attempt-- == 0)
        of->family->widen(of->family, &of->moments, of->narrow, parameters);
    else
        more = of->family->start(of->family, &of->moments, attempt, parameters);
    if (of->entries)
        retain__btyd_hold(of->entries, of->family->count, parameters);
    return more;
}

static const char *find_meaning(const void *state, const int *way)
{
    const likelihood *of = state;

    return of->family->meaning(of->family, way);
}

/* Fits the family that this one contains, whatever the verdict: that is where the search begins, so that the larger model never
 * ends below the smaller. */
static retain_status fit_narrow(likelihood *of, const retain__fit_problem *wide, const retain_fit_options *options)
{
    likelihood sample = *(of->sample ? of->sample : of), narrow = *of;
    retain__fit_problem problem = *wide;
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_status status;

    sample.family = narrow.family = of->family->contains;
    narrow.sample = of->sample ? &sample : NULL;
    narrow.entries = NULL; /* nothing is held in it */
    problem.state = &narrow;
    problem.model = narrow.family->name;
    problem.parameters = narrow.family->count;
    problem.names = narrow.family->parameters;
    problem.tie = NULL;
    problem.prior_precision = NULL;
    status = retain__fit(NULL, &problem, options, of->narrow, &report);
    of->earlier = report.evaluations;
    of->has_narrow = 1;
    return status == RETAIN_ERROR_CONVERGENCE ? RETAIN_OK : status;
}

/* Why a fit cannot even begin; NULL when it can. */
static const char *find_lack(const likelihood *of, const retain_fit_options *options)
{
    int has_prior = options->prior_sd > 0.0;

    if (of->rows.count == 0)
        return "there are no customers.";
    if (of->moments.repeaters == 0.0 && !has_prior)
        return "no customer has a repeat occasion, so nothing can be said about how often customers buy and when they leave.";
    if (of->moments.mean_T == 0.0)
        return "no customer was observed for any time.";
    if (of->rows.count < of->family->count && !has_prior)
        return "there are fewer distinct customers than parameters.";
    return NULL;
}

/* A number for the customers of a fit and its family: equal for equal ones. */
static uint64_t identify(const likelihood *of)
{
    const double numbers[] = {of->moments.customers, of->moments.repeaters, of->moments.mean_x, of->moments.mean_T};
    uint64_t hash = (uint64_t)of->family->family;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        hash = (hash ^ retain__bits(numbers[i])) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    return hash >> 11 | 1;
}

/* --- regular families ----------------------------------------------------------------------------------------------------- */

static void set_k(retain__btyd_search *search, double k)
{
    likelihood *of = &search->likelihood;

    of->k = search->sample.k = of->moments.k = search->covariates.regression.k = k;
    of->constant = search->covariates.regression.constant = k > 1.0 ? (k - 1.0) * search->log_gaps : 0.0;
}

/* Fits each k in turn, without covariates, and keeps the best. */
static retain_status choose_k(retain_context *ctx, retain__btyd_search *search, const retain_fit_options *options)
{
    double best = -(double)INFINITY;
    int chosen = 1;

    for (int k = 1; k <= CHOICES && k - chosen < 3; k++) {
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        double p[PARAMETERS];
        retain_status status;

        set_k(search, (double)k);
        status = retain__fit(ctx, &search->plain, options, p, &report);
        if (status == RETAIN_ERROR_CONVERGENCE)
            status = retain__begin(ctx);
        if (status != RETAIN_OK)
            return status;
        search->likelihood.earlier += report.evaluations;
        if (report.objective > best) {
            best = report.objective;
            chosen = k;
        }
    }
    search->plain.chosen = search->problem.chosen = chosen;
    search->plain.choices = search->problem.choices = CHOICES;
    set_k(search, (double)chosen);
    return RETAIN_OK;
}

/* --- fits ----------------------------------------------------------------------------------------------------------------- */

/* The fit of a family whose parameters all customers have. */
static retain__fit_problem pose(likelihood *of, const retain_customers *customers, const retain_fit_options *options)
{
    const retain__btyd_entries *entries = of->entries;
    retain__fit_problem problem = {.state = of,
                                   .model = of->family->name,
                                   .parameters = of->family->count,
                                   .names = of->family->parameters,
                                   .rows = customers->count,
                                   .customers = of->moments.customers,
                                   .meaning = find_meaning,
                                   .evaluate = retain__btyd_sum,
                                   .start = start,
                                   .evaluate_sample = of->sample ? retain__btyd_sum_sample : NULL,
                                   .extreme = "frequency",
                                   .largest = of->rows.runs ? of->rows.value[of->rows.runs - 1] : 0.0};

    problem.tie = entries->is_tied ? entries->tie : NULL;
    problem.prior_mean = entries->mean;
    problem.prior_precision = options->prior_sd > 0.0 ? entries->precision : NULL;
    problem.data = identify(of);
    return problem;
}

/* First where the fit without covariates ended, then as it began. */
static int start_with_covariates(void *state, int attempt, double *values)
{
    const retain__btyd_covariate_fit *of = state;
    const retain__btyd_entries *entries = of->plain->entries;
    size_t n = entries->parameters;
    int more = 1;

    if (of->plain->again && attempt-- == 0) {
        memcpy(values, of->plain->again, entries->count * sizeof *values);
        return 1;
    }
    for (size_t i = n; i < entries->count; i++)
        values[i] = 0.0;
    for (size_t k = 0; k < n; k++)
        values[k] = of->begin[k] > 1e-16 ? of->begin[k] < 1e16 ? of->begin[k] : 1e16 : 1e-16;
    if (attempt > 0)
        more = of->plain->family->start(of->plain->family, &of->plain->moments, attempt - 1, values);
    retain__btyd_hold(entries, entries->count, values);
    for (size_t i = n; i < entries->count; i++)
        values[i] *= of->regression.scaling.scale[(i - n) % entries->covariates];
    return more;
}

static const char *find_meaning_with_covariates(const void *state, const int *way)
{
    const retain__btyd_covariate_fit *of = state;
    const retain__btyd_entries *entries = of->plain->entries;
    const char *meaning = of->plain->family->meaning(of->plain->family, way);

    for (size_t i = entries->parameters; !*meaning && i < entries->count; i++) {
        if (way[i])
            meaning = "a covariate tells customers apart without exception";
    }
    return meaning;
}

/* --- what is searched ----------------------------------------------------------------------------------------------------- */

static retain_status pose_covariates(retain__scratch *scratch, const retain_customers *customers, retain__btyd_search *search)
{
    retain__btyd_covariate_fit *fit = &search->covariates;
    retain__fit_problem *problem = &search->problem;
    retain_status status;

    fit->plain = &search->likelihood;
    fit->regression.ctx = scratch->ctx;
    fit->regression.family = search->likelihood.family;
    fit->regression.entries = &search->entries;
    fit->regression.scaling.constant = "for all customers";
    status = retain__btyd_gather(scratch, customers, &fit->regression);
    if (status != RETAIN_OK)
        return status;
    retain__btyd_scale_prior(&fit->regression.scaling, &search->entries, fit->mean, fit->precision);
    problem->state = fit;
    problem->names = search->entries.names;
    problem->meaning = find_meaning_with_covariates;
    problem->evaluate = retain__btyd_evaluate;
    problem->evaluate_sample = NULL;
    problem->start = start_with_covariates;
    problem->prior_mean = fit->mean;
    problem->prior_precision = search->entries.has_prior ? fit->precision : NULL;
    problem->reported = fit->regression.scaling.reported;
    problem->reason = retain__btyd_find_reason;
    return RETAIN_OK;
}

/* The parameters are those of a customer whose covariates are all 0. Far from every customer there is, they would be nobody's. */
retain_status retain__btyd_check_reach(retain_context *ctx, const char *name, size_t c, const double *z, size_t count)
{
    double low = (double)INFINITY, high = -(double)INFINITY, nearest;

    for (size_t i = 0; i < count; i++) {
        low = z[i] < low ? z[i] : low;
        high = z[i] > high ? z[i] : high;
    }
    if (!(low < high))
        return RETAIN_OK;
    if (high - low < 1e-100 || low < -1e100 || high > 1e100)
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                            "%s[%zu] lies between %.6g and %.6g; give it in a unit that makes it neither tiny nor huge", name, c,
                            low, high);
    nearest = low > 0.0 ? low : high < 0.0 ? -high : 0.0;
    if (nearest > MOST_REACH * (high - low))
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                            "%s[%zu] lies between %.10g and %.10g, too far from 0, where the parameters are those of a "
                            "customer; subtract a typical value, such as %.10g",
                            name, c, low, high, low);
    return RETAIN_OK;
}

static retain_status check_covariates(retain_context *ctx, const retain_customers *customers)
{
    retain_status status = RETAIN_OK;

    if (customers->covariate_count > RETAIN_BTYD_COVARIATES)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "customers.covariate_count is %zu; it must be at most %d",
                            customers->covariate_count, RETAIN_BTYD_COVARIATES);
    status = retain__btyd_check_covariates(ctx, "customers.covariates", customers->covariates, customers->covariate_count,
                                           customers->count);
    for (size_t c = 0; status == RETAIN_OK && c < customers->covariate_count; c++)
        status = retain__btyd_check_reach(ctx, "customers.covariates", c, customers->covariates[c], customers->count);
    return status;
}

static retain_status check(retain_context *ctx, const retain__btyd_family *family, const retain_customers *customers, int k)
{
    retain_status status = retain__check_customers(ctx, customers, 0);

    if (status == RETAIN_OK)
        status = retain__btyd_check_opportunities(ctx, family, customers);
    if (status == RETAIN_OK)
        status = retain__btyd_check_k(ctx, family, customers, k);
    if (status == RETAIN_OK)
        status = check_covariates(ctx, customers);
    return status;
}

retain_status retain__btyd_pose(retain__scratch *scratch, retain_btyd_family family, const retain_customers *customers,
                                const retain_fit_options *options, retain__btyd_search *search)
{
    retain_context *ctx = scratch->ctx;
    likelihood *of = &search->likelihood;
    retain_status status = RETAIN_OK;

    memset(search, 0, sizeof *search);
    of->family = search->sample.family = retain__btyd_find(family);
    of->entries = search->sample.entries = &search->entries;
    of->ctx = ctx;
    of->sample = &search->sample;
    if (!of->family)
        status =
            retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "family is %d; it must be a retain_btyd_family", (int)family);
    if (status == RETAIN_OK)
        status = check(ctx, of->family, customers, options->k);
    if (status == RETAIN_OK)
        status = retain__btyd_enter(ctx, of->family, options, customers->covariate_count, &search->entries);
    if (status == RETAIN_OK)
        status = retain__btyd_collect(scratch, customers, of);
    if (status != RETAIN_OK)
        return status;
    if (of->family->is_regular && options->k != 1)
        search->log_gaps = retain__btyd_add_log_gaps(customers);
    set_k(search, options->k ? (double)options->k : 1.0);
    of->until = search->sample.until = customers->covariate_count ? 0.5 : 1.0;
    retain__btyd_centre_prior(of->family, options, of->moments.mean_T, &search->entries);
    search->lack = find_lack(of, options);
    search->plain = search->problem = pose(of, customers, options);
    if (customers->covariate_count == 0)
        return RETAIN_OK;
    search->problem.parameters = search->entries.count;
    search->problem.coefficients = 2 * search->entries.covariates;
    return search->lack ? RETAIN_OK : pose_covariates(scratch, customers, search);
}

/* --- the search ----------------------------------------------------------------------------------------------------------- */

static retain_status search_begun(retain_context *ctx, retain__btyd_search *search, const retain_fit_options *options,
                                  double *values, retain_fit_report *report)
{
    likelihood *of = &search->likelihood;
    retain_context quiet;
    retain_status status = RETAIN_OK;

    search->sample.ctx = retain__btyd_quiet(ctx, &quiet);
    if (of->family->is_regular && options->k == 0)
        status = choose_k(ctx, search, options);
    if (status == RETAIN_OK && of->family->contains && of->moments.repeaters > 0.0)
        status = fit_narrow(of, &search->plain, options);
    if (status != RETAIN_OK)
        return status;
    if (search->entries.covariates) {
        status = retain__fit(NULL, &search->plain, options, search->covariates.begin, NULL);
        if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
            return status;
    }
    return retain__fit(ctx, &search->problem, options, values, report);
}

retain_status retain__btyd_search_all(retain_context *ctx, retain__btyd_search *search, const retain_fit_options *options,
                                      double *values, retain_fit_report *report)
{
    retain_status status = search->lack ? retain__fit_too_little(ctx, &search->problem, search->lack, values, report)
                                        : search_begun(ctx, search, options, values, report);

    search->sample.ctx = NULL;
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        retain__btyd_restore(&search->entries, values, report);
    return status;
}

/* --- copies --------------------------------------------------------------------------------------------------------------- */

static retain_status copy_regression(retain__scratch *scratch, int weights, retain__btyd_regression *of)
{
    of->ctx = NULL;
    of->sums = retain__take(scratch, of->blocks, of->sums_of_block * sizeof *of->sums);
    if (weights) {
        of->rows.weight = retain__take(scratch, of->rows.count, sizeof *of->rows.weight);
        of->weight = retain__take(scratch, of->rows.runs, sizeof *of->weight);
    }
    return of->sums && of->rows.weight && of->weight ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

retain_status retain__btyd_copy_search(retain__scratch *scratch, const retain__btyd_search *from, int weights,
                                       retain__btyd_search *copy)
{
    int plain = from->entries.covariates == 0;
    retain_status status = RETAIN_OK;

    *copy = *from;
    if (plain)
        status = retain__btyd_copy_likelihood(scratch, &from->likelihood, weights, &copy->likelihood);
    else
        status = copy_regression(scratch, weights, &copy->covariates.regression);
    copy->likelihood.sample = NULL;
    copy->covariates.plain = &copy->likelihood;
    copy->problem.evaluate_sample = NULL;
    copy->problem.state = plain ? (void *)&copy->likelihood : (void *)&copy->covariates;
    return status;
}

/* The sum of w Poisson numbers of mean 1 is one of mean w. */
static void redraw(const retain__collapsed *from, retain__random *random, retain__collapsed *to)
{
    for (size_t i = 0; i < from->count; i++)
        to->weight[i] = retain__random_poisson(random, from->weight[i]);
}

static void resample_with_covariates(const retain__btyd_search *from, retain__random *random, retain__btyd_search *copy)
{
    retain__btyd_regression *of = &copy->covariates.regression;
    retain__sum customers = {0.0, 0.0}, repeaters = {0.0, 0.0};

    redraw(&from->covariates.regression.rows, random, &of->rows);
    for (size_t run = 0; run < of->rows.runs; run++) {
        retain__sum sum = {0.0, 0.0};

        for (size_t i = of->rows.first[run]; i < of->rows.first[run + 1]; i++)
            retain__sum_add(&sum, of->rows.weight[i]);
        of->weight[run] = retain__sum_value(sum);
        retain__sum_merge(&customers, sum);
        if (of->x[run] > 0.0)
            retain__sum_merge(&repeaters, sum);
    }
    copy->likelihood.moments.customers = retain__sum_value(customers);
    copy->likelihood.moments.repeaters = retain__sum_value(repeaters);
}

void retain__btyd_resample(const retain__btyd_search *from, retain__random *random, retain__btyd_search *copy)
{
    if (from->entries.covariates) {
        resample_with_covariates(from, random, copy);
    } else {
        redraw(&from->likelihood.rows, random, &copy->likelihood.rows);
        retain__btyd_measure(&copy->likelihood);
    }
    copy->problem.customers = copy->likelihood.moments.customers;
}

retain_status retain__btyd_search_again(retain__btyd_search *search, const double *searched, const retain_fit_options *options,
                                        double *values, retain_fit_report *report)
{
    const char *lack = search->likelihood.moments.customers > 0.0 ? find_lack(&search->likelihood, options) : "nobody was drawn.";
    retain_status status;

    search->likelihood.again = searched;
    status = lack ? retain__fit_too_little(NULL, &search->problem, lack, values, report)
                  : retain__fit(NULL, &search->problem, options, values, report);
    retain__btyd_restore(&search->entries, values, report);
    return status;
}

/* --- public --------------------------------------------------------------------------------------------------------------- */

void retain__btyd_fill_all(const retain__btyd_family *family, int k, const double *values, size_t covariates, double unit_days,
                           retain_btyd *model)
{
    size_t n = family->count;
    double p[RETAIN__BTYD_NUMBERS];

    memcpy(p, values, n * sizeof *p);
    p[n] = (double)k;
    retain__btyd_fill(family, p, unit_days, model);
    model->covariates = covariates;
    for (size_t c = 0; c < covariates; c++) {
        model->purchase[c] = values[n + c];
        model->lifetime[c] = values[n + covariates + c];
    }
}

retain_status retain_btyd_fit(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                              const retain_fit_options *given, retain_btyd *model, retain_fit_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_search *search = NULL;
    const retain__btyd_family *found = retain__btyd_find(family);
    retain_fit_options options;
    double values[RETAIN_FIT_PARAMETERS];
    int k = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, report, &options);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status == RETAIN_OK && !(search = retain__take(&scratch, 1, sizeof *search)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = retain__btyd_pose(&scratch, family, customers, &options, search);
    if (status == RETAIN_OK)
        status = retain__btyd_search_all(ctx, search, &options, values, report);
    if (search)
        k = search->lack ? options.k : (int)search->likelihood.k;
    retain__release(&scratch);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        retain__btyd_fill_all(found, k, values, customers->covariate_count, customers->unit_days, model);
    return status;
}

/* Draws of the parameters: what the sources share, the normal distribution, and the bootstrap. The posterior is in btyd_posterior.c.
 *
 * The question: which other models could have come out?
 *
 * The idea of the bootstrap: the customers are a sample, and another sample would have given another fit. A sample of n customers
 * drawn from them with replacement has each of them a binomial number of times, about Poisson with mean 1; drawing just that, customer
 * by customer, makes the number of customers vary as well and changes a fit by nothing that matters, and a distinct row of w customers
 * needs one Poisson number of mean w. So a refit is a fit with other weights on the same rows, and it begins where the fit to all
 * customers ended, a step or two from its own end.
 *
 * A refit may end on a boundary or a ridge: a sample in which nobody seems ever to leave. Where it ended is an answer, and to leave it
 * out would be to say that such samples do not come about; so it stays, and is counted. A refit that ends nowhere is a row of NaN. */
#include "models/btyd_draws.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/text.h"
#include "math/fit_report.h"
#include "math/linear.h"
#include "models/btyd_model.h"

enum { MOST = RETAIN_FIT_PARAMETERS, MOST_SLOTS = 64 };

static const size_t most_refits = 1000000, most_normal = 10000000;

/* --- shared --------------------------------------------------------------------------------------------------------------- */

retain_status retain__btyd_begin_draws(retain__scratch *scratch, retain_btyd_family family, const retain_customers *customers,
                                       const retain_fit_options *options, retain__btyd_search **search, double *reported,
                                       retain_btyd_draws_report *told)
{
    retain_context quiet;
    retain_fit_report fit = RETAIN_FIT_REPORT_INIT;
    retain_status status;

    *search = retain__take(scratch, 1, sizeof **search);
    if (!*search)
        return RETAIN_ERROR_MEMORY;
    status = retain__btyd_pose(scratch, family, customers, options, *search);
    if (status != RETAIN_OK)
        return status;
    status = retain__btyd_search_all(retain__btyd_quiet(scratch->ctx, &quiet), *search, options, reported, &fit);
    told->entries = (*search)->entries.count;
    told->evaluations = (size_t)fit.evaluations;
    told->prior_sd = options->prior_sd;
    told->coefficient_sd = (*search)->entries.covariates ? options->coefficient_sd : 0.0;
    told->acceptance = told->r_hat = told->ess_bulk = told->ess_tail = (double)NAN;
    if ((*search)->lack) {
        told->verdict = RETAIN_BTYD_DRAWS_LACK;
        retain__btyd_say(told, "%s", fit.explanation);
    }
    return status == RETAIN_ERROR_CONVERGENCE ? RETAIN_OK : status;
}

retain_status retain__btyd_take_draws(retain__scratch *scratch, size_t draws, size_t entries, double **values)
{
    *values = retain__take(scratch, draws, entries * sizeof **values);
    if (!*values)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < draws * entries; i++)
        (*values)[i] = (double)NAN;
    return RETAIN_OK;
}

retain_status retain__btyd_finish_draws(retain__scratch *scratch, const retain__btyd_search *search, const double *reported,
                                        double unit_days, const double *drawn, size_t draws, retain_btyd_draws_report *told,
                                        retain_btyd *model, double *values, retain_btyd_draws_report *report)
{
    told->draws = draws;
    memcpy(values, drawn, draws * told->entries * sizeof *values);
    if (model)
        retain__btyd_fill_all(search->likelihood.family, (int)search->likelihood.k, reported, search->entries.covariates, unit_days,
                              model);
    if (report) {
        size_t size = report->struct_size;

        memcpy(report, told, size < sizeof *told ? size : sizeof *told);
        report->struct_size = size;
    }
    if (told->verdict == RETAIN_BTYD_DRAWS_CONVERGED)
        return RETAIN_OK;
    return retain__fail(scratch->ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW, "%s", told->explanation);
}

void retain__btyd_find_point(retain__fit_variables *on, const double *reported, double *point)
{
    const retain__fit_problem *problem = on->problem;
    const double *matrix = problem->reported;
    size_t count = problem->parameters;
    double searched[MOST];

    for (size_t at = count; at > 0; at--) { /* the matrix is triangular */
        size_t i = at - 1;
        double rest = i < retain__fit_logarithms(problem) ? log(reported[i]) : reported[i];

        for (size_t k = at; matrix && k < count; k++)
            rest -= matrix[i * count + k] * searched[k];
        searched[i] = matrix ? rest / matrix[i * count + i] : rest;
    }
    retain__fit_raise(problem, searched, searched);
    retain__fit_take(on, searched, point);
}

void retain__btyd_write_draw(const retain__btyd_drawer *of, const double *point, double *row)
{
    const retain__btyd_entries *entries = &of->search.entries;

    retain__fit_report_entries(&of->on, point, row);
    for (size_t i = 0; i < entries->count; i++) {
        if (entries->tie[i] == RETAIN__FIT_HELD)
            row[i] = i < entries->parameters ? log(entries->held[i]) : entries->held[i];
    }
}

void retain__btyd_say(retain_btyd_draws_report *report, const char *format, ...)
{
    size_t length = strlen(report->explanation);
    va_list arguments;

    va_start(arguments, format);
    retain__format(report->explanation + length, sizeof report->explanation - length, format, arguments);
    va_end(arguments);
}

/* --- normal --------------------------------------------------------------------------------------------------------------- */

/* A square root of the covariance of logarithms and coefficients. */
static retain_status find_root(retain_context *ctx, const retain__btyd_checked *model, const double *covariance, double *root)
{
    size_t count = model->family->count, entries = count + 2 * model->model->covariates;
    double matrix[MOST * MOST], values[MOST], vectors[MOST * MOST];

    for (size_t i = 0; i < entries * entries; i++) {
        size_t row = i / entries, column = i % entries;

        if (!retain__is_finite(covariance[i]))
            return retain__fail(
                ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                "covariance[%zu] is %g; it must be finite: the fit leaves something open, and a normal distribution "
                "cannot tell how much",
                i, covariance[i]);
        matrix[i] = covariance[i] / (row < count ? model->p[row] : 1.0) / (column < count ? model->p[column] : 1.0);
    }
    retain__eigen(entries, matrix, values, vectors);
    if (values[0] < -1e-9 * fabs(values[entries - 1]))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "covariance is that of nothing: it has a negative variance");
    for (size_t i = 0; i < entries; i++) {
        for (size_t k = 0; k < entries; k++)
            root[i * entries + k] = vectors[k * entries + i] * sqrt(values[k] > 0.0 ? values[k] : 0.0);
    }
    return RETAIN_OK;
}

retain_status retain_btyd_normal(retain_context *ctx, const retain_btyd *model, const double *covariance, uint64_t seed,
                                 size_t draws, double *values)
{
    retain__btyd_checked checked;
    double root[MOST * MOST], z[MOST];
    size_t count, entries;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check_model(ctx, model, &checked);
    if (status == RETAIN_OK && (!covariance || !values))
        status = retain__fail_null(ctx, covariance ? "values" : "covariance");
    if (status == RETAIN_OK && (draws < 1 || draws > most_normal))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "draws is %zu; it must lie in [1, 10^7]", draws);
    if (status == RETAIN_OK)
        status = find_root(ctx, &checked, covariance, root);
    if (status != RETAIN_OK)
        return status;
    count = checked.family->count;
    entries = count + 2 * model->covariates;
    for (size_t draw = 0; draw < draws; draw++) {
        retain__random random = retain__random_start(seed, draw);

        for (size_t k = 0; k < entries; k++)
            z[k] = retain__random_normal(&random);
        for (size_t i = 0; i < entries; i++) {
            double *value = &values[draw * entries + i];

            *value = i < count                       ? log(checked.p[i])
                     : i < count + model->covariates ? model->purchase[i - count]
                                                     : model->lifetime[i - count - model->covariates];
            for (size_t k = 0; k < entries; k++)
                *value += root[i * entries + k] * z[k];
        }
    }
    return RETAIN_OK;
}

/* --- bootstrap ------------------------------------------------------------------------------------------------------------ */

typedef struct refits {
    const retain__btyd_search *search;
    const retain_fit_options *options;
    retain__btyd_drawer *drawer; /* one for each block of a round */
    const double *centre;        /* the fit to all customers, as it is searched */
    uint64_t seed;
    size_t first, each, draws, entries; /* draws of this round: from `first` on, so many in a block */
    double *values;
    unsigned char *ended; /* [draws] a retain_fit_verdict */
    size_t evaluations[MOST_SLOTS];
} refits;

static void refit(refits *of, retain__btyd_drawer *drawer, size_t draw, size_t *evaluations)
{
    retain__random random = retain__random_start(of->seed, draw);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double values[MOST], *row = of->values + draw * of->entries;
    retain_status status;

    retain__btyd_resample(of->search, &random, &drawer->search);
    status = retain__btyd_search_again(&drawer->search, of->centre, of->options, values, &report);
    *evaluations += (size_t)report.evaluations;
    of->ended[draw] = (unsigned char)report.verdict;
    if ((status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE) || report.verdict == RETAIN_FIT_STOPPED ||
        report.verdict == RETAIN_FIT_TOO_LITTLE_DATA)
        of->ended[draw] = RETAIN_FIT_STOPPED;
    for (size_t i = 0; i < of->entries; i++) {
        row[i] = i < drawer->search.entries.parameters ? log(values[i]) : values[i];
        if (of->ended[draw] == RETAIN_FIT_STOPPED)
            row[i] = (double)NAN;
    }
}

static void refit_block(void *state, size_t block, size_t first, size_t last)
{
    refits *of = state;

    first = of->first + block * of->each;
    last = of->draws - first < of->each ? of->draws : first + of->each;
    for (size_t draw = first; draw < last; draw++)
        refit(of, &of->drawer[block], draw, &of->evaluations[block]);
}

/* Refits in rounds of as many blocks as there are threads, each block with a search of its own. */
static retain_status refit_all(retain__scratch *scratch, refits *of)
{
    retain_context *ctx = scratch->ctx;
    size_t slots = ctx && ctx->threads > 1 ? (size_t)ctx->threads : 1;
    retain_status status = RETAIN_OK;

    slots = slots < MOST_SLOTS ? slots : MOST_SLOTS;
    of->each = 8;
    of->drawer = retain__take(scratch, slots, sizeof *of->drawer);
    if (!of->drawer)
        return RETAIN_ERROR_MEMORY;
    for (size_t slot = 0; status == RETAIN_OK && slot < slots; slot++)
        status = retain__btyd_copy_search(scratch, of->search, 1, &of->drawer[slot].search);
    for (of->first = 0; status == RETAIN_OK && of->first < of->draws; of->first += slots * of->each) {
        size_t left = retain__blocks(of->draws - of->first, of->each), blocks = left < slots ? left : slots;
        double done = (double)of->first / (double)of->draws, next = (double)(of->first + blocks * of->each) / (double)of->draws;

        status = retain__parallel(ctx, blocks, 1, done, next < 1.0 ? next : 1.0, refit_block, of);
    }
    return status;
}

static void judge_refits(const refits *of, retain_btyd_draws_report *report)
{
    size_t all = of->draws;

    for (size_t draw = 0; draw < all; draw++) {
        report->failed += of->ended[draw] == RETAIN_FIT_STOPPED;
        report->open += of->ended[draw] == RETAIN_FIT_BOUNDARY || of->ended[draw] == RETAIN_FIT_RIDGE;
    }
    for (size_t slot = 0; slot < MOST_SLOTS; slot++)
        report->evaluations += of->evaluations[slot];
    report->verdict = 20 * (report->failed + report->open) > all ? RETAIN_BTYD_DRAWS_UNSTEADY : RETAIN_BTYD_DRAWS_CONVERGED;
    if (report->failed + report->open == 0)
        retain__btyd_say(report, "All %zu refits converged.", all);
    else
        retain__btyd_say(report, "Of %zu refits %zu ended on a boundary or a ridge, which they hold, and %zu nowhere.%s", all,
                         report->open, report->failed,
                         report->verdict == RETAIN_BTYD_DRAWS_CONVERGED
                             ? ""
                             : " Limits of parameters are then no limits: give a prior, or use the posterior.");
}

static retain_status bootstrap(retain__scratch *scratch, const retain_fit_options *options, const retain__btyd_search *search,
                               const double *reported, refits *of, retain_btyd_draws_report *report)
{
    retain__fit_variables on = retain__fit_choose_variables(&search->problem);
    double point[MOST], centre[MOST];
    retain_status status;

    retain__btyd_find_point(&on, reported, point);
    retain__fit_spread(&on, point, centre);
    retain__fit_raise(&search->problem, centre, centre);
    of->search = search;
    of->entries = search->entries.count;
    of->options = options;
    of->centre = centre;
    of->ended = retain__take_zeroed(scratch, of->draws, sizeof *of->ended);
    if (!of->ended)
        return RETAIN_ERROR_MEMORY;
    status = refit_all(scratch, of);
    if (status == RETAIN_OK)
        judge_refits(of, report);
    return status;
}

static retain_status check_refits(retain_context *ctx, size_t draws, const double *values, const retain_btyd_draws_report *report)
{
    if (draws < 1 || draws > most_refits)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "draws is %zu; it must lie in [1, 10^6]", draws);
    if (!values)
        return retain__fail_null(ctx, "values");
    return retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
}

retain_status retain_btyd_bootstrap(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                                    const retain_fit_options *given, uint64_t seed, size_t draws, retain_btyd *model,
                                    double *values, retain_btyd_draws_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_search *search = NULL;
    retain_fit_options options;
    retain_btyd_draws_report told = RETAIN_BTYD_DRAWS_REPORT_INIT;
    refits of = {.seed = seed, .draws = draws};
    double reported[MOST];
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, NULL, &options);
    if (status == RETAIN_OK)
        status = check_refits(ctx, draws, values, report);
    if (status == RETAIN_OK)
        status = retain__btyd_begin_draws(&scratch, family, customers, &options, &search, reported, &told);
    if (status == RETAIN_OK)
        status = retain__btyd_take_draws(&scratch, draws, told.entries, &of.values);
    if (status == RETAIN_OK && !search->lack)
        status = bootstrap(&scratch, &options, search, reported, &of, &told);
    if (status == RETAIN_OK)
        status = retain__btyd_finish_draws(&scratch, search, reported, customers->unit_days, of.values, draws, &told, model, values,
                                           report);
    retain__release(&scratch);
    return status;
}

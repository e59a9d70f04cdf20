/* Draws of the parameters: what the sources share, the normal distribution, and the bootstrap. The posterior is in btyd_posterior.c.
 *
 * The question: which other models could have come out?
 *
 * The idea of the bootstrap: the customers are a sample, and another sample would have given another fit. A sample of n customers
 * drawn from them with replacement has each of them a binomial number of times, about Poisson with mean 1; drawing just that, customer
 * by customer, makes the number of customers vary as well and changes a fit by nothing that matters, and a distinct row of w customers
 * needs one Poisson number of mean w. So a refit is a fit with other weights on the same rows, and it begins where the fit to all
 * customers ended, a step or two from its own end. */
#include "models/btyd_draws.h"

#include <math.h>

#include "math/linear.h"
#include "models/btyd_model.h"

enum { MOST = RETAIN_FIT_PARAMETERS };

static const size_t most_normal = 10000000;

/* --- shared --------------------------------------------------------------------------------------------------------------- */

retain_status retain__btyd_begin_draws(retain__scratch *scratch, retain_btyd_family family, const retain_customers *customers,
                                       const retain_fit_options *options, retain__btyd_search **search, double *reported,
                                       retain_draws_report *told)
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
    retain__draws_begin(&fit, (*search)->entries.count, told);
    told->prior_sd = options->prior_sd;
    told->coefficient_sd = (*search)->entries.covariates ? options->coefficient_sd : 0.0;
    return status == RETAIN_ERROR_CONVERGENCE ? RETAIN_OK : status;
}

retain_status retain__btyd_finish_draws(retain__scratch *scratch, const retain__btyd_search *search, const double *reported,
                                        double unit_days, const double *drawn, size_t draws, retain_draws_report *told,
                                        retain_btyd *model, double *values, retain_draws_report *report)
{
    if (model)
        retain__btyd_fill_all(search->likelihood.family, (int)search->likelihood.k, reported, search->entries.covariates, unit_days,
                              model);
    return retain__draws_finish(scratch->ctx, drawn, draws, told, values, report);
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
    retain__btyd_search *own; /* [slots] */
    const double *centre;     /* the fit to all customers, as it is searched */
} refits;

static retain_status refit(void *state, size_t slot, retain__random *random, double *values, retain_fit_report *report)
{
    const refits *of = state;

    retain__btyd_resample(of->search, random, &of->own[slot]);
    return retain__btyd_search_again(&of->own[slot], of->centre, of->options, values, report);
}

static retain_status bootstrap(retain__scratch *scratch, const retain_fit_options *options, const retain__btyd_search *search,
                               const double *reported, uint64_t seed, size_t draws, double *values, retain_draws_report *told)
{
    retain__fit_variables on = retain__fit_choose_variables(&search->problem);
    double point[MOST], centre[MOST];
    refits of = {.search = search, .options = options, .centre = centre};
    const retain__refits all = {search->entries.count, search->entries.parameters, &of, refit};
    size_t slots = retain__refit_slots(scratch->ctx);
    retain_status status = RETAIN_OK;

    retain__draws_find_point(&on, reported, point);
    retain__fit_spread(&on, point, centre);
    retain__fit_raise(&search->problem, centre, centre);
    of.own = retain__take(scratch, slots, sizeof *of.own);
    if (!of.own)
        return RETAIN_ERROR_MEMORY;
    for (size_t slot = 0; status == RETAIN_OK && slot < slots; slot++)
        status = retain__btyd_copy_search(scratch, search, 1, &of.own[slot]);
    return status == RETAIN_OK ? retain__draw_refits(scratch, &all, seed, draws, values, told) : status;
}

retain_status retain_btyd_bootstrap(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                                    const retain_fit_options *given, uint64_t seed, size_t draws, retain_btyd *model,
                                    double *values, retain_draws_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_search *search = NULL;
    retain_fit_options options;
    retain_draws_report told = RETAIN_DRAWS_REPORT_INIT;
    double *drawn = NULL;
    double reported[MOST];
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, NULL, &options);
    if (status == RETAIN_OK)
        status = retain__draws_check_refits(ctx, draws, values, report);
    if (status == RETAIN_OK)
        status = retain__btyd_begin_draws(&scratch, family, customers, &options, &search, reported, &told);
    if (status == RETAIN_OK)
        status = retain__draws_take(&scratch, draws, told.entries, &drawn);
    if (status == RETAIN_OK && !search->lack)
        status = bootstrap(&scratch, &options, search, reported, seed, draws, drawn, &told);
    if (status == RETAIN_OK)
        status =
            retain__btyd_finish_draws(&scratch, search, reported, customers->unit_days, drawn, draws, &told, model, values, report);
    retain__release(&scratch);
    return status;
}

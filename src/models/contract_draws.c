/* Draws of the parameters of contract models: what is sampled is the function that a fit climbs (contract_fit.c), with a prior; or fits to
 * other customers of the same kind. How is in math/draws.c; here copies of the search are made, one for each chain or thread, which share
 * the rows of customers. There are a few dozen different ones at most, so a posterior takes a fraction of a second. */
#include <math.h>

#include "math/draws.h"
#include "models/contract_fit.h"
#include "retain/contract_draws.h"

enum { PARAMETERS = RETAIN__CONTRACT_PARAMETERS };

static const double least_centre = 1e-16, most_centre = 1e16;

/* What all sources are asked. */
typedef struct request {
    retain_contract_family family;
    retain__contract_data data;
    const retain_fit_options *options;
    uint64_t seed;
    int is_posterior;
    size_t chains, draws;
    retain_contract *model;
    double *values;
    retain_draws_report *report;
} request;

static retain_status check_centre(retain_context *ctx, const retain_fit_options *options, size_t count)
{
    for (size_t k = 0; options->prior_centre && k < count; k++) {
        if (!(options->prior_centre[k] >= least_centre && options->prior_centre[k] <= most_centre))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "options.prior_centre[%zu] is %g; it must lie in [1e-16, 1e16]", k, options->prior_centre[k]);
    }
    return RETAIN_OK;
}

static retain_status check(retain_context *ctx, const request *of, retain_fit_options *options)
{
    retain_status status = retain__contract_begin_fit(ctx, of->family, of->options, NULL, of->is_posterior, options);

    if (status == RETAIN_OK)
        status = check_centre(ctx, options, retain_contract_parameters(of->family));
    if (status == RETAIN_OK)
        status = of->is_posterior ? retain__draws_check_posterior(ctx, of->chains, of->draws, of->values, of->report)
                                  : retain__draws_check_refits(ctx, of->draws, of->values, of->report);
    if (status == RETAIN_OK && of->is_posterior)
        retain__draws_need_prior(options);
    return status;
}

static retain_status sample(retain__scratch *scratch, const request *of, const retain__contract_search *search, const double *p,
                            double *values, retain_draws_report *told)
{
    retain__contract_search *copies = retain__take(scratch, of->chains, sizeof *copies);
    const retain__fit_problem **own = retain__take(scratch, of->chains, sizeof *own);
    retain_status status = copies && own ? RETAIN_OK : RETAIN_ERROR_MEMORY;

    for (size_t c = 0; status == RETAIN_OK && c < of->chains; c++) {
        status = retain__contract_copy_search(scratch, search, 0, &copies[c]);
        own[c] = &copies[c].problem;
    }
    return status == RETAIN_OK
               ? retain__draw_posterior(scratch, &search->problem, own, p, of->seed, of->chains, of->draws, values, told)
               : status;
}

typedef struct refits {
    const retain__contract_search *search;
    const retain_fit_options *options;
    retain__contract_search *own; /* [slots] */
    const double *centre;         /* the fit to all customers */
} refits;

static retain_status refit(void *state, size_t slot, retain__random *random, double *values, retain_fit_report *report)
{
    const refits *of = state;

    retain__contract_resample(of->search, random, &of->own[slot]);
    return retain__contract_search_again(&of->own[slot], of->centre, of->options, values, report);
}

static retain_status bootstrap(retain__scratch *scratch, const request *asked, const retain_fit_options *options,
                               const retain__contract_search *search, const double *p, double *values, retain_draws_report *told)
{
    size_t slots = retain__refit_slots(scratch->ctx), count = search->family->count;
    refits of = {search, options, retain__take(scratch, slots, sizeof *of.own), p};
    const retain__refits all = {count, count, &of, refit};
    retain_status status = of.own ? RETAIN_OK : RETAIN_ERROR_MEMORY;

    for (size_t slot = 0; status == RETAIN_OK && slot < slots; slot++)
        status = retain__contract_copy_search(scratch, search, 1, &of.own[slot]);
    return status == RETAIN_OK ? retain__draw_refits(scratch, &all, asked->seed, asked->draws, values, told) : status;
}

static retain_status draw_checked(retain__scratch *scratch, const request *of, const retain_fit_options *options)
{
    size_t rows = of->chains * of->draws;
    retain__contract_search search;
    retain_fit_report fit = RETAIN_FIT_REPORT_INIT;
    retain_draws_report told = RETAIN_DRAWS_REPORT_INIT;
    double p[PARAMETERS] = {0.0}, *drawn = NULL;
    retain_status status = retain__contract_pose(scratch, of->family, &of->data, options, &search);

    if (status == RETAIN_OK)
        status = retain__contract_search_all(scratch->ctx, &search, options, p, &fit);
    if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
        return status;
    retain__draws_begin(&fit, search.family->count, &told);
    told.prior_sd = options->prior_sd;
    status = retain__draws_take(scratch, rows, search.family->count, &drawn);
    if (status == RETAIN_OK && !search.lack)
        status = of->is_posterior ? sample(scratch, of, &search, p, drawn, &told)
                                  : bootstrap(scratch, of, options, &search, p, drawn, &told);
    if (status != RETAIN_OK)
        return status;
    if (of->model)
        retain__contract_fill(search.family, p, search.period_days, of->model);
    return retain__draws_finish(scratch->ctx, drawn, rows, &told, of->values, of->report);
}

static retain_status draw(retain_context *ctx, const request *of)
{
    retain__scratch scratch = {ctx, NULL};
    retain_fit_options options;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = check(ctx, of, &options);
    if (status == RETAIN_OK)
        status = draw_checked(&scratch, of, &options);
    retain__release(&scratch);
    return status;
}

/* --- public ------------------------------------------------------------------------------------------------------------------- */

retain_status retain_contract_posterior(retain_context *ctx, retain_contract_family family,
                                        const retain_contract_customers *customers, const retain_fit_options *options,
                                        uint64_t seed, size_t chains, size_t draws, retain_contract *model, double *values,
                                        retain_draws_report *report)
{
    return draw(ctx, &(request){family, {customers, NULL, 0}, options, seed, 1, chains, draws, model, values, report});
}

retain_status retain_contract_posterior_cohorts(retain_context *ctx, retain_contract_family family,
                                                const retain_contract_cohorts *cohorts, const retain_fit_options *options,
                                                uint64_t seed, size_t chains, size_t draws, retain_contract *model, double *values,
                                                retain_draws_report *report)
{
    return draw(ctx, &(request){family, {NULL, cohorts, 1}, options, seed, 1, chains, draws, model, values, report});
}

retain_status retain_contract_bootstrap(retain_context *ctx, retain_contract_family family,
                                        const retain_contract_customers *customers, const retain_fit_options *options,
                                        uint64_t seed, size_t draws, retain_contract *model, double *values,
                                        retain_draws_report *report)
{
    return draw(ctx, &(request){family, {customers, NULL, 0}, options, seed, 0, 1, draws, model, values, report});
}

retain_status retain_contract_bootstrap_cohorts(retain_context *ctx, retain_contract_family family,
                                                const retain_contract_cohorts *cohorts, const retain_fit_options *options,
                                                uint64_t seed, size_t draws, retain_contract *model, double *values,
                                                retain_draws_report *report)
{
    return draw(ctx, &(request){family, {NULL, cohorts, 1}, options, seed, 0, 1, draws, model, values, report});
}

/* Draws from the posterior distribution: what is sampled is the function that a fit with a prior climbs (math/draws.c), of which each
 * chain has a copy of its own, on the same rows of customers. */
#include <math.h>

#include "models/btyd_draws.h"

enum { MOST = RETAIN_FIT_PARAMETERS };

/* What is held is that in every draw, exactly. */
static void write_held(const retain__btyd_entries *entries, size_t draws, double *values)
{
    for (size_t i = 0; i < entries->count; i++) {
        double held = i < entries->parameters ? log(entries->held[i]) : entries->held[i];

        for (size_t draw = 0; entries->tie[i] == RETAIN__FIT_HELD && draw < draws; draw++)
            values[draw * entries->count + i] = held;
    }
}

static retain_status sample(retain__scratch *scratch, const retain__btyd_search *search, const double *reported, uint64_t seed,
                            size_t chains, size_t draws, double *values, retain_draws_report *told)
{
    retain__btyd_search *copies = retain__take(scratch, chains, sizeof *copies);
    const retain__fit_problem **own = retain__take(scratch, chains, sizeof *own);
    retain_status status = copies && own ? RETAIN_OK : RETAIN_ERROR_MEMORY;

    for (size_t c = 0; status == RETAIN_OK && c < chains; c++) {
        status = retain__btyd_copy_search(scratch, search, 0, &copies[c]);
        own[c] = &copies[c].problem;
    }
    if (status == RETAIN_OK)
        status = retain__draw_posterior(scratch, &search->problem, own, reported, seed, chains, draws, values, told);
    if (status == RETAIN_OK)
        write_held(&search->entries, chains * draws, values);
    return status;
}

retain_status retain_btyd_posterior(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                                    const retain_fit_options *given, uint64_t seed, size_t chains, size_t draws, retain_btyd *model,
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
        status = retain__draws_check_posterior(ctx, chains, draws, values, report);
    if (status == RETAIN_OK) {
        retain__draws_need_prior(&options);
        status = retain__btyd_begin_draws(&scratch, family, customers, &options, &search, reported, &told);
    }
    if (status == RETAIN_OK)
        status = retain__draws_take(&scratch, chains * draws, told.entries, &drawn);
    if (status == RETAIN_OK && !search->lack)
        status = sample(&scratch, search, reported, seed, chains, draws, drawn, &told);
    if (status == RETAIN_OK)
        status = retain__btyd_finish_draws(&scratch, search, reported, customers->unit_days, drawn, chains * draws, &told, model,
                                           values, report);
    retain__release(&scratch);
    return status;
}

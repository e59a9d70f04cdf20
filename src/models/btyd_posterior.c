/* Draws from the posterior distribution.
 *
 * The question: what is known about the parameters once the customers are seen?
 *
 * The idea: the posterior is the function that a fit with a prior climbs, so its draws are those of Hamiltonian Monte Carlo on what a fit
 * searches (math/sampler.c), beginning about the top that the fit finds, with the curvature there for a first picture. Chains share the
 * rows of the customers and nothing else; each goes its way on a thread of its own, in rounds, between which a caller may cancel.
 *
 * Whether to believe them is asked of the draws alone (math/chains.c), entry by entry, and answered in words. */
#include <math.h>
#include <string.h>

#include "math/chains.h"
#include "math/sampler.h"
#include "models/btyd_draws.h"

enum { MOST = RETAIN_FIT_PARAMETERS, MOST_CHAINS = 64, ROUND = 50, MOST_STEPS = 200 };

static const size_t most_draws = 1000000;
static const double default_prior_sd = 2.0, default_coefficient_sd = 1.0, agreed = 1.01, enough = 100.0, reach = 28.0;

typedef struct sampling {
    retain__btyd_drawer *drawer; /* [chains] */
    retain__chain *chain;        /* [chains] */
    size_t chains, draws, entries, variables;
    int until;      /* iteration at which this round ends */
    double *points; /* [chains * draws * variables] */
    double *values; /* [chains * draws * entries] */
} sampling;

static void advance(void *state, size_t block, size_t first, size_t last)
{
    sampling *of = state;
    retain__chain *chain = &of->chain[block];

    (void)first;
    (void)last;
    retain__chain_advance(chain, of->until - chain->iteration, of->points + block * of->draws * of->variables);
}

static retain_status sample(retain_context *ctx, sampling *of)
{
    const int all = (int)of->draws + RETAIN__WARM_UP;
    retain_status status = RETAIN_OK;

    for (int done = 0; status == RETAIN_OK && done < all; done = of->until) {
        of->until = all - done < ROUND ? all : done + ROUND;
        status = retain__parallel(ctx, of->chains, 1, (double)done / all, (double)of->until / all, advance, of);
    }
    return status;
}

static void write_draws(const sampling *of)
{
    for (size_t i = 0; i < of->chains * of->draws; i++)
        retain__btyd_write_draw(&of->drawer[i / of->draws], of->points + i * of->variables, of->values + i * of->entries);
}

/* The top of the posterior, from where the fit ended. */
static retain_status climb(const retain__btyd_search *search, const double *reported, retain__newton *peak)
{
    retain__fit_variables on = retain__fit_choose_variables(&search->problem);
    const retain__function function = {on.count, retain__fit_evaluate, &on, search->problem.customers, 0.0};

    retain__btyd_find_point(&on, reported, peak->point);
    return retain__newton_maximise(&function, MOST_STEPS, reach, peak);
}

static retain_status begin_chains(retain__scratch *scratch, const retain__btyd_search *search, const double *reported,
                                  uint64_t seed, sampling *of)
{
    retain__newton peak;
    retain_status status = climb(search, reported, &peak);

    of->drawer = retain__take(scratch, of->chains, sizeof *of->drawer);
    of->chain = retain__take(scratch, of->chains, sizeof *of->chain);
    if (!of->drawer || !of->chain)
        return RETAIN_ERROR_MEMORY;
    for (size_t c = 0; status == RETAIN_OK && c < of->chains; c++) {
        retain__btyd_drawer *own = &of->drawer[c];
        retain__function function = {.evaluate = retain__fit_evaluate, .state = &own->on};
        double point[MOST];

        status = retain__btyd_copy_search(scratch, search, 0, &own->search);
        if (status != RETAIN_OK)
            return status;
        own->on = retain__fit_choose_variables(&own->search.problem);
        retain__btyd_find_point(&own->on, reported, point);
        function.count = of->variables = own->on.count;
        for (size_t k = 0; c == 0 && k < of->variables; k++)
            peak.curvature[k] = peak.curvature[k] > 1e-3 ? peak.curvature[k] : 1e-3;
        retain__chain_begin(&of->chain[c], &function, &peak, seed, c);
    }
    of->points = retain__take(scratch, of->chains * of->draws, of->variables * sizeof *of->points);
    return status != RETAIN_OK || of->points ? status : RETAIN_ERROR_MEMORY;
}

/* --- verdict -------------------------------------------------------------------------------------------------------------- */

static void judge(const sampling *of, const char *worst, const char *least, retain_btyd_draws_report *report)
{
    double wanted = enough * (double)of->chains;

    report->verdict = RETAIN_BTYD_DRAWS_CONVERGED;
    if (!(report->r_hat < agreed)) {
        report->verdict = RETAIN_BTYD_DRAWS_APART;
        retain__btyd_say(report,
                         "The chains disagree: the R-hat of %s is %.4g, and should be below 1.01. Take more draws, or a "
                         "narrower prior.",
                         worst, report->r_hat);
    } else if (1000 * report->divergences > report->draws) {
        report->verdict = RETAIN_BTYD_DRAWS_DIVERGENT;
        retain__btyd_say(report,
                         "%zu trajectories of %zu broke off, so a corner of the distribution may be missing. A narrower prior "
                         "helps.",
                         report->divergences, report->draws);
    } else if (!(report->ess_bulk >= wanted && report->ess_tail >= wanted)) {
        report->verdict = RETAIN_BTYD_DRAWS_FEW;
        retain__btyd_say(report,
                         "The chains agree, but for %s their draws are worth %.4g independent ones in the middle and %.4g in the "
                         "tails, of %g wanted: take more draws.",
                         least, report->ess_bulk, report->ess_tail, wanted);
    } else {
        retain__btyd_say(report,
                         "The chains agree: R-hat is %.4g at most, and the draws are worth %.4g independent ones or more (%.4g in "
                         "the tails).",
                         report->r_hat, report->ess_bulk, report->ess_tail);
    }
}

/* Convergence of every entry that is not held; the worst ones are what counts. */
static retain_status diagnose(retain__scratch *scratch, const retain__btyd_search *search, const sampling *of,
                              retain_btyd_draws_report *report)
{
    size_t all = of->chains * of->draws;
    const char *worst = "", *least = "";
    double *numbers = retain__take(scratch, all, sizeof *numbers), *room = retain__take(scratch, all, 6 * sizeof *room),
           acceptance = 0.0;
    double r_hat = 0.0, bulk = (double)INFINITY, tail = (double)INFINITY;

    if (!numbers || !room)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < of->entries; i++) {
        retain__convergence found;

        if (search->entries.tie[i] != (int)i)
            continue;
        for (size_t k = 0; k < all; k++)
            numbers[k] = of->values[k * of->entries + i];
        found = retain__find_convergence(numbers, of->chains, of->draws, room);
        if (!(found.r_hat <= r_hat)) {
            worst = search->entries.names[i];
            r_hat = found.r_hat == found.r_hat ? found.r_hat : (double)INFINITY; /* a chain that stands still */
        }
        if (!(fmin(found.ess_bulk, found.ess_tail) >= fmin(bulk, tail)))
            least = search->entries.names[i];
        bulk = fmin(bulk, found.ess_bulk);
        tail = fmin(tail, found.ess_tail);
    }
    for (size_t c = 0; c < of->chains; c++) {
        report->divergences += of->chain[c].divergences;
        report->evaluations += of->chain[c].evaluations;
        acceptance += of->chain[c].acceptance;
    }
    report->draws = all;
    report->acceptance = acceptance / (double)all;
    report->r_hat = r_hat;
    report->ess_bulk = bulk;
    report->ess_tail = tail;
    judge(of, worst, least, report);
    return RETAIN_OK;
}

/* --- public --------------------------------------------------------------------------------------------------------------- */

static retain_status check(retain_context *ctx, size_t chains, size_t draws, const double *values,
                           const retain_btyd_draws_report *report)
{
    if (chains < 1 || chains > MOST_CHAINS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "chains is %zu; it must lie in [1, %d]", chains,
                            MOST_CHAINS);
    if (draws < 4 || draws > most_draws)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "draws is %zu; it must lie in [4, 10^6]", draws);
    if (!values)
        return retain__fail_null(ctx, "values");
    return retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
}

static retain_status sample_all(retain__scratch *scratch, const retain__btyd_search *search, const double *reported, uint64_t seed,
                                sampling *of, retain_btyd_draws_report *told)
{
    retain_status status;

    of->entries = search->entries.count;
    status = begin_chains(scratch, search, reported, seed, of);
    if (status == RETAIN_OK)
        status = sample(scratch->ctx, of);
    if (status != RETAIN_OK)
        return status;
    write_draws(of);
    return diagnose(scratch, search, of, told);
}

retain_status retain_btyd_posterior(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                                    const retain_fit_options *given, uint64_t seed, size_t chains, size_t draws, retain_btyd *model,
                                    double *values, retain_btyd_draws_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    retain__btyd_search *search = NULL;
    retain_fit_options options;
    retain_btyd_draws_report told = RETAIN_BTYD_DRAWS_REPORT_INIT;
    sampling of = {.chains = chains, .draws = draws};
    double reported[MOST];
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, NULL, &options);
    if (status == RETAIN_OK)
        status = check(ctx, chains, draws, values, report);
    if (status == RETAIN_OK) {
        options.prior_sd = options.prior_sd > 0.0 ? options.prior_sd : default_prior_sd;
        options.coefficient_sd = options.coefficient_sd > 0.0 ? options.coefficient_sd : default_coefficient_sd;
        status = retain__btyd_begin_draws(&scratch, family, customers, &options, &search, reported, &told);
    }
    if (status == RETAIN_OK)
        status = retain__btyd_take_draws(&scratch, chains * draws, told.entries, &of.values);
    if (status == RETAIN_OK && !search->lack)
        status = sample_all(&scratch, search, reported, seed, &of, &told);
    if (status == RETAIN_OK)
        status = retain__btyd_finish_draws(&scratch, search, reported, customers->unit_days, of.values, chains * draws, &told,
                                           model, values, report);
    retain__release(&scratch);
    return status;
}

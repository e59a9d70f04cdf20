/* Draws from the posterior distribution, and by refits, of any model that is fitted.
 *
 * The question: a fit gives one model; which others could have made these customers?
 *
 * The posterior is the function that a fit with a prior climbs, so its draws are those of Hamiltonian Monte Carlo on what a fit
 * searches (sampler.c), beginning about the top that the fit finds, with the curvature there for a first picture. Chains share the
 * rows of the customers and nothing else; each goes its way on a thread of its own, in rounds, between which a caller may cancel.
 * Whether to believe them is asked of the draws alone (chains.c), entry by entry, and answered in words.
 *
 * Refits go in rounds too, of as many blocks as there are threads. One may end on a boundary or a ridge: a sample in which nobody
 * seems ever to leave. Where it ended is an answer, and to leave it out would be to say that such samples do not come about; so it
 * stays, and is counted. A refit that ends nowhere is a row of NaN. */
#include "math/draws.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/text.h"
#include "math/chains.h"
#include "math/fit_report.h"
#include "math/sampler.h"

enum { MOST = RETAIN_FIT_PARAMETERS, MOST_CHAINS = 64, ROUND = 50, MOST_STEPS = 200, MOST_SLOTS = 64, REFITS = 8 };

static const size_t most_draws = 1000000;
static const double default_prior_sd = 2.0, default_coefficient_sd = 1.0, agreed = 1.01, enough = 100.0, reach = 28.0;

/* --- how many, and what is known already ---------------------------------------------------------------------------------- */

retain_status retain__draws_check_posterior(retain_context *ctx, size_t chains, size_t draws, const double *values,
                                            const retain_draws_report *report)
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

retain_status retain__draws_check_refits(retain_context *ctx, size_t draws, const double *values, const retain_draws_report *report)
{
    if (draws < 1 || draws > most_draws)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "draws is %zu; it must lie in [1, 10^6]", draws);
    if (!values)
        return retain__fail_null(ctx, "values");
    return retain__check_struct(ctx, "report", report, sizeof *report, sizeof *report);
}

void retain__draws_need_prior(retain_fit_options *options)
{
    options->prior_sd = options->prior_sd > 0.0 ? options->prior_sd : default_prior_sd;
    options->coefficient_sd = options->coefficient_sd > 0.0 ? options->coefficient_sd : default_coefficient_sd;
}

retain_status retain__draws_take(retain__scratch *scratch, size_t draws, size_t entries, double **values)
{
    *values = retain__take(scratch, draws, entries * sizeof **values);
    if (!*values)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < draws * entries; i++)
        (*values)[i] = (double)NAN;
    return RETAIN_OK;
}

void retain__draws_begin(const retain_fit_report *fit, size_t entries, retain_draws_report *told)
{
    told->entries = entries;
    told->evaluations = (size_t)fit->evaluations;
    told->acceptance = told->r_hat = told->ess_bulk = told->ess_tail = (double)NAN;
    if (fit->verdict == RETAIN_FIT_TOO_LITTLE_DATA) {
        told->verdict = RETAIN_DRAWS_LACK;
        retain__draws_say(told, "%s", fit->explanation);
    }
}

void retain__draws_say(retain_draws_report *report, const char *format, ...)
{
    size_t length = strlen(report->explanation);
    va_list arguments;

    va_start(arguments, format);
    retain__format(report->explanation + length, sizeof report->explanation - length, format, arguments);
    va_end(arguments);
}

retain_status retain__draws_finish(retain_context *ctx, const double *drawn, size_t draws, retain_draws_report *told,
                                   double *values, retain_draws_report *report)
{
    told->draws = draws;
    memcpy(values, drawn, draws * told->entries * sizeof *values);
    if (report) {
        size_t size = report->struct_size;

        memcpy(report, told, size < sizeof *told ? size : sizeof *told);
        report->struct_size = size;
    }
    if (told->verdict == RETAIN_DRAWS_CONVERGED)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW, "%s", told->explanation);
}

void retain__draws_find_point(retain__fit_variables *on, const double *reported, double *point)
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

/* --- posterior ------------------------------------------------------------------------------------------------------------ */

typedef struct sampling {
    retain__fit_variables *on; /* [chains] */
    retain__chain *chain;      /* [chains] */
    size_t chains, draws, variables;
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

/* The top of the posterior, from where the fit ended. */
static retain_status climb(const retain__fit_problem *problem, const double *reported, retain__newton *peak)
{
    retain__fit_variables on = retain__fit_choose_variables(problem);
    const retain__function function = {on.count, retain__fit_evaluate, &on, problem->customers, 0.0};

    retain__draws_find_point(&on, reported, peak->point);
    return retain__newton_maximise(&function, MOST_STEPS, reach, peak);
}

static retain_status begin_chains(retain__scratch *scratch, const retain__fit_problem *whole, const retain__fit_problem *const *own,
                                  const double *reported, uint64_t seed, sampling *of)
{
    retain__newton peak;
    retain_status status = climb(whole, reported, &peak);

    if (status != RETAIN_OK)
        return status;
    of->on = retain__take(scratch, of->chains, sizeof *of->on);
    of->chain = retain__take(scratch, of->chains, sizeof *of->chain);
    if (!of->on || !of->chain)
        return RETAIN_ERROR_MEMORY;
    of->variables = retain__fit_choose_variables(whole).count;
    for (size_t k = 0; k < of->variables; k++)
        peak.curvature[k] = peak.curvature[k] > 1e-3 ? peak.curvature[k] : 1e-3;
    for (size_t c = 0; c < of->chains; c++) {
        const retain__function function = {of->variables, retain__fit_evaluate, &of->on[c], 0.0, 0.0};
        double point[MOST];

        of->on[c] = retain__fit_choose_variables(own[c]);
        retain__draws_find_point(&of->on[c], reported, point); /* which also tells what is held */
        retain__chain_begin(&of->chain[c], &function, &peak, seed, c);
    }
    of->points = retain__take(scratch, of->chains * of->draws, of->variables * sizeof *of->points);
    return of->points ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

static void judge(const sampling *of, const char *worst, const char *least, retain_draws_report *report)
{
    double wanted = enough * (double)of->chains;

    report->verdict = RETAIN_DRAWS_CONVERGED;
    if (!(report->r_hat < agreed)) {
        report->verdict = RETAIN_DRAWS_APART;
        retain__draws_say(report,
                          "The chains disagree: the R-hat of %s is %.4g, and should be below 1.01. Take more draws, or a "
                          "narrower prior.",
                          worst, report->r_hat);
    } else if (1000 * report->divergences > report->draws) {
        report->verdict = RETAIN_DRAWS_DIVERGENT;
        retain__draws_say(report,
                          "%zu trajectories of %zu broke off, so a corner of the distribution may be missing. A narrower prior "
                          "helps.",
                          report->divergences, report->draws);
    } else if (!(report->ess_bulk >= wanted && report->ess_tail >= wanted)) {
        report->verdict = RETAIN_DRAWS_FEW;
        retain__draws_say(report,
                          "The chains agree, but for %s their draws are worth %.4g independent ones in the middle and %.4g in the "
                          "tails, of %g wanted: take more draws.",
                          least, report->ess_bulk, report->ess_tail, wanted);
    } else {
        retain__draws_say(report,
                          "The chains agree: R-hat is %.4g at most, and the draws are worth %.4g independent ones or more (%.4g in "
                          "the tails).",
                          report->r_hat, report->ess_bulk, report->ess_tail);
    }
}

/* Convergence of every entry that is not held; the worst ones are what counts. */
static retain_status diagnose(retain__scratch *scratch, const retain__fit_problem *problem, const sampling *of,
                              retain_draws_report *report)
{
    size_t all = of->chains * of->draws;
    const char *worst = "", *least = "";
    double *numbers = retain__take(scratch, all, sizeof *numbers), *room = retain__take(scratch, all, 6 * sizeof *room),
           acceptance = 0.0;
    double r_hat = 0.0, bulk = (double)INFINITY, tail = (double)INFINITY;

    if (!numbers || !room)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < problem->parameters; i++) {
        retain__convergence found;

        if (problem->tie && problem->tie[i] != (int)i)
            continue;
        for (size_t k = 0; k < all; k++)
            numbers[k] = of->values[k * problem->parameters + i];
        found = retain__find_convergence(numbers, of->chains, of->draws, room);
        if (!(found.r_hat <= r_hat)) {
            worst = problem->names[i];
            r_hat = found.r_hat == found.r_hat ? found.r_hat : (double)INFINITY; /* a chain that stands still */
        }
        if (!(fmin(found.ess_bulk, found.ess_tail) >= fmin(bulk, tail)))
            least = problem->names[i];
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

retain_status retain__draw_posterior(retain__scratch *scratch, const retain__fit_problem *whole,
                                     const retain__fit_problem *const *own, const double *reported, uint64_t seed, size_t chains,
                                     size_t draws, double *values, retain_draws_report *told)
{
    sampling of = {.chains = chains, .draws = draws, .values = values};
    retain_status status = begin_chains(scratch, whole, own, reported, seed, &of);

    if (status == RETAIN_OK)
        status = sample(scratch->ctx, &of);
    if (status != RETAIN_OK)
        return status;
    for (size_t i = 0; i < chains * draws; i++)
        retain__fit_report_entries(&of.on[i / draws], of.points + i * of.variables, values + i * whole->parameters);
    return diagnose(scratch, whole, &of, told);
}

/* --- refits --------------------------------------------------------------------------------------------------------------- */

typedef struct refitting {
    const retain__refits *refits;
    uint64_t seed;
    size_t first, draws; /* draws of this round: from `first` on */
    double *values;
    unsigned char *ended; /* [draws] a retain_fit_verdict */
    size_t evaluations[MOST_SLOTS];
} refitting;

static void refit(refitting *of, size_t slot, size_t draw)
{
    const retain__refits *refits = of->refits;
    retain__random random = retain__random_start(of->seed, draw);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double values[MOST], *row = of->values + draw * refits->entries;
    retain_status status = refits->refit(refits->state, slot, &random, values, &report);

    of->evaluations[slot] += (size_t)report.evaluations;
    of->ended[draw] = (unsigned char)report.verdict;
    if ((status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE) || report.verdict == RETAIN_FIT_STOPPED ||
        report.verdict == RETAIN_FIT_TOO_LITTLE_DATA)
        of->ended[draw] = RETAIN_FIT_STOPPED;
    for (size_t i = 0; i < refits->entries; i++) {
        row[i] = i < refits->logarithms ? log(values[i]) : values[i];
        if (of->ended[draw] == RETAIN_FIT_STOPPED)
            row[i] = (double)NAN;
    }
}

static void refit_block(void *state, size_t block, size_t first, size_t last)
{
    refitting *of = state;

    first = of->first + block * REFITS;
    last = of->draws - first < REFITS ? of->draws : first + REFITS;
    for (size_t draw = first; draw < last; draw++)
        refit(of, block, draw);
}

size_t retain__refit_slots(const retain_context *ctx)
{
    size_t slots = ctx && ctx->threads > 1 ? (size_t)ctx->threads : 1;

    return slots < MOST_SLOTS ? slots : MOST_SLOTS;
}

static void judge_refits(const refitting *of, retain_draws_report *report)
{
    size_t all = of->draws;

    for (size_t draw = 0; draw < all; draw++) {
        report->failed += of->ended[draw] == RETAIN_FIT_STOPPED;
        report->open += of->ended[draw] == RETAIN_FIT_BOUNDARY || of->ended[draw] == RETAIN_FIT_RIDGE;
    }
    for (size_t slot = 0; slot < MOST_SLOTS; slot++)
        report->evaluations += of->evaluations[slot];
    report->verdict = 20 * (report->failed + report->open) > all ? RETAIN_DRAWS_UNSTEADY : RETAIN_DRAWS_CONVERGED;
    if (report->failed + report->open == 0)
        retain__draws_say(report, "All %zu refits converged.", all);
    else
        retain__draws_say(report, "Of %zu refits %zu ended on a boundary or a ridge, which they hold, and %zu nowhere.%s", all,
                          report->open, report->failed,
                          report->verdict == RETAIN_DRAWS_CONVERGED
                              ? ""
                              : " Limits of parameters are then no limits: give a prior, or use the posterior.");
}

retain_status retain__draw_refits(retain__scratch *scratch, const retain__refits *refits, uint64_t seed, size_t draws,
                                  double *values, retain_draws_report *told)
{
    refitting of = {.refits = refits, .seed = seed, .draws = draws, .values = values};
    size_t slots = retain__refit_slots(scratch->ctx);
    retain_status status = RETAIN_OK;

    of.ended = retain__take_zeroed(scratch, draws, sizeof *of.ended);
    if (!of.ended)
        return RETAIN_ERROR_MEMORY;
    for (of.first = 0; status == RETAIN_OK && of.first < draws; of.first += slots * REFITS) {
        size_t left = retain__blocks(draws - of.first, REFITS), blocks = left < slots ? left : slots;
        double done = (double)of.first / (double)draws, next = (double)(of.first + blocks * REFITS) / (double)draws;

        status = retain__parallel(scratch->ctx, blocks, 1, done, next < 1.0 ? next : 1.0, refit_block, &of);
    }
    if (status == RETAIN_OK)
        judge_refits(&of, told);
    return status;
}

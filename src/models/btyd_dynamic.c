/* What the Pareto/NBD with covariates that change with time says about the past of customers, and the tracking curve. The future of
 * known customers is in btyd_dynamic_forecast.c. */
#include "retain/btyd_dynamic.h"

#include <math.h>
#include <string.h>

#include "math/special.h"
#include "math/sums.h"
#include "models/btyd_dynamic.h"
#include "models/btyd_model.h"
#include "models/btyd_pareto.h"

enum { BLOCK = 1024 };

/* A question about every customer, and where its answers go. */
typedef struct answers {
    const retain__dynamic *of;
    const retain__dynamic_rows *rows;
    double *first, *second;
} answers;

/* --- the past ------------------------------------------------------------------------------------------------------------- */

static void take_likelihood(void *state, const retain__dynamic_found *found)
{
    const answers *into = state;
    const retain__dynamic *of = into->of;
    const retain__dynamic_process *purchase = &of->process[RETAIN__PURCHASE], *lifetime = &of->process[RETAIN__LIFETIME];
    const size_t m = purchase->columns - 1, row = found->row;
    double sums[RETAIN__DYNAMIC_COLUMNS] = {0.0}, x = into->rows->x[row], value;

    retain__dynamic_add_occasions(of, RETAIN__PURCHASE, row, sums);
    value = found->log_likelihood + retain__lgamma_ratio(of->r, x);
    for (size_t j = 0; j < purchase->columns; j++)
        value += sums[j] * purchase->coefficient[j];
    into->first[row] = value;
    if (into->second) {
        double *gradient = into->second + row * (PARAMETERS + 2 * m);
        const double *found_lifetime = found->gradient + 2 + purchase->columns;

        gradient[R] = found->gradient[0] + of->r * retain__digamma_ratio(of->r, x);
        gradient[ALPHA] = found->gradient[1] + sums[0];
        gradient[S] = found->gradient[1 + purchase->columns];
        gradient[BETA] = found_lifetime[0];
        for (size_t j = 1; j < purchase->columns; j++)
            gradient[PARAMETERS + j - 1] = found->gradient[1 + j] + sums[j];
        for (size_t j = 1; j < lifetime->columns; j++)
            gradient[PARAMETERS + m + j - 1] = found_lifetime[j];
    }
}

static void take_odds(void *state, const retain__dynamic_found *found)
{
    const answers *into = state;

    into->first[found->row] = found->log_dead - found->log_alive;
}

static void find_likelihoods(void *state, size_t block, size_t first, size_t last)
{
    answers *into = state;

    (void)block;
    retain__dynamic_find(into->of, into->rows, first, last, take_likelihood, into);
}

static void find_alive(void *state, size_t block, size_t first, size_t last)
{
    answers *into = state;

    (void)block;
    retain__dynamic_find(into->of, into->rows, first, last, take_odds, into);
    if (into->second)
        memcpy(into->second + first, into->first + first, (last - first) * sizeof *into->second);
    retain__btyd_alive(into->first + first, last - first, into->first + first);
}

/* --- operations ----------------------------------------------------------------------------------------------------------- */

/* Checks, opens the model, and lets `work` write the answers. */
static retain_status answer(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories, const char *name,
                            double *first, double *second, int order, retain__work work)
{
    retain__scratch scratch = {ctx, NULL};
    retain_context quiet;
    retain__dynamic of;
    retain__dynamic_rows rows;
    answers into = {.of = &of, .rows = &rows, .first = first, .second = second};
    retain_status status = retain__dynamic_check(ctx, histories, 1, 1);

    if (status == RETAIN_OK && histories->count && !first)
        status = retain__fail_null(ctx, name);
    if (status == RETAIN_OK)
        status = retain__dynamic_open(ctx, &scratch, model, histories, order, &of);
    if (status == RETAIN_OK)
        status = retain__dynamic_take_rows(&scratch, histories, &rows);
    if (status == RETAIN_OK)
        status = retain__parallel(retain__btyd_quiet(ctx, &quiet), histories->count, BLOCK, 0.0, 1.0, work, &into);
    retain__release(&scratch);
    return status;
}

retain_status retain_btyd_dynamic_likelihood(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                             double *log_likelihood, double *gradient)
{
    retain_status status = retain__begin(ctx);

    if (status != RETAIN_OK)
        return status;
    return answer(ctx, model, histories, "log_likelihood", log_likelihood, gradient, gradient ? 1 : 0, find_likelihoods);
}

retain_status retain_btyd_dynamic_alive(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                        double *alive, double *log_odds_dead)
{
    retain_status status = retain__begin(ctx);

    if (status != RETAIN_OK)
        return status;
    return answer(ctx, model, histories, "alive", alive, log_odds_dead, 0, find_alive);
}

/* --- tracking ------------------------------------------------------------------------------------------------------------- */

typedef struct tracking {
    const retain__dynamic *of;
    const double *edges;
    size_t periods;
    double *sums; /* [blocks * periods] */
} tracking;

static void track_block(void *state, size_t block, size_t first, size_t last)
{
    const tracking *into = state;
    const retain__dynamic *of = into->of;
    double *sums = into->sums + block * into->periods;

    memset(sums, 0, into->periods * sizeof *sums);
    for (size_t i = first; i < last; i++) {
        const double start = of->from->start[i], weight = of->from->weight ? of->from->weight[i] : 1.0;
        double D = 1.0, E = 1.0, *const states[] = {&D, &E}, from = into->edges[0] > start ? into->edges[0] : start, log_E;

        retain__dynamic_integrate(of, 0, i, start, from, states);
        log_E = log(E);
        for (size_t k = 0; k < into->periods; k++) {
            if (into->edges[k + 1] <= from)
                continue;
            sums[k] += weight * of->r * retain__dynamic_expect(of, i, from, into->edges[k + 1], &E, &log_E);
            from = into->edges[k + 1];
        }
    }
}

static retain_status check_edges(retain_context *ctx, const retain_btyd_histories *histories, const double *edges, size_t periods)
{
    for (size_t k = 0; k <= periods; k++) {
        if (!retain__is_finite(edges[k]) || (k && edges[k] < edges[k - 1]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, k, "edges[%zu] is %g; edges must be finite and ascend", k, edges[k]);
    }
    if (histories->calendar_columns + histories->own_columns && edges[periods] > histories->known_until)
        return retain__fail(ctx, RETAIN_ERROR_DATA, periods, "edges[%zu] is %.10g; histories.known_until is %.10g", periods,
                            edges[periods], histories->known_until);
    return RETAIN_OK;
}

retain_status retain_btyd_dynamic_tracking(retain_context *ctx, const retain_btyd *model, const retain_btyd_histories *histories,
                                           const double *edges, size_t periods, double *expected)
{
    retain__scratch scratch = {ctx, NULL};
    retain__dynamic of;
    tracking into = {.of = &of, .edges = edges, .periods = periods};
    size_t blocks = 0;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__dynamic_check(ctx, histories, 0, 0);
    if (status == RETAIN_OK && (!edges || (periods && !expected)))
        status = retain__fail_null(ctx, edges ? "expected" : "edges");
    if (status == RETAIN_OK)
        status = check_edges(ctx, histories, edges, periods);
    if (status == RETAIN_OK)
        status = retain__dynamic_open(ctx, &scratch, model, histories, 0, &of);
    if (status == RETAIN_OK) {
        blocks = retain__blocks(histories->count, BLOCK);
        into.sums = retain__take(&scratch, blocks, (periods ? periods : 1) * sizeof *into.sums);
        status = into.sums ? retain__parallel(ctx, histories->count, BLOCK, 0.0, 1.0, track_block, &into) : RETAIN_ERROR_MEMORY;
    }
    for (size_t k = 0; status == RETAIN_OK && k < periods; k++) {
        retain__sum sum = {0.0, 0.0};

        for (size_t block = 0; block < blocks; block++)
            retain__sum_add(&sum, into.sums[block * periods + k]);
        expected[k] = retain__sum_value(sum);
    }
    retain__release(&scratch);
    return status;
}

/* Which family: a ranking that says why.
 *
 * Forecasts are compared on the same customers, so their errors stray together, and the standard error of the difference is much
 * smaller than the errors' own. Families that do not differ by more than one such standard error are as good as each other for all
 * that the data say, and so are those whose errors differ by less than anybody cares about; then the fit that stands on firm
 * ground, and the simpler model, is the better choice. */
#include <math.h>

#include "decisions/evaluation_origins.h"
#include "math/sums.h"

static const double worth_a_mention = 2.0; /* differences of BIC below are none (Kass & Raftery 1995, JASA 90, 773-795) */

/* What is known of a family. */
typedef struct candidate {
    size_t family;     /* its place in the caller's list */
    size_t missing;    /* origins without a forecast */
    double converged;  /* fits that did */
    double parameters; /* their number */
    double bic;        /* at the last origin; NaN when models were given, or it cannot be compared */
    double rmse;       /* over all origins */
    int as_good;       /* as the one with the smallest rmse */
} candidate;

static double *rmse_at(const retain__backtest_run *run, size_t origin, size_t family)
{
    return retain__figure(run, origin * run->test.measures * run->methods + family, RETAIN__FIGURE_OF(rmse));
}

static candidate describe(const retain__backtest_run *run, size_t f)
{
    const retain__backtest *test = &run->test;
    candidate it = {f,
                    0,
                    0.0,
                    (double)retain_btyd_parameters(test->family[f]),
                    test->origin[test->origins - 1].fit[f].bic,
                    *rmse_at(run, test->origins, f),
                    0};

    for (size_t o = 0; o < test->origins; o++) {
        it.missing += isnan(*rmse_at(run, o, f)) ? 1 : 0;
        it.converged += test->origin[o].verdict[f] == RETAIN_FIT_CONVERGED;
    }
    if (test->family[f] == RETAIN_BTYD_BG_BB) /* counts opportunities: its likelihood is of other data */
        it.bic = (double)NAN;
    return it;
}

/* Forecasts of a family at all origins. */
static retain_status forecast_all(retain_context *ctx, retain__scratch *scratch, const retain__backtest *test, size_t f,
                                  double *expected)
{
    retain_status status = RETAIN_OK;
    int exists;

    for (size_t o = 0; status == RETAIN_OK && o < test->origins; o++)
        status = retain__forecast(ctx, scratch, test, o, RETAIN__ORDERS, f, 1.0, expected + test->origin[o].first, &exists);
    return status;
}

/* Is the mean squared error larger than the best by no more than one standard error of the difference? */
static int is_within_chance(const retain__backtest *test, const double *expected, const double *best, double *of_unit)
{
    const double *actual = test->actual[RETAIN__ORDERS];
    const double n = (double)test->count, units = (double)test->units;
    retain__sum sum = {0.0, 0.0}, squares = {0.0, 0.0};
    double mean;

    for (size_t i = 0; i < test->count; i++)
        retain__sum_add(&sum, (expected[i] - best[i]) * (expected[i] + best[i] - 2.0 * actual[i]));
    mean = retain__sum_value(sum) / n;
    for (size_t u = 0; u < test->units; u++)
        of_unit[u] = 0.0;
    for (size_t i = 0; i < test->count; i++)
        of_unit[test->unit[i]] += (expected[i] - best[i]) * (expected[i] + best[i] - 2.0 * actual[i]) - mean;
    for (size_t u = 0; u < test->units; u++)
        retain__sum_add(&squares, of_unit[u] * of_unit[u]);
    return !(mean > sqrt(retain__sum_value(squares) * units / (units - 1.0)) / n);
}

/* Families that are practically the same model differ by next to nothing, and surely so. */
static int is_nearly(double rmse, double best)
{
    static const double NEGLIGIBLE = 0.005;

    return rmse <= best * (1.0 + NEGLIGIBLE);
}

static retain_status compare_errors(retain_context *ctx, retain__scratch *scratch, const retain__backtest *test,
                                    candidate *candidates)
{
    double *best = retain__take(scratch, test->count, sizeof *best),
           *expected = retain__take(scratch, test->count, sizeof *expected);
    double *of_unit = retain__take(scratch, test->units, sizeof *of_unit);
    size_t first = test->families;
    retain_status status = best && expected && of_unit ? RETAIN_OK : RETAIN_ERROR_MEMORY;

    for (size_t f = 0; f < test->families; f++) {
        if (candidates[f].missing == 0 && (first == test->families || candidates[f].rmse < candidates[first].rmse))
            first = f;
    }
    if (status == RETAIN_OK && first < test->families)
        status = forecast_all(ctx, scratch, test, first, best);
    for (size_t f = 0; status == RETAIN_OK && f < test->families; f++) {
        if (candidates[f].missing)
            continue;
        status = forecast_all(ctx, scratch, test, f, expected);
        candidates[f].as_good = is_nearly(candidates[f].rmse, candidates[first].rmse) ||
                                (status == RETAIN_OK && is_within_chance(test, expected, best, of_unit));
    }
    return status;
}

/* What decides between two: negative when a comes first. The figure is that of a against b. */
static int decide(const candidate *a, const candidate *b, retain_evaluation_reason *reason, double *figure)
{
    if (a->as_good != b->as_good || (!a->as_good && a->rmse != b->rmse)) {
        *reason = RETAIN_EVALUATION_ERROR;
        *figure = a->rmse / b->rmse - 1.0;
        return a->as_good != b->as_good ? b->as_good - a->as_good : a->rmse < b->rmse ? -1 : 1;
    }
    if (a->converged != b->converged) {
        *reason = RETAIN_EVALUATION_VERDICT;
        *figure = a->converged - b->converged;
        return a->converged > b->converged ? -1 : 1;
    }
    if (a->parameters != b->parameters) {
        *reason = RETAIN_EVALUATION_PARAMETERS;
        *figure = a->parameters - b->parameters;
        return a->parameters < b->parameters ? -1 : 1;
    }
    *reason = fabs(a->bic - b->bic) >= worth_a_mention ? RETAIN_EVALUATION_BIC : RETAIN_EVALUATION_TIE;
    *figure = *reason == RETAIN_EVALUATION_BIC ? a->bic - b->bic : 0.0;
    if (a->bic < b->bic || a->bic > b->bic)
        return a->bic < b->bic ? -1 : 1;
    return a->family < b->family ? -1 : 1;
}

/* Sorts those who have forecasts to the front, best first; returns their number. Few of them: insertion. */
static size_t sort_candidates(candidate *candidates, size_t count)
{
    size_t ranked = 0;

    for (size_t f = 0; f < count; f++) {
        const candidate it = candidates[f];
        retain_evaluation_reason unused;
        double figure;
        size_t at = ranked;

        if (it.missing)
            continue;
        candidates[f] = candidates[ranked];
        for (; at > 0 && decide(&it, &candidates[at - 1], &unused, &figure) < 0; at--)
            candidates[at] = candidates[at - 1];
        candidates[at] = it;
        ranked++;
    }
    return ranked;
}

/* The smallest number of repeat buyers, or of orders to come, of an origin. */
static double find_thinnest(const retain__backtest *test, size_t *origin)
{
    double least = (double)INFINITY;

    for (size_t o = 0; o < test->origins; o++) {
        const retain__origin *at = &test->origin[o];
        double buyers = 0.0, orders = 0.0;

        for (size_t i = at->first; i < at->first + at->count; i++) {
            buyers += test->frequency[i] > 0.0;
            orders += test->actual[RETAIN__ORDERS][i];
        }
        if (fmin(buyers, orders) < least) {
            least = fmin(buyers, orders);
            *origin = o;
        }
    }
    return least;
}

/* The caller's arrays. */
typedef struct choice {
    uint8_t *rank, *reason;
    double *figure;
} choice;

static void put_choice(const choice *to, size_t f, size_t rank, retain_evaluation_reason reason, double figure)
{
    to->rank[f] = (uint8_t)rank;
    if (to->reason)
        to->reason[f] = (uint8_t)reason;
    if (to->figure)
        to->figure[f] = figure;
}

static void write_choice(const candidate *candidates, size_t count, size_t ranked, const choice *to)
{
    for (size_t k = 0; k < count; k++) {
        retain_evaluation_reason reason = RETAIN_EVALUATION_ONLY;
        double figure = 0.0;

        if (k >= ranked)
            put_choice(to, candidates[k].family, 0, RETAIN_EVALUATION_NO_MODEL, (double)candidates[k].missing);
        else {
            if (ranked > 1)
                (void)decide(&candidates[k], &candidates[k == 0], &reason, &figure);
            put_choice(to, candidates[k].family, k + 1, reason, figure);
        }
    }
}

static retain_status rank_families(retain_context *ctx, retain__scratch *scratch, const retain__backtest_run *run, const choice *to)
{
    const retain__backtest *test = &run->test;
    candidate *candidates = retain__take(scratch, test->families, sizeof *candidates);
    size_t thin = 0, ranked;
    const double least = find_thinnest(test, &thin);
    retain_status status;

    if (!candidates)
        return RETAIN_ERROR_MEMORY;
    for (size_t f = 0; f < test->families; f++)
        candidates[f] = describe(run, f);
    status = compare_errors(ctx, scratch, test, candidates);
    if (status != RETAIN_OK)
        return status;
    if (least < (double)run->options.fewest) {
        for (size_t f = 0; f < test->families; f++)
            put_choice(to, f, 0, RETAIN_EVALUATION_TOO_THIN, least);
        return retain__fail(ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW,
                            "origins[%zu] has %g repeat buyers or orders to come; a choice needs %d of both", thin, least,
                            run->options.fewest);
    }
    ranked = sort_candidates(candidates, test->families);
    write_choice(candidates, test->families, ranked, to);
    return ranked ? RETAIN_OK
                  : retain__fail(ctx, RETAIN_ERROR_CONVERGENCE, RETAIN_NO_ROW, "no family has a forecast at every origin");
}

retain_status retain_evaluation_choose(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                       const retain_orders_options *orders_options, const int64_t *origins, size_t origin_count,
                                       int64_t horizon_days, const retain_btyd_family *families, size_t family_count,
                                       const retain_btyd *models, const retain_evaluation_options *options,
                                       const retain_evaluation_backtest_columns *columns, const retain_evaluation_fits *fits,
                                       uint8_t *rank, uint8_t *reason, double *figure)
{
    const choice to = {rank, reason, figure};
    retain__scratch scratch = {ctx, NULL};
    retain__backtest_run run;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !rank)
        status = retain__fail_null(ctx, "rank");
    if (status == RETAIN_OK)
        status = retain__run_backtest(ctx, &scratch, orders, observation_end, orders_options, origins, origin_count, horizon_days,
                                      families, family_count, models, options, &run);
    if (status == RETAIN_OK)
        status = rank_families(ctx, &scratch, &run, &to);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        retain__write_backtest(&run, columns, fits);
    retain__release(&scratch);
    return status;
}

const char *retain_evaluation_reason_name(retain_evaluation_reason reason)
{
    static const char *const names[] = {"only", "error", "verdict", "parameters", "bic", "tie", "no model", "too thin"};

    return (unsigned)reason < sizeof names / sizeof *names ? names[reason] : "unknown";
}

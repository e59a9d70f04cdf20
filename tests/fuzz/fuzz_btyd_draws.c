/* Draws of the parameters, and what they say. */
#include "fuzz.h"
#include "fuzz_forecasts.h"
#include "retain/btyd_draws.h"

enum { MOST_ENTRIES = 4, MOST_DRAWS = 12 };

static void check_report(const retain_draws_report *report, retain_status status)
{
    fuzz_check((status == RETAIN_OK) == (report->verdict == RETAIN_DRAWS_CONVERGED));
    fuzz_check(status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE || report->verdict == RETAIN_DRAWS_NONE);
}

/* Draws may be handed over with RETAIN_ERROR_CONVERGENCE, so they are no painted outputs. NBD is the quickest family. */
static void fuzz_sources(fuzz_input *in, size_t which, const retain_customers *customers)
{
    retain_fit_options options = {.struct_size = sizeof options, .prior_sd = fuzz_within(in, 0.0, 3.0), .iterations = 50};
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_btyd_family family = fuzz_below(in, 4) ? RETAIN_BTYD_NBD : (retain_btyd_family)fuzz_below(in, 10);
    size_t chains = fuzz_below(in, 4), draws = fuzz_below(in, MOST_DRAWS / 3 + 2);
    double *values = fuzz_array(in, MOST_ENTRIES * 2 * (MOST_DRAWS + 6), sizeof *values);
    retain_context *ctx = fuzz_context(in);
    retain_status status;

    if (family == RETAIN_BTYD_GG_NBD || (customers && customers->count > 3)) /* slow */
        return;
    if (which == 0)
        status = retain_btyd_posterior(ctx, family, customers, fuzz_below(in, 2) ? &options : NULL, fuzz_bits(in, 2), chains, draws,
                                       NULL, fuzz_maybe(in, values), &report);
    else
        status = retain_btyd_bootstrap(ctx, family, customers, fuzz_below(in, 2) ? &options : NULL, fuzz_bits(in, 2), draws, NULL,
                                       fuzz_maybe(in, values), &report);
    fuzz_outcome(in, status);
    check_report(&report, status);
}

void fuzz_target(fuzz_input *in)
{
    size_t which = fuzz_below(in, 6), draws = fuzz_below(in, MOST_DRAWS);
    const retain_btyd *model = fuzz_quick_model(in);
    const retain_btyd_question *question = fuzz_question(in);
    double level = fuzz_below(in, 16) ? 0.9 : fuzz_double(in);
    const retain_customers *customers = fuzz_forecast_customers(in);
    size_t rows = customers ? customers->count : 0, entries = model ? retain_btyd_parameters(model->family) : 1;
    double *values = fuzz_array(in, draws * entries, sizeof *values);
    double *mean = fuzz_output(in, rows, sizeof *mean), *low = fuzz_output(in, rows, sizeof *low),
           *high = fuzz_output(in, rows, sizeof *high);
    retain_btyd_sum *sum = fuzz_array(in, 1, sizeof *sum);
    retain_context *ctx;

    if (which < 2) {
        fuzz_sources(in, which, customers);
        return;
    }
    if (question->quantity == RETAIN_BTYD_AT_MOST || question->quantity > RETAIN_BTYD_ALIVE)
        rows = rows < 2 ? rows : 2;
    for (size_t i = 0; i < draws * entries; i++)
        values[i] = fuzz_below(in, 32) ? fuzz_within(in, -3.0, 3.0) : fuzz_double(in);
    ctx = fuzz_context(in);
    if (which == 2) {
        double covariance[25] = {0.0}, *drawn = fuzz_output(in, draws * entries, sizeof *drawn);

        for (size_t k = 0; k < entries && entries <= 5; k++)
            covariance[k * entries + k] = fuzz_double(in);
        fuzz_outcome(in, retain_btyd_normal(ctx, model, covariance, fuzz_bits(in, 2), draws, fuzz_maybe(in, drawn)));
    } else if (which == 3) {
        retain_drawn *drawn = fuzz_output(in, entries ? entries : 1, sizeof *drawn);
        size_t chains = draws && fuzz_below(in, 2) ? 1 + fuzz_below(in, draws) : 0;

        if (fuzz_outcome(in, retain_draws_summary(ctx, values, fuzz_below(in, 6), entries, chains, chains ? draws / chains : draws,
                                                  level, drawn))) {
            for (size_t i = 0; i < entries; i++)
                fuzz_check(!(drawn[i].low > drawn[i].median) && !(drawn[i].median > drawn[i].high));
        }
    } else if (which == 4) {
        if (fuzz_outcome(
                in, retain_btyd_draws_interval(ctx, model, values, draws, customers, question, level, mean, NULL, low, high))) {
            for (size_t i = 0; i < rows; i++)
                fuzz_check(!(low[i] > high[i]));
        }
    } else {
        sum->struct_size = sizeof *sum;
        if (fuzz_outcome(in, retain_btyd_draws_total(ctx, model, values, draws, customers, question, NULL, level, sum)))
            fuzz_check(!(sum->low > sum->high) && !(sum->least > sum->most));
    }
}

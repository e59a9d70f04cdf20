/* How long may a customer be silent and still be called active?
 *
 * As long as most of those who came back had been silent. Every customer contributes the gaps that closed, and the one that is still open at the observation end:
 * it will last at least that long, which is a censored observation. Leaving the open gaps out would keep the short gaps and drop the long ones. The distribution
 * is the Kaplan-Meier estimate (math/curve.h) of all gaps (metrics/gap_durations.h).
 *
 * In a shop many gaps never close: the estimate levels off at the share that does, often well below one half. A quantile of all gaps would not exist then, and
 * says nothing about the customers who do come back; so the quantile is taken among the gaps that close, P(gap <= g) / P(gap <= longest). */
#include <math.h>

#include "math/curve.h"
#include "metrics/crr_window.h"
#include "metrics/gap_durations.h"
#include "retain/crr.h"

static void note_gaps(const void *state, retain__duration_notes *notes, const retain__customer *customer)
{
    retain__note_gaps(notes, 0, customer, *(const int64_t *)state);
}

retain_status retain__find_window(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, int64_t observation_end,
                                  double quantile, double *window_days, double *reached)
{
    static const retain__curve_interval NO_INTERVAL = {0.0, RETAIN__LOG_LOG};
    retain__durations gaps;
    retain__curve curve;
    retain_status status = retain__count_durations(ctx, scratch, log, observation_end, 1, note_gaps, &observation_end, &gaps);

    *window_days = *reached = (double)NAN;
    if (status != RETAIN_OK || !log->customers)
        return status;
    curve = retain__curve_begin(gaps.duration, gaps.first[1]);
    while (retain__curve_step(&curve))
        ;
    *reached = curve.share;
    if (curve.share > 0.0)
        *window_days = retain__curve_quantile(gaps.duration, gaps.first[1], quantile * curve.share, &NO_INTERVAL).value;
    return RETAIN_OK;
}

retain_status retain_crr_window(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                const retain_orders_options *counting, double quantile, double *window_days, double *reached)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    double window, share;
    retain_status status = retain__begin(ctx);

    if (status != RETAIN_OK)
        return status;
    if (!(quantile > 0.0 && quantile < 1.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "quantile is %g; it must lie in (0, 1)", quantile);
    if (!window_days)
        return retain__fail_null(ctx, "window_days");
    status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        status = retain__find_window(ctx, &scratch, &log, observation_end, quantile, &window, &share);
    retain__release(&scratch);
    if (status != RETAIN_OK)
        return status;
    *window_days = window;
    if (reached)
        *reached = share;
    return RETAIN_OK;
}

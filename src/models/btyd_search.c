/* Where a probability that grows reaches a share.
 *
 * Of time: on logarithms of both, where a hazard is about a straight line; the false position with the end that stays counting for half
 * (Illinois), and every eighth time the middle, for hazards that stand still or have corners. */
#include "models/btyd_search.h"

#include <math.h>

#include "core/core.h"

static const double most_count = 1e6;
static const double close_enough = 4e-16; /* of logarithms of times */

typedef struct searching {
    double (*hazard)(const void *state, double t);
    const void *state;
    double goal;
} searching;

/* log hazard less its goal, at log t: rises. */
static double miss(const searching *of, double log_t)
{
    return log(of->hazard(of->state, exp(log_t))) - of->goal;
}

/* Between two times, one too early and one late enough. */
static double narrow(const searching *of, double low, double high, double at_low, double at_high)
{
    for (int i = 0, side = 0; i < 200 && high - low > close_enough * (1.0 + fabs(high)); i++) {
        double middle = i % 8 == 7 || !retain__is_finite(at_low) || !retain__is_finite(at_high)
                            ? 0.5 * (low + high)
                            : (low * at_high - high * at_low) / (at_high - at_low);
        double at = miss(of, middle);

        if (at == 0.0 || !(middle > low && middle < high))
            return exp(middle);
        if (at > 0.0) { /* the end that stays counts for half: Illinois */
            high = middle;
            at_high = at;
            at_low *= side > 0 ? 0.5 : 1.0;
            side = 1;
        } else {
            low = middle;
            at_low = at;
            at_high *= side < 0 ? 0.5 : 1.0;
            side = -1;
        }
    }
    return exp(0.5 * (low + high));
}

double retain__btyd_search_time(double (*hazard)(const void *state, double t), const void *state, double share, double rate,
                                double farthest)
{
    const double wanted = -log1p(-share), end = log(farthest);
    const searching of = {hazard, state, log(wanted)};
    double low, high, at_low, at_high;

    low = high = log(wanted / rate); /* were the rate known, and nobody to leave */
    low = high = !(low > -600.0) ? -600.0 : low < end ? low : end;
    at_low = at_high = miss(&of, low);
    for (double step = 0.5; at_high < 0.0 && high < end; step *= 2.0) {
        low = high;
        at_low = at_high;
        high = high + step < end ? high + step : end;
        at_high = miss(&of, high);
    }
    if (!(at_high >= 0.0))
        return (double)INFINITY;
    for (double step = 0.5; at_low > 0.0 && low > -700.0; step *= 2.0) {
        high = low;
        at_high = at_low;
        low -= step;
        at_low = miss(&of, low);
    }
    return narrow(&of, low, high, at_low, at_high);
}

double retain__btyd_search_count(int (*is_enough)(const void *state, double n), const void *state, double low)
{
    double high, step = low + 2.0 > 1.0 ? low + 2.0 : 1.0;

    for (high = low + step; !is_enough(state, high); high = low + step) {
        if (high >= most_count)
            return (double)INFINITY;
        low = high;
        step = step < most_count - low ? 2.0 * step : most_count - low;
        step = low + step < most_count ? step : most_count - low;
    }
    while (high - low > 1.0) {
        double middle = floor(0.5 * (low + high));

        if (is_enough(state, middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

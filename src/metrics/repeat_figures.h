/* What the sources of repeat share: options, and means of money with their intervals.
 *
 * A mean is a ratio of two sums over customers, Y / X: money over customers, orders or occasions. To first order its relative error
 * is the sum over customers of
 *
 *     e = y / Y - x / X,
 *
 * which is 0 by construction, so its variance is n / (n - 1) times the sum of e^2. For x = 1 that is the textbook variance of a
 * mean. Sums are taken in a first visit of the customers and squares in a second one, so nothing cancels and nothing overflows;
 * both are carried as pairs, so that neither the order of the rows nor the cut into blocks shows. */
#ifndef RETAIN_REPEAT_FIGURES_H
#define RETAIN_REPEAT_FIGURES_H

#include <math.h>

#include "math/interval.h"
#include "math/special.h"
#include "math/sums.h"
#include "metrics/rates.h"
#include "retain/repeat.h"

/* Checks options, copies them over `options` (zeros but for its size), and fills in the defaults. */
retain_status retain__take_repeat_options(retain_context *ctx, const retain_repeat_options *given, retain_repeat_options *options);

/* 1 / sum, or 0 for a sum of nothing: then all its parts are 0 too. */
static inline double retain__per(double sum)
{
    return sum > 0.0 ? 1.0 / sum : 0.0;
}

/* Half the width of a relative interval, from the sum of e^2 over so many customers; NaN for fewer than two, and
 * when all are alike but for rounding: no width would say that there is no doubt. */
static inline double retain__margin(double squares, double customers, double level)
{
    static const double ROUNDING = 1e-28;

    if (!(customers >= 2.0 && squares * customers > ROUNDING))
        return (double)NAN;
    return retain__student_quantile(level, customers - 1.0) * sqrt(customers / (customers - 1.0) * squares);
}

#endif

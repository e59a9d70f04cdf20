/* Amounts of any currency and unit: a fit is made in a unit in which order values are neither tiny nor huge.
 *
 * A search looks for parameters between 1e-16 and 1e16, and gamma or the median is as large as an order value. So where order values are
 * far from 1 they are divided by a power of two first, which changes no digit of them, and what was found is multiplied by it: a density
 * of values in another unit is the same but for the factor of the unit, once for each order. Of ordinary values nothing is changed. */
#include <math.h>

#include "math/sums.h"
#include "models/spend_model.h"

static const double ordinary = 25.0, log_2 = 0.69314718055994530942; /* e^25 = 7e10 */

static double mean_logarithm(const retain_spenders *spenders, double *orders)
{
    retain__sum sum = {0.0, 0.0}, count = {0.0, 0.0};

    for (size_t i = 0; i < spenders->count; i++) {
        const retain__spender one = retain__spender_of(spenders, i);

        if (one.n == 0.0 || one.weight == 0.0)
            continue;
        retain__sum_add(&sum, one.weight * one.n * one.mean_log);
        retain__sum_add(&count, one.weight * one.n);
    }
    *orders = retain__sum_value(count);
    return *orders > 0.0 ? retain__sum_value(sum) / *orders : 0.0;
}

retain_status retain__spend_choose_unit(retain__scratch *scratch, retain_spenders *spenders, retain__spend_unit *unit)
{
    double middle = mean_logarithm(spenders, &unit->orders), *mean, *mean_log;

    unit->exponent = fabs(middle) > ordinary ? (int)floor(middle / log_2 + 0.5) : 0;
    if (unit->exponent == 0)
        return RETAIN_OK;
    mean = retain__take(scratch, spenders->count, sizeof *mean);
    mean_log = retain__take(scratch, spenders->count, sizeof *mean_log);
    if (!mean || !mean_log)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < spenders->count; i++) {
        mean[i] = ldexp(spenders->mean[i], -unit->exponent);
        mean_log[i] = spenders->mean_log[i] - unit->exponent * log_2;
    }
    spenders->mean = mean;
    spenders->mean_log = mean_log;
    return RETAIN_OK;
}

/* A covariance that is beyond arithmetic is not known. */
static double in_range(double x)
{
    return x - x == 0.0 ? x : (double)NAN;
}

void retain__spend_leave_unit(const retain__spend_unit *unit, size_t money, double *entries, retain_fit_report *report)
{
    double moved = unit->orders * unit->exponent * log_2;
    size_t count;

    if (unit->exponent == 0)
        return;
    entries[money] = ldexp(entries[money], unit->exponent);
    if (!report)
        return;
    count = report->parameters;
    report->log_likelihood -= moved;
    report->objective -= moved;
    report->aic += 2.0 * moved;
    report->bic += 2.0 * moved;
    report->estimate[money] = entries[money];
    report->standard_error[money] = ldexp(report->standard_error[money], unit->exponent);
    report->low[money] = ldexp(report->low[money], unit->exponent);
    report->high[money] = ldexp(report->high[money], unit->exponent);
    for (size_t i = 0; i < count; i++) {
        double *across = &report->covariance[money * count + i], *down = &report->covariance[i * count + money];

        *across = in_range(ldexp(*across, unit->exponent));
        *down = in_range(ldexp(*down, unit->exponent));
    }
}

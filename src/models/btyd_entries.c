/* What is estimated, held, tied and expected beforehand.
 *
 * A covariate that does not enter a process is a coefficient held at 0, so masks, fixed values and equal coefficients are all one
 * thing to the search: an entry has a variable of its own, shares one, or has none. A prior on coefficients that are equal counts
 * once. */
#include "models/btyd_entries.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "core/core.h"
#include "core/text.h"

enum { PURCHASE, LIFETIME };

static const char *const processes[] = {"purchase", "lifetime"};

static void write_name(char *name, size_t size, const char *format, ...) RETAIN__PRINTF(3, 4);

static void write_name(char *name, size_t size, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    retain__format(name, size, format, arguments);
    va_end(arguments);
}

static int has_process(const retain__btyd_family *family, int process)
{
    return retain__btyd_has_process(process == PURCHASE ? family->purchase : family->lifetime, family->count);
}

static retain_status check_flags(retain_context *ctx, const char *name, const uint8_t *flags, size_t count)
{
    for (size_t c = 0; flags && c < count; c++) {
        if (flags[c] > 1)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.%s[%zu] is %d; it must be 0 or 1", name, c,
                                (int)flags[c]);
    }
    return RETAIN_OK;
}

static retain_status enter_parameters(retain_context *ctx, const retain__btyd_family *family, const retain_fit_options *options,
                                      retain__btyd_entries *entries)
{
    for (size_t k = 0; k < family->count; k++) {
        double centre = options->prior_centre ? options->prior_centre[k] : 1.0, value = options->fixed ? options->fixed[k] : 0.0;

        entries->names[k] = family->parameters[k];
        entries->tie[k] = (int)k;
        if (!(centre >= 1e-16 && centre <= 1e16))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "options.prior_centre[%zu] is %g; it must lie in [1e-16, 1e16]", k, centre);
        if (!options->fixed || isnan(value))
            continue;
        if (!(value >= 1e-16 && value <= 1e16))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "options.fixed[%zu] is %g; %s must lie in [1e-16, 1e16], or be NaN to be estimated", k, value,
                                family->parameters[k]);
        entries->tie[k] = RETAIN__FIT_HELD;
        entries->held[k] = value;
    }
    return RETAIN_OK;
}

static retain_status enter_coefficient(retain_context *ctx, const retain__btyd_family *family, const retain_fit_options *options,
                                       size_t c, int process, retain__btyd_entries *entries)
{
    size_t m = entries->covariates, entry = entries->parameters + (size_t)process * m + c;
    const uint8_t *mask = process == PURCHASE ? options->purchase : options->lifetime;
    char *name = entries->name[(size_t)process * m + c];
    double value = options->fixed ? options->fixed[entry] : (double)NAN;
    int enters = has_process(family, process) && (!mask || mask[c]);

    write_name(name, sizeof entries->name[0], "%s[%zu]", processes[process], c);
    entries->names[entry] = name;
    entries->tie[entry] = enters && isnan(value) ? (int)entry : RETAIN__FIT_HELD;
    entries->held[entry] = isnan(value) ? 0.0 : value;
    if (!isnan(value) && !retain__is_finite(value))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.fixed[%zu] is %g; it must be finite, or NaN to be estimated", entry, value);
    if (mask && mask[c] && !has_process(family, process))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.%s[%zu] is 1; it must be 0: %s has no %s process",
                            processes[process], c, family->name, processes[process]);
    if (!enters && !isnan(value) && value != 0.0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.fixed[%zu] is %g; covariate %zu does not enter the %s process", entry, value, c,
                            processes[process]);
    return RETAIN_OK;
}

static retain_status tie_processes(retain_context *ctx, const retain_fit_options *options, retain__btyd_entries *entries)
{
    for (size_t c = 0; options->equal && c < entries->covariates; c++) {
        size_t purchase = entries->parameters + c, lifetime = purchase + entries->covariates;

        if (!options->equal[c])
            continue;
        if (entries->tie[purchase] != (int)purchase || entries->tie[lifetime] != (int)lifetime)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "options.equal[%zu] is 1; covariate %zu must enter both processes and be held in none", c, c);
        entries->tie[lifetime] = (int)purchase;
    }
    return RETAIN_OK;
}

retain_status retain__btyd_enter(retain_context *ctx, const retain__btyd_family *family, const retain_fit_options *options,
                                 size_t covariates, retain__btyd_entries *entries)
{
    retain_status status = RETAIN_OK;
    size_t estimated = 0;

    memset(entries, 0, sizeof *entries);
    entries->parameters = family->count;
    entries->covariates = covariates;
    entries->count = family->count + 2 * covariates;
    entries->has_prior = options->prior_sd > 0.0 || (options->coefficient_sd > 0.0 && covariates);
    if (covariates && !has_process(family, PURCHASE) && !has_process(family, LIFETIME))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s has no process that covariates enter", family->name);
    if (status == RETAIN_OK)
        status = check_flags(ctx, "purchase", options->purchase, covariates);
    if (status == RETAIN_OK)
        status = check_flags(ctx, "lifetime", options->lifetime, covariates);
    if (status == RETAIN_OK)
        status = check_flags(ctx, "equal", options->equal, covariates);
    if (status == RETAIN_OK)
        status = enter_parameters(ctx, family, options, entries);
    for (size_t i = 0; status == RETAIN_OK && i < 2 * covariates; i++)
        status = enter_coefficient(ctx, family, options, i % covariates, i < covariates ? PURCHASE : LIFETIME, entries);
    if (status == RETAIN_OK)
        status = tie_processes(ctx, options, entries);
    for (size_t i = 0; i < entries->count; i++) {
        estimated += entries->tie[i] == (int)i;
        entries->is_tied |= entries->tie[i] != (int)i;
    }
    if (status == RETAIN_OK && estimated == 0)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.fixed holds all there is to estimate");
    return status;
}

void retain__btyd_centre_prior(const retain__btyd_family *family, const retain_fit_options *options, double mean_T,
                               retain__btyd_entries *entries)
{
    double sd = options->prior_sd, log_T = mean_T > 0.0 ? log(mean_T) : 0.0;

    for (size_t k = 0; sd > 0.0 && k < family->count; k++) {
        entries->mean[k] = options->prior_centre ? log(options->prior_centre[k]) : (double)family->time[k] * log_T;
        entries->precision[k] = entries->tie[k] == (int)k ? 1.0 / (sd * sd) : 0.0;
    }
    sd = options->coefficient_sd;
    entries->coefficient_precision = sd > 0.0 ? 1.0 / (sd * sd) : 0.0;
}

void retain__btyd_hold(const retain__btyd_entries *entries, size_t count, double *values)
{
    for (size_t i = 0; i < count; i++) {
        if (entries->tie[i] == RETAIN__FIT_HELD)
            values[i] = entries->held[i];
    }
}

void retain__btyd_restore(const retain__btyd_entries *entries, double *values, retain_fit_report *report)
{
    retain__btyd_hold(entries, entries->count, values);
    if (report) {
        retain__btyd_hold(entries, entries->count, report->estimate);
        retain__btyd_hold(entries, entries->count, report->low);
        retain__btyd_hold(entries, entries->count, report->high);
    }
}

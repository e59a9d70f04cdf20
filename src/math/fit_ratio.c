/* The likelihood-ratio test.
 *
 * It is one subtraction; what takes care is whether there is anything to subtract. Two fits can be compared when they are of the
 * same customers and family, when both are maxima of the likelihood itself, and when the restricted model is a special case of the
 * full one: entry by entry, whatever the full model holds or ties the restricted one must hold at the same value or tie. A report
 * without coefficients is one whose coefficients are all held at 0. */
#include "core/core.h"
#include "math/special.h"
#include "retain/fit.h"

static const double agreement = 1e-6; /* two maxima of the same likelihood may differ by so much */

static int kind_of(const retain_fit_report *report, size_t entry)
{
    return entry < report->parameters ? report->kind[entry] : RETAIN_FIT_HELD;
}

static double value_of(const retain_fit_report *report, size_t entry)
{
    return entry < report->parameters ? report->estimate[entry] : 0.0;
}

/* Is what the full model says about an entry, other than to estimate it, also what the restricted one says? */
static int is_special_case(const retain_fit_report *restricted, const retain_fit_report *full, size_t entry)
{
    size_t partner = full->coefficients / 2 <= entry ? entry - full->coefficients / 2 : entry; /* where they are tied */
    int in_full = full->kind[entry], in_restricted = kind_of(restricted, entry);

    if (in_full == RETAIN_FIT_HELD)
        return in_restricted == RETAIN_FIT_HELD && value_of(restricted, entry) == full->estimate[entry];
    if (in_full == RETAIN_FIT_EQUAL)
        return in_restricted == RETAIN_FIT_EQUAL ||
               (in_restricted == RETAIN_FIT_HELD && kind_of(restricted, partner) == RETAIN_FIT_HELD &&
                value_of(restricted, entry) == value_of(restricted, partner));
    return 1;
}

static retain_status check_report(retain_context *ctx, const char *name, const retain_fit_report *report)
{
    retain_status status = RETAIN_OK;

    if (!report)
        return retain__fail_null(ctx, name);
    status = retain__check_struct(ctx, name, report, sizeof *report, sizeof *report);
    if (status != RETAIN_OK)
        return status;
    if (report->parameters > RETAIN_FIT_PARAMETERS || report->coefficients > report->parameters || report->coefficients % 2)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is no report of a fit", name);
    if (report->has_prior)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "%s had a prior; the likelihood-ratio test compares maxima of the likelihood alone", name);
    if (report->verdict == RETAIN_FIT_BOUNDARY || report->verdict == RETAIN_FIT_RIDGE)
        return retain__fail(
            ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
            "%s has the verdict %s; the likelihood-ratio test compares interior maxima. Where nobody seems to leave, "
            "compare fits of NBD, or hold s (or a) at 1e-10 and beta (or b) at 1 in both (fixed)",
            name, retain_fit_verdict_name(report->verdict));
    if (report->verdict != RETAIN_FIT_CONVERGED)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "%s has the verdict %s; the likelihood-ratio test compares interior maxima", name,
                            retain_fit_verdict_name(report->verdict));
    return RETAIN_OK;
}

static retain_status check_nested(retain_context *ctx, const retain_fit_report *restricted, const retain_fit_report *full)
{
    if (full->data == 0 || restricted->data != full->data)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "restricted and full are of different customers or families, or of fits that cannot be compared");
    if (restricted->parameters != full->parameters &&
        (restricted->coefficients != 0 || restricted->parameters != full->parameters - full->coefficients))
        return retain__fail(
            ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
            "restricted has %zu coefficients and full has %zu; fit both to the same covariates and leave some out by "
            "the options, or fit restricted without any",
            restricted->coefficients, full->coefficients);
    for (size_t i = 0; i < full->parameters; i++) {
        if (!is_special_case(restricted, full, i))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "restricted is no special case of full: entry %zu is held, left out or equal in full only", i);
    }
    if (restricted->estimated >= full->estimated)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "restricted estimates %zu numbers and full %zu; full must estimate more", restricted->estimated,
                            full->estimated);
    if (!(restricted->log_likelihood <= full->log_likelihood + agreement))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "restricted has the log-likelihood %.10g, above that of full, %.10g: one of them is not its maximum",
                            restricted->log_likelihood, full->log_likelihood);
    return RETAIN_OK;
}

retain_status retain_fit_likelihood_ratio(retain_context *ctx, const retain_fit_report *restricted, const retain_fit_report *full,
                                          double *statistic, size_t *degrees, double *p_value)
{
    retain_status status = retain__begin(ctx);
    double twice;

    if (status == RETAIN_OK)
        status = check_report(ctx, "restricted", restricted);
    if (status == RETAIN_OK)
        status = check_report(ctx, "full", full);
    if (status == RETAIN_OK)
        status = check_nested(ctx, restricted, full);
    if (status != RETAIN_OK)
        return status;
    twice = 2.0 * (full->log_likelihood - restricted->log_likelihood);
    twice = twice > 0.0 ? twice : 0.0;
    if (statistic)
        *statistic = twice;
    if (degrees)
        *degrees = full->estimated - restricted->estimated;
    if (p_value)
        *p_value = retain__chi_squared_tail(twice, full->estimated - restricted->estimated);
    return RETAIN_OK;
}

/* Contract models: what every family has in common, and the curves.
 *
 * The families are a table of functions each (contract_family.h); here is the list of them, the checking of models and columns,
 * limits, and the curves of survival, retention and leaving, which are one evaluation a point. Likelihood and fit are in
 * contract_fit.c, sums over the future in contract_value.c.
 *
 * Limits are those of a smooth function of the logarithms of the parameters, whose covariance the fit gives (delta method). They
 * are taken on a scale on which the function is closer to normal and cannot leave its range: log(p / (1 - p)) for probabilities,
 * of which the derivative is that of log p over 1 - p. */
#include "retain/contract.h"

#include <math.h>
#include <string.h>

#include "core/core.h"
#include "math/special.h"
#include "models/contract_family.h"

enum { PARAMETERS = RETAIN__CONTRACT_PARAMETERS, TERMS = RETAIN__CONTRACT_TERMS, BLOCK = RETAIN__CONTRACT_BLOCK };

static const retain__contract_family *const families[] = {&retain__contract_sbg, &retain__contract_bdw};

/* --- families and models ---------------------------------------------------------------------------------------------------- */

const retain__contract_family *retain__contract_find(retain_contract_family family)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (families[i]->family == family)
            return families[i];
    }
    return NULL;
}

const char *retain_contract_name(retain_contract_family family)
{
    const retain__contract_family *found = retain__contract_find(family);

    return found ? found->name : "unknown";
}

size_t retain_contract_parameters(retain_contract_family family)
{
    const retain__contract_family *found = retain__contract_find(family);

    return found ? found->count : 0;
}

const char *retain_contract_parameter(retain_contract_family family, size_t index)
{
    const retain__contract_family *found = retain__contract_find(family);

    return found && index < found->count ? found->parameters[index] : "";
}

void retain__contract_fill(const retain__contract_family *family, const double *p, double period_days, retain_contract *model)
{
    *model = (retain_contract){family->family, period_days, p[0], p[1], family->count > 2 ? p[2] : (double)NAN};
}

retain_status retain__contract_check(retain_context *ctx, const retain_contract *model, retain__contract_checked *checked)
{
    if (!model)
        return retain__fail_null(ctx, "model");
    checked->family = retain__contract_find(model->family);
    if (!checked->family)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.family is %d; it must be a retain_contract_family",
                            (int)model->family);
    if (!(model->period_days > 0.0 && retain__is_finite(model->period_days)))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "model.period_days is %g; it must be positive and finite: 365.25 when renewals are yearly",
                            model->period_days);
    checked->p[0] = model->alpha;
    checked->p[1] = model->beta;
    checked->p[2] = model->c;
    for (size_t k = 0; k < checked->family->count; k++) {
        double most = k == 2 ? 1e3 : 1e100;

        if (!(checked->p[k] >= 1.0 / most && checked->p[k] <= most))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "model.%s is %g; it must lie in [%g, %g]",
                                checked->family->parameters[k], checked->p[k], 1.0 / most, most);
    }
    return RETAIN_OK;
}

/* --- columns ------------------------------------------------------------------------------------------------------------------ */

retain_status retain__contract_check_whole(retain_context *ctx, const char *name, const double *column, size_t count, double least)
{
    for (size_t i = 0; column && i < count; i++) {
        if (!(column[i] >= least && column[i] <= 9007199254740992.0 && column[i] == (double)(int64_t)column[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %g; it must be a whole number in [%g, 2^53]", name, i,
                                column[i], least);
    }
    return RETAIN_OK;
}

static retain_status check_period(retain_context *ctx, const char *name, double period_days)
{
    if (period_days > 0.0 && retain__is_finite(period_days))
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                        "%s.period_days is %g; it must be positive and finite: 365.25 when renewals are yearly", name, period_days);
}

retain_status retain__contract_check_customers(retain_context *ctx, const retain_contract_customers *customers)
{
    retain_status status;

    if (!customers)
        return retain__fail_null(ctx, "customers");
    if (customers->count && !customers->periods)
        return retain__fail_null(ctx, "customers.periods");
    if (customers->count && !customers->left)
        return retain__fail_null(ctx, "customers.left");
    status = check_period(ctx, "customers", customers->period_days);
    if (status == RETAIN_OK)
        status = retain__contract_check_whole(ctx, "customers.periods", customers->periods, customers->count, 0.0);
    for (size_t i = 0; status == RETAIN_OK && i < customers->count; i++) {
        if (customers->left[i] > 1)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.left[%zu] is %d; it must be 0 or 1", i, customers->left[i]);
        if (customers->left[i] && customers->periods[i] == 0.0)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i,
                                "customers.periods[%zu] is 0; who left did so at decision 1 or later: the first decision counts",
                                i);
        if (customers->weight && !(customers->weight[i] >= 0.0 && retain__is_finite(customers->weight[i])))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "customers.weight[%zu] is %g; it must be finite and at least 0", i,
                                customers->weight[i]);
    }
    return status;
}

/* One cohort: numbers that do not rise, then NaN to the end. */
static retain_status check_cohort(retain_context *ctx, const double *row, size_t number, size_t columns)
{
    for (size_t t = 0; t < columns; t++) {
        double survivors = row[t];

        if (t > 0 && survivors != survivors)
            continue;
        if (!(survivors >= 0.0 && retain__is_finite(survivors)))
            return retain__fail(ctx, RETAIN_ERROR_DATA, number,
                                "cohorts.survivors[%zu, %zu] is %g; it must be finite and at least 0 (NaN from where the cohort is "
                                "not observed, never at 0)",
                                number, t, survivors);
        if (t > 0 && row[t - 1] != row[t - 1])
            return retain__fail(ctx, RETAIN_ERROR_DATA, number,
                                "cohorts.survivors[%zu, %zu] is NaN and a number follows; a cohort may have no gap", number, t - 1);
        if (t > 0 && survivors > row[t - 1])
            return retain__fail(ctx, RETAIN_ERROR_DATA, number,
                                "cohorts.survivors[%zu, %zu] is %g, more than the %g before; survivors never rise", number, t,
                                survivors, row[t - 1]);
    }
    return RETAIN_OK;
}

retain_status retain__contract_check_cohorts(retain_context *ctx, const retain_contract_cohorts *cohorts)
{
    retain_status status;
    int fits = 1;

    if (!cohorts)
        return retain__fail_null(ctx, "cohorts");
    if (cohorts->count && cohorts->columns == 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "cohorts.columns is 0; each cohort needs S_0 at least");
    if (cohorts->count && !cohorts->survivors)
        return retain__fail_null(ctx, "cohorts.survivors");
    (void)retain__multiply(cohorts->count, cohorts->columns, &fits);
    if (!fits)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "cohorts.count is %zu and cohorts.columns %zu; there is no table of that size", cohorts->count,
                            cohorts->columns);
    status = check_period(ctx, "cohorts", cohorts->period_days);
    for (size_t i = 0; status == RETAIN_OK && i < cohorts->count; i++)
        status = check_cohort(ctx, cohorts->survivors + i * cohorts->columns, i, cohorts->columns);
    return status;
}

/* --- limits --------------------------------------------------------------------------------------------------------------------- */

retain_status retain__contract_doubt_of(retain_context *ctx, const retain__contract_checked *model, const retain_fit_report *report,
                                        double level, int wanted, retain__contract_doubt *doubt)
{
    size_t count = model->family->count;

    if (!(level >= 0.0 && level < 1.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "level is %g; it must lie in (0, 1) (0 means 0.95)", level);
    if (!wanted)
        return RETAIN_OK;
    if (!report)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "report is NULL; low and high need that of the model's fit");
    if (report->struct_size < sizeof *report)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "report.struct_size is %zu; it must be %zu",
                            report->struct_size, sizeof *report);
    if (report->parameters != count)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "report.parameters is %zu; it must be %zu: the report is of another model", report->parameters, count);
    for (size_t i = 0; i < count; i++) {
        if (!(fabs(report->estimate[i] - model->p[i]) <= 1e-6 * model->p[i]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "report.estimate[%zu] is %g and model.%s is %g; the report must be of the fit that gave the model",
                                i, report->estimate[i], model->family->parameters[i], model->p[i]);
        for (size_t j = 0; j < count; j++)
            doubt->covariance[i * count + j] = report->covariance[i * count + j] / model->p[i] / model->p[j];
    }
    doubt->quantile = retain__ndtri(0.5 + 0.5 * (level > 0.0 ? level : 0.95));
    return RETAIN_OK;
}

double retain__contract_width(const retain__contract_doubt *doubt, const double *gradient, size_t count)
{
    double variance = 0.0;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++)
            variance += gradient[i] * gradient[j] * doubt->covariance[i * count + j];
    }
    return variance > 0.0 ? doubt->quantile * sqrt(variance) : variance == 0.0 ? 0.0 : (double)NAN;
}

/* Limits of a probability with this logarithm, whose gradient follows it. */
static void find_limits(const retain__contract_doubt *doubt, const double *terms, size_t count, double *low, double *high)
{
    double rest = -expm1(terms[0]), width = retain__contract_width(doubt, terms + 1, count) / rest, logit = terms[0] - log(rest);

    if (terms[0] == 0.0) { /* certain by definition */
        *low = *high = 1.0;
        return;
    }
    *low = 1.0 / (1.0 + exp(width - logit));
    *high = 1.0 / (1.0 + exp(-width - logit));
}

/* --- curves ------------------------------------------------------------------------------------------------------------------- */

void retain__contract_log_pmf(const retain__contract_family *family, const double *p, double n, double t, int order, double *terms)
{
    double hazard[TERMS];
    size_t used = order == 0 ? 1 : order == 1 ? 1 + family->count : 1 + family->count + family->count * (family->count + 1) / 2;

    family->log_survival(family, p, n, t - 1.0, log(n + t - 1.0), order, terms);
    family->log_hazard(family, p, n + t, order, hazard);
    for (size_t k = 0; k < used; k++)
        terms[k] += hazard[k];
}

typedef enum question { SURVIVAL, PMF, RETENTION } question;

typedef struct curve {
    retain__contract_checked model;
    retain__contract_doubt doubt;
    question asked;
    const double *survived, *t;
    double *value, *other, *low, *high; /* the other: a logarithm, or the hazard */
} curve;

static void compute_point(const curve *of, size_t i)
{
    const retain__contract_family *family = of->model.family;
    double n = of->survived ? of->survived[i] : 0.0, terms[TERMS], hazard[TERMS];
    int order = of->low || of->high;

    if (of->asked == PMF)
        retain__contract_log_pmf(family, of->model.p, n, of->t[i], 0, terms);
    else if (of->asked == SURVIVAL)
        family->log_survival(family, of->model.p, n, of->t[i], log(n + of->t[i]), order, terms);
    else
        family->log_survival(family, of->model.p, of->t[i] - 1.0, 1.0, log(of->t[i]), order, terms);
    if (of->other && of->asked == RETENTION) {
        family->log_hazard(family, of->model.p, of->t[i], 0, hazard);
        of->other[i] = exp(hazard[0]);
    } else if (of->other) {
        of->other[i] = terms[0];
    }
    of->value[i] = exp(terms[0]);
    if (order) {
        double low, high;

        find_limits(&of->doubt, terms, family->count, &low, &high);
        if (of->low)
            of->low[i] = low;
        if (of->high)
            of->high[i] = high;
    }
}

static void compute_block(void *state, size_t block, size_t first, size_t last)
{
    (void)block;
    for (size_t i = first; i < last; i++)
        compute_point(state, i);
}

/* All is checked; nothing can fail any more, so it is not to be cancelled half-way. */
static retain_status compute_curve(retain_context *ctx, curve *of, size_t count)
{
    retain_context quiet;

    if (ctx) {
        quiet = *ctx;
        quiet.progress = NULL;
    }
    return retain__parallel(ctx ? &quiet : NULL, count, BLOCK, 0.0, 1.0, compute_block, of);
}

static retain_status check_curve(retain_context *ctx, const curve *of, size_t count, const char *value, double least)
{
    retain_status status = RETAIN_OK;

    if (count && !of->t)
        return retain__fail_null(ctx, "t");
    if (count && !of->value)
        return retain__fail_null(ctx, value);
    status = retain__contract_check_whole(ctx, "survived", of->survived, count, 0.0);
    return status == RETAIN_OK ? retain__contract_check_whole(ctx, "t", of->t, count, least) : status;
}

retain_status retain_contract_survival(retain_context *ctx, const retain_contract *model, const double *survived, const double *t,
                                       size_t count, const retain_fit_report *report, double level, double *survival,
                                       double *log_survival, double *low, double *high)
{
    curve of = {
        .asked = SURVIVAL, .survived = survived, .t = t, .value = survival, .other = log_survival, .low = low, .high = high};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__contract_check(ctx, model, &of.model);
    if (status == RETAIN_OK)
        status = retain__contract_doubt_of(ctx, &of.model, report, level, low || high, &of.doubt);
    if (status == RETAIN_OK)
        status = check_curve(ctx, &of, count, "survival", 0.0);
    return status == RETAIN_OK ? compute_curve(ctx, &of, count) : status;
}

retain_status retain_contract_pmf(retain_context *ctx, const retain_contract *model, const double *survived, const double *t,
                                  size_t count, double *pmf, double *log_pmf)
{
    curve of = {.asked = PMF, .survived = survived, .t = t, .value = pmf, .other = log_pmf};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__contract_check(ctx, model, &of.model);
    if (status == RETAIN_OK)
        status = check_curve(ctx, &of, count, "pmf", 1.0);
    return status == RETAIN_OK ? compute_curve(ctx, &of, count) : status;
}

retain_status retain_contract_retention(retain_context *ctx, const retain_contract *model, const double *t, size_t count,
                                        const retain_fit_report *report, double level, double *retention, double *hazard,
                                        double *low, double *high)
{
    curve of = {.asked = RETENTION, .t = t, .value = retention, .other = hazard, .low = low, .high = high};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__contract_check(ctx, model, &of.model);
    if (status == RETAIN_OK)
        status = retain__contract_doubt_of(ctx, &of.model, report, level, low || high, &of.doubt);
    if (status == RETAIN_OK)
        status = check_curve(ctx, &of, count, "retention", 1.0);
    return status == RETAIN_OK ? compute_curve(ctx, &of, count) : status;
}

double retain_contract_discount(double annual_rate, double period_days)
{
    if (!(annual_rate >= 0.0 && period_days > 0.0))
        return (double)NAN;
    return expm1(log1p(annual_rate) * (period_days / 365.25));
}

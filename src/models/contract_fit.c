/* Fit of contract models.
 *
 * There are only as many different customers as decisions, twice: however many rows there are, they are first collapsed into those, with
 * weights (data/collapse.h; before that, periods below 1024 are simply counted), and an evaluation of the likelihood is a few dozen
 * terms. A cohort's survivors are the same customers counted. So both give the same likelihood, and the same fit to the last bit.
 *
 * A family that contains a smaller one is searched first from the smaller one's optimum, so that its likelihood is never lower. */
#include "models/contract_fit.h"

#include <math.h>
#include <string.h>

#include "math/sums.h"

enum { PARAMETERS = RETAIN__CONTRACT_PARAMETERS, TERMS = RETAIN__CONTRACT_TERMS, ROWS = 64, SMALL = 1024 };

/* --- the fit -------------------------------------------------------------------------------------------------------------------- */

typedef retain__contract_search likelihood;

static size_t run_of(const retain__collapsed *rows, size_t row)
{
    size_t low = 0, high = rows->runs;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (rows->first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void sum_block(void *state, size_t block, size_t first, size_t last)
{
    const likelihood *of = state;
    const retain__collapsed *rows = &of->rows;
    retain__sum sums[TERMS] = {{0.0, 0.0}};
    size_t run = run_of(rows, first);

    for (size_t i = first; i < last; i++) {
        double terms[TERMS] = {0.0};

        run += i == rows->first[run + 1];
        if (rows->value[run] == 0.0 || rows->weight[i] == 0.0)
            continue; /* no decision seen: log S(0) = 0, whatever the parameters; or not drawn */
        retain__contract_terms(&of->at, rows->value[run], rows->column[0][i] > 0.0, of->order, terms);
        for (size_t k = 0; k < TERMS; k++)
            retain__sum_add(&sums[k], rows->weight[i] * terms[k]);
    }
    for (size_t k = 0; k < TERMS; k++)
        of->sums[block * TERMS + k] = retain__sum_value(sums[k]);
}

static retain_status evaluate(void *state, int evaluation, const double *parameters, double *value, double *gradient,
                              double *hessian)
{
    likelihood *of = state;
    size_t count = of->family->count, entry = 1 + count;
    double total[TERMS], done = (double)evaluation;
    retain_status status;

    of->at.family = of->family;
    memcpy(of->at.p, parameters, count * sizeof *parameters);
    of->order = hessian ? 2 : 1;
    status = retain__parallel(of->ctx, of->rows.count, ROWS, done / (done + 10.0), (done + 1.0) / (done + 11.0), sum_block, of);
    for (size_t k = 0; k < TERMS; k++) {
        retain__sum sum = {0.0, 0.0};

        for (size_t block = 0; status == RETAIN_OK && block < of->blocks; block++)
            retain__sum_add(&sum, of->sums[block * TERMS + k]);
        total[k] = retain__sum_value(sum);
    }
    *value = total[0];
    for (size_t i = 0; i < count; i++) {
        gradient[i] = total[1 + i];
        for (size_t j = i; hessian && j < count; j++, entry++)
            hessian[i * count + j] = hessian[j * count + i] = total[entry];
    }
    return status;
}

/* The smaller family's optimum comes first, or, when it is no maximum, last. */
static int start(void *state, int attempt, double *parameters)
{
    const likelihood *of = state;
    int own = attempt - (of->first && of->first_is_maximum);

    if (of->again) {
        memcpy(parameters, of->again, of->family->count * sizeof *parameters);
        return attempt == 0;
    }
    if (own >= 0 && of->family->start(&of->moments, own, parameters))
        return 1;
    if (!of->first || (of->first_is_maximum ? own >= 0 : !of->family->start(&of->moments, own - 1, parameters)))
        return 0;
    memcpy(parameters, of->first, of->family->count * sizeof *parameters);
    return 1;
}

static const char *find_meaning(const void *state, const int *way)
{
    const likelihood *of = state;

    return of->family->meaning(way);
}

/* Sums that starts and refusals are made from. */
static void take_moments(likelihood *of)
{
    const retain__collapsed *rows = &of->rows;
    double first_left = 0.0, few = of->has_prior ? 0.5 : 0.0; /* with a prior nobody may have left, or renewed */

    of->customers = of->decisions = of->left = of->renewed = 0.0;
    for (size_t run = 0; run < rows->runs; run++) {
        for (size_t i = rows->first[run]; i < rows->first[run + 1]; i++) {
            int left = rows->column[0][i] > 0.0;

            if (rows->value[run] == 0.0 || rows->weight[i] == 0.0)
                continue;
            of->customers += rows->weight[i];
            of->decisions = rows->value[run];
            of->left += left ? rows->weight[i] : 0.0;
            of->renewed += rows->weight[i] * (rows->value[run] - left);
            first_left += left && rows->value[run] == 1.0 ? rows->weight[i] : 0.0;
        }
    }
    of->moments.churn = (of->left + few) / (of->left + of->renewed + 2.0 * few);
    of->moments.first_churn = first_left / of->customers;
}

/* Why a fit cannot even begin; NULL when it can. */
static const char *find_lack(const likelihood *of)
{
    if (of->customers == 0.0)
        return "nobody has come to a renewal decision yet.";
    if (of->has_prior)
        return NULL;
    if (of->left == 0.0)
        return "nobody has left, so nothing can be said about when customers leave.";
    if (of->renewed == 0.0)
        return "nobody has renewed, so nothing can be said about who stays.";
    if (of->decisions < (double)of->family->count)
        return of->family->count == 2 ? "nobody has come to a second decision, so nothing can be said about how customers differ."
                                      : "nobody has come to a third decision, so tenure cannot be told from how customers differ.";
    return NULL;
}

static retain__fit_problem pose(likelihood *of)
{
    return (retain__fit_problem){.model = of->family->name,
                                 .parameters = of->family->count,
                                 .names = of->family->parameters,
                                 .rows = of->given,
                                 .customers = of->customers,
                                 .state = of,
                                 .meaning = find_meaning,
                                 .evaluate = evaluate,
                                 .start = start,
                                 .extreme = "number of periods",
                                 .largest = of->decisions,
                                 .prior_mean = of->has_prior ? of->prior_mean : NULL,
                                 .prior_precision = of->has_prior ? of->prior_precision : NULL};
}

/* --- rows --------------------------------------------------------------------------------------------------------------------- */

/* Periods, left and weight of rows, some of them counted. */
typedef struct gathered {
    size_t count;
    double *periods, *left, *weight;
} gathered;

static retain_status take_rows(retain__scratch *scratch, size_t most, gathered *rows)
{
    rows->count = 0;
    rows->periods = retain__take(scratch, most, sizeof *rows->periods);
    rows->left = retain__take(scratch, most, sizeof *rows->left);
    rows->weight = retain__take(scratch, most, sizeof *rows->weight);
    return rows->periods && rows->left && rows->weight ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

static void add_row(gathered *rows, double periods, int left, double weight)
{
    rows->periods[rows->count] = periods;
    rows->left[rows->count] = left;
    rows->weight[rows->count++] = weight;
}

/* Few periods are counted, which in a shop are all; the others stay rows. */
static retain_status gather_customers(retain__scratch *scratch, const retain_contract_customers *customers, gathered *rows)
{
    retain__sum *counted = retain__take_zeroed(scratch, (size_t)2 * SMALL, sizeof *counted);
    size_t large = 0;

    for (size_t i = 0; i < customers->count; i++)
        large += customers->periods[i] < SMALL ? 0 : 1;
    if (!counted || take_rows(scratch, (size_t)2 * SMALL + large, rows) != RETAIN_OK)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < customers->count; i++) {
        double periods = customers->periods[i], weight = customers->weight ? customers->weight[i] : 1.0;

        if (!(periods < SMALL))
            add_row(rows, periods, customers->left[i], weight);
        else if (customers->weight)
            retain__sum_add(&counted[2 * (size_t)periods + customers->left[i]], weight);
        else
            counted[2 * (size_t)periods + customers->left[i]].high += 1.0;
    }
    for (size_t k = 0; k < (size_t)2 * SMALL; k++) {
        if (counted[k].high > 0.0)
            add_row(rows, (double)(k / 2), (int)(k % 2), retain__sum_value(counted[k]));
    }
    return RETAIN_OK;
}

/* As many rows as survivors: who left at 1 ... k, and who is there at k. */
static retain_status gather_cohorts(retain__scratch *scratch, const retain_contract_cohorts *cohorts, gathered *rows)
{
    if (take_rows(scratch, cohorts->count * cohorts->columns, rows) != RETAIN_OK)
        return RETAIN_ERROR_MEMORY;
    for (size_t row = 0; row < cohorts->count; row++) {
        double before = 0.0;
        int is_last = 0;

        for (size_t t = 0; !is_last; t++) {
            double now = retain__contract_survivors_at(cohorts, row, t, &is_last);

            if (t > 0)
                add_row(rows, (double)t, 1, before - now);
            if (is_last)
                add_row(rows, (double)t, 0, now);
            before = now;
        }
    }
    return RETAIN_OK;
}

static retain_status collect(retain__scratch *scratch, const retain__contract_data *data, likelihood *of)
{
    retain_context *ctx = scratch->ctx;
    retain_status status = data->are_cohorts ? retain__contract_check_cohorts(ctx, data->cohorts)
                                             : retain__contract_check_customers(ctx, data->customers);
    gathered rows = {.count = 0};

    if (status != RETAIN_OK)
        return status;
    of->given = data->are_cohorts ? data->cohorts->count : data->customers->count;
    of->period_days = data->are_cohorts ? data->cohorts->period_days : data->customers->period_days;
    status = data->are_cohorts ? gather_cohorts(scratch, data->cohorts, &rows) : gather_customers(scratch, data->customers, &rows);
    if (status == RETAIN_OK) {
        const double *columns[] = {rows.periods, rows.left};

        status = retain__collapse(scratch, columns, 2, rows.weight, rows.count, NULL, &of->rows);
    }
    if (status != RETAIN_OK)
        return status;
    of->blocks = retain__blocks(of->rows.count, ROWS);
    of->sums = retain__take(scratch, of->blocks, TERMS * sizeof *of->sums);
    return of->sums ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* --- a search, and copies of it ----------------------------------------------------------------------------------------------- */

/* Normal on the logarithms. Tenure changes a risk by less than customers differ, so c, an exponent, has half the standard deviation. */
static void take_prior(const retain_fit_options *options, likelihood *of)
{
    of->has_prior = options->prior_sd > 0.0;
    for (size_t k = 0; of->has_prior && k < of->family->count; k++) {
        double sd = k == 2 ? 0.5 * options->prior_sd : options->prior_sd;

        of->prior_mean[k] = options->prior_centre ? log(options->prior_centre[k]) : 0.0;
        of->prior_precision[k] = 1.0 / (sd * sd);
    }
}

retain_status retain__contract_pose(retain__scratch *scratch, retain_contract_family family, const retain__contract_data *data,
                                    const retain_fit_options *options, retain__contract_search *search)
{
    retain_status status;

    memset(search, 0, sizeof *search);
    search->ctx = scratch->ctx;
    search->family = retain__contract_find(family);
    take_prior(options, search);
    status = collect(scratch, data, search);
    if (status != RETAIN_OK)
        return status;
    take_moments(search);
    search->lack = find_lack(search);
    search->problem = pose(search);
    return RETAIN_OK;
}

/* A larger family is searched with the optimum of the smaller among its starts. From the far end of a boundary, where all is flat, no
 * search can tell a boundary from a ridge: so that one comes last. */
retain_status retain__contract_search_all(retain_context *ctx, retain__contract_search *of, const retain_fit_options *options,
                                          double *p, retain_fit_report *report)
{
    likelihood small = *of;
    double first[PARAMETERS] = {0.0};
    retain_status status;

    if (of->lack)
        return retain__fit_too_little(ctx, &of->problem, of->lack, p, report);
    if (of->family->smaller) {
        retain__fit_problem smaller;

        small.family = of->family->smaller;
        smaller = pose(&small);
        status = retain__fit(NULL, &smaller, options, first, NULL);
        if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
            return status;
        of->family->enlarge(first);
        of->first = first;
        of->first_is_maximum = status == RETAIN_OK;
    }
    status = retain__fit(ctx, &of->problem, options, p, report);
    of->first = NULL; /* it is gone with this function */
    return status;
}

retain_status retain__contract_copy_search(retain__scratch *scratch, const retain__contract_search *from, int weights,
                                           retain__contract_search *copy)
{
    *copy = *from;
    copy->ctx = NULL;
    copy->sums = retain__take(scratch, copy->blocks, TERMS * sizeof *copy->sums);
    if (weights)
        copy->rows.weight = retain__take(scratch, copy->rows.count, sizeof *copy->rows.weight);
    if (!copy->sums || !copy->rows.weight)
        return RETAIN_ERROR_MEMORY;
    copy->problem = pose(copy);
    return RETAIN_OK;
}

/* The sum of w Poisson numbers of mean 1 is one of mean w. */
void retain__contract_resample(const retain__contract_search *from, retain__random *random, retain__contract_search *copy)
{
    for (size_t i = 0; i < from->rows.count; i++)
        copy->rows.weight[i] = retain__random_poisson(random, from->rows.weight[i]);
    take_moments(copy);
    copy->lack = find_lack(copy);
    copy->problem = pose(copy);
}

retain_status retain__contract_search_again(retain__contract_search *search, const double *again, const retain_fit_options *options,
                                            double *p, retain_fit_report *report)
{
    search->again = again;
    return search->lack ? retain__fit_too_little(NULL, &search->problem, search->lack, p, report)
                        : retain__fit(NULL, &search->problem, options, p, report);
}

/* --- public ------------------------------------------------------------------------------------------------------------------- */

retain_status retain__contract_begin_fit(retain_context *ctx, retain_contract_family family, const retain_fit_options *given,
                                         const retain_fit_report *report, int allow_prior, retain_fit_options *options)
{
    retain_fit_options others;
    retain_status status = RETAIN_OK;

    if (!retain__contract_find(family))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "family is %d; it must be a retain_contract_family",
                            (int)family);
    status = retain__fit_options(ctx, given, report, options);
    if (status != RETAIN_OK)
        return status;
    others = *options;
    if (allow_prior) {
        others.prior_sd = 0.0;
        others.prior_centre = NULL;
    }
    return retain__fit_no_extras(ctx, "a contract model", &others);
}

static retain_status fit(retain_context *ctx, retain_contract_family family, const retain__contract_data *data,
                         const retain_fit_options *given, retain_contract *model, retain_fit_report *report)
{
    retain__scratch scratch = {ctx, NULL};
    retain__contract_search search;
    retain_fit_options options;
    double p[PARAMETERS] = {0.0};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__contract_begin_fit(ctx, family, given, report, 0, &options);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    if (status == RETAIN_OK)
        status = retain__contract_pose(&scratch, family, data, &options, &search);
    if (status == RETAIN_OK)
        status = retain__contract_search_all(ctx, &search, &options, p, report);
    retain__release(&scratch);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        retain__contract_fill(search.family, p, search.period_days, model);
    return status;
}

retain_status retain_contract_fit(retain_context *ctx, retain_contract_family family, const retain_contract_customers *customers,
                                  const retain_fit_options *options, retain_contract *model, retain_fit_report *report)
{
    return fit(ctx, family, &(retain__contract_data){customers, NULL, 0}, options, model, report);
}

retain_status retain_contract_fit_cohorts(retain_context *ctx, retain_contract_family family,
                                          const retain_contract_cohorts *cohorts, const retain_fit_options *options,
                                          retain_contract *model, retain_fit_report *report)
{
    return fit(ctx, family, &(retain__contract_data){NULL, cohorts, 1}, options, model, report);
}

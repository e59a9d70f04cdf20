/* Likelihood and fit of contract models.
 *
 * A customer who left at decision t contributes log P(T = t), one who is still there after t contributes log S(t). There are only
 * as many different customers as decisions, twice: however many rows there are, they are first collapsed into those, with weights
 * (data/collapse.h; before that, periods below 1024 are simply counted), and an evaluation of the likelihood is a few dozen terms. A cohort's survivors are the same customers counted:
 * S_(t-1) - S_t who left at t, and S_k who are still there. So both give the same likelihood, and the same fit to the last bit.
 *
 * A family that contains a smaller one is searched first from the smaller one's optimum, so that its likelihood is never lower. */
#include <math.h>
#include <string.h>

#include "data/collapse.h"
#include "math/fit.h"
#include "math/sums.h"
#include "models/contract_family.h"

enum { PARAMETERS = RETAIN__CONTRACT_PARAMETERS, TERMS = RETAIN__CONTRACT_TERMS, ROWS = 64, SMALL = 1024 };

/* --- one customer --------------------------------------------------------------------------------------------------------------- */

static void compute_terms(const retain__contract_checked *model, double periods, int left, int order, double *terms)
{
    if (left)
        retain__contract_log_pmf(model->family, model->p, 0.0, periods, order, terms);
    else
        model->family->log_survival(model->family, model->p, 0.0, periods, log(periods), order, terms);
}

typedef struct table {
    retain__contract_checked model;
    const retain_contract_customers *customers;
    const retain_contract_cohorts *cohorts;
    double *value, *gradient;
} table;

static void likelihood_block(void *state, size_t block, size_t first, size_t last)
{
    const table *of = state;
    size_t count = of->model.family->count;

    (void)block;
    for (size_t i = first; i < last; i++) {
        double terms[TERMS];

        compute_terms(&of->model, of->customers->periods[i], of->customers->left[i] != 0, of->gradient != NULL, terms);
        of->value[i] = terms[0];
        if (of->gradient)
            memcpy(of->gradient + i * count, terms + 1, count * sizeof *terms);
    }
}

/* Survivors at t, 0 beyond what was observed; `*last` when t is the last observed. */
static double survivors_at(const retain_contract_cohorts *cohorts, size_t row, size_t t, int *last)
{
    const double *survivors = cohorts->survivors + row * cohorts->columns;

    *last = t + 1 == cohorts->columns || survivors[t + 1] != survivors[t + 1];
    return survivors[t];
}

/* Adds `weight` customers. */
static void gather(const retain__contract_checked *model, double periods, int left, double weight, int order, retain__sum *sums)
{
    double terms[TERMS];

    if (weight == 0.0)
        return;
    compute_terms(model, periods, left, order, terms);
    for (size_t k = 0; k < (order ? 1 + model->family->count : 1); k++)
        retain__sum_add(&sums[k], weight * terms[k]);
}

static void cohort_block(void *state, size_t block, size_t first, size_t last)
{
    const table *of = state;
    size_t count = of->model.family->count;

    (void)block;
    for (size_t i = first; i < last; i++) {
        retain__sum sums[1 + PARAMETERS] = {{0.0, 0.0}};
        int is_last = 0, order = of->gradient != NULL;
        double before = 0.0;

        for (size_t t = 0; !is_last; t++) {
            double now = survivors_at(of->cohorts, i, t, &is_last);

            if (t > 0)
                gather(&of->model, (double)t, 1, before - now, order, sums);
            if (is_last)
                gather(&of->model, (double)t, 0, now, order, sums);
            before = now;
        }
        of->value[i] = retain__sum_value(sums[0]);
        for (size_t k = 0; order && k < count; k++)
            of->gradient[i * count + k] = retain__sum_value(sums[1 + k]);
    }
}

/* Computes rows into scratch, and hands them over when all is done. */
static retain_status compute_table(retain_context *ctx, table *of, size_t rows, double *log_likelihood, double *gradient)
{
    retain__scratch scratch = {ctx, NULL};
    size_t count = of->model.family->count;
    retain_status status = RETAIN_OK;

    of->value = retain__take(&scratch, rows, sizeof(double));
    if (of->value && gradient)
        of->gradient = retain__take(&scratch, rows, count * sizeof(double));
    if (!of->value || (gradient && !of->gradient))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, rows, ROWS, 0.0, 1.0, of->cohorts ? cohort_block : likelihood_block, of);
    if (status == RETAIN_OK && rows) {
        memcpy(log_likelihood, of->value, rows * sizeof *log_likelihood);
        if (gradient)
            memcpy(gradient, of->gradient, rows * count * sizeof *gradient);
    }
    retain__release(&scratch);
    return status;
}

static retain_status check_likelihood(retain_context *ctx, const retain_contract *model, const char *name, double period_days,
                                      size_t rows, const double *log_likelihood)
{
    if (model->period_days != period_days)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "%s.period_days is %.17g; it must be that of the model, %.17g: the periods are other ones", name,
                            period_days, model->period_days);
    return rows && !log_likelihood ? retain__fail_null(ctx, "log_likelihood") : RETAIN_OK;
}

retain_status retain_contract_likelihood(retain_context *ctx, const retain_contract *model,
                                         const retain_contract_customers *customers, double *log_likelihood, double *gradient)
{
    table of = {.customers = customers};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__contract_check(ctx, model, &of.model);
    if (status == RETAIN_OK)
        status = retain__contract_check_customers(ctx, customers);
    if (status == RETAIN_OK)
        status = check_likelihood(ctx, model, "customers", customers->period_days, customers->count, log_likelihood);
    return status == RETAIN_OK ? compute_table(ctx, &of, customers->count, log_likelihood, gradient) : status;
}

retain_status retain_contract_likelihood_cohorts(retain_context *ctx, const retain_contract *model,
                                                 const retain_contract_cohorts *cohorts, double *log_likelihood, double *gradient)
{
    table of = {.cohorts = cohorts};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__contract_check(ctx, model, &of.model);
    if (status == RETAIN_OK)
        status = retain__contract_check_cohorts(ctx, cohorts);
    if (status == RETAIN_OK)
        status = check_likelihood(ctx, model, "cohorts", cohorts->period_days, cohorts->count, log_likelihood);
    return status == RETAIN_OK ? compute_table(ctx, &of, cohorts->count, log_likelihood, gradient) : status;
}

/* --- the fit -------------------------------------------------------------------------------------------------------------------- */

typedef struct likelihood {
    retain_context *ctx;
    const retain__contract_family *family;
    retain__contract_checked at;
    retain__collapsed rows; /* periods, and whether they left */
    retain__contract_moments moments;
    double customers;     /* who have seen a decision */
    double decisions;     /* most that anybody has seen */
    double left, renewed; /* customers who left; renewals */
    size_t blocks;
    double *sums;         /* [blocks * TERMS] */
    const double *first;  /* the optimum of the smaller family, as a model of this one, or NULL */
    int first_is_maximum; /* or on a boundary or a ridge? */
} likelihood;

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
        if (rows->value[run] == 0.0)
            continue; /* no decision seen: log S(0) = 0, whatever the parameters */
        compute_terms(&of->at, rows->value[run], rows->column[0][i] > 0.0, 2, terms);
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
        for (size_t j = i; j < count; j++, entry++)
            hessian[i * count + j] = hessian[j * count + i] = total[entry];
    }
    return status;
}

/* The smaller family's optimum comes first, or, when it is no maximum, last. */
static int start(void *state, int attempt, double *parameters)
{
    const likelihood *of = state;
    int own = attempt - (of->first && of->first_is_maximum);

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
    double first_left = 0.0;

    for (size_t run = 0; run < rows->runs; run++) {
        for (size_t i = rows->first[run]; i < rows->first[run + 1]; i++) {
            int left = rows->column[0][i] > 0.0;

            if (rows->value[run] == 0.0)
                continue;
            of->customers += rows->weight[i];
            of->decisions = rows->value[run];
            of->left += left ? rows->weight[i] : 0.0;
            of->renewed += rows->weight[i] * (rows->value[run] - left);
            first_left += left && rows->value[run] == 1.0 ? rows->weight[i] : 0.0;
        }
    }
    of->moments.churn = of->left / (of->left + of->renewed);
    of->moments.first_churn = first_left / of->customers;
}

/* Why a fit cannot even begin; NULL when it can. */
static const char *find_lack(const likelihood *of)
{
    if (of->customers == 0.0)
        return "nobody has come to a renewal decision yet.";
    if (of->left == 0.0)
        return "nobody has left, so nothing can be said about when customers leave.";
    if (of->renewed == 0.0)
        return "nobody has renewed, so nothing can be said about who stays.";
    if (of->decisions < (double)of->family->count)
        return of->family->count == 2 ? "nobody has come to a second decision, so nothing can be said about how customers differ."
                                      : "nobody has come to a third decision, so tenure cannot be told from how customers differ.";
    return NULL;
}

static retain__fit_problem pose(likelihood *of, size_t rows)
{
    return (retain__fit_problem){.model = of->family->name,
                                 .parameters = of->family->count,
                                 .names = of->family->parameters,
                                 .rows = rows,
                                 .customers = of->customers,
                                 .state = of,
                                 .meaning = find_meaning,
                                 .evaluate = evaluate,
                                 .start = start,
                                 .extreme = "number of periods",
                                 .largest = of->decisions};
}

/* Fits the family; a larger one with the optimum of the smaller among its starts. From the far end of a boundary, where all is flat,
 * no search can tell a boundary from a ridge: so that one comes last. */
static retain_status search(retain_context *ctx, likelihood *of, size_t rows, const retain_fit_options *options, double *p,
                            retain_fit_report *report)
{
    retain__fit_problem problem = pose(of, rows), smaller;
    const char *lack = find_lack(of);
    likelihood small = *of;
    double first[PARAMETERS] = {0.0};
    retain_status status;

    if (lack)
        return retain__fit_too_little(ctx, &problem, lack, p, report);
    if (of->family->smaller) {
        small.family = of->family->smaller;
        smaller = pose(&small, rows);
        status = retain__fit(NULL, &smaller, options, first, NULL);
        if (status != RETAIN_OK && status != RETAIN_ERROR_CONVERGENCE)
            return status;
        of->family->enlarge(first);
        of->first = first;
        of->first_is_maximum = status == RETAIN_OK;
    }
    status = retain__fit(ctx, &problem, options, p, report);
    of->first = NULL; /* it is gone with this function */
    return status;
}

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
            double now = survivors_at(cohorts, row, t, &is_last);

            if (t > 0)
                add_row(rows, (double)t, 1, before - now);
            if (is_last)
                add_row(rows, (double)t, 0, now);
            before = now;
        }
    }
    return RETAIN_OK;
}

static retain_status fit_rows(retain_context *ctx, retain__scratch *scratch, const retain__contract_family *family,
                              const gathered *rows, size_t given, const retain_fit_options *options, double *p,
                              retain_fit_report *report)
{
    const double *columns[] = {rows->periods, rows->left};
    likelihood of = {.ctx = ctx, .family = family};
    retain_status status = retain__collapse(scratch, columns, 2, rows->weight, rows->count, NULL, &of.rows);

    if (status != RETAIN_OK)
        return status;
    of.blocks = retain__blocks(of.rows.count, ROWS);
    of.sums = retain__take(scratch, of.blocks, TERMS * sizeof *of.sums);
    if (!of.sums)
        return RETAIN_ERROR_MEMORY;
    take_moments(&of);
    return search(ctx, &of, given, options, p, report);
}

/* What both fits check besides their data. */
static retain_status begin_fit(retain_context *ctx, retain_contract_family family, const retain_fit_options *given,
                               const retain_contract *model, const retain_fit_report *report, retain_fit_options *options)
{
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && !retain__contract_find(family))
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "family is %d; it must be a retain_contract_family",
                              (int)family);
    if (status == RETAIN_OK)
        status = retain__fit_options(ctx, given, report, options);
    if (status == RETAIN_OK)
        status = retain__fit_no_extras(ctx, "a contract model", options);
    if (status == RETAIN_OK && !model)
        status = retain__fail_null(ctx, "model");
    return status;
}

static retain_status finish_fit(retain_status status, const retain__contract_family *family, const double *p, double period_days,
                                retain__scratch *scratch, retain_contract *model)
{
    retain__release(scratch);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        retain__contract_fill(family, p, period_days, model);
    return status;
}

retain_status retain_contract_fit(retain_context *ctx, retain_contract_family family, const retain_contract_customers *customers,
                                  const retain_fit_options *given, retain_contract *model, retain_fit_report *report)
{
    const retain__contract_family *found = retain__contract_find(family);
    retain__scratch scratch = {ctx, NULL};
    retain_fit_options options;
    double p[PARAMETERS] = {0.0};
    gathered rows;
    retain_status status = begin_fit(ctx, family, given, model, report, &options);

    if (status == RETAIN_OK)
        status = retain__contract_check_customers(ctx, customers);
    if (status != RETAIN_OK)
        return status;
    status = gather_customers(&scratch, customers, &rows);
    if (status == RETAIN_OK)
        status = fit_rows(ctx, &scratch, found, &rows, customers->count, &options, p, report);
    return finish_fit(status, found, p, customers->period_days, &scratch, model);
}

retain_status retain_contract_fit_cohorts(retain_context *ctx, retain_contract_family family,
                                          const retain_contract_cohorts *cohorts, const retain_fit_options *given,
                                          retain_contract *model, retain_fit_report *report)
{
    const retain__contract_family *found = retain__contract_find(family);
    retain__scratch scratch = {ctx, NULL};
    retain_fit_options options;
    double p[PARAMETERS] = {0.0};
    gathered rows;
    retain_status status = begin_fit(ctx, family, given, model, report, &options);

    if (status == RETAIN_OK)
        status = retain__contract_check_cohorts(ctx, cohorts);
    if (status != RETAIN_OK)
        return status;
    status = gather_cohorts(&scratch, cohorts, &rows);
    if (status == RETAIN_OK)
        status = fit_rows(ctx, &scratch, found, &rows, cohorts->count, &options, p, report);
    return finish_fit(status, found, p, cohorts->period_days, &scratch, model);
}

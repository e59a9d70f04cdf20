/* Likelihood of contract models, row by row: customers, and cohorts.
 *
 * A customer who left at decision t contributes log P(T = t), one who is still there after t contributes log S(t). A cohort's survivors
 * are the same customers counted: S_(t-1) - S_t who left at t, and S_k who are still there. */
#include <math.h>
#include <string.h>

#include "math/sums.h"
#include "models/contract_fit.h"

enum { PARAMETERS = RETAIN__CONTRACT_PARAMETERS, TERMS = RETAIN__CONTRACT_TERMS, ROWS = 64 };

/* --- one customer --------------------------------------------------------------------------------------------------------------- */

void retain__contract_terms(const retain__contract_checked *model, double periods, int left, int order, double *terms)
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

        retain__contract_terms(&of->model, of->customers->periods[i], of->customers->left[i] != 0, of->gradient != NULL, terms);
        of->value[i] = terms[0];
        if (of->gradient)
            memcpy(of->gradient + i * count, terms + 1, count * sizeof *terms);
    }
}

double retain__contract_survivors_at(const retain_contract_cohorts *cohorts, size_t row, size_t t, int *last)
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
    retain__contract_terms(model, periods, left, order, terms);
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
            double now = retain__contract_survivors_at(of->cohorts, i, t, &is_last);

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

/* Covariates: from the parameters of a model to those of a customer.
 *
 * A covariate moves the logarithms of a family's parameters by an amount that is linear in it; the family says which parameters a
 * process moves, and how far (btyd_family.h). So a customer with covariates is a customer of the same family with other parameters,
 * and all that is known about the family holds. What is left to do is to bring customers of the same parameters together: shops know
 * a few channels and countries, and then there are a few patterns, each with many customers.
 *
 * A covariate whose coefficients are 0 tells nobody apart. A model with such covariates only gives what it gives without them, to the
 * last bit. */
#include <math.h>

#include "core/core.h"
#include "data/patterns.h"
#include "models/btyd_model.h"

static int is_in_range(double parameter)
{
    return parameter >= 1e-100 && parameter <= 1e100;
}

/* --- one customer --------------------------------------------------------------------------------------------------------- */

void retain__btyd_personal(const retain__btyd_checked *model, const double *covariates, double *p)
{
    const retain__btyd_family *family = model->family;
    double purchase = 0.0, lifetime = 0.0;

    for (size_t c = 0; c < model->model->covariates; c++) {
        purchase += model->model->purchase[c] * covariates[c];
        lifetime += model->model->lifetime[c] * covariates[c];
    }
    for (size_t k = 0; k < RETAIN__BTYD_NUMBERS; k++)
        p[k] = model->p[k];
    for (size_t k = 0; k < family->count; k++) {
        double shift = family->purchase[k] * purchase + family->lifetime[k] * lifetime;

        if (shift != 0.0)
            p[k] *= exp(shift);
    }
}

retain_status retain_btyd_given(retain_context *ctx, const retain_btyd *model, const double *covariates, retain_btyd *given)
{
    retain__btyd_checked checked;
    double p[RETAIN__BTYD_NUMBERS];
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__btyd_check_model(ctx, model, &checked);
    if (status == RETAIN_OK && ((model->covariates && !covariates) || !given))
        status = retain__fail_null(ctx, given ? "covariates" : "given");
    for (size_t c = 0; status == RETAIN_OK && c < model->covariates; c++) {
        if (!retain__is_finite(covariates[c]))
            status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "covariates[%zu] is %g; it must be finite", c,
                                  covariates[c]);
    }
    if (status != RETAIN_OK)
        return status;
    retain__btyd_personal(&checked, covariates, p);
    for (size_t k = 0; k < checked.family->count; k++) {
        if (!is_in_range(p[k]))
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                                "these covariates make %s %g; it must lie in [1e-100, 1e100]", checked.family->parameters[k], p[k]);
    }
    *given = *model;
    retain__btyd_fill(checked.family, p, model->unit_days, given);
    return RETAIN_OK;
}

/* --- checks --------------------------------------------------------------------------------------------------------------- */

retain_status retain__btyd_check_covariates(retain_context *ctx, const char *name, const double *const *covariates, size_t count,
                                            size_t rows)
{
    if (count && rows && !covariates)
        return retain__fail_null(ctx, name);
    for (size_t c = 0; rows && c < count; c++) {
        if (!covariates[c])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s[%zu] is NULL; it must point to %zu numbers", name, c,
                                rows);
        for (size_t i = 0; i < rows; i++) {
            if (!retain__is_finite(covariates[c][i]))
                return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu][%zu] is %g; it must be finite", name, c, i,
                                    covariates[c][i]);
        }
    }
    return RETAIN_OK;
}

retain_status retain__btyd_check_bare(retain_context *ctx, const retain_btyd *model)
{
    if (model->covariates == 0)
        return RETAIN_OK;
    return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                        "model has %zu covariates; retain_btyd_given makes the model of customers who have given ones",
                        model->covariates);
}

/* --- all customers -------------------------------------------------------------------------------------------------------- */

size_t retain__btyd_pattern_at(const retain__btyd_patterns *patterns, size_t row)
{
    size_t low = 0, high = patterns->count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (patterns->first[middle] <= row)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static retain_status find_parameters(retain__scratch *scratch, const retain__btyd_checked *model, const retain_customers *customers,
                                     const retain__patterns *found, retain__btyd_patterns *patterns)
{
    double *p = retain__take(scratch, found->count, RETAIN__BTYD_NUMBERS * sizeof *p);

    patterns->p = p;
    if (!p)
        return RETAIN_ERROR_MEMORY;
    for (size_t k = 0; k < found->count; k++, p += RETAIN__BTYD_NUMBERS) {
        double covariates[RETAIN_BTYD_COVARIATES];
        size_t row = found->example[k];

        for (size_t c = 0; c < model->model->covariates; c++)
            covariates[c] = customers->covariates[c][row];
        retain__btyd_personal(model, covariates, p);
        for (size_t j = 0; j < model->family->count; j++) {
            if (!is_in_range(p[j]))
                return retain__fail(scratch->ctx, RETAIN_ERROR_DATA, row,
                                    "the covariates of row %zu make %s %g; it must lie in [1e-100, 1e100]", row,
                                    model->family->parameters[j], p[j]);
        }
    }
    return RETAIN_OK;
}

static retain_status reorder(retain__scratch *scratch, const size_t *row, size_t count, const double **column)
{
    double *ordered = retain__take(scratch, count, sizeof *ordered);

    if (!ordered)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        ordered[i] = (*column)[row[i]];
    *column = ordered;
    return RETAIN_OK;
}

retain_status retain__btyd_find_patterns(retain__scratch *scratch, const retain__btyd_checked *model,
                                         const retain_customers *customers, retain__btyd_patterns *patterns)
{
    const double *column[RETAIN_BTYD_COVARIATES];
    size_t columns = 0, count = customers->count, *first, *row;
    retain__patterns found;
    retain_status status;

    for (size_t c = 0; c < model->model->covariates; c++) {
        if (model->model->purchase[c] != 0.0 || model->model->lifetime[c] != 0.0)
            column[columns++] = customers->covariates[c];
    }
    *patterns = (retain__btyd_patterns){.count = 1, .p = model->p, .customers = *customers, .whole = {0, count}};
    patterns->first = patterns->whole;
    if (columns == 0 || count == 0)
        return RETAIN_OK;
    status = retain__find_patterns(scratch, column, columns, count, &found);
    if (status == RETAIN_OK)
        status = find_parameters(scratch, model, customers, &found, patterns);
    if (status != RETAIN_OK || found.count == 1)
        return status;
    patterns->count = found.count;
    status = retain__order_by_pattern(scratch, &found, count, &row, &first);
    patterns->first = first;
    patterns->row = row;
    if (status == RETAIN_OK)
        status = reorder(scratch, row, count, &patterns->customers.frequency);
    if (status == RETAIN_OK)
        status = reorder(scratch, row, count, &patterns->customers.t_x);
    if (status == RETAIN_OK)
        status = reorder(scratch, row, count, &patterns->customers.T);
    return status;
}

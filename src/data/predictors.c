/* Predictors: one validation for all that read them.
 *
 * Numbers are read in the order in which they lie: column by column, or row by row where rows lie one after the other, so that a
 * table of a million rows goes through the cache once. */
#include "data/predictors.h"

#include <math.h>

#include "math/kernels.h"

static const double MOST = 1e100;

static int is_allowed(double x, int may_miss)
{
    return fabs(x) <= MOST || (may_miss && isnan(x));
}

static retain_status refuse_number(retain_context *ctx, size_t row, size_t column, double x, int may_miss)
{
    if (isnan(x))
        return retain__fail(ctx, RETAIN_ERROR_DATA, row, "predictors.column[%zu][%zu] is missing; every row must have a number",
                            column, row);
    return retain__fail(ctx, RETAIN_ERROR_DATA, row, "predictors.column[%zu][%zu] is %g; it must be at most 1e100 in size%s",
                        column, row, x, may_miss ? ", or NaN" : "");
}

retain_status retain__check_predictor_table(retain_context *ctx, const retain_predictors *predictors)
{
    if (!predictors)
        return retain__fail_null(ctx, "predictors");
    if (predictors->columns > RETAIN_PREDICTORS_MOST)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is %zu; it must be at most %d",
                            predictors->columns, RETAIN_PREDICTORS_MOST);
    if (predictors->columns && !predictors->column)
        return retain__fail_null(ctx, "predictors.column");
    for (size_t j = 0; predictors->count && j < predictors->columns; j++) {
        if (!predictors->column[j])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.column[%zu] is NULL; it is required", j);
    }
    return RETAIN_OK;
}

/* Are all of them allowed? Without a branch a row, so that it takes no longer than reading them. */
static RETAIN__INLINE void look_body(const double *x, size_t count, int may_miss, int *fit)
{
    int wrong = 0;

    for (size_t i = 0; i < count; i++)
        wrong |= may_miss ? fabs(x[i]) > MOST : !(fabs(x[i]) <= MOST);
    *fit = !wrong;
}

RETAIN__VECTORISED(static, look, (const double *x, size_t count, int may_miss, int *fit), (x, count, may_miss, fit));

static retain_status check_rows(retain_context *ctx, const retain_predictors *predictors, size_t from, size_t to, size_t first,
                                size_t last, int may_miss)
{
    for (size_t i = from; i < to; i++) {
        for (size_t j = first; j < last; j++) {
            const double x = retain__predictor(predictors, i, j);

            if (!is_allowed(x, may_miss))
                return refuse_number(ctx, i, j, x, may_miss);
        }
    }
    return RETAIN_OK;
}

retain_status retain__check_predictors(retain_context *ctx, const retain_predictors *predictors, int may_miss)
{
    retain_status status = retain__check_predictor_table(ctx, predictors);

    if (status == RETAIN_OK && predictors->stride > 1)
        return check_rows(ctx, predictors, 0, predictors->count, 0, predictors->columns, may_miss);
    for (size_t j = 0; status == RETAIN_OK && j < predictors->columns; j++) {
        int fit;

        look(predictors->column[j], predictors->count, may_miss, &fit);
        if (!fit)
            status = check_rows(ctx, predictors, 0, predictors->count, j, j + 1, may_miss);
    }
    return status;
}

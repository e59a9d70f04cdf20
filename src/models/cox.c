/* Linear predictors and relative risks from a model. */
#include "retain/cox.h"

#include <math.h>
#include <string.h>

#include "data/predictors.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "models/cox_rows.h"
#include "retain/fit.h"

enum { MOST = RETAIN__COX_MOST };

typedef struct telling {
    const retain_cox *model;
    const retain_predictors *predictors;
    const double *covariance;
    double quantile;
    double *logarithm, *ratio, *low, *high;
} telling;

/* Variance of the linear predictor at these distances from the reference. */
static double find_variance(const retain_cox *model, const double *covariance, const double *off)
{
    const size_t n = model->predictors;
    double sum = 0.0;

    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++)
            sum += off[a] == 0.0 || off[b] == 0.0 ? 0.0 : off[a] * covariance[a * n + b] * off[b];
    }
    return sum;
}

static void tell_rows(void *state, size_t block, size_t first, size_t last)
{
    const telling *to = state;
    const retain_cox *model = to->model;

    (void)block;
    for (size_t i = first; i < last; i++) {
        double off[MOST], logarithm = 0.0, reach;

        for (size_t j = 0; j < model->predictors; j++) {
            off[j] = retain__predictor(to->predictors, i, j) - model->reference[j];
            logarithm += model->coefficient[j] * off[j];
        }
        reach = to->covariance ? to->quantile * sqrt(find_variance(model, to->covariance, off)) : (double)NAN;
        retain__put(to->logarithm, i, logarithm);
        retain__put(to->ratio, i, exp(logarithm));
        retain__put(to->low, i, exp(logarithm - reach));
        retain__put(to->high, i, exp(logarithm + reach));
    }
}

/* Computes into scratch, and hands over when all is done. */
static retain_status tell(retain_context *ctx, const telling *to)
{
    retain__scratch scratch = {ctx, NULL};
    const size_t count = to->predictors->count;
    double *const given[] = {to->logarithm, to->ratio, to->low, to->high};
    double *made[] = {NULL, NULL, NULL, NULL};
    telling into = *to;
    retain_status status = RETAIN_OK;

    for (size_t k = 0; k < 4 && status == RETAIN_OK; k++) {
        made[k] = given[k] ? retain__take(&scratch, count, sizeof(double)) : NULL;
        status = given[k] && !made[k] ? RETAIN_ERROR_MEMORY : RETAIN_OK;
    }
    into.logarithm = made[0];
    into.ratio = made[1];
    into.low = made[2];
    into.high = made[3];
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, count, RETAIN__COX_ROWS_PER_BLOCK, 0.0, 1.0, tell_rows, &into);
    for (size_t k = 0; k < 4 && status == RETAIN_OK && count; k++) {
        if (given[k])
            memcpy(given[k], made[k], count * sizeof(double));
    }
    retain__release(&scratch);
    return status;
}

retain_status retain_cox_risk(retain_context *ctx, const retain_cox *model, const retain_predictors *predictors,
                              const double *covariance, double level, double *logarithm, double *ratio, double *low, double *high)
{
    telling to = {model, predictors, covariance, 0.0, logarithm, ratio, low, high};
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__cox_check_model(ctx, model);
    if (status == RETAIN_OK)
        status = retain__check_predictors(ctx, predictors, 1);
    if (status == RETAIN_OK && predictors->columns != model->predictors)
        status = retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "predictors.columns is %zu; the model reads %zu",
                              predictors->columns, model->predictors);
    if (status == RETAIN_OK && covariance)
        status = retain_fit_covariance(ctx, model->predictors, covariance);
    if (status == RETAIN_OK)
        status = retain__take_level(ctx, "level", &level);
    if (status != RETAIN_OK)
        return status;
    to.quantile = retain__ndtri(0.5 + 0.5 * level);
    return tell(ctx, &to);
}

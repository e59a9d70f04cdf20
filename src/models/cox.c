/* Linear predictors and relative risks from a model. */
#include "retain/cox.h"

#include <math.h>

#include "data/predictors.h"
#include "math/special.h"
#include "metrics/rates.h"
#include "models/cox_rows.h"
#include "models/row_results.h"
#include "retain/fit.h"

enum { MOST = RETAIN__COX_MOST, OUTPUTS = 4 };

typedef struct telling {
    const retain_cox *model;
    const retain_predictors *predictors;
    const double *covariance;
    double quantile;
    double *made[OUTPUTS]; /* logarithm, ratio, low, high: [count], or NULL */
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
        retain__put(to->made[0], i, logarithm);
        retain__put(to->made[1], i, exp(logarithm));
        retain__put(to->made[2], i, exp(logarithm - reach));
        retain__put(to->made[3], i, exp(logarithm + reach));
    }
}

retain_status retain_cox_risk(retain_context *ctx, const retain_cox *model, const retain_predictors *predictors,
                              const double *covariance, double level, double *logarithm, double *ratio, double *low, double *high)
{
    telling to = {.model = model, .predictors = predictors, .covariance = covariance};
    double *const outputs[OUTPUTS] = {logarithm, ratio, low, high};
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
    return retain__compute_rows(ctx, predictors->count, 1, RETAIN__COX_ROWS_PER_BLOCK, tell_rows, &to, to.made, outputs, OUTPUTS);
}

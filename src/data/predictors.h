/* Predictors, checked, and read in pieces. */
#ifndef RETAIN_DATA_PREDICTORS_H
#define RETAIN_DATA_PREDICTORS_H

#include "core/core.h"
#include "retain/predictors.h"

/* The rules of retain_predictors. Without `may_miss` a missing number is an error. */
retain_status retain__check_predictors(retain_context *ctx, const retain_predictors *predictors, int may_miss);

/* The same without a look at the numbers: for those who look at them while they read them. */
retain_status retain__check_predictor_table(retain_context *ctx, const retain_predictors *predictors);

/* The number in a row of a column. */
static inline double retain__predictor(const retain_predictors *predictors, size_t row, size_t column)
{
    return predictors->column[column][row * (predictors->stride ? predictors->stride : 1)];
}

/* Asks for it, ahead of the time at which it is read. */
static inline void retain__expect_predictor(const retain_predictors *predictors, size_t row, size_t column)
{
#if defined(__GNUC__)
    __builtin_prefetch(predictors->column[column] + row * (predictors->stride ? predictors->stride : 1));
#else
    (void)predictors;
    (void)row;
    (void)column;
#endif
}

#endif

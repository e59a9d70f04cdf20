/* The delta method: limits of the answers to a question, for one row and for all together, from what the same question is answered by
 * models nearby. Who answers does not matter: models without and with covariates that change with time. */
#ifndef RETAIN_BTYD_DELTA_H
#define RETAIN_BTYD_DELTA_H

#include "models/btyd_totals.h"

enum { RETAIN__DELTA_ENTRIES = RETAIN_FIT_PARAMETERS };

/* What is asked about whom. `answer` writes the answers of a model to `answers`, on the scale of the quantity where `on_scale`, its
 * progress scaled into [from, to]. */
typedef struct retain__delta {
    retain_context *ctx;
    const retain__btyd_checked *model;
    const retain_customers *customers; /* count and weight are read here; whatever else `answer` wants */
    const void *others;                /* rows that are no customers' */
    const retain_btyd_question *question;
    const double *covariance; /* [entries * entries] of retain__delta_take_covariance; NULL when the parameters are known */
    double *answers;          /* [customers] */
    retain_status (*answer)(const struct retain__delta *of, const retain__btyd_checked *model, const retain_btyd_question *question,
                            int on_scale, double from, double to);
} retain__delta;

/* Parameters and coefficients. */
size_t retain__delta_count(const retain__btyd_checked *model);

/* Refuses a question whose answer jumps. */
retain_status retain__delta_check_smooth(retain_context *ctx, const retain__btyd_family *family,
                                         const retain_btyd_question *question);

/* Covariance of the logarithms of the parameters, and of the coefficients as they are; [RETAIN__DELTA_ENTRIES^2]. */
retain_status retain__delta_take_covariance(retain_context *ctx, const retain__btyd_checked *model, const double *given,
                                            double *taken);

/* The answers of all rows with their limits; `values` may be NULL. `quantile` is that of the normal distribution. */
retain_status retain__delta_intervals(retain__delta *of, retain__scratch *scratch, double quantile, double *values, double *low,
                                      double *high);

/* The answers of all rows with their derivatives by the parameters and coefficients, [customers * entries]; `values` may be NULL.
 * `largest` holds the largest size of each covariate, 0 where it concerns nobody. */
retain_status retain__delta_gradients(retain__delta *of, retain__scratch *scratch, const double *largest, double *values,
                                      double *gradient);

/* Their total; struct_size is left alone. */
retain_status retain__delta_total(retain__delta *of, const double *worth, double quantile, retain_btyd_sum *sum);

#endif

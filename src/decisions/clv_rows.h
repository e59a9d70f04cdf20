/* The residual value of each customer with its derivatives and its chance: what limits, sums and payback are made of. */
#ifndef RETAIN_CLV_ROWS_H
#define RETAIN_CLV_ROWS_H

#include "core/core.h"
#include "models/spend_model.h"
#include "retain/clv_interval.h"

enum { RETAIN__CLV_SPEND = RETAIN_SPEND_ENTRIES, RETAIN__CLV_MOST = RETAIN_FIT_PARAMETERS + RETAIN__CLV_SPEND };

/* A forecast and terms that were checked. */
typedef struct retain__clv_checked {
    const retain_clv_forecast *forecast;
    retain_clv_terms terms;
    size_t orders;                  /* parameters and coefficients of the model of orders */
    size_t parameters;              /* and those of the spend model, if there is one */
    retain__spend_entries entries;  /* of a model of single orders */
    double scale[RETAIN__CLV_MOST]; /* the parameters, and 1 for coefficients */
} retain__clv_checked;

/* What is known of the values of a customer's orders. */
typedef struct retain__clv_values {
    double mean;                  /* E[V] */
    double square, within;        /* E[m^2], m being the customer's own mean, and E of the variance of V about it; NaN: not known */
    double by[RETAIN__CLV_SPEND]; /* derivatives of the mean by the parameters of the spend model */
} retain__clv_values;

/* Rows; all scratch. */
typedef struct retain__clv_rows {
    size_t parameters;
    double *residual; /* [count] */
    double *variance; /* [count] of chance; NULL when not wanted */
    double *gradient; /* [count * parameters] of residual by the parameters */
    uint8_t *product; /* [count] 1: the residual value is a plain product, no difference */
} retain__clv_rows;

/* Checks terms of `count` customers, and fills in the defaults. */
retain_status retain__clv_take_terms(retain_context *ctx, const retain_clv_terms *given, size_t count, retain_clv_terms *terms);

/* Checks all that rows are made of. */
retain_status retain__clv_check(retain_context *ctx, const retain_clv_forecast *forecast, const retain_customers *customers,
                                const retain_clv_terms *terms, retain__clv_checked *checked);

/* Makes the rows. Without `with_gradient` gradients are not computed and NULL. */
retain_status retain__clv_make_rows(retain__scratch *scratch, const retain__clv_checked *checked, const retain_customers *customers,
                                    int with_gradient, int with_variance, retain__clv_rows *rows);

/* Values of the orders of a customer, by the row; `mean` is what retain_spend_expected says where that is the model; and those of a
 * stranger, whose frequency is 0. In clv_spend.c, with the check of the spend model, which fills in the rest of `checked`. */
retain__clv_values retain__clv_values_of(const retain__clv_checked *checked, const retain_customers *customers, size_t i,
                                         double mean);
retain__clv_values retain__clv_values_of_stranger(const retain__clv_checked *checked);
retain_status retain__clv_check_spend(retain_context *ctx, const retain_clv_forecast *forecast, size_t count,
                                      retain__clv_checked *checked);

/* Is there a model of order values? */
static inline int retain__clv_has_spend(const retain_clv_forecast *forecast)
{
    return forecast->spend || forecast->order_spend;
}

/* Standard error of a figure of this value and gradient: of independent blocks. */
double retain__clv_error(const retain__clv_checked *checked, const double *gradient, double value);

/* Limits of a figure at `quantile` standard errors: on the logarithmic scale for products; `matched` has mean and variance that of the
 * log-normal distribution, otherwise the figure is its median. */
void retain__clv_limits(double value, double error, double quantile, int product, int matched, double *low, double *high);

#endif

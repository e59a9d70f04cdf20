/* Totals over customers, from answers about each: shared by the delta method and by draws. */
#ifndef RETAIN_BTYD_TOTALS_H
#define RETAIN_BTYD_TOTALS_H

#include "math/draws.h"
#include "models/btyd_forecast.h"
#include "retain/btyd_interval.h"

/* Checks the level of an interval, and what orders or customers are worth. */
retain_status retain__btyd_check_worth(retain_context *ctx, const retain_customers *customers, const double *worth);

/* Checks what every total is asked with: a quantity that has one, the level, and where it is to go. */
retain_status retain__btyd_check_total(retain_context *ctx, retain_btyd_quantity quantity, double level,
                                       const retain_btyd_sum *sum);

/* Sum of weight times worth times answer; of weight times worth squared times the variance of chance, the answers being variances of
 * counts, or else probabilities; and of weight times worth. */
double retain__btyd_add_up(const retain_customers *customers, const double *worth, const double *answers);
double retain__btyd_add_up_chance(const retain_customers *customers, const double *worth, const double *answers, int are_variances);
double retain__btyd_add_up_worth(const retain_customers *customers, const double *worth);

/* Limits of a total that has this standard error: of `whole` customers where it is a number of them. `matched`: of what will happen, whose
 * mean is to be the total. */
void retain__btyd_limit_total(retain__btyd_scale scale, double total, double whole, double error, double quantile, int matched,
                              double *low, double *high);

#endif

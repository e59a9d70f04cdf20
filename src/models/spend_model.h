/* Models of single order values: what the two families share. A family is a likelihood of one customer, of all customers, and the
 * distribution of the next order. */
#ifndef RETAIN_SPEND_MODEL_H
#define RETAIN_SPEND_MODEL_H

#include "math/fit.h"
#include "retain/spend_orders.h"

enum { RETAIN__SPEND_ENTRIES = RETAIN_SPEND_ENTRIES, RETAIN__SPEND_THETA = 3, RETAIN__SPEND_DELTA = 4 };

/* A model's numbers in the order of reports: three parameters, theta, delta. */
typedef struct retain__spend_entries {
    retain_spend_family family;
    double v[RETAIN__SPEND_ENTRIES];
} retain__spend_entries;

/* Squared deviations of logarithms, for each order beyond a customer's first, below which orders are all of one value: then a likelihood
 * rises without limit, and there is nothing to fit. */
#define RETAIN__SPEND_ALIKE 1e-24
extern const char retain__spend_alike[];

/* One customer. */
typedef struct retain__spender {
    double n, mean, mean_log, log_squares, time, time_squares, time_logs;
    double effect; /* log(1 + frequency) */
    double weight;
} retain__spender;

/* A number and its derivatives by the entries. */
typedef struct retain__spend_value {
    double value, gradient[RETAIN__SPEND_ENTRIES];
} retain__spend_value;

retain_status retain__check_spenders(retain_context *ctx, const retain_spenders *spenders);

/* A model's numbers, checked; and with the customers whom it is applied to. */
retain_status retain__spend_take_model(retain_context *ctx, const retain_spend_model *model, retain__spend_entries *entries);
retain_status retain__spend_check(retain_context *ctx, const retain_spend_model *model, const retain_spenders *spenders,
                                  retain__spend_entries *entries);

/* Row i of checked spenders; columns that are not there are 0. */
retain__spender retain__spender_of(const retain_spenders *spenders, size_t i);

/* log f of the values of a customer with n > 0. `gradient` may be NULL. */
double retain__gamma_gamma_likelihood(const double *entries, const retain__spender *spender, double *gradient);
double retain__log_normal_likelihood(const double *entries, const retain__spender *spender, double *gradient);

/* log of the expected value of the next order, of a customer with n >= 0; NaN where it does not exist. */
retain__spend_value retain__gamma_gamma_expected(const double *entries, const retain__spender *spender);
retain__spend_value retain__log_normal_expected(const double *entries, const retain__spender *spender, double time);

/* The same of either family. */
retain__spend_value retain__spend_expected(const retain__spend_entries *entries, const retain__spender *spender, double time);

/* Spread of order values, in units of the squared expected value: E[mean of the customer^2], and E[variance of one order about that mean].
 * NaN where they do not exist. */
void retain__spend_spread(const retain__spend_entries *entries, const retain__spender *spender, double *square, double *within);

/* Quantile of the next order. Gamma-Gamma: the scale (gamma + n z) times odds B / (1 - B), whose logarithm's quantile depends on n alone. */
double retain__gamma_gamma_log_scale(const double *entries, const retain__spender *spender);
double retain__gamma_gamma_log_odds(const double *entries, double n, double probability);
double retain__log_normal_quantile(const double *entries, const retain__spender *spender, double time, double normal_quantile);

/* What limits are made of: the covariance of the logarithms of the parameters and of the coefficients, and a normal quantile. */
typedef struct retain__spend_margins {
    int wanted;
    double quantile, covariance[RETAIN__SPEND_ENTRIES * RETAIN__SPEND_ENTRIES];
} retain__spend_margins;

/* From the covariance of the entries, which is checked; NULL where no limits are wanted. */
retain_status retain__spend_take_margins(retain_context *ctx, const retain__spend_entries *entries, const double *covariance,
                                         double level, int has_outputs, retain__spend_margins *into);

/* Expected value and its limits, which are NaN where none are wanted, and may be NULL. */
void retain__spend_write_expected(const retain__spend_entries *entries, const retain__spender *one, double time,
                                  const retain__spend_margins *margin, double *expected, double *low, double *high);

/* Quantiles of Gamma-Gamma, `count` of them; customer i is `customer(state, i)`. */
void retain__spend_quantiles(const double *entries, retain__spender (*customer)(const void *state, size_t i), const void *state,
                             size_t count, double probability, double *quantile);

/* Begins a fit: gathers the customers with n > 0 into scratch, and sets state, evaluate, start and meaning of the problem. Where
 * nothing can be fitted `*lack` becomes a sentence. */
retain_status retain__gamma_gamma_pose(retain__scratch *scratch, const retain_spenders *spenders, retain__fit_problem *problem,
                                       const char **lack);
retain_status retain__log_normal_pose(retain__scratch *scratch, const retain_spenders *spenders, retain__fit_problem *problem,
                                      const char **lack);

/* The unit in which a fit counts money: 2^exponent of the caller's. */
typedef struct retain__spend_unit {
    int exponent;
    double orders; /* of all customers */
} retain__spend_unit;

/* Chooses it and, unless it is the caller's own, replaces the columns of money. */
retain_status retain__spend_choose_unit(retain__scratch *scratch, retain_spenders *spenders, retain__spend_unit *unit);

/* Entries and report (may be NULL) of a fit in that unit to the caller's; entry `money` is an amount. */
void retain__spend_leave_unit(const retain__spend_unit *unit, size_t money, double *entries, retain_fit_report *report);

#endif

/* What the tests of buy-till-you-die models share: golden rows, tolerances, CDNOW as customers. */
#ifndef RETAIN_TEST_MODELS_H
#define RETAIN_TEST_MODELS_H

#include "logs.h"
#include "retain/btyd.h"
#include "support.h"

/* One model of each family, with parameters as CDNOW's. */
enum { FAMILIES = 4 };
extern const retain_btyd family_models[FAMILIES];

/* The model of a golden row, whose parameters stand in columns of the family's names. Its unit of time is a week. */
retain_btyd golden_model(const golden *table, size_t row, retain_btyd_family family);

/* The k-th parameter of a model; and the same model where all times are `factor` times as long. */
double parameter_of(retain_btyd model, size_t k);
retain_btyd in_other_time(retain_btyd model, double factor);

/* One golden customer, in columns x, t_x, T and perhaps log_gaps. */
typedef struct one_customer {
    double frequency, t_x, T, log_gaps;
    retain_customers view;
} one_customer;
void golden_customer(const golden *table, size_t row, one_customer *customer);

/* How far a golden value may be missed, after its columns `kind`, `cond` and `scale`: |want| (1e-12 + 1e-14 cond), and 100 times
 * that for stress rows; 1e-14 scale and 1e-13 scale where there is a scale. A missing cond counts as 0; where the file has no such
 * column it is 1e-12 and 1e-9. */
double golden_tolerance(const golden *table, size_t row, double want);

/* Checks every row of NAME_loglik, NAME_palive, NAME_expected, NAME_conditional and NAME_pmf in golden/btyd against the public
 * functions. */
void check_golden_likelihood(const char *name, retain_btyd_family family);
void check_golden_alive(const char *name, retain_btyd_family family);
void check_golden_expected(const char *name, retain_btyd_family family);
void check_golden_conditional(const char *name, retain_btyd_family family);
void check_golden_pmf(const char *name, retain_btyd_family family);

/* What a model says about one customer, or about a new one. */
double likelihood_of(retain_btyd model, double x, double t_x, double T);
double odds_of(retain_btyd model, double x, double t_x, double T); /* log(P(dead) / P(alive)) */
double alive_of(retain_btyd model, double x, double t_x, double T);
double orders_of(retain_btyd model, double x, double t_x, double T, double t);
double silence_of(retain_btyd model, double x, double t_x, double T, double t);
double discounted_of(retain_btyd model, double x, double t_x, double T, double t, double delta);
double expected_of(retain_btyd model, double t);
double log_pmf_of(retain_btyd model, double t, double n);

/* Gradient against differences of the likelihood, Hessian (from the sums of a fit) against differences of the gradient, at points
 * where both are hard. A point of a regular family ends with its k. */
void check_derivatives(retain_btyd_family family, const double *points, size_t count);

/* The CDNOW sample as customers in weeks, observed until 1997-09-30, with the occasions of the 39 weeks after it. */
typedef struct cdnow {
    double frequency[CDNOW_SAMPLE_CUSTOMERS], t_x[CDNOW_SAMPLE_CUSTOMERS], T[CDNOW_SAMPLE_CUSTOMERS], spend[CDNOW_SAMPLE_CUSTOMERS],
        holdout[CDNOW_SAMPLE_CUSTOMERS];
    retain_customers view;
} cdnow;
void cdnow_customers(cdnow *customers);

#endif

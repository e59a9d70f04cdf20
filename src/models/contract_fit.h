/* The fit of contract models in its parts: what is searched, the search, and copies of it, for who goes on from there (draws). */
#ifndef RETAIN_CONTRACT_FIT_H
#define RETAIN_CONTRACT_FIT_H

#include "data/collapse.h"
#include "math/fit.h"
#include "math/random.h"
#include "models/contract_family.h"

/* Log-likelihood of one customer, and its derivatives. */
void retain__contract_terms(const retain__contract_checked *model, double periods, int left, int order, double *terms);

/* Survivors at t, 0 beyond what was observed; `*last` when t is the last observed. */
double retain__contract_survivors_at(const retain_contract_cohorts *cohorts, size_t row, size_t t, int *last);

/* What is fitted to: one of the two, which may be NULL and is refused then. */
typedef struct retain__contract_data {
    const retain_contract_customers *customers;
    const retain_contract_cohorts *cohorts;
    int are_cohorts;
} retain__contract_data;

/* What is searched: a likelihood with its prior. It may not be moved. */
typedef struct retain__contract_search {
    retain_context *ctx;
    const retain__contract_family *family;
    retain__contract_checked at;
    retain__collapsed rows; /* periods, and whether they left */
    size_t given;           /* rows of the data, before they were collapsed */
    retain__contract_moments moments;
    double period_days;
    double customers;     /* who have seen a decision */
    double decisions;     /* most that anybody has seen */
    double left, renewed; /* customers who left; renewals */
    size_t blocks;
    int order;            /* of the derivatives that are asked for */
    double *sums;         /* [blocks * RETAIN__CONTRACT_TERMS] */
    const double *first;  /* the optimum of the smaller family, as a model of this one, or NULL */
    int first_is_maximum; /* or on a boundary or a ridge? */
    const double *again;  /* the only start, or NULL */
    double prior_mean[RETAIN__CONTRACT_PARAMETERS], prior_precision[RETAIN__CONTRACT_PARAMETERS];
    int has_prior;
    const char *lack; /* why the search cannot begin, as a sentence; NULL when it can */
    retain__fit_problem problem;
} retain__contract_search;

/* Checks what every fit of a contract model is told: the family, and options without what these models do not have. A prior is one of
 * these unless it is allowed. */
retain_status retain__contract_begin_fit(retain_context *ctx, retain_contract_family family, const retain_fit_options *given,
                                         const retain_fit_report *report, int allow_prior, retain_fit_options *options);

/* Checks the data and poses the search; all is scratch. */
retain_status retain__contract_pose(retain__scratch *scratch, retain_contract_family family, const retain__contract_data *data,
                                    const retain_fit_options *options, retain__contract_search *search);

/* Fits: `p` and report as of retain__fit. */
retain_status retain__contract_search_all(retain_context *ctx, retain__contract_search *search, const retain_fit_options *options,
                                          double *p, retain_fit_report *report);

/* The same search for a thread of its own: without context, with sums of its own and, if `weights`, with weights of its own. */
retain_status retain__contract_copy_search(retain__scratch *scratch, const retain__contract_search *from, int weights,
                                           retain__contract_search *copy);

/* New weights for a copy that has its own: every customer of the original occurs a Poisson number of times, with mean 1. */
void retain__contract_resample(const retain__contract_search *from, retain__random *random, retain__contract_search *copy);

/* Fits a copy whose weights have changed, beginning at `again`. */
retain_status retain__contract_search_again(retain__contract_search *search, const double *again, const retain_fit_options *options,
                                            double *p, retain_fit_report *report);

#endif

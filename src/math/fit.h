/* Fits: a search by Newton's method, a verdict on what it found, and a report. Every model of the library is fitted through
 * this. */
#ifndef RETAIN_MATH_FIT_H
#define RETAIN_MATH_FIT_H

#include "core/core.h"
#include "retain/fit.h"

/* Which way parameters go at a boundary: -1 to 0, 1 to infinity, 0 neither. Returns what that means for a shop, as the end of
 * the sentence "The likelihood still rises as ...: ...", or "". */
typedef const char *(*retain__fit_meaning)(const void *state, const int *way);

/* An entry that is held where the start has it; others name the entry that they are equal to, as a rule themselves. */
enum { RETAIN__FIT_HELD = -1 };

/* What is fitted: entries, of which the first are positive parameters, whose logarithms are searched, and the last are
 * coefficients, which are searched as they are. */
typedef struct retain__fit_problem {
    const char *model;           /* its name, for sentences */
    size_t parameters;           /* entries, 1 to RETAIN_FIT_PARAMETERS */
    const char *const *names;    /* [parameters] */
    size_t rows;                 /* that the likelihood reads */
    double customers;            /* sum of their weights */
    void *state;                 /* passed to the functions */
    retain__fit_meaning meaning; /* may be NULL */

    /* log L, its gradient and its Hessian (parameters * parameters, both triangles; NULL where draws are taken) by the logarithms of the
     * parameters and the coefficients, at parameters from 1e-16 to 1e16. `evaluation` counts from 0. */
    retain_status (*evaluate)(void *state, int evaluation, const double *parameters, double *value, double *gradient,
                              double *hessian);

    /* Writes the parameters of the `attempt`-th start, 0 being the best guess; 0 when there are no more. */
    int (*start)(void *state, int attempt, double *parameters);

    /* The same as `evaluate` for a small part of the rows, where the search begins; NULL when rows are few. */
    retain_status (*evaluate_sample)(void *state, const double *parameters, double *value, double *gradient, double *hessian);

    const char *extreme; /* what to look at when numbers are beyond arithmetic, such as "frequency"; may be NULL */
    double largest;      /* of it */

    /* What most fits do not have; all may be 0. */
    size_t coefficients; /* entries that are coefficients */
    const int *tie;      /* [parameters] the entry, not after it, that each is equal to (itself, as a rule), or RETAIN__FIT_HELD */
    const double *prior_mean, *prior_precision; /* [parameters] a normal prior on logarithms and coefficients */
    /* [parameters * parameters] what is reported is this matrix times what was searched (logarithms and coefficients); its
     * entries of one group, parameters or coefficients, are of that group in the result */
    const double *reported;
    /* Why the marked entries are left open by the data, as a sentence that begins with a blank, or ""; may be NULL. Static text
     * or the state's. */
    const char *(*reason)(void *state, const int *loose);
    uint64_t data;       /* of the report */
    int chosen, choices; /* a whole number k was chosen by likelihood out of 1 to `choices`; 0 when there was no choice */
} retain__fit_problem;

/* Checks the caller's options and report before anything is computed, and fills in defaults. */
retain_status retain__fit_options(retain_context *ctx, const retain_fit_options *given, const retain_fit_report *report,
                                  retain_fit_options *options);

/* Refuses priors, held values and covariates, for the fits that have none. */
retain_status retain__fit_no_extras(retain_context *ctx, const char *function, const retain_fit_options *options);

/* Fits. Writes `parameters` (as they are reported) and `report` (may be NULL) for RETAIN_OK and RETAIN_ERROR_CONVERGENCE; touches neither for any
 * other status. */
retain_status retain__fit(retain_context *ctx, const retain__fit_problem *problem, const retain_fit_options *options,
                          double *parameters, retain_fit_report *report);

/* The fit that is not begun, `reason` being a sentence: parameters are NaN. Returns RETAIN_ERROR_CONVERGENCE. */
retain_status retain__fit_too_little(retain_context *ctx, const retain__fit_problem *problem, const char *reason,
                                     double *parameters, retain_fit_report *report);

#endif

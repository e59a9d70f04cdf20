/* What a fit searches: the variables behind the entries of its report. */
#ifndef RETAIN_FIT_VARIABLES_H
#define RETAIN_FIT_VARIABLES_H

#include "math/fit.h"

/* What the search works on: the logarithms of parameters, and coefficients. Entries that are held are no variables, and entries
 * that are equal are one. */
typedef struct retain__fit_variables {
    const retain__fit_problem *problem;
    int evaluations;                    /* of all attempts */
    size_t count;                       /* of variables */
    size_t logarithms;                  /* of them, the first ones */
    int of[RETAIN_FIT_PARAMETERS];      /* the variable of each entry, or RETAIN__FIT_HELD */
    double held[RETAIN_FIT_PARAMETERS]; /* where the entries that are held are */
    int is_plain;                       /* every entry is a variable of its own */
} retain__fit_variables;

retain__fit_variables retain__fit_choose_variables(const retain__fit_problem *problem);

/* Entries that are parameters. */
size_t retain__fit_logarithms(const retain__fit_problem *problem);

/* Variables to entries, on the scale that is searched. */
void retain__fit_spread(const retain__fit_variables *on, const double *point, double *entries);

/* The other way round, from parameters and coefficients as they are; what is held is kept. */
void retain__fit_take(retain__fit_variables *on, const double *parameters, double *point);

/* Entries on the scale that is searched to parameters and coefficients as they are. */
void retain__fit_raise(const retain__fit_problem *problem, const double *entries, double *parameters);

/* Half the sum of squares that a prior takes off; its derivatives are taken off too, unless they are NULL. */
double retain__fit_prior(const retain__fit_problem *problem, const double *entries, double *gradient, double *hessian);

/* log L less the prior, by the variables, of all rows or of a sample; for retain__function. */
retain_status retain__fit_evaluate(void *variables, const double *point, double *value, double *gradient, double *hessian);
retain_status retain__fit_evaluate_sample(void *variables, const double *point, double *value, double *gradient, double *hessian);

#endif

/* Draws of the parameters of any model that is fitted: from the posterior distribution, by refits, and what they tell. */
#ifndef RETAIN_MATH_DRAWS_H
#define RETAIN_MATH_DRAWS_H

#include "math/fit_variables.h"
#include "math/random.h"
#include "retain/draws.h"

/* --- how many, and what is known already ---------------------------------------------------------------------------------- */

retain_status retain__draws_check_posterior(retain_context *ctx, size_t chains, size_t draws, const double *values,
                                            const retain_draws_report *report);
retain_status retain__draws_check_refits(retain_context *ctx, size_t draws, const double *values,
                                         const retain_draws_report *report);

/* A posterior needs a proper prior: fills in what is not given. */
void retain__draws_need_prior(retain_fit_options *options);

/* Room for draws, NaN all of them. */
retain_status retain__draws_take(retain__scratch *scratch, size_t draws, size_t entries, double **values);

/* What there is to say before the first draw, `fit` being the report of the fit to all customers. */
void retain__draws_begin(const retain_fit_report *fit, size_t entries, retain_draws_report *told);

/* Sentences for a report, added to what it says already. */
void retain__draws_say(retain_draws_report *report, const char *format, ...) RETAIN__PRINTF(2, 3);

/* --- sources -------------------------------------------------------------------------------------------------------------- */

/* Draws from the posterior. `whole` is the problem whose fit reported `reported`, `own` [chains] the same for a thread each, without a
 * context. values[chains * draws * entries] receives entries as they are reported, logarithms and coefficients, chain by chain; what
 * is held is not written rightly. Fills in `told`, the verdict included. */
retain_status retain__draw_posterior(retain__scratch *scratch, const retain__fit_problem *whole,
                                     const retain__fit_problem *const *own, const double *reported, uint64_t seed, size_t chains,
                                     size_t draws, double *values, retain_draws_report *told);

/* Refits to other customers of the same kind. */
typedef struct retain__refits {
    size_t entries, logarithms; /* of a report; of them, the first ones are parameters */
    void *state;
    /* Draws customers and fits to them, as retain__fit does; calls with the same slot never overlap. */
    retain_status (*refit)(void *state, size_t slot, retain__random *random, double *values, retain_fit_report *report);
} retain__refits;

/* How many slots there are: threads that work at a time. */
size_t retain__refit_slots(const retain_context *ctx);

/* values[draws * entries] receives logarithms and coefficients, NaN where a refit ended nowhere. Fills in `told`. */
retain_status retain__draw_refits(retain__scratch *scratch, const retain__refits *of, uint64_t seed, size_t draws, double *values,
                                  retain_draws_report *told);

/* Ends: hands over draws and report, and returns the status of the verdict. */
retain_status retain__draws_finish(retain_context *ctx, const double *drawn, size_t draws, retain_draws_report *told,
                                   double *values, retain_draws_report *report);

/* Where a search would have to be to report this: variables, from parameters and coefficients as they are. */
void retain__draws_find_point(retain__fit_variables *on, const double *reported, double *point);

/* --- what they tell ------------------------------------------------------------------------------------------------------- */

/* The two-sided level of limits. */
retain_status retain__draws_check_level(retain_context *ctx, double level);

/* Refuses rows that no draw can be: logarithms beyond [-230, 230], and infinite coefficients. */
retain_status retain__draws_check_rows(retain_context *ctx, const double *values, size_t draws, size_t parameters, size_t entries);

/* Is it a model, or a row of NaN? */
int retain__draws_is_whole(const double *row, size_t entries);

size_t retain__draws_count_whole(const double *values, size_t draws, size_t entries);

/* A number as the draws have it, numbers[count]: mean, deviation, and limits. Reorders the numbers. */
void retain__draws_read_off(double *numbers, size_t count, double level, double *mean, double *deviation, double *low,
                            double *high);

#endif

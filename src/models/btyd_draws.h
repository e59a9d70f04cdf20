/* What the sources of draws share: the search behind them, one copy a thread, and the report. */
#ifndef RETAIN_MODELS_BTYD_DRAWS_H
#define RETAIN_MODELS_BTYD_DRAWS_H

#include "math/fit_variables.h"
#include "models/btyd_fit.h"
#include "retain/btyd_draws.h"

/* A thread's own search. */
typedef struct retain__btyd_drawer {
    retain__btyd_search search;
    retain__fit_variables on; /* its variables; what is held is set */
} retain__btyd_drawer;

/* Begins: checks customers, poses the search and fits, `reported` as the fit reports it, NaN where it could not begin. What there is to
 * say so far is in `told`. */
retain_status retain__btyd_begin_draws(retain__scratch *scratch, retain_btyd_family family, const retain_customers *customers,
                                       const retain_fit_options *options, retain__btyd_search **search, double *reported,
                                       retain_btyd_draws_report *told);

/* Room for draws, NaN all of them. */
retain_status retain__btyd_take_draws(retain__scratch *scratch, size_t draws, size_t entries, double **values);

/* Ends: writes what the caller gets, and returns the status of the verdict. */
retain_status retain__btyd_finish_draws(retain__scratch *scratch, const retain__btyd_search *search, const double *reported,
                                        double unit_days, const double *drawn, size_t draws, retain_btyd_draws_report *told,
                                        retain_btyd *model, double *values, retain_btyd_draws_report *report);

/* Variables from what a fit reports. */
void retain__btyd_find_point(retain__fit_variables *on, const double *reported, double *point);

/* A row of draws from variables: entries as they are reported; what is held exactly so. */
void retain__btyd_write_draw(const retain__btyd_drawer *of, const double *point, double *row);

/* Sentences for a report, added to what it says already. */
void retain__btyd_say(retain_btyd_draws_report *report, const char *format, ...) RETAIN__PRINTF(2, 3);

#endif

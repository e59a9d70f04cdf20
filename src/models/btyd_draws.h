/* What the sources of draws share: the search behind them, and one copy a thread. */
#ifndef RETAIN_MODELS_BTYD_DRAWS_H
#define RETAIN_MODELS_BTYD_DRAWS_H

#include "math/draws.h"
#include "models/btyd_fit.h"
#include "retain/btyd_draws.h"

/* Begins: checks customers, poses the search and fits, `reported` as the fit reports it, NaN where it could not begin. What there is to
 * say so far is in `told`. */
retain_status retain__btyd_begin_draws(retain__scratch *scratch, retain_btyd_family family, const retain_customers *customers,
                                       const retain_fit_options *options, retain__btyd_search **search, double *reported,
                                       retain_draws_report *told);

/* Ends: writes what the caller gets, and returns the status of the verdict. */
retain_status retain__btyd_finish_draws(retain__scratch *scratch, const retain__btyd_search *search, const double *reported,
                                        double unit_days, const double *drawn, size_t draws, retain_draws_report *told,
                                        retain_btyd *model, double *values, retain_draws_report *report);

#endif

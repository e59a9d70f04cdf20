/* The report of a fit: numbers from the end of a search. */
#ifndef RETAIN_FIT_REPORT_H
#define RETAIN_FIT_REPORT_H

#include "math/fit_variables.h"
#include "math/fit_words.h"

/* Is the k-th direction of a search flat? */
int retain__fit_is_flat(const retain__newton *search, size_t count, size_t k);

/* Covariance of two variables, over the directions that are not flat. */
double retain__fit_covary(const retain__newton *search, size_t count, size_t i, size_t j);

/* Entries as they are reported, on the scale that is searched, from a point of the search. */
void retain__fit_report_entries(const retain__fit_variables *on, const double *point, double *entries);

/* A report in which nothing is known yet. */
void retain__fit_clear(const retain__fit_problem *problem, retain_fit_report *report);

/* Writes parameters and report of an attempt, whose marks become those of entries. */
void retain__fit_write(const retain__fit_variables *on, double level, retain__fit_attempt *of, double *parameters,
                       retain_fit_report *report);

/* Hands a report to the caller, whose own may be NULL, or that of an older header and shorter. */
void retain__fit_hand_over(const retain_fit_report *from, retain_fit_report *report);

#endif

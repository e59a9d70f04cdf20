/* What a search found, judged, and the words for it. */
#ifndef RETAIN_FIT_WORDS_H
#define RETAIN_FIT_WORDS_H

#include "math/fit.h"
#include "math/newton.h"

/* A finished attempt. */
typedef struct retain__fit_attempt {
    retain__newton search;
    retain_fit_verdict verdict;
    int way[RETAIN_FIT_PARAMETERS];     /* boundary: where parameters go */
    int loose[RETAIN_FIT_PARAMETERS];   /* 1 for parameters that a flat direction moves */
    int vague[RETAIN_FIT_PARAMETERS];   /* 1 for parameters of an interior maximum that the data leave open all the same */
    double leap[RETAIN_FIT_PARAMETERS]; /* boundary: from the end of the search to where nothing more is to be gained */
    int is_interior;
} retain__fit_attempt;

/* Writes the explanation of a report whose numbers are written. */
void retain__fit_explain(const retain__fit_problem *problem, const retain__fit_attempt *of, retain_fit_report *report);

/* The same for a fit that was not begun. */
void retain__fit_explain_lack(const retain__fit_problem *problem, const char *reason, retain_fit_report *report);

#endif

/* The verdict on a logistic fit in words. */
#ifndef RETAIN_LOGISTIC_WORDS_H
#define RETAIN_LOGISTIC_WORDS_H

#include "models/logistic_search.h"

/* Writes report->explanation; the rest of the report is written. */
void retain__logistic_explain(const retain__logistic_search *search, retain_logistic_report *report);

#endif

/* The end of a search in words. */
#ifndef RETAIN_LOGISTIC_WORDS_H
#define RETAIN_LOGISTIC_WORDS_H

#include "models/logistic_search.h"

/* A sentence in the making, and what it may need to tell. */
typedef struct retain__words {
    char *text;
    size_t size, length;
    double customers, events;
} retain__words;

/* Writes what there is to say. */
void retain__logistic_explain(const retain__logistic_search *search, retain__words *to);

/* Adds to it. */
void retain__say(retain__words *to, const char *format, ...) RETAIN__PRINTF(2, 3);

#endif

/* The distinct futures among some customers. */
#ifndef RETAIN_BTYD_PAIRS_H
#define RETAIN_BTYD_PAIRS_H

#include "models/btyd_model.h"
#include "retain/btyd_future.h"

/* Customers with equal (x, T), of one pattern of covariates, have the same future if alive. A regular family's depends on t_x as
 * well, and its pairs are (x, T, t_x). */
typedef struct retain__btyd_pairs {
    retain__scratch *scratch;
    const retain__btyd_patterns *patterns;
    int with_t_x, with_pattern;
    size_t words;        /* of a key: 2, one more where the family is regular, and one more where there are several patterns */
    size_t count, slots; /* slots: a power of 2, more than twice the count */
    unsigned shift;      /* of a hash, to a slot */
    size_t *slot;        /* number of a pair + 1, or 0; given back once all are found */
    uint64_t *key;       /* [words * (slots / 2)] bits of x, T and perhaps t_x of each pair, and its pattern */
    size_t *pair_of;     /* [customers], in the order of patterns */
    uint64_t *sorted;    /* [3 * count] pattern, x, and number of the pair, by pattern and x */
} retain__btyd_pairs;

/* Tells the futures of customers apart; their scratch is released by the caller. */
retain_status retain__btyd_find_pairs(retain__scratch *scratch, const retain__btyd_family *family,
                                      const retain__btyd_patterns *patterns, retain__btyd_pairs *pairs);

/* Who asks, and what: `model` has the parameters of the pattern that is asked about. */
typedef struct retain__btyd_asked {
    const retain__btyd_checked *model;
    const retain_btyd_question *question;
} retain__btyd_asked;

/* What is asked about pairs that have pattern and x in common, at most RETAIN__BTYD_RUN of them; t_x is NULL where it does not
 * matter. A value may depend on its own pair only. */
typedef void (*retain__btyd_ask)(const retain__btyd_asked *of, double x, const double *t_x, const double *T, size_t count,
                                 double *value);

/* The model with the parameters of a pattern. */
retain__btyd_checked retain__btyd_of_pattern(const retain__btyd_checked *model, const retain__btyd_patterns *patterns,
                                             size_t pattern);

/* Asks about all pairs, `block` at a time, at most RETAIN__BTYD_RUN: value[count]. Progress is scaled into [from, to]. */
retain_status retain__btyd_ask_pairs(retain_context *ctx, const retain__btyd_pairs *pairs, size_t block, double from, double to,
                                     retain__btyd_ask ask, const retain__btyd_asked *asked, double *value);

#endif

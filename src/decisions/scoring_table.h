/* Scores and outcomes, checked, and counted by score. */
#ifndef RETAIN_SCORING_TABLE_H
#define RETAIN_SCORING_TABLE_H

#include "core/core.h"

/* Customers of one score. */
typedef struct retain__scored {
    double score, positives, negatives;
    double above;    /* of the others' positives, as a share: those above, and half of those here */
    double below;    /* of the others' negatives: those below, and half of those here */
    double expected; /* recalibrated probability: the share of its block */
} retain__scored;

/* Distinct scores, ascending. */
typedef struct retain__scores {
    retain__scored *row;
    size_t count;
    double positives, negatives;
    double auc, auc_variance; /* NaN where there are none */
} retain__scores;

/* Checks columns, of which `name` is what sentences call the scores. */
retain_status retain__check_scores(retain_context *ctx, const char *name, const double *score, const uint8_t *outcome,
                                   const double *weight, size_t count);

/* Checks columns, of which `name` is what sentences call the scores, and counts them in scratch. */
retain_status retain__count_scores(retain_context *ctx, retain__scratch *scratch, const char *name, const double *score,
                                   const uint8_t *outcome, const double *weight, size_t count, retain__scores *scores);

/* Are there scores, all of which lie in [0, 1]? */
static inline int retain__are_probabilities(const retain__scores *scores)
{
    return scores->count > 0 && scores->row[0].score >= 0.0 && scores->row[scores->count - 1].score <= 1.0;
}

/* Scores that share a probability. */
typedef struct retain__pooled {
    double positives, customers;
    size_t end;
} retain__pooled;

/* Puts the recalibrated probabilities in; blocks[scores->count] is room to work in. */
void retain__pool_scores(retain__pooled *blocks, retain__scores *scores);

/* The same with room of its own. Fails for memory only. */
retain_status retain__recalibrate(retain__scratch *scratch, retain__scores *scores);

#endif

/* Intervals for the money of a cohort table, by the Poisson bootstrap over customers. */
#ifndef RETAIN_COHORT_BOOTSTRAP_H
#define RETAIN_COHORT_BOOTSTRAP_H

#include "metrics/cohort_sums.h"

enum { RETAIN__MOST_REPLICATES = 100000 };

typedef struct retain__cohort_intervals {
    int replicates; /* 0: all limits are NaN */
    uint64_t seed;
    double level;
    const retain_cohort_columns *out; /* its value_low to cumulative_high are written */
    double from, to;                  /* progress */
} retain__cohort_intervals;

/* Writes the limits when nothing can fail any more. `sums` were filled from the same log. */
retain_status retain__bootstrap_cohorts(retain_context *ctx, retain__scratch *scratch, retain__order_log *log,
                                        retain__cohort_sums *sums, const retain__cohort_intervals *intervals);

retain_status retain__check_replicates(retain_context *ctx, int replicates);

/* Quantiles `tail` and 1 - `tail` of the numbers that are not NaN; `words` is room for twice as many. */
void retain__put_percentiles(const double *numbers, size_t count, double tail, uint64_t *words, double *low, double *high);

/* Poisson(1) weights of replicates [4 * four, 4 * four + 4) of one customer. */
void retain__poisson_weights(uint64_t seed, int64_t key, uint64_t four, double weight[4]);

#endif

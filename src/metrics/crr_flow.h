/* Who came, stayed and left between two edges, for every pair of edges that lie `span` apart; see crr_flow.c. */
#ifndef RETAIN_CRR_FLOW_H
#define RETAIN_CRR_FLOW_H

#include "core/core.h"

/* A customer was active at the edges first to end - 1, and neither just before nor just after. */
typedef struct retain__run {
    size_t first, end;
} retain__run;

/* Customers: of entry k, active at edge k; the others of the result that begins at edge k. */
typedef struct retain__flow {
    int64_t active, acquired, gained, retained;
} retain__flow;

typedef struct retain__flow_table {
    size_t edges, span; /* there are edges - span results */
    size_t tables;      /* side by side, each for some blocks of customers */
    size_t most_runs;   /* of one customer */
    retain__flow *flows;
    retain__run *runs;
} retain__flow_table;

/* Takes scratch for the accumulators of so many blocks of customers, from a log of `rows` rows; a customer has at most `most_runs` runs. */
retain_status retain__open_flow(retain__scratch *scratch, size_t edges, size_t span, size_t blocks, size_t rows, size_t most_runs,
                                retain__flow_table *table);

/* Room for the runs of the customer that a block is at. */
retain__run *retain__flow_runs(const retain__flow_table *table, size_t block);

/* Counts a customer who became known between the edges known - 1 and known (0: before the first; table->edges: after the last), and
 * was active in `count` runs, ascending, disjoint, not touching each other, none before `known`. */
void retain__count_runs(const retain__flow_table *table, size_t block, size_t known, const retain__run *runs, size_t count);

/* When all are counted: makes the entries 0 to edges - 1 of table->flows what retain__flow says. */
void retain__close_flow(const retain__flow_table *table);

#endif

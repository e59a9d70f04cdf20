/* Periods of days, as the metrics see them: which edges lie behind a day, which periods have begun, which are over. */
#ifndef RETAIN_PERIODS_H
#define RETAIN_PERIODS_H

#include "core/core.h"

/* The edges near one stretch of days: between `fewest` and `most` edges are passed on the days of it. */
typedef struct retain__stretch {
    size_t fewest, most;
} retain__stretch;

typedef struct retain__periods {
    const int64_t *edges; /* [count + 1] strictly ascending, a copy: period k holds the days in [edges[k], edges[k + 1]) */
    size_t count;
    size_t begun; /* periods 0 to begun - 1 had begun on the last day observed */
    size_t over;  /* periods 0 to over - 1 were over at the end of that day */
    const retain__stretch *stretch;
    int shift; /* a stretch is 2^shift days */
} retain__periods;

/* Checks that there are at least two edges, in strictly ascending order, and describes their periods. Takes scratch: O(edge_count), whatever the days. */
retain_status retain__read_periods(retain_context *ctx, retain__scratch *scratch, const int64_t *edges, size_t edge_count,
                                   int64_t observation_end, retain__periods *periods);

/* The same for edges that a caller knows as `name`. */
retain_status retain__read_edges(retain_context *ctx, retain__scratch *scratch, const char *name, const int64_t *edges,
                                 size_t edge_count, int64_t observation_end, retain__periods *periods);

/* Number of edges that are not later than `day`, 0 to count + 1: the day lies in the period of that number less one. Constant time for evenly spaced
 * edges, O(log count) for any. */
static inline size_t retain__edges_passed(const retain__periods *periods, int64_t day)
{
    retain__stretch near;

    if (day < periods->edges[0])
        return 0;
    if (day >= periods->edges[periods->count])
        return periods->count + 1;
    near = periods->stretch[((uint64_t)day - (uint64_t)periods->edges[0]) >> periods->shift];
    while (near.fewest < near.most) {
        size_t middle = near.fewest + (near.most - near.fewest) / 2;

        if (periods->edges[middle] <= day)
            near.fewest = middle + 1;
        else
            near.most = middle;
    }
    return near.fewest;
}

/* Most cells of scratch that a result may use beyond the cells of the result itself: little against a log of `rows` rows. */
size_t retain__spare_cells(size_t rows);

/* How many accumulators of `cells` cells each a visit of `blocks` blocks should fill: one a block, so that threads can work at the same time, when all
 * together are within the spare cells; otherwise a single one, filled by one thread. The threads at hand have no say, so results do not depend on them. */
size_t retain__accumulators(size_t blocks, size_t rows, size_t cells);

#endif

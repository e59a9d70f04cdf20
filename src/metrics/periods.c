/* Looking up the period of a day, ten million times.
 *
 * Days are spread over stretches of a power of two of days; each stretch knows how many edges are passed on its first and on its last day. There are some
 * times more stretches than edges, so for periods of roughly equal length the two numbers nearly always agree and the answer is one table
 * look-up in a table that fits the innermost cache. Edges may also be wildly uneven: the rest is settled by bisection.
 *
 * Edges are copied before they are checked: the caller's array may belong to somebody who writes to it in the meantime, and what is checked must be what is used. */
#include "metrics/periods.h"

#include <string.h>

enum { FEWEST_STRETCHES = 1024, STRETCHES_PER_PERIOD = 4 };
enum { SPARE_CELLS = 1 << 16, ROWS_PER_CELL = 4 };

static retain_status check_edges(retain_context *ctx, const char *name, const int64_t *edges, size_t edge_count)
{
    for (size_t k = 1; k < edge_count; k++) {
        if (edges[k] <= edges[k - 1])
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, k, "%s[%zu] is %lld; it must be later than the edge before it, %lld",
                                name, k, (long long)edges[k], (long long)edges[k - 1]);
    }
    return RETAIN_OK;
}

static retain_status spread_out(retain__scratch *scratch, retain__periods *periods)
{
    const int64_t *edges = periods->edges;
    const uint64_t first = (uint64_t)edges[0],
                   last = (uint64_t)edges[periods->count] - first - 1;          /* days, from the first edge on */
    size_t most = periods->count * STRETCHES_PER_PERIOD, stretches, passed = 0; /* an array of edges is shorter than SIZE_MAX / 8 */
    retain__stretch *stretch;

    if (most < FEWEST_STRETCHES)
        most = FEWEST_STRETCHES;
    while (last >> periods->shift >= most)
        periods->shift++;
    stretches = (size_t)(last >> periods->shift) + 1;
    periods->stretch = stretch = retain__take(scratch, stretches, sizeof *stretch);
    if (!stretch)
        return RETAIN_ERROR_MEMORY;
    for (size_t s = 0; s < stretches; s++) {
        const uint64_t first_day = (uint64_t)s << periods->shift, last_day = first_day + (((uint64_t)1 << periods->shift) - 1);

        while (passed < periods->count && (uint64_t)edges[passed] - first <= first_day)
            passed++;
        stretch[s].fewest = passed;
        while (passed < periods->count && (uint64_t)edges[passed] - first <= last_day)
            passed++;
        stretch[s].most = passed;
    }
    return RETAIN_OK;
}

retain_status retain__read_edges(retain_context *ctx, retain__scratch *scratch, const char *name, const int64_t *edges,
                                 size_t edge_count, int64_t observation_end, retain__periods *periods)
{
    int64_t *copy;
    retain_status status;

    if (!edges)
        return retain__fail_null(ctx, name);
    if (edge_count < 2)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "%s has %zu %s; it must have at least 2, the beginning and the end of one period", name, edge_count,
                            edge_count == 1 ? "entry" : "entries");
    copy = retain__take(scratch, edge_count, sizeof *copy);
    if (!copy)
        return RETAIN_ERROR_MEMORY;
    memcpy(copy, edges, edge_count * sizeof *copy);
    status = check_edges(ctx, name, copy, edge_count);
    if (status != RETAIN_OK)
        return status;
    *periods = (retain__periods){.edges = copy, .count = edge_count - 1};
    while (periods->begun < periods->count && copy[periods->begun] <= observation_end)
        periods->begun++;
    while (periods->over < periods->count && copy[periods->over + 1] - 1 <= observation_end)
        periods->over++;
    return spread_out(scratch, periods);
}

retain_status retain__read_periods(retain_context *ctx, retain__scratch *scratch, const int64_t *edges, size_t edge_count,
                                   int64_t observation_end, retain__periods *periods)
{
    return retain__read_edges(ctx, scratch, "edges", edges, edge_count, observation_end, periods);
}

size_t retain__spare_cells(size_t rows)
{
    return SPARE_CELLS + rows / ROWS_PER_CELL;
}

size_t retain__accumulators(size_t blocks, size_t rows, size_t cells)
{
    return cells && blocks > 1 && blocks <= retain__spare_cells(rows) / cells ? blocks : 1;
}

/* Coming and going over overlapping periods, in time that does not know how much they overlap.
 *
 * Result k speaks of the edges k and k + span. A customer is active in runs of consecutive edges, and each question about him is answered yes for whole ranges of
 * k:
 *
 *     active at k             k in the run
 *     acquired in result k    k + span >= known > k
 *     gained                  acquired, and k + span in a run
 *     retained                k in a run, and k + span in the same run or another
 *
 * A range [from, to) is one addition at `from` and one subtraction at `to`; the counts are the running sums of these changes, made once at the end. The
 * ranges of "retained" are where the runs and the runs moved back by `span` overlap: both lists ascend, so two fingers find them. All is done in O(runs) a customer,
 * in whole numbers, and what is left (lost, reactivated) is what the identities of retain/crr.h leave. */
#include "metrics/crr_flow.h"

#include "metrics/periods.h"

retain_status retain__open_flow(retain__scratch *scratch, size_t edges, size_t span, size_t blocks, size_t rows, size_t most_runs,
                                retain__flow_table *table)
{
    const size_t possible = edges / 2 + 1; /* there is an edge between two runs */

    if (most_runs > possible)
        most_runs = possible;
    *table = (retain__flow_table){.edges = edges, .span = span, .most_runs = most_runs};
    table->tables = retain__accumulators(blocks, rows, edges + 1 + most_runs);
    table->flows = retain__take_zeroed(scratch, table->tables * (edges + 1), sizeof *table->flows);
    table->runs = retain__take(scratch, table->tables * most_runs, sizeof *table->runs);
    return table->flows && table->runs ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

static size_t pick_table(const retain__flow_table *table, size_t block)
{
    return table->tables > 1 ? block : 0;
}

retain__run *retain__flow_runs(const retain__flow_table *table, size_t block)
{
    return table->runs + pick_table(table, block) * table->most_runs;
}

/* The edge or result that lies `span` before this one; the first when there is none. */
static size_t move_back(size_t edge, size_t span)
{
    return edge > span ? edge - span : 0;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void count_retained(retain__flow *flows, size_t span, const retain__run *runs, size_t count)
{
    size_t before = 0, after = 0;

    while (before < count && after < count) {
        const retain__run now = runs[before], then = {move_back(runs[after].first, span), move_back(runs[after].end, span)};
        const size_t from = larger(now.first, then.first), to = smaller(now.end, then.end);

        if (from < to) {
            flows[from].retained++;
            flows[to].retained--;
        }
        if (then.end <= now.end)
            after++;
        else
            before++;
    }
}

void retain__count_runs(const retain__flow_table *table, size_t block, size_t known, const retain__run *runs, size_t count)
{
    const size_t span = table->span, results = table->edges - span;
    retain__flow *flows = table->flows + pick_table(table, block) * (table->edges + 1);

    if (known > 0 && known < table->edges) {
        flows[move_back(known, span)].acquired++;
        flows[smaller(known, results)].acquired--;
    }
    for (size_t i = 0; i < count; i++) {
        const size_t from = move_back(runs[i].first, span), to = smaller(move_back(runs[i].end, span), known);

        flows[runs[i].first].active++;
        flows[runs[i].end].active--;
        if (from < to) {
            flows[from].gained++;
            flows[to].gained--;
        }
    }
    count_retained(flows, span, runs, count);
}

void retain__close_flow(const retain__flow_table *table)
{
    const size_t length = table->edges + 1;
    retain__flow *sum = table->flows;

    for (size_t i = length; i < table->tables * length; i++) {
        sum[i % length].active += sum[i].active;
        sum[i % length].acquired += sum[i].acquired;
        sum[i % length].gained += sum[i].gained;
        sum[i % length].retained += sum[i].retained;
    }
    for (size_t k = 1; k < length; k++) {
        sum[k].active += sum[k - 1].active;
        sum[k].acquired += sum[k - 1].acquired;
        sum[k].gained += sum[k - 1].gained;
        sum[k].retained += sum[k - 1].retained;
    }
}

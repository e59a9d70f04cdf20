/* How long may a customer be silent and still be called active?
 *
 * As long as most of those who came back had been silent. Every customer contributes the gaps that closed, and the one that is still open at the observation end:
 * it will last at least that long, which is a censored observation. Leaving the open gaps out would keep the short gaps and drop the long ones. The distribution
 * is the product-limit estimate (E. L. Kaplan, P. Meier, JASA 53 (1958), 457-481),
 *
 *     P(gap > g) = product over gaps h <= g of (1 - closed(h) / at_risk(h)),
 *
 * where at_risk(h) counts all gaps that lasted at least h, those that were censored at h included (closing precedes censoring).
 *
 * In a shop many gaps never close: the estimate levels off at the share that does, often well below one half. A quantile of all gaps would not exist then, and
 * says nothing about the customers who do come back; so the quantile is taken among the gaps that close, P(gap <= g) / P(gap <= longest).
 *
 * Delicate is only the comparison with the quantile. Between two censorings the product telescopes to a ratio of two counts, and is computed as one, so
 * that without censoring the estimate is the plain share of gaps, correctly rounded; what rounding remains is covered by a tolerance far below
 * the weight of one gap.
 *
 * Gaps are whole days, so they are counted in a table by length. Only when the log spans more days than it could ever fill (times that
 * are no days, a stray date) are the gaps listed and sorted instead. */
#include <math.h>

#include "core/sort.h"
#include "metrics/crr_window.h"
#include "metrics/periods.h"
#include "retain/crr.h"

static const double TOLERANCE = 1e-12;

/* --- the estimate ------------------------------------------------------------------------------------------------------------- */

/* Gaps of one length, or several such in ascending order. */
typedef struct gap_count {
    uint64_t days, closed, open;
} gap_count;

/* Follows the curve to the first gap g with P(gap <= g) >= share, or to its end, and returns the last gap that closed on the way: NaN when none did.
 * `reached` receives P(gap <= g). */
static double follow_curve(const gap_count *gaps, size_t count, double share, double *reached)
{
    double at_risk = 0.0, segment, before = 1.0,
           now = 1.0; /* segment and before: at_risk and P(gap > g) after the last censoring */
    double last = (double)NAN;

    for (size_t i = 0; i < count; i++)
        at_risk += (double)gaps[i].closed + (double)gaps[i].open;
    segment = at_risk;
    for (size_t i = 0; i < count; i++) {
        if (gaps[i].closed) {
            at_risk -= (double)gaps[i].closed;
            now = before * (at_risk / segment);
            last = (double)gaps[i].days;
            if (1.0 - now + TOLERANCE >= share)
                break;
        }
        if (gaps[i].open) {
            at_risk -= (double)gaps[i].open;
            segment = at_risk;
            before = now;
        }
    }
    *reached = 1.0 - now;
    return last;
}

/* --- gaps in a table ------------------------------------------------------------------------------------------------------------ */

typedef struct gap_table {
    gap_count *gaps; /* [tables * lengths] */
    size_t tables, lengths;
    int64_t observation_end;
} gap_table;

/* The gap that ends on day `end`. Gaps are shorter than `lengths`, unless the rows were changed while they were read. */
static gap_count *find_gap(const gap_table *table, gap_count *gaps, int64_t begin, int64_t end)
{
    const uint64_t days = (uint64_t)(end - begin);

    return &gaps[days < table->lengths ? days : table->lengths - 1];
}

static void count_gaps(void *state, size_t block, const retain__customer *customer)
{
    const gap_table *table = state;
    gap_count *gaps = table->gaps + (table->tables > 1 ? block * table->lengths : 0);
    const retain__occasion *at = customer->occasion, *last = at + (customer->count - 1);

    for (; at < last; at++)
        find_gap(table, gaps, at[0].day, at[1].day)->closed++;
    find_gap(table, gaps, last->day, table->observation_end)->open++;
}

/* One entry a length, from 0 on, whether there is a gap of that length or not. */
static gap_count *make_table(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, int64_t observation_end,
                             size_t lengths)
{
    gap_table table = {NULL, retain__accumulators(log->blocks, log->rows.count, lengths), lengths, observation_end};

    table.gaps = retain__take_zeroed(scratch, table.tables * lengths, sizeof *table.gaps);
    if (!table.gaps)
        return NULL;
    retain__visit_customers(table.tables > 1 ? ctx : NULL, log, count_gaps, &table, NULL);
    for (size_t i = 0; i < table.tables * lengths; i++) {
        gap_count *sum = &table.gaps[i % lengths];

        sum->days = i % lengths;
        sum->closed += i < lengths ? 0 : table.gaps[i].closed;
        sum->open += i < lengths ? 0 : table.gaps[i].open;
    }
    return table.gaps;
}

/* --- gaps in a list ------------------------------------------------------------------------------------------------------------- */

typedef struct gap_list {
    uint64_t *entries; /* twice the length, plus 1 when the gap is open */
    size_t count;
    int64_t observation_end;
} gap_list;

static void list_gaps(void *state, size_t block, const retain__customer *customer)
{
    gap_list *list = state;
    const retain__occasion *at = customer->occasion, *last = at + (customer->count - 1);

    (void)block;
    for (; at < last; at++)
        list->entries[list->count++] = (uint64_t)(at[1].day - at[0].day) << 1;
    list->entries[list->count++] = (uint64_t)(list->observation_end - last->day) << 1 | 1;
}

/* One entry a length that occurs, ascending; there is at least one customer. */
static gap_count *make_list(retain__scratch *scratch, retain__order_log *log, int64_t observation_end, size_t *lengths)
{
    gap_list list = {retain__take(scratch, log->rows.count, sizeof *list.entries), 0, observation_end};
    uint64_t *spare = retain__take(scratch, log->rows.count, sizeof *spare);
    gap_count *gaps = retain__take_zeroed(scratch, log->rows.count, sizeof *gaps);
    size_t at = 0;

    if (!list.entries || !spare || !gaps)
        return NULL;
    retain__visit_customers(NULL, log, list_gaps, &list, NULL);
    retain__sort_rows(&(retain__row_shape){1, 1, 0}, list.entries, spare, list.count);
    for (size_t i = 0; i < list.count; i++) {
        at += i && list.entries[i] >> 1 != list.entries[i - 1] >> 1;
        gaps[at].days = list.entries[i] >> 1;
        gaps[at].closed += !(list.entries[i] & 1);
        gaps[at].open += list.entries[i] & 1;
    }
    *lengths = at + 1;
    return gaps;
}

/* --- the window ----------------------------------------------------------------------------------------------------------------- */

retain_status retain__find_window(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, int64_t observation_end,
                                  double quantile, double *window_days, double *reached)
{
    const uint64_t possible = (uint64_t)(observation_end - log->rows.first_day) + 1;
    size_t lengths = (size_t)possible;
    const gap_count *gaps;
    double share;

    *window_days = *reached = (double)NAN;
    if (!log->customers)
        return RETAIN_OK;
    if (possible <= retain__spare_cells(log->rows.count))
        gaps = make_table(ctx, scratch, log, observation_end, lengths);
    else
        gaps = make_list(scratch, log, observation_end, &lengths);
    if (!gaps)
        return RETAIN_ERROR_MEMORY;
    follow_curve(gaps, lengths, 2.0, reached); /* to the end */
    *window_days = follow_curve(gaps, lengths, quantile * *reached, &share);
    return RETAIN_OK;
}

retain_status retain_crr_window(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                const retain_orders_options *counting, double quantile, double *window_days, double *reached)
{
    retain__scratch scratch = {ctx, NULL};
    retain__order_log log;
    double window, share;
    retain_status status = retain__begin(ctx);

    if (status != RETAIN_OK)
        return status;
    if (!(quantile > 0.0 && quantile < 1.0))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "quantile is %g; it must lie in (0, 1)", quantile);
    if (!window_days)
        return retain__fail_null(ctx, "window_days");
    status = retain__read_orders(ctx, &scratch, orders, "counting", counting, observation_end, 0.0, 1.0, &log);
    if (status == RETAIN_OK)
        status = retain__find_window(ctx, &scratch, &log, observation_end, quantile, &window, &share);
    retain__release(&scratch);
    if (status != RETAIN_OK)
        return status;
    *window_days = window;
    if (reached)
        *reached = share;
    return RETAIN_OK;
}

/* The plain square: acquisition period by age, straight from the rows of a log.
 *
 * When every row is an order that counts, no occasions need to be put together: the row says its customer and its day, the day its
 * period, and the period of the customer's first row the cell. What is left in the sums is what a visit of the customers would
 * leave, in a third of its time. */
#include <string.h>

#include "metrics/cohort_sums.h"

enum { MOST_SQUARE_DAYS = 1 << 16 };

typedef struct plain_square {
    retain__cohort_sums *sums;
    const retain__order_rows *rows;
    uint32_t *period; /* of each day, counted from the least one of the log */
} plain_square;

/* Adds the rows of a block. No branch depends on where customers end or months change, which nobody can foresee. */
static RETAIN__INLINE void add_square_rows(const plain_square *square, size_t table, const uint64_t *row, const uint64_t *end,
                                           int counts_last)
{
    const retain__order_rows *rows = square->rows;
    const retain__cohort_sums *sums = square->sums;
    const retain__field day = rows->day;
    const uint32_t *period_of = square->period;
    const size_t columns = sums->layout->columns, width = rows->width, value = rows->value;
    retain__cohort_cell *cells = sums->cell + table * sums->cells.count, *cell = cells;
    retain__cohort_row *table_rows = sums->row + table * sums->layout->rows;
    size_t first = 0;
    uint64_t most = 0, is_first = 1;

    for (; row < end; row += width, is_first = 0) {
        const size_t period = period_of[row[day.word] >> day.shift & day.mask];
        const uint64_t is_new = is_first | (row[0] > most);
        retain__cohort_cell *before = cell;

        first = is_new ? period : first;
        cell = cells + (first * (columns - 1) + period); /* row `first`, column period - first */
        if (counts_last)
            before->customers += is_new ^ is_first; /* the customer before had his last order there */
        else
            cell->customers += is_new | (cell != before);
        cell->orders += 1.0;
        retain__sum_gather(&cell->net, (retain__sum){retain__double_at(row, value), 0.0});
        table_rows[first].customers += is_new;
        most = row[0] | rows->below_customer;
    }
    cell->customers += counts_last != 0;
}

/* What is known of a row once its customers are counted. Nobody is counted in columns that are not shown. */
static void finish_square_row(retain__cohort_sums *sums, size_t table, size_t period)
{
    const retain__cohort_layout *layout = sums->layout;
    const size_t end = layout->count_running ? layout->begun[period] : layout->over[period];
    retain__cohort_cell *cell = sums->cell + table * sums->cells.count + period * layout->columns;
    retain__cohort_row *row = &sums->row[table * layout->rows + period];

    for (size_t j = 0; j < layout->columns; j++) {
        retain__sum_settle(&cell[j].net);
        if (j < end)
            continue;
        if (sums->kind == RETAIN_COHORT_UNBOUNDED && end)
            cell[end - 1].customers += cell[j].customers;
        memset(&cell[j], 0, sizeof cell[j]);
    }
    if (row->customers)
        row->over = layout->over[period];
    sums->limit[table * sums->limits.count + period * (layout->columns + 1) + end] = row->customers;
}

static void add_square_block(void *state, size_t block, const uint64_t *row, const uint64_t *end)
{
    const plain_square *square = state;
    const size_t table = square->sums->tables > 1 ? block : 0;

    if (square->sums->kind == RETAIN_COHORT_UNBOUNDED)
        add_square_rows(square, table, row, end, 1);
    else
        add_square_rows(square, table, row, end, 0);
}

int retain__is_plain_square(const retain__order_log *log, const retain__cohort_sums *sums)
{
    const retain__cohort_layout *layout = sums->layout;
    const retain__order_rows *rows = &log->rows;
    const int64_t *edges = layout->periods.edges;

    return layout->axis == RETAIN_COHORT_AGE && layout->by_period && !layout->by_group && !layout->passed_at_age &&
           !sums->wants_more && !sums->cells.marks && rows->all_kept && log->options.occasion_days == 1 &&
           rows->day.mask < MOST_SQUARE_DAYS && rows->first_day >= edges[0] && rows->last_day < edges[layout->periods.count];
}

retain_status retain__fill_square(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, retain__cohort_sums *sums)
{
    const retain__order_rows *rows = &log->rows;
    plain_square square = {sums, rows, retain__take(scratch, rows->day.mask + 1, sizeof *square.period)};

    if (!square.period)
        return RETAIN_ERROR_MEMORY;
    for (uint64_t day = 0; day <= rows->day.mask; day++) {
        const size_t passed = retain__edges_passed(&sums->layout->periods, rows->first_day + (int64_t)day);

        square.period[day] = passed <= sums->layout->periods.count ? (uint32_t)(passed - 1) : 0;
    }
    retain__tour_blocks(sums->tables > 1 ? ctx : NULL, log, add_square_block, &square);
    for (size_t table = 0; table < sums->tables; table++) {
        for (size_t period = 0; period < sums->layout->rows; period++)
            finish_square_row(sums, table, period);
    }
    return RETAIN_OK;
}

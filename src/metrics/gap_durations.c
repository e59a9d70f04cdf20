/* Counting durations by length.
 *
 * Durations are whole days, so they are counted in a table by class and length, one table a block of customers. Only when that
 * would have many more cells than the log has rows (times that are no days, a stray date, a thousand classes) are the durations
 * listed and sorted instead. Either way what comes out are the lengths that occur, in ascending order. */
#include "metrics/gap_durations.h"

#include "core/sort.h"
#include "metrics/periods.h"

typedef struct counting {
    retain__note_durations note;
    const void *state;
    size_t tables, cells; /* so many cells a table */
    retain__duration_notes notes;
} counting;

static void note_customer(void *state, size_t block, const retain__customer *customer)
{
    const counting *count = state;
    retain__duration_notes notes = count->notes;

    notes.cells += count->tables > 1 ? block * count->cells : 0;
    count->note(count->state, &notes, customer);
}

static void list_customer(void *state, size_t block, const retain__customer *customer)
{
    counting *count = state;

    (void)block;
    count->note(count->state, &count->notes, customer);
}

static retain_status take_results(retain__scratch *scratch, size_t count, size_t classes, retain__durations *durations)
{
    durations->duration = retain__take(scratch, count, sizeof *durations->duration);
    durations->first = retain__take_zeroed(scratch, classes + 1, sizeof *durations->first);
    return durations->duration && durations->first ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

/* --- in a table --------------------------------------------------------------------------------------------------------------- */

/* Adds the tables up in the first one and returns how many of its cells are not empty. */
static size_t add_up(const counting *count)
{
    retain__duration_cell *sum = count->notes.cells;
    size_t used = 0;

    for (size_t i = count->cells; i < count->tables * count->cells; i++) {
        sum[i % count->cells].ended += count->notes.cells[i].ended;
        sum[i % count->cells].open += count->notes.cells[i].open;
    }
    for (size_t i = 0; i < count->cells; i++)
        used += (sum[i].ended | sum[i].open) != 0;
    return used;
}

static retain_status count_in_table(retain_context *ctx, retain__scratch *scratch, retain__order_log *log, size_t classes,
                                    size_t lengths, counting *count, retain__durations *durations)
{
    const retain__duration_cell *cell;
    size_t made = 0;

    count->cells = classes * lengths;
    count->tables = retain__accumulators(log->blocks, log->rows.count, count->cells);
    count->notes.lengths = lengths;
    count->notes.cells = retain__take_zeroed(scratch, count->tables * count->cells, sizeof *count->notes.cells);
    if (!count->notes.cells)
        return RETAIN_ERROR_MEMORY;
    retain__visit_customers(count->tables > 1 ? ctx : NULL, log, note_customer, count, NULL);
    if (take_results(scratch, add_up(count), classes, durations) != RETAIN_OK)
        return RETAIN_ERROR_MEMORY;
    cell = count->notes.cells;
    for (size_t c = 0; c < classes; c++) {
        for (size_t days = 0; days < lengths; days++, cell++) {
            if (cell->ended | cell->open)
                durations->duration[made++] = (retain__duration){(double)days, (double)cell->ended, (double)cell->open, 0.0};
        }
        durations->first[c + 1] = made;
    }
    retain__give_back(scratch, count->notes.cells);
    return RETAIN_OK;
}

/* --- in a list ---------------------------------------------------------------------------------------------------------------- */

static retain_status count_in_list(retain__scratch *scratch, retain__order_log *log, size_t classes, counting *count,
                                   retain__durations *durations)
{
    uint64_t *list = count->notes.list = retain__take(scratch, log->rows.count, sizeof *list);
    uint64_t *spare = retain__take(scratch, log->rows.count, sizeof *spare);
    size_t made = 0, noted;

    if (!list || !spare || take_results(scratch, log->rows.count, classes, durations) != RETAIN_OK)
        return RETAIN_ERROR_MEMORY;
    retain__visit_customers(NULL, log, list_customer, count, NULL);
    noted = count->notes.count;
    retain__sort_rows(&(retain__row_shape){1, 1, 0}, list, spare, noted);
    for (size_t i = 0; i < noted; i++) {
        const uint64_t mask = ((uint64_t)1 << RETAIN__CLASS_SHIFT) - 1;
        const size_t c = (size_t)(list[i] >> RETAIN__CLASS_SHIFT);

        if (i == 0 || list[i] >> 1 != list[i - 1] >> 1)
            durations->duration[made++] = (retain__duration){(double)((list[i] & mask) >> 1), 0.0, 0.0, 0.0};
        durations->duration[made - 1].ended += (double)!(list[i] & 1);
        durations->duration[made - 1].open += (double)(list[i] & 1);
        durations->first[c + 1] = made;
    }
    for (size_t c = 0; c < classes; c++) { /* classes without any */
        if (durations->first[c + 1] < durations->first[c])
            durations->first[c + 1] = durations->first[c];
    }
    retain__give_back(scratch, list);
    retain__give_back(scratch, spare);
    return RETAIN_OK;
}

/* ------------------------------------------------------------------------------------------------------------------------------ */

retain_status retain__count_durations(retain_context *ctx, retain__scratch *scratch, retain__order_log *log,
                                      int64_t observation_end, size_t classes, retain__note_durations note, const void *state,
                                      retain__durations *durations)
{
    const uint64_t lengths = (uint64_t)(observation_end - log->rows.first_day) + 1;
    counting count = {.note = note, .state = state};

    if (log->customers == 0)
        return take_results(scratch, 0, classes, durations);
    if (lengths <= retain__spare_cells(log->rows.count) / classes)
        return count_in_table(ctx, scratch, log, classes, (size_t)lengths, &count, durations);
    return count_in_list(scratch, log, classes, &count, durations);
}

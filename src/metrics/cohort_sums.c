/* Filling and reading the sums of a cohort table.
 *
 * A customer adds to the cells of one row only, at the columns in which he had an occasion, so the whole table is one visit of the
 * customers and a handful of additions an occasion. Occasions come in ascending day, so those of one cell stand together: they are
 * added up first, and a cell sees one amount a customer.
 *
 * Who is exposed to a cell needs no loop over cells: a customer's windows are over up to some column, so he is counted once, at that
 * column, and the row is summed from its end. So it is with "in that window or a later one".
 *
 * Customers and orders are whole numbers. Money is carried as the pairs of math/sums.h, so that neither the order of rows nor the
 * cut into blocks shows. */
#include "metrics/cohort_sums.h"

#include <math.h>
#include <string.h>

/* --- slots -------------------------------------------------------------------------------------------------------------------- */

enum { WORD = 64 };

static unsigned count_ones(uint64_t word)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_popcountll(word);
#else
    unsigned ones = 0;

    for (; word; word &= word - 1)
        ones++;
    return ones;
#endif
}

size_t retain__slot_of(const retain__slots *slots, size_t number)
{
    uint64_t word, bit;

    if (!slots->marks)
        return number;
    word = slots->marks[number / WORD];
    bit = (uint64_t)1 << number % WORD;
    if (!(word & bit))
        return SIZE_MAX;
    return slots->before[number / WORD] + count_ones(word & (bit - 1));
}

static retain_status open_marks(retain__scratch *scratch, retain__slots *slots)
{
    const size_t words = slots->numbers / WORD + 1;

    slots->marks = retain__take_zeroed(scratch, words, sizeof *slots->marks);
    slots->before = retain__take(scratch, words, sizeof *slots->before);
    return slots->marks && slots->before ? RETAIN_OK : RETAIN_ERROR_MEMORY;
}

static void mark(retain__slots *slots, size_t number)
{
    slots->marks[number / WORD] |= (uint64_t)1 << number % WORD;
}

static void count_marks(retain__slots *slots)
{
    slots->count = 0;
    for (size_t word = 0; word <= slots->numbers / WORD; word++) {
        slots->before[word] = slots->count;
        slots->count += count_ones(slots->marks[word]);
    }
}

/* --- margins ------------------------------------------------------------------------------------------------------------------ */

double retain__margin_of(retain__margins *margins, size_t block, int64_t key)
{
    size_t at;

    if (!margins->of)
        return margins->share;
    at = retain__find_in_list(&margins->list, block, key);
    if (at < margins->list.count)
        return margins->of[at];
    if (!margins->has_stranger[block]) {
        margins->has_stranger[block] = 1;
        margins->stranger[block] = key;
    }
    return (double)NAN;
}

retain_status retain__read_margins(retain_context *ctx, double margin, const double *of, const int64_t *customer, size_t count,
                                   retain__margins *margins)
{
    retain_status status;

    if (!retain__is_finite(margin))
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.margin is %g; it must be finite (0 means 1)",
                            margin);
    memset(margins, 0, sizeof *margins);
    margins->share = margin != 0.0 ? margin : 1.0;
    margins->of = of;
    if (!of)
        return RETAIN_OK;
    if (count && !customer)
        return retain__fail_null(ctx, "options.margin_customer");
    for (size_t i = 0; i < count; i++) {
        if (!retain__is_finite(of[i]))
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "options.margins[%zu] is %g; it must be finite", i, of[i]);
    }
    status = retain__check_ascending(ctx, "options", ".margin_customer", customer, count);
    retain__open_list(&margins->list, customer, count);
    return status;
}

retain_status retain__check_margins(retain_context *ctx, const retain__margins *margins, const retain_orders *orders, size_t blocks)
{
    for (size_t b = 0; margins && margins->of && b < blocks; b++) {
        if (margins->has_stranger[b])
            return retain__refuse_stranger(ctx, orders, margins->stranger[b], "options", ".margin_customer", "margin");
    }
    return RETAIN_OK;
}

/* --- filling ------------------------------------------------------------------------------------------------------------------ */

/* What a customer brought to one cell. */
typedef struct gathered {
    retain__sum net, refunds;
    double orders, occasions;
} gathered;

/* A margin that all share is left for later: it is a factor of the whole sum. */
static void add_to_more(const retain__margins *margins, retain__cohort_more *more, const gathered *sum, double margin)
{
    double amount = sum->net.high;

    if (margins->of) {
        const retain__pair money = retain__pair_times(sum->net, margin);

        amount = money.high;
        retain__sum_merge(&more->margin, money);
    }
    if (sum->refunds.high != 0.0)
        retain__sum_merge(&more->refunds, sum->refunds);
    retain__sum_merge(&more->squares, retain__two_product(amount, amount));
    more->occasions += sum->occasions;
    more->repeat += sum->occasions > 1.0;
}

static void add_to_cell(retain__cohort_sums *sums, size_t table, size_t number, const gathered *sum, double margin)
{
    size_t slot = retain__slot_of(&sums->cells, number);
    retain__cohort_cell *cell;

    if (slot == SIZE_MAX)
        return; /* the caller's groups changed between two visits */
    slot += table * sums->cells.count;
    cell = &sums->cell[slot];
    cell->orders += sum->orders;
    retain__sum_merge(&cell->net, sum->net);
    cell->customers += sums->kind != RETAIN_COHORT_UNBOUNDED;
    if (sums->wants_more)
        add_to_more(sums->margins, &sums->more[slot], sum, margin);
}

/* Column before which everything up to the customer's last occasion has begun, among those that count him. */
static size_t last_of(const retain__cohort_sums *sums, const retain__cohort_place *place, const retain__occasion *last)
{
    const size_t passed = retain__cohort_passed(sums->layout, place, last->day);

    return passed < place->end ? passed : place->end;
}

/* "In that window or later" is counted at the last column, and taken back before the first. */
static void add_last(retain__cohort_sums *sums, size_t table, const retain__cohort_place *place, size_t last)
{
    const size_t first_number = place->row * sums->layout->columns;
    size_t slot;

    if (last <= place->begin)
        return;
    slot = retain__slot_of(&sums->cells, first_number + last - 1);
    if (slot != SIZE_MAX)
        sums->cell[table * sums->cells.count + slot].customers++;
    slot = place->begin ? retain__slot_of(&sums->cells, first_number + place->begin - 1) : SIZE_MAX;
    if (slot != SIZE_MAX)
        sums->cell[table * sums->cells.count + slot].customers--; /* whole numbers that wrap: the sum is right */
}

static size_t limit_number(const retain__cohort_layout *layout, const retain__cohort_place *place)
{
    return place->row * (layout->columns + 1) + (layout->axis == RETAIN_COHORT_CALENDAR ? place->begin : place->end);
}

/* Finds the place of a customer, or notes why he has none. */
static int find_place(retain__cohort_sums *sums, size_t block, const retain__customer *customer, retain__cohort_place *place)
{
    size_t group = 0;
    int64_t stray;

    if (sums->layout->by_group) {
        group = retain__group_of(&sums->search, block, customer->key);
        if (group == RETAIN__NO_GROUP)
            return 0;
    }
    if (retain__cohort_place_of(sums->layout, customer, group, place, &stray))
        return 1;
    if (!sums->has_stray[block]) {
        sums->has_stray[block] = 1;
        sums->stray_key[block] = customer->key;
        sums->stray_day[block] = stray;
    }
    return 0;
}

static void count_customer(retain__cohort_sums *sums, size_t table, const retain__cohort_place *place)
{
    retain__cohort_row *row = &sums->row[table * sums->layout->rows + place->row];
    const size_t slot = retain__slot_of(&sums->limits, limit_number(sums->layout, place));

    row->customers++;
    if (place->over < row->over)
        row->over = place->over;
    if (slot != SIZE_MAX)
        sums->limit[table * sums->limits.count + slot]++;
}

static void add_customer(void *state, size_t block, const retain__customer *customer)
{
    retain__cohort_sums *sums = state;
    const retain__cohort_layout *layout = sums->layout;
    const size_t table = sums->tables > 1 ? block : 0;
    const retain__occasion *at = customer->occasion, *end = at + customer->count;
    retain__cohort_place place;
    size_t passed, first_number;
    double margin;

    if (!find_place(sums, block, customer, &place))
        return;
    margin = sums->wants_more ? retain__margin_of(sums->margins, block, customer->key) : 1.0;
    count_customer(sums, table, &place);
    first_number = place.row * layout->columns;
    passed = retain__cohort_passed(layout, &place, at->day);
    while (at < end) {
        gathered sum = {at->value, at->refunds, at->orders, 1.0};
        size_t next = 0;

        for (at++; at < end; at++) {
            next = retain__cohort_passed(layout, &place, at->day);
            if (next != passed)
                break;
            retain__sum_merge(&sum.net, at->value);
            if (at->refunds.high != 0.0)
                retain__sum_merge(&sum.refunds, at->refunds);
            sum.orders += at->orders;
            sum.occasions += 1.0;
        }
        if (passed - 1 < place.end) /* none passed: no column, and no small number */
            add_to_cell(sums, table, first_number + passed - 1, &sum, margin);
        passed = next;
    }
    if (sums->kind == RETAIN_COHORT_UNBOUNDED)
        add_last(sums, table, &place, last_of(sums, &place, end - 1));
}

/* The same way through the table, leaving marks only. */
static void mark_customer(void *state, size_t block, const retain__customer *customer)
{
    retain__cohort_sums *sums = state;
    const retain__cohort_layout *layout = sums->layout;
    retain__cohort_place place;
    size_t first_number, last;

    if (!find_place(sums, block, customer, &place))
        return;
    first_number = place.row * layout->columns;
    mark(&sums->limits, limit_number(layout, &place));
    for (size_t i = 0; i < customer->count; i++) {
        const size_t passed = retain__cohort_passed(layout, &place, customer->occasion[i].day);

        if (passed - 1 < place.end)
            mark(&sums->cells, first_number + passed - 1);
    }
    last = last_of(sums, &place, &customer->occasion[customer->count - 1]);
    if (sums->kind == RETAIN_COHORT_UNBOUNDED && last > place.begin) {
        mark(&sums->cells, first_number + last - 1);
        if (place.begin)
            mark(&sums->cells, first_number + place.begin - 1);
    }
}

/* The shared margin, now that everything is added up. */
static void apply_share(retain__cohort_sums *sums)
{
    const double share = sums->margins->share;

    for (size_t i = 0; i < sums->cells.count; i++) {
        sums->more[i].margin = retain__pair_times(sums->cell[i].net, share);
        sums->more[i].squares = retain__pair_multiply(sums->more[i].squares, retain__two_product(share, share));
    }
}

static void add_up(retain__cohort_sums *sums)
{
    for (size_t t = 1; t < sums->tables; t++) {
        for (size_t i = 0; i < sums->cells.count; i++) {
            const retain__cohort_cell *from = &sums->cell[t * sums->cells.count + i];
            retain__cohort_more *to = &sums->more[i];

            sums->cell[i].customers += from->customers;
            sums->cell[i].orders += from->orders;
            retain__sum_merge(&sums->cell[i].net, from->net);
            if (sums->wants_more) {
                const retain__cohort_more *more = &sums->more[t * sums->cells.count + i];

                to->occasions += more->occasions;
                to->repeat += more->repeat;
                retain__sum_merge(&to->refunds, more->refunds);
                retain__sum_merge(&to->margin, more->margin);
                retain__sum_merge(&to->squares, more->squares);
            }
        }
        for (size_t i = 0; i < sums->limits.count; i++)
            sums->limit[i] += sums->limit[t * sums->limits.count + i];
        for (size_t r = 0; r < sums->layout->rows; r++) {
            const retain__cohort_row *from = &sums->row[t * sums->layout->rows + r];

            sums->row[r].customers += from->customers;
            if (from->over < sums->row[r].over)
                sums->row[r].over = from->over;
        }
    }
}

static retain_status take_sums(retain__scratch *scratch, retain__cohort_sums *sums)
{
    const size_t tables = sums->tables, rows = sums->layout->rows;
    int fits = 1;
    const size_t cells = retain__multiply(tables, sums->cells.count, &fits);
    const size_t limits = retain__multiply(tables, sums->limits.count, &fits);

    if (!fits)
        return retain__fail(scratch->ctx, RETAIN_ERROR_MEMORY, RETAIN_NO_ROW, "no memory for %zu cohort tables", tables);
    sums->cell = retain__take_zeroed(scratch, cells, sizeof *sums->cell);
    sums->more = retain__take_zeroed(scratch, sums->wants_more ? cells : 0, sizeof *sums->more);
    sums->limit = retain__take_zeroed(scratch, limits, sizeof *sums->limit);
    sums->row = retain__take(scratch, tables * rows, sizeof *sums->row);
    if (!sums->cell || !sums->more || !sums->limit || !sums->row)
        return RETAIN_ERROR_MEMORY;
    for (size_t r = 0; r < tables * rows; r++)
        sums->row[r] = (retain__cohort_row){0, SIZE_MAX};
    return RETAIN_OK;
}

/* Everybody's place is known, or the first who has none is named. */
static retain_status check_places(retain_context *ctx, const retain_orders *orders, const retain__order_log *log,
                                  const retain__cohort_sums *sums)
{
    for (size_t b = 0; b < log->blocks; b++) {
        if (sums->has_stray[b])
            return retain__refuse_stray(ctx, orders, &sums->layout->periods, sums->stray_key[b], sums->stray_day[b]);
    }
    return sums->layout->by_group ? retain__check_strangers(ctx, "groups", &sums->search, orders) : RETAIN_OK;
}

retain_status retain__fill_cohorts(retain_context *ctx, retain__scratch *scratch, const retain_orders *orders,
                                   retain__order_log *log, retain__cohort_sums *sums)
{
    const retain__cohort_layout *layout = sums->layout;
    const size_t spare = retain__spare_cells(log->rows.count);
    size_t weight; /* of a table, in plain cells */
    retain_status status;

    sums->cells = (retain__slots){layout->rows * layout->columns, layout->rows * layout->columns, NULL, NULL};
    sums->limits = (retain__slots){layout->rows * (layout->columns + 1), layout->rows * (layout->columns + 1), NULL, NULL};
    weight = sums->cells.numbers * (sums->wants_more ? 3 : 1) + sums->limits.numbers / 4;
    sums->tables = retain__accumulators(log->blocks, log->rows.count, weight);
    if (layout->by_group)
        retain__open_groups(&sums->search, &layout->groups);
    if (weight > spare) {
        status = open_marks(scratch, &sums->cells);
        if (status == RETAIN_OK)
            status = open_marks(scratch, &sums->limits);
        if (status != RETAIN_OK)
            return status;
        retain__visit_customers(NULL, log, mark_customer, sums, NULL);
        status = check_places(ctx, orders, log, sums);
        if (status != RETAIN_OK)
            return status;
        count_marks(&sums->cells);
        count_marks(&sums->limits);
        if (layout->by_group)
            retain__open_groups(&sums->search, &layout->groups);
    }
    status = take_sums(scratch, sums);
    if (status != RETAIN_OK)
        return status;
    if (retain__is_plain_square(log, sums))
        status = retain__fill_square(ctx, scratch, log, sums);
    else
        retain__visit_customers(sums->tables > 1 ? ctx : NULL, log, add_customer, sums, NULL);
    if (status == RETAIN_OK)
        status = check_places(ctx, orders, log, sums);
    if (status == RETAIN_OK)
        status = retain__check_margins(ctx, sums->margins, orders, log->blocks);
    if (status != RETAIN_OK)
        return status;
    add_up(sums);
    if (sums->wants_more && !sums->margins->of)
        apply_share(sums);
    return RETAIN_OK;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

static uint64_t limit_at(const retain__cohort_sums *sums, size_t row, size_t column)
{
    const size_t slot = retain__slot_of(&sums->limits, row * (sums->layout->columns + 1) + column);

    return slot == SIZE_MAX ? 0 : sums->limit[slot];
}

void retain__count_row(const retain__cohort_sums *sums, size_t row, double *exposed, double *active)
{
    const retain__cohort_layout *layout = sums->layout;
    const retain__periods *periods = &layout->periods;
    const int calendar = layout->axis == RETAIN_COHORT_CALENDAR;
    const size_t known = layout->count_running ? periods->begun : periods->over;
    uint64_t there = calendar ? sums->row[row].customers : 0, later = 0;

    for (size_t j = layout->columns; j-- > 0;) {
        const size_t slot = retain__slot_of(&sums->cells, row * layout->columns + j);
        const uint64_t counted = slot == SIZE_MAX ? 0 : sums->cell[slot].customers;

        if (calendar)
            there -= limit_at(sums, row, j + 1);
        else
            there += limit_at(sums, row, j + 1);
        later = sums->kind == RETAIN_COHORT_UNBOUNDED ? later + counted : counted;
        exposed[j] = calendar && j >= known ? 0.0 : (double)there;
        active[j] = (double)later;
    }
}

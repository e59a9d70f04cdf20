/* Durations by length.
 *
 * Everything that is said about survival without covariates depends on the rows through a short table: at each time, the weight of the
 * rows that end there, that are last seen there, and that enter there. Rows are sorted as (group, time, weight) by radix; the sign
 * of the weight tells an event from a censoring, so that no row has to be looked up again. Entries are sorted on their own, since
 * most data have none, and merged in. Rows that need neither group nor weight are counted faster, in durations_plain.c.
 *
 * Weights are added exactly: the same rows in another order, or cut into two of half the weight, give the same table. */
#include "data/durations.h"

#include <math.h>

#include "core/keys.h"
#include "core/sort.h"

/* Of times and weights, so that squares, sums and reciprocals of them are finite. */
static const double LEAST = 1e-100, MOST = 1e100;

enum { MOST_GROUPS = 1024, ROWS_PER_BLOCK = 1 << 16 };

/* --- checks -------------------------------------------------------------------------------------------------------------------- */

static retain_status refuse_row(retain_context *ctx, const char *column, size_t row, double value)
{
    return retain__fail(ctx, RETAIN_ERROR_DATA, row, "durations.%s[%zu] is %g; it must be 0 to 1e100", column, row, value);
}

static int is_within(double x)
{
    return x >= 0.0 && x <= MOST;
}

static retain_status check_row(retain_context *ctx, const retain_durations *durations, size_t i)
{
    if (!is_within(durations->exit[i]))
        return refuse_row(ctx, "exit", i, durations->exit[i]);
    if (durations->entry) {
        if (!is_within(durations->entry[i]))
            return refuse_row(ctx, "entry", i, durations->entry[i]);
        if (durations->entry[i] > 0.0 && durations->entry[i] >= durations->exit[i])
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "durations.entry[%zu] is %g; it must lie before exit, %g", i,
                                durations->entry[i], durations->exit[i]);
    }
    if (durations->event && durations->event[i] > 1)
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "durations.event[%zu] is %d; it must be 0 or 1", i, durations->event[i]);
    if (durations->weight && (!is_within(durations->weight[i]) || (durations->weight[i] > 0.0 && durations->weight[i] < LEAST)))
        return retain__fail(ctx, RETAIN_ERROR_DATA, i, "durations.weight[%zu] is %g; it must be 0, or 1e-100 to 1e100", i,
                            durations->weight[i]);
    return RETAIN_OK;
}

retain_status retain__check_durations(retain_context *ctx, const retain_durations *durations)
{
    if (!durations)
        return retain__fail_null(ctx, "durations");
    if (durations->count && !durations->exit)
        return retain__fail_null(ctx, "durations.exit");
    for (size_t i = 0; i < durations->count; i++) {
        const retain_status status = check_row(ctx, durations, i);

        if (status != RETAIN_OK)
            return status;
    }
    return RETAIN_OK;
}

retain_status retain__check_codes(retain_context *ctx, const char *const names[2], const int64_t *group, size_t count,
                                  size_t groups)
{
    if (groups < 1 || groups > MOST_GROUPS)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%s is %zu; it must be 1 to 1024", names[1], groups);
    if (!group)
        return RETAIN_OK;
    for (size_t i = 0; i < count; i++) {
        if (group[i] < 0 || (uint64_t)group[i] >= groups)
            return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %lld; it must lie in [0, %s = %zu)", names[0], i,
                                (long long)group[i], names[1], groups);
    }
    return RETAIN_OK;
}

/* --- counting ------------------------------------------------------------------------------------------------------------------ */

/* Rows to be sorted: group, if there are groups, key of the time, weight with a sign. What does not count is there with no weight. */
typedef struct sorted_rows {
    uint64_t *words, *spare;
    size_t count, width; /* 3 words, 2 without groups */
} sorted_rows;

typedef struct gathering {
    const retain_durations *durations;
    const int64_t *group;
    size_t groups;
    double from;
    size_t width;
    uint64_t *exits, *entries; /* no entries: NULL */
} gathering;

/* The code of a row, all of which were checked: it may be somebody else's memory, who writes to it meanwhile. */
static size_t code_of(const gathering *of, size_t i)
{
    const uint64_t code = of->group ? (uint64_t)of->group[i] : 0;

    return code < of->groups ? (size_t)code : 0;
}

static void put_row(uint64_t *row, size_t width, size_t group, double time, double weight)
{
    row[0] = group; /* or the key of the time, without groups */
    row[width - 2] = retain__key_of(time);
    memcpy(row + width - 1, &weight, sizeof weight);
}

static const uint64_t *row_of(const sorted_rows *rows, size_t i)
{
    return rows->words + rows->width * i;
}

static uint64_t group_of(const sorted_rows *rows, size_t i)
{
    return rows->width == 3 ? row_of(rows, i)[0] : 0;
}

static uint64_t key_of(const sorted_rows *rows, size_t i)
{
    return row_of(rows, i)[rows->width - 2];
}

static double weight_of(const sorted_rows *rows, size_t i)
{
    double weight;

    memcpy(&weight, row_of(rows, i) + rows->width - 1, sizeof weight);
    return weight;
}

static void gather(void *state, size_t block, size_t first, size_t last)
{
    const gathering *of = state;
    const retain_durations *durations = of->durations;

    (void)block;
    for (size_t i = first; i < last; i++) {
        const int counts = of->from == 0.0 || durations->exit[i] > of->from;
        const double weight = !counts ? 0.0 : durations->weight ? durations->weight[i] : 1.0;
        const size_t group = code_of(of, i);

        put_row(of->exits + of->width * i, of->width, group, durations->exit[i],
                !durations->event || durations->event[i] ? weight : -weight);
        if (of->entries)
            put_row(of->entries + of->width * i, of->width, group, durations->entry[i],
                    durations->entry[i] > of->from ? weight : 0.0);
    }
}

static void sort_rows(sorted_rows *rows)
{
    const retain__row_shape shape = {rows->width, rows->width - 1, 0};

    retain__sort_rows(&shape, rows->words, rows->spare, rows->count);
}

/* Weights of one group and time while they are added up. */
typedef struct length_sums {
    retain__sum ended, open, entered;
} length_sums;

static int is_row_of(const sorted_rows *rows, size_t at, uint64_t group, uint64_t key)
{
    return at < rows->count && key_of(rows, at) == key && group_of(rows, at) == group;
}

/* Does the first of two sorted lists go on, or the second earlier? Not both are at their end. */
static int is_first_earlier(const sorted_rows *a, size_t i, const sorted_rows *b, size_t j)
{
    if (i == a->count || j == b->count)
        return i < a->count;
    return group_of(a, i) != group_of(b, j) ? group_of(a, i) < group_of(b, j) : key_of(a, i) <= key_of(b, j);
}

static void merge_lengths(const sorted_rows *exits, const sorted_rows *entries, size_t groups, int is_counted,
                          retain__lengths *lengths)
{
    size_t i = 0, j = 0, made = 0, group = 0;

    lengths->first[0] = lengths->stops = 0;
    while (i < exits->count || j < entries->count) {
        const int first = is_first_earlier(exits, i, entries, j);
        const uint64_t here = first ? group_of(exits, i) : group_of(entries, j);
        const uint64_t key = first ? key_of(exits, i) : key_of(entries, j);
        length_sums sums = {{0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}};

        for (; is_row_of(exits, i, here, key); i++) {
            const double weight = weight_of(exits, i);

            if (is_counted) /* exact as it is */
                *(weight > 0.0 ? &sums.ended.high : &sums.open.high) += fabs(weight);
            else
                retain__sum_add(weight > 0.0 ? &sums.ended : &sums.open, fabs(weight));
        }
        for (; is_row_of(entries, j, here, key); j++)
            retain__sum_add(&sums.entered, weight_of(entries, j));
        while (group < here)
            lengths->first[++group] = made;
        lengths->duration[made] = (retain__duration){retain__number_of(key), retain__sum_value(sums.ended),
                                                     retain__sum_value(sums.open), retain__sum_value(sums.entered)};
        lengths->stops += lengths->duration[made].ended > 0.0 || lengths->duration[made].open > 0.0;
        made++;
    }
    while (group < groups)
        lengths->first[++group] = made;
}

/* Distinct groups and times of sorted rows. */
static size_t count_lengths(const sorted_rows *rows)
{
    size_t count = rows->count > 0;

    for (size_t i = 1; i < rows->count; i++)
        count += key_of(rows, i) != key_of(rows, i - 1) || group_of(rows, i) != group_of(rows, i - 1);
    return count;
}

static int take_rows(retain__scratch *scratch, sorted_rows *rows)
{
    rows->words = retain__take(scratch, rows->count, rows->width * sizeof *rows->words);
    rows->spare = retain__take(scratch, rows->count, rows->width * sizeof *rows->spare);
    return rows->words && rows->spare;
}

static void give_rows_back(retain__scratch *scratch, sorted_rows *rows)
{
    retain__give_back(scratch, rows->words);
    retain__give_back(scratch, rows->spare);
}

/* Durations have none, but what is counted may be scores. */
static int has_negative(const double *x, size_t count)
{
    int found = 0;

    for (size_t i = 0; i < count; i++)
        found |= x[i] < 0.0;
    return found;
}

retain_status retain__count_lengths(retain__scratch *scratch, const retain_durations *durations, const int64_t *group,
                                    size_t groups, double from, retain__lengths *lengths)
{
    const size_t width = group ? 3 : 2;
    sorted_rows exits = {NULL, NULL, durations->count, width},
                entries = {NULL, NULL, durations->entry ? durations->count : 0, width};
    gathering of = {durations, group, groups, from, width, NULL, NULL};
    retain_status status;

    lengths->first = retain__take(scratch, groups + 1, sizeof *lengths->first);
    if (!lengths->first)
        return RETAIN_ERROR_MEMORY;
    if (groups == 1 && !durations->weight && !has_negative(durations->exit, durations->count))
        return retain__count_plain_lengths(scratch, durations, from, lengths);
    if (!take_rows(scratch, &exits) || !take_rows(scratch, &entries))
        return RETAIN_ERROR_MEMORY;
    of.exits = exits.words;
    of.entries = durations->entry ? entries.words : NULL;
    status = retain__parallel(scratch->ctx, durations->count, ROWS_PER_BLOCK, 0.0, 0.5, gather, &of);
    if (status != RETAIN_OK)
        return status;
    sort_rows(&exits);
    sort_rows(&entries);
    lengths->duration = retain__take(scratch, count_lengths(&exits) + count_lengths(&entries), sizeof *lengths->duration);
    if (!lengths->duration)
        return RETAIN_ERROR_MEMORY;
    merge_lengths(&exits, &entries, groups, !durations->weight, lengths);
    give_rows_back(scratch, &exits);
    give_rows_back(scratch, &entries);
    return RETAIN_OK;
}

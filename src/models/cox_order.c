/* Rows of a Cox regression in the order of their exits.
 *
 * A row is one word: its stratum, so many of the leading bits of its exit as it takes to tell most exits apart, whether it ends with an event (events of a time
 * come before those who were last seen then), and its number. Words are sorted quickly; of the few neighbours that look the same the exits are compared.
 * Exits in days or months differ in so few bits that nothing is left to compare. */
#include <string.h>

#include "core/sort.h"
#include "models/cox_rows.h"

enum {
    KEY_BITS = 33, /* of stratum, exit and end that are sorted: three passes */
    FEW = 32       /* rows that look the same and are put in order one by one */
};

typedef struct ordering {
    const retain_cox_rows *rows;
    retain__cox_data *data;
    uint64_t *words, *spare;
    uint64_t least;                      /* bits of the first exit */
    unsigned row_bits, exit_bits, shift; /* of a word, and of an exit that do not fit into it */
    int is_exact;                        /* none of them is ever set */
    size_t ended;                        /* rows that end with an event */
    uint64_t values;                     /* that exits can have in a word */
} ordering;

static int has_weight(const retain_cox_rows *rows, size_t i)
{
    return !rows->durations.weight || rows->durations.weight[i] > 0.0;
}

/* Exits are not negative, so their bits ascend like they do. */
static uint64_t exit_of(const retain_cox_rows *rows, size_t i)
{
    const double exit = rows->durations.exit[i] + 0.0; /* -0 becomes 0 */
    uint64_t bits;

    memcpy(&bits, &exit, sizeof bits);
    return bits;
}

static uint64_t low_bits(unsigned count)
{
    return ((uint64_t)1 << count) - 1;
}

static unsigned count_zeros(uint64_t bits)
{
    return bits ? retain__bits_of(bits & (~bits + 1)) - 1 : 63;
}

/* --- words ------------------------------------------------------------------------------------------------------------------------ */

/* What the exits of rows that count have in common: the first and the last of them, and the bits in which they differ. */
typedef struct extent {
    uint64_t least, most, varying;
} extent;

static extent find_extent(const retain_cox_rows *rows)
{
    extent of = {UINT64_MAX, 0, 0};
    uint64_t one = 0; /* the first */

    for (size_t i = 0; i < rows->durations.count; i++) {
        const uint64_t exit = exit_of(rows, i);

        if (!has_weight(rows, i))
            continue;
        one = of.least == UINT64_MAX ? exit : one;
        of.least = exit < of.least ? exit : of.least;
        of.most = exit > of.most ? exit : of.most;
        of.varying |= exit ^ one;
    }
    return of;
}

static void choose_bits(ordering *of)
{
    const unsigned stratum_bits = retain__bits_of(of->data->strata - 1);
    const extent exits = find_extent(of->rows);
    const unsigned span = exits.most > exits.least ? retain__bits_of(exits.most - exits.least) : 0;
    const unsigned zeros = count_zeros(exits.varying);

    of->least = exits.least;
    of->row_bits = retain__bits_of(of->rows->durations.count) + 1;
    of->exit_bits = KEY_BITS - 1 - stratum_bits;
    if (of->exit_bits > 63 - stratum_bits - of->row_bits)
        of->exit_bits = 63 - stratum_bits - of->row_bits;
    of->shift = span > of->exit_bits ? span - of->exit_bits : 0;
    if (zeros < span && of->shift < zeros)
        of->shift = zeros;
    of->is_exact = of->shift <= zeros;
    of->values = exits.most > exits.least ? ((exits.most - exits.least) >> of->shift) + 1 : 1;
}

/* All was checked, but it may be somebody else's memory, who writes to it meanwhile: nothing may be larger than its place. */
static void make_words(ordering *of)
{
    const retain_cox_rows *rows = of->rows;
    const uint8_t *event = rows->durations.event;
    const uint64_t most = of->values - 1, strata = of->data->strata;
    size_t made = 0, ended = 0;

    for (size_t i = 0; i < rows->durations.count; i++) {
        const uint64_t off = (exit_of(rows, i) - of->least) >> of->shift, exit = off < most ? off : most;
        const uint64_t code = rows->stratum ? (uint64_t)rows->stratum[i] : 0, stratum = code < strata ? code : 0;
        const uint64_t is_open = event && !event[i], counts = (uint64_t)has_weight(rows, i);

        of->words[made] = ((stratum << of->exit_bits | exit) << 1 | is_open) << of->row_bits | i;
        made += counts;
        ended += counts & !is_open;
    }
    of->data->count = made;
    of->ended = ended;
}

static size_t row_of(const ordering *of, uint64_t word)
{
    return (size_t)(word & low_bits(of->row_bits));
}

static int is_event(const ordering *of, uint64_t word)
{
    return !(word >> of->row_bits & 1);
}

static size_t stratum_of(const ordering *of, uint64_t word)
{
    return (size_t)(word >> of->row_bits >> 1 >> of->exit_bits);
}

static int look_same(const ordering *of, uint64_t a, uint64_t b)
{
    return a >> of->row_bits >> 1 == b >> of->row_bits >> 1;
}

/* --- neighbours that look the same ------------------------------------------------------------------------------------------------------- */

static uint64_t key_of(const ordering *of, uint64_t word)
{
    return exit_of(of->rows, row_of(of, word)) << 1 | !is_event(of, word);
}

static void insert(const ordering *of, uint64_t *words, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const uint64_t word = words[i], key = key_of(of, word);
        size_t j = i;

        for (; j > 0 && key_of(of, words[j - 1]) > key; j--)
            words[j] = words[j - 1];
        words[j] = word;
    }
}

static retain_status sort_many(retain__scratch *scratch, const ordering *of, uint64_t *words, size_t count)
{
    uint64_t *pairs = retain__take(scratch, count, 2 * sizeof *pairs), *spare = retain__take(scratch, count, 2 * sizeof *spare);

    if (!pairs || !spare)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        pairs[2 * i] = key_of(of, words[i]);
        pairs[2 * i + 1] = words[i];
    }
    retain__sort_rows(&(retain__row_shape){2, 1, 0}, pairs, spare, count);
    for (size_t i = 0; i < count; i++)
        words[i] = pairs[2 * i + 1];
    retain__give_back(scratch, pairs);
    retain__give_back(scratch, spare);
    return RETAIN_OK;
}

static retain_status sort_neighbours(retain__scratch *scratch, const ordering *of)
{
    const size_t count = of->data->count;
    retain_status status = RETAIN_OK;

    for (size_t i = 0, end; status == RETAIN_OK && i < count; i = end) {
        for (end = i + 1; end < count && look_same(of, of->words[end], of->words[i]); end++)
            ;
        if (end - i > FEW)
            status = sort_many(scratch, of, of->words + i, end - i);
        else
            insert(of, of->words + i, end - i);
    }
    return status;
}

static retain_status sort_words(retain__scratch *scratch, ordering *of)
{
    retain__sort_rows(&(retain__row_shape){1, 1, of->row_bits}, of->words, of->spare, of->data->count);
    retain__give_back(scratch, of->spare);
    return of->is_exact ? RETAIN_OK : sort_neighbours(scratch, of);
}

/* --- times ------------------------------------------------------------------------------------------------------------------------ */

/* Does a row begin a time, when `before` is the word of the one before it? */
static RETAIN__INLINE int opens_time(const ordering *of, uint64_t before, uint64_t word)
{
    const int both = is_event(of, word) & is_event(of, before);

    if (both & look_same(of, before, word))
        return !of->is_exact && key_of(of, before) != key_of(of, word);
    return is_event(of, word);
}

/* There are as many times as rows that end, or as values that exits can have, at most. */
static size_t most_times(const ordering *of)
{
    return of->is_exact && of->values < of->ended / of->data->strata ? (size_t)of->values * of->data->strata : of->ended;
}

static int take_columns(retain__scratch *scratch, const ordering *of)
{
    retain__cox_data *data = of->data;
    const int has_weights = of->rows->durations.weight != NULL;

    data->opens = retain__take(scratch, data->count, sizeof *data->opens);
    data->ends = retain__take(scratch, data->count, sizeof *data->ends);
    data->weight = has_weights ? retain__take(scratch, data->count, sizeof *data->weight) : NULL;
    data->last = retain__take(scratch, data->count, sizeof *data->last);
    data->first = retain__take(scratch, data->strata + 1, sizeof *data->first);
    data->begin = retain__take(scratch, data->strata + 1, sizeof *data->begin);
    data->time = retain__take(scratch, 1 + most_times(of), sizeof *data->time); /* one is for rows before the first time */
    if (!data->opens || !data->ends || (has_weights && !data->weight) || !data->last || !data->first || !data->begin || !data->time)
        return 0;
    data->time++;
    return 1;
}

static void find_strata(const ordering *of)
{
    retain__cox_data *data = of->data;
    size_t s = 0;

    data->begin[0] = 0;
    for (size_t i = 0; data->strata > 1 && i < data->count; i++) {
        while (s < stratum_of(of, of->words[i]))
            data->begin[++s] = i;
    }
    while (s < data->strata)
        data->begin[++s] = data->count;
}

/* The words become the rows. Which of them begin a time nobody can foretell, so every row writes down the time that it belongs to. */
static void list_times(const ordering *of)
{
    const ordering own = *of; /* a copy that no store can change: it stays in registers */
    retain__cox_data data = *of->data;
    uint64_t before = 0;
    size_t begin = 0, ended = 0, times = 0;

    for (size_t i = 0; i < data.count; i++) {
        const uint64_t word = own.words[i];
        const int ends = is_event(&own, word), opens = i == 0 ? ends : opens_time(&own, before, word);

        begin = opens ? i : begin;
        ended = (opens ? 0 : ended) + (size_t)ends;
        times += (size_t)opens;
        data.time[(ptrdiff_t)times - 1] = (retain__cox_time){begin, i + 1, ended, (double)ended};
        data.opens[i] = (unsigned char)opens;
        data.ends[i] = (unsigned char)ends;
        own.words[i] = row_of(&own, word);
        before = word;
    }
    of->data->row = own.words;
    of->data->times = times;
}

/* Times of each stratum: the last one of each ends where the stratum does. */
static void close_strata(retain__cox_data *data)
{
    size_t j = 0;

    for (size_t s = 0; s < data->strata; s++) {
        data->first[s] = j;
        if (s + 1 == data->strata)
            j = data->times;
        while (j < data->times && data->time[j].begin < data->begin[s + 1])
            j++;
        if (j > data->first[s])
            data->time[j - 1].end = data->begin[s + 1];
    }
    data->first[data->strata] = j;
}

static void add_weights(const ordering *of)
{
    retain__cox_data *data = of->data;
    const double *weight = of->rows->durations.weight;

    data->rows = weight ? 0.0 : (double)data->count;
    data->events = weight ? 0.0 : (double)of->ended;
    for (size_t i = 0; weight && i < data->count; i++) {
        data->weight[i] = weight[data->row[i]];
        data->rows += data->weight[i];
    }
    for (size_t j = 0; weight && j < data->times; j++) {
        retain__cox_time *time = data->time + j;

        time->weight = 0.0;
        for (size_t i = time->begin; i < time->begin + time->ended; i++)
            time->weight += data->weight[i];
        data->events += time->weight;
    }
}

void retain__cox_list_last(retain__cox_data *data)
{
    if (data->has_last)
        return;
    for (size_t i = 0; i < data->count; i++)
        data->last[i] = RETAIN__COX_NEVER;
    for (size_t j = 0; j < data->times; j++) {
        for (size_t i = data->time[j].begin; i < data->time[j].end; i++)
            data->last[i] = j;
    }
    data->has_last = 1;
}

/* Sorted words become the rows of `of->data`. */
static retain_status write_rows(retain__scratch *scratch, const ordering *of)
{
    if (!take_columns(scratch, of))
        return RETAIN_ERROR_MEMORY;
    of->data->exit = of->rows->durations.exit;
    of->data->has_last = 0;
    find_strata(of);
    list_times(of);
    close_strata(of->data);
    add_weights(of);
    return RETAIN_OK;
}

/* Every so-many-th of the sorted rows: as many of each stratum and of each stretch of time as belong to it. */
static retain_status write_sample(retain__scratch *scratch, const ordering *all, retain__cox_data *sample)
{
    ordering of = *all;
    size_t made = 0;

    of.data = sample;
    of.ended = 0;
    of.words = retain__take(scratch, all->data->count / RETAIN__COX_SAMPLE + 1, sizeof *of.words);
    if (!of.words)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = RETAIN__COX_SAMPLE / 2; i < all->data->count; i += RETAIN__COX_SAMPLE) {
        of.words[made++] = all->words[i];
        of.ended += (size_t)is_event(all, all->words[i]);
    }
    sample->count = made;
    return write_rows(scratch, &of);
}

retain_status retain__cox_order(retain__scratch *scratch, const retain_cox_rows *rows, retain__cox_data *data,
                                retain__cox_data *sample)
{
    ordering of = {.rows = rows, .data = data};
    retain_status status;

    of.words = retain__take(scratch, rows->durations.count, sizeof *of.words);
    of.spare = retain__take(scratch, rows->durations.count, sizeof *of.spare);
    if (!of.words || !of.spare)
        return RETAIN_ERROR_MEMORY;
    choose_bits(&of);
    make_words(&of);
    status = sort_words(scratch, &of);
    if (status == RETAIN_OK && sample)
        status = write_sample(scratch, &of, sample);
    return status == RETAIN_OK ? write_rows(scratch, &of) : status;
}

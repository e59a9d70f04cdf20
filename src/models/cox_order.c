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
}

/* All was checked, but it may be somebody else's memory, who writes to it meanwhile: nothing may be larger than its place. */
static void make_words(ordering *of)
{
    const retain_cox_rows *rows = of->rows;
    const uint8_t *event = rows->durations.event;
    const uint64_t mask = low_bits(of->exit_bits), strata = of->data->strata;
    size_t made = 0;

    for (size_t i = 0; i < rows->durations.count; i++) {
        const uint64_t exit = (exit_of(rows, i) - of->least) >> of->shift & mask;
        const uint64_t code = rows->stratum ? (uint64_t)rows->stratum[i] : 0, stratum = code < strata ? code : 0;

        of->words[made] = ((stratum << of->exit_bits | exit) << 1 | (event && !event[i])) << of->row_bits | i;
        made += (size_t)has_weight(rows, i);
    }
    of->data->count = made;
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

static int is_new_time(const ordering *of, size_t i)
{
    const uint64_t word = of->words[i];

    if (!is_event(of, word))
        return 0;
    return i == 0 || !is_event(of, of->words[i - 1]) || !look_same(of, word, of->words[i - 1]) ||
           (!of->is_exact && key_of(of, word) != key_of(of, of->words[i - 1]));
}

static int take_columns(retain__scratch *scratch, const ordering *of)
{
    retain__cox_data *data = of->data;
    const int has_weights = of->rows->durations.weight != NULL;
    size_t times = 0;

    data->opens = retain__take(scratch, data->count, sizeof *data->opens);
    data->ends = retain__take(scratch, data->count, sizeof *data->ends);
    data->weight = has_weights ? retain__take(scratch, data->count, sizeof *data->weight) : NULL;
    data->last = retain__take(scratch, data->count, sizeof *data->last);
    data->first = retain__take(scratch, data->strata + 1, sizeof *data->first);
    data->begin = retain__take(scratch, data->strata + 1, sizeof *data->begin);
    if (!data->opens || !data->ends || (has_weights && !data->weight) || !data->last || !data->first || !data->begin)
        return 0;
    for (size_t i = 0; i < data->count; i++) {
        data->opens[i] = (unsigned char)is_new_time(of, i);
        data->ends[i] = (unsigned char)is_event(of, of->words[i]);
        times += data->opens[i];
    }
    data->times = times;
    data->time = retain__take(scratch, times + 1, sizeof *data->time); /* one more: what is not kept has to go somewhere */
    return data->time != NULL;
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

/* Times of each stratum; of each time where its rows end, and how many events there were before it becomes how many it has. */
static void close_times(retain__cox_data *data)
{
    size_t j = 0;

    for (size_t s = 0; s < data->strata; s++) {
        data->first[s] = j;
        for (; j < data->times && data->time[j].begin < data->begin[s + 1]; j++) {
            retain__cox_time *time = data->time + j;

            time->end = data->begin[s + 1];
            if (j + 1 < data->times && time[1].begin < time->end)
                time->end = time[1].begin;
            time->ended = time[1].ended - time->ended;
            time->weight = data->weight ? 0.0 : (double)time->ended;
            for (size_t i = time->begin; data->weight && i < time->begin + time->ended; i++)
                time->weight += data->weight[i];
            data->events += time->weight;
        }
    }
    data->first[data->strata] = j;
}

/* The words become the rows. Which of them begin a time nobody can foretell, so every row is written down as the next time. */
static void list_times(const ordering *of)
{
    retain__cox_data *data = of->data;
    const double *weight = of->rows->durations.weight;
    const uint64_t mask = low_bits(of->row_bits);
    size_t times = 0, events = 0;

    find_strata(of);
    data->row = of->words;
    for (size_t i = 0; i < data->count; i++) {
        data->row[i] &= mask;
        data->time[times].begin = i;
        data->time[times].ended = events;
        times += data->opens[i];
        events += data->ends[i];
    }
    data->time[times].ended = events;
    data->rows = weight ? 0.0 : (double)data->count;
    for (size_t i = 0; weight && i < data->count; i++) {
        data->weight[i] = weight[data->row[i]];
        data->rows += data->weight[i];
    }
    data->events = 0.0;
    close_times(data);
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

retain_status retain__cox_order(retain__scratch *scratch, const retain_cox_rows *rows, retain__cox_data *data)
{
    ordering of = {.rows = rows, .data = data};
    retain_status status;

    data->exit = rows->durations.exit;
    data->has_last = 0;
    of.words = retain__take(scratch, rows->durations.count, sizeof *of.words);
    of.spare = retain__take(scratch, rows->durations.count, sizeof *of.spare);
    if (!of.words || !of.spare)
        return RETAIN_ERROR_MEMORY;
    choose_bits(&of);
    make_words(&of);
    status = sort_words(scratch, &of);
    if (status != RETAIN_OK)
        return status;
    if (!take_columns(scratch, &of))
        return RETAIN_ERROR_MEMORY;
    list_times(&of);
    return RETAIN_OK;
}

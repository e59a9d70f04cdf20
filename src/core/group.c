/* Grouping rows in two steps, each of which reads and writes the memory once.
 *
 * First the rows are dealt out to parts by the size of their first word, each part so small that it fits the cache; then each part
 * is sorted there. Parts are equal slices of the range of the first word where that spreads the rows (dense customer numbers,
 * hashes). Where it does not (a few keys far away from the others, two shops thrown together), the rows are dealt out again between
 * splitters: quantiles of a sample. A part that is too large all the same holds few distinct first words; it is sorted alone, and
 * the sort copes.
 *
 * Threads: items are cut into blocks, rows of each block and part are counted, and so every block knows where its rows of each part
 * go. The result is that of one thread: a stable sort.
 *
 * The source is asked twice, and the memory behind it may belong to somebody who writes to it in the meantime. Then the result is
 * worthless; but no row is written outside the array. */
#include "core/group.h"

#include "core/rooms.h"

enum {
    MOST_BLOCKS = 64,
    BLOCK_ITEMS = 1 << 12, /* at least so many items to a block */
    PART_ROWS = 1 << 14,   /* wanted in a part */
    LARGE_PART = 16,       /* times PART_ROWS: sorted alone */
    MOST_PART_BITS = 12,
    SAMPLES_PER_PART = 16
};

typedef struct dealing {
    size_t items, block_items, blocks, parts;
    retain__row_source source;
    const void *state;
    const retain__row_shape *shape;
    unsigned shift; /* part = first word >> shift, ... */
    const uint64_t
        *splitters; /* ... or when there are any (parts of them, the first is 0): the last one that is not above the first word */
    size_t *place;  /* [blocks * parts] count of rows, then the place of the next one */
    size_t *first;  /* [parts + 1] first row of each part */
    uint64_t *rows;
    size_t count;
    size_t large; /* rows of parts up to here are sorted in rooms */
    retain__rooms rooms;
} dealing;

/* --- which part --------------------------------------------------------------------------------------------------------------- */

/* parts is a power of two. */
static RETAIN__INLINE size_t find_part(uint64_t word, unsigned shift, const uint64_t *splitters, size_t parts)
{
    size_t part = 0;

    if (!splitters)
        return (size_t)(word >> shift);
    for (size_t half = parts / 2; half; half /= 2)
        part += splitters[part + half] <= word ? half : 0;
    return part;
}

static retain_status choose_splitters(retain__scratch *scratch, dealing *deal)
{
    retain__row_shape plain = {1, 1, 0};
    size_t wanted = deal->parts * SAMPLES_PER_PART, step = deal->items / wanted, taken = 0;
    uint64_t *splitters = retain__take(scratch, deal->parts, sizeof *splitters);
    uint64_t *sample = retain__take(scratch, 2 * wanted, sizeof *sample);

    if (!sample || !splitters)
        return RETAIN_ERROR_MEMORY;
    for (size_t i = step / 2; i < deal->items && taken < wanted; i += step)
        taken += deal->source(deal->state, i, i + 1, 1, sample + taken);
    retain__sort_rows(&plain, sample, sample + wanted, taken);
    splitters[0] = 0;
    for (size_t p = 1; p < deal->parts; p++)
        splitters[p] = taken ? sample[p * taken / deal->parts] : 0;
    retain__give_back(scratch, sample);
    deal->splitters = splitters;
    return RETAIN_OK;
}

/* --- dealing ------------------------------------------------------------------------------------------------------------------ */

static void count_block(void *state, size_t block, size_t first, size_t last)
{
    dealing *deal = state;
    size_t *place = deal->place + block * deal->parts;
    uint64_t words[RETAIN__BATCH];

    memset(place, 0, deal->parts * sizeof *place);
    for (size_t i = first; i < last; i += RETAIN__BATCH) {
        size_t made = deal->source(deal->state, i, last - i < RETAIN__BATCH ? last : i + RETAIN__BATCH, 1, words);

        for (size_t r = 0; r < made; r++)
            place[find_part(words[r], deal->shift, deal->splitters, deal->parts)]++;
    }
}

static RETAIN__INLINE void deal_of(const dealing *deal, const uint64_t *made, size_t count, size_t *place, size_t width)
{
    const uint64_t *splitters = deal->splitters;
    uint64_t *rows = deal->rows;
    size_t parts = deal->parts, last = deal->first[parts] - 1;
    unsigned shift = deal->shift;

    for (size_t r = 0; r < count; r++) {
        size_t part = find_part(made[r * width], shift, splitters, parts);

        size_t at = place[part]++;

        retain__move_row(rows + (at < last ? at : last) * width, made + r * width, width); /* see the essay on the bound */
    }
}

static void deal_block(void *state, size_t block, size_t first, size_t last)
{
    dealing *deal = state;
    size_t *place = deal->place + block * deal->parts;
    uint64_t rows[RETAIN__BATCH * RETAIN__MOST_WORDS];

    for (size_t i = first; i < last; i += RETAIN__BATCH) {
        size_t made = deal->source(deal->state, i, last - i < RETAIN__BATCH ? last : i + RETAIN__BATCH, deal->shape->width, rows);

        RETAIN__FOR_WIDTH(deal->shape->width, deal_of, deal, rows, made, place);
    }
}

/* Turns counts into places: parts in order, blocks in order within a part. Returns the rows of the largest part. */
static size_t find_places(dealing *deal)
{
    size_t sum = 0, largest = 0;

    for (size_t p = 0; p < deal->parts; p++) {
        deal->first[p] = sum;
        for (size_t b = 0; b < deal->blocks; b++) {
            size_t here = deal->place[b * deal->parts + p];

            deal->place[b * deal->parts + p] = sum;
            sum += here;
        }
        if (sum - deal->first[p] > largest)
            largest = sum - deal->first[p];
    }
    deal->first[deal->parts] = sum;
    return largest;
}

/* --- sorting ------------------------------------------------------------------------------------------------------------------ */

static size_t rows_of_part(const dealing *deal, size_t part)
{
    return deal->first[part + 1] - deal->first[part];
}

static void sort_part(void *state, size_t block, size_t part, size_t last)
{
    dealing *deal = state;
    size_t count = rows_of_part(deal, part);
    uint64_t *spare;

    (void)block;
    (void)last;
    if (count < 2 || count > deal->large)
        return;
    spare = retain__enter_room(&deal->rooms);
    retain__sort_rows(deal->shape, deal->rows + deal->first[part] * deal->shape->width, spare, count);
    retain__leave_room(&deal->rooms, spare);
}

static retain_status sort_parts(retain_context *ctx, retain__scratch *scratch, dealing *deal, size_t largest, double from,
                                double to)
{
    size_t width = deal->shape->width;
    retain_status status;

    deal->large = largest < PART_ROWS * LARGE_PART ? largest : PART_ROWS * LARGE_PART;
    if (largest > deal->large) {
        uint64_t *spare = retain__take(scratch, largest, width * sizeof *spare);

        if (!spare)
            return RETAIN_ERROR_MEMORY;
        for (size_t p = 0; p < deal->parts; p++) {
            if (rows_of_part(deal, p) > deal->large)
                retain__sort_rows(deal->shape, deal->rows + deal->first[p] * width, spare, rows_of_part(deal, p));
        }
        retain__give_back(scratch, spare);
    }
    status = retain__open_rooms(ctx, scratch, deal->parts, deal->large, width * sizeof *deal->rows, &deal->rooms);
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, deal->parts, 1, from, to, sort_part, deal);
    retain__close_rooms(scratch, &deal->rooms);
    return status;
}

/* --- all of it ---------------------------------------------------------------------------------------------------------------- */

static void cut(dealing *deal, unsigned bits)
{
    unsigned part_bits = retain__bits_of(deal->items / PART_ROWS | 1);

    deal->block_items = deal->items / MOST_BLOCKS + 1;
    if (deal->block_items < BLOCK_ITEMS)
        deal->block_items = BLOCK_ITEMS;
    deal->blocks = retain__blocks(deal->items, deal->block_items);
    if (part_bits > MOST_PART_BITS)
        part_bits = MOST_PART_BITS;
    if (part_bits > bits)
        part_bits = bits;
    deal->parts = (size_t)1 << part_bits;
    deal->shift = bits - part_bits;
}

/* Takes memory for the rows unless `room` is given, for at most `most` rows. */
static retain_status group_rows(retain_context *ctx, retain__scratch *scratch, dealing *deal, unsigned bits, double from, double to,
                                uint64_t *room, size_t most)
{
    const size_t items = deal->items;
    double step = (to - from) / 4.0;
    size_t largest, count;
    retain_status status;

    cut(deal, bits);
    deal->place = retain__take(scratch, deal->blocks * deal->parts, sizeof *deal->place);
    deal->first = retain__take(scratch, deal->parts + 1, sizeof *deal->first);
    if (!deal->place || !deal->first)
        return RETAIN_ERROR_MEMORY;
    status = retain__parallel(ctx, items, deal->block_items, from, from + step, count_block, deal);
    if (status != RETAIN_OK)
        return status;
    largest = find_places(deal);
    if (largest > PART_ROWS * LARGE_PART && largest > deal->first[deal->parts] / deal->parts * LARGE_PART) {
        status = choose_splitters(scratch, deal);
        if (status == RETAIN_OK)
            status = retain__parallel(ctx, items, deal->block_items, from + step, from + step, count_block, deal);
        if (status != RETAIN_OK)
            return status;
        largest = find_places(deal);
    }
    deal->count = count = deal->first[deal->parts];
    if (room && count > most)
        return retain__fail(ctx, RETAIN_ERROR_DATA, RETAIN_NO_ROW, "orders changed while they were read");
    deal->rows = room ? room : retain__take(scratch, count, deal->shape->width * sizeof *deal->rows);
    if (!deal->rows)
        return RETAIN_ERROR_MEMORY;
    if (count)
        status = retain__parallel(ctx, items, deal->block_items, from + step, from + 2.0 * step, deal_block, deal);
    if (count && status == RETAIN_OK)
        status = sort_parts(ctx, scratch, deal, largest, from + 2.0 * step, to);
    retain__give_back(scratch, deal->place);
    retain__give_back(scratch, deal->first);
    retain__give_back(scratch, (void *)(uintptr_t)deal->splitters);
    return status;
}

retain_status retain__group_rows(retain_context *ctx, retain__scratch *scratch, size_t items, retain__row_source source,
                                 const void *state, const retain__row_shape *shape, unsigned bits, double from, double to,
                                 uint64_t **rows, size_t *count)
{
    dealing deal = {.items = items, .source = source, .state = state, .shape = shape};
    retain_status status = group_rows(ctx, scratch, &deal, bits, from, to, NULL, 0);

    if (status == RETAIN_OK) {
        *rows = deal.rows;
        *count = deal.count;
    }
    return status;
}

retain_status retain__group_rows_in(retain_context *ctx, retain__scratch *scratch, size_t items, retain__row_source source,
                                    const void *state, const retain__row_shape *shape, unsigned bits, double from, double to,
                                    uint64_t *rows, size_t most, size_t *count)
{
    dealing deal = {.items = items, .source = source, .state = state, .shape = shape};
    retain_status status = group_rows(ctx, scratch, &deal, bits, from, to, rows, most);

    if (status == RETAIN_OK)
        *count = deal.count;
    return status;
}

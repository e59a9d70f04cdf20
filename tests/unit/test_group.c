/* Sorting and grouping rows of words, against a stable sort by comparisons, for keys of every kind. */
#include "core/group.h"
#include "core/rooms.h"
#include "support.h"

static uint64_t random_state = 88172645463325252u;

static uint64_t draw(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x9E3779B97F4A7C15u;
}

/* Kinds of keys that logs have, and kinds that somebody could have made to hurt. */
enum { EQUAL, FEW, DENSE, HASHED, ASCENDING, DESCENDING, POWERS, SAWTOOTH, TWO_SHOPS, OUTLIER, CLUSTERS, KEY_KINDS };

static uint64_t make_key(int kind, size_t i, size_t count)
{
    switch (kind) {
    case EQUAL:
        return 42;
    case FEW:
        return draw() % 7;
    case DENSE:
        return draw() % (count / 10 + 1);
    case HASHED:
        return draw();
    case ASCENDING:
        return i;
    case DESCENDING:
        return count - i;
    case POWERS:
        return (uint64_t)1 << draw() % 64;
    case SAWTOOTH:
        return i % 100 * 1000003;
    case TWO_SHOPS:
        return draw() % 1000 + (draw() % 2 ? 1000000000000 : 0);
    case OUTLIER:
        return draw() % 100 ? draw() % (count / 10 + 1) : UINT64_MAX;
    default: /* ever smaller clusters beside each other, so that every cut leaves most of them together */
        return UINT64_MAX >> (draw() % 8 * 8);
    }
}

static size_t compared_width, compared_keys;
static unsigned compared_settled;

/* The last word of a row is its index: the order of equal keys. */
static int compare(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;

    for (size_t k = 0; k < compared_keys; k++) {
        unsigned shift = k + 1 == compared_keys ? compared_settled : 0;

        if (a[k] >> shift != b[k] >> shift)
            return a[k] >> shift < b[k] >> shift ? -1 : 1;
    }
    return a[compared_width - 1] < b[compared_width - 1] ? -1 : a[compared_width - 1] > b[compared_width - 1];
}

static uint64_t *make_table(int kind, size_t count, size_t width, size_t keys)
{
    uint64_t *rows = malloc((count + 1) * width * sizeof *rows);

    assert_non_null(rows);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < width; k++)
            rows[i * width + k] = make_key(k < keys ? (kind + (int)k) % KEY_KINDS : HASHED, i, count);
        if (width > keys)
            rows[i * width + width - 1] = i;
    }
    return rows;
}

static void sorts_as_a_stable_sort_by_comparisons_does(void **state)
{
    static const size_t counts[] = {0, 1, 2, 15, 16, 17, 33, 159, 160, 161, 400, 1000, 5000, 20000};

    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        for (int kind = 0; kind < KEY_KINDS; kind++) {
            for (size_t width = 1; width <= RETAIN__MOST_WORDS; width++) {
                size_t count = counts[c], keys = width > 2 ? 1 + draw() % (width - 1) : 1, bytes = count * width * sizeof(uint64_t);
                uint64_t *rows = make_table(kind, count, width, keys), *spare = malloc(bytes + 8), *wanted = malloc(bytes + 8);
                retain__row_shape shape = {width, keys, width == keys || draw() % 3 ? 0 : (unsigned)(draw() % 64)};

                assert_non_null(spare);
                assert_non_null(wanted);
                memcpy(wanted, rows, bytes);
                compared_width = width;
                compared_keys = keys;
                compared_settled = shape.settled;
                qsort(wanted, count, width * sizeof *wanted, compare);
                retain__sort_rows(&shape, rows, spare, count);
                if (bytes)
                    assert_memory_equal(rows, wanted, bytes);
                free(rows);
                free(spare);
                free(wanted);
            }
        }
    }
}

/* --- rows that are made on the way -------------------------------------------------------------------------------------------- */

typedef struct ledger {
    const uint64_t *rows;
    size_t width;
    unsigned every; /* so many items make a row, all others none */
} ledger;

static size_t read_ledger(const void *state, size_t first, size_t last, size_t words, uint64_t *rows)
{
    const ledger *from = state;
    size_t count = 0;

    assert_true(last - first <= RETAIN__BATCH);
    for (size_t i = first; i < last; i++) {
        if (i % from->every != 0)
            continue;
        memcpy(rows + count * words, from->rows + i * from->width, words * sizeof *rows);
        count++;
    }
    return count;
}

static void check_grouping(int kind, size_t items, size_t width, size_t keys, unsigned bits, unsigned every, int threads)
{
    uint64_t *table = make_table(kind, items, width, keys), *wanted = malloc((items + 1) * width * sizeof *wanted), *rows = NULL;
    ledger from = {table, width, every};
    retain__row_shape shape = {width, keys, 0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain__scratch scratch = {&ctx, NULL};
    size_t count = 0, expected = 0;

    assert_non_null(wanted);
    for (size_t i = 0; i < items; i++)
        table[i * width] >>= 64 - bits;
    for (size_t i = 0; i < items; i += every, expected++)
        memcpy(wanted + expected * width, table + i * width, width * sizeof *wanted);
    compared_width = width;
    compared_keys = keys;
    compared_settled = 0;
    qsort(wanted, expected, width * sizeof *wanted, compare);
    ctx.threads = threads;
    assert_int_equal(retain__group_rows(&ctx, &scratch, items, read_ledger, &from, &shape, bits, 0.0, 1.0, &rows, &count),
                     RETAIN_OK);
    assert_int_equal(count, expected);
    if (count)
        assert_memory_equal(rows, wanted, count * width * sizeof *rows);
    retain__release(&scratch);
    free(table);
    free(wanted);
}

static void groups_rows_whatever_the_keys_and_threads(void **state)
{
    static const size_t items[] = {0, 1, 255, 256, 257, 9000};
    static const int threads[] = {0, 1, 2, 3, 8};

    (void)state;
    for (int kind = 0; kind < KEY_KINDS; kind++) {
        for (size_t n = 0; n < sizeof items / sizeof *items; n++)
            check_grouping(kind, items[n], 3, 2, 64, n % 2 ? 1 : 3, threads[n % 5]);
        for (size_t width = 2; width <= RETAIN__MOST_WORDS; width++)
            check_grouping(kind, 20000, width, (width + 1) / 2, 1 + (unsigned)(draw() % 64), 1, 2);
        check_grouping(kind, 300000, kind % 2 ? 2 : 4, kind % 2 ? 1 : 2, 64, 1 + (unsigned)kind % 2, 1 + kind % 3);
    }
    check_grouping(HASHED, 600000, 2, 1, 1, 1, 2); /* more rows than there are values to part them by */
}

/* Rows that only exist where nobody draws a sample, and nearly all in one slice of the range. */
static size_t read_unseen(const void *state, size_t first, size_t last, size_t words, uint64_t *rows)
{
    size_t count = 0;

    (void)state;
    for (size_t i = first; i < last && last - first > 1; i++, count++) {
        for (size_t k = 0; k < words; k++)
            rows[count * words + k] = i * 2654435761u % 1000003;
    }
    return count;
}

static void groups_rows_that_the_sample_did_not_see(void **state)
{
    retain__row_shape shape = {1, 1, 0};
    retain__scratch scratch = {NULL, NULL};
    uint64_t *rows = NULL;
    size_t count = 0;

    (void)state;
    assert_int_equal(retain__group_rows(NULL, &scratch, 300032, read_unseen, NULL, &shape, 64, 0.0, 1.0, &rows, &count), RETAIN_OK);
    assert_int_equal(count, 300032);
    for (size_t r = 1; r < count; r++)
        assert_true(rows[r - 1] <= rows[r]);
    retain__release(&scratch);
}

static size_t read_nothing(const void *state, size_t first, size_t last, size_t words, uint64_t *rows)
{
    (void)state;
    (void)first;
    (void)last;
    (void)words;
    (void)rows;
    return 0;
}

static void a_hundred_million_items_may_make_no_row(void **state)
{
    retain__row_shape shape = {3, 1, 0};
    retain__scratch scratch = {NULL, NULL};
    uint64_t *rows = NULL;
    size_t count = 9;

    (void)state;
    assert_int_equal(retain__group_rows(NULL, &scratch, 100000000, read_nothing, NULL, &shape, 64, 0.0, 1.0, &rows, &count),
                     RETAIN_OK);
    assert_int_equal(count, 0);
    retain__release(&scratch);
}

static retain_status group_a_ledger(retain_context *ctx, void *state)
{
    const ledger *from = state;
    retain__row_shape shape = {from->width, 1, 0};
    retain__scratch scratch = {ctx, NULL};
    uint64_t *rows;
    size_t count;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK)
        status = retain__group_rows(ctx, &scratch, 300000, read_ledger, from, &shape, 64, 0.0, 1.0, &rows, &count);
    retain__release(&scratch);
    return status;
}

static void survives_memory_exhaustion_while_grouping(void **state)
{
    uint64_t *table = make_table(TWO_SHOPS, 300000, 2, 1), *equal = make_table(EQUAL, 300000, 2, 1);
    ledger from = {table, 2, 1}, same = {equal, 2, 1};

    (void)state;
    survives_memory_exhaustion(group_a_ledger, NULL, &from);
    survives_memory_exhaustion(group_a_ledger, NULL, &same);
    free(table);
    free(equal);
}

typedef struct patience {
    int left;
    double last;
} patience;

static int stop_when_out_of_patience(void *user, double fraction)
{
    patience *with = user;

    assert_true(fraction >= with->last && fraction <= 1.0);
    with->last = fraction;
    return with->left-- == 0;
}

static void can_be_cancelled_at_any_moment(void **state)
{
    uint64_t *table = make_table(TWO_SHOPS, 300000, 2, 1);
    ledger from = {table, 2, 1};
    retain_status status = RETAIN_ERROR_CANCELLED;
    int steps = 0;

    (void)state;
    for (; status == RETAIN_ERROR_CANCELLED; steps++) {
        counting_allocator counter = {0};
        retain_context ctx = counting_context(&counter);
        patience with = {steps, 0.0};

        ctx.progress = stop_when_out_of_patience;
        ctx.progress_user = &with;
        status = group_a_ledger(&ctx, &from);
        assert_int_equal(counter.live, 0);
    }
    assert_int_equal(status, RETAIN_OK);
    assert_true(steps > 10);
    free(table);
}

/* A source whose memory somebody else writes to: other keys and more rows each time it is asked. */
static size_t read_restless(const void *state, size_t first, size_t last, size_t words, uint64_t *rows)
{
    size_t *asked = *(size_t *const *)state, keep = (*asked)++ % 3 + 1, count = 0;

    for (size_t i = first; i < last; i++) {
        if (i % 3 < keep) {
            for (size_t k = 0; k < words; k++)
                rows[count * words + k] = draw();
            count++;
        }
    }
    return count;
}

static void stays_within_its_memory_when_rows_change_meanwhile(void **state)
{
    size_t asked = 0, *source = &asked, count;
    retain__row_shape shape = {3, 1, 0};
    uint64_t *rows;

    (void)state;
    for (size_t items = 1; items < 200000; items = items * 3 + 1) {
        retain__scratch scratch = {NULL, NULL};

        assert_int_equal(retain__group_rows(NULL, &scratch, items, read_restless, &source, &shape, 64, 0.0, 1.0, &rows, &count),
                         RETAIN_OK);
        retain__release(&scratch);
    }
}

/* --- rooms -------------------------------------------------------------------------------------------------------------------- */

typedef struct lodging {
    retain__rooms rooms;
    atomic_int guests[8];
    atomic_int clashes;
} lodging;

static void stay_a_while(void *state, size_t block, size_t first, size_t last)
{
    lodging *house = state;
    unsigned char *room = retain__enter_room(&house->rooms);
    size_t number = (size_t)(room - house->rooms.memory) / house->rooms.bytes;

    (void)block;
    if (atomic_fetch_add(&house->guests[number], 1) != 0)
        atomic_fetch_add(&house->clashes, 1);
    memset(room, (int)first, last - first);
    atomic_fetch_sub(&house->guests[number], 1);
    retain__leave_room(&house->rooms, room);
}

static void never_lets_two_into_one_room(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain__scratch scratch = {&ctx, NULL};
    lodging house = {.clashes = 0};

    (void)state;
    ctx.threads = 8;
    assert_int_equal(retain__open_rooms(&ctx, &scratch, 5000, 100, 1, &house.rooms), RETAIN_OK);
    assert_int_equal(house.rooms.count, 8);
    assert_int_equal((uintptr_t)house.rooms.memory % 64, 0);
    assert_int_equal(house.rooms.bytes % 64, 0);
    assert_int_equal(retain__parallel(&ctx, 500000, 100, 0.0, 1.0, stay_a_while, &house), RETAIN_OK);
    assert_int_equal(atomic_load(&house.clashes), 0);
    retain__close_rooms(&scratch, &house.rooms);
    assert_null(scratch.blocks);
    assert_int_equal(retain__open_rooms(&ctx, &scratch, 3, 0, 1, &house.rooms), RETAIN_OK);
    assert_int_equal(house.rooms.count, 3);
    assert_int_equal(retain__open_rooms(&ctx, &scratch, 3, SIZE_MAX, 8, &house.rooms), RETAIN_ERROR_MEMORY);
    assert_int_equal(retain__open_rooms(&ctx, &scratch, 3, SIZE_MAX, 1, &house.rooms), RETAIN_ERROR_MEMORY);
    retain__release(&scratch);
}

static void counts_bits(void **state)
{
    (void)state;
    assert_int_equal(retain__bits_of(0), 0);
    for (unsigned bits = 1; bits <= 64; bits++) {
        assert_int_equal(retain__bits_of((uint64_t)1 << (bits - 1)), bits);
        assert_int_equal(retain__bits_of(UINT64_MAX >> (64 - bits)), bits);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_as_a_stable_sort_by_comparisons_does),
        cmocka_unit_test(groups_rows_whatever_the_keys_and_threads),
        cmocka_unit_test(groups_rows_that_the_sample_did_not_see),
        cmocka_unit_test(a_hundred_million_items_may_make_no_row),
        cmocka_unit_test(survives_memory_exhaustion_while_grouping),
        cmocka_unit_test(can_be_cancelled_at_any_moment),
        cmocka_unit_test(stays_within_its_memory_when_rows_change_meanwhile),
        cmocka_unit_test(never_lets_two_into_one_room),
        cmocka_unit_test(counts_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

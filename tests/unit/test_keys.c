/* Doubles as words that sort like them. */
#include "core/keys.h"
#include "support.h"

static void keys_sort_like_the_numbers(void **state)
{
    const double ascending[] = {-INFINITY, -1e300, -1.0, -0x1p-1074, 0.0, 0x1p-1074, 1.0, 1.5, 1e300, INFINITY};

    (void)state;
    for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++) {
        assert_true(retain__number_of(retain__key_of(ascending[i])) == ascending[i]);
        assert_true(i == 0 || retain__key_of(ascending[i - 1]) < retain__key_of(ascending[i]));
    }
    assert_true(retain__key_of(-0.0) == retain__key_of(0.0));
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

enum { MOST = 20000, KINDS = 8 };

/* Keys of one kind: any bits, prices, few values, numbers that agree in their leading digits, a crowd among the scattered. */
static uint64_t draw_key(uint64_t *stream, int kind, size_t i)
{
    const uint64_t bits = random_bits(stream);

    switch (kind) {
    case 0:
        return bits;
    case 1:
        return retain__key_of((double)(bits % 1000000) / 100.0);
    case 2:
        return retain__key_of((double)(bits % 5) - 2.0);
    case 3:
        return retain__key_of(1e6 + (double)(bits >> 11) * 0x1p-83);
    case 4:
        return i % 2 ? bits : retain__key_of(1.0) + bits % 3000;
    case 5:
        return (uint64_t)i << 30;
    case 6:
        return ~((uint64_t)i << 30);
    default:
        return 7;
    }
}

static void sorts_keys_of_every_kind_and_number(void **state)
{
    static uint64_t keys[MOST], want[MOST], spare[MOST];
    uint64_t stream = 4;

    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        for (size_t count = 0; count <= MOST; count += 1 + count / 2) {
            for (size_t i = 0; i < count; i++)
                keys[i] = want[i] = draw_key(&stream, kind, i);
            qsort(want, count, sizeof *want, compare);
            retain__sort_keys(keys, spare, count, 0);
            assert_memory_equal(keys, want, count * sizeof *keys);
        }
    }
}

/* Low bits travel along with the others, which they do not put into another order. */
static void sorts_by_all_bits_but_the_lowest(void **state)
{
    static uint64_t keys[MOST], want[MOST], spare[MOST];
    uint64_t stream = 5;

    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        for (unsigned low = 1; low < 64; low += 9) {
            for (size_t i = 0; i < MOST; i++)
                keys[i] = want[i] = draw_key(&stream, kind, i) << 1 | random_bits(&stream) % 2;
            qsort(want, MOST, sizeof *want, compare);
            retain__sort_keys(keys, spare, MOST, low);
            for (size_t i = 0; i < MOST; i++)
                assert_true(keys[i] >> low == want[i] >> low);
            qsort(keys, MOST, sizeof *keys, compare);
            assert_memory_equal(keys, want, sizeof keys);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_sort_like_the_numbers),
        cmocka_unit_test(sorts_keys_of_every_kind_and_number),
        cmocka_unit_test(sorts_by_all_bits_but_the_lowest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

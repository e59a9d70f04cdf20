/* Sums that do not depend on the order of their terms. */
#include "math/sums.h"
#include "support.h"

enum { AMOUNTS = 10000 };

/* Amounts in cents from a fixed recurrence, about one in eight a refund. */
static void make_amounts(double *amounts, int64_t *cents)
{
    uint64_t state = 88172645463325252u;

    *cents = 0;
    for (size_t i = 0; i < AMOUNTS; i++) {
        int64_t amount;

        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        amount = (int64_t)(state % 100000000u);
        if (state >> 61 == 0)
            amount = -amount;
        amounts[i] = (double)amount / 100.0;
        *cents += amount;
    }
}

static retain__sum add_from_to(const double *amounts, size_t first, size_t last)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t i = first; i < last; i++)
        retain__sum_add(&sum, amounts[i]);
    return sum;
}

static void adds_money_to_the_last_cent(void **state)
{
    double amounts[AMOUNTS];
    int64_t cents;

    (void)state;
    make_amounts(amounts, &cents);
    assert_near(retain__sum_value(add_from_to(amounts, 0, AMOUNTS)), (double)cents / 100.0, 1e-9);
}

static void every_order_of_the_terms_gives_the_same_bits(void **state)
{
    double amounts[AMOUNTS];
    int64_t cents;
    retain__sum forward, again = {0.0, 0.0};

    (void)state;
    make_amounts(amounts, &cents);
    forward = add_from_to(amounts, 0, AMOUNTS);
    for (size_t step = 1; step < 100; step += 2) {
        if (step % 5 == 0)
            continue; /* a step without common factor with AMOUNTS visits every amount once */
        again = (retain__sum){0.0, 0.0};
        for (size_t i = 0; i < AMOUNTS; i++)
            retain__sum_add(&again, amounts[AMOUNTS - 1 - i * step % AMOUNTS]);
        assert_memory_equal(&again, &forward, sizeof again);
    }
}

static void merging_parts_equals_adding_all(void **state)
{
    double amounts[AMOUNTS];
    int64_t cents;
    retain__sum all;

    (void)state;
    make_amounts(amounts, &cents);
    all = add_from_to(amounts, 0, AMOUNTS);
    for (size_t parts = 1; parts <= 64; parts *= 2) {
        retain__sum merged = {0.0, 0.0};

        for (size_t p = parts; p-- > 0;)
            retain__sum_merge(&merged, add_from_to(amounts, AMOUNTS * p / parts, AMOUNTS * (p + 1) / parts));
        assert_memory_equal(&merged, &all, sizeof merged);
    }
}

static void keeps_what_a_plain_sum_forgets(void **state)
{
    static const double terms[] = {1e16, 1.0, -1e16, 0x1p-30, 1e22, -1.0, -1e22};
    retain__sum sum = {0.0, 0.0};

    (void)state;
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        retain__sum_add(&sum, terms[i]);
    assert_near(retain__sum_value(sum), 0x1p-30, 0.0);
}

static void what_is_added_and_taken_away_leaves_plain_zero(void **state)
{
    static const retain__sum zero = {0.0, 0.0};
    double amounts[AMOUNTS];
    int64_t cents;
    retain__sum sum;

    (void)state;
    make_amounts(amounts, &cents);
    sum = add_from_to(amounts, 0, AMOUNTS);
    for (size_t i = 0; i < AMOUNTS; i++)
        retain__sum_add(&sum, -amounts[i]);
    assert_memory_equal(&sum, &zero, sizeof sum);
    retain__sum_add(&sum, -0.0);
    assert_memory_equal(&sum, &zero, sizeof sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_money_to_the_last_cent),
        cmocka_unit_test(every_order_of_the_terms_gives_the_same_bits),
        cmocka_unit_test(merging_parts_equals_adding_all),
        cmocka_unit_test(keeps_what_a_plain_sum_forgets),
        cmocka_unit_test(what_is_added_and_taken_away_leaves_plain_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

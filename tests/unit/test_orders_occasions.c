/* The days on which customers bought, held against the summary. */
#include "retain/orders_occasions.h"
#include "support.h"

enum { ROWS = 400 };

typedef struct world {
    int64_t customer[ROWS], day[ROWS];
    double value[ROWS];
    retain_orders log;
    int64_t who[ROWS], first[ROWS + 1];
    double start[ROWS], occasion[ROWS];
    size_t customers, occasions;
} world;

static void make(world *of)
{
    uint64_t stream = 5;

    for (size_t i = 0; i < ROWS; i++) {
        of->customer[i] = (int64_t)(random_bits(&stream) % 60) - 20;
        of->day[i] = (int64_t)(random_bits(&stream) % 90) - 30;
        of->value[i] = random_bits(&stream) % 7 ? 5.0 : -1.0;
    }
    of->log = (retain_orders){.count = ROWS, .customer = of->customer, .day = of->day, .value = of->value};
}

static retain_status list(retain_context *ctx, void *state)
{
    world *of = state;

    return retain_orders_occasions(ctx, &of->log, 50, NULL, ROWS, &of->customers, of->who, of->start, of->first, ROWS,
                                   &of->occasions, of->occasion);
}

static void occasions_are_those_of_the_summary(void **state)
{
    static world of;
    static int64_t first_day[ROWS], last_day[ROWS], who[ROWS];
    static double frequency[ROWS];
    retain_summary summary = {.customer = who, .first_day = first_day, .last_day = last_day, .frequency = frequency};
    retain_orders_options weeks = {.struct_size = sizeof weeks, .occasion_days = 7};
    size_t count;

    (void)state;
    make(&of);
    assert_int_equal(list(NULL, &of), RETAIN_OK);
    assert_int_equal(retain_orders_summary(NULL, &of.log, 50, NULL, &summary, ROWS, &count, NULL), RETAIN_OK);
    assert_int_equal(of.customers, count);
    assert_int_equal(of.first[0], 0);
    assert_int_equal(of.first[count], of.occasions);
    for (size_t i = 0; i < count; i++) {
        int64_t last = of.first[i + 1];

        assert_int_equal(of.who[i], who[i]);
        assert_near(of.start[i], (double)first_day[i], 0.0);
        assert_near((double)(last - of.first[i]), frequency[i], 0.0);
        for (int64_t k = of.first[i]; k < last; k++)
            assert_true(of.occasion[k] > (k == of.first[i] ? of.start[i] : of.occasion[k - 1]));
        if (last > of.first[i])
            assert_near(of.occasion[last - 1], (double)last_day[i], 0.0);
    }
    assert_int_equal(retain_orders_occasions(NULL, &of.log, 50, &weeks, ROWS, &of.customers, NULL, of.start, of.first, ROWS,
                                             &of.occasions, of.occasion),
                     RETAIN_OK);
    for (size_t k = 0; k < of.occasions; k++)
        assert_near(fmod(of.occasion[k] + 70.0, 7.0), 0.0, 0.0);
}

static void too_little_room_says_how_much_is_needed(void **state)
{
    static world of, small;
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    make(&of);
    make(&small);
    assert_int_equal(list(NULL, &of), RETAIN_OK);
    small.start[0] = small.occasion[0] = -7.0;
    assert_int_equal(retain_orders_occasions(&ctx, &small.log, 50, NULL, of.customers, &small.customers, NULL, small.start,
                                             small.first, of.occasions - 1, &small.occasions, small.occasion),
                     RETAIN_ERROR_CAPACITY);
    assert_int_equal(small.customers, of.customers);
    assert_int_equal(small.occasions, of.occasions);
    assert_near(small.start[0], -7.0, 0.0);
    assert_near(small.occasion[0], -7.0, 0.0);
    assert_int_equal(retain_orders_occasions(&ctx, &small.log, 50, NULL, ROWS, &small.customers, NULL, small.start, NULL, ROWS,
                                             &small.occasions, small.occasion),
                     RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "first is NULL"));
    assert_int_equal(retain_orders_occasions(&ctx, &small.log, 50, NULL, ROWS, NULL, NULL, small.start, small.first, ROWS,
                                             &small.occasions, small.occasion),
                     RETAIN_ERROR_ARGUMENT);
}

static void survives_running_out_of_memory(void **state)
{
    static world of;

    (void)state;
    make(&of);
    survives_memory_exhaustion(list, NULL, &of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(occasions_are_those_of_the_summary),
        cmocka_unit_test(too_little_room_says_how_much_is_needed),
        cmocka_unit_test(survives_running_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The attribute of each customer's first order, against a look at all pairs of rows. */
#include "order_logs.h"

static int64_t first_slowly(const log_rows *log, const int64_t *code, int64_t customer, int64_t end, int zero_counts, int *found)
{
    const retain_orders orders = view(log);
    int64_t first = INT64_MAX, best[2] = {INT64_MAX, INT64_MAX}; /* of rows of positive value, of all */
    int any_positive = 0;

    *found = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < log->count; i++) {
            exact value;
            int64_t day;

            if (log->customer[i] != customer || judge(log, i, end, zero_counts, &value, &day) != 'k')
                continue;
            *found = 1;
            first = pass == 0 && day < first ? day : first;
            for (size_t j = 0; pass == 1 && day == first && j < log->count; j++) {
                const int positive = log->value[j] > 0.0;

                if (log->day[j] > end || !is_same_order(&orders, i, j))
                    continue;
                any_positive |= positive;
                best[0] = positive && code[j] < best[0] ? code[j] : best[0];
                best[1] = code[j] < best[1] ? code[j] : best[1];
            }
        }
    }
    return best[any_positive ? 0 : 1];
}

static void is_the_smallest_code_of_the_first_day(void **state)
{
    (void)state;
    for (int i = 0; i < 3000; i++) {
        log_rows log = draw_log();
        retain_orders_options options = draw_options();
        retain_orders orders = view(&log);
        retain_context ctx = RETAIN_CONTEXT_INIT;
        int64_t end = (int64_t)draw(90) - 25, code[MOST_ROWS], customer[MOST_ROWS], first[MOST_ROWS];
        size_t count = 0;
        table summary;

        ctx.threads = (int)draw(3);
        for (size_t k = 0; k < log.count; k++)
            code[k] = draw(20) ? (int64_t)draw(5) - 2 : draw(2) ? INT64_MIN : INT64_MAX;
        summarise(&log, end, &options, 1, &summary);
        assert_int_equal(retain_orders_first(&ctx, &orders, code, end, &options, MOST_ROWS, &count, customer, first), RETAIN_OK);
        assert_int_equal(count, summary.count);
        assert_same_keys("customer", customer, summary.customer, count);
        for (size_t k = 0; k < count; k++) {
            int found;

            assert_int_equal(first[k], first_slowly(&log, code, customer[k], end, options.count_zero_orders, &found));
            assert_true(found);
        }
    }
}

static void a_refund_row_and_a_later_order_have_no_say(void **state)
{
    int64_t customer[] = {7, 7, 7, 7, 9}, day[] = {2, 2, 5, 9, 1}, order[] = {1, 1, 1, 2, 3}, code[] = {8, 6, 1, 0, 4};
    int64_t who[2], first[2];
    double value[] = {10.0, 5.0, -5.0, 3.0, 2.0};
    retain_orders log = {5, customer, day, value, order, NULL, NULL, NULL};
    size_t count;

    (void)state;
    assert_int_equal(retain_orders_first(NULL, &log, code, 20, NULL, 2, &count, who, first), RETAIN_OK);
    assert_int_equal(count, 2);
    assert_same_keys("customer", who, (int64_t[]){7, 9}, 2);
    assert_same_keys("first", first, (int64_t[]){6, 4}, 2);
}

static void low_memory_and_threads_change_nothing(void **state)
{
    enum { ROWS = 100000 };
    int64_t *columns = test_malloc((size_t)8 * ROWS * 8), *customer = columns, *day = columns + ROWS, *code = columns + 2 * ROWS;
    int64_t *who = columns + 3 * ROWS, *first = columns + 4 * ROWS, *again = columns + 5 * ROWS, *code_again = columns + 6 * ROWS;
    double *value = test_malloc(ROWS * 8);
    const retain_orders log = {ROWS, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_orders_options options = {.struct_size = sizeof options, .low_memory = 1};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    size_t count, count_again;

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        customer[i] = (int64_t)draw(ROWS / 6);
        day[i] = (int64_t)draw(500);
        code[i] = (int64_t)draw(9);
        value[i] = (double)draw(9) - 1.0;
    }
    ctx.threads = 3;
    assert_int_equal(retain_orders_first(NULL, &log, code, 499, NULL, ROWS, &count, who, first), RETAIN_OK);
    assert_int_equal(retain_orders_first(&ctx, &log, code, 499, &options, ROWS, &count_again, again, code_again), RETAIN_OK);
    assert_int_equal(count_again, count);
    assert_memory_equal(again, who, count * 8);
    assert_memory_equal(code_again, first, count * 8);
    test_free(columns);
    test_free(value);
}

static void refuses_a_call_that_makes_no_sense(void **state)
{
    int64_t customer[] = {1, 2}, day[] = {1, 1}, code[] = {0, 0}, who[2] = {5, 5}, first[2] = {5, 5};
    double value[] = {1.0, 1.0};
    retain_orders log = {2, customer, day, value, NULL, NULL, NULL, NULL};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    size_t count = 9;

    (void)state;
    assert_int_equal(retain_orders_first(&ctx, &log, NULL, 5, NULL, 2, &count, who, first), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "attribute is NULL; it is required");
    assert_int_equal(retain_orders_first(&ctx, NULL, code, 5, NULL, 2, &count, who, first), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_first(&ctx, &log, code, 5, NULL, 2, NULL, who, first), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(count, 9);
    assert_int_equal(retain_orders_first(&ctx, &log, code, 5, NULL, 2, &count, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_orders_first(&ctx, &log, code, 5, NULL, 1, &count, who, first), RETAIN_ERROR_CAPACITY);
    assert_string_equal(ctx.error, "capacity is 1; there are 2 customers");
    assert_int_equal(count, 2);
    assert_int_equal(who[0], 5);
    ctx.struct_size = 0;
    assert_int_equal(retain_orders_first(&ctx, &log, code, 5, NULL, 2, &count, who, first), RETAIN_ERROR_ARGUMENT);
    log.count = 0;
    assert_int_equal(retain_orders_first(NULL, &log, NULL, 5, NULL, 0, &count, NULL, NULL), RETAIN_OK);
    assert_int_equal(count, 0);
}

typedef struct trial {
    log_rows log;
    int64_t code[MOST_ROWS], who[MOST_ROWS], first[MOST_ROWS];
} trial;

static retain_status run_first(retain_context *ctx, void *state)
{
    trial *run = state;
    retain_orders orders = view(&run->log);
    size_t count;

    memset(run->first, 0x5A, sizeof run->first);
    return retain_orders_first(ctx, &orders, run->code, 40, NULL, MOST_ROWS, &count, run->who, run->first);
}

static void is_untouched(void *state)
{
    trial *run = state;

    for (size_t i = 0; i < MOST_ROWS; i++)
        assert_int_equal(run->first[i], 0x5A5A5A5A5A5A5A5A);
}

static void survives_memory_exhaustion_everywhere(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        trial run = {.log = draw_log(), .code = {0}};

        survives_memory_exhaustion(run_first, is_untouched, &run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_smallest_code_of_the_first_day), cmocka_unit_test(a_refund_row_and_a_later_order_have_no_say),
        cmocka_unit_test(low_memory_and_threads_change_nothing), cmocka_unit_test(refuses_a_call_that_makes_no_sense),
        cmocka_unit_test(survives_memory_exhaustion_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

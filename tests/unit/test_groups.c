/* Tables that give each customer a group: what they must be like, and how they are found while a log is visited. */
#include "data/groups.h"
#include "order_logs.h"

static void assert_refused(const retain_groups *groups, retain_status wanted, size_t row, const char *sentence)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;

    assert_int_equal(retain__check_groups(&ctx, "by", groups), wanted);
    assert_string_equal(ctx.error, sentence);
    assert_int_equal(ctx.row, row);
}

static void a_table_that_breaks_a_rule_is_refused_by_name(void **state)
{
    int64_t customer[] = {-5, 7, 9}, group[] = {1, 0, 1}, twice[] = {1, 3, 3}, code[] = {0, 2, -1};
    retain_groups good = {3, customer, group, 2}, bad;

    (void)state;
    assert_int_equal(retain__check_groups(NULL, "by", &good), RETAIN_OK);
    assert_refused(NULL, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "by is NULL; it is required");
    bad = good, bad.customer = NULL;
    assert_refused(&bad, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "by.customer is NULL; it is required");
    bad = good, bad.group = NULL;
    assert_refused(&bad, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "by.group is NULL; it is required");
    bad = good, bad.groups = 0;
    assert_refused(&bad, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "by.groups is 0; there must be at least one group");
    bad = good, bad.customer = twice;
    assert_refused(&bad, RETAIN_ERROR_DATA, 2, "by.customer[2] is 3; it must be larger than the one before, 3");
    bad = good, bad.group = code;
    assert_refused(&bad, RETAIN_ERROR_DATA, 1, "by.group[1] is 2; it must lie in [0, by.groups = 2)");
    bad.groups = 3;
    assert_refused(&bad, RETAIN_ERROR_DATA, 2, "by.group[2] is -1; it must lie in [0, by.groups = 3)");
    bad = (retain_groups){0, NULL, NULL, 1};
    assert_int_equal(retain__check_groups(NULL, "by", &bad), RETAIN_OK);
}

/* A log of several blocks; every customer's group is his key modulo GROUPS. */
enum { ROWS = 100000, CUSTOMERS = 9000, GROUPS = 7, STEP = 3 };

typedef struct seen {
    retain__group_search search;
    size_t right[RETAIN__LOG_BLOCKS], wrong[RETAIN__LOG_BLOCKS], none[RETAIN__LOG_BLOCKS];
} seen;

static size_t group_of(int64_t key)
{
    return (size_t)(key / STEP + CUSTOMERS) % GROUPS;
}

static void look(void *state, size_t block, const retain__customer *customer)
{
    seen *counts = state;
    size_t group = retain__group_of(&counts->search, block, customer->key);

    counts->none[block] += group == RETAIN__NO_GROUP;
    counts->right[block] += group == group_of(customer->key);
    counts->wrong[block] += group != RETAIN__NO_GROUP && group != group_of(customer->key);
}

static size_t add_up(const size_t *of_block)
{
    size_t sum = 0;

    for (size_t b = 0; b < RETAIN__LOG_BLOCKS; b++)
        sum += of_block[b];
    return sum;
}

static void every_customer_of_a_large_log_is_found(void **state)
{
    int64_t *customer = test_malloc(ROWS * sizeof *customer), *day = test_calloc(ROWS, sizeof *day);
    int64_t *listed = test_malloc(2 * CUSTOMERS * sizeof *listed), *group = test_malloc(2 * CUSTOMERS * sizeof *group);
    double *value = test_malloc(ROWS * sizeof *value);
    retain_orders orders = {ROWS, customer, day, value, NULL, NULL, NULL, NULL};
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        customer[i] = STEP * ((int64_t)draw(CUSTOMERS) - CUSTOMERS / 2);
        value[i] = 1.0;
    }
    for (int64_t k = -CUSTOMERS / 2; k < CUSTOMERS / 2; k++) {
        listed[count] = STEP * k;
        group[count++] = (int64_t)group_of(STEP * k);
        if (draw(2)) { /* somebody whom the log does not know */
            listed[count] = STEP * k + 1;
            group[count++] = (int64_t)draw(GROUPS);
        }
    }
    for (int threads = 1; threads <= 3; threads += 2) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        retain__scratch scratch = {&ctx, NULL};
        retain_groups groups = {count, listed, group, GROUPS}, fewer = groups;
        retain__order_log log;
        seen counts = {.right = {0}};

        ctx.threads = threads;
        assert_int_equal(retain__check_groups(&ctx, "by", &groups), RETAIN_OK);
        assert_int_equal(retain__read_orders(&ctx, &scratch, &orders, "options", NULL, 10, 0.0, 1.0, &log), RETAIN_OK);
        assert_true(log.blocks > 1);
        retain__open_groups(&counts.search, &groups);
        retain__visit_customers(&ctx, &log, look, &counts, NULL);
        assert_int_equal(add_up(counts.right), log.customers);
        assert_int_equal(add_up(counts.wrong) + add_up(counts.none), 0);
        assert_int_equal(retain__check_strangers(&ctx, "by", &counts.search, &orders), RETAIN_OK);
        assert_int_equal(retain__match_groups(&ctx, "by", &groups, &orders, &log), RETAIN_OK);
        fewer.count /= 2; /* the first who is missing is named, by his first row */
        assert_int_equal(retain__match_groups(&ctx, "by", &fewer, &orders, &log), RETAIN_ERROR_DATA);
        assert_true(ctx.row < ROWS && customer[ctx.row] > listed[fewer.count - 1]);
        for (size_t i = 0; i < ROWS; i++)
            assert_true(customer[i] <= listed[fewer.count - 1] || customer[i] > customer[ctx.row] ||
                        (customer[i] == customer[ctx.row] && i >= ctx.row));
        retain__release(&scratch);
    }
    test_free(customer);
    test_free(day);
    test_free(value);
    test_free(listed);
    test_free(group);
}

static void a_customer_without_a_group_is_named(void **state)
{
    int64_t customer[] = {9, 4, 9, 2}, day[] = {0, 0, 1, 0}, known[] = {2, 4}, group[] = {0, 0};
    double value[] = {1.0, 1.0, 1.0, -1.0};
    retain_orders orders = {4, customer, day, value, NULL, NULL, NULL, NULL};
    retain_groups groups = {2, known, group, 1};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain__scratch scratch = {&ctx, NULL};
    retain__order_log log;

    (void)state;
    assert_int_equal(retain__read_orders(&ctx, &scratch, &orders, "options", NULL, 10, 0.0, 1.0, &log), RETAIN_OK);
    assert_int_equal(retain__match_groups(&ctx, "by", &groups, &orders, &log), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error,
                        "orders.customer[0] is 9, who is not in by.customer; every customer with an occasion needs a group");
    assert_int_equal(ctx.row, 0);
    known[0] = 4, known[1] = 9; /* customer 2 has no occasion */
    assert_int_equal(retain__match_groups(&ctx, "by", &groups, &orders, &log), RETAIN_OK);
    groups.count = 0;
    assert_int_equal(retain__match_groups(&ctx, "by", &groups, &orders, &log), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    customer[0] = customer[1] = customer[2] = 8; /* somebody writes to the columns */
    assert_int_equal(retain__match_groups(&ctx, "by", &groups, &orders, &log), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "orders changed while they were read");
    retain__release(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_that_breaks_a_rule_is_refused_by_name),
        cmocka_unit_test(every_customer_of_a_large_log_is_found),
        cmocka_unit_test(a_customer_without_a_group_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The revenue bridge: what it promises whatever is passed. */
#include <limits.h>

#include "logs.h"
#include "retain/revenue.h"
#include "revenue_tables.h"

/* --- promises -------------------------------------------------------------------------------------------------------------------- */

static void the_example_of_the_header_is_true(void **state)
{
    static const int64_t customer[] = {1, 2, 3, 1, 3}, day[] = {2, 10, 20, 45, 80};
    static const double value[] = {10, 20, 30, 8, 40};
    const retain_orders log = {5, customer, day, value, NULL, NULL, NULL, NULL};
    int64_t edges[] = {0, 31, 59, 90};
    double start[3], lost[3], end[3], grr[3];
    retain_revenue_columns columns = {0};

    (void)state;
    columns.start = start;
    columns.lost = lost;
    columns.end = end;
    columns.grr = grr;
    assert_int_equal(retain_revenue_bridge(NULL, &log, 89, edges, 4, NULL, NULL, &columns), RETAIN_OK);
    assert_nan(start[0]);
    assert_near(start[1], 60, 0.0);
    assert_near(lost[1], 50, 0.0);
    assert_near(end[1], 8, 0.0);
    assert_near(grr[1], 8.0 / 60.0, 1e-16);
    assert_near(end[2], 40, 0.0);
    assert_near(grr[2], 0, 0.0);
}

static void neither_threads_nor_memory_nor_the_order_of_rows_show(void **state)
{
    enum { PERIODS = 24 };
    uint64_t seed = 11;
    random_log log = random_log_make(&seed, (random_log_shape){250000, 30000, 0, 700, 0, 0});
    int64_t edges[PERIODS + 1];
    revenue_table *first = calloc(2, sizeof *first);
    const retain_revenue_columns columns = columns_of(first), more = columns_of(first + 1);

    (void)state;
    assert_non_null(first);
    for (int64_t k = 0; k <= PERIODS; k++)
        edges[k] = 29 * k;
    for (size_t i = 0; i < log.view.count; i++)
        log.value[i] /= 7.0;
    assert_int_equal(retain_revenue_bridge(NULL, &log.view, 699, edges, PERIODS + 1, NULL, NULL, &columns), RETAIN_OK);
    for (int threads = 1; threads <= 64; threads = threads == 3 ? 8 : threads == 8 ? 64 : threads + 1) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        retain_orders_options counting = {.struct_size = sizeof counting};

        ctx.threads = threads;
        counting.low_memory = threads % 2;
        random_log_shuffle(&log, &seed);
        assert_int_equal(retain_revenue_bridge(&ctx, &log.view, 699, edges, PERIODS + 1, &counting, NULL, &more), RETAIN_OK);
        assert_memory_equal(first, first + 1, sizeof *first);
    }
    free(first);
    random_log_free(&log);
}

static void amounts_do_not_depend_on_threads(void **state)
{
    enum { CUSTOMERS = 100000, PERIODS = 13 };
    uint64_t seed = 12;
    double *amounts = malloc(CUSTOMERS * PERIODS * sizeof *amounts);
    revenue_table *first = calloc(2, sizeof *first);
    const retain_revenue_columns columns = columns_of(first), more = columns_of(first + 1);

    (void)state;
    assert_non_null(amounts);
    assert_non_null(first);
    for (size_t i = 0; i < CUSTOMERS * PERIODS; i++)
        amounts[i] = random_between(&seed, 0, 2) ? (double)random_between(&seed, 1, 100000) / 100.0 : 0.0;
    assert_int_equal(retain_revenue_amounts(NULL, amounts, CUSTOMERS, PERIODS, NULL, &columns), RETAIN_OK);
    for (int threads = 2; threads <= 64; threads *= 4) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        assert_int_equal(retain_revenue_amounts(&ctx, amounts, CUSTOMERS, PERIODS, NULL, &more), RETAIN_OK);
        assert_memory_equal(first, first + 1, sizeof *first);
    }
    free(amounts);
    free(first);
}

typedef struct small_world {
    random_log log;
    double end[3];
} small_world;

static retain_status run_bridge(retain_context *ctx, void *state)
{
    static const int64_t edges[] = {0, 31, 59, 90};
    small_world *world = state;
    const retain_revenue_columns columns = {.end = world->end};

    world->end[0] = -5;
    return retain_revenue_bridge(ctx, &world->log.view, 95, edges, 4, NULL, NULL, &columns);
}

static retain_status run_amounts(retain_context *ctx, void *state)
{
    static const double amounts[] = {1, 2, 0, 4};
    small_world *world = state;
    const retain_revenue_columns columns = {.end = world->end};

    world->end[0] = -5;
    return retain_revenue_amounts(ctx, amounts, 2, 2, NULL, &columns);
}

static void is_untouched(void *state)
{
    assert_near(((const small_world *)state)->end[0], -5.0, 0.0);
}

static void memory_exhaustion_is_an_error_and_no_more(void **state)
{
    uint64_t seed = 3;
    small_world world = {random_log_make(&seed, (random_log_shape){60, 5, 0, 90, 1, 0}), {-5, -5, -5}};

    (void)state;
    survives_memory_exhaustion(run_bridge, is_untouched, &world);
    assert_true(world.end[0] > 0.0);
    survives_memory_exhaustion(run_amounts, is_untouched, &world);
    assert_near(world.end[1], 6.0, 0.0);
    random_log_free(&world.log);
}

/* What comes out does not matter; a sanitizer watches where it is written. */
static void a_log_that_changes_while_it_is_read_does_no_harm(void **state)
{
    static const int64_t edges[] = {0, 31, 59, 90};
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);

    (void)state;
    for (size_t at = 1; at < 24; at++) {
        uint64_t seed = at;
        random_log log = random_log_make(&seed, (random_log_shape){200, 20, 0, 90, at % 2, 0});
        log_meddler meddler = {&log, at, 0};
        retain_context ctx = meddling_context(&meddler);

        retain_revenue_bridge(&ctx, &log.view, 95, edges, 4, NULL, NULL, &columns);
        random_log_free(&log);
    }
}

static void edges_may_be_as_far_apart_as_numbers_go(void **state)
{
    static const int64_t customer[] = {1, 2, 1}, day[] = {5, 8, 20}, edges[] = {INT64_MIN, 0, 10, 30, INT64_MAX};
    static const double value[] = {1.0, 2.0, 4.0};
    const retain_orders log = {3, customer, day, value, NULL, NULL, NULL, NULL};
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);
    retain_revenue_options far = {.struct_size = sizeof far, .lag = 4};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_revenue_bridge(NULL, &log, 29, edges, 5, NULL, NULL, &columns), RETAIN_OK);
    assert_near(table.cell[END][0], 0, 0.0);
    assert_near(table.cell[ACQUIRED][1], 3, 0.0);
    assert_near(table.cell[EXPANSION][2], 3, 0.0);
    assert_near(table.cell[START][3], 4, 0.0);
    assert_nan(table.cell[END][3]);
    assert_int_equal(retain_revenue_bridge(&ctx, &log, 29, edges, 5, NULL, &far, &columns), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.lag is 4; it must be less than the number of periods, 4");
    far.lag = 3;
    assert_int_equal(retain_revenue_bridge(NULL, &log, 29, edges, 5, NULL, &far, &columns), RETAIN_OK);
    assert_near(table.cell[END][2], 4, 0.0);
    assert_near(table.cell[START][3], 0, 0.0);
    far.lag = SIZE_MAX;
    assert_int_equal(retain_revenue_amounts(NULL, value, 1, 3, &far, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(NULL, NULL, 0, SIZE_MAX, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(&ctx, (double[]){1, 1e308}, 1, 2, NULL, &columns), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "amounts[1] is 1e308; it must lie in [0, 1e280]");
}

static void writes_only_the_columns_that_are_asked_for(void **state)
{
    static const double amounts[] = {10, 8, 20, 25, 30, 0};
    revenue_table all, one;
    const retain_revenue_columns columns = columns_of(&all);

    (void)state;
    assert_int_equal(retain_revenue_amounts(NULL, amounts, 3, 2, NULL, &columns), RETAIN_OK);
    for (int i = 0; i < COLUMNS; i++) {
        double *pointers[COLUMNS] = {NULL};
        retain_revenue_columns single;

        pointers[i] = one.cell[i];
        memcpy(&single, pointers, sizeof single);
        assert_int_equal(retain_revenue_amounts(NULL, amounts, 3, 2, NULL, &single), RETAIN_OK);
        assert_memory_equal(one.cell[i], all.cell[i], 2 * sizeof(double));
    }
}

static void refuses_bad_arguments_by_name(void **state)
{
    static const int64_t customer[] = {1}, day[] = {0}, edges[] = {0, 31, 31}, far[] = {(int64_t)1 << 50};
    static const double value[] = {1.0}, amounts[] = {1, 2, -3, 4, 5, 6}, endless[] = {1, (double)INFINITY},
                        none[] = {(double)NAN, 1};
    const retain_orders log = {1, customer, day, value, NULL, NULL, NULL, NULL},
                        bad = {1, customer, far, value, NULL, NULL, NULL, NULL};
    const retain_revenue_columns columns = {0};
    const retain_revenue_options level = {.struct_size = sizeof level, .level = 1}, size = {0, 0, 0};
    const struct {
        const retain_orders *orders;
        const int64_t *edges;
        size_t edge_count;
        const retain_revenue_options *options;
        const retain_revenue_columns *columns;
        retain_status status;
        const char *text;
    } cases[] = {{NULL, edges, 2, NULL, &columns, RETAIN_ERROR_ARGUMENT, "orders is NULL"},
                 {&bad, edges, 2, NULL, &columns, RETAIN_ERROR_DATA, "orders.day[0]"},
                 {&log, NULL, 2, NULL, &columns, RETAIN_ERROR_ARGUMENT, "edges is NULL"},
                 {&log, edges, 1, NULL, &columns, RETAIN_ERROR_ARGUMENT, "edges has 1 entry"},
                 {&log, edges, 3, NULL, &columns, RETAIN_ERROR_ARGUMENT, "edges[2] is 31"},
                 {&log, edges, 2, &level, &columns, RETAIN_ERROR_ARGUMENT, "options.level is 1"},
                 {&log, edges, 2, &size, &columns, RETAIN_ERROR_ARGUMENT, "options.struct_size is 0"},
                 {&log, edges, 2, NULL, NULL, RETAIN_ERROR_ARGUMENT, "columns is NULL"}};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(retain_revenue_bridge(&ctx, cases[i].orders, 50, cases[i].edges, cases[i].edge_count, NULL,
                                               cases[i].options, cases[i].columns),
                         cases[i].status);
        if (!strstr(ctx.error, cases[i].text))
            fail_msg("\"%s\" does not say \"%s\"", ctx.error, cases[i].text);
    }
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, 3, 2, NULL, &columns), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "amounts[2] is -3; it must lie in [0, 1e280]"));
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_revenue_amounts(&ctx, endless, 1, 2, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_revenue_amounts(&ctx, none, 1, 2, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_revenue_amounts(&ctx, NULL, 1, 2, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, 1, 0, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, SIZE_MAX / 2, 3, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, SIZE_MAX / 4, 2, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, 1, 2, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, 1, 2, &level, &columns), RETAIN_ERROR_ARGUMENT);
    ctx.struct_size = 1;
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, 1, 2, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_bridge(&ctx, &log, 50, edges, 2, NULL, NULL, &columns), RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(neither_threads_nor_memory_nor_the_order_of_rows_show),
        cmocka_unit_test(amounts_do_not_depend_on_threads),
        cmocka_unit_test(memory_exhaustion_is_an_error_and_no_more),
        cmocka_unit_test(a_log_that_changes_while_it_is_read_does_no_harm),
        cmocka_unit_test(edges_may_be_as_far_apart_as_numbers_go),
        cmocka_unit_test(writes_only_the_columns_that_are_asked_for),
        cmocka_unit_test(refuses_bad_arguments_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

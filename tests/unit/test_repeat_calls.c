/* Repeat purchases: logs without anybody, threads, memory, arguments. */
#include "logs.h"
#include "repeat_tables.h"

/* --- edges ----------------------------------------------------------------------------------------------------------------------
 */

static void an_empty_log_has_no_figures(void **state)
{
    const retain_orders log = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    static const int64_t edges[] = {0, 5};
    retain_repeat_report report = {.struct_size = sizeof report};
    named_column *named = calloc(COLUMNS, sizeof *named);
    const retain_repeat_columns columns = name_periods(named);
    const retain_repeat_steps steps = name_steps(named);
    const retain_repeat_bands bands = name_bands(named);
    named_figure figures[FIGURES];
    double days[7];

    (void)state;
    assert_int_equal(retain_repeat_summary(NULL, &log, 9, NULL, NULL, &report), RETAIN_OK);
    name_figures(&report, figures);
    for (size_t i = 0; i < FIGURES; i++) {
        assert_nan(figures[i].figure->value);
        assert_nan(figures[i].figure->low);
    }
    assert_int_equal(retain_repeat_periods(NULL, &log, 9, edges, 2, NULL, NULL, &columns), RETAIN_OK);
    assert_near(named[0].cell[0], 0.0, 0.0);
    assert_nan(named[4].cell[0]);
    assert_int_equal(retain_repeat_funnel(NULL, &log, 9, 2, NULL, NULL, &steps), RETAIN_OK);
    assert_near(named[0].cell[1], 0.0, 0.0);
    assert_nan(named[1].cell[1]);
    assert_nan(named[4].cell[1]);
    assert_nan(named[10].cell[1]);
    assert_int_equal(retain_repeat_tenure(NULL, &log, 9, edges, 2, NULL, NULL, &bands), RETAIN_OK);
    assert_near(named[0].cell[0], 0.0, 0.0);
    assert_nan(named[3].cell[0]);
    assert_int_equal(retain_repeat_profile(NULL, &log, NULL, 9, NULL, days, days), RETAIN_OK);
    assert_near(days[6], 0.0, 0.0);
    free(named);
}

static void the_example_of_the_header_is_true(void **state)
{
    static const int64_t customer[] = {1, 2, 3, 1, 3}, day[] = {2, 10, 20, 45, 80};
    static const double value[] = {10, 20, 30, 40, 50};
    const retain_orders log = {5, customer, day, value, NULL, NULL, NULL, NULL};
    retain_repeat_report report = {.struct_size = sizeof report};

    (void)state;
    assert_int_equal(retain_repeat_summary(NULL, &log, 89, NULL, NULL, &report), RETAIN_OK);
    assert_near(report.repeat.value, 2.0 / 3.0, 0.0);
    assert_near(report.repeat.numerator, 2.0, 0.0);
    assert_near(report.later_to_own_first.value, 45.0 / 20.0, 0.0);
    assert_near(report.repeat_to_one_time.value, 65.0 / 20.0, 0.0);
    assert_nan(report.repeat_to_one_time.low); /* a single one-time customer */
}

static void free_orders_cost_nothing(void **state)
{
    static const int64_t customer[] = {1, 2, 2}, day[] = {2, 10, 20};
    static const double value[] = {0, 0, 0};
    const retain_orders log = {3, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_orders_options counting = {.struct_size = sizeof counting, .count_zero_orders = 1};
    retain_repeat_report report = {.struct_size = sizeof report};

    (void)state;
    assert_int_equal(retain_repeat_summary(NULL, &log, 89, &counting, NULL, &report), RETAIN_OK);
    assert_near(report.order_value.value, 0.0, 0.0);
    assert_near(report.order_value.high, 0.0, 0.0);
    assert_nan(report.later_to_first.value);
    assert_nan(report.later_share.value);
}

static void enormous_money_does_not_overflow(void **state)
{
    static const int64_t customer[] = {1, 2, 2}, day[] = {2, 10, 20};
    static const double value[] = {1e280, 5e279, 7e279};
    const retain_orders log = {3, customer, day, value, NULL, NULL, NULL, NULL};
    retain_repeat_report report = {.struct_size = sizeof report};

    (void)state;
    assert_int_equal(retain_repeat_summary(NULL, &log, 89, NULL, NULL, &report), RETAIN_OK);
    assert_near(report.first_value.value, 7.5e279, 1e265);
    assert_near((report.first_value.high - report.first_value.value) / 1e279, 12.706204736174705 * 2.5, 1e-11);
    assert_near(report.later_to_own_first.value, 1.4, 1e-15);
}

/* --- threads, memory, arguments --------------------------------------------------------------------------------------------------
 */

enum { LARGE = 250000 };

typedef struct all_results {
    retain_repeat_report report;
    named_column named[COLUMNS + STEP_COLUMNS + BAND_COLUMNS];
    double orders[7 * 24], revenue[7 * 24];
} all_results;

static retain_status compute_with(retain_context *ctx, const random_log *log, const int64_t *second, int64_t end,
                                  const retain_orders_options *counting, all_results *all)
{
    static const int64_t edges[] = {0, 100, 101, 400, 600, 700}, ages[] = {0, 1, 7, 30, 90, 365};
    const retain_repeat_columns columns = name_periods(all->named);
    const retain_repeat_steps steps = name_steps(all->named + COLUMNS);
    const retain_repeat_bands bands = name_bands(all->named + COLUMNS + STEP_COLUMNS);
    retain_status status;

    all->report.struct_size = sizeof all->report;
    status = retain_repeat_summary(ctx, &log->view, end, counting, NULL, &all->report);
    if (status == RETAIN_OK)
        status = retain_repeat_periods(ctx, &log->view, end, edges, 6, counting, NULL, &columns);
    if (status == RETAIN_OK)
        status = retain_repeat_funnel(ctx, &log->view, end, 20, counting, NULL, &steps);
    if (status == RETAIN_OK)
        status = retain_repeat_tenure(ctx, &log->view, end, ages, 6, counting, NULL, &bands);
    if (status == RETAIN_OK)
        status = retain_repeat_profile(ctx, &log->view, second, end, counting, all->orders, all->revenue);
    return status;
}

static retain_status compute_all(retain_context *ctx, const random_log *log, const int64_t *second, int64_t end, all_results *all)
{
    return compute_with(ctx, log, second, end, NULL, all);
}

static void neither_threads_nor_the_order_of_rows_show(void **state)
{
    uint64_t seed = 8;
    random_log log = random_log_make(&seed, (random_log_shape){LARGE, 40000, 0, 699, 0, 0});
    all_results *first = calloc(2, sizeof *first);
    int64_t *second = malloc(LARGE * sizeof *second);

    (void)state;
    for (size_t i = 0; i < LARGE; i++)
        log.value[i] = log.value[i] * 4.0 / 100.0; /* cents */
    for (int threads = 0; threads <= 64; threads = threads == 3 ? 8 : threads == 8 ? 64 : threads + 1) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        for (size_t i = 0; i < LARGE; i++)
            second[i] = (int64_t)log.value[i] * 997 % 86400;
        memset(first + 1, 0, sizeof *first);
        assert_int_equal(compute_all(&ctx, &log, second, 699, threads ? first + 1 : first), RETAIN_OK);
        if (threads)
            assert_memory_equal(first, first + 1, offsetof(all_results, named));
        for (size_t i = 0; threads && i < COLUMNS + STEP_COLUMNS + BAND_COLUMNS; i++)
            assert_memory_equal(first[0].named[i].cell, first[1].named[i].cell, sizeof first->named[i].cell);
        if (threads)
            assert_memory_equal(first[0].orders, first[1].orders, sizeof first->orders);
        if (threads)
            assert_memory_equal(first[0].revenue, first[1].revenue, sizeof first->revenue);
        random_log_shuffle(&log, &seed);
    }
    free(second);
    free(first);
    random_log_free(&log);
}

/* A log is read in parts, or was compacted before: the same bits, but for the hours, which a compacted log has lost. */
static void neither_memory_nor_compaction_shows(void **state)
{
    enum { ROWS = 60000 };
    const retain_orders_options sparing = {.struct_size = sizeof sparing, .low_memory = 1};
    uint64_t seed = 15;
    random_log log = random_log_make(&seed, (random_log_shape){ROWS, 9000, 0, 699, 0, 0});
    random_log shorter = random_log_make(&seed, (random_log_shape){ROWS, 1, 0, 0, 0, 0});
    double *low = malloc(ROWS * sizeof *low), *multiple = malloc(ROWS * sizeof *multiple);
    all_results *all = calloc(3, sizeof *all);
    int64_t *second = calloc(ROWS, sizeof *second);
    size_t count;

    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        log.value[i] = log.value[i] * 4.0 / 100.0;
    assert_int_equal(retain_orders_compact(NULL, &log.view, ROWS, &count, shorter.customer, shorter.day, shorter.value, low, NULL,
                                           NULL, multiple),
                     RETAIN_OK);
    shorter.view.count = count;
    shorter.view.value_low = low;
    shorter.view.multiple = multiple;
    assert_int_equal(compute_all(NULL, &log, second, 690, &all[0]), RETAIN_OK);
    assert_int_equal(compute_with(NULL, &log, second, 690, &sparing, &all[1]), RETAIN_OK);
    assert_int_equal(compute_all(NULL, &shorter, second, 690, &all[2]), RETAIN_OK);
    for (size_t k = 1; k < 3; k++) {
        assert_memory_equal(&all[0].report, &all[k].report, sizeof all->report);
        for (size_t i = 0; i < COLUMNS + STEP_COLUMNS + BAND_COLUMNS; i++)
            assert_memory_equal(all[0].named[i].cell, all[k].named[i].cell, sizeof all->named[i].cell);
        assert_memory_equal(all[0].orders, all[k].orders, sizeof all->orders);
        assert_memory_equal(all[0].revenue, all[k].revenue, sizeof all->revenue);
    }
    free(second);
    free(all);
    free(low);
    free(multiple);
    random_log_free(&shorter);
    random_log_free(&log);
}

typedef struct small_world {
    random_log log;
    int64_t second[60];
    all_results all;
} small_world;

static retain_status run_all(retain_context *ctx, void *state)
{
    small_world *world = state;
    retain_context each = *ctx;
    const retain_status status = compute_all(&each, &world->log, world->second, 85, &world->all);

    *ctx = each;
    return status;
}

static void memory_exhaustion_is_an_error_and_no_more(void **state)
{
    uint64_t seed = 3;
    small_world *world = calloc(1, sizeof *world);

    (void)state;
    world->log = random_log_make(&seed, (random_log_shape){60, 5, 0, 85, 1, 0});
    survives_memory_exhaustion(run_all, NULL, world);
    random_log_free(&world->log);
    free(world);
}

static void a_log_that_changes_while_it_is_read_does_no_harm(void **state)
{
    all_results *all = calloc(1, sizeof *all);
    int64_t second[200] = {0};

    (void)state;
    for (size_t at = 1; at < 60; at++) {
        uint64_t seed = at;
        random_log log = random_log_make(&seed, (random_log_shape){200, 20, 0, 90, at % 2, 0});
        log_meddler meddler = {&log, at, 0};
        retain_context ctx = meddling_context(&meddler);

        compute_all(&ctx, &log, second, 95, all);
        random_log_free(&log);
    }
    free(all);
}

static void refuses_bad_arguments_by_name(void **state)
{
    static const int64_t customer[] = {1}, day[] = {0}, far[] = {(int64_t)1 << 50}, edges[] = {0, 31, 31}, ages[] = {-1, 3};
    static const double value[] = {1.0};
    const retain_orders log = {1, customer, day, value, NULL, NULL, NULL, NULL},
                        bad = {1, customer, far, value, NULL, NULL, NULL, NULL};
    const retain_repeat_options options[] = {{0, 0, 0},
                                             {sizeof(retain_repeat_options), 1.0, 0},
                                             {sizeof(retain_repeat_options), (double)NAN, 0},
                                             {sizeof(retain_repeat_options), 0.5, -1}};
    static const char *texts[] = {"options.struct_size is 0", "options.level is 1", "options.level is",
                                  "options.horizon_days is -1"};
    const retain_repeat_columns columns = {0};
    const retain_repeat_steps steps = {0};
    const retain_repeat_bands bands = {0};
    retain_repeat_report report = {.struct_size = sizeof report}, unsized = {0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double high[1];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(retain_repeat_summary(&ctx, &log, 5, NULL, &options[i], &report), RETAIN_ERROR_ARGUMENT);
        assert_non_null(strstr(ctx.error, texts[i]));
        assert_int_equal(retain_repeat_periods(&ctx, &log, 5, edges, 2, NULL, &options[i], &columns), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_repeat_funnel(&ctx, &log, 5, 3, NULL, &options[i], &steps), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_repeat_tenure(&ctx, &log, 5, edges, 2, NULL, &options[i], &bands), RETAIN_ERROR_ARGUMENT);
    }
    assert_int_equal(retain_repeat_summary(&ctx, &log, 5, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_summary(&ctx, &log, 5, NULL, NULL, &unsized), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_summary(&ctx, NULL, 5, NULL, NULL, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_summary(&ctx, &bad, 5, NULL, NULL, &report), RETAIN_ERROR_DATA);
    assert_int_equal(retain_repeat_periods(&ctx, &log, 5, edges, 3, NULL, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "edges[2] is 31"));
    assert_int_equal(retain_repeat_periods(&ctx, &log, 5, edges, 2, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_periods(&ctx, &bad, 5, edges, 2, NULL, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_repeat_funnel(&ctx, &log, 5, 0, NULL, NULL, &steps), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_funnel(&ctx, &log, 5, 65537, NULL, NULL, &steps), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_funnel(&ctx, &log, 5, 3, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_funnel(&ctx, &bad, 5, 3, NULL, NULL, &steps), RETAIN_ERROR_DATA);
    assert_int_equal(retain_repeat_tenure(&ctx, &log, 5, NULL, 3, NULL, NULL, &bands), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_tenure(&ctx, &log, 5, edges, 1, NULL, NULL, &bands), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_tenure(&ctx, &log, 5, edges, 3, NULL, NULL, &bands), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "ages[2] is 31"));
    assert_int_equal(retain_repeat_tenure(&ctx, &log, 5, ages, 2, NULL, NULL, &bands), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "ages[0] is -1"));
    assert_int_equal(retain_repeat_tenure(&ctx, &log, 5, edges, 2, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_periods(&ctx, &log, 5, edges, 2, NULL, NULL, &columns), RETAIN_OK); /* no column is required */
    assert_int_equal(retain_repeat_funnel(&ctx, &log, 5, 3, NULL, NULL, &steps), RETAIN_OK);
    assert_int_equal(retain_repeat_tenure(&ctx, &log, 5, edges, 2, NULL, NULL, &bands), RETAIN_OK);
    assert_int_equal(retain_repeat_tenure(&ctx, &log, 5, edges, 2, NULL, NULL, &(retain_repeat_bands){.value_high = high}),
                     RETAIN_OK);
    assert_nan(high[0]);
    ctx.struct_size = 1;
    assert_int_equal(retain_repeat_summary(&ctx, &log, 5, NULL, NULL, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_periods(&ctx, &log, 5, edges, 2, NULL, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_funnel(&ctx, &log, 5, 3, NULL, NULL, &steps), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_tenure(&ctx, &log, 5, edges, 2, NULL, NULL, &bands), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_profile(&ctx, &log, NULL, 5, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_log_has_no_figures),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(free_orders_cost_nothing),
        cmocka_unit_test(enormous_money_does_not_overflow),
        cmocka_unit_test(neither_threads_nor_the_order_of_rows_show),
        cmocka_unit_test(neither_memory_nor_compaction_shows),
        cmocka_unit_test(memory_exhaustion_is_an_error_and_no_more),
        cmocka_unit_test(a_log_that_changes_while_it_is_read_does_no_harm),
        cmocka_unit_test(refuses_bad_arguments_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

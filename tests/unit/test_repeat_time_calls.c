/* Time to the next purchase: logs without anybody, threads, memory, arguments. */
#include "logs.h"
#include "repeat_tables.h"

/* --- edges, threads, memory, arguments -------------------------------------------------------------------------------------------
 */

static void capacity_is_asked_for(void **state)
{
    static const int64_t customer[] = {1, 1, 1, 2}, day[] = {0, 5, 12, 3};
    static const double value[] = {1, 1, 1, 1};
    const retain_orders log = {4, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_repeat_time_options gaps = {.struct_size = sizeof gaps, .kind = RETAIN_REPEAT_TIME_ALL_GAPS};
    double days[2] = {-1, -1}, mean[2] = {-1, -1}, sd[2];
    const retain_repeat_time_columns columns = {.days = days};
    const retain_repeat_time_gap_columns gap_columns = {.mean = mean, .sd = sd};
    size_t count = 0;

    (void)state;
    assert_int_equal(retain_repeat_time_curve(NULL, &log, 20, NULL, &gaps, &columns, 1, &count), RETAIN_ERROR_CAPACITY);
    assert_int_equal(count, 2);
    assert_near(days[0], -1, 0.0);
    assert_int_equal(retain_repeat_time_curve(NULL, &log, 20, NULL, &gaps, &columns, 2, &count), RETAIN_OK);
    assert_near(days[1], 7, 0.0);
    assert_int_equal(retain_repeat_time_gaps(NULL, &log, 20, NULL, &gap_columns, 1, &count), RETAIN_ERROR_CAPACITY);
    assert_int_equal(count, 2);
    assert_near(mean[0], -1, 0.0);
    assert_int_equal(retain_repeat_time_gaps(NULL, &log, 20, NULL, &gap_columns, 2, &count), RETAIN_OK);
    assert_near(mean[0], 6, 0.0);
    assert_near(sd[0], sqrt(2.0), 1e-15);
    assert_nan(mean[1]);
    assert_nan(sd[1]);
}

static void the_horizon_is_that_of_the_options(void **state)
{
    static const int64_t customer[] = {1, 1, 2, 3}, day[] = {0, 20, 5, 60}, known[] = {1, 2, 3}, code[] = {0, 0, 0};
    static const double value[] = {1, 1, 1, 1};
    const retain_orders log = {4, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_groups groups = {3, known, code, 1};
    double share[2], within[2];

    (void)state;
    for (int64_t days = 10; days <= 30; days += 20) {
        const retain_repeat_time_options options = {.struct_size = sizeof options, .horizon_days = days};
        const retain_repeat_options horizon = {.struct_size = sizeof horizon, .horizon_days = days};
        const retain_repeat_time_group_columns columns = {.share = &share[days / 20]};
        const retain_repeat_steps steps = {.within = &within[days / 20]};

        assert_int_equal(retain_repeat_time_compare(NULL, &log, &groups, 100, NULL, &options, &columns, NULL, NULL, NULL),
                         RETAIN_OK);
        assert_int_equal(retain_repeat_funnel(NULL, &log, 100, 1, NULL, &horizon, &steps), RETAIN_OK);
    }
    assert_near(share[0], 0.0, 0.0);
    assert_near(share[1], 1.0 / 3.0, 1e-15);
    assert_memory_equal(share, within, sizeof share);
}

static void an_empty_log_has_no_curve(void **state)
{
    const retain_orders log = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    static const double days[] = {0, 30}, shares[] = {0.5};
    static const retain_groups groups = {0, NULL, NULL, 2};
    const retain_repeat_time_columns columns = {0};
    const retain_repeat_time_gap_columns gap_columns = {0};
    const retain_repeat_time_group_columns group_columns = {0};
    double share[2], quantile[1], chi_squared, degrees, p;
    size_t count = 9;

    (void)state;
    assert_int_equal(retain_repeat_time_curve(NULL, &log, 20, NULL, NULL, &columns, 0, &count), RETAIN_OK);
    assert_int_equal(count, 0);
    assert_int_equal(retain_repeat_time_within(NULL, &log, 20, NULL, NULL, days, 2, share, NULL, NULL, NULL), RETAIN_OK);
    assert_nan(share[0]);
    assert_nan(share[1]);
    assert_int_equal(retain_repeat_time_quantiles(NULL, &log, 20, NULL, NULL, shares, 1, quantile, NULL, NULL), RETAIN_OK);
    assert_nan(quantile[0]);
    assert_int_equal(retain_repeat_time_gaps(NULL, &log, 20, NULL, &gap_columns, 0, &count), RETAIN_OK);
    assert_int_equal(count, 0);
    assert_int_equal(retain_repeat_time_compare(NULL, &log, &groups, 20, NULL, NULL, &group_columns, &chi_squared, &degrees, &p),
                     RETAIN_OK);
    assert_nan(chi_squared);
    assert_nan(p);
    assert_near(degrees, 0.0, 0.0);
}

static void the_example_of_the_header_is_true(void **state)
{
    static const int64_t customer[] = {1, 1, 2, 2, 3}, day[] = {0, 20, 5, 95, 300};
    static const double value[] = {1, 1, 1, 1, 1};
    const retain_orders log = {5, customer, day, value, NULL, NULL, NULL, NULL};
    double days[] = {30, 90, 365}, share[3], low[3], high[3];

    (void)state;
    assert_int_equal(retain_repeat_time_within(NULL, &log, 400, NULL, NULL, days, 3, share, low, high, NULL), RETAIN_OK);
    assert_near(share[0], 1.0 / 3.0, 1e-15);
    assert_near(share[1], 2.0 / 3.0, 1e-15);
    assert_nan(share[2]); /* nobody was watched for a year without coming back */
}

typedef struct all_results {
    curve_table curve;
    double share[3], low[3], high[3], quantile[3], chi_squared, degrees, p;
    double group[9][3];
    double gap[6][40000];
    int64_t customer[40000];
    retain_repeat_time_rhythm rhythm;
} all_results;

static retain_status compute_with(retain_context *ctx, const random_log *log, const retain_groups *groups, int64_t end,
                                  const retain_orders_options *counting, all_results *all)
{
    static const double days[] = {30, 90, 365}, shares[] = {0.1, 0.5, 0.9};
    const retain_repeat_time_options gaps = {.struct_size = sizeof gaps, .kind = RETAIN_REPEAT_TIME_ALL_GAPS};
    const retain_repeat_time_columns columns = name_points(&all->curve);
    const retain_repeat_time_group_columns by_group = {all->group[0], all->group[1], all->group[2], all->group[3], all->group[4],
                                                       all->group[5], all->group[6], all->group[7], all->group[8]};
    const retain_repeat_time_gap_columns by_customer = {all->customer, all->gap[0], all->gap[1], all->gap[2],
                                                        all->gap[3],   all->gap[4], all->gap[5]};
    size_t count;
    retain_status status = retain_repeat_time_curve(ctx, &log->view, end, counting, &gaps, &columns, MOST_POINTS, &count);

    if (status == RETAIN_OK)
        status = retain_repeat_time_within(ctx, &log->view, end, counting, NULL, days, 3, all->share, all->low, all->high, NULL);
    if (status == RETAIN_OK)
        status = retain_repeat_time_quantiles(ctx, &log->view, end, counting, NULL, shares, 3, all->quantile, NULL, NULL);
    if (status == RETAIN_OK)
        status = retain_repeat_time_compare(ctx, &log->view, groups, end, counting, NULL, &by_group, &all->chi_squared,
                                            &all->degrees, &all->p);
    if (status == RETAIN_OK)
        status = retain_repeat_time_gaps(ctx, &log->view, end, counting, &by_customer, 40000, &count);
    all->rhythm.struct_size = sizeof all->rhythm;
    if (status == RETAIN_OK)
        status = retain_repeat_time_regularity(ctx, &log->view, end, counting, 0.0, &all->rhythm);
    return status;
}

static retain_status compute_all(retain_context *ctx, const random_log *log, const retain_groups *groups, int64_t end,
                                 all_results *all)
{
    return compute_with(ctx, log, groups, end, NULL, all);
}

static void make_groups(int64_t customers, int64_t *customer, int64_t *group)
{
    for (int64_t c = 0; c < customers; c++) {
        customer[c] = c + 1;
        group[c] = c * c % 7 % 3;
    }
}

static void neither_threads_nor_the_order_of_rows_show(void **state)
{
    uint64_t seed = 8;
    random_log log = random_log_make(&seed, (random_log_shape){250000, 40000, 0, 600, 0, 0});
    all_results *first = calloc(2, sizeof *first);
    int64_t *customer = malloc(80000 * sizeof *customer), *group = customer + 40000;
    const retain_groups groups = {40000, customer, group, 3};

    (void)state;
    make_groups(40000, customer, group);
    for (int threads = 0; threads <= 64; threads = threads == 3 ? 8 : threads == 8 ? 64 : threads + 1) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        memset(first + 1, 0, sizeof *first);
        assert_int_equal(compute_all(&ctx, &log, &groups, 650, threads ? first + 1 : first), RETAIN_OK);
        if (threads)
            assert_memory_equal(first, first + 1, sizeof *first);
        random_log_shuffle(&log, &seed);
    }
    free(customer);
    free(first);
    random_log_free(&log);
}

static void a_log_that_is_read_in_parts_gives_the_same_bits(void **state)
{
    const retain_orders_options sparing = {.struct_size = sizeof sparing, .low_memory = 1};
    uint64_t seed = 18;
    random_log log = random_log_make(&seed, (random_log_shape){60000, 9000, 0, 600, 0, 0});
    all_results *all = calloc(2, sizeof *all);
    int64_t customer[9000], group[9000];
    const retain_groups groups = {9000, customer, group, 3};

    (void)state;
    make_groups(9000, customer, group);
    assert_int_equal(compute_all(NULL, &log, &groups, 650, &all[0]), RETAIN_OK);
    assert_int_equal(compute_with(NULL, &log, &groups, 650, &sparing, &all[1]), RETAIN_OK);
    assert_memory_equal(&all[0], &all[1], sizeof *all);
    free(all);
    random_log_free(&log);
}

typedef struct small_world {
    random_log log;
    int64_t customer[5], group[5], end;
    all_results all;
} small_world;

static retain_status run_all(retain_context *ctx, void *state)
{
    small_world *world = state;
    const retain_groups groups = {5, world->customer, world->group, 3};

    return compute_all(ctx, &world->log, &groups, world->end, &world->all);
}

static void memory_exhaustion_is_an_error_and_no_more(void **state)
{
    uint64_t seed = 3;
    small_world *world = calloc(1, sizeof *world);

    (void)state;
    world->log = random_log_make(&seed, (random_log_shape){60, 5, 0, 85, 1, 0});
    make_groups(5, world->customer, world->group);
    world->end = 85;
    survives_memory_exhaustion(run_all, NULL, world);
    for (size_t i = 0; i < world->log.view.count; i++)
        world->log.day[i] *= 1000000; /* durations are listed then */
    world->end = 85000000;
    survives_memory_exhaustion(run_all, NULL, world);
    random_log_free(&world->log);
    free(world);
}

static void a_log_that_changes_while_it_is_read_does_no_harm(void **state)
{
    all_results *all = calloc(1, sizeof *all);
    int64_t customer[20], group[20];
    const retain_groups groups = {20, customer, group, 3};

    (void)state;
    make_groups(20, customer, group);
    for (size_t at = 1; at < 60; at++) {
        uint64_t seed = at;
        random_log log = random_log_make(&seed, (random_log_shape){200, 20, 0, 90, at % 2, 0});
        log_meddler meddler = {&log, at, 0};
        retain_context ctx = meddling_context(&meddler);

        compute_all(&ctx, &log, &groups, 95, all);
        random_log_free(&log);
    }
    free(all);
}

static void refuses_bad_arguments_by_name(void **state)
{
    static const int64_t customer[] = {1}, day[] = {0}, far[] = {(int64_t)1 << 50}, code[] = {0};
    static const double value[] = {1.0}, days[] = {-1.0}, nan[] = {(double)NAN}, shares[] = {1.0}, none[] = {0.0}, fine[] = {0.5};
    const retain_orders log = {1, customer, day, value, NULL, NULL, NULL, NULL},
                        bad = {1, customer, far, value, NULL, NULL, NULL, NULL};
    const retain_groups groups = {1, customer, code, 1};
    const struct {
        retain_repeat_time_options options;
        const char *text;
    } cases[] = {
        {{0, RETAIN_REPEAT_TIME_FROM_FIRST, 0, 0, RETAIN_REPEAT_TIME_LOG_LOG, 0}, "options.struct_size is 0"},
        {{sizeof(retain_repeat_time_options), (retain_repeat_time_kind)3, 0, 0, RETAIN_REPEAT_TIME_LOG_LOG, 0},
         "options.kind is 3"},
        {{sizeof(retain_repeat_time_options), RETAIN_REPEAT_TIME_FROM_FIRST, 1, 0, RETAIN_REPEAT_TIME_LOG_LOG, 0},
         "options.occasion is 1"},
        {{sizeof(retain_repeat_time_options), RETAIN_REPEAT_TIME_FROM_FIRST, 0, 1, RETAIN_REPEAT_TIME_LOG_LOG, 0},
         "options.level is 1"},
        {{sizeof(retain_repeat_time_options), RETAIN_REPEAT_TIME_FROM_FIRST, 0, 0, (retain_repeat_time_interval)3, 0},
         "options.interval is 3"},
        {{sizeof(retain_repeat_time_options), RETAIN_REPEAT_TIME_FROM_FIRST, 0, 0, RETAIN_REPEAT_TIME_LOG_LOG, -1},
         "options.horizon_days is -1"},
    };
    const retain_repeat_time_columns columns = {0};
    const retain_repeat_time_gap_columns gap_columns = {0};
    const retain_repeat_time_group_columns group_columns = {0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double share[1];
    size_t count;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const retain_repeat_time_options *options = &cases[i].options;

        assert_int_equal(retain_repeat_time_curve(&ctx, &log, 5, NULL, options, &columns, 0, &count), RETAIN_ERROR_ARGUMENT);
        assert_non_null(strstr(ctx.error, cases[i].text));
        assert_int_equal(retain_repeat_time_within(&ctx, &log, 5, NULL, options, fine, 1, share, NULL, NULL, NULL),
                         RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_repeat_time_quantiles(&ctx, &log, 5, NULL, options, fine, 1, share, NULL, NULL),
                         RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_repeat_time_compare(&ctx, &log, &groups, 5, NULL, options, &group_columns, NULL, NULL, NULL),
                         RETAIN_ERROR_ARGUMENT);
    }
    assert_int_equal(retain_repeat_time_curve(&ctx, &log, 5, NULL, NULL, NULL, 0, &count), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_curve(&ctx, &log, 5, NULL, NULL, &columns, 0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_curve(&ctx, &bad, 5, NULL, NULL, &columns, 0, &count), RETAIN_ERROR_DATA);
    assert_int_equal(retain_repeat_time_within(&ctx, &log, 5, NULL, NULL, days, 1, share, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "days[0] is -1; it must not be negative");
    assert_int_equal(retain_repeat_time_within(&ctx, &log, 5, NULL, NULL, nan, 1, share, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_repeat_time_within(&ctx, &log, 5, NULL, NULL, NULL, 1, share, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_within(&ctx, &log, 5, NULL, NULL, fine, 1, NULL, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_within(&ctx, &log, 5, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_repeat_time_quantiles(&ctx, &log, 5, NULL, NULL, shares, 1, share, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "shares[0] is 1; it must lie in (0, 1)");
    assert_int_equal(retain_repeat_time_quantiles(&ctx, &log, 5, NULL, NULL, none, 1, share, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_repeat_time_quantiles(&ctx, &log, 5, NULL, NULL, NULL, 0, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_repeat_time_quantiles(&ctx, &log, 5, NULL, NULL, NULL, 1, share, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_quantiles(&ctx, &log, 5, NULL, NULL, fine, 1, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_gaps(&ctx, &log, 5, NULL, NULL, 0, &count), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_gaps(&ctx, &log, 5, NULL, &gap_columns, 0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_gaps(&ctx, &bad, 5, NULL, &gap_columns, 0, &count), RETAIN_ERROR_DATA);
    ctx.struct_size = 1;
    assert_int_equal(retain_repeat_time_gaps(&ctx, &log, 5, NULL, &gap_columns, 0, &count), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_curve(&ctx, &log, 5, NULL, NULL, &columns, 0, &count), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_within(&ctx, &log, 5, NULL, NULL, fine, 1, share, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_quantiles(&ctx, &log, 5, NULL, NULL, fine, 1, share, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_repeat_time_compare(&ctx, &log, &groups, 5, NULL, NULL, &group_columns, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capacity_is_asked_for),
        cmocka_unit_test(the_horizon_is_that_of_the_options),
        cmocka_unit_test(an_empty_log_has_no_curve),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(neither_threads_nor_the_order_of_rows_show),
        cmocka_unit_test(a_log_that_is_read_in_parts_gives_the_same_bits),
        cmocka_unit_test(memory_exhaustion_is_an_error_and_no_more),
        cmocka_unit_test(a_log_that_changes_while_it_is_read_does_no_harm),
        cmocka_unit_test(refuses_bad_arguments_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

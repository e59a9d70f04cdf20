/* Customer retention rate: formulas against exact values, and what its functions refuse. */
#include <limits.h>

#include "logs.h"
#include "retain/crr.h"
#include "retain/rate.h"

/* --- formulas ----------------------------------------------------------------------------------------------------------------- */

static void formulas_meet_the_golden_values(void **state)
{
    golden table = golden_read("crr/crr.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double start = golden_number(&table, row, "start"), end = golden_number(&table, row, "end");
        double gained = golden_number(&table, row, "new"), level = golden_number(&table, row, "conf");
        double crr = golden_number(&table, row, "crr_percent") / 100.0, churn = golden_number(&table, row, "churn_percent") / 100.0;
        double low = golden_number(&table, row, "crr_wilson_low_percent") / 100.0;
        double high = golden_number(&table, row, "crr_wilson_high_percent") / 100.0;

        assert_near(retain_crr(start, end, gained), crr, 1e-15 * crr);
        assert_near(retain_crr_churn(start, end, gained), churn, 1e-15 * churn);
        assert_near(retain_rate_low(end - gained, start, level), low, 1e-12 * low);
        assert_near(retain_rate_high(end - gained, start, level), high, 1e-12 * high);
    }
    golden_free(&table);
}

static void rates_of_impossible_counts_do_not_exist(void **state)
{
    static const double cases[][3] = {
        {0, 5, 5},  {-1, 5, 5}, {(double)NAN, 5, 5},      {5, (double)NAN, 5},      {5, 5, (double)NAN},
        {5, -1, 0}, {5, 1, -1}, {(double)INFINITY, 1, 1}, {5, (double)INFINITY, 1}, {5, 1, (double)INFINITY}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_nan(retain_crr(cases[i][0], cases[i][1], cases[i][2]));
        assert_nan(retain_crr_churn(cases[i][0], cases[i][1], cases[i][2]));
    }
}

static void reactivation_can_lift_crr_above_one(void **state)
{
    (void)state;
    assert_near(retain_crr(100, 130, 10), 1.2, 1e-15);
    assert_near(retain_crr_churn(100, 130, 10), -0.2, 1e-15);
    assert_near(retain_crr(100, 10, 30), -0.2, 1e-15);
}

/* Values by 60-digit arithmetic. */
static void rates_compound_over_other_periods(void **state)
{
    (void)state;
    assert_near(retain_crr_over(0.9, 12), 0.28242953648100008, 1e-16);
    assert_near(retain_crr_churn_over(0.05, 12), 0.45963991233736306, 1e-16); /* not 0.6 */
    assert_near(retain_crr_churn_over(1e-17, 12), 1.2e-16, 1e-31);
    assert_near(retain_crr_churn_over(retain_crr_churn_over(0.3, 12), 1.0 / 12), 0.3, 1e-15);
    assert_near(retain_crr_over(retain_crr_over(0.3, 12), 1.0 / 12), 0.3, 1e-15);
    assert_near(retain_crr_churn_over(0.0, 5), 0.0, 0.0);
    assert_near(retain_crr_churn_over(1.0, 5), 1.0, 0.0);
    assert_near(retain_crr_over(0.0, 0.5), 0.0, 0.0);
    assert_near(retain_crr_over(1.0, 5), 1.0, 0.0);
    for (double rate = 0.0; rate <= 1.0; rate += 0.01)
        assert_near(retain_crr_over(rate, 3) + retain_crr_churn_over(1.0 - rate, 3), 1.0, 1e-15);
}

static void compounding_refuses_what_is_no_rate_and_no_length(void **state)
{
    static const double cases[][2] = {{-0.1, 2}, {1.1, 2},           {(double)NAN, 2},       {0.5, 0},
                                      {0.5, -1}, {0.5, (double)NAN}, {0.5, (double)INFINITY}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_nan(retain_crr_over(cases[i][0], cases[i][1]));
        assert_nan(retain_crr_churn_over(cases[i][0], cases[i][1]));
    }
}

static void grades_count_the_cuts_that_are_passed(void **state)
{
    static const double cuts[] = {0.2, 0.6};

    (void)state;
    assert_int_equal(retain_crr_grade(0.1499, NULL, 0), 0);
    assert_int_equal(retain_crr_grade(0.15, NULL, 0), 1);
    assert_int_equal(retain_crr_grade(0.4, NULL, 99), 2);
    assert_int_equal(retain_crr_grade(0.5, NULL, 0), 3);
    assert_int_equal(retain_crr_grade(1.2, NULL, 0), 4);
    assert_int_equal(retain_crr_grade(-0.2, NULL, 0), 0);
    assert_int_equal(retain_crr_grade((double)NAN, NULL, 0), -1);
    assert_int_equal(retain_crr_grade(0.5, cuts, 2), 1);
    assert_int_equal(retain_crr_grade(0.6, cuts, 2), 2);
    assert_int_equal(retain_crr_grade(0.6, cuts, 0), 0);
    assert_int_equal(retain_crr_grade(0.6, (double[]){0.5, 0.4}, 2), -1);
    assert_int_equal(retain_crr_grade(0.6, (double[]){0.5, (double)NAN}, 2), -1);
}

static void options_of_an_older_header_still_work(void **state)
{
    static const int64_t customer[] = {1, 2}, day[] = {0, 10}, edges[] = {0, 31};
    static const double value[] = {1.0, 1.0};
    const retain_orders log = {2, customer, day, value, NULL, NULL, NULL, NULL};
    retain_crr_options options = {offsetof(retain_crr_options, activity), 40, 0, 0, (retain_crr_activity)77, 77};
    double end[1];
    const retain_crr_columns columns = {.end = end};

    (void)state;
    assert_int_equal(retain_crr_periods(NULL, &log, 30, edges, 2, NULL, &options, &columns, NULL), RETAIN_OK);
    assert_near(end[0], 2, 0.0);
}

static void flags_that_are_none_are_named(void **state)
{
    static const uint8_t active[] = {0, 1, 1, 1, 2, 0};
    const retain_crr_columns columns = {0};
    const struct {
        const uint8_t *active;
        size_t customers, instants;
        retain_crr_options options;
        const retain_crr_columns *columns;
        retain_status status;
        const char *text;
    } cases[] = {
        {active,
         2,
         3,
         {.struct_size = sizeof(retain_crr_options)},
         &columns,
         RETAIN_ERROR_DATA,
         "active[4] is 2; it must be 0 or 1"},
        {NULL, 1, 3, {.struct_size = sizeof(retain_crr_options)}, &columns, RETAIN_ERROR_ARGUMENT, "active is NULL"},
        {active, 1, 3, {.struct_size = sizeof(retain_crr_options)}, NULL, RETAIN_ERROR_ARGUMENT, "columns is NULL"},
        {active, 1, 1, {.struct_size = sizeof(retain_crr_options)}, &columns, RETAIN_ERROR_ARGUMENT, "instants is 1"},
        {active,
         SIZE_MAX / 2,
         3,
         {.struct_size = sizeof(retain_crr_options)},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "more than an array"},
        {active,
         1,
         3,
         {.struct_size = sizeof(retain_crr_options), .span = 3},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "less than the number of instants, 3"},
        {active,
         1,
         3,
         {.struct_size = sizeof(retain_crr_options), .level = 1},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.level is 1"},
        {active, 1, 3, {.struct_size = sizeof(retain_crr_options), .window_days = 1}, &columns, RETAIN_ERROR_ARGUMENT, "must be 0"},
        {active,
         1,
         3,
         {.struct_size = sizeof(retain_crr_options), .window_quantile = .5},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "must be 0"},
        {active,
         1,
         3,
         {.struct_size = sizeof(retain_crr_options), .activity = RETAIN_CRR_PERIOD},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "must be 0"},
    };
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(
            retain_crr_flags(&ctx, cases[i].active, cases[i].customers, cases[i].instants, &cases[i].options, cases[i].columns),
            cases[i].status);
        if (!strstr(ctx.error, cases[i].text))
            fail_msg("\"%s\" does not say \"%s\"", ctx.error, cases[i].text);
    }
    assert_int_equal(retain_crr_flags(&ctx, NULL, 0, SIZE_MAX, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_flags(&ctx, active, 2, 3, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    ctx.struct_size = 1;
    assert_int_equal(retain_crr_flags(&ctx, active, 1, 3, NULL, &columns), RETAIN_ERROR_ARGUMENT);
}

/* --- change -------------------------------------------------------------------------------------------------------------------- */

static void change_is_the_difference_of_two_rates(void **state)
{
    const double part[] = {48, 56, 30, (double)NAN, 9, 0, 3, (double)NAN};
    const double whole[] = {80, 70, 40, 50, 10, 0, (double)NAN, (double)NAN};
    double change[8], low[8], high[8], p[8], alone[8];

    (void)state;
    for (size_t lag = 1; lag <= 7; lag++) {
        assert_int_equal(retain_crr_change(NULL, part, whole, 8, lag, 0.9, change, low, high, p), RETAIN_OK);
        for (size_t k = 0; k < 8; k++) {
            const int there = k >= lag && !isnan(part[k]) && !isnan(part[k - lag]) && whole[k] > 0 && whole[k - lag] > 0;

            assert_true(isnan(change[k]) == !there && isnan(low[k]) == !there && isnan(high[k]) == !there && isnan(p[k]) == !there);
            if (!there)
                continue;
            assert_near(change[k], retain_rate_difference(part[k], whole[k], part[k - lag], whole[k - lag]), 0.0);
            assert_near(low[k], retain_rate_difference_low(part[k], whole[k], part[k - lag], whole[k - lag], 0.9), 0.0);
            assert_near(high[k], retain_rate_difference_high(part[k], whole[k], part[k - lag], whole[k - lag], 0.9), 0.0);
            assert_near(p[k], retain_rate_difference_p_value(part[k], whole[k], part[k - lag], whole[k - lag]), 0.0);
        }
        assert_int_equal(retain_crr_change(NULL, part, whole, 8, lag, 0, alone, NULL, NULL, NULL), RETAIN_OK);
        assert_memory_equal(alone, change, sizeof alone);
    }
    assert_int_equal(retain_crr_change(NULL, NULL, NULL, 0, 1, 0, NULL, NULL, NULL, NULL), RETAIN_OK);
}

static void change_refuses_what_are_no_shares(void **state)
{
    static const double part[] = {1, 5}, whole[] = {2, 4}, odd[] = {2, -1}, endless[] = {2, (double)INFINITY}, less[] = {1, -1};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double change[2] = {7, 7};

    (void)state;
    assert_int_equal(retain_crr_change(&ctx, part, whole, 2, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "part[1] is 5; it must lie in [0, whole[1] = 4]"));
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_crr_change(&ctx, less, whole, 2, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_crr_change(&ctx, part, odd, 2, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_crr_change(&ctx, part, endless, 2, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_crr_change(&ctx, part, whole, 1, 0, 0, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_change(&ctx, part, whole, 1, 1, 1, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_change(&ctx, NULL, whole, 1, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_change(&ctx, part, NULL, 1, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_change(&ctx, part, whole, 1, 1, 0, NULL, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_change(&ctx, part, whole, 2, 2, 0, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "lag is 2; it must be less than the number of periods, 2");
    assert_near(change[0], 7, 0.0);
    assert_int_equal(retain_crr_change(&ctx, part, whole, 1, 1, 0, change, NULL, NULL, NULL), RETAIN_OK);
    assert_true(isnan(change[0]));
    ctx.struct_size = 1;
    assert_int_equal(retain_crr_change(&ctx, part, whole, 1, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
}

/* --- promises -------------------------------------------------------------------------------------------------------------------- */

static void the_example_of_the_header_is_true(void **state)
{
    static const int64_t customer[] = {1, 2, 3, 1, 3}, day[] = {2, 10, 20, 45, 80};
    static const double value[] = {1, 1, 1, 1, 1};
    const retain_orders log = {5, customer, day, value, NULL, NULL, NULL, NULL};
    int64_t edges[] = {0, 31, 59, 90};
    double start[3], lost[3], crr[3];
    retain_crr_options options = {.struct_size = sizeof options, .window_days = 60};
    retain_crr_columns columns = {0};

    (void)state;
    columns.start = start;
    columns.lost = lost;
    columns.crr = crr;
    assert_int_equal(retain_crr_periods(NULL, &log, 89, edges, 4, NULL, &options, &columns, NULL), RETAIN_OK);
    assert_near(start[0], 0, 0.0);
    assert_near(start[2], 3, 0.0);
    assert_near(lost[2], 1, 0.0);
    assert_near(crr[2], 2.0 / 3.0, 1e-16);
    assert_nan(crr[0]);
}

typedef struct small_world {
    random_log log;
    double start[3], window;
    int64_t used;
} small_world;

static retain_status run_periods(retain_context *ctx, void *state)
{
    static const int64_t edges[] = {0, 31, 59, 90};
    small_world *world = state;
    const retain_crr_columns columns = {.start = world->start};

    world->start[0] = -5;
    world->used = -5;
    return retain_crr_periods(ctx, &world->log.view, 95, edges, 4, NULL, NULL, &columns, &world->used);
}

static retain_status run_window(retain_context *ctx, void *state)
{
    small_world *world = state;

    world->window = -5;
    return retain_crr_window(ctx, &world->log.view, 95, NULL, 0.8, &world->window, NULL);
}

static retain_status run_flags(retain_context *ctx, void *state)
{
    static const uint8_t active[] = {1, 0, 1, 1};
    small_world *world = state;
    const retain_crr_columns columns = {.start = world->start};

    world->start[0] = -5;
    return retain_crr_flags(ctx, active, 2, 2, NULL, &columns);
}

static void is_untouched(void *state)
{
    const small_world *world = state;

    assert_near(world->start[0], -5.0, 0.0);
    assert_near(world->window, -5.0, 0.0);
    assert_int_equal(world->used, -5);
}

static void memory_exhaustion_is_an_error_and_no_more(void **state)
{
    uint64_t seed = 3;

    (void)state;
    for (int far = 0; far < 2; far++) {
        small_world world = {random_log_make(&seed, (random_log_shape){60, 5, 0, 90, 1, 0}), {-5, -5, -5}, -5, -5};

        if (far)
            world.log.day[0] = -((int64_t)1 << 38); /* gaps are listed, not counted */
        survives_memory_exhaustion(run_periods, is_untouched, &world);
        assert_true(world.start[0] >= 0.0 && world.used > 0);
        world.start[0] = -5;
        world.used = -5;
        survives_memory_exhaustion(run_flags, is_untouched, &world);
        assert_near(world.start[0], 2, 0.0);
        world.start[0] = -5;
        world.used = -5;
        survives_memory_exhaustion(run_window, is_untouched, &world);
        assert_true(world.window > 0.0);
        random_log_free(&world.log);
    }
}

static void refuses_bad_arguments_by_name(void **state)
{
    static const int64_t customer[] = {1}, day[] = {0}, edges[] = {0, 31, 31}, far[] = {(int64_t)1 << 50};
    static const double value[] = {1.0};
    const retain_orders log = {1, customer, day, value, NULL, NULL, NULL, NULL},
                        bad = {1, customer, far, value, NULL, NULL, NULL, NULL};
    const retain_crr_columns columns = {0};
    const struct {
        const retain_orders *orders;
        const int64_t *edges;
        size_t edge_count;
        retain_crr_options options;
        const retain_crr_columns *columns;
        retain_status status;
        const char *text;
    } cases[] = {
        {NULL,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "orders is NULL"},
        {&bad, edges, 2, {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0}, &columns, RETAIN_ERROR_DATA, "orders.day[0]"},
        {&log,
         NULL,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "edges is NULL"},
        {&log,
         edges,
         1,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "edges has 1 entry; it must have at least 2"},
        {&log,
         edges,
         3,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "edges[2] is 31"},
        {&log, edges, 2, {0, 9, 0, 0, RETAIN_CRR_WINDOW, 0}, &columns, RETAIN_ERROR_ARGUMENT, "options.struct_size is 0"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), -9, 0, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.window_days is -9"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 1, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.window_quantile is 1"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, (double)NAN, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.window_quantile is"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 1, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.level is 1"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, -0.1, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.level is -0.1"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, (double)NAN, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.level is"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0},
         NULL,
         RETAIN_ERROR_ARGUMENT,
         "columns is NULL"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_PERIOD, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "where the period says"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, (retain_crr_activity)2, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.activity is 2"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 2},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.span is 2; it must be less than the number of edges, 2"},
    };
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double window;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(retain_crr_periods(&ctx, cases[i].orders, 50, cases[i].edges, cases[i].edge_count, NULL, &cases[i].options,
                                            cases[i].columns, NULL),
                         cases[i].status);
        assert_int_equal(ctx.status, cases[i].status);
        if (!strstr(ctx.error, cases[i].text))
            fail_msg("\"%s\" does not say \"%s\"", ctx.error, cases[i].text);
    }
    assert_int_equal(retain_crr_window(&ctx, &log, 50, NULL, 0.0, &window, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_window(&ctx, &log, 50, NULL, 1.0, &window, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_window(&ctx, &log, 50, NULL, (double)NAN, &window, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_window(&ctx, &log, 50, NULL, 0.5, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_window(&ctx, &bad, 50, NULL, 0.5, &window, NULL), RETAIN_ERROR_DATA);
    ctx.struct_size = 1;
    assert_int_equal(retain_crr_window(&ctx, &log, 50, NULL, 0.5, &window, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_periods(&ctx, &log, 50, edges, 2, NULL, NULL, &columns, NULL), RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas_meet_the_golden_values),
        cmocka_unit_test(rates_of_impossible_counts_do_not_exist),
        cmocka_unit_test(reactivation_can_lift_crr_above_one),
        cmocka_unit_test(rates_compound_over_other_periods),
        cmocka_unit_test(compounding_refuses_what_is_no_rate_and_no_length),
        cmocka_unit_test(grades_count_the_cuts_that_are_passed),
        cmocka_unit_test(options_of_an_older_header_still_work),
        cmocka_unit_test(flags_that_are_none_are_named),
        cmocka_unit_test(change_is_the_difference_of_two_rates),
        cmocka_unit_test(change_refuses_what_are_no_shares),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(memory_exhaustion_is_an_error_and_no_more),
        cmocka_unit_test(refuses_bad_arguments_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Rates of cohorts, against what can be worked out by hand; and what cohort tables refuse. */
#include "logs.h"
#include "retain/cohort.h"
#include "retain/rate.h"

static const double SIZE[] = {10, 1000, 0, (double)NAN};

static const double ACTIVE[] = {10,          5,           2,           (double)NAN, /* */
                                1000,        100,         (double)NAN, (double)NAN, /* */
                                0,           (double)NAN, (double)NAN, (double)NAN, /* */
                                (double)NAN, (double)NAN, (double)NAN, (double)NAN};

static void retention_is_active_over_size_with_its_interval(void **state)
{
    double retention[16], low[16], high[16], in_place[16];

    (void)state;
    assert_int_equal(retain_cohort_retention(NULL, SIZE, ACTIVE, 4, 0, retention, low, high), RETAIN_OK);
    for (size_t i = 0; i < 16; i++) {
        assert_near(retention[i], SIZE[i / 4] > 0 ? ACTIVE[i] / SIZE[i / 4] : (double)NAN, 0.0);
        assert_near(low[i], retain_rate_low(ACTIVE[i], SIZE[i / 4], 0.95), 0.0);
        assert_near(high[i], retain_rate_high(ACTIVE[i], SIZE[i / 4], 0.95), 0.0);
    }
    assert_near(retention[1], 0.5, 0.0);
    assert_nan(retention[8]);
    memcpy(in_place, ACTIVE, sizeof in_place);
    assert_int_equal(retain_cohort_retention(NULL, SIZE, in_place, 4, 0, in_place, NULL, NULL), RETAIN_OK);
    assert_memory_equal(in_place, retention, sizeof retention);
    assert_int_equal(retain_cohort_retention(NULL, SIZE, ACTIVE, 4, 0.8, retention, low, NULL), RETAIN_OK);
    assert_near(low[1], retain_rate_low(5, 10, 0.8), 0.0);
    assert_int_equal(retain_cohort_retention(NULL, NULL, NULL, 0, 0, NULL, NULL, NULL), RETAIN_OK);
}

static void the_average_weighs_cohorts_by_their_customers(void **state)
{
    double average[4], customers[4], low[4], high[4];

    (void)state;
    assert_int_equal(retain_cohort_average(NULL, SIZE, ACTIVE, 4, 0, average, customers, low, high), RETAIN_OK);
    assert_near(average[0], 1.0, 0.0);
    assert_near(average[1], 105.0 / 1010.0, 1e-16); /* the mean of the two rates would be 0.3 */
    assert_near(average[2], 0.2, 1e-16);
    assert_nan(average[3]);
    assert_near(customers[1], 1010, 0.0);
    assert_near(customers[2], 10, 0.0);
    assert_near(customers[3], 0, 0.0);
    assert_near(low[1], retain_rate_low(105, 1010, 0.95), 0.0);
    assert_near(high[1], retain_rate_high(105, 1010, 0.95), 0.0);
    assert_nan(low[3]);
    assert_int_equal(retain_cohort_average(NULL, SIZE, ACTIVE, 4, 0.5, average, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_cohort_average(NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL), RETAIN_OK);
}

static void rates_refuse_counts_that_cannot_be(void **state)
{
    const struct {
        double size, active;
        const char *text;
    } cases[] = {{-1, 0, "size[0] is -1"},
                 {(double)INFINITY, 0, "size[0] is infinity"},
                 {5, 6, "active[0] is 6; it must lie in [0, size[0] = 5]"},
                 {5, -1, "active[0] is -1"},
                 {5, (double)INFINITY, "active[0] is infinity"},
                 {(double)NAN, 1, "active[0] is 1"}};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double rate = -5;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(retain_cohort_retention(&ctx, &cases[i].size, &cases[i].active, 1, 0, &rate, NULL, NULL),
                         RETAIN_ERROR_DATA);
        assert_non_null(strstr(ctx.error, cases[i].text));
        assert_int_equal(ctx.row, 0);
        assert_int_equal(retain_cohort_average(&ctx, &cases[i].size, &cases[i].active, 1, 0, &rate, NULL, NULL, NULL),
                         RETAIN_ERROR_DATA);
    }
    assert_int_equal(retain_cohort_retention(&ctx, NULL, ACTIVE, 4, 0, &rate, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_retention(&ctx, SIZE, NULL, 4, 0, &rate, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_retention(&ctx, SIZE, ACTIVE, 4, 0, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "retention is NULL; it is required");
    assert_int_equal(retain_cohort_average(&ctx, SIZE, ACTIVE, 4, 0, NULL, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "average is NULL; it is required");
    assert_int_equal(retain_cohort_retention(&ctx, SIZE, ACTIVE, 4, 1.0, &rate, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_average(&ctx, SIZE, ACTIVE, 4, (double)NAN, &rate, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(rate, -5, 0.0);
}

static void refuses_bad_arguments_by_name(void **state)
{
    static const int64_t customer[] = {1}, day[] = {0}, edges[] = {0, 31, 31};
    static const double value[] = {1.0}, infinite[] = {(double)INFINITY};
    const retain_orders log = {1, customer, day, value, NULL, NULL, NULL, NULL},
                        bad = {1, customer, day, infinite, NULL, NULL, NULL, NULL};
    const struct {
        const retain_orders *orders;
        const int64_t *edges;
        size_t edge_count;
        retain_cohort_options options;
        int no_size;
        retain_status status;
        const char *text;
    } cases[] = {
        {NULL, edges, 2, {sizeof(retain_cohort_options), RETAIN_COHORT_PERIOD, 0}, 0, RETAIN_ERROR_ARGUMENT, "orders is NULL"},
        {&bad, edges, 2, {sizeof(retain_cohort_options), RETAIN_COHORT_PERIOD, 0}, 0, RETAIN_ERROR_DATA, "orders.value[0]"},
        {&log, NULL, 2, {sizeof(retain_cohort_options), RETAIN_COHORT_PERIOD, 0}, 0, RETAIN_ERROR_ARGUMENT, "edges is NULL"},
        {&log, edges, 0, {sizeof(retain_cohort_options), RETAIN_COHORT_PERIOD, 0}, 0, RETAIN_ERROR_ARGUMENT, "edges has 0 entries"},
        {&log, edges, 3, {sizeof(retain_cohort_options), RETAIN_COHORT_PERIOD, 0}, 0, RETAIN_ERROR_ARGUMENT, "edges[2] is 31"},
        {&log, edges, 2, {1, RETAIN_COHORT_PERIOD, 0}, 0, RETAIN_ERROR_ARGUMENT, "options.struct_size is 1"},
        {&log, edges, 2, {sizeof(retain_cohort_options), (retain_cohort_kind)2, 0}, 0, RETAIN_ERROR_ARGUMENT, "options.kind is 2"},
        {&log,
         edges,
         2,
         {sizeof(retain_cohort_options), RETAIN_COHORT_PERIOD, 2},
         0,
         RETAIN_ERROR_ARGUMENT,
         "options.count_running is 2"},
        {&log, edges, 2, {sizeof(retain_cohort_options), RETAIN_COHORT_PERIOD, 0}, 1, RETAIN_ERROR_ARGUMENT, "size is NULL"},
    };
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double size[2] = {-5, -5};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(retain_cohort_active(&ctx, cases[i].orders, 50, cases[i].edges, cases[i].edge_count, NULL,
                                              &cases[i].options, cases[i].no_size ? NULL : size, NULL, NULL, NULL, NULL),
                         cases[i].status);
        if (!strstr(ctx.error, cases[i].text))
            fail_msg("\"%s\" does not say \"%s\"", ctx.error, cases[i].text);
        assert_near(size[0], -5, 0.0);
    }
    ctx.struct_size = 1;
    assert_int_equal(retain_cohort_active(&ctx, &log, 50, edges, 2, NULL, NULL, size, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_retention(&ctx, size, size, 1, 0, size, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_cohort_average(&ctx, size, size, 1, 0, size, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_bad_arguments_by_name),
        cmocka_unit_test(retention_is_active_over_size_with_its_interval),
        cmocka_unit_test(the_average_weighs_cohorts_by_their_customers),
        cmocka_unit_test(rates_refuse_counts_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What an order log must be like, what is said when it is not, and what happens when memory ends, the caller stops the call, or
 * somebody writes to the columns while they are read. */
#include "order_logs.h"

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

static void an_order_paid_back_in_decimals_is_refunded(void **state)
{
    int64_t customer[] = {1, 1, 1, 2, 2}, day[] = {1, 1, 5, 2, 9}, order[] = {8, 8, 8, 8, 8};
    double value[] = {0.1, 0.2, -0.3, 100.0, -99.99};
    retain_orders log = {5, customer, day, value, order, NULL, NULL, NULL};
    table out;

    (void)state;
    assert_int_equal(summarise_with(NULL, &log, 10, NULL, &out), RETAIN_OK);
    assert_int_equal(out.count, 1);
    assert_int_equal(out.customer[0], 2);
    assert_near(out.revenue[0], 0.01, 1e-14);
    assert_near(out.report.refunded_orders, 1.0, 0.0);
    assert_int_equal(out.report.lost_customers, 1);
    assert_int_equal(summarise_with(NULL, &log, 4, NULL, &out), RETAIN_OK); /* before the refunds */
    assert_int_equal(out.count, 2);
    assert_near(out.revenue[0], 0.3, 1e-16);
}

static void an_empty_log_has_no_customers(void **state)
{
    retain_orders log = {0};
    table out;
    int64_t day = 5;
    size_t count = 9;

    (void)state;
    assert_int_equal(summarise_with(NULL, &log, 10, NULL, &out), RETAIN_OK);
    assert_int_equal(out.count, 0);
    assert_int_equal(out.report.rows, 0);
    assert_near(out.report.kept_value, 0.0, 0.0);
    assert_int_equal(retain_orders_last_day(NULL, &log, NULL, &day), RETAIN_ERROR_DATA);
    assert_int_equal(day, 5);
    assert_int_equal(retain_orders_holdout(NULL, &log, 1, 2, NULL, NULL, 0, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_orders_compact(NULL, &log, 0, &count, &day, &day, out.t_x, out.t_x, NULL, NULL, out.t_x), RETAIN_OK);
    assert_int_equal(count, 0);
}

/* Fails, with this sentence, and leaves the outputs alone. */
static void assert_refused(const retain_orders *log, int64_t end, const retain_orders_options *options, retain_status wanted,
                           size_t row, const char *sentence)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    table *out = test_malloc(sizeof *out), *before = test_malloc(sizeof *before);

    memset(out, 0x5A, sizeof *out);
    out->report.struct_size = sizeof out->report;
    *before = *out;
    assert_int_equal(summarise_with(&ctx, log, end, options, out), wanted);
    assert_string_equal(ctx.error, sentence);
    assert_int_equal(ctx.row, row);
    assert_int_equal(ctx.status, wanted);
    assert_memory_equal(out, before, sizeof *out);
    test_free(out);
    test_free(before);
}

static void names_the_first_bad_row(void **state)
{
    enum { ROWS = 150000 };
    int64_t *customer = test_calloc(ROWS, 8), *day = test_calloc(ROWS, 8);
    double *value = test_calloc(ROWS, 8), *multiple = test_calloc(ROWS, 8), *low = test_calloc(ROWS, 8);
    uint8_t *cancelled = test_calloc(ROWS, 1);
    retain_orders log = {ROWS, customer, day, value, NULL, cancelled, multiple, low};

    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        multiple[i] = 1.0;
    value[120000] = (double)NAN;
    assert_refused(&log, 10, NULL, RETAIN_ERROR_DATA, 120000,
                   "orders.value[120000] is NaN; it must be finite, at most 1e280 in size");
    value[70000] = -2e280;
    assert_refused(&log, 10, NULL, RETAIN_ERROR_DATA, 70000,
                   "orders.value[70000] is -2e280; it must be finite, at most 1e280 in size");
    low[69999] = 1e-30;
    assert_refused(&log, 10, NULL, RETAIN_ERROR_DATA, 69999,
                   "orders.value_low[69999] is 1e-30; it must lie below the last digit of orders.value[69999] = 0");
    cancelled[69998] = 2;
    assert_refused(&log, 10, NULL, RETAIN_ERROR_DATA, 69998, "orders.cancelled[69998] is 2; it must be 0 or 1");
    multiple[500] = 1.5;
    assert_refused(&log, 10, NULL, RETAIN_ERROR_DATA, 500, "orders.multiple[500] is 1.5; it must be a whole number in [1, 2^53]");
    day[499] = ((int64_t)1 << 40) + 1; /* also in rows that are not used */
    assert_refused(&log, 10, NULL, RETAIN_ERROR_DATA, 499, "orders.day[499] is 1099511627777; it must lie in [-2^40, 2^40]");
    day[498] = INT64_MIN;
    assert_refused(&log, 10, NULL, RETAIN_ERROR_DATA, 498, "orders.day[498] is -9223372036854775808; it must lie in [-2^40, 2^40]");
    test_free(customer);
    test_free(day);
    test_free(value);
    test_free(multiple);
    test_free(low);
    test_free(cancelled);
}

static void refuses_values_that_are_no_numbers(void **state)
{
    static const double bad[] = {(double)INFINITY, -(double)INFINITY, (double)NAN, 1.1e280};
    int64_t key = 1, day = 1;
    double value, multiple, low;
    retain_orders log = {1, &key, &day, &value, NULL, NULL, NULL, NULL};
    table out;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        value = bad[i];
        assert_int_equal(summarise_with(NULL, &log, 10, NULL, &out), RETAIN_ERROR_DATA);
    }
    value = 1.0;
    log.multiple = &multiple;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        multiple = bad[i];
        assert_int_equal(summarise_with(NULL, &log, 10, NULL, &out), RETAIN_ERROR_DATA);
    }
    multiple = 0.0;
    assert_int_equal(summarise_with(NULL, &log, 10, NULL, &out), RETAIN_ERROR_DATA);
    log.multiple = NULL;
    log.value_low = &low;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        low = bad[i];
        assert_int_equal(summarise_with(NULL, &log, 10, NULL, &out), RETAIN_ERROR_DATA);
    }
    low = 0x1p-53; /* half the last digit of 1, and to even: 1 + low is 1 */
    assert_int_equal(summarise_with(NULL, &log, 10, NULL, &out), RETAIN_OK);
}

static void refuses_more_orders_than_can_be_counted(void **state)
{
    int64_t customer[] = {1, 2}, day[] = {1, 1};
    double value[] = {1.0, 1.0}, multiple[] = {0x1p53, 2.0};
    retain_orders log = {2, customer, day, value, NULL, NULL, multiple, NULL};

    (void)state;
    assert_refused(&log, 10, NULL, RETAIN_ERROR_DATA, RETAIN_NO_ROW,
                   "orders.multiple adds up to 9.0072e15 orders; at most 2^53 can be counted");
}

static void refuses_a_call_that_makes_no_sense(void **state)
{
    int64_t key = 1, day = 1;
    double value = 1.0, multiple = 1.0;
    retain_orders log = {1, &key, &day, &value, NULL, NULL, NULL, NULL}, bad;
    retain_orders_options options = {.struct_size = sizeof options};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_summary summary = {0};
    retain_orders_report report = {0};
    size_t count = 7;

    (void)state;
    assert_refused(NULL, 10, NULL, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "orders is NULL; it is required");
    bad = log, bad.customer = NULL;
    assert_refused(&bad, 10, NULL, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "orders.customer is NULL; it is required");
    bad = log, bad.day = NULL;
    assert_refused(&bad, 10, NULL, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "orders.day is NULL; it is required");
    bad = log, bad.value = NULL;
    assert_refused(&bad, 10, NULL, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "orders.value is NULL; it is required");
    bad = log, bad.order = &key, bad.multiple = &multiple;
    assert_refused(&bad, 10, NULL, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                   "orders.order and orders.multiple are both given; a row with an order id is a part of one order");
    assert_refused(&log, ((int64_t)1 << 40) + 1, NULL, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                   "observation_end is 1099511627777; it must lie in [-2^40, 2^40]");
    assert_refused(&log, INT64_MIN, NULL, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                   "observation_end is -9223372036854775808; it must lie in [-2^40, 2^40]");
    options.unit_days = -7.0;
    assert_refused(&log, 10, &options, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                   "options.unit_days is -7; it must lie in [1e-9, 1e9], or be 0 for 1 day");
    options.unit_days = (double)NAN;
    assert_refused(&log, 10, &options, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                   "options.unit_days is NaN; it must lie in [1e-9, 1e9], or be 0 for 1 day");
    options.unit_days = 7.0, options.occasion_days = -1;
    assert_refused(&log, 10, &options, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                   "options.occasion_days is -1; it must lie in [1, 2^40], or be 0 for 1 day");
    options.occasion_days = INT64_MAX;
    assert_refused(&log, 10, &options, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                   "options.occasion_days is 9223372036854775807; it must lie in [1, 2^40], or be 0 for 1 day");
    options.struct_size = 0;
    assert_int_equal(retain_orders_summary(&ctx, &log, 10, &options, &summary, 1, &count, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_summary(&ctx, &log, 10, NULL, NULL, 1, &count, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "summary is NULL; it is required");
    assert_int_equal(retain_orders_summary(&ctx, &log, 10, NULL, &summary, 1, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_summary(&ctx, &log, 10, NULL, &summary, 1, &count, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(count, 7);
    ctx.struct_size = 1;
    assert_int_equal(retain_orders_summary(&ctx, &log, 10, NULL, &summary, 1, &count, NULL), RETAIN_ERROR_ARGUMENT);
}

static void a_short_column_is_refused_with_the_length_that_is_needed(void **state)
{
    int64_t customer[] = {1, 2, 3, 1}, day[] = {1, 1, 1, 2}, id[3] = {5, 5, 5}, days[4] = {5, 5, 5, 5};
    double value[] = {1.0, 1.0, 1.0, 1.0}, out[4] = {5.0, 5.0, 5.0, 5.0};
    retain_orders log = {4, customer, day, value, NULL, NULL, NULL, NULL};
    retain_summary summary = {.customer = id};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    size_t count = 0;

    (void)state;
    assert_int_equal(retain_orders_summary(&ctx, &log, 10, NULL, &summary, 2, &count, NULL), RETAIN_ERROR_CAPACITY);
    assert_string_equal(ctx.error, "capacity is 2; there are 3 customers");
    assert_int_equal(count, 3);
    assert_int_equal(id[0], 5);
    assert_int_equal(retain_orders_compact(&ctx, &log, 3, &count, id, days, out, out, NULL, NULL, out), RETAIN_ERROR_CAPACITY);
    assert_string_equal(ctx.error, "capacity is 3; the compacted log has 4 rows");
    assert_int_equal(count, 4);
    assert_int_equal(id[0], 5);
    assert_near(out[0], 5.0, 0.0);
    assert_int_equal(retain_orders_summary(&ctx, &log, 10, NULL, &summary, 3, &count, NULL), RETAIN_OK);
    assert_int_equal(id[2], 3);
}

static void holdout_and_compact_refuse_what_makes_no_sense(void **state)
{
    int64_t customer[] = {1, 2}, day[] = {1, 1}, ids[2] = {2, 2};
    double value[] = {1.0, 1.0}, out[2] = {5.0, 5.0};
    uint8_t flags[2];
    size_t count = 9;
    retain_orders log = {2, customer, day, value, NULL, NULL, NULL, NULL}, with_ids = log;
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_orders_holdout(&ctx, &log, 5, 9, NULL, ids, 2, out, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "customer[1] is 2; it must be larger than the one before, 2");
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_orders_holdout(&ctx, &log, 5, 5, NULL, ids, 1, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "calibration_end is 5; it must lie before observation_end = 5");
    assert_int_equal(retain_orders_holdout(&ctx, &log, 5, 9, NULL, NULL, 1, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_holdout(&ctx, &log, 5, 9, NULL, ids, 1, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_holdout(&ctx, NULL, 5, 9, NULL, ids, 1, out, NULL), RETAIN_ERROR_ARGUMENT);
    value[1] = (double)NAN;
    assert_int_equal(retain_orders_holdout(&ctx, &log, 5, 9, NULL, ids, 1, out, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_orders_compact(&ctx, &log, 2, &count, ids, ids, out, out, NULL, NULL, out), RETAIN_ERROR_DATA);
    assert_near(out[0], 5.0, 0.0);
    assert_int_equal(retain_orders_compact(&ctx, &log, 2, &count, ids, ids, out, out, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "multiple is NULL; it must be given, as orders.order is NULL");
    assert_int_equal(retain_orders_compact(&ctx, &log, 2, &count, ids, ids, out, out, ids, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "order is given; it must be NULL, as orders.order is NULL");
    assert_int_equal(retain_orders_compact(&ctx, &log, 2, &count, ids, ids, out, out, NULL, flags, out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "cancelled is given; it must be NULL, as orders.cancelled is NULL");
    with_ids.order = customer;
    assert_int_equal(retain_orders_compact(&ctx, &with_ids, 2, &count, ids, ids, out, out, ids, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "multiple is given; it must be NULL, as orders.order is given");
    assert_int_equal(retain_orders_compact(&ctx, &log, 2, NULL, ids, ids, out, out, NULL, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_compact(&ctx, &log, 2, &count, NULL, ids, out, out, NULL, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_compact(&ctx, &log, 2, &count, ids, NULL, out, out, NULL, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_compact(&ctx, &log, 2, &count, ids, ids, NULL, out, NULL, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_compact(&ctx, &log, 2, &count, ids, ids, out, NULL, NULL, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_compact(&ctx, NULL, 2, &count, ids, ids, out, out, NULL, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_last_day(&ctx, &log, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(count, 9);
    ctx.struct_size = 0;
    assert_int_equal(retain_orders_compact(&ctx, &log, 2, &count, ids, ids, out, out, NULL, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_holdout(&ctx, &log, 5, 9, NULL, ids, 1, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_orders_last_day(&ctx, &log, NULL, day), RETAIN_ERROR_ARGUMENT);
}

/* --- memory, cancelling, hostile memory --------------------------------------------------------------------------------------- */

static void set_untouched(table *out)
{
    memset(out, 0x5A, sizeof *out);
    out->report.struct_size = sizeof out->report;
}

typedef struct trial {
    log_rows log;
    table out;
    int which;
} trial;

static retain_status run_operation(retain_context *ctx, void *state)
{
    trial *run = state;
    retain_orders orders = view(&run->log);
    static const int64_t who[] = {1, 2, 3};

    set_untouched(&run->out);
    switch (run->which) {
    case 0:
        return summarise_with(ctx, &orders, 40, NULL, &run->out);
    case 1:
        return retain_orders_holdout(ctx, &orders, 10, 40, NULL, who, 3, run->out.T, run->out.t_x);
    case 2:
        return retain_orders_last_day(ctx, &orders, NULL, run->out.first_day);
    default:
        return retain_orders_compact(ctx, &orders, MOST_ROWS, &run->out.count, run->out.customer, run->out.first_day, run->out.T,
                                     run->out.t_x, run->log.has_order ? run->out.last_day : NULL, NULL,
                                     run->log.has_order ? NULL : run->out.spend);
    }
}

static void is_untouched(void *state)
{
    trial *run = state;
    table *before = test_malloc(sizeof *before);

    set_untouched(before);
    assert_memory_equal(&run->out, before, sizeof *before);
    test_free(before);
}

static trial draw_trial(int which)
{
    trial run = {.which = which};

    do {
        run.log = draw_log();
        run.log.has_cancelled = 0;
    } while (run.log.count < 20);
    run.log.value[0] = 5.0;
    return run;
}

static void survives_memory_exhaustion_everywhere(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) {
        trial run = draw_trial(i % 4);

        survives_memory_exhaustion(run_operation, is_untouched, &run);
    }
}

static int count_down(void *user, double fraction)
{
    int *left = user;

    (void)fraction;
    return (*left)-- == 0;
}

static void a_cancelled_call_leaves_the_outputs_alone(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        trial run = draw_trial(i % 4);
        retain_status status = RETAIN_ERROR_CANCELLED;

        for (int steps = 0; status == RETAIN_ERROR_CANCELLED; steps++) {
            retain_context ctx = RETAIN_CONTEXT_INIT;
            int left = steps;

            ctx.progress = count_down;
            ctx.progress_user = &left;
            status = run_operation(&ctx, &run);
            if (status == RETAIN_ERROR_CANCELLED)
                is_untouched(&run);
        }
        assert_int_equal(status, RETAIN_OK);
    }
}

/* Another thread writes to the columns while they are read: simulated from the progress callback. */
typedef struct vandal {
    log_rows *log;
    int when, mild;
} vandal;

static int scribble(void *user, double fraction)
{
    vandal *who = user;

    (void)fraction;
    if (who->when-- == 0) {
        for (size_t i = 0; i < who->log->count; i++) {
            who->log->customer[i] = (int64_t)draw(UINT64_MAX);
            who->log->day[i] = who->mild || draw(2) ? 0 : (int64_t)draw(UINT64_MAX);
            who->log->order[i] = (int64_t)draw(UINT64_MAX);
            who->log->value[i] = 1.0;
            who->log->low[i] = 0.0;
            who->log->cancelled[i] = (uint8_t)draw(who->mild ? 2 : 256);
        }
    }
    return 0;
}

static void columns_that_change_while_they_are_read_do_no_harm(void **state)
{
    (void)state;
    for (int i = 0; i < 400; i++) {
        trial run = draw_trial(i % 4);
        retain_context ctx = RETAIN_CONTEXT_INIT;
        vandal who = {&run.log, i / 4 % 5, i % 2};

        if (i % 3 == 0)
            run.log.value[i % 20] = (double)NAN;
        ctx.progress = scribble;
        ctx.progress_user = &who;
        run_operation(&ctx, &run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_paid_back_in_decimals_is_refunded),
        cmocka_unit_test(an_empty_log_has_no_customers),
        cmocka_unit_test(names_the_first_bad_row),
        cmocka_unit_test(refuses_values_that_are_no_numbers),
        cmocka_unit_test(refuses_more_orders_than_can_be_counted),
        cmocka_unit_test(refuses_a_call_that_makes_no_sense),
        cmocka_unit_test(a_short_column_is_refused_with_the_length_that_is_needed),
        cmocka_unit_test(holdout_and_compact_refuse_what_makes_no_sense),
        cmocka_unit_test(survives_memory_exhaustion_everywhere),
        cmocka_unit_test(a_cancelled_call_leaves_the_outputs_alone),
        cmocka_unit_test(columns_that_change_while_they_are_read_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

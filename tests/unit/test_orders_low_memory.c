/* Logs that are read a part of the customers at a time: the same results, to the bit, in a third of the memory. */
#include "data/customer_rows.h"
#include "order_logs.h"
#include "retain/cohort.h"
#include "retain/crr.h"

enum { ROWS = 100000, FIRST_DAY = 19000, DAYS = 700, LAST_DAY = FIRST_DAY + DAYS - 1 };

/* By the shape of keys: numbers without gaps; hashes; one customer with a third of the rows; two shops far apart; a single one. */
enum { DENSE, HASHED, GUESTS, TWO_SHOPS, ALONE, KEY_KINDS };

typedef struct big_log {
    retain_orders view;
    int64_t *customer, *day, *order;
    double *value, *low, *multiple;
    uint8_t *cancelled;
} big_log;

static int64_t draw_customer(int kind, size_t customers)
{
    int64_t who = (int64_t)draw(customers);

    switch (kind) {
    case HASHED:
        return (int64_t)((uint64_t)who * 0x9E3779B97F4A7C15u);
    case GUESTS:
        return draw(3) ? who : -1;
    case TWO_SHOPS:
        return draw(2) ? INT64_MIN + who : INT64_MAX - who;
    case ALONE:
        return -7;
    default:
        return who;
    }
}

/* `columns`: 0 none of the optional ones, 1 order ids and flags, 2 multiples and low parts. */
static big_log make_log(int kind, int columns, size_t rows)
{
    big_log log = {.customer = test_malloc(rows * 8), .day = test_malloc(rows * 8), .order = test_malloc(rows * 8)};

    log.value = test_malloc(rows * 8);
    log.low = test_calloc(rows, 8);
    log.multiple = test_malloc(rows * 8);
    log.cancelled = test_malloc(rows);
    for (size_t i = 0; i < rows; i++) {
        log.customer[i] = draw_customer(kind, rows / 10);
        log.day[i] = FIRST_DAY + (int64_t)draw(DAYS);
        log.order[i] = (int64_t)draw(rows / 2);
        log.value[i] = (double)draw(100000) / 100.0 * (draw(30) ? 1.0 : -1.0);
        log.multiple[i] = (double)(1 + draw(3));
        log.cancelled[i] = draw(40) == 0;
    }
    log.view = (retain_orders){rows,
                               log.customer,
                               log.day,
                               log.value,
                               columns == 1 ? log.order : NULL,
                               columns == 1 ? log.cancelled : NULL,
                               columns == 2 ? log.multiple : NULL,
                               columns == 2 ? log.low : NULL};
    return log;
}

static void free_log(big_log *log)
{
    test_free(log->customer);
    test_free(log->day);
    test_free(log->order);
    test_free(log->value);
    test_free(log->low);
    test_free(log->multiple);
    test_free(log->cancelled);
}

/* --- results ------------------------------------------------------------------------------------------------------------------ */

enum { PERIODS = 24, CELLS = PERIODS * PERIODS, COLUMNS = 14 };

typedef struct results {
    size_t count, capacity;
    unsigned char *columns; /* [COLUMNS * capacity * 8] of the summary */
    double *holdout;        /* [2 * capacity] */
    retain_orders_report report;
    int64_t last_day, window;
    double size[PERIODS], active[CELLS], money[CELLS], crr[PERIODS], lost[PERIODS];
} results;

static void open_results(results *out, size_t capacity)
{
    memset(out, 0, sizeof *out);
    out->capacity = capacity;
    out->columns = test_calloc(COLUMNS * capacity, 8);
    out->holdout = test_calloc(2 * capacity, 8);
    out->report.struct_size = sizeof out->report;
}

static void close_results(results *out)
{
    test_free(out->columns);
    test_free(out->holdout);
}

static retain_status summarise_log(retain_context *ctx, const retain_orders *log, const retain_orders_options *options,
                                   results *out)
{
    unsigned char *c = out->columns;
    const size_t step = out->capacity * 8;
    const retain_summary summary = {(int64_t *)(void *)c,
                                    (int64_t *)(void *)(c + step),
                                    (int64_t *)(void *)(c + 2 * step),
                                    (double *)(void *)(c + 3 * step),
                                    (double *)(void *)(c + 4 * step),
                                    (double *)(void *)(c + 5 * step),
                                    (double *)(void *)(c + 6 * step),
                                    (double *)(void *)(c + 7 * step),
                                    (double *)(void *)(c + 8 * step),
                                    (double *)(void *)(c + 9 * step),
                                    (double *)(void *)(c + 10 * step),
                                    (double *)(void *)(c + 11 * step),
                                    (double *)(void *)(c + 12 * step),
                                    (double *)(void *)(c + 13 * step)};

    return retain_orders_summary(ctx, log, LAST_DAY - 50, options, &summary, out->capacity, &out->count, &out->report);
}

static void compute_all(retain_context *ctx, const retain_orders *log, const retain_orders_options *options, results *out)
{
    const retain_crr_columns crr = {.crr = out->crr, .lost = out->lost};
    int64_t edges[PERIODS + 1];

    for (int64_t k = 0; k <= PERIODS; k++)
        edges[k] = FIRST_DAY + 30 * k;
    assert_int_equal(summarise_log(ctx, log, options, out), RETAIN_OK);
    assert_int_equal(retain_orders_holdout(ctx, log, LAST_DAY - 50, LAST_DAY, options, (int64_t *)(void *)out->columns, out->count,
                                           out->holdout, out->holdout + out->capacity),
                     RETAIN_OK);
    assert_int_equal(retain_orders_last_day(ctx, log, options, &out->last_day), RETAIN_OK);
    assert_int_equal(
        retain_cohort_active(ctx, log, LAST_DAY, edges, PERIODS + 1, options, NULL, out->size, out->active, NULL, out->money, NULL),
        RETAIN_OK);
    assert_int_equal(retain_crr_periods(ctx, log, LAST_DAY, edges, PERIODS + 1, options, NULL, &crr, &out->window), RETAIN_OK);
}

static void assert_same_results(const results *got, const results *want)
{
    assert_int_equal(got->count, want->count);
    assert_memory_equal(got->columns, want->columns, COLUMNS * want->capacity * 8);
    assert_memory_equal(got->holdout, want->holdout, 2 * want->capacity * 8);
    assert_memory_equal(&got->report, &want->report, sizeof want->report);
    assert_int_equal(got->last_day, want->last_day);
    assert_int_equal(got->window, want->window);
    assert_memory_equal(got->size, want->size, sizeof want->size);
    assert_memory_equal(got->active, want->active, sizeof want->active);
    assert_memory_equal(got->money, want->money, sizeof want->money);
    assert_memory_equal(got->crr, want->crr, sizeof want->crr);
    assert_memory_equal(got->lost, want->lost, sizeof want->lost);
}

static size_t count_passes(const retain_orders *orders, const retain_orders_options *options)
{
    retain__scratch scratch = {NULL, NULL};
    retain__order_log log;

    assert_int_equal(retain__read_orders(NULL, &scratch, orders, "options", options, LAST_DAY, 0.0, 1.0, &log), RETAIN_OK);
    retain__release(&scratch);
    return log.passes;
}

static void little_memory_changes_no_bit(void **state)
{
    (void)state;
    for (int kind = 0; kind < KEY_KINDS; kind++) {
        for (int columns = 0; columns < 3; columns++) {
            big_log log = make_log(kind, columns, ROWS);
            retain_orders_options options = {.struct_size = sizeof options};
            retain_context ctx = RETAIN_CONTEXT_INIT;
            results want, got;

            open_results(&want, ROWS);
            compute_all(&ctx, &log.view, &options, &want);
            assert_int_equal(count_passes(&log.view, &options), 1);
            options.low_memory = 1;
            assert_true(count_passes(&log.view, &options) > 1 || kind == ALONE);
            for (int threads = 1; threads <= 3; threads += 2) {
                ctx.threads = threads;
                open_results(&got, ROWS);
                compute_all(&ctx, &log.view, &options, &got);
                assert_same_results(&got, &want);
                close_results(&got);
            }
            close_results(&want);
            free_log(&log);
        }
    }
}

/* --- memory ------------------------------------------------------------------------------------------------------------------- */

static void scratch_is_at_most_8_bytes_a_row_beside_a_constant(void **state)
{
    enum { MANY = 400000, CONSTANT = 5 << 20 };

    (void)state;
    for (int kind = 0; kind < 2 * 3; kind++) {
        big_log log = make_log(kind % 2 ? HASHED : DENSE, kind / 2, MANY);
        retain_orders_options options = {.struct_size = sizeof options, .low_memory = 1};
        counting_allocator allocator = {0}, plenty = {0};
        retain_context ctx = counting_context(&allocator), rich = counting_context(&plenty);
        results out;

        open_results(&out, MANY);
        assert_int_equal(summarise_log(&ctx, &log.view, &options, &out), RETAIN_OK);
        options.low_memory = 0;
        assert_int_equal(summarise_log(&rich, &log.view, &options, &out), RETAIN_OK);
        assert_true(allocator.peak_bytes <= (size_t)8 * MANY + CONSTANT);
        assert_true(plenty.peak_bytes >= (size_t)14 * MANY); /* some rows are late */
        close_results(&out);
        free_log(&log);
    }
}

typedef struct trial {
    big_log log;
    results out;
} trial;

static retain_status run_summary(retain_context *ctx, void *state)
{
    trial *run = state;
    const retain_orders_options options = {.struct_size = sizeof options, .low_memory = 1};

    run->out.count = 77;
    memset(run->out.columns, 0x5A, 8);
    return summarise_log(ctx, &run->log.view, &options, &run->out);
}

static void is_untouched(void *state)
{
    const trial *run = state;

    assert_int_equal(run->out.count, 77);
    assert_int_equal(run->out.columns[0], 0x5A);
}

static trial open_trial(int kind)
{
    trial run = {.log = make_log(kind, kind == HASHED, ROWS)};

    open_results(&run.out, ROWS);
    return run;
}

static void close_trial(trial *run)
{
    close_results(&run->out);
    free_log(&run->log);
}

static void survives_memory_exhaustion_in_every_part(void **state)
{
    (void)state;
    for (int kind = DENSE; kind <= GUESTS; kind += 2) {
        trial run = open_trial(kind);

        survives_memory_exhaustion(run_summary, is_untouched, &run);
        close_trial(&run);
    }
}

static int stop_at_half(void *user, double fraction)
{
    double *latest = user;

    assert_true(fraction >= *latest && fraction <= 1.0);
    *latest = fraction;
    return fraction > 0.5;
}

static void can_be_stopped_and_tells_how_far_it_is(void **state)
{
    trial run = open_trial(DENSE);
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double latest = 0.0;

    (void)state;
    ctx.progress = stop_at_half;
    ctx.progress_user = &latest;
    assert_int_equal(run_summary(&ctx, &run), RETAIN_ERROR_CANCELLED);
    assert_int_equal(ctx.status, RETAIN_ERROR_CANCELLED);
    is_untouched(&run);
    close_trial(&run);
}

/* Another thread writes to the columns while they are read: simulated from the progress callback. */
enum { ALL_COLUMNS, DAYS_ONLY, ONE_CUSTOMER, VALUES_ONLY, WAYS };

typedef struct vandal {
    big_log *log;
    double when; /* share done */
    int way, done;
} vandal;

static int scribble(void *user, double fraction)
{
    vandal *who = user;

    if (who->done || fraction < who->when)
        return 0;
    who->done = 1;
    for (size_t i = 0; i < ROWS; i++) {
        if (who->way == ALL_COLUMNS || who->way == ONE_CUSTOMER)
            who->log->customer[i] = who->way == ONE_CUSTOMER ? who->log->customer[0] : (int64_t)draw(UINT64_MAX);
        if (who->way <= DAYS_ONLY)
            who->log->day[i] = (int64_t)draw(UINT64_MAX);
        who->log->order[i] = (int64_t)draw(UINT64_MAX);
        who->log->value[i] = who->way == VALUES_ONLY || draw(2) ? -1.0 : 1.0;
    }
    return 0;
}

static void columns_that_change_between_the_parts_do_no_harm(void **state)
{
    (void)state;
    for (int i = 0; i < 6 * WAYS; i++) {
        trial run = open_trial(i / WAYS % 2 ? DENSE : HASHED);
        retain_context ctx = RETAIN_CONTEXT_INIT;
        vandal who = {&run.log, (double)(i / WAYS) / 5.0, i % WAYS, 0}; /* in the end all customers have been counted */

        ctx.progress = scribble;
        ctx.progress_user = &who;
        run_summary(&ctx, &run);
        assert_true(who.done);
        close_trial(&run);
    }
}

static void small_and_empty_logs_are_read_as_ever(void **state)
{
    int64_t customer[] = {3, 1, 3}, day[] = {FIRST_DAY, FIRST_DAY, FIRST_DAY + 9};
    double value[] = {1.0, 2.0, 3.0};
    retain_orders log = {3, customer, day, value, NULL, NULL, NULL, NULL}, none = {0};
    const retain_orders_options options = {.struct_size = sizeof options, .low_memory = 1};
    results out;

    (void)state;
    open_results(&out, 3);
    assert_int_equal(summarise_log(NULL, &log, &options, &out), RETAIN_OK);
    assert_int_equal(out.count, 2);
    assert_int_equal(summarise_log(NULL, &none, &options, &out), RETAIN_OK);
    assert_int_equal(out.count, 0);
    close_results(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(little_memory_changes_no_bit),
        cmocka_unit_test(scratch_is_at_most_8_bytes_a_row_beside_a_constant),
        cmocka_unit_test(survives_memory_exhaustion_in_every_part),
        cmocka_unit_test(can_be_stopped_and_tells_how_far_it_is),
        cmocka_unit_test(columns_that_change_between_the_parts_do_no_harm),
        cmocka_unit_test(small_and_empty_logs_are_read_as_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

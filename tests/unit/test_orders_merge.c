/* Order of rows, threads and pieces of a log: none of them changes a bit. */
#include "order_logs.h"

static log_rows compact(const log_rows *log)
{
    log_rows out = {0};
    retain_orders orders = view(log);
    retain_context ctx = RETAIN_CONTEXT_INIT;

    out.has_order = log->has_order;
    out.has_cancelled = log->has_cancelled;
    out.has_multiple = !log->has_order;
    out.has_low = 1;
    if (retain_orders_compact(&ctx, &orders, MOST_ROWS, &out.count, out.customer, out.day, out.value, out.low,
                              out.has_order ? out.order : NULL, out.has_cancelled ? out.cancelled : NULL,
                              out.has_multiple ? out.multiple : NULL) != RETAIN_OK)
        fail_msg("%s", ctx.error);
    return out;
}

static void append(log_rows *to, const log_rows *from)
{
    for (size_t i = 0; i < from->count; i++)
        copy_row(to, to->count++, from, i);
}

static int compare_row(const log_rows *log, size_t a, size_t b)
{
    double sign_a = (log->value[a] > 0.0) - (log->value[a] < 0.0), sign_b = (log->value[b] > 0.0) - (log->value[b] < 0.0);

    if (log->customer[a] != log->customer[b])
        return log->customer[a] < log->customer[b] ? -1 : 1;
    if (log->day[a] != log->day[b])
        return log->day[a] < log->day[b] ? -1 : 1;
    if (log->has_order && log->order[a] != log->order[b])
        return log->order[a] < log->order[b] ? -1 : 1;
    if (log->has_cancelled && log->cancelled[a] != log->cancelled[b])
        return log->cancelled[a] - log->cancelled[b];
    return sign_a < sign_b ? -1 : sign_a > sign_b;
}

static void compacted_pieces_make_the_compacted_whole(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        log_rows log = draw_log(), parts[3], whole, again, joined = {0};

        if (draw(2))
            draw_prices(&log);
        whole = compact(&log);
        memset(parts, 0, sizeof parts);
        for (int p = 0; p < 3; p++) {
            parts[p] = log;
            parts[p].count = 0;
        }
        for (size_t k = 0; k < log.count; k++) {
            size_t p = draw(3);

            copy_row(&parts[p], parts[p].count++, &log, k);
        }
        joined.has_order = log.has_order;
        joined.has_cancelled = log.has_cancelled;
        joined.has_multiple = !log.has_order;
        joined.has_low = 1;
        for (size_t p = 0, first = draw(3); p < 3; p++) {
            log_rows piece = compact(&parts[(first + p) % 3]);

            append(&joined, &piece);
        }
        again = compact(&joined);
        assert_int_equal(again.count, whole.count);
        assert_same_keys("customer", again.customer, whole.customer, whole.count);
        assert_same_keys("day", again.day, whole.day, whole.count);
        assert_same_numbers("value", again.value, whole.value, whole.count);
        assert_same_numbers("value_low", again.low, whole.low, whole.count);
        assert_same_numbers("multiple", again.multiple, whole.multiple, whole.count);
        assert_same_keys("order", again.order, whole.order, whole.count);
        assert_memory_equal(again.cancelled, whole.cancelled, sizeof whole.cancelled);
        for (size_t k = 1; k < whole.count; k++)
            assert_true(compare_row(&whole, k - 1, k) < 0);
    }
}

static void a_log_and_its_compacted_form_give_the_same(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        log_rows log = draw_log(), shorter;
        retain_orders_options options = draw_options();
        retain_orders long_form, short_form;
        int64_t end = (int64_t)draw(90) - 25, day = 0, its_day = 0;
        double occasions[2][MOST_ROWS], money[2][MOST_ROWS];
        table before, after;

        if (draw(2))
            draw_prices(&log);
        shorter = compact(&log);
        assert_true(shorter.count <= log.count);
        summarise(&log, end, &options, 1, &before);
        summarise(&shorter, end, &options, 1, &after);
        assert_same_table(&after, &before);
        long_form = view(&log);
        short_form = view(&shorter);
        assert_int_equal(retain_orders_last_day(NULL, &long_form, &options, &day),
                         retain_orders_last_day(NULL, &short_form, &options, &its_day));
        assert_int_equal(day, its_day);
        retain_orders_holdout(NULL, &long_form, end, end + 20, &options, before.customer, before.count, occasions[0], money[0]);
        retain_orders_holdout(NULL, &short_form, end, end + 20, &options, before.customer, before.count, occasions[1], money[1]);
        assert_same_numbers("holdout_occasions", occasions[1], occasions[0], before.count);
        assert_same_numbers("holdout_value", money[1], money[0], before.count);
    }
}

static void compacts_in_place(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        log_rows log = draw_log(), apart;
        retain_orders orders;
        size_t count;

        log.has_low = 1;
        log.has_multiple = !log.has_order;
        apart = compact(&log);
        orders = view(&log);
        assert_int_equal(retain_orders_compact(NULL, &orders, log.count, &count, log.customer, log.day, log.value, log.low,
                                               log.has_order ? log.order : NULL, log.has_cancelled ? log.cancelled : NULL,
                                               log.has_multiple ? log.multiple : NULL),
                         RETAIN_OK);
        assert_int_equal(count, apart.count);
        assert_same_keys("customer", log.customer, apart.customer, count);
        assert_same_numbers("value", log.value, apart.value, count);
    }
}

/* Logs large enough for several blocks, by the shape of their keys. */
enum { DENSE, HASHED, GUESTS, KEY_KINDS };

typedef struct big_log {
    size_t count;
    int64_t *customer, *day, *order;
    double *value;
} big_log;

static big_log make_big_log(int kind, size_t count)
{
    big_log log = {count, test_malloc(count * 8), test_malloc(count * 8), test_malloc(count * 8), test_malloc(count * 8)};

    for (size_t i = 0; i < count; i++) {
        int64_t who = (int64_t)draw(count / 10);

        log.customer[i] = kind == HASHED                   ? (int64_t)((uint64_t)who * 0x9E3779B97F4A7C15u)
                          : kind == GUESTS && draw(3) == 0 ? -1
                                                           : who;
        log.day[i] = 19000 + (int64_t)draw(700);
        log.order[i] = (int64_t)draw(count / 2);
        log.value[i] = (double)draw(100000) / 100.0 * (draw(30) ? 1.0 : -1.0);
    }
    return log;
}

static void free_big_log(big_log *log)
{
    test_free(log->customer);
    test_free(log->day);
    test_free(log->order);
    test_free(log->value);
}

static void threads_and_order_of_rows_change_no_bit_of_a_large_log(void **state)
{
    static const int threads[] = {1, 2, 3, 8};
    enum { ROWS = 200000, COLUMNS = 5 };

    (void)state;
    for (int kind = 0; kind < 2 * KEY_KINDS; kind++) {
        big_log log = make_big_log(kind / 2, ROWS);
        retain_orders orders = {ROWS, log.customer, log.day, log.value, kind % 2 ? log.order : NULL, NULL, NULL, NULL};
        double *first = test_calloc(COLUMNS * ROWS, 8), *next = test_calloc(COLUMNS * ROWS, 8);
        size_t count = 0;
        retain_orders_report report = {.struct_size = sizeof report}, other = report;

        for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
            retain_context ctx = RETAIN_CONTEXT_INIT;
            double *to = t ? next : first;
            retain_summary out = {.frequency = to,
                                  .t_x = to + ROWS,
                                  .revenue = to + (size_t)2 * ROWS,
                                  .spend_all = to + (size_t)3 * ROWS,
                                  .orders = to + (size_t)4 * ROWS};

            ctx.threads = threads[t];
            assert_int_equal(retain_orders_summary(&ctx, &orders, 19600, NULL, &out, ROWS, &count, t ? &other : &report),
                             RETAIN_OK);
            if (t) {
                assert_memory_equal(next, first, COLUMNS * ROWS * sizeof *first);
                assert_memory_equal(&other, &report, sizeof report);
            }
            for (size_t i = ROWS; i-- > 1;) { /* another order of rows next time */
                size_t j = draw(i + 1);
                int64_t key = log.customer[i], day = log.day[i], order = log.order[i];
                double value = log.value[i];

                log.customer[i] = log.customer[j], log.customer[j] = key;
                log.day[i] = log.day[j], log.day[j] = day;
                log.order[i] = log.order[j], log.order[j] = order;
                log.value[i] = log.value[j], log.value[j] = value;
            }
        }
        test_free(first);
        test_free(next);
        free_big_log(&log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compacted_pieces_make_the_compacted_whole),
        cmocka_unit_test(a_log_and_its_compacted_form_give_the_same),
        cmocka_unit_test(compacts_in_place),
        cmocka_unit_test(threads_and_order_of_rows_change_no_bit_of_a_large_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Money by period, both ways: against a second implementation that looks at all pairs of rows, the identities of the books, and a
 * golden table of a small shop. */
#include "order_logs.h"
#include "retain/ledger.h"

enum { MOST_PERIODS = 12, MONEYS = 9 };

/* All columns, and the totals. */
typedef struct books {
    double column[MONEYS][MOST_PERIODS];
    uint8_t complete[MOST_PERIODS];
    retain_ledger_totals totals;
} books;

enum { ORDERS, REFUNDED, GROSS, BY_ORDER, BY_DAY, NET_BY_ORDER, NET_BY_DAY, UNMATCHED, CANCELLED };

static retain_status keep_books(retain_context *ctx, const retain_orders *orders, int64_t end, const int64_t *edges,
                                size_t edge_count, const retain_orders_options *options, books *out)
{
    const retain_ledger_columns columns = {
        out->column[ORDERS],       out->column[REFUNDED],   out->column[GROSS],     out->column[BY_ORDER],  out->column[BY_DAY],
        out->column[NET_BY_ORDER], out->column[NET_BY_DAY], out->column[UNMATCHED], out->column[CANCELLED], out->complete};

    out->totals.struct_size = sizeof out->totals;
    return retain_ledger_periods(ctx, orders, end, edges, edge_count, options, &columns, &out->totals);
}

/* --- a second implementation -------------------------------------------------------------------------------------------------- */

static size_t period_of(const int64_t *edges, int64_t day)
{
    size_t k = 0;

    while (day >= edges[k + 1])
        k++;
    return k;
}

static void keep_books_slowly(const log_rows *log, int64_t end, const int64_t *edges, size_t periods, int zero_counts, books *out)
{
    const retain_orders orders_view = view(log);
    exact money[MONEYS][MOST_PERIODS + 1] = {{0}}; /* the totals last */

    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < log->count; i++) {
        exact value;
        int64_t day;
        const char fate = judge(log, i, end, zero_counts, &value, &day);
        const double orders = log->has_multiple ? log->multiple[i] : 1.0;

        if (fate == 0 || fate == 'z')
            continue;
        out->column[ORDERS][period_of(edges, day)] += fate == 'k' ? orders : 0.0;
        out->column[REFUNDED][period_of(edges, day)] += fate == 'r' ? orders : 0.0;
        for (size_t j = 0; j < log->count; j++) {
            const exact one = exact_of(log, j);
            const size_t own = log->day[j] <= end ? period_of(edges, log->day[j]) : 0, its = period_of(edges, day);

            if (log->day[j] > end || !is_same_order(&orders_view, i, j))
                continue;
            if (fate == 'u')
                money[UNMATCHED][own] += one;
            else if (fate == 'c')
                money[CANCELLED][its] += one;
            else if (one > 0)
                money[GROSS][its] += one;
            else {
                money[BY_ORDER][its] += one;
                money[BY_DAY][own] += one;
            }
        }
    }
    for (size_t k = 0; k < periods; k++) {
        money[NET_BY_ORDER][k] = money[GROSS][k] + money[BY_ORDER][k];
        money[NET_BY_DAY][k] = money[GROSS][k] + money[BY_DAY][k];
        out->complete[k] = edges[k + 1] <= end + 1;
        out->totals.orders += out->column[ORDERS][k];
        out->totals.refunded_orders += out->column[REFUNDED][k];
        for (size_t m = GROSS; m < MONEYS; m++) {
            money[m][MOST_PERIODS] += money[m][k];
            out->column[m][k] = rounded(money[m][k]);
        }
        for (size_t m = 0; edges[k] > end && m < MONEYS; m++)
            out->column[m][k] = (double)NAN;
    }
    out->totals.gross = rounded(money[GROSS][MOST_PERIODS]);
    out->totals.refunds = rounded(money[BY_ORDER][MOST_PERIODS]);
    out->totals.net = rounded(money[NET_BY_ORDER][MOST_PERIODS]);
    out->totals.unmatched = rounded(money[UNMATCHED][MOST_PERIODS]);
    out->totals.cancelled = rounded(money[CANCELLED][MOST_PERIODS]);
    out->totals.money = rounded(money[NET_BY_DAY][MOST_PERIODS] + money[UNMATCHED][MOST_PERIODS] + money[CANCELLED][MOST_PERIODS]);
}

/* --- the world ---------------------------------------------------------------------------------------------------------------- */

/* Edges around all rows up to `end`; returns their number. */
static size_t draw_edges(const log_rows *log, int64_t end, int64_t *edges)
{
    int64_t first = end, last = end - 10;
    size_t count = 2 + draw(MOST_PERIODS);

    for (size_t i = 0; i < log->count; i++) {
        first = log->day[i] < first ? log->day[i] : first;
        last = log->day[i] <= end && log->day[i] > last ? log->day[i] : last;
    }
    edges[0] = first - (int64_t)draw(3);
    for (size_t k = 1; k < count; k++)
        edges[k] = edges[k - 1] + 1 + (int64_t)draw(20);
    if (edges[count - 1] <= last)
        edges[count - 1] = last + 1 + (int64_t)draw(2);
    return count;
}

static void assert_same_books(const books *got, const books *want, size_t periods)
{
    for (size_t m = 0; m < MONEYS; m++)
        assert_same_numbers("column", got->column[m], want->column[m], periods);
    assert_memory_equal(got->complete, want->complete, periods);
    assert_near(got->totals.orders, want->totals.orders, 0.0);
    assert_near(got->totals.refunded_orders, want->totals.refunded_orders, 0.0);
    assert_near(got->totals.gross, want->totals.gross, 0.0);
    assert_near(got->totals.refunds, want->totals.refunds, 0.0);
    assert_near(got->totals.net, want->totals.net, 0.0);
    assert_near(got->totals.unmatched, want->totals.unmatched, 0.0);
    assert_near(got->totals.cancelled, want->totals.cancelled, 0.0);
    assert_near(got->totals.money, want->totals.money, 0.0);
}

static void agrees_with_a_look_at_all_pairs_of_rows(void **state)
{
    (void)state;
    for (int i = 0; i < 4000; i++) {
        log_rows log = draw_log();
        retain_orders_options options = draw_options();
        retain_orders orders = view(&log);
        retain_context ctx = RETAIN_CONTEXT_INIT;
        int64_t end = (int64_t)draw(90) - 25, edges[MOST_PERIODS + 1];
        size_t edge_count = draw_edges(&log, end, edges);
        books got = {.complete = {0}}, want;

        ctx.threads = (int)draw(3);
        if (keep_books(&ctx, &orders, end, edges, edge_count, &options, &got) != RETAIN_OK)
            fail_msg("%s", ctx.error);
        keep_books_slowly(&log, end, edges, edge_count - 1, options.count_zero_orders, &want);
        assert_same_books(&got, &want, edge_count - 1);
    }
}

static void both_ledgers_the_report_and_the_rows_have_the_same_totals(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        log_rows log = draw_log();
        retain_orders_options options = draw_options();
        retain_orders orders = view(&log);
        int64_t end = (int64_t)draw(90) - 25, edges[MOST_PERIODS + 1];
        size_t edge_count = draw_edges(&log, end, edges);
        double by_order = 0.0, by_day = 0.0, gross = 0.0, unmatched = 0.0, cancelled = 0.0;
        exact rows = 0;
        books out = {.complete = {0}};
        table summary;

        log.has_low = 0; /* now sums of doubles are exact */
        orders = view(&log);
        assert_int_equal(keep_books(NULL, &orders, end, edges, edge_count, &options, &out), RETAIN_OK);
        summarise(&log, end, &options, 1, &summary);
        for (size_t k = 0; k < log.count; k++)
            rows += log.day[k] <= end ? exact_of(&log, k) : 0;
        for (size_t k = 0; k + 1 < edge_count && edges[k] <= end; k++) {
            gross += out.column[GROSS][k];
            by_order += out.column[NET_BY_ORDER][k];
            by_day += out.column[NET_BY_DAY][k];
            unmatched += out.column[UNMATCHED][k];
            cancelled += out.column[CANCELLED][k];
        }
        assert_near(by_order, by_day, 0.0);
        assert_near(by_order, out.totals.net, 0.0);
        assert_near(gross, out.totals.gross, 0.0);
        assert_near(out.totals.gross + out.totals.refunds, out.totals.net, 0.0);
        assert_near(out.totals.net, summary.report.kept_value + summary.report.refunded_value, 0.0);
        assert_near(out.totals.orders, summary.report.kept_orders, 0.0);
        assert_near(out.totals.refunded_orders, summary.report.refunded_orders, 0.0);
        assert_near(unmatched, summary.report.unmatched_value, 0.0);
        assert_near(cancelled, summary.report.cancelled_value, 0.0);
        assert_near(out.totals.money, rounded(rows), 0.0);
        assert_near(out.totals.net + out.totals.unmatched + out.totals.cancelled, out.totals.money, 0.0);
    }
}

static void a_refund_next_month_is_in_both_months_books(void **state)
{
    int64_t customer[] = {1, 1, 2, 2, 3, 4}, day[] = {3, 40, 5, 33, 35, 36}, order[] = {1, 1, 2, 2, 3, 4};
    double value[] = {50.0, -20.0, 30.0, -30.0, -7.0, 9.0};
    uint8_t cancelled[] = {0, 0, 0, 0, 0, 1};
    retain_orders log = {6, customer, day, value, order, cancelled, NULL, NULL};
    const int64_t months[] = {0, 31, 59, 90};
    books out = {.complete = {9, 9, 9}};

    (void)state;
    assert_int_equal(keep_books(NULL, &log, 57, months, 4, NULL, &out), RETAIN_OK);
    assert_same_numbers("orders", out.column[ORDERS], (double[]){1.0, 0.0, (double)NAN}, 3);
    assert_same_numbers("refunded", out.column[REFUNDED], (double[]){1.0, 0.0, (double)NAN}, 3);
    assert_same_numbers("gross", out.column[GROSS], (double[]){80.0, 0.0, (double)NAN}, 3);
    assert_same_numbers("by order", out.column[NET_BY_ORDER], (double[]){30.0, 0.0, (double)NAN}, 3);
    assert_same_numbers("by day", out.column[NET_BY_DAY], (double[]){80.0, -50.0, (double)NAN}, 3);
    assert_same_numbers("unmatched", out.column[UNMATCHED], (double[]){0.0, -7.0, (double)NAN}, 3);
    assert_same_numbers("cancelled", out.column[CANCELLED], (double[]){0.0, 9.0, (double)NAN}, 3);
    assert_memory_equal(out.complete, ((uint8_t[]){1, 0, 0}), 3);
    assert_near(out.totals.money, 32.0, 0.0);
    assert_int_equal(keep_books(NULL, &log, 30, months, 4, NULL, &out), RETAIN_OK); /* before the refunds */
    assert_near(out.column[NET_BY_DAY][0], 80.0, 0.0);
    assert_near(out.column[ORDERS][0], 2.0, 0.0);
}

/* --- golden ------------------------------------------------------------------------------------------------------------------- */

static void agrees_with_the_books_of_a_small_shop(void **state)
{
    static const char *const names[] = {"orders",       "refunded_orders", "gross",     "refunds_by_order", "refunds_by_day",
                                        "net_by_order", "net_by_day",      "unmatched", "cancelled"};
    golden rows = golden_read("ledger/rows.csv"), want = golden_read("ledger/periods.csv");
    int64_t *customer = test_malloc(rows.rows * 8), *day = test_malloc(rows.rows * 8), *order = test_malloc(rows.rows * 8);
    double *value = test_malloc(rows.rows * 8);
    uint8_t *cancelled = test_malloc(rows.rows);
    const retain_orders log = {rows.rows, customer, day, value, order, cancelled, NULL, NULL};
    int64_t edges[MOST_PERIODS + 1];
    books out = {.complete = {0}};

    (void)state;
    assert_true(want.rows <= MOST_PERIODS);
    for (size_t i = 0; i < rows.rows; i++) {
        customer[i] = (int64_t)golden_number(&rows, i, "customer");
        day[i] = (int64_t)golden_number(&rows, i, "day");
        order[i] = (int64_t)golden_number(&rows, i, "order");
        value[i] = golden_number(&rows, i, "value");
        cancelled[i] = golden_number(&rows, i, "cancelled") > 0.0;
    }
    for (size_t k = 0; k < want.rows; k++) {
        edges[k] = (int64_t)golden_number(&want, k, "begin");
        edges[k + 1] = (int64_t)golden_number(&want, k, "end");
    }
    assert_int_equal(keep_books(NULL, &log, edges[want.rows] - 1, edges, want.rows + 1, NULL, &out), RETAIN_OK);
    for (size_t k = 0; k < want.rows; k++) {
        for (size_t m = 0; m < MONEYS; m++)
            assert_near(out.column[m][k], golden_number(&want, k, names[m]), 0.0); /* exact sums of the doubles, rounded */
    }
    test_free(customer);
    test_free(day);
    test_free(order);
    test_free(value);
    test_free(cancelled);
    golden_free(&rows);
    golden_free(&want);
}

/* --- large logs --------------------------------------------------------------------------------------------------------------- */

static void threads_and_parts_change_no_bit_of_a_large_log(void **state)
{
    enum { ROWS = 120000, PERIODS = 12 };
    int64_t *customer = test_malloc(ROWS * 8), *day = test_malloc(ROWS * 8), *order = test_malloc(ROWS * 8), edges[PERIODS + 1];
    double *value = test_malloc(ROWS * 8);
    const retain_orders log = {ROWS, customer, day, value, order, NULL, NULL, NULL};
    retain_orders_options options = {.struct_size = sizeof options};
    books first = {.complete = {0}};

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        customer[i] = (int64_t)draw(ROWS / 8);
        day[i] = (int64_t)draw(360);
        order[i] = (int64_t)draw(4);
        value[i] = (double)draw(100000) / 100.0 * (draw(5) ? 1.0 : -1.0);
    }
    for (int64_t k = 0; k <= PERIODS; k++)
        edges[k] = 30 * k;
    assert_int_equal(keep_books(NULL, &log, 400, edges, PERIODS + 1, &options, &first), RETAIN_OK);
    for (int way = 1; way < 6; way++) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        books next = {.complete = {0}};

        ctx.threads = way / 2 + 1;
        options.low_memory = way % 2;
        assert_int_equal(keep_books(&ctx, &log, 400, edges, PERIODS + 1, &options, &next), RETAIN_OK);
        assert_memory_equal(&next, &first, sizeof first);
    }
    test_free(customer);
    test_free(day);
    test_free(order);
    test_free(value);
}

/* --- refusals ----------------------------------------------------------------------------------------------------------------- */

static void assert_refused(const retain_orders *log, const int64_t *edges, size_t edge_count, retain_status wanted, size_t row,
                           const char *sentence)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    books out, before;

    memset(&out, 0x5A, sizeof out);
    out.totals.struct_size = sizeof out.totals;
    before = out;
    assert_int_equal(keep_books(&ctx, log, 40, edges, edge_count, NULL, &out), wanted);
    assert_string_equal(ctx.error, sentence);
    assert_int_equal(ctx.row, row);
    assert_memory_equal(&out, &before, sizeof out);
}

static void refuses_what_would_leave_money_out(void **state)
{
    int64_t customer[] = {1, 1, 2}, day[] = {3, 40, 41};
    double value[] = {5.0, 6.0, 7.0};
    retain_orders log = {3, customer, day, value, NULL, NULL, NULL, NULL};
    const int64_t good[] = {3, 41}, late[] = {4, 41}, early[] = {0, 40}, bad[] = {0, 0};
    retain_ledger_columns none = {0};
    retain_ledger_totals totals = {.struct_size = 1};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    books out = {.complete = {0}};

    (void)state;
    assert_int_equal(keep_books(NULL, &log, 40, good, 2, NULL, &out), RETAIN_OK);
    assert_refused(&log, late, 2, RETAIN_ERROR_DATA, 0, "orders.day[0] is 3; it must not lie before edges[0] = 4");
    assert_refused(&log, early, 2, RETAIN_ERROR_DATA, 1,
                   "orders.day[1] is 40; up to the observation end it must lie before the last edge, edges[1] = 40");
    assert_refused(&log, bad, 2, RETAIN_ERROR_ARGUMENT, 1, "edges[1] is 0; it must be later than the edge before it, 0");
    assert_refused(NULL, good, 2, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "orders is NULL; it is required");
    assert_int_equal(retain_ledger_periods(&ctx, &log, 40, good, 2, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "columns is NULL; it is required");
    assert_int_equal(retain_ledger_periods(&ctx, &log, 40, good, 2, NULL, &none, &totals), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_ledger_periods(&ctx, &log, 40, good, 2, NULL, &none, NULL), RETAIN_OK);
    log.count = 0;
    assert_int_equal(keep_books(NULL, &log, -1, good, 2, NULL, &out), RETAIN_OK); /* nothing has begun */
    assert_nan(out.column[GROSS][0]);
    assert_near(out.totals.money, 0.0, 0.0);
    assert_int_equal(keep_books(NULL, &log, 40, good, 2, NULL, &out), RETAIN_OK);
    assert_near(out.column[GROSS][0], 0.0, 0.0);
}

static int mend_the_day(void *user, double fraction)
{
    int64_t *day = user;

    if (fraction >= 1.0)
        *day = 5;
    return 0;
}

static void days_that_change_while_they_are_read_are_no_riddle(void **state)
{
    int64_t customer[] = {1, 2}, day[] = {3, 30};
    double value[] = {5.0, 6.0};
    const retain_orders log = {2, customer, day, value, NULL, NULL, NULL, NULL};
    const int64_t edges[] = {0, 20};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    books out = {.complete = {0}};

    (void)state;
    ctx.progress = mend_the_day;
    ctx.progress_user = &day[1];
    assert_int_equal(keep_books(&ctx, &log, 40, edges, 2, NULL, &out), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "orders changed while they were read");
}

typedef struct trial {
    log_rows log;
    books out;
    int64_t edges[MOST_PERIODS + 1];
    size_t edge_count;
} trial;

static retain_status run_ledger(retain_context *ctx, void *state)
{
    trial *run = state;
    retain_orders orders = view(&run->log);

    memset(&run->out, 0x5A, sizeof run->out);
    return keep_books(ctx, &orders, 40, run->edges, run->edge_count, NULL, &run->out);
}

static void is_untouched(void *state)
{
    trial *run = state;
    books before;

    memset(&before, 0x5A, sizeof before);
    before.totals.struct_size = sizeof before.totals;
    assert_memory_equal(&run->out, &before, sizeof before);
}

static void survives_memory_exhaustion_everywhere(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        trial run = {.log = draw_log()};

        run.edge_count = draw_edges(&run.log, 40, run.edges);
        survives_memory_exhaustion(run_ledger, is_untouched, &run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_a_look_at_all_pairs_of_rows),
        cmocka_unit_test(both_ledgers_the_report_and_the_rows_have_the_same_totals),
        cmocka_unit_test(a_refund_next_month_is_in_both_months_books),
        cmocka_unit_test(agrees_with_the_books_of_a_small_shop),
        cmocka_unit_test(threads_and_parts_change_no_bit_of_a_large_log),
        cmocka_unit_test(refuses_what_would_leave_money_out),
        cmocka_unit_test(days_that_change_while_they_are_read_are_no_riddle),
        cmocka_unit_test(survives_memory_exhaustion_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

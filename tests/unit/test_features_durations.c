/* Durations of a panel: from when until when rows are at risk, who had left, who ordered, what is refused. */
#include "logs.h"
#include "retain/features_durations.h"

enum { DATES = 3, ROWS = 8, END = 90 };

static const int64_t CUSTOMER[] = {7, 7, 7, 9, 11}, DAY[] = {0, 10, 40, 5, 80};
static const double VALUE[] = {1, 1, 1, 1, 1};
static const int64_t DATE[DATES] = {30, 60, 85};

static const retain_orders LOG = {.count = 5, .customer = CUSTOMER, .day = DAY, .value = VALUE};

/* --- durations ---------------------------------------------------------------------------------------------------------------- */

typedef struct found_spans {
    size_t count;
    int64_t row[ROWS];
    double entry[ROWS], exit[ROWS];
    uint8_t event[ROWS];
} found_spans;

/* The panel of the log: 7 and 9 on each date, 11 on the last. */
static const int64_t WHO[] = {7, 9, 7, 9, 7, 9, 11}, AT[] = {0, 0, 1, 1, 2, 2, 2};

static retain_status find_spans(retain_context *ctx, const retain_features_lives *lives, size_t capacity, found_spans *of)
{
    const retain_features_spans spans = {of->row, of->entry, of->exit, of->event};

    return retain_features_durations(ctx, lives, END, DATE, DATES, 7, WHO, AT, &spans, capacity, &of->count);
}

static void assert_span(const found_spans *of, size_t at, int64_t row, double entry, double exit, int event)
{
    assert_int_equal(of->row[at], row);
    assert_near(of->entry[at], entry, 0.0);
    assert_near(of->exit[at], exit, 0.0);
    assert_int_equal(of->event[at], event);
}

static void rows_last_from_their_date_to_the_next(void **state)
{
    const int64_t customer[] = {7, 9, 11};
    const double began[] = {0, 5, 80}, ended[] = {85, 50, (double)NAN};
    found_spans of;

    (void)state;
    assert_int_equal(find_spans(NULL, &(retain_features_lives){3, customer, began, ended}, 7, &of), RETAIN_OK);
    assert_int_equal(of.count, 4);
    assert_span(&of, 0, 0, 30, 60, 0);
    assert_span(&of, 1, 1, 25, 45, 1);
    assert_span(&of, 2, 2, 60, 85, 1); /* left on the next date: it happened before what is known there */
    assert_span(&of, 3, 6, 5, 10, 0);
}

static void members_may_begin_after_a_date_and_strangers_have_no_life(void **state)
{
    const int64_t customer[] = {7, 9};
    const double began[] = {45, 0}, ended[] = {(double)NAN, 200};
    found_spans of;

    (void)state;
    assert_int_equal(find_spans(NULL, &(retain_features_lives){2, customer, began, ended}, 7, &of), RETAIN_OK);
    assert_int_equal(of.count, 6);
    assert_span(&of, 0, 0, 0, 15, 0);
    assert_span(&of, 1, 1, 30, 60, 0);
    assert_span(&of, 4, 4, 40, 45, 0);
    assert_span(&of, 5, 5, 85, 90, 0); /* ended, but after the observation */
}

static void durations_are_refused_by_name(void **state)
{
    const int64_t customer[] = {7, 9}, twice[] = {7, 7}, far[] = {3}, back[] = {30, 30};
    const double began[] = {0, 5}, ended[] = {(double)NAN, 50}, early[] = {(double)NAN, 4}, nowhere[] = {(double)NAN, 0};
    const retain_features_lives lives = {2, customer, began, ended};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    found_spans of = {0};
    const retain_features_spans spans = {of.row, of.entry, of.exit, of.event};
    size_t count;

    (void)state;
    assert_int_equal(find_spans(&ctx, &(retain_features_lives){2, twice, began, ended}, 7, &of), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "lives.customer[1] is 7, after 7; customers must strictly ascend");
    assert_int_equal(find_spans(&ctx, &(retain_features_lives){2, customer, began, early}, 7, &of), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "lives.ended[1] is 4; it must not be before began, 5, or be NaN");
    assert_int_equal(find_spans(&ctx, &(retain_features_lives){2, customer, nowhere, ended}, 7, &of), RETAIN_ERROR_DATA);
    assert_int_equal(find_spans(&ctx, &(retain_features_lives){2, customer, NULL, ended}, 7, &of), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(find_spans(&ctx, NULL, 7, &of), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(find_spans(&ctx, &lives, 2, &of), RETAIN_ERROR_CAPACITY);
    assert_int_equal(of.count, 4);
    assert_int_equal(of.row[0], 0);
    assert_int_equal(retain_features_durations(&ctx, &lives, END, DATE, DATES, 1, customer, far, &spans, 7, &count),
                     RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "at[0] is 3; it must be the index of one of 3 dates");
    assert_int_equal(retain_features_durations(&ctx, &lives, END, back, 2, 0, NULL, NULL, &spans, 7, &count), RETAIN_ERROR_DATA);
    assert_int_equal(retain_features_durations(&ctx, &lives, 59, DATE, DATES, 0, NULL, NULL, &spans, 7, &count), RETAIN_ERROR_DATA);
    assert_int_equal(retain_features_durations(&ctx, &lives, INT64_MAX, DATE, DATES, 0, NULL, NULL, &spans, 7, &count),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_features_durations(&ctx, &lives, END, NULL, 2, 0, NULL, NULL, &spans, 7, &count),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_features_durations(&ctx, &lives, END, DATE, DATES, 1, customer, NULL, &spans, 7, &count),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_features_durations(&ctx, &lives, END, DATE, DATES, 0, NULL, NULL, NULL, 7, &count),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_features_durations(&ctx, &lives, END, DATE, DATES, 0, NULL, NULL, &spans, 7, &count), RETAIN_OK);
    assert_int_equal(count, 0);
}

/* --- returns ------------------------------------------------------------------------------------------------------------------ */

static retain_status find_returns(retain_context *ctx, int64_t end, const retain_orders *log, size_t dates, size_t count,
                                  size_t capacity, found_spans *of)
{
    const retain_features_spans spans = {of->row, of->entry, of->exit, of->event};

    return retain_features_returns(ctx, log, end, NULL, DATE, dates, count, WHO, AT, &spans, capacity, &of->count);
}

static void rows_are_cut_at_orders(void **state)
{
    found_spans of;

    (void)state;
    assert_int_equal(find_returns(NULL, END, &LOG, DATES, 7, 8, &of), RETAIN_OK);
    assert_int_equal(of.count, 8);
    assert_span(&of, 0, 0, 30, 40, 1);
    assert_span(&of, 1, 0, 40, 60, 0);
    assert_span(&of, 2, 1, 25, 55, 0);
    assert_span(&of, 3, 2, 60, 85, 0);
    assert_span(&of, 7, 6, 5, 10, 0);
}

/* What was found by a day is what is found when nothing is known that came later. */
static void nothing_looks_ahead(void **state)
{
    (void)state;
    for (int64_t end = 31; end < 60; end++) {
        retain_orders cut = LOG;
        found_spans whole, early;

        if (end < 40) { /* without the order of day 40, and those of nobody else after the first date */
            static const int64_t who[] = {7, 7, 9}, day[] = {0, 10, 5};

            cut = (retain_orders){.count = 3, .customer = who, .day = day, .value = VALUE};
        } else {
            static const int64_t who[] = {7, 7, 7, 9}, day[] = {0, 10, 40, 5};

            cut = (retain_orders){.count = 4, .customer = who, .day = day, .value = VALUE};
        }
        assert_int_equal(find_returns(NULL, end, &LOG, 1, 2, 8, &whole), RETAIN_OK);
        assert_int_equal(find_returns(NULL, end, &cut, 1, 2, 8, &early), RETAIN_OK);
        assert_int_equal(whole.count, early.count);
        for (size_t k = 0; k < whole.count; k++)
            assert_span(&whole, k, early.row[k], early.entry[k], early.exit[k], early.event[k]);
    }
}

static void an_order_on_a_date_is_known_there_and_no_event_of_it(void **state)
{
    const int64_t date[] = {10, 40}, who[] = {7, 7}, at[] = {0, 1};
    found_spans of;
    const retain_features_spans spans = {of.row, of.entry, of.exit, of.event};

    (void)state;
    assert_int_equal(retain_features_returns(NULL, &LOG, END, NULL, date, 2, 2, who, at, &spans, 8, &of.count), RETAIN_OK);
    assert_int_equal(of.count, 2);
    assert_span(&of, 0, 0, 10, 40, 1);
    assert_span(&of, 1, 1, 40, 90, 0);
}

static void returns_are_refused_by_name(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    found_spans of = {0};

    (void)state;
    assert_int_equal(find_returns(&ctx, END, &LOG, DATES, 7, 7, &of), RETAIN_ERROR_CAPACITY);
    assert_string_equal(ctx.error, "capacity is 7; there are 8 durations");
    assert_int_equal(of.count, 8);
    assert_near(of.exit[0], 0.0, 0.0);
    assert_int_equal(find_returns(&ctx, END, NULL, DATES, 7, 8, &of), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(find_returns(&ctx, END, &LOG, 1, 7, 8, &of), RETAIN_ERROR_DATA);
    assert_int_equal(find_returns(&ctx, 84, &LOG, DATES, 7, 8, &of), RETAIN_ERROR_DATA);
    assert_int_equal(retain_features_returns(&ctx, &LOG, END, NULL, DATE, DATES, 7, WHO, AT, NULL, 8, &of.count),
                     RETAIN_ERROR_ARGUMENT);
}

static retain_status returns_again(retain_context *ctx, void *state)
{
    return find_returns(ctx, END, &LOG, DATES, 7, 8, state);
}

static void returns_survive_memory_exhaustion(void **state)
{
    found_spans of;

    (void)state;
    survives_memory_exhaustion(returns_again, NULL, &of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_last_from_their_date_to_the_next),
        cmocka_unit_test(members_may_begin_after_a_date_and_strangers_have_no_life),
        cmocka_unit_test(durations_are_refused_by_name),
        cmocka_unit_test(rows_are_cut_at_orders),
        cmocka_unit_test(nothing_looks_ahead),
        cmocka_unit_test(an_order_on_a_date_is_known_there_and_no_event_of_it),
        cmocka_unit_test(returns_are_refused_by_name),
        cmocka_unit_test(returns_survive_memory_exhaustion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

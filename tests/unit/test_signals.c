/* Events per customer: golden values, no looking ahead, and what is refused. */
#include "logs.h"
#include "signals_shop.h"

/* --- per customer ------------------------------------------------------------------------------------------------------------- */

enum { FIGURES = 10 };
static const char *const NAMES[FIGURES] = {"exposure_days", "count", "per_year", "days_since_last", "earlier", "recent", "trend",
                                           "trend_p_value", "sum",   "mean"};

typedef struct figures {
    double column[FIGURES][MOST * KINDS];
    retain_signals_columns columns;
    retain_signals_report report;
} figures;

static void paint(figures *of)
{
    double *c[FIGURES];

    for (int f = 0; f < FIGURES; f++) {
        c[f] = of->column[f];
        for (size_t i = 0; i < MOST * KINDS; i++)
            c[f][i] = -5.0;
    }
    of->columns = (retain_signals_columns){.exposure_days = c[0],
                                           .count = c[1],
                                           .per_year = c[2],
                                           .days_since_last = c[3],
                                           .earlier = c[4],
                                           .recent = c[5],
                                           .trend = c[6],
                                           .trend_p_value = c[7],
                                           .sum = c[8],
                                           .mean = c[9]};
    of->report = (retain_signals_report){.struct_size = sizeof of->report};
}

static void figures_meet_the_golden_ones(void **state)
{
    static shop all;
    static figures got;
    golden table = golden_read("signals/per_customer.csv");

    (void)state;
    read_shop(&all);
    for (size_t row = 0; row < table.rows; row += all.customers * KINDS) {
        const retain_signals_options options = {sizeof options, (int64_t)golden_number(&table, row, "window"), KINDS};

        paint(&got);
        assert_int_equal(retain_signals_per_customer(
                             NULL, &all.events, all.customer, golden_number(&table, row, "known") > 0.0 ? all.known_since : NULL,
                             all.customers, (int64_t)golden_number(&table, row, "end"), &options, &got.columns, &got.report),
                         RETAIN_OK);
        for (size_t i = 0; i < all.customers * KINDS; i++) {
            assert_near((double)all.customer[i / KINDS], golden_number(&table, row + i, "customer"), 0.0);
            for (int f = 0; f < FIGURES; f++) {
                const double want = golden_number(&table, row + i, NAMES[f]);

                assert_near(got.column[f][f ? i : i / KINDS], want, 1e-13 * fabs(want));
            }
        }
        assert_int_equal(got.report.events,
                         got.report.used_events + got.report.late_events + got.report.stranger_events + got.report.early_events);
        assert_true(got.report.stranger_events > 0 && got.report.late_events > 0);
    }
    golden_free(&table);
}

/* What is known at a day must not change when the log goes on. */
static void events_after_the_observation_end_do_not_exist(void **state)
{
    static shop all;
    static figures whole, cut;
    const retain_signals_options options = {sizeof options, 120, KINDS};
    size_t kept = 0;

    (void)state;
    read_shop(&all);
    paint(&whole);
    paint(&cut);
    assert_int_equal(retain_signals_per_customer(NULL, &all.events, all.customer, all.known_since, all.customers, 200, &options,
                                                 &whole.columns, NULL),
                     RETAIN_OK);
    for (size_t i = 0; i < all.events.count; i++) {
        if (all.day[i] > 200)
            continue;
        all.who[kept] = all.who[i];
        all.day[kept] = all.day[i];
        all.kind[kept] = all.kind[i];
        all.value[kept++] = all.value[i];
    }
    assert_in_range(kept, 1, all.events.count - 1);
    all.events.count = kept;
    assert_int_equal(retain_signals_per_customer(NULL, &all.events, all.customer, all.known_since, all.customers, 200, &options,
                                                 &cut.columns, NULL),
                     RETAIN_OK);
    for (int f = 0; f < FIGURES; f++)
        assert_memory_equal(whole.column[f], cut.column[f], sizeof whole.column[f]);
}

static void without_kinds_and_values_all_events_are_alike(void **state)
{
    static shop all;
    static figures got;
    const retain_signals_options options = {sizeof options, 365, 1};

    (void)state;
    read_shop(&all);
    all.events.kind = NULL;
    all.events.value = NULL;
    paint(&got);
    assert_int_equal(
        retain_signals_per_customer(NULL, &all.events, all.customer, NULL, all.customers, 300, &options, &got.columns, &got.report),
        RETAIN_OK);
    for (size_t c = 0; c < all.customers; c++) {
        double count = 0.0;

        for (size_t i = 0; i < all.events.count; i++)
            count += all.who[i] == all.customer[c] && all.day[i] <= 300 && all.day[i] > -65;
        assert_near(got.column[1][c], count, 0.0);
        assert_near(got.column[8][c], 0.0, 0.0);
        assert_nan(got.column[9][c]);
    }
}

static void the_example_of_the_header_is_true(void **state)
{
    int64_t who[] = {7, 7, 9}, day[] = {10, 95, 40}, customer[] = {5, 7, 9};
    double count[3], since[3];
    retain_events events = {3, who, day, NULL, NULL};
    retain_signals_options options = {sizeof options, 90, 1};
    retain_signals_columns columns = {0};

    (void)state;
    columns.count = count;
    columns.days_since_last = since;
    assert_int_equal(retain_signals_per_customer(NULL, &events, customer, NULL, 3, 100, &options, &columns, NULL), RETAIN_OK);
    assert_near(count[0], 0.0, 0.0);
    assert_near(count[1], 1.0, 0.0); /* the window begins on day 11 */
    assert_near(count[2], 1.0, 0.0);
    assert_nan(since[0]);
    assert_near(since[1], 5.0, 0.0);
    assert_near(since[2], 60.0, 0.0);
}

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

static void bad_events_and_customers_are_refused_by_row(void **state)
{
    static const int64_t who[] = {1, 2}, day[] = {0, 5}, far[] = {0, INT64_MIN}, kind[] = {0, 3}, falling[] = {2, 1};
    static const double value[] = {1, (double)NAN}, huge[] = {1, (double)INFINITY};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_events events = {2, who, far, NULL, NULL};
    retain_signals_options options = {sizeof options, 10, 3};
    double count[6];
    const retain_signals_columns columns = {.count = count};

    (void)state;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    events = (retain_events){2, who, day, kind, value};
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "events.kind[1] is 3; it must lie in [0, options.kinds = 3)");
    options.kinds = 4;
    events.value = huge;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 0, 9, &options, &columns, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "events.value[1] is infinity; it must be NaN or at most 1e280 in size");
    events.value = value;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, falling, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "customer[1] is 1; it must be larger than the one before, 2");
    assert_int_equal(retain_signals_per_customer(&ctx, &(retain_events){0, NULL, NULL, NULL, NULL}, (int64_t[]){1, 2},
                                                 (int64_t[]){5, INT64_MAX}, 2, 9, &options, &columns, NULL),
                     RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "known_since[1] is 9223372036854775807; it must be a day number within +-2^40");
    assert_int_equal(retain_signals_per_customer(&ctx, &events, NULL, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_per_customer(&ctx, NULL, who, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 2, 9, &options, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 2, INT64_MAX, &options, &columns, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, SIZE_MAX, 9, &options, &columns, NULL),
                     RETAIN_ERROR_ARGUMENT);
    options.window_days = -1;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 2, 9, &options, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.window_days is -1; it must lie in [1, 2^40] (0 means 365)");
}

static void a_context_of_no_size_is_refused(void **state)
{
    const retain_events none = {0, NULL, NULL, NULL, NULL};
    const retain_orders no_orders = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    const retain_signals_columns columns = {0};
    retain_signals_comparison got = {.struct_size = sizeof got};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_signals_per_customer(&ctx, &none, NULL, NULL, 0, 9, NULL, &columns, NULL), RETAIN_OK);
    ctx.struct_size = 1;
    assert_int_equal(retain_signals_per_customer(&ctx, &none, NULL, NULL, 0, 9, NULL, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_effect(&ctx, &none, &no_orders, 9, NULL, NULL, 0, NULL, NULL, &got), RETAIN_ERROR_ARGUMENT);
}

static void odd_options_are_refused(void **state)
{
    static const int64_t who[] = {1}, day[] = {0}, kind[] = {-1};
    const retain_events events = {1, who, day, kind, NULL};
    const retain_signals_columns columns = {0};
    retain_signals_options options = {sizeof options, ((int64_t)1 << 40) + 1, 1};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 1, 9, &options, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 1, 9, NULL, &columns, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 0);
    options.struct_size = 4;
    assert_int_equal(retain_signals_per_customer(&ctx, &events, who, NULL, 1, 9, &options, &columns, NULL), RETAIN_ERROR_ARGUMENT);
}

/* An allocator that writes into the caller's kinds while the library works, as another thread might. */
typedef struct vandal {
    int64_t *kind;
    size_t count, requests;
} vandal;

static void *allocate_and_scribble(void *user, void *old, size_t old_size, size_t new_size)
{
    vandal *of = user;

    (void)old_size;
    of->requests++;
    for (size_t i = 0; i < of->count; i++)
        of->kind[i] = i % 2 ? INT64_MIN : INT64_MAX;
    if (new_size)
        return realloc(old, new_size);
    free(old);
    return NULL;
}

static void kinds_that_change_meanwhile_do_no_harm(void **state)
{
    static shop all;
    static figures got;
    const retain_signals_options options = {sizeof options, 365, KINDS};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    vandal of;

    (void)state;
    read_shop(&all);
    paint(&got);
    of = (vandal){all.kind, all.events.count, 0};
    ctx.allocate = allocate_and_scribble;
    ctx.allocate_user = &of;
    assert_int_equal(
        retain_signals_per_customer(&ctx, &all.events, all.customer, NULL, all.customers, 300, &options, &got.columns, NULL),
        RETAIN_OK);
    assert_true(of.requests > 0);
    assert_near(got.column[1][0], 0.0, 0.0);
}

/* --- memory and threads ------------------------------------------------------------------------------------------------------- */

typedef struct run {
    shop all;
    figures got;
    retain_signals_comparison comparison;
} run;

static retain_status run_everything(retain_context *ctx, void *state)
{
    static const int64_t edges[] = {-200, 100, 500};
    run *of = state;
    const retain_signals_options options = {sizeof options, 91, KINDS};
    retain_status status =
        retain_signals_effect(ctx, &of->all.events, &of->all.orders, 400, NULL, edges, 3, &of->all.groups, NULL, &of->comparison);

    return status == RETAIN_OK ? retain_signals_per_customer(ctx, &of->all.events, of->all.customer, of->all.known_since,
                                                             of->all.customers, 300, &options, &of->got.columns, &of->got.report)
                               : status;
}

static void memory_exhaustion_is_survived(void **state)
{
    static run of;

    (void)state;
    read_shop(&of.all);
    paint(&of.got);
    of.comparison.struct_size = sizeof of.comparison;
    survives_memory_exhaustion(run_everything, NULL, &of);
}

static void threads_change_nothing(void **state)
{
    enum { MANY = 20000 };
    static int64_t customer[MANY], who[3 * MANY], day[3 * MANY];
    static double count[2][MANY], trend[2][MANY];
    const retain_events events = {3 * MANY, who, day, NULL, NULL};
    uint64_t seed = 5;

    (void)state;
    for (int64_t i = 0; i < MANY; i++)
        customer[i] = 3 * i;
    for (size_t i = 0; i < 3 * MANY; i++) {
        who[i] = random_between(&seed, 0, 3 * MANY);
        day[i] = random_between(&seed, 0, 365);
    }
    for (int turn = 0; turn < 2; turn++) {
        const retain_signals_columns columns = {.count = count[turn], .trend = trend[turn]};
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = turn ? 7 : 1;
        assert_int_equal(retain_signals_per_customer(&ctx, &events, customer, NULL, MANY, 365, NULL, &columns, NULL), RETAIN_OK);
    }
    assert_memory_equal(count[0], count[1], sizeof count[0]);
    assert_memory_equal(trend[0], trend[1], sizeof trend[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_meet_the_golden_ones),
        cmocka_unit_test(events_after_the_observation_end_do_not_exist),
        cmocka_unit_test(without_kinds_and_values_all_events_are_alike),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(bad_events_and_customers_are_refused_by_row),
        cmocka_unit_test(a_context_of_no_size_is_refused),
        cmocka_unit_test(odd_options_are_refused),
        cmocka_unit_test(kinds_that_change_meanwhile_do_no_harm),
        cmocka_unit_test(memory_exhaustion_is_survived),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

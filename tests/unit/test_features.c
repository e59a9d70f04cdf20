/* Features: golden values, nothing that looks ahead, labels, and what is refused. */
#include "logs.h"
#include "retain/features.h"

enum { ROWS = 700, MOST = 64, CASES = 3, COLUMNS = 33, DATES = 5, END = 400 };

static const int64_t DATE[DATES] = {30, 120, 200, 201, 330};

/* --- golden ------------------------------------------------------------------------------------------------------------------- */

typedef struct shop {
    int64_t customer[ROWS], day[ROWS], order[ROWS], category[ROWS], who[ROWS], when[ROWS], kind[ROWS];
    double value[ROWS], discount[ROWS], worth[ROWS];
    uint8_t cancelled[ROWS];
    retain_orders orders;
    retain_events events;
    retain_features_source source;
} shop;

static void read_shop(shop *all)
{
    golden table = golden_read("features/orders.csv");

    assert_in_range(table.rows, 1, ROWS);
    for (size_t i = 0; i < table.rows; i++) {
        all->customer[i] = (int64_t)golden_number(&table, i, "customer");
        all->day[i] = (int64_t)golden_number(&table, i, "day");
        all->order[i] = (int64_t)golden_number(&table, i, "order");
        all->value[i] = golden_number(&table, i, "value");
        all->cancelled[i] = golden_number(&table, i, "cancelled") > 0.0;
        all->discount[i] = golden_number(&table, i, "discount");
        all->category[i] = (int64_t)golden_number(&table, i, "category");
    }
    all->orders = (retain_orders){.count = table.rows,
                                  .customer = all->customer,
                                  .day = all->day,
                                  .value = all->value,
                                  .order = all->order,
                                  .cancelled = all->cancelled};
    golden_free(&table);
    table = golden_read("features/events.csv");
    assert_in_range(table.rows, 1, ROWS);
    for (size_t i = 0; i < table.rows; i++) {
        all->who[i] = (int64_t)golden_number(&table, i, "customer");
        all->when[i] = (int64_t)golden_number(&table, i, "day");
        all->kind[i] = (int64_t)golden_number(&table, i, "kind");
        all->worth[i] = golden_number(&table, i, "value");
    }
    all->events = (retain_events){table.rows, all->who, all->when, all->kind, all->worth};
    golden_free(&table);
    all->source = (retain_features_source){&all->orders, all->discount, all->category, 5, &all->events, 2};
}

static size_t read_numbers(const char *text, int64_t *numbers)
{
    size_t count = 0;

    for (char *end; *text; text = end)
        numbers[count++] = strtoll(text, &end, 10);
    return count;
}

typedef struct answer {
    int64_t customer[DATES * MOST], date[DATES * MOST];
    double label[DATES * MOST], feature[COLUMNS * DATES * MOST];
    retain_features_rows rows;
    size_t count;
    retain_features_report report;
} answer;

static retain_status ask(retain_context *ctx, const retain_features_source *source, const retain_orders_options *counting,
                         const retain_features_options *options, answer *got)
{
    memset(got, 0x5a, sizeof *got);
    got->rows = (retain_features_rows){got->customer, got->date, got->label, got->feature};
    got->report.struct_size = sizeof got->report;
    return retain_features_panel(ctx, source, END, DATE, DATES, counting, options, &got->rows, DATES * MOST, &got->count,
                                 &got->report);
}

static void panels_meet_the_golden_ones(void **state)
{
    static shop all;
    static answer got;
    golden cases = golden_read("features/cases.csv"), rows = golden_read("features/panel.csv"),
           listed = golden_read("features/columns.csv");
    size_t row = 0, at = 0;

    (void)state;
    read_shop(&all);
    assert_int_equal(cases.rows, CASES);
    for (size_t c = 0; c < cases.rows; c++) {
        retain_features_options options = {.struct_size = sizeof options};
        retain_orders_options counting = {.struct_size = sizeof counting};
        retain_features_column column[COLUMNS];
        size_t columns, silent = 0, open = 0;

        read_numbers(golden_text(&cases, c, "windows"), options.windows);
        options.trend_days = (int64_t)golden_number(&cases, c, "trend");
        options.event_days = (int64_t)golden_number(&cases, c, "events");
        options.active_days = (int64_t)golden_number(&cases, c, "active");
        options.horizon_days = (int64_t)golden_number(&cases, c, "horizon");
        counting.occasion_days = (int64_t)golden_number(&cases, c, "block");
        counting.count_zero_orders = golden_number(&cases, c, "zero") > 0.0;
        assert_int_equal(retain_features_columns(NULL, &all.source, &options, COLUMNS, &columns, column), RETAIN_OK);
        assert_int_equal(columns, COLUMNS);
        for (size_t f = 0; f < columns; f++, at++) {
            assert_int_equal(column[f].id, (int)golden_number(&listed, at, "id"));
            assert_string_equal(retain_features_name(column[f].id), golden_text(&listed, at, "name"));
            assert_int_equal(column[f].days, (int64_t)golden_number(&listed, at, "days"));
            assert_int_equal(column[f].kind, (int64_t)golden_number(&listed, at, "kind"));
        }
        assert_int_equal(ask(NULL, &all.source, &counting, &options, &got), RETAIN_OK);
        for (size_t r = 0; r < got.count; r++, row++) {
            assert_string_equal(golden_text(&rows, row, "case"), golden_text(&cases, c, "case"));
            assert_int_equal(got.customer[r], (int64_t)golden_number(&rows, row, "customer"));
            assert_int_equal(got.date[r], (int64_t)golden_number(&rows, row, "at"));
            assert_near(got.label[r], golden_number(&rows, row, "label"), 0.0);
            silent += got.label[r] == 1.0;
            open += isnan(got.label[r]) != 0;
            for (size_t f = 0; f < columns; f++) {
                char name[8] = {'f', (char)('0' + f / 10), (char)('0' + f % 10), 0};
                const double want = golden_number(&rows, row, f < 10 ? (name[1] = name[2], name[2] = 0, name) : name);

                assert_near(got.feature[f * DATES * MOST + r], want, 1e-13 * fabs(want));
            }
        }
        assert_int_equal(got.report.rows, got.count);
        assert_int_equal(got.report.silent_rows, silent);
        assert_int_equal(got.report.open_rows, open);
        assert_true((options.active_days > 0) == (got.report.inactive_rows > 0));
    }
    assert_int_equal(row, rows.rows);
    golden_free(&cases);
    golden_free(&rows);
    golden_free(&listed);
}

static void the_example_of_the_header_is_true(void **state)
{
    int64_t customer[] = {7, 7, 7, 9}, day[] = {0, 10, 40, 5}, date[] = {30}, who[2], which[2];
    double value[] = {10.0, 20.0, 15.0, 8.0}, label[2], feature[2 * RETAIN_FEATURES_MOST];
    retain_orders log = {4, customer, day, value, NULL, NULL, NULL, NULL};
    retain_features_source source = {.orders = &log};
    retain_features_rows rows = {who, which, label, feature};
    size_t count;

    (void)state;
    assert_int_equal(retain_features_panel(NULL, &source, 150, date, 1, NULL, NULL, &rows, 2, &count, NULL), RETAIN_OK);
    assert_int_equal(count, 2);
    assert_near(feature[0], 2.0, 0.0);
    assert_near(feature[1], 1.0, 0.0);
    assert_near(feature[2 * 5], 20.0, 0.0);
    assert_near(label[0], 0.0, 0.0);
    assert_near(label[1], 1.0, 0.0);
}

/* --- nothing looks ahead ------------------------------------------------------------------------------------------------------ */

static const retain_orders_options BY_THREE_DAYS = {.struct_size = sizeof BY_THREE_DAYS, .occasion_days = 3};

/* The panel of one date in a log of up to 300 rows, events being the log's own rows. */
static void ask_on(const random_log *log, int64_t date, int weeks, answer *got)
{
    const retain_events events = {log->view.count, log->customer, log->day, NULL, log->value};
    const retain_features_source source = {.orders = &log->view, .discount = NULL, .events = &events};
    const retain_features_options options = {.struct_size = sizeof options, .active_days = 60};

    memset(got, 0x5a, sizeof *got);
    got->rows = (retain_features_rows){got->customer, got->date, got->label, got->feature};
    assert_int_equal(retain_features_panel(NULL, &source, 1000, &date, 1, weeks ? &BY_THREE_DAYS : NULL, &options, &got->rows, MOST,
                                           &got->count, NULL),
                     RETAIN_OK);
}

static void assert_same_features(const answer *a, const answer *b)
{
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->customer, b->customer, sizeof a->customer);
    assert_memory_equal(a->feature, b->feature, sizeof a->feature);
}

static void whatever_happens_after_the_date_changes_no_feature(void **state)
{
    static answer before, after;
    uint64_t seed = 11;
    size_t changed = 0;

    (void)state;
    for (int round = 0; round < 120; round++) {
        const random_log_shape shape = {300, 20, 0, 120, round % 2, 0};
        random_log log = random_log_make(&seed, shape);
        const int64_t date = random_between(&seed, 20, 100);
        size_t kept = 0;

        ask_on(&log, date, round % 3 == 0, &before);
        for (size_t i = 0; i < log.view.count; i++) { /* other amounts, other days, other customers */
            if (log.day[i] <= date)
                continue;
            changed++;
            log.value[i] = (double)random_between(&seed, -50, 50);
            log.day[i] = random_between(&seed, date + 1, 200);
            if (log.cancelled)
                log.cancelled[i] = (uint8_t)random_between(&seed, 0, 1);
            if (round % 4 != 0)
                log.customer[i] = random_between(&seed, 1, 30);
        }
        ask_on(&log, date, round % 3 == 0, &after);
        assert_same_features(&before, &after);
        for (size_t i = 0; i < log.view.count; i++) { /* and none of it */
            if (log.day[i] > date)
                continue;
            log.customer[kept] = log.customer[i];
            log.day[kept] = log.day[i];
            log.value[kept] = log.value[i];
            if (log.order)
                log.order[kept] = log.order[i];
            if (log.cancelled)
                log.cancelled[kept] = log.cancelled[i];
            kept++;
        }
        log.view.count = kept;
        ask_on(&log, date, round % 3 == 0, &after);
        assert_same_features(&before, &after);
        random_log_free(&log);
    }
    assert_true(changed > 1000);
}

static void a_label_knows_nothing_after_its_horizon(void **state)
{
    int64_t customer[] = {1, 1, 1}, day[] = {0, 35, 95}, order[] = {1, 2, 2}, date[] = {30}, horizon[] = {60, 70};
    double value[] = {10.0, 20.0, -20.0}, label;
    retain_orders log = {3, customer, day, value, order, NULL, NULL, NULL};
    retain_features_source source = {.orders = &log};
    retain_features_rows rows = {.label = &label};
    size_t count;

    (void)state;
    for (int h = 0; h < 2; h++) { /* the order of day 35 was paid back on day 95 */
        const retain_features_options options = {.struct_size = sizeof options, .horizon_days = horizon[h]};

        assert_int_equal(retain_features_panel(NULL, &source, 200, date, 1, NULL, &options, &rows, 1, &count, NULL), RETAIN_OK);
        assert_near(label, h, 0.0);
    }
}

static void a_day_of_orders_further_on_moves_no_label_that_was_there(void **state)
{
    const int64_t ends[] = {119, 120, 200};
    int64_t customer[] = {1}, day[] = {0}, date[] = {30};
    double value[] = {10.0}, label;
    retain_orders log = {1, customer, day, value, NULL, NULL, NULL, NULL};
    retain_features_source source = {.orders = &log};
    retain_features_rows rows = {.label = &label};
    retain_features_report report = {.struct_size = sizeof report};
    size_t count;

    (void)state;
    for (int e = 0; e < 3; e++) {
        assert_int_equal(retain_features_panel(NULL, &source, ends[e], date, 1, NULL, NULL, &rows, 1, &count, &report), RETAIN_OK);
        assert_near(label, e ? 1.0 : (double)NAN, 0.0);
        assert_int_equal(report.open_rows, e == 0);
        assert_int_equal(report.silent_rows, e > 0);
    }
}

/* Mean order value and days since last, but made by somebody who forgot the date in the second column. */
static size_t build_carelessly(const retain_orders *log, int64_t date, int64_t *customer, double *feature, size_t most)
{
    size_t count = 0;

    for (int64_t who = 1; who <= 20; who++) {
        double sum = 0.0, orders = 0.0, all = 0.0;

        for (size_t i = 0; i < log->count; i++) {
            if (log->customer[i] != who)
                continue;
            all += log->value[i];
            orders += log->day[i] <= date;
            sum += log->day[i] <= date ? log->value[i] : 0.0;
        }
        if (orders > 0.0 && count < most) {
            customer[count] = who;
            feature[count] = sum / orders;
            feature[most + count++] = all;
        }
    }
    memmove(feature + count, feature + most, count * sizeof *feature);
    return count;
}

static void a_planted_leak_is_found(void **state)
{
    uint64_t seed = 5;
    random_log log = random_log_make(&seed, (random_log_shape){200, 20, 0, 100, 0, 0});
    int64_t who[2][20], leaks[2], example[2];
    double feature[2][40];
    retain_features_table table[2];
    size_t strangers, kept = 0;

    (void)state;
    table[0] = (retain_features_table){build_carelessly(&log.view, 50, who[0], feature[0], 20), who[0], feature[0]};
    for (size_t i = 0; i < log.view.count; i++) {
        if (log.day[i] > 50)
            continue;
        log.customer[kept] = log.customer[i];
        log.day[kept] = log.day[i];
        log.value[kept++] = log.value[i];
    }
    log.view.count = kept;
    table[1] = (retain_features_table){build_carelessly(&log.view, 50, who[1], feature[1], 20), who[1], feature[1]};
    assert_int_equal(retain_features_leaks(NULL, &table[0], &table[1], 2, 0.0, leaks, example, &strangers), RETAIN_OK);
    assert_int_equal(strangers, 0);
    assert_int_equal(leaks[0], 0);
    assert_int_equal(example[0], -1);
    assert_true(leaks[1] > 15);
    assert_in_range(example[1], 0, 19);
    assert_true(feature[0][table[0].count + (size_t)example[1]] != feature[1][table[1].count + (size_t)example[1]]);
    table[1].count--; /* somebody less: a leak too */
    assert_int_equal(retain_features_leaks(NULL, &table[0], &table[1], 0, 0.0, NULL, NULL, &strangers), RETAIN_OK);
    assert_int_equal(strangers, 1);
    random_log_free(&log);
}

static void the_last_digits_are_no_leak_unless_wanted(void **state)
{
    const int64_t who[] = {1, 2, 3};
    const double a[] = {1.0, NAN, INFINITY}, b[] = {1.0 + 1e-12, NAN, INFINITY}, c[] = {1.0, 2.0, -INFINITY};
    const retain_features_table first = {3, who, a}, second = {3, who, b}, third = {3, who, c};
    int64_t leaks;

    (void)state;
    assert_int_equal(retain_features_leaks(NULL, &first, &second, 1, 1e-9, &leaks, NULL, NULL), RETAIN_OK);
    assert_int_equal(leaks, 0);
    assert_int_equal(retain_features_leaks(NULL, &first, &second, 1, 0.0, &leaks, NULL, NULL), RETAIN_OK);
    assert_int_equal(leaks, 1);
    assert_int_equal(retain_features_leaks(NULL, &first, &third, 1, 1e-9, &leaks, NULL, NULL), RETAIN_OK);
    assert_int_equal(leaks, 2);
}

/* --- training and test -------------------------------------------------------------------------------------------------------- */

static void no_training_label_reaches_into_the_test(void **state)
{
    const int64_t date[] = {0, 60, 110, 111, 150, 200, 230, 311};
    const uint8_t want[2][8] = {{0, 0, 0, 2, 2, 1, 1, 3}, {0, 0, 2, 2, 2, 1, 1, 3}};
    uint8_t part[8];

    (void)state;
    for (int64_t embargo = 0; embargo < 2; embargo++) {
        assert_int_equal(retain_features_split(NULL, date, 8, 90, embargo, 200, 400, part), RETAIN_OK);
        assert_memory_equal(part, want[embargo], sizeof part);
    }
}

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

static void threads_and_little_memory_change_nothing(void **state)
{
    static shop all;
    static answer one, other;
    retain_orders_options counting = {.struct_size = sizeof counting};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    read_shop(&all);
    assert_int_equal(ask(NULL, &all.source, NULL, NULL, &one), RETAIN_OK);
    ctx.threads = 4;
    counting.low_memory = 1;
    assert_int_equal(ask(&ctx, &all.source, &counting, NULL, &other), RETAIN_OK);
    assert_memory_equal(one.customer, other.customer, sizeof one.customer);
    assert_memory_equal(one.label, other.label, sizeof one.label);
    assert_memory_equal(one.feature, other.feature, sizeof one.feature);
}

static void many_customers_come_in_blocks_and_in_passes(void **state)
{
    enum { MANY = 200000, CUSTOMERS = 30000, FEW = 19 + 6 };
    uint64_t seed = 3;
    random_log log = random_log_make(&seed, (random_log_shape){MANY, CUSTOMERS, 0, 500, 0, 0});
    const int64_t date[] = {100, 250};
    const retain_features_source source = {.orders = &log.view};
    double *feature[2];
    size_t count[2];

    (void)state;
    for (int low = 0; low < 2; low++) {
        const retain_orders_options counting = {.struct_size = sizeof counting, .low_memory = low};
        retain_context ctx = RETAIN_CONTEXT_INIT;
        retain_features_rows rows = {0};

        ctx.threads = 1 + 2 * low;
        rows.feature = feature[low] = calloc(2 * CUSTOMERS * FEW, sizeof *feature[low]);
        assert_int_equal(
            retain_features_panel(&ctx, &source, 500, date, 2, &counting, NULL, &rows, 2 * CUSTOMERS, &count[low], NULL),
            RETAIN_OK);
    }
    assert_int_equal(count[0], count[1]);
    assert_memory_equal(feature[0], feature[1], 2 * CUSTOMERS * FEW * sizeof(double));
    free(feature[0]);
    free(feature[1]);
    random_log_free(&log);
}

static retain_status ask_for_all(retain_context *ctx, void *state)
{
    static answer got;

    return ask(ctx, &((shop *)state)->source, NULL, NULL, &got);
}

static void running_out_of_memory_is_survived(void **state)
{
    static shop all;

    (void)state;
    read_shop(&all);
    survives_memory_exhaustion(ask_for_all, NULL, &all);
}

static void too_little_room_says_how_much(void **state)
{
    static shop all;
    retain_features_rows rows = {0};
    retain_features_column column[2];
    size_t count = 0;

    (void)state;
    read_shop(&all);
    assert_int_equal(retain_features_panel(NULL, &all.source, END, DATE, DATES, NULL, NULL, &rows, 10, &count, NULL),
                     RETAIN_ERROR_CAPACITY);
    assert_in_range(count, 11, DATES * MOST);
    assert_int_equal(retain_features_columns(NULL, &all.source, NULL, 2, &count, column), RETAIN_ERROR_CAPACITY);
    assert_int_equal(count, COLUMNS);
}

typedef struct refusal {
    retain_status status;
    const char *sentence;
} refusal;

static void check_refusal(const retain_features_source *source, int64_t end, const int64_t *date, size_t dates,
                          const retain_features_options *options, refusal want)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_features_rows rows = {0};
    size_t count;

    assert_int_equal(retain_features_panel(&ctx, source, end, date, dates, NULL, options, &rows, 1000, &count, NULL), want.status);
    assert_string_equal(ctx.error, want.sentence);
}

static void nonsense_is_refused(void **state)
{
    static shop all;
    const int64_t falling[] = {50, 50}, late[] = {50, 401};
    retain_features_options options = {.struct_size = sizeof options};
    retain_features_source source;

    (void)state;
    read_shop(&all);
    check_refusal(&all.source, END, falling, 2, NULL,
                  (refusal){RETAIN_ERROR_DATA, "date[1] is 50; it must be larger than the one before, 50"});
    check_refusal(
        &all.source, END, late, 2, NULL,
        (refusal){RETAIN_ERROR_DATA, "date[1] is 401; what happened until then is not known, for the observation ends on day 400"});
    check_refusal(&all.source, END, late, 0, NULL, (refusal){RETAIN_ERROR_ARGUMENT, "dates is 0; there must be at least one date"});
    options.windows[0] = 30;
    options.windows[1] = 20;
    check_refusal(&all.source, END, DATE, DATES, &options,
                  (refusal){RETAIN_ERROR_ARGUMENT, "options.windows[1] is 20; it must be larger than the one before, 30"});
    options.windows[1] = -1;
    check_refusal(&all.source, END, DATE, DATES, &options,
                  (refusal){RETAIN_ERROR_ARGUMENT, "options.windows[1] is -1; it must lie in [1, 2^40]"});
    options.windows[1] = 0;
    options.trend_days = 1;
    check_refusal(&all.source, END, DATE, DATES, &options,
                  (refusal){RETAIN_ERROR_ARGUMENT, "options.trend_days is 1; one day has no halves"});
    all.discount[7] = -0.5;
    check_refusal(&all.source, END, DATE, DATES, NULL,
                  (refusal){RETAIN_ERROR_DATA, "source.discount[7] is -0.5; it must be finite and at least 0"});
    all.discount[7] = 0.5;
    all.category[9] = 5;
    check_refusal(&all.source, END, DATE, DATES, NULL,
                  (refusal){RETAIN_ERROR_DATA, "source.category[9] is 5; it must lie in [0, source.categories = 5)"});
    source = all.source;
    source.categories = 0;
    check_refusal(&source, END, DATE, DATES, NULL,
                  (refusal){RETAIN_ERROR_ARGUMENT, "source.categories is 0; there must be at least one category"});
    check_refusal(NULL, END, DATE, DATES, NULL, (refusal){RETAIN_ERROR_ARGUMENT, "source is NULL; it is required"});
}

static void every_feature_has_a_name_and_a_unit(void **state)
{
    (void)state;
    for (int id = 0; id < RETAIN_FEATURES_IDS; id++) {
        assert_non_null(retain_features_name((retain_features_id)id));
        assert_non_null(retain_features_unit((retain_features_id)id));
        for (int other = 0; other < id; other++)
            assert_string_not_equal(retain_features_name((retain_features_id)id), retain_features_name((retain_features_id)other));
    }
    assert_null(retain_features_name((retain_features_id)RETAIN_FEATURES_IDS));
    assert_null(retain_features_unit((retain_features_id)-1));
}

static void a_log_without_customers_makes_an_empty_panel(void **state)
{
    const retain_orders log = {0};
    const retain_features_source source = {.orders = &log};
    retain_features_rows rows = {0};
    retain_features_report report = {.struct_size = sizeof report};
    size_t count = 7;

    (void)state;
    assert_int_equal(retain_features_panel(NULL, &source, END, DATE, DATES, NULL, NULL, &rows, 0, &count, &report), RETAIN_OK);
    assert_int_equal(count, 0);
    assert_int_equal(report.rows, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(panels_meet_the_golden_ones),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(whatever_happens_after_the_date_changes_no_feature),
        cmocka_unit_test(a_label_knows_nothing_after_its_horizon),
        cmocka_unit_test(a_day_of_orders_further_on_moves_no_label_that_was_there),
        cmocka_unit_test(a_planted_leak_is_found),
        cmocka_unit_test(the_last_digits_are_no_leak_unless_wanted),
        cmocka_unit_test(no_training_label_reaches_into_the_test),
        cmocka_unit_test(threads_and_little_memory_change_nothing),
        cmocka_unit_test(many_customers_come_in_blocks_and_in_passes),
        cmocka_unit_test(running_out_of_memory_is_survived),
        cmocka_unit_test(too_little_room_says_how_much),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(every_feature_has_a_name_and_a_unit),
        cmocka_unit_test(a_log_without_customers_makes_an_empty_panel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

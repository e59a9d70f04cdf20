/* Scores, shares and what customers did next: golden values, second opinions by scanning, and what is refused. */
#include "logs.h"
#include "retain/rate.h"
#include "retain/survey.h"

enum { GROUPS = 5, MOST = 400 };

/* --- the golden answers ------------------------------------------------------------------------------------------------------- */

typedef struct answers {
    size_t count;
    int64_t customer[MOST], day[MOST], group[MOST];
    double nps[MOST], csat[MOST], ces[MOST];
} answers;

static answers read_answers(void)
{
    golden table = golden_read("survey/responses.csv");
    answers all = {.count = table.rows};

    assert_in_range(table.rows, 1, MOST);
    for (size_t i = 0; i < table.rows; i++) {
        all.customer[i] = (int64_t)golden_number(&table, i, "customer");
        all.day[i] = (int64_t)golden_number(&table, i, "day");
        all.group[i] = (int64_t)golden_number(&table, i, "group");
        all.nps[i] = golden_number(&table, i, "nps");
        all.csat[i] = golden_number(&table, i, "csat");
        all.ces[i] = golden_number(&table, i, "ces");
    }
    golden_free(&table);
    return all;
}

typedef struct order_columns {
    int64_t customer[MOST], day[MOST];
    double value[MOST];
    retain_orders view;
} order_columns;

static void read_order_columns(order_columns *orders)
{
    golden table = golden_read("survey/orders.csv");

    assert_in_range(table.rows, 1, MOST);
    for (size_t i = 0; i < table.rows; i++) {
        orders->customer[i] = (int64_t)golden_number(&table, i, "customer");
        orders->day[i] = (int64_t)golden_number(&table, i, "day");
        orders->value[i] = golden_number(&table, i, "value");
    }
    orders->view = (retain_orders){table.rows, orders->customer, orders->day, orders->value, NULL, NULL, NULL, NULL};
    golden_free(&table);
}

typedef struct figures {
    double n[GROUPS + 1], part[GROUPS + 1], value[GROUPS + 1], low[GROUPS + 1], high[GROUPS + 1];
} figures;

static void check_figures(const char *figure, const figures *got)
{
    golden table = golden_read("survey/figures.csv");

    for (size_t row = 0; row < table.rows; row++) {
        const size_t g = golden_blank(&table, row, "group") ? GROUPS : (size_t)golden_number(&table, row, "group");

        if (strcmp(golden_text(&table, row, "figure"), figure) != 0)
            continue;
        assert_near(got->n[g], golden_number(&table, row, "n"), 0.0);
        if (!golden_blank(&table, row, "part"))
            assert_near(got->part[g], golden_number(&table, row, "part"), 0.0);
        assert_near(got->value[g], golden_number(&table, row, "value"), 1e-15);
        assert_near(got->low[g], golden_number(&table, row, "low"), 1e-12);
        assert_near(got->high[g], golden_number(&table, row, "high"), 1e-12);
    }
    golden_free(&table);
}

static void scores_meet_the_golden_figures(void **state)
{
    const answers all = read_answers();
    figures got;
    double promoters[GROUPS + 1], passives[GROUPS + 1], detractors[GROUPS + 1];
    const retain_survey_nps_columns columns = {got.n, promoters, passives, detractors, got.value, got.low, got.high};

    (void)state;
    assert_int_equal(retain_survey_nps_groups(NULL, all.nps, all.group, all.count, GROUPS, 0.0, &columns), RETAIN_OK);
    for (int g = 0; g <= GROUPS; g++) {
        got.part[g] = promoters[g] - detractors[g];
        assert_near(promoters[g] + passives[g] + detractors[g], got.n[g], 0.0);
        assert_near(got.value[g], retain_survey_nps(promoters[g], detractors[g], got.n[g]), 0.0);
        assert_near(got.low[g], retain_survey_nps_low(promoters[g], detractors[g], got.n[g], 0.95), 0.0);
        assert_near(got.high[g], retain_survey_nps_high(promoters[g], detractors[g], got.n[g], 0.95), 0.0);
    }
    check_figures("nps", &got);
    assert_int_equal(
        retain_survey_csat(NULL, all.csat, all.group, all.count, GROUPS, NULL, got.n, got.part, got.value, got.low, got.high),
        RETAIN_OK);
    check_figures("csat", &got);
    assert_int_equal(retain_survey_ces(NULL, all.ces, all.group, all.count, GROUPS, NULL, got.n, got.value, got.low, got.high),
                     RETAIN_OK);
    check_figures("ces", &got);
}

static void without_groups_there_is_the_same_total(void **state)
{
    const answers all = read_answers();
    double n[GROUPS + 1], with[GROUPS + 1], low[GROUPS + 1], high[GROUPS + 1], alone, alone_low, alone_high;
    retain_survey_nps_columns columns = {.nps = with}, one = {.nps = &alone};

    (void)state;
    assert_int_equal(retain_survey_nps_groups(NULL, all.nps, all.group, all.count, GROUPS, 0.0, &columns), RETAIN_OK);
    assert_int_equal(retain_survey_nps_groups(NULL, all.nps, NULL, all.count, 0, 0.0, &one), RETAIN_OK);
    assert_near(alone, with[GROUPS], 0.0);
    assert_int_equal(retain_survey_csat(NULL, all.csat, all.group, all.count, GROUPS, NULL, n, NULL, with, low, high), RETAIN_OK);
    assert_int_equal(retain_survey_csat(NULL, all.csat, NULL, all.count, 0, NULL, NULL, NULL, &alone, &alone_low, &alone_high),
                     RETAIN_OK);
    assert_near(alone, with[GROUPS], 0.0);
    assert_near(alone_low, low[GROUPS], 0.0);
    assert_int_equal(retain_survey_ces(NULL, all.ces, all.group, all.count, GROUPS, NULL, n, with, low, high), RETAIN_OK);
    assert_int_equal(retain_survey_ces(NULL, all.ces, NULL, all.count, 0, NULL, NULL, &alone, &alone_low, &alone_high), RETAIN_OK);
    assert_near(alone, with[GROUPS], 0.0);
    assert_near(alone_low, low[GROUPS], 0.0);
    assert_near(alone_high, high[GROUPS], 0.0);
}

static void differences_meet_the_golden_ones(void **state)
{
    const answers all = read_answers();
    double n[GROUPS + 1], promoters[GROUPS + 1], detractors[GROUPS + 1], difference, low, high;
    const retain_survey_nps_columns columns = {.responses = n, .promoters = promoters, .detractors = detractors};
    golden table = golden_read("survey/differences.csv");

    (void)state;
    assert_int_equal(retain_survey_nps_groups(NULL, all.nps, all.group, all.count, GROUPS, 0.0, &columns), RETAIN_OK);
    for (size_t row = 0; row < table.rows; row++) {
        const size_t g = (size_t)golden_number(&table, row, "group");

        assert_int_equal(retain_survey_nps_difference(NULL, &promoters[g], &detractors[g], &n[g], promoters, detractors, n, 1, 0.0,
                                                      &difference, &low, &high),
                         RETAIN_OK);
        assert_near(difference, golden_number(&table, row, "difference"), 1e-15);
        assert_near(low, golden_number(&table, row, "low"), 1e-13);
        assert_near(high, golden_number(&table, row, "high"), 1e-13);
    }
    golden_free(&table);
    assert_int_equal(retain_survey_nps_difference(NULL, promoters, detractors, n, &promoters[3], &detractors[3], &n[3], 1, 0.0,
                                                  &difference, &low, NULL),
                     RETAIN_OK); /* group 3 is empty */
    assert_nan(difference);
    assert_nan(low);
}

static void response_rates_are_shares_of_those_asked(void **state)
{
    static const double responses[] = {3, 0, 0}, invited[] = {10, 5, 0};
    double rate[4], low[4], high[4];

    (void)state;
    assert_int_equal(retain_survey_response(NULL, responses, invited, 3, 0.9, rate, low, high), RETAIN_OK);
    assert_near(rate[0], 0.3, 0.0);
    assert_near(rate[1], 0.0, 0.0);
    assert_nan(rate[2]);
    assert_near(rate[3], 0.2, 0.0);
    assert_near(low[3], retain_rate_low(3, 15, 0.9), 0.0);
    assert_near(high[0], retain_rate_high(3, 10, 0.9), 0.0);
}

/* --- what they did next ------------------------------------------------------------------------------------------------------- */

static void retention_meets_the_golden_rates(void **state)
{
    const answers all = read_answers();
    const retain_survey_responses responses = {all.count, all.customer, all.day, all.nps};
    static order_columns orders;
    golden table = golden_read("survey/retention.csv");

    (void)state;
    read_order_columns(&orders);
    for (size_t row = 0; row < table.rows; row += 4) {
        const char *choice = golden_text(&table, row, "choice");
        const retain_survey_retention_options options = {.struct_size = sizeof options,
                                                         .horizon_days = (int64_t)golden_number(&table, row, "horizon"),
                                                         .choice = choice[0] == 'f'   ? RETAIN_SURVEY_FIRST
                                                                   : choice[0] == 'l' ? RETAIN_SURVEY_LAST
                                                                                      : RETAIN_SURVEY_EACH};
        retain_survey_retention_report report = {.struct_size = sizeof report};
        double counted[3], returned[3], rate[3], low[3], high[3];

        assert_int_equal(retain_survey_retention(NULL, &responses, &orders.view, 400, NULL, &options, counted, returned, rate, low,
                                                 high, &report),
                         RETAIN_OK);
        for (size_t c = 0; c < 3; c++) {
            assert_near(counted[c], golden_number(&table, row + c, "counted"), 0.0);
            assert_near(returned[c], golden_number(&table, row + c, "returned"), 0.0);
            assert_near(rate[c], golden_number(&table, row + c, "rate"), 1e-15);
            assert_near(low[c], golden_number(&table, row + c, "low"), 1e-13);
            assert_near(high[c], golden_number(&table, row + c, "high"), 1e-13);
        }
        assert_near((double)report.counted, golden_number(&table, row + 3, "counted"), 0.0);
        assert_near((double)report.repeat_responses, golden_number(&table, row + 3, "returned"), 0.0);
        assert_int_equal(report.counted + report.repeat_responses + report.open_responses, report.responses);
        assert_near(report.difference, golden_number(&table, row + 3, "rate"), 1e-15);
        assert_near(report.difference_low, golden_number(&table, row + 3, "low"), 1e-13);
        assert_near(report.difference_high, golden_number(&table, row + 3, "high"), 1e-13);
    }
    golden_free(&table);
}

/* Is response i the one that counts? Straight from the definition. */
static int counts(const retain_survey_responses *all, size_t i, int64_t last, retain_survey_choice choice)
{
    if (all->day[i] > last)
        return 0;
    for (size_t k = 0; k < all->count && choice != RETAIN_SURVEY_EACH; k++) {
        const int earlier = all->day[k] < all->day[i] || (all->day[k] == all->day[i] && k < i);

        if (k != i && all->customer[k] == all->customer[i] && all->day[k] <= last && earlier == (choice == RETAIN_SURVEY_FIRST))
            return 0;
    }
    return 1;
}

static void finds_who_came_back_as_scanning_does(void **state)
{
    static const double cuts[] = {-2.5, 3.0};
    uint64_t seed = 7;

    (void)state;
    for (int trial = 0; trial < 1500; trial++) {
        random_log_shape shape = {(size_t)random_between(&seed, 0, 60), random_between(&seed, 1, 9), -40, 130, trial % 2, 0};
        random_log log = random_log_make(&seed, shape);
        int64_t customer[40], day[40], end = random_between(&seed, -10, 150), horizon = random_between(&seed, 1, 60);
        const retain_orders_options counting = {.struct_size = sizeof counting,
                                                .occasion_days = random_between(&seed, 0, 3) ? 0 : random_between(&seed, 1, 10)};
        double score[40], counted[3], returned[3], want_counted[3] = {0}, want_returned[3] = {0};
        const retain_survey_responses responses = {(size_t)random_between(&seed, 0, 40), customer, day, score};
        const int wide = trial % 5 == 0; /* keys that take all bits of a word */
        const retain_survey_retention_options options = {sizeof options, horizon, cuts, 2, (retain_survey_choice)(trial % 3), 0.0};
        found_occasions found;

        for (size_t i = 0; i < responses.count; i++) {
            customer[i] = random_between(&seed, 0, 10);
            if (wide && customer[i] == 10)
                customer[i] = random_between(&seed, 0, 1) ? INT64_MIN : INT64_MAX;
            day[i] = random_between(&seed, -40, 130);
            score[i] = (double)random_between(&seed, -5, 5);
        }
        found = find_occasions(&log.view, end, &counting);
        for (size_t i = 0; i < responses.count; i++) {
            const int c = (score[i] >= cuts[0]) + (score[i] >= cuts[1]);
            int back = 0;

            if (!counts(&responses, i, end - horizon, options.choice))
                continue;
            for (size_t k = 0; k < found.count; k++)
                back |= found.at[k].customer == customer[i] && found.at[k].day > day[i] && found.at[k].day <= day[i] + horizon;
            want_counted[c]++;
            want_returned[c] += back;
        }
        assert_int_equal(retain_survey_retention(NULL, &responses, &log.view, end, &counting, &options, counted, returned, NULL,
                                                 NULL, NULL, NULL),
                         RETAIN_OK);
        for (int c = 0; c < 3; c++) {
            assert_near(counted[c], want_counted[c], 0.0);
            assert_near(returned[c], want_returned[c], 0.0);
        }
        free(found.at);
        random_log_free(&log);
    }
}

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

static void the_example_of_the_header_is_true(void **state)
{
    double score[] = {10, 9, 7, 3}, nps[1], low[1], high[1];
    retain_survey_nps_columns columns = {0};

    (void)state;
    columns.nps = nps;
    columns.low = low;
    columns.high = high;
    assert_int_equal(retain_survey_nps_groups(NULL, score, NULL, 4, 0, 0, &columns), RETAIN_OK);
    assert_near(nps[0], 0.25, 0.0);
    assert_near(low[0], -0.50, 5e-3);
    assert_near(high[0], 0.78, 5e-3);
}

static void scores_outside_the_scale_are_refused_by_row(void **state)
{
    static const int64_t group[] = {0, 1, 1};
    static const double bad[] = {-1, 11, 9.5, (double)NAN, (double)INFINITY};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double nps[3] = {-5, -5, -5};
    const retain_survey_nps_columns columns = {.nps = nps};
    const retain_survey_scale seven = {sizeof seven, 1, 7, 1, 0}, halves = {sizeof halves, 0.5, 5, 0, 0},
                              backwards = {sizeof backwards, 5, 1, 0, 0};
    const retain_survey_scale all_top = {sizeof all_top, 1, 5, 5, 0}, no_level = {sizeof no_level, 0, 0, 0, 1.0};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const double score[] = {1, 2, bad[i]};

        assert_int_equal(retain_survey_nps_groups(&ctx, score, group, 3, 2, 0.0, &columns), RETAIN_ERROR_DATA);
        assert_int_equal(ctx.row, 2);
        assert_int_equal(retain_survey_csat(&ctx, score, group, 3, 2, NULL, NULL, NULL, nps, NULL, NULL), RETAIN_ERROR_DATA);
        assert_int_equal(ctx.row, 2);
        if (bad[i] != 9.5)
            continue;
        assert_string_equal(ctx.error, "score[2] is 9.5; it must be a whole number from 1 to 5");
        assert_int_equal(retain_survey_ces(&ctx, score, group, 3, 2, NULL, NULL, nps, NULL, NULL), RETAIN_ERROR_DATA);
        assert_string_equal(ctx.error, "score[2] is 9.5; it must lie in [1, 7]");
    }
    assert_near(nps[0] + nps[1] + nps[2], -15.0, 0.0);
    {
        const double score[] = {1, 7, 6};

        assert_int_equal(retain_survey_csat(&ctx, score, group, 3, 2, &seven, NULL, NULL, nps, NULL, NULL), RETAIN_OK);
        assert_near(nps[2], 1.0 / 3.0, 0.0);
        assert_int_equal(retain_survey_csat(&ctx, score, group, 3, 2, &halves, NULL, NULL, nps, NULL, NULL), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_survey_csat(&ctx, score, group, 3, 2, &all_top, NULL, NULL, nps, NULL, NULL),
                         RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_survey_ces(&ctx, score, group, 3, 2, &backwards, NULL, nps, NULL, NULL), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_survey_ces(&ctx, score, group, 3, 2, &no_level, NULL, nps, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    }
}

static void groups_are_checked(void **state)
{
    static const double score[] = {1, 2, 3};
    static const int64_t bad[] = {2, -1, INT64_MIN, INT64_MAX};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double nps[3];
    const retain_survey_nps_columns columns = {.nps = nps};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const int64_t group[] = {0, 1, bad[i]};

        assert_int_equal(retain_survey_nps_groups(&ctx, score, group, 3, 2, 0.0, &columns), RETAIN_ERROR_DATA);
        assert_int_equal(ctx.row, 2);
        assert_int_equal(retain_survey_csat(&ctx, score, group, 3, 2, NULL, NULL, NULL, nps, NULL, NULL), RETAIN_ERROR_DATA);
        assert_int_equal(retain_survey_ces(&ctx, score, group, 3, 2, NULL, NULL, nps, NULL, NULL), RETAIN_ERROR_DATA);
    }
    assert_int_equal(retain_survey_nps_groups(&ctx, score, NULL, 3, 2, 0.0, &columns), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "group is NULL; it is required");
    assert_int_equal(retain_survey_nps_groups(&ctx, score, bad, 3, 0, 0.0, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_nps_groups(&ctx, score, bad, 3, SIZE_MAX, 0.0, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_nps_groups(&ctx, NULL, NULL, 3, 0, 0.0, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_nps_groups(&ctx, score, NULL, 3, 0, 0.0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_nps_groups(&ctx, score, NULL, 3, 0, 2.0, &columns), RETAIN_ERROR_ARGUMENT);
}

static void bad_counts_are_refused(void **state)
{
    static const double two[] = {2, 2}, three[] = {3, 3}, bad[] = {3, (double)NAN};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double rate[3];

    (void)state;
    assert_int_equal(retain_survey_response(&ctx, three, two, 2, 0.0, rate, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "responses[0] is 3; it must lie in [0, invited[0] = 2]");
    assert_int_equal(retain_survey_response(&ctx, three, bad, 2, 0.0, rate, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_survey_response(&ctx, NULL, bad, 2, 0.0, rate, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_response(&ctx, two, NULL, 2, 0.0, rate, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_response(&ctx, two, two, 2, 0.0, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_nps_difference(&ctx, two, two, three, two, two, three, 2, 0.0, rate, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_int_equal(retain_survey_nps_difference(&ctx, two, NULL, three, two, two, three, 2, 0.0, rate, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "detractors is NULL; it is required");
    assert_nan(retain_survey_nps(1, 1, 1));
    assert_nan(retain_survey_nps(0, 0, 0));
    assert_nan(retain_survey_nps(1, 0, (double)INFINITY));
}

static void bad_responses_are_refused_by_row(void **state)
{
    static const int64_t customer[] = {1, 2}, day[] = {0, INT64_MAX};
    static const double score[] = {3, 10}, odd[] = {3, 10.5}, nan_score[] = {3, (double)NAN}, falling[] = {3, 3};
    retain_survey_responses responses = {2, customer, day, score};
    const retain_orders none = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    retain_survey_retention_options options = {sizeof options, 30, NULL, 0, RETAIN_SURVEY_FIRST, 0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "responses.day[1] is 9223372036854775807; it must be a day number within +-2^40");
    responses.day = customer;
    responses.score = odd;
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    options.cuts = score;
    options.cut_count = 2;
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_OK);
    responses.score = nan_score;
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    responses.score = score;
    options.cuts = falling;
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    options.cut_count = 0;
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    options = (retain_survey_retention_options){sizeof options, -1, NULL, 0, RETAIN_SURVEY_FIRST, 0};
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    options = (retain_survey_retention_options){sizeof options, 0, NULL, 0, (retain_survey_choice)3, 0};
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, INT64_MAX, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_retention(&ctx, NULL, &none, 50, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_retention(&ctx, &responses, NULL, 50, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    responses.customer = NULL;
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "responses.customer is NULL; it is required");
    responses.score = NULL;
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
}

static void a_context_of_no_size_is_refused(void **state)
{
    static const double score[] = {1, 2};
    const retain_survey_responses responses = {0, NULL, NULL, NULL};
    const retain_orders none = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double out[3];
    const retain_survey_nps_columns columns = {.nps = out};

    (void)state;
    ctx.struct_size = 1;
    assert_int_equal(retain_survey_nps_groups(&ctx, score, NULL, 2, 0, 0.0, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_nps_difference(&ctx, score, score, score, score, score, score, 0, 0.0, out, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_csat(&ctx, score, NULL, 2, 0, NULL, NULL, NULL, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_ces(&ctx, score, NULL, 2, 0, NULL, NULL, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_response(&ctx, score, score, 2, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
}

static void scales_must_make_sense(void **state)
{
    static const double score[] = {0, 10};
    static const struct {
        retain_survey_scale scale;
        int is_good;
    } cases[] = {{{sizeof(retain_survey_scale), 0, 10, 0, 0}, 1},
                 {{sizeof(retain_survey_scale), 0, (double)NAN, 0, 0}, 0},
                 {{sizeof(retain_survey_scale), (double)INFINITY, 5, 0, 0}, 0},
                 {{sizeof(retain_survey_scale), 0, (double)INFINITY, 0, 0}, 0},
                 {{sizeof(retain_survey_scale), 0, 10.5, 0, 0}, 0},
                 {{sizeof(retain_survey_scale), -1e16, 10, 0, 0}, 0},
                 {{sizeof(retain_survey_scale), 0, 1e16, 0, 0}, 0},
                 {{sizeof(retain_survey_scale), 0, 10, 0.5, 0}, 0},
                 {{sizeof(retain_survey_scale), 0, 10, 1.5, 0}, 0},
                 {{sizeof(retain_survey_scale), 0, 10, 10, 0}, 1},
                 {{sizeof(retain_survey_scale), 0, 10, 11, 0}, 0},
                 {{sizeof(retain_survey_scale), 0, 10, 2, 1.5}, 0},
                 {{3, 0, 10, 2, 0}, 0}};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double out;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(retain_survey_csat(&ctx, score, NULL, 2, 0, &cases[i].scale, NULL, NULL, &out, NULL, NULL),
                         cases[i].is_good ? RETAIN_OK : RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_ces(&ctx, score, NULL, 2, 0, &cases[2].scale, NULL, &out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_ces(&ctx, score, NULL, 2, 0, NULL, NULL, &out, NULL, NULL),
                     RETAIN_ERROR_DATA); /* 0 is below 1 */
    assert_int_equal(retain_survey_csat(&ctx, NULL, NULL, 2, 0, NULL, NULL, NULL, &out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_ces(&ctx, NULL, NULL, 2, 0, NULL, NULL, &out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
}

static void what_is_odd_about_counts_is_found(void **state)
{
    static const double minus[] = {-1}, one[] = {1}, endless[] = {(double)INFINITY}, score[] = {10};
    double out[2], high[1];
    const retain_survey_nps_columns columns = {.high = high};

    (void)state;
    assert_nan(retain_survey_nps(-1, 1, 3));
    assert_nan(retain_survey_nps(1, -1, 3));
    assert_int_equal(retain_survey_response(NULL, minus, one, 1, 0.0, out, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_survey_response(NULL, one, endless, 1, 0.0, out, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_survey_response(NULL, one, one, 1, 2.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_response(NULL, NULL, NULL, 0, 0.0, out, NULL, NULL), RETAIN_OK);
    assert_nan(out[0]);
    assert_int_equal(retain_survey_nps_difference(NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0.0, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_survey_nps_difference(NULL, one, one, one, one, one, one, 1, 3.0, out, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_nps_difference(NULL, one, minus, one, one, one, one, 1, 0.0, out, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_int_equal(retain_survey_nps_groups(NULL, score, NULL, 1, 0, 0.0, &columns), RETAIN_OK);
    assert_near(high[0], 1.0, 0.0);
}

static void bad_options_of_retention_are_refused(void **state)
{
    static const double endless[] = {1, (double)INFINITY}, score[] = {-1};
    static const int64_t customer[] = {1}, day[] = {1}, early[] = {INT64_MIN};
    const retain_orders none = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    retain_survey_responses responses = {1, customer, day, score};
    retain_survey_retention_options options = {sizeof options, 30, endless, 2, RETAIN_SURVEY_FIRST, 0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    options = (retain_survey_retention_options){sizeof options, ((int64_t)1 << 40) + 1, NULL, 0, RETAIN_SURVEY_FIRST, 0};
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    options = (retain_survey_retention_options){sizeof options, 0, NULL, 0, RETAIN_SURVEY_FIRST, 1.0};
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, &options, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    responses = (retain_survey_responses){1, customer, early, endless};
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, INT64_MIN, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    responses.day = NULL;
    assert_int_equal(retain_survey_retention(&ctx, &responses, &none, 50, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "responses.day is NULL; it is required");
}

/* --- memory and threads ------------------------------------------------------------------------------------------------------- */

typedef struct world {
    answers all;
    order_columns orders;
    double columns[5][GROUPS + 1];
    retain_survey_retention_report report;
} world;

static retain_status run_everything(retain_context *ctx, void *state)
{
    world *w = state;
    const retain_survey_responses responses = {w->all.count, w->all.customer, w->all.day, w->all.nps};
    const retain_survey_nps_columns columns = {.nps = w->columns[0]};
    retain_status status = retain_survey_retention(ctx, &responses, &w->orders.view, 400, NULL, NULL, w->columns[0], w->columns[1],
                                                   w->columns[2], w->columns[3], w->columns[4], &w->report);

    if (status == RETAIN_OK)
        status = retain_survey_nps_groups(ctx, w->all.nps, w->all.group, w->all.count, GROUPS, 0.0, &columns);
    if (status == RETAIN_OK)
        status =
            retain_survey_csat(ctx, w->all.csat, w->all.group, w->all.count, GROUPS, NULL, NULL, NULL, w->columns[0], NULL, NULL);
    return status == RETAIN_OK
               ? retain_survey_ces(ctx, w->all.ces, w->all.group, w->all.count, GROUPS, NULL, NULL, w->columns[0], NULL, NULL)
               : status;
}

static void memory_exhaustion_is_survived(void **state)
{
    static world w;

    (void)state;
    w.all = read_answers();
    read_order_columns(&w.orders);
    w.report.struct_size = sizeof w.report;
    survives_memory_exhaustion(run_everything, NULL, &w);
}

static void threads_change_nothing(void **state)
{
    static world one, many;
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    one.all = many.all = read_answers();
    read_order_columns(&one.orders);
    read_order_columns(&many.orders);
    one.report.struct_size = many.report.struct_size = sizeof one.report;
    assert_int_equal(run_everything(&ctx, &one), RETAIN_OK);
    for (ctx.threads = 2; ctx.threads < 9; ctx.threads += 3) {
        assert_int_equal(run_everything(&ctx, &many), RETAIN_OK);
        assert_memory_equal(&one.report, &many.report, sizeof one.report);
        assert_memory_equal(one.columns, many.columns, sizeof one.columns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_meet_the_golden_figures),
        cmocka_unit_test(without_groups_there_is_the_same_total),
        cmocka_unit_test(differences_meet_the_golden_ones),
        cmocka_unit_test(response_rates_are_shares_of_those_asked),
        cmocka_unit_test(retention_meets_the_golden_rates),
        cmocka_unit_test(finds_who_came_back_as_scanning_does),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(scores_outside_the_scale_are_refused_by_row),
        cmocka_unit_test(groups_are_checked),
        cmocka_unit_test(bad_counts_are_refused),
        cmocka_unit_test(bad_responses_are_refused_by_row),
        cmocka_unit_test(a_context_of_no_size_is_refused),
        cmocka_unit_test(scales_must_make_sense),
        cmocka_unit_test(what_is_odd_about_counts_is_found),
        cmocka_unit_test(bad_options_of_retention_are_refused),
        cmocka_unit_test(memory_exhaustion_is_survived),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What customers did after they had been asked: golden rates, a second opinion by scanning, and what is refused. */
#include "logs.h"
#include "survey_answers.h"

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

/* --- rules ------------------------------------------------------------------------------------------------------------------------ */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retention_meets_the_golden_rates),
        cmocka_unit_test(finds_who_came_back_as_scanning_does),
        cmocka_unit_test(bad_responses_are_refused_by_row),
        cmocka_unit_test(bad_options_of_retention_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Scores and shares: golden values, and what is refused. */
#include "retain/rate.h"
#include "survey_answers.h"

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
    assert_int_equal(retain_survey_response(&ctx, (double[]){2, 2.5}, (double[]){2, 11}, 2, 0.0, rate, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "responses[1] is 2.5 of invited[1] = 11; both must be whole");
    assert_int_equal(retain_survey_response(&ctx, (double[]){2, 2}, (double[]){2, 10.7}, 2, 0.0, rate, NULL, NULL),
                     RETAIN_ERROR_DATA);
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
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(scores_outside_the_scale_are_refused_by_row),
        cmocka_unit_test(groups_are_checked),
        cmocka_unit_test(bad_counts_are_refused),
        cmocka_unit_test(a_context_of_no_size_is_refused),
        cmocka_unit_test(scales_must_make_sense),
        cmocka_unit_test(what_is_odd_about_counts_is_found),
        cmocka_unit_test(memory_exhaustion_is_survived),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

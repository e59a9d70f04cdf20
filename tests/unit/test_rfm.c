/* Scores and segments against definitions that look at every customer. */
#include "logs.h"
#include "retain/rfm.h"

enum { MOST = 400 };

typedef struct shop {
    size_t count;
    double days[MOST], occasions[MOST], revenue[MOST];
} shop;

/* Customers of any kind: few or many different values, of any size. */
static shop draw_shop(uint64_t *seed, size_t count)
{
    shop drawn = {.count = count};
    const int64_t days = random_between(seed, 1, 500), orders = random_between(seed, 1, 8);

    for (size_t i = 0; i < count; i++) {
        drawn.days[i] = (double)random_between(seed, 0, days);
        drawn.occasions[i] = (double)random_between(seed, 1, orders);
        drawn.revenue[i] = (double)random_between(seed, -100, 10000) * (random_between(seed, 0, 9) ? 0.01 : 1e6);
    }
    return drawn;
}

static retain_status fit(const shop *from, int bins, retain_rfm *rfm)
{
    const retain_rfm_options options = {sizeof options, bins};

    return retain_rfm_fit(NULL, from->days, from->occasions, from->revenue, from->count, &options, rfm);
}

static retain_status score(const shop *from, const retain_rfm *rfm, uint8_t *r, uint8_t *f, uint8_t *m)
{
    return retain_rfm_scores(NULL, rfm, from->days, from->occasions, from->revenue, from->count, r, f, m);
}

/* --- scores ----------------------------------------------------------------------------------------------------------------------- */

/* From the definition: 1 + floor(bins (worse + equal / 2) / n). */
static int score_slowly(const double *column, size_t count, int fewer_is_better, int bins, size_t i)
{
    size_t worse = 0, equal = 0;

    for (size_t j = 0; j < count; j++) {
        worse += fewer_is_better ? column[j] > column[i] : column[j] < column[i];
        equal += column[j] == column[i];
    }
    return 1 + (int)((size_t)bins * (2 * worse + equal) / (2 * count));
}

static void scores_are_mid_ranks_for_any_customers_and_any_number_of_bins(void **state)
{
    uint64_t seed = 99;

    (void)state;
    for (int round = 0; round < 400; round++) {
        const shop drawn = draw_shop(&seed, (size_t)random_between(&seed, 1, round % 4 ? 40 : MOST));
        const int bins = 2 + round % 8;
        uint8_t r[MOST], f[MOST], m[MOST];
        retain_rfm rfm;

        assert_int_equal(fit(&drawn, bins, &rfm), RETAIN_OK);
        assert_int_equal(rfm.bins, bins);
        assert_int_equal(score(&drawn, &rfm, r, f, m), RETAIN_OK);
        for (size_t i = 0; i < drawn.count; i++) {
            assert_int_equal(r[i], score_slowly(drawn.days, drawn.count, 1, bins, i));
            assert_int_equal(f[i], score_slowly(drawn.occasions, drawn.count, 0, bins, i));
            assert_int_equal(m[i], score_slowly(drawn.revenue, drawn.count, 0, bins, i));
        }
    }
}

static void scores_agree_with_exact_fractions(void **state)
{
    golden table = golden_read("rfm/scores.csv");

    (void)state;
    for (size_t row = 0, end; row < table.rows; row = end) {
        shop given = {.count = 0};
        uint8_t r[MOST], f[MOST], m[MOST];
        retain_rfm rfm;

        for (end = row; end < table.rows && !strcmp(golden_text(&table, end, "dataset"), golden_text(&table, row, "dataset")) &&
                        !strcmp(golden_text(&table, end, "bins"), golden_text(&table, row, "bins"));
             end++) {
            given.days[given.count] = golden_number(&table, end, "days_since_last");
            given.occasions[given.count] = golden_number(&table, end, "occasions");
            given.revenue[given.count++] = golden_number(&table, end, "revenue");
        }
        assert_int_equal(fit(&given, (int)golden_number(&table, row, "bins"), &rfm), RETAIN_OK);
        assert_int_equal(score(&given, &rfm, r, f, m), RETAIN_OK);
        for (size_t i = 0; i < given.count; i++) {
            assert_int_equal(r[i], (int)golden_number(&table, row + i, "r"));
            assert_int_equal(f[i], (int)golden_number(&table, row + i, "f"));
            assert_int_equal(m[i], (int)golden_number(&table, row + i, "m"));
        }
    }
    golden_free(&table);
}

static void quintiles_of_distinct_values_are_fifths(void **state)
{
    const shop ten = {
        10, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {10, 20, 30, 40, 50, 60, 70, 80, 90, 100}};
    uint8_t r[10], f[10], m[10];
    retain_rfm rfm;

    (void)state;
    assert_int_equal(retain_rfm_fit(NULL, ten.days, ten.occasions, ten.revenue, 10, NULL, &rfm), RETAIN_OK);
    assert_int_equal(rfm.bins, 5);
    assert_memory_equal(rfm.recency, ((double[]){1, 3, 5, 7, 0, 0, 0, 0}), sizeof rfm.recency);
    assert_memory_equal(rfm.frequency, ((double[]){3, 5, 7, 9, 0, 0, 0, 0}), sizeof rfm.frequency);
    assert_memory_equal(rfm.monetary, ((double[]){30, 50, 70, 90, 0, 0, 0, 0}), sizeof rfm.monetary);
    assert_int_equal(score(&ten, &rfm, r, f, m), RETAIN_OK);
    assert_memory_equal(r, ((uint8_t[]){5, 5, 4, 4, 3, 3, 2, 2, 1, 1}), 10);
    assert_memory_equal(f, ((uint8_t[]){1, 1, 2, 2, 3, 3, 4, 4, 5, 5}), 10);
    assert_memory_equal(m, f, 10);
}

static void scores_that_nobody_reaches_have_infinite_cuts(void **state)
{
    const shop alike = {.count = 3, .days = {7, 7, 7}, .occasions = {2, 2, 2}, .revenue = {-0.0, 0.0, 0.0}};
    const double days[] = {0.0, 7.0, 8.0}, occasions[] = {1.0, 2.0, 1e300}, revenue[] = {-1.0, 0.0, 1.0};
    uint8_t r[3], f[3], m[3];
    retain_rfm rfm;

    (void)state;
    assert_int_equal(fit(&alike, 5, &rfm), RETAIN_OK);
    assert_memory_equal(rfm.recency, ((double[]){-INFINITY, -INFINITY, 7, 7}), 4 * sizeof(double));
    assert_memory_equal(rfm.frequency, ((double[]){2, 2, INFINITY, INFINITY}), 4 * sizeof(double));
    assert_memory_equal(rfm.monetary, ((double[]){0, 0, INFINITY, INFINITY}), 4 * sizeof(double));
    assert_int_equal(retain_rfm_scores(NULL, &rfm, days, occasions, revenue, 3, r, f, m), RETAIN_OK);
    assert_memory_equal(r, ((uint8_t[]){3, 3, 1}), 3);
    assert_memory_equal(f, ((uint8_t[]){1, 3, 3}), 3);
    assert_memory_equal(m, ((uint8_t[]){1, 3, 3}), 3);
}

static void cuts_that_were_typed_in_score_any_customer(void **state)
{
    const retain_rfm rfm = {3, {30, 90}, {2, 5}, {50, 500}};
    const double days[] = {0, 30, 31, 90, 91}, occasions[] = {1, 2, 4, 5, 9}, revenue[] = {49.99, 50, 499, 500, 1e9};
    uint8_t r[5], f[5], m[5];

    (void)state;
    assert_int_equal(retain_rfm_scores(NULL, &rfm, days, occasions, revenue, 5, r, f, m), RETAIN_OK);
    assert_memory_equal(r, ((uint8_t[]){3, 3, 2, 2, 1}), 5);
    assert_memory_equal(f, ((uint8_t[]){1, 2, 2, 3, 3}), 5);
    assert_memory_equal(m, ((uint8_t[]){1, 2, 2, 3, 3}), 5);
    memset(r, 77, sizeof r);
    assert_int_equal(retain_rfm_scores(NULL, &rfm, NULL, occasions, NULL, 5, NULL, r, NULL), RETAIN_OK);
    assert_memory_equal(r, f, 5);
}

static void scores_do_not_depend_on_the_order_of_the_customers_nor_on_the_unit_of_money(void **state)
{
    uint64_t seed = 5;
    shop drawn = draw_shop(&seed, 300), turned = drawn;
    uint8_t r[MOST], f[MOST], m[MOST], r2[MOST], f2[MOST], m2[MOST];
    retain_rfm rfm;

    (void)state;
    for (size_t i = 0; i < 300; i++) {
        turned.days[i] = drawn.days[299 - i];
        turned.occasions[i] = drawn.occasions[299 - i];
        turned.revenue[i] = 8.0 * drawn.revenue[299 - i];
    }
    assert_int_equal(fit(&drawn, 7, &rfm), RETAIN_OK);
    assert_int_equal(score(&drawn, &rfm, r, f, m), RETAIN_OK);
    assert_int_equal(fit(&turned, 7, &rfm), RETAIN_OK);
    assert_int_equal(score(&turned, &rfm, r2, f2, m2), RETAIN_OK);
    for (size_t i = 0; i < 300; i++)
        assert_true(r[i] == r2[299 - i] && f[i] == f2[299 - i] && m[i] == m2[299 - i]);
}

static void many_customers_are_scored_like_few(void **state)
{
    enum { N = 200000 };
    uint64_t seed = 3;
    double *column = malloc(N * sizeof *column), *ones = malloc(N * sizeof *ones);
    uint8_t *m = malloc(N);
    size_t counts[10] = {0};
    retain_rfm rfm;
    const retain_rfm_options options = {sizeof options, 9};

    (void)state;
    for (size_t i = 0; i < N; i++) {
        ones[i] = 1.0;
        column[i] = exp((double)(random_bits(&seed) >> 11) * 0x1p-53 * 20.0) * (i % 3 ? 1.0 : -1e-250);
    }
    assert_int_equal(retain_rfm_fit(NULL, ones, ones, column, N, &options, &rfm), RETAIN_OK);
    assert_int_equal(retain_rfm_scores(NULL, &rfm, ones, ones, column, N, NULL, NULL, m), RETAIN_OK);
    for (size_t i = 0; i < N; i++)
        counts[m[i]]++;
    for (int k = 1; k <= 9; k++)
        assert_true(counts[k] >= N / 9 - 1 && counts[k] <= N / 9 + 2);
    free(column);
    free(ones);
    free(m);
}

static void days_since_last_are_counted_from_the_observation_end(void **state)
{
    const int64_t last_day[] = {100, 90, -5, -((int64_t)1 << 40)};
    double days[4] = {-7.0, -7.0, -7.0, -7.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_rfm_days_since_last(NULL, last_day, 4, 100, days), RETAIN_OK);
    assert_memory_equal(days, ((double[]){0, 10, 105, 0x1p40 + 100}), sizeof days);
    days[0] = -7.0;
    assert_int_equal(retain_rfm_days_since_last(&ctx, last_day, 4, 99, days), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "last_day[0] is 100; it must not be after the observation end, 99");
    assert_near(days[0], -7.0, 0.0);
    assert_int_equal(retain_rfm_days_since_last(&ctx, (int64_t[]){INT64_MIN}, 1, 99, days), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "last_day[0] is -9223372036854775808; it must be a day number within +-2^40");
    assert_int_equal(retain_rfm_days_since_last(&ctx, last_day, 4, INT64_MAX, days), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_days_since_last(&ctx, NULL, 4, 99, days), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_days_since_last(&ctx, last_day, 4, 100, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_days_since_last(&ctx, NULL, 0, 99, NULL), RETAIN_OK);
}

/* --- segments --------------------------------------------------------------------------------------------------------------------- */

static void every_code_has_one_segment_and_every_segment_a_code(void **state)
{
    uint8_t r[RETAIN_RFM_CODES], f[RETAIN_RFM_CODES], m[RETAIN_RFM_CODES], segment[RETAIN_RFM_CODES], map[RETAIN_RFM_CODES];
    size_t codes[RETAIN_RFM_SEGMENTS] = {0};

    (void)state;
    for (int code = 0; code < RETAIN_RFM_CODES; code++) {
        r[code] = (uint8_t)(1 + code / 25);
        f[code] = (uint8_t)(1 + code / 5 % 5);
        m[code] = (uint8_t)(1 + code % 5);
        map[code] = (uint8_t)code;
    }
    assert_int_equal(retain_rfm_segments(NULL, r, f, m, RETAIN_RFM_CODES, NULL, segment), RETAIN_OK);
    for (int code = 0; code < RETAIN_RFM_CODES; code++) {
        assert_int_equal(segment[code], retain_rfm_default_segment(r[code], f[code], m[code]));
        assert_true(segment[code] < RETAIN_RFM_SEGMENTS);
        codes[segment[code]]++;
    }
    /* bands of 4, 6, 9 and 6 pairs (f, m), by which recencies share a name */
    assert_memory_equal(codes, ((size_t[]){8, 22, 18, 6, 6, 9, 6, 30, 8, 6, 6}), sizeof codes);
    assert_int_equal(retain_rfm_segments(NULL, r, f, m, RETAIN_RFM_CODES, map, segment), RETAIN_OK);
    assert_memory_equal(segment, map, sizeof map);
}

static void segments_have_the_names_of_the_documented_table(void **state)
{
    golden table = golden_read("rfm/cdnow_codes.csv");

    (void)state;
    assert_int_equal(table.rows, RETAIN_RFM_CODES);
    for (size_t row = 0; row < table.rows; row++) {
        const int segment = retain_rfm_default_segment((int)golden_number(&table, row, "r"), (int)golden_number(&table, row, "f"),
                                                       (int)golden_number(&table, row, "m"));

        assert_string_equal(retain_rfm_segment_name((retain_rfm_segment)segment), golden_text(&table, row, "segment"));
    }
    golden_free(&table);
    assert_string_equal(retain_rfm_segment_name((retain_rfm_segment)RETAIN_RFM_SEGMENTS), "unknown");
    for (int bad = -1; bad <= 6; bad += 7) {
        assert_int_equal(retain_rfm_default_segment(bad, 1, 1), -1);
        assert_int_equal(retain_rfm_default_segment(1, bad, 1), -1);
        assert_int_equal(retain_rfm_default_segment(1, 1, bad), -1);
    }
}

/* --- refusals ----------------------------------------------------------------------------------------------------------------------- */

#define REFUSES(call, status, sentence)           \
    do {                                          \
        assert_int_equal((call), (status));       \
        assert_string_equal(ctx.error, sentence); \
    } while (0)

static void fits_and_scores_refuse_bad_input_by_name_and_write_nothing(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    const double good[] = {1.0, 2.0}, nan[] = {1.0, (double)NAN}, negative[] = {-1.0, 2.0}, infinite[] = {1.0, (double)INFINITY};
    retain_rfm_options options = {sizeof options, 10};
    retain_rfm rfm = {77, {0}, {0}, {0}}, cuts = {3, {30, 90}, {5, 2}, {0, (double)NAN}};
    uint8_t r[2] = {77, 77};

    (void)state;
    REFUSES(retain_rfm_fit(&ctx, good, good, good, 2, &options, &rfm), RETAIN_ERROR_ARGUMENT,
            "options.bins is 10; it must lie in [2, 9] (0 means 5)");
    options.bins = 1;
    assert_int_equal(retain_rfm_fit(&ctx, good, good, good, 2, &options, &rfm), RETAIN_ERROR_ARGUMENT);
    options = (retain_rfm_options){3, 5};
    assert_int_equal(retain_rfm_fit(&ctx, good, good, good, 2, &options, &rfm), RETAIN_ERROR_ARGUMENT);
    REFUSES(retain_rfm_fit(&ctx, good, good, good, 0, NULL, &rfm), RETAIN_ERROR_DATA, "count is 0; quantiles need customers");
    REFUSES(retain_rfm_fit(&ctx, good, good, nan, 2, NULL, &rfm), RETAIN_ERROR_DATA, "revenue[1] is NaN; it must be finite");
    assert_int_equal(ctx.row, 1);
    REFUSES(retain_rfm_fit(&ctx, negative, good, good, 2, NULL, &rfm), RETAIN_ERROR_DATA,
            "days_since_last[0] is -1; it must be finite and not negative");
    REFUSES(retain_rfm_fit(&ctx, good, infinite, good, 2, NULL, &rfm), RETAIN_ERROR_DATA,
            "occasions[1] is infinity; it must be finite and not negative");
    assert_int_equal(retain_rfm_fit(&ctx, NULL, good, good, 2, NULL, &rfm), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_fit(&ctx, good, good, good, 2, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(rfm.bins, 77);
    REFUSES(retain_rfm_scores(&ctx, &rfm, good, good, good, 2, r, NULL, NULL), RETAIN_ERROR_ARGUMENT,
            "rfm.bins is 77; it must lie in [2, 9]");
    REFUSES(retain_rfm_scores(&ctx, &cuts, good, good, good, 2, r, NULL, NULL), RETAIN_ERROR_ARGUMENT,
            "rfm.frequency[1] is 2; it must not be less than the cut before it, 5");
    cuts.frequency[1] = 5;
    REFUSES(retain_rfm_scores(&ctx, &cuts, good, good, good, 2, r, NULL, NULL), RETAIN_ERROR_ARGUMENT,
            "rfm.monetary[1] is NaN; it must be a number, or infinite");
    cuts.monetary[1] = 0;
    cuts.bins = 1;
    assert_int_equal(retain_rfm_scores(&ctx, &cuts, good, good, good, 2, r, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    cuts.bins = 3;
    assert_int_equal(retain_rfm_scores(&ctx, NULL, good, good, good, 2, r, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_scores(&ctx, &cuts, NULL, good, good, 2, r, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_scores(&ctx, &cuts, good, good, nan, 2, r, NULL, r), RETAIN_ERROR_DATA);
    assert_int_equal(r[0], 77);
}

static void the_first_bad_row_of_many_is_named(void **state)
{
    enum { N = 5000 };
    static double column[N];
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_rfm rfm;

    (void)state;
    for (size_t bad = 0; bad < N; bad += 7) {
        column[bad] = column[N - 1] = -1.0;
        assert_int_equal(retain_rfm_fit(&ctx, column, column, column, N, NULL, &rfm), RETAIN_ERROR_DATA);
        assert_int_equal(ctx.row, bad);
        column[bad] = column[N - 1] = 0.0;
    }
    assert_int_equal(retain_rfm_fit(&ctx, column, column, column, N, NULL, &rfm), RETAIN_OK);
}

static void segments_refuse_bad_input_by_name_and_write_nothing(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    const uint8_t good[] = {1, 5}, zero[] = {1, 0}, six[] = {6, 1};
    uint8_t map[RETAIN_RFM_CODES] = {0}, segment[2] = {77, 77};

    (void)state;
    assert_int_equal(retain_rfm_check_segments(&ctx, &(retain_rfm){.bins = 5}), RETAIN_OK);
    REFUSES(retain_rfm_check_segments(&ctx, &(retain_rfm){.bins = 3}), RETAIN_ERROR_ARGUMENT,
            "rfm.bins is 3; it must be 5: segments are made of five scores");
    assert_int_equal(retain_rfm_check_segments(&ctx, NULL), RETAIN_ERROR_ARGUMENT);
    REFUSES(retain_rfm_segments(&ctx, good, zero, good, 2, NULL, segment), RETAIN_ERROR_DATA,
            "f[1] is 0; it must be a score from 1 to 5");
    assert_int_equal(retain_rfm_segments(&ctx, six, good, good, 2, NULL, segment), RETAIN_ERROR_DATA);
    assert_int_equal(retain_rfm_segments(&ctx, good, good, six, 2, NULL, segment), RETAIN_ERROR_DATA);
    assert_int_equal(retain_rfm_segments(&ctx, good, good, NULL, 2, NULL, segment), RETAIN_ERROR_ARGUMENT);
    REFUSES(retain_rfm_segments(&ctx, good, good, good, 2, NULL, NULL), RETAIN_ERROR_ARGUMENT, "segment is NULL; it is required");
    assert_int_equal(retain_rfm_segments(&ctx, NULL, good, good, 2, NULL, segment), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_segments(&ctx, good, NULL, good, 2, NULL, segment), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_segments(NULL, NULL, NULL, NULL, 0, NULL, NULL), RETAIN_OK);
    map[124] = 255;
    REFUSES(retain_rfm_segments(&ctx, good, good, good, 2, map, segment), RETAIN_ERROR_ARGUMENT,
            "map[124] is 255; it must lie in [0, 254]");
    assert_int_equal(segment[0], 77);
}

static void refuses_contexts_of_another_size(void **state)
{
    retain_context ctx = {.struct_size = 3};
    const retain_rfm cuts = {3, {30, 90}, {2, 5}, {50, 500}};
    const int64_t day = 3;
    const uint8_t score = 5;
    double number = 1.0;
    uint8_t out = 77;
    retain_rfm rfm = {77, {0}, {0}, {0}};

    (void)state;
    assert_int_equal(retain_rfm_days_since_last(&ctx, &day, 1, 5, &number), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_fit(&ctx, &number, &number, &number, 1, NULL, &rfm), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_scores(&ctx, &cuts, &number, &number, &number, 1, &out, &out, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_segments(&ctx, &score, &score, &score, 1, NULL, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_rfm_check_segments(&ctx, &(retain_rfm){.bins = 5}), RETAIN_ERROR_ARGUMENT);
    assert_true(number == 1.0 && out == 77 && rfm.bins == 77);
}

static retain_status fit_three(retain_context *ctx, void *state)
{
    const double days[] = {5, 6, 7}, occasions[] = {1, 1, 3}, revenue[] = {5, 50, 500};
    retain_rfm rfm;

    const uint8_t scores[] = {1, 3, 5};
    uint8_t segment[3];
    retain_status status = retain_rfm_fit(ctx, days, occasions, revenue, 3, NULL, &rfm);

    (void)state;
    return status == RETAIN_OK ? retain_rfm_segments(ctx, scores, scores, scores, 3, NULL, segment) : status;
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    survives_memory_exhaustion(fit_three, NULL, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_mid_ranks_for_any_customers_and_any_number_of_bins),
        cmocka_unit_test(scores_agree_with_exact_fractions),
        cmocka_unit_test(quintiles_of_distinct_values_are_fifths),
        cmocka_unit_test(scores_that_nobody_reaches_have_infinite_cuts),
        cmocka_unit_test(cuts_that_were_typed_in_score_any_customer),
        cmocka_unit_test(scores_do_not_depend_on_the_order_of_the_customers_nor_on_the_unit_of_money),
        cmocka_unit_test(many_customers_are_scored_like_few),
        cmocka_unit_test(days_since_last_are_counted_from_the_observation_end),
        cmocka_unit_test(every_code_has_one_segment_and_every_segment_a_code),
        cmocka_unit_test(segments_have_the_names_of_the_documented_table),
        cmocka_unit_test(fits_and_scores_refuse_bad_input_by_name_and_write_nothing),
        cmocka_unit_test(the_first_bad_row_of_many_is_named),
        cmocka_unit_test(segments_refuse_bad_input_by_name_and_write_nothing),
        cmocka_unit_test(refuses_contexts_of_another_size),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Scores against an oracle and against plain Python: pairs looked at one by one, no pooling, 40 digits. */
#include "retain/scoring.h"

#include "support.h"

enum { MOST = 512, FIGURES = 28 };

static const char *FIGURE[FIGURES] = {"customers",
                                      "positives",
                                      "prevalence",
                                      "prevalence_low",
                                      "prevalence_high",
                                      "auc",
                                      "auc_error",
                                      "auc_low",
                                      "auc_high",
                                      "average_precision",
                                      "mean_score",
                                      "brier",
                                      "brier_low",
                                      "brier_high",
                                      "uncertainty",
                                      "discrimination",
                                      "miscalibration",
                                      "log_loss",
                                      "log_loss_low",
                                      "log_loss_high",
                                      "calibration_error",
                                      "intercept",
                                      "intercept_error",
                                      "slope",
                                      "slope_error",
                                      "gini",
                                      "ks",
                                      "ks_score"};

typedef struct rows {
    double score[MOST], other[MOST], rank[MOST], weight[MOST];
    uint8_t outcome[MOST];
    size_t count;
} rows;

static void read_customers(rows *into)
{
    golden table = golden_read("scoring/customers.csv");

    into->count = table.rows;
    for (size_t i = 0; i < table.rows; i++) {
        into->score[i] = golden_number(&table, i, "score");
        into->other[i] = golden_number(&table, i, "other");
        into->rank[i] = golden_number(&table, i, "rank");
        into->weight[i] = golden_number(&table, i, "weight");
        into->outcome[i] = golden_number(&table, i, "outcome") > 0.0;
    }
    golden_free(&table);
}

static const double *column_of(const rows *of, const char *name)
{
    return strcmp(name, "score") == 0 ? of->score : strcmp(name, "other") == 0 ? of->other : of->rank;
}

/* Figure number `f` of a report: they follow each other. */
static double figure_of(const retain_scoring_report *report, size_t f)
{
    double figures[FIGURES];

    memcpy(figures, &report->customers, sizeof figures);
    return figures[f];
}

static void assert_close(double got, const golden *table, size_t row, const char *column, double tolerance)
{
    const double want = golden_number(table, row, column);

    assert_near(got, want, tolerance * (1.0 + (isnan(want) ? 0.0 : fabs(want))));
}

static size_t read_list(const char *text, double *into)
{
    size_t count = 0;

    for (char *end; *text; text = end) {
        into[count++] = strtod(text, &end);
        while (*end == ' ')
            end++;
    }
    return count;
}

static void measures_are_those_of_the_oracle(void **state)
{
    golden table = golden_read("scoring/scoring.csv");
    double score[MOST], y[MOST];
    uint8_t outcome[MOST];

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        retain_scoring_report report = {.struct_size = sizeof report};
        const size_t count = read_list(golden_text(&table, row, "score"), score);

        assert_int_equal(read_list(golden_text(&table, row, "y"), y), count);
        for (size_t i = 0; i < count; i++)
            outcome[i] = y[i] > 0.0;
        assert_int_equal(retain_scoring_measures(NULL, score, outcome, NULL, count, NULL, &report), RETAIN_OK);
        assert_close(report.auc, &table, row, "auc", 1e-14);
        assert_close(report.brier, &table, row, "brier", 1e-14);
        assert_close(report.log_loss, &table, row, "log_loss", 1e-14);
    }
    golden_free(&table);
}

static void measures_meet_the_golden_ones(void **state)
{
    golden table = golden_read("scoring/measures.csv");
    double auc;
    static rows of;

    (void)state;
    read_customers(&of);
    for (size_t row = 0; row < table.rows; row++) {
        const retain_scoring_options options = {.struct_size = sizeof options,
                                                .level = golden_number(&table, row, "level"),
                                                .groups = (size_t)golden_number(&table, row, "groups")};
        retain_scoring_report report = {.struct_size = sizeof report};

        assert_int_equal(retain_scoring_measures(NULL, column_of(&of, golden_text(&table, row, "score_column")), of.outcome,
                                                 golden_number(&table, row, "weights") > 0.0 ? of.weight : NULL, of.count, &options,
                                                 &report),
                         RETAIN_OK);
        for (size_t f = 0; f < FIGURES; f++)
            assert_close(figure_of(&report, f), &table, row, FIGURE[f], 1e-12);
        assert_int_equal(retain_scoring_auc(NULL, column_of(&of, golden_text(&table, row, "score_column")), of.outcome,
                                            golden_number(&table, row, "weights") > 0.0 ? of.weight : NULL, of.count, &auc),
                         RETAIN_OK);
        assert_close(auc, &table, row, "auc", 3e-16);
    }
    golden_free(&table);
}

static void points_meet_the_golden_ones(void **state)
{
    static const char *names[] = {"score", "selected", "positives", "precision", "recall", "fallout", "expected"};
    golden table = golden_read("scoring/points.csv");
    static double got[7][MOST];
    const retain_scoring_points_columns columns = {got[0], got[1], got[2], got[3], got[4], got[5], got[6]};
    static rows of;
    size_t at = 0, points = 0;

    (void)state;
    read_customers(&of);
    for (size_t row = 0; row < table.rows; row++, at++) {
        if (at == points) {
            assert_int_equal(retain_scoring_points(NULL, column_of(&of, golden_text(&table, row, "score_column")), of.outcome,
                                                   golden_number(&table, row, "weights") > 0.0 ? of.weight : NULL, of.count,
                                                   &columns, MOST, &points),
                             RETAIN_OK);
            at = 0;
        }
        for (size_t c = 0; c < 7; c++)
            assert_close(got[c][at], &table, row, names[c], 1e-13);
    }
    assert_int_equal(at, points);
    golden_free(&table);
}

static void comparisons_meet_the_golden_ones(void **state)
{
    golden table = golden_read("scoring/comparisons.csv");
    static rows of;

    (void)state;
    read_customers(&of);
    for (size_t row = 0; row < table.rows; row++) {
        retain_scoring_comparison got = {.struct_size = sizeof got};

        assert_int_equal(retain_scoring_compare(NULL, of.other, of.score, of.outcome,
                                                golden_number(&table, row, "weights") > 0.0 ? of.weight : NULL, of.count,
                                                golden_number(&table, row, "level"), &got),
                         RETAIN_OK);
        assert_close(got.first_auc, &table, row, "first_auc", 1e-14);
        assert_close(got.second_auc, &table, row, "second_auc", 1e-14);
        assert_close(got.auc_gain, &table, row, "auc_gain", 1e-14);
        assert_close(got.auc_error, &table, row, "auc_error", 1e-13);
        assert_close(got.auc_low, &table, row, "auc_low", 1e-13);
        assert_close(got.auc_high, &table, row, "auc_high", 1e-13);
        assert_close(got.auc_p_value, &table, row, "auc_p_value", 1e-12);
        assert_close(got.brier_gain, &table, row, "brier_gain", 1e-14);
        assert_close(got.brier_low, &table, row, "brier_low", 1e-13);
        assert_close(got.brier_high, &table, row, "brier_high", 1e-13);
    }
    golden_free(&table);
}

static void drift_meets_the_golden_one(void **state)
{
    golden values = golden_read("scoring/values.csv"), table = golden_read("scoring/drift.csv");
    double before[MOST], after[MOST], edge[100], p[100], q[100], psi, p_value;
    size_t n = 0, m = 0, used, at = 0, bins = 0;

    (void)state;
    for (size_t i = 0; i < values.rows; i++) {
        before[n++] = golden_number(&values, i, "before");
        if (!golden_blank(&values, i, "after"))
            after[m++] = golden_number(&values, i, "after");
    }
    for (size_t row = 0; row < table.rows; row++, at++) {
        if ((size_t)golden_number(&table, row, "bins") != bins) {
            bins = (size_t)golden_number(&table, row, "bins");
            at = 0;
            assert_int_equal(retain_scoring_drift(NULL, before, n, after, m, bins, edge, p, q, &used, &psi, &p_value), RETAIN_OK);
        }
        assert_near((double)used, golden_number(&table, row, "used"), 0.0);
        assert_close(psi, &table, row, "psi", 1e-14);
        assert_close(p_value, &table, row, "p_value", 1e-13);
        assert_near(edge[at], golden_number(&table, row, "edge"), 0.0);
        assert_close(p[at], &table, row, "before_share", 1e-15);
        assert_close(q[at], &table, row, "after_share", 1e-15);
    }
    for (; at < bins; at++)
        assert_nan(edge[at]);
    golden_free(&values);
    golden_free(&table);
}

/* --- laws ------------------------------------------------------------------------------------------------------------------------- */

static void the_brier_score_is_the_sum_of_its_parts(void **state)
{
    uint64_t stream = 1998;
    double score[MOST];
    uint8_t outcome[MOST];

    (void)state;
    for (int world = 0; world < 200; world++) {
        retain_scoring_report report = {.struct_size = sizeof report};

        for (size_t i = 0; i < MOST; i++) {
            const double true_share = (double)(random_bits(&stream) >> 11) * 0x1p-53;

            score[i] = world % 2 ? true_share : true_share * true_share;
            outcome[i] = (double)(random_bits(&stream) >> 11) * 0x1p-53 < true_share;
        }
        assert_int_equal(retain_scoring_measures(NULL, score, outcome, NULL, MOST, NULL, &report), RETAIN_OK);
        assert_near(report.brier, report.uncertainty - report.discrimination + report.miscalibration, 1e-14);
        assert_true(report.miscalibration >= 0.0 && report.discrimination >= 0.0 && report.auc_low < report.auc);
    }
}

/* Scores drawn with a known AUC: 95 % limits hold it about 95 times in a hundred; the slope of true probabilities is 1. */
static void limits_hold_as_often_as_they_say(void **state)
{
    uint64_t stream = 1988;
    double score[MOST];
    uint8_t outcome[MOST];
    int held = 0, slopes = 0;

    (void)state;
    for (int world = 0; world < 400; world++) {
        retain_scoring_report report = {.struct_size = sizeof report};

        for (size_t i = 0; i < MOST; i++) {
            score[i] = (double)(random_bits(&stream) >> 11) * 0x1p-53;
            outcome[i] = (double)(random_bits(&stream) >> 11) * 0x1p-53 < score[i];
        }
        assert_int_equal(retain_scoring_measures(NULL, score, outcome, NULL, MOST, NULL, &report), RETAIN_OK);
        held += report.auc_low <= 5.0 / 6.0 && 5.0 / 6.0 <= report.auc_high; /* P(U1 > U2) for densities 2u and 2(1 - u) */
        slopes += fabs(report.slope - 1.0) <= 1.96 * report.slope_error;
    }
    assert_true(held >= 366 && held <= 393);
    assert_true(slopes >= 366 && slopes <= 393);
}

static void what_cannot_be_said_is_not_said(void **state)
{
    static const double apart[] = {0.1, 0.2, 0.8, 0.9}, sure[] = {0.0, 1.0, 0.5, 0.5}, wide[] = {-3, 7, 2, 2},
                        same[] = {.3, .3, .3, .3};
    static const uint8_t outcome[] = {0, 0, 1, 1}, wrong[] = {1, 0, 1, 0}, none[] = {0, 0, 0, 0};
    retain_scoring_report report = {.struct_size = sizeof report};
    double psi, p_value;

    (void)state;
    assert_int_equal(retain_scoring_measures(NULL, apart, outcome, NULL, 4, NULL, &report), RETAIN_OK);
    assert_near(report.auc, 1.0, 0.0);
    assert_nan(report.auc_low);
    assert_nan(report.slope);
    assert_int_equal(retain_scoring_measures(NULL, sure, wrong, NULL, 4, NULL, &report), RETAIN_OK);
    assert_near(report.log_loss, (double)INFINITY, 0.0);
    assert_nan(report.log_loss_high);
    assert_nan(report.slope);
    assert_int_equal(retain_scoring_measures(NULL, wide, wrong, NULL, 4, NULL, &report), RETAIN_OK);
    assert_nan(report.brier);
    assert_near(report.auc, 0.125, 1e-15);
    assert_int_equal(retain_scoring_measures(NULL, same, wrong, NULL, 4, NULL, &report), RETAIN_OK);
    assert_near(report.auc, 0.5, 0.0);
    assert_nan(report.slope);
    assert_int_equal(retain_scoring_measures(NULL, apart, none, NULL, 4, NULL, &report), RETAIN_OK);
    assert_nan(report.auc);
    assert_nan(report.average_precision);
    assert_near(report.brier, (0.01 + 0.04 + 0.64 + 0.81) / 4.0, 1e-15);
    assert_int_equal(retain_scoring_measures(NULL, NULL, NULL, NULL, 0, NULL, &report), RETAIN_OK);
    assert_nan(report.prevalence);
    assert_near(report.customers, 0.0, 0.0);
    assert_int_equal(retain_scoring_drift(NULL, same, 4, apart, 4, 0, NULL, NULL, NULL, NULL, &psi, &p_value), RETAIN_OK);
    assert_nan(psi);
    assert_nan(p_value);
}

/* Ties, all sizes of either outcome, threads: the AUC alone is that of the measures, and the order of rows and threads change no bit. */
static void the_area_alone_is_that_of_the_measures(void **state)
{
    uint64_t stream = 1982;
    static double score[4 * MOST], weight[4 * MOST], turned[4 * MOST];
    static uint8_t outcome[4 * MOST], other[4 * MOST];
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    ctx.threads = 3;
    for (size_t world = 0; world < 300; world++) {
        const size_t count = random_bits(&stream) % (4 * MOST), levels = 1 + random_bits(&stream) % 3000;
        const double *weights = world % 3 ? NULL : weight;
        retain_scoring_report report = {.struct_size = sizeof report};
        double auc, again;

        for (size_t i = 0; i < count; i++) {
            score[i] = ((double)(random_bits(&stream) % levels) - 0.5 * (double)levels) * (world % 2 ? 1e-9 : 1e9);
            outcome[i] = random_bits(&stream) % 7 < world % 8;
            weight[i] = 0.25 * (double)(random_bits(&stream) % 9);
        }
        assert_int_equal(retain_scoring_measures(NULL, score, outcome, weights, count, NULL, &report), RETAIN_OK);
        assert_int_equal(retain_scoring_auc(&ctx, score, outcome, weights, count, &auc), RETAIN_OK);
        assert_near(auc, report.auc, 1e-14);
        for (size_t i = 0; i < count; i++) {
            turned[i] = score[count - 1 - i];
            other[i] = outcome[count - 1 - i];
        }
        for (size_t i = 0; weights && i < count / 2; i++) {
            const double kept = weight[i];

            weight[i] = weight[count - 1 - i];
            weight[count - 1 - i] = kept;
        }
        assert_int_equal(retain_scoring_auc(NULL, turned, other, weights, count, &again), RETAIN_OK);
        assert_memory_equal(&auc, &again, sizeof again);
    }
}

static void the_example_of_the_header_is_true(void **state)
{
    double risk[] = {0.9, 0.8, 0.6, 0.4, 0.3, 0.1};
    uint8_t left[] = {1, 1, 0, 1, 0, 0};
    retain_scoring_report report = {.struct_size = sizeof report};

    (void)state;
    assert_int_equal(retain_scoring_measures(NULL, risk, left, NULL, 6, NULL, &report), RETAIN_OK);
    assert_near(report.auc, 8.0 / 9.0, 1e-15);
    assert_near(report.brier, 0.145, 1e-15);
}

/* --- refusals --------------------------------------------------------------------------------------------------------------------- */

static void bad_rows_and_options_are_refused_by_name(void **state)
{
    double score[] = {0.5, (double)NAN}, good[] = {0.5, 0.25}, weight[] = {1.0, -1.0};
    uint8_t outcome[] = {0, 2}, fine[] = {0, 1};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_scoring_report report = {.struct_size = sizeof report, .auc = -7.0};
    retain_scoring_comparison comparison = {.struct_size = sizeof comparison};
    const retain_scoring_options many = {.struct_size = sizeof many, .groups = 1001}, small = {.struct_size = 1};
    const retain_scoring_points_columns columns = {0};
    size_t points;

    (void)state;
    assert_int_equal(retain_scoring_measures(&ctx, score, fine, NULL, 2, NULL, &report), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "score[1] is NaN; it must be finite");
    assert_int_equal(retain_scoring_measures(&ctx, good, outcome, NULL, 2, NULL, &report), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "outcome[1] is 2; it must be 0 or 1");
    assert_int_equal(retain_scoring_measures(&ctx, good, fine, weight, 2, NULL, &report), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "weight[1] is -1; it must be 0, or 1e-100 to 1e100");
    assert_int_equal(retain_scoring_measures(&ctx, good, fine, NULL, 2, &many, &report), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "options.groups is 1001; it must be 1 to 1000 (0 means 10)");
    assert_int_equal(retain_scoring_measures(&ctx, NULL, fine, NULL, 2, NULL, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_scoring_measures(&ctx, good, NULL, NULL, 2, NULL, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_scoring_measures(&ctx, good, fine, NULL, 2, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_scoring_measures(&ctx, good, fine, NULL, 2, &small, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_scoring_auc(&ctx, good, fine, NULL, 2, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_scoring_auc(&ctx, score, fine, NULL, 2, score), RETAIN_ERROR_DATA);
    assert_near(report.auc, -7.0, 0.0);
    assert_int_equal(retain_scoring_compare(&ctx, good, score, fine, NULL, 2, 0.0, &comparison), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "second[1] is NaN; it must be finite");
    assert_int_equal(retain_scoring_compare(&ctx, good, good, fine, NULL, 2, 1.0, &comparison), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_scoring_compare(&ctx, good, good, fine, NULL, 2, 0.0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_scoring_points(&ctx, good, fine, NULL, 2, &columns, 1, &points), RETAIN_ERROR_CAPACITY);
    assert_int_equal(points, 2);
    assert_int_equal(retain_scoring_points(&ctx, good, fine, NULL, 2, NULL, 2, &points), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_scoring_drift(&ctx, good, 2, score, 2, 0, NULL, NULL, NULL, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "after[1] is NaN; it must be finite");
    assert_int_equal(retain_scoring_drift(&ctx, good, 2, good, 2, 1, NULL, NULL, NULL, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "bins is 1; it must be 2 to 1000 (0 means 10)");
}

/* --- memory ----------------------------------------------------------------------------------------------------------------------- */

static retain_status run_everything(retain_context *ctx, void *state)
{
    const rows *of = state;
    double column[MOST];
    retain_scoring_report report = {.struct_size = sizeof report};
    retain_scoring_comparison comparison = {.struct_size = sizeof comparison};
    const retain_scoring_points_columns columns = {.score = column};
    size_t points;
    retain_status status = retain_scoring_measures(ctx, of->score, of->outcome, of->weight, of->count, NULL, &report);

    if (status == RETAIN_OK)
        status = retain_scoring_auc(ctx, of->score, of->outcome, of->weight, of->count, column);
    if (status == RETAIN_OK)
        status = retain_scoring_points(ctx, of->score, of->outcome, of->weight, of->count, &columns, MOST, &points);
    if (status == RETAIN_OK)
        status = retain_scoring_compare(ctx, of->score, of->other, of->outcome, of->weight, of->count, 0.0, &comparison);
    return status == RETAIN_OK
               ? retain_scoring_drift(ctx, of->score, of->count, of->other, of->count, 0, column, NULL, NULL, NULL, NULL, NULL)
               : status;
}

static void memory_exhaustion_is_survived(void **state)
{
    static rows of;

    (void)state;
    read_customers(&of);
    survives_memory_exhaustion(run_everything, NULL, &of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_those_of_the_oracle),
        cmocka_unit_test(measures_meet_the_golden_ones),
        cmocka_unit_test(points_meet_the_golden_ones),
        cmocka_unit_test(comparisons_meet_the_golden_ones),
        cmocka_unit_test(drift_meets_the_golden_one),
        cmocka_unit_test(the_brier_score_is_the_sum_of_its_parts),
        cmocka_unit_test(limits_hold_as_often_as_they_say),
        cmocka_unit_test(what_cannot_be_said_is_not_said),
        cmocka_unit_test(the_area_alone_is_that_of_the_measures),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(bad_rows_and_options_are_refused_by_name),
        cmocka_unit_test(memory_exhaustion_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

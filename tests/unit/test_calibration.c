/* Calibrations against plain Python with 40 digits, and what they must do whatever the data. */
#include "retain/calibration.h"

#include "retain/scoring.h"
#include "support.h"

enum { MOST = 512 };

typedef struct rows {
    double column[4][MOST], weight[MOST];
    uint8_t outcome[MOST];
    size_t count;
} rows;

static const char *const COLUMN[4] = {"risk", "days", "flat", "against"};

static void read_customers(rows *into)
{
    golden table = golden_read("calibration/customers.csv");

    into->count = table.rows;
    for (size_t i = 0; i < table.rows; i++) {
        for (int c = 0; c < 4; c++)
            into->column[c][i] = golden_number(&table, i, COLUMN[c]);
        into->weight[i] = golden_number(&table, i, "weight");
        into->outcome[i] = golden_number(&table, i, "outcome") > 0.0;
    }
    golden_free(&table);
}

static const double *scores_of(const rows *of, const golden *table, size_t row)
{
    for (int c = 0; c < 4; c++) {
        if (strcmp(golden_text(table, row, "score_column"), COLUMN[c]) == 0)
            return of->column[c];
    }
    fail();
    return NULL;
}

static const double *weights_of(const rows *of, const golden *table, size_t row)
{
    return golden_number(table, row, "weights") > 0.0 ? of->weight : NULL;
}

static void assert_close(double got, const golden *table, size_t row, const char *column, double tolerance)
{
    const double want = golden_number(table, row, column);

    assert_near(got, want, tolerance * (1.0 + (isnan(want) ? 0.0 : fabs(want))));
}

static void fit_case(const rows *of, const golden *table, size_t row, retain_calibration *found, retain_calibration_report *report)
{
    const retain_calibration_options options = {.struct_size = sizeof options,
                                                .level = golden_number(table, row, "level"),
                                                .plain = golden_number(table, row, "plain") > 0.0};
    const int is_beta = strcmp(golden_text(table, row, "kind"), "beta") == 0;

    *report = (retain_calibration_report){.struct_size = sizeof *report};
    assert_int_equal(retain_calibration_fit(NULL, is_beta ? RETAIN_CALIBRATION_BETA : RETAIN_CALIBRATION_PLATT,
                                            scores_of(of, table, row), of->outcome, weights_of(of, table, row), of->count, &options,
                                            found, report),
                     RETAIN_OK);
}

static void fits_meet_the_golden_ones(void **state)
{
    static const char *const names[] = {"a", "b", "c"};
    golden table = golden_read("calibration/fits.csv");
    static rows of;

    (void)state;
    read_customers(&of);
    for (size_t row = 0; row < table.rows; row++) {
        retain_calibration found;
        retain_calibration_report report;

        fit_case(&of, &table, row, &found, &report);
        assert_int_equal(report.verdict, RETAIN_FIT_CONVERGED);
        for (int p = 0; p < 3; p++) {
            char column[16];

            assert_close(p == 0 ? found.a : p == 1 ? found.b : found.c, &table, row, names[p], 1e-10);
            (void)snprintf(column, sizeof column, "error_%s", names[p]);
            assert_close(report.standard_error[p], &table, row, column, 1e-10);
            (void)snprintf(column, sizeof column, "low_%s", names[p]);
            assert_close(report.low[p], &table, row, column, 1e-10);
            (void)snprintf(column, sizeof column, "high_%s", names[p]);
            assert_close(report.high[p], &table, row, column, 1e-10);
        }
        assert_close(report.covariance[1], &table, row, "cov_ab", 1e-10);
        assert_close(report.covariance[2], &table, row, "cov_ac", 1e-10);
        assert_close(report.covariance[5], &table, row, "cov_bc", 1e-10);
        assert_close(report.log_likelihood, &table, row, "log_likelihood", 1e-12);
    }
    golden_free(&table);
}

static void probabilities_and_their_limits_meet_the_golden_ones(void **state)
{
    golden table = golden_read("calibration/probabilities.csv");
    static rows of;

    (void)state;
    read_customers(&of);
    for (size_t row = 0; row < table.rows; row++) {
        const double score = golden_number(&table, row, "score");
        retain_calibration found;
        retain_calibration_report report;
        double p, low, high;

        fit_case(&of, &table, row, &found, &report);
        assert_int_equal(retain_calibration_probabilities(NULL, &found, &score, 1, report.covariance,
                                                          golden_number(&table, row, "level"), &p, &low, &high),
                         RETAIN_OK);
        assert_close(p, &table, row, "probability", 1e-11);
        assert_close(low, &table, row, "low", 1e-10);
        assert_close(high, &table, row, "high", 1e-10);
    }
    golden_free(&table);
}

static void knots_meet_the_golden_ones(void **state)
{
    golden table = golden_read("calibration/knots.csv");
    double score[MOST], probability[MOST], back[MOST];
    static rows of;
    size_t at = 0, knots = 0;

    (void)state;
    read_customers(&of);
    for (size_t row = 0; row < table.rows; row++, at++) {
        if (at == knots) {
            assert_int_equal(retain_calibration_isotonic(NULL, scores_of(&of, &table, row), of.outcome,
                                                         weights_of(&of, &table, row), of.count, score, probability, MOST, &knots),
                             RETAIN_OK);
            assert_int_equal(retain_calibration_interpolated(NULL, score, probability, knots, score, knots, back), RETAIN_OK);
            at = 0;
        }
        assert_close(score[at], &table, row, "score", 1e-15);
        assert_close(probability[at], &table, row, "probability", 1e-14);
        assert_near(back[at], probability[at], 0.0);
    }
    assert_int_equal(at, knots);
    golden_free(&table);
}

static void reliability_and_bins_meet_the_golden_ones(void **state)
{
    golden table = golden_read("calibration/reliability.csv");
    static double got[6][MOST];
    const retain_calibration_columns columns = {got[0], got[1], got[2], got[3], got[4], got[5]};
    static const char *const names[] = {"customers", "positives", "mean_score", "share", "low", "high"};
    static rows of;

    (void)state;
    read_customers(&of);
    for (size_t row = 0; row < table.rows; row++) {
        const double at = golden_number(&table, row, "at");
        double expected, low, high;

        assert_int_equal(retain_calibration_reliability(NULL, scores_of(&of, &table, row), of.outcome, weights_of(&of, &table, row),
                                                        of.count, NULL, &at, 1, &expected, &low, &high),
                         RETAIN_OK);
        assert_close(expected, &table, row, "expected", 1e-14);
        assert_true(isnan(expected) ? isnan(low) && isnan(high) : 0.0 <= low && low <= high && high <= 1.0);
    }
    golden_free(&table);
    table = golden_read("calibration/bins.csv");
    for (size_t row = 0; row < table.rows; row++) {
        const size_t bin = (size_t)golden_number(&table, row, "bin");

        if (bin == 0)
            assert_int_equal(retain_calibration_bins(NULL, scores_of(&of, &table, row), of.outcome, weights_of(&of, &table, row),
                                                     of.count, (size_t)golden_number(&table, row, "bins"),
                                                     golden_number(&table, row, "level"), &columns),
                             RETAIN_OK);
        for (int c = 0; c < 6; c++)
            assert_close(got[c][bin], &table, row, names[c], 1e-13);
    }
    golden_free(&table);
}

/* --- laws ------------------------------------------------------------------------------------------------------------------------- */

static double uniform(uint64_t *stream)
{
    return ((double)(random_bits(stream) >> 11) + 0.5) * 0x1p-53;
}

/* True probabilities, of which the score is a known distortion. */
static void draw_shop(uint64_t *stream, double power, double *score, uint8_t *outcome, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double share = uniform(stream), odds = pow(share / (1.0 - share), power);

        score[i] = odds / (1.0 + odds);
        outcome[i] = uniform(stream) < share;
    }
}

/* Logits are doubled: beta calibration halves them, a = b = 1/2 and c = 0, and its limits hold that as often as they say. */
static void limits_hold_as_often_as_they_say(void **state)
{
    uint64_t stream = 2017;
    double score[MOST];
    uint8_t outcome[MOST];
    int held[3] = {0, 0, 0};

    (void)state;
    for (int world = 0; world < 400; world++) {
        retain_calibration found;
        retain_calibration_report report = {.struct_size = sizeof report};

        draw_shop(&stream, 2.0, score, outcome, MOST);
        assert_int_equal(retain_calibration_fit(NULL, RETAIN_CALIBRATION_BETA, score, outcome, NULL, MOST, NULL, &found, &report),
                         RETAIN_OK);
        held[0] += report.low[0] <= 0.5 && 0.5 <= report.high[0];
        held[1] += report.low[1] <= 0.5 && 0.5 <= report.high[1];
        held[2] += report.low[2] <= 0.0 && 0.0 <= report.high[2];
    }
    for (int p = 0; p < 3; p++)
        assert_true(held[p] >= 366 && held[p] <= 394);
}

/* The band holds the curve of true probabilities about 95 times in a hundred at any one score, and one that is too bold seldom. */
static void the_band_tells_true_probabilities_from_bold_ones(void **state)
{
    const double at[] = {0.1, 0.3, 0.5, 0.7, 0.9};
    const retain_calibration_band band = {.struct_size = sizeof band, .draws = 200, .seed = 5};
    uint64_t stream = 2021;
    double score[MOST], expected[5], low[5], high[5];
    uint8_t outcome[MOST];
    int held = 0, held_bold = 0;

    (void)state;
    for (int world = 0; world < 200; world++) {
        for (int bold = 0; bold < 2; bold++) {
            draw_shop(&stream, bold ? 3.0 : 1.0, score, outcome, MOST);
            assert_int_equal(retain_calibration_reliability(NULL, score, outcome, NULL, MOST, &band, at, 5, expected, low, high),
                             RETAIN_OK);
            for (int p = 0; p < 5; p++)
                *(bold ? &held_bold : &held) += low[p] <= expected[p] && expected[p] <= high[p];
        }
    }
    assert_true(held >= 925 && held <= 975);
    assert_true(held_bold < 500);
}

static void threads_and_large_weights_change_no_band(void **state)
{
    const double at[] = {0.2, 0.5};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double score[MOST], weight[MOST], one[3][2], other[3][2];
    uint8_t outcome[MOST];
    uint64_t stream = 3;

    (void)state;
    draw_shop(&stream, 1.0, score, outcome, MOST);
    for (size_t i = 0; i < MOST; i++)
        weight[i] = i % 3 ? 1000.5 : 0.25;
    ctx.threads = 5;
    assert_int_equal(retain_calibration_reliability(NULL, score, outcome, weight, MOST, NULL, at, 2, one[0], one[1], one[2]),
                     RETAIN_OK);
    assert_int_equal(retain_calibration_reliability(&ctx, score, outcome, weight, MOST, NULL, at, 2, other[0], other[1], other[2]),
                     RETAIN_OK);
    assert_memory_equal(one, other, sizeof one);
    assert_true(one[1][0] > 0.1 && one[2][0] < 0.3); /* half a million customers leave little room */
}

/* Units of the score, copies instead of weights, and the order of rows change nothing. */
static void units_copies_and_order_change_nothing(void **state)
{
    static rows of;
    double unit[2 * MOST], small[2 * MOST];
    uint8_t outcome[2 * MOST];
    double weight[MOST];
    retain_calibration one, other;

    (void)state;
    read_customers(&of);
    for (size_t i = 0; i < of.count; i++) {
        unit[i] = unit[2 * of.count - 1 - i] = of.column[1][i] * 1e200;
        small[i] = small[2 * of.count - 1 - i] = of.column[1][i] * 1e-200;
        outcome[i] = outcome[2 * of.count - 1 - i] = of.outcome[i];
        weight[i] = 2.0;
    }
    assert_int_equal(
        retain_calibration_fit(NULL, RETAIN_CALIBRATION_PLATT, of.column[1], of.outcome, weight, of.count, NULL, &one, NULL),
        RETAIN_OK);
    assert_int_equal(retain_calibration_fit(NULL, RETAIN_CALIBRATION_PLATT, unit, outcome, NULL, 2 * of.count, NULL, &other, NULL),
                     RETAIN_OK);
    assert_near(other.a * 1e200, one.a, 1e-12 * fabs(one.a));
    assert_near(other.c, one.c, 1e-12);
    assert_int_equal(retain_calibration_fit(NULL, RETAIN_CALIBRATION_PLATT, small, outcome, NULL, 2 * of.count, NULL, &other, NULL),
                     RETAIN_ERROR_CONVERGENCE); /* the variance of a is beyond arithmetic */
    assert_near(other.c, one.c, 1e-12);
}

/* --- what cannot be said ---------------------------------------------------------------------------------------------------------- */

typedef struct verdict_case {
    retain_calibration_kind kind;
    double score[4];
    uint8_t outcome[4];
    size_t count;
    retain_fit_verdict verdict;
    const char *words;
} verdict_case;

static void data_that_say_nothing_are_told_so_in_words(void **state)
{
    static const verdict_case cases[] = {
        {RETAIN_CALIBRATION_PLATT, {0}, {0}, 0, RETAIN_FIT_TOO_LITTLE_DATA, "there are no customers"},
        {RETAIN_CALIBRATION_PLATT, {1, 2, 3}, {0, 0, 0}, 3, RETAIN_FIT_TOO_LITTLE_DATA, "it happened to none of 3 customers"},
        {RETAIN_CALIBRATION_BETA, {.1, .2, .3}, {1, 1, 1}, 3, RETAIN_FIT_TOO_LITTLE_DATA, "it happened to all of 3 customers"},
        {RETAIN_CALIBRATION_PLATT,
         {7, 7, 7},
         {0, 1, 1},
         3,
         RETAIN_FIT_TOO_LITTLE_DATA,
         "it needs 2 different scores, and there is one"},
        {RETAIN_CALIBRATION_BETA,
         {.1, .2, .2},
         {0, 1, 0},
         3,
         RETAIN_FIT_TOO_LITTLE_DATA,
         "it needs 3 different scores, and there is but two"},
        {RETAIN_CALIBRATION_PLATT, {1, 2, 3, 4}, {0, 0, 1, 1}, 4, RETAIN_FIT_BOUNDARY, "parts the outcomes without error"},
        {RETAIN_CALIBRATION_PLATT, {1, 2, 3, 4}, {1, 1, 0, 0}, 4, RETAIN_FIT_BOUNDARY, "parts the outcomes without error"},
        {RETAIN_CALIBRATION_BETA, {.1, .2, .8, .9}, {0, 0, 1, 1}, 4, RETAIN_FIT_BOUNDARY, "parts the outcomes without error"},
        {RETAIN_CALIBRATION_BETA, {.0, 1e-20, 1e-18, 1e-17}, {0, 1, 0, 1}, 4, RETAIN_FIT_RIDGE, "too alike"},
        {RETAIN_CALIBRATION_BETA, {.1, .2, .8, .9}, {1, 1, 0, 0}, 4, RETAIN_FIT_CONVERGED, "does not rise with the score"},
        {RETAIN_CALIBRATION_PLATT, {1, 2, 3, 4}, {1, 0, 1, 0}, 4, RETAIN_FIT_CONVERGED, "the wrong way round"},
        {RETAIN_CALIBRATION_PLATT, {1, 2, 3, 4}, {0, 1, 0, 1}, 4, RETAIN_FIT_CONVERGED, "identify"},
    };

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const verdict_case *of = cases + k;
        retain_context ctx = RETAIN_CONTEXT_INIT;
        retain_calibration found;
        retain_calibration_report report = {.struct_size = sizeof report};
        const retain_status status =
            retain_calibration_fit(&ctx, of->kind, of->score, of->outcome, NULL, of->count, NULL, &found, &report);

        assert_int_equal(report.verdict, of->verdict);
        assert_int_equal(status, of->verdict == RETAIN_FIT_CONVERGED ? RETAIN_OK : RETAIN_ERROR_CONVERGENCE);
        assert_non_null(strstr(report.explanation, of->words));
        if (status != RETAIN_OK)
            assert_string_equal(ctx.error, report.explanation);
        assert_int_equal(isnan(report.standard_error[0]) != 0, status != RETAIN_OK);
        assert_int_equal(isnan(found.a) != 0, of->verdict == RETAIN_FIT_TOO_LITTLE_DATA || of->verdict == RETAIN_FIT_RIDGE);
    }
}

static void isotonic_calibration_needs_both_outcomes(void **state)
{
    static const double score[] = {1, 2};
    static const uint8_t all[] = {1, 1}, none[] = {0, 0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double x[2] = {-7.0, -7.0}, y[2];
    size_t knots = 99;

    (void)state;
    assert_int_equal(retain_calibration_isotonic(&ctx, score, all, NULL, 2, x, y, 2, &knots), RETAIN_ERROR_CONVERGENCE);
    assert_non_null(strstr(ctx.error, "it happened to all customers"));
    assert_int_equal(retain_calibration_isotonic(&ctx, score, none, NULL, 2, x, y, 2, &knots), RETAIN_ERROR_CONVERGENCE);
    assert_non_null(strstr(ctx.error, "it happened to no customer"));
    assert_int_equal(retain_calibration_isotonic(&ctx, NULL, NULL, NULL, 0, x, y, 2, &knots), RETAIN_ERROR_CONVERGENCE);
    assert_non_null(strstr(ctx.error, "there are no customers"));
    assert_int_equal(knots, 99);
    assert_near(x[0], -7.0, 0.0);
}

static void the_example_of_the_header_is_true(void **state)
{
    double risk[] = {0.9, 0.8, 0.6, 0.4, 0.3, 0.1}, probability[6];
    uint8_t left[] = {1, 1, 0, 1, 0, 0};
    retain_calibration platt;

    (void)state;
    assert_int_equal(retain_calibration_fit(NULL, RETAIN_CALIBRATION_PLATT, risk, left, NULL, 6, NULL, &platt, NULL), RETAIN_OK);
    assert_int_equal(retain_calibration_probabilities(NULL, &platt, risk, 6, NULL, 0, probability, NULL, NULL), RETAIN_OK);
    assert_near(probability[0], 0.766, 0.0005);
}

/* --- refusals --------------------------------------------------------------------------------------------------------------------- */

static void bad_arguments_are_refused_by_name(void **state)
{
    const double good[] = {0.5, 0.25}, bad[] = {0.5, (double)NAN}, large[] = {0.5, 1.5}, infinite[9] = {(double)INFINITY};
    const uint8_t outcome[] = {0, 1};
    const retain_calibration_options level = {.struct_size = sizeof level, .level = 95.0},
                                     plain = {.struct_size = sizeof plain, .plain = 2};
    const retain_calibration_band many = {.struct_size = sizeof many, .draws = 100001};
    const retain_calibration_band small = {.struct_size = 1};
    const retain_calibration_columns columns = {0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_calibration found = {RETAIN_CALIBRATION_PLATT, -7.0, 0.0, 0.0}, wrong = {RETAIN_CALIBRATION_BETA, -1.0, 1.0, 0.0};
    double out[2];
    size_t knots;

    (void)state;
#define REFUSED(call, status, sentence)           \
    do {                                          \
        assert_int_equal(call, status);           \
        assert_string_equal(ctx.error, sentence); \
    } while (0)
    REFUSED(retain_calibration_fit(&ctx, (retain_calibration_kind)7, good, outcome, NULL, 2, NULL, &found, NULL),
            RETAIN_ERROR_ARGUMENT, "kind is 7; it must be one of retain_calibration_kind");
    REFUSED(retain_calibration_fit(&ctx, RETAIN_CALIBRATION_BETA, large, outcome, NULL, 2, NULL, &found, NULL), RETAIN_ERROR_DATA,
            "score[1] is 1.5; beta calibration is for scores in [0, 1]");
    REFUSED(retain_calibration_fit(&ctx, RETAIN_CALIBRATION_PLATT, bad, outcome, NULL, 2, NULL, &found, NULL), RETAIN_ERROR_DATA,
            "score[1] is NaN; it must be finite");
    REFUSED(retain_calibration_fit(&ctx, RETAIN_CALIBRATION_PLATT, good, outcome, NULL, 2, &level, &found, NULL),
            RETAIN_ERROR_ARGUMENT, "options.level is 95; it must lie in (0, 1) (0 means 0.95)");
    REFUSED(retain_calibration_fit(&ctx, RETAIN_CALIBRATION_PLATT, good, outcome, NULL, 2, &plain, &found, NULL),
            RETAIN_ERROR_ARGUMENT, "options.plain is 2; it must be 0 or 1");
    assert_int_equal(retain_calibration_fit(&ctx, RETAIN_CALIBRATION_PLATT, good, outcome, NULL, 2, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_near(found.a, -7.0, 0.0);
    REFUSED(retain_calibration_probabilities(&ctx, &wrong, good, 2, NULL, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT,
            "calibration.a is -1; it must lie within 1e300 of 0, and not below it");
    wrong = (retain_calibration){RETAIN_CALIBRATION_PLATT, 1.0, 1.0, 0.0};
    REFUSED(retain_calibration_probabilities(&ctx, &wrong, good, 2, NULL, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT,
            "calibration.b is 1; it must be 0 for Platt scaling");
    wrong = (retain_calibration){(retain_calibration_kind)9, 1.0, 1.0, (double)NAN};
    assert_int_equal(retain_calibration_probabilities(&ctx, &wrong, good, 2, NULL, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    wrong = (retain_calibration){RETAIN_CALIBRATION_BETA, 1.0, 1.0, (double)NAN};
    REFUSED(retain_calibration_probabilities(&ctx, &wrong, good, 2, NULL, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT,
            "calibration.c is NaN; it must lie within 1e300 of 0");
    assert_int_equal(retain_calibration_probabilities(&ctx, NULL, good, 2, NULL, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_calibration_probabilities(&ctx, &found, NULL, 2, NULL, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    REFUSED(retain_calibration_probabilities(&ctx, &found, good, 2, infinite, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT,
            "covariance[0] is infinity; it must be finite and at least 0");
    REFUSED(retain_calibration_probabilities(&ctx, &found, bad, 2, NULL, 0.0, out, NULL, NULL), RETAIN_ERROR_DATA,
            "score[1] is NaN; it must be finite");
    found.kind = RETAIN_CALIBRATION_BETA;
    found.a = 1.0;
    assert_int_equal(retain_calibration_probabilities(&ctx, &found, large, 2, NULL, 0.0, out, NULL, NULL), RETAIN_ERROR_DATA);
    REFUSED(retain_calibration_isotonic(&ctx, good, outcome, NULL, 2, out, out, 0, &knots), RETAIN_ERROR_CAPACITY,
            "capacity is 0; there are 2 knots");
    assert_int_equal(retain_calibration_isotonic(&ctx, good, outcome, NULL, 2, out, out, 2, NULL), RETAIN_ERROR_ARGUMENT);
    REFUSED(retain_calibration_interpolated(&ctx, good, good, 2, good, 2, out), RETAIN_ERROR_DATA,
            "knot_score[1] is 0.25; knots must be finite, and ascend");
    REFUSED(retain_calibration_interpolated(&ctx, large, large, 2, good, 2, out), RETAIN_ERROR_DATA,
            "knot_probability[1] is 1.5; it must lie in [0, 1], and never fall");
    REFUSED(retain_calibration_interpolated(&ctx, good, good, 0, good, 2, out), RETAIN_ERROR_ARGUMENT,
            "knots is 0; there must be at least one");
    assert_int_equal(retain_calibration_interpolated(&ctx, NULL, good, 2, good, 2, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_calibration_interpolated(&ctx, good, good, 1, good, 2, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_calibration_interpolated(&ctx, good, good, 1, bad, 2, out), RETAIN_ERROR_DATA);
    REFUSED(retain_calibration_reliability(&ctx, large, outcome, NULL, 2, NULL, good, 2, out, NULL, NULL), RETAIN_ERROR_DATA,
            "score[1] is 1.5; it must lie in [0, 1]");
    REFUSED(retain_calibration_reliability(&ctx, good, outcome, NULL, 2, NULL, large, 2, out, NULL, NULL), RETAIN_ERROR_DATA,
            "at[1] is 1.5; it must lie in [0, 1]");
    REFUSED(retain_calibration_reliability(&ctx, good, outcome, NULL, 2, &many, good, 2, out, NULL, NULL), RETAIN_ERROR_ARGUMENT,
            "band.draws is 100001; it must be 1 to 100000 (0 means 200)");
    assert_int_equal(retain_calibration_reliability(&ctx, good, outcome, NULL, 2, &small, good, 2, out, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_calibration_reliability(&ctx, good, outcome, NULL, 2, NULL, NULL, 2, out, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    REFUSED(retain_calibration_bins(&ctx, good, outcome, NULL, 2, 1001, 0.0, &columns), RETAIN_ERROR_ARGUMENT,
            "bins is 1001; it must be 1 to 1000 (0 means 10)");
    assert_int_equal(retain_calibration_bins(&ctx, good, outcome, NULL, 2, 0, 0.0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_calibration_bins(&ctx, good, outcome, NULL, 2, 0, 0.0, &columns), RETAIN_OK);
#undef REFUSED
}

/* Scores of 0 and 1 are sure of what happens: if they are true, the curve cannot stray there. */
static void sure_scores_leave_no_room(void **state)
{
    const double score[] = {0, 0, 0, 0.5, 0.5, 1, 1}, at[] = {0, 0.5, 1}, huge[] = {9e15, 1, 1, 9e15, 1, 9e15, 1};
    const uint8_t outcome[] = {0, 1, 0, 1, 0, 1, 1};
    double expected[3], low[3], high[3];

    (void)state;
    for (int weighted = 0; weighted < 2; weighted++) {
        assert_int_equal(
            retain_calibration_reliability(NULL, score, outcome, weighted ? huge : NULL, 7, NULL, at, 3, expected, low, high),
            RETAIN_OK);
        assert_true(low[0] == 0.0 && high[0] == 0.0 && low[2] == 1.0 && high[2] == 1.0);
        assert_true(low[1] < 0.5 && high[1] > 0.5);
        assert_true(!weighted || high[1] - low[1] < 1e-6); /* nine quadrillion of them */
    }
}

static void beyond_the_knots_is_the_nearest(void **state)
{
    const double x[] = {1, 2}, y[] = {0.25, 0.75}, score[] = {-1e308, 1, 1.5, 2, 1e308};
    double p[5];

    (void)state;
    assert_int_equal(retain_calibration_interpolated(NULL, x, y, 2, score, 5, p), RETAIN_OK);
    assert_true(p[0] == 0.25 && p[1] == 0.25 && p[2] == 0.5 && p[3] == 0.75 && p[4] == 0.75);
}

static void nobody_has_no_curve(void **state)
{
    const double at = 0.5;
    double expected, low, high;

    (void)state;
    assert_int_equal(retain_calibration_reliability(NULL, NULL, NULL, NULL, 0, NULL, &at, 1, &expected, &low, &high), RETAIN_OK);
    assert_nan(expected);
    assert_nan(low);
    assert_nan(high);
}

/* --- memory ----------------------------------------------------------------------------------------------------------------------- */

static retain_status do_everything(retain_context *ctx, void *state)
{
    const rows *of = state;
    double x[MOST], y[MOST], at[] = {0.5}, share[10];
    const retain_calibration_band band = {.struct_size = sizeof band, .draws = 10};
    const retain_calibration_columns columns = {.share = share};
    retain_calibration found;
    size_t knots;
    retain_status status =
        retain_calibration_fit(ctx, RETAIN_CALIBRATION_BETA, of->column[0], of->outcome, of->weight, of->count, NULL, &found, NULL);

    if (status == RETAIN_OK)
        status = retain_calibration_isotonic(ctx, of->column[0], of->outcome, NULL, of->count, x, y, MOST, &knots);
    if (status == RETAIN_OK)
        status = retain_calibration_reliability(ctx, of->column[0], of->outcome, NULL, of->count, &band, at, 1, x, y, NULL);
    if (status == RETAIN_OK)
        status = retain_calibration_bins(ctx, of->column[0], of->outcome, NULL, of->count, 10, 0.0, &columns);
    return status;
}

static void memory_exhaustion_is_survived(void **state)
{
    static rows of;

    (void)state;
    read_customers(&of);
    survives_memory_exhaustion(do_everything, NULL, &of);
}

static int stop(void *user, double share)
{
    (void)user;
    return share >= 0.5;
}

static void a_band_can_be_cancelled(void **state)
{
    static rows of;
    const double at = 0.5;
    double expected = -7.0;
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    read_customers(&of);
    ctx.progress = stop;
    assert_int_equal(
        retain_calibration_reliability(&ctx, of.column[0], of.outcome, NULL, of.count, NULL, &at, 1, &expected, &expected, NULL),
        RETAIN_ERROR_CANCELLED);
    assert_near(expected, -7.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_meet_the_golden_ones),
        cmocka_unit_test(probabilities_and_their_limits_meet_the_golden_ones),
        cmocka_unit_test(knots_meet_the_golden_ones),
        cmocka_unit_test(reliability_and_bins_meet_the_golden_ones),
        cmocka_unit_test(limits_hold_as_often_as_they_say),
        cmocka_unit_test(the_band_tells_true_probabilities_from_bold_ones),
        cmocka_unit_test(threads_and_large_weights_change_no_band),
        cmocka_unit_test(units_copies_and_order_change_nothing),
        cmocka_unit_test(data_that_say_nothing_are_told_so_in_words),
        cmocka_unit_test(isotonic_calibration_needs_both_outcomes),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(bad_arguments_are_refused_by_name),
        cmocka_unit_test(sure_scores_leave_no_room),
        cmocka_unit_test(beyond_the_knots_is_the_nearest),
        cmocka_unit_test(nobody_has_no_curve),
        cmocka_unit_test(memory_exhaustion_is_survived),
        cmocka_unit_test(a_band_can_be_cancelled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

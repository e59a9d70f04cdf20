/* Concordance against plain Python that looks at every pair, with 60 digits; published figures; and laws. */
#include "retain/concordance.h"

#include "retain/scoring.h"
#include "retain/survival.h"
#include "support.h"

enum { MOST = 512 };

typedef struct rows {
    double exit[MOST], entry[MOST], score[MOST], weight[MOST], survival[3 * MOST];
    uint8_t event[MOST];
    size_t count;
} rows;

static void read_customers(rows *into)
{
    golden table = golden_read("concordance/customers.csv");

    into->count = table.rows;
    for (size_t i = 0; i < table.rows; i++) {
        into->exit[i] = golden_number(&table, i, "exit");
        into->entry[i] = golden_number(&table, i, "entry");
        into->score[i] = golden_number(&table, i, "score");
        into->weight[i] = golden_number(&table, i, "weight");
        into->event[i] = golden_number(&table, i, "event") > 0.0;
        into->survival[i] = golden_number(&table, i, "s1");
        into->survival[table.rows + i] = golden_number(&table, i, "s2");
        into->survival[2 * table.rows + i] = golden_number(&table, i, "s3");
    }
    golden_free(&table);
}

static retain_durations durations_of(const rows *of, const golden *table, size_t row)
{
    return (retain_durations){.count = of->count,
                              .exit = of->exit,
                              .event = of->event,
                              .weight = golden_number(table, row, "weights") > 0.0 ? of->weight : NULL};
}

static void assert_close(double got, const golden *table, size_t row, const char *column, double tolerance)
{
    const double want = golden_number(table, row, column);

    assert_near(got, want, tolerance * (1.0 + (isnan(want) ? 0.0 : fabs(want))));
}

static void pairs_meet_the_golden_ones(void **state)
{
    static const char *const names[] = {"rows",      "events",      "concordant",     "discordant", "tied_score",
                                        "tied_time", "concordance", "standard_error", "low",        "high"};
    golden table = golden_read("concordance/pairs.csv");
    static rows of;

    (void)state;
    read_customers(&of);
    for (size_t row = 0; row < table.rows; row++) {
        const retain_concordance_options options = {.struct_size = sizeof options,
                                                    .level = golden_number(&table, row, "level"),
                                                    .horizon = golden_number(&table, row, "horizon")};
        const int is_uno = strcmp(golden_text(&table, row, "kind"), "uno") == 0;
        retain_durations durations = durations_of(&of, &table, row);
        retain_concordance_report report = {.struct_size = sizeof report};
        double got[10];

        durations.entry = golden_number(&table, row, "entries") > 0.0 ? of.entry : NULL;
        assert_int_equal(
            (is_uno ? retain_concordance_uno : retain_concordance_harrell)(NULL, &durations, of.score, &options, &report),
            RETAIN_OK);
        memcpy(got, &report.rows, sizeof got);
        for (int f = 0; f < 10; f++)
            assert_close(got[f], &table, row, names[f], 1e-13);
    }
    golden_free(&table);
}

static void areas_meet_the_golden_ones(void **state)
{
    static const char *const names[] = {"value", "standard_error", "low", "high", "cases", "controls", "null_value"};
    golden table = golden_read("concordance/auc.csv");
    static rows of;

    (void)state;
    read_customers(&of);
    for (size_t row = 0; row < table.rows; row++) {
        const retain_durations durations = durations_of(&of, &table, row);
        const double time = golden_number(&table, row, "time");
        double got[7];
        const retain_concordance_columns columns = {got, got + 1, got + 2, got + 3, got + 4, got + 5, got + 6};

        assert_int_equal(
            retain_concordance_auc(NULL, &durations, of.score, &time, 1, golden_number(&table, row, "level"), &columns), RETAIN_OK);
        for (int f = 0; f < 7; f++)
            assert_close(got[f], &table, row, names[f], 1e-13);
    }
    golden_free(&table);
}

static void brier_scores_meet_the_golden_ones(void **state)
{
    static const double time[] = {3, 7, 10};
    golden table = golden_read("concordance/brier.csv");
    static rows of;

    (void)state;
    read_customers(&of);
    assert_int_equal(table.rows, 8);
    for (size_t row = 0; row < table.rows; row += 4) {
        static const char *const names[] = {"value", "standard_error", "low", "high", "null_value", "cases", "controls"};
        const retain_durations durations = durations_of(&of, &table, row);
        double got[7][4];
        const retain_concordance_columns columns = {got[0], got[1], got[2], got[3], got[5], got[6], got[4]},
                                         integrated = {got[0] + 3, got[1] + 3, got[2] + 3, got[3] + 3, NULL, NULL, got[4] + 3};

        assert_int_equal(retain_concordance_brier(NULL, &durations, of.survival, time, 3, golden_number(&table, row, "level"),
                                                  &columns, &integrated),
                         RETAIN_OK);
        for (size_t k = 0; k < 4; k++) {
            for (int f = 0; f < (k == 3 ? 5 : 7); f++)
                assert_close(got[f][k], &table, row + k, names[f], 1e-13);
        }
    }
    golden_free(&table);
}

/* Linear predictors of R's coxph (survival 3.5), whose summary() prints these, with standard errors of 0.025 and 0.027. */
typedef struct peer {
    const char *path, *time, *event, *predictor[7];
    double coefficient[7], concordance, error;
} peer;

static void concordance_is_that_of_survival(void **state)
{
    static const peer peers[] = {
        {"cox/lung.csv", "time", "event", {"age", "sex", "ecog"}, {.0110667646, -.5526123957, .4637284754}, .637135493, .025},
        {"cox/rossi.csv",
         "week",
         "arrest",
         {"fin", "age", "race", "wexp", "mar", "paro", "prio"},
         {-.3794222, -.0574377, .3138998, -.1497957, -.4337039, -.0848711, .0914971},
         .640329247,
         .027},
    };

    (void)state;
    for (size_t d = 0; d < 2; d++) {
        const peer *of = peers + d;
        golden table = golden_read(of->path);
        static rows got;
        retain_concordance_report report = {.struct_size = sizeof report};
        retain_durations durations = {.exit = got.exit, .event = got.event};

        for (size_t i = 0; i < table.rows; i++) {
            const size_t at = durations.count;
            double score = 0.0;

            for (int p = 0; p < 7 && of->predictor[p]; p++)
                score += of->coefficient[p] * golden_number(&table, i, of->predictor[p]);
            if (isnan(score)) /* one patient's is not known */
                continue;
            got.exit[at] = golden_number(&table, i, of->time);
            got.score[at] = score;
            got.event[at] = golden_number(&table, i, of->event) > 0.0;
            durations.count++;
        }
        assert_int_equal(retain_concordance_harrell(NULL, &durations, got.score, NULL, &report), RETAIN_OK);
        assert_near(report.concordance, of->concordance, 1e-9);
        assert_near(report.standard_error, of->error, 5e-4);
        golden_free(&table);
    }
}

/* --- laws ------------------------------------------------------------------------------------------------------------------------- */

static double uniform(uint64_t *stream)
{
    return ((double)(random_bits(stream) >> 11) + 0.5) * 0x1p-53;
}

/* Exponential times of leaving at rate e^score, lost from sight at any time up to `longest`. */
static void draw_shop(uint64_t *stream, double longest, rows *into, size_t count)
{
    into->count = count;
    for (size_t i = 0; i < count; i++) {
        const double score = 2.0 * uniform(stream), left = -log(uniform(stream)) / exp(score), lost = longest * uniform(stream);

        into->score[i] = score;
        into->event[i] = left <= lost;
        into->exit[i] = fmin(left, lost);
        into->survival[i] = exp(-0.5 * exp(score)); /* after 0.5 */
    }
}

/* The true figures are those of shops in which nobody is lost from sight; 95 % limits hold them about 95 times in a hundred. */
static void limits_hold_as_often_as_they_say(void **state)
{
    const retain_concordance_options options = {.struct_size = sizeof options, .horizon = 1.0};
    const double time = 0.5;
    uint64_t stream = 2011;
    static rows of;
    double truth[3] = {0.0, 0.0, 0.0};
    int held[3] = {0, 0, 0};

    (void)state;
    for (int world = -400; world < 400; world++) {
        const retain_durations durations = {.count = MOST, .exit = of.exit, .event = of.event};
        retain_concordance_report report = {.struct_size = sizeof report};
        double auc, auc_low, auc_high, brier, brier_low, brier_high;
        const retain_concordance_columns area = {.value = &auc, .low = &auc_low, .high = &auc_high},
                                         score = {.value = &brier, .low = &brier_low, .high = &brier_high};

        draw_shop(&stream, world < 0 ? 1e9 : 1.5, &of, MOST);
        assert_int_equal(retain_concordance_uno(NULL, &durations, of.score, &options, &report), RETAIN_OK);
        assert_int_equal(retain_concordance_auc(NULL, &durations, of.score, &time, 1, 0.0, &area), RETAIN_OK);
        assert_int_equal(retain_concordance_brier(NULL, &durations, of.survival, &time, 1, 0.0, &score, NULL), RETAIN_OK);
        if (world < 0) {
            truth[0] += report.concordance / 400.0;
            truth[1] += auc / 400.0;
            truth[2] += brier / 400.0;
        } else {
            held[0] += report.low <= truth[0] && truth[0] <= report.high;
            held[1] += auc_low <= truth[1] && truth[1] <= auc_high;
            held[2] += brier_low <= truth[2] && truth[2] <= brier_high;
        }
    }
    for (int f = 0; f < 3; f++)
        assert_true(held[f] >= 366 && held[f] <= 393);
}

/* When all have been watched to a time, C at it is the AUC of whether they had left, and Uno's weights are 1. */
static void without_censoring_all_agree(void **state)
{
    uint64_t stream = 8;
    static rows of;
    const double time = 0.7;
    const retain_durations durations = {.count = MOST, .exit = of.exit};
    retain_concordance_report harrell = {.struct_size = sizeof harrell}, uno = harrell;
    retain_scoring_report report = {.struct_size = sizeof report};
    uint8_t left[MOST];
    double auc;
    const retain_concordance_columns columns = {.value = &auc};

    (void)state;
    draw_shop(&stream, 1e9, &of, MOST);
    for (size_t i = 0; i < MOST; i++)
        left[i] = of.exit[i] <= time;
    assert_int_equal(retain_concordance_harrell(NULL, &durations, of.score, NULL, &harrell), RETAIN_OK);
    assert_int_equal(retain_concordance_uno(NULL, &durations, of.score, NULL, &uno), RETAIN_OK);
    assert_int_equal(retain_concordance_auc(NULL, &durations, of.score, &time, 1, 0.0, &columns), RETAIN_OK);
    assert_int_equal(retain_scoring_measures(NULL, of.score, left, NULL, MOST, NULL, &report), RETAIN_OK);
    assert_memory_equal(&harrell, &uno, sizeof uno);
    assert_near(auc, report.auc, 1e-14);
}

/* Rows in another order, weights as copies, a score turned round. */
static void order_copies_and_direction_do_what_they_must(void **state)
{
    uint64_t stream = 9;
    static rows of, twice;
    retain_concordance_report one = {.struct_size = sizeof one}, other = one, turned = one;
    retain_durations durations = {.count = 100, .exit = of.exit, .event = of.event, .entry = of.entry, .weight = of.weight};
    size_t copies = 0;

    (void)state;
    draw_shop(&stream, 1.5, &of, 100);
    for (size_t i = 0; i < 100; i++) {
        of.score[i] = floor(6.0 * of.score[i]);
        of.exit[i] = ceil(9.0 * of.exit[i]);
        of.entry[i] = floor(of.exit[i] * 0.9 * uniform(&stream));
        of.weight[i] = (double)(random_bits(&stream) % 4);
        for (double copy = 0.0; copy < of.weight[i]; copy += 1.0, copies++) {
            twice.exit[MOST - 1 - copies] = of.exit[i];
            twice.entry[MOST - 1 - copies] = of.entry[i];
            twice.event[MOST - 1 - copies] = of.event[i];
            twice.score[MOST - 1 - copies] = of.score[i];
        }
    }
    assert_int_equal(retain_concordance_harrell(NULL, &durations, of.score, NULL, &one), RETAIN_OK);
    for (size_t i = 0; i < 100; i++)
        of.score[i] = -of.score[i];
    assert_int_equal(retain_concordance_harrell(NULL, &durations, of.score, NULL, &turned), RETAIN_OK);
    durations =
        (retain_durations){copies, twice.exit + MOST - copies, twice.event + MOST - copies, twice.entry + MOST - copies, NULL};
    assert_int_equal(retain_concordance_harrell(NULL, &durations, twice.score + MOST - copies, NULL, &other), RETAIN_OK);
    assert_near(one.concordant, other.concordant, 0.0);
    assert_near(one.tied_time, other.tied_time, 0.0);
    assert_near(one.standard_error, other.standard_error, 1e-14);
    assert_near(turned.concordance, 1.0 - one.concordance, 1e-15);
    assert_near(turned.standard_error, one.standard_error, 1e-15);
}

/* Given to all, the Kaplan-Meier estimate has the Brier score S (1 - S). */
static void the_curve_itself_is_the_null_forecast(void **state)
{
    static rows of;
    const double time = 7.0;
    double s, brier, null_value;
    const retain_concordance_columns columns = {.value = &brier, .null_value = &null_value};
    retain_durations durations;

    (void)state;
    read_customers(&of);
    durations = (retain_durations){.count = of.count, .exit = of.exit, .event = of.event, .weight = of.weight};
    assert_int_equal(retain_survival_at(NULL, &durations, NULL, &time, 1, &s, NULL, NULL, NULL, NULL), RETAIN_OK);
    for (size_t i = 0; i < of.count; i++)
        of.survival[i] = s;
    assert_int_equal(retain_concordance_brier(NULL, &durations, of.survival, &time, 1, 0.0, &columns, NULL), RETAIN_OK);
    assert_near(brier, s * (1.0 - s), 1e-15);
    assert_near(null_value, s * (1.0 - s), 1e-15);
}

/* --- what cannot be said ---------------------------------------------------------------------------------------------------------- */

static void what_cannot_be_said_is_not_said(void **state)
{
    static const double exit[] = {1, 2, 3}, score[] = {3, 2, 1}, survival[] = {0.5, 0.5, 0.5}, zero[] = {0, 0, 0};
    static const uint8_t none[] = {0, 0, 0}, some[] = {1, 0, 0};
    retain_durations durations = {.count = 3, .exit = exit, .event = none};
    retain_concordance_report report = {.struct_size = sizeof report};
    double value, low, time = 5.0;
    const retain_concordance_columns columns = {.value = &value, .low = &low};

    (void)state;
    assert_int_equal(retain_concordance_harrell(NULL, &durations, score, NULL, &report), RETAIN_OK);
    assert_nan(report.concordance);
    assert_nan(report.standard_error);
    assert_int_equal(retain_concordance_brier(NULL, &durations, survival, &time, 1, 0.0, &columns, NULL), RETAIN_OK);
    assert_nan(value);
    durations.event = some;
    assert_int_equal(retain_concordance_uno(NULL, &durations, score, NULL, &report), RETAIN_OK);
    assert_near(report.concordance, 1.0, 0.0);
    assert_nan(report.low);
    durations.event = NULL;
    assert_int_equal(retain_concordance_brier(NULL, &durations, survival, &time, 1, 0.0, &columns, NULL), RETAIN_OK);
    assert_near(value, 0.25, 1e-15); /* all had left */
    durations.weight = zero;
    assert_int_equal(retain_concordance_harrell(NULL, &durations, score, NULL, &report), RETAIN_OK);
    assert_nan(report.concordance);
    assert_near(report.rows, 0.0, 0.0);
    assert_int_equal(retain_concordance_auc(NULL, &durations, score, &time, 1, 0.0, &columns), RETAIN_OK);
    assert_nan(value);
    assert_int_equal(retain_concordance_brier(NULL, &durations, survival, &time, 1, 0.0, &columns, &columns), RETAIN_OK);
    assert_nan(value);
    durations.count = 0;
    assert_int_equal(retain_concordance_harrell(NULL, &durations, NULL, NULL, &report), RETAIN_OK);
    assert_nan(report.concordance);
}

static void the_example_of_the_header_is_true(void **state)
{
    double months[] = {1, 3, 3, 8, 12, 12}, risk[] = {0.9, 0.7, 0.2, 0.8, 0.1, 0.3};
    uint8_t left[] = {1, 1, 0, 1, 0, 0};
    retain_durations durations = {.count = 6, .exit = months, .event = left};
    retain_concordance_report report = {.struct_size = sizeof report};

    (void)state;
    assert_int_equal(retain_concordance_harrell(NULL, &durations, risk, NULL, &report), RETAIN_OK);
    assert_near(report.concordant, 10.0, 0.0);
    assert_near(report.discordant, 1.0, 0.0);
}

static void bad_arguments_are_refused_by_name(void **state)
{
    static const double exit[] = {1, 2}, score[] = {1, 2}, bad[] = {1, (double)NAN}, late[] = {0, 1}, falling[] = {2, 1},
                        survival[] = {0.5, 0.5, 0.5, 1.5};
    const retain_concordance_options level = {.struct_size = sizeof level, .level = 2.0},
                                     horizon = {.struct_size = sizeof horizon, .horizon = -1.0}, small = {.struct_size = 1};
    const retain_durations good = {.count = 2, .exit = exit}, entering = {.count = 2, .exit = exit, .entry = late},
                           wrong = {.count = 2, .exit = bad};
    const retain_concordance_columns columns = {NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_concordance_report report = {.struct_size = sizeof report, .rows = -7.0};

    (void)state;
#define REFUSED(call, status, sentence)           \
    do {                                          \
        assert_int_equal(call, status);           \
        assert_string_equal(ctx.error, sentence); \
    } while (0)
    REFUSED(retain_concordance_harrell(&ctx, &good, bad, NULL, &report), RETAIN_ERROR_DATA, "score[1] is NaN; it must be finite");
    REFUSED(retain_concordance_harrell(&ctx, &good, score, &level, &report), RETAIN_ERROR_ARGUMENT,
            "options.level is 2; it must lie in (0, 1) (0 means 0.95)");
    REFUSED(retain_concordance_harrell(&ctx, &good, score, &horizon, &report), RETAIN_ERROR_ARGUMENT,
            "options.horizon is -1; it must be positive and finite (0 means none)");
    REFUSED(retain_concordance_uno(&ctx, &entering, score, NULL, &report), RETAIN_ERROR_ARGUMENT,
            "durations.entry[1] is 1; weighting by the chance of being watched is for rows watched from 0");
    assert_int_equal(retain_concordance_harrell(&ctx, &good, score, &small, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_concordance_harrell(&ctx, &wrong, score, NULL, &report), RETAIN_ERROR_DATA);
    assert_int_equal(retain_concordance_harrell(&ctx, NULL, score, NULL, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_concordance_harrell(&ctx, &good, NULL, NULL, &report), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_concordance_harrell(&ctx, &good, score, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(report.rows, -7.0, 0.0);
    REFUSED(retain_concordance_auc(&ctx, &good, score, bad, 2, 0.0, &columns), RETAIN_ERROR_ARGUMENT,
            "time[1] is NaN; it must be at least 0 and finite");
    assert_int_equal(retain_concordance_auc(&ctx, &good, score, NULL, 2, 0.0, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_concordance_auc(&ctx, &good, NULL, exit, 2, 0.0, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_concordance_auc(&ctx, &good, score, exit, 2, 0.0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_concordance_auc(&ctx, &good, score, falling, 2, 0.0, &columns), RETAIN_OK);
    REFUSED(retain_concordance_brier(&ctx, &good, survival, falling, 2, 0.0, &columns, NULL), RETAIN_ERROR_ARGUMENT,
            "time[1] is 1; times must ascend");
    REFUSED(retain_concordance_brier(&ctx, &good, survival, exit, 2, 0.0, &columns, NULL), RETAIN_ERROR_DATA,
            "survival[3] is 1.5 (row 1 at time 1); it must lie in [0, 1]");
    assert_int_equal(retain_concordance_brier(&ctx, &good, NULL, exit, 2, 0.0, &columns, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_concordance_brier(&ctx, &good, survival, exit, 2, 0.0, NULL, NULL), RETAIN_ERROR_ARGUMENT);
#undef REFUSED
}

/* --- memory ----------------------------------------------------------------------------------------------------------------------- */

static retain_status do_everything(retain_context *ctx, void *state)
{
    const rows *of = state;
    const double time[] = {3, 7, 10};
    const retain_durations late = {of->count, of->exit, of->event, of->entry, of->weight},
                           durations = {of->count, of->exit, of->event, NULL, of->weight};
    double value[3];
    const retain_concordance_columns columns = {.value = value};
    retain_concordance_report report = {.struct_size = sizeof report};
    retain_status status = retain_concordance_harrell(ctx, &late, of->score, NULL, &report);

    if (status == RETAIN_OK)
        status = retain_concordance_uno(ctx, &durations, of->score, NULL, &report);
    if (status == RETAIN_OK)
        status = retain_concordance_auc(ctx, &durations, of->score, time, 3, 0.0, &columns);
    if (status == RETAIN_OK)
        status = retain_concordance_brier(ctx, &durations, of->survival, time, 3, 0.0, &columns, NULL);
    return status;
}

static void memory_exhaustion_is_survived(void **state)
{
    static rows of;

    (void)state;
    read_customers(&of);
    survives_memory_exhaustion(do_everything, NULL, &of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_meet_the_golden_ones),
        cmocka_unit_test(areas_meet_the_golden_ones),
        cmocka_unit_test(brier_scores_meet_the_golden_ones),
        cmocka_unit_test(concordance_is_that_of_survival),
        cmocka_unit_test(limits_hold_as_often_as_they_say),
        cmocka_unit_test(without_censoring_all_agree),
        cmocka_unit_test(order_copies_and_direction_do_what_they_must),
        cmocka_unit_test(the_curve_itself_is_the_null_forecast),
        cmocka_unit_test(what_cannot_be_said_is_not_said),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(bad_arguments_are_refused_by_name),
        cmocka_unit_test(memory_exhaustion_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

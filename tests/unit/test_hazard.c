/* The discrete-time hazard against figures made from expanded rows at 40 digits (tests/golden/generate/generate_hazard.py), and against its own
 * definition: the life table, rows cut into pieces, and customers who were made to leave with known hazards. */
#include "retain/hazard_forecast.h"

#include "support.h"

enum { N = 72, P = 3, ENTRIES = RETAIN_HAZARD_GROUPS + 2 * P };

typedef struct shop {
    double entry[N], exit[N], weight[N], x[P][N], until[9];
    uint8_t event[N];
    const double *column[P];
    retain_durations durations;
    retain_predictors predictors;
    retain_hazard_options options;
    retain_hazard model;
    retain_hazard_report report;
    double error[ENTRIES], covariance[ENTRIES * ENTRIES];
} shop;

static void read_shop(shop *of)
{
    static const char *const names[P] = {"tickets", "plan", "visits"};
    golden data = golden_read("hazard/rows.csv");

    assert_int_equal(data.rows, N);
    for (size_t i = 0; i < N; i++) {
        of->entry[i] = golden_number(&data, i, "entry");
        of->exit[i] = golden_number(&data, i, "exit");
        of->event[i] = golden_number(&data, i, "event") > 0.0;
        of->weight[i] = golden_number(&data, i, "weight");
        for (size_t j = 0; j < P; j++)
            of->x[j][i] = golden_number(&data, i, names[j]);
    }
    for (size_t j = 0; j < P; j++)
        of->column[j] = of->x[j];
    golden_free(&data);
}

static size_t read_list(const char *text, double *to)
{
    size_t count = 0;

    for (char *end; *text; text = end)
        to[count++] = strtod(text, &end);
    return count;
}

static void make_case(shop *of, const golden *cases, size_t row)
{
    const int late = golden_number(cases, row, "late") > 0.0;
    const retain_hazard_effects effects = {.standard_error = of->error};

    of->durations = (retain_durations){N, of->exit, of->event, late ? of->entry : NULL, late ? of->weight : NULL};
    of->predictors = (retain_predictors){N, (size_t)golden_number(cases, row, "columns"), of->column, 0};
    of->options = (retain_hazard_options){.struct_size = sizeof of->options,
                                          .link = (retain_hazard_link)golden_number(cases, row, "link"),
                                          .l2 = golden_number(cases, row, "l2"),
                                          .smoothing = golden_number(cases, row, "smoothing")};
    of->options.groups = read_list(golden_text(cases, row, "until"), of->until);
    of->options.until = of->options.groups ? of->until : NULL;
    of->report = (retain_hazard_report)RETAIN_HAZARD_REPORT_INIT;
    assert_int_equal(retain_hazard_fit(NULL, &of->durations, &of->predictors, NULL, &of->options, &of->model, &of->report, &effects,
                                       of->covariance),
                     RETAIN_OK);
}

static void assert_relative(double got, double want, double tolerance)
{
    assert_near(got, want, tolerance * (fabs(want) + 1e-3));
}

static double entry_of(const retain_hazard *model, size_t e)
{
    if (e < model->groups)
        return model->baseline[e];
    e -= model->groups;
    return e < model->columns ? model->coefficient[e] : model->missing[e - model->columns];
}

static void fits_meet_the_golden_ones(void **state)
{
    golden cases = golden_read("hazard/cases.csv"), entries = golden_read("hazard/entries.csv");
    static shop of;

    (void)state;
    read_shop(&of);
    for (size_t c = 0; c < cases.rows; c++) {
        double until[RETAIN_HAZARD_GROUPS];

        make_case(&of, &cases, c);
        assert_relative(of.report.log_likelihood, golden_number(&cases, c, "log_likelihood"), 1e-12);
        assert_int_equal(of.model.groups, read_list(golden_text(&cases, c, "groups"), until));
        for (size_t g = 0; g < of.model.groups; g++)
            assert_near(of.model.until[g], until[g], 0.0);
        for (size_t k = 0; k < entries.rows; k++) {
            const size_t e = (size_t)golden_number(&entries, k, "entry");

            if ((size_t)golden_number(&entries, k, "case") != c)
                continue;
            assert_relative(entry_of(&of.model, e), golden_number(&entries, k, "coefficient"), 1e-10);
            assert_relative(of.error[e], golden_number(&entries, k, "standard_error"), 1e-9);
        }
    }
    golden_free(&cases);
    golden_free(&entries);
}

static void forecasts_meet_the_golden_ones(void **state)
{
    golden cases = golden_read("hazard/cases.csv"), want = golden_read("hazard/forecasts.csv");
    static shop of;
    size_t made = (size_t)-1;

    (void)state;
    read_shop(&of);
    for (size_t k = 0; k < want.rows; k++) {
        const size_t row = (size_t)golden_number(&want, k, "row"), c = (size_t)golden_number(&want, k, "case");
        const double *column[P] = {of.x[0] + row, of.x[1] + row, of.x[2] + row};
        const double lasted = golden_number(&want, k, "lasted"), ahead = golden_number(&want, k, "ahead"), period = lasted + ahead;
        double value, low, high;
        retain_predictors one;

        if (c != made)
            make_case(&of, &cases, made = c);
        one = (retain_predictors){1, of.model.columns, column, 0};
        assert_int_equal(retain_hazard_probability(NULL, &of.model, of.covariance, &one, 0.0, &period, 1, &value, &low, &high),
                         RETAIN_OK);
        assert_relative(value, golden_number(&want, k, "hazard"), 1e-9);
        assert_relative(low, golden_number(&want, k, "hazard_low"), 1e-8);
        assert_relative(high, golden_number(&want, k, "hazard_high"), 1e-8);
        assert_int_equal(retain_hazard_survival(NULL, &of.model, of.covariance, &one, &lasted, 0.0, &ahead, 1, &value, &low, &high),
                         RETAIN_OK);
        assert_relative(value, golden_number(&want, k, "survival"), 1e-9);
        assert_relative(low, golden_number(&want, k, "survival_low"), 1e-8);
        assert_relative(high, golden_number(&want, k, "survival_high"), 1e-8);
        assert_int_equal(retain_hazard_remaining(NULL, &of.model, of.covariance, &one, &lasted, 0.0, ahead, &value, &low, &high),
                         RETAIN_OK);
        assert_relative(value, golden_number(&want, k, "remaining"), 1e-9);
        assert_relative(low, golden_number(&want, k, "remaining_low"), 1e-8);
        assert_relative(high, golden_number(&want, k, "remaining_high"), 1e-8);
    }
    golden_free(&cases);
    golden_free(&want);
}

/* --- definitions ------------------------------------------------------------------------------------------------------------------ */

static void without_predictors_hazards_are_those_of_the_life_table(void **state)
{
    static shop of;
    double until[RETAIN_HAZARD_GROUPS], at_risk[RETAIN_HAZARD_GROUPS], events[RETAIN_HAZARD_GROUPS], curve = 1.0, times[9], kept[9];
    const retain_predictors none = {N, 0, NULL, 0}, one = {1, 0, NULL, 0};
    size_t groups;

    (void)state;
    read_shop(&of);
    of.durations = (retain_durations){N, of.exit, of.event, of.entry, of.weight};
    assert_int_equal(retain_hazard_periods(NULL, &of.durations, NULL, &groups, until, at_risk, events), RETAIN_OK);
    for (int link = 0; link < 2; link++) {
        const retain_hazard_options options = {.struct_size = sizeof options, .link = (retain_hazard_link)link};
        double hazard[9];

        assert_int_equal(retain_hazard_fit(NULL, &of.durations, &none, NULL, &options, &of.model, NULL, NULL, NULL), RETAIN_OK);
        assert_int_equal(of.model.groups, groups);
        assert_int_equal(retain_hazard_probability(NULL, &of.model, NULL, &one, 0.0, until, groups, hazard, NULL, NULL), RETAIN_OK);
        for (size_t g = 0; g < groups; g++)
            assert_near(hazard[g], events[g] / at_risk[g], 1e-13);
    }
    for (size_t j = 0; j < 5; j++) { /* single periods: the Kaplan-Meier curve */
        double risk = 0.0, left = 0.0;

        times[j] = (double)(j + 1);
        for (size_t i = 0; i < N; i++) {
            risk += of.entry[i] < times[j] && times[j] <= of.exit[i] ? of.weight[i] : 0.0;
            left += of.event[i] && of.exit[i] == times[j] ? of.weight[i] : 0.0;
        }
        assert_near(until[j], times[j], 0.0);
        assert_near(at_risk[j], risk, 1e-12);
        assert_near(events[j], left, 1e-12);
    }
    assert_int_equal(retain_hazard_survival(NULL, &of.model, NULL, &one, NULL, 0.0, times, 5, kept, NULL, NULL), RETAIN_OK);
    for (size_t j = 0; j < 5; j++) {
        curve *= 1.0 - events[j] / at_risk[j];
        assert_near(kept[j], curve, 1e-13);
    }
}

/* A customer in one row, or in two with the same predictors: nothing else was known. */
static void rows_may_be_cut_in_pieces(void **state)
{
    static shop of;
    static double entry[2 * N], exit[2 * N], x[2 * N], weight[2 * N];
    static uint8_t event[2 * N];
    static int64_t customer[2 * N];
    const double *column[] = {x};
    size_t rows = 0;
    retain_hazard_report whole = RETAIN_HAZARD_REPORT_INIT, cut = RETAIN_HAZARD_REPORT_INIT;
    retain_hazard again;

    (void)state;
    read_shop(&of);
    for (size_t i = 0; i < N; i++) {
        const double middle = of.entry[i] + 1.0;
        const int twice = middle < of.exit[i] && i % 2 == 0;

        for (int part = 0; part <= twice; part++, rows++) {
            entry[rows] = part ? middle : of.entry[i];
            exit[rows] = twice && !part ? middle : of.exit[i];
            event[rows] = (uint8_t)(of.event[i] && part == twice);
            x[rows] = of.x[0][i];
            weight[rows] = of.weight[i];
            customer[rows] = (int64_t)i;
        }
    }
    of.durations = (retain_durations){N, of.exit, of.event, of.entry, of.weight};
    of.predictors = (retain_predictors){N, 1, of.column, 0};
    assert_int_equal(retain_hazard_fit(NULL, &of.durations, &of.predictors, NULL, NULL, &of.model, &whole, NULL, NULL), RETAIN_OK);
    of.durations = (retain_durations){rows, exit, event, entry, weight};
    of.predictors = (retain_predictors){rows, 1, column, 0};
    assert_int_equal(retain_hazard_fit(NULL, &of.durations, &of.predictors, customer, NULL, &again, &cut, NULL, NULL), RETAIN_OK);
    assert_near(cut.log_likelihood, whole.log_likelihood, 1e-10);
    assert_near(again.coefficient[0], of.model.coefficient[0], 1e-11);
    entry[1] = 0.0;
    assert_int_equal(retain_hazard_fit(NULL, &of.durations, &of.predictors, customer, NULL, &again, &cut, NULL, NULL),
                     RETAIN_ERROR_DATA);
}

static double uniform(uint64_t *stream)
{
    return (double)(random_bits(stream) >> 11) * 0x1p-53;
}

/* 40,000 customers who leave with known hazards: what is found lies within a few standard errors of what they were made with. */
static void known_hazards_are_found_again(void **state)
{
    enum { COUNT = 40000, LAST = 12 };
    static double entry[COUNT], exit[COUNT], x[COUNT], y[COUNT];
    static uint8_t event[COUNT];
    static double error[RETAIN_HAZARD_GROUPS + 4];
    const double *column[] = {x, y};
    const retain_hazard_effects effects = {.standard_error = error};

    (void)state;
    for (int link = 0; link < 2; link++) {
        const retain_hazard_options options = {.struct_size = sizeof options, .link = (retain_hazard_link)link};
        const retain_durations durations = {COUNT, exit, event, entry, NULL};
        const retain_predictors predictors = {COUNT, 2, column, 0};
        uint64_t stream = 7;
        retain_hazard model;
        size_t rows = 0;

        while (rows < COUNT) {
            const double seen = rows % 3 ? 0.0 : floor(4.0 * uniform(&stream)), end = 1.0 + floor(LAST * uniform(&stream));
            double j = 0.0;
            int left = 0;

            x[rows] = uniform(&stream) - 0.5;
            y[rows] = uniform(&stream) < 0.3 ? (double)NAN : 2.0 * uniform(&stream);
            while (j < end && !left) {
                const double v = -2.0 - 0.1 * ++j + 0.8 * x[rows] + (y[rows] == y[rows] ? -0.5 * y[rows] : 0.2);

                left = uniform(&stream) < (link ? -expm1(-exp(v)) : 1.0 / (1.0 + exp(-v)));
            }
            if (j <= seen)
                continue; /* never seen */
            entry[rows] = seen;
            exit[rows] = j;
            event[rows++] = (uint8_t)left;
        }
        assert_int_equal(retain_hazard_fit(NULL, &durations, &predictors, NULL, &options, &model, NULL, &effects, NULL), RETAIN_OK);
        assert_int_equal(model.groups, LAST);
        assert_near(model.coefficient[0], 0.8, 4.0 * error[LAST]);
        assert_near(model.coefficient[1], -0.5, 4.0 * error[LAST + 1]);
        assert_near(model.missing[1], 0.2 + 0.5 * model.reference[1], 4.0 * error[LAST + 3]);
        for (size_t g = 0; g < LAST; g++)
            assert_near(model.baseline[g], -2.1 - 0.1 * (double)g + 0.8 * model.reference[0] - 0.5 * model.reference[1],
                        4.0 * error[g]);
    }
}

static void threads_change_nothing(void **state)
{
    enum { COUNT = 9000 };
    static double exit[COUNT], x[COUNT];
    static uint8_t event[COUNT];
    const double *column[] = {x};
    const retain_durations durations = {COUNT, exit, event, NULL, NULL};
    const retain_predictors predictors = {COUNT, 1, column, 0};
    retain_hazard one, four;
    retain_context context = RETAIN_CONTEXT_INIT;
    uint64_t stream = 3;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        exit[i] = 1.0 + floor(20.0 * uniform(&stream));
        event[i] = uniform(&stream) < 0.4;
        x[i] = uniform(&stream) * (1.0 + event[i]);
    }
    assert_int_equal(retain_hazard_fit(&context, &durations, &predictors, NULL, NULL, &one, NULL, NULL, NULL), RETAIN_OK);
    context.threads = 4;
    assert_int_equal(retain_hazard_fit(&context, &durations, &predictors, NULL, NULL, &four, NULL, NULL, NULL), RETAIN_OK);
    assert_memory_equal(&one, &four, sizeof one);
}

static void contributions_add_up_to_what_predictors_add(void **state)
{
    static shop of;
    golden cases = golden_read("hazard/cases.csv");
    double contribution[N * P], hazard[N], share[N], value[N];
    int64_t reason[N];
    const double period = 2.0;

    (void)state;
    read_shop(&of);
    make_case(&of, &cases, 3);
    assert_int_equal(
        retain_hazard_reasons(NULL, &of.model, &of.predictors, 1, RETAIN_REASONS_RAISING, contribution, reason, share, value),
        RETAIN_OK);
    assert_int_equal(retain_hazard_probability(NULL, &of.model, NULL, &of.predictors, 0.0, &period, 1, hazard, NULL, NULL),
                     RETAIN_OK);
    for (size_t i = 0; i < N; i++) {
        double sum = of.model.baseline[1], most = 0.0;

        for (size_t j = 0; j < P; j++) {
            sum += contribution[i * P + j];
            most = fmax(most, contribution[i * P + j]);
        }
        assert_near(hazard[i], 1.0 / (1.0 + exp(-sum)), 1e-14);
        if (reason[i] >= 0)
            assert_near(share[i], most, 0.0);
        else
            assert_near(most, 0.0, 0.0);
    }
    golden_free(&cases);
}

/* --- memory ----------------------------------------------------------------------------------------------------------------------- */

/* Everybody leaves, some of them in the last period, which smoothing alone keeps finite: at weights of any size. */
static void smoothing_holds_beside_weights_of_any_size(void **state)
{
    static const double exit[] = {3, 1, 3, 3, 3, 3, 1, 3, 4, 5, 2, 5, 2, 3, 5, 2, 2, 2}, size[] = {1.0, 1e6, 1e22, 1e66};
    enum { ROWS = sizeof exit / sizeof *exit };
    double weight[ROWS], one[RETAIN_HAZARD_GROUPS];

    (void)state;
    for (size_t s = 0; s < sizeof size / sizeof *size; s++) {
        const retain_durations durations = {ROWS, exit, NULL, NULL, weight};
        const retain_predictors nothing = {ROWS, 0, NULL, 0};
        const retain_hazard_options options = {.struct_size = sizeof options, .smoothing = size[s]};
        retain_hazard_report report = RETAIN_HAZARD_REPORT_INIT;
        retain_hazard model;

        for (size_t i = 0; i < ROWS; i++)
            weight[i] = size[s];
        assert_int_equal(retain_hazard_fit(NULL, &durations, &nothing, NULL, &options, &model, &report, NULL, NULL), RETAIN_OK);
        for (size_t g = 0; g < model.groups; g++) {
            if (s == 0)
                one[g] = model.baseline[g];
            assert_near(model.baseline[g], one[g], 1e-6);
        }
        assert_true(report.log_likelihood < 0.0 && report.degrees >= 0.0);
    }
}

static void smoothing_beyond_arithmetic_is_told_in_words(void **state)
{
    static const double exit[] = {5, 3, 3, 3, 1, 5, 2, 2, 4, 1, 1, 3, 3, 2};
    enum { ROWS = sizeof exit / sizeof *exit };
    double weight[ROWS];
    const retain_durations durations = {ROWS, exit, NULL, NULL, weight};
    const retain_predictors nothing = {ROWS, 0, NULL, 0};
    const retain_hazard_options options = {.struct_size = sizeof options, .smoothing = 1.0};
    retain_hazard_report report = RETAIN_HAZARD_REPORT_INIT;
    retain_hazard model;

    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        weight[i] = 1e-66;
    assert_int_equal(retain_hazard_fit(NULL, &durations, &nothing, NULL, &options, &model, &report, NULL, NULL),
                     RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_HAZARD_COLLINEAR);
    assert_non_null(strstr(report.explanation, "the smoothing is too strong for weights such as these"));
}

/* Predictors that nearly tell who leaves, held by next to no penalty: far out, an event must not count for more than certain. */
static void no_likelihood_is_above_one(void **state)
{
    static const double exit[] = {3, 1, 3, 2}, a[] = {0, 1, 2, 3}, b[] = {-1.0, -1.6, -0.97, -1.2};
    static const double *const column[] = {a, b};
    const retain_durations durations = {4, exit, NULL, NULL, NULL};
    const retain_predictors predictors = {4, 2, column, 0};
    retain_hazard_options options = {.struct_size = sizeof options};
    retain_hazard model;

    (void)state;
    for (int power = -12; power < 0; power++) {
        retain_hazard_report report = RETAIN_HAZARD_REPORT_INIT;
        retain_status status;

        options.l2 = pow(10.0, power);
        status = retain_hazard_fit(NULL, &durations, &predictors, NULL, &options, &model, &report, NULL, NULL);
        assert_true(status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE);
        assert_true(report.log_likelihood <= 0.0 && report.log_likelihood > -10.0);
    }
}

static retain_status fit_and_ask(retain_context *ctx, void *state)
{
    static double exit[] = {1.0, 2.0, 2.0, 0.0, 3.0, 3.0, 4.0}, x[] = {1.0, (double)NAN, 3.0, 0.0, 1.0, 2.0, 1.0};
    static uint8_t event[] = {1, 1, 0, 0, 1, 0, 1};
    static int64_t customer[] = {1, 2, 3, 4, 5, 6, 7};
    const double *column[] = {x}, ahead = 2.0;
    const retain_durations durations = {7, exit, event, NULL, NULL};
    const retain_predictors predictors = {7, 1, column, 0};
    const retain_hazard_options options = {.struct_size = sizeof options, .l2 = 1.0};
    double share[7], contribution[7];
    retain_hazard model;
    retain_status status = retain_hazard_fit(ctx, &durations, &predictors, customer, &options, &model, NULL, NULL, NULL);

    (void)state;
    if (status == RETAIN_OK)
        status = retain_hazard_survival(ctx, &model, NULL, &predictors, NULL, 0.0, &ahead, 1, share, NULL, NULL);
    if (status == RETAIN_OK)
        status = retain_hazard_reasons(ctx, &model, &predictors, 0, RETAIN_REASONS_EITHER, contribution, NULL, NULL, NULL);
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    survives_memory_exhaustion(fit_and_ask, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_meet_the_golden_ones),
        cmocka_unit_test(forecasts_meet_the_golden_ones),
        cmocka_unit_test(without_predictors_hazards_are_those_of_the_life_table),
        cmocka_unit_test(rows_may_be_cut_in_pieces),
        cmocka_unit_test(known_hazards_are_found_again),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(contributions_add_up_to_what_predictors_add),
        cmocka_unit_test(smoothing_holds_beside_weights_of_any_size),
        cmocka_unit_test(smoothing_beyond_arithmetic_is_told_in_words),
        cmocka_unit_test(no_likelihood_is_above_one),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

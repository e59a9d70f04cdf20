/* Survival curves against exact arithmetic: oracles, R's lung figures, and a made-up shop with late entry, weights and groups. */
#include "retain/survival.h"

#include "support.h"

enum { MOST = 600, GROUPS = 5 };

/* --- data ------------------------------------------------------------------------------------------------------------------------- */

typedef struct rows {
    double exit[MOST], entry[MOST], weight[MOST];
    uint8_t event[MOST];
    int64_t group[MOST];
    size_t count;
} rows;

/* The rows of one data set; the column of the group may be NULL, and so may those of entries and weights. */
static void read_rows(const char *path, const char *dataset, const char *exit, const char *entry, const char *weight,
                      const char *group, rows *into)
{
    golden data = golden_read(path);

    into->count = 0;
    for (size_t row = 0; row < data.rows; row++) {
        const size_t i = into->count;

        if (dataset && strcmp(golden_text(&data, row, "dataset"), dataset) != 0)
            continue;
        assert_true(into->count++ < MOST);
        into->exit[i] = golden_number(&data, row, exit);
        into->event[i] = golden_number(&data, row, "event") > 0.0;
        into->entry[i] = entry ? golden_number(&data, row, entry) : 0.0;
        into->weight[i] = weight ? golden_number(&data, row, weight) : 1.0;
        into->group[i] = group ? (int64_t)golden_number(&data, row, group) : 0;
    }
    golden_free(&data);
}

static retain_durations view_rows(const rows *of, int entries, int weights)
{
    return (retain_durations){.count = of->count,
                              .exit = of->exit,
                              .event = of->event,
                              .entry = entries ? of->entry : NULL,
                              .weight = weights ? of->weight : NULL};
}

typedef struct curve {
    double time[MOST], at_risk[MOST], events[MOST], censored[MOST], survival[MOST], error[MOST], low[MOST], high[MOST],
        hazard[MOST], hazard_error[MOST], hazard_low[MOST], hazard_high[MOST];
    size_t count;
} curve;

static retain_survival_columns columns_of(curve *of)
{
    return (retain_survival_columns){.time = of->time,
                                     .at_risk = of->at_risk,
                                     .events = of->events,
                                     .censored = of->censored,
                                     .survival = of->survival,
                                     .standard_error = of->error,
                                     .low = of->low,
                                     .high = of->high,
                                     .hazard = of->hazard,
                                     .hazard_error = of->hazard_error,
                                     .hazard_low = of->hazard_low,
                                     .hazard_high = of->hazard_high};
}

static void draw_curve(const retain_durations *durations, const retain_survival_options *options, curve *of)
{
    const retain_survival_columns columns = columns_of(of);

    assert_int_equal(retain_survival_curve(NULL, durations, options, &columns, MOST, &of->count), RETAIN_OK);
}

/* --- oracles ---------------------------------------------------------------------------------------------------------------------- */

static void the_curve_is_that_of_exact_arithmetic(void **state)
{
    golden table = golden_read("survival/kaplan_meier.csv");
    static rows of;
    static curve got;
    size_t at = 0;

    (void)state;
    for (size_t row = 0; row < table.rows; row++, at++) {
        const char *name = golden_text(&table, row, "dataset");

        if (row == 0 || strcmp(name, golden_text(&table, row - 1, "dataset")) != 0) {
            retain_durations durations;

            assert_int_equal(at, got.count);
            read_rows("survival/survival_data.csv", name, "time", NULL, NULL, NULL, &of);
            durations = view_rows(&of, 0, 0);
            draw_curve(&durations, NULL, &got);
            at = 0;
        }
        assert_near(got.time[at], golden_number(&table, row, "time"), 0.0);
        assert_near(got.at_risk[at], golden_number(&table, row, "n_risk"), 0.0);
        assert_near(got.events[at], golden_number(&table, row, "n_event"), 0.0);
        assert_near(got.censored[at], golden_number(&table, row, "n_censor"), 0.0);
        assert_near(got.survival[at], golden_number(&table, row, "km"), 1e-15);
        assert_near(got.error[at], golden_number(&table, row, "greenwood_se"), 1e-14);
        assert_near(got.low[at], golden_number(&table, row, "loglog_low"), 1e-13);
        assert_near(got.high[at], golden_number(&table, row, "loglog_high"), 1e-13);
        assert_near(got.hazard[at], golden_number(&table, row, "nelson_aalen"), 1e-14 * (1.0 + got.hazard[at]));
        assert_near(got.hazard_error[at], golden_number(&table, row, "nelson_aalen_se"), 1e-14);
    }
    assert_int_equal(at, got.count);
    golden_free(&table);
}

static void medians_and_means_are_those_of_exact_arithmetic(void **state)
{
    golden table = golden_read("survival/km_summary.csv");
    static const double half[] = {0.5};
    static rows of;

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const retain_survival_options options = {.struct_size = sizeof options, .horizon = golden_number(&table, row, "tau")};
        retain_durations durations;
        double median, mean, given;

        read_rows("survival/survival_data.csv", golden_text(&table, row, "dataset"), "time", NULL, NULL, NULL, &of);
        durations = view_rows(&of, 0, 0);
        assert_int_equal(retain_survival_quantiles(NULL, &durations, NULL, half, 1, &median, NULL, NULL), RETAIN_OK);
        assert_int_equal(retain_survival_mean(NULL, &durations, NULL, &mean, NULL, NULL, NULL), RETAIN_OK);
        assert_int_equal(retain_survival_mean(NULL, &durations, &options, &given, NULL, NULL, NULL), RETAIN_OK);
        assert_near(median, golden_number(&table, row, "median_first_time_S_le_half"), 0.0);
        assert_near(mean, golden_number(&table, row, "restricted_mean"), 1e-14 * mean);
        assert_near(given, mean, 0.0);
    }
    golden_free(&table);
}

static void late_entry_is_that_of_exact_arithmetic(void **state)
{
    golden table = golden_read("survival/left_truncated_km.csv");
    static rows of;
    static curve got;
    retain_durations durations;
    size_t at = 0;

    (void)state;
    read_rows("survival/left_truncated_data.csv", golden_text(&table, 0, "dataset"), "exit", "entry", NULL, NULL, &of);
    durations = view_rows(&of, 1, 0);
    draw_curve(&durations, NULL, &got);
    for (size_t row = 0; row < table.rows; row++) {
        while (at < got.count && got.time[at] < golden_number(&table, row, "time"))
            assert_near(got.events[at++], 0.0, 0.0);
        assert_near(got.time[at], golden_number(&table, row, "time"), 0.0);
        assert_near(got.at_risk[at], golden_number(&table, row, "n_risk"), 0.0);
        assert_near(got.events[at], golden_number(&table, row, "n_event"), 0.0);
        assert_near(got.survival[at], golden_number(&table, row, "km"), 1e-15);
        assert_near(got.error[at], golden_number(&table, row, "greenwood_se"), 1e-14);
        assert_near(got.hazard[at++], golden_number(&table, row, "nelson_aalen"), 1e-14);
    }
    golden_free(&table);
}

/* Values of R's survival 3.5. */
static void the_lung_figures_are_those_of_r(void **state)
{
    static const double days[] = {30, 180, 365, 730}, share[] = {0.5};
    static const double wanted[] = {.956140351, .721670653, .409241624, .115693098};
    static const double wanted_error[] = {.0135620698, .0298124195, .0358236382, .0282981973};
    const retain_survival_options logarithm = {.struct_size = sizeof logarithm, .interval = RETAIN_SURVIVAL_LOG};
    static rows of;
    retain_survival_groups columns = {0};
    retain_durations durations;
    double survival[4], error[4], median, low, high, chi_squared, degrees, p_value, events[2];

    (void)state;
    read_rows("survival/lung.csv", NULL, "time", NULL, NULL, "sex", &of);
    for (size_t i = 0; i < of.count; i++)
        of.group[i]--;
    durations = view_rows(&of, 0, 0);
    columns.events = events;
    assert_int_equal(retain_survival_at(NULL, &durations, NULL, days, 4, survival, error, NULL, NULL, NULL), RETAIN_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_near(survival[i], wanted[i], 1e-9);
        assert_near(error[i], wanted_error[i], 1e-9);
    }
    assert_int_equal(retain_survival_quantiles(NULL, &durations, &logarithm, share, 1, &median, &low, &high), RETAIN_OK);
    assert_near(median, 310, 0.0);
    assert_near(low, 285, 0.0);
    assert_near(high, 363, 0.0);
    assert_int_equal(retain_survival_compare(NULL, &durations, of.group, 2, NULL, &columns, &chi_squared, &degrees, &p_value),
                     RETAIN_OK);
    assert_near(chi_squared, 10.326742, 1e-6);
    assert_near(degrees, 1.0, 0.0);
    assert_near(p_value, 0.001311165, 1e-9);
    assert_near(events[0], 112, 0.0);
    assert_near(events[1], 53, 0.0);
}

/* --- a made-up shop --------------------------------------------------------------------------------------------------------------- */

/* Rows and options of a case of the golden tables. */
static retain_survival_options read_case(const golden *table, size_t row, const rows *of, retain_durations *durations)
{
    const char *scale = golden_text(table, row, "interval");

    *durations = view_rows(of, golden_number(table, row, "entries") > 0.0, golden_number(table, row, "weights") > 0.0);
    return (retain_survival_options){.struct_size = sizeof(retain_survival_options),
                                     .level = golden_number(table, row, "level"),
                                     .start = golden_number(table, row, "start"),
                                     .rho = golden_number(table, row, "rho"),
                                     .interval = strcmp(scale, "log") == 0     ? RETAIN_SURVIVAL_LOG
                                                 : strcmp(scale, "plain") == 0 ? RETAIN_SURVIVAL_PLAIN
                                                                               : RETAIN_SURVIVAL_LOG_LOG};
}

static int begins_case(const golden *table, size_t row)
{
    return row == 0 || strcmp(golden_text(table, row, "case"), golden_text(table, row - 1, "case")) != 0;
}

static void read_shop(rows *of)
{
    read_rows("survival/durations.csv", NULL, "exit", "entry", "weight", "group", of);
}

static void assert_close(double got, const golden *table, size_t row, const char *column)
{
    const double want = golden_number(table, row, column);

    assert_near(got, want, 1e-13 * (1.0 + (isnan(want) ? 0.0 : fabs(want))));
}

static void curves_meet_the_golden_ones(void **state)
{
    golden table = golden_read("survival/curve.csv");
    static rows of;
    static curve got;
    size_t at = 0;

    (void)state;
    read_shop(&of);
    for (size_t row = 0; row < table.rows; row++, at++) {
        if (begins_case(&table, row)) {
            retain_durations durations;
            const retain_survival_options options = read_case(&table, row, &of, &durations);

            assert_int_equal(at, got.count);
            draw_curve(&durations, &options, &got);
            at = 0;
        }
        assert_close(got.time[at], &table, row, "time");
        assert_close(got.at_risk[at], &table, row, "at_risk");
        assert_close(got.events[at], &table, row, "events");
        assert_close(got.censored[at], &table, row, "censored");
        assert_close(got.survival[at], &table, row, "survival");
        assert_close(got.error[at], &table, row, "standard_error");
        assert_close(got.low[at], &table, row, "low");
        assert_close(got.high[at], &table, row, "high");
        assert_close(got.hazard[at], &table, row, "hazard");
        assert_close(got.hazard_error[at], &table, row, "hazard_error");
        assert_close(got.hazard_low[at], &table, row, "hazard_low");
        assert_close(got.hazard_high[at], &table, row, "hazard_high");
    }
    assert_int_equal(at, got.count);
    golden_free(&table);
}

static void readings_meet_the_golden_ones(void **state)
{
    golden at = golden_read("survival/at.csv"), quantiles = golden_read("survival/quantiles.csv"),
           means = golden_read("survival/means.csv");
    static rows of;

    (void)state;
    read_shop(&of);
    for (size_t row = 0; row < at.rows; row++) {
        retain_durations durations;
        const retain_survival_options options = read_case(&at, row, &of, &durations);
        const double time = golden_number(&at, row, "time");
        double survival, error, low, high, at_risk;

        assert_int_equal(retain_survival_at(NULL, &durations, &options, &time, 1, &survival, &error, &low, &high, &at_risk),
                         RETAIN_OK);
        assert_close(survival, &at, row, "survival");
        assert_close(error, &at, row, "standard_error");
        assert_close(low, &at, row, "low");
        assert_close(high, &at, row, "high");
        assert_close(at_risk, &at, row, "at_risk");
    }
    for (size_t row = 0; row < quantiles.rows; row++) {
        retain_durations durations;
        const retain_survival_options options = read_case(&quantiles, row, &of, &durations);
        const double share = golden_number(&quantiles, row, "share");
        double time, low, high;

        assert_int_equal(retain_survival_quantiles(NULL, &durations, &options, &share, 1, &time, &low, &high), RETAIN_OK);
        assert_close(time, &quantiles, row, "time");
        assert_close(low, &quantiles, row, "low");
        assert_close(high, &quantiles, row, "high");
    }
    for (size_t row = 0; row < means.rows; row++) {
        retain_durations durations;
        retain_survival_options options = read_case(&means, row, &of, &durations);
        double mean, error, low, high;

        options.horizon = golden_blank(&means, row, "horizon") ? 0.0 : golden_number(&means, row, "horizon");
        assert_int_equal(retain_survival_mean(NULL, &durations, &options, &mean, &error, &low, &high), RETAIN_OK);
        assert_close(mean, &means, row, "mean");
        assert_close(error, &means, row, "standard_error");
        assert_close(low, &means, row, "low");
        assert_close(high, &means, row, "high");
    }
    golden_free(&at);
    golden_free(&quantiles);
    golden_free(&means);
}

static void comparisons_meet_the_golden_ones(void **state)
{
    static const char *names[] = {"rows",          "events",    "expected",   "survival",       "survival_low",
                                  "survival_high", "median",    "median_low", "median_high",    "mean",
                                  "mean_low",      "mean_high", "difference", "difference_low", "difference_high"};
    golden table = golden_read("survival/groups.csv"), tests = golden_read("survival/test.csv");
    static double got[15][GROUPS];
    const retain_survival_groups columns = {got[0], got[1], got[2],  got[3],  got[4],  got[5],  got[6], got[7],
                                            got[8], got[9], got[10], got[11], got[12], got[13], got[14]};
    static rows of;

    (void)state;
    read_shop(&of);
    for (size_t test = 0; test < tests.rows; test++) {
        retain_durations durations;
        retain_survival_options options = read_case(&tests, test, &of, &durations);
        double chi_squared, degrees, p_value;

        options.horizon = golden_blank(&tests, test, "horizon") ? 0.0 : golden_number(&tests, test, "horizon");
        assert_int_equal(
            retain_survival_compare(NULL, &durations, of.group, GROUPS, &options, &columns, &chi_squared, &degrees, &p_value),
            RETAIN_OK);
        assert_near(chi_squared, golden_number(&tests, test, "chi_squared"), 1e-11);
        assert_near(degrees, golden_number(&tests, test, "degrees"), 0.0);
        assert_near(p_value, golden_number(&tests, test, "p_value"), 1e-15);
        for (size_t row = 0; row < table.rows; row++) {
            const size_t g = (size_t)golden_number(&table, row, "group");

            if (strcmp(golden_text(&table, row, "case"), golden_text(&tests, test, "case")) != 0)
                continue;
            for (size_t c = 0; c < 15; c++)
                assert_close(got[c][g], &table, row, names[c]);
        }
    }
    golden_free(&table);
    golden_free(&tests);
}

/* --- laws ------------------------------------------------------------------------------------------------------------------------- */

/* A row watched in two stretches is the same row; so are its two halves by weight; and the order of rows does not matter. */
static void rows_may_be_cut_and_shuffled(void **state)
{
    static rows of, cut;
    static curve whole, pieces;
    retain_durations durations, other;

    (void)state;
    read_shop(&of);
    for (size_t i = 0; i < of.count; i++) {
        const size_t from = (i * 37) % of.count;
        const double middle = 0.5 * (of.entry[from] + of.exit[from]);

        for (size_t part = 0; part < 4; part++) {
            const size_t to = cut.count++;
            const int last = part % 2;

            cut.entry[to] = last ? middle : of.entry[from];
            cut.exit[to] = last ? of.exit[from] : middle;
            cut.event[to] = last && of.event[from];
            cut.weight[to] = part < 2 ? 0.25 * of.weight[from] : 0.75 * of.weight[from];
        }
    }
    durations = view_rows(&of, 1, 1);
    other = view_rows(&cut, 1, 1);
    draw_curve(&durations, NULL, &whole);
    draw_curve(&other, NULL, &pieces);
    for (size_t i = 0, j = 0; i < whole.count; i++, j++) {
        while (pieces.time[j] < whole.time[i])
            j++;
        assert_near(pieces.at_risk[j], whole.at_risk[i], 0.0);
        assert_near(pieces.survival[j], whole.survival[i], 1e-15);
        assert_near(pieces.error[j], whole.error[i], 1e-14);
    }
}

static void weights_that_are_no_whole_numbers_leave_nobody_over(void **state)
{
    static const double exit[] = {1, 2, 3}, weight[] = {0.1, 0.2, 0.3};
    const retain_durations durations = {.count = 3, .exit = exit, .weight = weight};
    static curve got;

    (void)state;
    draw_curve(&durations, NULL, &got);
    assert_int_equal(got.count, 3);
    assert_near(got.survival[2], 0.0, 0.0);
    assert_nan(got.error[2]);
}

/* What ended at once was watched from its beginning, whether that is said or not. */
static void an_entry_of_0_is_the_beginning(void **state)
{
    static const double exit[] = {0, 0, 4, 9}, entry[] = {0, 0, 0, 0};
    static const uint8_t event[] = {1, 0, 1, 0};
    const retain_durations said = {.count = 4, .exit = exit, .event = event, .entry = entry}, unsaid = {4, exit, event, NULL, NULL};
    static curve a, b;

    (void)state;
    draw_curve(&said, NULL, &a);
    draw_curve(&unsaid, NULL, &b);
    assert_int_equal(a.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_near(a.survival[i], b.survival[i], 0.0);
        assert_near(a.at_risk[i], b.at_risk[i], 0.0);
    }
    assert_near(a.survival[0], 0.75, 0.0);
}

/* Times of every shape: whole ones with many ties, any, ones that differ in their last digits only, and 0. */
static double draw_time(uint64_t *stream, size_t shape)
{
    const double any = (double)(random_bits(stream) % 1000000);

    switch (shape) {
    case 0:
        return floor(any / 50000.0);
    case 1:
        return any * 1e-3 / 7.0;
    case 2:
        return 1.0 + any * 0x1p-52;
    default:
        return random_bits(stream) % 2 ? 0.0 : any * 1e80;
    }
}

/* Rows that count as one are counted in another way than rows with weights; the curves must be the same to the last bit. */
static void weights_of_1_change_nothing(void **state)
{
    static rows of;
    static curve plain, weighted;
    uint64_t stream = 11;

    (void)state;
    for (size_t round = 0; round < 400; round++) {
        const size_t shape = round % 4;
        const int entries = round / 4 % 2;
        const retain_survival_options options = {.struct_size = sizeof options, .start = round / 8 % 2 ? draw_time(&stream, shape) : 0.0};
        retain_durations durations;

        of.count = (size_t)(random_bits(&stream) % (round % 3 ? MOST : MOST / 20u));
        for (size_t i = 0; i < of.count; i++) {
            of.exit[i] = draw_time(&stream, shape);
            of.entry[i] = random_bits(&stream) % 3 ? draw_time(&stream, shape) : 0.0;
            of.entry[i] = of.entry[i] < of.exit[i] ? of.entry[i] : -0.0;
            of.event[i] = random_bits(&stream) % 3 != 0;
            of.weight[i] = 1.0;
        }
        durations = view_rows(&of, entries, 0);
        draw_curve(&durations, &options, &plain);
        durations = view_rows(&of, entries, 1);
        draw_curve(&durations, &options, &weighted);
        assert_int_equal(plain.count, weighted.count);
        assert_memory_equal(&plain, &weighted, sizeof plain);
    }
}

static void who_is_never_seen_is_not_known(void **state)
{
    static const double exit[] = {2, 9}, entry[] = {0, 5}, at[] = {0, 2, 3, 5, 7, 9, 10};
    static const uint8_t event[] = {0, 0};
    const retain_durations gap = {.count = 2, .exit = exit, .event = event, .entry = entry}, none = {0};
    double survival[7], mean, error, low;
    size_t count = 9;
    const retain_survival_columns columns = {.low = &low};

    (void)state;
    assert_int_equal(retain_survival_at(NULL, &gap, NULL, at, 7, survival, NULL, NULL, NULL, NULL), RETAIN_OK);
    for (size_t i = 0; i < 7; i++)
        assert_near(survival[i], i == 1 || i == 4 || i == 5 ? 1.0 : i == 0 ? survival[0] : (double)NAN, 0.0);
    assert_int_equal(retain_survival_mean(NULL, &gap, NULL, &mean, &error, &low, NULL), RETAIN_OK);
    assert_near(mean, 9.0, 0.0);
    assert_near(error, 0.0, 0.0);
    assert_nan(low);
    assert_int_equal(retain_survival_mean(NULL, &none, NULL, &mean, &error, NULL, NULL), RETAIN_OK);
    assert_nan(mean);
    assert_int_equal(retain_survival_curve(NULL, &none, NULL, &columns, 0, &count), RETAIN_OK);
    assert_int_equal(count, 0);
}

static void groups_of_which_nobody_ended_leave_the_difference_open(void **state)
{
    const double months[] = {1, 2, 3, 4, 4, 4};
    const uint8_t left[] = {1, 1, 1, 0, 0, 0};
    const int64_t group[] = {0, 0, 0, 1, 1, 1};
    const retain_durations durations = {.count = 6, .exit = months, .event = left};
    const retain_survival_options options = {.struct_size = sizeof options, .horizon = 3.0};
    double mean_low[2], difference[2], low[2], high[2];
    const retain_survival_groups columns = {
        .mean_low = mean_low, .difference = difference, .difference_low = low, .difference_high = high};

    (void)state;
    assert_int_equal(retain_survival_compare(NULL, &durations, group, 2, &options, &columns, NULL, NULL, NULL), RETAIN_OK);
    assert_true(mean_low[0] < 2.0 && isnan(mean_low[1]));
    assert_near(difference[1], 1.0, 1e-15);
    assert_true(isnan(low[1]) && isnan(high[1]));
}

static void the_example_of_the_header_is_true(void **state)
{
    double months[] = {1, 3, 3, 8, 12, 12}, at[] = {6}, share[1], low[1], high[1];
    uint8_t left[] = {1, 1, 0, 1, 0, 0};
    retain_durations durations = {.count = 6, .exit = months, .event = left};

    (void)state;
    assert_int_equal(retain_survival_at(NULL, &durations, NULL, at, 1, share, NULL, low, high, NULL), RETAIN_OK);
    assert_near(share[0], 2.0 / 3.0, 1e-15);
}

/* --- memory ----------------------------------------------------------------------------------------------------------------------- */

typedef struct everything {
    rows of;
    curve got;
} everything;

static retain_status run_everything(retain_context *ctx, void *state)
{
    static const double share[] = {0.5};
    everything *all = state;
    const retain_durations durations = view_rows(&all->of, 1, 1);
    const retain_survival_columns columns = columns_of(&all->got);
    const retain_survival_groups groups = {.mean = all->got.low};
    retain_status status = retain_survival_curve(ctx, &durations, NULL, &columns, MOST, &all->got.count);

    if (status == RETAIN_OK)
        status = retain_survival_at(ctx, &durations, NULL, share, 1, all->got.low, NULL, NULL, NULL, NULL);
    if (status == RETAIN_OK)
        status = retain_survival_quantiles(ctx, &durations, NULL, share, 1, all->got.low, NULL, NULL);
    if (status == RETAIN_OK)
        status = retain_survival_mean(ctx, &durations, NULL, all->got.low, NULL, NULL, NULL);
    return status == RETAIN_OK ? retain_survival_compare(ctx, &durations, all->of.group, GROUPS, NULL, &groups, NULL, NULL, NULL)
                               : status;
}

static void memory_exhaustion_is_survived(void **state)
{
    static everything all;

    (void)state;
    read_shop(&all.of);
    survives_memory_exhaustion(run_everything, NULL, &all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_curve_is_that_of_exact_arithmetic),
        cmocka_unit_test(medians_and_means_are_those_of_exact_arithmetic),
        cmocka_unit_test(late_entry_is_that_of_exact_arithmetic),
        cmocka_unit_test(the_lung_figures_are_those_of_r),
        cmocka_unit_test(curves_meet_the_golden_ones),
        cmocka_unit_test(readings_meet_the_golden_ones),
        cmocka_unit_test(comparisons_meet_the_golden_ones),
        cmocka_unit_test(rows_may_be_cut_and_shuffled),
        cmocka_unit_test(weights_that_are_no_whole_numbers_leave_nobody_over),
        cmocka_unit_test(an_entry_of_0_is_the_beginning),
        cmocka_unit_test(weights_of_1_change_nothing),
        cmocka_unit_test(who_is_never_seen_is_not_known),
        cmocka_unit_test(groups_of_which_nobody_ended_leave_the_difference_open),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(memory_exhaustion_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Customer retention rate: formulas against exact values, the coming and going of customers against sets that are scanned. */
#include <limits.h>

#include "logs.h"
#include "retain/crr.h"
#include "retain/rate.h"

enum { MOST_PERIODS = 400, COLUMNS = 16 };

/* --- formulas ----------------------------------------------------------------------------------------------------------------- */

static void formulas_meet_the_golden_values(void **state)
{
    golden table = golden_read("crr/crr.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double start = golden_number(&table, row, "start"), end = golden_number(&table, row, "end");
        double gained = golden_number(&table, row, "new"), level = golden_number(&table, row, "conf");
        double crr = golden_number(&table, row, "crr_percent") / 100.0, churn = golden_number(&table, row, "churn_percent") / 100.0;
        double low = golden_number(&table, row, "crr_wilson_low_percent") / 100.0;
        double high = golden_number(&table, row, "crr_wilson_high_percent") / 100.0;

        assert_near(retain_crr(start, end, gained), crr, 1e-15 * crr);
        assert_near(retain_crr_churn(start, end, gained), churn, 1e-15 * churn);
        assert_near(retain_rate_low(end - gained, start, level), low, 1e-12 * low);
        assert_near(retain_rate_high(end - gained, start, level), high, 1e-12 * high);
    }
    golden_free(&table);
}

static void rates_of_impossible_counts_do_not_exist(void **state)
{
    static const double cases[][3] = {
        {0, 5, 5},  {-1, 5, 5}, {(double)NAN, 5, 5},      {5, (double)NAN, 5},      {5, 5, (double)NAN},
        {5, -1, 0}, {5, 1, -1}, {(double)INFINITY, 1, 1}, {5, (double)INFINITY, 1}, {5, 1, (double)INFINITY}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_nan(retain_crr(cases[i][0], cases[i][1], cases[i][2]));
        assert_nan(retain_crr_churn(cases[i][0], cases[i][1], cases[i][2]));
    }
}

static void reactivation_can_lift_crr_above_one(void **state)
{
    (void)state;
    assert_near(retain_crr(100, 130, 10), 1.2, 1e-15);
    assert_near(retain_crr_churn(100, 130, 10), -0.2, 1e-15);
    assert_near(retain_crr(100, 10, 30), -0.2, 1e-15);
}

/* Values by 60-digit arithmetic. */
static void rates_compound_over_other_periods(void **state)
{
    (void)state;
    assert_near(retain_crr_over(0.9, 12), 0.28242953648100008, 1e-16);
    assert_near(retain_crr_churn_over(0.05, 12), 0.45963991233736306, 1e-16); /* not 0.6 */
    assert_near(retain_crr_churn_over(1e-17, 12), 1.2e-16, 1e-31);
    assert_near(retain_crr_churn_over(retain_crr_churn_over(0.3, 12), 1.0 / 12), 0.3, 1e-15);
    assert_near(retain_crr_over(retain_crr_over(0.3, 12), 1.0 / 12), 0.3, 1e-15);
    assert_near(retain_crr_churn_over(0.0, 5), 0.0, 0.0);
    assert_near(retain_crr_churn_over(1.0, 5), 1.0, 0.0);
    assert_near(retain_crr_over(0.0, 0.5), 0.0, 0.0);
    assert_near(retain_crr_over(1.0, 5), 1.0, 0.0);
    for (double rate = 0.0; rate <= 1.0; rate += 0.01)
        assert_near(retain_crr_over(rate, 3) + retain_crr_churn_over(1.0 - rate, 3), 1.0, 1e-15);
}

static void compounding_refuses_what_is_no_rate_and_no_length(void **state)
{
    static const double cases[][2] = {{-0.1, 2}, {1.1, 2},           {(double)NAN, 2},       {0.5, 0},
                                      {0.5, -1}, {0.5, (double)NAN}, {0.5, (double)INFINITY}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_nan(retain_crr_over(cases[i][0], cases[i][1]));
        assert_nan(retain_crr_churn_over(cases[i][0], cases[i][1]));
    }
}

static void grades_count_the_cuts_that_are_passed(void **state)
{
    static const double cuts[] = {0.2, 0.6};

    (void)state;
    assert_int_equal(retain_crr_grade(0.1499, NULL, 0), 0);
    assert_int_equal(retain_crr_grade(0.15, NULL, 0), 1);
    assert_int_equal(retain_crr_grade(0.4, NULL, 99), 2);
    assert_int_equal(retain_crr_grade(0.5, NULL, 0), 3);
    assert_int_equal(retain_crr_grade(1.2, NULL, 0), 4);
    assert_int_equal(retain_crr_grade(-0.2, NULL, 0), 0);
    assert_int_equal(retain_crr_grade((double)NAN, NULL, 0), -1);
    assert_int_equal(retain_crr_grade(0.5, cuts, 2), 1);
    assert_int_equal(retain_crr_grade(0.6, cuts, 2), 2);
    assert_int_equal(retain_crr_grade(0.6, cuts, 0), 0);
}

/* --- the second opinion --------------------------------------------------------------------------------------------------------- */

/* All columns in one array, in the order of the struct. */
typedef struct crr_table {
    double cell[COLUMNS][MOST_PERIODS];
} crr_table;

enum column {
    START,
    ACQUIRED,
    GAINED,
    RETAINED,
    REACTIVATED,
    LOST,
    END,
    CRR,
    CRR_LOW,
    CRR_HIGH,
    STRICT,
    STRICT_LOW,
    STRICT_HIGH,
    CHURN,
    CHURN_LOW,
    CHURN_HIGH
};

static retain_crr_columns columns_of(crr_table *table)
{
    double(*cell)[MOST_PERIODS] = table->cell;

    return (retain_crr_columns){cell[START],       cell[ACQUIRED], cell[GAINED],    cell[RETAINED],
                                cell[REACTIVATED], cell[LOST],     cell[END],       cell[CRR],
                                cell[CRR_LOW],     cell[CRR_HIGH], cell[STRICT],    cell[STRICT_LOW],
                                cell[STRICT_HIGH], cell[CHURN],    cell[CHURN_LOW], cell[CHURN_HIGH]};
}

static int is_active(const found_occasions *found, int64_t customer, int64_t instant, int64_t window)
{
    for (size_t i = 0; i < found->count; i++) {
        if (found->at[i].customer == customer && found->at[i].day < instant && instant - found->at[i].day <= window)
            return 1;
    }
    return 0;
}

/* 1 when the customer has an occasion before `day`. */
static int is_known(const found_occasions *found, int64_t customer, int64_t day)
{
    return is_active(found, customer, day, INT64_MAX);
}

/* Who is active at edge k: 1 or 0, or -1 when the edges do not say. */
static int is_active_at(const found_occasions *found, int64_t customer, const retain_crr_options *options, const int64_t *edges,
                        size_t k)
{
    if (options->activity == RETAIN_CRR_WINDOW)
        return is_active(found, customer, edges[k], options->window_days);
    return k < options->span ? -1 : is_active(found, customer, edges[k], edges[k] - edges[k - options->span]);
}

static void count_by_scanning(const found_occasions *found, int64_t customers, const retain_crr_options *options,
                              const int64_t *edges, size_t k, double *count)
{
    for (int i = START; i <= END; i++)
        count[i] = 0.0;
    for (int64_t customer = 1; customer <= customers; customer++) {
        int before = is_active_at(found, customer, options, edges, k);
        int after = is_active_at(found, customer, options, edges, k + options->span);
        int known = is_known(found, customer, edges[k]), won = !known && is_known(found, customer, edges[k + options->span]);

        count[START] += before < 0 ? (double)NAN : before;
        count[ACQUIRED] += won;
        count[GAINED] += won && after;
        count[RETAINED] += before < 0 ? (double)NAN : before && after;
        count[REACTIVATED] += before < 0 ? (double)NAN : known && !before && after;
        count[LOST] += before < 0 ? (double)NAN : before && !after;
        count[END] += after;
    }
    if (options->activity == RETAIN_CRR_PERIOD && k < options->span)
        count[START] = count[RETAINED] = count[REACTIVATED] = count[LOST] = (double)NAN;
}

/* Rates and intervals of a result that is over, and its identities. */
static void check_rates(const crr_table *table, size_t k, const double *want, double level)
{
    const double(*cell)[MOST_PERIODS] = table->cell;
    const double stayed = want[END] - want[GAINED], start = want[START];

    if (!isnan(start)) {
        assert_near(start, cell[RETAINED][k] + cell[LOST][k], 0.0);
        assert_near(cell[END][k], cell[RETAINED][k] + cell[GAINED][k] + cell[REACTIVATED][k], 0.0);
    }
    assert_near(cell[CRR][k], retain_crr(start, want[END], want[GAINED]), 0.0);
    assert_near(cell[STRICT][k], start > 0 ? want[RETAINED] / start : (double)NAN, 0.0);
    assert_near(cell[CHURN][k], start > 0 ? want[LOST] / start : (double)NAN, 0.0);
    assert_near(cell[CRR_LOW][k], retain_rate_low(stayed, start, level), 0.0);
    assert_near(cell[CRR_HIGH][k], retain_rate_high(stayed, start, level), 0.0);
    assert_near(cell[STRICT_LOW][k], retain_rate_low(want[RETAINED], start, level), 0.0);
    assert_near(cell[STRICT_HIGH][k], retain_rate_high(want[RETAINED], start, level), 0.0);
    assert_near(cell[CHURN_LOW][k], retain_rate_low(want[LOST], start, level), 0.0);
    assert_near(cell[CHURN_HIGH][k], retain_rate_high(want[LOST], start, level), 0.0);
}

static void check_against_scanning(const crr_table *table, const found_occasions *found, int64_t customers,
                                   const retain_crr_options *given, int64_t observation_end, const int64_t *edges,
                                   size_t edge_count)
{
    const double(*cell)[MOST_PERIODS] = table->cell;
    retain_crr_options options = *given;

    options.span = options.span ? options.span : 1;
    for (size_t k = 0; k + options.span < edge_count; k++) {
        const int64_t end = edges[k + options.span];
        double want[END + 1];

        count_by_scanning(found, customers, &options, edges, k, want);
        assert_near(cell[START][k], edges[k] <= observation_end + 1 ? want[START] : (double)NAN, 0.0);
        for (int i = ACQUIRED; i <= END; i++)
            assert_near(cell[i][k], end <= observation_end + 1 ? want[i] : (double)NAN, 0.0);
        if (end > observation_end + 1) {
            for (int i = CRR; i <= CHURN_HIGH; i++)
                assert_nan(cell[i][k]);
            continue;
        }
        check_rates(table, k, want, 0.95);
        if (k + 2 * options.span < edge_count)
            assert_near(cell[END][k], cell[START][k + options.span], 0.0);
        if (options.activity == RETAIN_CRR_PERIOD || (uint64_t)options.window_days >= (uint64_t)end - (uint64_t)edges[k])
            assert_near(cell[GAINED][k], cell[ACQUIRED][k], 0.0);
    }
}

static size_t draw_edges(uint64_t *seed, int64_t *edges, size_t most_periods)
{
    size_t periods = (size_t)random_between(seed, 1, (int64_t)most_periods);
    int64_t longest = random_between(seed, 0, 3) ? 40 : 1;

    edges[0] = random_between(seed, -30, 60);
    for (size_t k = 1; k <= periods; k++)
        edges[k] = edges[k - 1] + random_between(seed, 1, longest);
    return periods;
}

static void counts_customers_as_scanning_the_sets_does(void **state)
{
    uint64_t seed = 20240101;
    crr_table table;

    (void)state;
    for (int trial = 0; trial < 5000; trial++) {
        random_log_shape shape = {
            (size_t)random_between(&seed, 0, 50), random_between(&seed, 1, 8), -40, 130, trial % 2, trial % 3 == 0};
        random_log log = random_log_make(&seed, shape);
        retain_orders_options counting = {.struct_size = sizeof counting};
        retain_crr_options options = {.struct_size = sizeof options};
        retain_crr_columns columns = columns_of(&table);
        int64_t edges[MOST_PERIODS + 1], observation_end = random_between(&seed, 0, 150), used = 0;
        size_t periods = draw_edges(&seed, edges, trial % 50 ? 12 : MOST_PERIODS);
        found_occasions found;

        counting.count_zero_orders = trial % 5 == 0;
        counting.occasion_days = random_between(&seed, 0, 3) ? 0 : random_between(&seed, 1, 10);
        options.activity = trial % 3 == 1 ? RETAIN_CRR_PERIOD : RETAIN_CRR_WINDOW;
        if (options.activity == RETAIN_CRR_WINDOW)
            options.window_days = random_between(&seed, 0, 9) ? random_between(&seed, 1, 90) : INT64_MAX;
        options.span = (size_t)random_between(&seed, 0, (int64_t)periods);
        found = find_occasions(&log.view, observation_end, &counting);
        assert_int_equal(
            retain_crr_periods(NULL, &log.view, observation_end, edges, periods + 1, &counting, &options, &columns, &used),
            RETAIN_OK);
        assert_true(used == options.window_days);
        check_against_scanning(&table, &found, shape.customers, &options, observation_end, edges, periods + 1);
        free(found.at);
        random_log_free(&log);
    }
}

static void edges_may_be_as_far_apart_as_numbers_go(void **state)
{
    static const int64_t customer[] = {1, 2, 1}, day[] = {5, 8, 20};
    static const double value[] = {1.0, 1.0, 1.0};
    static const int64_t edges[] = {INT64_MIN, -3, 0, 10, 11, 12, 13, 30, INT64_MAX};
    const retain_orders log = {3, customer, day, value, NULL, NULL, NULL, NULL};
    const found_occasions found = {(found_occasion[]){{1, 5, 1, 1}, {2, 8, 1, 1}, {1, 20, 1, 1}}, 3};
    retain_crr_options options = {.struct_size = sizeof options, .window_days = 4};
    crr_table table;
    retain_crr_columns columns = columns_of(&table);

    (void)state;
    assert_int_equal(retain_crr_periods(NULL, &log, 29, edges, 9, NULL, &options, &columns, NULL), RETAIN_OK);
    check_against_scanning(&table, &found, 2, &options, 29, edges, 9);
    options.span = 3;
    assert_int_equal(retain_crr_periods(NULL, &log, 29, edges, 9, NULL, &options, &columns, NULL), RETAIN_OK);
    check_against_scanning(&table, &found, 2, &options, 29, edges, 9);
}

/* A rolling series is what one call for each of its periods gives. */
static void rolling_periods_are_the_periods_one_by_one(void **state)
{
    uint64_t seed = 31;
    random_log log = random_log_make(&seed, (random_log_shape){900, 60, 0, 300, 0, 0});
    int64_t edges[44];
    crr_table rolling, single;
    const retain_crr_columns many = columns_of(&rolling), one = columns_of(&single);
    retain_crr_options options = {.struct_size = sizeof options, .window_days = 45, .span = 13};

    (void)state;
    for (int64_t k = 0; k < 44; k++)
        edges[k] = 7 * k;
    assert_int_equal(retain_crr_periods(NULL, &log.view, 280, edges, 44, NULL, &options, &many, NULL), RETAIN_OK);
    options.span = 0;
    for (size_t k = 0; k + 13 < 44; k++) {
        const int64_t period[] = {edges[k], edges[k + 13]};

        assert_int_equal(retain_crr_periods(NULL, &log.view, 280, period, 2, NULL, &options, &one, NULL), RETAIN_OK);
        for (int i = 0; i < COLUMNS; i++)
            assert_near(rolling.cell[i][k], single.cell[i][0], 0.0);
    }
    random_log_free(&log);
}

static void options_of_an_older_header_still_work(void **state)
{
    static const int64_t customer[] = {1, 2}, day[] = {0, 10}, edges[] = {0, 31};
    static const double value[] = {1.0, 1.0};
    const retain_orders log = {2, customer, day, value, NULL, NULL, NULL, NULL};
    retain_crr_options options = {offsetof(retain_crr_options, activity), 40, 0, 0, (retain_crr_activity)77, 77};
    double end[1];
    const retain_crr_columns columns = {.end = end};

    (void)state;
    assert_int_equal(retain_crr_periods(NULL, &log, 30, edges, 2, NULL, &options, &columns, NULL), RETAIN_OK);
    assert_near(end[0], 2, 0.0);
}

/* --- flags --------------------------------------------------------------------------------------------------------------------- */

static void count_flags_by_scanning(const uint8_t *active, size_t customers, size_t instants, size_t k, size_t span, double *count)
{
    for (int i = START; i <= END; i++)
        count[i] = 0.0;
    for (size_t i = 0; i < customers; i++) {
        const uint8_t *row = active + i * instants;
        int known = 0, won = 0;

        for (size_t j = 0; j <= k + span; j++) {
            known |= row[j] && j <= k;
            won |= row[j];
        }
        won = won && !known;
        count[START] += row[k];
        count[ACQUIRED] += won;
        count[GAINED] += won && row[k + span];
        count[RETAINED] += row[k] && row[k + span];
        count[REACTIVATED] += known && !row[k] && row[k + span];
        count[LOST] += row[k] && !row[k + span];
        count[END] += row[k + span];
    }
}

static uint8_t *draw_flags(uint64_t *seed, size_t customers, size_t instants)
{
    uint8_t *active = malloc(customers * instants + 1);

    assert_non_null(active);
    for (size_t i = 0; i < customers; i++) {
        const int64_t changes = random_between(seed, 1, 10);
        uint8_t now = random_bits(seed) & 1;

        for (size_t k = 0; k < instants; k++) {
            now ^= random_between(seed, 1, 10) <= changes;
            active[i * instants + k] = now;
        }
    }
    return active;
}

static void counts_flags_as_scanning_them_does(void **state)
{
    uint64_t seed = 5;
    crr_table table;
    const retain_crr_columns columns = columns_of(&table);

    (void)state;
    for (int trial = 0; trial < 2000; trial++) {
        const size_t customers = (size_t)random_between(&seed, 0, 12), instants = (size_t)random_between(&seed, 2, 14);
        const retain_crr_options options = {.struct_size = sizeof options,
                                            .span = (size_t)random_between(&seed, 0, (int64_t)instants - 1)};
        const size_t span = options.span ? options.span : 1;
        uint8_t *active = draw_flags(&seed, customers, instants);

        assert_int_equal(retain_crr_flags(NULL, active, customers, instants, &options, &columns), RETAIN_OK);
        for (size_t k = 0; k + span < instants; k++) {
            double want[END + 1];

            count_flags_by_scanning(active, customers, instants, k, span, want);
            for (int i = START; i <= END; i++)
                assert_near(table.cell[i][k], want[i], 0.0);
            check_rates(&table, k, want, 0.95);
        }
        free(active);
    }
}

static void flags_of_many_customers_do_not_depend_on_threads(void **state)
{
    enum { CUSTOMERS = 200000, INSTANTS = 25 };
    uint64_t seed = 6;
    uint8_t *active = draw_flags(&seed, CUSTOMERS, INSTANTS);
    crr_table first, again;
    const retain_crr_columns columns = columns_of(&first), more = columns_of(&again);

    (void)state;
    memset(&first, 0, sizeof first);
    memset(&again, 0, sizeof again);
    assert_int_equal(retain_crr_flags(NULL, active, CUSTOMERS, INSTANTS, NULL, &columns), RETAIN_OK);
    for (size_t k = 0; k < INSTANTS - 1; k += 5) {
        double want[END + 1];

        count_flags_by_scanning(active, CUSTOMERS, INSTANTS, k, 1, want);
        for (int i = START; i <= END; i++)
            assert_near(first.cell[i][k], want[i], 0.0);
    }
    for (int threads = 2; threads <= 64; threads *= 4) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        assert_int_equal(retain_crr_flags(&ctx, active, CUSTOMERS, INSTANTS, NULL, &more), RETAIN_OK);
        assert_memory_equal(&first, &again, sizeof first);
    }
    free(active);
}

static void flags_that_are_none_are_named(void **state)
{
    static const uint8_t active[] = {0, 1, 1, 1, 2, 0};
    const retain_crr_columns columns = {0};
    const struct {
        const uint8_t *active;
        size_t customers, instants;
        retain_crr_options options;
        const retain_crr_columns *columns;
        retain_status status;
        const char *text;
    } cases[] = {
        {active,
         2,
         3,
         {.struct_size = sizeof(retain_crr_options)},
         &columns,
         RETAIN_ERROR_DATA,
         "active[4] is 2; it must be 0 or 1"},
        {NULL, 1, 3, {.struct_size = sizeof(retain_crr_options)}, &columns, RETAIN_ERROR_ARGUMENT, "active is NULL"},
        {active, 1, 3, {.struct_size = sizeof(retain_crr_options)}, NULL, RETAIN_ERROR_ARGUMENT, "columns is NULL"},
        {active, 1, 1, {.struct_size = sizeof(retain_crr_options)}, &columns, RETAIN_ERROR_ARGUMENT, "instants is 1"},
        {active,
         SIZE_MAX / 2,
         3,
         {.struct_size = sizeof(retain_crr_options)},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "more than an array"},
        {active,
         1,
         3,
         {.struct_size = sizeof(retain_crr_options), .span = 3},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "less than instants, 3"},
        {active,
         1,
         3,
         {.struct_size = sizeof(retain_crr_options), .level = 1},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.level is 1"},
        {active, 1, 3, {.struct_size = sizeof(retain_crr_options), .window_days = 1}, &columns, RETAIN_ERROR_ARGUMENT, "must be 0"},
        {active,
         1,
         3,
         {.struct_size = sizeof(retain_crr_options), .window_quantile = .5},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "must be 0"},
        {active,
         1,
         3,
         {.struct_size = sizeof(retain_crr_options), .activity = RETAIN_CRR_PERIOD},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "must be 0"},
    };
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(
            retain_crr_flags(&ctx, cases[i].active, cases[i].customers, cases[i].instants, &cases[i].options, cases[i].columns),
            cases[i].status);
        if (!strstr(ctx.error, cases[i].text))
            fail_msg("\"%s\" does not say \"%s\"", ctx.error, cases[i].text);
    }
    assert_int_equal(retain_crr_flags(&ctx, active, 2, 3, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    ctx.struct_size = 1;
    assert_int_equal(retain_crr_flags(&ctx, active, 1, 3, NULL, &columns), RETAIN_ERROR_ARGUMENT);
}

/* --- change -------------------------------------------------------------------------------------------------------------------- */

static void change_is_the_difference_of_two_rates(void **state)
{
    const double part[] = {48, 56, 30, (double)NAN, 9, 0}, whole[] = {80, 70, 40, 50, 10, 0};
    double change[6], low[6], high[6], p[6], alone[6];

    (void)state;
    for (size_t lag = 1; lag <= 6; lag++) {
        assert_int_equal(retain_crr_change(NULL, part, whole, 6, lag, 0.9, change, low, high, p), RETAIN_OK);
        for (size_t k = 0; k < 6; k++) {
            const int there = k >= lag && !isnan(part[k]) && !isnan(part[k - lag]) && whole[k] > 0;

            assert_true(isnan(change[k]) == !there && isnan(low[k]) == !there && isnan(high[k]) == !there && isnan(p[k]) == !there);
            if (!there)
                continue;
            assert_near(change[k], retain_rate_difference(part[k], whole[k], part[k - lag], whole[k - lag]), 0.0);
            assert_near(low[k], retain_rate_difference_low(part[k], whole[k], part[k - lag], whole[k - lag], 0.9), 0.0);
            assert_near(high[k], retain_rate_difference_high(part[k], whole[k], part[k - lag], whole[k - lag], 0.9), 0.0);
            assert_near(p[k], retain_rate_difference_p_value(part[k], whole[k], part[k - lag], whole[k - lag]), 0.0);
        }
        assert_int_equal(retain_crr_change(NULL, part, whole, 6, lag, 0, alone, NULL, NULL, NULL), RETAIN_OK);
        assert_memory_equal(alone, change, sizeof alone);
    }
    assert_int_equal(retain_crr_change(NULL, NULL, NULL, 0, 1, 0, NULL, NULL, NULL, NULL), RETAIN_OK);
}

static void change_refuses_what_are_no_shares(void **state)
{
    static const double part[] = {1, 5}, whole[] = {2, 4}, odd[] = {2, -1}, endless[] = {2, (double)INFINITY}, less[] = {1, -1};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double change[2] = {7, 7};

    (void)state;
    assert_int_equal(retain_crr_change(&ctx, part, whole, 2, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "part[1] is 5; it must lie in [0, whole[1] = 4]"));
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_crr_change(&ctx, less, whole, 2, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_crr_change(&ctx, part, odd, 2, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_crr_change(&ctx, part, endless, 2, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_crr_change(&ctx, part, whole, 1, 0, 0, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_change(&ctx, part, whole, 1, 1, 1, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_change(&ctx, NULL, whole, 1, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_change(&ctx, part, NULL, 1, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_change(&ctx, part, whole, 1, 1, 0, NULL, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(change[0], 7, 0.0);
    ctx.struct_size = 1;
    assert_int_equal(retain_crr_change(&ctx, part, whole, 1, 1, 0, change, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
}

/* --- the derived window --------------------------------------------------------------------------------------------------------- */

typedef struct gap {
    int64_t days;
    int open;
} gap;

static int compare_gaps(const void *a, const void *b)
{
    const gap *x = a, *y = b;

    return x->days != y->days ? (x->days > y->days) - (x->days < y->days) : x->open - y->open;
}

/* All gaps of the customers, sorted; closed before open. */
static size_t find_gaps(const found_occasions *found, int64_t observation_end, gap *gaps)
{
    for (size_t i = 0; i < found->count; i++) {
        int64_t next = INT64_MAX;

        for (size_t j = 0; j < found->count; j++) {
            if (found->at[j].customer == found->at[i].customer && found->at[j].day > found->at[i].day && found->at[j].day < next)
                next = found->at[j].day;
        }
        gaps[i].open = next == INT64_MAX;
        gaps[i].days = (gaps[i].open ? observation_end : next) - found->at[i].day;
    }
    qsort(gaps, found->count, sizeof *gaps, compare_gaps);
    return found->count;
}

/* The Kaplan-Meier estimate as B. Efron explains it (1967): every gap starts with the weight 1/n, and an open one hands its weight to all that
 * are longer, in equal parts. Returns the first gap at which the weight of the closed ones gets to the quantile. */
static double redistribute_to_the_right(const gap *gaps, size_t count, long double share, double *reached)
{
    long double weight = 1.0L / (long double)count, sum = 0.0L;
    double window = (double)NAN;

    for (size_t i = 0, next; i < count; i = next) {
        for (next = i; next < count && gaps[next].days == gaps[i].days && gaps[next].open == gaps[i].open; next++)
            ;
        if (gaps[i].open) {
            weight += next < count ? weight * (long double)(next - i) / (long double)(count - next) : 0.0L;
            continue;
        }
        sum += weight * (long double)(next - i);
        if (isnan(window) && sum >= share - 1e-13L)
            window = (double)gaps[i].days;
    }
    *reached = count ? (double)sum : (double)NAN;
    return window;
}

static void derives_the_window_from_closed_and_open_gaps(void **state)
{
    uint64_t seed = 7;
    size_t existing = 0;

    (void)state;
    for (int trial = 0; trial < 5000; trial++) {
        static const double quantiles[] = {0.1, 0.2, 0.25, 0.3, 1.0 / 3.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.999};
        const double quantile = quantiles[trial % 12];
        random_log_shape shape = {(size_t)random_between(&seed, 0, 50), random_between(&seed, 1, 8), -40, 130, trial % 2, 0};
        random_log log = random_log_make(&seed, shape);
        const int64_t observation_end = random_between(&seed, 0, 150), far = trial % 4 ? 1 : (int64_t)1 << 30;
        found_occasions found;
        gap gaps[64];
        double window = -1.0, reached = -1.0, want_reached, want;
        size_t count;

        for (size_t i = 0; i < log.view.count; i++)
            log.day[i] *= far; /* more days than can be counted in a table */
        found = find_occasions(&log.view, observation_end * far, NULL);
        count = find_gaps(&found, observation_end * far, gaps);
        redistribute_to_the_right(gaps, count, 2.0L, &want_reached);
        want = want_reached > 0.0
                   ? redistribute_to_the_right(gaps, count, (long double)quantile * (long double)want_reached, &want_reached)
                   : (double)NAN;
        assert_int_equal(retain_crr_window(NULL, &log.view, observation_end * far, NULL, quantile, &window, &reached), RETAIN_OK);
        assert_near(window, want, 0.0);
        assert_near(reached, want_reached, 1e-14);
        assert_int_equal(retain_crr_window(NULL, &log.view, observation_end * far, NULL, quantile, &window, NULL), RETAIN_OK);
        existing += isnan(window) ? 0 : 1;
        free(found.at);
        random_log_free(&log);
    }
    assert_in_range(existing, 3500, 4900);
}

/* Ten customers bought twice, i days apart, and nobody's gap is open longer: of 10 + 10 gaps the open ones are censored at once. */
static void a_quantile_that_is_met_exactly_is_met(void **state)
{
    int64_t customer[20], day[20];
    double value[20], window, reached;
    const retain_orders log = {20, customer, day, value, NULL, NULL, NULL, NULL};

    (void)state;
    for (int i = 0; i < 10; i++) {
        customer[2 * i] = customer[2 * i + 1] = i;
        day[2 * i] = 99 - i;
        day[2 * i + 1] = 100;
        value[2 * i] = value[2 * i + 1] = 1.0;
    }
    for (int tenths = 1; tenths < 10; tenths++) {
        assert_int_equal(retain_crr_window(NULL, &log, 100, NULL, tenths / 10.0, &window, &reached), RETAIN_OK);
        assert_near(window, tenths, 0.0);
        assert_near(reached, 1.0, 0.0);
    }
}

static void a_window_that_does_not_exist_is_nan_alone_and_an_error_in_the_periods(void **state)
{
    static const int64_t customer[] = {1, 2, 3, 3}, day[] = {0, 10, 20, 25}, edges[] = {0, 31, 59};
    static const double value[] = {1.0, 1.0, 1.0, 1.0};
    const retain_orders log = {4, customer, day, value, NULL, NULL, NULL, NULL},
                        once = {3, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_orders none = {0, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double window, reached, start[2] = {7, 7};
    retain_crr_columns columns = {.start = start};

    (void)state;
    assert_int_equal(retain_crr_window(&ctx, &log, 60, NULL, 0.8, &window, &reached), RETAIN_OK);
    assert_near(window, 5, 0.0); /* a quarter of the gaps closes, all of those on the fifth day */
    assert_near(reached, 0.25, 1e-15);
    assert_int_equal(retain_crr_window(&ctx, &once, 60, NULL, 0.2, &window, &reached), RETAIN_OK);
    assert_nan(window);
    assert_near(reached, 0.0, 0.0);
    assert_int_equal(retain_crr_window(&ctx, &none, 60, NULL, 0.2, &window, &reached), RETAIN_OK);
    assert_nan(window);
    assert_nan(reached);
    assert_int_equal(retain_crr_periods(&ctx, &once, 60, edges, 3, NULL, NULL, &columns, NULL), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "3 customers of whom none has come back"));
    assert_non_null(strstr(ctx.error, "give options.window_days"));
    assert_int_equal(retain_crr_periods(&ctx, &none, 60, edges, 3, NULL, NULL, &columns, NULL), RETAIN_ERROR_DATA);
    assert_near(start[0], 7, 0.0);
}

static void uses_the_window_that_it_derives(void **state)
{
    uint64_t seed = 99;
    random_log log = random_log_make(&seed, (random_log_shape){400, 20, 0, 300, 0, 0});
    int64_t edges[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273}, used = 0;
    crr_table derived, given;
    retain_crr_columns columns = columns_of(&derived), again = columns_of(&given);
    retain_crr_options options = {.struct_size = sizeof options, .window_quantile = 0.8};
    double window;

    (void)state;
    assert_int_equal(retain_crr_periods(NULL, &log.view, 300, edges, 10, NULL, NULL, &columns, &used), RETAIN_OK);
    assert_int_equal(retain_crr_window(NULL, &log.view, 300, NULL, 0.8, &window, NULL), RETAIN_OK);
    assert_near((double)used, window, 0.0);
    options.window_days = used;
    assert_int_equal(retain_crr_periods(NULL, &log.view, 300, edges, 10, NULL, &options, &again, NULL), RETAIN_OK);
    for (int i = 0; i < COLUMNS; i++)
        assert_memory_equal(derived.cell[i], given.cell[i], 9 * sizeof(double));
    options.window_days = 0;
    options.window_quantile = 0.5;
    assert_int_equal(retain_crr_periods(NULL, &log.view, 300, edges, 10, NULL, &options, &again, &used), RETAIN_OK);
    assert_int_equal(retain_crr_window(NULL, &log.view, 300, NULL, 0.5, &window, NULL), RETAIN_OK);
    assert_near((double)used, window, 0.0);
    random_log_free(&log);
}

/* --- promises -------------------------------------------------------------------------------------------------------------------- */

static void a_level_of_its_own_widens_and_narrows_the_intervals(void **state)
{
    uint64_t seed = 5;
    random_log log = random_log_make(&seed, (random_log_shape){400, 50, 0, 100, 0, 0});
    int64_t edges[] = {50, 90};
    crr_table table;
    retain_crr_columns columns = columns_of(&table);
    retain_crr_options options = {.struct_size = sizeof options, .window_days = 20, .level = 0.5};

    (void)state;
    assert_int_equal(retain_crr_periods(NULL, &log.view, 100, edges, 2, NULL, &options, &columns, NULL), RETAIN_OK);
    assert_near(table.cell[CHURN_LOW][0], retain_rate_low(table.cell[LOST][0], table.cell[START][0], 0.5), 0.0);
    random_log_free(&log);
}

static void writes_only_the_columns_that_are_asked_for(void **state)
{
    static const int64_t customer[] = {1, 2}, day[] = {0, 10}, edges[] = {0, 31};
    static const double value[] = {1.0, 1.0};
    const retain_orders log = {2, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_crr_options options = {.struct_size = sizeof options, .window_days = 40};
    double end[1];
    const retain_crr_columns none = {0}, one = {.end = end};

    (void)state;
    assert_int_equal(retain_crr_periods(NULL, &log, 30, edges, 2, NULL, &options, &none, NULL), RETAIN_OK);
    assert_int_equal(retain_crr_periods(NULL, &log, 30, edges, 2, NULL, &options, &one, NULL), RETAIN_OK);
    assert_near(end[0], 2, 0.0);
}

static void the_example_of_the_header_is_true(void **state)
{
    static const int64_t customer[] = {1, 2, 3, 1, 3}, day[] = {2, 10, 20, 45, 80};
    static const double value[] = {1, 1, 1, 1, 1};
    const retain_orders log = {5, customer, day, value, NULL, NULL, NULL, NULL};
    int64_t edges[] = {0, 31, 59, 90};
    double start[3], lost[3], crr[3];
    retain_crr_options options = {.struct_size = sizeof options, .window_days = 60};
    retain_crr_columns columns = {0};

    (void)state;
    columns.start = start;
    columns.lost = lost;
    columns.crr = crr;
    assert_int_equal(retain_crr_periods(NULL, &log, 89, edges, 4, NULL, &options, &columns, NULL), RETAIN_OK);
    assert_near(start[0], 0, 0.0);
    assert_near(start[2], 3, 0.0);
    assert_near(lost[2], 1, 0.0);
    assert_near(crr[2], 2.0 / 3.0, 1e-16);
    assert_nan(crr[0]);
}

static random_log make_large_log(uint64_t *seed)
{
    return random_log_make(seed, (random_log_shape){250000, 30000, 0, 700, 0, 0});
}

static void count_large(retain_context *ctx, const retain_orders *orders, const int64_t *edges, crr_table *table, double *window)
{
    const retain_crr_options options = {.struct_size = sizeof options, .window_days = 45};
    const retain_crr_columns columns = columns_of(table);

    memset(table, 0, sizeof *table);
    assert_int_equal(retain_crr_periods(ctx, orders, 699, edges, MOST_PERIODS + 1, NULL, &options, &columns, NULL), RETAIN_OK);
    assert_int_equal(retain_crr_window(ctx, orders, 699, NULL, 0.8, &window[0], &window[1]), RETAIN_OK);
}

static void neither_threads_nor_the_order_of_rows_show(void **state)
{
    uint64_t seed = 11;
    random_log log = make_large_log(&seed);
    int64_t edges[MOST_PERIODS + 1];
    crr_table *first = malloc(2 * sizeof *first);
    double window[2], again[2];

    (void)state;
    assert_non_null(first);
    for (int64_t k = 0; k <= MOST_PERIODS; k++)
        edges[k] = 2 * k;
    count_large(NULL, &log.view, edges, first, window);
    for (int threads = 1; threads <= 64; threads = threads == 3 ? 8 : threads == 8 ? 64 : threads + 1) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        random_log_shuffle(&log, &seed);
        count_large(&ctx, &log.view, edges, first + 1, again);
        assert_memory_equal(first, first + 1, sizeof *first);
        assert_memory_equal(window, again, sizeof window);
    }
    free(first);
    random_log_free(&log);
}

static void counts_of_disjoint_groups_of_customers_add_up(void **state)
{
    uint64_t seed = 12;
    random_log log = make_large_log(&seed);
    int64_t edges[MOST_PERIODS + 1];
    crr_table *all = malloc(3 * sizeof *all);
    double window[2];

    (void)state;
    assert_non_null(all);
    for (int64_t k = 0; k <= MOST_PERIODS; k++)
        edges[k] = 2 * k;
    count_large(NULL, &log.view, edges, all, window);
    for (int half = 0; half <= 1; half++) {
        random_log part = random_log_make(&seed, (random_log_shape){250000, 1, 0, 0, 0, 0});
        size_t rows = 0;

        for (size_t i = 0; i < log.view.count; i++) {
            if (log.customer[i] % 2 == half) {
                part.customer[rows] = log.customer[i];
                part.day[rows++] = log.day[i];
            }
        }
        part.view.count = rows;
        count_large(NULL, &part.view, edges, half ? all + 2 : all + 1, window);
        random_log_free(&part);
    }
    for (int i = START; i <= END; i++) {
        for (int k = 0; k < MOST_PERIODS; k++)
            assert_near(all[1].cell[i][k] + all[2].cell[i][k], all[0].cell[i][k], 0.0);
    }
    free(all);
    random_log_free(&log);
}

typedef struct small_world {
    random_log log;
    double start[3], window;
    int64_t used;
} small_world;

static retain_status run_periods(retain_context *ctx, void *state)
{
    static const int64_t edges[] = {0, 31, 59, 90};
    small_world *world = state;
    const retain_crr_columns columns = {.start = world->start};

    world->start[0] = -5;
    world->used = -5;
    return retain_crr_periods(ctx, &world->log.view, 95, edges, 4, NULL, NULL, &columns, &world->used);
}

static retain_status run_window(retain_context *ctx, void *state)
{
    small_world *world = state;

    world->window = -5;
    return retain_crr_window(ctx, &world->log.view, 95, NULL, 0.8, &world->window, NULL);
}

static retain_status run_flags(retain_context *ctx, void *state)
{
    static const uint8_t active[] = {1, 0, 1, 1};
    small_world *world = state;
    const retain_crr_columns columns = {.start = world->start};

    world->start[0] = -5;
    return retain_crr_flags(ctx, active, 2, 2, NULL, &columns);
}

static void is_untouched(void *state)
{
    const small_world *world = state;

    assert_near(world->start[0], -5.0, 0.0);
    assert_near(world->window, -5.0, 0.0);
    assert_int_equal(world->used, -5);
}

static void memory_exhaustion_is_an_error_and_no_more(void **state)
{
    uint64_t seed = 3;

    (void)state;
    for (int far = 0; far < 2; far++) {
        small_world world = {random_log_make(&seed, (random_log_shape){60, 5, 0, 90, 1, 0}), {-5, -5, -5}, -5, -5};

        if (far)
            world.log.day[0] = -((int64_t)1 << 38); /* gaps are listed, not counted */
        survives_memory_exhaustion(run_periods, is_untouched, &world);
        assert_true(world.start[0] >= 0.0 && world.used > 0);
        world.start[0] = -5;
        world.used = -5;
        survives_memory_exhaustion(run_flags, is_untouched, &world);
        assert_near(world.start[0], 2, 0.0);
        world.start[0] = -5;
        world.used = -5;
        survives_memory_exhaustion(run_window, is_untouched, &world);
        assert_true(world.window > 0.0);
        random_log_free(&world.log);
    }
}

/* What comes out does not matter; a sanitizer watches where it is written. */
static void a_log_that_changes_while_it_is_read_does_no_harm(void **state)
{
    static const int64_t edges[] = {0, 31, 59, 90};
    crr_table table;
    const retain_crr_columns columns = columns_of(&table);
    double window, reached;

    (void)state;
    for (size_t at = 1; at < 24; at++) {
        uint64_t seed = at;
        random_log log = random_log_make(&seed, (random_log_shape){200, 20, 0, 90, at % 2, 0});
        log_meddler meddler = {&log, at, 0};
        retain_context ctx = meddling_context(&meddler);

        retain_crr_periods(&ctx, &log.view, 95, edges, 4, NULL, NULL, &columns, NULL);
        meddler.requests = 0;
        retain_crr_window(&ctx, &log.view, 95, NULL, 0.8, &window, &reached);
        random_log_free(&log);
    }
}

static void refuses_bad_arguments_by_name(void **state)
{
    static const int64_t customer[] = {1}, day[] = {0}, edges[] = {0, 31, 31}, far[] = {(int64_t)1 << 50};
    static const double value[] = {1.0};
    const retain_orders log = {1, customer, day, value, NULL, NULL, NULL, NULL},
                        bad = {1, customer, far, value, NULL, NULL, NULL, NULL};
    const retain_crr_columns columns = {0};
    const struct {
        const retain_orders *orders;
        const int64_t *edges;
        size_t edge_count;
        retain_crr_options options;
        const retain_crr_columns *columns;
        retain_status status;
        const char *text;
    } cases[] = {
        {NULL,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "orders is NULL"},
        {&bad, edges, 2, {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0}, &columns, RETAIN_ERROR_DATA, "orders.day[0]"},
        {&log,
         NULL,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "edges is NULL"},
        {&log,
         edges,
         1,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "edge_count is 1"},
        {&log,
         edges,
         3,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "edges[2] is 31"},
        {&log, edges, 2, {0, 9, 0, 0, RETAIN_CRR_WINDOW, 0}, &columns, RETAIN_ERROR_ARGUMENT, "options.struct_size is 0"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), -9, 0, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.window_days is -9"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 1, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.window_quantile is 1"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, (double)NAN, 0, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.window_quantile is"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 1, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.level is 1"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, -0.1, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.level is -0.1"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, (double)NAN, RETAIN_CRR_WINDOW, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.level is"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 0},
         NULL,
         RETAIN_ERROR_ARGUMENT,
         "columns is NULL"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_PERIOD, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "where the period says"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, (retain_crr_activity)2, 0},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.activity is 2"},
        {&log,
         edges,
         2,
         {sizeof(retain_crr_options), 9, 0, 0, RETAIN_CRR_WINDOW, 2},
         &columns,
         RETAIN_ERROR_ARGUMENT,
         "options.span is 2; it must be less than edge_count, 2"},
    };
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double window;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(retain_crr_periods(&ctx, cases[i].orders, 50, cases[i].edges, cases[i].edge_count, NULL, &cases[i].options,
                                            cases[i].columns, NULL),
                         cases[i].status);
        assert_int_equal(ctx.status, cases[i].status);
        if (!strstr(ctx.error, cases[i].text))
            fail_msg("\"%s\" does not say \"%s\"", ctx.error, cases[i].text);
    }
    assert_int_equal(retain_crr_window(&ctx, &log, 50, NULL, 0.0, &window, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_window(&ctx, &log, 50, NULL, 1.0, &window, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_window(&ctx, &log, 50, NULL, (double)NAN, &window, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_window(&ctx, &log, 50, NULL, 0.5, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_window(&ctx, &bad, 50, NULL, 0.5, &window, NULL), RETAIN_ERROR_DATA);
    ctx.struct_size = 1;
    assert_int_equal(retain_crr_window(&ctx, &log, 50, NULL, 0.5, &window, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_crr_periods(&ctx, &log, 50, edges, 2, NULL, NULL, &columns, NULL), RETAIN_ERROR_ARGUMENT);
}

/* --- real data ------------------------------------------------------------------------------------------------------------------- */

static void cdnow_comes_and_goes_as_pandas_counts_it(void **state)
{
    static const char *names[] = {"start", "acquired", "gained", "retained", "reactivated", "lost", "end"};
    golden table = golden_read("crr/cdnow_months.csv");
    random_log log = read_cdnow();

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const int64_t edges[] = {(int64_t)golden_number(&table, row, "begin"), (int64_t)golden_number(&table, row, "end_day")};
        const retain_crr_options options = {.struct_size = sizeof options,
                                            .window_days = (int64_t)golden_number(&table, row, "window")};
        crr_table got;
        const retain_crr_columns columns = columns_of(&got);

        assert_int_equal(retain_crr_periods(NULL, &log.view, 10407, edges, 2, NULL, &options, &columns, NULL), RETAIN_OK);
        for (int i = START; i <= END; i++)
            assert_near(got.cell[i][0], golden_number(&table, row, names[i]), 0.0);
    }
    random_log_free(&log);
    golden_free(&table);
}

static void cdnow_gaps_have_the_quantiles_that_scipy_finds(void **state)
{
    golden table = golden_read("crr/cdnow_window.csv");
    random_log log = read_cdnow();

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double window, reached;

        assert_int_equal(retain_crr_window(NULL, &log.view, 10407, NULL, golden_number(&table, row, "quantile"), &window, &reached),
                         RETAIN_OK);
        assert_near(window, golden_number(&table, row, "window"), 0.0);
        assert_near(reached, golden_number(&table, row, "reached"), 1e-12);
    }
    random_log_free(&log);
    golden_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas_meet_the_golden_values),
        cmocka_unit_test(rates_of_impossible_counts_do_not_exist),
        cmocka_unit_test(reactivation_can_lift_crr_above_one),
        cmocka_unit_test(rates_compound_over_other_periods),
        cmocka_unit_test(compounding_refuses_what_is_no_rate_and_no_length),
        cmocka_unit_test(grades_count_the_cuts_that_are_passed),
        cmocka_unit_test(counts_customers_as_scanning_the_sets_does),
        cmocka_unit_test(edges_may_be_as_far_apart_as_numbers_go),
        cmocka_unit_test(rolling_periods_are_the_periods_one_by_one),
        cmocka_unit_test(options_of_an_older_header_still_work),
        cmocka_unit_test(counts_flags_as_scanning_them_does),
        cmocka_unit_test(flags_of_many_customers_do_not_depend_on_threads),
        cmocka_unit_test(flags_that_are_none_are_named),
        cmocka_unit_test(change_is_the_difference_of_two_rates),
        cmocka_unit_test(change_refuses_what_are_no_shares),
        cmocka_unit_test(derives_the_window_from_closed_and_open_gaps),
        cmocka_unit_test(a_quantile_that_is_met_exactly_is_met),
        cmocka_unit_test(a_window_that_does_not_exist_is_nan_alone_and_an_error_in_the_periods),
        cmocka_unit_test(uses_the_window_that_it_derives),
        cmocka_unit_test(a_level_of_its_own_widens_and_narrows_the_intervals),
        cmocka_unit_test(writes_only_the_columns_that_are_asked_for),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(neither_threads_nor_the_order_of_rows_show),
        cmocka_unit_test(counts_of_disjoint_groups_of_customers_add_up),
        cmocka_unit_test(memory_exhaustion_is_an_error_and_no_more),
        cmocka_unit_test(a_log_that_changes_while_it_is_read_does_no_harm),
        cmocka_unit_test(refuses_bad_arguments_by_name),
        cmocka_unit_test(cdnow_comes_and_goes_as_pandas_counts_it),
        cmocka_unit_test(cdnow_gaps_have_the_quantiles_that_scipy_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

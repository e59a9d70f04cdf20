/* The revenue bridge against sums over customers, its intervals against deviations one by one. */
#include <limits.h>

#include "logs.h"
#include "math/interval.h"
#include "retain/cohort.h"
#include "retain/crr.h"
#include "retain/revenue.h"
#include "revenue_tables.h"

enum { MOST_CUSTOMERS = 16 };

/* --- the second opinion --------------------------------------------------------------------------------------------------------- */

/* What each customer spent in one period and in an earlier one; `fresh` says who was first seen after the earlier one. */
typedef struct comparison {
    size_t customers;
    double before[MOST_CUSTOMERS], now[MOST_CUSTOMERS];
    int fresh[MOST_CUSTOMERS];
} comparison;

static double money_between(const found_occasions *found, int64_t customer, int64_t begin, int64_t end)
{
    double sum = 0.0;

    for (size_t i = 0; i < found->count; i++)
        sum += found->at[i].customer == customer && found->at[i].day >= begin && found->at[i].day < end ? found->at[i].value : 0.0;
    return sum;
}

static int64_t first_day_of(const found_occasions *found, int64_t customer)
{
    int64_t first = INT64_MAX;

    for (size_t i = 0; i < found->count; i++) {
        if (found->at[i].customer == customer && found->at[i].day < first)
            first = found->at[i].day;
    }
    return first;
}

/* R and its limits from one deviation after the other, in long doubles. */
static void find_ratio(const comparison *world, int gross, double level, double most, double *want)
{
    long double x = 0.0L, y = 0.0L, squares = 0.0L, n = 0.0L, reach;

    want[0] = want[1] = want[2] = (double)NAN;
    for (size_t i = 0; i < world->customers; i++) {
        if (world->before[i] > 0.0) {
            x += world->before[i];
            y += gross ? fmin(world->before[i], world->now[i]) : world->now[i];
            n += 1.0L;
        }
    }
    if (!(x > 0.0L))
        return;
    want[0] = (double)y / (double)x; /* both are exact */
    if (n < 2.0L)
        return;
    for (size_t i = 0; i < world->customers; i++) {
        const long double now = gross ? fmin(world->before[i], world->now[i]) : world->now[i];
        const long double off = now - y / x * (long double)world->before[i];

        squares += world->before[i] > 0.0 ? off * off : 0.0L;
    }
    if (squares <= 1e-28L * x * x)
        return; /* all did the same */
    reach = (long double)retain__student_quantile(level, (double)n - 1.0) * sqrtl(n / (n - 1.0L) * squares) / x;
    want[1] = (double)fmaxl(0.0L, y / x - reach);
    want[2] = (double)fminl(most, y / x + reach);
}

static void compare_one_by_one(const comparison *world, double level, double *want)
{
    for (int i = 0; i < COLUMNS; i++)
        want[i] = 0.0;
    for (size_t i = 0; i < world->customers; i++) {
        const double before = world->before[i], now = world->now[i];

        want[START] += before;
        want[END] += now;
        want[START_CUSTOMERS] += before > 0;
        want[END_CUSTOMERS] += now > 0;
        want[RETAINED_CUSTOMERS] += before > 0 && now > 0;
        if (before > 0 && now > before) {
            want[EXPANSION] += now - before;
            want[EXPANDED_CUSTOMERS]++;
        } else if (now > 0 && now < before) {
            want[CONTRACTION] += before - now;
            want[CONTRACTED_CUSTOMERS]++;
        } else if (before > 0 && now == 0) {
            want[LOST] += before;
            want[LOST_CUSTOMERS]++;
        } else if (now > 0 && before == 0) {
            want[world->fresh[i] ? ACQUIRED : REACTIVATED] += now;
            want[world->fresh[i] ? ACQUIRED_CUSTOMERS : REACTIVATED_CUSTOMERS]++;
        }
    }
    find_ratio(world, 1, level, 1.0, &want[GRR]);
    find_ratio(world, 0, level, INFINITY, &want[NRR]);
}

/* Entry k of the table is what `world` says; a period that is not over has a start at most. */
static void check_period(const revenue_table *table, size_t k, const comparison *world, double level, int compared, int begins,
                         int over)
{
    const double(*cell)[MOST_PERIODS] = table->cell;
    double want[COLUMNS];

    compare_one_by_one(world, level, want);
    for (int i = 0; i < COLUMNS; i++) {
        const int of_start = i == START || i == START_CUSTOMERS, of_end = i == END || i == END_CUSTOMERS;
        const int there = of_start ? compared && begins : of_end ? over : compared && over;
        const int is_limit = i == GRR_LOW || i == GRR_HIGH || i == NRR_LOW || i == NRR_HIGH;

        assert_near(cell[i][k], there ? want[i] : (double)NAN, is_limit ? 1e-13 * (1.0 + fabs(want[i])) : 0.0);
    }
    if (!compared || !over)
        return;
    assert_near(cell[START][k] + cell[ACQUIRED][k] + cell[REACTIVATED][k] + cell[EXPANSION][k] - cell[CONTRACTION][k] -
                    cell[LOST][k],
                cell[END][k], 0.0);
    assert_near(cell[START_CUSTOMERS][k], cell[RETAINED_CUSTOMERS][k] + cell[LOST_CUSTOMERS][k], 0.0);
    assert_near(cell[END_CUSTOMERS][k], cell[RETAINED_CUSTOMERS][k] + cell[ACQUIRED_CUSTOMERS][k] + cell[REACTIVATED_CUSTOMERS][k],
                0.0);
    assert_true(isnan(cell[GRR][k]) || (cell[GRR][k] >= 0.0 && cell[GRR][k] <= 1.0 && cell[GRR][k] <= cell[NRR][k]));
}

static size_t draw_edges(uint64_t *seed, int64_t *edges, size_t most_periods)
{
    size_t periods = (size_t)random_between(seed, 1, (int64_t)most_periods);
    int64_t longest = random_between(seed, 0, 3) ? 40 : 3;

    edges[0] = random_between(seed, -30, 60);
    for (size_t k = 1; k <= periods; k++)
        edges[k] = edges[k - 1] + random_between(seed, 1, longest);
    return periods;
}

static void bridges_are_what_adding_up_customers_gives(void **state)
{
    uint64_t seed = 20240102;
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);

    (void)state;
    for (int trial = 0; trial < 2000; trial++) {
        random_log_shape shape = {
            (size_t)random_between(&seed, 0, 60), random_between(&seed, 1, MOST_CUSTOMERS), -40, 130, trial % 2, trial % 3 == 0};
        random_log log = random_log_make(&seed, shape);
        retain_orders_options counting = {.struct_size = sizeof counting};
        retain_revenue_options options = {.struct_size = sizeof options};
        int64_t edges[MOST_PERIODS + 1], observation_end = random_between(&seed, 0, 150);
        const size_t periods = draw_edges(&seed, edges, trial % 50 ? 12 : MOST_PERIODS);
        found_occasions found;
        size_t lag;

        counting.count_zero_orders = trial % 5 == 0;
        counting.occasion_days = random_between(&seed, 0, 3) ? 0 : random_between(&seed, 1, 10);
        options.lag = (size_t)random_between(&seed, 0, periods > 4 ? 4 : (int64_t)periods - 1);
        options.level = trial % 4 ? 0.0 : 0.8;
        lag = options.lag ? options.lag : 1;
        found = find_occasions(&log.view, observation_end, &counting);
        assert_int_equal(retain_revenue_bridge(NULL, &log.view, observation_end, edges, periods + 1, &counting,
                                               trial % 7 ? &options : NULL, &columns),
                         RETAIN_OK);
        if (trial % 7 == 0)
            options.level = 0.0, lag = 1;
        for (size_t k = 0; k < periods; k++) {
            comparison world = {.customers = (size_t)shape.customers};
            const int compared = k >= lag;

            for (size_t i = 0; i < world.customers; i++) {
                const int64_t customer = (int64_t)i + 1;

                world.now[i] = money_between(&found, customer, edges[k], edges[k + 1]);
                if (compared) {
                    world.before[i] = money_between(&found, customer, edges[k - lag], edges[k - lag + 1]);
                    world.fresh[i] = first_day_of(&found, customer) >= edges[k - lag + 1];
                }
            }
            check_period(&table, k, &world, options.level > 0.0 ? options.level : 0.95, compared,
                         compared && edges[k - lag + 1] <= observation_end + 1, edges[k + 1] <= observation_end + 1);
        }
        free(found.at);
        random_log_free(&log);
    }
}

static void amounts_are_compared_as_adding_them_up_does(void **state)
{
    uint64_t seed = 9;
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);

    (void)state;
    for (int trial = 0; trial < 4000; trial++) {
        const size_t customers = (size_t)random_between(&seed, 0, MOST_CUSTOMERS), periods = (size_t)random_between(&seed, 1, 9);
        const size_t lag = (size_t)random_between(&seed, 1, periods > 4 ? 4 : periods > 1 ? (int64_t)periods - 1 : 1);
        const retain_revenue_options options = {.struct_size = sizeof options, .lag = lag};
        double amounts[MOST_CUSTOMERS * 9 + 1];

        for (size_t i = 0; i < customers * periods; i++)
            amounts[i] = random_between(&seed, 0, 2) ? 0.25 * (double)random_between(&seed, 1, trial % 2 ? 4 : 4000) : 0.0;
        assert_int_equal(retain_revenue_amounts(NULL, amounts, customers, periods, lag > 1 ? &options : NULL, &columns), RETAIN_OK);
        for (size_t k = 0; k < periods; k++) {
            comparison world = {.customers = customers};

            for (size_t i = 0; i < customers; i++) {
                world.now[i] = amounts[i * periods + k];
                world.before[i] = k >= lag ? amounts[i * periods + k - lag] : 0.0;
                world.fresh[i] = 1;
                for (size_t j = 0; k >= lag && j <= k - lag; j++)
                    world.fresh[i] &= amounts[i * periods + j] == 0.0;
            }
            check_period(&table, k, &world, 0.95, k >= lag, 1, 1);
        }
    }
}

/* --- real data ------------------------------------------------------------------------------------------------------------------- */

static void cdnow_has_the_bridge_that_was_computed_in_cents(void **state)
{
    static const char *names[] = {"start",
                                  "acquired",
                                  "reactivated",
                                  "expansion",
                                  "contraction",
                                  "lost",
                                  "end",
                                  "start_customers",
                                  "acquired_customers",
                                  "reactivated_customers",
                                  "retained_customers",
                                  "expanded_customers",
                                  "contracted_customers",
                                  "lost_customers",
                                  "end_customers",
                                  "grr",
                                  "grr_low",
                                  "grr_high",
                                  "nrr",
                                  "nrr_low",
                                  "nrr_high"};
    golden table = golden_read("revenue/cdnow_months.csv");
    random_log log = read_cdnow();
    int64_t edges[19];
    revenue_table got;
    const retain_revenue_columns columns = columns_of(&got);
    double lag = 0.0, level = 0.0;

    (void)state;
    edges[0] = 9862; /* 1997-01-01 */
    for (size_t row = 0; row < 17; row++) {
        edges[row + 1] = (int64_t)golden_number(&table, row, "begin");
        edges[row + 2] = (int64_t)golden_number(&table, row, "end_day");
    }
    for (size_t row = 0; row < table.rows; row++) {
        const size_t k = (size_t)golden_number(&table, row, "month");

        if (golden_number(&table, row, "lag") != lag || golden_number(&table, row, "level") != level) {
            retain_revenue_options options = {.struct_size = sizeof options};

            options.lag = (size_t)(lag = golden_number(&table, row, "lag"));
            options.level = level = golden_number(&table, row, "level");
            assert_int_equal(retain_revenue_bridge(NULL, &log.view, 10407, edges, 19, NULL, &options, &columns), RETAIN_OK);
        }
        for (int i = START; i < COLUMNS; i++) {
            const double want = golden_number(&table, row, names[i]) / (i <= END ? 100.0 : 1.0);

            assert_near(got.cell[i][k], want, i <= END ? 1e-11 : i <= END_CUSTOMERS ? 0.0 : 1e-13);
        }
    }
    random_log_free(&log);
    golden_free(&table);
}

/* --- what it must agree with ------------------------------------------------------------------------------------------------------- */

static void agrees_with_cohorts_and_with_retention_by_period(void **state)
{
    enum { PERIODS = 12 };
    uint64_t seed = 77;
    random_log log = random_log_make(&seed, (random_log_shape){3000, 300, 0, 360, 1, 0});
    int64_t edges[PERIODS + 1];
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);
    double size[PERIODS], active[PERIODS * PERIODS], money[PERIODS * PERIODS];
    double start[PERIODS], acquired[PERIODS], retained[PERIODS], reactivated[PERIODS], lost[PERIODS];
    const retain_crr_columns flow = {
        .start = start, .acquired = acquired, .retained = retained, .reactivated = reactivated, .lost = lost};
    const retain_crr_options by_period = {.struct_size = sizeof by_period, .activity = RETAIN_CRR_PERIOD};

    (void)state;
    for (int64_t k = 0; k <= PERIODS; k++)
        edges[k] = 30 * k;
    assert_int_equal(retain_revenue_bridge(NULL, &log.view, 359, edges, PERIODS + 1, NULL, NULL, &columns), RETAIN_OK);
    assert_int_equal(retain_cohort_active(NULL, &log.view, 359, edges, PERIODS + 1, NULL, NULL, size, active, NULL, money, NULL),
                     RETAIN_OK);
    assert_int_equal(retain_crr_periods(NULL, &log.view, 359, edges, PERIODS + 1, NULL, &by_period, &flow, NULL), RETAIN_OK);
    for (size_t k = 0; k < PERIODS; k++) {
        double revenue = 0.0;

        for (size_t c = 0; c <= k; c++)
            revenue += money[c * PERIODS + (k - c)];
        assert_near(table.cell[END][k], revenue, 0.0);
        if (k == 0)
            continue;
        assert_near(table.cell[ACQUIRED][k], money[k * PERIODS], 0.0);
        assert_near(table.cell[ACQUIRED_CUSTOMERS][k], size[k], 0.0);
        assert_near(table.cell[START_CUSTOMERS][k], start[k], 0.0);
        assert_near(table.cell[RETAINED_CUSTOMERS][k], retained[k], 0.0);
        assert_near(table.cell[REACTIVATED_CUSTOMERS][k], reactivated[k], 0.0);
        assert_near(table.cell[LOST_CUSTOMERS][k], lost[k], 0.0);
    }
    random_log_free(&log);
}

/* --- intervals -------------------------------------------------------------------------------------------------------------------- */

static void intervals_need_two_customers_who_did_not_do_the_same(void **state)
{
    static const double same[] = {0.1, 0.11, 0.3, 0.33, 19.99, 21.989}, one[] = {5, 4}, none[] = {0, 4};
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);
    double flat[6];

    (void)state;
    assert_int_equal(retain_revenue_amounts(NULL, one, 1, 2, NULL, &columns), RETAIN_OK);
    assert_near(table.cell[GRR][1], 0.8, 0.0);
    assert_nan(table.cell[GRR_LOW][1]);
    assert_nan(table.cell[NRR_HIGH][1]);
    assert_int_equal(retain_revenue_amounts(NULL, none, 1, 2, NULL, &columns), RETAIN_OK);
    assert_nan(table.cell[GRR][1]);
    assert_nan(table.cell[NRR_LOW][1]);
    assert_near(table.cell[START][1], 0.0, 0.0);
    for (size_t i = 0; i < 6; i++)
        flat[i] = same[i - i % 2]; /* everybody pays what he paid */
    assert_int_equal(retain_revenue_amounts(NULL, flat, 3, 2, NULL, &columns), RETAIN_OK);
    for (int i = GRR; i <= NRR_HIGH; i++)
        assert_true(i == GRR || i == NRR ? table.cell[i][1] == 1.0 : isnan(table.cell[i][1]));
    assert_int_equal(retain_revenue_amounts(NULL, same, 3, 2, NULL, &columns), RETAIN_OK); /* 10 % more, but for the last digit */
    assert_near(table.cell[NRR][1], 1.1, 1e-15);
    assert_nan(table.cell[NRR_LOW][1]);
    assert_nan(table.cell[NRR_HIGH][1]);
}

static void the_last_digit_of_a_sum_is_neither_expansion_nor_contraction(void **state)
{
    static const int64_t customer[] = {1, 1, 1, 2, 2, 2}, day[] = {0, 0, 1, 0, 1, 1}, edges[] = {0, 1, 2};
    static const double value[] = {0.1, 0.2, 0.3, 0.3, 0.1, 0.2};
    const retain_orders log = {6, customer, day, value, NULL, NULL, NULL, NULL};
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);

    (void)state;
    assert_int_equal(retain_revenue_bridge(NULL, &log, 1, edges, 3, NULL, NULL, &columns), RETAIN_OK);
    assert_near(table.cell[RETAINED_CUSTOMERS][1], 2, 0.0);
    assert_near(table.cell[EXPANDED_CUSTOMERS][1], 0, 0.0);
    assert_near(table.cell[CONTRACTED_CUSTOMERS][1], 0, 0.0);
    assert_near(table.cell[EXPANSION][1], 0, 1e-15);
    assert_near(table.cell[NRR][1], 1, 0.0);
}

static void amounts_may_be_as_large_as_in_a_log_and_as_small_as_doubles_go(void **state)
{
    static const double beyond[] = {1e308, 1e308, 1e308, 1e308};
    static const double huge[] = {3e279, 3e278, 6e279, 9e279}, tiny[] = {1e-300, 1e-301, 2e-300, 3e-300};
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);

    (void)state;
    assert_int_equal(retain_revenue_amounts(NULL, huge, 2, 2, NULL, &columns), RETAIN_OK);
    assert_near(table.cell[GRR][1], 0.7, 1e-15);
    assert_near(table.cell[NRR][1], 3.1 / 3, 1e-15);
    assert_nan(table.cell[NRR_LOW][1]);
    assert_int_equal(retain_revenue_amounts(NULL, beyond, 2, 2, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_revenue_amounts(NULL, tiny, 2, 2, NULL, &columns), RETAIN_OK);
    assert_near(table.cell[GRR][1], 0.7, 1e-15);
}

/* The interval that shops draw keeps its promise where the sample is not tiny. */
static void intervals_hold_the_true_ratio_nearly_as_often_as_they_say(void **state)
{
    enum { CUSTOMERS = 200, TRIALS = 4000 };
    uint64_t seed = 4;
    double amounts[CUSTOMERS * 2];
    int held = 0;

    (void)state;
    for (int trial = 0; trial < TRIALS; trial++) {
        double low[2], high[2];
        const retain_revenue_columns columns = {.nrr_low = low, .nrr_high = high};

        for (size_t i = 0; i < CUSTOMERS; i++) { /* half stay, at 80 to 120 % of what they paid: the true NRR is 0.5 */
            amounts[2 * i] = (double)random_between(&seed, 10, 100);
            amounts[2 * i + 1] = random_bits(&seed) & 1 ? amounts[2 * i] * (double)random_between(&seed, 80, 120) / 100.0 : 0.0;
        }
        assert_int_equal(retain_revenue_amounts(NULL, amounts, CUSTOMERS, 2, NULL, &columns), RETAIN_OK);
        held += low[1] <= 0.5 && 0.5 <= high[1];
    }
    assert_in_range(held, (uintmax_t)(0.935 * TRIALS), (uintmax_t)(0.965 * TRIALS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bridges_are_what_adding_up_customers_gives),
        cmocka_unit_test(amounts_are_compared_as_adding_them_up_does),
        cmocka_unit_test(cdnow_has_the_bridge_that_was_computed_in_cents),
        cmocka_unit_test(agrees_with_cohorts_and_with_retention_by_period),
        cmocka_unit_test(intervals_need_two_customers_who_did_not_do_the_same),
        cmocka_unit_test(the_last_digit_of_a_sum_is_neither_expansion_nor_contraction),
        cmocka_unit_test(amounts_may_be_as_large_as_in_a_log_and_as_small_as_doubles_go),
        cmocka_unit_test(intervals_hold_the_true_ratio_nearly_as_often_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

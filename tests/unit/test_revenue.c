/* The revenue bridge against sums over customers, its intervals against deviations one by one, its formulas against exact values. */
#include <limits.h>

#include "logs.h"
#include "math/interval.h"
#include "retain/cohort.h"
#include "retain/crr.h"
#include "retain/revenue.h"

enum { MOST_PERIODS = 400, COLUMNS = 21, MOST_CUSTOMERS = 16 };

enum column {
    START,
    ACQUIRED,
    REACTIVATED,
    EXPANSION,
    CONTRACTION,
    LOST,
    END,
    START_CUSTOMERS,
    ACQUIRED_CUSTOMERS,
    REACTIVATED_CUSTOMERS,
    RETAINED_CUSTOMERS,
    EXPANDED_CUSTOMERS,
    CONTRACTED_CUSTOMERS,
    LOST_CUSTOMERS,
    END_CUSTOMERS,
    GRR,
    GRR_LOW,
    GRR_HIGH,
    NRR,
    NRR_LOW,
    NRR_HIGH
};

/* All columns in one array, in the order of the struct. */
typedef struct revenue_table {
    double cell[COLUMNS][MOST_PERIODS];
} revenue_table;

static retain_revenue_columns columns_of(revenue_table *table)
{
    double(*cell)[MOST_PERIODS] = table->cell;

    return (retain_revenue_columns){cell[START],
                                    cell[ACQUIRED],
                                    cell[REACTIVATED],
                                    cell[EXPANSION],
                                    cell[CONTRACTION],
                                    cell[LOST],
                                    cell[END],
                                    cell[START_CUSTOMERS],
                                    cell[ACQUIRED_CUSTOMERS],
                                    cell[REACTIVATED_CUSTOMERS],
                                    cell[RETAINED_CUSTOMERS],
                                    cell[EXPANDED_CUSTOMERS],
                                    cell[CONTRACTED_CUSTOMERS],
                                    cell[LOST_CUSTOMERS],
                                    cell[END_CUSTOMERS],
                                    cell[GRR],
                                    cell[GRR_LOW],
                                    cell[GRR_HIGH],
                                    cell[NRR],
                                    cell[NRR_LOW],
                                    cell[NRR_HIGH]};
}

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
        options.lag = (size_t)random_between(&seed, 0, 4);
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
        const size_t lag = (size_t)random_between(&seed, 1, 4);
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

static void intervals_need_two_customers_and_vanish_when_all_do_the_same(void **state)
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
        assert_near(table.cell[i][1], 1.0, 0.0);
    assert_int_equal(retain_revenue_amounts(NULL, same, 3, 2, NULL, &columns), RETAIN_OK); /* 10 % more, but for the last digit */
    assert_near(table.cell[NRR][1], 1.1, 1e-15);
    assert_near(table.cell[NRR_LOW][1], 1.1, 2e-15);
    assert_near(table.cell[NRR_HIGH][1], 1.1, 2e-15);
}

static void amounts_may_be_as_large_and_as_small_as_doubles_go(void **state)
{
    static const double huge[] = {1e300, 1e299, 2e300, 3e300}, tiny[] = {1e-300, 1e-301, 2e-300, 3e-300};
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);

    (void)state;
    assert_int_equal(retain_revenue_amounts(NULL, huge, 2, 2, NULL, &columns), RETAIN_OK);
    assert_near(table.cell[GRR][1], 0.7, 1e-15);
    assert_near(table.cell[NRR][1], 3.1 / 3, 1e-15);
    assert_nan(table.cell[NRR_LOW][1]);
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

/* --- costs and the what-if ---------------------------------------------------------------------------------------------------------- */

static void costs_are_spend_over_customers(void **state)
{
    static const double bad[][2] = {
        {-1, 5}, {5, 0}, {5, -1}, {(double)NAN, 5}, {5, (double)NAN}, {(double)INFINITY, 5}, {5, (double)INFINITY}};

    (void)state;
    assert_near(retain_revenue_cost_per_customer(1200, 40), 30, 0.0);
    assert_near(retain_revenue_cost_per_customer(0, 40), 0, 0.0);
    assert_near(retain_revenue_cost_ratio(1200, 40, 900, 150), 5, 0.0);
    assert_nan(retain_revenue_cost_ratio(1200, 40, 0, 150));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_nan(retain_revenue_cost_per_customer(bad[i][0], bad[i][1]));
        assert_nan(retain_revenue_cost_ratio(bad[i][0], bad[i][1], 5, 5));
        assert_nan(retain_revenue_cost_ratio(5, 5, bad[i][0], bad[i][1]));
    }
}

static void lifetime_values_meet_the_golden_values(void **state)
{
    golden table = golden_read("revenue/lifetime.csv");
    static const double bad[][4] = {{(double)INFINITY, .5, .1, 12},
                                    {(double)NAN, .5, .1, 12},
                                    {1, -.1, .1, 12},
                                    {1, 1.1, .1, 12},
                                    {1, (double)NAN, .1, 12},
                                    {1, .5, -.1, 12},
                                    {1, .5, (double)NAN, 12},
                                    {1, .5, (double)INFINITY, 12},
                                    {1, .5, .1, 0},
                                    {1, .5, .1, -1},
                                    {1, .5, .1, (double)NAN},
                                    {1, .5, .1, (double)INFINITY}};

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const double want = golden_number(&table, row, "lifetime_value");

        assert_near(retain_revenue_lifetime_value(golden_number(&table, row, "margin"), golden_number(&table, row, "retention"),
                                                  golden_number(&table, row, "annual_rate"),
                                                  golden_number(&table, row, "periods_per_year")),
                    want, 2e-15 * fabs(want));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_nan(retain_revenue_lifetime_value(bad[i][0], bad[i][1], bad[i][2], bad[i][3]));
    assert_near(retain_revenue_lifetime_value(0, 1, 0, 12), 0, 0.0);
    golden_free(&table);
}

static void profits_are_the_geometric_sums(void **state)
{
    golden table = golden_read("revenue/profit.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const retain_revenue_plan plan = {sizeof plan,
                                          golden_number(&table, row, "customers"),
                                          golden_number(&table, row, "acquired"),
                                          golden_number(&table, row, "margin"),
                                          golden_number(&table, row, "retention_cost"),
                                          golden_number(&table, row, "acquisition_cost"),
                                          golden_number(&table, row, "annual_rate"),
                                          golden_number(&table, row, "periods_per_year"),
                                          golden_number(&table, row, "base_retention"),
                                          (size_t)golden_number(&table, row, "periods")};
        const double retention = golden_number(&table, row, "retention");
        const double want = golden_number(&table, row, "profit"), at_end = golden_number(&table, row, "customers_at_end");
        const double moved = golden_number(&table, row, "change");
        /* what has to be added up, whatever is left of it in the end */
        const double scale = (fabs(plan.margin) + plan.retention_cost) * (plan.customers + plan.acquired * (double)plan.periods) *
                                 (double)plan.periods +
                             plan.acquisition_cost * plan.acquired * (double)plan.periods;
        double profit, customers, change;

        assert_int_equal(retain_revenue_profit(NULL, &plan, &retention, 1, &profit, &customers, &change), RETAIN_OK);
        assert_near(profit, want, 1e-14 * scale);
        assert_near(customers, at_end, 1e-13 * at_end);
        assert_near(change, moved, 1e-11 * (1.0 + fabs(moved)));
    }
    golden_free(&table);
}

static void more_retention_is_more_profit_while_customers_earn_more_than_they_cost(void **state)
{
    const retain_revenue_plan plan = {.struct_size = sizeof plan,
                                      .customers = 100,
                                      .acquired = 10,
                                      .margin = 5,
                                      .retention_cost = 1,
                                      .acquisition_cost = 9,
                                      .annual_rate = .1,
                                      .base_retention = 0.5,
                                      .periods = 36};
    double retention[102], profit[102], customers[102], change[102];

    (void)state;
    for (int i = 0; i <= 100; i++)
        retention[i] = i / 100.0;
    retention[101] = (double)NAN;
    assert_int_equal(retain_revenue_profit(NULL, &plan, retention, 102, profit, customers, change), RETAIN_OK);
    for (int i = 1; i <= 100; i++) {
        assert_true(profit[i] > profit[i - 1] && customers[i] > customers[i - 1] && change[i] > change[i - 1]);
        assert_near(change[i], profit[i] / profit[50] - 1.0, 1e-13 * (1.0 + fabs(profit[i] / profit[50])));
    }
    assert_near(change[50], 0.0, 0.0);
    assert_near(customers[100], 100 + 36 * 10, 1e-9);
    assert_nan(profit[101]);
    assert_nan(customers[101]);
    assert_nan(change[101]);
    assert_int_equal(retain_revenue_profit(NULL, &plan, retention, 102, profit, NULL, NULL), RETAIN_OK);
}

static void bad_plans_are_named(void **state)
{
    const retain_revenue_plan good = {.struct_size = sizeof good, .customers = 1, .margin = 1, .base_retention = 0.5, .periods = 1};
    static const struct {
        size_t offset;
        double value;
        const char *text;
    } cases[] = {{offsetof(retain_revenue_plan, customers), -1, "plan.customers is -1"},
                 {offsetof(retain_revenue_plan, acquired), (double)INFINITY, "plan.acquired is inf"},
                 {offsetof(retain_revenue_plan, margin), (double)NAN, "plan.margin is NaN"},
                 {offsetof(retain_revenue_plan, retention_cost), -2, "plan.retention_cost is -2"},
                 {offsetof(retain_revenue_plan, acquisition_cost), -3, "plan.acquisition_cost is -3"},
                 {offsetof(retain_revenue_plan, annual_rate), -0.5, "plan.annual_rate is -0.5"},
                 {offsetof(retain_revenue_plan, periods_per_year), -12, "plan.periods_per_year is -12"},
                 {offsetof(retain_revenue_plan, base_retention), 1.5, "plan.base_retention is 1.5; it must lie in [0, 1]"}};
    const double retention[] = {0.5, 1.5};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_revenue_plan plan;
    double profit[2] = {7, 7};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plan = good;
        memcpy((char *)&plan + cases[i].offset, &cases[i].value, sizeof(double));
        assert_int_equal(retain_revenue_profit(&ctx, &plan, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
        if (!strstr(ctx.error, cases[i].text))
            fail_msg("\"%s\" does not say \"%s\"", ctx.error, cases[i].text);
    }
    plan = good;
    plan.periods = 0;
    assert_int_equal(retain_revenue_profit(&ctx, &plan, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    plan.periods = 1000001;
    assert_int_equal(retain_revenue_profit(&ctx, &plan, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "plan.periods is 1000001; it must lie in [1, 1000000]"));
    plan = good;
    plan.struct_size = 0;
    assert_int_equal(retain_revenue_profit(&ctx, &plan, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_profit(&ctx, NULL, retention, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_profit(&ctx, &good, NULL, 1, profit, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_profit(&ctx, &good, retention, 1, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_profit(&ctx, &good, retention, 2, profit, NULL, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_revenue_profit(&ctx, &good, NULL, 0, NULL, NULL, NULL), RETAIN_OK);
    assert_near(profit[0], 7, 0.0);
}

/* --- promises -------------------------------------------------------------------------------------------------------------------- */

static void the_example_of_the_header_is_true(void **state)
{
    static const int64_t customer[] = {1, 2, 3, 1, 3}, day[] = {2, 10, 20, 45, 80};
    static const double value[] = {10, 20, 30, 8, 40};
    const retain_orders log = {5, customer, day, value, NULL, NULL, NULL, NULL};
    int64_t edges[] = {0, 31, 59, 90};
    double start[3], lost[3], end[3], grr[3];
    retain_revenue_columns columns = {0};

    (void)state;
    columns.start = start;
    columns.lost = lost;
    columns.end = end;
    columns.grr = grr;
    assert_int_equal(retain_revenue_bridge(NULL, &log, 89, edges, 4, NULL, NULL, &columns), RETAIN_OK);
    assert_nan(start[0]);
    assert_near(start[1], 60, 0.0);
    assert_near(lost[1], 50, 0.0);
    assert_near(end[1], 8, 0.0);
    assert_near(grr[1], 8.0 / 60.0, 1e-16);
    assert_near(end[2], 40, 0.0);
    assert_near(grr[2], 0, 0.0);
}

static void neither_threads_nor_the_order_of_rows_show(void **state)
{
    enum { PERIODS = 24 };
    uint64_t seed = 11;
    random_log log = random_log_make(&seed, (random_log_shape){250000, 30000, 0, 700, 0, 0});
    int64_t edges[PERIODS + 1];
    revenue_table *first = calloc(2, sizeof *first);
    const retain_revenue_columns columns = columns_of(first), more = columns_of(first + 1);

    (void)state;
    assert_non_null(first);
    for (int64_t k = 0; k <= PERIODS; k++)
        edges[k] = 29 * k;
    for (size_t i = 0; i < log.view.count; i++)
        log.value[i] /= 7.0;
    assert_int_equal(retain_revenue_bridge(NULL, &log.view, 699, edges, PERIODS + 1, NULL, NULL, &columns), RETAIN_OK);
    for (int threads = 1; threads <= 64; threads = threads == 3 ? 8 : threads == 8 ? 64 : threads + 1) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        random_log_shuffle(&log, &seed);
        assert_int_equal(retain_revenue_bridge(&ctx, &log.view, 699, edges, PERIODS + 1, NULL, NULL, &more), RETAIN_OK);
        assert_memory_equal(first, first + 1, sizeof *first);
    }
    free(first);
    random_log_free(&log);
}

static void amounts_do_not_depend_on_threads(void **state)
{
    enum { CUSTOMERS = 100000, PERIODS = 13 };
    uint64_t seed = 12;
    double *amounts = malloc(CUSTOMERS * PERIODS * sizeof *amounts);
    revenue_table *first = calloc(2, sizeof *first);
    const retain_revenue_columns columns = columns_of(first), more = columns_of(first + 1);

    (void)state;
    assert_non_null(amounts);
    assert_non_null(first);
    for (size_t i = 0; i < CUSTOMERS * PERIODS; i++)
        amounts[i] = random_between(&seed, 0, 2) ? (double)random_between(&seed, 1, 100000) / 100.0 : 0.0;
    assert_int_equal(retain_revenue_amounts(NULL, amounts, CUSTOMERS, PERIODS, NULL, &columns), RETAIN_OK);
    for (int threads = 2; threads <= 64; threads *= 4) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        assert_int_equal(retain_revenue_amounts(&ctx, amounts, CUSTOMERS, PERIODS, NULL, &more), RETAIN_OK);
        assert_memory_equal(first, first + 1, sizeof *first);
    }
    free(amounts);
    free(first);
}

typedef struct small_world {
    random_log log;
    double end[3];
} small_world;

static retain_status run_bridge(retain_context *ctx, void *state)
{
    static const int64_t edges[] = {0, 31, 59, 90};
    small_world *world = state;
    const retain_revenue_columns columns = {.end = world->end};

    world->end[0] = -5;
    return retain_revenue_bridge(ctx, &world->log.view, 95, edges, 4, NULL, NULL, &columns);
}

static retain_status run_amounts(retain_context *ctx, void *state)
{
    static const double amounts[] = {1, 2, 0, 4};
    small_world *world = state;
    const retain_revenue_columns columns = {.end = world->end};

    world->end[0] = -5;
    return retain_revenue_amounts(ctx, amounts, 2, 2, NULL, &columns);
}

static void is_untouched(void *state)
{
    assert_near(((const small_world *)state)->end[0], -5.0, 0.0);
}

static void memory_exhaustion_is_an_error_and_no_more(void **state)
{
    uint64_t seed = 3;
    small_world world = {random_log_make(&seed, (random_log_shape){60, 5, 0, 90, 1, 0}), {-5, -5, -5}};

    (void)state;
    survives_memory_exhaustion(run_bridge, is_untouched, &world);
    assert_true(world.end[0] > 0.0);
    survives_memory_exhaustion(run_amounts, is_untouched, &world);
    assert_near(world.end[1], 6.0, 0.0);
    random_log_free(&world.log);
}

/* What comes out does not matter; a sanitizer watches where it is written. */
static void a_log_that_changes_while_it_is_read_does_no_harm(void **state)
{
    static const int64_t edges[] = {0, 31, 59, 90};
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);

    (void)state;
    for (size_t at = 1; at < 24; at++) {
        uint64_t seed = at;
        random_log log = random_log_make(&seed, (random_log_shape){200, 20, 0, 90, at % 2, 0});
        log_meddler meddler = {&log, at, 0};
        retain_context ctx = meddling_context(&meddler);

        retain_revenue_bridge(&ctx, &log.view, 95, edges, 4, NULL, NULL, &columns);
        random_log_free(&log);
    }
}

static void edges_may_be_as_far_apart_as_numbers_go(void **state)
{
    static const int64_t customer[] = {1, 2, 1}, day[] = {5, 8, 20}, edges[] = {INT64_MIN, 0, 10, 30, INT64_MAX};
    static const double value[] = {1.0, 2.0, 4.0};
    const retain_orders log = {3, customer, day, value, NULL, NULL, NULL, NULL};
    revenue_table table;
    const retain_revenue_columns columns = columns_of(&table);
    const retain_revenue_options far = {.struct_size = sizeof far, .lag = SIZE_MAX};

    (void)state;
    assert_int_equal(retain_revenue_bridge(NULL, &log, 29, edges, 5, NULL, NULL, &columns), RETAIN_OK);
    assert_near(table.cell[END][0], 0, 0.0);
    assert_near(table.cell[ACQUIRED][1], 3, 0.0);
    assert_near(table.cell[EXPANSION][2], 3, 0.0);
    assert_near(table.cell[START][3], 4, 0.0);
    assert_nan(table.cell[END][3]);
    assert_int_equal(retain_revenue_bridge(NULL, &log, 29, edges, 5, NULL, &far, &columns), RETAIN_OK);
    assert_near(table.cell[END][2], 4, 0.0);
    assert_nan(table.cell[START][3]);
}

static void refuses_bad_arguments_by_name(void **state)
{
    static const int64_t customer[] = {1}, day[] = {0}, edges[] = {0, 31, 31}, far[] = {(int64_t)1 << 50};
    static const double value[] = {1.0}, amounts[] = {1, 2, -3, 4, 5, 6}, endless[] = {1, (double)INFINITY},
                        none[] = {(double)NAN, 1};
    const retain_orders log = {1, customer, day, value, NULL, NULL, NULL, NULL},
                        bad = {1, customer, far, value, NULL, NULL, NULL, NULL};
    const retain_revenue_columns columns = {0};
    const retain_revenue_options level = {.struct_size = sizeof level, .level = 1}, size = {0, 0, 0};
    const struct {
        const retain_orders *orders;
        const int64_t *edges;
        size_t edge_count;
        const retain_revenue_options *options;
        const retain_revenue_columns *columns;
        retain_status status;
        const char *text;
    } cases[] = {{NULL, edges, 2, NULL, &columns, RETAIN_ERROR_ARGUMENT, "orders is NULL"},
                 {&bad, edges, 2, NULL, &columns, RETAIN_ERROR_DATA, "orders.day[0]"},
                 {&log, NULL, 2, NULL, &columns, RETAIN_ERROR_ARGUMENT, "edges is NULL"},
                 {&log, edges, 1, NULL, &columns, RETAIN_ERROR_ARGUMENT, "edge_count is 1"},
                 {&log, edges, 3, NULL, &columns, RETAIN_ERROR_ARGUMENT, "edges[2] is 31"},
                 {&log, edges, 2, &level, &columns, RETAIN_ERROR_ARGUMENT, "options.level is 1"},
                 {&log, edges, 2, &size, &columns, RETAIN_ERROR_ARGUMENT, "options.struct_size is 0"},
                 {&log, edges, 2, NULL, NULL, RETAIN_ERROR_ARGUMENT, "columns is NULL"}};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(retain_revenue_bridge(&ctx, cases[i].orders, 50, cases[i].edges, cases[i].edge_count, NULL,
                                               cases[i].options, cases[i].columns),
                         cases[i].status);
        if (!strstr(ctx.error, cases[i].text))
            fail_msg("\"%s\" does not say \"%s\"", ctx.error, cases[i].text);
    }
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, 3, 2, NULL, &columns), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "amounts[2] is -3; it must be finite and not negative"));
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_revenue_amounts(&ctx, endless, 1, 2, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_revenue_amounts(&ctx, none, 1, 2, NULL, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_revenue_amounts(&ctx, NULL, 1, 2, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, 1, 0, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, SIZE_MAX / 2, 3, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, 1, 2, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, 1, 2, &level, &columns), RETAIN_ERROR_ARGUMENT);
    ctx.struct_size = 1;
    assert_int_equal(retain_revenue_amounts(&ctx, amounts, 1, 2, NULL, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_revenue_bridge(&ctx, &log, 50, edges, 2, NULL, NULL, &columns), RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bridges_are_what_adding_up_customers_gives),
        cmocka_unit_test(amounts_are_compared_as_adding_them_up_does),
        cmocka_unit_test(cdnow_has_the_bridge_that_was_computed_in_cents),
        cmocka_unit_test(agrees_with_cohorts_and_with_retention_by_period),
        cmocka_unit_test(intervals_need_two_customers_and_vanish_when_all_do_the_same),
        cmocka_unit_test(amounts_may_be_as_large_and_as_small_as_doubles_go),
        cmocka_unit_test(intervals_hold_the_true_ratio_nearly_as_often_as_they_say),
        cmocka_unit_test(costs_are_spend_over_customers),
        cmocka_unit_test(lifetime_values_meet_the_golden_values),
        cmocka_unit_test(profits_are_the_geometric_sums),
        cmocka_unit_test(more_retention_is_more_profit_while_customers_earn_more_than_they_cost),
        cmocka_unit_test(bad_plans_are_named),
        cmocka_unit_test(the_example_of_the_header_is_true),
        cmocka_unit_test(neither_threads_nor_the_order_of_rows_show),
        cmocka_unit_test(amounts_do_not_depend_on_threads),
        cmocka_unit_test(memory_exhaustion_is_an_error_and_no_more),
        cmocka_unit_test(a_log_that_changes_while_it_is_read_does_no_harm),
        cmocka_unit_test(edges_may_be_as_far_apart_as_numbers_go),
        cmocka_unit_test(refuses_bad_arguments_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

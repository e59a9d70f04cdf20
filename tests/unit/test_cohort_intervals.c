/* Intervals of money: the weights, the replicates, and whether an interval keeps its promise. */
#include "cohort_tables.h"
#include "metrics/cohort_bootstrap.h"

enum { WEIGHTS = 400000 };

static void weights_are_poisson_with_mean_one(void **state)
{
    double seen[6] = {0.0}, want = exp(-1.0), sum = 0.0, squares = 0.0;

    (void)state;
    for (int64_t key = 0; key < WEIGHTS / 4; key++) {
        double weight[4];

        retain__poisson_weights(7, key * 1000003 - 5, (uint64_t)key % 50, weight);
        for (int i = 0; i < 4; i++) {
            sum += weight[i];
            squares += weight[i] * weight[i];
            if (weight[i] < 6.0)
                seen[(size_t)weight[i]] += 1.0;
        }
    }
    assert_near(sum / WEIGHTS, 1.0, 5.0 / sqrt(WEIGHTS));
    assert_near(squares / WEIGHTS, 2.0, 5.0 * sqrt(11.0 / WEIGHTS)); /* the variance of a squared Poisson(1) is 11 */
    for (int k = 0; k < 6; k++, want /= k)
        assert_near(seen[k] / WEIGHTS, want, 5.0 * sqrt(want / WEIGHTS));
}

/* --- one row, one cell ---------------------------------------------------------------------------------------------------------- */

static const int64_t AGES[] = {0, 1, 31, 61};

static retain_cohort_layout one_row(void)
{
    return (retain_cohort_layout){.struct_size = sizeof(retain_cohort_layout),
                                  .rows = RETAIN_COHORT_TOGETHER,
                                  .axis = RETAIN_COHORT_ROLLING,
                                  .age_edges = AGES,
                                  .age_edge_count = 4};
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double quantile_of(double *numbers, size_t count, double share)
{
    const double at = share * (double)(count - 1);
    const size_t below = (size_t)at;

    qsort(numbers, count, sizeof *numbers, compare_numbers);
    return numbers[below] + (at - (double)below) * (numbers[below + 1] - numbers[below]);
}

/* Replicates from the weights themselves, customer by customer. */
static void limits_are_percentiles_of_weighted_means(void **state)
{
    enum { REPLICATES = 101, BUYERS = 60 };
    uint64_t seed = 11;
    random_log log = random_log_make(&seed, (random_log_shape){300, BUYERS, 0, 70, 0, 0});
    const retain_cohort_cells_options options = {
        .struct_size = sizeof options, .replicates = REPLICATES, .seed = 99, .level = 0.8, .margin = 0.5};
    const retain_cohort_layout layout = one_row();
    cell_table table = table_of(NULL, &log.view, 75, &layout, NULL, &options);
    double money[REPLICATES][3] = {{0.0}}, there[REPLICATES][3] = {{0.0}}, value[REPLICATES], so_far[REPLICATES] = {0.0};
    double copy[REPLICATES];

    (void)state;
    for (int64_t key = 1; key <= BUYERS; key++) {
        int64_t first = INT64_MAX;

        for (size_t i = 0; i < log.view.count; i++)
            first = log.customer[i] == key && log.day[i] < first ? log.day[i] : first;
        for (size_t j = 0; first != INT64_MAX && j < 3; j++) {
            double brought = 0.0;

            if (first + AGES[j + 1] > 76)
                continue;
            for (size_t i = 0; i < log.view.count; i++) {
                const int64_t age = log.day[i] - first;

                brought += log.customer[i] == key && age >= AGES[j] && age < AGES[j + 1] ? log.value[i] * 0.5 : 0.0;
            }
            for (size_t b = 0; b < REPLICATES; b++) {
                double weight[4];

                retain__poisson_weights(99, key, b / 4, weight);
                money[b][j] += weight[b % 4] * brought;
                there[b][j] += weight[b % 4];
            }
        }
    }
    for (size_t j = 0; j < 3; j++) {
        for (size_t b = 0; b < REPLICATES; b++) {
            value[b] = money[b][j] / there[b][j];
            so_far[b] += value[b];
        }
        assert_near(table.of.value_low[j], quantile_of(value, REPLICATES, 0.1), 1e-9);
        assert_near(table.of.value_high[j], quantile_of(value, REPLICATES, 0.9), 1e-9);
        memcpy(copy, so_far, sizeof copy);
        assert_near(table.of.cumulative_low[j], quantile_of(copy, REPLICATES, 0.1), 1e-9);
        assert_near(table.of.cumulative_high[j], quantile_of(copy, REPLICATES, 0.9), 1e-9);
    }
    table_free(&table);
    random_log_free(&log);
}

static double uniform(uint64_t *seed)
{
    return ((double)random_between(seed, 0, 999999) + 0.5) / 1e6;
}

/* Customers of whom each buys on day 0 and, four times in ten, once more; amounts are exponential with mean 10, and the mean
 * customer brings 10 on day 0 and 4 later. */
static random_log draw_shop(uint64_t *seed, size_t people)
{
    random_log made = random_log_make(seed, (random_log_shape){2 * people, 1, 0, 0, 0, 0});

    made.view.count = 0;
    for (size_t i = 0; i < people; i++) {
        const int again = uniform(seed) < 0.4;

        for (int k = 0; k <= again; k++) {
            made.customer[made.view.count] = (int64_t)i;
            made.day[made.view.count] = k ? random_between(seed, 1, 30) : 0;
            made.value[made.view.count++] = -10.0 * log(uniform(seed));
        }
    }
    return made;
}

static void large_cells_have_the_interval_of_normal_theory(void **state)
{
    uint64_t seed = 5;
    random_log shop_log = draw_shop(&seed, 20000);
    const retain_cohort_cells_options options = {.struct_size = sizeof options, .replicates = 2000, .seed = 3};
    const retain_cohort_layout layout = one_row();
    cell_table table = table_of(NULL, &shop_log.view, 100, &layout, NULL, &options);

    (void)state;
    for (size_t j = 0; j < 2; j++) {
        const double error = table.of.value_error[j];

        assert_near(table.of.value_low[j], table.of.value[j] - 1.959964 * error, 0.25 * error);
        assert_near(table.of.value_high[j], table.of.value[j] + 1.959964 * error, 0.25 * error);
    }
    assert_near(table.of.value_error[0], 10.0 / sqrt(20000.0), 0.004);
    assert_near(table.of.value[1], 4.0, 5.0 * table.of.value_error[1]);
    assert_nan(table.of.value_low[2]); /* nobody came: an interval of amounts that nobody saw would be a guess */
    assert_near(table.of.value[2], 0.0, 0.0);
    table_free(&table);
    random_log_free(&shop_log);
}

/* 600 shops of 150 customers: 95 % intervals hold the truth in about 95 of 100; a little less, as skewed money has it. */
static void intervals_hold_the_truth_as_often_as_they_say(void **state)
{
    enum { SHOPS = 600 };
    static const double truth[] = {10.0, 4.0, 14.0};
    uint64_t seed = 2024;
    double held[3] = {0.0};

    (void)state;
    for (int shop = 0; shop < SHOPS; shop++) {
        random_log shop_log = draw_shop(&seed, 150);
        const retain_cohort_cells_options options = {
            .struct_size = sizeof options, .replicates = 200, .seed = (uint64_t)shop, .level = 0.95};
        const retain_cohort_layout layout = one_row();
        cell_table table = table_of(NULL, &shop_log.view, 100, &layout, NULL, &options);

        for (size_t j = 0; j < 2; j++)
            held[j] += table.of.value_low[j] <= truth[j] && truth[j] <= table.of.value_high[j];
        held[2] += table.of.cumulative_low[1] <= truth[2] && truth[2] <= table.of.cumulative_high[1];
        table_free(&table);
        random_log_free(&shop_log);
    }
    for (int j = 0; j < 3; j++)
        assert_in_range((uint64_t)held[j], SHOPS * 90 / 100, SHOPS * 97 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_poisson_with_mean_one),
        cmocka_unit_test(limits_are_percentiles_of_weighted_means),
        cmocka_unit_test(large_cells_have_the_interval_of_normal_theory),
        cmocka_unit_test(intervals_hold_the_truth_as_often_as_they_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

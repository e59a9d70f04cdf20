/* Two rows of a cohort table: against scanning and enumeration, as often right as it says, and the same on any thread. */
#include "cohort_tables.h"
#include "retain/cohort_compare.h"

static double uniform(uint64_t *seed)
{
    return ((double)random_between(seed, 0, 999999) + 0.5) / 1e6;
}

static const int64_t AGES[] = {0, 1, 31, 61};

static retain_cohort_layout by_group(const retain_groups *groups)
{
    return (retain_cohort_layout){.struct_size = sizeof(retain_cohort_layout),
                                  .rows = RETAIN_COHORT_BY_GROUP,
                                  .axis = RETAIN_COHORT_ROLLING,
                                  .age_edges = AGES,
                                  .age_edge_count = 4,
                                  .groups = groups};
}

static retain_cohort_comparison compare(retain_context *ctx, const retain_orders *log, int64_t end, const retain_groups *groups,
                                        size_t column, int replicates)
{
    const retain_cohort_layout layout = by_group(groups);
    const retain_cohort_compare_options options = {.struct_size = sizeof options, .replicates = replicates, .seed = 4};
    retain_cohort_comparison found = {.struct_size = sizeof found};

    assert_int_equal(retain_cohort_compare(ctx, log, end, &layout, 1, 0, column, NULL, &options, &found), RETAIN_OK);
    return found;
}

/* --- against scanning ----------------------------------------------------------------------------------------------------------- */

enum { PEOPLE_HERE = 40 };

/* What is to be known of each customer of a small log. */
typedef struct person {
    int there, side, returned;
    int64_t first, wait; /* days to the second occasion, or to the end */
    double money;
} person;

static void look_at_everyone(const random_log *log, int64_t end, const int64_t *group, size_t column, person *people)
{
    for (int64_t key = 1; key <= PEOPLE_HERE; key++) {
        person *who = &people[key - 1];
        int64_t second = INT64_MAX;

        *who = (person){0, (int)group[key - 1], 0, INT64_MAX, 0, 0.0};
        for (size_t i = 0; i < log->view.count; i++) {
            if (log->customer[i] == key && log->day[i] <= end && log->day[i] < who->first)
                who->first = log->day[i];
        }
        if (who->first == INT64_MAX)
            continue;
        who->there = 1;
        for (size_t i = 0; i < log->view.count; i++) {
            if (log->customer[i] != key || log->day[i] > end)
                continue;
            if (log->day[i] > who->first && log->day[i] < second)
                second = log->day[i];
            if (log->day[i] < who->first + AGES[column + 1])
                who->money += log->value[i];
        }
        who->returned = second != INT64_MAX;
        who->wait = (who->returned ? second : end) - who->first;
    }
}

static void check_against_people(const retain_cohort_comparison *got, const person *people, int64_t end, size_t column)
{
    double n[2] = {0.0}, money[2] = {0.0}, customers[2] = {0.0}, returned[2] = {0.0}, expected = 0.0, variance = 0.0, chi;

    for (int i = 0; i < PEOPLE_HERE; i++) {
        const int side = 1 - people[i].side; /* row 1 comes first */

        if (!people[i].there || people[i].side > 1)
            continue;
        customers[side] += 1.0;
        returned[side] += people[i].returned;
        if (people[i].first + AGES[column + 1] <= end + 1) {
            n[side] += 1.0;
            money[side] += people[i].money;
        }
    }
    for (int64_t day = 0; day <= 200; day++) { /* the log-rank test from its definition */
        double risk[2] = {0.0}, ended = 0.0, all;

        for (int i = 0; i < PEOPLE_HERE; i++) {
            if (people[i].there && people[i].side <= 1 && people[i].wait >= day) {
                risk[1 - people[i].side] += 1.0;
                ended += people[i].returned && people[i].wait == day;
            }
        }
        all = risk[0] + risk[1];
        if (ended > 0.0)
            expected += ended * risk[0] / all;
        if (ended > 0.0 && all > 1.0)
            variance += ended * (risk[0] / all) * (risk[1] / all) * (all - ended) / (all - 1.0);
    }
    chi = (returned[0] - expected) * (returned[0] - expected) / variance;
    for (int side = 0; side < 2; side++) {
        assert_near(got->customers[side], customers[side], 0.0);
        assert_near(got->returned[side], returned[side], 0.0);
        assert_near(got->exposed[side], n[side], 0.0);
        assert_near(got->value[side], money[side] / n[side], 1e-12);
    }
    assert_near(got->difference, money[0] / n[0] - money[1] / n[1], 1e-12);
    if (variance > 0.0) {
        assert_near(got->expected[0], expected, 1e-9);
        assert_near(got->chi_squared, chi, 1e-9);
        assert_near(got->return_p_value, erfc(sqrt(0.5 * chi)), 1e-12); /* of a squared normal number */
    }
}

static void counts_what_scanning_finds(void **state)
{
    uint64_t seed = 31;

    (void)state;
    for (int trial = 0; trial < 200; trial++) {
        random_log log =
            random_log_make(&seed, (random_log_shape){(size_t)random_between(&seed, 20, 120), PEOPLE_HERE, 0, 90, 0, 0});
        const int64_t end = random_between(&seed, 60, 100);
        const size_t column = (size_t)random_between(&seed, 0, 2);
        int64_t customer[PEOPLE_HERE], group[PEOPLE_HERE];
        const retain_groups groups = {PEOPLE_HERE, customer, group, 3};
        person people[PEOPLE_HERE];
        retain_cohort_comparison got;

        for (int64_t i = 0; i < PEOPLE_HERE; i++) {
            customer[i] = i + 1;
            group[i] = random_between(&seed, 0, 2);
        }
        look_at_everyone(&log, end, group, column, people);
        got = compare(NULL, &log.view, end, &groups, column, 0);
        check_against_people(&got, people, end, column);
        assert_nan(got.money_p_value);
        assert_nan(got.low);
        random_log_free(&log);
    }
}

/* --- the permutation test ------------------------------------------------------------------------------------------------------- */

/* Welch's statistic of a split of eight amounts. */
static double statistic_of(const double *money, unsigned split)
{
    double n[2] = {0.0}, sum[2] = {0.0}, squares[2] = {0.0};

    for (int i = 0; i < 8; i++) {
        const int side = split >> i & 1;

        n[side] += 1.0;
        sum[side] += money[i];
    }
    for (int i = 0; i < 8; i++) {
        const int side = split >> i & 1;

        squares[side] += (money[i] - sum[side] / n[side]) * (money[i] - sum[side] / n[side]);
    }
    return fabs(sum[0] / n[0] - sum[1] / n[1]) / sqrt(squares[0] / (n[0] - 1) / n[0] + squares[1] / (n[1] - 1) / n[1]);
}

static void p_is_that_of_all_ways_to_deal(void **state)
{
    static const int64_t customer[] = {1, 2, 3, 4, 5, 6, 7, 8}, day[8] = {0}, group[] = {0, 1, 1, 0, 0, 1, 0, 0};
    static const double money[] = {1, 9, 12, 4, 2, 7.5, 8, 3};
    const retain_orders log = {8, customer, day, money, NULL, NULL, NULL, NULL};
    const retain_groups groups = {8, customer, group, 2};
    const retain_cohort_comparison got = compare(NULL, &log, 100, &groups, 0, 20000);
    const unsigned seen = 1u << 1 | 1u << 2 | 1u << 5;
    double ways = 0.0, reached = 0.0;

    (void)state;
    for (unsigned split = 0; split < 256; split++) {
        unsigned ones = 0;

        for (int i = 0; i < 8; i++)
            ones += split >> i & 1;
        if (ones == 3) {
            ways += 1.0;
            reached += statistic_of(money, split) >= statistic_of(money, seen) * (1.0 - 1e-12);
        }
    }
    assert_near(ways, 56, 0.0);
    assert_near(got.money_p_value, reached / ways, 0.015);
    assert_near(got.difference, 28.5 / 3 - 18.0 / 5, 1e-12);
}

/* Shops of two groups of different size; `ratio` is what a customer of the second brings, times that of the first. */
static retain_cohort_comparison draw_shop(uint64_t *seed, double ratio)
{
    enum { SOME = 120 };
    int64_t customer[SOME], day[SOME], group[SOME];
    double value[SOME];
    const retain_orders log = {SOME, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_groups groups = {SOME, customer, group, 2};

    for (int64_t i = 0; i < SOME; i++) {
        customer[i] = i;
        day[i] = 0;
        group[i] = i % 3 == 0;
        value[i] = -10.0 * log1p(-uniform(seed)) * (group[i] ? ratio : 1.0);
    }
    return compare(NULL, &log, 100, &groups, 1, 199);
}

static void finds_no_difference_as_often_as_it_says_and_a_large_one_nearly_always(void **state)
{
    uint64_t seed = 12;
    int alike = 0, unlike = 0, held = 0;

    (void)state;
    for (int shop = 0; shop < 300; shop++) {
        const retain_cohort_comparison same = draw_shop(&seed, 1.0), other = draw_shop(&seed, 3.0);

        alike += same.money_p_value <= 0.1;
        unlike += other.money_p_value <= 0.1;
        held += other.low <= 20.0 && 20.0 <= other.high;
    }
    assert_in_range(alike, 300 * 5 / 100, 300 * 16 / 100); /* 10 of 100 */
    assert_in_range(unlike, 300 * 95 / 100, 300);
    assert_in_range(held, 300 * 87 / 100, 300 * 99 / 100);
}

static void rows_without_spread_have_no_test(void **state)
{
    static const int64_t customer[] = {1, 2, 3, 4, 5}, day[5] = {0}, group[] = {0, 0, 1, 1, 2};
    static const double alike[] = {5, 5, 5, 5, 5}, apart[] = {5, 5, 7, 7, 5};
    const retain_orders same = {5, customer, day, alike, NULL, NULL, NULL, NULL},
                        other = {5, customer, day, apart, NULL, NULL, NULL, NULL};
    const retain_groups groups = {5, customer, group, 3};
    retain_cohort_comparison got = compare(NULL, &same, 100, &groups, 1, 99);

    (void)state;
    assert_nan(got.money_p_value);
    assert_nan(got.chi_squared); /* nobody came back */
    assert_nan(got.return_p_value);
    assert_near(got.difference, 0, 0.0);
    got = compare(NULL, &other, 100, &groups, 1, 999);
    assert_near(got.difference, 2, 0.0);
    assert_near(got.money_p_value, 2.0 / 6.0, 0.06); /* two of six ways to deal */
    got = compare(NULL, &same, -1, &groups, 1, 99);
    assert_near(got.exposed[0], 0, 0.0);
    assert_nan(got.value[0]);
}

/* --- promises ------------------------------------------------------------------------------------------------------------------- */

static void neither_threads_nor_the_order_of_rows_show(void **state)
{
    large_world it = large_make();
    uint64_t seed = 6;
    const retain_cohort_comparison first = compare(NULL, &it.log.view, DAYS - 1, &it.groups, 2, 50);

    (void)state;
    for (int threads = 2; threads <= 8; threads += 3) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        retain_cohort_comparison again;

        ctx.threads = threads;
        random_log_shuffle(&it.log, &seed);
        again = compare(&ctx, &it.log.view, DAYS - 1, &it.groups, 2, 50);
        assert_memory_equal(&again, &first, sizeof first);
    }
    large_free(&it);
}

typedef struct small {
    world it;
    retain_cohort_comparison found;
} small;

static void compares_as_far_as_both_rows_have_come(void **state)
{
    const int64_t customer[] = {1, 1, 2, 3, 4, 3}, day[] = {0, 70, 5, 31, 40, 65}, edges[] = {0, 31, 59, 90, 120};
    const double value[] = {1, 2, 4, 8, 16, 32};
    const retain_orders log = {.count = 6, .customer = customer, .day = day, .value = value};
    const retain_cohort_axis axes[] = {RETAIN_COHORT_AGE, RETAIN_COHORT_CALENDAR};
    const size_t last[] = {1, 2}; /* the second month's customers have lived through one more; March is the last calendar month */
    const double older[] = {2.5, 3.5}, younger[] = {28, 28};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const retain_cohort_layout layout = {.struct_size = sizeof layout, .axis = axes[i], .edges = edges, .edge_count = 5};
        retain_cohort_comparison found = {.struct_size = sizeof found}, told = found;

        assert_int_equal(retain_cohort_compare(NULL, &log, 100, &layout, 0, 1, RETAIN_COHORT_LAST_COLUMN, NULL, NULL, &found),
                         RETAIN_OK);
        assert_int_equal(found.column, last[i]);
        assert_near(found.value[0], older[i], 0.0);
        assert_near(found.value[1], younger[i], 0.0);
        assert_int_equal(retain_cohort_compare(NULL, &log, 100, &layout, 0, 1, last[i], NULL, NULL, &told), RETAIN_OK);
        assert_memory_equal(&told, &found, sizeof found);
        assert_int_equal(retain_cohort_compare(NULL, &log, 100, &layout, 0, 3, RETAIN_COHORT_LAST_COLUMN, NULL, NULL, &found),
                         RETAIN_OK); /* nobody came in the fourth month */
        assert_int_equal(found.column, 0);
        assert_true(isnan(found.difference));
    }
}

static retain_status run_compare(retain_context *ctx, void *state)
{
    small *to = state;
    const retain_cohort_compare_options options = {.struct_size = sizeof options, .replicates = 20};

    to->found.difference = -5.0;
    return retain_cohort_compare(ctx, &to->it.log.view, to->it.end, &to->it.layout, 0, 1, 0, NULL, &options, &to->found);
}

static void is_untouched(void *state)
{
    assert_near(((const small *)state)->found.difference, -5.0, 0.0);
}

static void memory_exhaustion_is_an_error_and_no_more(void **state)
{
    uint64_t seed = 3;

    (void)state;
    for (int trial = 0; trial < 6; trial++) {
        small to;

        world_make(&to.it, &seed, trial);
        to.it.layout.rows = RETAIN_COHORT_BY_GROUP;
        to.found = (retain_cohort_comparison){.struct_size = sizeof to.found, .difference = -5.0};
        survives_memory_exhaustion(run_compare, is_untouched, &to);
        random_log_free(&to.it.log);
    }
}

static void refuses_bad_arguments_by_name(void **state)
{
    static const int64_t customer[] = {1, 2}, day[] = {0, 0}, group[] = {0, 1};
    static const double value[] = {1, 1};
    const retain_orders log = {2, customer, day, value, NULL, NULL, NULL, NULL};
    const retain_groups groups = {2, customer, group, 2}, one = {1, customer, group, 2};
    const retain_cohort_layout layout = by_group(&groups), short_of = by_group(&one);
    const retain_cohort_compare_options good = {.struct_size = sizeof good}, many = {.struct_size = sizeof many, .replicates = -2},
                                        level = {.struct_size = sizeof level, .level = 2.0},
                                        margin = {.struct_size = sizeof margin, .margin = (double)INFINITY},
                                        margins = {.struct_size = sizeof margins,
                                                   .margins = value,
                                                   .margin_customer = customer,
                                                   .margin_count = 1};
    const struct {
        const retain_cohort_layout *layout;
        size_t row, other, column;
        const retain_cohort_compare_options *options;
        const char *text;
    } cases[] = {{NULL, 0, 1, 0, &good, "layout is NULL"},
                 {&layout, 2, 1, 0, &good, "row is 2; the table has 2 rows"},
                 {&layout, 0, 7, 0, &good, "other is 7"},
                 {&layout, 1, 1, 0, &good, "two different rows"},
                 {&layout, 0, 1, 3, &good, "column is 3; the table has 3 columns"},
                 {&layout, 0, 1, 0, &many, "options.replicates is -2"},
                 {&layout, 0, 1, 0, &level, "options.level is 2"},
                 {&layout, 0, 1, 0, &margin, "options.margin is infinity"},
                 {&layout, 0, 1, 0, &margins,
                  "orders.customer[1] is 2, who is not in options.margin_customer; every customer with an occasion needs a margin"},
                 {&short_of, 0, 1, 0, &good, "orders.customer[1] is 2"}};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_cohort_comparison found = {.struct_size = sizeof found, .difference = -5.0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_not_equal(retain_cohort_compare(&ctx, &log, 50, cases[i].layout, cases[i].row, cases[i].other, cases[i].column,
                                                   NULL, cases[i].options, &found),
                             RETAIN_OK);
        if (!strstr(ctx.error, cases[i].text))
            fail_msg("\"%s\" does not say \"%s\"", ctx.error, cases[i].text);
    }
    assert_int_equal(retain_cohort_compare(&ctx, &log, 50, &layout, 0, 1, 0, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    found.struct_size = 3;
    assert_int_equal(retain_cohort_compare(&ctx, &log, 50, &layout, 0, 1, 0, NULL, NULL, &found), RETAIN_ERROR_ARGUMENT);
    assert_near(found.difference, -5.0, 0.0);
    ctx.struct_size = 1;
    assert_int_equal(retain_cohort_compare(&ctx, &log, 50, &layout, 0, 1, 0, NULL, NULL, &found), RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_what_scanning_finds),
        cmocka_unit_test(p_is_that_of_all_ways_to_deal),
        cmocka_unit_test(finds_no_difference_as_often_as_it_says_and_a_large_one_nearly_always),
        cmocka_unit_test(rows_without_spread_have_no_test),
        cmocka_unit_test(compares_as_far_as_both_rows_have_come),
        cmocka_unit_test(neither_threads_nor_the_order_of_rows_show),
        cmocka_unit_test(memory_exhaustion_is_an_error_and_no_more),
        cmocka_unit_test(refuses_bad_arguments_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

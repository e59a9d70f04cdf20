/* Acting on churn risk: golden values, what follows from the definitions, and what is refused. */
#include "logs.h"
#include "retain/churn_plan.h"

enum { MOST = 64 };

static retain_btyd model_of(const golden *table, size_t row)
{
    const double first = golden_number(table, row, "first"), second = golden_number(table, row, "second");
    retain_btyd model = {.family = (retain_btyd_family)golden_number(table, row, "family"),
                         .unit_days = 7.0,
                         .r = first,
                         .alpha = second,
                         .s = 0.6,
                         .beta = 11.0,
                         .a = 0.8,
                         .b = 2.4,
                         .gamma = 0.7,
                         .delta = 2.0,
                         .k = (int)golden_number(table, row, "k")};

    if (model.family == RETAIN_BTYD_BG_BB) {
        model.alpha = first;
        model.beta = second;
    }
    return model;
}

static void silences_meet_the_golden_ones(void **state)
{
    golden table = golden_read("churn/overdue.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const retain_btyd model = model_of(&table, row);
        const double x = golden_number(&table, row, "x"), t_x = golden_number(&table, row, "t_x");
        const double T = golden_number(&table, row, "T"), log_gaps = x > 0.0 ? x * log(t_x / x) : 0.0;
        const double want = golden_number(&table, row, "p_value");
        const retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .log_gaps = &log_gaps, .unit_days = 7.0};
        double p_value;

        assert_int_equal(retain_churn_overdue(NULL, &model, &one, &p_value), RETAIN_OK);
        assert_near(p_value, want, 1e-12 * want);
    }
    golden_free(&table);
}

/* Where nobody leaves, a gap at least as long as the silence is no order from the last one on. */
static void a_silence_is_that_of_a_customer_who_cannot_leave(void **state)
{
    const retain_btyd nbd = {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.55, .alpha = 10.6};
    const retain_btyd pareto = {
        .family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.55, .alpha = 10.6, .s = 0.6, .beta = 11.7};
    uint64_t seed = 3;

    (void)state;
    for (int round = 0; round < 50; round++) {
        const double x = (double)random_between(&seed, 0, 30), t_x = x > 0.0 ? (double)random_between(&seed, 1, 40) : 0.0;
        const double T = t_x + (double)random_between(&seed, 0, 60);
        const retain_customers now = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
        const retain_customers then = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &t_x, .unit_days = 7.0};
        double p_value, silence, other;

        assert_int_equal(retain_churn_overdue(NULL, &pareto, &now, &p_value), RETAIN_OK);
        assert_int_equal(retain_btyd_silence(NULL, &nbd, &then, T - t_x, &silence), RETAIN_OK);
        assert_near(p_value, silence, 1e-13);
        assert_int_equal(retain_churn_overdue(NULL, &nbd, &now, &other), RETAIN_OK);
        assert_near(p_value, other, 0.0);
    }
}

static void covariates_make_the_rate_a_customers_own(void **state)
{
    const double x[] = {3.0, 3.0}, t_x[] = {20.0, 20.0}, T[] = {30.0, 30.0}, z[] = {0.0, 1.0}, *columns[] = {z};
    const retain_btyd model = {.family = RETAIN_BTYD_BG_NBD,
                               .unit_days = 7.0,
                               .r = 0.5,
                               .alpha = 5.0,
                               .a = 0.8,
                               .b = 2.4,
                               .covariates = 1,
                               .purchase = {0.7},
                               .lifetime = {0.3}};
    const retain_customers two = {
        .count = 2, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0, .covariate_count = 1, .covariates = columns};
    double p[2];

    (void)state;
    assert_int_equal(retain_churn_overdue(NULL, &model, &two, p), RETAIN_OK);
    assert_near(p[0], pow(25.0 / 35.0, 3.5), 1e-15);
    assert_near(p[1], pow((5.0 * exp(-0.7) + 20.0) / (5.0 * exp(-0.7) + 30.0), 3.5), 1e-15);
}

/* --- gaps --------------------------------------------------------------------------------------------------------------------- */

/* Every gap that has ended, by plain search. */
static double share_at_least(const found_occasions *all, int64_t customer, double silence, double *gaps)
{
    double longer = 0.0;

    *gaps = 0.0;
    for (size_t i = 0; i < all->count; i++) {
        int64_t next = INT64_MAX;

        for (size_t j = 0; j < all->count; j++) {
            if (all->at[j].customer == all->at[i].customer && all->at[j].day > all->at[i].day && all->at[j].day < next)
                next = all->at[j].day;
        }
        if (next == INT64_MAX || (customer && all->at[i].customer != customer))
            continue;
        *gaps += 1.0;
        longer += (double)(next - all->at[i].day) >= silence;
    }
    return longer / *gaps;
}

static void gaps_agree_with_a_plain_search(void **state)
{
    uint64_t seed = 8;

    (void)state;
    for (int round = 0; round < 20; round++) {
        random_log log = random_log_make(&seed, (random_log_shape){120, 15, 0, 200, round % 2, 0});
        const found_occasions all = find_occasions(&log.view, 210, NULL);
        int64_t customer[MOST];
        double silence[MOST], gaps[MOST], own[MOST], shop[MOST], p[MOST];
        const retain_churn_gap_columns columns = {customer, silence, gaps, own, shop, p};
        size_t count;

        assert_int_equal(retain_churn_gaps(NULL, &log.view, 210, NULL, 2.5, &columns, MOST, &count), RETAIN_OK);
        for (size_t i = 0; i < count; i++) {
            double n, of_all;
            const double mine = share_at_least(&all, customer[i], silence[i], &n),
                         shops = share_at_least(&all, 0, silence[i], &of_all);

            assert_near(gaps[i], n, 0.0);
            assert_near(own[i], n > 0.0 ? mine : (double)NAN, 1e-15);
            assert_near(shop[i], shops, 1e-15);
            assert_near(p[i], ((n > 0.0 ? n * mine : 0.0) + 2.5 * shops) / (n + 2.5), 1e-15);
        }
        free(all.at);
        random_log_free(&log);
    }
}

static void where_nobody_came_back_there_is_no_measure(void **state)
{
    int64_t customer[] = {1, 2}, day[] = {0, 5};
    double value[] = {1.0, 1.0}, shop[2], p[2];
    const retain_orders log = {.count = 2, .customer = customer, .day = day, .value = value};
    const retain_churn_gap_columns columns = {.shop_share = shop, .p_value = p};
    size_t count;

    (void)state;
    assert_int_equal(retain_churn_gaps(NULL, &log, 9, NULL, 0.0, &columns, 2, &count), RETAIN_OK);
    assert_nan(shop[0]);
    assert_nan(p[1]);
    assert_int_equal(retain_churn_gaps(NULL, &log, 9, NULL, 0.0, &columns, 1, &count), RETAIN_ERROR_CAPACITY);
    assert_int_equal(count, 2);
}

/* --- whom to contact ---------------------------------------------------------------------------------------------------------- */

typedef struct people {
    size_t count;
    double score[MOST], risk[MOST], left[MOST], value[MOST];
} people;

static people read_people(void)
{
    golden table = golden_read("churn/customers.csv");
    people all = {.count = table.rows};

    assert_in_range(table.rows, 1, MOST);
    for (size_t i = 0; i < table.rows; i++) {
        all.score[i] = golden_number(&table, i, "score");
        all.risk[i] = golden_number(&table, i, "risk");
        all.left[i] = golden_number(&table, i, "left");
        all.value[i] = golden_number(&table, i, "value");
    }
    golden_free(&table);
    return all;
}

static void gains_and_thresholds_meet_the_golden_ones(void **state)
{
    const people all = read_people();
    golden table = golden_read("churn/gains.csv");
    double gain[MOST], threshold[MOST];
    uint8_t chosen[MOST];

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const size_t i = (size_t)golden_number(&table, row, "row");
        const retain_churn_offer offer = {golden_number(&table, row, "cost"), golden_number(&table, row, "incentive"),
                                          golden_number(&table, row, "effect")};
        const double want = golden_number(&table, row, "gain"), from = golden_number(&table, row, "threshold");

        if (i == 0) {
            assert_int_equal(retain_churn_select(NULL, all.risk, all.value, all.count, &offer, SIZE_MAX, 0.0, chosen, gain, NULL),
                             RETAIN_OK);
            assert_int_equal(retain_churn_thresholds(NULL, all.value, all.count, &offer, threshold), RETAIN_OK);
        }
        assert_near(gain[i], want, 1e-13 * (fabs(want) + offer.cost + offer.incentive));
        assert_near(threshold[i], from, isinf(from) ? 0.0 : 1e-14 * from);
        assert_int_equal(chosen[i], want > 0.0);
        assert_int_equal(chosen[i], all.risk[i] > threshold[i]); /* no risk lies on its threshold */
    }
    golden_free(&table);
}

static void the_best_are_chosen_as_far_as_calls_reach(void **state)
{
    const double risk[] = {0.5, 0.5, 1.0, 0.25, 0.5, 0.9}, value[] = {100.0, 100.0, 90.0, 100.0, 100.0, (double)NAN};
    const retain_churn_offer offer = {2.0, 0.0, 0.1};
    retain_churn_selection found = {.struct_size = sizeof found};
    uint8_t chosen[6];
    double gain[6];

    (void)state;
    assert_int_equal(retain_churn_select(NULL, risk, value, 6, &offer, 3, 0.0, chosen, gain, &found), RETAIN_OK);
    assert_memory_equal(chosen, ((uint8_t[]){1, 1, 1, 0, 0, 0}), 6);
    assert_near(gain[2], 7.0, 1e-15);
    assert_nan(gain[5]);
    assert_int_equal(found.paying, 5);
    assert_int_equal(found.chosen, 3);
    assert_near(found.gain, 13.0, 1e-14);
    assert_near(found.marginal_gain, 3.0, 1e-15);
    assert_near(found.next_gain, 3.0, 1e-15);
    assert_int_equal(found.tied, 3);
    assert_int_equal(found.tied_chosen, 2);
    assert_near(found.lost, 2.0, 0.0);
    assert_near(found.lost_low, 1.0, 0.0);
    assert_near(found.lost_high, 3.0, 0.0);
    assert_near(found.kept, 0.2, 1e-16);
    assert_int_equal(retain_churn_select(NULL, risk, value, 6, &offer, 0, 0.0, chosen, NULL, &found), RETAIN_OK);
    assert_int_equal(found.chosen, 0);
    assert_nan(found.marginal_gain);
    assert_near(found.next_gain, 7.0, 1e-15);
    assert_near(found.lost_high, 0.0, 0.0);
}

static void numbers_who_leave_meet_the_golden_ones(void **state)
{
    const people all = read_people();
    golden table = golden_read("churn/lost.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const size_t count = (size_t)golden_number(&table, row, "count");
        retain_churn_loss loss = {.struct_size = sizeof loss};

        assert_int_equal(retain_churn_lost(NULL, all.risk, all.value, count, golden_number(&table, row, "level"), &loss),
                         RETAIN_OK);
        assert_near(loss.customers, golden_number(&table, row, "expected"), 1e-14 * loss.customers);
        assert_near(loss.low, golden_number(&table, row, "low"), 0.0);
        assert_near(loss.high, golden_number(&table, row, "high"), 0.0);
        if (count > 2)
            assert_near(loss.money_high + loss.money_low, 2.0 * loss.money, 1e-9);
    }
    golden_free(&table);
}

/* Half of them below the number from which on the approximation is used, and half above. */
static void many_customers_agree_with_few(void **state)
{
    enum { MANY = 50200 };
    static double risk[MANY];
    retain_churn_loss exact = {.struct_size = sizeof exact}, near = exact;
    uint64_t seed = 2;

    (void)state;
    for (size_t i = 0; i < MANY; i++)
        risk[i] = i < 50000 ? (double)random_between(&seed, 1, 300) / 1000.0 : i % 2 == 0 ? 1e-9 : 1.0 - 1e-9;
    assert_int_equal(retain_churn_lost(NULL, risk, NULL, 50000, 0.95, &exact), RETAIN_OK);
    assert_int_equal(retain_churn_lost(NULL, risk, NULL, MANY, 0.95, &near), RETAIN_OK);
    assert_near(near.customers, exact.customers + 100.0, 1e-6);
    assert_near(near.low, exact.low + 100.0, 0.0);
    assert_near(near.high, exact.high + 100.0, 0.0);
    assert_nan(exact.money);
}

/* --- curve -------------------------------------------------------------------------------------------------------------------- */

static void profits_meet_the_golden_ones(void **state)
{
    const people all = read_people();
    golden table = golden_read("churn/profit.csv");
    double column[6][MOST];
    const retain_churn_profit_columns columns = {column[0], column[1], column[2], column[3], column[4], column[5]};
    static const char *const NAMES[] = {"score", "customers", "cost", "profit", "low", "high"};

    (void)state;
    for (size_t row = 0; row < table.rows;) {
        const retain_churn_offer offer = {golden_number(&table, row, "cost_of_contact"), golden_number(&table, row, "incentive"),
                                          golden_number(&table, row, "effect")};
        const int is_left = strcmp(golden_text(&table, row, "which"), "left") == 0;
        retain_churn_best best = {.struct_size = sizeof best};
        double most = 0.0;
        size_t points;

        assert_int_equal(retain_churn_profit(NULL, all.score, is_left ? all.left : all.risk, all.value, all.count, &offer, 0.9,
                                             &columns, MOST, &points, &best),
                         RETAIN_OK);
        for (size_t k = 0; k < points; k++, row++) {
            const double profit = golden_number(&table, row, "profit");

            for (int f = 0; f < 6; f++) {
                const double want = golden_number(&table, row, NAMES[f]);

                assert_near(column[f][k], want, 1e-12 * (fabs(want) + fabs(column[2][k])));
            }
            most = profit > most ? profit : most;
        }
        assert_near(best.profit, most, 1e-12 * most);
        assert_near(best.per_customer, most / (double)all.count, 1e-12 * most);
        assert_near(best.profit_of_all, column[3][points - 1], 0.0);
        assert_true(most == 0.0 ? isinf(best.score) && best.customers == 0.0 && isnan(best.low) : best.customers > 0.0);
        assert_near(best.share, best.customers / (double)all.count, 0.0);
    }
    golden_free(&table);
}

/* Ranked by gain, the expected curve is highest where gains end to be positive: choosing and cutting agree. */
static void the_best_cut_by_gain_is_the_choice(void **state)
{
    const people all = read_people();
    const retain_churn_offer offer = {3.0, 4.0, 0.3};
    retain_churn_selection found = {.struct_size = sizeof found};
    retain_churn_best best = {.struct_size = sizeof best};
    uint8_t chosen[MOST];
    double gain[MOST];
    size_t points;

    (void)state;
    assert_int_equal(retain_churn_select(NULL, all.risk, all.value, all.count, &offer, SIZE_MAX, 0.0, chosen, gain, &found),
                     RETAIN_OK);
    assert_int_equal(retain_churn_profit(NULL, gain, all.risk, all.value, all.count, &offer, 0.0, NULL, 0, &points, &best),
                     RETAIN_OK);
    assert_near(best.customers, (double)found.chosen, 0.0);
    assert_near(best.profit, found.gain, 1e-12 * found.gain);
    assert_near(best.score, found.marginal_gain, 0.0);
}

/* Limits of a realised curve hold the mean profit of shops of this kind as often as they say. */
static void limits_hold_the_truth_as_often_as_they_say(void **state)
{
    enum { SHOPS = 2000, PEOPLE = 400 };
    const retain_churn_offer offer = {1.0, 0.0, 0.2};
    const double truth = PEOPLE * 0.5 * (0.75 * 0.2 * 40.0 - 1.0); /* scores above one half, of whom three in four leave */
    static double score[PEOPLE], left[PEOPLE], value[PEOPLE];
    double low[PEOPLE], high[PEOPLE], at[PEOPLE];
    const retain_churn_profit_columns columns = {.score = at, .low = low, .high = high};
    uint64_t seed = 77;
    int held = 0;

    (void)state;
    for (int shop = 0; shop < SHOPS; shop++) {
        size_t points;

        for (size_t i = 0; i < PEOPLE; i++) {
            score[i] = (double)random_below(&seed, 2);
            left[i] = random_below(&seed, 4) < (score[i] > 0.0 ? 3 : 1);
            value[i] = (double)random_below(&seed, 81);
        }
        assert_int_equal(retain_churn_profit(NULL, score, left, value, PEOPLE, &offer, 0.9, &columns, PEOPLE, &points, NULL),
                         RETAIN_OK);
        held += low[0] <= truth && truth <= high[0];
    }
    assert_in_range(held, 0.9 * SHOPS - 45, 0.9 * SHOPS + 45);
}

/* --- rules -------------------------------------------------------------------------------------------------------------------- */

static void nonsense_is_refused(void **state)
{
    const double risk[] = {0.5, 1.5}, value[] = {1.0, (double)INFINITY}, fine[] = {0.5, 0.5};
    const retain_churn_offer offer = {1.0, 0.0, 0.5}, bad[] = {{-1.0, 0.0, 0.5}, {1.0, (double)NAN, 0.5}, {1.0, 0.0, 1.5}};
    retain_churn_loss loss = {.struct_size = sizeof loss};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    uint8_t chosen[2];
    double out[2];
    size_t points;

    (void)state;
    for (int b = 0; b < 3; b++)
        assert_int_equal(retain_churn_thresholds(&ctx, fine, 2, &bad[b], out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_churn_thresholds(&ctx, value, 2, &offer, out), RETAIN_ERROR_DATA);
    assert_int_equal(retain_churn_select(&ctx, risk, fine, 2, &offer, 1, 0.0, chosen, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "risk[1] is 1.5; it must lie in [0, 1]");
    assert_int_equal(retain_churn_select(&ctx, fine, fine, 2, &offer, 1, 1.0, chosen, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_churn_lost(&ctx, risk, NULL, 2, 0.0, &loss), RETAIN_ERROR_DATA);
    assert_int_equal(retain_churn_lost(&ctx, fine, NULL, 2, 0.0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_churn_profit(&ctx, value, fine, fine, 2, &offer, 0.0, NULL, 0, &points, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_churn_profit(&ctx, fine, risk, fine, 2, &offer, 0.0, NULL, 0, &points, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_churn_profit(&ctx, fine, fine, value, 2, &offer, 0.0, NULL, 0, &points, NULL), RETAIN_ERROR_DATA);
    assert_int_equal(retain_churn_profit(&ctx, fine, fine, fine, 2, NULL, 0.0, NULL, 0, &points, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_churn_overdue(&ctx, NULL, NULL, out), RETAIN_ERROR_ARGUMENT);
}

static retain_status run_everything(retain_context *ctx, void *state)
{
    people *all = state;
    const retain_churn_offer offer = {1.0, 0.5, 0.5};
    const retain_btyd model = {
        .family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.5, .alpha = 5.0, .covariates = 1, .purchase = {0.5}};
    const double x[] = {1.0, 2.0}, t_x[] = {3.0, 4.0}, T[] = {9.0, 9.0}, *columns[] = {x};
    const retain_customers two = {
        .count = 2, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0, .covariate_count = 1, .covariates = columns};
    int64_t customer[] = {1, 1, 2}, day[] = {0, 4, 5};
    retain_churn_selection found = {.struct_size = sizeof found};
    retain_churn_loss loss = {.struct_size = sizeof loss};
    retain_churn_gap_columns gaps = {0};
    uint8_t chosen[MOST];
    double out[MOST], value[] = {1.0, 1.0, 1.0};
    const retain_orders orders = {.count = 3, .customer = customer, .day = day, .value = value};
    size_t count;
    retain_status status = retain_churn_select(ctx, all->risk, all->value, all->count, &offer, 9, 0.0, chosen, out, &found);

    if (status == RETAIN_OK)
        status = retain_churn_lost(ctx, all->risk, NULL, all->count, 0.0, &loss);
    if (status == RETAIN_OK)
        status = retain_churn_profit(ctx, all->score, all->risk, all->value, all->count, &offer, 0.0, NULL, 0, &count, NULL);
    if (status == RETAIN_OK)
        status = retain_churn_overdue(ctx, &model, &two, out);
    return status == RETAIN_OK ? retain_churn_gaps(ctx, &orders, 9, NULL, 0.0, &gaps, 3, &count) : status;
}

static void running_out_of_memory_is_survived(void **state)
{
    people all = read_people();

    (void)state;
    survives_memory_exhaustion(run_everything, NULL, &all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silences_meet_the_golden_ones),
        cmocka_unit_test(a_silence_is_that_of_a_customer_who_cannot_leave),
        cmocka_unit_test(covariates_make_the_rate_a_customers_own),
        cmocka_unit_test(gaps_agree_with_a_plain_search),
        cmocka_unit_test(where_nobody_came_back_there_is_no_measure),
        cmocka_unit_test(gains_and_thresholds_meet_the_golden_ones),
        cmocka_unit_test(the_best_are_chosen_as_far_as_calls_reach),
        cmocka_unit_test(numbers_who_leave_meet_the_golden_ones),
        cmocka_unit_test(many_customers_agree_with_few),
        cmocka_unit_test(profits_meet_the_golden_ones),
        cmocka_unit_test(the_best_cut_by_gain_is_the_choice),
        cmocka_unit_test(limits_hold_the_truth_as_often_as_they_say),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(running_out_of_memory_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

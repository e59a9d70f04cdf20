/* Forecasts of retain/btyd_future.h: golden values by brute force, published values, laws between questions, refusals. */
#include "models.h"
#include "retain/btyd_future.h"

static const char *const quantities[] = {"",        "orders",   "discounted",     "silence",       "return",    "alive", "count",
                                         "at_most", "variance", "count_quantile", "next_quantile", "next_mean", "rate",  "leaving"};

static double or_zero(double x)
{
    return x == x ? x : 0.0;
}

static retain_btyd_question ask(retain_btyd_quantity quantity, double from, double to)
{
    return (retain_btyd_question){
        .struct_size = sizeof(retain_btyd_question), .quantity = quantity, .from = from, .to = to, .share = 0.5};
}

static double answer_to(const retain_btyd *model, retain_btyd_question question, double x, double t_x, double T)
{
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    double value = -7.0;

    assert_int_equal(retain_btyd_forecast(NULL, model, &one, &question, &value), RETAIN_OK);
    return value;
}

/* --- what others computed ------------------------------------------------------------------------------------------------- */

static retain_btyd_question golden_question(const golden *table, size_t row)
{
    retain_btyd_question question =
        ask((retain_btyd_quantity)1, or_zero(golden_number(table, row, "from")), or_zero(golden_number(table, row, "to")));
    size_t quantity = 1;

    while (strcmp(quantities[quantity], golden_text(table, row, "quantity")) != 0)
        quantity++;
    question.quantity = (retain_btyd_quantity)quantity;
    question.delta = or_zero(golden_number(table, row, "delta"));
    question.n = or_zero(golden_number(table, row, "n"));
    question.share = or_zero(golden_number(table, row, "share"));
    return question;
}

static retain_btyd_family family_of(const char *name)
{
    static const char *const names[] = {"pareto", "bg", "mbg", "", "bgcnbd", "mbgcnbd", "gg"};
    int family = 0;

    while (strcmp(names[family], name) != 0)
        family++;
    return (retain_btyd_family)(family + 1);
}

static void check_forecasts(const char *path)
{
    golden table = golden_read(path);
    double worst[14] = {0.0};

    for (size_t i = 0; i < table.rows; i++) {
        retain_btyd model = golden_model(&table, i, family_of(golden_text(&table, i, "family")));
        retain_btyd_question question = golden_question(&table, i);
        double want = golden_number(&table, i, "value"), got, off;

        got = answer_to(&model, question, golden_number(&table, i, "x"), golden_number(&table, i, "t_x"),
                        golden_number(&table, i, "T"));
        off = got == want ? 0.0 : fabs(got - want) / (question.quantity == RETAIN_BTYD_ORDERS ? fabs(want) + 1e-3 : fabs(want));
        if (!(off <= 2e-11))
            print_message("row %zu: %s is %.17g, not %.17g (%.2g)\n", i + 2, quantities[question.quantity], got, want, off);
        worst[question.quantity] = off > worst[question.quantity] || off != off ? off : worst[question.quantity];
    }
    for (size_t q = 1; q < 14; q++) {
        print_message("%s: %.2g\n", quantities[q], worst[q]);
        assert_true(worst[q] <= 2e-11);
    }
    golden_free(&table);
}

static void forecasts_are_those_of_brute_force(void **state)
{
    (void)state;
    check_forecasts("btyd/forecasts.csv");
    check_forecasts("btyd/cnbd_forecasts.csv");
}

/* --- laws ----------------------------------------------------------------------------------------------------------------- */

static const double rows[][3] = {{0, 0, 0}, {0, 0, 39}, {1, 2, 39}, {4, 38, 39}, {9, 11, 39}, {26, 30.86, 31}};

static void questions_agree_with_each_other(void **state)
{
    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const double x = rows[i][0], t_x = rows[i][1], T = rows[i][2];
            const retain_btyd *model = &family_models[f];
            static const double windows[][2] = {{0.0, 6.5}, {0.0, 52.0}, {13.0, 26.0}};

            for (size_t w = 0; w < 3; w++) {
                retain_btyd_question question = ask(RETAIN_BTYD_COUNT, windows[w][0], windows[w][1]);
                double mass = 0.0, mean = 0.0, square = 0.0, first = 0.0;

                for (double n = 0.0; n < 400.0; n += 1.0) {
                    question.n = n;
                    question.quantity = RETAIN_BTYD_COUNT;
                    double p = answer_to(model, question, x, t_x, T);

                    first = n == 0.0 ? p : first;
                    mass += p;
                    mean += n * p;
                    square += n * n * p;
                    if (n == 3.0) {
                        question.quantity = RETAIN_BTYD_AT_MOST;
                        assert_near(answer_to(model, question, x, t_x, T), mass, 1e-13);
                    }
                    if (mass > 1.0 - 1e-15 && n > 3.0)
                        break;
                }
                assert_near(mass, 1.0, 1e-11);
                question.quantity = RETAIN_BTYD_ORDERS;
                assert_near(answer_to(model, question, x, t_x, T), mean, 1e-9 * (1.0 + mean));
                question.quantity = RETAIN_BTYD_VARIANCE;
                assert_near(answer_to(model, question, x, t_x, T), square - mean * mean, 1e-7 * (1.0 + square));
                question.quantity = RETAIN_BTYD_SILENCE;
                assert_near(answer_to(model, question, x, t_x, T), first, 1e-13);
                question.quantity = RETAIN_BTYD_RETURN;
                assert_near(answer_to(model, question, x, t_x, T), 1.0 - first, 1e-13);
            }
        }
    }
}

static void by_the_median_half_have_ordered_and_who_never_will_has_none(void **state)
{
    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            for (double share = 0.05; share < 1.0; share += 0.1) {
                retain_btyd_question question = ask(RETAIN_BTYD_NEXT_QUANTILE, 0.0, 0.0);
                double t, alive = alive_of(family_models[f], rows[i][0], rows[i][1], rows[i][2]);

                question.share = share;
                t = answer_to(&family_models[f], question, rows[i][0], rows[i][1], rows[i][2]);
                if (t < (double)INFINITY) {
                    question = ask(RETAIN_BTYD_RETURN, 0.0, t);
                    assert_near(answer_to(&family_models[f], question, rows[i][0], rows[i][1], rows[i][2]), share, 1e-13);
                } else if (share < alive) {
                    question = ask(RETAIN_BTYD_RETURN, 0.0, 1e14);
                    assert_true(answer_to(&family_models[f], question, rows[i][0], rows[i][1], rows[i][2]) < share);
                }
            }
        }
    }
}

/* An overdue customer is not expected at the date that was right when the last order was placed. */
static void the_next_order_moves_on_while_a_customer_is_overdue(void **state)
{
    double before = 0.0;

    (void)state;
    for (double T = 10.0; T < 14.0; T += 0.5) {
        retain_btyd_question question = ask(RETAIN_BTYD_NEXT_QUANTILE, 0.0, 0.0);
        double t = answer_to(&family_models[0], question, 10.0, 10.0, T);

        assert_true(t > before);
        before = t;
    }
}

/* By quadrature at 40 digits (mpmath): also where customers live for an instant of a long window, so that orders after it are as many as
 * in all of it. */
static void the_variance_is_right_for_short_lives_in_long_windows(void **state)
{
    static const double cases[][10] = {
        {0.55, 10.6, 0.61, 11.7, 2.0, 3.0, 10.0, 0.0, 20.0, 3.8663982096671395},
        {0.55, 10.6, 50.0, 0.001, 0.0, 0.0, 0.0, 0.0, 1000000.0, 1.0589194621086643e-6},
        {3.0, 5.0, 200.0, 0.01, 1.0, 0.5, 0.5, 0.001, 10000.0, 0.0012665066849578501},
        {1.2, 4.0, 1.0, 3.0, 4.0, 9.0, 9.5, 2.0, 300.0, 886.039970319888},
        {0.3, 2.0, 10000.0, 1.0, 0.0, 0.0, 0.0, 0.0, 52.0, 1.5003225690144779e-5},
        {0.8, 0.001, 0.05, 0.0001, 3.0, 2.0, 5.0, 1.0, 1000.0, 217706.06060633743},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double *row = cases[i];
        const retain_btyd model = {
            .family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = row[0], .alpha = row[1], .s = row[2], .beta = row[3]};
        const retain_customers one = {.count = 1, .frequency = row + 4, .t_x = row + 5, .T = row + 6, .unit_days = 7.0};
        const retain_btyd_question question = ask(RETAIN_BTYD_VARIANCE, row[7], row[8]);
        double variance;

        assert_int_equal(retain_btyd_forecast(NULL, &model, &one, &question, &variance), RETAIN_OK);
        assert_near(variance / row[9], 1.0, 1e-12);
    }
}

static void the_future_of_simulated_customers_has_the_variance_that_is_claimed(void **state)
{
    enum { MANY = 60000 };
    static double T[MANY], x[MANY], t_x[MANY], future[MANY], orders[MANY], variance[MANY];

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        retain_customers all = {.count = MANY, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
        retain_btyd_question question = ask(RETAIN_BTYD_VARIANCE, 0.0, 30.0);
        double happened = 0.0, claimed = 0.0, spread = 0.0;

        for (size_t i = 0; i < MANY; i++)
            T[i] = 39.0;
        assert_int_equal(retain_btyd_simulate(NULL, &family_models[f], T, NULL, MANY, 30.0, 31 + f, x, t_x, NULL, future, NULL),
                         RETAIN_OK);
        assert_int_equal(retain_btyd_orders(NULL, &family_models[f], &all, 30.0, orders), RETAIN_OK);
        assert_int_equal(retain_btyd_forecast(NULL, &family_models[f], &all, &question, variance), RETAIN_OK);
        for (size_t i = 0; i < MANY; i++) {
            double square = (future[i] - orders[i]) * (future[i] - orders[i]);

            happened += square;
            claimed += variance[i];
            spread += (square - variance[i]) * (square - variance[i]);
        }
        assert_near(happened, claimed, 4.0 * sqrt(spread));
    }
}

static void cells_of_a_distribution_are_counts(void **state)
{
    double x[] = {0, 2, 10}, t_x[] = {0, 30.43, 35}, T[] = {38.86, 38.86, 38.86}, cells[3 * 5], column[3];
    retain_customers three = {.count = 3, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        assert_int_equal(retain_btyd_distribution(NULL, &family_models[f], &three, 4.0, 30.0, 5, cells), RETAIN_OK);
        for (size_t n = 0; n < 5; n++) {
            retain_btyd_question question = ask(RETAIN_BTYD_COUNT, 4.0, 30.0);

            question.n = (double)n;
            assert_int_equal(retain_btyd_forecast(NULL, &family_models[f], &three, &question, column), RETAIN_OK);
            for (size_t i = 0; i < 3; i++)
                assert_near(cells[i * 5 + n], column[i], 0.0);
        }
    }
}

static void threads_and_company_change_no_bit(void **state)
{
    enum { MANY = 3000 };
    static double x[MANY], t_x[MANY], T[MANY], one[MANY], many[MANY];

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        retain_customers all = {.count = MANY, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};

        for (size_t i = 0; i < MANY; i++)
            T[i] = (double)(i % 50);
        assert_int_equal(retain_btyd_simulate(NULL, &family_models[f], T, NULL, MANY, 0.0, 5, x, t_x, NULL, NULL, NULL), RETAIN_OK);
        for (int q = RETAIN_BTYD_ORDERS; q <= RETAIN_BTYD_LEAVING; q++) {
            retain_btyd_question question = ask((retain_btyd_quantity)q, 0.0, 20.0);
            retain_context ctx = RETAIN_CONTEXT_INIT;

            question.n = 1.0;
            ctx.threads = 4;
            if (q == RETAIN_BTYD_VARIANCE || q == RETAIN_BTYD_NEXT_MEAN)
                all.count = MANY / 10;
            else
                all.count = MANY;
            assert_int_equal(retain_btyd_forecast(NULL, &family_models[f], &all, &question, one), RETAIN_OK);
            assert_int_equal(retain_btyd_forecast(&ctx, &family_models[f], &all, &question, many), RETAIN_OK);
            assert_memory_equal(one, many, all.count * sizeof *one);
            for (size_t i = 0; i < all.count; i += 97)
                assert_near(answer_to(&family_models[f], question, x[i], t_x[i], T[i]), one[i], 0.0);
        }
    }
}

/* --- at the ends of time -------------------------------------------------------------------------------------------------- */

/* The area between a distribution and its end, over its end, by trapezoids on a logarithmic grid. */
static double mean_by_trapezoids(const retain_btyd *model, double x, double T, double to)
{
    enum { CUTS = 4000 };
    double sum = 0.0, before = 1.0, last = 0.0;
    const double all = answer_to(model, ask(RETAIN_BTYD_RETURN, 0.0, to), x, T, T);

    for (int i = 0; i <= CUTS; i++) {
        double t = to * exp(log(1e-9) * (1.0 - (double)i / CUTS));
        double above = 1.0 - answer_to(model, ask(RETAIN_BTYD_RETURN, 0.0, t), x, T, T) / all;

        sum += 0.5 * (before + above) * (t - last);
        before = above;
        last = t;
    }
    return sum;
}

/* Asked with a horizon of centuries, who buys every other day is still expected the day after tomorrow. */
static void a_horizon_far_beyond_the_next_order_hides_nothing(void **state)
{
    static const double horizons[] = {40.0, 521.0, 5214.0, 1e5};

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        double before = 0.0;

        if (family_models[f].family == RETAIN_BTYD_BG_BB)
            continue;
        for (size_t k = 0; k < 4; k++) {
            retain_btyd_question question = ask(RETAIN_BTYD_NEXT_MEAN, 0.0, horizons[k]);
            double mean = answer_to(&family_models[f], question, 300.0, 60.0, 60.0);

            assert_near(mean, mean_by_trapezoids(&family_models[f], 300.0, 60.0, horizons[k]), 1e-4);
            assert_true(mean >= before * (1.0 - 1e-9));
            before = mean;
        }
    }
}

/* However small the share asked for, somebody comes back so soon. */
static void the_smallest_shares_have_their_times(void **state)
{
    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        double before = 0.0;

        if (family_models[f].family == RETAIN_BTYD_BG_BB)
            continue;
        for (double share = 1e-30; share < 1e-2; share *= 10.0) {
            retain_btyd_question question = ask(RETAIN_BTYD_NEXT_QUANTILE, 0.0, 0.0);
            double t;

            question.share = share;
            t = answer_to(&family_models[f], question, 3.0, 20.0, 25.0);
            assert_true(t > 9.99 * before && t < 1.0);
            if (share > 1e-7)
                assert_near(answer_to(&family_models[f], ask(RETAIN_BTYD_RETURN, 0.0, t), 3.0, 20.0, 25.0), share, 1e-7);
            before = t;
        }
    }
}

/* --- history and tracking ------------------------------------------------------------------------------------------------- */

static void a_history_is_p_alive_with_what_was_known_then(void **state)
{
    double ages[] = {3.0, 3.0, 10.5, 20.0}, instants[] = {40.0, 0.0, 2.9, 3.0, 10.5, 19.9, 20.0}, alive[7];
    static const double known[][2] = {{4, 20}, {0, 0}, {0, 0}, {2, 3}, {3, 10.5}, {3, 10.5}, {4, 20}};

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        assert_int_equal(retain_btyd_history(NULL, &family_models[f], ages, 4, instants, 7, alive), RETAIN_OK);
        for (size_t i = 0; i < 7; i++)
            assert_near(alive[i], alive_of(family_models[f], known[i][0], known[i][1], instants[i]), 1e-15);
        assert_int_equal(retain_btyd_history(NULL, &family_models[f], NULL, 0, instants, 7, alive), RETAIN_OK);
        assert_near(alive[0], alive_of(family_models[f], 0, 0, 40.0), 1e-15);
    }
}

static void a_tracking_curve_adds_up_customers_by_their_ages(void **state)
{
    double births[] = {-3.0, 5.0, 0.0, 5.0, -0.0}, weight[] = {1.0, 2.0, 1.0, 0.5, 3.0}, times[] = {30.0, 0.0, 5.0, -10.0, 7.0},
           expected[5];

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        assert_int_equal(retain_btyd_tracking(NULL, &family_models[f], births, weight, 5, times, 5, expected), RETAIN_OK);
        for (size_t k = 0; k < 5; k++) {
            double sum = 0.0;

            for (size_t i = 0; i < 5; i++)
                sum += times[k] > births[i] ? weight[i] * expected_of(family_models[f], times[k] - births[i]) : 0.0;
            assert_near(expected[k], sum, 1e-14 * sum);
        }
        assert_int_equal(retain_btyd_tracking(NULL, &family_models[f], births, NULL, 1, times, 1, expected), RETAIN_OK);
        assert_near(expected[0], expected_of(family_models[f], 33.0), 1e-14);
    }
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static void bad_questions_are_named(void **state)
{
    static const struct {
        retain_btyd_question question;
        const char *sentence;
    } cases[] = {
        {{.quantity = (retain_btyd_quantity)0}, "question.quantity is 0; it must be a retain_btyd_quantity"},
        {{.quantity = (retain_btyd_quantity)16}, "question.quantity is 16"},
        {{.quantity = RETAIN_BTYD_ORDERS, .from = -1.0, .to = 2.0}, "question.from is -1; it must be finite and at least 0"},
        {{.quantity = RETAIN_BTYD_ORDERS, .from = 3.0, .to = 2.0}, "question.to is 2; it must be at least question.from, 3"},
        {{.quantity = RETAIN_BTYD_ORDERS, .to = (double)INFINITY}, "question.to is infinity; it must be finite and at least 0"},
        {{.quantity = RETAIN_BTYD_ALIVE, .to = (double)NAN}, "question.to is NaN"},
        {{.quantity = RETAIN_BTYD_DISCOUNTED, .to = 1.0, .delta = -0.5}, "question.delta is -0.5"},
        {{.quantity = RETAIN_BTYD_COUNT, .to = 1.0, .n = 1.5}, "question.n is 1.5; it must be a whole number in [0, 10^6]"},
        {{.quantity = RETAIN_BTYD_AT_MOST, .to = 1.0, .n = 1e7}, "question.n is 10000000"},
        {{.quantity = RETAIN_BTYD_NEXT_QUANTILE, .share = 1.0}, "question.share is 1; it must be a probability in (0, 1)"},
        {{.quantity = RETAIN_BTYD_COUNT_QUANTILE, .to = 1.0}, "question.share is 0"},
        {{.quantity = RETAIN_BTYD_NEXT_MEAN, .to = 0.0}, "question.to is 0; it must be above 0"},
    };
    double x = 1.0, t_x = 3.0, T = 5.0, out = -1.0;
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd_question good = ask(RETAIN_BTYD_ORDERS, 0.0, 1.0), unsized = {.quantity = RETAIN_BTYD_ORDERS};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        retain_btyd_question question = cases[i].question;

        question.struct_size = sizeof question;
        assert_int_equal(retain_btyd_forecast(&ctx, &family_models[0], &one, &question, &out), RETAIN_ERROR_ARGUMENT);
        if (!strstr(ctx.error, cases[i].sentence))
            fail_msg("%s, not %s", ctx.error, cases[i].sentence);
    }
    assert_int_equal(retain_btyd_forecast(&ctx, &family_models[0], &one, NULL, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_forecast(&ctx, &family_models[0], &one, &unsized, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_forecast(&ctx, &family_models[0], &one, &good, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_distribution(&ctx, &family_models[0], &one, 0.0, 1.0, 0, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_distribution(&ctx, &family_models[0], &one, 2.0, 1.0, 1, &out), RETAIN_ERROR_ARGUMENT);
    assert_near(out, -1.0, 0.0);
}

static void bad_histories_and_births_are_named(void **state)
{
    double ages[] = {3.0, 2.0}, zero = 0.0, five = 5.0, bad = (double)NAN, minus = -1.0, out = -1.0;
    const retain_btyd *model = &family_models[0];
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_btyd_history(&ctx, model, ages, 2, &five, 1, &out), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "ages[1] is 2; it must be at least ages[0], 3");
    assert_int_equal(retain_btyd_history(&ctx, model, &zero, 1, &five, 1, &out), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "ages[0] is 0; it must be finite and above 0");
    assert_int_equal(retain_btyd_history(&ctx, model, ages, 1, &minus, 1, &out), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "instants[0] is -1; it must be finite and at least 0");
    assert_int_equal(retain_btyd_history(&ctx, model, NULL, 1, &five, 1, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_tracking(&ctx, model, &bad, NULL, 1, &five, 1, &out), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "births[0] is NaN; it must be finite");
    assert_int_equal(retain_btyd_tracking(&ctx, model, &zero, &minus, 1, &five, 1, &out), RETAIN_ERROR_DATA);
    assert_int_equal(retain_btyd_tracking(&ctx, model, &zero, NULL, 1, &bad, 1, &out), RETAIN_ERROR_DATA);
    assert_int_equal(retain_btyd_tracking(&ctx, model, NULL, NULL, 1, &five, 1, &out), RETAIN_ERROR_ARGUMENT);
    assert_near(out, -1.0, 0.0);
}

static double asked_x[] = {0, 2, 10}, asked_t_x[] = {0, 30.43, 35}, asked_T[] = {38.86, 38.86, 38.86}, written[6];

static void clear_written(void)
{
    for (size_t i = 0; i < 6; i++)
        written[i] = -5.0;
}

static retain_status forecast_variance(retain_context *ctx, void *state)
{
    retain_customers three = {.count = 3, .frequency = asked_x, .t_x = asked_t_x, .T = asked_T, .unit_days = 7.0};
    retain_btyd_question question = ask(RETAIN_BTYD_VARIANCE, 0.0, 30.0);

    (void)state;
    clear_written();
    return retain_btyd_forecast(ctx, &family_models[0], &three, &question, written);
}

static retain_status distribute(retain_context *ctx, void *state)
{
    retain_customers three = {.count = 3, .frequency = asked_x, .t_x = asked_t_x, .T = asked_T, .unit_days = 7.0};

    (void)state;
    clear_written();
    return retain_btyd_distribution(ctx, &family_models[0], &three, 0.0, 30.0, 2, written);
}

static retain_status track(retain_context *ctx, void *state)
{
    (void)state;
    clear_written();
    return retain_btyd_tracking(ctx, &family_models[0], asked_t_x, NULL, 3, asked_T, 3, written);
}

static void is_untouched(void *state)
{
    (void)state;
    for (size_t i = 0; i < 6; i++)
        assert_near(written[i], -5.0, 0.0);
}

static void running_out_of_memory_leaves_outputs_alone(void **state)
{
    retain_status (*const operations[])(retain_context *, void *) = {forecast_variance, distribute, track};

    (void)state;
    for (size_t k = 0; k < 3; k++)
        survives_memory_exhaustion(operations[k], is_untouched, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecasts_are_those_of_brute_force),
        cmocka_unit_test(questions_agree_with_each_other),
        cmocka_unit_test(by_the_median_half_have_ordered_and_who_never_will_has_none),
        cmocka_unit_test(the_next_order_moves_on_while_a_customer_is_overdue),
        cmocka_unit_test(the_variance_is_right_for_short_lives_in_long_windows),
        cmocka_unit_test(the_future_of_simulated_customers_has_the_variance_that_is_claimed),
        cmocka_unit_test(cells_of_a_distribution_are_counts),
        cmocka_unit_test(a_horizon_far_beyond_the_next_order_hides_nothing),
        cmocka_unit_test(the_smallest_shares_have_their_times),
        cmocka_unit_test(threads_and_company_change_no_bit),
        cmocka_unit_test(a_history_is_p_alive_with_what_was_known_then),
        cmocka_unit_test(a_tracking_curve_adds_up_customers_by_their_ages),
        cmocka_unit_test(bad_questions_are_named),
        cmocka_unit_test(bad_histories_and_births_are_named),
        cmocka_unit_test(running_out_of_memory_leaves_outputs_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

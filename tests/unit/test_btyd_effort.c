/* However odd a question, its answer takes little work, the caller is asked now and then whether to go on, and what would take long is
 * refused. And the ways in which that is done give what the long ways give. */
#include "models.h"
#include "models/btyd_cnbd.h"
#include "retain/btyd_future.h"

enum { ROWS = 4, COUNTS = 200 };

static double x[] = {0.0, 3.0, 9.0, 40.0}, t_x[] = {0.0, 20.0, 31.5, 38.0}, T[] = {10.0, 39.0, 35.0, 39.0};
static const retain_customers four = {.count = ROWS, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};

/* Models that place many orders. */
static const retain_btyd lively[] = {
    {.family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 1.5, .alpha = 0.8, .s = 0.6, .beta = 30.0},
    {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 1.5, .alpha = 0.8, .a = 0.8, .b = 60.0},
    {.family = RETAIN_BTYD_MBG_NBD, .unit_days = 7.0, .r = 0.5, .alpha = 0.3, .a = 0.8, .b = 60.0},
    {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 1.5, .alpha = 0.8},
    {.family = RETAIN_BTYD_BG_CNBD, .unit_days = 7.0, .r = 1.5, .alpha = 0.3, .a = 0.8, .b = 60.0, .k = 3},
    {.family = RETAIN_BTYD_MBG_CNBD, .unit_days = 7.0, .r = 0.5, .alpha = 0.1, .a = 0.8, .b = 60.0, .k = 12},
    {.family = RETAIN_BTYD_GG_NBD, .unit_days = 7.0, .r = 1.5, .alpha = 0.8, .b = 0.02, .s = 0.6, .beta = 2.0}};

enum { LIVELY = sizeof lively / sizeof *lively };

static retain_btyd_question ask(retain_btyd_quantity quantity, double from, double to)
{
    return (retain_btyd_question){.struct_size = sizeof(retain_btyd_question), .quantity = quantity, .from = from, .to = to};
}

static void answer(const retain_btyd *model, const retain_customers *customers, retain_btyd_question question, double *values)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;

    if (retain_btyd_forecast(&ctx, model, customers, &question, values) != RETAIN_OK)
        fail_msg("%s", ctx.error);
}

static void at_most_many_is_the_sum_of_all_counts_up_to_it(void **state)
{
    static const double windows[][2] = {{0.0, 52.0}, {4.0, 60.0}};
    static double cells[ROWS * COUNTS];

    (void)state;
    for (size_t k = 0; k < LIVELY; k++) {
        for (size_t w = 0; w < 2; w++) {
            double sum[ROWS] = {0.0}, at_most[ROWS];

            assert_int_equal(retain_btyd_distribution(NULL, &lively[k], &four, windows[w][0], windows[w][1], COUNTS, cells),
                             RETAIN_OK);
            for (size_t n = 0; n < COUNTS; n++) {
                retain_btyd_question question = ask(RETAIN_BTYD_AT_MOST, windows[w][0], windows[w][1]);

                for (size_t i = 0; i < ROWS; i++)
                    sum[i] += cells[i * COUNTS + n];
                if (n < 60 || n % 19 != 0)
                    continue;
                question.n = (double)n;
                answer(&lively[k], &four, question, at_most);
                for (size_t i = 0; i < ROWS; i++)
                    assert_near(at_most[i], sum[i], 1e-11);
            }
        }
    }
}

static void a_quantile_of_counts_is_the_least_count_that_is_enough(void **state)
{
    static const double shares[] = {0.3, 0.5, 0.9, 0.999};

    (void)state;
    for (size_t k = 0; k < LIVELY; k++) {
        for (size_t s = 0; s < 4; s++) {
            retain_btyd_question quantile = ask(RETAIN_BTYD_COUNT_QUANTILE, s % 2 ? 0.0 : 4.0, 52.0), at_most = quantile;
            double count[ROWS], enough[ROWS];

            quantile.share = shares[s];
            answer(&lively[k], &four, quantile, count);
            at_most.quantity = RETAIN_BTYD_AT_MOST;
            for (size_t i = 0; i < ROWS; i++) {
                at_most.n = count[i];
                answer(&lively[k], &four, at_most, enough);
                assert_true(enough[i] >= shares[s] - 1e-11);
                if (count[i] > 0.0) {
                    at_most.n = count[i] - 1.0;
                    answer(&lively[k], &four, at_most, enough);
                    assert_true(enough[i] < shares[s] + 1e-11);
                }
            }
        }
    }
}

static void the_variance_of_regular_counts_is_that_of_their_distribution(void **state)
{
    static const double windows[][2] = {{0.0, 20.0}, {4.0, 30.0}};
    static double cells[ROWS * COUNTS];

    (void)state;
    for (size_t k = 0; k < LIVELY; k++) {
        if (!retain_btyd_is_regular(lively[k].family))
            continue;
        for (size_t w = 0; w < 2; w++) {
            double variance[ROWS];

            answer(&lively[k], &four, ask(RETAIN_BTYD_VARIANCE, windows[w][0], windows[w][1]), variance);
            assert_int_equal(retain_btyd_distribution(NULL, &lively[k], &four, windows[w][0], windows[w][1], COUNTS, cells),
                             RETAIN_OK);
            for (size_t i = 1; i < ROWS; i++) {
                double mean = 0.0, square = 0.0;

                for (size_t n = 0; n < COUNTS; n++) {
                    mean += (double)n * cells[i * COUNTS + n];
                    square += (double)(n * n) * cells[i * COUNTS + n];
                }
                assert_near(variance[i], square - mean * mean, 1e-9 * variance[i]);
            }
        }
    }
}

/* P(alive) on a grid so fine that Simpson's rule is exact enough. */
static void regular_customers_are_there_for_the_area_under_p_alive(void **state)
{
    enum { STEPS = 400 };

    (void)state;
    for (size_t k = 0; k < LIVELY; k++) {
        retain_btyd_question time = ask(RETAIN_BTYD_LIFETIME, 0.0, 20.0);
        double area[ROWS] = {0.0}, alive[ROWS], got[ROWS];

        if (!retain_btyd_is_regular(lively[k].family))
            continue;
        time.delta = 0.05;
        for (int i = 0; i <= STEPS; i++) {
            double u = time.to * i / STEPS, weight = i == 0 || i == STEPS ? 1.0 : i % 2 ? 4.0 : 2.0;

            answer(&lively[k], &four, ask(RETAIN_BTYD_ALIVE, 0.0, u), alive);
            for (size_t r = 0; r < ROWS; r++)
                area[r] += weight * time.to / STEPS / 3.0 * exp(-time.delta * u) * alive[r];
        }
        answer(&lively[k], &four, time, got);
        for (size_t r = 0; r < ROWS; r++)
            assert_near(got[r], area[r], 1e-6 * area[r]);
    }
}

static void a_long_time_alive_leads_to_that_without_end(void **state)
{
    (void)state;
    for (size_t k = 0; k < LIVELY; k++) {
        retain_btyd_question time = ask(RETAIN_BTYD_LIFETIME, 0.0, 449.0);
        double until[ROWS], ever[ROWS];
        retain_btyd model = lively[k];

        if (!retain_btyd_is_regular(model.family))
            continue;
        time.delta = 0.1;
        answer(&model, &four, time, until);
        time.to = INFINITY;
        answer(&model, &four, time, ever);
        for (size_t i = 0; i < ROWS; i++)
            assert_near(ever[i], until[i], 1e-11 * until[i]);
        model.r = 6.0;
        model.a = 3.0;
        time.delta = 1e-9;
        answer(&model, &four, time, until);
        time.delta = 0.0;
        answer(&model, &four, time, ever);
        for (size_t i = 0; i < ROWS; i++)
            assert_near(ever[i], until[i], 1e-5 * ever[i]);
    }
}

static void many_ticks_have_the_second_moment_of_going_through_them(void **state)
{
    static const double points[][5] = {
        {0.85, 0.01, 0.6, 3.1, 2.0}, {12.0, 0.02, 2.0, 3.1, 5.0}, {0.3, 0.001, 0.01, 8.0, 12.0}, {40.0, 0.03, 0.9, 20.0, 64.0}};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const retain__cnbd_customer who = retain__cnbd_customer_of(&retain__bg_cnbd, points[i], 0.0, 0.0, 0.0);
        double t = points[i][1], want;

        while (retain__cnbd_are_few(&who, t))
            t *= 1.25;
        want = retain__cnbd_sweep(&who, t, 0.0, RETAIN__CNBD_SECOND);
        assert_near(retain__cnbd_second_now(&who, t), want, 1e-10 * want);
    }
}

/* --- work ----------------------------------------------------------------------------------------------------------------- */

enum { HEAVY = 12 };

static double heavy_x[HEAVY], heavy_t_x[HEAVY], heavy_T[HEAVY];

static retain_customers make_heavy(void)
{
    for (size_t i = 0; i < HEAVY; i++) {
        heavy_x[i] = 100.0 + (double)i;
        heavy_t_x[i] = heavy_T[i] = 100.0;
    }
    return (retain_customers){.count = HEAVY, .frequency = heavy_x, .t_x = heavy_t_x, .T = heavy_T, .unit_days = 7.0};
}

typedef struct asked {
    size_t times, stop_at;
} asked;

static int count_progress(void *user, double fraction)
{
    asked *of = user;

    (void)fraction;
    return ++of->times == of->stop_at;
}

static void a_call_about_costly_customers_can_be_cancelled_after_every_few(void **state)
{
    static const retain_btyd_quantity costly[] = {RETAIN_BTYD_VARIANCE,       RETAIN_BTYD_AT_MOST,       RETAIN_BTYD_LIFETIME,
                                                  RETAIN_BTYD_COUNT_QUANTILE, RETAIN_BTYD_NEXT_QUANTILE, RETAIN_BTYD_NEXT_MEAN};
    const retain_customers customers = make_heavy();

    (void)state;
    for (size_t k = 0; k < LIVELY; k++) {
        for (size_t q = 0; q < sizeof costly / sizeof *costly; q++) {
            retain_btyd_question question = ask(costly[q], 0.0, 10.0);
            retain_context ctx = RETAIN_CONTEXT_INIT;
            asked all = {0, 0}, few = {0, 2};
            double values[HEAVY];

            question.share = 0.5;
            question.n = 5.0;
            ctx.progress = count_progress;
            ctx.progress_user = &all;
            assert_int_equal(retain_btyd_forecast(&ctx, &lively[k], &customers, &question, values), RETAIN_OK);
            assert_true(all.times >= (retain_btyd_is_regular(lively[k].family) ? HEAVY : HEAVY / 4));
            ctx.progress_user = &few;
            assert_int_equal(retain_btyd_forecast(&ctx, &lively[k], &customers, &question, values), RETAIN_ERROR_CANCELLED);
            assert_int_equal(few.times, 2);
        }
    }
}

static void what_would_take_long_is_refused_with_the_row(void **state)
{
    static const retain_btyd_quantity costly[] = {RETAIN_BTYD_VARIANCE, RETAIN_BTYD_LIFETIME, RETAIN_BTYD_DISCOUNTED};
    static double fast_x[] = {0.0, 10000.0}, fast_t_x[] = {0.0, 1.0}, fast_T[] = {1e6, 1.0};
    const retain_customers customers = {.count = 2, .frequency = fast_x, .t_x = fast_t_x, .T = fast_T, .unit_days = 7.0};
    retain_btyd model = lively[5];

    (void)state;
    for (size_t q = 0; q < sizeof costly / sizeof *costly; q++) {
        retain_btyd_question question = ask(costly[q], 0.5, 1e5);
        retain_context ctx = RETAIN_CONTEXT_INIT;
        double values[] = {-1.0, -1.0};

        question.delta = 1e-6;
        model.k = 64;
        assert_int_equal(retain_btyd_forecast(&ctx, &model, &customers, &question, values), RETAIN_ERROR_DATA);
        assert_int_equal(ctx.row, 1);
        assert_non_null(strstr(ctx.error, "customers row 1: question.quantity "));
        assert_non_null(strstr(ctx.error, "above 2 * 10^7"));
        assert_near(values[0], -1.0, 0.0);
        assert_near(values[1], -1.0, 0.0);
    }
}

static void a_distribution_ends_where_nothing_is_left(void **state)
{
    enum { LONG = 20000 };
    static double cells[LONG];
    const retain_customers one = {.count = 1, .frequency = &x[1], .t_x = &t_x[1], .T = &T[1], .unit_days = 7.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    for (size_t k = 0; k < LIVELY; k++) {
        asked all = {0, 0};
        double sum = 0.0;

        ctx.progress = count_progress;
        ctx.progress_user = &all;
        assert_int_equal(retain_btyd_distribution(&ctx, &lively[k], &one, 0.0, 52.0, LONG, cells), RETAIN_OK);
        for (size_t n = 0; n < LONG; n++)
            sum += cells[n];
        assert_near(sum, 1.0, 1e-12);
        assert_true(all.times < 3000);
        assert_true(cells[LONG - 1] >= 0.0 && cells[LONG - 1] < 1e-18);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_most_many_is_the_sum_of_all_counts_up_to_it),
        cmocka_unit_test(a_quantile_of_counts_is_the_least_count_that_is_enough),
        cmocka_unit_test(the_variance_of_regular_counts_is_that_of_their_distribution),
        cmocka_unit_test(regular_customers_are_there_for_the_area_under_p_alive),
        cmocka_unit_test(a_long_time_alive_leads_to_that_without_end),
        cmocka_unit_test(many_ticks_have_the_second_moment_of_going_through_them),
        cmocka_unit_test(a_call_about_costly_customers_can_be_cancelled_after_every_few),
        cmocka_unit_test(what_would_take_long_is_refused_with_the_row),
        cmocka_unit_test(a_distribution_ends_where_nothing_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* BG/BB: the future, in opportunities, against sums by hand. */
#include "models.h"
#include "retain/btyd_future.h"

/* Published: 11,104 donors of 1995 and their next six years (Fader, Hardie & Shang 2010, table 2). */
static const retain_btyd donations = {
    .family = RETAIN_BTYD_BG_BB, .unit_days = 365.25, .alpha = 1.203523, .beta = 0.749717, .gamma = 0.656717, .delta = 2.783433};

static double answer_of(retain_btyd_quantity quantity, double from, double to)
{
    const retain_btyd_question question = {.struct_size = sizeof question, .quantity = quantity, .from = from, .to = to};
    double x = 2.0, t_x = 4.0, n = 6.0, answer;
    const retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &n, .unit_days = donations.unit_days};

    assert_int_equal(retain_btyd_forecast(NULL, &donations, &one, &question, &answer), RETAIN_OK);
    return answer;
}

static void forecasts_are_asked_in_opportunities(void **state)
{
    double x = 2.0, t_x = 4.0, n = 6.0, answer;
    const retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &n, .unit_days = donations.unit_days};
    retain_btyd_question question = {.struct_size = sizeof question, .quantity = RETAIN_BTYD_ORDERS, .from = 1.5, .to = 2.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_near(answer_of(RETAIN_BTYD_ORDERS, 3.0, 5.0),
                orders_of(donations, x, t_x, n, 5.0) - orders_of(donations, x, t_x, n, 3.0), 1e-14);
    assert_near(answer_of(RETAIN_BTYD_RETURN, 0.0, 5.0), 1.0 - silence_of(donations, x, t_x, n, 5.0), 1e-14);
    /* E[p] of the customer, and E[theta], by the likelihood of one use, or one departure, more */
    assert_near(answer_of(RETAIN_BTYD_RATE, 0.0, 0.0) > 0.3 && answer_of(RETAIN_BTYD_LEAVING, 0.0, 0.0) < 0.5, 1.0, 0.0);
    assert_int_equal(retain_btyd_forecast(&ctx, &donations, &one, &question, &answer), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "question.from is 1.5; under BG/BB it must be a whole number of opportunities"));
    question.from = 0.0;
    question.to = 2.5;
    assert_int_equal(retain_btyd_forecast(&ctx, &donations, &one, &question, &answer), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "question.to is 2.5"));
    question = (retain_btyd_question){.struct_size = sizeof question, .quantity = RETAIN_BTYD_VARIANCE, .to = 10001.0};
    assert_int_equal(retain_btyd_forecast(&ctx, &donations, &one, &question, &answer), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "BG/BB counts over at most 10^4"));
    question = (retain_btyd_question){.struct_size = sizeof question, .quantity = RETAIN_BTYD_DISCOUNTED_VARIANCE, .to = 2.0};
    assert_int_equal(retain_btyd_forecast(&ctx, &donations, &one, &question, &answer), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "BG/BB has no such forecast"));
}

static double log_beta(double a, double b)
{
    return lgamma(a) + lgamma(b) - lgamma(a + b);
}

/* P(n of the opportunities from + 1 ... to are used | there for the next one), opportunity by opportunity: there for exactly k of
 * the window's, a geometric with a beta mean, and n of these used, beta-binomial. */
static double count_by_hand(double x, double n, double from, double to, double count)
{
    const double a = donations.alpha + x, b = donations.beta + n - x, gamma = donations.gamma, d = donations.delta + n + 1.0;
    double sum = 0.0;

    for (double k = 0.0; k <= to - from; k += 1.0) {
        double reached = k > 0.0 ? exp(log_beta(gamma, d + from + k - 1.0) - log_beta(gamma, d)) : 1.0;
        double passed = k < to - from ? exp(log_beta(gamma, d + from + k) - log_beta(gamma, d)) : 0.0;

        if (count <= k)
            sum += (reached - passed) * exp(lgamma(k + 1.0) - lgamma(count + 1.0) - lgamma(k - count + 1.0) +
                                            log_beta(a + count, b + k - count) - log_beta(a, b));
    }
    return sum;
}

static void counts_and_next_orders_are_those_of_a_sum_by_hand(void **state)
{
    static const double windows[][2] = {{0.0, 1.0}, {0.0, 5.0}, {3.0, 4.0}, {2.0, 12.0}},
                        history[][3] = {{2.0, 4.0, 6.0}, {0.0, 0.0, 6.0}, {6.0, 6.0, 6.0}, {1.0, 1.0, 1.0}, {0.0, 0.0, 0.0}};

    (void)state;
    for (size_t w = 0; w < 4 * 5; w++) {
        const double *h = history[w % 5], from = windows[w / 5][0], to = windows[w / 5][1];
        const retain_customers one = {.count = 1, .frequency = &h[0], .t_x = &h[1], .T = &h[2], .unit_days = donations.unit_days};
        retain_btyd_question question = {.struct_size = sizeof question, .from = from, .to = to};
        double alive, value, sum = 0.0, mean = 0.0, square = 0.0, first = 0.0, weighted = 0.0, share = 0.3;

        assert_int_equal(retain_btyd_alive(NULL, &donations, &one, &alive, NULL), RETAIN_OK);
        for (double n = 0.0; n <= to - from; n += 1.0) {
            double want = alive * count_by_hand(h[0], h[2], from, to, n) + (n == 0.0 ? 1.0 - alive : 0.0);

            sum += want;
            mean += n * want;
            square += n * n * want;
            question.n = n;
            question.quantity = RETAIN_BTYD_COUNT;
            assert_int_equal(retain_btyd_forecast(NULL, &donations, &one, &question, &value), RETAIN_OK);
            assert_near(value, want, 1e-12);
            question.quantity = RETAIN_BTYD_AT_MOST;
            assert_int_equal(retain_btyd_forecast(NULL, &donations, &one, &question, &value), RETAIN_OK);
            assert_near(value, sum, 1e-12);
        }
        assert_near(sum, 1.0, 1e-12);
        question.quantity = RETAIN_BTYD_ORDERS;
        assert_int_equal(retain_btyd_forecast(NULL, &donations, &one, &question, &value), RETAIN_OK);
        assert_near(value, mean, 1e-11);
        question.quantity = RETAIN_BTYD_VARIANCE;
        assert_int_equal(retain_btyd_forecast(NULL, &donations, &one, &question, &value), RETAIN_OK);
        assert_near(value, square - mean * mean, 1e-11);
        question.quantity = RETAIN_BTYD_RETURN;
        assert_int_equal(retain_btyd_forecast(NULL, &donations, &one, &question, &value), RETAIN_OK);
        assert_near(value, 1.0 - alive * count_by_hand(h[0], h[2], from, to, 0.0) - (1.0 - alive), 1e-12);
        for (double j = 1.0; j <= to; j += 1.0) { /* the first use is at opportunity j */
            double at = count_by_hand(h[0], h[2], 0.0, j - 1.0, 0.0) - count_by_hand(h[0], h[2], 0.0, j, 0.0);

            first += at;
            weighted += j * at;
        }
        question.quantity = RETAIN_BTYD_NEXT_MEAN;
        assert_int_equal(retain_btyd_forecast(NULL, &donations, &one, &question, &value), RETAIN_OK);
        assert_near(value, weighted / first, 1e-11);
        question.quantity = RETAIN_BTYD_NEXT_QUANTILE;
        question.share = share;
        assert_int_equal(retain_btyd_forecast(NULL, &donations, &one, &question, &value), RETAIN_OK);
        if (value < 1e5) {
            assert_true(alive * (1.0 - count_by_hand(h[0], h[2], 0.0, value, 0.0)) >= share - 1e-12);
            assert_true(value == 1.0 || alive * (1.0 - count_by_hand(h[0], h[2], 0.0, value - 1.0, 0.0)) < share);
        } else {
            assert_true(isinf(value) && alive * (1.0 - count_by_hand(h[0], h[2], 0.0, 3000.0, 0.0)) < share);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecasts_are_asked_in_opportunities),
        cmocka_unit_test(counts_and_next_orders_are_those_of_a_sum_by_hand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

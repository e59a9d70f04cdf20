/* Counts and the next order under covariates that change with time: golden values by brute force, the static model as a special case, what
 * must hold whatever the numbers, and simulated customers. */
#include "histories.h"
#include "models.h"
#include "retain/btyd_dynamic_forecast.h"

static retain_btyd_question ask(retain_btyd_quantity quantity, double from, double to, double n, double share)
{
    return (retain_btyd_question){.struct_size = sizeof(retain_btyd_question),
                                  .quantity = quantity,
                                  .from = from,
                                  .to = to,
                                  .delta = 0.0025,
                                  .n = n,
                                  .share = share};
}

static double answer(const retain_btyd *model, const retain_btyd_histories *view, retain_btyd_question question)
{
    double value = -7.0;

    assert_int_equal(retain_btyd_dynamic_forecast(NULL, model, view, &question, &value), RETAIN_OK);
    return value;
}

/* --- what others computed ------------------------------------------------------------------------------------------------- */

static void check(const golden *table, size_t row, const char *name, double got, double precision)
{
    double want = golden_number(table, row, name);

    if (want == want)
        assert_near(got, want, precision * fabs(want) + 1e-300);
}

static void counts_and_times_are_those_of_brute_force(void **state)
{
    static const double counts[] = {0.0, 1.0, 2.0, 5.0, 12.0}, shares[] = {0.05, 0.5, 0.9}, next[] = {0.02, 0.2};
    golden table = golden_read("btyd/dynamic_counts.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const double from = golden_number(&table, row, "begin"), to = golden_number(&table, row, "stop");
        double cells[13];
        one_history of;

        read_history(&table, row, &of);
        assert_int_equal(retain_btyd_dynamic_distribution(NULL, &of.model, &of.view, from, to, 13, cells), RETAIN_OK);
        for (size_t k = 0; k < 5; k++) {
            const char *names[] = {"p0", "p1", "p2", "p5", "p12"};
            double value = answer(&of.model, &of.view, ask(RETAIN_BTYD_COUNT, from, to, counts[k], 0.0));

            check(&table, row, names[k], value, 1e-11);
            assert_near(cells[(size_t)counts[k]], value, 1e-15);
        }
        check(&table, row, "at_most_4", answer(&of.model, &of.view, ask(RETAIN_BTYD_AT_MOST, from, to, 4.0, 0.0)), 1e-12);
        for (size_t k = 0; k < 3; k++) {
            const char *names[] = {"quantile_0", "quantile_1", "quantile_2"};

            check(&table, row, names[k], answer(&of.model, &of.view, ask(RETAIN_BTYD_COUNT_QUANTILE, from, to, 0.0, shares[k])),
                  0.0);
        }
        check(&table, row, "discounted_variance",
              answer(&of.model, &of.view, ask(RETAIN_BTYD_DISCOUNTED_VARIANCE, from, to, 0.0, 0.0)), 1e-11);
        check(&table, row, "next_mean", answer(&of.model, &of.view, ask(RETAIN_BTYD_NEXT_MEAN, 0.0, to, 0.0, 0.0)), 1e-11);
        for (size_t k = 0; k < 2; k++)
            check(&table, row, k ? "next_1" : "next_0",
                  answer(&of.model, &of.view, ask(RETAIN_BTYD_NEXT_QUANTILE, 0.0, 0.0, 0.0, next[k])), 1e-10);
    }
    golden_free(&table);
}

/* --- special cases -------------------------------------------------------------------------------------------------------- */

static const retain_btyd_question asked[] = {
    {.quantity = RETAIN_BTYD_COUNT, .to = 26.0, .n = 1.0},
    {.quantity = RETAIN_BTYD_COUNT, .from = 9.0, .to = 26.0},
    {.quantity = RETAIN_BTYD_COUNT, .from = 9.0, .to = 26.0, .n = 7.0},
    {.quantity = RETAIN_BTYD_AT_MOST, .to = 26.0, .n = 2.0},
    {.quantity = RETAIN_BTYD_AT_MOST, .from = 9.0, .to = 26.0, .n = 9.0},
    {.quantity = RETAIN_BTYD_DISCOUNTED_VARIANCE, .from = 9.0, .to = 26.0, .delta = 0.003},
    {.quantity = RETAIN_BTYD_NEXT_QUANTILE, .share = 0.3},
    {.quantity = RETAIN_BTYD_NEXT_MEAN, .to = 26.0},
    {.quantity = RETAIN_BTYD_COUNT_QUANTILE, .to = 40.0, .share = 0.8},
    {.quantity = RETAIN_BTYD_COUNT_QUANTILE, .from = 30.0, .to = 400.0, .share = 0.99}, /* without limits from here on */
};

enum { QUESTIONS = sizeof asked / sizeof *asked, WITH_LIMITS = QUESTIONS - 2 };

static void assert_like(double got, double want)
{
    assert_near(got, want, got == want ? 0.0 : 1e-9 * fabs(want) + 1e-13);
}

static void covariates_that_never_change_give_the_static_answers(void **state)
{
    enum { COUNT = 20, SOME = 4 + 2 };
    double got[3][COUNT], want[3][COUNT], covariance[SOME * SOME] = {0.0}, z[COUNT];
    retain_btyd model = usual;
    const double *column[] = {z};
    static_columns as;
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 0, 1, 41);
    as = summarise_shop(&of);
    model.covariates = 1;
    model.purchase[0] = 0.4;
    model.lifetime[0] = -0.6;
    for (size_t i = 0; i < COUNT; i++) {
        z[i] = (double)(i % 7) / 3.0;
        for (int64_t k = of.piece[i]; k < of.piece[i + 1]; k++)
            of.own[k] = z[i];
    }
    for (size_t i = 0; i < SOME; i++) {
        for (size_t j = 0; j < SOME; j++)
            covariance[i * SOME + j] = (i == j ? 0.02 : 0.004) * parameter_of(model, i % 4) * parameter_of(model, j % 4);
    }
    as.view.covariate_count = 1;
    as.view.covariates = column;
    of.view.known_until = (double)INFINITY;
    for (size_t k = 0; k < QUESTIONS; k++) {
        retain_btyd_question question = asked[k];
        retain_btyd_sum a = {.struct_size = sizeof a}, b = a;

        question.struct_size = sizeof question;
        if (k < WITH_LIMITS) {
            assert_int_equal(retain_btyd_interval(NULL, &model, covariance, &as.view, &question, 0.9, want[0], want[1], want[2]),
                             RETAIN_OK);
            assert_int_equal(
                retain_btyd_dynamic_interval(NULL, &model, covariance, &of.view, &question, 0.9, got[0], got[1], got[2]),
                RETAIN_OK);
        }
        for (size_t i = 0; k < WITH_LIMITS && i < 3 * COUNT; i++) {
            double one = got[i / COUNT][i % COUNT], other = want[i / COUNT][i % COUNT];

            assert_true(one == other || (one != one && other != other) || fabs(one - other) <= 1e-7 * fabs(other) + 1e-12);
        }
        assert_int_equal(retain_btyd_forecast(NULL, &model, &as.view, &question, want[0]), RETAIN_OK);
        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &model, &of.view, &question, got[0]), RETAIN_OK);
        for (size_t i = 0; i < COUNT; i++)
            assert_like(got[0][i], want[0][i]);
        if (k < WITH_LIMITS) {
            double slope[2][COUNT * SOME];

            assert_int_equal(retain_btyd_gradient(NULL, &model, &as.view, &question, NULL, slope[0]), RETAIN_OK);
            assert_int_equal(retain_btyd_dynamic_gradient(NULL, &model, &of.view, &question, NULL, slope[1]), RETAIN_OK);
            for (size_t i = 0; i < COUNT * SOME; i++)
                assert_true(fabs(slope[1][i] - slope[0][i]) <= 1e-6 * fabs(slope[0][i]) + 1e-9 || slope[0][i] != slope[0][i]);
        }
        if (question.quantity != RETAIN_BTYD_COUNT && question.quantity != RETAIN_BTYD_AT_MOST)
            continue;
        assert_int_equal(retain_btyd_total(NULL, &model, covariance, &as.view, &question, NULL, 0.9, &b), RETAIN_OK);
        assert_int_equal(retain_btyd_dynamic_total(NULL, &model, covariance, &of.view, &question, NULL, 0.9, &a), RETAIN_OK);
        assert_like(a.value, b.value);
        assert_near(a.low, b.low, 1e-7 * b.low);
        assert_near(a.most, b.most, 1e-7 * b.most);
    }
    forget(&as);
    close_shop(&of);
}

/* --- what must hold ------------------------------------------------------------------------------------------------------- */

/* Models as fits may end: usual ones, and far from that. */
static retain_btyd odd_model(uint64_t *stream, int far)
{
    retain_btyd model = usual;
    double *const p[] = {&model.r, &model.alpha, &model.s, &model.beta};

    for (size_t k = 0; k < 4; k++) {
        double at = (double)(random_bits(stream) >> 11) / 9007199254740992.0;

        *p[k] = exp((far ? 24.0 : 8.0) * (at - 0.5));
    }
    for (size_t c = 0; c < 3; c++) {
        model.purchase[c] = (far ? 8.0 : 2.0) * ((double)(random_bits(stream) >> 44) / 524288.0 - 1.0);
        model.lifetime[c] = (double)(random_bits(stream) >> 44) / 524288.0 - 1.0;
    }
    return model;
}

static void counts_add_up_and_agree(void **state)
{
    enum { COUNT = 4, MODELS = 9, COUNTS = 400 };
    uint64_t stream = 42;
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 2, 1, 43);
    for (size_t m = 0; m < MODELS; m++) {
        const retain_btyd model = odd_model(&stream, 0);
        const double from = m % 3 == 0 ? 0.0 : m % 3 == 1 ? 20.0 / 7.0 : 11.0; /* on the day of a change, and not */
        const double to = m % 2 ? from + 20.0 / 7.0 : from + 30.5;
        double cells[COUNT * COUNTS], mean[COUNT], variance[COUNT], at_most[COUNT], quantile[COUNT];
        retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, from, to, 0.0, 0.0);

        assert_int_equal(retain_btyd_dynamic_distribution(NULL, &model, &of.view, from, to, COUNTS, cells), RETAIN_OK);
        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &model, &of.view, &question, mean), RETAIN_OK);
        question.quantity = RETAIN_BTYD_VARIANCE;
        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &model, &of.view, &question, variance), RETAIN_OK);
        for (size_t i = 0; i < COUNT; i++) {
            double sum = 0.0, first = 0.0, second = 0.0;

            for (size_t n = 0; n < COUNTS; n++) {
                sum += cells[i * COUNTS + n];
                first += (double)n * cells[i * COUNTS + n];
                second += (double)(n * n) * cells[i * COUNTS + n];
            }
            assert_true(sum < 1.0 + 1e-12);
            if (sum < 1.0 - 1e-14 || second > 1e4)
                continue;
            assert_near(sum, 1.0, 1e-12);
            assert_near(first, mean[i], 1e-9 * (1.0 + mean[i]));
            assert_near(second - first * first, variance[i], 1e-8 * (1.0 + second));
        }
        for (double n = 0.0; n < 100.0; n = 2.0 * n + 1.0) {
            question = ask(RETAIN_BTYD_AT_MOST, from, to, n, 0.0);
            assert_int_equal(retain_btyd_dynamic_forecast(NULL, &model, &of.view, &question, at_most), RETAIN_OK);
            for (size_t i = 0; i < COUNT; i++) {
                double sum = 0.0;

                for (size_t k = 0; k <= (size_t)n; k++)
                    sum += cells[i * COUNTS + k];
                assert_near(at_most[i], sum, 1e-12);
            }
        }
        question = ask(RETAIN_BTYD_COUNT_QUANTILE, from, to, 0.0, 0.9);
        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &model, &of.view, &question, quantile), RETAIN_OK);
        for (size_t i = 0; i < COUNT; i++) {
            double sum = 0.0;

            for (size_t n = 0; n < COUNTS && (double)n < quantile[i]; n++)
                sum += cells[i * COUNTS + n];
            assert_true(sum < 0.9);
            assert_true(quantile[i] >= COUNTS || sum + cells[i * COUNTS + (size_t)quantile[i]] >= 0.9 - 1e-12);
        }
    }
    close_shop(&of);
}

static void the_next_order_comes_by_its_quantile_with_that_probability(void **state)
{
    enum { COUNT = 5, MODELS = 40 };
    uint64_t stream = 44;
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 2, 1, 45);
    of.view.known_until = 14700.0 + 7.0 * 60.0;
    for (size_t m = 0; m < MODELS; m++) {
        const retain_btyd model = odd_model(&stream, m % 2 == 1);
        const double share = m % 4 == 3 ? 1e-9 : 0.02 + 0.96 * (double)(m % 10) / 10.0;
        double time[COUNT], alive[COUNT], by_end[COUNT];
        retain_btyd_question question = ask(RETAIN_BTYD_NEXT_QUANTILE, 0.0, 0.0, 0.0, share);

        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &model, &of.view, &question, time), RETAIN_OK);
        assert_int_equal(retain_btyd_dynamic_alive(NULL, &model, &of.view, alive, NULL), RETAIN_OK);
        question = ask(RETAIN_BTYD_RETURN, 0.0, 60.0, 0.0, 0.0);
        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &model, &of.view, &question, by_end), RETAIN_OK);
        for (size_t i = 0; i < COUNT; i++) {
            retain_btyd_histories one = of.view;

            if (alive[i] <= share) {
                assert_true(time[i] == (double)INFINITY);
            } else if (by_end[i] < share) {
                assert_true(time[i] != time[i]);
            } else if (time[i] > 1e-3) { /* of days, whose fractions end somewhere */
                one.count = 1;
                one.start += i;
                one.end += i;
                one.first += i;
                one.piece += i;
                assert_near(answer(&model, &one, ask(RETAIN_BTYD_RETURN, 0.0, time[i], 0.0, 0.0)), share, 1e-8 * share);
            }
        }
    }
    close_shop(&of);
}

static void probabilities_are_monotone(void **state)
{
    enum { COUNT = 6 };
    double more[COUNT], before[COUNT], mean[COUNT], mean_before[COUNT];
    retain_btyd_question question;
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 2, 1, 46);
    for (double n = 0.0; n < 40.0; n += 13.0) {
        for (double to = 0.0; to < 50.0; to += 0.625) {
            question = ask(RETAIN_BTYD_AT_MOST, 0.0, to, n, 0.0);
            assert_int_equal(retain_btyd_dynamic_forecast(NULL, &usual, &of.view, &question, more), RETAIN_OK);
            question = ask(RETAIN_BTYD_NEXT_MEAN, 0.0, to + 0.1, 0.0, 0.0);
            assert_int_equal(retain_btyd_dynamic_forecast(NULL, &usual, &of.view, &question, mean), RETAIN_OK);
            for (size_t i = 0; i < COUNT; i++) {
                assert_true(to > 0.0 ? more[i] <= before[i] + 1e-14 : more[i] == 1.0);
                assert_true(mean[i] > 0.0 && mean[i] < to + 0.1);
                assert_true(to == 0.0 || mean[i] > mean_before[i]);
                before[i] = more[i];
                mean_before[i] = mean[i];
            }
        }
    }
    close_shop(&of);
}

static void an_empty_window_brings_nothing(void **state)
{
    const retain_btyd_question empty[] = {ask(RETAIN_BTYD_COUNT, 3.0, 3.0, 0.0, 0.0), ask(RETAIN_BTYD_COUNT, 3.0, 3.0, 2.0, 0.0),
                                          ask(RETAIN_BTYD_AT_MOST, 3.0, 3.0, 2.0, 0.0),
                                          ask(RETAIN_BTYD_COUNT_QUANTILE, 3.0, 3.0, 0.0, 0.999),
                                          ask(RETAIN_BTYD_DISCOUNTED_VARIANCE, 3.0, 3.0, 0.0, 0.0)};
    static const double want[] = {1.0, 0.0, 1.0, 0.0, 0.0};
    double value[3];
    shop of;

    (void)state;
    open_shop(&of, usual, 3, 2, 1, 47);
    for (size_t k = 0; k < 5; k++) {
        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &of.truth, &of.view, &empty[k], value), RETAIN_OK);
        assert_true(value[0] == want[k] && value[1] == want[k] && value[2] == want[k]);
    }
    close_shop(&of);
}

/* Whatever numbers: answers that can be, and soon. */
static void odd_parameters_give_possible_answers(void **state)
{
    enum { COUNT = 4, MODELS = 36 };
    static const double counts[] = {1.0, 30.0, 4000.0, 1e6};
    uint64_t stream = 48;
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 2, 1, 49);
    of.view.known_until = (double)INFINITY;
    of.end[0] = of.start[0]; /* a new customer */
    for (int64_t k = 0, gone = of.first[1]; gone > 0 && k <= COUNT; k++)
        of.first[k] = of.first[k] > gone ? of.first[k] - gone : 0;
    of.view.occasion = of.occasion + 0;
    for (size_t i = 1; i < COUNT; i++) { /* the occasions that are left, anywhere in order */
        for (int64_t k = of.first[i]; k < of.first[i + 1]; k++)
            of.occasion[k] =
                of.start[i] + (of.end[i] - of.start[i]) * (double)(k - of.first[i] + 1) / (double)(of.first[i + 1] - of.first[i]);
    }
    for (size_t m = 0; m < MODELS; m++) {
        const retain_btyd model = odd_model(&stream, 1);
        const double to = m % 3 == 0 ? 1e9 : m % 3 == 1 ? 1e-6 : 26.0, n = counts[m % 4];
        const retain_btyd_question each[] = {
            ask(RETAIN_BTYD_COUNT, 0.0, to, n, 0.0), ask(RETAIN_BTYD_AT_MOST, 0.25 * to, to, n, 0.0),
            ask(RETAIN_BTYD_COUNT_QUANTILE, 0.0, to, 0.0, 0.9), ask(RETAIN_BTYD_NEXT_QUANTILE, 0.0, 0.0, 0.0, 0.4),
            ask(RETAIN_BTYD_NEXT_MEAN, 0.0, to, 0.0, 0.0)};
        double value[COUNT];

        for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
            assert_int_equal(retain_btyd_dynamic_forecast(NULL, &model, &of.view, &each[k], value), RETAIN_OK);
            for (size_t i = 0; i < COUNT; i++)
                assert_true(value[i] >= 0.0 && (k > 1 || value[i] <= 1.0));
        }
    }
    close_shop(&of);
}

/* --- chance --------------------------------------------------------------------------------------------------------------- */

static void simulated_customers_do_as_was_said(void **state)
{
    enum { COUNT = 1500, COUNTS = 4 };
    const double begin = 14700.0 - 7.0 * 20.0, day_from = begin + 7.0 * 3.0;
    double *cells, seen[COUNTS + 1] = {0.0}, want[COUNTS + 1] = {0.0}, *ends, returned = 0.0, by_median = 0.0, *median;
    retain_btyd_question question = ask(RETAIN_BTYD_NEXT_QUANTILE, 0.0, 0.0, 0.0, 0.25);
    retain_btyd truth = usual;
    shop of;
    int64_t *kept;

    (void)state;
    truth.lifetime[0] = 0.3;
    open_shop(&of, truth, COUNT, 2, 1, 50);
    cells = calloc(COUNT * COUNTS, sizeof *cells);
    ends = calloc(COUNT, sizeof *ends);
    median = calloc(COUNT, sizeof *median);
    kept = calloc(COUNT + 1, sizeof *kept);
    {
        int64_t write = 0;
        double *past = calloc((size_t)of.first[COUNT] + 1, sizeof *past), *next = calloc(COUNT, sizeof *next);

        for (size_t i = 0; i < COUNT; i++) {
            size_t later = 0;

            ends[i] = begin;
            next[i] = (double)INFINITY;
            for (int64_t k = of.first[i]; k < of.first[i + 1]; k++) {
                if (of.occasion[k] <= begin)
                    past[write++] = of.occasion[k];
                else if (next[i] == (double)INFINITY)
                    next[i] = of.occasion[k];
                later += of.occasion[k] > day_from;
            }
            kept[i + 1] = write;
            seen[later < COUNTS ? later : COUNTS] += 1.0;
        }
        of.view.first = kept;
        of.view.occasion = past;
        of.view.end = ends;
        assert_int_equal(retain_btyd_dynamic_distribution(NULL, &of.truth, &of.view, 3.0, 20.0, COUNTS, cells), RETAIN_OK);
        of.view.known_until = 14700.0;
        assert_int_equal(retain_btyd_dynamic_forecast(NULL, &of.truth, &of.view, &question, median), RETAIN_OK);
        for (size_t i = 0; i < COUNT; i++) {
            want[COUNTS] += 1.0;
            for (size_t n = 0; n < COUNTS; n++) {
                want[n] += cells[i * COUNTS + n];
                want[COUNTS] -= cells[i * COUNTS + n];
            }
            if (median[i] < (double)INFINITY) {
                by_median += next[i] <= begin + 7.0 * median[i];
                returned += 0.25;
            }
        }
        free(past);
        free(next);
    }
    for (size_t n = 0; n <= COUNTS; n++)
        assert_true(fabs(seen[n] - want[n]) < 4.0 * sqrt(want[n]));
    assert_true(returned > 25.0);
    assert_true(fabs(by_median - returned) < 4.0 * sqrt(0.75 * returned));
    free(cells);
    free(ends);
    free(median);
    free(kept);
    close_shop(&of);
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static void bad_questions_are_named(void **state)
{
    double covariance[100] = {0.0}, value[8] = {-7.0}, cells[8] = {-7.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd_question question = ask(RETAIN_BTYD_COUNT, 0.0, 5.0, 1.5, 0.0);
    shop of;

    (void)state;
    open_shop(&of, usual, 8, 2, 1, 51);
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &usual, &of.view, &question, value), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "question.n is 1.5"));
    question.n = 1000001.0;
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &usual, &of.view, &question, value), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "question.n is 1000001; it must be a whole number in [0, 10^6]"));
    question = ask(RETAIN_BTYD_COUNT, 0.0, 60.0, 1.0, 0.0);
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &usual, &of.view, &question, value), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "histories.known_until is 15065"));
    question = ask(RETAIN_BTYD_NEXT_QUANTILE, 0.0, 60.0, 1.0, (double)NAN);
    assert_int_equal(retain_btyd_dynamic_forecast(&ctx, &usual, &of.view, &question, value), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "it must be a probability in (0, 1)"));
    question = ask(RETAIN_BTYD_COUNT_QUANTILE, 0.0, 6.0, 1.0, 0.5);
    assert_int_equal(retain_btyd_dynamic_interval(&ctx, &usual, covariance, &of.view, &question, 0.9, NULL, value, cells),
                     RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "it jumps, and has no interval"));
    assert_int_equal(retain_btyd_dynamic_distribution(&ctx, &usual, &of.view, 0.0, 5.0, 0, cells), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "counts is 0"));
    assert_int_equal(retain_btyd_dynamic_distribution(&ctx, &usual, &of.view, 6.0, 5.0, 1, cells), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_distribution(&ctx, &usual, &of.view, 0.0, 5.0, 1, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_distribution(&ctx, &usual, &of.view, 0.0, (double)NAN, 1, cells), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_gradient(&ctx, &usual, &of.view, &question, NULL, cells), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "it jumps, and has no interval"));
    question = ask(RETAIN_BTYD_COUNT, 0.0, 6.0, 1.0, 0.5);
    assert_int_equal(retain_btyd_dynamic_gradient(&ctx, &usual, &of.view, &question, value, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(value[0], -7.0, 0.0);
    assert_near(cells[0], -7.0, 0.0);
    close_shop(&of);
}

static retain_status count_it(retain_context *ctx, void *state)
{
    const retain_btyd_question question = ask(RETAIN_BTYD_COUNT, 2.0, 9.0, 2.0, 0.0);
    double values[40];
    shop *of = state;

    return retain_btyd_dynamic_forecast(ctx, &usual, &of->view, &question, values);
}

static retain_status distribute_it(retain_context *ctx, void *state)
{
    double cells[40 * 3];
    shop *of = state;

    return retain_btyd_dynamic_distribution(ctx, &usual, &of->view, 2.0, 9.0, 3, cells);
}

static retain_status differ_it(retain_context *ctx, void *state)
{
    const retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 2.0, 9.0, 0.0, 0.0);
    double slopes[8 * 4];
    shop *of = state;

    return retain_btyd_dynamic_gradient(ctx, &of->truth, &of->view, &question, NULL, slopes);
}

static void survives_running_out_of_memory(void **state)
{
    shop of;

    (void)state;
    open_shop(&of, usual, 40, 2, 1, 52);
    survives_memory_exhaustion(count_it, NULL, &of);
    survives_memory_exhaustion(distribute_it, NULL, &of);
    close_shop(&of);
    open_shop(&of, usual, 8, 0, 0, 53);
    survives_memory_exhaustion(differ_it, NULL, &of);
    close_shop(&of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_times_are_those_of_brute_force),
        cmocka_unit_test(covariates_that_never_change_give_the_static_answers),
        cmocka_unit_test(counts_add_up_and_agree),
        cmocka_unit_test(the_next_order_comes_by_its_quantile_with_that_probability),
        cmocka_unit_test(probabilities_are_monotone),
        cmocka_unit_test(an_empty_window_brings_nothing),
        cmocka_unit_test(odd_parameters_give_possible_answers),
        cmocka_unit_test(simulated_customers_do_as_was_said),
        cmocka_unit_test(bad_questions_are_named),
        cmocka_unit_test(survives_running_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

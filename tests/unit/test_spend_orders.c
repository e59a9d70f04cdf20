/* Spend models of single orders, customer by customer: high-precision values, sums over an order log, extremes, refusals. */
#include "core/core.h"
#include "retain/spend.h"
#include "spenders.h"
#include "support.h"

static const double uneven_gap = 1e-13;

/* --- one customer ---------------------------------------------------------------------------------------------------------------- */

typedef struct row_case {
    retain_spend_model model;
    double n, mean, mean_log, log_squares, frequency, time, time_squares, time_logs;
    retain_spenders spenders;
} row_case;

static retain_spend_model model_of(const golden *table, size_t row)
{
    double v[ENTRIES];
    char name[] = "v0";

    for (size_t i = 0; i < ENTRIES; i++) {
        name[1] = (char)('0' + (int)i);
        v[i] = golden_number(table, row, name);
    }
    if (golden_number(table, row, "family") == 0.0)
        return (retain_spend_model){.family = RETAIN_SPEND_GAMMA_GAMMA, .p = v[0], .q = v[1], .gamma = v[2], .theta = v[3]};
    return (retain_spend_model){
        .family = RETAIN_SPEND_LOG_NORMAL, .median = v[0], .tau = v[1], .sigma = v[2], .theta = v[3], .delta = v[4]};
}

static void read_case(const golden *table, size_t row, row_case *of)
{
    of->model = model_of(table, row);
    of->n = golden_number(table, row, "n");
    of->mean = golden_number(table, row, "mean");
    of->mean_log = golden_number(table, row, "mean_log");
    of->log_squares = golden_number(table, row, "log_squares");
    of->frequency = golden_number(table, row, "frequency");
    of->time = golden_number(table, row, "time");
    of->time_squares = golden_number(table, row, "time_squares");
    of->time_logs = golden_number(table, row, "time_logs");
    of->spenders = (retain_spenders){.count = 1,
                                     .orders = &of->n,
                                     .mean = &of->mean,
                                     .mean_log = &of->mean_log,
                                     .log_squares = &of->log_squares,
                                     .frequency = &of->frequency,
                                     .time = &of->time,
                                     .time_squares = &of->time_squares,
                                     .time_logs = &of->time_logs};
}

static void assert_relative(double got, double want, double tolerance)
{
    if (want != want)
        assert_nan(got);
    else
        assert_near(got, want, tolerance * fabs(want));
}

static void agrees_with_every_high_precision_value(void **state)
{
    golden table = golden_read("spend/orders.csv");
    double covariance[ENTRIES * ENTRIES];

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        row_case of;
        double scale = golden_number(&table, row, "scale"), log_likelihood, gradient[ENTRIES], expected, low, high, quantile;
        const double *v = &of.model.p;

        read_case(&table, row, &of);
        v = of.model.family == RETAIN_SPEND_GAMMA_GAMMA ? &of.model.p : &of.model.median;
        for (size_t i = 0; i < ENTRIES; i++) {
            for (size_t j = 0; j < ENTRIES; j++)
                covariance[i * ENTRIES + j] = (0.01 * (double)(i == j) + 0.004) * (i < 3 ? v[i] : 1.0) * (j < 3 ? v[j] : 1.0);
        }
        assert_int_equal(retain_spend_orders_likelihood(NULL, &of.model, &of.spenders, &log_likelihood, gradient), RETAIN_OK);
        if (of.n == 0.0) {
            assert_nan(log_likelihood);
            assert_nan(gradient[4]);
        } else {
            assert_near(log_likelihood, golden_number(&table, row, "loglik"), 1e-14 * scale);
            for (size_t i = 0; i < ENTRIES; i++) {
                char name[] = {'d', (char)('0' + (int)i), 0};

                assert_near(gradient[i], golden_number(&table, row, name), 1e-13 * scale);
            }
        }
        assert_int_equal(retain_spend_orders_expected(NULL, &of.model, covariance, &of.spenders, 2.0, 0.95, &expected, &low, &high),
                         RETAIN_OK);
        assert_relative(expected, golden_number(&table, row, "expected"), 1e-12);
        assert_relative(low, golden_number(&table, row, "low"), 1e-11);
        assert_relative(high, golden_number(&table, row, "high"), 1e-11);
        if (of.n == 0.0) {
            assert_int_equal(retain_spend_orders_mean(NULL, &of.model, covariance, of.frequency, 2.0, 0.95, &expected, &low, &high),
                             RETAIN_OK);
            assert_relative(expected, golden_number(&table, row, "expected"), 1e-12);
            assert_relative(high, golden_number(&table, row, "high"), 1e-11);
        }
        for (size_t k = 0; k < 3; k++) {
            static const char *const names[] = {"quantile_0.025", "quantile_0.5", "quantile_0.975"};
            static const double probabilities[] = {0.025, 0.5, 0.975};

            assert_int_equal(retain_spend_orders_quantile(NULL, &of.model, &of.spenders, 2.0, probabilities[k], &quantile),
                             RETAIN_OK);
            assert_true(quantile >= 0.0);
            if (golden_number(&table, row, names[k]) == golden_number(&table, row, names[k]))
                assert_relative(quantile, golden_number(&table, row, names[k]), 1e-11);
        }
    }
    golden_free(&table);
}

/* One order is its own mean: there the likelihood of the mean is that of the order. */
static void agrees_with_the_model_of_means_about_customers_with_one_order(void **state)
{
    double one = 1.0, mean = 37.25, mean_log = log(mean), zero = 0.0, single, averaged, steps[ENTRIES], other[3], expected, again;
    const retain_spend_model model = {.family = RETAIN_SPEND_GAMMA_GAMMA, .p = 6.25, .q = 3.74, .gamma = 15.44};
    const retain_spend means = {6.25, 3.74, 15.44};
    const retain_spenders spenders = {.count = 1, .orders = &one, .mean = &mean, .mean_log = &mean_log, .log_squares = &zero};
    const retain_customers customers = {.count = 1, .frequency = &one, .spend = &mean, .unit_days = 1.0};

    (void)state;
    assert_int_equal(retain_spend_orders_likelihood(NULL, &model, &spenders, &single, steps), RETAIN_OK);
    assert_int_equal(retain_spend_likelihood(NULL, &means, &customers, &averaged, other), RETAIN_OK);
    assert_near(single, averaged, 1e-13 * fabs(averaged));
    for (size_t i = 0; i < 3; i++)
        assert_near(steps[i], other[i], 1e-13);
    assert_int_equal(retain_spend_orders_expected(NULL, &model, NULL, &spenders, 0.0, 0.0, &expected, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_spend_expected(NULL, &means, &customers, &again), RETAIN_OK);
    assert_near(expected, again, 1e-13 * again);
}

/* --- from an order log ------------------------------------------------------------------------------------------------------------ */

static void assert_same_numbers(const char *name, const double *got, const double *want, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!(got[i] != got[i] && want[i] != want[i]) && got[i] != want[i])
            fail_msg("%s[%zu] is %.17g instead of %.17g", name, i, got[i], want[i]);
    }
}

static void sums_up_each_customers_orders(void **state)
{
    const int64_t customer[] = {7, 9, 7, 7, 7, 8}, day[] = {0, 3, 14, 14, 28, 5};
    const double value[] = {10.0, 5.0, 20.0, 4.0, 54.0, 1.0};
    const retain_orders orders_of = {.count = 6, .customer = customer, .day = day, .value = value};
    const retain_orders_options weeks = {.struct_size = sizeof weeks, .unit_days = 7.0};
    int64_t id[3];
    double frequency[3], orders[3], mean[3], mean_log[3], squares[3], time[3], spans[3], products[3];
    const retain_spend_columns columns = {id, frequency, orders, mean, mean_log, squares, time, spans, products};
    const double a = log(24.0), b = log(54.0), first = log(10.0), centre = (a + b + first) / 3.0;
    size_t count = 0;

    (void)state;
    assert_int_equal(retain_spend_orders(NULL, &orders_of, 42, &weeks, 0, &columns, 3, &count), RETAIN_OK);
    assert_int_equal(count, 3);
    assert_true(id[0] == 7 && id[1] == 8 && id[2] == 9);
    assert_same_numbers("frequency", frequency, (double[]){2.0, 0.0, 0.0}, 3);
    assert_same_numbers("orders", orders, (double[]){2.0, 0.0, 0.0}, 3);
    assert_same_numbers("mean", mean, (double[]){39.0, (double)NAN, (double)NAN}, 3);
    assert_near(mean_log[0], 0.5 * (a + b), 1e-15 * b);
    assert_near(squares[0], 0.5 * (b - a) * (b - a), 1e-15);
    assert_same_numbers("time", time, (double[]){-3.0, (double)NAN, (double)NAN}, 3);
    assert_near(spans[0], 2.0, 0.0);
    assert_near(products[0], b - a, 1e-15);
    assert_true(isnan(mean_log[1]) && isnan(squares[1]) && isnan(spans[2]) && isnan(products[2]));
    assert_int_equal(retain_spend_orders(NULL, &orders_of, 42, &weeks, 1, &columns, 3, &count), RETAIN_OK);
    assert_same_numbers("orders", orders, (double[]){3.0, 1.0, 1.0}, 3);
    assert_near(mean_log[0], centre, 1e-15 * b);
    assert_near(squares[0], (a - centre) * (a - centre) + (b - centre) * (b - centre) + (first - centre) * (first - centre), 1e-14);
    assert_same_numbers("squares of one", squares + 1, (double[]){0.0, 0.0}, 2);
    assert_int_equal(retain_spend_orders(NULL, &orders_of, 42, &weeks, 1, &columns, 2, &count), RETAIN_ERROR_CAPACITY);
    assert_int_equal(count, 3);
    assert_int_equal(retain_spend_orders(NULL, &orders_of, 42, &weeks, 1, NULL, 2, &count), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_orders(NULL, &orders_of, 42, &weeks, 1, &columns, 2, NULL), RETAIN_ERROR_ARGUMENT);
}

/* Orders that all have the same value have a logarithm without any deviation, whatever their number. */
static void finds_no_deviation_among_equal_values(void **state)
{
    enum { ORDERS = 300 };
    int64_t customer[ORDERS], day[ORDERS];
    double value[ORDERS], squares, products, mean, mean_log;
    const retain_orders log_of = {.count = ORDERS, .customer = customer, .day = day, .value = value};
    const retain_spend_columns columns = {.mean = &mean, .mean_log = &mean_log, .log_squares = &squares, .time_logs = &products};
    size_t count;

    (void)state;
    for (size_t i = 0; i < ORDERS; i++) {
        customer[i] = 1;
        day[i] = (int64_t)i * 3;
        value[i] = 19.99;
    }
    assert_int_equal(retain_spend_orders(NULL, &log_of, 1000, NULL, 1, &columns, 1, &count), RETAIN_OK);
    assert_near(squares, 0.0, 0.0);
    assert_near(products, 0.0, 0.0);
    assert_near(mean, 19.99, 0.0);
    assert_near(mean_log, log(19.99), 0.0);
}

/* --- extremes and refusals ----------------------------------------------------------------------------------------------------------------- */

static void keeps_every_number_that_exists_at_extremes(void **state)
{
    const double shapes[] = {1e-12, 1e-3, 1.0, 1e3, 1e12}, sizes[] = {1e-6, 1.0, 1e9}, counts[] = {1.0, 3.0, 1e6};
    double covariance[ENTRIES * ENTRIES] = {0.0};

    (void)state;
    for (size_t a = 0; a < 5 * 5 * 3 * 3; a++) {
        double p = shapes[a % 5], q = shapes[a / 5 % 5], size = sizes[a / 25 % 3], n = counts[a / 75], mean = 3.0 * size;
        double mean_log = log(mean) - (n > 1.0 ? 1e-9 : 0.0), squares = 2e-9 * n, value, gradient[ENTRIES], quantile, last = 0.0,
               low, high, expected;
        const retain_spend_model models[] = {
            {.family = RETAIN_SPEND_GAMMA_GAMMA, .p = p, .q = q, .gamma = size},
            {.family = RETAIN_SPEND_LOG_NORMAL, .median = size, .tau = fmin(p, 20.0), .sigma = fmin(q, 20.0)}};
        const retain_spenders one = {.count = 1, .orders = &n, .mean = &mean, .mean_log = &mean_log, .log_squares = &squares};

        for (int family = 0; family < 2; family++) {
            assert_int_equal(retain_spend_orders_likelihood(NULL, &models[family], &one, &value, gradient), RETAIN_OK);
            assert_true(retain__is_finite(value));
            for (size_t i = 0; i < ENTRIES; i++)
                assert_true(retain__is_finite(gradient[i]));
            assert_int_equal(
                retain_spend_orders_expected(NULL, &models[family], covariance, &one, 0.0, 0.5, &expected, &low, &high), RETAIN_OK);
            if (family || p * n + (q - 1.0) > 0.0)
                assert_true(expected > 0.0 && low == expected && high == expected);
            last = 0.0;
            for (size_t k = 0; k < 7; k++) {
                const double probability[] = {1e-9, 1e-3, 0.3, 0.5, 0.7, 0.999, 1.0 - 1e-9};

                assert_int_equal(retain_spend_orders_quantile(NULL, &models[family], &one, 0.0, probability[k], &quantile),
                                 RETAIN_OK);
                assert_true(quantile >= last * (1.0 - uneven_gap)); /* rising; 0 and infinity where doubles end */
                last = quantile;
            }
        }
    }
}

static void refuses_bad_rows_and_models_by_name(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double n[] = {1.0, 2.0}, mean[] = {2.0, 3.0}, mean_log[] = {0.5, 1.0}, squares[] = {0.0, 0.1}, time[] = {0.0, 1.0},
           spans[] = {0.0, 0.4}, products[] = {0.0, -0.21}, out[2] = {-7.0, -7.0};
    retain_spenders good = {.count = 2, .orders = n, .mean = mean, .mean_log = mean_log, .log_squares = squares}, bad = good;
    retain_spend_model model = {.p = 1.0, .q = 2.0, .gamma = 3.0}, wrong = model;
    double *const places[] = {n, mean, mean_log, squares};
    static const char *const sentences[] = {
        "spenders.orders[1] is NaN; it must be a whole number in [0, 2^53]",
        "spenders.mean[1] is NaN; it must be positive and finite where orders is above 0",
        "spenders.mean_log[1] is NaN; it must be finite where orders is above 0",
        "spenders.log_squares[1] is NaN; it must be finite and at least 0 where orders is above 0"};

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        double kept = places[k][1];

        places[k][1] = (double)NAN;
        assert_int_equal(retain_spend_orders_likelihood(&ctx, &model, &good, out, NULL), RETAIN_ERROR_DATA);
        assert_string_equal(ctx.error, sentences[k]);
        assert_int_equal(ctx.row, 1);
        assert_near(out[0], -7.0, 0.0);
        places[k][1] = kept;
    }
    mean_log[0] = 0.8;
    assert_int_equal(retain_spend_orders_likelihood(&ctx, &model, &good, out, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "spenders.mean_log[0] is 0.8; it must be at most the logarithm of the mean, 0.693147");
    mean_log[0] = 0.5;
    squares[0] = 0.1;
    assert_int_equal(retain_spend_orders_likelihood(&ctx, &model, &good, out, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "spenders.log_squares[0] is 0.1; it must be 0 where orders is 1");
    squares[0] = 0.0;
    bad.time = time;
    bad.time_squares = spans;
    bad.time_logs = products;
    assert_int_equal(retain_spend_orders_likelihood(&ctx, &model, &bad, out, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error,
                        "spenders.time_logs[1] is -0.21; its size must be at most the root of time_squares x log_squares, 0.2");
    assert_int_equal(ctx.row, 1);
    products[1] = -0.2;
    assert_int_equal(retain_spend_orders_likelihood(&ctx, &model, &bad, out, NULL), RETAIN_OK);
    bad = good;
    out[0] = -7.0;
    bad.time = time;
    assert_int_equal(retain_spend_orders_likelihood(&ctx, &model, &bad, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "spenders.time, time_squares and time_logs belong together; give all or none");
    bad = good;
    bad.mean_log = NULL;
    assert_int_equal(retain_spend_orders_fit(&ctx, RETAIN_SPEND_LOG_NORMAL, &bad, NULL, &model, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "spenders.mean_log is NULL; it is required");
    wrong.theta = 0.1;
    assert_int_equal(retain_spend_orders_likelihood(&ctx, &wrong, &good, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "spenders.frequency is NULL; the model depends on it: theta is 0.1");
    wrong = (retain_spend_model){.p = 1.0, .q = 2.0, .gamma = 3.0, .delta = 1.0};
    assert_int_equal(retain_spend_orders_likelihood(&ctx, &wrong, &good, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "model.delta is 1; Gamma-Gamma has no trend, it must be 0");
    wrong.family = RETAIN_SPEND_LOG_NORMAL;
    assert_int_equal(retain_spend_orders_likelihood(&ctx, &wrong, &good, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "model.median is 0; it must be positive and finite");
    wrong.median = wrong.tau = wrong.sigma = 1.0;
    assert_int_equal(retain_spend_orders_likelihood(&ctx, &wrong, &good, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "spenders.time is NULL; the model depends on it: delta is 1");
    wrong.family = (retain_spend_family)5;
    assert_int_equal(retain_spend_orders_likelihood(&ctx, &wrong, &good, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "model.family is 5; it must be 0, Gamma-Gamma, or 1, log-normal");
    assert_int_equal(retain_spend_orders_fit(&ctx, (retain_spend_family)-1, &good, NULL, &model, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_orders_fit(&ctx, RETAIN_SPEND_LOG_NORMAL, NULL, NULL, &model, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_orders_fit(&ctx, RETAIN_SPEND_LOG_NORMAL, &good, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_orders_quantile(&ctx, &model, &good, 0.0, 1.0, out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "probability is 1; it must lie in (0, 1)");
    assert_int_equal(retain_spend_orders_quantile(&ctx, &model, &good, (double)NAN, 0.5, out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "time is NaN; it must be finite");
    assert_int_equal(retain_spend_orders_quantile(&ctx, &model, &good, 0.0, 0.5, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_orders_expected(&ctx, &model, NULL, &good, 0.0, 0.5, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_orders_expected(&ctx, &model, (double[25]){-1.0}, &good, 0.0, 0.5, out, out, out),
                     RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "covariance[0] is -1; the variance of p must be finite and at least 0, or NaN");
    assert_int_equal(retain_spend_orders_expected(&ctx, &model, (double[25]){1.0}, &good, 0.0, 1.0, out, out, out),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_orders_expected(&ctx, &model, (double[25]){1.0}, &good, 0.0, 0.5, out, NULL, out),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_orders_mean(&ctx, &model, NULL, -1.0, 0.0, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "frequency is -1; it must be finite and at least 0");
    assert_int_equal(retain_spend_orders_mean(&ctx, &model, NULL, 1.0, 0.0, 0.0, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_orders_mean(&ctx, NULL, NULL, 1.0, 0.0, 0.0, out, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(out[0], -7.0, 0.0);
}

static retain_status sum_up_log(retain_context *ctx, void *state)
{
    double mean[3];
    const retain_spend_columns columns = {.mean = mean};
    size_t count;

    return retain_spend_orders(ctx, state, 100, NULL, 0, &columns, 3, &count);
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    const int64_t customer[] = {7, 9, 7, 7, 7, 8}, day[] = {0, 3, 14, 14, 28, 5};
    const double value[] = {10.0, 5.0, 20.0, 4.0, 54.0, 1.0};
    retain_orders log_of = {.count = 6, .customer = customer, .day = day, .value = value};

    (void)state;
    survives_memory_exhaustion(sum_up_log, NULL, &log_of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_every_high_precision_value),
        cmocka_unit_test(agrees_with_the_model_of_means_about_customers_with_one_order),
        cmocka_unit_test(sums_up_each_customers_orders),
        cmocka_unit_test(finds_no_deviation_among_equal_values),
        cmocka_unit_test(keeps_every_number_that_exists_at_extremes),
        cmocka_unit_test(refuses_bad_rows_and_models_by_name),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

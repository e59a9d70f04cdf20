/* Lifetime values with models of single orders: the Gamma-Gamma model of means as a special case, closed forms, simulation. */
#include <string.h>

#include "math/random.h"
#include "retain/btyd_interval.h"
#include "retain/clv_plan.h"
#include "support.h"

enum { COUNT = 6, ORDERS = 4, ENTRIES = RETAIN_SPEND_ENTRIES };

static const retain_btyd pareto = {
    .family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.553, .alpha = 10.578, .s = 0.606, .beta = 11.669};
static const double x[COUNT] = {0, 1, 2, 5, 12, 3}, t_x[COUNT] = {0, 3, 30, 36, 38, 10}, T[COUNT] = {39, 30, 39, 38, 39, 35};
static const double mean[COUNT] = {1, 20, 31.5, 12, 44, 80};

/* Logarithms of values that go with these means, and when they were. */
static const double mean_log[COUNT] = {0, 2.995732273553991, 3.3, 2.3, 3.7, 4.2}, log_squares[COUNT] = {0, 0, 0.2, 1.1, 2.5, 0.4};

static const retain_spenders spenders = {
    .count = COUNT, .orders = x, .mean = mean, .mean_log = mean_log, .log_squares = log_squares, .frequency = x};
static const retain_customers customers = {.count = COUNT, .frequency = x, .t_x = t_x, .T = T, .spend = mean, .unit_days = 7.0};
static const retain_clv_terms terms = {
    .struct_size = sizeof terms, .horizon_days = 364.0, .annual_rate = 0.1, .margin = 0.3, .order_cost = 1.5};

static const retain_spend_model log_normal = {
    .family = RETAIN_SPEND_LOG_NORMAL, .median = 25.0, .tau = 0.6, .sigma = 0.7, .theta = 0.15};

/* Independent errors: of orders 10 % of a parameter, of values `error` of an entry. */
static void fill(double *covariance, size_t count, const double *scale, double error)
{
    memset(covariance, 0, count * count * sizeof *covariance);
    for (size_t i = 0; i < count; i++)
        covariance[i * count + i] = error * error * scale[i] * scale[i];
}

typedef struct figures {
    double residual[COUNT + 1], error[COUNT + 1], low[COUNT + 1], high[COUNT + 1], variance[COUNT + 1], least[COUNT + 1],
        most[COUNT + 1];
    retain_clv_columns columns;
} figures;

static void point(figures *of)
{
    of->columns = (retain_clv_columns){.residual = of->residual,
                                       .standard_error = of->error,
                                       .residual_low = of->low,
                                       .residual_high = of->high,
                                       .variance = of->variance,
                                       .residual_least = of->least,
                                       .residual_most = of->most};
}

static void assert_like(double got, double want)
{
    assert_near(got, want, got == want ? 0.0 : 1e-11 * fabs(want));
}

static void gamma_gamma_of_single_orders_is_that_of_means(void **state)
{
    const retain_spend means = {6.25, 3.74, 15.44};
    const retain_spend_model single = {.family = RETAIN_SPEND_GAMMA_GAMMA, .p = means.p, .q = means.q, .gamma = means.gamma};
    const double parameters[] = {pareto.r, pareto.alpha, pareto.s, pareto.beta}, values[] = {means.p, means.q, means.gamma};
    double covariance[ORDERS * ORDERS], of_means[9], of_single[ENTRIES * ENTRIES] = {0.0};
    retain_clv_forecast forecast = {.model = &pareto, .covariance = covariance, .spend = &means, .spend_covariance = of_means};
    retain_clv_payback_report a = {.struct_size = sizeof a}, b = a;
    figures want, got;

    (void)state;
    fill(covariance, ORDERS, parameters, 0.1);
    fill(of_means, 3, values, 0.05);
    for (size_t i = 0; i < 9; i++)
        of_single[i / 3 * ENTRIES + i % 3] = of_means[i];
    point(&want);
    point(&got);
    for (int sums = 0; sums < 2; sums++) {
        forecast = (retain_clv_forecast){.model = &pareto, .covariance = covariance, .spend = &means, .spend_covariance = of_means};
        assert_int_equal(sums ? retain_clv_sums(NULL, &forecast, &customers, NULL, NULL, 0, &terms, 0.9, &want.columns)
                              : retain_clv_interval(NULL, &forecast, &customers, NULL, &terms, 0.9, &want.columns),
                         RETAIN_OK);
        assert_int_equal(retain_clv_payback_new(NULL, &forecast, (double)NAN, 30.0, &terms, 0.9, &a), RETAIN_OK);
        forecast = (retain_clv_forecast){.model = &pareto,
                                         .covariance = covariance,
                                         .order_spend = &single,
                                         .spenders = &spenders,
                                         .spend_covariance = of_single};
        assert_int_equal(sums ? retain_clv_sums(NULL, &forecast, &customers, NULL, NULL, 0, &terms, 0.9, &got.columns)
                              : retain_clv_interval(NULL, &forecast, &customers, NULL, &terms, 0.9, &got.columns),
                         RETAIN_OK);
        assert_int_equal(retain_clv_payback_new(NULL, &forecast, (double)NAN, 30.0, &terms, 0.9, &b), RETAIN_OK);
        for (size_t i = 0; i < (sums ? 1 : COUNT); i++) {
            assert_like(got.residual[i], want.residual[i]);
            assert_like(got.error[i], want.error[i]);
            assert_like(got.low[i], want.low[i]);
            assert_like(got.high[i], want.high[i]);
            assert_like(got.variance[i], want.variance[i]);
        }
    }
    assert_like(got.least[0], want.least[0]);
    assert_like(got.most[0], want.most[0]);
    assert_int_equal(a.outcome, b.outcome);
    assert_like(b.value, a.value);
    assert_like(b.value_low, a.value_low);
    assert_like(b.value_high, a.value_high);
}

static void values_are_orders_times_what_the_spend_model_expects(void **state)
{
    const retain_btyd_question asked = {.struct_size = sizeof asked,
                                        .quantity = RETAIN_BTYD_DISCOUNTED,
                                        .to = terms.horizon_days / 7.0,
                                        .delta = retain_clv_delta(terms.annual_rate, 7.0)};
    const retain_clv_forecast forecast = {.model = &pareto, .order_spend = &log_normal, .spenders = &spenders};
    double orders[COUNT], value[COUNT], low[COUNT], high[COUNT], stranger;
    retain_clv_payback_report payback = {.struct_size = sizeof payback};
    figures got;

    (void)state;
    point(&got);
    assert_int_equal(retain_clv_interval(NULL, &forecast, &customers, NULL, &terms, 0.9, &got.columns), RETAIN_OK);
    assert_int_equal(retain_btyd_forecast(NULL, &pareto, &customers, &asked, orders), RETAIN_OK);
    assert_int_equal(retain_spend_orders_expected(NULL, &log_normal, NULL, &spenders, 0.0, 0.9, value, low, high), RETAIN_OK);
    for (size_t i = 0; i < COUNT; i++) {
        assert_like(got.residual[i], orders[i] * (0.3 * value[i] - 1.5));
        assert_near(got.error[i], 0.0, 0.0);
        assert_true(got.variance[i] > 0.0);
    }
    assert_int_equal(retain_clv_payback_new(NULL, &forecast, (double)NAN, 5.0, &terms, 0.9, &payback), RETAIN_OK);
    assert_int_equal(retain_spend_orders_mean(NULL, &log_normal, NULL, 0.0, 0.0, 0.9, &stranger, NULL, NULL), RETAIN_OK);
    assert_like(stranger, 25.0 * exp(0.5 * (0.36 + 0.49)));
    assert_true(payback.value > 0.3 * stranger - 1.5);
}

/* One entry uncertain at a time: its standard error is that times the difference of values. */
static void standard_errors_are_differences(void **state)
{
    for (size_t j = 0; j < 4; j++) {
        const double step = 1e-5, scale[] = {log_normal.median, log_normal.tau, log_normal.sigma, 1.0, 1.0};
        double covariance[ENTRIES * ENTRIES] = {0.0};
        retain_spend_model moved[2] = {log_normal, log_normal};
        retain_clv_forecast forecast = {
            .model = &pareto, .order_spend = &log_normal, .spenders = &spenders, .spend_covariance = covariance};
        figures here, there[2];

        covariance[j * ENTRIES + j] = 0.01 * scale[j] * scale[j];
        point(&here);
        assert_int_equal(retain_clv_interval(NULL, &forecast, &customers, NULL, &terms, 0.9, &here.columns), RETAIN_OK);
        for (size_t k = 0; k < 2; k++) {
            double *const entries[] = {&moved[k].median, &moved[k].tau, &moved[k].sigma, &moved[k].theta};

            *entries[j] += (k ? step : -step) * scale[j];
            forecast.order_spend = &moved[k];
            point(&there[k]);
            assert_int_equal(retain_clv_interval(NULL, &forecast, &customers, NULL, &terms, 0.9, &there[k].columns), RETAIN_OK);
        }
        for (size_t i = 0; i < COUNT; i++)
            assert_near(here.error[i], 0.1 * fabs(there[1].residual[i] - there[0].residual[i]) / (2.0 * step),
                        1e-7 * (1.0 + here.residual[i]));
    }
    (void)state;
}

static void chance_is_that_of_simulated_futures(void **state)
{
#if defined(RETAIN_LONG)
    enum { TIMES = 4000000 };
#else
    enum { TIMES = 200000 };
#endif
    enum { WHO = 3 };
    const retain_clv_terms plain = {
        .struct_size = sizeof plain, .horizon_days = 364.0, .margin = terms.margin, .order_cost = terms.order_cost};
    const retain_clv_forecast forecast = {.model = &pareto, .order_spend = &log_normal, .spenders = &spenders};
    const double precision = 1.0 / 0.36 + x[WHO] / 0.49, prior = log(25.0) + 0.15 * log1p(x[WHO]);
    const double center = (prior / 0.36 + x[WHO] * mean_log[WHO] / 0.49) / precision;
    retain__random random = retain__random_start(3, 0);
    double alive[COUNT], sum = 0.0, squares = 0.0;
    figures got;

    (void)state;
    point(&got);
    assert_int_equal(retain_clv_interval(NULL, &forecast, &customers, NULL, &plain, 0.9, &got.columns), RETAIN_OK);
    assert_int_equal(retain_btyd_alive(NULL, &pareto, &customers, alive, NULL), RETAIN_OK);
    for (size_t k = 0; k < TIMES; k++) {
        double lambda = retain__random_gamma(&random, pareto.r + x[WHO], pareto.alpha + T[WHO]), money = 0.0, left, own;
        double time =
            fmin(52.0, retain__random_exponential(&random, retain__random_gamma(&random, pareto.s, pareto.beta + T[WHO])));

        if (retain__random_uniform(&random) > alive[WHO])
            time = 0.0;
        own = center + retain__random_normal(&random) / sqrt(precision);
        for (left = retain__random_poisson(&random, lambda * time); left > 0.0; left -= 1.0)
            money += 0.3 * exp(own + 0.7 * retain__random_normal(&random)) - 1.5;
        sum += money;
        squares += money * money;
    }
    assert_near(sum / TIMES, got.residual[WHO], 4.0 * sqrt(got.variance[WHO] / TIMES));
    assert_near((squares - sum * sum / TIMES) / TIMES / got.variance[WHO], 1.0, TIMES > 1000000 ? 0.02 : 0.06);
}

static void bad_models_of_values_are_named(void **state)
{
    const retain_spend means = {6.25, 3.74, 15.44};
    retain_clv_forecast forecast = {.model = &pareto, .spend = &means, .order_spend = &log_normal, .spenders = &spenders};
    retain_spenders other = spenders;
    retain_context ctx = RETAIN_CONTEXT_INIT;
    figures got;

    (void)state;
    point(&got);
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &customers, NULL, &terms, 0.9, &got.columns), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "are both given"));
    forecast.spend = NULL;
    other.count = 5;
    forecast.spenders = &other;
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &customers, NULL, &terms, 0.9, &got.columns), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "forecast.spenders has 5 rows, customers has 6; they must have as many");
    other = spenders;
    other.frequency = NULL;
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &customers, NULL, &terms, 0.9, &got.columns), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "spenders.frequency is NULL"));
    forecast.spenders = NULL;
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &customers, NULL, &terms, 0.9, &got.columns), RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gamma_gamma_of_single_orders_is_that_of_means),
        cmocka_unit_test(values_are_orders_times_what_the_spend_model_expects),
        cmocka_unit_test(standard_errors_are_differences),
        cmocka_unit_test(chance_is_that_of_simulated_futures),
        cmocka_unit_test(bad_models_of_values_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

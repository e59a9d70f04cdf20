/* Lifetime values with limits: golden values by brute force, laws between rows and sums, and coverage of simulated shops. */
#include "retain/btyd_interval.h"
#include "retain/clv_interval.h"
#include "support.h"

enum { FEW = 4, SHOP = 1500 };

static const retain_btyd pareto = {
    .family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.553, .alpha = 10.578, .s = 0.606, .beta = 11.669};
static const retain_btyd bg = {.family = RETAIN_BTYD_BG_NBD, .unit_days = 7.0, .r = 0.243, .alpha = 4.414, .a = 0.793, .b = 2.426};
static const retain_btyd nbd = {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.385, .alpha = 12.072};
static const retain_btyd donors = {
    .family = RETAIN_BTYD_BG_BB, .unit_days = 365.25, .alpha = 1.204, .beta = 0.75, .gamma = 0.657, .delta = 2.783};
static const retain_spend gamma_gamma = {6.25, 3.74, 15.44};

static const double x[FEW] = {0.0, 2.0, 7.0, 26.0}, t_x[FEW] = {0.0, 30.4375, 12.5, 30.75}, T[FEW] = {38.875, 38.875, 39.0, 31.0},
                    spend[FEW] = {(double)NAN, 24.75, 40.5, 16.5};
static const retain_customers few = {.count = FEW, .frequency = x, .t_x = t_x, .T = T, .spend = spend, .unit_days = 7.0};
static const retain_clv_terms year = {.struct_size = sizeof year, .horizon_days = 365.0, .annual_rate = 0.1, .margin = 0.3};

/* 0.01 theta_i theta_j 0.5^|i - j|. */
static void make_covariance(const double *theta, size_t count, double *covariance)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++)
            covariance[i * count + j] = 0.01 * theta[i] * theta[j] * pow(0.5, fabs((double)i - (double)j));
    }
}

typedef struct doubts {
    double orders[16], spend[9];
} doubts;

static doubts doubt(const retain_btyd *model, const retain_spend *values)
{
    const int is_pareto = model->family == RETAIN_BTYD_PARETO_NBD;
    const double theta[4] = {model->r, model->alpha, is_pareto ? model->s : model->a, is_pareto ? model->beta : model->b};
    doubts of;

    make_covariance(theta, 4, of.orders);
    make_covariance((const double[]){values->p, values->q, values->gamma}, 3, of.spend);
    return of;
}

static void near_share(double got, double want, double share)
{
    assert_near(got, want, share * fabs(want));
}

/* --- models of orders: what was added for this ---------------------------------------------------------------------------- */

static double ask(const retain_btyd *model, const retain_customers *customers, retain_btyd_quantity quantity, double from,
                  double to, double delta, size_t row)
{
    const retain_btyd_question question = {
        .struct_size = sizeof question, .quantity = quantity, .from = from, .to = to, .delta = delta};
    double values[FEW];

    assert_int_equal(retain_btyd_forecast(NULL, model, customers, &question, values), RETAIN_OK);
    return values[row];
}

static void time_alive_is_orders_over_their_rate_where_they_are_independent(void **state)
{
    const double ends[] = {0.25, 13.0, 520.0, (double)INFINITY};

    (void)state;
    for (size_t e = 0; e < 4; e++) {
        for (size_t i = 0; i < FEW; i++) {
            double rate = (pareto.r + x[i]) / (pareto.alpha + T[i]);

            near_share(ask(&pareto, &few, RETAIN_BTYD_LIFETIME, 0.0, ends[e], 0.002, i),
                       ask(&pareto, &few, RETAIN_BTYD_DISCOUNTED, 0.0, ends[e], 0.002, i) / rate, 1e-11);
            near_share(ask(&nbd, &few, RETAIN_BTYD_LIFETIME, 0.0, ends[e], 0.5, i), -expm1(-0.5 * ends[e]) / 0.5, 1e-12);
        }
    }
    near_share(ask(&pareto, &few, RETAIN_BTYD_LIFETIME, 5.0, 20.0, 0.0, 1),
               ask(&pareto, &few, RETAIN_BTYD_LIFETIME, 0.0, 20.0, 0.0, 1) -
                   ask(&pareto, &few, RETAIN_BTYD_LIFETIME, 0.0, 5.0, 0.0, 1),
               1e-12);
}

static void time_alive_without_end_or_discount_is_infinite_where_the_tail_is_heavy(void **state)
{
    retain_btyd light = pareto;

    (void)state;
    light.s = 1.5;
    assert_true(isinf(ask(&pareto, &few, RETAIN_BTYD_LIFETIME, 0.0, (double)INFINITY, 0.0, 1)));
    assert_true(isinf(ask(&nbd, &few, RETAIN_BTYD_LIFETIME, 0.0, (double)INFINITY, 0.0, 1)));
    near_share(ask(&light, &few, RETAIN_BTYD_LIFETIME, 0.0, (double)INFINITY, 0.0, 1),
               ask(&light, &few, RETAIN_BTYD_ALIVE, 0.0, 0.0, 0.0, 1) * (light.beta + T[1]) / (light.s - 1.0), 1e-8);
}

static void time_alive_in_opportunities_counts_those_at_which_somebody_is_there(void **state)
{
    const double used[] = {0.0, 4.0}, last[] = {0.0, 5.0}, all[] = {6.0, 6.0};
    const retain_customers two = {.count = 2, .frequency = used, .t_x = last, .T = all, .unit_days = 365.25};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        double sum = 0.0;

        for (int j = 1; j <= 10; j++)
            sum += exp(-0.1 * j) * ask(&donors, &two, RETAIN_BTYD_ALIVE, 0.0, j - 1.0, 0.0, i);
        near_share(ask(&donors, &two, RETAIN_BTYD_LIFETIME, 0.0, 10.0, 0.1, i), sum, 1e-12);
    }
}

static void discounting_ever_less_gives_the_variance_of_counts(void **state)
{
    const retain_btyd *const models[] = {&pareto, &bg, &nbd};

    (void)state;
    for (size_t m = 0; m < 3; m++) {
        for (size_t i = 0; i < FEW; i++) {
            double plain = ask(models[m], &few, RETAIN_BTYD_VARIANCE, 0.0, 26.0, 0.0, i), last = plain;

            assert_near(ask(models[m], &few, RETAIN_BTYD_DISCOUNTED_VARIANCE, 0.0, 26.0, 0.0, i), plain, 1e-12 * plain);
            near_share(ask(models[m], &few, RETAIN_BTYD_DISCOUNTED_VARIANCE, 0.0, 26.0, 3e-8, i), plain, 5e-6);
            near_share(ask(models[m], &few, RETAIN_BTYD_DISCOUNTED_VARIANCE, 0.0, 26.0, 5e-8, i), plain, 5e-6);
            for (double delta = 1e-4; delta < 1.0; delta *= 10.0) {
                double now = ask(models[m], &few, RETAIN_BTYD_DISCOUNTED_VARIANCE, 0.0, 26.0, delta, i);

                assert_true(now > 0.0 && now < last);
                last = now;
            }
        }
    }
    assert_nan(ask(&pareto, &few, RETAIN_BTYD_DISCOUNTED_VARIANCE, 0.0, (double)INFINITY, 0.0, 1));
}

static void gradients_are_those_behind_the_intervals(void **state)
{
    const retain_btyd_question question = {.struct_size = sizeof question, .quantity = RETAIN_BTYD_ORDERS, .to = 39.0};
    double values[FEW], gradient[4 * FEW], center[FEW], low[FEW], high[FEW];
    doubts of = doubt(&bg, &gamma_gamma);

    (void)state;
    assert_int_equal(retain_btyd_gradient(NULL, &bg, &few, &question, values, gradient), RETAIN_OK);
    assert_int_equal(retain_btyd_interval(NULL, &bg, of.orders, &few, &question, 0.95, center, low, high), RETAIN_OK);
    for (size_t i = 0; i < FEW; i++) {
        double variance = 0.0;

        for (size_t j = 0; j < 16; j++)
            variance += gradient[4 * i + j / 4] * gradient[4 * i + j % 4] * of.orders[j];
        near_share(values[i], center[i], 1e-14);
        near_share(log(high[i] / low[i]), 2.0 * 1.959963984540054 * sqrt(variance) / values[i], 1e-8);
    }
}

/* --- golden --------------------------------------------------------------------------------------------------------------- */

static void agrees_with_brute_force(void **state)
{
    golden table = golden_read("clv/interval.csv");

    (void)state;
    for (size_t i = 0; i < table.rows; i++) {
        const int is_pareto = strcmp(golden_text(&table, i, "family"), "pareto") == 0;
        const retain_btyd model = {.family = is_pareto ? RETAIN_BTYD_PARETO_NBD : RETAIN_BTYD_BG_NBD,
                                   .unit_days = 7.0,
                                   .r = golden_number(&table, i, "r"),
                                   .alpha = golden_number(&table, i, "alpha"),
                                   .s = golden_number(&table, i, "s"),
                                   .beta = golden_number(&table, i, "beta"),
                                   .a = golden_number(&table, i, "a"),
                                   .b = golden_number(&table, i, "b")};
        const retain_spend values = {golden_number(&table, i, "p"), golden_number(&table, i, "q"),
                                     golden_number(&table, i, "gamma")};
        const double one_x = golden_number(&table, i, "x"), one_t_x = golden_number(&table, i, "t_x"),
                     one_T = golden_number(&table, i, "T"), one_spend = golden_number(&table, i, "spend");
        const retain_customers one = {
            .count = 1, .frequency = &one_x, .t_x = &one_t_x, .T = &one_T, .spend = &one_spend, .unit_days = 7.0};
        const retain_clv_terms terms = {.struct_size = sizeof terms,
                                        .horizon_days = golden_number(&table, i, "horizon_days"),
                                        .annual_rate = golden_number(&table, i, "annual_rate"),
                                        .margin = golden_number(&table, i, "margin"),
                                        .order_cost = golden_number(&table, i, "order_cost"),
                                        .service_cost = golden_number(&table, i, "service_cost")};
        const doubts of = doubt(&model, &values);
        const retain_clv_forecast forecast = {
            .model = &model, .covariance = of.orders, .spend = &values, .spend_covariance = of.spend};
        const double close = is_pareto ? 1e-10 : 1e-7; /* derivatives of BG/NBD are differences of doubles */
        double residual, error, low, high, variance, total;
        const retain_clv_columns columns = {.residual = &residual,
                                            .standard_error = &error,
                                            .residual_low = &low,
                                            .residual_high = &high,
                                            .variance = &variance,
                                            .total = &total};

        assert_int_equal(retain_clv_interval(NULL, &forecast, &one, (double[]){100.0}, &terms, 0.95, &columns), RETAIN_OK);
        near_share(residual, golden_number(&table, i, "residual"), 1e-10);
        near_share(error, golden_number(&table, i, "standard_error"), close);
        near_share(low, golden_number(&table, i, "low"), close);
        near_share(high, golden_number(&table, i, "high"), close);
        assert_near(variance, golden_number(&table, i, "variance"), 1e-8 * variance);
        assert_near(total, 100.0 + residual, 0.0);
    }
    golden_free(&table);
}

/* --- laws ----------------------------------------------------------------------------------------------------------------- */

static void without_costs_it_is_the_residual_value(void **state)
{
    const double value[FEW] = {35.0, 30.0, (double)NAN, 20.0};
    const retain_clv_options options = {sizeof options, 365.0, 0.1, 0.3};
    double expected[FEW], residual[FEW], low[FEW], variance[FEW];
    const retain_clv_forecast forecast = {.model = &pareto, .value = value};
    const retain_clv_columns columns = {.residual = residual, .residual_low = low, .variance = variance};

    (void)state;
    assert_int_equal(retain_clv_residual(NULL, &pareto, &few, value, NULL, &options, expected), RETAIN_OK);
    assert_int_equal(retain_clv_interval(NULL, &forecast, &few, NULL, &year, 0.95, &columns), RETAIN_OK);
    for (size_t i = 0; i < FEW; i++) {
        assert_near(residual[i], expected[i], 1e-15 * fabs(expected[i]));
        assert_near(low[i], expected[i], 1e-15 * fabs(expected[i])); /* all is known */
        assert_nan(variance[i]);                                     /* but how values spread */
    }
}

static void parameter_error_does_not_average_out_and_chance_does(void **state)
{
    const double times[FEW] = {0.0, 400.0, 0.0, 0.0};
    const doubts of = doubt(&pareto, &gamma_gamma);
    const retain_clv_forecast forecast = {
        .model = &pareto, .covariance = of.orders, .spend = &gamma_gamma, .spend_covariance = of.spend};
    double error[FEW], variance[FEW], sum_error, sum_variance, customers, mean, residual[FEW];
    const retain_clv_columns one = {.standard_error = error, .variance = variance, .residual = residual};
    const retain_clv_columns all = {
        .standard_error = &sum_error, .variance = &sum_variance, .customers = &customers, .mean_residual = &mean};
    retain_customers many = few;

    (void)state;
    many.weight = times;
    assert_int_equal(retain_clv_interval(NULL, &forecast, &few, NULL, &year, 0.9, &one), RETAIN_OK);
    assert_int_equal(retain_clv_sums(NULL, &forecast, &many, NULL, NULL, 0, &year, 0.9, &all), RETAIN_OK);
    near_share(sum_error, 400.0 * error[1], 1e-12);
    near_share(sum_variance, 400.0 * variance[1], 1e-12);
    near_share(mean, residual[1], 1e-12);
    assert_near(customers, 400.0, 0.0);
}

static void groups_add_up_to_all(void **state)
{
    const double historic[FEW] = {0.0, 40.0, 250.0, 410.0};
    const int64_t group[FEW] = {2, 0, 2, 0};
    const doubts of = doubt(&bg, &gamma_gamma);
    const retain_clv_forecast forecast = {
        .model = &bg, .covariance = of.orders, .spend = &gamma_gamma, .spend_covariance = of.spend};
    double total[4], variance[4], customers[4], low[4], most[4], mean[4], high[4], past[4];
    const retain_clv_columns columns = {.total = total,
                                        .variance = variance,
                                        .customers = customers,
                                        .total_low = low,
                                        .total_high = high,
                                        .total_most = most,
                                        .mean_total = mean,
                                        .historic = past};

    (void)state;
    assert_int_equal(retain_clv_sums(NULL, &forecast, &few, historic, group, 3, &year, 0.9, &columns), RETAIN_OK);
    near_share(total[0] + total[2], total[3], 1e-14);
    near_share(variance[0] + variance[2], variance[3], 1e-14);
    assert_near(past[3], 700.0, 0.0);
    assert_near(customers[0], 2.0, 0.0);
    assert_near(customers[1], 0.0, 0.0);
    assert_near(total[1], 0.0, 0.0);
    assert_nan(mean[1]);
    for (size_t g = 0; g < 4; g += g == 0 ? 2 : 1) /* group 1 is empty */
        assert_true(past[g] < low[g] && low[g] < total[g] && total[g] < high[g] && high[g] < most[g]);
}

static void own_rates_are_those_of_separate_calls(void **state)
{
    const double rates[FEW] = {0.2, 0.05, 0.2, 0.0}, service[FEW] = {1.0, 0.0, 2.5, -1.0}, z[FEW] = {0.0, 1.0, 1.0, 0.5};
    const double *const covariates[] = {z};
    retain_btyd model = pareto;
    retain_customers covaried = few;
    double covariance[36] = {0.0}, mixed[FEW], mixed_error[FEW], alone[FEW], alone_error[FEW];
    retain_clv_terms own = year, common = year;
    retain_clv_columns columns = {.residual = mixed, .standard_error = mixed_error};
    retain_clv_forecast forecast = {.model = &model, .covariance = covariance, .spend = &gamma_gamma};

    (void)state;
    model.covariates = 1;
    model.purchase[0] = 0.3;
    model.lifetime[0] = -0.2;
    covaried.covariate_count = 1;
    covaried.covariates = covariates;
    for (size_t i = 0; i < 6; i++)
        covariance[7 * i] = 0.01;
    own.annual_rates = rates;
    own.service_costs = common.service_costs = service;
    assert_int_equal(retain_clv_interval(NULL, &forecast, &covaried, NULL, &own, 0.9, &columns), RETAIN_OK);
    columns = (retain_clv_columns){.residual = alone, .standard_error = alone_error};
    for (size_t i = 0; i < FEW; i++) {
        common.annual_rate = rates[i];
        assert_int_equal(retain_clv_interval(NULL, &forecast, &covaried, NULL, &common, 0.9, &columns), RETAIN_OK);
        near_share(mixed[i], alone[i], 1e-13);
        near_share(mixed_error[i], alone_error[i], 1e-6); /* a coefficient's step is by the covariates of a call */
    }
}

static void what_is_not_identified_has_no_limits(void **state)
{
    doubts of = doubt(&pareto, &gamma_gamma);
    const retain_clv_forecast forecast = {
        .model = &pareto, .covariance = of.orders, .spend = &gamma_gamma, .spend_covariance = of.spend};
    double residual[FEW], low[FEW], error;
    const retain_clv_columns columns = {.residual = residual, .residual_low = low};
    const retain_clv_columns all = {.standard_error = &error};
    retain_clv_terms forever = {.struct_size = sizeof forever};

    (void)state;
    of.spend[0] = of.spend[1] = of.spend[3] = (double)NAN;
    assert_int_equal(retain_clv_interval(NULL, &forecast, &few, NULL, &year, 0.9, &columns), RETAIN_OK);
    assert_true(residual[1] > 0.0);
    assert_nan(low[1]);
    assert_int_equal(retain_clv_sums(NULL, &forecast, &few, NULL, NULL, 0, &year, 0.9, &all), RETAIN_OK);
    assert_nan(error);
    assert_int_equal(retain_clv_sums(NULL, &forecast, &few, NULL, NULL, 0, &forever, 0.9, &columns), RETAIN_OK);
    assert_true(isinf(residual[0])); /* s < 1 and no discount */
    assert_nan(low[0]);
}

/* --- coverage ------------------------------------------------------------------------------------------------------------- */

/* Gamma by its logarithm's tail is not needed here: sums of exponentials and uniforms are (shapes are whole or half). */
static double draw_gamma(uint64_t *stream, int whole)
{
    double product = 0.0;

    for (int i = 0; i < whole; i++)
        product -= log(((double)(random_bits(stream) >> 11) + 0.5) * 0x1p-53);
    return product;
}

/* Shops are drawn from known models, both models are fitted, and next year's margin is drawn too. 90 % limits of the expectation must
 * hold the expectation at the true parameters, prediction limits what came, about 90 % of the time. */
static void limits_cover_the_expectation_and_what_happens(void **state)
{
    enum { SHOPS = 60 };
    const retain_btyd truth = {.family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 1.2, .alpha = 12.0, .s = 1.5, .beta = 60.0};
    const retain_spend values = {4.0, 5.0, 30.0};
    const retain_clv_terms terms = {.struct_size = sizeof terms, .horizon_days = 364.0, .margin = 0.4, .order_cost = 1.0};
    static double frequency[SHOP], recency[SHOP], age[SHOP], mean_spend[SHOP], future[SHOP];
    const retain_customers shop = {
        .count = SHOP, .frequency = frequency, .t_x = recency, .T = age, .spend = mean_spend, .unit_days = 7.0};
    uint64_t stream = 77;
    int expected = 0, happened = 0, fitted = 0;

    (void)state;
    for (int s = 0; s < SHOPS; s++) {
        retain_fit_report report = RETAIN_FIT_REPORT_INIT, spend_report = RETAIN_FIT_REPORT_INIT;
        retain_btyd model;
        retain_spend of_values;
        double came = 0.0, value, low, high, least, most;
        const retain_clv_forecast known = {.model = &truth, .spend = &values},
                                  forecast = {.model = &model,
                                              .covariance = report.covariance,
                                              .spend = &of_values,
                                              .spend_covariance = spend_report.covariance};
        const retain_clv_columns of_truth = {.residual = &value}, columns = {.residual_low = &low,
                                                                             .residual_high = &high,
                                                                             .residual_least = &least,
                                                                             .residual_most = &most};

        for (size_t i = 0; i < SHOP; i++)
            age[i] = 26.0 + (double)(i % 52);
        assert_int_equal(
            retain_btyd_simulate(NULL, &truth, age, NULL, SHOP, 52.0, (uint64_t)s, frequency, recency, NULL, future, NULL),
            RETAIN_OK);
        for (size_t i = 0; i < SHOP; i++) {
            double nu = draw_gamma(&stream, 5) / 30.0;

            mean_spend[i] = frequency[i] > 0.0 ? draw_gamma(&stream, 4 * (int)frequency[i]) / nu / frequency[i] : (double)NAN;
            came += 0.4 * draw_gamma(&stream, 4 * (int)future[i]) / nu - future[i];
        }
        if (retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &shop, NULL, &model, &report) != RETAIN_OK ||
            retain_spend_fit(NULL, &shop, NULL, &of_values, &spend_report, NULL) != RETAIN_OK)
            continue;
        assert_int_equal(retain_clv_sums(NULL, &known, &shop, NULL, NULL, 0, &terms, 0.9, &of_truth), RETAIN_OK);
        assert_int_equal(retain_clv_sums(NULL, &forecast, &shop, NULL, NULL, 0, &terms, 0.9, &columns), RETAIN_OK);
        fitted++;
        expected += low <= value && value <= high;
        happened += least <= came && came <= most;
    }
    print_message("%d shops: limits held %d expectations, prediction limits %d sums\n", fitted, expected, happened);
    assert_true(fitted >= SHOPS - 5);
    assert_true(expected >= (int)(0.80 * fitted) && expected < fitted);
    assert_true(happened >= (int)(0.80 * fitted) && happened < fitted);
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static void refuses_bad_input_by_name_and_writes_nothing(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double out[FEW] = {-7.0, -7.0, -7.0, -7.0}, bad[FEW] = {1.0, 1.0, -1.0, (double)NAN};
    const int64_t group[FEW] = {0, 1, 2, 0};
    const retain_clv_columns columns = {.residual = out};
    const retain_clv_forecast good = {.model = &pareto, .spend = &gamma_gamma};
    retain_clv_forecast forecast = good;
    retain_clv_terms terms = year;

    (void)state;
    assert_int_equal(retain_clv_interval(&ctx, NULL, &few, NULL, &year, 0.9, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_interval(&ctx, &good, NULL, NULL, &year, 0.9, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_interval(&ctx, &good, &few, NULL, &year, 0.9, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_interval(&ctx, &good, &few, NULL, &year, 1.0, &columns), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "level is 1; it must lie in (0, 1)");
    forecast.spend = NULL;
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &few, NULL, &year, 0.9, &columns), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "forecast.value is NULL; it is required");
    forecast = good;
    forecast.spend_covariance = (const double[9]){1.0, 0.0, 0.0, 0.0, -2.0};
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &few, NULL, &year, 0.9, &columns), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "forecast.spend_covariance[4] is -2; a variance must be finite and at least 0, or NaN");
    terms.annual_rates = bad;
    assert_int_equal(retain_clv_interval(&ctx, &good, &few, NULL, &terms, 0.9, &columns), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "terms.annual_rates[2] is -1; it must be finite and at least 0");
    terms = year;
    terms.service_costs = bad;
    assert_int_equal(retain_clv_interval(&ctx, &good, &few, NULL, &terms, 0.9, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(ctx.row, 3);
    terms = year;
    terms.order_cost = (double)NAN;
    assert_int_equal(retain_clv_interval(&ctx, &good, &few, NULL, &terms, 0.9, &columns), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_clv_interval(&ctx, &good, &few, bad, &year, 0.9, &columns), RETAIN_ERROR_DATA);
    assert_int_equal(retain_clv_sums(&ctx, &good, &few, NULL, group, 2, &year, 0.9, &columns), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "group[2] is 2; it must lie in [0, groups = 2)");
    assert_int_equal(retain_clv_sums(&ctx, &good, &few, NULL, NULL, 2, &year, 0.9, &columns), RETAIN_ERROR_ARGUMENT);
    for (size_t i = 0; i < FEW; i++)
        assert_near(out[i], -7.0, 0.0);
}

static retain_status sum_all(retain_context *ctx, void *state)
{
    const double rates[FEW] = {0.2, 0.05, 0.2, 0.0};
    const int64_t group[FEW] = {0, 1, 1, 0};
    const doubts of = doubt(&pareto, &gamma_gamma);
    const retain_clv_forecast forecast = {
        .model = &pareto, .covariance = of.orders, .spend = &gamma_gamma, .spend_covariance = of.spend};
    double total[3];
    const retain_clv_columns columns = {.total = total};
    retain_clv_terms terms = year;

    (void)state;
    terms.annual_rates = rates;
    return retain_clv_sums(ctx, &forecast, &few, NULL, group, 2, &terms, 0.9, &columns);
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    survives_memory_exhaustion(sum_all, NULL, state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_alive_is_orders_over_their_rate_where_they_are_independent),
        cmocka_unit_test(time_alive_without_end_or_discount_is_infinite_where_the_tail_is_heavy),
        cmocka_unit_test(time_alive_in_opportunities_counts_those_at_which_somebody_is_there),
        cmocka_unit_test(discounting_ever_less_gives_the_variance_of_counts),
        cmocka_unit_test(gradients_are_those_behind_the_intervals),
        cmocka_unit_test(agrees_with_brute_force),
        cmocka_unit_test(without_costs_it_is_the_residual_value),
        cmocka_unit_test(parameter_error_does_not_average_out_and_chance_does),
        cmocka_unit_test(groups_add_up_to_all),
        cmocka_unit_test(own_rates_are_those_of_separate_calls),
        cmocka_unit_test(what_is_not_identified_has_no_limits),
        cmocka_unit_test(limits_cover_the_expectation_and_what_happens),
        cmocka_unit_test(refuses_bad_input_by_name_and_writes_nothing),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

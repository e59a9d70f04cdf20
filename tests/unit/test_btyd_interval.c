/* How sure forecasts are: gradients, limits, totals, and how often intervals hold what happens. */
#include "models.h"
#include "retain/btyd_interval.h"

static const double z95 = 1.959963984540054;

static retain_btyd_question ask(retain_btyd_quantity quantity, double from, double to)
{
    return (retain_btyd_question){
        .struct_size = sizeof(retain_btyd_question), .quantity = quantity, .from = from, .to = to, .n = 1.0, .share = 0.2};
}

enum { MOST = 8 * 8 };

/* A covariance in which only one parameter is unknown, by a relative standard error. */
static void one_variance(const retain_btyd *model, size_t k, double error, double *covariance)
{
    const size_t count = retain_btyd_parameters(model->family);
    const char *name = retain_btyd_parameter(model->family, k);
    const double p = strcmp(name, "r") == 0       ? model->r
                     : strcmp(name, "alpha") == 0 ? model->alpha
                     : strcmp(name, "s") == 0     ? model->s
                     : strcmp(name, "beta") == 0  ? model->beta
                     : strcmp(name, "a") == 0     ? model->a
                                                  : model->b;

    memset(covariance, 0, MOST * sizeof *covariance);
    covariance[k * count + k] = p * p * error * error;
}

typedef struct limits {
    double value, low, high;
} limits;

static limits limits_of(const retain_btyd *model, const double *covariance, retain_btyd_question question, double x, double t_x,
                        double T)
{
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    limits found;

    assert_int_equal(retain_btyd_interval(NULL, model, covariance, &one, &question, 0.95, &found.value, &found.low, &found.high),
                     RETAIN_OK);
    return found;
}

/* |d log forecast / d log parameter|, from the width of an interval. */
static double slope_of(const retain_btyd *model, size_t k, retain_btyd_question question, double x, double t_x, double T)
{
    double covariance[MOST];
    limits found;

    one_variance(model, k, 0.1, covariance);
    found = limits_of(model, covariance, question, x, t_x, T);
    return log(found.high / found.low) / (2.0 * z95 * 0.1);
}

static void gradients_are_those_of_closed_forms(void **state)
{
    const retain_btyd *model = &family_models[0];
    const double r = model->r, alpha = model->alpha, s = model->s, beta = model->beta, t = 30.0, T = 39.0, x = 4.0;
    const double log_ratio = log((beta + T) / (beta + T + t)), power = pow((beta + T) / (beta + T + t), s - 1.0);

    (void)state;
    /* E = (r + x) (beta + T) / ((alpha + T) (s - 1)) (1 - ((beta + T) / (beta + T + t))^(s - 1)), t_x = T: alive */
    assert_near(slope_of(model, 0, ask(RETAIN_BTYD_ORDERS, 0.0, t), x, T, T), r / (r + x), 1e-10);
    assert_near(slope_of(model, 1, ask(RETAIN_BTYD_ORDERS, 0.0, t), x, T, T), alpha / (alpha + T), 1e-10);
    assert_near(slope_of(model, 2, ask(RETAIN_BTYD_ORDERS, 0.0, t), x, T, T),
                fabs(s * (-1.0 / (s - 1.0) - power * log_ratio / (1.0 - power))), 1e-10);
    assert_near(slope_of(model, 3, ask(RETAIN_BTYD_ORDERS, 0.0, t), x, T, T),
                fabs(beta * (1.0 / (beta + T) - power * (s - 1.0) * (1.0 / (beta + T) - 1.0 / (beta + T + t)) / (1.0 - power))),
                1e-10);
    assert_near(slope_of(model, 0, ask(RETAIN_BTYD_RATE, 0.0, 0.0), x, T, T), r / (r + x), 1e-10);
    /* BG/NBD, x = 0: alive for certain; silent = (alpha / (alpha + t))^r, and the median is alpha (2^(1/r) - 1) for new ones */
    {
        retain_btyd_question median = ask(RETAIN_BTYD_NEXT_QUANTILE, 0.0, 0.0);
        double bg_r = family_models[1].r;

        median.share = 0.5;
        assert_near(slope_of(&family_models[1], 1, median, 0.0, 0.0, 0.0), 1.0, 1e-10);
        assert_near(slope_of(&family_models[1], 0, median, 0.0, 0.0, 0.0),
                    log(2.0) / bg_r * pow(2.0, 1.0 / bg_r) / (pow(2.0, 1.0 / bg_r) - 1.0), 1e-10);
    }
}

static void limits_of_probabilities_are_symmetric_on_the_logit_scale(void **state)
{
    double covariance[MOST];

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        for (int q = RETAIN_BTYD_SILENCE; q <= RETAIN_BTYD_AT_MOST; q++) {
            limits found;

            one_variance(&family_models[f], 1, 0.5, covariance);
            found = limits_of(&family_models[f], covariance, ask((retain_btyd_quantity)q, 0.0, 20.0), 3.0, 20.0, 39.0);
            assert_true(0.0 < found.low && found.low < found.value && found.value < found.high && found.high < 1.0);
            assert_near(log(found.low / (1.0 - found.low)) + log(found.high / (1.0 - found.high)),
                        2.0 * log(found.value / (1.0 - found.value)), 1e-11);
        }
    }
}

static void what_does_not_depend_on_the_parameters_has_no_width(void **state)
{
    double covariance[MOST];
    limits found;

    (void)state;
    one_variance(&family_models[1], 0, 1.0, covariance);
    found = limits_of(&family_models[1], covariance, ask(RETAIN_BTYD_ALIVE, 0.0, 0.0), 0.0, 0.0, 39.0);
    assert_true(found.value == 1.0 && found.low == 1.0 && found.high == 1.0);
    found = limits_of(&family_models[1], covariance, ask(RETAIN_BTYD_ORDERS, 5.0, 5.0), 2.0, 3.0, 39.0);
    assert_true(found.value == 0.0 && found.low == 0.0 && found.high == 0.0);
    found = limits_of(&family_models[1], covariance, ask(RETAIN_BTYD_DISCOUNTED, 0.0, (double)INFINITY), 2.0, 3.0, 39.0);
    assert_true(found.value == (double)INFINITY && found.low != found.low && found.high != found.high);
}

static void limits_do_not_exist_where_the_fit_identifies_nothing(void **state)
{
    double covariance[MOST];
    limits found;

    (void)state;
    one_variance(&family_models[0], 0, 0.1, covariance);
    for (size_t k = 0; k < 4; k++)
        covariance[2 * 4 + k] = covariance[k * 4 + 2] = covariance[3 * 4 + k] = covariance[k * 4 + 3] = (double)NAN;
    found = limits_of(&family_models[0], covariance, ask(RETAIN_BTYD_ORDERS, 0.0, 20.0), 3.0, 20.0, 39.0);
    assert_true(found.value > 0.0 && found.low != found.low && found.high != found.high);
    /* the time of the next order of who is alive does not depend on s and beta where none can leave: the rate of a new customer */
    found = limits_of(&family_models[0], covariance, ask(RETAIN_BTYD_RATE, 0.0, 0.0), 0.0, 0.0, 0.0);
    assert_true(found.low < found.value && found.value < found.high);
}

/* --- totals --------------------------------------------------------------------------------------------------------------- */

static retain_btyd_sum total_of(const retain_btyd *model, const double *covariance, const retain_customers *customers,
                                retain_btyd_question question, const double *worth)
{
    retain_btyd_sum sum = {.struct_size = sizeof sum};

    assert_int_equal(retain_btyd_total(NULL, model, covariance, customers, &question, worth, 0.95, &sum), RETAIN_OK);
    return sum;
}

static void errors_of_parameters_do_not_average_out_and_chance_does(void **state)
{
    enum { MANY = 100 };
    double x[MANY], t_x[MANY], T[MANY], covariance[MOST], weight = MANY, worth[MANY];
    retain_customers all = {.count = MANY, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0}, one = all, weighted;

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        x[i] = 3.0;
        t_x[i] = 20.0;
        T[i] = 39.0;
        worth[i] = 2.5;
    }
    one.count = 1;
    weighted = one;
    weighted.weight = &weight;
    for (size_t f = 0; f < FAMILIES; f++) {
        retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 0.0, 20.0), variance = ask(RETAIN_BTYD_VARIANCE, 0.0, 20.0);
        retain_btyd_sum of_one, of_all, of_weight, of_money, of_known, of_silent;
        limits alone;
        double chance;

        one_variance(&family_models[f], 1, 0.2, covariance);
        alone = limits_of(&family_models[f], covariance, question, 3.0, 20.0, 39.0);
        of_one = total_of(&family_models[f], covariance, &one, question, NULL);
        of_all = total_of(&family_models[f], covariance, &all, question, NULL);
        of_weight = total_of(&family_models[f], covariance, &weighted, question, NULL);
        of_money = total_of(&family_models[f], covariance, &all, question, worth);
        of_known = total_of(&family_models[f], NULL, &all, question, NULL);
        assert_int_equal(retain_btyd_forecast(NULL, &family_models[f], &one, &variance, &chance), RETAIN_OK);
        assert_near(of_one.low, alone.low, 1e-10);
        assert_near(of_one.high, alone.high, 1e-10);
        assert_near(of_all.value, 100.0 * alone.value, 1e-11);
        assert_near(of_all.low / of_all.value, of_one.low / of_one.value, 1e-10);
        assert_near(of_all.variance, 100.0 * chance, 1e-10);
        assert_true(of_all.least < of_all.low && of_all.most > of_all.high);
        assert_true(of_all.most / of_all.value < of_one.most / of_one.value);
        assert_near(of_weight.value, of_all.value, 1e-12);
        assert_near(of_weight.most, of_all.most, 1e-9);
        assert_near(of_money.value, 2.5 * of_all.value, 1e-11);
        assert_near(of_money.standard_error, 2.5 * of_all.standard_error, 1e-9);
        assert_near(of_money.variance, 6.25 * of_all.variance, 1e-9);
        assert_near(of_money.least, 2.5 * of_all.least, 1e-9);
        assert_true(of_known.standard_error == 0.0 && of_known.low == of_known.value && of_known.high == of_known.value);
        assert_true(of_known.least > of_all.least && of_known.most < of_all.most);
        of_silent = total_of(&family_models[f], covariance, &all, ask(RETAIN_BTYD_SILENCE, 0.0, 20.0), NULL);
        assert_near(of_silent.variance, of_silent.value * (1.0 - of_silent.value / 100.0), 1e-10);
        assert_true(of_silent.most < 100.0 && of_silent.least > 0.0);
        assert_nan(total_of(&family_models[f], covariance, &all, ask(RETAIN_BTYD_DISCOUNTED, 0.0, 20.0), NULL).least);
    }
}

/* A Pareto/NBD that ended where nobody leaves knows no error of s and beta; its limits are those of the NBD. Where customers do
 * leave, forecasts depend on both, and have no limits. */
static void a_boundary_has_the_limits_of_its_limiting_model(void **state)
{
    static const double x[] = {0.0, 3.0, 12.0}, t_x[] = {0.0, 20.0, 38.0}, T[] = {30.0, 39.0, 39.0};
    const retain_customers all = {.count = 3, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    const double known[] = {0.0009, 0.008, 0.008, 0.16}, n = (double)NAN;
    const double unknown[] = {0.0009, 0.008, n, n, 0.008, 0.16, n, n, n, n, n, n, n, n, n, n};
    const retain_btyd nobody = {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.83, .alpha = 9.9};
    retain_btyd model = {.family = RETAIN_BTYD_PARETO_NBD, .unit_days = 7.0, .r = 0.83, .alpha = 9.9, .s = 3.6e4, .beta = 1e16};
    const retain_btyd_question orders = ask(RETAIN_BTYD_ORDERS, 0.0, 26.0);
    double low[2][3], high[2][3];
    retain_btyd_sum of_nobody = total_of(&nobody, known, &all, orders, NULL),
                    of_model = total_of(&model, unknown, &all, orders, NULL);

    (void)state;
    assert_int_equal(retain_btyd_interval(NULL, &nobody, known, &all, &orders, 0.95, NULL, low[0], high[0]), RETAIN_OK);
    assert_int_equal(retain_btyd_interval(NULL, &model, unknown, &all, &orders, 0.95, NULL, low[1], high[1]), RETAIN_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_near(low[1][i], low[0][i], 1e-7);
        assert_near(high[1][i], high[0][i], 1e-7);
        assert_true(low[0][i] < high[0][i]);
    }
    assert_near(of_model.low, of_nobody.low, 1e-7);
    assert_near(of_model.most, of_nobody.most, 1e-7);
    assert_true(of_nobody.most > of_nobody.high);
    model.s = 0.6;
    model.beta = 11.7;
    assert_int_equal(retain_btyd_interval(NULL, &model, unknown, &all, &orders, 0.95, NULL, low[1], high[1]), RETAIN_OK);
    assert_nan(low[1][0]);
    assert_nan(total_of(&model, unknown, &all, orders, NULL).most);
}

/* Covariances too large for the variances make negative variances of forecasts: that is not certainty. */
static void what_is_no_covariance_gives_no_limits(void **state)
{
    static const double x = 3.0, t_x = 20.0, T = 39.0, wrong[] = {1e-4, 5.0, 5.0, 1e-4};
    const retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    const retain_btyd model = {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.83, .alpha = 9.9};
    const retain_btyd_question orders = ask(RETAIN_BTYD_ORDERS, 0.0, 26.0);
    double low, high;

    (void)state;
    assert_int_equal(retain_btyd_interval(NULL, &model, wrong, &one, &orders, 0.95, NULL, &low, &high), RETAIN_OK);
    assert_nan(low);
    assert_nan(high);
    assert_nan(total_of(&model, wrong, &one, orders, NULL).low);
}

/* Two channels as a covariate: intervals know that coefficients are uncertain, and customers are who they are in any order. */
static void covariates_count_in_intervals(void **state)
{
    enum { MANY = 800, ENTRIES = 4 + 2 };
    static double x[MANY], t_x[MANY], T[MANY], z[MANY], low[MANY], high[MANY], value[MANY];
    const double *columns[] = {z};
    retain_customers all = {
        .count = MANY, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0, .covariate_count = 1, .covariates = columns};
    retain_btyd model = family_models[1];
    retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 0.0, 26.0);
    double covariance[ENTRIES * ENTRIES] = {0.0}, sum = 0.0;
    retain_btyd_sum total = {.struct_size = sizeof total};

    (void)state;
    model.covariates = 1;
    model.purchase[0] = 0.5;
    model.lifetime[0] = 0.25;
    for (size_t i = 0; i < MANY; i++) {
        T[i] = 39.0;
        z[i] = (double)(i % 2);
    }
    assert_int_equal(retain_btyd_simulate(NULL, &model, T, columns, MANY, 0.0, 3, x, t_x, NULL, NULL, NULL), RETAIN_OK);
    covariance[4 * ENTRIES + 4] = 0.04; /* of the purchase coefficient alone */
    assert_int_equal(retain_btyd_interval(NULL, &model, covariance, &all, &question, 0.95, value, low, high), RETAIN_OK);
    for (size_t i = 0; i < MANY; i++) {
        retain_btyd given;
        double alone, up, down;

        assert_int_equal(retain_btyd_given(NULL, &model, &z[i], &given), RETAIN_OK);
        alone = orders_of(given, x[i], t_x[i], T[i], 26.0);
        assert_near(value[i], alone, 1e-13 * alone);
        if (z[i] == 0.0) {
            assert_true(low[i] == high[i]); /* nothing depends on the coefficient */
        } else if (i < 100) {
            given.alpha *= exp(-1e-4);
            up = orders_of(given, x[i], t_x[i], T[i], 26.0);
            given.alpha *= exp(2e-4);
            down = orders_of(given, x[i], t_x[i], T[i], 26.0);
            assert_near(log(high[i] / low[i]), 2.0 * z95 * 0.2 * fabs(log(up / down)) / 2e-4, 1e-6);
        }
        sum += value[i];
    }
    assert_int_equal(retain_btyd_total(NULL, &model, covariance, &all, &question, NULL, 0.95, &total), RETAIN_OK);
    assert_near(total.value, sum, 1e-10 * sum);
    assert_true(total.standard_error > 0.0 && total.least < total.low);
}

static void the_total_of_nobody_is_nothing(void **state)
{
    double covariance[MOST];
    retain_customers none = {.count = 0, .unit_days = 7.0};
    retain_btyd_sum sum;

    (void)state;
    one_variance(&family_models[0], 0, 0.1, covariance);
    sum = total_of(&family_models[0], covariance, &none, ask(RETAIN_BTYD_ORDERS, 0.0, 20.0), NULL);
    assert_true(sum.value == 0.0 && sum.standard_error == 0.0 && sum.low == 0.0 && sum.high == 0.0 && sum.most == 0.0);
}

static void the_total_of_what_is_infinite_is_infinite(void **state)
{
    double covariance[MOST], x[] = {2.0, 0.0}, t_x[] = {3.0, 0.0}, T[] = {39.0, 39.0};
    retain_customers two = {.count = 2, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    const double *covariances[] = {covariance, NULL};

    (void)state;
    one_variance(&family_models[1], 0, 0.1, covariance);
    for (size_t k = 0; k < 2; k++) {
        retain_btyd_sum sum =
            total_of(&family_models[1], covariances[k], &two, ask(RETAIN_BTYD_DISCOUNTED, 0.0, (double)INFINITY), NULL);

        assert_true(sum.value == (double)INFINITY);
        assert_nan(sum.standard_error);
        assert_nan(sum.low);
        assert_nan(sum.high);
    }
}

/* Simulated shops: fitted to what was seen, the interval should hold what came in 9 of 10. */
static void prediction_intervals_cover_what_happens(void **state)
{
    enum { FITTED = 3, MANY = 500 }; /* families whose parameters so few customers determine */
#if defined(RETAIN_LONG)
    enum { SHOPS = 400 };
#else
    enum { SHOPS = 8 };
#endif
    static double x[MANY], t_x[MANY], T[MANY], future[MANY];

    (void)state;
    for (size_t f = 0; f < FITTED; f++) {
        retain_customers all = {.count = MANY, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
        retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 0.0, 39.0);
        size_t fitted = 0, covered = 0, too_many = 0;

        for (size_t i = 0; i < MANY; i++)
            T[i] = 27.0 + (double)(i % 84) / 7.0;
        for (uint64_t shop = 0; shop < SHOPS; shop++) {
            retain_fit_report report = RETAIN_FIT_REPORT_INIT;
            retain_btyd_sum sum = {.struct_size = sizeof sum};
            retain_btyd model;
            double happened = 0.0;

            assert_int_equal(retain_btyd_simulate(NULL, &family_models[f], T, NULL, MANY, 39.0, shop, x, t_x, NULL, future, NULL),
                             RETAIN_OK);
            if (retain_btyd_fit(NULL, family_models[f].family, &all, NULL, &model, &report) != RETAIN_OK)
                continue;
            assert_int_equal(retain_btyd_total(NULL, &model, report.covariance, &all, &question, NULL, 0.9, &sum), RETAIN_OK);
            for (size_t i = 0; i < MANY; i++)
                happened += future[i];
            fitted++;
            covered += sum.least <= happened && happened <= sum.most;
            too_many += happened > sum.most;
        }
        print_message("%s: %zu of %zu shops that could be fitted, %zu above\n", retain_btyd_name(family_models[f].family), covered,
                      fitted, too_many);
        assert_true(fitted > SHOPS / 3);
        assert_true(fabs((double)covered / (double)fitted - 0.9) < 3.5 * sqrt(0.09 / (double)fitted));
    }
}

/* --- real customers ------------------------------------------------------------------------------------------------------- */

static void cdnow_comes_out_between_the_limits(void **state)
{
    static cdnow customers;
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd_sum orders = {.struct_size = sizeof orders}, alive = orders;
    retain_btyd_question holdout = ask(RETAIN_BTYD_ORDERS, 0.0, 39.0), now = ask(RETAIN_BTYD_ALIVE, 0.0, 0.0);
    retain_btyd model;

    (void)state;
    cdnow_customers(&customers);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &customers.view, NULL, &model, &report), RETAIN_OK);
    assert_int_equal(retain_btyd_total(NULL, &model, report.covariance, &customers.view, &holdout, NULL, 0.95, &orders), RETAIN_OK);
    assert_int_equal(retain_btyd_total(NULL, &model, report.covariance, &customers.view, &now, NULL, 0.95, &alive), RETAIN_OK);
    print_message("orders %.2f, standard error %.2f, %.1f to %.1f; chance %.1f, %.1f to %.1f\n", orders.value,
                  orders.standard_error, orders.low, orders.high, sqrt(orders.variance), orders.least, orders.most);
    print_message("alive %.2f, %.1f to %.1f\n", alive.value, alive.low, alive.high);
    assert_near(orders.value, 1665.51, 0.01);
    assert_near(alive.value, 1051.88, 0.01);
    assert_true(orders.least < orders.low && orders.low < orders.value && orders.value < orders.high && orders.high < orders.most);
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static void bad_covariances_and_worths_are_named(void **state)
{
    double x = 1.0, t_x = 3.0, T = 5.0, out = -1.0, covariance[MOST] = {0.0}, worth = -2.0;
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 0.0, 1.0), jump = ask(RETAIN_BTYD_COUNT_QUANTILE, 0.0, 1.0);
    retain_btyd_sum sum = {.struct_size = sizeof sum, .value = -1.0}, unsized = {.value = -1.0};
    const retain_btyd *model = &family_models[0];
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_btyd_interval(&ctx, model, NULL, &one, &question, 0.9, &out, &out, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_interval(&ctx, model, covariance, &one, &question, 1.0, &out, &out, &out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "level is 1; it must lie in (0, 1)");
    assert_int_equal(retain_btyd_interval(&ctx, model, covariance, &one, &question, 0.9, NULL, NULL, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_interval(&ctx, model, covariance, &one, &jump, 0.9, &out, &out, &out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_total(&ctx, model, covariance, &one, &jump, NULL, 0.9, &sum), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_total(&ctx, model, covariance, &one, &question, NULL, 0.9, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_total(&ctx, model, covariance, &one, &question, NULL, 0.9, &unsized), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_total(&ctx, model, covariance, &one, &question, &worth, 0.9, &sum), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "worth[0] is -2; it must be finite and at least 0");
    covariance[5] = -1.0;
    assert_int_equal(retain_btyd_interval(&ctx, model, covariance, &one, &question, 0.9, &out, &out, &out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "covariance[5] is -1; the variance of alpha must be finite and at least 0, or NaN");
    assert_int_equal(retain_btyd_total(&ctx, model, covariance, &one, &question, NULL, 0.9, &sum), RETAIN_ERROR_ARGUMENT);
    assert_near(out, -1.0, 0.0);
    assert_near(sum.value, -1.0, 0.0);
}

static double written[3];
static retain_btyd_sum written_sum;
static double asked_x[] = {0, 2, 10}, asked_t_x[] = {0, 30.43, 35}, asked_T[] = {38.86, 38.86, 38.86};

static retain_status find_interval(retain_context *ctx, void *state)
{
    retain_customers three = {.count = 3, .frequency = asked_x, .t_x = asked_t_x, .T = asked_T, .unit_days = 7.0};
    retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 0.0, 30.0);

    (void)state;
    written[0] = written[1] = written[2] = written_sum.value = -5.0;
    return retain_btyd_interval(ctx, &family_models[0], (double[MOST]){0.0}, &three, &question, 0.9, NULL, written, written);
}

static retain_status find_total(retain_context *ctx, void *state)
{
    retain_customers three = {.count = 3, .frequency = asked_x, .t_x = asked_t_x, .T = asked_T, .unit_days = 7.0};
    retain_btyd_question question = ask(RETAIN_BTYD_ORDERS, 0.0, 30.0);

    (void)state;
    written_sum.struct_size = sizeof written_sum;
    written_sum.value = -5.0;
    return retain_btyd_total(ctx, &family_models[0], (double[MOST]){0.0}, &three, &question, NULL, 0.9, &written_sum);
}

static void is_untouched(void *state)
{
    (void)state;
    assert_true(written[0] == -5.0 && written[1] == -5.0 && written[2] == -5.0 && written_sum.value == -5.0);
}

static void running_out_of_memory_leaves_outputs_alone(void **state)
{
    (void)state;
    survives_memory_exhaustion(find_interval, is_untouched, NULL);
    written[0] = written[1] = written[2] = -5.0;
    survives_memory_exhaustion(find_total, is_untouched, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_those_of_closed_forms),
        cmocka_unit_test(limits_of_probabilities_are_symmetric_on_the_logit_scale),
        cmocka_unit_test(what_does_not_depend_on_the_parameters_has_no_width),
        cmocka_unit_test(limits_do_not_exist_where_the_fit_identifies_nothing),
        cmocka_unit_test(errors_of_parameters_do_not_average_out_and_chance_does),
        cmocka_unit_test(what_is_no_covariance_gives_no_limits),
        cmocka_unit_test(a_boundary_has_the_limits_of_its_limiting_model),
        cmocka_unit_test(covariates_count_in_intervals),
        cmocka_unit_test(the_total_of_nobody_is_nothing),
        cmocka_unit_test(the_total_of_what_is_infinite_is_infinite),
        cmocka_unit_test(prediction_intervals_cover_what_happens),
        cmocka_unit_test(cdnow_comes_out_between_the_limits),
        cmocka_unit_test(bad_covariances_and_worths_are_named),
        cmocka_unit_test(running_out_of_memory_leaves_outputs_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

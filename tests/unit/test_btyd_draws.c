/* Draws of the parameters: against a posterior on a grid, the delta method and simulation; determined by the seed; refused with words. */
#include "models.h"
#include "retain/btyd_draws.h"

enum { CHAINS = 4, DRAWS = 1000, MOST = 5 };

static double values[CHAINS * DRAWS * MOST];

static retain_btyd_question next(double to)
{
    return (retain_btyd_question){.struct_size = sizeof(retain_btyd_question), .quantity = RETAIN_BTYD_ORDERS, .to = to};
}

static double mean_of(size_t entry, size_t entries, size_t draws, double *deviation)
{
    double mean = 0.0, squares = 0.0;

    for (size_t i = 0; i < draws; i++)
        mean += values[i * entries + entry] / (double)draws;
    for (size_t i = 0; i < draws; i++)
        squares += (values[i * entries + entry] - mean) * (values[i * entries + entry] - mean);
    *deviation = sqrt(squares / (double)(draws - 1));
    return mean;
}

/* --- the posterior -------------------------------------------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Draws against a row of the grid, within 4.5 Monte Carlo standard errors of a thousand independent draws. */
static void check_drawn(double *drawn, size_t count, const golden *wanted, size_t row)
{
    double sd = golden_number(wanted, row, "deviation"), mean = 0.0;

    for (size_t i = 0; i < count; i++)
        mean += drawn[i] / (double)count;
    assert_near(mean, golden_number(wanted, row, "mean"), 4.5 * sd / sqrt(1000.0));
    qsort(drawn, count, sizeof *drawn, compare_doubles);
    assert_near(drawn[count / 2], golden_number(wanted, row, "median"), 4.5 * 1.3 * sd / sqrt(1000.0));
    assert_near(drawn[count / 20], golden_number(wanted, row, "low"), 4.5 * 2.5 * sd / sqrt(1000.0));
    assert_near(drawn[count - count / 20], golden_number(wanted, row, "high"), 4.5 * 2.5 * sd / sqrt(1000.0));
}

static void posteriors_of_few_customers_are_those_of_a_grid(void **state)
{
    golden rows = golden_read("draws/nbd_rows.csv"), wanted = golden_read("draws/nbd_posterior.csv");
    double x[12], t_x[12], T[12], drawn[CHAINS * DRAWS];
    retain_customers customers = {.count = 12, .frequency = x, .t_x = t_x, .T = T, .unit_days = 1.0};

    (void)state;
    assert_int_equal(rows.rows, 12);
    for (size_t i = 0; i < rows.rows; i++) {
        x[i] = golden_number(&rows, i, "x");
        T[i] = golden_number(&rows, i, "T");
        t_x[i] = x[i] > 0.0 ? 0.5 * T[i] : 0.0; /* NBD does not look at it */
    }
    for (size_t at = 0; at < wanted.rows; at += 3) {
        retain_fit_options options = {.struct_size = sizeof options, .prior_sd = golden_number(&wanted, at, "prior_sd")};
        retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;

        assert_int_equal(
            retain_btyd_posterior(NULL, RETAIN_BTYD_NBD, &customers, &options, 7, CHAINS, DRAWS, NULL, values, &report), RETAIN_OK);
        assert_int_equal(report.divergences, 0);
        for (size_t k = 0; k < 2; k++) {
            for (size_t i = 0; i < CHAINS * DRAWS; i++)
                drawn[i] = values[2 * i + k];
            check_drawn(drawn, CHAINS * DRAWS, &wanted, at + k);
        }
        for (size_t i = 0; i < CHAINS * DRAWS; i++) {
            double r = exp(values[2 * i]), alpha = exp(values[2 * i + 1]);

            drawn[i] = 0.0;
            for (size_t c = 0; c < 12; c++)
                drawn[i] += (r + x[c]) / (alpha + T[c]) * 10.0;
        }
        check_drawn(drawn, CHAINS * DRAWS, &wanted, at + 2);
    }
    golden_free(&rows);
    golden_free(&wanted);
}

/* 2,357 customers determine BG/NBD: the posterior is the fit with its standard errors. */
static void many_customers_leave_nothing_to_the_prior(void **state)
{
    static cdnow customers;
    retain_btyd model;
    retain_fit_report fit = RETAIN_FIT_REPORT_INIT;
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_drawn drawn[4];

    (void)state;
    cdnow_customers(&customers);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_BG_NBD, &customers.view, NULL, &model, &fit), RETAIN_OK);
    assert_int_equal(
        retain_btyd_posterior(NULL, RETAIN_BTYD_BG_NBD, &customers.view, NULL, 1, CHAINS, DRAWS, &model, values, &report),
        RETAIN_OK);
    assert_near(report.prior_sd, 2.0, 0.0);
    assert_int_equal(report.draws, CHAINS * DRAWS);
    assert_int_equal(retain_draws_summary(NULL, values, 4, 4, CHAINS, DRAWS, 0.95, drawn), RETAIN_OK);
    for (size_t k = 0; k < 4; k++) {
        assert_near(log(drawn[k].median / fit.estimate[k]), 0.0, 0.2 * fit.standard_error[k] / fit.estimate[k]);
        assert_near(log(drawn[k].high / drawn[k].low), log(fit.high[k] / fit.low[k]), 0.12 * log(fit.high[k] / fit.low[k]));
        assert_true(drawn[k].r_hat < 1.01 && drawn[k].ess_bulk > 400.0 && drawn[k].ess_tail > 400.0);
        assert_near(drawn[k].error, drawn[k].deviation / sqrt(2000.0), drawn[k].deviation / sqrt(2000.0));
        assert_near(log(parameter_of(model, k) / fit.estimate[k]), 0.0, 0.2 * fit.standard_error[k] / fit.estimate[k]);
    }
}

/* Fifty customers, of whom hardly any came back: the fit runs to a boundary, the posterior does not. */
static void fifty_customers_give_a_sane_answer(void **state)
{
    static cdnow all;
    retain_customers fifty;
    retain_btyd_question year = next(52.0);
    retain_fit_options prior = {.struct_size = sizeof prior, .prior_sd = 1.0};
    retain_btyd model;
    retain_fit_report fit = RETAIN_FIT_REPORT_INIT;

    (void)state;
    cdnow_customers(&all);
    fifty = all.view;
    fifty.count = 50;
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_BG_NBD, &fifty, NULL, &model, &fit), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_BG_NBD, &fifty, &prior, &model, &fit), RETAIN_OK);
    for (retain_btyd_family family = RETAIN_BTYD_BG_NBD; family <= RETAIN_BTYD_NBD; family++) {
        retain_btyd_sum sum = {.struct_size = sizeof sum};
        retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
        double truth = 0.0;

        for (size_t i = 0; i < 50; i++)
            truth += all.holdout[i];
        year.to = 39.0;
        assert_int_equal(retain_btyd_posterior(NULL, family, &fifty, &prior, 3, CHAINS, DRAWS, &model, values, &report), RETAIN_OK);
        assert_int_equal(retain_btyd_draws_total(NULL, &model, values, CHAINS * DRAWS / 10, &fifty, &year, NULL, 0.95, &sum),
                         RETAIN_OK);
        assert_true(sum.least <= sum.low && sum.low < sum.value && sum.value < sum.high && sum.high <= sum.most);
        if (family != RETAIN_BTYD_NBD)
            assert_true(sum.least < truth && truth < sum.most);
    }
}

static void three_customers_who_never_returned_have_a_posterior(void **state)
{
    double x[] = {0, 0, 0}, t_x[] = {0, 0, 0}, T[] = {10, 20, 30};
    retain_customers three = {.count = 3, .frequency = x, .t_x = t_x, .T = T, .log_gaps = x, .unit_days = 7.0};
    retain_fit_options prior = {.struct_size = sizeof prior, .prior_sd = 1.0};
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_btyd model;

    (void)state;
    for (int family = RETAIN_BTYD_PARETO_NBD; family <= RETAIN_BTYD_BG_BB; family++) {
        if (retain_btyd_parameters((retain_btyd_family)family) == 0)
            continue;
        retain_btyd_posterior(NULL, (retain_btyd_family)family, &three, &prior, 3, 2, 200, &model, values, &report);
        assert_true(report.r_hat < 1.05 && report.ess_bulk > 50.0 && report.divergences <= 2);
        assert_int_equal(retain_btyd_fit(NULL, (retain_btyd_family)family, &three, &prior, &model, NULL), RETAIN_OK);
    }
}

static void nobody_has_none(void **state)
{
    retain_customers none = {.unit_days = 7.0};
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_btyd model;

    (void)state;
    assert_int_equal(retain_btyd_posterior(NULL, RETAIN_BTYD_BG_NBD, &none, NULL, 3, 1, 4, &model, values, &report),
                     RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_DRAWS_LACK);
    assert_nan(values[15]);
    assert_nan(model.r);
    assert_int_equal(retain_btyd_bootstrap(NULL, RETAIN_BTYD_BG_NBD, &none, NULL, 3, 4, &model, values, &report),
                     RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_DRAWS_LACK);
}

static void few_draws_are_told(void **state)
{
    static cdnow customers;
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;

    (void)state;
    cdnow_customers(&customers);
    assert_int_equal(retain_btyd_posterior(&ctx, RETAIN_BTYD_NBD, &customers.view, NULL, 3, 1, 40, NULL, values, &report),
                     RETAIN_ERROR_CONVERGENCE);
    assert_true(report.verdict == RETAIN_DRAWS_FEW || report.verdict == RETAIN_DRAWS_APART);
    assert_true(strlen(ctx.error) > 40 && strncmp(ctx.error, report.explanation, strlen(ctx.error)) == 0);
}

/* --- the bootstrap and the normal distribution ---------------------------------------------------------------------------- */

/* The robust covariance, V (sum of g g') V, g being the gradients of customers: what the bootstrap tends to. On real customers, for
 * whom no model is quite true, it is not that of the delta method. */
static void find_robust_errors(const retain_btyd *model, const retain_customers *customers, const double *covariance,
                               double *errors)
{
    size_t n = retain_btyd_parameters(model->family);
    double *gradient = calloc(customers->count * n, sizeof *gradient), *each = calloc(customers->count, sizeof *each);

    assert_int_equal(retain_btyd_likelihood(NULL, model, customers, each, gradient), RETAIN_OK);
    for (size_t k = 0; k < n; k++) {
        errors[k] = 0.0;
        for (size_t c = 0; c < customers->count; c++) {
            double moved = 0.0;

            for (size_t l = 0; l < n; l++)
                moved += covariance[k * n + l] / parameter_of(*model, k) / parameter_of(*model, l) * gradient[c * n + l];
            errors[k] += moved * moved;
        }
        errors[k] = sqrt(errors[k]);
    }
    free(gradient);
    free(each);
}

static void bootstrap_errors_are_the_robust_ones(void **state)
{
    static cdnow customers;
    retain_btyd model;
    retain_fit_report fit = RETAIN_FIT_REPORT_INIT;
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    double robust[MOST];

    (void)state;
    cdnow_customers(&customers);
    for (retain_btyd_family family = RETAIN_BTYD_BG_NBD; family <= RETAIN_BTYD_NBD; family++) {
        size_t entries = retain_btyd_parameters(family);

        assert_int_equal(retain_btyd_fit(NULL, family, &customers.view, NULL, &model, &fit), RETAIN_OK);
        find_robust_errors(&model, &customers.view, fit.covariance, robust);
        assert_int_equal(retain_btyd_bootstrap(NULL, family, &customers.view, NULL, 1, 300, &model, values, &report), RETAIN_OK);
        assert_int_equal(report.failed, 0);
        for (size_t k = 0; k < entries; k++) {
            double deviation, mean = mean_of(k, entries, 300, &deviation);

            assert_near(parameter_of(model, k), fit.estimate[k], 1e-9 * fit.estimate[k]);
            assert_near(mean, log(fit.estimate[k]), 0.4 * robust[k]);
            assert_near(deviation, robust[k], 0.25 * robust[k]); /* 300 refits know a deviation to 4 % */
        }
    }
}

/* Where the model is true, the three sources say the same. */
static void sources_agree_where_the_model_is_true(void **state)
{
    enum { COUNT = 3000 };
    static double x[COUNT], t_x[COUNT], T[COUNT];
    const retain_btyd truth = {.family = RETAIN_BTYD_NBD, .unit_days = 7.0, .r = 0.6, .alpha = 8.0};
    retain_customers customers = {.count = COUNT, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    retain_fit_report fit = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;

    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        T[i] = 30.0;
    assert_int_equal(retain_btyd_simulate(NULL, &truth, T, NULL, COUNT, 0.0, 11, x, t_x, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_NBD, &customers, NULL, &model, &fit), RETAIN_OK);
    for (int source = 0; source < 3; source++) {
        size_t draws = 2000;
        double deviation;

        if (source == 0)
            assert_int_equal(retain_btyd_posterior(NULL, RETAIN_BTYD_NBD, &customers, NULL, 1, 4, 500, NULL, values, NULL),
                             RETAIN_OK);
        else if (source == 1)
            assert_int_equal(retain_btyd_bootstrap(NULL, RETAIN_BTYD_NBD, &customers, NULL, 1, draws = 500, NULL, values, NULL),
                             RETAIN_OK);
        else
            assert_int_equal(retain_btyd_normal(NULL, &model, fit.covariance, 1, draws, values), RETAIN_OK);
        for (size_t k = 0; k < 2; k++) {
            double error = fit.standard_error[k] / fit.estimate[k];

            assert_near(mean_of(k, 2, draws, &deviation), log(fit.estimate[k]), 0.25 * error);
            assert_near(deviation, error, 0.15 * error);
        }
    }
}

static void refits_that_end_on_a_boundary_are_kept_and_counted(void **state)
{
    static cdnow all;
    retain_customers fifty;
    retain_btyd model;
    retain_draws_report report = RETAIN_DRAWS_REPORT_INIT;
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    cdnow_customers(&all);
    fifty = all.view;
    fifty.count = 50;
    assert_int_equal(retain_btyd_bootstrap(&ctx, RETAIN_BTYD_BG_NBD, &fifty, NULL, 1, 50, &model, values, &report),
                     RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_DRAWS_UNSTEADY);
    assert_true(report.open > 25 && report.failed + report.open <= 50);
    assert_non_null(strstr(ctx.error, "ended on a boundary or a ridge"));
    assert_true(values[0] == values[0]);
}

static void normal_draws_have_the_covariance_they_were_given(void **state)
{
    const retain_btyd *model = &family_models[1];
    double covariance[16] = {0.0}, p[4];

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        p[k] = parameter_of(*model, k);
        covariance[k * 4 + k] = 0.01 * p[k] * p[k];
    }
    covariance[1] = covariance[4] = 0.008 * p[0] * p[1];
    assert_int_equal(retain_btyd_normal(NULL, model, covariance, 5, CHAINS * DRAWS, values), RETAIN_OK);
    for (size_t k = 0; k < 4; k++) {
        double deviation, mean = mean_of(k, 4, CHAINS * DRAWS, &deviation);

        assert_near(mean, log(p[k]), 4.5 * 0.1 / sqrt(CHAINS * DRAWS));
        assert_near(deviation, 0.1, 4.5 * 0.1 / sqrt(2.0 * CHAINS * DRAWS));
    }
    {
        double product = 0.0;

        for (size_t i = 0; i < CHAINS * DRAWS; i++)
            product += (values[4 * i] - log(p[0])) * (values[4 * i + 1] - log(p[1])) / (CHAINS * DRAWS);
        assert_near(product, 0.008, 4.5 * 0.0128 / sqrt(CHAINS * DRAWS));
    }
}

/* Draws with the fit's own covariance, and little of it, give the interval of the delta method. */
static void answers_of_narrow_draws_are_those_of_the_delta_method(void **state)
{
    double covariance[25] = {0.0}, x[] = {0, 2, 10}, t_x[] = {0, 30.43, 35}, T[] = {38.86, 38.86, 38.86}, worth[] = {1, 2, 3};
    double mean[3], deviation[3], low[3], high[3], value[3], delta_low[3], delta_high[3];
    retain_customers three = {.count = 3, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};

    (void)state;
    for (size_t f = 0; f < FAMILIES; f++) {
        const retain_btyd *model = &family_models[f];
        size_t n = retain_btyd_parameters(model->family);

        memset(covariance, 0, sizeof covariance);
        for (size_t k = 0; k < n; k++)
            covariance[k * n + k] = pow(0.02 * parameter_of(*model, k), 2.0);
        assert_int_equal(retain_btyd_normal(NULL, model, covariance, 5, 2000, values), RETAIN_OK);
        for (int quantity = RETAIN_BTYD_ORDERS; quantity <= RETAIN_BTYD_RETURN; quantity++) {
            retain_btyd_question question = next(30.0);
            retain_btyd_sum by_draws = {.struct_size = sizeof by_draws}, by_delta = by_draws;

            question.quantity = (retain_btyd_quantity)quantity;
            question.delta = 0.01;
            assert_int_equal(
                retain_btyd_draws_interval(NULL, model, values, 2000, &three, &question, 0.9, mean, deviation, low, high),
                RETAIN_OK);
            assert_int_equal(retain_btyd_interval(NULL, model, covariance, &three, &question, 0.9, value, delta_low, delta_high),
                             RETAIN_OK);
            for (size_t i = 0; i < 3; i++) {
                double width = delta_high[i] - delta_low[i];

                assert_near(mean[i], value[i], 0.05 * width);
                assert_near(low[i], delta_low[i], 0.06 * width);
                assert_near(high[i], delta_high[i], 0.06 * width);
                assert_near(deviation[i], width / 3.29, 0.03 * width);
            }
            assert_int_equal(retain_btyd_draws_total(NULL, model, values, 2000, &three, &question, worth, 0.9, &by_draws),
                             RETAIN_OK);
            assert_int_equal(retain_btyd_total(NULL, model, covariance, &three, &question, worth, 0.9, &by_delta), RETAIN_OK);
            assert_near(by_draws.value, by_delta.value, 0.01 * by_delta.value);
            assert_near(by_draws.standard_error, by_delta.standard_error, 0.08 * by_delta.standard_error);
            assert_near(by_draws.low, by_delta.low, 0.06 * (by_delta.high - by_delta.low));
            assert_near(by_draws.variance, by_delta.variance, 0.02 * by_delta.variance);
            assert_near(by_draws.least, by_delta.least, 0.02 * (by_delta.most - by_delta.least));
            assert_near(by_draws.most, by_delta.most, 0.02 * (by_delta.most - by_delta.least));
        }
    }
}

static void draws_of_nothing_are_left_out(void **state)
{
    double rows[] = {log(0.25), log(4.0), log(0.8), log(2.4), (double)NAN, 0.0, 0.0, 0.0}, x = 2.0, t_x = 10.0, T = 30.0;
    double mean, low, wanted;
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    retain_btyd model = family_models[1];
    retain_btyd_question question = next(10.0);
    retain_drawn drawn[4];

    (void)state;
    assert_int_equal(retain_btyd_draws_interval(NULL, &model, rows, 2, &one, &question, 0.9, &mean, NULL, &low, NULL), RETAIN_OK);
    model.r = 0.25;
    model.alpha = 4.0;
    model.a = 0.8;
    model.b = 2.4;
    assert_int_equal(retain_btyd_forecast(NULL, &model, &one, &question, &wanted), RETAIN_OK);
    assert_near(mean, wanted, 1e-13);
    assert_near(low, wanted, 1e-13);
    assert_int_equal(retain_draws_summary(NULL, rows, 4, 4, 0, 2, 0.9, drawn), RETAIN_OK);
    assert_near(drawn[1].mean, 4.0, 1e-12);
    assert_nan(drawn[1].r_hat);
    assert_int_equal(retain_btyd_draws_interval(NULL, &model, rows + 4, 1, &one, &question, 0.9, &mean, NULL, NULL, NULL),
                     RETAIN_OK);
    assert_nan(mean);
}

/* --- what must not matter ------------------------------------------------------------------------------------------------- */

static void what_is_infinite_in_one_draw_has_an_infinite_mean(void **state)
{
    double rows[] = {log(0.25), log(4.0), log(1.8), log(2.4), log(0.25), log(4.0), log(0.8), log(2.4)}; /* a above 1, and below */
    double x[] = {2.0, 0.0}, t_x[] = {10.0, 0.0}, T[] = {30.0, 30.0}, mean[2], deviation[2], low[2], high[2], wanted[2];
    retain_customers two = {.count = 2, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    retain_btyd model = family_models[1];
    retain_btyd_question ever = {.struct_size = sizeof ever, .quantity = RETAIN_BTYD_DISCOUNTED, .to = (double)INFINITY};
    retain_btyd_sum sum = {.struct_size = sizeof sum};

    (void)state;
    model.r = 0.25;
    model.alpha = 4.0;
    model.a = 1.8;
    model.b = 2.4;
    assert_int_equal(retain_btyd_forecast(NULL, &model, &two, &ever, wanted), RETAIN_OK);
    assert_int_equal(retain_btyd_draws_interval(NULL, &model, rows, 2, &two, &ever, 0.9, mean, deviation, low, high), RETAIN_OK);
    assert_int_equal(retain_btyd_draws_total(NULL, &model, rows, 2, &two, &ever, NULL, 0.9, &sum), RETAIN_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_true(mean[i] == (double)INFINITY && high[i] == (double)INFINITY);
        assert_nan(deviation[i]);
    }
    assert_true(sum.value == (double)INFINITY && sum.high == (double)INFINITY);
    assert_nan(sum.standard_error);
    assert_int_equal(retain_btyd_draws_total(NULL, &model, rows, 1, &two, &ever, NULL, 0.9, &sum), RETAIN_OK);
    assert_near(sum.value, wanted[0] + wanted[1], 1e-12);
}

static void the_total_of_nobody_is_nothing(void **state)
{
    double rows[] = {log(0.25), log(4.0), log(1.8), log(2.4)};
    retain_customers none = {.count = 0, .unit_days = 7.0};
    retain_btyd_question question = next(10.0);
    retain_btyd_sum sum = {.struct_size = sizeof sum};

    (void)state;
    assert_int_equal(retain_btyd_draws_total(NULL, &family_models[1], rows, 1, &none, &question, NULL, 0.9, &sum), RETAIN_OK);
    assert_true(sum.value == 0.0 && sum.variance == 0.0 && sum.least == 0.0 && sum.most == 0.0);
}

static void threads_and_the_order_of_customers_change_no_bit(void **state)
{
    static cdnow customers;
    static double other[400 * MOST], turned[3][CDNOW_SAMPLE_CUSTOMERS];
    retain_customers backwards;
    retain_context three = RETAIN_CONTEXT_INIT;
    size_t count;

    (void)state;
    three.threads = 3;
    cdnow_customers(&customers);
    backwards = customers.view;
    count = backwards.count;
    for (size_t i = 0; i < count; i++) {
        turned[0][i] = customers.frequency[count - 1 - i];
        turned[1][i] = customers.t_x[count - 1 - i];
        turned[2][i] = customers.T[count - 1 - i];
    }
    backwards.frequency = turned[0];
    backwards.t_x = turned[1];
    backwards.T = turned[2];
    retain_btyd_posterior(NULL, RETAIN_BTYD_BG_NBD, &customers.view, NULL, 9, 4, 100, NULL, values, NULL);
    retain_btyd_posterior(&three, RETAIN_BTYD_BG_NBD, &backwards, NULL, 9, 4, 100, NULL, other, NULL);
    assert_memory_equal(values, other, 400 * 4 * sizeof *values);
    retain_btyd_bootstrap(NULL, RETAIN_BTYD_BG_NBD, &customers.view, NULL, 9, 60, NULL, values, NULL);
    retain_btyd_bootstrap(&three, RETAIN_BTYD_BG_NBD, &backwards, NULL, 9, 60, NULL, other, NULL);
    assert_memory_equal(values, other, 60 * 4 * sizeof *values);
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static void bad_arguments_are_named(void **state)
{
    double x = 1.0, t_x = 3.0, T = 5.0, out = -1.0, covariance[16] = {(double)NAN}, rows[8] = {0.0};
    retain_customers one = {.count = 1, .frequency = &x, .t_x = &t_x, .T = &T, .unit_days = 7.0};
    retain_btyd_question question = next(1.0), rate = {.struct_size = sizeof rate, .quantity = RETAIN_BTYD_RATE};
    const retain_btyd *model = &family_models[1];
    retain_btyd_sum sum = {.struct_size = sizeof sum};
    retain_drawn drawn;
    retain_context ctx = RETAIN_CONTEXT_INIT;

    (void)state;
    assert_int_equal(retain_btyd_posterior(&ctx, RETAIN_BTYD_NBD, &one, NULL, 1, 0, 10, NULL, values, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "chains is 0; it must lie in [1, 64]");
    assert_int_equal(retain_btyd_posterior(&ctx, RETAIN_BTYD_NBD, &one, NULL, 1, 1, 3, NULL, values, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "draws is 3; it must lie in [4, 10^6]");
    assert_int_equal(retain_btyd_posterior(&ctx, (retain_btyd_family)99, &one, NULL, 1, 1, 4, NULL, values, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_posterior(&ctx, RETAIN_BTYD_NBD, &one, NULL, 1, 1, 4, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_bootstrap(&ctx, RETAIN_BTYD_NBD, &one, NULL, 1, 0, NULL, values, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "draws is 0; it must lie in [1, 10^6]");
    assert_int_equal(retain_btyd_normal(&ctx, model, covariance, 1, 1, values), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "; it must be finite: the fit leaves something open"));
    assert_int_equal(retain_btyd_normal(&ctx, model, NULL, 1, 1, values), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_draws_summary(&ctx, rows, 5, 4, 0, 2, 0.9, &drawn), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_draws_summary(&ctx, rows, 0, 0, 0, 2, 0.9, &drawn), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_draws_summary(&ctx, rows, 1, 1, 0, SIZE_MAX / 4, 0.9, &drawn), RETAIN_ERROR_ARGUMENT);
    rows[5] = 231.0;
    assert_int_equal(retain_btyd_draws_interval(&ctx, model, rows, 2, &one, &question, 0.9, &out, NULL, NULL, NULL),
                     RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "values[5] is 231; the logarithm of a parameter must lie in [-230, 230], or be NaN");
    assert_int_equal(ctx.row, 1);
    assert_int_equal(retain_btyd_draws_interval(&ctx, model, rows, 1, &one, &question, 1.0, &out, NULL, NULL, NULL),
                     RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_draws_total(&ctx, model, rows, 1, &one, &rate, NULL, 0.9, &sum), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_draws_total(&ctx, model, rows, 1, &one, &question, NULL, 0.9, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(out, -1.0, 0.0);
}

static double written[64];
static double asked_x[] = {0, 2, 4, 1}, asked_t_x[] = {0, 3, 7, 2}, asked_T[] = {8, 8, 9, 9};

static retain_status draw_all(retain_context *ctx, void *state)
{
    retain_customers four = {.count = 4, .frequency = asked_x, .t_x = asked_t_x, .T = asked_T, .unit_days = 7.0};
    retain_fit_options prior = {.struct_size = sizeof prior, .prior_sd = 1.0};
    retain_btyd_question question = next(3.0);
    retain_btyd_sum sum = {.struct_size = sizeof sum};
    double rows[16];
    retain_status status;

    (void)state;
    written[0] = -5.0;
    status = retain_btyd_posterior(ctx, RETAIN_BTYD_NBD, &four, &prior, 1, 1, 8, NULL, rows, NULL);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        status = retain_btyd_bootstrap(ctx, RETAIN_BTYD_NBD, &four, &prior, 1, 8, NULL, rows, NULL);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        status = retain_btyd_draws_total(ctx, &family_models[1], rows, 4, &four, &question, NULL, 0.9, &sum);
    if (status == RETAIN_OK)
        status = retain_btyd_draws_interval(ctx, &family_models[1], rows, 4, &four, &question, 0.9, written, NULL, NULL, NULL);
    return status;
}

static void is_untouched(void *state)
{
    (void)state;
    assert_near(written[0], -5.0, 0.0);
}

static void running_out_of_memory_leaves_outputs_alone(void **state)
{
    (void)state;
    survives_memory_exhaustion(draw_all, is_untouched, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posteriors_of_few_customers_are_those_of_a_grid),
        cmocka_unit_test(many_customers_leave_nothing_to_the_prior),
        cmocka_unit_test(fifty_customers_give_a_sane_answer),
        cmocka_unit_test(three_customers_who_never_returned_have_a_posterior),
        cmocka_unit_test(nobody_has_none),
        cmocka_unit_test(few_draws_are_told),
        cmocka_unit_test(bootstrap_errors_are_the_robust_ones),
        cmocka_unit_test(sources_agree_where_the_model_is_true),
        cmocka_unit_test(refits_that_end_on_a_boundary_are_kept_and_counted),
        cmocka_unit_test(normal_draws_have_the_covariance_they_were_given),
        cmocka_unit_test(answers_of_narrow_draws_are_those_of_the_delta_method),
        cmocka_unit_test(draws_of_nothing_are_left_out),
        cmocka_unit_test(what_is_infinite_in_one_draw_has_an_infinite_mean),
        cmocka_unit_test(the_total_of_nobody_is_nothing),
        cmocka_unit_test(threads_and_the_order_of_customers_change_no_bit),
        cmocka_unit_test(bad_arguments_are_named),
        cmocka_unit_test(running_out_of_memory_leaves_outputs_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Fits of spend models of single orders: data drawn from them, derivatives, verdicts, order, weights. */
#include "models/spend_model.h"
#include "spenders.h"
#include "support.h"

static void numbers_of(const retain_spend_model *model, double *v)
{
    const double gamma[] = {model->p, model->q, model->gamma, model->theta, model->delta};
    const double normal[] = {model->median, model->tau, model->sigma, model->theta, model->delta};

    memcpy(v, model->family == RETAIN_SPEND_GAMMA_GAMMA ? gamma : normal, sizeof gamma);
}

static void finds_the_parameters_that_orders_were_drawn_from(void **state)
{
    base *drawn = new_base();

    (void)state;
    for (int family = 0; family < 2; family++) {
        const retain_spend_model *truth = family ? &normal_truth : &gamma_truth;
        retain_spenders spenders = draw_base(drawn, truth, 11, DRAWN);
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_spend_model model;
        double want[ENTRIES], got[ENTRIES], *each = calloc(DRAWN, sizeof *each), sum = 0.0;

        assert_int_equal(retain_spend_orders_fit(NULL, truth->family, &spenders, NULL, &model, &report), RETAIN_OK);
        assert_int_equal(report.verdict, RETAIN_FIT_CONVERGED);
        assert_int_equal(report.parameters, 5);
        assert_int_equal(report.coefficients, 2);
        assert_int_equal(report.estimated, family ? 5 : 4);
        assert_true(report.gradient_norm < 1e-8);
        numbers_of(truth, want);
        numbers_of(&model, got);
        for (size_t i = 0; i < ENTRIES; i++)
            assert_true(fabs(got[i] - want[i]) <= 3.5 * report.standard_error[i]);
        assert_int_equal(retain_spend_orders_likelihood(NULL, &model, &spenders, each, NULL), RETAIN_OK);
        for (size_t i = 0; i < DRAWN; i++)
            sum += each[i] == each[i] ? each[i] : 0.0;
        assert_near(report.log_likelihood, sum, 1e-11 * fabs(sum));
        assert_int_equal(report.kind[4], family ? RETAIN_FIT_ESTIMATED : RETAIN_FIT_HELD);
        free(each);
    }
    free(drawn);
}

static void hessians_agree_with_differences_of_gradients(void **state)
{
    base *drawn = new_base();

    (void)state;
    for (int family = 0; family < 2; family++) {
        retain_spenders spenders = draw_base(drawn, family ? &normal_truth : &gamma_truth, 3, 400);
        retain__fit_problem problem = {.parameters = ENTRIES};
        retain__scratch scratch = {NULL, NULL};
        const char *lack = NULL;
        const double gamma_at[] = {1.7, 2.9, 20.0, -0.3, 0.0}, normal_at[] = {20.0, 0.8, 1.1, 0.4, -0.03},
                     *at = family ? normal_at : gamma_at;
        double value, gradient[ENTRIES], hessian[ENTRIES * ENTRIES], unused[ENTRIES * ENTRIES],
            sum = 0.0, each[400], slopes[400 * ENTRIES], want[ENTRIES] = {0.0};
        retain_spend_model model = family ? (retain_spend_model){.family = RETAIN_SPEND_LOG_NORMAL,
                                                                 .median = at[0],
                                                                 .tau = at[1],
                                                                 .sigma = at[2],
                                                                 .theta = at[3],
                                                                 .delta = at[4]}
                                          : (retain_spend_model){.p = at[0], .q = at[1], .gamma = at[2], .theta = at[3]};

        assert_int_equal((family ? retain__log_normal_pose : retain__gamma_gamma_pose)(&scratch, &spenders, &problem, &lack),
                         RETAIN_OK);
        assert_null(lack);
        assert_int_equal(problem.evaluate(problem.state, 0, at, &value, gradient, hessian), RETAIN_OK);
        assert_int_equal(retain_spend_orders_likelihood(NULL, &model, &spenders, each, slopes), RETAIN_OK);
        for (size_t i = 0; i < 400; i++) {
            sum += each[i] == each[i] ? each[i] : 0.0;
            for (size_t k = 0; k < ENTRIES; k++)
                want[k] += each[i] == each[i] ? slopes[ENTRIES * i + k] : 0.0;
        }
        assert_near(value, sum, 1e-11 * fabs(sum));
        for (size_t k = 0; k < ENTRIES; k++) {
            double up[ENTRIES], down[ENTRIES], above[ENTRIES], below[ENTRIES], step = 1e-5;

            assert_near(gradient[k], want[k], 1e-9 * (1.0 + fabs(want[k])));
            memcpy(up, at, sizeof up);
            memcpy(down, at, sizeof down);
            up[k] = k < 3 ? at[k] * exp(step) : at[k] + step;
            down[k] = k < 3 ? at[k] * exp(-step) : at[k] - step;
            assert_int_equal(problem.evaluate(problem.state, 1, up, &value, above, unused), RETAIN_OK);
            assert_int_equal(problem.evaluate(problem.state, 2, down, &value, below, unused), RETAIN_OK);
            for (size_t j = 0; j < ENTRIES; j++) {
                double slope = (above[j] - below[j]) / (2.0 * step);

                if (family == 0 && (k == 4 || j == 4))
                    continue;
                assert_near(hessian[k * ENTRIES + j], slope, 1e-6 * (1.0 + fabs(slope)));
                assert_near(hessian[k * ENTRIES + j], hessian[j * ENTRIES + k], 0.0);
            }
        }
        retain__release(&scratch);
    }
    free(drawn);
}

/* Without the columns of effects the model is smaller; the likelihood-ratio test says whether they were needed. */
static void tests_whether_spend_depends_on_frequency(void **state)
{
    base *drawn = new_base();

    (void)state;
    for (int family = 0; family < 2; family++) {
        for (int depends = 0; depends < 2; depends++) {
            retain_spend_model truth = family ? normal_truth : gamma_truth, model;
            retain_fit_report full = RETAIN_FIT_REPORT_INIT, small = RETAIN_FIT_REPORT_INIT;
            retain_spenders spenders, plain;
            double statistic, p_value;
            size_t degrees;

            truth.theta = depends ? truth.theta : 0.0;
            truth.delta = 0.0;
            spenders = draw_base(drawn, &truth, 21, DRAWN);
            plain = without_effects(spenders);
            spenders.time = spenders.time_squares = spenders.time_logs = NULL;
            assert_int_equal(retain_spend_orders_fit(NULL, truth.family, &plain, NULL, &model, &small), RETAIN_OK);
            assert_near(model.theta, 0.0, 0.0);
            assert_int_equal(retain_spend_orders_fit(NULL, truth.family, &spenders, NULL, &model, &full), RETAIN_OK);
            assert_int_equal(retain_fit_likelihood_ratio(NULL, &small, &full, &statistic, &degrees, &p_value), RETAIN_OK);
            assert_int_equal(degrees, 1);
            assert_true(depends ? p_value < 1e-6 : p_value > 0.01);
        }
    }
    free(drawn);
}

static void prefers_the_model_that_orders_were_drawn_from(void **state)
{
    base *drawn = new_base();

    (void)state;
    for (int family = 0; family < 2; family++) {
        retain_spenders spenders = without_effects(draw_base(drawn, family ? &normal_truth : &gamma_truth, 31, DRAWN));
        retain_fit_report first = RETAIN_FIT_REPORT_INIT, second = RETAIN_FIT_REPORT_INIT;
        retain_spend_model gamma, normal;
        double difference, statistic, p_value;

        assert_int_equal(retain_spend_orders_fit(NULL, RETAIN_SPEND_GAMMA_GAMMA, &spenders, NULL, &gamma, &first), RETAIN_OK);
        assert_int_equal(retain_spend_orders_fit(NULL, RETAIN_SPEND_LOG_NORMAL, &spenders, NULL, &normal, &second), RETAIN_OK);
        assert_int_equal(retain_spend_orders_compare(NULL, &gamma, &normal, &spenders, &difference, &statistic, &p_value),
                         RETAIN_OK);
        assert_near(difference, first.log_likelihood - second.log_likelihood, 1e-6);
        assert_true(family ? statistic < -3.0 : statistic > 3.0);
        assert_true(p_value < 0.003);
        assert_int_equal(retain_spend_orders_compare(NULL, &gamma, &gamma, &spenders, &difference, &statistic, &p_value),
                         RETAIN_OK);
        assert_near(difference, 0.0, 0.0);
        assert_nan(statistic);
        assert_nan(p_value);
    }
    free(drawn);
}

/* --- verdicts -------------------------------------------------------------------------------------------------------------------------- */

static retain_status fit_of(const retain_spenders *spenders, retain_spend_family family, retain_fit_report *report)
{
    retain_spend_model model;

    *report = (retain_fit_report)RETAIN_FIT_REPORT_INIT;
    return retain_spend_orders_fit(NULL, family, spenders, NULL, &model, report);
}

static void says_when_all_customers_are_alike(void **state)
{
    base *drawn = new_base();
    retain_fit_report report;

    (void)state;
    for (size_t i = 0; i < 300; i++) { /* every customer has the same orders, in different number */
        const double values[] = {8.0, 12.5, 12.5, 8.0, 8.0, 12.5, 12.5, 8.0}, times[8] = {0.0};

        sum_up_orders(drawn, i, values, times, i % 2 ? 4 : 8);
    }
    for (int family = 0; family < 2; family++) {
        retain_spenders spenders = without_effects(view_base(drawn, 300));

        drawn->mean_log[0] += 1e-3; /* rows that differ at all */
        drawn->mean_log[1] -= 1e-3;
        drawn->mean[0] *= 1.001;
        drawn->mean[1] *= 0.999;
        assert_int_equal(fit_of(&spenders, (retain_spend_family)family, &report), RETAIN_ERROR_CONVERGENCE);
        assert_int_equal(report.verdict, RETAIN_FIT_BOUNDARY);
        assert_non_null(strstr(report.explanation, "customers do not differ"));
    }
    free(drawn);
}

static void says_when_a_customers_orders_are_all_of_one_value(void **state)
{
    base *drawn = new_base();
    retain_fit_report report;

    (void)state;
    for (size_t i = 0; i < 300; i++) {
        const double times[3] = {0.0};
        double each = exp(3.0 + 0.01 * (double)(i * 37 % 101)), values[3] = {each, each, each};

        sum_up_orders(drawn, i, values, times, 1 + i % 3);
        drawn->squares[i] = 0.0;
        drawn->mean[i] = each;
        drawn->mean_log[i] = log(each);
    }
    for (int family = 0; family < 2; family++) {
        retain_spenders spenders = without_effects(view_base(drawn, 300));

        assert_int_equal(fit_of(&spenders, (retain_spend_family)family, &report), RETAIN_ERROR_CONVERGENCE);
        assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
        assert_non_null(strstr(report.explanation, "orders all have the same value"));
    }
    free(drawn);
}

static void says_what_is_too_little(void **state)
{
    base *drawn = new_base();
    retain_spenders spenders = draw_base(drawn, &normal_truth, 5, 600), nobody = {.count = 0}, few;
    retain_fit_report report;

    (void)state;
    few = without_effects(spenders);
    few.count = 2;
    for (int family = 0; family < 2; family++) {
        assert_int_equal(fit_of(&nobody, (retain_spend_family)family, &report), RETAIN_ERROR_CONVERGENCE);
        assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
        assert_int_equal(fit_of(&few, (retain_spend_family)family, &report), RETAIN_ERROR_CONVERGENCE);
        assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
    }
    for (size_t i = 0; i < 600; i++) {
        drawn->orders[i] = drawn->orders[i] > 0.0 ? 1.0 : 0.0;
        drawn->squares[i] = 0.0;
    }
    few.count = 600;
    assert_int_equal(fit_of(&few, RETAIN_SPEND_LOG_NORMAL, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
    assert_non_null(strstr(report.explanation, "no customer has two orders"));
    free(drawn);
}

/* Effects that the columns cannot show: everybody buys equally often, or all at one time. */
static void says_when_an_effect_is_left_open(void **state)
{
    base *drawn = new_base();
    retain_spenders spenders = draw_base(drawn, &normal_truth, 6, 2000);
    retain_fit_report report;

    (void)state;
    for (size_t i = 0; i < 2000; i++)
        drawn->frequency[i] = 3.0;
    for (int family = 0; family < 2; family++) {
        assert_int_equal(fit_of(&spenders, (retain_spend_family)family, &report), RETAIN_ERROR_CONVERGENCE);
        assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
        assert_non_null(strstr(report.explanation, "theta"));
    }
    free(drawn);
}

/* --- order, weights, threads ------------------------------------------------------------------------------------------------------------- */

static void neither_row_order_nor_threads_change_a_bit(void **state)
{
    base *drawn = new_base(), *turned = new_base();

    (void)state;
    for (int family = 0; family < 2; family++) {
        retain_spenders spenders = draw_base(drawn, family ? &normal_truth : &gamma_truth, 41, DRAWN), reversed;
        retain_fit_report report = RETAIN_FIT_REPORT_INIT, again = RETAIN_FIT_REPORT_INIT;
        retain_spend_model model, other;

        for (size_t c = 0; c < COLUMNS; c++) {
            for (size_t i = 0; i < DRAWN; i++)
                column_of(turned, c)[i] = column_of(drawn, c)[DRAWN - 1 - i];
        }
        reversed = view_base(turned, DRAWN);
        assert_int_equal(retain_spend_orders_fit(NULL, (retain_spend_family)family, &spenders, NULL, &model, &report), RETAIN_OK);
        for (int threads = 1; threads <= 4; threads++) {
            retain_context ctx = RETAIN_CONTEXT_INIT;

            ctx.threads = threads;
            assert_int_equal(retain_spend_orders_fit(&ctx, (retain_spend_family)family, &reversed, NULL, &other, &again),
                             RETAIN_OK);
            assert_memory_equal(&report, &again, sizeof report);
            assert_memory_equal(&model, &other, sizeof model);
        }
    }
    free(drawn);
    free(turned);
}

/* In a unit of 2^-100 or 2^330 an order is 1e-30 or 1e99 of what it was, and all else is the same. */
static void amounts_in_any_unit_have_the_same_fit(void **state)
{
    static const int exponents[] = {-100, 30, 330};
    base *drawn = new_base();

    (void)state;
    for (int family = 0; family < 2; family++) {
        retain_spenders spenders = draw_base(drawn, family ? &normal_truth : &gamma_truth, 41, DRAWN), scaled;
        retain_fit_report report = RETAIN_FIT_REPORT_INIT, again = RETAIN_FIT_REPORT_INIT;
        retain_spend_model model, moved;
        double orders = 0.0, got[ENTRIES], want[ENTRIES];
        size_t money = family ? 0 : 2;

        assert_int_equal(retain_spend_orders_fit(NULL, (retain_spend_family)family, &spenders, NULL, &model, &report), RETAIN_OK);
        for (size_t i = 0; i < DRAWN; i++)
            orders += spenders.orders[i];
        for (size_t k = 0; k < sizeof exponents / sizeof *exponents; k++) {
            double *mean = calloc(DRAWN, sizeof *mean), *mean_log = calloc(DRAWN, sizeof *mean_log),
                   shift = exponents[k] * log(2.0);

            for (size_t i = 0; i < DRAWN; i++) {
                mean[i] = ldexp(spenders.mean[i], exponents[k]);
                mean_log[i] = fmin(spenders.mean_log[i] + shift, log(mean[i]));
            }
            scaled = spenders;
            scaled.mean = mean;
            scaled.mean_log = mean_log;
            assert_int_equal(retain_spend_orders_fit(NULL, (retain_spend_family)family, &scaled, NULL, &moved, &again), RETAIN_OK);
            numbers_of(&model, want);
            numbers_of(&moved, got);
            got[money] = ldexp(got[money], -exponents[k]);
            for (size_t i = 0; i < ENTRIES; i++) {
                assert_near(got[i], want[i], 1e-6 * fabs(want[i]));
                assert_near(ldexp(again.standard_error[i], i == money ? -exponents[k] : 0), report.standard_error[i],
                            1e-5 * report.standard_error[i]);
                assert_near(ldexp(again.covariance[money * ENTRIES + i], i == money ? -2 * exponents[k] : -exponents[k]),
                            report.covariance[money * ENTRIES + i], 1e-4 * report.standard_error[money] * report.standard_error[i]);
            }
            assert_near(again.log_likelihood, report.log_likelihood - orders * shift, 1e-9 * fabs(again.log_likelihood));
            assert_near(again.aic, report.aic + 2.0 * orders * shift, 1e-9 * fabs(again.aic));
            free(mean);
            free(mean_log);
        }
    }
    free(drawn);
}

static void weights_count_identical_customers(void **state)
{
    base *drawn = new_base(), *twice = new_base();

    (void)state;
    for (int family = 0; family < 2; family++) {
        retain_spenders once = draw_base(drawn, family ? &normal_truth : &gamma_truth, 51, DRAWN / 2), copies;
        retain_fit_report report = RETAIN_FIT_REPORT_INIT, again = RETAIN_FIT_REPORT_INIT;
        retain_spend_model model, other;

        for (size_t c = 0; c + 1 < COLUMNS; c++) {
            for (size_t i = 0; i < DRAWN; i++)
                column_of(twice, c)[i] = column_of(drawn, c)[i / 2];
        }
        for (size_t i = 0; i < DRAWN / 2; i++)
            drawn->weight[i] = 2.0;
        once.weight = drawn->weight;
        copies = view_base(twice, DRAWN);
        assert_int_equal(retain_spend_orders_fit(NULL, (retain_spend_family)family, &once, NULL, &model, &report), RETAIN_OK);
        assert_int_equal(retain_spend_orders_fit(NULL, (retain_spend_family)family, &copies, NULL, &other, &again), RETAIN_OK);
        assert_near(report.log_likelihood, again.log_likelihood, 1e-12 * fabs(again.log_likelihood));
        for (size_t i = 0; i < ENTRIES; i++)
            assert_near(report.estimate[i], again.estimate[i], 1e-9 * fabs(again.estimate[i]));
        assert_near(report.customers, again.customers, 0.0);
    }
    free(drawn);
    free(twice);
}

static int memory_family;

static retain_status fit_base(retain_context *ctx, void *state)
{
    retain_spend_model model;

    return retain_spend_orders_fit(ctx, (retain_spend_family)memory_family, state, NULL, &model, NULL);
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    base *drawn = new_base();

    (void)state;
    for (memory_family = 0; memory_family < 2; memory_family++) {
        retain_spenders spenders = draw_base(drawn, memory_family ? &normal_truth : &gamma_truth, 61, 500);

        survives_memory_exhaustion(fit_base, NULL, &spenders);
    }
    free(drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_parameters_that_orders_were_drawn_from),
        cmocka_unit_test(hessians_agree_with_differences_of_gradients),
        cmocka_unit_test(tests_whether_spend_depends_on_frequency),
        cmocka_unit_test(prefers_the_model_that_orders_were_drawn_from),
        cmocka_unit_test(says_when_all_customers_are_alike),
        cmocka_unit_test(says_when_a_customers_orders_are_all_of_one_value),
        cmocka_unit_test(says_what_is_too_little),
        cmocka_unit_test(says_when_an_effect_is_left_open),
        cmocka_unit_test(neither_row_order_nor_threads_change_a_bit),
        cmocka_unit_test(amounts_in_any_unit_have_the_same_fit),
        cmocka_unit_test(weights_count_identical_customers),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

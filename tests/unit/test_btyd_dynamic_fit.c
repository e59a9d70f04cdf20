/* Fits with covariates that change with time: recovery of what was drawn, ties, ridges and priors; forecasts of what was drawn; refusals. */
#include "histories.h"

enum { MOST = 4000 };

/* --- fits ----------------------------------------------------------------------------------------------------------------- */

static void a_fit_recovers_what_was_drawn(void **state)
{
    static const uint8_t lifetime[] = {0, 0, 1};
    const retain_fit_options options = {.struct_size = sizeof options, .lifetime = lifetime};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT, plain = RETAIN_FIT_REPORT_INIT, other = RETAIN_FIT_REPORT_INIT;
    retain_context two = RETAIN_CONTEXT_INIT;
    retain_btyd model, again;
    static_columns as;
    double statistic, p_value;
    size_t degrees;
    shop of;

    (void)state;
    open_shop(&of, usual, MOST, 2, 1, 17);
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, &options, &model, &report), RETAIN_OK);
    for (size_t i = 0; i < report.parameters; i++) {
        retain_btyd truth = usual;
        double want = i < 4   ? (const double[]){truth.r, truth.alpha, truth.s, truth.beta}[i]
                      : i < 7 ? truth.purchase[i - 4]
                              : truth.lifetime[i - 7];

        assert_near(report.estimate[i], want, 3.0 * report.standard_error[i]);
        if (i < 4)
            assert_true(report.standard_error[i] > 0.0);
    }
    assert_near(model.purchase[0], report.estimate[4], 0.0);

    as = summarise_shop(&of);
    assert_int_equal(retain_btyd_fit(NULL, RETAIN_BTYD_PARETO_NBD, &as.view, NULL, &again, &plain), RETAIN_OK);
    assert_true(report.log_likelihood > plain.log_likelihood);
    assert_int_equal(retain_fit_likelihood_ratio(NULL, &plain, &report, &statistic, &degrees, &p_value), RETAIN_OK);
    assert_int_equal(degrees, 4);
    assert_near(statistic, 2.0 * (report.log_likelihood - plain.log_likelihood), 1e-6);
    assert_true(p_value < 1e-10);

    two.threads = 2;
    assert_int_equal(retain_btyd_dynamic_fit(&two, &of.view, &options, &again, &other), RETAIN_OK);
    assert_same_model(&model, &again);
    assert_memory_equal(report.covariance, other.covariance, sizeof report.covariance);
    assert_near(report.log_likelihood, other.log_likelihood, 0.0);
    forget(&as);
    close_shop(&of);
}

static void a_fit_ends_where_the_likelihood_of_its_model_is(void **state)
{
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double sum = 0.0, slope[10] = {0.0}, *value, *gradient;
    retain_btyd model;
    shop of;

    (void)state;
    open_shop(&of, usual, 1500, 2, 1, 18);
    of.view.weight = of.weight;
    value = calloc(of.count, sizeof *value);
    gradient = calloc(of.count, 10 * sizeof *gradient);
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &report), RETAIN_OK);
    assert_int_equal(retain_btyd_dynamic_likelihood(NULL, &model, &of.view, value, gradient), RETAIN_OK);
    for (size_t i = 0; i < of.count; i++) {
        sum += of.weight[i] * value[i];
        for (size_t k = 0; k < 10; k++)
            slope[k] += of.weight[i] * gradient[i * 10 + k];
    }
    assert_near(sum, report.log_likelihood, 1e-8 * fabs(sum));
    for (size_t k = 0; k < 10; k++)
        assert_near(slope[k], 0.0, 1e-4);
    free(value);
    free(gradient);
    close_shop(&of);
}

static void a_weight_is_so_many_customers_in_any_order(void **state)
{
    enum { HALF = 700 };
    static const uint8_t none[] = {0, 0};
    const retain_fit_options options = {.struct_size = sizeof options, .lifetime = none};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT, other = RETAIN_FIT_REPORT_INIT;
    static double start[2 * HALF], end[2 * HALF];
    static int64_t first[2 * HALF + 1];
    double *occasion;
    retain_btyd model, again;
    shop of;

    (void)state;
    open_shop(&of, usual, HALF, 2, 0, 19);
    occasion = calloc((size_t)of.first[HALF] * 2 + 1, sizeof *occasion);
    for (size_t i = 0; i < 2 * HALF; i++) { /* the last customer first, each twice */
        size_t from = HALF - 1 - i % HALF, many = (size_t)(of.first[from + 1] - of.first[from]);

        start[i] = of.start[from];
        end[i] = of.end[from];
        first[i + 1] = first[i] + (int64_t)many;
        if (many)
            memcpy(occasion + first[i], of.occasion + of.first[from], many * sizeof *occasion);
        of.weight[from] = 2.0;
    }
    of.view.weight = of.weight;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, &options, &model, &report), RETAIN_OK);
    of.view.count = 2 * HALF;
    of.view.start = start;
    of.view.end = end;
    of.view.first = first;
    of.view.occasion = occasion;
    of.view.weight = NULL;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, &options, &again, &other), RETAIN_OK);
    assert_same_model(&model, &again);
    assert_near(other.customers, report.customers, 0.0);
    free(occasion);
    close_shop(&of);
}

static void columns_that_tell_nothing_are_named(void **state)
{
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;
    shop of;

    (void)state;
    open_shop(&of, usual, 600, 2, 0, 20);
    for (size_t k = 0; k < CHANGES; k++)
        of.number[k] = 3.0;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
    assert_non_null(strstr(report.explanation, "covariates[1] is the same at all times"));
    for (size_t k = 0; k < CHANGES; k++)
        of.number[k] = 2.0 * of.dummy[k] - 1.0;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
    assert_non_null(strstr(report.explanation, "covariates[0], [1] follows from the others"));
    for (size_t i = 0; i <= of.count; i++)
        of.first[i] = 0;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
    assert_nan(model.alpha);
    close_shop(&of);
}

static void columns_that_tell_nothing_are_named_at_a_boundary_too(void **state)
{
    static const uint8_t none[] = {0, 0};
    const retain_fit_options purchases = {.struct_size = sizeof purchases, .lifetime = none};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model, staying = usual;
    shop of;

    (void)state;
    staying.beta = 1e9; /* nobody leaves */
    open_shop(&of, staying, 600, 2, 0, 22);
    for (size_t k = 0; k < CHANGES; k++)
        of.number[k] = 0.0;
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, &purchases, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_BOUNDARY);
    assert_non_null(strstr(report.explanation, "no standard error. purchase[1] is left open."));
    assert_nan(report.standard_error[5]);
    assert_true(report.standard_error[4] > 0.0);
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    assert_non_null(strstr(report.explanation, "purchase[1] and lifetime[1] are left open."));
    close_shop(&of);
}

static void priors_and_held_values_are_kept(void **state)
{
    double fixed[8];
    const uint8_t equal[] = {1, 0};
    retain_fit_options options = {
        .struct_size = sizeof options, .prior_sd = 1.5, .coefficient_sd = 0.5, .fixed = fixed, .equal = equal};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_btyd model;
    shop of;

    (void)state;
    for (size_t i = 0; i < 8; i++)
        fixed[i] = (double)NAN;
    fixed[3] = 9.0;
    fixed[5] = -0.2;
    open_shop(&of, usual, 60, 2, 0, 21);
    assert_int_equal(retain_btyd_dynamic_fit(NULL, &of.view, &options, &model, &report), RETAIN_OK);
    assert_near(model.beta, 9.0, 0.0);
    assert_near(model.purchase[1], -0.2, 0.0);
    assert_near(model.purchase[0], model.lifetime[0], 0.0);
    assert_true(report.has_prior && report.objective < report.log_likelihood);
    close_shop(&of);
}

/* --- forecasts ------------------------------------------------------------------------------------------------------------ */

static void simulated_customers_do_what_is_expected(void **state)
{
    double edges[7], expected[6], seen[6] = {0.0}, mean[6] = {0.0}, alive = 0.0, *drawn, *probability;
    shop of;

    (void)state;
    open_shop(&of, usual, MOST, 2, 1, 22);
    drawn = calloc(of.count, sizeof *drawn);
    probability = calloc(of.count, sizeof *probability);
    for (size_t k = 0; k < 7; k++)
        edges[k] = 14000.0 + 700.0 / 6.0 * (double)k;
    assert_int_equal(retain_btyd_dynamic_tracking(NULL, &usual, &of.view, edges, 6, expected), RETAIN_OK);
    for (int64_t j = 0; j < of.first[of.count]; j++) {
        for (size_t k = 0; k < 6; k++)
            seen[k] += of.occasion[j] >= edges[k] && of.occasion[j] < edges[k + 1];
    }
    for (size_t k = 0; k < 6; k++) {
        mean[k] = expected[k];
        assert_near(seen[k], mean[k], 6.0 * sqrt(6.0 * mean[k])); /* customers differ: counts vary by more than chance */
    }
    assert_int_equal(retain_btyd_dynamic_simulate(NULL, &usual, &of.view, 22, of.first, of.occasion, (size_t)of.first[of.count],
                                                  &(size_t){0}, drawn),
                     RETAIN_OK);
    assert_int_equal(retain_btyd_dynamic_alive(NULL, &usual, &of.view, probability, NULL), RETAIN_OK);
    for (size_t i = 0; i < of.count; i++)
        alive += drawn[i] - probability[i];
    assert_near(alive, 0.0, 3.0 * sqrt((double)of.count) / 2.0);
    free(drawn);
    free(probability);
    close_shop(&of);
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static retain_status try(shop *of, const char *sentence)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double orders[8] = {-7.0, -7.0, -7.0, -7.0, -7.0, -7.0, -7.0, -7.0};
    retain_status status = retain_btyd_dynamic_orders(&ctx, &usual, &of->view, 2.0, orders);

    if (!strstr(ctx.error, sentence))
        print_message("%s\n", ctx.error);
    assert_non_null(strstr(ctx.error, sentence));
    assert_near(orders[0], -7.0, 0.0);
    return status;
}

static void bad_histories_are_named(void **state)
{
    shop good, of;

    (void)state;
    open_shop(&good, usual, 8, 2, 1, 23);
#define REFUSED(change, status, sentence) \
    of = good;                            \
    change;                               \
    assert_int_equal(try(&of, sentence), status)

    REFUSED(of.view.known_until = 14700.0, RETAIN_ERROR_DATA,
            "customer 0 are needed until day 14714 (through 2010-04-14); histories.known_until is 14700 (through 2010-03-31)");
    REFUSED(of.view.known_until = (double)NAN, RETAIN_ERROR_ARGUMENT, "known_until is NaN");
    REFUSED(of.view.unit_days = 1.0, RETAIN_ERROR_ARGUMENT, "histories.unit_days is 1; the model's unit is 7 days");
    REFUSED(of.view.unit_days = 0.0, RETAIN_ERROR_ARGUMENT, "unit_days is 0");
    REFUSED(of.view.own_columns = 0, RETAIN_ERROR_ARGUMENT, "model has 3 covariates; histories have 2 calendar columns and 0 own");
    REFUSED(of.view.own_columns = 15, RETAIN_ERROR_ARGUMENT, "at most 16 together");
    REFUSED(of.view.start = NULL, RETAIN_ERROR_ARGUMENT, "histories.start is NULL");
    REFUSED(of.view.end = NULL, RETAIN_ERROR_ARGUMENT, "histories.end is NULL");
    REFUSED(of.view.first = NULL, RETAIN_ERROR_ARGUMENT, "histories.first is NULL");
    REFUSED(of.view.calendar = NULL, RETAIN_ERROR_ARGUMENT, "histories.calendar is NULL");
    REFUSED(of.view.calendar_start = NULL, RETAIN_ERROR_ARGUMENT, "histories.calendar_start is NULL");
    REFUSED(of.view.calendar_pieces = 0, RETAIN_ERROR_ARGUMENT, "calendar_pieces is 0");
    REFUSED(of.view.piece = NULL, RETAIN_ERROR_ARGUMENT, "histories.piece is NULL");
    REFUSED((of.view.calendar_start = of.calendar_start + 20, of.view.calendar_pieces = 20), RETAIN_ERROR_DATA,
            "the calendar pieces begin later");
#define BROKEN(place, value, status, sentence)        \
    do {                                              \
        double kept = (double)(place);                \
        (place) = (value);                            \
        of = good;                                    \
        assert_int_equal(try(&of, sentence), status); \
        (place) = (__typeof__(place))kept;            \
    } while (0)
    BROKEN(good.end[3], 13000.0, RETAIN_ERROR_DATA, "histories.end[3] is 13000; it must be at least histories.start[3]");
    BROKEN(good.start[2], (double)NAN, RETAIN_ERROR_DATA, "histories.start[2]");
    BROKEN(good.first[1], -1, RETAIN_ERROR_DATA, "histories.first[1] is -1");
    BROKEN(good.piece[1], 0, RETAIN_ERROR_DATA, "customer 0 has no own piece");
    BROKEN(good.piece_start[0], 14650.0, RETAIN_ERROR_DATA, "customer 0 has no own piece at histories.start[0]");
    BROKEN(good.own[1], (double)INFINITY, RETAIN_ERROR_DATA, "histories.own[0][1] is inf");
    BROKEN(good.occasion[0], 13000.0, RETAIN_ERROR_DATA, "occasions must ascend and lie in (start, end]");
    good.view.calendar_start = good.calendar_start;
    good.calendar_start[5] = good.calendar_start[4];
    assert_int_equal(try(&good, "histories.calendar_start[5]"), RETAIN_ERROR_DATA);
    close_shop(&good);
}

static void other_families_and_bad_horizons_are_refused(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd model = usual;
    double out[8], edges[] = {14000.0, 13999.0, 16000.0};
    size_t occasions;
    shop of;

    (void)state;
    open_shop(&of, usual, 8, 2, 1, 24);
    model.family = RETAIN_BTYD_GG_NBD;
    model.b = 0.1;
    assert_int_equal(retain_btyd_dynamic_alive(&ctx, &model, &of.view, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "for the Pareto/NBD"));
    assert_int_equal(retain_btyd_dynamic_orders(&ctx, &usual, &of.view, -1.0, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_orders(&ctx, &usual, NULL, 1.0, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_orders(&ctx, &usual, &of.view, 1.0, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_btyd_dynamic_tracking(&ctx, &usual, &of.view, edges, 1, out), RETAIN_ERROR_DATA);
    assert_int_equal(retain_btyd_dynamic_tracking(&ctx, &usual, &of.view, edges + 1, 1, out), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "histories.known_until is 15065"));
    assert_int_equal(retain_btyd_dynamic_simulate(&ctx, &usual, &of.view, 1, NULL, NULL, 0, &occasions, NULL),
                     RETAIN_ERROR_ARGUMENT);
    model = usual;
    model.purchase[2] = 400.0;
    assert_int_equal(retain_btyd_dynamic_alive(&ctx, &model, &of.view, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "beyond all bounds"));
    close_shop(&of);
}

static void columns_far_from_0_are_refused(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_btyd model;
    shop of;

    (void)state;
    open_shop(&of, usual, 50, 2, 1, 26);
    for (size_t k = 0; k < CHANGES; k++)
        of.number[k] = 2010.0 + (double)(k / 24);
    assert_int_equal(retain_btyd_dynamic_fit(&ctx, &of.view, NULL, &model, NULL), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "histories.calendar[1] lies between 2010 and 2011, too far from 0"));
    close_shop(&of);
}

static retain_status fit_it(retain_context *ctx, void *state)
{
    shop *of = state;
    retain_btyd model;

    return retain_btyd_dynamic_fit(ctx, &of->view, NULL, &model, NULL);
}

static retain_status ask_it(retain_context *ctx, void *state)
{
    shop *of = state;
    double out[400];

    return retain_btyd_dynamic_silence(ctx, &usual, &of->view, 3.0, out);
}

static retain_status track_it(retain_context *ctx, void *state)
{
    shop *of = state;
    const double edges[] = {14000.0, 14100.0, 14200.0};
    double out[2];

    return retain_btyd_dynamic_tracking(ctx, &usual, &of->view, edges, 2, out);
}

static retain_status draw_it(retain_context *ctx, void *state)
{
    shop *of = state;
    size_t occasions;

    return retain_btyd_dynamic_simulate(ctx, &usual, &of->view, 25, of->first, of->occasion, (size_t)of->first[of->count],
                                        &occasions, NULL);
}

static void survives_running_out_of_memory(void **state)
{
    shop of;

    (void)state;
    open_shop(&of, usual, 400, 2, 1, 25);
    survives_memory_exhaustion(fit_it, NULL, &of);
    survives_memory_exhaustion(ask_it, NULL, &of);
    survives_memory_exhaustion(track_it, NULL, &of);
    survives_memory_exhaustion(draw_it, NULL, &of);
    close_shop(&of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fit_recovers_what_was_drawn),
        cmocka_unit_test(a_fit_ends_where_the_likelihood_of_its_model_is),
        cmocka_unit_test(a_weight_is_so_many_customers_in_any_order),
        cmocka_unit_test(columns_that_tell_nothing_are_named),
        cmocka_unit_test(columns_that_tell_nothing_are_named_at_a_boundary_too),
        cmocka_unit_test(priors_and_held_values_are_kept),
        cmocka_unit_test(simulated_customers_do_what_is_expected),
        cmocka_unit_test(bad_histories_are_named),
        cmocka_unit_test(other_families_and_bad_horizons_are_refused),
        cmocka_unit_test(columns_far_from_0_are_refused),
        cmocka_unit_test(survives_running_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

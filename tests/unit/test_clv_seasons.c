/* Lifetime values of customers with seasons: as those without where nothing changes, as sums by hand where something does, and between
 * the limits when it is drawn. */
#include "histories.h"
#include "models.h"
#include "retain/clv_interval.h"
#include "retain/clv_plan.h"

enum { COUNT = 40, ENTRIES = 4 + 2 * 3 };

static const retain_clv_terms year = {.struct_size = sizeof year, .horizon_days = 364.0, .annual_rate = 0.1, .margin = 0.3};

static double *column(size_t count)
{
    return calloc(count, sizeof(double));
}

static void diagonal(const retain_btyd *model, size_t covariates, double *covariance)
{
    const size_t entries = 4 + 2 * covariates;

    memset(covariance, 0, entries * entries * sizeof *covariance);
    for (size_t i = 0; i < entries; i++) {
        double size = i < 4 ? parameter_of(*model, i) : 1.0;

        covariance[i * entries + i] = 0.01 * size * size;
    }
}

/* --- nothing changes ------------------------------------------------------------------------------------------------------ */

static void like(double got, double want)
{
    assert_true(got == want || (got != got && want != want) || fabs(got - want) <= 1e-6 * fabs(want) + 1e-12);
}

static void covariates_that_never_change_give_the_values_without_seasons(void **state)
{
    double covariance[36], spend[COUNT], z[COUNT], got[8][COUNT], want[8][COUNT], a[20][4], b[20][4];
    const retain_spend gamma_gamma = {6.25, 3.74, 15.44};
    const double spread[9] = {1.4, 0.0, 0.0, 0.0, 0.08, 0.0, 0.0, 0.0, 17.0}, *covariates[] = {z};
    int64_t group[COUNT];
    retain_clv_terms terms = year;
    retain_btyd model = usual;
    static_columns as;
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 0, 1, 61);
    as = summarise_shop(&of);
    model.covariates = 1;
    model.purchase[0] = 0.4;
    model.lifetime[0] = -0.6;
    diagonal(&model, 1, covariance);
    for (size_t i = 0; i < COUNT; i++) {
        z[i] = (double)(i % 7) / 3.0;
        spend[i] = as.x[i] > 0.0 ? 10.0 + (double)(i % 5) : (double)NAN;
        group[i] = (int64_t)(i % 3);
        for (int64_t k = of.piece[i]; k < of.piece[i + 1]; k++)
            of.own[k] = z[i];
    }
    of.view.known_until = (double)INFINITY;
    as.view.covariate_count = 1;
    as.view.covariates = covariates;
    as.view.spend = spend;
    as.view.weight = of.weight;
    for (size_t k = 0; k < 4; k++) {
        const retain_clv_forecast plain = {
            .model = &model, .covariance = covariance, .spend = &gamma_gamma, .spend_covariance = spread};
        retain_clv_forecast seasonal = plain;
        retain_clv_columns one = {.residual = want[0], .standard_error = want[1], .residual_low = want[2], .variance = want[3]},
                           other = {.residual = got[0], .standard_error = got[1], .residual_low = got[2], .variance = got[3]},
                           sums = {.residual = a[0], .residual_high = a[1], .residual_least = a[2], .mean_residual = a[3]},
                           same = {.residual = b[0], .residual_high = b[1], .residual_least = b[2], .mean_residual = b[3]};
        retain_customers known = {.count = COUNT, .frequency = as.x, .spend = spend, .weight = of.weight, .unit_days = 7.0};

        seasonal.histories = &of.view;
        terms.horizon_days = k % 2 ? 0.0 : 364.0;
        terms.service_cost = k / 2 ? 0.5 : 0.0;
        terms.order_cost = k / 2 ? 1.0 : 0.0;
        assert_int_equal(retain_clv_interval(NULL, &plain, &as.view, NULL, &terms, 0.9, &one), RETAIN_OK);
        assert_int_equal(retain_clv_interval(NULL, &seasonal, &known, NULL, &terms, 0.9, &other), RETAIN_OK);
        for (size_t i = 0; i < 4 * COUNT; i++)
            like(got[i / COUNT][i % COUNT], want[i / COUNT][i % COUNT]);
        assert_int_equal(retain_clv_sums(NULL, &plain, &as.view, NULL, group, 3, &terms, 0.9, &sums), RETAIN_OK);
        assert_int_equal(retain_clv_sums(NULL, &seasonal, &known, NULL, group, 3, &terms, 0.9, &same), RETAIN_OK);
        for (size_t i = 0; i < 16; i++)
            like(b[i / 4][i % 4], a[i / 4][i % 4]);
    }
    forget(&as);
    close_shop(&of);
}

/* --- something does ------------------------------------------------------------------------------------------------------- */

static void residual_value_is_that_of_discounted_orders_under_the_seasons(void **state)
{
    retain_btyd_question question = {.struct_size = sizeof question, .quantity = RETAIN_BTYD_DISCOUNTED, .to = 52.0};
    double covariance[ENTRIES * ENTRIES], discounted[COUNT], alive[COUNT], residual[COUNT], low[COUNT], high[COUNT],
        sum = 0.0, total[1], least[1], most[1], *value = column(COUNT), *x = column(COUNT);
    retain_customers customers = {.count = COUNT, .frequency = x, .unit_days = 7.0};
    retain_clv_forecast forecast = {.model = &usual, .covariance = covariance, .value = value};
    retain_clv_terms terms = year;
    const retain_clv_columns rows = {.residual = residual, .residual_low = low, .residual_high = high},
                             all = {.residual = total, .residual_low = least, .residual_high = most};
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 2, 1, 62);
    customers.weight = of.weight;
    diagonal(&usual, 3, covariance);
    forecast.histories = &of.view;
    terms.order_cost = 2.0;
    terms.service_cost = 3.0;
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = (double)(of.first[i + 1] - of.first[i]);
        value[i] = 20.0 + (double)i;
    }
    question.delta = retain_clv_delta(0.1, 7.0);
    assert_int_equal(retain_btyd_dynamic_forecast(NULL, &usual, &of.view, &question, discounted), RETAIN_OK);
    question.quantity = RETAIN_BTYD_LIFETIME;
    assert_int_equal(retain_btyd_dynamic_forecast(NULL, &usual, &of.view, &question, alive), RETAIN_OK);
    assert_int_equal(retain_clv_interval(NULL, &forecast, &customers, NULL, &terms, 0.9, &rows), RETAIN_OK);
    assert_int_equal(retain_clv_sums(NULL, &forecast, &customers, NULL, NULL, 0, &terms, 0.9, &all), RETAIN_OK);
    for (size_t i = 0; i < COUNT; i++) {
        double want = (0.3 * value[i] - 2.0) * discounted[i] - 3.0 * alive[i] * 7.0 / 365.25;

        assert_near(residual[i], want, 1e-10 * (1.0 + fabs(want)));
        assert_true(low[i] < residual[i] && residual[i] < high[i]);
        sum += of.weight[i] * want;
    }
    assert_near(total[0], sum, 1e-10 * (1.0 + fabs(sum)));
    assert_true(least[0] < sum && sum < most[0]);
    free(value);
    free(x);
    close_shop(&of);
}

/* Orders of one value, drawn: 90 % limits of what happens hold nine sums of ten. */
static void what_happens_lies_between_the_limits(void **state)
{
    enum { SHOPS = 40, MANY = 50 };
    const double begin = 14700.0 - 7.0 * 52.0;
    const retain_spend one_value = {1e8, 1e8, 20.0}; /* next to no spread */
    retain_clv_terms terms = {.struct_size = sizeof terms, .horizon_days = 364.0, .annual_rate = 0.2};
    size_t held = 0;

    (void)state;
    for (uint64_t seed = 200; seed < 200 + SHOPS; seed++) {
        double least[1], most[1], spend[MANY], happened = 0.0, x[MANY], ends[MANY];
        int64_t kept[MANY + 1] = {0};
        const retain_clv_columns all = {.residual_least = least, .residual_most = most};
        retain_clv_forecast forecast = {.model = NULL, .spend = &one_value};
        retain_customers customers = {.count = MANY, .frequency = x, .spend = spend, .unit_days = 7.0};
        shop of;

        open_shop(&of, usual, MANY, 1, 0, seed);
        for (size_t i = 0, write = 0; i < MANY; i++) {
            for (size_t k = (size_t)of.first[i]; k < (size_t)of.first[i + 1]; k++) {
                if (of.occasion[k] <= begin)
                    of.occasion[write++] = of.occasion[k];
                else
                    happened += 20.0 * exp(-log(1.2) / 365.25 * (of.occasion[k] - begin));
            }
            kept[i + 1] = (int64_t)write;
            x[i] = (double)(kept[i + 1] - kept[i]);
            spend[i] = 20.0;
            ends[i] = begin;
        }
        of.view.first = kept;
        of.view.end = ends;
        forecast.model = &of.truth;
        forecast.histories = &of.view;
        assert_int_equal(retain_clv_sums(NULL, &forecast, &customers, NULL, NULL, 0, &terms, 0.9, &all), RETAIN_OK);
        held += least[0] <= happened && happened <= most[0];
        close_shop(&of);
    }
    print_message("of %d sums the limits held %zu\n", SHOPS, held);
    assert_true(fabs((double)held / SHOPS - 0.9) < 3.5 * sqrt(0.09 / SHOPS));
}

/* --- how far is known ----------------------------------------------------------------------------------------------------- */

static void a_horizon_ends_with_what_is_known_or_the_last_piece_lasts(void **state)
{
    double value[COUNT], x[COUNT], residual[COUNT], before[COUNT];
    const retain_customers customers = {.count = COUNT, .frequency = x, .unit_days = 7.0};
    const retain_clv_columns rows = {.residual = residual};
    retain_clv_payback_report payback = {.struct_size = sizeof payback};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_clv_terms terms = year;
    retain_clv_forecast forecast = {.model = &usual, .value = value};
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 2, 1, 63);
    for (size_t i = 0; i < COUNT; i++) {
        value[i] = 10.0;
        x[i] = (double)(of.first[i + 1] - of.first[i]);
    }
    forecast.histories = &of.view;
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &customers, NULL, &terms, 0.9, &rows), RETAIN_OK);
    memcpy(before, residual, sizeof before);
    terms.horizon_days = 0.0;
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &customers, NULL, &terms, 0.9, &rows), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "are needed until day inf"));
    assert_memory_equal(residual, before, sizeof before);
    of.view.known_until = (double)INFINITY;
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &customers, NULL, &terms, 0.9, &rows), RETAIN_OK);
    for (size_t i = 0; i < COUNT; i++)
        assert_true(residual[i] > before[i] && residual[i] < (double)INFINITY);
    assert_int_equal(retain_clv_payback(&ctx, &forecast, &customers, NULL, 20.0, &year, 0.9, &payback), RETAIN_OK);
    terms.horizon_days = payback.days;
    assert_int_equal(payback.outcome, RETAIN_PAYBACK_REACHED);
    {
        double sum[1];
        const retain_clv_columns all = {.residual = sum};

        assert_int_equal(retain_clv_sums(&ctx, &forecast, &customers, NULL, NULL, 0, &terms, 0.9, &all), RETAIN_OK);
        assert_near(sum[0], 20.0, 1e-6);
    }
    close_shop(&of);
}

static void a_cost_is_paid_back_on_the_day_of_brute_force(void **state)
{
    golden table = golden_read("clv/dynamic_payback.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        const double days = golden_number(&table, row, "days"), total = golden_number(&table, row, "total");
        const double cost = golden_number(&table, row, "cost"), value = golden_number(&table, row, "value");
        const double historic = golden_number(&table, row, "historic");
        const retain_clv_terms terms = {.struct_size = sizeof terms,
                                        .horizon_days = golden_number(&table, row, "horizon"),
                                        .annual_rate = golden_number(&table, row, "annual_rate"),
                                        .margin = golden_number(&table, row, "margin")};
        retain_clv_payback_report found = {.struct_size = sizeof found};
        retain_clv_forecast forecast = {.value = &value};
        double frequency;
        one_history of;

        read_history(&table, row, &of);
        frequency = (double)of.first[1];
        forecast.model = &of.model;
        forecast.histories = &of.view;
        assert_int_equal(retain_clv_payback(NULL, &forecast,
                                            &(retain_customers){.count = 1, .frequency = &frequency, .unit_days = 7.0}, &historic,
                                            cost, &terms, 0.9, &found),
                         RETAIN_OK);
        assert_near(found.value, total, 1e-11 * total);
        assert_near(found.ratio, total / cost, 1e-11 * total / cost);
        assert_int_equal(found.outcome, isnan(days) ? RETAIN_PAYBACK_MISSED : RETAIN_PAYBACK_REACHED);
        if (!isnan(days))
            assert_near(found.days, days, 1e-8 * days);
    }
    golden_free(&table);
}

/* --- refusals ------------------------------------------------------------------------------------------------------------- */

static void refuses_by_name(void **state)
{
    double value[COUNT] = {1.0}, x[COUNT] = {0.0}, residual[COUNT] = {-7.0}, rates[COUNT] = {0.1}, weight[COUNT] = {-1.0};
    retain_customers customers = {.count = COUNT, .frequency = x, .unit_days = 7.0};
    const retain_clv_columns rows = {.residual = residual};
    retain_clv_payback_report payback = {.struct_size = sizeof payback};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_clv_terms terms = year;
    retain_clv_forecast forecast = {.model = &usual, .value = value};
    shop of;

    (void)state;
    open_shop(&of, usual, COUNT, 2, 1, 64);
    forecast.histories = &of.view;
    customers.count = COUNT - 1;
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &customers, NULL, &terms, 0.9, &rows), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "forecast.histories has 40 customers, customers has 39"));
    customers.count = COUNT;
    terms.annual_rates = rates;
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &customers, NULL, &terms, 0.9, &rows), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "terms.annual_rates is given; with forecast.histories there is one annual_rate"));
    terms.annual_rates = NULL;
    customers.weight = weight;
    assert_int_equal(retain_clv_interval(&ctx, &forecast, &customers, NULL, &terms, 0.9, &rows), RETAIN_ERROR_DATA);
    assert_non_null(strstr(ctx.error, "customers.weight[0] is -1"));
    assert_int_equal(retain_clv_payback_new(&ctx, &forecast, 3.0, 1.0, &year, 0.9, &payback), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(ctx.error, "a new customer has no history yet"));
    assert_near(residual[0], -7.0, 0.0);
    close_shop(&of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(covariates_that_never_change_give_the_values_without_seasons),
        cmocka_unit_test(residual_value_is_that_of_discounted_orders_under_the_seasons),
        cmocka_unit_test(what_happens_lies_between_the_limits),
        cmocka_unit_test(a_horizon_ends_with_what_is_known_or_the_last_piece_lasts),
        cmocka_unit_test(a_cost_is_paid_back_on_the_day_of_brute_force),
        cmocka_unit_test(refuses_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Gamma-Gamma against high-precision values, published fits, its own derivatives, and data drawn from it. */
#include "math/random.h"
#include "models/spend_rows.h"
#include "retain/spend.h"
#include "support.h"

/* --- one customer ------------------------------------------------------------------------------------------------------------------------ */

static void agrees_with_every_high_precision_value(void **state)
{
    golden table = golden_read("spend/gamma_gamma.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        int stress = strcmp(golden_text(&table, row, "kind"), "stress") == 0;
        retain_spend model = {golden_number(&table, row, "p"), golden_number(&table, row, "q"), golden_number(&table, row, "v")};
        double x = golden_number(&table, row, "x"), z = golden_number(&table, row, "z"),
               scale = golden_number(&table, row, "scale");
        double log_likelihood, gradient[3], expected, allowed = (stress ? 1e-13 : 1e-14) * scale, relative = stress ? 1e-9 : 1e-12;
        retain_customers one = {.count = 1, .frequency = &x, .spend = &z, .unit_days = 1.0};

        assert_int_equal(retain_spend_likelihood(NULL, &model, &one, &log_likelihood, gradient), RETAIN_OK);
        assert_int_equal(retain_spend_expected(NULL, &model, &one, &expected), RETAIN_OK);
        assert_near(log_likelihood, golden_number(&table, row, "loglik"), allowed);
        assert_near(gradient[0], golden_number(&table, row, "d_log_p"), allowed);
        assert_near(gradient[1], golden_number(&table, row, "d_log_q"), allowed);
        assert_near(gradient[2], golden_number(&table, row, "d_log_v"), allowed);
        assert_near(expected, golden_number(&table, row, "expected_spend"),
                    relative * fabs(golden_number(&table, row, "expected_spend")));
        assert_near(retain_spend_mean(&model), golden_number(&table, row, "population_mean"),
                    relative * fabs(golden_number(&table, row, "population_mean")));
    }
    golden_free(&table);
}

static void expects_the_population_mean_of_whoever_never_came_back(void **state)
{
    retain_spend model = {6.25, 3.74, 15.44}, heavy = {6.25, 1.0, 15.44};
    double x[] = {0.0, 1.0}, z[] = {(double)NAN, 35.0}, expected[2], log_likelihood[2];
    retain_customers customers = {.count = 2, .frequency = x, .spend = z, .unit_days = 7.0};

    (void)state;
    assert_int_equal(retain_spend_expected(NULL, &model, &customers, expected), RETAIN_OK);
    assert_near(expected[0], 6.25 * 15.44 / 2.74, 1e-12);
    assert_int_equal(retain_spend_expected(NULL, &heavy, &customers, expected), RETAIN_OK);
    assert_nan(expected[0]); /* infinite population mean: no number to give */
    assert_near(expected[1], 15.44 + 35.0, 1e-12);
    assert_int_equal(retain_spend_likelihood(NULL, &model, &customers, log_likelihood, NULL), RETAIN_OK);
    assert_nan(log_likelihood[0]);
    assert_nan(retain_spend_mean(NULL));
}

/* By differences of the logarithm of the expected value, and by drawing next orders. */
static void limits_and_quantiles_are_those_of_the_definition(void **state)
{
    enum { DRAWS = 40000 };
    const retain_spend model = {6.25, 3.74, 15.44};
    const double covariance[9] = {1.4, 0.08, 0.5, 0.08, 0.084, 0.9, 0.5, 0.9, 17.3}, step = 1e-5;
    double x[] = {0.0, 1.0, 4.0, 300.0}, z[] = {(double)NAN, 60.0, 20.0, 33.0}, expected[4], low[4], high[4], wide[4], mean_low,
           mean_high;
    retain_customers customers = {.count = 4, .frequency = x, .spend = z, .unit_days = 7.0};

    (void)state;
    assert_int_equal(retain_spend_interval(NULL, &model, covariance, &customers, 0.95, expected, low, high), RETAIN_OK);
    assert_int_equal(retain_spend_mean_interval(NULL, &model, covariance, 0.95, &mean_low, &mean_high), RETAIN_OK);
    assert_near(mean_low, low[0], 0.0);
    assert_near(mean_high, high[0], 0.0);
    assert_near(expected[0], retain_spend_mean(&model), 1e-13 * expected[0]);
    for (size_t i = 0; i < 4; i++) {
        double slope[3], variance = 0.0;

        for (size_t k = 0; k < 3; k++) {
            retain_spend up = model, down = model;
            double above[4], below[4], *moved[2][3] = {{&up.p, &up.q, &up.gamma}, {&down.p, &down.q, &down.gamma}};

            *moved[0][k] += step;
            *moved[1][k] -= step;
            assert_int_equal(retain_spend_expected(NULL, &up, &customers, above), RETAIN_OK);
            assert_int_equal(retain_spend_expected(NULL, &down, &customers, below), RETAIN_OK);
            slope[k] = (log(above[i]) - log(below[i])) / (2.0 * step);
        }
        for (size_t k = 0; k < 9; k++)
            variance += slope[k / 3] * slope[k % 3] * covariance[k];
        assert_near(log(high[i] / expected[i]), 1.9599639845400545 * sqrt(variance), 1e-7);
        assert_near(log(expected[i] / low[i]), log(high[i] / expected[i]), 1e-12);
    }
    assert_int_equal(retain_spend_quantile(NULL, &model, &customers, 0.8, wide), RETAIN_OK);
    for (size_t i = 0; i < 4; i++) {
        double below = 0.0;

        for (size_t k = 0; k < DRAWS; k++) {
            retain__random random = retain__random_start(9 + i, k);
            double total = x[i] > 0.0 ? x[i] * z[i] : 0.0;
            double rate = retain__random_gamma(&random, model.p * x[i] + model.q, model.gamma + total);

            below += retain__random_gamma(&random, model.p, rate) < wide[i];
        }
        assert_near(below / DRAWS, 0.8, 0.009); /* 4.5 standard errors */
    }
}

static void refuses_bad_limits_and_quantiles(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    const retain_spend model = {6.25, 3.74, 15.44}, infinite = {6.25, 1.0, 15.44};
    double covariance[9] = {1.0, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 9.0}, x = 2.0, z = 30.0, low = -7.0, high = -7.0;
    const retain_customers one = {.count = 1, .frequency = &x, .spend = &z, .unit_days = 1.0};

    (void)state;
    assert_int_equal(retain_spend_quantile(&ctx, &model, &one, 0.0, &low), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "probability is 0; it must lie in (0, 1)");
    assert_int_equal(retain_spend_quantile(&ctx, &model, &one, 0.5, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_quantile(&ctx, NULL, &one, 0.5, &low), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_interval(&ctx, &model, NULL, &one, 0.95, NULL, &low, &high), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "covariance is NULL; it is required");
    assert_int_equal(retain_spend_interval(&ctx, &model, covariance, &one, 1.0, NULL, &low, &high), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_interval(&ctx, &model, covariance, &one, 0.95, NULL, NULL, &high), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_mean_interval(&ctx, &model, covariance, 0.95, NULL, &high), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_mean_interval(&ctx, NULL, covariance, 0.95, &low, &high), RETAIN_ERROR_ARGUMENT);
    assert_near(low, -7.0, 0.0);
    assert_int_equal(retain_spend_mean_interval(&ctx, &infinite, covariance, 0.95, &low, &high), RETAIN_OK);
    assert_true(isnan(low) && isnan(high));
    covariance[0] = covariance[1] = covariance[3] = (double)NAN; /* a parameter that the fit left open */
    assert_int_equal(retain_spend_interval(&ctx, &model, covariance, &one, 0.95, NULL, &low, &high), RETAIN_OK);
    assert_true(isnan(low) && isnan(high));
    assert_int_equal(retain_spend_mean_interval(&ctx, &model, covariance, 0.95, &low, &high), RETAIN_OK);
    assert_true(isnan(low));
}

/* --- whole customer bases ------------------------------------------------------------------------------------------------------------------- */

enum { DRAWN = 20000 };

typedef struct base {
    double x[DRAWN], z[DRAWN], weight[DRAWN];
} base;

/* Customers of a known model; frequency as in a shop, a third without repeat occasion. */
static retain_customers draw_base(base *drawn, const retain_spend *model, uint64_t seed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        retain__random random = retain__random_start(seed, i);
        double x = i % 3 ? retain__random_poisson(&random, 2.5) : 0.0;
        double rate = retain__random_gamma(&random, model->q, model->gamma);

        drawn->x[i] = x;
        drawn->z[i] = x > 0.0 ? retain__random_gamma(&random, model->p * x, rate * x) : (double)NAN;
        drawn->weight[i] = 1.0;
    }
    return (retain_customers){.count = count, .frequency = drawn->x, .spend = drawn->z, .unit_days = 7.0};
}

static base *new_base(void)
{
    base *drawn = calloc(1, sizeof *drawn);

    assert_non_null(drawn);
    return drawn;
}

static void sums_and_their_derivatives_agree_with_single_customers(void **state)
{
    base *drawn = new_base();
    retain_customers customers = draw_base(drawn, &(retain_spend){5.0, 3.0, 20.0}, 1, 3000);
    double at[3] = {4.0, 2.5, 30.0}, sums[RETAIN__SPEND_SUMS], total[4] = {0.0};
    double log_likelihood[3000], gradient[9000];
    retain__scratch scratch = {NULL, NULL};
    retain__spend_rows rows;
    size_t entry = 4;

    (void)state;
    assert_int_equal(retain__spend_gather(&scratch, &customers, NULL, &rows), RETAIN_OK);
    assert_int_equal(retain__spend_evaluate(NULL, &rows, at, 0.0, sums), RETAIN_OK);
    assert_int_equal(retain_spend_likelihood(NULL, &(retain_spend){at[0], at[1], at[2]}, &customers, log_likelihood, gradient),
                     RETAIN_OK);
    for (size_t i = 0; i < customers.count; i++) {
        total[0] += isnan(log_likelihood[i]) ? 0.0 : log_likelihood[i];
        for (size_t k = 0; k < 3; k++)
            total[1 + k] += isnan(gradient[3 * i + k]) ? 0.0 : gradient[3 * i + k];
    }
    for (size_t s = 0; s < 4; s++)
        assert_near(sums[s], total[s], 1e-11 * (fabs(total[0]) + fabs(total[s])));
    for (size_t i = 0; i < 3; i++) { /* the Hessian, by differences of the gradient */
        double step = 1e-5, up[3], down[3], above[RETAIN__SPEND_SUMS], below[RETAIN__SPEND_SUMS];

        memcpy(up, at, sizeof up);
        memcpy(down, at, sizeof down);
        up[i] *= exp(step);
        down[i] *= exp(-step);
        assert_int_equal(retain__spend_evaluate(NULL, &rows, up, 0.0, above), RETAIN_OK);
        assert_int_equal(retain__spend_evaluate(NULL, &rows, down, 0.0, below), RETAIN_OK);
        for (size_t j = i; j < 3; j++, entry++)
            assert_near(sums[entry], (above[1 + j] - below[1 + j]) / (2.0 * step), 1e-6 * (1.0 + fabs(sums[entry])));
    }
    retain__release(&scratch);
    free(drawn);
}

static void finds_the_parameters_that_data_were_drawn_from(void **state)
{
    base *drawn = new_base();
    retain_spend truth = {6.0, 3.5, 16.0}, model;
    retain_customers customers = draw_base(drawn, &truth, 7, DRAWN);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double correlation;

    (void)state;
    assert_int_equal(retain_spend_fit(NULL, &customers, NULL, &model, &report, &correlation), RETAIN_OK);
    assert_int_equal(report.verdict, RETAIN_FIT_CONVERGED);
    assert_int_equal(report.parameters, 3);
    assert_true(fabs(log(model.p / truth.p)) < 4.0 * report.standard_error[0] / model.p);
    assert_true(fabs(log(model.q / truth.q)) < 4.0 * report.standard_error[1] / model.q);
    assert_true(fabs(log(model.gamma / truth.gamma)) < 4.0 * report.standard_error[2] / model.gamma);
    assert_true(fabs(correlation) < 0.05);
    free(drawn);
}

/* The 946 repeat customers of the published fit, from the order log: customers' mean spend per repeat day. */
static void reproduces_the_published_fit_of_cdnow(void **state)
{
    const char *folder = getenv("RETAIN_DATA");
    char path[1024], line[256];
    enum { ROWS = 7000, PEOPLE = 2400 };
    int64_t *customer, *day, id[PEOPLE];
    double *value, frequency[PEOPLE], spend[PEOPLE], t_x[PEOPLE], T[PEOPLE], correlation;
    retain_orders log = {0};
    retain_summary out = {.customer = id, .frequency = frequency, .spend = spend, .t_x = t_x, .T = T};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_customers customers;
    retain_spend model;
    size_t count;
    FILE *file;

    (void)state;
    if (!folder) {
        print_message("RETAIN_DATA is not set: the published CDNOW fit is skipped\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/cdnow/cdnow_sample.csv", folder);
    file = fopen(path, "r");
    assert_non_null(file);
    customer = calloc(ROWS, sizeof *customer);
    day = calloc(ROWS, sizeof *day);
    value = calloc(ROWS, sizeof *value);
    assert_true(customer && day && value && fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) && log.count < ROWS) {
        long long person, year, month, date;

        assert_int_equal(sscanf(line, "%*[^,],%lld,%lld-%lld-%lld,%*[^,],%lf", &person, &year, &month, &date, &value[log.count]),
                         5);
        customer[log.count] = person; /* days since the first of January 1997, 1997-09-30 being 272 */
        day[log.count++] =
            (year - 1997) * 365 + (month - 1) * 30 + (int64_t[]){0, 1, -1, 0, 0, 1, 1, 2, 3, 3, 4, 4}[month - 1] + date - 1;
    }
    fclose(file);
    log.customer = customer;
    log.day = day;
    log.value = value;
    assert_int_equal(retain_orders_summary(NULL, &log, 272, NULL, &out, PEOPLE, &count, NULL), RETAIN_OK);
    customers = (retain_customers){.count = count, .frequency = frequency, .t_x = t_x, .T = T, .spend = spend, .unit_days = 1.0};
    assert_int_equal(retain_spend_fit(NULL, &customers, NULL, &model, &report, &correlation), RETAIN_OK);
    assert_int_equal(report.rows, 946);
    assert_near(model.p, 6.24935, 1e-3 * 6.24935);
    assert_near(model.q, 3.74426, 1e-3 * 3.74426);
    assert_near(model.gamma, 15.44431, 1e-3 * 15.44431);
    assert_near(report.log_likelihood, -4055.917695, 1e-4);
    assert_near(report.standard_error[0], 1.18997, 1e-3);
    assert_near(report.standard_error[1], 0.290136, 1e-3);
    assert_near(report.standard_error[2], 4.159534, 4e-3);
    assert_near(retain_spend_mean(&model), 35.1710, 1e-3);
    assert_near(correlation, 0.11388, 1e-5);
    free(customer);
    free(day);
    free(value);
}

static void weights_count_identical_customers(void **state)
{
    base *drawn = new_base(), *twice = new_base();
    retain_customers once = draw_base(drawn, &(retain_spend){5.0, 3.0, 20.0}, 3, 4000), copies;
    retain_spend weighted, copied;

    (void)state;
    for (size_t i = 0; i < once.count; i++) {
        drawn->weight[i] = 1.0 + (double)(i % 3);
        for (size_t k = 0; k <= i % 3; k++) {
            size_t at = i + k * 4000;

            twice->x[at] = drawn->x[i];
            twice->z[at] = drawn->z[i];
        }
    }
    for (size_t i = 0; i < 12000; i++)
        twice->weight[i] = twice->x[i] > 0.0 || twice->z[i] != 0.0 ? 1.0 : 0.0;
    once.weight = drawn->weight;
    copies =
        (retain_customers){.count = 12000, .frequency = twice->x, .spend = twice->z, .weight = twice->weight, .unit_days = 7.0};
    assert_int_equal(retain_spend_fit(NULL, &once, NULL, &weighted, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_spend_fit(NULL, &copies, NULL, &copied, NULL, NULL), RETAIN_OK);
    assert_memory_equal(&weighted, &copied, sizeof weighted);
    free(drawn);
    free(twice);
}

static void neither_row_order_nor_threads_change_a_bit(void **state)
{
    base *drawn = new_base(), *turned = new_base();
    retain_customers customers = draw_base(drawn, &(retain_spend){5.0, 3.0, 20.0}, 4, DRAWN);
    retain_customers reversed = {.count = DRAWN, .frequency = turned->x, .spend = turned->z, .unit_days = 7.0};
    retain_spend model, other;

    (void)state;
    for (size_t i = 0; i < DRAWN; i++) {
        turned->x[i] = drawn->x[DRAWN - 1 - i];
        turned->z[i] = drawn->z[DRAWN - 1 - i];
    }
    assert_int_equal(retain_spend_fit(NULL, &customers, NULL, &model, NULL, NULL), RETAIN_OK);
    for (int threads = 1; threads <= 8; threads++) {
        retain_context ctx = RETAIN_CONTEXT_INIT;

        ctx.threads = threads;
        assert_int_equal(retain_spend_fit(&ctx, &reversed, NULL, &other, NULL, NULL), RETAIN_OK);
        assert_memory_equal(&model, &other, sizeof model);
    }
    free(drawn);
    free(turned);
}

static void says_when_the_population_mean_is_infinite(void **state)
{
    base *drawn = new_base();
    retain_customers customers = draw_base(drawn, &(retain_spend){4.0, 0.7, 10.0}, 5, DRAWN);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_spend model;

    (void)state;
    assert_int_equal(retain_spend_fit(NULL, &customers, NULL, &model, &report, NULL), RETAIN_OK);
    assert_true(model.q < 1.0);
    assert_non_null(strstr(report.explanation, "q"));
    assert_non_null(strstr(report.explanation, "infinite"));
    free(drawn);
}

static void never_calls_a_fit_a_success_that_the_data_do_not_identify(void **state)
{
    double x[] = {1.0, 2.0, 3.0, 4.0, 5.0, 0.0}, same[] = {20.0, 20.0, 20.0, 20.0, 20.0, (double)NAN};
    retain_customers equal = {.count = 6, .frequency = x, .spend = same, .unit_days = 7.0};
    retain_customers few = {.count = 1, .frequency = x, .spend = same, .unit_days = 7.0}, none = {.count = 0, .unit_days = 7.0};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_spend model;
    double correlation = 0.0;

    (void)state;
    assert_int_equal(retain_spend_fit(NULL, &equal, NULL, &model, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_true(report.verdict != RETAIN_FIT_CONVERGED && report.explanation[0]);
    assert_int_equal(retain_spend_fit(NULL, &few, NULL, &model, &report, &correlation), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
    assert_nan(model.p);
    assert_nan(correlation);
    assert_int_equal(retain_spend_fit(NULL, &none, NULL, &model, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
}

static void refuses_bad_rows_and_models_by_name(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double x[] = {1.0, 2.0}, z[] = {10.0, 0.0}, weight[] = {1.0, -1.0}, out[2] = {-7.0, -7.0};
    retain_customers customers = {.count = 2, .frequency = x, .spend = z, .unit_days = 7.0};
    retain_spend model = {1.0, 2.0, 3.0}, bad = {1.0, (double)NAN, 3.0};

    (void)state;
    assert_int_equal(retain_spend_expected(&ctx, &model, &customers, out), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "customers.spend[1] is 0; where frequency is above 0 it must be positive and finite");
    assert_int_equal(ctx.row, 1);
    assert_near(out[0], -7.0, 0.0);
    z[1] = 5.0;
    x[0] = 1.5;
    assert_int_equal(retain_spend_expected(&ctx, &model, &customers, out), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "customers.frequency[0] is 1.5; it must be a whole number, at least 0");
    x[0] = 0x1p54;
    assert_int_equal(retain_spend_expected(&ctx, &model, &customers, out), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "customers.frequency[0] is 1.80144e16; it must be at most 2^53");
    x[0] = 1.0;
    customers.weight = weight;
    assert_int_equal(retain_spend_fit(&ctx, &customers, NULL, &model, NULL, NULL), RETAIN_ERROR_DATA);
    assert_string_equal(ctx.error, "customers.weight[1] is -1; it must be finite and at least 0");
    customers.weight = NULL;
    assert_int_equal(retain_spend_expected(&ctx, &bad, &customers, out), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "model.q is NaN; it must be positive and finite");
    assert_int_equal(retain_spend_expected(&ctx, &model, NULL, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_expected(&ctx, NULL, &customers, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_likelihood(&ctx, &model, &customers, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_fit(&ctx, &customers, NULL, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    customers.spend = NULL;
    assert_int_equal(retain_spend_fit(&ctx, &customers, NULL, &model, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "customers.spend is NULL; it is required");
    customers.spend = z;
    assert_int_equal(retain_spend_expected(&ctx, &model, &customers, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "expected is NULL; it is required");
    assert_int_equal(retain_spend_fit(&ctx, NULL, NULL, &model, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "customers is NULL; it is required");
}

static void refuses_what_is_not_finite_and_a_bad_context(void **state)
{
    const double infinite = (double)INFINITY;
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double x[] = {1.0, 2.0}, z[] = {10.0, 5.0}, weight[] = {1.0, 1.0}, out[2] = {-7.0, -7.0};
    double *const places[] = {&x[1], &z[1], &weight[1]};
    retain_customers customers = {.count = 2, .frequency = x, .spend = z, .weight = weight, .unit_days = 7.0};
    retain_customers without = {.count = 2, .spend = z, .unit_days = 7.0}, nobody = {.unit_days = 7.0};
    retain_spend model = {1.0, 2.0, 3.0}, bad = {1.0, 2.0, infinite};

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        for (int wrong = 0; wrong < 2; wrong++) {
            double kept = *places[k];

            *places[k] = wrong ? infinite : -1.0;
            assert_int_equal(retain_spend_likelihood(&ctx, &model, &customers, out, NULL), RETAIN_ERROR_DATA);
            assert_int_equal(ctx.row, 1);
            *places[k] = kept;
        }
    }
    assert_int_equal(retain_spend_likelihood(&ctx, &bad, &customers, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "model.gamma is infinity; it must be positive and finite");
    assert_int_equal(retain_spend_likelihood(&ctx, &model, &without, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_string_equal(ctx.error, "customers.frequency is NULL; it is required");
    assert_int_equal(retain_spend_likelihood(&ctx, &model, &nobody, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_spend_expected(&ctx, &model, &nobody, NULL), RETAIN_OK);
    ctx.threads = -1;
    assert_int_equal(retain_spend_likelihood(&ctx, &model, &customers, out, NULL), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_expected(&ctx, &model, &customers, out), RETAIN_ERROR_ARGUMENT);
    assert_int_equal(retain_spend_fit(&ctx, &customers, NULL, &model, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(out[0], -7.0, 0.0);
}

/* Weights that are not whole numbers lose a last bit when they are added up, always the same. */
static void fractions_of_weights_may_come_in_any_order(void **state)
{
    enum { COPIES = 7 };
    double x[6 * COPIES], z[6 * COPIES], weight[6 * COPIES], turned[6 * COPIES];
    retain_customers customers = {.count = 6 * COPIES, .frequency = x, .spend = z, .weight = weight, .unit_days = 7.0}, other;
    retain_fit_report report = RETAIN_FIT_REPORT_INIT, again = RETAIN_FIT_REPORT_INIT;
    retain_spend model;

    (void)state;
    for (size_t i = 0; i < 6 * COPIES; i++) {
        x[i] = 1.0 + (double)(i % 6);
        z[i] = 10.0 + 7.0 * (double)(i % 6 % 3);
        weight[i] = 1.0 / (double)(3 + i);
        turned[i] = 1.0 / (double)(3 + i % 6 + 6 * (COPIES - 1 - i / 6));
    }
    other = customers;
    other.weight = turned;
    assert_int_equal(retain_spend_fit(NULL, &customers, NULL, &model, &report, NULL),
                     retain_spend_fit(NULL, &other, NULL, &model, &again, NULL));
    assert_memory_equal(&report, &again, sizeof report);
}

static retain_status fit_base(retain_context *ctx, void *state)
{
    retain_spend model;

    return retain_spend_fit(ctx, state, NULL, &model, NULL, NULL);
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    base *drawn = new_base();
    retain_customers customers = draw_base(drawn, &(retain_spend){5.0, 3.0, 20.0}, 6, 3000);

    (void)state;
    survives_memory_exhaustion(fit_base, NULL, &customers);
    free(drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_every_high_precision_value),
        cmocka_unit_test(expects_the_population_mean_of_whoever_never_came_back),
        cmocka_unit_test(limits_and_quantiles_are_those_of_the_definition),
        cmocka_unit_test(refuses_bad_limits_and_quantiles),
        cmocka_unit_test(sums_and_their_derivatives_agree_with_single_customers),
        cmocka_unit_test(finds_the_parameters_that_data_were_drawn_from),
        cmocka_unit_test(reproduces_the_published_fit_of_cdnow),
        cmocka_unit_test(weights_count_identical_customers),
        cmocka_unit_test(neither_row_order_nor_threads_change_a_bit),
        cmocka_unit_test(says_when_the_population_mean_is_infinite),
        cmocka_unit_test(never_calls_a_fit_a_success_that_the_data_do_not_identify),
        cmocka_unit_test(refuses_bad_rows_and_models_by_name),
        cmocka_unit_test(refuses_what_is_not_finite_and_a_bad_context),
        cmocka_unit_test(fractions_of_weights_may_come_in_any_order),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

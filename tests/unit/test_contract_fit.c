/* Fits of contract models: published results, what both kinds of data and all orders of rows have in common, verdicts, intervals
 * that hold. */
#include "models/contract_family.h"
#include "retain/contract.h"
#include "support.h"

static const double years = 365.25;
static const double regular[] = {1000, 631, 468, 382, 326, 289, 262, 241}, high_end[] = {1000, 869, 743, 653, 593, 551, 517, 491};

static retain_contract_cohorts cohort_of(const double *survivors, size_t columns)
{
    return (retain_contract_cohorts){.count = 1, .columns = columns, .survivors = survivors, .period_days = years};
}

static double survival_of(const retain_contract *model, double t)
{
    double value;

    assert_int_equal(retain_contract_survival(NULL, model, NULL, &t, 1, NULL, 0.0, &value, NULL, NULL, NULL), RETAIN_OK);
    return value;
}

static double value_of(const retain_contract *model, double n, retain_contract_moment moment, double d)
{
    double value;

    assert_int_equal(retain_contract_discounted(NULL, model, &n, 1, moment, (double)INFINITY, d, NULL, 0.0, &value, NULL, NULL),
                     RETAIN_OK);
    return value;
}

/* --- published ------------------------------------------------------------------------------------------------------------------ */

/* Fader & Hardie 2007, table 1 and section 4: Regular and High End. */
static void reproduces_the_published_fits_of_the_sbg(void **state)
{
    static const double later[2][5] = {{.220085, .204411, .191190, .179865, .170038},
                                       {.460440, .435780, .414172, .395055, .377999}};
    static const double derl[] = {5.414479, 5.901379, 6.293893, 6.619922}, rates[] = {.626706, .756047, .818823, .855903, .880383};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_contract_cohorts cohort = cohort_of(regular, 8);
    retain_contract model;

    (void)state;
    assert_int_equal(retain_contract_fit_cohorts(NULL, RETAIN_CONTRACT_SBG, &cohort, NULL, &model, &report), RETAIN_OK);
    assert_near(model.alpha, .704077, 1e-5);
    assert_near(model.beta, 1.182042, 1e-5);
    assert_nan(model.c);
    assert_near(report.log_likelihood, -1680.265188, 1e-4);
    assert_near(report.customers, 1000.0, 0.0);
    for (size_t k = 0; k < 5; k++) {
        double t = 1.0 + (double)k, rate;

        assert_near(survival_of(&model, 8.0 + (double)k), later[0][k], 1e-5);
        assert_int_equal(retain_contract_retention(NULL, &model, &t, 1, NULL, 0.0, &rate, NULL, NULL, NULL), RETAIN_OK);
        assert_near(rate, rates[k], 1e-5);
    }
    assert_near(value_of(&model, 0.0, RETAIN_CONTRACT_DEL, 0.1), 3.694909, 1e-5);

    cohort = cohort_of(high_end, 8);
    assert_int_equal(retain_contract_fit_cohorts(NULL, RETAIN_CONTRACT_SBG, &cohort, NULL, &model, &report), RETAIN_OK);
    assert_near(model.alpha, .668088, 1e-5);
    assert_near(model.beta, 3.806089, 1e-5);
    assert_near(report.log_likelihood, -1611.158147, 1e-4);
    for (size_t k = 0; k < 5; k++)
        assert_near(survival_of(&model, 8.0 + (double)k), later[1][k], 1e-5);
    for (size_t k = 0; k < 4; k++)
        assert_near(value_of(&model, (double)k, RETAIN_CONTRACT_DERL_BEFORE, 0.1), derl[k], 1e-5);
    assert_near(value_of(&model, 0.0, RETAIN_CONTRACT_DEL, 0.1), 5.922254, 1e-5);
}

static void reproduces_the_known_fits_of_the_bdw(void **state)
{
    static const double want[2][4] = {{.455614, .779325, 1.283451, -1679.60283}, {.214253, 1.426575, 1.723565, -1605.31421}};
    const double *data[] = {regular, high_end};

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_contract_cohorts cohort = cohort_of(data[k], 8);
        retain_contract model;

        assert_int_equal(retain_contract_fit_cohorts(NULL, RETAIN_CONTRACT_BDW, &cohort, NULL, &model, &report), RETAIN_OK);
        assert_near(report.log_likelihood, want[k][3], 1e-4);
        assert_near(model.alpha, want[k][0], 2e-5);
        assert_near(model.beta, want[k][1], 2e-5);
        assert_near(model.c, want[k][2], 2e-5);
    }
}

static void meets_estimates_that_were_polished_to_34_digits(void **state)
{
    golden table = golden_read("contract/sbg_mle.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        int is_high_end = strstr(golden_text(&table, row, "fit"), "highend") != NULL;
        size_t columns = is_high_end ? 8 : 5, k = strcmp(golden_text(&table, row, "parameter"), "beta") == 0;
        retain_contract_cohorts cohort = cohort_of(is_high_end ? high_end : regular, columns);
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_contract model;
        double want = golden_number(&table, row, "estimate"), value = golden_number(&table, row, "loglik");

        assert_int_equal(retain_contract_fit_cohorts(NULL, RETAIN_CONTRACT_SBG, &cohort, NULL, &model, &report), RETAIN_OK);
        assert_near(report.estimate[k], want, 1e-9 * want);
        assert_near(report.log_likelihood, value, 1e-12 * fabs(value));
        assert_near(report.standard_error[k] / report.estimate[k], golden_number(&table, row, "std_error_of_log_parameter"), 1e-4);
        assert_true(report.gradient_norm < 1e-8);
    }
    golden_free(&table);
}

/* Years 8 to 12, which the fit has not seen (Berry & Linoff 2004). */
static void forecasts_the_years_that_were_held_out(void **state)
{
    const char *folder = getenv("RETAIN_DATA");
    char path[1024], line[128];
    double years_seen[2][13];
    FILE *file;

    (void)state;
    if (!folder) {
        print_message("RETAIN_DATA is not set: the held-out years are skipped\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/sbg/sbg_survivors.csv", folder);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    for (size_t t = 0; t < 13; t++) {
        assert_non_null(fgets(line, sizeof line, file));
        assert_int_equal(sscanf(line, "%*d,%lf,%lf", &years_seen[0][t], &years_seen[1][t]), 2);
    }
    fclose(file);
    for (size_t k = 0; k < 2; k++) {
        retain_contract_cohorts cohort = cohort_of(years_seen[k], 8);
        retain_contract model;

        assert_int_equal(retain_contract_fit_cohorts(NULL, RETAIN_CONTRACT_SBG, &cohort, NULL, &model, NULL), RETAIN_OK);
        for (size_t t = 8; t < 13; t++)
            assert_near(1000.0 * survival_of(&model, (double)t), years_seen[k][t], 17.0);
    }
}

/* --- one likelihood ------------------------------------------------------------------------------------------------------------- */

enum { ROWS = 3000 };

typedef struct base {
    double decisions[ROWS], periods[ROWS], weight[ROWS];
    uint8_t left[ROWS];
} base;

/* Customers of up to eight cohorts: i % 8 + 2 decisions each. */
static retain_contract_customers draw_base(base *drawn, const retain_contract *model, uint64_t seed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        drawn->decisions[i] = 2.0 + (double)(i % 8);
        drawn->weight[i] = 1.0;
    }
    assert_int_equal(retain_contract_simulate(NULL, model, drawn->decisions, count, seed, drawn->periods, drawn->left, NULL),
                     RETAIN_OK);
    return (retain_contract_customers){
        .count = count, .periods = drawn->periods, .left = drawn->left, .period_days = model->period_days};
}

static const retain_contract shop = {RETAIN_CONTRACT_BDW, 30.4375, 0.9, 4.0, 1.3};

static void survivors_of_ragged_cohorts_and_rows_of_customers_give_the_same_fit(void **state)
{
    base *drawn = calloc(1, sizeof *drawn);
    double survivors[8][10], of_rows = 0.0, of_cohorts = 0.0, each[ROWS], cohort_values[8];
    retain_contract_customers customers = draw_base(drawn, &shop, 3, ROWS);
    retain_contract_cohorts cohorts = {.count = 8, .columns = 10, .survivors = survivors[0], .period_days = 30.4375};

    (void)state;
    for (size_t g = 0; g < 8; g++) {
        for (size_t t = 0; t < 10; t++) {
            survivors[g][t] = t > g + 2 ? (double)NAN : 0.0;
            for (size_t i = g; i < ROWS && t <= g + 2; i += 8)
                survivors[g][t] += drawn->left[i] ? drawn->periods[i] > (double)t : 1.0;
        }
    }
    for (int family = 1; family <= 2; family++) {
        retain_fit_report report = RETAIN_FIT_REPORT_INIT, other = RETAIN_FIT_REPORT_INIT;
        retain_contract model, same;

        assert_int_equal(retain_contract_fit(NULL, (retain_contract_family)family, &customers, NULL, &model, &report), RETAIN_OK);
        assert_int_equal(retain_contract_fit_cohorts(NULL, (retain_contract_family)family, &cohorts, NULL, &same, &other),
                         RETAIN_OK);
        assert_near(model.alpha, same.alpha, 0.0);
        assert_near(model.beta, same.beta, 0.0);
        assert_near(model.c, same.c, 0.0);
        assert_near(report.log_likelihood, other.log_likelihood, 0.0);
        assert_int_equal(report.rows, ROWS);
        assert_int_equal(other.rows, 8);
        assert_int_equal(retain_contract_likelihood(NULL, &model, &customers, each, NULL), RETAIN_OK);
        assert_int_equal(retain_contract_likelihood_cohorts(NULL, &model, &cohorts, cohort_values, NULL), RETAIN_OK);
        of_rows = of_cohorts = 0.0;
        for (size_t i = 0; i < ROWS; i++)
            of_rows += each[i];
        for (size_t g = 0; g < 8; g++)
            of_cohorts += cohort_values[g];
        assert_near(of_rows, report.log_likelihood, 1e-11 * fabs(of_rows));
        assert_near(of_cohorts, report.log_likelihood, 1e-11 * fabs(of_rows));
    }
    free(drawn);
}

static void neither_row_order_nor_weights_nor_threads_change_a_bit(void **state)
{
    base *drawn = calloc(1, sizeof *drawn), *turned = calloc(1, sizeof *turned);
    retain_contract_customers customers = draw_base(drawn, &shop, 5, ROWS), other = customers;
    retain_contract model, same;

    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        turned->periods[i] = drawn->periods[ROWS - 1 - i];
        turned->left[i] = drawn->left[ROWS - 1 - i];
    }
    other.periods = turned->periods;
    other.left = turned->left;
    assert_int_equal(retain_contract_fit(NULL, RETAIN_CONTRACT_BDW, &customers, NULL, &model, NULL), RETAIN_OK);
    for (int threads = 1; threads <= 8; threads *= 2) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        double survived[] = {0.0, 3.0, 2000.0, 3.0}, one[4], many[4];

        ctx.threads = threads;
        assert_int_equal(retain_contract_fit(&ctx, RETAIN_CONTRACT_BDW, &other, NULL, &same, NULL), RETAIN_OK);
        assert_memory_equal(&model.alpha, &same.alpha, 3 * sizeof(double));
        assert_int_equal(retain_contract_discounted(NULL, &model, survived, 4, RETAIN_CONTRACT_DEL, (double)INFINITY, .01, NULL,
                                                    0.0, one, NULL, NULL),
                         RETAIN_OK);
        assert_int_equal(retain_contract_discounted(&ctx, &model, survived, 4, RETAIN_CONTRACT_DEL, (double)INFINITY, .01, NULL,
                                                    0.0, many, NULL, NULL),
                         RETAIN_OK);
        assert_memory_equal(one, many, sizeof one);
        assert_near(one[1], one[3], 0.0);
        assert_int_equal(retain_contract_simulate(&ctx, &shop, drawn->decisions, ROWS, 5, turned->periods, turned->left, NULL),
                         RETAIN_OK);
        assert_memory_equal(turned->periods, drawn->periods, sizeof drawn->periods);
        for (size_t i = 0; i < ROWS; i++) { /* back to front again */
            turned->periods[i] = drawn->periods[ROWS - 1 - i];
            turned->left[i] = drawn->left[ROWS - 1 - i];
        }
    }
    for (size_t i = 0; i < ROWS / 2; i++) { /* the first half counts three times, by weight and by rows */
        drawn->weight[i] = 3.0;
    }
    customers.count = ROWS / 2;
    customers.weight = drawn->weight;
    assert_int_equal(retain_contract_fit(NULL, RETAIN_CONTRACT_SBG, &customers, NULL, &model, NULL), RETAIN_OK);
    {
        static double periods[3 * ROWS / 2];
        static uint8_t left[3 * ROWS / 2];
        retain_contract_customers thrice = {.count = 3 * ROWS / 2, .periods = periods, .left = left, .period_days = 30.4375};

        for (size_t i = 0; i < 3 * ROWS / 2; i++) {
            periods[i] = drawn->periods[i % (ROWS / 2)];
            left[i] = drawn->left[i % (ROWS / 2)];
        }
        assert_int_equal(retain_contract_fit(NULL, RETAIN_CONTRACT_SBG, &thrice, NULL, &same, NULL), RETAIN_OK);
        assert_near(model.alpha, same.alpha, 0.0);
        assert_near(model.beta, same.beta, 0.0);
    }
    free(drawn);
    free(turned);
}

/* Many different ages, and people who have just come: they say nothing, and change nothing. */
static void newcomers_change_nothing(void **state)
{
    static double periods[2 * ROWS], decisions[2 * ROWS];
    static uint8_t left[2 * ROWS];
    retain_contract_customers customers = {.count = 2 * ROWS, .periods = periods, .left = left, .period_days = 30.4375};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_contract model, same;

    (void)state;
    for (size_t i = 0; i < 2 * ROWS; i++)
        decisions[i] = i < ROWS ? 1.0 + (double)(i % 150) : 0.0;
    assert_int_equal(retain_contract_simulate(NULL, &shop, decisions, 2 * ROWS, 8, periods, left, NULL), RETAIN_OK);
    assert_int_equal(retain_contract_fit(NULL, RETAIN_CONTRACT_BDW, &customers, NULL, &model, &report), RETAIN_OK);
    assert_near(report.customers, ROWS, 0.0);
    customers.count = ROWS;
    assert_int_equal(retain_contract_fit(NULL, RETAIN_CONTRACT_BDW, &customers, NULL, &same, NULL), RETAIN_OK);
    assert_near(model.alpha, same.alpha, 1e-9 * same.alpha);
    assert_near(model.beta, same.beta, 1e-9 * same.beta);
    assert_near(model.c, same.c, 1e-9 * same.c);
}

/* Gradient against differences of the value, Hessian against differences of the gradient. */
static void derivatives_agree_with_differences(void **state)
{
    static const double points[][3] = {{0.7, 1.2, 1.0}, {0.2, 1.4, 1.7}, {3.0, 40.0, 0.4}, {50.0, 900.0, 2.0}};
    static const double times[][2] = {{0, 1}, {0, 2}, {0, 12}, {5, 3}};
    const retain__contract_family *families[] = {&retain__contract_sbg, &retain__contract_bdw};

    (void)state;
    for (size_t f = 0; f < 2; f++) {
        size_t count = families[f]->count;

        for (size_t k = 0; k < 16; k++) {
            const double *p = points[k % 4], *at = times[k / 4];
            double terms[RETAIN__CONTRACT_TERMS];
            size_t entry = 1 + count;

            retain__contract_log_pmf(families[f], p, at[0], at[1], 2, terms);
            for (size_t i = 0; i < count; i++) {
                double step = 1e-4, up[3], down[3], above[RETAIN__CONTRACT_TERMS], below[RETAIN__CONTRACT_TERMS];

                memcpy(up, p, sizeof up);
                memcpy(down, p, sizeof down);
                up[i] *= exp(step);
                down[i] *= exp(-step);
                retain__contract_log_pmf(families[f], up, at[0], at[1], 1, above);
                retain__contract_log_pmf(families[f], down, at[0], at[1], 1, below);
                assert_near(terms[1 + i], (above[0] - below[0]) / (2.0 * step), 1e-6 * (1.0 + fabs(terms[1 + i])));
                for (size_t j = i; j < count; j++, entry++)
                    assert_near(terms[entry], (above[1 + j] - below[1 + j]) / (2.0 * step), 1e-6 * (1.0 + fabs(terms[entry])));
            }
        }
    }
}

/* --- verdicts --------------------------------------------------------------------------------------------------------------------- */

static void refuse_fit(const double *survivors, size_t columns, retain_contract_family family, retain_fit_verdict verdict,
                       const char *words)
{
    retain_contract_cohorts cohort = cohort_of(survivors, columns);
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_contract model = {.alpha = -1.0};

    assert_int_equal(retain_contract_fit_cohorts(NULL, family, &cohort, NULL, &model, &report), RETAIN_ERROR_CONVERGENCE);
    if (report.verdict != verdict || !strstr(report.explanation, words))
        print_message("%s\n", report.explanation);
    assert_int_equal(report.verdict, verdict);
    assert_non_null(strstr(report.explanation, words));
    assert_int_equal(model.family, family);
    assert_true(verdict == RETAIN_FIT_TOO_LITTLE_DATA ? isnan(model.alpha) : model.alpha > 0.0);
}

static void says_why_a_fit_is_none(void **state)
{
    static const double alike[] = {1000, 800, 640, 512, 409.6, 327.68}, rising[] = {1000, 900, 720, 504, 302, 151};
    static const double nobody_left[] = {100, 100, 100}, nobody_stayed[] = {100, 0, 0}, one[] = {100, 70}, two[] = {100, 70, 60};
    static const double split[] = {1000, 400, 400, 400, 400}, none[] = {0, 0, 0};
    const double unseen[] = {50, (double)NAN};

    (void)state;
    refuse_fit(alike, 6, RETAIN_CONTRACT_SBG, RETAIN_FIT_BOUNDARY, "all customers leave with the same probability");
    for (size_t k = 0; k < 3; k++) { /* the way to the boundary bends */
        static const double constant[][4] = {{1000, 500, 250, 125}, {1000, 499, 251, 125}, {1000, 900, 810, 729}};

        refuse_fit(constant[k], 4, RETAIN_CONTRACT_SBG, RETAIN_FIT_BOUNDARY, "all customers leave with the same probability");
        refuse_fit(constant[k], 4, RETAIN_CONTRACT_BDW, RETAIN_FIT_BOUNDARY, "customers do not differ");
    }
    refuse_fit(rising, 6, RETAIN_CONTRACT_SBG, RETAIN_FIT_BOUNDARY, "all customers leave with the same probability");
    refuse_fit(rising, 6, RETAIN_CONTRACT_BDW, RETAIN_FIT_BOUNDARY, "customers do not differ, and only tenure changes the risk");
    refuse_fit(split, 5, RETAIN_CONTRACT_SBG, RETAIN_FIT_BOUNDARY,
               "some customers leave at the first decision, and all others never");
    refuse_fit(nobody_left, 3, RETAIN_CONTRACT_SBG, RETAIN_FIT_TOO_LITTLE_DATA, "nobody has left");
    refuse_fit(nobody_stayed, 3, RETAIN_CONTRACT_SBG, RETAIN_FIT_TOO_LITTLE_DATA, "nobody has renewed");
    refuse_fit(one, 2, RETAIN_CONTRACT_SBG, RETAIN_FIT_TOO_LITTLE_DATA, "second decision");
    refuse_fit(two, 3, RETAIN_CONTRACT_BDW, RETAIN_FIT_TOO_LITTLE_DATA, "third decision");
    refuse_fit(none, 3, RETAIN_CONTRACT_BDW, RETAIN_FIT_TOO_LITTLE_DATA, "nobody has come to a renewal decision");
    refuse_fit(unseen, 2, RETAIN_CONTRACT_BDW, RETAIN_FIT_TOO_LITTLE_DATA, "nobody has come to a renewal decision");
    refuse_fit(unseen, 1, RETAIN_CONTRACT_SBG, RETAIN_FIT_TOO_LITTLE_DATA, "nobody has come to a renewal decision");
    refuse_fit((const double[]){20, 14, 11, 9}, 4, RETAIN_CONTRACT_BDW, RETAIN_FIT_RIDGE, "do not determine");
}

static void a_larger_model_never_has_the_lower_likelihood(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        double survivors[7] = {(double)(20 + seed * 7 % 300)};
        retain_contract_cohorts cohort = cohort_of(survivors, 7);
        retain_fit_report small = RETAIN_FIT_REPORT_INIT, large = RETAIN_FIT_REPORT_INIT;
        retain_contract model;
        uint64_t stream = seed;

        for (size_t t = 1; t < 7; t++)
            survivors[t] = floor(survivors[t - 1] * (0.5 + 0.5 * (double)(random_bits(&stream) % 1000) / 1000.0));
        (void)retain_contract_fit_cohorts(NULL, RETAIN_CONTRACT_SBG, &cohort, NULL, &model, &small);
        (void)retain_contract_fit_cohorts(NULL, RETAIN_CONTRACT_BDW, &cohort, NULL, &model, &large);
        if (small.verdict != RETAIN_FIT_TOO_LITTLE_DATA)
            assert_true(large.log_likelihood >= small.log_likelihood - 1e-6);
        assert_true(large.verdict != RETAIN_FIT_STOPPED && large.verdict != RETAIN_FIT_NONE);
    }
}

/* --- Monte Carlo ---------------------------------------------------------------------------------------------------------------- */

enum { REPEATS = 150, SHOPPERS = 1500 };

/* Among the fits of bases that were drawn from it, 95 % intervals hold the truth about that often. */
static void check_coverage(const retain_contract *truth)
{
    base *drawn = calloc(1, sizeof *drawn);
    size_t fits = 0, held[5] = {0}, count = retain_contract_parameters(truth->family);
    const double given[] = {truth->alpha, truth->beta, truth->c}, t = 12.0, n = 2.0;
    double survival = survival_of(truth, t), del = value_of(truth, n, RETAIN_CONTRACT_DEL, 0.02);

    for (uint64_t seed = 1; seed <= REPEATS; seed++) {
        retain_contract_customers customers = draw_base(drawn, truth, seed, SHOPPERS);
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_contract model;
        double value, low, high;

        if (retain_contract_fit(NULL, truth->family, &customers, NULL, &model, &report) != RETAIN_OK)
            continue;
        fits++;
        for (size_t k = 0; k < count; k++)
            held[k] += report.low[k] <= given[k] && given[k] <= report.high[k];
        assert_int_equal(retain_contract_survival(NULL, &model, NULL, &t, 1, &report, 0.95, &value, NULL, &low, &high), RETAIN_OK);
        assert_true(low < value && value < high);
        held[3] += low <= survival && survival <= high;
        assert_int_equal(retain_contract_discounted(NULL, &model, &n, 1, RETAIN_CONTRACT_DEL, (double)INFINITY, 0.02, &report, 0.0,
                                                    &value, &low, &high),
                         RETAIN_OK);
        assert_true(1.0 < low && low < value && value < high);
        held[4] += low <= del && del <= high;
    }
    assert_true(fits >= REPEATS * 95 / 100);
    for (size_t k = 0; k < 5; k++) {
        if (k < count || k >= 3)
            assert_true((double)held[k] >= 0.89 * (double)fits);
    }
    free(drawn);
}

static void intervals_hold_the_truth_as_often_as_they_say(void **state)
{
    const retain_contract small = {RETAIN_CONTRACT_SBG, years, 0.8, 2.5, (double)NAN};
    const retain_contract large = {RETAIN_CONTRACT_BDW, years, 0.5, 1.0, 1.4};

    (void)state;
    check_coverage(&small);
    check_coverage(&large);
}

static void drawn_customers_stay_as_long_as_the_model_says(void **state)
{
    static const retain_contract models[] = {{RETAIN_CONTRACT_SBG, 365.25, 0.7, 1.2, 0.0},
                                             {RETAIN_CONTRACT_BDW, 365.25, 2.0, 6.0, 1.5},
                                             {RETAIN_CONTRACT_BDW, 365.25, 0.01, 0.02, 0.5}};
    enum { DRAWN = 40000 };
    double *decisions = calloc(4 * DRAWN, sizeof *decisions), *periods = decisions + DRAWN, *lifetime = periods + DRAWN;
    uint8_t *left = calloc(DRAWN, 1);

    (void)state;
    for (size_t i = 0; i < DRAWN; i++)
        decisions[i] = 6.0;
    for (size_t m = 0; m < 3; m++) {
        assert_int_equal(retain_contract_simulate(NULL, &models[m], decisions, DRAWN, 11, periods, left, lifetime), RETAIN_OK);
        for (double t = 1.0; t <= 20.0; t += 1.0) {
            double there = 0.0, want = survival_of(&models[m], t);

            for (size_t i = 0; i < DRAWN; i++) {
                there += lifetime[i] > t;
                assert_true(left[i] ? periods[i] == lifetime[i] && periods[i] <= 6.0 : periods[i] == 6.0 && lifetime[i] > 6.0);
            }
            assert_near(there / DRAWN, want, 4.0 * sqrt(want * (1.0 - want) / DRAWN) + 1e-4);
        }
    }
    free(decisions);
    free(left);
}

/* --- memory --------------------------------------------------------------------------------------------------------------------- */

static retain_status fit_both(retain_context *ctx, void *state)
{
    static const double survivors[] = {1000, 631, 468, 382, 326, 289, 262, 241, 1000, 869, 743, 653, 593, 551, 517, 491};
    retain_contract_cohorts cohorts = {.count = 2, .columns = 8, .survivors = survivors, .period_days = years};
    retain_status status = retain_contract_fit(ctx, RETAIN_CONTRACT_SBG, state, NULL, &(retain_contract){0}, NULL);

    return status == RETAIN_OK ? retain_contract_fit_cohorts(ctx, RETAIN_CONTRACT_BDW, &cohorts, NULL, &(retain_contract){0}, NULL)
                               : status;
}

static retain_status value_both(retain_context *ctx, void *state)
{
    double out[2], gradient[6], survived[] = {1.0, 5000.0};
    retain_contract_cohorts cohort = cohort_of(regular, 8);
    retain_contract_customers two = *(retain_contract_customers *)state;
    retain_status status;

    two.count = 2;
    status = retain_contract_likelihood(ctx, &shop, &two, out, gradient);
    if (status == RETAIN_OK)
        status = retain_contract_discounted(ctx, &shop, survived, 2, RETAIN_CONTRACT_DEL, 20.0, 0.1, NULL, 0.0, out, NULL, NULL);
    cohort.period_days = shop.period_days;
    return status == RETAIN_OK ? retain_contract_likelihood_cohorts(ctx, &shop, &cohort, out, gradient) : status;
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    base *drawn = calloc(1, sizeof *drawn);
    retain_contract_customers customers = draw_base(drawn, &shop, 3, 300);

    (void)state;
    survives_memory_exhaustion(fit_both, NULL, &customers);
    survives_memory_exhaustion(value_both, NULL, &customers);
    free(drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reproduces_the_published_fits_of_the_sbg),
        cmocka_unit_test(reproduces_the_known_fits_of_the_bdw),
        cmocka_unit_test(meets_estimates_that_were_polished_to_34_digits),
        cmocka_unit_test(forecasts_the_years_that_were_held_out),
        cmocka_unit_test(survivors_of_ragged_cohorts_and_rows_of_customers_give_the_same_fit),
        cmocka_unit_test(neither_row_order_nor_weights_nor_threads_change_a_bit),
        cmocka_unit_test(newcomers_change_nothing),
        cmocka_unit_test(derivatives_agree_with_differences),
        cmocka_unit_test(says_why_a_fit_is_none),
        cmocka_unit_test(a_larger_model_never_has_the_lower_likelihood),
        cmocka_unit_test(intervals_hold_the_truth_as_often_as_they_say),
        cmocka_unit_test(drawn_customers_stay_as_long_as_the_model_says),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Draws of contract models: against a posterior on a grid, the delta method and simulation; determined by the seed; refused with words. */
#include "retain/contract_draws.h"
#include "support.h"

enum { CHAINS = 4, DRAWS = 1000, ALL = CHAINS * DRAWS, MOST = 3 };

static double values[ALL * MOST];
static const double months = 30.4375;
static const double forty[] = {40, 38, 37}, loyal[] = {25, 25, 25, 25}, many[] = {869, 743, 653, 593, 551, 517};

static retain_contract_cohorts cohort_of(const double *survivors, size_t columns)
{
    return (retain_contract_cohorts){.count = 1, .columns = columns, .survivors = survivors, .period_days = months};
}

static retain_contract_question ask(retain_contract_quantity quantity)
{
    return (retain_contract_question){.struct_size = sizeof(retain_contract_question), .quantity = quantity};
}

/* --- the posterior -------------------------------------------------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Within 4.5 Monte Carlo standard errors of a thousand independent draws, and quantiles within the step of the grid besides. */
static void check_limits(const golden *wanted, size_t row, double low, double high, double grain)
{
    double error = golden_number(wanted, row, "deviation") / sqrt(1000.0);

    assert_near(low, golden_number(wanted, row, "low"), 4.5 * 2.5 * error + grain);
    assert_near(high, golden_number(wanted, row, "high"), 4.5 * 2.5 * error + grain);
}

static void check_parameter(const golden *wanted, size_t row, size_t entry, size_t entries)
{
    static double drawn[ALL];
    double error = golden_number(wanted, row, "deviation") / sqrt(1000.0), mean = 0.0;

    for (size_t i = 0; i < ALL; i++) {
        drawn[i] = values[i * entries + entry];
        mean += drawn[i] / ALL;
    }
    assert_near(mean, golden_number(wanted, row, "mean"), 4.5 * error);
    qsort(drawn, ALL, sizeof *drawn, compare_doubles);
    assert_near(drawn[ALL / 2], golden_number(wanted, row, "median"), 4.5 * 1.3 * error + 0.05);
    check_limits(wanted, row, drawn[ALL / 20], drawn[ALL - ALL / 20], 0.05);
}

static void check_answer(const golden *wanted, size_t row, retain_contract_family family)
{
    const char *name = golden_text(wanted, row, "quantity");
    retain_contract_question question = ask(strcmp(name, "survival") == 0    ? RETAIN_CONTRACT_SURVIVAL
                                            : strcmp(name, "pmf") == 0       ? RETAIN_CONTRACT_PMF
                                            : strcmp(name, "retention") == 0 ? RETAIN_CONTRACT_RETENTION
                                            : strcmp(name, "del") == 0       ? RETAIN_CONTRACT_DISCOUNTED
                                                                             : RETAIN_CONTRACT_ELASTICITY);
    int is_value = question.quantity >= RETAIN_CONTRACT_DISCOUNTED;
    double n = is_value ? 1.0 : 2.0, t = question.quantity == RETAIN_CONTRACT_SURVIVAL ? 12.0
                                         : question.quantity == RETAIN_CONTRACT_PMF    ? 3.0
                                                                                       : 5.0;
    double mean, deviation, low, high, sd = golden_number(wanted, row, "deviation");

    question.periods = 24.0;
    question.d = 0.1;
    assert_int_equal(retain_contract_draws_interval(NULL, family, values, ALL, &question, &n, is_value ? NULL : &t, 1, 0.9, &mean,
                                                    &deviation, &low, &high),
                     RETAIN_OK);
    assert_near(mean, golden_number(wanted, row, "mean"), 4.5 * sd / sqrt(1000.0));
    assert_near(deviation, sd, 0.15 * sd);
    check_limits(wanted, row, low, high, 0.0);
}

/* The number of sixty who stay: the limits are those of a smooth distribution, the wanted ones of a mixture of binomial ones. Where
 * hardly anybody leaves they are off by more than a customer. */
static void check_base(const golden *wanted, size_t row, retain_contract_family family)
{
    double n[60], t[60];
    retain_contract_question question = ask(RETAIN_CONTRACT_SURVIVAL);
    retain_contract_sum sum = {.struct_size = sizeof sum};

    for (size_t i = 0; i < 60; i++) {
        n[i] = 2.0;
        t[i] = 3.0;
    }
    assert_int_equal(retain_contract_draws_total(NULL, family, values, ALL, &question, n, t, 60, NULL, 0.9, &sum), RETAIN_OK);
    assert_near(sum.value, golden_number(wanted, row, "mean"), 4.5 * golden_number(wanted, row, "deviation") / sqrt(1000.0));
    assert_near(sum.standard_error, golden_number(wanted, row, "deviation"), 0.15 * sum.standard_error);
    assert_near(sum.least, golden_number(wanted, row, "low"), 1.5);
    assert_near(sum.most, golden_number(wanted, row, "high"), 1.0);
    assert_true(sum.least < sum.low && sum.low < sum.value && sum.value < sum.high && sum.high <= sum.most);
}

static void posteriors_of_few_subscribers_are_those_of_a_grid(void **state)
{
    golden wanted = golden_read("contract_draws/posterior.csv");
    retain_draws_report told = RETAIN_DRAWS_REPORT_INIT;
    char before[64] = "";

    (void)state;
    for (size_t row = 0; row < wanted.rows; row++) {
        const char *shop = golden_text(&wanted, row, "shop"), *name = golden_text(&wanted, row, "quantity");
        retain_contract_family family =
            strcmp(golden_text(&wanted, row, "family"), "sBG") == 0 ? RETAIN_CONTRACT_SBG : RETAIN_CONTRACT_BDW;
        retain_fit_options options = {.struct_size = sizeof options, .prior_sd = golden_number(&wanted, row, "prior_sd")};
        retain_contract_cohorts cohort = strcmp(shop, "forty") == 0   ? cohort_of(forty, 3)
                                         : strcmp(shop, "loyal") == 0 ? cohort_of(loyal, 4)
                                                                      : cohort_of(many, 6);
        char now[64];

        snprintf(now, sizeof now, "%s %d", shop, (int)family);
        if (strcmp(now, before) != 0) {
            assert_int_equal(
                retain_contract_posterior_cohorts(NULL, family, &cohort, &options, 5, CHAINS, DRAWS, NULL, values, &told),
                RETAIN_OK);
            assert_true(told.verdict == RETAIN_DRAWS_CONVERGED && told.draws == ALL && told.r_hat < 1.01 && told.ess_bulk > 400.0);
            assert_near(told.prior_sd, options.prior_sd, 0.0);
        }
        strcpy(before, now);
        if (strncmp(name, "log_", 4) == 0)
            check_parameter(&wanted, row, (size_t)(name[4] == 'c' ? 2 : name[4] == 'b'), retain_contract_parameters(family));
        else if (strcmp(name, "base") == 0)
            check_base(&wanted, row, family);
        else
            check_answer(&wanted, row, family);
    }
    golden_free(&wanted);
}

static void customers_cohorts_orders_and_threads_give_the_same_draws(void **state)
{
    static double other[ALL * MOST];
    double periods[40], weight[40];
    uint8_t left[40];
    retain_contract_customers rows = {.count = 40, .periods = periods, .left = left, .weight = weight, .period_days = months};
    retain_contract_cohorts cohort = cohort_of(forty, 3);
    retain_context three = RETAIN_CONTEXT_INIT;
    retain_contract first, second;

    (void)state;
    three.threads = 3;
    for (size_t i = 0; i < 40; i++) { /* who left early stands in the middle; a row of weight 1 is a customer */
        left[i] = i >= 20 && i < 23;
        periods[i] = i == 20 ? 2.0 : i == 21 || i == 22 ? 1.0 : 2.0;
        weight[i] = 1.0;
    }
    for (retain_contract_family family = RETAIN_CONTRACT_SBG; family <= RETAIN_CONTRACT_BDW; family++) {
        size_t cells = 400 * retain_contract_parameters(family);

        (void)retain_contract_posterior_cohorts(NULL, family, &cohort, NULL, 3, 4, 100, &first, values, NULL);
        (void)retain_contract_posterior(&three, family, &rows, NULL, 3, 4, 100, &second, other, NULL);
        assert_memory_equal(values, other, cells * sizeof *values);
        assert_near(first.alpha, second.alpha, 0.0);
        (void)retain_contract_bootstrap(NULL, family, &rows, NULL, 3, 400, NULL, values, NULL);
        (void)retain_contract_bootstrap_cohorts(&three, family, &cohort, NULL, 3, 400, NULL, other, NULL);
        assert_memory_equal(values, other, cells * sizeof *values);
    }
}

static void a_posterior_needs_nobody_to_have_left_or_renewed(void **state)
{
    static const double all_left[] = {12, 0}, all_stay[] = {12, 12}, fresh[] = {12};
    const double *data[] = {all_left, all_stay};
    retain_fit_options sane = {.struct_size = sizeof sane, .prior_sd = 1.0};
    retain_draws_report told = RETAIN_DRAWS_REPORT_INIT;
    retain_contract_cohorts cohort;

    (void)state;
    for (size_t k = 0; k < 2; k++) {
        for (retain_contract_family family = RETAIN_CONTRACT_SBG; family <= RETAIN_CONTRACT_BDW; family++) {
            retain_contract_question question = ask(RETAIN_CONTRACT_RETENTION);
            double one = 1.0, mean;

            cohort = cohort_of(data[k], 2);
            assert_int_equal(retain_contract_posterior_cohorts(NULL, family, &cohort, &sane, 1, CHAINS, DRAWS, NULL, values, &told),
                             RETAIN_OK);
            assert_int_equal(
                retain_contract_draws_interval(NULL, family, values, ALL, &question, NULL, &one, 1, 0.9, &mean, NULL, NULL, NULL),
                RETAIN_OK);
            assert_true(k == 0 ? mean < 0.25 : mean > 0.75);
        }
    }
    cohort = cohort_of(fresh, 1);
    assert_int_equal(
        retain_contract_posterior_cohorts(NULL, RETAIN_CONTRACT_SBG, &cohort, NULL, 1, CHAINS, DRAWS, NULL, values, &told),
        RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(told.verdict, RETAIN_DRAWS_LACK);
    assert_non_null(strstr(told.explanation, "nobody has come to a renewal decision yet"));
    for (size_t i = 0; i < 2 * ALL; i++)
        assert_nan(values[i]);
}

/* --- the bootstrap -------------------------------------------------------------------------------------------------------------- */

static void sources_agree_where_customers_are_many(void **state)
{
    enum { CUSTOMERS = 20000, REFITS = 400 };
    static double decisions[CUSTOMERS], periods[CUSTOMERS], refits[REFITS * MOST];
    static uint8_t left[CUSTOMERS];
    retain_contract truth = {RETAIN_CONTRACT_BDW, months, 0.7, 2.5, 1.3}, model;
    retain_contract_customers rows = {.count = CUSTOMERS, .periods = periods, .left = left, .period_days = months};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_draws_report told = RETAIN_DRAWS_REPORT_INIT;
    retain_contract_question question = ask(RETAIN_CONTRACT_SURVIVAL);
    double n[] = {0.0, 4.0}, t[] = {10.0, 6.0}, stays[2], low[2], high[2], mean[2], deviation[2], drawn_low[2], drawn_high[2];

    (void)state;
    for (size_t i = 0; i < CUSTOMERS; i++)
        decisions[i] = 1.0 + (double)(i % 12);
    assert_int_equal(retain_contract_simulate(NULL, &truth, decisions, CUSTOMERS, 9, periods, left, NULL), RETAIN_OK);
    for (retain_contract_family family = RETAIN_CONTRACT_SBG; family <= RETAIN_CONTRACT_BDW; family++) {
        assert_int_equal(retain_contract_fit(NULL, family, &rows, NULL, &model, &report), RETAIN_OK);
        assert_int_equal(retain_contract_survival(NULL, &model, n, t, 2, &report, 0.9, stays, NULL, low, high), RETAIN_OK);
        assert_int_equal(retain_contract_bootstrap(NULL, family, &rows, NULL, 1, REFITS, NULL, refits, &told), RETAIN_OK);
        assert_true(told.failed + told.open == 0 && told.evaluations > REFITS);
        assert_int_equal(retain_contract_posterior(NULL, family, &rows, NULL, 1, CHAINS, DRAWS, NULL, values, &told), RETAIN_OK);
        for (int source = 0; source < 2; source++) {
            assert_int_equal(retain_contract_draws_interval(NULL, family, source ? refits : values, source ? REFITS : ALL,
                                                            &question, n, t, 2, 0.9, mean, deviation, drawn_low, drawn_high),
                             RETAIN_OK);
            for (size_t i = 0; i < 2; i++) {
                double width = high[i] - low[i];

                assert_near(mean[i], stays[i], 0.1 * width);
                assert_near(drawn_low[i], low[i], 0.15 * width);
                assert_near(drawn_high[i], high[i], 0.15 * width);
                assert_near(deviation[i], width / 3.29, (source ? 0.15 : 0.06) * width / 3.29 * 1.5);
            }
        }
    }
}

static void refits_on_a_boundary_are_kept_counted_and_can_be_asked(void **state)
{
    static const double alike[] = {1000, 500, 250, 125}; /* customers do not differ */
    retain_contract_cohorts cohort = cohort_of(alike, 4);
    retain_draws_report told = RETAIN_DRAWS_REPORT_INIT;
    double t = 4.0, zero = 0.0, mean, low, high;

    (void)state;
    for (retain_contract_family family = RETAIN_CONTRACT_SBG; family <= RETAIN_CONTRACT_BDW; family++) {
        assert_int_equal(retain_contract_bootstrap_cohorts(NULL, family, &cohort, NULL, 1, 100, NULL, values, &told),
                         RETAIN_ERROR_CONVERGENCE);
        assert_int_equal(told.verdict, RETAIN_DRAWS_UNSTEADY);
        assert_true(told.open > 5 && told.failed == 0);
        for (retain_contract_quantity quantity = RETAIN_CONTRACT_SURVIVAL; quantity <= RETAIN_CONTRACT_ELASTICITY; quantity++) {
            retain_contract_question question = ask(quantity);

            question.d = 0.01;
            assert_int_equal(
                retain_contract_draws_interval(NULL, family, values, 100, &question, &zero, &t, 1, 0.9, &mean, NULL, &low, &high),
                RETAIN_OK);
            assert_true(low <= mean && mean <= high);
            if (quantity == RETAIN_CONTRACT_RETENTION)
                assert_near(mean, 0.5, 0.03);
        }
    }
}

/* --- totals --------------------------------------------------------------------------------------------------------------------- */

/* Variance of payments from the probabilities of leaving at each decision; the payment made is certain. */
static void chance_is_that_of_the_probabilities_of_leaving(void **state)
{
    enum { AHEAD = 30 };
    const double row[] = {log(0.8), log(2.5), log(1.2)};
    retain_contract model = {RETAIN_CONTRACT_BDW, months, 0.8, 2.5, 1.2};
    double n = 2.0, survived[AHEAD], t[AHEAD], pmf[AHEAD];

    (void)state;
    for (size_t k = 0; k < AHEAD; k++) {
        survived[k] = n;
        t[k] = (double)k + 1.0;
    }
    assert_int_equal(retain_contract_pmf(NULL, &model, survived, t, AHEAD, pmf, NULL), RETAIN_OK);
    for (int moment = 0; moment < 3; moment++) {
        for (int with = 0; with < 2; with++) {
            retain_contract_question question = ask(RETAIN_CONTRACT_DISCOUNTED);
            retain_contract_sum sum = {.struct_size = sizeof sum};
            double d = with ? 0.05 : 0.0, paid = 0.0, mean = 0.0, square = 0.0, stays = 1.0, worth = 3.0, first;

            for (size_t k = 0; k < AHEAD; k++) { /* who leaves at decision k + 1 has renewed k times */
                mean += pmf[k] * paid;
                square += pmf[k] * paid * paid;
                stays -= pmf[k];
                paid += pow(1.0 + d, -(double)k);
            }
            mean += stays * paid;
            square += stays * paid * paid;
            first = moment == RETAIN_CONTRACT_DERL_BEFORE ? 1.0 : 1.0 / (1.0 + d);
            question.moment = (retain_contract_moment)moment;
            question.periods = AHEAD;
            question.d = d;
            assert_int_equal(
                retain_contract_draws_total(NULL, RETAIN_CONTRACT_BDW, row, 1, &question, &n, NULL, 1, &worth, 0.9, &sum),
                RETAIN_OK);
            assert_near(sum.value, worth * (first * mean + (moment == RETAIN_CONTRACT_DEL ? 1.0 : 0.0)), 1e-11 * sum.value);
            assert_near(sum.variance, worth * worth * first * first * (square - mean * mean), 1e-9 * sum.variance);
            assert_true(sum.least >= (moment == RETAIN_CONTRACT_DEL ? worth : 0.0) && sum.least < sum.value &&
                        sum.value < sum.most);
        }
    }
}

static void totals_are_sums_over_customers(void **state)
{
    static double survived[300], t[300], worth[300], mean[300];
    const double rows[] = {log(0.8), log(2.5), (double)NAN, 0.0, log(0.5), log(4.0)};

    (void)state;
    for (size_t i = 0; i < 300; i++) {
        survived[i] = (double)(i % 7);
        t[i] = 1.0 + (double)(i % 3);
        worth[i] = (double)(i % 5);
    }
    for (retain_contract_quantity quantity = RETAIN_CONTRACT_SURVIVAL; quantity <= RETAIN_CONTRACT_DISCOUNTED; quantity++) {
        retain_contract_question question = ask(quantity);
        retain_contract_sum sum = {.struct_size = sizeof sum};
        double wanted = 0.0;

        if (quantity == RETAIN_CONTRACT_RETENTION)
            continue;
        question.d = 0.1;
        assert_int_equal(retain_contract_draws_interval(NULL, RETAIN_CONTRACT_SBG, rows, 3, &question, survived, t, 300, 0.9, mean,
                                                        NULL, NULL, NULL),
                         RETAIN_OK);
        assert_int_equal(
            retain_contract_draws_total(NULL, RETAIN_CONTRACT_SBG, rows, 3, &question, survived, t, 300, worth, 0.9, &sum),
            RETAIN_OK);
        for (size_t i = 0; i < 300; i++)
            wanted += worth[i] * mean[i];
        assert_near(sum.value, wanted, 1e-12 * wanted);
        assert_true(sum.least < sum.low && sum.high < sum.most);
    }
}

/* Sums for ever are had from one another, those over a number of periods each on its own. */
static void values_for_ever_are_those_of_the_model_itself(void **state)
{
    static const double n[] = {0.0, 1.0, 31.0, 32.0, 33.0, 64.0, 70.0, 200.0, 1e9 + 1.0};
    enum { ROWS = sizeof n / sizeof *n };
    const double row[] = {log(2.8), log(4.0), log(0.9)};
    retain_contract model = {RETAIN_CONTRACT_BDW, months, 2.8, 4.0, 0.9};

    (void)state;
    for (int at = 0; at < 12; at++) { /* moments, and with discount; the last half: of the sBG */
        retain_contract_family family = at < 6 ? RETAIN_CONTRACT_BDW : RETAIN_CONTRACT_SBG;
        retain_contract_question question = ask(RETAIN_CONTRACT_DISCOUNTED);
        retain_contract_sum ever = {.struct_size = sizeof ever}, almost = ever;
        double wanted[ROWS], found[ROWS];

        model.family = family;
        model.c = at < 6 ? 0.9 : (double)NAN;
        question.moment = (retain_contract_moment)(at % 3);
        question.d = at / 3 % 2 ? 0.02 : 0.0;
        assert_int_equal(retain_contract_discounted(NULL, &model, n, ROWS, question.moment, (double)INFINITY, question.d, NULL, 0.9,
                                                    wanted, NULL, NULL),
                         RETAIN_OK);
        assert_int_equal(
            retain_contract_draws_interval(NULL, family, row, 1, &question, n, NULL, ROWS, 0.9, found, NULL, NULL, NULL),
            RETAIN_OK);
        for (size_t i = 0; i < ROWS; i++)
            assert_near(found[i], wanted[i], 1e-12 * wanted[i]);
        assert_int_equal(retain_contract_draws_total(NULL, family, row, 1, &question, n, NULL, ROWS - 1, NULL, 0.9, &ever),
                         RETAIN_OK);
        question.periods = 1e15;
        assert_int_equal(retain_contract_draws_total(NULL, family, row, 1, &question, n, NULL, ROWS - 1, NULL, 0.9, &almost),
                         RETAIN_OK);
        if (question.d > 0.0)
            assert_near(ever.variance, almost.variance, 1e-9 * almost.variance);
        question.quantity = RETAIN_CONTRACT_ELASTICITY;
        question.periods = 0.0;
        assert_int_equal(retain_contract_elasticity(NULL, &model, n, ROWS, question.moment, (double)INFINITY, question.d, wanted),
                         RETAIN_OK);
        assert_int_equal(
            retain_contract_draws_interval(NULL, family, row, 1, &question, n, NULL, ROWS, 0.9, found, NULL, NULL, NULL),
            RETAIN_OK);
        for (size_t i = 0; i < ROWS; i++)
            assert_near(found[i], wanted[i], 1e-12 * wanted[i]);
    }
}

static void what_is_endless_in_one_draw_has_an_infinite_mean(void **state)
{
    const double rows[] = {log(3.0), log(2.0), log(0.9), log(2.0)}; /* without discount an alpha of 0.9 is for ever */
    retain_contract_question question = ask(RETAIN_CONTRACT_DISCOUNTED);
    retain_contract_sum sum = {.struct_size = sizeof sum};
    double mean, deviation, low, high;

    (void)state;
    assert_int_equal(retain_contract_draws_interval(NULL, RETAIN_CONTRACT_SBG, rows, 2, &question, (double[]){0.0}, NULL, 1, 0.9,
                                                    &mean, &deviation, &low, &high),
                     RETAIN_OK);
    assert_true(mean == (double)INFINITY && high == (double)INFINITY);
    assert_nan(deviation);
    assert_int_equal(
        retain_contract_draws_total(NULL, RETAIN_CONTRACT_SBG, rows, 2, &question, (double[]){0.0}, NULL, 1, NULL, 0.9, &sum),
        RETAIN_OK);
    assert_true(sum.value == (double)INFINITY && sum.variance == (double)INFINITY);
    assert_nan(sum.least);
    assert_nan(sum.most);
}

static void there_is_nothing_to_say_of_nobody_or_by_no_draw(void **state)
{
    const double rows[] = {0.0, 0.0, (double)NAN, (double)NAN};
    retain_contract_question question = ask(RETAIN_CONTRACT_SURVIVAL);
    retain_contract_sum sum = {.struct_size = sizeof sum};
    double one = 1.0, mean = 0.0;

    (void)state;
    assert_int_equal(retain_contract_draws_total(NULL, RETAIN_CONTRACT_SBG, rows, 1, &question, NULL, NULL, 0, NULL, 0.9, &sum),
                     RETAIN_OK);
    assert_true(sum.value == 0.0 && sum.variance == 0.0 && sum.least == 0.0 && sum.most == 0.0);
    assert_int_equal(retain_contract_draws_interval(NULL, RETAIN_CONTRACT_SBG, rows + 2, 1, &question, NULL, &one, 1, 0.9, &mean,
                                                    NULL, NULL, NULL),
                     RETAIN_OK);
    assert_nan(mean);
    assert_int_equal(retain_contract_draws_total(NULL, RETAIN_CONTRACT_SBG, rows, 0, &question, NULL, &one, 1, NULL, 0.9, &sum),
                     RETAIN_OK);
    assert_nan(sum.value);
    assert_nan(sum.least);
}

/* --- what is refused ------------------------------------------------------------------------------------------------------------ */

static retain_context told_off = RETAIN_CONTEXT_INIT;

static void check_refused(retain_status got, retain_status wanted, const char *text)
{
    assert_int_equal(got, wanted);
    if (!strstr(told_off.error, text))
        print_error("%s\n", told_off.error);
    assert_non_null(strstr(told_off.error, text));
}

static void bad_arguments_are_refused(void **state)
{
    retain_contract_cohorts cohort = cohort_of(forty, 3);
    double centre[] = {1.0, 0.0}, fixed[] = {1.0, (double)NAN}, row[] = {0.0, 0.0}, far[] = {0.0, 231.0}, one = 1.0, half = 0.5,
           out;
    retain_fit_options options = {.struct_size = sizeof options, .prior_centre = centre};
    retain_contract_question question = ask(RETAIN_CONTRACT_SURVIVAL), value = ask(RETAIN_CONTRACT_DISCOUNTED);
    retain_contract_sum sum = {.struct_size = sizeof sum};

#define POSTERIOR(family, options, chains, draws, into) \
    retain_contract_posterior_cohorts(&told_off, family, &cohort, options, 1, chains, draws, NULL, into, NULL)
#define ASK(family, values, question, n, t, level) \
    retain_contract_draws_interval(&told_off, family, values, 1, question, n, t, 1, level, &out, NULL, NULL, NULL)
    (void)state;
    check_refused(POSTERIOR((retain_contract_family)3, NULL, 1, 4, values), RETAIN_ERROR_ARGUMENT, "family is 3");
    check_refused(POSTERIOR(RETAIN_CONTRACT_SBG, &options, 1, 4, values), RETAIN_ERROR_ARGUMENT, "options.prior_centre[1] is 0");
    options = (retain_fit_options){.struct_size = sizeof options, .fixed = fixed};
    check_refused(POSTERIOR(RETAIN_CONTRACT_SBG, &options, 1, 4, values), RETAIN_ERROR_ARGUMENT, "a contract model");
    options = (retain_fit_options){.struct_size = sizeof options, .prior_sd = 1.0};
    check_refused(retain_contract_bootstrap_cohorts(&told_off, RETAIN_CONTRACT_SBG, &cohort, &options, 1, 4, NULL, values, NULL),
                  RETAIN_ERROR_ARGUMENT, "a contract model");
    check_refused(POSTERIOR(RETAIN_CONTRACT_SBG, NULL, 0, 4, values), RETAIN_ERROR_ARGUMENT, "chains is 0");
    check_refused(POSTERIOR(RETAIN_CONTRACT_SBG, NULL, 1, 3, values), RETAIN_ERROR_ARGUMENT, "draws is 3");
    check_refused(POSTERIOR(RETAIN_CONTRACT_SBG, NULL, 1, 4, NULL), RETAIN_ERROR_ARGUMENT, "values is NULL");
    check_refused(retain_contract_posterior_cohorts(&told_off, RETAIN_CONTRACT_SBG, NULL, NULL, 1, 1, 4, NULL, values, NULL),
                  RETAIN_ERROR_ARGUMENT, "cohorts is NULL");
    check_refused(retain_contract_bootstrap(&told_off, RETAIN_CONTRACT_SBG, NULL, NULL, 1, 4, NULL, values, NULL),
                  RETAIN_ERROR_ARGUMENT, "customers is NULL");
    check_refused(retain_contract_bootstrap_cohorts(&told_off, RETAIN_CONTRACT_SBG, &cohort, NULL, 1, 0, NULL, values, NULL),
                  RETAIN_ERROR_ARGUMENT, "draws is 0");
    check_refused(ASK((retain_contract_family)0, row, &question, NULL, &one, 0.9), RETAIN_ERROR_ARGUMENT, "family is 0");
    check_refused(ASK(RETAIN_CONTRACT_SBG, row, NULL, NULL, &one, 0.9), RETAIN_ERROR_ARGUMENT, "question is NULL");
    check_refused(ASK(RETAIN_CONTRACT_SBG, row, &question, NULL, NULL, 0.9), RETAIN_ERROR_ARGUMENT, "t is NULL");
    check_refused(ASK(RETAIN_CONTRACT_SBG, row, &question, NULL, &half, 0.9), RETAIN_ERROR_DATA, "t[0] is 0.5");
    check_refused(ASK(RETAIN_CONTRACT_SBG, row, &question, &half, &one, 0.9), RETAIN_ERROR_DATA, "survived[0] is 0.5");
    check_refused(ASK(RETAIN_CONTRACT_SBG, row, &question, NULL, &one, 1.0), RETAIN_ERROR_ARGUMENT, "level is 1");
    check_refused(ASK(RETAIN_CONTRACT_SBG, far, &question, NULL, &one, 0.9), RETAIN_ERROR_DATA, "values[1] is 231");
    check_refused(ASK(RETAIN_CONTRACT_SBG, NULL, &question, NULL, &one, 0.9), RETAIN_ERROR_ARGUMENT, "values is NULL");
    question.quantity = (retain_contract_quantity)6;
    check_refused(ASK(RETAIN_CONTRACT_SBG, row, &question, NULL, &one, 0.9), RETAIN_ERROR_ARGUMENT, "question.quantity is 6");
    value.d = -1.0;
    check_refused(ASK(RETAIN_CONTRACT_SBG, row, &value, NULL, &one, 0.9), RETAIN_ERROR_ARGUMENT, "d is -1");
    value = ask(RETAIN_CONTRACT_DISCOUNTED);
    value.periods = 1.5;
    check_refused(ASK(RETAIN_CONTRACT_SBG, row, &value, NULL, &one, 0.9), RETAIN_ERROR_ARGUMENT, "question.periods is 1.5");
    question = ask(RETAIN_CONTRACT_ELASTICITY);
    check_refused(retain_contract_draws_total(&told_off, RETAIN_CONTRACT_SBG, row, 1, &question, NULL, NULL, 1, NULL, 0.9, &sum),
                  RETAIN_ERROR_ARGUMENT, "what can be summed");
    question = ask(RETAIN_CONTRACT_SURVIVAL);
    half = -0.5;
    check_refused(retain_contract_draws_total(&told_off, RETAIN_CONTRACT_SBG, row, 1, &question, NULL, &one, 1, &half, 0.9, &sum),
                  RETAIN_ERROR_DATA, "worth[0] is -0.5");
    check_refused(retain_contract_draws_total(&told_off, RETAIN_CONTRACT_SBG, row, 1, &question, NULL, &one, 1, NULL, 0.9, NULL),
                  RETAIN_ERROR_ARGUMENT, "sum is NULL");
}

static double written[40];

static retain_status draw_all(retain_context *ctx, void *state)
{
    retain_contract_cohorts cohort = cohort_of(many, 6);
    retain_contract_question question = ask(RETAIN_CONTRACT_DISCOUNTED);
    retain_contract_sum sum = {.struct_size = sizeof sum};
    retain_status status;

    (void)state;
    for (size_t i = 0; i < 40; i++)
        written[i] = -5.0;
    question.d = 0.1;
    status = retain_contract_bootstrap_cohorts(ctx, RETAIN_CONTRACT_BDW, &cohort, NULL, 1, 4, NULL, written, NULL);
    if (status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE)
        status = retain_contract_posterior_cohorts(ctx, RETAIN_CONTRACT_SBG, &cohort, NULL, 1, 2, 4, NULL, values, NULL);
    if (status == RETAIN_ERROR_CONVERGENCE)
        status = retain_contract_draws_interval(ctx, RETAIN_CONTRACT_SBG, values, 8, &question, NULL, NULL, 2, 0.9, written, NULL,
                                                NULL, NULL);
    return status == RETAIN_OK
               ? retain_contract_draws_total(ctx, RETAIN_CONTRACT_SBG, values, 8, &question, NULL, NULL, 2, NULL, 0.9, &sum)
               : status;
}

static void nothing_is_asked(void *state)
{
    (void)state;
}

static void running_out_of_memory_is_told(void **state)
{
    (void)state;
    survives_memory_exhaustion(draw_all, nothing_is_asked, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posteriors_of_few_subscribers_are_those_of_a_grid),
        cmocka_unit_test(customers_cohorts_orders_and_threads_give_the_same_draws),
        cmocka_unit_test(a_posterior_needs_nobody_to_have_left_or_renewed),
        cmocka_unit_test(sources_agree_where_customers_are_many),
        cmocka_unit_test(refits_on_a_boundary_are_kept_counted_and_can_be_asked),
        cmocka_unit_test(chance_is_that_of_the_probabilities_of_leaving),
        cmocka_unit_test(totals_are_sums_over_customers),
        cmocka_unit_test(values_for_ever_are_those_of_the_model_itself),
        cmocka_unit_test(what_is_endless_in_one_draw_has_an_infinite_mean),
        cmocka_unit_test(there_is_nothing_to_say_of_nobody_or_by_no_draw),
        cmocka_unit_test(bad_arguments_are_refused),
        cmocka_unit_test(running_out_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What must hold of contract models whatever their parameters, what they refuse, and by which name. */
#include "models/contract_family.h"
#include "retain/contract.h"
#include "support.h"

static const retain_contract models[] = {{RETAIN_CONTRACT_SBG, 365.25, 0.7, 1.2, 0.0},
                                         {RETAIN_CONTRACT_SBG, 365.25, 3.5, 20.0, 0.0},
                                         {RETAIN_CONTRACT_BDW, 365.25, 0.46, 0.78, 1.3},
                                         {RETAIN_CONTRACT_BDW, 365.25, 6.0, 30.0, 0.7},
                                         {RETAIN_CONTRACT_BDW, 365.25, 0.3, 50.0, 4.0}};
enum { MODELS = sizeof models / sizeof *models };

static double survival_of(const retain_contract *model, double n, double t)
{
    double value;

    assert_int_equal(retain_contract_survival(NULL, model, &n, &t, 1, NULL, 0.0, &value, NULL, NULL, NULL), RETAIN_OK);
    return value;
}

static double value_of(const retain_contract *model, double n, retain_contract_moment moment, double t, double d)
{
    double value;

    assert_int_equal(retain_contract_discounted(NULL, model, &n, 1, moment, t, d, NULL, 0.0, &value, NULL, NULL), RETAIN_OK);
    return value;
}

static void probabilities_add_up_and_the_hazard_is_what_is_not_retained(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        double n = 4.0, sum = 0.0, product = 1.0;

        assert_near(survival_of(&models[m], n, 0.0), 1.0, 0.0);
        for (double t = 1.0; t <= 60.0; t += 1.0) {
            double pmf, retention, hazard, at = n + t;

            assert_int_equal(retain_contract_pmf(NULL, &models[m], &n, &t, 1, &pmf, NULL), RETAIN_OK);
            assert_int_equal(retain_contract_retention(NULL, &models[m], &at, 1, NULL, 0.0, &retention, &hazard, NULL, NULL),
                             RETAIN_OK);
            assert_near(retention + hazard, 1.0, 1e-15);
            sum += pmf;
            product *= retention;
            assert_near(sum + survival_of(&models[m], n, t), 1.0, 1e-13);
            assert_near(product, survival_of(&models[m], n, t), 1e-13);
        }
    }
}

/* Sums of the first terms, one by one; the three moments; the closed form of the sBG's lifetime. */
static void values_are_sums_of_survival(void **state)
{
    static const retain_contract light = {RETAIN_CONTRACT_SBG, 1.0, 3.0, 5.0, 0.0};

    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        for (double t = 0.0; t <= 900.0; t = t * 3.0 + 1.0) {
            double n = 2.0, d = 0.03, sum = 0.0, rising = 0.0, elasticity;

            for (double j = 0.0; j < t; j += 1.0) {
                sum += survival_of(&models[m], n, j + 1.0) / pow(1.0 + d, j);
                rising += (j + 1.0) * survival_of(&models[m], n, j + 1.0) / pow(1.0 + d, j);
            }
            assert_near(value_of(&models[m], n, RETAIN_CONTRACT_DERL_BEFORE, t, d), sum, 1e-12 * sum);
            assert_near(value_of(&models[m], n, RETAIN_CONTRACT_DERL_AFTER, t, d), sum / 1.03, 1e-12 * sum);
            assert_near(value_of(&models[m], n, RETAIN_CONTRACT_DEL, t, d), 1.0 + sum / 1.03, 1e-12 * (1.0 + sum));
            assert_int_equal(retain_contract_elasticity(NULL, &models[m], &n, 1, RETAIN_CONTRACT_DERL_AFTER, t, d, &elasticity),
                             RETAIN_OK);
            if (t == 0.0)
                assert_nan(elasticity);
            else
                assert_near(elasticity, rising / sum, 1e-12 * elasticity);
        }
    }
    assert_near(value_of(&light, 0.0, RETAIN_CONTRACT_DEL, (double)INFINITY, 0.0), 3.5,
                1e-13); /* (alpha + beta - 1) / (alpha - 1) */
    assert_near(value_of(&light, 7.0, RETAIN_CONTRACT_DEL, (double)INFINITY, 0.0), 7.0, 1e-13);
}

/* E[T] of (1.001, 2) is 2001: a tail of t^-1.001 that no one could add up. */
static void slow_tails_are_summed_and_endless_ones_are_infinite(void **state)
{
    const retain_contract slow = {RETAIN_CONTRACT_SBG, 1.0, 1.001, 2.0, 0.0}, endless = {RETAIN_CONTRACT_SBG, 1.0, 1.0, 2.0, 0.0};
    const retain_contract discrete = {RETAIN_CONTRACT_BDW, 1.0, 0.5, 2.0, 2.0};
    double n = 0.0, elasticity, low, high, value, infinite = (double)INFINITY;
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;

    (void)state;
    assert_near(value_of(&slow, 0.0, RETAIN_CONTRACT_DEL, infinite, 0.0), (1.001 + 2.0 - 1.0) / (1.001 - 1.0), 1e-9);
    assert_near(value_of(&endless, 0.0, RETAIN_CONTRACT_DEL, infinite, 0.0), infinite, 0.0);
    assert_near(value_of(&discrete, 0.0, RETAIN_CONTRACT_DERL_AFTER, infinite, 0.0), infinite, 0.0);
    value = value_of(&discrete, 0.0, RETAIN_CONTRACT_DEL, infinite, 1e-12); /* S(t) is nearly 1.3 / t: some 1.3 log(1e12) */
    assert_true(value > 34.0 && value < 38.0);
    assert_true(value_of(&endless, 0.0, RETAIN_CONTRACT_DEL, 1e15, 0.0) > 60.0);
    assert_int_equal(retain_contract_elasticity(NULL, &slow, &n, 1, RETAIN_CONTRACT_DEL, infinite, 0.0, &elasticity), RETAIN_OK);
    assert_near(elasticity, infinite, 0.0);
    report.parameters = 2;
    report.estimate[0] = 1.0;
    report.estimate[1] = 2.0;
    report.covariance[0] = report.covariance[3] = 0.01;
    assert_int_equal(
        retain_contract_discounted(NULL, &endless, &n, 1, RETAIN_CONTRACT_DEL, infinite, 0.0, &report, 0.0, &value, &low, &high),
        RETAIN_OK);
    assert_nan(low);
    assert_nan(high);
}

/* Survival that is flat for a hundred renewals and then falls off a cliff: added up by hand. */
static void cliffs_are_not_jumped_over(void **state)
{
    const retain_contract cliff = {RETAIN_CONTRACT_BDW, 1.0, 1e4, 1.6e9, 3.0};
    double sum = 1.0;

    (void)state;
    for (double t = 1.0; t < 500.0; t += 1.0)
        sum += survival_of(&cliff, 0.0, t);
    assert_near(value_of(&cliff, 0.0, RETAIN_CONTRACT_DEL, (double)INFINITY, 0.0), sum, 1e-12 * sum);
}

/* When retention rates rise by e, values rise by e times the elasticity: rates by hand. */
static void elasticity_is_what_a_little_more_retention_brings(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        double n = 1.0, d = 0.1, e = 1e-6, elasticity, sums[2] = {1.0, 1.0};

        for (int more = 0; more < 2; more++) {
            double alive = 1.0;

            for (double j = 1.0; j < 900.0; j += 1.0) {
                alive *= survival_of(&models[m], n + j - 1.0, 1.0) * (more ? 1.0 + e : 1.0) / (1.0 + d);
                sums[more] += alive;
            }
        }
        assert_int_equal(retain_contract_elasticity(NULL, &models[m], &n, 1, RETAIN_CONTRACT_DEL, (double)INFINITY, d, &elasticity),
                         RETAIN_OK);
        assert_near(elasticity, (sums[1] / sums[0] - 1.0) / e, 1e-3 * elasticity);
    }
}

/* Limits by hand: the gradient by differences of public functions, the covariance of the fit. */
static void limits_are_those_of_the_delta_method(void **state)
{
    static const double survivors[] = {1000, 869, 743, 653, 593, 551, 517, 491};
    const retain_contract_cohorts cohort = {1, 8, survivors, 365.25};

    (void)state;
    for (int family = 1; family <= 2; family++) {
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_contract model;
        double t = 12.0, n = 3.0, slope[2][3], variance[2] = {0.0, 0.0}, value, low, high, logit, log_value;
        size_t count = retain_contract_parameters((retain_contract_family)family);

        assert_int_equal(retain_contract_fit_cohorts(NULL, (retain_contract_family)family, &cohort, NULL, &model, &report),
                         RETAIN_OK);
        for (size_t k = 0; k < count; k++) {
            double parts[2][2];

            for (int side = 0; side < 2; side++) {
                retain_contract other = model;
                double *field = k == 0 ? &other.alpha : k == 1 ? &other.beta : &other.c, s;

                *field *= exp(side ? 1e-5 : -1e-5);
                s = survival_of(&other, n, t);
                parts[0][side] = log(s / (1.0 - s));
                parts[1][side] = log(value_of(&other, n, RETAIN_CONTRACT_DERL_AFTER, (double)INFINITY, 0.07));
            }
            slope[0][k] = (parts[0][1] - parts[0][0]) / 2e-5 / report.estimate[k];
            slope[1][k] = (parts[1][1] - parts[1][0]) / 2e-5 / report.estimate[k];
        }
        for (size_t i = 0; i < count * count; i++) {
            variance[0] += slope[0][i / count] * slope[0][i % count] * report.covariance[i];
            variance[1] += slope[1][i / count] * slope[1][i % count] * report.covariance[i];
        }
        assert_int_equal(retain_contract_survival(NULL, &model, &n, &t, 1, &report, 0.0, &value, NULL, &low, &high), RETAIN_OK);
        logit = log(value / (1.0 - value));
        assert_near(log(low / (1.0 - low)), logit - 1.959963984540054 * sqrt(variance[0]), 1e-6);
        assert_near(log(high / (1.0 - high)), logit + 1.959963984540054 * sqrt(variance[0]), 1e-6);
        assert_int_equal(retain_contract_discounted(NULL, &model, &n, 1, RETAIN_CONTRACT_DEL, (double)INFINITY, 0.07, &report, 0.9,
                                                    &value, &low, &high),
                         RETAIN_OK);
        log_value = log(value - 1.0);
        assert_near(log(low - 1.0), log_value - 1.6448536269514722 * sqrt(variance[1]), 1e-6);
        assert_near(log(high - 1.0), log_value + 1.6448536269514722 * sqrt(variance[1]), 1e-6);
        t = 0.0;
        assert_int_equal(retain_contract_survival(NULL, &model, &n, &t, 1, &report, 0.0, &value, NULL, &low, &high), RETAIN_OK);
        assert_true(value == 1.0 && low == 1.0 && high == 1.0);
        assert_int_equal(
            retain_contract_discounted(NULL, &model, &n, 1, RETAIN_CONTRACT_DEL, 0.0, 0.07, &report, 0.9, &value, &low, NULL),
            RETAIN_OK);
        assert_true(value == 1.0 && low == 1.0);
        t = 1.0;
        assert_int_equal(retain_contract_retention(NULL, &model, &t, 1, &report, 0.0, &value, NULL, &low, &high), RETAIN_OK);
        assert_true(low < value && value < high && high - low < 0.06);
    }
}

/* --- extremes ------------------------------------------------------------------------------------------------------------------- */

static void nothing_is_nan_at_the_ends_of_the_range(void **state)
{
    static const double ends[] = {1e-100, 1e-16, 1e-4, 1.0, 1e4, 1e16, 1e100}, powers[] = {1e-3, 0.1, 1.0, 10.0, 1e3};
    static const double times[] = {1.0, 2.0, 50.0, 1e6, 9007199254740992.0};

    (void)state;
    for (size_t k = 0; k < 7 * 7 * 5; k++) {
        retain_contract model = {RETAIN_CONTRACT_BDW, 1.0, ends[k % 7], ends[k / 7 % 7], powers[k / 49]};

        for (size_t i = 0; i < 5; i++) {
            double n = i % 2 ? 1e6 : 0.0, t = times[i], survival, log_survival, pmf, log_pmf, retention, hazard, last;

            assert_int_equal(retain_contract_survival(NULL, &model, &n, &t, 1, NULL, 0.0, &survival, &log_survival, NULL, NULL),
                             RETAIN_OK);
            assert_int_equal(retain_contract_pmf(NULL, &model, &n, &t, 1, &pmf, &log_pmf), RETAIN_OK);
            last = n + t > 9007199254740992.0 ? t : n + t;
            assert_int_equal(retain_contract_retention(NULL, &model, &last, 1, NULL, 0.0, &retention, &hazard, NULL, NULL),
                             RETAIN_OK);
            assert_true(survival >= 0.0 && survival <= 1.0 && pmf >= 0.0 && pmf <= 1.0 && retention >= 0.0 && retention <= 1.0 &&
                        hazard >= 0.0 && hazard <= 1.0 && log_survival <= 0.0 && log_pmf <= 0.0);
        }
    }
}

/* Where t^c is beyond any double the logarithm goes on, and so do its derivatives: against differences. */
static void derivatives_hold_where_time_overflows(void **state)
{
    static const double points[][3] = {{0.7, 1.2, 60.0}, {3.0, 1e4, 900.0}, {0.7, 1.2, 0.004}};
    static const double times[][2] = {{0.0, 1e6}, {1e3, 1e6}, {1e8, 1e8}, {3.0, 0.0}};

    (void)state;
    for (size_t k = 0; k < 12; k++) {
        const double *p = points[k % 3], n = times[k / 3][0], t = times[k / 3][1];
        double terms[RETAIN__CONTRACT_TERMS];
        size_t entry = 4;

        retain__contract_bdw.log_survival(&retain__contract_bdw, p, n, t, log(n + t), 2, terms);
        assert_true(t > 0.0 ? terms[0] < 0.0 : terms[0] == 0.0);
        for (size_t i = 0; i < 3; i++) {
            double up[3], down[3], above[RETAIN__CONTRACT_TERMS], below[RETAIN__CONTRACT_TERMS];

            memcpy(up, p, sizeof up);
            memcpy(down, p, sizeof down);
            up[i] *= exp(1e-5);
            down[i] *= exp(-1e-5);
            retain__contract_bdw.log_survival(&retain__contract_bdw, up, n, t, log(n + t), 1, above);
            retain__contract_bdw.log_survival(&retain__contract_bdw, down, n, t, log(n + t), 1, below);
            assert_near(terms[1 + i], (above[0] - below[0]) / 2e-5, 1e-6 * (1.0 + fabs(terms[0]) + fabs(terms[1 + i])));
            for (size_t j = i; j < 3; j++, entry++)
                assert_near(terms[entry], (above[1 + j] - below[1 + j]) / 2e-5, 1e-6 * (1.0 + fabs(terms[0]) + fabs(terms[entry])));
        }
    }
}

static void a_context_changes_nothing(void **state)
{
    retain_context ctx = RETAIN_CONTEXT_INIT;
    const double t[] = {1.0, 12.0};
    double with[2], without[2];

    (void)state;
    assert_int_equal(retain_contract_survival(&ctx, &models[2], NULL, t, 2, NULL, 0.0, with, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(retain_contract_survival(NULL, &models[2], NULL, t, 2, NULL, 0.0, without, NULL, NULL, NULL), RETAIN_OK);
    assert_memory_equal(with, without, sizeof with);
    assert_int_equal(
        retain_contract_discounted(&ctx, &models[2], NULL, 2, RETAIN_CONTRACT_DEL, 9.0, 0.1, NULL, 0.0, with, NULL, NULL),
        RETAIN_OK);
    assert_near(with[0], value_of(&models[2], 0.0, RETAIN_CONTRACT_DEL, 9.0, 0.1), 0.0);
    assert_near(with[1], with[0], 0.0);
    assert_int_equal(retain_contract_survival(&ctx, &models[2], NULL, NULL, 0, NULL, 0.0, NULL, NULL, NULL, NULL), RETAIN_OK);
    assert_int_equal(
        retain_contract_discounted(&ctx, &models[2], NULL, 0, RETAIN_CONTRACT_DEL, 9.0, 0.1, NULL, 0.0, NULL, NULL, NULL),
        RETAIN_OK);
}

/* What is said of a boundary, whichever way it lies. */
static void boundaries_have_a_meaning(void **state)
{
    static const struct {
        int way[3];
        const char *of_sbg, *of_bdw;
    } cases[] = {{{1, 1, 0}, "same probability", "customers do not differ"},
                 {{-1, -1, 0}, "all others never", "all others never"},
                 {{-1, 0, 0}, "ever to leave", "ever to leave"},
                 {{0, 1, 0}, "ever to leave", "ever to leave"},
                 {{1, 0, 0}, "at the first decision", "at the first decision"},
                 {{0, 0, -1}, "", "renews once never leaves"},
                 {{0, 0, 1}, "", "renew twice"},
                 {{-1, 0, 1}, "ever to leave", ""}};

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assert_non_null(strstr(retain__contract_sbg.meaning(cases[k].way), cases[k].of_sbg));
        assert_non_null(strstr(retain__contract_bdw.meaning(cases[k].way), cases[k].of_bdw));
    }
}

/* --- refusals --------------------------------------------------------------------------------------------------------------------- */

static void refuses_bad_models_by_name(void **state)
{
    static const struct {
        retain_contract model;
        const char *sentence;
    } cases[] = {{{RETAIN_CONTRACT_SBG, 1.0, 0.0, 1.0, 0.0}, "model.alpha is 0; it must lie in [1e-100, 1e100]"},
                 {{RETAIN_CONTRACT_SBG, 1.0, 1.0, (double)NAN, 0.0}, "model.beta is NaN"},
                 {{RETAIN_CONTRACT_BDW, 1.0, 1.0, 1.0, 1001.0}, "model.c is 1001; it must lie in [0.001, 1000]"},
                 {{(retain_contract_family)9, 1.0, 1.0, 1.0, 1.0}, "model.family is 9"},
                 {{RETAIN_CONTRACT_BDW, -1.0, 1.0, 1.0, 1.0}, "model.period_days is -1"}};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    double t = 1.0, out = -7.0;
    uint8_t left;

    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const retain_contract *model = &cases[k].model;

        assert_int_equal(retain_contract_survival(&ctx, model, NULL, &t, 1, NULL, 0.0, &out, NULL, NULL, NULL),
                         RETAIN_ERROR_ARGUMENT);
        assert_non_null(strstr(ctx.error, cases[k].sentence));
        assert_int_equal(retain_contract_pmf(&ctx, model, NULL, &t, 1, &out, NULL), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_contract_retention(&ctx, model, &t, 1, NULL, 0.0, &out, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_contract_discounted(&ctx, model, &t, 1, RETAIN_CONTRACT_DEL, 1.0, 0.1, NULL, 0.0, &out, NULL, NULL),
                         RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_contract_elasticity(&ctx, model, &t, 1, RETAIN_CONTRACT_DEL, 1.0, 0.1, &out),
                         RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_contract_simulate(&ctx, model, &t, 1, 1, &out, &left, NULL), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_contract_likelihood(&ctx, model, NULL, &out, NULL), RETAIN_ERROR_ARGUMENT);
        assert_int_equal(retain_contract_likelihood_cohorts(&ctx, model, NULL, &out, NULL), RETAIN_ERROR_ARGUMENT);
    }
    assert_int_equal(retain_contract_survival(&ctx, NULL, NULL, &t, 1, NULL, 0.0, &out, NULL, NULL, NULL), RETAIN_ERROR_ARGUMENT);
    assert_near(out, -7.0, 0.0);
    assert_string_equal(retain_contract_name(RETAIN_CONTRACT_BDW), "BdW");
    assert_string_equal(retain_contract_name((retain_contract_family)9), "unknown");
    assert_string_equal(retain_contract_parameter(RETAIN_CONTRACT_BDW, 2), "c");
    assert_string_equal(retain_contract_parameter(RETAIN_CONTRACT_SBG, 2), "");
    assert_string_equal(retain_contract_parameter((retain_contract_family)9, 0), "");
    assert_int_equal(retain_contract_parameters((retain_contract_family)9), 0);
}

static void refuses_bad_rows_and_cohorts_by_name(void **state)
{
    static const struct {
        double survivors[4];
        const char *sentence;
    } tables[] = {
        {{10, 9, 8, 8.5}, "cohorts.survivors[1, 1] is 8.5, more than the 8 before; survivors never rise"},
        {{10, 11, 8, 8}, "cohorts.survivors[0, 1] is 11"},
        {{10, 9, (double)NAN, 8}, "cohorts.survivors[1, 0] is NaN"},
        {{-1, -2, 5, 5}, "cohorts.survivors[0, 0] is -1; it must be finite and at least 0"},
        {{(double)INFINITY, 9, 5, 5}, "cohorts.survivors[0, 0] is infinity"},
    };
    static const struct {
        double periods, weight;
        uint8_t left;
        const char *sentence;
    } rows[] = {{1.5, 1.0, 0, "customers.periods[1] is 1.5; it must be a whole number in [0, 2^53]"},
                {-1.0, 1.0, 0, "customers.periods[1] is -1"},
                {(double)NAN, 1.0, 0, "customers.periods[1] is NaN"},
                {0.0, 1.0, 1, "customers.periods[1] is 0; who left did so at decision 1 or later"},
                {1.0, 1.0, 2, "customers.left[1] is 2; it must be 0 or 1"},
                {1.0, -1.0, 1, "customers.weight[1] is -1; it must be finite and at least 0"}};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_contract model = {.alpha = -7.0};
    double out[2] = {-7.0, -7.0};

    (void)state;
    for (size_t k = 0; k < sizeof tables / sizeof *tables; k++) {
        const retain_contract_cohorts cohorts = {2, 2, tables[k].survivors, 365.25};

        assert_int_equal(retain_contract_fit_cohorts(&ctx, RETAIN_CONTRACT_SBG, &cohorts, NULL, &model, NULL), RETAIN_ERROR_DATA);
        assert_non_null(strstr(ctx.error, tables[k].sentence));
        assert_int_equal(retain_contract_likelihood_cohorts(&ctx, &models[0], &cohorts, out, NULL), RETAIN_ERROR_DATA);
    }
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const double periods[] = {1.0, rows[k].periods}, weight[] = {1.0, rows[k].weight};
        const uint8_t left[] = {1, rows[k].left};
        const retain_contract_customers customers = {2, periods, left, weight, 365.25};

        assert_int_equal(retain_contract_fit(&ctx, RETAIN_CONTRACT_BDW, &customers, NULL, &model, NULL), RETAIN_ERROR_DATA);
        assert_non_null(strstr(ctx.error, rows[k].sentence));
        assert_int_equal(ctx.row, 1);
        assert_int_equal(retain_contract_likelihood(&ctx, &models[0], &customers, out, NULL), RETAIN_ERROR_DATA);
    }
    {
        static const double with_a_gap[] = {10, (double)NAN, 8};
        const retain_contract_cohorts gap = {1, 3, with_a_gap, 365.25};

        assert_int_equal(retain_contract_fit_cohorts(&ctx, RETAIN_CONTRACT_SBG, &gap, NULL, &model, NULL), RETAIN_ERROR_DATA);
        assert_non_null(strstr(ctx.error, "cohorts.survivors[0, 1] is NaN and a number follows; a cohort may have no gap"));
    }
    assert_near(model.alpha, -7.0, 0.0);
    assert_near(out[0], -7.0, 0.0);
}

static void refuse(retain_context *ctx, retain_status got, retain_status want, const char *words)
{
    assert_int_equal(got, want);
    if (!strstr(ctx->error, words))
        print_message("%s\n", ctx->error);
    assert_non_null(strstr(ctx->error, words));
}

static void refuses_bad_arguments_by_name(void **state)
{
    const double good[] = {10, 9, 8, 7}, one = 1.0, half = 0.5, periods[] = {1.0, 2.0};
    const uint8_t left[] = {1, 0};
    const retain_contract_cohorts cohorts = {2, 2, good, 365.25}, none = {2, 0, good, 365.25}, hole = {2, 2, NULL, 365.25},
                                  huge = {SIZE_MAX, SIZE_MAX, good, 365.25}, monthly = {2, 2, good, 30.0},
                                  timeless = {2, 2, good, 0.0};
    const retain_contract_customers customers = {2, periods, left, NULL, 365.25}, other = {2, periods, left, NULL, 30.0};
    const retain_contract_customers no_periods = {2, NULL, left, NULL, 1.0}, no_left = {2, periods, NULL, NULL, 1.0};
    const retain_status argument = RETAIN_ERROR_ARGUMENT, data = RETAIN_ERROR_DATA;
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_contract model;
    double out[4], low;
    uint8_t flags[2];
    const retain_contract *m = &models[0];

    (void)state;
    refuse(&ctx, retain_contract_fit_cohorts(&ctx, (retain_contract_family)9, &cohorts, NULL, &model, NULL), argument,
           "family is 9");
    refuse(&ctx, retain_contract_fit_cohorts(&ctx, RETAIN_CONTRACT_SBG, NULL, NULL, &model, NULL), argument, "cohorts is NULL");
    refuse(&ctx, retain_contract_fit_cohorts(&ctx, RETAIN_CONTRACT_SBG, &cohorts, NULL, NULL, NULL), argument, "model is NULL");
    refuse(&ctx, retain_contract_fit_cohorts(&ctx, RETAIN_CONTRACT_SBG, &none, NULL, &model, NULL), argument,
           "cohorts.columns is 0");
    refuse(&ctx, retain_contract_fit_cohorts(&ctx, RETAIN_CONTRACT_SBG, &hole, NULL, &model, NULL), argument,
           "cohorts.survivors is NULL");
    refuse(&ctx, retain_contract_fit_cohorts(&ctx, RETAIN_CONTRACT_SBG, &huge, NULL, &model, NULL), argument,
           "no table of that size");
    refuse(&ctx, retain_contract_fit_cohorts(&ctx, RETAIN_CONTRACT_SBG, &timeless, NULL, &model, NULL), argument,
           "period_days is 0");
    refuse(&ctx, retain_contract_fit(&ctx, RETAIN_CONTRACT_SBG, NULL, NULL, &model, NULL), argument, "customers is NULL");
    refuse(&ctx, retain_contract_fit(&ctx, RETAIN_CONTRACT_SBG, &no_periods, NULL, &model, NULL), argument,
           "customers.periods is NULL");
    refuse(&ctx, retain_contract_fit(&ctx, RETAIN_CONTRACT_SBG, &no_left, NULL, &model, NULL), argument, "customers.left is NULL");
    refuse(&ctx, retain_contract_likelihood(&ctx, m, &other, out, NULL), argument,
           "customers.period_days is 30; it must be that of");
    refuse(&ctx, retain_contract_likelihood_cohorts(&ctx, m, &monthly, out, NULL), argument,
           "cohorts.period_days is 30; it must be that");
    refuse(&ctx, retain_contract_likelihood(&ctx, m, &customers, NULL, NULL), argument, "log_likelihood is NULL");
    refuse(&ctx, retain_contract_survival(&ctx, m, NULL, NULL, 1, NULL, 0.0, out, NULL, NULL, NULL), argument, "t is NULL");
    refuse(&ctx, retain_contract_survival(&ctx, m, NULL, &one, 1, NULL, 0.0, NULL, NULL, NULL, NULL), argument, "survival is NULL");
    refuse(&ctx, retain_contract_survival(&ctx, m, &half, &one, 1, NULL, 0.0, out, NULL, NULL, NULL), data, "survived[0] is 0.5");
    refuse(&ctx, retain_contract_survival(&ctx, m, NULL, &half, 1, NULL, 0.0, out, NULL, NULL, NULL), data, "t[0] is 0.5");
    refuse(&ctx, retain_contract_survival(&ctx, m, NULL, &one, 1, NULL, 0.0, out, NULL, &low, NULL), argument, "report is NULL");
    refuse(&ctx, retain_contract_survival(&ctx, m, NULL, &one, 1, &report, 0.0, out, NULL, &low, NULL), argument,
           "of another model");
    report.parameters = 2;
    refuse(&ctx, retain_contract_survival(&ctx, m, NULL, &one, 1, &report, 0.0, out, NULL, &low, NULL), argument,
           "report.estimate[0]");
    report.struct_size = 8;
    refuse(&ctx, retain_contract_survival(&ctx, m, NULL, &one, 1, &report, 0.0, out, NULL, &low, NULL), argument,
           "report.struct_size");
    refuse(&ctx, retain_contract_survival(&ctx, m, NULL, &one, 1, NULL, 1.0, out, NULL, NULL, NULL), argument, "level is 1");
    refuse(&ctx, retain_contract_pmf(&ctx, m, NULL, &half, 1, out, NULL), data, "whole number in [1, 2^53]");
    refuse(&ctx, retain_contract_pmf(&ctx, m, NULL, &one, 1, NULL, NULL), argument, "pmf is NULL");
    refuse(&ctx, retain_contract_retention(&ctx, m, &one, 1, NULL, 0.0, NULL, NULL, NULL, NULL), argument, "retention is NULL");
    refuse(&ctx, retain_contract_discounted(&ctx, m, &one, 1, (retain_contract_moment)7, 1.0, 0.1, NULL, 0.0, out, NULL, NULL),
           argument, "moment is 7");
    refuse(&ctx, retain_contract_discounted(&ctx, m, &one, 1, RETAIN_CONTRACT_DEL, 0.5, 0.1, NULL, 0.0, out, NULL, NULL), argument,
           "t is 0.5");
    refuse(&ctx, retain_contract_discounted(&ctx, m, &one, 1, RETAIN_CONTRACT_DEL, 1.0, -0.1, NULL, 0.0, out, NULL, NULL), argument,
           "d is -0.1");
    refuse(&ctx, retain_contract_discounted(&ctx, m, &half, 1, RETAIN_CONTRACT_DEL, 1.0, 0.1, NULL, 0.0, out, NULL, NULL), data,
           "survived[0] is 0.5");
    refuse(&ctx, retain_contract_discounted(&ctx, m, &one, 1, RETAIN_CONTRACT_DEL, 1.0, 0.1, NULL, 0.0, NULL, NULL, NULL), argument,
           "discounted is NULL");
    refuse(&ctx, retain_contract_elasticity(&ctx, m, &one, 1, RETAIN_CONTRACT_DEL, 1.0, 0.1, NULL), argument, "elasticity is NULL");
    refuse(&ctx, retain_contract_simulate(&ctx, m, NULL, 1, 1, out, flags, NULL), argument, "decisions is NULL");
    refuse(&ctx, retain_contract_simulate(&ctx, m, &half, 1, 1, out, flags, NULL), data, "decisions[0] is 0.5");
    refuse(&ctx, retain_contract_simulate(&ctx, m, &one, 1, 1, NULL, flags, NULL), argument, "periods is NULL");
    refuse(&ctx, retain_contract_simulate(&ctx, m, &one, 1, 1, out, NULL, NULL), argument, "left is NULL");
    assert_near(retain_contract_discount(0.1, 365.25), 0.1, 1e-16);
    assert_nan(retain_contract_discount(-0.1, 365.25));
    assert_nan(retain_contract_discount(0.1, 0.0));
    ctx.struct_size = 1;
    assert_int_equal(retain_contract_elasticity(&ctx, m, &one, 1, RETAIN_CONTRACT_DEL, 1.0, 0.1, out), argument);
}

static int stop_at_once(void *user, double done)
{
    (void)user;
    (void)done;
    return 1;
}

static void cancelled_operations_leave_the_outputs_alone(void **state)
{
    static const double survivors[] = {1000, 869, 743, 653, 593, 551, 517, 491};
    const retain_contract_cohorts cohort = {1, 8, survivors, 365.25};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_contract model = {.alpha = -7.0};
    double n = 1.0, out = -7.0;

    (void)state;
    ctx.progress = stop_at_once;
    assert_int_equal(retain_contract_fit_cohorts(&ctx, RETAIN_CONTRACT_BDW, &cohort, NULL, &model, NULL), RETAIN_ERROR_CANCELLED);
    assert_int_equal(
        retain_contract_discounted(&ctx, &models[0], &n, 1, RETAIN_CONTRACT_DEL, 9.0, 0.1, NULL, 0.0, &out, NULL, NULL),
        RETAIN_ERROR_CANCELLED);
    assert_int_equal(retain_contract_likelihood_cohorts(&ctx, &models[0], &cohort, &out, NULL), RETAIN_ERROR_CANCELLED);
    assert_near(model.alpha, -7.0, 0.0);
    assert_near(out, -7.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(probabilities_add_up_and_the_hazard_is_what_is_not_retained),
        cmocka_unit_test(values_are_sums_of_survival),
        cmocka_unit_test(slow_tails_are_summed_and_endless_ones_are_infinite),
        cmocka_unit_test(cliffs_are_not_jumped_over),
        cmocka_unit_test(elasticity_is_what_a_little_more_retention_brings),
        cmocka_unit_test(limits_are_those_of_the_delta_method),
        cmocka_unit_test(nothing_is_nan_at_the_ends_of_the_range),
        cmocka_unit_test(derivatives_hold_where_time_overflows),
        cmocka_unit_test(a_context_changes_nothing),
        cmocka_unit_test(boundaries_have_a_meaning),
        cmocka_unit_test(refuses_bad_models_by_name),
        cmocka_unit_test(refuses_bad_rows_and_cohorts_by_name),
        cmocka_unit_test(refuses_bad_arguments_by_name),
        cmocka_unit_test(cancelled_operations_leave_the_outputs_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

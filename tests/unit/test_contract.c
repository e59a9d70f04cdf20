/* Contract models against high-precision values: the shifted beta-geometric and the beta-discrete-Weibull, curves, sums and
 * likelihoods. */
#include "retain/contract.h"

#include "support.h"

static const double years = 365.25;

static retain_contract sbg(double alpha, double beta)
{
    return (retain_contract){RETAIN_CONTRACT_SBG, years, alpha, beta, (double)NAN};
}

static retain_contract bdw(double alpha, double beta, double c)
{
    return (retain_contract){RETAIN_CONTRACT_BDW, years, alpha, beta, c};
}

/* 1e-12 of the value, in stress rows 1e-9. */
static double allowed(const golden *table, size_t row, double want)
{
    return (strcmp(golden_text(table, row, "kind"), "stress") == 0 ? 1e-9 : 1e-12) * fabs(want);
}

/* 1e-14 of the size of what is added up, in stress rows 1e-13. */
static void check_sum(const golden *table, size_t row, const char *column, double got)
{
    int stress = strcmp(golden_text(table, row, "kind"), "stress") == 0;

    assert_near(got, golden_number(table, row, column), (stress ? 1e-13 : 1e-14) * golden_number(table, row, "scale"));
}

static void check_value(const golden *table, size_t row, const char *column, double got)
{
    double want = golden_number(table, row, column);

    assert_near(got, want, fmax(allowed(table, row, want), 1e-75));
}

static void check_curves(const golden *table, size_t row, const retain_contract *model)
{
    double t = golden_number(table, row, "t"), survival, log_survival, pmf, log_pmf, retention;

    assert_int_equal(retain_contract_survival(NULL, model, NULL, &t, 1, NULL, 0.0, &survival, &log_survival, NULL, NULL),
                     RETAIN_OK);
    assert_int_equal(retain_contract_pmf(NULL, model, NULL, &t, 1, &pmf, &log_pmf), RETAIN_OK);
    assert_int_equal(retain_contract_retention(NULL, model, &t, 1, NULL, 0.0, &retention, NULL, NULL, NULL), RETAIN_OK);
    check_value(table, row, "survivor_t", survival);
    check_value(table, row, "log_survivor_t", log_survival);
    check_value(table, row, "p_t", pmf);
    check_value(table, row, "log_p_t", log_pmf);
    check_value(table, row, "retention_t", retention);
}

static double value_of(const retain_contract *model, double n, retain_contract_moment moment, double t, double d)
{
    double value;

    assert_int_equal(retain_contract_discounted(NULL, model, &n, 1, moment, t, d, NULL, 0.0, &value, NULL, NULL), RETAIN_OK);
    return value;
}

static double elasticity_of(const retain_contract *model, double n, retain_contract_moment moment, double t, double d)
{
    double value;

    assert_int_equal(retain_contract_elasticity(NULL, model, &n, 1, moment, t, d, &value), RETAIN_OK);
    return value;
}

static void agrees_with_every_high_precision_value_of_the_sbg(void **state)
{
    golden table = golden_read("contract/sbg.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double alpha = golden_number(&table, row, "alpha"), beta = golden_number(&table, row, "beta");
        double t = golden_number(&table, row, "t"), d = golden_number(&table, row, "d");
        retain_contract model = sbg(alpha, beta), same = bdw(alpha, beta, 1.0);

        check_curves(&table, row, &model);
        check_curves(&table, row, &same);
        check_value(&table, row, "derl", value_of(&model, t - 1.0, RETAIN_CONTRACT_DERL_BEFORE, (double)INFINITY, d));
        check_value(&table, row, "del", value_of(&model, 0.0, RETAIN_CONTRACT_DEL, (double)INFINITY, d));
    }
    golden_free(&table);
}

/* "1000 631 468" as one cohort. */
static retain_contract_cohorts read_cohort(const char *text, double *survivors, size_t most)
{
    size_t count = 0;
    char *end;

    for (const char *at = text; *at && count < most; at = end, count++)
        survivors[count] = strtod(at, &end);
    return (retain_contract_cohorts){.count = 1, .columns = count, .survivors = survivors, .period_days = years};
}

/* Without a `scale` in the file 1e-12 and 1e-9 of the value. Where alpha = beta and as many leave as stay the gradient is exactly 0;
 * the file has there what was left of its digits, 1e-79. */
static void agrees_with_every_high_precision_likelihood_of_the_sbg(void **state)
{
    golden table = golden_read("contract/sbg_loglik.csv");
    double survivors[200];

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        retain_contract model = sbg(golden_number(&table, row, "alpha"), golden_number(&table, row, "beta"));
        retain_contract_cohorts cohorts = read_cohort(golden_text(&table, row, "survivors"), survivors, 200);
        double value, gradient[2];

        assert_int_equal(retain_contract_likelihood_cohorts(NULL, &model, &cohorts, &value, gradient), RETAIN_OK);
        check_value(&table, row, "loglik", value);
        check_value(&table, row, "d_log_alpha", gradient[0]);
        check_value(&table, row, "d_log_beta", gradient[1]);
    }
    golden_free(&table);
}

static void agrees_with_brute_force_on_the_curves_of_the_bdw(void **state)
{
    golden table = golden_read("contract/bdw.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        retain_contract model =
            bdw(golden_number(&table, row, "alpha"), golden_number(&table, row, "beta"), golden_number(&table, row, "c"));
        double n = golden_number(&table, row, "n"), t = golden_number(&table, row, "t"), at = n + t;
        double survival, log_survival, pmf, log_pmf, retention, hazard;

        assert_int_equal(retain_contract_survival(NULL, &model, &n, &t, 1, NULL, 0.0, &survival, &log_survival, NULL, NULL),
                         RETAIN_OK);
        assert_int_equal(retain_contract_pmf(NULL, &model, &n, &t, 1, &pmf, &log_pmf), RETAIN_OK);
        assert_int_equal(retain_contract_retention(NULL, &model, &at, 1, NULL, 0.0, &retention, &hazard, NULL, NULL), RETAIN_OK);
        check_value(&table, row, "survival", survival);
        check_value(&table, row, "log_survival", log_survival);
        check_value(&table, row, "pmf", pmf);
        check_value(&table, row, "log_pmf", log_pmf);
        check_value(&table, row, "retention", retention);
        check_value(&table, row, "hazard", hazard);
    }
    golden_free(&table);
}

static void agrees_with_brute_force_on_values_and_elasticities(void **state)
{
    golden table = golden_read("contract/bdw_value.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double c = golden_number(&table, row, "c"), n = golden_number(&table, row, "n"), d = golden_number(&table, row, "d");
        double t = golden_number(&table, row, "horizon");
        retain_contract models[] = {bdw(golden_number(&table, row, "alpha"), golden_number(&table, row, "beta"), c),
                                    sbg(golden_number(&table, row, "alpha"), golden_number(&table, row, "beta"))};

        for (size_t k = 0; k < (c == 1.0 ? 2 : 1); k++) {
            check_value(&table, row, "del", value_of(&models[k], n, RETAIN_CONTRACT_DEL, t, d));
            check_value(&table, row, "derl_before", value_of(&models[k], n, RETAIN_CONTRACT_DERL_BEFORE, t, d));
            check_value(&table, row, "derl_after", value_of(&models[k], n, RETAIN_CONTRACT_DERL_AFTER, t, d));
            check_value(&table, row, "elasticity_del", elasticity_of(&models[k], n, RETAIN_CONTRACT_DEL, t, d));
            check_value(&table, row, "elasticity_derl", elasticity_of(&models[k], n, RETAIN_CONTRACT_DERL_BEFORE, t, d));
            check_value(&table, row, "elasticity_derl", elasticity_of(&models[k], n, RETAIN_CONTRACT_DERL_AFTER, t, d));
        }
    }
    golden_free(&table);
}

static void agrees_with_brute_force_on_the_likelihood_of_the_bdw(void **state)
{
    golden table = golden_read("contract/bdw_loglik.csv");
    double survivors[16];

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        retain_contract model =
            bdw(golden_number(&table, row, "alpha"), golden_number(&table, row, "beta"), golden_number(&table, row, "c"));
        retain_contract_cohorts cohorts = read_cohort(golden_text(&table, row, "survivors"), survivors, 16);
        double value, gradient[3];

        assert_int_equal(retain_contract_likelihood_cohorts(NULL, &model, &cohorts, &value, gradient), RETAIN_OK);
        check_sum(&table, row, "loglik", value);
        check_sum(&table, row, "d_log_alpha", gradient[0]);
        check_sum(&table, row, "d_log_beta", gradient[1]);
        check_sum(&table, row, "d_log_c", gradient[2]);
    }
    golden_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_every_high_precision_value_of_the_sbg),
        cmocka_unit_test(agrees_with_every_high_precision_likelihood_of_the_sbg),
        cmocka_unit_test(agrees_with_brute_force_on_the_curves_of_the_bdw),
        cmocka_unit_test(agrees_with_brute_force_on_values_and_elasticities),
        cmocka_unit_test(agrees_with_brute_force_on_the_likelihood_of_the_bdw),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

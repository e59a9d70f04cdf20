/* Simulation-based calibration of contract models (S. Talts et al., arXiv:1804.06788): where parameters come from the prior, and
 * subscribers from the parameters, the rank of the true parameters among draws from the posterior is uniform. RETAIN_LONG looks at
 * thirty times as many shops. */
#include "retain/contract_draws.h"
#include "support.h"

/* Limits of chi-squared, with a degree of freedom less than bins, are exceeded once in a thousand times. */
#if defined(RETAIN_LONG)
enum { SHOPS = 900, BINS = 10 };
static const double most = 27.9;
#else
enum { SHOPS = 30, BINS = 5 };
static const double most = 18.5;
#endif

enum { CUSTOMERS = 40, DRAWS = 190, EACH = 10, RANKS = DRAWS / EACH, MOST = 3 };

/* Normal numbers from uniform ones, of a generator of the test's own. */
static double draw_normal(uint64_t *state)
{
    double u[2];

    for (int i = 0; i < 2; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        u[i] = ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
    }
    return sqrt(-2.0 * log(u[0])) * cos(6.283185307179586 * u[1]);
}

/* How many of the thinned draws are below the truth, parameter by parameter, and last for the survival of a new customer. */
static void find_ranks(retain_contract_family family, double prior_sd, uint64_t *state, size_t *ranks)
{
    static double values[DRAWS * MOST];
    static const double centre[] = {0.8, 2.5, 1.1};
    double decisions[CUSTOMERS], periods[CUSTOMERS], logs[MOST] = {0.0}, ten = 10.0, truth;
    uint8_t left[CUSTOMERS];
    retain_contract_customers rows = {.count = CUSTOMERS, .periods = periods, .left = left, .period_days = 30.0};
    retain_fit_options prior = {.struct_size = sizeof prior, .prior_sd = prior_sd, .prior_centre = centre};
    size_t n = retain_contract_parameters(family);
    retain_contract model;
    retain_status status;

    for (size_t k = 0; k < n; k++)
        logs[k] = log(centre[k]) + (k == 2 ? 0.5 : 1.0) * prior_sd * draw_normal(state);
    model = (retain_contract){family, 30.0, exp(logs[0]), exp(logs[1]), n > 2 ? exp(logs[2]) : (double)NAN};
    for (size_t i = 0; i < CUSTOMERS; i++)
        decisions[i] = (double)(i % 9);
    assert_int_equal(retain_contract_simulate(NULL, &model, decisions, CUSTOMERS, *state, periods, left, NULL), RETAIN_OK);
    status = retain_contract_posterior(NULL, family, &rows, &prior, *state + 1, 1, DRAWS, NULL, values, NULL);
    assert_true(status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE); /* so few draws are not enough for a verdict */
    assert_int_equal(retain_contract_survival(NULL, &model, NULL, &ten, 1, NULL, 0.0, &truth, NULL, NULL, NULL), RETAIN_OK);
    memset(ranks, 0, (n + 1) * sizeof *ranks);
    for (size_t i = 0; i < RANKS; i++) {
        const double *row = values + i * EACH * n;
        retain_contract drawn = {family, 30.0, exp(row[0]), exp(row[1]), n > 2 ? exp(row[2]) : (double)NAN};
        double stays;

        for (size_t k = 0; k < n; k++)
            ranks[k] += row[k] < logs[k];
        assert_int_equal(retain_contract_survival(NULL, &drawn, NULL, &ten, 1, NULL, 0.0, &stays, NULL, NULL, NULL), RETAIN_OK);
        ranks[n] += stays < truth;
    }
}

static void check_calibration(retain_contract_family family, double prior_sd, uint64_t seed)
{
    size_t count[MOST + 1][BINS] = {{0}}, n = retain_contract_parameters(family);
    uint64_t state = seed;

    for (size_t s = 0; s < SHOPS; s++) {
        size_t ranks[MOST + 1];

        find_ranks(family, prior_sd, &state, ranks);
        for (size_t k = 0; k <= n; k++)
            count[k][ranks[k] * BINS / (RANKS + 1)]++;
    }
    for (size_t k = 0; k <= n; k++) {
        double statistic = 0.0, wanted = (double)SHOPS / BINS;

        for (size_t bin = 0; bin < BINS; bin++)
            statistic += ((double)count[k][bin] - wanted) * ((double)count[k][bin] - wanted) / wanted;
        if (statistic > most)
            print_error("%s of %s: chi-squared %g\n", k < n ? retain_contract_parameter(family, k) : "survival",
                        retain_contract_name(family), statistic);
        assert_true(statistic < most);
    }
}

static void true_parameters_have_uniform_ranks_under_the_sbg(void **state)
{
    (void)state;
    check_calibration(RETAIN_CONTRACT_SBG, 0.8, 1);
}

static void true_parameters_have_uniform_ranks_under_the_bdw(void **state)
{
    (void)state;
    check_calibration(RETAIN_CONTRACT_BDW, 0.8, 2);
}

static void true_parameters_have_uniform_ranks_under_the_default_prior(void **state)
{
    (void)state;
    check_calibration(RETAIN_CONTRACT_BDW, 2.0, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_the_sbg),
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_the_bdw),
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_the_default_prior),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

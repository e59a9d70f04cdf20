/* Simulation-based calibration (S. Talts et al., arXiv:1804.06788): where parameters come from the prior, and customers from the
 * parameters, the rank of the true parameters among draws from the posterior is uniform. Anything wrong with the prior, the likelihood,
 * the sampler or the simulation bends the histogram. RETAIN_LONG looks at thirty times as many shops, and at more families. */
#include "models.h"
#include "retain/btyd_draws.h"

/* Limits of chi-squared, with a degree of freedom less than bins, are exceeded once in a thousand times. */
#if defined(RETAIN_LONG)
enum { SHOPS = 900, BINS = 10 };
static const double most = 27.9;
#else
enum { SHOPS = 30, BINS = 5 };
static const double most = 18.5;
#endif

enum { CUSTOMERS = 20, CHAINS = 1, DRAWS = 190, EACH = 10, RANKS = DRAWS / EACH, MOST = 5 };

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

typedef struct shop {
    double x[CUSTOMERS], t_x[CUSTOMERS], T[CUSTOMERS], log_gaps[CUSTOMERS];
    retain_customers view;
} shop;

/* How many of the thinned draws are below the truth, parameter by parameter. */
static void find_ranks(retain_btyd_family family, int stages, const double *centre, uint64_t *state, shop *of, size_t *ranks)
{
    static double values[CHAINS * DRAWS * MOST];
    retain_fit_options prior = {.struct_size = sizeof prior, .prior_sd = 0.6, .prior_centre = centre, .k = stages};
    retain_btyd truth;
    double logs[MOST];
    size_t n = retain_btyd_parameters(family);
    retain_status status;

    memset(&truth, 0, sizeof truth);
    truth.family = family;
    truth.unit_days = 7.0;
    truth.k = stages;
    for (size_t k = 0; k < n; k++) {
        const char *name = retain_btyd_parameter(family, k);
        double *field = strcmp(name, "r") == 0       ? &truth.r
                        : strcmp(name, "alpha") == 0 ? &truth.alpha
                        : strcmp(name, "s") == 0     ? &truth.s
                        : strcmp(name, "beta") == 0  ? &truth.beta
                        : strcmp(name, "a") == 0     ? &truth.a
                        : strcmp(name, "b") == 0     ? &truth.b
                        : strcmp(name, "gamma") == 0 ? &truth.gamma
                                                     : &truth.delta;

        logs[k] = log(centre[k]) + 0.6 * draw_normal(state);
        *field = exp(logs[k]);
    }
    for (size_t i = 0; i < CUSTOMERS; i++)
        of->T[i] = 20.0 + (double)(i % 8);
    of->view = (retain_customers){
        .count = CUSTOMERS, .frequency = of->x, .t_x = of->t_x, .T = of->T, .log_gaps = of->log_gaps, .unit_days = 7.0};
    assert_int_equal(
        retain_btyd_simulate(NULL, &truth, of->T, NULL, CUSTOMERS, 0.0, *state, of->x, of->t_x, NULL, NULL, of->log_gaps),
        RETAIN_OK);
    status = retain_btyd_posterior(NULL, family, &of->view, &prior, *state + 1, CHAINS, DRAWS, NULL, values, NULL);
    assert_true(status == RETAIN_OK || status == RETAIN_ERROR_CONVERGENCE); /* so few draws are not enough for a verdict */
    for (size_t k = 0; k < n; k++) {
        ranks[k] = 0;
        for (size_t i = 0; i < RANKS; i++)
            ranks[k] += values[i * EACH * n + k] < logs[k];
    }
}

static void check_calibration(retain_btyd_family family, int stages, const double *centre, uint64_t seed)
{
    static size_t count[MOST][BINS];
    static shop of;
    uint64_t state = seed;

    memset(count, 0, sizeof count);
    for (size_t s = 0; s < SHOPS; s++) {
        size_t ranks[MOST];

        find_ranks(family, stages, centre, &state, &of, ranks);
        for (size_t k = 0; k < retain_btyd_parameters(family); k++)
            count[k][ranks[k] * BINS / (RANKS + 1)]++;
    }
    for (size_t k = 0; k < retain_btyd_parameters(family); k++) {
        double statistic = 0.0, wanted = (double)SHOPS / BINS;

        for (size_t bin = 0; bin < BINS; bin++)
            statistic += ((double)count[k][bin] - wanted) * ((double)count[k][bin] - wanted) / wanted;
        if (statistic > most)
            print_error("%s of %s: chi-squared %g\n", retain_btyd_parameter(family, k), retain_btyd_name(family), statistic);
        assert_true(statistic < most);
    }
}

static void true_parameters_have_uniform_ranks_under_nbd(void **state)
{
    (void)state;
    check_calibration(RETAIN_BTYD_NBD, 0, (double[]){0.8, 10.0}, 1);
}

static void true_parameters_have_uniform_ranks_under_bg_nbd(void **state)
{
    (void)state;
    check_calibration(RETAIN_BTYD_BG_NBD, 0, (double[]){0.8, 8.0, 0.8, 2.5}, 2);
}

static void true_parameters_have_uniform_ranks_under_pareto_nbd(void **state)
{
    (void)state;
    check_calibration(RETAIN_BTYD_PARETO_NBD, 0, (double[]){0.8, 8.0, 0.7, 12.0}, 3);
}

static void true_parameters_have_uniform_ranks_under_bg_bb(void **state)
{
    (void)state;
    check_calibration(RETAIN_BTYD_BG_BB, 0, (double[]){1.2, 0.8, 0.7, 2.8}, 4);
}

static void true_parameters_have_uniform_ranks_under_mbg_nbd(void **state)
{
    (void)state;
    check_calibration(RETAIN_BTYD_MBG_NBD, 0, (double[]){0.8, 8.0, 0.8, 2.5}, 5);
}

static void true_parameters_have_uniform_ranks_under_gg_nbd(void **state)
{
    (void)state;
    check_calibration(RETAIN_BTYD_GG_NBD, 0, (double[]){0.8, 8.0, 0.1, 0.7, 2.0}, 8);
}

#if defined(RETAIN_LONG)
static void true_parameters_have_uniform_ranks_under_bg_cnbd(void **state)
{
    (void)state;
    check_calibration(RETAIN_BTYD_BG_CNBD, 3, (double[]){0.8, 3.0, 0.8, 2.5}, 6);
}

static void true_parameters_have_uniform_ranks_under_mbg_cnbd(void **state)
{
    (void)state;
    check_calibration(RETAIN_BTYD_MBG_CNBD, 2, (double[]){0.8, 4.0, 0.8, 2.5}, 7);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_nbd),
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_bg_nbd),
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_pareto_nbd),
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_bg_bb),
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_mbg_nbd),
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_gg_nbd),
#if defined(RETAIN_LONG)
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_bg_cnbd),
        cmocka_unit_test(true_parameters_have_uniform_ranks_under_mbg_cnbd),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

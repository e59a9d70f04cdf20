/* Laws that hold for any buy-till-you-die model and any customer, at points drawn at random. RETAIN_LONG draws a hundred thousand
 * customers of each family, an ordinary run some thousands. */
#include "math/random.h"
#include "models.h"

#if defined(RETAIN_LONG)
enum { MODELS = 2000 };
#else
enum { MODELS = 60 };
#endif
enum { ROWS = 50 };

static const double tiny = 1e-9; /* relative; far above what is promised, far below what a wrong formula would show */

static double draw_between(retain__random *random, double low, double high)
{
    return low * pow(high / low, retain__random_uniform(random));
}

static retain_btyd draw_model(retain_btyd_family family, retain__random *random)
{
    retain_btyd model = {.family = family, .unit_days = 7.0};

    model.r = draw_between(random, 0.02, 20.0);
    model.alpha = draw_between(random, 0.1, 100.0);
    model.s = draw_between(random, 0.02, 20.0);
    model.beta = draw_between(random, 0.1, 100.0);
    model.a = draw_between(random, 0.02, 20.0);
    model.b = draw_between(random, 0.02, 20.0);
    return model;
}

/* Customers with any history, and what a model says of each. */
typedef struct sample {
    double x[ROWS], t_x[ROWS], T[ROWS];
    retain_customers view;
} sample;

static void draw_sample(retain__random *random, sample *made)
{
    for (size_t i = 0; i < ROWS; i++) {
        made->x[i] = retain__random_uniform(random) < 0.4 ? 0.0 : floor(draw_between(random, 1.0, 150.0));
        made->T[i] = draw_between(random, 0.1, 1000.0);
        made->t_x[i] = made->x[i] > 0.0 ? made->T[i] * (1.0 - 0.99 * retain__random_uniform(random)) : 0.0;
    }
    made->view = (retain_customers){.count = ROWS, .frequency = made->x, .t_x = made->t_x, .T = made->T, .unit_days = 7.0};
}

/* Checks a law, for one random customer after the other, with whatever it needs. */
typedef void (*law)(const retain_btyd *model, const sample *customers, retain__random *random);

static void check_law(law holds)
{
    for (size_t f = 0; f < FAMILIES; f++) {
        const retain_btyd_family family = family_models[f].family;

        for (uint64_t k = 0; k < MODELS; k++) {
            retain__random random = retain__random_start(2024 + (uint64_t)family, k);
            retain_btyd model = draw_model(family, &random);
            sample customers;

            draw_sample(&random, &customers);
            holds(&model, &customers, &random);
        }
    }
}

/* --- the laws ---------------------------------------------------------------------------------------------------------------- */

static void silence_makes_death_likelier(const retain_btyd *model, const sample *customers, retain__random *random)
{
    double soon[ROWS], late[ROWS];
    double factor = draw_between(random, 1.0, 5.0);
    sample other = *customers;

    for (size_t i = 0; i < ROWS; i++)
        other.T[i] = other.t_x[i] + factor * (other.T[i] - other.t_x[i]);
    other.view.T = other.T;
    assert_int_equal(retain_btyd_alive(NULL, model, &customers->view, soon, NULL), RETAIN_OK);
    assert_int_equal(retain_btyd_alive(NULL, model, &other.view, late, NULL), RETAIN_OK);
    for (size_t i = 0; i < ROWS; i++)
        assert_true(late[i] >= 0.0 && soon[i] <= 1.0 && late[i] <= soon[i] * (1.0 + tiny));
}

static void orders_rise_ever_slower_and_silence_falls(const retain_btyd *model, const sample *customers, retain__random *random)
{
    double t = draw_between(random, 0.1, 300.0), alive[ROWS], orders[3][ROWS], silence[2][ROWS];

    assert_int_equal(retain_btyd_alive(NULL, model, &customers->view, alive, NULL), RETAIN_OK);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(retain_btyd_orders(NULL, model, &customers->view, (double)k * t, orders[k]), RETAIN_OK);
    for (size_t k = 0; k < 2; k++)
        assert_int_equal(retain_btyd_silence(NULL, model, &customers->view, (double)(k + 1) * t, silence[k]), RETAIN_OK);
    for (size_t i = 0; i < ROWS; i++) {
        double first = orders[1][i] - orders[0][i], second = orders[2][i] - orders[1][i];

        assert_true(orders[0][i] == 0.0 && first >= 0.0 && second >= -tiny * first && second <= first * (1.0 + tiny));
        assert_true(silence[1][i] <= silence[0][i] * (1.0 + tiny) && silence[1][i] >= (1.0 - alive[i]) * (1.0 - tiny));
        assert_true(orders[1][i] >= (1.0 - silence[0][i]) * (1.0 - tiny) - 1e-15); /* who orders, orders at least once */
    }
}

static void discounting_takes_away(const retain_btyd *model, const sample *customers, retain__random *random)
{
    double t = draw_between(random, 0.1, 300.0), delta = draw_between(random, 1e-4, 1.0), orders[ROWS], low[ROWS], high[ROWS];

    assert_int_equal(retain_btyd_orders(NULL, model, &customers->view, t, orders), RETAIN_OK);
    assert_int_equal(retain_btyd_discounted(NULL, model, &customers->view, t, delta, low), RETAIN_OK);
    assert_int_equal(retain_btyd_discounted(NULL, model, &customers->view, t, 2.0 * delta, high), RETAIN_OK);
    for (size_t i = 0; i < ROWS; i++) {
        assert_true(low[i] <= orders[i] * (1.0 + tiny) && low[i] >= orders[i] * exp(-delta * t) * (1.0 - tiny));
        assert_true(high[i] <= low[i] * (1.0 + tiny) && high[i] >= 0.0);
    }
}

static void the_unit_of_time_does_not_matter(const retain_btyd *model, const sample *customers, retain__random *random)
{
    double c = draw_between(random, 0.01, 100.0), t = draw_between(random, 0.1, 300.0), odds[2][ROWS], alive[2][ROWS],
           orders[2][ROWS], likelihood[2][ROWS];
    const retain_btyd scaled = in_other_time(*model, c);
    sample other = *customers;

    for (size_t i = 0; i < ROWS; i++) {
        other.t_x[i] *= c;
        other.T[i] *= c;
    }
    other.view = (retain_customers){.count = ROWS, .frequency = other.x, .t_x = other.t_x, .T = other.T, .unit_days = 7.0};
    assert_int_equal(retain_btyd_alive(NULL, model, &customers->view, alive[0], odds[0]), RETAIN_OK);
    assert_int_equal(retain_btyd_alive(NULL, &scaled, &other.view, alive[1], odds[1]), RETAIN_OK);
    assert_int_equal(retain_btyd_orders(NULL, model, &customers->view, t, orders[0]), RETAIN_OK);
    assert_int_equal(retain_btyd_orders(NULL, &scaled, &other.view, c * t, orders[1]), RETAIN_OK);
    assert_int_equal(retain_btyd_likelihood(NULL, model, &customers->view, likelihood[0], NULL), RETAIN_OK);
    assert_int_equal(retain_btyd_likelihood(NULL, &scaled, &other.view, likelihood[1], NULL), RETAIN_OK);
    for (size_t i = 0; i < ROWS; i++) {
        double times = customers->x[i] * log(c); /* a density of x moments in time */

        assert_near(alive[1][i], alive[0][i], tiny);
        assert_near(orders[1][i], orders[0][i], tiny * (1.0 + orders[0][i]));
        assert_near(likelihood[1][i] + times, likelihood[0][i], tiny * (1.0 + fabs(likelihood[0][i]) + fabs(times)));
    }
}

/* A customer who never came back is a new one who makes no repeat occasion; and who is new is silent just as often. */
static void nobody_came_back_in_three_ways(const retain_btyd *model, const sample *customers, retain__random *random)
{
    (void)random;
    for (size_t i = 0; i < ROWS; i++) {
        double T = customers->T[i], none = log_pmf_of(*model, T, 0.0);

        assert_near(likelihood_of(*model, 0.0, 0.0, T), none, tiny * (1.0 + fabs(none)));
        assert_near(silence_of(*model, 0.0, 0.0, 0.0, T), exp(none), tiny);
        assert_near(orders_of(*model, 0.0, 0.0, 0.0, T), expected_of(*model, T), tiny * expected_of(*model, T));
    }
}

#define TEST_OF(holds)                       \
    static void holds##_always(void **state) \
    {                                        \
        (void)state;                         \
        check_law(holds);                    \
    }

TEST_OF(silence_makes_death_likelier)
TEST_OF(orders_rise_ever_slower_and_silence_falls)
TEST_OF(discounting_takes_away)
TEST_OF(the_unit_of_time_does_not_matter)
TEST_OF(nobody_came_back_in_three_ways)

/* Customers who never leave are a case of those who may: small shops, whose likelihoods have several maxima, are no exception. */
static void a_family_with_leaving_never_ends_below_the_one_without(void **state)
{
    enum { SHOPS = 40, CUSTOMERS = 60 };
    static const retain_btyd_family wider[] = {RETAIN_BTYD_PARETO_NBD, RETAIN_BTYD_BG_NBD, RETAIN_BTYD_MBG_NBD};
    double T[CUSTOMERS], x[CUSTOMERS], t_x[CUSTOMERS];
    const retain_customers shop = {.count = CUSTOMERS, .frequency = x, .t_x = t_x, .T = T, .unit_days = 7.0};
    size_t compared = 0;

    (void)state;
    for (uint64_t k = 0; k < SHOPS; k++) {
        retain__random random = retain__random_start(77, k);
        const retain_btyd truth = draw_model(wider[k % 3], &random);
        retain_fit_report narrow = RETAIN_FIT_REPORT_INIT;
        retain_btyd model;

        for (size_t i = 0; i < CUSTOMERS; i++)
            T[i] = draw_between(&random, 5.0, 50.0);
        assert_int_equal(retain_btyd_simulate(NULL, &truth, T, NULL, CUSTOMERS, 0.0, k, x, t_x, NULL, NULL, NULL), RETAIN_OK);
        retain_btyd_fit(NULL, RETAIN_BTYD_NBD, &shop, NULL, &model, &narrow);
        if (narrow.verdict == RETAIN_FIT_TOO_LITTLE_DATA)
            continue;
        for (size_t f = 0; f < 3; f++) {
            retain_fit_report report = RETAIN_FIT_REPORT_INIT;

            retain_btyd_fit(NULL, wider[f], &shop, NULL, &model, &report);
            if (report.log_likelihood < narrow.log_likelihood - 0.02)
                fail_msg("shop %u: %s ends at %.4f, NBD at %.4f", (unsigned)k, retain_btyd_name(wider[f]), report.log_likelihood,
                         narrow.log_likelihood);
            compared++;
        }
    }
    assert_true(compared > SHOPS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_family_with_leaving_never_ends_below_the_one_without),
        cmocka_unit_test(silence_makes_death_likelier_always),
        cmocka_unit_test(orders_rise_ever_slower_and_silence_falls_always),
        cmocka_unit_test(discounting_takes_away_always),
        cmocka_unit_test(the_unit_of_time_does_not_matter_always),
        cmocka_unit_test(nobody_came_back_in_three_ways_always),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The generator against its published vectors, the distributions against their moments and each other. All seeds are fixed: no
 * test can fail by chance, and limits of five standard errors would hardly ever have let a wrong distribution pass. */
#include "math/random.h"
#include "math/special.h"
#include "support.h"

enum { DRAWS = 100000 };

/* From the known answers that come with Random123. */
static void philox_gives_the_published_words(void **state)
{
    static const struct {
        uint32_t counter[4], key[2], words[4];
    } cases[] = {{{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
                 {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                  {0xffffffff, 0xffffffff},
                  {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
                 {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                  {0xa4093822, 0x299f31d0},
                  {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t words[4];

        retain__philox(cases[i].counter, cases[i].key, words);
        assert_memory_equal(words, cases[i].words, sizeof words);
    }
}

static void a_row_draws_the_same_whatever_was_drawn_before(void **state)
{
    retain__random first = retain__random_start(42, 17), other = retain__random_start(42, 18), again;
    uint64_t bits[9];

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        bits[i] = retain__random_bits(&first);
        assert_true(retain__random_bits(&other) != bits[i]);
    }
    again = retain__random_start(42, 17);
    for (size_t i = 0; i < 9; i++)
        assert_true(retain__random_bits(&again) == bits[i]);
    again = retain__random_start(43, 17);
    assert_true(retain__random_bits(&again) != bits[0]);
}

/* Mean and variance of what `draw` gives over rows 0 ... DRAWS - 1, within five standard errors of the given ones. */
static void check_moments(double (*draw)(retain__random *, const double *), const double *parameters, double mean, double variance,
                          double fourth)
{
    double sum = 0.0, squares = 0.0;

    for (uint64_t row = 0; row < DRAWS; row++) {
        retain__random random = retain__random_start(2024, row);
        double away = draw(&random, parameters) - mean;

        sum += away;
        squares += away * away;
    }
    assert_near(sum / DRAWS, 0.0, 5.0 * sqrt(variance / DRAWS));
    assert_near(squares / DRAWS, variance, 5.0 * sqrt((fourth - variance * variance) / DRAWS));
}

static double draw_uniform(retain__random *random, const double *parameters)
{
    (void)parameters;
    return retain__random_uniform(random);
}

static double draw_normal(retain__random *random, const double *parameters)
{
    (void)parameters;
    return retain__random_normal(random);
}

static double draw_exponential(retain__random *random, const double *parameters)
{
    return retain__random_exponential(random, parameters[0]);
}

static double draw_log_gamma(retain__random *random, const double *parameters)
{
    return retain__random_log_gamma(random, parameters[0]);
}

static double draw_gamma(retain__random *random, const double *parameters)
{
    return retain__random_gamma(random, parameters[0], parameters[1]);
}

static double draw_beta(retain__random *random, const double *parameters)
{
    return retain__random_beta(random, parameters[0], parameters[1]);
}

static double draw_poisson(retain__random *random, const double *parameters)
{
    return retain__random_poisson(random, parameters[0]);
}

static void simple_distributions_have_their_moments(void **state)
{
    double rate = 0.25;

    (void)state;
    check_moments(draw_uniform, NULL, 0.5, 1.0 / 12, 1.0 / 80);
    check_moments(draw_normal, NULL, 0.0, 1.0, 3.0);
    check_moments(draw_exponential, &rate, 4.0, 16.0, 9.0 * 256.0);
}

/* The logarithm of a gamma variate has mean digamma(shape), variance trigamma(shape) and a fourth moment between 3 (normal) and
 * 9 (exponential) times the square of that. */
static void gamma_is_right_from_tiny_to_large_shapes(void **state)
{
    static const double shapes[] = {1e-4, 0.01, 0.243, 0.999, 1.0, 2.5, 30.0, 1e4};

    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        double shape = shapes[i], variance = retain__trigamma(shape), gamma[2] = {shape, 2.0};

        check_moments(draw_log_gamma, &shape, retain__digamma(shape), variance, 9.0 * variance * variance);
        variance = shape / 4.0;
        check_moments(draw_gamma, gamma, shape / 2.0, variance, variance * variance * (3.0 + 6.0 / shape));
    }
}

static void beta_is_right_even_when_it_is_nearly_a_coin(void **state)
{
    static const double cases[][2] = {{0.79, 2.43}, {1e-4, 1e-4}, {1e-4, 3e-4}, {5.0, 1.0}, {300.0, 1e4}, {1e4, 1e-4}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double a = cases[i][0], b = cases[i][1], mean = a / (a + b), variance = mean * (1.0 - mean) / (a + b + 1.0);

        check_moments(draw_beta, cases[i], mean, variance, variance);
    }
}

static void poisson_is_right_for_small_and_large_means(void **state)
{
    static const double means[] = {0.0, 1e-4, 0.7, 9.99, 10.0, 37.5, 1e4, 1e9, 1e13, 1e16};

    (void)state;
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        double mean = means[i];

        check_moments(draw_poisson, &mean, mean, mean, mean + 3.0 * mean * mean);
    }
}

/* The shares of single counts, from both sides of the change of method. */
static void poisson_counts_have_their_probabilities(void **state)
{
    static const double means[] = {3.0, 9.5, 10.5, 40.0};

    (void)state;
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        double seen[200] = {0}, total = 0.0;

        for (uint64_t row = 0; row < DRAWS; row++) {
            retain__random random = retain__random_start(7, row);
            double k = retain__random_poisson(&random, means[i]);

            assert_true(k >= 0.0 && k == floor(k) && k < 200.0);
            seen[(size_t)k]++;
        }
        for (size_t k = 0; k < 200; k++) {
            double share = exp((double)k * log(means[i]) - means[i] - retain__lgamma((double)k + 1.0));

            assert_near(seen[k] / DRAWS, share, 5.0 * sqrt(share / DRAWS) + 1.0 / DRAWS);
            total += share;
        }
        assert_near(total, 1.0, 1e-12);
    }
}

static void what_is_not_a_number_ends_and_gives_nan(void **state)
{
    retain__random random = retain__random_start(1, 1);

    (void)state;
    assert_nan(retain__random_gamma(&random, (double)NAN, 1.0));
    assert_nan(retain__random_poisson(&random, (double)NAN));
    assert_nan(retain__random_beta(&random, (double)NAN, 1.0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_words),
        cmocka_unit_test(a_row_draws_the_same_whatever_was_drawn_before),
        cmocka_unit_test(simple_distributions_have_their_moments),
        cmocka_unit_test(gamma_is_right_from_tiny_to_large_shapes),
        cmocka_unit_test(beta_is_right_even_when_it_is_nearly_a_coin),
        cmocka_unit_test(poisson_is_right_for_small_and_large_means),
        cmocka_unit_test(poisson_counts_have_their_probabilities),
        cmocka_unit_test(what_is_not_a_number_ends_and_gives_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

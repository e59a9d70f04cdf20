/* Quantiles, R-hat and effective sample sizes, against ArviZ. */
#include "math/chains.h"
#include "support.h"

enum { CHAINS = 4, DRAWS = 101 };

static void convergence_is_that_of_arviz(void **state)
{
    golden numbers = golden_read("draws/chains.csv"), wanted = golden_read("draws/convergence.csv");
    double *of = calloc(CHAINS * DRAWS, sizeof *of), *room = calloc(6 * CHAINS * DRAWS, sizeof *room);

    (void)state;
    assert_int_equal(numbers.rows, CHAINS * DRAWS);
    for (size_t row = 0; row < wanted.rows; row++) {
        retain__convergence found;

        for (size_t i = 0; i < numbers.rows; i++)
            of[i] = golden_number(&numbers, i, golden_text(&wanted, row, "quantity"));
        found = retain__find_convergence(of, CHAINS, DRAWS, room);
        assert_near(found.r_hat, golden_number(&wanted, row, "r_hat"), 1e-10);
        assert_near(found.ess_bulk, golden_number(&wanted, row, "ess_bulk"), 1e-7);
        assert_near(found.ess_tail, golden_number(&wanted, row, "ess_tail"), 1e-7);
        assert_near(found.ess_mean, golden_number(&wanted, row, "ess_mean"), 1e-7);
    }
    free(of);
    free(room);
    golden_free(&numbers);
    golden_free(&wanted);
}

static void chains_that_stand_still_have_no_r_hat(void **state)
{
    double of[16] = {0.0}, *room = calloc(6 * 16, sizeof *room);
    retain__convergence found = retain__find_convergence(of, 2, 8, room);

    (void)state;
    assert_nan(found.r_hat);
    assert_nan(found.ess_bulk);
    assert_nan(found.ess_tail);
    found = retain__find_convergence(of, 2, 3, room);
    assert_nan(found.r_hat);
    free(room);
}

static void quantiles_are_interpolated_between_order_statistics(void **state)
{
    double of[] = {5.0, 1.0, 4.0, 2.0, 3.0}, equal[] = {2.0, 2.0, 2.0}, wide[] = {(double)INFINITY, 1.0, (double)INFINITY, 0.0};

    (void)state;
    assert_near(retain__quantile(of, 5, 0.5), 3.0, 0.0);
    assert_near(retain__quantile(of, 5, 0.1), 1.4, 1e-15);
    assert_near(retain__quantile(of, 5, 0.9), 4.6, 1e-15);
    assert_near(retain__quantile(equal, 3, 0.3), 2.0, 0.0);
    assert_near(retain__quantile(wide, 4, 0.9), (double)INFINITY, 0.0);
    assert_near(retain__quantile(wide, 4, 0.2), 0.6, 1e-15);
    assert_nan(retain__quantile(of, 0, 0.5));
}

static void means_do_not_lose_digits_to_what_is_common(void **state)
{
    double of[] = {1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0}, mean, deviation;

    (void)state;
    retain__mean_and_deviation(of, 3, &mean, &deviation);
    assert_near(mean, 1e9 + 2.0, 0.0);
    assert_near(deviation, 1.0, 1e-12);
    retain__mean_and_deviation(of, 1, &mean, &deviation);
    assert_nan(deviation);
}

static void the_mean_with_an_infinite_number_is_infinite(void **state)
{
    double of[] = {1.0, (double)INFINITY, 2.0, (double)INFINITY}, mean, deviation;

    (void)state;
    retain__mean_and_deviation(of, 4, &mean, &deviation);
    assert_near(mean, (double)INFINITY, 0.0);
    assert_nan(deviation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convergence_is_that_of_arviz),
        cmocka_unit_test(chains_that_stand_still_have_no_r_hat),
        cmocka_unit_test(quantiles_are_interpolated_between_order_statistics),
        cmocka_unit_test(means_do_not_lose_digits_to_what_is_common),
        cmocka_unit_test(the_mean_with_an_infinite_number_is_infinite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

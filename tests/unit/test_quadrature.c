/* Gauss-Legendre rules, and the integral of one peak. */
#include "math/quadrature.h"
#include "math/special.h"
#include "support.h"

static void every_rule_integrates_powers_up_to_twice_its_nodes(void **state)
{
    (void)state;
    for (size_t r = 0; r < RETAIN__RULES; r++) {
        const retain__rule *rule = &retain__rules[r];

        assert_true(rule->count <= RETAIN__MOST_NODES);
        for (size_t power = 0; power < 2 * rule->count; power++) {
            double sum = 0.0;

            for (size_t j = 0; j < rule->count; j++)
                sum += rule->nodes[j].weight * pow(rule->nodes[j].at, (double)power);
            assert_near(sum, 1.0 / (double)(power + 1), 4e-16);
        }
    }
}

static void nodes_lie_in_order_and_mirror_each_other(void **state)
{
    (void)state;
    for (size_t r = 0; r < RETAIN__RULES; r++) {
        const retain__rule *rule = &retain__rules[r];

        for (size_t j = 0; j < rule->count; j++) {
            assert_true(rule->nodes[j].at > (j ? rule->nodes[j - 1].at : 0.0) && rule->nodes[j].at < 1.0);
            assert_near(rule->nodes[j].at + rule->nodes[rule->count - 1 - j].at, 1.0, 2e-16);
            assert_near(rule->nodes[j].weight, rule->nodes[rule->count - 1 - j].weight, 0.0);
        }
    }
}

static double fall_of_bell(const void *state, double d)
{
    return 0.5 * *(const double *)state * d * d;
}

static void finds_the_area_of_a_bell_of_any_width(void **state)
{
    (void)state;
    for (double sharp = 0.01; sharp < 1e9; sharp *= 7.0) {
        double area = retain__integrate_peak(fall_of_bell, &sharp, (double)INFINITY, (double)INFINITY);
        double half = retain__integrate_peak(fall_of_bell, &sharp, 0.0, (double)INFINITY);

        assert_near(area * sqrt(sharp / 6.283185307179586), 1.0, 4e-15);
        assert_near(half / area, 0.5, 4e-15);
    }
}

/* The gamma function as a peak: z (e^d - 1 - d). */
static double fall_of_gamma(const void *state, double d)
{
    double z = *(const double *)state;

    return d > 700.0 ? 1e300 : fabs(d) < 1e-3 ? z * d * d * (0.5 + d * (1.0 / 6 + d * (1.0 / 24 + d / 120))) : z * (expm1(d) - d);
}

static void finds_the_area_of_a_lopsided_peak(void **state)
{
    (void)state;
    for (double z = 0.5; z < 1e6; z *= 1.9) {
        double area = retain__integrate_peak(fall_of_gamma, &z, (double)INFINITY, (double)INFINITY);

        assert_near(log(area), retain__lgamma(z) - z * log(z) + z, 1e-14 * (1.0 + z * fabs(log(z))));
    }
}

static void stops_where_it_is_told(void **state)
{
    double flat = 1e-30, sharp = 1.0;

    (void)state;
    assert_near(retain__integrate_peak(fall_of_bell, &flat, 3.0, 5.0), 8.0, 1e-14);
    assert_near(retain__integrate_peak(fall_of_bell, &flat, 0.0, 0.0), 0.0, 0.0);
    assert_near(retain__integrate_peak(fall_of_bell, &sharp, 1.0, 2.0), 2.506628274631 * (0.3413447460685429 + 0.4772498680518208),
                1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_integrates_powers_up_to_twice_its_nodes),
        cmocka_unit_test(nodes_lie_in_order_and_mirror_each_other),
        cmocka_unit_test(finds_the_area_of_a_bell_of_any_width),
        cmocka_unit_test(finds_the_area_of_a_lopsided_peak),
        cmocka_unit_test(stops_where_it_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The integral of the Gamma-Gompertz/NBD over random shapes, up to the ends of the domain. */
#include "math/random.h"
#include "models/btyd_gompertz_integral.h"
#include "support.h"

static double draw_between(retain__random *random, double low, double high)
{
    return low * exp(log(high / low) * retain__random_uniform(random));
}

/* The mass of a span by brute force: Simpson's rule with so many steps. */
static double integrate_by_steps(double n, double alpha, const double *p, double span)
{
    const int steps = 20000;
    const double b = p[RETAIN__GOMPERTZ_B], s = p[RETAIN__GOMPERTZ_S], beta = p[RETAIN__GOMPERTZ_BETA];
    double sum = 0.0;

    for (int i = 0; i <= steps; i++) {
        const double u = span * i / steps, grown = expm1(b * u);
        const double f = exp(-n * log1p(u / alpha) - (s + 1.0) * log1p(grown / beta) + b * u) * s * b / beta;

        sum += (i == 0 || i == steps ? 1.0 : i % 2 ? 4.0 : 2.0) * f;
    }
    return sum * span / steps / 3.0;
}

static void the_integral_agrees_with_a_thousand_times_as_many_nodes(void **state)
{
    retain__random random = retain__random_start(14, 0);
    static retain__gompertz_spans spans;

    (void)state;
    for (int k = 0; k < 100; k++) {
        const double n = draw_between(&random, 0.01, 50.0), alpha = draw_between(&random, 0.5, 100.0);
        const double p[5] = {0.5, 1.0, draw_between(&random, 1e-4, 1.0), draw_between(&random, 0.01, 10.0),
                             draw_between(&random, 0.1, 1e4)};
        const double span = draw_between(&random, 0.01, 100.0), want = integrate_by_steps(n, alpha, p, span);
        const retain__gompertz_law law = retain__gompertz_law_of(p);
        double mass;

        spans.law = &law;
        spans.count = 1;
        spans.n[0] = n;
        spans.alpha[0] = alpha;
        spans.age[0] = 0.0;
        spans.span[0] = span;
        retain__gompertz_mass(&spans, &mass);
        assert_near(mass, want, 1e-8 * want);
    }
}

/* A span cut in two: dying in the second half presupposes surviving the first in silence. Random shapes up to the ends of the
 * domain, so that one mode and two, all variables, cuts and panels are met. */
static void the_integral_of_a_span_is_the_sum_over_its_halves(void **state)
{
    retain__random random = retain__random_start(15, 0);
    static retain__gompertz_spans spans;
    static double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN];

    (void)state;
    for (int k = 0; k < 6000; k++) {
        const int wide = k % 2;
        const double n = wide ? draw_between(&random, 1e-4, 1e4) : draw_between(&random, 0.1, 60.0);
        const double alpha = wide ? draw_between(&random, 1e-4, 1e4) : draw_between(&random, 1.0, 60.0);
        const double p[5] = {0.5, alpha, wide ? draw_between(&random, 1e-6, 100.0) : draw_between(&random, 1e-3, 2.0),
                             wide ? draw_between(&random, 1e-4, 1e4) : draw_between(&random, 0.05, 10.0),
                             draw_between(&random, 1e-4, 1e4)};
        const double age = k % 3 ? draw_between(&random, 1e-6, 1e3) : 0.0, span = draw_between(&random, 1e-6, wide ? 1e5 : 100.0);
        const double cut = span * retain__random_uniform(&random);
        const retain__gompertz_law law = retain__gompertz_law_of(p);
        double mass[3], silent, scale;

        spans.law = &law;
        spans.count = 3;
        for (int i = 0; i < 3; i++) {
            spans.n[i] = n;
            spans.age[i] = age + (i == 2 ? cut : 0.0);
            spans.alpha[i] = alpha + spans.age[i];
        }
        spans.span[0] = span;
        spans.span[1] = cut;
        spans.span[2] = span - cut;
        retain__gompertz_mass(&spans, mass);
        silent = n * spans.log_alpha[1] + law.s * spans.log_beta[1];
        scale = 1.0 + silent + 0.02 * (n + law.s) + law.b * (span + age) * 0.02; /* exponents and ages are rounded */
        assert_near(mass[0], mass[1] + exp(-silent) * mass[2], 2e-13 * mass[0] * scale + 1e-290);
        assert_true(mass[0] >= 0.0 && mass[0] <= 1.0 + 1e-13);
        retain__gompertz_moments(&spans, moments); /* with more nodes, for more than the mass */
        assert_near(moments[0][0], mass[0], 2e-14 * mass[0] * scale);
        for (size_t m = 0; m < RETAIN__GOMPERTZ_MOMENTS; m++)
            assert_true(isfinite(moments[m][0]));
    }
}

/* Each span comes out as it does alone. */
static void a_span_does_not_depend_on_its_neighbours(void **state)
{
    static const double p[5] = {0.5, 10.0, 0.2, 0.7, 30.0};
    static retain__gompertz_spans many, one;
    static double moments[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN], alone[RETAIN__GOMPERTZ_MOMENTS][RETAIN__BTYD_RUN];
    const retain__gompertz_law law = retain__gompertz_law_of(p);
    retain__random random = retain__random_start(16, 0);

    (void)state;
    many.law = one.law = &law;
    many.count = RETAIN__BTYD_RUN;
    one.count = 1;
    for (size_t i = 0; i < many.count; i++) {
        many.age[i] = i % 5 ? draw_between(&random, 0.1, 100.0) : 0.0;
        many.n[i] = draw_between(&random, 0.1, 300.0);
        many.alpha[i] = p[RETAIN__GOMPERTZ_ALPHA] + many.age[i];
        many.span[i] = i % 7 ? draw_between(&random, 1e-3, 1e4) : 0.0;
    }
    retain__gompertz_moments(&many, moments);
    for (size_t i = 0; i < many.count; i++) {
        one.n[0] = many.n[i];
        one.alpha[0] = many.alpha[i];
        one.age[0] = many.age[i];
        one.span[0] = many.span[i];
        retain__gompertz_moments(&one, alone);
        for (size_t k = 0; k < RETAIN__GOMPERTZ_MOMENTS; k++)
            assert_memory_equal(&alone[k][0], &moments[k][i], sizeof(double));
    }
}

/* Lifetimes that no customer has: nothing is NaN, and a law without an end has an integral. */
static void shapes_beyond_all_use_have_integrals(void **state)
{
    static const double sizes[] = {1e-100, 1e-16, 1e-3, 1.0, 1e12, 1e100};

    (void)state;
    for (size_t k = 0; k < 6 * 6 * 6; k++) {
        const double p[5] = {1.0, 1.0, sizes[k % 6], sizes[k / 6 % 6], sizes[k / 36]};
        const retain__gompertz_law law = retain__gompertz_law_of(p);
        retain__gompertz_shape shape = retain__gompertz_shape_at(&law, k % 2 ? 7.0 : 0.0, (double)INFINITY, 0);

        assert_true(retain__gompertz_log_integral(&shape) < 1e3);
        shape.dies = 1;
        shape.end = 1e5;
        shape.n = 2.0;
        assert_true(retain__gompertz_log_integral(&shape) < 1e-9);
        shape.count = 5.0;
        assert_true(retain__gompertz_log_integral(&shape) < 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_integral_agrees_with_a_thousand_times_as_many_nodes),
        cmocka_unit_test(the_integral_of_a_span_is_the_sum_over_its_halves),
        cmocka_unit_test(a_span_does_not_depend_on_its_neighbours),
        cmocka_unit_test(shapes_beyond_all_use_have_integrals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

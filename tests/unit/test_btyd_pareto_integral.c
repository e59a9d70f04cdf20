/* The integral of the Pareto/NBD, and what hangs on it at the ends of the domain and beyond. */
#include "math/random.h"
#include "models/btyd_pareto_integral.h"
#include "support.h"

static double draw_between(retain__random *random, double low, double high)
{
    return low * exp(log(high / low) * retain__random_uniform(random));
}

/* The mass of a span by brute force: Simpson's rule with so many steps. */
static double integrate_by_steps(double n, double alpha, double s, double beta, double span)
{
    const int steps = 20000;
    double small = alpha < beta ? alpha : beta, length = log1p(span / small), sum = 0.0;

    for (int i = 0; i <= steps; i++) {
        double y = length * i / steps, u = small * expm1(y);
        double f = exp(-n * log1p(u / alpha) - (s + 1.0) * log1p(u / beta) + y) * s / beta * small;

        sum += (i == 0 || i == steps ? 1.0 : i % 2 ? 4.0 : 2.0) * f;
    }
    return sum * length / steps / 3.0;
}

static void the_integral_agrees_with_a_thousand_times_as_many_nodes(void **state)
{
    retain__random random = retain__random_start(4, 0);
    static retain__pareto_spans spans;

    (void)state;
    for (int k = 0; k < 200; k++) {
        double n = draw_between(&random, 0.01, 50.0), alpha = draw_between(&random, 0.1, 100.0),
               s = draw_between(&random, 0.01, 10.0);
        double beta = draw_between(&random, 0.1, 100.0), span = draw_between(&random, 0.01, 100.0), mass, want;

        spans.count = 1;
        spans.s = s;
        spans.alpha_is_smaller = alpha <= beta;
        spans.n[0] = n;
        spans.alpha[0] = alpha;
        spans.beta[0] = beta;
        spans.span[0] = span;
        retain__pareto_mass(&spans, &mass);
        want = integrate_by_steps(n, alpha, s, beta, span);
        assert_near(mass, want, 1e-9 * want);
    }
}

/* A span cut in two: dying in the second half presupposes surviving the first in silence. Random shapes up to the ends of the
 * domain, so that every rule, the cutting short and the panels are met. */
static void the_integral_of_a_span_is_the_sum_over_its_halves(void **state)
{
    retain__random random = retain__random_start(5, 0);
    static retain__pareto_spans spans;

    (void)state;
    for (int k = 0; k < 20000; k++) {
        double n = draw_between(&random, 1e-4, 1e4), s = draw_between(&random, 1e-4, 1e4), mass[3], silent, scale;
        double alpha = draw_between(&random, 1e-4, 1e4), beta = draw_between(&random, 1e-4, 1e4);
        double span = draw_between(&random, 1e-6, 1e5), cut = span * retain__random_uniform(&random);

        spans.count = 3;
        spans.s = s;
        spans.alpha_is_smaller = alpha <= beta;
        for (int i = 0; i < 3; i++) {
            spans.n[i] = n;
            spans.alpha[i] = alpha + (i == 2 ? cut : 0.0);
            spans.beta[i] = beta + (i == 2 ? cut : 0.0);
        }
        spans.span[0] = span;
        spans.span[1] = cut;
        spans.span[2] = span - cut;
        retain__pareto_mass(&spans, mass);
        silent = n * log1p(cut / alpha) + s * log1p(cut / beta);
        scale = 1.0 + silent + 0.02 * (n + s); /* exponents and ages are rounded */
        assert_near(mass[0], mass[1] + exp(-silent) * mass[2], 2e-14 * mass[0] * scale);
        assert_true(mass[0] >= 0.0 && mass[0] <= 1.0 + 1e-14);
    }
}

static void a_span_does_not_depend_on_its_neighbours(void **state)
{
    static retain__pareto_spans many, one;
    static double mass[RETAIN__BTYD_RUN], moments[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN];
    static double alone[RETAIN__PARETO_MOMENTS][RETAIN__BTYD_RUN];
    retain__random random = retain__random_start(6, 0);

    (void)state;
    for (int order = 0; order < 2; order++) {
        many.count = RETAIN__BTYD_RUN;
        many.s = one.s = 0.7;
        many.alpha_is_smaller = one.alpha_is_smaller = order;
        for (size_t i = 0; i < many.count; i++) {
            double shift = draw_between(&random, 1e-3, 100.0);

            many.n[i] = draw_between(&random, 0.1, 300.0);
            many.alpha[i] = (order ? 1e-3 : 2e-3) + shift;
            many.beta[i] = (order ? 2e-3 : 1e-3) + shift;
            many.span[i] = i % 7 ? draw_between(&random, 1e-3, 1e5) : 0.0;
        }
        retain__pareto_mass(&many, mass);
        retain__pareto_moments(&many, moments);
        for (size_t i = 0; i < many.count; i++) {
            double single;

            one.count = 1;
            one.n[0] = many.n[i];
            one.alpha[0] = many.alpha[i];
            one.beta[0] = many.beta[i];
            one.span[0] = many.span[i];
            retain__pareto_mass(&one, &single);
            retain__pareto_moments(&one, alone);
            assert_memory_equal(&single, &mass[i], sizeof single);
            for (size_t k = 0; k < RETAIN__PARETO_MOMENTS; k++)
                assert_memory_equal(&alone[k][0], &moments[k][i], sizeof single);
            assert_memory_equal(&alone[0][0], &single, sizeof single);
        }
    }
}

/* --- extremes -------------------------------------------------------------------------------------------------------------- */

static void draw_parameters(retain__random *random, int k, double *p)
{
    double ends = k % 4 ? 1e4 : 1e15; /* a fit that runs to a boundary goes far */

    for (int i = 0; i < 4; i++)
        p[i] = draw_between(random, 1.0 / ends, ends);
    if (k % 5 == 0)
        p[3] = p[1];
    if (k % 7 == 0)
        p[2] = 1.0;
}

static void assert_all_finite(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_true(isfinite(values[i]));
}

/* 100,000 records of up to 10,000 orders and 100,000 units of time, under 5,000 models. */
static void nothing_is_ever_not_a_number(void **state)
{
    enum { MODELS = 5000, ROWS = 20 };
    const retain__btyd_family *family = &retain__pareto_nbd;
    retain__random random = retain__random_start(7, 0);

    (void)state;
    for (int k = 0; k < MODELS; k++) {
        double p[4], x[ROWS], t_x[ROWS], T[ROWS], weight[ROWS], odds[ROWS], orders[ROWS], silent[ROWS], discounted[ROWS];
        double sums[RETAIN__BTYD_SUMS] = {0.0}, gradient[4 * ROWS], value,
               count = k % 6 ? floor(draw_between(&random, 1.0, 1e4)) : 0.0;
        double t = k % 40 ? draw_between(&random, 1e-6, 1e5) : 0.0, delta = draw_between(&random, 1e-9, 100.0);
        retain__btyd_run run = {count, ROWS, t_x, T, weight};

        draw_parameters(&random, k, p);
        for (int i = 0; i < ROWS; i++) {
            x[i] = count;
            T[i] = i ? draw_between(&random, 1e-6, 1e5) : 0.0;
            t_x[i] = T[i] * (i % 3 == 0   ? retain__random_uniform(&random)
                             : i % 3 == 1 ? 1.0
                                          : 1.0 - draw_between(&random, 1e-16, 1.0));
            if (count == 0.0)
                t_x[i] = 0.0;
            weight[i] = 1.0;
        }
        family->add_rows(family, p, &run, sums);
        family->add_counts(family, p, count, ROWS, sums);
        assert_all_finite(sums, RETAIN__BTYD_SUMS);
        family->log_likelihood(family, p, x, t_x, T, ROWS, odds, gradient);
        assert_all_finite(odds, ROWS);
        assert_all_finite(gradient, 4 * ROWS);
        family->log_odds_dead(family, p, x, t_x, T, ROWS, odds);
        family->expected(family, p, count, NULL, T, ROWS, t, orders);
        family->silent(family, p, count, NULL, T, ROWS, t, silent);
        family->discounted(family, p, count, NULL, T, ROWS, t, delta, discounted);
        assert_all_finite(orders, ROWS);
        assert_all_finite(discounted, ROWS);
        for (int i = 0; i < ROWS; i++) {
            assert_true(odds[i] < (double)INFINITY && (odds[i] > -(double)INFINITY || t_x[i] == T[i]));
            assert_true(orders[i] >= 0.0 && silent[i] >= 0.0 && silent[i] <= 1.0);
            assert_true(discounted[i] >= 0.0 && discounted[i] <= orders[i] * (1.0 + 1e-9));
        }
        family->discounted(family, p, count, NULL, T, 2, (double)INFINITY, delta, orders);
        assert_true(isfinite(orders[1]) && orders[1] >= discounted[1] * (1.0 - 1e-9));
        value = family->log_pmf(family, p, t, count);
        assert_true(value <= 0.0 && (value > -(double)INFINITY || t == 0.0));
    }
}

static void times_beyond_all_use_are_survived(void **state)
{
    static const double shapes[][4] = {
        {1e15, 1e-15, 1e15, 1e-15}, {1e-15, 1e15, 1e-15, 1e-15}, {1.0, 1e-15, 1e-15, 1e15}, {0.5, 10.0, 0.6, 12.0}};
    static const double ages[] = {0.0, 1e-310, 1e-300, 1e-30, 1e30, 1e300, 1e308};
    const retain__btyd_family *family = &retain__pareto_nbd;

    (void)state;
    for (size_t k = 0; k < 4 * 7 * 7; k++) {
        const double *p = shapes[k % 4];
        double T = ages[k / 4 % 7], t = ages[k / 28], x = k % 3 == 0 ? 0.0 : 1e15, t_x = k % 3 == 2 ? 0.5 * T : 0.0, gradient[4],
               value;

        family->log_likelihood(family, p, &x, &t_x, &T, 1, &value, gradient);
        assert_all_finite(&value, 1);
        assert_all_finite(gradient, 4);
        family->log_odds_dead(family, p, &x, &t_x, &T, 1, &value);
        assert_true(!isnan(value));
        family->expected(family, p, x, NULL, &T, 1, t, &value);
        assert_true(value >= 0.0);
        family->silent(family, p, x, NULL, &T, 1, t, &value);
        assert_true(value >= 0.0 && value <= 1.0);
        family->discounted(family, p, x, NULL, &T, 1, t, 0.01, &value);
        assert_true(value >= 0.0);
        assert_true(family->log_pmf(family, p, t, floor(x)) <= 0.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_integral_agrees_with_a_thousand_times_as_many_nodes),
        cmocka_unit_test(the_integral_of_a_span_is_the_sum_over_its_halves),
        cmocka_unit_test(a_span_does_not_depend_on_its_neighbours),
        cmocka_unit_test(nothing_is_ever_not_a_number),
        cmocka_unit_test(times_beyond_all_use_are_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

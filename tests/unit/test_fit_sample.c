/* Where searches begin: on a sample, where a likelihood has one. */
#include "math/fit.h"
#include "support.h"

static const char *const names[] = {"shape", "rate"};

/* Highest, -7, at shape = e, rate = e^2; curvatures [8 2; 2 5]. */
static void hill(double x, double y, double *value, double *g, double *h)
{
    double d = x - 1.0, e = y - 2.0;

    *value = -7.0 - 4.0 * d * d - 2.0 * d * e - 2.5 * e * e;
    g[0] = -8.0 * d - 2.0 * e;
    g[1] = -2.0 * d - 5.0 * e;
    h[0] = -8.0;
    h[1] = h[2] = -2.0;
    h[3] = -5.0;
}

/* Only the product matters. */
static void product(double x, double y, double *value, double *g, double *h)
{
    double d = x + y - 3.0;

    *value = -50.0 * d * d;
    g[0] = g[1] = -100.0 * d;
    h[0] = h[1] = h[2] = h[3] = -100.0;
}

/* No value anywhere. */
static void absent(double x, double y, double *value, double *g, double *h)
{
    *value = (double)NAN;
    g[0] = x;
    g[1] = y;
    h[0] = h[1] = h[2] = h[3] = 0.0;
}

/* A problem whose likelihood is that of a hill, and that of its sample another. */
typedef struct sampled {
    int evaluations, sample_evaluations, cancel;
    void (*sample)(double x, double y, double *value, double *g, double *h);
} sampled;

static retain_status evaluate_all(void *state, int evaluation, const double *p, double *value, double *gradient, double *hessian)
{
    sampled *of = state;

    (void)evaluation;
    of->evaluations++;
    hill(log(p[0]), log(p[1]), value, gradient, hessian);
    return RETAIN_OK;
}

static retain_status evaluate_flat(void *state, int evaluation, const double *p, double *value, double *gradient, double *hessian)
{
    (void)state;
    (void)evaluation;
    product(log(p[0]), log(p[1]), value, gradient, hessian);
    return RETAIN_OK;
}

static retain_status evaluate_some(void *state, const double *p, double *value, double *gradient, double *hessian)
{
    sampled *of = state;

    of->sample_evaluations++;
    of->sample(log(p[0]), log(p[1]), value, gradient, hessian);
    return of->cancel ? RETAIN_ERROR_CANCELLED : RETAIN_OK;
}

static int start_far(void *state, int attempt, double *p)
{
    (void)state;
    p[0] = exp(9.0);
    p[1] = exp(-9.0);
    return attempt == 0;
}

static void a_search_begins_on_a_sample(void **state)
{
    void (*const samples[])(double x, double y, double *value, double *g, double *h) = {hill, product, absent};
    int evaluations[3];

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        sampled of = {0, 0, 0, samples[k]};
        retain__fit_problem problem = {.model = "Toy",
                                       .parameters = 2,
                                       .names = names,
                                       .rows = 30,
                                       .customers = 100.0,
                                       .state = &of,
                                       .evaluate = evaluate_all,
                                       .start = start_far,
                                       .evaluate_sample = evaluate_some};
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_fit_options options;
        double p[2];

        assert_int_equal(retain__fit_options(NULL, NULL, &report, &options), RETAIN_OK);
        assert_int_equal(retain__fit(NULL, &problem, &options, p, &report), RETAIN_OK);
        assert_near(p[0], exp(1.0), 1e-12);
        assert_true(of.sample_evaluations > 0);
        assert_int_equal(report.evaluations, of.evaluations);
        evaluations[k] = of.evaluations;
        of.cancel = 1;
        assert_int_equal(retain__fit(NULL, &problem, &options, p, &report), RETAIN_ERROR_CANCELLED);
    }
    assert_int_equal(evaluations[0], 1);              /* begun at the top */
    assert_true(evaluations[1] > 2);                  /* a sample without a maximum is no help, */
    assert_int_equal(evaluations[2], evaluations[1]); /* nor one without a likelihood */
}

/* The second start is taken as it is, although the sample has a maximum: it is to be another one. */
static int start_twice(void *state, int attempt, double *p)
{
    (void)state;
    p[0] = attempt ? exp(2.0) : exp(9.0);
    p[1] = exp(1.0);
    return attempt < 2;
}

static void only_the_first_start_is_moved(void **state)
{
    sampled of = {0, 0, 0, hill};
    retain__fit_problem problem = {.model = "Toy",
                                   .parameters = 2,
                                   .names = names,
                                   .rows = 30,
                                   .customers = 100.0,
                                   .state = &of,
                                   .evaluate = evaluate_flat,
                                   .start = start_twice,
                                   .evaluate_sample = evaluate_some};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_fit_options options;
    double p[2];

    (void)state;
    assert_int_equal(retain__fit_options(NULL, NULL, &report, &options), RETAIN_OK);
    assert_int_equal(retain__fit(NULL, &problem, &options, p, &report), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
    assert_true(of.sample_evaluations > 1 && of.sample_evaluations < 10); /* of one search */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_begins_on_a_sample),
        cmocka_unit_test(only_the_first_start_is_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

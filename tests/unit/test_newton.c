/* The search for the highest point: from everywhere, to rounding, and knowing when there is none. */
#include "math/newton.h"
#include "support.h"

/* A function in two variables with exact derivatives: g[2], h[4]. */
typedef void (*plane)(double x, double y, double *value, double *g, double *h);

static retain_status evaluate_plane(void *state, const double *point, double *value, double *gradient, double *hessian)
{
    plane f = *(plane *)state;

    f(point[0], point[1], value, gradient, hessian);
    return RETAIN_OK;
}

static retain__newton search_plane(plane f, double x, double y, int steps)
{
    retain__function function = {2, evaluate_plane, &f, 1.0, 0.0};
    retain__newton search = {.point = {x, y}};

    assert_int_equal(retain__newton_maximise(&function, steps, 28.0, &search), RETAIN_OK);
    return search;
}

/* Rosenbrock's valley, upside down: highest, 0, at (1, 1). */
static void valley(double x, double y, double *value, double *g, double *h)
{
    double d = y - x * x;

    *value = -100.0 * d * d - (1.0 - x) * (1.0 - x);
    g[0] = 400.0 * d * x + 2.0 * (1.0 - x);
    g[1] = -200.0 * d;
    h[0] = 400.0 * d - 800.0 * x * x - 2.0;
    h[1] = h[2] = 400.0 * x;
    h[3] = -200.0;
}

/* Highest, 2, at (+-1, 0), with a saddle of height 1 at (0, 0) where the gradient is 0. */
static void saddle(double x, double y, double *value, double *g, double *h)
{
    *value = 1.0 + 2.0 * x * x - x * x * x * x - y * y;
    g[0] = 4.0 * x - 4.0 * x * x * x;
    g[1] = -2.0 * y;
    h[0] = 4.0 - 12.0 * x * x;
    h[1] = h[2] = 0.0;
    h[3] = -2.0;
}

/* Rises for ever towards x = infinity, less and less. */
static void shelf(double x, double y, double *value, double *g, double *h)
{
    double e = 1000.0 * exp(-x);

    *value = -e - y * y;
    g[0] = e;
    g[1] = -2.0 * y;
    h[0] = -e;
    h[1] = h[2] = 0.0;
    h[3] = -2.0;
}

/* Rises for ever, always at the same rate. */
static void slope(double x, double y, double *value, double *g, double *h)
{
    *value = x - y * y;
    g[0] = 1.0;
    g[1] = -2.0 * y;
    h[0] = h[1] = h[2] = 0.0;
    h[3] = -2.0;
}

/* Only x + y matters. */
static void ridge(double x, double y, double *value, double *g, double *h)
{
    double d = x + y - 3.0;

    *value = 5.0 - 50.0 * d * d;
    g[0] = g[1] = -100.0 * d;
    h[0] = h[1] = h[2] = h[3] = -100.0;
}

/* As a likelihood of many customers: large, so that small gains drown. Highest at (0.5, -0.25). */
static void plateau(double x, double y, double *value, double *g, double *h)
{
    double d = x - 0.5, e = y + 0.25;

    *value = 1e9 - 1e3 * (cosh(d) + cosh(e));
    g[0] = -1e3 * sinh(d);
    g[1] = -1e3 * sinh(e);
    h[0] = -1e3 * cosh(d);
    h[1] = h[2] = 0.0;
    h[3] = -1e3 * cosh(e);
}

/* Not there for x <= 0, where a full step from x = 1 leads; highest at (0.1, 0). */
static void cliff(double x, double y, double *value, double *g, double *h)
{
    *value = x > 0.0 ? 1e4 * (log(x) - x / 0.1) - y * y : (double)NAN;
    g[0] = 1e4 * (1.0 / x - 10.0);
    g[1] = -2.0 * y;
    h[0] = -1e4 / (x * x);
    h[1] = h[2] = 0.0;
    h[3] = -2.0;
}

/* A value everywhere, but for x <= 0 no curvature to go by. */
static void cliff_of_curvature(double x, double y, double *value, double *g, double *h)
{
    cliff(x, y, value, g, h);
    if (!(x > 0.0)) {
        *value = -1e9;
        h[0] = (double)NAN;
    }
}

/* Promises a gain too small for the value to show, and then breaks the promise. */
static void trap(double x, double y, double *value, double *g, double *h)
{
    *value = x == 0.0 && y == 0.0 ? 1e9 : 1e9 - 1.0;
    g[0] = g[1] = 1e-3;
    h[0] = h[3] = -1.0;
    h[1] = h[2] = 0.0;
}

static void nowhere(double x, double y, double *value, double *g, double *h)
{
    (void)x;
    (void)y;
    *value = -(double)INFINITY;
    g[0] = g[1] = 0.0;
    h[0] = h[1] = h[2] = h[3] = 0.0;
}

static void finds_the_top_of_a_curved_valley_from_everywhere(void **state)
{
    (void)state;
    for (double x = -10.0; x <= 10.0; x += 2.5) {
        for (double y = -10.0; y <= 10.0; y += 2.5) {
            retain__newton search = search_plane(valley, x, y, 200);

            assert_int_equal(search.end, RETAIN__NEWTON_SETTLED);
            assert_near(search.point[0], 1.0, 1e-7);
            assert_near(search.point[1], 1.0, 1e-7);
            assert_true(search.steps < 60);
        }
    }
}

static void leaves_a_saddle(void **state)
{
    retain__newton search = search_plane(saddle, 0.0, 0.0, 100);

    (void)state;
    assert_int_equal(search.end, RETAIN__NEWTON_SETTLED);
    assert_near(fabs(search.point[0]), 1.0, 1e-8);
    assert_near(search.value, 2.0, 1e-12);
    assert_near(search.curvature[0], 2.0, 1e-6);
    assert_near(search.curvature[1], 8.0, 1e-6);
    assert_near(fabs(search.direction[1]), 1.0, 1e-6); /* of curvature 2: the second variable */
}

static void settles_on_a_shelf_when_nothing_is_left_to_gain(void **state)
{
    retain__newton search = search_plane(shelf, 0.0, 1.0, 200);

    (void)state;
    assert_int_equal(search.end, RETAIN__NEWTON_SETTLED);
    assert_true(search.point[0] > 15.0 && search.value > -2e-6);
    assert_true(search.curvature[0] < RETAIN__NEWTON_FLAT);
}

static void runs_away_up_an_endless_slope(void **state)
{
    retain__newton search = search_plane(slope, 2.0, 1.0, 200);

    (void)state;
    assert_int_equal(search.end, RETAIN__NEWTON_RAN_AWAY);
    assert_near(search.point[0], 30.0, 0.05);
    assert_near(search.point[1], 0.0, 1e-3);
}

static void settles_on_a_ridge_next_to_the_start(void **state)
{
    retain__newton search = search_plane(ridge, 10.0, -20.0, 100);

    (void)state;
    assert_int_equal(search.end, RETAIN__NEWTON_SETTLED);
    assert_near(search.point[0] + search.point[1], 3.0, 1e-8);
    assert_near(search.point[0] - search.point[1], 30.0, 1e-3); /* did not wander along it */
}

static void goes_on_where_the_value_cannot_show_the_gain(void **state)
{
    retain__newton search = search_plane(plateau, 3.0, 2.0, 100);

    (void)state;
    assert_int_equal(search.end, RETAIN__NEWTON_SETTLED);
    assert_near(search.point[0], 0.5, 1e-6);
    assert_near(search.point[1], -0.25, 1e-6);
    assert_true(search.steps < 15);
}

static void steps_back_from_where_there_is_no_value(void **state)
{
    retain__newton search = search_plane(cliff, 1.0, 3.0, 100);

    (void)state;
    assert_int_equal(search.end, RETAIN__NEWTON_SETTLED);
    assert_near(search.point[0], 0.1, 1e-8);
    assert_true(search.evaluations > 5);
    search = search_plane(cliff_of_curvature, 1.0, 3.0, 100);
    assert_int_equal(search.end, RETAIN__NEWTON_SETTLED);
    assert_near(search.point[0], 0.1, 1e-8);
}

static void stays_where_promises_are_not_kept(void **state)
{
    retain__newton search = search_plane(trap, 0.0, 0.0, 100);

    (void)state;
    assert_int_equal(search.end, RETAIN__NEWTON_SETTLED);
    assert_near(search.point[0], 0.0, 0.0);
    assert_int_equal(search.evaluations, 2);
}

static void tires_after_the_steps_that_it_was_given(void **state)
{
    retain__newton search = search_plane(valley, -10.0, 10.0, 3);

    (void)state;
    assert_int_equal(search.end, RETAIN__NEWTON_TIRED);
    assert_int_equal(search.steps, 3);
    assert_int_equal(search.evaluations, 4);
}

static void says_when_there_is_no_value_at_the_start(void **state)
{
    (void)state;
    assert_int_equal(search_plane(nowhere, 0.0, 0.0, 10).end, RETAIN__NEWTON_NOWHERE);
}

static retain_status give_up(void *state, const double *point, double *value, double *gradient, double *hessian)
{
    int *left = state;

    if (--*left == 0)
        return RETAIN_ERROR_CANCELLED;
    valley(point[0], point[1], value, gradient, hessian);
    return RETAIN_OK;
}

static void passes_on_the_status_of_the_function(void **state)
{
    (void)state;
    for (int after = 1; after < 5; after++) {
        int left = after;
        retain__function function = {2, give_up, &left, 1.0, 0.0};
        retain__newton search = {.point = {-10.0, 10.0}};

        assert_int_equal(retain__newton_maximise(&function, 100, 28.0, &search), RETAIN_ERROR_CANCELLED);
        assert_int_equal(left, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_top_of_a_curved_valley_from_everywhere),
        cmocka_unit_test(leaves_a_saddle),
        cmocka_unit_test(settles_on_a_shelf_when_nothing_is_left_to_gain),
        cmocka_unit_test(runs_away_up_an_endless_slope),
        cmocka_unit_test(settles_on_a_ridge_next_to_the_start),
        cmocka_unit_test(goes_on_where_the_value_cannot_show_the_gain),
        cmocka_unit_test(steps_back_from_where_there_is_no_value),
        cmocka_unit_test(stays_where_promises_are_not_kept),
        cmocka_unit_test(tires_after_the_steps_that_it_was_given),
        cmocka_unit_test(says_when_there_is_no_value_at_the_start),
        cmocka_unit_test(passes_on_the_status_of_the_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

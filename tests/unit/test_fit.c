/* Fits: the verdict, the numbers of the report, and the words. */
#include "math/fit.h"
#include "support.h"

/* A likelihood of two parameters as a function of their logarithms. */
typedef struct likelihood {
    void (*f)(double x, double y, double *value, double *g, double *h);
    double starts[3][2];
    int attempts;
    int cancel_at; /* evaluation that is cancelled; -1 for none */
} likelihood;

static retain_status evaluate(void *state, int evaluation, const double *p, double *value, double *gradient, double *hessian)
{
    const likelihood *of = state;

    of->f(log(p[0]), log(p[1]), value, gradient, hessian);
    return evaluation == of->cancel_at ? RETAIN_ERROR_CANCELLED : RETAIN_OK;
}

static int start(void *state, int attempt, double *p)
{
    const likelihood *of = state;

    if (attempt >= of->attempts)
        return 0;
    p[0] = of->starts[attempt][0];
    p[1] = of->starts[attempt][1];
    return 1;
}

static const char *meaning(const void *state, const int *way)
{
    (void)state;
    return way[0] < 0 ? "no customer ever rests" : way[0] > 0 && way[1] > 0 ? "all shops are one" : "";
}

static const char *const names[] = {"shape", "rate"};

static retain_status fit(likelihood *of, const retain_fit_options *options, double *p, retain_fit_report *report, char *error)
{
    retain__fit_problem problem = {.model = "Toy",
                                   .parameters = 2,
                                   .names = names,
                                   .rows = 30,
                                   .customers = 100.0,
                                   .state = of,
                                   .meaning = meaning,
                                   .evaluate = evaluate,
                                   .start = start,
                                   .extreme = "toy",
                                   .largest = 7.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_fit_options full;
    retain_status status = retain__fit_options(&ctx, options, report, &full);

    if (status == RETAIN_OK)
        status = retain__fit(&ctx, &problem, &full, p, report);
    if (error)
        memcpy(error, ctx.error, sizeof ctx.error);
    return status;
}

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

/* Rises as shape falls to 0; rate is e^2. */
static void falling(double x, double y, double *value, double *g, double *h)
{
    double s = 20.0 / (1.0 + exp(-x)), t = s * (1.0 - s / 20.0), d = y - 2.0;

    *value = -s - d * d;
    g[0] = -t;
    g[1] = -2.0 * d;
    h[0] = -t * (1.0 - s / 10.0);
    h[1] = h[2] = 0.0;
    h[3] = -2.0;
}

/* Rises as shape grows. */
static void rising(double x, double y, double *value, double *g, double *h)
{
    falling(-x, y, value, g, h);
    g[0] = -g[0];
}

/* Rises as both grow, their ratio staying e. */
static void growing(double x, double y, double *value, double *g, double *h)
{
    double e = 50.0 * exp(-0.5 * (x + y)), d = y - x - 1.0;

    *value = -e - 4.0 * d * d;
    g[0] = 0.5 * e + 8.0 * d;
    g[1] = 0.5 * e - 8.0 * d;
    h[0] = h[3] = -0.25 * e - 8.0;
    h[1] = h[2] = -0.25 * e + 8.0;
}

/* Only the product matters. */
static void product(double x, double y, double *value, double *g, double *h)
{
    double d = x + y - 3.0;

    *value = -50.0 * d * d;
    g[0] = g[1] = -100.0 * d;
    h[0] = h[1] = h[2] = h[3] = -100.0;
}

/* Two hills along x, the higher one near x = 3. */
static void two_hills(double x, double y, double *value, double *g, double *h)
{
    *value = -20.0 * (x + 3.0) * (x + 3.0) * (x - 3.0) * (x - 3.0) + 30.0 * x - y * y;
    g[0] = -80.0 * x * (x * x - 9.0) + 30.0;
    g[1] = -2.0 * y;
    h[0] = -240.0 * x * x + 720.0;
    h[1] = h[2] = 0.0;
    h[3] = -2.0;
}

/* Flat where x < 5, and a hill at x = 8. */
static void far_hill(double x, double y, double *value, double *g, double *h)
{
    double d = x - 8.0, inside = x > 5.0;

    *value = inside ? -4.0 * d * d - y * y : -36.0 - y * y;
    g[0] = inside ? -8.0 * d : 0.0;
    g[1] = -2.0 * y;
    h[0] = inside ? -8.0 : 0.0;
    h[1] = h[2] = 0.0;
    h[3] = -2.0;
}

/* Nothing for x < -5, flat up to 5. */
static void broken_far_hill(double x, double y, double *value, double *g, double *h)
{
    far_hill(x, y, value, g, h);
    if (x < -5.0)
        *value = (double)NAN;
}

/* A hill farther away than anybody looks. */
static void remote_hill(double x, double y, double *value, double *g, double *h)
{
    hill(x - 100.0, y, value, g, h);
}

/* A hill with a standard error of 1.7 to one side; the interval spans a factor of 780. */
static void wide_hill(double x, double y, double *value, double *g, double *h)
{
    double c = 1.0 / (1.7 * 1.7);

    *value = -0.5 * c * x * x - y * y;
    g[0] = -c * x;
    g[1] = -2.0 * y;
    h[0] = -c;
    h[1] = h[2] = 0.0;
    h[3] = -2.0;
}

/* And one of 1.9: a factor of 1,700. */
static void vague_hill(double x, double y, double *value, double *g, double *h)
{
    double c = 1.0 / (1.9 * 1.9);

    wide_hill(x, y, value, g, h);
    *value = -0.5 * c * x * x - y * y;
    g[0] = -c * x;
    h[0] = -c;
}

/* A hill so high that its value does not show the way up. */
static void sky(double x, double y, double *value, double *g, double *h)
{
    hill(x, y, value, g, h);
    *value = x == 0.0 && y == 0.0 ? -1e17 : -1.1e17;
}

static void absent(double x, double y, double *value, double *g, double *h)
{
    *value = (double)NAN;
    g[0] = x;
    g[1] = y;
    h[0] = h[1] = h[2] = h[3] = 0.0;
}

static void an_interior_maximum_comes_with_its_standard_errors(void **state)
{
    likelihood of = {hill, {{1.0, 1.0}}, 1, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2], e = exp(1.0), se_shape = sqrt(5.0 / 36.0),
                 quantile = 1.959963984540054; /* inverse of [8 2; 2 5]: [5 -2; -2 8] / 36 */

    (void)state;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_OK);
    assert_int_equal(report.verdict, RETAIN_FIT_CONVERGED);
    assert_near(p[0], e, 1e-12);
    assert_near(p[1], e * e, 1e-12);
    assert_int_equal(report.parameters, 2);
    assert_int_equal(report.rows, 30);
    assert_near(report.customers, 100.0, 0.0);
    assert_near(report.log_likelihood, -7.0, 1e-14);
    assert_near(report.aic, 18.0, 1e-13);
    assert_near(report.bic, 2.0 * log(100.0) + 14.0, 1e-13);
    assert_near(report.condition, (6.5 + 2.5) / (6.5 - 2.5), 1e-12); /* eigenvalues 9 and 4 */
    assert_true(report.gradient_norm < 1e-12);
    assert_near(report.standard_error[0], e * se_shape, 1e-12);
    assert_near(report.low[0], e * exp(-quantile * se_shape), 1e-12);
    assert_near(report.high[0], e * exp(quantile * se_shape), 1e-11);
    assert_near(report.covariance[1], e * e * e * -2.0 / 36.0, 1e-12);
    assert_near(report.covariance[2], report.covariance[1], 1e-15);
    assert_near(report.covariance[3], e * e * e * e * 8.0 / 36.0, 1e-12);
    assert_nan(report.covariance[4]);
    assert_nan(report.estimate[2]);
    assert_string_equal(report.explanation,
                        "An interior maximum, determined by the data. The least certain parameter is rate: 7.39, "
                        "between 2.93 and 18.6.");
}

static void the_level_of_the_intervals_is_the_callers(void **state)
{
    likelihood of = {hill, {{1.0, 1.0}}, 1, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_fit_options options = {.struct_size = sizeof options, .level = 0.5};
    double p[2];

    (void)state;
    assert_int_equal(fit(&of, &options, p, &report, NULL), RETAIN_OK);
    assert_near(report.high[0], exp(1.0 + 0.674489750196082 * sqrt(5.0 / 36.0)), 1e-12);
}

static void a_parameter_that_falls_to_0_is_a_boundary(void **state)
{
    likelihood of = {falling, {{1.0, 1.0}}, 1, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2];
    char error[RETAIN_ERROR_LENGTH];

    (void)state;
    assert_int_equal(fit(&of, NULL, p, &report, error), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_BOUNDARY);
    assert_true(p[0] < 1e-6 && report.log_likelihood > -1e-5);
    assert_near(p[1], exp(2.0), 1e-6);
    assert_nan(report.standard_error[0]);
    assert_nan(report.covariance[1]);
    assert_near(report.standard_error[1], exp(2.0) * sqrt(0.5), 1e-6);
    assert_non_null(strstr(report.explanation, "The likelihood of Toy still rises as shape falls to 0: no customer ever rests."));
    assert_memory_equal(error, report.explanation, RETAIN_ERROR_LENGTH - 1);
}

static void a_parameter_that_grows_is_a_boundary_too(void **state)
{
    likelihood of = {rising, {{1.0, 1.0}}, 1, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2];

    (void)state;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_BOUNDARY);
    assert_true(p[0] > 1e5 && report.log_likelihood > -1e-5);
    assert_non_null(strstr(report.explanation, "The likelihood of Toy still rises as shape grows without limit. Given"));
}

static void parameters_that_grow_together_are_a_boundary(void **state)
{
    likelihood of = {growing, {{1.0, 1.0}}, 1, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2];

    (void)state;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_BOUNDARY);
    assert_near(p[1] / p[0], exp(1.0), 1e-3);
    assert_true(p[0] > 1e5);
    assert_nan(report.standard_error[0]);
    assert_nan(report.standard_error[1]);
    assert_non_null(strstr(report.explanation, "as shape and rate grow together without limit: all shops are one."));
}

static void a_combination_that_does_not_matter_is_a_ridge(void **state)
{
    likelihood of = {product, {{1.0, 1.0}}, 1, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2];

    (void)state;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
    assert_near(p[0] * p[1], exp(3.0), 1e-6);
    assert_nan(report.standard_error[0]);
    assert_nan(report.standard_error[1]);
    assert_true(isinf(report.condition));
    assert_non_null(strstr(report.explanation, "These data do not determine shape and rate: they can change together"));
}

static void the_higher_of_two_tops_is_not_missed_when_the_first_start_fails(void **state)
{
    likelihood of = {far_hill, {{1.0, 2.0}, {exp(7.0), 2.0}}, 2, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2];

    (void)state;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_OK);
    assert_near(log(p[0]), 8.0, 1e-9);
    of = (likelihood){two_hills, {{exp(2.0), 1.0}}, 1, -1};
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_OK);
    assert_near(log(p[0]), 3.0, 0.1);
}

static void a_search_that_stops_says_so(void **state)
{
    likelihood of = {growing, {{1.0, 1.0}}, 1, -1}, none = {absent, {{1.0, 1.0}}, 1, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    retain_fit_options options = {.struct_size = sizeof options, .iterations = 2};
    double p[2];

    (void)state;
    assert_int_equal(fit(&of, &options, p, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_STOPPED);
    assert_int_equal(report.iterations, 2);
    assert_nan(report.standard_error[0]);
    assert_non_null(strstr(report.explanation, "stopped after 2 steps"));
    assert_int_equal(fit(&none, NULL, p, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_STOPPED);
    assert_nan(report.log_likelihood);
    assert_near(p[0], 1.0, 0.0);
    assert_string_equal(report.explanation, "The likelihood of Toy could not be computed at any point where a search can start.");
}

static void a_maximum_that_hardly_stands_out_is_a_ridge(void **state)
{
    likelihood of = {wide_hill, {{2.0, 2.0}}, 1, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2];

    (void)state;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_OK);
    of.f = vague_hill;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
    assert_near(p[0], 1.0, 1e-9);
    assert_near(report.standard_error[0], 1.9, 1e-9); /* given all the same */
    assert_near(report.high[0] / report.low[0], exp(2.0 * 1.959963984540054 * 1.9), 1e-6);
    assert_string_equal(
        report.explanation,
        "These data do not determine shape: there is a maximum, but it hardly stands out, and shape may be anything "
        "between 0.024 and 41. Models with quite other parameters fit nearly as well and forecast nearly the same.");
}

static void a_search_that_is_stuck_does_not_ask_for_more_steps(void **state)
{
    likelihood of = {sky, {{1.0, 1.0}}, 1, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2];

    (void)state;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_STOPPED);
    assert_string_equal(
        report.explanation,
        "The search for the maximum of the likelihood of Toy is stuck: its logarithm is -1e17, so large that rounding "
        "hides the rest of the way. More iterations change nothing. Look at the largest toy, 7: is it right?");
}

static void a_start_without_a_likelihood_does_not_count(void **state)
{
    likelihood of = {broken_far_hill, {{1.0, 2.0}, {1e-4, 2.0}, {2.0, 2.0}}, 3, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2];

    (void)state;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
    assert_near(report.log_likelihood, -36.0, 1e-9);
    of.starts[0][0] = 1e-4;
    of.starts[1][0] = 1e-4;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_RIDGE);
}

static void a_maximum_out_of_reach_is_none(void **state)
{
    likelihood of = {remote_hill, {{1.0, 1.0}}, 1, -1};
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2];

    (void)state;
    assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_ERROR_CONVERGENCE);
    assert_int_equal(report.verdict, RETAIN_FIT_STOPPED);
    assert_string_equal(report.explanation,
                        "The search for the maximum of the likelihood of Toy went a factor of 1e12 away from its start, and the "
                        "likelihood still rose. More iterations change nothing. Look at the largest toy, 7: is it right?");
}

/* Three parameters, one direction in which log L rises for ever: all down (way -1), or the first down and the others up. */
static retain_status evaluate_three(void *state, int evaluation, const double *p, double *value, double *gradient, double *hessian)
{
    const double *sign = state; /* [3] */
    double u[3], s, t, bend, along = 0.0;

    (void)evaluation;
    for (size_t i = 0; i < 3; i++) {
        u[i] = sign[i] * log(p[i]);
        along += u[i];
    }
    s = 20.0 / (1.0 + exp(along));
    t = s * (1.0 - s / 20.0);
    bend = t * (1.0 - s / 10.0);
    *value = -s - (u[0] - u[1]) * (u[0] - u[1]) - (u[1] - u[2]) * (u[1] - u[2]);
    gradient[0] = sign[0] * (t - 2.0 * (u[0] - u[1]));
    gradient[1] = sign[1] * (t + 2.0 * (u[0] - u[1]) - 2.0 * (u[1] - u[2]));
    gradient[2] = sign[2] * (t + 2.0 * (u[1] - u[2]));
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            double springs = i == j ? (i == 1 ? -4.0 : -2.0) : i + j == 2 ? 0.0 : 2.0;

            hessian[i * 3 + j] = sign[i] * sign[j] * (springs - bend);
        }
    }
    return RETAIN_OK;
}

static int start_three(void *state, int attempt, double *p)
{
    (void)state;
    p[0] = p[1] = p[2] = 1.0;
    return attempt == 0;
}

static void words_fit_any_number_of_parameters(void **state)
{
    static const char *const three_names[] = {"p", "q", "gamma"};
    static double signs[4][3] = {{-1.0, -1.0, -1.0}, {-1.0, 1.0, 1.0}, {1.0, -1.0, -1.0}, {1.0, 1.0, 1.0}};
    static const char *const words[] = {
        "still rises as p, q and gamma fall together to 0. Given", "as q and gamma outgrow p without limit. Given",
        "as p outgrows q and gamma without limit. Given", "as p, q and gamma grow together without limit. Given"};

    (void)state;
    for (size_t k = 0; k < 4; k++) {
        retain__fit_problem problem = {.model = "Toy",
                                       .parameters = 3,
                                       .names = three_names,
                                       .rows = 30,
                                       .customers = 100.0,
                                       .state = signs[k],
                                       .evaluate = evaluate_three,
                                       .start = start_three};
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;
        retain_fit_options options;
        double p[3];

        assert_int_equal(retain__fit_options(NULL, NULL, &report, &options), RETAIN_OK);
        assert_int_equal(retain__fit(NULL, &problem, &options, p, &report), RETAIN_ERROR_CONVERGENCE);
        if (!strstr(report.explanation, words[k]))
            fail_msg("%s does not say %s", report.explanation, words[k]);
    }
}

static void too_little_data_leaves_no_parameters(void **state)
{
    retain__fit_problem problem = {.model = "Toy", .parameters = 2, .names = names, .rows = 3, .customers = 3.0};
    retain_context ctx = RETAIN_CONTEXT_INIT;
    retain_fit_report report = RETAIN_FIT_REPORT_INIT;
    double p[2] = {1.0, 2.0};

    (void)state;
    assert_int_equal(retain__fit_too_little(&ctx, &problem, "there are three of them.", p, &report), RETAIN_ERROR_CONVERGENCE);
    assert_nan(p[0]);
    assert_nan(p[1]);
    assert_int_equal(report.verdict, RETAIN_FIT_TOO_LITTLE_DATA);
    assert_int_equal(report.rows, 3);
    assert_nan(report.aic);
    assert_string_equal(report.explanation, "Too little data for Toy: there are three of them.");
    assert_string_equal(ctx.error, report.explanation);
    assert_int_equal(retain__fit_too_little(NULL, &problem, "", p, NULL), RETAIN_ERROR_CONVERGENCE);
}

static void a_cancelled_fit_writes_nothing(void **state)
{
    likelihood of = {growing, {{1.0, 1.0}, {2.0, 2.0}}, 2, 0};
    retain_fit_report whole = RETAIN_FIT_REPORT_INIT;
    double p[2];

    (void)state;
    of.cancel_at = -1;
    assert_int_equal(fit(&of, NULL, p, &whole, NULL), RETAIN_ERROR_CONVERGENCE);
    for (of.cancel_at = 0; of.cancel_at < whole.evaluations; of.cancel_at++) { /* in the search, and in looking around */
        retain_fit_report report = RETAIN_FIT_REPORT_INIT;

        p[0] = p[1] = -1.0;
        assert_int_equal(fit(&of, NULL, p, &report, NULL), RETAIN_ERROR_CANCELLED);
        assert_int_equal(report.verdict, RETAIN_FIT_NONE);
        assert_near(p[0], -1.0, 0.0);
        assert_near(p[1], -1.0, 0.0);
    }
}

static void bad_options_are_named(void **state)
{
    static const struct {
        retain_fit_options options;
        const char *sentence;
    } cases[] = {
        {{.struct_size = sizeof(retain_fit_options), .iterations = -1},
         "options.iterations is -1; it must be at least 0 (0 means 200)"},
        {{.struct_size = sizeof(retain_fit_options), .level = 1.0}, "options.level is 1; it must lie in (0, 1) (0 means 0.95)"},
        {{.struct_size = sizeof(retain_fit_options), .level = -0.5}, "options.level is -0.5; it must lie in (0, 1) (0 means 0.95)"},
        {{.struct_size = sizeof(retain_fit_options), .level = (double)NAN},
         "options.level is NaN; it must lie in (0, 1) (0 means 0.95)"},
        {{0}, "options.struct_size is 0"},
    };
    likelihood of = {hill, {{1.0, 1.0}}, 1, -1};
    retain_fit_report forgotten = {0};
    char error[RETAIN_ERROR_LENGTH];
    double p[2];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(fit(&of, &cases[i].options, p, NULL, error), RETAIN_ERROR_ARGUMENT);
        assert_non_null(strstr(error, cases[i].sentence));
    }
    assert_int_equal(fit(&of, NULL, p, &forgotten, error), RETAIN_ERROR_ARGUMENT);
    assert_non_null(strstr(error, "report.struct_size is 0"));
}

static void verdicts_have_names(void **state)
{
    (void)state;
    assert_string_equal(retain_fit_verdict_name(RETAIN_FIT_NONE), "none");
    assert_string_equal(retain_fit_verdict_name(RETAIN_FIT_CONVERGED), "converged");
    assert_string_equal(retain_fit_verdict_name(RETAIN_FIT_BOUNDARY), "boundary");
    assert_string_equal(retain_fit_verdict_name(RETAIN_FIT_RIDGE), "ridge");
    assert_string_equal(retain_fit_verdict_name(RETAIN_FIT_TOO_LITTLE_DATA), "too little data");
    assert_string_equal(retain_fit_verdict_name(RETAIN_FIT_STOPPED), "stopped");
    assert_string_equal(retain_fit_verdict_name((retain_fit_verdict)77), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interior_maximum_comes_with_its_standard_errors),
        cmocka_unit_test(the_level_of_the_intervals_is_the_callers),
        cmocka_unit_test(a_parameter_that_falls_to_0_is_a_boundary),
        cmocka_unit_test(a_parameter_that_grows_is_a_boundary_too),
        cmocka_unit_test(parameters_that_grow_together_are_a_boundary),
        cmocka_unit_test(a_combination_that_does_not_matter_is_a_ridge),
        cmocka_unit_test(the_higher_of_two_tops_is_not_missed_when_the_first_start_fails),
        cmocka_unit_test(a_search_that_stops_says_so),
        cmocka_unit_test(a_maximum_that_hardly_stands_out_is_a_ridge),
        cmocka_unit_test(a_search_that_is_stuck_does_not_ask_for_more_steps),
        cmocka_unit_test(a_start_without_a_likelihood_does_not_count),
        cmocka_unit_test(a_maximum_out_of_reach_is_none),
        cmocka_unit_test(words_fit_any_number_of_parameters),
        cmocka_unit_test(too_little_data_leaves_no_parameters),
        cmocka_unit_test(a_cancelled_fit_writes_nothing),
        cmocka_unit_test(bad_options_are_named),
        cmocka_unit_test(verdicts_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

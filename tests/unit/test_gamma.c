/* The gamma and beta families: two units of the last place against exact values, their laws, and the ends of their domains. */
#include <float.h>

#include "math/gamma.h"
#include "math/special.h"
#include "support.h"

static const struct {
    const char *name;
    double (*one)(double);
    double (*two)(double, double);
    double (*three)(double, double, double);
} functions[] = {{.name = "lgamma", .one = retain__lgamma},
                 {.name = "digamma", .one = retain__digamma},
                 {.name = "trigamma", .one = retain__trigamma},
                 {.name = "lgamma_ratio", .two = retain__lgamma_ratio},
                 {.name = "digamma_ratio", .two = retain__digamma_ratio},
                 {.name = "trigamma_ratio", .two = retain__trigamma_ratio},
                 {.name = "lbeta", .two = retain__lbeta},
                 {.name = "lbeta_ratio", .three = retain__lbeta_ratio}};

static double evaluate(const char *name, double a, double b, double c)
{
    for (size_t f = 0; f < sizeof functions / sizeof *functions; f++)
        if (strcmp(functions[f].name, name) == 0)
            return functions[f].one ? functions[f].one(a) : functions[f].two ? functions[f].two(a, b) : functions[f].three(a, b, c);
    fail_msg("no function is called %s", name);
    return 0.0;
}

static void every_value_is_right_to_two_units_of_the_last_place(void **state)
{
    golden table = golden_read("math/gamma_family.csv");

    (void)state;
    for (size_t row = 0; row < table.rows; row++) {
        double want = golden_number(&table, row, "value"), a = golden_number(&table, row, "arg1");
        double b = golden_number(&table, row, "arg2"), c = golden_number(&table, row, "arg3");
        const char *name = golden_text(&table, row, "function");
        char text[100];

        snprintf(text, sizeof text, "%s(%.17g, %.17g, %.17g)", name, a, b, c);
        assert_near_at(evaluate(name, a, b, c), want, 2.0 * fabs(nextafter(want, (double)INFINITY) - want), text, __FILE__,
                       __LINE__);
    }
    golden_free(&table);
}

static void steps_add_up_and_turn_round(void **state)
{
    (void)state;
    for (double x = 1e-4; x < 1e6; x *= 3.7)
        for (double d = 0.5; d < 1e5; d *= 5.0) {
            double there = retain__lgamma_ratio(x, d), slope = retain__digamma_ratio(x, d), bend = retain__trigamma_ratio(x, d);
            double y = x + d, size = fabs(retain__lgamma(x)) + fabs(retain__lgamma(y));

            assert_near(there, retain__lgamma(y) - retain__lgamma(x), 4e-16 * (size + y * fabs(retain__digamma(y))));
            assert_near(slope, retain__digamma(y) - retain__digamma(x),
                        4e-16 * (2.0 + fabs(retain__digamma(x)) + fabs(retain__digamma(y))));
            assert_near(bend, retain__trigamma(y) - retain__trigamma(x), 8e-16 * retain__trigamma(x));
            assert_true(slope > 0.0 && bend < 0.0);
            if (y - d == x) { /* the way back is the same way */
                assert_near(retain__lgamma_ratio(y, -d), -there, 4.0 * DBL_EPSILON * fabs(there));
                assert_near(retain__digamma_ratio(y, -d), -slope, 4.0 * DBL_EPSILON * slope);
                assert_near(retain__trigamma_ratio(y, -d), -bend, -4.0 * DBL_EPSILON * bend);
            }
        }
}

/* B(a, b) = B(b, a) = B(a + 1, b) + B(a, b + 1), and what it loses when successes are counted. */
static void beta_is_symmetric_and_splits(void **state)
{
    (void)state;
    for (double a = 1e-4; a < 1e5; a *= 6.1)
        for (double b = 1e-4; b < 1e5; b *= 4.3) {
            double whole = retain__lbeta(a, b);

            assert_near(retain__lbeta(b, a), whole, 0.0);
            assert_near(exp(retain__lbeta_ratio(a, b, 1.0)), b / (a + b),
                        (4.0 + fabs(log(b / (a + b)))) * DBL_EPSILON * b / (a + b));
            assert_near(exp(retain__lbeta_ratio(b, a, 1.0)) + exp(retain__lbeta_ratio(a, b, 1.0)), 1.0, 1e-15);
            assert_near(retain__lbeta_ratio(a, b, 5.0), retain__lbeta(a, b + 5.0) - whole,
                        1e-15 * (a + b + 10.0) * (2.0 + fabs(log(a + b))) + 4e-16 * fabs(whole));
        }
}

static void ends_of_the_domain_have_their_limits(void **state)
{
    const double infinity = (double)INFINITY;

    (void)state;
    assert_near(retain__lgamma(0.0), infinity, 0.0);
    assert_near(retain__lgamma(infinity), infinity, 0.0);
    assert_near(retain__lgamma(1.0), 0.0, 0.0);
    assert_near(retain__lgamma(2.0), 0.0, 0.0);
    assert_near(retain__digamma(0.0), -infinity, 0.0);
    assert_near(retain__digamma(infinity), infinity, 0.0);
    assert_near(retain__trigamma(0.0), infinity, 0.0);
    assert_near(retain__trigamma(infinity), 0.0, 0.0);
    assert_near(retain__lgamma_ratio(3.0, 0.0), 0.0, 0.0);
    assert_near(retain__lgamma_ratio(0.0, 2.0), -infinity, 0.0);
    assert_near(retain__lgamma_ratio(2.0, -2.0), infinity, 0.0);
    assert_near(retain__digamma_ratio(0.0, 2.0), infinity, 0.0);
    assert_near(retain__digamma_ratio(2.0, -2.0), -infinity, 0.0);
    assert_near(retain__trigamma_ratio(0.0, 2.0), -infinity, 0.0);
    assert_near(retain__trigamma_ratio(2.0, -2.0), infinity, 0.0);
    assert_near(retain__lbeta(0.0, 3.0), infinity, 0.0);
    assert_near(retain__lbeta_ratio(1.0, 2.0, 0.0), 0.0, 0.0);
    assert_near(retain__lbeta_ratio(1.0, 2.0, -2.0), infinity, 0.0);
    assert_near(retain__lgamma_ratio_pair(retain__pair_of(5.0), 0.0).high, 0.0, 0.0);
}

static void outside_the_domain_there_is_nothing(void **state)
{
    static const double bad[] = {-1.0, (double)NAN, -(double)INFINITY};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_nan(retain__lgamma(bad[i]));
        assert_nan(retain__digamma(bad[i]));
        assert_nan(retain__trigamma(bad[i]));
        assert_nan(retain__lgamma_ratio(bad[i], 2.0));
        assert_nan(retain__digamma_ratio(bad[i], 2.0));
        assert_nan(retain__trigamma_ratio(0.5, bad[i]));
        assert_nan(retain__lbeta(bad[i], 1.0));
        assert_nan(retain__lbeta(1.0, bad[i]));
        assert_nan(retain__lbeta_ratio(bad[i], 1.0, 1.0));
        assert_nan(retain__lbeta_ratio(1.0, bad[i], 1.0));
        assert_nan(retain__lbeta_ratio(1.0, 0.5, bad[i]));
    }
    assert_nan(retain__lgamma_ratio(0.0, 0.0));
    assert_nan(retain__lgamma_ratio((double)INFINITY, 1.0));
    assert_nan(retain__lgamma_ratio(1.0, (double)INFINITY));
    assert_nan(retain__lbeta(1.0, (double)INFINITY));
    assert_nan(retain__lbeta_ratio((double)INFINITY, 1.0, 1.0));
    assert_nan(retain__lbeta_ratio(1.0, (double)INFINITY, 1.0));
    assert_nan(retain__lbeta_ratio(1.0, 1.0, (double)INFINITY));
}

static void logarithms_of_pairs_keep_what_doubles_lose(void **state)
{
    retain__pair x = {1.0, 0x1p-60}, log_x = retain__log_pair(x);

    (void)state;
    assert_near(log_x.high, 0x1p-60, 0x1p-120);
    assert_near(retain__log1p_pair(retain__pair_of(0x1p-70)).high, 0x1p-70, 0.0);
    assert_near(retain__log_pair(retain__pair_of(2.0)).high, 0.69314718055994530942, 0.0);
    assert_near(retain__log_pair(retain__pair_of(2.0)).low, 2.319046813846299558e-17, 1e-21);
    assert_near(retain__log_pair(retain__pair_of(4e-324)).high, log(4e-324), 0.0);
    assert_near(retain__log_pair(retain__pair_of(0.0)).high, -(double)INFINITY, 0.0);
    assert_near(retain__log_pair(retain__pair_of((double)INFINITY)).high, (double)INFINITY, 0.0);
    assert_nan(retain__log_pair(retain__pair_of(-1.0)).high);
    assert_nan(retain__log_pair(retain__pair_of((double)NAN)).high);
    for (double v = 0.001; v < 1e300; v *= 1.7)
        assert_near(retain__log_pair(retain__pair_of(v)).high, log(v), 1.2 * DBL_EPSILON * fabs(log(v)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_right_to_two_units_of_the_last_place),
        cmocka_unit_test(steps_add_up_and_turn_round),
        cmocka_unit_test(beta_is_symmetric_and_splits),
        cmocka_unit_test(ends_of_the_domain_have_their_limits),
        cmocka_unit_test(outside_the_domain_there_is_nothing),
        cmocka_unit_test(logarithms_of_pairs_keep_what_doubles_lose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

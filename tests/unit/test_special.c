/* The special functions: against values of 60 and more digits, at the ends of their domains, and against each other. */
#include "math/special.h"
#include "support.h"

typedef double (*one)(double);
typedef double (*two)(double, double);
typedef double (*three)(double, double, double);
typedef double (*four)(double, double, double, double);

static const struct {
    const char *name;
    one one;
    two two;
    three three;
    four four;
} functions[] = {{.name = "lgamma", .one = retain__lgamma},     {.name = "digamma", .one = retain__digamma},
                 {.name = "trigamma", .one = retain__trigamma}, {.name = "lgamma_ratio", .two = retain__lgamma_ratio},
                 {.name = "lbeta", .two = retain__lbeta},       {.name = "lbeta_ratio", .three = retain__lbeta_ratio},
                 {.name = "log1mexp", .one = retain__log1mexp}, {.name = "log_ndtr", .one = retain__log_ndtr},
                 {.name = "ndtri", .one = retain__ndtri},       {.name = "log_hyp2f1", .four = retain__log_hyp2f1}};

/* Every row of one function, to the tolerance that the vectors come with. */
static void check_rows(const char *name)
{
    golden table = golden_read("math/special_functions.csv");
    size_t rows = 0;

    for (size_t row = 0; row < table.rows; row++) {
        double a = golden_number(&table, row, "arg1"), b = golden_number(&table, row, "arg2");
        double c = golden_number(&table, row, "arg3"), d = golden_number(&table, row, "arg4");
        double want = golden_number(&table, row, "value"), got = (double)NAN, cond = 0.0;
        int stress = strcmp(golden_text(&table, row, "kind"), "stress") == 0;

        if (strcmp(golden_text(&table, row, "function"), name) != 0)
            continue;
        for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
            if (strcmp(functions[f].name, name) != 0)
                continue;
            got = functions[f].one     ? functions[f].one(a)
                  : functions[f].two   ? functions[f].two(a, b)
                  : functions[f].three ? functions[f].three(a, b, c)
                                       : functions[f].four(a, b, c, d);
        }
        if (!golden_blank(&table, row, "cond"))
            cond = golden_number(&table, row, "cond");
        if (isinf(want))
            assert_near_at(got, want, 0.0, golden_text(&table, row, "id"), __FILE__, __LINE__);
        else
            assert_near_at(got, want, fabs(want) * (stress ? 1e-10 + 1e-12 * cond : 1e-12 + 1e-14 * cond),
                           golden_text(&table, row, "id"), __FILE__, __LINE__);
        rows++;
    }
    golden_free(&table);
    assert_true(rows > 0);
}

static void gamma_family_is_right(void **state)
{
    (void)state;
    check_rows("lgamma");
    check_rows("digamma");
    check_rows("trigamma");
    check_rows("lgamma_ratio");
}

static void beta_family_is_right(void **state)
{
    (void)state;
    check_rows("lbeta");
    check_rows("lbeta_ratio");
}

static void normal_distribution_is_right(void **state)
{
    (void)state;
    check_rows("log1mexp");
    check_rows("log_ndtr");
    check_rows("ndtri");
}

static void the_normal_quantile_undoes_the_distribution(void **state)
{
    (void)state;
    for (double x = -37.0; x < 5.0; x += 0.037)
        assert_near(retain__ndtri(exp(retain__log_ndtr(x))), x, 1e-14 * fmax(1.0, fabs(x)) + 4e-16 * exp(0.5 * x * fmax(x, 0.0)));
    assert_near(retain__ndtri(0.0), -(double)INFINITY, 0.0);
    assert_near(retain__ndtri(1.0), (double)INFINITY, 0.0);
    assert_near(retain__ndtri(0.5), 0.0, 0.0);
    assert_nan(retain__ndtri(-0.1));
    assert_nan(retain__ndtri(1.1));
    assert_nan(retain__ndtri((double)NAN));
    assert_nan(retain__log_ndtr((double)NAN));
    assert_near(retain__log_ndtr(40.0), 0.0, 1e-300);
    assert_near(retain__log_ndtr(-1e10), -5e19, 1e5);
}

static void hypergeometric_function_is_right(void **state)
{
    (void)state;
    check_rows("log_hyp2f1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gamma_family_is_right),
        cmocka_unit_test(beta_family_is_right),
        cmocka_unit_test(normal_distribution_is_right),
        cmocka_unit_test(hypergeometric_function_is_right),
        cmocka_unit_test(the_normal_quantile_undoes_the_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

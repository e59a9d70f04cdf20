/* The special functions: against values of 60 and more digits, at the ends of their domains, and against each other. */
#include "math/special.h"
#include "support.h"

typedef double (*one)(double);
typedef double (*two)(double, double);
typedef double (*three)(double, double, double);

static const struct {
    const char *name;
    one one;
    two two;
    three three;
} functions[] = {{.name = "lgamma", .one = retain__lgamma},     {.name = "digamma", .one = retain__digamma},
                 {.name = "trigamma", .one = retain__trigamma}, {.name = "lgamma_ratio", .two = retain__lgamma_ratio},
                 {.name = "lbeta", .two = retain__lbeta},       {.name = "lbeta_ratio", .three = retain__lbeta_ratio},
                 {.name = "log1mexp", .one = retain__log1mexp}, {.name = "log_ndtr", .one = retain__log_ndtr},
                 {.name = "ndtri", .one = retain__ndtri},       {.name = "betainc_reg", .three = retain__betainc}};

/* Every row of one function, to the tolerance that the vectors come with. */
static void check_rows(const char *name)
{
    golden table = golden_read("math/special_functions.csv");
    size_t rows = 0;

    for (size_t row = 0; row < table.rows; row++) {
        double a = golden_number(&table, row, "arg1"), b = golden_number(&table, row, "arg2");
        double c = golden_number(&table, row, "arg3");
        double want = golden_number(&table, row, "value"), got = (double)NAN, cond = 0.0;
        int stress = strcmp(golden_text(&table, row, "kind"), "stress") == 0;

        if (strcmp(golden_text(&table, row, "function"), name) != 0)
            continue;
        for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
            if (strcmp(functions[f].name, name) != 0)
                continue;
            got = functions[f].one ? functions[f].one(a) : functions[f].two ? functions[f].two(a, b) : functions[f].three(a, b, c);
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

static void incomplete_beta_is_right(void **state)
{
    (void)state;
    check_rows("betainc_reg");
}

static void incomplete_beta_has_its_closed_forms(void **state)
{
    (void)state;
    for (double a = 1e-4; a < 1e5; a *= 7.3)
        for (double z = 1e-6; z < 1.0; z = z < 0.5 ? z * 3.1 : 1.0 - (1.0 - z) / 2.9) {
            double power = a * log(z), rest = 1.0 - z; /* I_z(a, 1) = z^a, I_z(1, b) = 1 - (1 - z)^b */

            if (rest < 1e-9)
                break;
            assert_near(retain__log_betainc(a, 1.0, z), power, 1e-15 + 1e-13 * fabs(power));
            assert_near(retain__betainc(a, 1.0, z), exp(power), 1e-12 * exp(power) * (1.0 + fabs(power)));
            assert_near(retain__betainc_complement(a, 1.0, z), -expm1(power), -1e-10 * expm1(power));
            assert_near(retain__log_betainc_complement(1.0, a, z), a * log1p(-z), 1e-15 - 1e-13 * a * log1p(-z));
            assert_near(retain__betainc(1.0, a, z), -expm1(a * log1p(-z)), -1e-12 * expm1(a * log1p(-z)));
            for (double b = 1e-4; b < 1e5; b *= 9.1) {
                double lower = retain__betainc(a, b, z), upper = retain__betainc_complement(a, b, z);

                assert_near(lower + upper, 1.0, 1e-15);
                assert_near(exp(retain__log_betainc(a, b, z)), lower, 1e-12 * lower + 1e-300);
                assert_near(exp(retain__log_betainc_complement(a, b, z)), upper, 1e-12 * upper + 1e-300);
            }
        }
}

static void incomplete_beta_adds_up_binomial_probabilities(void **state)
{
    (void)state;
    for (double n = 1.0; n <= 60.0; n += 7.0)
        for (double z = 0.03; z < 1.0; z += 0.13) {
            double tail = 0.0;

            for (double k = n; k >= 1.0; k--) {
                double ways = -retain__lbeta(k + 1.0, n - k + 1.0) - log(n + 1.0);

                tail += exp(ways + k * log(z) + (n - k) * log1p(-z));
                assert_near(retain__betainc(k, n - k + 1.0, z), tail, 1e-13 * tail);
            }
        }
}

static void incomplete_beta_has_logarithms_where_it_underflows(void **state)
{
    (void)state;
    assert_near(retain__betainc(2556.0, 59.47, 0.5), 0.0, 0.0);
    assert_near(retain__log_betainc(2556.0, 59.47, 0.5), log(2.0269385483348601881) - 667.0 * log(10.0), 1e-10);
    assert_near(retain__log_betainc_complement(59.47, 2556.0, 0.5), log(2.0269385483348601881) - 667.0 * log(10.0), 1e-10);
}

static void incomplete_beta_knows_its_ends(void **state)
{
    (void)state;
    assert_near(retain__betainc(2.0, 3.0, 0.0), 0.0, 0.0);
    assert_near(retain__betainc(2.0, 3.0, 1.0), 1.0, 0.0);
    assert_near(retain__betainc_complement(2.0, 3.0, 0.0), 1.0, 0.0);
    assert_near(retain__betainc_complement(2.0, 3.0, 1.0), 0.0, 0.0);
    assert_near(retain__log_betainc(2.0, 3.0, 0.0), -(double)INFINITY, 0.0);
    assert_near(retain__log_betainc(2.0, 3.0, 1.0), 0.0, 0.0);
    assert_near(retain__log_betainc_complement(2.0, 3.0, 0.0), 0.0, 0.0);
    assert_near(retain__log_betainc_complement(2.0, 3.0, 1.0), -(double)INFINITY, 0.0);
    assert_nan(retain__betainc(0.0, 1.0, 0.5));
    assert_nan(retain__betainc(1.0, -1.0, 0.5));
    assert_nan(retain__betainc_complement(1.0, 1.0, 1.5));
    assert_nan(retain__log_betainc(1.0, 1.0, -0.5));
    assert_nan(retain__log_betainc_complement(1.0, (double)NAN, 0.5));
    assert_nan(retain__log_betainc_complement(1.0, 1.0, (double)NAN));
}

/* Where the continued fraction would take more steps than it may, the value is still nearly right. */
static void incomplete_beta_survives_absurd_parameters(void **state)
{
    (void)state;
    assert_near(retain__betainc(1e15, 1e15, 0.5), 0.5, 1e-6);
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
    assert_near(retain__log_ndtr(41.0), 0.0, 0.0);
    assert_near(retain__log_ndtr((double)INFINITY), 0.0, 0.0);
    assert_near(retain__log_ndtr(-(double)INFINITY), -(double)INFINITY, 0.0);
    assert_near(retain__log_ndtr(-1e10), -5e19, 1e5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gamma_family_is_right),
        cmocka_unit_test(beta_family_is_right),
        cmocka_unit_test(incomplete_beta_is_right),
        cmocka_unit_test(incomplete_beta_has_its_closed_forms),
        cmocka_unit_test(incomplete_beta_adds_up_binomial_probabilities),
        cmocka_unit_test(incomplete_beta_has_logarithms_where_it_underflows),
        cmocka_unit_test(incomplete_beta_knows_its_ends),
        cmocka_unit_test(incomplete_beta_survives_absurd_parameters),
        cmocka_unit_test(normal_distribution_is_right),
        cmocka_unit_test(the_normal_quantile_undoes_the_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

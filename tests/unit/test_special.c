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
} functions[] = {
    {.name = "lgamma", .one = retain__lgamma},         {.name = "digamma", .one = retain__digamma},
    {.name = "trigamma", .one = retain__trigamma},     {.name = "lgamma_ratio", .two = retain__lgamma_ratio},
    {.name = "lbeta", .two = retain__lbeta},           {.name = "lbeta_ratio", .three = retain__lbeta_ratio},
    {.name = "log1mexp", .one = retain__log1mexp},     {.name = "log_ndtr", .one = retain__log_ndtr},
    {.name = "ndtri", .one = retain__ndtri},           {.name = "log_hyp2f1", .four = retain__log_hyp2f1},
    {.name = "betainc_reg", .three = retain__betainc}, {.name = "log_expint_scaled", .two = retain__log_expint_scaled}};

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

static void incomplete_integrals_are_right(void **state)
{
    (void)state;
    check_rows("betainc_reg");
    check_rows("log_expint_scaled");
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

/* G_s = e^z E_s(z): s G_{s+1} + z G_s = 1 and 1/(z + s) < G_s < 1/(z + s - 1), across all changes of method. */
static void exponential_integral_satisfies_its_recurrence_and_bounds(void **state)
{
    (void)state;
    for (double s = 1e-4; s < 1e4; s *= 1.37)
        for (double z = 1e-7; z < 1e5; z *= 2.3) {
            double here = retain__log_expint_scaled(s, z), next = retain__log_expint_scaled(s + 1.0, z);

            assert_near(s * exp(next) + z * exp(here), 1.0, 1e-13 * (1.0 + fabs(next)));
            assert_true(here > -log(z + s) - 1e-14 * fabs(here));
            assert_true(s <= 1.0 || here < -log(z + s - 1.0) + 1e-14 * (fabs(here) + 1.0));
        }
    for (double s = 0.5; s <= 2.0; s += 0.5) /* continuous where the formula has a removable gap */
        for (double z = 0.01; z < 3.0; z *= 3.0)
            assert_near(retain__log_expint_scaled(s * (1.0 + 1e-13), z), retain__log_expint_scaled(s, z), 1e-12);
    assert_near(retain__log_expint_scaled(3.0, 0.0), -log(2.0), 1e-16);
    assert_near(retain__log_expint_scaled(1.0, 0.0), (double)INFINITY, 0.0);
    assert_nan(retain__log_expint_scaled(0.0, 1.0));
    assert_nan(retain__log_expint_scaled(1.0, -1.0));
    assert_nan(retain__log_expint_scaled((double)NAN, 1.0));
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

static void hypergeometric_function_is_right(void **state)
{
    (void)state;
    check_rows("log_hyp2f1");
}

static void near_and_far_forms_of_the_hypergeometric_function_agree(void **state)
{
    static const double values[] = {0.0009765625, 0.015625, 0.25, 1.0, 3.5, 96.0, 6000.0}; /* sums and 1 - z without rounding */
    enum { VALUES = sizeof values / sizeof *values };

    (void)state;
    for (size_t k = 0; k < VALUES * VALUES * VALUES; k++)
        for (double odds = 2.0; odds < 1e12; odds *= 8.0) {
            double a = values[k % VALUES], b = values[k / VALUES % VALUES], c = values[k / VALUES / VALUES] + 0.001953125;
            double low = fmin(a, b), high = fmax(a, b), at = retain__log_hyp2f1(a, b, c, (odds - 1.0) / odds);

            if (c > low) /* Pfaff's transformation */
                assert_near(retain__log_hyp2f1(high, c - low, c, 1.0 - odds), -high * log(odds) + at,
                            1e-12 * (fabs(at) + high * log(odds)));
            else if (c > low - 1.0)
                assert_true(at > 0.0);
        }
    /* a series that turns out longer than foreseen */
    assert_near(retain__log_hyp2f1(0.95730205009101077, 0.0052299838660149010, 0.00017036741380628957, 0.97605755525182558),
                6.9879823874922878106, 1e-13);
    assert_near(retain__log_hyp2f1(1.0, 2.0, 3.0, 0.0), 0.0, 0.0);
    assert_near(retain__log_hyp2f1(1.0, 1.0, 3.0, 1.0), log(2.0), 1e-15);
    assert_near(retain__log_hyp2f1(1.0, 2.0, 3.0, 1.0), (double)INFINITY, 0.0);
    assert_near(retain__log_hyp2f1(1.0, 1.0, 2.0, -1.0), log(log(2.0)), 1e-15);
    assert_near(retain__log_hyp2f1(1e-12, 1e-12, 2.0, -1.0), -4.3617267230411040248e-25, 1e-39);
    assert_nan(retain__log_hyp2f1(1.0, 2.0, 3.0, 1.5));
    assert_nan(retain__log_hyp2f1(-1.0, 2.0, 3.0, 0.5));
    assert_nan(retain__log_hyp2f1(1.0, (double)NAN, 3.0, 0.5));
    assert_nan(retain__log_hyp2f1((double)NAN, 2.0, 3.0, 0.5));
    assert_nan(retain__log_hyp2f1(1.0, 2.0, (double)NAN, 0.5));
    assert_nan(retain__log_hyp2f1(1.0, 2.0, 3.0, (double)NAN));
    assert_nan(retain__log_hyp2f1(1.0, 2.0, 3.0, -1e201));
    assert_nan(retain__log_hyp2f1(5.0, 5.0, 3.0, -0.5));
    assert_nan(retain__log_hyp2f1(50.0, 50.0, 3.0, 1.0 - 1e-12));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gamma_family_is_right),
        cmocka_unit_test(beta_family_is_right),
        cmocka_unit_test(incomplete_integrals_are_right),
        cmocka_unit_test(incomplete_beta_has_its_closed_forms),
        cmocka_unit_test(incomplete_beta_adds_up_binomial_probabilities),
        cmocka_unit_test(incomplete_beta_has_logarithms_where_it_underflows),
        cmocka_unit_test(incomplete_beta_knows_its_ends),
        cmocka_unit_test(incomplete_beta_survives_absurd_parameters),
        cmocka_unit_test(exponential_integral_satisfies_its_recurrence_and_bounds),
        cmocka_unit_test(normal_distribution_is_right),
        cmocka_unit_test(hypergeometric_function_is_right),
        cmocka_unit_test(near_and_far_forms_of_the_hypergeometric_function_agree),
        cmocka_unit_test(the_normal_quantile_undoes_the_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Small symmetric matrices: what is solved, inverted and turned must multiply back. */
#include <float.h>

#include "math/linear.h"
#include "support.h"

enum { MOST = 20 };

static double draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) * 0x1p-53 - 0.5;
}

/* B B' for a random B, with rows and columns scaled by powers of `spread`. */
static void make_positive(size_t n, double spread, uint64_t seed, double *matrix)
{
    double b[MOST * MOST];

    for (size_t k = 0; k < n * n; k++)
        b[k] = draw(&seed) * pow(spread, (double)(k / n));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            matrix[i * n + j] = i == j ? 0.01 * pow(spread, 2.0 * (double)i) : 0.0;
            for (size_t k = 0; k < n; k++)
                matrix[i * n + j] += b[i * n + k] * b[j * n + k];
        }
}

static void a_factor_multiplies_back(void **state)
{
    double matrix[MOST * MOST], factor[MOST * MOST];

    (void)state;
    for (size_t n = 0; n <= MOST; n++) {
        make_positive(n, 3.0, n, matrix);
        assert_int_equal(retain__cholesky(n, matrix, factor), 1);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                double sum = 0.0;

                for (size_t k = 0; k < n; k++)
                    sum += factor[i * n + k] * factor[j * n + k];
                assert_near(sum, matrix[i * n + j], 1e-14 * sqrt(matrix[i * n + i] * matrix[j * n + j]));
            }
    }
}

static void only_the_lower_triangle_is_read_and_in_place_is_fine(void **state)
{
    double matrix[MOST * MOST], factor[MOST * MOST];

    (void)state;
    make_positive(5, 1.0, 1, matrix);
    assert_int_equal(retain__cholesky(5, matrix, factor), 1);
    for (size_t i = 0; i < 5; i++)
        for (size_t j = i + 1; j < 5; j++)
            matrix[i * 5 + j] = (double)NAN;
    assert_int_equal(retain__cholesky(5, matrix, matrix), 1);
    assert_memory_equal(matrix, factor, 25 * sizeof *factor);
}

static void solutions_and_inverses_fit(void **state)
{
    double matrix[MOST * MOST], factor[MOST * MOST], inverse[MOST * MOST], b[MOST], x[MOST];
    uint64_t seed = 7;

    (void)state;
    for (size_t n = 1; n <= 8; n++) {
        make_positive(n, 1.0, n + 100, matrix);
        for (size_t i = 0; i < n; i++)
            b[i] = draw(&seed);
        assert_int_equal(retain__cholesky(n, matrix, factor), 1);
        retain__cholesky_solve(n, factor, b, x);
        retain__cholesky_inverse(n, factor, inverse);
        for (size_t i = 0; i < n; i++) {
            double back = 0.0, through = 0.0;

            for (size_t k = 0; k < n; k++) {
                back += matrix[i * n + k] * x[k];
                through += inverse[i * n + k] * b[k];
                assert_near(inverse[i * n + k], inverse[k * n + i], 0.0);
            }
            assert_near(back, b[i], 1e-11);
            assert_near(through, x[i], 1e-10);
        }
        retain__cholesky_solve(n, factor, b, b);
        assert_memory_equal(b, x, n * sizeof *x);
    }
}

/* The Hilbert matrix of order 3 has determinant 1 / 2160 and an inverse of whole numbers. */
static void meets_the_hilbert_matrix(void **state)
{
    static const double whole[9] = {9, -36, 30, -36, 192, -180, 30, -180, 180};
    double matrix[9], factor[9], inverse[9];

    (void)state;
    for (size_t k = 0; k < 9; k++)
        matrix[k] = 1.0 / (double)(k / 3 + k % 3 + 1);
    assert_int_equal(retain__cholesky(3, matrix, factor), 1);
    retain__cholesky_inverse(3, factor, inverse);
    for (size_t k = 0; k < 9; k++)
        assert_near(inverse[k], whole[k], 1e-11);
    assert_near(retain__cholesky_log_determinant(3, factor), -log(2160.0), 1e-13);
}

static void refuses_what_is_not_positive_definite(void **state)
{
    static const double indefinite[4] = {1, 2, 2, 1}, singular[4] = {1, 3, 3, 9}, negative[1] = {-1}, zero[1] = {0};
    static const double missing[4] = {1, 0, (double)NAN, 1}, infinite[1] = {(double)INFINITY};
    double factor[9], noisy[9] = {1, 1.0 / 3, 0.1, 1.0 / 3, 1.0 / 9, 0.1 / 3, 0.1, 0.1 / 3, 0.01};

    (void)state;
    assert_int_equal(retain__cholesky(2, indefinite, factor), 0);
    assert_int_equal(retain__cholesky(2, singular, factor), 0);
    assert_int_equal(retain__cholesky(1, negative, factor), 0);
    assert_int_equal(retain__cholesky(1, zero, factor), 0);
    assert_int_equal(retain__cholesky(2, missing, factor), 0);
    assert_int_equal(retain__cholesky(1, infinite, factor), 0);
    assert_int_equal(retain__cholesky(3, noisy, factor), 0);
}

static void eigenvectors_turn_the_matrix_into_its_values(void **state)
{
    double matrix[MOST * MOST], work[MOST * MOST], values[MOST], vectors[MOST * MOST], alone[MOST];

    (void)state;
    for (size_t n = 0; n <= MOST; n++) {
        double norm = 1e-300;

        make_positive(n, 1.0, n + 300, matrix);
        for (size_t k = 0; k < n; k++)
            matrix[k * n + k] -= n % 2 ? 0.5 : 0.0; /* some with negative values */
        for (size_t k = 0; k < n * n; k++)
            norm += fabs(matrix[k]);
        memcpy(work, matrix, n * n * sizeof *work);
        retain__eigen(n, work, values, vectors);
        memcpy(work, matrix, n * n * sizeof *work);
        retain__eigen(n, work, alone, NULL);
        assert_memory_equal(alone, values, n * sizeof *values);
        for (size_t v = 0; v < n; v++) {
            assert_true(v == 0 || values[v - 1] <= values[v]);
            for (size_t i = 0; i < n; i++) {
                double turned = 0.0, product = 0.0;

                for (size_t k = 0; k < n; k++) {
                    turned += matrix[i * n + k] * vectors[v * n + k];
                    product += vectors[v * n + k] * vectors[i * n + k];
                }
                assert_near(turned, values[v] * vectors[v * n + i], 1e-14 * norm);
                assert_near(product, i == v ? 1.0 : 0.0, 1e-14);
            }
        }
    }
}

/* Known values: of the second-difference matrix 2 - 2 cos(k pi / (n + 1)). */
static void finds_known_eigenvalues(void **state)
{
    enum { N = 8 };
    double matrix[N * N] = {0}, values[N];

    (void)state;
    for (size_t i = 0; i < N; i++) {
        matrix[i * N + i] = 2.0;
        if (i)
            matrix[i * N + i - 1] = matrix[(i - 1) * N + i] = -1.0;
    }
    retain__eigen(N, matrix, values, NULL);
    for (size_t k = 0; k < N; k++)
        assert_near(values[k], 2.0 - 2.0 * cos((double)(k + 1) * 3.14159265358979323846 / (N + 1)), 4e-15);
}

static void keeps_tiny_eigenvalues_of_a_graded_matrix(void **state)
{
    double matrix[4] = {1e20, 1e9, 1e9, 1.0}, values[2]; /* determinant 1e20 - 1e18 = 0.99e20 */

    (void)state;
    retain__eigen(2, matrix, values, NULL);
    assert_near(values[0], 0.99, 1e-15);
    assert_near(values[1], 1e20, 1e5);
}

static void eigenvalues_of_what_is_not_finite_are_nan(void **state)
{
    double matrix[4] = {1.0, (double)NAN, (double)NAN, 1.0}, values[2];

    (void)state;
    retain__eigen(2, matrix, values, NULL);
    assert_nan(values[0]);
    assert_nan(values[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_factor_multiplies_back),
        cmocka_unit_test(only_the_lower_triangle_is_read_and_in_place_is_fine),
        cmocka_unit_test(solutions_and_inverses_fit),
        cmocka_unit_test(meets_the_hilbert_matrix),
        cmocka_unit_test(refuses_what_is_not_positive_definite),
        cmocka_unit_test(eigenvectors_turn_the_matrix_into_its_values),
        cmocka_unit_test(finds_known_eigenvalues),
        cmocka_unit_test(keeps_tiny_eigenvalues_of_a_graded_matrix),
        cmocka_unit_test(eigenvalues_of_what_is_not_finite_are_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

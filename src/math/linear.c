/* Cholesky and Jacobi for matrices of a few rows: the textbook forms (Golub and Van Loan, Matrix Computations, 4.2 and 8.5),
 * since blocking gains nothing at this size. What matters is when to call a Hessian positive definite: a pivot that is only
 * rounding noise would turn into a standard error out of thin air, so it must rise above the noise of its own row. */
#include <float.h>
#include <math.h>

#include "math/linear.h"

int retain__cholesky(size_t n, const double *matrix, double *factor)
{
    for (size_t j = 0; j < n; j++) {
        double diagonal = matrix[j * n + j], pivot = diagonal;

        for (size_t k = 0; k < j; k++)
            pivot -= factor[j * n + k] * factor[j * n + k];
        if (!(pivot > (double)n * DBL_EPSILON * diagonal)) /* infinite and missing elements end here too */
            return 0;
        pivot = sqrt(pivot);
        factor[j * n + j] = pivot;
        for (size_t i = j + 1; i < n; i++) {
            double sum = matrix[i * n + j];

            for (size_t k = 0; k < j; k++)
                sum -= factor[i * n + k] * factor[j * n + k];
            factor[i * n + j] = sum / pivot;
        }
    }
    for (size_t j = 0; j < n; j++)
        for (size_t k = j + 1; k < n; k++)
            factor[j * n + k] = 0.0;
    return 1;
}

void retain__cholesky_solve(size_t n, const double *factor, const double *b, double *x)
{
    for (size_t i = 0; i < n; i++) {
        double sum = b[i];

        for (size_t k = 0; k < i; k++)
            sum -= factor[i * n + k] * x[k];
        x[i] = sum / factor[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        double sum = x[i];

        for (size_t k = i + 1; k < n; k++)
            sum -= factor[k * n + i] * x[k];
        x[i] = sum / factor[i * n + i];
    }
}

void retain__cholesky_inverse(size_t n, const double *factor, double *inverse)
{
    for (size_t j = 0; j < n; j++) {
        double *row = inverse + j * n;

        for (size_t k = 0; k < n; k++)
            row[k] = k == j ? 1.0 : 0.0;
        retain__cholesky_solve(n, factor, row, row);
    }
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < j; k++)
            inverse[k * n + j] = inverse[j * n + k] = 0.5 * (inverse[j * n + k] + inverse[k * n + j]);
}

double retain__cholesky_log_determinant(size_t n, const double *factor)
{
    double sum = 0.0;

    for (size_t j = 0; j < n; j++)
        sum += log(factor[j * n + j]);
    return 2.0 * sum;
}

/* Turns rows and columns p < q so that their common element vanishes. */
static void rotate(size_t n, double *matrix, double *vectors, size_t p, size_t q)
{
    double *at_p = matrix + p * n, *at_q = matrix + q * n;
    double half_gap = 0.5 * (at_q[q] - at_p[p]), common = at_p[q];
    double tangent = common / (half_gap + copysign(hypot(half_gap, common), half_gap));
    double cosine = 1.0 / sqrt(1.0 + tangent * tangent), sine = tangent * cosine;

    at_p[p] -= tangent * common;
    at_q[q] += tangent * common;
    at_p[q] = at_q[p] = 0.0;
    for (size_t k = 0; k < n; k++) {
        double of_p = at_p[k], of_q = at_q[k];

        if (k != p && k != q) {
            matrix[k * n + p] = at_p[k] = cosine * of_p - sine * of_q;
            matrix[k * n + q] = at_q[k] = sine * of_p + cosine * of_q;
        }
        if (vectors) {
            of_p = vectors[p * n + k];
            of_q = vectors[q * n + k];
            vectors[p * n + k] = cosine * of_p - sine * of_q;
            vectors[q * n + k] = sine * of_p + cosine * of_q;
        }
    }
}

/* One sweep over all pairs; 0 when every common element was negligible beside its two diagonal ones. */
static int sweep(size_t n, double *matrix, double *vectors)
{
    int turned = 0;

    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++) {
            double common = fabs(matrix[p * n + q]), scale = sqrt(fabs(matrix[p * n + p])) * sqrt(fabs(matrix[q * n + q]));

            if (common > 0.5 * DBL_EPSILON * scale) {
                rotate(n, matrix, vectors, p, q);
                turned = 1;
            }
        }
    return turned;
}

static void swap_rows(size_t n, double *vectors, size_t i, size_t j)
{
    for (size_t k = 0; k < n; k++) {
        double kept = vectors[i * n + k];

        vectors[i * n + k] = vectors[j * n + k];
        vectors[j * n + k] = kept;
    }
}

void retain__eigen(size_t n, double *matrix, double *values, double *vectors)
{
    enum { MOST_SWEEPS = 60 }; /* six to ten do; the rest is for matrices that nobody has met */
    double all = 0.0;

    for (size_t k = 0; k < n * n; k++) {
        all += matrix[k] - matrix[k]; /* NaN as soon as one is not finite */
        if (vectors)
            vectors[k] = k / n == k % n ? 1.0 : 0.0;
    }
    for (int s = 0; s < MOST_SWEEPS && all == 0.0 && sweep(n, matrix, vectors); s++)
        ;
    for (size_t j = 0; j < n; j++)
        values[j] = matrix[j * n + j] + all;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            if (values[j] < values[i]) {
                double kept = values[i];

                values[i] = values[j];
                values[j] = kept;
                if (vectors)
                    swap_rows(n, vectors, i, j);
            }
}

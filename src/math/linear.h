/* Symmetric matrices of a few rows: Newton steps, standard errors, condition numbers. Pure functions on arrays of the caller.
 *
 * A matrix is n * n doubles, row after row. Only the lower triangle of a symmetric one is read; a result that is symmetric is
 * written whole. Meant for n up to some tens (parameters and covariates of a model); nothing is blocked, nothing allocated. */
#ifndef RETAIN_LINEAR_H
#define RETAIN_LINEAR_H

#include <stddef.h>

/* Lower triangular L with L L' = matrix; the upper triangle is set to 0. `factor` may be `matrix`. Returns 1, or 0 when the
 * matrix is not positive definite to working precision: a pivot is not a number or not above n * DBL_EPSILON of its diagonal
 * element. `factor` is then of no use. */
int retain__cholesky(size_t n, const double *matrix, double *factor);

/* Solves L L' x = b. `x` may be `b`. */
void retain__cholesky_solve(size_t n, const double *factor, const double *b, double *x);

/* Inverse of L L'. `inverse` may not be `factor`. */
void retain__cholesky_inverse(size_t n, const double *factor, double *inverse);

/* log of the determinant of L L'. */
double retain__cholesky_log_determinant(size_t n, const double *factor);

/* Eigenvalues in rising order, and, unless `vectors` is NULL, the unit eigenvector of the k-th in vectors[k * n ...]. `matrix`
 * (both triangles) is destroyed. Cyclic Jacobi: small eigenvalues of a positive definite matrix that is graded by its diagonal
 * come out with relative accuracy. When an element is not finite all values are NaN. */
void retain__eigen(size_t n, double *matrix, double *values, double *vectors);

#endif

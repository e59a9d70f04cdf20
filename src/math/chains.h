/* What draws tell: quantiles, and whether Markov chains have told the same story, and how often. */
#ifndef RETAIN_CHAINS_H
#define RETAIN_CHAINS_H

#include <stddef.h>
#include <stdint.h>

/* The quantile of `share` in (0, 1) of numbers that are not NaN, interpolated between order statistics (type 7 of R. J. Hyndman,
 * Y. Fan 1996). Reorders the numbers. NaN where there are none. O(count). */
double retain__quantile(double *numbers, size_t count, double share);

/* Mean, and standard deviation of a sample (NaN below two), in one pass. With an infinite number the mean is infinite, and there is no
 * deviation. */
void retain__mean_and_deviation(const double *numbers, size_t count, double *mean, double *deviation);

/* What A. Vehtari, A. Gelman, D. Simpson, B. Carpenter, P.-C. Buerkner, "Rank-normalization, folding, and localization: an improved
 * R-hat", Bayesian Analysis 16 (2021) ask for. NaN where chains have fewer than 4 draws or do not move. */
typedef struct retain__convergence {
    double r_hat;    /* rank-normalised and split, the larger of bulk and folded */
    double ess_bulk; /* effective sample size of the rank-normalised draws */
    double ess_tail; /* the smaller of those of the 5 % and 95 % quantiles */
    double ess_mean; /* of the draws as they are: for the standard error of their mean */
} retain__convergence;

/* numbers[chains * draws], chain by chain, finite; `room` for 6 * chains * draws doubles. O(n log n), and O(n) for each lag up to
 * which draws resemble each other. */
retain__convergence retain__find_convergence(const double *numbers, size_t chains, size_t draws, double *room);

#endif

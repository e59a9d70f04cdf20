/* Draws from a density of a few variables whose logarithm and gradient are known: one Markov chain of Hamiltonian Monte Carlo. */
#ifndef RETAIN_SAMPLER_H
#define RETAIN_SAMPLER_H

#include "math/newton.h"
#include "math/random.h"

enum { RETAIN__WARM_UP = 500 }; /* iterations before the first draw */

/* A chain; all of it may be copied while nobody advances it. */
typedef struct retain__chain {
    retain__function function; /* the logarithm of the density; it is asked for no Hessian */
    retain__random random;
    double middle[RETAIN__NEWTON_MOST]; /* the normal distribution that the density is compared with: its mean ... */
    double root[RETAIN__NEWTON_MOST * RETAIN__NEWTON_MOST];  /* ... and a square root of its covariance, row after row */
    double point[RETAIN__NEWTON_MOST];                       /* in units of that distribution */
    double value, slope[RETAIN__NEWTON_MOST];                /* there: log density, and its gradient in these units */
    double step, mean_log_step, mean_error, target_log_step; /* how long steps are, and what is learned about it */
    double sum[RETAIN__NEWTON_MOST], products[RETAIN__NEWTON_MOST * RETAIN__NEWTON_MOST]; /* of the points of the warm-up */
    double start[RETAIN__NEWTON_MOST * RETAIN__NEWTON_MOST];                              /* covariance at the start */
    int adapted, gathered, iteration;
    size_t divergences, evaluations; /* after the warm-up; of all iterations */
    double acceptance;               /* sum over the iterations after the warm-up */
} retain__chain;

/* Begins a chain near the highest point, `peak`, away from it by twice what the curvature there tells; chains of other numbers begin
 * elsewhere. */
void retain__chain_begin(retain__chain *chain, const retain__function *function, const retain__newton *peak, uint64_t seed,
                         uint64_t number);

/* Goes on for so many iterations. Those after the warm-up are draws: draws[iteration - RETAIN__WARM_UP] of `count` variables. */
void retain__chain_advance(retain__chain *chain, int iterations, double *draws);

#endif

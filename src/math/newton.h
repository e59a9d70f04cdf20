/* Newton's method for likelihoods: the highest point of a smooth function of a few variables, from anywhere. */
#ifndef RETAIN_NEWTON_H
#define RETAIN_NEWTON_H

#include <stddef.h>

#include "retain/status.h"

enum { RETAIN__NEWTON_MOST = 40 };

/* A direction whose curvature is below this is flat: as the curvature of a log-likelihood it means a standard error above 10,
 * and the variables are logarithms, so a factor of e^10 = 22,000. */
#define RETAIN__NEWTON_FLAT 0.01

/* A function of `count` variables. `evaluate` writes its value, gradient and Hessian (both triangles; none where it is NULL, as the
 * sampler has it) at a point; a value that is not finite means: not there. Its status ends the search when it is not RETAIN_OK. */
typedef struct retain__function {
    size_t count;
    retain_status (*evaluate)(void *state, const double *point, double *value, double *gradient, double *hessian);
    void *state;
    double rounding; /* about how large the terms are of which the gradient is a sum: for a likelihood the number of customers */
    double open; /* gain that may be left unmade where a direction is flat: towards a boundary every step makes but a part of it */
} retain__function;

/* Why a search ended. */
typedef enum retain__newton_end {
    RETAIN__NEWTON_SETTLED,  /* nothing more to gain nearby, in directions that are not flat to rounding */
    RETAIN__NEWTON_RAN_AWAY, /* a variable went farther than `reach` from its start, uphill */
    RETAIN__NEWTON_TIRED,    /* the steps ran out */
    RETAIN__NEWTON_NOWHERE   /* no value at the start */
} retain__newton_end;

/* A search and where it is. */
typedef struct retain__newton {
    double point[RETAIN__NEWTON_MOST]; /* in: the start; out: the best point found */
    double value;
    double gradient[RETAIN__NEWTON_MOST];
    double curvature[RETAIN__NEWTON_MOST];                       /* eigenvalues of minus the Hessian, rising */
    double direction[RETAIN__NEWTON_MOST * RETAIN__NEWTON_MOST]; /* unit vector of the k-th in [k * count ...] */
    int steps, evaluations;
    retain__newton_end end;
} retain__newton;

/* Searches from search->point with at most `most_steps` steps, nowhere farther than `reach` from the start in any variable.
 * Returns the first status of `evaluate` that is not RETAIN_OK, otherwise RETAIN_OK, and how it ended in search->end. */
retain_status retain__newton_maximise(const retain__function *function, int most_steps, double reach, retain__newton *search);

#endif

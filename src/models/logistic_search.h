/* The search for the coefficients of a logistic regression, or of another model whose log likelihood is concave, in coordinates
 * (models/logistic_rows.h). */
#ifndef RETAIN_LOGISTIC_SEARCH_H
#define RETAIN_LOGISTIC_SEARCH_H

#include "models/logistic_pass.h"

/* How a search ended, and how a coordinate fared in it: the numbers of the public enums of the models that are searched for. */
typedef enum retain__search_end {
    RETAIN__SEARCH_NONE = 0,
    RETAIN__SEARCH_CONVERGED = 1,
    RETAIN__SEARCH_SEPARATED = 2,
    RETAIN__SEARCH_QUASI_SEPARATED = 3,
    RETAIN__SEARCH_COLLINEAR = 4,
    RETAIN__SEARCH_ONE_CLASS = 5,
    RETAIN__SEARCH_TOO_LITTLE_DATA = 6,
    RETAIN__SEARCH_STOPPED = 7
} retain__search_end;

typedef enum retain__search_kind {
    RETAIN__SEARCH_ESTIMATED = 0,
    RETAIN__SEARCH_CONSTANT = 1,
    RETAIN__SEARCH_COMBINED = 2,
    RETAIN__SEARCH_SEPARATING = 3,
    RETAIN__SEARCH_ABSENT = 4
} retain__search_kind;

/* What is searched. Coordinates are `leading` ones, such as the intercept, that are neither penalised nor left out, then those of the
 * rows but for their first. */
typedef struct retain__logistic_source {
    void *state;
    const retain__logistic_rows *rows;
    size_t leading;
    size_t width;  /* numbers of a point: at least the coordinates; what is beyond them is 0 */
    size_t sample; /* the search may begin with one block of rows in so many; 1: it may not */
    retain_status (*evaluate)(void *state, const double *point, size_t every, retain__logistic_sums *sums);
    retain_status (*find_margins)(void *state, const double *direction, retain__logistic_margins *margins);
} retain__logistic_source;

/* The coordinate of the rows that a coordinate of the search is, which is not a leading one. */
static inline size_t retain__logistic_coordinate(const retain__logistic_source *source, size_t k)
{
    return k - source->leading + 1;
}

/* Minimises sum of ridge point^2 / 2 + lasso |point| - log L. */
typedef struct retain__logistic_search {
    retain__logistic_source source;
    size_t width, coordinates;
    double *ridge, *lasso; /* [width] */
    int has_ridge, has_lasso;
    int most_steps;
    double *null_point; /* [leading] the model without predictors */
    double null_value;  /* its log L */

    /* what was found */
    retain__search_end verdict;
    double *point; /* [width] */
    retain__logistic_sums at;
    double objective;
    uint8_t *kind;     /* [width] retain__search_kind of each coordinate; those left out are 0 */
    uint8_t *involved; /* [width] collinear: the coordinates of which the first one left out is a combination */
    size_t combined;   /* that first one; 0 when there is none */
    int iterations;

    /* room */
    double *trial, *step, *matrix, *factor, *vector;
    size_t *active;
    retain__logistic_sums there;
} retain__logistic_search;

retain_status retain__logistic_open_search(retain__scratch *scratch, const retain__logistic_source *source,
                                           retain__logistic_search *search);

/* Searches. RETAIN_OK, whatever the verdict. */
retain_status retain__logistic_find(retain__logistic_search *search);

/* Inverse of the second derivatives over the coordinates that were estimated, into `inverse` [width^2], 0 elsewhere; returns 0 when
 * there is none. */
int retain__logistic_invert(retain__logistic_search *search, double *inverse);

/* Largest derivative of the objective that could still be followed down. */
double retain__logistic_violation(const retain__logistic_search *search);

#endif

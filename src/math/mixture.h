/* What will happen where the parameters are not known: a mixture, over draws, of what chance does with each. */
#ifndef RETAIN_MIXTURE_H
#define RETAIN_MIXTURE_H

#include <stddef.h>

/* Totals of the draws, and the variance of chance about each. */
typedef struct retain__mixture {
    double *total, *variance, *spare; /* [count] */
    size_t count;
    double whole;  /* sum of the worths */
    int is_number; /* of customers */
} retain__mixture;

typedef struct retain__mixed {
    double value, standard_error; /* mean of the totals, and standard deviation */
    double low, high;             /* quantiles of the totals */
    double variance;              /* mean of the variances */
    double least, most;           /* quantiles of what will happen; NaN where a variance is infinite */
} retain__mixed;

/* Reorders `spare`. NaN where there are no draws. */
retain__mixed retain__mixture_tell(const retain__mixture *of, double level);

#endif

/* Intervals and tests for what was counted or averaged, beyond the Wilson interval of one share (retain/rate.h). Pure
 * functions; NaN where undefined.
 *
 * Levels are two-sided, such as 0.95. */
#ifndef RETAIN_INTERVAL_H
#define RETAIN_INTERVAL_H

#include <stddef.h>

/* Limits of a number; both NaN when there are none. */
typedef struct retain__limits {
    double low, high;
} retain__limits;

/* Quantile of Student's t with `degrees` > 0 degrees of freedom: P(|T| <= t) = level. */
double retain__student_quantile(double level, double degrees);

/* Limits of the mean of n numbers, from their sum of squared deviations from it: Student's t interval. n = 1 has none, nor have
 * numbers that are all alike: no width would say that there is no doubt. */
retain__limits retain__mean_limits(double mean, double squared_deviations, double n, double level);

/* The quantiles of one level that were asked for already, by degrees of freedom: many small groups share a few. Starts zeroed. */
typedef struct retain__students {
    double quantile[64];
} retain__students;

/* The same for one group of many, `known` being of this level. */
retain__limits retain__group_mean_limits(double mean, double squared_deviations, double n, double level, retain__students *known);

/* (plus - minus) / n, the difference of two shares of the same n, of which each is in one of the two, or in neither: promoters
 * less detractors. Score interval of T. Tango, Statistics in Medicine 17 (1998), 891-908. */
retain__limits retain__paired_limits(double plus, double minus, double n, double level);

/* Limits of a share from its standard error, symmetric in its logit. 0, 1, and what has no error, have none. */
retain__limits retain__logit_limits(double share, double standard_error, double level);

/* a - b for two independent estimates from the limits of each: square-and-add (G. Y. Zou, A. Donner, Statistics in Medicine 27
 * (2008), 1693-1702). With Wilson limits of two shares it is the hybrid score interval, method 10 of R. G. Newcombe,
 * Statistics in Medicine 17 (1998), 873-890. */
retain__limits retain__difference_limits(double a, retain__limits of_a, double b, retain__limits of_b);

/* Its lower limit from a - b, and from how far a reaches down and b up: for callers who know these to more digits. */
double retain__difference_low(double difference, double down_of_a, double up_of_b);

/* Exact two-sided test of `successes` of `trials` against `share` in (0, 1): twice the smaller tail, at most 1. NaN without
 * trials. */
double retain__binomial_test(double successes, double trials, double share);

#endif

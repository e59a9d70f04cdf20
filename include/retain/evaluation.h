/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_EVALUATION_H
#define RETAIN_EVALUATION_H

#include <stddef.h>

#include "retain/context.h"

/** @defgroup evaluation Evaluation
 *  @brief Would the forecast have been right?
 *
 *  A forecast says something about each customer, `expected`; later it is known what each did, `actual`: orders, or money. The two
 *  are compared in three ways. **Errors**: how far off is it, for a customer and for all together? **Calibration**: do those of
 *  whom more is expected bring as much more as was said? **Ranking**: are the customers who come first the right ones, whatever the
 *  level? A forecast can be good at one of them and useless at another.
 *
 *      double expected[] = {2.5, 0.2, 1.0, 0.2}, actual[] = {3, 0, 1, 1}, share[] = {0.25}, capture;
 *      retain_evaluation_error_report errors = {.struct_size = sizeof errors};
 *      retain_evaluation_ranking_report ranking = {.struct_size = sizeof ranking};
 *      retain_evaluation_errors(NULL, expected, actual, NULL, 4, 0, &errors);     // errors.aggregate: -0.22, 22 % too low
 *      retain_evaluation_ranking(NULL, expected, actual, NULL, 4, 0, &ranking);   // ranking.normalised: 0.89 of what is possible
 *      retain_evaluation_gains(NULL, expected, actual, NULL, 4, share, 1, 0, &capture, NULL, NULL, NULL);   // best quarter: 0.6
 *
 *  Where forecasts come from does not matter; retain/evaluation_backtest.h makes them from an order log, again and again, and
 *  sets them beside naive rules.
 *
 *  **Intervals** take the customer as the unit: they say how much a figure would differ with other customers of the same kind, not
 *  with another season. All are of normal theory: Student's t interval of a mean, the linearised variance of a ratio of sums, and
 *  for rankings the variance of the influence function (Student's quantile, one degree of freedom less than there are customers).
 *  They need some dozens of customers who did something, and are NaN below two customers and where the standard error is 0.
 *
 *  Common rules: `expected` and `actual` lie in [-1e60, 1e60], NaN is refused: leave out who has no forecast, and say how many
 *  these are. `weight` [count] lies in [0, 2^53], a row with weight w is w identical customers; NULL means 1. Equal forecasts are
 *  ties: figures are the mean over all orders in which tied customers could stand. No figure depends on the order of the rows.
 *  `level` is two-sided; 0 means 0.95. Common errors: RETAIN_ERROR_DATA for a row that breaks a rule; RETAIN_ERROR_ARGUMENT;
 *  RETAIN_ERROR_MEMORY.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** How far off a forecast is. Figures of nobody are NaN. */
typedef struct retain_evaluation_error_report {
    size_t struct_size;    /**< sizeof(retain_evaluation_error_report) */
    double customers;      /**< sum of the weights, n */
    double expected;       /**< sum of expected */
    double actual;         /**< sum of actual */
    double bias;           /**< mean of expected - actual: positive when too much was forecast */
    double bias_low;       /**< lower limit */
    double bias_high;      /**< upper limit */
    double mae;            /**< mean of |expected - actual|. A forecast of 0 for all can win here: it is the median of many shops */
    double mae_low;        /**< lower limit, not below 0 */
    double mae_high;       /**< upper limit */
    double rmse;           /**< root of the mean of (expected - actual)^2, which the true expectation makes smallest */
    double rmse_low;       /**< lower limit: the root of that of the mean of squares, not below 0 */
    double rmse_high;      /**< upper limit */
    double aggregate;      /**< sum of expected / sum of actual - 1: the error of the total. NaN unless that sum is positive */
    double aggregate_low;  /**< lower limit */
    double aggregate_high; /**< upper limit */
} retain_evaluation_error_report;

/** Errors of a forecast.
 *  @param expected, actual  [count] what was forecast, and what came
 *  @param weight            [count] or NULL
 *  @param level             two-sided level of the limits; 0 means 0.95
 *  @param report            receives the figures
 *  @return RETAIN_OK, or a common error. Cost: O(count), no scratch. */
RETAIN_API retain_status retain_evaluation_errors(retain_context *ctx, const double *expected, const double *actual,
                                                  const double *weight, size_t count, double level,
                                                  retain_evaluation_error_report *report);

/** How often intervals held what they promised. */
typedef struct retain_evaluation_coverage_report {
    size_t struct_size; /**< sizeof(retain_evaluation_coverage_report) */
    double customers;   /**< sum of the weights */
    double covered;     /**< of these, low <= actual <= high */
    double below;       /**< actual < low */
    double above;       /**< actual > high */
    double coverage;    /**< covered / customers, to be compared with the level that the intervals were made for; NaN of nobody */
    double low;         /**< lower Wilson limit of coverage */
    double high;        /**< upper limit */
    double width;       /**< mean of high - low: of two forecasts that cover as much the narrower one is better */
} retain_evaluation_coverage_report;

/** Coverage of intervals that were forecast.
 *  @param low, high  [count] limits for each customer, low <= high
 *  @param actual     [count] what came
 *  @param level      of the Wilson limits of the share covered, not of the intervals; 0 means 0.95
 *  @param report     receives the figures
 *  @return as retain_evaluation_errors. Cost: O(count), no scratch. */
RETAIN_API retain_status retain_evaluation_coverage(retain_context *ctx, const double *low, const double *high,
                                                    const double *actual, const double *weight, size_t count, double level,
                                                    retain_evaluation_coverage_report *report);

/** One entry per group of customers: the caller's arrays. Columns that are NULL are not written. Figures of an empty group are
 *  NaN. */
typedef struct retain_evaluation_columns {
    double *customers;   /**< sum of the weights */
    double *expected;    /**< mean of expected */
    double *actual;      /**< mean of actual */
    double *actual_low;  /**< lower limit of that mean, Student's t; NaN below two customers and when all are alike */
    double *actual_high; /**< upper limit */
    double *least;       /**< smallest forecast in the group */
    double *most;        /**< largest forecast in the group */
} retain_evaluation_columns;

/** Calibration: what customers did on average of whom little, more, most was expected.
 *
 *  Groups are quantiles of the forecast, ascending. Of n customers, one with `less` below him and `equal` like him (himself
 *  included) is in group floor(groups (less + equal / 2) / n), as with RFM scores: equal forecasts are always in the same group,
 *  and a group may be empty. With actual = 1 for those who did something, else 0, it is the calibration of probabilities.
 *  @param groups   1 to 1000: 10 for deciles
 *  @param columns  [groups] each
 *  @return as retain_evaluation_errors. Cost: that of sorting; 40 bytes of scratch a row. */
RETAIN_API retain_status retain_evaluation_calibration(retain_context *ctx, const double *expected, const double *actual,
                                                       const double *weight, size_t count, size_t groups, double level,
                                                       const retain_evaluation_columns *columns);

/** Conditional expectations: the same by the number of repeat orders that a customer had made before.
 *  @param frequency  [count] whole numbers in [0, 2^53]
 *  @param classes    1 to 1000: class k is of those with k repeat orders, the last one of those with classes - 1 or more
 *  @param columns    [classes] each
 *  @return as retain_evaluation_errors. Cost: O(count); 8 bytes of scratch a row. */
RETAIN_API retain_status retain_evaluation_by_frequency(retain_context *ctx, const double *frequency, const double *expected,
                                                        const double *actual, const double *weight, size_t count, size_t classes,
                                                        double level, const retain_evaluation_columns *columns);

/** How well a forecast ranks. NaN where undefined: Gini coefficients when all of actual is 0, correlations without variety. */
typedef struct retain_evaluation_ranking_report {
    size_t struct_size;     /**< sizeof(retain_evaluation_ranking_report) */
    double customers;       /**< sum of the weights */
    double gini;            /**< concentration of actual along the forecast, in [-1, 1]: 0 for a ranking at random */
    double perfect;         /**< Gini coefficient of actual: the same for a ranking by what came, the most that there can be */
    double normalised;      /**< gini / perfect, in [-1, 1] */
    double normalised_low;  /**< lower limit */
    double normalised_high; /**< upper limit */
    double spearman;        /**< Spearman's rank correlation: Pearson's of the mid-ranks */
    double spearman_low;    /**< lower limit */
    double spearman_high;   /**< upper limit */
} retain_evaluation_ranking_report;

/** Ranking of customers by a forecast, which may be any score: only its order counts.
 *
 *  gini = 2 cov(actual, rank) / mean(actual), where rank is the mid-rank by the forecast, in [0, 1]: twice the area between the
 *  concentration curve (retain_evaluation_gains) and the diagonal. Source: N. C. Kakwani, "Applications of Lorenz curves in
 *  economic analysis", Econometrica 45 (1977), 719-727.
 *  @param actual  [count] not negative: shares of a sum with negative parts mean nothing
 *  @return as retain_evaluation_errors. Cost: that of sorting twice; 100 bytes of scratch a row. */
RETAIN_API retain_status retain_evaluation_ranking(retain_context *ctx, const double *expected, const double *actual,
                                                   const double *weight, size_t count, double level,
                                                   retain_evaluation_ranking_report *report);

/** Cumulative gains: which share of all that came was brought by the best customers by forecast (top-k capture).
 *
 *  Customers of equal forecast bring it evenly; the curve is linear between customers. Picked at random, a share p of customers
 *  brings p: capture / p is the lift. In the interval, the part of the threshold's own error takes what customers next to the
 *  threshold bring: the mean of the sqrt(n) on each side and of those tied with it.
 *  @param actual     [count] not negative
 *  @param share      [points] shares of the customers, best first, in [0, 1]: k / count for the best k
 *  @param capture    [points] receives shares of the sum of actual; NaN when that is 0
 *  @param low, high  [points] receive the limits of capture, cut to [0, 1]; for shares 0 and 1 exact; each may be NULL
 *  @param perfect    [points] receives the same for a perfect ranking; may be NULL
 *  @return as retain_evaluation_errors. Cost: that of sorting, plus O(sqrt(count)) for each point with limits; 100 bytes of scratch
 *          a row. */
RETAIN_API retain_status retain_evaluation_gains(retain_context *ctx, const double *expected, const double *actual,
                                                 const double *weight, size_t count, const double *share, size_t points,
                                                 double level, double *capture, double *low, double *high, double *perfect);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

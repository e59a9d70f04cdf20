/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_SCORING_H
#define RETAIN_SCORING_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"

/** @defgroup scoring Scores of what happens or not
 *  @brief Does the score put those who leave above those who stay, and does 30 % mean 30 %?
 *
 *  A score was given to each customer before it was known what would happen; now it is known: outcome 1, it happened, or 0. Scores may
 *  be any numbers, larger meaning more likely. Those that are probabilities can be judged as such too.
 *
 *      double risk[] = {0.9, 0.8, 0.6, 0.4, 0.3, 0.1};
 *      uint8_t left[] = {1, 1, 0, 1, 0, 0};
 *      retain_scoring_report report = {.struct_size = sizeof report};
 *      retain_scoring_measures(NULL, risk, left, NULL, 6, NULL, &report);     // auc 8/9, brier 0.145
 *
 *  - **AUC**: the chance that of two customers, one of each outcome, the one to whom it happened has the larger score, equal scores
 *    counting half. J. A. Hanley, B. J. McNeil, Radiology 143 (1982), 29-36. Standard error by E. R. DeLong, D. M. DeLong, D. L.
 *    Clarke-Pearson, Biometrics 44 (1988), 837-845; limits symmetric in its logit
 *  - **average precision**: mean over those to whom it happened of the share to whom it happened among all with such a score or a
 *    larger one. The area under the steps of the precision-recall curve; a score that says nothing gets the prevalence
 *  - **Brier score**: mean of (probability - outcome)^2. G. W. Brier, Monthly Weather Review 78 (1950), 1-3. It is uncertainty -
 *    discrimination + miscalibration: what a constant would score, p (1 - p); less what the order of the scores is worth; plus
 *    what is lost because they do not mean what they say. Recalibration is the best that rises with the score (pool adjacent
 *    violators): no bins. T. Dimitriadis, T. Gneiting, A. I. Jordan, PNAS 118 (2021), e2016191118
 *  - **log loss**: mean of -log(probability given to what happened); infinite where that was 0
 *  - **calibration slope and intercept**: of a logistic regression of the outcome on the logit of the probability: 1 and 0 where they mean
 *    what they say; a slope below 1 is a score that is too bold. D. R. Cox, Biometrika 45 (1958), 562-565
 *  - **ECE**, expected calibration error: customers in groups of equal number by score, mean distance of the groups' mean
 *    probability from their share. Never 0, even for true probabilities, and larger the more groups: prefer the miscalibration
 *
 *  Weights count customers: one of weight 3 is three. Common errors: RETAIN_ERROR_DATA for a row that breaks a rule, with its number;
 *  RETAIN_ERROR_ARGUMENT for a bad option; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What to change. NULL or zeros after struct_size mean 95 % limits and 10 groups. */
typedef struct retain_scoring_options {
    size_t struct_size; /**< sizeof(retain_scoring_options) */
    double level;       /**< two-sided level of the limits, in (0, 1); 0 means 0.95 */
    size_t groups;      /**< groups of the expected calibration error, at most 1000; 0 means 10 */
} retain_scoring_options;

/** How good a score is. What needs probabilities is NaN when a score lies outside [0, 1]. */
typedef struct retain_scoring_report {
    size_t struct_size;       /**< sizeof(retain_scoring_report) */
    double customers;         /**< sum of the weights */
    double positives;         /**< to how many of them it happened */
    double prevalence;        /**< positives / customers */
    double prevalence_low;    /**< its Wilson limits */
    double prevalence_high;   /**< upper limit */
    double auc;               /**< NaN unless there are both outcomes */
    double auc_error;         /**< its standard error; NaN for fewer than two of an outcome */
    double auc_low;           /**< its limits; NaN where the error is 0 */
    double auc_high;          /**< upper limit */
    double average_precision; /**< NaN without positives */
    double mean_score;        /**< mean probability: the prevalence that the score expects */
    double brier;             /**< the lower the better */
    double brier_low;         /**< its limits, Student's t */
    double brier_high;        /**< upper limit */
    double uncertainty;       /**< Brier score of the prevalence given to all, p (1 - p) */
    double discrimination;    /**< what the order of scores takes off */
    double miscalibration;    /**< what probabilities that are off add */
    double log_loss;          /**< in nats */
    double log_loss_low;      /**< its limits, Student's t; NaN where infinite */
    double log_loss_high;     /**< upper limit */
    double calibration_error; /**< ECE */
    double intercept; /**< NaN where a probability is 0 or 1, and where outcomes can be told apart by the score without error */
    double intercept_error; /**< its standard error */
    double slope;           /**< NaN likewise, and where all scores are equal */
    double slope_error;     /**< its standard error */
    double gini;            /**< Gini coefficient, also accuracy ratio or Somers' D: 2 AUC - 1 */
    double ks;       /**< Kolmogorov-Smirnov statistic: the largest distance of recall and fallout at any score; NaN as the AUC */
    double ks_score; /**< the (largest) score where it is so far, acting on it and all larger ones; NaN where it is 0 */
} retain_scoring_report;

/** Measures a score.
 *
 *  @param score    [count] finite
 *  @param outcome  [count] 1 where it happened, else 0
 *  @param weight   [count] 0, or 1e-100 to 1e100; NULL means 1 each
 *  @param options  NULL for the defaults
 *  @param report   receives the figures; struct_size is to be set. NaN throughout without rows, but for counts
 *  Cost: O(count) to sort scores, O(count log count) for scores of unusual variety; 80 bytes of scratch a row. */
RETAIN_API retain_status retain_scoring_measures(retain_context *ctx, const double *score, const uint8_t *outcome,
                                                 const double *weight, size_t count, const retain_scoring_options *options,
                                                 retain_scoring_report *report);

/** The AUC alone, some times quicker.
 *
 *  @param score, outcome, weight  [count] as above
 *  @param auc  receives it, exact but for two roundings; NaN unless there are both outcomes
 *  Cost: O(count) to sort scores, O(count log count) for scores of unusual variety; with two threads outcomes are sorted side by side. 16
 *  bytes of scratch a row, 32 with weights. */
RETAIN_API retain_status retain_scoring_auc(retain_context *ctx, const double *score, const uint8_t *outcome, const double *weight,
                                            size_t count, double *auc);

/** The points of the ROC, precision-recall and gains curves: the caller's arrays to be filled. Columns that are NULL are not written. */
typedef struct retain_scoring_points_columns {
    double *score;     /**< distinct scores, the largest first */
    double *selected;  /**< customers with such a score or a larger one */
    double *positives; /**< those among them to whom it happened */
    double *precision; /**< positives / selected */
    double *recall;    /**< positives / all positives, the true positive rate; NaN without positives */
    double *fallout;   /**< (selected - positives) / all others, the false positive rate; NaN without others */
    double *expected;  /**< recalibrated probability of such a score: the best that never falls with it */
} retain_scoring_points_columns;

/** What is reached by acting on all customers whose score is at least so large.
 *
 *  @param columns   columns to fill
 *  @param capacity  length of every column that is not NULL; `count` always suffices
 *  @param points    receives the number of distinct scores
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*points` set and nothing else written; see above. Cost: as retain_scoring_measures. */
RETAIN_API retain_status retain_scoring_points(retain_context *ctx, const double *score, const uint8_t *outcome,
                                               const double *weight, size_t count, const retain_scoring_points_columns *columns,
                                               size_t capacity, size_t *points);

/** Two scores of the same customers. */
typedef struct retain_scoring_comparison {
    size_t struct_size; /**< sizeof(retain_scoring_comparison) */
    double first_auc;   /**< AUC of the first score */
    double second_auc;  /**< AUC of the second */
    double auc_gain;    /**< second_auc - first_auc */
    double auc_error;   /**< its standard error, by DeLong et al. */
    double auc_low;     /**< its limits, symmetric; NaN where the error is 0 */
    double auc_high;    /**< upper limit */
    double auc_p_value; /**< chance of a gain or loss at least as large, were both as good */
    double brier_gain;  /**< Brier score of the first less that of the second: above 0 the second is better; NaN unless both are
                               probabilities */
    double brier_low;   /**< its limits, Student's t of the differences customer by customer */
    double brier_high;  /**< upper limit */
} retain_scoring_comparison;

/** Is the second score better than the first, on the same customers?
 *
 *  @param comparison  receives the figures; struct_size is to be set
 *  @param level       two-sided, in (0, 1); 0 means 0.95
 *  Cost: as retain_scoring_measures twice, and as much again. */
RETAIN_API retain_status retain_scoring_compare(retain_context *ctx, const double *first, const double *second,
                                                const uint8_t *outcome, const double *weight, size_t count, double level,
                                                retain_scoring_comparison *comparison);

/** Has a score, or anything that scores are made of, drifted? The population stability index.
 *
 *  Values are put into bins that hold equal parts of the values before (equal values are never parted, so there may be fewer bins). With p
 *  and q the shares of a bin before and after, each with half a customer added, PSI = sum of (q - p) log(q / p). Below 0.1 is often called
 *  stable and above 0.25 a shift, whatever the numbers of customers; the p-value takes them into account (PSI is (1/n + 1/m) chi-squared
 *  where nothing has changed: B. Yurdakul, J. Naranjo, Journal of Risk Model Validation 14(4), 2020).
 *
 *  @param before        [before_count] finite: at the first date
 *  @param after         [after_count] finite: at the second
 *  @param bins          2 to 1000; 0 means 10
 *  @param edge          [bins] receives the largest value before of each bin; infinite for the last
 *  @param before_share  [bins] receives p; NaN beyond `*used`
 *  @param after_share   [bins] receives q; NaN beyond `*used`. Any of these may be NULL
 *  @param used          receives the number of bins; may be NULL
 *  @param psi           receives the index; NaN when there are no values, or one bin only; may be NULL
 *  @param p_value       receives the chance of an index at least as large, had nothing changed; may be NULL
 *  Cost: O(n) to sort the values before, O(m log bins). */
RETAIN_API retain_status retain_scoring_drift(retain_context *ctx, const double *before, size_t before_count, const double *after,
                                              size_t after_count, size_t bins, double *edge, double *before_share,
                                              double *after_share, size_t *used, double *psi, double *p_value);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_LOGISTIC_H
#define RETAIN_LOGISTIC_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"
#include "retain/predictors.h"

/** @defgroup logistic Logistic regression
 *  @brief How likely is each customer to leave, and which of the things known of them say so?
 *
 *  Of customers of the past it is known who left. Logistic regression learns from them how much each predictor raises or lowers the
 *  log odds of leaving, log(p / (1 - p)), all others being equal, and tells the risk of today's customers, with the reasons of each.
 *  Signs are learnt, never assumed: in a public data set of a telephone company, customers with more failed calls leave less often,
 *  because who calls much meets failures; among customers who call alike, failures drive them away.
 *
 *      retain_logistic_options options = {.struct_size = sizeof options, .l2 = 1.0};
 *      retain_logistic model;
 *      retain_logistic_fit(&context, &predictors, left, NULL, &options, &model, &report, NULL, NULL);
 *      retain_logistic_probability(&context, &model, &today, NULL, 0.0, risk, NULL, NULL, NULL);
 *
 *  A fit minimises -sum w log L + (l2 / 2) sum s^2 coefficient^2 + l1 sum s |coefficient|, s being the standard deviation of the column:
 *  penalties do not depend on units. The intercept is not penalised.
 *
 *  **Missing values** (NaN). A column with missing values gets a second coefficient, `missing`: a missing value counts as the average of
 *  the column, plus `missing`. That not being known says something of its own (who never opened a ticket, who bought but once) is the
 *  rule in shops.
 *
 *  **What the data must tell.** Where a predictor, or several together, tell without exception who leaves (separation), the likelihood
 *  has no maximum: coefficients grow without limit. So they do where all left or none did. Where a column is a combination of others,
 *  its coefficient is open. A fit without penalty says so: it returns RETAIN_ERROR_CONVERGENCE, **with model and report written all the
 *  same**. With l2 > 0 only a single class is refused; 1 is a mild choice: it is worth a standard normal prior on coefficients per
 *  standard deviation, so all but nothing where there are thousands of customers. Constant columns are left out and named.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** A logistic regression: a plain value. One that was made elsewhere is typed in: columns, intercept and coefficients. */
typedef struct retain_logistic {
    size_t columns;                             /**< 1 to RETAIN_PREDICTORS_MOST */
    double intercept;                           /**< log odds of a row of zeros */
    double coefficient[RETAIN_PREDICTORS_MOST]; /**< [columns] per unit of the column, finite */
    double
        missing[RETAIN_PREDICTORS_MOST]; /**< [columns] what a missing value adds beside that of the reference; NaN where no value
                                                     was missing in the data of the fit: such a row then has no probability, but NaN */
    double reference[RETAIN_PREDICTORS_MOST]; /**< [columns] what reasons compare with, and missing values count as: averages */
} retain_logistic;

/** What becomes of missing values. */
typedef enum retain_logistic_missing {
    RETAIN_LOGISTIC_MISSING_INDICATED = 0, /**< the average and a coefficient of its own, where there are any */
    RETAIN_LOGISTIC_MISSING_REFUSED = 1    /**< an error that names the row */
} retain_logistic_missing;

/** What to change about a fit. NULL or zeros after struct_size mean the defaults. */
typedef struct retain_logistic_options {
    size_t struct_size;     /**< sizeof(retain_logistic_options) */
    double l2;              /**< >= 0: penalty on squares; 0: none */
    double l1;              /**< >= 0: penalty on sizes, which makes some coefficients 0; 0: none */
    int unscaled;           /**< 1: penalise coefficients as they are, s = 1, so that units matter; 0 or 1 */
    int balanced;           /**< 1: both outcomes count alike in sum; 0 or 1. Probabilities are then not shares of customers */
    double class_weight[2]; /**< what rows of outcome 0 and of outcome 1 count for, > 0; 0 means 1. Not with `balanced` */
    retain_logistic_missing missing; /**< what becomes of missing values */
    double level;                    /**< two-sided level of the limits, in (0, 1); 0 means 0.95 */
    int iterations;                  /**< most Newton steps; 0 means 100 */
} retain_logistic_options;

/** How a fit ended. */
typedef enum retain_logistic_verdict {
    RETAIN_LOGISTIC_NONE = 0,            /**< no fit was made */
    RETAIN_LOGISTIC_CONVERGED = 1,       /**< the optimum: the only success */
    RETAIN_LOGISTIC_SEPARATED = 2,       /**< predictors tell every outcome apart; the model given is one of many that do */
    RETAIN_LOGISTIC_QUASI_SEPARATED = 3, /**< they do so for some rows, and say nothing of the others */
    RETAIN_LOGISTIC_COLLINEAR = 4,       /**< a column is a combination of others; it was left out of the model given */
    RETAIN_LOGISTIC_ONE_CLASS = 5,       /**< all outcomes are alike: there is no model, all of it is NaN */
    RETAIN_LOGISTIC_TOO_LITTLE_DATA = 6, /**< no more rows than coefficients, and no penalty: no model either */
    RETAIN_LOGISTIC_STOPPED = 7          /**< iterations ran out, or numbers are beyond arithmetic */
} retain_logistic_verdict;

/** Length of an explanation, its final zero included. */
#define RETAIN_LOGISTIC_EXPLANATION 320

/** What there is to say about a fit as a whole. */
typedef struct retain_logistic_report {
    size_t struct_size;              /**< sizeof(retain_logistic_report) */
    retain_logistic_verdict verdict; /**< how it ended */
    size_t rows;                     /**< rows of weight > 0 */
    double customers;                /**< sum of their weights */
    double events;                   /**< the same of those with outcome 1 */
    size_t missing;                  /**< columns that have missing values */
    int iterations;                  /**< Newton steps taken on all rows */
    int evaluations;                 /**< passes over all rows */
    double log_likelihood;           /**< at the model; class weights counting */
    double null_log_likelihood;      /**< of the best model without predictors */
    double deviance_explained;       /**< 1 - log L / null log L (McFadden 1974); NaN where the latter is 0 */
    double objective;                /**< what was minimised: penalties - log L */
    double gradient_norm;            /**< largest |derivative| of it, per customer and standard deviation, before the last step */
    double
        degrees; /**< effective number of coefficients, the intercept included: trace of H (H + penalty)^-1; with l1 those not 0 */
    char explanation[RETAIN_LOGISTIC_EXPLANATION]; /**< the verdict in words; columns by number, from 0 */
} retain_logistic_report;

/** Initial value of a report. */
#define RETAIN_LOGISTIC_REPORT_INIT                                                                               \
    {                                                                                                             \
        sizeof(retain_logistic_report), RETAIN_LOGISTIC_NONE, 0, 0.0, 0.0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, \
        {                                                                                                         \
            0                                                                                                     \
        }                                                                                                         \
    }

/** How an entry of the effects came about. */
typedef enum retain_logistic_kind {
    RETAIN_LOGISTIC_ESTIMATED = 0,  /**< by the data and the penalty */
    RETAIN_LOGISTIC_CONSTANT = 1,   /**< its column is constant: left out, 0 */
    RETAIN_LOGISTIC_COMBINED = 2,   /**< its column is a combination of others: left out, 0 */
    RETAIN_LOGISTIC_SEPARATING = 3, /**< grows without limit */
    RETAIN_LOGISTIC_ABSENT = 4      /**< `missing` of a column without missing values: NaN */
} retain_logistic_kind;

/** One entry for the intercept, then one for each column, then one for `missing` of each column: the caller's arrays
 *  [1 + 2 columns], NULL where not wanted. All but `kind` and `coefficient` are NaN for an entry that was not estimated; errors, limits
 *  and p-values also with l1 > 0 or class weights, where there is no theory for them. Those with l2 > 0 take the penalty for knowledge. */
typedef struct retain_logistic_effects {
    uint8_t *kind;            /**< retain_logistic_kind */
    double *coefficient;      /**< on the log odds, per unit */
    double *standard_error;   /**< from the inverse of the second derivatives of the objective */
    double *low;              /**< lower limit of the coefficient */
    double *high;             /**< upper limit */
    double *p_value;          /**< Wald test of coefficient = 0, two-sided */
    double *scale;            /**< standard deviation of the column (of being missing); NaN for the intercept */
    double *odds_ratio;       /**< what one unit more multiplies the odds by; its limits are exp(low), exp(high) */
    double *odds_ratio_scale; /**< what one standard deviation more multiplies the odds by: to compare columns */
    double *marginal;         /**< average marginal effect: mean of p (1 - p) times the coefficient; NaN for the intercept */
    double *marginal_error;   /**< its standard error, delta method */
    double *marginal_low;     /**< its lower limit */
    double *marginal_high;    /**< its upper limit */
} retain_logistic_effects;

/** Learns who leaves.
 *
 *  @param predictors  1 to RETAIN_PREDICTORS_MOST columns, read where they lie
 *  @param outcome     [predictors->count] 1: left (bought again, whatever is to be told); 0: did not
 *  @param weight      [predictors->count] so many identical rows: 0, or 1e-100 to 1e100; NULL means 1 each
 *  @param options     NULL for the defaults
 *  @param model       receives the model
 *  @param report      receives what there is to say; may be NULL
 *  @param effects     arrays to fill, [1 + 2 columns] each; may be NULL
 *  @param covariance  [(1 + 2 columns)^2] receives that of the entries: NaN where not identified, 0 for entries that are left out or
 *                     absent; may be NULL
 *  @return RETAIN_OK for the optimum only; RETAIN_ERROR_CONVERGENCE otherwise, with everything written; RETAIN_ERROR_DATA for a number
 *          beyond 1e100, a column that is not constant and all below 1e-140 in size, an outcome or a weight that is none; RETAIN_ERROR_ARGUMENT, RETAIN_ERROR_MEMORY, RETAIN_ERROR_CANCELLED
 *  Newton's method with exact second derivatives (P. McCullagh, J. Nelder, Generalized Linear Models (1989)), with l1 coordinate descent
 *  on its quadratic model (J. Friedman, T. Hastie, R. Tibshirani, J. Stat. Software 33(1) (2010)), until no step changes anything.
 *  From 65,536 rows on a walk is saved: coefficients are then right to 1e-10 standard errors, and these to 6 digits.
 *  Cost: 3 to 8 passes of O(count columns^2); scratch of at most some 20 MiB, whatever the count. Same bits for any number of threads. */
RETAIN_API retain_status retain_logistic_fit(retain_context *ctx, const retain_predictors *predictors, const uint8_t *outcome,
                                             const double *weight, const retain_logistic_options *options, retain_logistic *model,
                                             retain_logistic_report *report, const retain_logistic_effects *effects,
                                             double *covariance);

/** Probability of each row, with limits.
 *
 *  @param predictors   as many columns as the model has
 *  @param covariance   [(1 + 2 columns)^2] as a fit gave it: for limits only, otherwise NULL
 *  @param level        two-sided level of the limits, in (0, 1); 0 means 0.95
 *  @param probability  [predictors->count] receives 1 / (1 + e^-log_odds); may be NULL, as all outputs
 *  @param log_odds     [predictors->count] receives base + contributions (retain_logistic_reasons), added in the order of columns
 *  @param low, high    [predictors->count] receive limits of the probability, by the delta method on the log odds: how well it is known
 *                      how many of such customers leave. NaN where the covariance is
 *  All are NaN where a value is missing of which the model knows nothing. Cost: O(count columns), limits O(count columns^2). */
RETAIN_API retain_status retain_logistic_probability(retain_context *ctx, const retain_logistic *model,
                                                     const retain_predictors *predictors, const double *covariance, double level,
                                                     double *probability, double *log_odds, double *low, double *high);

/** Why each row has the probability that it has.
 *
 *  log odds = base + sum of contributions, one for each column: coefficient (value - reference), or `missing` where the value is missing.
 *  `base` is the customer who is average in everything. Log odds and not probabilities, because only there what a column adds does not
 *  depend on the order in which columns are added, nor on the others: near 0 or 1 the same reason moves a probability by little.
 *  Contributions of columns that belong together (kinds of contract) may be added up.
 *
 *  @param most          reasons wanted for each row, 0 to columns
 *  @param direction     which ones
 *  @param base          receives intercept + sum of coefficient reference; may be NULL, as all outputs
 *  @param contribution  [count * columns] receives them, row after row; NaN for a missing value of which the model knows nothing
 *  @param reason        [count * most] receives columns, the largest contribution first, the first column of equal ones; -1 where there
 *                       are no more
 *  @param share         [count * most] receives their contributions; NaN where there are no more
 *  @param value         [count * most] receives their values, to be compared with model->reference; NaN also where missing
 *  Cost: O(count columns most). */
RETAIN_API retain_status retain_logistic_reasons(retain_context *ctx, const retain_logistic *model,
                                                 const retain_predictors *predictors, size_t most, retain_direction direction,
                                                 double *base, double *contribution, int64_t *reason, double *share, double *value);

/** Name of a verdict, such as "converged" or "separated"; static text. */
RETAIN_API const char *retain_logistic_verdict_name(retain_logistic_verdict verdict);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

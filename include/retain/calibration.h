/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CALIBRATION_H
#define RETAIN_CALIBRATION_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"
#include "retain/fit.h"

/** @defgroup calibration Calibration
 *  @brief What probability does a score stand for?
 *
 *  A score may rank customers well and yet mean nothing as a number: days since the last order, or the output of a boosted model that
 *  says 90 % where 60 % leave. Budgets and expected profits need probabilities. Calibration learns from customers whose outcome is
 *  known (1, it happened, or 0) what share stands behind a score, and says it of new ones.
 *
 *      double risk[] = {0.9, 0.8, 0.6, 0.4, 0.3, 0.1}, probability[6];
 *      uint8_t left[] = {1, 1, 0, 1, 0, 0};
 *      retain_calibration platt;
 *      retain_calibration_fit(NULL, RETAIN_CALIBRATION_PLATT, risk, left, NULL, 6, NULL, &platt, NULL);
 *      retain_calibration_probabilities(NULL, &platt, risk, 6, NULL, 0, probability, NULL, NULL);      // 0.766 for a score of 0.9
 *
 *  - **Platt scaling**: logit p = a s + c, for any scores. Outcomes count as (n1 + 1) / (n1 + 2) and 1 / (n0 + 2) instead of 1 and 0,
 *    n1 and n0 being their numbers, so that few data do not give bold answers. J. Platt (1999), in: Advances in Large Margin Classifiers,
 *    61-74; stable computation by H.-T. Lin, C.-J. Lin, R. C. Weng, Machine Learning 68 (2007), 267-276
 *  - **beta calibration**: logit p = a log s - b log(1 - s) + c with a, b >= 0, for scores that are probabilities already: it can
 *    take back what is too bold or too timid, differently at either end, and leaves what is right (a = b = 1, c = 0) as it is. Scores
 *    beyond 2^-52 from 0 and from 1 count as that. M. Kull, T. Silva Filho, P. Flach, AISTATS 2017, PMLR 54, 623-631
 *  - **isotonic**: the best fit that never falls with the score, by pooling adjacent violators (B. Zadrozny, C. Elkan, KDD 2002,
 *    694-699): no shape is assumed, so it needs some thousand customers; it says 0 and 1 at the ends, which is more than is known
 *
 *  **Learn from customers that the score has not seen**: a model knows the customers it was fitted to too well. And judge the
 *  calibrated probabilities (retain/scoring.h) on others again.
 *
 *  Weights count customers: one of weight 3 is three. Common errors: RETAIN_ERROR_DATA for a row that breaks a rule, with its number;
 *  RETAIN_ERROR_ARGUMENT for a bad option; RETAIN_ERROR_CONVERGENCE for outcomes that say nothing about scores, with the reason in words;
 *  RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** The calibrations with parameters. */
typedef enum retain_calibration_kind {
    RETAIN_CALIBRATION_PLATT = 0, /**< logit p = a s + c */
    RETAIN_CALIBRATION_BETA = 1   /**< logit p = a log s - b log(1 - s) + c */
} retain_calibration_kind;

/** A fitted calibration: a value to be copied, printed, stored, typed in. */
typedef struct retain_calibration {
    retain_calibration_kind kind; /**< which formula */
    double a;                     /**< slope of the score, or of its logarithm */
    double b;                     /**< slope of -log(1 - score); Platt: 0 */
    double c;                     /**< intercept */
} retain_calibration;

/** What to change about a fit. NULL or zeros after struct_size mean 95 % limits, and Platt's targets for Platt scaling. */
typedef struct retain_calibration_options {
    size_t struct_size; /**< sizeof(retain_calibration_options) */
    double level;       /**< two-sided level of the limits, in (0, 1); 0 means 0.95 */
    int plain;          /**< 1: Platt scaling with outcomes as they are, which is logistic regression */
} retain_calibration_options;

/** What there is to say about a fit. Entries of the arrays are a, b and c. */
typedef struct retain_calibration_report {
    size_t struct_size; /**< sizeof(retain_calibration_report) */
    retain_fit_verdict
        verdict;              /**< how it ended: converged; too little data: one outcome or score only, and all parameters are NaN;
                                     boundary: a score parts the outcomes without error; ridge: scores too alike */
    double customers;         /**< sum of the weights */
    double positives;         /**< to how many of them it happened */
    int iterations;           /**< Newton steps taken */
    double log_likelihood;    /**< of the outcomes, as they are, at the calibration returned */
    double standard_error[3]; /**< from the information; 0 for what is held at 0, NaN without a verdict of convergence */
    double low[3];            /**< lower limits, normal */
    double high[3];           /**< upper limits */
    double covariance[9];     /**< of a, b, c: entry (i, j) at [3 i + j] */
    char explanation[RETAIN_FIT_EXPLANATION]; /**< the verdict in words */
} retain_calibration_report;

/** Fits a calibration by maximum likelihood.
 *
 *  @param score        [count] finite; of beta calibration in [0, 1]
 *  @param outcome      [count] 1 where it happened, else 0
 *  @param weight       [count] 0, or 1e-100 to 1e100; NULL means 1 each
 *  @param options      NULL for the defaults
 *  @param calibration  receives the parameters; also with RETAIN_ERROR_CONVERGENCE. Where a score parts the outcomes without error, the
 *                      likelihood has no maximum: those of Platt's targets are given
 *  @param report       receives what there is to say, likewise; struct_size is to be set; may be NULL
 *  Cost: O(count) to sort scores, then some ten passes; 100 bytes of scratch a row. */
RETAIN_API retain_status retain_calibration_fit(retain_context *ctx, retain_calibration_kind kind, const double *score,
                                                const uint8_t *outcome, const double *weight, size_t count,
                                                const retain_calibration_options *options, retain_calibration *calibration,
                                                retain_calibration_report *report);

/** The probabilities that scores stand for.
 *
 *  @param calibration  fitted, or typed in; its parameters lie within 1e300 of 0
 *  @param score        [count] finite; of beta calibration in [0, 1]
 *  @param covariance   [9] of the report, for limits; NULL without
 *  @param level        of the limits, two-sided, in (0, 1); 0 means 0.95
 *  @param probability  [count] receives them
 *  @param low, high    [count] receive limits that say how well the calibration is known (symmetric in the logit), not what one
 *                      customer will do; NaN without covariance, or where it has NaN. Each output may be NULL, and may be `score`
 *  @return RETAIN_OK or as above */
RETAIN_API retain_status retain_calibration_probabilities(retain_context *ctx, const retain_calibration *calibration,
                                                          const double *score, size_t count, const double *covariance, double level,
                                                          double *probability, double *low, double *high);

/** Fits an isotonic calibration: the knots of a line that never falls.
 *
 *  Scores of one pooled block have one probability, its share; a knot stands at the smallest and at the largest score of each block.
 *  @param score, outcome, weight  [count] as for retain_calibration_fit
 *  @param knot_score        [capacity] receives scores, ascending
 *  @param knot_probability  [capacity] receives their probabilities, never falling
 *  @param capacity          `count` always suffices
 *  @param knots             receives their number
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*knots` set and nothing else written; RETAIN_ERROR_CONVERGENCE with nothing written when
 *          there is one outcome only; or as above */
RETAIN_API retain_status retain_calibration_isotonic(retain_context *ctx, const double *score, const uint8_t *outcome,
                                                     const double *weight, size_t count, double *knot_score,
                                                     double *knot_probability, size_t capacity, size_t *knots);

/** The probabilities that scores stand for by an isotonic calibration: linear between knots, and that of the nearest knot beyond.
 *
 *  @param knot_score        [knots] finite, ascending, each once; at least one
 *  @param knot_probability  [knots] in [0, 1], never falling
 *  @param score             [count] finite
 *  @param probability       [count] receives them; may be `score`
 *  @return RETAIN_OK or as above. Cost: O(log knots) a row. */
RETAIN_API retain_status retain_calibration_interpolated(retain_context *ctx, const double *knot_score,
                                                         const double *knot_probability, size_t knots, const double *score,
                                                         size_t count, double *probability);

/** How to draw the band of a reliability curve. NULL or zeros after struct_size mean 95 %, 200 draws, seed 0. */
typedef struct retain_calibration_band {
    size_t struct_size; /**< sizeof(retain_calibration_band) */
    double level;       /**< share of draws that lie in the band at any one score, in (0, 1); 0 means 0.95 */
    size_t draws;       /**< at most 100000; 0 means 200 */
    uint64_t seed;      /**< same seed, same band */
} retain_calibration_band;

/** The reliability curve: what share stands behind probabilities, and how far it may stray if they are true.
 *
 *  The curve is the isotonic recalibration, without bins. Its band is a consistency band: outcomes are drawn again and again as if the
 *  probabilities were true, each time recalibrated, and the band holds the middle `level` of the curves at each score. Where the curve
 *  leaves the band, probabilities do not mean what they say. T. Dimitriadis, T. Gneiting, A. I. Jordan, PNAS 118 (2021), e2016191118.
 *  @param score     [count] probabilities, in [0, 1]
 *  @param outcome, weight  [count] as for retain_calibration_fit; of a weight that is no whole number the rest is one smaller customer
 *  @param at        [points] probabilities at which the curve is asked, in [0, 1], in any order
 *  @param expected  [points] receives the curve, linear between its knots; NaN beyond the least and the largest score, as are limits
 *  @param low, high [points] receive the band. Each output may be NULL
 *  @return RETAIN_OK or as above. Cost: O(count) to sort, O(draws (count + points)); 8 bytes of scratch for each draw and point. */
RETAIN_API retain_status retain_calibration_reliability(retain_context *ctx, const double *score, const uint8_t *outcome,
                                                        const double *weight, size_t count, const retain_calibration_band *band,
                                                        const double *at, size_t points, double *expected, double *low,
                                                        double *high);

/** One entry per bin: the caller's arrays. Columns that are NULL are not written. Figures of an empty bin are NaN. */
typedef struct retain_calibration_columns {
    double *customers;  /**< sum of the weights */
    double *positives;  /**< to how many of them it happened */
    double *mean_score; /**< mean probability */
    double *share;      /**< positives / customers */
    double *low;        /**< its Wilson limits */
    double *high;       /**< upper limit */
} retain_calibration_columns;

/** The reliability diagram that people know: customers in bins of about equal number by score. What it shows depends on the bins.
 *
 *  A customer with `less` below and `equal` like him (himself included) of n is in bin floor(bins (less + equal / 2) / n): equal
 *  scores are never parted, and a bin may be empty.
 *  @param score    [count] finite
 *  @param bins     1 to 1000; 0 means 10
 *  @param level    of the limits, two-sided, in (0, 1); 0 means 0.95
 *  @param columns  [bins] each, ascending
 *  @return RETAIN_OK or as above. Cost: O(count) to sort. */
RETAIN_API retain_status retain_calibration_bins(retain_context *ctx, const double *score, const uint8_t *outcome,
                                                 const double *weight, size_t count, size_t bins, double level,
                                                 const retain_calibration_columns *columns);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

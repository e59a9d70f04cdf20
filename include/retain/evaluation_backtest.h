/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_EVALUATION_BACKTEST_H
#define RETAIN_EVALUATION_BACKTEST_H

#include <stdint.h>

#include "retain/btyd.h"
#include "retain/evaluation.h"
#include "retain/orders.h"
#include "retain/spend.h"

/** @addtogroup evaluation
 *
 *  **Backtests** go back in time: at an *origin*, a day of the past, only what was known then is used; models are fitted, the next
 *  H days are forecast, and compared with what came. Several origins tell luck from skill. Beside every model stand naive rules
 *  (retain_evaluation_baseline), since a model that does not beat these is not worth its trouble.
 *
 *      const int64_t origins[] = {1000, 1091};                                    // days; H = 91
 *      const retain_btyd_family families[] = {RETAIN_BTYD_PARETO_NBD, RETAIN_BTYD_MBG_NBD};
 *      double rmse[(2 + 1) * (2 + RETAIN_EVALUATION_BASELINES)], gain[(2 + 1) * (2 + RETAIN_EVALUATION_BASELINES)];
 *      retain_evaluation_backtest_columns columns = {.rmse = rmse, .rmse_gain = gain};
 *      retain_evaluation_backtest(&context, &orders, 1182, NULL, origins, 2, 91, families, 2, NULL, NULL, &columns, NULL);
 *      // gain[2 * 6 + 0]: over both origins, how much smaller the error of Pareto/NBD is than that of the best naive rule
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Frequency fit: how many customers made 0, 1, 2, ... repeat orders up to their age T, in fact and by the model. A picture of the
 *  fit itself, not of a forecast: a model that misses here has the wrong shape.
 *
 *  @param model        a model in the customers' unit of time
 *  @param customers    weights count; spend is not read
 *  @param classes      2 to 1000: class k is of k repeat orders, the last of classes - 1 or more (right-censored)
 *  @param actual       [classes] receives customers
 *  @param expected     [classes] receives expected customers, the sum of P(X(T) = k); both add up to the sum of weights
 *  @param chi_squared  receives the sum of (actual - expected)^2 / expected, 0 / 0 counting as 0; a distance, no test: models were
 *          fitted to the same customers. May be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_DATA or RETAIN_ERROR_ARGUMENT as retain_btyd_pmf; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED
 *  Cost: O(count) plus `classes` values of retain_btyd_pmf for each distinct T; 32 bytes of scratch a row. */
RETAIN_API retain_status retain_evaluation_frequency(retain_context *ctx, const retain_btyd *model,
                                                     const retain_customers *customers, size_t classes, double *actual,
                                                     double *expected, double *chi_squared);

/** Tracking curve: repeat orders of all customers in each step of time, in fact and by the model, which is told nothing but each
 *  customer's first day.
 *
 *  Customers are those whose first occasion lies on or before `calibration_end`, orders netted up to the observation end. Steps end
 *  at the observation end and every `step_days` before; the first is the one in which the first customer came. Give a calibration
 *  that ends some whole steps before the observation, and the curve shows fit and forecast on either side of it.
 *  @param model            any family; its unit of time may be another than the log's
 *  @param calibration_end  last day on which a customer may have come first, at most observation_end
 *  @param options          as retain_orders_summary; an occasion counts on the day on which it starts
 *  @param step_days        7 for weeks, 1 to 100000
 *  @param capacity         length of every column
 *  @param count            receives the number of steps
 *  @param day              [capacity] receives the last day of each step; may be NULL, as may the rest
 *  @param actual, expected [capacity] receive repeat occasions within each step
 *  @param actual_total, expected_total  [capacity] receive the same from the beginning
 *  @return as retain_orders_summary, and for the model as retain_btyd_expected; RETAIN_ERROR_DATA when there are no customers, or
 *          days lie more than 10^6 apart. Cost: as the summary, plus O(days + steps x distinct first days). */
RETAIN_API retain_status retain_evaluation_tracking(retain_context *ctx, const retain_btyd *model, const retain_orders *orders,
                                                    int64_t calibration_end, int64_t observation_end,
                                                    const retain_orders_options *options, int64_t step_days, size_t capacity,
                                                    size_t *count, int64_t *day, double *actual, double *expected,
                                                    double *actual_total, double *expected_total);

/** Rules that need no model. Money is the same with values. */
typedef enum retain_evaluation_baseline {
    RETAIN_EVALUATION_LAST_PERIOD = 0,    /**< the last H days, repeated by each customer */
    RETAIN_EVALUATION_OWN_RATE = 1,       /**< each customer goes on at x / T, 0 where T is 0 */
    RETAIN_EVALUATION_OVERALL_MEAN = 2,   /**< everybody goes on at sum x / sum T */
    RETAIN_EVALUATION_LONGEST_ABSENT = 3, /**< who was absent longest comes last: a ranking, without errors */
    RETAIN_EVALUATION_BASELINES = 4       /**< how many there are */
} retain_evaluation_baseline;

/** Name of a baseline, such as "own rate"; static text, "unknown" for a value that is none. */
RETAIN_API const char *retain_evaluation_baseline_name(retain_evaluation_baseline baseline);

/** How to test. NULL or zeros after struct_size mean the defaults. */
typedef struct retain_evaluation_options {
    size_t struct_size; /**< sizeof(retain_evaluation_options) */
    int money;          /**< 1: money too, by a Gamma-Gamma model fitted at each origin */
    double top_share;   /**< share of the customers for capture, in (0, 1]; 0 means 0.1 */
    double level;       /**< two-sided level of all limits; 0 means 0.95 */
    int fewest;         /**< retain_evaluation_choose wants so many repeat buyers and orders to come, at every origin; 0 means 30 */
} retain_evaluation_options;

/** What a backtest writes: the caller's arrays. Columns that are NULL are not written. With M = families + baselines methods,
 *  families first, and K = 1 measure (orders) or 2 (orders, then money), the entry of origin o, measure k and method m is (o K + k)
 *  M + m; the entries of o = number of origins speak of all origins together. Where a method forecasts nothing, all but `customers`
 *  and `actual` are NaN: no model could be fitted there, or spend has no mean (q <= 1).
 *
 *  Over all origins, errors are those of all rows, and ranking figures the mean of the origins', by customers; limits still take
 *  the customer as the unit, who has a row at several origins. A method without a forecast at one origin has none there either. */
typedef struct retain_evaluation_backtest_columns {
    double *customers;       /**< rows that were compared: customers, at each origin */
    double *expected;        /**< sum of the forecasts */
    double *actual;          /**< sum of what came */
    double *bias;            /**< as in retain_evaluation_error_report, as all that follow */
    double *bias_low;        /**< lower limit */
    double *bias_high;       /**< upper limit */
    double *mae;             /**< mean absolute error */
    double *mae_low;         /**< lower limit */
    double *mae_high;        /**< upper limit */
    double *rmse;            /**< root of the mean squared error */
    double *rmse_low;        /**< lower limit */
    double *rmse_high;       /**< upper limit */
    double *aggregate;       /**< sum of expected / sum of actual - 1 */
    double *aggregate_low;   /**< lower limit */
    double *aggregate_high;  /**< upper limit */
    double *normalised;      /**< normalised Gini coefficient, retain_evaluation_ranking_report */
    double *normalised_low;  /**< lower limit */
    double *normalised_high; /**< upper limit */
    double *spearman;        /**< rank correlation */
    double *spearman_low;    /**< lower limit */
    double *spearman_high;   /**< upper limit */
    double *capture;         /**< share of actual brought by the best options.top_share by forecast */
    double *capture_low;     /**< lower limit */
    double *capture_high;    /**< upper limit */
    double *perfect_capture; /**< the same for a perfect ranking */
    double *mae_gain;        /**< 1 - mae / smallest mae of a baseline: 0.1 when 10 % better than the best naive rule */
    double *rmse_gain;       /**< the same of rmse */
    double *normalised_gain; /**< normalised - largest of a baseline */
    double *capture_gain;    /**< capture - largest of a baseline */
} retain_evaluation_backtest_columns;

/** Most parameters that a family has, and length of a row of retain_evaluation_fits.estimate. */
#define RETAIN_EVALUATION_ESTIMATES 8

/** The fits of a backtest, so that nothing is hidden: the caller's arrays, entry o F + f for origin o and family f of F; any may be
 *  NULL. */
typedef struct retain_evaluation_fits {
    retain_btyd *model;     /**< the model; parameters are NaN when there was too little data to begin */
    uint8_t *verdict;       /**< a retain_fit_verdict; RETAIN_FIT_NONE when models were given */
    double *log_likelihood; /**< of the customers at the origin; NaN when models were given, as are the next three */
    double *aic;            /**< comparable between families at one origin, but for BG/BB, which counts opportunities */
    double *bic;            /**< the same */
    /** RETAIN_EVALUATION_ESTIMATES for each: the parameters in the order of retain_btyd_parameter, NaN beyond them */
    double *estimate;
    retain_spend *spend;    /**< [origins] the Gamma-Gamma model; NaN without money */
    uint8_t *spend_verdict; /**< [origins] how its fit ended */
} retain_evaluation_fits;

/** Goes back to each origin, fits, forecasts, compares.
 *
 *  A fit that did not converge is used all the same when it has parameters, and its verdict said: forecasts differ little along a
 *  ridge. Values of repeat occasions that are not positive are not used for the spend model.
 *  @param observation_end  last day that was observed: every origin + horizon_days must not lie after it
 *  @param orders_options   as retain_orders_summary; unit_days is the models' unit of time
 *  @param origins          [origin_count] days, strictly ascending, 1 to 1000 of them: calibration up to and with that day
 *  @param horizon_days     H, at least 1
 *  @param families         [family_count] 1 to 16
 *  @param models           [family_count] models of these families, without covariates, to be used as they are at every origin;
 *          NULL: fit them
 *  @param options          NULL for the defaults
 *  @param columns          figures, (origin_count + 1) x measures x (family_count + baselines) each
 *  @param fits             fits; may be NULL
 *  @return RETAIN_OK, also when a fit found nothing; RETAIN_ERROR_DATA as retain_orders_summary, or when an origin has no
 *          customers; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED
 *  Cost: for each origin, four readings of the log, a fit for each family, and sorting for each method. Scratch: about 200 bytes
 *  for each customer at each origin. */
RETAIN_API retain_status retain_evaluation_backtest(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                                    const retain_orders_options *orders_options, const int64_t *origins,
                                                    size_t origin_count, int64_t horizon_days, const retain_btyd_family *families,
                                                    size_t family_count, const retain_btyd *models,
                                                    const retain_evaluation_options *options,
                                                    const retain_evaluation_backtest_columns *columns,
                                                    const retain_evaluation_fits *fits);

/** Why a family stands where it does: against the second for the first, against the first for the others. */
typedef enum retain_evaluation_reason {
    RETAIN_EVALUATION_ONLY = 0,  /**< no other family has a forecast everywhere */
    RETAIN_EVALUATION_ERROR = 1, /**< rmse differs by more than chance and 0.5 %: figure is rmse / rmse of the other - 1 */
    RETAIN_EVALUATION_VERDICT =
        2, /**< as good, but not converged as often: figure is fits that converged, less those of the other */
    RETAIN_EVALUATION_PARAMETERS = 3, /**< as good: figure is the number of parameters, less that of the other */
    RETAIN_EVALUATION_BIC = 4,        /**< as good, and as simple: figure is the BIC at the last origin, less that of the other */
    RETAIN_EVALUATION_TIE = 5,        /**< nothing tells them apart, BIC less than 2 apart: the smaller one first; figure is 0 */
    RETAIN_EVALUATION_NO_MODEL = 6,   /**< not ranked: figure is the number of origins without a forecast */
    RETAIN_EVALUATION_TOO_THIN = 7    /**< nobody is ranked: figure is the number that is below options.fewest */
} retain_evaluation_reason;

/** Name of a reason, such as "parameters"; static text, "unknown" for a value that is none. */
RETAIN_API const char *retain_evaluation_reason_name(retain_evaluation_reason reason);

/** Which family, and why: a backtest of the orders, ranked. Those whose squared error, over all origins, exceeds the smallest by no
 *  more than one standard error of the difference (paired, customers as units), or whose rmse is less than 0.5 % larger, are as
 *  good as the best: of these, the one whose fits converged most often comes first, then the one with fewest parameters, then the
 *  smallest BIC. The others follow by rmse. Source of the one-standard-error rule: L. Breiman, J. Friedman, R. Olshen, C. Stone,
 *  Classification and Regression Trees (1984), 3.4.3.
 *
 *  Parameters as for retain_evaluation_backtest, and:
 *  @param rank    [family_count] receives 1 for the best, 2, ...; 0 for those that are not ranked
 *  @param reason  [family_count] receives a retain_evaluation_reason each; may be NULL
 *  @param figure  [family_count] receives the number that goes with the reason; may be NULL
 *  @return as retain_evaluation_backtest; RETAIN_ERROR_CONVERGENCE, with everything written, when nobody can be ranked: data are
 *          too thin, or no family has a forecast at every origin */
RETAIN_API retain_status retain_evaluation_choose(
    retain_context *ctx, const retain_orders *orders, int64_t observation_end, const retain_orders_options *orders_options,
    const int64_t *origins, size_t origin_count, int64_t horizon_days, const retain_btyd_family *families, size_t family_count,
    const retain_btyd *models, const retain_evaluation_options *options, const retain_evaluation_backtest_columns *columns,
    const retain_evaluation_fits *fits, uint8_t *rank, uint8_t *reason, double *figure);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

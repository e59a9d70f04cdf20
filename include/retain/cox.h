/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_COX_H
#define RETAIN_COX_H

#include "retain/durations.h"
#include "retain/fit.h"
#include "retain/predictors.h"

/** @defgroup cox Cox regression
 *  @brief What makes customers leave sooner?
 *
 *  Survival curves (retain/survival.h) compare groups one thing at a time. Cox regression takes several things at once: the hazard of leaving
 *  at age t of a customer with predictors x is
 *
 *      h(t | x) = h0(t) exp(b'(x - reference))
 *
 *  where nothing is assumed about h0, the hazard of the reference customer. exp(b) is a **hazard ratio**: 1.3 means that with one
 *  unit more of the predictor, everything else being equal, 30 % more leave at any moment of those still there.
 *
 *      double months[] = {2, 3, 5, 6, 8, 9, 11, 12}, tickets[] = {3, 1, 2, 0, 1, 2, 0, 0};
 *      uint8_t left[] = {1, 1, 1, 0, 1, 1, 0, 0};
 *      const double *column[] = {tickets};
 *      retain_cox_rows rows = {.durations = {8, months, left, NULL, NULL}, .predictors = {8, 1, column, 0}};
 *      retain_cox_summary summary = {.struct_size = sizeof summary};
 *      retain_cox model;
 *      if (retain_cox_fit(NULL, &rows, NULL, &model, NULL, &summary) == RETAIN_OK)
 *          printf("%.2f times the hazard for each ticket\n", summary.hazard_ratio[0]);
 *
 *  Fitted is the **partial likelihood**: at each moment at which customers leave, which of those at risk (entry < t <= exit, of the same
 *  stratum) are they? D. R. Cox, JRSS B 34 (1972), 187-220. Moments at which several leave: B. Efron, JASA 72 (1977), 557-565; N. Breslow,
 *  JRSS B 34 (1972), 216-217.
 *
 *  **What changes with time.** Late deliveries, tickets and plans come and go. Then a customer has several rows, each (entry, exit] with
 *  the predictors as they were known **at its entry**, and `event` in the last one (or in several, of what may happen again, such as
 *  orders: with robust errors); `customer` names who it is, rows of one must not overlap. Predictors that look ahead (orders of the
 *  whole period, say) foretell nothing. Rows of a log of orders: retain/features_durations.h.
 *
 *  **Strata.** Groups with hazards of their own (countries, plans), whose customers are compared with each other only: for what is
 *  to be kept out without supposing that its hazards are proportional.
 *
 *  **Robust standard errors** hold when rows are not independent (several of one customer, `customer` being the cluster), or
 *  weights stand for something other than identical rows (D. Y. Lin, L. J. Wei, JASA 84 (1989), 1074-1078).
 *
 *  Weights are case weights as in R's coxph: a row of weight w counts w times; of moments at which several leave every one counts with their mean
 *  weight in Efron's method. Rows of weight 0 are not there.
 *
 *  Verdicts (retain/fit.h): **boundary** when the likelihood still rises as a coefficient grows without limit, because all who left (or none of
 *  them) had the largest value among those at risk; **ridge** for a predictor that is constant, or follows from others, among those at risk;
 *  **too little data** without a single event that had others at risk. With `coefficient_sd` all but the last are determined.
 *
 *  Common errors: RETAIN_ERROR_DATA for a row that breaks the rules of durations or predictors (none may be missing); RETAIN_ERROR_ARGUMENT;
 *  RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED. Results do not depend on the number of threads.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Most predictors that a regression takes. */
#define RETAIN_COX_PREDICTORS 40

/** What is done about events at the same moment. */
typedef enum retain_cox_ties {
    RETAIN_COX_EFRON = 0,  /**< close to what unknown order among them would give */
    RETAIN_COX_BRESLOW = 1 /**< each as if all of them were still there: too near to 0 where many tie */
} retain_cox_ties;

/** Rows: durations with what is known of each. */
typedef struct retain_cox_rows {
    retain_durations durations;   /**< how long, and whether they ended; in any unit of time */
    retain_predictors predictors; /**< of the same rows; 1 to RETAIN_COX_PREDICTORS columns, no NaN */
    const int64_t *stratum;       /**< [count] codes in [0, strata); NULL: one stratum */
    size_t strata;                /**< 1 to 1024; not read without `stratum` */
    const int64_t *customer;      /**< [count] whose row it is; NULL: each is a customer of its own */
} retain_cox_rows;

/** A fitted regression. */
typedef struct retain_cox {
    size_t predictors;                         /**< of them, 1 to RETAIN_COX_PREDICTORS */
    retain_cox_ties ties;                      /**< as fitted */
    double coefficient[RETAIN_COX_PREDICTORS]; /**< b: logarithms of hazard ratios */
    double reference[RETAIN_COX_PREDICTORS];   /**< predictors of the reference customer: the weighted means of the rows */
} retain_cox;

/** What to change about a fit. NULL or zeros after struct_size mean the defaults. */
typedef struct retain_cox_options {
    size_t struct_size;    /**< sizeof(retain_cox_options) */
    retain_cox_ties ties;  /**< Efron by default */
    int robust;            /**< 1: standard errors, limits and tests of coefficients from the spread of the rows (of customers) */
    int iterations;        /**< most Newton steps; 0 means 200 */
    double level;          /**< two-sided level of the limits, in (0, 1); 0 means 0.95 */
    double coefficient_sd; /**< > 0: a normal prior of mean 0 on coefficients times scale, as in retain_fit_options */
    const double *fixed;   /**< optional [predictors] value at which a coefficient is held; NaN where it is estimated */
} retain_cox_options;

/** What a fit says about the predictors, beside its report. */
typedef struct retain_cox_summary {
    size_t struct_size;         /**< sizeof(retain_cox_summary) */
    size_t predictors;          /**< beyond them the arrays below hold NaN */
    double events;              /**< rows that ended, weights counting */
    double log_likelihood_null; /**< partial, with all coefficients 0 */
    double log_likelihood;      /**< partial, at the coefficients */
    double degrees;             /**< of freedom of the three tests that all estimated coefficients are 0 */
    double likelihood_ratio;    /**< 2 (log_likelihood - log_likelihood_null) */
    double likelihood_ratio_p;  /**< its p-value; NaN with a prior or held coefficients, or without an interior maximum */
    double score;               /**< slope at 0 against curvature there: of one group and no ties, the log-rank test */
    double score_p;             /**< its p-value */
    double wald;                /**< coefficients against their covariance (the robust one if asked for) */
    double wald_p;              /**< its p-value */
    double concordance;         /**< share of pairs in which who left first had the higher hazard, Harrell's C; 0.5: by chance */
    double pairs;               /**< so many pairs it rests on, of the same stratum and at risk together */
    double hazard_ratio[RETAIN_COX_PREDICTORS];      /**< exp(coefficient), per unit of the predictor */
    double hazard_ratio_low[RETAIN_COX_PREDICTORS];  /**< its lower limit */
    double hazard_ratio_high[RETAIN_COX_PREDICTORS]; /**< its upper limit */
    double z[RETAIN_COX_PREDICTORS];                 /**< coefficient / standard error */
    double p_value[RETAIN_COX_PREDICTORS];           /**< two-sided chance of a z at least as large, were the coefficient 0 */
    double plain_error[RETAIN_COX_PREDICTORS];       /**< standard errors from the curvature, also where robust ones are reported */
    double spread[RETAIN_COX_PREDICTORS];            /**< standard deviation of the predictor, rows counting by weight */
} retain_cox_summary;

/** Fits a regression.
 *
 *  @param rows     at least one; a customer's rows may not overlap
 *  @param options  NULL for the defaults
 *  @param model    receives the coefficients, whatever the verdict; NaN with too little data
 *  @param report   optional; entries are coefficients. Its log_likelihood is the partial one, `customers` the sum of weights, `aic` and `bic`
 *                  (of events, not rows) compare models of the same rows. With `robust` errors, limits and covariance are the robust ones
 *  @param summary  optional
 *  @return RETAIN_OK; RETAIN_ERROR_CONVERGENCE unless the verdict is "converged", with the outputs written; see above
 *
 *  Cost: O(rows) to sort, O(rows * predictors^2) an iteration, of which there are about 5; O(rows log rows) for the concordance. Scratch: 8 (predictors + 8)
 *  bytes a row and 64 more while sorting. */
RETAIN_API retain_status retain_cox_fit(retain_context *ctx, const retain_cox_rows *rows, const retain_cox_options *options,
                                        retain_cox *model, retain_fit_report *report, retain_cox_summary *summary);

/** The linear predictor b'(x - reference), and the hazard beside that of the reference customer, of each row.
 *
 *  @param covariance  [predictors * predictors] of the coefficients, as in the report; NULL without limits
 *  @param level       two-sided level of the limits, in (0, 1); 0 means 0.95
 *  @param logarithm   [count] receives b'(x - reference); NaN where a predictor is
 *  @param ratio       [count] receives its exponential, the relative risk
 *  @param low, high   [count] receive the limits of the ratio. Each output may be NULL */
RETAIN_API retain_status retain_cox_risk(retain_context *ctx, const retain_cox *model, const retain_predictors *predictors,
                                         const double *covariance, double level, double *logarithm, double *ratio, double *low,
                                         double *high);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

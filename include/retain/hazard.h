/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_HAZARD_H
#define RETAIN_HAZARD_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"
#include "retain/durations.h"
#include "retain/predictors.h"

/** @defgroup hazard Discrete-time hazard
 *  @brief Who leaves in the next month, by age and by what is known of them?
 *
 *  Shops with subscriptions count time in periods: months, renewals. The hazard of period j is the probability that a customer leaves
 *  in it, given that they were there when it began:
 *
 *      link(h_j(x)) = baseline_j + coefficient'(x - reference)
 *
 *  How the risk runs with age is left open, a number for each period (or group of periods); what is known of customers moves it up or down.
 *  With the **logit** link, log(h / (1 - h)), this is logistic regression on a row for each customer and period (D. R. Cox, JRSS B 34
 *  (1972), 187-220, section 6; P. Allison, Sociological Methodology 13 (1982)); exp(coefficient) is an odds ratio. With the
 *  **complementary log-log** link, log(-log(1 - h)), it is Cox regression of which whole periods only are known (R. Prentice, L. Gloeckler,
 *  Biometrics 34(1) (1978)); exp(coefficient) is a hazard ratio, whatever the length of periods.
 *
 *      double months[] = {2, 3, 5, 6, 2, 3, 6, 6}, tickets[] = {3, 1, 2, 0, 1, 2, 0, 0};
 *      uint8_t left[] = {1, 1, 1, 0, 0, 1, 1, 0};
 *      const double *column[] = {tickets};
 *      retain_durations durations = {8, months, left, NULL, NULL};
 *      retain_predictors predictors = {8, 1, column, 0};
 *      retain_hazard_options options = {.struct_size = sizeof options, .l2 = 1.0};
 *      retain_hazard model;
 *      retain_hazard_fit(NULL, &durations, &predictors, NULL, &options, &model, NULL, NULL, NULL);
 *
 *  **Periods.** Durations are whole numbers of periods. A row that ended at `exit` left in period `exit`, the first being 1; one that did not
 *  has completed so many and is still there. A row is at risk in the periods after `entry` up to `exit`. Rows that have completed none
 *  say nothing. No table with a row for each customer and period is ever made.
 *
 *  **What changes with time** is given in several rows of a customer, each (entry, exit] with what was known **at its entry**, as in Cox
 *  regression (retain/cox.h); `event` in the last one at most; rows of one customer must not overlap.
 *
 *  **Periods in which nobody left**, or all did, have a hazard of 0 or 1, and no finite baseline. Such periods share one hazard with the
 *  following ones (the last with those before); the report says which. Or give the groups yourself, or ask for more events in each,
 *  or for `smoothing`, which holds each group near its neighbours and asks for no events.
 *
 *  **Missing values**, **penalties** and **what the data must tell** are as in logistic regression (retain/logistic.h): a missing value has a
 *  coefficient of its own; penalties are per standard deviation and never on the baseline; without them, predictors that tell without
 *  exception who leaves, or depend on each other, are named. Tests and limits suppose that customers do not depend on each other.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Most groups of periods. */
#define RETAIN_HAZARD_GROUPS 256

/** Last period that there may be. */
#define RETAIN_HAZARD_PERIODS 1000000

/** Scale on which predictors add up. */
typedef enum retain_hazard_link {
    RETAIN_HAZARD_LOGIT = 0,                /**< log odds */
    RETAIN_HAZARD_COMPLEMENTARY_LOG_LOG = 1 /**< logarithm of the cumulative hazard of a period */
} retain_hazard_link;

/** A fitted model. */
typedef struct retain_hazard {
    retain_hazard_link link;                    /**< scale on which predictors add up */
    size_t groups;                              /**< 1 to RETAIN_HAZARD_GROUPS */
    size_t columns;                             /**< of the predictors, 0 to RETAIN_PREDICTORS_MOST */
    double until[RETAIN_HAZARD_GROUPS];         /**< [groups] last period of each, rising: the first group begins with period 1 */
    double baseline[RETAIN_HAZARD_GROUPS];      /**< [groups] of the reference customer, on the scale of the link */
    double coefficient[RETAIN_PREDICTORS_MOST]; /**< [columns] per unit */
    double missing[RETAIN_PREDICTORS_MOST];     /**< [columns] what a missing value adds; NaN where the fit had none */
    double reference[RETAIN_PREDICTORS_MOST];   /**< [columns] weighted means of the rows; missing values count as these */
} retain_hazard;

/** What to change about a fit. NULL or zeros after struct_size mean the defaults. */
typedef struct retain_hazard_options {
    size_t struct_size;      /**< sizeof(retain_hazard_options) */
    retain_hazard_link link; /**< logit by default */
    double l2;               /**< >= 0: penalty on squares of coefficients per standard deviation; 0: none */
    double l1;               /**< >= 0: penalty on their sizes, which makes some 0 (no errors or limits then); 0: none */
    double smoothing;        /**< >= 0: penalty on half the squared difference of the baselines of neighbouring groups; 0: none */
    double least_events;     /**< >= 0: groups are as small as they can be with so much weight of events; 0: at least one event */
    const double
        *until;     /**< optional [groups] last period of each group, rising; NULL: they are formed as retain_hazard_periods does */
    size_t groups;  /**< of them; not read without `until` */
    double level;   /**< two-sided level of the limits, in (0, 1); 0 means 0.95 */
    int iterations; /**< most Newton steps; 0 means 100 */
} retain_hazard_options;

/** How a fit ended. Numbers and meaning are those of retain_logistic_verdict. */
typedef enum retain_hazard_verdict {
    RETAIN_HAZARD_NONE = 0,            /**< no fit was made */
    RETAIN_HAZARD_CONVERGED = 1,       /**< the optimum: the only success */
    RETAIN_HAZARD_SEPARATED = 2,       /**< predictors tell all who leave in a period from all who do not */
    RETAIN_HAZARD_QUASI_SEPARATED = 3, /**< they do so for some */
    RETAIN_HAZARD_COLLINEAR = 4,       /**< a column is a combination of others; it was left out of the model given */
    RETAIN_HAZARD_ONE_CLASS = 5,       /**< nobody left, or everybody at once: there is no model, all of it is NaN */
    RETAIN_HAZARD_TOO_LITTLE_DATA = 6, /**< nobody was at risk: no model either */
    RETAIN_HAZARD_STOPPED = 7          /**< iterations ran out, or numbers are beyond arithmetic */
} retain_hazard_verdict;

/** Length of an explanation, its final zero included. */
#define RETAIN_HAZARD_EXPLANATION 480

/** What there is to say about a fit as a whole. */
typedef struct retain_hazard_report {
    size_t struct_size;            /**< sizeof(retain_hazard_report) */
    retain_hazard_verdict verdict; /**< how it ended */
    size_t rows;                   /**< rows that were at risk in some period */
    double customers;              /**< sum of their weights */
    double periods;                /**< periods in which they were at risk, weights counting */
    double events;                 /**< weight of those who left */
    size_t missing;                /**< columns that have missing values */
    int iterations;                /**< Newton steps */
    int evaluations;               /**< passes over all rows */
    double log_likelihood;         /**< at the model */
    double null_log_likelihood;    /**< of the groups without predictors */
    double objective;              /**< what was minimised: penalties - log L */
    double gradient_norm;          /**< largest |derivative| of it, per row and standard deviation */
    double degrees; /**< effective number of coefficients and baselines: trace of H (H + penalty)^-1; with l1 those not 0 */
    char explanation[RETAIN_HAZARD_EXPLANATION]; /**< the verdict in words; columns by number, from 0 */
} retain_hazard_report;

/** Initial value of a report. */
#define RETAIN_HAZARD_REPORT_INIT                                                                             \
    {                                                                                                         \
        sizeof(retain_hazard_report), RETAIN_HAZARD_NONE, 0, 0.0, 0.0, 0.0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, \
        {                                                                                                     \
            0                                                                                                 \
        }                                                                                                     \
    }

/** One entry for each group, then for each column, then for `missing` of each column: the caller's arrays [groups + 2 columns], NULL where not
 *  wanted. Entries that were not estimated have NaN for all but coefficient and kind. */
typedef struct retain_hazard_effects {
    uint8_t *kind;          /**< as retain_logistic_kind: estimated, constant, combined, separating, absent */
    double *coefficient;    /**< baseline or coefficient, on the scale of the link */
    double *standard_error; /**< from the second derivatives of the objective */
    double *low;            /**< lower limit of the coefficient */
    double *high;           /**< upper limit */
    double *p_value;        /**< Wald test of coefficient = 0, two-sided; NaN for a baseline */
    double *scale;          /**< standard deviation of the column (of being missing) over rows; NaN for a baseline */
    double *ratio;          /**< exp(coefficient): odds ratio, or hazard ratio; NaN for a baseline */
} retain_hazard_effects;

/** The groups of periods that a fit uses, with the life table: who was at risk in them, and who left.
 *
 *  @param options  those of the fit; NULL for the defaults
 *  @param groups   receives their number
 *  @param until    [RETAIN_HAZARD_GROUPS] receives the last period of each. May be NULL, as the others
 *  @param at_risk  [RETAIN_HAZARD_GROUPS] receives the periods at risk in each, weights counting; events / at_risk is the hazard without
 *                  predictors, and the product of (1 - hazard) over periods the Kaplan-Meier curve
 *  @param events   [RETAIN_HAZARD_GROUPS] receives the weight of those who left
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a duration that is no whole number of periods, for a group given that has no finite baseline, or
 *          for more than RETAIN_HAZARD_GROUPS groups; RETAIN_ERROR_ARGUMENT, RETAIN_ERROR_MEMORY. Cost: O(rows + periods); 64 bytes of
 *          scratch a period. */
RETAIN_API retain_status retain_hazard_periods(retain_context *ctx, const retain_durations *durations,
                                               const retain_hazard_options *options, size_t *groups, double *until, double *at_risk,
                                               double *events);

/** Fits a model by maximum likelihood.
 *
 *  @param durations   rows, in whole periods; an event at 0 is an error
 *  @param predictors  of the same rows; 0 to RETAIN_PREDICTORS_MOST columns; NaN where not known
 *  @param customer    [count] whose row it is: rows of one must not overlap; NULL: each is a customer of its own
 *  @param options     NULL for the defaults
 *  @param model       receives the model
 *  @param report      may be NULL
 *  @param effects     arrays to fill; may be NULL
 *  @param covariance  [(groups + 2 columns)^2] of the entries: NaN where not identified, 0 for entries that are left out or absent; may be NULL
 *  @return RETAIN_OK for the optimum only; RETAIN_ERROR_CONVERGENCE otherwise, with everything written; RETAIN_ERROR_DATA for a row that
 *          breaks a rule, or a group given in which nobody left, or everybody; RETAIN_ERROR_ARGUMENT, RETAIN_ERROR_MEMORY,
 *          RETAIN_ERROR_CANCELLED
 *  Newton's method with exact second derivatives. Cost of each of about 6 passes: O(groups at risk * columns) a row for the baseline, O(columns^2)
 *  for the rest; scratch of some MiB, whatever the count. Same bits for any number of threads. */
RETAIN_API retain_status retain_hazard_fit(retain_context *ctx, const retain_durations *durations,
                                           const retain_predictors *predictors, const int64_t *customer,
                                           const retain_hazard_options *options, retain_hazard *model, retain_hazard_report *report,
                                           const retain_hazard_effects *effects, double *covariance);

/** Name of a verdict, such as "converged" or "separated"; static text. */
RETAIN_API const char *retain_hazard_verdict_name(retain_hazard_verdict verdict);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

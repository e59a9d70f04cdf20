/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_FIT_H
#define RETAIN_FIT_H

#include <stddef.h>
#include <stdint.h>

#include "retain/context.h"

/** @defgroup fit Fits
 *  @brief Can this fit be trusted, and how sure are its parameters?
 *
 *  Every `fit` of the library is a maximum-likelihood fit by a safeguarded Newton method on the logarithms of the parameters,
 *  with exact gradient and Hessian, and ends with a report. A fit is a success (RETAIN_OK) only when the optimum is in the
 *  interior and the data identify it: the gradient is zero to rounding and the curvature is that of a maximum. Everything
 *  else returns RETAIN_ERROR_CONVERGENCE and a verdict, **with the model and the report written all the same**, so that a
 *  caller can look, and can decide to use, say, a model that ended on a boundary.
 *
 *      retain_fit_report report = RETAIN_FIT_REPORT_INIT;
 *      retain_btyd model;
 *      if (retain_btyd_fit(&context, RETAIN_BTYD_BG_NBD, &customers, NULL, &model, &report) != RETAIN_OK)
 *          puts(report.explanation);        // "The likelihood of BG/NBD still rises as a falls to 0: ..."
 *
 *  What the data identify: a direction in the space of the parameters' logarithms is **flat** when its standard error is above
 *  10 (a factor of 22,000), or its curvature below 1e-13 of the largest. Where the likelihood falls by 0.01 to one side of a
 *  flat direction only, however far one goes, the verdict is a boundary; otherwise a ridge. Parameters that a flat direction
 *  moves have no standard error. An interior maximum is called a ridge too when the 95 % interval of a parameter spans more than
 *  a factor of 1000 (a standard error of its logarithm above 1.76): that is no knowledge of it. Its standard error and limits are
 *  given then, for they say how little is known. Forecasts differ little along a ridge, and can be used. Coefficients of
 *  covariates (retain/btyd.h) are no logarithms: their intervals are symmetric, they may have either sign, and a wide interval
 *  around 0 is an answer and no ridge; flat they are in the same sense as parameters, as effects on the logarithms of parameters.
 *
 *  **Priors.** With `prior_sd` or `coefficient_sd` a fit looks for the highest log L - penalty instead: the sum of squares of
 *  (log parameter - log centre) / prior_sd and of (scaled coefficient) / coefficient_sd, halved. That is the density of normal
 *  distributions but for constants, put on the summed log-likelihood: it counts like a fixed number of customers, however many
 *  there are, and the unit of time has no say. A handful of customers then get a sane answer: standard deviations of 1 to 2 say
 *  that parameters lie within a factor of about 50 of their centre. Standard errors are from the curvature of log L - penalty.
 *
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Most numbers that a fit of the library reports: parameters and coefficients. */
#define RETAIN_FIT_PARAMETERS 40

/** Length of an explanation, its final zero included. */
#define RETAIN_FIT_EXPLANATION 320

/** How a fit ended. */
typedef enum retain_fit_verdict {
    RETAIN_FIT_NONE = 0,            /**< no fit was made */
    RETAIN_FIT_CONVERGED = 1,       /**< an interior maximum that the data identify: the only success */
    RETAIN_FIT_BOUNDARY = 2,        /**< log L rises towards a parameter of 0 or infinity; the model given is nearly that limit */
    RETAIN_FIT_RIDGE = 3,           /**< the data leave a parameter open, alone or with others: the model given is one of many */
    RETAIN_FIT_TOO_LITTLE_DATA = 4, /**< fewer rows, or less variety in them, than parameters need */
    RETAIN_FIT_STOPPED = 5          /**< nothing above can be said: iterations ran out, or a row is beyond arithmetic */
} retain_fit_verdict;

/** What to change about a fit. NULL or zeros after struct_size mean the defaults. */
typedef struct retain_fit_options {
    size_t struct_size; /**< sizeof(retain_fit_options) */
    int iterations;     /**< most Newton steps; 0 means 200 */
    double level;       /**< two-sided level of the intervals in the report, in (0, 1); 0 means 0.95 */
    /** > 0: standard deviation of a normal prior on the logarithms of the parameters; 0: none. With covariates it is put on the
     *  parameters of the average customer, whose covariates are the means of all */
    double prior_sd;
    /** > 0: standard deviation of a normal prior, of mean 0, on coefficients times the scale of their covariate: the difference of
     *  the two values where there are but two, otherwise two standard deviations (Gelman, Jakulin, Pittau & Su 2008, Annals of
     *  Applied Statistics 2(4)); 0: none */
    double coefficient_sd;
    /** optional [parameters] where the prior has its centre, > 0; NULL means 1 for shapes, and for parameters with a unit of time
     *  the mean age T of the customers (or one by it) */
    const double *prior_centre;
    /** optional [entries of the report] value at which a parameter or coefficient is held; NaN where it is estimated */
    const double *fixed;
    const uint8_t *purchase; /**< optional [covariates] 1: it enters the purchase process; NULL: all do */
    const uint8_t *lifetime; /**< optional [covariates] 1: it enters the lifetime process, which NBD has not; NULL: all do */
    const uint8_t *equal;    /**< optional [covariates] 1: it has one coefficient in both processes; NULL: none has */
    int k;                   /**< families with a k only (retain/btyd.h): it is given; 0 means chosen by likelihood. Others: 0 */
} retain_fit_options;

/** How an entry of a report came about. */
typedef enum retain_fit_kind {
    RETAIN_FIT_ESTIMATED = 0, /**< by the data, and the prior if there is one */
    RETAIN_FIT_HELD = 1,      /**< held: at the value given, or at 0 because it was left out. Its standard error is 0 */
    RETAIN_FIT_EQUAL = 2      /**< equal to the purchase coefficient of the same covariate */
} retain_fit_kind;

/** What there is to say about a fit. Entries are the parameters in the order of the model's documentation (r, alpha, s, beta ...);
 *  where there are m covariates, then their m coefficients of the purchase process and the m of the lifetime process. */
typedef struct retain_fit_report {
    size_t struct_size;         /**< sizeof(retain_fit_report) */
    retain_fit_verdict verdict; /**< how it ended */
    size_t parameters;          /**< number of entries: parameters and coefficients; beyond it the arrays below hold NaN */
    size_t rows;                /**< rows used */
    double customers;           /**< sum of their weights, n */
    int iterations;             /**< Newton steps taken */
    int evaluations;            /**< times the likelihood of all rows was computed, from all starts */
    double log_likelihood;      /**< at the parameters returned */
    double aic;                 /**< 2 k - 2 log L (Akaike 1974), k = estimated; NaN with a prior */
    double bic;                 /**< k log n - 2 log L (Schwarz 1978); NaN with a prior */
    double gradient_norm;       /**< largest |d log L / d log parameter| per customer (of the objective): 0 at an optimum */
    double condition; /**< ratio of the largest to the smallest curvature in log-parameters; infinite where a direction is flat */
    double estimate[RETAIN_FIT_PARAMETERS]; /**< the parameters */
    /** Of each parameter, from the observed information; NaN in a direction that the data do not identify. */
    double standard_error[RETAIN_FIT_PARAMETERS];
    double low[RETAIN_FIT_PARAMETERS];  /**< lower limit of each parameter: normal on the log scale, hence positive */
    double high[RETAIN_FIT_PARAMETERS]; /**< upper limit of each parameter */
    /** Of the parameters, entry (i, j) at [i * parameters + j]; NaN where not identified. */
    double covariance[RETAIN_FIT_PARAMETERS * RETAIN_FIT_PARAMETERS];
    char explanation[RETAIN_FIT_EXPLANATION]; /**< the verdict in words */
    double objective;                         /**< what was maximised: log L - penalty; log L itself without a prior */
    size_t estimated;                         /**< entries that were estimated freely, k */
    size_t coefficients;                      /**< entries that are coefficients: the last ones */
    int has_prior;                            /**< 1: a prior was used */
    uint64_t data; /**< below 2^53, the same for the same family and customers, in any order; 0 where fits cannot be compared */
    uint8_t kind[RETAIN_FIT_PARAMETERS]; /**< retain_fit_kind of each entry */
} retain_fit_report;

/** Initial value of a report. */
#define RETAIN_FIT_REPORT_INIT                                                                                                   \
    {                                                                                                                            \
        sizeof(retain_fit_report), RETAIN_FIT_NONE, 0, 0, 0.0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, {0.0}, {0.0}, {0.0}, {0.0}, {0.0}, \
            {0}, 0.0, 0, 0, 0, 0,                                                                                                \
        {                                                                                                                        \
            0                                                                                                                    \
        }                                                                                                                        \
    }

/** The likelihood-ratio test: do the data ask for what the full model estimates and the restricted one does not?
 *
 *  @param restricted  report of the model in which some entries of the full one are held at a value, left out or equal. It may also
 *                     be of a fit without covariates
 *  @param full        report of the model in which they are estimated
 *  @param statistic   receives 2 (log L of the full model - log L of the restricted one), never below 0
 *  @param degrees     receives the degrees of freedom: the number of entries by which they differ
 *  @param p_value     receives the chance of a statistic at least so large where the restricted model holds: chi-squared, for many
 *                     customers (S. S. Wilks 1938, Annals of Mathematical Statistics 9(1)). Any output may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for models that are not nested, reports of different families or customers, fits that
 *          are no interior maximum or had a prior
 *
 *  Where fits ended on a boundary or a ridge the distribution of the statistic is not known. Of a young shop that nobody seems to leave
 *  compare two fits of the limiting model: NBD, or this family with s (or a) held at 1e-10 and beta (or b) at 1 in both. Holding them
 *  where one fit ended will not do: the other could be higher elsewhere, and the statistic would be too large.
 *
 *  Not for values at the edge of what is possible, such as nobody ever leaving: there the statistic is 0 half of the time and the
 *  p-value about twice too large. That is also why families are not compared: NBD is Pareto/NBD at such an edge. */
RETAIN_API retain_status retain_fit_likelihood_ratio(retain_context *ctx, const retain_fit_report *restricted,
                                                     const retain_fit_report *full, double *statistic, size_t *degrees,
                                                     double *p_value);

/** Is this the covariance of a fit? For one that was kept in a file or a database, before limits are made of it.
 *
 *  @param entries     parameters and coefficients, 1 to RETAIN_FIT_PARAMETERS
 *  @param covariance  [entries * entries], as in a report: NaN where the data leave it open
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT, with the place, where it is infinite, not symmetric, open though both variances are known,
 *          or no covariance because some combination of the entries would have a variance below 0 (rounding is allowed for) */
RETAIN_API retain_status retain_fit_covariance(retain_context *ctx, size_t entries, const double *covariance);

/** Name of a verdict, such as "converged" or "boundary"; static text. */
RETAIN_API const char *retain_fit_verdict_name(retain_fit_verdict verdict);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

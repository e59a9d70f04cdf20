/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_FIT_H
#define RETAIN_FIT_H

#include <stddef.h>

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
 *  given then, for they say how little is known. Forecasts differ little along a ridge, and can be used.
 *
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Most parameters that a model of the library has. */
#define RETAIN_FIT_PARAMETERS 8

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
} retain_fit_options;

/** What there is to say about a fit. Parameters are in the order of the model's documentation (r, alpha, s, beta ...). */
typedef struct retain_fit_report {
    size_t struct_size;         /**< sizeof(retain_fit_report) */
    retain_fit_verdict verdict; /**< how it ended */
    size_t parameters;          /**< number of parameters, k; entries beyond it are NaN in the arrays below */
    size_t rows;                /**< rows used */
    double customers;           /**< sum of their weights, n */
    int iterations;             /**< Newton steps taken */
    int evaluations;            /**< times the likelihood of all rows was computed */
    double log_likelihood;      /**< at the parameters returned */
    double aic;                 /**< 2 k - 2 log L (Akaike 1974) */
    double bic;                 /**< k log n - 2 log L (Schwarz 1978) */
    double gradient_norm;       /**< largest |d log L / d log parameter| per customer: 0 at an optimum */
    double condition; /**< ratio of the largest to the smallest curvature in log-parameters; infinite where a direction is flat */
    double estimate[RETAIN_FIT_PARAMETERS]; /**< the parameters */
    /** Of each parameter, from the observed information; NaN in a direction that the data do not identify. */
    double standard_error[RETAIN_FIT_PARAMETERS];
    double low[RETAIN_FIT_PARAMETERS];  /**< lower limit of each parameter: normal on the log scale, hence positive */
    double high[RETAIN_FIT_PARAMETERS]; /**< upper limit of each parameter */
    /** Of the parameters, entry (i, j) at [i * parameters + j]; NaN where not identified. */
    double covariance[RETAIN_FIT_PARAMETERS * RETAIN_FIT_PARAMETERS];
    char explanation[RETAIN_FIT_EXPLANATION]; /**< the verdict in words */
} retain_fit_report;

/** Initial value of a report. */
#define RETAIN_FIT_REPORT_INIT                                                                                                   \
    {                                                                                                                            \
        sizeof(retain_fit_report), RETAIN_FIT_NONE, 0, 0, 0.0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, {0.0}, {0.0}, {0.0}, {0.0}, {0.0}, \
        {                                                                                                                        \
            0                                                                                                                    \
        }                                                                                                                        \
    }

/** Name of a verdict, such as "converged" or "boundary"; static text. */
RETAIN_API const char *retain_fit_verdict_name(retain_fit_verdict verdict);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_DRAWS_H
#define RETAIN_DRAWS_H

#include <stddef.h>
#include <stdint.h>

#include "retain/fit.h"

/** @defgroup draws Draws
 *  @brief Can these draws be trusted, and what do they say of the parameters?
 *
 *  Draws are a plain array, a row of numbers for each of many models that could be true: the logarithms of the parameters, then the
 *  coefficients where there are any. They come from a posterior distribution or a bootstrap, of buy-till-you-die models
 *  (retain/btyd_draws.h) and of contract models (retain/contract_draws.h), each with a report; here is what all of them have in common.
 *
 *      retain_drawn drawn[4];
 *      retain_draws_summary(&context, draws, 4, 4, 4, 1000, 0.95, drawn);    // four chains of 1000 draws of four parameters
 *
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Can draws be trusted? */
typedef enum retain_draws_verdict {
    RETAIN_DRAWS_NONE = 0,      /**< there are none */
    RETAIN_DRAWS_CONVERGED = 1, /**< yes: the only success */
    RETAIN_DRAWS_APART = 2,     /**< posterior: chains disagree, an R-hat is 1.01 or more, or a chain stands still */
    RETAIN_DRAWS_FEW = 3,       /**< posterior: chains agree, but tell less than 100 independent draws each would */
    RETAIN_DRAWS_DIVERGENT = 4, /**< posterior: more than 1 of 1000 trajectories broke off; a corner may be missing */
    RETAIN_DRAWS_UNSTEADY = 5,  /**< bootstrap: more than 1 of 20 refits found no interior maximum that the data identify */
    RETAIN_DRAWS_LACK = 6       /**< there is too little data to begin */
} retain_draws_verdict;

/** What there is to say about draws. Fields that a source does not have are 0 or NaN. */
typedef struct retain_draws_report {
    size_t struct_size;           /**< sizeof(retain_draws_report) */
    retain_draws_verdict verdict; /**< how it ended */
    size_t entries;               /**< numbers of a draw */
    size_t draws;                 /**< rows written, of all chains */
    size_t divergences;           /**< posterior: trajectories that broke off, after the warm-up */
    size_t failed;                /**< bootstrap: refits that ended nowhere; their rows are NaN */
    size_t
        open; /**< bootstrap: refits that ended on a boundary or a ridge; their rows hold where, for forecasts from there are sound */
    size_t evaluations;                       /**< of the likelihood of all rows */
    double acceptance;                        /**< posterior: mean chance of acceptance, about 0.9 */
    double r_hat;                             /**< posterior: the worst of all entries */
    double ess_bulk;                          /**< posterior: the least of all entries */
    double ess_tail;                          /**< posterior: the least of all entries */
    double prior_sd;                          /**< that was used; 0: none */
    double coefficient_sd;                    /**< that was used; 0: none */
    char explanation[RETAIN_FIT_EXPLANATION]; /**< the verdict in words */
} retain_draws_report;

/** Initial value of a report. */
#define RETAIN_DRAWS_REPORT_INIT                                                                        \
    {                                                                                                   \
        sizeof(retain_draws_report), RETAIN_DRAWS_NONE, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, \
        {                                                                                               \
            0                                                                                           \
        }                                                                                               \
    }

/** What draws say about one parameter or coefficient. */
typedef struct retain_drawn {
    double mean;      /**< of the parameter, or coefficient */
    double deviation; /**< standard deviation: the Bayesian, or bootstrap, standard error */
    double median;    /**< half of the draws are below it */
    double low;       /**< lower limit: a quantile */
    double high;      /**< upper limit: a quantile */
    double error;     /**< Monte Carlo standard error of the mean: how far more draws could move it */
    double r_hat;     /**< of the chains; below 1.01 where they agree; NaN for what is held, and for a bootstrap */
    double ess_bulk;  /**< effective sample size in the middle */
    double ess_tail;  /**< effective sample size at the 5 % and 95 % quantiles */
} retain_drawn;

/** Sums draws up, entry by entry. Of draws that are independent, a bootstrap's, say `chains` is 0: then there is no R-hat.
 *
 *  @param parameters  of the entries, the first ones are logarithms of parameters: retain_btyd_parameters(family)
 *  @param entries     numbers of a draw, 1 to RETAIN_FIT_PARAMETERS
 *  @param draws       of each chain, or of all where `chains` is 0
 *  @param level       two-sided, in (0, 1), of the limits
 *  @param drawn       [entries]. Cost: O(chains * draws) an entry, and a sort */
RETAIN_API retain_status retain_draws_summary(retain_context *ctx, const double *values, size_t parameters, size_t entries,
                                              size_t chains, size_t draws, double level, retain_drawn *drawn);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

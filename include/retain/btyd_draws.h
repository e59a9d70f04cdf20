/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_BTYD_DRAWS_H
#define RETAIN_BTYD_DRAWS_H

#include "retain/btyd_interval.h"

/** @defgroup btyd_draws Draws of the parameters
 *  @brief Which models could have made these customers, and what does each of them foretell?
 *
 *  A fit gives one model, and the delta method (retain/btyd_interval.h) a normal distribution about it. With few customers, near a
 *  boundary or along a ridge that picture is wrong. Draws need no picture: a plain array of parameters, a row for each of many models
 *  that could be true, from one of three sources:
 *
 *  - **posterior**: what is known after the customers are seen, given a prior. For any number of customers, even few or none who returned
 *  - **bootstrap**: what a fit would have found among other customers of the same kind. Needs no prior, but a fit that works
 *  - **normal**: the picture of the delta method, for comparison
 *
 *  The same functions turn draws of any source into answers: a summary of each parameter, any question about every customer, totals.
 *
 *      enum { CHAINS = 4, DRAWS = 1000, PARAMETERS = 4 };
 *      static double draws[CHAINS * DRAWS * PARAMETERS];
 *      retain_btyd_draws_report told = RETAIN_BTYD_DRAWS_REPORT_INIT;
 *      retain_btyd_sum sum = {.struct_size = sizeof sum};
 *      retain_btyd_question quarter = {.struct_size = sizeof quarter, .quantity = RETAIN_BTYD_ORDERS, .to = 13.0};
 *      retain_btyd_posterior(&context, RETAIN_BTYD_BG_NBD, &customers, NULL, 1, CHAINS, DRAWS, &model, draws, &told);
 *      retain_btyd_draws_total(&context, &model, draws, CHAINS * DRAWS, &customers, &quarter, NULL, 0.95, &sum);
 *
 *  **What a row holds**: the logarithms of the parameters in the order of retain_btyd_parameter, then the coefficients of covariates,
 *  those of the purchase process first: entries = retain_btyd_parameters(family) + 2 covariates. A row that holds a NaN is a model that
 *  could not be had; the functions below leave it out.
 *
 *  **Priors** are those of retain/fit.h, normal on logarithms and scaled coefficients. The posterior needs a proper one, or there would
 *  be none where the data leave a parameter open: where the options say 0, prior_sd is 2 (95 in 100 parameters within a factor of 50 of
 *  their centre, whose default is of the data's own unit of time) and coefficient_sd is 1. The bootstrap takes the options as they are.
 *
 *  Everything is determined by the seed: the same for any number of threads, and any order of customers.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Can draws be trusted? */
typedef enum retain_btyd_draws_verdict {
    RETAIN_BTYD_DRAWS_NONE = 0,      /**< there are none */
    RETAIN_BTYD_DRAWS_CONVERGED = 1, /**< yes: the only success */
    RETAIN_BTYD_DRAWS_APART = 2,     /**< posterior: chains disagree, an R-hat is 1.01 or more, or a chain stands still */
    RETAIN_BTYD_DRAWS_FEW = 3,       /**< posterior: chains agree, but tell less than 100 independent draws each would */
    RETAIN_BTYD_DRAWS_DIVERGENT = 4, /**< posterior: more than 1 of 1000 trajectories broke off; a corner may be missing */
    RETAIN_BTYD_DRAWS_UNSTEADY = 5,  /**< bootstrap: more than 1 of 20 refits found no interior maximum that the data identify */
    RETAIN_BTYD_DRAWS_LACK = 6       /**< there is too little data to begin */
} retain_btyd_draws_verdict;

/** What there is to say about draws. Fields that a source does not have are 0 or NaN. */
typedef struct retain_btyd_draws_report {
    size_t struct_size;                /**< sizeof(retain_btyd_draws_report) */
    retain_btyd_draws_verdict verdict; /**< how it ended */
    size_t entries;                    /**< numbers of a draw */
    size_t draws;                      /**< rows written, of all chains */
    size_t divergences;                /**< posterior: trajectories that broke off, after the warm-up */
    size_t failed;                     /**< bootstrap: refits that ended nowhere; their rows are NaN */
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
} retain_btyd_draws_report;

/** Initial value of a report. */
#define RETAIN_BTYD_DRAWS_REPORT_INIT                                                                             \
    {                                                                                                             \
        sizeof(retain_btyd_draws_report), RETAIN_BTYD_DRAWS_NONE, 0, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, \
        {                                                                                                         \
            0                                                                                                     \
        }                                                                                                         \
    }

/** Draws from the posterior distribution.
 *
 *  Method: Hamiltonian Monte Carlo on what a fit searches (logarithms, scaled coefficients), with the normal approximation at the mode
 *  split off and followed exactly (Shahbaba et al. 2014): of a shop with many customers two evaluations a draw, each hardly dependent on
 *  the one before. Chains begin apart from each other, twice as wide as the curvature tells, and warm up for 500 iterations, which learn
 *  the length of steps (dual averaging, Hoffman & Gelman 2014) and the covariance.
 *
 *  @param customers, options  as for retain_btyd_fit; see above about priors
 *  @param seed    any number
 *  @param chains  1 to 64; 4 is usual, and needed to tell whether they agree
 *  @param draws   of each chain, 4 to 10^6; 1000 is usual
 *  @param model   receives the posterior mode, the fit with that prior; may be NULL
 *  @param values  [chains * draws * entries] receives the draws, chain by chain
 *  @param report  may be NULL
 *  @return RETAIN_OK when chains agree (R-hat below 1.01 and effective sample sizes of 100 a chain for every entry, bulk and tail: Vehtari
 *          et al. 2021) and at most 1 of 1000 trajectories broke off; otherwise RETAIN_ERROR_CONVERGENCE, with everything written all the same (NaN where
 *          there was too little data to begin: no customers, or no time in which they were seen).
 *  Cost: some 2 (500 + draws) evaluations of the likelihood a chain, more where the distribution is far from normal; chains on threads. */
RETAIN_API retain_status retain_btyd_posterior(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                                               const retain_fit_options *options, uint64_t seed, size_t chains, size_t draws,
                                               retain_btyd *model, double *values, retain_btyd_draws_report *report);

/** Draws by the bootstrap: refits to the customers, of whom each occurs a Poisson number of times, with mean 1.
 *
 *  Refits begin where the fit to the customers themselves ended. A row of weight w is w customers who are drawn on their own.
 *
 *  @param draws   number of refits, 1 to 10^6; 200 for a standard deviation, 1000 for limits
 *  @param model   receives the fit to the customers themselves; may be NULL
 *  @param values  [draws * entries] receives what the refits found
 *  @return RETAIN_OK; RETAIN_ERROR_CONVERGENCE where more than 1 of 20 refits failed or ended at no interior maximum (with everything
 *          written), or the fit to the customers could not begin (all NaN). Others as retain_btyd_fit.
 *  Cost: about 4 evaluations of the likelihood a draw; draws on threads, each with 8 bytes a distinct row. */
RETAIN_API retain_status retain_btyd_bootstrap(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                                               const retain_fit_options *options, uint64_t seed, size_t draws, retain_btyd *model,
                                               double *values, retain_btyd_draws_report *report);

/** Draws from the normal distribution of the delta method: that of logarithms and coefficients, with the fit's covariance.
 *
 *  @param covariance  as for retain_btyd_interval; refused where it has a NaN: there is no such distribution then
 *  @param draws       1 to 10^7
 *  @param values      [draws * entries] */
RETAIN_API retain_status retain_btyd_normal(retain_context *ctx, const retain_btyd *model, const double *covariance, uint64_t seed,
                                            size_t draws, double *values);

/** What draws say about one parameter or coefficient. */
typedef struct retain_btyd_drawn {
    double mean;      /**< of the parameter, or coefficient */
    double deviation; /**< standard deviation: the Bayesian, or bootstrap, standard error */
    double median;    /**< half of the draws are below it */
    double low;       /**< lower limit: a quantile */
    double high;      /**< upper limit: a quantile */
    double error;     /**< Monte Carlo standard error of the mean: how far more draws could move it */
    double r_hat;     /**< of the chains; below 1.01 where they agree; NaN for what is held, and for a bootstrap */
    double ess_bulk;  /**< effective sample size in the middle */
    double ess_tail;  /**< effective sample size at the 5 % and 95 % quantiles */
} retain_btyd_drawn;

/** Sums draws up, entry by entry. Of draws that are independent, a bootstrap's, say `chains` is 0: then there is no R-hat.
 *
 *  @param parameters  of the entries, the first ones are logarithms of parameters: retain_btyd_parameters(family)
 *  @param entries     numbers of a draw, 1 to RETAIN_FIT_PARAMETERS
 *  @param draws       of each chain, or of all where `chains` is 0
 *  @param level       two-sided, in (0, 1), of the limits
 *  @param drawn       [entries]. Cost: O(chains * draws) an entry, and a sort */
RETAIN_API retain_status retain_btyd_draws_summary(retain_context *ctx, const double *values, size_t parameters, size_t entries,
                                                   size_t chains, size_t draws, double level, retain_btyd_drawn *drawn);

/** Any question about every customer, answered by every draw.
 *
 *  @param model      of the family, with the unit of time and the number of covariates of the draws; its parameters are not read
 *  @param values     [draws * entries]; logarithms in [-230, 230]
 *  @param draws      rows of it, of all chains
 *  @param mean       [customers->count] mean of the answers, infinite where one of them is (and then without a deviation); may be NULL,
 *                    as the others
 *  @param deviation  standard deviation
 *  @param low, high  quantiles, of the two-sided `level`. Of expectations and probabilities: from the parameters, without chance
 *  @return as retain_btyd_forecast. Cost: `draws` forecasts; scratch of 32 MB */
RETAIN_API retain_status retain_btyd_draws_interval(retain_context *ctx, const retain_btyd *model, const double *values,
                                                    size_t draws, const retain_customers *customers,
                                                    const retain_btyd_question *question, double level, double *mean,
                                                    double *deviation, double *low, double *high);

/** The same, summed over customers: the questions and `worth` are those of retain_btyd_total.
 *
 *  `least` and `most` are quantiles of what will happen: of the mixture, over draws, of the distributions that retain_btyd_total takes for
 *  one model. The variance of a number of orders is taken in proportion to its expectation, from up to 16 of the draws.
 *
 *  @param sum  receives the mean of the draws as `value`, their standard deviation as `standard_error`. Cost: `draws` forecasts */
RETAIN_API retain_status retain_btyd_draws_total(retain_context *ctx, const retain_btyd *model, const double *values, size_t draws,
                                                 const retain_customers *customers, const retain_btyd_question *question,
                                                 const double *worth, double level, retain_btyd_sum *sum);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

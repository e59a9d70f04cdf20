/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_BTYD_DRAWS_H
#define RETAIN_BTYD_DRAWS_H

#include "retain/btyd_interval.h"
#include "retain/draws.h"

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
 *      retain_draws_report told = RETAIN_DRAWS_REPORT_INIT;
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
                                               retain_btyd *model, double *values, retain_draws_report *report);

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
                                               double *values, retain_draws_report *report);

/** Draws from the normal distribution of the delta method: that of logarithms and coefficients, with the fit's covariance.
 *
 *  @param covariance  as for retain_btyd_interval; refused where it has a NaN: there is no such distribution then
 *  @param draws       1 to 10^7
 *  @param values      [draws * entries] */
RETAIN_API retain_status retain_btyd_normal(retain_context *ctx, const retain_btyd *model, const double *covariance, uint64_t seed,
                                            size_t draws, double *values);

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

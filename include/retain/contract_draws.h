/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CONTRACT_DRAWS_H
#define RETAIN_CONTRACT_DRAWS_H

#include "retain/contract.h"
#include "retain/draws.h"

/** @defgroup contract_draws Draws of contract models
 *  @brief How sure is a forecast of renewals where customers are few, or a fit ends on a boundary?
 *
 *  A cohort of 40 subscribers of whom 3 left fits many models, and the delta method's normal distribution is a poor picture of them. Draws
 *  need no picture (retain/draws.h): a row of the logarithms of alpha, beta and, of a BdW, c, for each of many models that could be true,
 *  from the **posterior**, for any number of customers, or from the **bootstrap**, where a fit works. Both come from one row per
 *  customer or from the survivors of cohorts, with the same draws to the last bit, and answer any question of retain/contract.h.
 *
 *      static double draws[4 * 1000 * 2];
 *      double survivors[] = {40, 38, 37}, t[] = {1, 12}, mean[2], low[2], high[2];
 *      retain_contract_cohorts cohorts = {.count = 1, .columns = 3, .survivors = survivors, .period_days = 30.4375};
 *      retain_contract_question stays = {.struct_size = sizeof stays, .quantity = RETAIN_CONTRACT_SURVIVAL};
 *      retain_draws_report told = RETAIN_DRAWS_REPORT_INIT;
 *      retain_contract_posterior_cohorts(&context, RETAIN_CONTRACT_SBG, &cohorts, NULL, 1, 4, 1000, NULL, draws, &told);
 *      retain_contract_draws_interval(&context, RETAIN_CONTRACT_SBG, draws, 4000, &stays, NULL, t, 2, 0.95, mean, NULL, low, high);
 *
 *  **Priors** are normal on the logarithms: about `prior_centre` (1 unless given) with `prior_sd`, 2 unless given, and half of it for
 *  c, which is an exponent. So 95 of 100 alpha and beta lie within a factor of 50 of 1, and c within a factor of 7. Only the
 *  posterior takes a prior; other options of a fit are refused as by retain_contract_fit.
 *
 *  In answers, parameters beyond [1e-16, 1e16], and c beyond [1e-3, 1e3], count as these limits, where refits on a boundary end.
 *  Everything is determined by the seed: the same for any number of threads, and any order of customers.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Draws from the posterior distribution, by the method of retain_btyd_posterior.
 *
 *  @param seed    any number
 *  @param chains  1 to 64; 4 is usual, and needed to tell whether they agree
 *  @param draws   of each chain, 4 to 10^6; 1000 is usual
 *  @param model   receives the posterior mode; may be NULL
 *  @param values  [chains * draws * parameters] receives the draws, chain by chain
 *  @param report  may be NULL
 *  @return RETAIN_OK when chains agree, see retain_draws_verdict; RETAIN_ERROR_CONVERGENCE otherwise, with everything written all the
 *          same (NaN where nobody has come to a decision). Others as retain_contract_fit.
 *  Cost: some 2 (500 + draws) evaluations of the likelihood a chain, each of as many terms as there are different customers; chains on
 *  threads. */
RETAIN_API retain_status retain_contract_posterior(retain_context *ctx, retain_contract_family family,
                                                   const retain_contract_customers *customers, const retain_fit_options *options,
                                                   uint64_t seed, size_t chains, size_t draws, retain_contract *model,
                                                   double *values, retain_draws_report *report);

/** The same from survivors. */
RETAIN_API retain_status retain_contract_posterior_cohorts(retain_context *ctx, retain_contract_family family,
                                                           const retain_contract_cohorts *cohorts,
                                                           const retain_fit_options *options, uint64_t seed, size_t chains,
                                                           size_t draws, retain_contract *model, double *values,
                                                           retain_draws_report *report);

/** Draws by the bootstrap: refits to the customers, of whom each occurs a Poisson number of times, with mean 1.
 *
 *  @param draws   number of refits, 1 to 10^6; 200 for a standard deviation, 1000 for limits
 *  @param model   receives the fit to the customers themselves; may be NULL
 *  @param values  [draws * parameters] receives what the refits found
 *  @return RETAIN_OK; RETAIN_ERROR_CONVERGENCE where more than 1 of 20 refits failed or ended at no interior maximum (with everything
 *          written), or the fit to the customers could not begin (all NaN). Cost: about 5 evaluations of the likelihood a draw */
RETAIN_API retain_status retain_contract_bootstrap(retain_context *ctx, retain_contract_family family,
                                                   const retain_contract_customers *customers, const retain_fit_options *options,
                                                   uint64_t seed, size_t draws, retain_contract *model, double *values,
                                                   retain_draws_report *report);

/** The same from survivors. */
RETAIN_API retain_status retain_contract_bootstrap_cohorts(retain_context *ctx, retain_contract_family family,
                                                           const retain_contract_cohorts *cohorts,
                                                           const retain_fit_options *options, uint64_t seed, size_t draws,
                                                           retain_contract *model, double *values, retain_draws_report *report);

/** What draws can be asked; each is the function of retain/contract.h of that name. */
typedef enum retain_contract_quantity {
    RETAIN_CONTRACT_SURVIVAL = 1,   /**< P(still there after t more decisions) */
    RETAIN_CONTRACT_PMF = 2,        /**< P(leaving at the t-th decision from now), t >= 1 */
    RETAIN_CONTRACT_RETENTION = 3,  /**< the retention rate at decision t >= 1; `survived` is not read */
    RETAIN_CONTRACT_DISCOUNTED = 4, /**< payments to come, DEL or DERL; with d = 0 the expected periods. `t` is not read */
    RETAIN_CONTRACT_ELASTICITY = 5  /**< of that value. `t` is not read */
} retain_contract_quantity;

/** A question. */
typedef struct retain_contract_question {
    size_t struct_size;                /**< sizeof(retain_contract_question) */
    retain_contract_quantity quantity; /**< what is asked */
    retain_contract_moment moment;     /**< of DISCOUNTED and ELASTICITY, as the two below */
    double periods;                    /**< decisions ahead, a whole number; 0 means all to come */
    double d;                          /**< discount rate per period */
} retain_contract_question;

/** A question about every customer, answered by every draw.
 *
 *  @param values     [draws * parameters of the family]; logarithms in [-230, 230]. A row that holds a NaN is left out
 *  @param survived   [count] renewals behind, whole numbers >= 0; NULL for new customers
 *  @param t          [count] whole numbers, see retain_contract_quantity; may be NULL where it is not read
 *  @param level      two-sided, in (0, 1)
 *  @param mean       [count] mean of the answers, infinite where one of them is (and then without a deviation); may be NULL, as the
 *                    others
 *  @param deviation  standard deviation
 *  @param low, high  quantiles. Of probabilities and expectations: from the parameters, without chance
 *  Cost: `draws` answers for each different pair of `survived` and `t`; scratch of 32 MB at most, and 24 bytes a row */
RETAIN_API retain_status retain_contract_draws_interval(retain_context *ctx, retain_contract_family family, const double *values,
                                                        size_t draws, const retain_contract_question *question,
                                                        const double *survived, const double *t, size_t count, double level,
                                                        double *mean, double *deviation, double *low, double *high);

/** A total over customers. */
typedef struct retain_contract_sum {
    size_t struct_size;    /**< sizeof(retain_contract_sum) */
    double value;          /**< mean of the draws of sum over customers of worth x answer; infinite where one of them is */
    double standard_error; /**< their standard deviation */
    double low;            /**< lower limit of the expectation: a quantile of the draws */
    double high;           /**< upper limit */
    double variance;       /**< of what will happen about the expectation, by chance: mean of the draws */
    double least;          /**< lower limit of what will happen, from parameters and chance; NaN where the variance is infinite */
    double most;           /**< upper limit */
} retain_contract_sum;

/** The same, summed over customers: how many will be there, how many will leave, what the base will pay.
 *
 *  `least` and `most` are quantiles of the mixture, over draws, of a distribution with the draw's expectation and the variance of
 *  independent customers: normal on the logit scale for SURVIVAL and PMF, log-normal for the uncertain part of DISCOUNTED.
 *
 *  @param question  SURVIVAL, PMF or DISCOUNTED
 *  @param worth     [count] what each customer counts, finite and >= 0, such as the margin of a payment; NULL means 1 each
 *  @param sum       receives the total. Cost: as above */
RETAIN_API retain_status retain_contract_draws_total(retain_context *ctx, retain_contract_family family, const double *values,
                                                     size_t draws, const retain_contract_question *question, const double *survived,
                                                     const double *t, size_t count, const double *worth, double level,
                                                     retain_contract_sum *sum);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CONTRACT_H
#define RETAIN_CONTRACT_H

#include <stdint.h>

#include "retain/context.h"
#include "retain/fit.h"

/** @defgroup contract Contracts
 *  @brief Of customers who renew or cancel at known times, how many stay, how long, and what is that worth?
 *
 *  A subscription, a membership or a plan comes up for renewal once per period, and it is seen who leaves. Retention rates of a
 *  cohort nearly always rise with its age, not because customers grow more loyal but because those who leave easily have left.
 *  These models say so with two or three numbers, from a few periods forecast the next dozen, and value a customer who has
 *  renewed n times. A new customer has survived 0 renewals; decision t = 1, 2, ... ends period t; T is the decision at which a
 *  customer leaves; S(t) = P(T > t), S(0) = 1.
 *
 *  - **sBG**, shifted beta-geometric (alpha, beta): each customer leaves at every decision with a probability of his own, theta ~
 *    Beta(alpha, beta). S(t) = B(alpha, beta + t) / B(alpha, beta). Fader & Hardie 2007, J. Interactive Marketing 21(1)
 *  - **BdW**, beta-discrete-Weibull (alpha, beta, c): theta may rise (c > 1) or fall (c < 1) with a customer's own tenure. S(t) =
 *    B(alpha, beta + t^c) / B(alpha, beta); c = 1 is the sBG. Fader, Hardie, Liu, Davin & Steenburgh 2018, J. Interactive
 *    Marketing 43, who write gamma, delta for alpha, beta
 *
 *      double survivors[] = {1000, 869, 743, 653, 593, 551, 517, 491};
 *      retain_contract_cohorts cohorts = {.count = 1, .columns = 8, .survivors = survivors, .period_days = 365.25};
 *      retain_contract model;
 *      retain_contract_fit_cohorts(&context, RETAIN_CONTRACT_SBG, &cohorts, NULL, &model, NULL);
 *
 *  Accurate for parameters in 1e-4 ... 1e4, c in 0.01 ... 100. Common errors: RETAIN_ERROR_ARGUMENT for a model whose parameters do
 *  not lie in [1e-100, 1e100] (c in [1e-3, 1e3]), or a report of another model; RETAIN_ERROR_DATA for a row that breaks a rule;
 *  RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED.
 *
 *  **Limits.** Where a function has `low` and `high` (may be NULL) it takes the `report` of the fit that gave the model and a
 *  two-sided `level` in (0, 1), 0 meaning 0.95. They are limits of each point alone, by the delta method from the covariance of
 *  the parameters: of probabilities on the logit scale, of sums on the log scale. NaN where the fit gives no covariance.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** A family of models. */
typedef enum retain_contract_family { RETAIN_CONTRACT_SBG = 1, RETAIN_CONTRACT_BDW = 2 } retain_contract_family;

/** A model: a plain value. Copy it, print it, store it, type it in. Parameters that its family does not have are not read. */
typedef struct retain_contract {
    retain_contract_family family; /**< which family the parameters belong to */
    double period_days;            /**< days from one renewal to the next: 365.25 for years, 30.4375 for months */
    double alpha;                  /**< theta ~ Beta(alpha, beta) */
    double beta;                   /**< see alpha */
    double c;                      /**< BdW: above 1 a customer's risk rises with tenure, below 1 it falls */
} retain_contract;

/** One row per customer. */
typedef struct retain_contract_customers {
    size_t count;          /**< rows */
    const double *periods; /**< decisions seen, whole numbers >= 0: for who left, the decision T >= 1; else all renewed so far */
    const uint8_t *left;   /**< 1 when the last of these decisions was to leave, 0 when the customer is still there (censored) */
    const double *weight;  /**< identical customers, finite and >= 0; NULL means 1 each */
    double period_days;    /**< positive: see retain_contract */
} retain_contract_customers;

/** Survivors of one or several cohorts, a row each, as in a table of retention by age. */
typedef struct retain_contract_cohorts {
    size_t count;   /**< cohorts */
    size_t columns; /**< of the table: one more than the decisions of the longest cohort */
    /** [count * columns] row by row S_0, S_1, ..., S_k, finite, >= 0, not rising; NaN from where a cohort is not observed any more.
     *  They need not be whole, but count as so many customers. */
    const double *survivors;
    double period_days; /**< positive: see retain_contract */
} retain_contract_cohorts;

/** At which moment a value is taken, v being 1 / (1 + d). In all of them the customer has survived n renewals. */
typedef enum retain_contract_moment {
    /** DEL: just after a payment, sign-up or n-th renewal, which counts. Sum over j >= 0 of v^j S(n + j) / S(n). */
    RETAIN_CONTRACT_DEL = 0,
    /** DERL just before the next decision, whose payment is not discounted. Sum over j >= 0 of v^j S(n + 1 + j) / S(n). */
    RETAIN_CONTRACT_DERL_BEFORE = 1,
    /** DERL just after a payment, which does not count: DEL - 1 = v times the one before. */
    RETAIN_CONTRACT_DERL_AFTER = 2
} retain_contract_moment;

/** Fits a family by maximum likelihood to one row per customer.
 *
 *  BdW is searched from the optimum of the sBG, so its likelihood is never lower.
 *  @param options  NULL for the defaults
 *  @param model    receives the model; c is NaN for sBG
 *  @param report   what there is to say about the fit (retain/fit.h); may be NULL
 *  @return RETAIN_OK for an interior maximum only; RETAIN_ERROR_CONVERGENCE otherwise, with model and report written. A boundary
 *          is typical where customers do not differ: "all customers leave with the same probability"
 *  Cost: O(count), and about 10 evaluations (BdW 20), O(distinct rows) each. Scratch of 80 KB, and 40 bytes for each row of 1024
 *  periods or more. */
RETAIN_API retain_status retain_contract_fit(retain_context *ctx, retain_contract_family family,
                                             const retain_contract_customers *customers, const retain_fit_options *options,
                                             retain_contract *model, retain_fit_report *report);

/** The same from survivors: exactly the fit to the customers they count. `rows` of the report are the cohorts. */
RETAIN_API retain_status retain_contract_fit_cohorts(retain_context *ctx, retain_contract_family family,
                                                     const retain_contract_cohorts *cohorts, const retain_fit_options *options,
                                                     retain_contract *model, retain_fit_report *report);

/** Log-likelihood of each customer: log P(T = periods) of who left, log S(periods) of the others; weights are not applied.
 *  @param log_likelihood  [customers->count]
 *  @param gradient        [customers->count * parameters] its derivatives by the logarithms of the parameters; may be NULL
 *  Cost: O(count). */
RETAIN_API retain_status retain_contract_likelihood(retain_context *ctx, const retain_contract *model,
                                                    const retain_contract_customers *customers, double *log_likelihood,
                                                    double *gradient);

/** Log-likelihood of each cohort: sum of (S_(t-1) - S_t) log P(T = t), and S_k log S(k).
 *  @param log_likelihood  [cohorts->count]
 *  @param gradient        [cohorts->count * parameters] as above; may be NULL. Cost: O(count * columns). */
RETAIN_API retain_status retain_contract_likelihood_cohorts(retain_context *ctx, const retain_contract *model,
                                                            const retain_contract_cohorts *cohorts, double *log_likelihood,
                                                            double *gradient);

/** P(still there after t more decisions), given that `survived` renewals are behind: S(survived + t) / S(survived).
 *  @param survived      [count] whole numbers >= 0; NULL for new customers, 0 each
 *  @param t             [count] whole numbers >= 0
 *  @param report        of the fit, for the limits; may be NULL when low and high are
 *  @param level         of the limits
 *  @param survival      [count] receives probabilities
 *  @param log_survival  [count] receives their logarithms, exact where they underflow; may be NULL
 *  @param low, high     [count] limits; may be NULL. Cost: O(count). */
RETAIN_API retain_status retain_contract_survival(retain_context *ctx, const retain_contract *model, const double *survived,
                                                  const double *t, size_t count, const retain_fit_report *report, double level,
                                                  double *survival, double *log_survival, double *low, double *high);

/** P(leaving at the t-th decision from now), given that `survived` renewals are behind: P(T = survived + t) / S(survived).
 *  @param survived  [count] whole numbers >= 0; NULL for new customers
 *  @param t         [count] whole numbers >= 1
 *  @param log_pmf   [count] receives the logarithm; may be NULL. Cost: O(count). */
RETAIN_API retain_status retain_contract_pmf(retain_context *ctx, const retain_contract *model, const double *survived,
                                             const double *t, size_t count, double *pmf, double *log_pmf);

/** Retention rate at decision t: of those who are there, the share that renews, r_t = S(t) / S(t - 1).
 *  @param t          [count] whole numbers >= 1
 *  @param retention  [count] receives r_t
 *  @param hazard     [count] receives 1 - r_t, the churn rate, without cancellation; may be NULL
 *  @param low, high  [count] limits of r_t; may be NULL. Cost: O(count). */
RETAIN_API retain_status retain_contract_retention(retain_context *ctx, const retain_contract *model, const double *t, size_t count,
                                                   const retain_fit_report *report, double level, double *retention, double *hazard,
                                                   double *low, double *high);

/** Expected payments of a customer, each discounted: DEL and DERL (Fader & Hardie 2010, Marketing Science 29(1)). With d = 0 the
 *  expected lifetime in periods.
 *  @param survived    [count] renewals behind, whole numbers >= 0; NULL for new customers
 *  @param moment      which of the three sums
 *  @param t           decisions ahead, a whole number >= 0; infinite for all
 *  @param d           discount rate per period, >= 0 (retain_contract_discount makes it of an annual one)
 *  @param discounted  [count] receives payments of 1; infinite where the sum diverges: t infinite, d = 0, and alpha (BdW: alpha c)
 *                     <= 1
 *  @param low, high   [count] limits; may be NULL
 *  Cost: some 100 to 1000 terms for each distinct `survived` below 1024, and each row above. */
RETAIN_API retain_status retain_contract_discounted(retain_context *ctx, const retain_contract *model, const double *survived,
                                                    size_t count, retain_contract_moment moment, double t, double d,
                                                    const retain_fit_report *report, double level, double *discounted, double *low,
                                                    double *high);

/** Retention elasticity of that value: by how many percent it rises when every retention rate to come rises by one percent.
 *
 *  Both ways to raise them agree: each customer's own rate, or that of the cohort. Where all payments count alike it is the mean
 *  number of renewals that they need, weighted by their value.
 *  @param elasticity  [count] NaN where the value is 0 (t = 0); infinite where the sum diverges. Cost: as above. */
RETAIN_API retain_status retain_contract_elasticity(retain_context *ctx, const retain_contract *model, const double *survived,
                                                    size_t count, retain_contract_moment moment, double t, double d,
                                                    double *elasticity);

/** Discount rate per period from an effective annual rate: (1 + annual_rate)^(period_days / 365.25) - 1. NaN unless annual_rate >=
 *  0 and period_days > 0. */
RETAIN_API double retain_contract_discount(double annual_rate, double period_days);

/** Draws customers from a model: the check of every claim above.
 *  @param decisions  [count] how many decisions each is observed for, whole numbers >= 0
 *  @param seed       any number; the same seed gives the same customers, for any number of threads
 *  @param periods    [count] as in retain_contract_customers
 *  @param left       [count] as in retain_contract_customers
 *  @param lifetime   [count] receives T itself, beyond what was observed (2^53 stands for anything above); may be NULL. Cost: O(count). */
RETAIN_API retain_status retain_contract_simulate(retain_context *ctx, const retain_contract *model, const double *decisions,
                                                  size_t count, uint64_t seed, double *periods, uint8_t *left, double *lifetime);

/** Name of a family, such as "sBG"; static text. "unknown" for a value that is none. */
RETAIN_API const char *retain_contract_name(retain_contract_family family);

/** Number of parameters of a family; 0 for a value that is none. */
RETAIN_API size_t retain_contract_parameters(retain_contract_family family);

/** Names of the parameters of a family in the order of reports and gradients; static text, "" for an index beyond them. */
RETAIN_API const char *retain_contract_parameter(retain_contract_family family, size_t index);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

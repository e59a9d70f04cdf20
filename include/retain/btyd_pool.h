/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_BTYD_POOL_H
#define RETAIN_BTYD_POOL_H

#include "retain/btyd_interval.h"

/** @defgroup btyd_pool Partial pooling
 *  @brief A model for each store, country or cohort that learns from all the others, by as much as the data say.
 *
 *  A shop has 40 stores of 30 to 3,000 customers. One model for all (complete pooling) denies that stores differ; a fit for each (no
 *  pooling) runs wild where customers are few. Partial pooling is between them: stores differ, but are stores of one shop. The logarithms
 *  of the parameters of group g are drawn from a population,
 *
 *      theta_g ~ Normal(mu, diag(sd^2)),        customers of g follow the family with the parameters e^theta_g,
 *
 *  and mu and sd are estimated from all customers (empirical Bayes): sd is how much groups differ, a standard deviation of 0.3 meaning
 *  that two of three are within a factor of e^0.3 = 1.35 of the median group, e^mu. Each group's estimate is then the most likely one given
 *  its customers and the population: own data where there are many, nearly the population where there are few.
 *
 *      enum { STORES = 40 };
 *      static retain_btyd models[STORES];
 *      retain_btyd_pool_report told = RETAIN_BTYD_POOL_REPORT_INIT;
 *      retain_btyd_pool_columns columns = {.model = models};
 *      retain_btyd_pool_fit(&context, RETAIN_BTYD_BG_NBD, &customers, store, STORES, NULL, NULL, &told, &columns);
 *      retain_btyd_pool_forecast(&context, models, STORES, &customers, store, &quarter, orders);
 *
 *  **How**: mu and sd maximise the likelihood of all customers with each group's theta integrated out by Laplace's approximation,
 *
 *      log m_g = max over theta of [log L_g(theta) - q(theta) / 2] - log det(I + S N S) / 2,
 *
 *  q being the sum of squares of (theta - mu) / sd, S = diag(sd), and N minus the Hessian of log L_g at the maximum (R. E. Kass & D.
 *  Steffey 1989, JASA 84; H. J. Skaug & D. A. Fournier 2006, Computational Statistics & Data Analysis 51(2)). It is exact where log L_g is
 *  a parabola, hence very nearly where customers are many, and where sd is small; docs/pool.md says how far off it is where they are few.
 *
 *  **A standard deviation of 0 is an answer**: the groups do not differ measurably in that parameter, which is then the same in all of
 *  them. It comes often where groups are few: like every maximum of a likelihood, sd is too small on average, by about a factor of
 *  sqrt(1 - 1 / groups). Whether groups differ at all is told by a likelihood-ratio test against complete pooling. There sd = 0 is at the
 *  edge of what is possible, so the statistic is no chi-squared one but a mixture: of q standard deviations, i are above 0 with
 *  probability C(q, i) / 2^q (S. G. Self & K.-Y. Liang 1987, JASA 82; as if they were independent).
 *
 *  **Which pooling forecasts best** is told by the conditional AIC (F. Vaida & S. Blanchard 2005, Biometrika 92(2)), least for the best:
 *  2 effective - 2 group_log_likelihood, to be held against 2 n - 2 complete_log_likelihood and 2 own_estimated - 2 own_log_likelihood, n
 *  being the number of parameters. The marginal likelihood is about new groups, and not to be compared with that of a fit for each.
 *
 *  **How sure is a group's model?** Its covariance has two parts: what its own customers and the population leave open, and what is not
 *  known about mu and sd (the first-order correction of Kass & Steffey). The second is common to all groups: in a sum over groups it does not
 *  average out, and retain_btyd_pool_total has it right. An sd that is estimated to be 0 is taken for known, which makes intervals of
 *  groups somewhat too short. A group without customers is a new one: it gets the population model, with sd^2 and the uncertainty of mu.
 *
 *  Coefficients of covariates are not pooled: customers with covariates are refused.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Most parameters that a family has. */
#define RETAIN_BTYD_POOL_PARAMETERS 5

/** Least number of groups with customers: of two nobody can tell how much groups differ. */
#define RETAIN_BTYD_POOL_GROUPS 3

/** Whose data a group's model is made of, after the parameter of it that is shrunk least. */
typedef enum retain_btyd_pool_source {
    RETAIN_BTYD_POOL_NEW = 0,        /**< no customers: the population model */
    RETAIN_BTYD_POOL_POPULATION = 1, /**< nearly the population model: shrinkage of at least 0.9 in every parameter */
    RETAIN_BTYD_POOL_BOTH = 2,       /**< the population and its own customers */
    RETAIN_BTYD_POOL_OWN = 3         /**< in some parameter nearly its own data alone: shrinkage below 0.1 */
} retain_btyd_pool_source;

/** The population, and what there is to say about the fit. Arrays have an entry for each parameter of the family, NaN beyond. */
typedef struct retain_btyd_pool_report {
    size_t struct_size; /**< sizeof(retain_btyd_pool_report) */
    /** CONVERGED is the only success; BOUNDARY, RIDGE: the customers leave mu open; TOO_LITTLE_DATA; STOPPED */
    retain_fit_verdict verdict;
    size_t parameters;                                  /**< of the family */
    size_t groups;                                      /**< with customers */
    double customers;                                   /**< sum of all weights */
    int iterations;                                     /**< steps of the search for mu and sd */
    double estimate[RETAIN_BTYD_POOL_PARAMETERS];       /**< parameters of the median group, e^mu */
    double standard_error[RETAIN_BTYD_POOL_PARAMETERS]; /**< of them */
    double low[RETAIN_BTYD_POOL_PARAMETERS];            /**< lower limit, normal on the log scale */
    double high[RETAIN_BTYD_POOL_PARAMETERS];           /**< upper limit */
    double sd[RETAIN_BTYD_POOL_PARAMETERS];             /**< of the logarithms between groups; 0: they do not differ measurably */
    double sd_standard_error[RETAIN_BTYD_POOL_PARAMETERS]; /**< NaN where sd is 0, or not estimated */
    /** lower limit of sd, normal on the log scale; 0 where the statistic below does not exceed the square of the normal quantile */
    double sd_low[RETAIN_BTYD_POOL_PARAMETERS];
    /** upper limit, normal on the log scale, and then on that of sd^2; where sd is 0, that of the parabola through the likelihood at 0,
     *  which is even in sd */
    double sd_high[RETAIN_BTYD_POOL_PARAMETERS];
    /** twice the log-likelihood that sd = 0 of this parameter alone costs, the rest making the best of it (by one Newton step) */
    double sd_statistic[RETAIN_BTYD_POOL_PARAMETERS];
    /** chance of so much where groups do not differ in this parameter: half the tail of chi-squared with 1 degree of freedom */
    double sd_p_value[RETAIN_BTYD_POOL_PARAMETERS];
    /** 1: it may vary between groups; 0: the same in all, by the caller's choice */
    uint8_t varies[RETAIN_BTYD_POOL_PARAMETERS];
    /** Of the median group's parameters, entry (i, j) at [i * parameters + j] */
    double covariance[RETAIN_BTYD_POOL_PARAMETERS * RETAIN_BTYD_POOL_PARAMETERS];
    /** The same of a new group, of which nothing is known: with sd^2 */
    double new_covariance[RETAIN_BTYD_POOL_PARAMETERS * RETAIN_BTYD_POOL_PARAMETERS];
    double log_likelihood;          /**< marginal, of partial pooling */
    double complete_log_likelihood; /**< of one model for all */
    double own_log_likelihood;      /**< sum of the highest of every group (NaN unless columns->own is asked for) */
    double group_log_likelihood;    /**< sum over groups of log L at the group's own estimate by partial pooling */
    double effective;               /**< numbers that these estimates amount to: between those of one model and of a fit for each */
    size_t estimated;               /**< numbers estimated by partial pooling: mu, and every sd that may vary */
    size_t own_estimated;           /**< by no pooling: those of all groups with customers */
    double statistic;               /**< 2 (log_likelihood - complete_log_likelihood), at least 0 */
    double p_value;                 /**< chance of a statistic at least so large where groups do not differ; NaN with a prior */
    int k;                          /**< of a regular family; else 0 */
    char explanation[RETAIN_FIT_EXPLANATION]; /**< all that in words */
} retain_btyd_pool_report;

/** Initial value of a report. */
#define RETAIN_BTYD_POOL_REPORT_INIT                                                                                            \
    {                                                                                                                           \
        sizeof(retain_btyd_pool_report), RETAIN_FIT_NONE, 0, 0, 0.0, 0, {0.0}, {0.0}, {0.0}, {0.0}, {0.0}, {0.0}, {0.0}, {0.0}, \
            {0.0}, {0.0}, {0}, {0.0}, {0.0}, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0.0, 0.0, 0,                                        \
        {                                                                                                                       \
            0                                                                                                                   \
        }                                                                                                                       \
    }

/** Result by group: the caller's arrays to be filled; those that are NULL are not written. n is the number of parameters. */
typedef struct retain_btyd_pool_columns {
    retain_btyd *model;     /**< [groups] its model, for every function that takes one */
    double *customers;      /**< [groups] sum of weights */
    double *standard_error; /**< [groups * n] of its parameters, with both parts */
    double *low;            /**< [groups * n] lower limits of its parameters, normal on the log scale */
    double *high;           /**< [groups * n] upper limits */
    double *shrinkage;  /**< [groups * n] share of the population in a parameter: what the group's data left of the variance sd^2.
                                 0: its own data only; 1: the population, also where the parameter is the same in all groups */
    double *distance;   /**< [groups * n] (log parameter - mu) / sd; 0 where sd is 0: far from 0 is a group unlike others */
    double *covariance; /**< [groups * n * n] of its parameters, as retain_fit_report.covariance */
    double *common;     /**< [groups * n * 2 n] what its errors have in common with others': the covariance of the parameters of two
                                 groups is that of the rows of theirs, A_g A_h' */
    double *own;        /**< [groups * n] its own fit, without the population; NaN where its customers determine none. This costs a
                                 search for each group, and sets own_log_likelihood */
    uint8_t *source;    /**< [groups] a retain_btyd_pool_source */
} retain_btyd_pool_columns;

/** Fits a family to groups of customers, by partial pooling.
 *
 *  @param customers  as for retain_btyd_fit, without covariates
 *  @param group      [customers->count] codes in [0, groups)
 *  @param groups     1 to 10^6; groups without customers are new ones
 *  @param varies     [parameters] 1: it may differ between groups; 0: the same in all. NULL: all may
 *  @param options    NULL for the defaults; `fixed` holds a parameter at a value in all groups, the prior is one on the median group (mu);
 *                    `iterations` are those of the search for mu and sd; a regular family's k is the same in all groups, with 0 that of
 *                    one model for all. What is about covariates must be left out
 *  @param report     the population; may be NULL
 *  @param columns    what is wanted of each group
 *  @return RETAIN_OK; RETAIN_ERROR_CONVERGENCE for every other verdict, with everything written as far as it is known: one model for all
 *          where that one ends on a boundary (smaller families or a prior help), NaN where there are fewer than
 *          RETAIN_BTYD_POOL_GROUPS groups with customers, or one model for all cannot begin; RETAIN_ERROR_DATA for a code out of range.
 *  Cost: a fit to all customers, and some 10 to 20 times 2 n + 2 evaluations of the likelihood of all, groups on threads; bit-identical for any
 *  number of threads and order of customers. Scratch of 90 bytes a customer, 3 kB a group. */
RETAIN_API retain_status retain_btyd_pool_fit(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                                              const int64_t *group, size_t groups, const uint8_t *varies,
                                              const retain_fit_options *options, retain_btyd_pool_report *report,
                                              const retain_btyd_pool_columns *columns);

/** Any question about every customer, answered by the model of its group.
 *
 *  @param models    [groups] of one family, unit of time and number of covariates; those of groups without rows here are not read
 *  @param group     [customers->count] codes in [0, groups)
 *  @param question  as for retain_btyd_forecast
 *  @param values    [customers->count]
 *  @return as retain_btyd_forecast; RETAIN_ERROR_DATA for a code out of range. Cost: as retain_btyd_forecast, group by group; scratch of 60
 *          bytes a customer. */
RETAIN_API retain_status retain_btyd_pool_forecast(retain_context *ctx, const retain_btyd *models, size_t groups,
                                                   const retain_customers *customers, const int64_t *group,
                                                   const retain_btyd_question *question, double *values);

/** The same with limits from the uncertainty of the group's parameters: as retain_btyd_interval, group by group.
 *  @param covariance  [groups * n * n] as retain_btyd_pool_columns has it, n being the number of entries of a model
 *  @param values      [customers->count]; may be NULL */
RETAIN_API retain_status retain_btyd_pool_interval(retain_context *ctx, const retain_btyd *models, const double *covariance,
                                                   size_t groups, const retain_customers *customers, const int64_t *group,
                                                   const retain_btyd_question *question, double level, double *values, double *low,
                                                   double *high);

/** The same summed over customers of all groups, as retain_btyd_total: what is not known about the population does not average out over
 *  groups, all else does.
 *  @param covariance, common  [groups * n * n] and [groups * n * 2 n] as retain_btyd_pool_columns has them; common NULL takes
 *                             groups for independent, covariance NULL the parameters for known
 *  @param worth  [customers->count] as for retain_btyd_total; NULL means 1 */
RETAIN_API retain_status retain_btyd_pool_total(retain_context *ctx, const retain_btyd *models, const double *covariance,
                                                const double *common, size_t groups, const retain_customers *customers,
                                                const int64_t *group, const retain_btyd_question *question, const double *worth,
                                                double level, retain_btyd_sum *sum);

/** Whose data a group's model is made of, in words, such as "its own and the population's"; static text. */
RETAIN_API const char *retain_btyd_pool_source_name(retain_btyd_pool_source source);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

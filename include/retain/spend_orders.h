/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_SPEND_ORDERS_H
#define RETAIN_SPEND_ORDERS_H

#include "retain/context.h"
#include "retain/fit.h"
#include "retain/orders.h"

/** @defgroup spend_orders Spend, order by order
 *  @brief How much will a customer spend on an order, who spends more, do order values rise, and how sure is all that?
 *
 *  retain/spend.h looks at a customer's mean order value. Single orders say more: how much one customer's orders differ among
 *  themselves. Here are two models of them, fitted to the same data, so that their likelihoods can be compared.
 *
 *  - **Gamma-Gamma**: order values of a customer are Gamma(p, nu), nu ~ Gamma(q, gamma), as in retain/spend.h; with theta, nu ~
 *    Gamma(q, gamma (1 + x)^theta). It expects p gamma (1 + x)^theta / (q - 1) of a stranger.
 *  - **Log-normal**: logarithms of a customer's order values are normal about m with standard deviation sigma, m is normal over
 *    customers about log median + theta log(1 + x) with standard deviation tau; with delta, all rise by delta per unit of time.
 *
 *  In both, theta says that customers who buy more often (x, the column frequency) spend more on each order, in proportion to (1 +
 *  x)^theta: 0 is what the usual model assumes, and retain_fit_likelihood_ratio of a fit with and one without the column tests it.
 *
 *      retain_spend_orders(&context, &log, end, NULL, 0, &columns, capacity, &count);
 *      retain_spenders spenders = {.count = count, .orders = n, .mean = mean, .mean_log = mean_log, .log_squares = squares};
 *      retain_spend_orders_fit(&context, RETAIN_SPEND_LOG_NORMAL, &spenders, NULL, &model, &report);
 *      retain_spend_orders_expected(&context, &model, report.covariance, &spenders, 0.0, 0.95, expected, low, high);
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** The models. */
typedef enum retain_spend_family {
    RETAIN_SPEND_GAMMA_GAMMA = 0, /**< p, q, gamma, theta */
    RETAIN_SPEND_LOG_NORMAL = 1   /**< median, tau, sigma, theta, delta */
} retain_spend_family;

/** Entries of a report, of a gradient and of a covariance: three parameters, theta, delta. */
#define RETAIN_SPEND_ENTRIES 5

/** A model: a plain value. Fields of the other family are not read. */
typedef struct retain_spend_model {
    retain_spend_family family; /**< which model */
    double p;                   /**< Gamma-Gamma: shape of the order values of one customer */
    double q;                   /**< Gamma-Gamma: shape of the customers' rates */
    double gamma;               /**< Gamma-Gamma: rate of the customers' rates, in money */
    double median;              /**< log-normal: median over customers of their median order value, in money */
    double tau;                 /**< log-normal: standard deviation over customers of the logarithm of their median order value */
    double sigma;               /**< log-normal: standard deviation of the logarithms of one customer's order values */
    double theta;               /**< order values go with (1 + frequency)^theta; 0: they do not depend on it */
    double delta; /**< log-normal: order values change by e^delta per unit of time; 0: they do not. 0 for Gamma-Gamma */
} retain_spend_model;

/** What models need to know of each customer's order values: a view of the caller's arrays. An order is an occasion. */
typedef struct retain_spenders {
    size_t count;              /**< number of customers */
    const double *orders;      /**< [count] n, a whole number in [0, 2^53]; of rows with 0 only frequency is read */
    const double *mean;        /**< [count] mean value, positive and finite */
    const double *mean_log;    /**< [count] mean of the logarithms of the values, at most log mean */
    const double *log_squares; /**< [count] sum of their squared deviations from it, >= 0; 0 for one order */
    const double *frequency; /**< optional [count] x, how often the customer buys, finite and >= 0: a count or a rate; with it theta
                                    is estimated */
    const double *time;      /**< optional [count] mean time of the orders; with these three delta is estimated */
    const double *time_squares; /**< [count] sum of squared deviations of the times from it, >= 0 */
    const double *time_logs;    /**< [count] sum of products of the deviations of times and logarithms, at most the root of
                                     time_squares x log_squares in size */
    const double *weight;       /**< optional [count] finite, >= 0: the row stands for so many identical customers; NULL means 1 */
} retain_spenders;

/** The columns of retain_spenders to be filled, one entry per customer, ascending by customer. NULL ones are not written. */
typedef struct retain_spend_columns {
    int64_t *customer;    /**< who */
    double *frequency;    /**< repeat occasions, as in retain_orders_summary */
    double *orders;       /**< occasions whose values are counted below */
    double *mean;         /**< NaN where there are none, like the columns below; otherwise `spend` or `spend_all` of the summary */
    double *mean_log;     /**< mean of the logarithms of their values */
    double *log_squares;  /**< sum of squared deviations from it */
    double *time;         /**< mean time, in units, 0 being the observation end, so that times are 0 or negative */
    double *time_squares; /**< sum of squared deviations from it */
    double *time_logs;    /**< sum of products of deviations */
} retain_spend_columns;

/** Order values of each customer, summed up, from an order log.
 *
 *  @param orders, observation_end, options  as for retain_orders_summary; unit_days is the unit of time
 *  @param with_first  1: all occasions count; 0: the first one does not, as in `spend` of the summary, because first orders are often
 *                     of other size
 *  @param columns     columns to fill
 *  @param capacity    length of every column that is not NULL
 *  @param count       receives the number of customers with an occasion, those whose values are not counted too
 *  @return as retain_orders_summary. Occasions worth nothing (count_zero_orders) have no logarithm: they are in frequency only.
 *  Cost: as retain_orders_summary, and a logarithm per occasion. */
RETAIN_API retain_status retain_spend_orders(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                             const retain_orders_options *options, int with_first,
                                             const retain_spend_columns *columns, size_t capacity, size_t *count);

/** Fits a model by maximum likelihood to the values of single orders, of all customers with orders > 0.
 *
 *  @param spenders  the column frequency asks for theta, the columns of time for delta (log-normal only; ignored for Gamma-Gamma)
 *  @param options   iterations and level; NULL for the defaults
 *  @param report    entries p, q, gamma, theta, delta, or median, tau, sigma, theta, delta; theta and delta are coefficients, held at
 *                   0 where they were not asked for. log_likelihood, aic and bic of the two families are of the same data and can be
 *                   compared; may be NULL
 *  @return RETAIN_OK for an interior maximum only; RETAIN_ERROR_CONVERGENCE otherwise, with model and report written: customers may be
 *          all alike (tau at 0, q without limit); orders of each customer all of one value, or log-normal without a customer who has
 *          two, are too little
 *  Cost: about 10 evaluations; log-normal O(distinct orders) each, Gamma-Gamma O(distinct rows). Once O(rows) time and 32 bytes a row,
 *  for Gamma-Gamma 48, with frequency 72. */
RETAIN_API retain_status retain_spend_orders_fit(retain_context *ctx, retain_spend_family family, const retain_spenders *spenders,
                                                 const retain_fit_options *options, retain_spend_model *model,
                                                 retain_fit_report *report);

/** Log-likelihood of each customer's order values, in money: comparable between families.
 *  @param log_likelihood  [count] receives log f(values | model); NaN where orders is 0
 *  @param gradient        [count * RETAIN_SPEND_ENTRIES] receives its derivatives by the logarithms of the three parameters, by theta
 *                         and by delta (0 for Gamma-Gamma); may be NULL
 *  @return RETAIN_ERROR_ARGUMENT also where theta is not 0 and there is no frequency, or delta is not 0 and there is no time */
RETAIN_API retain_status retain_spend_orders_likelihood(retain_context *ctx, const retain_spend_model *model,
                                                        const retain_spenders *spenders, double *log_likelihood, double *gradient);

/** Expected value of each customer's next order, with limits from the uncertainty of the parameters.
 *
 *  Of customers without orders, what is expected of a stranger with their frequency. NaN where it does not exist: Gamma-Gamma with p n
 *  + q <= 1.
 *  @param covariance  of the entries, as retain_fit_report.covariance; NULL when no limits are asked for
 *  @param time        of the order, in units after time 0 (the observation end, in columns of retain_spend_orders)
 *  @param level       two-sided level of the limits, in (0, 1); not read without covariance
 *  @param expected    [count] receives money
 *  @param low, high   [count] receive limits by the delta method, normal on the log scale; NaN where the covariance is, or
 *                     without it; may be NULL then */
RETAIN_API retain_status retain_spend_orders_expected(retain_context *ctx, const retain_spend_model *model,
                                                      const double *covariance, const retain_spenders *spenders, double time,
                                                      double level, double *expected, double *low, double *high);

/** Quantile of the value of each customer's next order: between those of 0.025 and 0.975 it lies 95 times of 100, the parameters
 *  being right.
 *
 *  Gamma-Gamma: it is (gamma + n z) B / (1 - B) with B ~ Beta(p, p n + q). Log-normal: log-normal.
 *  @param probability  in (0, 1)
 *  @param quantile     [count] receives money; infinite where it is above the largest double */
RETAIN_API retain_status retain_spend_orders_quantile(retain_context *ctx, const retain_spend_model *model,
                                                      const retain_spenders *spenders, double time, double probability,
                                                      double *quantile);

/** Expected value of an order of somebody unknown: the mean of the population.
 *
 *  @param covariance  as above; NULL when no limits are asked for
 *  @param frequency   of the customer, >= 0: matters when theta is not 0
 *  @param time        of the order: matters when delta is not 0
 *  @param mean        receives money; NaN for Gamma-Gamma with q <= 1, where it is infinite
 *  @param low, high   receive its limits; NaN without covariance, and may be NULL then */
RETAIN_API retain_status retain_spend_orders_mean(retain_context *ctx, const retain_spend_model *model, const double *covariance,
                                                  double frequency, double time, double level, double *mean, double *low,
                                                  double *high);

/** Which of two models is nearer to the truth? Test of Q. H. Vuong (1989), Econometrica 57(2), for models that are not special cases
 *  of each other.
 *
 *  @param first, second  models fitted to these customers, with as many estimated entries
 *  @param difference     receives the sum of log L of the first less that of the second: above 0 speaks for the first
 *  @param statistic      receives the difference by its standard error, standard normal where both are equally near
 *  @param p_value        receives the chance of one so far from 0 then, two-sided; NaN for fewer than two customers or models that
 *                        agree on every one. Any output may be NULL */
RETAIN_API retain_status retain_spend_orders_compare(retain_context *ctx, const retain_spend_model *first,
                                                     const retain_spend_model *second, const retain_spenders *spenders,
                                                     double *difference, double *statistic, double *p_value);

/** One way to measure whether spend goes with frequency. NaN where there is too little to tell. */
typedef struct retain_spend_measure {
    double value;   /**< 0 where there is no dependence */
    double low;     /**< lower limit */
    double high;    /**< upper limit */
    double p_value; /**< chance of a value at least so far from 0 where there is none, two-sided */
} retain_spend_measure;

/** Does spend depend on how often a customer buys? */
typedef struct retain_spend_dependence {
    size_t struct_size; /**< sizeof(retain_spend_dependence) */
    double customers;   /**< those with orders, n */
    /** Pearson's correlation of frequency and mean value, as of retain_spend_fit. Assumes that they are about jointly normal, which
     *  order values seldom are: one large customer can decide it. Limits by Fisher's z */
    retain_spend_measure pearson;
    /** Spearman's correlation of the ranks of frequency and mean logarithm; equal values share the mean of their ranks. Assumes
     *  independent customers only. Limits by Fisher's z with the variance 1.06 / (n - 3) (Fieller, Hartley & Pearson 1957) */
    retain_spend_measure spearman;
    /** Slope of the mean logarithm on log(1 + frequency): theta, by least squares. Standard error that allows customers with few orders
     *  to scatter more (MacKinnon & White 1985, HC1); Student's t with n - 2 degrees of freedom */
    retain_spend_measure slope;
} retain_spend_dependence;

/** Measures the dependence of spend on frequency among customers with orders > 0.
 *
 *  Means of logarithms have the same expectation however many orders are in them. (Logarithms of means have not: they would show a
 *  dependence where there is none.)
 *  @param spenders    `frequency` is required. Weights count identical customers
 *  @param level       two-sided level of the limits, in (0, 1)
 *  @param dependence  receives the measures; its struct_size must be set
 *  Cost: O(rows) time and 80 bytes of scratch a row. */
RETAIN_API retain_status retain_spend_orders_dependence(retain_context *ctx, const retain_spenders *spenders, double level,
                                                        retain_spend_dependence *dependence);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

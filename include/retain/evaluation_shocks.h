/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_EVALUATION_SHOCKS_H
#define RETAIN_EVALUATION_SHOCKS_H

#include "retain/evaluation.h"

/** @defgroup evaluation_shocks Shocks common to all customers
 *  @brief How far off are totals, beyond what chance from customer to customer explains?
 *
 *  A prediction interval of retain/btyd_interval.h takes customers as independent. But season, campaigns, prices and the weather
 *  move all of them at once, and that does not average out: with many customers it is nearly all the doubt there is. How large it is
 *  cannot be known from one fit. It can be measured on past periods that were forecast before they began:
 *
 *      double expected[] = {1090, 1060, 1110, 1240}, actual[] = {1259, 995, 1011, 1316}, variance[] = {1300, 1280, 1350, 1500};
 *      double next = 1200, chance = 1400, least, most;
 *      retain_evaluation_shock_report shocks = {.struct_size = sizeof shocks};
 *      retain_evaluation_shocks(NULL, expected, actual, variance, 4, NULL, &shocks);             // shocks.tau: 0.11, 11 % of a total
 *      retain_evaluation_shock_band(NULL, &shocks, &next, &chance, 1, 0.9, NULL, &least, &most);
 *
 *  The model: actual = expected x (bias + shock) + chance, with shocks independent from period to period, of mean 0 and standard
 *  deviation tau, and chance of the variance that the forecast itself names. It is that of a random-effects meta-analysis, a period
 *  in place of a study: with y = actual / expected and v = variance / expected^2, and weights w = 1 / (v + tau^2),
 *
 *  - **tau** solves Q(tau^2) = sum of w (y - mean)^2 = m - 1 (R. C. Paule, J. Mandel 1982, J. Res. Natl. Bur. Stand. 87, 377-385),
 *    0 where Q(0) is less; its limits are those of the Q-profile, where Q is a quantile of chi-squared (W. Viechtbauer 2007, Stat.
 *    Med. 26, 37-52)
 *  - **bias** is the weighted mean, with Student's limits of m - 1 degrees of freedom and an error not below 1 / sqrt(sum of w) (G.
 *    Knapp, J. Hartung 2003, Stat. Med. 22, 2693-2710)
 *  - **the band** of a new period has the variance v + tau^2 + (error of the bias)^2 and Student's quantile of m - 1 degrees of
 *    freedom, as the prediction interval of J. Higgins, S. Thompson & D. Spiegelhalter (2009, J. R. Stat. Soc. A 172, 137-159), on the
 *    log-normal scale of retain_btyd_total. Few periods make it wide, and more than wide enough where there are no shocks.
 *
 *  Forecasts must have been made before their periods: a fit to what it is compared with knows the shocks already. The shocks of
 *  neighbouring periods are taken as independent, and the next one as a draw like those before: of a Christmas that the past does not
 *  hold it knows nothing.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** How to look. NULL or zeros after struct_size mean the defaults. */
typedef struct retain_evaluation_shock_options {
    size_t struct_size; /**< sizeof(retain_evaluation_shock_options) */
    double level;       /**< two-sided level of the limits; 0 means 0.95 */
    int unbiased; /**< 1: forecasts are right on average. The bias is then 1 for certain, and there are m degrees of freedom */
} retain_evaluation_shock_options;

/** What past periods say. Figures of fewer periods than there must be are NaN: two, or one where `unbiased`. */
typedef struct retain_evaluation_shock_report {
    size_t struct_size; /**< sizeof(retain_evaluation_shock_report) */
    double periods;     /**< m */
    double degrees;     /**< of freedom: m - 1, or m where unbiased */
    double tau;         /**< standard deviation of the relative shock: 0.1 for 10 % of a total */
    double tau_low;     /**< lower limit; 0 where chance alone could have done it */
    double tau_high;    /**< upper limit; 0 where what came is closer to the forecasts than chance allows */
    double q;           /**< Q(0), chi-squared with `degrees` where there are no shocks */
    double p_value;     /**< P(as much as q) if there are none */
    double bias;        /**< what came is on average so many times what was expected; 1 where unbiased */
    double bias_error;  /**< its standard error; 0 where unbiased */
    double bias_low;    /**< lower limit */
    double bias_high;   /**< upper limit */
} retain_evaluation_shock_report;

/** Measures the common shock, and the bias, on past periods.
 *
 *  @param expected  [count] totals that were forecast before each period, in [1e-25, 1e25]
 *  @param actual    [count] totals that came, in [0, 1e25]
 *  @param variance  [count] of the total about its forecast by the model's own account, in [1e-25, 1e25]: retain_btyd_sum.variance plus
 *                   the square of its standard_error
 *  @param count     periods, m
 *  @param report    receives the figures
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a row that breaks a rule; RETAIN_ERROR_ARGUMENT. Cost: O(count), no
 *          scratch. */
RETAIN_API retain_status retain_evaluation_shocks(retain_context *ctx, const double *expected, const double *actual,
                                                  const double *variance, size_t count,
                                                  const retain_evaluation_shock_options *options,
                                                  retain_evaluation_shock_report *report);

/** Prediction intervals of new totals that know shocks.
 *
 *  @param report    of retain_evaluation_shocks; degrees, tau, bias and bias_error are read. One without figures gives NaN,
 *                   and so does a bias of 0: of forecasts of which nothing came there is no log-normal distribution
 *  @param expected  [count] totals that are forecast, in [0, 1e25]
 *  @param variance  [count] by the model's own account, in [0, 1e25]; NaN gives NaN limits
 *  @param level     two-sided, in (0, 1); 0 means 0.95
 *  @param value     [count] receives bias x expected; may be NULL
 *  @param low, high [count] receive the limits
 *  @return as above. Cost: O(count). */
RETAIN_API retain_status retain_evaluation_shock_band(retain_context *ctx, const retain_evaluation_shock_report *report,
                                                      const double *expected, const double *variance, size_t count, double level,
                                                      double *value, double *low, double *high);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

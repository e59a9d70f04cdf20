/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_BTYD_H
#define RETAIN_BTYD_H

#include <stdint.h>

#include "retain/context.h"
#include "retain/fit.h"
#include "retain/orders.h"

/** @defgroup btyd Buy till you die
 *  @brief How often will each customer still buy, and is the customer still there at all?
 *
 *  In a shop nobody resigns: a customer who has not bought for a year may have left, or may be slow. Buy-till-you-die models
 *  tell how likely each is from three numbers per customer: x repeat occasions, the last of them at age t_x, observed until
 *  age T (retain_orders_summary makes them). While alive a customer buys at random at a personal rate lambda ~ Gamma(r,
 *  alpha); families differ in how customers leave:
 *
 *  - **Pareto/NBD** (r, alpha, s, beta): at any time, at a personal rate mu ~ Gamma(s, beta). Schmittlein, Morrison & Colombo
 *    1987, Management Science 33(1)
 *  - **BG/NBD** (r, alpha, a, b): after a repeat purchase, with probability p ~ Beta(a, b). Fader, Hardie & Lee 2005, Marketing
 *    Science 24(2)
 *  - **MBG/NBD** (r, alpha, a, b): the same, also right after the first purchase. Batislam, Denizel & Filiztekin 2007, IJRM 24(3)
 *  - **Gamma-Gompertz/NBD** (r, alpha, b, s, beta): at any time, at a risk b eta e^(b age) that grows with age, eta ~ Gamma(s,
 *    beta). Bemmaor & Glady 2012, Management Science 58(5); E[Y(t)] as corrected by Adler 2022
 *  - **NBD** (r, alpha): never. What the others are judged against. Ehrenberg 1959, Applied Statistics 8(1)
 *  - **BG/BB** (alpha, beta, gamma, delta): time goes by in opportunities, such as years with one appeal for a donation each.
 *    Before each a customer leaves with probability theta ~ Beta(gamma, delta), else uses it with probability p ~ Beta(alpha,
 *    beta). Fader, Hardie & Shang 2010, Marketing Science 29(6)
 *  - **BG/CNBD-k** and **MBG/CNBD-k** (r, alpha, a, b, and a whole number k): the same two for customers who buy regularly. Gaps
 *    are Erlang-k with the personal rate lambda: k / lambda on average, and the more even the larger k is; k = 1 is the model without
 *    the C. Platzer & Reutterer 2016, Marketing Science 35(5). Their fit reads `log_gaps`, and their forecasts are exact
 *
 *      // times in weeks
 *      retain_customers customers = {.count = count, .frequency = frequency, .t_x = t_x, .T = T, .unit_days = 7.0};
 *      retain_btyd model;
 *      retain_btyd_fit(&context, RETAIN_BTYD_PARETO_NBD, &customers, NULL, &model, NULL);
 *      retain_btyd_alive(&context, &model, &customers, alive, NULL);
 *      retain_btyd_orders(&context, &model, &customers, 13.0, orders);                // in the next 13 weeks
 *
 *  **Covariates** that do not change with time (channel, country, first basket) make a customer's own parameters out of the model's.
 *  With z the customer's covariates, u = sum of purchase[c] z[c] and v = sum of lifetime[c] z[c] (Fader & Hardie 2007,
 *  "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models"):
 *
 *  - all families but BG/BB: alpha e^-u: all purchase rates times e^u
 *  - Pareto/NBD, GG/NBD: beta e^-v: all death rates times e^v
 *  - BG/NBD, MBG/NBD: a e^(v/2) and b e^(-v/2): the odds of leaving, a / b, times e^v, as in logistic regression
 *  - BG/BB: alpha e^(u/2) and beta e^(-u/2), gamma e^(v/2) and delta e^(-v/2): the odds of buying and those of leaving
 *
 *  A positive coefficient means more purchases, or leaving faster; one of 0.1 about 10 % more. The model's parameters are those of a
 *  customer whose covariates are all 0; a fit refuses a covariate whose values lie further from 0 than ten times their range, such as
 *  a year: subtract a typical value. Every function that takes customers then reads their covariates, in the order of the fit. For
 *  new customers retain_btyd_given makes the model of those who have given covariates.
 *
 *  alpha and beta are in the data's unit of time, which the model remembers (`unit_days`): customers in another unit are
 *  refused. BG/BB is **discrete**: the unit is one opportunity, alpha and beta are shapes and no times, T is the number n of
 *  opportunities after the one that made someone a customer, t_x that of the last one used, and x <= t_x, T and all horizons
 *  must be whole numbers of at most 10^6 (horizons to 1e-9, as a division of days by days gives them); else
 *  RETAIN_ERROR_DATA for a row, RETAIN_ERROR_ARGUMENT for a horizon. Discounting goes by the opportunity: the j-th after T
 *  counts e^(-delta j).
 *
 *  All functions are finite and accurate for x to 10^4, times to 10^5 and parameters in 10^-4 ... 10^4. Common
 *  errors of all functions: RETAIN_ERROR_DATA for a row that breaks the rules of retain_customers; RETAIN_ERROR_ARGUMENT for
 *  a model whose parameters do not lie in [1e-100, 1e100]; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** A family of models. */
typedef enum retain_btyd_family {
    RETAIN_BTYD_PARETO_NBD = 1,
    RETAIN_BTYD_BG_NBD = 2,
    RETAIN_BTYD_MBG_NBD = 3,
    RETAIN_BTYD_NBD = 4,
    RETAIN_BTYD_BG_CNBD = 5,
    RETAIN_BTYD_MBG_CNBD = 6,
    RETAIN_BTYD_GG_NBD = 7,
    RETAIN_BTYD_BG_BB = 8
} retain_btyd_family;

/** Most covariates that a model has. */
#define RETAIN_BTYD_COVARIATES 16

/** Largest k of the regular families. */
#define RETAIN_BTYD_MOST_K 64

/** A model: a plain value. Copy it, print it, store it, type it in. Parameters that its family does not have are not read. */
typedef struct retain_btyd {
    retain_btyd_family family; /**< which family the parameters belong to */
    double unit_days;          /**< days in the model's unit of time: 7 for weeks */
    double r;                  /**< shape of the purchase rates, lambda ~ Gamma(r, alpha) */
    double alpha; /**< rate of the purchase rates, in units of time; BG/BB: probability of buying ~ Beta(alpha, beta) */
    double s;     /**< Pareto/NBD: shape of the death rates, mu ~ Gamma(s, beta); GG/NBD: of eta ~ Gamma(s, beta) */
    double beta; /**< Pareto/NBD: rate of the death rates, in units of time; GG/NBD: rate of eta, a pure number; BG/BB: see alpha */
    double a;    /**< BG/NBD, MBG/NBD and their regular kin: probability of leaving ~ Beta(a, b) */
    double b;    /**< BG/NBD, MBG/NBD: see a; GG/NBD: growth of the risk of dying per unit of time */
    double gamma;      /**< BG/BB: probability of leaving ~ Beta(gamma, delta) */
    double delta;      /**< BG/BB: see gamma */
    int k;             /**< regular families: stages of a gap, 1 to RETAIN_BTYD_MOST_K; others do not read it */
    size_t covariates; /**< number of covariates; 0: every customer has the parameters above */
    double purchase[RETAIN_BTYD_COVARIATES]; /**< coefficients of the purchase process, one for each covariate */
    double lifetime[RETAIN_BTYD_COVARIATES]; /**< coefficients of the lifetime process; 0 of NBD, which has none */
} retain_btyd;

/** Fits a family to customers by maximum likelihood.
 *
 *  @param family     which model
 *  @param customers  one row per customer; `weight` counts identical customers; spend is not read. With covariates, if there are
 *                    any, these enter both processes as far as the family has them, and the fit begins where that without them
 *                    ends, so its likelihood is never below
 *  @param options    NULL for the defaults; priors, values that are held, and which covariate enters which process (retain/fit.h).
 *                    Regular families: with k = 0 the most likely k of 1 to 12 is chosen, without covariates (the search stops after
 *                    two in a row that are less likely), and the report's explanation says so; k is not counted as a parameter.
 *                    Unless k is 1, `log_gaps` is read
 *  @param model      receives the model; parameters that the family does not have are NaN, k of families without is 0
 *  @param report     what there is to say about the fit (retain/fit.h); may be NULL
 *  @return RETAIN_OK for an interior maximum only; RETAIN_ERROR_CONVERGENCE otherwise, with model and report written (model
 *          parameters are NaN when there is too little data to begin)
 *  Cost: about 10 evaluations of the likelihood, O(distinct rows) each, and fewer of large tables, where the search begins on a
 *  sixteenth of the distinct rows; some 50 on a boundary, which is approached from several sides, and of up
 *  to 2,000 distinct rows, where all starts are tried. Scratch of 16 to 40 bytes a row.
 *  Gamma-Gompertz/NBD begins where a fit of the Pareto/NBD ends, so that it is never the worse of the two.
 *  With m covariates some 5 evaluations more, each O(distinct rows) and O(m^2) for each distinct row of covariates: dummies are
 *  cheap, continuous covariates make every customer a row of its own. Scratch of 100 bytes a row. */
RETAIN_API retain_status retain_btyd_fit(retain_context *ctx, retain_btyd_family family, const retain_customers *customers,
                                         const retain_fit_options *options, retain_btyd *model, retain_fit_report *report);

/** Log-likelihood of each customer.
 *
 *  @param log_likelihood  [customers->count] receives log L(x, t_x, T | model) of one customer; weights are not applied
 *  @param gradient        [customers->count * entries] receives its derivatives by the logarithms of the parameters, and then by the
 *          coefficients (all of the purchase process first), customer by customer: entries = retain_btyd_parameters(model->family) +
 *          2 model->covariates; may be NULL. Regular families with k > 1 read `log_gaps`
 *  Formulas: Pareto/NBD eqs. 18-20 of Fader & Hardie 2005, "A note on deriving the Pareto/NBD model"; BG/NBD eq. 6; MBG/NBD
 *  eq. 5; GG/NBD as for the Pareto/NBD with S(u) = (beta / (beta - 1 + e^(b u)))^s.
 *  NBD: the negative binomial; BG/BB eq. 5, of one way to place x uses of which the last is at t_x. Cost: O(count). */
RETAIN_API retain_status retain_btyd_likelihood(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                                double *log_likelihood, double *gradient);

/** P(alive): probability that a customer is still there at the observation end.
 *
 *  Not a churn risk: see retain/churn.h. Under BG/NBD it is 1 for every customer without a repeat purchase, by construction, and
 *  under NBD for everybody. Under BG/BB: the probability to be there when opportunity n + 1 comes (eq. 11 of the paper).
 *
 *  @param alive          [customers->count] receives probabilities
 *  @param log_odds_dead  [customers->count] receives log((1 - alive) / alive), exact where alive rounds to 0 or 1 (-infinity
 *                        where alive is 1 by construction); may be NULL. Cost: O(count); BG/BB: O(opportunities). */
RETAIN_API retain_status retain_btyd_alive(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                           double *alive, double *log_odds_dead);

/** Expected occasions of each customer in the next `t` units of time, (T, T + t].
 *  @param t       >= 0, finite, in the model's unit of time
 *  @param orders  [customers->count] receives E[Y(t) | x, t_x, T]. Cost: O(count), one special function per distinct (x, T). */
RETAIN_API retain_status retain_btyd_orders(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                            double t, double *orders);

/** Probability that a customer places no order in the next `t` units of time, whether dead or merely slow.
 *  @param t        >= 0, finite, in the model's unit of time
 *  @param silence  [customers->count] receives P(Y(t) = 0 | x, t_x, T); never below 1 - P(alive). Cost: O(count), BG/BB O(t)
 *                  per distinct (x, T). */
RETAIN_API retain_status retain_btyd_silence(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                             double t, double *silence);

/** Expected occasions in (T, T + t], each discounted to the observation end: the integral of e^(-delta u) dE[Y(u)].
 *
 *  With t infinite this is DERT, discounted expected residual transactions (Fader, Hardie & Lee 2005, JMR 42(4)).
 *
 *  @param t           >= 0 in the model's unit of time; may be infinite
 *  @param delta       >= 0: continuous discount rate per unit of time; retain_clv_delta turns an annual rate into it
 *  @param discounted  [customers->count] receives the sum; infinite where it diverges (t infinite, delta 0, and a tail too
 *                     heavy, or nobody leaves). Cost: O(count), one quadrature or special function per distinct (x, T). */
RETAIN_API retain_status retain_btyd_discounted(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                                double t, double delta, double *discounted);

/** The model of customers with given covariates: without covariates itself, its parameters theirs.
 *
 *  @param covariates  [model->covariates] finite
 *  @param given       receives the model; may be `model`
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT also when a parameter leaves [1e-100, 1e100]. Cost: O(1). */
RETAIN_API retain_status retain_btyd_given(retain_context *ctx, const retain_btyd *model, const double *covariates,
                                           retain_btyd *given);

/** Expected repeat occasions of a new customer, about whom nothing is known yet. The model has no covariates (retain_btyd_given).
 *  @param t         [count] ages >= 0, finite, in the model's unit of time
 *  @param expected  [count] receives E[X(t)], the first purchase not included: add 1 for it. Cost: O(count). */
RETAIN_API retain_status retain_btyd_expected(retain_context *ctx, const retain_btyd *model, const double *t, size_t count,
                                              double *expected);

/** Probability that a new customer makes n repeat occasions by age t. The model has no covariates (retain_btyd_given).
 *  @param t        >= 0, finite, in the model's unit of time
 *  @param n        [count] whole numbers >= 0
 *  @param pmf      [count] receives P(X(t) = n)
 *  @param log_pmf  [count] receives its logarithm, exact where pmf underflows; may be NULL. Cost: O(count). */
RETAIN_API retain_status retain_btyd_pmf(retain_context *ctx, const retain_btyd *model, double t, const double *n, size_t count,
                                         double *pmf, double *log_pmf);

/** Draws customers from a model: the check of every claim above.
 *
 *  @param T          [count] how long each customer is observed, finite and >= 0
 *  @param covariates [model->covariates] columns of [count], as in retain_customers; NULL where the model has none
 *  @param count      number of customers
 *  @param t          how long they are followed afterwards, finite and >= 0
 *  @param seed       any number; the same seed gives the same customers, for any number of threads
 *  @param frequency  [count] receives x
 *  @param t_x        [count] receives t_x
 *  @param alive      [count] receives 1 when alive at T, else 0; may be NULL
 *  @param future     [count] receives the occasions in (T, T + t]; may be NULL
 *  @param log_gaps   [count] receives the sum of the logarithms of the gaps up to T; may be NULL
 *  @return RETAIN_OK, or RETAIN_ERROR_DATA when a customer would make more than 10^7 occasions. Cost: O(occasions). */
RETAIN_API retain_status retain_btyd_simulate(retain_context *ctx, const retain_btyd *model, const double *T,
                                              const double *const *covariates, size_t count, double t, uint64_t seed,
                                              double *frequency, double *t_x, double *alive, double *future, double *log_gaps);

/** Name of a family, such as "Pareto/NBD"; static text. "unknown" for a value that is none. */
RETAIN_API const char *retain_btyd_name(retain_btyd_family family);

/** Number of parameters of a family, at most RETAIN_FIT_PARAMETERS; 0 for a value that is none. */
RETAIN_API size_t retain_btyd_parameters(retain_btyd_family family);

/** 1 for a regular family, whose models have a k beside the parameters; else 0. */
RETAIN_API int retain_btyd_is_regular(retain_btyd_family family);

/** Names of the parameters of a family in the order of reports and gradients, such as "r", "alpha", "s", "beta"; static text, ""
 *  for an index beyond them. */
RETAIN_API const char *retain_btyd_parameter(retain_btyd_family family, size_t index);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_BTYD_DYNAMIC_H
#define RETAIN_BTYD_DYNAMIC_H

#include "retain/btyd.h"

/** @defgroup btyd_dynamic Seasons and covariates that change with time
 *  @brief How much more is bought at Christmas, and what did the campaign do?
 *
 *  The Pareto/NBD with **covariates that change with time** (Bachmann, Meierer & Naef 2021, "The role of time-varying contextual
 *  factors in latent attrition models for customer base analysis", Marketing Science 40(4)): a customer who is alive buys at the
 *  rate lambda e^(sum of purchase[c] x_c(t)) and dies at the rate mu e^(sum of lifetime[c] x_c(t)), with lambda ~ Gamma(r, alpha)
 *  and mu ~ Gamma(s, beta) as ever. With A(t) and C(t) the integrals of the two exponentials since the first purchase, the
 *  likelihood of x repeat occasions at t_1 ... t_x, observed until T, is
 *
 *  Gamma(n) / (Gamma(r) alpha^x) times the product of e^(purchase x(t_j)) times { (alpha / (alpha + A(T)))^n (beta / (beta + C(T)))^s
 *  + integral from t_x to T of (alpha / (alpha + A))^n (beta / (beta + C))^s s / (beta + C) dC }, with n = r + x.
 *
 *  Covariates that never change give the model of retain/btyd.h; it is the same `retain_btyd`, of the family RETAIN_BTYD_PARETO_NBD.
 *
 *  Covariates are constant in **pieces**, and only the days on which something changes are written down: never a grid of days.
 *
 *  - **calendar** columns are the same for all customers: months, holidays, campaigns to everybody
 *  - **own** columns are each customer's: mails received, a loyalty card from some day on, or country, which is one piece
 *
 *  A piece holds from its start, that day included, until the next one starts; the last one until `known_until`. All times are
 *  **days** on the calendar of retain/calendar.h, of which day starts are instants; an order of some day is bought under the piece
 *  that holds on that day. The coefficients of a model are those of the calendar columns first, then of the own ones.
 *
 *      double change[] = {14579, 14944, 14975, 15309, 15340};        // 2009-12-01, 2010-12-01, 2011-01-01, 2011-12-01, 2012-01-01
 *      double december[] = {1, 1, 0, 1, 0};                          // a start at which nothing changes does no harm
 *      const double *columns[] = {december};
 *      retain_btyd_histories histories = {.count = count, .start = start, .end = end, .first = first, .unit_days = 7.0};
 *      histories.occasion = occasion;                                // retain_orders_occasions makes these of an order log
 *      histories.calendar_pieces = 5, histories.calendar_start = change, histories.known_until = 15706.0;
 *      histories.calendar_columns = 1, histories.calendar = columns;
 *      const uint8_t none[] = {0};
 *      const retain_fit_options purchases = {.struct_size = sizeof purchases, .lifetime = none};  // Christmas kills nobody
 *      retain_btyd model;
 *      retain_btyd_dynamic_fit(&context, &histories, &purchases, &model, NULL);
 *      retain_btyd_dynamic_orders(&context, &model, &histories, 26.0, orders);      // in the next 26 weeks, whatever season they are
 *
 *  Horizons and parameters are in the model's unit of time,
 *  `unit_days`. Common errors: RETAIN_ERROR_DATA for a row that breaks a rule below, and for one whose covariates end before the
 *  times that are asked about; RETAIN_ERROR_ARGUMENT for a model of another family, unit or number of covariates; RETAIN_ERROR_MEMORY;
 *  RETAIN_ERROR_CANCELLED. Results do not depend on the number of threads, to the last bit.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Customers, when they bought, and what went on meanwhile: a view of the caller's arrays. */
typedef struct retain_btyd_histories {
    size_t count;                 /**< number of customers */
    const double *start;          /**< [count] day of the first purchase, within +-2^40 */
    const double *end;            /**< [count] observation end, a day >= start, within +-2^40 */
    const int64_t *first;         /**< [count + 1] ascending: customer i made the repeat occasions first[i] ... first[i + 1] - 1 */
    const double *occasion;       /**< [first[count]] days of the repeat occasions, ascending within a customer, in (start, end] */
    const double *weight;         /**< optional [count] finite, >= 0: so many identical customers; NULL means 1 */
    double unit_days;             /**< days in the model's unit of time: 7 for weeks; in [1e-9, 1e9] */
    size_t calendar_pieces;       /**< number of calendar pieces */
    const double *calendar_start; /**< [calendar_pieces] first days, strictly ascending; the first one not after any `start` */
    size_t calendar_columns;      /**< number of calendar columns; with the own ones at most RETAIN_BTYD_COVARIATES */
    const double *const *calendar; /**< [calendar_columns] columns of [calendar_pieces] finite numbers */
    const int64_t *piece;          /**< [count + 1] ascending: customer i has the own pieces piece[i] ... piece[i + 1] - 1 */
    const double *piece_start;     /**< [piece[count]] first days, strictly ascending within a customer, the first one not after `start` */
    size_t own_columns;            /**< number of own columns; 0: `piece` and `piece_start` are not read */
    const double *const *own;      /**< [own_columns] columns of [piece[count]] finite numbers */
    double known_until;            /**< day until which all pieces are known, itself not included; INFINITY is fine */
} retain_btyd_histories;

/** Fits the Pareto/NBD with these covariates by maximum likelihood.
 *
 *  @param options  as for retain_btyd_fit: priors, values that are held, which column enters which process, which has one
 *                  coefficient in both. Seasons are for the purchase process as a rule: `lifetime` all 0
 *  @param model    receives the model
 *  @param report   may be NULL. Its likelihood can be compared with that of a fit of the same customers without covariates, and
 *                  retain_fit_likelihood_ratio does
 *  @return as retain_btyd_fit, also for columns that lie far from 0, such as years. The search begins where the fit without covariates ends: its likelihood is never below
 *
 *  A column that never changes cannot be told from alpha (or beta): the verdict is a ridge that names it, and so it is for
 *  columns that follow from each other, such as twelve months. Leave one out.
 *  Cost: some 10 evaluations, each O(pieces between a customer's last occasion and observation end) and O(m^2) for each of them,
 *  once for each distinct (start, last occasion, end, number of occasions) where there are no own columns; what was before the last
 *  occasion is read off prefix sums. */
RETAIN_API retain_status retain_btyd_dynamic_fit(retain_context *ctx, const retain_btyd_histories *histories,
                                                 const retain_fit_options *options, retain_btyd *model, retain_fit_report *report);

/** Log-likelihood of each customer.
 *  @param log_likelihood  [count] receives log L; weights are not applied
 *  @param gradient        [count * (4 + 2 model->covariates)] receives its derivatives by the logarithms of r, alpha, s, beta, and by
 *                         the coefficients (all of the purchase process first), customer by customer; may be NULL */
RETAIN_API retain_status retain_btyd_dynamic_likelihood(retain_context *ctx, const retain_btyd *model,
                                                        const retain_btyd_histories *histories, double *log_likelihood,
                                                        double *gradient);

/** P(alive) at the observation end.
 *  @param alive          [count] receives probabilities
 *  @param log_odds_dead  [count] receives log((1 - alive) / alive); may be NULL */
RETAIN_API retain_status retain_btyd_dynamic_alive(retain_context *ctx, const retain_btyd *model,
                                                   const retain_btyd_histories *histories, double *alive, double *log_odds_dead);

/** Expected occasions of each customer in the next `t` units of time, under the covariates of those days.
 *
 *  P(alive) times n / (alpha + A(T)) times the integral from T to T + t of ((beta + C(T)) / (beta + C))^s dA: in closed form on
 *  every piece.
 *
 *  @param t       >= 0, finite
 *  @param orders  [count] receives E[Y(t)]; RETAIN_ERROR_DATA where end + t goes beyond `known_until` */
RETAIN_API retain_status retain_btyd_dynamic_orders(retain_context *ctx, const retain_btyd *model,
                                                    const retain_btyd_histories *histories, double t, double *orders);

/** Probability that a customer places no order in the next `t` units of time, whether dead or merely slow: a churn risk that knows
 *  the season. As retain_btyd_dynamic_orders.
 *  @param silence  [count] receives P(Y(t) = 0) */
RETAIN_API retain_status retain_btyd_dynamic_silence(retain_context *ctx, const retain_btyd *model,
                                                     const retain_btyd_histories *histories, double t, double *silence);

/** Repeat occasions to be expected from all customers in each period, given their first purchases and covariates and nothing else: the
 *  tracking curve to hold against what happened.
 *
 *  @param edges     [periods + 1] days, ascending, finite: period k is [edges[k], edges[k + 1]); the last one not after `known_until`
 *  @param expected  [periods] receives sums over customers, weights applied. `end` and `occasion` have no say.
 *  Cost: O(count * (pieces + periods)). */
RETAIN_API retain_status retain_btyd_dynamic_tracking(retain_context *ctx, const retain_btyd *model,
                                                      const retain_btyd_histories *histories, const double *edges, size_t periods,
                                                      double *expected);

/** Draws the occasions of customers from a model.
 *
 *  @param histories  start, end and covariates are read; first and occasion are not, and may be NULL
 *  @param seed       any number; a customer's draws depend on it and the customer's row only
 *  @param first      [histories->count + 1] receives the offsets of each customer's repeat occasions
 *  @param occasion   [capacity] receives their days; may be NULL when capacity is 0, to ask for `*occasions`
 *  @param capacity   length of `occasion`
 *  @param occasions  receives their number
 *  @param alive      [histories->count] receives 1 for those who are alive at `end`, else 0; may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*occasions` set and nothing else written; RETAIN_ERROR_DATA also when a customer
 *          would make more than 10^7 occasions. Cost: O(pieces + occasions). */
RETAIN_API retain_status retain_btyd_dynamic_simulate(retain_context *ctx, const retain_btyd *model,
                                                      const retain_btyd_histories *histories, uint64_t seed, int64_t *first,
                                                      double *occasion, size_t capacity, size_t *occasions, double *alive);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

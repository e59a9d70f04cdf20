/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_BTYD_FUTURE_H
#define RETAIN_BTYD_FUTURE_H

#include "retain/btyd.h"

/** @defgroup btyd_future Forecasts
 *  @brief What will each customer do: how often, when next, how surely, and for how long?
 *
 *  A forecast is the answer to one **question** about every customer, by any family of models. A question names a quantity and,
 *  where the quantity needs it, a window (T + from, T + to] after the observation end of the customer:
 *
 *      retain_btyd_question next_quarter = {.struct_size = sizeof next_quarter, .quantity = RETAIN_BTYD_ORDERS,
 *                                           .from = 13.0, .to = 26.0};                // weeks 14 to 26 from now
 *      retain_btyd_forecast(&context, &model, &customers, &next_quarter, orders);
 *
 *  How sure such an answer is, for one customer and for all together, is told by retain/btyd_interval.h, which takes the same
 *  question. **A new customer** is the row frequency = 0, t_x = 0, T = 0: all questions can be asked about it, and answers count
 *  repeat occasions only (add 1 for the first purchase).
 *
 *  **Next order.** "When will the customer order next?" has a distribution, not a date, and it starts now: that a customer is
 *  already overdue is part of what is known. P(next order by t) rises to a limit below 1, for the customer may be gone
 *  (1 - P(alive)), or may leave first. A quantile above that limit is infinite: the median of a customer who is more likely never
 *  to return than to return is infinity, not a late date.
 *
 *  Times are in the model's unit and count from each customer's own observation end; of BG/BB they are opportunities, the next
 *  order comes at a whole one, who has not come back within 10^6 of them never will, and counts are of windows of at most 10^4.
 *
 *  No question takes more than about a second for one customer, however odd. The forecasts of **regular families** go through the
 *  ticks of a clock, of which a purchase takes k: (r + k x) / (alpha + T) of them come in a unit of time. The discounted orders and
 *  time alive of a window that ends, and counts and their variance in a window that begins later (from > 0), take more steps the
 *  more ticks there are. A customer of whom they would take more than 2 * 10^7, which is tens of thousands of orders, is refused with RETAIN_ERROR_DATA and the
 *  row; all else is answered for any number of ticks. Progress is told at least once for each such customer.
 *
 *  Common errors: those of retain/btyd.h, and RETAIN_ERROR_ARGUMENT for a question whose fields break their rules.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What is asked. W is the window (T + from, T + to], Y the number of occasions in it, D the customer's data (x, t_x, T). */
typedef enum retain_btyd_quantity {
    RETAIN_BTYD_ORDERS = 1,         /**< E[Y | D] */
    RETAIN_BTYD_DISCOUNTED = 2,     /**< expected occasions in W, each times e^(-delta (its time - T)); `to` may be infinite */
    RETAIN_BTYD_SILENCE = 3,        /**< P(Y = 0 | D): no order in W, whether dead or merely slow */
    RETAIN_BTYD_RETURN = 4,         /**< P(Y > 0 | D): at least one order in W; with from = 0, P(next order by T + to) */
    RETAIN_BTYD_ALIVE = 5,          /**< P(alive at T + to | D); `from` is not read */
    RETAIN_BTYD_COUNT = 6,          /**< P(Y = n | D) */
    RETAIN_BTYD_AT_MOST = 7,        /**< P(Y <= n | D) */
    RETAIN_BTYD_VARIANCE = 8,       /**< variance of Y given D: chance alone, the parameters taken for known */
    RETAIN_BTYD_COUNT_QUANTILE = 9, /**< least n with P(Y <= n | D) >= share; infinite beyond 10^6 */
    RETAIN_BTYD_NEXT_QUANTILE = 10, /**< time from T until the next order has come with probability `share`; infinite when it never
                                         comes with that probability (within 10^15 units); no window */
    RETAIN_BTYD_NEXT_MEAN = 11,     /**< expected time from T to the next order, given that it comes by T + to, the same for all
                                         t_x where customers buy at random; `to` > 0, `from` is not read */
    RETAIN_BTYD_RATE = 12,          /**< E[rate of buying while alive | D]: of lambda, occasions per unit of time; no window */
    RETAIN_BTYD_LEAVING = 13,  /**< E[inclination to leave | D]: of mu, per unit of time, where customers leave in time; of p, per
                                         chance to leave, where they leave after a purchase; NaN where nobody leaves; no window */
    RETAIN_BTYD_LIFETIME = 14, /**< expected time alive in W, each instant times e^(-delta (instant - T)): the integral of
                                         e^(-delta u) P(alive at T + u | D). `to` may be infinite; infinite where that diverges. Where
                                         time goes by in opportunities, the number of those at which the customer is there */
    RETAIN_BTYD_DISCOUNTED_VARIANCE = 15 /**< variance given D of the sum that RETAIN_BTYD_DISCOUNTED expects: chance alone; of
                                         families whose customers buy at random in continuous time;
                                            NaN for ever without discount */
} retain_btyd_quantity;

/** A question about customers. Fields that the quantity does not need are not read. */
typedef struct retain_btyd_question {
    size_t struct_size;            /**< sizeof(retain_btyd_question) */
    retain_btyd_quantity quantity; /**< what is asked */
    double from;                   /**< start of the window, from the observation end on; finite and >= 0 */
    double to;                     /**< its end, >= from; finite, but for DISCOUNTED, LIFETIME, DISCOUNTED_VARIANCE */
    double delta; /**< continuous discount rate per unit of time, >= 0; retain_clv_delta makes it of an annual rate */
    double n;     /**< a count, a whole number in [0, 10^6] */
    double share; /**< a probability in (0, 1): 0.5 asks for a median */
} retain_btyd_question;

/** Answers a question about every customer.
 *
 *  Rates: E[lambda | D] is the mean rate of a customer like this one while alive, whether or not alive now: what the customer was
 *  like, not what will come. It is (r / alpha) L(r + 1) / L(r), exact for every family whose rate is Gamma(r, alpha).
 *
 *  @param values  [customers->count] receives the answers
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT also where the family has no such forecast.
 *  Cost: O(count), as retain_btyd_orders, for ORDERS, DISCOUNTED and its variance, SILENCE, RETURN, ALIVE, COUNT; some hundred
 *  times that per distinct (x, T) for VARIANCE, NEXT_MEAN and LIFETIME; for AT_MOST n times COUNT up to n = 64, and for larger n no
 *  more (BG/BB: for all); a search per customer for the quantiles. */
RETAIN_API retain_status retain_btyd_forecast(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                              const retain_btyd_question *question, double *values);

/** The distribution of each customer's occasions in (T + from, T + to].
 *
 *  A customer is dead, and makes none, or alive, and then a new customer of the same kind with sharper parameters: the probability
 *  of n is P(alive) times that customer's, plus 1 - P(alive) for n = 0.
 *
 *  @param from, to       0 <= from <= to, finite
 *  @param counts         number of counts, at least 1: n = 0 ... counts - 1
 *  @param probabilities  [customers->count * counts] receives P(Y = n | x, t_x, T), customer by customer; what is missing to 1 is
 *                        P(Y >= counts). From the 1001st count on those are 0 that have P below 1e-18 and come after the bulk. Cost: O(customers->count * counts). */
RETAIN_API retain_status retain_btyd_distribution(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                                  double from, double to, size_t counts, double *probabilities);

/** P(alive) along one customer's history: what the model would have said at past instants.
 *
 *  It falls from order to order, and faster for those who used to order often; every order brings it back. Under BG/NBD it stays at
 *  1 until the first repeat occasion, by construction.
 *
 *  @param ages      [orders] ages at the repeat occasions, > 0, finite, ascending; the first purchase, at age 0, is not one of them
 *  @param orders    number of repeat occasions
 *  @param instants  [count] ages >= 0, finite, in any order, at which to look; an order at that very age is known
 *  @param alive     [count] receives P(alive). Cost: O(count log orders). */
RETAIN_API retain_status retain_btyd_history(retain_context *ctx, const retain_btyd *model, const double *ages, size_t orders,
                                             const double *instants, size_t count, double *alive);

/** Expected repeat occasions of a cohort up to points of calendar time: the tracking curve to hold against what happened.
 *
 *  @param births    [customers] times of the first purchases, finite, in the model's unit, on any clock
 *  @param weight    [customers] numbers of identical customers, finite and >= 0; NULL means 1 each
 *  @param customers number of births
 *  @param times     [count] points of time on the same clock, finite
 *  @param count     number of points
 *  @param expected  [count] receives the sum over customers of E[X(time - birth)], those not yet born not counting: cumulative. For
 *                   occasions between two points take the difference. Cost: O(distinct births * count). */
RETAIN_API retain_status retain_btyd_tracking(retain_context *ctx, const retain_btyd *model, const double *births,
                                              const double *weight, size_t customers, const double *times, size_t count,
                                              double *expected);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

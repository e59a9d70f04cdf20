/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CHURN_PLAN_H
#define RETAIN_CHURN_PLAN_H

#include "retain/btyd.h"
#include "retain/orders.h"

/** @defgroup churn_plan Acting on churn risk
 *  @brief Who is overdue by his own measure, whom is it worth to call, and what does that bring?
 *
 *  Bands of risk at a third and two thirds say nothing about what to do. What to do follows from what a customer is worth, what
 *  contacting costs, and how many can be contacted:
 *
 *      retain_churn_offer offer = {2.0, 0.0, 0.1};       // a call of 2.00 that keeps one leaver in ten
 *      retain_churn_selection found = {0}; found.struct_size = sizeof found;
 *      retain_churn_select(&context, risk, residual, count, &offer, 200, 0.0, chosen, gain, &found);
 *      // the 200 worth calling; found.marginal_gain is what the last of them brings
 *
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/* --- overdue ------------------------------------------------------------------------------------------------------------------ */

/** Is the current silence unusual for this customer? P(a gap at least as long as T - t_x), given the x gaps before it and that he is
 *  a customer still: small for who is overdue. A rhythm, not a risk: retain_churn_risk says how likely no order is, whether he left or
 *  is merely slow; retain_btyd_forecast (RETAIN_BTYD_NEXT_QUANTILE) when the next order comes.
 *
 *  Rates are lambda ~ Gamma(r, alpha), and given x gaps in t_x and that nobody has left they are Gamma(r + x, alpha + t_x), whatever
 *  the family says of leaving. So with s = T - t_x
 *
 *      P = ((alpha + t_x) / (alpha + T))^(r + x)
 *
 *  in families whose customers buy at random; in regular ones, whose gaps take k ticks of a clock, the chance of less than k ticks:
 *  the sum over j < k of the negative binomial terms of Gamma(r + k x, alpha + t_x); and in BG/BB, by opportunities,
 *  B(alpha + x, beta + T - x) / B(alpha + x, beta + t_x - x). Who has not come back yet is measured from the first order on.
 *
 *  @param model, customers  as for retain_btyd_alive
 *  @param p_value           [customers->count] receives probabilities
 *  @return as retain_btyd_alive. Cost: O(count). */
RETAIN_API retain_status retain_churn_overdue(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                              double *p_value);

/** The same without a model: one entry per customer, in ascending order of customer. Columns that are NULL are not written. */
typedef struct retain_churn_gap_columns {
    int64_t *customer;  /**< who */
    double *silence;    /**< days since the last occasion */
    double *gaps;       /**< n: his gaps that have ended */
    double *own_share;  /**< share of them that were at least as long as the silence; NaN without any */
    double *shop_share; /**< the same of all customers' gaps; NaN when nobody ever came back */
    double *p_value;    /**< (n own_share + m shop_share) / (n + m): his own gaps, and those of the shop as if he had had m more */
} retain_churn_gap_columns;

/** How long a silence is by the customer's own gaps and by those of the shop.
 *
 *  Only gaps that have ended are counted, for they are the ones of customers. Short ones have had more time to end: a young shop makes
 *  silences look longer than they are.
 *
 *  @param prior_gaps  m: the shop's gaps count as so many of the customer's own; finite, > 0; 0 means 4
 *  @param capacity    length of the columns
 *  @param count       receives the number of customers
 *  @return as retain_orders_summary, and RETAIN_ERROR_ARGUMENT. Cost: as the summary, and O(customers log lengths of gaps). */
RETAIN_API retain_status retain_churn_gaps(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                           const retain_orders_options *counting, double prior_gaps,
                                           const retain_churn_gap_columns *columns, size_t capacity, size_t *count);

/* --- whom to contact ---------------------------------------------------------------------------------------------------------- */

/** What is done to keep a customer. With risk p and value v the expected gain is
 *
 *      p effect (v - incentive) - (1 - p) incentive - cost
 *
 *  who would have left takes the incentive with probability `effect` and stays; who would have stayed takes it gladly. That is
 *  the profit of Neslin et al. (J. Marketing Research 43 (2006), 204-211, eq. 1) and of Verbeke et al. (European J. of Operational
 *  Research 218 (2012), 211-229, eq. 1), whose mean value is here each customer's own. Without an incentive: effect x loss - cost. */
typedef struct retain_churn_offer {
    double cost;      /**< of contacting one customer, finite and >= 0 */
    double incentive; /**< what the offer costs when it is taken, finite and >= 0 */
    double effect;    /**< share of leavers that it keeps, in [0, 1] */
} retain_churn_offer;

/** From which risk on contacting pays: (cost + incentive) / (effect v + (1 - effect) incentive). Above 1: never; infinite where even a
 *  certain leaver is worth nothing.
 *
 *  @param value      [count] money still to come (retain_clv_residual), finite or NaN
 *  @param threshold  [count] receives the risk above which the gain is positive; NaN where value is
 *  @return RETAIN_OK, RETAIN_ERROR_DATA, RETAIN_ERROR_ARGUMENT. Cost: O(count). */
RETAIN_API retain_status retain_churn_thresholds(retain_context *ctx, const double *value, size_t count,
                                                 const retain_churn_offer *offer, double *threshold);

/** Who was chosen, and what that brings. Money and numbers are expected ones, if the risks are right. */
typedef struct retain_churn_selection {
    size_t struct_size;   /**< sizeof(retain_churn_selection) */
    size_t paying;        /**< customers with a positive gain */
    size_t chosen;        /**< the smaller of these and the capacity */
    double gain;          /**< of all who were chosen */
    double marginal_gain; /**< of the last one who was chosen; NaN without any */
    double next_gain;     /**< of the best one who was not: what one more contact would bring; NaN when all pay and were chosen */
    size_t tied;          /**< customers whose gain is exactly the marginal one */
    size_t tied_chosen;   /**< of them, chosen: those of the first rows */
    double lost;          /**< of the chosen, customers who leave when nothing is done: the sum of their risks */
    double lost_low;      /**< prediction limits of that number: retain_churn_lost */
    double lost_high;     /**< upper limit */
    double kept;          /**< of them, kept by the contact: effect x lost */
} retain_churn_selection;

/** Chooses the customers whose gain is largest: at most `most`, and none whose gain is not positive.
 *
 *  @param risk    [count] in [0, 1]
 *  @param value   [count] money still to come, finite or NaN; customers without a value are not chosen
 *  @param most    how many can be contacted; SIZE_MAX for all who pay
 *  @param level   of the prediction limits, in (0, 1); 0 means 0.95
 *  @param chosen  [count] receives 1 for who is chosen, else 0
 *  @param gain    [count] receives each customer's gain, NaN where value is; may be NULL
 *  @param selection  may be NULL
 *  @return as retain_churn_lost. Cost: as that, and a sort; 41 bytes of scratch a customer. */
RETAIN_API retain_status retain_churn_select(retain_context *ctx, const double *risk, const double *value, size_t count,
                                             const retain_churn_offer *offer, size_t most, double level, uint8_t *chosen,
                                             double *gain, retain_churn_selection *selection);

/** How many leave: limits of a sum of independent yes and no. */
typedef struct retain_churn_loss {
    size_t struct_size; /**< sizeof(retain_churn_loss) */
    double customers;   /**< the sum of the risks */
    double low;         /**< least number n with P(at most n) >= (1 - level) / 2 */
    double high;        /**< least number n with P(at most n) >= (1 + level) / 2 */
    double money;       /**< expected loss: the sum of risk x value; NaN without values */
    double money_low;   /**< normal limits, from the sum of risk (1 - risk) value^2 */
    double money_high;  /**< upper limit */
} retain_churn_loss;

/** Limits of the number of customers who leave, and of what leaves with them.
 *
 *  The number is Poisson binomial: exact up to 50,000 customers with a risk that is neither 0 nor 1, beyond that the refined normal
 *  approximation (A. Volkova, Theory Probab. Appl. 40 (1996), 791-794), whose error is far below 1 customer in 1,000. Limits speak of
 *  chance alone: they take the risks for right, and customers for independent. What moves all at once (season, a price, a
 *  competitor) comes on top: retain/evaluation_shocks.h measures it.
 *
 *  @param risk   [count] in [0, 1]
 *  @param value  [count] at most 1e60 in size; may be NULL
 *  @param level  in (0, 1); 0 means 0.95
 *  @return RETAIN_OK, RETAIN_ERROR_DATA, RETAIN_ERROR_ARGUMENT, RETAIN_ERROR_MEMORY, RETAIN_ERROR_CANCELLED. Cost: O(count x the
 *          standard deviation of the number). */
RETAIN_API retain_status retain_churn_lost(retain_context *ctx, const double *risk, const double *value, size_t count, double level,
                                           retain_churn_loss *loss);

/* --- profit curve ------------------------------------------------------------------------------------------------------------- */

/** The curve: the caller's arrays to be filled, one entry per distinct score, the largest first. Columns that are NULL are not
 *  written. */
typedef struct retain_churn_profit_columns {
    double *score;     /**< everybody with this score or a larger one is contacted */
    double *customers; /**< how many these are */
    double *cost;      /**< what they cost: contacts, and incentives that are taken */
    double *profit;    /**< what they bring, costs taken off */
    double *low;       /**< limits of the profit; NaN where the standard error is 0 */
    double *high;      /**< upper limit */
} retain_churn_profit_columns;

/** Where the curve is highest. */
typedef struct retain_churn_best {
    size_t struct_size; /**< sizeof(retain_churn_best) */
    double score;       /**< the cut; infinite when nobody pays */
    double customers;   /**< contacted there, 0 when nobody pays */
    double share;       /**< of all customers */
    double profit;      /**< the largest profit, 0 when nobody pays */
    double low;  /**< limits of the profit at this cut. The best of many cuts was lucky, too: on other customers expect less */
    double high; /**< upper limit */
    double per_customer;  /**< profit / all customers: the maximum profit criterion (MPC) of Verbeke et al. */
    double profit_of_all; /**< of contacting everybody */
} retain_churn_best;

/** Profit when customers are contacted in the order of a score.
 *
 *  With `left` as it turned out (0 or 1: customers of a holdout) the curve is what the offer would have brought, and the limits are for as
 *  many customers of the same kind: N customers are a sample, sum of z^2 - (sum of z)^2 / N (times N / (N - 1)) being the variance of
 *  their sum, with z a customer's gain where contacted, else 0. With probabilities it is what to expect of these very customers,
 *  if they are right, and the variance is the sum of p (1 - p) (effect v + (1 - effect) incentive)^2. The offer's effect is
 *  taken for known either way: only an experiment tells it.
 *
 *  @param score     [count] finite: the larger, the sooner contacted; a risk, or a gain
 *  @param left      [count] in [0, 1]: 1 for who left, or the probability of it
 *  @param value     [count] money at stake, at most 1e60 in size
 *  @param level     of the limits, in (0, 1); 0 means 0.95
 *  @param columns   may be NULL
 *  @param capacity  length of every column that is not NULL; `count` always suffices
 *  @param points    receives the number of distinct scores
 *  @param best      may be NULL
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*points` set and nothing else written; RETAIN_ERROR_DATA; RETAIN_ERROR_ARGUMENT;
 *          RETAIN_ERROR_MEMORY. Cost: O(count) and a sort; 32 bytes of scratch a customer. */
RETAIN_API retain_status retain_churn_profit(retain_context *ctx, const double *score, const double *left, const double *value,
                                             size_t count, const retain_churn_offer *offer, double level,
                                             const retain_churn_profit_columns *columns, size_t capacity, size_t *points,
                                             retain_churn_best *best);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_CHURN_H
#define RETAIN_CHURN_H

#include <stdint.h>

#include "retain/btyd.h"
#include "retain/context.h"

/** @defgroup churn Churn risk
 *  @brief Who is about to leave, and what would be lost?
 *
 *  The **risk** of a customer is the probability of no order in the next H days, with H said aloud: it can be checked when
 *  the H days are over. It is not 1 - P(alive): a customer can be alive and silent, and under BG/NBD every one-time buyer is
 *  "alive" for certain, which is why that number is refused here.
 *
 *      retain_churn_risk(&context, &model, &customers, NULL, risk);            // H = 90 days
 *      retain_churn_bands(&context, risk, count, NULL, 0, band);               // 0 low, 1 medium, 2 high
 *      retain_churn_expected_loss(&context, risk, residual, count, 5.0, 0.1, loss, gain);
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** What stands for "has left". */
typedef enum retain_churn_kind {
    RETAIN_CHURN_SILENCE = 0, /**< P(no order in the next H days) */
    RETAIN_CHURN_DEAD = 1     /**< 1 - P(alive), for models in which it means something: refused for BG/NBD and NBD */
} retain_churn_kind;

/** How to score. NULL or zeros after struct_size mean: no order in the next 90 days. */
typedef struct retain_churn_options {
    size_t struct_size;     /**< sizeof(retain_churn_options) */
    double horizon_days;    /**< H, positive and finite; 0 means 90 */
    retain_churn_kind kind; /**< what to compute */
} retain_churn_options;

/** Churn risk of each customer.
 *
 *  @param model, customers  as for retain_btyd_silence
 *  @param options           NULL for the defaults
 *  @param risk              [customers->count] receives probabilities
 *  @return as retain_btyd_silence; RETAIN_ERROR_ARGUMENT for RETAIN_CHURN_DEAD with BG/NBD, whose P(alive) is 1 for every
 *          one-time buyer, and with NBD, where it is 1 for everybody; and for a horizon that is no whole number of opportunities
 *          of a discrete family (BG/BB). Cost: O(count). */
RETAIN_API retain_status retain_churn_risk(retain_context *ctx, const retain_btyd *model, const retain_customers *customers,
                                           const retain_churn_options *options, double *risk);

/** Band of each risk: the number of cuts that are <= risk.
 *
 *  @param risk       [count] in [0, 1]; NaN is refused
 *  @param cuts       [cut_count] strictly ascending in (0, 1); NULL means {0.5, 0.8}: low, medium, high
 *  @param cut_count  at most 254; ignored when cuts is NULL
 *  @param band       [count] receives 0 to cut_count
 *  @return RETAIN_OK; RETAIN_ERROR_DATA for a risk outside [0, 1]; RETAIN_ERROR_ARGUMENT for bad cuts. Cost: O(count log
 *          cut_count). */
RETAIN_API retain_status retain_churn_bands(retain_context *ctx, const double *risk, size_t count, const double *cuts,
                                            size_t cut_count, uint8_t *band);

/** Expected loss of doing nothing, and whether an offer would pay.
 *
 *  loss = risk x residual: what is lost on average when the customer is left alone. An offer that costs `cost` and wins back
 *  a share `effect` of those who would have left pays when effect x loss > cost; `gain` is the difference.
 *
 *  @param risk      [count] in [0, 1]
 *  @param residual  [count] money still to come (retain_clv_residual), finite or NaN
 *  @param cost      cost of contacting one customer, finite and >= 0
 *  @param effect    share of leavers that the contact keeps, in [0, 1]
 *  @param loss      [count] receives money; NaN where residual is
 *  @param gain      [count] receives effect x loss - cost; may be NULL
 *  @return RETAIN_OK, RETAIN_ERROR_DATA, RETAIN_ERROR_ARGUMENT. Cost: O(count). */
RETAIN_API retain_status retain_churn_expected_loss(retain_context *ctx, const double *risk, const double *residual, size_t count,
                                                    double cost, double effect, double *loss, double *gain);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_ORDERS_OCCASIONS_H
#define RETAIN_ORDERS_OCCASIONS_H

#include "retain/orders.h"

/** @defgroup orders_occasions Occasions
 *  @brief On which days did each customer buy?
 *
 *  The summary of retain/orders.h keeps three numbers of a customer. Who needs the days themselves, such as the models with seasons of
 *  retain/btyd_dynamic.h, gets them here: the same customers, in the same order, with the same occasions.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Lists each customer's occasions.
 *
 *  @param observation_end, options  as for retain_orders_summary; unit_days is not read
 *  @param capacity         length of `customer` and `start`; of `first` it is one less
 *  @param customers        receives the number of customers
 *  @param customer         [capacity] receives who, ascending; may be NULL
 *  @param start            [capacity] receives the day of the first occasion (of the start of its block of occasion_days)
 *  @param first            [capacity + 1] receives where a customer's repeat occasions begin: those of customer i are first[i] ...
 *                          first[i + 1] - 1
 *  @param occasion_capacity  length of `occasion`; the number of rows of the log is always enough
 *  @param occasions        receives the number of repeat occasions of all customers
 *  @param occasion         [occasion_capacity] receives their days, ascending within a customer
 *  @return as retain_orders_summary; RETAIN_ERROR_CAPACITY with both numbers set and nothing else written. Cost: as the summary, and
 *          one more visit of the grouped rows. */
RETAIN_API retain_status retain_orders_occasions(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                                 const retain_orders_options *options, size_t capacity, size_t *customers,
                                                 int64_t *customer, double *start, int64_t *first, size_t occasion_capacity,
                                                 size_t *occasions, double *occasion);

#ifdef __cplusplus
}
#endif
/** @} */
#endif

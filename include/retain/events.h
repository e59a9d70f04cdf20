/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_EVENTS_H
#define RETAIN_EVENTS_H

#include <stddef.h>
#include <stdint.h>

/** @defgroup events Events
 *  @brief What happened to customers besides orders.
 *
 *  An **event** is a ticket, a return, a late delivery, a bad review, a visit: who, when, of which kind, and with which value if it
 *  has one. What is made of them is in retain/signals.h and retain/features.h.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Events in any order: a view of the caller's arrays. */
typedef struct retain_events {
    size_t count;            /**< number of events */
    const int64_t *customer; /**< [count] who: keys as in the order log */
    const int64_t *day;      /**< [count] day number, within +-2^40 */
    const int64_t *kind;     /**< optional [count] code of the kind, in [0, kinds); NULL: all are of kind 0 */
    const double *value;     /**< optional [count] NaN where an event has none; else at most 1e280 in size */
} retain_events;

#ifdef __cplusplus
}
#endif
/** @} */
#endif

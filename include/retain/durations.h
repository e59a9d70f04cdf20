/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_DURATIONS_H
#define RETAIN_DURATIONS_H

#include <stddef.h>
#include <stdint.h>

/** @defgroup durations Durations
 *  @brief How long did it last, when not everything has ended yet?
 *
 *  A borrowed view of durations: how long subscriptions have run, how long customers have been silent, how long tickets stay open.
 *  A row was watched from `entry` until `exit`; `event` tells whether it ended there, or was still going on when last seen
 *  (censored). Leaving out what has not ended, or counting it as ended, makes every duration too short: customers who stay are
 *  those who have not ended.
 *
 *  **Late entry.** A customer who is watched only from age `entry` on (the shop's records begin, or a plugin was installed, when the
 *  customer had been there for a while) says nothing about leaving earlier: whoever left before was never seen. Such a row is at risk
 *  at t only where entry < t <= exit.
 *
 *  **The same time** is the same number: 0.1 + 0.2 is not 0.3. Durations made by adding fractions are to be rounded to their unit first
 *  (R's survival does that by itself: timefix).
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Durations, a row each, in any unit of time, the same in all rows. */
typedef struct retain_durations {
    size_t count;         /**< rows */
    const double *exit;   /**< [count] time at which the row ended or was last seen: 0 to 1e100; above an entry that is not 0 */
    const uint8_t *event; /**< [count] 1 when it ended at `exit`, 0 when it was still going on; NULL: all have ended */
    const double *entry;  /**< [count] time from which on it was watched: >= 0, 0 being the beginning; NULL: 0 for all */
    const double *weight; /**< [count] so many identical rows: 0, or 1e-100 to 1e100; NULL means 1 each */
} retain_durations;

#ifdef __cplusplus
}
#endif
/** @} */
#endif

/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_FEATURES_DURATIONS_H
#define RETAIN_FEATURES_DURATIONS_H

#include "retain/features.h"

/** @defgroup features_durations Durations of a panel
 *  @brief From orders to a Cox regression whose predictors change with time
 *
 *  A panel (retain/features.h) says what was known of each customer on some dates. Each row is good from its date to the next: a duration with late
 *  entry, in ages of the customer, which ended if something happened in between. As rows of retain_cox_fit they tell which of the
 *  things that change with time speak for it, without looking ahead: what is known at the entry of a row explains what comes after it.
 *
 *  Two things may happen. A member **leaves**: retain_features_durations, once at most. A customer **orders again**: retain_features_returns,
 *  any number of times, for nobody knows of a customer without a contract that he has left. exp(b) is then a ratio of rates: so many
 *  times as many orders; errors must be robust, by customer (D. Y. Lin, L. J. Wei, I. Yang, Z. Ying, JRSS B 62 (2000), 711-730).
 *
 *      int64_t customer[] = {7, 7, 7, 9}, day[] = {0, 10, 40, 5}, date[] = {30, 60}, who[4], which[4], row[9];
 *      double value[] = {10.0, 20.0, 15.0, 8.0}, feature[4 * RETAIN_FEATURES_MOST], entry[9], exit[9];
 *      uint8_t event[9]; size_t count, spells;
 *      retain_orders log = {4, customer, day, value, NULL, NULL, NULL, NULL};
 *      retain_features_source source = {0}; source.orders = &log;
 *      retain_features_rows rows = {who, which, NULL, feature};
 *      retain_features_panel(NULL, &source, 90, date, 2, NULL, NULL, &rows, 4, &count, NULL);
 *      retain_features_spans spans = {row, entry, exit, event};
 *      retain_features_returns(NULL, &log, 90, NULL, date, 2, count, who, which, &spans, 9, &spells);
 *      // customer 7 ordered at age 40: from 30 to 40 with an event, and from 40 to 60 without, both with what was known on day 30
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** When customers began and ended: a view of the caller's arrays. */
typedef struct retain_features_lives {
    size_t count;            /**< customers */
    const int64_t *customer; /**< [count] strictly ascending */
    const double *began;     /**< [count] day on which the age is 0 */
    const double *ended;     /**< [count] day on which they left, not before they began; NaN for who is still there */
} retain_features_lives;

/** Rows of a panel as durations: the caller's arrays to be filled. Columns that are NULL are not written. */
typedef struct retain_features_spans {
    int64_t *row;   /**< which row of the panel, ascending: its features are the predictors */
    double *entry;  /**< age of the customer on the date of the row, in days; 0 for who began after it */
    double *exit;   /**< age on the next date, at the observation end, or on the day on which the customer left */
    uint8_t *event; /**< did the customer leave then? */
} retain_features_spans;

/** The duration of each row of a panel: from its date to the next of `date`, or to the observation end. Rows of who had left by their date, had
 *  not begun by the next, or is not among the lives have none, nor have those of a date that is the observation end.
 *
 *  @param observation_end  last day observed, itself included
 *  @param date             [dates] of the panel, strictly ascending, at most observation_end
 *  @param count            rows of the panel
 *  @param customer, at     [count] who, and the index of the date: `customer` and `date` of retain_features_rows
 *  @param spans            columns to fill
 *  @param capacity         length of every column that is not NULL; `count` is always enough
 *  @param rows             receives the number of durations
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with `*rows` set and nothing else written; RETAIN_ERROR_DATA for a bad life or row;
 *          RETAIN_ERROR_ARGUMENT. Cost: O(log customers) a row, no scratch */
RETAIN_API retain_status retain_features_durations(retain_context *ctx, const retain_features_lives *lives, int64_t observation_end,
                                                   const int64_t *date, size_t dates, size_t count, const int64_t *customer,
                                                   const int64_t *at, const retain_features_spans *spans, size_t capacity,
                                                   size_t *rows);

/** The same of orders: each row of a panel is cut at the occasions between its date and the next, the pieces that end with one having an event.
 *  Ages count from the first occasion; a row of who has none has no piece.
 *
 *  @param orders           the log that the panel was made of
 *  @param counting         what makes an occasion, as for the panel; NULL for the defaults. unit_days is not read
 *  @param capacity         length of every column that is not NULL; `count` and the rows of the log together are always enough
 *  @return as retain_features_durations, and as retain_orders_summary. Cost: as retain_orders_occasions, whose occasions it reads, and
 *          O(log customers + occasions) a row; 32 bytes of scratch a row of the log more */
RETAIN_API retain_status retain_features_returns(retain_context *ctx, const retain_orders *orders, int64_t observation_end,
                                                 const retain_orders_options *counting, const int64_t *date, size_t dates,
                                                 size_t count, const int64_t *customer, const int64_t *at,
                                                 const retain_features_spans *spans, size_t capacity, size_t *rows);

#ifdef __cplusplus
}
#endif
/** @} */
#endif
